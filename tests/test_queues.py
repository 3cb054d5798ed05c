"""Work waiting its turn meets queue theory, conserves requests, and is counted in time by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from workforce_model.duties.queues import NO_SHIFT, Queue, by_month, in_time, oldest, serve
from workforce_model.duties.working_days import days_of, deadlines

TOLERANCE = 4.42
seeds = pytest.mark.parametrize("seed", [1, 20190612, 2**70 + 5])


def column(*counts: int) -> NDArray[np.int32]:
    return np.array(counts, dtype=np.int32)[:, None]


def every_day(days: int) -> NDArray[np.intp]:
    return np.zeros(days, dtype=np.intp)


def served(accepted: NDArray[np.int32], hours: float, each: float, lapses_after: int | None = None) -> Queue:
    runs = accepted.shape[1]
    return serve(accepted, np.full((1, runs), hours), np.full(runs, each), every_day(accepted.shape[0]), lapses_after)


# Single server ------------------------------------------------------------------------------------


@seeds
@pytest.mark.parametrize("dispersion", [1.0, 3.0])
def test_a_single_server_has_the_mean_queue_of_theory(seed: int, dispersion: float) -> None:
    # One a day can be done, so L' = max(L + A - 1, 0). Squaring both sides and taking long-run means gives, for
    # independent batches A of mean rho and variance v rho, E[L] = (v rho - rho + rho**2) / (2 (1 - rho)).
    runs, days, rho = 4_000, 900, 0.6
    random = np.random.default_rng(seed)
    chance = 1 / dispersion
    batches = random.poisson(rho, (days, runs)) if dispersion == 1 else random.negative_binomial(
        rho * chance / (1 - chance), chance, (days, runs))  # fmt: skip

    line = served(batches.astype(np.int32), 1.0, 1.0)

    left = (line.come - line.gone)[300:].mean(axis=0)
    expected = (dispersion * rho - rho + rho**2) / (2 * (1 - rho))
    assert abs(left.mean() - expected) < TOLERANCE * left.std(ddof=1) / np.sqrt(runs)


def test_a_server_that_never_has_enough_hours_does_what_it_can_and_no_more() -> None:
    # Two a day come, one a day can be done: after n days n are done and n wait.
    line = served(np.full((40, 3), 2, dtype=np.int32), 5.0, 5.0)

    assert line.done.sum(axis=0).tolist() == [40] * 3
    assert (line.come - line.gone)[-1].tolist() == [40] * 3


# By hand ------------------------------------------------------------------------------------------


def test_work_begun_one_day_is_taken_up_the_next_and_idle_hours_are_not_saved() -> None:
    # Three hours a day, four hours each; nothing on day 1, two on day 2: done on days 3 (six hours) and 4 (eight).
    line = served(column(0, 2, 0, 0, 0), 3.0, 4.0)

    assert line.done[:, 0].tolist() == [0, 0, 1, 1, 0]
    assert line.worked[:, 0].tolist() == [0, 3, 3, 2, 0]


def test_requests_are_conserved_whatever_the_hours() -> None:
    random = np.random.default_rng(7)
    accepted = random.poisson(1.5, (400, 50)).astype(np.int32)
    hours = random.uniform(0, 9, (400, 50))

    line = serve(accepted, hours, random.uniform(1, 6, 50), np.arange(400), lapses_after=20)

    waiting = line.come - line.gone
    assert (waiting >= 0).all()
    assert (accepted.sum(axis=0) == line.done.sum(axis=0) + line.lapsed.sum(axis=0) + waiting[-1]).all()
    assert (line.worked <= hours + 1e-9).all()
    assert line.lapsed.sum() > 0


def test_a_request_not_done_in_the_days_it_keeps_is_given_up() -> None:
    # Nobody works. Two come on the first day and one on the second; each keeps two days.
    line = serve(column(2, 1, 0, 0, 0), np.zeros((1, 1)), np.ones(1), every_day(5), lapses_after=2)

    assert line.lapsed[:, 0].tolist() == [0, 0, 0, 2, 1]
    assert line.done.sum() == 0


def test_72_hours_counts_weekends_and_bank_holidays_which_nobody_works() -> None:
    # Easter 2019: Good Friday 19 April, Easter Monday 22 April. A child back on Thursday the 18th must be seen that
    # day or not in time; a child back on Saturday the 20th can be seen on Tuesday the 23rd, in time.
    days = days_of(pd.period_range("2019-04", "2019-04", freq="M"))
    accepted = np.zeros((30, 2), dtype=np.int32)
    accepted[17, 0], accepted[19, 1] = 3, 3  # three children each; two interviews a day
    shift = np.where(days.working, days.stretch, NO_SHIFT)

    line = serve(accepted, np.full((days.week.size, 2), 8.0), np.full(2, 4.0), shift)
    due, kept = in_time(line, deadlines(days, 72, "hours"), days.month, 1)

    assert days.date[np.flatnonzero(line.done[:, 0])].astype(str).tolist() == ["2019-04-18", "2019-04-23"]
    assert days.date[np.flatnonzero(line.done[:, 1])].astype(str).tolist() == ["2019-04-23", "2019-04-24"]
    assert due.tolist() == [[3.0, 3.0]]
    assert kept.tolist() == [[2.0, 2.0]]


def test_seven_working_days_are_counted_from_the_day_after_and_pass_over_bank_holidays() -> None:
    days = days_of(pd.period_range("2019-04", "2019-05", freq="M"))
    last = deadlines(days, 7, "working days")

    by_day = {day: str(days.date[last[int(day[-2:]) - 1]]) for day in ("2019-04-01", "2019-04-06", "2019-04-11")}

    # Monday 1st to Wednesday 10th; Saturday 6th counts from Monday 8th; Thursday 11th passes over Easter.
    assert by_day == {"2019-04-01": "2019-04-10", "2019-04-06": "2019-04-16", "2019-04-11": "2019-04-24"}


def test_each_limit_is_counted_once_in_the_month_it_ends_and_not_when_it_ends_after_the_last_day() -> None:
    line = served(column(1, 1, 1, 1), 1.0, 1.0)

    due, kept = in_time(line, np.array([1, 2, 3, 4]), np.array([0, 0, 1, 1]), 2)

    assert due[:, 0].tolist() == [1, 2]
    assert kept[:, 0].tolist() == [1, 2]


def test_the_age_of_the_oldest_is_not_defined_when_nobody_waits() -> None:
    line = serve(np.array([[1, 0], [1, 0], [0, 0]], dtype=np.int32), np.zeros((1, 2)), np.ones(2), every_day(3))

    ages = oldest(line, np.array([2]))

    assert ages[0, 0] == 2
    assert np.isnan(ages[0, 1])


def test_figures_added_up_by_month_leave_nought_where_a_month_has_no_rows() -> None:
    assert by_month(np.array([[1], [2], [4]]), np.array([0, 0, 2]), 3)[:, 0].tolist() == [3.0, 0.0, 4.0]
