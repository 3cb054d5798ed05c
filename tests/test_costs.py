"""The price of a post, of an agency worker and of a month, against the published tables and sums by hand."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.toys import stated, toy
from workforce_model.agency import AGENCY_KINDS, agency_charge_by_part, break_even_rate
from workforce_model.costs import KINDS, Values, monthly_prices
from workforce_model.doubt import draw_values
from workforce_model.funding import Budget, Funding, FundingLine, fund
from workforce_model.monthly_bill import People, by_budget, price
from workforce_model.pay import PAY_KINDS, pay_index, post_cost, post_cost_by_kind, threshold_in
from workforce_model.periods import financial_year_start, part_year_effect
from workforce_model.problems import ScenarioError
from workforce_model.scenario import Scenario

CASES = ("low", "central", "high")

# Finance reference, section 5: inputs and what they must give.
ON_COSTS: dict[str, dict[str, float]] = {
    "low": {"ni_rate": 0.138, "pension_rate": 0.197, "levy_rate": 0.005, "non_pay_gbp": 0},
    "central": {"ni_rate": 0.138, "pension_rate": 0.225, "levy_rate": 0.005, "non_pay_gbp": 1_500},
    "high": {"ni_rate": 0.138, "pension_rate": 0.261, "levy_rate": 0.005, "non_pay_gbp": 3_000},
}
NUMBER = {"lead": 2, "social worker": 5, "missing officer": 1, "audit officer": 1}
SALARY = {
    "lead": {"low": 43_815, "central": 45_585, "high": 53_638},
    "social worker": {"low": 33_945, "central": 37_705, "high": 41_465},
    "missing officer": {"low": 28_000, "central": 31_000, "high": 33_945},
    "audit officer": {"low": 30_000, "central": 33_945, "high": 36_711},
}
COST_EACH = {
    "lead": {"low": 57_521, "central": 62_669, "high": 77_117},
    "social worker": {"low": 44_295, "central": 51_889, "high": 60_026},
    "missing officer": {"low": 36_329, "central": 42_717, "high": 49_468},
    "audit officer": {"low": 39_009, "central": 46_746, "high": 53_351},
}
THRESHOLD = {"2019/20": 8_632, "2020/21": 8_788}
APPROVED = 375_000


def cost_of(role: str, case: str, year: str = "2019/20", award: float = 0.0) -> float:
    """One post of section 5, full time for a year."""
    cost = post_cost(SALARY[role][case] * (1 + award), ni_threshold_gbp=THRESHOLD[year], **ON_COSTS[case])
    assert isinstance(cost, float)
    return cost


def nine_posts(case: str, year: str = "2019/20", award: float = 0.0) -> float:
    return math.fsum(number * cost_of(role, case, year, award) for role, number in NUMBER.items())


# Section 4 and 5: posts --------------------------------------------------------------------------


@pytest.mark.parametrize("role", NUMBER)
@pytest.mark.parametrize("case", CASES)
def test_each_of_the_nine_posts_costs_what_the_published_inputs_give(role: str, case: str) -> None:
    expected = COST_EACH[role][case]

    cost = cost_of(role, case)

    assert round(cost) == expected


@pytest.mark.parametrize(("case", "expected"), [("low", 411_855), ("central", 474_247), ("high", 557_180)])
def test_nine_posts_cost_about_474000_in_a_full_year_and_not_375000(case: str, expected: int) -> None:
    approved = APPROVED

    cost = nine_posts(case)

    assert round(cost) == expected
    assert cost > approved


@pytest.mark.parametrize(("case", "expected"), [("low", 45_762), ("central", 52_694), ("high", 61_909)])
def test_the_average_of_the_nine_posts(case: str, expected: int) -> None:
    posts = sum(NUMBER.values())

    average = nine_posts(case) / posts

    assert posts == 9
    assert round(average) == expected


@pytest.mark.parametrize(
    ("case", "gap", "posts", "months"), [("low", 37, 8.2, 10.9), ("central", 99, 7.1, 9.5), ("high", 182, 6.1, 8.1)]
)
def test_375000_pays_for_about_seven_of_the_nine_posts(case: str, gap: int, posts: float, months: float) -> None:
    cost = nine_posts(case)

    short, affordable, paid = cost - APPROVED, APPROVED / (cost / 9), 12 * APPROVED / cost

    assert round(short / 1_000) == gap
    assert (round(affordable, 1), round(paid, 1)) == (posts, months)


@pytest.mark.parametrize(
    ("start", "spend", "unspent"),
    [
        ("2019-07", (309, 356, 418), (66, 19, -43)),
        ("2019-08", (275, 316, 371), (100, 59, 4)),
        ("2019-09", (240, 277, 325), (135, 98, 50)),
        ("2019-10", (206, 237, 279), (169, 138, 96)),
        ("2019-11", (172, 198, 232), (203, 177, 143)),
        ("2019-12", (137, 158, 186), (238, 217, 189)),
        ("2020-01", (103, 119, 139), (272, 256, 236)),
    ],
)
def test_the_later_nine_posts_start_the_less_of_2019_20_they_cost(
    start: str, spend: tuple[int, ...], unspent: tuple[int, ...]
) -> None:
    full_year = np.array([nine_posts(case) for case in CASES])

    part_year = np.asarray(part_year_effect(full_year, start))

    assert tuple(np.round(part_year / 1_000)) == spend
    assert tuple(np.round((APPROVED - part_year) / 1_000)) == unspent


@pytest.mark.parametrize(("award", "expected"), [(0.02, (420, 483, 568)), (0.0275, (423, 487, 572))])
def test_the_2020_21_award_and_threshold_make_nine_posts_dearer(award: float, expected: tuple[int, ...]) -> None:
    year = "2020/21"

    costs = [nine_posts(case, year, award) for case in CASES]

    assert tuple(round(cost / 1_000) for cost in costs) == expected


@pytest.mark.parametrize(("case", "expected"), [("low", 30.8), ("central", 33.6), ("high", 37.2)])
def test_on_costs_add_about_a_third_to_a_salary_of_37705(case: str, expected: float) -> None:
    lines = post_cost_by_kind(37_705, ni_threshold_gbp=8_632, **ON_COSTS[case])

    share = 100 * lines[1:4].sum() / lines[0]

    assert list(PAY_KINDS[1:4]) == ["employer national insurance", "employer pension", "apprenticeship levy"]
    assert round(share, 1) == expected


def test_a_point_of_pension_on_the_nine_posts_is_about_3400_a_year() -> None:
    # Salaries: 2 x 45,585 + 5 x 37,705 + 31,000 + 33,945 = 344,640; one per cent is 3,446.40.
    salaries = np.repeat([SALARY[role]["central"] for role in NUMBER], list(NUMBER.values()))
    rates = ON_COSTS["central"]

    now = post_cost(salaries, ni_threshold_gbp=8_632, **rates)
    dearer = np.sum(post_cost(salaries, ni_threshold_gbp=8_632, **{**rates, "pension_rate": 0.235}) - now)

    assert dearer == pytest.approx(3_446.40, abs=0.005)


def test_41667_a_post_pays_a_salary_of_only_about_30500_to_32000() -> None:
    # 375,000 / 9 = 41,667, with no non-pay, at the dearest pension and at the cheapest.
    per_post = APPROVED / 9

    at_30500 = post_cost(
        30_500, ni_rate=0.138, ni_threshold_gbp=8_632, pension_rate=0.261, levy_rate=0.005, non_pay_gbp=0
    )
    at_32000 = post_cost(
        32_000, ni_rate=0.138, ni_threshold_gbp=8_632, pension_rate=0.197, levy_rate=0.005, non_pay_gbp=0
    )

    assert at_30500 == pytest.approx(per_post, abs=50)
    assert at_32000 == pytest.approx(per_post, abs=50)


def test_a_part_time_worker_keeps_the_whole_threshold() -> None:
    # Half of 36,000 is 18,000; 13.8% of 18,000 - 8,632 = 9,368 is 1,292.784. Half of a full-timer's would be 1,888.39.
    half = 0.5

    lines = post_cost_by_kind(
        36_000, ni_rate=0.138, ni_threshold_gbp=8_632, pension_rate=0.2, levy_rate=0.005, non_pay_gbp=1_000, fte=half
    )

    np.testing.assert_allclose(lines, [18_000, 1_292.784, 3_600, 90, 500, 0], rtol=1e-12)


def test_pay_below_the_threshold_bears_no_national_insurance() -> None:
    salary = 8_632

    lines = post_cost_by_kind(
        salary, ni_rate=0.138, ni_threshold_gbp=8_632, pension_rate=0.2, levy_rate=0, non_pay_gbp=0
    )

    assert lines[1] == 0.0


def test_the_kinds_add_up_to_the_cost_of_the_post() -> None:
    salary = [28_000.0, 37_705.0]

    kinds = post_cost_by_kind(salary, ni_threshold_gbp=8_632, **ON_COSTS["central"])

    assert kinds.shape == (6, 2)
    np.testing.assert_allclose(kinds.sum(axis=0), post_cost(salary, ni_threshold_gbp=8_632, **ON_COSTS["central"]))


# Section 6: agency -------------------------------------------------------------------------------

HOURS, MARGIN = 36, 2.50


def charge(rate: float, basis: Any, margin: float = MARGIN) -> float:
    """Pounds an hour at the 2019/20 threshold, 36 hours a week."""
    parts = agency_charge_by_part(rate, basis, margin_gbp_an_hour=margin, hours_a_week=HOURS, ni_rate=0.138,
                                  ni_threshold_gbp=8_632, levy_rate=0.005)  # fmt: skip
    return float(parts.sum())


@pytest.mark.parametrize(
    ("cap", "basis", "hourly", "weeks_47", "weeks_52", "against", "percent"),
    [
        (28, "umbrella", 30.50, 51.6, 57.1, ("social worker", "central"), -1),
        (32, "umbrella", 34.50, 58.4, 64.6, ("social worker", "central"), 12),
        (32, "umbrella", 34.50, 58.4, 64.6, ("social worker", "high"), -3),
        (35, "umbrella", 37.50, 63.5, 70.2, ("lead", "central"), 1),
        (28, "paye", 38.40, 65.0, 71.9, ("social worker", "central"), 25),
    ],
)
def test_at_the_london_caps_an_agency_worker_costs_about_what_a_matched_post_does(
    cap: float, basis: str, hourly: float, weeks_47: float, weeks_52: float, against: tuple[str, str], percent: int
) -> None:
    permanent = cost_of(*against)

    rate = charge(cap, basis)
    short, whole = rate * HOURS * 47, rate * HOURS * 52

    assert rate == pytest.approx(hourly, abs=1e-9 if basis == "umbrella" else 0.05)  # "about 38.40" is published
    assert (short / 1_000, whole / 1_000) == pytest.approx((weeks_47, weeks_52), abs=0.0501)
    assert round(100 * (short / permanent - 1)) == percent


@pytest.mark.parametrize(("case", "expected"), [("low", 26.18), ("central", 30.67), ("high", 35.48)])
def test_conversion_breaks_even_at_the_published_hourly_charge(case: str, expected: float) -> None:
    permanent = cost_of("social worker", case)

    rate = break_even_rate(permanent, HOURS, 47)

    assert round(float(rate), 2) == expected


def test_an_agency_worker_at_the_break_even_rate_costs_what_the_post_does() -> None:
    permanent = cost_of("social worker", "central")

    rate = break_even_rate(permanent, HOURS, 47)

    assert rate * HOURS * 47 == pytest.approx(permanent, abs=0.005)


def test_a_paye_rate_of_28_is_charged_at_38_43_by_hand() -> None:
    # Gross 28 x 1.1207 = 31.3796, weekly 1,129.6656. NI 13.8% x (1,129.6656 - 166) = 132.98585; pension 3% x (962 - 118)
    # = 25.32; levy 0.5% x 31.3796 = 0.156898. On-costs: 3.3796 + 0.156898 + (132.98585 + 25.32) / 36 = 7.933883.
    rate = 28.0

    parts = agency_charge_by_part(
        rate, "paye", margin_gbp_an_hour=2.50, hours_a_week=36, ni_rate=0.138, ni_threshold_gbp=8_632, levy_rate=0.005
    )

    np.testing.assert_allclose(parts, [28.0, 7.933883, 2.50], atol=5e-7)


def test_a_few_hours_a_week_bear_no_insurance_and_no_pension() -> None:
    # 3 hours at 30 x 1.1207 is 100.86 a week: below 166 and below 118. On-costs: 3.621 + 0.5% x 33.621 = 3.789105.
    hours = 3

    parts = agency_charge_by_part(
        30.0, "paye", margin_gbp_an_hour=0, hours_a_week=hours, ni_rate=0.138, ni_threshold_gbp=8_632, levy_rate=0.005
    )

    np.testing.assert_allclose(parts, [30.0, 3.789105, 0.0], atol=1e-9)


def test_a_charge_holds_the_margin_and_an_umbrella_rate_does_not() -> None:
    rate, prices = (
        34.50,
        {
            "margin_gbp_an_hour": 2.50,
            "hours_a_week": 36,
            "ni_rate": 0.138,
            "ni_threshold_gbp": 8_632,
            "levy_rate": 0.005,
        },
    )

    as_charge = agency_charge_by_part(rate, "charge", **prices)
    as_umbrella = agency_charge_by_part(rate, "umbrella", **prices)

    assert as_charge.tolist() == [32.0, 0.0, 2.5]
    assert as_umbrella.tolist() == [34.5, 0.0, 2.5]


# Arguments refused -------------------------------------------------------------------------------

POST = {
    "salary_gbp": 37_705.0,
    "ni_rate": 0.138,
    "ni_threshold_gbp": 8_632.0,
    "pension_rate": 0.225,
    "levy_rate": 0.005,
    "non_pay_gbp": 1_500.0,
}
AGENCY = {
    "rate_gbp_an_hour": 32.0,
    "margin_gbp_an_hour": 2.5,
    "hours_a_week": 36.0,
    "ni_rate": 0.138,
    "ni_threshold_gbp": 8_632.0,
    "levy_rate": 0.005,
}


@pytest.mark.parametrize(
    ("name", "given_value", "rule"),
    [
        ("salary_gbp", -36_000.0, r"salary_gbp = -36000.0: expected from 0 to"),
        ("salary_gbp", float("nan"), r"salary_gbp = nan: expected from 0 to"),
        ("salary_gbp", float("inf"), r"salary_gbp = inf: expected from 0 to"),
        ("salary_gbp", [36_000.0, -1.0], r"salary_gbp = -1.0: expected from 0 to"),
        ("salary_gbp", "36000", r"salary_gbp = '36000': expected numbers without quotes"),
        ("salary_gbp", True, r"salary_gbp = True: expected numbers"),
        ("salary_gbp", None, r"salary_gbp = None: expected numbers"),
        ("ni_threshold_gbp", -1.0, r"ni_threshold_gbp = -1.0: expected from 0 to"),
        ("non_pay_gbp", -1.0, r"non_pay_gbp = -1.0: expected from 0 to"),
        ("ni_rate", 13.8, r"ni_rate = 13.8: expected from 0 to 1 "),
        ("pension_rate", 1.275, r"pension_rate = 1.275: .*0.275, not 1.275"),
        ("levy_rate", -0.005, r"levy_rate = -0.005: expected from 0 to 1 "),
        ("fte", 0.0, r"fte = 0.0: expected above 0, at most 1 "),
        ("fte", 1.4, r"fte = 1.4: expected above 0, at most 1 "),
        ("fte", -0.5, r"fte = -0.5: expected above 0, at most 1 "),
    ],
)
def test_a_post_that_cannot_be_priced_is_refused_by_name(name: str, given_value: Any, rule: str) -> None:
    arguments: dict[str, Any] = {**POST, name: given_value}

    with pytest.raises(ValueError, match=rule):
        post_cost(**arguments)


@pytest.mark.parametrize(
    ("name", "given_value", "rule"),
    [
        ("rate_gbp_an_hour", -1.0, r"rate_gbp_an_hour = -1.0: expected from 0 to 1,000 .*pounds and pence an hour"),
        ("rate_gbp_an_hour", 32_000.0, r"rate_gbp_an_hour = 32000.0: expected from 0 to 1,000"),
        ("margin_gbp_an_hour", float("nan"), r"margin_gbp_an_hour = nan"),
        ("hours_a_week", 0.0, r"hours_a_week = 0.0: expected above 0, at most 60"),
        ("hours_a_week", 61.0, r"hours_a_week = 61.0: expected above 0, at most 60"),
        ("ni_rate", 1.138, r"ni_rate = 1.138: expected from 0 to 1 "),
        ("levy_rate", 5.0, r"levy_rate = 5.0: expected from 0 to 1 "),
    ],
)
@pytest.mark.parametrize("basis", ["paye", "umbrella", "charge"])
def test_an_agency_worker_who_cannot_be_priced_is_refused_by_name(
    basis: Any, name: str, given_value: float, rule: str
) -> None:
    arguments: dict[str, Any] = {**AGENCY, name: given_value}

    with pytest.raises(ValueError, match=rule):
        agency_charge_by_part(basis=basis, **arguments)


def test_an_unknown_rate_basis_is_refused_and_never_read_as_paye() -> None:
    basis: Any = "PAYE"

    with pytest.raises(ValueError, match="basis = 'PAYE': expected one of paye, umbrella, charge"):
        agency_charge_by_part(basis=basis, **AGENCY)


def test_a_charge_below_the_margin_in_it_is_refused() -> None:
    rate = 2.0

    with pytest.raises(ValueError, match=r"rate_gbp_an_hour less margin_gbp_an_hour = -0.5"):
        agency_charge_by_part(basis="charge", **{**AGENCY, "rate_gbp_an_hour": rate})


@pytest.mark.parametrize(
    ("hours", "weeks", "name"), [(0, 47, "hours_a_week"), (36, 0, "weeks_billed"), (36, 54, "weeks_billed")]
)
def test_a_break_even_rate_needs_hours_and_weeks(hours: float, weeks: float, name: str) -> None:
    cost = 51_889.22

    with pytest.raises(ValueError, match=f"{name} = .*expected above 0"):
        break_even_rate(cost, hours, weeks)


def test_prices_that_contradict_one_another_are_refused_when_the_scenario_is_made() -> None:
    changes = {"costs.agency_margin": 40.0, "costs.agency_hours": 0.0, "costs.subjective_codes": {"salaries": "A100"}}

    with pytest.raises(ScenarioError) as refused:
        toy(changes)

    assert "costs.grades.social_worker.agency_rate" in str(refused.value)
    assert "a charge holds the margin, up to 40 an hour" in str(refused.value)
    assert "costs.agency_hours" in str(refused.value)
    assert "costs.subjective_codes.salaries" in str(refused.value)


# Prices by year ----------------------------------------------------------------------------------


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


# The price of a month ----------------------------------------------------------------------------


def people(permanent: Any, agency: Any = 0, started: Any = 0, **groups: Any) -> People:
    """Counts by month, group and run; what is not given is nought, full time, in the toy's one grade and budget."""
    shape = np.shape(permanent)
    width = shape[1]
    return People(
        permanent=np.array(permanent, dtype=np.int16),
        agency=np.broadcast_to(agency, shape).astype(np.int16),
        started=np.broadcast_to(started, shape).astype(np.int16),
        converted=np.broadcast_to(groups.get("converted", 0), shape).astype(np.int16),
        replaced=np.broadcast_to(groups.get("replaced", 0), shape).astype(np.int16),
        fte=np.array(groups.get("fte", [1.0] * width)),
        grade=groups.get("grade", ("social_worker",) * width),
        budget=groups.get("budget", ("existing",) * width),
        commissioned=groups.get("commissioned", (None,) * width),
        contract_months=groups.get("contract_months", (None,) * width),
    )


