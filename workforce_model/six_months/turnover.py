"""Is lower turnover more than luck: leavers to date beside what luck and doubt give, and what these months could have shown."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.formats import capital, fte, percent
from workforce_model.decisions.answers import QUESTIONS, Answer
from workforce_model.monitoring.detection import TRIMMED, UNTRIMMED, turnover_power
from workforce_model.reading.measures import Spread, measured, spread
from workforce_model.reading.ranges import people
from workforce_model.six_months.runs import Figures, ReviewRuns

BEFORE, AFTER = 0.189, 0.15
"""A fall in turnover, about one in five, that a council might hope for and ask whether it shows."""
FALSE_ALARM = 0.05


def turnover_or_luck(runs: ReviewRuns) -> Answer:
    """Leavers to date beside what luck and doubt alone give, and the chance that these months show a fall in turnover."""
    plan, first = runs.foreseen, int((_first_month(runs) - runs.foreseen.months[0]).n)
    months = np.arange(first, runs.at + 1) + 1
    left, foreseen, missing = _left_and_foreseen(runs, months)
    expected, span = spread(foreseen, plan.draw), _span(plan.months[first], runs.now)
    least = least_told(foreseen)
    staff = float(measured(runs.forecast, "in_post_fte")[first : runs.at + 2].mean())
    rows = [
        (span, "leavers" if runs.through is not None else "leavers expected", "FTE", left, math.nan, math.nan),
        (span, "leavers by luck and doubt alone", "FTE", expected.mean, expected.p10, expected.p90),
        (span, "most leavers that are fewer than luck explains", "FTE", least, math.nan, math.nan),
    ]
    shows = []
    for over in dict.fromkeys((months.size, 12)):
        low, high = sorted(turnover_power(BEFORE, AFTER, staff, over, dispersion=d) for d in (TRIMMED, UNTRIMMED))
        rows.append(
            (f"{over} months", "chance that a fall from 18.9% to 15.0% shows", "chance", (low + high) / 2, low, high)
        )
        shows.append(f"in {over} month{'s' if over > 1 else ''} with a chance of {percent(low)} to {percent(high)}")
    table = pd.DataFrame(rows, columns=["period", "measure", "unit", "mean", "p10", "p90"])
    said = _verdict(runs, span, left, foreseen, expected)
    only = f"{'not even none at all' if math.isnan(least) else f'only {fte(least)} FTE or fewer'} would be fewer than they explain"
    apart = f" Without {missing}, whose leavers are not available in every month." if missing else ""
    sentence = f"{said}; {only}.{apart} A fall from 18.9% to 15.0% would show {' and '.join(shows)}."
    return Answer(16, QUESTIONS[16][1], left, expected.p10, expected.p90, "FTE leavers", sentence, table)


def _first_month(runs: ReviewRuns) -> pd.Period:
    """The first month that leavers are counted from: the first reported by the actuals, else by the scenario."""
    return runs.foreseen.scenario.periods.report_from if runs.actuals is None else runs.actuals.months[0]


def _left_and_foreseen(runs: ReviewRuns, months: NDArray[np.intp]) -> tuple[float, Figures, str]:
    """Leavers to date, those the plan foresaw in each run, and the teams left out of both because a month is not available."""
    left, foreseen = (measured(r, "leavers_fte")[months].sum(axis=0) for r in (runs.forecast, runs.foreseen))
    missing = (
        []
        if runs.actuals is None
        else [t for t in runs.actuals.teams if np.isnan(runs.actuals.series("leavers_fte", t)[1:]).any()]
    )
    for team in missing:
        left, foreseen = (
            x - measured(r, "leavers_fte", team)[months].sum(axis=0)
            for x, r in ((left, runs.forecast), (foreseen, runs.foreseen))
        )
    return float(left.mean()), foreseen, " and ".join(runs.team_label(team) for team in missing)


def _span(first: pd.Period, last: pd.Period) -> str:
    """From one month to another in words; a single one by itself."""
    return f"{first:%B %Y}" if first == last else f"{first:%B %Y} to {last:%B %Y}"


def _verdict(runs: ReviewRuns, span: str, left: float, foreseen: Figures, expected: Spread) -> str:
    when = f"from {span}" if " to " in span else f"in {span}"
    if runs.through is None:
        return f"{capital(when)} luck and doubt alone give {people(expected)} FTE of leavers"
    as_few = float((foreseen <= left + 1e-9).mean())
    verdict = "not fewer than luck and doubt give"
    if left < expected.mean:
        verdict = (
            "fewer than luck and doubt explain" if as_few <= FALSE_ALARM else "no fewer than luck and doubt explain"
        )
    return (
        f"{fte(left)} FTE left {when}, where the plan foresaw {people(expected)}: as few or fewer leave in {percent(as_few)} of its futures, so this "
        f"is {verdict}"
    )


def least_told(leavers: Figures, false_alarm: float = FALSE_ALARM) -> float:
    """The most leavers that luck alone gives, or fewer, no oftener than the false alarm rate; not a number where none are.

    Examples
    --------
    >>> least_told(np.array([4.0] * 5 + [10.0] * 95)), least_told(np.array([0.0] * 10 + [10.0] * 90))
    (4.0, nan)
    """
    ordered = np.sort(leavers)
    as_few = np.searchsorted(ordered, ordered, side="right") / ordered.size
    return float(ordered[as_few <= false_alarm].max(initial=-math.inf)) if (as_few <= false_alarm).any() else math.nan
