"""One month of cases: close, pass on, arrive; and how the spread is measured.

Whole cases, held worker by worker. A case whose worker goes waits in the team's pool until it is
shared out at the end of the month; with nobody to take it, it stays unallocated and does not close.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Keys, Words, arrivals_table, thin
from workforce_model.cases.allocation import share_out
from workforce_model.cases.case_rates import CaseRates
from workforce_model.people.posts import Cells, TeamRows

BANDS = (0, 1, 5, 10, 15, 20, 25)
"""Lower ends of the Department's caseload bands, with none as a band of its own."""

NOBODY, SETTLING = 0, 1
"""Loads of a post's holder: nobody able to take a case, settling in (a number for each step), settling in and newly
qualified at once (as many), then newly qualified, and last a full caseload."""


@dataclass
class Cases:
    """Open cases, by worker and waiting: whole numbers.

    ``held`` (H, R) by case-holding post; ``waiting`` (C, R) by team. Of them ``kept`` (K, H, R) and ``kept_waiting``
    (K, C, R) are kept open after step-down for 0, 1, ... more months; ``held`` and ``waiting`` include them.
    """

    held: NDArray[np.int16]
    waiting: NDArray[np.int32]
    kept: NDArray[np.int16]
    kept_waiting: NDArray[np.int32]

    def hand_over(self, cells: Cells, team: NDArray[np.intp]) -> NDArray[np.int32]:
        """The cases of these workers go to their team's pool; how many, by team and run."""
        post, run = cells
        before = self.waiting.copy()
        np.add.at(self.waiting, (team[post], run), self.held[post, run])
        for waiting, kept in zip(self.kept_waiting, self.kept, strict=True):
            np.add.at(waiting, (team[post], run), kept[post, run])
        self.held[post, run] = 0
        self.kept[:, post, run] = 0
        return self.waiting - before

    def follow(self, taken: Cells, given_up: Cells) -> None:
        """Cases follow a worker from one post into another."""
        self.held[taken] = self.held[given_up]
        self.held[given_up] = 0
        for kept in self.kept:
            kept[taken] = kept[given_up]
            kept[given_up] = 0


def load_of(
    able: NDArray[np.bool_],
    permanent: NDArray[np.bool_],
    served: NDArray[np.int16],
    newly_qualified: NDArray[np.bool_],
    rates: CaseRates,
) -> NDArray[np.intp]:
    """How much of a caseload each post's holder takes, as a row of ``rates.load_shares``, shape (H, R).

    Settling in is for permanent workers in their first months; who is newly qualified besides takes the lower share.
    """
    full = rates.load_shares.shape[0] - 1
    settling = permanent & (served < rates.settling_months[rates.draw])
    protected = newly_qualified & (served < rates.newly_qualified_months[rates.draw])
    step = (SETTLING + served if rates.ramp else SETTLING) + protected * rates.settling_steps
    return np.where(able, np.where(settling, step, np.where(protected, full - 1, full)), NOBODY).astype(np.intp)


def close(
    cases: Cases,
    at_work: NDArray[np.bool_] | None,
    rows: TeamRows,
    rates: CaseRates,
    words: Words,
    keys: Keys,
    month: int,
) -> NDArray[np.int16]:
    """Cases that leave each worker's team this month, by closing or passing on, shape (H, R).

    Each open case leaves with the team's monthly probability; cases waiting for a worker, those of a worker who is
    away with nobody standing in (``at_work`` false), and those kept after step-down do not.
    """
    row = (rows.team[:, None] * rates.draws + rates.draw) * rates.closing.width
    may_leave = cases.held - cases.kept.sum(axis=0, dtype=np.int16) if cases.kept.size else cases.held
    if at_work is not None:
        may_leave = may_leave * at_work
    leaving = thin(may_leave, rates.closing, row, words, keys, "close", month).astype(np.int16)
    cases.held -= leaving
    return leaving


def keep_after_step_down(
    cases: Cases, leaving: NDArray[np.int16], rows: TeamRows, rates: CaseRates, words: Words, keys: Keys, month: int
) -> tuple[NDArray[np.int16], NDArray[np.int32]]:  # fmt: skip
    """Cases kept open after step-down: those whose months are over close, and some of those leaving stay.

    Those over that wait for a worker go on waiting.

    Returns
    -------
    leaving : array, shape (H, R)
        Cases that leave this month, less those now kept.
    over : array, shape (C, R)
        Kept cases that closed, by team.
    """
    over = cases.kept[0].copy()
    cases.kept[:-1], cases.kept[-1] = cases.kept[1:].copy(), 0
    still_waiting = cases.kept_waiting[0].copy()
    cases.kept_waiting[:-1], cases.kept_waiting[-1] = cases.kept_waiting[1:].copy(), 0
    cases.kept_waiting[0] += still_waiting
    rules = rates.step_down
    begun = rules.begun(month)[rows.team]
    row = (rows.team[:, None] * rates.draws + rates.draw) * rates.keeping.width
    stays = (thin(leaving, rates.keeping, row, words, keys, "step down", month) * begun[:, None]).astype(np.int16)
    cases.held += stays - over
    cases.kept[rules.months[rows.team] - 1, np.arange(rows.team.size)] += stays
    return leaving - stays, rows.totals(over)