def from_april(years: tuple[str, ...]) -> pd.PeriodIndex:
    """The months of a toy: from April of the first year, each year's own months from its April."""
    seen = [financial_year_start(year) + years[:i].count(year) for i, year in enumerate(years)]
    return pd.PeriodIndex(seen)


def priced(
    scenario: Scenario, counted: People, years: tuple[str, ...], budgets: tuple[str, ...] = ("existing",)
) -> Any:
    runs = counted.permanent.shape[2]
    return price(
        counted, from_april(years), scenario.costs, values_of(scenario), np.zeros(runs, dtype=np.intp), budgets
    )


def test_a_36000_post_filled_in_december_has_cost_15000_by_march() -> None:
    # Assurance O7: 36,000 and a quarter on top is 45,000 a year, 3,750 a month; December to March is four.
    scenario = toy({"costs.pension_rate": 0.25})
    filled = people([[[int(month >= 8)]] for month in range(12)])

    cost = priced(scenario, filled, ("2019/20",) * 12)

    assert cost[:8].sum() == 0.0
    assert cost.sum() == 15_000.00


def test_one_months_bill_by_kind_written_out_by_hand() -> None:
    # Two permanent at 36,000: pay 6,000, NI 13.8% x (36,000 - 8,632) x 2 / 12 = 629.464, pension 20% 1,200, levy 0.5% 30,
    # non-pay 1,200 x 2 / 12 = 200. One agency at an umbrella 30 plus 2.50: 36 x 47 / 12 = 141 hours, 4,230 and 352.50.
    # One starter, 3,000 once.
    scenario = toy({
        "costs.employer_ni_rate": 0.138, "costs.pension_rate": 0.2, "costs.levy_rate": 0.005, "costs.non_pay": 1_200.0,
        "costs.agency_basis": "umbrella", "costs.agency_margin": 2.5, "costs.cost_per_start": 3_000.0,
    })  # fmt: skip

    cost = priced(scenario, people([[[2]]], agency=1, started=1), ("2019/20",))

    expected = [6_000, 629.464, 1_200, 30, 200, 4_230, 0, 352.50, 0, 3_000, 0, 0, 0]
    np.testing.assert_allclose(cost[0, 0, :, 0], expected, rtol=1e-12)
    assert len(expected) == len(KINDS)


