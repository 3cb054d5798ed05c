"""A forecast equals the actuals up to the cut-off, and nothing after the cut-off reaches it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.forms import RUNS, csv_at, forecasted, plan, rows, shipped, with_cells
from workforce_model.basis.problems import ScenarioError
from workforce_model.engine.known_months import SPEND
from workforce_model.engine.model import run
from workforce_model.engine.results import Results
from workforce_model.inputs.actuals import COLUMNS
from workforce_model.inputs.scenario import as_tree, scenario_from
from workforce_model.money.costs import KINDS
from workforce_model.monitoring.actuals_file import load_actuals
from workforce_model.monitoring.forecasting import forecast
from workforce_model.monitoring.illustrative_actuals import as_actuals
from workforce_model.monitoring.updating import update_rates
from workforce_model.reading.measures import MEASURES, measured
from workforce_model.reading.tables import annual_table, monthly_table

made = forecasted


def same(one: Results, other: Results) -> bool:
    """Whether two runs are alike to the bit, people, cases, pounds and funding."""
    pairs = [
        *((x, other.history.staff[name]) for name, x in one.history.staff.items()),
        *((x, other.history.cases[name]) for name, x in one.history.cases.items()),
        (one.history.bands, other.history.bands), (one.history.holder_fte, other.history.holder_fte), (one.cost, other.cost),
        (one.ledger.used, other.ledger.used), (one.ledger.gap, other.ledger.gap), (one.ledger.unspent, other.ledger.unspent),
    ]  # fmt: skip
    return all(np.array_equal(x, y) for x, y in pairs)


def test_known_months_equal_the_actuals_in_every_run_and_team() -> None:
    first, last = made().at_cut_off - 6, made().at_cut_off
    for name, stated in COLUMNS.items():
        for team in made().actuals.teams:
            if name in MEASURES and name in made().actuals.figures[team]:
                figures = measured(made().results, name, team)[first : last + 1]
                told = shipped().series(name, team)
                skip = int(stated.kind == "flow")
                assert np.allclose(figures[skip:], told[skip:, None], atol=1e-6), (name, team)


def test_the_tables_of_the_forecast_show_the_actuals_with_no_range() -> None:
    table = monthly_table(made().results)
    row = table.query("period == '2019-08' and team == 'assessment' and measure == 'in_post_fte'").iloc[0]

    assert [row["p10"], row["mean"], row["p90"]] == pytest.approx(
        [shipped().series("in_post_fte", "assessment")[5]] * 3
    )
    later = table.query("period == '2019-12' and team == 'assessment' and measure == 'in_post_fte'").iloc[0]
    assert later["p10"] < later["p90"]


def test_spend_of_known_months_is_the_spend_reported_kind_by_kind_and_to_the_penny() -> None:
    cost, known = made().results.cost, slice(made().at_cut_off - 6, made().at_cut_off)

    for column, kinds in SPEND.items():
        places = [KINDS.index(kind) for kind in kinds if kind in KINDS]
        spent = cost[known][:, :, places].sum(axis=(1, 2))
        assert np.allclose(spent, shipped().series(column)[1:, None], atol=0.005), column


def test_the_money_under_review_is_spent_as_reported(tmp_path: Path) -> None:
    table = with_cells({("2019-09", "family_support", "nine_posts_spend_gbp"): "4321.5"})
    actuals = load_actuals(csv_at(tmp_path, table), plan())

    found = forecast(plan(), actuals, runs=4)

    assert np.allclose(found.results.cost[:12, found.results.budgets.index("nine_posts")].sum(axis=(0, 1)), 4321.5)
    assert np.allclose(found.results.cost[:12].sum(), made().results.cost[:12, :, :, :4].sum())


def test_every_check_passes_and_the_actuals_have_theirs() -> None:
    status = {check.name: check.status for check in made().results.checks}

    assert made().results.passed
    assert status["I12 actuals"] == "passed"
    assert {check.name: check.status for check in made().planned.checks}["I12 actuals"] == "not applicable"


def test_changing_actuals_after_the_cut_off_changes_no_bit_of_the_forecast(tmp_path: Path) -> None:
    how = {"cut_off": "2019-07", "later_months": "leave out"}
    table = rows()
    for row in table[1:]:
        if row[0] > "2019-07":
            row[2:] = ["7" if cell else "" for cell in row[2:]]

    before = load_actuals(csv_at(tmp_path, rows(), "before.csv"), plan(), **how)
    after = load_actuals(csv_at(tmp_path, table, "after.csv"), plan(), **how)

    assert dataclasses.replace(after, source=before.source) == before
    one, other = (forecast(plan(), actuals, runs=4) for actuals in (before, after))
    assert same(one.results, other.results)


def test_an_earlier_cut_off_forecasts_the_months_that_a_later_one_knows(tmp_path: Path) -> None:
    early = load_actuals(csv_at(tmp_path, rows()), plan(), cut_off="2019-06", later_months="leave out")

    found = forecast(plan(), early, runs=RUNS)

    july = measured(found.results, "open_cases")[found.at_cut_off + 1]
    assert july.std() > 0
    assert measured(found.results, "open_cases")[found.at_cut_off].std() == 0


def test_a_forecast_starts_from_the_actual_people_to_the_nearest_person() -> None:
    change = np.diff(measured(made().results, "in_post_fte")[made().at_cut_off :], axis=0)[0]
    flows = [measured(made().results, name)[made().at_cut_off + 1] for name in ("starters_fte", "leavers_fte")]

    departures = change - (flows[0] - flows[1])

    assert np.abs(departures).max() <= 0.5 * len(shipped().teams)
    assert abs(departures.mean()) < 0.5


def test_a_forecast_starts_from_the_actual_cases_to_the_case() -> None:
    at = made().at_cut_off
    opening, closing = measured(made().results, "open_cases")[[at, at + 1]]
    came, went = (measured(made().results, name)[at + 1] for name in ("cases_arrived", "cases_closed"))

    assert np.array_equal(closing, opening + came - went)


def test_a_scenario_with_actuals_is_run_changed_and_written_like_any_other() -> None:
    again = run(made().scenario, runs=RUNS)
    tree = scenario_from(as_tree(made().scenario), "again")

    assert same(again, made().results)
    assert tree == made().scenario
    more = made().scenario.replace({"workforce.posts.nine_social_worker.number": 6})
    assert (
        measured(run(more, runs=2), "open_cases")[made().at_cut_off].tolist() == [shipped().closing("open_cases")] * 2
    )


def test_blocks_do_not_change_a_forecast() -> None:
    assert same(run(made().scenario, runs=6, block=2), run(made().scenario, runs=6))


def test_outturn_is_actual_and_to_come_and_adds_up_to_the_ledger() -> None:
    table = made().outturn().set_index(["budget", "year"])
    year = table.xs("2019/20", level="year")

    assert np.allclose(year["actual_gbp"] + year["to_come_gbp"], year["outturn_gbp"])
    assert year["outturn_gbp"].sum() == pytest.approx(made().results.cost[6:18].sum() / RUNS)
    assert (year["status"] == "outturn").all()
    assert (table.xs("2020/21", level="year")["status"] == "plan").all()
    assert year["actual_gbp"].sum() == pytest.approx(sum(shipped().total(name) for name in SPEND), abs=0.01)
    annual = annual_table(made().results)
    assert set(annual["period"]) == {"2019/20", "2020/21"}


def test_after_the_cut_off_runs_carry_rates_shock_and_luck() -> None:
    leavers = measured(made().results, "leavers_fte")[made().at_cut_off + 1 :].sum(axis=0)

    assert made().results.doubt
    assert made().scenario.workforce.turnover_rate.uncertain
    assert np.unique(leavers).size > RUNS / 2


def test_stated_appointments_start_when_they_are_due(tmp_path: Path) -> None:
    table = rows()
    for row in table[1:]:
        if row[0] == "2019-09":
            row[table[0].index("appointed_fte")] = "3" if row[1] == "mash" else "0"
    actuals = load_actuals(csv_at(tmp_path, table), plan())

    found = forecast(plan(), actuals, runs=RUNS)

    others, mash = (measured(found.results, "starters_fte", t)[13:14].sum(axis=0) for t in ("assessment", "mash"))
    assert measured(found.results, "starters_fte", "mash")[13:19].sum(axis=0).min() >= 2.7
    assert (others - measured(found.results, "conversions_fte", "assessment")[13]).max() == 0
    assert mash.shape == (RUNS,)


def test_illustrative_actuals_are_named_in_the_notes_the_outturn_and_the_register() -> None:
    assert "illustrative" in made().notes()[0]
    assert made().outturn()["illustrative"].all()
    assert "illustrative actuals" in made().scenario.workforce.turnover_rate.source


def test_actuals_known_later_than_the_scenario_is_seen_from_are_hindsight() -> None:
    with pytest.raises(ScenarioError, match="2019-09 is hindsight"):
        plan().replace({"actuals": as_tree(shipped())})


def test_a_position_not_available_at_the_cut_off_is_no_start_for_a_forecast(tmp_path: Path) -> None:
    table = with_cells({("2019-09", "mash", "in_post_fte"): "c", ("2019-09", "assessment", "open_cases"): "c"})
    actuals = load_actuals(csv_at(tmp_path, table), plan(), marks=["c"])

    with pytest.raises(ScenarioError) as error:
        forecast(plan(), actuals, runs=2)

    assert "actuals.figures.assessment.open_cases   not available at the cut-off" in str(error.value)
    assert "actuals.figures.mash.in_post_fte   not available at the cut-off" in str(error.value)


def test_a_figure_not_available_in_between_stays_as_the_runs_have_it(tmp_path: Path) -> None:
    table = with_cells({("2019-06", "mash", "in_post_fte"): "c", ("2019-06", "mash", "permanent_pay_gbp"): "c"})
    actuals = load_actuals(csv_at(tmp_path, table), plan(), marks=["c"])

    found = forecast(plan(), actuals, runs=RUNS).results

    assert found.passed
    assert measured(found, "in_post_fte", "mash")[9].std() > 0
    assert measured(found, "in_post_fte", "mash")[10].std() == 0
    assert np.isfinite(found.cost).all()


def test_actuals_to_the_scenarios_last_month_leave_nothing_to_forecast_and_are_refused() -> None:
    known = {"actuals": as_tree(shipped()), "seen_from": pd.Timestamp("2019-09-30").date()}

    with pytest.raises(ScenarioError, match="2019-09 is the scenario's last month: nothing is left to forecast"):
        plan().replace({**known, "periods.end": "2019-09"})
    assert run(plan().replace({**known, "periods.end": "2019-10"}), runs=2).passed


def test_figures_made_by_hand_are_held_to_their_form() -> None:
    with pytest.raises(ValueError, match="2 figures: expected 7"):
        dataclasses.replace(shipped(), figures={"mash": {"in_post_fte": (1.0, 2.0)}})
    with pytest.raises(ValueError, match="below 0"):
        dataclasses.replace(shipped(), figures={"mash": {"in_post_fte": (1.0,) * 6 + (-1.0,)}})


def test_a_plan_with_actuals_is_not_forecast_again() -> None:
    with pytest.raises(ValueError, match="holds actuals to 2019-09 already"):
        forecast(made().scenario, shipped(), runs=2)


def test_teams_must_be_the_plans() -> None:
    fewer = dataclasses.replace(shipped(), figures={t: f for t, f in shipped().figures.items() if t != "mash"})

    with pytest.raises(ScenarioError, match="mash"):
        plan().replace({"actuals": as_tree(fewer), "seen_from": pd.Timestamp("2019-09-30").date()})


@pytest.mark.slow
def test_forecasts_from_known_truth_cover_as_often_as_they_say() -> None:
    short = plan().replace({"periods.end": "2020-03"})
    truth = run(short, runs=256, seed=777)
    lasting = dict.fromkeys(("turnover", "agency", "vacancy", "caseload"))
    kinds = ("in_post_fte", "agency_cover_fte", "open_cases", "workers_at_or_over", "leavers_fte")
    inside = dict.fromkeys((*kinds, "cost"), 0)
    for i in range(0, 256, 4):
        actuals = as_actuals(truth, i, pd.Period("2019-03", "M"), pd.Period("2019-09", "M"))
        found = run(short.replace(update_rates(short, actuals, lasting=lasting).changes()), runs=64, seed=1_000 + i)
        for name in kinds:
            months = slice(13, None) if name == "leavers_fte" else slice(-1, None)
            seen, told = measured(truth, name)[months, i].sum(), measured(found, name)[months].sum(axis=0)
            inside[name] += bool(0.1 <= np.mean(told < seen) / 2 + np.mean(told <= seen) / 2 <= 0.9)
        inside["cost"] += bool(
            0.1 <= np.mean(found.cost[12:].sum(axis=(0, 1, 2)) < truth.cost[12:, ..., i].sum()) <= 0.9
        )

    low, high = stats.binom(64, 0.8).ppf([0.0005, 0.9995])
    assert all(low <= count <= high for count in inside.values()), inside
