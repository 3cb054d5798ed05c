"""Requests as they come: how many in a month, on what day, what is offered and what is accepted.

A month's requests are over-dispersed: a Poisson number of children whose repeats follow the logarithmic law
(a negative binomial). A child's repeats are spread over the days of the month. Each request has words of
its own, so more requests leave the first ones as they were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import WORD_RANGE, Keys, Words, arrivals_table, name_key, threshold

Counts = NDArray[np.int32]
YEAR_DAYS = 365
MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True)
class Requests:
    """Requests one by one: the run, the day and the number each has in its month, shape (n,)."""

    run: NDArray[np.intp]
    day: NDArray[np.intp]
    stream: Keys
    number: NDArray[np.intp]

    def words(self, words: Words, purpose: str) -> NDArray[np.uint32]:
        """One word for each request."""
        mixed = words.of_items(self.stream + name_key(purpose), self.number)
        return (mixed >> np.uint64(33)).astype(np.uint32)

    def those(self, chosen: NDArray[np.bool_]) -> Requests:
        """Some of the requests."""
        return Requests(self.run[chosen], self.day[chosen], self.stream[chosen], self.number[chosen])

    def by_day(self, days: int, runs: int) -> Counts:
        """Requests of each day and run, shape (D, R)."""
        counted = np.bincount(self.day * runs + self.run, minlength=days * runs)
        return counted.reshape(days, runs).astype(np.int32)


def requests(
    name: str,
    a_month: NDArray[np.float64],
    dispersion: NDArray[np.float64],
    draw: NDArray[np.intp],
    words: Words,
    first_of_month: NDArray[np.intp],
    days: int,
) -> Requests:
    """Every request of a stream.

    Parameters
    ----------
    name : str
        The stream's own name, which addresses its words.
    a_month, dispersion : array, shape (D,)
        Mean requests a month, and variance over mean, in each draw of the rates.
    draw : array, shape (R,)
        Each run's draw.
    first_of_month : array, shape (M,)
        The first day of each month; ``days`` is the number of days in all.
    """
    table = arrivals_table(a_month, dispersion)
    parts = []
    for month, (first, after) in enumerate(zip(first_of_month, [*first_of_month[1:], days], strict=True), 1):
        counts = table.invert(draw, words.of_runs("requests", name, month))
        number, run = np.nonzero(np.arange(int(counts.max(initial=0)))[:, None] < counts)
        stream = words.stream("request", name, month)[run]
        of_day = words.of_items(stream, number) >> np.uint64(33)
        day = first + (of_day * np.uint64(after - first) >> np.uint64(31)).astype(np.intp)
        parts.append(Requests(run, day, stream, number))
    return joined(parts)


def joined(parts: list[Requests]) -> Requests:
    """Requests of several months or streams together."""
    return Requests(*(np.concatenate([getattr(part, x) for part in parts]) for x in ("run", "day", "stream", "number")))


def kept(those: Requests, words: Words, purpose: str, chance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which requests an event of a chance happens to.

    Parameters
    ----------
    chance : array, shape (D, R)
        By day and run, so that it may change from a month.
    """
    limit = threshold(chance[those.day, those.run])
    return np.asarray(those.words(words, purpose) < limit)


def visit_days(first_year_weeks: int, later_weeks: int, days: int) -> NDArray[np.int64]:
    """Days after the start of an arrangement on which its visits fall due.

    An interval is set by when it begins: the first-year interval up to the last visit within the first year,
    and once more from there, which no reading of "in the first year" can find too long.

    Examples
    --------
    Six-weekly, then twelve-weekly (Private Arrangements for Fostering Regulations 2005, regulation 8).

    >>> visit_days(6, 12, 560).tolist()
    [42, 84, 126, 168, 210, 252, 294, 336, 378, 462, 546]
    """
    first = np.arange(1, YEAR_DAYS // (7 * first_year_weeks) + 2) * 7 * first_year_weeks
    later = np.arange(first[-1], days + 1, 7 * later_weeks)[1:]
    due = np.concatenate([first, later])
    return due[due <= days]


@dataclass(frozen=True)
class Arrangements:
    """Arrangements open over time, each with its run and its first and last day, shape (n,)."""

    run: NDArray[np.intp]
    start: NDArray[np.float64]
    end: NDArray[np.float64]

    def open_at(self, day: NDArray[np.intp], runs: int) -> NDArray[np.float64]:
        """Arrangements open at the end of some days, shape (len(day), R)."""
        return np.stack(
            [np.bincount(self.run[(self.start <= d) & (d < self.end)], minlength=runs) for d in day]
        ).astype(float)

    def visits(self, due_after: NDArray[np.int64], notice: int, days: int, runs: int) -> Counts:
        """Visits by the day they can first be made, ``notice`` days before they fall due, shape (D, R).

        A visit that falls due after the arrangement ended, or outside the days, is none.
        """
        due = self.start[:, None] + due_after
        which, visit = np.nonzero((due < self.end[:, None]) & (due - notice >= 0) & (due - notice < days))
        day = (due[which, visit] - notice).astype(np.intp)
        counted = np.bincount(day * runs + self.run[which], minlength=days * runs)
        return counted.reshape(days, runs).astype(np.int32)


def arrangements(those: Requests, ends: NDArray[np.float64], words: Words) -> Arrangements:
    """Arrangements that start with these requests and end with a chance each month.

    Parameters
    ----------
    ends : array, shape (R,)
        Chance of ending in a month; with 0 none ends.
    """
    place = (those.words(words, "length") + 0.5) / WORD_RANGE
    chance = ends[those.run]
    lasting = np.full(place.shape, np.inf)
    some = chance > 0
    lasting[some] = np.ceil(np.log(place[some]) / np.log1p(-np.minimum(chance[some], 1 - 1e-12)))
    return Arrangements(those.run, those.day.astype(float), those.day + np.maximum(lasting, 1) * MONTH_DAYS)


def open_already(number: NDArray[np.int64], name: str, words: Words) -> Requests:
    """Arrangements open when the clock starts, begun on any day of the year before.

    Parameters
    ----------
    number : array of int, shape (R,)
    """
    which, run = np.nonzero(np.arange(int(number.max(initial=0)))[:, None] < number)
    stream = words.stream("open already", name)[run]
    of_day = words.of_items(stream, which) >> np.uint64(33)
    day = -1 - (of_day * np.uint64(YEAR_DAYS) >> np.uint64(31)).astype(np.intp)
    return Requests(run, day, stream, which)
