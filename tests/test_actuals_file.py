"""Forms of actuals are read strictly: rows B18 to B30 of the bad inputs, each with its place, and never tidied."""

from __future__ import annotations

import datetime
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.forms import FORM, Rows, at, book_at, book_of, csv_at, plan, rows, shipped, with_cells
from workforce_model.basis.problems import ScenarioError
from workforce_model.inputs.actuals import Actuals
from workforce_model.monitoring.actuals_file import load_actuals
from workforce_model.monitoring.forecasting import forecast


def refused(folder: Path, table: Rows, **how: Any) -> str:
    """What is said of a form that cannot be used."""
    with pytest.raises(ScenarioError) as error:
        load_actuals(csv_at(folder, table), plan(), **how)
    return str(error.value)


def read(folder: Path, table: Rows, **how: Any) -> Actuals:
    return load_actuals(csv_at(folder, table), plan(), **how)


# --- what is there comes back as it stands --------------------------------------------------------


def test_the_figures_are_those_in_the_file() -> None:
    actuals, table = shipped(), rows()

    for name in ("in_post_fte", "open_cases", "leavers_fte", "permanent_pay_gbp"):
        for i, when in enumerate(["2019-03", *map(str, actuals.months)]):
            stated = table[at(table, when, "assessment")][table[0].index(name)]
            assert actuals.figures["assessment"][name][i] == (float(stated) if stated else None)


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path: Path) -> None:
    table = rows()
    turned = [list(reversed(row)) for row in [table[0], *reversed(table[1:])]]

    assert read(tmp_path, turned).figures == read(tmp_path, table).figures


def test_the_workbook_says_the_same_as_the_csv(tmp_path: Path) -> None:
    assert load_actuals(book_at(tmp_path, book_of(rows())), plan()).figures == shipped().figures


def test_illustrative_actuals_say_so_in_the_file_and_when_read(tmp_path: Path) -> None:
    assert FORM.read_text(encoding="utf-8").splitlines()[2] == "# illustrative: yes"
    assert shipped().illustrative
    assert "illustrative" in shipped().findings()[0]
    assert not read(tmp_path, rows()).illustrative


# --- B18 to B30 -----------------------------------------------------------------------------------


def test_b18_a_team_without_a_month_is_refused_and_not_filled(tmp_path: Path) -> None:
    table = rows()
    del table[at(table, "2019-06", "mash")]
    del table[at(table, "2019-08", "fostering")]

    said = refused(tmp_path, table)

    assert "2019-06 mash   no row" in said
    assert "2019-08 fostering   no row" in said


@pytest.mark.parametrize("value", ["17", "99"])
def test_b18_a_team_month_twice_is_refused_equal_or_not(tmp_path: Path, value: str) -> None:
    table = rows()
    again = list(table[at(table, "2019-06", "mash")])
    again[table[0].index("open_cases")] = ""
    again[2] = value
    table.append(again)

    said = refused(tmp_path, table)

    assert f"line {len(table)}, team = 2019-06 mash   stands twice; the first is at line {at(table, '2019-06', 'mash') + 1}" in said  # fmt: skip


@pytest.mark.parametrize("written", ["01/02/2019", "13/02/2019", "2019-13", "Sep 2019", "2019"])
def test_b19_a_month_is_written_year_then_month(tmp_path: Path, written: str) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "mash", "month"): written}))

    assert f"month = {written}" in said
    assert '"2019-09"' in said


def test_b20_months_after_the_cut_off_are_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, rows(), cut_off="2019-08")

    assert said.count("after the cut-off 2019-08") == 8
    assert 'later_months="leave out"' in said


def test_b20_months_after_the_cut_off_are_left_out_on_request_and_counted(tmp_path: Path) -> None:
    actuals = read(tmp_path, rows(), cut_off="2019-07", later_months="leave out")

    assert (str(actuals.cut_off), actuals.left_out) == ("2019-07", 2)
    assert "Left out: 2 months after the cut-off July 2019." in actuals.findings()
    assert actuals.figures["mash"]["in_post_fte"] == shipped().figures["mash"]["in_post_fte"][:5]


