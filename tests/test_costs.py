"""Prices by date: awards, thresholds, spine points, agency rates, and what a scenario may not say of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reference_prices import THRESHOLD
from tests.toys import stated, toy
from workforce_model.costs import Values, monthly_prices
from workforce_model.doubt import draw_values
from workforce_model.pay import pay_index, threshold_in
from workforce_model.periods import financial_year_start
from workforce_model.problems import ScenarioError
from workforce_model.scenario import Scenario


def values_of(scenario: Scenario) -> Values:
    """Every assumption at its value, in one draw."""
    return draw_values(scenario, 0, doubt=False)


def test_pay_moves_with_each_award_after_the_price_base_and_back_before_it() -> None:
    # Base 2019/20: 2020/21 is 1.02, 2021/22 is 1.02 x 1.03 = 1.0506; 2018/19 is 1 / 1.05, before 2019/20's own award.
    awards = {"2019/20": 0.05, "2020/21": 0.02, "2021/22": 0.03}
    scenario = toy({"costs.pay_award": {year: stated(award, "growth a year") for year, award in awards.items()}})
    values, base = values_of(scenario), financial_year_start("2019/20")

    index = {
        year: float(np.squeeze(pay_index(scenario.costs.pay_award, values, base, financial_year_start(year))))
        for year in ("2017/18", "2018/19", "2019/20", "2020/21", "2021/22")
    }

    assert index == pytest.approx(
        {"2017/18": 1 / 1.05, "2018/19": 1 / 1.05, "2019/20": 1.0, "2020/21": 1.02, "2021/22": 1.0506}, rel=1e-14
    )


def test_the_threshold_is_the_latest_stated_and_the_first_before_that() -> None:
    scenario = toy({"costs.employer_ni_threshold": {year: stated(x, "GBP a year") for year, x in THRESHOLD.items()}})
    values = values_of(scenario)

    limits = [
        float(threshold_in(scenario.costs.employer_ni_threshold, values, financial_year_start(year))[0])
        for year in ("2018/19", "2019/20", "2020/21", "2022/23")
    ]

    assert limits == [8_632, 8_632, 8_788, 8_788]


def test_a_month_of_the_section_5_social_worker_is_a_twelfth_of_the_year() -> None:
    # Central, 2019/20: 51,889.22 a year. 2020/21 at 2%: 38,459.10 of pay, so 38,459.10 x 1.368 - 0.138 x 8,788 + 1,500.
    scenario = toy({
        "costs.grades.social_worker.salary": 37_705.0, "costs.employer_ni_rate": 0.138, "costs.pension_rate": 0.225,
        "costs.levy_rate": 0.005, "costs.non_pay": 1_500.0, "costs.pay_award.2020/21": 0.02,
        "costs.employer_ni_threshold": {year: stated(x, "GBP a year") for year, x in THRESHOLD.items()},
    })  # fmt: skip
    values = values_of(scenario)

    yearly = [12 * monthly_prices(scenario.costs, values, year, "social_worker", 1.0)[0].sum() for year in THRESHOLD]

    assert yearly == pytest.approx([51_889.22, 38_459.10 * 1.368 - 0.138 * 8_788 + 1_500], abs=0.01)


def test_a_part_time_agency_worker_on_paye_keeps_the_whole_threshold() -> None:
    # Half time is 18 hours: 18 x 30 x 1.1207 = 605.178 a week, NI 13.8% x (605.178 - 166) = 60.606564 a week.
    # A month: 60.606564 x 47 / 12 = 237.375709. Nothing else is on: pension 3% x (605.178 - 118) = 14.61534 a week.
    scenario = toy({"costs.agency_basis": "paye", "costs.employer_ni_rate": 0.138})
    values = values_of(scenario)

    _, agency = monthly_prices(scenario.costs, values, "2019/20", "social_worker", 0.5)

    assert agency is not None
    holiday = 18 * 30 * 0.1207
    np.testing.assert_allclose(agency[:, 0] * 12 / 47, [540.0, holiday + 60.606564 + 14.61534, 0.0], rtol=1e-9)


def test_a_grade_without_an_agency_rate_has_no_agency_price() -> None:
    scenario = toy({"costs.grades.social_worker.agency_rate": None})

    permanent, agency = monthly_prices(scenario.costs, values_of(scenario), "2019/20", "social_worker", 1.0)

    assert permanent.sum() == 3_000.0
    assert agency is None


def test_prices_that_contradict_one_another_are_refused_when_the_scenario_is_made() -> None:
    changes = {"costs.agency_margin": 40.0, "costs.agency_hours": 0.0, "costs.subjective_codes": {"salaries": "A100"}}

    with pytest.raises(ScenarioError) as refused:
        toy(changes)

    assert "costs.grades.social_worker.agency_rate" in str(refused.value)
    assert "a charge holds the margin, up to 40 an hour" in str(refused.value)
    assert "costs.agency_hours" in str(refused.value)
    assert "costs.subjective_codes.salaries" in str(refused.value)
