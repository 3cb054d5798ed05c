"""Permanent pay: what a post costs its employer, its grade and spine points, and the awards by date.

The threshold of employer national insurance is one person's and one pay period's: part-time work keeps it
whole, and part of a year has only its own months of it.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import Strict, StringConstraints

from workforce_model.basis.assumptions import (
    UNITS,
    Fault,
    Flag,
    Growth,
    PoundsAnHour,
    PoundsAYear,
    Unit,
    figures,
    record,
)
from workforce_model.basis.periods import FinancialYear, PriceDate, from_month

SpinePoint = Annotated[str, Strict(), StringConstraints(pattern=r"^[0-9]{1,3}$")]
"""A point of the pay spine, as text: "25"."""

Pounds = NDArray[np.float64]
Values = dict[str, NDArray[np.float64]]
"""Each assumption's value in every draw, by its dotted path: arrays of shape (D,)."""

PAY_KINDS = (
    "basic pay",
    "employer national insurance",
    "employer pension",
    "apprenticeship levy",
    "non-pay",
    "retention payment",
)
_FTE = Unit(0, 1, slip="contracted hours over full-time hours")


@record
class Grade:
    """A grade: one salary, or the spine points people rise through; and its agency rate, if it has one.

    ``points`` rise from the bottom of the grade, where people start. ``budget_point`` is where the council
    budgets its posts, ``opening_point`` where those stand who are in post when the clock starts; each is the
    top unless stated. ``retention`` is a retention or market payment, full time; it bears national insurance
    and levy, and pension only if ``retention_pensionable``. ``agency_cap`` is the most the council has agreed
    to pay an agency worker of this grade, on the same basis as ``agency_rate``.
    """

    salary: PoundsAYear | None = None
    points: list[SpinePoint] | None = None
    budget_point: SpinePoint | None = None
    opening_point: SpinePoint | None = None
    retention: PoundsAYear | None = None
    retention_pensionable: Flag = False
    agency_rate: PoundsAnHour | None = None
    agency_cap: PoundsAnHour | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if (self.salary is None) == (self.points is None):
            found.append(("salary", "missing: state a salary in GBP a year, or points on the spine, one of the two"))
        if self.points is not None and len(set(self.points)) != len(self.points or [None, None]):
            found.append(("points", "at least one spine point, from the bottom up, none twice"))
        for key in ("budget_point", "opening_point"):
            point = getattr(self, key)
            if point is not None and point not in (self.points or []):
                found.append((key, f"a point of this grade: {', '.join(self.points or []) or 'it has none'}"))
        return found

    @property
    def steps(self) -> tuple[str | None, ...]:
        """The points from the bottom up; a single None for a grade with one salary."""
        return tuple(self.points) if self.points else (None,)

    def step_of(self, point: str | None) -> int:
        """Where a point stands in the grade, from the bottom as 0; the top if none is named."""
        return self.steps.index(point) if point is not None else len(self.steps) - 1


