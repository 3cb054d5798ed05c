"""Draws of the assumptions: keyed by name, and moved together where the scenario says so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

import workforce_model as wm
from tests.toys import KNOWN, stated, toy
from workforce_model.basis.problems import ScenarioError
from workforce_model.inputs.doubt import draw_values

RANGED = {
    "costs.non_pay": stated(1_000.0, "GBP a year", low=0.0, high=2_000.0, shape="uniform"),
    "costs.levy_rate": stated(0.05, "share of salary", low=0.0, high=0.1, shape="uniform"),
    "costs.pension_rate": stated(0.2, "share of salary", low=0.1, high=0.3, shape="triangular"),
}


def link(assumption: str, follows: str, rank: float) -> dict[str, object]:
    return {
        "assumption": assumption,
        "follows": follows,
        "rank_correlation": rank,
        "source": "a test",
        "date": KNOWN,
        "confidence": "low",
    }


@pytest.mark.parametrize("rank", [0.7, -0.5])
def test_assumptions_said_to_move_together_have_about_the_rank_correlation_stated(rank: float) -> None:
    scenario = toy({**RANGED, "correlations": {"both": link("costs.non_pay", "costs.levy_rate", rank)}})

    found = [
        spearmanr(values["costs.non_pay"], values["costs.levy_rate"]).statistic
        for values in (draw_values(scenario, seed, doubt=True) for seed in range(30))
    ]

    assert np.mean(found) == pytest.approx(rank, abs=0.03)


def test_declaring_a_correlation_moves_the_follower_alone_and_keeps_its_range() -> None:
    before = draw_values(toy(RANGED), 1, doubt=True)
    after = draw_values(
        toy({**RANGED, "correlations": {"both": link("costs.non_pay", "costs.levy_rate", 0.9)}}), 1, doubt=True
    )

    moved = {path for path in before if not np.array_equal(before[path], after[path])}

    assert moved == {"costs.non_pay"}
    assert after["costs.non_pay"].mean() == pytest.approx(1_000, rel=0.05)
    assert after["costs.non_pay"].std() == pytest.approx(2_000 / np.sqrt(12), rel=0.1)


def test_an_uncertain_assumption_added_moves_no_other() -> None:
    few = {path: value for path, value in RANGED.items() if path != "costs.levy_rate"}
    before, after = (draw_values(toy(stated_ones), 1, doubt=True) for stated_ones in (few, RANGED))

    assert all(np.array_equal(before[path], after[path]) for path in before if path != "costs.levy_rate")


def test_what_is_taken_as_known_moves_with_nothing_and_other_correlations_stay() -> None:
    links = {
        "one": link("costs.non_pay", "costs.levy_rate", 0.9),
        "other": link("costs.pension_rate", "costs.non_pay", -0.5),
    }
    scenario = toy({**RANGED, "correlations": links})

    led, followed, apart = (
        scenario.replace({path: 0.05}) for path in ("costs.levy_rate", "costs.non_pay", "costs.employer_ni_rate")
    )

    assert list(led.correlations) == ["other"]
    assert list(followed.correlations) == []
    assert list(apart.correlations) == ["one", "other"]
    tight = wm.load_scenario("scenarios/tight_labour_market.toml")
    assert "turnover_rate" not in str(wm.what_if(tight, turnover=0.2).correlations)


def test_correlations_that_make_no_sense_are_refused_all_at_once() -> None:
    links = {
        "unknown": link("costs.non_pey", "costs.levy_rate", 0.5),
        "exact": link("costs.pension_rate", "costs.employer_ni_rate", 0.5),
        "round": link("costs.non_pay", "costs.levy_rate", 0.5),
        "about": link("costs.levy_rate", "costs.non_pay", 0.5),
    }

    with pytest.raises(ScenarioError) as refused:
        toy({**RANGED, "correlations": links})

    said = str(refused.value)
    assert "did you mean costs.non_pay?" in said
    assert "an assumption without a range has nothing to move with" in said
    assert "comes to follow itself" in said


def test_the_shipped_example_moves_three_assumptions_and_no_more() -> None:
    plain, tight = (
        draw_values(wm.load_scenario(f"scenarios/{name}.toml"), 1, doubt=True)
        for name in ("approved", "tight_labour_market")
    )

    assert {path for path in plain if not np.array_equal(plain[path], tight[path])} == {
        "workforce.filling_probability", "costs.grades.social_worker.agency_rate", "costs.agency_weeks",
    }  # fmt: skip
