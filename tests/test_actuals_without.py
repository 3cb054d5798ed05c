"""Doing nothing from the actual position: what would have been reported without the posts under review."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

import workforce_model as wm
from tests.forms import Rows, at, csv_at, plan, rows, shipped
from workforce_model.inputs.actuals import Actuals
from workforce_model.monitoring.actuals_file import load_actuals
from workforce_model.monitoring.actuals_without import undone_from, without_budgets
from workforce_model.monitoring.updating import update_rates
from workforce_model.reading.measures import measured
from workforce_model.six_months.caseloads import when_the_agency_team_ends
from workforce_model.six_months.review import gather
from workforce_model.six_months.runs import ReviewRuns

NINE = {"nine_posts"}
FILLED = {"family_support": 5, "practice_and_quality": 3, "missing_children": 1}
PAY = 4_000


def nine_filled_in_july() -> Rows:
    """The form with all nine posts filled from July 2019, and £4,000 a month spent on each."""
    table = rows()
    for month in ("2019-07", "2019-08", "2019-09"):
        for team, posts in FILLED.items():
            row, place = table[at(table, month, team)], table[0].index
            more = {"in_post_fte": posts, "vacancy_fte": -posts, "nine_posts_in_post_fte": posts,
                    "permanent_pay_gbp": posts * PAY, "nine_posts_spend_gbp": posts * PAY}  # fmt: skip
            if month == "2019-07":
                more["starters_fte"] = posts
            if team == "family_support":
                more |= {"workers": posts, "case_holder_fte": posts}
            for name, extra in more.items():
                row[place(name)] = f"{float(row[place(name)] or 0) + extra:.10g}"
    return table


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Actuals:
    return load_actuals(csv_at(tmp_path_factory.mktemp("filled"), nine_filled_in_july()), plan())


@pytest.fixture(scope="module")
def runs(filled: Actuals) -> ReviewRuns:
    nothing = wm.load_scenario("scenarios/do_nothing.toml").replace({"periods.end": "2021-03"})
    return gather(plan(), nothing, filled, 24, 1, None)[0]


@cache
def without() -> Actuals:
    return without_budgets(shipped(), NINE)


def test_the_people_and_spend_of_the_posts_are_taken_out_and_the_cases_stay(filled: Actuals) -> None:
    left = without_budgets(filled, NINE)

    for team, posts in FILLED.items():
        people = filled.series("in_post_fte", team) - left.series("in_post_fte", team)
        assert people.tolist() == pytest.approx([0, 0, 0, 0, posts, posts, posts])
        assert filled.total("permanent_pay_gbp", team) - left.total("permanent_pay_gbp", team) == pytest.approx(3 * PAY * posts)  # fmt: skip
    assert np.array_equal(filled.series("open_cases"), left.series("open_cases"))
    assert np.array_equal(filled.series("agency_cover_fte"), left.series("agency_cover_fte"))


def test_what_cannot_be_told_without_them_is_not_available_rather_than_as_reported(filled: Actuals) -> None:
    left = without_budgets(filled, NINE)

    assert np.isnan(left.series("workers_at_or_over", "family_support")).all()
    assert not np.isnan(left.series("workers_at_or_over", "assessment")).any()


def test_posts_that_nobody_holds_yet_leave_a_teams_workers_as_reported() -> None:
    assert np.array_equal(without().series("workers", "family_support"), shipped().series("workers", "family_support"))
    assert without_budgets(shipped(), {"existing"}) == shipped()


def test_spend_beyond_the_pay_of_the_team_is_taken_from_recruitment() -> None:
    figures = {"in_post_fte": (0.0, 1.0), "vacancy_fte": (1.0, 0.0), "permanent_pay_gbp": (None, 3_000.0), "recruitment_gbp": (None, 500.0),
               "nine_posts_in_post_fte": (0.0, 1.0), "nine_posts_spend_gbp": (None, 3_200.0)}  # fmt: skip
    one = Actuals(opening=shipped().opening, cut_off=shipped().opening + 1, figures={"team": figures}, source="a test")

    left = without_budgets(one, NINE).figures["team"]

    assert (left["permanent_pay_gbp"], left["recruitment_gbp"]) == ((None, 0.0), (None, 300.0))
    assert left["in_post_fte"] == (0.0, 0.0)


def test_posts_filled_early_make_their_difference_from_where_they_are(runs: ReviewRuns) -> None:
    at_cut_off = runs.at + 1

    more = measured(runs.plan, "in_post_fte")[at_cut_off] - measured(runs.nothing, "in_post_fte")[at_cut_off]
    spent = runs.plan.cost[:at_cut_off].sum(axis=(0, 1, 2)) - runs.nothing.cost[:at_cut_off].sum(axis=(0, 1, 2))

    assert more == pytest.approx(9)
    assert spent == pytest.approx(3 * 9 * PAY, rel=0.2)  # six months before the form are modelled
    assert runs.plan.passed
    assert runs.nothing.passed


def test_five_more_workers_take_the_cases_of_the_team_that_ends(runs: ReviewRuns) -> None:
    said = when_the_agency_team_ends(runs).sentence

    points = float(said.partition("The posts make ")[2].partition(" points")[0])
    assert points < -8


def test_staff_that_doing_nothing_has_no_posts_for_and_nobody_tells_apart_are_refused(filled: Actuals) -> None:
    updates = update_rates(plan(), filled)
    alike = dataclasses.replace(updates, actuals=dataclasses.replace(filled, figures={
        team: {name: s for name, s in columns.items() if not name.startswith("nine_posts")} for team, columns in filled.figures.items()
    }))  # fmt: skip

    with pytest.raises(wm.ScenarioError, match=r"missing_children\.in_post_fte = 1   doing nothing has 0 FTE of posts"):
        undone_from(wm.load_scenario("scenarios/do_nothing.toml"), alike)


def test_a_team_that_only_the_plan_has_is_left_out_of_doing_nothing(filled: Actuals) -> None:
    updates = update_rates(plan(), filled)
    new = dataclasses.replace(filled, figures={**filled.figures, "new_team": {"in_post_fte": (0.0,) * 7}})

    nothing = undone_from(wm.load_scenario("scenarios/do_nothing.toml"), dataclasses.replace(updates, actuals=new))

    assert nothing.actuals is not None
    assert nothing.actuals.teams == filled.teams
