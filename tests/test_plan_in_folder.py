"""A run folder with the improvement plan in it: the plan's own figures, covered by the record, played again to the same bits."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import workforce_model as wm
from workforce_model import paper
from workforce_model.cli import commands
from workforce_model.engine.results import Results
from workforce_model.engine.run_record import read_record, recorded_plan
from workforce_model.improvement.plan_at_work import ALL, BROUGHT, WORK, plan_table
from workforce_model.paper.published import read_run

PLAN = "scenarios/improvement_plan.toml"


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml").replace({"periods.end": "2020-03"}), 8)


@pytest.fixture(scope="module")
def folder(approved: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wm.write_run(approved, tmp_path_factory.mktemp("runs") / "run", plan=PLAN)


def test_the_table_of_the_folder_is_the_answer_to_the_question_with_its_two_sums(
    folder: Path, approved: Results
) -> None:
    answer = wm.plan(approved, PLAN)
    table = read_run(folder).tables["plan"]

    actions, sums = table[table["reference"] != ALL], table[table["reference"] == ALL].set_index("action")

    assert actions["reference"].tolist() == answer.table["reference"].tolist()
    assert actions["reference"].nunique() == 16
    assert actions["status"].tolist() == answer.table["status"].tolist()
    for column in ("fte_mean", "fte_p10", "fte_p90", "figure_mean"):
        assert actions[column].to_numpy() == pytest.approx(answer.table[column].to_numpy(), nan_ok=True), column
    assert sums.loc[WORK, ["fte_mean", "fte_p10", "fte_p90"]].tolist() == pytest.approx([answer.figure, answer.low, answer.high])  # fmt: skip
    brought = actions.loc[actions["reference"] == "5.1", "fte_mean"].sum()
    assert sums.loc[BROUGHT, "fte_mean"] == pytest.approx(-brought)
    assert sums.loc[WORK, "fte_mean"] == pytest.approx(actions["fte_mean"].sum() - brought)
    assert (folder / "improvement_plan.txt").read_text(encoding="utf-8").startswith("The plan's actions create ")


def test_the_plan_is_in_the_record_and_is_played_again_to_the_same_bits(folder: Path) -> None:
    assert recorded_plan(read_record(folder)) == wm.load_plan(PLAN)

    found = wm.verify(folder)

    assert found.agrees, found.text()
    assert found.runs == 8


def test_a_plan_altered_in_the_record_or_a_changed_table_is_found_out(folder: Path, tmp_path: Path) -> None:
    table, record = (Path(shutil.copytree(folder, tmp_path / name)) for name in ("table", "record"))
    (table / "plan.csv").write_text((table / "plan.csv").read_text(encoding="utf-8").replace("due June 2019", "done June 2019", 1), encoding="utf-8")  # fmt: skip
    stated = json.loads((record / "run.json").read_text(encoding="utf-8"))
    stated["plan"]["actions"]["1.3"]["lead"] = "Nobody"
    (record / "run.json").write_text(json.dumps(stated), encoding="utf-8")

    assert wm.verify(table, play_again=False).changed[0].startswith("plan.csv: changed")
    assert wm.verify(record).played_again == ("plan.csv",)
    stated["plan"]["actions"]["1.3"]["due"] = "in June"
    (record / "run.json").write_text(json.dumps(stated), encoding="utf-8")
    with pytest.raises(wm.ScenarioError, match=r"run\.json, plan"):
        wm.verify(record)


def test_runs_stopped_half_way_are_not_played_with_a_plan() -> None:
    whole = wm.run(wm.load_scenario("scenarios/approved.toml").replace({"periods.end": "2020-03"}), 8)
    holes = replace(whole, numbers=whole.numbers + 1)

    with pytest.raises(ValueError, match="whole runs only"):
        plan_table(holes, wm.load_plan(PLAN))


def test_the_command_plays_the_librarys_plan_and_names_its_file_with_the_inputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "run"

    done = CliRunner().invoke(
        commands,
        ["run", "scenarios/approved.toml", "--runs", "4", "--plan", PLAN, "--out", str(out)],
    )

    assert done.exit_code == 0, done.output
    assert "improvement_plan.toml" in {file["name"] for file in read_record(out)["inputs"]}
    assert pd.read_csv(out / "plan.csv")["scenario"].unique().tolist() == ["approved"]


def test_a_run_folder_there_already_is_not_played_with_a_plan(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a run folder is not played again"):
        paper.write(folder, tmp_path / "cabinet", plan=PLAN)

    assert list(tmp_path.iterdir()) == []
