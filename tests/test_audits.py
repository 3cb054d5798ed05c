"""Audits as evidence, against published examples and simple arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import workforce_model as wm
from workforce_model.engine.model import Results
from workforce_model.improvement.audits import audit_change, audit_evidence, half_width, least_rise_told, share_interval


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 120)


@pytest.mark.parametrize("audits", [10, 24, 60, 100, 400])
def test_the_half_width_is_at_most_0_98_over_the_root_of_the_number(audits: int) -> None:
    widths = [half_width(share, audits) for share in (0.0, 0.2, 0.5, 0.9)]

    assert max(widths) == pytest.approx(0.98 / math.sqrt(audits), rel=1e-3)


def test_auditing_every_file_leaves_nothing_unknown() -> None:
    assert half_width(0.4, 50, population=50) == 0.0


def test_without_an_audit_the_half_width_and_the_share_are_not_defined() -> None:
    assert math.isnan(half_width(0.5, 0))
    assert all(math.isnan(end) for end in share_interval(0, 0))


def test_the_interval_of_a_share_is_scipys_wilson_interval() -> None:
    for good, audits in ((0, 12), (5, 12), (12, 12), (45, 100)):
        exact = stats.binomtest(good, audits).proportion_ci(method="wilson")
        assert share_interval(good, audits) == pytest.approx((exact.low, exact.high))


def test_a_change_has_newcombes_published_interval() -> None:
    # Newcombe 1998, method 10: 56 of 70 against 48 of 80, difference 0.2 from 0.0524 to 0.3339.
    change = audit_change(48, 80, 56, 70)

    assert change.change == pytest.approx(0.2)
    assert (change.low, change.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert change.more_than_noise


def test_nothing_changed_is_called_noise_at_least_nineteen_times_in_twenty() -> None:
    random = np.random.default_rng(5)
    rounds = random.binomial(60, 0.45, (400, 2))

    called = [audit_change(int(before), 60, int(after), 60).more_than_noise for before, after in rounds]

    assert np.mean(called) <= stats.binom.ppf(0.999, 400, 0.05) / 400


def test_the_least_rise_told_is_told_four_times_in_five() -> None:
    # Against simulation of the one-sided test the formula stands for.
    rise, random = least_rise_told(0.45, 120, 120), np.random.default_rng(11)
    before, after = random.binomial(120, 0.45, 20_000) / 120, random.binomial(120, 0.45 + rise, 20_000) / 120

    pooled = (before + after) / 2
    told = (after - before) > 1.6449 * np.sqrt(pooled * (1 - pooled) * 2 / 120)

    assert told.mean() == pytest.approx(0.80, abs=0.02)


def test_a_rise_that_no_audits_could_tell_is_not_defined() -> None:
    assert math.isnan(least_rise_told(0.95, 3, 3))
    assert math.isnan(least_rise_told(0.5, 0, 10))


@pytest.mark.parametrize(("counts", "rule"), [((5, 4, 1, 4), "good_before"), ((1, 4, -1, 4), "good_after"), ((0, 0, 1, 4), "not defined")])  # fmt: skip
def test_counts_that_make_no_sense_are_refused(counts: tuple[int, int, int, int], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        audit_change(*counts)


def test_question_15_is_one_call_with_figure_range_sentence_and_table(approved: Results) -> None:
    answer = audit_evidence(approved)

    audits = answer.table.loc[answer.table["measure"] == "plan_reviews: audits done", "mean"].item()
    assert answer.number == 15
    assert answer.low <= answer.figure <= answer.high
    assert answer.figure == pytest.approx(0.98 / math.sqrt(audits), rel=0.15)
    assert "from noise four times in five" in answer.sentence


def test_a_duty_that_finds_nothing_good_is_no_evidence(approved: Results) -> None:
    with pytest.raises(KeyError, match="no measure 'good'"):
        audit_evidence(approved, "return_home_interviews")


def test_audits_are_counted_from_the_month_they_are_planned() -> None:
    approved = wm.run(wm.load_scenario("scenarios/approved.toml"), 4)

    reviews, leads = wm.audit_evidence(approved), wm.audit_evidence(approved, "lead_audits")

    assert "6 months from June 2019" in reviews.sentence  # planned for June 2019
    assert "6 months from September 2019" in leads.sentence
