"""Scenario files: read, joined to the base they start from, checked, every fault with its file and line.

A file is data. Nothing in it runs, it can name no file outside its own folder, and its size is limited.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from workforce_model.basis.atomic_files import write_text_atomically
from workforce_model.basis.problems import Problem, ScenarioError, nearest, path_given
from workforce_model.inputs import toml_slips
from workforce_model.inputs.scenario import InputFile, Scenario, json_schema, scenario_from

Table = dict[str, Any]

SCHEMA_VERSION = 1
MAX_BYTES = 1 << 20
MAX_LINE = 4_000
MAX_DEPTH = 12
MAX_KEYS = 10_000
MAX_BASES = 8
_OWN = ("name", "title", "question")
_GONE = "no such file"
_CHAIN_KEYS = ("base", "schema_version")


@dataclasses.dataclass(frozen=True)
class _Stated:
    """What one file of a chain states; ``name`` is relative to the folder of the first."""

    name: str
    path: Path
    content: bytes
    tree: Table

    def line_of(self, place: toml_slips.Path) -> int:
        """The line that states a place, or else the nearest table around it."""
        return next((self._lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self._lines), 1)

    @cached_property
    def _lines(self) -> dict[toml_slips.Path, int]:
        return toml_slips.stated_lines(self.content.decode())

    def problem(self, key: str, rule: str) -> Problem:
        """A problem with one top-level key of this file."""
        given = self.tree.get(key, "")
        shown = "" if given == "" else json.dumps(given, ensure_ascii=False, default=str)[:60]
        return Problem(f"{self.name} line {self.line_of((key,))}: {key}", shown, rule)


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """The scenario a TOML file states, joined to its base and checked.

    A file may name one ``base``, another TOML file in its folder or below, and then states only what
    differs, with a ``name``, ``title`` and ``question`` of its own. Tables join key by key. An
    assumption replaces the base's whole, so no number stands under another number's source.

    Parameters
    ----------
    path : str or path
        A ``.toml`` file. A relative path such as ``scenarios/approved.toml`` that does not exist here
        is looked up among the scenarios that come with the library (:func:`shipped_scenarios`).

    Raises
    ------
    ScenarioError
        With every problem found: its file, line, key, the value given and the rule it breaks.
    OSError
        If the file is there but the machine refuses to read it.

    Examples
    --------
    >>> load_scenario("scenarios/do_nothing.toml").title
    'Do nothing: no further investment'
    """
    subject = path_given(path)
    chain = _chain(subject)
    if chain[0].tree.get("kind") == "plan":
        rule = "an improvement plan, not a scenario: read it with load_plan"
        raise ScenarioError(subject, [chain[0].problem("kind", rule)])
    tree, stated_in = _joined(chain)
    found = [
        (depth, 0, stated.problem(key, "missing: a file with a base states its own name, title and question"))
        for depth, stated in enumerate(chain[:-1])
        for key in _OWN
        if key not in stated.tree
    ]
    scenario = None
    try:
        scenario = scenario_from(tree, subject)
    except ScenarioError as error:
        found += [_placed(problem, chain, stated_in) for problem in error.problems]
    if scenario is None or found:
        raise ScenarioError(subject, [problem for _, _, problem in sorted(found, key=lambda row: row[:2])])
    return scenario


def read_inputs(path: str | os.PathLike[str]) -> tuple[InputFile, ...]:
    """The files a scenario is read from, base last: name, size and fingerprint, for the run's record.

    Examples
    --------
    >>> [file.name for file in read_inputs("scenarios/approved.toml")]
    ['approved.toml', 'enfield_2019.toml']
    """
    return tuple(
        InputFile(stated.name, len(stated.content), hashlib.sha256(stated.content).hexdigest())
        for stated in _chain(path_given(path))
    )


def read_alone(path: str | os.PathLike[str]) -> tuple[Table, Callable[[Problem], Problem]]:
    """The tables of one TOML file, read within the limits of scenario files, and how to place a problem in it.

    Raises
    ------
    ScenarioError
        If the file is no readable TOML within the limits.
    OSError
        If the file is there but the machine refuses to read it.

    Examples
    --------
    >>> tables, _ = read_alone("scenarios/improvement_plan.toml")
    >>> tables["kind"]
    'plan'
    """
    stated = _chain(path_given(path))[0]

    def placed(problem: Problem) -> Problem:
        line = stated.line_of(toml_slips.keys_of(problem.place))
        return Problem(f"{stated.name} line {line}: {problem.place}", problem.given, problem.rule)

    return stated.tree, placed


def shipped_scenarios() -> Path:
    """The folder of the scenario files that come with the library.

    Examples
    --------
    >>> (shipped_scenarios() / "approved.toml").is_file()
    True
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / "_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def _chain(subject: str) -> list[_Stated]:
    """The file and the bases it rests on, in order."""
    path = found_or_shipped(subject)
    unfit = _unfit(path)
    if unfit == _GONE and Path(subject).parent == Path("scenarios"):
        unfit += nearest(path.stem, (file.stem for file in shipped_scenarios().glob("*.toml")))
    if unfit:
        raise ScenarioError(subject, [Problem(path.name or subject, "", unfit)])
    path = Path(os.path.realpath(path))
    chain = [_read(path, Path(subject).name, subject)]
    while "base" in chain[-1].tree:
        base, rule = _base(chain)
        if rule:
            raise ScenarioError(subject, [chain[-1].problem("base", rule)])
        chain.append(_read(base, base.relative_to(path.parent).as_posix(), subject))
    return chain


