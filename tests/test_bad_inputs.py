"""Rows B01 to B17 of the assurance rules: every fault at once, with its place, value and rule."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tomlkit

import workforce_model as wm
from tests.shipped import SCENARIO_FILES
from tests.toys import posts, stated, toy_tree
from workforce_model.basis.problems import ScenarioError
from workforce_model.inputs.files import load_scenario, scenario_schema


def written(folder: Path, changes: dict[str, Any] | None = None, name: str = "case.toml") -> Path:
    path = folder / name
    path.write_text(tomlkit.dumps(toy_tree(changes)), encoding="utf-8")
    return path


def refusal(path: Path | str) -> str:
    """The message a file is refused with; the file itself is left as it was."""
    before = Path(path).read_bytes() if Path(path).is_file() else None
    with pytest.raises(ScenarioError) as refused:
        load_scenario(path)
    after = Path(path).read_bytes() if Path(path).is_file() else None
    assert after == before
    return str(refused.value)


def appended(folder: Path, text: str) -> Path:
    path = folder / "slip.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path))

    assert scenario.workforce.posts["worker"].number == 10


def test_b01_a_missing_path_a_folder_and_an_empty_file_are_each_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.toml"
    empty.write_text("")

    assert "gone.toml" in refusal(tmp_path / "gone.toml")
    assert "folder" in refusal(tmp_path)
    assert "empty" in refusal(empty)


def test_b01_a_yaml_file_is_refused_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("name: case\n")

    assert "TOML" in refusal(path)


def test_b02_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    message = refusal(appended(tmp_path, 'name = "a"\ntitle = = "b"\n'))

    assert "line 2" in message


def test_b02_a_doubled_key_is_refused_at_its_second_line(tmp_path: Path) -> None:
    message = refusal(appended(tmp_path, 'name = "a"\ntitle = "b"\nname = "c"\n'))

    assert "line 3" in message


def test_b03_an_unknown_key_suggests_the_nearest_and_a_missing_one_is_named(tmp_path: Path) -> None:
    salery = toy_tree({"costs.grades.social_worker.salery": stated(1.0, "GBP a year"), "workforce.year_shock": None})
    path = tmp_path / "case.toml"
    path.write_text(tomlkit.dumps(salery), encoding="utf-8")

    message = refusal(path)

    assert "salery" in message
    assert "salary" in message
    assert "workforce.year_shock" in message
    assert "line" in message


@pytest.mark.parametrize("slip", ["35%", "375,000", "£375k", "2019/20", ".35", "yes", "True", "01/04/2019"])
def test_b04_a_value_toml_does_not_know_is_refused_with_the_accepted_form(tmp_path: Path, slip: str) -> None:
    message = refusal(appended(tmp_path, f'name = "a"\nvalue = {slip}\n'))

    assert "line 2" in message
    assert len(message.splitlines()[1]) > 20


@pytest.mark.parametrize("value", ["9", True])
def test_b05_text_or_true_for_a_number_is_refused(tmp_path: Path, value: object) -> None:
    tree = toy_tree()
    tree["workforce"]["turnover_rate"]["value"] = value
    path = tmp_path / "case.toml"
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")

    assert "workforce.turnover_rate" in refusal(path)


@pytest.mark.parametrize("value", ["nan", "inf", "1e400"])
def test_b06_numbers_that_are_not_finite_are_refused(tmp_path: Path, value: str) -> None:
    text = tomlkit.dumps(toy_tree({"workforce.turnover_rate": 0.155}))

    message = refusal(appended(tmp_path, text.replace("0.155", value)))

    assert "workforce.turnover_rate.value" in message


@pytest.mark.parametrize("value", [18.9, 1.3])
def test_b07_a_rate_above_one_is_refused_with_the_fraction_rule(tmp_path: Path, value: float) -> None:
    message = refusal(written(tmp_path, {"workforce.turnover_rate": value}))

    assert "workforce.turnover_rate.value" in message
    assert str(value) in message
    assert "0.013" in message


def test_b08_negative_amounts_and_half_posts_are_refused_together(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "costs.grades.social_worker.salary": -1.0,
            "costs.agency_hours": -36.0,
            "workforce.recruitment_lead_months": -2,
            "caseloads.teams.team.open_cases": -5,
            "workforce.posts.worker.number": 2.5,
        },
    )

    message = refusal(path)

    for place in ("salary", "agency_hours", "recruitment_lead_months", "open_cases", "worker.number"):
        assert place in message


@pytest.mark.parametrize("value", [0.0, 1.4, -0.5])
def test_b09_a_person_above_one_or_not_above_nought_fte_is_refused(tmp_path: Path, value: float) -> None:
    message = refusal(written(tmp_path, {"workforce.posts.worker.fte": value}))

    assert "workforce.posts.worker.fte" in message


def test_b10_an_on_cost_stated_on_top_of_the_salary_is_refused_with_the_slip(tmp_path: Path) -> None:
    message = refusal(written(tmp_path, {"costs.pension_rate": 1.275}))

    assert "costs.pension_rate.value" in message
    assert "0.275" in message


def test_b11_shares_passed_on_above_one_are_refused_with_their_sum(tmp_path: Path) -> None:
    other = toy_tree()["caseloads"]["teams"]["team"]
    path = written(
        tmp_path,
        {
            "workforce.teams.b": {"label": "B"},
            "workforce.teams.c": {"label": "C"},
            "workforce.posts.b": posts(1, team="b"),
            "workforce.posts.c": posts(1, team="c"),
            "caseloads.teams.b": other,
            "caseloads.teams.c": other,
            "caseloads.teams.team.passes_on": {"b": stated(0.6, "share"), "c": stated(0.401, "share")},
        },
    )

    assert "1.001" in refusal(path)


def test_b12_an_approval_used_twice_and_a_drawdown_above_the_reserve_are_refused(tmp_path: Path) -> None:
    line = {"budget": "existing", "label": "R", "source": "risk reserve", "recurrent": False, "approved_by": "Cabinet"}
    twice = {
        "funding.lines.one": {**line, "order": 2, "amounts": {"2019/20": 400_000.0}},
        "funding.lines.two": {**line, "order": 3, "amounts": {"2019/20": 400_000.0}},
        "funding.reserve_opening_balance": stated(300_000.0, "GBP"),
    }

    message = refusal(written(tmp_path, twice))

    assert "funding.lines.two" in message
    assert "300,000" in message


@pytest.mark.parametrize(
    ("path", "value"),
    [("periods.end", "2018-01"), ("periods.start", "2019-13"), ("workforce.conversion_from", "2019-00")],
)
def test_b13_dates_that_cannot_be_are_refused(tmp_path: Path, path: str, value: str) -> None:
    assert path in refusal(written(tmp_path, {path: value}))


def test_b13_a_29_february_2019_is_refused(tmp_path: Path) -> None:
    text = tomlkit.dumps(toy_tree()).replace("seen_from = 2019-06-12", "seen_from = 2019-02-29")

    assert "line" in refusal(appended(tmp_path, text))


def test_b14_an_unknown_team_lists_the_known_ones_and_labels_alike_are_refused(tmp_path: Path) -> None:
    unknown = refusal(written(tmp_path, {"workforce.posts.worker.team": "teem"}))
    alike = refusal(written(tmp_path, {"workforce.teams.other": {"label": " the TEAM "}}))

    assert "workforce.posts.worker.team" in unknown
    assert "team" in unknown.split("known")[1]
    assert "workforce.teams.other" in alike


def test_b15_more_planned_conversions_than_agency_workers_are_refused(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"workforce.posts.new": posts(3, created="2019-06", starts_on="2019-09", planned_conversions=2)},
    )

    message = refusal(path)

    assert "workforce.posts.new.planned_conversions" in message
    assert "only 0" in message


def test_b16_a_base_that_is_missing_loops_or_lies_outside_is_refused_with_the_chain(tmp_path: Path) -> None:
    head = 'name = "a"\ntitle = "a"\nquestion = "a"\n'
    missing = appended(tmp_path, f'base = "gone.toml"\n{head}')
    (tmp_path / "one.toml").write_text(f'base = "two.toml"\n{head}')
    (tmp_path / "two.toml").write_text(f'base = "one.toml"\n{head}')
    outside = tmp_path / "outside.toml"
    outside.write_text(f'base = "../elsewhere.toml"\n{head}')

    assert "gone.toml" in refusal(missing)
    loop = refusal(tmp_path / "one.toml")
    assert "one.toml" in loop
    assert "two.toml" in loop
    assert "elsewhere.toml" in refusal(outside)


def test_b17_a_newer_schema_and_a_source_after_the_seen_from_date_are_refused(tmp_path: Path) -> None:
    newer = refusal(appended(tmp_path, "schema_version = 99\n" + tomlkit.dumps(toy_tree())))
    tree = toy_tree()
    tree["workforce"]["turnover_rate"]["date"] = datetime.date(2020, 2, 27)
    path = tmp_path / "late.toml"
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")
    late = refusal(path)

    assert "99" in newer
    assert "workforce.turnover_rate.date" in late
    assert "hindsight" in late


def test_later_evidence_with_a_reason_is_taken_and_named(tmp_path: Path) -> None:
    tree = toy_tree()
    tree["workforce"]["turnover_rate"] |= {
        "date": datetime.date(2020, 2, 27),
        "later_evidence": "a price known only later",
    }
    path = tmp_path / "late.toml"
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")

    assert list(load_scenario(path).later_evidence()) == ["workforce.turnover_rate"]


def test_twenty_five_faults_in_one_file_are_twenty_and_a_count(tmp_path: Path) -> None:
    many = {f"workforce.posts.group_{i}": posts(3, fte=2.0) for i in range(25)}

    message = refusal(written(tmp_path, many))

    assert "25 problems" in message
    assert "and 5 more" in message


def test_an_assumption_restated_in_a_derived_file_is_stated_whole(tmp_path: Path) -> None:
    written(tmp_path, name="base.toml")
    derived = tmp_path / "derived.toml"
    head = 'base = "base.toml"\nname = "d"\ntitle = "d"\nquestion = "d"\n'
    derived.write_text(head + "[workforce]\nturnover_rate = 0.2\n")

    message = refusal(derived)

    assert "workforce.turnover_rate" in message
    assert "derived.toml" in message


def test_a_stand_in_for_what_the_council_must_supply_carries_a_range(tmp_path: Path) -> None:
    path = written(tmp_path, {"costs.non_pay": {**stated(1_500.0, "GBP a year"), "obtain": True}})

    assert "costs.non_pay" in refusal(path)


@pytest.mark.parametrize("runs", [0, -5, 10**12, 2.5, True])
def test_b31_a_number_of_runs_that_makes_no_sense_is_refused(runs: Any) -> None:
    with pytest.raises(ValueError, match="runs"):
        wm.run(wm.load_scenario("scenarios/do_nothing.toml"), runs)


FILE = "scenarios/do_nothing.toml"


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda s: wm.run(FILE, 2), r"expected a scenario; this is of type str: read a file with load_scenario\(path\) first"),
        (lambda s: wm.run(None, 2), "expected a scenario; this is of type NoneType"),
        (lambda s: wm.compare([s, FILE], ["open_cases"], 2), "expected a scenario; this is of type str"),
        (lambda s: wm.compare(s, ["open_cases"], 2), "1 scenarios; expected two or more"),
        (lambda s: wm.compare([s, s.replace({"name": "b"})], "open_cases", 2), "expected a list of outcomes, even of one"),
        (lambda s: wm.compare([s, s.replace({"name": "b"})], [5], 2), "outcome 5: expected an Outcome, or the name of its measure"),
        (lambda s: wm.run(s, 2, doubt="no"), "doubt = 'no': expected True or False"),
        (lambda s: wm.run(s, 2, executor=2), "executor = 2: expected a concurrent.futures executor"),
        (lambda s: wm.run(s, 2, resume="runs"), "resume = 'runs': expected the results of an earlier call"),
        (lambda s: wm.run(s, 2, seed=np.random.default_rng(1)), "seed = Generator"),
        (lambda s: wm.run(s, "2"), "runs = '2': expected a whole number"),
        (lambda s: wm.run(s, float("nan")), "runs = nan: expected a whole number"),
        (lambda s: wm.run(s, 2, checkpoint="README.md"), "README.md is a file; expected a folder"),
        (lambda s: wm.write_run(s, "out"), "expected what wm.run returns, one or a list; .* of type Scenario"),
        (lambda s: wm.write_run([], "out"), "expected what wm.run returns, one or a list; none are given"),
        (lambda s: wm.what_if(s, demand="1.1"), "demand = '1.1': expected a number"),
        (lambda s: wm.tornado(FILE, "open_cases", runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.sweep(FILE, {}, ["open_cases"], runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.sweep(s, {"caseloads.arrivals_growth": 0.1}, ["open_cases"], runs=2), "expected a list of values, even of one"),
        (lambda s: wm.sweep(s, {"caseloads.arrivals_growth": "0.1"}, ["open_cases"], runs=2), "expected a list of values, even of one"),
        (lambda s: wm.sweep(s, ["caseloads.arrivals_growth"], ["open_cases"], runs=2), "expected a mapping of dotted path"),
        (lambda s: wm.sweep(s, {"caseloads.arrivals_growth": [0.1]}, "open_cases", runs=2), "expected a list of outcomes, even of one"),
        (lambda s: wm.bridge(s, FILE, "open_cases", runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.break_even(FILE, "costs.non_pay", "open_cases", runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.arrivals_that_break(FILE, "family_support", 0.3, runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.latest_start(FILE, "nine_posts", runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.options(FILE, [], runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.review(FILE, runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.review(s, baseline=FILE, runs=2), "expected a scenario; this is of type str"),
        (lambda s: wm.forecast(FILE, "form.csv"), "expected a scenario; this is of type str"),
        (lambda s: wm.forecast(s, "form.csv"), r"expected Actuals; read a form with load_actuals\(path, scenario\) first"),
        (lambda s: wm.write_template("out", FILE), "expected a scenario; this is of type str"),
        (lambda s: wm.load_actuals("form.csv", FILE), "expected a scenario; this is of type str"),
    ],
)  # fmt: skip
def test_b32_a_call_with_the_wrong_kind_of_thing_is_refused_with_what_was_meant(call: Any, rule: str) -> None:
    with pytest.raises((ValueError, FileExistsError), match=rule):
        call(wm.load_scenario(FILE))


@pytest.mark.parametrize("given", [pd.DataFrame({"month": ["2019-04"]}), None, 5, ["a.toml"]])
def test_b01_what_is_no_path_is_refused_with_its_kind(given: Any, tmp_path: Path) -> None:
    scenario = wm.load_scenario(FILE)

    for read in (wm.load_scenario, lambda path: wm.load_actuals(path, scenario), wm.load_plan, wm.verify):
        with pytest.raises(ValueError, match=f"expected the path of a .*; this is of type {type(given).__name__}"):
            read(given)


def test_b05_whole_numbers_of_numpy_are_numbers_and_single_precision_text_and_flags_are_not() -> None:
    scenario = wm.load_scenario(FILE)
    path = "workforce.recruitment_lead_months"

    assert scenario.replace({path: np.int64(5)}) == scenario.replace({path: 5})
    assert wm.run(scenario, np.int32(2), np.uint64(7)).runs == 2
    for value in (np.float32(5), "5", True, np.bool_(True), pd.Series([5])):
        with pytest.raises(ScenarioError, match=rf'{path} = .* expected a number without quotes, in "months"'):
            scenario.replace({path: value})


@pytest.mark.parametrize("changes", [None, [("name", "b")], "name"])
def test_b05_a_replacement_is_a_mapping_of_dotted_paths(changes: Any) -> None:
    with pytest.raises(ScenarioError, match="expected a mapping of dotted path to new value"):
        wm.load_scenario(FILE).replace(changes)
    with pytest.raises(ScenarioError, match="expected a dotted path as text"):
        wm.load_scenario(FILE).replace({5: 1})


def test_b34_inputs_are_never_changed_by_a_run_or_a_replacement() -> None:
    scenario = wm.load_scenario("scenarios/approved.toml")

    slower = scenario.replace({"workforce.recruitment_lead_months": 5})
    wm.run(slower, 4)

    assert scenario.workforce.recruitment_lead_months.value == 3
    assert slower.workforce.recruitment_lead_months.value == 5
    with pytest.raises(ScenarioError, match="recruitment_leed"):
        scenario.replace({"workforce.recruitment_leed_months": 5})


def test_the_schema_beside_the_scenarios_is_current() -> None:
    shipped = json.loads(Path("scenarios/scenario.schema.json").read_text(encoding="utf-8"))

    assert shipped == scenario_schema()
    assert shipped["properties"]["base"]


@pytest.mark.parametrize("path", SCENARIO_FILES, ids=lambda p: p.stem)
def test_every_shipped_scenario_opens_with_the_schema_and_a_question(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert lines[0] == "#:schema ./scenario.schema.json"
    assert lines[1].endswith("?")
    assert load_scenario(path).name == path.stem


def test_a_fault_inside_a_record_hides_none_of_the_faults_between_records(tmp_path: Path) -> None:
    tree = toy_tree({"workforce.turnover_rate": 18.9, "costs.pension_rate": 1.275})
    tree["workforce"]["turnover_raet"] = 1
    tree["workforce"]["teams"]["other"] = {"label": " THE team"}
    tree["workforce"]["posts"]["lost"] = posts(1, team="teem")
    tree["workforce"]["posts"]["new"] = posts(2, created="2019-06", starts_on="2019-09", planned_conversions=2)
    tree["costs"]["non_pay"]["date"] = datetime.date(2020, 2, 27)
    path = tmp_path / "seven.toml"
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")

    message = refusal(path)

    for place in (
        "workforce.turnover_rate.value",
        "costs.pension_rate.value",
        "workforce.turnover_raet",
        "workforce.teams.other",
        "workforce.posts.lost.team",
        "workforce.posts.new.planned_conversions",
        "costs.non_pay.date",
    ):
        assert place in message, message
    assert "7 problems" in message


def test_a_value_that_cannot_be_read_hides_none_of_the_faults_between_records(tmp_path: Path) -> None:
    tree = toy_tree({"workforce.posts.worker.number": 10})
    tree["workforce"]["posts"]["worker"]["number"] = "ten"
    tree["workforce"]["posts"]["worker"]["fte"] = "full"
    tree["workforce"]["turnover_rate"]["value"] = "15.5%"
    tree["workforce"]["turnover_reading"] = "yearly"
    tree["workforce"]["cover_same_month"] = "no"
    tree["costs"]["non_pay"] = 1_500
    del tree["costs"]["levy_rate"]
    del tree["workforce"]["year_shock"]["confidence"]
    tree["costs"]["agency_hours"]["unit"] = "hours a day"
    tree["costs"]["pension_rate"]["date"] = datetime.date(2020, 2, 27)
    tree["workforce"]["posts"]["lost"] = posts(1, team="teem")
    tree["workforce"]["posts"]["other"] = posts(1, grade="sociable")
    tree["workforce"]["teams"]["other"] = {"label": "THE team"}
    line = tree["funding"]["lines"]["base"]
    tree["funding"]["lines"]["again"] = {**line, "order": 2}
    path = tmp_path / "many.toml"
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")

    message = refusal(path)

    for place in (
        "workforce.posts.worker.number", "workforce.posts.worker.fte", "workforce.turnover_rate.value", "workforce.turnover_reading",
        "workforce.cover_same_month", "costs.non_pay", "costs.levy_rate", "workforce.year_shock.confidence", "costs.agency_hours.unit",
        "costs.pension_rate.date", "workforce.posts.lost.team", "workforce.posts.other.grade", "workforce.teams.other.label", "funding.lines.again",
    ):  # fmt: skip
        assert place in message, message
    assert "14 problems" in message


def test_what_follows_from_a_value_that_cannot_be_read_is_not_called_a_fault(tmp_path: Path) -> None:
    tree = toy_tree({"workforce.posts.worker": posts(10, opening_over_five_years=10)})
    tree["workforce"]["posts"]["worker"]["number"] = "ten"
    path = tmp_path / "one.toml"
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")

    assert "1 problem" in refusal(path).splitlines()[0]
