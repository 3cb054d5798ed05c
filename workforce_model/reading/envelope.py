"""The envelope test: what the posts of a budget cost, against what was approved for them.

The cost of the posts is worked out from their grades, never assumed, and then compared: the gap, the posts
and months the approval pays for, and the first month in which all could start within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.formats import money, rounded
from workforce_model.basis.periods import financial_year, financial_year_start, part_year_effect, share_of_year
from workforce_model.basis.problems import nearest
from workforce_model.engine.model import SEED
from workforce_model.engine.results import Results
from workforce_model.inputs.doubt import draw_values
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.costs import Values, monthly_prices
from workforce_model.money.funding_lines import available_amount
from workforce_model.reading.outcomes import reported

End = Literal["value", "low", "high"]


@dataclass(frozen=True)
class Envelope:
    """What a budget's posts cost when all are filled, against its approval. Arrays by draw, shape (D,).

    Attributes
    ----------
    posts : int
        Posts in the budget.
    first_year, full_year : str
        The financial year the posts are created in, and the next one.
    cost_first_year, cost_full_year : array
        Pounds for all posts filled for twelve months, at the prices of each of the two years.
    approved_first_year, approved_full_year : float
        Pounds approved in each, virements included.
    """

    budget: str
    posts: int
    first_year: str
    full_year: str
    cost_first_year: NDArray[np.float64]
    cost_full_year: NDArray[np.float64]
    approved_first_year: float
    approved_full_year: float

    def gap(self) -> NDArray[np.float64]:
        """Full-year cost, at first-year prices, less the approval: positive is more than was approved."""
        return self.cost_first_year - self.approved_first_year

    def posts_affordable(self) -> NDArray[np.float64]:
        """Posts, at their average cost, that the approval pays for in a full year; not defined where they cost nothing."""
        return _over(self.posts * self.approved_first_year, self.cost_first_year)

    def months_affordable(self) -> NDArray[np.float64]:
        """Months of all the posts that the approval pays for; not defined where they cost nothing."""
        return _over(12 * self.approved_first_year, self.cost_first_year)

    def pays_for(self) -> str:
        """What the approval pays for, in words, at the first of these prices."""
        cost, left = float(self.cost_first_year[0]), -float(self.gap()[0])
        if not cost > 0:
            return "there is nothing to pay for"
        if left >= 0:
            spare = f" and leaves {money(left)}" if left >= 0.005 else ""
            return f"that pays for all {self.posts} posts for twelve months{spare}"
        posts, months = rounded(float(self.posts_affordable()[0]), 1), rounded(float(self.months_affordable()[0]), 1)
        return f"that pays for {posts} of {self.posts} posts, or {months} months of all {self.posts}"

    def if_all_start(self, month: pd.Period) -> NDArray[np.float64]:
        """First-year cost if every post is filled from this month on."""
        return np.asarray(part_year_effect(self.cost_first_year, month))

    def affordable_starts(self) -> NDArray[np.bool_]:
        """Whether all could start in each month from April and stay within the first year's approval, shape (12, D)."""
        april = financial_year_start(self.first_year)
        shares = np.array([share_of_year(april + m) for m in range(12)])
        return np.asarray(shares[:, None] * self.cost_first_year <= self.approved_first_year)

    def earliest_start(self) -> NDArray[np.int64]:
        """Position, from April as 0, of the first month all could start within the approval; 12 is none.

        The later all start, the less of the year is paid for, so every later month is affordable too.
        """
        fits = self.affordable_starts()
        return np.where(fits.any(axis=0), fits.argmax(axis=0), 12)

    def latest_start(self) -> NDArray[np.int64]:
        """Position, from April as 0, of the last month all could start within the approval; 12 is none."""
        fits = self.affordable_starts()
        return np.where(fits.any(axis=0), 11 - fits[::-1].argmax(axis=0), 12)


def _over(amount: float, cost: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(amount, cost, out=np.full(cost.shape, np.nan), where=cost > 0))


