"""The whole set of charts for a pair of scenarios: drawn, looked at, and written as small pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from workforce_model.board_figures import ACTUALS
from workforce_model.bridging import bridge
from workforce_model.choices import frontier_of, options
from workforce_model.comparison import compare
from workforce_model.grids import sweep
from workforce_model.investments import further_posts
from workforce_model.model import SEED, run
from workforce_model.outcomes import Outcome, reported
from workforce_model.plan_at_work import plan
from workforce_model.results import Results
from workforce_model.scenario import Scenario
from workforce_model.sensitivity import sobol, tornado
from workforce_model.tables import COUNCIL, monthly_table
from workforce_model.turning_points import arrivals_that_break

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

INTERVIEWS = "return_home_interviews"


def every_chart(base: Scenario, option: Scenario, team: str, runs: int = 200, seed: int = SEED) -> dict[str, Axes]:
    """Every chart of the library for a base and an option, by name.

    Parameters
    ----------
    base, option : Scenario
        The option is the one whose posts, money and caseloads are shown; comparisons are from the base.
    team : str
        The team whose caseloads are asked about.
    runs : int
        Runs of each scenario; sensitivities and options take a quarter of them.
    """
    from workforce_model import charts

    before, after = run(base, runs, seed), run(option, runs, seed)
    fewer, second = max(runs // 4, 4), reported(option)[1]
    over, cost = Outcome("share_at_or_over", team=team, year=second), Outcome("net_cost_gbp", year=second)
    bars = tornado(option, over, runs=fewer, seed=seed)
    widest = bars["assumption"].head(5).tolist()
    bought = options(option, [further_posts(option, team, start=str(after.scenario.periods.report_from))], runs=fewer, seed=seed)
    mine = bought[bought["team"] == team].drop_duplicates(["investment", "units"])
    mine = mine.assign(option=(mine["units"].astype(str) + " further posts").where(mine["units"] > 0, "nothing further"))
    grid = {path: [option.assumptions()[path].low, option.assumptions()[path].value, option.assumptions()[path].high] for path in widest[:2]}  # fmt: skip
    drawn = {
        "cost_against_envelope": charts.cost_against_envelope(after),
        "funding_statement": charts.funding_statement(after),
        "mtfp_steps": charts.mtfp_steps(after),
        "posts_filled": charts.posts_filled(after),
        "staffing": charts.staffing(after),
        "agency_bill": charts.agency_bill([before, after]),
        "agency_premium": charts.agency_premium(option),
        "caseload_spread": charts.caseload_spread(after),
        "share_at_or_over": charts.share_at_or_over([before, after], team=team),
        "plan_against_actual": charts.plan_against_actual(after, _as_if_reported(before), "in_post_fte", forecast=before),
        "differences": charts.differences(compare([base, option], [over, cost], runs, seed), over),
        "waterfall": charts.waterfall(bridge(base, option, cost, runs=fewer, seed=seed)),
        "tornado_bars": charts.tornado_bars(bars, option, over, fewer),
        "shares_explained": charts.shares_explained(sobol(option, over, widest, points=64, seed=seed), option, over),
        "heat_map": charts.heat_map(sweep(option, grid, [over], runs=fewer, seed=seed, progress=lambda cells: None), *widest[:2], option, over),  # fmt: skip
        "turning_point": charts.turning_point(arrivals_that_break(option, team, 0.25, runs=fewer, seed=seed), option, over),
        "frontier": charts.frontier(frontier_of(mine, "net all years", "share_over"), "net all years", "share_over", option, "option"),
        "bought": charts.bought(bought, team, option),
        "assumption_quality": charts.assumption_quality(option),
    }
    if INTERVIEWS in after.duties.names:
        drawn[INTERVIEWS] = charts.duty_share(after, INTERVIEWS)
        action_plan = plan(after, year=second)
        drawn["work_by_action"] = charts.work_by_action(after, action_plan.table, second, action_plan.figure)
    return drawn


def write_gallery(base: Scenario, option: Scenario, team: str, folder: str | os.PathLike[str], runs: int = 500) -> Path:
    """Write every chart of a pair of scenarios as a PNG of some 50 kB, its text alternative inside.

    Examples
    --------
    The pictures of the README::

        approved, nothing = (wm.load_scenario(f"scenarios/{name}.toml") for name in ("approved", "do_nothing"))
        wm.write_gallery(nothing, approved, "family_support", ".readme")
    """
    from workforce_model.charts import figure_of, text_alternative

    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, ax in every_chart(base, option, team, runs).items():
        about = {"Description": text_alternative(ax), "Software": None}
        figure_of(ax).savefig(target / f"{name}.png", dpi=110, metadata=about)
    return target


def _as_if_reported(results: Results) -> pd.DataFrame:
    """The first run's own figures for six months, standing in for actuals until there are some."""
    table = monthly_table(results)
    six = table[(table["measure"] == "in_post_fte") & (table["team"] == COUNCIL)].head(6)
    return six.assign(value=six["p50"])[ACTUALS]
