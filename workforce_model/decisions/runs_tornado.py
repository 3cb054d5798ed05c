"""What moves an answer most, read off runs already played: each run drew its assumptions, so their effects are in it.

A straight line in every assumption at once is fitted to the means of the runs that share a draw. Its slopes are
effects averaged over what the other assumptions may be, where :func:`workforce_model.decisions.sensitivity.tornado` holds them
at their values and plays every end anew. ``explained`` says how much of the difference between draws the lines are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.accounts.benefits import paired, refuse_unpaired
from workforce_model.decisions.sensitivity import uncertain
from workforce_model.engine.results import Results
from workforce_model.inputs.doubt import draw_values
from workforce_model.money.costs import Values
from workforce_model.reading.outcomes import MONEY, Outcome, asked, reported, settled
from workforce_model.reading.playing import PLAYED
from workforce_model.reading.tables import COUNCIL

_TO_SPARE = 30
"""Draws beyond the number of assumptions that a fit needs, so that its error is itself known to about one eighth."""
_BY_CHANCE = 0.05
"""The chance that any assumption at all is called clear where none has an effect."""
COLUMNS = ["assumption", "unit", "low", "value", "high", "at_low", "at_high", "error_low", "error_high", "swing", "clear",
           "obtain", "confidence", "explained"]  # fmt: skip
Figures = NDArray[np.float64]


def enough_draws(results: Results) -> bool:
    """Whether runs hold enough draws of their assumptions for their effects to be told apart."""
    return bool(results.doubt and np.unique(results.draw).size >= len(uncertain(results.scenario)) + 1 + _TO_SPARE)


def tornado_of_runs(results: Results, outcome: Outcome | str, base: Results | None = None) -> pd.DataFrame:
    """What an outcome does, on average, as one assumption goes to each end of its range; nothing is played.

    Parameters
    ----------
    results : Results
        Runs with doubt about their assumptions.
    outcome : Outcome or str
        Of people or cases: prices cannot move it and are left out.
    base : Results, optional
        Runs paired with these: the outcome is then the difference from them.

    Returns
    -------
    DataFrame
        Columns as :func:`workforce_model.decisions.sensitivity.tornado` and explained, widest swing first. ``clear`` allows for
        the number of assumptions looked at: one time in twenty any at all is called clear where none has an effect.

    Raises
    ------
    ValueError
        If the runs hold too few draws of the assumptions, or are not paired with the base.

    Examples
    --------
    >>> import workforce_model as wm
    >>> result = wm.run(wm.load_scenario("scenarios/approved.toml"), runs=100)
    >>> tornado_of_runs(result, "net_cost_gbp")["assumption"][0]
    'costs.grades.social_worker.salary'
    """
    wanted, scenario = settled(outcome), results.scenario
    if not enough_draws(results):
        need = len(uncertain(scenario)) + 1 + _TO_SPARE
        raise ValueError(f"{np.unique(results.draw).size} draws of the assumptions: at least {need} are needed; play more runs, with doubt")  # fmt: skip
    if base is not None:
        refuse_unpaired(base, results)
    return _tornado(results, wanted, base, draw_values(scenario, results.seed, doubt=True))


def _tornado(results: Results, outcome: Outcome, base: Results | None, drawn: Values) -> pd.DataFrame:
    stated, figures = results.scenario.assumptions(), _figures(results, outcome, base)
    paths = [p for p in uncertain(results.scenario) if outcome.measure in MONEY or p.partition(".")[0] in PLAYED]
    fit = _fitted(figures, results.draw, np.stack([drawn[path] for path in paths], axis=1))
    rows = []
    for path, slope, error in zip(paths, fit.slopes.tolist(), fit.errors.tolist(), strict=True):
        a = stated[path]
        low, high = (float(a.value if end is None else end) - float(a.value) for end in (a.low, a.high))
        rows.append((path, a.unit, a.low, a.value, a.high, slope * low, slope * high, error * abs(low), error * abs(high),
                     abs(slope * (high - low)), abs(slope) > fit.threshold * error, a.obtain, a.confidence, fit.explained))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def _figures(results: Results, outcome: Outcome, base: Results | None) -> Figures:
    """The outcome in every run, or by how much it differs from the base's."""
    return asked(results, outcome) if base is None else asked(results, outcome) - asked(base, outcome)


@dataclass(frozen=True)
class _Fit:
    """Straight lines through the means of draws: slopes and their errors, when one is clear, and what they explain."""

    slopes: Figures
    errors: Figures
    threshold: float
    explained: float


def _fitted(figures: Figures, draw: NDArray[np.intp], values: Figures) -> _Fit:
    from scipy.special import stdtrit

    defined = ~np.isnan(figures)
    counts = np.bincount(draw[defined], minlength=values.shape[0])
    used = counts > 0
    means = np.bincount(draw[defined], figures[defined], minlength=values.shape[0])[used] / counts[used]
    centred, scale = values[used] - values[used].mean(axis=0), values[used].std(axis=0)
    design = centred / scale
    slopes, _, rank, _ = np.linalg.lstsq(design, means - means.mean(), rcond=None)
    left = means - means.mean() - design @ slopes
    spare, whole = means.size - 1 - int(rank), float(((means - means.mean()) ** 2).sum())
    errors = np.sqrt((left @ left) / spare * np.diag(np.linalg.pinv(design.T @ design)))
    threshold = float(stdtrit(spare, 1 - _BY_CHANCE / 2 / values.shape[1]))
    explained = 1 - float(left @ left) / whole if whole else 1.0
    return _Fit(slopes / scale, errors / scale, threshold, explained)


def movers_table(together: Sequence[Results]) -> pd.DataFrame:
    """What moves each scenario's cost and caseloads most, and each option's difference from the first, in the second reported year.

    Returns
    -------
    DataFrame
        Columns scenario, against (``none`` where the figure is the scenario's own), outcome, team, period, then those of
        :func:`tornado_of_runs`, its unit as ``assumption_unit``. A figure that is the same in every run has no rows.
    """
    base, parts = together[0], []
    for r in filter(enough_draws, together):
        year = reported(r.scenario)[min(1, len(reported(r.scenario)) - 1)]
        drawn = draw_values(r.scenario, r.seed, doubt=True)
        teams = [None, *sorted(r.scenario.caseloads.teams)]
        outcomes = [
            Outcome("net_cost_gbp", year=year),
            *(Outcome("share_at_or_over", team=t, year=year) for t in teams),
        ]
        for against in (None, base) if r is not base and paired(base, r) else (None,):
            for one in outcomes:
                if _varies(r, one, against):
                    table = _tornado(r, one, against, drawn).rename(columns={"unit": "assumption_unit"})
                    whose = (
                        r.scenario.name,
                        against.scenario.name if against else "none",
                        one.measure,
                        one.team or COUNCIL,
                        year,
                    )
                    parts.append(pd.DataFrame([whose] * len(table), columns=_WHOSE).join(table))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_WHOSE)


_WHOSE = ["scenario", "against", "outcome", "team", "period"]


def _varies(results: Results, outcome: Outcome, base: Results | None) -> bool:
    """Whether a figure is there in both and not the same in every run."""
    if base is not None and outcome.team is not None and outcome.team not in base.scenario.caseloads.teams:
        return False
    figures = _figures(results, outcome, base)
    known = figures[~np.isnan(figures)]
    return bool(known.size and np.ptp(known))
