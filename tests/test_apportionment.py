"""Money that is split adds up again: by largest remainder, ties to the earlier part, negatives as mirrors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce_model.money.apportionment import apportion, phased

PENNY = Decimal("0.01")


@pytest.mark.parametrize("parts", [12, 9])
def test_375000_splits_into_twelve_months_or_nine_posts_and_adds_up_exactly(parts: int) -> None:
    split = apportion(375_000.00, parts)

    assert sum(split) == Decimal("375000.00")
    assert len(split) == parts
    assert max(split) - min(split) <= PENNY


def test_nine_posts_share_375000_as_six_of_67_pence_and_three_of_66() -> None:
    # 375,000 / 9 = 41,666.666...; nine times 41,666.66 is 374,999.94, so six pennies go to the first six.
    split = apportion(375_000, 9)

    assert [str(x) for x in split] == ["41666.67"] * 6 + ["41666.66"] * 3


def test_the_penny_goes_to_the_largest_remainder_and_a_tie_to_the_earlier_part() -> None:
    # 1.00 over weights 1, 2, 3: 16.67, 33.33 and 50 pence; the penny over goes to the first, whose remainder is 0.67.
    # 0.01 over two equal parts is a tie.
    assert [str(x) for x in apportion("1.00", [1, 2, 3])] == ["0.17", "0.33", "0.50"]
    assert [str(x) for x in apportion("0.01", 2)] == ["0.01", "0.00"]


def test_a_part_without_weight_has_nothing() -> None:
    assert apportion("100.01", [0, 1, 0]) == (Decimal("0.00"), Decimal("100.01"), Decimal("0.00"))


pence = st.integers(-(10**12), 10**12)
weights = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e9)), min_size=1, max_size=40).filter(any)


@given(pence, st.one_of(st.integers(1, 60), weights))
@settings(derandomize=True, deadline=None)
def test_any_amount_over_any_weights_adds_up_exactly_and_a_negative_mirrors(amount: int, shares: Any) -> None:
    gbp = Decimal(amount) / 100

    split = apportion(gbp, shares)

    assert sum(split) == gbp
    assert apportion(-gbp, shares) == tuple(-x for x in split)
    exact = [1.0] * shares if isinstance(shares, int) else shares
    for part, share in zip(split, exact, strict=True):
        assert abs(float(part) - float(gbp) * share / sum(exact)) <= 0.01 + abs(float(gbp)) * 1e-12


@pytest.mark.parametrize("amount", [0.001, float("nan"), float("inf"), "0.005", "£5", "NaN", "Infinity"])
def test_part_of_a_penny_cannot_be_split(amount: Any) -> None:
    with pytest.raises(ValueError, match="whole pence"):
        apportion(amount, 3)


@pytest.mark.parametrize("shares", [0, [], [0.0, 0.0], [1.0, -1.0], [float("nan")]])
def test_weights_that_share_nothing_are_refused(shares: Any) -> None:
    with pytest.raises(ValueError, match="weights"):
        apportion(1, shares)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=24), st.sampled_from([2, 0, -3]))
@settings(derandomize=True, deadline=None)
def test_rounded_months_add_up_to_the_rounded_year(amounts: list[float], places: int) -> None:
    import math

    from workforce_model.basis.formats import rounded

    months = phased(amounts, places)

    assert sum(months) == rounded(math.fsum(amounts), places)


def test_twelve_months_of_nine_posts_in_thousands_add_up_to_the_year() -> None:
    # 474,247 / 12 = 39,521 a month: 40, 39, 40, 39, 40... in thousands; rounding each month would show 12 x 40 = 480.
    months = phased([474_247 / 12] * 12, -3)

    assert sum(months) == Decimal(474_000)


def test_pennies_left_over_go_to_the_largest_remainders_and_not_to_the_first_parts() -> None:
    # 10p by 1, 2 and 4: 1.43, 2.86 and 5.71; the two pennies left go to the second and the third.
    assert [str(part) for part in apportion("0.10", [1, 2, 4])] == ["0.01", "0.03", "0.06"]
    # 3p by 5, 3 and 2: 1.5, 0.9 and 0.6; the two left go to 0.9 and 0.6.
    assert [str(part) for part in apportion("0.03", [5, 3, 2])] == ["0.01", "0.01", "0.01"]
    assert [str(part) for part in apportion("-0.10", [1, 2, 4])] == ["-0.01", "-0.03", "-0.06"]
