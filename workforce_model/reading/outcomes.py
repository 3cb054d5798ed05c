"""The figure of a run that a question is about: a measure or a sum of money, of a team or budget, in a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.formats import NOT_DEFINED, percent, pounds, rounded
from workforce_model.basis.periods import financial_year, financial_year_start, march, years_named
from workforce_model.engine.results import Results
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.costs import AGENCY_KINDS, KINDS
from workforce_model.reading.measures import MEASURES, measured, measured_in_year

Figures = NDArray[np.float64]

MONEY = {
    "net_cost_gbp": "net cost",
    "agency_cost_gbp": "agency cost",
    "funding_gbp": "money that met the cost",
    "gap_gbp": "gap",
}
"""Sums of money, all budgets together unless one is named. Net: agency no longer needed is already off it."""
KEPT = "kept_below_limit"
"""1 in a run that keeps the stated share of workers below the caseload limit, else 0: its mean is a chance."""
ALL_YEARS = "all years"
PENNY, FINE = 0.01, 1e-9
"""The grain that figures are rounded to once, in pounds and otherwise, where sums must be exact."""


@dataclass(frozen=True)
class Outcome:
    """A figure of each run.

    Parameters
    ----------
    measure : str
        One of :data:`workforce_model.reading.measures.MEASURES`, of :data:`MONEY`, or ``kept_below_limit``.
    team, budget : str, optional
        The team of a measure, or the budget of a sum of money; all together if not given.
    year : str, optional
        ``2020/21``: a flow or a sum of money is added up over it, a stock or rate is read in its March.
        ``all years``: added up over every reported year. By default the second reported year.
    keep : float
        The share of workers that ``kept_below_limit`` asks for.

    Examples
    --------
    >>> Outcome("share_at_or_over", team="family_support", year="2020/21").unit
    'share of workers'
    """

    measure: str
    team: str | None = None
    year: str | None = None
    budget: str | None = None
    keep: float = 0.9

    def __post_init__(self) -> None:
        known = [*MEASURES, *MONEY, KEPT]
        if self.measure not in known:
            raise ValueError(f"outcome {self.measure!r}: expected one of {', '.join(known)}")
        money = self.measure in MONEY
        if self.team is not None and money:
            raise ValueError(f"outcome {self.measure}: money is by budget, not by team {self.team!r}")
        if self.budget is not None and not money:
            raise ValueError(f"outcome {self.measure}: a budget ({self.budget!r}) is for sums of money only")
        if self.year == ALL_YEARS and not (money or (self.measure != KEPT and MEASURES[self.measure].kind == "flow")):
            raise ValueError(f"outcome {self.measure}: only a flow or a sum of money adds up over all years")
        if not 0 < self.keep <= 1:
            raise ValueError(f"keep = {self.keep!r}: expected a share above 0, at most 1 (nine in ten is 0.9)")

    @property
    def unit(self) -> str:
        """The unit the figure is in."""
        if self.measure in MONEY:
            return "GBP"
        return "chance" if self.measure == KEPT else MEASURES[self.measure].unit

    @property
    def grain(self) -> float:
        """What the figure is rounded to where sums must be exact: a penny, or a thousand-millionth."""
        return PENNY if self.unit == "GBP" else FINE

    def printed(self, value: float, *, change: bool = False) -> str:
        """The figure as a page shows it; ``change``: a difference, a share's in percentage points.

        Examples
        --------
        >>> Outcome("share_at_or_over").printed(0.248), Outcome("share_at_or_over").printed(-0.051, change=True)
        ('25%', '-5.1 points')
        """
        if np.isnan(value):
            return NOT_DEFINED
        if self._shared and not change:
            return percent(value)
        return self._number(value, change) + (" points" if self._shared else "")

    def ranged(self, mean: float, low: float, high: float) -> str:
        """A difference with its range, as a page shows it.

        Examples
        --------
        >>> Outcome("share_at_or_over").ranged(-0.051, -0.1, 0.0)
        '-5.1 [-10.0 to 0.0] points'
        """
        if np.isnan(mean):
            return NOT_DEFINED
        said = [self._number(x, True) for x in (mean, low, high)]
        return f"{said[0]} [{said[1]} to {said[2]}]" + (" points" if self._shared else "")

    def mark(self, name: str, value: float) -> float:
        """A figure to hold the outcome against, refused where it cannot be one.

        Examples
        --------
        >>> Outcome("share_at_or_over").mark("at_most", 20)
        Traceback (most recent call last):
        ValueError: at_most = 20: expected a share from 0 to 1 (20% is written 0.2)
        """
        if not np.isfinite(value):
            raise ValueError(f"{name} = {value!r}: expected a finite figure, in {self.unit}")
        if self._shared and not 0 <= value <= 1:
            raise ValueError(f"{name} = {value!r}: expected a share from 0 to 1 (20% is written 0.2)")
        return float(value)

    @property
    def _shared(self) -> bool:
        return self.unit in ("share of workers", "share of posts", "chance")

    def _number(self, value: float, change: bool) -> str:
        if self.unit == "GBP":
            return pounds(value)
        said = rounded(100 * value if self._shared else value, 1)
        return f"{said:+}" if change and said else f"{abs(said)}" if not said else f"{said}"

    def words(self, scenario: Scenario) -> str:
        """The figure in words, for a sentence or a title."""
        year = settled_year(self, scenario)
        span = years_named(reported(scenario)) if year == ALL_YEARS else year
        if self.measure in MONEY:
            whose = "" if self.budget is None else f" of {scenario.funding.budgets[self.budget].label.lower()}"
            return f"the {MONEY[self.measure]}{whose} in {span}"
        flow = self.measure != KEPT and MEASURES[self.measure].kind == "flow"
        when = span if flow else march(year)
        whose = "all" if self.team is None else scenario.workforce.teams[self.team].label.lower()
        limit = scenario.caseloads.caseload_limit
        if self.measure == KEPT:
            return f"the chance that at least {percent(self.keep)} of {whose} workers are below {limit} cases in {when}"
        if self.measure == "share_at_or_over":
            return f"the share of {whose} workers with {limit} or more cases in {when}"
        label = MEASURES[self.measure].label
        return (
            f"{label[0].lower()}{label[1:]} ({whose} teams) in {when}"
            if self.team is None
            else f"{label[0].lower()}{label[1:]} ({whose}) in {when}"
        )


def settled(outcome: Outcome | str) -> Outcome:
    """An outcome, given as one or by the name of its measure alone."""
    if not isinstance(outcome, str | Outcome):
        raise ValueError(f"outcome {outcome!r}: expected an Outcome, or the name of its measure")
    return Outcome(outcome) if isinstance(outcome, str) else outcome


def all_settled(outcomes: Iterable[Outcome | str]) -> tuple[Outcome, ...]:
    """Outcomes, each given as one or by the name of its measure; one alone is refused, for a name is read letter by letter.

    Examples
    --------
    >>> [outcome.measure for outcome in all_settled(["open_cases", Outcome("caseload")])]
    ['open_cases', 'caseload']
    """
    if isinstance(outcomes, str | Outcome):
        raise ValueError(f"outcomes = {outcomes!r}: expected a list of outcomes, even of one")
    return tuple(settled(outcome) for outcome in outcomes)


def reported(scenario: Scenario) -> tuple[str, ...]:
    """The financial years a scenario reports, in order."""
    months = scenario.periods.months()
    return tuple(dict.fromkeys(financial_year(month) for month in months if month >= scenario.periods.report_from))


def settled_year(outcome: Outcome, scenario: Scenario) -> str:
    """The year an outcome is read in: as stated, or the second reported year."""
    years = reported(scenario)
    if outcome.year is None:
        return years[min(1, len(years) - 1)]
    if outcome.year != ALL_YEARS and outcome.year not in years:
        financial_year_start(outcome.year)
        raise ValueError(f"outcome {outcome.measure}: {outcome.year} is not reported; known: {', '.join(years)}")
    return outcome.year


def asked(results: Results, outcome: Outcome) -> Figures:
    """An outcome in every run, shape (R,)."""
    year = settled_year(outcome, results.scenario)
    if outcome.measure in MONEY:
        years = np.array(results.years)
        wanted = np.isin(years, reported(results.scenario)) if year == ALL_YEARS else years == year
        return _money(results, outcome, np.flatnonzero(wanted))
    if outcome.measure == KEPT:
        over = measured_in_year(results, "share_at_or_over", year, outcome.team)
        return np.where(np.isnan(over), np.nan, over <= 1 - outcome.keep + 1e-12)
    if year == ALL_YEARS:
        flow = measured(results, outcome.measure, outcome.team)[1:]
        return np.asarray(flow[np.isin(results.years, reported(results.scenario))].sum(axis=0))
    return measured_in_year(results, outcome.measure, year, outcome.team)


def _money(results: Results, outcome: Outcome, months: NDArray[np.intp]) -> Figures:
    budgets = list(results.budgets)
    if outcome.budget is not None and outcome.budget not in budgets:
        raise ValueError(f"outcome {outcome.measure}: unknown budget {outcome.budget!r}; known: {', '.join(budgets)}")
    mine = [i for i, name in enumerate(budgets) if outcome.budget in (None, name)]
    if outcome.measure == "gap_gbp":
        return np.asarray(results.ledger.gap[months][:, mine].sum(axis=(0, 1)))
    if outcome.measure == "funding_gbp":
        lines = results.scenario.funding.lines
        drawn = [i for i, name in enumerate(results.ledger.lines) if outcome.budget in (None, lines[name].budget)]
        return np.asarray(results.ledger.used[months][:, drawn].sum(axis=(0, 1)))
    kinds = KINDS if outcome.measure == "net_cost_gbp" else AGENCY_KINDS
    chosen = results.cost[months][:, mine][:, :, [KINDS.index(kind) for kind in kinds]]
    return np.asarray(chosen.sum(axis=(0, 1, 2)))


def standard_outcomes(scenario: Scenario) -> tuple[Outcome, ...]:
    """What a comparison shows unless told otherwise: pounds by year, what has no funding, FTE, and the share at or over the limit."""
    years = reported(scenario)[:2]
    second = years[-1]
    money = [Outcome("net_cost_gbp", year=year) for year in years]
    money += [Outcome("net_cost_gbp", year=ALL_YEARS)] * (len(years) > 1)
    money += [Outcome(name, year=second) for name in ("agency_cost_gbp", "gap_gbp")]
    staff = [Outcome(name, year=second) for name in ("in_post_fte", "agency_cover_fte", "agency_additional_fte")]
    teams = [None, *sorted(scenario.caseloads.teams)]
    return (*money, *staff, *(Outcome("share_at_or_over", team=team, year=second) for team in teams))


def paper_outcomes(base: Scenario, options: Sequence[Scenario]) -> tuple[Outcome, ...]:
    """What a Cabinet paper says of an option beside the baseline: every year's pounds, two years' staff and caseloads."""
    years = reported(base)
    money = [Outcome(name, year=year) for name in ("net_cost_gbp", "agency_cost_gbp") for year in (*years, ALL_YEARS)]
    names = ("in_post_fte", "vacancy_fte", "agency_cover_fte", "agency_additional_fte", "commissioned_fte",
             "unallocated_cases", "changes_of_worker")  # fmt: skip
    people = [Outcome(name, year=year) for name in names for year in years[:2]]
    teams = set(base.caseloads.teams).intersection(*(option.caseloads.teams for option in options))
    shares = [
        Outcome("share_at_or_over", team=team, year=year) for team in (None, *sorted(teams)) for year in years[:2]
    ]
    return (*money, *people, *shares)
