"""The form: what is written is what is read, and nothing filled in is lost."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from tests.forms import FORM, plan, rows, shipped, whole_plan
from workforce_model.basis.problems import ScenarioError
from workforce_model.cli import commands
from workforce_model.monitoring.actuals_file import load_actuals
from workforce_model.monitoring.actuals_form import form_of
from workforce_model.monitoring.actuals_template import guidance, write_form, write_template
from workforce_model.monitoring.illustrative_actuals import illustrative_csv


def test_a_blank_form_asks_for_every_team_and_month_and_is_not_taken_as_noughts(tmp_path: Path) -> None:
    for path in write_template(tmp_path, plan(), first="2019-04", last="2019-09"):
        with pytest.raises(ScenarioError, match="blank, which is not nought"):
            load_actuals(path, plan())

    lines = (tmp_path / "actuals.csv").read_text(encoding="utf-8").splitlines()

    assert len([line for line in lines if not line.startswith("#")]) == 1 + 7 * 8
    assert lines[4].split(",") == rows()[0]


def test_a_filled_form_reads_back_the_same_from_csv_and_workbook(tmp_path: Path) -> None:
    form = form_of(plan(), shipped().opening, shipped().cut_off)

    paths = write_form(tmp_path, form, {"illustrative": "yes"}, shipped())

    for path in paths:
        back = load_actuals(path, plan())
        assert back.figures == shipped().figures
        assert back.illustrative


def test_the_workbook_marks_what_stays_blank_and_explains_each_column(tmp_path: Path) -> None:
    _, path = write_template(tmp_path, plan())
    book = openpyxl.load_workbook(path)
    sheet, notes = book["Actuals"], [row[0] for row in book["Notes"].iter_rows(values_only=True)]
    names = [cell.value for cell in sheet[1]]
    mash = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == "mash")

    assert mash[names.index("open_cases")].fill.fgColor.rgb.endswith("DDDDDD")
    assert not mash[names.index("in_post_fte")].fill.fgColor.rgb.endswith("DDDDDD")
    assert set(names[2:]) <= set(notes)


def test_the_same_form_is_the_same_csv_and_a_form_is_never_overwritten(tmp_path: Path) -> None:
    one, _ = write_template(tmp_path / "one", plan())
    two, _ = write_template(tmp_path / "two", plan())

    assert one.read_bytes() == two.read_bytes()
    with pytest.raises(FileExistsError, match="no filled-in form is lost"):
        write_template(tmp_path / "one", plan())


def test_the_money_under_review_is_asked_for_apart() -> None:
    form = form_of(plan(), shipped().opening, shipped().cut_off)
    table = guidance(form).set_index("column")

    assert form.answers["nine_posts_spend_gbp"] == {"family_support", "missing_children", "practice_and_quality"}
    assert table.loc["nine_posts_in_post_fte", "label"] == "Of those in post, paid from this budget"
    assert "november_2018_spend_gbp" not in table.index


def test_months_outside_the_scenario_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected months one after the other from 2018-09 to 2023-03"):
        write_template(tmp_path, whole_plan(), first="2018-01")


def test_the_command_writes_both_forms(tmp_path: Path) -> None:
    said = CliRunner().invoke(commands, ["template", "--out", str(tmp_path / "form")])

    assert said.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "form").iterdir()) == ["actuals.csv", "actuals.xlsx"]


def test_the_illustrative_actuals_are_what_the_script_makes() -> None:
    assert illustrative_csv(whole_plan()) == FORM.read_text(encoding="utf-8")
