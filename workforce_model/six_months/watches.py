"""The figures that triggers watch: how each is read off a run, what is done when it alarms, and what would make it alarm rightly."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from workforce_model.accounts.benefits import cost_of_budget
from workforce_model.basis.formats import percent, pounds, rounded
from workforce_model.engine.results import Results
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.measures import measured
from workforce_model.six_months.runs import Figures, ReviewRuns

Action = Literal["stop", "slow", "reverse"]
Wrong = Literal["demand", "recruitment", "prices"]
HIGH: dict[Wrong, str] = {
    "demand": r"caseloads\.(arrivals_growth|teams\.\w+\.arrivals)$",
    "recruitment": r"workforce\.(turnover_rate|recruitment_lead_months)$",
    "prices": r"costs\.",
}
LOW: dict[Wrong, str] = {"recruitment": r"workforce\.(posts\.\w+\.)?filling_probability$"}
"""What may go wrong, and the assumptions that then stand at the high and at the low end of their ranges."""


@dataclass(frozen=True)
class Watch:
    """A figure to watch, the side on which it alarms, and what is then done.

    Attributes
    ----------
    wrong : str
        What would make it alarm rightly; a key of :data:`HIGH`.
    grain : float
        What its threshold is rounded to, outwards.
    read : callable
        Takes results and the position of a month; returns the figure in every run, shape (R,).
    """

    measure: str
    unit: str
    side: Literal["above", "below"]
    action: Action
    wrong: Wrong
    then: str
    grain: float
    read: Callable[[Results, int], Figures]

    @property
    def sign(self) -> int:
        """1 where more is worse, -1 where less is."""
        return 1 if self.side == "above" else -1

    def printed(self, x: float) -> str:
        """A threshold as a page shows it."""
        return (
            pounds(x)
            if self.unit == "GBP"
            else percent(x)
            if self.unit.startswith("share")
            else f"{rounded(x, 0 if self.grain == 1 else 1):,}"
        )


def watched(runs: ReviewRuns, after: int) -> tuple[Watch, ...]:
    """The figures that the boards watch from a month on: ``after`` is its position, and what comes later is added up.

    Turnover is not among them: months cannot show a change in it, and a trigger without power only adds false alarms.
    """
    limit, team, label = runs.forecast.scenario.caseloads.caseload_limit, runs.team, runs.budget_label.lower()
    return (
        Watch(f"spend on {label} for each month that one was filled, year to date", "GBP", "above", "stop", "prices", "appoint to no further post until the price is explained", 100.0,
              partial(_price, budget=runs.budget, groups=runs.groups)),
        Watch(f"cases that arrived since {runs.forecast.months[0] + after:%B %Y}", "cases", "above", "stop", "demand", "commit no further money until demand is understood", 1.0,
              partial(_arrived, after=after)),
        Watch(f"{label} filled", "posts", "below", "slow", "recruitment", "release growth only as posts fill; the rest goes back", 1.0,
              partial(_filled, groups=runs.groups)),
        Watch("agency covering vacancies and above establishment", "FTE", "above", "slow", "recruitment", "approve no further agency without a date it ends", 0.1,
              _agency),
        Watch(f"{runs.team_label(team)} workers with {limit} or more cases", "share of workers", "above", "reverse", "demand",
              "take the growth back to Cabinet: it does not bring caseloads down", 0.01, partial(_over, team=team)),
    )  # fmt: skip


def _price(results: Results, place: int, *, budget: str, groups: Sequence[str]) -> Figures:
    """What a month of a filled post has cost: spend alone would alarm where posts are filled sooner than foreseen."""
    months = np.flatnonzero(np.array(results.years) == results.years[place])
    months = months[months <= place]
    filled = np.sum([_filled(results, int(month), groups=groups) for month in months], axis=0)
    spent = cost_of_budget(results, budget, months)
    return np.asarray(
        np.divide(spent, filled, out=np.zeros_like(spent), where=filled > 0)
    )  # no post filled: nothing to price


def _arrived(results: Results, place: int, *, after: int) -> Figures:
    return np.asarray(measured(results, "cases_arrived")[after + 2 : place + 2].sum(axis=0))


def _filled(results: Results, place: int, *, groups: Sequence[str]) -> Figures:
    mine = [results.posts.groups.index(name) for name in groups]
    return np.asarray(results.history.staff["permanent"][place + 1, mine].sum(axis=0, dtype=float))


def _agency(results: Results, place: int) -> Figures:
    return np.asarray(sum(measured(results, x)[place + 1] for x in ("agency_cover_fte", "agency_additional_fte")))


def _over(results: Results, place: int, *, team: str) -> Figures:
    share = measured(results, "share_at_or_over", team)[place + 1]
    return np.where(np.isnan(share), 0.0, share)  # nobody there: nobody over


def at_bad_ends(scenario: Scenario, wrong: Wrong) -> Scenario:
    """The scenario with what may go wrong at the bad ends of its ranges."""
    changes: dict[str, float] = {}
    for path, stated in scenario.assumptions().items():
        if stated.high is not None and re.match(HIGH[wrong], path):
            changes[path] = stated.high
        if stated.low is not None and re.match(LOW.get(wrong, "$"), path):
            changes[path] = stated.low
    return scenario.replace(changes) if changes else scenario
