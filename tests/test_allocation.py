"""Waiting cases go where the rule says: checked by giving them one at a time, and against exact chances."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from workforce_model.allocation import deal_at_random, first_by_rank, share_by_weight, share_evenly, share_out
from workforce_model.draws import Words, name_key
from workforce_model.posts import TeamRows


def one_at_a_time(
    held: NDArray[np.int16], weight: NDArray[np.float64], waiting: NDArray[np.int64], rank: NDArray[np.int64]
) -> NDArray[np.int16]:
    """The rule itself, case by case: lowest caseload for the weight, then lowest rank, then lowest post."""
    shared, rank = held.copy(), np.broadcast_to(rank, held.shape)
    for run, cases in enumerate(waiting):
        able = [post for post in range(len(held)) if weight[post, run] > 0]
        for _ in range(cases):
            post = min(able, key=lambda p: (shared[p, run] / weight[p, run], rank[p, run], p))
            shared[post, run] += 1
    return shared


def a_team(seed: int, weights: list[float]) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.int64]]:
    """Nine posts in 200 runs, with a pool wherever somebody can take a case."""
    made = np.random.default_rng(seed)
    weight = made.choice(weights, size=(9, 200))
    held = (made.integers(0, 12, (9, 200)) * (weight > 0)).astype(np.int16)
    return held, weight, made.integers(0, 40, 200) * (weight > 0).any(axis=0)


@pytest.mark.parametrize("seed", range(3))
def test_even_sharing_is_what_giving_one_at_a_time_to_the_fewest_comes_to(seed: int) -> None:
    held, weight, waiting = a_team(seed, [0.0, 1.0, 1.0])
    rank = np.random.default_rng(seed).integers(0, 4, held.shape) if seed else np.arange(9)[:, None]
    expected = one_at_a_time(held, weight, waiting, rank)

    share_evenly(held, weight > 0, waiting, rank)

    assert np.array_equal(held, expected)


@pytest.mark.parametrize("seed", range(3))
def test_weighted_sharing_with_equal_weights_is_even_sharing(seed: int) -> None:
    held, weight, waiting = a_team(seed, [0.0, 1.0, 1.0])
    rank = np.random.default_rng(seed).permuted(np.tile(np.arange(9)[:, None], (1, 200)), axis=0)
    expected = one_at_a_time(held, weight, waiting, rank)

    share_by_weight(held, weight, waiting.astype(np.int32), rank)

    assert np.array_equal(held, expected)


def test_weighted_sharing_never_leaves_one_worker_a_case_and_an_eighth_behind_another() -> None:
    _, weight, waiting = a_team(4, [0.0, 0.5, 0.75, 1.0])
    held, rank = np.zeros(weight.shape, dtype=np.int16), np.arange(9)[:, None]

    share_by_weight(held, weight, waiting.astype(np.int32), rank)

    # The last case a worker took was at a level no higher than the next case of any other (to an eighth).
    able = weight > 0
    last = np.where(able, (held - 1) / np.where(able, weight, 1), -np.inf).max(axis=0)
    following = np.where(able, held / np.where(able, weight, 1), np.inf).min(axis=0)
    assert np.array_equal(held.sum(axis=0), waiting)
    assert np.all(last <= following + 1 / 8 + 1e-9)


def test_equal_ranks_go_by_the_order_of_the_rows_and_nothing_is_lost() -> None:
    candidate = np.array([[True, True], [False, True], [True, True], [True, False]])

    chosen = first_by_rank(candidate, np.full((4, 2), 7), np.array([2, 3]))

    assert chosen.T.tolist() == [[True, False, True, False], [True, True, True, False]]


def test_a_random_deal_is_in_proportion_to_the_weights() -> None:
    runs, cases = 4_000, 12
    words = Words(20190612, np.arange(runs))
    held = np.zeros((4, runs), dtype=np.int16)
    weight = np.tile(np.array([[1.0], [0.5], [0.0], [0.5]]), (1, runs))

    deal_at_random(held, weight, np.full(runs, cases), words, words.stream("share out", "team", 1))

    # Multinomial: half, a quarter, none and a quarter of twelve, within four standard errors of the mean.
    expected = cases * np.array([0.5, 0.25, 0.0, 0.25])
    error = np.sqrt(cases * np.array([0.25, 0.1875, 0.0, 0.1875]) / runs)
    assert np.all(held.sum(axis=0) == cases)
    assert np.all(np.abs(held.mean(axis=1) - expected) <= 4 * error)
    assert held[0].var() == pytest.approx(cases / 4, rel=0.1)


def test_cases_wait_only_where_a_team_has_nobody_to_take_them() -> None:
    runs = 5
    rows = TeamRows(("a", "b"), np.array([0, 0, 1, 1]))
    keys = np.array([name_key("post", i) for i in range(4)], dtype=np.uint64)
    held, weight = np.zeros((4, runs), dtype=np.int16), np.ones((4, runs))
    weight[2:, 3] = 0

    pool = np.full((2, runs), 6, dtype=np.int32)
    left = share_out(held, weight, pool, pool, rows, Words(1, np.arange(runs)), keys, 1)

    assert left.tolist() == [[0, 0, 0, 0, 0], [0, 0, 0, 12, 0]]
    assert held[:2].sum(axis=0).tolist() == [12] * 5
    assert held[2:].sum(axis=0).tolist() == [12, 12, 12, 0, 12]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("most_held", [1, 12, 400])
def test_sharing_between_full_and_half_shares_is_what_giving_one_at_a_time_comes_to(seed: int, most_held: int) -> None:
    _, weight, waiting = a_team(seed, [0.0, 0.5, 1.0, 1.0])
    made = np.random.default_rng(seed)
    held = (made.integers(0, most_held, weight.shape) * (weight > 0)).astype(np.int16)
    rank = made.permuted(np.tile(np.arange(9)[:, None], (1, 200)), axis=0)
    expected = one_at_a_time(held, weight, waiting, rank)

    share_by_weight(held, weight, waiting.astype(np.int32), rank)

    assert np.array_equal(held, expected)


@pytest.mark.parametrize("waiting", [1, 2, 7, 8, 33, 200])
@pytest.mark.parametrize("held", [0, 1, 250])
def test_one_run_alone_is_shared_as_one_at_a_time(waiting: int, held: int) -> None:
    for weights in ([1.0], [0.5, 1.0], [1.0, 0.0, 1.0]):
        weight, rank = np.array(weights)[:, None], np.arange(len(weights))[:, None]
        pool = (held * (weight > 0)).astype(np.int16)
        evenly, expected = pool.copy(), one_at_a_time(pool, weight, np.array([waiting]), rank)

        share_by_weight(pool, weight, np.array([waiting], dtype=np.int32), rank)

        assert np.array_equal(pool, expected)
        if 0.5 not in weights:
            share_evenly(evenly, weight > 0, np.array([waiting]), rank)
            assert np.array_equal(evenly, expected)


@pytest.mark.parametrize("posts", [127, 128, 129, 300])
def test_a_large_team_gives_one_case_more_to_as_many_as_are_left(posts: int) -> None:
    number = np.array([posts, posts - 1, 1, 0])
    candidate, rank = np.ones((posts, 4), dtype=bool), np.arange(posts, dtype=np.int16)[:, None]

    chosen = first_by_rank(candidate, rank, number)

    assert chosen.sum(axis=0).tolist() == number.tolist()
    assert chosen[0, 2]


def a_pool(runs: NDArray[np.int64], weight: NDArray[np.float64], at_random: int, evenly: int) -> NDArray[np.int16]:
    """A team's cases shared out from nothing by the rule of the model."""
    rows = TeamRows(("a",), np.zeros(len(weight), dtype=np.intp))
    keys = np.array([name_key("post", i) for i in range(len(weight))], dtype=np.uint64)
    held, pools = np.zeros((len(weight), runs.size), dtype=np.int16), (np.full((1, runs.size), n, dtype=np.int32) for n in (at_random, evenly))  # fmt: skip
    left = share_out(held, np.tile(weight[:, None], (1, runs.size)), *pools, rows, Words(20190612, runs), keys, 1)
    assert not left.any()
    return held


