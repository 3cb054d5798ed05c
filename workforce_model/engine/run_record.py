"""The record of a run, ``run.json``, written last so that its presence means complete; and whether a folder still agrees with it.

On the same build a run plays again to the same bits. On another build agreement is statistical, and that is said.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workforce_model import __version__
from workforce_model.basis.problems import Problem, ScenarioError, path_given
from workforce_model.engine.checks import Check
from workforce_model.engine.results import Results
from workforce_model.inputs.actions import Plan, plan_from
from workforce_model.inputs.files import found_or_shipped
from workforce_model.inputs.scenario import InputFile, Scenario, as_tree, scenario_from

SCHEMA_VERSION = 1
RECORD = "run.json"
_MOST_BYTES = 1 << 26
_LIBRARIES = ("numpy", "pandas", "scipy", "pyarrow", "matplotlib")
CONVENTIONS = {
    "C1": "Monthly steps, financial year April to March. A flow belongs to its month, a stock is its value at month end, a rate is worked out again from its parts.",
    "C2": "In a month: leavers, conversions, starters, agency cover, cases close, pass on, arrive and are shared out, caseloads measured; pay covers those in post after these.",
    "C3": "A rate names its reading.",
    "C4": "Pounds in double precision, unrounded until the page, then rounded once, half away from zero. A month counts whole for those in post at its end. A split to the penny is by largest remainder, ties to the earlier part.",
    "C5": "A worker is over the limit at the limit or more: below 21 means 20 or fewer.",
    "C6": "Quantiles are linear between order statistics; a quantile of a total comes from the total's own runs.",
    "C7": "Cash prices with each pay award explicit, from the month it begins. Tables are not discounted; a present value leaves the first year as it is, real flows at the real rate, cash flows at (1+r)(1+g)-1.",
    "C8": "A draw belongs to the root seed, the run, the process and the name, never to a position or the order of calls.",
    "C9": "Cost positive, money that meets it negative; a funded year sums to zero and what is left is the gap.",
}
"""What the numbers follow; printed in every run record."""


class NotARun(ValueError):
    """A folder that holds no finished run this library can read."""


@dataclasses.dataclass(frozen=True)
class Recorded:
    """One scenario of a record as it was run: what plays it again."""

    scenario: Scenario
    runs: int
    seed: int
    doubt: bool


def write_record(
    together: list[Results], folder: Path, inputs: list[InputFile], checks: list[tuple[str, Check]], **more: object
) -> None:
    """Write the record of a run whose other files are all in the folder; ``more`` goes into it by name."""
    first = together[0]
    passed = all(check.status != "failed" for _, check in checks)
    record = {
        "schema_version": SCHEMA_VERSION,
        "complete": True,
        "checks": "all passed" if passed else "CHECKS FAILED",
        "versions": _versions(),
        "build": build(),
        "platform": _platform(),
        "seed": first.seed,
        "runs_asked": first.asked,
        "runs_done": first.runs,
        "doubt": first.doubt,
        "ranges_hold": "luck and doubt about assumptions" if first.doubt else "luck only",
        "inputs": [dataclasses.asdict(x) for x in dict.fromkeys(inputs)],
        "conventions": CONVENTIONS,
        "scenarios": {
            r.scenario.name: {
                "resolved": as_tree(r.scenario),
                "to_obtain": sorted(r.scenario.to_obtain()),
                "later_evidence": {path: a.later_evidence for path, a in r.scenario.later_evidence().items()},
                "checks": [dataclasses.asdict(check) for name, check in checks if name == r.scenario.name],
            }
            for r in together
        },
        **more,
        "outputs": {path.name: _fingerprint(path) for path in sorted(folder.iterdir())},
    }
    draft = folder / f".{RECORD}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(record, file, ensure_ascii=False, indent=1, default=str, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, folder / RECORD)


def input_file(path: str | os.PathLike[str]) -> InputFile:
    """A file to be read, as a record names it: its name, size and fingerprint; one of the library's is found by its name.

    Raises
    ------
    ScenarioError
        If there is no such file.
    """
    found = found_or_shipped(path_given(path))
    if not found.is_file():
        rule = (
            "a folder: expected a file"
            if found.is_dir()
            else "not an ordinary file"
            if found.exists()
            else "no such file"
        )
        raise ScenarioError(str(found), [Problem("file", "", rule)])
    return InputFile(found.name, **_fingerprint(found))


def _fingerprint(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _versions() -> dict[str, str]:
    libraries = {name: version(name) for name in _LIBRARIES}
    return {"workforce_model": __version__, "python": platform.python_version(), **libraries}


def _platform() -> str:
    return f"{platform.system()} {platform.machine()}"


def made_by() -> dict[str, str]:
    """Everything the bits of a run rest on besides its inputs: versions, the library's own source, the platform."""
    return {**_versions(), "build": build()[:12], "platform": _platform()}


