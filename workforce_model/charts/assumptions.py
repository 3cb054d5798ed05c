"""Charts of assumptions: how good they are, what each does to the answer, how much of its spread each explains."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from workforce_model.basis.assumption_words import assumption_name
from workforce_model.basis.formats import percent, rounded
from workforce_model.charts.page import (
    BLUE,
    BODY,
    FULL,
    HATCHES,
    ORANGE,
    TEXT,
    axes_of,
    colours,
    figure_of,
    name_rows,
    named,
    pounds_k,
    titled,
)
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.outcomes import Outcome, settled


def assumption_quality(scenario: Scenario, ax: Axes | None = None) -> Axes:
    """Is it evidence or judgement? Assumptions by confidence, subject by subject, and how many the council must supply."""
    stated = scenario.assumptions()
    subjects = list(dict.fromkeys(path.partition(".")[0] for path in stated))
    ax = axes_of(ax, rows=len(subjects) + 2)
    foot = np.zeros(len(subjects))
    levels = ("high", "medium", "low")
    for level, colour, hatch in zip(levels, colours(len(levels)), HATCHES, strict=False):
        counts = [
            sum(a.confidence == level for path, a in stated.items() if path.startswith(f"{s}.")) for s in subjects
        ]
        ax.barh(range(len(subjects)), counts, 0.62, foot, color=colour, hatch=hatch, edgecolor="white")
        foot = foot + counts
    wanted = [sum(a.obtain for path, a in stated.items() if path.startswith(f"{s}.")) for s in subjects]
    for row, (count, number) in enumerate(zip(foot, wanted, strict=True)):
        ax.annotate(
            f"{number} to obtain" if number else "",
            (count, row),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=BODY,
            color=TEXT,
        )
    name_rows(ax, [f"{named(s)}, {int(count)}" for s, count in zip(subjects, foot, strict=True)])
    ax.margins(x=0.16)
    ax.set_xlim(0, None)
    low = sum(a.confidence == "low" for a in stated.values())
    headline = f"{low} of {len(stated)} assumptions carry low confidence; {sum(wanted)} wait for the council"
    subtitle = f"Assumptions by confidence in their source, {scenario.place}, seen from {scenario.seen_from:%-d %B %Y}, number; plain: high, hatched: medium, dotted: low"
    detail = "; ".join(
        f"{named(s)}: "
        + ", ".join(
            f"{sum(a.confidence == level for path, a in stated.items() if path.startswith(f'{s}.'))} {level}"
            for level in levels
        )
        + f", {number} to obtain"
        for s, number in zip(subjects, wanted, strict=True)
    )
    return titled(ax, headline, subtitle, detail, f"Source: workforce_model, {scenario.name}; the assumption register.")


def tornado_bars(
    table: pd.DataFrame, scenario: Scenario, outcome: Outcome | str, runs: int, most: int = 10, ax: Axes | None = None
) -> Axes:
    """What matters most? What the outcome does at each assumption's low and high end, the widest bars first."""
    wanted = settled(outcome)
    source = (
        f"Source: workforce_model, {scenario.name}; {runs:,} runs of shared luck, other assumptions at their values."
    )
    return bars_at_ends(table.head(most), scenario, wanted, wanted.words(scenario), source, ax)


