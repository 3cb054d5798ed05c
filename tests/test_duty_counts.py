"""Duties learn too: requests as they came, held to the textbook, and the share of audits found good."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workforce_model as wm
from tests.forms import forecasted, plan, shipped
from workforce_model.decisions.bridging import driver_of
from workforce_model.inputs.actuals import Actuals, column, measure_of
from workforce_model.monitoring.duty_counts import asked_for
from workforce_model.monitoring.learning import prior_of
from workforce_model.monitoring.updating import update_rates

INTERVIEWS = "return_home_interviews"
FROM_CARE = f"duties.work.{INTERVIEWS}.requests.from_care"
CAME = (12.0, 7.0, 9.0, 15.0, 4.0, 11.0)
LASTING = dict.fromkeys(("turnover", "agency", "vacancy", "caseload"))


def with_column(name: str, team: str, figures: tuple[float | None, ...], **changes: object) -> Actuals:
    """The illustrative form with one column of its own."""
    found = {
        t: {**columns, **({name: (None, *figures)} if t == team else {})} for t, columns in shipped().figures.items()
    }
    return dataclasses.replace(shipped(), figures=found, **changes)


def from_care(figures: tuple[float | None, ...], **changes: object) -> Actuals:
    return with_column(f"{INTERVIEWS}_asked_from_care", "missing_children", figures, **changes)


@pytest.mark.parametrize(
    ("dispersion", "chance"),
    [
        (1.0, lambda count, mean: stats.poisson.pmf(count, mean)),
        (3.0, lambda count, mean: stats.nbinom.pmf(count, mean / 2.0, 1 / 3.0)),  # variance is three times the mean
    ],
    ids=["Poisson", "clumped"],
)
def test_requests_update_as_the_textbook_has_it(dispersion: float, chance: Callable[..., np.ndarray]) -> None:  # fmt: skip
    known = plan().replace({f"{FROM_CARE}.dispersion": dispersion})
    before = prior_of(known.assumptions()[f"{FROM_CARE}.a_month"])
    weight = before.weight * chance(sum(CAME), 6 * before.values)  # noqa: PD011  # a belief, no frame

    learnt = update_rates(known, from_care(CAME), lasting=LASTING).one(f"{FROM_CARE}.a_month")

    assert learnt.posterior.weight == pytest.approx(weight / weight.sum(), rel=1e-9, abs=1e-15)
    assert (learnt.events, learnt.trials, learnt.rate) == (58.0, 6.0, pytest.approx(58 / 6))


def test_a_count_far_above_what_was_believed_has_a_small_tail() -> None:
    counted = asked_for(plan(), from_care((60.0,) * 6), INTERVIEWS, "from_care", None)
    usual = asked_for(plan(), from_care(CAME), INTERVIEWS, "from_care", None)

    assert counted.tail(np.array([12.0]))[0] < 1e-6
    assert 0.05 < usual.tail(np.array([10.0]))[0] < 0.95


def test_a_passing_shock_as_of_new_cases_leaves_more_doubt() -> None:
    lasting, passing = (update_rates(plan(), from_care(CAME), lasting=x).one(f"{FROM_CARE}.a_month") for x in (LASTING, None))  # fmt: skip

    assert passing.lasting == 0.6
    assert passing.weight_on_data < lasting.weight_on_data


def test_months_not_reported_or_known_to_be_bad_are_left_out_and_a_blank_column_teaches_nothing() -> None:
    blank = update_rates(plan(), from_care((None,) * 6))
    some = update_rates(plan(), from_care((12.0, None, 9.0, 15.0, 4.0, 11.0))).one(f"{FROM_CARE}.a_month")
    bad = update_rates(plan(), from_care((12.0, 700.0, 9.0, 15.0, 4.0, 11.0), not_fitted=(f"missing_children.{INTERVIEWS}_asked_from_care.2019-05",)))  # fmt: skip

    assert blank.not_learnt[f"{FROM_CARE}.a_month"] == "what it is counted from is not available"
    assert (some.events, some.trials) == (51.0, 5.0)
    assert np.array_equal(bad.one(f"{FROM_CARE}.a_month").posterior.weight, some.posterior.weight)


def test_the_share_of_audits_found_good_learns_from_those_done() -> None:
    learnt = update_rates(plan(), shipped()).one("duties.work.practice_audits.share_good")
    done, good = (shipped().total(f"practice_audits_{x}", "practice_and_quality") for x in ("done", "good"))
    before = learnt.prior
    weight = before.weight * stats.binom.pmf(good, done, before.values)

    assert (learnt.events, learnt.trials) == (good, done)
    assert learnt.posterior.weight == pytest.approx(weight / weight.sum(), rel=1e-9, abs=1e-15)


def test_the_forecast_plays_the_requests_believed_now() -> None:
    made = forecasted()
    learnt = made.updates.one(f"{FROM_CARE}.a_month")

    assert made.scenario.assumptions()[f"{FROM_CARE}.a_month"].value == pytest.approx(
        learnt.posterior.quantile([0.5])[0]
    )
    assert driver_of(f"{FROM_CARE}.a_month") == "demand"
    assert driver_of(f"duties.work.{INTERVIEWS}.done_by.reviewing_officer") == "posts"


def test_requests_are_a_column_of_the_form_by_stream_and_a_measure_of_the_duty() -> None:
    name = f"{INTERVIEWS}_asked_from_home_known"

    assert column(name).label == "Asked for, from home known"
    assert not column(name).required
    assert measure_of(name) == f"{INTERVIEWS}: requested, from_home_known"
    told = shipped().measures().query("measure == @measure_of(@name) and team == 'missing_children'")["value"]
    assert told.sum() == shipped().total(name)
    assert shipped().total(name) > 0


def test_why_nothing_was_learnt_is_said_by_reason_naming_the_rates() -> None:
    notes = " ".join(forecasted().notes())

    for path, reason in forecasted().updates.not_learnt.items():
        assert path in notes
        assert reason in notes


def test_a_chart_of_a_made_up_form_says_that_it_is() -> None:
    made = forecasted()

    ax = wm.charts.plan_against_actual(made.planned, made.actuals, "in_post_fte")

    assert "ILLUSTRATIVE actuals, reported by no council" in " ".join(t.get_text() for t in ax.figure.texts)
    assert isinstance(made.actuals.measures(), pd.DataFrame)
