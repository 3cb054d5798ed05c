"""The bill of each month: people priced, by budget and kind.

Counts of people come in and pounds go out. New prices need no new simulation. A month counts whole for those
in post at its end; leavers are not paid for the month they leave, starters for the whole of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.periods import financial_year_start, from_month
from workforce_model.money.agency import AGENCY_KINDS, WORKING_DAYS
from workforce_model.money.costs import KINDS, Costs, hourly_charge, permanent_price
from workforce_model.money.increments import heads_by_step
from workforce_model.money.pay import PAY_KINDS, Pounds, Values, latest_on

_PAY = slice(KINDS.index(PAY_KINDS[0]), KINDS.index(PAY_KINDS[4]) + 1)
_RETENTION = KINDS.index(PAY_KINDS[5])
_AGENCY = slice(KINDS.index(AGENCY_KINDS[0]), KINDS.index(AGENCY_KINDS[-1]) + 1)
_TEAM, _RECRUITMENT, _INDUCTION, _FEE = (
    KINDS.index(kind) for kind in ("commissioned team", "recruitment", "induction", "conversion fee")
)


@dataclass(frozen=True)
class People:
    """What the price of a month needs from the simulation, by month, post group and run.

    Arrays of shape (M, G, R): ``permanent`` and ``agency`` workers in post at month end after the
    month's moves; ``started`` permanent starters other than conversions, ``converted`` agency workers who
    became permanent, ``fee_due`` those of them for whom the agency is owed a fee, ``replaced`` agency workers whose
    post a permanent starter took. ``fte``, ``grade``,
    ``budget``, ``commissioned`` (the priced team's name, or None) and ``contract_months`` (the length of a
    contract outside the establishment) are by group, in the same order.
    """

    permanent: NDArray[np.int16]
    agency: NDArray[np.int16]
    started: NDArray[np.int16]
    converted: NDArray[np.int16]
    fee_due: NDArray[np.int16]
    replaced: NDArray[np.int16]
    fte: NDArray[np.float64]
    grade: tuple[str, ...]
    budget: tuple[str, ...]
    commissioned: tuple[str | None, ...]
    contract_months: tuple[int | None, ...]


@dataclass(frozen=True)
class _Alike:
    """Groups charged to the same budget that cost the same a head, counted together; arrays of shape (M, R)."""

    budget: str
    commissioned: str | None
    grade: str
    fte: float
    contract_months: int | None
    permanent: NDArray[np.int64]
    agency: NDArray[np.int64]
    started: NDArray[np.int64]
    converted: NDArray[np.int64]
    fee_due: NDArray[np.int64]
    replaced: NDArray[np.int64]


def price(people: People, months: pd.PeriodIndex, costs: Costs, values: Values, draw: NDArray[np.intp],
          budgets: tuple[str, ...]) -> Pounds:  # fmt: skip
    """What each month cost, by budget and kind.

    Groups alike in budget, grade and hours are counted together first: people add exactly, so the pounds of
    a run are the same to the bit whatever runs are beside it.

    Parameters
    ----------
    months : PeriodIndex, length M
        One after another.
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
    _refuse_mismatch(people, months, draw, budgets)
    spent = np.zeros((len(months), len(budgets), len(KINDS), draw.size))
    spans = _same_prices(costs, months)
    for group in _alike(people):
        bill = spent[:, budgets.index(group.budget)]
        if group.commissioned is not None:
            _add_team(bill, group, costs, values, draw)
            continue
        heads = _heads(group, costs, months)
        for span in spans:
            _add_pay(bill[span], heads[span], group, costs, values, months[span.start], draw)
            _add_agency(bill[span], group, span, costs, values, months[span.start], draw)
            _add_starters(bill[span], group, span, costs, values, months[span.start], draw)
    return spent


def _add_pay(
    bill: Pounds, heads: NDArray[np.int64], group: _Alike, costs: Costs, values: Values, when: pd.Period, draw: NDArray[np.intp]
) -> None:  # fmt: skip
    for step in range(heads.shape[1]):
        each = permanent_price(costs, values, when, group.grade, group.fte, step)
        bill[:, _PAY] += heads[:, [step]] * each[:5, draw]
        if costs.grades[group.grade].retention is not None:
            bill[:, _RETENTION] += heads[:, step] * each[5, draw]


def _add_agency(
    bill: Pounds, group: _Alike, span: slice, costs: Costs, values: Values, when: pd.Period, draw: NDArray[np.intp]
) -> None:  # fmt: skip
    """Agency workers in post, and those who stay a while beside the permanent starter who replaces them."""
    agency, replaced = group.agency[span], group.replaced[span]
    if not agency.any() and not replaced.any():
        return
    week = hourly_charge(costs, values, when, group.grade, group.fte) * values["costs.agency_hours"] * group.fte
    bill[:, _AGENCY] += agency[:, None] * (week * values["costs.agency_weeks"] / 12)[:, draw]
    if costs.agency_overlap is not None:
        bill[:, _AGENCY] += replaced[:, None] * (week * values["costs.agency_overlap"])[:, draw]


