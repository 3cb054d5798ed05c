"""Which assumption failed: what was observed beside what was believed, and what it did."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pandas as pd
import pytest

from tests.forms import forecasted, plan, shipped
from workforce_model.basis.formats import fte
from workforce_model.decisions.bridging import Bridge
from workforce_model.engine.model import run
from workforce_model.inputs.actuals import Actuals
from workforce_model.monitoring.illustrative_actuals import as_actuals
from workforce_model.monitoring.surprise import caused, causes, causes_of_both, surprises, verdict
from workforce_model.monitoring.updating import update_rates
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.outcomes import Outcome

made = forecasted


@cache
def both() -> tuple[Bridge, ...]:
    """What happened, and what was learnt, on the way from plan to forecast, for cost and caseload."""
    return causes_of_both(made(), runs=3)


def times(actuals: Actuals, changes: dict[tuple[str, str], float]) -> Actuals:
    """Actuals with some columns of a team multiplied, as whole numbers."""
    figures = {t: {n: tuple(x if x is None or (t, n) not in changes else float(round(x * changes[t, n])) for x in s) for n, s in f.items()} for t, f in actuals.figures.items()}  # fmt: skip
    return dataclasses.replace(actuals, figures=figures)


def test_a_rate_far_from_what_was_believed_has_failed_and_comes_first() -> None:
    doubled = times(shipped(), {("assessment", "cases_arrived"): 1.6})
    rate = update_rates(plan(), doubled).one("caseloads.teams.assessment.arrivals")

    assert rate.as_far_out < 0.01
    assert verdict(rate.as_far_out) == "failed"
    assert (
        verdict(update_rates(plan(), shipped()).one("caseloads.teams.assessment.arrivals").as_far_out) == "as expected"
    )


def test_the_table_says_each_surprise_in_words_most_surprising_first() -> None:
    table = surprises(made())

    assert table["chance_as_far_out"].is_monotonic_increasing
    assert table["chance_as_far_out"].between(0, 1).all()
    assert set(table["kind"]) == {"rate", "outcome"}
    assert (table["verdict"] == table["chance_as_far_out"].map(verdict)).all()
    assert table["sentence"].str.contains("as expected|surprising|failed").all()


def test_each_sentence_says_what_was_seen_on_which_side_and_what_was_expected() -> None:
    table = surprises(made())

    leavers = table.query("what == 'leavers_fte' and team == 'council'").iloc[0]
    side = "above" if leavers["observed"] > leavers["expected"] else "below"
    assert f"{shipped().total('leavers_fte'):.1f} FTE, {side} the " in leavers["sentence"]
    assert f"[{fte(leavers['p10'])} to {fte(leavers['p90'])}] of the plan's runs" in leavers["sentence"]
    turnover = table.query("what == 'workforce.turnover_rate'").iloc[0]
    assert f"counted alone {100 * turnover['observed']:.1f}%" in turnover["sentence"]
    assert "where the plan believed 16.0% [11.5% to 20.5%]" in turnover["sentence"]


def test_a_rate_that_stocks_cannot_tell_alone_is_not_defined_rather_than_beyond_what_a_share_can_be() -> None:
    fell = {t: {**f, "agency_cover_fte": tuple(0.0 if i > 3 else x for i, x in enumerate(f["agency_cover_fte"]))} for t, f in shipped().figures.items()}  # fmt: skip
    updates = update_rates(plan(), dataclasses.replace(shipped(), figures=fell))

    coming = updates.one("workforce.cover_probability")
    assert not 0 <= coming.events <= coming.trials
    assert np.isnan(coming.rate)
    said = surprises(dataclasses.replace(made(), updates=updates)).query("what == 'workforce.cover_probability'")[
        "sentence"
    ]
    assert "counted alone not defined (share a month)" in said.iloc[0]


def test_a_teams_own_rate_is_said_to_be_that_teams() -> None:
    team = surprises(made()).set_index("what")["team"]

    assert team["caseloads.teams.assessment.arrivals"] == "assessment"
    assert team["workforce.turnover_rate"] == "council"


def test_outcomes_are_those_reported() -> None:
    table = surprises(made()).set_index(["what", "team"])

    assert table.loc[("leavers_fte", "council"), "observed"] == pytest.approx(shipped().total("leavers_fte"))
    assert table.loc[("open_cases", "assessment"), "observed"] == shipped().closing("open_cases", "assessment")
    over, workers = (shipped().closing(name) for name in ("workers_at_or_over", "workers"))
    assert table.loc[("share_at_or_over", "council"), "observed"] == pytest.approx(over / workers)


def test_chances_are_honest_where_the_plan_is_true() -> None:
    """A history of the plan itself is about as often far out as the chance says."""

    short = plan().replace({"periods.end": "2019-09"})
    truth = run(short, runs=16, seed=5)
    lasting = dict.fromkeys(("turnover", "agency", "vacancy", "caseload"))
    chances = [
        rate.as_far_out
        for i in range(16)
        for rate in update_rates(plan(), as_actuals(truth, i, pd.Period("2019-03", "M"), pd.Period("2019-09", "M")), lasting=lasting).rates
    ]  # fmt: skip

    assert np.mean(np.array(chances) < 0.1) == pytest.approx(0.1, abs=4.42 * np.sqrt(0.09 / len(chances)) + 0.02)


def test_what_it_did_to_cost_and_caseload_is_said_with_its_range_and_only_beyond_the_error() -> None:
    cost, caseload = both()
    table = cost.table().set_index("step")

    said = caused(cost)
    assert (cost.outcome.year, caseload.outcome.year) == ("2019/20", "2020/21")
    assert cost.outcome.printed(table.loc["total", "mean"], change=True) in said
    for driver in cost.drivers:
        clear = abs(table.loc[driver, "mean"]) > CLEAR * table.loc[driver, "mc_error"]
        part = f"{driver} {cost.outcome.printed(table.loc[driver, 'mean'], change=True)} ["
        assert (part in said) == bool(clear), driver
    assert "0.0 [0.0 to 0.0]" not in caused(caseload)


def test_a_figure_that_is_not_defined_in_every_run_has_no_bridge() -> None:
    nobody = {**made().results.history.cases, "workers": made().results.history.cases["workers"].copy()}
    nobody["workers"][..., 0] = 0
    blind = dataclasses.replace(made().results, history=dataclasses.replace(made().results.history, cases=nobody))

    found = causes_of_both(dataclasses.replace(made(), results=blind), runs=2)

    assert [one.outcome.measure for one in found] == ["net_cost_gbp"]


def test_the_bridge_from_plan_to_forecast_adds_up_and_names_what_happened() -> None:
    found = causes(made(), Outcome("net_cost_gbp", year="2019/20"), runs=3)
    table = found.table().set_index("step")["mean"]

    assert table["what happened"] != 0
    assert found.parts.sum(axis=0) == pytest.approx(found.total)
    assert table["total"] == pytest.approx(table["approved_forecast"] - table["approved"])
    assert table["everything else"] == 0
    assert table["prices"] == 0
    assert np.array_equal(found.halves, both()[0].halves)  # two outcomes from the same plays are each by itself
