"""Charts of a review: the gain of further posts by team, a watched figure with its triggers, the outturn by budget."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from workforce_model.charts import (
    COLOURS,
    axes_of,
    figure_of,
    finished,
    month_ticks,
    place_of,
    plain,
    reported,
    text_alternative,
    titled,
)
from workforce_model.formats import percent, rounded, thousands
from workforce_model.measures import measured
from workforce_model.review_runs import ReviewRuns, march
from workforce_model.scenario import Scenario

GREY, TEXT = "#BFBFBF", "#3D3D3D"


def gain_by_team(ranked: pd.DataFrame, scenario: Scenario, year: str, runs: int, ax: Axes | None = None) -> Axes:
    """What £50k a year of further posts adds to each team's chance of being below the limit; grey where it is not clear or not needed.

    ``ranked`` is the table of the answer to question 18.
    """
    ax = axes_of(ax)
    ax.set_position((0.34, 0.17, 0.58, 0.6))
    ax.grid(axis="x", color=GREY, linewidth=0.5)
    ax.grid(visible=False, axis="y")
    rows = ranked.to_dict("records")
    place = np.arange(len(rows))[::-1]
    names = [scenario.workforce.teams[row["team"]].label for row in rows]
    details = []
    for y, name, row in zip(place, names, rows, strict=True):
        colour = COLOURS[0] if row["clear"] and row["needed"] else GREY
        ax.barh(
            y, 100 * row["gain_per_50k"], 0.6, color=colour, xerr=100 * 2 * row["error_per_50k"], ecolor=TEXT, capsize=3
        )
        details.append(f"{name}: {rounded(100 * row['gain_per_50k'], 1)} points per £50k, two errors {rounded(200 * row['error_per_50k'], 1)}, chance now "
                       f"{percent(row['chance_now'])}, place {row['place']}")  # fmt: skip
    ax.set_yticks(place, [plain("\n".join(textwrap.wrap(name, 22))) for name in names])
    ax.axvline(0, color=TEXT, linewidth=1)
    best = rows[0]
    headline = (
        f"{names[0]}: {rounded(100 * best['gain_per_50k'], 1)} points for each £50k a year"
        if best["clear"] and best["needed"]
        else "No team gains clearly and needs it"
    )
    limit = scenario.caseloads.caseload_limit
    subtitle = f"Points added by £50k a year to the chance that nine in ten workers are below {limit} in {march(year)}; bar: two errors; grey: not clear, or not needed"
    source = f"Source: workforce_model, {scenario.name}; {runs:,} paired runs, luck and doubt about assumptions."
    return titled(ax, headline, subtitle, "; ".join(details), source)


def trigger_lines(runs: ReviewRuns, table: pd.DataFrame, measure: str, ax: Axes | None = None) -> Axes:
    """The share of the team's workers at or over the limit, with the thresholds of its trigger."""
    ax, forecast = axes_of(ax), runs.forecast
    share = measured(forecast, "share_at_or_over", runs.team)[1:]
    months = reported(forecast)
    low, high = np.nanquantile(share[months], (0.1, 0.9), axis=1)
    x = np.arange(months.size)
    ax.fill_between(x, low, high, color=COLOURS[0], alpha=0.18, linewidth=0)
    ax.plot(x, np.nanmean(share[months], axis=1), color=COLOURS[0], linewidth=2.2)
    mine = table[table["measure"] == measure]
    at = [int(np.flatnonzero(forecast.months[months].astype(str) == date)[0]) for date in mine["date"]]
    for place, threshold in zip(at, mine["threshold"], strict=True):
        ax.plot([place - 1, place + 1], [threshold] * 2, color=COLOURS[1], linewidth=3)
    ax.axvline(int((runs.now - forecast.months[months[0]]).n), color=TEXT, linestyle=":", linewidth=1)
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    month_ticks(ax, forecast)
    first = mine.iloc[0]
    headline = f"{first['action'].capitalize()} if more than {first['printed']} are over in {first['date']}"
    subtitle = f"Share of {measure}, {place_of(forecast)}, month end, per cent; orange: triggers; dotted: the review"
    detail = "; ".join(
        f"{r['date']} more than {r['printed']}, expected {percent(r['mean'])} [{percent(r['p10'])} to {percent(r['p90'])}]"
        for r in mine.to_dict("records")
    )
    return finished(ax, headline, subtitle, detail, [forecast])


def outturn_of_budgets(runs: ReviewRuns, table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Forecast outturn less approval of each budget, with its range. ``table`` is that of the answer to question 1."""
    ax = axes_of(ax)
    ax.set_position((0.36, 0.17, 0.56, 0.6))
    ax.grid(axis="x", color=GREY, linewidth=0.5)
    ax.grid(visible=False, axis="y")
    rows = table.to_dict("records")
    place = np.arange(len(rows))[::-1]
    for y, row in zip(place, rows, strict=True):
        spent = [(row[name] - row["approved"]) / 1000 for name in ("mean", "p10", "p90")]
        ax.plot(spent[1:], [y, y], color=COLOURS[0], linewidth=5, alpha=0.45, solid_capstyle="butt")
        ax.plot(spent[0], y, "o", color=COLOURS[1] if spent[0] > 0 else COLOURS[0], markersize=8)
        ax.annotate(
            thousands(1000 * spent[0]),
            (spent[0], y),
            (0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            color=TEXT,
        )
    ax.set_yticks(place, [plain("\n".join(textwrap.wrap(row["budget"], 24))) for row in rows])
    ax.set_ylim(-0.6, len(rows) - 0.3)
    ax.axvline(0, color=TEXT, linewidth=1)
    whole = rows[-1]
    over = whole["variance"] > 0
    headline = f"All budgets: £{thousands(abs(whole['variance']))}k {'over' if over else 'under'} what is approved in {runs.year}"
    subtitle = f"Forecast outturn less approval by budget, {place_of(runs.forecast)}, {runs.year}, £000; dot: mean, bar: 10th to 90th percentile; over is positive"
    detail = "; ".join(
        f"{r['budget']} £{thousands(r['mean'])}k [{thousands(r['p10'])} to {thousands(r['p90'])}], approved £{thousands(r['approved'])}k"
        for r in rows
    )
    return finished(ax, headline, subtitle, detail, [runs.forecast])


def marked(ax: Axes, mark: str) -> Axes:
    """A chart with what it rests on written across its foot and before its text alternative; as it is where there is nothing to say."""
    if mark:
        words = text_alternative(ax)
        figure_of(ax).text(
            0.97, 0.995, plain(mark), fontsize=8, ha="right", va="top", color="#801650", fontweight="bold"
        )
        ax.set_gid(f"{mark} {words}")
    return ax
