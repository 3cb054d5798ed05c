"""The monthly figures of the boards that monitor the plan: plan against actual, by team."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.periods import month
from workforce_model.basis.problems import Problem, ScenarioError, nearest
from workforce_model.inputs.actions import Plan, load_plan
from workforce_model.inputs.actuals import Actuals
from workforce_model.reading.duty_results import DUTY_MEASURES
from workforce_model.reading.measures import MEASURES, measured, teams_measured
from workforce_model.reading.tables import COUNCIL, reported_years, tidy

if TYPE_CHECKING:
    from workforce_model.engine.model import Results

Figures = NDArray[np.float64]
Row = tuple[str, str, str, str, Figures]

STAFF_AND_CASES = (
    "in_post_fte", "vacancy_fte", "agency_cover_fte", "agency_additional_fte", "leavers_fte", "open_cases",
    "unallocated_cases", "caseload", "workers_at_or_over", "share_at_or_over",
)  # fmt: skip
DUTY_FIGURES = (
    "requested", "offered", "accepted", "done", "share_offered", "share_done", "share_in_time", "waiting", "oldest_days", "good",
    "share_good", "open", "known", "holding", "coverage", "hours_lost_vacant",
)  # fmt: skip
ACTUALS = ["period", "team", "measure", "value"]
WITHIN, ABOVE, BELOW = "within the planned range", "above the planned range", "below the planned range"
NOT_REPORTED, NOT_DEFINED = "not reported", "not defined in the plan"


@dataclass(frozen=True)
class BoardPack:
    """What the boards see.

    Attributes
    ----------
    boards : tuple of str
    until : Period
        The last month shown.
    sentence : str
    table : DataFrame
        By month, team and measure: the planned mean and 10th to 90th percentile, the actual, the variance
        (actual less planned mean), where the actual lies, and the actions that the figure monitors.
    """

    boards: tuple[str, ...]
    until: pd.Period
    sentence: str
    table: pd.DataFrame


def board_pack(
    results: Results,
    actuals: Actuals | pd.DataFrame | None = None,
    until: str | pd.Period | None = None,
    actions: Plan | str | os.PathLike[str] = "scenarios/improvement_plan.toml",
) -> BoardPack:
    """The monthly figures for the boards that monitor the plan, plan against actual, by team.

    Parameters
    ----------
    results : Results
        The plan: the approved scenario's run.
    actuals : Actuals or DataFrame, optional
        A filled-in form, of which the pack shows the figures it has a plan for; or columns ``period`` (a month, ``2019-07``), ``team`` (a team's name, or ``council``), ``measure`` and
        ``value``. A figure that is not reported has no row: nought and blank are different.
    until : str or Period, optional
        Last month shown; by default the last of the form, or of the first reported year.
    actions : Plan or path
        The plan's actions and boards.

    Raises
    ------
    ScenarioError
        With every fault of the actuals: an unknown team or measure, a month twice, later than ``until`` or
        outside the run, a value that is no number.
    ValueError
        If ``until`` is not a reported month.

    Examples
    --------
    >>> import workforce_model as wm
    >>> pack = board_pack(wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4), until="2019-06")
    >>> len(pack.boards), sorted(set(pack.table["period"]))
    (5, ['2019-04', '2019-05', '2019-06'])
    """
    stated = actions if isinstance(actions, Plan) else load_plan(actions)
    reported = np.concatenate(list(reported_years(results).values()))
    form = actuals if isinstance(actuals, Actuals) else None
    last = month(until) if until is not None else results.months[next(iter(reported_years(results).values()))[-1]]
    last = form.cut_off if form is not None and until is None else last
    shown = [int(m) for m in reported if results.months[m] <= last]
    if not shown or last > results.months[-1]:
        raise ValueError(f"until = {last}: expected a month from {results.months[reported[0]]} to {results.months[-1]}")
    table = tidy(results, list(_rows(results, shown))).rename(
        columns={"mean": "planned", "p10": "planned_p10", "p90": "planned_p90"}
    )
    table = table.drop(columns=["p50", "mc_error", "runs"])
    table["actions"] = [_actions(stated, *key) for key in zip(table["team"], table["measure"], strict=True)]
    told = _checked(actuals, table, last) if not isinstance(actuals, Actuals) else _of_form(actuals, table)
    table = _beside(table, told)
    sentence = _sentence(table, last) + (
        " The actuals are ILLUSTRATIVE: reported by no council." if form and form.illustrative else ""
    )
    return BoardPack(tuple(stated.boards.values()), last, sentence, table)


def _rows(results: Results, months: list[int]) -> Iterator[Row]:
    for name in STAFF_AND_CASES:
        for team in (None, *teams_measured(results, name)):
            figures = measured(results, name, team)[1:]
            yield from (
                (team or COUNCIL, name, MEASURES[name].unit, str(results.months[m]), figures[m]) for m in months
            )
    for duty in results.duties.names:
        for name in results.duties.measures(duty):
            if name.partition(",")[0] not in DUTY_FIGURES:
                continue
            figures, unit = results.duties.measured(duty, name), DUTY_MEASURES[name.partition(",")[0]].unit
            for m in months:
                team = results.duties.team(duty, results.months[m])
                yield team, f"{duty}: {name}", unit, str(results.months[m]), figures[m]


def _actions(stated: Plan, team: str, measure: str) -> str:
    """The actions a figure monitors: a measure for the team the action names, a duty's for whichever does it."""
    monitored = {ref: a for ref, a in stated.actions.items() if a.figure == measure}
    return ", ".join(ref for ref, a in monitored.items() if ": " in measure or (a.figure_team or COUNCIL) == team)