def test_the_award_and_the_threshold_change_in_april() -> None:
    # March 36,000: 3,000 and 13.8% x 27,368 / 12 = 314.732. April 36,720: 3,060 and 13.8% x (36,720 - 8,788) / 12 = 321.218.
    thresholds = {year: stated(x, "GBP a year") for year, x in THRESHOLD.items()}
    scenario = toy(
        {"costs.employer_ni_rate": 0.138, "costs.pay_award.2020/21": 0.02, "costs.employer_ni_threshold": thresholds}
    )

    march = pd.period_range("2020-03", "2020-04", freq="M")
    cost = price(people([[[1]], [[1]]]), march, scenario.costs, values_of(scenario), np.array([0]), ("existing",))

    np.testing.assert_allclose(cost[:, 0, :2, 0], [[3_000, 314.732], [3_060, 321.218]], rtol=1e-12)


def test_nobody_in_post_costs_nothing() -> None:
    scenario = toy({"costs.employer_ni_rate": 0.138, "costs.cost_per_start": 3_000.0})

    cost = priced(scenario, people(np.zeros((3, 2, 4))), ("2019/20",) * 3)

    assert not cost.any()


def test_each_budget_is_charged_only_for_its_own_people() -> None:
    scenario = toy()
    counted = people([[[1], [4]]], budget=("nine_posts", "existing"))

    cost = priced(scenario, counted, ("2019/20",), budgets=("existing", "nine_posts"))

    assert by_budget(cost)[0, :, 0].tolist() == [12_000.0, 3_000.0]


