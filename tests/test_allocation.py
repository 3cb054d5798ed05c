"""Waiting cases go where the rule says: checked by giving them one at a time, and against exact chances."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from workforce_model.basis.draws import Words, name_key
from workforce_model.cases.allocation import deal_at_random, first_by_rank, share_by_weight, share_evenly, share_out
from workforce_model.people.posts import TeamRows


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


# Each run's deal is its own ------------------------------------------------------------------------


def dealt(
    runs: NDArray[np.int64], weight: NDArray[np.float64], waiting: NDArray[np.int64], held: int = 0
) -> NDArray[np.int16]:
    """Cases dealt at random to one team, from the same caseload each; shape (S, R)."""
    words = Words(20190612, runs)
    pool = np.full(weight.shape, held, dtype=np.int16)
    deal_at_random(pool, weight, waiting, words, words.stream("deal", "team", 3))
    return pool


def uneven(runs: int, posts: int = 6) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Weights that differ by post and run, nobody in some posts, and pools that differ by run, some with nothing in them."""
    made = np.random.default_rng(5)
    weight = made.choice([0.0, 0.25, 0.7, 1.0], size=(posts, runs))
    weight[0] = 1.0
    return weight, made.integers(0, 90, runs) * (np.arange(runs) % 5 > 0)


def test_a_block_of_runs_deals_the_bits_of_each_run_alone_and_of_the_runs_in_any_order() -> None:
    runs = np.arange(60)
    weight, waiting = uneven(60)

    together = dealt(runs, weight, waiting)

    assert np.array_equal(together.sum(axis=0), waiting)
    assert np.array_equal(dealt(runs[::-1], weight[:, ::-1], waiting[::-1])[:, ::-1], together)
    for run in runs:
        alone = dealt(runs[run : run + 1], weight[:, run : run + 1], waiting[run : run + 1])
        assert np.array_equal(alone[:, 0], together[:, run]), run


def test_a_runs_deal_is_its_own_whatever_is_dealt_beside_it() -> None:
    weight, waiting = uneven(40)
    others = np.arange(40) % 2 == 1
    changed = np.where(others, 3 * waiting + 1, waiting)

    before, after = dealt(np.arange(40), weight, waiting), dealt(np.arange(40), np.where(others, 1.0, weight), changed)

    assert np.array_equal(before[:, ~others], after[:, ~others])
    assert not np.array_equal(before[:, others], after[:, others])


def test_more_cases_than_are_dealt_at_a_time_are_dealt_as_each_run_alone() -> None:
    """Runs of every size on both sides of where a stretch of the work may end, and one larger than any stretch."""
    waiting = np.array([24_575, 1, 0, 24_576, 24_577, 40_000, 7, 16_384, 16_385])
    runs, weight = np.arange(9), np.tile(np.array([[1.0], [0.5], [0.0], [0.8]]), (1, 9))

    together = np.zeros((4, 9), dtype=np.int64)
    together += dealt(runs, weight, waiting)

    assert np.array_equal(together.sum(axis=0), waiting)
    for run in runs:
        alone = dealt(runs[run : run + 1], weight[:, run : run + 1], waiting[run : run + 1])
        assert np.array_equal(alone[:, 0], together[:, run]), run


def test_one_case_more_goes_to_one_worker_and_moves_no_other_case() -> None:
    weight, waiting = uneven(50)

    more = dealt(np.arange(50), weight, waiting + 1) - dealt(np.arange(50), weight, waiting)

    assert (more.sum(axis=0) == 1).all()
    assert (more >= 0).all()


def test_a_worker_who_takes_less_gives_cases_to_the_others_and_takes_none_from_them() -> None:
    weight, waiting = uneven(50)
    less = weight.copy()
    less[0] = 0.3

    moved = dealt(np.arange(50), less, waiting) - dealt(np.arange(50), weight, waiting)

    assert (moved[0] <= 0).all()
    assert (moved[1:] >= 0).all()
    assert moved[0].sum() < 0


def test_dealing_adds_to_what_is_held_and_does_not_look_at_it() -> None:
    weight, waiting = uneven(30)

    assert np.array_equal(dealt(np.arange(30), weight, waiting, held=17) - 17, dealt(np.arange(30), weight, waiting))


@pytest.mark.parametrize("weights", [[1.0, 1.0, 1.0], [1.0, 0.5, 0.1], [0.9, 0.9, 0.3], [0.01, 0.02, 0.01]])
def test_a_deal_follows_the_multinomial_law_post_by_post(weights: list[float]) -> None:
    runs, cases = 3_000, 20
    held = dealt(np.arange(runs), np.tile(np.array(weights)[:, None], (1, runs)), np.full(runs, cases)).astype(float)

    share = np.array(weights) / sum(weights)
    covariance = cases * (np.diag(share) - np.outer(share, share))
    assert np.all(np.abs(held.mean(axis=1) - cases * share) <= 4.42 * np.sqrt(np.diag(covariance) / runs))
    assert np.cov(held) == pytest.approx(covariance, abs=0.1 * covariance.max())


# Sharing out: teams, purposes and months apart ----------------------------------------------------


