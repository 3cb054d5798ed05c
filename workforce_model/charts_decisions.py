"""Charts of comparisons and decisions, drawn as those of a run are: a headline with the finding, a subtitle with
the measure, a source, and a text alternative."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from workforce_model.bridging import Bridge
from workforce_model.charts import COLOURS, DASHES, axes_of, plain, titled
from workforce_model.comparison import Comparison
from workforce_model.formats import percent, rounded, thousands
from workforce_model.outcomes import Outcome, settled
from workforce_model.scenario import Scenario
from workforce_model.turning_points import TurningPoint

BLUE, ORANGE, GREY, TEXT = COLOURS[0], COLOURS[1], "#BFBFBF", "#3D3D3D"
_WIDE = (0.36, 0.17, 0.58, 0.6)


def differences(found: Comparison, outcome: Outcome | str, ax: Axes | None = None) -> Axes:
    """Each scenario's paired difference from the base, with its range; grey where the error cannot tell it from nought."""
    wanted = settled(outcome)
    ax = _wide(ax, len(found.scenarios) - 1)
    spreads = [found.between(wanted, i) for i in range(1, len(found.scenarios))]
    names = [_name(s.name) for s in found.scenarios[1:]]
    scale = _scale(wanted)
    for place, (i, s) in enumerate(enumerate(spreads, 1)):
        colour = BLUE if found.clear(wanted, i) else GREY
        ax.plot(
            [s.p10 * scale, s.p90 * scale], [place, place], color=colour, linewidth=5, alpha=0.45, solid_capstyle="butt"
        )
        ax.plot(s.mean * scale, place, "o", color=colour, markersize=8)
        ax.annotate(wanted.printed(s.mean, change=True), (s.mean * scale, place), (0, 8), textcoords="offset points",
                    ha="center", fontsize=8.5, color=TEXT)  # fmt: skip
    _rows(ax, names)
    ax.axvline(0, color=TEXT, linewidth=1)
    _amounts(ax, wanted)
    base = found.scenarios[0]
    least = min(range(len(spreads)), key=lambda i: spreads[i].mean)
    headline = f"{names[least]}: {wanted.printed(spreads[least].mean, change=True)} against {_name(base.name).lower()}"
    subtitle = f"Difference from {_name(base.name).lower()} in {wanted.words(base)}, {_unit(wanted)}; dot: mean, bar: 10th to 90th percentile; grey: not clear of error"
    detail = "; ".join(f"{n} {wanted.ranged(s.mean, s.p10, s.p90)}" for n, s in zip(names, spreads, strict=True))
    return titled(ax, headline, subtitle, detail, _source(found.runs, found.seed, found.doubt))


def waterfall(found: Bridge, ax: Axes | None = None) -> Axes:
    """The bridge from one scenario to another: each driver's part, on the way from nought to the whole difference."""
    means = {d: float(found.parts[i].mean()) for i, d in enumerate(found.drivers)}
    moved = [d for d in found.drivers if means[d]]
    ax = _wide(ax, len(moved) + 1)
    scale, at, total = _scale(found.outcome), 0.0, float(found.total.mean())
    for place, driver in enumerate([*moved, "whole difference"]):
        size = means.get(driver, total)
        start = at if driver in means else 0.0
        colour = COLOURS[3] if driver not in means else ORANGE if size > 0 else BLUE
        ax.barh(place, size * scale, 0.6, left=start * scale, color=colour)
        at = start + size
        ax.plot([at * scale, at * scale], [place + 0.3, place + 0.7], color=TEXT, linewidth=0.7)
        ax.annotate(found.outcome.printed(size, change=True), (max(start, at) * scale, place), (5, 0), textcoords="offset points",
                    va="center", fontsize=9, color=TEXT)  # fmt: skip
    _rows(ax, [*(d.capitalize() for d in moved), "Whole difference"])
    ax.axvline(0, color=TEXT, linewidth=1)
    ax.margins(x=0.18)
    _amounts(ax, found.outcome)
    largest = max(moved, key=lambda d: abs(means[d]), default="no driver")
    headline = f"{largest.capitalize()}: {found.outcome.printed(means.get(largest, 0.0), change=True)} of a difference of {found.outcome.printed(total, change=True)}"
    subtitle = f"From {_name(found.start.name).lower()} to {_name(found.end.name).lower()}: {found.outcome.words(found.end)}, {_unit(found.outcome)}, mean"
    detail = (
        "; ".join(f"{d} {found.outcome.printed(means[d], change=True)}" for d in moved)
        + f"; whole difference {found.outcome.printed(total, change=True)}"
    )
    source = (
        _source(found.levels.shape[1], found.seed, found.doubt)
        + " Each part is the mean of its steps in the stated order of drivers and in its reverse."
    )
    return titled(ax, headline, subtitle, detail, source)


