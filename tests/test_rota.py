"""Who is there: empty posts and people away cost hours, and others step in only when nobody is at work."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workforce_model.basis.draws import Words
from workforce_model.duties.rota import Giving, People, absence, at_work, shifts
from workforce_model.duties.working_days import days_of

DAYS = days_of(pd.period_range("2019-06", "2019-07", freq="M"))  # 20 and 23 working days
EVERY = np.array([True, True])
TOLERANCE = 4.42


def given(people: People, share_away: float, hours: float, runs: int, **more: object) -> Giving:
    draw, words = np.zeros(runs, dtype=np.intp), Words(1, np.arange(runs))
    there = at_work(people, str(more.pop("name", "officer")), absence(np.array([share_away])), draw, words, DAYS)
    return Giving(people, there, np.array([hours]), **{"months": EVERY, "steps_in": False, **more})


def filled(*by_month: int, runs: int = 4, posts: int = 2, fte: float = 1.0) -> People:
    return People(np.full(2, posts), np.repeat(np.array(by_month)[:, None], runs, axis=1), fte)


def test_an_empty_post_loses_its_hours_and_says_so() -> None:
    # Two posts of 10 hours a week, 2 hours a day: one filled in June, both in July, nobody ever away.
    hours = shifts([given(filled(1, 2), 0.0, 10.0, 4)], np.zeros(4, dtype=np.intp), DAYS)

    assert hours.offered[:, 0].tolist() == [40.0, 92.0]
    assert hours.lost_vacant[:, 0].tolist() == [40.0, 0.0]
    assert not hours.lost_absent.any()


def test_hours_there_hours_lost_to_empty_posts_and_to_absence_add_up_to_the_establishments() -> None:
    hours = shifts([given(filled(1, 2, runs=500, fte=0.7), 0.3, 10.0, 500)], np.zeros(500, dtype=np.intp), DAYS)

    total = hours.offered + hours.lost_vacant + hours.lost_absent

    assert np.allclose(total, 0.7 * 2 * 2.0 * np.array([[20.0], [23.0]]))
    assert (hours.lost_absent >= -1e-9).all()


def test_an_officer_is_away_for_whole_weeks_at_the_stated_share() -> None:
    runs = 20_000
    one = given(filled(1, 1, runs=runs, posts=1), 0.17, 25.0, runs)

    away = 1 - one.at_work.mean(axis=1)

    assert set(np.unique(one.at_work)) == {0, 1}
    assert np.abs(away - 0.17).max() < TOLERANCE * np.sqrt(0.17 * 0.83 / runs)


def test_a_week_that_straddles_two_months_is_one_week_of_leave() -> None:
    # Monday 1 July 2019 starts a week; take May and June, where the week of 27 May runs to 2 June.
    days = days_of(pd.period_range("2019-05", "2019-06", freq="M"))
    straddles = np.flatnonzero(np.diff(days.week) == 0)
    people, runs = filled(1, 1, runs=500, posts=1), 500

    there = at_work(
        people, "x", absence(np.array([0.5])), np.zeros(runs, dtype=np.intp), Words(1, np.arange(runs)), days
    )

    assert straddles.size == 1
    assert (there[straddles[0]] == there[straddles[0] + 1]).all()


def test_others_step_in_only_while_nobody_else_is_at_work() -> None:
    runs = 300
    officer = given(filled(1, 0, runs=runs, posts=1), 0.4, 25.0, runs)
    cover = given(filled(3, 3, runs=runs, posts=3), 0.0, 5.0, runs, name="cover", steps_in=True)

    hours = shifts([officer, cover], np.zeros(runs, dtype=np.intp), DAYS)

    there = officer.at_work > 0
    assert np.allclose(hours.hours[there], 5.0)
    assert np.allclose(hours.hours[~there], 3.0)
    assert np.allclose(hours.lost_vacant[1], 5.0 * 23)


@pytest.mark.parametrize("runs", [1, 7])
def test_a_doer_gives_nothing_outside_its_months(runs: int) -> None:
    until_june = given(filled(2, 2, runs=runs), 0.0, 10.0, runs, months=np.array([True, False]))

    hours = shifts([until_june], np.zeros(runs, dtype=np.intp), DAYS)

    assert hours.offered[:, 0].tolist() == [80.0, 0.0]
    assert hours.lost_vacant[:, 0].tolist() == [0.0, 0.0]
