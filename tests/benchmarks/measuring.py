"""Speeds side by side: interleaved rounds, the median of their ratios, and what a fresh process needs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from statistics import median

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.cohorts import draws_of, only_draws, run_cohorts
from tests.benchmarks.engine import Chances, play_numbered, run
from tests.benchmarks.problem import CERTAIN, R1, SEED, Outcome, Problem, Rates, uncertain
from tests.benchmarks.yardsticks import loop_run, run_yardstick, simpy_run

ROUNDS = 5
MOST_R1U = 95
SHARED = uncertain(64)
"""The shared design of R1u: 64 draws."""


def seconds(action: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


@dataclass(frozen=True)
class Speed:
    """Runs a second (median of rounds), and the ratio to each yardstick (median of the rounds' ratios)."""

    runs_a_second: float
    ratio: dict[str, float]


def interleaved(engines: dict[str, tuple[Callable[[int], object], int]], rounds: int = ROUNDS) -> dict[str, Speed]:
    """Every engine beside the SimPy yardstick and the plain loop, turn about; each with its runs a round."""
    yardsticks = {
        "SimPy": (partial(run_yardstick, simpy_run, R1), 40),
        "loop": (partial(run_yardstick, loop_run, R1), 50),
    }
    everyone = yardsticks | engines
    for play, runs in engines.values():
        play(runs)
    each: dict[str, list[float]] = {name: [] for name in everyone}
    for _ in range(rounds):
        for name, (play, runs) in everyone.items():
            each[name].append(seconds(partial(play, runs)) / runs)
    return {
        name: Speed(
            1 / median(each[name]),
            {y: median(np.array(each[y]) / np.array(each[name])) for y in yardsticks},
        )
        for name in everyone
    }


def two_processes() -> ProcessPoolExecutor:
    """Two fresh processes that know nothing of this one."""
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def r1(executor: ProcessPoolExecutor | None, runs: int) -> Outcome:
    """R1, warm, every block laying out its own tables."""
    return run(R1, runs, executor=executor)


def r1u(executor: ProcessPoolExecutor | None, runs: int) -> Outcome:
    """R1u with the shared design."""
    return run(R1, runs, rates=SHARED, most=MOST_R1U, executor=executor)


def cohorts_over_their_draws(runs: int = 2_000, rounds: int = ROUNDS) -> float:
    """Time of R0 over the time of its draws alone: the median of interleaved rounds."""
    draws = draws_of(R1, runs)
    draws.asked = []
    run_cohorts(R1, runs, draws=draws)
    asked, draws.asked = draws.asked, None
    ratios = []
    for _ in range(rounds):
        whole = seconds(partial(run_cohorts, R1, runs, draws=draws))
        ratios.append(whole / seconds(partial(only_draws, asked)))
    return median(ratios)


def larger(times: int) -> Problem:
    """R1 with every team several times over, each a team of its own."""
    return replace(R1, teams=tuple(replace(t, name=f"{t.name} {n}") for n in range(times) for t in R1.teams))


def time_by_size(times: int = 6, runs: int = 2_048, rounds: int = ROUNDS) -> float:
    """Time for a post and month in a council six times as large, over that of R1: median of interleaved rounds."""
    small, large = R1, larger(times)
    ratios = []
    for _ in range(rounds):
        one = seconds(partial(run, small, runs))
        ratios.append(seconds(partial(run, large, runs)) / times / one)
    return median(ratios)


def lay_out_tables(rates: Rates = CERTAIN, most: int = 63, rounds: int = ROUNDS) -> float:
    """Seconds from a new scenario to its first run: median."""
    return median(seconds(lambda: Chances(R1, rates, most).ready()) for _ in range(rounds))


def in_a_fresh_process(code: str) -> list[float]:
    """The numbers that a fresh process prints."""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return [float(word) for word in said.split()]


def first_thousand_runs() -> float:
    """Seconds beyond importing pandas for the first 1,000 runs of R1 in a fresh process."""
    return median(
        in_a_fresh_process(
            "import time, pandas; start = time.perf_counter()\n"
            "import workforce_model\n"
            "from tests.benchmarks.engine import run\nfrom tests.benchmarks.problem import R1\n"
            "run(R1, 1000)\nprint(time.perf_counter() - start)"
        )[0]
        for _ in range(ROUNDS)
    )


def importing() -> tuple[float, float]:
    """Seconds of ``import workforce_model`` in a fresh process, and how much of it is pandas alone: least of five."""
    code = "import time; start = time.perf_counter()\nimport {}\nprint(time.perf_counter() - start)"
    whole, pandas = (
        min(in_a_fresh_process(code.format(name))[0] for _ in range(ROUNDS)) for name in ("workforce_model", "pandas")
    )
    return whole, pandas


def modules_beyond_numpy_and_pandas() -> list[str]:
    """Packages outside the standard library that importing the library loads and pandas does not."""
    code = (
        "import sys, pandas\nbefore = set(sys.modules)\nimport workforce_model\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)\n"
        "print(*sorted(name for name in new if not name.startswith('_') and name != 'workforce_model'))"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def peak_megabytes(rates: str = "CERTAIN", most: int = 63, runs: int = 10_000) -> float:
    """Peak memory of a fresh process that plays 10,000 runs and keeps their results."""
    return (
        in_a_fresh_process(
            "from tests.benchmarks.engine import run\nfrom tests.benchmarks.problem import *\n"
            f"kept = run(R1, {runs}, rates={rates}, most={most})\n"
            # The kernel's own high-water mark: that of getrusage would begin with the parent's.
            "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
        )[0]
        / 1024
    )


def bytes_a_run(outcome: Outcome) -> float:
    """Results kept of each run."""
    kept = (outcome.leavers, outcome.agency, outcome.empty, outcome.over, outcome.paid)
    return sum(array.nbytes for array in kept) / outcome.runs


def an_authority(number: int, runs: int = 1_000) -> NDArray[np.float64]:
    """One authority's runs of R1, with luck of its own: the cost of each."""
    outcome = play_numbered(R1, CERTAIN, 63, SEED + number, np.arange(runs))
    return np.asarray(outcome.cost().sum(axis=(0, 1, 2)))


def nothing(number: int) -> NDArray[np.float64]:
    """A task that returns as much as an authority does and plays nothing."""
    return np.zeros(1_000)


def every_authority(executor: ProcessPoolExecutor, authorities: int = 152, rounds: int = 4) -> tuple[float, float]:
    """Speed of two cores over one, in interleaved parts, and milliseconds of overhead a task."""
    list(executor.map(nothing, range(4)))
    overhead = seconds(lambda: list(executor.map(nothing, range(authorities)))) / authorities * 1e3
    ratios = []
    for part in np.array_split(np.arange(authorities), rounds):
        one = seconds(partial(lambda part: [an_authority(int(n)) for n in part], part))
        ratios.append(one / seconds(partial(lambda part: list(executor.map(an_authority, part.tolist())), part)))
    return median(ratios), overhead
