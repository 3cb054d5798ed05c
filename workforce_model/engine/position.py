"""Known month ends: the people and cases of every run are held to what was actual.

Who stays is the run's own: those already there first, then others by lot, to the nearest whole person. So service,
settling in, appointments under way and who holds how many cases stay those of the run, given the stocks reported.
What the form does not report is not held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.draws import WORD_RANGE, Words
from workforce_model.cases.caseloads import Cases
from workforce_model.inputs.actuals import APART_IN_POST, Actuals
from workforce_model.people.establishment import Workforce
from workforce_model.people.posts import AGENCY, EMPTY, PERMANENT, Posts, cells_where
from workforce_model.people.workforce import Limits, Staff

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


def rows_by_unit(workforce: Workforce, posts: Posts, actuals: Actuals) -> Iterator[tuple[str, str, Flags]]:
    """The established posts whose permanent staff are reported together: a team's, or apart those of one budget.

    Yields
    ------
    team, column : str
        Where the figure stands; the team's own column counts those reported apart as well.
    rows : array, shape (P,)
    """
    budget = np.array([workforce.posts[name].budget if name in workforce.posts else "" for name in posts.groups])
    for team in actuals.teams:
        rest = posts.established & (posts.team == posts.teams.index(team))
        for column in sorted(actuals.figures[team]):
            if column.endswith(APART_IN_POST):
                mine = rest & (budget[posts.group] == column.removesuffix(APART_IN_POST))
                rest = rest & ~mine
                yield team, column, mine
        yield team, "in_post_fte", rest


def unit_figures(actuals: Actuals, team: str, column: str) -> NDArray[np.float64]:
    """The permanent staff of a unit by month: those of a team that are not reported apart, or those that are."""
    figures = actuals.series(column, team)
    if column == "in_post_fte":
        apart = [name for name in actuals.figures[team] if name.endswith(APART_IN_POST)]
        figures = figures - sum((actuals.series(name, team) for name in apart), np.zeros_like(figures))
    return figures


@dataclass(frozen=True)
class Position:
    """The stocks known at the end of each month from the opening position to the cut-off."""

    workforce: Workforce
    posts: Posts
    case_teams: tuple[str, ...]
    limit: int
    start: pd.Period
    actuals: Actuals

    def known(self, month: int) -> bool:
        """Whether this month's end is known; months are numbered from 1, the first simulated one."""
        return 0 <= month - self._first < len(self.actuals.months) + 1

    @property
    def _first(self) -> int:
        return int((self.actuals.opening - self.start).n) + 1

    @cached_property
    def _units(self) -> list[tuple[Flags, NDArray[np.float64]]]:
        units = rows_by_unit(self.workforce, self.posts, self.actuals)
        return [(rows, unit_figures(self.actuals, team, column)) for team, column, rows in units]

    def hold_people(
        self, staff: Staff, words: Words, month: int, newly_qualified: Limits, lead: NDArray[np.int8]
    ) -> None:
        """Permanent staff, agency and appointments as reported, to the nearest whole person."""
        posts, at = self.posts, month - self._first
        here = (posts.first <= month) & (month <= posts.last)
        for rows, figures in self._units:
            self._hold_permanent(staff, words, month, np.flatnonzero(rows & here), figures[at], newly_qualified)
        for team in self.actuals.teams:
            mine = here & (posts.team == posts.teams.index(team))
            for column, rows in (
                ("agency_cover_fte", mine & posts.established & posts.coverable),
                ("agency_additional_fte", mine & posts.additional),
                ("commissioned_fte", mine & posts.commissioned),
            ):
                self._hold_agency(staff, words, month, np.flatnonzero(rows), self.actuals.series(column, team)[at])
            if at == len(self.actuals.months):
                open_to = np.flatnonzero(mine & posts.filled_one_by_one(month))
                self._hold_appointed(staff, words, month, open_to, self.actuals.series("appointed_fte", team)[at], lead)

    def _hold_permanent(
        self, staff: Staff, words: Words, month: int, rows: NDArray[np.intp], target: float, newly_qualified: Limits
    ) -> None:
        if np.isnan(target):
            return
        there = staff.holder[rows] == PERMANENT
        turn = np.where(there, 0, 1 + (staff.clock[rows] > 0)) + 3 * self.posts.over[rows, None]
        stays = self._nearest(rows, turn, target, words, month)
        gone, came = _cells(rows, there & ~stays), _cells(rows, stays & ~there)
        staff.vacate(gone, month)
        staff.fill(came, PERMANENT, month)
        staff.clock[came] = 0
        drawn = words.of_cells(self.posts.key[came[0]], came[1], "newly qualified", month)
        staff.newly_qualified[came] = (drawn < newly_qualified[came[1]]) & self.posts.qualified[came[0]]

    def _hold_agency(self, staff: Staff, words: Words, month: int, rows: NDArray[np.intp], target: float) -> None:
        if np.isnan(target):
            return
        there, taken = staff.holder[rows] == AGENCY, staff.holder[rows] == PERMANENT
        stays = self._nearest(rows, np.where(taken, 2, np.where(there, 0, 1)), target, words, month) & ~taken
        staff.vacate(_cells(rows, there & ~stays), month)
        staff.fill(_cells(rows, stays & ~there), AGENCY, month)
        outside = ~self.posts.established[rows]
        staff.contracted[rows[outside]] = stays[outside]

    def _hold_appointed(
        self, staff: Staff, words: Words, month: int, rows: NDArray[np.intp], target: float, lead: NDArray[np.int8]
    ) -> None:
        if np.isnan(target):
            return
        there, taken = staff.clock[rows] > 0, staff.holder[rows] == PERMANENT
        stays = self._nearest(rows, np.where(taken, 2, np.where(there, 0, 1)), target, words, month) & ~taken
        drawn = words.of_posts(self.posts.key[rows], "appointed", month).astype(np.int64) * lead // WORD_RANGE + 1
        staff.clock[rows] = np.where(stays, np.where(there, staff.clock[rows], drawn), 0)

    def _nearest(
        self, rows: NDArray[np.intp], turn: NDArray[np.int64], target: float, words: Words, month: int
    ) -> Flags:
        """Which posts are held: in their turn, then by lot, as long as each brings the FTE nearer to the target."""
        order = np.argsort(turn + words.of_posts(self.posts.key[rows], "position", month) / WORD_RANGE, axis=0)
        fte = self.posts.fte[rows][order]
        held = np.zeros(order.shape, dtype=bool)
        np.put_along_axis(held, order, np.cumsum(fte, axis=0) - fte / 2 <= target + 1e-9, axis=0)
        return held

    def hold_cases(self, staff: Staff, cases: Cases, words: Words, month: int) -> None:
        """Open cases, and how many workers hold the limit or more, as reported; those kept after step-down among them."""
        posts, at = self.posts, month - self._first
        cases.kept[:], cases.kept_waiting[:] = 0, 0
        for number, team in enumerate(self.case_teams):
            open_cases, waiting, over = (
                self.actuals.series(name, team)[at] if team in self.actuals.figures else np.nan
                for name in ("open_cases", "unallocated_cases", "workers_at_or_over")
            )
            if np.isnan(open_cases):
                continue
            rows = np.flatnonzero(posts.team[: posts.holding] == posts.teams.index(team))
            present = staff.holder[rows] != EMPTY
            total = np.where(present.any(axis=0), int(open_cases - np.nan_to_num(waiting)), 0)
            lot = words.of_posts(posts.key[rows], "position of cases", month) / WORD_RANGE
            held = dealt_as_before(np.where(present, cases.held[rows], 0), present, total)
            if not np.isnan(over):
                held = with_so_many_over(held, present, int(over), self.limit, lot)
            cases.held[rows] = held
            cases.waiting[number] = int(open_cases) - total


