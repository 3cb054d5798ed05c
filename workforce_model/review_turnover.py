"""Is lower turnover more than luck: leavers to date beside what luck and doubt give, and what these months could have shown."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from workforce_model.answers import QUESTIONS, Answer
from workforce_model.formats import percent, rounded
from workforce_model.measures import spread
from workforce_model.ranges import count
from workforce_model.results import Results
from workforce_model.review_people import heads
from workforce_model.review_runs import Figures, ReviewRuns

FALL = 15.0 / 18.9
"""A fall in turnover from 18.9% to 15%, about one in five, as asked of the library's design."""
FALSE_ALARM = 0.05


def turnover_or_luck(runs: ReviewRuns) -> Answer:
    """Leavers to date beside what luck and doubt alone give, and how large a fall these months could have shown."""
    plan, first = runs.foreseen, int((runs.foreseen.scenario.periods.report_from - runs.foreseen.months[0]).n)
    window = np.arange(first, runs.at + 1) + 1
    foreseen = _leavers(plan)[window].sum(axis=0)
    by_luck = spread(foreseen, plan.draw)
    power = chance_of_telling(foreseen, FALL)
    span = f"{plan.months[first]} to {runs.now}"
    teller = f"A fall of one in five (18.9% to 15%) would be told from luck in {percent(power)} of such histories, at a false alarm rate of {percent(FALSE_ALARM)}."
    if runs.through is None:
        figure, said = by_luck.mean, f"From {span} luck and doubt alone give {count(by_luck)} leavers."
    else:
        figure = float(_leavers(runs.forecast)[window].sum(axis=0).mean())
        as_few = float((foreseen <= figure + 0.5).mean())
        verdict = (
            "fewer than luck and doubt explain"
            if as_few <= FALSE_ALARM
            else "no more than luck and doubt explain"
            if figure < by_luck.mean
            else "not fewer than expected"
        )
        said = f"{rounded(figure)} left from {span}, where the plan foresaw {count(by_luck)}: as few or fewer come in {percent(as_few)} of its futures, so this is {verdict}."
    low = least_told(foreseen)
    least = f"Only {low} leavers or fewer would be." if low >= 0 else "Not even none at all would be."
    table = pd.DataFrame(
        [
            (span, "leavers", "people", figure, math.nan, math.nan),
            (span, "leavers by luck and doubt alone", "people", by_luck.mean, by_luck.p10, by_luck.p90),
            (
                span,
                "most leavers that are fewer than luck explains",
                "people",
                low if low >= 0 else math.nan,
                math.nan,
                math.nan,
            ),
            (span, "chance of telling a fall from 18.9% to 15%", "chance", power, math.nan, math.nan),
        ],
        columns=["period", "measure", "unit", "mean", "p10", "p90"],
    )
    return Answer(16, QUESTIONS[16][1], figure, by_luck.p10, by_luck.p90, "leavers", f"{said} {least} {teller}", table)


def _leavers(results: Results) -> Figures:
    """Permanent staff who left, people by month and run."""
    established = [i for i, name in enumerate(results.posts.groups) if name in results.scenario.workforce.posts]
    return heads(results, "left", established)


def least_told(leavers: Figures, false_alarm: float = FALSE_ALARM) -> int:
    """The most leavers that luck alone gives, or fewer, no oftener than the false alarm rate; -1 where none are.

    Examples
    --------
    >>> least_told(np.array([4.0] * 5 + [10.0] * 95)), least_told(np.array([0.0] * 10 + [10.0] * 90))
    (9, -1)
    """
    counts = np.arange(-1, int(leavers.max(initial=0)) + 1)
    chances = (leavers[None] <= counts[:, None]).mean(axis=1)
    return int(counts[np.flatnonzero(chances <= false_alarm)[-1]])


def chance_of_telling(leavers: Figures, ratio: float, false_alarm: float = FALSE_ALARM) -> float:
    """The chance that leavers cut to a ratio fall where luck alone would put them no oftener than the false alarm rate.

    Parameters
    ----------
    leavers : array, shape (R,)
        Leavers in each future with turnover as it was. Each stays away from leaving with chance one less the ratio.
    ratio : float
        Turnover after over turnover before.
    """
    from scipy.stats import binom

    return float(binom.cdf(least_told(leavers, false_alarm), np.rint(leavers).astype(int), ratio).mean())
