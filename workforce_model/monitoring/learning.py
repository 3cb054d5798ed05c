"""How a belief about one rate learns from counts: Bayes' rule on a grid, exact for any stated range.

A belief is a grid of values with weights. The prior is the assumption's own range at equal steps of probability, so
its shape needs no family; the posterior has the same values, weighed by how likely each makes what was counted. What
is not the rate's own (the shock of a year, growth, clumping) is averaged over. Conjugate pairs come out as their
textbook answers, which the tests hold it to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.assumptions import Assumption, sample

Array = NDArray[np.float64]

STEPS = 501
"""Equal steps of probability a prior is laid out in."""
_SHOCKS = np.linspace(-4.5, 4.5, 61)
"""Points at which a shock is averaged over, in standard deviations: close beside what a few months can tell."""


@dataclass(frozen=True)
class Belief:
    """What is believed of one rate: values, rising, and their weights, adding up to one; arrays of shape (n,)."""

    values: Array
    weight: Array

    @property
    def mean(self) -> float:
        """The expected value."""
        return float(self.weight @ self.values)

    @property
    def relative_spread(self) -> float:
        """The standard deviation over the mean."""
        return math.sqrt(self.variance) / self.mean

    @property
    def variance(self) -> float:
        """The expected square of the distance from the mean."""
        return float(self.weight @ (self.values - self.mean) ** 2)

    def below(self, value: float) -> float:
        """How much of the belief lies below a value: the rank of a truth in it."""
        return float(np.interp(value, self.values, np.cumsum(self.weight) - self.weight / 2, left=0.0, right=1.0))

    def quantile(self, q: Sequence[float] | Array) -> Array:
        """The values at stated shares of the belief."""
        return np.asarray(np.interp(q, np.cumsum(self.weight) - self.weight / 2, self.values))

    def given(self, log_likelihood: Array) -> Belief:
        """The belief after a count that each value makes so likely, shape (n,)."""
        weight = self.weight * np.exp(log_likelihood - log_likelihood.max())
        return Belief(self.values, weight / weight.sum())


def prior_of(assumption: Assumption, steps: int = STEPS) -> Belief:
    """An assumption's range as a belief.

    Examples
    --------
    >>> import datetime
    >>> rate = Assumption(value=0.11, low=0.07, high=0.16, shape="triangular", unit="share a month", source="judgement",
    ...                   date=datetime.date(2019, 6, 12), confidence="low")
    >>> round(prior_of(rate).mean, 4)
    0.1133
    """
    return Belief(sample(assumption, (np.arange(steps) + 0.5) / steps), np.full(steps, 1 / steps))


def shock_points(deviation: float) -> tuple[Array, Array]:
    """Points and weights of a log-normal shock with mean one; nought is no shock."""
    if deviation == 0:
        return np.ones(1), np.ones(1)
    weight = np.exp(-(_SHOCKS**2) / 2)
    return np.exp(deviation * _SHOCKS - deviation**2 / 2), weight / weight.sum()


def averaged(log_likelihood: Array, weight: Array) -> Array:
    """A likelihood averaged over what is not the rate's own: shape (n, k) in, (n,) out."""
    most = log_likelihood.max(axis=1, keepdims=True)
    return np.asarray(most[:, 0] + np.log(np.exp(log_likelihood - most) @ weight))


def of_events(chance: Array, times: Sequence[float] | Array, events: Array, trials: Array, deviation: float) -> Array:
    """How likely monthly counts of events are, by chance, under one shock shared by these months.

    Parameters
    ----------
    chance : array, shape (n,)
        The monthly chance of an event.
    times : array, shape (M,)
        How many times that chance each month's trials run on average.
    events, trials : array, shape (M,)
        FTE or cases; parts of a person count as parts.
    deviation : float
        Standard deviation of the shock's logarithm.

    Returns
    -------
    array, shape (n,)
        Logarithm of the likelihood, without its constant.
    """
    shocks, weight = shock_points(deviation)
    if np.ptp(times) == 0:
        times, events, trials = times[:1], events.sum(keepdims=True), trials.sum(keepdims=True)
    p = np.minimum(chance[:, None, None] * shocks[None, :, None] * np.asarray(times)[None, None, :], 1 - 1e-12)
    return averaged((events * np.log(np.maximum(p, 1e-300)) + (trials - events) * np.log1p(-p)).sum(axis=2), weight)


