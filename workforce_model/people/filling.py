"""How posts are filled: starters and appointments, moves between teams, agency cover, contracts and notice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Words
from workforce_model.people.posts import AGENCY, EMPTY, PERMANENT, Cells, Posts, cells_where, joined, paired, some, turn
from workforce_model.people.workforce import Limits, Staff, chosen, longest_first


@dataclass(frozen=True)
class MoveRate:
    """Moves from one team to another: its name, the two teams' numbers, and its chance by run."""

    name: str
    leaves: int
    joins: int
    chance: Limits


def move(
    staff: Staff, posts: Posts, grade: NDArray[np.intp], words: Words, month: int, rate: MoveRate
) -> tuple[Cells, Cells]:
    """Permanent workers who move to a vacant post of the same grade in another team; their cases stay behind.

    Parameters
    ----------
    grade : array, shape (P,)
        A number for each post's grade.

    Returns
    -------
    joined, left : cells
        The posts they joined, and those they left, in step.
    """
    settled = (posts.team == rate.leaves)[:, None] & (staff.holder == PERMANENT) & (staff.since < month)
    people = chosen(settled, posts, words, f"move {rate.name}", month, rate.chance)
    here = ((posts.team == rate.joins) & posts.filled_one_by_one(month))[:, None]
    places = cells_where(here & (staff.holder == EMPTY) & (staff.clock == 0) & (staff.since < month))
    grades = int(grade.max(initial=0)) + 1
    person, place = paired(people[1] * grades + grade[people[0]], places[1] * grades + grade[places[0]])
    left, joined = some(people, person), some(places, place)
    newly, since = staff.newly_qualified[left], staff.since[left]
    staff.fill(joined, PERMANENT, month)
    staff.newly_qualified[joined], staff.since[joined] = newly, since
    staff.vacate(left, month)
    return joined, left


def start(staff: Staff, posts: Posts, words: Words, month: int, newly_qualified: Limits) -> tuple[Cells, Cells]:
    """Appointed people who start this month; an agency worker covering the post goes.

    Returns
    -------
    started, replaced : cells
        Posts whose appointed person started, and those among them that agency had covered.
    """
    due = staff.clock == 1
    staff.clock -= staff.clock > 0
    planned = (posts.starts == month)[:, None] & (staff.holder != PERMANENT)
    cells = cells_where(due | planned)
    covered = staff.holder[cells] == AGENCY
    staff.clock[cells] = 0
    staff.fill(cells, PERMANENT, month)
    drawn = words.of_cells(posts.key[cells[0]], cells[1], "newly qualified", month)
    staff.newly_qualified[cells] = (drawn < newly_qualified[cells[1]]) & posts.qualified[cells[0]]
    return cells, some(cells, np.flatnonzero(covered))


def displace(staff: Staff, posts: Posts, words: Words, month: int, started: Cells, limit: Limits) -> Cells:
    """Agency workers above establishment whose work a newly created post has taken over.

    Each start in a post that ``displaces_agency`` ends, with the stated chance, one contract above
    establishment in the same team, longest in post first.
    """
    counts = some(started, np.flatnonzero(posts.displaces[started[0]]))
    drawn = words.of_cells(posts.key[counts[0]], counts[1], "displace", month)
    counts = some(counts, np.flatnonzero(drawn < limit[counts[1]]))
    longest = longest_first(staff, posts)
    ended = some(longest, paired(posts.team_and_run(counts), posts.team_and_run(longest))[1])
    staff.contracted[ended] = False
    staff.vacate(ended, month)
    return ended


def appoint(
    staff: Staff,
    posts: Posts,
    words: Words,
    month: int,
    limit: Limits,
    lead_months: NDArray[np.int8],
    market: NDArray[np.float64] | None = None,
) -> Cells:
    """Posts without a permanent holder to which somebody is appointed this month, to start after the lead.

    Parameters
    ----------
    limit : array, shape (G, R)
        Word limit of the monthly probability that a vacancy is filled, by post group.
    lead_months : array, shape (R,)
        Whole months from appointment to start, at least one.
    market : array, shape (R,), optional
        The most qualified social workers that can be under appointment at once; no limit if not given.
    """
    vacant = (staff.holder != PERMANENT) & (staff.clock == 0) & posts.filled_one_by_one(month)[:, None]
    cells = chosen(vacant, posts, words, "appoint", month, limit)
    if market is not None:
        under_way = np.count_nonzero((staff.clock > 0) & posts.qualified[:, None], axis=0)
        limited = posts.qualified[cells[0]]
        kept = _at_most(some(cells, np.flatnonzero(limited)), market - under_way, posts, words, "appoint", month)
        free = some(cells, np.flatnonzero(~limited))
        cells = joined(kept, free)
    staff.clock[cells] = lead_months[cells[1]]
    return cells


