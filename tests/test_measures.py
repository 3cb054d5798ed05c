"""What is read off a run: percentiles between order statistics, the Monte Carlo error of a mean, waits, and measures by name."""

from __future__ import annotations

import numpy as np
import pytest

import workforce_model as wm
from tests.test_metamorphic import busy
from tests.toys import posts, stated, toy
from workforce_model.reading.measures import (
    MEASURES,
    Spread,
    measured,
    measured_in_year,
    oldest_wait,
    spread,
    spreads,
    teams_measured,
)

ONE_DRAW = np.zeros(5, dtype=np.intp)


def test_percentiles_lie_linearly_between_order_statistics() -> None:
    found = spread(np.array([50.0, 10.0, 40.0, 20.0, 30.0]), ONE_DRAW)

    # Five in order: the 10th percentile stands 0.4 of the way from the first to the second.
    assert (found.p10, found.p50, found.p90) == pytest.approx((14.0, 30.0, 46.0))
    assert (found.mean, found.runs) == (30.0, 5)


def test_with_one_draw_the_error_is_that_of_independent_runs() -> None:
    found = spread(np.array([50.0, 10.0, 40.0, 20.0, 30.0]), ONE_DRAW)

    # Squares about 30 sum to 1,000: variance 250 over four, 50 over the five runs.
    assert found.error == pytest.approx(np.sqrt(50.0))


def test_runs_that_share_a_draw_count_as_one_when_the_draws_are_what_differs() -> None:
    figures, draw = np.array([1.0, 1.0, 5.0, 5.0, 9.0, 9.0]), np.array([0, 0, 1, 1, 3, 3])

    found = spread(figures, draw)

    # Three draws of two runs each: departures -8, 0 and 8 of six runs; sqrt(128 x 3 / 2) / 6.
    assert found.error == pytest.approx(np.sqrt(128 * 3 / 2) / 6)
    assert found.error == pytest.approx(np.array([1.0, 5.0, 9.0]).std(ddof=1) / np.sqrt(3))


def test_where_each_run_has_its_own_draw_the_error_is_that_of_independent_runs() -> None:
    figures = np.array([1.0, 5.0, 9.0])

    assert spread(figures, np.arange(3)).error == pytest.approx(figures.std(ddof=1) / np.sqrt(3))


def test_runs_in_which_a_figure_is_not_defined_are_left_out_and_counted() -> None:
    found = spread(np.array([np.nan, 2.0, 4.0, np.nan, 6.0]), ONE_DRAW)

    assert (found.mean, found.p50, found.runs) == (4.0, 4.0, 3)
    assert found.error == pytest.approx(2.0 / np.sqrt(3))


def test_one_run_has_no_error_and_no_run_no_figure() -> None:
    one, none = spread(np.array([3.0]), ONE_DRAW[:1]), spread(np.array([np.nan]), ONE_DRAW[:1])

    assert (one.mean, one.p10, one.p90, one.runs) == (3.0, 3.0, 3.0, 1)
    assert np.isnan(one.error)
    assert none.runs == 0
    assert np.isnan([none.mean, none.p10, none.p50, none.p90, none.error]).all()
    assert isinstance(none, Spread)


def test_the_oldest_case_waiting_came_before_those_given_out_since() -> None:
    # 4 wait at the start; 3 more come each month. Given out: none, then 5, then 2, then all that were there.
    pooled = np.array([4, 7, 10, 8, 9]).reshape(5, 1, 1)
    waiting = np.array([4, 7, 5, 6, 0]).reshape(5, 1, 1)

    waits = oldest_wait(pooled, waiting)

    # After two months the 4 of the start and 1 of the first month are gone; after three, 7 of all: the first two months'.
    assert waits.ravel().tolist() == [0, 1, 1, 1, 0]


def test_a_rate_is_its_parts_and_not_defined_where_there_is_nothing_under_it() -> None:
    result = wm.run(busy({"workforce.turnover_rate": 0.99, "workforce.filling_probability": 0.0, "workforce.cover_probability": 0.0}), 20)  # fmt: skip

    over, workers, share = (measured(result, name) for name in ("workers_at_or_over", "workers", "share_at_or_over"))

    assert (workers == 0).any()
    assert np.isnan(share[workers == 0]).all()
    assert np.array_equal(share[workers > 0], (over / np.where(workers == 0, 1, workers))[workers > 0])


def test_a_year_adds_a_flow_and_reads_a_stock_in_march() -> None:
    result = wm.run(busy(), 10)
    year = np.flatnonzero(np.array(result.years) == "2019/20") + 1

    assert np.array_equal(measured_in_year(result, "leavers_fte", "2019/20"), measured(result, "leavers_fte")[year].sum(axis=0))  # fmt: skip
    assert np.array_equal(measured_in_year(result, "in_post_fte", "2019/20"), measured(result, "in_post_fte")[12])


@pytest.mark.parametrize("name", ["open_cases", "in_post_fte"])
def test_b32_an_unknown_team_is_refused_with_the_known_ones_and_an_unknown_measure_by_name(name: str) -> None:
    result = wm.run(busy(), 2)

    with pytest.raises(KeyError, match=r"unknown team 'teem'.*known: team"):
        measured(result, name, "teem")
    with pytest.raises(KeyError, match="open_casse"):
        measured(result, "open_casse")
    assert teams_measured(result, name) == ("team",)
    assert MEASURES["share_at_or_over"].parts == ("workers_at_or_over", "workers")


