"""Who takes a waiting case: dealt at random by weight, or one at a time to the lowest caseload. Team by team.

Nothing is sorted: the level to which a team's caseloads fill is found by bisection, and so is the rank
below which those level with one another take one case more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Keys, Words

if TYPE_CHECKING:  # only its shape is used here, and sharing out alone should not load pandas
    from workforce_model.people.posts import TeamRows

Counts = NDArray[np.int32]
Held = NDArray[np.int16]
Chosen = NDArray[np.bool_]
Levels = NDArray[Any]
"""Whole-number levels or counts by run, of whatever width the search runs fastest in."""


def share_out(
    held: Held,
    weight: NDArray[np.float64],
    at_random: Counts,
    evenly: Counts,
    rows: TeamRows,
    words: Words,
    keys: Keys,
    month: int,
    purpose: str = "share out",
) -> Counts:
    """Give every waiting case to a worker of its team; they are added to ``held`` in place.

    Parameters
    ----------
    held : array, shape (H, R)
        Cases held by each post.
    weight : array, shape (H, R)
        Caseload share each post's holder takes this month, 0 to 1; 0 for nobody.
    at_random, evenly : array, shape (C, R)
        Waiting cases to deal at random in proportion to the weights, and to give one at a time to the
        lowest caseload for its weight, ties by a keyed rank.
    purpose : str
        What the words are for: two dealings in a month have two names.

    Returns
    -------
    array, shape (C, R)
        Cases still waiting: all of a team's where it has nobody to take one, otherwise none.
    """
    left = np.zeros_like(at_random)
    for team, name in enumerate(rows.names):
        mine = slice(rows.first[team], rows.first[team] + rows.size[team])
        able = (weight[mine] > 0).any(axis=0)
        dealt, levelled = at_random[team] * able, evenly[team] * able
        deal_at_random(held[mine], weight[mine], dealt, words, words.stream(purpose, name, month))
        if levelled.any():
            rank = (words.of_posts(keys[mine], f"{purpose} rank", month) >> np.uint32(16)).astype(np.int16)
            share_by_weight(held[mine], weight[mine], levelled, rank)
        left[team] = at_random[team] + evenly[team] - dealt - levelled
    return left


def deal_at_random(held: Held, weight: NDArray[np.float64], waiting: Counts, words: Words, stream: Keys) -> None:
    """Deal a team's waiting cases at random, each to a post with a chance in proportion to its weight.

    Each case proposes a post of its team at random and is taken with the post's weight, until taken:
    a change of one weight moves few cases of the others.

    Parameters
    ----------
    held, weight : array, shape (S, R)
        Cases held, added to in place, and weights from 0 to 1.
    waiting : array, shape (R,)
        Cases to deal; 0 where every weight is 0.
    stream : array, shape (R,)
        Keys of the words the cases use.

    Examples
    --------
    >>> held = np.zeros((3, 2), dtype=np.int16)
    >>> words = Words(20190612, np.arange(2))
    >>> nobody_in_the_second = np.array([[1.0, 1.0], [0.0, 0.0], [0.5, 0.5]])
    >>> deal_at_random(held, nobody_in_the_second, np.array([12, 3]), words, words.stream("deal", "team"))
    >>> held.sum(axis=0).tolist(), held[1].tolist()
    ([12, 3], [0, 0])
    """
    runs = held.shape[1]
    chance = (weight * 2**31).astype(np.uint32).reshape(-1)
    run = np.repeat(np.arange(runs), waiting)
    item = np.arange(run.size) - np.repeat(np.cumsum(waiting) - waiting, waiting)
    given = [np.zeros(0, dtype=np.intp)]
    for start in range(0, run.size, _STRETCH):
        some = slice(start, start + _STRETCH)
        given += _taken(run[some], item[some], chance, words, stream)
    held += np.bincount(np.concatenate(given), minlength=held.size).reshape(held.shape).astype(np.int16)


def _taken(
    run: NDArray[np.intp], item: NDArray[np.intp], chance: NDArray[np.uint32], words: Words, stream: Keys
) -> list[NDArray[np.intp]]:
    """The flat (post, run) cells that take the cases, in the order of the attempts."""
    runs = stream.size
    size, attempt, taken = np.uint64(chance.size // runs), 0, []
    while run.size:
        mixed = words.of_items(stream.take(run), item + (attempt << 32))
        cell = ((mixed >> np.uint64(32)) * size >> np.uint64(32)).view(np.int64) * runs + run
        takes = (mixed & np.uint64(2**31 - 1)) < chance.take(cell)
        taken.append(cell[takes])
        refused = np.flatnonzero(~takes)
        run, item, attempt = run[refused], item[refused], attempt + 1
    return taken


_STRETCH = 24_576
"""Cases dealt at a time: what is set aside for them stays in the processor's cache."""
_STEPS = 8
"""Levels of weighted caseloads are compared to an eighth of a case for a full share."""
_BEYOND = 16_000
"""A caseload above any level to be reached: it keeps whoever takes no case out of the sharing."""


