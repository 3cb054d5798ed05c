"""A comparison on one screen."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from workforce_model.reading.outcomes import Outcome

if TYPE_CHECKING:
    from workforce_model.decisions.comparison import Comparison

WIDTH, LABEL = 100, 52
_INPUTS = 12


def comparison_text(found: Comparison) -> str:
    """What differs, the paired differences, the order of the scenarios, and the null comparison."""
    parts = [_heading(found), _inputs(found), *(_difference(found, i) for i in range(1, len(found.scenarios)))]
    ranked = [o for o in found.outcomes if o.measure == "net_cost_gbp" and o.budget is None][-1:]
    ranked += [o for o in found.outcomes if o.measure == "share_at_or_over" and o.team is None]
    if len(found.scenarios) > 2:
        parts += [_ranking(found, outcome) for outcome in ranked]
    return "\n".join(line for part in [*parts, _null(found)] for line in part)


def _heading(found: Comparison) -> list[str]:
    base, *options = found.scenarios
    held = "luck and doubt about the assumptions" if found.doubt else "luck only"
    note = f"{found.runs:,} paired runs, seed {found.seed}: run by run the same luck. Ranges: 10th to 90th percentile, {held}."
    lines = [f"Against {base.name}: {base.title}", *(f"  {o.name}: {o.title}" for o in options)]
    return [*lines, *textwrap.wrap(note, WIDTH), ""]


def _inputs(found: Comparison) -> list[str]:
    table = found.inputs()
    if table.empty:
        return ["WHAT DIFFERS IN THE INPUTS: nothing", ""]
    groups: dict[str, list[str]] = {}
    for place in table["input"]:
        groups.setdefault(_around(place), []).append(place)
    lines = [f"WHAT DIFFERS IN THE INPUTS ({len(table)} places; the table inputs() has them all)"]
    for around, places in list(groups.items())[:_INPUTS]:
        if len(places) > 1:
            lines.append(f"  {around}: {len(places)} places")
            continue
        row = table[table["input"] == places[0]].iloc[0]
        values = {name: row[name] for name in table.columns[1:]}
        base, *others = values.items()
        differing = "; ".join(f"{name} {value}" for name, value in others if value != base[1])
        lines += textwrap.wrap(
            f"{places[0]}: {base[1]}; {differing}", WIDTH - 2, initial_indent="  ", subsequent_indent="    "
        )
    if len(groups) > _INPUTS:
        lines.append(f"  and {len(groups) - _INPUTS} more")
    return [*lines, ""]


def _around(place: str) -> str:
    """The table of the scenario file that a place lies in, to three keys; a correlation is a table of two."""
    return ".".join(place.split(".")[: 2 if place.startswith("correlations.") else 3])


def _difference(found: Comparison, option: int) -> list[str]:
    scenario = found.scenarios[option]
    heading = f"{scenario.name.upper()} LESS {found.scenarios[0].name.upper()}"
    lines = [f"{heading:<{LABEL}} mean [10th to 90th percentile], error"]
    for outcome in found.outcomes:
        spread = found.between(outcome, option)
        error = outcome.printed(spread.error, change=True).lstrip("+").removesuffix(" points")
        head = textwrap.wrap(_short(outcome.words(scenario)), LABEL - 4)
        lines.append(f"  {head[0]:<{LABEL - 2}} {outcome.ranged(spread.mean, spread.p10, spread.p90)}, {error}")
        lines += [f"    {more}" for more in head[1:]]
        if spread.mean and not found.clear(outcome, option):
            lines.append(f"    not separated from the base: {_parting(found, outcome, option)}")
    return [*lines, ""]


def _short(words: str) -> str:
    return words.removeprefix("the ")


def _parting(found: Comparison, outcome: Outcome, option: int, base: int = 0) -> str:
    """What it would take to tell two scenarios apart that these runs do not."""
    runs = found.runs_to_separate(outcome, option, base)
    if runs is not None:
        return f"about {runs:,} runs would"
    if not found.difference(outcome, option, base).any():
        return "the same in every run"
    if found.runs == 1:
        return "one run alone has no error"
    if found.runs <= found.draws:
        return f"more than {found.draws} runs would say how many"
    return f"no number of runs would with {found.draws} draws"


def _ranking(found: Comparison, outcome: Outcome) -> list[str]:
    table = found.ranking(outcome)
    lines = [f"FROM LEAST TO MOST: {_short(outcome.words(found.scenarios[0]))}"]
    at = [[scenario.name for scenario in found.scenarios].index(name) for name in table["scenario"]]
    columns = [table[name].tolist() for name in ("scenario", "mean", "place")]
    for seat, (name, mean, place) in enumerate(zip(*columns, strict=True)):
        below = at[seat + 1] if seat + 1 < len(at) else None
        apart = below is None or found.clear(outcome, at[seat], below)
        note = "" if apart or below is None else f"; from the next: {_parting(found, outcome, at[seat], below)}"
        lines.append(f"  {name:<34} {outcome.printed(mean):>14}   {place}{note}")
    return [*lines, ""]


def _null(found: Comparison) -> list[str]:
    base = found.scenarios[0].name
    said = "exactly 0" if found.null == 0 else f"NOT nought: {found.null:g}"
    said = "not played again" if math.isnan(found.null) else said
    said = f"Null comparison: {base} less {base} played again, largest difference in any figure and run: {said}."
    lines = textwrap.wrap(said, WIDTH)
    if found.failed:
        lines.append("CHECKS FAILED: " + ", ".join(found.failed))
    else:
        lines.append("Checks: all that apply passed in every run of every scenario.")
    return lines
