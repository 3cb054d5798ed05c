"""Relations M1 to M13: what must follow when the input, the blocks or the names change."""

from __future__ import annotations

import copy
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import posts, stated, toy, toy_tree
from workforce_model.model import Results
from workforce_model.scenario import scenario_from

BUSY: dict[str, Any] = {
    "periods.end": "2020-09",
    "workforce.turnover_rate": stated(0.3, "leavers a year over in post", low=0.2, high=0.4, shape="triangular"),
    "workforce.filling_probability": 0.2,
    "workforce.recruitment_lead_months": 2,
    "workforce.newly_qualified_share": 0.4,
    "workforce.cover_probability": 0.4,
    "workforce.agency_leaving_rate": 0.1,
    "workforce.conversion_rate": 0.1,
    "workforce.year_shock": 0.2,
    "workforce.posts.worker": posts(
        12, opening_under_five_years=6, opening_over_five_years=3, opening_agency=2, covered_by_agency=True
    ),
    "caseloads.teams.team.open_cases": 180,
    "caseloads.teams.team.arrivals": stated(30.0, "cases a month", low=25.0, high=36.0, shape="lognormal"),
    "caseloads.teams.team.leaving_rate": 0.16,
    "caseloads.arrivals_dispersion": 2.0,
    "caseloads.random_share": 0.7,
    "caseloads.settling_months": 3,
    "caseloads.settling_share": 0.5,
    "caseloads.newly_qualified_months": 12,
    "caseloads.newly_qualified_share": 0.7,
}


def busy(changes: dict[str, Any] | None = None) -> Any:
    return toy({**BUSY, **(changes or {})})


def figures(result: Results) -> dict[str, np.ndarray]:
    """Every simulated figure by name."""
    found = {f"staff {k}": v for k, v in result.history.staff.items()}
    found |= {f"cases {k}": v for k, v in result.history.cases.items()}
    found |= {"cost": result.cost, "used": result.ledger.used, "gap": result.ledger.gap, "bands": result.history.bands}
    return found | {"histogram": result.history.histogram, "holder_fte": result.history.holder_fte}


def same(one: Results, other: Results) -> bool:
    a, b = figures(one), figures(other)
    return all(np.array_equal(a[name], b[name]) for name in a)


def test_m1_the_same_seed_gives_the_same_bits() -> None:
    assert same(wm.run(busy(), 300), wm.run(busy(), 300))


@pytest.mark.parametrize("block", [7, 100, 1_024])
def test_m2_the_block_size_changes_no_bit(block: int) -> None:
    assert same(wm.run(busy(), 300, block=300), wm.run(busy(), 300, block=block))


def test_m2_two_processes_change_no_bit() -> None:
    with ProcessPoolExecutor(2) as pool:
        apart = wm.run(busy(), 300, block=150, executor=pool)

    assert same(wm.run(busy(), 300), apart)


def test_m4_more_runs_leave_the_first_ones_unchanged() -> None:
    few, many = wm.run(busy(), 60), wm.run(busy(), 600)

    for name, figure in figures(few).items():
        if name != "histogram":
            assert np.array_equal(figure, figures(many)[name][..., :60]), name


def test_m4_a_longer_horizon_leaves_the_earlier_months_unchanged() -> None:
    short, long = wm.run(busy(), 100), wm.run(busy({"periods.end": "2021-09"}), 100)

    for name in ("staff permanent", "cases held", "cost"):
        early = figures(short)[name]
        assert np.array_equal(early, figures(long)[name][: len(early)]), name


def test_m5_and_m15_the_order_of_keys_and_whole_numbers_for_decimals_change_nothing() -> None:
    tree = toy_tree(BUSY)
    turned = {key: dict(reversed(list(x.items()))) if isinstance(x, dict) else x for key, x in reversed(tree.items())}
    turned["costs"]["grades"] = copy.deepcopy(turned["costs"]["grades"])
    turned["costs"]["grades"]["social_worker"]["salary"]["value"] = 36_000

    assert same(wm.run(scenario_from(tree, "one"), 100), wm.run(scenario_from(turned, "other"), 100))