def tornado_bars(
    table: pd.DataFrame, scenario: Scenario, outcome: Outcome | str, runs: int, most: int = 10, ax: Axes | None = None
) -> Axes:
    """The widest bars of a tornado: what the outcome does at each assumption's low and high end."""
    wanted, shown = settled(outcome), table.head(most)
    ax = _wide(ax, len(shown))
    scale = _scale(wanted)
    for place, row in enumerate(shown.to_dict("records")):
        for end, colour, hatch in (("low", BLUE, ""), ("high", ORANGE, "///")):
            ax.barh(place, row[f"at_{end}"] * scale, 0.6, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
    _rows(ax, [_assumption(path) for path in shown["assumption"]])
    ax.axvline(0, color=TEXT, linewidth=1)
    _amounts(ax, wanted)
    ax.annotate("low end", (0.99, 0.1), xycoords="axes fraction", ha="right", color=BLUE, fontsize=9)
    ax.annotate("high end (hatched)", (0.99, 0.03), xycoords="axes fraction", ha="right", color="#B34500", fontsize=9)
    headline = f"What matters most: {_assumption(shown['assumption'].iloc[0]).lower()}"
    subtitle = f"Change in {wanted.words(scenario)} when one assumption goes to each end of its range, {_unit(wanted)}, {_name(scenario.name).lower()}"
    detail = "; ".join(
        f"{row['assumption']} {wanted.printed(row['at_low'], change=True)} at its low end, {wanted.printed(row['at_high'], change=True)} at its high"
        for row in shown.to_dict("records")
    )
    return titled(
        ax,
        headline,
        subtitle,
        detail,
        f"Source: workforce_model, {scenario.name}; {runs:,} runs of shared luck, other assumptions at their values.",
    )


def shares_explained(table: pd.DataFrame, scenario: Scenario, outcome: Outcome | str, ax: Axes | None = None) -> Axes:
    """Sobol shares: how much of the spread each unknown explains alone and with its interactions."""
    wanted = settled(outcome)
    ax = _wide(ax, len(table))
    for place, row in enumerate(table.to_dict("records")):
        for shift, kind, colour in ((-0.17, "first", BLUE), (0.17, "total", ORANGE)):
            ax.plot([row[f"{kind}_low"], row[f"{kind}_high"]], [place + shift] * 2, color=colour, linewidth=2)
            ax.plot(row[kind], place + shift, "os"[kind == "total"], color=colour, markersize=6)
    _rows(ax, [_assumption(name) for name in table["factor"]])
    ax.axvline(0, color=TEXT, linewidth=1)
    ax.set_xlim(min(-0.05, float(table["first_low"].min())), None)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{rounded(100 * x)}%"))
    ax.annotate("circle: alone", (0.99, 0.1), xycoords="axes fraction", ha="right", color=BLUE, fontsize=9)
    ax.annotate(
        "square: with interactions", (0.99, 0.03), xycoords="axes fraction", ha="right", color="#B34500", fontsize=9
    )
    top = table.iloc[0]
    headline = f"{_assumption(top['factor'])}: {percent(max(top['total'], 0))} of the spread"
    subtitle = f"Share of the variance of {wanted.words(scenario)}, per cent, with 95% bootstrap intervals, {_name(scenario.name).lower()}"
    detail = "; ".join(
        f"{r['factor']} alone {percent(max(r['first'], 0))}, with interactions {percent(max(r['total'], 0))}"
        for r in table.to_dict("records")
    )
    return titled(
        ax,
        headline,
        subtitle,
        detail,
        f"Source: workforce_model, {scenario.name}; Sobol shares over luck and doubt about assumptions.",
    )


def heat_map(
    table: pd.DataFrame, across: str, down: str, scenario: Scenario, outcome: Outcome | str, ax: Axes | None = None
) -> Axes:
    """A grid of two assumptions: the mean outcome in each cell, written in it."""
    wanted = settled(outcome)
    mine = table[(table["outcome"] == wanted.measure) & (table["team"] == (wanted.team or wanted.budget or "council"))]
    grid = mine.pivot_table(index=down, columns=across, values="mean")
    ax = Figure(figsize=(6.8, 5.0)).add_axes((0.14, 0.2, 0.8, 0.58)) if ax is None else ax
    colours = LinearSegmentedColormap.from_list("blues", ["#FFFFFF", "#6BACE6", "#2073BC", "#12436D"])
    figures = grid.to_numpy()
    ax.imshow(figures, cmap=colours, aspect="auto", origin="lower")
    middle = (figures.min() + figures.max()) / 2
    many = figures.size > 60
    for (y, x), value in np.ndenumerate(figures):
        text = thousands(value) if wanted.unit == "GBP" else wanted.printed(value)
        ax.annotate(
            text,
            (x, y),
            ha="center",
            va="center",
            fontsize=6.5 if many else 9,
            color="white" if value > middle else TEXT,
        )
    ax.set_xticks(range(grid.shape[1]), [f"{x:.4g}" for x in grid.columns], fontsize=8)
    ax.set_yticks(range(grid.shape[0]), [f"{y:.4g}" for y in grid.index], fontsize=8)
    stated = scenario.assumptions()
    ax.set_xlabel(f"{_assumption(across)}" + (f", {stated[across].unit}" if across in stated else ""))
    ax.set_ylabel(f"{_assumption(down)}" + (f", {stated[down].unit}" if down in stated else ""))
    headline = f"From {wanted.printed(figures.min())} to {wanted.printed(figures.max())} over the grid"
    subtitle = f"{wanted.words(scenario)[0].upper()}{wanted.words(scenario)[1:]}, {_unit(wanted)}, mean, {_name(scenario.name).lower()}"
    detail = "; ".join(
        f"{down} {y:.4g}: " + ", ".join(f"{x:.4g} {wanted.printed(v)}" for x, v in row.items())
        for y, row in grid.iterrows()
    )
    return titled(
        ax, headline, subtitle, detail, f"Source: workforce_model, {scenario.name}; the same luck in every cell."
    )


def turning_point(found: TurningPoint, scenario: Scenario, outcome: Outcome | str, ax: Axes | None = None) -> Axes:
    """How far the outcome is from its target at each value tried, and the value at which it meets it."""
    wanted = settled(outcome)
    ax = axes_of(ax)
    xs, means, errors = (np.array(column) for column in zip(*found.tried, strict=True))
    scale = _scale(wanted)
    ax.errorbar(xs, means * scale, 2 * errors * scale, fmt="o-", color=BLUE, ecolor="#6BACE6", capsize=3, linewidth=1.5)
    ax.axhline(0, color=TEXT, linewidth=1)
    if found.value is not None and found.low is not None and found.high is not None:
        ax.axvspan(found.low, found.high, color=ORANGE, alpha=0.3, linewidth=0)
        ax.axvline(found.value, color=ORANGE, linewidth=2, linestyle="--")
    ax.set_xlabel(f"{_assumption(found.assumption)}, {scenario.assumptions()[found.assumption].unit}")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: _amount(y, wanted)))
    headline = f"{_assumption(found.assumption)}: " + (
        f"the answer turns at {found.value:.4g}" if found.value is not None else found.status
    )
    subtitle = f"{wanted.words(scenario)[0].upper()}{wanted.words(scenario)[1:]} less its target, {_unit(wanted)}, at each value tried, with two errors"
    return titled(
        ax,
        headline,
        subtitle,
        found.sentence,
        f"Source: workforce_model, {scenario.name}; the same luck at every value.",
    )


