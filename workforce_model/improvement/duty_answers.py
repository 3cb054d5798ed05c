"""Return home interviews, private fostering and health passports: each question answered from one call."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.formats import NOT_DEFINED, percent, rounded
from workforce_model.decisions.answers import Answer, year_of_answer
from workforce_model.duties.work_done import VISITS
from workforce_model.reading.duty_results import DUTY_MEASURES
from workforce_model.reading.measures import Spread, spread
from workforce_model.reading.tables import reported_years

if TYPE_CHECKING:
    from workforce_model.engine.model import Results

Figures = NDArray[np.float64]


def return_home_interviews(results: Results, year: str | None = None, duty: str = "return_home_interviews") -> Answer:
    """Return home interviews offered, done, within 72 hours and waiting, and what happens when nobody is there.

    Parameters
    ----------
    results : Results
    year : str, optional
        Financial year of the figure; by default the second reported.
    duty : str
        The duty's name in the scenario.

    Raises
    ------
    KeyError
        If the scenario states no such duty.

    Examples
    --------
    >>> import workforce_model as wm
    >>> answer = return_home_interviews(wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4))
    >>> answer.number, answer.unit
    (12, 'share of limits that ended')
    """
    year = year_of_answer(results, year)
    figure = {x: _at(results, duty, x, year) for x in ("requested", "offered", "accepted", "done", "share_in_time", "waiting")}  # fmt: skip
    measures = [*figure, "due", "in_time", "lapsed", "oldest_days", "share_offered", "share_done", "fte_required",
                "hours_available", "hours_lost_vacant", "hours_lost_absent"]  # fmt: skip
    streams = [x for x in results.duties.measures(duty) if "," in x]
    in_time = figure["share_in_time"]
    sentence = (
        f"In {year}, of {_mean(figure['requested'])} incidents {_mean(figure['offered'])} are offered an interview; "
        f"{_mean(figure['accepted'])} accept and {_mean(figure['done'])} are done, {_share(in_time)} within the limit; "
        f"{_mean(figure['waiting'])} wait at the year's end. {_people(results, duty, year)}"
    )
    table = _table(results, {duty: [*measures, *streams]})
    return Answer(12, "Return home interviews offered, done, within 72 hours and waiting, and cover for the officer?",
                  in_time.mean, in_time.p10, in_time.p90, DUTY_MEASURES["share_in_time"].unit, sentence, table,
                  partial(_chart, results, duty))  # fmt: skip


def private_fostering(results: Results, year: str | None = None, duty: str = "private_fostering") -> Answer:
    """Private fostering: notifications acted on within the limit, and visits due and done.

    Parameters
    ----------
    results : Results
    year : str, optional
        Financial year of the figure; by default the second reported.
    duty : str
        The duty's name in the scenario; its visits are found by it.

    Raises
    ------
    KeyError
        If the scenario states no such duty, or no visits follow it.

    Examples
    --------
    >>> import workforce_model as wm
    >>> private_fostering(wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4)).number
    13
    """
    year, visits = year_of_answer(results, year), duty + VISITS
    due, done, kept = (_at(results, visits, x, year) for x in ("due", "done", "share_in_time"))
    first, arrangements = _at(results, duty, "share_in_time", year), _at(results, visits, "open", year)
    months = reported_years(results)[year]
    team = results.scenario.workforce.teams[results.duties.team(duty, results.months[months[-1]])].label
    sentence = (
        f"In {year} {_mean(due)} private fostering visits fall due and {_mean(done)} are made, {_share(kept)} by the day "
        f"they fall due; {_share(first)} of notifications are acted on within the limit. {_mean(arrangements)} "
        f"arrangements are open at the year's end, answered for by {team.lower()}."
    )
    table = _table(results, {
        duty: ["requested", "done", "due", "in_time", "share_in_time", "waiting", "oldest_days", "fte_required"],
        visits: ["open", "due", "done", "in_time", "share_in_time", "waiting", "oldest_days", "fte_required"],
    })  # fmt: skip
    return Answer(13, "Private fostering visits due and done?", kept.mean, kept.p10, kept.p90,
                  DUTY_MEASURES["share_in_time"].unit, sentence, table, partial(_chart, results, visits))  # fmt: skip


def health_passports(results: Results, year: str | None = None, duty: str = "health_passports") -> Answer:
    """Health passport coverage of a known number of young people; not defined while the number is not known.

    Parameters
    ----------
    results : Results
    year : str, optional
        Financial year at whose end it is read; by default the second reported.
    duty : str
        The duty's name in the scenario.

    Raises
    ------
    KeyError
        If the scenario states no such duty.

    Examples
    --------
    >>> import workforce_model as wm
    >>> health_passports(wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4)).number
    14
    """
    year = year_of_answer(results, year)
    covered, known, holding = (_at(results, duty, x, year) for x in ("coverage", "known", "holding"))
    stated = results.scenario.duties.work[duty] if results.scenario.duties else None
    since = stated.group.known_from if stated and stated.group else None
    before = f" Before {since:%B %Y} the number was not known, so no share is stated." if since else ""
    sentence = (
        f"At the end of {year} {_share(covered)} of young people hold their health passport: {_mean(holding)} of "
        f"{_mean(known)} known.{before}"
    )
    measures = ["known", "holding", "coverage", "waiting", "requested", "done", "lost", "lapsed", "fte_required"]
    return Answer(14, "Health passport coverage, with a known denominator?", covered.mean, covered.p10, covered.p90,
                  DUTY_MEASURES["coverage"].unit, sentence, _table(results, {duty: measures}),
                  partial(_chart, results, duty, "coverage"))  # fmt: skip


def _people(results: Results, duty: str, year: str) -> str:
    """What empty posts and absence cost, and who steps in."""
    there, vacant, away = (
        _at(results, duty, x, year) for x in ("hours_available", "hours_lost_vacant", "hours_lost_absent")
    )
    stated = results.scenario.duties.work[duty].done_by if results.scenario.duties else {}
    roles = [results.scenario.workforce.posts[group].role.lower() for group, doer in stated.items() if doer.steps_in]
    cover = (
        f"; the {' and the '.join(roles)} step{'' if len(roles) > 1 else 's'} in only while nobody else is at work"
        if roles
        else "; nobody steps in"
    )
    return (
        f"There are {_mean(there)} hours for it; {_mean(vacant)} are lost to empty posts and {_mean(away)} to people "
        f"away{cover}."
    )


def _at(results: Results, duty: str, measure: str, year: str) -> Spread:
    return spread(results.duties.in_year(duty, measure, year), results.draw)


def _mean(s: Spread) -> str:
    return NOT_DEFINED if np.isnan(s.mean) else f"{rounded(s.mean):,}"


def _share(s: Spread) -> str:
    return NOT_DEFINED if np.isnan(s.mean) else f"{percent(s.mean)} [{percent(s.p10)} to {percent(s.p90)}]"


def _table(results: Results, wanted: dict[str, Iterable[str]]) -> pd.DataFrame:
    annual = results.duties.annual()
    names = [f"{duty}: {measure}" for duty, measures in wanted.items() for measure in measures]
    order = {name: place for place, name in enumerate(names)}
    chosen = annual[annual["measure"].isin(names)]
    return chosen.sort_values("measure", key=lambda column: column.map(order), kind="stable").reset_index(drop=True)


def _chart(results: Results, duty: str, measure: str = "share_in_time", ax: Any = None) -> Any:
    from workforce_model.charts.duties import duty_share

    return duty_share(results, duty, measure, ax=ax)
