"""The rates of cases laid out for a block of runs: by draw, with the tables the month's draws are inverted from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Table, binomial_table
from workforce_model.basis.periods import Periods
from workforce_model.cases.arrivals import CALENDAR, ExpectedArrivals, SurgeRates
from workforce_model.cases.casework import Caseloads

Values = dict[str, NDArray[np.float64]]

_TABLE_CASES = 63
"""Cases drawn at once; more are drawn in parts."""


@dataclass(frozen=True)
class StepDownRules:
    """When each team keeps cases after step-down, and for how long: arrays of shape (C,); nought months is not at all."""

    since: NDArray[np.int64]
    months: NDArray[np.int64]

    def begun(self, month: int) -> NDArray[np.bool_]:
        """Whether each team keeps cases this month."""
        return np.asarray((self.since <= month) & (self.months > 0))


@dataclass(frozen=True)
class CaseRates:
    """The case rates of a block: what each draw of the rates says, and each run's draw.

    Attributes
    ----------
    draw : array, shape (R,)
        The position of each run's draw among the D of the block.
    expected : ExpectedArrivals
    passes_on : tuple
        For each team, its destinations in name order with the share, shape (D,).
    kept : array, shape (C, D)
        Of the cases that leave each team, the share kept open after step-down, once that has begun.
    step_down : StepDownRules
    dispersion, random_share, settling_share, newly_qualified_share : array, shape (D,)
    settling_months, newly_qualified_months : array, shape (D,)
    ramp : bool
        Whether the share of a settling worker rises month by month.
    """

    draw: NDArray[np.intp]
    expected: ExpectedArrivals
    passes_on: tuple[tuple[tuple[int, NDArray[np.float64]], ...], ...]
    kept: NDArray[np.float64]
    step_down: StepDownRules
    dispersion: NDArray[np.float64]
    random_share: NDArray[np.float64]
    settling_months: NDArray[np.float64]
    settling_share: NDArray[np.float64]
    newly_qualified_months: NDArray[np.float64]
    newly_qualified_share: NDArray[np.float64]
    ramp: bool

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return int(self.dispersion.size)

    @property
    def settling_steps(self) -> int:
        """How many shares a settling worker goes through."""
        return int(self.settling_months.max()) if self.ramp else 1

    @cached_property
    def load_shares(self) -> NDArray[np.float64]:
        """The share of a full caseload for each load, shape (loads, D)."""
        full, protected = np.ones_like(self.settling_share), self.newly_qualified_share
        gone = np.arange(self.settling_steps)[:, None] / np.maximum(self.settling_months, 1)
        settling = self.settling_share + (1 - self.settling_share) * np.minimum(gone, 1)
        return np.concatenate([[0 * full], settling, np.minimum(settling, protected), [protected, full]])

    @cached_property
    def closing(self) -> Table:
        """Rows (team, draw, cases): how many leave in a month."""
        return binomial_table(self.expected.leaving.reshape(-1), _TABLE_CASES)

    @cached_property
    def keeping(self) -> Table:
        """Rows (team, draw, cases): how many of those that leave are kept open after step-down."""
        return binomial_table(self.kept.reshape(-1), _TABLE_CASES)

    @cached_property
    def dealing(self) -> Table:
        """Rows (draw, cases): how many are dealt at random, the rest evenly."""
        return binomial_table(self.random_share, _TABLE_CASES)

    @cached_property
    def taking(self) -> Table:
        """Rows (load, draw, cases): how many a holder carrying that load takes."""
        return binomial_table(self.load_shares.reshape(-1), _TABLE_CASES)

    def passing(self, month: int) -> dict[tuple[int, int], Table]:
        """For each origin and destination, rows (draw, cases): how many of those left to place go there."""
        keeping = self.step_down.begun(month)
        if self.expected.surges:
            return self._passing_tables(self.expected.pass_on_times(month), keeping)
        if keeping.tobytes() not in self._usual:
            self._usual[keeping.tobytes()] = self._passing_tables(np.ones_like(self.expected.arrivals), keeping)
        return self._usual[keeping.tobytes()]

    @cached_property
    def _usual(self) -> dict[bytes, dict[tuple[int, int], Table]]:
        """The tables of months without surges, by which teams keep cases after step-down."""
        return {}

    def _passing_tables(self, times: NDArray[np.float64], keeping: NDArray[np.bool_]) -> dict[tuple[int, int], Table]:
        tables = {}
        for origin, destinations in enumerate(self.passes_on):
            left = 1 - self.kept[origin] * keeping[origin]
            for target, share in destinations:
                going = share * times[origin]
                if np.any(going > left + 1e-9):
                    raise ValueError(
                        f"a surge passes on {float(going.max()):.4g} of the cases that leave a team; at most 1"
                    )
                chance = np.divide(going, left, out=np.zeros_like(left), where=left > 0)
                tables[origin, target] = binomial_table(np.minimum(chance, 1.0), _TABLE_CASES)
                left = left - going
        return tables


def case_rates(caseloads: Caseloads, periods: Periods, values: Values, draw: NDArray[np.intp]) -> CaseRates:
    """The case rates of a block, by team in name order.

    Parameters
    ----------
    values : dict of array, shape (D,)
        Every assumption's value in each draw, by dotted path.
    draw : array, shape (R,)
        Each run's draw.
    """
    teams = sorted(caseloads.teams)
    destinations = [sorted(caseloads.teams[team].passes_on) for team in teams]
    passes_on = tuple(
        tuple((teams.index(to), values[f"caseloads.teams.{team}.passes_on.{to}"]) for to in others)
        for team, others in zip(teams, destinations, strict=True)
    )
    return CaseRates(
        draw=draw,
        expected=_expected(caseloads, periods, values, passes_on),
        passes_on=passes_on,
        kept=np.stack([_kept(caseloads, team, values, to) for team, to in zip(teams, passes_on, strict=True)]),
        step_down=_step_down_rules(caseloads, periods),
        dispersion=values["caseloads.arrivals_dispersion"],
        random_share=values["caseloads.random_share"],
        settling_months=values["caseloads.settling_months"],
        settling_share=values["caseloads.settling_share"],
        newly_qualified_months=values["caseloads.newly_qualified_months"],
        newly_qualified_share=values["caseloads.newly_qualified_share"],
        ramp=caseloads.settling == "ramp",
    )


def _expected(
    caseloads: Caseloads, periods: Periods, values: Values, passes_on: tuple[tuple[tuple[int, NDArray[np.float64]], ...], ...]
) -> ExpectedArrivals:  # fmt: skip
    teams, growth = sorted(caseloads.teams), values["caseloads.arrivals_growth"]
    passing = np.zeros((len(teams), len(teams), growth.size))
    for origin, others in enumerate(passes_on):
        for target, share in others:
            passing[origin, target] = share
    of_year = [CALENDAR[(periods.start.month - 1 + month) % 12] for month in range(12)]
    season = [values[f"caseloads.season.{month}"] if caseloads.season else np.ones_like(growth) for month in of_year]
    return ExpectedArrivals(
        arrivals=np.stack([values[f"caseloads.teams.{team}.arrivals"] for team in teams]),
        leaving=np.stack([values[f"caseloads.teams.{team}.leaving_rate"] for team in teams]),
        open_cases=np.stack([values[f"caseloads.teams.{team}.open_cases"] for team in teams]),
        passing=passing,
        growth=growth,
        season=np.stack(season),
        surges=tuple(
            SurgeRates(
                teams.index(surge.team), (surge.first_month - periods.start).n + 1, (surge.last_month - periods.start).n + 1,
                values[f"caseloads.surges.{name}.multiplier"], values[f"caseloads.surges.{name}.flow_through"],
            )
            for name, surge in sorted(caseloads.surges.items())
        ),
        months=len(periods.months()),
    )  # fmt: skip


def _kept(
    caseloads: Caseloads, team: str, values: Values, passes_on: tuple[tuple[int, NDArray[np.float64]], ...]
) -> NDArray[np.float64]:
    """Of the cases that leave a team, the share kept open after step-down, (D,): a part of those that do not pass on."""
    if not caseloads.teams[team].step_down:
        return np.zeros_like(values["caseloads.arrivals_growth"])
    ended, early = (values[f"caseloads.teams.{team}.step_down.{key}"] for key in ("ended_plans", "closed_early"))
    return np.asarray((1 - sum(share for _, share in passes_on)) * ended * early)


def _step_down_rules(caseloads: Caseloads, periods: Periods) -> StepDownRules:
    """When each team, in name order, begins to keep cases after step-down, and for how many months."""
    rules = [caseloads.teams[team].step_down for team in sorted(caseloads.teams)]
    return StepDownRules(
        since=np.array([(rule.from_month - periods.start).n + 1 if rule else 0 for rule in rules]),
        months=np.array([rule.kept_months if rule else 0 for rule in rules]),
    )
