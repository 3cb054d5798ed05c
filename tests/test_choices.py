"""Options by the £50k, in whole posts; the smallest package; the frontier; conversion as an option."""

from __future__ import annotations

import pandas as pd
import pytest

import workforce_model as wm
from tests.toys import stated, toy
from workforce_model.basis.formats import points
from workforce_model.decisions.choices import frontier_of, tried
from workforce_model.decisions.investments import together

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
    assert found.posts == {}
    assert (
        found.sentence
        == "Not even 2 further posts give a 90% chance that 90% of workers are below 21 cases in the team."
    )


def test_the_package_played_as_one_gives_every_team_it_names_the_chance_and_says_how_sure_that_is() -> None:
    approved = wm.what_if(wm.load_scenario("scenarios/approved.toml"), until="2020-09")

    found = wm.smallest_package(approved, 0.6, start="2019-07", most=6, year="2019/20", runs=24)

    together_played = found.table.query("package == 1").set_index("team")
    assert found.posts
    assert (together_played.loc[list(found.posts), "chance"] >= 0.6).all()
    assert set(found.posts) | set(found.unmet) == set(approved.caseloads.teams)
    error = 2 * together_played.loc[list(found.posts), "chance_error"].max()
    assert found.sentence.endswith(f"With these runs a chance is known to {points(error)} either way.")
    assert ("in every other team: " in found.sentence) == bool(found.unmet)


def test_chances_teams_and_amounts_that_make_no_sense_are_refused() -> None:
    scenario = toy(HEAVY)

    with pytest.raises(ValueError, match=r"chance = 80, .* expected above 0, at most 1"):
        wm.smallest_package(scenario, 80, start="2019-04")
    with pytest.raises(ValueError, match=r"teams \['elsewhere'\]; expected .* of team"):
        wm.smallest_package(scenario, 0.8, start="2019-04", teams=["elsewhere"])
    with pytest.raises(ValueError, match="no team 'teem'; did you mean team"):
        wm.further_posts(scenario, "teem", start="2019-04")
    with pytest.raises(ValueError, match="no grade 'nurse'"):
        wm.further_posts(scenario, "team", start="2019-04", grade="nurse")
    with pytest.raises(ValueError, match="gbp = -50"):
        wm.options(scenario, [wm.further_posts(scenario, "team", start="2019-04")], [-50_000], runs=2)
    with pytest.raises(ValueError, match="no commissioned team 'team' with a price"):
        wm.further_commissioned_months(scenario, "team")


def commissioned(price: dict[str, object], **more: object) -> wm.Scenario:
    """Four workers commissioned from April to September 2019, at a price."""
    contract = {"kind": "commissioned", "team": "team", "role": "Commissioned team", "grade": "social_worker", "budget": "existing",
                "number": stated(4, "posts"), "first_month": "2019-04", "last_month": "2019-09", "source": "a test"}  # fmt: skip
    return toy({"workforce.agency.outside": contract, "costs.commissioned_team_price": {"outside": price}, **more})


@pytest.mark.parametrize(
    ("price", "more", "each"),
    [
        (stated(50_000, "GBP a month"), {}, 50_000.0),
        (stated(300_000, "GBP", low=240_000, high=360_000, shape="uniform"), {}, 50_000.0),
        # 4 workers at £500 a day for 26 weeks of 5 days are £260,000 over six months.
        (stated(500, "GBP a day"), {"costs.commissioned_team_weeks": {"outside": stated(26, "weeks")}}, 260_000 / 6),
    ],
)
def test_a_further_month_of_a_commissioned_team_costs_what_a_month_of_its_contract_does_however_it_is_priced(
    price: dict[str, object], more: dict[str, object], each: float
) -> None:
    scenario = commissioned(price, **more)
    longer = wm.further_commissioned_months(scenario, "outside")

    table = tried(scenario, [{}, longer.buys(3)], runs=256)

    assert longer.each_gbp == pytest.approx(each)
    assert table.query("package == 1")["net 2019/20"].iloc[0] == pytest.approx(3 * each, rel=0.01)


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


def test_a_retention_payment_comes_on_top_of_one_paid_already_and_may_have_no_effect_at_all() -> None:
    paid = toy({"costs.grades.social_worker.retention": stated(2_000.0, "GBP a year"), "costs.grades.social_worker.retention_pensionable": True,
                "costs.pension_rate": 0.2, "workforce.retention_effect": stated(0.9, "multiplier"),
                "workforce.posts.worker.retention_payment": True})  # fmt: skip
    more = wm.retention_payments(paid, each_head_gbp=500.0, effect_each=0.1)

    bought = paid.replace(more.buys(2))

    # Ten holders at £500 and a fifth of pension; £2,000 + 2 x £500; nine tenths of four fifths of leaving is left.
    assert more.each_gbp == pytest.approx(10 * 500 * 1.2)
    assert bought.costs.grades["social_worker"].retention.value == 3_000.0
    assert bought.workforce.retention_effect.value == pytest.approx(0.72)
    assert tried(paid, [{}, more.buys(2)], runs=2).query("package == 1")["net 2019/20"].iloc[0] == pytest.approx(
        12_000.0
    )
    idle = wm.retention_payments(paid, effect_each=0.0)
    assert idle.most == 20
    assert paid.replace(idle.buys(1)).workforce.retention_effect.value == 0.9


def test_what_would_begin_after_the_clock_or_pay_nobody_is_refused_and_not_bought_for_nothing() -> None:
    scenario = toy(HEAVY)

    for option in (
        lambda start: wm.further_posts(scenario, "team", start=start),
        lambda start: wm.conversion_campaign(scenario, start),
    ):
        with pytest.raises(ValueError, match="start = 2021-04: expected a month up to 2021-03"):
            option("2021-04")
    with pytest.raises(ValueError, match="no posts of grade 'nurse'"):
        wm.retention_payments(scenario, grade="nurse")
    with pytest.raises(ValueError, match="effect_each = 2"):
        wm.retention_payments(scenario, effect_each=2)
