"""What the Cabinet report and the census say, found again in the scenarios shipped."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import workforce_model as wm
from tests.published import beside
from tests.shipped import SCENARIO_FILES
from workforce_model.basis.periods import month
from workforce_model.engine.results import Results
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.funding import approved_amount
from workforce_model.people.establishment import PostGroup
from workforce_model.reading.measures import measured

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ROOT / "scenarios"

# 30 September 2018, as the Department published it.
CENSUS = {
    "in_post_fte": 166.3,
    "vacancy_fte": 20.0,
    "agency_cover_fte": 16.7,
    "agency_additional_fte": 2.9,
    "case_holder_fte": 100.4,
    "open_cases": 1_699.0,
}
IN_POST_PEOPLE = 172


@pytest.fixture(scope="module")
def approved() -> Scenario:
    return wm.load_scenario(SCENARIOS / "approved.toml")


@pytest.fixture(scope="module")
def enfield() -> Scenario:
    return wm.load_scenario(SCENARIOS / "enfield_2019.toml")


@pytest.fixture(scope="module")
def opened(enfield: Scenario) -> Results:
    """A few runs, each with its own draw of every uncertain assumption."""
    return wm.run(enfield, runs=40)


def of_budget(scenario: Scenario, budget: str) -> list[PostGroup]:
    return [group for group in scenario.workforce.posts.values() if group.budget == budget]


# Report KD4913, 12 June 2019 ---------------------------------------------------------------------


def test_the_investment_is_nine_posts_by_role(approved: Scenario) -> None:
    # Report 3.8.
    expected = {
        "Practice improvement and audit lead": 2,
        "Social worker": 5,
        "Missing debriefing officer": 1,
        "Audit tracking and evaluation officer": 1,
    }

    posts = {group.role: group.number for group in of_budget(approved, "nine_posts")}

    assert posts == expected
    assert sum(posts.values()) == 9


def test_only_the_five_social_workers_of_the_nine_hold_cases(approved: Scenario) -> None:
    # Report 3.5: an increase in permanent staffing in child protection and family support.
    groups = of_budget(approved, "nine_posts")

    holders = [(group.role, group.number, group.team) for group in groups if group.holds_cases]

    assert holders == [("Social worker", 5, "family_support")]


def test_no_post_of_the_nine_exists_before_cabinet_approved_it(approved: Scenario) -> None:
    approval = month("2019-06")

    created = [group.created for group in of_budget(approved, "nine_posts")]

    assert all(when is not None and when > approval for when in created)


def test_375000_is_approved_in_each_of_two_years_from_two_sources(approved: Scenario) -> None:
    # Report 6.1: risk reserve in 2019/20; the medium-term financial plan from 2020/21.
    lines = [line for line in approved.funding.lines.values() if line.budget == "nine_posts"]

    stated = [(line.source, line.recurrent, line.amounts) for line in sorted(lines, key=lambda line: line.order)]

    assert stated == [("risk reserve", False, {"2019/20": 375_000}), ("MTFP growth", True, {"2020/21": 375_000})]


def test_the_reserve_pays_once_and_the_growth_every_year(approved: Scenario) -> None:
    lines = [line for line in approved.funding.lines.values() if line.budget == "nine_posts"]
    years = ("2018/19", "2019/20", "2020/21", "2021/22", "2022/23")

    by_source = {line.source: [approved_amount(line, year) for year in years] for line in lines}

    assert by_source == {
        "risk reserve": [0.0, 375_000.0, 0.0, 0.0, 0.0],
        "MTFP growth": [0.0, 0.0, 375_000.0, 375_000.0, 375_000.0],
    }


def test_below_21_means_that_21_is_over(enfield: Scenario, approved: Scenario) -> None:
    # Action 5.1: "maintain reasonable caseloads (below 21)".
    limits = [scenario.caseloads.caseload_limit for scenario in (enfield, approved)]

    assert limits == [21, 21]


def test_doing_nothing_has_no_nine_posts_and_no_375000() -> None:
    scenario = wm.load_scenario(SCENARIOS / "do_nothing.toml")

    posts, lines = of_budget(scenario, "nine_posts"), scenario.funding.lines.values()

    assert not posts
    assert not [line for line in lines if 375_000 in line.amounts.values()]


def test_every_scenario_is_seen_from_the_day_cabinet_met() -> None:
    seen = {path.name: str(wm.load_scenario(path).seen_from) for path in SCENARIO_FILES}

    assert set(seen.values()) == {"2019-06-12"}


# November 2018 -----------------------------------------------------------------------------------


def test_november_2018_was_eighteen_posts_of_which_eleven_practice_leads(enfield: Scenario) -> None:
    # Report 3.3; finance reference, section 1.
    groups = of_budget(enfield, "november_2018")

    roles = Counter({group.role: 0 for group in groups})
    for group in groups:
        roles[group.role] += group.number

    assert sum(roles.values()) == 18
    assert roles["Practice lead"] == 11
    assert {group.created for group in groups} == {month("2018-11")}


def test_november_2018_was_600000_in_its_first_year_and_1000000_a_year_after(enfield: Scenario) -> None:
    (line,) = (line for line in enfield.funding.lines.values() if line.budget == "november_2018")

    amounts = [approved_amount(line, year) for year in ("2018/19", "2019/20", "2020/21", "2022/23")]

    assert amounts == [600_000, 1_000_000, 1_000_000, 1_000_000]


# 30 September 2018 -------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", CENSUS)
def test_every_run_opens_on_the_published_census(opened: Results, measure: str) -> None:
    published = CENSUS[measure]

    opening = measured(opened, measure, census=True)[0]

    assert opening.tolist() == [published] * opened.runs


def test_every_run_opens_with_172_people_in_post(opened: Results) -> None:
    qualified = [name for name, group in opened.scenario.workforce.posts.items() if group.qualified]
    counted = [opened.posts.groups.index(name) for name in qualified]

    people = opened.history.staff["permanent"][0, counted].sum(axis=0)

    assert people.tolist() == [IN_POST_PEOPLE] * opened.runs


def test_the_posts_the_file_states_add_up_to_the_census_by_hand(enfield: Scenario) -> None:
    # Straight from the file, without the simulation: posts that exist on the day and that the census counts.
    counted = [group for group in enfield.workforce.posts.values() if group.created is None and group.qualified]

    people = sum(group.opening_under_five_years + group.opening_over_five_years for group in counted)
    in_post = sum(group.fte * (group.opening_under_five_years + group.opening_over_five_years) for group in counted)
    cover = sum(group.fte * group.opening_agency for group in counted)
    posts = sum(group.fte * group.number for group in counted)

    assert people == IN_POST_PEOPLE
    assert (in_post, cover, posts - in_post) == pytest.approx((166.3, 16.7, 20.0), abs=1e-9)
    assert sum(team.open_cases.value for team in enfield.caseloads.teams.values()) == 1_699


def test_agency_of_that_day_is_19_6_of_which_2_9_above_establishment(enfield: Scenario) -> None:
    open_by_then = [group for group in enfield.workforce.agency.values() if group.first_month <= month("2018-09")]

    above = sum(group.fte * group.number.value for group in open_by_then)

    assert above == pytest.approx(2.9, abs=1e-9)
    assert above + CENSUS["agency_cover_fte"] == pytest.approx(19.6, abs=1e-9)


def test_the_two_officers_of_the_nine_are_outside_the_census(approved: Scenario) -> None:
    # 186.3 FTE of posts on 30 September 2018, 18 from November, then nine, of which seven are social work posts.
    result = wm.run(approved, runs=1, doubt=False)

    census, every_post = (measured(result, "establishment_fte", census=wanted)[-1, 0] for wanted in (True, False))

    assert census == 186.3 + 18 + 7
    assert every_post == 186.3 + 18 + 9


def test_the_opening_position_is_the_departments_own_row_for_enfield() -> None:
    columns = {"in_post_fte": "inpost_fte", "vacancy_fte": "vacancy_fte", "agency_cover_fte": "agency_cover_fte",
               "case_holder_fte": "case_holders_fte", "open_cases": "cases"}  # fmt: skip

    with beside("dfe_workforce_2017_2019.csv").open(encoding="utf-8", newline="") as file:
        (row,) = (row for row in csv.DictReader(file) if row["time_period"] == "2018" and row["la_name"] == "Enfield")

    assert {name: float(row[column]) for name, column in columns.items()} == {name: CENSUS[name] for name in columns}
    assert int(row["inpost_headcount"]) == IN_POST_PEOPLE
    assert float(row["agency_fte"]) - float(row["agency_cover_fte"]) == pytest.approx(CENSUS["agency_additional_fte"])
    assert round(CENSUS["open_cases"] / CENSUS["case_holder_fte"], 1) == float(row["caseload_fte"])


def test_the_average_of_the_opening_caseloads_is_below_21_while_many_workers_are_not(opened: Results) -> None:
    # 1,699 cases over 100.4 FTE is 16.9; Ofsted found many with 28 to 33 that month.
    average, share = (measured(opened, name)[0] for name in ("caseload", "share_at_or_over"))

    assert np.round(average, 1).tolist() == [16.9] * opened.runs
    assert (share > 0.1).all()