def pass_on(leaving: NDArray[np.int32], rates: CaseRates, words: Words, keys: Keys, month: int) -> NDArray[np.int32]:
    """Where the cases that left each team went, shape (C, C, R): [from, to]; the rest closed.

    Destinations are taken in name order, each with its share of the cases that are left to place.
    """
    count, runs = leaving.shape
    moved = np.zeros((count, count, runs), dtype=np.int32)
    for (origin, target), table in rates.passing(month).items():
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
    agreed: NDArray[np.bool_],
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
    agreed : array, shape (H, D)
        Whether each post is of the establishment or among the agency workers agreed in each draw of the rates.
    load : array, shape (H, R)
        The load each post's holder carries.
    """
    expected = rates.expected.cases(month)
    some = np.flatnonzero((expected[rows.team] > 0).any(axis=1) & (share > 0))
    came, dealt, taken = np.zeros((3, *cases.held.shape), dtype=np.int16)
    if some.size:
        team, key = rows.team[some], keys[some]
        kinds, kind = np.unique(np.stack([team.astype(float), share[some]]), axis=1, return_inverse=True)
        of = kinds[0].astype(np.intp)
        mean = expected[of] * kinds[1][:, None] / rows.sums(agreed * share[:, None])[of]
        table = arrivals_table(mean.reshape(-1), np.tile(rates.dispersion, of.size))
        came[some] = table.invert(kind.reshape(-1, 1) * rates.draws + rates.draw, words.of_posts(key, "arrive", month))
        if not agreed.all():
            came[some] *= agreed[some][:, rates.draw]
        row = np.broadcast_to(rates.draw * rates.dealing.width, (some.size, rates.draw.size))
        dealt[some] = thin(came[some], rates.dealing, row, words, key, "dealt at random", month)
        row = (load[some] * rates.draws + rates.draw) * rates.taking.width
        taken[some] = thin(dealt[some], rates.taking, row, words, key, "taken", month)
        cases.held += taken
    return Arrivals(rows.totals(came), rows.totals(dealt - taken), rows.totals(came - dealt))


def in_bands(held: NDArray[np.int16], present: NDArray[np.bool_], rows: TeamRows) -> NDArray[np.int32]:
    """Workers in each caseload band, shape (bands, teams, R), bands as :data:`BANDS`."""
    at_least = np.stack([rows.totals(present & (held >= edge)) for edge in BANDS])
    at_least[:-1] -= at_least[1:]
    return at_least


def allocate(
    cases: Cases, weight: NDArray[np.float64], at_random: NDArray[np.int32], evenly: NDArray[np.int32], most: int | None,
    before: NDArray[np.int16],
    rows: TeamRows, words: Words, keys: Keys, month: int,
) -> None:  # fmt: skip
    """Give the waiting cases to workers; what nobody can take goes on waiting.

    Parameters
    ----------
    weight : array, shape (H, R)
        Caseload share each post's holder takes this month; 0 for nobody.
    at_random, evenly : array, shape (C, R)
        New cases to deal at random or evenly, besides the waiting ones.
    most : int or None
        The caseload, for a full share, at which a worker takes no more.
    before : array, shape (H, R)
        Cases held before this month's arrivals: those above the limit already keep what they have.
    """
    limit = None if most is None else np.maximum(np.floor(most * weight), before).astype(np.int16)
    for months, kept_waiting in enumerate(cases.kept_waiting):
        landed = np.zeros_like(cases.held)
        left = share_out(
            landed, weight, kept_waiting, np.zeros_like(kept_waiting), rows, words, keys, month, f"kept {months}"
        )
        if limit is not None:  # kept cases that a worker has no room for go on waiting as what they are
            refused = np.minimum(np.maximum(cases.held + landed - limit, 0), landed)
            landed -= refused
            left = left + rows.totals(refused)
        cases.kept[months] += landed
        cases.held += landed
        cases.kept_waiting[months] = left
    cases.waiting = cases.kept_waiting.sum(axis=0, dtype=np.int32) + share_out(
        cases.held, weight, at_random, evenly, rows, words, keys, month, "share out"
    )
    if limit is not None:
        _within_limit(cases, limit, weight, rows, words, keys, month)


def _within_limit(
    cases: Cases, limit: NDArray[np.int16], weight: NDArray[np.float64], rows: TeamRows, words: Words, keys: Keys, month: int
) -> None:  # fmt: skip
    """Take back what brought workers over the limit and give it, one at a time, to those below; the rest waits."""
    turn = 0
    while np.any(over := np.maximum(cases.held - limit, 0)):
        cases.held -= over
        pool, room = rows.totals(over), np.maximum(limit - cases.held, 0)
        given = np.minimum(pool, rows.totals(room))
        nothing = np.zeros_like(given)
        share_out(cases.held, weight * (room > 0), nothing, given, rows, words, keys, month, f"below the limit {turn}")
        cases.waiting += pool - given
        turn += 1
