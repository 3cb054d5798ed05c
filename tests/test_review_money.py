"""Questions 1, 2, 4, 5 and 6: figures said aloud beforehand on a town of ten posts and two more."""

from __future__ import annotations

import math

import pytest

from tests.review_town import AGENCY, reviewed
from tests.toys import posts, stated
from workforce_model.six_months.conversions import break_even_conversions, conversions_needed
from workforce_model.six_months.money import agency_weeks_ended, full_year_cost, spend_and_outturn, what_is_cashable

PAY = 36_000.0
DISPLACED = {
    **AGENCY,
    "workforce.agency_displacement": 1.0,
    "workforce.posts.more": posts(
        2, budget="two_posts", created="2019-07", starts_on="2019-07", displaces_agency=True
    ),
}  # fmt: skip
A_MONTH = 30.0 * 36 * 47 / 12


def test_spend_to_date_and_outturn_by_hand_with_six_months_closed() -> None:
    answer = spend_and_outturn(reviewed(through="2019-09"))

    rows = answer.table.set_index("budget")
    assert rows.loc["Existing posts", ["spent_to_date", "still_to_come", "mean"]].tolist() == [
        5 * PAY,
        5 * PAY,
        10 * PAY,
    ]
    assert rows.loc["The two posts", ["spent_to_date", "mean", "variance"]].tolist() == pytest.approx(
        [2 * PAY * 3 / 12, 2 * PAY * 9 / 12, 2 * PAY * 9 / 12 - 60_000]
    )
    assert rows.loc["All budgets", "mean"] == pytest.approx(10 * PAY + 54_000)
    assert answer.figure == pytest.approx(54_000)
    assert "£18,000 was spent by the end of September 2019" in answer.sentence
    assert "£6k is left unspent" in answer.sentence


def test_before_actuals_spend_to_date_is_not_known_rather_than_nought() -> None:
    answer = spend_and_outturn(reviewed())

    assert answer.table["spent_to_date"].isna().all()
    assert "what is spent to date is not known" in answer.sentence


def test_the_full_year_cost_is_two_salaries_and_the_approval_is_not_enough() -> None:
    answer = full_year_cost(reviewed())

    assert answer.figure == 2 * PAY
    assert "more than the £60k approved, by £12k" in answer.sentence
    assert "The chance that it is enough for a full year is 0%" in answer.sentence


def test_where_no_posts_are_created_the_envelope_is_not_defined() -> None:
    runs = reviewed()
    answer = full_year_cost(type(runs)(*[runs.nothing] * 4))

    assert math.isnan(answer.figure)
    assert answer.sentence.startswith("Not defined")


def test_weeks_ended_are_the_months_left_of_the_contract_by_hand() -> None:
    table = agency_weeks_ended(reviewed(DISPLACED)).table.set_index(["period", "measure"])["mean"]

    for year in ("2019/20", "2020/21"):  # July to March, then April to December: nine months of one worker in each
        assert table[year, "gross"] == pytest.approx(9 * 52 / 12)
        assert table[year, "net"] == pytest.approx(9 * 52 / 12)


def test_a_worker_who_would_have_gone_anyway_counts_gross_and_not_net() -> None:
    answer = agency_weeks_ended(reviewed({**DISPLACED, "workforce.agency_leaving_rate": 0.5}, runs=200))

    table = answer.table.set_index(["period", "measure"])["mean"]
    assert table["2019/20", "net"] < table["2019/20", "gross"]


def test_without_displacement_no_week_is_ended_and_the_sentence_claims_none() -> None:
    answer = agency_weeks_ended(reviewed({**DISPLACED, "workforce.agency_displacement": 0.0}))

    assert answer.figure == 0
    assert "cannot be told from no difference" in answer.sentence


def test_agency_ended_within_its_budget_is_cashable_and_above_it_only_reduces_an_overspend() -> None:
    line = {"budget": "agency", "label": "Agency", "source": "base budget", "recurrent": True, "order": 1, "approved_by": "a test"}  # fmt: skip
    budgeted = {**DISPLACED, "funding.lines.agency": {**line, "amounts": {"2019/20": 80_000.0}}}

    within, above = what_is_cashable(reviewed(budgeted)), what_is_cashable(reviewed(DISPLACED))

    assert within.figure == pytest.approx(9 * A_MONTH)
    assert "is cashable in 2020/21 (in: agency)" in within.sentence
    assert "no forecast overspend is reduced" in within.sentence
    assert above.figure == 0
    assert f"£{9 * A_MONTH / 1000:.0f}k only reduces a forecast overspend (in: agency)" in above.sentence
    assert "nothing is counted twice" in above.sentence