def envelopes(scenario: Scenario, *, at: End | None = None, seed: int = SEED) -> dict[str, Envelope]:
    """The envelope test of every budget whose posts are created while the clock runs and that has an approval.

    Parameters
    ----------
    at : str, optional
        With every price at its ``value``, its ``low`` or its ``high`` end; over the draws of their ranges if not given.

    Examples
    --------
    >>> import workforce_model as wm
    >>> nine = envelopes(wm.load_scenario("scenarios/approved.toml"), at="value")["nine_posts"]
    >>> round(float(nine.cost_first_year[0])), round(float(nine.posts_affordable()[0]), 1)
    (474247, 7.1)
    """
    values = draw_values(scenario, seed, doubt=True) if at is None else values_at(scenario, at)
    found = {}
    for budget in sorted(scenario.funding.budgets):
        groups = [g for g in scenario.workforce.posts.values() if g.budget == budget and g.number]
        created = [g.created for g in groups]
        if groups and approval_lines(scenario, budget) and all(when is not None for when in created):
            first = financial_year(min(when for when in created if when is not None))
            following = financial_year(financial_year_start(first) + 12)
            found[budget] = Envelope(
                budget=budget,
                posts=sum(g.number for g in groups),
                first_year=first,
                full_year=following,
                cost_first_year=_all_filled(scenario, values, budget, first),
                cost_full_year=_all_filled(scenario, values, budget, following),
                approved_first_year=approved_in(scenario, budget, first),
                approved_full_year=approved_in(scenario, budget, following),
            )
    return found


def gap_in(scenario: Scenario, values: Values, budget: str, year: str) -> NDArray[np.float64]:
    """All of a budget's posts filled for twelve months at a year's prices, less what is approved for that year, shape (D,).

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> [round(float(gap_in(approved, values_at(approved, "value"), "nine_posts", year)[0])) for year in ("2019/20", "2020/21")]
    [99247, 108482]
    """
    return _all_filled(scenario, values, budget, year) - approved_in(scenario, budget, year)


def approval_lines(scenario: Scenario, budget: str) -> list[str]:
    """The funding lines a budget's posts are held against: those that are not the posts' own cost."""
    return [
        name
        for name, line in scenario.funding.lines.items()
        if line.budget == budget and not line.at_establishment_cost
    ]


def approved_in(scenario: Scenario, budget: str, year: str) -> float:
    """Pounds a budget has in a year from its approvals, virements included."""
    return sum(available_amount(scenario.funding, line, year) for line in approval_lines(scenario, budget))


def newest_budget(scenario: Scenario) -> str | None:
    """The budget whose posts were created last; None where no posts are created while the clock runs."""
    created = {
        budget: max(str(group.created) for group in scenario.workforce.posts.values() if group.budget == budget)
        for budget in envelopes(scenario, at="value")
    }
    return max(created, key=lambda budget: created[budget]) if created else None


def budget_in_question(scenario: Scenario, named: str | None = None) -> str:
    """The budget that is meant: the one named; or else the newest, or the first where no posts are created.

    Raises
    ------
    ValueError
        If the scenario has no budget of that name.

    Examples
    --------
    >>> import workforce_model as wm
    >>> [budget_in_question(wm.load_scenario(f"scenarios/{name}.toml")) for name in ("approved", "do_nothing")]
    ['nine_posts', 'november_2018']
    """
    budgets = scenario.funding.budgets
    if named is not None and named not in budgets:
        raise ValueError(f"budget {named!r}: {scenario.name} has none of that name{nearest(named, budgets)}")
    return named or newest_budget(scenario) or min(budgets)


def proposed_budget(scenario: Scenario, base: Scenario) -> str | None:
    """The budget whose posts a scenario proposes: its newest, if the baseline lacks it and its test is of a reported year."""
    newest = newest_budget(scenario)
    known = base.funding.budgets if base is not scenario else {}
    if newest is None or newest in known:
        return None
    return newest if envelopes(scenario, at="value")[newest].first_year in reported(scenario) else None


