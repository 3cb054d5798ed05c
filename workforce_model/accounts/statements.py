"""The tables a Cabinet paper prints: funding statement, reserve, medium-term plan, years across.

Each is the mean of the runs in pounds, unrounded; ``in_thousands`` rounds once, for the page. The mean is what
adds up, so every total is the sum of its rows. Cost or pressure is positive; saving, income and money that meets a
cost is in brackets.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.formats import thousands
from workforce_model.engine.results import Results
from workforce_model.money.costs import AGENCY_KINDS, KINDS, PAY_KINDS
from workforce_model.money.medium_term_plan import mtfp_table
from workforce_model.money.reserve import roll_forward
from workforce_model.reading.envelope import budget_in_question
from workforce_model.reading.tables import reported_years

SIGNS = "Brackets: a saving, income, or money that meets a cost."
ROUNDED = "£000, each figure rounded once from the ledger, so shown parts may differ from their total by 1."
BALANCE = "A reserve is a balance: brackets are money taken out of it."
COST_ROWS = {
    "Permanent pay and on-costs": PAY_KINDS,
    "Agency": AGENCY_KINDS,
    "Commissioned team": ("commissioned team",),
    "Recruitment, induction and fees": ("recruitment", "induction", "conversion fee"),
}
ALL_BUDGETS = "all budgets"
Means = NDArray[np.float64]


def funding_statement(results: Results, budget: str | None = None) -> pd.DataFrame:
    """What a budget cost by year, who met it, what is left as a gap, and what became of each approval.

    Parameters
    ----------
    budget : str, optional
        A budget head; all of them together if not given.

    Returns
    -------
    DataFrame
        Index (part, row), years across, pounds. Cost and Funding add up to the Gap. Under Approvals, what was
        approved, vired and brought forward equals what was used, carried forward and given back.

    Raises
    ------
    ValueError
        If no budget has that name.
    """
    if budget is not None:
        budget_in_question(results.scenario, budget)
    years, ledger = reported_years(results), results.ledger
    heads = [i for i, name in enumerate(results.budgets) if budget in (None, name)]
    at = [list(dict.fromkeys(results.years)).index(year) for year in years]
    rows: dict[tuple[str, str], Means] = {}
    for label, kinds in COST_ROWS.items():
        chosen = [KINDS.index(kind) for kind in kinds]
        spent = [results.cost[m][:, heads][:, :, chosen].sum(axis=(0, 1, 2)).mean() for m in years.values()]
        rows["Cost", label] = np.array(spent)
    rows["Cost", "Total cost"] = sum(rows.values(), np.zeros(len(years)))
    approvals: dict[tuple[str, str], Means] = {}
    for i, name in enumerate(ledger.lines):
        line = results.scenario.funding.lines[name]
        if budget not in (None, line.budget):
            continue
        used = [ledger.used[m, i].sum(axis=0).mean() for m in years.values()]
        rows["Funding", f"{line.label} ({line.source})"] = np.array(used)
        back = "not used, stays in the reserve" if line.source == "risk reserve" else "not used, underspent"
        for what, figures in (
            ("approved", ledger.approved[at, i]),
            ("virement", ledger.vired[at, i]),
            ("brought forward", ledger.brought_forward[at, i].mean(axis=-1)),
            ("carried forward", ledger.carried_forward[at, i].mean(axis=-1)),
            (back, ledger.returned[at, i].mean(axis=-1)),
        ):
            approvals["Approvals", f"{line.label}: {what}"] = figures
    gap = [ledger.gap[m][:, heads].sum(axis=(0, 1)).mean() for m in years.values()]
    rows["Gap", "Cost less funding"] = np.array(gap)
    return _table(results, rows | approvals, list(years), "Funding statement", SIGNS)


def funding_statements_table(results: Results) -> pd.DataFrame:
    """The funding statement of every budget, and of all together, as one tidy table.

    Returns
    -------
    DataFrame
        Columns scenario, budget (``all budgets`` for the sum), part, row, period, unit, mean; in the order of the page.
    """
    tables = {budget or ALL_BUDGETS: funding_statement(results, budget) for budget in (None, *results.budgets)}
    rows = [
        (results.scenario.name, budget, part, row, year, "GBP", float(gbp))
        for budget, table in tables.items()
        for (part, row), figures in zip(table.index, table.to_numpy(), strict=True)
        for year, gbp in zip(table.columns, figures, strict=True)
    ]
    return pd.DataFrame(rows, columns=["scenario", "budget", "part", "row", "period", "unit", "mean"])


def reserve_statement(results: Results) -> pd.DataFrame:
    """The reserve by year: opening balance, movements, closing balance, and what is still committed.

    Without a stated balance, opening and closing are left out: movements only.
    """
    reserve = roll_forward(results.scenario.funding, results.ledger, results.years)
    rows: dict[tuple[str, str], Means] = {}
    if reserve.opening is not None:
        rows["Reserve", "Opening balance"] = reserve.opening.mean(axis=-1)
    for name, figures in reserve.movements.items():
        rows["Reserve", name] = figures.mean(axis=-1)
    if reserve.closing is not None:
        rows["Reserve", "Closing balance"] = reserve.closing.mean(axis=-1)
    rows["Memorandum", "Approved, not yet spent and carried forward"] = reserve.committed.mean(axis=-1)
    note = BALANCE if reserve.opening is not None else f"{BALANCE} No balance is stated: movements only."
    return _table(results, rows, list(reserve.years), "Risk reserve", note)


def plan_statement(results: Results, basis: str) -> pd.DataFrame:
    """The medium-term financial plan lines of the newest approvals, ``incremental`` or ``cumulative``.

    One-off money, its use of the reserve and the reversal of each in the next year are lines of their own; growth
    is never netted against a reversal.
    """
    if basis not in ("incremental", "cumulative"):
        raise ValueError(f"basis = {basis!r}: expected incremental or cumulative")
    table = mtfp_table(results.scenario.funding, tuple(dict.fromkeys(results.years)))
    chosen = table[table["basis"] == basis]
    years = reported_years(results)
    rows = {
        ("Plan", str(label)): lines.set_index("financial_year")["gbp"].reindex(list(years)).to_numpy(dtype=float)
        for label, lines in chosen.groupby("label", sort=False)
    }
    rows = {key: figures for key, figures in rows.items() if figures.any()}
    rows["Plan", "Net change to the plan" if basis == "incremental" else "Net plan"] = sum(
        rows.values(), np.zeros(len(years))
    )
    return _table(results, rows, list(years), f"Medium-term financial plan, {basis}", SIGNS)


def _table(
    results: Results, rows: dict[tuple[str, str], Means], years: list[str], title: str, note: str
) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(list(rows), names=["part", "row"])
    frame = pd.DataFrame(np.array(list(rows.values())), index=index, columns=years)
    scenario = results.scenario
    frame.attrs["title"] = f"{title}, {scenario.place}, cash prices, {scenario.title}"
    frame.attrs["note"] = (
        f"{note} {ROUNDED}{_part_years(results)} Mean of {results.runs:,} runs, seed {results.seed}. Source: workforce_model."
    )
    return frame


def _part_years(results: Results) -> str:
    """Which years are reported in part, in words; nothing where every one is whole."""
    part = {
        year: results.months[months[[0, -1]]] for year, months in reported_years(results).items() if len(months) < 12
    }
    return "".join(f" {year} is {first:%B %Y} to {last:%B %Y} only." for year, (first, last) in part.items())


def in_thousands(table: pd.DataFrame) -> pd.DataFrame:
    """A statement as printed: £000, brackets, rows that are nil in every year left out; its title and note are kept.

    Examples
    --------
    >>> in_thousands(pd.DataFrame({"2019/20": [474_247.0, -375_000.0, 0.0]}, index=["Cost", "Reserve", "Nil"])).to_dict()
    {'2019/20': {'Cost': '474', 'Reserve': '(375)'}}
    """
    shown = table[(table.abs() >= 0.005).any(axis=1)]
    printed = shown.map(thousands)
    printed.attrs = dict(table.attrs)
    return printed


def as_markdown(table: pd.DataFrame) -> str:
    """A statement as a table for a notebook or a report: its title, £000 with brackets, its note.

    Examples
    --------
    >>> rows = pd.MultiIndex.from_tuples([("Cost", "Total cost"), ("Funding", "Reserve")], names=["part", "row"])
    >>> print(as_markdown(pd.DataFrame({"2019/20": [96_000.0, -96_000.0]}, index=rows)))
    | £000 | 2019/20 |
    |:---|---:|
    | **Cost** | |
    | **Total cost** | **96** |
    | **Funding** | |
    | Reserve | (96) |
    """
    shown = in_thousands(table)
    lines = [f"**{_cell(shown.attrs['title'])}**\n"] if "title" in shown.attrs else []
    lines += ["| £000 | " + " | ".join(shown.columns) + " |", "|:---|" + "---:|" * len(shown.columns)]
    part = None
    for (heading, name), figures in zip(shown.index, shown.to_numpy(), strict=True):
        if heading != part:
            lines.append(f"| **{_cell(heading)}** |" + " |" * len(shown.columns))
            part = heading
        bold = "**" if name.startswith(_TOTALS) else ""
        lines.append("| " + " | ".join(f"{bold}{_cell(text)}{bold}" for text in (name, *figures)) + " |")
    return "\n".join([*lines, *([f"\n*{_cell(shown.attrs['note'])}*"] if "note" in shown.attrs else [])])


_TOTALS = ("Total", "Cost less funding", "Closing", "Net ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("$", "\\$")
