"""Bringing somebody in: cash, the grant that meets some of it, and lost capacity, which is neither."""

from __future__ import annotations

from typing import Any

import pytest

from workforce_model.money.recruitment import ENHANCED_DBS_GBP, fee_on, lost_capacity, starter_cost

STARTER: dict[str, Any] = {
    "advert_and_panel_gbp": 2_956, "induction_gbp": 250, "newly_qualified": False, "newly_qualified_grant_gbp": 2_000,
    "post_cost_gbp": 51_889.22, "settling_months": 3, "settling_share": 0.5,
}  # fmt: skip


def lines(when: str, **changes: Any) -> dict[str, float]:
    table = starter_cost(when, **{**STARTER, **changes})
    return {str(name): float(gbp) for name, gbp in zip(table["line"], table["gbp"], strict=True)}


@pytest.mark.parametrize(("when", "fee"), [("2019-04", 44.0), ("2019-09", 44.0), ("2019-10", 40.0), ("2021-01", 40.0)])
def test_a_disclosure_is_44_until_september_2019_and_40_from_october(when: str, fee: float) -> None:
    assert fee_on(ENHANCED_DBS_GBP, when) == fee
    assert lines(when)["pre-employment checks"] == fee


def test_a_fee_from_before_any_was_stated_is_refused() -> None:
    with pytest.raises(ValueError, match="no fee is stated before 2019-10"):
        fee_on({"2019-10": 40.0}, "2019-09")


def test_a_starter_in_september_costs_3250_in_cash_by_hand() -> None:
    # 2,956 + 44 + 250.
    table = starter_cost("2019-09", **STARTER)

    assert table.loc[table["cash"], "gbp"].sum() == 3_250.00


def test_a_newly_qualified_starter_brings_a_grant_which_is_negative() -> None:
    newly, experienced = lines("2019-09", newly_qualified=True), lines("2019-09")

    assert newly["newly qualified grant"] == -2_000.0
    assert "newly qualified grant" not in experienced


def test_three_months_at_half_work_lose_an_eighth_of_a_years_cost_and_no_cash() -> None:
    # 51,889.22 x 3/12 x 1/2 = 6,486.1525.
    table = starter_cost("2019-09", **STARTER).set_index("line")

    lost = table.loc["capacity lost while settling, not cash"]

    assert lost["gbp"] == pytest.approx(6_486.1525)
    assert not lost["cash"]
    assert lost_capacity(51_889.22, 3, 1.0) == 0.0
