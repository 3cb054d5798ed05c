"""A toy whose answers at a review can be said aloud: ten posts, and two more that a new budget pays for."""

from __future__ import annotations

import copy
from typing import Any

import pandas as pd

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.scenario import Scenario
from workforce_model.six_months.runs import ReviewRuns

MONEY = {
    "name": "with_the_money",
    "workforce.posts.more": posts(2, budget="two_posts", created="2019-07", starts_on="2019-07"),
    "funding.budgets.two_posts": {"label": "The two posts"},
    "funding.lines.growth": {
        "budget": "two_posts", "label": "Growth", "source": "MTFP growth", "recurrent": True, "order": 2, "amounts": {"2019/20": 60_000.0},
        "approved_by": "a test",
    },
}  # fmt: skip
AGENCY = {
    "workforce.agency.extra": {
        "kind": "additional", "team": "team", "role": "Agency worker", "grade": "social_worker", "budget": "agency", "first_month": "2019-03",
        "last_month": "2020-12", "number": stated(1, "posts"), "source": "stated for a test",
    },
    "funding.budgets.agency": {"label": "Agency"},
}  # fmt: skip
LUCK = {
    "workforce.turnover_rate": stated(0.2, "leavers a year over in post", low=0.1, high=0.3, shape="uniform"),
    "workforce.filling_probability": 0.3,
    "caseloads.teams.team.open_cases": 190,
    "caseloads.teams.team.arrivals": stated(20.0, "cases a month", low=16.0, high=24.0, shape="uniform"),
    "caseloads.teams.team.leaving_rate": 0.1,
}
"""Leavers, hires and cases that come and go, with doubt about two of the rates."""


def town(changes: dict[str, Any] | None = None) -> tuple[Scenario, Scenario]:
    """Doing nothing, and the two posts, which start in July 2019 unless stated."""
    changes = copy.deepcopy(changes or {})
    stated_too = {path: x for path, x in changes.items() if not path.startswith("workforce.posts.more")}
    return toy({**stated_too, "name": "nothing"}), toy({**copy.deepcopy(MONEY), **changes, "name": "money"})


def reviewed(
    changes: dict[str, Any] | None = None, runs: int = 4, through: str | None = None, *, illustrative: bool = False
) -> ReviewRuns:
    """The runs of a review of the town; what happened is what was planned."""
    nothing, plan = (wm.run(scenario, runs) for scenario in town(changes))
    return ReviewRuns(nothing, plan, plan, plan, happened(through, illustrative=illustrative) if through else None)


def happened(through: str, *, illustrative: bool = False) -> Actuals:
    """Actuals that say how far they reach and nothing else."""
    return Actuals(
        opening=pd.Period("2019-03", "M"),
        cut_off=pd.Period(through, "M"),
        figures={},
        source="a test",
        illustrative=illustrative,
    )
