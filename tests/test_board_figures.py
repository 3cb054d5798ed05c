"""The boards' monthly figures: plan against actual, and actuals that make no sense refused all at once."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import workforce_model as wm
from tests.forms import shipped
from workforce_model.basis.problems import ScenarioError
from workforce_model.engine.model import Results
from workforce_model.improvement.board_figures import ABOVE, ACTUALS, NOT_DEFINED, NOT_REPORTED, WITHIN, board_pack
from workforce_model.reading.measures import measured, spread


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 60)


def actuals(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=ACTUALS, dtype=object)


def at(pack: pd.DataFrame, period: str, team: str, measure: str) -> pd.Series:
    return pack.set_index(["period", "team", "measure"]).loc[(period, team, measure)]


def test_the_plan_is_the_runs_own_figure_by_month_and_team(approved: Results) -> None:
    pack = board_pack(approved, until="2019-09")

    row = at(pack.table, "2019-09", "family_support", "share_at_or_over")
    s = spread(measured(approved, "share_at_or_over", "family_support")[12], approved.draw)
    assert (row["planned"], row["planned_p10"], row["planned_p90"]) == (s.mean, s.p10, s.p90)
    assert set(pack.table["period"]) == {f"2019-0{m}" for m in range(4, 10)}
    assert "No actuals are given" in pack.sentence
    assert set(pack.table["stands"]) == {NOT_REPORTED}


def test_every_figure_of_the_model_that_monitors_an_action_is_in_the_pack(approved: Results) -> None:
    stated = wm.load_plan("scenarios/improvement_plan.toml")

    table = board_pack(approved).table

    for reference, action in stated.actions.items():
        if action.figure:
            mine = table[(table["measure"] == action.figure) & table["actions"].str.split(", ").map(lambda refs, r=reference: r in refs)]  # fmt: skip
            assert not mine.empty, reference
            assert action.figure_team is None or set(mine["team"]) == {action.figure_team}


def test_an_actual_stands_beside_the_plan_with_its_variance(approved: Results) -> None:
    given = actuals(
        ("2019-07", "council", "in_post_fte", 400.0),
        ("2019-07", "fostering", "private_fostering: done", 1.0),
        ("2019-04", "leaving_care", "health_passports: coverage", 0.5),
    )

    pack = board_pack(approved, given, until="2019-07")

    staff = at(pack.table, "2019-07", "council", "in_post_fte")
    assert staff["stands"] == ABOVE
    assert staff["variance"] == pytest.approx(400.0 - staff["planned"])
    assert at(pack.table, "2019-07", "fostering", "private_fostering: done")["stands"] == WITHIN
    assert at(pack.table, "2019-04", "leaving_care", "health_passports: coverage")["stands"] == NOT_DEFINED
    assert math.isnan(at(pack.table, "2019-06", "council", "in_post_fte")["actual"])
    assert pack.sentence.startswith("To 2019-07, 3 figures are reported and 1 lie")


def test_a_filled_in_form_stands_beside_the_plan_as_it_is(approved: Results) -> None:
    pack = board_pack(approved, shipped())

    reported = pack.table[pack.table["stands"] != NOT_REPORTED]
    assert str(pack.until) == "2019-09"
    assert at(pack.table, "2019-09", "council", "in_post_fte")["actual"] == pytest.approx(
        shipped().closing("in_post_fte")
    )
    assert at(pack.table, "2019-06", "assessment", "workers_at_or_over")["actual"] == 20
    # The form has private fostering with the team it came from; since May 2019 the fostering team answers for it.
    moved = reported[reported["measure"] == "private_fostering: done"]
    assert set(moved["team"]) == {"family_support", "fostering"}
    assert moved["actual"].sum() == shipped().total("private_fostering_done")
    assert pack.sentence.endswith("The actuals are ILLUSTRATIVE: reported by no council.")
    assert f"{len(reported):,} figures are reported" in pack.sentence


def test_every_fault_of_the_actuals_is_named_at_once(approved: Results) -> None:
    given = actuals(
        ("2019-07", "council", "in_post_fte", 1.0),
        ("2019-07", "council", "in_post_fte", 1.0),
        ("2019-07", "council", "in_post_ftee", 1.0),
        ("2019-07", "counsil", "in_post_fte", 1.0),
        ("2019-11", "council", "in_post_fte", 1.0),
        ("2019-06", "council", "in_post_fte", "172"),
        ("2019-05", "council", "in_post_fte", math.nan),
    )

    with pytest.raises(ScenarioError) as refused:
        board_pack(approved, given, until="2019-07")

    said = str(refused.value)
    assert len(refused.value.problems) == 6
    for rule in ("row 2", "stated twice", "did you mean in_post_fte?", "unknown team", "later ones are not used", "expected a number"):  # fmt: skip
        assert rule in said, said


def test_columns_that_are_none_and_months_outside_the_run_are_refused(approved: Results) -> None:
    with pytest.raises(ScenarioError, match="expected period, team, measure, value"):
        board_pack(approved, pd.DataFrame({"month": []}))
    with pytest.raises(ValueError, match="expected a month from 2019-04 to 2023-03"):
        board_pack(approved, until="2018-12")


def test_what_is_given_is_not_changed(approved: Results) -> None:
    given = actuals(("2019-07", "council", "in_post_fte", 170.0))
    before = given.copy(deep=True)

    board_pack(approved, given)

    pd.testing.assert_frame_equal(given, before)
