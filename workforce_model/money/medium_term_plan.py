"""The medium-term financial plan lines of the approvals: what each year changes, and what that comes to.

Incremental tables show the change: 375 in 2020/21, then nothing, because it is in the base. Cumulative tables
show 375 every year. Each table says which it is.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.periods import financial_year_start, later_year
from workforce_model.money.funding import Funding, FundingLine, approved_amount


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
    >>> from workforce_model.money.funding import Budget
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
