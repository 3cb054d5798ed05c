"""How much of a range is luck and how much doubt about the assumptions, and how many runs are enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.engine.model import RUNS, SEED
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import Outcome, settled, settled_year
from workforce_model.reading.playing import at_values, play, versions_of

Figures = NDArray[np.float64]

CLEAR = 2.0
"""Standard errors from nought at which a difference is called clear."""


@dataclass(frozen=True)
class Parts:
    """The variance of a figure over the runs, and what the Monte Carlo error of its mean is made of.

    From a single run neither part is known, and both are not a number.

    Attributes
    ----------
    luck : float
        Variance of runs that share a draw of the assumptions.
    doubt : float
        Variance of the means of the draws, luck's part taken off; never below nought.
    draws : int
        Draws of the assumptions that these runs could use.
    """

    mean: float
    luck: float
    doubt: float
    draws: int

    def error_at(self, runs: int) -> float:
        """The Monte Carlo error of the mean with a number of runs: draws are used up once runs exceed them."""
        return math.sqrt(self.doubt / min(runs, self.draws) + self.luck / runs)

    def runs_for(self, error: float) -> int | None:
        """The fewest runs with an error no larger; None where more runs alone do not reach it, or it is not known.

        Examples
        --------
        One draw, variance 4: the error of 100 runs is 0.2, and 0.1 takes 400.

        >>> one = Parts(mean=0.0, luck=4.0, doubt=0.0, draws=1)
        >>> one.error_at(100), one.runs_for(0.1)
        (0.2, 400)
        """
        if math.isnan(self.luck + self.doubt):
            return None
        if error <= 0:
            return 1 if self.luck == self.doubt == 0 else None
        few = math.ceil(round((self.luck + self.doubt) / error**2, 6))
        if few <= self.draws:
            return max(few, 1)
        left = error**2 - self.doubt / self.draws
        return None if left <= 1e-9 * error**2 else math.ceil(round(self.luck / left, 6))


def parts_of(figures: Figures, draw: NDArray[np.intp], draws: int) -> Parts:
    """Split the variance of a figure between luck and doubt, from runs that share draws.

    Parameters
    ----------
    figures : array, shape (R,)
    draw : array, shape (R,)
        Each run's draw; where no two runs share one, all the variance is counted as doubt.
    draws : int
        Draws there are.
    """
    kept, used = figures[~np.isnan(figures)], draw[~np.isnan(figures)]
    if kept.size < 2:
        return Parts(float(kept.mean()) if kept.size else math.nan, math.nan, math.nan, draws)
    counts = np.bincount(used)
    means = np.bincount(used, kept)[counts > 0] / counts[counts > 0]
    if draws == 1 or means.size == 1:
        return Parts(float(kept.mean()), float(kept.var(ddof=1)), 0.0, draws)
    if means.size == kept.size:
        return Parts(float(kept.mean()), 0.0, float(kept.var(ddof=1)), draws)
    within = np.bincount(used, kept**2)[counts > 0] - counts[counts > 0] * means**2
    luck = max(float(within.sum()) / (kept.size - means.size), 0.0)
    between = float(means.var(ddof=1)) - luck * float((1 / counts[counts > 0]).mean())
    return Parts(float(kept.mean()), luck, max(between, 0.0), draws)


def enough_runs(figures: Figures, draw: NDArray[np.intp], draws: int, within: float) -> int | None:
    """How many runs bring the error of a mean to ``within`` at two standard errors; None where no number does.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> enough_runs(rng.choice([-1.0, 1.0], 4000), np.zeros(4000, dtype=np.intp), 1, within=0.1) in range(395, 405)
    True
    """
    return parts_of(figures, draw, draws).runs_for(within / CLEAR)


def ratio_of_means(over: Figures, under: Figures, draw: NDArray[np.intp]) -> tuple[float, float]:
    """The mean of one figure over that of another, in the runs where both are defined, and its Monte Carlo error.

    The error is that of ``over - ratio * under``, over the mean below: what the two share in a run does not count twice.

    Parameters
    ----------
    over, under : array, shape (R,)
        Such as pounds and workers, run by run.
    draw : array, shape (R,)
        Each run's draw.

    Examples
    --------
    £100 a worker in every run, whatever number of workers it is:

    >>> ratio_of_means(np.array([100.0, 300.0]), np.array([1.0, 3.0]), np.zeros(2, dtype=np.intp))
    (100.0, 0.0)
    """
    both = ~np.isnan(over) & ~np.isnan(under)
    below = float(under[both].mean())
    ratio = float(over[both].mean()) / below
    return ratio, spread(over[both] - ratio * under[both], draw[both]).error / abs(below)


def uncertainty(scenario: Scenario, outcomes: Sequence[Outcome | str], runs: int = RUNS, seed: int = SEED, *,
                within: float | None = None, executor: Executor | None = None) -> pd.DataFrame:  # fmt: skip
    """The range of a figure from luck alone, from doubt about the assumptions alone, and from both.

    Luck: every assumption at its value. Doubt: the means of the draws, drawn in to the variance that is left
    once luck's part is taken off. Both: the runs of the everyday answer.

    Parameters
    ----------
    within : float, optional
        The error wanted at two standard errors, in the outcome's unit: the table then says how many runs give it.

    Returns
    -------
    DataFrame
        Columns outcome, team, period, question (the outcome in words), unit, holds, mean, p10, p50, p90, share_of_variance, mc_error, runs_enough.
        ``runs_enough`` is missing where no number of runs reaches ``within``, or none was asked.
    """
    questions = [settled(outcome) for outcome in outcomes]
    numbers = np.arange(runs)
    versions = [at_values(scenario), *versions_of([scenario], seed, doubt=True)]
    alone, both = play(versions, questions, numbers, seed, executor=executor)
    rows = []
    for outcome in questions:
        parts = parts_of(both.figures[outcome], numbers % DRAWS, DRAWS)
        whole = parts.luck + parts.doubt
        lone = parts_of(alone.figures[outcome], np.zeros(runs, dtype=np.intp), 1)
        for holds, figures, share, split in (
            ("luck", alone.figures[outcome], parts.luck, lone),
            ("doubt", _draw_means(both.figures[outcome], parts), parts.doubt, parts),
            ("luck and doubt", both.figures[outcome], whole, parts),
        ):
            p10, p50, p90 = np.nanquantile(figures, (0.1, 0.5, 0.9))
            needed = None if within is None else split.runs_for(within / CLEAR)
            rows.append((outcome.measure, outcome.team or outcome.budget or "council", settled_year(outcome, scenario), outcome.words(scenario),
                         outcome.unit, holds, np.nanmean(figures), p10, p50, p90, share / whole if whole else 0.0, split.error_at(runs), needed))  # fmt: skip
    return pd.DataFrame(rows, columns=["outcome", "team", "period", "question", "unit", "holds", "mean", "p10", "p50", "p90",
                                       "share_of_variance", "mc_error", "runs_enough"])  # fmt: skip


def _draw_means(figures: Figures, parts: Parts) -> Figures:
    """The means of the draws, drawn in towards their mean by the part of their spread that is luck."""
    draw = np.arange(figures.size) % DRAWS
    kept = ~np.isnan(figures)
    counts = np.bincount(draw[kept])
    means = np.bincount(draw[kept], figures[kept])[counts > 0] / counts[counts > 0]
    seen = means.var(ddof=1) if means.size > 1 else 0.0
    return np.asarray(means.mean() + (means - means.mean()) * math.sqrt(min(parts.doubt / seen, 1.0) if seen else 0.0))