def cover(
    staff: Staff,
    posts: Posts,
    words: Words,
    month: int,
    limit: Limits,
    same_month: bool,
    most: NDArray[np.float64] | None = None,
) -> Cells:
    """Empty posts that an agency worker comes to cover, and agency posts above establishment refilled.

    A post that fell empty this month is covered at once only if ``same_month``. No more vacancies than ``most``
    (by run, if given) are covered at once. People over establishment leave fewer vacancies to cover.
    """
    active = posts.coverable & (posts.first <= month) & (month <= posts.last)
    waiting = (staff.holder == EMPTY) & active[:, None] & (staff.contracted | posts.established[:, None])
    if not same_month:
        waiting &= staff.since < month
    cells = chosen(waiting, posts, words, "cover", month, limit)
    if posts.over.any():
        places = posts.group[cells[0]] * staff.holder.shape[1] + cells[1]
        cells = some(cells, np.flatnonzero(turn(places) < _left_to_cover(staff, posts, month).reshape(-1)[places]))
    if most is not None:
        vacancy = posts.established[cells[0]]
        covered = np.count_nonzero((staff.holder == AGENCY) & posts.established[:, None], axis=0)
        kept = _at_most(some(cells, np.flatnonzero(vacancy)), most - covered, posts, words, "cover", month)
        extra = some(cells, np.flatnonzero(~vacancy))
        cells = joined(kept, extra)
    staff.fill(cells, AGENCY, month)
    return cells


def surplus_cover(staff: Staff, posts: Posts, month: int) -> Cells:
    """Agency workers who go because people over establishment have left no vacancy for them to cover."""
    room = _left_to_cover(staff, posts, month)
    ended = np.zeros(staff.holder.shape, dtype=bool)
    for group in np.unique(posts.group[posts.over]):
        covering = (posts.group == group)[:, None] & (staff.holder == AGENCY)
        ended |= covering & (np.cumsum(covering, axis=0) <= -room[group])
    cells = cells_where(ended)
    staff.vacate(cells, month)
    return cells


def _left_to_cover(staff: Staff, posts: Posts, month: int) -> NDArray[np.int64]:
    """Posts less the people in them, shape (G, R); where nobody may be over establishment, no limit."""
    room = np.full((len(posts.groups), staff.holder.shape[1]), np.iinfo(np.int64).max)
    exists = posts.exists(np.array([month]))[0]
    for group in np.unique(posts.group[posts.over]):
        mine = posts.group == group
        room[group] = np.count_nonzero(exists & mine) - np.count_nonzero(staff.holder[mine] != EMPTY, axis=0)
    return room


def _at_most(cells: Cells, room: NDArray[np.float64], posts: Posts, words: Words, purpose: str, month: int) -> Cells:
    """As many of the cells in each run as there is room for, those with the lowest rank first."""
    rank = words.of_cells(posts.key[cells[0]], cells[1], f"{purpose} rank", month)
    order = np.lexsort((rank, cells[1]))
    first = some(cells, order)
    return some(first, np.flatnonzero(turn(first[1]) < room[first[1]]))


def open_contracts(staff: Staff, posts: Posts, month: int) -> Cells:
    """Agency workers above establishment and commissioned workers whose first month this is."""
    cells = cells_where((~posts.established & (posts.first == month))[:, None] & staff.contracted)
    staff.fill(cells, AGENCY, month)
    return cells


def end_contracts(staff: Staff, posts: Posts, month: int) -> Cells:
    """Agency workers above establishment and commissioned workers whose last month has passed."""
    ended = ~posts.established & (posts.last == month - 1)
    cells = cells_where(ended[:, None] & (staff.holder == AGENCY))
    staff.contracted[ended] = False
    staff.vacate(cells, month)
    return cells


@dataclass
class Notice:
    """Replaced agency workers still paid for their notice: head-counts (months to come, G, R)."""

    to_come: NDArray[np.int16]

    def give(self, replaced: NDArray[np.int16], months: NDArray[np.int8]) -> None:
        """Workers replaced this month, by group and run, are paid for this month and those after it."""
        for later in range(self.to_come.shape[0]):
            self.to_come[later] += replaced * (months > later)

    def served(self) -> NDArray[np.int16]:
        """Those paid this month, shape (G, R); the months to come move up by one."""
        paid: NDArray[np.int16] = self.to_come[0].copy()
        self.to_come[:-1] = self.to_come[1:]
        self.to_come[-1] = 0
        return paid
