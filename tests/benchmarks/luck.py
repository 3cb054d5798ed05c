"""Same luck: how much less two scenarios' difference varies when every post keeps its own luck."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.agreement import figures
from tests.benchmarks.engine import run
from tests.benchmarks.problem import A_SEVENTH_TEAM, LESS_LEAVING, MORE_APPOINTING, R1, SEED, SIX_MORE_POSTS

CHANGES = {
    "leaving -10%": LESS_LEAVING,
    "appointing +25%": MORE_APPOINTING,
    "six more child protection posts": SIX_MORE_POSTS,
    "a seventh team without cases": A_SEVENTH_TEAM,
}
COMPARED = ("leavers", "agency", "high", "cost £m")
"""High here is workers at 21 or more over all workers, the seventh team's without cases among them."""


def variance_ratios(runs: int, seed: int = SEED) -> dict[tuple[str, str], float]:
    """Variance of a difference with independent runs over the same with the same luck, by change and figure."""
    base = figures(run(R1, runs, seed=seed))
    found = {}
    for change, problem in CHANGES.items():
        changed = figures(run(problem, runs, seed=seed))
        apart = figures(run(problem, runs, seed=seed + 1))
        for figure in COMPARED:
            same, independent = np.var(changed[figure] - base[figure]), np.var(apart[figure] - base[figure])
            found[change, figure] = float(independent / same)
    return found