def _add_starters(
    bill: Pounds, group: _Alike, span: slice, costs: Costs, values: Values, when: pd.Period, draw: NDArray[np.intp]
) -> None:  # fmt: skip
    """Advert and induction for starters, checks for everyone who becomes an employee, the fee where one is due."""
    started, converted = group.started[span], group.converted[span]
    if not started.any() and not converted.any():
        return
    bill[:, _RECRUITMENT] += started * values["costs.cost_per_start"][draw]
    if costs.checks_per_start:
        date = latest_on(list(costs.checks_per_start), when)
        bill[:, _RECRUITMENT] += (started + converted) * values[f"costs.checks_per_start.{date}"][draw]
    if costs.induction_per_start is not None:
        bill[:, _INDUCTION] += started * values["costs.induction_per_start"][draw]
    if costs.conversion_fee is not None:
        bill[:, _FEE] += group.fee_due[span] * values["costs.conversion_fee"][draw]


def _add_team(bill: Pounds, group: _Alike, costs: Costs, values: Values, draw: NDArray[np.intp]) -> None:
    """A commissioned team: so much a month or, over its contract, a lump sum or so much a day for each worker."""
    name = str(group.commissioned)
    stated, unit = values[f"costs.commissioned_team_price.{name}"][draw], costs.commissioned_team_price[name].unit
    if unit == "GBP a month":
        bill[:, _TEAM] += (group.agency > 0) * stated
        return
    if group.contract_months is None:
        raise ValueError(f"people.contract_months: none for {name}, whose price is in {unit}")
    if unit == "GBP":
        bill[:, _TEAM] += (group.agency > 0) * (stated / group.contract_months)
        return
    days = WORKING_DAYS * values[f"costs.commissioned_team_weeks.{name}"][draw] / group.contract_months
    bill[:, _TEAM] += group.agency * (stated * days)


def _heads(group: _Alike, costs: Costs, months: pd.PeriodIndex) -> NDArray[np.int64]:
    """Permanent staff by step of their grade, shape (M, S, R)."""
    grade = costs.grades[group.grade]
    if len(grade.steps) == 1 or costs.increment_leavers is None:
        return group.permanent[:, None]
    return heads_by_step(
        group.permanent, group.started + group.converted, months, steps=len(grade.steps),
        opening_step=grade.step_of(grade.opening_point), convention=costs.increment_leavers,
    )  # fmt: skip


def _same_prices(costs: Costs, months: pd.PeriodIndex) -> list[slice]:
    """Stretches of months in which no price changes: each April, and the month of each award, spine and fee."""
    dated = {from_month(date) for date in (*costs.pay_award, *costs.spine, *costs.checks_per_start)}
    changes = dated | {financial_year_start(year) for year in costs.employer_ni_threshold}
    begins = [i for i, when in enumerate(months) if i == 0 or when.month == 4 or when in changes]
    return [slice(begin, end) for begin, end in pairwise([*begins, len(months)])]


def _refuse_mismatch(
    people: People, months: pd.PeriodIndex, draw: NDArray[np.intp], budgets: tuple[str, ...]
) -> None:  # fmt: skip
    if any((later - earlier).n != 1 for earlier, later in pairwise(months)):
        raise ValueError("months: expected months one after another, none twice")
    expected = (len(months), len(people.grade), draw.size)
    for name in ("permanent", "agency", "started", "converted", "fee_due", "replaced"):
        shape = getattr(people, name).shape
        if shape != expected:
            raise ValueError(f"people.{name} has shape {shape}: expected {expected}, by month, group and run")
    unknown = sorted(set(people.budget) - set(budgets))
    if unknown:
        raise ValueError(f"people.budget = {unknown[0]!r}: expected one of {', '.join(budgets)}")


def _alike(people: People) -> list[_Alike]:
    """The groups that differ in what they cost or who pays, each with the people of all groups like it."""
    length = [m if name else None for name, m in zip(people.commissioned, people.contract_months, strict=True)]
    shared = list(zip(people.budget, people.commissioned, people.grade, people.fte.tolist(), length, strict=True))
    counts = (people.permanent, people.agency, people.started, people.converted, people.fee_due, people.replaced)
    found = []
    for key in dict.fromkeys(shared):
        groups = [group for group, own in enumerate(shared) if own == key]
        found.append(_Alike(*key, *(count[:, groups].sum(axis=1, dtype=np.int64) for count in counts)))
    return found


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
