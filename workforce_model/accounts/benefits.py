"""Three lines of benefit, each with whose budget it is in, never added together and nothing counted twice.

What a budget no longer spends splits exactly in two, held against the money the baseline has approved for it: what
lies within that money, which the budget can be cut by (cashable), and what lies above it (reduces a forecast
overspend). Against a baseline that was never going to happen, all of it is cost avoided. A saving is negative, in
brackets on the page.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.engine.checks import HALF_A_PENNY, Check
from workforce_model.engine.results import Results
from workforce_model.money.table_rows import FINANCIAL_YEAR, SAVING, TEXT, listed, one_of, row_faults
from workforce_model.reading.measures import spread
from workforce_model.reading.tables import reported_years

CASHABLE, OVERSPEND, AVOIDED = "cashable", "reduces a forecast overspend", "avoided"
Baseline = Literal["forecast", "might have been"]
_ALIKE = ("seed", "runs", "doubt", "years")


_CLAIM = {
    "what": TEXT,
    "kind": one_of(CASHABLE, OVERSPEND, AVOIDED),
    "budget": TEXT,
    "financial_year": FINANCIAL_YEAR,
    "gbp": SAVING,
}


def benefits(base: Results, option: Results, *, baseline: Baseline) -> pd.DataFrame:
    """What each budget of the baseline no longer spends under the option, in three lines.

    Parameters
    ----------
    base, option : Results
        Runs with the same seed, number of runs and months, so that a difference is a difference.
    baseline : str
        ``forecast``: what the council expects to happen without the option. ``might have been``: something it
        does not plan, so that not doing it avoids a cost and releases nothing.

    Returns
    -------
    DataFrame
        Columns scenario, financial_year, budget, whose, kind, unit, mean, p10, p50, p90, mc_error: only budgets
        of the baseline, whose cost changes. An option's own new budget is its cost, not a benefit.

    Raises
    ------
    ValueError
        If the runs are not paired, or the baseline is neither of the two.
    """
    if baseline not in ("forecast", "might have been"):
        raise ValueError(f"baseline = {baseline!r}: expected forecast or might have been")
    refuse_unpaired(base, option)
    rows = []
    for year, months in reported_years(option).items():
        for budget in base.budgets:
            before, after, approved = (
                cost_of_budget(base, budget, months),
                cost_of_budget(option, budget, months),
                money_approved(base, budget, year),
            )
            within = np.minimum(after, approved) - np.minimum(before, approved)
            above = np.maximum(after - approved, 0) - np.maximum(before - approved, 0)
            parts = {CASHABLE: within, OVERSPEND: above} if baseline == "forecast" else {AVOIDED: after - before}
            rows += [(year, budget, kind, x) for kind, x in parts.items() if x.any()]
    table = pd.DataFrame([row[:3] for row in rows], columns=["financial_year", "budget", "kind"])
    table.insert(0, "scenario", option.scenario.name)
    table.insert(3, "whose", [base.scenario.funding.budgets[budget].label for budget in table["budget"]])
    table["unit"] = "GBP"
    statistics = [spread(row[3], option.draw) for row in rows]
    for name in ("mean", "p10", "p50", "p90"):
        table[name] = [getattr(s, name) for s in statistics]
    table["mc_error"] = [s.error for s in statistics]
    return table


def money_approved(results: Results, budget: str, year: str) -> NDArray[np.float64]:
    """What a budget has to spend in a year, virements and money brought forward included, by run."""
    ledger, lines = results.ledger, results.scenario.funding.lines
    y = list(dict.fromkeys(results.years)).index(year)
    mine = [i for i, name in enumerate(ledger.lines) if lines[name].budget == budget]
    stated = float((ledger.approved + ledger.vired)[y, mine].sum())
    return np.asarray(stated + ledger.brought_forward[y, mine].sum(axis=0))


def cost_of_budget(results: Results, budget: str, months: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a budget spends over some months, by run; nothing where a scenario has no such budget."""
    if budget not in results.budgets:
        return np.zeros(results.runs)
    return np.asarray(results.cost[months, results.budgets.index(budget)].sum(axis=(0, 1)))


