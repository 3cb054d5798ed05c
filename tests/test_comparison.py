"""Comparisons pair run with run: exact where only a price differs, nought where nothing does, ranked only if clear."""

from __future__ import annotations

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.decisions.comparison import compare
from workforce_model.reading.outcomes import Outcome

BUSY = {"workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2, "caseloads.teams.team.arrivals": 20.0,
        "caseloads.teams.team.leaving_rate": 0.1}  # fmt: skip
COST, OVER = Outcome("net_cost_gbp", year="2020/21"), Outcome("share_at_or_over", year="2020/21")


def named(name: str, **changes: object) -> wm.Scenario:
    return toy({**BUSY, "name": name, **{key.replace("__", "."): value for key, value in changes.items()}})


def test_a_price_alone_changes_cost_by_people_times_price_in_every_run_and_nothing_else() -> None:
    base, dearer = named("base"), named("dearer", costs__non_pay=1_200.0)

    found = compare([base, dearer], [COST, OVER, Outcome("in_post_fte")], runs=30)

    months_worked = found.figures[0][COST] / (36_000 / 12)
    assert found.difference(COST, 1) == pytest.approx(months_worked * 100)
    assert not found.difference(OVER, 1).any()


def test_the_null_comparison_is_exactly_nought_and_is_printed() -> None:
    found = compare([named("base"), named("same")], runs=40)

    assert found.null == 0.0
    assert not any(found.difference(outcome, 1).any() for outcome in found.outcomes)
    assert "Null comparison: base less base played again" in found.text()
    assert "exactly 0." in found.text()
    assert "WHAT DIFFERS IN THE INPUTS: nothing" in found.text()


def test_pairing_takes_out_the_luck_that_scenarios_share() -> None:
    found = compare(
        [named("base"), named("lighter", caseloads__teams__team__arrivals=19.0)], [Outcome("open_cases")], runs=200
    )

    paired = found.between(Outcome("open_cases"), 1).error
    apart = np.hypot(*(figures[Outcome("open_cases")].std() / np.sqrt(200) for figures in found.figures))

    assert paired < apart / 3


def test_scenarios_the_error_cannot_tell_apart_share_their_places_and_the_runs_to_separate_are_told() -> None:
    near = named("near", caseloads__teams__team__arrivals=20.02)
    found = compare([named("base"), near, named("heavy", caseloads__teams__team__arrivals=40.0)], [OVER], runs=60)

    ranking = found.ranking(OVER).set_index("scenario")

    assert ranking.loc["heavy", "place"] == "3"
    assert set(ranking.loc[["base", "near"], "place"]) == {"not ranked: 1 to 2"}
    clear = found.differences().set_index("scenario")["clear"]
    assert not clear["near"]
    assert clear["heavy"]


def test_runs_to_separate_are_those_at_which_the_error_is_half_the_difference() -> None:
    found = compare(
        [named("base"), named("near", caseloads__teams__team__arrivals=20.5)], [OVER], runs=100, doubt=False
    )
    change = found.difference(OVER, 1)

    runs = found.runs_to_separate(OVER, 1)

    assert runs == pytest.approx(4 * change.var(ddof=1) / change.mean() ** 2, abs=1)


def test_the_inputs_that_differ_are_listed_with_their_ranges_and_names_are_not() -> None:
    nothing, approved = (wm.load_scenario(f"scenarios/{name}.toml") for name in ("approved", "slow_recruitment"))

    table = compare([nothing, approved], ["establishment_fte"], runs=1).inputs().set_index("input")

    assert sorted(table.index) == ["workforce.filling_probability", "workforce.recruitment_lead_months"]
    assert table.loc["workforce.recruitment_lead_months", "slow_recruitment"] == "6 [5 to 8] months"


def test_one_scenario_two_of_a_name_or_no_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="two or more"):
        compare([named("base")])
    with pytest.raises(ValueError, match="stated twice"):
        compare([named("base"), named("base")])
    with pytest.raises(ValueError, match="runs = 0"):
        compare([named("base"), named("other")], runs=0)


def test_the_screen_keeps_to_its_width() -> None:
    scenarios = [wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved", "stress_test")]

    text = compare(scenarios, runs=12).text()

    assert max(map(len, text.splitlines())) <= 110
    assert "not ranked" in text or "FROM LEAST TO MOST" in text


def test_ranking_by_what_was_not_compared_names_what_was() -> None:
    found = compare([named("base"), named("same")], [COST, OVER], runs=4)

    with pytest.raises(
        ValueError, match=r"open cases .* not compared here; expected one of: the net cost in 2020/21; "
    ):
        found.ranking("open_cases")


def test_what_would_part_two_scenarios_is_more_runs_than_were_played_or_said_to_be_unknown() -> None:
    cases, heavy = Outcome("open_cases"), named("heavy", caseloads__teams__team__arrivals=40.0)
    near = named("near", caseloads__random_share=0.9)

    one = compare([named("base"), heavy], [cases], runs=1)
    few = compare([named("base"), near], [cases], runs=20)
    lucky = compare([named("base"), near], [cases], runs=20, doubt=False)

    assert one.runs_to_separate(cases, 1) is None
    assert "not separated from the base: one run alone has no error" in one.text()
    assert few.runs_to_separate(cases, 1) is None  # up to 256 runs each has a draw of its own: luck or doubt, who knows
    assert "not separated from the base: more than 256 runs would say how many" in few.text()
    assert not lucky.clear(cases, 1)
    assert lucky.runs_to_separate(cases, 1) > 20


def test_the_order_says_what_would_part_each_scenario_from_the_next() -> None:
    same, near = named("same"), named("near", caseloads__teams__team__arrivals=20.02)

    text = compare([named("base"), same, near], [COST, OVER], runs=40).text()

    assert "not ranked: 1 to 3; from the next: the same in every run" in text


def test_scenarios_of_other_months_are_refused_and_not_compared_year_with_half_a_year() -> None:
    short = named("short", periods__end="2020-09")

    for asked in (lambda: compare([named("base"), short]), lambda: wm.bridge(named("base"), short, COST),
                  lambda: wm.break_even(named("base"), "costs.non_pay", COST, against=short)):  # fmt: skip
        with pytest.raises(
            ValueError, match="base 2019-04 to 2021-03, reported from 2019-04; short 2019-04 to 2020-09"
        ):
            asked()


def test_readings_that_differ_in_who_pays_alone_differ_on_the_screen_in_the_gap() -> None:
    richer = named("richer", funding__lines__base__amounts={"2019/20": 300_000.0})

    text = compare([named("base"), richer], runs=4, doubt=False).text()

    assert "gap in 2020/21" in text
    assert "£0 [£0 to £0], £0" in next(line for line in text.splitlines() if line.startswith("  net cost in 2020/21"))
    assert "£0 [" not in next(line for line in text.splitlines() if line.startswith("  gap in 2020/21"))


def test_a_correlation_is_one_place_on_the_screen_that_differs() -> None:
    approved, tight = (wm.load_scenario(f"scenarios/{name}.toml") for name in ("approved", "tight_labour_market"))

    text = compare([approved, tight], ["establishment_fte"], runs=1).text()

    assert "  correlations.agency_price: 5 places" in text
