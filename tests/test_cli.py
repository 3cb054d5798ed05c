"""The command line: one answer, one message when it goes wrong, and the promised exit code."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from workforce_model.cli import main
from workforce_model.engine.run_record import read_record

PROGRAM = [sys.executable, "-c", "from workforce_model.cli import main; main()"]


def said(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, encoding="utf-8", **more
    )  # options passed on


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    out = tmp_path_factory.mktemp("cli") / "run"
    done = said("run", "scenarios/do_nothing.toml", "scenarios/approved.toml", "--runs", "20", "--out", str(out))
    return done, out


def test_run_prints_the_answer_and_names_the_folder(ran: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, out = ran

    assert done.returncode == 0, done.stderr
    for heading in ("ENVELOPE TEST", "COST 2019/20", "FUNDING", "STAFF, FTE", "21 OR MORE", "To obtain", "Checks: all"):
        assert heading in done.stdout
    assert f"Written to {out}" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 110
    assert "With every price at its low end 412, at its high end 557" in done.stdout


def test_the_record_names_every_input_with_its_size_and_hash_and_says_what_was_run(
    ran: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    record = read_record(ran[1])

    for file in record["inputs"]:
        content = Path("scenarios", file["name"]).read_bytes()
        assert (file["size"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert [file["name"] for file in record["inputs"]] == ["do_nothing.toml", "enfield_2019.toml", "approved.toml"]
    assert (record["runs_asked"], record["runs_done"], record["complete"]) == (20, 20, True)
    assert all(scenario["checks"] and scenario["resolved"]["seen_from"] for scenario in record["scenarios"].values())


def test_an_earlier_run_is_kept_and_the_refusal_is_bad_input(
    ran: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = ran
    before = (out / "run.json").read_bytes()

    again = said("run", "scenarios/do_nothing.toml", "--runs", "4", "--out", str(out))

    assert again.returncode == 2
    assert "--overwrite" in again.stderr
    assert (out / "run.json").read_bytes() == before


def test_bad_input_is_one_message_without_a_traceback_and_exit_code_two(tmp_path: Path) -> None:
    missing = said("run", str(tmp_path / "gone.toml"))
    nonsense = said("run", "scenarios/do_nothing.toml", "--runs", "0", "--out", str(tmp_path / "x"))

    assert (missing.returncode, nonsense.returncode) == (2, 2)
    assert "gone.toml" in missing.stderr
    assert "Traceback" not in missing.stderr + nonsense.stderr
    assert list(tmp_path.iterdir()) == []


def test_check_lists_what_is_to_be_obtained_and_fails_on_a_bad_file(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("name = 'x'\n")

    sound = said("check", "scenarios/approved.toml")
    mixed = said("check", "scenarios/approved.toml", str(bad))

    assert sound.returncode == 0
    assert "costs.pension_rate" in sound.stdout
    assert "Later evidence used" in sound.stdout
    assert mixed.returncode == 2
    assert "bad.toml" in mixed.stderr


def test_a_terminal_that_knows_only_ascii_still_gets_the_answer(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "run", "scenarios/approved.toml", "--runs", "4", "--out", str(tmp_path / "r")],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"},
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert b"GBP" in done.stdout


def test_check_knows_an_improvement_plan_from_a_scenario() -> None:
    done = said("check", "scenarios/improvement_plan.toml")

    assert done.returncode == 0, done.stderr
    assert "An improvement plan of 16 actions" in done.stdout


def test_compare_prints_paired_differences_and_the_null_and_writes_a_new_folder_only_if_asked(tmp_path: Path) -> None:
    out = tmp_path / "compared"
    words = ("compare", "scenarios/do_nothing.toml", "scenarios/approved.toml", "--runs", "6", "--processes", "1")

    done, again = said(*words, "--out", str(out)), said(*words, "--out", str(out))
    plain = said(*words, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "APPROVED LESS DO_NOTHING" in done.stdout
    assert "exactly 0." in done.stdout
    assert {"comparison.txt", "differences.csv", "inputs.csv"} <= {path.name for path in out.iterdir()}
    assert any(path.suffix == ".png" for path in out.iterdir())
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert plain.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["compared"]


def test_compare_refuses_one_scenario_in_one_sentence() -> None:
    done = said("compare", "scenarios/do_nothing.toml", "--runs", "2")

    assert done.returncode == 2
    assert "expected two or more" in done.stderr
    assert "Traceback" not in done.stderr


APPROVED, NOTHING = "scenarios/approved.toml", "scenarios/do_nothing.toml"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["run", APPROVED, "--out", "FOLDER/note.txt/run"], "note.txt is a file; expected a folder"),
        (["run", APPROVED, "--out", "FOLDER/note.txt/deep/run"], "note.txt is a file; expected a folder"),
        (["run", APPROVED, "--out", ""], "expected the path of a folder"),
        (["run", APPROVED, "--out", "~/run"], "~ stands for a home folder in a shell only"),
        (["run", APPROVED, "--out", "FOLDER/run", "--checkpoint", "FOLDER/note.txt"], "note.txt is a file; expected a folder"),
        (["run", APPROVED, "--out", "FOLDER/run", "--checkpoint", "FOLDER/run"], "expected a folder for each"),
        (["compare", NOTHING, APPROVED, "--out", "FOLDER/note.txt"], "note.txt is there already; name a new folder"),
        (["review", APPROVED, "--actuals", "FOLDER/gone.csv", "--out", "FOLDER/run"], "gone.csv, 1 problem\n  file   no such file"),
        (["review", APPROVED, "--actuals", "FOLDER", "--out", "FOLDER/run"], "a folder: expected a file"),
        (["template", "--out", "FOLDER/note.txt"], "note.txt is a file; expected a folder"),
        (["verify", "FOLDER/note.txt"], "not a folder; expected a run folder"),
        (["paper", "FOLDER", "--out", "FOLDER-paper"], "holds no run.json"),
    ],
)  # fmt: skip
def test_b01_a_path_that_cannot_be_is_bad_input_refused_before_anything_is_played_or_made(
    words: list[str], rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text("keep me")
    given = [word.replace("FOLDER", str(tmp_path)) for word in words]
    monkeypatch.setattr(sys, "argv", ["workforce-model", *given])

    with pytest.raises(SystemExit) as stopped:
        main()

    assert stopped.value.code == 2
    assert rule in capsys.readouterr().err
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("note.txt", "keep me")]
