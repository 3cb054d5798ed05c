"""Part of a year in post, by the day, the month and whole months."""

from __future__ import annotations

import datetime
from typing import get_args

import pandas as pd
import pytest

from workforce_model.money.part_year import Convention, share_of_pay

YEAR = pd.period_range("2019-04", "2020-03", freq="M")


@pytest.mark.parametrize("convention", ["day", "month", "whole_month"])
def test_a_year_in_post_is_twelve_shares_of_a_twelfth(convention: Convention) -> None:
    shares = [share_of_pay(when, datetime.date(2019, 4, 1), None, convention) for when in YEAR]

    assert sum(shares) == pytest.approx(12)


def test_the_days_of_a_leap_year_are_366_and_of_another_365() -> None:
    april = [share_of_pay(pd.Period(f"{y}-04", "M"), datetime.date(y, 4, 1), None, "day") for y in (2019, 2020)]

    assert april == pytest.approx([12 * 30 / 366, 12 * 30 / 365])


def test_nobody_is_paid_before_the_first_day_or_after_the_last() -> None:
    first, last = datetime.date(2019, 9, 16), datetime.date(2019, 12, 10)

    for convention in get_args(Convention):
        assert share_of_pay(pd.Period("2019-08", "M"), first, last, convention) == 0.0
        assert share_of_pay(pd.Period("2020-01", "M"), first, last, convention) == 0.0


def test_an_unknown_convention_and_a_last_day_before_the_first_are_refused() -> None:
    when, first = pd.Period("2019-09", "M"), datetime.date(2019, 9, 16)

    with pytest.raises(ValueError, match="convention = 'weekly': expected one of day, month, whole_month"):
        share_of_pay(when, first, None, "weekly")  # what is tested
    with pytest.raises(ValueError, match="end = 2019-09-15: expected a day on or after the first in post, 2019-09-16"):
        share_of_pay(when, first, datetime.date(2019, 9, 15), "day")


def test_one_day_in_post_is_one_day_paid_and_the_last_day_of_a_month_counts_it_whole() -> None:
    when, day, last = pd.Period("2019-09", "M"), datetime.date(2019, 9, 16), datetime.date(2019, 9, 30)

    assert share_of_pay(when, day, day, "month") == pytest.approx(1 / 30)
    assert share_of_pay(when, day, day, "whole_month") == 0.0
    assert share_of_pay(when, last, last, "whole_month") == 1.0
    assert share_of_pay(when, day, datetime.date(2019, 12, 31), "whole_month") == 1.0
