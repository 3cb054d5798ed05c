"""A fast wrong model is worth nothing: engine and yardsticks give the published means and variances, and the
same check rejects three problems that differ a little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.agreement import (
    ENOUGH,
    batches_of,
    cohort_figures,
    figures,
    scores,
    scores_between,
    scores_of_caseloads,
    uncertain_outcome,
    worst,
)
from tests.benchmarks.cohorts import run_cohorts
from tests.benchmarks.problem import R1, Outcome, Problem, joined, uncertain_apart
from tests.benchmarks.yardsticks import loop_run, run_yardstick, simpy_run

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def batches() -> list[Outcome]:
    return batches_of(R1, 20_480)


def test_posts_people_and_cases_agree_with_the_published_means_and_variances(batches: list[Outcome]) -> None:
    z = scores(figures(joined(batches)), "R1")

    assert len(z) == 14
    assert abs(worst(z)[1]) <= ENOUGH, worst(z)


def test_caseloads_agree_month_by_month_and_team_by_team(batches: list[Outcome]) -> None:
    z = scores_of_caseloads(batches)

    assert len(z) == 4 * 3 + 6
    assert abs(worst(z)[1]) <= ENOUGH, worst(z)


def test_uncertain_rates_agree_with_two_thousand_independent_draws() -> None:
    outcome = uncertain_outcome(R1, uncertain_apart(2_048), 10_240)

    z = scores(figures(outcome), "R1u", draws=2_048)

    assert len(z) == 14
    assert abs(worst(z)[1]) <= ENOUGH, worst(z)


def test_cohorts_agree() -> None:
    z = scores(cohort_figures(run_cohorts(R1, 20_480)), "R0")

    assert len(z) == 10
    assert abs(worst(z)[1]) <= ENOUGH, worst(z)


def test_without_a_caseload_effect_cohorts_and_posts_have_one_law() -> None:
    nil = replace(R1, slope=0.0)

    z = scores_between(figures(joined(batches_of(nil, 10_240))), cohort_figures(run_cohorts(nil, 10_240)))

    assert len(z) == 8
    assert abs(worst(z)[1]) <= ENOUGH, worst(z)


@pytest.mark.parametrize(
    "wrong",
    [replace(R1, knee=16), replace(R1, appointing=0.082), replace(R1, direct=0.78)],
    ids=["knee 16", "appointing 0.082", "0.78 direct"],
)
def test_the_check_has_teeth(wrong: Problem) -> None:
    z = scores(figures(joined(batches_of(wrong, 10_240))), "R1")

    assert abs(worst(z)[1]) > ENOUGH


def test_the_simpy_yardstick_agrees() -> None:
    pytest.importorskip("simpy", reason="the yardstick needs the benchmark extra")

    z = scores(figures(run_yardstick(simpy_run, R1, 2_000)), "R1")

    assert abs(worst(z)[1]) <= ENOUGH, worst(z)


def test_the_loop_is_the_simpy_yardstick_run_for_run() -> None:
    pytest.importorskip("simpy", reason="the yardstick needs the benchmark extra")

    # The same events in the same order from the same generator: agreement of one is agreement of both.
    simpy, loop = (run_yardstick(one, R1, 20, seed=5) for one in (simpy_run, loop_run))

    assert all(np.array_equal(getattr(simpy, name), getattr(loop, name)) for name in ("leavers", "over", "paid"))
    assert np.array_equal(simpy.histogram, loop.histogram)
