"""The forecast: what happened up to the cut-off, and from there what the updated rates say.

The plan with its actuals is a scenario like any other: its people and cases are held to the actual position in each
known month, its rates have learnt from the months that happened, and its clock, luck and funding are the plan's.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from workforce_model.basis.problems import in_short
from workforce_model.engine.model import RUNS, SEED, run
from workforce_model.engine.results import Results
from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.scenario import Scenario, refuse_all_but_scenarios
from workforce_model.monitoring.updating import Updates, update_rates
from workforce_model.reading.measures import spread
from workforce_model.reading.tables import reported_years


@dataclass(frozen=True)
class Forecast:
    """The forecast from a cut-off.

    Attributes
    ----------
    plan : Scenario
        The scenario as approved, with the rates believed then.
    actuals : Actuals
    updates : Updates
        Each rate's prior, data and posterior.
    results : Results
        The forecast itself: equal to the actuals up to the cut-off, simulated after it. Its ranges hold luck and what
        doubt about the rates is left.
    planned : Results
        The plan, played with the same luck.
    """

    plan: Scenario
    actuals: Actuals
    updates: Updates
    results: Results
    planned: Results

    @property
    def scenario(self) -> Scenario:
        """The plan with its actuals and updated rates: run, compare, replace and rank it as any other."""
        return self.results.scenario

    @property
    def cut_off(self) -> pd.Period:
        """The last month that happened."""
        return self.actuals.cut_off

    @cached_property
    def at_cut_off(self) -> int:
        """The number of the cut-off month among the simulated ones, the first being 1: its place in ``measured``."""
        return int((self.cut_off - self.plan.periods.start).n) + 1

    def outturn(self) -> pd.DataFrame:
        """Outturn of the year under way, and plan of those after it, by budget: pounds, cost positive.

        Returns
        -------
        DataFrame
            Columns budget, year, actual_gbp (to the cut-off), to_come_gbp, outturn_gbp, p10, p50, p90, mc_error,
            planned_gbp, approved_gbp, gap_gbp (means, but for the percentiles of the outturn), status, illustrative.
            Outturn is actual + to come. Actual months are the reported ones; months of the year before them, if any,
            are modelled and counted as to come.
        """
        results, known = self.results, self._known
        rows = []
        for b, budget in enumerate(results.budgets):
            mine = [i for i, name in enumerate(results.ledger.lines) if self.plan.funding.lines[name].budget == budget]
            for year, months in reported_years(results).items():
                by_month = results.cost[months, b].sum(axis=1)
                actual = by_month[np.isin(months, known)].sum(axis=0)
                s, y = spread(by_month.sum(axis=0), results.draw), list(dict.fromkeys(results.years)).index(year)
                rows.append((
                    budget, year, float(actual.mean()), s.mean - float(actual.mean()), s.mean, s.p10, s.p50, s.p90, s.error,
                    float(self.planned.cost[months, b].sum(axis=(0, 1)).mean()), float(results.ledger.approved[y, mine].sum()),
                    float(results.ledger.gap[months, b].sum(axis=0).mean()),
                    "outturn" if np.isin(months, known).any() else "plan", self.actuals.illustrative,
                ))  # fmt: skip
        columns = ["budget", "year", "actual_gbp", "to_come_gbp", "outturn_gbp", "p10", "p50", "p90", "mc_error",
                   "planned_gbp", "approved_gbp", "gap_gbp", "status", "illustrative"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    @property
    def _known(self) -> np.ndarray:
        """The places of the months that happened among the simulated ones."""
        first = (self.actuals.opening - self.plan.periods.start).n + 1
        return np.arange(first, self.at_cut_off)

    def notes(self) -> list[str]:
        """What belongs beside every figure of this forecast, in sentences."""
        said = [*self.actuals.findings(), f"Actual to {self.cut_off:%B %Y}; from then on a forecast of {self.results.runs:,} runs, seed {self.results.seed}."]  # fmt: skip
        said.append("The forecast starts from whole people: a team's FTE at the cut-off is met to the nearest person.")
        if self.updates.not_learnt:
            said += self.updates.unlearnt()
        return said


def forecast(
    plan: Scenario, actuals: Actuals, runs: int = RUNS, seed: int = SEED, *,
    lasting: Mapping[str, float | None] | None = None, executor: Executor | None = None,
) -> Forecast:  # fmt: skip
    """The plan as it stands after the months that happened.

    Parameters
    ----------
    plan : Scenario
        What was approved; its assumptions are what was believed.
    actuals : Actuals
        From :func:`workforce_model.load_actuals`.
    lasting : mapping, optional
        As :func:`workforce_model.update_rates`.
    executor : concurrent.futures.Executor, optional
        Where to play the blocks; the figures are the same to the bit.

    Returns
    -------
    Forecast

    Raises
    ------
    ValueError
        If the plan holds actuals already, or runs or seed make no sense.
    ScenarioError
        If the actuals are not of this plan's teams and months.

    Examples
    --------
    >>> import workforce_model as wm
    >>> plan = wm.load_scenario("scenarios/approved.toml")
    >>> found = forecast(plan, wm.load_actuals("scenarios/illustrative_actuals.csv", plan), runs=8)
    >>> found.results.passed, str(found.cut_off)
    (True, '2019-09')
    """
    refuse_all_but_scenarios(plan)
    if not isinstance(actuals, Actuals):
        raise ValueError(
            f"actuals = {in_short(actuals)}: expected Actuals; read a form with load_actuals(path, scenario) first"
        )
    if plan.actuals is not None:
        raise ValueError(f"{plan.name} holds actuals to {plan.actuals.cut_off} already: give the plan as approved")
    updates = update_rates(plan, actuals) if lasting is None else update_rates(plan, actuals, lasting=lasting)
    kind = "illustrative actuals" if actuals.illustrative else "actuals"
    named = {
        "name": f"{plan.name}_forecast"[:48],
        "title": f"{plan.title}; forecast from {kind} to {actuals.cut_off:%B %Y}",
    }
    later = plan.replace({**updates.changes(), **named})
    results, planned = (run(scenario, runs, seed, executor=executor) for scenario in (later, plan))
    return Forecast(plan, actuals, updates, results, planned)