@pytest.mark.parametrize(
    ("written", "slip"),
    [
        ("1,234", "without commas"),
        ("£20", "currency"),
        ("(20)", "brackets"),
        ("18.9%", "percentage"),
        ("12,5", "with a point for its decimals: 12.5"),
        ("12\u202f500", "without spaces: 1234"),
        ("1 234,50", "without spaces"),
        ("\u22125", "a plain minus: -5"),
        ("375k", "in full"),
        ("1e3", "exponent"),
        ("nan", "plain number"),
        ("inf", "plain number"),
    ],
)
def test_b21_a_number_dressed_up_is_refused_with_the_form_to_use(tmp_path: Path, written: str, slip: str) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "assessment", "permanent_pay_gbp"): written}))

    assert f"permanent_pay_gbp = {written}" in said
    assert slip in said


@pytest.mark.parametrize("mark", ["c", "x", "z", "u", "low", ":"])
def test_b22_a_mark_counts_only_if_declared_and_is_never_nought(tmp_path: Path, mark: str) -> None:
    table = with_cells({("2019-06", "assessment", "leavers_fte"): mark})

    said = refused(tmp_path, table)
    declared = read(tmp_path, table, marks=[mark])

    assert f'declare it, marks=("{mark}",)' in said
    assert declared.figures["assessment"]["leavers_fte"][3] is None
    assert np.isnan(declared.total("leavers_fte", "assessment"))
    assert "Not available: 1 figures" in " ".join(declared.findings())


def test_b23_a_blank_is_not_nought(tmp_path: Path) -> None:
    blank = refused(tmp_path, with_cells({("2019-06", "assessment", "conversions_fte"): ""}))
    nought = read(tmp_path, with_cells({("2019-06", "assessment", "conversions_fte"): "0"}))

    assert "conversions_fte   blank, which is not nought" in blank
    assert nought.figures["assessment"]["conversions_fte"][3] == 0


def test_b23_a_blank_where_nothing_is_needed_is_not_available(tmp_path: Path) -> None:
    actuals = read(tmp_path, with_cells({("2019-06", "practice_and_quality", "practice_audits_done"): ""}))

    assert actuals.figures["practice_and_quality"]["practice_audits_done"][3] is None


@pytest.mark.parametrize("written", ["Total", "total", "Council"])
def test_b24_a_total_among_teams_is_refused(tmp_path: Path, written: str) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "mash", "team"): written}))

    assert f"team = {written!r}   no team: leave out totals" in said


@pytest.mark.parametrize("written", ["NA", "None", "null", "TRUE"])
def test_b25_a_team_called_like_nothing_is_kept_as_text(tmp_path: Path, written: str) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "mash", "team"): written}))

    assert f"team = {written!r}   unknown team" in said
    assert "known: assessment, family_support" in said


@pytest.mark.parametrize(("written", "hint"), [(" mash", "write mash"), ("Assessment", "write assessment"), ("famly_support", "family_support")])  # fmt: skip
def test_b14_a_team_written_almost_right_is_refused_with_its_name(tmp_path: Path, written: str, hint: str) -> None:
    table = rows()
    table[at(table, "2019-06", "mash")][1] = written

    assert hint in refused(tmp_path, table)


@pytest.mark.parametrize(("extra", "word"), [(["1"], "longer"), (None, "shorter")])
def test_b26_a_row_longer_or_shorter_than_the_header_is_refused_with_its_line(tmp_path: Path, extra: list[str] | None, word: str) -> None:  # fmt: skip
    table = rows()
    place = at(table, "2019-06", "mash")
    table[place] = table[place] + extra if extra else table[place][:-1]

    said = refused(tmp_path, table)

    assert f"line {place + 1}   {len(table[place])} cells, {word} than the header's {len(table[0])}" in said


def test_b27_negative_counts_are_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "assessment", "open_cases"): "-5", ("2019-07", "mash", "leavers_fte"): "-1"}))  # fmt: skip

    assert "open_cases = -5" in said
    assert "leavers_fte = -1" in said


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("leavers_fte", "60", "leavers_fte cannot be more than in_post_fte of the month before"),
        ("conversions_fte", "5", "conversions_fte cannot be more than starters_fte"),
        ("cases_closed", "2000", "cases_closed + cases_passed_out cannot be more than open_cases of the month before"),
        ("workers_at_or_over", "200", "workers_at_or_over cannot be more than workers"),
        ("unallocated_cases", "5000", "unallocated_cases cannot be more than open_cases"),
        ("case_holder_fte", "300", "case_holder_fte cannot be more than workers"),
        (
            "permanent_pay_gbp",
            "136.3",
            "5 an FTE in the month: expected 400 to 40,000; amounts are pounds, not thousands",
        ),
        ("permanent_pay_gbp", "99999999", "amounts are pounds, not thousands, of this team and month"),
        ("agency_gbp", "39.3", "expected 400 to 40,000"),
    ],
)
def test_b27_figures_that_cannot_all_be_right_are_refused(tmp_path: Path, column: str, value: str, rule: str) -> None:
    assert rule in refused(tmp_path, with_cells({("2019-06", "assessment", column): value}))


