"""Vacancies and starters as expected at the central rates, group by group: what the months before a window looked like.

Everything here is linear, so the expectation is exact: staff leave, a vacancy nobody is appointed to is filled with the
stated chance, and who is appointed starts after the lead time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.periods import monthly_probability
from workforce_model.inputs.scenario import Scenario

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ExpectedPosts:
    """Expected FTE by post group, in order of name, at each month end from the opening position; shape (M + 1, G).

    ``started`` are those who started in the month, and ``groups`` names the columns.
    """

    groups: tuple[str, ...]
    vacant: Array
    started: Array

    def of(self, names: set[str]) -> tuple[Array, Array]:
        """Vacancies and starters of some groups together, shape (M + 1,)."""
        mine = [i for i, name in enumerate(self.groups) if name in names]
        return self.vacant[:, mine].sum(axis=1), self.started[:, mine].sum(axis=1)


def expected_posts(scenario: Scenario, months: int) -> ExpectedPosts:
    """The expected course of vacancies over so many months from the start of the clock.

    Parameters
    ----------
    months : int
        How many months to go on for.
    """
    workforce = scenario.workforce
    stated = dict(sorted(workforce.posts.items()))
    number = np.array([g.number * g.fte for g in stated.values()])
    first = np.array([0 if g.created is None else (g.created - scenario.periods.start).n + 1 for g in stated.values()])
    held = np.array([(g.opening_under_five_years + g.opening_over_five_years) * g.fte for g in stated.values()])
    fill = np.array([(g.filling_probability or workforce.filling_probability).value for g in stated.values()])
    leave = float(monthly_probability(workforce.turnover_rate.value, workforce.turnover_reading))
    lead = int(workforce.recruitment_lead_months.value)
    due = np.zeros((months + lead + 1, number.size))
    vacant, started = np.zeros((2, months + 1, number.size))
    vacant[0] = np.where(first <= 0, number - held, 0.0)
    for month in range(1, months + 1):
        held = held * (1 - leave) + due[month]
        there = np.where(first <= month, number - held, 0.0)
        due[month + lead] = fill * (there - due[month + 1 : month + lead].sum(axis=0))
        vacant[month], started[month] = there, due[month]
    return ExpectedPosts(tuple(stated), vacant, started)
