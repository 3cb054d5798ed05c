"""Charts of comparisons and decisions, drawn as those of a run are: a headline with the finding, a subtitle with
the measure, a source, and a text alternative."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter

from workforce_model.basis.assumption_words import assumption_name
from workforce_model.basis.formats import capital, percent, thousands
from workforce_model.basis.periods import march, years_named
from workforce_model.charts.assumptions import amount, amounts_across, paired_source, scale_of, unit_of
from workforce_model.charts.page import (
    BLUE,
    BODY,
    DASHES,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SEQUENCE,
    TEXT,
    axes_of,
    colours,
    column_of,
    label_ends,
    name_rows,
    named,
    pounds_k,
    titled,
    wrapped,
)
from workforce_model.decisions.bridging import Bridge
from workforce_model.decisions.comparison import Comparison
from workforce_model.decisions.turning_points import TurningPoint
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.outcomes import ALL_YEARS, Outcome, reported, settled


def differences(found: Comparison, outcome: Outcome | str, ax: Axes | None = None) -> Axes:
    """Which course does better? Each scenario's paired difference from the base; hollow where error may explain it."""
    wanted = settled(outcome)
    ax = axes_of(ax, rows=len(found.scenarios) - 1)
    spreads = [found.between(wanted, i) for i in range(1, len(found.scenarios))]
    clear = [found.clear(wanted, i) for i in range(1, len(found.scenarios))]
    names = [named(s.name) for s in found.scenarios[1:]]
    scale = scale_of(wanted)
    for place, (s, sure) in enumerate(zip(spreads, clear, strict=True)):
        ax.plot([s.p10 * scale, s.p90 * scale], [place, place], color=PALE, linewidth=5, solid_capstyle="butt")
        ax.plot(s.mean * scale, place, "o", color=BLUE, markerfacecolor=BLUE if sure else "white", markersize=8)
        ax.annotate(wanted.printed(s.mean, change=True), (s.mean * scale, place), (0, 8), textcoords="offset points",
                    ha="center", fontsize=BODY, color=TEXT)  # fmt: skip
    name_rows(ax, names)
    ax.axvline(0, color=TEXT, linewidth=1)
    ax.margins(x=0.12)
    amounts_across(ax, wanted)
    base = found.scenarios[0]
    told = [i for i, sure in enumerate(clear) if sure]
    headline = f"No scenario differs clearly from {named(base.name).lower()}"
    if told:
        most = max(told, key=lambda i: abs(spreads[i].mean))
        headline = (
            f"{names[most]}: {wanted.printed(spreads[most].mean, change=True)} against {named(base.name).lower()}"
        )
    subtitle = f"Difference from {named(base.name).lower()} in {wanted.words(base)}, {base.place}, {unit_of(wanted)}; dot: mean, bar: 10th to 90th percentile; hollow: not clear of error"
    detail = "; ".join(
        f"{n} {wanted.ranged(s.mean, s.p10, s.p90)}{'' if sure else ', not clear of error'}"
        for n, s, sure in zip(names, spreads, clear, strict=True)
    )
    return titled(ax, headline, subtitle, detail, paired_source(found.runs, found.seed, found.doubt))


def waterfall(found: Bridge, ax: Axes | None = None) -> Axes:
    """Why do two scenarios differ? The bridge: each driver's part, on the way from nought to the whole difference."""
    means = {d: float(found.parts[i].mean()) for i, d in enumerate(found.drivers)}
    errors = found.table().set_index("step")["mc_error"]
    steps = [(d, means[d], errors[d]) for d in found.drivers if means[d]]
    between = f"From {named(found.start.name).lower()} to {named(found.end.name).lower()}, {found.end.place}: {found.outcome.words(found.end)}"
    source = f"{paired_source(found.levels.shape[1], found.seed, found.doubt)} Each part is the mean of its steps in the stated order of drivers and in its reverse."
    return steps_to_total(steps, float(found.total.mean()), found.outcome, between, source, ax)


