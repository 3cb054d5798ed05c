"""R0: the same posts as counts by state, one total of cases a team, and nobody's own caseload.

A month's draws are made together before they are used where they can be; ``only_draws`` repeats them from
recorded arguments, to say how much of the time they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.problem import AGENCY, BANDS, CASES_AT_START, EMPTY, PAY, SEED, Problem
from workforce_model.basis.draws import Table, Words, arrivals_table, binomial_counts, binomial_table, name_key, thin

LEAVERS = (0, 1, 2, 3, AGENCY, AGENCY + 2, AGENCY + 3)
"""States whose holder may leave."""
PURPOSES = (
    *(f"leave {state}" for state in LEAVERS), *(f"rise {band}" for band in range(BANDS - 1)), "convert",
    "appoint agency", "appoint empty", "cover appointed", "cover empty", "cover 2", "cover 3", "arrive",
)  # fmt: skip
MOST_CASES = 255


@dataclass(frozen=True)
class CohortOutcome:
    """Leavers, agency workers, empty posts and cases, shape (M, T, R); pounds by pay type, shape (M, 2, R)."""

    leavers: NDArray[np.int16]
    agency: NDArray[np.int16]
    empty: NDArray[np.int16]
    cases: NDArray[np.int32]
    cost: NDArray[np.float64]


@dataclass
class Draws:
    """The draws of a block; asked to, it keeps what each was asked with."""

    words: Words
    teams: NDArray[np.uint64]
    posts: NDArray[np.uint64]
    closing: Table
    arrivals: Table
    asked: list[tuple[Callable[..., Any], tuple[Any, ...]]] | None = field(default=None)

    def _made(self, draw: Callable[..., Any], *arguments: Any) -> Any:
        if self.asked is not None:
            self.asked.append((draw, tuple(a.copy() if isinstance(a, np.ndarray) else a for a in arguments)))
        return draw(*arguments)

    def month(self, month: int) -> dict[str, NDArray[np.uint32]]:
        """The month's words by purpose, each of shape (T, R)."""
        drawn = self._made(self.words.of_posts, self.posts, "cohorts", month)
        return dict(zip(PURPOSES, drawn.reshape(len(PURPOSES), len(self.teams), -1), strict=True))

    def of(self, trials: NDArray[Any], chance: Any, word: NDArray[np.uint32]) -> NDArray[np.int16]:
        """Binomial counts."""
        return np.asarray(self._made(binomial_counts, trials, chance, word))

    def closed(self, cases: NDArray[np.int32], month: int) -> NDArray[np.int32]:
        """Cases that close."""
        row = np.broadcast_to(np.arange(len(self.teams))[:, None] * self.closing.width, cases.shape)
        return np.asarray(self._made(thin, cases, self.closing, row, self.words, self.teams, "close", month))

    def arrived(self, word: NDArray[np.uint32]) -> NDArray[np.int16]:
        """Cases that come."""
        row = np.broadcast_to(np.arange(len(self.teams))[:, None], word.shape)
        return np.asarray(self._made(self.arrivals.invert, row, word))


def run_cohorts(problem: Problem, runs: int, seed: int = SEED, draws: Draws | None = None) -> CohortOutcome:
    """Play R0, all teams at once."""
    draws = draws or draws_of(problem, runs, seed)
    size = np.array([t.posts for t in problem.teams])
    start = np.stack([np.bincount(t.start(), minlength=12) for t in problem.teams], axis=1)
    posts = np.repeat(start[:, :, None], runs, axis=2).astype(np.int16)
    cases = np.repeat((CASES_AT_START * size)[:, None], runs, axis=1).astype(np.int32)
    leavers, agency, empty = np.empty((3, problem.months, size.size, runs), dtype=np.int16)
    open_cases, cost = np.empty(leavers.shape, dtype=np.int32), np.empty((problem.months, 2, runs))
    for month in range(problem.months):
        word = draws.month(month + 1)
        posts, leavers[month] = _move(posts, _effect(problem, posts, cases), problem, draws, word)
        cases = cases - draws.closed(cases, month + 1) + draws.arrived(word["arrive"])

        agency[month], empty[month] = posts[AGENCY:EMPTY].sum(axis=0), posts[EMPTY:].sum(axis=0)
        open_cases[month] = cases
        permanent = posts[:BANDS].sum(axis=1)
        cost[month] = PAY[:BANDS] @ permanent, PAY[BANDS] * agency[month].sum(axis=0)
    return CohortOutcome(leavers, agency, empty, open_cases, cost)