def test_conversions_that_break_even_by_hand() -> None:
    answer = break_even_conversions(reviewed())

    premium = 30.0 * 36 * 47 - PAY  # £14,760 a year, and the gap is £12,000
    assert answer.table.set_index("measure").loc["premium, agency less the matched post", "mean"] == premium
    assert answer.figure == 1
    assert "only 0.0 FTE of agency cover vacancies, so conversion alone cannot" in answer.sentence


@pytest.mark.parametrize(
    ("gap", "premium", "needed"),
    [(12_000, 14_760, 1), (14_761, 14_760, 2), (0, 14_760, 0), (-1, -1, 0), (1, 0, math.inf), (1, -5, math.inf)],
)
def test_conversions_needed_are_whole_none_where_there_is_no_gap_and_never_without_a_premium(
    gap: float, premium: float, needed: float
) -> None:
    assert conversions_needed(gap, premium) == needed


def test_where_agency_costs_less_no_number_of_conversions_is_the_answer() -> None:
    answer = break_even_conversions(reviewed({"costs.grades.social_worker.agency_rate": 20.0}))

    assert math.isnan(answer.figure)
    assert "no number of conversions meets" in answer.sentence
    assert "a year less than the matched post" in answer.sentence


@pytest.mark.parametrize(
    ("fee", "turnover", "said"),
    [
        # £14,760 a year is £1,230 a month: 60,000 / 1,230 = 48.8. Leaving 20% a year, 1.842% a month, it takes 124 months,
        # and no more than 1,230 / 0.018423 = £66,763 ever comes back.
        (60_000.0, 0.0, "(its checks and its fee) in its 49th month and adds no capacity."),
        (60_000.0, 0.2, "(its checks and its fee) in its 124th month and adds no capacity."),
        (70_000.0, 0.2, "more than it ever pays back, as people leave, and adds no capacity."),
    ],
)
def test_a_conversion_pays_back_only_while_its_worker_stays(fee: float, turnover: float, said: str) -> None:
    changes = {"costs.conversion_fee": stated(fee, "GBP"), "workforce.turnover_rate": turnover}

    answer = break_even_conversions(reviewed(changes))

    assert said in answer.sentence
    assert answer.table.set_index("measure").loc["months until a conversion has paid back", "mean"] == pytest.approx(
        float(said.split()[7].removesuffix("th")) if "in its" in said else math.nan, nan_ok=True
    )


def test_the_check_paid_is_the_latest_by_its_own_date_and_not_by_its_spelling() -> None:
    # £30,000 of a check from October 2018, £5 from 2019/20 on: "2019/20" stands for April 2019.
    checks = {"2018-10": stated(30_000.0, "GBP"), "2019/20": stated(5.0, "GBP")}
    later = {"2019/20": stated(30_000.0, "GBP"), "2019-10": stated(5.0, "GBP")}

    for prices in (checks, later):
        assert (
            "in its 1st month and adds no capacity"
            in break_even_conversions(reviewed({"costs.checks_per_start": prices})).sentence
        )


def test_the_gap_that_conversions_meet_is_that_of_the_year_their_premium_is_of() -> None:
    # A fifth more pay from April 2020: two posts cost £86,400 against £60,000; agency at £50,760 is £7,560 dearer than £43,200.
    answer = break_even_conversions(
        reviewed({"costs.pay_award": {"2020/21": stated(0.2, "growth a year")}}, through="2019-09")
    )

    rows = answer.table.set_index("measure")
    assert rows.loc["gap in a full year", ["period", "mean"]].tolist() == ["2020/21", pytest.approx(26_400.0)]
    assert rows.loc["premium, agency less the matched post", "mean"] == pytest.approx(7_560.0)
    assert answer.figure == 4
    assert (
        "4 conversions [4 to 4] would meet the £26k by which the posts exceed the approval in a full year at prices of 2020/21"
        in answer.sentence
    )