def found_or_shipped(subject: str) -> Path:
    """The path given, or the file of that name that comes with the library where ``scenarios/`` is not here."""
    given = Path(subject)
    shipped = shipped_scenarios() / given.name
    elsewhere = given.is_absolute() or given.parent.name != "scenarios" or os.path.lexists(given)
    return given if elsewhere or not shipped.is_file() else shipped


def _unfit(path: Path) -> str:
    """Why a path cannot be a scenario file; empty where it can."""
    if path.suffix.lower() in (".yaml", ".yml"):
        return "scenarios are TOML files: YAML is not read, because it turns some values into others unseen"
    if any(len(os.fsencode(part)) > 255 for part in path.parts) or not path.exists():
        return _GONE
    if path.is_dir():
        return "a folder; expected a .toml file in it"
    if not path.is_file():
        return "not an ordinary file"
    return "" if path.suffix.lower() == ".toml" else "the name of a scenario file ends in .toml"


def _base(chain: list[_Stated]) -> tuple[Path, str]:
    """The file the last of the chain starts from, and why it is refused, empty where it is not."""
    last = chain[-1]
    base = last.tree["base"]
    if not isinstance(base, str) or not base.strip() or re.search(r"[\x00-\x1f\x7f]", base):
        return last.path, "expected the name of one TOML file, in quotes"
    posix, windows = PurePosixPath(base), PureWindowsPath(base)
    if posix.is_absolute() or windows.anchor or "\\" in base or ":" in base or ".." in posix.parts:
        return (
            last.path,
            "a base lies in the folder of the file or below: no .., no drive, no address, / between folders",
        )
    path = Path(os.path.realpath(last.path.parent / base))
    shown = " -> ".join([*(stated.name for stated in chain), base])
    if not path.is_relative_to(last.path.parent):
        return path, f"the base is a link out of the folder ({shown})"
    if any(path == stated.path for stated in chain):
        return path, f"the files start from one another ({shown})"
    if len(chain) > MAX_BASES:
        return path, f"at most {MAX_BASES} bases, one behind the other ({shown})"
    unfit = _unfit(last.path.parent / base) or _unfit(path)
    return path, f"{unfit} ({shown})" if unfit else ""


