"""The monitoring form: spend to date, what is owed and ordered, forecast outturn and variance, by code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.accounts.outturn import FORM, budget_by_code, monitoring_form, rest_of_year_by_code
from workforce_model.money.costs import KINDS

PAY, AGENCY = ("CS101", "0110"), ("CS101", "0190")


def table(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        [[*row[0], *row[1:]] for row in rows], columns=["cost_centre", "subjective_code", *columns.split()]
    )


BUDGET = table("description annual_budget_gbp", (PAY, "Basic pay", 375_000.0), (AGENCY, "Agency", 0.0))
LEDGER = table(
    "month type gbp",
    (PAY, "2019-08", "actual", 20_000.0),
    (PAY, "2019-09", "actual", 22_000.0),
    (PAY, "2019-09", "accrual", 3_000.0),
    (PAY, "2019-09", "commitment", 30_000.0),
    (AGENCY, "2019-07", "actual", 12_000.0),
    (AGENCY, "2019-09", "actual", -500.0),
)
REST = table("gbp", (PAY, 200_000.0), (AGENCY, 40_000.0))


def test_a_six_month_form_by_hand() -> None:
    # Pay: 42,000 paid and 3,000 owed is 45,000; 200,000 to come, 30,000 of it ordered: 245,000, 130,000 under budget.
    # Agency: 11,500 paid net of a credit; 40,000 to come: 51,500 over a budget of nothing. In all 78,500 under.
    form = monitoring_form(BUDGET, LEDGER, REST, through="2019-09").set_index("description")

    assert form.columns.tolist() == [name for name in FORM if name != "description"]
    assert form.loc["Basic pay"].drop(["cost_centre", "subjective_code"]).to_dict() == {
        "annual_budget_gbp": 375_000.0, "budget_to_date_gbp": 187_500.0, "actual_gbp": 42_000.0, "accrual_gbp": 3_000.0,
        "spend_to_date_gbp": 45_000.0, "commitment_gbp": 30_000.0, "rest_of_year_gbp": 200_000.0,
        "forecast_outturn_gbp": 245_000.0, "variance_gbp": -130_000.0,
    }  # fmt: skip
    assert form.loc["Agency", ["spend_to_date_gbp", "variance_gbp"]].tolist() == [11_500.0, 51_500.0]
    assert form.loc["Total", ["forecast_outturn_gbp", "variance_gbp"]].tolist() == [296_500.0, -78_500.0]


def test_a_commitment_is_part_of_what_is_to_come_and_never_added_to_it() -> None:
    ordered = pd.concat(
        [LEDGER, table("month type gbp", (AGENCY, "2019-09", "commitment", 40_000.0))], ignore_index=True
    )

    without, with_it = (
        monitoring_form(BUDGET, x, REST, through="2019-09")["forecast_outturn_gbp"] for x in (LEDGER, ordered)
    )

    assert with_it.tolist() == without.tolist()


def test_every_fault_of_the_tables_is_named_at_once() -> None:
    wrong = table(
        "month type gbp",
        (PAY, "2019-08", "actual", 1.0),
        (PAY, "2019-08", "actual", 2.0),
        (("CS999", "0110"), "2019-05", "actual", 3.0),
        (PAY, "2019-10", "actual", 4.0),
        (PAY, "2019-03", "actual", 4.0),
        (PAY, "2019-09", "order", 5.0),
        (AGENCY, "2019-09", "commitment", 50_000.0),
    )

    with pytest.raises(ValueError, match="monitoring, 6 problems") as refused:
        monitoring_form(BUDGET, wrong, REST, through="2019-09")

    said = str(refused.value)
    for part in (
        "general_ledger row 1: CS101 0110 2019-08 actual stands twice",
        "code CS999 0110, which has no budget row",
        "row 3: month = 2019-10, expected 2019/20 up to 2019-09",
        "row 4: month = 2019-03",
        "type = 'order', expected one of actual, accrual, commitment",
        "rest_of_year for CS101 0190 is 40,000.00, less than the 50,000.00 already committed",
    ):
        assert part in said


def test_a_missing_column_or_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="general_ledger has no column type"):
        monitoring_form(BUDGET, LEDGER.drop(columns="type"), REST, through="2019-09")
    with pytest.raises(ValueError, match="rest_of_year holds an amount that is missing or infinite"):
        monitoring_form(BUDGET, LEDGER, table("gbp", (PAY, float("nan"))), through="2019-08")


def test_a_code_with_nothing_stated_for_the_rest_of_the_year_is_refused_and_not_taken_as_nought() -> None:
    with pytest.raises(
        ValueError, match="rest_of_year has no row for CS101 0190; give it one, of 0 if nothing is to come"
    ):
        monitoring_form(BUDGET, LEDGER, table("gbp", (PAY, 200_000.0)), through="2019-09")


def test_the_tables_given_are_never_changed() -> None:
    before = BUDGET.copy(), LEDGER.copy(), REST.copy()

    monitoring_form(BUDGET, LEDGER, REST, through="2019-09")

    for now, then in zip((BUDGET, LEDGER, REST), before, strict=True):
        pd.testing.assert_frame_equal(now, then)


def test_375000_is_budgeted_over_the_pay_codes_to_the_penny_as_the_posts_cost_falls() -> None:
    approved = wm.load_scenario("scenarios/approved.toml").replace({
        "costs.subjective_codes": {"basic pay": "0110"}, "funding.budgets.nine_posts": {"label": "The nine posts", "cost_centre": "CS101"},
    })  # fmt: skip
    result = wm.run(approved, 3, doubt=False)

    budget = budget_by_code(result, "nine_posts", "2019/20")

    # Basic pay is 344,640 of 474,246.58: 272,515.91.
    assert round(budget["annual_budget_gbp"].sum(), 2) == 375_000.00
    assert budget.loc[0].tolist() == [
        "CS101",
        "0110",
        "basic pay",
        pytest.approx(375_000 * 344_640 / 474_246.576, abs=0.01),
    ]


def test_a_run_gives_the_rest_of_its_year_by_code_and_ties_to_its_own_ledger() -> None:
    result = wm.run(wm.load_scenario("scenarios/approved.toml"), 10)
    nine = result.budgets.index("nine_posts")

    rest = rest_of_year_by_code(result, "nine_posts", "2019-09")

    months = [i for i, when in enumerate(result.months) if "2019-10" <= str(when) <= "2020-03"]
    assert rest["gbp"].sum() == pytest.approx(result.cost[months, nine].sum(axis=(0, 1)).mean())


def test_budget_and_rest_of_year_of_a_run_are_of_the_same_codes_and_make_a_form_that_ties_to_its_ledger() -> None:
    result = wm.run(wm.load_scenario("scenarios/approved.toml"), 10)
    nine, year = result.budgets.index("nine_posts"), np.array(result.years) == "2019/20"
    budget = budget_by_code(result, "nine_posts", "2019/20")
    rest = rest_of_year_by_code(result, "nine_posts", "2019-06")  # nothing is spent on the nine before July

    form = monitoring_form(budget, LEDGER.iloc[:0], rest, through="2019-06").set_index("description")

    assert budget["subjective_code"].tolist() == rest["subjective_code"].tolist()
    assert form.loc["recruitment", "annual_budget_gbp"] == 0.0
    assert form.loc["recruitment", "variance_gbp"] == pytest.approx(
        result.cost[year, nine, KINDS.index("recruitment")].sum(axis=0).mean()
    )
    spent = result.cost[year, nine].sum(axis=(0, 1)).mean()
    assert form.loc["Total", ["annual_budget_gbp", "forecast_outturn_gbp"]].tolist() == pytest.approx(
        [375_000.0, spent]
    )


def test_kinds_of_one_code_are_one_row_of_the_form() -> None:
    pay = {"basic pay": "0110", "retention payment": "0110", "employer pension": "0130"}
    result = wm.run(toy({"costs.subjective_codes": pay, "costs.pension_rate": 0.25}), 2)

    budget, rest = budget_by_code(result, "existing", "2019/20"), rest_of_year_by_code(result, "existing", "2019-12")

    # £360,000 approved for ten posts at £36,000 and £9,000 of pension: four fifths and one. Three months are to come.
    assert budget["subjective_code"].is_unique
    assert budget.set_index("subjective_code").loc["0110"].tolist() == [
        "existing",
        "basic pay, retention payment",
        288_000.0,
    ]
    assert rest.set_index("subjective_code")["gbp"][["0110", "0130"]].tolist() == pytest.approx([90_000.0, 22_500.0])
    monitoring_form(budget, LEDGER.iloc[:0], rest, through="2019-12")


def test_a_budget_without_posts_is_split_as_it_is_spent_and_an_unknown_one_is_refused() -> None:
    result = wm.run(wm.load_scenario("scenarios/net_of_agency.toml"), 10)

    agency = budget_by_code(result, "temporary_agency", "2019/20")

    assert round(agency["annual_budget_gbp"].sum(), 2) == 99_247.00
    assert set(agency.loc[agency["annual_budget_gbp"] > 0, "description"]) == {
        "agency pay",
        "agency margin",
        "commissioned team",
    }
    with pytest.raises(ValueError, match="expected a budget and a financial year of this run: existing, "):
        budget_by_code(result, "nine", "2019/20")
    with pytest.raises(ValueError, match="year '2025/26'"):
        rest_of_year_by_code(result, "nine_posts", "2025-06")
