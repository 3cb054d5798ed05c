"""What a right answer gives, as published with the problem from 500,000 runs, and how far an outcome is from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.cohorts import CohortOutcome
from tests.benchmarks.engine import Chances, play
from tests.benchmarks.problem import CERTAIN, OVER, R1, SEED, Outcome, Problem, Rates, joined

ENOUGH = 4.5
"""Agreement: every difference of means and of variances, over its Monte Carlo standard error, stays within this."""

PUBLISHED_RUNS = 500_000
PUBLISHED = {
    "R1": {
        "leavers": (73.05, 8.540), "agency": (15.121, 1.768), "vacant": (13.963, 1.721), "high": (0.1174, 0.0268),
        "high at end": (0.1221, 0.0548), "investment £m": (1.9141, 0.0671), "cost £m": (29.0139, 0.3003),
    },
    "R1u": {
        "leavers": (75.19, 18.25), "agency": (15.230, 2.879), "vacant": (14.440, 3.731), "high": (0.1798, 0.1690),
        "high at end": (0.2045, 0.2192), "investment £m": (1.9095, 0.0728), "cost £m": (28.9416, 0.5392),
    },
    "R0": {
        "leavers": (71.30, 8.343), "agency": (14.913, 1.749), "vacant": (13.734, 1.693),
        "cost £m": (29.0377, 0.2979), "cases at end": (2_880.0, 53.43),
    },
}  # fmt: skip
"""Mean and standard deviation over runs, benchmark.md section 4."""
CASELOADS = {
    1: (17.665, 1.057, 0.0123), 12: (17.756, 2.628, 0.1275), 24: (17.682, 2.650, 0.1254), 36: (17.624, 2.642, 0.1215),
}  # fmt: skip
"""R1: mean and standard deviation of the caseloads of all workers, and the share at 21 or more, by month."""
HIGH_BY_TEAM = (0.098, 0.105, 0.115, 0.123, 0.153, 0.153)
"""R1: share of a team's workers at 21 or more in month 36."""

Figures = dict[str, NDArray[np.float64]]
Scores = dict[str, float]


def figures(outcome: Outcome) -> Figures:
    """The published figures of R1 in each run, each of shape (R,)."""
    staffed = outcome.paid.sum(axis=(1, 2), dtype=np.int64)
    over, cost = outcome.over.sum(axis=1, dtype=np.int64), outcome.cost()
    return {
        "leavers": outcome.leavers.sum(axis=(0, 1), dtype=float),
        "agency": outcome.agency.sum(axis=1, dtype=np.int64).mean(axis=0),
        "vacant": outcome.empty.sum(axis=1, dtype=np.int64).mean(axis=0),
        "high": over.sum(axis=0) / staffed.sum(axis=0),
        "high at end": over[-1] / staffed[-1],
        "investment £m": cost[:, :, 1].sum(axis=(0, 1)) / 1e6,
        "cost £m": cost.sum(axis=(0, 1, 2)) / 1e6,
    }


def cohort_figures(outcome: CohortOutcome) -> Figures:
    """The published figures of R0 in each run."""
    return {
        "leavers": outcome.leavers.sum(axis=(0, 1), dtype=float),
        "agency": outcome.agency.sum(axis=1, dtype=np.int64).mean(axis=0),
        "vacant": outcome.empty.sum(axis=1, dtype=np.int64).mean(axis=0),
        "cost £m": outcome.cost.sum(axis=(0, 1)) / 1e6,
        "cases at end": outcome.cases[-1].sum(axis=0).astype(float),
    }


def _moments(values: NDArray[np.float64], draws: int) -> NDArray[np.float64]:
    """Mean, variance and their standard errors; runs of one draw (run i has draw i modulo D) are taken together."""
    squared = (values - values.mean()) ** 2
    moments = []
    for each in (values, squared):
        by_draw = each.reshape(-1, draws).mean(axis=0) if draws > 1 else each
        moments += [each.mean(), by_draw.std(ddof=1) / np.sqrt(by_draw.size)]
    return np.array(moments)


