"""One month of cases: close, pass on, arrive, share out; and how the spread is measured.

Whole cases, held worker by worker. A case whose worker goes waits in the team's pool until it is
shared out at the end of the month; with nobody to take it, it stays unallocated and does not close.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workforce_model.assumptions import (
    CasesAMonth,
    Dispersion,
    Fault,
    Growth,
    MonthlyShare,
    Name,
    ShareAssumption,
    Whole,
    WholeCases,
    WholeMonths,
    record,
)
from workforce_model.draws import Keys, Table, Words, arrivals_table, binomial_table, thin
from workforce_model.establishment import TeamRows

BANDS = (0, 1, 5, 10, 15, 20, 25)
"""Lower ends of the Department's caseload bands, with none as a band of its own."""

LOADS = 4
"""How much of a caseload a post's holder takes: nobody, settling in, newly qualified, full."""
_TABLE_CASES = 63


@record
class TeamCases:
    """A team's cases: those open at the start, those that arrive, and where they go.

    ``leaving_rate`` is the share of open cases that close or pass on in a month; of those,
    ``passes_on`` states the share that goes to each named team.
    """

    open_cases: WholeCases
    arrivals: CasesAMonth
    leaving_rate: MonthlyShare
    passes_on: dict[Name, ShareAssumption] = field(default_factory=dict)

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        for end in ("value", "high"):
            total = sum(getattr(share, end) or share.value for share in self.passes_on.values())
            if total > 1 + 1e-12:
                return [("passes_on", f"the shares passed on add up to {total:.10g} at their {end}; at most 1")]
        return []


@record
class Caseloads:
    """How cases come, last and are shared out."""

    teams: dict[Name, TeamCases]
    arrivals_growth: Growth
    arrivals_dispersion: Dispersion
    random_share: ShareAssumption
    settling_months: WholeMonths
    settling_share: ShareAssumption
    newly_qualified_months: WholeMonths
    newly_qualified_share: ShareAssumption
    caseload_limit: Whole

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        for name, team in self.teams.items():
            for other in team.passes_on:
                if other == name or other not in self.teams:
                    found.append(
                        (
                            f"teams.{name}.passes_on.{other}",
                            f"another team that holds cases; known: {', '.join(sorted(self.teams))}",
                        )
                    )
        if self.caseload_limit < 1:
            found.append(("caseload_limit", "at least 1 case"))
        return found


@dataclass(frozen=True)
class CaseRates:
    """The case rates of a block: what each draw of the rates says, and each run's draw.

    Attributes
    ----------
    draw : array, shape (R,)
        The position of each run's draw among the D of the block.
    arrivals, leaving : array, shape (C, D)
        Cases a month at the start, and share leaving in a month, by team that holds cases.
    passes_on : dict
        For each team, its destinations in name order with the share, shape (D,).
    growth, dispersion, random_share, settling_share, newly_qualified_share : array, shape (D,)
    settling_months, newly_qualified_months : array, shape (D,)
    """

    draw: NDArray[np.intp]
    arrivals: NDArray[np.float64]
    leaving: NDArray[np.float64]
    passes_on: tuple[tuple[tuple[int, NDArray[np.float64]], ...], ...]
    growth: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    random_share: NDArray[np.float64]
    settling_months: NDArray[np.float64]
    settling_share: NDArray[np.float64]
    newly_qualified_months: NDArray[np.float64]
    newly_qualified_share: NDArray[np.float64]

    @cached_property
    def closing(self) -> Table:
        """Rows (team, draw, cases): how many leave in a month."""
        return binomial_table(self.leaving.reshape(-1), _TABLE_CASES)

    @cached_property
    def passing(self) -> dict[tuple[int, int], Table]:
        """For each origin and destination, rows (draw, cases): how many of those left to place go there."""
        tables = {}
        for origin, destinations in enumerate(self.passes_on):
            left = np.ones_like(self.growth)
            for target, share in destinations:
                chance = np.divide(share, left, out=np.zeros_like(left), where=left > 0)
                tables[origin, target] = binomial_table(np.minimum(chance, 1.0), _TABLE_CASES)
                left = left - share
        return tables

    @cached_property
    def dealing(self) -> Table:
        """Rows (draw, cases): how many are dealt at random, the rest evenly."""
        return binomial_table(self.random_share, _TABLE_CASES)

    @cached_property
    def taking(self) -> Table:
        """Rows (load, draw, cases): how many a holder carrying that load takes."""
        return binomial_table(shares_of_load(self).reshape(-1), _TABLE_CASES)


@dataclass
class Cases:
    """Open cases, by worker and waiting: ``held`` (H, R) by case-holding post, ``waiting`` (C, R) by team."""

    held: NDArray[np.int16]
    waiting: NDArray[np.int32]