@cache
def build() -> str:
    """The fingerprint of the library's own source, which a change of any room changes."""
    source = hashlib.sha256()
    package = Path(__file__).parent.parent
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).as_posix()
        source.update(room.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return source.hexdigest()


def read_record(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """The run record of a finished folder.

    Raises
    ------
    NotARun
        If the folder holds no finished run, or its record cannot be read.
    """
    folder = path_given(folder, "a run folder")
    path = Path(folder) / RECORD
    if not Path(folder).is_dir():
        raise NotARun(
            f"{folder}: {'not a folder' if Path(folder).exists() else 'no such folder'}; expected a run folder"
        )
    if not path.is_file():
        raise NotARun(f"{folder}: holds no {RECORD}; it is no finished run")
    content = path.read_bytes()
    if len(content) > _MOST_BYTES:
        raise NotARun(f"{path}: {len(content):,} bytes; a run record has at most {_MOST_BYTES:,}")
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotARun(f"{path}: not a run record, or cut short ({str(error).partition(': line')[0]})") from None
    if not isinstance(found, dict) or found.get("complete") is not True:
        raise NotARun(f"{path}: not the record of a finished run")
    if found.get("schema_version") != SCHEMA_VERSION:
        raise NotARun(
            f"{path}: written for record schema {found.get('schema_version')!r} and this library reads schema {SCHEMA_VERSION}"
        )
    return found


def changed_files(folder: Path, record: dict[str, Any]) -> list[str]:
    """Every file of a folder that is not as its record says: changed, missing, or not of the run."""
    found, stated = [], record.get("outputs")
    if not isinstance(stated, dict):
        return [f"{RECORD}: the list of outputs is missing"]
    there = {path.name: path for path in folder.iterdir() if path.name != RECORD}
    for name, one in stated.items():
        if Path(name).name != name or name not in there:
            found.append(f"{name}: missing")
        elif not isinstance(one, dict) or _fingerprint(there[name]) != one:
            size = one.get("size") if isinstance(one, dict) else None
            found.append(f"{name}: changed ({there[name].stat().st_size:,} bytes; {size} were written)")
    return found + [f"{name}: not a file of this run" for name in sorted(set(there) - set(stated))]


def recorded(record: dict[str, Any]) -> list[Recorded]:
    """The scenarios of a record, in their order, with what plays them again.

    Raises
    ------
    NotARun
        If the record does not say.
    ScenarioError
        If a scenario in it breaks a rule.
    """
    try:
        given = [(name, one["resolved"]) for name, one in record["scenarios"].items()]
        runs, seed, doubt = record["runs_done"], record["seed"], record["doubt"]
    except (KeyError, TypeError, AttributeError) as error:
        raise NotARun(f"{RECORD}: does not say what was run ({error})") from None
    return [
        Recorded(scenario_from(_dated(tree), f"{RECORD}, scenarios.{name}.resolved"), runs, seed, doubt)
        for name, tree in given
    ]


def recorded_plan(record: dict[str, Any]) -> Plan | None:
    """The improvement plan a run was written with, as it was read; None where there was none.

    Raises
    ------
    ScenarioError
        If it breaks a rule.
    """
    tree = record.get("plan")
    return None if tree is None else plan_from(_dated(tree), f"{RECORD}, plan")


def _dated(tree: Any, key: str = "") -> Any:
    """The tables of a record with its days as days, which JSON has no form for."""
    if isinstance(tree, dict):
        return {inner: _dated(value, inner) for inner, value in tree.items()}
    if isinstance(tree, list):
        return [_dated(value) for value in tree]
    if key in ("date", "seen_from") and isinstance(tree, str):
        try:
            return datetime.date.fromisoformat(tree)
        except ValueError:
            return tree
    return tree


def other_build(record: dict[str, Any]) -> list[str]:
    """What differs between the build that made a record and this one; nothing where it is the same."""
    now = made_by()
    then = {
        **record.get("versions", {}),
        "build": str(record.get("build"))[:12],
        "platform": record.get("platform"),
    }
    return [f"{name} {then.get(name)} then, {value} now" for name, value in now.items() if then.get(name) != value]


def unlike(then: Path, now: Path) -> list[str]:
    """Figures of two summaries further apart than their Monte Carlo errors explain: what another build can be held to."""
    keys, figures = ["scenario", "period", "team", "measure"], ["mean", "mc_error"]
    one, other = (pd.read_csv(path / "summary.csv", na_values=["not defined"]).set_index(keys)[figures] for path in (then, now))  # fmt: skip
    both = one.add_suffix("_then").join(other.add_suffix("_now"), how="outer")
    error = np.hypot(both["mc_error_then"].fillna(0), both["mc_error_now"].fillna(0))
    apart = (both["mean_then"] - both["mean_now"]).abs() > 4.42 * error + 0.005
    apart |= both["mean_then"].isna() != both["mean_now"].isna()
    return [f"{' '.join(map(str, key))}: {row.mean_then:g} then, {row.mean_now:g} now" for key, row in zip(both.index[apart], both[apart].itertuples(), strict=True)]  # fmt: skip