def frontier(
    table: pd.DataFrame, cost: str, share: str, scenario: Scenario, label: str = "investment", ax: Axes | None = None
) -> Axes:
    """Cost against share at or over the limit: packages no other beats on both are joined by a line."""
    ax = axes_of(ax)
    ahead = table[table["on_frontier"]].sort_values(cost)
    rest = table[~table["on_frontier"]]
    ax.plot(rest[cost] / 1000, rest[share] * 100, "o", color=GREY, markersize=6)
    ax.plot(ahead[cost] / 1000, ahead[share] * 100, "o-", color=BLUE, markersize=8, linewidth=1.5)
    for place, row in enumerate(ahead.to_dict("records")):
        up = place % 2 == 0
        ax.annotate(plain("\n".join(textwrap.wrap(str(row[label]), 22))), (row[cost] / 1000, row[share] * 100), (0, 9 if up else -9),
                    textcoords="offset points", ha="center", va="bottom" if up else "top", fontsize=8, color=TEXT)  # fmt: skip
    ax.set_ylim(0, 130 * float(table[share].max()))
    ax.set_xlabel(f"Cost ({cost}), £000, less that of buying nothing further")
    ax.margins(x=0.15)
    limit = scenario.caseloads.caseload_limit
    best = ahead.iloc[-1]
    headline = f"£{thousands(best[cost])}k ({cost}) brings the share at {limit} or more to {percent(best[share])}"
    subtitle = f"Share of workers with {limit} or more cases, per cent, against net cost; blue: no other option is cheaper and better"
    detail = "; ".join(
        f"{row[label]}: £{thousands(row[cost])}k, {percent(row[share])}" for row in table.to_dict("records")
    )
    return titled(
        ax,
        headline,
        subtitle,
        detail,
        f"Source: workforce_model, {scenario.name}; paired runs, luck and doubt about assumptions.",
    )


