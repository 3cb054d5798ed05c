"""Rates learn from the months that happened: prior, data and posterior side by side, and nothing from bad points."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.forms import csv_at, plan, rows, shipped, with_cells
from workforce_model.engine.model import run
from workforce_model.inputs.actuals import COLUMNS
from workforce_model.inputs.doubt import draw_values
from workforce_model.monitoring.actuals_file import load_actuals
from workforce_model.monitoring.counting import OWN_HISTORY, tenure_mix
from workforce_model.monitoring.illustrative_actuals import as_actuals
from workforce_model.monitoring.learning import Belief, prior_of
from workforce_model.monitoring.updating import Updates, update_rates, with_peer_priors

TURNOVER, ARRIVALS = "workforce.turnover_rate", "caseloads.teams.assessment.arrivals"


@cache
def made() -> Updates:
    return update_rates(plan(), shipped())


def test_every_rate_has_prior_data_and_posterior_side_by_side() -> None:
    table = made().table().set_index("assumption")

    assert {TURNOVER, "workforce.filling_probability", "workforce.cover_probability", "workforce.agency_leaving_rate",
            "workforce.conversion_rate", ARRIVALS, "caseloads.teams.assessment.leaving_rate"} <= set(table.index)  # fmt: skip
    assert np.isfinite(table.select_dtypes("number").to_numpy()).all()
    assert (table["posterior_p10"] < table["posterior_p50"]).all()
    assert (table["posterior_p50"] < table["posterior_p90"]).all()


def test_the_counts_are_those_of_the_form() -> None:
    leavers = made().one(TURNOVER)
    in_post, left = shipped().series("in_post_fte"), shipped().series("leavers_fte")

    assert leavers.events == pytest.approx(left[1:].sum())
    assert leavers.trials == pytest.approx(in_post[:-1].sum())
    assert made().one(ARRIVALS).events == shipped().total("cases_arrived", "assessment")


def test_six_months_teach_little_about_turnover_and_more_about_new_cases() -> None:
    assert made().one(TURNOVER).weight_on_data < 0.35
    assert made().one(ARRIVALS).weight_on_data > 0.45


def test_a_year_of_own_history_weighs_three_tenths_for_turnover() -> None:
    world = plan().replace({"workforce.turnover_rate": 0.16})
    year = as_actuals(run(world, runs=1, doubt=False), 0, pd.Period("2019-09", "M"), pd.Period("2020-09", "M"))

    assert update_rates(plan(), year).one(TURNOVER).weight_on_data == pytest.approx(OWN_HISTORY["turnover"], abs=0.06)


def test_the_posterior_lies_between_what_was_believed_and_what_was_counted() -> None:
    for rate in made().rates:
        prior, posterior = rate.prior.mean, rate.posterior.mean
        if rate.path not in (
            "workforce.cover_probability",
            "workforce.agency_leaving_rate",
            "workforce.filling_probability",
        ):
            low, high = sorted([prior, rate.rate])
            assert low - 0.05 * prior <= posterior <= high + 0.05 * prior, rate.path


def test_the_scenario_states_the_posterior_with_its_source_and_date() -> None:
    stated = plan().replace(made().changes()).workforce.turnover_rate
    quantiles = made().one(TURNOVER).posterior.quantile([0.1, 0.5, 0.9])

    assert [stated.low, stated.value, stated.high] == pytest.approx(quantiles.tolist())
    assert stated.date == pd.Timestamp("2019-09-30").date()
    assert "illustrative actuals to 2019-09" in stated.source
    assert "0.16 [0.115 to 0.205]" in stated.source


def test_the_stated_range_is_close_to_the_posterior_at_other_quantiles_too() -> None:
    changed = plan().replace(made().changes())
    drawn = draw_values(changed, 1, doubt=True)

    for rate in made().rates:
        for q in (0.05, 0.25, 0.75, 0.95):
            spread = np.diff(rate.posterior.quantile([0.1, 0.9]))[0]
            assert np.quantile(drawn[rate.path], q) == pytest.approx(rate.posterior.quantile([q])[0], abs=0.08 * spread), rate.path  # fmt: skip


def test_a_posterior_near_an_end_is_stated_within_what_its_unit_allows() -> None:
    rate = made().one("workforce.cover_probability")
    values = np.linspace(0.8, 0.999, 501)
    near = dataclasses.replace(rate, posterior=Belief(values, np.full(501, 1 / 501)))

    stated = plan().replace({**made().changes(), rate.path: near.stated(shipped())}).workforce.cover_probability

    assert stated.high == pytest.approx(0.98, abs=0.02)
    assert stated.value == pytest.approx(0.8995)


def test_nothing_is_learnt_from_a_point_known_to_be_bad(tmp_path: object) -> None:
    folder = tmp_path
    bad = csv_at(folder, with_cells({("2019-06", "assessment", "cases_arrived"): "390"}), "bad.csv")
    how = {"not_fitted": ["assessment.cases_arrived.2019-06"], "other_movement": 0.2}

    shown = load_actuals(bad, plan(), **how)
    good = load_actuals(csv_at(folder, rows(), "good.csv"), plan(), **how)

    assert shown.figures["assessment"]["cases_arrived"][3] == 390
    one, other = (update_rates(plan(), actuals).one(ARRIVALS) for actuals in (shown, good))
    assert np.array_equal(one.posterior.weight, other.posterior.weight)
    assert one.trials == 5
    assert "Known to be bad" in " ".join(shown.findings())


def test_a_figure_not_available_is_left_out_with_its_trials(tmp_path: object) -> None:
    table = with_cells({("2019-06", "assessment", "leavers_fte"): "c"})
    actuals = load_actuals(csv_at(tmp_path, table), plan(), marks=["c"])

    less = made().one(TURNOVER).trials - update_rates(plan(), actuals).one(TURNOVER).trials

    assert less == pytest.approx(shipped().series("in_post_fte", "assessment")[2])


@pytest.mark.parametrize("name", ["leavers_fte", "workers", "in_post_fte", "conversions_fte"])
def test_what_is_not_available_of_the_workers_never_makes_their_cases_look_surprising(name: str) -> None:
    rate, mine = "caseloads.teams.assessment.leaving_rate", shipped().figures["assessment"]

    def without(months: range) -> Updates:
        series = tuple(None if i in months else x for i, x in enumerate(mine[name]))
        figures = {**shipped().figures, "assessment": {**mine, name: series}}
        return update_rates(plan(), dataclasses.replace(shipped(), figures=figures))

    assert without(range(7)).not_learnt[rate] == "what it is counted from is not available"
    some, whole = without(range(3, 4)).one(rate), made().one(rate)
    assert some.trials < whole.trials - 500  # the month's cases are left out with it
    assert some.rate == pytest.approx(whole.rate, rel=0.03)
    assert some.as_far_out > 0.2


@pytest.mark.parametrize("name", [name for name, c in COLUMNS.items() if c.required and c.unit != "GBP"])
def test_a_column_not_available_at_all_is_no_obstacle_to_the_rest(name: str) -> None:
    figures = {t: {n: (None,) * 7 if n == name else s for n, s in f.items()} for t, f in shipped().figures.items()}

    updates = update_rates(plan(), dataclasses.replace(shipped(), figures=figures))

    assert np.isfinite(updates.table().select_dtypes("number").to_numpy()).all()
    assert len(updates.rates) + len(updates.not_learnt) == len(made().rates) + len(made().not_learnt)


def test_people_in_post_before_the_window_are_at_risk_only_while_they_are_seen() -> None:
    mix = tenure_mix(plan(), shipped())
    level = tenure_mix(plan().replace({"workforce.tenure_ratio": 1.0}), shipped())

    assert level == pytest.approx(np.ones(6))
    assert np.all((mix > 0.9) & (mix < 1.1))
    assert made().one(TURNOVER).trials < shipped().series("in_post_fte").max() * 6


def test_what_is_stated_without_a_range_or_cannot_be_told_apart_is_not_learnt() -> None:
    assert "without a range" in made().not_learnt["caseloads.teams.fostering.leaving_rate"]
    campaign = plan().replace({"workforce.conversion_rate": 0.005})
    assert "workforce.conversion_rate" in update_rates(campaign, shipped()).not_learnt


def test_peers_give_the_prior_and_what_lasts() -> None:
    priors = pd.DataFrame(
        {"centre": [0.155, 0.13, 0.15, 17.0], "sd": [0.031, 0.05, 0.05, 2.0], "own_weight": [0.3, 0.8, 0.7, 0.6]},
        index=["turnover_rate", "agency_rate", "vacancy_rate", "caseload"],
    )

    believing, lasting = with_peer_priors(plan(), priors)
    stated = believing.workforce.turnover_rate

    assert lasting == OWN_HISTORY
    drawn = prior_of(stated)
    assert drawn.relative_spread == pytest.approx(0.2, abs=0.01)
    assert stated.value == 0.155


def test_an_unknown_rate_is_named_with_those_learnt() -> None:
    with pytest.raises(KeyError, match="learnt: workforce"):
        made().one("costs.levy_rate")


def test_more_leavers_never_lower_the_turnover_believed() -> None:
    figures = {t: {n: tuple(x * 2 if x and n == "leavers_fte" else x for x in s) for n, s in f.items()} for t, f in shipped().figures.items()}  # fmt: skip

    more = update_rates(plan(), dataclasses.replace(shipped(), figures=figures)).one(TURNOVER)

    assert more.posterior.mean > made().one(TURNOVER).posterior.mean
    assert more.tail < made().one(TURNOVER).tail


def _ranks(histories: int) -> dict[str, np.ndarray]:
    """The rank of the true rate in its posterior, for histories played by the simulation itself from drawn truths."""
    short = plan().replace({"periods.end": "2019-09"})
    truth = run(short, runs=256, seed=20190930)
    values = draw_values(short, truth.seed, doubt=True)
    found: dict[str, list[float]] = {}
    for i in np.linspace(0, 255, histories).astype(int):
        actuals = as_actuals(truth, int(i), pd.Period("2019-03", "M"), pd.Period("2019-09", "M"))
        for rate in update_rates(plan(), actuals, lasting=dict.fromkeys(OWN_HISTORY)).rates:
            found.setdefault(rate.path, []).append(rate.posterior.below(values[rate.path][truth.draw[i]]))
    return {path: np.array(ranks) for path, ranks in found.items()}


@pytest.mark.slow
def test_on_histories_of_the_simulation_ranks_are_uniform_and_intervals_cover_as_stated() -> None:
    for path, ranks in _ranks(256).items():
        assert stats.chisquare(np.histogram(ranks, bins=20, range=(0, 1))[0]).pvalue > 0.0005, path
        for level in (0.5, 0.8, 0.9):
            inside = int(np.count_nonzero(np.abs(ranks - 0.5) < level / 2))
            low, high = stats.binom(ranks.size, level).ppf([0.0005, 0.9995])
            assert low <= inside <= high, (path, level, inside)


def test_on_a_few_histories_of_the_simulation_truths_are_neither_high_nor_low_in_their_posteriors() -> None:
    for path, ranks in _ranks(16).items():
        assert abs(ranks.mean() - 0.5) < 4.42 * np.sqrt(1 / 12 / ranks.size), path
