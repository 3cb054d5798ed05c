"""Every chart of the library by name: each answers one question and returns an ``Axes``.

A headline states the finding, a subtitle the measure, place, period and unit; colours are the Analysis Function
palette, and what a colour says a dash, a hatch or a label says too. ``text_alternative(ax)`` is the chart in
words, ``save`` writes it, and inside ``half_page()`` charts are made for half the width of a page. Nothing is
shown and nothing global is changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from workforce_model.accounts.benefits import paired
from workforce_model.charts.assumptions import assumption_quality, shares_explained, tornado_bars
from workforce_model.charts.councils import rates_beside_peers
from workforce_model.charts.decisions import bought, differences, frontier, heat_map, turning_point, waterfall
from workforce_model.charts.duties import duty_share, work_by_action
from workforce_model.charts.explained import cost_bridge, options_frontier, tornado_of_runs_bars
from workforce_model.charts.money import (
    agency_bill,
    agency_premium,
    cost_against_envelope,
    funding_statement,
    mtfp_steps,
)
from workforce_model.charts.monitoring import plan_against_actual
from workforce_model.charts.page import COLOURS, axes_of, figure_of, finished, half_page, save, text_alternative, titled
from workforce_model.charts.people import (
    busiest,
    caseload_spread,
    posts_filled,
    share_at_or_over,
    staffing,
)
from workforce_model.decisions.runs_tornado import enough_draws
from workforce_model.engine.results import Results
from workforce_model.improvement.plan_at_work import ALL, WORK
from workforce_model.reading.envelope import about
from workforce_model.reading.outcomes import Outcome, reported


def first_charts(results: Sequence[Results], plan: pd.DataFrame | None = None) -> dict[str, Figure]:
    """The charts of a run folder, by name; those of one scenario are of the one the run is about.

    Parameters
    ----------
    plan : DataFrame, optional
        As :func:`workforce_model.improvement.plan_at_work.plan_table`, for its chart.
    """
    base, focus = results[0], about(results)
    pair = [base, focus] if focus is not base else [base]
    team = busiest(pair)
    charts = {
        "cost_against_envelope": cost_against_envelope(focus),
        "posts_filled": posts_filled(focus),
        "share_at_or_over": share_at_or_over(results, team=team),
        "staffing": staffing(focus),
        "funding_statement": funding_statement(focus),
        "agency_bill": agency_bill([r for r in results if r.years == focus.years]),
        "caseload_spread": caseload_spread(focus),
        "assumption_quality": assumption_quality(focus.scenario),
    }
    compared = focus is not base and paired(base, focus)
    second = reported(focus.scenario)[min(1, len(reported(focus.scenario)) - 1)]
    share, cost = Outcome("share_at_or_over", team=team, year=second), Outcome("net_cost_gbp", year=second)
    if enough_draws(focus):
        charts["tornado_caseloads"] = tornado_of_runs_bars(focus, share)
        charts["tornado_cost"] = tornado_of_runs_bars(focus, cost, base if compared else None)
    if compared:
        charts["bridge"] = cost_bridge(base, focus, second)
    if len(results) > 2 and all(paired(base, r) for r in results):
        charts["option_frontier"] = options_frontier(results, share, cost)
    if plan is not None:
        actions = plan[plan["reference"] != ALL]
        created = float(plan.loc[plan["action"] == WORK, "fte_mean"].iloc[0])
        charts["improvement_plan"] = work_by_action(focus, actions, str(plan["period"].iloc[0]), created)
    return {name: figure_of(ax) for name, ax in charts.items()}


__all__ = [
    "COLOURS",
    "agency_bill",
    "agency_premium",
    "assumption_quality",
    "axes_of",
    "bought",
    "caseload_spread",
    "cost_against_envelope",
    "cost_bridge",
    "differences",
    "duty_share",
    "figure_of",
    "finished",
    "first_charts",
    "frontier",
    "funding_statement",
    "half_page",
    "heat_map",
    "mtfp_steps",
    "options_frontier",
    "plan_against_actual",
    "posts_filled",
    "rates_beside_peers",
    "save",
    "share_at_or_over",
    "shares_explained",
    "staffing",
    "text_alternative",
    "titled",
    "tornado_bars",
    "tornado_of_runs_bars",
    "turning_point",
    "waterfall",
    "work_by_action",
]
