"""Present value and payback against closed forms, numpy-financial, and the assurance oracles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workforce_model as wm
from tests.toys import toy
from workforce_model.accounts.appraisal import (
    appraise,
    conversion_payback_months,
    discounted_payback_years,
    most_repayable,
    payback_years,
    present_value,
    with_optimism_bias,
    years_to_repay,
)
from workforce_model.engine.results import Results
from workforce_model.reading.measures import measured

MONTHLY = 1 - 0.85 ** (1 / 12)
"""Chance of leaving in a month that is 15% a year: 0.0134519."""


def test_100000_for_three_years_is_worth_289969_43() -> None:
    # Assurance O8: 100,000 + 96,618.36 + 93,351.07.
    assert present_value([100_000] * 3, prices="real") == pytest.approx(289_969.43, abs=0.005)


flows = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@given(flows, st.floats(-0.02, 0.2))
@settings(derandomize=True, deadline=None)
def test_present_value_agrees_with_numpy_financial(amounts: list[float], rate: float) -> None:
    expected = npf.npv(rate, amounts)  # it leaves the first flow undiscounted too

    assert present_value(amounts, prices="real", rate=rate) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(flows, st.floats(0.0, 0.1))
@settings(derandomize=True, deadline=None)
def test_cash_flows_at_a_cash_rate_are_worth_what_real_flows_are_at_the_real_rate(
    amounts: list[float], inflation: float
) -> None:
    cash = [x * (1 + inflation) ** year for year, x in enumerate(amounts)]

    worth = present_value(cash, prices="cash", inflation=inflation)

    assert worth == pytest.approx(present_value(amounts, prices="real"), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("prices", "inflation"), [("real", 0.02), ("cash", None), ("nominal", 0.02)], ids=["twice", "without", "unknown"]
)
def test_real_and_cash_are_never_mixed_up_in_silence(prices: Any, inflation: float | None) -> None:
    with pytest.raises(ValueError, match="expected real without inflation, or cash with"):
        present_value([1.0], prices=prices, inflation=inflation)


def test_a_conversion_at_1000_a_month_repays_10500_in_twelve_months_and_never_more_than_74338_68() -> None:
    # Assurance O9: 1,000 x (1 - 0.85) / 0.0134519 = 11,150.80 after twelve months, 10,287 after eleven.
    months = conversion_payback_months(10_500, 1_000, MONTHLY)

    assert months == 12
    assert most_repayable(1_000, MONTHLY) == 74_338.68
    assert conversion_payback_months(74_338.67, 1_000, MONTHLY) is not None
    assert conversion_payback_months(74_338.69, 1_000, MONTHLY) is None


@given(st.floats(1.0, 60_000.0), st.floats(100.0, 2_000.0), st.floats(0.001, 0.2))
@settings(derandomize=True, deadline=None)
def test_the_month_of_payback_is_the_first_in_which_the_saving_added_up_covers_the_cost(
    cost: float, saving: float, leaving: float
) -> None:
    # A second route: add each month's expected saving, s(1 - p)^(t - 1), until it covers the cost.
    added, months = 0.0, 0
    while added < cost and months < 5_000:
        added += saving * (1 - leaving) ** months
        months += 1

    found = conversion_payback_months(cost, saving, leaving)

    if abs(added - cost) > 1e-6 * cost:
        assert found == (months if added >= cost else None)


def test_a_conversion_that_saves_nothing_is_never_repaid_and_one_that_costs_nothing_is_at_once() -> None:
    assert conversion_payback_months(10_500, 0, MONTHLY) is None
    assert conversion_payback_months(10_500, -20, MONTHLY) is None
    assert conversion_payback_months(0, -20, MONTHLY) == 0
    assert conversion_payback_months(10_500, 1_000, 0.0) == 11


@pytest.mark.parametrize(
    ("one_off", "saving", "years"), [(150_000, 100_000, 1.5), (0, 10, 0.0), (100, 0, None), (100, -5, None)]
)
def test_payback_is_cost_over_saving_and_none_where_nothing_is_saved(
    one_off: float, saving: float, years: float | None
) -> None:
    assert payback_years(one_off, saving) == years


def test_discounted_payback_is_later_than_payback() -> None:
    # 150,000 less 100,000 in the first year; 50,000 / 96,618.36 = 0.5175 of the second.
    assert discounted_payback_years(150_000, [100_000] * 3) == pytest.approx(1 + 50_000 / (100_000 / 1.035))
    assert discounted_payback_years(300_000, [100_000] * 3) is None
    assert discounted_payback_years(100_000, [100_000, 0]) == 1.0
    assert discounted_payback_years(0, [-5.0]) == 0.0
    assert discounted_payback_years(100, [-50.0, 200.0]) == pytest.approx(1 + 150 / (200 / 1.035))


def test_years_to_repay_is_when_the_running_total_comes_back_to_nothing() -> None:
    assert years_to_repay([60_000, -40_000, -40_000]) == 2.5
    assert years_to_repay([60_000, -40_000]) is None
    assert years_to_repay([10.0, 20.0]) is None
    assert years_to_repay([0.0, 0.0]) is None


def test_what_a_later_cost_outruns_has_paid_nothing_back() -> None:
    # 40 saved, then 60 spent, then 10 saved: 10 is still out at the end. With 30 saved at last it is back after 2 2/3 years.
    assert years_to_repay([-40.0, 60.0, -10.0]) is None
    assert years_to_repay([-40.0, 60.0, -30.0]) == pytest.approx(2 + 20 / 30)
    assert years_to_repay([-40.0, 30.0, -10.0]) == 0.0
    assert discounted_payback_years(100.0, [150.0, -100.0, 20.0], rate=0.0) is None


@pytest.mark.parametrize(
    ("grade", "cost", "benefit"), [(1, 100, 100), (2, 105, 95), (3, 110, 90), (4, 115, 85), (5, 125, 75), (6, 140, 60)]
)
def test_optimism_bias_adds_to_costs_and_takes_from_benefits(grade: int, cost: float, benefit: float) -> None:
    assert with_optimism_bias(100.0, 100.0, grade) == pytest.approx((cost, benefit))


def test_an_unknown_grade_of_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="a grade from 1"):
        with_optimism_bias(1.0, 1.0, 7)


@pytest.fixture(scope="module")
def pair() -> list[Results]:
    return [wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 60) for name in ("do_nothing", "approved")]


def test_an_option_is_appraised_by_its_difference_from_the_baseline_in_each_run(pair: list[Results]) -> None:
    base, option = pair
    table = appraise(base, option, inflation=0.02, team="family_support").set_index(["measure", "period"])["value"]
    net = []
    for year in ("2019/20", "2020/21", "2021/22", "2022/23"):
        months = np.array(option.years) == year
        net.append(option.cost[months].sum(axis=(0, 1, 2)) - base.cost[months].sum(axis=(0, 1, 2)))

    worth = npf.npv(1.035 * 1.02 - 1, [x.mean() for x in net])

    assert table["net cost", "2020/21"] == pytest.approx(net[1].mean())
    assert table["present value of net cost, real", "2019/20 to 2022/23"] == pytest.approx(worth)
    assert table["payback", "2019/20 to 2022/23"] == "none"


def test_what_a_case_holding_worker_and_a_point_cost_are_ratios_of_means(pair: list[Results]) -> None:
    base, option = pair
    months = np.flatnonzero(np.array(option.years) == "2021/22")
    cost = option.cost[months].sum(axis=(0, 1, 2)).mean() - base.cost[months].sum(axis=(0, 1, 2)).mean()
    holders = (option.history.holder_fte - base.history.holder_fte)[months + 1].sum(axis=1).mean()

    table = appraise(base, option, inflation=0.02).set_index(["measure", "period"])
    point = "net cost per percentage point of workers brought below 21"
    over = -(measured(option, "share_at_or_over") - measured(base, "share_at_or_over"))[months + 1].mean(axis=0)

    assert table.loc[("net cost per case-holding FTE added", "2021/22"), "value"] == pytest.approx(cost / holders)
    assert table.loc[(point, "2021/22"), "value"] == pytest.approx(cost / (100 * over.mean()))
    assert (table.loc["net cost per case-holding FTE added", "mc_error"] > 0).all()


def test_optimism_bias_is_added_to_what_a_budget_spends_more_and_taken_from_what_it_spends_less(
    pair: list[Results],
) -> None:
    # Grade 5 is 25%: the nine posts' cost times 1.25, the fall in temporary agency times 0.75.
    option = pair[1]
    months = np.array(option.years) == "2022/23"
    nine = option.cost[months, option.budgets.index("nine_posts")].sum(axis=(0, 1))
    agency = [r.cost[months, r.budgets.index("temporary_agency")].sum(axis=(0, 1)) for r in pair]

    plain, cautious = (
        appraise(*pair, inflation=0.02, evidence=grade).set_index(["measure", "period"])["value"] for grade in (None, 5)
    )

    assert plain["net cost", "2022/23"] == pytest.approx((nine + agency[1] - agency[0]).mean())
    assert cautious["net cost", "2022/23"] == pytest.approx((1.25 * nine + 0.75 * (agency[1] - agency[0])).mean())


def test_optimism_bias_makes_no_cost_out_of_luck() -> None:
    # One budget, more in some runs and less in others: at 40% the mean is 1.4 or 0.6 times what it was, whatever the luck.
    lucky = toy({"workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2})
    changes = {"name": "other", "workforce.turnover_rate": 0.4, "workforce.filling_probability": 0.26}
    base, other = (wm.run(one, 60, doubt=False) for one in (lucky, lucky.replace(changes)))
    change = other.cost[:12].sum(axis=(0, 1, 2)) - base.cost[:12].sum(axis=(0, 1, 2))
    assert change.min() < 0 < change.max()

    plain, cautious = (
        appraise(base, other, inflation=0.02, evidence=grade).set_index(["measure", "period"])["value"]
        for grade in (1, 6)
    )

    for year in ("2019/20", "2020/21"):
        assert cautious["net cost", year] / plain["net cost", year] == pytest.approx(
            1.4 if plain["net cost", year] > 0 else 0.6
        )


def test_runs_that_do_not_share_their_luck_are_not_compared(pair: list[Results]) -> None:
    other = wm.run(pair[1].scenario, 60, seed=1)

    with pytest.raises(ValueError, match="do_nothing and approved differ in seed = 20190612 and 1: run them alike"):
        appraise(pair[0], other, inflation=0.02)


def test_the_same_scenario_twice_costs_nothing_more_and_buys_nothing(pair: list[Results]) -> None:
    table = appraise(pair[0], pair[0], inflation=0.02)

    assert set(table["value"]) == {0.0, "none"}


def test_a_payback_that_chance_alone_could_explain_is_none_and_one_that_it_could_not_is_told() -> None:
    lucky = toy({"workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2, "costs.non_pay": 500.0})
    base, other, cheaper = (wm.run(lucky.replace({"name": n, **c}), 30, doubt=False) for n, c in (
        ("base", {}), ("other", {"workforce.turnover_rate": 0.303}), ("cheaper", {"costs.non_pay": 400.0}),
    ))  # fmt: skip

    def told(option: Results) -> tuple[bool, object]:
        table = appraise(base, option, inflation=0.02).set_index("measure")
        net = table.loc["present value of net cost, real"]
        return bool(net["value"] < 0), table.loc["payback", "value"]

    assert told(other) == (True, "none")
    assert told(cheaper) == (True, 0.0)


@pytest.mark.parametrize("inflation", [2, -0.95, math.nan])
def test_inflation_of_two_for_two_per_cent_is_refused(inflation: float) -> None:
    with pytest.raises(ValueError, match="inflation = "):
        present_value([1.0, 2.0], prices="cash", inflation=inflation)