def test_an_empty_post_takes_no_case_and_keeps_none_waiting() -> None:
    held = a_pool(np.arange(50), np.array([1.0, 0.0, 1.0]), 5, 6)

    assert held[1].sum() == 0
    assert (held.sum(axis=0) == 11).all()


def test_which_of_those_level_takes_one_more_is_even_chance_and_not_the_order_of_the_posts() -> None:
    held = a_pool(np.arange(4_000), np.ones(4), 0, 1)

    # A quarter each, within four standard errors.
    assert np.all(np.abs(held.mean(axis=1) - 0.25) <= 4 * np.sqrt(0.25 * 0.75 / 4_000))


def test_a_runs_cases_go_to_the_same_workers_whatever_runs_are_beside_it() -> None:
    together = a_pool(np.arange(40), np.array([1.0, 0.5, 1.0]), 9, 4)

    for run in (0, 17, 39):
        assert np.array_equal(a_pool(np.array([run]), np.array([1.0, 0.5, 1.0]), 9, 4)[:, 0], together[:, run])


def test_the_lowest_caseload_comes_before_the_rank_to_an_eighth_of_a_case() -> None:
    weight, rank = np.array([[0.75], [0.75], [0.7]]), np.array([[1], [2], [0]])
    held = np.zeros((3, 1), dtype=np.int16)

    share_by_weight(held, weight, np.array([4], dtype=np.int32), rank)

    # One each; then 1 / 0.75 is 1.33 and 1 / 0.7 is 1.43 of a full caseload: the fourth goes to the first of the 0.75.
    assert held.ravel().tolist() == [2, 1, 1]


def test_the_same_seed_deals_the_same_cases_as_it_always_did() -> None:
    """An alarm, not evidence: a change here changes every run of every scenario, and is told in the log of changes."""
    weight = np.array([1.0, 0.5, 1.0, 0.75])

    at_random, evenly = a_pool(np.arange(8), weight, 20, 0), a_pool(np.arange(8), weight, 0, 5)

    assert at_random.T.tolist() == [[9, 2, 6, 3], [7, 4, 4, 5], [6, 2, 4, 8], [7, 2, 7, 4], [6, 0, 8, 6], [6, 2, 10, 2], [9, 2, 8, 1], [6, 5, 5, 4]]  # fmt: skip
    assert evenly.T.tolist() == [[1, 1, 2, 1], [2, 1, 1, 1], [2, 1, 1, 1], [1, 1, 2, 1], [2, 1, 1, 1], [1, 1, 2, 1], [2, 1, 1, 1], [1, 1, 2, 1]]  # fmt: skip
