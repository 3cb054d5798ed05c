"""Who is there to do a duty: posts filled, people at work, and the hours they can give.

People are away for whole weeks (leave, training, sickness). With one officer a week away is a week without
anybody, unless somebody steps in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Table, Words, binomial_table, name_key, thin
from workforce_model.duties.queues import by_month
from workforce_model.duties.working_days import WORKING_DAYS_A_WEEK, Days

Figures = NDArray[np.float64]
_MOST = 63


@dataclass(frozen=True)
class People:
    """One group of people month by month: how many posts there are, and how many are filled.

    Attributes
    ----------
    posts : array, shape (M,)
        Posts that exist.
    filled : array of int, shape (M, R)
        Posts that somebody holds, permanent or agency.
    fte : float
        FTE of each.
    """

    posts: NDArray[np.int64]
    filled: NDArray[np.int64]
    fte: float


@dataclass(frozen=True)
class Shifts:
    """The hours of a duty.

    Attributes
    ----------
    hours : array, shape (S, R)
        Hours of one working day, by stretch of days.
    offered, lost_vacant, lost_absent : array, shape (M, R)
        Hours there were in each month, and hours there would have been had no post been empty and had
        nobody been away.
    """

    hours: Figures
    offered: Figures
    lost_vacant: Figures
    lost_absent: Figures


@dataclass(frozen=True)
class Giving:
    """What a group gives to a duty: FTE hours a week (D,) by draw, the months it does (M,), whether it only steps in."""

    people: People
    at_work: NDArray[np.int64]
    hours_a_week: Figures
    months: NDArray[np.bool_]
    steps_in: bool


def absence(share: Figures) -> Table:
    """Rows (draw, people): how many are at work in a week, when each is away for a share of the weeks."""
    return binomial_table(1 - share, _MOST)


def at_work(
    people: People, name: str, table: Table, draw: NDArray[np.intp], words: Words, days: Days
) -> NDArray[np.int64]:
    """People at work in each stretch, shape (S, R); the same people are away whatever duty is looked at.

    Parameters
    ----------
    name : str
        The group's name, which addresses its words.
    table : Table
        As :func:`absence` gives.
    """
    keys = np.array([name_key("rota", name, week) for week in days.week])
    filled = people.filled[days.stretch_month]
    row = np.broadcast_to(draw * table.width, filled.shape)
    return thin(filled, table, row, words, keys, "at work", 0).astype(np.int64)


def shifts(giving: list[Giving], draw: NDArray[np.intp], days: Days) -> Shifts:
    """The hours of a duty from everybody who does it.

    Those who only step in do so in the stretches when none of the others is at work; what they give is never
    lost, because nobody counts on it.
    """
    stretches, runs, months = days.week.size, draw.size, days.last_of_month.size
    full, filled, regular, stepped_in, there = np.zeros((5, stretches, runs))
    for one in giving:
        each = _a_day(one, draw, days)
        if one.steps_in:
            stepped_in += each * one.at_work
            continue
        regular += each * one.at_work
        full += each * one.people.posts[days.stretch_month][:, None]
        filled += each * one.people.filled[days.stretch_month]
        there += one.at_work * one.months[days.stretch_month][:, None]

    def a_month(a_day: Figures) -> Figures:
        return by_month(a_day * days.worked[:, None], days.stretch_month, months)

    hours = regular + np.where(there == 0, stepped_in, 0.0)
    return Shifts(hours, a_month(hours), a_month(full - filled), a_month(filled - regular))


def _a_day(one: Giving, draw: NDArray[np.intp], days: Days) -> Figures:
    """Hours one person gives in a working day, by stretch and run, shape (S, R)."""
    does = one.months[days.stretch_month][:, None]
    return np.asarray(does * one.people.fte * one.hours_a_week[draw] / WORKING_DAYS_A_WEEK)
