"""Questions 12, 13 and 14: one call each, the figure agreeing with the table and the sentence."""

from __future__ import annotations

import math

import pytest

import workforce_model as wm
from workforce_model import charts
from workforce_model.basis.formats import percent
from workforce_model.engine.model import Results


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 60)


CALLS = {12: wm.return_home_interviews, 13: wm.private_fostering, 14: wm.health_passports}
ROWS = {
    12: "return_home_interviews: share_in_time",
    13: "private_fostering_visits: share_in_time",
    14: "health_passports: coverage",
}


@pytest.mark.parametrize("number", [12, 13, 14])
def test_one_call_gives_a_figure_its_range_a_sentence_a_table_and_a_chart(number: int, approved: Results) -> None:
    answer = CALLS[number](approved, "2020/21")

    table = answer.table.set_index(["period", "measure"])
    row = table.loc[("2020/21", ROWS[number])]
    assert answer.number == number
    assert (answer.figure, answer.low, answer.high) == (row["mean"], row["p10"], row["p90"])
    assert f"{percent(answer.figure)} [{percent(answer.low)} to {percent(answer.high)}]" in answer.sentence
    assert answer.chart is not None
    assert percent(answer.figure) in charts.text_alternative(answer.chart())


def test_the_interviews_of_children_known_and_not_known_stand_apart(approved: Results) -> None:
    table = wm.return_home_interviews(approved).table

    assert {f"return_home_interviews: offered, from_{x}" for x in ("care", "home_known", "home_unknown")} <= set(table["measure"])  # fmt: skip


def test_the_sentence_says_who_steps_in_for_the_officer(approved: Results) -> None:
    do_nothing = wm.run(wm.load_scenario("scenarios/do_nothing.toml"), 4)

    assert (
        "; the independent reviewing officer or conference chair steps in only while nobody else is at work"
        in wm.return_home_interviews(approved).sentence
    )
    assert "nobody steps in" in wm.return_home_interviews(do_nothing).sentence


def test_private_fostering_is_answered_for_by_fostering_after_it_moved(approved: Results) -> None:
    assert "answered for by fostering" in wm.private_fostering(approved).sentence


def test_coverage_has_no_figure_while_the_number_is_not_known(approved: Results) -> None:
    never = approved.scenario.replace({"duties.work.health_passports.group.known_from": "2099-12"})

    answer = wm.health_passports(wm.run(never, 3))

    assert math.isnan(answer.figure)
    assert "not defined" in answer.sentence


def test_a_year_that_is_not_reported_is_refused(approved: Results) -> None:
    with pytest.raises(ValueError, match="expected one of the reported years"):
        wm.health_passports(approved, "2017/18")
