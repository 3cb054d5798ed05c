"""The bridge from one run to another by line of account: what each adds to the cost, exactly, in every run.

Nothing is played again: the steps are the differences of the two ledgers, budget by budget. What parts drivers that
move together is :func:`workforce_model.decisions.bridging.bridge`, which plays the scenarios between.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.accounts.benefits import refuse_unpaired
from workforce_model.accounts.statements import COST_ROWS
from workforce_model.decisions.bridging import drivers_between
from workforce_model.engine.results import Results
from workforce_model.money.costs import KINDS
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import spread
from workforce_model.reading.tables import reported_years

TOTAL = "whole difference"
Figures = NDArray[np.float64]


def ledger_bridge(base: Results, option: Results) -> pd.DataFrame:
    """What makes up the difference in cost between two runs, by budget and kind of cost, in each reported year.

    Parameters
    ----------
    base, option : Results
        Runs with the same seed, number of runs and months.

    Returns
    -------
    DataFrame
        Columns scenario, against, differs_in, period, step, unit, mean, p10, p50, p90, mc_error, clear. First what the
        baseline costs, then a step for each budget and kind of cost that differs in any year, those of budgets that only
        the option has first; then the whole difference, to which the steps add in every run, and what the option costs.
        ``differs_in`` names the drivers in which the two scenarios differ.

    Raises
    ------
    ValueError
        If the runs are not paired.

    Examples
    --------
    >>> import workforce_model as wm
    >>> nothing, approved = (wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 4) for name in ("do_nothing", "approved"))
    >>> table = ledger_bridge(nothing, approved).query("period == '2020/21'")
    >>> table["step"].iloc[1], table["differs_in"].iloc[0]
    ('The nine posts: permanent pay and on-costs', 'posts, funding')
    """
    refuse_unpaired(base, option)
    differs_in = ", ".join(drivers_between(base.scenario, option.scenario)) or "nothing"
    years, steps = reported_years(base), _steps(base, option)
    rows: list[tuple[object, ...]] = []
    for year, months in years.items():
        before, after = (r.cost[months].sum(axis=(0, 1, 2)) for r in (base, option))
        parts = {step: figures[months].sum(axis=0) for step, figures in steps.items()}
        for step, figures in ((base.scenario.name, before), *parts.items(), (TOTAL, after - before), (option.scenario.name, after)):  # fmt: skip
            s = spread(figures, base.draw)
            rows.append((option.scenario.name, base.scenario.name, differs_in, year, step, "GBP",
                         s.mean, s.p10, s.p50, s.p90, s.error, abs(s.mean) > CLEAR * s.error))  # fmt: skip
    columns = [
        "scenario",
        "against",
        "differs_in",
        "period",
        "step",
        "unit",
        "mean",
        "p10",
        "p50",
        "p90",
        "mc_error",
        "clear",
    ]
    return pd.DataFrame(rows, columns=columns)


def _steps(base: Results, option: Results) -> dict[str, Figures]:
    """By step, the difference in each month and run, shape (M, R); only what differs at all."""
    budgets = sorted({*base.budgets, *option.budgets}, key=lambda b: (b in base.budgets, _order(option, b)))
    shown = np.concatenate(list(reported_years(base).values()))
    found: dict[str, Figures] = {}
    for budget in budgets:
        whose = option if budget in option.budgets else base
        label = whose.scenario.funding.budgets[budget].label
        for name, kinds in COST_ROWS.items():
            change = _spent(option, budget, kinds) - _spent(base, budget, kinds)
            if change[shown].any():
                found[f"{label}: {name[0].lower()}{name[1:]}"] = change
    return found


def _order(r: Results, budget: str) -> int:
    return r.budgets.index(budget) if budget in r.budgets else len(r.budgets)


def _spent(r: Results, budget: str, kinds: tuple[str, ...]) -> Figures:
    """What a budget spent on some kinds of cost, by month and run; nothing where the scenario has no such budget."""
    if budget not in r.budgets:
        return np.zeros((r.cost.shape[0], r.runs))
    return np.asarray(r.cost[:, r.budgets.index(budget)][:, [KINDS.index(kind) for kind in kinds]].sum(axis=1))
