"""What came of a scenario: every run's people, cases and pounds, by month."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.periods import financial_year
from workforce_model.engine.checks import Check, joined_checks
from workforce_model.engine.history import History
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.funding import Ledger
from workforce_model.people.posts import Posts, lay_out

if TYPE_CHECKING:
    from workforce_model.reading.duty_results import DutiesDone

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
    asked : int
        How many runs were asked for; more than there are only where they were interrupted.
    """

    scenario: Scenario
    numbers: NDArray[np.int64]
    seed: int
    doubt: bool
    history: History
    cost: NDArray[np.float64]
    ledger: Ledger
    checks: tuple[Check, ...]
    asked: int

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
    def kinds_spent(self) -> NDArray[np.bool_]:
        """Whether anything is ever spent of each kind from each budget, shape (B, K)."""
        return np.asarray(self.cost.any(axis=(0, 3)))

    @cached_property
    def duties(self) -> DutiesDone:
        """The duties played after the simulation, by the people it has in post."""
        from workforce_model.reading.duty_results import duties_done

        return duties_done(self)

    @property
    def passed(self) -> bool:
        """Whether every check passed; no report is written otherwise."""
        return all(check.status != "failed" for check in self.checks)

    def cost_of(self, budget: str, year: str) -> NDArray[np.float64]:
        """Pounds spent from a budget in a financial year, in every run, shape (R,)."""
        months = np.array(self.years) == year
        return np.asarray(self.cost[months, self.budgets.index(budget)].sum(axis=(0, 1)))

    def alone(self, run: int) -> Results:
        """One run by itself, by its position: what came of one possible world."""
        history = self.history
        return dataclasses.replace(
            self,
            numbers=self.numbers[[run]],
            history=dataclasses.replace(
                history,
                staff={name: counted[..., [run]] for name, counted in history.staff.items()},
                cases={name: counted[..., [run]] for name, counted in history.cases.items()},
                passed=history.passed[..., [run]],
                holder_fte=history.holder_fte[..., [run]],
                bands=history.bands[..., [run]],
            ),
            cost=self.cost[..., [run]],
            ledger=dataclasses.replace(
                self.ledger, **{name: getattr(self.ledger, name)[..., [run]] for name in ("used", "gap", "unspent")}
            ),
        )

    def summary(self) -> str:
        """One screen: cost, funding, staff and caseload, each with its range."""
        from workforce_model.reading.summary import summary_text

        return summary_text([self])

    def monthly(self) -> pd.DataFrame:
        """Every measure by month and team, tidy, with its range and Monte Carlo error."""
        from workforce_model.reading.tables import monthly_table

        return monthly_table(self)

    def annual(self) -> pd.DataFrame:
        """Every measure by financial year: flows added, stocks at year end, rates worked out again."""
        from workforce_model.reading.tables import annual_table

        return annual_table(self)


def _in_run_order(parts: list[NDArray[Figures]], order: NDArray[np.intp]) -> NDArray[Figures]:
    """The blocks' arrays side by side, runs in order of their number."""
    if np.array_equal(order, np.arange(order.size)):  # as played without interruption: one copy is enough
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
    return np.asarray(np.concatenate(parts, axis=-1)[..., order])


def joined(scenario: Scenario, seed: int, doubt: bool, blocks: list[Block], asked: int) -> Results:
    """The blocks' runs together, in order of their number, with how many were asked for."""
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
            vired=first.vired,
            carries=first.carries,
            used=_in_run_order([part.used for part in ledgers], order),
            gap=_in_run_order([part.gap for part in ledgers], order),
            unspent=_in_run_order([part.unspent for part in ledgers], order),
        ),
        checks=joined_checks([part.checks for part in blocks]),
        asked=asked,
    )
