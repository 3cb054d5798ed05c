"""Months, financial years, shares of a year, and rates converted once under a named reading.

Time is a month. A financial year runs from April to March and is written ``2019/20``; only this
room knows that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from workforce_model.basis.assumptions import record

Reading = Literal["replaced", "not_replaced", "annual_probability"]


def month(text: str | pd.Period) -> pd.Period:
    """The calendar month written ``2019-09``.

    Raises
    ------
    ValueError
        If the text is not a year and a month from 01 to 12.

    Examples
    --------
    >>> month("2019-09")
    Period('2019-09', 'M')
    """
    if isinstance(text, pd.Period) and text.freqstr == "M":
        return text
    if not isinstance(text, str) or not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise ValueError('a month is written as text, year then month: "2019-09"')
    return pd.Period(text, "M")


Month = Annotated[
    pd.Period,
    BeforeValidator(month),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^(19|20)\d\d-(0[1-9]|1[0-2])$"}),
]


def financial_year_start(text: str) -> pd.Period:
    """April of the financial year written ``2019/20``.

    Raises
    ------
    ValueError
        If the two years do not follow one another.

    Examples
    --------
    >>> financial_year_start("2019/20")
    Period('2019-04', 'M')
    """
    april = _april(text) if isinstance(text, str) else None
    if april is None:
        raise ValueError('a financial year is written as text: "2019/20"')
    return april


@cache
def _april(year: str) -> pd.Period | None:
    found = re.fullmatch(r"((?:19|20)[0-9]{2})/([0-9]{2})", year)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        return None
    return pd.Period(f"{found[1]}-04", "M")


def _financial_year_text(text: str) -> str:
    financial_year_start(text)
    return text


FinancialYear = Annotated[
    str,
    BeforeValidator(_financial_year_text),
    WithJsonSchema({"type": "string", "pattern": r"^(19|20)\d\d/\d\d$"}),
]


def from_month(text: str) -> pd.Period:
    """The first month of a price stated for a financial year, ``2020/21``, or from a month, ``2019-10``.

    Examples
    --------
    >>> str(from_month("2020/21")), str(from_month("2019-10"))
    ('2020-04', '2019-10')
    """
    return financial_year_start(text) if isinstance(text, str) and "/" in text else month(text)


def _price_date_text(text: str) -> str:
    from_month(text)
    return text


PriceDate = Annotated[
    str,
    BeforeValidator(_price_date_text),
    WithJsonSchema({"type": "string", "pattern": r"^(19|20)\d\d(/\d\d|-(0[1-9]|1[0-2]))$"}),
]
"""When a price begins to hold: a financial year, from its April, or a month."""


def financial_year(when: pd.Period) -> str:
    """The financial year a month falls in.

    Examples
    --------
    >>> financial_year(pd.Period("2020-03", "M"))
    '2019/20'
    """
    first = when.year if when.month >= 4 else when.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def later_year(year: str, years: int = 1) -> str:
    """The financial year a number of years after another.

    Examples
    --------
    >>> later_year("2019/20")
    '2020/21'
    """
    return financial_year(financial_year_start(year) + 12 * years)


def months_by_year(years: Sequence[str]) -> dict[str, slice]:
    """Where each financial year's months stand in a list that gives the year of each month, in order.

    Raises
    ------
    ValueError
        If a year comes back after a later one began: its months would be priced or funded out of turn.

    Examples
    --------
    >>> months_by_year(["2018/19", "2018/19", "2019/20"])
    {'2018/19': slice(0, 2, None), '2019/20': slice(2, 3, None)}
    """
    starts = [financial_year_start(year) for year in years]
    if any(later < earlier for earlier, later in pairwise(starts)):
        raise ValueError(f"years = {list(dict.fromkeys(years))}: expected the financial year of each month, in order")
    first = {year: years.index(year) for year in dict.fromkeys(years)}
    return {year: slice(begin, begin + years.count(year)) for year, begin in first.items()}


def months_left_in_year(start: pd.Period | str) -> int:
    """Whole months of its first financial year that a change has left to run: 12 from April, 1 from March.

    Examples
    --------
    >>> months_left_in_year("2019-12")
    4
    """
    return 12 - (month(start).month - 4) % 12


def share_of_year(start: pd.Period | str) -> float:
    """Share of its first financial year that a change has left to run, whole months counted.

    Examples
    --------
    >>> share_of_year("2019-10")
    0.5
    """
    return months_left_in_year(start) / 12


def part_year_effect(full_year_gbp: ArrayLike, start: pd.Period | str) -> NDArray[np.float64] | float:
    """Cost, in its first financial year, of a change that starts part way through.

    Parameters
    ----------
    full_year_gbp : float or array, shape (n,)
        Pounds over twelve months, phased evenly; negative for a saving.
    start : Period[M] or str
        First month in effect, counted whole. April gives the full year.

    Returns
    -------
    float or array, shape (n,)
        Pounds, same sign. Full-year less part-year is next year's step-up in the medium-term plan.

    Raises
    ------
    ValueError
        If an amount is missing or infinite, or ``start`` is not a month.

    Examples
    --------
    >>> part_year_effect(375_000, "2019-10")
    187500.0
    """
    full_year = np.asarray(full_year_gbp, dtype=float)
    if not np.isfinite(full_year).all():
        raise ValueError(f"full_year_gbp = {full_year_gbp!r}: expected finite pounds a year, negative for a saving")
    months_gone = 12 - months_left_in_year(start)
    effect = full_year - full_year * months_gone / 12  # April gives the full year to the last bit
    return float(effect) if effect.ndim == 0 else effect


def monthly_probability(annual: ArrayLike, reading: Reading) -> NDArray[np.float64]:
    """Chance that a worker leaves in a month, from a yearly rate and the reading it was stated under.

    Parameters
    ----------
    annual : array, any shape
        A yearly rate as a fraction: 0.155 is 15.5%.
    reading : str
        ``replaced``: turnover where each leaver is replaced at once, so a twelfth a month.
        ``not_replaced``: leavers over the staff left at the year end, nobody replaced.
        ``annual_probability``: the chance that one worker leaves within twelve months.

    Returns
    -------
    array
        Monthly probabilities, same shape.

    Raises
    ------
    ValueError
        If the reading is unknown, or a rate is missing, negative or gives a monthly probability above one.

    Examples
    --------
    A 1.3% monthly rate is 15.6%, 17.0% and 14.5% a year under the three readings.

    >>> float(monthly_probability(0.156, "replaced"))
    0.013
    """
    highest = {"replaced": 12.0, "not_replaced": np.inf, "annual_probability": 1.0}
    if reading not in highest:
        raise ValueError(f"reading = {reading!r}: expected one of {', '.join(highest)}")
    rate = np.asarray(annual, dtype=float)
    wrong = ~(np.isfinite(rate) & (rate >= 0) & (rate <= highest[reading]))
    if wrong.any():
        raise ValueError(
            f"annual = {rate[wrong][0]}, read as {reading!r}: expected a yearly fraction from 0 to"
            f" {highest[reading]:g}; 15.5% is written 0.155"
        )
    if reading == "replaced":
        return rate / 12
    if reading == "not_replaced":
        return np.asarray(1 - (1 + rate) ** (-1 / 12))
    return np.asarray(1 - (1 - rate) ** (1 / 12))


def annual_rate(monthly: float, reading: Reading) -> float:
    """The yearly rate, under a reading, of a monthly chance: :func:`monthly_probability` the other way round.

    Examples
    --------
    >>> round(annual_rate(0.013, "replaced"), 4), round(annual_rate(0.013, "not_replaced"), 4)
    (0.156, 0.17)
    """
    if reading == "replaced":
        return 12 * monthly
    kept = float((1 - monthly) ** 12)
    return 1 / kept - 1 if reading == "not_replaced" else 1 - kept


@record
class Periods:
    """The clock: the first and last simulated months, and where reported tables begin."""

    start: Month
    end: Month
    report_from: Month

    def months(self) -> pd.PeriodIndex:
        """Every simulated month, in order."""
        return pd.period_range(self.start, self.end, freq="M")

    def faults(self) -> list[tuple[str, str]]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if self.end < self.start:
            found.append(("end", f"the clock ends before it starts ({self.start})"))
        elif not self.start <= self.report_from <= self.end:
            found.append(("report_from", f"must lie from {self.start} to {self.end}"))
        elif len(self.months()) > 600:
            found.append(("end", "at most 600 months"))
        return found


def march(year: str) -> str:
    """The month a financial year ends in.

    Examples
    --------
    >>> march("2019/20")
    'March 2020'
    """
    return f"March {int(year[:4]) + 1}"


def years_named(years: Sequence[str]) -> str:
    """Financial years one after another, in words.

    Examples
    --------
    >>> years_named(["2019/20", "2020/21", "2021/22"]), years_named(["2019/20"])
    ('2019/20 to 2021/22', '2019/20')
    """
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
