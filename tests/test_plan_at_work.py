"""Question 10: the work each action creates, by hand where it can be, with and without it where it must be played."""

from __future__ import annotations

import dataclasses
import datetime
import math

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.forms import plan as shortened
from tests.forms import shipped
from tests.shipped import PLAN_FILE
from workforce_model.engine.model import Results
from workforce_model.improvement.plan_at_work import status, work_of
from workforce_model.inputs.actions import Action, Plan, load_plan
from workforce_model.inputs.scenario import as_tree


@pytest.fixture(scope="module")
def approved() -> Results:
    """One run at each assumption's value: shares and hours as stated."""
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 40, doubt=False)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(PLAN_FILE)


def test_question_10_is_one_call_with_a_row_and_a_figure_for_every_action(approved: Results, plan: Plan) -> None:
    answer = wm.plan(approved)

    assert answer.number == 10
    assert answer.low <= answer.figure <= answer.high
    assert list(dict.fromkeys(answer.table["reference"])) == list(plan.actions)
    assert answer.table[["lever", "figure", "status", "basis", "lead"]].notna().all().all()
    created = answer.table[(answer.table["reference"] != "5.1")]["fte_mean"].sum()
    assert answer.figure == pytest.approx(created)
    assert f"{answer.figure:.1f} FTE of work" in answer.sentence


def test_stated_hours_are_fte_of_the_year_by_hand(approved: Results, plan: Plan) -> None:
    # 1.1: 66 hours a month from May 2019, 11 months of 2019/20; 2.2: 40 hours once; an FTE gives 1,508 hours a year.
    expected = {("1.1", "2019/20"): 66 * 11 / 1_508, ("1.1", "2020/21"): 66 * 12 / 1_508, ("2.2", "2019/20"): 40 / 1_508, ("2.2", "2020/21"): 0.0}  # fmt: skip

    for (reference, year), fte in expected.items():
        work, _ = work_of(approved, reference, plan.actions[reference], year)
        assert work["practice_and_quality"] == pytest.approx(np.full(40, fte)), (reference, year)


def test_reviews_of_plans_are_their_number_times_their_hours(approved: Results, plan: Plan) -> None:
    # 1.3: 20 a month of 3 hours, ten months of 2019/20 from June.
    work, _ = work_of(approved, "1.3", plan.actions["1.3"], "2019/20")

    assert work["practice_and_quality"] == pytest.approx(np.full(40, 20 * 10 * 3.0 / 1_508))


def test_offering_every_child_an_interview_creates_the_interviews_it_says(approved: Results, plan: Plan) -> None:
    # 2.1: 13 a month not known from 40%, 13 known from 80%, 10 in care from 95%, to all; 55% accept; 3 hours each.
    extra = (13 * 0.6 + 13 * 0.2 + 10 * 0.05) * 12 * 0.55 * 3.0

    work, _ = work_of(approved, "2.1", plan.actions["2.1"], "2020/21")

    figures = work["missing_children"]
    expected = extra / 1_508
    assert abs(figures.mean() - expected) < 4.42 * figures.std(ddof=1) / math.sqrt(figures.size)
    assert (figures >= 0).all()


def test_what_passes_from_one_team_to_another_adds_up_to_nothing(approved: Results, plan: Plan) -> None:
    work, _ = work_of(approved, "3.1", plan.actions["3.1"], "2020/21")

    assert set(work) == {"fostering", "family_support"}
    assert (work["fostering"] + work["family_support"] == 0).all()
    assert work["fostering"].mean() > 0


def test_keeping_copies_frees_work_and_the_investment_brings_people(approved: Results, plan: Plan) -> None:
    kept, _ = work_of(approved, "4.3", plan.actions["4.3"], "2020/21")
    brought, _ = work_of(approved, "5.1", plan.actions["5.1"], "2020/21")

    in_post = approved.history.staff["permanent"][:, [approved.posts.groups.index(x) for x in approved.posts.groups if x.startswith("nine_")]]  # fmt: skip
    year = np.flatnonzero(np.array(approved.years) == "2020/21") + 1
    assert kept["leaving_care"].mean() < 0
    assert sum(brought.values()) == pytest.approx(-in_post[year].sum(axis=1).mean(axis=0))


def test_an_action_on_caseloads_is_played_beside_a_run_without_it_with_the_same_luck(approved: Results, plan: Plan) -> None:  # fmt: skip
    # A lever in another room: cases that leave family support less often, over the team's own average caseload.
    slower = dataclasses.replace(
        plan.actions["1.4"], adds={}, without={"caseloads.teams.family_support.leaving_rate": 0.20}
    )

    work, _ = work_of(approved, "1.4", slower, "2020/21")

    other = wm.run(approved.scenario.replace({"caseloads.teams.family_support.leaving_rate": 0.20}), 40, doubt=False)
    place = sorted(approved.scenario.caseloads.teams).index("family_support")
    year = np.flatnonzero(np.array(approved.years) == "2020/21") + 1
    here, there = ((r.history.cases["held"] + r.history.cases["waiting"])[year, place] for r in (approved, other))
    load = (approved.history.cases["held"][year, place] / approved.history.holder_fte[year, place]).mean(axis=0)
    assert work["family_support"] == pytest.approx(((here - there) / load).mean(axis=0))
    assert work["family_support"].mean() > 0


