"""Charts of a review: the outturn by budget, the gain of further posts by team, a watched figure with its triggers."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from workforce_model.basis.formats import percent, rounded, thousands
from workforce_model.basis.periods import march, month
from workforce_model.charts.page import (
    BLUE,
    BODY,
    GREY,
    ORANGE,
    TEXT,
    axes_of,
    band,
    finished,
    label_ends,
    month_ticks,
    name_rows,
    place_of,
    pounds_k,
    reported,
    text_alternative,
    titled,
)
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.measures import measured
from workforce_model.six_months.runs import ReviewRuns


def outturn_of_budgets(runs: ReviewRuns, table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """What does the year come to? Outturn less approval of each budget; ``table`` is that of the answer to question 1."""
    rows = table.to_dict("records")
    ax = axes_of(ax, len(rows))
    for y, row in enumerate(rows):
        mean, low, high = ((row[name] - row["approved"]) / 1000 for name in ("mean", "p10", "p90"))
        colour = ORANGE if mean > 0 else BLUE
        ax.plot([low, high], [y, y], color=colour, linewidth=5, alpha=0.45, solid_capstyle="butt")
        ax.plot(mean, y, "D" if mean > 0 else "o", color=colour, markersize=8)
        ax.annotate(thousands(1000 * mean), (mean, y), (0, 8), textcoords="offset points", ha="center", fontsize=BODY, color=TEXT)  # fmt: skip
    name_rows(ax, [row["budget"] for row in rows])
    ax.axvline(0, color=TEXT, linewidth=1)
    whole = rows[-1]
    held = "more" if whole["variance"] > 0 else "less"
    headline = f"All budgets: {pounds_k(abs(whole['variance']))} {held} than approved in {runs.year}"
    subtitle = f"Forecast outturn less approval by budget, {place_of(runs.forecast)}, {runs.year}, £000; dot: under, diamond: over; bar: 10th to 90th percentile"
    detail = "; ".join(
        f"{r['budget']} £{thousands(r['mean'])}k [{thousands(r['p10'])} to {thousands(r['p90'])}], approved £{thousands(r['approved'])}k"
        for r in rows
    )
    return finished(ax, headline, subtitle, detail, [runs.forecast])


def gain_by_team(ranked: pd.DataFrame, scenario: Scenario, year: str, runs: int, ax: Axes | None = None) -> Axes:
    """Where do further posts help most? What £50k a year adds to each team's chance of being below the limit.

    ``ranked`` is the table of the answer to question 18; hatched grey where the gain is not clear or not needed.
    """
    rows = ranked.to_dict("records")
    ax = axes_of(ax, len(rows))
    names = [scenario.workforce.teams[row["team"]].label for row in rows]
    details = []
    for y, (name, row) in enumerate(zip(names, rows, strict=True)):
        wanted = row["clear"] and row["needed"]
        gain, error = 100 * row["gain_per_50k"], 200 * row["error_per_50k"]
        ax.barh(
            y, gain, 0.6, color=BLUE if wanted else GREY, hatch="" if wanted else "////", edgecolor="white", linewidth=0
        )
        ax.plot([gain - error, gain + error], [y, y], color=TEXT, linewidth=1.5)
        details.append(
            f"{name}: {rounded(gain, 1)} points per £50k, two errors {rounded(error, 1)}, chance now {percent(row['chance_now'])}, place {row['place']}"
        )
    name_rows(ax, names)
    ax.axvline(0, color=TEXT, linewidth=1)
    best = rows[0]
    headline = "No team both needs further posts and clearly gains"
    if best["clear"] and best["needed"]:
        first = [
            (name, rounded(100 * row["gain_per_50k"], 1))
            for name, row in zip(names, rows, strict=True)
            if row["place"] == best["place"]
        ]
        most, least = first[0][1], first[-1][1]
        gains = f"{least} to {most}" if least != most else f"{most}"
        headline = f"{' or '.join(name for name, _ in first)}: {gains} points for each £50k a year"
    limit = scenario.caseloads.caseload_limit
    subtitle = f"Points that £50k a year adds to the chance that nine in ten workers are below {limit} in {march(year)}, {scenario.place}; line: two errors; hatched: not clear, or not needed"
    source = f"Source: workforce_model, {scenario.name}; {runs:,} paired runs, luck and doubt about assumptions."
    return titled(ax, headline, subtitle, "; ".join(details), source)


def trigger_lines(runs: ReviewRuns, table: pd.DataFrame, measure: str, ax: Axes | None = None) -> Axes:
    """When is the money reversed? The share of the team's workers at or over the limit, with its trigger's thresholds."""
    ax, forecast = axes_of(ax), runs.forecast
    months = forecast.months[reported(forecast)]
    band(ax, forecast, measured(forecast, "share_at_or_over", runs.team)[1:], BLUE)
    mine = table[table["measure"] == measure].to_dict("records")
    for row in mine:
        place = [str(month) for month in months].index(row["date"])
        ax.plot([place - 1, place + 1], [row["threshold"]] * 2, color=ORANGE, linewidth=3)
    label_ends(ax, [(place + 1, mine[-1]["threshold"], f"Trigger {mine[-1]['printed']}", ORANGE)])
    ax.axvline(int((runs.now - months[0]).n), color=TEXT, linestyle=":", linewidth=1)
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    month_ticks(ax, forecast)
    first = next(row for row in mine if row["status"] == "ahead")
    headline = (
        f"{first['action'].capitalize()} if more than {first['printed']} are over in {month(first['date']):%B %Y}"
    )
    subtitle = f"Share of {measure}, {place_of(forecast)}, month end, per cent; orange: triggers; dotted: the review"
    detail = "; ".join(
        f"{r['date']} more than {r['printed']}, expected {percent(r['mean'])} [{percent(r['p10'])} to {percent(r['p90'])}]"
        for r in mine
    )
    return finished(ax, headline, subtitle, detail, [forecast])


def with_mark(ax: Axes, runs: ReviewRuns) -> Axes:
    """A chart whose words begin with the actuals it rests on, and across which made-up actuals are said to be so."""
    ax.set_label(f"{runs.mark} {text_alternative(ax)}")
    if runs.illustrative:
        ax.text(0.5, 0.5, "ILLUSTRATIVE\nACTUALS", transform=ax.transAxes, fontsize=26, rotation=25, ha="center", va="center",
                color=TEXT, alpha=0.14)  # fmt: skip
    return ax
