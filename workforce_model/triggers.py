"""Triggers to stop, slow or reverse: dates, measures and thresholds that meet a stated rate of false alarms.

Every threshold is set at once from the forecast's own runs. Each run has, at each date and for each measure, the share of
runs at least as bad; its smallest such share is how alarming the run is over all of them. The thresholds stand where no
more than the stated share of runs is so alarming (the smallest-p method of Westfall and Young, 1993), so measures that
move together, and dates that follow one another, are counted once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.answers import QUESTIONS, Answer, not_defined
from workforce_model.audits import share_interval
from workforce_model.benefits import cost_of_budget
from workforce_model.formats import percent, pounds, rounded
from workforce_model.measures import measured, spread
from workforce_model.model import run
from workforce_model.results import Results
from workforce_model.review_runs import Figures, ReviewRuns
from workforce_model.scenario import Scenario

FALSE_ALARMS = 0.10
"""The most often that any trigger may trip although the forecast holds."""
QUARTERS = 4
"""Quarter ends at which triggers are read after the review."""
Action = Literal["stop", "slow", "reverse"]
Wrong = Literal["demand", "recruitment", "prices"]
HIGH: dict[Wrong, str] = {
    "demand": r"caseloads\.(arrivals_growth|teams\.\w+\.arrivals)$",
    "recruitment": r"workforce\.(turnover_rate|recruitment_lead_months)$",
    "prices": r"costs\.",
}
LOW: dict[Wrong, str] = {"recruitment": r"workforce\.(posts\.\w+\.)?filling_probability$"}
"""What may go wrong, and the assumptions that then stand at the high and at the low end of their ranges."""


@dataclass(frozen=True)
class Watch:
    """A figure to watch, the side on which it alarms, and what is then done.

    Attributes
    ----------
    wrong : str
        What would make it alarm rightly; a key of :data:`HIGH`.
    grain : float
        What its threshold is rounded to, outwards.
    read : callable
        Takes results and the position of a month; returns the figure in every run, shape (R,).
    """

    measure: str
    unit: str
    side: Literal["above", "below"]
    action: Action
    wrong: Wrong
    then: str
    grain: float
    read: Callable[[Results, int], Figures]

    @property
    def sign(self) -> int:
        """1 where more is worse, -1 where less is."""
        return 1 if self.side == "above" else -1

    def printed(self, x: float) -> str:
        """A threshold as a page shows it."""
        return (
            pounds(x)
            if self.unit == "GBP"
            else percent(x)
            if self.unit.startswith("share")
            else f"{rounded(x, 0 if self.grain == 1 else 1):,}"
        )


def watched(runs: ReviewRuns) -> tuple[Watch, ...]:
    """The figures that a review leaves the boards to watch.

    Turnover is not among them: months cannot show a change in it, and a trigger without power only adds false alarms.
    """
    limit, team, label = runs.forecast.scenario.caseloads.caseload_limit, runs.team, runs.budget_label.lower()
    return (
        Watch(f"spend on {label}, year to date", "GBP", "above", "stop", "prices", "appoint to no further post until the price is explained", 1_000.0,
              partial(_spent, budget=runs.budget)),
        Watch(f"cases that arrived since {runs.now}", "cases", "above", "stop", "demand", "commit no further money until demand is understood", 1.0,
              partial(_arrived, after=runs.at)),
        Watch(f"{label} filled", "posts", "below", "slow", "recruitment", "release growth only as posts fill; the rest goes back", 1.0,
              partial(_filled, groups=runs.groups)),
        Watch("agency covering vacancies and above establishment", "FTE", "above", "slow", "recruitment", "approve no further agency without a date it ends", 0.1,
              _agency),
        Watch(f"{runs.team_label(team)} workers with {limit} or more cases", "share of workers", "above", "reverse", "demand",
              "take the growth back to Cabinet: it does not bring caseloads down", 0.01, partial(_over, team=team)),
    )  # fmt: skip


def _spent(results: Results, place: int, *, budget: str) -> Figures:
    months = np.flatnonzero(np.array(results.years) == results.years[place])
    return cost_of_budget(results, budget, months[months <= place])


def _arrived(results: Results, place: int, *, after: int) -> Figures:
    return np.asarray(measured(results, "cases_arrived")[after + 2 : place + 2].sum(axis=0))


def _filled(results: Results, place: int, *, groups: Sequence[str]) -> Figures:
    mine = [results.posts.groups.index(name) for name in groups]
    return np.asarray(results.history.staff["permanent"][place + 1, mine].sum(axis=0, dtype=float))


def _agency(results: Results, place: int) -> Figures:
    return np.asarray(sum(measured(results, x)[place + 1] for x in ("agency_cover_fte", "agency_additional_fte")))


def _over(results: Results, place: int, *, team: str) -> Figures:
    share = measured(results, "share_at_or_over", team)[place + 1]
    return np.where(np.isnan(share), 0.0, share)  # nobody there: nobody over


def thresholds(figures: Figures, rate: float) -> Figures:
    """What each figure must exceed, so that in no more than a share of runs any of them does.

    Parameters
    ----------
    figures : array, shape (T, R)
        Each figure in each run; more is worse.
    rate : float
        The most often that any may alarm, 0 to 1.

    Returns
    -------
    array, shape (T,)
        A figure alarms above its threshold, never at it. Every figure alarms in as small a share of runs, as far as
        whole figures allow.

    Raises
    ------
    ValueError
        If the rate is not a share below 1.

    Examples
    --------
    Two figures that move together alarm together, so each may alarm as often as both:

    >>> runs = np.arange(100.0)
    >>> thresholds(np.stack([runs, 2 * runs]), 0.10).tolist()
    [89.0, 178.0]

    Two that never alarm at once have half the rate each:

    >>> thresholds(np.stack([runs, runs[::-1]]), 0.10).tolist()
    [94.0, 94.0]
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate = {rate}: expected a share from 0 to below 1; one in ten is written 0.1")
    ordered = np.sort(figures, axis=1)
    count = figures.shape[1]
    as_bad = np.stack(
        [1 - np.searchsorted(row, x, side="left") / count for row, x in zip(ordered, figures, strict=True)]
    )
    alarming = np.sort(as_bad.min(axis=0))
    within = np.searchsorted(alarming, alarming, side="right") / count <= rate + 1e-12
    level = alarming[within].max(initial=0.0)
    return np.asarray(np.where(as_bad > level, figures, -np.inf).max(axis=1))


