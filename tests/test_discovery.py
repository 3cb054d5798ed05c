"""Scenario discovery finds a box that is there, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model.decisions.discovery import peel


def test_a_box_hidden_in_six_columns_is_found() -> None:
    rng = np.random.default_rng(0)
    table = rng.random((2_000, 6))
    past = (table[:, 1] > 0.6) & (table[:, 3] < 0.5)

    low, high = peel(table, past, np.arange(6))

    assert np.flatnonzero(np.isfinite(low)).tolist() == [1]
    assert np.flatnonzero(np.isfinite(high)).tolist() == [3]
    assert low[1] == pytest.approx(0.6, abs=0.03)
    assert high[3] == pytest.approx(0.5, abs=0.03)


def test_a_price_that_takes_cost_past_the_mark_is_the_one_condition() -> None:
    prices = {
        "costs.non_pay": stated(500.0, "GBP a year", low=0.0, high=1_000.0, shape="uniform"),
        "costs.cost_per_start": stated(500.0, "GBP", low=0.0, high=1_000.0, shape="uniform"),
    }

    found = wm.discover(toy(prices), wm.Outcome("net_cost_gbp", year="2019/20"), above=367_000.0, points=256)

    # Ten posts: £367,000 is passed where non-pay is above £700, three futures in ten.
    assert found.overall == pytest.approx(0.3, abs=0.02)
    assert found.box["assumption"].tolist() == ["costs.non_pay"]
    assert found.box["at_least"].item() == pytest.approx(700, abs=40)
    assert found.inside > 0.9
    assert "of those that meet every condition below" in found.sentence
    assert found.sentence.endswith(f" Non pay at least £{found.box['at_least'].item():,.2f} a year.")


def test_pure_luck_has_no_conditions() -> None:
    lucky = {
        "workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2,
        "costs.non_pay": stated(500.0, "GBP a year", low=0.0, high=1_000.0, shape="uniform"),
    }  # fmt: skip

    found = wm.discover(toy(lucky), "vacancy_fte", above=3.0, points=256)

    assert found.box.empty
    assert "no condition" in found.sentence


def test_a_figure_that_is_not_defined_or_too_few_futures_are_refused() -> None:
    prices = {"costs.non_pay": stated(500.0, "GBP a year", low=0.0, high=1_000.0, shape="uniform")}
    nobody = toy({**prices, "workforce.posts.worker": posts(10)})

    with pytest.raises(ValueError, match="caseload is not defined in every run"):
        wm.discover(nobody, "caseload", above=1.0, points=16)
    with pytest.raises(ValueError, match="points = 4: expected a whole number, at least 16"):
        wm.discover(toy(prices), "net_cost_gbp", above=1.0, points=4)
