"""Triggers to stop, slow or reverse: dates, measures and thresholds that meet a stated rate of false alarms.

Every threshold is set at once from the forecast's own runs. Each run has, at each date and for each measure, the share of
runs at least as bad; its smallest such share is how alarming the run is over all of them. The thresholds stand where no
more than the stated share of runs is so alarming (the smallest-p method of Westfall and Young, 1993), so measures that
move together, and dates that follow one another, are counted once.
"""

from __future__ import annotations

import math
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.formats import percent
from workforce_model.basis.periods import month
from workforce_model.decisions.answers import QUESTIONS, Answer, not_defined
from workforce_model.engine.model import run
from workforce_model.engine.results import Results
from workforce_model.improvement.audits import share_interval
from workforce_model.reading.measures import spread
from workforce_model.six_months.runs import Figures, ReviewRuns
from workforce_model.six_months.watches import HIGH, Watch, at_bad_ends, watched

FALSE_ALARMS = 0.10
"""The most often that any trigger may trip although the forecast holds."""
QUARTERS = 4
"""Quarter ends at which triggers are read after the review."""
COLUMNS = [
    "date", "action", "measure", "unit", "trips", "threshold", "printed", "mean", "p10", "p90", "false_alarm", "if_wrong", "alarm_if_wrong", "then",
    "status",
]  # fmt: skip
AHEAD, TRIPPED, QUIET = "ahead", "tripped", "not tripped"
Pairs = list[tuple[int, Watch]]
"""The position of a date's month, and what is watched then."""


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
    rounded outwards, so the rate is at most the one asked; what it then is, is counted again. With actuals the triggers
    that the plan would have set for the months that happened come first, and whether they tripped.

    Parameters
    ----------
    few : int
        Runs of the forecast with demand, recruitment or prices at the bad ends of their ranges, which show how often a
        trigger would trip when it should.
    """
    forecast, watches = runs.forecast, watched(runs, runs.at)
    pairs = [(place, watch) for place in quarter_ends(runs) for watch in watches]
    if not pairs:
        return not_defined(20, "no quarter ends after the review while the clock runs")
    figures = _signed(forecast, pairs)
    limits = _limits(figures, pairs, rate)
    played = {
        wrong: run(at_bad_ends(forecast.scenario, wrong), few, forecast.seed, executor=executor) for wrong in HIGH
    }
    rightly = {wrong: alarms(_signed(r, pairs), limits) for wrong, r in played.items()}
    ahead = _rows(forecast, pairs, figures, limits).assign(status=AHEAD)
    ahead["alarm_if_wrong"] = [rightly[watch.wrong][i].mean() for i, (_, watch) in enumerate(pairs)]
    happened = _happened(runs, rate)
    table = pd.concat([one for one in (happened, ahead) if len(one)], ignore_index=True)
    table = table[(table["trips"] == "above") | (table["threshold"] > 0)].reset_index(
        drop=True
    )  # no count is below nought
    any_tripped = alarms(figures, limits).any(axis=0)
    low, high = share_interval(int(any_tripped.sum()), forecast.runs)
    power = {wrong: float(x.any(axis=0).mean()) for wrong, x in rightly.items()}
    found = float(any_tripped.mean())
    sentence = f"{_now_said(table, rate)}{_ahead_said(table, (found, low, high), power, rate, few)}"
    return Answer(20, QUESTIONS[20][1], found, low, high, "chance of any false alarm", sentence, table,
                  partial(_chart, runs, table, watches[-1].measure))  # fmt: skip


def quarter_ends(runs: ReviewRuns) -> list[int]:
    """The positions of the quarter ends after the review at which triggers are read."""
    months = runs.forecast.months
    return [m for m in range(runs.at + 1, len(months)) if months[m].month % 3 == 0][:QUARTERS]


def _happened(runs: ReviewRuns, rate: float) -> pd.DataFrame:
    """The triggers that the plan would have set for the quarter ends that happened, and whether they tripped."""
    if runs.actuals is None:
        return pd.DataFrame(columns=COLUMNS)
    months, plan = runs.foreseen.months, runs.foreseen
    first = int((plan.scenario.periods.report_from - months[0]).n)
    places = [m for m in range(first, runs.at + 1) if months[m].month % 3 == 0 and months[m] in runs.actuals.months]
    pairs = [(place, watch) for place in places for watch in watched(runs, first - 1) if watch.read(plan, place).any()]
    figures = _signed(plan, pairs)
    limits = _limits(figures, pairs, rate)
    came = np.array([watch.sign * watch.read(runs.forecast, place).mean() for place, watch in pairs])
    rows = _rows(plan, pairs, figures, limits).assign(alarm_if_wrong=math.nan)
    return rows.assign(status=[
        f"{TRIPPED if x > limit else QUIET}: {watch.printed(watch.sign * x + 0.0)}" for x, limit, (_, watch) in zip(came, limits, pairs, strict=True)
    ])  # fmt: skip


def _signed(results: Results, pairs: Pairs) -> Figures:
    """Every watched figure at every date, more is worse, shape (T, R)."""
    return np.array([watch.sign * watch.read(results, place) for place, watch in pairs]).reshape(
        len(pairs), results.runs
    )


def _limits(figures: Figures, pairs: Pairs, rate: float) -> Figures:
    """The thresholds, each rounded up to its grain, so that it alarms no oftener; shape (T,)."""
    if not pairs:
        return np.zeros(0)
    grains = np.array([watch.grain for _, watch in pairs])
    return np.asarray(np.ceil(np.round(thresholds(figures, rate) / grains, 6)) * grains)


def _rows(results: Results, pairs: Pairs, figures: Figures, limits: Figures) -> pd.DataFrame:
    """A row for each trigger: its date, threshold, what is expected and how often it alone alarms falsely."""
    rows = []
    for (place, watch), figure, limit in zip(pairs, figures, limits, strict=True):
        s, threshold = spread(watch.sign * figure, results.draw), watch.sign * float(limit) + 0.0
        rows.append((str(results.months[place]), watch.action, watch.measure, watch.unit, watch.side, threshold, watch.printed(threshold), s.mean, s.p10, s.p90,
                     float((figure > limit).mean()), watch.wrong, math.nan, watch.then, ""))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _now_said(table: pd.DataFrame, rate: float) -> str:
    """Whether anything has tripped already; nothing before any actuals."""
    past = table[table["status"] != AHEAD]
    if past.empty:
        return ""
    tripped = past[past["status"].str.startswith(TRIPPED)].to_dict("records")
    named = "; ".join(
        f"{r['action']}: {r['measure']} was {r['status'].partition(': ')[2]} in {month(r['date']):%B %Y}, {_side(r)} {r['printed']}"
        for r in tripped
    )
    said = f"these have tripped: {named}" if tripped else "none has tripped"
    return f"Of the {len(past)} triggers that the plan would have set so far (false alarms at most {percent(rate)}), {said}. "


def _ahead_said(
    table: pd.DataFrame, found: tuple[float, float, float], power: dict[Any, float], rate: float, few: int
) -> str:
    ahead = table[table["status"] == AHEAD]
    first, last = ahead["date"].iloc[0], ahead["date"].iloc[-1]
    parts = [
        f"{r['action']}: {r['measure']}, {_side(r)} {r['printed']}"
        for r in ahead[ahead["date"] == first].to_dict("records")
    ]
    rightly = ", ".join(
        f"{percent(chance)} where {wrong} {'are' if wrong == 'prices' else 'is'} at the bad end"
        for wrong, chance in power.items()
    )
    return (
        f"At the end of {month(first):%B %Y}, {'; '.join(parts)}. The table has every quarter to {month(last):%B %Y}. While the forecast holds, any of the {len(ahead)} triggers trips in "
        f"{percent(found[0])} of futures [95%: {percent(found[1])} to {percent(found[2])}], a false alarm; they are set for at most {percent(rate)}. One trips in "
        f"{rightly} ({few} runs each)."
    )


def _side(row: dict[Any, Any]) -> str:
    return "over" if row["trips"] == "above" else "under"


def _chart(runs: ReviewRuns, table: pd.DataFrame, measure: str, ax: Any = None) -> Any:
    from workforce_model.charts.review import trigger_lines

    return trigger_lines(runs, table, measure, ax=ax)
