"""Beliefs learn by Bayes' rule: textbook answers where there are any, and ranks of known truths that are uniform."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from scipy import stats

from workforce_model.basis.assumptions import Assumption
from workforce_model.monitoring.learning import (
    Belief,
    arrivals_tail,
    events_tail,
    of_arrivals,
    of_events,
    passing_shock,
    prior_of,
    shock_points,
)

CERTAIN = (np.ones(1), np.ones(1))


def uncertain(value: float, low: float, high: float, shape: str, unit: str = "share a month") -> Assumption:
    return Assumption(
        value=value, low=low, high=high, shape=shape, unit=unit, source="test", date=datetime.date(2019, 6, 12), confidence="low",
    )  # fmt: skip


def on(distribution: object, steps: int = 4_001) -> Belief:
    """A belief laid out at equal steps of probability of a scipy distribution."""
    return Belief(distribution.ppf((np.arange(steps) + 0.5) / steps), np.full(steps, 1 / steps))


def test_a_beta_belief_and_a_binomial_count_give_the_beta_of_the_textbook() -> None:
    posterior = on(stats.beta(4, 30)).given(of_events(on(stats.beta(4, 30)).values, [1.0], np.array([9.0]), np.array([60.0]), 0.0))  # fmt: skip

    assert posterior.quantile([0.1, 0.5, 0.9]) == pytest.approx(stats.beta(13, 81).ppf([0.1, 0.5, 0.9]), rel=2e-3)


def test_a_gamma_belief_and_a_poisson_count_give_the_gamma_of_the_textbook() -> None:
    prior = on(stats.gamma(16, scale=20))

    posterior = prior.given(of_arrivals(prior.values * 6, 2_200, 1.0, CERTAIN))

    assert posterior.quantile([0.1, 0.5, 0.9]) == pytest.approx(stats.gamma(2216, scale=1 / (6 + 1 / 20)).ppf([0.1, 0.5, 0.9]), rel=1e-3)  # fmt: skip


@pytest.mark.parametrize("dispersion", [1.0, 1.6, 2.4, 3.5])
def test_arrivals_are_as_likely_as_the_textbook_says_so_that_clumping_can_be_averaged_over(dispersion: float) -> None:
    means = np.array([300.0, 336.0, 390.0])
    exact = stats.poisson(means) if dispersion == 1 else stats.nbinom(means / (dispersion - 1), 1 / dispersion)

    assert of_arrivals(means, 366, dispersion, CERTAIN) == pytest.approx(exact.logpmf(366))


def test_no_trials_teach_nothing_and_many_teach_everything() -> None:
    prior = prior_of(uncertain(0.11, 0.07, 0.16, "triangular"))

    nothing = prior.given(of_events(prior.values, [1.0], np.array([0.0]), np.array([0.0]), 0.0))
    much = prior.given(of_events(prior.values, [1.0], np.array([130_000.0]), np.array([1e6]), 0.0))

    assert np.allclose(nothing.weight, prior.weight)
    assert much.quantile([0.1, 0.9]) == pytest.approx([0.13, 0.13], abs=0.001)


def test_a_shock_of_the_year_caps_what_a_year_can_teach() -> None:
    prior = prior_of(uncertain(0.16, 0.115, 0.205, "lognormal", "leavers a year over in post"))
    counts, trials = np.array([1_200.0]), np.array([100_000.0])

    posterior = prior.given(of_events(prior.values / 12, [1.0], counts, trials, 0.2))

    spread = float(np.diff(np.log(posterior.quantile([0.1, 0.9])))[0]) / 2.563
    usual = np.log(0.205 / 0.115) / 2.563
    assert spread == pytest.approx(usual * 0.2 / np.hypot(usual, 0.2), rel=0.03)


def test_tails_are_those_of_the_binomial_and_the_negative_binomial() -> None:
    exact = stats.binom(50, 0.2)
    clumped = stats.nbinom(30 / 1.4, 1 / 2.4)

    assert events_tail(np.array([0.2]), 1.0, 12, 50, 0.0)[0] == pytest.approx(exact.sf(12) + exact.pmf(12) / 2)
    assert arrivals_tail(np.array([30.0]), 40, 2.4, CERTAIN)[0] == pytest.approx(clumped.sf(40) + clumped.pmf(40) / 2)
    assert arrivals_tail(np.array([30.0]), 40, 1.0, CERTAIN)[0] == pytest.approx(stats.poisson(30).sf(40) + stats.poisson(30).pmf(40) / 2)  # fmt: skip
    assert events_tail(np.array([0.2]), 1.0, 0, 50, 0.0)[0] == pytest.approx(1 - exact.pmf(0) / 2)


def test_a_shock_has_mean_one_and_its_stated_spread() -> None:
    points, weight = shock_points(0.2)

    assert weight @ points == pytest.approx(1, abs=1e-4)
    assert weight @ np.log(points) ** 2 - (weight @ np.log(points)) ** 2 == pytest.approx(0.04, rel=1e-3)


def test_what_passes_of_a_year_follows_from_what_lasts() -> None:
    prior = prior_of(uncertain(0.16, 0.115, 0.205, "lognormal", "leavers a year over in post"))
    spread = np.log1p(prior.relative_spread**2)

    shock = passing_shock(prior, 0.3, 1 / 27)

    assert spread / (spread + shock**2 + 1 / 27) == pytest.approx(0.3)
    assert passing_shock(prior, None, 1 / 27) == 0
    assert passing_shock(prior, 0.99, 1 / 27) == 0


@pytest.mark.parametrize("shape", ["triangular", "lognormal", "normal", "uniform"])
def test_ranks_of_known_truths_are_uniform_and_intervals_cover_as_stated(shape: str) -> None:
    stated = uncertain(0.16, 0.115, 0.205, shape, "leavers a year over in post")
    draw = np.random.default_rng(20190612)
    histories, trials, shock = 1_000, np.full(6, 170.0), 0.2
    truths = prior_of(stated, 10_001).quantile(draw.uniform(size=histories))
    shocks = np.exp(shock * draw.standard_normal(histories) - shock**2 / 2)
    left = draw.binomial(170, np.minimum(truths * shocks / 12, 1)[:, None], size=(histories, 6))
    prior = prior_of(stated)

    ranks = np.array([
        prior.given(of_events(prior.values / 12, np.ones(6), events.astype(float), trials, shock)).below(truth)
        for events, truth in zip(left, truths, strict=True)
    ])  # fmt: skip

    assert stats.chisquare(np.histogram(ranks, bins=20, range=(0, 1))[0]).pvalue > 0.001
    for level in (0.5, 0.8, 0.9, 0.95):
        inside = int(np.count_nonzero(np.abs(ranks - 0.5) < level / 2))
        low, high = stats.binom(histories, level).ppf([0.0005, 0.9995])
        assert low <= inside <= high, (level, inside)
