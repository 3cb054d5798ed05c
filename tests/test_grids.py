"""Sweeps are what each cell gives alone; they stop, keep what is finished, and go on from there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.decisions.grids import SweepStopped, sweep
from workforce_model.reading.outcomes import Outcome

COST = Outcome("net_cost_gbp", year="2019/20")
TURNOVER, NON_PAY = "workforce.turnover_rate", "costs.non_pay"
OVER = {NON_PAY: [0.0, 100.0, 200.0], TURNOVER: [0.1, 0.2]}
SCENARIO = {"workforce.filling_probability": 0.2}


def quiet(cells: int) -> None:
    """Progress that nobody watches."""


def test_each_cell_is_what_its_scenario_gives_alone() -> None:
    table = sweep(toy(SCENARIO), OVER, [COST, "leavers_fte"], runs=10, progress=quiet)

    assert len(table) == 6 * 2
    for non_pay, turnover in ((0.0, 0.1), (200.0, 0.2)):
        alone = wm.run(toy({**SCENARIO, NON_PAY: non_pay, TURNOVER: turnover}), 10)
        cell = table.query(f"`{NON_PAY}` == {non_pay} and `{TURNOVER}` == {turnover} and outcome == 'net_cost_gbp'")
        year = [when == "2019/20" for when in alone.years]
        assert cell["mean"].item() == pytest.approx(alone.cost[year].sum(axis=(0, 1, 2)).mean())


def test_a_stopped_grid_of_a_hundred_keeps_its_cells_and_goes_on_to_the_same_table(tmp_path: Path) -> None:
    over = {NON_PAY: [float(x) for x in range(0, 1_000, 100)], TURNOVER: [0.05 + 0.03 * x for x in range(10)]}
    store, finished = tmp_path / "grid.jsonl", 0

    def stop_half_way(cells: int) -> None:
        nonlocal finished
        finished += cells
        if finished >= 50:
            raise KeyboardInterrupt

    with pytest.raises(SweepStopped) as stopped:
        sweep(toy(SCENARIO), over, [COST], runs=2, store=store, progress=stop_half_way)
    asked: list[int] = []
    again = sweep(toy(SCENARIO), over, [COST], runs=2, store=store, progress=asked.append)

    assert len(stopped.value.table) == finished == 50
    assert "50 of 100 cells" in str(stopped.value)
    assert sum(asked) == 50
    pd.testing.assert_frame_equal(again, sweep(toy(SCENARIO), over, [COST], runs=2, progress=quiet))


def test_a_last_line_cut_short_is_played_again_and_other_damage_or_another_question_is_refused(tmp_path: Path) -> None:
    store = tmp_path / "grid.jsonl"
    whole = sweep(toy(SCENARIO), OVER, [COST], runs=2, store=store, progress=quiet)

    store.write_text(store.read_text()[:-30])
    pd.testing.assert_frame_equal(sweep(toy(SCENARIO), OVER, [COST], runs=2, store=store, progress=quiet), whole)

    with pytest.raises(ValueError, match="another question"):
        sweep(toy(SCENARIO), OVER, [COST], runs=3, store=store, progress=quiet)
    store.write_text("nonsense\n")
    with pytest.raises(ValueError, match="damaged"):
        sweep(toy(SCENARIO), OVER, [COST], runs=2, store=store, progress=quiet)


def test_a_cell_that_is_no_sound_scenario_is_refused_before_anything_is_played(tmp_path: Path) -> None:
    with pytest.raises(wm.ScenarioError):
        sweep(toy(SCENARIO), {TURNOVER: [0.1, 1.8]}, [COST], runs=2, store=tmp_path / "grid.jsonl", progress=quiet)

    assert list(tmp_path.iterdir()) == []


def test_a_sweep_over_no_values_or_of_no_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sweep: costs\.non_pay has no values"):
        wm.sweep(toy(), {"costs.non_pay": []}, ["net_cost_gbp"], runs=2)
    with pytest.raises(ValueError, match="sweep: no outcome"):
        wm.sweep(toy(), {"costs.non_pay": [1.0]}, [], runs=2)
