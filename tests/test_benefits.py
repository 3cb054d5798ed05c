"""Three lines of benefit: whose budget, never added together, nothing counted twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model.accounts.benefits import AVOIDED, CASHABLE, OVERSPEND, benefits, claimed, difference_check, paired
from workforce_model.engine.results import Results
from workforce_model.inputs.scenario import Scenario


def agency_toy(last_month: str, budgeted: float | None) -> Results:
    """Ten permanent staff, and one agency worker above establishment at £30 x 36 x 47 = £50,760 a year until a month."""
    group = {"kind": "additional", "team": "team", "role": "Agency", "grade": "social_worker", "budget": "agency",
             "first_month": "2019-04", "last_month": last_month, "number": stated(1, "posts"), "source": "a test"}  # fmt: skip
    line = {"budget": "agency", "label": "Agency budget", "source": "base budget", "recurrent": True, "order": 1,
            "amounts": {"2019/20": budgeted}, "approved_by": "a test"}  # fmt: skip
    changes: dict[str, Any] = {
        "workforce.agency": {"extra": group}, "funding.budgets.agency": {"label": "Agency above establishment"},
        "workforce.posts.worker": posts(10, opening_over_five_years=10),
    }  # fmt: skip
    return wm.run(toy(changes if budgeted is None else {**changes, "funding.lines.agency": line}), 3, doubt=False)


def by_kind(table: pd.DataFrame, year: str) -> dict[str, float]:
    return {k: round(float(x), 2) for k, x in table[table["financial_year"] == year].set_index("kind")["mean"].items()}


@pytest.mark.parametrize(
    ("budgeted", "expected"),
    [
        (None, {OVERSPEND: -50_760.0}),
        (60_000.0, {CASHABLE: -50_760.0}),
        (20_000.0, {CASHABLE: -20_000.0, OVERSPEND: -30_760.0}),
    ],
    ids=["above establishment and unbudgeted", "within a budget", "partly budgeted"],
)
def test_ending_an_agency_worker_releases_only_what_was_budgeted(
    budgeted: float | None, expected: dict[str, float]
) -> None:
    base, option = agency_toy("2021-03", budgeted), agency_toy("2020-03", budgeted)

    table = benefits(base, option, baseline="forecast")

    assert by_kind(table, "2020/21") == expected
    assert by_kind(table, "2019/20") == {}
    assert set(table["whose"]) == {"Agency above establishment"}


def test_money_brought_forward_is_part_of_what_a_budget_can_be_cut_by() -> None:
    # 80,000 approved once, 50,760 spent in 2019/20, 29,240 carried into 2020/21: of 50,760 no longer spent there,
    # 29,240 lies within the budget and 21,520 above it.
    base, option = (wm.run(with_carry(month), 2, doubt=False) for month in ("2021-03", "2020-03"))

    table = benefits(base, option, baseline="forecast")

    assert by_kind(table, "2020/21") == {CASHABLE: -29_240.0, OVERSPEND: -21_520.0}


def with_carry(last_month: str) -> Scenario:
    line = {"budget": "agency", "label": "Agency money", "source": "risk reserve", "recurrent": False, "order": 1,
            "amounts": {"2019/20": 80_000.0}, "carry_forward_until": "2020/21", "approved_by": "a test"}  # fmt: skip
    return agency_toy(last_month, None).scenario.replace({"funding.lines.agency": line})


def test_against_what_was_never_planned_all_of_it_is_avoided_and_none_is_cashable() -> None:
    base, option = agency_toy("2021-03", 60_000.0), agency_toy("2020-03", 60_000.0)

    table = benefits(base, option, baseline="might have been")

    assert by_kind(table, "2020/21") == {AVOIDED: -50_760.0}


def test_the_three_lines_add_up_to_the_fall_in_cost_in_each_budget_so_no_pound_is_in_two() -> None:
    # I10: cashable plus overspend reduced is the fall in cost, run by run and so on average.
    base, option = (wm.run(wm.load_scenario(f"scenarios/{n}.toml"), 30) for n in ("do_nothing", "approved"))

    table = benefits(base, option, baseline="forecast")

    for year, of_year in table.groupby("financial_year"):
        months = np.array(option.years) == year
        for budget, of_budget in of_year.groupby("budget"):
            cost = [r.cost[months][:, r.budgets.index(str(budget))].sum(axis=(0, 1)).mean() for r in (base, option)]
            assert of_budget["mean"].sum() == pytest.approx(cost[1] - cost[0], abs=0.005)
            assert of_budget["kind"].is_unique


def test_a_new_budget_of_the_option_is_its_cost_and_no_benefit() -> None:
    base, option = (wm.run(wm.load_scenario(f"scenarios/{n}.toml"), 20) for n in ("do_nothing", "approved"))

    table = benefits(base, option, baseline="forecast")

    assert "nine_posts" not in set(table["budget"])


def test_what_changes_nothing_has_no_benefit() -> None:
    base = agency_toy("2021-03", None)

    assert benefits(base, base, baseline="forecast").empty


def test_an_unknown_baseline_is_refused() -> None:
    base = agency_toy("2021-03", None)

    with pytest.raises(ValueError, match="expected forecast or might have been"):
        benefits(base, base, baseline="hoped for")  # the slip under test


# The analyst's own claims ------------------------------------------------------------------------

CLAIMS = pd.DataFrame(
    [
        ("one agency worker ended", OVERSPEND, "Temporary agency", "2020/21", -58_374.0),
        ("two hires not made", AVOIDED, "Recruitment", "2020/21", -6_000.0),
        ("vacant post deleted", CASHABLE, "Existing establishment", "2020/21", -51_889.0),
    ],
    columns=["what", "kind", "budget", "financial_year", "gbp"],
)


def test_claims_are_shown_by_kind_and_whose_budget_without_a_total_over_kinds() -> None:
    table = claimed(CLAIMS)

    assert table["2020/21"].to_dict() == {
        (AVOIDED, "Recruitment"): -6_000.0,
        (CASHABLE, "Existing establishment"): -51_889.0,
        (OVERSPEND, "Temporary agency"): -58_374.0,
    }


def test_a_saving_claimed_as_cashable_and_as_avoided_is_refused_with_every_other_fault() -> None:
    again = pd.DataFrame(
        [("one agency worker ended", CASHABLE, "Existing establishment", "2020/21", -58_374.0), ("a cost", "hoped", "X", "2020/21", 5.0)],
        columns=CLAIMS.columns,
    )  # fmt: skip

    with pytest.raises(ValueError, match="3 problems") as refused:
        claimed(pd.concat([CLAIMS, again], ignore_index=True))

    assert "'one agency worker ended' in 2020/21 is counted 2 times" in str(refused.value)
    assert "kind = 'hoped'" in str(refused.value)
    assert "a saving is negative" in str(refused.value)


@pytest.mark.parametrize(
    ("column", "cell"), [("gbp", float("nan")), ("gbp", "-6,000"), ("gbp", float("-inf")), ("budget", None), ("what", ""), ("financial_year", "2020")],
)  # fmt: skip
def test_a_claim_with_a_cell_missing_or_misread_is_refused_by_its_row_and_never_left_out(
    column: str, cell: object
) -> None:
    claims = CLAIMS.astype(object)
    claims.loc[1, column] = cell

    with pytest.raises(ValueError, match=f"claims, 1 problem\n  row 2: {column} = "):
        claimed(claims)


def test_a_saving_claimed_twice_in_other_letters_or_spaces_is_the_same_saving() -> None:
    rows = [
        ("One agency worker ended", CASHABLE, "Agency", "2020/21", -5.0),
        ("one agency  worker ended ", AVOIDED, "Agency", "2020/21", -5.0),
    ]

    with pytest.raises(ValueError, match="'One agency worker ended' in 2020/21 is counted 2 times"):
        claimed(pd.DataFrame(rows, columns=["what", "kind", "budget", "financial_year", "gbp"]))


def test_claims_without_a_budget_are_refused() -> None:
    with pytest.raises(ValueError, match="claims has no column budget"):
        claimed(CLAIMS.drop(columns="budget"))


# I11 ---------------------------------------------------------------------------------------------


def test_i11_the_change_in_cost_is_the_change_in_money_and_gap_in_every_run() -> None:
    base, option = (wm.run(wm.load_scenario(f"scenarios/{n}.toml"), 20) for n in ("do_nothing", "net_of_agency"))

    check = difference_check(base, option)

    assert (check.status, check.note) == ("passed", "against do_nothing")


def test_i11_a_penny_moved_in_one_run_of_one_month_is_found() -> None:
    base, option = agency_toy("2021-03", None), agency_toy("2020-03", None)
    gap = option.ledger.gap.copy()
    gap[13, 0, 2] += 0.01

    check = difference_check(base, replace(option, ledger=replace(option.ledger, gap=gap)))

    assert check.status == "failed"
    assert check.worst == pytest.approx(0.01)


def test_i11_as_many_runs_of_other_numbers_share_no_luck_and_are_not_compared() -> None:
    base = agency_toy("2021-03", None)
    other = replace(base, numbers=base.numbers + 1)

    with pytest.raises(ValueError, match="of other numbers: complete them to compare"):
        difference_check(base, other)
    assert not paired(base, other)
    assert paired(base, base)
