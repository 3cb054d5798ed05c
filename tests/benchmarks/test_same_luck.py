"""The same luck in every scenario, block and process; what is added changes nothing that was there."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from tests.benchmarks.engine import run
from tests.benchmarks.luck import CHANGES, COMPARED, variance_ratios
from tests.benchmarks.problem import A_SEVENTH_TEAM, R1, SIX_MORE_POSTS, Outcome, uncertain

pytestmark = pytest.mark.benchmark
SMALL, SIXTEEN_DRAWS = replace(R1, months=6), uncertain(16)
FIELDS = ("leavers", "agency", "empty", "over", "paid", "histogram")


def same(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are equal bit for bit."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in FIELDS)


@pytest.fixture(scope="module")
def ratios() -> dict[tuple[str, str], float]:
    return variance_ratios(3_072)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("figure", COMPARED)
def test_a_difference_varies_ten_times_less_with_the_same_luck(
    ratios: dict[tuple[str, str], float], change: str, figure: str
) -> None:
    assert ratios[change, figure] >= 10


@pytest.mark.parametrize("block", [1, 7, 64, 1_000])
def test_the_size_of_a_block_changes_no_bit(block: int) -> None:
    whole = run(SMALL, 50, rates=SIXTEEN_DRAWS, most=95)

    assert same(run(SMALL, 50, rates=SIXTEEN_DRAWS, most=95, block=block), whole)


def test_threads_and_processes_change_no_bit() -> None:
    whole = run(SMALL, 300, rates=SIXTEEN_DRAWS, most=95)

    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        for executor in (threads, processes):
            assert same(run(SMALL, 300, rates=SIXTEEN_DRAWS, most=95, block=64, executor=executor), whole)


def test_a_run_does_not_depend_on_how_many_follow() -> None:
    few, many = run(SMALL, 10), run(SMALL, 500)

    assert all(np.array_equal(getattr(few, name), getattr(many, name)[..., :10]) for name in FIELDS[:-1])


def test_adding_a_team_changes_no_other_teams_numbers() -> None:
    before, after = run(SMALL, 100), run(replace(A_SEVENTH_TEAM, months=6), 100)

    assert all(np.array_equal(getattr(before, name), getattr(after, name)[:, :6]) for name in FIELDS[:4])


def test_adding_months_changes_no_earlier_draw() -> None:
    before, after = run(SMALL, 100), run(replace(R1, months=9), 100)

    assert all(np.array_equal(getattr(before, name), getattr(after, name)[:6]) for name in FIELDS)


def test_adding_posts_changes_no_earlier_posts_luck() -> None:
    # With nothing that joins one post to another (no effect of caseload), each old post does what it did.
    before = run(replace(SMALL, slope=0.0), 200)
    after = run(replace(SIX_MORE_POSTS, months=6, slope=0.0), 200)

    gained = after.empty[:, 2].astype(int) - before.empty[:, 2]
    assert np.array_equal(before.leavers[:, [0, 1, 3, 4, 5]], after.leavers[:, [0, 1, 3, 4, 5]])
    assert np.all(after.leavers[:, 2] >= before.leavers[:, 2])
    assert gained.min() >= 0
    assert gained.max() <= 6


def test_a_caseload_beyond_the_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="the tables hold at most 18"):
        run(SMALL, 20, most=18)
