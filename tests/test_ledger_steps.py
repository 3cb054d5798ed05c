"""The bridge by line of account: worked by hand, exact in every run, and the difference that a comparison gives."""

from __future__ import annotations

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import posts, toy
from workforce_model.decisions.bridging import drivers_between
from workforce_model.decisions.ledger_steps import TOTAL, ledger_bridge
from workforce_model.engine.results import Results
from workforce_model.reading.outcomes import Outcome

NEW = {"funding.budgets.new": {"label": "New posts"}}


@pytest.fixture(scope="module")
def pair() -> tuple[Results, Results]:
    nothing, approved = (wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 40) for name in ("do_nothing", "approved"))
    return nothing, approved


def test_two_posts_of_a_new_budget_and_dearer_old_ones_are_two_steps_worked_by_hand() -> None:
    base = toy()
    option = base.replace({
        "name": "option", "costs.grades.social_worker.salary": 39_600.0,
        "workforce.posts.more": posts(2, opening_over_five_years=2, budget="new"), **NEW,
    })  # fmt: skip

    table = ledger_bridge(wm.run(base, 2), wm.run(option, 2)).query("period == '2020/21'")

    # Ten old posts at £3,600 more; two new ones at £39,600. The budget that only the option has comes first.
    assert table[["step", "mean"]].to_numpy().tolist() == [
        ["toy", 360_000.0],
        ["New posts: permanent pay and on-costs", 79_200.0],
        ["Existing posts: permanent pay and on-costs", 36_000.0],
        [TOTAL, 115_200.0],
        ["option", 475_200.0],
    ]
    assert set(table["differs_in"]) == {"posts, prices, funding"}


def test_the_steps_add_to_the_difference_and_to_what_a_comparison_says(pair: tuple[Results, Results]) -> None:
    table = ledger_bridge(*pair)
    both = wm.compare([r.scenario for r in pair], [Outcome("net_cost_gbp", year="2020/21")], 40)

    for year, mine in table.groupby("period", sort=False):
        parts = mine["mean"].to_numpy()
        assert parts[1:-2].sum() == pytest.approx(parts[-2], abs=0.001), year
        assert parts[0] + parts[-2] == pytest.approx(parts[-1], abs=0.001), year
    found = table.query("period == '2020/21' and step == @TOTAL")[["mean", "p10", "p90", "mc_error"]].to_numpy()[0]
    said = both.differences().iloc[-1][["difference", "p10", "p90", "mc_error"]].to_numpy(dtype=float)
    assert found == pytest.approx(said, abs=0.01)


def test_the_bridge_that_plays_the_drivers_comes_to_the_same(pair: tuple[Results, Results]) -> None:
    played = wm.bridge(pair[0].scenario, pair[1].scenario, Outcome("net_cost_gbp", year="2020/21"), runs=40)

    total = ledger_bridge(*pair).query("period == '2020/21' and step == @TOTAL")["mean"].iloc[0]

    assert total == pytest.approx(float(np.mean(played.total)), abs=0.01)


def test_a_step_that_error_may_explain_is_not_called_clear(pair: tuple[Results, Results]) -> None:
    table = ledger_bridge(*pair)
    error = table["mean"].abs() / table["mc_error"].replace(0, np.nan)

    assert (table.loc[error.notna(), "clear"] == (error.dropna() > 2)).all()


def test_a_scenario_beside_itself_has_no_steps_and_other_months_are_refused(pair: tuple[Results, Results]) -> None:
    same = ledger_bridge(pair[1], pair[1])

    assert set(same["step"]) == {"approved", TOTAL}
    assert set(same["differs_in"]) == {"nothing"}
    assert drivers_between(pair[0].scenario, pair[0].scenario) == []
    shorter = wm.run(pair[1].scenario.replace({"periods.end": "2021-03"}), 40)
    with pytest.raises(ValueError, match="their months"):
        ledger_bridge(pair[0], shorter)


def test_the_chart_says_the_steps_of_its_year_in_words(pair: tuple[Results, Results]) -> None:
    ax = wm.charts.cost_bridge(*pair, "2020/21")
    table = ledger_bridge(*pair).query("period == '2020/21'")

    said = wm.charts.text_alternative(ax)

    assert "the net cost in 2020/21" in said
    for step, mean in table.iloc[1:-2][["step", "mean"]].to_numpy().tolist():
        printed = Outcome("net_cost_gbp").printed(mean, change=True)
        assert f"{step} {printed}" in said, step