def test_three_months_after_step_down_keep_open_three_months_of_the_plans_kept(approved: Results, plan: Plan) -> None:
    # 1.4: of those who leave the team, 88.4% pass to no other, 36% of these ended a plan and 40% of those would close.
    place = sorted(approved.scenario.caseloads.teams).index("family_support")
    year = np.flatnonzero(np.array(approved.years) == "2020/21") + 1
    cases = {name: figures[year, place] for name, figures in approved.history.cases.items()}
    kept_a_month = 0.884 * 0.36 * 0.4 * (cases["closed"] + cases["passed_out"]).mean(axis=0)
    load = (cases["held"] / approved.history.holder_fte[year, place]).mean(axis=0)

    work, _ = work_of(approved, "1.4", plan.actions["1.4"], "2020/21")

    difference = work["family_support"] - 3 * kept_a_month / load
    assert abs(difference.mean()) < 4.42 * difference.std(ddof=1) / math.sqrt(difference.size) + 0.02 * work["family_support"].mean()  # fmt: skip


def test_a_scenario_that_has_the_step_down_already_gives_the_same_work(approved: Results, plan: Plan) -> None:
    has_it = wm.run(approved.scenario.replace(dict(plan.actions["1.4"].adds)), 40, doubt=False)

    here, there = (work_of(r, "1.4", plan.actions["1.4"], "2020/21")[0]["family_support"] for r in (approved, has_it))

    assert here == pytest.approx(there)


def test_a_lever_the_scenario_does_not_state_is_said_so_and_no_figure_is_made_up(approved: Results, plan: Plan) -> None:
    unknown = dataclasses.replace(plan.actions["1.4"], adds={}, without={"caseloads.no_such_lever": 0})

    work, lever = work_of(approved, "1.4", unknown, "2020/21")

    assert not work
    assert lever.startswith("no lever in this model as this scenario stands: it states no caseloads.no_such_lever")


def test_a_scenario_without_duties_or_posts_keeps_every_row(plan: Plan) -> None:
    do_nothing = wm.run(wm.load_scenario("scenarios/do_nothing.toml"), 3)

    table = wm.plan(do_nothing, plan).table

    assert list(dict.fromkeys(table["reference"])) == list(plan.actions)
    assert table.set_index("reference").loc["5.1", "fte_mean"] != 0  # not nought: not defined
    assert "no posts of the budget nine_posts" in table.set_index("reference").loc["5.1", "lever"]


def test_a_figure_that_the_model_has_not_is_refused(approved: Results, plan: Plan) -> None:
    odd = dataclasses.replace(plan.actions["1.3"], figure="plan_reviews: share_goood")

    with pytest.raises(ValueError, match="share_good"):
        wm.plan(approved, dataclasses.replace(plan, actions={"1.3": odd}))


@pytest.mark.parametrize(
    ("changes", "when", "said"),
    [
        ({}, "2019-06", "due June 2019"),
        ({}, "2019-07", "due June 2019, passed; completion not reported"),
        ({"done_in": "2019-06"}, "2019-07", "done June 2019"),
        ({"done_in": "2019-08"}, "2019-08", "done August 2019, late"),
        ({"done_in": "2019-08"}, "2019-07", "due June 2019, passed; completion not reported"),
        ({"due": None, "starts": "2019-05"}, "2019-04", "from May 2019"),
        ({"due": None, "starts": "2019-05"}, "2019-06", "since May 2019"),
        ({"due": None, "ongoing": True}, "2019-06", "ongoing"),
    ],
)
def test_status_against_the_due_month(changes: dict[str, object], when: str, said: str, plan: Plan) -> None:
    action: Action = dataclasses.replace(plan.actions["1.3"], **changes)

    assert status(action, pd.Period(when, "M")) == said


def test_an_action_on_cases_makes_its_work_whatever_cases_are_reported(plan: Plan) -> None:
    # Known months hold the cases reported, with the action and without it: its work is read without them.
    believed = shortened().replace({"seen_from": datetime.date(2019, 9, 30)})
    known = believed.replace({"actuals": as_tree(shipped())})

    work, held = (work_of(wm.run(one, 6), "1.4", plan.actions["1.4"], "2019/20")[0] for one in (believed, known))

    assert work.keys() == held.keys()
    for team, fte in work.items():
        assert np.array_equal(fte, held[team]), team
    assert work["family_support"].mean() > 0.5
