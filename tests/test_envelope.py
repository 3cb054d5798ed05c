"""The envelope test, from the scenario file to the finance reference's totals, and back from the ledger."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.reading.envelope import End, Envelope, budget_in_question, envelopes

approved = wm.load_scenario("scenarios/approved.toml")


@pytest.mark.parametrize(("end", "published"), [("low", 411_855), ("value", 474_247), ("high", 557_180)])
def test_the_nine_posts_cost_the_reference_total(end: End, published: int) -> None:
    nine = envelopes(approved, at=end)["nine_posts"]

    assert round(float(nine.cost_first_year[0])) == published


def test_the_envelope_test_is_that_of_the_reference() -> None:
    nine = envelopes(approved, at="value")["nine_posts"]

    start = float(nine.if_all_start(pd.Period("2019-09", "M"))[0])
    # 474,247 - 375,000; 375,000 / (474,247 / 9); 12 x 375,000 / 474,247; 474,247 x 7/12; 375,000 less that.
    assert round(float(nine.gap()[0]) / 1000) == 99
    assert round(float(nine.posts_affordable()[0]), 1) == 7.1
    assert round(float(nine.months_affordable()[0]), 1) == 9.5
    assert round(start / 1000) == 277
    assert round((375_000 - start) / 1000) == 98
    assert nine.earliest_start()[0] == 3  # July: nine months cost £356k, ten £395k


@pytest.mark.parametrize(
    ("end", "earliest"),
    # Ten months of 411,855 are 343,212, eleven 377,534: June. Nine of 474,247 are 355,685, ten 395,206: July.
    # Eight of 557,180 are 371,453, nine 417,885: August.
    [("low", 2), ("value", 3), ("high", 4)],
)
def test_the_affordable_starts_run_from_the_first_month_that_fits_to_march(end: End, earliest: int) -> None:
    nine = envelopes(approved, at=end)["nine_posts"]

    fits = nine.affordable_starts()[:, 0]

    assert fits.tolist() == [False] * earliest + [True] * (12 - earliest)
    assert (nine.earliest_start()[0], nine.latest_start()[0]) == (earliest, 11)


def test_no_start_is_affordable_where_one_month_costs_more_than_the_approval() -> None:
    line = {k: v for k, v in vars(approved.funding.lines["reserve_2019"]).items() if v is not None}
    poor = approved.replace({"funding.lines.reserve_2019": {**line, "amounts": {"2019/20": 30_000}}})

    nine = envelopes(poor, at="value")["nine_posts"]

    assert (nine.earliest_start()[0], nine.latest_start()[0]) == (12, 12)


def test_the_envelope_table_tests_the_part_year_and_the_full_year() -> None:
    table = wm.envelope_table(approved).query("budget == 'nine_posts'").set_index(["measure", "period"])["value"]

    # 2020/21 at 2% and the 8,788 threshold: 483k, so 375k pays for 375/483 of nine posts.
    assert round(table["full-year cost, all posts filled", "2020/21"] / 1000) == 483
    assert round(table["gap in a full year", "2020/21"] / 1000) == 108
    assert round(table["posts affordable in a full year", "2020/21"], 1) == 7.0
    assert round(table["months affordable of all posts", "2020/21"], 1) == 9.3
    assert table["earliest affordable start of all", "2019/20"] == 4  # July
    assert table["latest affordable start of all", "2019/20"] == 12  # March


def test_starting_together_on_1_september_the_ledger_shows_277k_and_98k_unspent() -> None:
    together = approved.replace(
        {
            "workforce.turnover_rate": 0.0,
            "costs.cost_per_start": 0.0,
            **{f"workforce.posts.{g}.starts_on": "2019-09" for g, p in approved.workforce.posts.items() if p.budget == "nine_posts"},
        }
    )  # fmt: skip

    result = wm.run(together, 2, doubt=False)

    year = np.array(result.years) == "2019/20"
    spent = result.cost[year, result.budgets.index("nine_posts")].sum(axis=(0, 1))
    unspent = result.ledger.unspent[1, result.ledger.lines.index("reserve_2019")]
    assert np.round(spent / 1000).tolist() == [277, 277]
    assert np.round(unspent / 1000).tolist() == [98, 98]


def test_posts_that_cost_nothing_are_paid_for_by_no_number_of_pounds() -> None:
    free = Envelope("nine", 3, "2019/20", "2020/21", np.zeros(1), np.zeros(1), 60_000.0, 50_000.0)

    assert np.isnan(free.posts_affordable()).all()
    assert np.isnan(free.months_affordable()).all()
    assert free.pays_for() == "there is nothing to pay for"


def test_an_approval_above_the_cost_is_not_said_to_pay_for_more_posts_or_months_than_there_are() -> None:
    # 60,000 against four posts at 10,000 each; then four at 15,000, to the last pound.
    ample, exact = (Envelope("four", 4, "2019/20", "2020/21", np.array([cost]), np.array([cost]), 60_000.0, 60_000.0)
                    for cost in (40_000.0, 60_000.0))  # fmt: skip

    assert ample.pays_for() == "that pays for all 4 posts for twelve months and leaves £20k"
    assert exact.pays_for() == "that pays for all 4 posts for twelve months"


@pytest.mark.parametrize(("name", "budget"), [("approved", "nine_posts"), ("do_nothing", "november_2018")])
def test_where_no_budget_is_named_the_newest_posts_are_meant(name: str, budget: str) -> None:
    assert budget_in_question(wm.load_scenario(f"scenarios/{name}.toml")) == budget


def test_where_no_posts_are_new_the_first_budget_is_meant() -> None:
    assert budget_in_question(toy()) == "existing"


def test_no_person_of_the_paper_is_named() -> None:
    names = ("the" + "odoulou", "sto" + "ker", "jew" + "ell")
    for path in [*Path("scenarios").glob("*"), *Path("workforce_model").rglob("*.py"), Path("README.md")]:
        text = path.read_text(encoding="utf-8").casefold()
        assert not any(name in text for name in names), path
