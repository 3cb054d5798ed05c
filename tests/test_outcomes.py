"""An outcome reads the figure of a run it names, in its unit, and refuses what makes no sense."""

from __future__ import annotations

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model.reading.outcomes import ALL_YEARS, KEPT, Outcome, asked, standard_outcomes


def test_money_is_ten_salaries_a_year_and_adds_up_over_years_and_with_funding_to_the_gap() -> None:
    result = wm.run(toy(), runs=3)

    cost, funding, gap = (
        asked(result, Outcome(name, year="2019/20"))[0] for name in ("net_cost_gbp", "funding_gbp", "gap_gbp")
    )

    assert cost == pytest.approx(10 * 36_000)
    assert cost + funding == pytest.approx(gap)
    assert asked(result, Outcome("net_cost_gbp", year=ALL_YEARS))[0] == pytest.approx(2 * 10 * 36_000)
    assert asked(result, Outcome("net_cost_gbp", budget="existing"))[0] == pytest.approx(10 * 36_000)


def test_a_team_whose_hundred_cases_are_ten_each_is_kept_below_21_and_with_250_is_not() -> None:
    light, heavy = (
        wm.run(toy({"caseloads.teams.team.open_cases": n, "caseloads.random_share": 0.0}), runs=2) for n in (100, 250)
    )

    chance = [asked(result, Outcome(KEPT, team="team")).mean() for result in (light, heavy)]

    assert chance == [1.0, 0.0]


def test_by_default_the_second_reported_year_is_read() -> None:
    scenario = toy()

    assert Outcome("net_cost_gbp").words(scenario) == "the net cost in 2020/21"
    assert Outcome("share_at_or_over", team="team").words(scenario).endswith("with 21 or more cases in March 2021")


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"measure": "caselode"}, "expected one of"),
        ({"measure": "net_cost_gbp", "team": "team"}, "by budget, not by team"),
        ({"measure": "caseload", "budget": "existing"}, "sums of money only"),
        ({"measure": "caseload", "year": ALL_YEARS}, "adds up over all years"),
        ({"measure": KEPT, "keep": 1.5}, "a share above 0"),
    ],
)
def test_an_outcome_that_makes_no_sense_is_refused(stated: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Outcome(**stated)  # wrong on purpose


def test_a_year_that_is_not_reported_or_an_unknown_budget_is_refused() -> None:
    result = wm.run(toy(), runs=1)

    with pytest.raises(ValueError, match="known: 2019/20, 2020/21"):
        asked(result, Outcome("net_cost_gbp", year="2025/26"))
    with pytest.raises(ValueError, match="unknown budget 'new'; known: existing"):
        asked(result, Outcome("net_cost_gbp", budget="new"))


def test_the_standard_outcomes_hold_pounds_fte_and_the_share_for_every_team() -> None:
    units = [outcome.unit for outcome in standard_outcomes(toy())]

    assert units == ["GBP"] * 5 + ["FTE"] * 3 + ["share of workers"] * 2


def test_what_is_not_defined_is_said_to_be_so() -> None:
    assert Outcome("share_at_or_over").printed(np.nan) == "not defined"


def test_a_scenario_of_one_year_is_not_said_to_run_from_a_year_to_itself_nor_asked_twice() -> None:
    one, two = toy({"periods.end": "2020-03"}), toy()

    assert [o.year for o in standard_outcomes(one) if o.measure == "net_cost_gbp"] == ["2019/20"]
    assert [o.year for o in standard_outcomes(two) if o.measure == "net_cost_gbp"] == ["2019/20", "2020/21", ALL_YEARS]
    assert Outcome("net_cost_gbp", year=ALL_YEARS).words(one) == "the net cost in 2019/20"
    assert Outcome("leavers_fte", year=ALL_YEARS).words(two) == "leavers (all teams) in 2019/20 to 2020/21"
    drawn = [
        wm.charts.text_alternative(chart(wm.run(one, 2)))
        for chart in (wm.charts.cost_against_envelope, wm.charts.agency_bill)
    ]
    assert drawn[0].startswith("Existing posts cost £360k in 2019/20. ")
    assert drawn[1].startswith("The agency bill is £0k in 2019/20. ")


def test_a_percentage_where_a_share_is_meant_is_refused_by_all_who_ask_for_one() -> None:
    over, scenario = (
        Outcome("share_at_or_over", team="team"),
        toy({"costs.non_pay": stated(5.0, "GBP a year", low=0.0, high=9.0, shape="uniform")}),
    )
    new = {"workforce.posts.new": posts(1, budget="new", created="2019-04"), "funding.budgets.new": {"label": "New"}}

    for name, ask in {
        "target": lambda: wm.break_even(scenario, "costs.non_pay", over, target=25),
        "share": lambda: wm.arrivals_that_break(scenario, "team", 25),
        "above": lambda: wm.discover(scenario, over, above=25),
        "at_most": lambda: wm.latest_start(toy(new), "new", outcome=over, at_most=25),
    }.items():
        with pytest.raises(ValueError, match=rf"{name} = 25: expected a share from 0 to 1 \(20% is written 0\.2\)"):
            ask()