def alarms(figures: Figures, limits: Figures) -> NDArray[np.bool_]:
    """Whether each figure alarms in each run, shape (T, R)."""
    return np.asarray(figures > limits[:, None])


def set_triggers(runs: ReviewRuns, few: int, rate: float = FALSE_ALARMS, executor: Executor | None = None) -> Answer:
    """Dates, measures and thresholds to stop, slow or reverse, with the rate of false alarms they have.

    A false alarm is any trigger that trips, at any date, although the future is one the forecast foresees. Thresholds are
    rounded outwards, so the rate is at most the one asked; what it then is, is counted again.

    Parameters
    ----------
    few : int
        Runs of the forecast with demand, recruitment or prices at the bad ends of their ranges, which show how often a
        trigger would trip when it should.
    """
    forecast, watches, places = runs.forecast, watched(runs), quarter_ends(runs)
    pairs = [(place, watch) for place in places for watch in watches]
    if not pairs:
        return not_defined(20, "no quarter ends after the review while the clock runs")
    figures = _signed(forecast, pairs)
    limits = np.array(
        [_outwards(x, watch.grain) for x, (_, watch) in zip(thresholds(figures, rate), pairs, strict=True)]
    )
    tripped = alarms(figures, limits)
    rightly = {
        wrong: alarms(
            _signed(run(at_bad_ends(forecast.scenario, wrong), few, forecast.seed, executor=executor), pairs), limits
        )
        for wrong in HIGH
    }
    rows = []
    for i, (place, watch) in enumerate(pairs):
        s, limit = spread(watch.sign * figures[i], forecast.draw), watch.sign * limits[i] + 0.0
        if watch.sign > 0 or limit > 0:  # nothing counted is below nought: such a trigger cannot trip
            rows.append((str(forecast.months[place]), watch.action, watch.measure, watch.unit, watch.side, limit, watch.printed(limit), s.mean, s.p10, s.p90,
                         float(tripped[i].mean()), watch.wrong, float(rightly[watch.wrong][i].mean()), watch.then))  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    found = float(tripped.any(axis=0).mean())
    low, high = share_interval(int(tripped.any(axis=0).sum()), forecast.runs)
    sentence = _said(
        table, (found, low, high), {wrong: float(x.any(axis=0).mean()) for wrong, x in rightly.items()}, rate, few
    )
    return Answer(20, QUESTIONS[20][1], found, low, high, "chance of any false alarm", sentence, table,
                  partial(_chart, runs, table, watches[-1].measure))  # fmt: skip


