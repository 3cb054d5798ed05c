"""Who takes a waiting case: dealt at random by weight, or to the lowest caseload."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.draws import Keys, Words


@dataclass(frozen=True)
class Waiting:
    """A team's cases that need a worker, by run: those to be dealt at random, and those to be shared evenly."""

    at_random: NDArray[np.int32]
    evenly: NDArray[np.int32]


def share_out(
    held: NDArray[np.int16],
    weight: NDArray[np.float64],
    waiting: Waiting,
    words: Words,
    keys: Keys,
    team: str,
    month: int,
) -> NDArray[np.int32]:
    """Give every waiting case of a team to one of its workers; add them to ``held`` in place.

    At random is in proportion to the weights; evenly is one at a time to the lowest caseload for its
    weight, ties by a keyed rank.

    Parameters
    ----------
    held : array, shape (S, R)
        Cases held by the team's posts.
    weight : array, shape (S, R)
        Caseload share each post's holder takes this month, 0 to 1; 0 for nobody.

    Returns
    -------
    array, shape (R,)
        Cases still waiting: all of them where the team has nobody to take one, otherwise none.
    """
    able = weight.any(axis=0)
    if waiting.at_random.any():
        _share_at_random(held, weight, words, words.stream("share out", team, month), waiting.at_random * able)
    if (waiting.evenly * able).any():
        _share_evenly(held, weight, waiting.evenly * able, words.of_posts(keys, "share out rank", month))
    return (waiting.at_random + waiting.evenly) * ~able


def _share_at_random(
    held: NDArray[np.int16], weight: NDArray[np.float64], words: Words, stream: Keys, waiting: NDArray[np.int32]
) -> None:
    """Each case proposes a post at random and is taken with the chance of the post's weight, until taken."""
    posts, runs = held.shape
    chance, attempt, given = (weight * 2**31).astype(np.uint32).reshape(-1), 0, []
    run = np.repeat(np.arange(runs), waiting)
    item = np.arange(run.size) - np.repeat(np.cumsum(waiting) - waiting, waiting)
    while run.size:
        mixed = words.of_items(stream[run], item + (attempt << 32))
        cell = ((mixed >> np.uint64(32)) * np.uint64(posts) >> np.uint64(32)).astype(np.intp) * runs + run
        taken = (mixed & np.uint64(2**31 - 1)) < chance[cell]
        given.append(cell[taken])
        run, item, attempt = run[~taken], item[~taken], attempt + 1
    if given:
        held += np.bincount(np.concatenate(given), minlength=posts * runs).reshape(posts, runs).astype(np.int16)


_STEPS = 8
"""Levels are compared to an eighth of a case for a full share."""


def _share_evenly(
    held: NDArray[np.int16], weight: NDArray[np.float64], waiting: NDArray[np.int32], rank: NDArray[np.uint32]
) -> None:
    """One at a time to the lowest caseload for the share, found by bisecting the level rather than sorting."""
    slope, count = (weight / _STEPS).astype(np.float32), held.astype(np.float32)
    least = weight[weight > 0].min()
    low = np.zeros(waiting.size, dtype=np.float32)
    high = np.full_like(low, np.ceil(_STEPS * (held.max(initial=0) + waiting.max() + 1) / least))
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        fits = _room(count, slope, middle).sum(axis=0) <= waiting
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    count += _room(count, slope, low)
    left = waiting - (count - held).sum(axis=0)
    post, run = np.nonzero(_room(count, slope, low + 1))
    order = np.lexsort((rank[post, run], run))
    post, run = post[order], run[order]
    first = np.searchsorted(run, np.arange(waiting.size))
    takes = np.arange(run.size) - first[run] < left[run]
    count[post[takes], run[takes]] += 1
    held[...] = count


def _room(count: NDArray[np.float32], slope: NDArray[np.float32], level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cases each worker can take before reaching the level; none for a post with nobody in it."""
    return np.asarray(np.maximum(np.ceil(slope * level) - count, 0) * (slope > 0), dtype=np.float32)
