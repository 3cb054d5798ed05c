"""A known group and its documents: the finite source meets its exact distribution, and people are conserved."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workforce_model.basis.draws import Words
from workforce_model.duties.passports import Chances, Coverage, coverage

TOLERANCE = 4.42
seeds = pytest.mark.parametrize("seed", [1, 20190612, 2**70 + 5])


def played(runs: int, months: int, known: int, holding: int, hours: float, seed: int = 1, **chances: float) -> Coverage:
    stated = {"joins": 0.0, "leaves": 0.0, "loses": 0.0, **chances}
    return coverage(
        np.full(runs, known), np.full(runs, holding), Chances(**{x: np.array([v]) for x, v in stated.items()}),
        np.full(months, True), np.full((months, runs), hours), np.ones(runs), np.zeros(runs, dtype=np.intp),
        Words(seed, np.arange(runs)), "test",
    )  # fmt: skip


@seeds
def test_a_finite_source_settles_at_the_distribution_of_its_markov_chain(seed: int) -> None:
    # 12 people, no joiners or leavers. Each holder loses the document with chance 0.2 a month and two can be replaced
    # in a month: of x without, x' = max(0, x + Binomial(12 - x, 0.2) - 2). The chain is written out independently.
    people, loses, replaced, runs = 12, 0.2, 2, 5_000
    step = np.zeros((people + 1, people + 1))
    for x in range(people + 1):
        for lost in range(people - x + 1):
            step[x, max(0, x + lost - replaced)] += stats.binom.pmf(lost, people - x, loses)
    exact = np.linalg.matrix_power(step, 40)[0]

    came = played(runs, 40, people, people, hours=replaced, seed=seed, loses=loses)

    without = (came.known - came.holding)[-1]
    mean, sd = (
        exact @ np.arange(people + 1),
        np.sqrt(exact @ np.arange(people + 1) ** 2 - (exact @ np.arange(people + 1)) ** 2),
    )
    assert abs(without.mean() - mean) < TOLERANCE * sd / np.sqrt(runs)
    seen = np.bincount(without, minlength=people + 1)
    assert np.abs(seen - runs * exact).max() < TOLERANCE * np.sqrt(runs * 0.25)


def test_documents_handed_over_at_two_a_month_reach_everybody_by_hand() -> None:
    # Ten people, four hold it, two a month: 6, 8, 10, 10.
    came = played(3, 4, known=10, holding=4, hours=2.0)

    assert came.holding[:, 0].tolist() == [6, 8, 10, 10]
    assert came.issued.sum(axis=0).tolist() == [6] * 3


def test_nobody_is_made_or_lost_without_being_counted() -> None:
    came = played(200, 60, known=80, holding=30, hours=3.0, joins=2.0, leaves=0.03, loses=0.05)

    gone = came.left_with + came.left_without
    before = np.concatenate([np.full((1, 200), 80), came.known[:-1]])
    held = np.concatenate([np.full((1, 200), 30), came.holding[:-1]])
    assert (came.known == before + came.joined - gone).all()
    assert (came.holding == held + came.issued - came.lost - came.left_with).all()
    assert (came.holding <= came.known).all()


def test_where_copies_are_kept_nothing_is_lost() -> None:
    runs = 20
    came = coverage(
        np.full(runs, 50), np.full(runs, 50), Chances(np.zeros(1), np.zeros(1), np.array([0.5])),
        np.array([True, False, False]), np.zeros((3, runs)), np.ones(runs), np.zeros(runs, dtype=np.intp),
        Words(1, np.arange(runs)), "test",
    )  # fmt: skip

    assert (came.lost[0] > 0).all()
    assert came.lost[1:].sum() == 0
