"""Prices with their dates: what one permanent post and one agency worker cost in a month.

The functions an analyst may borrow with no scenario at all are here by name: :func:`post_cost`,
:func:`post_schedule`, :func:`break_even_rate`, :func:`matched_comparison`, :func:`team_by_the_day`,
:func:`starter_cost`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.assumptions import (
    DaysAYear,
    Fault,
    Growth,
    HoursAWeek,
    Name,
    PoundsAnHour,
    PoundsAYear,
    PoundsEach,
    ShareOfSalary,
    TeamPrice,
    Text,
    Weeks,
    WeeksAYear,
    record,
)
from workforce_model.basis.periods import FinancialYear, PriceDate, financial_year_start, from_month
from workforce_model.money.agency import (
    AGENCY_KINDS,
    Basis,
    agency_charge_by_part,
    break_even_rate,
    matched_comparison,
    team_by_the_day,
)
from workforce_model.money.increments import Leavers
from workforce_model.money.pay import (
    PAY_KINDS,
    Grade,
    Pounds,
    SpinePoint,
    Values,
    latest_on,
    pay_index,
    post_cost,
    post_cost_by_kind,
    threshold_in,
)
from workforce_model.money.post_schedule import post_schedule
from workforce_model.money.recruitment import starter_cost

KINDS = (
    *PAY_KINDS[:5],
    *AGENCY_KINDS,
    "commissioned team",
    "recruitment",
    "retention payment",
    "induction",
    "conversion fee",
)


@record
class Costs:
    """Prices, each with the date it begins to hold.

    A single salary is at the price base; a spine is at its own date. Awards after that date raise it and
    compound. ``cost_per_start`` is advert and panel; checks, induction and the fee for employing an agency
    worker are added where they are stated. ``agency_overlap`` is how long an agency worker stays beside the
    permanent starter who takes over the post.
    """

    price_base: FinancialYear
    grades: dict[Name, Grade]
    spine: dict[PriceDate, dict[SpinePoint, PoundsAYear]] = field(default_factory=dict)
    increment_leavers: Leavers | None = None
    pay_award: dict[PriceDate, Growth]
    employer_ni_rate: ShareOfSalary
    employer_ni_threshold: dict[FinancialYear, PoundsAYear]
    pension_rate: ShareOfSalary
    levy_rate: ShareOfSalary
    non_pay: PoundsAYear
    agency_basis: Basis
    agency_margin: PoundsAnHour
    agency_hours: HoursAWeek
    agency_weeks: WeeksAYear
    agency_overlap: Weeks | None = None
    permanent_days_away: DaysAYear | None = None
    commissioned_team_price: dict[Name, TeamPrice] = field(default_factory=dict)
    commissioned_team_weeks: dict[Name, Weeks] = field(default_factory=dict)
    cost_per_start: PoundsEach
    checks_per_start: dict[PriceDate, PoundsEach] = field(default_factory=dict)
    induction_per_start: PoundsEach | None = None
    conversion_fee: PoundsEach | None = None
    subjective_codes: dict[Text, Text] = field(default_factory=dict)

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = [*self._dates_told_apart(), *self._points_priced(), *self._agency_rates(), *self._teams_by_the_day()]
        if not self.employer_ni_threshold:
            found.append(("employer_ni_threshold", "states at least one year"))
        for kind in self.subjective_codes:
            if kind not in KINDS:
                found.append((f"subjective_codes.{kind}", f"a kind of cost; one of: {', '.join(KINDS)}"))
        return found

    def _dates_told_apart(self) -> Iterator[Fault]:
        for key in ("spine", "pay_award", "checks_per_start"):
            first: dict[pd.Period, str] = {}
            for date in getattr(self, key):
                other = first.setdefault(from_month(date), date)
                if other != date:
                    yield f"{key}.{date}", f"begins in the same month as {other}"

    def _points_priced(self) -> Iterator[Fault]:
        pointed = {name: grade.points for name, grade in self.grades.items() if grade.points}
        for name, points in pointed.items():
            if not self.spine:
                yield f"grades.{name}.points", "no spine is stated: give spine.<date>.<point> in GBP a year"
            for date, spine in self.spine.items():
                missing = [point for point in points if point not in spine]
                pay = [spine[point].value for point in points if point in spine]
                if missing:
                    yield f"spine.{date}", f"has no point {', '.join(missing)}, which grade {name} needs"
                elif any(b <= a for a, b in pairwise(pay)):
                    yield f"grades.{name}.points", f"pay must rise from point to point on the spine of {date}"
        if pointed and self.increment_leavers is None:
            yield "increment_leavers", 'missing: grades have points; say who leaves: "newest_first" or "longest_first"'

    def _agency_rates(self) -> Iterator[Fault]:
        if 0 in (self.agency_hours.value, self.agency_hours.low):
            yield "agency_hours", "above 0: a week has hours"
        margin = self.agency_margin.high or self.agency_margin.value
        for name, grade in self.grades.items():
            rate = grade.agency_rate
            if rate and self.agency_basis == "charge" and (rate.value if rate.low is None else rate.low) < margin:
                yield f"grades.{name}.agency_rate", f"a charge holds the margin, up to {margin:g} an hour"

    def _teams_by_the_day(self) -> Iterator[Fault]:
        by_the_day = {name for name, price in self.commissioned_team_price.items() if price.unit == "GBP a day"}
        for name in sorted(by_the_day ^ set(self.commissioned_team_weeks)):
            yield f"commissioned_team_weeks.{name}", "stated for a team priced in GBP a day, and for no other"


def salary_in(costs: Costs, values: Values, when: pd.Period, grade: str, step: int) -> NDArray[np.float64]:
    """Full-time salary of a step of a grade in a month, pounds a year, awards included."""
    point = costs.grades[grade].steps[step]
    if point is None:
        path, base = f"costs.grades.{grade}.salary", financial_year_start(costs.price_base)
    else:
        date = latest_on(list(costs.spine), when)
        path, base = f"costs.spine.{date}.{point}", from_month(date)
    return np.asarray(values[path] * pay_index(costs.pay_award, values, base, when))


def permanent_price(
    costs: Costs, values: Values, when: pd.Period, grade: str, fte: float, step: int | None = None
) -> Pounds:
    """A month's price of one permanent worker, by pay kind, shape (6, D); at the budgeted point if no step is given."""
    stated = costs.grades[grade]
    at = stated.step_of(stated.budget_point) if step is None else step
    return (
        post_cost_by_kind(
            salary_in(costs, values, when, grade, at), ni_rate=values["costs.employer_ni_rate"],
            ni_threshold_gbp=threshold_in(costs.employer_ni_threshold, values, when),
            pension_rate=values["costs.pension_rate"], levy_rate=values["costs.levy_rate"],
            non_pay_gbp=values["costs.non_pay"], fte=fte,
            retention_gbp=values[f"costs.grades.{grade}.retention"] if stated.retention else 0.0,
            retention_pensionable=stated.retention_pensionable,
        ) / 12
    )  # fmt: skip