def test_allocated_cases_with_nobody_to_hold_them_are_refused(tmp_path: Path) -> None:
    nobody = {("2019-06", "assessment", name): "0" for name in ("workers", "workers_at_or_over", "case_holder_fte")}

    assert "nobody takes cases, and 694 of 694 open cases are allocated" in refused(tmp_path, with_cells(nobody))
    waiting = {**nobody, ("2019-06", "assessment", "unallocated_cases"): "694"}
    assert read(tmp_path, with_cells(waiting)).figures["assessment"]["workers"][3] == 0


def test_a_file_parted_by_semicolons_is_told_so(tmp_path: Path) -> None:
    assert "semicolons between the cells: save it as CSV, with commas" in refused(tmp_path, [[";".join(row)] for row in rows()])  # fmt: skip


def test_a_figure_told_apart_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    said = refused(tmp_path, with_cells({("2019-09", "family_support", "nine_posts_in_post_fte"): "three"}))

    assert said.splitlines()[0].endswith("1 problem")
    assert "nine_posts_in_post_fte = three" in said


def test_more_audits_found_good_than_were_done_are_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "practice_and_quality", "plan_reviews_good"): "40"}))

    assert "plan_reviews_good cannot be more than plan_reviews_done" in said


def test_posts_under_review_held_back_where_their_team_is_not_are_refused(tmp_path: Path) -> None:
    apart = ("2019-06", "family_support", "nine_posts_in_post_fte")
    both = {apart: "c", ("2019-06", "family_support", "in_post_fte"): "c"}

    with pytest.raises(ScenarioError, match="nobody can tell which of the team's people are paid from this budget"):
        read(tmp_path, with_cells({apart: "c"}), marks=["c"])
    assert forecast(plan(), read(tmp_path, with_cells(both), marks=["c"]), runs=2).results.passed


def test_half_a_case_is_refused(tmp_path: Path) -> None:
    assert "whole number of cases" in refused(tmp_path, with_cells({("2019-06", "assessment", "open_cases"): "700.5"}))


def test_b28_unexplained_stock_change_is_other_movement_with_its_size(tmp_path: Path) -> None:
    held = float(rows()[at(rows(), "2019-06", "assessment")][rows()[0].index("cases_arrived")])
    actuals = read(tmp_path, with_cells({("2019-06", "assessment", "cases_arrived"): f"{held - 12:g}"}))

    moved = actuals.other_movement().query("other_movement != 0")

    assert moved[["month", "team", "of", "other_movement"]].values.tolist() == [
        ["2019-06", "assessment", "cases", 12.0]
    ]
    assert "Other movement of cases: 12.0 cases" in " ".join(actuals.findings())


def test_b28_other_movement_above_the_declared_limit_is_refused_with_its_sums(tmp_path: Path) -> None:
    held = float(rows()[at(rows(), "2019-06", "assessment")][rows()[0].index("cases_arrived")])
    table = with_cells({("2019-06", "assessment", "cases_arrived"): f"{held - 12:g}"})

    said = refused(tmp_path, table, other_movement=0.01)

    assert "other movement of 12 is above the declared limit" in said
    assert "open_cases = " in said


def test_posts_that_do_not_add_up_to_the_scenarios_are_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "mash", "vacancy_fte"): "9"}))

    assert "FTE of posts in mash in 2019-06" in said


def test_agency_workers_without_a_place_in_the_scenario_are_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "mash", "agency_additional_fte"): "2", ("2019-06", "missing_children", "agency_cover_fte"): "1"}))  # fmt: skip

    assert "places for 0 FTE of agency above establishment in mash in 2019-06: add them to the scenario" in said
    assert "places for 0 FTE of agency covering a vacancy in missing_children" in said