def scores(found: Figures, problem: str, draws: int = 1) -> Scores:
    """z of each figure's mean and variance against the published ones."""
    z = {}
    for name, (mean, deviation) in PUBLISHED[problem].items():
        m, m_error, v, v_error = _moments(found[name], draws)
        z[f"mean {name}"] = (m - mean) / np.hypot(m_error, deviation / np.sqrt(PUBLISHED_RUNS))
        z[f"variance {name}"] = (v - deviation**2) / np.hypot(v_error, 2 * deviation**2 / 1000)
    return z


def scores_between(one: Figures, other: Figures) -> Scores:
    """z of the differences of means and variances of two outcomes."""
    z = {}
    for name in one.keys() & other.keys():
        m, m_error, v, v_error = _moments(one[name], 1)
        n, n_error, w, w_error = _moments(other[name], 1)
        z[f"mean {name}"] = (m - n) / np.hypot(m_error, n_error)
        z[f"variance {name}"] = (v - w) / np.hypot(v_error, w_error)
    return z


def scores_of_caseloads(batches: list[Outcome]) -> Scores:
    """z of the caseload moments by month and the shares by team, their errors read from batches of runs.

    The published figures' own error is a batch's at their number of runs, and half a unit of their last digit.
    """
    z = {}
    runs = sum(batch.runs for batch in batches)

    def score(name: str, by_batch: NDArray[np.float64], published: float, digits: int) -> None:
        error = by_batch.std(ddof=1) / np.sqrt(len(batches))
        rounding = 10.0**-digits / np.sqrt(12)
        z[name] = float((by_batch.mean() - published) / np.hypot(error * np.sqrt(1 + runs / PUBLISHED_RUNS), rounding))

    cases = np.arange(64)
    for month, (mean, deviation, high) in CASELOADS.items():
        share = np.array([b.histogram[month - 1] / b.histogram[month - 1].sum() for b in batches])
        first = share @ cases
        score(f"caseload mean, month {month}", first, mean, 3)
        score(f"caseload s.d., month {month}", np.sqrt(share @ cases**2 - first**2), deviation, 3)
        score(f"share at 21 or more, month {month}", share[:, OVER:].sum(axis=1), high, 4)
    size = np.array([team.posts for team in R1.teams])
    for place, published in enumerate(HIGH_BY_TEAM):
        staffed = np.array([(size[place] - b.empty[-1, place].astype(np.int64)).sum() for b in batches])
        over = np.array([b.over[-1, place].sum(dtype=np.int64) for b in batches])
        score(f"share of {R1.teams[place].name}", over / staffed, published, 3)
    return z


def worst(z: Scores) -> tuple[str, float]:
    """The figure furthest from agreement, and its z."""
    name = max(z, key=lambda figure: abs(z[figure]))
    return name, z[name]


def batches_of(problem: Problem, runs: int, size: int = 1_024, seed: int = SEED) -> list[Outcome]:
    """R1 in batches of runs one after the other."""
    chances, one = Chances(problem, CERTAIN).ready(), np.zeros(size, dtype=np.intp)
    return [play(chances, np.arange(start, start + size), one, seed) for start in range(0, runs, size)]


def uncertain_outcome(problem: Problem, rates: Rates, runs: int, most: int = 127, seed: int = SEED) -> Outcome:
    """R1u with any number of draws, tables laid out for 64 draws at a time; runs in order of their draw."""
    parts, draws = [], rates.leaving.size
    for start in range(0, draws, 64):
        some = np.arange(start, min(start + 64, draws))
        each = runs // draws
        numbers = (some[:, None] + np.arange(each) * draws).reshape(-1)
        chances = Chances(problem, rates.of(some), most)
        parts.append(play(chances, numbers, np.repeat(np.arange(some.size), each), seed))
    played = joined(parts)
    order = np.argsort(np.arange(draws * each).reshape(each, draws).T.reshape(-1))
    return Outcome(
        *(getattr(played, name)[..., order] for name in ("leavers", "agency", "empty", "over", "paid")),
        histogram=played.histogram,
    )
