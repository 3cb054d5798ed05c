"""Prices by date: awards, thresholds, spine points, agency rates, and what a scenario may not say of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.reference_prices import THRESHOLD
from tests.toys import stated, toy
from workforce_model.basis.periods import financial_year_start
from workforce_model.basis.problems import ScenarioError
from workforce_model.inputs.doubt import draw_values
from workforce_model.inputs.scenario import Scenario, as_tree, scenario_from
from workforce_model.money.costs import Values, monthly_prices
from workforce_model.money.pay import pay_index, threshold_in


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


SPINE = {"2019/20": {"25": stated(33_000.0, "GBP a year"), "26": stated(34_000.0, "GBP a year")}}


def test_a_grade_on_the_spine_is_budgeted_at_its_top_unless_another_point_is_stated() -> None:
    pointed = {
        "costs.grades.social_worker": {"points": ["25", "26"]},
        "costs.spine": SPINE,
        "costs.increment_leavers": "newest_first",
    }
    at_25 = {**pointed, "costs.grades.social_worker": {"points": ["25", "26"], "budget_point": "25"}}

    top, bottom = (
        12 * monthly_prices(s.costs, values_of(s), "2019/20", "social_worker", 1.0)[0].sum()
        for s in (toy(pointed), toy(at_25))
    )

    assert (top, bottom) == pytest.approx((34_000, 33_000))


def test_a_later_spine_holds_from_its_own_date_and_its_award_is_not_added_again() -> None:
    later = {"2020/21": {"25": stated(33_900.0, "GBP a year"), "26": stated(34_935.0, "GBP a year")}}
    scenario = toy({
        "costs.grades.social_worker": {"points": ["25", "26"]}, "costs.spine": {**SPINE, **later}, "costs.increment_leavers": "newest_first",
        "costs.pay_award": {"2020/21": stated(0.0275, "growth a year"), "2021/22": stated(0.02, "growth a year")},
    })  # fmt: skip
    values = values_of(scenario)

    yearly = [
        12 * monthly_prices(scenario.costs, values, y, "social_worker", 1.0)[0].sum()
        for y in ("2019/20", "2020/21", "2021/22")
    ]

    assert yearly == pytest.approx([34_000, 34_935, 34_935 * 1.02])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"costs.grades.social_worker.salary": None}, "state a salary in GBP a year, or points on the spine"),
        ({"costs.grades.social_worker.points": ["25"]}, "one of the two"),
        ({"costs.grades.social_worker": {"points": ["25"]}}, "no spine is stated"),
        ({"costs.grades.social_worker": {"points": ["25", "99"]}, "costs.spine": SPINE}, "has no point 99, which grade social_worker needs"),
        ({"costs.grades.social_worker": {"points": ["26", "25"]}, "costs.spine": SPINE}, "pay must rise from point to point"),
        ({"costs.grades.social_worker": {"points": ["25", "25"]}, "costs.spine": SPINE}, "none twice"),
        ({"costs.grades.social_worker": {"points": ["25"], "budget_point": "26"}, "costs.spine": SPINE}, "a point of this grade: 25"),
        ({"costs.grades.social_worker": {"points": ["25"]}, "costs.spine": SPINE}, "say who leaves"),
        ({"costs.pay_award": {"2020/21": stated(0.0, "growth a year"), "2020-04": stated(0.0, "growth a year")}}, "begins in the same month as"),
        ({"costs.pay_award": {"2020-13": stated(0.0, "growth a year")}}, "2020-13"),
        ({"costs.commissioned_team_weeks": {"team": stated(37, "weeks")}}, "stated for a team priced in GBP a day, and for no other"),
        ({"costs.commissioned_team_price": {"team": stated(37, "weeks")}}, 'must be "GBP a month" or "GBP" or "GBP a day"'),
    ],
)  # fmt: skip
def test_prices_that_leave_a_month_without_its_price_are_refused(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        toy(changes)

    assert rule in str(refused.value)


def test_a_scenario_on_a_spine_is_written_out_and_read_back_the_same() -> None:
    scenario = toy(
        {
            "costs.grades.social_worker": {"points": ["25", "26"]},
            "costs.spine": SPINE,
            "costs.increment_leavers": "newest_first",
        }
    )

    assert scenario_from(as_tree(scenario), "again") == scenario
