"""The plain methods any forecast must beat: no change, national growth, and shrinkage to peers.

Each is a normal distribution about its forecast, as wide as the method missed in the pairs of years before the origin,
in absolute or in relative terms. Nothing after the origin is looked at.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd

from workforce_model.councils.indicators import LEAST_FTE
from workforce_model.councils.outlook import MEASURES, wide
from workforce_model.councils.returns import Returns

Method = Callable[[pd.DataFrame, pd.DataFrame], pd.Series]


@dataclasses.dataclass(frozen=True, eq=False)
class Naive:
    """A plain forecast by council code, and its two spreads: of absolute and of relative misses."""

    forecast: pd.Series
    absolute_sd: float
    relative_sd: float


def naive_forecasts(returns: Returns, measure: str, origin: int) -> dict[str, Naive]:
    """The year after the origin by each plain method, for councils of 30 FTE or more.

    ``no_change`` is last year's figure; ``growth`` is that times England's growth in the year to the origin (of the
    average council, for a caseload); ``shrink`` regresses a rate on its own last year across councils. Leavers,
    starters, agency, vacancies and cases are taken per FTE in post; in post and caseload as they are.

    Examples
    --------
    >>> float(naive_forecasts(returns, "leavers", 2018)["no_change"].forecast["308"])  # doctest: +SKIP
    22.8
    """
    seen = returns.up_to(origin)
    stated = MEASURES[measure]
    in_post = wide(seen, "inpost_fte")
    table = wide(seen, stated.column).where(in_post >= LEAST_FTE)
    unit = in_post if stated.per_fte or measure == "cases" else in_post * 0 + 1
    pairs = [_pair(table, unit, years) for years in itertools.pairwise(seen.years)]
    last = pd.DataFrame({"before": table[origin], "unit": unit[origin]}).dropna()
    return {name: _played(method, pairs, last) for name, method in METHODS.items()}


def no_change(pairs: pd.DataFrame, now: pd.DataFrame) -> pd.Series:
    """Last year's figure again."""
    return now["before"]


def growth(pairs: pd.DataFrame, now: pd.DataFrame) -> pd.Series:
    """Last year's figure and England's growth in the last pair of years."""
    last = pairs[pairs["year"] == pairs["year"].max()]
    grown: pd.Series = now["before"] * last["after"].sum() / last["before"].sum()
    return grown


def shrink(pairs: pd.DataFrame, now: pd.DataFrame) -> pd.Series:
    """The rate regressed on its own last year across councils, at the council's size."""
    slope, level = np.polyfit(pairs["before"] / pairs["unit"], pairs["after"] / pairs["unit_after"], 1)
    drawn: pd.Series = (level + slope * now["before"] / now["unit"]) * now["unit"]
    return drawn


METHODS: dict[str, Method] = {"no_change": no_change, "growth": growth, "shrink": shrink}


def _pair(table: pd.DataFrame, unit: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    first, second = years
    figures = {"before": table[first], "after": table[second], "unit": unit[first], "unit_after": unit[second]}
    return pd.DataFrame(figures).dropna().assign(year=second)


def _played(method: Method, pairs: list[pd.DataFrame], last: pd.DataFrame) -> Naive:
    together = pd.concat(pairs)
    missed = together["after"] - method(together, together)
    relative = (missed / method(together, together)).replace([np.inf, -np.inf], np.nan)
    return Naive(method(together, last), float(missed.std()), float(relative.std()))
