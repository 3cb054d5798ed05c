"""Runs are held to known month ends: to the nearest person, and to the case."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce_model.engine.position import dealt_as_before, in_proportion, with_so_many_over

LIMIT = 21


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(0, 400))
def test_parts_in_proportion_add_up_and_stay_within_their_weights(weights: list[int], total: int) -> None:
    weight = np.array(weights)[:, None]
    parts = in_proportion(np.array([total]), weight)

    assert parts.sum() == (total if sum(weights) else 0)
    if total <= sum(weights):
        assert np.all((parts >= 0) & (parts <= weight))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 45), min_size=3, max_size=20), st.integers(0, 20), st.integers(0, 700))
def test_cases_are_all_dealt_and_as_many_workers_are_over_as_reported_where_that_can_be(held: list[int], over: int, total: int) -> None:  # fmt: skip
    before = np.array(held, dtype=np.int16)[:, None]
    present, over = np.ones_like(before, dtype=bool), min(over, len(held))
    lot = np.linspace(0, 0.9, len(held))[:, None]

    dealt = with_so_many_over(dealt_as_before(before, present, np.array([total])), present, over, LIMIT, lot)

    assert dealt.sum() == total
    assert dealt.min() >= 0
    most = np.inf if over else (LIMIT - 1) * len(held)
    if over * LIMIT <= total <= most:
        assert np.count_nonzero(dealt >= LIMIT) == over


def test_nobody_gets_a_case_who_is_not_there() -> None:
    held, present = np.array([[30], [0], [12]]), np.array([[True], [False], [True]])

    dealt = with_so_many_over(held, present, 2, LIMIT, np.zeros((3, 1)))

    assert dealt.ravel().tolist() == [21, 0, 21]


def test_the_busiest_stay_the_busiest() -> None:
    held = np.array([[40], [25], [22], [15], [8]])

    dealt = with_so_many_over(held, held > 0, 2, LIMIT, np.zeros((5, 1))).ravel()

    assert list(dealt) == sorted(dealt, reverse=True)
    assert dealt[2] == 20


@pytest.mark.parametrize("total", [0, 1, 59, 600])
def test_a_team_that_held_nothing_shares_evenly(total: int) -> None:
    held, present = np.zeros((4, 1), dtype=np.int16), np.array([[True], [True], [True], [False]])

    dealt = dealt_as_before(held, present, np.array([total])).ravel()

    assert dealt.sum() == total
    assert dealt[3] == 0
    assert np.ptp(dealt[:3]) <= 1
