"""The front door: run a scenario, and hold what came of it.

``run_block`` is the way through the house for one block of runs: people, cases, pounds, funding,
checks. Blocks are independent, so any executor may take them; results are joined in run order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.checks import Check, check_block, joined_checks
from workforce_model.costs import KINDS, People, Values, by_budget, monthly_prices, price
from workforce_model.doubt import DRAWS, draw_values
from workforce_model.draws import Words
from workforce_model.funding import Ledger, approved_amount, fund
from workforce_model.history import History
from workforce_model.periods import financial_year
from workforce_model.posts import Posts, lay_out
from workforce_model.scenario import Scenario
from workforce_model.simulation import simulate

if TYPE_CHECKING:
    from workforce_model.duty_results import DutiesDone

RUNS, SEED = 2_000, 20190612
BLOCK = 1_024
"""Runs played at once; figures do not depend on it."""
_MOST_BYTES = 16e9

Kept = TypeVar("Kept")
Figures = TypeVar("Figures", bound=np.generic)


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
    numbers : array of int64, shape (R,)
        The number of each run, rising: from 0, with none left out, unless the runs were interrupted.
    seed : int
    doubt : bool
        Whether the ranges hold doubt about the assumptions as well as luck.
    history : History
        People and cases. Month 0 is the opening position.
    cost : array, shape (M, B, K, R)
        Pounds by month, budget, kind and run; kinds as ``costs.KINDS``.
    ledger : Ledger
    checks : tuple of Check
    """

    scenario: Scenario
    numbers: NDArray[np.int64]
    seed: int
    doubt: bool
    history: History
    cost: NDArray[np.float64]
    ledger: Ledger
    checks: tuple[Check, ...]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return int(self.numbers.size)

    @cached_property
    def posts(self) -> Posts:
        """The posts laid out, one row each."""
        return lay_out(self.scenario.workforce, self.scenario.periods.start)

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
        return np.asarray(self.numbers % (DRAWS if self.doubt else 1))

    @cached_property
    def duties(self) -> DutiesDone:
        """The duties played after the simulation, by the people it has in post."""
        from workforce_model.duty_results import duties_done

        return duties_done(self)

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


class Interrupted(KeyboardInterrupt):
    """Runs were stopped before the last; those complete by then are kept.

    Attributes
    ----------
    results : Results or None
        The complete runs, which ``run(..., resume=results)`` goes on from; None where there are none yet.
    """

    def __init__(self, results: Results | None, asked: int) -> None:
        self.results = results
        super().__init__(f"stopped: {results.runs if results else 0:,} of {asked:,} runs are complete and kept")