def steps_to_total(
    steps: Sequence[tuple[str, float, float]], total: float, outcome: Outcome, between: str, source: str, ax: Axes | None = None
) -> Axes:  # fmt: skip
    """A waterfall: each step's name, mean and error, on the way from nought to the whole difference."""
    ax = axes_of(ax, rows=len(steps) + 1)
    scale, at = scale_of(outcome), 0.0
    for place, (size, last) in enumerate([*((size, False) for _, size, _ in steps), (total, True)]):
        start = 0.0 if last else at
        colour, hatch = (PURPLE, "....") if last else (ORANGE, "////") if size > 0 else (BLUE, "")
        ax.barh(place, size * scale, 0.6, left=start * scale, color=colour, hatch=hatch, edgecolor="white")
        at = start + size
        if not last:
            ax.plot([at * scale, at * scale], [place + 0.3, place + 0.7], color=TEXT, linewidth=0.7)
        said = amount(size * scale, outcome) if outcome.unit == "GBP" else outcome.printed(size, change=True)
        ax.annotate(said, (max(start, at, 0) * scale, place), (5, 0), textcoords="offset points", va="center",
                    fontsize=BODY, color=TEXT)  # fmt: skip
    name_rows(ax, [*(capital(name) for name, _, _ in steps), "Whole difference"])
    ax.axvline(0, color=TEXT, linewidth=1)
    ax.margins(x=0.18)
    amounts_across(ax, outcome)
    told = [(name, size) for name, size, error in steps if abs(size) > CLEAR * error]
    headline = "No driver's part is clear of its error"
    if told:
        name, size = max(told, key=lambda one: abs(one[1]))
        headline = f"{capital(name)}{',' if ':' in name else ':'} {_said(size, outcome)}; whole difference {_said(total, outcome)}"
    subtitle = f"{between}, {unit_of(outcome)}, mean; hatched adds, plain takes away, dotted is the whole"
    detail = "; ".join(
        f"{name} {outcome.printed(size, change=True)} (error {outcome.printed(error)})" for name, size, error in steps
    )
    return titled(ax, headline, subtitle, f"{detail}; whole difference {outcome.printed(total, change=True)}", source)


def heat_map(
    table: pd.DataFrame, across: str, down: str, scenario: Scenario, outcome: Outcome | str, ax: Axes | None = None
) -> Axes:
    """What do two assumptions do together? The mean outcome at each pair of values, written in its cell."""
    wanted = settled(outcome)
    mine = table[(table["outcome"] == wanted.measure) & (table["team"] == (wanted.team or wanted.budget or "council"))]
    grid = mine.pivot_table(index=down, columns=across, values="mean")
    ax = axes_of(ax)
    ax.grid(visible=False)
    figures = grid.to_numpy()
    drawn = ax.imshow(
        figures, cmap=LinearSegmentedColormap.from_list("blues", ["#FFFFFF", *SEQUENCE]), aspect="auto", origin="lower"
    )
    for (y, x), value in np.ndenumerate(figures):
        text = thousands(value) if wanted.unit == "GBP" else wanted.printed(value)
        dark = np.dot(drawn.to_rgba(value)[:3], (0.3, 0.59, 0.11)) < 0.55
        ax.annotate(text, (x, y), ha="center", va="center", fontsize=6.5 if figures.size > 60 else BODY,
                    color="white" if dark else TEXT)  # fmt: skip
    ax.set_xticks(range(grid.shape[1]), [f"{x:.4g}" for x in grid.columns])
    ax.set_yticks(range(grid.shape[0]), [f"{y:.4g}" for y in grid.index])
    stated = scenario.assumptions()
    for name, path in ((ax.set_xlabel, across), (ax.set_ylabel, down)):
        name(assumption_name(path) + (f"\n({stated[path].unit})" if path in stated else ""))
    headline = f"From {wanted.printed(figures.min())} to {wanted.printed(figures.max())} as both assumptions move"
    subtitle = f"{capital(wanted.words(scenario))}, {scenario.place}, {unit_of(wanted, change=False)}, mean, {named(scenario.name).lower()}"
    detail = "; ".join(
        f"{assumption_name(down)} {y:.4g}: "
        + ", ".join(f"{wanted.printed(v)} at {assumption_name(across).lower()} {x:.4g}" for x, v in row.items())
        for y, row in grid.iterrows()
    )
    source = f"Source: workforce_model, {scenario.name}; the same luck in every cell."
    return titled(ax, headline, subtitle, detail, source)


