"""What practice and audit leads might change, switched off and on: an assumption shown with its range, never a finding."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.decisions.answers import year_of_answer
from workforce_model.inputs.scenario import Scenario, changed_throughout
from workforce_model.reading.measures import measured_in_year
from workforce_model.reading.tables import COUNCIL, tidy

if TYPE_CHECKING:
    from workforce_model.engine.model import Results

Figures = NDArray[np.float64]


def practice_lead_effects(results: Results, year: str | None = None) -> pd.DataFrame:
    """Plan quality, new cases, leavers and caseloads with the leads' effect at nil and at the top of its range.

    Each effect is switched on alone, then all together, and played with the same luck. No published evidence
    puts the effect anywhere in the range, nil included.

    Parameters
    ----------
    results : Results
        The scenario as it stands: the effect at nil.
    year : str, optional
        Financial year of the figures; by default the second reported.

    Returns
    -------
    DataFrame
        Columns as ``tables.TIDY``; the measure names the effect and the figure, and every row but those at nil is the
        difference from them, run by run.

    Raises
    ------
    ValueError
        If the scenario states no range for the leads' effect.

    Examples
    --------
    >>> import workforce_model as wm
    >>> table = practice_lead_effects(wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4))
    >>> table["measure"].str.partition(":")[0].unique().tolist()
    ['nil', 'plan_quality', 're_referral', 'retention', 'all three']
    """
    from workforce_model.engine.model import run

    year = year_of_answer(results, year)
    nil = _figures(results, year)
    rows = [("nil: " + name, unit, figures) for name, (unit, figures) in nil.items()]
    for effects in (*((name,) for name in _CHANGES), tuple(_CHANGES)):
        on = run(with_effect(results.scenario, effects), results.runs, results.seed, doubt=results.doubt)
        what = effects[0] if len(effects) == 1 else "all three"
        rows += [
            (f"{what}: {name}, difference", unit, figures - nil[name][1])
            for name, (unit, figures) in _figures(on, year).items()
        ]
    return tidy(results, [(COUNCIL, name, unit, year, figures) for name, unit, figures in rows])


def with_effect(scenario: Scenario, effects: tuple[str, ...]) -> Scenario:
    """The scenario with some of the leads' effects switched on, at the top of their range.

    Raises
    ------
    ValueError
        If the scenario states no range for the leads' effect.
    """
    stated = scenario.duties.practice_leads if scenario.duties else None
    if stated is None:
        raise ValueError(f"{scenario.name} states no effect of practice leads: add a table [duties.practice_leads]")
    changes: dict[str, Any] = {}
    for name in effects:
        changes |= _CHANGES[name](scenario, float(getattr(stated, name).high))
    return scenario.replace(changes)


def _plan_quality(scenario: Scenario, rise: float) -> dict[str, Any]:
    work = scenario.duties.work if scenario.duties else {}
    stated = {name: duty.share_good for name, duty in work.items() if duty.share_good is not None}
    return {f"duties.work.{name}.share_good": changed_throughout(a, lambda x: x + rise) for name, a in stated.items()}


def _re_referral(scenario: Scenario, fall: float) -> dict[str, Any]:
    arrivals = {f"caseloads.teams.{name}.arrivals": team.arrivals for name, team in scenario.caseloads.teams.items()}
    return {path: changed_throughout(a, lambda x: x * (1 - fall)) for path, a in arrivals.items() if a.value > 0}


def _retention(scenario: Scenario, fall: float) -> dict[str, Any]:
    return {"workforce.turnover_rate": changed_throughout(scenario.workforce.turnover_rate, lambda x: x * (1 - fall))}


_CHANGES: dict[str, Callable[[Scenario, float], dict[str, Any]]] = {
    "plan_quality": _plan_quality,
    "re_referral": _re_referral,
    "retention": _retention,
}


def _figures(results: Results, year: str) -> dict[str, tuple[str, Figures]]:
    figures = {
        "cases arrived": ("cases", measured_in_year(results, "cases_arrived", year)),
        "leavers": ("FTE", measured_in_year(results, "leavers_fte", year)),
        "workers at or over the caseload limit": ("share of workers", measured_in_year(results, "share_at_or_over", year)),
    }  # fmt: skip
    if "plan_reviews" in results.duties.names:
        figures["plans found good"] = (
            "share of those done",
            results.duties.in_year("plan_reviews", "share_good", year),
        )
    return figures
