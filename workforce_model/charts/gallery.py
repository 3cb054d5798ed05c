"""The whole set of charts for some scenarios: drawn at once, and written as small pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workforce_model.basis.atomic_files import folder_made
from workforce_model.basis.problems import path_given
from workforce_model.decisions.bridging import bridge
from workforce_model.decisions.choices import frontier_of, options
from workforce_model.decisions.comparison import compare
from workforce_model.decisions.grids import sweep
from workforce_model.decisions.investments import further_posts
from workforce_model.decisions.runs_tornado import enough_draws
from workforce_model.decisions.sensitivity import sobol, tornado
from workforce_model.decisions.turning_points import arrivals_that_break
from workforce_model.engine.model import RUNS, SEED, run
from workforce_model.engine.results import Results
from workforce_model.improvement.plan_at_work import plan
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.outcomes import Outcome, reported

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Drawing = Callable[..., "Axes"]
"""Draws a chart when called, with an optional ``ax``."""
README = (
    "cost_against_envelope", "funding_statement", "posts_filled", "caseload_spread", "share_at_or_over", "agency_bill", "differences",
    "tornado_bars", "frontier",
)  # fmt: skip
"""The charts that the README shows."""
FEW = 100
INTERVIEWS = "return_home_interviews"


def every_chart(
    scenarios: Sequence[Scenario], team: str, runs: int = 200, seed: int = SEED, actuals: pd.DataFrame | None = None
) -> dict[str, Drawing]:
    """Every chart of the library, by name, each ready to be drawn: ``every_chart(...)["staffing"]()``.

    Parameters
    ----------
    scenarios : sequence of Scenario
        The first is the base of comparisons; the second the one whose posts, money and caseloads are shown; any others
        are compared too, and the bridge goes to the last.
    team : str
        The team whose caseloads are asked about.
    runs : int
        Runs of each scenario; sensitivities, bridge and options take a quarter of them, at most :data:`FEW`.
    actuals : DataFrame, optional
        As ``charts.plan_against_actual`` takes them; its chart, of the first measure in them, is left out without.
    """
    from workforce_model import charts

    together = [run(scenario, runs, seed) for scenario in scenarios]
    before, after = together[:2]
    over = Outcome("share_at_or_over", team=team, year=reported(scenarios[1])[1])
    drawn = _of_money(before, after) | _of_people(before, after, team)
    if actuals is not None:
        measure, where = actuals[["measure", "team"]].iloc[0]
        whose = None if where == "council" else str(where)
        drawn["plan_against_actual"] = partial(charts.plan_against_actual, after, actuals, str(measure), whose)
    drawn["differences"] = partial(charts.differences, compare(scenarios, [over], runs, seed), over)
    cost = Outcome("net_cost_gbp", year=over.year)
    few = min(max(runs // 4, 4), FEW)
    drawn["waterfall"] = partial(charts.waterfall, bridge(scenarios[0], scenarios[-1], cost, runs=few, seed=seed))
    drawn["cost_bridge"] = partial(charts.cost_bridge, before, after, over.year)
    drawn["options_frontier"] = partial(charts.options_frontier, together, over, cost)
    if enough_draws(after):
        drawn["tornado_of_runs"] = partial(charts.tornado_of_runs_bars, after, over)
    return drawn | _of_assumptions(scenarios[1], over, few, seed) | _of_choices(after, team, few, seed)


def write_gallery(
    scenarios: Sequence[Scenario],
    team: str,
    folder: str | os.PathLike[str],
    names: Sequence[str] | None = None,
    runs: int = RUNS,
) -> Path:
    """Write the charts of some scenarios as PNGs of some 50 kB, each with its text alternative inside.

    Parameters
    ----------
    names : sequence of str, optional
        Which of :func:`every_chart` to write; all if not given.

    Raises
    ------
    ValueError
        If a name is not one of them.

    Examples
    --------
    The pictures of the README::

        from workforce_model.charts.gallery import README
        names = ("do_nothing", "approved", "early_recruitment", "agency_continues", "slow_recruitment")
        wm.write_gallery([wm.load_scenario(f"scenarios/{name}.toml") for name in names], "family_support", ".readme", README)
    """
    from workforce_model.charts import figure_of, text_alternative

    every = every_chart(scenarios, team, runs)
    unknown = sorted(set(names or ()) - set(every))
    if unknown:
        raise ValueError(f"no chart is called {', '.join(unknown)}; known: {', '.join(every)}")
    target = folder_made(Path(path_given(folder, "a folder")))
    for name in names or every:
        ax = every[name]()
        about = {"Description": text_alternative(ax), "Software": None}
        figure_of(ax).savefig(target / f"{name}.png", dpi=110, metadata=about)
    return target


def _of_money(before: Results, after: Results) -> dict[str, Drawing]:
    from workforce_model import charts

    return {
        "cost_against_envelope": partial(charts.cost_against_envelope, after),
        "funding_statement": partial(charts.funding_statement, after),
        "mtfp_steps": partial(charts.mtfp_steps, after),
        "agency_bill": partial(charts.agency_bill, [before, after]),
        "agency_premium": partial(charts.agency_premium, after.scenario),
    }


def _of_people(before: Results, after: Results, team: str) -> dict[str, Drawing]:
    from workforce_model import charts

    drawn: dict[str, Drawing] = {
        "posts_filled": partial(charts.posts_filled, after),
        "staffing": partial(charts.staffing, after),
        "caseload_spread": partial(charts.caseload_spread, after),
        "share_at_or_over": partial(charts.share_at_or_over, [before, after], team=team),
    }
    if INTERVIEWS in after.duties.names:
        answer = plan(after, year=reported(after.scenario)[1])
        drawn[INTERVIEWS] = partial(charts.duty_share, after, INTERVIEWS)
        drawn["work_by_action"] = partial(
            charts.work_by_action, after, answer.table, reported(after.scenario)[1], answer.figure
        )
    return drawn


def _of_assumptions(scenario: Scenario, over: Outcome, runs: int, seed: int) -> dict[str, Drawing]:
    from workforce_model import charts

    bars = tornado(scenario, over, runs=runs, seed=seed)
    widest = bars["assumption"].head(5).tolist()
    turning = arrivals_that_break(scenario, str(over.team), 0.25, runs=runs, seed=seed)
    drawn: dict[str, Drawing] = {
        "assumption_quality": partial(charts.assumption_quality, scenario),
        "tornado_bars": partial(charts.tornado_bars, bars, scenario, over, runs),
        "shares_explained": partial(
            charts.shares_explained, sobol(scenario, over, widest, points=64, seed=seed), scenario, over
        ),
        "turning_point": partial(charts.turning_point, turning, scenario, over),
    }
    if len(widest) > 1:
        stated, two = scenario.assumptions(), widest[:2]
        ends = {path: [float(x) for x in (stated[path].low, stated[path].value, stated[path].high) if x is not None] for path in two}  # fmt: skip
        cells = sweep(scenario, ends, [over], runs=runs, seed=seed, progress=lambda done: None)
        drawn["heat_map"] = partial(charts.heat_map, cells, two[0], two[1], scenario, over)
    return drawn


def _of_choices(after: Results, team: str, runs: int, seed: int) -> dict[str, Drawing]:
    from workforce_model import charts

    scenario, spent = after.scenario, "net all years"
    posts = further_posts(scenario, team, start=str(scenario.periods.report_from))
    table = options(scenario, [posts], runs=runs, seed=seed)
    mine = table[(table["team"] == team) & ((table["units"] > 0) | (table["gbp_a_year"] == 0))].drop_duplicates("units")
    mine = mine.assign(option=[f"{n} further post{'s' * (n > 1)}" if n else "nothing further" for n in mine["units"]])
    return {
        "bought": partial(charts.bought, table, team, scenario),
        "frontier": partial(
            charts.frontier, frontier_of(mine, spent, "share_over"), spent, "share_over", scenario, "option"
        ),
    }
