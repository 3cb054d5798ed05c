"""What moves an answer, read off the runs: exact where the answer is a line, silent about luck, and as the tornado played."""

from __future__ import annotations

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model.decisions.runs_tornado import enough_draws, movers_table, tornado_of_runs
from workforce_model.reading.outcomes import Outcome

COST = Outcome("net_cost_gbp", year="2020/21")
RANGED = {
    "costs.grades.social_worker.salary": stated(36_000.0, "GBP a year", low=30_000.0, high=45_000.0, shape="triangular"),
    "costs.non_pay": stated(1_000.0, "GBP a year", low=0.0, high=2_000.0, shape="uniform"),
    "caseloads.arrivals_dispersion": stated(2.0, "variance over mean", low=1.0, high=3.0, shape="uniform"),
}  # fmt: skip


def test_an_answer_that_is_a_line_in_its_assumptions_is_told_exactly() -> None:
    """Ten posts: £10 on every £1 of salary and of other costs, and nothing of caseloads in the bill."""
    bars = tornado_of_runs(wm.run(toy(RANGED), 256), COST).set_index("assumption")

    assert bars.loc["costs.grades.social_worker.salary", ["at_low", "at_high"]].tolist() == pytest.approx([-60_000, 90_000])  # fmt: skip
    assert bars.loc["costs.non_pay", ["at_low", "at_high"]].tolist() == pytest.approx([-10_000, 10_000])
    assert bars.loc["caseloads.arrivals_dispersion", "swing"] == pytest.approx(0, abs=1e-3)
    assert bars["explained"].to_numpy() == pytest.approx(1)
    assert list(bars.index)[:2] == ["costs.grades.social_worker.salary", "costs.non_pay"]


def test_a_price_cannot_move_people_or_cases_and_is_left_out() -> None:
    result = wm.run(toy(RANGED), 60)

    assert tornado_of_runs(result, "open_cases")["assumption"].tolist() == ["caseloads.arrivals_dispersion"]


def test_a_difference_is_moved_only_by_what_moves_the_two_apart() -> None:
    """Two more posts: £2 on every £1 of salary, run by run, whatever the ten cost."""
    base = toy(RANGED)
    option = base.replace({"name": "option", "workforce.posts.more": posts(2, opening_over_five_years=2)})

    bars = tornado_of_runs(wm.run(option, 128), COST, wm.run(base, 128)).set_index("assumption")

    assert bars.loc["costs.grades.social_worker.salary", ["at_low", "at_high"]].tolist() == pytest.approx([-12_000, 18_000])  # fmt: skip


def test_of_many_assumptions_without_effect_hardly_any_is_called_clear() -> None:
    """Leavers are luck here. Eight assumptions of cases: at two errors each some 13 of 40 runs would name one, here some two."""
    idle = {
        f"caseloads.{key}": stated(middle, unit, low=low, high=high, shape="uniform")
        for key, unit, low, middle, high in (
            ("arrivals_growth", "growth a year", -0.1, 0.0, 0.1),
            ("arrivals_dispersion", "variance over mean", 1.0, 2.0, 3.0),
            ("random_share", "share", 0.5, 0.75, 1.0),
            ("settling_share", "share", 0.5, 0.75, 1.0),
            ("settling_months", "months", 0, 1, 3),
            ("newly_qualified_share", "share", 0.5, 0.75, 1.0),
            ("newly_qualified_months", "months", 0, 6, 12),
            ("teams.team.arrivals", "cases a month", 10.0, 20.0, 30.0),
        )
    }
    scenario = toy({**idle, "workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.3})

    tables = [tornado_of_runs(wm.run(scenario, 48, seed), "leavers_fte") for seed in range(40)]

    assert {len(table) for table in tables} == {8}
    assert sum(bool(table["clear"].any()) for table in tables) <= 6


def test_the_tornado_played_anew_says_the_same_of_what_matters_most() -> None:
    """Straight lines over the other assumptions, against all others at their values: within a fifth, and three errors."""
    scenario = toy({
        **RANGED, "workforce.turnover_rate": stated(0.2, "leavers a year over in post", low=0.1, high=0.3, shape="triangular"),
        "workforce.filling_probability": 0.3,
    })  # fmt: skip
    read, played = (
        table.set_index("assumption") for table in (tornado_of_runs(wm.run(scenario, 1024), COST), wm.tornado(scenario, COST, runs=400))
    )  # fmt: skip

    for path in ("costs.grades.social_worker.salary", "workforce.turnover_rate"):
        for end in ("low", "high"):
            one, other = read.loc[path, f"at_{end}"], played.loc[path, f"at_{end}"]
            error = np.hypot(read.loc[path, f"error_{end}"], played.loc[path, f"error_{end}"])
            assert abs(one - other) < 0.2 * abs(other) + 3 * error, (path, end)


def test_too_few_draws_are_refused_and_a_folder_of_them_has_no_table() -> None:
    few, certain = wm.run(toy(RANGED), 12), wm.run(toy(RANGED), 100, doubt=False)

    for result in (few, certain):
        assert not enough_draws(result)
        assert movers_table([result]).empty
        with pytest.raises(ValueError, match="draws of the assumptions: at least 34 are needed"):
            tornado_of_runs(result, COST)
