"""The envelope test, from the scenario file to the finance reference's totals, and back from the ledger."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from workforce_model.envelope import envelopes

approved = wm.load_scenario("scenarios/approved.toml")


@pytest.mark.parametrize(("end", "published"), [("low", 411_855), ("value", 474_247), ("high", 557_180)])
def test_the_nine_posts_cost_the_reference_total(end: str, published: int) -> None:
    nine = envelopes(approved, at=end)["nine_posts"]  # type: ignore[arg-type]  # parametrised text

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


def test_no_person_of_the_paper_is_named() -> None:
    names = ("the" + "odoulou", "sto" + "ker", "jew" + "ell")
    for path in [*Path("scenarios").glob("*"), *Path("workforce_model").glob("*.py"), Path("README.md")]:
        text = path.read_text(encoding="utf-8").casefold()
        assert not any(name in text for name in names), path