def test_the_first_month_is_the_opening_position_and_states_stocks_only(tmp_path: Path) -> None:
    said = refused(tmp_path, with_cells({("2019-03", "mash", "leavers_fte"): "1"}))

    assert "2019-03 is the opening position: stocks only" in said


def test_a_figure_for_a_team_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, with_cells({("2019-06", "mash", "open_cases"): "10"}))

    assert "mash does not answer this; leave it blank" in said


def test_an_unknown_or_missing_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    table = rows()
    table[0][table[0].index("leavers_fte")] = "leavers_ftes"

    said = refused(tmp_path, table)

    assert "leavers_ftes   unknown column; did you mean leavers_fte?" in said
    assert "no column leavers_fte (Leavers, FTE)" in said


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    said = refused(
        tmp_path,
        with_cells({
            ("2019-04", "mash", "leavers_fte"): "£3", ("2019-05", "assessment", "open_cases"): "",
            ("2019-06", "fostering", "workers"): "2.5", ("2019-07", "mash", "in_post_fte"): "c",
        }),
    )  # fmt: skip

    assert said.splitlines()[0].endswith("4 problems")


def test_a_cell_that_cannot_be_read_hides_none_of_the_figures_at_odds(tmp_path: Path) -> None:
    said = refused(
        tmp_path,
        with_cells({
            ("2019-06", "mash", "leavers_fte"): "three", ("2019-06", "assessment", "workers_at_or_over"): "200",
            ("2019-05", "fostering", "unallocated_cases"): "5000",
        }),
        not_fitted=["assessment.cases_arrived.2018-06"],
    )  # fmt: skip

    assert said.splitlines()[0].endswith("4 problems")
    assert "leavers_fte = three" in said
    assert "workers_at_or_over cannot be more than workers" in said
    assert "unallocated_cases cannot be more than open_cases" in said
    assert "no such figure" in said


def test_a_row_that_cannot_be_placed_is_one_fault_and_not_a_missing_row_too(tmp_path: Path) -> None:
    month = refused(tmp_path, with_cells({("2019-06", "mash", "month"): "06/2019"}))
    team = refused(tmp_path, with_cells({("2019-06", "mash", "team"): "mesh"}))

    assert month.splitlines()[0].endswith("1 problem")
    assert team.splitlines()[0].endswith("1 problem")
    assert team.count("known: ") <= 1


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"marks": "low"}, r"marks = 'low': expected a list, even of one: \['low'\]"),
        ({"marks": ["0"]}, "'0' is blank or a number"),
        ({"marks": ["c", " "]}, "' ' is blank or a number"),
        ({"not_fitted": "assessment.cases_arrived.2019-06"}, "not_fitted = .*: expected a list"),
        ({"other_movement": float("nan")}, "other_movement = nan: expected a share"),
        ({"other_movement": 5}, "5% is written 0.05"),
        ({"other_movement": -0.1}, "expected a share"),
        ({"other_movement": "5%"}, "expected a share"),
    ],
)
def test_what_is_declared_of_a_form_switches_no_check_off_and_is_never_read_two_ways(how: dict[str, Any], rule: str) -> None:  # fmt: skip
    with pytest.raises(ValueError, match=rule):
        load_actuals(FORM, plan(), **how)


def test_a_figure_that_is_not_there_cannot_be_declared_bad(tmp_path: Path) -> None:
    assert "no such figure" in refused(tmp_path, rows(), not_fitted=["assessment.cases_arrived.2018-06"])


