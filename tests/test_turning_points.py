"""Break-evens where the answer can be worked out: found, never, or cannot tell."""

from __future__ import annotations

import pytest

import workforce_model as wm
from tests.toys import posts, toy
from workforce_model.decisions.turning_points import arrivals_that_break, break_even
from workforce_model.reading.outcomes import Outcome

COST = Outcome("net_cost_gbp", year="2019/20")
LUCKY = {"workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2}


def test_a_price_in_proportion_is_met_where_division_says() -> None:
    found = break_even(toy(), "costs.non_pay", COST, target=364_000.0, between=(0, 3_000), runs=2)

    # Ten posts at £36,000 and ten times £400 of non-pay.
    assert found.status == "found"
    assert found.value == pytest.approx(400)
    assert found.low == found.high == pytest.approx(400)
    assert (
        found.sentence
        == "Non pay: at £400 a year (£0 a year stated), the net cost in 2019/20 is £364,000; past it, it is above."
    )


def test_two_scenarios_cost_the_same_at_the_published_break_even_rate() -> None:
    """Ten permanent posts, or ten agency workers in them: 36 hours for 47 weeks at £x is £36,000 where x is £21.28."""
    permanent = toy()
    agency = toy({"workforce.posts.worker": posts(10, opening_agency=10, covered_by_agency=True)})

    found = break_even(
        agency, "costs.grades.social_worker.agency_rate", COST, against=permanent, between=(10, 60), runs=2
    )

    assert found.value == pytest.approx(wm.costs.break_even_rate(36_000.0, 36, 47), abs=0.01)


def test_what_no_value_reaches_is_never_with_how_near_it_comes() -> None:
    found = break_even(toy(), "costs.non_pay", COST, target=500_000.0, between=(0, 3_000), runs=2)

    assert found.status == "never"
    assert found.value is None
    assert found.sentence == (
        "Non pay: never. From £0 to £3,000 a year, the net cost in 2019/20 stays below £500,000, by £110,000 at the nearest (£3,000)."
    )


def test_an_assumption_that_does_nothing_cannot_be_told_and_luck_widens_what_is_found() -> None:
    still = break_even(toy(), "costs.non_pay", "in_post_fte", target=10.0, between=(0, 3_000), runs=2)
    mean = wm.run(toy(LUCKY), 100, doubt=False).cost[:12].sum(axis=(0, 1, 2)).mean()
    found = break_even(toy(LUCKY), "costs.non_pay", COST, target=float(mean), between=(0, 3_000), runs=100)

    assert still.status == "cannot tell"
    assert still.sentence.startswith(
        "Non pay: from £0 to £3,000 a year, permanent staff in post (all teams) in March 2021 cannot be told from 10.0"
    )
    assert found.status in ("found", "cannot tell")
    assert found.value is None or found.low < found.value <= found.high  # found, so not None


def test_a_whole_number_is_the_first_on_the_other_side() -> None:
    scenario = toy({"workforce.posts.worker": posts(10, created="2019-04"), "workforce.filling_probability": 1.0})

    found = break_even(scenario, "workforce.recruitment_lead_months", COST, target=200_000.0, between=(1, 11), runs=2)

    # Appointed in April, ten posts at £3,000 a month: a lead of m months leaves 12 - m to pay for, £30,000 each.
    months = [x for x, _, _ in found.tried]
    assert found.status == "found"
    assert found.value == 6
    assert found.value in months
    assert found.sentence == (
        "Recruitment lead months: from 6 months (1 month stated), the net cost in 2019/20 is below £200,000; up to 5 it is above."
    )
    assert {lead: gap for lead, gap, _ in found.tried}[6] == pytest.approx(30_000 * 6 - 200_000)


def test_the_arrivals_that_break_a_plan_are_those_at_which_its_share_is_met() -> None:
    scenario = toy({"caseloads.teams.team.arrivals": 20.0, "caseloads.teams.team.leaving_rate": 0.1})
    over = Outcome("share_at_or_over", team="team")

    found = arrivals_that_break(scenario, "team", 0.5, runs=200)

    assert found.status == "found"
    moved = scenario.replace({"caseloads.teams.team.arrivals": found.value})
    share = wm.compare([scenario.replace({"name": "base"}), moved], [over], 200, doubt=False).figures[1][over].mean()
    assert share == pytest.approx(0.5, abs=0.03)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match=r"did you mean costs\.non_pay"):
        break_even(toy(), "costs.non_pey", COST, target=1.0)
    with pytest.raises(ValueError, match="one of the two"):
        break_even(toy(), "costs.non_pay", COST)
    with pytest.raises(ValueError, match="two rising values"):
        break_even(toy(), "costs.non_pay", COST, target=1.0, between=(3.0, 1.0))
    with pytest.raises(ValueError, match="target = nan"):
        break_even(toy(), "costs.non_pay", COST, target=float("nan"))
    with pytest.raises(ValueError, match="a team that cases come to"):
        arrivals_that_break(toy(), "team", 0.5)


def test_a_single_run_has_no_error_so_nothing_turns_on_it() -> None:
    assert (
        break_even(toy(LUCKY), "costs.non_pay", COST, target=364_000.0, between=(0, 3_000), runs=1).status
        == "cannot tell"
    )


def test_a_share_that_turns_is_said_in_per_cent_beside_what_is_stated_with_how_sure_it_is() -> None:
    found = break_even(
        toy({**LUCKY, "costs.pension_rate": 0.2}),
        "costs.pension_rate",
        COST,
        target=400_000.0,
        between=(0.0, 0.9),
        runs=60,
    )

    assert found.status == "found"
    assert found.sentence.startswith(f"Pension rate: at {100 * found.value:.4g}% of salary (")
    assert (
        "% above the 20% of salary stated), the net cost in 2019/20 is £400,000; past it, it is above. With these runs"
        in found.sentence
    )
    assert found.sentence.endswith(f"from {100 * found.low:.4g}% to {100 * found.high:.4g}% of salary.")


def test_a_whole_number_that_the_error_cannot_tell_from_the_target_is_named() -> None:
    scenario = toy({"workforce.posts.worker": posts(10, created="2019-04"), "workforce.filling_probability": 0.7})
    mean = (
        wm.run(scenario.replace({"workforce.recruitment_lead_months": 5}), 40, doubt=False)
        .cost[:12]
        .sum(axis=(0, 1, 2))
        .mean()
    )

    found = break_even(
        scenario, "workforce.recruitment_lead_months", COST, target=float(mean) + 1.0, between=(1, 11), runs=40
    )

    assert found.value == 5
    assert found.sentence.endswith(" With these runs 5 cannot be told from it.")