def test_a_commissioned_team_is_paid_by_the_month_whatever_its_size() -> None:
    contract = {"kind": "commissioned", "team": "team", "role": "Team", "grade": "social_worker", "budget": "existing",
                "first_month": "2019-04", "last_month": "2019-05", "number": stated(6, "posts"), "source": "a test"}  # fmt: skip
    scenario = toy(
        {
            "workforce.agency": {"contract": contract},
            "costs.commissioned_team_price": {"contract": stated(41_000.0, "GBP a month")},
        }
    )
    counted = people(np.zeros((3, 1, 2)), agency=[[[6, 4]], [[1, 6]], [[0, 0]]], commissioned=("contract",))

    cost = priced(scenario, counted, ("2019/20",) * 3)

    assert cost[:, 0, KINDS.index("commissioned team")].tolist() == [
        [41_000.0, 41_000.0],
        [41_000.0, 41_000.0],
        [0.0, 0.0],
    ]
    assert cost.sum() == 4 * 41_000.0


def some_people(months: int = 24, runs: int = 6) -> People:
    """Five groups of a few grades, hours and budgets, from a fixed seed."""
    counts = np.random.default_rng(1).integers(0, 9, size=(3, months, 5, runs))
    return people(
        counts[0], agency=counts[1], started=counts[2], fte=[1.0, 0.7, 1.0, 0.6, 1.0],
        grade=("social_worker", "social_worker", "manager", "social_worker", "social_worker"),
        budget=("existing", "existing", "existing", "nine_posts", "existing"),
    )  # fmt: skip


