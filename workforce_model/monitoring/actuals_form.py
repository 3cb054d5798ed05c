"""The form a council fills in for a scenario: its teams, the columns each answers, and what must reconcile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.inputs.actuals import APART_IN_POST, APART_SPEND, ASKED, COLUMNS, Column, column
from workforce_model.inputs.scenario import Scenario
from workforce_model.people.posts import lay_out


@dataclass(frozen=True)
class Form:
    """The form of a scenario from an opening position to a cut-off.

    Attributes
    ----------
    teams : dict of str
        Each team's label, by name.
    answers : dict of frozenset
        By column, the teams that answer it; the others leave it blank.
    establishment : dict of array, shape (M + 1,)
        The scenario's posts in FTE by team and month.
    places : dict of dict of array, shape (M + 1,)
        By column of agency and team, the FTE the scenario has places for.
    """

    opening: pd.Period
    cut_off: pd.Period
    teams: dict[str, str]
    answers: dict[str, frozenset[str]]
    establishment: dict[str, NDArray[np.float64]]
    places: dict[str, dict[str, NDArray[np.float64]]]

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns, in the order of the form."""
        return {name: column(name) for name in self.answers}

    @property
    def months(self) -> pd.PeriodIndex:
        """The opening position's month, then those that happened."""
        return pd.period_range(self.opening, self.cut_off, freq="M")


def form_of(scenario: Scenario, opening: pd.Period, cut_off: pd.Period) -> Form:
    """The form a scenario needs filled in.

    Raises
    ------
    ValueError
        If the months lie outside the scenario's.
    """
    first = scenario.periods.start - 1
    if not first <= opening < cut_off <= scenario.periods.end:
        raise ValueError(f"actuals from {opening} to {cut_off}: expected months one after the other from {first} to {scenario.periods.end}")  # fmt: skip
    teams = {name: scenario.workforce.teams[name].label for name in sorted(scenario.workforce.teams)}
    everyone, holding = frozenset(teams), frozenset(scenario.caseloads.teams)
    commissioned = {g.team for g in scenario.workforce.agency.values() if g.kind == "commissioned"}
    answers = {}
    for name, stated in COLUMNS.items():
        only = frozenset(commissioned) if name.startswith("commissioned") else everyone
        if mine := holding if stated.of == "cases" else only:
            answers[name] = mine
    for budget, mine in apart(scenario, opening).items():
        answers |= {f"{budget}{APART_IN_POST}": mine, f"{budget}{APART_SPEND}": mine}
    for name, duty in sorted(scenario.duties.work.items()) if scenario.duties else ():
        asked = [("_done", True), ("_in_time", duty.limit is not None), ("_good", duty.share_good is not None)]
        endings = [ending for ending, there in asked if there]
        endings += [f"{ASKED}{stream}" for stream in sorted(duty.requests)]
        answers |= {f"{name}{ending}": frozenset({duty.team}) for ending in endings}
    posts = lay_out(scenario.workforce, scenario.periods.start)
    numbers = np.arange((opening - first).n, (cut_off - first).n + 1)
    exists = posts.exists(numbers)

    def fte_of(rows: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
        return {n: (exists & rows) @ (posts.fte * (posts.team == posts.teams.index(n))) for n in teams}

    places = {
        "agency_cover_fte": fte_of(posts.established & posts.coverable),
        "agency_additional_fte": fte_of(posts.additional),
        "commissioned_fte": fte_of(posts.commissioned),
    }
    return Form(opening, cut_off, teams, answers, fte_of(posts.established), places)


def apart(scenario: Scenario, opening: pd.Period) -> dict[str, frozenset[str]]:
    """The budgets all of whose posts are created after the opening position, with the teams those posts are in.

    This is the money under review: its posts and spend are reported apart.
    """
    groups = scenario.workforce.posts.values()
    late = {b: [g for g in groups if g.budget == b] for b in sorted({g.budget for g in groups})}
    return {
        budget: frozenset(g.team for g in mine)
        for budget, mine in late.items()
        if all(g.created is not None and g.created > opening for g in mine)
    }
