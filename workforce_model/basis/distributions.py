"""Distributions as words: laid out in tables and inverted, exactly to 2**-31 and never falling with the word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

WordArray = NDArray[np.uint32]
WORD_RANGE = 2**31
"""Words are whole numbers from 0 to one less than this."""
_STRETCH = 40_960
"""Cells treated at a time: what is set aside for them stays in the processor's cache."""


@dataclass(frozen=True)
class Table:
    """Cumulative distributions laid out for fast inversion: each row with a guide into it.

    Parameters
    ----------
    cumulative : array of uint32, shape (rows, width)
        Distributions in words, each reaching ``WORD_RANGE``.
    guide_bits : int
        Leading bits of a word that the guide reads: more answer more words at once, and take longer to
        lay out.

    Examples
    --------
    >>> coin = Table(np.array([[WORD_RANGE // 2, WORD_RANGE]], dtype=np.uint32))
    >>> coin.invert(np.zeros(2, dtype=np.intp), np.array([5, WORD_RANGE - 1], dtype=np.uint32)).tolist()
    [0, 1]
    """

    cumulative: NDArray[np.uint32]
    guide_bits: int = 6

    @property
    def width(self) -> int:
        """Counts from 0 to one less than this."""
        return int(self.cumulative.shape[1])

    @cached_property
    def _flat(self) -> NDArray[np.uint32]:
        return self.cumulative.reshape(-1)

    @cached_property
    def _guide(self) -> NDArray[np.int16]:
        """For each row and bucket of words, the one count they all stand for, or ~k where the least is k."""
        rows, buckets, shift = self.cumulative.shape[0], 1 << self.guide_bits, 31 - self.guide_bits
        guide = np.empty((rows, buckets), dtype=np.int16)
        step = max(_STRETCH // max(self.width, buckets), 1)
        for start in range(0, rows, step):
            some = self.cumulative[start : start + step]
            first_bucket_at_or_above = (some + np.uint32((1 << shift) - 1)) >> np.uint32(shift)
            slot = np.arange(len(some))[:, None] * (buckets + 1) + first_bucket_at_or_above
            reached = np.bincount(slot.reshape(-1), minlength=len(some) * (buckets + 1)).reshape(-1, buckets + 1)
            least = np.cumsum(reached[:, :-1], axis=1, dtype=np.int16, out=guide[start : start + step])
            np.invert(least, out=least, where=reached[:, 1:] > 0)
        return guide.reshape(-1)

    def invert(self, row: NDArray[np.integer], words: WordArray) -> NDArray[np.int16]:
        """The count each word stands for: the least k with word < F(k), so rising with the word.

        Parameters
        ----------
        row, words : arrays, same shape
            The row of the table to use, and the word.
        """
        drawn = np.empty(words.shape, dtype=np.int16)
        row, flat, found = row.reshape(-1), words.reshape(-1), drawn.reshape(-1)
        for start in range(0, flat.size, _STRETCH):
            some = slice(start, start + _STRETCH)
            found[some] = self._inverted(row[some], flat[some])
        return drawn

    def _inverted(self, row: NDArray[np.integer], words: WordArray) -> NDArray[np.int16]:
        place = row.astype(np.intp) << self.guide_bits
        place += (words >> np.uint32(31 - self.guide_bits)).astype(np.intp)
        found: NDArray[np.int16] = self._guide.take(place)
        ahead = np.flatnonzero(found < 0)
        words, count = words[ahead], ~found[ahead]
        first = row[ahead].astype(np.intp) * self.width
        passed = self._flat[first + count] <= words
        while passed.any():
            count += passed
            passed = self._flat[first + count] <= words
        found[ahead] = count
        return found


def binomial_table(chance: ArrayLike, most: int) -> Table:
    """Cumulative binomial distributions as words, for 0 to ``most`` trials.

    Parameters
    ----------
    chance : array, shape (D,)
        Probability of success in one trial, for each draw.
    most : int
        Greatest number of trials.

    Returns
    -------
    Table
        Rows (draw, trials) of the number of successes: row d * (most + 1) + n has F(k; n, chance[d]).
    """
    return _binomial_table(np.atleast_1d(np.asarray(chance, dtype=float)).tobytes(), most)


@lru_cache(maxsize=16)  # blocks of a scenario, and scenarios alike in their cases, share their tables and guides
def _binomial_table(chances: bytes, most: int) -> Table:
    q = np.frombuffer(chances)[:, None]
    table = np.empty((q.shape[0], most + 1, most + 1), dtype=np.uint32)
    cumulative = np.ones((q.shape[0], most + 1))
    table[:, 0] = WORD_RANGE
    for trials in range(1, most + 1):
        cumulative[:, 1:] = cumulative[:, 1:] + q * (cumulative[:, :-1] - cumulative[:, 1:])
        cumulative[:, :1] *= 1 - q
        table[:, trials] = cumulative * WORD_RANGE + 0.5
    return Table(table.reshape(-1, most + 1))


def arrivals_table(mean: NDArray[np.float64], dispersion: NDArray[np.float64]) -> Table:
    """Cumulative distributions of monthly arrivals as words: Poisson, or negative binomial.

    A negative binomial is a Poisson number of groups (families) whose sizes follow the logarithmic
    law, so counts over posts add up to a negative binomial with the same variance over mean.

    Parameters
    ----------
    mean, dispersion : array, shape (rows,)
        Mean, and variance over mean; a dispersion of exactly 1 is Poisson.

    Returns
    -------
    Table
        One row for each mean, wide enough for every row to reach its end in words.

    Raises
    ------
    ValueError
        If a mean is too large for one post.
    """
    if np.any(mean > 500):
        raise ValueError(
            f"{float(mean.max()):,.0f} arrivals a month for one post is beyond this table; expected at most 500"
        )
    poisson = dispersion <= 1.0
    spread = np.where(poisson, 2.0, dispersion)
    step = np.where(poisson, 0.0, 1 - 1 / spread)
    start = np.where(poisson, mean, mean / spread)
    term = np.where(poisson, np.exp(-mean), spread ** (-mean / (spread - 1)))
    total = term.copy()
    columns = [total * WORD_RANGE + 0.5]
    while total.min() < 1 - 0.25 / WORD_RANGE:
        term *= (start + (len(columns) - 1) * step) / len(columns)
        total += term
        columns.append(total * WORD_RANGE + 0.5)
    return Table(np.minimum(np.stack(columns, axis=1), WORD_RANGE).astype(np.uint32))


def binomial_counts(trials: NDArray[np.integer], chance: ArrayLike, words: WordArray) -> NDArray[np.int16]:
    """Binomial counts for few trials with chances of any value, by adding up their probabilities from none.

    Parameters
    ----------
    trials, words : arrays, same shape
        Numbers of trials, tens rather than thousands; and the word each count stands for.
    chance : array, broadcast with them
        Chance of success in one trial, from 0 to below 1.

    Raises
    ------
    ValueError
        If a chance is not from 0 to below 1.

    Examples
    --------
    Two trials at a half: none up to a quarter of the words, one up to three quarters.

    >>> quarters = (np.array([0.2, 0.5, 0.8]) * WORD_RANGE).astype(np.uint32)
    >>> binomial_counts(np.array([2, 2, 2]), 0.5, quarters).tolist()
    [0, 1, 2]
    """
    p = np.asarray(chance, dtype=float)
    if not np.all((p >= 0) & (p < 1)):
        raise ValueError(f"a chance came out at {float(p.max()):.4g}; it must lie from 0 to below 1")
    probability = np.exp(trials * np.log1p(-p))
    odds = np.broadcast_to(p / (1 - p), words.shape).reshape(-1)
    counts = np.zeros(words.size, dtype=np.int16)
    level, term, n = words.reshape(-1) / WORD_RANGE, probability.reshape(-1), trials.reshape(-1)
    more = np.flatnonzero(level >= term)
    level, term, n, odds = level[more] - term[more], term[more], n[more], odds[more]
    count = 0
    while more.size:
        term = term * odds * ((n - count) / (count + 1))
        count += 1
        counts[more] = count
        further = np.flatnonzero((level >= term) & (count < n))
        more, n, odds = more[further], n[further], odds[further]
        level, term = level[further] - term[further], term[further]
    return counts.reshape(words.shape)


def closures_and_arrivals_table(closing: ArrayLike, arrivals: ArrayLike, most: int, guide_bits: int = 8) -> Table:
    """Cumulative distributions, as words, of next month's cases: what stays open of this month's, and new ones.

    Each open case closes with its chance and Poisson new cases come, so one word plays both. From one
    row to the next, F(x; c + 1) = q F(x; c) + (1 - q) F(x - 1; c).

    Parameters
    ----------
    closing, arrivals : array, shape (K,)
        Chance that a case closes in the month, and mean new cases, for each kind of post.
    most : int
        Greatest number of cases at the start of the month. A caseload beyond it must be refused.
    guide_bits : int
        As for :class:`Table`.

    Returns
    -------
    Table
        Rows (kind, cases): row k * (most + 1) + c is the law of next month's cases from c of this month.

    Examples
    --------
    Half of two cases close, and none come: a quarter, a half and a quarter.

    >>> table = closures_and_arrivals_table([0.5], [0.0], 2)
    >>> (table.cumulative[2] / WORD_RANGE).tolist()
    [0.25, 0.75, 1.0]
    """
    q = np.atleast_1d(np.asarray(closing, dtype=float))[:, None]
    mean = np.atleast_1d(np.asarray(arrivals, dtype=float))
    new = arrivals_table(mean, np.ones_like(mean)).cumulative / WORD_RANGE
    cumulative = np.ones((q.size, most + new.shape[1]))
    cumulative[:, : new.shape[1]] = new
    table = np.empty((q.size, most + 1, cumulative.shape[1]), dtype=np.uint32)
    table[:, 0] = cumulative * WORD_RANGE + 0.5
    for cases in range(1, most + 1):
        cumulative[:, 1:] = cumulative[:, :-1] + q * (cumulative[:, 1:] - cumulative[:, :-1])
        cumulative[:, :1] *= q
        table[:, cases] = cumulative * WORD_RANGE + 0.5
    return Table(table.reshape(-1, cumulative.shape[1]), guide_bits=guide_bits)
