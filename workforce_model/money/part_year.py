"""Part of a year in post, paid by a named convention: by the day, by the month, or by whole months."""

from __future__ import annotations

import datetime
from typing import Literal, get_args

import pandas as pd

from workforce_model.basis.periods import financial_year, financial_year_start

Convention = Literal["day", "month", "whole_month"]
"""How part of a year is paid for; see :func:`share_of_pay`."""


def share_of_pay(when: pd.Period, start: datetime.date, end: datetime.date | None, convention: Convention) -> float:
    """Share of a twelfth of the year's pay that falls in a month, for somebody in post from ``start`` to ``end``.

    Parameters
    ----------
    when : Period[M]
        The month.
    start, end : date
        First and last day in post; None while still in post.
    convention : str
        ``day``: days in post over the days of the financial year (366 in 2019/20).
        ``month``: days in post over the days of that month, so a whole month is a twelfth.
        ``whole_month``: a month counts whole if its last day is in post, otherwise not at all; the
        convention of the simulation, whose counts are taken at month end.

    Raises
    ------
    ValueError
        If the convention is unknown or the last day is before the first.

    Examples
    --------
    In post from 16 September 2019: 15 days of 30, and 15 of 366.

    >>> september, day = pd.Period("2019-09", "M"), datetime.date(2019, 9, 16)
    >>> share_of_pay(september, day, None, "month"), share_of_pay(september, day, None, "whole_month")
    (0.5, 1.0)
    >>> round(share_of_pay(september, day, None, "day") / 12 * 366, 9)
    15.0
    """
    if convention not in get_args(Convention):
        raise ValueError(f"convention = {convention!r}: expected one of {', '.join(get_args(Convention))}")
    first, last = when.start_time.date(), when.end_time.date()
    if end is not None and end < start:
        raise ValueError(f"end = {end}: expected a day on or after the first in post, {start}")
    until = last if end is None else min(last, end)
    days = max((until - max(first, start)).days + 1, 0)
    if convention == "whole_month":
        return float(days > 0 and until == last)
    if convention == "month":
        return days / when.days_in_month
    april = financial_year_start(financial_year(when))
    return 12 * days / ((april + 12).start_time - april.start_time).days
