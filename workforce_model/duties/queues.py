"""Work waiting its turn: taken in the order it came, with the hours there are.

Requests are whole; hours are not. Everything follows from two running totals, what has come and what has
gone, because work leaves in the order it came. Days are rows and runs are columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int32]
Hours = NDArray[np.float64]

NO_SHIFT = -1
"""A day on which nobody works."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Queue:
    """What came of a line of work, by day and run, shape (D, R).

    Attributes
    ----------
    accepted, done, lapsed : array of int
        Requests that came, were done, and were given up because they waited too long.
    come, gone : array of int
        Requests that have come, and that have left, done or given up, by the end of each day.
    worked : array of float
        Hours spent, those on work later given up among them.
    """

    accepted: Counts
    done: Counts
    lapsed: Counts
    come: Counts
    gone: Counts
    worked: Hours


def serve(
    accepted: Counts, hours: Hours, each: NDArray[np.float64], shift: NDArray[np.intp], lapses_after: int | None = None
) -> Queue:
    """Do the work in the order it came, with the hours of each day.

    Work begun one day is taken up the next; hours with nothing waiting are not saved up.

    Parameters
    ----------
    accepted : array of int, shape (D, R)
        Requests that come each day, before the day's work.
    hours : array, shape (S, R)
        Hours of a day's work, by shift.
    each : array, shape (R,)
        Hours one request takes, above 0.
    shift : array of int, shape (D,)
        The row of ``hours`` each day takes, or :data:`NO_SHIFT`.
    lapses_after : int, optional
        Days after which a request not yet done is given up.

    Examples
    --------
    Three requests on the first day, two hours each, three hours a day: one, two and three done by the days' ends.

    >>> each, three = np.array([2.0]), np.array([[3.0]])
    >>> line = serve(np.array([[3], [0], [0]], dtype=np.int32), three, each, np.zeros(3, dtype=np.intp))
    >>> line.done[:, 0].tolist(), (line.come - line.gone)[:, 0].tolist()
    ([1, 2, 0], [2, 0, 0])
    """
    done, lapsed, come_by, gone_by = np.zeros((4, *accepted.shape), dtype=np.int32)
    line = Queue(accepted, done, lapsed, come_by, gone_by, np.zeros(accepted.shape))
    come, gone = np.zeros((2, accepted.shape[1]), dtype=np.int32)
    begun = np.zeros(accepted.shape[1])
    for day in range(accepted.shape[0]):
        come += accepted[day]
        if lapses_after is not None and day > lapses_after:
            line.lapsed[day] = np.maximum(line.come[day - lapses_after - 1] - gone, 0)
            gone += line.lapsed[day]
            begun[line.lapsed[day] > 0] = 0.0
        if shift[day] != NO_SHIFT:
            line.worked[day] = np.minimum(hours[shift[day]], (come - gone) * each - begun)
            begun += line.worked[day]
            line.done[day] = np.floor(begun / each + _ROUNDING)
            begun = np.maximum(begun - line.done[day] * each, 0.0)  # no more than the rounding of a whole request
            gone += line.done[day]
        line.come[day], line.gone[day] = come, gone
    return line


def by_month(figures: NDArray[np.generic], month: NDArray[np.intp], months: int) -> NDArray[np.float64]:
    """Figures of days or stretches added up by month, shape (M, R).

    Parameters
    ----------
    figures : array, shape (n, R)
    month : array of int, shape (n,)
        The month of each row, from 0, never falling; a month without rows adds up to nought.
    """
    begins = np.searchsorted(month, np.arange(months + 1))
    total = np.zeros((months, figures.shape[1]))
    for m, (first, after) in enumerate(pairwise(begins)):
        figures[first:after].sum(axis=0, out=total[m])
    return total


def in_time(
    queue: Queue, deadline: NDArray[np.intp], month: NDArray[np.intp], months: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Requests whose time limit ended in each month, and those of them done by then, shape (M, R) each.

    A request is counted once, in the month its limit ends; limits that end after the last day are not counted.

    Parameters
    ----------
    deadline : array of int, shape (D,)
        The last day in time for a request of each day, never falling.
    month : array of int, shape (D,)
        The month of each day, from 0.

    Examples
    --------
    Two requests on the first day, one done each day, both due by the second day: both in time.

    >>> each, one = np.array([1.0]), np.array([[1.0]])
    >>> line = serve(np.array([[2], [0], [0]], dtype=np.int32), one, each, np.zeros(3, dtype=np.intp))
    >>> due, kept = in_time(line, np.array([1, 2, 3]), np.zeros(3, dtype=np.intp), 1)
    >>> due.tolist(), kept.tolist()
    ([[2.0]], [[2.0]])
    """
    known = int(np.searchsorted(deadline, deadline.size))
    ended, asked = month[deadline[:known]], queue.accepted[:known]
    before = queue.come[:known] - asked
    gone = queue.gone[deadline[:known]] - before
    kept = np.minimum(np.maximum(gone, 0), asked)  # of each day's requests, those gone in time
    return by_month(asked, ended, months), by_month(kept, ended, months)


def oldest(queue: Queue, last_of_month: NDArray[np.intp]) -> NDArray[np.float64]:
    """Age in days of the oldest request waiting at each month's end, shape (M, R); not a number where none waits."""
    ages = np.full((last_of_month.size, queue.come.shape[1]), np.nan)
    for row, day in enumerate(last_of_month):
        waits = np.flatnonzero(queue.come[day] > queue.gone[day])
        first = (queue.come[: day + 1, waits] > queue.gone[day, waits]).argmax(axis=0)
        ages[row, waits] = day - first
    return ages