def _of_form(actuals: Actuals, table: pd.DataFrame) -> pd.DataFrame:
    """The figures of a form that the pack has; a duty's stand with the team that the plan says answers for it that month."""
    duty = table[table["measure"].str.contains(": ", regex=False)]
    answers = {
        (period, measure): team for period, measure, team in duty[["period", "measure", "team"]].itertuples(index=False)
    }
    told = actuals.measures()
    of_duty = told["measure"].str.contains(": ", regex=False)
    told = told[~(of_duty & (told["team"] == COUNCIL))]
    told["team"] = [answers.get((p, m), t) for p, m, t in told[["period", "measure", "team"]].itertuples(index=False)]
    known = set(zip(table["period"], table["team"], table["measure"], strict=True))
    return told[[key in known for key in zip(told["period"], told["team"], told["measure"], strict=True)]]


def _checked(actuals: pd.DataFrame | None, table: pd.DataFrame, last: pd.Period) -> pd.DataFrame:
    """The actuals, or every fault found in them."""
    if actuals is None:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in ACTUALS})
    if list(actuals.columns) != ACTUALS:
        given = ", ".join(map(str, actuals.columns))
        raise ScenarioError("actuals", [Problem("columns", given, f"expected {', '.join(ACTUALS)}")])
    known = set(zip(table["period"], table["team"], table["measure"], strict=True))
    problems, seen = [], set()
    for number, (period, team, measure, value) in enumerate(actuals.to_numpy(dtype=object), 1):
        key, rule = (str(period), str(team), str(measure)), ""
        if isinstance(value, bool | str) or value is None or not math.isfinite(float(value)):
            rule = "expected a number; leave the row out where nothing was reported"
        elif key in seen:
            rule = "stated twice; expected one row for a month, team and measure"
        elif key not in known:
            rule = _unknown(key, table, last)
        seen.add(key)
        if rule:
            problems.append(Problem(f"row {number}: {key[0]} {key[1]} {key[2]}", str(value), rule))
    if problems:
        raise ScenarioError("actuals", problems)
    return actuals.assign(period=actuals["period"].astype(str))


def _unknown(key: tuple[str, str, str], table: pd.DataFrame, last: pd.Period) -> str:
    period, _, measure = key
    if period not in set(table["period"]):
        return f"expected a month from {table['period'].min()} to {last}, written 2019-07; later ones are not used"
    if measure not in set(table["measure"]):
        return f"unknown measure{nearest(measure, set(table['measure']))}"
    teams = sorted(set(table.loc[(table["measure"] == measure) & (table["period"] == period), "team"]))
    return f"unknown team for this measure; known: {', '.join(teams)}"


def _beside(table: pd.DataFrame, actuals: pd.DataFrame) -> pd.DataFrame:
    actual = {tuple(map(str, key)): float(value) for *key, value in actuals.to_numpy(dtype=object)}
    keys = list(zip(table["period"], table["team"], table["measure"], strict=True))
    table["actual"] = [actual.get(key, math.nan) for key in keys]
    table["variance"] = table["actual"] - table["planned"]
    bounds = zip(table["actual"], table["planned_p10"], table["planned_p90"], strict=True)
    table["stands"] = [_stands(a, low, high) for a, low, high in bounds]
    return table


def _stands(actual: float, low: float, high: float) -> str:
    if math.isnan(actual):
        return NOT_REPORTED
    if math.isnan(low):
        return NOT_DEFINED
    return ABOVE if actual > high else BELOW if actual < low else WITHIN


def _sentence(table: pd.DataFrame, last: pd.Period) -> str:
    reported = table[table["stands"] != NOT_REPORTED]
    outside = reported[reported["stands"].isin([ABOVE, BELOW])]
    if reported.empty:
        return f"No actuals are given to {last}: the pack shows the plan, with its range."
    return (
        f"To {last}, {len(reported):,} figures are reported and {len(outside):,} lie outside the range planned; one in five "
        f"would by luck and doubt alone."
    )