def run(scenario: Scenario, runs: int = RUNS, seed: int = SEED, *, doubt: bool = True, executor: Executor | None = None,
        block: int = BLOCK, progress: Callable[[int], object] | None = None, resume: Results | None = None) -> Results:  # fmt: skip
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
    resume : Results, optional
        Runs of this scenario and seed already complete: only the rest are played.

    Returns
    -------
    Results

    Raises
    ------
    ValueError
        If runs, seed or block make no sense, ``resume`` is of another scenario, or the results would not fit in memory.
    Interrupted
        If stopped by the keyboard, with the runs that were complete.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> wm.run(approved, runs=4).passed
    True
    """
    _refuse_impossible(scenario, runs, seed, block)
    played = [] if resume is None else [_going_on(resume, scenario, seed, doubt, runs)]
    done = played[0].runs if played else np.zeros(0, dtype=np.int64)
    blocks = _blocks(np.setdiff1d(np.arange(runs), done), DRAWS if doubt else 1, block)
    try:
        for finished in _played(partial(run_block, scenario, *_settled(scenario, seed, doubt), seed), blocks, executor):
            played.append(finished)
            if progress:
                progress(finished.runs.size)
    except KeyboardInterrupt:
        raise Interrupted(joined(scenario, seed, doubt, played) if played else None, runs) from None
    return joined(scenario, seed, doubt, played)


def keep(scenario: Scenario, kept: Callable[[Results], Kept], runs: int = RUNS, seed: int = SEED, *, doubt: bool = True,
         executor: Executor | None = None, block: int = BLOCK) -> Iterator[tuple[NDArray[np.int64], Kept]]:  # fmt: skip
    """Simulate, price and fund a scenario, and keep only what is asked of each block of runs.

    Memory does not grow with the number of runs beyond what is kept, so millions are a matter of time.

    Parameters
    ----------
    kept : callable
        Takes the :class:`Results` of one block and returns what to keep; a function of a module, so that
        other processes can be sent it.

    Yields
    ------
    runs : array of int64
        The run numbers of the block.
    kept
        What was kept of them.

    Raises
    ------
    ValueError
        If runs, seed or block make no sense.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> [costs.shape for _, costs in keep(approved, lambda r: r.cost_of("nine_posts", "2020/21"), runs=4)]
    [(4,)]
    """
    _refuse_impossible(scenario, min(runs, block), seed, block)
    play = partial(_kept_of_block, scenario, kept, *_settled(scenario, seed, doubt), seed, doubt)
    yield from _played(play, _blocks(np.arange(runs), DRAWS if doubt else 1, block), executor)


def _kept_of_block(scenario: Scenario, kept: Callable[[Results], Kept], values: Values, approved: dict[str, NDArray[np.float64]],
                   seed: int, doubt: bool, runs: NDArray[np.int64]) -> tuple[NDArray[np.int64], Kept]:  # fmt: skip
    results = joined(scenario, seed, doubt, [run_block(scenario, values, approved, seed, runs)])
    return results.numbers, kept(results)


def _settled(scenario: Scenario, seed: int, doubt: bool) -> tuple[Values, dict[str, NDArray[np.float64]]]:
    """What is the same in every block: each assumption's value in each draw, and the approvals."""
    return draw_values(scenario, seed, doubt), approvals(scenario)


def _played(
    play: Callable[[NDArray[np.int64]], Kept], blocks: list[NDArray[np.int64]], executor: Executor | None
) -> Iterator[Kept]:
    yield from map(play, blocks) if executor is None else executor.map(play, blocks)


def _going_on(resume: Results, scenario: Scenario, seed: int, doubt: bool, runs: int) -> Block:
    """Complete runs as a block of their own, refused unless they are runs of what is asked now."""
    for name, given, asked in (("seed", resume.seed, seed), ("doubt", resume.doubt, doubt)):
        if given != asked:
            raise ValueError(f"resume has {name} = {given!r}: expected {asked!r}, as asked now")
    if resume.scenario != scenario:
        raise ValueError(f"resume holds runs of {resume.scenario.name!r} as it stood then: expected the same scenario")
    if resume.numbers.max() >= runs:
        raise ValueError(f"runs = {runs:,}: resume holds run {resume.numbers.max():,} already; ask for more")
    return Block(resume.numbers, resume.history, resume.cost, resume.ledger, resume.checks)


def _refuse_impossible(scenario: Scenario, runs: int, seed: int, block: int) -> None:
    for name, value, least in (("runs", runs, 1), ("seed", seed, 0), ("block", block, 1)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} = {value!r}: expected a whole number, at least {least}")
    groups = len(scenario.workforce.posts) + len(scenario.workforce.agency)
    a_month = groups * 18 + len(scenario.caseloads.teams) * 60 + len(scenario.funding.budgets) * 100
    bytes_each = len(scenario.periods.months()) * a_month
    if runs * bytes_each > _MOST_BYTES:
        size, most = runs * bytes_each / 1e9, int(_MOST_BYTES / bytes_each)
        raise ValueError(f"runs = {runs:,}: the results would take about {size:,.0f} GB; at most {most:,} runs fit")


