"""The front door: run a scenario.

Blocks of runs are independent, so any executor may take them; results are joined in run order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.problems import in_short
from workforce_model.engine.blocks import approvals, run_block
from workforce_model.engine.checkpoints import checkpoint as kept_in
from workforce_model.engine.results import Block, Results, joined
from workforce_model.engine.workers import in_turn, named
from workforce_model.inputs.doubt import DRAWS, draw_values
from workforce_model.inputs.scenario import Scenario, refuse_all_but_scenarios
from workforce_model.money.costs import Values

RUNS, SEED = 2_000, 20190612
BLOCK = 1_024
"""Runs played at once; figures do not depend on it."""
_MOST_BYTES = 16e9
"""The most that results may take anywhere; half of a smaller machine's memory, for they are copied once as they are joined."""

Kept = TypeVar("Kept")


class Interrupted(KeyboardInterrupt):
    """Runs were stopped before the last; those complete by then are kept.

    Attributes
    ----------
    results : Results or None
        The complete runs, which ``run(..., resume=results)`` goes on from; None where there are none yet.
    checkpoint : str or None
        The folder that keeps them too, where one was named.
    """

    def __init__(self, results: Results | None, asked: int, checkpoint: str | os.PathLike[str] | None = None) -> None:
        self.results = results
        self.checkpoint = None if checkpoint is None else os.fspath(checkpoint)
        super().__init__(f"stopped: {results.runs if results else 0:,} of {asked:,} runs are complete and kept")


def run(scenario: Scenario, runs: int = RUNS, seed: int = SEED, *, doubt: bool = True, executor: Executor | None = None,
        block: int = BLOCK, progress: Callable[[int], object] | None = None, resume: Results | None = None,
        checkpoint: str | os.PathLike[str] | None = None) -> Results:  # fmt: skip
    """Simulate, price and fund a scenario.

    Parameters
    ----------
    scenario : Scenario
    runs : int
        How many futures to play: 1,000 to look round, 2,000 for a paper.
    seed : int
        Root seed, a whole number from 0. The same seed gives the same luck in every scenario.
    doubt : bool
        Vary the uncertain assumptions over their ranges; otherwise each stands at its value.
    executor : concurrent.futures.Executor, optional
        Where to play the blocks; the figures are the same to the bit.
    block : int
        Runs played at once; the figures do not depend on it.
    progress : callable, optional
        Told the number of runs finished after each block.
    resume : Results, optional
        Runs of this scenario and seed already complete: only the rest are played.
    checkpoint : path, optional
        A folder that keeps each finished block: the same call goes on from there after a stop of any kind. What is
        damaged there, or of other inputs or another build, is named in a warning and played again.

    Returns
    -------
    Results

    Raises
    ------
    ValueError
        If runs, seed or block make no sense, ``resume`` is of another scenario, or the results would not fit in memory.
    Interrupted
        If stopped by the keyboard, with the runs that were complete.
    WorkerDied
        If a process of the executor died, and the one that was given its runs once more died too.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> wm.run(approved, runs=4).passed
    True
    """
    refuse_all_but_scenarios(scenario)
    runs, seed, block = whole("runs", runs, 1), whole("seed", seed, 0), whole("block", block, 1)
    _refuse_too_many(scenario, runs)
    _refuse_no_executor(executor)
    settled = _settled(scenario, seed, doubt)
    played = [] if resume is None else [_going_on(resume, scenario, seed, doubt, runs)]
    keeping = None if checkpoint is None else kept_in(checkpoint, scenario, seed, doubt)
    if keeping and not played:
        played = list(keeping.kept(runs))
        if progress:
            progress(sum(part.runs.size for part in played))
    done = np.concatenate([part.runs for part in played]) if played else np.zeros(0, dtype=np.int64)
    blocks = _blocks(np.setdiff1d(np.arange(runs), done), DRAWS if doubt else 1, block)
    try:
        for finished in in_turn(partial(run_block, scenario, *settled, seed), blocks, executor, named):
            played.append(finished)
            if keeping:
                keeping.keep(finished)
            if progress:
                progress(finished.runs.size)
    except KeyboardInterrupt:
        raise Interrupted(joined(scenario, seed, doubt, played, runs) if played else None, runs, checkpoint) from None
    return joined(scenario, seed, doubt, played, runs)


