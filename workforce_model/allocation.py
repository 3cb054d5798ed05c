"""Who takes a waiting case: dealt at random by weight, or to the lowest caseload."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.draws import Keys, Words


@dataclass(frozen=True)
class Waiting:
    """A team's cases that need a worker, by run: those whose way is settled, and the rest, undecided."""

    undecided: NDArray[np.int32]
    at_random: NDArray[np.int32]
    evenly: NDArray[np.int32]


def share_out(
    held: NDArray[np.int16],
    weight: NDArray[np.float64],
    waiting: Waiting,
    random_share: NDArray[np.uint32],
    words: Words,
    keys: Keys,
    team: str,
    month: int,
) -> NDArray[np.int32]:
    """Give every waiting case of a team to one of its workers; add them to ``held`` in place.

    At random is in proportion to the weights (a random share of 1 is the rule ``random``); evenly is
    one at a time to the lowest caseload for its weight, ties by a keyed rank (0 is the rule ``even``).

    Parameters
    ----------
    held : array, shape (S, R)
        Cases held by the team's posts.
    weight : array, shape (S, R)
        Caseload share each post's holder takes this month, 0 to 1; 0 for nobody.
    random_share : array of uint32, shape (R,)
        Word limit (``draws.threshold``) of the chance that an undecided case is dealt at random.

    Returns
    -------
    array, shape (R,)
        Cases still waiting: all of them where the team has nobody to take one, otherwise none.
    """
    everything = waiting.undecided + waiting.at_random + waiting.evenly
    able = weight.any(axis=0)
    if not (everything * able).any():
        return everything
    stream = words.stream("share out", team, month)
    run, item = _numbered(waiting.undecided * able)
    randomly = (words.of_items(stream[run], -item - 1) >> np.uint64(33)) < random_share[run]
    settled_run, settled_item = _numbered(waiting.at_random * able)
    at_random = np.concatenate([run[randomly], settled_run])
    _share_at_random(held, weight, words, stream, at_random, np.concatenate([item[randomly], settled_item + _SETTLED]))
    evenly = np.bincount(run[~randomly], minlength=able.size) + waiting.evenly * able
    if evenly.any():
        _share_evenly(held, weight, evenly, words.of_posts(keys, "share out rank", month))
    return everything * ~able


_SETTLED = 1 << 20
"""Numbers of new cases start here, apart from those of cases handed over or passed on."""


def _numbered(counts: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Each run as often as its count, and the number of each item within its run."""
    run = np.repeat(np.arange(counts.size), counts)
    return run, np.arange(run.size) - np.repeat(np.cumsum(counts) - counts, counts)


def _share_at_random(
    held: NDArray[np.int16],
    weight: NDArray[np.float64],
    words: Words,
    stream: Keys,
    run: NDArray[np.intp],
    item: NDArray[np.int64],
) -> None:
    """Each case proposes a post at random and is taken with the chance of the post's weight, until taken."""
    posts, runs = held.shape
    chance, attempt, given = (weight * 2**31).astype(np.uint32).reshape(-1), 0, []
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
    held: NDArray[np.int16], weight: NDArray[np.float64], waiting: NDArray[np.int64], rank: NDArray[np.uint32]
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
    edge = _room(count, slope, low + 1) > 0
    order = np.argsort(np.where(edge, rank, np.uint32(2**32 - 1)), axis=0, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(held.shape[0])[:, None], axis=0)
    held[...] = count + (edge & (place < left))


def _room(count: NDArray[np.float32], slope: NDArray[np.float32], level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cases each worker can take before reaching the level; none for a post with nobody in it."""
    return np.asarray(np.maximum(np.ceil(slope * level) - count, 0) * (slope > 0), dtype=np.float32)
