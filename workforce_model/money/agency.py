"""The price of agency: the hourly charge, a team by the day or for a lump sum, and the matched permanent post.

The premium's sign is free: at published London caps an agency worker costs about what the post does. A rate
means nothing without its basis, the hours, and the weeks billed. Prices are net of VAT, which a council
normally recovers.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workforce_model.basis.assumptions import UNITS, Unit, figures

Pounds = NDArray[np.float64]
Basis = Literal["paye", "umbrella", "charge"]

AGENCY_KINDS = ("agency pay", "agency on-costs", "agency margin")

HOLIDAY_PAY = 0.1207
"""Accrued holiday as a share of an agency worker's pay: 5.6 weeks over 46.4 (working time rules)."""
QUALIFYING_EARNINGS_2019 = (118.0, 962.0)
"""Pounds a week between which automatic enrolment pension is paid, 2019/20; held in other years."""
AUTO_ENROLMENT_RATE = 0.03
"""Employer's automatic enrolment pension, a share of qualifying earnings, from April 2019."""
WEEKS_IN_A_YEAR = 365 / 7
"""52.14 weeks, of which a permanent worker is paid for every one."""
WORKING_DAYS = 5
"""Days in a working week."""
FREE_FROM_START, FREE_FROM_END = datetime.timedelta(weeks=14), datetime.timedelta(days=1, weeks=8)
"""No temp-to-perm fee once both have run: 14 weeks that begin with the first day of the assignment, and 8 weeks that
begin the day after its last. Source: Conduct of Employment Agencies and Employment Businesses Regulations 2003, 10(5)."""


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
    rate = figures("rate_gbp_an_hour", rate_gbp_an_hour, hour)
    margin = figures("margin_gbp_an_hour", margin_gbp_an_hour, hour)
    hours = figures("hours_a_week", hours_a_week, UNITS["hours a week"], above_nil=True)
    threshold = figures("ni_threshold_gbp", ni_threshold_gbp, year) / 52
    insured, levied = figures("ni_rate", ni_rate, share), figures("levy_rate", levy_rate, share)
    if basis == "charge":
        pay = figures("rate_gbp_an_hour less margin_gbp_an_hour", rate - margin, hour)
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
    hours = figures("hours_a_week", hours_a_week, UNITS["hours a week"], above_nil=True)
    weeks = figures("weeks_billed", weeks_billed, UNITS["weeks a year"], above_nil=True)
    rate = figures("permanent_cost_gbp", permanent_cost_gbp, UNITS["GBP a year"]) / (hours * weeks)
    return float(rate) if rate.ndim == 0 else rate


def productive_weeks(days_away: ArrayLike) -> Pounds | float:
    """Weeks of a year a permanent worker is at work: all of them, less leave, bank holidays, training, sickness.

    Examples
    --------
    28 days' leave, 8 bank holidays, 5 of training and 10 of sickness:

    >>> round(productive_weeks(28 + 8 + 5 + 10), 1)
    41.9
    """
    away = figures("days_away", days_away, Unit(0, WORKING_DAYS * WEEKS_IN_A_YEAR)) / WORKING_DAYS
    weeks = WEEKS_IN_A_YEAR - away
    return float(weeks) if weeks.ndim == 0 else weeks