def test_m6_an_unrelated_team_an_unrelated_doubt_and_a_new_label_leave_other_draws_unchanged() -> None:
    unrelated = {
        "workforce.teams.another": {"label": "Another"},
        "workforce.posts.another_worker": posts(5, team="another", opening_over_five_years=4),
        "caseloads.teams.another": copy.deepcopy(toy_tree()["caseloads"]["teams"]["team"]),
        "workforce.teams.team": {"label": "Renamed"},
        "costs.non_pay": stated(100.0, "GBP a year", low=0.0, high=200.0, shape="uniform"),
    }
    alone, among = wm.run(busy(), 100), wm.run(busy(unrelated), 100)

    mine = among.posts.groups.index("worker")
    for name in ("permanent", "agency", "left", "started", "converted"):
        assert np.array_equal(alone.history.staff[name][:, 0], among.history.staff[name][:, mine]), name
    for name in ("held", "arrived", "closed", "at_or_over"):
        assert np.array_equal(alone.history.cases[name][:, 0], among.history.cases[name][:, 1]), name


def test_m7_a_scenario_equal_to_its_base_differs_by_exactly_nothing() -> None:
    base = wm.load_scenario("scenarios/enfield_2019.toml")
    equal = wm.load_scenario("scenarios/do_nothing.toml")

    one, other = wm.run(base, 20), wm.run(equal, 20)

    assert same(one, other)
    assert float(np.abs(one.cost - other.cost).max()) == 0.0


def test_m8_no_new_posts_and_no_conversion_months_are_the_baseline() -> None:
    none = busy({"workforce.posts.extra": posts(0), "workforce.conversion_rate": 0.0})

    assert np.array_equal(
        wm.run(none, 100).history.cases["held"],
        wm.run(busy({"workforce.conversion_rate": 0.0}), 100).history.cases["held"],
    )


def test_m9_more_case_holding_posts_never_put_more_over_under_an_even_split() -> None:
    calm = {
        "caseloads.random_share": 0.0,
        "caseloads.teams.team.open_cases": 250,
        "caseloads.teams.team.arrivals": 20.0,
        "caseloads.teams.team.leaving_rate": 0.08,
    }
    few = wm.run(toy({**calm, "workforce.posts.worker": posts(10, opening_over_five_years=10)}), 500)
    many = wm.run(toy({**calm, "workforce.posts.worker": posts(14, opening_over_five_years=14)}), 500)

    assert many.history.cases["at_or_over"][24].mean() / 14 <= few.history.cases["at_or_over"][24].mean() / 10
    assert many.history.cases["held"][24].mean() == pytest.approx(few.history.cases["held"][24].mean(), rel=0.02)


def test_m10_doubling_the_agency_rate_doubles_agency_cost_and_moves_nothing_else() -> None:
    path = "costs.grades.social_worker.agency_rate"
    once, twice = wm.run(busy({path: 30.0}), 100), wm.run(busy({path: 60.0}), 100)

    assert np.array_equal(2 * once.cost[:, :, 5:8], twice.cost[:, :, 5:8])
    assert np.array_equal(once.cost[:, :, :5], twice.cost[:, :, :5])
    assert np.array_equal(once.history.cases["held"], twice.history.cases["held"])


def test_m11_doubling_every_price_and_approval_doubles_all_money_and_moves_nobody() -> None:
    doubled = {
        "costs.grades.social_worker.salary": 72_000.0,
        "costs.grades.social_worker.agency_rate": 60.0,
        "costs.employer_ni_threshold.2019/20": 17_264.0,
        "costs.employer_ni_rate": 0.138,
        "costs.cost_per_start": 6_000.0,
        "funding.lines.base.amounts": {"2019/20": 720_000.0},
    }
    single = {"costs.employer_ni_rate": 0.138, "costs.cost_per_start": 3_000.0}
    once, twice = wm.run(busy(single), 100), wm.run(busy(doubled), 100)

    assert np.allclose(2 * once.cost, twice.cost, rtol=1e-12, atol=0)
    assert np.allclose(2 * once.ledger.gap, twice.ledger.gap, rtol=1e-9, atol=1e-6)
    assert np.array_equal(once.history.staff["permanent"], twice.history.staff["permanent"])


def test_m12_a_lower_leaving_probability_never_leaves_fewer_survivors() -> None:
    unfilled = {"workforce.filling_probability": 0.0, "workforce.cover_probability": 0.0}
    more = wm.run(busy({**unfilled, "workforce.turnover_rate": stated(0.3, "leavers a year over in post")}), 500)
    fewer = wm.run(busy({**unfilled, "workforce.turnover_rate": stated(0.25, "leavers a year over in post")}), 500)

    assert (fewer.history.staff["permanent"] >= more.history.staff["permanent"]).all()


