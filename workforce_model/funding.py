"""The ledger: what was approved, from which source, how it was used, and the gap that is left.

One sign rule: cost positive, money that meets it negative; a funded month sums to zero and what is
left is the gap. An approval is drawn as cost falls, in the stated order, until it is used up;
what is not used is shown on its own line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.assumptions import Fault, Flag, Name, Pounds, PoundsEach, Text, Whole, record
from workforce_model.periods import FinancialYear, financial_year_start, later_year, months_by_year

Source = Literal["base budget", "risk reserve", "MTFP growth", "grant"]


@record
class Budget:
    """A budget head: the posts and contracts charged to it, by name on the page."""

    label: Text


@record
class FundingLine:
    """An approval: so much a year from one source, for one budget.

    ``recurrent``: the last amount stated holds in every later year. ``at_establishment_cost``: the
    council's budget is not known and stands at the full cost of the budget's posts, vacancies
    included; this must be obtained.
    """

    budget: Name
    label: Text
    source: Source
    recurrent: Flag
    order: Whole
    amounts: dict[FinancialYear, Pounds] = field(default_factory=dict)
    at_establishment_cost: Flag = False
    cost_centre: Text | None = None
    approved_by: Text

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if self.at_establishment_cost == bool(self.amounts):
            found.append(("amounts", "state amounts by year, or at_establishment_cost = true, one of the two"))
        if self.source == "risk reserve" and self.recurrent:
            found.append(("recurrent", "a reserve is one-off money; it cannot be recurrent"))
        if self.at_establishment_cost and self.source != "base budget":
            found.append(("at_establishment_cost", "only a base budget may stand at the cost of its posts"))
        return found


@record
class Funding:
    """Budgets, their funding lines, and the reserve."""

    budgets: dict[Name, Budget]
    lines: dict[Name, FundingLine]
    reserve_opening_balance: PoundsEach | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        orders: dict[tuple[str, int], str] = {}
        for name, line in self.lines.items():
            if line.budget not in self.budgets:
                known = ", ".join(sorted(self.budgets))
                found.append((f"lines.{name}.budget", f"unknown budget {line.budget!r}; known: {known}"))
            first = orders.setdefault((line.budget, line.order), name)
            if first != name:
                found.append((f"lines.{name}.order", f"{first} already has order {line.order} for {line.budget}"))
        approvals: dict[tuple[str, str, str], str] = {}
        for name, line in self.lines.items():
            first = approvals.setdefault((line.source, line.approved_by, str(sorted(line.amounts.items()))), name)
            if first != name and line.amounts:
                rule = f"the same approval and amounts as {first}: a pound is used once"
                found.append((f"lines.{name}", f"{rule}; if it is a second approval, approved_by says which"))
        if self.reserve_opening_balance is not None:
            drawn, opening = 0.0, self.reserve_opening_balance.value
            reserve = [line.amounts for line in self.lines.values() if line.source == "risk reserve"]
            for year in sorted({year for amounts in reserve for year in amounts}, key=financial_year_start):
                drawn += sum(amounts.get(year, 0.0) for amounts in reserve)
                if drawn > opening:
                    rule = f"approvals draw {drawn:,.2f} by {year}; the reserve opens at {opening:,.2f}"
                    found.append(("reserve_opening_balance", rule))
                    break
        return found


def approved_amount(line: FundingLine, year: str) -> float:
    """Pounds a funding line approves for a year; recurrent lines repeat their last stated amount.

    Examples
    --------
    >>> growth = FundingLine(budget="nine_posts", label="Growth", source="MTFP growth", recurrent=True, order=2,
    ...                      amounts={"2020/21": 375_000.0}, approved_by="KD4913")
    >>> [approved_amount(growth, year) for year in ("2019/20", "2020/21", "2022/23")]
    [0.0, 375000.0, 375000.0]
    """
    if year in line.amounts:
        return line.amounts[year]
    before = [y for y in line.amounts if financial_year_start(y) < financial_year_start(year)]
    if not line.recurrent or not before:
        return 0.0
    return line.amounts[max(before, key=financial_year_start)]


@dataclass(frozen=True)
class Ledger:
    """Every month's funding, by line, budget and run. Pounds; cost positive, funding negative.

    ``used`` (M, L, R) is the money that met the cost; ``gap`` (M, B, R) the cost left unmet;
    ``unspent`` (Y, L, R) what an approval had left at the year end; ``approved`` (Y, L) the approval.
    """

    lines: tuple[str, ...]
    used: NDArray[np.float64]
    gap: NDArray[np.float64]
    unspent: NDArray[np.float64]
    approved: NDArray[np.float64]


def fund(
    cost_gbp: NDArray[np.float64],
    years: tuple[str, ...],
    budgets: tuple[str, ...],
    funding: Funding,
    approved: dict[str, NDArray[np.float64]],
) -> Ledger:
    """Meet each month's cost from the funding lines of its budget, in their stated order.

    Parameters
    ----------
    cost_gbp : array, shape (M, B, R)
        Pounds by month, budget and run, none negative.
    years : tuple of str
        The financial year of each month, in order.
    budgets : tuple of str
        The budget heads, in the order of ``cost_gbp``.
    approved : dict of array, shape (Y,)
        Pounds approved in each distinct year, by funding line.

    Returns
    -------
    Ledger
        Cost plus used equals gap, in every month, budget and run.

    Raises
    ------
    ValueError
        If shapes do not match, a budget or line is unknown, or an amount is negative, missing or infinite.

    Examples
    --------
    Two months of nine posts at £39,520.58, with £60,000 approved from the reserve:

    >>> nine = Funding(
    ...     budgets={"nine_posts": Budget(label="Nine posts")},
    ...     lines={"reserve": FundingLine(budget="nine_posts", label="Reserve", source="risk reserve", recurrent=False,
    ...                                   order=1, amounts={"2019/20": 60_000.0}, approved_by="KD4913")},
    ... )
    >>> ledger = fund(np.full((2, 1, 1), 39_520.58), ("2019/20", "2019/20"), ("nine_posts",), nine,
    ...               {"reserve": np.array([60_000.0])})
    >>> ledger.used.ravel().round(2).tolist(), ledger.gap.ravel().round(2).tolist()
    ([-39520.58, -20479.42], [0.0, 19041.16])
    """
    cost = np.asarray(cost_gbp, dtype=float)
    spans = months_by_year(years)
    _refuse_mismatch(cost, years, budgets, funding, approved)
    lines = tuple(sorted(funding.lines, key=lambda name: (funding.lines[name].budget, funding.lines[name].order)))
    used = np.zeros((len(years), len(lines), cost.shape[2]))
    unspent = np.zeros((len(spans), len(lines), cost.shape[2]))
    gap = cost.copy()
    for index, name in enumerate(lines):
        budget = budgets.index(funding.lines[name].budget)
        for year, span in enumerate(spans.values()):
            left = np.full(cost.shape[2], float(approved[name][year]))
            for month in range(span.start, span.stop):
                met = np.minimum(gap[month, budget], left)
                used[month, index] -= met
                gap[month, budget] -= met
                left -= met
            unspent[year, index] = left
    by_year = np.array([approved[name] for name in lines], dtype=float).reshape(len(lines), len(spans)).T
    return Ledger(lines=lines, used=used, gap=gap, unspent=unspent, approved=by_year)


def _refuse_mismatch(
    cost: NDArray[np.float64],
    years: tuple[str, ...],
    budgets: tuple[str, ...],
    funding: Funding,
    approved: dict[str, NDArray[np.float64]],
) -> None:
    """Refuse figures that do not fit together, or are not finite pounds of nought or more."""
    if cost.ndim != 3 or cost.shape[:2] != (len(years), len(budgets)):
        raise ValueError(
            f"cost_gbp has shape {cost.shape}: expected ({len(years)}, {len(budgets)}, runs), by month and budget"
        )
    unknown = sorted({line.budget for line in funding.lines.values()} - set(budgets))
    if unknown:
        raise ValueError(f"budgets = {list(budgets)}: expected {unknown[0]!r} too, which a funding line is for")
    if set(approved) != set(funding.lines):
        raise ValueError(f"approved states {sorted(approved)}: expected the funding lines, {sorted(funding.lines)}")
    count = len(set(years))
    for name, amounts in approved.items():
        if np.shape(amounts) != (count,):
            raise ValueError(f"approved[{name!r}] has shape {np.shape(amounts)}: expected ({count},), one a year")
    for name, pounds in (("cost_gbp", cost), *((f"approved[{name!r}]", np.asarray(x)) for name, x in approved.items())):
        wrong = ~((pounds >= 0) & (pounds < np.inf))
        if wrong.any():
            raise ValueError(f"{name} holds {pounds[wrong][0]}: expected finite pounds, none below 0")


def mtfp_table(funding: Funding, years: tuple[str, ...]) -> pd.DataFrame:
    """The medium-term financial plan lines of the approvals: each year's change, and the running total.

    A change is on the year before, so an approval that stood before the first year shows only what is new.
    A base budget is in the plan already: only a change to it is a line. One-off money is shown in its year
    and reversed, on a line of its own, in the next; the reversal is never netted against growth. Growth is
    a pressure on the council, so it is positive.

    Parameters
    ----------
    years : tuple of str
        Financial years, one after another.

    Returns
    -------
    DataFrame
        Columns line, label, basis (``incremental`` or ``cumulative``), financial_year, gbp.

    Raises
    ------
    ValueError
        If a year is missing, repeated or out of order.

    Examples
    --------
    >>> growth = FundingLine(budget="nine_posts", label="Growth", source="MTFP growth", recurrent=True, order=1,
    ...                      amounts={"2020/21": 375_000.0}, approved_by="KD4913")
    >>> plan = Funding(budgets={"nine_posts": Budget(label="Nine posts")}, lines={"growth": growth})
    >>> table = mtfp_table(plan, ("2019/20", "2020/21", "2021/22"))
    >>> table.pivot(index="basis", columns="financial_year", values="gbp").loc["incremental"].tolist()
    [0.0, 375000.0, 0.0]
    """
    if any(later != later_year(year) for year, later in pairwise(years)):
        raise ValueError(f"years = {list(years)}: expected financial years one after another, none twice")
    rows = []
    for name, line in funding.lines.items():
        if line.at_establishment_cost:
            continue
        for label, change in _changes(line, years):
            for basis, figures in (("incremental", change), ("cumulative", np.cumsum(change))):
                rows += [(name, label, basis, year, float(x)) for year, x in zip(years, figures, strict=True)]
    return pd.DataFrame(rows, columns=["line", "label", "basis", "financial_year", "gbp"])


def _changes(line: FundingLine, years: tuple[str, ...]) -> list[tuple[str, NDArray[np.float64]]]:
    """Each plan line of an approval: its label, and what it changes in each year. Nought is never minus nought."""
    if not years:
        return []
    with_year_before = (later_year(years[0], -1), *years)
    if line.recurrent:
        return [(line.label, np.diff([_in_plan(line, year) for year in with_year_before]))]
    amount = np.array([approved_amount(line, year) for year in with_year_before])
    spent, gone = amount[1:], amount[:-1]
    return [
        (f"{line.label}: one-off expenditure", spent),
        (f"{line.label}: use of {line.source}", 0.0 - spent),
        (f"{line.label}: reversal of one-off expenditure", 0.0 - gone),
        (f"{line.label}: reversal of use of {line.source}", gone),
    ]


def _in_plan(line: FundingLine, year: str) -> float:
    """What a recurrent line holds in the plan in a year: a base budget was there before its first stated year."""
    first = min(line.amounts, key=financial_year_start)
    before = financial_year_start(year) < financial_year_start(first)
    return line.amounts[first] if before and line.source == "base budget" else approved_amount(line, year)