def _read(path: Path, name: str, subject: str) -> _Stated:
    """One file read and parsed within the limits, its schema no newer than ours."""
    with open(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    line, rule = _unreadable(content)
    if rule:
        raise ScenarioError(subject, [Problem(f"{name} line {line}" if line else name, "", rule)])
    try:
        tree = tomllib.loads(content.decode())
        rule = _beyond_limits(tree)
    except tomllib.TOMLDecodeError:
        slips = [
            Problem(f"{name} line {slip.line}" + (f": {slip.key}" if slip.key else ""), slip.given, slip.rule)
            for slip in toml_slips.slips(content.decode())
        ]
        raise ScenarioError(subject, slips) from None
    except RecursionError:
        rule = f"tables and lists inside one another at most {MAX_DEPTH} deep"
    if rule:
        raise ScenarioError(subject, [Problem(name, "", rule)])
    stated = _Stated(name, path, content, tree)
    version = tree.get("schema_version", SCHEMA_VERSION)
    if type(version) is not int or version < 1:
        rule = f"expected a whole number without quotes, at most {SCHEMA_VERSION}"
    elif version > SCHEMA_VERSION:
        rule = f"the file is written for schema {version} and this library reads schema {SCHEMA_VERSION}; install a newer workforce-model"
    if rule:
        raise ScenarioError(subject, [stated.problem("schema_version", rule)])
    return stated


def _unreadable(content: bytes) -> tuple[int, str]:
    """The line (0 for the whole file) and the reason why bytes cannot be a scenario; no reason where they can."""
    if not content.strip():
        return 0, "the file is empty"
    if len(content) > MAX_BYTES:
        return 0, f"larger than {MAX_BYTES:,} bytes, the most a scenario file may be"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return 1, "saved as UTF-16; save it as UTF-8"
    if content.startswith(b"\xef\xbb\xbf"):
        return 1, "starts with a byte order mark; save it as UTF-8 without one"
    if b"\0" in content:
        return content[: content.index(b"\0")].count(b"\n") + 1, "holds a NUL byte: not text, or saved as UTF-16"
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return content[: error.start].count(b"\n") + 1, "a character is not UTF-8; save the file as UTF-8"
    long = next((number for number, line in enumerate(text.split("\n"), 1) if len(line) > MAX_LINE), 0)
    return long, f"a line is longer than {MAX_LINE:,} characters, the most it may be" if long else ""


def _beyond_limits(tree: Table) -> str:
    nodes: list[Any] = [tree]
    keys = 0
    for _ in range(MAX_DEPTH):
        keys += sum(map(len, nodes))
        inner = (x for node in nodes for x in (node.values() if isinstance(node, dict) else node))
        nodes = [x for x in inner if isinstance(x, dict | list)]
    if nodes:
        return f"tables and lists inside one another at most {MAX_DEPTH} deep"
    return f"{keys:,} keys and values; at most {MAX_KEYS:,}" if keys > MAX_KEYS else ""


def _joined(chain: list[_Stated]) -> tuple[Table, dict[toml_slips.Path, int]]:
    """The tables of a chain as one, and which file of the chain states each place it added or replaced."""
    tree: Table = {}
    stated_in: dict[toml_slips.Path, int] = {(): len(chain) - 1}
    for depth in range(len(chain) - 1, -1, -1):
        own = {key: value for key, value in chain[depth].tree.items() if key not in _CHAIN_KEYS}
        replaced: list[toml_slips.Path] = []
        tree = _merged(tree, own, (), replaced)
        stated_in.update(dict.fromkeys(replaced, depth))
    return tree, stated_in


def _merged(base: Table, own: Table, place: toml_slips.Path, replaced: list[toml_slips.Path]) -> Table:
    """Tables join key by key; assumptions, lists and plain values replace."""
    tree = dict(base)
    for key, value in own.items():
        before = base.get(key)
        if isinstance(before, dict) and isinstance(value, dict) and not _is_assumption(before) | _is_assumption(value):
            tree[key] = _merged(before, value, (*place, key), replaced)
        else:
            tree[key] = value
            replaced.append((*place, key))
    return tree


def _is_assumption(table: Table) -> bool:
    return "value" in table and not isinstance(table["value"], dict)


def _placed(problem: Problem, chain: list[_Stated], stated_in: dict[toml_slips.Path, int]) -> tuple[int, int, Problem]:
    """A problem with the file and line that state its key: the file's position, the line, the problem."""
    place = toml_slips.keys_of(problem.place)
    around = (place[:n] for n in range(len(place) + 1))
    depth = min(stated_in[outer] for outer in around if outer in stated_in)
    line = chain[depth].line_of(place)
    rule = problem.rule
    if len(place) == 1 and rule.startswith("unknown key"):
        rule = "unknown key" + nearest(
            place[0], [*_CHAIN_KEYS, *(field.name for field in dataclasses.fields(Scenario))]
        )
    return depth, line, Problem(f"{chain[depth].name} line {line}: {problem.place}", problem.given, rule)


def scenario_schema() -> Table:
    """The JSON Schema of a scenario file, for editors that show faults as you type.

    A derived file may leave out what its base states, so only an assumption's keys are required, and
    the file's own name, title and question.

    Examples
    --------
    >>> scenario_schema()["required"]
    ['name', 'title', 'question']
    """
    schema = json_schema()
    for name, record in _records(schema):
        record["description"] = record.get("description", "").partition("\n")[0]
        if name != "Assumption":
            record.pop("required", None)
    own = {
        "base": {"type": "string", "pattern": r"\.toml$", "description": "The file this one starts from."},
        "schema_version": {"type": "integer", "minimum": 1, "maximum": SCHEMA_VERSION},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "properties": {**own, **schema["properties"]},
        "required": list(_OWN),
    }


def _records(schema: Table) -> Iterator[tuple[str, Table]]:
    yield "", schema
    yield from schema["$defs"].items()


def write_schema(path: str | os.PathLike[str]) -> None:
    """Write the schema of scenario files beside them.

    Examples
    --------
    >>> write_schema("scenarios/scenario.schema.json")  # doctest: +SKIP
    """
    write_text_atomically(path, json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n")
