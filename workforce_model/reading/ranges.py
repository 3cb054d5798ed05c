"""Figures with their range, as a sentence says them, and whether a difference is more than the Monte Carlo error."""

from __future__ import annotations

import math
from collections.abc import Callable

from workforce_model.basis.formats import NOT_DEFINED, fte, percent, rounded, thousands
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import Spread


def money(s: Spread) -> str:
    """Pounds in £000 with their range.

    Examples
    --------
    >>> money(Spread(95_700.0, 43_200.0, 95_000.0, 152_900.0, 900.0, 2_000))
    '£96k [43 to 153]'
    """
    return NOT_DEFINED if math.isnan(s.mean) else f"£{thousands(s.mean)}k{_between(s, thousands)}"


def share(s: Spread) -> str:
    """A share with its range, in per cent."""
    return NOT_DEFINED if math.isnan(s.mean) else f"{percent(s.mean)}{_between(s, percent)}"


def points(s: Spread) -> str:
    """A change in a share with its range, in percentage points.

    Examples
    --------
    >>> points(Spread(-0.051, -0.1, -0.05, 0.0, 0.004, 500))
    '-5.1 points [-10.0 to 0.0]'
    """
    return NOT_DEFINED if math.isnan(s.mean) else f"{_points(s.mean)} points{_between(s, _points)}"


def people(s: Spread) -> str:
    """FTE, or people, to one decimal with their range."""
    return NOT_DEFINED if math.isnan(s.mean) else f"{fte(s.mean)}{_between(s, fte)}"


def count(s: Spread) -> str:
    """A count to the nearest whole with its range."""
    return NOT_DEFINED if math.isnan(s.mean) else f"{_whole(s.mean)}{_between(s, _whole)}"


def negated(s: Spread) -> Spread:
    """A figure with its sign turned: what is saved, of a change in what is spent.

    Examples
    --------
    >>> negated(Spread(-3.0, -9.0, -2.0, 1.0, 0.5, 40))
    Spread(mean=3.0, p10=-1.0, p50=2.0, p90=9.0, error=0.5, runs=40)
    """
    return Spread(-s.mean, -s.p90, -s.p50, -s.p10, s.error, s.runs)


def clear(s: Spread) -> bool:
    """Whether a difference is more than its Monte Carlo error explains; with a single run nothing is."""
    return abs(s.mean) > CLEAR * s.error


def _between(s: Spread, printed: Callable[[float], str]) -> str:
    return "" if s.p10 == s.p90 else f" [{printed(s.p10)} to {printed(s.p90)}]"


def _points(x: float) -> str:
    return f"{rounded(100 * x, 1) + 0}"


def _whole(x: float) -> str:
    return f"{rounded(x):,}"
