"""Relations M1 to M18 but M3 (``test_model``, ``test_faults``): what must follow when the input, the blocks or the names change."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tomlkit

import workforce_model as wm
from tests.toys import posts, stated, toy, toy_tree
from workforce_model.engine.results import Results
from workforce_model.engine.run_record import read_record
from workforce_model.inputs.scenario import scenario_from

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


@pytest.mark.parametrize("method", ["fork", "forkserver"])
@pytest.mark.skipif(os.name != "posix", reason="how POSIX starts processes; spawn is in test_executors")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_m2_two_processes_however_started_change_no_bit(method: Any) -> None:
    with ProcessPoolExecutor(2, get_context(method)) as pool:
        apart = wm.run(busy(), 300, block=150, executor=pool)

    assert same(wm.run(busy(), 300), apart)


def test_m4_more_runs_leave_the_first_ones_unchanged() -> None:
    few, many = wm.run(busy(), 60), wm.run(busy(), 600)

    for name, figure in figures(few).items():
        if name != "histogram":
            assert np.array_equal(figure, figures(many)[name][..., :60]), name


def test_m4_a_longer_horizon_leaves_the_earlier_months_unchanged() -> None:
    short, long = wm.run(busy(), 100), wm.run(busy({"periods.end": "2021-09"}), 100)

    early, whole = figures(short), figures(long)
    for name in early.keys() - {
        "used",
        "gap",
    }:  # by month; an approval of the year is spent by month too, and has all its year
        assert np.array_equal(early[name], whole[name][: len(early[name])]), name
    assert np.array_equal(early["used"][:12], whole["used"][:12])
    assert np.array_equal(early["gap"][:12], whole["gap"][:12])


TWO_TEAMS = {
    "workforce.teams.annexe": {"label": "Annexe"},
    "workforce.posts.annexe": posts(4, team="annexe", opening_over_five_years=3, covered_by_agency=True),
    "workforce.posts.nine": posts(3, budget="nine", created="2019-07"),
    "workforce.agency.extra": {
        "kind": "additional", "team": "team", "role": "Social worker", "grade": "social_worker", "budget": "existing",
        "number": stated(2, "posts"), "first_month": "2019-04", "last_month": "2019-12", "source": "stated for a test",
    },
    "caseloads.teams.annexe": {"open_cases": stated(50, "cases"), "arrivals": stated(5.0, "cases a month"), "leaving_rate": stated(0.1, "share a month")},
    "caseloads.teams.team.passes_on": {"annexe": stated(0.2, "share")},
    "funding.budgets.nine": {"label": "Nine"},
    "funding.lines.reserve": {"budget": "nine", "label": "R", "source": "risk reserve", "recurrent": False, "order": 1, "amounts": {"2019/20": 40_000.0}, "approved_by": "a"},
    "funding.lines.growth": {"budget": "nine", "label": "G", "source": "MTFP growth", "recurrent": True, "order": 2, "amounts": {"2020/21": 50_000.0}, "approved_by": "b"},
}  # fmt: skip


def turned(tree: Any) -> Any:
    """The same tables with every key in the opposite order."""
    return {key: turned(inner) for key, inner in reversed(tree.items())} if isinstance(tree, dict) else tree


def by_name(table: pd.DataFrame) -> list[list[Any]]:
    return sorted(table.astype(object).to_numpy().tolist(), key=lambda row: [str(cell) for cell in row])


def test_m5_teams_posts_lines_and_keys_in_another_order_give_the_same_results_by_name() -> None:
    tree = toy_tree({**BUSY, **TWO_TEAMS})

    one, other = wm.run(scenario_from(tree, "one"), 40), wm.run(scenario_from(turned(tree), "other"), 40)

    for table in (wm.monthly_table, wm.ledger_table, wm.annual_table, wm.caseload_spread_table):
        assert by_name(table(one)) == by_name(table(other)), table.__name__


def test_m15_the_same_assumption_written_another_allowed_way_is_the_same_scenario(tmp_path: Path) -> None:
    tree = toy_tree({**BUSY, **TWO_TEAMS})
    rate = tree["workforce"].pop("turnover_rate")
    plain = tomlkit.dumps(tree)
    fields = [f"{key} = {json.dumps(x) if isinstance(x, str) else x}" for key, x in rate.items()]
    ways = {
        "table": f"{plain}\n[workforce.turnover_rate]\n" + "\n".join(fields) + "\n",
        "inline": plain.replace("[workforce]\n", f"[workforce]\nturnover_rate = {{ {', '.join(fields)} }}\n", 1),
        "dotted": plain.replace("[workforce]\n", "[workforce]\n" + "".join(f"turnover_rate.{x}\n" for x in fields), 1),
        "whole": plain.replace("[workforce]\n", f"[workforce]\nturnover_rate = {{ {', '.join(fields)} }}\n", 1).replace("36000.0", "36000").replace("\n", "\r\n"),
    }  # fmt: skip
    expected = toy({**BUSY, **TWO_TEAMS})

    for name, text in ways.items():
        (tmp_path / f"{name}.toml").write_bytes(text.encode())
        assert wm.load_scenario(tmp_path / f"{name}.toml") == expected, name


def test_m6_an_unrelated_team_an_unrelated_doubt_and_a_new_label_leave_other_draws_unchanged() -> None:
    unrelated = {
        "workforce.teams.another": {"label": "Another"},
        "workforce.posts.another_worker": posts(5, team="another", opening_over_five_years=4),
        "caseloads.teams.another": copy.deepcopy(toy_tree()["caseloads"]["teams"]["team"]),
        "workforce.teams.team": {"label": "Renamed"},
        "costs.non_pay": stated(100.0, "GBP a year", low=0.0, high=200.0, shape="uniform"),
        "workforce.campaigns": {"ask": {
            "first_month": "2019-05", "last_month": "2020-09", "teams": ["another"], "least_months": stated(0, "months"),
            "acceptance": stated(0.5, "share a month"), "above_establishment": True, "source": "a process of the other team",
        }},
        "caseloads.surges": {"wave": {
            "team": "another", "first_month": "2019-05", "last_month": "2019-09", "multiplier": stated(2.0, "multiplier"),
            "flow_through": stated(0.5, "share"), "source": "a process of the other team",
        }},
    }  # fmt: skip
    alone, among = wm.run(busy(), 100), wm.run(busy(unrelated), 100)

    mine = among.posts.groups.index("worker")
    for name in ("permanent", "agency", "left", "started", "converted"):
        assert np.array_equal(alone.history.staff[name][:, 0], among.history.staff[name][:, mine]), name
    for name in ("held", "arrived", "closed", "at_or_over", "handed_over", "waiting"):
        assert np.array_equal(alone.history.cases[name][:, 0], among.history.cases[name][:, 1]), name
    assert alone.posts.teams == ("team",)
    assert among.posts.teams == ("another", "team")  # the team's own place has moved: it is found by its name


def test_m7_a_scenario_equal_to_its_base_differs_by_exactly_nothing() -> None:
    base = wm.load_scenario("scenarios/enfield_2019.toml")
    equal = wm.load_scenario("scenarios/do_nothing.toml")

    one, other = wm.run(base, 20), wm.run(equal, 20)

    assert same(one, other)
    assert float(np.abs(one.cost - other.cost).max()) == 0.0


CALM = {"workforce.conversion_rate": 0.0, "costs.pay_award": {"2020/21": stated(0.0, "growth a year")}}


@pytest.mark.parametrize(
    "nothing",
    [
        {"workforce.posts.extra": posts(0)},
        {"workforce.conversion_rate": 0.4, "workforce.conversion_from": "2020-09", "workforce.conversion_until": "2020-09", "periods.end": "2020-08"},
        {"workforce.campaigns": {"ask": {
            "first_month": "2019-05", "last_month": "2020-09", "teams": ["team"], "least_months": stated(0, "months"),
            "acceptance": stated(0.0, "share a month"), "above_establishment": True, "source": "s",
        }}},
        {"costs.pay_award": {}},
        {"costs.pay_award": {"2021/22": stated(0.5, "growth a year")}},
        {"workforce.moves": {}, "caseloads.surges": {}, "funding.virements": {}},
        {"funding.lines.nil": {"budget": "existing", "label": "Nil", "source": "grant", "recurrent": False, "order": 2, "amounts": {"2019/20": 0.0}, "approved_by": "a test"}},
    ],
    ids=["no new posts", "no conversion months", "nobody accepts", "no award", "no award yet", "nothing stated", "no money"],
)  # fmt: skip
def test_m8_nothing_changed_is_the_baseline_exactly(nothing: dict[str, Any]) -> None:
    end = {"periods.end": nothing.get("periods.end", "2020-09")}

    base, changed = wm.run(busy({**CALM, **end}), 60), wm.run(busy({**CALM, **end, **nothing}), 60)

    assert np.array_equal(base.cost, changed.cost)
    assert np.array_equal(base.ledger.gap, changed.ledger.gap)
    for name in ("held", "waiting", "closed", "at_or_over"):
        assert np.array_equal(base.history.cases[name], changed.history.cases[name]), name
    for name in ("permanent", "agency", "left", "started", "converted"):
        assert np.array_equal(base.history.staff[name].sum(axis=1), changed.history.staff[name].sum(axis=1)), name


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


def with_posts(number: int, runs: int = 500, **changes: Any) -> Results:
    steady = {
        "caseloads.teams.team.open_cases": 150,
        "caseloads.teams.team.arrivals": 8.0,
        "caseloads.arrivals_dispersion": 2.0,
    }
    return wm.run(
        toy({**steady, **changes, "workforce.posts.worker": posts(number, opening_over_five_years=number)}), runs
    )


@pytest.mark.parametrize("cases", range(150, 331, 20))
def test_m9_the_same_cases_shared_evenly_among_more_never_put_more_over_in_any_run(cases: int) -> None:
    """Open cases are equal in every run where none come or go: new cases and closures are drawn worker by worker."""
    still = {
        "caseloads.random_share": 0.0,
        "caseloads.teams.team.arrivals": 0.0,
        "caseloads.teams.team.open_cases": cases,
    }
    few, many = (with_posts(number, 2, **still) for number in (10, 14))

    assert np.array_equal(few.history.cases["held"], many.history.cases["held"])
    assert (many.history.cases["at_or_over"] / 14 <= few.history.cases["at_or_over"] / 10).all()


def test_m9_under_a_random_split_open_cases_and_the_share_over_are_no_higher_in_expectation() -> None:
    closing = {"caseloads.random_share": 1.0, "caseloads.teams.team.leaving_rate": 0.05}
    few, many = (with_posts(number, **closing) for number in (10, 14))

    for month in (6, 12, 24):
        held = [r.history.cases["held"][month, 0].astype(float) for r in (few, many)]
        over = [r.history.cases["at_or_over"][month, 0] / n for r, n in ((few, 10), (many, 14))]
        assert abs(held[0].mean() - held[1].mean()) <= 4.42 * np.sqrt((held[0].var() + held[1].var()) / 500)
        assert over[1].mean() <= over[0].mean()


def test_m10_doubling_the_agency_rate_doubles_agency_cost_and_moves_nothing_else() -> None:
    path = "costs.grades.social_worker.agency_rate"
    once, twice = wm.run(busy({path: 30.0}), 100), wm.run(busy({path: 60.0}), 100)

    assert once.cost[:, :, 5:8].any()
    assert np.array_equal(2 * once.cost[:, :, 5:8], twice.cost[:, :, 5:8])
    assert np.array_equal(np.delete(once.cost, np.s_[5:8], axis=2), np.delete(twice.cost, np.s_[5:8], axis=2))
    for part in ("staff", "cases"):
        for name, figure in getattr(once.history, part).items():
            assert np.array_equal(figure, getattr(twice.history, part)[name]), name


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


EVERY_PRICE = {
    "costs.grades.social_worker.agency_rate": 32.0,
    "costs.agency_basis": "umbrella",
    "costs.agency_margin": 2.5,
    "costs.non_pay": 1_500.0,
    "costs.cost_per_start": 2_956.0,
    "costs.employer_ni_threshold.2019/20": 8_632.0,
    "funding.lines.base.amounts": {"2019/20": 300_000.0, "2020/21": 310_000.0},
}
SHARES = {
    "costs.employer_ni_rate": 0.138,
    "costs.pension_rate": 0.225,
    "costs.levy_rate": 0.005,
    "costs.pay_award.2020/21": 0.02,
    "costs.agency_overlap": stated(2, "weeks"),
    "costs.increment_leavers": "newest_first",
}


def priced_times(k: float, leavers: str = "newest_first") -> Results:
    """Everything that has a price, each times k: a spine, retention, checks, induction, a fee, a reserve carried forward."""
    pounds = {
        path: {year: k * x for year, x in price.items()}
        if isinstance(price, dict)
        else price
        if isinstance(price, str)
        else k * price
        for path, price in EVERY_PRICE.items()
    }
    points = {str(point): stated(k * pay, "GBP a year") for point, pay in ((25, 33_000), (26, 34_000), (27, 35_250))}
    reserve = {"budget": "existing", "label": "Reserve", "source": "risk reserve", "recurrent": False, "order": 2, "approved_by": "a test",
               "amounts": {"2019/20": k * 60_000.0}, "carry_forward_until": "2020/21"}  # fmt: skip
    return wm.run(
        busy({
            **pounds, **SHARES, "costs.increment_leavers": leavers, "costs.spine": {"2019/20": points},
            "costs.grades.social_worker": {
                "points": ["25", "26", "27"], "agency_rate": stated(k * 32.0, "GBP an hour"), "retention": stated(k * 2_000, "GBP a year"),
            },
            "costs.checks_per_start": {"2019/20": stated(k * 44, "GBP"), "2019-10": stated(k * 40, "GBP")},
            "costs.induction_per_start": stated(k * 250, "GBP"), "costs.conversion_fee": stated(k * 4_000, "GBP"),
            "funding.lines.reserve": reserve, "funding.reserve_opening_balance": stated(k * 200_000, "GBP"),
        }), 60,
    )  # fmt: skip


@pytest.mark.parametrize("k", [2.0, 0.5, 1.37])
def test_m11_every_price_and_all_funding_times_k_make_all_money_times_k_and_move_nobody(k: float) -> None:
    once, times = priced_times(1.0), priced_times(k)

    assert once.passed
    assert times.passed
    assert all(
        once.cost[:, :, kind].any() for kind in range(once.cost.shape[2]) if kind not in (6, 8)
    )  # no PAYE, no team
    np.testing.assert_allclose(times.cost, k * once.cost, rtol=1e-12)
    for name in ("used", "gap", "unspent", "brought_forward", "returned"):
        np.testing.assert_allclose(getattr(times.ledger, name), k * getattr(once.ledger, name), rtol=1e-9, atol=1e-6)
    for name in ("permanent", "agency", "started", "converted", "left"):
        np.testing.assert_array_equal(times.history.staff[name], once.history.staff[name])
    np.testing.assert_array_equal(times.history.cases["held"], once.history.cases["held"])


def test_who_is_said_to_leave_moves_pay_only_and_the_newest_leaving_is_never_the_cheaper() -> None:
    dear, cheap = priced_times(1.0), priced_times(1.0, "longest_first")

    assert (dear.cost[:, :, 0] >= cheap.cost[:, :, 0] - 1e-9).all()
    assert dear.cost[:, :, 0].sum() > cheap.cost[:, :, 0].sum()
    np.testing.assert_array_equal(dear.cost[:, :, 5:10], cheap.cost[:, :, 5:10])
    np.testing.assert_array_equal(dear.history.staff["permanent"], cheap.history.staff["permanent"])


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


WRITES = """
import json, locale, sys, workforce_model as wm
from contextlib import suppress
from tests.test_metamorphic import busy
from workforce_model.engine.run_record import read_record
for wanted in sys.argv[2:]:
    with suppress(locale.Error):
        locale.setlocale(locale.LC_ALL, wanted)
result = wm.run(busy(), 12)
wm.charts.share_at_or_over(result, team="team")
print(json.dumps(read_record(wm.write_run(result, sys.argv[1]))["outputs"]))
"""


def test_m1_and_m18_another_process_folder_hash_seed_locale_and_time_zone_leave_every_file_unchanged(
    tmp_path: Path,
) -> None:
    here = read_record(wm.write_run(wm.run(busy(), 12), tmp_path / "here"))["outputs"]

    for seed, zone, spoken in (("1", "Asia/Tokyo", "C"), ("77", "America/New_York", "tr_TR.UTF-8")):
        said = subprocess.run(
            [sys.executable, "-c", WRITES, str(tmp_path / zone.replace("/", "_") / "run"), "C.UTF-8", spoken],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": spoken, "LANG": spoken},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert json.loads(said.stdout) == here, zone


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
