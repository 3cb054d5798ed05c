"""Options by the £50k, in whole posts; the smallest package; the frontier; conversion as an option."""

from __future__ import annotations

import pandas as pd
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.choices import frontier_of, tried
from workforce_model.investments import together

HEAVY = {"caseloads.teams.team.open_cases": 200, "caseloads.random_share": 0.0, "workforce.filling_probability": 1.0,
         "caseloads.teams.team.leaving_rate": 0.05, "caseloads.teams.team.arrivals": 10.0}  # fmt: skip


def test_only_whole_posts_are_bought_and_what_they_cost_is_their_pay() -> None:
    scenario = toy(HEAVY)
    post = wm.further_posts(scenario, "team", start="2019-04")

    table = wm.options(scenario, [post], [35_000, 50_000, 100_000], runs=4)

    assert post.each_gbp == pytest.approx(36_000)
    assert table["units"].tolist() == [0, 0, 1, 2]
    assert table["net 2020/21"].tolist() == pytest.approx([0, 0, 36_000, 72_000])
    assert table["chance"].is_monotonic_increasing


def test_nothing_bought_is_exactly_nothing() -> None:
    scenario = toy(HEAVY)

    table = tried(scenario, [{}, wm.further_posts(scenario, "team", start="2019-04").buys(0)], runs=8)

    assert table.query("package == 1")[["change", "error", "net 2019/20", "net all years"]].to_numpy().tolist() == [
        [0, 0, 0, 0]
    ]


def test_the_smallest_package_is_the_first_number_of_posts_that_meets_the_chance() -> None:
    scenario = toy(HEAVY)
    post = wm.further_posts(scenario, "team", start="2019-04")

    found = wm.smallest_package(scenario, 0.7, start="2019-04", most=8, runs=40)

    one_by_one = tried(scenario, [post.buys(n) for n in range(9)], runs=40).set_index("package")["chance"]
    assert found.unmet == ()
    assert found.posts["team"] == next(n for n in range(9) if one_by_one[n] >= 0.7)
    assert 0 < found.posts["team"] < 8


def test_a_chance_that_no_package_reaches_is_said_to_be_unmet() -> None:
    scenario = toy({**HEAVY, "caseloads.teams.team.open_cases": 2_000})

    found = wm.smallest_package(scenario, 0.9, start="2019-04", most=2, runs=4)

    assert found.unmet == ("team",)
    assert "Not even 2 posts" in found.sentence


def test_what_another_option_beats_on_both_is_off_the_frontier() -> None:
    table = pd.DataFrame({"cost": [0.0, 5.0, 5.0, 9.0], "share": [0.4, 0.3, 0.35, 0.3]})

    assert frontier_of(table, "cost", "share")["on_frontier"].tolist() == [True, True, False, False]


def test_investments_together_are_one_sound_scenario() -> None:
    approved = wm.load_scenario("scenarios/approved.toml")
    bought = [
        (wm.further_posts(approved, "assessment", start="2019-12"), 2), (wm.conversion_campaign(approved, "2019-12"), 1),
        (wm.further_commissioned_months(approved, "commissioned_team"), 3),
    ]  # fmt: skip

    scenario = approved.replace(together(bought))

    assert scenario.workforce.posts["further_assessment"].number == 2
    assert str(scenario.workforce.agency["commissioned_team"].last_month) == "2019-12"
    assert str(scenario.workforce.campaigns["further"].last_month) == "2020-05"


def test_retention_payments_cost_heads_times_payment_with_national_insurance_and_slow_leaving() -> None:
    scenario = toy({"workforce.turnover_rate": 0.3, "costs.employer_ni_rate": 0.1, "costs.levy_rate": 0.005})
    paid = wm.retention_payments(scenario, each_head_gbp=1_000.0, effect_each=0.1)

    found = wm.compare(
        [scenario, scenario.replace({"name": "paid", **paid.buys(2)})],
        ["leavers_fte", "net_cost_gbp"],
        runs=200,
        doubt=False,
    )

    assert paid.each_gbp == pytest.approx(10 * 1_000 * 1.105)
    assert (found.difference(found.outcomes[0], 1) <= 0).mean() > 0.8
    assert found.between(found.outcomes[0], 1).mean < 0