def bought(table: pd.DataFrame, team: str, scenario: Scenario, ax: Axes | None = None) -> Axes:
    """What each further amount buys: the chance of keeping a team's workers below the limit, investment by investment."""
    ax = axes_of(ax)
    mine = table[table["team"] == team]
    nothing = float(mine[mine["gbp_a_year"] == 0]["chance"].iloc[0])
    best: tuple[float, str] = (nothing, "nothing further")
    ends = []
    paid = mine[mine["gbp_a_year"] > 0].groupby("investment", sort=False)
    for (name, rows), colour, dash in zip(paid, COLOURS, DASHES, strict=False):
        amounts, chances = [0.0, *rows["gbp_a_year"]], [nothing, *rows["chance"]]
        ax.step(
            np.array(amounts) / 1000, np.array(chances) * 100, where="post", color=colour, linestyle=dash, linewidth=2.2
        )
        ends.append((chances[-1] * 100, _name(str(name)), colour))
        best = max(best, (chances[-1], _name(str(name))))
    _names_at_ends(ax, mine["gbp_a_year"].max() / 1000, ends)
    ax.set_ylim(0, 100)
    ax.set_xlabel("Further money a year, £000")
    label = scenario.workforce.teams[team].label
    limit = scenario.caseloads.caseload_limit
    headline = f"{best[1]}: a {percent(best[0])} chance, from {percent(nothing)} now"
    subtitle = (
        f"Chance, per cent, that at least 90% of {label.lower()} workers are below {limit} cases; whole units only"
    )
    detail = "; ".join(
        f"{r['investment']} at £{thousands(r['gbp_a_year'])}k ({r['units']} units) {percent(r['chance'])}"
        for r in mine.to_dict("records")
    )
    return titled(
        ax,
        headline,
        subtitle,
        detail,
        f"Source: workforce_model, {scenario.name}; paired runs, luck and doubt about assumptions.",
    )


def _names_at_ends(ax: Axes, x: float, ends: list[tuple[float, str, str]]) -> None:
    """Names at the ends of lines on a scale of 0 to 100, nudged apart."""
    below = -np.inf
    for height, name, colour in sorted(ends):
        below = max(height, below + 11)
        ax.annotate("\n".join(textwrap.wrap(name, 16)), (x, below), (6, 0), textcoords="offset points", color=colour,
                    fontsize=8.5, va="center", annotation_clip=False)  # fmt: skip


def _wide(ax: Axes | None, rows: int) -> Axes:
    """Axes with room for long names on the left."""
    made = Figure(figsize=(6.8, max(4.4, 2.4 + 0.3 * rows))).add_axes(_WIDE) if ax is None else ax
    made.spines[["top", "right", "left"]].set_visible(False)
    made.grid(axis="x", color=GREY, linewidth=0.5)
    made.set_axisbelow(True)
    return made


def _rows(ax: Axes, names: Sequence[str]) -> None:
    ax.set_yticks(range(len(names)), [plain("\n".join(textwrap.wrap(name, 34))) for name in names], fontsize=8.5)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.4, -0.6)


def _assumption(path: str) -> str:
    """An assumption's place as a label: its last two keys in words, what it is before whose it is."""
    keys = path.split(".")
    whose, what = keys[-2] if len(keys) > 2 else "", keys[-1]
    return _name(f"{whose}: {what}" if whose == "passes_on" else f"{what}, {whose}" if whose else what)


def _name(text: str) -> str:
    words = text.replace("_", " ")
    return f"{words[0].upper()}{words[1:]}"


def _scale(outcome: Outcome) -> float:
    return 1 / 1000 if outcome.unit == "GBP" else 100 if "share" in outcome.unit or outcome.unit == "chance" else 1.0


def _unit(outcome: Outcome) -> str:
    return (
        "£000"
        if outcome.unit == "GBP"
        else "percentage points"
        if "share" in outcome.unit or outcome.unit == "chance"
        else outcome.unit
    )


def _amount(x: float, outcome: Outcome) -> str:
    said = f"{abs(rounded(x)):,}" if outcome.unit == "GBP" or abs(x) >= 10 else f"{abs(x):.3g}"
    return (f"({said})" if outcome.unit == "GBP" else f"-{said}") if x < 0 and said.strip("0.") else said


def _amounts(ax: Axes, outcome: Outcome) -> None:
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _amount(x, outcome)))


def _source(runs: int, seed: int, doubt: bool) -> str:
    held = "luck and doubt about assumptions" if doubt else "luck only"
    return f"Source: workforce_model; {runs:,} paired runs, seed {seed}; {held}."
