"""Questions 9, 18 and 19: what breaks the plan, what money buys by team, and what drives the answer."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.review_town import LUCK, reviewed, town
from tests.toys import stated
from workforce_model.basis.assumptions import Assumption
from workforce_model.charts.review import gain_by_team
from workforce_model.decisions.investments import Investment
from workforce_model.reading.measures import measured_in_year
from workforce_model.reading.outcomes import asked
from workforce_model.six_months.choices import (
    NO_GAIN,
    NO_NEED,
    breaking_arrivals,
    ranked_by_gain,
    rests_on,
    what_drives_the_answer,
    what_money_buys,
    widest,
)

CROWDED = {**LUCK, "caseloads.teams.team.open_cases": 230, "caseloads.teams.team.arrivals": stated(23.0, "cases a month", low=20.0, high=26.0, shape="uniform")}  # fmt: skip


def bought(rows: dict[str, tuple[float, float, float, bool]]) -> pd.DataFrame:
    """Ranked teams from (chance now, gain, error, clear) for two posts of £50,000 each."""
    posts = {team: Investment(f"further_{team}", "post", 50_000.0, lambda n: {}) for team in rows}
    table = [("nothing further", 0, team, now, 0.0, 0.0, False, 0.3) for team, (now, *_) in rows.items()]
    for name in rows:
        for team, (now, gain, error, clear) in rows.items():
            mine = (now + gain, gain, error, clear, 0.1) if team == name else (now, 0.0, 0.0, False, 0.3)
            table.append((f"further_{name}", 2, team, *mine))
    columns = ["investment", "units", "team", "chance", "change", "error", "clear", "share_over"]
    return ranked_by_gain(pd.DataFrame(table, columns=columns), posts).set_index("team")


def test_the_gain_is_for_each_50k_and_the_larger_clear_gain_comes_first() -> None:
    ranked = bought({"a": (0.1, 0.1, 0.01, True), "b": (0.1, 0.4, 0.01, True)})

    assert ranked.index.tolist() == ["b", "a"]
    assert ranked["gain_per_50k"].tolist() == pytest.approx([0.2, 0.05])
    assert ranked["place"].tolist() == ["1", "2"]


def test_teams_whose_gains_the_error_cannot_tell_apart_share_a_place() -> None:
    ranked = bought({"a": (0.1, 0.30, 0.05, True), "b": (0.1, 0.32, 0.05, True), "c": (0.1, 0.11, 0.05, True)})

    assert ranked["place"].to_dict() == {"b": "1=", "a": "1=", "c": "3"}


def test_no_place_without_need_or_without_a_clear_gain() -> None:
    ranked = bought({"content": (0.9, 0.1, 0.01, True), "stuck": (0.1, 0.02, 0.02, False), "better": (0.1, 0.2, 0.01, True)})  # fmt: skip

    assert ranked["place"].to_dict() == {"better": "1", "stuck": NO_GAIN, "content": NO_NEED}


def test_what_money_buys_is_what_separate_runs_of_the_posts_give() -> None:
    runs, few = reviewed(CROWDED, 40), 40
    row = what_money_buys(runs, few).table.iloc[0]

    more = wm.further_posts(runs.forecast.scenario, "team", start="2019-12")
    with_posts = wm.run(runs.forecast.scenario.replace(more.buys(int(row["posts"]))), few)
    kept = [float((measured_in_year(r, "share_at_or_over", "2020/21") <= 0.1 + 1e-12).mean()) for r in (runs.nothing, runs.forecast, with_posts)]  # fmt: skip
    assert int(row["posts"]) == 250_000 // 36_000
    assert row[["chance_do_nothing", "chance_now", "chance_with"]].tolist() == pytest.approx(kept)
    assert row["gain_per_50k"] == pytest.approx((kept[2] - kept[1]) / (row["posts"] * 36_000 / 50_000))


def test_the_sentence_names_no_team_where_money_raises_no_chance_clearly() -> None:
    quiet = {"caseloads.teams.team.open_cases": 50}

    answer = what_money_buys(reviewed(quiet), 4)

    assert answer.table["place"].tolist() == [NO_NEED]
    assert "clearly in no team" in answer.sentence
    assert "no need in the team, where it is 80% or more already" in answer.sentence


def test_at_the_breaking_arrivals_as_many_are_over_as_if_nothing_was_done() -> None:
    runs, few = reviewed(CROWDED, 200), 200
    answer = breaking_arrivals(runs, few)

    broken = wm.run(runs.forecast.scenario.replace({"caseloads.teams.team.arrivals": answer.figure}), few)
    over = wm.Outcome("share_at_or_over", team="team", year="2020/21")
    assert asked(broken, over).mean() == pytest.approx(asked(runs.nothing, over).mean(), abs=0.05)
    assert answer.low < answer.figure < answer.high
    assert answer.figure > 23


def test_where_no_cases_come_nothing_breaks_the_plan() -> None:
    answer = breaking_arrivals(reviewed(), 2)

    assert math.isnan(answer.figure)
    assert "no cases arrive" in answer.sentence


def test_the_assumption_that_moves_an_outcome_is_found_in_its_own_runs() -> None:
    runs = reviewed(CROWDED, 256)
    over = asked(runs.forecast, wm.Outcome("share_at_or_over", team="team"))
    cost = asked(runs.forecast, wm.Outcome("net_cost_gbp"))

    found = [widest(runs.forecast.scenario, x, runs.forecast.draw, runs.forecast.seed, most=1) for x in (over, cost)]

    assert found == [["caseloads.teams.team.arrivals"], ["workforce.turnover_rate"]]


def test_drivers_are_named_with_what_they_rest_on_and_none_where_nothing_has_a_range() -> None:
    answer = what_drives_the_answer(reviewed(CROWDED, 100), 60)
    exact = what_drives_the_answer(reviewed(), 2)

    assert "moves most with Cases arriving, team: -" in answer.sentence
    assert answer.table["assumption"].iloc[0] == "caseloads.teams.team.arrivals"
    assert set(answer.table["rests_on"]) == {"evidence"}
    assert answer.low < 0 < answer.high
    assert answer.figure in (answer.low, answer.high)
    assert "carries a range" in exact.sentence


@pytest.mark.parametrize(
    ("source", "obtain", "said"),
    [
        ("DfE census 2018", False, "evidence"),
        ("Judgement: three months", False, "judgement"),
        ("DfE census; the range is a judgement", False, "judgement"),
        ("A stand-in", True, "a stand-in the council can replace"),
    ],
)
def test_an_assumption_is_evidence_only_where_its_source_does_not_say_judgement(source: str, obtain: bool, said: str) -> None:  # fmt: skip
    at = Assumption(value=0.1, unit="share", source=source, date=datetime.date(2019, 1, 1), confidence="low", obtain=obtain, low=0.0, high=0.2, shape="uniform")  # fmt: skip

    assert rests_on(at) == said


def test_doing_nothing_stands_beside_every_team_that_money_may_go_to() -> None:
    nothing, plan = town(CROWDED)

    table = what_money_buys(reviewed(CROWDED, 12), 8).table

    assert sorted(table["team"]) == sorted(plan.caseloads.teams) == sorted(nothing.caseloads.teams)
    assert np.isfinite(table[["chance_do_nothing", "chance_from_the_money"]].to_numpy()).all()


def test_the_picture_of_gains_names_every_team_that_shares_the_first_place() -> None:
    ranked = bought(
        {"assessment": (0.1, 0.30, 0.05, True), "fostering": (0.1, 0.32, 0.05, True), "mash": (0.1, 0.11, 0.05, True)}
    )
    alone = bought({"assessment": (0.1, 0.30, 0.01, True), "fostering": (0.1, 0.02, 0.01, True)})
    scenario = wm.load_scenario("scenarios/approved.toml")

    shared, single = (gain_by_team(table.reset_index(), scenario, "2021/22", 40) for table in (ranked, alone))

    assert "Fostering or Assessment: 15.0 to 16.0 points for each £50k a year" in wm.charts.text_alternative(shared)
    assert "Assessment: 15.0 points for each £50k a year" in wm.charts.text_alternative(single)
