"""The yardstick: R1 in SimPy, one process per post, all waiting on one shared event each month."""

from __future__ import annotations

import random
from bisect import bisect
from heapq import heapify, heapreplace
from math import exp

import numpy as np
import simpy

from tests.benchmarks.figures import Result, Tally
from tests.benchmarks.problem import (
    AGENCY,
    AGENCY_COST_GBP,
    BAND_COST_GBP,
    EMPTY,
    HIGH_CASELOAD,
    INVESTMENT_POSTS,
    OPENING_STATES,
    TOP_BAND,
    Problem,
    Team,
)

MOST = 127
"""The greatest caseload of the tables; beyond it Python raises IndexError."""


class Chances:
    """What every post of every team looks up: chances by caseload, cumulative tables by team."""

    def __init__(self, problem: Problem) -> None:
        rates = problem.rates
        effect = [1 + rates.slope * max(0, cases - rates.knee) for cases in range(MOST + 1)]
        self.leaving = [[min(1.0, chance * f) for f in effect] for chance in rates.leaving]
        self.agency_leaving = [min(1.0, rates.agency_leaving * f) for f in effect]
        self.rising, self.covering = rates.rising, rates.covering
        self.converting, self.appointing = rates.converting, rates.appointing
        kinds = {(t.closing, rates.direct_share * t.arrivals / t.posts) for t in problem.teams}
        self.cases = {kind: caseload_tables(*kind, MOST) for kind in kinds}
        self.arriving = {
            mean: poisson_table(mean) for mean in {(1 - rates.direct_share) * t.arrivals for t in problem.teams}
        }


def poisson_table(mean: float) -> list[float]:
    """Cumulative chances of 0, 1, 2, ... arrivals."""
    term = total = exp(-mean)
    table = [total]
    while total < 1 - 1e-13:
        term *= mean / len(table)
        total += term
        table.append(total)
    return table


def caseload_tables(closing: float, mean: float, most: int) -> list[list[float]]:
    """For each caseload, cumulative chances of the next one: closures and direct arrivals together."""
    tables = [poisson_table(mean)]
    for _ in range(most):
        stays = tables[-1]
        below = [0.0, *stays]
        tables.append([closing * a + (1 - closing) * b for a, b in zip([*stays, 1.0], below, strict=True)])
    return tables


class TeamPlay:
    """One team in one run: its posts' states and caseloads, and what is waiting to be shared out."""

    def __init__(self, team: Team, problem: Problem, chances: Chances, tally: Tally) -> None:
        self.posts, self.tally = team.posts, tally
        mean = problem.rates.direct_share * team.arrivals / team.posts
        self.cases_table = chances.cases[team.closing, mean]
        self.arriving = chances.arriving[(1 - problem.rates.direct_share) * team.arrivals]
        self.state = [OPENING_STATES[j % 12] for j in range(team.posts)]
        self.caseload = [team.opening_caseload if s < EMPTY else 0 for s in self.state]
        self.waiting = team.opening_caseload * sum(s >= EMPTY for s in self.state)
        self.leavers = 0

    def share_out(self, draw: float) -> None:
        """Other arrivals, then each waiting case to the worker with the fewest, ties to the lowest number."""
        self.waiting += bisect(self.arriving, draw)
        caseload, state = self.caseload, self.state
        heap = [(caseload[j], j) for j in range(self.posts) if state[j] < EMPTY]
        if heap:
            heapify(heap)
            for _ in range(self.waiting):
                cases, j = heap[0]
                caseload[j] = cases + 1
                heapreplace(heap, (cases + 1, j))
            self.waiting = 0

    def measure(self, team: int, month: int) -> None:
        """Write down the month."""
        agency = empty = high = 0
        costs, tally = [0, 0, 0, 0], tally_month(self.tally, month)
        invested_from = self.posts - INVESTMENT_POSTS
        for j, (state, cases) in enumerate(zip(self.state, self.caseload, strict=True)):
            if state >= EMPTY:
                empty += 1
                continue
            tally[cases if cases < 63 else 63] += 1
            high += cases >= HIGH_CASELOAD
            if state >= AGENCY:
                agency += 1
                costs[2 + (j >= invested_from)] += AGENCY_COST_GBP
            else:
                costs[j >= invested_from] += BAND_COST_GBP[state]
        self.tally.write(team, month, self.leavers, agency, empty, high, costs)
        self.leavers = 0


def tally_month(tally: Tally, month: int) -> list[int]:
    """The histogram of the month, shared by all runs."""
    return tally.histogram[month]


class Run:
    """One run: the clock, the posts and the teams as SimPy processes."""

    def __init__(self, problem: Problem, chances: Chances, tally: Tally, draw: random.Random) -> None:
        self.env, self.months, self.random = simpy.Environment(), problem.months, draw.random
        self.chances = chances
        self.month = self.env.timeout(1)
        self.env.process(self.clock())
        plays = [TeamPlay(team, problem, chances, tally) for team in problem.teams]
        for play in plays:
            for number in range(play.posts):
                self.env.process(self.post(play, number))
        for number, play in enumerate(plays):
            self.env.process(self.team(play, number))

    def play(self) -> None:
        """All months."""
        self.env.run(until=self.months + 0.5)

    def clock(self) -> simpy.events.ProcessGenerator:
        """The shared event: the first to wake makes the next one."""
        while True:
            yield self.month
            self.month = self.env.timeout(1)

    def post(self, play: TeamPlay, number: int) -> simpy.events.ProcessGenerator:
        """A post: its month of leaving, starting and covering, then its closures and arrivals."""
        chances, draw = self.chances, self.random
        leaving, agency_leaving = chances.leaving, chances.agency_leaving
        rising, converting = chances.rising, chances.converting
        appointing, covering = chances.appointing, chances.covering
        table, poisson = play.cases_table, play.cases_table[0]
        state, cases = play.state[number], play.caseload[number]
        while True:
            yield self.month
            cases = play.caseload[number]
            if state < AGENCY:
                if draw() < leaving[state][cases]:
                    play.waiting += cases
                    play.leavers += 1
                    state, cases = EMPTY, 0
                elif state < TOP_BAND and draw() < rising[state]:
                    state += 1
            elif state < EMPTY:
                if state == AGENCY + 1:
                    play.waiting += cases
                    state, cases = 0, 0
                elif draw() < agency_leaving[cases]:
                    play.waiting += cases
                    state, cases = (EMPTY if state == AGENCY else state + 3), 0
                elif state > AGENCY:
                    state -= 1
                elif draw() < converting:
                    state = 0
                elif draw() < appointing:
                    state = AGENCY + 3
            elif state == EMPTY + 1:
                state = 0
            else:
                clock = state - EMPTY - 1 if state > EMPTY else 3 if draw() < appointing else 0
                state = (AGENCY if draw() < covering else EMPTY) + clock
            play.state[number] = state
            if state < EMPTY:
                play.caseload[number] = bisect(table[cases], draw())
            else:
                play.caseload[number] = 0
                play.waiting += bisect(poisson, draw())

    def team(self, play: TeamPlay, number: int) -> simpy.events.ProcessGenerator:
        """The team's month, after its posts."""
        month = 0
        while True:
            yield self.month
            play.share_out(self.random())
            play.measure(number, month)
            month += 1


def play(problem: Problem, seed: int, runs: int) -> Result:
    """So many runs of R1, one after another on one core."""
    chances, tally = Chances(problem), Tally(problem, runs)
    draw = random.Random(seed)
    for run in range(runs):
        tally.run = run
        Run(problem, chances, tally, draw).play()
    return tally.result(np.arange(runs))