YEARS = ("2019/20",) * 12 + ("2020/21",) * 12
BUDGETS = ("existing", "nine_posts")


def prices(factor: float = 1.0, basis: str = "umbrella", **changes: Any) -> Scenario:
    """A scenario with every price in use, each in pounds times a factor."""
    pounds = {
        "grades.social_worker.salary": 37_705.0, "grades.social_worker.agency_rate": 32.17, "agency_margin": 2.57,
        "employer_ni_threshold.2019/20": 8_632.0, "non_pay": 1_501.0, "cost_per_start": 3_003.0,
    }  # fmt: skip
    manager = {"salary": stated(53_638.0 * factor, "GBP a year"), "agency_rate": stated(42.13 * factor, "GBP an hour")}
    return toy({
        **{f"costs.{path}": amount * factor for path, amount in pounds.items()},
        "costs.grades.manager": manager, "costs.agency_basis": basis, "costs.employer_ni_rate": 0.138, "costs.pension_rate": 0.225,
        "costs.levy_rate": 0.005, "costs.pay_award.2020/21": 0.02, **changes,
    })  # fmt: skip


@pytest.mark.parametrize("basis", ["umbrella", "charge"])
def test_doubling_every_agency_rate_with_no_margin_doubles_the_agency_bill_exactly_and_nothing_else(basis: str) -> None:
    # On a PAYE basis it would not: national insurance and pension have thresholds.
    single: dict[str, Any] = {"costs.agency_margin": 0.0}
    manager = {"salary": stated(53_638.0, "GBP a year"), "agency_rate": stated(2 * 42.13, "GBP an hour")}
    double = {**single, "costs.grades.social_worker.agency_rate": 2 * 32.17, "costs.grades.manager": manager}

    once = priced(prices(basis=basis, **single), some_people(), YEARS, BUDGETS)
    twice = priced(prices(basis=basis, **double), some_people(), YEARS, BUDGETS)

    agency = [KINDS.index(kind) for kind in AGENCY_KINDS]
    others = [i for i in range(len(KINDS)) if i not in agency]
    assert once[:, :, agency].any()
    np.testing.assert_array_equal(twice[:, :, agency], 2 * once[:, :, agency])
    np.testing.assert_array_equal(twice[:, :, others], once[:, :, others])


