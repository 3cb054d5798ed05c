"""Sweeps and grids: an outcome at every combination of stated values, kept cell by cell and gone on from."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.basis.problems import in_short
from workforce_model.decisions.comparison import whole_numbers
from workforce_model.engine.model import RUNS, SEED
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario, as_tree
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import Outcome, all_settled, settled_year
from workforce_model.reading.playing import alike, play, versions_of

Cell = dict[str, Any]
_STATISTICS = ("mean", "p10", "p50", "p90", "mc_error", "runs")


class SweepStopped(KeyboardInterrupt):
    """A sweep stopped before its last cell.

    Attributes
    ----------
    table : DataFrame
        The cells finished, as :func:`sweep` returns them.
    """

    def __init__(self, table: pd.DataFrame, done: int, asked: int, store: str | os.PathLike[str] | None) -> None:
        self.table = table
        kept = f"kept in {store}; the same sweep goes on from there" if store else "kept in this error's table"
        super().__init__(f"stopped: {done:,} of {asked:,} cells are finished and {kept}")


def sweep(scenario: Scenario, over: Mapping[str, Sequence[Any]], outcomes: Sequence[Outcome | str], runs: int = RUNS,
          seed: int = SEED, *, doubt: bool = True, store: str | os.PathLike[str] | None = None,
          executor: Executor | None = None, progress: Callable[[int], object] | None = None) -> pd.DataFrame:  # fmt: skip
    """Outcomes at every combination of the stated values, with the same luck in every cell.

    Parameters
    ----------
    over : mapping
        Dotted path to the values it takes; anything :meth:`Scenario.replace` accepts. One path is a sweep, two a
        grid for a heat map.
    store : path, optional
        A file that each cell is added to as it is finished (one line of JSON each). The same sweep given the same
        file plays only the cells it lacks; a file of another question is refused.
    progress : callable, optional
        Told how many cells were finished; by default a bar on the terminal.

    Returns
    -------
    DataFrame
        One row for each cell and outcome: a column for each path, then outcome, team, period, unit, mean, p10,
        p50, p90, mc_error, runs.

    Raises
    ------
    ScenarioError
        If a cell is not a sound scenario; nothing is played.
    ValueError
        If a path has no values or there is no outcome, or the store holds another question.
    SweepStopped
        If stopped by the keyboard, with the cells that were finished.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> table = sweep(approved, {"costs.agency_hours": [35.0, 36.0]}, ["agency_cost_gbp"], runs=4, progress=lambda n: None)
    >>> bool(table["mean"][1] > table["mean"][0])
    True
    """
    runs, seed = whole_numbers(runs, seed, scenario)
    if not isinstance(over, Mapping):
        raise ValueError(f"over = {in_short(over)}: expected a mapping of dotted path to a list of values")
    single = [path for path, values in over.items() if isinstance(values, str) or not hasattr(values, "__len__")]
    if single:
        raise ValueError(f"sweep: {single[0]} = {in_short(over[single[0]])}: expected a list of values, even of one")
    asked = list(all_settled(outcomes))
    empty = [path for path, values in over.items() if not len(values)]
    if empty or not asked:
        raise ValueError(
            f"sweep: {f'{empty[0]} has no values' if empty else 'no outcome'}; expected at least one of each"
        )
    cells = [dict(zip(over, values, strict=True)) for values in itertools.product(*over.values())]
    scenarios = [scenario.replace(cell) for cell in cells]
    question = _question(scenario, over, asked, runs, seed, doubt)
    found = _stored(store, question, len(cells))
    if progress is None:
        from tqdm.auto import tqdm

        with tqdm(total=len(cells), initial=len(found), unit=" cells", disable=None, leave=False) as bar:
            return sweep(
                scenario, over, outcomes, runs, seed, doubt=doubt, store=store, executor=executor, progress=bar.update
            )
    versions = versions_of(scenarios, seed, doubt)
    left = [position for position in range(len(cells)) if position not in found]
    draw = np.arange(runs) % (DRAWS if doubt else 1)
    try:
        for group in alike([versions[position] for position in left]):
            mine = [left[i] for i in group]
            played = play([versions[position] for position in mine], asked, np.arange(runs), seed, executor=executor)
            for position, one in zip(mine, played, strict=True):
                spreads = [spread(one.figures[outcome], draw) for outcome in asked]
                found[position] = {
                    "cell": position,
                    "statistics": [[s.mean, s.p10, s.p50, s.p90, s.error, s.runs] for s in spreads],
                }
                _add(store, found[position])
            progress(len(mine))
    except KeyboardInterrupt:
        raise SweepStopped(_table(scenario, cells, asked, found), len(found), len(cells), store) from None
    return _table(scenario, cells, asked, found)


def _table(scenario: Scenario, cells: list[Cell], asked: list[Outcome], found: dict[int, Cell]) -> pd.DataFrame:
    rows = []
    for position in sorted(found):
        for outcome, statistics in zip(asked, found[position]["statistics"], strict=True):
            rows.append((*cells[position].values(), outcome.measure, outcome.team or outcome.budget or "council",
                         settled_year(outcome, scenario), outcome.unit, *statistics))  # fmt: skip
    return pd.DataFrame(rows, columns=[*cells[0], "outcome", "team", "period", "unit", *_STATISTICS])


def _question(
    scenario: Scenario, over: Mapping[str, Sequence[Any]], asked: list[Outcome], runs: int, seed: int, doubt: bool
) -> str:
    """A fingerprint of what is asked, so that a stored answer to something else is never used."""
    stated = [
        as_tree(scenario),
        {path: list(values) for path, values in over.items()},
        [repr(o) for o in asked],
        runs,
        seed,
        doubt,
    ]
    return hashlib.sha256(json.dumps(stated, default=str).encode()).hexdigest()


def _stored(store: str | os.PathLike[str] | None, question: str, count: int) -> dict[int, Cell]:
    """The cells a store holds of this question; a last line cut short by a stop is dropped from it."""
    if store is None:
        return {}
    path = Path(store)
    if not path.exists():
        path.write_text(json.dumps({"question": question}) + "\n", encoding="utf-8")
        return {}
    whole, _, cut = path.read_text(encoding="utf-8").rpartition("\n")
    if cut:
        path.write_text(f"{whole}\n", encoding="utf-8")
    try:
        first, *cells = [json.loads(line) for line in whole.split("\n")]
        same = first["question"] == question
        found = {int(cell["cell"]): cell for cell in cells}
    except (ValueError, KeyError, TypeError):
        raise ValueError(
            f"{path}: a line is not one this library wrote; the file is damaged or is something else"
        ) from None
    if not same or any(position >= count for position in found):
        raise ValueError(
            f"{path}: holds the cells of another question (scenario, values, outcomes, runs or seed); name another file"
        )
    return found


def _add(store: str | os.PathLike[str] | None, cell: Cell) -> None:
    if store is not None:
        with Path(store).open("a", encoding="utf-8") as file:
            file.write(json.dumps(cell) + "\n")
