"""Triggers: the stated rate of false alarms is met by futures the thresholds were not set on."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

import workforce_model as wm
from tests.review_town import LUCK, happened, reviewed, town
from workforce_model.decisions.answers import Answer
from workforce_model.engine.results import Results
from workforce_model.six_months.runs import ReviewRuns
from workforce_model.six_months.triggers import alarms, quarter_ends, set_triggers, thresholds
from workforce_model.six_months.watches import at_bad_ends, watched

RATE = 0.1


def test_figures_that_alarm_together_may_each_alarm_as_often_as_all() -> None:
    figures = np.random.default_rng(1).normal(size=4_000)

    limits = thresholds(np.stack([figures, 3 * figures, figures + 5]), RATE)

    assert [float((x > y).mean()) for x, y in zip((figures, 3 * figures, figures + 5), limits, strict=True)] == [
        RATE
    ] * 3


def test_independent_figures_share_the_rate_as_the_closed_form_says() -> None:
    figures = np.random.default_rng(2).normal(size=(10, 200_000))

    limits = thresholds(figures, RATE)

    each = 1 - (1 - RATE) ** (1 / 10)
    assert limits == pytest.approx(np.full(10, stats.norm.isf(each)), abs=0.03)


def test_fresh_futures_alarm_as_often_as_stated_whatever_goes_with_what() -> None:
    rng = np.random.default_rng(3)
    mix = rng.normal(size=(12, 12))
    set_on, fresh = (mix @ rng.normal(size=(12, 20_000)) for _ in range(2))

    tripped = alarms(fresh, thresholds(set_on, RATE)).any(axis=0)

    assert tripped.mean() == pytest.approx(RATE, abs=4 * math.sqrt(2 * RATE * (1 - RATE) / 20_000))


def test_whole_figures_never_alarm_oftener_than_stated() -> None:
    figures = np.random.default_rng(4).poisson(3.0, size=(6, 5_000)).astype(float)

    assert alarms(figures, thresholds(figures, RATE)).any(axis=0).mean() <= RATE


def test_figures_that_never_differ_never_alarm() -> None:
    assert not alarms(np.ones((3, 50)), thresholds(np.ones((3, 50)), RATE)).any()


def test_a_rate_written_as_a_percentage_is_refused() -> None:
    with pytest.raises(ValueError, match=r"written 0\.1"):
        thresholds(np.ones((1, 5)), 10)


@pytest.fixture(scope="module")
def busy() -> ReviewRuns:
    return reviewed({**LUCK, "workforce.posts.more.starts_on": None}, 2_000)


def _tripped(answer: Answer, runs: ReviewRuns, other: Results) -> np.ndarray:
    """Whether any printed trigger of an answer trips in each run of other results."""
    by_measure = {watch.measure: watch for watch in watched(runs, runs.at)}
    any_of = np.zeros(other.runs, dtype=bool)
    for row in answer.table.to_dict("records"):
        place = [str(month) for month in other.months].index(row["date"])
        figure = by_measure[row["measure"]].read(other, place)
        any_of |= figure > row["threshold"] if row["trips"] == "above" else figure < row["threshold"]
    return any_of


def test_the_stated_rate_of_false_alarms_is_met_by_futures_from_another_seed(busy: ReviewRuns) -> None:
    answer = set_triggers(busy, 20, RATE)

    fresh = _tripped(answer, busy, wm.run(busy.forecast.scenario, 2_000, seed=7))

    assert answer.figure <= RATE
    assert answer.figure == _tripped(answer, busy, busy.forecast).mean()
    assert fresh.mean() <= RATE + 3 * math.sqrt(RATE * (1 - RATE) / 2_000)
    assert abs(fresh.mean() - answer.figure) < 4 * math.sqrt(2 * RATE * (1 - RATE) / 2_000)


def test_the_price_watched_is_that_of_a_filled_post_whenever_it_was_filled() -> None:
    early, late = (reviewed({"workforce.posts.more.starts_on": when}) for when in ("2019-07", "2019-11"))

    for runs in (early, late):
        price = watched(runs, runs.at)[0]
        read = {str(m): price.read(runs.forecast, i)[0] for i, m in enumerate(runs.forecast.months)}
        assert price.wrong == "prices"
        assert read["2019-12"] == read["2020-03"] == pytest.approx(36_000 / 12)  # two posts of £36,000 a year
        assert read["2019-06"] == 0.0  # nobody there: nothing to price
    assert watched(late, late.at)[0].read(late.forecast, late.at)[0] == 0.0


def test_a_trigger_trips_oftener_where_what_it_watches_has_gone_wrong(busy: ReviewRuns) -> None:
    table = set_triggers(busy, 200, RATE).table

    arrived = table[table["measure"].str.startswith("cases that arrived")]
    assert (arrived["alarm_if_wrong"] > arrived["false_alarm"] + 0.05).all()


def test_every_trigger_has_a_date_after_the_review_an_action_and_what_is_then_done(busy: ReviewRuns) -> None:
    table = set_triggers(busy, 4).table

    assert list(dict.fromkeys(table["date"])) == ["2019-12", "2020-03", "2020-06", "2020-09"]
    assert {"stop", "slow", "reverse"} == set(table["action"])
    assert table["then"].str.len().min() > 10
    assert table["false_alarm"].max() <= RATE


def test_nothing_counted_is_below_nought_so_no_trigger_says_so(busy: ReviewRuns) -> None:
    table = set_triggers(busy, 4).table

    assert (table.loc[table["trips"] == "below", "threshold"] > 0).all()


def test_after_the_last_quarter_there_is_no_trigger_and_the_answer_says_why() -> None:
    runs = reviewed({"periods.end": "2020-03"}, through="2020-03")

    answer = set_triggers(runs, 2)

    assert quarter_ends(runs) == []
    assert math.isnan(answer.figure)
    assert "no quarter ends after the review" in answer.sentence


def test_the_bad_end_of_demand_is_more_cases_and_of_recruitment_more_leavers() -> None:
    _, plan = town(LUCK)

    demand, recruitment = at_bad_ends(plan, "demand"), at_bad_ends(plan, "recruitment")

    assert demand.caseloads.teams["team"].arrivals.value == 24.0
    assert recruitment.workforce.turnover_rate.value == 0.3
    assert at_bad_ends(plan, "prices") == plan


def test_with_actuals_the_plans_own_triggers_say_whether_they_have_tripped(busy: ReviewRuns) -> None:
    as_planned = dataclasses.replace(busy, actuals=happened("2019-09"))
    flood = {**busy.forecast.history.cases, "arrived": busy.forecast.history.cases["arrived"] + 100}
    worse = dataclasses.replace(busy.forecast, history=dataclasses.replace(busy.forecast.history, cases=flood))

    quiet, loud = set_triggers(as_planned, 4), set_triggers(dataclasses.replace(as_planned, forecast=worse), 4)

    past = quiet.table[quiet.table["status"] != "ahead"]
    assert list(dict.fromkeys(past["date"])) == ["2019-06", "2019-09"]
    assert "none has tripped" in quiet.sentence
    assert "these have tripped: stop: cases that arrived since March 2019 was" in loud.sentence
