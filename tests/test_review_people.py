"""Questions 3, 7, 8, 11 and 16: people and cases at a review, by hand, and never more than the error supports."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

import workforce_model as wm
from tests.review_town import LUCK, happened, reviewed
from tests.toys import stated
from workforce_model.engine.results import Results
from workforce_model.six_months.caseloads import ALL_GRADES, ALL_TEAMS, over_the_limit, when_the_agency_team_ends
from workforce_model.six_months.people import changes_of_worker, posts_filled
from workforce_model.six_months.runs import ReviewRuns
from workforce_model.six_months.turnover import least_told, turnover_or_luck

EVEN = {"caseloads.random_share": 0.0, "caseloads.teams.team.open_cases": 210}
TEAM = {
    "kind": "commissioned", "team": "team", "role": "Commissioned team", "grade": "social_worker", "budget": "agency", "first_month": "2019-03",
    "last_month": "2019-09", "number": stated(5, "posts"), "source": "stated for a test",
}  # fmt: skip
COMMISSIONED = {
    **EVEN, "workforce.agency.bought": TEAM, "funding.budgets.agency": {"label": "Agency"}, "workforce.posts.more.starts_on": None,
    "costs.commissioned_team_price": {"bought": stated(0.0, "GBP a month")},
}  # fmt: skip


def test_posts_filled_as_planned_are_all_filled() -> None:
    answer = posts_filled(reviewed())

    assert (answer.figure, answer.unit) == (2.0, "posts")
    assert (
        "2.0 of the 2 posts are filled at the end of September 2019: 2.0 recruited, 0.0 converted from agency"
        in answer.sentence
    )
    assert answer.sentence.endswith("All are filled.")


def test_posts_that_nobody_fills_are_never_all_filled() -> None:
    answer = posts_filled(reviewed({"workforce.posts.more.starts_on": None}))

    assert answer.figure == 0
    assert answer.sentence.startswith("None of the 2 posts is filled at the end of September 2019. Expected")
    assert "All at once: never by March 2021 in any future played." in answer.sentence


def test_the_first_month_with_all_posts_filled_is_the_median_of_the_futures() -> None:
    runs = reviewed({"workforce.posts.more.starts_on": None, "workforce.filling_probability": 0.4}, 200)
    answer = posts_filled(runs)

    group = runs.forecast.posts.groups.index("more")
    all_there = runs.forecast.history.staff["permanent"][runs.at + 1 :, group] == 2
    first = [np.flatnonzero(run)[0] if run.any() else 99 for run in all_there.T]
    assert f"in half of futures by {runs.now + int(np.median(first)):%B %Y}" in answer.sentence


def test_ten_workers_with_21_cases_each_are_all_over_and_20_each_are_none() -> None:
    nobody_more = {"workforce.posts.more.starts_on": None}

    over = over_the_limit(reviewed({**EVEN, **nobody_more}))
    under = over_the_limit(reviewed({**EVEN, **nobody_more, "caseloads.teams.team.open_cases": 200}))

    assert (over.figure, under.figure) == (1.0, 0.0)


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 12)


def test_workers_over_the_limit_by_grade_add_up_to_the_teams_own_count(approved: Results) -> None:
    table = over_the_limit(ReviewRuns(approved, approved, approved, approved)).table

    by_grade = table[table["grade"] != ALL_GRADES].groupby(["period", "team"])[["workers", "at_or_over"]].sum()
    of_team = table[table["grade"] == ALL_GRADES].set_index(["period", "team"])[["workers", "at_or_over"]]
    assert len(of_team) == 3 * 6
    assert by_grade.sort_index().to_numpy() == pytest.approx(of_team.sort_index().to_numpy())


def test_where_only_the_teams_count_is_known_a_grades_is_not_defined(approved: Results) -> None:
    lost = {**approved.history.staff, "over_limit": np.zeros_like(approved.history.staff["over_limit"])}
    blind = dataclasses.replace(approved, history=dataclasses.replace(approved.history, staff=lost))

    answer = over_the_limit(ReviewRuns(blind, blind, blind, blind))

    everybody = answer.table[answer.table["team"] == ALL_TEAMS]
    assert everybody[everybody["grade"] != ALL_GRADES]["mean"].isna().all()
    assert everybody[everybody["grade"] == ALL_GRADES]["mean"].notna().all()
    assert "By grade: not defined." in answer.sentence


def test_when_five_of_fifteen_go_their_cases_take_ten_from_14_to_21() -> None:
    answer = when_the_agency_team_ends(reviewed(COMMISSIONED))

    months = answer.table[answer.table["measure"] == "share_at_or_over"].set_index("period")["mean"]
    assert (months["2019-09"], months["2019-12"]) == (0.0, 1.0)
    assert answer.figure == 1.0
    assert "ends after September 2019" in answer.sentence
    assert "100.0 points" in answer.sentence
    assert "no difference beyond the Monte Carlo error" in answer.sentence


def test_what_the_posts_did_in_months_that_happened_is_not_told_from_the_model() -> None:
    before, after = (when_the_agency_team_ends(reviewed(COMMISSIONED, through=when)).sentence for when in ("2019-09", "2019-12"))  # fmt: skip

    assert "Commissioned team ends after September 2019" in before
    assert "no difference beyond the Monte Carlo error" in before
    assert "Commissioned team ended after September 2019" in after
    assert after.endswith("What the posts made of it by then the form does not tell.")


def test_where_no_agency_team_ends_the_answer_says_so() -> None:
    answer = when_the_agency_team_ends(reviewed())

    assert math.isnan(answer.figure)
    assert "no agency team ends" in answer.sentence


def test_runs_that_do_not_differ_make_no_difference_in_words_or_figures() -> None:
    answer = changes_of_worker(reviewed({**LUCK, "workforce.posts.more.number": 0}, 20))

    assert answer.figure == 0
    assert "makes no difference beyond the Monte Carlo error" in answer.sentence


def test_changes_caused_are_the_paired_difference_of_exported_counts() -> None:
    runs = reviewed({**LUCK, "workforce.turnover_rate": 0.4}, 100)
    answer = changes_of_worker(runs)

    annual = [wm.annual_table(r).set_index(["period", "team", "measure"])["mean"] for r in (runs.nothing, runs.plan)]
    before, after = (table["2020/21", "council", "changes_of_worker"] for table in annual)
    assert answer.figure == pytest.approx(after - before)


def test_so_few_leavers_come_by_luck_no_oftener_than_the_false_alarm_rate() -> None:
    leavers = np.random.default_rng(5).poisson(14.0, 200_000).astype(float)

    least = least_told(leavers)

    assert least == stats.poisson.ppf(0.05, 14.0) - 1
    assert (leavers <= least).mean() <= 0.05 < (leavers <= least + 1).mean()


def test_leavers_to_date_beside_what_was_foreseen_claim_nothing_that_luck_explains() -> None:
    runs = reviewed({**LUCK, "workforce.turnover_rate": 0.2}, 400)
    quiet = {**runs.forecast.history.staff, "left": np.zeros_like(runs.forecast.history.staff["left"])}
    nobody_left = dataclasses.replace(runs.forecast, history=dataclasses.replace(runs.forecast.history, staff=quiet))

    before = turnover_or_luck(runs)
    after = turnover_or_luck(dataclasses.replace(runs, forecast=nobody_left, actuals=happened("2019-09")))

    assert "luck and doubt alone give" in before.sentence
    assert after.figure == 0
    assert "0.0 FTE left from April 2019 to September 2019" in after.sentence
    assert (
        "no fewer than luck and doubt explain" in after.sentence
    )  # one leaver is expected of ten workers in six months
    assert "not even none at all would be fewer than they explain" in after.sentence


def test_posts_whose_starters_are_not_reported_apart_say_so_rather_than_show_modelled_ones() -> None:
    runs = reviewed()
    started = {**runs.forecast.history.staff, "started": np.zeros_like(runs.forecast.history.staff["started"])}
    told_otherwise = dataclasses.replace(
        runs.forecast, history=dataclasses.replace(runs.forecast.history, staff=started)
    )

    answer = posts_filled(dataclasses.replace(runs, forecast=told_otherwise))

    assert "by what route is not reported for these posts apart" in answer.sentence
    assert answer.table.loc[answer.table["measure"] != "filled", "mean"].isna().all()


def test_a_single_month_is_said_as_one() -> None:
    said = turnover_or_luck(reviewed(LUCK, 20, "2019-04")).sentence

    assert "left in April 2019, where" in said
    assert "in 1 month with a chance" in said