def keep(scenario: Scenario, kept: Callable[[Results], Kept], runs: int = RUNS, seed: int = SEED, *, doubt: bool = True,
         executor: Executor | None = None, block: int = BLOCK) -> Iterator[tuple[NDArray[np.int64], Kept]]:  # fmt: skip
    """Simulate, price and fund a scenario, and keep only what is asked of each block of runs.

    Memory does not grow with the number of runs beyond what is kept, so millions are a matter of time.

    Parameters
    ----------
    kept : callable
        Takes the :class:`Results` of one block and returns what to keep; a function of a module, so that
        other processes can be sent it.

    Yields
    ------
    runs : array of int64
        The run numbers of the block.
    kept
        What was kept of them.

    Raises
    ------
    ValueError
        If runs, seed or block make no sense.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> [costs.shape for _, costs in keep(approved, lambda r: r.cost_of("nine_posts", "2020/21"), runs=4)]
    [(4,)]
    """
    refuse_all_but_scenarios(scenario)
    runs, seed, block = whole("runs", runs, 1), whole("seed", seed, 0), whole("block", block, 1)
    _refuse_too_many(scenario, min(runs, block))
    play = partial(_kept_of_block, scenario, kept, *_settled(scenario, seed, doubt), seed, doubt)
    yield from in_turn(play, _blocks(np.arange(runs), DRAWS if doubt else 1, block), executor, named)


def _kept_of_block(scenario: Scenario, kept: Callable[[Results], Kept], values: Values, approved: dict[str, NDArray[np.float64]],
                   seed: int, doubt: bool, runs: NDArray[np.int64]) -> tuple[NDArray[np.int64], Kept]:  # fmt: skip
    results = joined(scenario, seed, doubt, [run_block(scenario, values, approved, seed, runs)], runs.size)
    return results.numbers, kept(results)


def _settled(scenario: Scenario, seed: int, doubt: bool) -> tuple[Values, dict[str, NDArray[np.float64]]]:
    """What is the same in every block: each assumption's value in each draw, and the approvals."""
    return draw_values(scenario, seed, doubt), approvals(scenario)


def _going_on(resume: Results, scenario: Scenario, seed: int, doubt: bool, runs: int) -> Block:
    """Complete runs as a block of their own, refused unless they are runs of what is asked now."""
    if not isinstance(resume, Results):
        raise ValueError(
            f"resume = {in_short(resume)}: expected the results of an earlier call, as wm.Interrupted holds them"
        )
    for name, given, asked in (("seed", resume.seed, seed), ("doubt", resume.doubt, doubt)):
        if given != asked:
            raise ValueError(f"resume has {name} = {given!r}: expected {asked!r}, as asked now")
    if resume.scenario != scenario:
        raise ValueError(f"resume holds runs of {resume.scenario.name!r} as it stood then: expected the same scenario")
    if resume.numbers.max() >= runs:
        raise ValueError(f"runs = {runs:,}: resume holds run {resume.numbers.max():,} already; ask for more")
    return Block(resume.numbers, resume.history, resume.cost, resume.ledger, resume.checks)


def _refuse_no_executor(executor: object) -> None:
    if not (executor is None or hasattr(executor, "submit")):
        rule = "expected a concurrent.futures executor, such as ProcessPoolExecutor(2)"
        raise ValueError(f"executor = {in_short(executor)}: {rule}")


def whole(name: str, value: int, least: int) -> int:
    """A whole number as a plain one, numpy's too, whose narrow kinds would overflow; refused below the least.

    Examples
    --------
    >>> whole("runs", np.uint8(200), 1)
    200
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} = {value!r}: expected a whole number, at least {least}")
    return int(value)


def _refuse_too_many(scenario: Scenario, runs: int) -> None:
    groups = len(scenario.workforce.posts) + len(scenario.workforce.agency)
    bytes_each = len(scenario.periods.months()) * (
        groups * 18 + len(scenario.caseloads.teams) * 60 + len(scenario.funding.budgets) * 125
    )
    most = min(_MOST_BYTES, _memory() / 2)
    if runs * bytes_each > most:
        raise ValueError(
            f"runs = {runs:,}: the results would take about {runs * bytes_each / 1e9:,.0f} GB; at most {int(most / bytes_each):,} runs fit here"
        )


def _memory() -> float:
    """This machine's memory in bytes; without bound where it does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf, and some systems do not know
        return float("inf")


def _blocks(numbers: NDArray[np.int64], draws: int, block: int) -> list[NDArray[np.int64]]:
    """The run numbers of each block, runs of one draw side by side, so a block needs few tables."""
    in_draws = numbers[np.argsort(numbers % draws, kind="stable")]
    return np.array_split(in_draws, -(-numbers.size // block)) if numbers.size else []


__all__ = ["RUNS", "SEED", "Interrupted", "Results", "keep", "run"]
