"""Known months of a forecast: people, cases and pounds equal what was reported, in every run.

A team's figure is shared among its posts, budgets and kinds of cost in the proportions the run has them; the sums are
the reported ones. What the form does not report stays as the run has it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.engine.history import History
from workforce_model.engine.position import rows_by_unit, unit_figures
from workforce_model.inputs.actuals import APART_SPEND, Actuals
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.agency import AGENCY_KINDS
from workforce_model.money.costs import KINDS, Values
from workforce_model.money.monthly_bill import People, price
from workforce_model.money.pay import PAY_KINDS
from workforce_model.people.posts import Posts

Figures = NDArray[np.float64]

SPEND = {
    "permanent_pay_gbp": PAY_KINDS,
    "agency_gbp": AGENCY_KINDS,
    "commissioned_team_gbp": ("commissioned team",),
    "recruitment_gbp": ("recruitment", "induction", "conversion fee"),
}
"""The kinds of cost each column of spend holds."""
_CASES = {
    "cases_arrived": "arrived", "cases_closed": "closed", "cases_passed_in": "passed_in", "cases_passed_out": "passed_out",
    "workers": "workers", "workers_at_or_over": "at_or_over", "unallocated_cases": "waiting",
}  # fmt: skip
_AGENCY = {"agency_cover_fte": "established", "agency_additional_fte": "additional", "commissioned_fte": "commissioned"}


def known_slice(scenario: Scenario, opening: pd.Period, cut_off: pd.Period) -> slice:
    """The places of the months that happened among the simulated months, after the opening position."""
    return slice((opening - scenario.periods.start).n + 1, (cut_off - scenario.periods.start).n + 1)


def with_known_people(scenario: Scenario, posts: Posts, history: History) -> History:
    """The history with the reported people and cases in its known months."""
    if scenario.actuals is None:
        return history
    staff = {name: held.astype(float) if name in _STAFF else held for name, held in history.staff.items()}
    cases = {name: counted.copy() for name, counted in history.cases.items()}
    holder_fte = history.holder_fte.copy()
    opening = known_slice(scenario, scenario.actuals.opening, scenario.actuals.cut_off).start
    for name, groups, figures, flow in _people_reported(scenario, posts, scenario.actuals):
        for at in range(int(flow), figures.size):
            if not np.isnan(figures[at]):
                _set_sum(staff[name][opening + at], groups, posts, figures[at])
    for number, team in enumerate(sorted(scenario.caseloads.teams)):
        for name, kept in _CASES.items():
            _set_known(cases[kept][:, number], scenario.actuals.series(name, team), opening)
        held = scenario.actuals.series("open_cases", team) - scenario.actuals.series("unallocated_cases", team)
        _set_known(cases["held"][:, number], held, opening)
        _set_known(holder_fte[:, number], scenario.actuals.series("case_holder_fte", team), opening)
    return dataclasses.replace(history, staff=staff, cases=cases, holder_fte=holder_fte)


_STAFF = ("permanent", "agency", "started", "converted", "left")


def _people_reported(
    scenario: Scenario, posts: Posts, actuals: Actuals
) -> Iterator[tuple[str, NDArray[np.intp], Figures, bool]]:
    """Each kind of people with the groups whose sum was reported, the FTE by month, and whether it is a flow."""
    for team, column, rows in rows_by_unit(scenario.workforce, posts, actuals):
        if rows.any():
            yield "permanent", np.unique(posts.group[rows]), unit_figures(actuals, team, column), False
    for team in actuals.teams:
        mine = posts.team == posts.teams.index(team)
        for column, kind in _AGENCY.items():
            if (rows := mine & getattr(posts, kind) & (posts.coverable | posts.commissioned)).any():
                yield "agency", np.unique(posts.group[rows]), actuals.series(column, team), False
        groups = np.unique(posts.group[mine & posts.established])
        if groups.size:
            converted = actuals.series("conversions_fte", team)
            yield "converted", groups, converted, True
            yield "started", groups, actuals.series("starters_fte", team) - converted, True
            yield "left", groups, actuals.series("leavers_fte", team), True


def _set_sum(counts: Figures, groups: NDArray[np.intp], posts: Posts, target: float) -> None:
    """Scale the people of some groups, shape (G, R), so that their FTE add up to the target in every run."""
    fte = posts.fte[[int(np.argmax(posts.group == g)) for g in groups]][:, None]
    number = np.bincount(posts.group, minlength=counts.shape[0])[groups][:, None]
    there = counts[groups]
    shares = np.where((there > 0).any(axis=0), there, number)
    counts[groups] = shares * (target / (shares * fte).sum(axis=0))


def _set_known(counted: NDArray[np.generic], figures: Figures, opening: int) -> None:
    """Put what was reported in its months, shape (M + 1, R); flows have no figure at the opening position."""
    known = ~np.isnan(figures)
    counted[opening + np.flatnonzero(known)] = figures[known][:, None]


def with_known_spend(
    scenario: Scenario, posts: Posts, people: People, cost: Figures, values: Values, draw: NDArray[np.intp]
) -> Figures:
    """The cost of each month, shape (M, B, K, R), with the reported spend in its known months."""
    actuals = scenario.actuals
    if actuals is None:
        return cost
    known, budgets = known_slice(scenario, actuals.opening, actuals.cut_off), tuple(sorted(scenario.funding.budgets))
    cost = cost.copy()
    cost[known] = 0.0
    for team in actuals.teams:
        modelled = spend_of_team(scenario, posts, people, team, known, values, draw)
        mine = [people.budget[g] for g in _groups_of(posts, team)]
        cost[known] += _as_spent(actuals, team, modelled, budgets, mine[0] if mine else budgets[0])
    return cost


def spend_of_team(
    scenario: Scenario, posts: Posts, people: People, team: str, months: slice, values: Values, draw: NDArray[np.intp]
) -> Figures:
    """What the people of one team cost in some months, as priced: by month, budget, kind and run."""
    budgets = tuple(sorted(scenario.funding.budgets))
    mine = _only(people, _groups_of(posts, team), months)
    return price(mine, scenario.periods.months()[months], scenario.costs, values, draw, budgets)


def _groups_of(posts: Posts, team: str) -> list[int]:
    return [int(g) for g in np.unique(posts.group[posts.team == posts.teams.index(team)])]


def _only(people: People, groups: list[int], months: slice) -> People:
    """The people of some groups and months."""
    changes: dict[str, Any] = {
        name: getattr(people, name)[months][:, groups]
        for name in ("permanent", "agency", "started", "converted", "fee_due", "replaced")
    }
    for name in ("grade", "budget", "commissioned", "contract_months"):
        changes[name] = tuple(getattr(people, name)[g] for g in groups)
    return dataclasses.replace(people, fte=people.fte[groups], **changes)


def _as_spent(actuals: Actuals, team: str, modelled: Figures, budgets: tuple[str, ...], main: str) -> Figures:
    """A team's reported spend by month, budget and kind: the model's proportions, the reported sums."""
    spent = np.zeros_like(modelled)
    share = modelled.copy()
    for column, kinds in SPEND.items():
        places = [KINDS.index(kind) for kind in kinds if kind in KINDS]
        priced = modelled[:, :, places].sum(axis=(1, 2), keepdims=True)
        share[:, budgets.index(main), places[0]] += priced[:, 0, 0] == 0
        reported = actuals.series(column, team)[1:, None, None, None]
        total = np.where(np.isnan(reported), priced, reported)
        spent[:, :, places] = share[:, :, places] / np.where(priced == 0, 1.0, priced) * total
    for column in sorted(actuals.figures[team]):
        if column.endswith(APART_SPEND) and column.removesuffix(APART_SPEND) in budgets:
            _set_apart(spent, budgets.index(column.removesuffix(APART_SPEND)), actuals.series(column, team)[1:, None])
    return spent


def _set_apart(spent: Figures, budget: int, reported: Figures) -> None:
    """Move spend between one budget and the team's others, kind by kind, so that this budget's is as reported.

    Each kind's total stays: too much in the budget goes to the others alike, too little comes from them.
    """
    total, own = spent.sum(axis=1), spent[:, budget].copy()
    others = total - own
    mine, theirs = own.sum(axis=1), others.sum(axis=1)
    reported = np.where(np.isnan(reported), mine, reported)
    less = np.divide(reported, mine, out=np.ones_like(mine), where=mine > 0)[:, None]
    more = np.divide(reported - mine, theirs, out=np.zeros_like(theirs), where=theirs > 0)[:, None]
    wanted = np.where((reported <= mine)[:, None], own * less, own + others * more)
    rest = np.delete(np.arange(spent.shape[1]), budget)
    left = np.divide(total - wanted, others, out=np.ones_like(others), where=others > 0)
    alone = np.where(others > 0, 0.0, total - wanted)
    spent[:, rest] *= left[:, None]
    spent[:, rest[0]] += alone
    spent[:, budget] = wanted
