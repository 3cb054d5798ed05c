"""The posts laid out for a simulation: one row each, those that hold cases first, then by team, group and number."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.draws import Keys, name_key
from workforce_model.people.establishment import Workforce

EMPTY, PERMANENT, AGENCY = np.int8(0), np.int8(1), np.int8(2)
"""Who holds a post: nobody, a permanent worker, an agency worker."""

NEVER = 100_000
"""The month of what does not happen."""

Cells = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Chosen (post, run) cells: two index arrays of the same length."""


@dataclass(frozen=True)
class Posts:
    """The posts laid out. Rows are sorted by name, so the order of keys in a file cannot matter.

    Attributes
    ----------
    teams, groups : tuple of str
        Names, in the order of the numbers in ``team`` and ``group``.
    holding : int
        How many rows hold cases: the first ones.
    key, team, group, number, fte, share : array, shape (P,)
        Each row's name key, team, group, number in the group, FTE and caseload share.
    first, last, starts : array, shape (P,)
        Months in which it exists, and in which its holder is planned to start. Months are numbered from 1, the
        first simulated month; 0 is the opening position.
    opening : array, shape (P,)
        Who holds it at the start; ``opening_over_five``: with five years' service.
    established, over, coverable, commissioned, displaces, qualified, converted, retained : array, shape (P,)
        Whether it is a post of the establishment, a place over establishment, may be covered by agency, is of a
        commissioned team, ends agency above establishment as it starts, is a qualified social worker's, is
        planned to be taken by conversion, carries a retention payment.
    """

    teams: tuple[str, ...]
    groups: tuple[str, ...]
    holding: int
    key: Keys
    team: NDArray[np.intp]
    group: NDArray[np.intp]
    number: NDArray[np.int64]
    fte: NDArray[np.float64]
    share: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    starts: NDArray[np.int64]
    opening: NDArray[np.int8]
    opening_over_five: NDArray[np.bool_]
    established: NDArray[np.bool_]
    over: NDArray[np.bool_]
    coverable: NDArray[np.bool_]
    commissioned: NDArray[np.bool_]
    displaces: NDArray[np.bool_]
    qualified: NDArray[np.bool_]
    converted: NDArray[np.bool_]
    retained: NDArray[np.bool_]

    @cached_property
    def grouped(self) -> TeamRows:
        """The rows of each group, side by side."""
        order = np.argsort(self.group, kind="stable")
        return TeamRows(self.groups, self.group[order], order)

    @cached_property
    def additional(self) -> NDArray[np.bool_]:
        """Agency above establishment: neither in the establishment nor in a commissioned team."""
        return ~self.established & ~self.commissioned

    def filled_one_by_one(self, month: int) -> NDArray[np.bool_]:
        """Posts of the establishment that exist and are recruited to one at a time, shape (P,)."""
        return np.asarray(self.established & (self.first <= month) & (self.starts == NEVER))

    def team_and_run(self, cells: Cells) -> NDArray[np.intp]:
        """A number for each cell's team and run."""
        return np.asarray(cells[1] * len(self.teams) + self.team[cells[0]])

    def exists(self, months: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each post exists in each month, places over establishment apart; shape (months, P)."""
        return (self.first <= months[:, None]) & (months[:, None] <= self.last) & ~self.over


class _Row(NamedTuple):
    """One post, as it is laid out; the first four fields give the order."""

    without_cases: bool
    team: str
    group: str
    number: int
    fte: float
    share: float
    first: int
    last: int = NEVER
    starts: int = NEVER
    opening: np.int8 = EMPTY
    opening_over_five: bool = False
    established: bool = True
    over: bool = False
    coverable: bool = True
    commissioned: bool = False
    displaces: bool = False
    qualified: bool = True
    converted: bool = False
    retained: bool = False


def lay_out(workforce: Workforce, start: pd.Period) -> Posts:
    """One row for each post, with its team, its months and who holds it when the clock starts."""
    rows = sorted([*_posts(workforce, start), *_contracts(workforce, start)], key=lambda row: row[:4])
    teams, groups = tuple(sorted(workforce.teams)), tuple(sorted([*workforce.posts, *workforce.agency]))
    column: dict[str, tuple[object, ...]] = {name: tuple(getattr(row, name) for row in rows) for name in _Row._fields}
    column["key"] = tuple(name_key("post", row.group, row.number) for row in rows)
    column["team"] = tuple(teams.index(row.team) for row in rows)
    column["group"] = tuple(groups.index(row.group) for row in rows)
    kinds = {"key": np.uint64, "team": np.intp, "group": np.intp, "fte": float, "share": float, "opening": np.int8}
    whole = dict.fromkeys(("number", "first", "last", "starts"), np.int64)
    arrays = {
        each.name: np.array(column[each.name], dtype={**kinds, **whole}.get(each.name, bool))
        for each in fields(Posts)
        if each.name in column
    }
    return Posts(teams=teams, groups=groups, holding=sum(not row.without_cases for row in rows), **arrays)


def _month(when: pd.Period | None, start: pd.Period, otherwise: int) -> int:
    return otherwise if when is None else (when - start).n + 1


def _posts(workforce: Workforce, start: pd.Period) -> list[_Row]:
    rows = []
    for name, group in workforce.posts.items():
        over_five, permanent = (
            group.opening_over_five_years,
            group.opening_over_five_years + group.opening_under_five_years,
        )
        for i in range(group.number + group.over_establishment):
            over = i >= group.number
            agency = not over and i < permanent + group.opening_agency
            rows.append(_Row(
                without_cases=not group.holds_cases, team=group.team, group=name, number=i, fte=group.fte,
                share=group.caseload_share if group.holds_cases else 0.0, first=_month(group.created, start, 0),
                starts=_month(group.starts_on, start, NEVER),
                opening=PERMANENT if i < permanent else AGENCY if agency else EMPTY, opening_over_five=i < over_five,
                over=over, coverable=group.covered_by_agency and not over, displaces=group.displaces_agency,
                qualified=group.qualified, converted=i < group.planned_conversions, retained=group.retention_payment,
            ))  # fmt: skip
    return rows


def _contracts(workforce: Workforce, start: pd.Period) -> list[_Row]:
    rows = []
    for name, extra in workforce.agency.items():
        most = int(max(x for x in (extra.number.value, extra.number.high) if x is not None))
        for i in range(most):
            rows.append(_Row(
                without_cases=False, team=extra.team, group=name, number=i, fte=extra.fte, share=extra.caseload_share,
                first=_month(extra.first_month, start, NEVER), last=_month(extra.last_month, start, NEVER),
                established=False, commissioned=extra.kind == "commissioned", coverable=extra.kind != "commissioned",
                qualified=extra.kind != "commissioned",
            ))  # fmt: skip
    return rows


@dataclass(frozen=True)
class TeamRows:
    """Which rows belong to which team or group: side by side, every name present.

    Parameters
    ----------
    names : tuple of str
        Teams, in the order of ``team``'s numbers.
    team : array, shape (H,)
        Each row's team number, never falling.
    order : array, shape (H,), optional
        Where these rows stand in the arrays that are added up, if not in their place.
    """

    names: tuple[str, ...]
    team: NDArray[np.intp]
    order: NDArray[np.intp] | None = None

    @cached_property
    def first(self) -> NDArray[np.intp]:
        """The first row of each team."""
        return np.searchsorted(self.team, np.arange(len(self.names)))

    @cached_property
    def size(self) -> NDArray[np.intp]:
        """The number of rows of each team."""
        return np.bincount(self.team, minlength=len(self.names))

    @cached_property
    def _spans(self) -> list[slice | NDArray[np.intp]]:
        spans = [slice(a, a + n) for a, n in zip(self.first.tolist(), self.size.tolist(), strict=True)]
        return [span if self.order is None else _span(self.order[span]) for span in spans]

    def totals(self, values: NDArray[np.generic]) -> NDArray[np.int32]:
        """Whole-number sums over the rows of each team, shape (C, R); true counts one."""
        whole = values.view(np.int8) if values.dtype == bool else values
        return np.stack([np.add.reduce(whole[span], axis=0, dtype=np.int32) for span in self._spans])

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the rows of each team, shape (C, R), added row by row."""
        return np.stack([np.add.reduce(values[span], axis=0) for span in self._spans])


def _span(rows: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """Rows that stand side by side as a slice, which needs no copy."""
    together = rows.size and np.array_equal(rows, np.arange(rows[0], rows[0] + rows.size))
    return slice(int(rows[0]), int(rows[-1]) + 1) if together else rows


def case_rows(posts: Posts, teams: tuple[str, ...]) -> TeamRows:
    """The rows that hold cases, by team; ``teams`` are those that hold cases, in name order."""
    return TeamRows(teams, np.array([teams.index(posts.teams[t]) for t in posts.team[: posts.holding]], dtype=np.intp))


def cells_where(chosen: NDArray[np.bool_]) -> Cells:
    """The (post, run) cells that are true, row by row.

    Examples
    --------
    >>> post, run = cells_where(np.array([[False, True], [True, False]]))
    >>> post.tolist(), run.tolist()
    ([0, 1], [1, 0])
    """
    post, run = np.divmod(np.flatnonzero(chosen), chosen.shape[1])
    return post, run


def some(cells: Cells, which: NDArray[np.intp]) -> Cells:
    """The cells at these positions."""
    return cells[0][which], cells[1][which]


def joined(one: Cells, other: Cells) -> Cells:
    """Both lots of cells, one after the other."""
    return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])


def paired(wanted: NDArray[np.intp], offered: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair those who want with what is offered, each in the order given, within groups of the same number.

    Returns
    -------
    want, offer : array, shape (n,)
        Positions in ``wanted`` and ``offered``, in step; n is as far as both go in each group.

    Examples
    --------
    >>> paired(np.array([7, 7, 9]), np.array([9, 7]))
    (array([0, 2]), array([1, 0]))
    """
    most = wanted.size + offered.size + 1
    _, want, offer = np.intersect1d(
        wanted * most + turn(wanted), offered * most + turn(offered), assume_unique=True, return_indices=True
    )
    order = np.argsort(want)
    return want[order], offer[order]


def turn(group: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many of the same number come before each.

    Examples
    --------
    >>> turn(np.array([7, 9, 7])).tolist()
    [0, 0, 1]
    """
    order = np.argsort(group, kind="stable")
    turn = np.empty_like(group)
    turn[order] = np.arange(group.size) - np.searchsorted(group[order], group[order])
    return turn