def matched_comparison(
    permanent_cost_gbp: float, charge_gbp_an_hour: float, *, hours_a_week: float, weeks_billed: float, days_away: float
) -> pd.DataFrame:
    """An agency worker beside the matched permanent post, a year, a paid week and a productive week.

    An agency worker is paid only for weeks worked, so each billed week is a productive one.

    Returns
    -------
    DataFrame
        Index year, paid week and productive week; columns permanent_gbp, agency_gbp, premium_gbp (agency less
        permanent, of either sign) and premium_share (not a number for a post that costs nothing).

    Raises
    ------
    ValueError
        If an amount, the hours or the weeks are out of bounds, or nobody is at work in the year.

    Examples
    --------
    >>> table = matched_comparison(51_889.22, 34.50, hours_a_week=36, weeks_billed=47, days_away=51)
    >>> table[["permanent_gbp", "agency_gbp", "premium_gbp"]].round().astype(int).loc["productive week"].tolist()
    [1237, 1242, 5]
    """
    post = float(figures("permanent_cost_gbp", permanent_cost_gbp, UNITS["GBP a year"]))
    charge = figures("charge_gbp_an_hour", charge_gbp_an_hour, UNITS["GBP an hour"])
    week = charge * figures("hours_a_week", hours_a_week, UNITS["hours a week"], above_nil=True)
    billed = float(figures("weeks_billed", weeks_billed, UNITS["weeks a year"], above_nil=True))
    at_work = productive_weeks(days_away)
    if not at_work > 0:
        raise ValueError(f"days_away = {days_away}: expected fewer than a year's {WORKING_DAYS * WEEKS_IN_A_YEAR:.0f}")
    table = pd.DataFrame(
        {
            "permanent_gbp": [post, post / WEEKS_IN_A_YEAR, post / at_work],
            "agency_gbp": [float(week) * billed, float(week), float(week)],
        },
        index=pd.Index(["year", "paid week", "productive week"], name="per"),
    )
    table["premium_gbp"] = table["agency_gbp"] - table["permanent_gbp"]
    table["premium_share"] = table["premium_gbp"] / table["permanent_gbp"] if post else np.nan
    return table


def team_by_the_day(members: Sequence[tuple[int, float]], weeks: float, days_a_week: int = WORKING_DAYS) -> float:
    """Price of a commissioned team charged by the day.

    Parameters
    ----------
    members : sequence of (int, float)
        How many workers, and pounds a day for each of them.

    Examples
    --------
    Sheffield, July 2021 to March 2022: 12 workers at £350 and 2 managers at £400 for 37 five-day weeks.

    >>> team_by_the_day([(12, 350), (2, 400)], weeks=37)
    925000.0
    """
    for number, rate in members:
        figures("members", [number, rate], Unit(0, 100_000))
    length = float(figures("weeks", weeks, UNITS["weeks"]))
    return float(sum(number * rate for number, rate in members) * days_a_week * length)


def fee_free_from(assignment_start: datetime.date, assignment_end: datetime.date) -> datetime.date:
    """First day on which an agency worker may be employed without a temp-to-perm fee.

    The first day after both have run: the 14 weeks that begin with the assignment's first day, and the 8 weeks that
    begin the day after its last. Before it, the council chooses between a fee and an extended hire. A worker who
    converts without a gap is always inside the 8 weeks.

    Raises
    ------
    ValueError
        If the assignment ends before it starts.

    Examples
    --------
    >>> day = datetime.date
    >>> str(fee_free_from(day(2019, 4, 1), day(2019, 4, 26))), str(fee_free_from(day(2019, 4, 1), day(2019, 9, 30)))
    ('2019-07-08', '2019-11-26')
    """
    if assignment_end < assignment_start:
        raise ValueError(f"assignment_end = {assignment_end}: expected a day on or after {assignment_start}")
    return max(assignment_start + FREE_FROM_START, assignment_end + FREE_FROM_END)


def cheaper_way_to_employ(fee_gbp: float, extended_weeks: float, premium_gbp_a_week: float) -> tuple[str, float]:
    """The cheaper of a temp-to-perm fee and an extended hire, and what it costs.

    Parameters
    ----------
    premium_gbp_a_week : float
        Agency less permanent cost of a week; an extended hire costs it for ``extended_weeks``, and saves money
        where it is negative.

    Examples
    --------
    A fee of £4,000 against eight more weeks at a premium of £247 a paid week:

    >>> cheaper_way_to_employ(4_000, 8, 247)
    ('extended hire', 1976.0)
    """
    fee = float(figures("fee_gbp", fee_gbp, UNITS["GBP"]))
    hire = float(figures("extended_weeks", extended_weeks, UNITS["weeks"])) * premium_gbp_a_week
    return ("fee", fee) if fee <= hire else ("extended hire", hire)
