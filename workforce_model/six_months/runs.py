"""What a review is read from: the runs with and without the money, the forecast, and how far actuals reach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.accounts.benefits import refuse_unpaired
from workforce_model.basis.periods import financial_year
from workforce_model.engine.results import Results
from workforce_model.inputs.actuals import Actuals
from workforce_model.reading.envelope import budget_in_question
from workforce_model.reading.outcomes import reported

Figures = NDArray[np.float64]
SIX_MONTHS = 6
"""Months from the first reported to the review, where no actuals say how far it reaches."""


@dataclass(frozen=True)
class ReviewRuns:
    """The runs that a review's answers are read from.

    Attributes
    ----------
    nothing, plan : Results
        Without and with the investment, with the same luck and the rates believed now: what the money does is their
        difference. With actuals both go on from them, and the plan is the forecast; doing nothing starts without the
        posts filled and the money spent so far, and with the same cases and agency workers.
    forecast : Results
        What is expected now: actuals up to their cut-off, then the forecast. Before any actuals, the plan itself.
    foreseen : Results
        The plan with what was believed before any actuals.
    actuals : Actuals, optional
        What happened; None before any.
    """

    nothing: Results
    plan: Results
    forecast: Results
    foreseen: Results
    actuals: Actuals | None = None

    def __post_init__(self) -> None:
        refuse_unpaired(self.nothing, self.plan)

    @property
    def through(self) -> pd.Period | None:
        """The last month of actuals; None before any."""
        return None if self.actuals is None else self.actuals.cut_off

    @property
    def illustrative(self) -> bool:
        """Whether the actuals are made up to show the form."""
        return self.actuals is not None and self.actuals.illustrative

    @property
    def mark(self) -> str:
        """What every output says of the actuals it rests on."""
        if self.through is None:
            return "No actuals yet: the plan as it stands before any."
        return (
            f"ILLUSTRATIVE ACTUALS, made up to show the form, to {self.through:%B %Y}."
            if self.illustrative
            else f"Actuals to {self.through:%B %Y}."
        )

    @property
    def lead(self) -> str:
        """How every answer begins."""
        if self.through is None:
            return "Before any actuals:"
        return f"On {'ILLUSTRATIVE ' if self.illustrative else ''}actuals to {self.through:%B %Y}:"

    @property
    def now(self) -> pd.Period:
        """The month the review reads: the last of the actuals, or six months into the first reported year."""
        return self.forecast.scenario.periods.report_from + SIX_MONTHS - 1 if self.through is None else self.through

    @property
    def at(self) -> int:
        """The position of that month among the months simulated; its figures stand one further on."""
        return int((self.now - self.forecast.months[0]).n)

    @property
    def year(self) -> str:
        """The financial year of the review."""
        return financial_year(self.now)

    @property
    def next_year(self) -> str:
        """The year after, the first full one; the year of the review where no later one is reported."""
        years = reported(self.forecast.scenario)
        return years[min(years.index(self.year) + 1, len(years) - 1)]

    @cached_property
    def budget(self) -> str:
        """The budget of the investment under review: the newest, or the first where no posts are created."""
        return budget_in_question(self.forecast.scenario)

    @property
    def budget_label(self) -> str:
        """What that budget is called."""
        return self.forecast.scenario.funding.budgets[self.budget].label

    @property
    def groups(self) -> tuple[str, ...]:
        """The post groups of that budget."""
        return tuple(
            name for name, group in self.forecast.scenario.workforce.posts.items() if group.budget == self.budget
        )

    @property
    def team(self) -> str:
        """The team most of its case-holding posts are in; the team with most cases where none holds cases."""
        scenario = self.forecast.scenario
        posts = dict.fromkeys(sorted(scenario.caseloads.teams), 0)
        for group in (scenario.workforce.posts[name] for name in self.groups):
            if group.holds_cases and group.team in posts:
                posts[group.team] += group.number
        cases = {team: stated.open_cases.value for team, stated in scenario.caseloads.teams.items()}
        return max(posts, key=lambda team: (posts[team], cases[team]))

    def team_label(self, team: str) -> str:
        """A team's name in a sentence."""
        return self.forecast.scenario.workforce.teams[team].label.lower()

    def months_of(self, year: str) -> NDArray[np.intp]:
        """The positions of a financial year's months."""
        return np.flatnonzero(np.array(self.forecast.years) == year)
