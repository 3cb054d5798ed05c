"""The run folder is whole or absent, replaced only when asked, and read back equal to the run."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.second_reader import broken, stated_in
from tests.test_model import stopped_after
from workforce_model.engine.results import Results
from workforce_model.folders.run_folder import ChecksFailed, read_record, write_csv


@pytest.fixture(scope="module")
def together() -> list[Results]:
    return [wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 30) for name in ("do_nothing", "approved")]


@pytest.fixture(scope="module")
def folder(together: list[Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wm.write_run(together, tmp_path_factory.mktemp("runs") / "one")


def test_the_record_names_every_file_with_its_hash(folder: Path) -> None:
    record = read_record(folder)

    for name, stated in record["outputs"].items():
        content = (folder / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (stated["size"], stated["sha256"]), name
    assert {p.name for p in folder.iterdir()} == {*record["outputs"], "run.json"}
    assert record["seed"] == 20190612
    assert record["scenarios"]["approved"]["resolved"]["seen_from"] == "2019-06-12"


def test_the_folder_holds_what_was_promised(folder: Path) -> None:
    tables = ("summary", "monthly", "annual", "ledger", "caseload_spread")
    charts = ("cost_against_envelope", "posts_filled", "share_at_or_over", "staffing")

    for name in (
        *(f"{t}.csv" for t in tables),
        "runs.parquet",
        *(f"{c}.{e}" for c in charts for e in ("png", "svg", "txt")),
    ):
        assert (folder / name).stat().st_size > 0, name


def test_the_folder_holds_the_money_tables_and_the_difference_is_examined(folder: Path) -> None:
    rows = {}
    for name in ("reserve", "agency_premium", "benefits", "capacity_lost", "mtfp", "envelope"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows[name] = list(csv.DictReader(file))
    with (folder / "checks.csv").open(encoding="utf-8", newline="") as file:
        checks = {(row["scenario"], row["name"]): row["status"] for row in csv.DictReader(file)}

    assert all(rows.values())
    assert {row["kind"] for row in rows["benefits"]} == {"reduces a forecast overspend"}
    assert checks["approved", "I11 difference"] == "passed"
    assert checks["do_nothing", "I11 difference"] == "not applicable"


def test_runs_of_other_months_are_written_together_without_a_difference(
    together: list[Results], tmp_path: Path
) -> None:
    shorter = wm.run(together[1].scenario.replace({"periods.end": "2021-03", "name": "shorter"}), 30)

    out = wm.write_run([together[0], shorter], tmp_path / "run")

    assert not (out / "benefits.csv").exists()
    assert (out / "ledger.csv").exists()


def test_the_second_reader_finds_i1_to_i13_kept_in_the_exported_tables(folder: Path) -> None:
    assert broken(folder, stated_in(folder)) == []


def test_another_program_finds_people_and_cases_balance_in_every_run(folder: Path) -> None:
    runs = pd.read_parquet(folder / "runs.parquet")
    runs = runs.sort_values(["scenario", "team", "run", "month"])
    before = runs.groupby(["scenario", "team", "run"], observed=True).shift(1)

    people = runs["in_post_fte"] - before["in_post_fte"] - runs["starters_fte"] + runs["leavers_fte"]
    moved = runs["cases_arrived"] - runs["cases_closed"] + runs["cases_passed_in"] - runs["cases_passed_out"]
    cases = runs["open_cases"] - before["open_cases"] - moved

    assert float(people.abs().max()) < 0.001
    assert float(cases.abs().max()) == 0
    assert (runs["open_cases"] == runs["cases_held"] + runs["unallocated_cases"]).all()
    assert (runs["workers_at_or_over"] <= runs["workers"]).all()


def test_runs_kept_when_stopped_are_written_under_their_own_numbers_and_the_record_says_how_many_were_asked(
    tmp_path: Path,
) -> None:
    kept = stopped_after(2).results
    assert kept is not None

    out = wm.write_run(kept, tmp_path / "run")

    record = read_record(out)
    assert (record["runs_done"], record["runs_asked"]) == (100, 300)
    assert not np.array_equal(kept.numbers, np.arange(100))
    for name in ("runs", "runs_ledger"):
        table = pd.read_parquet(out / f"{name}.parquet")
        assert sorted(set(table["run"])) == kept.numbers.tolist(), name
    table = pd.read_parquet(out / "runs_ledger.parquet").set_index(["month", "run"])["gap"]
    last = kept.numbers[-1]
    assert table["2020-09", last] == kept.ledger.gap[-1, 0, -1]


def test_another_program_finds_the_ledger_closes_in_every_run_and_month(folder: Path) -> None:
    ledger = pd.read_parquet(folder / "runs_ledger.parquet")

    cost = ledger.filter(like="cost: ").sum(axis=1)
    funding = ledger.filter(like="funding: ").sum(axis=1)

    assert float((cost + funding - ledger["gap"]).abs().max()) < 0.005
    assert (ledger["gap"] > -0.005).all()


def test_the_yearly_ledger_in_the_file_is_the_runs_own_rounded_once(folder: Path, together: list[Results]) -> None:
    with (folder / "ledger.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["scenario"] == "approved" and r["period"] == "2020/21"]
    approved = together[1]
    year = np.array(approved.years) == "2020/21"

    expected = approved.cost[year, approved.budgets.index("nine_posts")].sum(axis=(0, 1)).mean()

    found = next(float(r["mean"]) for r in rows if r["budget"] == "nine_posts" and r["entry"] == "total cost")
    assert found == pytest.approx(expected, abs=0.0051)
    checks = {
        (r["scenario"], r["name"]): r["status"] for r in csv.DictReader((folder / "checks.csv").open(encoding="utf-8"))
    }
    assert checks["approved", "I8 one ledger"] == "passed"


def test_an_existing_run_is_not_overwritten_unasked_and_is_replaced_whole_when_asked(
    together: list[Results], tmp_path: Path
) -> None:
    out = wm.write_run(together[:1], tmp_path / "run")
    first = read_record(out)

    with pytest.raises(FileExistsError):
        wm.write_run(together, out)
    assert read_record(out) == first

    wm.write_run(together, out, overwrite=True)
    assert set(read_record(out)["scenarios"]) == {"do_nothing", "approved"}
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_is_not_a_run_is_never_replaced(together: list[Results], tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")

    with pytest.raises(FileExistsError):
        wm.write_run(together, tmp_path / "letters", overwrite=True)

    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep me"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_run_is_written_where_a_link_leads_and_the_link_stays(together: list[Results], tmp_path: Path) -> None:
    for name in ("there", "nowhere"):
        (tmp_path / f"{name}.link").symlink_to(tmp_path / name)
    wm.write_run(together[0], tmp_path / "there")

    again = wm.write_run(together[1], tmp_path / "there.link", overwrite=True)
    new = wm.write_run(together[1], tmp_path / "nowhere.link")

    assert (again, new) == (tmp_path / "there", tmp_path / "nowhere")
    assert set(read_record(tmp_path / "there.link")["scenarios"]) == {"approved"}
    assert all((tmp_path / f"{name}.link").is_symlink() for name in ("there", "nowhere"))


def test_a_run_that_broke_a_check_writes_nothing(together: list[Results], tmp_path: Path) -> None:
    broken = replace(together[0], checks=(replace(together[0].checks[0], status="failed"),))

    with pytest.raises(ChecksFailed, match="I1"):
        wm.write_run(broken, tmp_path / "run")

    assert list(tmp_path.iterdir()) == []


def test_text_stays_text_and_negative_numbers_stay_numbers_in_a_csv(tmp_path: Path) -> None:
    table = pd.DataFrame({"label": ["=2+2", "-x", "plain"], "unit": ["GBP"] * 3, "mean": [-1.005, float("nan"), 2.675]})

    write_csv(table, tmp_path / "t.csv")

    rows = list(csv.reader((tmp_path / "t.csv").open(encoding="utf-8")))
    assert rows[1:] == [["'=2+2", "GBP", "-1.01"], ["'-x", "GBP", "not defined"], ["plain", "GBP", "2.68"]]


def test_the_same_run_writes_the_same_tables_and_charts(folder: Path, together: list[Results], tmp_path: Path) -> None:
    again = wm.write_run(together, tmp_path / "again")

    assert json.dumps(read_record(folder)["outputs"]) == json.dumps(read_record(again)["outputs"])
