"""Actuals beside budget, in the form of the council's own monitoring: one row a code, overspend positive.

Tied to the general ledger by cost centre and subjective code. Spend to date is what is paid, plus what is owed for
work already done (accruals). Commitments are ordered and not yet delivered: they are part of the rest of the year,
never added to it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from workforce_model.basis.periods import financial_year, financial_year_start, month
from workforce_model.engine.results import Results
from workforce_model.inputs.doubt import draw_values
from workforce_model.money.apportionment import apportion
from workforce_model.money.costs import KINDS, PAY_KINDS, permanent_price

CODE = ["cost_centre", "subjective_code"]
_TYPES = ("actual", "accrual", "commitment")
FORM = [
    *CODE, "description", "annual_budget_gbp", "budget_to_date_gbp", "actual_gbp", "accrual_gbp", "spend_to_date_gbp",
    "commitment_gbp", "rest_of_year_gbp", "forecast_outturn_gbp", "variance_gbp",
]  # fmt: skip


def monitoring_form(
    budget: pd.DataFrame, general_ledger: pd.DataFrame, rest_of_year: pd.DataFrame, *, through: str
) -> pd.DataFrame:
    """Budget, spend to date, forecast outturn and variance, by code.

    Parameters
    ----------
    budget : DataFrame
        Columns cost_centre, subjective_code, description, annual_budget_gbp; one row a code. Budget to date is
        its twelfths.
    general_ledger : DataFrame
        Columns cost_centre, subjective_code, month, type (actual, accrual or commitment) and gbp: monthly totals,
        one row a code, month and type. Income is negative.
    rest_of_year : DataFrame
        Columns cost_centre, subjective_code, gbp: what is still to come by March, commitments included.
    through : str
        The last month closed, ``2019-09``.

    Returns
    -------
    DataFrame
        Columns :data:`FORM`, and a last row of totals. Variance is forecast outturn less annual budget: positive
        is an overspend, negative is printed in brackets.

    Raises
    ------
    ValueError
        If a column is missing, a code stands twice, a month is outside the year so far, an amount is not finite,
        a code has no budget row or nothing stated for the rest of the year, or less is still to come than is already committed: every fault at once.

    Examples
    --------
    >>> code = {"cost_centre": "CS101", "subjective_code": "0110"}
    >>> budget = pd.DataFrame([{**code, "description": "Basic pay", "annual_budget_gbp": 120_000.0}])
    >>> posted = [("2019-04", "actual", 9_000.0), ("2019-05", "actual", 9_500.0), ("2019-05", "accrual", 500.0)]
    >>> general_ledger = pd.DataFrame([{**code, "month": m, "type": t, "gbp": x} for m, t, x in posted])
    >>> rest = pd.DataFrame([{**code, "gbp": 104_000.0}])
    >>> form = monitoring_form(budget, general_ledger, rest, through="2019-05")
    >>> form.loc[0, ["budget_to_date_gbp", "spend_to_date_gbp", "forecast_outturn_gbp", "variance_gbp"]].tolist()
    [20000.0, 19000.0, 123000.0, 3000.0]
    """
    faults = [*_columns_missing(budget, general_ledger, rest_of_year)]
    faults = faults or [*_rows_wrong(budget, general_ledger, rest_of_year, through)]
    if faults:
        raise ValueError(f"monitoring, {len(faults)} problem{'s' * (len(faults) > 1)}\n  " + "\n  ".join(faults))
    form = budget.set_index(CODE)[["description", "annual_budget_gbp"]].copy()
    closed = (month(through) - financial_year_start(financial_year(month(through)))).n + 1
    form["budget_to_date_gbp"] = form["annual_budget_gbp"] * closed / 12
    for kind in _TYPES:
        posted = general_ledger[general_ledger["type"] == kind].groupby(CODE)["gbp"].sum()
        form[f"{kind}_gbp"] = posted.reindex(form.index, fill_value=0.0).astype(float)
    form["spend_to_date_gbp"] = form["actual_gbp"] + form["accrual_gbp"]
    form["rest_of_year_gbp"] = rest_of_year.set_index(CODE)["gbp"].reindex(form.index, fill_value=0.0).astype(float)
    form["forecast_outturn_gbp"] = form["spend_to_date_gbp"] + form["rest_of_year_gbp"]
    form["variance_gbp"] = form["forecast_outturn_gbp"] - form["annual_budget_gbp"]
    rows = form.reset_index()[FORM]
    total = {name: rows[name].sum() if name.endswith("_gbp") else "" for name in FORM} | {"description": "Total"}
    return pd.concat([rows, pd.DataFrame([total])], ignore_index=True)


def _columns_missing(budget: pd.DataFrame, general_ledger: pd.DataFrame, rest_of_year: pd.DataFrame) -> Iterator[str]:
    for name, table, more in (
        ("budget", budget, ["description", "annual_budget_gbp"]),
        ("general_ledger", general_ledger, ["month", "type", "gbp"]),
        ("rest_of_year", rest_of_year, ["gbp"]),
    ):
        missing = [column for column in [*CODE, *more] if column not in table]
        if missing:
            yield f"{name} has no column {', '.join(missing)}"


def _rows_wrong(
    budget: pd.DataFrame, general_ledger: pd.DataFrame, rest_of_year: pd.DataFrame, through: str
) -> Iterator[str]:
    year, known = financial_year(month(through)), {tuple(code) for code in budget[CODE].to_numpy()}
    for name, table, keys in (
        ("budget", budget, CODE), ("general_ledger", general_ledger, [*CODE, "month", "type"]), ("rest_of_year", rest_of_year, CODE),
    ):  # fmt: skip
        amounts = table["annual_budget_gbp" if name == "budget" else "gbp"]
        if not np.isfinite(amounts.to_numpy(dtype=float)).all():
            yield f"{name} holds an amount that is missing or infinite"
        for row in table.index[table.duplicated(keys)]:
            yield f"{name} row {row}: {' '.join(str(table.loc[row, key]) for key in keys)} stands twice"
        for code in sorted({tuple(code) for code in table[CODE].to_numpy()} - known):
            yield f"{name} has code {' '.join(map(str, code))}, which has no budget row; give it one, of 0 if it has none"
    for code in sorted(known - {tuple(code) for code in rest_of_year[CODE].to_numpy()}):
        yield f"rest_of_year has no row for {' '.join(map(str, code))}; give it one, of 0 if nothing is to come"
    for row, when, kind in general_ledger[["month", "type"]].itertuples():
        if kind not in _TYPES:
            yield f"general_ledger row {row}: type = {kind!r}, expected one of {', '.join(_TYPES)}"
        elif financial_year(month(str(when))) != year or month(str(when)) > month(through):
            yield f"general_ledger row {row}: month = {when}, expected {year} up to {through}"
    committed = general_ledger[general_ledger["type"] == "commitment"].groupby(CODE)["gbp"].sum()
    to_come = rest_of_year.groupby(CODE)["gbp"].sum().reindex(committed.index, fill_value=0.0)
    for row, (ordered, coming) in enumerate(zip(committed, to_come, strict=True)):
        if ordered > coming + 0.005:
            named = " ".join(map(str, committed.index[row]))
            yield f"rest_of_year for {named} is {coming:,.2f}, less than the {ordered:,.2f} already committed"


def budget_by_code(results: Results, budget: str, year: str) -> pd.DataFrame:
    """A budget's approval for a year split to the penny over its codes, as its posts' cost falls.

    A budget without posts is split as the run expects to spend it. What nothing was approved for, recruitment say, is
    there with a budget of 0, so that the form can hold what is spent on it.

    Returns
    -------
    DataFrame
        Columns cost_centre, subjective_code, description, annual_budget_gbp; the codes of
        :func:`rest_of_year_by_code`. A code the council has not given stands as the kind's own name; kinds of one
        code are one row.

    Raises
    ------
    ValueError
        If the budget or year is not of this run, or the budget has money and neither posts nor cost.
    """
    scenario, ledger, spent = results.scenario, results.ledger, _spent(results, budget, year, after=None)
    values, when = draw_values(scenario, 0, doubt=False), financial_year_start(year)
    groups = [group for group in scenario.workforce.posts.values() if group.budget == budget and group.number]
    each = [g.number * permanent_price(scenario.costs, values, when, g.grade, g.fte)[:, 0] for g in groups]
    posts = dict(zip(PAY_KINDS, np.sum(each, axis=0).tolist(), strict=True)) if groups else spent
    weights = [posts.get(kind, 0.0) for kind in spent]
    y = list(dict.fromkeys(results.years)).index(year)
    mine = [i for i, name in enumerate(ledger.lines) if scenario.funding.lines[name].budget == budget]
    approved = round(float((ledger.approved + ledger.vired)[y, mine].sum()), 2)
    if approved and not any(weights):
        raise ValueError(
            f"budget {budget!r} has {approved:,.2f} in {year} and neither posts nor cost: no code to give it to"
        )
    parts = apportion(approved, weights) if approved else (0,) * len(weights)
    return _by_code(results, budget, dict(zip(spent, map(float, parts), strict=True)), "annual_budget_gbp")


def rest_of_year_by_code(results: Results, budget: str, through: str) -> pd.DataFrame:
    """What a run expects a budget still to spend by March, by code: the mean of the runs, months after ``through``."""
    to_come = _spent(results, budget, financial_year(month(through)), after=month(through))
    return _by_code(results, budget, to_come, "gbp").drop(columns="description")


def _spent(results: Results, budget: str, year: str, after: pd.Period | None) -> dict[str, float]:
    """What a budget spends in a year by kind, mean of the runs: pay, and every other kind it ever spends on."""
    if budget not in results.budgets or year not in results.years:
        known = f"{', '.join(results.budgets)}, {', '.join(dict.fromkeys(results.years))}"
        raise ValueError(
            f"budget {budget!r}, year {year!r}: expected a budget and a financial year of this run: {known}"
        )
    cost = results.cost[:, results.budgets.index(budget)]
    months = [
        i for i, when in enumerate(results.months) if financial_year(when) == year and (after is None or when > after)
    ]
    spent = cost[months].sum(axis=0).mean(axis=-1)
    return {kind: float(spent[k]) for k, kind in enumerate(KINDS) if kind in PAY_KINDS or cost[:, k].any()}


def _by_code(results: Results, budget: str, pounds: dict[str, float], column: str) -> pd.DataFrame:
    """Pounds by kind as rows by code, in the order of the kinds."""
    codes = results.scenario.costs.subjective_codes
    rows = pd.DataFrame(
        [(codes.get(kind, kind), kind, gbp) for kind, gbp in pounds.items()], columns=[CODE[1], "description", column]
    )
    table = rows.groupby(CODE[1], sort=False, as_index=False).agg({"description": ", ".join, column: "sum"})
    table.insert(0, CODE[0], results.scenario.funding.budgets[budget].cost_centre or budget)
    return table
