"""The plan lines approvals make: incremental, cumulative, and the reversal that is never netted."""

from __future__ import annotations

import numpy as np
import pytest

from tests.test_funding import line, paper, plan
from workforce_model.money.funding import Funding
from workforce_model.money.medium_term_plan import mtfp_table

PLAN_YEARS = ("2019/20", "2020/21", "2021/22", "2022/23")


def plan_lines(funding: Funding, basis: str, years: tuple[str, ...] = PLAN_YEARS) -> dict[str, list[float]]:
    """Each plan line's pounds by year."""
    table = mtfp_table(funding, years)
    wanted = table[table["basis"] == basis]
    return {str(label): rows["gbp"].tolist() for label, rows in wanted.groupby("label", sort=False)}


def test_growth_is_375_then_nothing_more_and_375_each_year_in_all() -> None:
    funding = paper()

    change, total = (plan_lines(funding, basis)["Permanent investment"] for basis in ("incremental", "cumulative"))

    assert change == [0.0, 375_000.0, 0.0, 0.0]
    assert total == [0.0, 375_000.0, 375_000.0, 375_000.0]


def test_the_reversal_of_the_reserve_is_its_own_line_and_never_netted_against_growth() -> None:
    funding = paper()

    lines = plan_lines(funding, "incremental")

    assert lines == {
        "Investment in 2019/20: one-off expenditure": [375_000.0, 0.0, 0.0, 0.0],
        "Investment in 2019/20: use of risk reserve": [-375_000.0, 0.0, 0.0, 0.0],
        "Investment in 2019/20: reversal of one-off expenditure": [0.0, -375_000.0, 0.0, 0.0],
        "Investment in 2019/20: reversal of use of risk reserve": [0.0, 375_000.0, 0.0, 0.0],
        "Permanent investment": [0.0, 375_000.0, 0.0, 0.0],
    }


def test_one_off_money_nets_to_nothing_on_the_general_fund_in_every_year() -> None:
    funding = paper()

    one_off = [pounds for label, pounds in plan_lines(funding, "cumulative").items() if label.startswith("Investment")]

    assert np.sum(one_off, axis=0).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_a_plan_that_begins_later_shows_what_changes_and_not_what_stood_before() -> None:
    # November 2018: 600 in 2018/19, 1,000 from 2019/20. A plan from 2019/20 grows by 400; one from 2018/19 by 600 and 400.
    funding = plan(growth=line({"2018/19": 600_000.0, "2019/20": 1_000_000.0}, label="November 2018"))

    from_2019 = plan_lines(funding, "incremental", ("2019/20", "2020/21"))["November 2018"]
    from_2018 = plan_lines(funding, "incremental", ("2018/19", "2019/20", "2020/21"))["November 2018"]

    assert from_2019 == [400_000.0, 0.0]
    assert from_2018 == [600_000.0, 400_000.0, 0.0]


def test_one_off_money_of_the_year_before_is_reversed_in_the_first_year_of_the_plan() -> None:
    funding = paper()

    lines = plan_lines(funding, "incremental", ("2020/21", "2021/22"))

    assert lines["Investment in 2019/20: one-off expenditure"] == [0.0, 0.0]
    assert lines["Investment in 2019/20: reversal of one-off expenditure"] == [-375_000.0, 0.0]
    assert lines["Investment in 2019/20: reversal of use of risk reserve"] == [375_000.0, 0.0]


def test_a_base_budget_is_in_the_plan_already_and_only_its_changes_are_lines() -> None:
    funding = plan(
        base=line({"2019/20": 10_000_000.0, "2021/22": 9_500_000.0}, source="base budget", label="Base budget")
    )

    change = plan_lines(funding, "incremental")["Base budget"]

    assert change == [0.0, 0.0, -500_000.0, 0.0]


def test_a_base_budget_not_yet_known_is_left_out_of_the_plan() -> None:
    funding = plan(base=line({}, source="base budget", at_establishment_cost=True))

    table = mtfp_table(funding, PLAN_YEARS)

    assert table.empty
    assert table.columns.tolist() == ["line", "label", "basis", "financial_year", "gbp"]


def test_no_figure_of_the_plan_is_minus_nought() -> None:
    funding = paper()

    table = mtfp_table(funding, PLAN_YEARS)

    assert not np.signbit(table.loc[table["gbp"] == 0, "gbp"]).any()


@pytest.mark.parametrize("years", [("2019/20", "2021/22"), ("2020/21", "2019/20"), ("2019/20", "2019/20")])
def test_a_plan_that_skips_repeats_or_turns_back_is_refused(years: tuple[str, ...]) -> None:
    funding = paper()

    with pytest.raises(ValueError, match=r"years = .*one after another, none twice"):
        mtfp_table(funding, years)
