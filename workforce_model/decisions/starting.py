"""When a budget's posts may start: the earliest month the money allows, the latest the caseloads do."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workforce_model.basis.formats import percent, pounds
from workforce_model.basis.periods import financial_year, financial_year_start
from workforce_model.decisions.comparison import whole_numbers
from workforce_model.engine.model import SEED
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.envelope import approval_lines, approved_in
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import Outcome
from workforce_model.reading.playing import play, versions_of


@dataclass(frozen=True)
class StartWindow:
    """The months in which a budget's posts can all start.

    Attributes
    ----------
    earliest, latest : str or None
        First and last month that will do; None where no month does.
    table : DataFrame
        Columns month, cost (mean), p10, p90, approval, chance_within, chance_error, outcome, error, inside, met.
    sentence : str
    """

    earliest: str | None
    latest: str | None
    table: pd.DataFrame
    sentence: str


def latest_start(scenario: Scenario, budget: str, *, outcome: Outcome | None = None, at_most: float | None = None,
                 sure: float = 0.8, runs: int = 256, seed: int = SEED, executor: Executor | None = None) -> StartWindow:  # fmt: skip
    """The latest month in which all a budget's posts can start and an outcome is still met, inside the approval.

    A later start always costs less in its year, so money alone sets the earliest month and never the latest.

    Parameters
    ----------
    outcome, at_most : Outcome, float
        What the start must still achieve on average: 0.3 of a team's workers at or over the limit, say. Without
        it the latest is the last month of the year.
    sure : float
        The chance, over luck and doubt about prices, that the year's cost stays inside the approval.

    Raises
    ------
    ValueError
        If the budget has no posts created while the clock runs or no approval in the year they are.
    """
    runs, seed = whole_numbers(runs, seed, scenario)
    if not 0 < sure < 1:
        raise ValueError(f"sure = {sure!r}: expected a chance above 0 and below 1 (four in five is 0.8)")
    mine = {name: group for name, group in scenario.workforce.posts.items() if group.budget == budget and group.created}
    if not mine or (outcome is None) != (at_most is None):
        raise ValueError(
            f"latest_start: budget {budget!r} needs posts created while the clock runs; outcome and at_most go together"
        )
    if outcome is not None and at_most is not None:
        outcome.mark("at_most", at_most)
    first = min(group.created for group in mine.values() if group.created is not None)
    year = financial_year(first)
    if not approval_lines(scenario, budget):
        raise ValueError(f"latest_start: budget {budget!r} has no approval to stay inside")
    approval = approved_in(scenario, budget, year)
    months = list(pd.period_range(first, financial_year_start(year) + 11, freq="M"))
    scenarios = [
        scenario.replace({f"workforce.posts.{name}.{key}": str(month) for name in mine for key in ("created", "starts_on")})
        for month in months
    ]  # fmt: skip
    cost = Outcome("net_cost_gbp", budget=budget, year=year)
    asked = [cost] if outcome is None else [cost, outcome]
    draw = np.arange(runs) % DRAWS
    rows = []
    for month, one in zip(
        months, play(versions_of(scenarios, seed, True), asked, np.arange(runs), seed, executor=executor), strict=True
    ):
        s = spread(one.figures[cost], draw)
        within = spread((one.figures[cost] <= approval).astype(float), draw)
        reached = spread(one.figures[outcome], draw) if outcome else None
        met = reached is None or at_most is None or reached.mean <= at_most
        rows.append((str(month), s.mean, s.p10, s.p90, approval, within.mean, within.error, reached.mean if reached else np.nan,
                     reached.error if reached else np.nan, within.mean >= sure, met))  # fmt: skip
    columns = [
        "month",
        "cost",
        "p10",
        "p90",
        "approval",
        "chance_within",
        "chance_error",
        "outcome",
        "error",
        "inside",
        "met",
    ]
    table = pd.DataFrame(rows, columns=columns)
    good = table[table["inside"] & table["met"]]["month"].tolist()
    earliest, latest = (good[0], good[-1]) if good else (None, None)
    return StartWindow(
        earliest, latest, table, _said(scenario, budget, year, approval, sure, table, good, outcome, at_most)
    )


def _said(scenario: Scenario, budget: str, year: str, approval: float, sure: float, table: pd.DataFrame, good: list[str],
          outcome: Outcome | None, at_most: float | None) -> str:  # fmt: skip
    label = scenario.funding.budgets[budget].label.lower()
    inside = table[table["inside"]]["month"].tolist()
    money = (
        f"All of {label} can start from {_named(inside[0])} on with at least {percent(sure)} assurance of staying inside {pounds(approval)} in {year}"
        if inside
        else f"No start in {year} keeps {label} inside {pounds(approval)} with {percent(sure)} assurance"
    )
    money += _untold(table, "chance_within", "chance_error", sure)
    if outcome is None or at_most is None:
        return f"{money}; a later start costs less, so the money sets no latest month."
    words = f"{outcome.words(scenario)} at most {outcome.printed(at_most)}"
    close = _untold(table, "outcome", "error", at_most)
    if not good:
        return f"{money}; no such start keeps {words}{close}."
    if good[-1] == table["month"].iloc[-1]:
        return f"{money}; every start up to {_named(good[-1])}, the last tried, keeps {words}{close}."
    return f"{money}; the latest start that keeps {words} is {_named(good[-1])}{close}."


def _untold(table: pd.DataFrame, column: str, error: str, mark: float) -> str:
    """The starts whose figure is within its error of a mark, in words; nothing where every one is clear of it."""
    close = table.index[(table[column] - mark).abs() <= CLEAR * table[error]].tolist()
    if not close:
        return ""
    named = [_named(table.loc[row, "month"]) for row in close]
    together = len(close) > 2 and close[-1] - close[0] == len(close) - 1
    said = f"{named[0]} to {named[-1]}" if together else " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
    return f" (with these runs {said} cannot be told from that mark)"


def _named(month: str) -> str:
    return f"{pd.Period(month, 'M'):%B %Y}"
