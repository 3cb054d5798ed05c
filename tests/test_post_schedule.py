"""One post by its own dates, worked by hand: part of a month, increments, awards and thresholds."""

from __future__ import annotations

import datetime
from typing import Any

import pandas as pd
import pytest

from workforce_model.money.pay import PAY_KINDS
from workforce_model.money.post_schedule import post_schedule

PLAIN: dict[str, Any] = {
    "scale_gbp": {"2019/20": [36_000]}, "awards": {}, "ni_rate": 0.0, "ni_threshold_gbp": {"2019/20": 8_632, "2020/21": 8_788},
    "pension_rate": 0.0, "levy_rate": 0.0, "non_pay_gbp": 0.0, "convention": "month",
}  # fmt: skip


def schedule(first_day: str, last_month: str, **changes: Any) -> pd.DataFrame:
    return post_schedule(datetime.date.fromisoformat(first_day), last_month, **{**PLAIN, **changes})


def by_month(table: pd.DataFrame) -> dict[str, float]:
    return {str(when): float(x) for when, x in table.groupby("month")["gbp"].sum().items()}


def test_a_36000_post_from_december_with_a_quarter_on_top_is_15000_by_march() -> None:
    # Assurance O7.
    table = schedule("2019-12-01", "2020-03", pension_rate=0.25)

    assert table["gbp"].sum() == pytest.approx(15_000.00, abs=0.005)


@pytest.mark.parametrize(
    ("convention", "september", "year"),
    [
        (
            "day",
            36_000 * 15 / 366,
            36_000 * 198 / 366,
        ),  # 16 September to 31 March: 15 + 31 + 30 + 31 + 31 + 29 + 31 days
        ("month", 3_000 * 15 / 30, 1_500 + 6 * 3_000),
        ("whole_month", 3_000.0, 7 * 3_000),
    ],
)
def test_part_of_a_month_is_paid_by_the_named_convention(convention: str, september: float, year: float) -> None:
    table = schedule("2019-09-16", "2020-03", convention=convention)

    assert by_month(table)["2019-09"] == pytest.approx(september, abs=0.005)
    assert table["gbp"].sum() == pytest.approx(year, abs=0.005)


@pytest.mark.parametrize(
    ("convention", "last"), [("day", 36_000 * 10 / 366), ("month", 3_000 * 10 / 31), ("whole_month", 0.0)]
)
def test_a_leaver_on_10_december_is_paid_by_the_same_convention(convention: str, last: float) -> None:
    table = schedule("2019-04-01", "2020-03", convention=convention, last_day=datetime.date(2019, 12, 10))

    assert by_month(table)["2019-12"] == pytest.approx(last, abs=0.005)
    assert by_month(table)["2020-01"] == 0.0


@pytest.mark.parametrize("convention", ["day", "month", "whole_month"])
def test_a_whole_financial_year_is_the_years_pay_under_every_convention(convention: str) -> None:
    table = schedule("2019-04-01", "2020-03", convention=convention)

    assert table["gbp"].sum() == pytest.approx(36_000, abs=0.005)


def test_national_insurance_has_the_whole_threshold_of_the_month_it_is_paid_in() -> None:
    # Half of September pays 1,500: 13.8% x (1,500 - 8,632 / 12) = 107.732. April 2020: 13.8% x (3,000 - 8,788 / 12) = 312.938.
    table = schedule("2019-09-16", "2020-04", ni_rate=0.138)

    insurance = table[table["kind"] == "employer national insurance"].set_index("month")["gbp"]

    assert insurance["2019-09"] == pytest.approx(107.732, abs=0.0005)
    assert insurance["2020-04"] == pytest.approx(312.938, abs=0.0005)


def test_half_time_keeps_the_whole_threshold() -> None:
    # 18,000 a year: 13.8% x (18,000 - 8,632) = 1,292.784.
    table = schedule("2019-04-01", "2020-03", ni_rate=0.138, fte=0.5)

    assert table.loc[table["kind"] == "employer national insurance", "gbp"].sum() == pytest.approx(
        1_292.784, abs=0.0005
    )


