"""Files made by chance: a reader takes them or refuses them in words, and does neither slowly nor with another error."""

from __future__ import annotations

import copy
import datetime
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.test_metamorphic import BUSY, TWO_TEAMS
from tests.toys import toy_tree
from workforce_model.basis.problems import ScenarioError
from workforce_model.engine.run_record import NotARun, changed_files, read_record, recorded
from workforce_model.inputs.files import load_scenario
from workforce_model.inputs.scenario import Scenario, as_tree, scenario_from

TEXT = tomlkit.dumps(toy_tree({**BUSY, **TWO_TEAMS}))
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def work_of(seconds: float) -> Iterator[None]:
    """What is done in the block takes no more than this of a processor: a busy machine makes nothing slow."""
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds


def taken(content: bytes) -> Scenario | None:
    """The scenario a file of these bytes states, or None where it is refused in words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "case.toml")
        path.write_bytes(content)
        with work_of(10):
            try:
                return load_scenario(path)
            except ScenarioError as refused:
                in_words(refused)
                return None


def in_words(refused: ScenarioError) -> None:
    assert refused.problems
    assert all(problem.rule for problem in refused.problems)
    assert "Traceback" not in str(refused)
    assert len(str(refused)) < 20_000


SNIPPETS = st.sampled_from([
    "=", "[", "]", "{", "}", '"', "'''", '"""', "\\", "\n", "\r", "#", ".", ",", "nan", "inf", "-", "1e400", "£", "375k", "yes", "\x00", "\t",
    "[[", "]]", "[workforce]", "value = 1", "2019-02-30", "2019/20", "\u202e", "🙂", "0x", "1_0", "_", "true", "''", "\ufeff", "a.b.c = 1",
])  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A sound file with some stretches taken out, doubled or written over."""
    text = TEXT
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.integers(0, 200)))
        put = draw(st.one_of(SNIPPETS, st.text(max_size=12), st.just(text[at:to] * 2)))
        text = text[:at] + put + text[to:]
    return text.encode("utf-8", "surrogatepass")


VALUES = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=20),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.just({}),
    st.just([]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def places(tree: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every place in some tables."""
    if not isinstance(tree, dict):
        return []
    return [place for key, inner in tree.items() for place in ((*above, key), *places(inner, (*above, key)))]


PLACES = places(toy_tree({**BUSY, **TWO_TEAMS}))


@st.composite
def misstated(draw: st.DrawFn) -> dict[str, Any]:
    """A sound scenario's tables with some values of another kind, missing, or under another name."""
    tree = copy.deepcopy(toy_tree({**BUSY, **TWO_TEAMS}))
    for _ in range(draw(st.integers(1, 4))):
        *parents, last = draw(st.sampled_from(PLACES))
        table: Any = tree
        for parent in parents:
            table = table.get(parent) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            continue
        match draw(st.sampled_from(["value", "gone", "renamed"])):
            case "value":
                table[last] = draw(VALUES)
            case "gone":
                table.pop(last, None)
            case "renamed":
                table[draw(st.text(min_size=1, max_size=8))] = table.pop(last, 1)
    return tree


@quick
@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"a = {" * 400)
@example(b"[" + b"a." * 600 + b"a]")
@example(b"x = 1" + b"0" * 3_000)
def test_any_bytes_are_refused_in_words(content: bytes) -> None:
    assert taken(content) is None


@quick
@given(spoilt())
def test_a_spoilt_file_is_taken_or_refused_in_words(content: bytes) -> None:
    taken(content)


@quick
@given(misstated())
def test_misstated_tables_are_taken_or_refused_in_words(tree: dict[str, Any]) -> None:
    with work_of(10):
        try:
            scenario_from(tree, "made by chance")
        except ScenarioError as refused:
            in_words(refused)


@pytest.mark.slow
@many
@given(spoilt())
def test_many_spoilt_files_are_taken_or_refused_in_words(content: bytes) -> None:
    taken(content)


@pytest.mark.slow
@many
@given(misstated())
def test_many_misstated_tables_are_taken_or_refused_in_words(tree: dict[str, Any]) -> None:
    with work_of(10):
        try:
            scenario_from(tree, "made by chance")
        except ScenarioError as refused:
            in_words(refused)


def a_record() -> dict[str, Any]:
    scenario = as_tree(scenario_from(toy_tree(BUSY), "toy"))
    return {
        "schema_version": 1, "complete": True, "runs_done": 4, "runs_asked": 4, "seed": 1, "doubt": True, "versions": {},
        "outputs": {"summary.csv": {"size": 1, "sha256": "0"}}, "scenarios": {"toy": {"resolved": scenario}},
    }  # fmt: skip


@quick
@given(
    st.sampled_from(sorted(a_record())), st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.one_of(st.none(), st.integers(), st.dictionaries(st.just("resolved"), st.integers())), max_size=2)),
)  # fmt: skip
def test_a_misstated_record_is_taken_or_refused_in_words(key: str, value: Any) -> None:
    record = json.loads(json.dumps(a_record(), default=str)) | {key: value}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "run.json").write_text(json.dumps(record), encoding="utf-8")
        with work_of(10):
            try:
                read = read_record(folder)
                changed_files(Path(folder), read)
                recorded(read)
            except ScenarioError as refused:
                in_words(refused)
            except NotARun:
                pass


def test_a_day_in_a_record_is_a_day_again() -> None:
    scenario = scenario_from(toy_tree(BUSY), "toy")
    record = json.loads(json.dumps(a_record(), default=str))

    (read,) = recorded(record)

    assert read.scenario == scenario
    assert isinstance(read.scenario.seen_from, datetime.date)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{i} = {i}\n" for i in range(9_000)) + "".join(f"k{i} = {i}\n" for i in range(60)),
        "".join(f"k{i} = 35%\n" for i in range(80_000)),
        "x = '" + "'" * 3_000 + "\n" + 'y = "\\"\n' * 20_000,
        "".join(f"[a{i}]\nx = 1\n" for i in range(4_900)),
    ],
    ids=["doubled", "slips", "quotes", "tables"],
)
def test_a_file_made_to_be_slow_is_refused_in_seconds(text: str) -> None:
    assert taken(text.encode()) is None
