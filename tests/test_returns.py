"""The Department's files are read as published: every code kept, every fault at once, vintages apart."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import workforce_model as wm
from tests.published import DEMAND, beside, council, written
from workforce_model.councils.returns import published

WORKFORCE_FILE, DEMAND_FILE = "dfe_workforce_2017_2019.csv", "dfe_demand_2013_2019.csv"


def test_every_row_and_code_of_the_workforce_file_is_kept() -> None:
    # The data's README: 3 national, 33 regional and 452 council rows; codes c 8, x 19, z 26, u 10, low 1.
    returns = wm.read_returns(beside(WORKFORCE_FILE))

    levels = returns.figures["level"].value_counts().to_dict()
    codes = returns.codes[list(returns.measures)].stack().value_counts().drop("").to_dict()

    assert levels == {"Local authority": 452, "Regional": 33, "National": 3}
    assert codes == {"z": 26, "x": 19, "u": 10, "c": 8, "low": 1}


def test_every_row_and_code_of_the_demand_file_is_kept() -> None:
    # The data's README: 7 national, 77 regional and 1,064 council rows; codes c 969, x 76, : 15, z 3.
    returns = wm.read_returns(beside(DEMAND_FILE))

    codes = returns.codes[list(returns.measures)].stack().value_counts().drop("").to_dict()

    assert returns.kind == "demand"
    assert returns.figures["level"].value_counts().to_list() == [1_064, 77, 7]
    assert codes == {"c": 969, "x": 76, ":": 15, "z": 3}


def test_a_code_is_a_missing_figure_and_a_nought_is_a_figure(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", [{"agency_fte": "0", "vacancy_fte": "c", "cases": "low"}])

    row = wm.read_returns(file).row("Alpha", 2018)
    codes = wm.read_returns(file).codes.iloc[0]

    assert row["agency_fte"] == 0.0
    assert row[["vacancy_fte", "cases"]].isna().all()
    assert codes[["agency_fte", "vacancy_fte", "cases"]].to_list() == ["", "c", "low"]


def test_only_what_was_published_by_a_day_is_known_that_day() -> None:
    # Title pages: 2017 on 15 February 2018; 2019 on 27 February 2020, after the decision of 12 June 2019.
    returns = wm.read_returns(beside(WORKFORCE_FILE))

    assert returns.known_by(datetime.date(2018, 2, 14)).years == ()
    assert returns.known_by(datetime.date(2018, 2, 15)).years == (2017,)
    assert returns.known_by(datetime.date(2019, 6, 12)).years == (2017, 2018)
    assert returns.known_by(datetime.date(2020, 2, 26)).years == (2017, 2018)
    assert returns.known_by(datetime.date(2020, 2, 27)).years == (2017, 2018, 2019)
    assert published("demand", 2019) == datetime.date(2019, 10, 31)


def test_a_council_is_found_by_name_or_code_and_a_slip_is_answered_with_the_nearest(tmp_path: Path) -> None:
    returns = wm.read_returns(written(tmp_path / "a.csv", [{"la_name": "Enfield", "old_la_code": "308"}]))

    assert returns.row("enfield", 2018)["la_code"] == returns.row("308", 2018)["la_code"] == "308"
    with pytest.raises(wm.ScenarioError, match="did you mean Enfield"):
        returns.row("Enfeild", 2018)
    with pytest.raises(wm.ScenarioError, match="known: 2018"):
        returns.row("Enfield", 2019)


def test_every_fault_is_said_at_once_with_its_line_and_column(tmp_path: Path) -> None:
    rows = [
        {"agency_fte": "1,234", "vacancy_fte": "12%", "cases": "", "starters_fte": "(20)", "leavers_fte": "-3"},
        {"old_la_code": "3O8", "cases": "about 5"},
        {"old_la_code": "102", "geographic_level": "Total"},
        {"old_la_code": "103", "time_period": "2018/19"},
    ]

    with pytest.raises(wm.ScenarioError) as said:
        wm.read_returns(written(tmp_path / "a.csv", rows))

    for fault in (
        "line 2, agency_fte = 1,234   expected a number without commas",
        "line 2, vacancy_fte = 12%   expected a number without the per cent sign",
        "line 2, cases   blank; a figure not returned is published as a code, and 0 is a figure",
        "line 2, starters_fte = (20)   a count or rate is never below 0",
        "line 2, leavers_fte = -3   a count or rate is never below 0",
        "line 3, cases = about 5   expected a number or one of the Department's codes",
        "line 3, old_la_code = 3O8   expected three digits",
        "line 4, geographic_level = Total   expected one of National, Regional, Local authority",
        "line 5, time_period = 2018/19   expected a year",
    ):
        assert fault in str(said.value)


def test_a_row_longer_than_the_header_is_refused_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", [{}, {"old_la_code": "102"}])
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines[:2], lines[2] + ",7"]) + "\n", encoding="utf-8")

    with pytest.raises(wm.ScenarioError, match=r"line 3 .*33 cells where the header has 32"):
        wm.read_returns(file)


def test_two_vintages_in_one_file_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", [{"cases": "100"}, {"cases": "101"}])

    with pytest.raises(wm.ScenarioError, match="Alpha has a row for 2018 on line 2; vintages are read from files of"):
        wm.read_returns(file)


def test_a_missing_column_is_named_and_a_later_column_does_no_harm(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", [{}])
    text = file.read_text(encoding="utf-8")
    header, row = text.splitlines()
    file.write_text(f"{header},new_column\n{row},9\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(text.replace("vacancy_fte", "vacancies_fte", 1), encoding="utf-8")

    assert len(wm.read_returns(file).figures) == 1
    with pytest.raises(wm.ScenarioError, match="vacancy_fte   missing: the workforce file has this column"):
        wm.read_returns(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04workbook", "a workbook or an archive, not a CSV file"),
        (b"<html>", "a web page, not a CSV file"),
        ("time_period".encode("utf-16"), "not UTF-8 text"),
        (b"time_period,caf\xe9\n", "a character is not UTF-8"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_told_what_it_is(content: bytes, rule: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(wm.ScenarioError, match=rule):
        wm.read_returns(tmp_path / "a.csv")


def test_a_later_vintage_is_compared_cell_by_cell_and_never_mixed(tmp_path: Path) -> None:
    first = wm.read_returns(written(tmp_path / "a.csv", [council(1, 2018, cases="100", agency_fte="c")]), "2020")
    later = wm.read_returns(written(tmp_path / "b.csv", [council(1, 2018, cases="103", agency_fte="4")]), "2023")

    changed = wm.revisions(first, later).set_index("measure")

    assert changed["change"].to_dict()["cases"] == 3.0
    assert changed.loc["agency_fte", ["code_earlier", "code_later", "figure_later"]].to_list() == ["c", "", 4.0]
    assert len(changed) == 2
    with pytest.raises(ValueError, match="not vintages of one series"):
        wm.revisions(first, wm.read_returns(written(tmp_path / "c.csv", [{}], DEMAND)))