def base_of(name: str, pounds: float) -> FundingLine:
    return FundingLine(budget=name, label=name, source="base budget", recurrent=True, order=1,
                       amounts={"2019/20": pounds}, approved_by=name)  # fmt: skip


@pytest.mark.parametrize("basis", ["umbrella", "charge"])
def test_doubling_every_price_and_all_funding_doubles_every_pound_to_the_last_bit(basis: str) -> None:
    ledgers, costs = [], []
    for factor in (1.0, 2.0):
        lines = {name: base_of(name, factor * 1_234_567.89) for name in BUDGETS}
        funding = Funding(budgets={name: Budget(label=name) for name in BUDGETS}, lines=lines)
        approved = dict.fromkeys(BUDGETS, np.full(2, factor * 1_234_567.89))

        cost = priced(prices(factor, basis), some_people(), YEARS, BUDGETS)
        costs.append(cost)
        ledgers.append(fund(by_budget(cost), YEARS, BUDGETS, funding, approved))

    np.testing.assert_array_equal(costs[1], 2 * costs[0])
    for name in ("used", "gap", "unspent", "approved"):
        np.testing.assert_array_equal(getattr(ledgers[1], name), 2 * getattr(ledgers[0], name))


@given(st.floats(0.1, 10.0))
@settings(derandomize=True, deadline=None, max_examples=20)
def test_prices_times_anything_make_the_bill_times_that(factor: float) -> None:
    counted = some_people()

    scaled = priced(prices(factor), counted, YEARS, BUDGETS)

    np.testing.assert_allclose(scaled, factor * priced(prices(), counted, YEARS, BUDGETS), rtol=1e-12)


