"""The price of a month: pay, on-costs, agency, commissioned team, recruitment.

Counts of people come in and pounds go out, by budget and kind. New prices need no new simulation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workforce_model.assumptions import (
    UNITS,
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
    Unit,
    WeeksAYear,
    record,
)
from workforce_model.periods import FinancialYear, financial_year_start, months_by_year

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
_PAY, _AGENCY = slice(0, 5), slice(5, 8)
PAY_KINDS, AGENCY_KINDS = KINDS[_PAY], KINDS[_AGENCY]
_TEAM, _RECRUITMENT = KINDS.index("commissioned team"), KINDS.index("recruitment")

HOLIDAY_PAY = 0.1207
"""Accrued holiday as a share of an agency worker's pay: 5.6 weeks over 46.4 (working time rules)."""
QUALIFYING_EARNINGS_2019 = (118.0, 962.0)
"""Pounds a week between which automatic enrolment pension is paid, 2019/20; held in other years."""
AUTO_ENROLMENT_RATE = 0.03
"""Employer's automatic enrolment pension, a share of qualifying earnings, from April 2019."""
_FTE = Unit(0, 1, slip="contracted hours over full-time hours")


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
        if 0 in (self.agency_hours.value, self.agency_hours.low):
            found.append(("agency_hours", "above 0: a week has hours"))
        margin = self.agency_margin.high or self.agency_margin.value
        for name, grade in self.grades.items():
            rate = grade.agency_rate
            if rate and self.agency_basis == "charge" and (rate.value if rate.low is None else rate.low) < margin:
                found.append((f"grades.{name}.agency_rate", f"a charge holds the margin, up to {margin:g} an hour"))
        return found


def _stated(name: str, given: ArrayLike, rule: Unit, *, above_nil: bool = False) -> Pounds:
    """The figures given for an argument, refused unless every one is what its unit allows."""
    figures = np.asarray(given)
    if figures.dtype.kind not in "iuf":
        raise ValueError(f"{name} = {given!r}: expected numbers without quotes, units or commas")
    wrong = ~((figures >= rule.least) & (figures <= rule.greatest)) | (above_nil & (figures == 0))
    if wrong.any():
        least = f"above {rule.least:g}, at most" if above_nil else f"from {rule.least:g} to"
        slip = rule.slip and f" ({rule.slip})"
        raise ValueError(f"{name} = {figures[wrong][0]}: expected {least} {rule.greatest:,.0f}{slip}")
    return figures.astype(float)