def _blocks(numbers: NDArray[np.int64], draws: int, block: int) -> list[NDArray[np.int64]]:
    """The run numbers of each block, runs of one draw side by side, so a block needs few tables."""
    in_draws = numbers[np.argsort(numbers % draws, kind="stable")]
    return np.array_split(in_draws, -(-numbers.size // block)) if numbers.size else []


def run_block(
    scenario: Scenario, values: Values, approved: dict[str, NDArray[np.float64]], seed: int, runs: NDArray[np.int64]
) -> Block:
    """Play, price, fund and check one block of runs."""
    draws = next(iter(values.values())).size
    mine, draw = np.unique(runs % draws, return_inverse=True)
    here = {path: value[mine] for path, value in values.items()}
    words = Words(seed, runs)
    years = tuple(financial_year(month) for month in scenario.periods.months())
    budgets = tuple(sorted(scenario.funding.budgets))
    history = simulate(scenario.place, scenario.periods, scenario.workforce, scenario.caseloads, here, draw, words)
    posts = lay_out(scenario.workforce, scenario.periods.start)
    cost = price(people_of(scenario, posts, history), years, scenario.costs, here, draw, budgets)
    ledger = fund(by_budget(cost), years, budgets, scenario.funding, approved)
    return Block(
        runs=runs, history=history, cost=cost, ledger=ledger, checks=check_block(scenario, posts, history, cost, ledger)
    )


def people_of(scenario: Scenario, posts: Posts, history: History) -> People:
    """What the price of a month needs: the people in post, by group, with their grade and budget."""
    groups = [scenario.workforce.posts.get(name) or scenario.workforce.agency[name] for name in posts.groups]
    commissioned = {name for name, group in scenario.workforce.agency.items() if group.kind == "commissioned"}
    return People(
        permanent=history.staff["permanent"][1:],
        agency=(history.staff["agency"] + history.people("stand_in") + history.people("on_notice"))[1:],
        started=history.staff["started"][1:],
        fte=np.array([group.fte for group in groups]),
        grade=tuple(group.grade for group in groups),
        budget=tuple(group.budget for group in groups),
        commissioned=tuple(name if name in commissioned else None for name in posts.groups),
    )


def approvals(scenario: Scenario) -> dict[str, NDArray[np.float64]]:
    """Pounds approved in each simulated financial year, by funding line."""
    years = [financial_year(month) for month in scenario.periods.months()]
    distinct = list(dict.fromkeys(years))
    return {
        name: np.array(
            [
                establishment_cost(scenario, line.budget, year) * years.count(year) / 12
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


def _in_run_order(parts: list[NDArray[Figures]], order: NDArray[np.intp]) -> NDArray[Figures]:
    """The blocks' arrays side by side, runs in order of their number."""
    return np.asarray(np.concatenate(parts, axis=-1)[..., order])


def joined(scenario: Scenario, seed: int, doubt: bool, blocks: list[Block]) -> Results:
    """The blocks' runs together, in order of their number."""
    numbers = np.concatenate([part.runs for part in blocks])
    order = np.argsort(numbers, kind="stable")
    histories, ledgers = [part.history for part in blocks], [part.ledger for part in blocks]
    first = ledgers[0]
    return Results(
        scenario=scenario,
        numbers=numbers[order],
        seed=seed,
        doubt=doubt,
        history=History(
            staff={name: _in_run_order([h.staff[name] for h in histories], order) for name in histories[0].staff},
            cases={name: _in_run_order([h.cases[name] for h in histories], order) for name in histories[0].cases},
            ways=histories[0].ways,
            passed=_in_run_order([h.passed for h in histories], order),
            holder_fte=_in_run_order([h.holder_fte for h in histories], order),
            bands=_in_run_order([h.bands for h in histories], order),
            histogram=np.sum([h.histogram for h in histories], axis=0),
        ),
        cost=_in_run_order([part.cost for part in blocks], order),
        ledger=Ledger(
            lines=first.lines,
            approved=first.approved,
            used=_in_run_order([part.used for part in ledgers], order),
            gap=_in_run_order([part.gap for part in ledgers], order),
            unspent=_in_run_order([part.unspent for part in ledgers], order),
        ),
        checks=joined_checks([part.checks for part in blocks]),
    )


__all__ = ["KINDS", "RUNS", "SEED", "Interrupted", "Results", "joined", "keep", "run", "run_block"]