def _cells(rows: NDArray[np.intp], chosen: Flags) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    post, run = cells_where(chosen)
    return rows[post], run


def in_proportion(total: Counts, weight: NDArray[np.int64]) -> Counts:
    """Whole numbers that add up to the total in every run, in proportion to the weights; none above its weight
    where the total is at most theirs.

    Parameters
    ----------
    total : array, shape (R,)
    weight : array, shape (n, R)
        Nought in all rows gives nothing.

    Examples
    --------
    >>> in_proportion(np.array([5]), np.array([[4], [4], [2]])).ravel().tolist()
    [2, 2, 1]
    """
    running, whole = np.cumsum(weight, axis=0), np.maximum(weight.sum(axis=0), 1)
    upto = (2 * total * running + whole) // (2 * whole)
    return np.asarray(np.diff(upto, axis=0, prepend=0))


def dealt_as_before(held: NDArray[np.int16], present: Flags, total: Counts) -> Counts:
    """Caseloads that add up to a total, in proportion to those held; evenly where nobody held any."""
    weight = np.where(held.any(axis=0), held, present).astype(np.int64)
    return in_proportion(total, weight)


def with_so_many_over(held: Counts, present: Flags, over: int, limit: int, lot: NDArray[np.float64]) -> Counts:
    """The same cases with a stated number of workers at the limit or over: those with most, ties by lot.

    Cases above the limit of those who come below it go to others with room, and only then to those over. Where the
    cases cannot be held that way (too few for so many, or too many for the rest), the total has the last word.

    Examples
    --------
    Five workers, limit 21: two are over, and one is to be.

    >>> held, lot = np.array([[25], [22], [18], [10], [5]]), np.zeros((5, 1))
    >>> with_so_many_over(held, held > 0, 1, 21, lot).ravel().tolist()
    [25, 20, 18, 11, 6]
    """
    place = np.argsort(np.argsort(np.where(present, -(held + lot), np.inf), axis=0), axis=0)
    above = (place < over) & present
    below = present & ~above
    moved = np.where(above, np.maximum(held, limit), np.minimum(held, limit - 1))
    spare = held.sum(axis=0) - moved.sum(axis=0)
    room = np.where(below, limit - 1 - moved, 0)
    given = np.clip(spare, 0, room.sum(axis=0))
    moved = moved + in_proportion(given, room)
    moved = moved + in_proportion(np.maximum(spare, 0) - given, np.where(above.any(axis=0), above * moved, present))
    owed = np.maximum(-spare, 0)
    for weight in (np.where(above, moved - limit, 0), np.where(above, 0, moved), np.where(above, limit, 0)):
        taken = np.minimum(owed, weight.sum(axis=0))
        moved, owed = moved - in_proportion(taken, weight), owed - taken
    return moved