def draws_of(problem: Problem, runs: int, seed: int = SEED) -> Draws:
    """The draws of runs 0 to ``runs``."""
    keys = [name_key("cohort", purpose, team.name) for purpose in PURPOSES for team in problem.teams]
    mean = np.array([team.arrivals for team in problem.teams])
    return Draws(
        Words(seed, np.arange(runs)),
        np.array([name_key("team", team.name) for team in problem.teams], dtype=np.uint64),
        np.array(keys, dtype=np.uint64),
        binomial_table(np.array([team.closing for team in problem.teams]), MOST_CASES),
        arrivals_table(mean, np.ones_like(mean)),
    )


def only_draws(asked: list[tuple[Callable[..., Any], tuple[Any, ...]]]) -> None:
    """Make every recorded draw again and use none."""
    for draw, arguments in asked:
        draw(*arguments)


def _effect(problem: Problem, posts: NDArray[np.int16], cases: NDArray[np.int32]) -> NDArray[np.float64]:
    """The caseload effect at each team's mean; 1 where nobody is staffed."""
    staffed = posts[:EMPTY].sum(axis=0)
    mean = np.divide(cases, staffed, out=np.zeros(cases.shape), where=staffed > 0)
    return 1 + problem.slope * np.maximum(mean - problem.knee, 0)


def _move(
    posts: NDArray[np.int16], effect: NDArray[np.float64], problem: Problem, draws: Draws,
    word: dict[str, NDArray[np.uint32]],
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:  # fmt: skip
    """Every post moves once; the counts by state that follow, and the permanent leavers."""
    base = np.array([*problem.leaving, *[problem.agency_leaving] * 3])
    left = draws.of(
        posts[list(LEAVERS)], base[:, None, None] * effect, np.stack([word[f"leave {state}"] for state in LEAVERS])
    )
    staying = posts[:BANDS] - left[:BANDS]
    rising = np.array(problem.rising[: BANDS - 1])[:, None, None]
    rose = draws.of(staying[:-1], rising, np.stack([word[f"rise {band}"] for band in range(BANDS - 1)]))
    agency = posts[AGENCY] - left[BANDS]
    converted = draws.of(agency, problem.converting, word["convert"])
    replaced = draws.of(agency - converted, problem.appointing, word["appoint agency"])
    appointed = draws.of(posts[EMPTY], problem.appointing, word["appoint empty"])
    still = posts[EMPTY] - appointed
    covered = draws.of(
        np.stack([appointed, still, posts[EMPTY + 2], posts[EMPTY + 3]]),
        problem.covering,
        np.stack([word["cover appointed"], word["cover empty"], word["cover 2"], word["cover 3"]]),
    )

    new = np.zeros_like(posts)
    new[:BANDS] = staying
    new[: BANDS - 1] -= rose
    new[1:BANDS] += rose
    new[0] += converted + posts[AGENCY + 1] + posts[EMPTY + 1]
    new[AGENCY] = agency - converted - replaced + covered[1]
    new[AGENCY + 1] = posts[AGENCY + 2] - left[5] + covered[2]
    new[AGENCY + 2] = posts[AGENCY + 3] - left[6] + covered[3]
    new[AGENCY + 3] = replaced + covered[0]
    new[EMPTY] = left[: BANDS + 1].sum(axis=0) + still - covered[1]
    new[EMPTY + 1] = left[5] + posts[EMPTY + 2] - covered[2]
    new[EMPTY + 2] = left[6] + posts[EMPTY + 3] - covered[3]
    new[EMPTY + 3] = appointed - covered[0]
    return new, left[:BANDS].sum(axis=0)
