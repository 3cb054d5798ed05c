"""Every council's next year, forecast from the census alone: only years up to the origin are looked at.

On the square-root scale, where the luck of a count is about the same whatever its size. A staff count is taken per FTE
in post. A council's own figure is drawn towards the middle council by a weight estimated from the pairs of years
before the origin; the spread is the size of what that missed, wider for small councils; the next year's national swing
is as large as those seen, starters' and leavers' taken together; and a new year's spread may differ from the ones seen, so the tails are Student's. Councils
share the national swing: their ranges are not to be added up as if independent.
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workforce_model.basis.problems import Problem, ScenarioError
from workforce_model.councils.indicators import LEAST_FTE, not_credible
from workforce_model.councils.returns import Returns

Figures = NDArray[np.float64]

# Spread between councils of yearly change in all eleven counts of the demand file, 2013 to 2018: from one year to the next
# its logarithm moves by 0.16 (root mean square; 0.05 to 0.24). A Student's t with 1 / (2 x 0.16^2), about 20, degrees of
# freedom has that much doubt about its scale.
DEGREES = 20.0
LEAST_PAIRS = 3
_NO_SPREAD = 1e-9  # where nothing was ever missed the range is a point, and a chance is still defined
_MEAN_TO_SD = np.sqrt(np.pi / 2)  # of a normal distribution: standard deviation over mean absolute deviation


@dataclasses.dataclass(frozen=True)
class Measure:
    """What is forecast, and how its history is read.

    ``per_fte``: taken per FTE in post. ``flow``: counted over a year, so mostly that year's own; a stock carries last
    year's national change on, a flow does not. ``draws_to_peers``: a rate has a middle to return to, the size of a
    council has none. ``both_years``: the mean of the last two years stands for the council, where one year is mostly
    chance or its recording bounces back.
    """

    label: str
    column: str
    unit: str
    per_fte: bool = False
    flow: bool = False
    draws_to_peers: bool = True
    both_years: bool = False


MEASURES = {
    "leavers": Measure("Leavers in the year", "leavers_fte", "FTE", per_fte=True, flow=True, both_years=True),
    "starters": Measure("Starters in the year", "starters_fte", "FTE", per_fte=True, flow=True, both_years=True),
    "in_post": Measure("In post", "inpost_fte", "FTE", draws_to_peers=False),
    "agency": Measure("Agency", "agency_fte", "FTE", per_fte=True),
    "vacancies": Measure("Vacancies", "vacancy_fte", "FTE", per_fte=True),
    "cases": Measure("Cases", "cases", "cases", draws_to_peers=False, both_years=True),
    "caseload": Measure("Average caseload", "caseload_fte", "cases per FTE", both_years=True),
}


@dataclasses.dataclass(frozen=True, eq=False)
class Outlook:
    """One measure of every council a year ahead, each as a whole distribution.

    Attributes
    ----------
    councils : DataFrame
        ``la_code``, ``council``, ``in_post_fte`` and ``last`` (the measure at the origin), one row a council.
    own_weight : float
        Weight of a council's own last year against the middle council.
    centre, spread, size : array, shape (councils,)
        On the square-root scale; ``size`` turns a rate back into a count.
    """

    measure: str
    origin: int
    councils: pd.DataFrame
    own_weight: float
    centre: Figures
    spread: Figures
    size: Figures

    def quantiles(self, levels: ArrayLike) -> Figures:
        """The figures below which the measure falls with given chances, shape (councils, levels)."""
        from scipy.special import stdtrit

        deviations = stdtrit(DEGREES, np.atleast_1d(np.asarray(levels, dtype=float)))
        roots = self.centre[:, None] + self.spread[:, None] * deviations
        return np.asarray(np.maximum(roots, 0.0) ** 2 * self.size[:, None])

    def chance_below(self, figures: ArrayLike) -> Figures:
        """The chance of a figure at or below the one given, one for each council; missing where that is."""
        from scipy.special import stdtr

        roots = np.sqrt(np.asarray(figures, dtype=float) / self.size)
        return np.asarray(stdtr(DEGREES, (roots - self.centre) / self.spread))

    def table(self) -> pd.DataFrame:
        """The forecast as a table: median, 80% and 95% ranges by council, beside the last figure."""
        low95, low80, median, high80, high95 = self.quantiles([0.025, 0.1, 0.5, 0.9, 0.975]).T
        stated = MEASURES[self.measure]
        return self.councils.assign(
            **{"measure": self.measure, "unit": stated.unit, "year": self.origin + 1, "median": median},
            **{"p10": low80, "p90": high80, "p2_5": low95, "p97_5": high95},
        )


def outlooks(returns: Returns, origin: int | None = None) -> dict[str, Outlook]:
    """The seven measures a year after the origin, for every council with a figure at the origin.

    Parameters
    ----------
    origin : int, optional
        The last year looked at; the file's last by default. Later years are cut away first.

    Raises
    ------
    ScenarioError
        If there are not two successive years up to the origin, or one is missing between them, or a measure is hardly
        published at all.

    Notes
    -----
    Councils under 30 FTE in post have no forecast, and neither has one whose figure at the origin is a code.

    Examples
    --------
    >>> leavers = outlooks(returns, 2018)["leavers"].table().query("council == 'Enfield'")  # doctest: +SKIP
    >>> leavers[["p10", "median", "p90"]].round(1).values.tolist()  # doctest: +SKIP
    [[18.0, 28.5, 41.4]]
    """
    seen = returns.up_to(origin if origin is not None else returns.years[-1])
    if seen.kind != "workforce" or len(seen.years) < 2 or seen.years[-1] - seen.years[0] >= len(seen.years):
        rule = "a forecast needs the workforce file, with two successive years or more up to its origin"
        raise ScenarioError(returns.name, [Problem("origin", str(origin), rule)])
    learnt = {name: _learnt(seen, stated) for name, stated in MEASURES.items()}
    return {name: _outlook(seen, name, learnt) for name in MEASURES}


def _outlook(seen: Returns, name: str, everything: dict[str, _Learnt]) -> Outlook:
    """One measure, from the years given and no others."""
    stated, last, learnt = MEASURES[name], seen.years[-1], everything[name]
    table, unit, in_post = _read(seen, stated)
    known = table[last].notna() & (in_post[last] >= LEAST_FTE)
    roots, size = ((table / unit) ** 0.5)[known], in_post.loc[known, last]
    own, narrowed = learnt.weight * (roots[last] - roots[last].median()), pd.Series(1.0, roots.index)
    if stated.both_years:
        both = (roots[[last - 1, last]] - roots[[last - 1, last]].median()).mean(axis=1, skipna=False)
        weight, narrower = _of_two_years(learnt.weight)
        own, narrowed = (weight * both).fillna(own), narrowed.where(both.isna(), narrower)
    centre = roots[last].median() + own + (0.0 if stated.flow else learnt.growth.mean())
    luck = narrowed.to_numpy() * (_by_size(size) @ learnt.spread)
    spread = np.maximum(np.hypot(luck, _swing(stated, learnt, everything)), _NO_SPREAD)
    names = seen.councils().query("year == @last").set_index("la_code")["council"]
    councils = pd.DataFrame({"council": names.reindex(size.index), "in_post_fte": size, "last": table.loc[known, last]})
    councils = councils.rename_axis("la_code").reset_index()
    return Outlook(name, last, councils, learnt.weight, centre.to_numpy(), spread, unit.loc[known, last].to_numpy())


@dataclasses.dataclass(frozen=True, eq=False)
class _Learnt:
    """What pairs of years say: the weight of one's own past, each pair's national change, the two parts of the spread;
    and the middle council at the origin."""

    weight: float
    growth: Figures
    spread: Figures
    middle: float


def _swing(stated: Measure, learnt: _Learnt, everything: dict[str, _Learnt]) -> float:
    """The size of a year's national swing, root mean square over the pairs of years.

    Two years give one swing, and one swing says little of their size. A flow swings about no change, so the swings of
    both flows, each relative to its middle council, are as many draws of one size: over 2017 to 2025 starters' and leavers' are
    alike (13% and 11%). A stock carries its last change on and may be out by as much: its changes are its own.
    """
    if not stated.flow:
        return float(np.sqrt(np.mean(learnt.growth**2)))
    flows = [everything[name] for name, other in MEASURES.items() if other.flow]
    relative = np.concatenate([one.growth / one.middle for one in flows if one.middle > 0])
    return learnt.middle * float(np.sqrt(np.mean(relative**2))) if relative.size else 0.0


def _read(seen: Returns, stated: Measure) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """A measure, what it is taken per, and staff in post: councils by years."""
    in_post = wide(seen, "inpost_fte")
    return wide(seen, stated.column), in_post if stated.per_fte else in_post * 0 + 1, in_post


def _learnt(seen: Returns, stated: Measure) -> _Learnt:
    """Learn from every pair of successive years; pairs across which recording jumped are left out."""
    from scipy.optimize import nnls
    from scipy.stats import theilslopes

    table, unit, in_post = _read(seen, stated)
    counts, units, last = table**0.5, unit**0.5, seen.years[-1]
    jumps = not_credible(seen).query("measure == @stated.column")
    pairs = []
    for first, second in itertools.pairwise(seen.years):
        big = (in_post[[first, second]] >= LEAST_FTE).all(axis=1)
        big &= ~big.index.isin(jumps.loc[jumps["year"] == second, "la_code"])
        # The second year's count at the first year's size: how much the council grew is part of what is forecast.
        roots = {"before": counts[first] / units[first], "after": counts[second] / units[first]}
        pair = pd.DataFrame({**roots, "in_post": in_post[first]})[big].dropna()
        pairs.append(pair.assign(before=pair["before"] - pair["before"].median(), middle=pair["before"].median()))
    together = pd.concat(pairs)
    if len(together) < LEAST_PAIRS:
        rule = f"fewer than {LEAST_PAIRS} councils of {LEAST_FTE:.0f} FTE published it in two successive years"
        raise ScenarioError(seen.name, [Problem(stated.column, "", rule)])
    slope = float(theilslopes(together["after"], together["before"])[0]) if stated.draws_to_peers else 1.0
    weight = min(max(slope, 0.0), 1.0)  # a weight between peers and oneself; few councils can show a slope beyond
    changes = [pair["after"] - pair["middle"] - weight * pair["before"] for pair in pairs]
    growth = np.array([float(change.median()) for change in changes])
    missed = pd.concat([(change - change.median()).abs() for change in changes])
    spread = nnls(_by_size(together["in_post"]), missed.to_numpy())[0] * _MEAN_TO_SD
    middle = (counts[last] / units[last])[table[last].notna() & (in_post[last] >= LEAST_FTE)].median()
    return _Learnt(weight, growth, spread, float(middle))


def wide(returns: Returns, column: str) -> pd.DataFrame:
    """One column of the councils' rows, councils by years; missing where a code stands."""
    return returns.councils().pivot_table(index="la_code", columns="year", values=column, dropna=False)


def _of_two_years(weight: float) -> tuple[float, float]:
    """The weight of the mean of two years, and the spread it leaves over that which one year leaves.

    Both follow from the weight of one year where a council's years differ by chance alone. A weight of 1 says the
    size itself moves, and then a second year narrows nothing.

    Examples
    --------
    >>> [round(x, 3) for x in _of_two_years(0.3)], _of_two_years(1.0)
    ([0.462, 0.973], (1.0, 1.0))
    """
    if weight >= 1:
        return 1.0, 1.0
    return 2 * weight / (1 + weight), float(np.sqrt(1 + 2 * weight)) / (1 + weight)


def _by_size(in_post: pd.Series) -> Figures:
    """The two parts of the spread: one for every council, one that falls with the root of its size."""
    return np.column_stack([np.ones(len(in_post)), 1 / np.sqrt(in_post.to_numpy())])
