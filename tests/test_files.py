"""Scenario files: each fault at its file, line and key with the rule; bases; limits; slips of writing.

Rows B01 to B17 of the assurance rules are named in the tests that hold them. ``test_bad_inputs`` asks
whether a row is refused at all; here the sentence itself is held, as the analyst reads it.
"""

from __future__ import annotations

import datetime
import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomlkit

from tests.shipped import SCENARIO_FILES
from tests.toys import posts, stated, toy_tree
from workforce_model.basis.atomic_files import write_text_atomically
from workforce_model.basis.problems import ScenarioError
from workforce_model.inputs.files import (
    MAX_KEYS,
    InputFile,
    load_scenario,
    read_inputs,
    scenario_schema,
    shipped_scenarios,
    write_schema,
)
from workforce_model.inputs.toml_slips import slips, stated_lines

HEAD = 'base = "base.toml"\nname = "derived"\ntitle = "Derived"\nquestion = "What differs?"\n'
RATE = 'unit = "leavers a year over in post", source = "s", date = 2019-03-31, confidence = "high"'


def write(folder: Path, text: str | dict[str, Any], name: str = "case.toml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text if isinstance(text, str) else tomlkit.dumps(toy_tree(text)), encoding="utf-8")
    return path


def toy_with(folder: Path, place: str, value: Any) -> Path:
    """The toy's file with the value at one place, written as it stands even inside an assumption."""
    tree = toy_tree()
    *parents, last = place.split(".")
    table = tree
    for parent in parents:
        table = table[parent]
    table[last] = value
    return write(folder, tomlkit.dumps(tree))


def refusals(path: str | Path) -> list[str]:
    """The problems a file is refused with, one line each; nothing beside it may have changed."""
    folder = Path(path).parent
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} if folder.is_dir() else {}

    with pytest.raises(ScenarioError) as refused:
        load_scenario(path)

    assert {file: file.read_bytes() for file in before} == before
    assert not folder.is_dir() or {file for file in folder.rglob("*") if file.is_file()} == set(before)
    assert "Traceback" not in str(refused.value)
    return [line.strip() for line in str(refused.value).splitlines()[1:]]


