"""Which test keeps which promise: every row of the assurance rules, and the tests that hold it.

The rows are those of the rules' own tables: invariants I, oracles O, metamorphic relations M, statistical checks S, bad inputs B, faults F,
security X, the run record R and the suite T. A row names test files and the beginning of test names in them.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

SEARCHED = "searched: no_sequence_of_edits no_long_sequence_of_edits the_second_reader_finds_one_wrong_figure"
EXPORTED = "run_folder: the_second_reader_finds_i1_to_i13"

KEPT: dict[str, tuple[str, ...]] = {
    "I1 posts": (SEARCHED, EXPORTED, "mechanisms: over_establishment agency_workers_who_would_open"),
    "I2 people": (SEARCHED, EXPORTED, "run_folder: another_program_finds_people", "simulation: a_converted_worker"),
    "I3 FTE": (SEARCHED, EXPORTED, "files: b09"),
    "I4 agency": (SEARCHED, EXPORTED, "mechanisms: agency_never_covers_a_vacancy"),
    "I5 cases": (SEARCHED, EXPORTED, "allocation: cases_wait_only_where", "mechanisms: what_is_passed_is_named"),
    "I6 shares": (SEARCHED, EXPORTED, "simulation: the_share_over_the_limit_with_no_workers", "measures: a_rate_is_its_parts"),
    "I7 pounds": (SEARCHED, EXPORTED, "readings: i7_ in_every_run_and_year_sources_equal_uses", "funding: cost_and_funding_make_the_gap", "reserve: two_movements_under_one_label"),
    "I8 one ledger": (SEARCHED, EXPORTED, "run_folder: the_yearly_ledger_in_the_file", "statements: each_printed_figure"),
    "I9 addition": (SEARCHED, EXPORTED, "readings: i9_", "tables: the_bands_of_a_team_add_up"),
    "I10 once only": (SEARCHED, EXPORTED, "readings: i10_", "benefits: the_three_lines_add_up a_saving_claimed_as_cashable_and_as_avoided"),
    "I11 difference": ("benefits: i11_", "comparison: a_price_alone", "run_folder: the_folder_holds_the_money_tables"),
    "I12 actuals": ("forecasting: known_months_equal_the_actuals every_check_passes_and_the_actuals_have_theirs", "actuals_file: b28_unexplained"),
    "I13 finite": (SEARCHED, EXPORTED, "run_folder: text_stays_text", "funding: a_cost_that_is_missing"),
    "O1 leaving": ("oracles: o1_",), "O2 refilling": ("oracles: o2_",), "O3 lead": ("oracles: o3_",), "O4 cases": ("oracles: o4_",),
    "O5 share": ("oracles: o5_",), "O6 bent lines": ("oracles: o6_",),
    "O7 costing by hand": ("funding: a_36000_post_from_december", "pay: each_of_the_nine_posts", "medium_term_plan: growth_is_375"),
    "O8 present value": ("appraisal: 100000_for_three_years present_value_agrees_with_numpy_financial",),
    "O9 pay-back": ("appraisal: a_conversion_at_1000_a_month",),
    "O10 published": ("source_paper: the_opening_position_is_the_departments_own", "indicators: ", "returns: "),
    "O11 estimation": ("learning: a_beta_belief a_gamma_belief ranks_of_known_truths", "updating: people_in_post_before_the_window"),
    "O12 a council by hand": ("simulation: with_everything_off everybody_leaves_and_everybody_is_replaced planned_conversions",),
    "M1": ("metamorphic: m1_",), "M2": ("metamorphic: m2_", "executors: "),
    "M3": ("model: m3_", "faults: m3_"),
    "M4": ("metamorphic: m4_",), "M5": ("metamorphic: m5_",), "M6": ("metamorphic: m6_",), "M7": ("metamorphic: m7_",),
    "M8": ("metamorphic: m8_",), "M9": ("metamorphic: m9_",), "M10": ("metamorphic: m10_",), "M11": ("metamorphic: m11_",),
    "M12": ("metamorphic: m12_",), "M13": ("metamorphic: m13_",), "M14": ("metamorphic: m14_",),
    "M15": ("metamorphic: m15_", "searched: m15_"), "M16": ("metamorphic: m16_",),
    "M17": ("forecasting: changing_actuals_after_the_cut_off",),
    "M18": ("metamorphic: m1_and_m18_", "charts: the_same_chart_is_the_same_bytes"),
    "S tolerance": ("oracles: an_error_of_one_hundredth o2_and_o3_hold o5_holds",),
    "S coverage": ("coverage: an_interval_holds the_ranks", "updating: on_histories_of_the_simulation", "forecasting: forecasts_from_known_truth"),
    "S back-tests": ("scores: ", "outlook: ", "census_report: the_screen_fits_the_page_and_scores"),
    "B01": ("files: b01", "bad_inputs: b01", "cli: b01"), "B02": ("files: b02", "bad_inputs: b02"), "B03": ("files: b03",), "B04": ("files: b04", "bad_inputs: b04"),
    "B05": ("files: b05", "bad_inputs: b05"), "B06": ("files: b06",), "B07": ("files: b07",), "B08": ("files: b08",), "B09": ("files: b09",),
    "B10": ("files: b10",), "B11": ("files: b11",), "B12": ("files: b12",), "B13": ("files: b13",), "B14": ("files: b14",),
    "B15": ("files: b15",), "B16": ("files: b16",), "B17": ("files: b17", "verification: a_folder_that_holds_no_finished_run"),
    **{f"B{n}": (f"actuals_file: b{n}_",) for n in range(18, 30)}, "B30": ("sheets: b30_",),
    "B31": ("bad_inputs: b31", "faults: b31"), "B32": ("security: b32", "measures: b32", "bad_inputs: b32"),
    "B33": ("run_folder: an_existing_run_is_not_overwritten", "cli: an_earlier_run_is_kept", "faults: a_folder_that_may_not_be_written"),
    "B34": ("bad_inputs: b34", "security: b34", "funding: what_is_given_is_never_changed"), "B35": ("security: b34_and_b35",),
    "B every fault at once": ("bad_inputs: a_fault_inside_a_record a_value_that_cannot_be_read what_follows_from", "files: of_twenty_five_faults", "actuals_file: a_cell_that_cannot_be_read a_row_that_cannot_be_placed"),
    "B an analyst's own tables": ("funding: a_line_stated_wrongly every_cell_that_is_wrong", "benefits: a_claim_with_a_cell_missing", "outturn: every_fault_of_the_tables a_code_with_nothing"),
    "F kill -9": ("faults: killed_while_writing killed_again_and_again a_run_moved_aside m3_a_killed_run",),
    "F keyboard": ("faults: ctrl_c", "model: m3_stopped_runs"),
    "F worker": ("faults: a_dead_workers_block a_worker_that_dies_twice the_block_in_hand a_worker_that_dies_half_way a_comparison_goes_on an_error_of_the_work_itself",),
    "F disk and folders": ("faults: on_a_full_disk a_read_only_folder", "files: a_file_is_written_whole"),
    "F memory": ("faults: peak_memory b31",),
    "F checkpoint": ("faults: a_damaged_block a_block_of_other_inputs",),
    "F two runs": ("faults: a_second_run_into_a_folder",),
    "F terminal, pipe, home": ("cli: a_terminal_that_knows_only_ascii", "faults: a_closed_pipe without_a_home_folder"),
    "F failed report": ("paper: a_failed_check_stops_the_paper", "faults: on_a_full_disk", "run_folder: a_run_that_broke_a_check"),
    "X loaders": ("security: no_room_evaluates a_run_from_file_to_folder", "files: a_file_beyond_a_limit", "fuzzed_readers: any_bytes"),
    "X paths": ("files: b16", "security: a_name_that_could_be_a_path", "verification: a_record_names_no_file_outside"),
    "X xlsx": ("sheets: ", "actuals_file: b29_"),
    "X text": ("security: text_that_looks_like_a_formula a_label_is_drawn control_characters", "workbook: text_a_council_typed"),
    "X outputs": ("security: outputs_hold_no_user_name a_file_while_it_is_written",),
    "R record": ("verification: the_record_says_all", "cli: the_record_names_every_input", "run_folder: the_record_names_every_file runs_kept_when_stopped runs_of_other"),
    "R re-check and re-run": ("verification: an_untouched_folder a_changed_a_missing a_record_that_was_itself on_another_build",),
    "T fuzz": ("fuzzed_readers: a_spoilt_file misstated_tables a_misstated_record",),
    "T release": ("release: the_wheel_holds the_installed_wheel versions_are_pinned",),
}  # fmt: skip


@functools.cache
def names_in(stem: str) -> frozenset[str]:
    """The names of a test file's tests, without their first word."""
    tree = ast.parse(Path("tests", f"test_{stem}.py").read_text(encoding="utf-8"))
    return frozenset(node.name.removeprefix("test_") for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))  # fmt: skip


@pytest.mark.parametrize("row", KEPT)
def test_every_row_of_the_assurance_rules_has_its_tests(row: str) -> None:
    for place in KEPT[row]:
        stem, _, beginnings = place.partition(": ")
        for beginning in beginnings.split() or [""]:
            assert any(name.startswith(beginning) for name in names_in(stem)), (row, stem, beginning)


def test_no_row_is_left_out() -> None:
    rows = {row.split()[0] for row in KEPT}

    assert {f"I{n}" for n in range(1, 14)} <= rows
    assert {f"O{n}" for n in range(1, 13)} <= rows
    assert {f"M{n}" for n in range(1, 19)} <= rows
    assert {f"B{n:02d}" for n in range(1, 36)} <= rows
