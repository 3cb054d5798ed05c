"""Increments: when the next point comes, and how many of a post group's staff stand on each point.

A run keeps counts of people, not each one's service. Starters and leavers are counted by month, so those who
started in a month can be followed, once it is said who leaves. Two conventions are offered, and they bound the
answer: ``newest_first`` keeps the longest-serving and is the dearest the counts allow, ``longest_first`` the
cheapest. People stay whole under both.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Leavers = Literal["newest_first", "longest_first"]
Counts = NDArray[np.int64]


def increments_due(started: pd.Period, when: pd.Period) -> int:
    """Increments a worker has had by a month, from the month of starting, before the top of the grade stops them.

    Starting from April to September, the first comes next 1 April; from October to March, after six months;
    then one each April. Source: Enfield schools, support staff pay (same scale); ``finance.md`` section 3.

    Examples
    --------
    From September 2019, on 1 April 2020; from November 2019, on 1 May 2020, and again in April 2021:

    >>> started = pd.Period("2019-09", "M"), pd.Period("2019-11", "M")
    >>> [[increments_due(s, pd.Period(m, "M")) for m in ("2020-03", "2020-04", "2020-05", "2021-04")] for s in started]
    [[0, 1, 1, 2], [0, 0, 1, 2]]
    """
    first = started + (16 - started.month if 4 <= started.month <= 9 else 6)
    if when < first:
        return 0
    later_aprils = (when.year - (when.month < 4)) - (first.year - (first.month < 4))
    return 1 + later_aprils


def in_post_since(stock: Counts, kept: Counts, convention: Leavers, since: int, month: int) -> Counts:
    """How many of those in post at the end of month ``since`` are still in post at the end of ``month``.

    Parameters
    ----------
    stock : array, shape (M + 1, R)
        People in post at each month end; month 0 is the opening position.
    kept : array, shape (M + 1, R)
        Of the month before's people, those still in post once the month's leavers had gone.

    Returns
    -------
    array, shape (R,)
        Under ``newest_first``, the lowest the count fell to in between; under ``longest_first``, the count
        less everyone who left in between.
    """
    between = slice(since + 1, month + 1)
    if convention == "newest_first":
        return np.asarray(np.minimum(stock[since], kept[between].min(axis=0, initial=np.iinfo(np.int64).max)))
    left = (stock[since:month] - kept[between]).sum(axis=0)
    return np.asarray(np.maximum(stock[since] - left, 0))


def heads_by_step(
    permanent: Counts, joined: Counts, months: pd.PeriodIndex, *, steps: int, opening_step: int, convention: Leavers
) -> Counts:
    """People on each step of a grade at each month end.

    Everyone starts on the bottom step, converted agency workers too. Those in post when the clock starts stand
    together on ``opening_step`` and rise each April. Nobody leaves in the month they start.

    Parameters
    ----------
    permanent, joined : array, shape (M, R)
        Permanent staff at each month end, and those who started or converted in the month. A count that
        rises by more than joined came by transfer, and counts as joining.
    months : PeriodIndex, length M
    steps, opening_step : int
        Steps of the grade, and where the opening staff stand, from the bottom as 0.
    convention : str
        Who leaves: ``newest_first`` or ``longest_first``.

    Returns
    -------
    array, shape (M, S, R)
        Whole people; they add up over the steps to ``permanent``.

    Raises
    ------
    ValueError
        If the convention is unknown, shapes do not match, or more joined than are in post.

    Examples
    --------
    One post of two steps, filled in September 2019: the bottom step until March, the next from April.

    >>> months = pd.period_range("2019-08", "2020-05", freq="M")
    >>> filled = np.array([[0]] + [[1]] * 9)
    >>> joined = np.array([[0], [1]] + [[0]] * 8)
    >>> heads = heads_by_step(filled, joined, months, steps=2, opening_step=1, convention="newest_first")
    >>> heads[:, :, 0].argmax(axis=1)[1:].tolist()
    [0, 0, 0, 0, 0, 0, 0, 1, 1]
    """
    _refuse_mismatch(permanent, joined, months, convention)
    opening = np.maximum(permanent[0] - joined[0], 0)
    stock = np.concatenate([opening[None], permanent]).astype(np.int64)
    kept = np.concatenate([opening[None], np.minimum(stock[1:] - joined, stock[:-1])]).astype(np.int64)
    heads = np.zeros((len(months), steps, permanent.shape[1]), dtype=np.int64)
    for m, when in enumerate(months):
        rise = (when.year - (when.month < 4)) - (months[0].year - (months[0].month < 4))
        there = in_post_since(stock, kept, convention, 0, m + 1)
        heads[m, min(opening_step + rise, steps - 1)] += there
        earned = np.minimum([increments_due(started, when) for started in months[: m + 1]], steps - 1)
        last = 0
        for step in range(steps - 1, -1, -1):
            since = int(np.count_nonzero(earned >= step))
            if since > last:
                reached = in_post_since(stock, kept, convention, since, m + 1)
                heads[m, step] += reached - there
                there, last = reached, since
    return heads


def _refuse_mismatch(permanent: Counts, joined: Counts, months: pd.PeriodIndex, convention: str) -> None:
    if convention not in get_args(Leavers):
        raise ValueError(f"convention = {convention!r}: expected one of {', '.join(get_args(Leavers))}")
    if permanent.shape != joined.shape or len(permanent) != len(months):
        raise ValueError(
            f"permanent and joined have shapes {permanent.shape} and {joined.shape}: expected ({len(months)}, runs) each"
        )
    if (joined > permanent).any():
        raise ValueError("joined holds more people than are in post: nobody leaves in the month they start")


__all__ = ["Leavers", "heads_by_step", "in_post_since", "increments_due"]
