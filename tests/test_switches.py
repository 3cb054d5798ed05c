"""Each mechanism of the month has a switch that removes it exactly: off, every figure is the bits it is without it; on, it moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import workforce_model as wm
from tests.test_metamorphic import busy, figures
from tests.toys import posts, stated
from workforce_model.engine.results import Results

RUNS = 60
SPREAD, TIMES = "standard deviation of the logarithm", "multiplier"
WORKERS = {"opening_under_five_years": 6, "opening_over_five_years": 3, "opening_agency": 2, "covered_by_agency": True}
EVEN_SEASON = dict.fromkeys(
    ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
    stated(1.0, TIMES),
)  # fmt: skip
TWO_TEAMS = {
    "workforce.teams.other": {"label": "Other"},
    "workforce.posts.other": posts(4, team="other", opening_over_five_years=2),
    "caseloads.teams.other": {"open_cases": stated(40, "cases"), "arrivals": stated(3.0, "cases a month"), "leaving_rate": stated(0.1, "share a month")},
}  # fmt: skip
ABOVE = {"workforce.agency.extra": {
    "kind": "additional", "team": "team", "role": "Agency", "grade": "social_worker", "number": stated(3, "posts"), "budget": "existing",
    "first_month": "2019-03", "last_month": "2020-09", "source": "a test",
}, "workforce.posts.new": posts(3, created="2019-07", displaces_agency=True)}  # fmt: skip


def absence(sickness: float, parental: float) -> dict[str, Any]:
    return {
        "sickness_share": stated(sickness, "share"), "sickness_months": stated(2, "months"), "parental_rate": stated(parental, "share"),
        "parental_months": stated(9, "months"), "covered": stated(0.5, "share"),
    }  # fmt: skip


def campaign(acceptance: float) -> dict[str, Any]:
    return {"ask": {
        "first_month": "2019-05", "last_month": "2020-09", "teams": ["team"], "least_months": stated(0, "months"),
        "acceptance": stated(acceptance, "share a month"), "above_establishment": True, "source": "a test",
    }}  # fmt: skip


def move(rate: float) -> dict[str, Any]:
    return {
        "across": {"from_team": "team", "to_team": "other", "rate": stated(rate, "share a month"), "source": "a test"}
    }


def surge(multiplier: float) -> dict[str, Any]:
    return {"wave": {
        "team": "team", "first_month": "2019-06", "last_month": "2019-09", "multiplier": stated(multiplier, TIMES),
        "flow_through": stated(0.5, "share"), "source": "a test",
    }}  # fmt: skip


def step_down(ended: float) -> dict[str, Any]:
    return {"ended_plans": stated(ended, "share"), "closed_early": stated(0.5, "share"), "kept_months": 3, "from_month": "2019-06"}  # fmt: skip


NOBODY_NEW = {"workforce.newly_qualified_share": 0.0}
"""A newly qualified starter settles before the caseload is protected: without one, settling stands alone."""

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "national swing": ({}, {"workforce.national_swing": stated(0.0, SPREAD)}, {"workforce.national_swing": stated(0.3, SPREAD)}),
    "team effect": ({}, {"workforce.teams.team.leaving_multiplier": stated(1.0, TIMES)}, {"workforce.teams.team.leaving_multiplier": stated(1.5, TIMES)}),
    "caseload effect": ({}, {"workforce.caseload_effect": stated(0.0, "change in the logarithm")}, {"workforce.caseload_effect": stated(0.1, "change in the logarithm")}),
    "agency-share effect": (
        {}, {"workforce.agency_share_effect": stated(0.0, "change in the logarithm")}, {"workforce.agency_share_effect": stated(5.0, "change in the logarithm")},
    ),
    "retention payment": (
        {}, {"workforce.posts.worker": posts(12, retention_payment=True, **WORKERS), "workforce.retention_effect": stated(1.0, TIMES)},
        {"workforce.posts.worker": posts(12, retention_payment=True, **WORKERS), "workforce.retention_effect": stated(0.3, TIMES)},
    ),
    "absence": ({}, {"workforce.absence": absence(0.0, 0.0)}, {"workforce.absence": absence(0.1, 0.1)}),
    "sickness": ({"workforce.absence": absence(0.0, 0.1)}, {"workforce.absence": absence(0.0, 0.1)}, {"workforce.absence": absence(0.1, 0.1)}),
    "market limit": ({}, {"workforce.market_limit": stated(100, "posts")}, {"workforce.market_limit": stated(1, "posts")}),
    "cover limit": ({}, {"workforce.cover_limit": stated(100, "posts")}, {"workforce.cover_limit": stated(1, "posts")}),
    "notice": ({}, {"workforce.agency_notice_months": stated(0, "months")}, {"workforce.agency_notice_months": stated(2, "months")}),
    "campaign": ({}, {"workforce.campaigns": campaign(0.0)}, {"workforce.campaigns": campaign(0.5)}),
    "conversion months": (
        {"workforce.conversion_rate": 0.0}, {"workforce.conversion_rate": 0.4, "workforce.conversion_from": "2020-10", "workforce.conversion_until": "2020-12"},
        {"workforce.conversion_rate": 0.4},
    ),
    "moves": (TWO_TEAMS, {"workforce.moves": move(0.0)}, {"workforce.moves": move(0.3)}),
    "over establishment": (
        {}, {"workforce.posts.worker": posts(12, over_establishment=0, **WORKERS)}, {"workforce.posts.worker": posts(12, over_establishment=3, **{**WORKERS, "opening_agency": 0, "opening_over_five_years": 9})},
    ),
    "displacement": (ABOVE, {"workforce.agency_displacement": 0.0}, {"workforce.agency_displacement": 1.0}),
    "season": ({}, {"caseloads.season": EVEN_SEASON}, {"caseloads.season": {**EVEN_SEASON, "may": stated(1.5, TIMES), "june": stated(0.5, TIMES)}}),
    "surge": ({}, {"caseloads.surges": surge(1.0)}, {"caseloads.surges": surge(1.5)}),
    "passing on": (TWO_TEAMS, {"caseloads.teams.team.passes_on": {"other": stated(0.0, "share")}}, {"caseloads.teams.team.passes_on": {"other": stated(0.3, "share")}}),
    "step-down": ({}, {"caseloads.teams.team.step_down": step_down(0.0)}, {"caseloads.teams.team.step_down": step_down(0.8)}),
    "greatest caseload": ({}, {"caseloads.most_cases": 10_000}, {"caseloads.most_cases": 12}),
    "settling in": (
        {**NOBODY_NEW, "caseloads.settling_months": 0}, {"caseloads.settling_months": 3, "caseloads.settling_share": 1.0}, {"caseloads.settling_months": 3},
    ),
    "ramp": (
        {**NOBODY_NEW, "caseloads.settling_months": 0},
        {"caseloads.settling_months": 3, "caseloads.settling_share": 1.0, "caseloads.settling": "ramp"},
        {"caseloads.settling_months": 3, "caseloads.settling": "ramp"},
    ),
    "protected caseload": (
        {"caseloads.newly_qualified_months": 0}, {"caseloads.newly_qualified_months": 12, "caseloads.newly_qualified_share": 1.0},
        {"caseloads.newly_qualified_months": 12},
    ),
    "newly qualified": (
        {"caseloads.newly_qualified_share": 1.0}, {"caseloads.newly_qualified_share": 0.7, "workforce.newly_qualified_share": 0.0},
        {"caseloads.newly_qualified_share": 0.7},
    ),
    "fee-free service": ({}, {"workforce.fee_free_months": stated(0, "months"), "costs.conversion_fee": stated(0, "GBP")}, {"costs.conversion_fee": stated(4_000, "GBP")}),
}  # fmt: skip
"""By mechanism: the scenario without it, what states it and switches it off, and what switches it on."""
ASIDE = ("staff converted_in_fee_period",)
"""Counts of a mechanism's own, which say nothing of anybody else."""


