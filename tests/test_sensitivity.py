"""The tornado's bars and the model's Sobol shares, where both are known."""

from __future__ import annotations

import pytest

import workforce_model as wm
from tests.toys import stated, toy
from workforce_model.reading.outcomes import Outcome

COST = Outcome("net_cost_gbp", year="2019/20")
PRICES = {
    "costs.non_pay": stated(1_000.0, "GBP a year", low=500.0, high=2_000.0, shape="triangular"),
    "costs.levy_rate": stated(0.005, "share of salary", low=0.0, high=0.02, shape="uniform"),
}


def test_bars_on_a_linear_model_are_coefficient_times_range() -> None:
    bars = wm.tornado(toy(PRICES), COST, runs=2).set_index("assumption")

    # Ten posts at £36,000: the coefficient of non-pay is 10 posts, that of the levy £360,000.
    assert bars.loc["costs.non_pay", ["at_low", "at_high", "swing"]].tolist() == pytest.approx([-5_000, 10_000, 15_000])
    assert bars.loc["costs.levy_rate", ["at_low", "at_high", "swing"]].tolist() == pytest.approx([-1_800, 5_400, 7_200])
    assert bars.index.tolist() == ["costs.non_pay", "costs.levy_rate"]
    assert bars["error_low"].tolist() == [0.0, 0.0]


def test_shares_of_two_prices_that_add_up_are_their_variances() -> None:
    prices = {
        "costs.non_pay": stated(1_000.0, "GBP a year", low=0.0, high=2_000.0, shape="uniform"),
        "costs.levy_rate": stated(0.05, "share of salary", low=0.0, high=0.1, shape="uniform"),
    }

    shares = wm.sobol(toy(prices), COST, points=256).set_index("factor")

    # Ranges of £20,000 and £36,000: variances as 20 squared to 36 squared; nothing is left to luck.
    expected = 20**2 / (20**2 + 36**2)
    assert shares.loc["costs.non_pay", "total"] == pytest.approx(expected, abs=0.03)
    assert shares.loc["costs.levy_rate", "total"] == pytest.approx(1 - expected, abs=0.03)
    assert shares.loc["luck", "total"] == pytest.approx(0, abs=1e-9)


def test_luck_has_all_the_shares_where_a_range_does_nothing() -> None:
    scenario = toy({
        **PRICES, "workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2,
    })  # fmt: skip

    shares = wm.sobol(scenario, "leavers_fte", ["costs.non_pay"], points=256).set_index("factor")

    assert shares.loc["luck", "total"] == pytest.approx(1, abs=0.15)
    assert shares.loc["costs.non_pay", "total"] == 0
    assert shares.loc["all other assumptions", "total"] == 0


def test_an_assumption_that_is_unknown_or_has_no_range_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"costs\.non_pey; did you mean costs\.non_pay\?; costs\.pension_rate has no range"
    ):
        wm.tornado(toy(PRICES), COST, ["costs.non_pey", "costs.pension_rate"])


def test_too_few_points_nothing_uncertain_and_a_figure_that_is_not_defined_are_refused() -> None:
    with pytest.raises(ValueError, match="points = 8: expected a whole number, at least 16"):
        wm.sobol(toy(PRICES), COST, ["costs.non_pay"], points=8)
    with pytest.raises(ValueError, match="toy: no assumption carries a range"):
        wm.sobol(toy(), COST, [], points=16)


def test_an_assumption_of_the_duties_has_a_share_of_its_own_and_it_is_nothing() -> None:
    scenario = wm.what_if(wm.load_scenario("scenarios/approved.toml"), until="2020-03")

    shares = wm.sobol(scenario, COST, ["duties.work.lead_audits.hours_each"], points=16).set_index("factor")

    assert shares.loc["duties.work.lead_audits.hours_each", "total"] == 0.0