def line_of(path: Path, text: str, after: str = "") -> int:
    """The line on which some text first stands, below another line if one is named."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first = lines.index(after) if after else 0
    return next(number for number, line in enumerate(lines, 1) if number > first and line.startswith(text))


# --- the rows of the assurance rules -------------------------------------------------------------


def test_b01_what_is_not_a_scenario_file_is_said_in_words(tmp_path: Path) -> None:
    write(tmp_path, "", "empty.toml")
    write(tmp_path, "name: toy", "case.yaml")
    write(tmp_path, "name,toy", "case.csv")

    assert refusals(tmp_path / "gone.toml") == ["gone.toml   no such file"]
    assert refusals(tmp_path) == [f"{tmp_path.name}   a folder; expected a .toml file in it"]
    assert refusals(tmp_path / "empty.toml") == ["empty.toml   the file is empty"]
    assert "scenarios are TOML files: YAML is not read" in refusals(tmp_path / "case.yaml")[0]
    assert refusals(tmp_path / "case.csv") == ["case.csv   the name of a scenario file ends in .toml"]
    assert refusals("/dev/null") == ["null   not an ordinary file"]


@pytest.mark.parametrize("content", ["", 'name = "toy"\ntitle = "Toy"', "name = 'toy'\n", "a" * 300 + ".toml"])
def test_b01_a_path_is_never_read_as_if_it_were_the_content(content: str) -> None:
    with pytest.raises(ScenarioError, match=r"never read as if it were the content|no such file"):
        load_scenario(content)


def test_b02_a_key_or_table_stated_twice_is_refused_at_its_second_line(tmp_path: Path) -> None:
    key = write(tmp_path, '[periods]\nstart = "2019-04"\nend = "2021-03"\nstart = "2018-04"\n')
    table = write(tmp_path, '[periods]\nend = "2021-03"\n\n[funding]\n[periods]\n', "table.toml")

    twice = "stated already in line {}; state it once"
    assert refusals(key) == [f'case.toml line 4: periods.start = "2018-04"   {twice.format(2)}']
    assert refusals(table) == [f"table.toml line 5: periods   {twice.format(1)}"]


def test_b03_an_unknown_key_is_shown_with_the_nearest_and_a_missing_one_with_its_meaning(tmp_path: Path) -> None:
    tree = toy_tree({"workforce.year_shock": None, "workforce.posts.worker.budgett": "existing"})
    tree["costs"]["grades"]["social_worker"]["salery"] = 36_000
    path = write(tmp_path, tomlkit.dumps(tree))

    found = refusals(path)

    assert found == [
        f"case.toml line {line_of(path, '[workforce]')}: workforce.year_shock   missing: an assumption in "
        '"standard deviation of the logarithm", stated whole: a table with value, unit, source, date and confidence',
        f'case.toml line {line_of(path, "budgett")}: workforce.posts.worker.budgett = "existing"   unknown key; did you mean budget?',
        f"case.toml line {line_of(path, 'salery')}: costs.grades.social_worker.salery = 36000   unknown key; did you mean salary?",
    ]


def test_b04_what_yaml_would_have_turned_into_something_else_is_refused_in_toml(tmp_path: Path) -> None:
    path = write(tmp_path, "on_cost = no\nposts = 010\nstart = 1:30\n")
    decimals = toy_with(tmp_path / "b", "workforce.posts.worker.number", 1e3)

    assert refusals(path)[:2] == [
        "case.toml line 1: on_cost = no   true or false, in small letters without quotes",
        "case.toml line 2: posts = 010   no zero in front of a whole number: 10",
    ]
    assert "line 3" in refusals(path)[2]
    assert "expected a whole number from 0 to 10,000" in refusals(decimals)[0]


@pytest.mark.parametrize(("value", "shown"), [("9", '"9"'), (True, "true"), ("375k", '"375k"')])
def test_b05_text_or_true_for_a_number_is_refused_with_the_accepted_form(
    tmp_path: Path, value: Any, shown: str
) -> None:
    path = toy_with(tmp_path, "costs.non_pay.value", value)

    line = line_of(path, "value", after="[costs.non_pay]")
    rule = "expected a number, without quotes, units or commas: 375000"
    assert refusals(path) == [f"case.toml line {line}: costs.non_pay.value = {shown}   {rule}"]


def test_b05_a_whole_number_is_taken_where_a_number_is_expected(tmp_path: Path) -> None:
    path = toy_with(tmp_path, "costs.non_pay.value", 375)

    assert load_scenario(path).costs.non_pay.value == 375.0


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400"])
@pytest.mark.parametrize("place", ["[costs.non_pay]", "[workforce.posts.worker]", "[funding.lines.base.amounts]"])
def test_b06_a_number_that_is_not_finite_is_refused_wherever_it_stands(tmp_path: Path, value: str, place: str) -> None:
    key = {"[costs.non_pay]": "value", "[workforce.posts.worker]": "fte", "[funding.lines.base.amounts]": '"2019/20"'}[
        place
    ]
    text = tomlkit.dumps(toy_tree({"workforce.posts.worker.fte": 1.0}))
    start = text.index(place)
    path = write(tmp_path, text[:start] + re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", text[start:], count=1))

    found = refusals(path)

    line = line_of(path, key, after=place)
    assert found == [
        f"case.toml line {line}: {place.strip('[]')}.{key} = {value.replace('1e400', 'inf')}   "
        "expected a finite number, not nan, inf or 1e400"
    ]


@pytest.mark.parametrize("value", [18.9, 1.3, -0.1])
def test_b07_a_rate_above_one_is_refused_with_the_fraction_rule(tmp_path: Path, value: float) -> None:
    path = toy_with(tmp_path, "workforce.turnover_rate.value", value)

    line = line_of(path, "value", after="[workforce.turnover_rate]")
    rule = "expected a number from 0 to 1 (a fraction: 1.3% is written 0.013)"
    assert refusals(path) == [f"case.toml line {line}: workforce.turnover_rate.value = {value}   {rule}"]


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        ("costs.grades.social_worker.salary.value", -36_000.0, "expected a number from 0 to 1,000,000,000,000 (GBP a year)"),
        ("costs.agency_hours.value", -36.0, "expected a number from 0 to 60 (hours a week)"),
        ("workforce.posts.worker.number", -3, "expected a whole number from 0 to 10,000"),
        ("workforce.posts.worker.number", 2.5, "expected a whole number from 0 to 10,000, without quotes, units or commas: 375000"),
        ("caseloads.teams.team.open_cases.value", -5, "expected a whole number from 0 to 100,000 (cases)"),
        ("workforce.recruitment_lead_months.value", -1, "expected a whole number from 0 to 120 (months)"),
        ("workforce.recruitment_lead_months.value", 2.5, "expected a whole number from 0 to 120 (months)"),
        ('funding.lines.base.amounts."2019/20"', -1.0, "expected a number from 0 up"),
    ],
)  # fmt: skip
def test_b08_negative_amounts_and_parts_of_a_post_are_refused(
    tmp_path: Path, place: str, value: Any, rule: str
) -> None:
    path = toy_with(tmp_path, place.replace('"', ""), value)

    found = refusals(path)

    table, key = place.rsplit(".", 1)
    assert found == [f"case.toml line {line_of(path, key, after=f'[{table}]')}: {place} = {value}   {rule}"]


@pytest.mark.parametrize("value", [0, 0.0, 1.4, -0.5])
def test_b09_a_person_of_no_or_more_than_one_fte_is_refused_and_the_cap_stated(tmp_path: Path, value: float) -> None:
    path = toy_with(tmp_path, "workforce.posts.worker.fte", value)

    rule = "expected a number above 0 to 1"
    assert refusals(path) == [f"case.toml line {line_of(path, 'fte')}: workforce.posts.worker.fte = {value}   {rule}"]


def test_b10_an_on_cost_with_the_salary_in_it_is_refused_with_the_share(tmp_path: Path) -> None:
    path = toy_with(tmp_path, "costs.pension_rate.value", 1.275)

    line = line_of(path, "value", after="[costs.pension_rate]")
    rule = "expected a number from 0 to 1 (the part added on top of salary: 0.275, not 1.275)"
    assert refusals(path) == [f"case.toml line {line}: costs.pension_rate.value = 1.275   {rule}"]


@pytest.mark.parametrize(("last", "total"), [(0.401, "1.001"), (0.40001, "1.00001")])
def test_b11_shares_that_add_up_to_more_than_one_are_refused_with_their_sum(
    tmp_path: Path, last: float, total: str
) -> None:
    cases = toy_tree()["caseloads"]["teams"]["team"]
    teams = {
        key: value
        for team in ("b", "c")
        for key, value in {
            f"workforce.teams.{team}": {"label": team}, f"workforce.posts.{team}": posts(1, team=team),
            f"caseloads.teams.{team}": cases,
        }.items()
    }  # fmt: skip
    shares = {"b": stated(0.6, "share"), "c": stated(last, "share")}
    path = write(tmp_path, {**teams, "caseloads.teams.team.passes_on": shares})

    (found,) = refusals(path)

    assert "caseloads.teams.team.passes_on   the shares passed on add up to " in found
    assert f"add up to {total} at their value; at most 1" in found


def test_b12_one_approval_used_twice_and_a_reserve_drawn_below_nothing_are_refused(tmp_path: Path) -> None:
    line = {"budget": "existing", "label": "R", "source": "risk reserve", "recurrent": False, "approved_by": "Cabinet"}
    path = write(
        tmp_path,
        {
            "funding.lines.one": {**line, "order": 2, "amounts": {"2019/20": 400_000.0}},
            "funding.lines.two": {**line, "order": 3, "amounts": {"2019/20": 400_000.0}},
            "funding.reserve_opening_balance": stated(300_000.0, "GBP"),
        },
    )

    found = refusals(path)

    assert found == [
        f"case.toml line {line_of(path, '[funding.lines.two]')}: funding.lines.two   "
        "the same approval and amounts as one: a pound is used once; if it is a second approval, approved_by says which",
        f"case.toml line {line_of(path, '[funding.reserve_opening_balance]')}: funding.reserve_opening_balance   "
        "approvals draw 800,000.00 by 2019/20; the reserve opens at 300,000.00",
    ]


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        ("periods.end", "2018-01", "the clock ends before it starts (2019-04)"),
        ("periods.end", "2019-13", 'a month is written as text, year then month: "2019-09"'),
        ("periods.start", "19-04", 'a month is written as text, year then month: "2019-09"'),
        ("costs.price_base", "2019/21", 'a financial year is written as text: "2019/20"'),
        ("seen_from", datetime.date(19, 6, 12), "expected a year from 1900 to 2100, in four figures: 2019-06-12"),
        ("seen_from", "2019-06-12", "expected a date without quotes: 2019-06-12"),
    ],
)
def test_b13_a_month_year_or_day_that_cannot_be_is_refused(tmp_path: Path, place: str, value: Any, rule: str) -> None:
    path = toy_with(tmp_path, place, value)

    found = refusals(path)

    given = f'"{value}"' if isinstance(value, str) else str(value)
    assert f"case.toml line {line_of(path, place.split('.')[-1])}: {place} = {given}   {rule}" in found


def test_b13_the_29th_of_february_2019_is_no_day(tmp_path: Path) -> None:
    path = write(tmp_path, 'name = "toy"\nseen_from = 2019-02-29\n')

    rule = "no such day in the calendar; a date is year-month-day: 2019-04-01"
    assert refusals(path) == [f"case.toml line 2: seen_from = 2019-02-29   {rule}"]


def test_b14_an_unknown_team_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    path = toy_with(tmp_path, "workforce.posts.worker.team", "teem")

    line = line_of(path, "team", after="[workforce.posts.worker]")
    assert refusals(path) == [
        f"case.toml line {line}: workforce.posts.worker.team = \"teem\"   unknown team 'teem'; known: team"
    ]


@pytest.mark.parametrize("label", ["The team ", "THE  TEAM", "\uff34he team", "The\u00a0team"])
def test_b14_labels_that_read_alike_are_refused(tmp_path: Path, label: str) -> None:
    path = write(tmp_path, {"workforce.teams.other": {"label": label}})

    (found,) = refusals(path)

    line = line_of(path, "label", after="[workforce.teams.other]")
    assert found.startswith(f"case.toml line {line}: workforce.teams.other.label = ")
    assert found.endswith("the same label as team team")


def test_b15_more_conversions_than_agency_workers_there_are_is_refused(tmp_path: Path) -> None:
    agency = {
        "kind": "additional", "team": "team", "role": "Social worker", "grade": "social_worker", "budget": "existing",
        "number": stated(1, "posts"), "first_month": "2019-04", "last_month": "2021-03", "source": "stated for a test",
    }  # fmt: skip
    group = posts(3, created="2019-06", starts_on="2019-09", planned_conversions=2)
    path = write(tmp_path, {"workforce.agency.extra": agency, "workforce.posts.new": group})

    assert refusals(path) == [
        f"case.toml line {line_of(path, 'planned_conversions')}: workforce.posts.new.planned_conversions = 2   "
        "only 1 agency workers above establishment are sure to be in team in 2019-09"
    ]


def test_b16_a_base_that_is_missing_or_loops_is_refused_with_the_chain(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD.replace("base.toml", "next.toml"))
    write(tmp_path, HEAD.replace("base.toml", "gone.toml"), "next.toml")

    assert refusals(path) == [
        'next.toml line 1: base = "gone.toml"   no such file (case.toml -> next.toml -> gone.toml)'
    ]

    write(tmp_path, HEAD.replace("base.toml", "case.toml"), "next.toml")

    assert refusals(path) == [
        'next.toml line 1: base = "case.toml"   the files start from one another (case.toml -> next.toml -> case.toml)'
    ]


@pytest.mark.parametrize(
    "base", ["../base.toml", "/base.toml", "C:base.toml", "C:/base.toml", "..\\\\base.toml", "https://example.org/base.toml", "below/../../base.toml"]
)  # fmt: skip
def test_b16_a_base_outside_the_folder_is_refused(tmp_path: Path, base: str) -> None:
    path = write(tmp_path, HEAD.replace("base.toml", base))

    (found,) = refusals(path)

    assert found.startswith(f'case.toml line 1: base = "{base}"')
    assert "in the folder of the file or below" in found


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_b16_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {})
    path = write(tmp_path / "inside", HEAD)
    base = path.parent / "base.toml"
    base.symlink_to(outside)

    assert "the base is a link out of the folder (case.toml -> base.toml)" in refusals(path)[0]

    base.unlink()
    base.symlink_to(write(path.parent, {}, "real.toml"))

    assert load_scenario(path).name == "derived"


def test_b16_a_chain_is_at_most_eight_bases(tmp_path: Path) -> None:
    write(tmp_path, {}, "0.toml")
    paths = [write(tmp_path, HEAD.replace("base.toml", f"{n}.toml"), f"{n + 1}.toml") for n in range(9)]

    assert load_scenario(paths[7]).name == "derived"
    assert "at most 8 bases" in refusals(paths[8])[0]


def test_b17_a_newer_schema_is_refused_with_both_versions_and_nothing_else(tmp_path: Path) -> None:
    newer = write(tmp_path, "schema_version = 2\nbogus = 1\n")
    words = write(tmp_path, 'schema_version = "1"\n', "words.toml")
    same = write(tmp_path, "schema_version = 1\n" + tomlkit.dumps(toy_tree()), "same.toml")

    assert refusals(newer) == [
        "case.toml line 1: schema_version = 2   the file is written for schema 2 and this library reads schema 1; "
        "install a newer workforce-model"
    ]
    assert "expected a whole number" in refusals(words)[0]
    assert load_scenario(same).name == "toy"


def test_b17_a_source_dated_after_the_scenario_is_seen_from_is_hindsight(tmp_path: Path) -> None:
    path = toy_with(tmp_path, "workforce.turnover_rate.date", datetime.date(2020, 2, 27))

    (found,) = refusals(path)

    line = line_of(path, "date", after="[workforce.turnover_rate]")
    assert found.startswith(
        f"case.toml line {line}: workforce.turnover_rate.date = 2020-02-27   2020-02-27 is hindsight: "
        "the scenario is seen from 2019-06-12"
    )


def test_of_twenty_five_faults_twenty_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    mixed: dict[str, Any] = {f"workforce.posts.group_{n}": posts(3, fte=1.4) for n in range(22)}
    path = write(tmp_path, {**mixed, "salery": 1, "workforce.turnover_rate": 18.9, "title": None})

    with pytest.raises(ScenarioError) as refused:
        load_scenario(path)

    first, *shown, last = str(refused.value).splitlines()
    assert first.endswith("case.toml, 25 problems")
    assert len(shown) == 20
    assert last == "  and 5 more"
    assert all(re.match(r"  case\.toml line \d+: [\w.]+ .*  ", line) for line in shown)


def test_several_slips_of_writing_are_listed_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "[costs]\nnon_pay = £1,500\nagency_basis = charge\n[workforce]\nturnover_rate = 35%\n")

    assert refusals(path) == [
        "case.toml line 2: costs.non_pay = £1,500   a number without £, commas or letters: 375000",
        "case.toml line 3: costs.agency_basis = charge   text goes in quotes",
        "case.toml line 5: workforce.turnover_rate = 35%   a fraction without %: 35% is written 0.35",
    ]


# --- a base and what differs from it --------------------------------------------------------------


def test_tables_join_key_by_key_and_the_rest_is_the_base(tmp_path: Path) -> None:
    write(tmp_path, {}, "base.toml")
    path = write(tmp_path, HEAD + "[workforce.posts.worker]\nnumber = 12\n")

    scenario = load_scenario(path)

    assert scenario.workforce.posts["worker"].number == 12
    assert scenario.workforce.posts["worker"].opening_over_five_years == 10
    assert (scenario.name, str(scenario.periods.start)) == ("derived", "2019-04")


def test_an_assumption_replaces_the_base_whole_so_no_source_or_range_is_inherited(tmp_path: Path) -> None:
    ranged = stated(0.2, "leavers a year over in post", low=0.1, high=0.3, shape="triangular", obtain=True)
    write(tmp_path, {"workforce.turnover_rate": ranged}, "base.toml")
    whole = write(tmp_path, HEAD + f"[workforce]\nturnover_rate = {{ value = 0.1, {RATE} }}\n")

    rate = load_scenario(whole).workforce.turnover_rate

    assert (rate.value, rate.source, rate.low, rate.obtain) == (0.1, "s", None, False)


@pytest.mark.parametrize("part", ["value = 0.1", 'source = "another"', "low = 0.1"])
def test_part_of_an_assumption_never_joins_the_base(tmp_path: Path, part: str) -> None:
    write(tmp_path, {}, "base.toml")
    path = write(tmp_path, f"{HEAD}[workforce.turnover_rate]\n{part}\n")

    found = refusals(path)

    missing = {line.split(".")[-1].split()[0] for line in found if "missing" in line}
    assert missing == {"value", "unit", "source", "date", "confidence"} - {part.split()[0]}
    assert all(line.startswith("case.toml line 5: workforce.turnover_rate.") for line in found)


def test_a_bare_number_for_an_assumption_is_refused_with_the_rule_and_the_unit(tmp_path: Path) -> None:
    write(tmp_path, {}, "base.toml")
    path = write(tmp_path, HEAD + "[workforce]\nturnover_rate = 0.2\n")

    assert refusals(path) == [
        'case.toml line 6: workforce.turnover_rate = 0.2   expected an assumption in "leavers a year over in post", '
        "stated whole: a table with value, unit, source, date and confidence"
    ]


def test_a_derived_file_states_its_own_name_title_and_question(tmp_path: Path) -> None:
    write(tmp_path, {}, "base.toml")
    path = write(tmp_path, 'base = "base.toml"\nname = "derived"\n')

    rule = "missing: a file with a base states its own name, title and question"
    assert refusals(path) == [f"case.toml line 1: {key}   {rule}" for key in ("title", "question")]


def test_each_problem_is_placed_in_the_file_that_states_it(tmp_path: Path) -> None:
    base = write(tmp_path, {"workforce.turnover_rate": 18.9}, "below/base.toml")
    middle = HEAD + "[periods]\nreport_from = 2019\n"
    write(tmp_path, middle, "below/middle.toml")
    path = write(tmp_path, HEAD.replace("base.toml", "below/middle.toml") + "\n[caseloads]\ncaseload_limit = -1\n")

    found = refusals(path)

    assert [line.split(" = ")[0] for line in found] == [
        "case.toml line 7: caseloads.caseload_limit",
        "below/middle.toml line 6: periods.report_from",
        f"below/base.toml line {line_of(base, 'value', after='[workforce.turnover_rate]')}: workforce.turnover_rate.value",
    ]


def test_the_files_read_are_named_from_the_first_ones_folder_with_their_fingerprints(tmp_path: Path) -> None:
    base = write(tmp_path, {}, "below/base.toml")
    path = write(tmp_path, HEAD.replace("base.toml", "below/base.toml"))

    first, second = read_inputs(path)

    assert (first.name, second.name) == ("case.toml", "below/base.toml")
    assert second == InputFile("below/base.toml", base.stat().st_size, second.sha256)
    assert len(second.sha256) == 64
    assert str(tmp_path) not in repr((first, second))


def test_the_scenarios_of_the_library_are_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_scenario("scenarios/approved.toml").name == "approved"
    assert (shipped_scenarios() / "approved.toml").is_file()
    assert refusals("approved.toml") == ["approved.toml   no such file"]
    assert refusals(tmp_path / "scenarios" / "approved.toml") == ["approved.toml   no such file"]


def test_a_scenario_of_ones_own_comes_before_the_librarys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"name": "mine"}, "scenarios/approved.toml")
    monkeypatch.chdir(tmp_path)

    assert load_scenario("scenarios/approved.toml").name == "mine"


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"#" * (1 << 20) + b"#", "larger than 1,048,576 bytes"),
        (b"x = " + b"[" * 13 + b"]" * 13, "at most 12 deep"),
        (b"x = " + b"[" * 1_900, "at most 12 deep"),
        (b".".join([b"x"] * 14) + b" = 1", "at most 12 deep"),
        (b"".join(b"k%d = 1\n" % n for n in range(MAX_KEYS + 1)), "10,001 keys and values; at most 10,000"),
        (b'name = "toy"\ntitle = "' + b"t" * 4_001 + b'"', "line 2   a line is longer than 4,000 characters"),
        ('title = "£"'.encode("utf-16"), "line 1   saved as UTF-16"),
        ('title = "t"'.encode("utf-16-le"), "line 1   holds a NUL byte"),
        (b"\xef\xbb\xbfname = 1", "line 1   starts with a byte order mark"),
        ('name = "toy"\ntitle = "£375k"'.encode("cp1252"), "line 2   a character is not UTF-8"),
    ],
    ids=["size", "depth", "open brackets", "dotted", "keys", "line", "utf-16", "nul", "mark", "cp1252"],
)
def test_a_file_beyond_a_limit_or_not_utf8_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(content)

    (found,) = refusals(path)

    assert words in found


@pytest.mark.parametrize(("old", "new"), [("\n", "\r\n"), (" = ", "\t=\t")])
def test_windows_line_ends_and_tabs_are_read_alike(tmp_path: Path, old: str, new: str) -> None:
    plain = write(tmp_path, {})
    other = tmp_path / "other.toml"
    other.write_bytes(plain.read_text(encoding="utf-8").replace(old, new).encode())

    assert load_scenario(other) == load_scenario(plain)


def test_a_control_character_in_a_text_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"title": "T\x07en"})

    assert refusals(path) == [
        f'case.toml line {line_of(path, "title")}: title = "T\\u0007en"   control characters are refused'
    ]


# --- where things stand, and the usual slips ------------------------------------------------------


def test_the_line_of_a_key_is_found_however_it_is_written() -> None:
    text = '''# a comment with [brackets] and "quotes
[one]
"quoted key" = 1   # [not.a.table]
dotted.key = 2
inline = { a = 1, "b.c" = { d = 2 } }
long = """
[two]
fake = 1
"""
list = [
  "x = 1",  # ]
  [1, 2],
]
after = 1

[one.deeper.down]
here = "it's # ["

[[rows]]
x = 1
'''

    lines = stated_lines(text)

    assert {".".join(path): line for path, line in lines.items()} == {
        "one": 2, "one.quoted key": 3, "one.dotted": 4, "one.dotted.key": 4,
        "one.inline": 5, "one.inline.a": 5, "one.inline.b.c": 5, "one.inline.b.c.d": 5,
        "one.long": 6, "one.list": 10, "one.after": 14, "one.deeper": 16, "one.deeper.down": 16, "one.deeper.down.here": 17,
        "rows": 19, "rows.x": 20,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "given", "hint"),
    [
        ("35%", "35%", "0.35"),
        ("375,000", "375,000", "375000"),
        ("£375k", "£375k", "375000"),
        ("375k", "375k", "375000"),
        ("-£1.5m", "-£1.5m", "375000"),
        ("2019/20", "2019/20", '"2019/20"'),
        ("2019-04", "2019-04", '"2019-04"'),
        (".35", ".35", "0.35"),
        ("1.", "1.", "1.0"),
        ("yes", "yes", "true or false"),
        ("no", "no", "true or false"),
        ("True", "True", "true or false"),
        ("False", "False", "true or false"),
        ("None", "None", "leave out"),
        ("“approved”", "“", "straight quotes"),
        ("01/04/2019", "01/04/2019", "2019-04-01"),
        ("2019-13-01", "2019-13-01", "no such day"),
        ("approved", "approved", "text goes in quotes"),
        ("36 hours", "36 hours", "key unit"),
        ("(20)", "(20)", "no brackets"),
        ('"open', '"open', "closed by its quotes"),
        ("[1, 2", "[1, 2", "not closed"),
        ("", "", "missing"),
    ],
)
def test_a_slip_is_shown_at_its_line_with_the_form_expected(written: str, given: str, hint: str) -> None:
    found = slips(f'[costs]\nprice_base = "2019/20"  # 35% £\nnon_pay = {written}\n')

    assert [(slip.line, slip.key, slip.given) for slip in found] == [(3, "costs.non_pay", given)]
    assert hint in found[0].rule


def test_the_slip_is_found_inside_an_inline_table_too() -> None:
    (found,) = slips('rate = { value = 375,000, unit = "GBP", source = "table 35%" }')

    assert (found.key, found.given) == ("rate", "375,000")


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("name: toy", 1, "= between a key and its value"),
        ("[costs.pay_award.2020/21]", 1, '"2019/20"'),
        ("turnover rate = 0.1", 1, "a key is one word"),
        ("a = 1\n<<<<<<< HEAD", 2, "a [table] or a # comment"),
        ('a = 1\nnote = """\nnever closed', 2, "closed by its quotes"),
        ("a = { b = 1,\n c = 2 }", 1, "closed on the line it opens"),
        ("x = { a = 1, a = 2 }", 1, "state it once"),
        ("a = 1\nb = 2\na = 3", 3, "stated already in line 1"),
    ],
)
def test_what_stands_in_the_wrong_form_is_said_in_words(text: str, line: int, hint: str) -> None:
    (found,) = slips(text)

    assert found.line == line
    assert hint in found.rule


