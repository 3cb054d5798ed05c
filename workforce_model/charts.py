"""The charts of a run, each with a headline read off its figures and a text alternative.

A chart function takes Results, and axes if it is to share a figure, and returns the Axes. Nothing is shown,
and nothing is set beyond those axes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workforce_model.chart_parts import (
    COLOURS,
    DASHES,
    INK,
    Label,
    Ticks,
    Words,
    band,
    drawing,
    finish,
    from_zero,
    marked_line,
    save,
    spreads,
    text_alternative,
    whiskers,
    years_below,
)
from workforce_model.costs import AGENCY_KINDS, KINDS
from workforce_model.envelope import Envelope, envelopes
from workforce_model.formats import fte, percent, rounded, thousands
from workforce_model.measures import Figures, Spread, measured, spread
from workforce_model.model import Results, establishment_cost
from workforce_model.periods import financial_year_start
from workforce_model.tables import reported_years

__all__ = [
    "agency_bill", "caseload_spread", "cost_against_envelope", "cost_by_budget", "first_charts", "funding_statement",
    "permanent_staff", "posts_filled", "save", "share_at_or_over", "staffing", "text_alternative",
]  # fmt: skip

_TWO = (COLOURS[0], COLOURS[3])
_MOST = 4


# Words ------------------------------------------------------------------------------------------


def _notes(results: Sequence[Results], shown: str) -> str:
    first = results[0]
    names = ", ".join(dict.fromkeys(r.scenario.name for r in results))
    held = "luck and doubt about assumptions" if first.doubt else "luck only, assumptions at their values"
    ranged = f"{shown}: 10th to 90th percentile, {held}." if first.runs > 1 else "One run, so no range."
    runs = f"{first.runs:,} run{'s' * (first.runs > 1)}, seed {first.seed}"
    obtain = len({path for r in results for path in r.scenario.to_obtain()})
    wanted = f" {obtain} assumptions are stand-ins, to obtain from the council." if obtain else ""
    return f"Source: workforce_model, {'scenarios' if ',' in names else 'scenario'} {names}, {runs}. {ranged}{wanted}"


def _month(results: Results, index: int) -> str:
    """The month whose end is a position in a measure; the opening is the month before the clock starts."""
    when: pd.Period = results.scenario.periods.start + (index - 1)
    return when.strftime("%B %Y")


def _first(results: Results) -> int:
    """The position in a measure of the opening of the first reported month."""
    return int(next(iter(reported_years(results).values()))[0])


def _year_ends(results: Results) -> list[int]:
    """The positions in a measure of each reported year's last month."""
    return [int(months[-1]) + 1 for months in reported_years(results).values()]


def _ranged(s: Spread, form: type[str] | object) -> str:
    figure = form  # for the reader: a function from a number to its print
    assert callable(figure)
    low, high = figure(s.p10), figure(s.p90)
    return f"{figure(s.mean)}" if low == high == figure(s.mean) else f"{figure(s.mean)} ({low} to {high})"