def bars_at_ends(
    shown: pd.DataFrame, scenario: Scenario, outcome: Outcome, what: str, source: str, ax: Axes | None = None
) -> Axes:
    """A tornado: the change in an outcome, in words ``what``, as each assumption goes to its low and its high end."""
    ax = axes_of(ax, rows=len(shown))
    scale = scale_of(outcome)
    for place, row in enumerate(shown.to_dict("records")):
        for end, colour, hatch in (("low", BLUE, ""), ("high", ORANGE, "////")):
            ax.barh(place, row[f"at_{end}"] * scale, 0.6, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
    name_rows(ax, [_with_quality(row) for row in shown.to_dict("records")])
    ax.axvline(0, color=TEXT, linewidth=1)
    amounts_across(ax, outcome)
    first = shown.iloc[0]
    for end in ("low", "high"):
        right = first[f"at_{end}"] > 0
        ax.annotate(f"{end} end", (first[f"at_{end}"] * scale, 0), (4 if right else -4, 0), textcoords="offset points",
                    ha="left" if right else "right", va="center", fontsize=BODY, color=TEXT)  # fmt: skip
    ax.margins(x=0.17 * FULL / figure_of(ax).get_figwidth())
    ends = [pounds_k(x) if outcome.unit == "GBP" else outcome.printed(x, change=True) for x in (first["at_low"], first["at_high"])]  # fmt: skip
    headline = f"{assumption_name(first['assumption'])}: {ends[0]} to {ends[1]}, the widest effect"
    if not first["clear"]:
        headline = "No assumption's effect is clear of its error"
    elif len(shown) > 1 and not _apart(first, shown.iloc[1]):
        headline = f"{assumption_name(first['assumption'])}: {ends[0]} to {ends[1]}, among the widest effects"
    subtitle = f"Change in {what} when one assumption goes to each end of its range, {scenario.place}, {unit_of(outcome)}; plain: low end, hatched: high end; in brackets: confidence in its source"
    detail = "; ".join(
        f"{assumption_name(str(row['assumption']))}: {outcome.printed(row['at_low'], change=True)} at its low end, {outcome.printed(row['at_high'], change=True)} at its high"
        for row in shown.to_dict("records")
    )
    return titled(ax, headline, subtitle, detail, source)


def _apart(one: pd.Series, other: pd.Series) -> bool:
    """Whether one bar is wider than another by more than the errors of their ends."""
    error = float(np.sqrt(sum(row[f"error_{end}"] ** 2 for row in (one, other) for end in ("low", "high"))))
    return bool(one["swing"] - other["swing"] > CLEAR * error)


def _with_quality(row: dict[Hashable, Any]) -> str:
    """An assumption's name with the confidence in it, and whether the council must supply it."""
    return f"{assumption_name(str(row['assumption']))} ({row['confidence']}{', to obtain' if row['obtain'] else ''})"


def shares_explained(table: pd.DataFrame, scenario: Scenario, outcome: Outcome | str, ax: Axes | None = None) -> Axes:
    """How much of the doubt is whose? The share of the spread each unknown explains, alone and with its interactions."""
    wanted = settled(outcome)
    ax = axes_of(ax, rows=len(table))
    for place, row in enumerate(table.to_dict("records")):
        for shift, kind, colour in ((-0.17, "first", BLUE), (0.17, "total", ORANGE)):
            ax.plot([row[f"{kind}_low"], row[kind], row[f"{kind}_high"]], [place + shift] * 3, color=colour, linewidth=2,
                    marker="os"[kind == "total"], markevery=[1], markersize=6)  # fmt: skip
    name_rows(ax, [assumption_name(name) for name in table["factor"]])
    ax.axvline(0, color=TEXT, linewidth=1)
    ax.set_xlim(min(-0.05, float(table["first_low"].min())), None)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{rounded(100 * x)}%"))
    top = table.iloc[0]
    headline = f"{assumption_name(top['factor'])}: {percent(max(top['total'], 0))} [{percent(max(top['total_low'], 0))} to {percent(max(top['total_high'], 0))}] of the spread"
    subtitle = f"Share of the variance of {wanted.words(scenario)}, {scenario.place}, per cent, with 95% bootstrap intervals; circle: alone, square: with interactions"
    detail = "; ".join(
        f"{assumption_name(str(r['factor']))}: alone {percent(max(r['first'], 0))}, with interactions {percent(max(r['total'], 0))}"
        for r in table.to_dict("records")
    )
    source = f"Source: workforce_model, {scenario.name}; Sobol shares over luck and doubt about assumptions."
    return titled(ax, headline, subtitle, detail, source)


def scale_of(outcome: Outcome) -> float:
    """What a figure is multiplied by on a chart: pounds to £000, shares to points."""
    return 1 / 1000 if outcome.unit == "GBP" else 100 if _shared(outcome) else 1.0


def unit_of(outcome: Outcome, *, change: bool = True) -> str:
    """The unit an outcome has on a chart, or a change in it."""
    if outcome.unit == "GBP":
        return "£000"
    return ("percentage points" if change else "per cent") if _shared(outcome) else outcome.unit


def amount(x: float, outcome: Outcome) -> str:
    """A figure on a chart's scale, as printed: brackets for money below nought."""
    said = f"{abs(rounded(x)):,}" if outcome.unit == "GBP" or abs(x) >= 10 else f"{abs(x):.3g}"
    return (f"({said})" if outcome.unit == "GBP" else f"-{said}") if x < 0 and said.strip("0.") else said


def amounts_across(ax: Axes, outcome: Outcome) -> None:
    """Print the horizontal axis in an outcome's amounts."""
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: amount(x, outcome)))


def paired_source(runs: int, seed: int, doubt: bool) -> str:
    """The source of a chart of paired runs."""
    held = "luck and doubt about assumptions" if doubt else "luck only"
    return f"Source: workforce_model; {runs:,} paired runs, seed {seed}; {held}."


def _shared(outcome: Outcome) -> bool:
    return "share" in outcome.unit or outcome.unit == "chance"
