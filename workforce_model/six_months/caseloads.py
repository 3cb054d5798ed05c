"""The director's questions of caseloads: who is over the limit by team and grade, and what happens when the agency team ends."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.basis.formats import NOT_DEFINED, percent
from workforce_model.basis.periods import march, month
from workforce_model.decisions.answers import QUESTIONS, Answer, not_defined
from workforce_model.engine.results import Results
from workforce_model.reading.measures import measured, spread
from workforce_model.reading.ranges import clear, points, share
from workforce_model.six_months.runs import Figures, ReviewRuns

ALL_GRADES, ALL_TEAMS = "all grades", "all teams"
SETTLED = 3
"""Months after the agency team ends at which its absence is read."""


def over_the_limit(runs: ReviewRuns) -> Answer:
    """Workers at or over the caseload limit, by team and grade, now and at each March to come."""
    forecast, limit = runs.forecast, runs.forecast.scenario.caseloads.caseload_limit
    places = dict.fromkeys((runs.at, runs.months_of(runs.year)[-1], runs.months_of(runs.next_year)[-1]))
    rows = []
    for place in places:
        for team in (None, *sorted(forecast.scenario.caseloads.teams)):
            rows += _over_rows(forecast, team, place)
    columns = ["period", "team", "grade", "unit", "workers", "at_or_over", "mean", "p10", "p90"]
    table = pd.DataFrame(rows, columns=columns)
    now, later = (
        spread(measured(forecast, "share_at_or_over")[place + 1], forecast.draw) for place in (runs.at, [*places][-1])
    )
    by_team = table[
        (table["period"] == str(runs.now)) & (table["grade"] == ALL_GRADES) & (table["team"] != ALL_TEAMS)
    ].sort_values("mean", ascending=False)
    said = ", ".join(
        f"{runs.team_label(str(t))} {percent(m)}{_as_modelled(runs, str(t))}"
        for t, m in zip(by_team["team"], by_team["mean"], strict=True)
    )
    sentence = (
        f"At the end of {runs.now:%B %Y} {share(now)} of workers hold {limit} or more cases ({said}); forecast for "
        f"{march(runs.next_year)}: {share(later)}. {_by_grade_said(table, runs)}"
    )
    return Answer(
        7,
        QUESTIONS[7][1],
        now.mean,
        now.p10,
        now.p90,
        "share of workers",
        sentence,
        table,
        partial(_over_chart, runs, None),
    )


def _as_modelled(runs: ReviewRuns, team: str) -> str:
    """That a team's figure is modelled, where the actuals do not have it at the cut-off."""
    if runs.actuals is None or not runs.actuals.figures:
        return ""
    known = [runs.actuals.closing(name, team) for name in ("workers", "workers_at_or_over")]
    return " as modelled" if any(map(math.isnan, known)) else ""


def _over_rows(results: Results, team: str | None, place: int) -> list[tuple[object, ...]]:
    """One row for all grades and one for each; a grade's is not defined where only the team's count is known."""
    label, month = team or ALL_TEAMS, place + 1
    workers, over = (measured(results, x, team)[month] for x in ("workers", "workers_at_or_over"))
    parts = {grade: _of_grade(results, team, grade, month) for grade in _grades(results, team)}
    known = np.array_equal(sum(part[1] for part in parts.values()), over)
    rows: list[tuple[object, ...]] = []
    for grade, (heads, heavy) in {ALL_GRADES: (workers, over), **parts}.items():
        known_here = known or grade == ALL_GRADES
        rate = np.divide(heavy, heads, out=np.full(heads.shape, np.nan), where=(heads > 0) & known_here)
        s = spread(rate, results.draw)
        rows.append(
            (
                str(results.months[place]),
                label,
                grade,
                "share of workers",
                float(heads.mean()),
                float(heavy.mean()) if known_here else math.nan,
                s.mean,
                s.p10,
                s.p90,
            )
        )
    return rows


def _holders(results: Results, team: str | None) -> dict[str, str]:
    """The groups whose posts hold cases, each with its grade."""
    workforce, teams = results.scenario.workforce, results.scenario.caseloads.teams
    posts = [(name, group.team, group.grade) for name, group in workforce.posts.items() if group.holds_cases]
    contracts = [(name, group.team, group.grade) for name, group in workforce.agency.items()]
    return {name: grade for name, mine, grade in (*posts, *contracts) if mine in teams and team in (None, mine)}


def _grades(results: Results, team: str | None) -> list[str]:
    return sorted(set(_holders(results, team).values()))


