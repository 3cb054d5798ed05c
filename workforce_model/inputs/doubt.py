"""The draws of the uncertain assumptions: what each stands at in each of the possible worlds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.assumptions import sample
from workforce_model.basis.draws import quantile_design
from workforce_model.inputs.scenario import Scenario, refuse_all_but_scenarios
from workforce_model.money.costs import Values

DRAWS = 256
"""Draws of the uncertain assumptions; run i takes draw i modulo this."""


def draw_values(scenario: Scenario, seed: int, doubt: bool) -> Values:
    """Every assumption's value in each draw of the rates.

    Parameters
    ----------
    doubt : bool
        Whether assumptions vary over their ranges; if not, each stands at its value in one draw.

    Returns
    -------
    dict of array, shape (D,)
        By dotted path; D is :data:`DRAWS`, or 1 without doubt.
    """
    refuse_all_but_scenarios(scenario)
    if not isinstance(doubt, bool | np.bool_):
        raise ValueError(f"doubt = {doubt!r}: expected True or False")
    stated = scenario.assumptions()
    if not doubt:
        return {path: np.array([float(a.value)]) for path, a in stated.items()}
    alone = {path: quantile_design(seed, path, DRAWS) for path, a in stated.items() if a.uncertain}
    quantile, middle = correlated(scenario, alone), np.full(DRAWS, 0.5)
    return {path: sample(a, quantile.get(path, middle)) for path, a in stated.items()}


def correlated(scenario: Scenario, quantiles: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Quantiles drawn one by one, moved together as the scenario's correlations state.

    An assumption follows at most one other, so declaring a correlation moves the follower, and what follows
    it, and nothing else. A normal copula: the rank correlation r stands for 2 sin(pi r / 6) between normals.

    Parameters
    ----------
    quantiles : dict of array, shape (n,)
        By dotted path, each drawn independently of the others.
    """
    leads = {c.assumption: c for c in scenario.correlations.values()}
    if not leads:
        return quantiles
    from scipy.special import ndtr, ndtri

    normal = {path: ndtri(quantiles[path]) for path in quantiles}

    def moved(path: str) -> NDArray[np.float64]:
        if path not in leads:
            return np.asarray(normal[path])
        r = 2 * math.sin(math.pi * leads[path].rank_correlation / 6)
        return np.asarray(r * moved(leads[path].follows) + math.sqrt(1 - r**2) * normal[path])

    return {path: ndtr(moved(path)) if path in leads else quantiles[path] for path in quantiles}
