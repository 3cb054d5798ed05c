"""Months, financial years, shares of a year, and rates converted under a named reading."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from workforce_model.basis.periods import (
    FinancialYear,
    Periods,
    PriceDate,
    financial_year,
    financial_year_start,
    from_month,
    later_year,
    month,
    monthly_probability,
    months_by_year,
    months_left_in_year,
    part_year_effect,
    share_of_year,
)

APRIL_TO_MARCH = [f"2019-{m:02d}" for m in range(4, 13)] + [f"2020-{m:02d}" for m in range(1, 4)]


def test_a_financial_year_runs_from_april_to_march() -> None:
    months = [pd.Period(text, "M") for text in APRIL_TO_MARCH]

    years = {financial_year(when) for when in months}

    assert years == {"2019/20"}
    assert financial_year(pd.Period("2019-03", "M")) == "2018/19"
    assert financial_year(pd.Period("2020-04", "M")) == "2020/21"


def test_the_year_that_ends_the_century_is_written_1999_00() -> None:
    december = pd.Period("1999-12", "M")

    year = financial_year(december)

    assert year == "1999/00"
    assert financial_year_start(year) == pd.Period("1999-04", "M")
    assert later_year(year) == "2000/01"


def test_years_count_forward_and_back() -> None:
    year = "2019/20"

    stepped = [later_year(year, n) for n in (-1, 0, 1, 3)]

    assert stepped == ["2018/19", "2019/20", "2020/21", "2022/23"]


@pytest.mark.parametrize(
    "text", ["2019-13", "2019-00", "2019-9", "19-09", "2019/09", "2019-09-15", "", "1830-01", "٢٠١٩-09", 201909, None]
)
def test_a_month_is_written_one_way_only(text: object) -> None:
    given_text = text

    with pytest.raises(ValueError, match='"2019-09"'):
        month(given_text)  # what a careless caller might pass


@pytest.mark.parametrize(
    "text", ["2019/21", "2019/19", "2019-20", "19/20", "2019/2020", "", "2019/20 ", 2019, None, ["2019/20"]]
)
def test_a_financial_year_names_two_years_that_follow_one_another(text: object) -> None:
    given_text = text

    with pytest.raises(ValueError, match='"2019/20"'):
        financial_year_start(given_text)  # what a careless caller might pass


def test_a_day_is_not_a_month() -> None:
    day = pd.Period("2019-09-15", "D")

    with pytest.raises(ValueError, match="month"):
        part_year_effect(375_000, day)


def test_the_months_left_in_the_year_fall_from_twelve_to_one() -> None:
    starts = APRIL_TO_MARCH

    left = [months_left_in_year(start) for start in starts]

    assert left == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert [share_of_year(start) for start in starts] == [n / 12 for n in left]


def test_a_change_in_april_costs_its_full_year() -> None:
    full_year = np.array([375_000.0, 411_854.76, -1_000.01])

    effect = part_year_effect(full_year, "2019-04")

    np.testing.assert_array_equal(effect, full_year)


def test_a_36000_post_with_a_quarter_on_cost_costs_15000_from_december_to_march() -> None:
    # 36,000 x 1.25 = 45,000 a year; December to March is 4 months of 12.
    full_year = 36_000 * 1.25

    cost = part_year_effect(full_year, "2019-12")

    assert cost == 15_000.00


def test_the_part_year_and_the_next_years_step_up_make_the_full_year() -> None:
    # October to March is half of 375,000; the other half is the step-up in 2020/21.
    full_year = 375_000.0

    part_year = part_year_effect(full_year, "2019-10")

    assert part_year == 187_500.0
    assert full_year - part_year == 187_500.0


@given(st.floats(-1e9, 1e9), st.sampled_from(APRIL_TO_MARCH))
@settings(derandomize=True, deadline=None)
def test_a_saving_is_the_mirror_of_a_cost(full_year: float, start: str) -> None:
    saving = -full_year

    effect = part_year_effect(saving, start)

    assert effect == -part_year_effect(full_year, start)


@pytest.mark.parametrize("amount", [float("nan"), float("inf")])
def test_an_amount_that_is_no_number_is_refused_by_name(amount: float) -> None:
    full_year = [375_000.0, amount]

    with pytest.raises(ValueError, match=r"full_year_gbp = .*expected finite pounds"):
        part_year_effect(full_year, "2019-10")


def test_each_year_knows_where_its_months_stand() -> None:
    # A clock from October 2018 to May 2020: six months, twelve, then two.
    years = tuple(["2018/19"] * 6 + ["2019/20"] * 12 + ["2020/21"] * 2)

    spans = months_by_year(years)

    assert spans == {"2018/19": slice(0, 6), "2019/20": slice(6, 18), "2020/21": slice(18, 20)}


def test_months_out_of_order_are_refused() -> None:
    years = ("2019/20", "2020/21", "2019/20")

    with pytest.raises(ValueError, match=r"years = .*in order"):
        months_by_year(years)


def test_a_monthly_rate_of_one_point_three_per_cent_is_three_different_yearly_rates() -> None:
    # Replaced at once: 12 x 1.3%. Nobody replaced: leavers over those left. One worker's chance: 1 - 0.987^12.
    stayed = (1 - 0.013) ** 12
    yearly = {"replaced": 0.156, "not_replaced": (1 - stayed) / stayed, "annual_probability": 1 - stayed}

    monthly = [float(monthly_probability(rate, reading)) for reading, rate in yearly.items()]  # readings as text

    np.testing.assert_allclose(monthly, 0.013, rtol=1e-12)
    assert [round(100 * rate, 1) for rate in yearly.values()] == [15.6, 17.0, 14.5]


def test_fifteen_per_cent_a_year_is_0_0134519_a_month() -> None:
    # Assurance O1: q = 0.15 gives p = 0.0134519, and 60 staff have a mean of 51 after twelve months.
    annual = 0.15

    monthly = float(monthly_probability(annual, "annual_probability"))

    assert round(monthly, 7) == 0.0134519
    assert 60 * (1 - monthly) ** 12 == pytest.approx(51.0, abs=1e-9)


def test_nobody_leaves_at_a_rate_of_nought_and_everybody_may_at_the_most() -> None:
    none, most = 0.0, {"replaced": 12.0, "annual_probability": 1.0}

    nought = [
        float(monthly_probability(none, reading)) for reading in ("replaced", "not_replaced", "annual_probability")
    ]
    all_go = [float(monthly_probability(rate, reading)) for reading, rate in most.items()]  # readings as text

    assert nought == [0.0, 0.0, 0.0]
    assert all_go == [1.0, 1.0]


@pytest.mark.parametrize(
    ("annual", "reading"),
    [
        (-0.1, "replaced"),
        (1.3, "annual_probability"),
        (12.5, "replaced"),
        (float("nan"), "not_replaced"),
        (float("inf"), "not_replaced"),
    ],
)
def test_a_yearly_rate_that_gives_no_probability_is_refused(annual: float, reading: str) -> None:
    rates = [0.15, annual]

    with pytest.raises(ValueError, match=f"annual = {annual}, read as '{reading}'"):
        monthly_probability(rates, reading)  # readings as text


def test_no_reading_is_the_silent_default() -> None:
    reading = "yearly"

    with pytest.raises(ValueError, match="reading = 'yearly': expected one of replaced, not_replaced"):
        monthly_probability(0.15, reading)  # what a careless caller might pass


def test_october_2018_to_march_2023_is_54_months_in_five_financial_years() -> None:
    clock = Periods(start=month("2018-10"), end=month("2023-03"), report_from=month("2019-04"))

    years = [financial_year(when) for when in clock.months()]

    assert len(years) == 54
    assert list(dict.fromkeys(years)) == ["2018/19", "2019/20", "2020/21", "2021/22", "2022/23"]


@pytest.mark.parametrize(
    ("start", "end", "report_from", "rule"),
    [
        ("2020-04", "2020-03", "2020-04", "ends before it starts"),
        ("2019-04", "2020-03", "2019-03", "must lie from 2019-04 to 2020-03"),
        ("2019-04", "2020-03", "2020-04", "must lie from 2019-04 to 2020-03"),
        ("2019-04", "2069-04", "2019-04", "at most 600 months"),
    ],
)
def test_a_clock_that_cannot_run_is_refused(start: str, end: str, report_from: str, rule: str) -> None:
    stated = {"start": month(start), "end": month(end), "report_from": month(report_from)}

    with pytest.raises(ValidationError, match=rule):
        Periods(**stated)


@pytest.mark.parametrize(
    ("start", "end", "report_from"),
    [("2019-04", "2019-04", "2019-04"), ("2019-04", "2020-03", "2020-03"), ("2019-04", "2069-03", "2019-04")],
)
def test_a_clock_of_one_month_a_report_of_the_last_month_and_600_months_are_taken(
    start: str, end: str, report_from: str
) -> None:
    clock = Periods(start=month(start), end=month(end), report_from=month(report_from))

    assert str(clock.months()[-1]) == end
    assert clock.months().freqstr == "M"


def test_the_key_of_each_fault_of_a_clock_is_the_one_to_mend() -> None:
    for changes, key in (
        ({"end": "2019-03"}, "end"),
        ({"report_from": "2019-03"}, "report_from"),
        ({"end": "2069-04"}, "end"),
    ):
        stated = {"start": "2019-04", "end": "2020-03", "report_from": "2019-04"} | changes
        with pytest.raises(ValidationError) as refused:
            Periods(**{name: month(text) for name, text in stated.items()})
        assert [fault for fault, _ in refused.value.errors()[0]["ctx"]["faults"]] == [key]


def test_a_year_or_price_date_written_wrongly_is_refused_wherever_a_record_states_one() -> None:
    for kind, text in ((FinancialYear, "2019/21"), (PriceDate, "2019/21"), (PriceDate, "2019-13")):
        with pytest.raises(ValidationError, match="is written as text"):
            TypeAdapter(kind).validate_python(text)


# Prices by date ---------------------------------------------------------------


@pytest.mark.parametrize(("text", "begins"), [("2020/21", "2020-04"), ("2019-10", "2019-10")])
def test_a_price_begins_in_the_april_of_its_year_or_in_its_month(text: str, begins: str) -> None:
    assert str(from_month(text)) == begins


@pytest.mark.parametrize("text", ["2020/22", "2020-13", "2020", "20/21"])
def test_a_price_without_a_year_or_a_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is written as text"):
        from_month(text)
