"""Coverage: the stated intervals hold as many simulated histories as they say, and the truth's ranks are uniform.

Histories are played from known assumptions under one seed, intervals read off a forecast under another.
Counts are whole, so a history equal to an end of the interval counts by the part of its mass inside.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import workforce_model as wm
from tests.test_metamorphic import BUSY
from tests.toys import posts, toy
from workforce_model.engine.results import Results
from workforce_model.reading.measures import measured

HISTORIES, FORECASTS = 1_000, 8_000
TOWN = {
    **BUSY, "periods.end": "2020-03", "caseloads.teams.team.open_cases": 750,
    "caseloads.teams.team.arrivals": {**BUSY["caseloads.teams.team.arrivals"], "value": 130.0, "low": 115.0, "high": 150.0},
    "workforce.posts.worker": posts(
        50, opening_under_five_years=25, opening_over_five_years=13, opening_agency=8, covered_by_agency=True
    ),
}  # fmt: skip


def outcomes(results: Results) -> dict[str, np.ndarray]:
    return {
        "leavers": measured(results, "leavers_fte")[1:].sum(axis=0),
        "open cases": measured(results, "open_cases")[12],
        "agency FTE": measured(results, "agency_cover_fte")[12],
        "yearly cost": results.cost.sum(axis=(0, 1, 2)),
    }


@pytest.fixture(scope="module")
def ranks() -> dict[str, np.ndarray]:
    """Where each history lies among the forecast runs, from 0 to 1; ties broken at random."""
    town = toy(TOWN)
    truth, forecast = outcomes(wm.run(town, HISTORIES, 7)), outcomes(wm.run(town, FORECASTS, 20190612))
    tie = np.random.default_rng(1).random(HISTORIES)
    found = {}
    for name, values in truth.items():
        ordered = np.sort(forecast[name])
        below, upto = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
        found[name] = (below + tie * (upto - below)) / FORECASTS
    return found


NAMES = ["leavers", "open cases", "agency FTE", "yearly cost"]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.5, 0.8, 0.9, 0.95])
def test_an_interval_holds_its_share_of_histories(ranks: dict[str, np.ndarray], name: str, share: float) -> None:
    inside = int(np.count_nonzero(np.abs(ranks[name] - 0.5) <= share / 2))

    # 90% of 1,000 is 861 to 935 by the exact binomial law, as the other shares at the same odds.
    fewest, most = stats.binom.ppf((0.00005, 0.99995), HISTORIES, share)
    assert fewest <= inside <= most


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_ranks_of_histories_are_uniform(ranks: dict[str, np.ndarray], name: str) -> None:
    counts = np.histogram(ranks[name], bins=20, range=(0, 1))[0]

    assert stats.chisquare(counts).pvalue > 0.0001
