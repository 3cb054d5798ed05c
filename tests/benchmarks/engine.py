"""R1 and R1u: the month of the speed problem, composed from the library's words, tables and sharing out.

Teams are independent, and each is played for a block of runs at once: arrays of posts by runs, runs
contiguous. Only the posts that change in a month are touched one by one.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.problem import (
    AGENCY,
    BANDS,
    CERTAIN,
    EMPTY,
    INVESTED,
    OVER,
    SEED,
    Outcome,
    Problem,
    Rates,
    Team,
    joined,
)  # fmt: skip
from workforce_model.basis.draws import (
    WORD_RANGE,
    Table,
    Words,
    arrivals_table,
    closures_and_arrivals_table,
    threshold,
)  # fmt: skip
from workforce_model.cases.allocation import share_evenly

BLOCK = 2_048
STAYS, LEAVES, MOVES = np.int8(0), np.int8(1), np.int8(2)
"""What a post's word decides: the holder leaves (lowest words), or rises, converts or is covered (highest)."""


def _next_states() -> NDArray[np.int8]:
    """The state that follows, by state, event and whether somebody was appointed, shape (12, 3, 2)."""
    following = np.empty((12, 3, 2), dtype=np.int8)
    for band in range(BANDS):
        following[band] = [[band], [EMPTY], [min(band + 1, BANDS - 1)]]
    following[AGENCY] = [[AGENCY, AGENCY + 3], [EMPTY, EMPTY], [0, 0]]
    following[EMPTY] = [[EMPTY, EMPTY + 3], [EMPTY, EMPTY], [AGENCY, AGENCY + 3]]
    following[[AGENCY + 1, EMPTY + 1]] = 0
    for clock in (2, 3):
        following[AGENCY + clock] = [[AGENCY + clock - 1], [EMPTY + clock - 1], [AGENCY + clock - 1]]
        following[EMPTY + clock] = [[EMPTY + clock - 1], [EMPTY + clock - 1], [AGENCY + clock - 1]]
    return following


NEXT = _next_states()
STARTS_OVER_AGENCY = AGENCY + 1


@dataclass(frozen=True)
class Chances:
    """The month's chances as word limits and tables, for some draws of the rates.

    ``most`` is the greatest caseload the tables hold; a run that comes to hold more is refused.
    """

    problem: Problem
    rates: Rates
    most: int = 63

    @property
    def draws(self) -> int:
        """The number of draws."""
        return int(self.rates.leaving.size)

    @cached_property
    def leaving(self) -> NDArray[np.uint32]:
        """Word below which the holder leaves, by draw, state and caseload, flat."""
        p = self.problem
        by_state = np.array([*p.leaving, p.agency_leaving, 0, p.agency_leaving, p.agency_leaving, 0, 0, 0, 0])
        effect = 1 + p.slope * np.maximum(np.arange(self.most + 1) - p.knee, 0)
        chance = self.rates.leaving[:, None, None] * by_state[:, None] * effect
        return threshold(np.minimum(chance, 1)).reshape(-1)

    @cached_property
    def moving(self) -> NDArray[np.uint32]:
        """Word from which, nobody having left, the holder rises or converts or the post is covered; laid out alike."""
        p = self.problem
        chance = np.array([*p.rising, p.converting, 0, 0, 0, p.covering, 0, p.covering, p.covering])
        stays = WORD_RANGE - self.leaving.reshape(-1, 12, self.most + 1)
        return (WORD_RANGE - threshold(chance[:, None] * (stays / WORD_RANGE))).reshape(-1)

    @cached_property
    def reach(self) -> list[tuple[np.uint32, np.uint32]]:
        """By the greatest caseload held: words from the first to the second leave every permanent worker be."""
        permanent = slice(0, BANDS)
        leaving, moving = (a.reshape(-1, 12, self.most + 1)[:, permanent] for a in (self.leaving, self.moving))
        low = np.maximum.accumulate(leaving.max(axis=(0, 1)))
        high = np.minimum.accumulate(moving.min(axis=(0, 1)))
        return list(zip(low, np.maximum(high, low), strict=True))

    @cached_property
    def appointing(self) -> NDArray[np.uint32]:
        """Word limit of appointing, by draw."""
        return threshold(self.problem.appointing * self.rates.appointing)

    @cached_property
    def kinds(self) -> tuple[list[int], Table]:
        """Each team's first row in the table of closures and direct arrivals, and the table: (kind, draw, cases)."""
        alike = [(t.closing, self.problem.direct * t.arrivals / t.posts) for t in self.problem.teams]
        kinds = sorted(set(alike))
        closing = np.array([[q] for q, _ in kinds]) * self.rates.closing
        direct = np.array([[mean] for _, mean in kinds]) * self.rates.arrivals
        bits = 10 if self.draws == 1 else 8
        table = closures_and_arrivals_table(closing.reshape(-1), direct.reshape(-1), self.most, bits)
        return [kinds.index(kind) * self.draws * (self.most + 1) for kind in alike], table

    @cached_property
    def others(self) -> Table:
        """Arrivals that go to no post, rows (team, draw)."""
        mean = np.array([[(1 - self.problem.direct) * t.arrivals] for t in self.problem.teams]) * self.rates.arrivals
        return arrivals_table(mean.reshape(-1), np.ones(mean.size))

    def ready(self) -> Chances:
        """The same with every table laid out, to be used by many blocks."""
        row, word = np.zeros(1, dtype=np.intp), np.zeros(1, dtype=np.uint32)
        self.kinds[1].invert(row, word), self.others.invert(row, word)
        _ = self.reach, self.appointing
        return self


