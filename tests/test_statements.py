"""The tables a Cabinet paper prints add up, carry the ledger's own figures, and are rounded once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.accounts.statements import funding_statement, in_thousands, plan_statement, reserve_statement
from workforce_model.engine.results import Results

YEARS = ["2019/20", "2020/21", "2021/22", "2022/23"]


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 40)


@pytest.fixture(scope="module")
def carried() -> Results:
    scenario = wm.load_scenario("scenarios/net_of_agency.toml")
    line = {
        **{k: v for k, v in vars(scenario.funding.lines["reserve_2019"]).items() if v is not None},
        "carry_forward_until": "2020/21",
    }
    balance = {"value": 5_000_000, "unit": "GBP", "source": "a test", "date": scenario.seen_from, "confidence": "low"}
    return wm.run(
        scenario.replace({"funding.lines.reserve_2019": line, "funding.reserve_opening_balance": balance}), 40
    )


@pytest.mark.parametrize("budget", [None, "nine_posts", "temporary_agency"])
def test_cost_and_funding_add_up_to_the_gap_in_every_year(
    approved: Results, carried: Results, budget: str | None
) -> None:
    for result in (approved, carried):
        table = funding_statement(result, budget)

        parts = table.loc["Cost"].drop("Total cost").sum()
        funding = table.loc["Funding"].sum() if "Funding" in table.index.get_level_values(0) else 0.0

        assert np.abs(parts - table.loc[("Cost", "Total cost")]).max() < 0.005
        assert np.abs(parts + funding - table.loc[("Gap", "Cost less funding")]).max() < 0.005


def test_what_was_approved_moved_and_brought_forward_is_used_carried_or_given_back(carried: Results) -> None:
    table = funding_statement(carried, "nine_posts")
    approvals = table.loc["Approvals"]

    sources = approvals[approvals.index.str.endswith((": approved", ": virement", ": brought forward"))].sum()
    left = approvals[approvals.index.str.endswith((": carried forward", "reserve", "underspent"))].sum()

    assert np.abs(sources + table.loc["Funding"].sum() - left).max() < 0.005
    assert approvals.loc["Investment in 2019/20: brought forward", "2020/21"] > 0


def test_the_reserve_rolls_forward_as_printed(carried: Results) -> None:
    table = reserve_statement(carried).loc["Reserve"]

    opening, drawn, closing = (
        table.loc[name] for name in ("Opening balance", "Drawn to meet these costs", "Closing balance")
    )

    assert opening["2019/20"] == 5_000_000
    assert np.abs(opening + drawn - closing).max() < 0.005
    assert opening[YEARS[1:]].tolist() == closing[YEARS[:-1]].tolist()


def test_without_a_balance_the_reserve_says_that_it_shows_movements_only(approved: Results) -> None:
    table = reserve_statement(approved)

    assert "Opening balance" not in table.index.get_level_values(1)
    assert "movements only" in table.attrs["note"]


def test_the_plan_shows_growth_of_375_then_nothing_and_the_reversal_on_lines_of_its_own(approved: Results) -> None:
    change, total = (plan_statement(approved, basis).loc["Plan"] for basis in ("incremental", "cumulative"))

    assert change.loc["Permanent investment from 2020/21"].tolist() == [0.0, 375_000.0, 0.0, 0.0]
    assert total.loc["Permanent investment from 2020/21"].tolist() == [0.0, 375_000.0, 375_000.0, 375_000.0]
    assert change.loc["Investment in 2019/20: reversal of use of risk reserve"].tolist() == [0.0, 375_000.0, 0.0, 0.0]
    assert change.loc["Net change to the plan"].tolist() == [400_000.0, 375_000.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="incremental or cumulative"):
        plan_statement(approved, "net")


def test_each_printed_figure_is_the_ledgers_own_rounded_once_with_brackets(approved: Results) -> None:
    table = funding_statement(approved, "nine_posts")

    printed = in_thousands(table)

    year = np.array(approved.years) == "2020/21"
    cost = approved.cost[year, approved.budgets.index("nine_posts")].sum(axis=(0, 1)).mean()
    assert printed.loc[("Cost", "Total cost"), "2020/21"] == f"{cost / 1000:.0f}"
    assert printed.loc[("Funding", "Investment in 2019/20 (risk reserve)"), "2019/20"].startswith("(")
    assert "rounded once" in printed.attrs["note"]
    assert "cash prices" in printed.attrs["title"]


def test_a_row_that_is_not_nil_is_never_left_out() -> None:
    table = pd.DataFrame({"2019/20": [0.0, 120.0], "2020/21": [0.0, 0.0]}, index=["nil", "small"])

    assert in_thousands(table).to_dict() == {"2019/20": {"small": "<1"}, "2020/21": {"small": "0"}}


def test_a_budget_nobody_has_is_refused_and_not_stated_as_nothing() -> None:
    result = wm.run(toy(), 2)

    for ask in (
        funding_statement,
        wm.charts.cost_against_envelope,
        wm.charts.funding_statement,
        wm.charts.posts_filled,
    ):
        with pytest.raises(ValueError, match="budget 'exsting': toy has none of that name; did you mean existing"):
            ask(result, "exsting")


def test_a_year_that_is_reported_in_part_is_said_to_be() -> None:
    whole, part = (
        wm.run(toy(changes), 2) for changes in ({}, {"periods.end": "2020-09", "periods.report_from": "2019-07"})
    )

    assert " only." not in funding_statement(whole).attrs["note"]
    said = funding_statement(part).attrs["note"]
    assert "2019/20 is July 2019 to March 2020 only. 2020/21 is April 2020 to September 2020 only." in said