def turning_point(found: TurningPoint, scenario: Scenario, outcome: Outcome | str, ax: Axes | None = None) -> Axes:
    """At what value does the answer turn? How far the outcome is from its target at each value tried."""
    wanted = settled(outcome)
    ax = axes_of(ax)
    xs, means, errors = (np.array(column) for column in zip(*found.tried, strict=True))
    scale = scale_of(wanted)
    ax.errorbar(xs, means * scale, 2 * errors * scale, fmt="o-", color=BLUE, ecolor=TEXT, capsize=3, linewidth=1.5)
    ax.axhline(0, color=TEXT, linewidth=1)
    if found.value is not None and found.low is not None and found.high is not None:
        ax.axvspan(found.low, found.high, color=ORANGE, alpha=0.3, linewidth=0)
        ax.axvline(found.value, color=ORANGE, linewidth=2, linestyle="--")
        ax.annotate(f"turns at {found.value:.4g}", (found.value, 0.99), (-5, 0), xycoords=("data", "axes fraction"),
                    textcoords="offset points", ha="right", va="top", fontsize=BODY, color=TEXT)  # fmt: skip
    unit = scenario.assumptions()[found.assumption].unit
    ax.set_xlabel(f"{assumption_name(found.assumption)} ({unit})")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: amount(y, wanted)))
    said = f"the answer turns at {found.value:.4g} {unit}" if found.value is not None else found.status
    headline = f"{assumption_name(found.assumption)}: {said}"
    subtitle = f"{capital(wanted.words(scenario))} less its target, {scenario.place}, {unit_of(wanted)}, at each value tried, with two errors"
    source = f"Source: workforce_model, {scenario.name}; the same luck at every value."
    return titled(ax, headline, subtitle, found.sentence.rstrip("."), source)


_ALL_NAMED = 8
"""Of so few options every one is named, also those that another beats."""


def frontier(
    table: pd.DataFrame, cost: str, share: str, scenario: Scenario, label: str = "investment", ax: Axes | None = None,
    *, measure: str | None = None, beyond: str = "buying nothing further", source: str | None = None,
) -> Axes:  # fmt: skip
    """Which options are worth their cost? Cost against the share at the limit; a line joins those no other beats on both.

    ``measure`` is the share in words, whose and when, by default those of the options' one team and period; ``beyond``
    what the cost is counted from.
    """
    measure = measure or _share_of(table, scenario)
    ax = axes_of(ax)
    ahead = table[table["on_frontier"]].sort_values(cost)
    rest = table[~table["on_frontier"]]
    ax.plot(rest[cost] / 1000, rest[share] * 100, "o", color=GREY, markeredgecolor=TEXT, markersize=5)
    ax.plot(ahead[cost] / 1000, ahead[share] * 100, "D-", color=BLUE, markersize=7, linewidth=1.5)
    told = table.sort_values(cost) if len(table) <= _ALL_NAMED else ahead
    _lettered(ax, told[cost] / 1000, 100 * told[share], [named(str(name)) for name in told[label]])
    ax.set_ylim(0, 120 * float(table[share].max()))
    spent = cost.removeprefix("net ")
    spent = years_named(reported(scenario)) if spent == ALL_YEARS else spent
    ax.set_xlabel(f"Net cost beyond {beyond}, {spent}, £000")
    cheap, best = table.iloc[int(table[cost].abs().argmin())], ahead.iloc[-1]
    headline = f"{named(str(best[label]))}: {percent(cheap[share])} falls to {percent(best[share])} for {pounds_k(best[cost])} net, {spent}"
    told_by = [column for column in ("share_clear", "clear") if column in table][:1]
    if told_by and not bool(best[told_by[0]]):
        headline = f"No option is clearly better than {named(str(cheap[label])).lower()}"
    elif len(ahead) == 1:
        headline = f"Nothing beats {named(str(cheap[label])).lower()} on both cost and caseload"
    subtitle = f"{measure}, {scenario.place}, per cent, against cost beyond {beyond}; diamonds: no option is cheaper and better"
    detail = "; ".join(
        f"{named(str(row[label]))}: {pounds_k(row[cost])}, {percent(row[share])}" for row in table.to_dict("records")
    )
    known = f"Source: workforce_model, {scenario.name}; paired runs, luck and doubt about assumptions."
    return titled(ax, headline, subtitle, detail, source or known)


