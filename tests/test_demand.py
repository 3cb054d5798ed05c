"""Requests as they come: their moments, their luck, and the fixed schedule of visits by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workforce_model.basis.draws import Words
from workforce_model.duties.demand import Arrangements, Requests, arrangements, kept, open_already, requests, visit_days
from workforce_model.duties.working_days import days_of

TOLERANCE, RUNS = 4.42, 4_000
DAYS = days_of(pd.period_range("2019-04", "2020-03", freq="M"))
seeds = pytest.mark.parametrize("seed", [1, 20190612, 2**70 + 5])


def came(a_month: float, dispersion: float, seed: int = 1, runs: int = RUNS) -> Requests:
    words, draw = Words(seed, np.arange(runs)), np.zeros(runs, dtype=np.intp)
    return requests("stream", np.array([a_month]), np.array([dispersion]), draw, words, DAYS.first_of_month, DAYS.date.size)  # fmt: skip


@seeds
def test_a_years_requests_have_the_stated_mean_and_variance(seed: int) -> None:
    year = came(10.0, 3.0, seed).by_day(DAYS.date.size, RUNS).sum(axis=0)

    # Twelve months of mean 10 and variance over mean 3; the variance of a sample variance from a normal law.
    assert abs(year.mean() - 120) < TOLERANCE * np.sqrt(360 / RUNS)
    assert abs(year.var(ddof=1) / 360 - 1) < TOLERANCE * np.sqrt(2.1 / RUNS)


def test_requests_of_a_month_fall_on_its_own_days_evenly() -> None:
    by_day = came(30.0, 1.0).by_day(DAYS.date.size, RUNS)
    april, february = DAYS.month == 0, DAYS.month == 10

    daily = by_day.mean(axis=1)

    assert np.allclose(daily[april], 1.0, atol=TOLERANCE / np.sqrt(RUNS))
    assert np.allclose(daily[february], 30 / 29, atol=1.02 * TOLERANCE / np.sqrt(RUNS))


def test_the_share_that_accepts_is_the_stated_one_and_those_who_accept_at_less_accept_at_more() -> None:
    those, words = came(20.0, 2.0), Words(1, np.arange(RUNS))

    few, more = (kept(those, words, "accepted", np.full((DAYS.date.size, RUNS), share)) for share in (0.3, 0.6))

    assert abs(few.mean() - 0.3) < TOLERANCE * np.sqrt(0.21 / those.run.size)
    assert (few <= more).all()


def test_more_requests_leave_the_first_ones_as_they_were() -> None:
    fewer, more = came(5.0, 2.0).by_day(DAYS.date.size, RUNS), came(8.0, 2.0).by_day(DAYS.date.size, RUNS)

    assert (fewer <= more).all()


def test_visits_are_six_weekly_for_a_year_and_twelve_weekly_after() -> None:
    # Written out: 8 visits in the first 365 days at 42-day intervals, one more 42 days on, then every 84.
    by_hand = [42, 84, 126, 168, 210, 252, 294, 336, 378, 462, 546, 630, 714]

    assert visit_days(6, 12, 720).tolist() == by_hand


def test_an_arrangements_visits_fall_on_their_days_until_it_ends() -> None:
    # Begun on day 10, ended on day 150: visits due on days 52, 94, 136; each can be made 14 days before.
    one = Arrangements(run=np.array([1]), start=np.array([10.0]), end=np.array([150.0]))

    visits = one.visits(visit_days(6, 12, 800), 14, DAYS.date.size, 2)

    assert np.flatnonzero(visits[:, 1]).tolist() == [38, 80, 122]
    assert visits[:, 0].sum() == 0


def test_an_arrangement_open_all_year_has_the_visits_of_its_schedule() -> None:
    # The first year has 8.7 visits on average at any moment (365 / 42), later years 4.3 (365 / 84).
    first = Arrangements(np.array([0]), np.array([0.0]), np.array([np.inf]))
    settled = Arrangements(np.array([0]), np.array([-730.0]), np.array([np.inf]))

    counts = [one.visits(visit_days(6, 12, 1_200), 0, 365, 1).sum() for one in (first, settled)]

    assert counts[0] in (8, 9)
    assert counts[1] in (4, 5)


@seeds
def test_arrangements_settle_at_starts_over_the_ending_rate(seed: int) -> None:
    # 3 a month, each ending with 0.25 a month: months last a geometric number of months of mean 4, so 12 are open.
    runs = 1_000
    days = days_of(pd.period_range("2019-04", "2023-03", freq="M"))
    words = Words(seed, np.arange(runs))
    those = requests("x", np.array([3.0]), np.array([1.0]), np.zeros(runs, dtype=np.intp), words, days.first_of_month, days.date.size)  # fmt: skip

    held = arrangements(those, np.full(runs, 0.25), words).open_at(days.last_of_month[24:], runs)

    by_run = held.mean(axis=0)
    assert abs(by_run.mean() - 12) < TOLERANCE * by_run.std(ddof=1) / np.sqrt(runs) + 0.05


def test_those_open_already_began_within_the_year_before() -> None:
    words = Words(3, np.arange(50))

    those = open_already(np.full(50, 4), "x", words)

    assert np.bincount(those.run).tolist() == [4] * 50
    assert those.day.min() >= -365
    assert those.day.max() <= -1
