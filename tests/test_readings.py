"""Three readings of what £375k means, each a scenario; and the invariants of money on every one of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import workforce_model as wm
from workforce_model.engine.blocks import approvals
from workforce_model.engine.checks import check_block
from workforce_model.engine.results import Results
from workforce_model.reading.envelope import envelopes
from workforce_model.reading.tables import ledger_table

READINGS = ("approved", "nine_months", "net_of_agency")
each = pytest.mark.parametrize("name", READINGS)


@pytest.fixture(scope="module")
def read() -> dict[str, Results]:
    return {name: wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 24) for name in READINGS}


def nine(result: Results, year: str) -> float:
    """What the nine posts have to spend in a year, virements included."""
    y, lines = list(dict.fromkeys(result.years)).index(year), result.scenario.funding.lines
    mine = [i for i, name in enumerate(result.ledger.lines) if lines[name].budget == "nine_posts"]
    return float((result.ledger.approved + result.ledger.vired)[y, mine].sum())


def test_the_three_readings_differ_in_money_and_in_nobody(read: dict[str, Results]) -> None:
    given = {name: [nine(result, year) for year in ("2019/20", "2020/21", "2022/23")] for name, result in read.items()}

    assert given == {
        "approved": [375_000.0, 375_000.0, 375_000.0],
        "nine_months": [375_000.0, 500_000.0, 500_000.0],  # 375,000 x 12 / 9
        "net_of_agency": [375_000.0, 474_247.0, 474_247.0],  # 375,000 + (474,247 - 375,000)
    }
    for result in read.values():
        np.testing.assert_array_equal(result.history.staff["permanent"], read["approved"].history.staff["permanent"])
        np.testing.assert_array_equal(result.cost, read["approved"].cost)


@pytest.mark.parametrize(("name", "gap"), [("approved", 108), ("nine_months", -17), ("net_of_agency", 9)])
def test_the_envelope_of_each_reading_holds_483000_against_its_own_money(name: str, gap: int) -> None:
    # 483,482 at 2020/21 prices against 375,000; 500,000; and 474,247, the virement included.
    nine_posts = envelopes(wm.load_scenario(f"scenarios/{name}.toml"), at="value")["nine_posts"]

    short = float(nine_posts.cost_full_year[0]) - nine_posts.approved_full_year

    assert round(short / 1_000) == gap


@each
def test_a_reading_opens_with_its_question(name: str) -> None:
    first = Path(f"scenarios/{name}.toml").read_text(encoding="utf-8").splitlines()[1]

    assert first == f"# {wm.load_scenario(f'scenarios/{name}.toml').question}"
    assert first.endswith("?")


def test_net_of_agency_moves_the_agency_budget_and_leaves_its_cost_uncovered(read: dict[str, Results]) -> None:
    result = read["net_of_agency"]
    agency = result.budgets.index("temporary_agency")
    year = np.array(result.years) == "2020/21"

    gap, cost = result.ledger.gap[year, agency].sum(axis=0), result.cost[year, agency].sum(axis=(0, 1))

    np.testing.assert_allclose(gap, cost, atol=0.005)


# I7, I9, I10, I13 on each reading, and each of them seen to fail ------------------------------------


@each
def test_every_check_passes_on_every_reading(read: dict[str, Results], name: str) -> None:
    assert read[name].passed
    assert {c.name for c in read[name].checks} >= {
        "I7 pounds",
        "I7 approvals",
        "I7 virements",
        "I7 reserve",
        "I10 funding",
    }


def checked(result: Results, **ledger: np.ndarray) -> dict[str, str]:
    changed = replace(result.ledger, **ledger)
    found = check_block(result.scenario, result.posts, result.history, result.cost, changed)
    return {check.name: check.status for check in found}


def test_i7_a_penny_of_funding_that_is_not_there_is_found(read: dict[str, Results]) -> None:
    result = read["approved"]
    used = result.ledger.used.copy()
    used[20, 0, 3] -= 0.01

    status = checked(result, used=used)

    assert status["I7 pounds"] == "failed"
    assert status["I7 approvals"] == "failed"


def test_i7_a_virement_with_one_side_is_found(read: dict[str, Results]) -> None:
    result = read["net_of_agency"]
    vired = np.maximum(result.ledger.vired, 0)

    assert checked(result)["I7 virements"] == "passed"
    assert checked(result, vired=vired)["I7 virements"] == "failed"


def test_i7_a_reserve_that_does_not_roll_or_falls_below_nought_is_found(read: dict[str, Results]) -> None:
    stated = read["approved"].scenario
    balance = {"value": 375_000, "unit": "GBP", "source": "a test", "date": stated.seen_from, "confidence": "low"}
    scenario = stated.replace({"funding.reserve_opening_balance": balance})
    result = replace(read["approved"], scenario=scenario)
    reserve = result.ledger.lines.index("reserve_2019")
    used, unspent = result.ledger.used.copy(), result.ledger.unspent.copy()
    used[10, reserve, 0] -= 500_000

    assert checked(result)["I7 reserve"] == "passed"
    assert checked(result, used=used)["I7 reserve"] == "failed"
    assert checked(result, unspent=unspent + 1.0)["I7 reserve"] == "failed"


def test_i10_a_pound_carried_forward_and_also_spent_is_found(read: dict[str, Results]) -> None:
    result = read["approved"]
    reserve = result.ledger.lines.index("reserve_2019")
    used = result.ledger.used.copy()
    used[30, reserve] -= 375_000.0

    assert checked(result)["I10 funding"] == "passed"
    assert checked(result, used=used)["I10 funding"] == "failed"


@each
def test_i9_lines_add_up_to_cost_budgets_to_the_council_and_months_to_the_year(
    read: dict[str, Results], name: str
) -> None:
    table = ledger_table(read[name])
    result, year = read[name], "2020/21"
    of_year = table[table["period"] == year]
    months = [str(when) for when in result.months if str(when) >= "2020-04" and str(when) <= "2021-03"]

    kinds = of_year[of_year["entry"] == "cost"].groupby("budget")["mean"].sum()
    totals = of_year[of_year["entry"] == "total cost"].set_index("budget")["mean"]
    by_month = table[table["period"].isin(months) & (table["entry"] == "total cost")].groupby("budget")["mean"].sum()
    council = result.cost[np.array(result.years) == year].sum(axis=(0, 1, 2)).mean()

    assert np.abs(kinds - totals).max() < 0.005
    assert np.abs(by_month - totals).max() < 0.005
    assert totals.sum() == pytest.approx(council, abs=0.005)


@each
def test_in_every_run_and_year_sources_equal_uses_to_half_a_penny(read: dict[str, Results], name: str) -> None:
    result = read[name]
    ledger = result.ledger
    for y, year in enumerate(dict.fromkeys(result.years)):
        months = np.array(result.years) == year

        sources = (
            (ledger.approved + ledger.vired)[y].sum()
            + ledger.brought_forward[y].sum(axis=0)
            + ledger.gap[months].sum(axis=(0, 1))
        )
        uses = (
            result.cost[months].sum(axis=(0, 1, 2))
            + ledger.carried_forward[y].sum(axis=0)
            + ledger.returned[y].sum(axis=0)
        )

        assert np.abs(sources - uses).max() < 0.005


# A budget at cost, less the vacancy factor; codes ---------------------------------------------------


def test_a_vacancy_factor_of_four_per_cent_takes_it_off_a_budget_that_stands_at_cost() -> None:
    scenario = wm.load_scenario("scenarios/do_nothing.toml")
    line = {k: v for k, v in vars(scenario.funding.lines["existing_base"]).items() if v not in (None, {})}

    whole, less = (
        approvals(s)["existing_base"]
        for s in (scenario, scenario.replace({"funding.lines.existing_base": {**line, "vacancy_factor": 0.04}}))
    )

    np.testing.assert_allclose(less, 0.96 * whole, rtol=1e-12)


def test_ledger_lines_carry_the_cost_centre_and_code_the_council_gives() -> None:
    scenario = wm.load_scenario("scenarios/approved.toml")
    line = {k: v for k, v in vars(scenario.funding.lines["reserve_2019"]).items() if v is not None}
    coded = scenario.replace({
        "funding.budgets.nine_posts": {"label": "The nine posts", "cost_centre": "CS101"}, "costs.subjective_codes": {"basic pay": "0110"},
        "funding.lines.reserve_2019": {**line, "cost_centre": "RSV01", "subjective_code": "9100"},
    })  # fmt: skip

    table = (
        ledger_table(wm.run(coded, 2, doubt=False))
        .query("period == '2020/21' and budget == 'nine_posts'")
        .set_index("line")
    )

    assert table.loc["basic pay", ["cost_centre", "subjective_code"]].tolist() == ["CS101", "0110"]
    assert table.loc["recruitment", ["cost_centre", "subjective_code"]].tolist() == ["CS101", "to obtain"]
    reserve = table.loc[["reserve_2019"]]
    assert set(zip(reserve["cost_centre"], reserve["subjective_code"], strict=True)) == {("RSV01", "9100")}
    assert set(table.loc[["growth_2020"], "cost_centre"]) == {"CS101"}
