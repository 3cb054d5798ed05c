"""Closed forms O1 to O6: the simulation meets exact answers within 4.42 standard errors, from three seeds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model.engine.results import Results

RUNS, TOLERANCE = 10_000, 4.42
RUNS_OF_O6 = 12_500
MONTHLY = 1 - (1 - 0.15) ** (1 / 12)
seeds = pytest.mark.parametrize("seed", [1, 20190612, 2**70 + 5])


def played(changes: dict[str, object], seed: int, runs: int = RUNS) -> Results:
    return wm.run(toy(changes), runs, seed, doubt=False)


def agrees(sample: np.ndarray, mean: float, variance: float) -> bool:
    return abs(sample.mean() - mean) <= TOLERANCE * np.sqrt(variance / sample.size)


@seeds
def test_o1_survivors_of_sixty_staff_are_binomial(seed: int) -> None:
    result = played(
        {
            "workforce.turnover_rate": 0.15,
            "workforce.posts.worker": posts(60, opening_over_five_years=60),
            "periods.end": "2020-03",
        },
        seed,
    )

    left = result.history.staff["permanent"][12, 0].astype(float)

    assert agrees(left, 51.0, 60 * 0.85 * 0.15)
    assert left.var() == pytest.approx(60 * 0.85 * 0.15, rel=0.08)


@seeds
def test_o2_vacancies_refilled_with_a_monthly_probability_are_binomial(seed: int) -> None:
    share = MONTHLY / (MONTHLY + 0.2)
    result = played(
        {
            "workforce.turnover_rate": 0.15,
            "workforce.filling_probability": 0.2,
            "workforce.posts.worker": posts(60, opening_over_five_years=56),
            "periods.end": "2022-03",
        },
        seed,
    )

    vacant = 60.0 - result.history.staff["permanent"][:, 0]

    assert share == pytest.approx(0.063021, abs=1e-6)
    assert agrees(vacant[36], 60 * share, 60 * share * (1 - share))
    lag = np.corrcoef(vacant[35], vacant[36])[0, 1]
    assert lag == pytest.approx(1 - MONTHLY - 0.2, abs=TOLERANCE * (1 - 0.78**2) / np.sqrt(RUNS))


@seeds
def test_o3_a_fixed_lead_leaves_the_lead_over_the_cycle_vacant(seed: int) -> None:
    result = played(
        {
            "workforce.turnover_rate": 0.15,
            "workforce.filling_probability": 1.0,
            "workforce.recruitment_lead_months": 3,
            "workforce.posts.worker": posts(60, opening_over_five_years=60),
            "periods.end": "2024-03",
        },
        seed,
    )

    vacant = 1 - result.history.staff["permanent"][60, 0] / 60

    share = 3 / (3 + 1 / MONTHLY)
    assert share == pytest.approx(0.038790, abs=1e-6)
    assert agrees(vacant, share, share * (1 - share) / 60)


@seeds
@pytest.mark.parametrize("random_share", [0.0, 0.5, 1.0])
def test_o4_open_cases_follow_the_immigration_and_death_law(seed: int, random_share: float) -> None:
    result = played(
        {
            "caseloads.random_share": random_share,
            "caseloads.teams.team.arrivals": 60.0,
            "caseloads.teams.team.leaving_rate": 0.1,
            "caseloads.teams.team.open_cases": 500,
            "workforce.posts.worker": posts(30, opening_over_five_years=30),
            "periods.end": "2019-10",
        },
        seed,
    )

    open_cases = result.history.cases["held"][6, 0].astype(float)

    kept = 0.9**6
    variance = 500 * kept * (1 - kept) + 600 * (1 - kept)
    assert agrees(open_cases, 546.856, variance)
    assert open_cases.var() == pytest.approx(variance, rel=0.08)


@seeds
def test_o4_families_raise_the_variance_of_arrivals_and_not_their_mean(seed: int) -> None:
    result = played(
        {
            "caseloads.teams.team.arrivals": 60.0,
            "caseloads.arrivals_dispersion": 2.5,
            "workforce.posts.worker": posts(30, opening_over_five_years=20),
            "periods.end": "2019-04",
        },
        seed,
    )

    arrived = result.history.cases["arrived"][1, 0].astype(float)

    assert agrees(arrived, 60, 150)
    assert arrived.var() == pytest.approx(150, rel=0.08)


def test_o5_an_even_split_of_143_cases_over_seven_workers_puts_three_over() -> None:
    result = wm.run(
        toy(
            {
                "caseloads.random_share": 0.0,
                "caseloads.teams.team.open_cases": 143,
                "workforce.posts.worker": posts(7, opening_over_five_years=7),
            }
        ),
        50,
        doubt=False,
    )

    over = result.history.cases["at_or_over"][0, 0]

    assert (over == 3).all()


@seeds
def test_o5_a_random_split_puts_the_binomial_share_over(seed: int) -> None:
    result = played(
        {"caseloads.teams.team.open_cases": 400, "workforce.posts.worker": posts(25, opening_over_five_years=25)}, seed
    )

    share = result.history.cases["at_or_over"][0, 0] / 25

    exact = float(stats.binom.sf(20, 400, 1 / 25))
    assert exact == pytest.approx(0.127254, abs=1e-6)
    assert agrees(share, exact, exact * (1 - exact) / 25)


@seeds
def test_o5_a_half_share_takes_half_as_many(seed: int) -> None:
    result = played(
        {
            "caseloads.teams.team.open_cases": 300,
            "workforce.posts.worker": posts(10, opening_over_five_years=10),
            "workforce.posts.senior": posts(10, opening_over_five_years=10, caseload_share=0.5),
        },
        seed,
    )

    # Of 300 cases each full share takes 20 and each half share 10: P(21 or more) from the binomial law.
    exact = stats.binom.sf(20, 300, 1 / 15) * 10 + stats.binom.sf(20, 300, 1 / 30) * 10

    assert agrees(result.history.cases["at_or_over"][0, 0].astype(float), exact, 10 * 0.43 * 0.57 + 0.1)


@seeds
def test_o6_the_mean_of_what_a_capped_approval_pays_is_below_the_cap(seed: int) -> None:
    result = played(
        {
            "workforce.turnover_rate": 0.0,
            "workforce.filling_probability": 0.15,
            "workforce.posts.worker": posts(40),
            "periods.end": "2019-05",
            "caseloads.teams.team.open_cases": 0,
            "funding.lines.base.amounts": {"2019/20": 18_000.0},
        },
        seed,
        runs=RUNS_OF_O6,
    )

    # 36,000 a year is 3,000 a month; those appointed in April start in May: V ~ Binomial(40, 0.15), cap 6.
    paid = -result.ledger.used[1, 0] / 3_000

    law = stats.binom(40, 0.15).pmf(np.arange(41))
    capped = np.minimum(np.arange(41), 6)
    assert float(law @ capped) == pytest.approx(5.1118, abs=1e-4)
    assert agrees(paid, 5.1118, float(law @ capped**2 - (law @ capped) ** 2))


@seeds
def test_cases_passed_on_are_the_stated_share(seed: int) -> None:
    receiving = {
        "open_cases": stated(0, "cases"),
        "arrivals": stated(0.0, "cases a month"),
        "leaving_rate": stated(0.0, "share a month"),
    }
    result = played(
        {
            "workforce.teams.other": {"label": "Other"},
            "workforce.posts.other": posts(5, team="other", opening_over_five_years=5),
            "caseloads.teams.other": receiving,
            "caseloads.teams.team.open_cases": 1000,
            "caseloads.teams.team.leaving_rate": 0.3,
            "caseloads.teams.team.passes_on": {"other": stated(0.25, "share")},
            "periods.end": "2019-04",
        },
        seed,
    )

    passed = result.history.cases["passed_out"][1, 1].astype(float)

    assert agrees(passed, 75, 1000 * 0.075 * 0.925)
    assert (result.history.cases["passed_in"][1, 0] == passed).all()


@seeds
def test_a_year_shock_spreads_leavers_beyond_chance(seed: int) -> None:
    result = played(
        {
            "workforce.turnover_rate": 0.12,
            "workforce.turnover_reading": "replaced",
            "workforce.year_shock": 0.3,
            "workforce.posts.worker": posts(100, opening_over_five_years=100),
            "periods.end": "2019-04",
        },
        seed,
    )

    left = result.history.staff["left"][1, 0].astype(float)

    shock = np.exp(0.3**2) - 1
    variance = 100 * (0.01 - 0.01**2 * (1 + shock)) + 100**2 * 0.01**2 * shock
    assert agrees(left, 1.0, variance)
    assert left.var() == pytest.approx(variance, rel=0.1)


@pytest.mark.slow
def test_o2_and_o3_hold_to_a_hundredth_of_the_mean() -> None:
    """Section 6: runs enough that an error of 1% in the mean is caught, as the tests above do for the other oracles."""
    quick = {"workforce.filling_probability": 0.2, "workforce.posts.worker": posts(320, opening_over_five_years=300)}
    late = {
        "workforce.filling_probability": 1.0, "workforce.recruitment_lead_months": 3,
        "workforce.posts.worker": posts(500, opening_over_five_years=500),
    }  # fmt: skip

    for changes, number, share in ((quick, 320, MONTHLY / (MONTHLY + 0.2)), (late, 500, 3 / (3 + 1 / MONTHLY))):
        calm = {"workforce.turnover_rate": 0.15, "periods.end": "2021-03", "caseloads.teams.team.open_cases": 0}
        vacant = number - played({**calm, **changes}, 1).history.staff["permanent"][24, 0].astype(float)

        mean, variance = number * share, number * share * (1 - share)
        assert TOLERANCE * np.sqrt(variance / RUNS) < 0.01 * mean
        assert agrees(vacant, mean, variance)


@pytest.mark.slow
def test_o5_holds_to_a_hundredth_of_the_mean() -> None:
    split = {
        "caseloads.teams.team.open_cases": 400, "workforce.posts.worker": posts(25, opening_over_five_years=25), "periods.end": "2019-04",
    }  # fmt: skip
    exact = float(stats.binom.sf(20, 400, 1 / 25))
    variance = exact * (1 - exact) / 25

    shares = np.concatenate([played(split, seed, 20_000).history.cases["at_or_over"][0, 0] / 25 for seed in range(3)])

    # Workers' shares are a little less alike than independent ones: the variance above is an upper end.
    assert shares.var() < variance
    assert TOLERANCE * np.sqrt(variance / shares.size) < 0.01 * exact
    assert agrees(shares, exact, variance)


@pytest.mark.parametrize(
    ("mean", "variance", "runs"),
    [
        (51.0, 60 * 0.85 * 0.15, RUNS),
        (546.856, 500 * 0.9**6 * (1 - 0.9**6) + 600 * (1 - 0.9**6), RUNS),
        (60, 150, RUNS),
        (5.1118, 1.5501, RUNS_OF_O6),
    ],
)
def test_an_error_of_one_hundredth_in_the_mean_of_an_oracle_would_be_caught(
    mean: float, variance: float, runs: int
) -> None:
    """Section 6: the tolerance of O1, O4, clumped arrivals and O6 is below 1% of their means, from each of the three seeds."""
    assert TOLERANCE * np.sqrt(variance / runs) < 0.01 * mean
