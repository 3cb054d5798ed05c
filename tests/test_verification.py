"""A run folder against its record: every file re-hashed, the run played again to the same bits, bad folders refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workforce_model as wm
from tests.test_cli import said
from tests.test_metamorphic import busy
from workforce_model.engine.run_record import NotARun, read_record


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    together = [wm.run(busy({"name": name, "workforce.turnover_rate": 0.2}), 12) for name in ("one", "other")]
    return wm.write_run(together, tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "run"))


def rewritten(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    change(record)
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def test_the_record_says_all_that_plays_the_run_again(whole: Path) -> None:
    record = read_record(whole)

    assert {"library": record["versions"]["workforce_model"], "schema": record["schema_version"]} == {"library": wm.__version__, "schema": 1}  # fmt: skip
    assert {"python", "numpy", "pandas", "scipy", "pyarrow", "matplotlib"} < set(record["versions"])
    assert len(record["build"]) == 64
    assert (record["runs_asked"], record["runs_done"], record["seed"], record["doubt"]) == (12, 12, 20190612, True)
    assert record["checks"] == "all passed"
    assert list(record["conventions"]) == [f"C{n}" for n in range(1, 10)]
    assert list(record["scenarios"]) == ["one", "other"]
    names = {check["name"].split()[0] for check in record["scenarios"]["other"]["checks"]}
    assert names == {f"I{n}" for n in range(1, 14)}
    i8 = next(c for c in record["scenarios"]["one"]["checks"] if c["name"] == "I8 one ledger")
    assert i8["status"] == "passed"


def test_an_untouched_folder_agrees_and_plays_again_to_the_same_bits(folder: Path) -> None:
    found = wm.verify(folder)

    assert found.agrees
    assert not found.other_build
    assert "Played again (12 runs a scenario), every file is the same to the bit." in found.text()


def test_a_run_asked_for_in_numpys_numbers_is_recorded_in_plain_ones_and_plays_again(tmp_path: Path) -> None:
    out = wm.write_run(wm.run(busy(), np.int64(3), np.uint64(5)), tmp_path / "run")

    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert [record[key] for key in ("seed", "runs_asked", "runs_done")] == [5, 3, 3]
    assert "Played again (3 runs a scenario)" in wm.verify(out).text()


def test_a_changed_a_missing_and_a_strange_file_are_each_named(folder: Path) -> None:
    ledger = (folder / "ledger.csv").read_bytes()
    (folder / "ledger.csv").write_bytes(ledger.replace(b"1", b"2", 1))
    (folder / "summary.txt").unlink()
    (folder / "note.txt").write_text("not ours")

    found = wm.verify(folder, play_again=False)

    assert not found.agrees
    assert found.changed == (
        f"ledger.csv: changed ({len(ledger):,} bytes; {len(ledger)} were written)",
        "summary.txt: missing",
        "note.txt: not a file of this run",
    )


def test_a_record_that_was_itself_changed_is_found_by_playing_the_run_again(folder: Path) -> None:
    rewritten(folder, lambda record: record["scenarios"]["one"]["resolved"]["workforce"]["turnover_rate"].update(value=0.4))  # fmt: skip

    found = wm.verify(folder)

    assert not found.changed
    assert {"monthly.csv", "runs.parquet", "ledger.csv"} <= set(found.played_again)


def test_on_another_build_agreement_is_statistical_and_that_is_said(folder: Path) -> None:
    rewritten(folder, lambda record: record["versions"].update(numpy="1.0.0"))

    found = wm.verify(folder)

    assert found.agrees
    assert [one.split()[0] for one in found.other_build] == ["numpy"]
    assert "agreement is statistical and not to the bit" in found.text()


def test_on_another_build_figures_further_apart_than_their_error_are_named(folder: Path) -> None:
    rewritten(folder, lambda record: record["versions"].update(numpy="1.0.0"))
    rewritten(folder, lambda record: record["scenarios"]["one"]["resolved"]["workforce"]["turnover_rate"].update(value=0.9))  # fmt: skip

    found = wm.verify(folder)

    assert any(one.startswith("one 2020/21 council in_post_fte") for one in found.played_again)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "holds no run.json"),
        ("", "not a run record, or cut short"),
        ('{"complete": true, "schema_ver', "not a run record, or cut short"),
        ("[" * 100_000, "not a run record, or cut short"),
        ("[]", "not the record of a finished run"),
        ('{"complete": true, "schema_version": 2}', "schema 2 and this library reads schema 1"),
        ('{"complete": true, "schema_version": 1, "outputs": {}}', "does not say what was run"),
    ],
    ids=["none", "empty", "cut short", "deep", "list", "newer", "bare"],
)
def test_a_folder_that_holds_no_finished_run_is_refused_in_one_sentence(
    folder: Path, content: str | None, words: str
) -> None:
    (folder / "run.json").unlink()
    if content is not None:
        (folder / "run.json").write_text(content)

    with pytest.raises(NotARun, match=words):
        wm.verify(folder)


def test_a_path_that_is_missing_or_a_file_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(NotARun, match="no such folder"):
        wm.verify(tmp_path / "gone")
    with pytest.raises(NotARun, match="not a folder"):
        wm.verify(tmp_path / "file")


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/hostname", "below/../../outside.txt"])
def test_a_record_names_no_file_outside_its_folder(folder: Path, name: str) -> None:
    (folder.parent / "outside.txt").write_text("elsewhere")
    rewritten(folder, lambda record: record["outputs"].update({name: {"size": 9, "sha256": "0"}}))

    found = wm.verify(folder, play_again=False)

    assert found.changed == (f"{name}: missing",)


def test_the_scenario_in_a_record_is_checked_like_any_other(folder: Path) -> None:
    rewritten(folder, lambda record: record["scenarios"]["one"]["resolved"]["workforce"]["turnover_rate"].update(value=18.9))  # fmt: skip

    with pytest.raises(wm.ScenarioError, match=r"1\.3% is written 0\.013"):
        wm.verify(folder)


def test_verify_at_the_command_line_exits_three_on_a_difference_and_two_on_no_run(folder: Path, tmp_path: Path) -> None:
    sound = said("verify", str(folder), "--files-only")
    (folder / "monthly.csv").write_text("changed")
    wrong = said("verify", str(folder), "--files-only")
    none = said("verify", str(tmp_path / "gone"))

    assert (sound.returncode, wrong.returncode, none.returncode) == (0, 3, 2)
    assert "Every file is as its record says." in sound.stdout
    assert "monthly.csv: changed" in wrong.stdout
    assert "no such folder" in none.stderr
    assert "Traceback" not in none.stderr


def test_runs_that_one_record_cannot_speak_for_are_not_written_together(tmp_path: Path) -> None:
    one = wm.run(busy(), 4)

    for other, words in (
        (wm.run(busy(), 4), "stated twice: toy"),
        (wm.run(busy({"name": "other"}), 4, 7), "share their number, seed and doubt"),
        (wm.run(busy({"name": "other"}), 5), "share their number, seed and doubt"),
        (wm.run(busy({"name": "other"}), 4, doubt=False), "share their number, seed and doubt"),
    ):
        with pytest.raises(ValueError, match=words):
            wm.write_run([one, other], tmp_path / "run")

    assert list(tmp_path.iterdir()) == []