def proposed(scenarios: Sequence[Scenario]) -> Scenario:
    """What a run of several scenarios is about: the first option with posts of its own, or the last scenario.

    Examples
    --------
    >>> import workforce_model as wm
    >>> names = ("do_nothing", "approved", "agency_continues")
    >>> proposed([wm.load_scenario(f"scenarios/{name}.toml") for name in names]).name
    'approved'
    """
    with_posts = (s for s in scenarios[1:] if proposed_budget(s, scenarios[0]))
    return next(with_posts, scenarios[-1])


def about(together: Sequence[Results]) -> Results:
    """The results that a run of several scenarios is about: those of the scenario :func:`proposed`."""
    name = proposed([r.scenario for r in together]).name
    return next(r for r in together if r.scenario.name == name)


def values_at(scenario: Scenario, end: End) -> Values:
    """Every assumption at its value, or at the low or high end of its range where it has one; one draw each."""
    stated = {path: (getattr(a, end), a.value) for path, a in scenario.assumptions().items()}
    return {path: np.array([float(value if edge is None else edge)]) for path, (edge, value) in stated.items()}


def _all_filled(scenario: Scenario, values: Values, budget: str, year: str) -> NDArray[np.float64]:
    groups = [group for group in scenario.workforce.posts.values() if group.budget == budget]
    prices = (
        12 * g.number * monthly_prices(scenario.costs, values, year, g.grade, g.fte)[0].sum(axis=0) for g in groups
    )
    return np.asarray(sum(prices))


def envelope_table(scenario: Scenario, seed: int = SEED) -> pd.DataFrame:
    """The envelope test as a tidy table: each figure at the central prices and over their range.

    Returns
    -------
    DataFrame
        Columns scenario, budget, measure, period, unit, then the figure with every price at its value,
        low and high end, and the mean and percentiles over the draws.
    """
    ends = [envelopes(scenario, at=end) for end in ("value", "low", "high")]
    rows = []
    for budget, test in envelopes(scenario, seed=seed).items():
        at_ends = zip(*(_measures(end[budget]) for end in ends), strict=True)
        for (measure, period, unit, figures), single in zip(_measures(test), at_ends, strict=True):
            points = [float(one[3][0]) for one in single]
            spread = [float(figures.mean()), *np.quantile(figures, (0.1, 0.5, 0.9))]
            rows.append((scenario.name, budget, measure, period, unit, *points, *spread))
    columns = ["scenario", "budget", "measure", "period", "unit", "value", "low", "high", "mean", "p10", "p50", "p90"]
    return pd.DataFrame(rows, columns=columns)


def _measures(test: Envelope) -> list[tuple[str, str, str, NDArray[np.float64]]]:
    first, later, one = test.first_year, test.full_year, np.ones_like(test.cost_first_year)
    rows = [
        ("full-year cost, all posts filled", first, "GBP", test.cost_first_year),
        ("approval", first, "GBP", one * test.approved_first_year),
        ("gap in a full year", first, "GBP", test.gap()),
        ("posts affordable in a full year", first, "posts", test.posts_affordable()),
        ("months affordable of all posts", first, "months", test.months_affordable()),
        ("full-year cost, all posts filled", later, "GBP", test.cost_full_year),
        ("approval", later, "GBP", one * test.approved_full_year),
        ("gap in a full year", later, "GBP", test.cost_full_year - test.approved_full_year),
        (
            "posts affordable in a full year",
            later,
            "posts",
            _over(test.posts * test.approved_full_year, test.cost_full_year),
        ),
        ("months affordable of all posts", later, "months", _over(12 * test.approved_full_year, test.cost_full_year)),
        (
            "earliest affordable start of all",
            first,
            "month of the year, April is 1, 13 is none",
            test.earliest_start() + one,
        ),
        (
            "latest affordable start of all",
            first,
            "month of the year, April is 1, 13 is none",
            test.latest_start() + one,
        ),
    ]
    april = financial_year_start(first)
    for offset in range(12):
        month = april + offset
        spend = test.if_all_start(month)
        rows.append((f"part-year cost if all start in {month}", first, "GBP", spend))
        rows.append((f"unspent if all start in {month}", first, "GBP", test.approved_first_year - spend))
    return rows
