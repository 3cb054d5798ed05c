"""Files are data: nothing in them runs, fetches, leaves its folder, becomes a formula, or gives away who ran the model."""

from __future__ import annotations

import ast
import csv
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from matplotlib.text import Text

import workforce_model as wm
from tests.test_cli import PROGRAM, said
from tests.test_metamorphic import BUSY, busy
from tests.toys import toy, toy_tree
from workforce_model.basis.atomic_files import write_atomically
from workforce_model.charts import figure_of, save, text_alternative
from workforce_model.inputs.scenario import scenario_from

ROOMS = sorted(Path("workforce_model").rglob("*.py"))
FORMULA = '=HYPERLINK("http://example.org","£375k")'


# Nothing runs, nothing is fetched -----------------------------------------------------------------


def names_used(path: Path) -> set[str]:
    """Every module imported and every name called in a room."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found


@pytest.mark.parametrize("path", ROOMS, ids=str)
def test_no_room_evaluates_text_unpickles_or_opens_a_connection(path: Path) -> None:
    forbidden = {
        "eval", "exec", "compile", "__import__", "pickle", "shelve", "marshal", "dill", "joblib", "yaml", "os.system", "os.popen", "subprocess",
        "socket", "ssl", "http", "urllib", "requests", "httpx", "ftplib", "smtplib", "pd.read_pickle", "pd.read_html", "pd.eval", "df.eval", "df.query",
    }  # fmt: skip

    assert names_used(path) & forbidden == set()


WATCHED = """
import sys
seen = []
sys.addaudithook(lambda event, given: seen.append((event, str(given)[:80])) if event.split(".")[0] in ("socket", "pickle", "ftplib", "urllib", "http") or event in ("os.system",) else None)
from workforce_model.cli import main
try:
    main()
finally:
    print(seen, file=sys.stderr)
