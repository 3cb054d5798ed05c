"""The improvement plan at work: for each action the FTE it creates or brings, its month, and its figure.

An action that moves an assumption is played with and without it, with the same luck, run by run.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.assumptions import sample
from workforce_model.basis.draws import quantile_design
from workforce_model.basis.formats import rounded
from workforce_model.basis.periods import month
from workforce_model.basis.problems import ScenarioError
from workforce_model.decisions.answers import Answer, year_of_answer
from workforce_model.inputs.actions import NO_LEVER, Action, OwnWork, Plan, load_plan
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario, as_tree
from workforce_model.reading.duty_results import DUTY_MEASURES
from workforce_model.reading.measures import MEASURES, measured, measured_in_year, spread
from workforce_model.reading.tables import COUNCIL, reported_years

if TYPE_CHECKING:
    from workforce_model.engine.model import Results

Figures = NDArray[np.float64]
Work = dict[str, Figures]
"""FTE of work by team and run; negative where the action brings people or frees them."""

_DUTY = "duties.work."
COLUMNS = [
    "reference", "area", "action", "lead", "timescale", "status", "team", "from", "fte_mean", "fte_p10", "fte_p90",
    "lever", "moves", "basis", "figure", "unit", "figure_mean", "figure_p10", "figure_p90",
]  # fmt: skip
ALL, WORK, BROUGHT = "all", "Work that all actions create", "Posts that the actions bring, in post"
_FTE, _FIGURE = ("fte_mean", "fte_p10", "fte_p90"), ("figure_mean", "figure_p10", "figure_p90")


def plan(
    results: Results,
    actions: Plan | str | os.PathLike[str] = "scenarios/improvement_plan.toml",
    year: str | None = None,
    as_at: str | pd.Period | None = None,
) -> Answer:
    """What each action of an improvement plan asks of the service, by when, and the figure that monitors it.

    Parameters
    ----------
    results : Results
        The scenario with the plan in it.
    actions : Plan or path
        The plan's actions, or the file that states them.
    year : str, optional
        Financial year of the figures; by default the first reported, in which the actions fall due.
    as_at : str or Period, optional
        Month the status is read at; by default that of the scenario's ``seen_from``.

    Returns
    -------
    Answer
        ``figure`` is the FTE of work the plan creates in the year; ``table`` has a row for each action and team:
        FTE averaged over the year (positive is work, negative people brought or work freed), status against the
        due month, and the monitored figure with its range. What is not defined is not a number.

    Raises
    ------
    ScenarioError
        If the plan file is at fault, or a figure it names is unknown.

    Examples
    --------
    >>> import workforce_model as wm
    >>> answer = plan(wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4))
    >>> answer.number, answer.unit, answer.table["reference"].nunique()
    (10, 'FTE', 16)
    """
    stated = actions if isinstance(actions, Plan) else load_plan(actions)
    year = year_of_answer(results, year or next(iter(reported_years(results))))
    when = month(as_at) if as_at is not None else pd.Period(results.scenario.seen_from, "M")
    table, work, brought = _played_out(results, stated, year, when)
    s = spread(work, results.draw)
    return Answer(10, "FTE of work created by each action of the plan?", s.mean, s.p10, s.p90, "FTE",
                  _sentence(results, table, year, work, brought), table, partial(_chart, results, table, year, s.mean))  # fmt: skip


def plan_table(results: Results, stated: Plan) -> pd.DataFrame:
    """A plan at work in the first reported year as a tidy table, with all its work and all its posts in two last rows.

    Returns
    -------
    DataFrame
        Columns scenario, period, then those of :func:`plan`'s table, the unit of the monitored figure as ``figure_unit``;
        a row for each action and team, then ``all`` actions: the work they create, and the posts they bring, in post.
    """
    year, when = next(iter(reported_years(results))), pd.Period(results.scenario.seen_from, "M")
    table, work, brought = _played_out(results, stated, year, when)
    rows = [dict.fromkeys(COLUMNS, "") | dict.fromkeys((*_FTE, *_FIGURE), np.nan) | {"reference": ALL, "action": label}
            | dict(zip(_FTE, (s.mean, s.p10, s.p90), strict=True))
            for label, s in ((WORK, spread(work, results.draw)), (BROUGHT, spread(-brought, results.draw)))]  # fmt: skip
    whole = pd.DataFrame([*table.to_dict("records"), *rows], columns=COLUMNS).rename(columns={"unit": "figure_unit"})
    return pd.DataFrame([(results.scenario.name, year)] * len(whole), columns=["scenario", "period"]).join(whole)


def _played_out(results: Results, stated: Plan, year: str, when: pd.Period) -> tuple[pd.DataFrame, Figures, Figures]:
    """Each action's rows, and in every run the FTE of work that all create and of posts that they bring (negative)."""
    rows, work, brought = [], np.zeros(results.runs), np.zeros(results.runs)
    for reference, action in stated.actions.items():
        by_team, lever = work_of(results, reference, action, year)
        for team, fte in (by_team or {"": np.full(results.runs, np.nan)}).items():
            rows.append(_row(results, stated, reference, action, year, when, team, fte, lever))
            if not np.isnan(fte).any():
                (brought if action.budget else work)[:] += fte
    return pd.DataFrame(rows, columns=COLUMNS), work, brought


