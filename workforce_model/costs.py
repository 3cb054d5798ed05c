"""The price of a month: pay, on-costs, agency, commissioned team, recruitment.

Counts of people come in and pounds go out, by budget and kind. New prices need no new simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workforce_model.assumptions import (
    Fault,
    Growth,
    HoursAWeek,
    Name,
    PoundsAMonth,
    PoundsAnHour,
    PoundsAYear,
    PoundsEach,
    ShareOfSalary,
    Text,
    WeeksAYear,
    record,
)
from workforce_model.periods import FinancialYear, financial_year_start, later_year

Pounds = NDArray[np.float64]
Basis = Literal["paye", "umbrella", "charge"]

KINDS = (
    "basic pay",
    "employer national insurance",
    "employer pension",
    "apprenticeship levy",
    "non-pay",
    "agency pay",
    "agency on-costs",
    "agency margin",
    "commissioned team",
    "recruitment",
)
PAY_KINDS, AGENCY_KINDS = KINDS[:5], KINDS[5:8]

HOLIDAY_PAY = 0.1207
"""Accrued holiday as a share of agency pay: 5.6 weeks over 46.4 (finance reference, section 6)."""
QUALIFYING_EARNINGS_2019 = (118.0, 962.0)
"""Weekly band on which automatic enrolment pension is paid in 2019/20."""
AUTO_ENROLMENT_RATE = 0.03


@record
class Grade:
    """A grade: its salary at the price base, and the hourly rate asked for an agency worker in it."""

    salary: PoundsAYear
    agency_rate: PoundsAnHour | None = None


@record
class Costs:
    """Prices. Salaries are at the price base; awards apply each April and compound."""

    price_base: FinancialYear
    grades: dict[Name, Grade]
    pay_award: dict[FinancialYear, Growth]
    employer_ni_rate: ShareOfSalary
    employer_ni_threshold: dict[FinancialYear, PoundsAYear]
    pension_rate: ShareOfSalary
    levy_rate: ShareOfSalary
    non_pay: PoundsAYear
    agency_basis: Basis
    agency_margin: PoundsAnHour
    agency_hours: HoursAWeek
    agency_weeks: WeeksAYear
    commissioned_team_price: dict[Name, PoundsAMonth] = field(default_factory=dict)
    cost_per_start: PoundsEach
    subjective_codes: dict[Text, Text] = field(default_factory=dict)

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if not self.employer_ni_threshold:
            found.append(("employer_ni_threshold", "states at least one year"))
        for kind in self.subjective_codes:
            if kind not in KINDS:
                found.append((f"subjective_codes.{kind}", f"a kind of cost; one of: {', '.join(KINDS)}"))
        return found


def post_cost_by_kind(salary_gbp: ArrayLike, *, ni_rate: ArrayLike, ni_threshold_gbp: ArrayLike, pension_rate: ArrayLike,
                      levy_rate: ArrayLike, non_pay_gbp: ArrayLike, fte: ArrayLike = 1.0) -> Pounds:  # fmt: skip
    """Yearly cost of one filled post, by kind of pay.

    Parameters
    ----------
    salary_gbp, ni_threshold_gbp, non_pay_gbp : float or array
        Full-time pounds a year, broadcast together. The threshold is per person, so it is not reduced
        for part-time work.
    ni_rate, pension_rate, levy_rate : float or array
        Shares of salary.
    fte : float or array
        Contracted hours over full-time hours.

    Returns
    -------
    array, shape (5, ...)
        Basic pay, employer national insurance, pension, levy and non-pay: the order of ``PAY_KINDS``.
    """
    pay = np.asarray(salary_gbp, dtype=float) * fte
    lines = (
        pay,
        np.asarray(ni_rate) * np.maximum(pay - np.asarray(ni_threshold_gbp), 0.0),
        np.asarray(pension_rate) * pay,
        np.asarray(levy_rate) * pay,
        np.asarray(non_pay_gbp, dtype=float) * fte,
    )
    return np.stack(np.broadcast_arrays(*lines))


def post_cost(salary_gbp: ArrayLike, *, ni_rate: ArrayLike, ni_threshold_gbp: ArrayLike, pension_rate: ArrayLike,
              levy_rate: ArrayLike, non_pay_gbp: ArrayLike, fte: ArrayLike = 1.0) -> Pounds | float:  # fmt: skip
    """Cost of one post filled for a year: salary, employer on-costs and non-pay.

    Parameters are those of :func:`post_cost_by_kind`. Source: employer national insurance 13.8% above
    £8,632 in 2019/20; levy 0.5%.

    Examples
    --------
    A social worker at £37,705 with a 22.5% pension rate and £1,500 non-pay, 2019/20:

    >>> round(post_cost(37_705, ni_rate=0.138, ni_threshold_gbp=8_632, pension_rate=0.225,
    ...                 levy_rate=0.005, non_pay_gbp=1_500), 2)
    51889.22
    """
    total = post_cost_by_kind(
        salary_gbp, ni_rate=ni_rate, ni_threshold_gbp=ni_threshold_gbp, pension_rate=pension_rate,
        levy_rate=levy_rate, non_pay_gbp=non_pay_gbp, fte=fte,
    ).sum(axis=0)  # fmt: skip
    return float(total) if total.ndim == 0 else total


def agency_charge_by_part(rate_gbp_an_hour: ArrayLike, basis: Basis, *, margin_gbp_an_hour: ArrayLike, hours_a_week: ArrayLike,
                          ni_rate: ArrayLike, ni_threshold_gbp: ArrayLike, levy_rate: ArrayLike) -> Pounds:  # fmt: skip
    """Hourly charge for an agency worker, by part.

    Parameters
    ----------
    rate_gbp_an_hour : float or array
        The rate as quoted.
    basis : str
        ``paye``: the worker's pay, to which holiday, national insurance, levy and pension are added.
        ``umbrella``: paid to an umbrella company, employment costs inside it. ``charge``: all the
        council pays, margin included.
    ni_threshold_gbp : float or array
        A year; it is applied week by week.

    Returns
    -------
    array, shape (3, ...)
        Pay, on-costs and margin, pounds an hour.
    """
    rate, margin = np.asarray(rate_gbp_an_hour, dtype=float), np.asarray(margin_gbp_an_hour, dtype=float)
    if basis == "charge":
        return np.stack(np.broadcast_arrays(rate - margin, 0.0 * rate, margin))
    if basis == "umbrella":
        return np.stack(np.broadcast_arrays(rate, 0.0 * rate, margin))
    hours = np.asarray(hours_a_week, dtype=float)
    gross = rate * (1 + HOLIDAY_PAY)
    weekly = gross * hours
    floor, ceiling = QUALIFYING_EARNINGS_2019
    insurance = np.asarray(ni_rate) * np.maximum(weekly - np.asarray(ni_threshold_gbp) / 52, 0)
    pension = AUTO_ENROLMENT_RATE * np.maximum(np.minimum(weekly, ceiling) - floor, 0)
    on_costs = gross - rate + np.asarray(levy_rate) * gross + (insurance + pension) / hours
    return np.stack(np.broadcast_arrays(rate, on_costs, margin))


def break_even_rate(permanent_cost_gbp: ArrayLike, hours_a_week: ArrayLike, weeks_billed: ArrayLike) -> Pounds | float:
    """Hourly charge at which an agency worker costs the same in a year as the matched permanent post.

    Above it conversion saves money; below it conversion costs money.

    Examples
    --------
    >>> round(break_even_rate(51_889.22, 36, 47), 2)
    30.67
    """
    rate = np.asarray(permanent_cost_gbp, dtype=float) / (np.asarray(hours_a_week) * np.asarray(weeks_billed))
    return float(rate) if rate.ndim == 0 else rate


@dataclass(frozen=True)
class People:
    """What the price of a month needs from the simulation, by month, post group and run.

    Arrays of shape (M, G, R): ``permanent`` and ``agency`` workers in post at month end after the
    month's moves, ``started`` permanent starters other than conversions. ``fte``, ``grade``, ``budget``
    and ``commissioned`` (the priced team's name, or None) are by group, in the same order.
    """

    permanent: NDArray[np.int16]
    agency: NDArray[np.int16]
    started: NDArray[np.int16]
    fte: NDArray[np.float64]
    grade: tuple[str, ...]
    budget: tuple[str, ...]
    commissioned: tuple[str | None, ...]


Values = dict[str, NDArray[np.float64]]
"""Each assumption's value in every draw, by its dotted path: arrays of shape (D,)."""


def threshold_in(costs: Costs, values: Values, year: str) -> NDArray[np.float64]:
    """Employer national insurance threshold of a year: the latest stated on or before it, else the first."""
    stated = sorted(costs.employer_ni_threshold, key=financial_year_start)
    known = [y for y in stated if financial_year_start(y) <= financial_year_start(year)]
    return values[f"costs.employer_ni_threshold.{known[-1] if known else stated[0]}"]


def pay_index(costs: Costs, values: Values, year: str) -> NDArray[np.float64]:
    """Pay in a year over pay at the price base: awards compounded, a year without one stated at nil."""
    index = np.ones_like(values["costs.levy_rate"])
    first, last = sorted((costs.price_base, year), key=financial_year_start)
    step = later_year(first)
    while financial_year_start(step) <= financial_year_start(last):
        if step in costs.pay_award:
            index = index * (1 + values[f"costs.pay_award.{step}"])
        step = later_year(step)
    return index if last == year else 1 / index


def monthly_prices(costs: Costs, values: Values, year: str, grade: str, fte: float) -> tuple[Pounds, Pounds]:
    """A month's price of one permanent worker, by pay kind, and of one agency worker, by part.

    Returns
    -------
    permanent : array, shape (5, D)
    agency : array, shape (3, D)
        Pounds a month; not a number where the grade states no agency rate.
    """
    limit = threshold_in(costs, values, year)
    permanent = post_cost_by_kind(
        values[f"costs.grades.{grade}.salary"] * pay_index(costs, values, year), ni_rate=values["costs.employer_ni_rate"],
        ni_threshold_gbp=limit, pension_rate=values["costs.pension_rate"], levy_rate=values["costs.levy_rate"],
        non_pay_gbp=values["costs.non_pay"], fte=fte,
    )  # fmt: skip
    rate = values.get(f"costs.grades.{grade}.agency_rate", np.full_like(limit, np.nan))
    hours = values["costs.agency_hours"]
    hourly = agency_charge_by_part(
        rate, costs.agency_basis, margin_gbp_an_hour=values["costs.agency_margin"], hours_a_week=hours,
        ni_rate=values["costs.employer_ni_rate"], ni_threshold_gbp=limit, levy_rate=values["costs.levy_rate"],
    )  # fmt: skip
    return permanent / 12, hourly * hours * values["costs.agency_weeks"] * fte / 12


def price(
    people: People,
    years: tuple[str, ...],
    costs: Costs,
    values: Values,
    draw: NDArray[np.intp],
    budgets: tuple[str, ...],
) -> Pounds:
    """What each month cost, by budget and kind.

    Parameters
    ----------
    years : tuple of str
        The financial year of each month.
    draw : array, shape (R,)
        Each run's draw of the prices.

    Returns
    -------
    array, shape (M, B, K, R)
        Pounds, positive; K in the order of :data:`KINDS`.
    """
    months, groups, runs = people.permanent.shape
    spent = np.zeros((months, len(budgets), len(KINDS), runs))
    for year in dict.fromkeys(years):
        when = np.flatnonzero(np.array(years) == year)
        span = slice(int(when[0]), int(when[-1]) + 1)
        for group in range(groups):
            target = spent[span, budgets.index(people.budget[group])]
            team = people.commissioned[group]
            if team is not None:
                working = people.agency[span, group] > 0
                target[:, KINDS.index("commissioned team")] += (
                    working * values[f"costs.commissioned_team_price.{team}"][draw]
                )
                continue
            permanent, agency = monthly_prices(costs, values, year, people.grade[group], float(people.fte[group]))
            target[:, :5] += people.permanent[span, group][:, None] * permanent[:, draw]
            if people.agency[span, group].any():
                target[:, 5:8] += people.agency[span, group][:, None] * agency[:, draw]
            target[:, KINDS.index("recruitment")] += people.started[span, group] * values["costs.cost_per_start"][draw]
    return spent
