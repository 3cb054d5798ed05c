"""Random words addressed by name; the distributions they are inverted from stand in their own room.

A word belongs to (root seed, run, purpose, name, month) and to nothing else: not to the order of
calls, the number of runs, the size of a block or the other teams. Two scenarios that share a seed
therefore share their luck post by post, and every event is monotone in its word.

The words come from the finaliser of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable
pseudorandom number generators"), used as a counter-based hash of the address. They are whole
numbers from 0 to 2**31 - 1, so a probability is met exactly to within 2**-31 and 0 and 1 exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workforce_model.basis.distributions import (
    WORD_RANGE,
    Table,
    WordArray,
    arrivals_table,
    binomial_counts,
    binomial_table,
    closures_and_arrivals_table,
)

__all__ = [
    "WORD_RANGE",
    "Keys",
    "Table",
    "WordArray",
    "Words",
    "arrivals_table",
    "binomial_counts",
    "binomial_table",
    "closures_and_arrivals_table",
    "name_key",
    "quantile_design",
    "thin",
    "threshold",
]

Keys = NDArray[np.uint64]

_WORD_SHIFT, _LOW_WORD = np.uint64(33), np.uint64(WORD_RANGE - 1)
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MONTH = 0xD1342543DE82EF95
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_STRETCH = 40_960
"""Cells treated at a time: what is set aside for them stays in the processor's cache."""


