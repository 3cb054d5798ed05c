"""The front door: run a scenario, and hold what came of it.

``run_block`` is the way through the house for one block of runs: people, cases, pounds, funding,
checks. Blocks are independent, so any executor may take them; results are joined in run order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import Executor
from functools import cached_property, partial
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.checks import Check, check_block, joined_checks
from workforce_model.costs import KINDS, Values, monthly_prices
from workforce_model.doubt import DRAWS, draw_values
from workforce_model.draws import Words
from workforce_model.establishment import Posts, lay_out
from workforce_model.funding import Ledger, approved_amount, fund
from workforce_model.history import History
from workforce_model.monthly_bill import People, by_budget, price
from workforce_model.periods import financial_year
from workforce_model.scenario import Scenario
from workforce_model.simulation import simulate

RUNS, SEED = 2_000, 20190612
BLOCK = 1_024
"""Runs played at once; figures do not depend on it."""
_MOST_BYTES = 16e9


@dataclasses.dataclass(frozen=True)
class Block:
    """One block of runs, played, priced, funded and checked."""

    runs: NDArray[np.int64]
    history: History
    cost: NDArray[np.float64]
    ledger: Ledger
    checks: tuple[Check, ...]


@dataclasses.dataclass(frozen=True)
class Results:
    """What came of a scenario: every run's people, cases and pounds, by month.

    Attributes
    ----------
    scenario : Scenario
        The scenario as it was run; scenarios are frozen, so later changes cannot reach it.
    runs, seed : int
    doubt : bool
        Whether the ranges hold doubt about the assumptions as well as luck.
    posts : Posts
        The posts laid out, one row each.
    history : History
        People and cases. Month 0 is the opening position.
    cost : array, shape (M, B, K, R)
        Pounds by month, budget, kind and run; kinds as ``costs.KINDS``.
    ledger : Ledger
    checks : tuple of Check
    """

    scenario: Scenario
    runs: int
    seed: int
    doubt: bool
    posts: Posts
    history: History
    cost: NDArray[np.float64]
    ledger: Ledger
    checks: tuple[Check, ...]

    @cached_property
    def months(self) -> pd.PeriodIndex:
        """Every simulated month."""
        return self.scenario.periods.months()

    @property
    def years(self) -> tuple[str, ...]:
        """The financial year of each simulated month."""
        return tuple(financial_year(month) for month in self.months)

    @property
    def budgets(self) -> tuple[str, ...]:
        """Budget heads, in the order of the cost array."""
        return tuple(sorted(self.scenario.funding.budgets))

    @property
    def draw(self) -> NDArray[np.intp]:
        """Each run's draw of the assumptions."""
        return np.arange(self.runs) % (DRAWS if self.doubt else 1)

    @property
    def passed(self) -> bool:
        """Whether every check passed; no report is written otherwise."""
        return all(check.status != "failed" for check in self.checks)

    def cost_of(self, budget: str, year: str) -> NDArray[np.float64]:
        """Pounds spent from a budget in a financial year, in every run, shape (R,)."""
        months = np.array(self.years) == year
        return np.asarray(self.cost[months, self.budgets.index(budget)].sum(axis=(0, 1)))

    def summary(self) -> str:
        """One screen: cost, funding, staff and caseload, each with its range."""
        from workforce_model.summary import summary_text

        return summary_text([self])

    def monthly(self) -> pd.DataFrame:
        """Every measure by month and team, tidy, with its range and Monte Carlo error."""
        from workforce_model.tables import monthly_table

        return monthly_table(self)

    def annual(self) -> pd.DataFrame:
        """Every measure by financial year: flows added, stocks at year end, rates worked out again."""
        from workforce_model.tables import annual_table

        return annual_table(self)


def run(scenario: Scenario, runs: int = RUNS, seed: int = SEED, *, doubt: bool = True, executor: Executor | None = None,
        block: int = BLOCK, progress: Callable[[int], object] | None = None) -> Results:  # fmt: skip
    """Simulate, price and fund a scenario.

    Parameters
    ----------
    scenario : Scenario
    runs : int
        How many futures to play: 1,000 to look round, 2,000 for a paper.
    seed : int
        Root seed, a whole number from 0. The same seed gives the same luck in every scenario.
    doubt : bool
        Vary the uncertain assumptions over their ranges; otherwise each stands at its value.
    executor : concurrent.futures.Executor, optional
        Where to play the blocks; the figures are the same to the bit.
    block : int
        Runs played at once; the figures do not depend on it.
    progress : callable, optional
        Told the number of runs finished after each block.

    Returns
    -------
    Results

    Raises
    ------
    ValueError
        If runs, seed or block make no sense, or the results would not fit in memory.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> wm.run(approved, runs=4).passed
    True
    """
    _refuse_impossible(scenario, runs, seed, block)
    values = draw_values(scenario, seed, doubt)
    blocks = _blocks(runs, DRAWS if doubt else 1, block)
    approved = approvals(scenario)
    play = partial(run_block, scenario, values, approved, seed)
    played = []
    for finished in map(play, blocks) if executor is None else executor.map(play, blocks):
        played.append(finished)
        if progress:
            progress(finished.runs.size)
    return _joined(scenario, runs, seed, doubt, played)


def _refuse_impossible(scenario: Scenario, runs: int, seed: int, block: int) -> None:
    for name, value, least in (("runs", runs, 1), ("seed", seed, 0), ("block", block, 1)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} = {value!r}: expected a whole number, at least {least}")
    groups = len(scenario.workforce.posts) + len(scenario.workforce.agency)
    bytes_each = len(scenario.periods.months()) * (
        groups * 18 + len(scenario.caseloads.teams) * 60 + len(scenario.funding.budgets) * 125
    )
    if runs * bytes_each > _MOST_BYTES:
        raise ValueError(
            f"runs = {runs:,}: the results would take about {runs * bytes_each / 1e9:,.0f} GB; at most {int(_MOST_BYTES / bytes_each):,} runs fit"
        )