def hourly_charge(costs: Costs, values: Values, when: pd.Period, grade: str, fte: float) -> Pounds:
    """The charge for an hour of an agency worker, by part, shape (3, D).

    Raises
    ------
    ValueError
        If the grade states no agency rate.
    """
    if costs.grades[grade].agency_rate is None:
        raise ValueError(f"costs.grades.{grade}.agency_rate: missing, and agency workers are in this grade")
    return agency_charge_by_part(
        values[f"costs.grades.{grade}.agency_rate"], costs.agency_basis, margin_gbp_an_hour=values["costs.agency_margin"],
        hours_a_week=values["costs.agency_hours"] * fte, ni_rate=values["costs.employer_ni_rate"],
        ni_threshold_gbp=threshold_in(costs.employer_ni_threshold, values, when), levy_rate=values["costs.levy_rate"],
    )  # fmt: skip


def monthly_prices(costs: Costs, values: Values, year: str, grade: str, fte: float) -> tuple[Pounds, Pounds | None]:
    """The average month of a year of one permanent worker, by pay kind, and of one agency worker, by part.

    Pay moves with the awards, from the month each begins; the worker stands on the budgeted point. Agency
    rates, margin and non-pay are cash and stay as stated.

    Returns
    -------
    permanent : array, shape (6, D)
    agency : array, shape (3, D), or None
        Pounds a month; None where the grade states no agency rate, so has no such price.
    """
    april = financial_year_start(year)
    begun = sorted({april, *(from_month(date) for date in (*costs.pay_award, *costs.spine))})
    changes = [when for when in begun if april <= when < april + 12]
    lengths = [(later - when).n for when, later in zip(changes, [*changes[1:], april + 12], strict=True)]
    parts = [permanent_price(costs, values, when, grade, fte) for when in changes]
    permanent = np.asarray(sum(part * months for part, months in zip(parts, lengths, strict=True)) / 12)
    if len(parts) == 1:
        permanent = parts[0]  # to the last bit what a month of that year is charged at
    if costs.grades[grade].agency_rate is None:
        return permanent, None
    weekly = hourly_charge(costs, values, april, grade, fte) * values["costs.agency_hours"] * fte
    return permanent, weekly * values["costs.agency_weeks"] / 12


__all__ = [
    "AGENCY_KINDS",
    "KINDS",
    "PAY_KINDS",
    "Costs",
    "Grade",
    "Pounds",
    "Values",
    "agency_charge_by_part",
    "break_even_rate",
    "hourly_charge",
    "matched_comparison",
    "monthly_prices",
    "permanent_price",
    "post_cost",
    "post_cost_by_kind",
    "post_schedule",
    "salary_in",
    "starter_cost",
    "team_by_the_day",
]
