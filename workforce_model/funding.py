"""The ledger: what was approved, from which source, how it was used, and the gap that is left.

One sign rule: cost positive, money that meets it negative; a funded month sums to zero and what is
left is the gap. An approval is drawn as cost falls, in the stated order, until it is used up;
what is not used is shown on its own line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.assumptions import Fault, Flag, Name, Pounds, PoundsEach, Text, Whole, record
from workforce_model.periods import FinancialYear, financial_year_start

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
                found.append(
                    (
                        f"lines.{name}.budget",
                        f"unknown budget {line.budget!r}; known: {', '.join(sorted(self.budgets))}",
                    )
                )
            first = orders.setdefault((line.budget, line.order), name)
            if first != name:
                found.append((f"lines.{name}.order", f"{first} already has order {line.order} for {line.budget}"))
        approvals: dict[tuple[str, str, str], str] = {}
        for name, line in self.lines.items():
            first = approvals.setdefault((line.source, line.approved_by, str(sorted(line.amounts.items()))), name)
            if first != name and line.amounts:
                found.append((f"lines.{name}", f"the same approval as {first}: a pound is used once"))
        if self.reserve_opening_balance is not None:
            drawn = 0.0
            for year in sorted({y for line in self.lines.values() for y in line.amounts}, key=financial_year_start):
                drawn += sum(
                    line.amounts.get(year, 0.0) for line in self.lines.values() if line.source == "risk reserve"
                )
                if drawn > self.reserve_opening_balance.value:
                    found.append(
                        (
                            "reserve_opening_balance",
                            f"approvals draw {drawn:,.2f} by {year}; the reserve opens at {self.reserve_opening_balance.value:,.2f}",
                        )
                    )
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
        Pounds by month, budget and run.
    years : tuple of str
        The financial year of each month, in order.
    approved : dict of array, shape (Y,)
        Pounds approved in each distinct year, by funding line.

    Returns
    -------
    Ledger
        Cost plus used equals gap, in every month, budget and run.
    """
    distinct = list(dict.fromkeys(years))
    lines = tuple(sorted(funding.lines, key=lambda name: (funding.lines[name].budget, funding.lines[name].order)))
    months, _, runs = cost_gbp.shape
    used = np.zeros((months, len(lines), runs))
    gap = np.array(cost_gbp, dtype=float)
    unspent = np.zeros((len(distinct), len(lines), runs))
    for index, name in enumerate(lines):
        budget = budgets.index(funding.lines[name].budget)
        for y, year in enumerate(distinct):
            left = np.full(runs, approved[name][y])
            for m in np.flatnonzero(np.array(years) == year):
                met = np.minimum(np.maximum(gap[m, budget], 0.0), left)
                used[m, index] = -met
                gap[m, budget] -= met
                left = left - met
            unspent[y, index] = left
    return Ledger(
        lines=lines,
        used=used,
        gap=gap,
        unspent=unspent,
        approved=np.stack([approved[name] for name in lines], axis=1) if lines else np.zeros((len(distinct), 0)),
    )


def mtfp_table(funding: Funding, years: tuple[str, ...]) -> pd.DataFrame:
    """The medium-term financial plan lines of the approvals: each year's change, and the running total.

    One-off money is shown in its year and reversed, on a line of its own, in the next; the reversal is
    never netted against growth. Growth is a pressure on the council, so it is positive.

    Returns
    -------
    DataFrame
        Columns line, label, basis (``incremental`` or ``cumulative``), financial_year, gbp.
    """
    rows = []
    for name, line in funding.lines.items():
        if line.at_establishment_cost:
            continue
        amount = np.array([approved_amount(line, year) for year in years])
        if line.recurrent:
            steps = [(line.label, np.diff(amount, prepend=0.0))]
        else:
            gone = -np.concatenate([[0.0], amount[:-1]])
            steps = [(f"{line.label}: one-off expenditure", amount), (f"{line.label}: use of {line.source}", -amount),
                     (f"{line.label}: reversal of one-off expenditure", gone), (f"{line.label}: reversal of use of {line.source}", -gone)]  # fmt: skip
        for label, step in steps:
            for basis, figures in (("incremental", step), ("cumulative", np.cumsum(step))):
                rows += [(name, label, basis, year, float(x)) for year, x in zip(years, figures, strict=True)]
    return pd.DataFrame(rows, columns=["line", "label", "basis", "financial_year", "gbp"])
