"""When the next point comes, and who stands on which point, followed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.toys import stated, toy
from workforce_model.inputs.doubt import draw_values
from workforce_model.money.costs import Values
from workforce_model.money.increments import heads_by_step, increments_due
from workforce_model.money.monthly_bill import People, price


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


@pytest.mark.parametrize(
    ("started", "first", "second"),
    [
        ("2019-04", "2020-04", "2021-04"),
        ("2019-09", "2020-04", "2021-04"),
        ("2019-10", "2020-04", "2021-04"),  # six months from 1 October is 1 April
        ("2019-11", "2020-05", "2021-04"),
        ("2020-03", "2020-09", "2021-04"),
    ],
)
def test_a_summer_starter_waits_for_april_and_a_winter_starter_six_months(
    started: str, first: str, second: str
) -> None:
    begun = month(started)

    had = [
        increments_due(begun, month(first) - 1),
        increments_due(begun, month(first)),
        increments_due(begun, month(second)),
    ]

    assert had == [0, 1, 2]
    assert increments_due(begun, month(second) - 1) == 1


def counts(stock: list[int], joined: list[int], **more: Any) -> list[list[int]]:
    """Heads by step, month by month, of one run from April 2019."""
    months = pd.period_range("2019-04", periods=len(stock), freq="M")
    heads = heads_by_step(
        np.array(stock)[:, None], np.array(joined)[:, None], months,
        **{"steps": 3, "opening_step": 2, "convention": "newest_first", **more},
    )  # fmt: skip
    return [[int(x) for x in row[:, 0]] for row in heads]


def test_three_starters_rise_together_and_stop_at_the_top() -> None:
    # Starting in June 2019: first point until March 2020, second to March 2021, third from April 2021 for good.
    heads = counts([0, 0] + [3] * 36, [0, 0, 3] + [0] * 35)

    assert heads[2] == heads[11] == [3, 0, 0]
    assert heads[12] == heads[23] == [0, 3, 0]
    assert heads[24] == heads[37] == [0, 0, 3]


def test_who_leaves_is_a_stated_convention_and_the_two_bound_the_bill() -> None:
    # One starts in April 2019, one in May 2020, one leaves in June 2020. Kept: the first on its second point, or
    # the second on its first.
    stock, joined = [1] * 13 + [2] + [1] * 2, [1] + [0] * 12 + [1] + [0] * 2

    newest, longest = (counts(stock, joined, convention=c)[-1] for c in ("newest_first", "longest_first"))

    assert newest == [0, 1, 0]
    assert longest == [1, 0, 0]


def test_staff_in_post_when_the_clock_starts_rise_each_april_from_where_they_stand() -> None:
    heads = counts([4] * 26, [0] * 26, opening_step=0)

    assert (heads[11], heads[12], heads[24]) == ([4, 0, 0], [0, 4, 0], [0, 0, 4])


def test_a_post_emptied_and_filled_again_starts_again_at_the_bottom() -> None:
    # Leaves in April 2020 after a year; the next starts in June 2020.
    heads = counts([1] * 12 + [0, 0] + [1] * 4, [0] * 14 + [1, 0, 0, 0])

    assert heads[11] == [0, 0, 1]
    assert heads[12] == [0, 0, 0]
    assert heads[14] == [1, 0, 0]


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from(["newest_first", "longest_first"]))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_people_stay_whole_and_add_up_and_the_newest_leaving_is_never_the_cheaper(
    seed: int, steps: int, convention: Any
) -> None:
    rng = np.random.default_rng(seed)
    joined = rng.integers(0, 3, size=(40, 3))
    stock = np.zeros((41, 3), dtype=np.int64)
    stock[0] = 5
    for m in range(40):
        stock[m + 1] = np.where(rng.random(3) < 0.3, rng.integers(0, stock[m] + 1), stock[m]) + joined[m]
    months = pd.period_range("2018-10", periods=40, freq="M")

    heads = heads_by_step(stock[1:], joined, months, steps=steps, opening_step=0, convention=convention)
    dear, cheap = (
        (heads_by_step(stock[1:], joined, months, steps=steps, opening_step=0, convention=c) * np.arange(steps)[:, None]).sum(axis=1)
        for c in ("newest_first", "longest_first")
    )  # fmt: skip

    assert (heads >= 0).all()
    np.testing.assert_array_equal(heads.sum(axis=1), stock[1:])
    assert (dear >= cheap).all()


def test_one_person_at_a_time_gives_the_same_heads() -> None:
    # A second route: a list of start months, the newest at the end, popped when people leave.
    rng = np.random.default_rng(7)
    months = pd.period_range("2018-10", periods=50, freq="M")
    people: list[pd.Period | None] = [None] * 4
    stock, joined, expected = [], [], []
    for when in months:
        for _ in range(min(int(rng.integers(0, 3)), len(people))):
            people.pop()
        arrivals = int(rng.integers(0, 3))
        people += [when] * arrivals
        stock.append(len(people))
        joined.append(arrivals)
        steps = [2 if began is None else min(increments_due(began, when), 2) for began in people]
        expected.append([steps.count(k) for k in range(3)])

    heads = heads_by_step(
        np.array(stock)[:, None], np.array(joined)[:, None], months, steps=3, opening_step=2, convention="newest_first"
    )

    assert [[int(x) for x in row[:, 0]] for row in heads] == expected


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"convention": "at random"}, "convention = 'at random': expected one of newest_first, longest_first"),
        ({"joined": [0, 5]}, "nobody leaves in the month they start"),
        ({"joined": [0]}, "have shapes"),
    ],
)
def test_counts_that_cannot_be_followed_are_refused(change: dict[str, Any], rule: str) -> None:
    sound: dict[str, Any] = {"joined": [0, 1], "convention": "newest_first", **change}

    with pytest.raises(ValueError, match=rule):
        heads_by_step(np.array([[1], [2]]), np.array(sound["joined"])[:, None], pd.period_range("2019-04", periods=2, freq="M"),
                      steps=2, opening_step=1, convention=sound["convention"])  # fmt: skip


def test_a_post_on_a_spine_is_billed_its_point_each_month_with_the_award_of_the_day() -> None:
    # Starts in November 2019 on 30,000; 31,200 after six months, in May 2020; 2.75% from April 2020. On-costs nil.
    # November to March: 5 x 2,500 = 12,500. April: 30,000 x 1.0275 / 12 = 2,568.75. May to October:
    # 6 x 31,200 x 1.0275 / 12 = 16,029.
    spine = {"2019/20": {"25": stated(30_000.0, "GBP a year"), "26": stated(31_200.0, "GBP a year")}}
    scenario = toy({
        "costs.grades.social_worker": {"points": ["25", "26"]}, "costs.spine": spine, "costs.pay_award.2020/21": 0.0275,
        "costs.increment_leavers": "newest_first",
    })  # fmt: skip
    values: Values = draw_values(scenario, 0, doubt=False)
    months = pd.period_range("2019-11", "2020-10", freq="M")
    filled, none = np.ones((12, 1, 1), dtype=np.int16), np.zeros((12, 1, 1), dtype=np.int16)
    started = none.copy()
    started[0] = 1
    counted = People(permanent=filled, agency=none, started=started, converted=none, fee_due=none, replaced=none, fte=np.ones(1),
                     grade=("social_worker",), budget=("existing",), commissioned=(None,), contract_months=(None,))  # fmt: skip

    bill = price(counted, months, scenario.costs, values, np.array([0]), ("existing",))[:, 0].sum(axis=(1, 2))

    assert bill[:5].sum() == pytest.approx(12_500, abs=0.005)
    assert bill[5] == pytest.approx(2_568.75, abs=0.005)
    assert bill[6:].sum() == pytest.approx(16_029, abs=0.005)
