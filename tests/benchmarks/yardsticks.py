"""Two plain ways to the same figures: R1 as SimPy processes, and as a bare Python loop. One run at a time.

Both are written to be fast: chances read from lists by caseload, closures and direct arrivals by one binary
search in the library's table, sharing out by a heap. Neither shares any random number with the engine.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from heapq import heapify, heapreplace
from random import Random
from typing import Any

import numpy as np

from tests.benchmarks.engine import Chances
from tests.benchmarks.problem import AGENCY, BANDS, CASES_AT_START, CERTAIN, EMPTY, INVESTED, OVER, Outcome, Problem


class Rates:
    """The problem's chances as plain lists."""

    def __init__(self, problem: Problem, most: int = 63) -> None:
        chances = Chances(problem, CERTAIN, most)
        effect = [1 + problem.slope * max(0, cases - problem.knee) for cases in range(most + 1)]
        self.problem = problem
        self.leaving = [[min(1.0, h * f) for f in effect] for h in problem.leaving]
        self.agency_leaving = [min(1.0, problem.agency_leaving * f) for f in effect]
        rows, table = chances.kinds
        cumulative = (table.cumulative / 2**31).tolist()
        self.next_cases = [cumulative[row : row + most + 1] for row in rows]
        self.others = (chances.others.cumulative / 2**31).tolist()


class Post:
    """Who holds a post, and how many cases they hold."""

    __slots__ = ("cases", "clock", "holder")

    def __init__(self, state: int) -> None:
        self.holder = AGENCY if AGENCY <= state < EMPTY else EMPTY if state >= EMPTY else state
        self.clock = 0
        self.cases = 0 if state >= EMPTY else CASES_AT_START


class TeamOfPosts:
    """A team's posts, its waiting cases and its leavers of the month."""

    def __init__(self, place: int, rates: Rates) -> None:
        self.place, self.team = place, rates.problem.teams[place]
        self.posts = [Post(state) for state in self.team.start()]
        self.waiting = CASES_AT_START * sum(post.holder == EMPTY for post in self.posts)
        self.leavers = 0


def month_of_a_post(team: TeamOfPosts, post: Post, rates: Rates, random: Callable[[], float]) -> None:
    """Steps 1 to 3 for one post: who holds it, closures, direct arrivals."""
    problem, holder, clock, u = rates.problem, post.holder, post.clock, random()
    if holder < BANDS:
        leaves = rates.leaving[holder][post.cases]
        if u < leaves:
            team.leavers += 1
            team.waiting += post.cases
            post.holder, post.cases = EMPTY, 0
        elif u - leaves < (1 - leaves) * problem.rising[holder]:
            post.holder = holder + 1
    elif clock == 1:
        team.waiting += post.cases
        post.holder, post.clock, post.cases = 0, 0, 0
    elif holder == AGENCY:
        if u < rates.agency_leaving[post.cases]:
            team.waiting += post.cases
            post.holder, post.cases, post.clock = EMPTY, 0, max(clock - 1, 0)
        elif clock:
            post.clock = clock - 1
        elif random() < problem.converting:
            post.holder = 0
        elif random() < problem.appointing:
            post.clock = 3
    else:
        post.clock = clock - 1 if clock else 3 if random() < problem.appointing else 0
        if u < problem.covering:
            post.holder = AGENCY
    cases = bisect_right(rates.next_cases[team.place][post.cases], random())
    if post.holder == EMPTY:
        team.waiting += cases
    else:
        post.cases = cases


def month_of_a_team(team: TeamOfPosts, month: int, rates: Rates, random: Callable[[], float], record: Record) -> None:
    """Steps 4 to 6: other arrivals, sharing out, measuring."""
    team.waiting += bisect_right(rates.others[team.place], random())
    size = len(team.posts)
    heap = [post.cases * size + number for number, post in enumerate(team.posts) if post.holder != EMPTY]
    if heap:
        heapify(heap)
        for _ in range(team.waiting):
            heapreplace(heap, heap[0] + size)
        team.waiting = 0
    counted, histogram = record.paid[month], record.histogram[month]
    over = 0
    for place in heap:
        cases, number = divmod(place, size)
        post = team.posts[number]
        post.cases = cases
        counted[post.holder][number >= size - INVESTED] += 1
        histogram[cases if cases < 63 else 63] += 1
        over += cases >= OVER
    record.over[month][team.place] = over
    record.empty[month][team.place] = size - len(heap)
    record.agency[month][team.place] = sum(post.holder == AGENCY for post in team.posts)
    record.leavers[month][team.place] = team.leavers
    team.leavers = 0


class Record:
    """One run's figures by month, as lists."""

    def __init__(self, problem: Problem) -> None:
        months, teams = range(problem.months), len(problem.teams)
        self.leavers, self.agency, self.empty, self.over = ([[0] * teams for _ in months] for _ in range(4))
        self.paid = [[[0, 0] for _ in range(BANDS + 1)] for _ in months]
        self.histogram = [[0] * 64 for _ in months]


def simpy_run(rates: Rates, random: Callable[[], float]) -> Record:
    """One run as SimPy processes: one for each post, all waiting on one event a month, then one for each team."""
    import simpy

    environment, record = simpy.Environment(), Record(rates.problem)
    months = [environment.timeout(month + 1) for month in range(rates.problem.months)]

    def post_process(team: TeamOfPosts, post: Post) -> Iterator[Any]:
        for month in months:
            yield month
            month_of_a_post(team, post, rates, random)

    def team_process(team: TeamOfPosts) -> Iterator[Any]:
        for number, month in enumerate(months):
            yield month
            month_of_a_team(team, number, rates, random, record)

    for place in range(len(rates.problem.teams)):
        team = TeamOfPosts(place, rates)
        for post in team.posts:
            environment.process(post_process(team, post))
        environment.process(team_process(team))
    environment.run()
    return record


def loop_run(rates: Rates, random: Callable[[], float]) -> Record:
    """One run as a bare Python loop."""
    record = Record(rates.problem)
    teams = [TeamOfPosts(place, rates) for place in range(len(rates.problem.teams))]
    for month in range(rates.problem.months):
        for team in teams:
            for post in team.posts:
                month_of_a_post(team, post, rates, random)
            month_of_a_team(team, month, rates, random, record)
    return record


def run_yardstick(
    one_run: Callable[[Rates, Callable[[], float]], Record], problem: Problem, runs: int, seed: int = 1
) -> Outcome:
    """Runs of a yardstick, one after the other, recorded as the engine records them."""
    rates, random = Rates(problem), Random(seed).random
    records = [one_run(rates, random) for _ in range(runs)]
    figures = {
        name: np.stack([np.array(getattr(record, name), dtype=np.int16) for record in records], axis=-1)
        for name in ("leavers", "agency", "empty", "over", "paid")
    }
    return Outcome(**figures, histogram=np.sum([record.histogram for record in records], axis=0))