def _blocks(runs: int, draws: int, block: int) -> list[NDArray[np.int64]]:
    """The run numbers of each block, runs of one draw side by side, so a block needs few tables."""
    numbers = np.arange(runs)
    return np.array_split(numbers[np.argsort(numbers % draws, kind="stable")], -(-runs // block))


def run_block(
    scenario: Scenario, values: Values, approved: dict[str, NDArray[np.float64]], seed: int, runs: NDArray[np.int64]
) -> Block:
    """Play, price, fund and check one block of runs."""
    draws = next(iter(values.values())).size
    mine, draw = np.unique(runs % draws, return_inverse=True)
    here = {path: value[mine] for path, value in values.items()}
    words = Words(seed, runs)
    months = scenario.periods.months()
    years = tuple(financial_year(month) for month in months)
    budgets = tuple(sorted(scenario.funding.budgets))
    history = simulate(scenario.periods, scenario.workforce, scenario.caseloads, here, draw, words)
    posts = lay_out(scenario.workforce, scenario.periods.start)
    cost = price(people_of(scenario, posts, history), months, scenario.costs, here, draw, budgets)
    ledger = fund(by_budget(cost), years, budgets, scenario.funding, approved)
    return Block(
        runs=runs, history=history, cost=cost, ledger=ledger, checks=check_block(scenario, posts, history, cost, ledger)
    )


def people_of(scenario: Scenario, posts: Posts, history: History) -> People:
    """What the price of a month needs: the people in post, by group, with their grade and budget."""
    groups = [scenario.workforce.posts.get(name) or scenario.workforce.agency[name] for name in posts.groups]
    contracts = scenario.workforce.agency
    commissioned = {name for name, group in contracts.items() if group.kind == "commissioned"}
    established = np.array([name in scenario.workforce.posts for name in posts.groups])
    return People(
        permanent=history.staff["permanent"][1:],
        agency=history.staff["agency"][1:],
        started=history.staff["started"][1:],
        converted=history.staff["converted"][1:],
        replaced=history.staff["agency_ended"][1:] * established[:, None],
        fte=np.array([group.fte for group in groups]),
        grade=tuple(group.grade for group in groups),
        budget=tuple(group.budget for group in groups),
        commissioned=tuple(name if name in commissioned else None for name in posts.groups),
        contract_months=tuple(
            (contracts[name].last_month - contracts[name].first_month).n + 1 if name in contracts else None
            for name in posts.groups
        ),
    )


def approvals(scenario: Scenario) -> dict[str, NDArray[np.float64]]:
    """Pounds approved in each simulated financial year, by funding line."""
    years = [financial_year(month) for month in scenario.periods.months()]
    distinct = list(dict.fromkeys(years))
    return {
        name: np.array(
            [
                establishment_cost(scenario, line.budget, year) * (1 - line.vacancy_factor) * years.count(year) / 12
                if line.at_establishment_cost
                else approved_amount(line, year)
                for year in distinct
            ]
        )
        for name, line in scenario.funding.lines.items()
    }


def establishment_cost(scenario: Scenario, budget: str, year: str) -> float:
    """Full-year cost of a budget's posts, all filled by permanent staff, at each assumption's value."""
    values = draw_values(scenario, 0, doubt=False)
    posts = [group for group in scenario.workforce.posts.values() if group.budget == budget]
    return float(
        sum(
            12 * group.number * monthly_prices(scenario.costs, values, year, group.grade, group.fte)[0].sum()
            for group in posts
        )
    )


Figures = TypeVar("Figures", bound=np.generic)


def _in_run_order(parts: list[NDArray[Figures]], order: NDArray[np.intp]) -> NDArray[Figures]:
    """The blocks' arrays side by side, runs in order of their number."""
    return np.asarray(np.concatenate(parts, axis=-1)[..., order])


def _joined(scenario: Scenario, runs: int, seed: int, doubt: bool, blocks: list[Block]) -> Results:
    order = np.argsort(np.concatenate([part.runs for part in blocks]), kind="stable")
    histories, ledgers = [part.history for part in blocks], [part.ledger for part in blocks]
    first = ledgers[0]
    return Results(
        scenario=scenario,
        runs=runs,
        seed=seed,
        doubt=doubt,
        posts=lay_out(scenario.workforce, scenario.periods.start),
        history=History(
            staff={name: _in_run_order([h.staff[name] for h in histories], order) for name in histories[0].staff},
            cases={name: _in_run_order([h.cases[name] for h in histories], order) for name in histories[0].cases},
            holder_fte=_in_run_order([h.holder_fte for h in histories], order),
            bands=_in_run_order([h.bands for h in histories], order),
            histogram=np.sum([h.histogram for h in histories], axis=0),
        ),
        cost=_in_run_order([part.cost for part in blocks], order),
        ledger=Ledger(
            lines=first.lines,
            approved=first.approved,
            vired=first.vired,
            carries=first.carries,
            used=_in_run_order([part.used for part in ledgers], order),
            gap=_in_run_order([part.gap for part in ledgers], order),
            unspent=_in_run_order([part.unspent for part in ledgers], order),
        ),
        checks=joined_checks([part.checks for part in blocks]),
    )


__all__ = ["KINDS", "RUNS", "SEED", "Results", "run", "run_block"]
