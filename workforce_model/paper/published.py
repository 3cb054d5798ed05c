"""A finished run folder read back from its files: what a paper or a workbook is made of.

Nothing is simulated again: every figure is the one in the folder, and a file that has changed since the run is
refused.
"""

from __future__ import annotations

import csv
import hashlib
import math
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from workforce_model.basis.formats import NOT_DEFINED
from workforce_model.engine.run_record import RECORD, changed_files, read_record, recorded
from workforce_model.inputs.scenario import Scenario

CHECKS_FAILED = "CHECKS FAILED"
_MISSING = (NOT_DEFINED, "none stated", "<NA>")
_TEXT = {
    "line",
    "note",
    "source",
    "shape",
    "cost_centre",
    "subjective_code",
    "later_evidence",
    "rule",
    "name",
    "reference",
}


@dataclass(frozen=True)
class Published:
    """A run as its folder holds it.

    Attributes
    ----------
    folder : Path
    record : dict
        ``run.json``.
    run_id : str
        The first twelve digits of the SHA-256 of ``run.json``, which holds the hash of every other file.
    scenarios : tuple of Scenario
        As they were run; the first is the baseline.
    tables : dict of DataFrame
        By file name without ending, in the order of the record.
    charts : dict of str
        Text alternative of each chart, by file name without ending.
    """

    folder: Path
    record: dict[str, Any]
    run_id: str
    scenarios: tuple[Scenario, ...]
    tables: dict[str, pd.DataFrame]
    charts: dict[str, str]

    @property
    def base(self) -> Scenario:
        """The baseline."""
        return self.scenarios[0]

    @cached_property
    def failed(self) -> tuple[str, ...]:
        """The checks that failed in any scenario."""
        checks = self.tables["checks"]
        return tuple(sorted(set(checks.loc[checks["status"] == "failed", "name"])))

    @cached_property
    def checks_passed(self) -> int:
        """How many checks apply, each counted once, whatever the number of scenarios."""
        checks = self.tables["checks"]
        return int(checks.loc[checks["status"] == "passed", "name"].nunique())

    @property
    def checks_line(self) -> str:
        """What the checks came to, for a footer."""
        if self.failed:
            return f"{CHECKS_FAILED}: {', '.join(self.failed)}. Not to be relied on"
        return f"Checks: all {self.checks_passed} that apply passed in every run"

    @property
    def run_line(self) -> str:
        """Which run this is, for a footer."""
        done, asked = self.record["runs_done"], self.record["runs_asked"]
        runs = f"{done:,}" if done == asked else f"interrupted after {done:,} of {asked:,}"
        return f"Run {self.run_id}, {runs} runs, seed {self.record['seed']}"

    def picture(self, chart: str) -> Path:
        """The chart as a PNG."""
        return self.folder / f"{chart}.png"


def read_run(folder: str | os.PathLike[str]) -> Published:
    """A finished run folder, read back.

    Raises
    ------
    NotARun
        If the folder holds no finished run, or one written for another schema.
    ValueError
        If a file is missing or is not the one the run wrote.
    """
    place = Path(folder)
    record = read_record(place)
    changed = changed_files(place, record)
    if changed:
        raise ValueError(
            f"{place} is not as the run wrote it: {'; '.join(changed)}. Run it again, or restore the files"
        )
    names = [Path(name) for name in record["outputs"]]
    return Published(
        folder=place,
        record=record,
        run_id=hashlib.sha256((place / RECORD).read_bytes()).hexdigest()[:12],
        scenarios=tuple(one.scenario for one in recorded(record)),
        tables={name.stem: read_csv(place / name) for name in names if name.suffix == ".csv"},
        charts={
            name.stem: (place / name).with_suffix(".txt").read_text(encoding="utf-8").strip()
            for name in names
            if name.suffix == ".png"
        },
    )


def read_csv(path: Path) -> pd.DataFrame:
    """A table of a run folder: numbers as numbers, text as it was before it was made safe for a spreadsheet.

    A column is of numbers if every cell is one, or says that it is not defined.
    """
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    columns = {name: [row[i] for row in rows] for i, name in enumerate(heading)}
    return pd.DataFrame({name: _column(name, cells) for name, cells in columns.items()})


def _column(name: str, cells: list[str]) -> list[Any]:
    if name in _TEXT:
        return [_text(cell) for cell in cells]
    try:
        return [math.nan if cell in _MISSING else float(cell) for cell in cells]
    except ValueError:
        return [_text(cell) for cell in cells]


def _text(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t", "\r") else cell
