"""What the months that happened count for duties: requests as they came, and work found good.

Each month's requests are as ``demand`` draws them, so their total is too: Poisson, or clumped by child with the same
variance over mean. How much of a year's requests lasts is not published: it is taken to be as for new cases. The share
found good is taken as lasting.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workforce_model.duties.duties import Duty
from workforce_model.inputs.actuals import ASKED, Actuals
from workforce_model.inputs.scenario import Scenario
from workforce_model.monitoring.counting import YEAR, Counted, shares
from workforce_model.monitoring.learning import arrivals_tail, of_arrivals, passing_shock, prior_of, shock_points

Array = NDArray[np.float64]


def asked_for(scenario: Scenario, actuals: Actuals, duty: str, stream: str, lasting: float | None) -> Counted:
    """Requests of one stream, of the months they came in; clumping by child is averaged over its range."""
    came = actuals.series(f"{duty}{ASKED}{stream}", fitted=True)[1:]
    known = ~np.isnan(came)
    months, count = float(known.sum()), float(came[known].sum())
    stated = _work(scenario, duty).requests[stream]
    clumping, prior = prior_of(stated.dispersion, 5).values, prior_of(stated.a_month)
    times = shock_points(passing_shock(prior, lasting, float(clumping.mean()) / (YEAR * prior.mean)))

    def likely(rate: Array) -> Array:
        by_clumping = np.stack([of_arrivals(rate * months, count, float(c), times) for c in clumping])
        most = by_clumping.max(axis=0)
        return np.asarray(most + np.log(np.exp(by_clumping - most).mean(axis=0)))

    def tail(rate: Array) -> Array:
        return np.asarray(np.mean([arrivals_tail(rate * months, count, float(c), times) for c in clumping], axis=0))

    return Counted(count, months, "requests, of months", count / max(months, 1e-9), likely, tail)


def found_good(scenario: Scenario, actuals: Actuals, duty: str) -> Counted:
    """Work found good, of that done."""
    done, good = (actuals.series(f"{duty}_{name}", fitted=True)[1:] for name in ("done", "good"))
    stated = _work(scenario, duty).share_good
    if stated is None:
        raise ValueError(f"{duty}: states no share found good")
    return shares(stated, good, done, "found good, of those done", 1.0)


def _work(scenario: Scenario, duty: str) -> Duty:
    if scenario.duties is None:
        raise ValueError(f"{scenario.name} states no duties")
    return scenario.duties.work[duty]
