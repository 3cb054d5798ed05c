"""What can be read off a run: each measure's name, unit and kind, by month, team and run.

A flow adds up over a year, a stock is read at its end, a rate is worked out again from its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from workforce_model.engine.results import Results

Kind = Literal["stock", "flow", "rate"]
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """One measure: what it is called, its unit and kind, and how it is put together.

    ``staff`` measures add post groups of the stated kinds, FTE-weighted; ``cases`` measures are by
    team that holds cases. A rate names its two parts.
    """

    label: str
    unit: str
    kind: Kind
    staff: tuple[str, ...] = ()
    groups: Literal["established", "additional", "commissioned", "all"] = "all"
    cases: str = ""
    parts: tuple[str, str] | None = None


MEASURES: dict[str, Measure] = {
    "establishment_fte": Measure("Establishment", "FTE", "stock", staff=("created",), groups="established"),
    "in_post_fte": Measure("Permanent staff in post", "FTE", "stock", staff=("permanent",), groups="established"),
    "vacancy_fte": Measure("Vacancies", "FTE", "stock", staff=("created", "-permanent"), groups="established"),
    "agency_cover_fte": Measure("Agency covering a vacancy", "FTE", "stock", staff=("agency",), groups="established"),
    "agency_additional_fte": Measure(
        "Agency above establishment", "FTE", "stock", staff=("agency",), groups="additional"
    ),
    "commissioned_fte": Measure("Commissioned team", "FTE", "stock", staff=("agency",), groups="commissioned"),
    "starters_fte": Measure(
        "Starters, conversions included", "FTE", "flow", staff=("started", "converted"), groups="established"
    ),
    "conversions_fte": Measure("Agency workers converted", "FTE", "flow", staff=("converted",), groups="established"),
    "leavers_fte": Measure("Leavers", "FTE", "flow", staff=("left",), groups="established"),
    "agency_leavers_fte": Measure("Agency workers who left", "FTE", "flow", staff=("agency_left",)),
    "agency_on_notice_fte": Measure(
        "Replaced agency workers still paid for their notice", "FTE", "stock", staff=("on_notice",)
    ),
    "absent_fte": Measure("Permanent staff off sick or on parental leave", "FTE", "stock", staff=("absent",)),
    "absence_cover_fte": Measure("Agency workers standing in for absent staff", "FTE", "stock", staff=("stand_in",)),
    "moved_in_fte": Measure("Staff who moved in from another team", "FTE", "flow", staff=("moved_in",)),
    "moved_out_fte": Measure("Staff who moved to another team", "FTE", "flow", staff=("moved_out",)),
    "fee_due_conversions_fte": Measure(
        "Conversions within the fee period", "FTE", "flow", staff=("converted_in_fee_period",)
    ),
    "open_cases": Measure("Open cases", "cases", "stock", cases="open"),
    "unallocated_cases": Measure("Unallocated cases", "cases", "stock", cases="waiting"),
    "oldest_unallocated_months": Measure(
        "Longest wait of an unallocated case, oldest given out first", "months", "stock", cases="oldest"
    ),
    "cases_held": Measure("Cases held by workers", "cases", "stock", cases="held"),
    "case_holder_fte": Measure("Workers holding a case", "FTE", "stock", cases="holder_fte"),
    "workers": Measure("Workers who take cases", "workers", "stock", cases="workers"),
    "workers_at_or_over": Measure("Workers at or over the caseload limit", "workers", "stock", cases="at_or_over"),
    "caseload": Measure("Average caseload", "cases per FTE", "rate", parts=("cases_held", "case_holder_fte")),
    "share_at_or_over": Measure(
        "Workers at or over the caseload limit", "share of workers", "rate", parts=("workers_at_or_over", "workers")
    ),
    "vacancy_rate": Measure("Vacancy rate", "share of posts", "rate", parts=("vacancy_fte", "establishment_fte")),
    "cases_arrived": Measure("Cases that arrived", "cases", "flow", cases="arrived"),
    "cases_closed": Measure("Cases that closed", "cases", "flow", cases="closed"),
    "cases_passed_in": Measure("Cases passed in from other teams", "cases", "flow", cases="passed_in"),
    "cases_passed_out": Measure("Cases passed to other teams", "cases", "flow", cases="passed_out"),
    "kept_cases": Measure("Cases kept open after step-down", "cases", "stock", cases="kept"),
    "step_down_fte": Measure(
        "Workers taken up by cases kept open after step-down", "FTE", "rate", parts=("kept_cases", "caseload")
    ),
    "changes_of_worker": Measure(
        "Cases that changed worker because a worker went", "cases", "flow", cases="handed_over"
    ),
}


def measured(results: Results, name: str, team: str | None = None, *, census: bool = False) -> Figures:
    """A measure in every month and run; month 0 is the opening position.

    Parameters
    ----------
    name : str
        One of :data:`MEASURES`.
    team : str, optional
        A team's name; the whole council if not given.
    census : bool
        Count only staff whom the Department's census counts: qualified social workers.

    Returns
    -------
    array, shape (M + 1, R)
        A rate with nothing under it is not a number: it is not defined, which is not nought.

    Raises
    ------
    KeyError
        If the measure or the team is unknown.
    """
    measure = MEASURES[name]
    if measure.parts:
        over, under = (measured(results, part, team, census=census) for part in measure.parts)
        return np.asarray(np.divide(over, under, out=np.full_like(over, np.nan), where=under > 0))
    return _cases(results, measure.cases, team) if measure.cases else _staff(results, measure, team, census)


def measured_in_year(results: Results, name: str, year: str, team: str | None = None) -> Figures:
    """A measure of a financial year in every run, shape (R,): flows added, stocks and rates at its last month."""
    months = np.flatnonzero(np.array(results.years) == year) + 1
    figures = measured(results, name, team)
    return np.asarray(figures[months].sum(axis=0) if MEASURES[name].kind == "flow" else figures[months[-1]])


def teams_measured(results: Results, name: str) -> tuple[str, ...]:
    """The teams a measure is defined for: every team, or those that hold cases."""
    measure = MEASURES[name]
    by_case = measure.cases or (measure.parts and MEASURES[measure.parts[0]].cases)
    return tuple(sorted(results.scenario.caseloads.teams)) if by_case else results.posts.teams


def _staff(results: Results, measure: Measure, team: str | None, census: bool) -> Figures:
    posts = results.posts
    if team is not None and team not in posts.teams:
        raise KeyError(f"unknown team {team!r}; known: {', '.join(posts.teams)}")
    kind = {
        "established": posts.established,
        "additional": ~posts.established & ~posts.commissioned,
        "commissioned": posts.commissioned,
    }
    wanted = kind.get(measure.groups, np.ones_like(posts.established))
    if team is not None:
        wanted = wanted & (posts.team == posts.teams.index(team))
    if census:
        wanted = wanted & posts.qualified
    first = np.unique(posts.group, return_index=True)[1]
    fte = np.zeros(len(posts.groups))
    fte[posts.group[first]] = posts.fte[first] * wanted[first]
    months, _, runs = results.history.staff["permanent"].shape
    figures, mine = np.zeros((months, runs)), np.flatnonzero(fte)
    for name in measure.staff:
        if name == "created":
            figures += (posts.exists(np.arange(months)) @ (posts.fte * wanted))[:, None]
        else:
            sign = -1.0 if name.startswith("-") else 1.0
            people = results.history.people(name.removeprefix("-"))[:, mine]
            figures += sign * np.einsum("g,mgr->mr", fte[mine], people)
    return np.asarray(np.round(figures, 9))


def _cases(results: Results, name: str, team: str | None) -> Figures:
    history, teams = results.history, sorted(results.scenario.caseloads.teams)
    if team is not None and team not in teams:
        raise KeyError(f"unknown team {team!r} that holds cases; known: {', '.join(teams)}")
    figures: NDArray[Any]
    here = slice(None) if team is None else [teams.index(team)]
    if name == "oldest":
        waits = oldest_wait(history.cases["pooled"][:, here], history.cases["waiting"][:, here])
        return np.asarray(waits.max(axis=1), dtype=float)
    if name == "open":
        figures = history.cases["held"] + history.cases["waiting"]
    else:
        figures = history.holder_fte if name == "holder_fte" else history.cases[name]
    return np.asarray(figures[:, here].sum(axis=1), dtype=float)


def oldest_wait(pooled: NDArray[np.int32], waiting: NDArray[np.int32]) -> NDArray[np.int32]:
    """Whole months the oldest waiting case has waited, if the oldest are given out first; 0 where none waits.

    Parameters
    ----------
    pooled, waiting : array, shape (M + 1, C, R)
        Cases to be given out in each month, and those of them still waiting at its end.

    Examples
    --------
    Five cases come and wait; two are given out the next month, and three new ones wait with the rest:

    >>> pooled, waiting = (np.array(x).reshape(3, 1, 1) for x in ([5, 8, 6], [5, 6, 2]))
    >>> oldest_wait(pooled, waiting).ravel().tolist()
    [0, 1, 1]
    """
    came = pooled.astype(np.int64)
    came[1:] -= waiting[:-1]
    came[0] = waiting[0]
    arrived_by = np.cumsum(came, axis=0)
    given_out = arrived_by - waiting
    waits = np.zeros_like(waiting)
    for month in range(1, waiting.shape[0]):
        known_by = arrived_by[:month][::-1] > given_out[month]
        waits[month] = np.where(waiting[month] > 0, np.logical_and.accumulate(known_by, axis=0).sum(axis=0), 0)
    return waits


@dataclass(frozen=True)
class Spread:
    """A figure over the runs: mean, 10th, 50th and 90th percentiles, and its Monte Carlo error."""

    mean: float
    p10: float
    p50: float
    p90: float
    error: float
    runs: int


def spread(figures: Figures, draw: NDArray[np.intp]) -> Spread:
    """The mean and percentiles of a figure over the runs in which it is defined.

    The Monte Carlo error is that of the mean, from the spread of the means of runs that share a draw
    of the assumptions; where each run has its own draw, or there is one draw, from the runs themselves.

    Parameters
    ----------
    figures : array, shape (R,)
    draw : array, shape (R,)
        Each run's draw.
    """
    mean, p10, p50, p90, error, runs = spreads(figures[None], draw)[0].tolist()
    return Spread(mean, p10, p50, p90, error, int(runs))


def spreads(figures: Figures, draw: NDArray[np.intp]) -> Figures:
    """The :class:`Spread` of many figures at once, a row for each.

    Parameters
    ----------
    figures : array, shape (N, R)
    draw : array, shape (R,)
        Each run's draw.

    Returns
    -------
    array, shape (N, 6)
        Mean, 10th, 50th and 90th percentile, Monte Carlo error, and the number of runs in which it is defined.

    Examples
    --------
    >>> spreads(np.array([[50.0, 10.0, 40.0, 20.0, 30.0], [np.nan, 2.0, 4.0, np.nan, 6.0]]), np.zeros(5, dtype=int)).round(2)
    array([[30.  , 14.  , 30.  , 46.  ,  7.07,  5.  ],
           [ 4.  ,  2.4 ,  4.  ,  5.6 ,  1.15,  3.  ]])
    """
    defined = ~np.isnan(figures)
    whole = defined.all(axis=1)
    found = np.empty((len(figures), 6))
    found[whole] = _spreads_of_defined(figures[whole], draw)
    for row in np.flatnonzero(~whole):
        found[row] = _spreads_of_defined(figures[row, defined[row]][None], draw[defined[row]])
    return found


def _spreads_of_defined(figures: Figures, draw: NDArray[np.intp]) -> Figures:
    found, runs = np.full((len(figures), 6), np.nan), draw.size
    found[:, 5] = runs
    if not runs:
        return found
    found[:, 0] = figures.mean(axis=1)
    found[:, 1:4] = np.quantile(figures, (0.1, 0.5, 0.9), axis=1).T
    counts = np.bincount(draw)
    draws = np.count_nonzero(counts)
    if 1 < draws < runs:
        cell = np.arange(len(figures))[:, None] * counts.size + draw
        departures = np.bincount(cell.reshape(-1), (figures - found[:, :1]).reshape(-1), len(figures) * counts.size)
        between = (departures.reshape(-1, counts.size) ** 2).sum(axis=1)
        found[:, 4] = np.sqrt(between * draws / (draws - 1)) / runs
    elif runs > 1:
        found[:, 4] = figures.std(axis=1, ddof=1) / np.sqrt(runs)
    return found