def share_by_weight(held: Held, weight: NDArray[np.float64], waiting: Counts, rank: NDArray[np.integer]) -> None:
    """Give a team's waiting cases one at a time to the lowest caseload for its weight.

    Parameters
    ----------
    held, weight : array, shape (S, R)
        Cases held, added to in place, and weights from 0 to 1.
    waiting : array, shape (R,)
        Cases to give; 0 where every weight is 0.
    rank : array, shape (S, R) or (S, 1)
        Who comes first among those level with one another.

    Examples
    --------
    Nine cases between a full and a half share: the first ends with twice as many.

    >>> held = np.zeros((2, 1), dtype=np.int16)
    >>> share_by_weight(held, np.array([[1.0], [0.5]]), np.array([9]), np.array([[0], [1]]))
    >>> held.ravel().tolist()
    [6, 3]
    """
    slope, count = (weight / _STEPS).astype(np.float32), held.astype(np.float32)
    room, level_of = np.empty_like(count), np.full_like(count, _BEYOND)

    def room_below(level: NDArray[np.int32]) -> NDArray[np.float32]:
        np.ceil(slope * level.astype(np.float32), out=room)
        np.maximum(room - count, 0, out=room)
        return room

    def needed(level: NDArray[np.int32]) -> NDArray[np.float32]:
        return np.asarray(room_below(level).sum(axis=0))

    able = np.greater(slope, 0)
    np.divide(count, slope, out=level_of, where=able)
    low = level_of.min(axis=0).astype(np.int32)
    most = (waiting + (count * able).sum(axis=0)) / np.where(waiting > 0, slope.sum(axis=0), 1)
    reach = (most.astype(np.int32) + 1 - low).max()
    level = _highest_level(needed, waiting.astype(np.float32), low, int(reach))
    left = waiting - needed(level).astype(np.int32)
    count += room
    count += first_by_rank(room_below(level + 1) > 0, rank, left)
    held[...] = count


def share_evenly(held: Held, able: Chosen, waiting: NDArray[np.integer], rank: NDArray[np.integer]) -> None:
    """Give a team's waiting cases one at a time to the worker with the fewest cases: equal shares, whole numbers.

    Parameters
    ----------
    held : array of int16, shape (S, R)
        Cases held, added to in place.
    able : array of bool, shape (S, R)
        Who can take a case.
    waiting : array, shape (R,)
        Cases to give; 0 where nobody is able.
    rank : array, shape (S, R) or (S, 1)
        Who comes first among those with equally few; ``np.arange(S)[:, None]`` for the lowest post.

    Examples
    --------
    Five cases to workers with 3, 9, 2 and 3: three to the lowest makes 4, 9, 4, 3; the fourth has the next.

    >>> held = np.array([[3], [9], [2], [3]], dtype=np.int16)
    >>> share_evenly(held, np.ones((4, 1), dtype=bool), np.array([5]), np.arange(4)[:, None])
    >>> held.ravel().tolist()
    [5, 9, 4, 4]
    """
    count = np.where(able, held, np.int16(_BEYOND))
    room = np.empty_like(count)

    def needed(level: NDArray[np.int16]) -> NDArray[np.int16]:
        return np.asarray(np.maximum(level - count, 0, out=room).sum(axis=0, dtype=np.int16))

    low = count.min(axis=0)
    # Nobody is brought above the highest caseload but by an even part of what waits.
    reach = max(held.max() - low.min(), 0) + (waiting // np.maximum(_counted(able), 1)).max()
    waiting = waiting.astype(np.int16)
    level = _highest_level(needed, waiting, low, int(reach))
    left = waiting - needed(level)
    held += room
    held += first_by_rank(count <= level, rank, left)


def first_by_rank(candidate: Chosen, rank: NDArray[np.integer], number: NDArray[np.integer]) -> Chosen:
    """The stated number of candidates in each run, those of lowest rank; equal ranks by the order of rows.

    Parameters
    ----------
    candidate : array of bool, shape (S, R)
    rank : array of signed whole numbers from 0, shape (S, R) or (S, 1)
        The search takes one step for each of its bits: narrow ranks are fast.
    number : array, shape (R,)
        At most as many as there are candidates.

    Examples
    --------
    >>> candidate = np.array([[True], [True], [False], [True]])
    >>> first_by_rank(candidate, np.array([[30], [10], [0], [20]]), np.array([2])).ravel().tolist()
    [False, True, False, True]
    """
    chosen = np.empty_like(candidate)

    def ranked_to(limit: Levels) -> Levels:
        np.logical_and(candidate, rank <= limit, out=chosen)
        return _counted(chosen)

    limit = _highest_level(ranked_to, number, np.full(number.shape, -1, dtype=rank.dtype), int(rank.max()))
    left = number - ranked_to(limit)
    runs = np.flatnonzero(left)
    tied = candidate[:, runs] & (np.broadcast_to(rank, candidate.shape)[:, runs] == limit[runs] + 1)
    chosen[:, runs] |= tied & (np.cumsum(tied, axis=0) <= left[runs])
    return chosen


def _counted(chosen: Chosen) -> Levels:
    """How many are chosen in each run, in the narrowest width that holds it."""
    narrow = np.int8 if len(chosen) < 128 else np.int16
    return np.asarray(np.add.reduce(chosen.view(np.int8), dtype=narrow))


def _highest_level(
    needed: Callable[[Levels], Levels], available: NDArray[np.integer], low: Levels, reach: int
) -> Levels:
    """The highest whole level whose need is available, from ``low`` (within reach) to at most ``reach`` above it.

    Bisected in every run at once, by halving steps up from ``low``.
    """
    for power in range(int(reach).bit_length() - 1, -1, -1):
        higher = low + low.dtype.type(1 << power)
        low = np.where(needed(higher) <= available, higher, low)
    return low