# --- the schema for editors -----------------------------------------------------------------------


def test_the_schema_takes_every_shipped_file_and_shows_a_wrong_unit(tmp_path: Path) -> None:
    check = jsonschema.Draft202012Validator(scenario_schema(), format_checker=None)
    files = {path.name: tomlkit.parse(path.read_text(encoding="utf-8")).unwrap() for path in SCENARIO_FILES}
    plain = {name: json.loads(json.dumps(tree, default=str)) for name, tree in files.items()}

    assert all(not list(check.iter_errors(tree)) for tree in plain.values())

    plain["enfield_2019.toml"]["workforce"]["turnover_rate"]["unit"] = "share"
    (fault,) = check.iter_errors(plain["enfield_2019.toml"])

    assert list(fault.absolute_path) == ["workforce", "turnover_rate", "unit"]


def test_the_schema_asks_an_assumption_for_all_its_keys_and_a_table_for_none() -> None:
    schema = scenario_schema()

    assert schema["$defs"]["Assumption"]["required"] == ["value", "unit", "source", "date", "confidence"]
    assert not any("required" in table for name, table in schema["$defs"].items() if name != "Assumption")
    assert {"base", "schema_version"} < set(schema["properties"])


def test_the_committed_schema_is_the_one_the_library_writes(tmp_path: Path) -> None:
    write_schema(tmp_path / "scenario.schema.json")

    assert (tmp_path / "scenario.schema.json").read_bytes() == (
        shipped_scenarios() / "scenario.schema.json"
    ).read_bytes()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = write(tmp_path, "old", "note.txt")

    def no_room(source: object, destination: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_room)
    with pytest.raises(OSError, match="No space left"):
        write_text_atomically(target, "new")

    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
