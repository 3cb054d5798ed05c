"""Charts of why a run says what it says, from the run alone: what makes up a difference, what moves an answer, what options buy."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from workforce_model.basis.formats import capital, percent
from workforce_model.charts.assumptions import bars_at_ends, paired_source
from workforce_model.charts.decisions import frontier, steps_to_total
from workforce_model.charts.page import named
from workforce_model.decisions.choices import frontier_of
from workforce_model.decisions.comparison import of_results
from workforce_model.decisions.ledger_steps import TOTAL, ledger_bridge
from workforce_model.decisions.runs_tornado import tornado_of_runs
from workforce_model.engine.results import Results
from workforce_model.reading.outcomes import Outcome, settled, settled_year

MOST = 8


def cost_bridge(base: Results, option: Results, year: str | None = None, ax: Axes | None = None) -> Axes:
    """What makes up the difference in cost? By budget and kind of cost, from nought to the whole difference."""
    wanted = Outcome("net_cost_gbp", year=year)
    when = settled_year(wanted, option.scenario)
    table = ledger_bridge(base, option)
    table = table[table["period"] == when]
    parts = table.iloc[1:-2][["step", "mean", "mc_error"]].to_dict("records")
    steps = [(str(x["step"]), float(x["mean"]), float(x["mc_error"])) for x in parts if x["mean"]]
    total = float(table.loc[table["step"] == TOTAL, "mean"].iloc[0])
    between = f"From {named(base.scenario.name).lower()} to {named(option.scenario.name).lower()}, {option.scenario.place}: {wanted.words(option.scenario)}"
    return steps_to_total(steps, total, wanted, between, paired_source(base.runs, base.seed, base.doubt), ax)


def tornado_of_runs_bars(
    results: Results, outcome: Outcome | str, base: Results | None = None, ax: Axes | None = None
) -> Axes:
    """What moves the answer most? Read off the runs themselves; only what is clear of its error, the widest bars first."""
    wanted, scenario = settled(outcome), results.scenario
    table = tornado_of_runs(results, wanted, base)
    shown = table[table["clear"]].head(MOST) if table["clear"].any() else table.head(3)
    what = wanted.words(scenario)
    if base is not None:
        what = f"the difference from {named(base.scenario.name).lower()} in {what.removeprefix('the ')}"
    source = f"Source: workforce_model, {scenario.name}; {results.runs:,} runs, seed {results.seed}. On average over the other assumptions, as straight lines, which explain {percent(table['explained'].iloc[0])} of the variance between draws."
    return bars_at_ends(shown, scenario, wanted, what, source, ax)


def options_frontier(together: Sequence[Results], share: Outcome, cost: Outcome, ax: Axes | None = None) -> Axes:
    """Which option is worth its cost? Each one's cost beyond the first, against its caseloads."""
    found = of_results(together)
    base, year = together[0].scenario, settled_year(cost, together[0].scenario)
    rows = [
        (r.scenario.name, found.between(cost, i).mean if i else 0.0, float(pd.Series(found.figures[i][share]).mean()), i == 0 or found.clear(share, i))
        for i, r in enumerate(together)
    ]  # fmt: skip
    table = frontier_of(pd.DataFrame(rows, columns=["option", f"net {year}", "share", "clear"]), f"net {year}", "share")
    measure, names = capital(share.words(base).removeprefix("the ")), ", ".join(r.scenario.name for r in together)
    source = paired_source(found.runs, found.seed, found.doubt).replace(
        "workforce_model;", f"workforce_model, {names};"
    )
    return frontier(table, f"net {year}", "share", base, "option", ax, measure=measure, beyond=named(base.name).lower(), source=source)  # fmt: skip
