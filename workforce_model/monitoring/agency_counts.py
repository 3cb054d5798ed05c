"""How soon agency workers come to cover a vacancy and how soon they go, learnt together from the stocks reported.

The form gives how many cover a vacancy at each month's end, not who came and who went: stocks tell the two together
better than either alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.scenario import Scenario
from workforce_model.monitoring.expected_posts import expected_posts
from workforce_model.monitoring.learning import Belief, prior_of

Array = NDArray[np.float64]
_HALF_PERSON = 0.25
"""Added to a month's variance: people are whole, and posts are told by their FTE."""


@dataclass(frozen=True)
class Covering:
    """What the stocks say of agency workers coming and going.

    ``came`` and ``went`` are the FTE that the stocks imply, each with the other at its expected rate; ``empty`` and
    ``there`` the FTE-months they came to and went from. ``rank_correlation`` says how the two hang together, and
    ``tail`` is the chance, as believed before, of a greater rise than was seen.
    """

    coming: Belief
    going: Belief
    rank_correlation: float
    came: float
    empty: float
    went: float
    there: float
    tail: float


def covering(scenario: Scenario, actuals: Actuals, steps: int = 201) -> Covering:
    """What the monthly stock of agency workers covering vacancies says of how soon they come and how soon they go.

    A month's stock is last month's, less those who left, converted or gave way to a starter, and those who came to
    what stood empty. Its spread is that of the counts in it, as if they were normal.
    """
    from scipy.special import ndtr

    workforce = scenario.workforce
    priors = prior_of(workforce.cover_probability, steps), prior_of(workforce.agency_leaving_rate, steps)
    come, go = priors[0].values[:, None], priors[1].values[None, :]
    cover, (vacant, started) = actuals.series("agency_cover_fte", fitted=True), coverable(scenario, actuals)
    converted = actuals.series("conversions_fte", fitted=True)
    log_likelihood, expected, spread_of = np.zeros((3, steps, steps))
    risen = came = went = empty_months = there_months = 0.0
    for m in range(1, cover.size):
        if np.isnan(cover[m - 1] + cover[m] + converted[m] + started[m] + vacant[m - 1]):
            continue
        there, part = cover[m - 1], min(cover[m - 1] / max(vacant[m - 1], 1e-9), 1.0)
        replaced = started[m] * part
        empty = max(vacant[m - 1] - there - (started[m] - replaced), 0.0) + (
            there * go if workforce.cover_same_month else 0.0
        )
        rise = come * empty - there * go - converted[m] - replaced
        spread = there * go * (1 - go) + replaced * (1 - part) + empty * come * (1 - come) + _HALF_PERSON
        seen, usual = cover[m] - there + converted[m] + replaced, float(np.mean(empty))
        log_likelihood -= (cover[m] - there - rise) ** 2 / (2 * spread) + np.log(spread) / 2
        expected, spread_of, risen = expected + rise, spread_of + spread, risen + cover[m] - there
        came, went = came + seen + there * priors[1].mean, went + usual * priors[0].mean - seen
        empty_months, there_months = empty_months + usual, there_months + there
    weight = np.exp(log_likelihood - log_likelihood.max())
    weight /= weight.sum()
    coming, going = (Belief(p.values, weight.sum(axis=axis)) for p, axis in zip(priors, (1, 0), strict=True))
    ranks = [np.cumsum(b.weight) - b.weight / 2 - 0.5 for b in (coming, going)]
    together = 12 * float(ranks[0] @ weight @ ranks[1])
    tail = float(np.mean(ndtr((expected - risen) / np.sqrt(np.maximum(spread_of, 1e-9)))))
    return Covering(coming, going, together, came, empty_months, went, there_months, tail)


def coverable(scenario: Scenario, actuals: Actuals) -> tuple[Array, Array]:
    """Vacancies that agency may cover, by month, and starters in such posts: of each team's, the part expected there."""
    before = (actuals.opening - scenario.periods.start).n + 1
    course = expected_posts(scenario, before + len(actuals.months))
    stated = scenario.workforce.posts
    vacant, started = np.zeros((2, len(actuals.months) + 1))
    for team in actuals.teams:
        everyone = course.of({name for name, g in stated.items() if g.team == team})
        some = course.of({name for name, g in stated.items() if g.team == team and g.covered_by_agency})
        parts = [
            np.divide(x, y, out=np.zeros_like(y), where=y > 0)[before:] for x, y in zip(some, everyone, strict=True)
        ]
        vacant = vacant + actuals.series("vacancy_fte", team, fitted=True) * parts[0]
        new = actuals.series("starters_fte", team, fitted=True) - actuals.series("conversions_fte", team, fitted=True)
        started = started + new * parts[1]
    return vacant, started