def _of_grade(results: Results, team: str | None, grade: str, month: int) -> tuple[Figures, Figures]:
    """Workers who take cases, and those at or over the limit, of a grade, by run."""
    mine = [results.posts.groups.index(name) for name, g in _holders(results, team).items() if g == grade]
    staff = results.history.staff
    heads = (staff["permanent"] + staff["agency"])[month, mine].sum(axis=0, dtype=float)
    return heads, staff["over_limit"][month, mine].sum(axis=0, dtype=float)


def _by_grade_said(table: pd.DataFrame, runs: ReviewRuns) -> str:
    mine = table[(table["team"] == ALL_TEAMS) & (table["grade"] != ALL_GRADES) & table["mean"].notna()]
    if mine.empty:
        return f"By grade: {NOT_DEFINED}."
    when = str(mine["period"].iloc[0] if str(runs.now) not in set(mine["period"]) else runs.now)
    parts = [
        f"{str(g).replace('_', ' ')} {percent(m)}"
        for g, m in mine[mine["period"] == when][["grade", "mean"]].itertuples(index=False)
    ]
    shared = " (teams are reported; their cases are shared out by grade as the model does)" if runs.through else ""
    return f"By grade in {month(when):%B %Y}{shared}: {', '.join(parts)}."


def _over_chart(runs: ReviewRuns, team: str | None, ax: Any = None) -> Any:
    from workforce_model.charts import share_at_or_over

    return share_at_or_over(runs.forecast, team, ax=ax)


def when_the_agency_team_ends(runs: ReviewRuns) -> Answer:
    """Caseloads of the team that an agency team stands in, before and after it ends.

    The agency team is the commissioned team that ends last, or agency above establishment where none is commissioned.
    """
    forecast = runs.forecast
    ending = _agency_team(forecast)
    if ending is None:
        return not_defined(8, "no agency team ends while the clock runs")
    contract = forecast.scenario.workforce.agency[ending]
    last = int((contract.last_month - forecast.months[0]).n)
    after = min(last + SETTLED, len(forecast.months) - 1)
    over = measured(forecast, "share_at_or_over", contract.team)
    rows = [
        (str(forecast.months[m]), contract.team, name, unit, s.mean, s.p10, s.p90)
        for m in range(last, min(last + 2 * SETTLED, len(forecast.months) - 1) + 1)
        for name, unit in (("share_at_or_over", "share of workers"), ("caseload", "cases per FTE"), ("workers", "workers"), ("unallocated_cases", "cases"))
        for s in [spread(measured(forecast, name, contract.team)[m + 1], forecast.draw)]
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["period", "team", "measure", "unit", "mean", "p10", "p90"])
    before, then = (spread(over[m + 1], forecast.draw) for m in (last, after))
    change = spread(over[after + 1] - over[last + 1], forecast.draw)
    paired = (
        measured(runs.plan, "share_at_or_over", contract.team)[after + 1]
        - measured(runs.nothing, "share_at_or_over", contract.team)[after + 1]
    )
    money = spread(paired, runs.plan.draw)
    moved = points(change) if clear(change) else f"no change that the error can tell from nought ({points(change)})"
    effect = (
        f"The posts make {points(money)} of difference by then."
        if clear(money)
        else "By then the posts make no difference beyond the Monte Carlo error."
    )
    if runs.through is not None and forecast.months[after] <= runs.through:
        effect = "What the posts made of it by then the form does not tell."
    limit = forecast.scenario.caseloads.caseload_limit
    sentence = (
        f"{contract.role} {'ended' if runs.through is not None and contract.last_month < runs.through else 'ends'} after {contract.last_month:%B %Y}: of {runs.team_label(contract.team)} workers {share(before)} hold {limit} or more cases then and "
        f"{share(then)} in {forecast.months[after]:%B %Y}, {moved}. {effect}"
    )
    return Answer(
        8,
        QUESTIONS[8][1],
        then.mean,
        then.p10,
        then.p90,
        "share of workers",
        sentence,
        table,
        partial(_over_chart, runs, contract.team),
    )


def _agency_team(results: Results) -> str | None:
    """The commissioned team that ends last before the last month, or the agency above establishment that does."""
    contracts = results.scenario.workforce.agency
    ending = {name: c for name, c in contracts.items() if results.months[0] <= c.last_month < results.months[-1]}
    return max(
        sorted(ending),
        key=lambda name: (ending[name].kind == "commissioned", str(ending[name].last_month)),
        default=None,
    )
