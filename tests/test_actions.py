"""The sixteen actions of the plan: those of the paper, read as strictly as a scenario."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomlkit

from tests.shipped import FOLDER, PLAN_FILE
from workforce_model.basis.problems import ScenarioError
from workforce_model.inputs.actions import Plan, load_plan, plan_schema
from workforce_model.inputs.files import load_scenario

PAPER = FOLDER.parent.parent / "shared" / "reference" / "paper.txt"
MONTHS = {"May": "05", "June": "06", "July": "07"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(PLAN_FILE)


@pytest.fixture(scope="module")
def paper() -> dict[str, dict[str, str]]:
    """The rows of the paper's appendix 1: action, lead, timescale and measure, by reference."""
    if not PAPER.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the paper is not beside the project: ../shared/reference/paper.txt")
        pytest.skip("the paper is not beside the project: ../shared/reference/paper.txt")
    text = PAPER.read_text(encoding="utf-8")
    rows = re.findall(r"^([1-5]\.[1-9])\t(.+?)\t([^\t\n]+)\t([^\t\n]+)\t([^\t\n]*)$", text, re.MULTILINE | re.DOTALL)
    return {ref: {"action": act, "lead": lead.rstrip(" ¹"), "timescale": when, "measure": measure.strip()}
            for ref, act, lead, when, measure in rows}  # fmt: skip


def test_the_plan_has_the_papers_actions_in_its_order_and_no_other(
    plan: Plan, paper: dict[str, dict[str, str]]
) -> None:
    assert list(plan.actions) == list(paper)
    assert len(paper) == 16
    assert "3.2" not in plan.actions


def test_each_action_has_the_papers_lead_and_timescale(plan: Plan, paper: dict[str, dict[str, str]]) -> None:
    stated = {ref: (action.lead, action.timescale) for ref, action in plan.actions.items()}

    assert stated == {ref: (row["lead"], row["timescale"]) for ref, row in paper.items()}


def test_each_action_has_a_measure_where_the_paper_has_one_and_only_there(plan: Plan, paper: dict[str, dict[str, str]]) -> None:  # fmt: skip
    stated = {ref for ref, action in plan.actions.items() if action.measure}

    assert stated == {ref for ref, row in paper.items() if row["measure"]}


def test_each_action_in_brief_speaks_of_what_the_paper_speaks_of(plan: Plan, paper: dict[str, dict[str, str]]) -> None:
    def words(text: str) -> set[str]:
        return {word[:6] for word in re.findall(r"[a-z]{5,}", text.casefold())}

    for ref, action in plan.actions.items():
        assert len(words(action.action) & words(paper[ref]["action"])) >= 2, ref
        assert action.action != paper[ref]["action"]


def test_months_are_those_of_the_timescale(plan: Plan) -> None:
    for ref, action in plan.actions.items():
        name = re.search("|".join(MONTHS), action.timescale)
        month = f"2019-{MONTHS[name[0]]}" if name else None
        when = action.starts if action.timescale.startswith("From") else action.due
        assert (str(when) if when else None) == month, ref
        assert action.ongoing == (action.timescale == "Ongoing"), ref


def test_every_action_has_a_lever_or_says_there_is_none_and_a_figure_that_monitors_it(plan: Plan) -> None:
    for ref, action in plan.actions.items():
        assert action.has_lever or str(action.no_lever).startswith("no lever in this model"), ref
        assert action.figure or action.outside_figure, ref
        assert action.basis, ref


def test_the_boards_are_those_of_the_paper(plan: Plan, paper: dict[str, dict[str, str]]) -> None:
    text = PAPER.read_text(encoding="utf-8")

    named = [re.split(r",| and ", title)[0] for title in plan.boards.values()]

    assert all(name.removeprefix("Corporate ") in text or "Assurance Board" in name for name in named)
    assert len(named) == 5


# Reading --------------------------------------------------------------------------------------------


def changed(tmp_path: Path, reference: str, **changes: Any) -> Path:
    """The plan with some keys of one action changed; None takes a key away."""
    tree = tomlkit.parse(PLAN_FILE.read_text(encoding="utf-8"))
    action: Any = tree["actions"][reference]
    for key, value in changes.items():
        action.pop(key, None)
        if value is not None:
            action.add(key, value)
    path = tmp_path / "plan.toml"
    path.write_text(tomlkit.dumps(tree), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"leed": "x"}, "did you mean lead?"),
        ({"due": "May 2019"}, "a month is written as text"),
        ({"due": None}, "one of a due month, a month it starts from, or ongoing"),
        ({"ongoing": True}, "one of a due month, a month it starts from, or ongoing"),
        ({"ongoing": "yes"}, "expected true or false"),
        ({"duty": None}, "say why there is no lever in this model"),
        ({"no_lever": "none"}, "an action with a lever cannot also have none"),
        ({"figure": None}, "one figure that monitors it"),
        ({"figure_team": "mash"}, "a duty has its own"),
        ({"basis": None}, "missing"),
        ({"without": {"caseloads.caseload_limit": {"value": 1}}}, "the value without the action"),
    ],
)
def test_a_slip_in_an_action_is_refused_with_its_line_and_rule(changes: dict[str, Any], rule: str, tmp_path: Path) -> None:  # fmt: skip
    path = changed(tmp_path, "1.3", **changes)

    with pytest.raises(ScenarioError) as refused:
        load_plan(path)

    assert re.search(r'plan\.toml line \d+: actions\."1\.3"', str(refused.value)), refused.value
    assert rule in str(refused.value), refused.value


def test_every_slip_is_named_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, "1.3", due="June", figure=None, leed="x")

    with pytest.raises(ScenarioError) as refused:
        load_plan(path)

    assert len(refused.value.problems) >= 2


def test_a_reference_that_is_none_and_an_area_without_a_name_are_refused(tmp_path: Path) -> None:
    text = PLAN_FILE.read_text(encoding="utf-8")
    (tmp_path / "a.toml").write_text(text.replace('[actions."1.2"]', '[actions."one"]'), encoding="utf-8")
    (tmp_path / "b.toml").write_text(text.replace('5 = "Leadership"\n', ""), encoding="utf-8")

    for name, rule in (("a.toml", "one"), ("b.toml", "areas.5")):
        with pytest.raises(ScenarioError, match=rule):
            load_plan(tmp_path / name)


def test_a_plan_is_no_scenario_and_a_scenario_is_no_plan() -> None:
    with pytest.raises(ScenarioError, match="read it with load_plan"):
        load_scenario(PLAN_FILE)
    with pytest.raises(ScenarioError, match="kind"):
        load_plan(FOLDER / "approved.toml")


def test_the_schema_beside_the_plan_is_current_and_takes_it() -> None:
    shipped = json.loads((FOLDER / "plan.schema.json").read_text(encoding="utf-8"))
    tree = json.loads(json.dumps(tomlkit.parse(PLAN_FILE.read_text(encoding="utf-8")).unwrap(), default=str))

    assert shipped == plan_schema()
    assert not list(jsonschema.Draft202012Validator(shipped).iter_errors(tree))