def _chart(results: Results, table: pd.DataFrame, year: str, created: float, ax: Any = None) -> Any:
    from workforce_model.charts.duties import work_by_action

    return work_by_action(results, table, year, created, ax=ax)


def work_of(results: Results, reference: str, action: Action, year: str) -> tuple[Work, str]:
    """The FTE of work an action creates in a year, by team and run, and its lever in words."""
    work: Work = {}
    lever = action.no_lever or action.moves
    try:
        parts = list(_parts(results, reference, action, year))
    except _NotStatedError as error:
        return {}, f"{NO_LEVER} as this scenario stands: it states no {error}"
    for team, fte in parts:
        work[team] = work[team] + fte if team in work else fte
    return work, lever


class _NotStatedError(Exception):
    """A lever that the scenario does not state."""


def _parts(results: Results, reference: str, action: Action, year: str) -> Iterator[tuple[str, Figures]]:
    if action.own_work:
        yield action.own_work.team, _own_work(results, reference, action, action.own_work, year)
    if action.budget:
        yield from _brought(results, action.budget, year)
    if action.duty:
        yield from _duty(results, action.duty, action.moves_team, year)
    if action.without:
        yield from _difference(*_pair(results, action.without), year)
    if action.adds:
        stated = all(_states(results.scenario, path) for path in action.adds)
        as_is, other = _pair(results, dict.fromkeys(action.adds) if stated else action.adds)
        yield from _difference(*((as_is, other) if stated else (other, as_is)), year)


def _own_work(results: Results, reference: str, action: Action, own: OwnWork, year: str) -> Figures:
    """Hours the model does not play, as FTE over the year's months at or after the action's first."""
    first = action.due or action.starts or results.scenario.periods.report_from
    months = [results.months[m] for m in reported_years(results)[year]]
    times = sum(m >= first for m in months) if own.every == "month" else int(first in months)
    quantile = quantile_design(results.seed, f"actions.{reference}", DRAWS)
    each = sample(own.hours, quantile) if results.doubt else np.array([own.hours.value])
    return np.asarray(each[results.draw] * times / _hours_a_year(results))


def _hours_a_year(results: Results) -> Figures:
    if not results.duties.names:
        raise _NotStatedError("duties, and so no hours of an FTE")
    return np.asarray(12 * results.duties.measured(results.duties.names[0], "hours_per_fte")[0])


def _brought(results: Results, budget: str, year: str) -> Iterator[tuple[str, Figures]]:
    """FTE in post of a budget's posts, averaged over the year, as work the team no longer lacks hands for."""
    groups = {name: g for name, g in results.scenario.workforce.posts.items() if g.budget == budget}
    if not groups:
        raise _NotStatedError(f"posts of the budget {budget}")
    months = reported_years(results)[year] + 1
    for name, group in groups.items():
        held = results.history.staff["permanent"][months, results.posts.groups.index(name)].mean(axis=0)
        yield group.team, -group.fte * held


def _duty(results: Results, duty: str, moves_team: bool, year: str) -> Iterator[tuple[str, Figures]]:
    """All the work of a duty, visits that follow it included; and, where it changes team, what the other is rid of."""
    if duty not in results.duties.names:
        raise _NotStatedError(f"duty {duty}")
    lines = [name for name in results.duties.names if name == duty or name == f"{duty}_visits"]
    fte = sum(results.duties.in_year(line, "fte_required", year) for line in lines)
    now = results.duties.team(duty, results.months[reported_years(results)[year][-1]])
    yield now, np.asarray(fte)
    if moves_team and results.scenario.duties:
        yield results.scenario.duties.work[duty].team, -np.asarray(fte)


def _difference(results: Results, other: Results, year: str) -> Iterator[tuple[str, Figures]]:
    """What the run with the action has to do beyond the one without: hours of duties, and cases at the team's caseload."""
    months = reported_years(results)[year]
    for name in other.duties.names:
        extra = results.duties.in_year(name, "fte_required", year) - other.duties.in_year(name, "fte_required", year)
        if extra.any():
            yield results.duties.team(name, results.months[months[-1]]), extra
    for team in sorted(results.scenario.caseloads.teams):
        more, load = (measured(r, x, team)[months + 1] for r, x in ((results, "open_cases"), (results, "caseload")))
        extra = more - measured(other, "open_cases", team)[months + 1]
        if extra.any():
            yield team, np.asarray((extra / np.nanmean(load, axis=0)).mean(axis=0))


def _states(scenario: Scenario, path: str) -> bool:
    """Whether a scenario states anything at a path."""
    place: Any = as_tree(scenario)
    for part in path.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    return place is not None