def ways(events: Array, trials: Array) -> float:
    """Logarithm of the number of ways the events can fall among the trials: the constant that likelihoods of the same
    counts leave out, and that is wanted where the trials themselves are in doubt.

    Examples
    --------
    >>> round(math.exp(ways(np.array([2.0]), np.array([5.0]))))
    10
    """
    from scipy.special import gammaln

    return float((gammaln(trials + 1) - gammaln(events + 1) - gammaln(trials - events + 1)).sum())


def events_tail(chance: Array, times: float, events: float, trials: float, deviation: float) -> Array:
    """The chance of more events than were counted, half of as many among them, by chance; shape (n,)."""
    shocks, weight = shock_points(deviation)
    p = np.minimum(chance[:, None] * shocks * times, 1 - 1e-12)
    return np.asarray(_half_way(lambda y: _at_least(y, trials, p), events) @ weight)


def _at_least(events: float, trials: float, p: Array) -> Array:
    from scipy.special import betainc

    if events <= 0:
        return np.ones_like(p)
    return np.zeros_like(p) if events > trials else np.asarray(betainc(events, trials - events + 1, p))


def _half_way(at_least: Callable[[float], Array], count: float) -> Array:
    """Half of the count itself on either side (the mid-p value)."""
    return (at_least(count) + at_least(count + 1)) / 2


def of_arrivals(mean: Array, arrived: float, dispersion: float, shock: tuple[Array, Array]) -> Array:
    """The logarithm of how likely a total of arrivals is, by mean: Poisson, or clumped with this variance over mean.

    The whole of it, so that what is not known of the clumping can be averaged over.

    Parameters
    ----------
    mean : array, shape (n,)
        Expected arrivals over the months counted.
    dispersion : float
        Variance over mean; 1 is Poisson.
    shock : points and weights
        What the mean may be multiplied by.

    Examples
    --------
    Poisson: three came, and the mean was two or four.

    >>> found = of_arrivals(np.array([2.0, 4.0]), 3, 1.0, (np.ones(1), np.ones(1)))
    >>> round(float(np.exp(found[0] - found[1])), 4)  # (2/4)**3 * exp(2)
    0.9236
    """
    from scipy.special import gammaln

    expected = mean[:, None] * shock[0]
    if dispersion <= 1:
        likely = arrived * np.log(expected) - expected
    else:
        size, kept = expected / (dispersion - 1), math.log1p(-1 / dispersion)
        likely = gammaln(arrived + size) - gammaln(size) - size * math.log(dispersion) + arrived * kept
    likely -= gammaln(arrived + 1)
    return averaged(likely, shock[1])


def arrivals_tail(mean: Array, arrived: float, dispersion: float, shock: tuple[Array, Array]) -> Array:
    """The chance of more arrivals than came, half of as many among them, by mean; shape (n,)."""
    from scipy.special import betainc, gammainc

    expected = mean[:, None] * shock[0]

    def at_least(count: float) -> Array:
        if count <= 0:
            return np.ones_like(expected)
        if dispersion <= 1:
            return np.asarray(gammainc(count, expected))
        return np.asarray(betainc(count, expected / (dispersion - 1), 1 - 1 / dispersion))

    return np.asarray(_half_way(at_least, arrived) @ shock[1])


def passing_shock(prior: Belief, lasting: float | None, of_year: float) -> float:
    """How far a year's figure strays from the lasting rate, luck apart, given how much of a year's figure lasts.

    Of the difference between a year's figure and what was expected, a share ``lasting`` comes back next year. With
    the spread of the belief and the luck of a year, that leaves this much to the shock of the year.

    Parameters
    ----------
    lasting : float or None
        The weight of a council's own last year; None for no shock.
    of_year : float
        Relative variance of a year's figure from luck alone.

    Examples
    --------
    Turnover, believed to 23% either way, 27 leavers a year, of which three tenths last: a shock of 28%.

    >>> values = 0.16 * np.exp(0.2256 * np.linspace(-3, 3, 601))
    >>> bell = np.exp(-np.linspace(-3, 3, 601) ** 2 / 2)
    >>> round(passing_shock(Belief(values, bell / bell.sum()), 0.3, 1 / 27), 2)
    0.28
    """
    if lasting is None:
        return 0.0
    spread = math.log1p(prior.relative_spread**2)
    return math.sqrt(max(spread * (1 - lasting) / lasting - of_year, 0.0))
