"""One month of cases: close, pass on, arrive, share out; and how the spread is measured.

Whole cases, held worker by worker. A case whose worker goes waits in the team's pool until it is
shared out at the end of the month; with nobody to take it, it stays unallocated and does not close.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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
from workforce_model.draws import Words, arrivals_table, binomial_table, invert, threshold

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
                return [("passes_on", f"the shares passed on add up to {total:.4g} at their {end}; at most 1")]
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
                    found.append((f"teams.{name}.passes_on.{other}", f"another team that holds cases; known: {', '.join(sorted(self.teams))}"))
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

    def closing_table(self) -> NDArray[np.uint32]:
        """Rows (team, draw, cases) of the number that leave, as cumulative words."""
        table = binomial_table(self.leaving.reshape(-1), _TABLE_CASES)
        return table.reshape(-1, table.shape[-1])


@dataclass
class Cases:
    """Open cases, by worker and waiting: ``held`` (H, R) by case-holding post, ``waiting`` (C, R) by team."""

    held: NDArray[np.int16]
    waiting: NDArray[np.int32]


def team_totals(values: NDArray[np.generic], team: NDArray[np.intp], teams: int) -> NDArray[np.int32]:
    """Sums over the posts of each team, shape (teams, R); rows sorted by team, every team present."""
    first = np.searchsorted(team, np.arange(teams))
    return np.asarray(np.add.reduceat(values, first, axis=0, dtype=np.int32))


def load_of(holder_present: NDArray[np.bool_], permanent: NDArray[np.bool_], served: NDArray[np.int16], newly_qualified: NDArray[np.bool_], rates: CaseRates) -> NDArray[np.intp]:
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


def close(cases: Cases, table: NDArray[np.uint32], team: NDArray[np.intp], rates: CaseRates, words: Words, keys: NDArray[np.uint64], month: int) -> NDArray[np.int32]:
    """Cases that leave their team this month, by closing or passing on, shape (C, R).

    Each open case leaves with the team's monthly probability; cases waiting for a worker do not.
    """
    draws = rates.leaving.shape[1]
    row = (team[:, None] * draws + rates.draw[None, :]) * (_TABLE_CASES + 1)
    leaving = invert(table, row + np.minimum(cases.held, _TABLE_CASES), words.of_posts(keys, "close", month))
    beyond, part = cases.held - np.int16(_TABLE_CASES), 1
    while np.any(beyond > 0):
        post, run = np.nonzero(beyond > 0)
        drawn = words.of_cells(keys[post], run, f"close part {part}", month)
        leaving[post, run] += invert(table, row[post, run] + np.minimum(beyond[post, run], _TABLE_CASES), drawn)
        beyond, part = beyond - np.int16(_TABLE_CASES), part + 1
    cases.held -= leaving
    return team_totals(leaving, team, rates.leaving.shape[0])


def pass_on(leaving: NDArray[np.int32], rates: CaseRates, words: Words, teams: tuple[str, ...], month: int) -> NDArray[np.int32]:
    """Where the cases that left each team went, shape (C, C, R): [from, to]; the rest closed.

    One coin for each case that leaves, compared with the shares laid end to end.
    """
    count, runs = leaving.shape
    moved = np.zeros((count, count, runs), dtype=np.int32)
    for origin, destinations in enumerate(rates.passes_on):
        most = int(leaving[origin].max(initial=0))
        if not destinations or not most:
            continue
        stream = words.stream("pass on", teams[origin], month)
        coins = (words.of_items(stream[None, :], np.arange(most)[:, None]) >> np.uint64(33)).astype(np.uint32)
        coins[np.arange(most)[:, None] >= leaving[origin]] = np.uint32(2**31)
        below, reached = np.zeros(runs, dtype=np.int32), np.zeros_like(rates.growth)
        for target, share in destinations:
            reached = np.minimum(reached + share, 1.0)
            taken = (coins < threshold(reached)[rates.draw]).sum(axis=0, dtype=np.int32)
            moved[origin, target] = taken - below
            below = taken
    return moved


def arrive(cases: Cases, share: NDArray[np.float64], team: NDArray[np.intp], slot_share: NDArray[np.float64], load: NDArray[np.intp],
           rates: CaseRates, words: Words, keys: NDArray[np.uint64], month: int) -> NDArray[np.int32]:  # fmt: skip
    """New cases this month: to workers directly, or to the pool; returned by team, shape (C, R).

    Families arrive at each post in proportion to its caseload share; the part its holder cannot take
    (nobody there, settling in, newly qualified, or the evenly shared part) goes to the pool.

    Parameters
    ----------
    share : array, shape (H,)
        Caseload share of each post.
    slot_share : array, shape (C, D)
        The team's total caseload share this month, contracted agency included.
    """
    draws = rates.growth.size
    kinds, kind = np.unique(np.stack([team.astype(float), share]), axis=1, return_inverse=True)
    kind = kind.reshape(-1)
    kind_team = kinds[0].astype(np.intp)
    mean = rates.arrivals[kind_team] * (1 + rates.growth) ** ((month - 1) / 12) * kinds[1][:, None] / slot_share[kind_team]
    part = shares_of_load(rates) * rates.random_share
    direct_mean = mean[:, :, None] * part.T[None]
    pooled_mean = mean[:, :, None] * (1 - part.T[None])
    spread = np.broadcast_to(rates.dispersion[None, :, None], direct_mean.shape).reshape(-1)
    row = ((kind * draws)[:, None] + rates.draw[None, :]) * LOADS + load
    direct = np.zeros(load.shape, dtype=np.int16)
    if direct_mean.any():
        direct = invert(arrivals_table(direct_mean.reshape(-1), spread), row, words.of_posts(keys, "arrive", month))
    post, run = np.nonzero(pooled_mean.reshape(-1)[row] > 0)
    pooled = np.zeros(load.shape, dtype=np.int16)
    if post.size:
        table = arrivals_table(pooled_mean.reshape(-1), spread)
        pooled[post, run] = invert(table, row[post, run], words.of_cells(keys[post], run, "arrive pooled", month))
    cases.held += direct
    to_pool = team_totals(pooled, team, rates.leaving.shape[0])
    cases.waiting += to_pool
    return to_pool + team_totals(direct, team, rates.leaving.shape[0])


def share_out(cases: Cases, weight: NDArray[np.float64], team: NDArray[np.intp], random_share: NDArray[np.float64],
              words: Words, keys: NDArray[np.uint64], teams: tuple[str, ...], month: int) -> None:  # fmt: skip
    """Give every waiting case to a worker of its team, the stated part at random, the rest evenly.

    Parameters
    ----------
    weight : array, shape (H, R)
        Caseload share each post's holder takes this month, 0 to 1; 0 for nobody.
    random_share : array, shape (R,)
        Chance that a case is given at random in proportion to the weights (1 is the rule ``random``,
        0 is ``even``: one at a time to the lowest caseload for the share, ties by a keyed rank).
    """
    for index, name in enumerate(teams):
        rows = slice(*np.searchsorted(team, [index, index + 1]))
        mine = weight[rows]
        waiting = np.where(mine.any(axis=0), cases.waiting[index], 0)
        if not waiting.any():
            continue
        run = np.repeat(np.arange(waiting.size), waiting)
        item = np.arange(run.size) - np.repeat(np.cumsum(waiting) - waiting, waiting)
        stream = words.stream("share out", name, month)
        at_random = _coin(words.of_items(stream[run], -item - 1), random_share[run])
        by_level = np.bincount(run[~at_random], minlength=waiting.size).astype(np.int32)
        _share_at_random(cases.held[rows], mine, words, stream, run[at_random], item[at_random])
        if by_level.any():
            _share_evenly(cases.held[rows], mine, by_level, words.of_posts(keys[rows], "share out rank", month))
        cases.waiting[index] -= waiting


def _coin(mixed: NDArray[np.uint64], chance: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (mixed >> np.uint64(33)).astype(np.uint32) < threshold(chance)


def _share_at_random(held: NDArray[np.int16], weight: NDArray[np.float64], words: Words, stream: NDArray[np.uint64],
                     run: NDArray[np.intp], item: NDArray[np.int64]) -> None:  # fmt: skip
    """Each case proposes a post at random and is taken with the chance of the post's weight, until taken."""
    posts, runs = held.shape
    given = np.zeros(posts * runs, dtype=np.int64)
    chance, attempt = (weight * 2**31).astype(np.uint32).reshape(-1), 0
    while run.size:
        mixed = words.of_items(stream[run], item + (np.int64(attempt) << np.int64(32)))
        cell = ((mixed >> np.uint64(32)) * np.uint64(posts) >> np.uint64(32)).astype(np.intp) * runs + run
        taken = (mixed & np.uint64(2**31 - 1)).astype(np.uint32) < chance[cell]
        given += np.bincount(cell[taken], minlength=given.size)
        run, item, attempt = run[~taken], item[~taken], attempt + 1
    held += given.reshape(posts, runs).astype(np.int16)