"""


def test_a_run_from_file_to_folder_opens_no_connection_and_unpickles_nothing(tmp_path: Path) -> None:
    words = ["run", "scenarios/approved.toml", "--runs", "2", "--out", str(tmp_path / "run")]

    done = subprocess.run([sys.executable, "-c", WATCHED, *words], capture_output=True, text=True, check=True)

    assert done.stderr.strip().endswith("[]"), done.stderr


# Names and paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "CON", "a.b", "a b", "", "_a", "x" * 49, "é", "c:", "~", "-rf", "9a"])  # fmt: skip
def test_a_name_that_could_be_a_path_is_refused(name: str) -> None:
    team = toy_tree()
    team["workforce"]["teams"][name] = {"label": "T"}

    for tree in (toy_tree({"name": name}), team):
        with pytest.raises(wm.ScenarioError, match="a name is small letters, digits and underscores, at most 48"):
            scenario_from(tree, "named")


def test_the_default_folder_is_named_by_scenario_and_time_under_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    out = wm.write_run(wm.run(toy(), 2))

    assert out.parent == Path("results")
    assert out.name.startswith("toy-20")
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


# Text stays text ----------------------------------------------------------------------------------

BEWARE = ["=2+2", "+2", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0", FORMULA]


@pytest.fixture(scope="module")
def beware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    labels: dict[str, Any] = {
        "title": BEWARE[0], "workforce.teams.team": {"label": BEWARE[1]}, "funding.budgets.existing": {"label": BEWARE[2]},
        "funding.lines.base.label": BEWARE[3], "funding.lines.base.cost_centre": BEWARE[4], "place": BEWARE[0],
        "funding.lines.base.subjective_code": FORMULA,
    }  # fmt: skip
    tree = toy_tree({**BUSY, **labels})
    tree["workforce"]["turnover_rate"] = {**tree["workforce"]["turnover_rate"], "source": FORMULA}
    path = tmp_path_factory.mktemp("beware") / "case.toml"
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")
    return wm.write_run(wm.run(wm.load_scenario(path), 4), path.parent / "run")


def test_text_that_looks_like_a_formula_stays_text_in_every_table(beware: Path) -> None:
    kept = 0
    for path in sorted(beware.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for cell in (cell for row in csv.reader(file) for cell in row):
                kept += cell.removeprefix("'") in BEWARE
                if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")):
                    float(cell)  # a true negative number

    assert kept > 3


@pytest.mark.parametrize("label", ["Pay $5 to $10", r"$\frac{1}$", "_hidden", "<b>bold</b> & more", r"\alpha", "$"])
def test_a_label_is_drawn_as_it_is_written_and_is_never_mathematics_or_markup(tmp_path: Path, label: str) -> None:
    result = wm.run(busy({"title": label, "place": label, "workforce.teams.team": {"label": label}, "funding.budgets.existing": {"label": label}}), 3)  # fmt: skip

    for number, chart in enumerate(
        (wm.charts.share_at_or_over(result, team="team"), wm.charts.cost_against_envelope(result, "existing"))
    ):
        save(figure_of(chart), tmp_path / str(number))
        drawn = [text.get_text() for text in figure_of(chart).findobj(Text)]

        assert label in text_alternative(chart)
        assert any(label in text.replace("\\$", "$") for text in drawn), drawn
        assert "<b>bold" not in (tmp_path / f"{number}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("mark", ["\x07", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u2028", "\u2066"])
def test_control_characters_and_marks_that_turn_text_round_are_refused(mark: str) -> None:
    with pytest.raises(wm.ScenarioError, match="control characters are refused"):
        toy({"title": f"Approved{mark}devorppA"})


# What outputs give away ---------------------------------------------------------------------------


def test_outputs_hold_no_user_name_home_or_folder(tmp_path: Path) -> None:
    home = tmp_path / "zq_home"
    home.mkdir()
    (home / "town.toml").write_text(tomlkit.dumps(toy_tree(BUSY)), encoding="utf-8")
    who = {**os.environ, "HOME": str(home), "USER": "zq_analyst", "LOGNAME": "zq_analyst", "USERNAME": "zq_analyst"}
    out = tmp_path / "out"

    subprocess.run(
        [*PROGRAM, "run", str(home / "town.toml"), "--runs", "3", "--out", str(out)],
        env=who,
        check=True,
        capture_output=True,
    )

    given_away = (b"zq_home", b"zq_analyst", bytes(tmp_path), bytes(Path.cwd()))
    for path in out.iterdir():
        content = path.read_bytes()
        assert [word for word in given_away if word in content] == [], path.name


def test_a_file_while_it_is_written_is_its_owners_alone_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    place = os.replace

    def looked_at(source: Any, target: Any) -> None:
        modes.append(stat.S_IMODE(os.stat(source).st_mode))
        place(source, target)

    monkeypatch.setattr(os, "replace", looked_at)
    (tmp_path / "note").write_bytes(b"old")
    (tmp_path / "note").chmod(0o600)
    write_atomically(tmp_path / "note", b"new")

    assert modes == [0o600]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"new"]


# At the command line and in a notebook ------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["run", "scenarios/aproved.toml"], "did you mean approved?"),
        (["rnu", "scenarios/approved.toml"], "No such command 'rnu'"),
        (["run", "scenarios/approved.toml", "--rusn", "3"], "--runs"),
        (["run", "scenarios/approved.toml", "--runs", "many"], "is not a valid integer"),
        (["run", "scenarios/approved.toml", "--runs", "2.5"], "is not a valid integer"),
        (["run", "scenarios/approved.toml", "--seed", "-1"], "seed = -1: expected a whole number, at least 0"),
        (["run", "scenarios/approved.toml", "--processes", "0"], "is not in the range"),
        (["run", "scenarios/improvement_plan.toml"], "an improvement plan, not a scenario"),
        (["run", "scenarios/approved.toml", "scenarios/approved.toml"], "stated twice: approved"),
        (["run"], "Missing argument"),
        (["run", "name = 'toy'\n"], "never read as if it were the content"),
        (["verify", "scenarios"], "holds no run.json"),
    ],
)
def test_b32_what_the_command_line_does_not_know_is_refused_with_what_it_does(
    words: list[str], hint: str, tmp_path: Path
) -> None:
    done = said(*words, *(["--out", str(tmp_path / "run")] if words[0] == "run" else []))

    assert done.returncode == 2, done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_b34_and_b35_a_cell_executed_twice_gives_the_same_numbers_and_tables_that_are_changed_change_no_result() -> (
    None
):
    cell = compile(
        "late = approved.replace({'workforce.recruitment_lead_months': 5})\n"
        "result = wm.run(late, runs=8)\n"
        "table, ledger, screen = result.annual(), wm.ledger_table(result), result.summary()\n",
        "cell", "exec",
    )  # fmt: skip
    notebook: dict[str, Any] = {"wm": wm, "approved": wm.load_scenario("scenarios/approved.toml")}

    exec(cell, notebook)
    first = {name: notebook[name] for name in ("table", "ledger", "screen")}
    kept = {name: value.copy() for name, value in first.items() if name != "screen"}
    for name in kept:
        first[name].loc[:, "mean"] = 0.0
    again = {"table": notebook["result"].annual(), "ledger": wm.ledger_table(notebook["result"])}
    exec(cell, notebook)

    for name, value in kept.items():
        assert value.equals(again[name]), name
        assert value.equals(notebook[name]), name
    assert notebook["screen"] == first["screen"]
