"""The draws of the uncertain assumptions: what each stands at in each of the possible worlds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workforce_model.assumptions import sample
from workforce_model.costs import Values
from workforce_model.draws import quantile_design
from workforce_model.scenario import Scenario

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
    if not doubt:
        return {path: np.array([float(a.value)]) for path, a in scenario.assumptions().items()}
    drawn: dict[str, NDArray[np.float64]] = {}
    for path, assumption in scenario.assumptions().items():
        quantile = quantile_design(seed, path, DRAWS) if assumption.uncertain else np.full(DRAWS, 0.5)
        drawn[path] = sample(assumption, quantile)
    return drawn