def test_the_pounds_of_a_run_are_the_same_to_the_bit_whatever_runs_are_beside_it() -> None:
    scenario, together = prices(), some_people(runs=9)
    uncertain = {path: np.linspace(0.9, 1.1, 3) * value for path, value in values_of(scenario).items()}
    draw = np.arange(9) % 3

    def block(runs: slice) -> Any:
        part = {
            name: getattr(together, name)[..., runs]
            for name in ("permanent", "agency", "started", "converted", "replaced")
        }
        return price(
            dataclasses.replace(together, **part), from_april(YEARS), scenario.costs, uncertain, draw[runs], BUDGETS
        )

    whole = block(slice(0, 9))
    for runs in (slice(0, 1), slice(4, 5), slice(2, 7)):
        alone = block(runs)

        np.testing.assert_array_equal(alone, whole[..., runs])
        np.testing.assert_array_equal(by_budget(alone), by_budget(whole)[..., runs])


@given(st.data())
@settings(derandomize=True, deadline=None, max_examples=25)
def test_the_bill_is_the_sum_over_people_of_their_own_price(data: st.DataObject) -> None:
    # A second plain route: one person at a time, one kind at a time, in pounds added by hand.
    count = st.integers(0, 4)
    scenario = prices()
    values = values_of(scenario)
    permanent, agency, started = (data.draw(st.lists(count, min_size=2, max_size=2)) for _ in range(3))
    fte = data.draw(st.lists(st.sampled_from([0.6, 1.0]), min_size=2, max_size=2))

    cost = priced(
        scenario,
        people([[[n] for n in permanent]], agency=[[[n] for n in agency]], started=[[[n] for n in started]], fte=fte),
        ("2020/21",),
    )

    expected = 0.0
    for group in range(2):
        each, each_agency = monthly_prices(scenario.costs, values, "2020/21", "social_worker", fte[group])
        assert each_agency is not None
        expected += permanent[group] * each.sum() + agency[group] * each_agency.sum() + started[group] * 3_003.0
    assert cost.sum() == pytest.approx(expected, abs=1e-6)