def _met(results: Results, budget: str, months: NDArray[np.int64]) -> NDArray[np.float64]:
    """What met a budget's cost, funding and gap together, by run."""
    if budget not in results.budgets:
        return np.zeros(results.runs)
    ledger, lines = results.ledger, results.scenario.funding.lines
    mine = [i for i, name in enumerate(ledger.lines) if lines[name].budget == budget]
    gap = ledger.gap[months, results.budgets.index(budget)].sum(axis=0)
    return np.asarray(gap - ledger.used[months][:, mine].sum(axis=(0, 1)))


def claimed(claims: pd.DataFrame) -> pd.DataFrame:
    """The analyst's own claims of benefit by kind and budget, once it is sure that none is counted twice (I10).

    Parameters
    ----------
    claims : DataFrame
        Columns what, kind (cashable, reduces a forecast overspend, avoided), budget, financial_year, gbp; savings
        negative.

    Returns
    -------
    DataFrame
        By kind and budget, years across. There is no total over kinds.

    Raises
    ------
    ValueError
        If a column or a cell is missing, a kind unknown, an amount a cost, or the same saving claimed twice: every fault at once.

    Examples
    --------
    >>> rows = [("one agency worker ended", "reduces a forecast overspend", "Temporary agency", "2020/21", -58_374.0)]
    >>> claimed(pd.DataFrame(rows, columns=["what", "kind", "budget", "financial_year", "gbp"])).loc[:, "2020/21"].tolist()
    [-58374.0]
    """
    faults = row_faults("claims", claims, _CLAIM)
    alike = (
        claims["what"].astype(str).str.casefold().str.split().str.join(" ")
    )  # spelt apart by a capital or a space: the same
    for (_, year), same in claims.groupby([alike, "financial_year"], sort=False):
        if len(same) > 1:
            what = same["what"].iloc[0]
            where = "; ".join(f"{kind} in {budget}" for kind, budget in zip(same["kind"], same["budget"], strict=True))
            faults.append(f"{what!r} in {year} is counted {len(same)} times: {where}")
    if faults:
        raise ValueError(listed("claims", faults))
    return claims.pivot_table(
        index=["kind", "budget"], columns="financial_year", values="gbp", aggfunc="sum", fill_value=0.0
    )


def difference_check(base: Results, option: Results) -> Check:
    """I11: in every run, month and budget the change in cost is the change in money used and in the gap."""
    refuse_unpaired(base, option)
    worst = 0.0
    for budget in dict.fromkeys([*base.budgets, *option.budgets]):
        for month in range(len(option.months)):
            here = np.array([month])
            cost = cost_of_budget(option, budget, here) - cost_of_budget(base, budget, here)
            met = _met(option, budget, here) - _met(base, budget, here)
            worst = max(worst, float(np.abs(cost - met).max()))
    rule = "option less baseline is the increment shown, run by run"
    status: Literal["passed", "failed"] = "passed" if worst <= HALF_A_PENNY else "failed"
    return Check("I11 difference", rule, status, worst, HALF_A_PENNY, f"against {base.scenario.name}")


def refuse_unpaired(base: Results, option: Results) -> None:
    """Refuse two results that do not share their luck and their months.

    Raises
    ------
    ValueError
        Naming what differs.
    """
    for name in _ALIKE:
        one, other = getattr(base, name), getattr(option, name)
        if one != other:
            what = "their months" if name == "years" else f"{name} = {one} and {other}"
            raise ValueError(
                f"{base.scenario.name} and {option.scenario.name} differ in {what}: run them alike to compare"
            )
    if not np.array_equal(base.numbers, option.numbers):
        raise ValueError(
            f"{base.scenario.name} and {option.scenario.name} hold {base.runs:,} runs each, of other numbers: complete them to compare"
        )


def paired(base: Results, option: Results) -> bool:
    """Whether two results share their luck and their months."""
    alike = all(getattr(base, name) == getattr(option, name) for name in _ALIKE)
    return alike and np.array_equal(base.numbers, option.numbers)
