"""The forecast: what happened up to the cut-off, and from there what the updated rates say.

The plan with its actuals is a scenario like any other: its people and cases are held to the actual position in each
known month, its rates have learnt from the months that happened, and its clock, luck and funding are the plan's.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workforce_model.actuals import Actuals
from workforce_model.results import Results
from workforce_model.scenario import Scenario
from workforce_model.updating import Updates


@dataclass(frozen=True)
class Forecast:
    """The forecast from a cut-off.

    Attributes
    ----------
    plan : Scenario
        The scenario as approved, with the rates believed then.
    scenario : Scenario
        The plan with its actuals and its updated rates: run, compare, replace and rank it as any other.
    actuals : Actuals
    updates : Updates
        Each rate's prior, data and posterior.
    results : Results
        The forecast itself: equal to the actuals up to the cut-off, simulated after it.
    planned : Results
        The plan, played with the same luck.
    """

    plan: Scenario
    scenario: Scenario
    actuals: Actuals
    updates: Updates
    results: Results
    planned: Results

    @property
    def cut_off(self) -> pd.Period:
        """The last month that happened."""
        return self.actuals.cut_off
