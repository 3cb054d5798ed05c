"""Finished blocks of runs kept on disk, so that a long run that is stopped, even killed, goes on where it was.

A block is kept whole or not at all, with a fingerprint of itself and of what it was played from. One that is damaged,
cut short, or of other inputs or another build is named and never used. Arrays only: nothing read back can run.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.atomic_files import folder_made, write_atomically
from workforce_model.basis.problems import path_given
from workforce_model.engine.checks import Check
from workforce_model.engine.history import History
from workforce_model.engine.results import Block
from workforce_model.engine.run_record import made_by
from workforce_model.inputs.scenario import Scenario, as_tree
from workforce_model.money.funding import Ledger

_DIGEST = 32
_SUFFIX = ".block"


class NotUsed(UserWarning):
    """A kept block that is not used, and why; its runs are played again."""


class NotKept(UserWarning):
    """A finished block that the machine refused to keep, and why; the run itself goes on."""


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """The kept blocks of one scenario and seed in a folder, which may hold those of others."""

    folder: Path
    name: str
    key: str

    def keep(self, block: Block) -> None:
        """Keep a finished block, whole or not at all; where the machine refuses, the run goes on and a warning says so."""
        content = io.BytesIO()
        np.savez_compressed(content, allow_pickle=False, key=np.array(self.key), **_arrays(block))
        numbers = hashlib.sha256(block.runs.tobytes()).hexdigest()[:12]
        path = self.folder / f"{self.name}-{self.key[:12]}-{numbers}{_SUFFIX}"
        try:
            write_atomically(path, hashlib.sha256(content.getvalue()).digest() + content.getvalue())
        except OSError as error:
            size = content.tell() / 1e6
            warnings.warn(
                f"{path} ({size:,.1f} MB) is not kept: {error.strerror}; the run goes on", NotKept, stacklevel=3
            )

    def kept(self, runs: int) -> Iterator[Block]:
        """The blocks kept of these runs, each run once; every other file of this scenario is named in a warning."""
        seen: set[int] = set()
        for path in sorted(self.folder.glob(f"{self.name}-*{_SUFFIX}")):
            block = self._read(path)
            if isinstance(block, str):
                warnings.warn(f"{path} is not used: {block}", NotUsed, stacklevel=3)
            elif block.runs.max() < runs and seen.isdisjoint(block.runs.tolist()):
                seen.update(block.runs.tolist())
                yield block

    def _read(self, path: Path) -> Block | str:
        """A kept block, or why it cannot be used."""
        content = path.read_bytes()
        if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
            return "it is damaged or cut short"
        try:
            with np.load(io.BytesIO(content[_DIGEST:]), allow_pickle=False) as arrays:
                found = dict(arrays)
            if str(found["key"]) != self.key:
                return "it was kept for other inputs, another seed or another build"
            return _block(found)
        except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
            return f"it is no kept block ({error})"


def checkpoint(folder: str | os.PathLike[str], scenario: Scenario, seed: int, doubt: bool) -> Checkpoint:
    """Where the finished blocks of a scenario and seed are kept; the folder is made if it is not there."""
    place = folder_made(Path(path_given(folder, "a folder")))
    played_from = [as_tree(scenario), seed, doubt, made_by()]
    stated = json.dumps(played_from, sort_keys=True, default=str, ensure_ascii=False)
    return Checkpoint(place, scenario.name, hashlib.sha256(stated.encode()).hexdigest())


def _arrays(block: Block) -> dict[str, NDArray[Any]]:
    """A block's arrays by dotted name; what is not an array is kept as JSON text."""
    history, ledger = block.history, block.ledger
    plain: dict[str, NDArray[Any]] = {"runs": block.runs, "cost": block.cost}
    plain |= {f"staff.{name}": x for name, x in history.staff.items()}
    plain |= {f"cases.{name}": x for name, x in history.cases.items()}
    plain |= {f"history.{name}": getattr(history, name) for name in _HISTORY}
    plain |= {f"ledger.{name}": getattr(ledger, name) for name in _LEDGER}
    rest = {
        "ways": history.ways,
        "lines": ledger.lines,
        "checks": [dataclasses.asdict(check) for check in block.checks],
    }
    return plain | {name: np.array(json.dumps(value)) for name, value in rest.items()}


def _block(arrays: dict[str, NDArray[Any]]) -> Block:
    rest = {name: json.loads(str(arrays[name])) for name in ("ways", "lines", "checks")}

    def under(place: str) -> dict[str, NDArray[Any]]:
        return {name.partition(".")[2]: x for name, x in arrays.items() if name.startswith(f"{place}.")}

    return Block(
        runs=arrays["runs"],
        history=History(
            staff=under("staff"),
            cases=under("cases"),
            ways=tuple((i, j) for i, j in rest["ways"]),
            **under("history"),
        ),
        cost=arrays["cost"],
        ledger=Ledger(lines=tuple(rest["lines"]), **under("ledger")),
        checks=tuple(Check(**check) for check in rest["checks"]),
    )


_HISTORY = tuple(f.name for f in dataclasses.fields(History) if f.name not in ("staff", "cases", "ways"))
_LEDGER = tuple(f.name for f in dataclasses.fields(Ledger) if f.name != "lines")