def _pair(results: Results, changes: Mapping[str, Any]) -> tuple[Results, Results]:
    """The runs as they are, and with a change; where only some duties differ, only they are played again.

    Both are played without actuals where more than duties change: known months hold the cases reported, whatever an
    action does, and would hide its work.
    """
    from workforce_model.engine.model import run

    if not np.array_equal(results.numbers, np.arange(results.runs)):
        raise ValueError(f"{results.runs:,} of {results.asked:,} runs are kept: a plan is played with whole runs only")
    try:
        scenario = results.scenario.replace(changes)
    except ScenarioError as error:
        raise _NotStatedError(", ".join(problem.place for problem in error.problems)) from None
    touched = {path.removeprefix(_DUTY).partition(".")[0] for path in changes if path.startswith(_DUTY)}
    if all(path.startswith(_DUTY) for path in changes) and scenario.duties:
        work = {name: duty for name, duty in scenario.duties.work.items() if {name, duty.follows} & touched}
        only = dataclasses.replace(scenario, duties=dataclasses.replace(scenario.duties, work=work))
        return results, dataclasses.replace(results, scenario=only)
    if scenario.actuals is None:
        return results, run(scenario, results.runs, results.seed, doubt=results.doubt)
    as_is, changed = (one.replace({"actuals": None}) for one in (results.scenario, scenario))
    return run(as_is, results.runs, results.seed, doubt=results.doubt), run(changed, results.runs, results.seed, doubt=results.doubt)  # fmt: skip


def _row(results: Results, stated: Plan, reference: str, action: Action, year: str, when: pd.Period, team: str,
         fte: Figures, lever: str) -> list[object]:  # fmt: skip
    s, (label, unit, figure) = spread(fte, results.draw), monitored(results, action, year)
    f = spread(figure, results.draw)
    place = results.scenario.workforce.teams[team].label if team else ""
    return [
        reference, stated.areas[reference.partition(".")[0]], action.action, action.lead, action.timescale,
        status(action, when), place, str(action.due or action.starts or "ongoing"), s.mean, s.p10, s.p90,
        lever, action.moves, action.basis, label, unit, f.mean, f.p10, f.p90,
    ]  # fmt: skip


def status(action: Action, when: pd.Period) -> str:
    """How an action stands against its month; the model cannot know what is done, so it says what is reported.

    Examples
    --------
    >>> act = load_plan("scenarios/improvement_plan.toml").actions
    >>> status(act["4.4"], pd.Period("2019-06", "M")), status(act["1.1"], pd.Period("2019-06", "M"))
    ('due July 2019', 'due May 2019, passed; completion not reported')
    """
    if action.done_in is not None and action.done_in <= when:
        late = action.due is not None and action.done_in > action.due
        return f"done {action.done_in:%B %Y}{', late' if late else ''}"
    if action.due is not None:
        return f"due {action.due:%B %Y}" + (", passed; completion not reported" if when > action.due else "")
    if action.starts is not None:
        return f"{'since' if when >= action.starts else 'from'} {action.starts:%B %Y}"
    return "ongoing"


def monitored(results: Results, action: Action, year: str) -> tuple[str, str, Figures]:
    """The figure that monitors an action: its name, its unit, and its value in the year in every run.

    Raises
    ------
    ScenarioError
        If the model has no such figure.
    """
    nothing = np.full(results.runs, np.nan)
    if action.figure is None:
        return str(action.outside_figure), "not in this model", nothing
    duty, _, measure = action.figure.partition(": ")
    if not measure and duty in MEASURES:
        team = action.figure_team
        label = f"{MEASURES[duty].label}, {results.scenario.workforce.teams[team].label if team else COUNCIL}"
        return label, MEASURES[duty].unit, measured_in_year(results, duty, year, team)
    if measure not in DUTY_MEASURES:
        raise ValueError(f"figure = {action.figure!r}: expected a measure, or a duty's as \"duty: measure\"; measures of a duty: {', '.join(DUTY_MEASURES)}")  # fmt: skip
    if duty not in results.duties.names:
        return f"{duty}: {DUTY_MEASURES[measure].label}", "not stated in this scenario", nothing
    label = f"{results.duties.label(duty)}: {DUTY_MEASURES[measure].label}"
    return label, DUTY_MEASURES[measure].unit, results.duties.in_year(duty, measure, year)


def _sentence(results: Results, table: pd.DataFrame, year: str, work: Figures, brought: Figures) -> str:
    created, posts = spread(work, results.draw), spread(-brought, results.draw)
    mine = table[~(table["fte_mean"] < 0)].dropna(subset=["fte_mean"])
    by_action = mine.groupby("reference")["fte_mean"].sum().sort_values(ascending=False)
    most = " and ".join(f"{ref} ({_fte(value)})" for ref, value in by_action.head(2).items())
    none = table.loc[table["lever"].str.startswith(NO_LEVER), "reference"].nunique()
    return (
        f"In {year} the plan creates {_fte(created.mean)} FTE of work [{_fte(created.p10)} to {_fte(created.p90)}], most of "
        f"it by actions {most}; the posts it brings are {_fte(posts.mean)} FTE in post [{_fte(posts.p10)} to "
        f"{_fte(posts.p90)}]. {none} of {table['reference'].nunique()} actions have no lever in this model."
    )


def _fte(value: float) -> str:
    return f"{rounded(value, 1)}"