def name_key(*names: object) -> np.uint64:
    """The 64-bit key of a name; parts are kept apart, so ("a", "bc") is not ("ab", "c")."""
    text = "\x1f".join(str(name) for name in names)
    return np.uint64(int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little"))


def _mixed(keys: Keys, shifted: Keys | None = None) -> Keys:
    """The finaliser, in place: every bit of the result depends on every bit of the key.

    ``shifted`` is room for a working copy of the keys, for a caller that mixes many times over.
    """
    shifted = np.empty_like(keys) if shifted is None else shifted
    keys ^= np.right_shift(keys, _SHIFTS[0], out=shifted)
    keys *= _FIRST
    keys ^= np.right_shift(keys, _SHIFTS[1], out=shifted)
    keys *= _SECOND
    keys ^= np.right_shift(keys, _SHIFTS[2], out=shifted)
    return keys


@dataclass(frozen=True)
class Words:
    """The random words of a block of runs.

    Parameters
    ----------
    seed : int
        Root seed, any whole number from 0; all its digits count.
    runs : array of int64, shape (R,)
        Run numbers of this block, from 0.

    Examples
    --------
    The same run has the same words in any block.

    >>> alone = Words(20190612, np.array([7])).of_runs("leave", "council", 3)
    >>> among = Words(20190612, np.arange(10)).of_runs("leave", "council", 3)
    >>> bool(alone[0] == among[7])
    True
    """

    seed: int
    runs: NDArray[np.int64]

    @cached_property
    def _run_keys(self) -> Keys:
        numbered = (self.runs.astype(np.uint64) + np.uint64(1)) * _GAMMA
        return _mixed(_mixed(numbered) + name_key("root seed", self.seed))

    def stream(self, purpose: str, name: str, month: int = 0) -> Keys:
        """The keys of one stream, shape (R,): one purpose, one name, one month."""
        address = (int(name_key(purpose, name)) + month * _MONTH) % 2**64
        return _mixed(self._run_keys + np.uint64(address))

    def of_runs(self, purpose: str, name: str, month: int = 0) -> WordArray:
        """One word for each run, shape (R,)."""
        return _as_words(self.stream(purpose, name, month))

    def of_posts(self, posts: Keys, purpose: str, month: int = 0) -> WordArray:
        """One word for each post and run, shape (P, R); ``posts`` are the posts' own name keys."""
        drawn = np.empty((posts.size, self.runs.size), dtype=np.uint32)
        for some, mixed in self._mixed_by_rows(posts, purpose, month):
            np.right_shift(mixed, _WORD_SHIFT, out=drawn[some], casting="unsafe")
        return drawn

    def pairs_of_posts(self, posts: Keys, purpose: str, month: int = 0) -> tuple[WordArray, WordArray]:
        """Two words for each post and run from one mixing, each of shape (P, R); the first is that of ``of_posts``."""
        first, second = np.empty((2, posts.size, self.runs.size), dtype=np.uint32)
        for some, mixed in self._mixed_by_rows(posts, purpose, month):
            np.right_shift(mixed, _WORD_SHIFT, out=first[some], casting="unsafe")
            np.bitwise_and(mixed, _LOW_WORD, out=second[some], casting="unsafe")
        return first, second

    def _mixed_by_rows(self, posts: Keys, purpose: str, month: int) -> Iterator[tuple[slice, Keys]]:
        """The mixed keys of some posts at a time, in the same room each time."""
        stream = self.stream(purpose, "post", month)
        rows = max(_STRETCH // max(stream.size, 1), 1)
        keys, shifted = np.empty((2, rows, stream.size), dtype=np.uint64)
        for start in range(0, posts.size, rows):
            some = posts[start : start + rows, None]
            mixed = np.add(stream, some, out=keys[: some.size])
            yield slice(start, start + rows), _mixed(mixed, shifted[: some.size])

    def of_cells(self, post: Keys, run: NDArray[np.intp], purpose: str, month: int = 0) -> WordArray:
        """The words of chosen (post, run) cells only, shape (n,); equal to those of ``of_posts``."""
        return _as_words(_mixed(self.stream(purpose, "post", month)[run] + post))

    def of_items(self, stream: Keys, item: NDArray[np.int64]) -> Keys:
        """Mixed 64-bit words, one for each numbered item of a stream, broadcast together."""
        return _mixed(stream + (item.astype(np.uint64) + np.uint64(1)) * _GAMMA)

    def normal(self, purpose: str, name: str, month: int = 0) -> NDArray[np.float64]:
        """One standard normal for each run, shape (R,) (Box and Muller 1958)."""
        radius = (self.of_runs(purpose + " radius", name, month) + 0.5) / WORD_RANGE
        angle = (self.of_runs(purpose + " angle", name, month) + 0.5) / WORD_RANGE
        return np.asarray(np.sqrt(-2 * np.log(radius)) * np.cos(2 * np.pi * angle))


def _as_words(mixed: Keys) -> WordArray:
    return (mixed >> _WORD_SHIFT).astype(np.uint32)


def threshold(probability: ArrayLike) -> NDArray[np.uint32]:
    """The word below which an event of this probability happens; 0 never, 1 always.

    Raises
    ------
    ValueError
        If a probability lies outside 0 to 1: it is refused, never clipped.
    """
    chance = np.asarray(probability, dtype=float)
    if not np.all((chance >= 0) & (chance <= 1)):
        worst = float(chance.max() if chance.max() > 1 else chance.min())
        raise ValueError(f"a monthly probability came out at {worst:.4g}; it must lie from 0 to 1")
    return np.asarray(np.round(chance * WORD_RANGE)).astype(np.uint32)


def quantile_design(seed: int, name: str, draws: int) -> NDArray[np.float64]:
    """Stratified quantiles of one uncertain assumption, one for each draw of the rates.

    Each assumption has a shuffle of its own, addressed by its name (a Latin hypercube one column at
    a time), so adding an assumption moves no other.

    Returns
    -------
    array, shape (draws,)
        The midpoints of ``draws`` equal strata, shuffled.
    """
    stream = Words(seed, np.arange(draws)).stream("doubt", name)
    return (np.argsort(np.argsort(stream)) + 0.5) / draws


def thin(
    counts: NDArray[np.integer],
    table: Table,
    row: NDArray[np.intp],
    words: Words,
    keys: Keys,
    purpose: str,
    month: int,
) -> NDArray[np.int32]:
    """How many of each count are kept when each one is kept with its row's chance: binomial draws.

    Parameters
    ----------
    counts, row : arrays, shape (P, R)
        The counts, and the row of a :func:`binomial_table` that stands for no trials at its chance.
    keys : array, shape (P,)
        Name keys of the posts or teams the counts belong to.

    Returns
    -------
    array of int32, shape (P, R)
        A count beyond the table's greatest is drawn in parts of that size, each with a word of its own.
    """
    most = table.width - 1
    kept = table.invert(row + np.minimum(counts, most), words.of_posts(keys, purpose, month)).astype(np.int32)
    post, run = np.nonzero(counts > most)
    part = 1
    while post.size:
        rest = np.minimum(counts[post, run] - part * most, most)
        drawn = words.of_cells(keys[post], run, f"{purpose}, part {part}", month)
        kept[post, run] += table.invert(row[post, run] + rest, drawn)
        part += 1
        more = counts[post, run] > part * most
        post, run = post[more], run[more]
    return kept
