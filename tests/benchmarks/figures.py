"""What a run of R1 leaves behind, and the figures that are read off it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.problem import Problem

HISTOGRAM = 64
"""Caseloads 0 to 62 one by one, then 63 or more."""

COUNTS = ("leavers", "agency", "empty", "high")


@dataclass(frozen=True)
class Result:
    """Results of a number of runs, run by run except the histogram.

    Attributes
    ----------
    counts : array of uint8, shape (4, months, teams, runs)
        Leavers, agency workers, empty posts, workers with 21 cases or more.
    cost_gbp : array of int32, shape (months, 4, runs)
        Permanent base, permanent investment, agency base, agency investment.
    histogram : array of int64, shape (months, 64)
        Workers by caseload, all runs together.
    posts : array, shape (teams,)
        Posts in each team.
    """

    runs: NDArray[np.int64]
    counts: NDArray[np.uint8]
    cost_gbp: NDArray[np.int32]
    histogram: NDArray[np.int64]
    posts: NDArray[np.int64]

    @property
    def bytes_a_run(self) -> float:
        """Memory of the results, over the number of runs."""
        return (self.counts.nbytes + self.cost_gbp.nbytes + self.histogram.nbytes) / self.runs.size

    def figures(self) -> dict[str, NDArray[np.float64]]:
        """The figures of section 4, one number a run."""
        leavers, agency, empty, high = (self.counts[k] for k in range(4))
        posts = int(self.posts.sum())
        vacant = empty.sum(axis=1, dtype=np.int32)
        workers = posts - vacant
        cost = self.cost_gbp.sum(axis=0, dtype=np.int64)
        figures = {
            "leavers": leavers.sum(axis=(0, 1), dtype=np.int32) * 1.0,
            "agency": agency.sum(axis=1, dtype=np.int32).mean(axis=0),
            "vacant": vacant.mean(axis=0),
            "high": high.sum(axis=(0, 1), dtype=np.int32) / workers.sum(axis=0),
            "high at end": high[-1].sum(axis=0, dtype=np.int32) / workers[-1],
            "investment £m": (cost[1] + cost[3]) / 1e6,
            "cost £m": cost.sum(axis=0) / 1e6,
        }
        return {name: np.asarray(values, dtype=float) for name, values in figures.items()}

    def team_high_at_end(self) -> NDArray[np.float64]:
        """Share of each team's workers at 21 or more in the last month, shape (teams, runs)."""
        workers = self.posts[:, None] - self.counts[2, -1].astype(np.int64)
        return np.asarray(self.counts[3, -1] / np.maximum(workers, 1))


def joined(parts: list[Result]) -> Result:
    """Results of several blocks, put in run order."""
    runs = np.concatenate([part.runs for part in parts])
    order = np.argsort(runs, kind="stable")
    if len(parts) == 1 and np.array_equal(order, np.arange(runs.size)):
        return parts[0]
    first = parts[0]
    counts = np.empty((*first.counts.shape[:-1], runs.size), dtype=first.counts.dtype)
    cost = np.empty((*first.cost_gbp.shape[:-1], runs.size), dtype=first.cost_gbp.dtype)
    place = np.argsort(order, kind="stable")
    start = 0
    for part in parts:
        columns = place[start : start + part.runs.size]
        counts[..., columns] = part.counts
        cost[..., columns] = part.cost_gbp
        start += part.runs.size
    histogram = np.sum([part.histogram for part in parts], axis=0)
    return Result(runs[order], counts, cost, histogram, first.posts)


class Tally:
    """A result while one run after another is written into it."""

    def __init__(self, problem: Problem, runs: int) -> None:
        teams = len(problem.teams)
        self.run = 0
        self.posts = np.array([team.posts for team in problem.teams])
        self.counts = np.zeros((4, problem.months, teams, runs), dtype=np.uint8)
        self.cost = np.zeros((problem.months, 4, runs), dtype=np.int32)
        self.histogram = [[0] * HISTOGRAM for _ in range(problem.months)]

    def write(self, team: int, month: int, leavers: int, agency: int, empty: int, high: int, costs: list[int]) -> None:
        """One team's month: permanent base, permanent investment, agency base, agency investment."""
        self.counts[:, month, team, self.run] = leavers, agency, empty, high
        self.cost[month, :, self.run] += costs

    def result(self, runs: NDArray[np.int64]) -> Result:
        """The finished result."""
        return Result(runs, self.counts, self.cost, np.array(self.histogram), self.posts)
