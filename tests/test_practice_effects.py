"""The effect of practice leads: nil in every ordinary run, a range when asked for, never a finding."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.engine.model import Results
from workforce_model.improvement.practice_effects import practice_lead_effects, with_effect


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 30)


def test_the_range_stated_changes_no_ordinary_run(approved: Results) -> None:
    duties = approved.scenario.duties
    assert duties is not None
    without = dataclasses.replace(approved.scenario, duties=dataclasses.replace(duties, practice_leads=None))

    other = wm.run(without, 30)

    assert np.array_equal(other.cost, approved.cost)
    assert np.array_equal(other.duties.work["plan_reviews"]["good"], approved.duties.work["plan_reviews"]["good"])


def test_each_effect_moves_its_own_figure_and_only_that_side_of_it(approved: Results) -> None:
    table = practice_lead_effects(approved).set_index("measure")["mean"]

    assert table["plan_quality: plans found good, difference"] == pytest.approx(0.10, abs=0.02)
    assert table["plan_quality: leavers, difference"] == 0
    assert table["re_referral: cases arrived, difference"] < 0
    assert table["re_referral: leavers, difference"] == 0
    assert table["retention: leavers, difference"] < 0
    assert table["retention: cases arrived, difference"] == 0


def test_retention_at_the_top_of_its_range_is_a_tenth_off_turnover_and_off_its_range(approved: Results) -> None:
    on = with_effect(approved.scenario, ("retention",)).workforce.turnover_rate

    assert (on.value, on.low, on.high) == pytest.approx((0.16 * 0.9, 0.115 * 0.9, 0.205 * 0.9))


def test_a_scenario_that_states_no_range_is_refused() -> None:
    with pytest.raises(ValueError, match="practice_leads"):
        practice_lead_effects(wm.run(toy(), 2))
