"""Several versions of a scenario played together, keeping only the figures asked for.

Versions share their luck run by run. Those alike in people and cases are simulated once and priced for each:
a change of prices or funding alone costs no new simulation. Memory does not grow beyond the figures kept.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.engine.blocks import approvals, price_and_fund, run_block
from workforce_model.engine.results import Results, joined
from workforce_model.engine.workers import in_turn, named
from workforce_model.inputs.doubt import draw_values
from workforce_model.inputs.scenario import Scenario, as_tree
from workforce_model.money.costs import Values
from workforce_model.reading.outcomes import Outcome, asked

Figures = NDArray[np.float64]
Approved = dict[str, NDArray[np.float64]]

PLAYED = ("place", "periods", "workforce", "caseloads", "actuals")
"""What the simulation reads of a scenario; the rest prices, funds or describes what it played."""
CHUNK = 1_024
"""The most runs of one task; figures do not depend on it."""
_TASKS, _LEAST = 8, 128
"""Tasks to give an executor where there are runs enough for that many of at least so many runs."""


@dataclass(frozen=True)
class Version:
    """A scenario, with the value of each assumption in each draw: by dotted path, arrays of shape (D,)."""

    scenario: Scenario
    drawn: Values


_Task = tuple[list[tuple[Version, Approved]], tuple[Outcome, ...], int, NDArray[np.int64]]


@dataclass(frozen=True)
class Played:
    """The figures of one version: each outcome in every run, shape (R,), and the checks that failed."""

    figures: dict[Outcome, Figures]
    failed: tuple[str, ...]


def versions_of(scenarios: Iterable[Scenario], seed: int, doubt: bool) -> list[Version]:
    """Scenarios with their assumptions drawn from their ranges, or standing at their values."""
    return [Version(scenario, draw_values(scenario, seed, doubt)) for scenario in scenarios]


def at_values(scenario: Scenario) -> Version:
    """A scenario with every assumption at its value: luck alone is left."""
    return Version(scenario, draw_values(scenario, 0, doubt=False))


def play(versions: Sequence[Version], outcomes: Sequence[Outcome], numbers: NDArray[np.int64], seed: int, *,
         executor: Executor | None = None, chunk: int = CHUNK, told: Callable[[int], object] | None = None) -> list[Played]:  # fmt: skip
    """The figures asked for, of every version, in the runs of these numbers.

    Parameters
    ----------
    numbers : array of int64, shape (R,)
        Run numbers; a run's luck is its number's, and its draw of the assumptions its number modulo D.
    told : callable, optional
        Told, after each part, how many runs of how many versions are done.

    Returns
    -------
    list of Played
        In the order of the versions; figures in the order of ``numbers``.
    """
    groups = alike(versions)
    if executor is not None:
        chunk = min(chunk, max(numbers.size * len(groups) // _TASKS, _LEAST))
    approved = {id(version.scenario): approvals(version.scenario) for version in versions}
    places: list[tuple[list[int], NDArray[np.intp]]] = []
    tasks: list[_Task] = []
    for group in groups:
        mine = [(versions[i], approved[id(versions[i].scenario)]) for i in group]
        order = np.argsort(numbers % next(iter(mine[0][0].drawn.values())).size, kind="stable")
        for part in np.array_split(order, -(-numbers.size // chunk)):
            places.append((group, part))
            tasks.append((mine, tuple(outcomes), seed, numbers[part]))
    figures = [{outcome: np.empty(numbers.size) for outcome in outcomes} for _ in versions]
    failed: list[set[str]] = [set() for _ in versions]
    done = in_turn(_part, tasks, executor, lambda task: named(task[3]))
    for (group, part), kept in zip(places, done, strict=True):
        for version, (columns, broken) in zip(group, kept, strict=True):
            failed[version].update(broken)
            for outcome, column in zip(outcomes, columns, strict=True):
                figures[version][outcome][part] = column
        if told:
            told(part.size * len(group))
    return [Played(found, tuple(sorted(broken))) for found, broken in zip(figures, failed, strict=True)]


def alike(versions: Sequence[Version]) -> list[list[int]]:
    """The positions of versions that have the same people and cases, group by group."""
    groups: dict[str, list[int]] = {}
    for position, version in enumerate(versions):
        groups.setdefault(_people_key(version), []).append(position)
    return list(groups.values())


def repriced(results: Results, version: Version, approved: Approved | None = None) -> Results:
    """Runs priced and funded again: the same people and cases under another version's prices and funding.

    Parameters
    ----------
    results : Results
        Runs of a scenario that differs from the version's in ``costs`` and ``funding`` alone.
    approved : dict, optional
        The version's :func:`workforce_model.engine.blocks.approvals`, where they are known already.

    Raises
    ------
    ValueError
        If the version has other people or cases.
    """
    scenario, values = version.scenario, version.drawn
    if _people_tree(scenario) != _people_tree(results.scenario):
        raise ValueError(
            f"{scenario.name}: people or cases differ from those of {results.scenario.name}; run it instead"
        )
    draw = np.asarray(results.numbers % next(iter(values.values())).size)
    settled = approvals(scenario) if approved is None else approved
    cost, ledger, checks = price_and_fund(scenario, results.posts, results.history, values, draw, settled)
    return dataclasses.replace(results, scenario=scenario, cost=cost, ledger=ledger, checks=checks)


def _part(task: _Task) -> list[tuple[list[Figures], list[str]]]:
    """One block of runs of versions alike in people and cases: each version's figures and failed checks."""
    versions, outcomes, seed, numbers = task
    first, first_approved = versions[0]
    block = run_block(first.scenario, first.drawn, first_approved, seed, numbers)
    results = joined(first.scenario, seed, False, [block], numbers.size)
    place = np.searchsorted(results.numbers, numbers)
    kept = []
    for position, (version, approved) in enumerate(versions):
        mine = repriced(results, version, approved) if position else results
        broken = [check.name for check in mine.checks if check.status == "failed"]
        kept.append(([asked(mine, outcome)[place] for outcome in outcomes], broken))
    return kept


def _people_tree(scenario: Scenario) -> dict[str, object]:
    return {name: as_tree(getattr(scenario, name)) for name in PLAYED}


def _people_key(version: Version) -> str:
    """A fingerprint of everything the simulation reads of a version."""
    found = hashlib.sha256(json.dumps(_people_tree(version.scenario), default=str, sort_keys=True).encode())
    for path in sorted(version.drawn):
        if path.partition(".")[0] in PLAYED:
            found.update(path.encode() + version.drawn[path].tobytes())
    return found.hexdigest()