def post_cost_by_kind(salary_gbp: ArrayLike, *, ni_rate: ArrayLike, ni_threshold_gbp: ArrayLike, pension_rate: ArrayLike,
                      levy_rate: ArrayLike, non_pay_gbp: ArrayLike, fte: ArrayLike = 1.0) -> Pounds:  # fmt: skip
    """Yearly cost of one filled post, by kind of pay.

    Parameters
    ----------
    salary_gbp, ni_threshold_gbp, non_pay_gbp : float or array
        Full-time pounds a year, broadcast together. The threshold is per person: part-time work keeps it whole.
    ni_rate, pension_rate, levy_rate : float or array
        Shares of salary.
    fte : float or array
        Contracted hours over full-time hours: above 0, at most 1.

    Returns
    -------
    array, shape (5, ...)
        Basic pay, employer national insurance, pension, levy and non-pay: the order of ``PAY_KINDS``.

    Raises
    ------
    ValueError
        If an amount is negative, missing or infinite, a rate is not a share, or FTE is not above 0 and at most 1.

    Examples
    --------
    Half of a £37,705 post is £18,852.50 of pay, and the whole £8,632 is still free of national insurance:

    >>> post_cost_by_kind(37_705, ni_rate=0.138, ni_threshold_gbp=8_632, pension_rate=0.225,
    ...                   levy_rate=0.005, non_pay_gbp=1_500, fte=0.5).round(2).tolist()
    [18852.5, 1410.43, 4241.81, 94.26, 750.0]
    """
    year, share, hours = UNITS["GBP a year"], UNITS["share of salary"], _stated("fte", fte, _FTE, above_nil=True)
    pay = _stated("salary_gbp", salary_gbp, year) * hours
    lines = (
        pay,
        _stated("ni_rate", ni_rate, share) * np.maximum(pay - _stated("ni_threshold_gbp", ni_threshold_gbp, year), 0.0),
        _stated("pension_rate", pension_rate, share) * pay,
        _stated("levy_rate", levy_rate, share) * pay,
        _stated("non_pay_gbp", non_pay_gbp, year) * hours,
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
    total = post_cost_by_kind(salary_gbp, ni_rate=ni_rate, ni_threshold_gbp=ni_threshold_gbp, pension_rate=pension_rate,
                              levy_rate=levy_rate, non_pay_gbp=non_pay_gbp, fte=fte).sum(axis=0)  # fmt: skip
    return float(total) if total.ndim == 0 else total


def agency_charge_by_part(rate_gbp_an_hour: ArrayLike, basis: Basis, *, margin_gbp_an_hour: ArrayLike, hours_a_week: ArrayLike,
                          ni_rate: ArrayLike, ni_threshold_gbp: ArrayLike, levy_rate: ArrayLike) -> Pounds:  # fmt: skip
    """Hourly charge for an agency worker, by part, net of VAT.

    Parameters
    ----------
    rate_gbp_an_hour : float or array
        The rate as quoted.
    basis : str
        ``paye``: the worker's pay, to which holiday, national insurance, levy and pension are added.
        ``umbrella``: paid to an umbrella company, employment costs inside it. ``charge``: all the
        council pays, margin included. Only in the last two does doubling the rate double what is paid:
        national insurance and pension have thresholds.
    hours_a_week : float or array
        The worker's own hours; the threshold and the pension band are per person.
    ni_threshold_gbp : float or array
        A year; it is applied week by week.

    Returns
    -------
    array, shape (3, ...)
        Pay, on-costs and margin, pounds an hour.

    Raises
    ------
    ValueError
        If the basis is unknown, an amount or rate is out of bounds, or a charge is less than the margin in it.

    Examples
    --------
    The 2016 London cap of £28, if it is what the worker is paid, costs the council £38.43 an hour:

    >>> parts = agency_charge_by_part(28.0, "paye", margin_gbp_an_hour=2.50, hours_a_week=36, ni_rate=0.138,
    ...                               ni_threshold_gbp=8_632, levy_rate=0.005)
    >>> parts.round(2).tolist(), round(float(parts.sum()), 2)
    ([28.0, 7.93, 2.5], 38.43)
    """
    if basis not in get_args(Basis):
        raise ValueError(f"basis = {basis!r}: expected one of {', '.join(get_args(Basis))}")
    hour, year, share = UNITS["GBP an hour"], UNITS["GBP a year"], UNITS["share of salary"]
    rate = _stated("rate_gbp_an_hour", rate_gbp_an_hour, hour)
    margin = _stated("margin_gbp_an_hour", margin_gbp_an_hour, hour)
    hours = _stated("hours_a_week", hours_a_week, UNITS["hours a week"], above_nil=True)
    threshold = _stated("ni_threshold_gbp", ni_threshold_gbp, year) / 52
    insured, levied = _stated("ni_rate", ni_rate, share), _stated("levy_rate", levy_rate, share)
    if basis == "charge":
        pay = _stated("rate_gbp_an_hour less margin_gbp_an_hour", rate - margin, hour)
        return np.stack(np.broadcast_arrays(pay, 0.0, margin))
    if basis == "umbrella":
        return np.stack(np.broadcast_arrays(rate, 0.0, margin))
    gross = rate * (1 + HOLIDAY_PAY)
    weekly = gross * hours
    floor, ceiling = QUALIFYING_EARNINGS_2019
    insurance = insured * np.maximum(weekly - threshold, 0.0)
    pension = AUTO_ENROLMENT_RATE * np.maximum(np.minimum(weekly, ceiling) - floor, 0.0)
    on_costs = gross - rate + levied * gross + (insurance + pension) / hours
    return np.stack(np.broadcast_arrays(rate, on_costs, margin))


def break_even_rate(permanent_cost_gbp: ArrayLike, hours_a_week: ArrayLike, weeks_billed: ArrayLike) -> Pounds | float:
    """Hourly charge at which an agency worker costs the same in a year as the matched permanent post.

    Above it conversion saves money; below it conversion costs money.

    Examples
    --------
    >>> round(break_even_rate(51_889.22, 36, 47), 2)
    30.67
    """
    hours = _stated("hours_a_week", hours_a_week, UNITS["hours a week"], above_nil=True)
    weeks = _stated("weeks_billed", weeks_billed, UNITS["weeks a year"], above_nil=True)
    rate = _stated("permanent_cost_gbp", permanent_cost_gbp, UNITS["GBP a year"]) / (hours * weeks)
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
    base, wanted = financial_year_start(costs.price_base), financial_year_start(year)
    first, last = sorted((base, wanted))
    index = np.ones_like(values["costs.levy_rate"])
    for award in sorted(costs.pay_award, key=financial_year_start):
        if first < financial_year_start(award) <= last:
            index = index * (1 + values[f"costs.pay_award.{award}"])
    return index if wanted >= base else 1 / index


def monthly_prices(costs: Costs, values: Values, year: str, grade: str, fte: float) -> tuple[Pounds, Pounds | None]:
    """A month's price of one permanent worker, by pay kind, and of one agency worker, by part.

    Pay moves with the awards. Agency rates, margin and non-pay are cash and stay as stated.

    Returns
    -------
    permanent : array, shape (5, D)
    agency : array, shape (3, D), or None
        Pounds a month; None where the grade states no agency rate, so has no such price.
    """
    ni_rate, levy = values["costs.employer_ni_rate"], values["costs.levy_rate"]
    threshold = threshold_in(costs, values, year)
    permanent = post_cost_by_kind(
        values[f"costs.grades.{grade}.salary"] * pay_index(costs, values, year), ni_rate=ni_rate,
        ni_threshold_gbp=threshold, pension_rate=values["costs.pension_rate"], levy_rate=levy,
        non_pay_gbp=values["costs.non_pay"], fte=fte,
    )  # fmt: skip
    if costs.grades[grade].agency_rate is None:
        return permanent / 12, None
    hours = values["costs.agency_hours"] * fte
    hourly = agency_charge_by_part(
        values[f"costs.grades.{grade}.agency_rate"], costs.agency_basis, margin_gbp_an_hour=values["costs.agency_margin"],
        hours_a_week=hours, ni_rate=ni_rate, ni_threshold_gbp=threshold, levy_rate=levy,
    )  # fmt: skip
    return permanent / 12, hourly * hours * values["costs.agency_weeks"] / 12


def price(people: People, years: tuple[str, ...], costs: Costs, values: Values, draw: NDArray[np.intp],
          budgets: tuple[str, ...]) -> Pounds:  # fmt: skip
    """What each month cost, by budget and kind.

    Groups alike in budget, grade and hours are counted together first: people add exactly, so the pounds of
    a run are the same to the bit whatever runs are beside it.

    Parameters
    ----------
    years : tuple of str
        The financial year of each month, in order.
    draw : array, shape (R,)
        Each run's draw of the prices.

    Returns
    -------
    array, shape (M, B, K, R)
        Pounds, positive; K in the order of :data:`KINDS`.

    Raises
    ------
    ValueError
        If shapes do not match, a budget is unknown, or agency workers are in a grade without an agency rate.
    """
    _refuse_mismatch(people, years, draw, budgets)
    spans = months_by_year(years)
    spent = np.zeros((len(years), len(budgets), len(KINDS), draw.size))
    for (budget, team, grade, fte), groups in _alike(people).items():
        counts = (people.permanent, people.agency, people.started)
        permanent, agency, started = (count[:, groups].sum(axis=1, dtype=np.int64)[:, None] for count in counts)
        pounds = spent[:, budgets.index(budget)]
        if team is not None:
            pounds[:, [_TEAM]] += (agency > 0) * values[f"costs.commissioned_team_price.{team}"][draw]
            continue
        pounds[:, [_RECRUITMENT]] += started * values["costs.cost_per_start"][draw]
        for year, span in spans.items():
            each, each_agency = monthly_prices(costs, values, year, grade, fte)
            pounds[span, _PAY] += permanent[span] * each[:, draw]
            if agency[span].any():
                if each_agency is None:
                    raise ValueError(f"costs.grades.{grade}.agency_rate: missing, and agency workers are in this grade")
                pounds[span, _AGENCY] += agency[span] * each_agency[:, draw]
    return spent


def _refuse_mismatch(people: People, years: tuple[str, ...], draw: NDArray[np.intp], budgets: tuple[str, ...]) -> None:
    expected = (len(years), len(people.grade), draw.size)
    for name in ("permanent", "agency", "started"):
        shape = getattr(people, name).shape
        if shape != expected:
            raise ValueError(f"people.{name} has shape {shape}: expected {expected}, by month, group and run")
    unknown = sorted(set(people.budget) - set(budgets))
    if unknown:
        raise ValueError(f"people.budget = {unknown[0]!r}: expected one of {', '.join(budgets)}")


def _alike(people: People) -> dict[tuple[str, str | None, str, float], list[int]]:
    """Groups charged to the same budget that cost the same a head, by what they share."""
    shared = list(zip(people.budget, people.commissioned, people.grade, people.fte.tolist(), strict=True))
    return {key: [group for group, own in enumerate(shared) if own == key] for key in shared}


def by_budget(cost_gbp: Pounds) -> Pounds:
    """Each month's cost by budget, all kinds together: shape (M, B, K, R) in, (M, B, R) out.

    Kinds are added one after another in their order, so a run's total is the same to the bit whatever runs
    are beside it; NumPy's own sum over an axis is not.

    Examples
    --------
    One month, one budget, two kinds, one run: £3,142.08 of pay and £328.79 of national insurance.

    >>> by_budget(np.array([[[[3_142.08], [328.79]]]])).round(2).tolist()
    [[[3470.87]]]
    """
    return np.asarray(sum(np.moveaxis(cost_gbp, 2, 0)))