def test_an_agency_worker_in_a_grade_without_a_rate_is_refused_and_never_priced_as_missing() -> None:
    scenario = toy({"costs.grades.officer": {"salary": stated(31_000.0, "GBP a year")}})
    counted = people([[[1]]], agency=1, grade=("officer",))

    with pytest.raises(ValueError, match=r"costs.grades.officer.agency_rate: missing"):
        priced(scenario, counted, ("2019/20",))


def test_a_grade_without_a_rate_costs_its_pay_while_no_agency_worker_is_in_it() -> None:
    scenario = toy({"costs.grades.officer": {"salary": stated(31_000.0, "GBP a year")}})

    cost = priced(scenario, people([[[12]]], grade=("officer",)), ("2019/20",))

    assert cost.sum() == 31_000.0


def test_people_and_months_that_do_not_match_are_refused() -> None:
    counted = people(np.ones((2, 1, 3)))

    with pytest.raises(ValueError, match=r"people.permanent has shape \(2, 1, 3\): expected \(3, 1, 3\)"):
        priced(toy(), counted, ("2019/20",) * 3)


def test_months_out_of_order_are_refused_and_never_priced_as_others() -> None:
    counted = people(np.ones((3, 1, 1)))

    with pytest.raises(ValueError, match="one after another"):
        priced(toy(), counted, ("2019/20", "2020/21", "2019/20"))


def test_a_budget_nobody_named_is_refused() -> None:
    counted = people([[[1]]], budget=("nine_posts",))

    with pytest.raises(ValueError, match=r"people.budget = 'nine_posts': expected one of existing"):
        priced(toy(), counted, ("2019/20",))


def test_what_is_given_is_never_changed() -> None:
    counted, scenario = some_people(), prices()
    values, people_before = values_of(scenario), counted.permanent.copy()

    price(counted, from_april(YEARS), scenario.costs, values, np.zeros(6, dtype=np.intp), BUDGETS)

    np.testing.assert_array_equal(counted.permanent, people_before)
    assert values == values_of(scenario)
