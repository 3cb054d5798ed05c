"""Versions played together give what each gives alone; a change of price is priced, not simulated again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.reading.outcomes import Outcome, asked
from workforce_model.reading.playing import Version, alike, at_values, play, repriced, versions_of

COST = Outcome("net_cost_gbp", year="2019/20")
BUSY = {"workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2, "caseloads.teams.team.arrivals": 20.0}


def test_figures_are_those_of_run_to_the_bit_whatever_the_chunk_or_the_executor() -> None:
    scenario = wm.load_scenario("scenarios/approved.toml")
    outcomes = [COST, Outcome("share_at_or_over", team="family_support")]

    whole = play(versions_of([scenario], 7, doubt=True), outcomes, np.arange(20), 7)
    with ThreadPoolExecutor(2) as executor:
        parts = play(versions_of([scenario], 7, doubt=True), outcomes, np.arange(20), 7, chunk=6, executor=executor)
    result = wm.run(scenario, 20, 7)

    for outcome in outcomes:
        assert np.array_equal(whole[0].figures[outcome], asked(result, outcome))
        assert np.array_equal(parts[0].figures[outcome], whole[0].figures[outcome])


def test_versions_that_differ_in_prices_alone_are_simulated_once_and_others_not() -> None:
    base = toy(BUSY)
    dearer, busier = base.replace({"costs.pension_rate": 0.2}), base.replace({"workforce.turnover_rate": 0.4})

    groups = alike([at_values(one) for one in (base, dearer, busier)])

    assert groups == [[0, 1], [2]]


def test_runs_priced_again_are_those_of_a_new_run_and_other_people_are_refused() -> None:
    base = toy(BUSY)
    dearer = base.replace({"costs.non_pay": 1_000.0, "costs.pension_rate": 0.2})

    again = repriced(wm.run(base, 5, doubt=False), at_values(dearer))

    assert np.array_equal(again.cost, wm.run(dearer, 5, doubt=False).cost)
    assert again.passed
    with pytest.raises(ValueError, match="people or cases differ"):
        repriced(wm.run(base, 1), at_values(toy({**BUSY, "workforce.turnover_rate": 0.1})))


def test_a_value_given_for_each_draw_is_used_by_the_run_of_its_number() -> None:
    middle = at_values(toy())
    stated = {path: np.full(4, x[0]) for path, x in middle.drawn.items()} | {
        "costs.non_pay": np.array([0.0, 100.0, 200.0, 300.0])
    }

    (played,) = play([Version(middle.scenario, stated)], [COST], np.array([0, 1, 2, 3, 7]), 1)

    assert played.figures[COST] - 360_000 == pytest.approx([0, 1_000, 2_000, 3_000, 3_000])