def load_of(
    holder_present: NDArray[np.bool_],
    permanent: NDArray[np.bool_],
    served: NDArray[np.int16],
    newly_qualified: NDArray[np.bool_],
    rates: CaseRates,
) -> NDArray[np.intp]:
    """How much of a caseload each post's holder takes, as an index into :data:`LOADS`, shape (H, R).

    Nobody 0; settling in 1 (permanent, in their first months, newly qualified or not); newly
    qualified 2; full 3.
    """
    settling = permanent & (served < rates.settling_months[rates.draw])
    protected = newly_qualified & (served < rates.newly_qualified_months[rates.draw])
    return np.where(settling, 1, np.where(protected, 2, holder_present * 3))


def shares_of_load(rates: CaseRates) -> NDArray[np.float64]:
    """The share of a full caseload for each load, shape (LOADS, D); settling in counts before newly qualified."""
    full = np.ones_like(rates.settling_share)
    return np.stack([0 * full, rates.settling_share, rates.newly_qualified_share, full])


def close(
    cases: Cases, team: NDArray[np.intp], rates: CaseRates, words: Words, keys: Keys, month: int
) -> NDArray[np.int16]:
    """Cases that leave each worker's team this month, by closing or passing on, shape (H, R).

    Each open case leaves with the team's monthly probability; cases waiting for a worker do not.
    """
    row = (team[:, None] * rates.growth.size + rates.draw) * rates.closing.width
    leaving = thin(cases.held, rates.closing, row, words, keys, "close", month).astype(np.int16)
    cases.held -= leaving
    return leaving


def pass_on(leaving: NDArray[np.int32], rates: CaseRates, words: Words, keys: Keys, month: int) -> NDArray[np.int32]:
    """Where the cases that left each team went, shape (C, C, R): [from, to]; the rest closed.

    Destinations are taken in name order, each with its share of the cases that are left to place.
    """
    count, runs = leaving.shape
    moved = np.zeros((count, count, runs), dtype=np.int32)
    for (origin, target), table in rates.passing.items():
        unplaced = leaving[origin] - moved[origin].sum(axis=0)
        row = (rates.draw * table.width)[None, :]
        purpose = f"pass on {int(keys[target])}"
        moved[origin, target] = thin(unplaced[None, :], table, row, words, keys[origin : origin + 1], purpose, month)[0]
    return moved


@dataclass(frozen=True)
class Arrivals:
    """A month's new cases by team, shape (C, R): all of them, and those that wait for a worker by their way."""

    arrived: NDArray[np.int32]
    at_random: NDArray[np.int32]
    evenly: NDArray[np.int32]


def arrive(
    cases: Cases,
    share: NDArray[np.float64],
    rows: TeamRows,
    slot_share: NDArray[np.float64],
    load: NDArray[np.intp],
    rates: CaseRates,
    words: Words,
    keys: Keys,
    month: int,
) -> Arrivals:
    """New cases this month: families come to each post in proportion to its caseload share.

    Of them the stated part is dealt at random and the rest evenly. A holder takes those dealt at random
    that the load allows; what is left, and what comes to an empty post, goes to the pool.

    Parameters
    ----------
    share : array, shape (H,)
        Caseload share of each post, 0 for one that does not exist this month.
    slot_share : array, shape (C, D)
        The team's total caseload share this month, contracted agency included.
    load : array, shape (H, R)
        The load each post's holder carries.
    """
    draws = rates.growth.size
    some = np.flatnonzero((rates.arrivals[rows.team] > 0).any(axis=1) & (share > 0))
    came, dealt, taken = np.zeros((3, *cases.held.shape), dtype=np.int16)
    if some.size:
        team, key = rows.team[some], keys[some]
        kinds, kind = np.unique(np.stack([team.astype(float), share[some]]), axis=1, return_inverse=True)
        of = kinds[0].astype(np.intp)
        growth = (1 + rates.growth) ** ((month - 1) / 12)
        mean = rates.arrivals[of] * growth * kinds[1][:, None] / slot_share[of]
        table = arrivals_table(mean.reshape(-1), np.tile(rates.dispersion, of.size))
        came[some] = table.invert(kind.reshape(-1, 1) * draws + rates.draw, words.of_posts(key, "arrive", month))
        row = np.broadcast_to(rates.draw * rates.dealing.width, (some.size, rates.draw.size))
        dealt[some] = thin(came[some], rates.dealing, row, words, key, "dealt at random", month)
        row = (load[some] * draws + rates.draw) * rates.taking.width
        taken[some] = thin(dealt[some], rates.taking, row, words, key, "taken", month)
        cases.held += taken
    return Arrivals(rows.totals(came), rows.totals(dealt - taken), rows.totals(came - dealt))


_BAND_OF = np.searchsorted(BANDS, np.arange(BANDS[-1] + 1), side="right") - 1


def in_bands(
    held: NDArray[np.int16], present: NDArray[np.bool_], team: NDArray[np.intp], teams: int
) -> NDArray[np.int64]:
    """Workers in each caseload band, shape (bands, teams, R), bands as :data:`BANDS`."""
    runs = held.shape[1]
    band = _BAND_OF[np.minimum(held, BANDS[-1])]
    cell = (band * teams + team[:, None]) * runs + np.arange(runs)
    return np.bincount(cell[present], minlength=len(BANDS) * teams * runs).reshape(len(BANDS), teams, runs)