def _share_of(table: pd.DataFrame, scenario: Scenario) -> str:
    """The share in words: of whom, and in which month, where the options say."""
    limit = scenario.caseloads.caseload_limit
    if "team" not in table:
        return f"Share of workers with {limit} or more cases"
    teams = table["team"].unique().tolist()
    if len(teams) != 1:
        raise ValueError(f"frontier: options of {', '.join(map(str, teams))}; expected those of one team")
    team, period = scenario.workforce.teams[teams[0]].label.lower(), str(table["period"].iloc[0])
    return f"Share of {team} workers with {limit} or more cases in {march(period)}"


def _lettered(ax: Axes, across: pd.Series[float], up: pd.Series[float], names: Sequence[str]) -> None:
    """A letter above each point, and what the letters stand for in a column on the right."""
    key = []
    for letter, x, y, name in zip(ascii_uppercase, across, up, names, strict=False):
        ax.annotate(letter, (x, y), (0, 7), textcoords="offset points", ha="center", fontsize=BODY, color=TEXT)
        key.append(wrapped(f"{letter}: {name}", column_of(ax), BODY))
    ax.annotate("\n".join(key), (1.03, 1.0), xycoords="axes fraction", va="top", fontsize=BODY, color=TEXT, linespacing=1.3,
                annotation_clip=False)  # fmt: skip


def bought(table: pd.DataFrame, team: str, scenario: Scenario, ax: Axes | None = None) -> Axes:
    """What does each further amount buy? The chance of keeping a team's workers below the limit, whole units only."""
    ax = axes_of(ax)
    mine = table[table["team"] == team]
    nothing = float(mine[mine["gbp_a_year"] == 0]["chance"].iloc[0])
    best: tuple[float, str] = (nothing, "nothing further")
    ends = []
    paid = mine[mine["gbp_a_year"] > 0].groupby("investment", sort=False)
    for (name, rows), colour, dash in zip(paid, colours(paid.ngroups), DASHES, strict=False):
        amounts, chances = [0.0, *rows["gbp_a_year"]], [nothing, *rows["chance"]]
        ax.step(
            np.array(amounts) / 1000, np.array(chances) * 100, where="post", color=colour, linestyle=dash, linewidth=2.2
        )
        ends.append((amounts[-1] / 1000, chances[-1] * 100, named(str(name)), colour))
        if rows["clear"].iloc[-1]:
            best = max(best, (chances[-1], named(str(name))))
    label_ends(ax, ends)
    ax.set_ylim(0, 100)
    ax.set_xlim(0, None)
    ax.set_xlabel("Further money a year, £000")
    label, limit = scenario.workforce.teams[team].label, scenario.caseloads.caseload_limit
    headline = f"{best[1]}: a {percent(best[0])} chance, from {percent(nothing)} now"
    if best[1] == "nothing further":
        headline = f"No option clearly changes the {percent(nothing)} chance"
    period, keep = mine[["period", "keep"]].iloc[0]
    subtitle = f"Chance that at least {percent(keep)} of {label.lower()} workers are below {limit} cases in {march(period)}, {scenario.place}, per cent; whole units only"
    detail = "; ".join(
        f"{named(str(r['investment']))} at {pounds_k(r['gbp_a_year'])} a year ({r['units']} bought) {percent(r['chance'])}"
        for r in mine.to_dict("records")
    )
    source = f"Source: workforce_model, {scenario.name}; paired runs, luck and doubt about assumptions."
    return titled(ax, headline, subtitle, detail, source)


def _said(change: float, outcome: Outcome) -> str:
    """A change for a headline: pounds in thousands."""
    return pounds_k(change) if outcome.unit == "GBP" else outcome.printed(change, change=True)
