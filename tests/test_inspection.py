"""A lower grade: the hazard from published counts, the same luck with and without the money, off by default."""

from __future__ import annotations

import math

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import toy
from workforce_model.basis.draws import Words
from workforce_model.engine.model import Results
from workforce_model.inputs.inspection import downgrade_costs, downgrades, yearly_hazard

TOLERANCE = 4.42


@pytest.fixture(scope="module")
def pair() -> tuple[Results, Results]:
    without, approved = (wm.run(wm.load_scenario(f"scenarios/{x}.toml"), 150) for x in ("do_nothing", "approved"))
    return without, approved


def test_the_hazard_is_that_of_the_published_transitions() -> None:
    # 21 of 91 is 23% (15% to 33%) over a median of 4.6 years: -log(1 - 0.231) / 4.6 is 5.7% a year.
    hazard, low, high = yearly_hazard(21, 91, 4.6)

    assert hazard == pytest.approx(0.057, abs=5e-4)
    assert 1 - math.exp(-low * 4.6) == pytest.approx(0.15, abs=0.005)
    assert 1 - math.exp(-high * 4.6) == pytest.approx(0.33, abs=0.005)


def test_the_scenario_states_the_hazard_its_source_gives() -> None:
    stated = wm.load_scenario("scenarios/enfield_2019.toml").inspection
    assert stated is not None

    ends = (stated.hazard_a_year.value, stated.hazard_a_year.low, stated.hazard_a_year.high)

    assert ends == tuple(round(x, 3) for x in yearly_hazard(21, 91, 4.6))


@pytest.mark.parametrize("seed", [1, 20190612, 2**70 + 5])
def test_the_share_of_runs_that_keep_the_grade_decays_at_the_hazard(seed: int) -> None:
    runs, months, hazard = 40_000, 36, 0.2
    certain = np.ones(runs)

    lost = downgrades(hazard * certain, 0.4 * certain, 12 * certain, 0, months, Words(seed, np.arange(runs)))

    for month in (12, 36):
        kept = math.exp(-hazard * month / 12)
        assert abs((lost.month >= month).mean() - kept) < TOLERANCE * math.sqrt(kept * (1 - kept) / runs)
    assert abs(lost.inadequate.mean() - 0.4) < TOLERANCE * math.sqrt(0.24 / runs)


def test_a_lower_hazard_never_loses_the_grade_sooner() -> None:
    words, ones = Words(3, np.arange(5_000)), np.ones(5_000)

    more, less = (downgrades(h * ones, ones, 12 * ones, 2, 48, words).month for h in (0.3, 0.1))

    assert (less >= more).all()
    assert more.min() >= 2


def test_the_cost_of_a_lower_grade_by_hand() -> None:
    # Lost in month 1 for two months, to Inadequate: 200 FTE x 12% more agency x £9,000 and £600,000 a year, by twelfths.
    words = Words(1, np.arange(1))
    lost = downgrades(np.array([1e9]), np.ones(1), np.array([2.0]), 1, 5, words)

    cost = downgrade_costs(lost, np.full((5, 1), 200.0), (np.array([0.01]), np.array([0.12])), np.array([9_000.0]), np.array([600_000.0]))  # fmt: skip

    assert cost[:, 0] == pytest.approx([0.0, 68_000.0, 68_000.0, 0.0, 0.0])


def test_it_is_off_by_default_and_then_costs_nothing(pair: tuple[Results, Results]) -> None:
    off = wm.inspection_costs(pair[0])
    on = wm.inspection_costs(wm.run(pair[0].scenario.replace({"inspection.on": True}), 150))

    assert not off.any()
    assert on.sum() > 0


def test_with_no_effect_assumed_the_money_changes_no_runs_grade(pair: tuple[Results, Results]) -> None:
    answer = wm.inspection_risk(*pair)

    lost = answer.table[answer.table["measure"].str.startswith("lost the grade")]
    without, with_money = (lost[lost["measure"].str.endswith(x)]["mean"].tolist() for x in ("without the money", "with the money"))  # fmt: skip
    assert answer.number == 17
    assert without == with_money
    assert without == sorted(without)
    assert "no effect of the money on the chance is assumed" in answer.sentence
    assert "a what-if: it is off" in answer.sentence


def test_every_assumption_of_the_risk_carries_the_grade_of_its_evidence(pair: tuple[Results, Results]) -> None:
    rows = wm.inspection_risk(*pair).table.query("period == 'assumption'")["measure"]

    assert rows.str.contains(": evidence [ABCD]").all()
    assert "effect_of_the_money: evidence D" in "\n".join(rows)


def test_an_effect_that_is_assumed_lowers_the_odds_with_the_money(pair: tuple[Results, Results]) -> None:
    assumed = wm.run(pair[1].scenario.replace({"inspection.effect_of_the_money": 1.0}), 150)

    answer = wm.inspection_risk(pair[0], assumed)

    with_money = answer.table[answer.table["measure"] == "lost the grade by the end of the year, with the money"][
        "mean"
    ]
    assert (with_money == 0).all()


def test_runs_that_do_not_share_their_luck_are_refused(pair: tuple[Results, Results]) -> None:
    with pytest.raises(ValueError, match="same seed and number of runs"):
        wm.inspection_risk(pair[0], wm.run(pair[1].scenario, 4))
    with pytest.raises(ValueError, match="states nothing about inspection"):
        wm.inspection_costs(wm.run(toy(), 2))