def test_what_the_file_says_of_itself_is_held_to_its_form(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as error:
        load_actuals(csv_at(tmp_path, rows(), top=f"# illustrative: perhaps\n# source: {'x' * 601}\n"), plan())

    assert "illustrative = perhaps   expected yes or no" in str(error.value)
    assert "at most 600 characters" in str(error.value)


# --- B29: workbooks -------------------------------------------------------------------------------


def book_refused(folder: Path, change: Any) -> str:
    book = book_of(rows())
    change(book, book.active)
    with pytest.raises(ScenarioError) as error:
        load_actuals(book_at(folder, book), plan())
    return str(error.value)


def test_b29_a_formula_without_a_stored_value_is_refused_with_its_cell(tmp_path: Path) -> None:
    said = book_refused(tmp_path, lambda book, sheet: sheet.__setitem__("C5", "=C4+1"))

    assert "Actuals!C5 = =C4+1   a formula without a stored value" in said


def test_b29_an_error_in_a_cell_is_refused(tmp_path: Path) -> None:
    def spoil(book: Any, sheet: Any) -> None:
        sheet["C5"] = "#REF!"
        sheet["C5"].data_type = "e"

    assert "Actuals!C5 = #REF!" in book_refused(tmp_path, spoil)


def test_b29_hidden_rows_columns_and_sheets_are_refused(tmp_path: Path) -> None:
    def hide(book: Any, sheet: Any) -> None:
        sheet.row_dimensions[7].hidden = True
        sheet.column_dimensions["D"].hidden = True

    said = book_refused(tmp_path, hide)

    assert "Actuals row 7   hidden" in said
    assert "Actuals column D   hidden" in said

    def hide_sheet(book: Any, sheet: Any) -> None:
        book.create_sheet("Seen")
        sheet.sheet_state = "hidden"

    assert "a hidden sheet" in book_refused(tmp_path, hide_sheet)


def test_b29_merged_cells_are_refused(tmp_path: Path) -> None:
    assert "Actuals!C4:D4   merged cells" in book_refused(tmp_path, lambda book, sheet: sheet.merge_cells("C4:D4"))


def test_a_number_kept_as_text_or_a_flag_is_refused_with_its_cell(tmp_path: Path) -> None:
    def spoil(book: Any, sheet: Any) -> None:
        sheet["C5"], sheet["C6"] = "9", True

    said = book_refused(tmp_path, spoil)

    assert "Actuals!C5 = 9   a number kept as text" in said
    assert "Actuals!C6 = True   expected a number" in said


def test_b21_a_cell_that_shows_a_percentage_is_refused_with_what_it_shows(tmp_path: Path) -> None:
    def spoil(book: Any, sheet: Any) -> None:
        sheet["C5"], sheet["C5"].number_format = 0.189, "0.0%"

    assert "Actuals!C5 = 18.9%   a percentage: format the cell as a number" in book_refused(tmp_path, spoil)


@pytest.mark.parametrize(
    ("value", "slip"),
    [
        (43_556, "a date kept as a number"),
        (datetime.datetime(2019, 4, 30), "a day within a month"),
        (2019.04, "cannot be told apart"),
    ],
)
def test_b19_a_month_that_is_another_kind_of_cell_is_refused_with_how_it_may_have_come_about(tmp_path: Path, value: Any, slip: str) -> None:  # fmt: skip
    said = book_refused(tmp_path, lambda book, sheet: sheet.__setitem__("A12", value))

    assert said.splitlines()[0].endswith("1 problem")
    assert f"Actuals!A12 = {str(value).removesuffix(' 00:00:00')}" in said
    assert slip in said


def test_b29_a_fault_of_the_spreadsheet_in_a_name_or_month_is_told_once(tmp_path: Path) -> None:
    def spoil(book: Any, sheet: Any) -> None:
        for cell in ("A12", "B14", "D16"):
            sheet[cell] = "#N/A"
            sheet[cell].data_type = "e"

    said = book_refused(tmp_path, spoil)

    assert said.splitlines()[0].endswith("3 problems")
    assert all(f"Actuals!{cell} = #N/A   an error in the spreadsheet" in said for cell in ("A12", "B14", "D16"))


# --- whatever stands in a cell, it is read or refused, never a crash ------------------------------

ODD = st.one_of(
    st.sampled_from(["", "0", "-0", "007", "1.0", " 5", "5 ", "١٢", "½", "=1+1", "TRUE", "2019-04", "1e400", "--", "'9", "\u200b7"]),
    st.text(max_size=6),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 56), st.integers(0, 40), ODD), min_size=1, max_size=4))
def test_any_text_in_any_cell_is_read_or_refused_and_never_a_crash(tmp_path: Path, cells: list[tuple[int, int, str]]) -> None:  # fmt: skip
    table = rows()
    for row, at_column, text in cells:
        table[row][at_column] = text.replace("\r", " ").replace("\n", " ")

    with suppress(ScenarioError):
        assert read(tmp_path, table).teams == shipped().teams