_STEPS = 32
"""Levels are compared to a thirty-second of a case for a full share."""


def _share_evenly(held: NDArray[np.int16], weight: NDArray[np.float64], waiting: NDArray[np.int32], rank: NDArray[np.uint32]) -> None:
    """One at a time to the lowest caseload for the share, found by bisecting the level rather than sorting."""
    slope = weight / _STEPS
    low = np.zeros(waiting.size)
    high = np.full(waiting.size, _STEPS * (held.max(initial=0) + waiting.max() + 1.0) / weight[weight > 0].min())
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        fits = _room(held, slope, middle).sum(axis=0) <= waiting
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    room = _room(held, slope, low)
    left = waiting - room.sum(axis=0).astype(np.int32)
    held += room.astype(np.int16)
    edge = _room(held, slope, low + 1) > 0
    order = np.argsort(np.where(edge, rank, np.uint32(2**32 - 1)), axis=0, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(held.shape[0])[:, None], axis=0)
    held += (edge & (place < left)).astype(np.int16)


def _room(held: NDArray[np.int16], slope: NDArray[np.float64], level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cases each worker can take before reaching the level."""
    return np.maximum(np.ceil(slope * level) - held, 0) * (slope > 0)


def in_bands(held: NDArray[np.int16], present: NDArray[np.bool_], team: NDArray[np.intp], teams: int) -> NDArray[np.int32]:
    """Workers in each caseload band, shape (bands, teams, R), bands as :data:`BANDS`."""
    at_least = np.stack([team_totals(present & (held >= lower), team, teams) for lower in BANDS])
    at_least[:-1] -= at_least[1:]
    return at_least
