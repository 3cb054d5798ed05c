"""The cost of a post, against the published tables and sums by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from tests.reference_prices import APPROVED, CASES, COST_EACH, NUMBER, ON_COSTS, SALARY, THRESHOLD, cost_of, nine_posts
from tests.toys import stated
from workforce_model.basis.periods import part_year_effect
from workforce_model.money.pay import PAY_KINDS, Grade, latest_on, pay_index, post_cost, post_cost_by_kind


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
    # The published column is headed "unspent", so there money left over is positive and money short is in brackets.
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


# Refused ------------------------------------------------------------------------------------------

POST = {
    "salary_gbp": 37_705.0,
    "ni_rate": 0.138,
    "ni_threshold_gbp": 8_632.0,
    "pension_rate": 0.225,
    "levy_rate": 0.005,
    "non_pay_gbp": 1_500.0,
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


# Section 3, 4 and 5, the rest of the arithmetic ----------------------------------------------------


@pytest.mark.parametrize(("in_2017", "in_2019"), [(39_855, 41_465), (43_815, 45_585), (51_555, 53_638)])
def test_the_london_averages_uprated_by_two_awards_of_two_per_cent(in_2017: int, in_2019: int) -> None:
    awards = 1.02 * 1.02

    uprated = in_2017 * awards

    assert round(uprated) == in_2019


def test_retention_of_2000_for_seven_posts_adds_16000_with_insurance_and_levy_and_no_pension() -> None:
    # 7 x 2,000 x (1 + 13.8% + 0.5%) = 16,002: pay is above the threshold already, so every pound bears insurance.
    salaries = np.array([45_585] * 2 + [37_705] * 5)
    rates = {**ON_COSTS["central"], "ni_threshold_gbp": 8_632}

    added = np.sum(post_cost(salaries, retention_gbp=2_000, **rates) - post_cost(salaries, **rates))
    pensioned = np.sum(
        post_cost(salaries, retention_gbp=2_000, retention_pensionable=True, **rates) - post_cost(salaries, **rates)
    )

    assert added == pytest.approx(16_002, abs=0.005)
    assert pensioned - added == pytest.approx(7 * 2_000 * 0.225, abs=0.005)


def test_at_the_councils_own_55556_a_post_nine_cost_500000_and_375000_is_nine_months() -> None:
    # November 2018: 18 posts for 1,000,000 a year.
    per_post = 1_000_000 / 18

    nine = 9 * per_post

    assert round(per_post) == 55_556
    assert nine == pytest.approx(500_000)
    assert 12 * APPROVED / nine == pytest.approx(9.0)


def test_with_non_pay_taken_off_41667_implies_a_salary_of_28400_to_32000() -> None:
    # (41,667 - non-pay + 13.8% x 8,632) / (1 + rates): 28,400 at the dear end, 32,000 at the cheap one.
    per_post = APPROVED / 9

    dear = post_cost(28_400, ni_threshold_gbp=8_632, **ON_COSTS["high"])
    cheap = post_cost(32_000, ni_threshold_gbp=8_632, **ON_COSTS["low"])

    assert dear == pytest.approx(per_post, abs=100)
    assert cheap == pytest.approx(per_post, abs=100)


def test_a_column_of_an_analysts_own_table_gives_a_cost_a_row() -> None:
    own = pd.DataFrame({"salary": [45_585, 37_705], "number": [2, 5]})

    own["cost"] = post_cost(own["salary"], ni_threshold_gbp=8_632, **ON_COSTS["central"])

    assert own["cost"].round().tolist() == [62_669, 51_889]


@pytest.mark.parametrize(("year", "weekly", "yearly"), [("2019/20", 166, 8_632), ("2020/21", 169, 8_788)])
def test_the_yearly_threshold_is_52_of_the_weekly_one(year: str, weekly: int, yearly: int) -> None:
    assert 52 * weekly == yearly == THRESHOLD[year]


# Grades, prices by date and awards ----------------------------------------------------------------


def salary(pounds: float) -> dict[str, Any]:
    return stated(pounds, "GBP a year")


@pytest.mark.parametrize(
    ("grade", "faults"),
    [
        ({}, [("salary", "missing: state a salary in GBP a year, or points on the spine, one of the two")]),
        ({"salary": salary(1.0), "points": ["1"]}, [("salary", "missing: state a salary in GBP a year, or points on the spine, one of the two")]),
        ({"points": []}, [("points", "at least one spine point, from the bottom up, none twice")]),
        ({"points": ["1", "2", "1"]}, [("points", "at least one spine point, from the bottom up, none twice")]),
        ({"points": ["1", "2"], "budget_point": "3"}, [("budget_point", "a point of this grade: 1, 2")]),
        ({"points": ["1", "2"], "opening_point": "3"}, [("opening_point", "a point of this grade: 1, 2")]),
        ({"salary": salary(1.0), "opening_point": "1"}, [("opening_point", "a point of this grade: it has none")]),
    ],
)  # fmt: skip
def test_a_grade_states_a_salary_or_its_points_and_names_only_points_it_has(
    grade: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(ValidationError) as refused:
        Grade(**grade)

    assert refused.value.errors()[0]["ctx"]["faults"] == faults


def test_a_grade_with_points_starts_at_the_bottom_and_stands_at_the_top_unless_stated() -> None:
    spine, flat = Grade(points=["25", "26", "27"], budget_point="26", opening_point="25"), Grade(salary=salary(36_000))

    assert spine.steps == ("25", "26", "27")
    assert [spine.step_of(point) for point in ("25", "26", None)] == [0, 1, 2]
    assert (flat.steps, flat.step_of(None)) == ((None,), 0)
    assert (spine.retention_pensionable, flat.agency_rate) == (False, None)


def test_the_kinds_of_pay_are_those_of_the_ledger_in_their_order() -> None:
    assert PAY_KINDS == (
        "basic pay", "employer national insurance", "employer pension", "apprenticeship levy", "non-pay", "retention payment",
    )  # fmt: skip


def test_a_retention_payment_is_by_the_hour_and_bears_pension_only_where_stated() -> None:
    half = {
        "ni_rate": 0.1,
        "ni_threshold_gbp": 11_000,
        "pension_rate": 0.2,
        "levy_rate": 0.01,
        "non_pay_gbp": 0,
        "fte": 0.5,
    }

    plain = post_cost_by_kind(20_000, retention_gbp=4_000, **half)
    pensioned = post_cost_by_kind(20_000, retention_gbp=4_000, retention_pensionable=True, **half)

    # Half of 24,000 earned is 12,000: insurance on 1,000, levy on all, pension on 10,000 or on 12,000.
    assert plain.tolist() == pytest.approx([10_000, 100, 2_000, 120, 0, 2_000])
    assert pensioned[2] == pytest.approx(2_400)
    with pytest.raises(ValueError, match="retention_gbp"):
        post_cost_by_kind(20_000, retention_gbp=-1, **half)


@pytest.mark.parametrize(
    ("month", "date"),
    [("2018-12", "2019/20"), ("2019-04", "2019/20"), ("2019-09", "2019/20"), ("2019-10", "2019-10"), ("2020-03", "2019-10"), ("2020-04", "2020/21"), ("2025-01", "2020/21")],
)  # fmt: skip
def test_the_price_that_holds_is_the_latest_begun_or_the_first_before_any(month: str, date: str) -> None:
    for dates in (["2020/21", "2019-10", "2019/20"], ["2019/20", "2019-10", "2020/21"]):
        assert latest_on(dates, pd.Period(month, "M")) == date


def test_awards_between_two_months_compound_and_going_back_divides() -> None:
    awards: Any = dict.fromkeys(("2021/22", "2019/20", "2020/21"))
    values = {
        f"costs.pay_award.{year}": np.array([x]) for year, x in (("2019/20", 0.5), ("2020/21", 0.02), ("2021/22", 0.1))
    }
    base = pd.Period("2019-04", "M")

    def index(when: str) -> float:
        return float(np.asarray(pay_index(awards, values, base, pd.Period(when, "M"))).ravel()[0])

    # The award of the base month is in the base already; each later one from its own April.
    assert index("2019-04") == index("2020-03") == 1.0
    assert index("2020-04") == index("2021-03") == pytest.approx(1.02)
    assert index("2021-04") == pytest.approx(1.02 * 1.1)
    assert index("2019-03") == pytest.approx(1 / 1.5)
