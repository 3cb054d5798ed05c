"""Every chart of the library by name: each answers one question and returns an ``Axes``.

A headline states the finding, a subtitle the measure, place, period and unit; colours are the Analysis Function
palette, and what a colour says a dash, a hatch or a label says too. ``text_alternative(ax)`` is the chart in
words, ``save`` writes it, and inside ``half_page()`` charts are made for half the width of a page. Nothing is
shown and nothing global is changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from workforce_model.charts_assumptions import assumption_quality, shares_explained, tornado_bars
from workforce_model.charts_census import rates_beside_peers
from workforce_model.charts_decisions import bought, differences, frontier, heat_map, turning_point, waterfall
from workforce_model.charts_duties import duty_share, work_by_action
from workforce_model.charts_money import (
    agency_bill,
    agency_premium,
    cost_against_envelope,
    funding_statement,
    mtfp_steps,
)
from workforce_model.charts_monitoring import plan_against_actual
from workforce_model.charts_page import COLOURS, axes_of, figure_of, finished, half_page, save, text_alternative, titled
from workforce_model.charts_people import (
    busiest,
    caseload_spread,
    posts_filled,
    share_at_or_over,
    staffing,
)
from workforce_model.envelope import envelopes
from workforce_model.results import Results


def first_charts(results: Sequence[Results]) -> dict[str, Figure]:
    """The charts of a run folder, by name."""
    focus = next(
        (r for r in reversed(results) if envelopes(r.scenario, at="value").keys() - {"november_2018"}), results[-1]
    )
    charts = {
        "cost_against_envelope": cost_against_envelope(focus),
        "posts_filled": posts_filled(focus),
        "share_at_or_over": share_at_or_over(results, team=busiest(results)),
        "staffing": staffing(focus),
        "funding_statement": funding_statement(focus),
        "agency_bill": agency_bill([r for r in results if r.years == focus.years]),
        "caseload_spread": caseload_spread(focus),
        "assumption_quality": assumption_quality(focus.scenario),
    }
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
    "turning_point",
    "waterfall",
    "work_by_action",
]
