"""A month at a time, on cases small enough to say aloud: who moves, whose cases move, and who waits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model.engine.results import Results


def played(changes: dict[str, Any], runs: int = 200) -> Results:
    result = wm.run(toy(changes), runs, doubt=False)
    assert result.passed, [c for c in result.checks if c.status == "failed"]
    return result


def group(result: Results, name: str, flow: str) -> np.ndarray:
    return result.history.staff[flow][:, result.posts.groups.index(name)]


def agency(number: int, **more: Any) -> dict[str, Any]:
    return {
        "kind": "additional", "team": "team", "role": "Agency", "grade": "social_worker", "number": stated(number, "posts"),
        "budget": "existing", "first_month": "2019-03", "last_month": "2021-03", "source": "a test", **more,
    }  # fmt: skip


def test_with_everything_off_nothing_moves() -> None:
    result = played({})

    assert (result.history.staff["permanent"] == 10).all()
    assert (result.history.cases["held"] == 100).all()
    assert result.cost.sum(axis=(1, 2)) == pytest.approx(np.full((24, 200), 30_000.0))


def test_everybody_leaves_and_everybody_is_replaced_a_month_later_and_nobody_leaves_as_they_start() -> None:
    result = played(
        {
            "workforce.turnover_rate": 1.0,
            "workforce.filling_probability": 1.0,
            "workforce.recruitment_lead_months": 1,
        }
    )

    # All leave in month 1, all are replaced in month 2, all leave again in month 3.
    assert (result.history.staff["permanent"][1:7, 0] == np.array([0, 10, 0, 10, 0, 10])[:, None]).all()
    assert (result.history.staff["left"][1:5, 0] == np.array([10, 0, 10, 0])[:, None]).all()


def test_with_nobody_left_cases_wait_unallocated_and_do_not_close() -> None:
    result = played({"workforce.turnover_rate": 1.0, "caseloads.teams.team.leaving_rate": 0.5})

    assert (result.history.cases["waiting"][1:] == 100).all()
    assert (result.history.cases["closed"] == 0).all()
    assert (result.history.cases["handed_over"][1] == 100).all()
    shares = wm.ledger_table(result)
    assert not shares.empty


def test_the_share_over_the_limit_with_no_workers_is_not_defined() -> None:
    result = played({"workforce.turnover_rate": 1.0}, runs=5)

    annual = result.annual()
    row = annual[(annual["measure"] == "share_at_or_over") & (annual["team"] == "team")].iloc[0]

    assert row["runs"] == 0
    assert np.isnan(row["mean"])


def test_a_converted_worker_keeps_the_cases_and_a_replaced_one_hands_them_over() -> None:
    covered = {"workforce.posts.worker": posts(10, opening_agency=10, covered_by_agency=True)}
    converted = played({**covered, "workforce.conversion_rate": 1.0})
    replaced = played({**covered, "workforce.filling_probability": 1.0})

    assert (converted.history.staff["converted"][1] == 10).all()
    assert (converted.history.cases["handed_over"] == 0).all()
    assert (replaced.history.staff["started"][2] == 10).all()
    assert (replaced.history.staff["agency_ended"][2] == 10).all()
    assert (replaced.history.cases["handed_over"][2] == 100).all()


@pytest.mark.parametrize(("same_month", "covered"), [(True, [10, 0]), (False, [0, 10])])
def test_cover_comes_the_same_month_or_the_next_as_stated(same_month: bool, covered: list[int]) -> None:
    result = played(
        {
            "workforce.turnover_rate": 1.0,
            "workforce.cover_probability": 1.0,
            "workforce.cover_same_month": same_month,
            "workforce.agency_leaving_rate": 1.0,
            "workforce.posts.worker": posts(10, opening_over_five_years=10, covered_by_agency=True),
        }
    )

    # Covered at once the cover itself leaves in month 2 and is covered again; covered the next month it comes then.
    assert (result.history.staff["agency"][1, 0] == covered[0]).all()
    assert (result.history.staff["agency_started"][2, 0] == 10).all()


def test_agency_above_establishment_ends_on_its_month_and_its_cases_pass_on() -> None:
    result = played({"workforce.agency.extra": agency(2, last_month="2019-06")})

    assert (group(result, "extra", "agency")[:5, 0] == [2, 2, 2, 2, 0]).all()
    assert (group(result, "extra", "agency_ended")[4] == 2).all()
    assert (result.history.cases["held"] == 100).all()
    assert result.history.cases["handed_over"][4].mean() == pytest.approx(100 * 2 / 12, abs=1.0)


def test_planned_conversions_take_the_post_with_the_cases_and_end_the_contract() -> None:
    result = played(
        {
            "workforce.agency.extra": agency(3),
            "workforce.posts.new": posts(3, created="2019-06", starts_on="2019-07", planned_conversions=2),
        }
    )

    assert (group(result, "new", "converted")[4] == 2).all()
    assert (group(result, "new", "started")[4] == 1).all()
    assert (group(result, "extra", "agency")[4] == 1).all()
    assert (result.history.cases["handed_over"] == 0).all()


@pytest.mark.parametrize(("chance", "left"), [(0.0, 3), (1.0, 1)])
def test_a_new_post_displaces_agency_above_establishment_with_the_stated_chance(chance: float, left: int) -> None:
    result = played(
        {
            "workforce.agency.extra": agency(3),
            "workforce.agency_displacement": chance,
            "workforce.posts.new": posts(2, created="2019-06", starts_on="2019-07", displaces_agency=True),
        }
    )

    assert (group(result, "extra", "agency")[4] == left).all()


def test_a_commissioned_team_keeps_its_number_and_costs_its_price_while_it_lasts() -> None:
    result = played(
        {
            "workforce.agency_leaving_rate": 1.0,
            "workforce.agency.team_bought": agency(4, kind="commissioned", first_month="2019-05", last_month="2019-06"),
            "costs.commissioned_team_price": {"team_bought": stated(41_000.0, "GBP a month")},
        }
    )

    assert (group(result, "team_bought", "agency")[:5, 0] == [0, 0, 4, 4, 0]).all()
    assert result.cost[:4, 0, 8, 0].tolist() == [0.0, 41_000.0, 41_000.0, 0.0]


def test_settling_in_takes_half_a_caseload_of_new_cases() -> None:
    result = played(
        {
            "workforce.posts.old": posts(5, opening_over_five_years=5),
            "workforce.posts.worker": posts(5, created="2019-04", starts_on="2019-04"),
            "caseloads.settling_months": 3,
            "caseloads.settling_share": 0.5,
            "caseloads.teams.team.open_cases": 0,
            "caseloads.teams.team.arrivals": 75.0,
            "periods.end": "2019-04",
        },
        runs=2_000,
    )

    # Weights 5 x 1 and 5 x 0.5: the settling half of the team takes a third of 75 cases, 5 each against 10.
    counts = result.history.histogram[1, 0] @ np.arange(64) / 2_000
    assert counts == pytest.approx(75, rel=0.02)
    over_seven = result.history.histogram[1, 0, 8:].sum() / 2_000
    assert over_seven == pytest.approx(5 * (1 - 0.2202) + 5 * 0.1334, rel=0.04)  # Poisson(10) and Poisson(5) above 7


def test_as_many_cases_come_however_many_agency_workers_are_agreed() -> None:
    extra = agency(3)
    extra["number"] = stated(3, "posts", low=1, high=8, shape="uniform")
    changes = {"workforce.agency.extra": extra, "caseloads.teams.team.arrivals": 60.0}

    result = wm.run(toy(changes), 512)

    came = result.history.cases["arrived"][1:, 0]
    workers = result.history.staff["agency"][1, result.posts.groups.index("extra")]
    assert set(workers) == set(range(1, 9))
    for number in range(1, 9):
        months = came[:, workers == number]
        assert months.mean() == pytest.approx(60, abs=4.42 * np.sqrt(60 / months.size))


def test_two_hundred_cases_on_one_worker_close_as_a_binomial() -> None:
    result = played(
        {
            "workforce.posts.worker": posts(1, opening_over_five_years=1),
            "caseloads.teams.team.open_cases": 200,
            "caseloads.teams.team.leaving_rate": 0.1,
            "periods.end": "2019-04",
        },
        runs=10_000,
    )

    closed = result.history.cases["closed"][1, 0].astype(float)

    assert closed.mean() == pytest.approx(20, abs=4.42 * np.sqrt(18 / 10_000))
    assert closed.var() == pytest.approx(18, rel=0.08)


def test_chance_and_doubt_are_separate_and_the_doubt_widens_the_range() -> None:
    scenario = wm.load_scenario("scenarios/do_nothing.toml")
    alone, both = wm.run(scenario, 256, doubt=False), wm.run(scenario, 256)

    def width(r: Results) -> float:
        year = r.cost[18:30].sum(axis=(0, 1, 2))
        return float(np.subtract(*np.quantile(year, (0.9, 0.1))))

    assert width(both) > 1.3 * width(alone)
    assert "luck only" in alone.summary()
