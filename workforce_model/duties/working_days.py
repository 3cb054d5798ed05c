"""Calendar days and working days: what day a time limit ends on, and which days are worked.

A council's working day is Monday to Friday, bank holidays in England left out. Only this room knows that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LimitUnit = Literal["hours", "days", "working days", "weeks"]
HOURS_A_DAY, DAYS_A_WEEK, WORKING_DAYS_A_WEEK = 24, 7, 5


@cache
def working_calendar(first_year: int, last_year: int) -> np.busdaycalendar:
    """Monday to Friday without England's bank holidays, for :func:`numpy.is_busday` and its like.

    Examples
    --------
    Good Friday of 2019 was not worked.

    >>> bool(np.is_busday("2019-04-19", busdaycal=working_calendar(2019, 2019)))
    False
    """
    import holidays

    closed = holidays.country_holidays("GB", subdiv="ENG", years=range(first_year, last_year + 1))
    return np.busdaycalendar(holidays=np.array(sorted(closed), dtype="datetime64[D]"))


@dataclass(frozen=True)
class Days:
    """The days of a run of months, in order.

    Attributes
    ----------
    date : array of datetime64, shape (D,)
    month : array, shape (D,)
        The month each day falls in, from 0.
    working : array of bool, shape (D,)
    stretch : array, shape (D,)
        Which stretch each day belongs to: a stretch is a week, Monday to Sunday, within one month.
    week : array, shape (S,)
        The week of each stretch, numbered from 1970, so a week is the same whatever the first month.
    """

    date: NDArray[np.datetime64]
    month: NDArray[np.intp]
    working: NDArray[np.bool_]
    stretch: NDArray[np.intp]
    week: NDArray[np.int64]

    @property
    def stretch_month(self) -> NDArray[np.intp]:
        """The month of each stretch, shape (S,)."""
        return self.month[np.unique(self.stretch, return_index=True)[1]]

    @property
    def worked(self) -> NDArray[np.int64]:
        """Working days in each stretch, shape (S,)."""
        return np.bincount(self.stretch, self.working).astype(np.int64)

    @property
    def last_of_month(self) -> NDArray[np.intp]:
        """The last day of each month, shape (M,)."""
        return np.flatnonzero(np.diff(self.month, append=self.month[-1] + 1))

    @property
    def first_of_month(self) -> NDArray[np.intp]:
        """The first day of each month, shape (M,)."""
        return np.flatnonzero(np.diff(self.month, prepend=-1))


def days_of(months: pd.PeriodIndex) -> Days:
    """The days of these months.

    Parameters
    ----------
    months : PeriodIndex
        Months in order, none left out.

    Examples
    --------
    >>> days = days_of(pd.period_range("2019-04", "2019-04", freq="M"))
    >>> days.date.size, int(days.working.sum())
    (30, 20)
    """
    first, after = (np.datetime64(str(month), "D") for month in (months[0], months[-1] + 1))
    date = np.arange(first, after)
    calendar = working_calendar(months[0].year, months[-1].year + 2)
    month = date.astype("datetime64[M]").astype(np.int64)
    week = (date.astype(np.int64) + 3) // DAYS_A_WEEK  # 1 January 1970 was a Thursday
    begins = (np.diff(week, prepend=-1) != 0) | (np.diff(month, prepend=-1) != 0)
    return Days(
        date=date,
        month=month - month[0],
        working=np.is_busday(date, busdaycal=calendar),
        stretch=np.cumsum(begins) - 1,
        week=week[begins],
    )


def deadlines(days: Days, within: int, unit: LimitUnit) -> NDArray[np.intp]:
    """The last day in time for a request of each day, as a position among the days, shape (D,).

    Days are whole: 72 hours is three calendar days, so a child who is back on a Friday is seen in time up to
    Monday. Working days are counted from the day after the request.

    Returns
    -------
    array of int, shape (D,)
        Positions past the last day lie beyond these months.

    Examples
    --------
    Seven working days from Thursday 11 April 2019 pass over Good Friday and Easter Monday.

    >>> days = days_of(pd.period_range("2019-04", "2019-04", freq="M"))
    >>> str(days.date[deadlines(days, 7, "working days")[10]])
    '2019-04-24'
    """
    if unit == "working days":
        years = days.date[[0, -1]].astype("datetime64[Y]").astype(int) + 1970
        calendar = working_calendar(int(years[0]), int(years[1]) + 2)
        last = np.busday_offset(days.date, within, roll="backward", busdaycal=calendar)
        return np.asarray((last - days.date[0]).astype(np.intp))
    length = {"hours": within // HOURS_A_DAY, "days": within, "weeks": DAYS_A_WEEK * within}[unit]
    return np.arange(days.date.size) + length