def played(changes: dict[str, Any]) -> Results:
    result = wm.run(busy(changes), RUNS)
    assert result.passed, [check for check in result.checks if check.status == "failed"]
    return result


def differing(one: Results, other: Results) -> list[str]:
    a, b = figures(one), figures(other)
    return [name for name in a if name not in ASIDE and not np.array_equal(a[name], b[name])]


@pytest.mark.parametrize("mechanism", CASES)
def test_a_mechanism_switched_off_leaves_every_bit_as_it_is_without_it_and_switched_on_moves_some(
    mechanism: str,
) -> None:
    base, off, on = CASES[mechanism]

    without = played(base)

    assert differing(without, played({**base, **off})) == []
    assert differing(without, played({**base, **on})) != []


@pytest.mark.parametrize(
    ("path", "nil"),
    [
        ("workforce.year_shock", 0.0),
        ("workforce.turnover_rate", 0.0),
        ("workforce.filling_probability", 0.0),
        ("workforce.conversion_rate", 0.0),
        ("workforce.cover_probability", 0.0),
        ("workforce.agency_leaving_rate", 0.0),
        ("caseloads.teams.team.arrivals", 0.0),
        ("caseloads.teams.team.leaving_rate", 0.0),
    ],
)
def test_a_rate_of_nought_is_never_and_is_the_same_from_every_seed(path: str, nil: float) -> None:
    own = {
        "workforce.turnover_rate": "left", "workforce.filling_probability": "started", "workforce.conversion_rate": "converted",
        "workforce.cover_probability": "agency_started", "workforce.agency_leaving_rate": "agency_left",
        "caseloads.teams.team.arrivals": "arrived", "caseloads.teams.team.leaving_rate": "closed",
    }  # fmt: skip
    result = wm.run(busy({path: stated(nil, _unit(path))}), RUNS)

    found = {**result.history.staff, **result.history.cases}
    if path in own:
        assert (found[own[path]][1:] == 0).all()
    else:  # a shock of nought is the same chance of leaving in every year: nobody is told apart by the place
        elsewhere = wm.run(busy({path: nil, "place": "Elsewhere"}), RUNS)
        assert differing(result, elsewhere) == []
        assert differing(wm.run(busy(), RUNS), wm.run(busy({"place": "Elsewhere"}), RUNS)) != []


def _unit(path: str) -> str:
    table: Any = {"workforce.turnover_rate": "leavers a year over in post", "caseloads.teams.team.arrivals": "cases a month", "workforce.year_shock": SPREAD}  # fmt: skip
    return str(table.get(path, "share a month"))


def test_the_town_that_switches_are_tried_on_is_busy() -> None:
    held = figures(played({}))

    for name in ("staff left", "staff started", "staff converted", "staff agency_started", "staff agency_left", "cases arrived",
                 "cases closed", "cases handed_over", "cases at_or_over", "cost", "gap"):  # fmt: skip
        assert held[name].any(), name
