"""The bridge adds up to the penny in every run, negates when swapped, and gives each difference to its driver."""

from __future__ import annotations

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import posts, toy
from workforce_model.decisions.bridging import DRIVERS, bridge, driver_of
from workforce_model.reading.outcomes import Outcome

COST = Outcome("net_cost_gbp", year="2020/21")


@pytest.fixture(scope="module")
def there_and_back() -> tuple[wm.Bridge, wm.Bridge]:
    nothing, stress = (wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "stress_test"))
    return bridge(nothing, stress, COST, runs=12), bridge(stress, nothing, COST, runs=12)


def test_the_parts_add_up_to_the_penny_in_every_run(there_and_back: tuple[wm.Bridge, wm.Bridge]) -> None:
    for found in there_and_back:
        assert (found.halves.sum(axis=0) == 2 * (found.levels[1] - found.levels[0])).all()
        assert (found.forward.sum(axis=0) == found.levels[1] - found.levels[0]).all()


def test_the_ends_are_what_running_each_scenario_gives(there_and_back: tuple[wm.Bridge, wm.Bridge]) -> None:
    found, _ = there_and_back
    year = np.array(wm.run(found.end, 12).years) == "2020/21"

    for level, scenario in zip(found.levels, (found.start, found.end), strict=True):
        assert level / 100 == pytest.approx(wm.run(scenario, 12).cost[year].sum(axis=(0, 1, 2)), abs=0.006)


def test_swapping_the_scenarios_negates_every_part_exactly(there_and_back: tuple[wm.Bridge, wm.Bridge]) -> None:
    there, back = there_and_back

    assert (there.halves == -back.halves).all()


def test_two_more_posts_at_a_price_one_tenth_higher_are_worked_out_by_hand_with_their_interaction() -> None:
    start = toy()
    end = start.replace({
        "workforce.posts.more": posts(2, opening_over_five_years=2), "costs.grades.social_worker.salary": 39_600.0,
    })  # fmt: skip

    table = bridge(start, end, COST, runs=2).table().set_index("step")

    # Posts first: 2 x £36,000; prices then: 12 x £3,600. Prices first: 10 x £3,600; posts then: 2 x £39,600.
    assert table.loc["posts", ["in_order", "in_reverse", "mean", "interaction"]].tolist() == [
        72_000,
        79_200,
        75_600,
        -3_600,
    ]
    assert table.loc["prices", ["in_order", "in_reverse", "mean", "interaction"]].tolist() == [
        43_200,
        36_000,
        39_600,
        3_600,
    ]
    assert table.loc["total", "mean"] == 115_200
    assert table["interaction"].sum() == 0


def test_each_driver_that_differs_is_given_what_is_its_own_and_others_nought() -> None:
    start = toy({"workforce.turnover_rate": 0.2, "workforce.filling_probability": 0.2})
    end = start.replace({"workforce.turnover_rate": 0.4})

    found = bridge(start, end, "leavers_fte", runs=40)

    means = dict(zip(found.drivers, found.parts.mean(axis=1), strict=True))
    assert means.pop("turnover") == pytest.approx(found.total.mean())
    assert set(means.values()) == {0.0}


@pytest.mark.parametrize(
    ("place", "driver"),
    [
        ("workforce.posts.worker.number", "posts"),
        ("workforce.posts.worker.starts_on", "start and end dates"),
        ("workforce.agency.team.last_month", "start and end dates"),
        ("workforce.posts.worker.planned_conversions", "conversion"),
        ("workforce.campaigns.autumn", "conversion"),
        ("workforce.conversion_rate", "conversion"),
        ("workforce.recruitment_lead_months", "recruitment and cover"),
        ("workforce.posts.worker.filling_probability", "recruitment and cover"),
        ("workforce.agency_leaving_rate", "recruitment and cover"),
        ("workforce.turnover_rate", "turnover"),
        ("workforce.agency_share_effect", "turnover"),
        ("workforce.teams.mash.leaving_multiplier", "turnover"),
        ("caseloads.surges.spring", "demand"),
        ("costs.pension_rate", "prices"),
        ("funding.lines.growth.amounts.2020/21", "funding"),
        ("periods.end", "everything else"),
    ],
)
def test_each_place_of_a_scenario_has_one_driver(place: str, driver: str) -> None:
    assert driver_of(place) == driver


def test_an_order_that_leaves_a_driver_out_is_refused() -> None:
    with pytest.raises(ValueError, match="each of what happened, posts, start and end dates"):
        bridge(toy(), toy(), COST, runs=1, order=list(DRIVERS)[1:])


def test_the_words_of_a_bridge_give_its_error_and_mark_the_parts_that_the_error_may_explain() -> None:
    base, other = (
        toy({"workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2, "name": "base"}),
        {"name": "other"},
    )
    cost = wm.Outcome("net_cost_gbp", year="2019/20")
    dearer = base.replace({**other, "costs.non_pay": 100.0, "workforce.turnover_rate": 0.31})
    busier = base.replace({**other, "caseloads.teams.team.arrivals": 5.0})

    found = wm.bridge(base, dearer, cost, runs=40, doubt=False)

    error = cost.printed(found.table().set_index("step").loc["total", "mc_error"])
    assert f"changes by {cost.printed(float(found.total.mean()))} (error {error}): " in found.text()
    for driver in ("prices", "turnover"):
        step = found.table().set_index("step").loc[driver]
        said = f"{driver} {cost.printed(step['mean'], change=True)}"
        assert (f"{said} (not clear of its error)" in found.text()) == (abs(step["mean"]) <= 2 * step["mc_error"])
        assert said in found.text()
    assert "changes by £0 (error £0): no driver moves it. " in wm.bridge(base, busier, cost, runs=4).text()
    assert "prices £" in wm.bridge(base, dearer, cost, runs=1).text()
    assert "(not clear of its error)" in wm.bridge(base, dearer, cost, runs=1).text()