def two_teams(month: int = 1, purpose: str = "share out", runs: int = 30, second: int = 11) -> NDArray[np.int16]:
    """Nine and eleven cases, some dealt and some shared evenly, to teams of three and two."""
    rows = TeamRows(("a", "b"), np.array([0, 0, 0, 1, 1]))
    keys = np.array([name_key("post", i) for i in range(5)], dtype=np.uint64)
    held, weight = (
        np.zeros((5, runs), dtype=np.int16),
        np.tile(np.array([[1.0], [0.5], [1.0], [1.0], [1.0]]), (1, runs)),
    )
    at_random, evenly = (np.tile(np.array([[n], [m]], dtype=np.int32), (1, runs)) for n, m in ((5, second - 4), (4, 4)))
    left = share_out(held, weight, at_random, evenly, rows, Words(20190612, np.arange(runs)), keys, month, purpose)
    assert not left.any()
    return held


def test_another_teams_cases_change_nothing_and_another_month_or_purpose_is_another_deal() -> None:
    held = two_teams()

    assert held[:3].sum(axis=0).tolist() == [9] * 30
    assert held[3:].sum(axis=0).tolist() == [11] * 30
    assert np.array_equal(two_teams(second=40)[:3], held[:3])
    assert not np.array_equal(two_teams(month=2), held)
    assert not np.array_equal(two_teams(purpose="again"), held)


def test_those_level_take_turns_by_a_rank_that_changes_with_month_and_purpose() -> None:
    weight = np.ones(5)

    def first(month: int, purpose: str) -> NDArray[np.int16]:
        rows, keys = TeamRows(("a",), np.zeros(5, dtype=np.intp)), np.array([name_key("post", i) for i in range(5)], dtype=np.uint64)  # fmt: skip
        held, none, one = np.zeros((5, 40), dtype=np.int16), np.zeros((1, 40), dtype=np.int32), np.full((1, 40), 2, dtype=np.int32)  # fmt: skip
        share_out(
            held, np.tile(weight[:, None], (1, 40)), none, one, rows, Words(1, np.arange(40)), keys, month, purpose
        )
        return held

    assert first(1, "a").max() == 1
    for other in (first(2, "a"), first(1, "b")):
        assert not np.array_equal(first(1, "a"), other)


# Levels and ranks at their edges ------------------------------------------------------------------


def test_a_team_with_nobody_takes_nothing_beside_one_that_does() -> None:
    held = np.array([[4, 4], [2, 2]], dtype=np.int16)
    able, rank = np.array([[True, False], [True, False]]), np.arange(2)[:, None]
    weighted = held.copy()

    share_evenly(held, able, np.array([3, 0]), rank)
    share_by_weight(weighted, able.astype(float), np.array([3, 0], dtype=np.int32), rank)

    # Two bring the second level with the first, and the third goes to the first.
    assert held.T.tolist() == weighted.T.tolist() == [[5, 4], [4, 2]]


@pytest.mark.parametrize("posts", [1, 2, 3, 5])
@pytest.mark.parametrize("held", [0, 1, 30, 1_000])
def test_levels_are_found_wherever_they_lie(posts: int, held: int) -> None:
    """Every pool up to a hundred cases at once, from level caseloads and from one worker far above the rest."""
    waiting, rank = np.arange(101), np.arange(posts)[:, None]
    for above in (0, 1, 64, 500):
        pool = np.full((posts, 101), held, dtype=np.int16)
        pool[0] += above
        weight, weighted = np.ones((posts, 101)), pool.copy()
        expected = one_at_a_time(pool, weight, waiting, np.broadcast_to(rank, pool.shape))

        share_evenly(pool, weight > 0, waiting, rank)
        share_by_weight(weighted, weight, waiting.astype(np.int32), rank)

        assert np.array_equal(pool, expected)
        assert np.array_equal(weighted, expected)


def test_a_worker_who_cannot_take_a_case_keeps_those_held_and_sets_no_level() -> None:
    held = np.array([[0], [900], [3], [0]], dtype=np.int16)
    able, weighted = np.array([[True], [False], [True], [False]]), np.array([[0], [900], [3], [0]], dtype=np.int16)

    share_evenly(held, able, np.array([7]), np.arange(4)[:, None])
    share_by_weight(weighted, able.astype(float), np.array([7], dtype=np.int32), np.arange(4)[:, None])

    assert held.ravel().tolist() == weighted.ravel().tolist() == [5, 900, 5, 0]


@pytest.mark.parametrize("posts", [127, 128, 129])
def test_in_a_team_as_large_as_a_narrow_count_holds_as_many_are_chosen_as_are_asked(posts: int) -> None:
    number = np.array([posts, posts - 1, posts - 2, 64, 1, 0])
    rank = np.broadcast_to((np.arange(posts)[:, None] * 100) // posts, (posts, 6))

    chosen = first_by_rank(np.ones((posts, 6), dtype=bool), rank, number)

    assert chosen.sum(axis=0).tolist() == number.tolist()
    for run in range(6):  # those of lowest rank, and of equal rank the first
        assert chosen[: number[run], run].all()


@pytest.mark.parametrize("highest", [0, 1, 2, 3, 7, 8, 32_767])
def test_whoever_is_first_by_rank_is_chosen_whatever_the_highest_rank(highest: int) -> None:
    made = np.random.default_rng(highest)
    rank = made.integers(0, highest + 1, (7, 200)).astype(np.int16)
    candidate = made.random((7, 200)) < 0.7
    number = made.integers(0, candidate.sum(axis=0) + 1)

    chosen = first_by_rank(candidate, rank, number)

    for run in range(200):
        by_rank = sorted(np.flatnonzero(candidate[:, run]), key=lambda post: (rank[post, run], post))
        assert sorted(np.flatnonzero(chosen[:, run])) == sorted(by_rank[: number[run]]), run