def post_cost_by_kind(salary_gbp: ArrayLike, *, ni_rate: ArrayLike, ni_threshold_gbp: ArrayLike, pension_rate: ArrayLike,
                      levy_rate: ArrayLike, non_pay_gbp: ArrayLike, fte: ArrayLike = 1.0, retention_gbp: ArrayLike = 0.0,
                      retention_pensionable: bool = False) -> Pounds:  # fmt: skip
    """Yearly cost of one filled post, by kind of pay.

    Parameters
    ----------
    salary_gbp, ni_threshold_gbp, non_pay_gbp, retention_gbp : float or array
        Full-time pounds a year, broadcast together. The threshold is per person: part-time work keeps it whole.
    ni_rate, pension_rate, levy_rate : float or array
        Shares of salary.
    fte : float or array
        Contracted hours over full-time hours: above 0, at most 1.
    retention_pensionable : bool
        Whether pension is due on a retention or market payment. National insurance and levy always are.

    Returns
    -------
    array, shape (6, ...)
        Basic pay, employer national insurance, pension, levy, non-pay and retention payment: the order of
        ``PAY_KINDS``.

    Raises
    ------
    ValueError
        If an amount is negative, missing or infinite, a rate is not a share, or FTE is not above 0 and at most 1.

    Examples
    --------
    Half of a £37,705 post is £18,852.50 of pay, and the whole £8,632 is still free of national insurance:

    >>> post_cost_by_kind(37_705, ni_rate=0.138, ni_threshold_gbp=8_632, pension_rate=0.225,
    ...                   levy_rate=0.005, non_pay_gbp=1_500, fte=0.5).round(2).tolist()
    [18852.5, 1410.43, 4241.81, 94.26, 750.0, 0.0]
    """
    year, share, hours = UNITS["GBP a year"], UNITS["share of salary"], figures("fte", fte, _FTE, above_nil=True)
    pay = figures("salary_gbp", salary_gbp, year) * hours
    retention = figures("retention_gbp", retention_gbp, year) * hours
    earned = pay + retention
    threshold = figures("ni_threshold_gbp", ni_threshold_gbp, year)
    lines = (
        pay,
        figures("ni_rate", ni_rate, share) * np.maximum(earned - threshold, 0.0),
        figures("pension_rate", pension_rate, share) * (earned if retention_pensionable else pay),
        figures("levy_rate", levy_rate, share) * earned,
        figures("non_pay_gbp", non_pay_gbp, year) * hours,
        retention,
    )
    return np.stack(np.broadcast_arrays(*lines))


def post_cost(salary_gbp: ArrayLike, *, ni_rate: ArrayLike, ni_threshold_gbp: ArrayLike, pension_rate: ArrayLike,
              levy_rate: ArrayLike, non_pay_gbp: ArrayLike, fte: ArrayLike = 1.0, retention_gbp: ArrayLike = 0.0,
              retention_pensionable: bool = False) -> Pounds | float:  # fmt: skip
    """Cost of one post filled for a year: salary, employer on-costs, non-pay and any retention payment.

    Parameters are those of :func:`post_cost_by_kind`; a column of a table gives one cost a row. Source:
    employer national insurance 13.8% above £8,632 in 2019/20; levy 0.5%.

    Examples
    --------
    A social worker at £37,705 with a 22.5% pension rate and £1,500 non-pay, 2019/20:

    >>> round(post_cost(37_705, ni_rate=0.138, ni_threshold_gbp=8_632, pension_rate=0.225,
    ...                 levy_rate=0.005, non_pay_gbp=1_500), 2)
    51889.22
    """
    total = post_cost_by_kind(
        salary_gbp, ni_rate=ni_rate, ni_threshold_gbp=ni_threshold_gbp, pension_rate=pension_rate, levy_rate=levy_rate,
        non_pay_gbp=non_pay_gbp, fte=fte, retention_gbp=retention_gbp, retention_pensionable=retention_pensionable,
    ).sum(axis=0)  # fmt: skip
    return float(total) if total.ndim == 0 else total


def latest_on(dates: list[str], when: pd.Period) -> str:
    """The date whose price holds in a month: the latest begun by then, or the first where none has.

    Examples
    --------
    >>> latest_on(["2020/21", "2019/20"], pd.Period("2020-03", "M"))
    '2019/20'
    """
    begun = [date for date in dates if from_month(date) <= when]
    return max(begun, key=from_month) if begun else min(dates, key=from_month)


def threshold_in(stated: dict[FinancialYear, PoundsAYear], values: Values, when: pd.Period) -> NDArray[np.float64]:
    """Employer national insurance threshold in a month, pounds a year: the latest stated by then, else the first."""
    return values[f"costs.employer_ni_threshold.{latest_on(list(stated), when)}"]


def pay_index(
    awards: dict[PriceDate, Growth], values: Values, base: pd.Period, when: pd.Period
) -> NDArray[np.float64] | float:
    """Pay in a month over pay in a base month: the awards between them compounded, a year without one at nil."""
    first, last = sorted((base, when))
    index: NDArray[np.float64] | float = 1.0
    for award in sorted(awards, key=from_month):
        if first < from_month(award) <= last:
            index = index * (1 + values[f"costs.pay_award.{award}"])
    return index if when >= base else 1 / index
