"""Illustrative actuals: what one run of the model would have reported, with stated departures from plan.

``python -m workforce_model.monitoring.illustrative_actuals`` writes ``scenarios/illustrative_actuals.csv`` again, to the byte.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from workforce_model.engine.blocks import people_of
from workforce_model.engine.known_months import SPEND, known_slice, spend_of_team
from workforce_model.engine.model import run
from workforce_model.engine.results import Results
from workforce_model.inputs.actuals import APART_IN_POST, APART_SPEND, Actuals, column, measure_of
from workforce_model.inputs.doubt import draw_values
from workforce_model.inputs.files import load_scenario
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.costs import KINDS
from workforce_model.monitoring.actuals_form import Form, form_of
from workforce_model.monitoring.actuals_template import as_csv, rows_of
from workforce_model.reading.duty_results import DutiesDone
from workforce_model.reading.measures import Figures, measured


def as_actuals(
    results: Results, number: int, opening: pd.Period, cut_off: pd.Period, *, source: str | None = None,
    illustrative: bool = True,
) -> Actuals:  # fmt: skip
    """What one run would have reported: a history simulated from rates that are known.

    Parameters
    ----------
    number : int
        The position of the run among the results.
    source : str, optional
        What to say of where they come from; by default the scenario and seed.

    Examples
    --------
    >>> import workforce_model as wm
    >>> result = wm.run(wm.load_scenario("scenarios/approved.toml"), runs=1)
    >>> as_actuals(result, 0, pd.Period("2019-03", "M"), pd.Period("2019-09", "M")).closing("open_cases") > 1_000
    True
    """
    form, done, one = form_of(results.scenario, opening, cut_off), results.duties, results.alone(number)
    at = np.arange(len(form.months)) + (opening - results.scenario.periods.start).n + 1
    figures: dict[str, dict[str, tuple[float | None, ...]]] = {}
    spend = _spend(one, form)
    for team in form.teams:
        spent = spend[team]
        found: dict[str, Figures] = {}
        for name, teams in form.answers.items():
            if team in teams and name != "appointed_fte":
                found[name] = spent[name] if name in spent else _reported(one, done, name, team, number)[at]
        flows = {name for name in found if form.columns[name].kind == "flow"}
        figures[team] = {
            name: (None if name in flows else float(series[0]), *(float(x) for x in series[1:]))
            for name, series in found.items()
        }
    said = source or f"One run of {results.scenario.name}, seed {results.seed}: made by the model, reported by nobody"
    return Actuals(opening=opening, cut_off=cut_off, figures=figures, source=said, illustrative=illustrative)


def _reported(one: Results, done: DutiesDone, name: str, team: str, run: int) -> Figures:
    """A figure by month, the opening position of the clock first; shape (M + 1,)."""
    if name.endswith(APART_IN_POST):
        groups = _groups(one, team, name.removesuffix(APART_IN_POST))
        fte = np.array([one.scenario.workforce.posts[one.posts.groups[g]].fte for g in groups])
        return np.asarray(one.history.staff["permanent"][:, groups, 0] @ fte)
    if column(name).of == "duty":
        duty, _, measure = measure_of(name).partition(": ")
        return np.concatenate([[0.0], done.measured(duty, measure)[:, run]])
    return measured(one, name, team)[:, 0]


def _groups(results: Results, team: str, budget: str) -> list[int]:
    stated = results.scenario.workforce.posts
    return [g for g, n in enumerate(results.posts.groups) if n in stated and (stated[n].team, stated[n].budget) == (team, budget)]  # fmt: skip


def _spend(one: Results, form: Form) -> dict[str, dict[str, Figures]]:
    """Each team's spend by column and month, nought at the opening position, rounded to the penny."""
    scenario = one.scenario
    values = draw_values(scenario, one.seed, one.doubt)
    people = people_of(scenario, one.posts, one.history)
    known = known_slice(scenario, form.opening, form.cut_off)
    spent = {
        team: spend_of_team(scenario, one.posts, people, team, known, values, one.draw)[..., 0] for team in form.teams
    }
    return {team: _by_column(pounds, one.budgets, form) for team, pounds in spent.items()}


def _by_column(spent: Figures, budgets: tuple[str, ...], form: Form) -> dict[str, Figures]:
    found = {name: spent[:, :, [KINDS.index(k) for k in kinds if k in KINDS]].sum(axis=(1, 2)) for name, kinds in SPEND.items()}  # fmt: skip
    for name in form.answers:
        if name.endswith(APART_SPEND) and name.removesuffix(APART_SPEND) in budgets:
            found[name] = spent[:, budgets.index(name.removesuffix(APART_SPEND))].sum(axis=1)
    return {name: np.concatenate([[0.0], series.round(2)]) for name, series in found.items()}


DEPARTURES: dict[str, float] = {
    "workforce.turnover_rate": 0.19,
    "workforce.filling_probability": 0.09,
    "caseloads.teams.assessment.arrivals": 365.0,
    "caseloads.teams.family_support.leaving_rate": 0.145,
}
"""Where the illustrative world departs from plan: more leavers, slower filling, more new cases, cases open longer."""
SEED, OPENING, CUT_OFF = 20191001, "2019-03", "2019-09"


def illustrative(plan: Scenario) -> Actuals:
    """Six months of the plan as one run has them, in a world that departs from it as :data:`DEPARTURES` states."""
    world = plan.replace({**DEPARTURES, "name": f"{plan.name}_illustrative"})
    result = run(world, runs=1, seed=SEED, doubt=False)
    stated = ", ".join(f"{path} {value:g}" for path, value in DEPARTURES.items())
    source = f"Illustrative: one run of {plan.name}, seed {SEED}, with {stated}. Reported by no council"
    return as_actuals(result, 0, pd.Period(OPENING, "M"), pd.Period(CUT_OFF, "M"), source=source)


def illustrative_csv(plan: Scenario) -> str:
    """The illustrative actuals as the file that ships."""
    actuals = illustrative(plan)
    form = form_of(plan, actuals.opening, actuals.cut_off)
    notes = {"form": "workforce_model actuals", "scenario": plan.name, "illustrative": "yes", "source": actuals.source}
    return as_csv(form, notes, rows_of(form, actuals))


if __name__ == "__main__":
    text = illustrative_csv(load_scenario("scenarios/approved.toml"))
    Path("scenarios/illustrative_actuals.csv").write_text(text, encoding="utf-8", newline="")