def test_m13_more_arrivals_never_leave_fewer_open_cases() -> None:
    steady = {"workforce.posts.worker": posts(12, opening_over_five_years=12), "caseloads.random_share": 1.0}
    calm = {**BUSY, **steady, "workforce.turnover_rate": stated(0.0, "leavers a year over in post")}
    arrivals = "caseloads.teams.team.arrivals"
    few = wm.run(toy({**calm, arrivals: stated(30.0, "cases a month")}), 500)
    many = wm.run(toy({**calm, arrivals: stated(33.0, "cases a month")}), 500)

    assert (many.history.cases["held"] >= few.history.cases["held"]).all()


def test_m18_hash_seed_locale_and_time_zone_leave_the_numbers_unchanged() -> None:
    code = (
        "import hashlib, workforce_model as wm; from tests.test_metamorphic import busy;"
        "print(hashlib.sha256(wm.run(busy(), 40).cost.tobytes()).hexdigest())"
    )

    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("77", "Asia/Tokyo"))
    }

    assert found == {hashlib.sha256(wm.run(busy(), 40).cost.tobytes()).hexdigest()}


def test_every_check_passes_and_the_ledger_closes_on_all_shipped_scenarios() -> None:
    for name in ("do_nothing", "approved", "slow_recruitment", "agency_continues"):
        result = wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 30)

        statuses = {check.name: check.status for check in result.checks}

        assert result.passed, statuses
        closing = result.cost.sum(axis=(1, 2)) + result.ledger.used.sum(axis=1) - result.ledger.gap.sum(axis=1)
        assert float(np.abs(closing).max()) < 0.005


def halves(changes: dict[str, Any]) -> Any:
    """The toy's team of ten posts as two teams of five, with half the cases and half the arrivals each."""
    tree = toy_tree(changes)
    one = tree["caseloads"]["teams"].pop("team")
    group = tree["workforce"]["posts"].pop("worker")
    tree["workforce"]["teams"] = {name: {"label": name} for name in ("east", "west")}
    for name in ("east", "west"):
        tree["workforce"]["posts"][f"{name}_worker"] = {
            **group,
            "team": name,
            "number": 5,
            "opening_over_five_years": 5,
        }
        half = {key: {**one[key], "value": one[key]["value"] / 2} for key in ("open_cases", "arrivals")}
        tree["caseloads"]["teams"][name] = {**one, **half}
    return scenario_from(tree, "two halves")


def test_m14_two_halves_of_a_team_have_its_totals_where_nothing_is_random() -> None:
    still = {"caseloads.random_share": 0.0, "caseloads.teams.team.open_cases": 150}

    whole, split = wm.run(toy(still), 20), wm.run(halves(still), 20)

    for name in ("held", "waiting", "workers", "at_or_over"):
        assert np.array_equal(whole.history.cases[name].sum(axis=1), split.history.cases[name].sum(axis=1)), name
    assert np.array_equal(whole.cost, split.cost)


def test_m14_two_halves_of_a_team_have_its_totals_in_distribution() -> None:
    moving = {
        "workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2, "caseloads.teams.team.arrivals": 20.0,
        "caseloads.teams.team.leaving_rate": 0.2, "caseloads.arrivals_dispersion": 2.0, "periods.end": "2020-03",
    }  # fmt: skip

    whole, split = wm.run(toy(moving), 5_000, doubt=False), wm.run(halves(moving), 5_000, 7, doubt=False)

    for figures in (
        lambda r: r.history.cases["held"][12] + r.history.cases["waiting"][12],
        lambda r: r.history.staff["permanent"][12],
    ):
        one, other = (figures(r).sum(axis=0).astype(float) for r in (whole, split))
        assert abs(one.mean() - other.mean()) <= 4.42 * np.sqrt((one.var() + other.var()) / 5_000)
        assert one.var() == pytest.approx(other.var(), rel=0.12)


def test_m16_the_same_scenario_a_year_later_has_the_same_flows() -> None:
    later = {
        "periods.start": "2020-04", "periods.end": "2021-09", "periods.report_from": "2020-04",
        "funding.lines.base.amounts": {"2020/21": 360_000.0},
    }  # fmt: skip

    now, then = wm.run(busy(), 100), wm.run(busy(later), 100)

    assert all(np.array_equal(now.history.staff[name], then.history.staff[name]) for name in now.history.staff)
    assert all(np.array_equal(now.history.cases[name], then.history.cases[name]) for name in now.history.cases)
    assert np.array_equal(now.ledger.used, then.ledger.used)