CASES = {"arrivals": stated(0.0, "cases a month"), "leaving_rate": stated(0.0, "share a month")}
AGENCY = {
    "role": "Social worker",
    "grade": "social_worker",
    "budget": "existing",
    "first_month": "2019-04",
    "last_month": "2021-03",
    "source": "s",
}
STILL = {
    "workforce.teams": {name: {"label": name} for name in ("alpha", "beta", "gamma")},
    "workforce.posts": {
        "alpha": posts(9, team="alpha", opening_under_five_years=4, opening_over_five_years=3, opening_agency=1, covered_by_agency=True),
        "beta": posts(5, team="beta", opening_over_five_years=4, fte=0.6, qualified=False),
        "gamma": posts(1, team="gamma"),
    },
    "workforce.agency": {
        "extra": {**AGENCY, "kind": "additional", "team": "alpha", "number": stated(2, "posts")},
        "team_of_three": {**AGENCY, "kind": "commissioned", "team": "beta", "number": stated(3, "posts"), "fte": 0.5},
    },
    "caseloads.teams": {name: {"open_cases": stated(n, "cases"), **CASES} for name, n in (("alpha", 100), ("beta", 60), ("gamma", 5))},
    "costs.commissioned_team_price": {"team_of_three": stated(10_000.0, "GBP a month")},
}  # fmt: skip


@pytest.fixture(scope="module")
def still() -> wm.Results:
    """Three teams in which nothing happens; in the third nobody is in post."""
    return wm.run(toy(STILL), 3)


@pytest.mark.parametrize(
    ("name", "council", "alpha", "beta", "gamma"),
    [
        ("establishment_fte", 13.0, 9.0, 3.0, 1.0),
        ("in_post_fte", 9.4, 7.0, 2.4, 0.0),
        ("vacancy_fte", 3.6, 2.0, 0.6, 1.0),
        ("agency_cover_fte", 1.0, 1.0, 0.0, 0.0),
        ("agency_additional_fte", 2.0, 2.0, 0.0, 0.0),
        ("commissioned_fte", 1.5, 0.0, 1.5, 0.0),
        ("vacancy_rate", 3.6 / 13, 2 / 9, 0.2, 1.0),
        ("open_cases", 165.0, 100.0, 60.0, 5.0),
        ("unallocated_cases", 5.0, 0.0, 0.0, 5.0),
        ("cases_held", 160.0, 100.0, 60.0, 0.0),
        ("oldest_unallocated_months", 6.0, 0.0, 0.0, 6.0),
        ("workers", 17.0, 10.0, 7.0, 0.0),
    ],
)
def test_each_measure_of_a_council_in_which_nothing_happens_is_its_posts_counted_by_hand(
    still: wm.Results, name: str, council: float, alpha: float, beta: float, gamma: float
) -> None:
    found = [measured(still, name, team)[6, 0] for team in (None, "alpha", "beta", "gamma")]

    assert found == pytest.approx([council, alpha, beta, gamma])


def test_the_census_counts_qualified_social_workers_alone(still: wm.Results) -> None:
    assert measured(still, "in_post_fte", census=True)[6, 0] == 7.0
    assert measured(still, "establishment_fte", census=True)[6, 0] == 10.0
    assert measured(still, "vacancy_rate", census=True)[6, 0] == pytest.approx(3 / 10)
    # Those who came after the cases were shared out hold none, as none arrived since.
    assert measured(still, "case_holder_fte")[6, 0] == pytest.approx(7 + 1 + 2.4)


def test_a_measure_of_people_is_of_every_team_and_one_of_cases_of_those_that_hold_cases() -> None:
    result = wm.run(
        toy(
            {
                "workforce.teams.office": {"label": "Office"},
                "workforce.posts.office": posts(1, team="office", holds_cases=False),
            }
        ),
        2,
    )

    assert teams_measured(result, "in_post_fte") == ("office", "team")
    assert teams_measured(result, "open_cases") == teams_measured(result, "caseload") == ("team",)


@pytest.mark.parametrize(
    ("figures", "draw", "error"),
    [
        # Two draws of two runs: departures -4 and 4 of four runs.
        ([1.0, 1.0, 5.0, 5.0], [0, 0, 1, 1], np.sqrt(32 * 2) / 4),
        # A draw of two runs and a draw of one: departures -2 and 2 of three runs.
        ([1.0, 3.0, 5.0], [0, 0, 1], np.sqrt(8 * 2) / 3),
        # Two runs of one draw: squares sum to 8, one degree of freedom, over two runs.
        ([1.0, 5.0], [0, 0], np.sqrt(8 / 2)),
    ],
)
def test_the_error_of_few_draws_and_few_runs_is_that_worked_by_hand(
    figures: list[float], draw: list[int], error: float
) -> None:
    assert spread(np.array(figures), np.array(draw)).error == pytest.approx(error)


def test_many_figures_at_once_are_each_summed_up_over_their_own_defined_runs() -> None:
    draw = np.array([0, 1, 0, 1])
    figures = np.array([[1.0, 5.0, 3.0, 7.0], [np.nan, 5.0, np.nan, 7.0], [np.nan] * 4])

    found = spreads(figures, draw)

    # Two draws with means 2 and 6 about 4: departures of -4 and 4, so the error is sqrt(32 x 2 / 1) / 4 = 2.
    assert found[0].tolist() == pytest.approx([4.0, 1.6, 4.0, 6.4, 2.0, 4.0])
    # One draw left: the standard error of 5 and 7 themselves.
    assert found[1].tolist() == pytest.approx([6.0, 5.2, 6.0, 6.8, 1.0, 2.0])
    assert np.isnan(found[2, :5]).all()
    assert found[2, 5] == 0