def test_increments_awards_and_a_new_spine_each_begin_in_their_own_month() -> None:
    # From November 2019 on 30,000; second point in May 2020; 2% from April 2020 on the 2019 scale; a new scale
    # from April 2021 already holds its award, and the second increment comes that April.
    table = schedule(
        "2019-11-01", "2021-04", awards={"2020/21": 0.02, "2021/22": 0.0175},
        scale_gbp={"2019/20": [30_000, 31_200, 32_400], "2021/22": [31_000, 32_300, 33_600]},
    )  # fmt: skip

    paid = by_month(table)

    assert paid["2020-03"] == pytest.approx(2_500)
    assert paid["2020-04"] == pytest.approx(30_000 * 1.02 / 12)
    assert paid["2020-05"] == pytest.approx(31_200 * 1.02 / 12)
    assert paid["2021-04"] == pytest.approx(33_600 / 12)
    assert table.loc[table["month"] == "2021-04", "step"].unique().tolist() == [2]


def test_an_award_in_the_middle_of_a_year_begins_in_its_month() -> None:
    table = schedule("2019-04-01", "2020-03", awards={"2020-01": 0.10})

    assert table["gbp"].sum() == pytest.approx(9 * 3_000 + 3 * 3_300)


def test_a_retention_payment_bears_insurance_and_levy_and_pension_only_if_stated() -> None:
    # 2,000 a year: insurance 276, levy 10; pension 450 if pensionable.
    rates = {"ni_rate": 0.138, "pension_rate": 0.225, "levy_rate": 0.005}
    without = schedule("2019-04-01", "2020-03", **rates)["gbp"].sum()

    plain = schedule("2019-04-01", "2020-03", retention_gbp=2_000, **rates)["gbp"].sum()
    pensioned = schedule("2019-04-01", "2020-03", retention_gbp=2_000, retention_pensionable=True, **rates)["gbp"].sum()

    assert plain - without == pytest.approx(2_286, abs=0.005)
    assert pensioned - without == pytest.approx(2_736, abs=0.005)


def test_a_vacancy_factor_of_five_per_cent_takes_a_twentieth_off_every_line() -> None:
    table = schedule("2019-04-01", "2020-03", pension_rate=0.25, vacancy_factor=0.05)

    assert table.groupby("kind")["gbp"].sum()[["basic pay", "employer pension"]].tolist() == pytest.approx(
        [34_200, 8_550]
    )


def test_each_month_has_every_kind_once() -> None:
    table = schedule("2019-12-01", "2020-03")

    assert table.groupby("month")["kind"].apply(tuple).unique().tolist() == [PAY_KINDS]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"scale_gbp": {"2019/20": [-1.0]}}, "scale_gbp"),
        ({"scale_gbp": {}}, "each states at least one date"),
        ({"start_step": 1}, r"start_step = 1: expected a step of the scale of 2019/20, 0 to 0"),
        ({"vacancy_factor": 5.0}, "vacancy_factor = 5.0"),
        ({"convention": "weekly"}, "convention = 'weekly': expected one of day, month, whole_month"),
        ({"pension_rate": 1.275}, "0.275, not 1.275"),
        ({"fte": 1.4}, "fte = 1.4"),
        ({"awards": {"2020/21": -1.5}}, r"awards\['2020/21'\] = -1.5"),
        ({"awards": {"2020/21": float("nan")}}, r"awards\['2020/21'\] = nan"),
        ({"last_day": datetime.date(2019, 3, 1)}, "on or after the first in post"),
    ],
)
def test_a_post_that_cannot_be_scheduled_is_refused(change: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        schedule("2019-04-01", "2020-03", **change)


def test_a_schedule_that_would_end_before_it_starts_is_refused_and_not_empty() -> None:
    with pytest.raises(ValueError, match="last_month = 2019-03: expected a month from 2019-04, the first in post, on"):
        schedule("2019-04-01", "2019-03")