class _TeamOfRuns:
    """One team in every run of a block: who holds each post, their cases, and the cases that wait."""

    def __init__(self, number: int, team: Team, chances: Chances, draw: NDArray[np.intp], words: Words) -> None:
        runs = words.runs.size
        self.number, self.team, self.chances, self.draw, self.words = number, team, chances, draw, words
        self.keys, self.order = team.keys(), np.arange(team.posts, dtype=np.int8)[:, None]
        self.state = np.repeat(team.start()[:, None], runs, axis=1)
        self.held = ((self.state < EMPTY) * team.cases_at_start).astype(np.int16)
        self.waiting = np.full(runs, team.cases_at_start * (team.start() >= EMPTY).sum(), dtype=np.int16)
        self.row = (chances.kinds[0][number] + draw * (chances.most + 1)).astype(np.int32)
        self.limit_row = (draw * 12 * (chances.most + 1)).astype(np.int32)
        self.other_row = number * chances.draws + draw

    def draw_words(self, month: int) -> None:
        """The month's words of every post: one for who holds it, one for its cases."""
        self.post_word, self.cases_word = self.words.pairs_of_posts(self.keys, "month", month)

    def move_posts(self, month: int) -> NDArray[np.int64]:
        """Every post moves once; cases of workers who go wait. Returns the permanent leavers of each run."""
        runs = self.draw.size
        cell = np.flatnonzero(self._may_change(self.post_word))
        run = cell - cell // runs * runs
        state, held, word = (a.reshape(-1).take(cell) for a in (self.state, self.held, self.post_word))

        row = self.limit_row.take(run) + state * np.int32(self.chances.most + 1) + held
        leaves = word < self.chances.leaving.take(row)
        moves = word >= self.chances.moving.take(row)
        appointed = np.zeros(cell.size, dtype=bool)
        open_to = np.flatnonzero((state == AGENCY) | (state == EMPTY))
        drawn = self.words.of_cells(self.keys[cell[open_to] // runs], run[open_to], "appoint", month)
        appointed[open_to] = drawn < self.chances.appointing[self.draw[run[open_to]]]
        event = leaves * LEAVES + moves * MOVES
        self.state.reshape(-1)[cell] = NEXT.reshape(-1).take((state * 3 + event) * 2 + appointed)

        gone = np.flatnonzero(leaves | (state == STARTS_OVER_AGENCY))
        self.waiting += np.bincount(run[gone], weights=held[gone], minlength=runs).astype(np.int16)
        self.held.reshape(-1)[cell[gone]] = 0
        return np.bincount(run[leaves & (state < AGENCY)], minlength=runs)

    def _may_change(self, word: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Posts without a permanent holder, and permanent ones whose word is low or high enough for any caseload."""
        lowest, highest = self.chances.reach[self.held.max()]
        return (self.state >= AGENCY) | (word - lowest >= highest - lowest)

    def close_and_arrive(self, month: int) -> NDArray[np.bool_]:
        """Cases close and come, to the worker or, where there is none, to the pool. Returns who is staffed."""
        table = self.chances.kinds[1]
        self.held = table.invert(self.row + self.held, self.cases_word)
        staffed = self.state < EMPTY
        to_nobody = np.add.reduce(self.held, axis=0, dtype=np.int16)
        self.held *= staffed
        to_nobody -= np.add.reduce(self.held, axis=0, dtype=np.int16)
        others = self.words.of_runs("other arrivals", self.team.name, month)
        self.waiting += to_nobody + self.chances.others.invert(self.other_row, others)
        return staffed

    def share_out(self, staffed: NDArray[np.bool_]) -> None:
        """Waiting cases go one at a time to whoever has fewest, the lowest post first; with nobody, they wait."""
        shared = self.waiting * staffed.any(axis=0)
        share_evenly(self.held, staffed, shared, self.order)
        self.waiting -= shared
        if self.held.max() > self.chances.most:
            raise ValueError(
                f"a worker of {self.team.name} came to {self.held.max()} cases; the tables hold at most {self.chances.most}"
            )

    def paid(self) -> NDArray[np.int16]:
        """Workers by band, agency last, and funding, shape (5, 2, R)."""
        holder = np.minimum(self.state, AGENCY) + (self.state >= EMPTY).view(np.int8)
        counted = np.empty((BANDS + 1, 2, self.draw.size), dtype=np.int16)
        for kind in range(BANDS + 1):
            mine = (holder == kind).view(np.int8)
            counted[kind, 1] = np.add.reduce(mine[-INVESTED:], axis=0, dtype=np.int8)
            counted[kind, 0] = np.add.reduce(mine, axis=0, dtype=np.int8)
        counted[:, 0] -= counted[:, 1]
        return counted


def play(chances: Chances, runs: NDArray[np.int64], draw: NDArray[np.intp], seed: int = SEED) -> Outcome:
    """Play every month of a block of runs; ``draw`` is each run's row of the chances."""
    words, problem = Words(seed, runs), chances.problem
    teams = [_TeamOfRuns(number, team, chances, draw, words) for number, team in enumerate(problem.teams)]
    leavers, agency, empty, over = np.zeros((4, problem.months, len(teams), runs.size), dtype=np.int8)
    paid = np.zeros((problem.months, BANDS + 1, 2, runs.size), dtype=np.int16)
    histogram = np.zeros((problem.months, 64), dtype=np.int64)
    for place, team in enumerate(teams):
        for month in range(problem.months):
            team.draw_words(month + 1)
            leavers[month, place] = team.move_posts(month + 1)
            staffed = team.close_and_arrive(month + 1)
            team.share_out(staffed)

            counted = team.paid()
            paid[month] += counted
            agency[month, place] = counted[BANDS].sum(axis=0)
            empty[month, place] = team.team.posts - counted.sum(axis=(0, 1))
            over[month, place] = np.add.reduce(team.held >= OVER, axis=0, dtype=np.int8)
            histogram[month] += _by_caseload(team.held, staffed)
    return Outcome(leavers, agency, empty, over, paid, histogram)


def _by_caseload(held: NDArray[np.int16], staffed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Workers by caseload, 63 or more together; an empty post holds none and is no worker."""
    counted = np.bincount(held.reshape(-1), minlength=64)
    counted[0] -= staffed.size - np.count_nonzero(staffed)
    return np.concatenate([counted[:63], [counted[63:].sum()]])


def blocks_of(runs: int, draws: int, block: int) -> list[NDArray[np.int64]]:
    """Run numbers by block, runs of one draw side by side, so that a block reads few tables."""
    number = np.arange(runs)
    return np.array_split(number[np.argsort(number % draws, kind="stable")], -(-runs // block))


def play_numbered(problem: Problem, rates: Rates, most: int, seed: int, runs: NDArray[np.int64]) -> Outcome:
    """Play the runs of these numbers, laying out the tables of their own draws: run i takes draw i modulo D."""
    mine, draw = np.unique(runs % rates.leaving.size, return_inverse=True)
    return play(Chances(problem, rates.of(mine), most), runs, draw, seed)


def run(
    problem: Problem, runs: int, *, rates: Rates = CERTAIN, seed: int = SEED, block: int = BLOCK, most: int = 63,
    executor: Executor | None = None,
) -> Outcome:  # fmt: skip
    """Play the problem; figures are in run order and do not depend on the block or the executor."""
    numbers = blocks_of(runs, rates.leaving.size, block)
    one = partial(play_numbered, problem, rates, most, seed)
    played = joined(list((map if executor is None else executor.map)(one, numbers)))
    order = np.argsort(np.concatenate(numbers))
    return Outcome(
        *(getattr(played, name)[..., order] for name in ("leavers", "agency", "empty", "over", "paid")),
        histogram=played.histogram,
    )