COLUMNS = [
    "date",
    "action",
    "measure",
    "unit",
    "trips",
    "threshold",
    "printed",
    "mean",
    "p10",
    "p90",
    "false_alarm",
    "if_wrong",
    "alarm_if_wrong",
    "then",
]


def quarter_ends(runs: ReviewRuns) -> list[int]:
    """The positions of the quarter ends after the review at which triggers are read."""
    months = runs.forecast.months
    return [m for m in range(runs.at + 1, len(months)) if months[m].month % 3 == 0][:QUARTERS]


def _signed(results: Results, pairs: list[tuple[int, Watch]]) -> Figures:
    """Every watched figure at every date, more is worse, shape (T, R)."""
    return np.array([watch.sign * watch.read(results, place) for place, watch in pairs])


def _outwards(x: float, grain: float) -> float:
    """A threshold rounded up to its grain, so that it alarms no oftener."""
    return math.ceil(round(x / grain, 6)) * grain


def at_bad_ends(scenario: Scenario, wrong: Wrong) -> Scenario:
    """The scenario with what may go wrong at the bad ends of its ranges."""
    changes: dict[str, float] = {}
    for path, stated in scenario.assumptions().items():
        if stated.high is not None and re.match(HIGH[wrong], path):
            changes[path] = stated.high
        if stated.low is not None and re.match(LOW.get(wrong, "$"), path):
            changes[path] = stated.low
    return scenario.replace(changes) if changes else scenario


def _said(
    table: pd.DataFrame,
    found: tuple[float, float, float],
    rightly: dict[Wrong, float],
    rate: float,
    few: int,
) -> str:
    first, last = table["date"].iloc[0], table["date"].iloc[-1]
    now = table[table["date"] == first].to_dict("records")
    parts = [
        f"{r['action']}: {r['measure']}, {'over' if r['trips'] == 'above' else 'under'} {r['printed']}" for r in now
    ]
    power = ", ".join(
        f"{percent(chance)} where {wrong} {'are' if wrong == 'prices' else 'is'} at the bad end"
        for wrong, chance in rightly.items()
    )
    return (
        f"At the end of {first}, {'; '.join(parts)}. The table has every quarter to {last}. While the forecast holds, any of the {len(table)} triggers trips in "
        f"{percent(found[0])} of futures [95%: {percent(found[1])} to {percent(found[2])}], a false alarm; they are set for at most {percent(rate)}. One trips in {power} ({few} runs each)."
    )


def _chart(runs: ReviewRuns, table: pd.DataFrame, measure: str, ax: Any = None) -> Any:
    from workforce_model.charts_review import trigger_lines

    return trigger_lines(runs, table, measure, ax=ax)
