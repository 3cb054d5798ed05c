"""Charts of duties and of the improvement plan: a share of the work over time, and the work of each action."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from workforce_model.basis.formats import fte, percent
from workforce_model.charts.page import (
    BLUE,
    BODY,
    ORANGE,
    TEXT,
    axes_of,
    finished,
    label_ends,
    month_ticks,
    name_rows,
    place_of,
    reported,
)
from workforce_model.engine.model import Results
from workforce_model.reading.duty_results import DUTY_MEASURES
from workforce_model.reading.measures import spread
from workforce_model.reading.tables import reported_years


def duty_share(results: Results, duty: str, measure: str = "share_in_time", ax: Axes | None = None) -> Axes:
    """A share of a duty's work over the twelve months to each month; of people, at each month's end.

    Single months hold too few requests to be read; a month in which the share is not defined is left blank.
    """
    ax = axes_of(ax)
    label, what, parts = results.duties.label(duty), DUTY_MEASURES[measure].label, DUTY_MEASURES[measure].parts
    flows = parts is not None and DUTY_MEASURES[parts[1]].kind == "flow"
    windows = [np.arange(max(0, m - 11) if flows else m, m + 1) for m in reported(results)]
    months = [spread(results.duties.over(duty, measure, window), results.draw) for window in windows]
    x = np.arange(len(months))
    ax.fill_between(x, [m.p10 for m in months], [m.p90 for m in months], color=BLUE, alpha=0.18, linewidth=0)
    ax.plot(x, [m.mean for m in months], color=BLUE, linewidth=2.2)
    label_ends(ax, [(x[-1], months[-1].mean, f"Mean {percent(months[-1].mean)}", BLUE)])
    ax.set_ylim(0, 1.02)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    month_ticks(ax, results)
    marks = {y: spread(results.duties.in_year(duty, measure, y), results.draw) for y in reported_years(results)}
    when = list(marks)[min(1, len(marks) - 1)]
    headline = f"{label}: {percent(marks[when].mean)} {what[0].lower()}{what[1:]} in {when}"
    detail = "; ".join(f"{y} {percent(s.mean)} [{percent(s.p10)} to {percent(s.p90)}]" for y, s in marks.items())
    over = "twelve months to each month" if flows else "month end"
    subtitle = f"{what}, {place_of(results)}, {over}, {DUTY_MEASURES[measure].unit}, per cent"
    return finished(ax, headline, subtitle, detail, [results])


def work_by_action(results: Results, plan: pd.DataFrame, year: str, created: float, ax: Axes | None = None) -> Axes:
    """FTE of work that each action of a plan creates in a year, and of the people it brings or work it frees.

    ``plan`` is the table of ``wm.plan`` and ``created`` its figure, the work created net of work freed. An action whose work is not defined has no bar and says so.
    """
    rows = list(plan.groupby("reference", sort=False))
    ax = axes_of(ax, rows=len(rows))
    details = []
    for y, (reference, mine) in enumerate(rows):
        ax.barh(y, mine.loc[mine["fte_mean"] > 0, "fte_mean"].sum(), 0.6, color=BLUE)
        ax.barh(y, mine.loc[mine["fte_mean"] < 0, "fte_mean"].sum(), 0.6, color=ORANGE, hatch="////", edgecolor="white")
        net = mine["fte_mean"].sum(min_count=1)
        reach = max(float(mine["fte_mean"].clip(lower=0).sum()), 0.0)
        said = fte(net)
        ax.annotate(said, (reach, y), (4, 0), textcoords="offset points", va="center", fontsize=BODY, color=TEXT)
        details.append(f"action {reference}, {mine['action'].iloc[0]}: {said} FTE")
    name_rows(ax, [textwrap.shorten(f"{ref} {mine['action'].iloc[0]}", 70, placeholder="...") for ref, mine in rows])
    ax.axvline(0, color="#3D3D3D", linewidth=1)
    headline = f"The plan's actions create {fte(created)} FTE of work in {year}"
    subtitle = f"FTE averaged over {year}, mean of the runs, {place_of(results)}: work created (right), people brought or work freed (left, hatched)"
    return finished(ax, headline, subtitle, "; ".join(details), [results])
