"""Who takes a waiting case: dealt at random by weight, or to the lowest caseload. All teams at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workforce_model.draws import Keys, Words
from workforce_model.posts import TeamRows

Counts = NDArray[np.int32]


def share_out(
    held: NDArray[np.int16],
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
    able = np.logical_or.reduceat(weight > 0, rows.first, axis=0)
    streams = np.stack([words.stream(purpose, name, month) for name in rows.names])
    _deal_at_random(held, weight, words, streams, at_random * able, rows)
    if (evenly * able).any():
        _level(held, weight, evenly * able, words.of_posts(keys, f"{purpose} rank", month), rows)
    return (at_random + evenly) * ~able


def _deal_at_random(
    held: NDArray[np.int16], weight: NDArray[np.float64], words: Words, streams: Keys, waiting: Counts, rows: TeamRows
) -> None:
    """Each case proposes a post of its team at random and is taken with the post's weight, until taken."""
    runs = held.shape[1]
    counts, chance = waiting.reshape(-1), (weight * 2**31).astype(np.uint32).reshape(-1)
    place = np.repeat(np.arange(counts.size), counts)
    item = np.arange(place.size) - np.repeat(np.cumsum(counts) - counts, counts)
    stream, size = streams.reshape(-1), np.repeat(rows.size.astype(np.uint64), runs)
    corner = np.repeat(rows.first * runs, runs) + np.tile(np.arange(runs), rows.size.size)
    attempt, given = 0, [np.zeros(0, dtype=np.intp)]
    while place.size:
        mixed = words.of_items(stream[place], item + (attempt << 32))
        cell = ((mixed >> np.uint64(32)) * size[place] >> np.uint64(32)).astype(np.intp) * runs + corner[place]
        taken = (mixed & np.uint64(2**31 - 1)) < chance[cell]
        given.append(cell[taken])
        place, item, attempt = place[~taken], item[~taken], attempt + 1
    held += np.bincount(np.concatenate(given), minlength=held.size).reshape(held.shape).astype(np.int16)


_STEPS = 8
"""Levels are compared to an eighth of a case for a full share."""


def _level(
    held: NDArray[np.int16], weight: NDArray[np.float64], waiting: Counts, rank: NDArray[np.uint32], rows: TeamRows
) -> None:
    """One at a time to the lowest caseload for the share, found by bisecting the level rather than sorting."""
    slope, count = (weight / _STEPS).astype(np.float32), held.astype(np.float32)
    least = weight[weight > 0].min()
    low = np.zeros(waiting.shape, dtype=np.float32)
    high = np.full_like(low, np.ceil(_STEPS * (held.max(initial=0) + waiting.max() + 1) / least))
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        fits = np.add.reduceat(_room(count, slope, middle[rows.team]), rows.first, axis=0) <= waiting
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    count += _room(count, slope, low[rows.team])
    left = waiting - np.add.reduceat(count - held, rows.first, axis=0)
    post, run = np.nonzero(_room(count, slope, low[rows.team] + 1))
    place = rows.team[post] * held.shape[1] + run
    order = np.lexsort((rank[post, run], place))
    post, run, place = post[order], run[order], place[order]
    turn = np.arange(place.size) - np.searchsorted(place, place)
    takes = turn < left.reshape(-1)[place]
    count[post[takes], run[takes]] += 1
    held[...] = count


def _room(count: NDArray[np.float32], slope: NDArray[np.float32], level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cases each worker can take before reaching the level; none for a post with nobody in it."""
    room: NDArray[np.float32] = np.ceil(slope * level)
    room -= count
    np.maximum(room, 0, out=room)
    room *= slope > 0
    return room
