"""What a block of runs did, month by month, and how it is written down while it happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.cases.caseloads import BANDS, Cases, in_bands
from workforce_model.people.posts import AGENCY, EMPTY, PERMANENT, Cells, Posts, TeamRows
from workforce_model.people.workforce import Staff

STAFF_STOCKS = ("permanent", "agency", "over_limit")
"""Who holds the posts, and how many of them have as many cases as the caseload limit or more."""
STAFF_FLOWS = ("started", "converted", "left", "agency_started", "agency_left", "agency_ended", "agency_converted")
STAFF_AWAY = ("absent", "stand_in")
STAFF_NOTICE = ("on_notice",)
STAFF_MOVES = ("moved_in", "moved_out")
STAFF_FEES = ("converted_in_fee_period",)
"""Figures of people that are recorded only where their mechanism is switched on."""
CASE_STOCKS = ("held", "waiting", "workers", "at_or_over", "kept")
CASE_FLOWS = ("arrived", "closed", "passed_in", "passed_out", "handed_over", "pooled")
HISTOGRAM = 64
"""Caseloads counted one by one up to 62, then 63 or more."""


@dataclass(frozen=True)
class History:
    """What a block of runs did, month by month; month 0 is the opening position.

    Attributes
    ----------
    staff : dict of array, shape (M + 1, G, R)
        Headcounts by post group: the stocks and flows named above.
    cases : dict of array, shape (M + 1, C, R)
        Cases and workers by team that holds cases. ``pooled`` counts the cases that went to the team's pool to wait
        for a worker, ``kept`` those kept open after step-down.
    passed : array, shape (M + 1, V, R)
        Cases passed from one team to another, by the pairs in ``ways``: (from, to) numbers of teams.
    holder_fte : array, shape (M + 1, C, R)
        FTE of workers holding at least one case.
    bands : array, shape (M + 1, B, C, R)
        Workers by caseload band.
    histogram : array, shape (M + 1, C, 64)
        Workers by caseload, all runs of the block together.
    """

    staff: dict[str, NDArray[np.int16]]
    cases: dict[str, NDArray[np.int32]]
    ways: tuple[tuple[int, int], ...]
    passed: NDArray[np.int32]
    holder_fte: NDArray[np.float64]
    bands: NDArray[np.int16]
    histogram: NDArray[np.int64]

    def people(self, name: str) -> NDArray[np.int16]:
        """Headcounts of one kind; none where the mechanism that makes them is switched off.

        Raises
        ------
        KeyError
            If no such figure is ever recorded.
        """
        if name in self.staff:
            return self.staff[name]
        if name not in STAFF_AWAY + STAFF_NOTICE + STAFF_MOVES + STAFF_FEES:
            raise KeyError(f"no figure of people is called {name!r}; known: {', '.join(self.staff)}")
        return np.zeros_like(self.staff["permanent"])


class Recorder:
    """The arrays of a :class:`History` while they fill."""

    def __init__(
        self, posts: Posts, rows: TeamRows, months: int, runs: int, limit: int, ways: tuple[tuple[int, int], ...], more: tuple[str, ...]
    ) -> None:  # fmt: skip
        teams = len(rows.names)
        self.posts, self.rows, self.limit, self.ways = posts, rows, limit, ways
        self.case_fte = posts.fte[: posts.holding, None]
        shape = (months + 1, len(posts.groups), runs)
        self.staff = {name: np.zeros(shape, dtype=np.int16) for name in STAFF_STOCKS + STAFF_FLOWS + more}
        self.cases = {name: np.zeros((months + 1, teams, runs), dtype=np.int32) for name in CASE_STOCKS + CASE_FLOWS}
        self.passed = np.zeros((months + 1, len(ways), runs), dtype=np.int32)
        self.holder_fte = np.zeros((months + 1, teams, runs))
        self.bands = np.zeros((months + 1, len(BANDS), teams, runs), dtype=np.int16)
        self.histogram = np.zeros((months + 1, teams, HISTOGRAM), dtype=np.int64)

    def count(self, name: str, month: int, cells: Cells) -> None:
        """Add the people in these cells to a flow of the month, by post group."""
        np.add.at(self.staff[name][month], (self.posts.group[cells[0]], cells[1]), np.int16(1))

    def group_counts(self, cells: Cells) -> NDArray[np.int16]:
        """The people in these cells by post group and run, shape (G, R)."""
        counted = np.zeros(self.staff["permanent"].shape[1:], dtype=np.int16)
        np.add.at(counted, (self.posts.group[cells[0]], cells[1]), np.int16(1))
        return counted

    def flows(self, month: int, passed: NDArray[np.int32], **flows: NDArray[np.int32]) -> None:
        """Set the case flows of the month, by team, and what passed between teams, shape (C, C, R)."""
        for name, counted in flows.items():
            self.cases[name][month] = counted
        self.cases["passed_in"][month], self.cases["passed_out"][month] = passed.sum(axis=0), passed.sum(axis=1)
        for way, (origin, target) in enumerate(self.ways):
            self.passed[month, way] = passed[origin, target]

    def measure(self, month: int, staff: Staff, cases: Cases) -> None:
        """Recount the stocks from the posts themselves."""
        over = np.zeros(staff.holder.shape, dtype=bool)
        over[: cases.held.shape[0]] = (staff.holder[: cases.held.shape[0]] != EMPTY) & (cases.held >= self.limit)
        recounted = {"permanent": staff.holder == PERMANENT, "agency": staff.holder == AGENCY, "over_limit": over}
        if STAFF_AWAY[0] in self.staff:
            recounted |= {"absent": staff.away > 0, "stand_in": staff.stand_in}
        for name, chosen in recounted.items():
            self.staff[name][month] = self.posts.grouped.totals(chosen)
        held, rows = cases.held, self.rows
        present = staff.holder[: held.shape[0]] != EMPTY
        self.cases["held"][month] = rows.totals(held)
        self.cases["waiting"][month] = cases.waiting
        self.cases["workers"][month] = rows.totals(present)
        self.cases["at_or_over"][month] = rows.totals(over[: held.shape[0]])
        if cases.kept.size:
            self.cases["kept"][month] = rows.totals(cases.kept.sum(axis=0)) + cases.kept_waiting.sum(axis=0)
        self.holder_fte[month] = rows.sums((held > 0) * self.case_fte)
        self.bands[month] = in_bands(held, present, rows)
        cell = np.where(
            present, rows.team[:, None] * HISTOGRAM + np.minimum(held, HISTOGRAM - 1), self.histogram[month].size
        )
        counted = np.bincount(cell.reshape(-1), minlength=self.histogram[month].size + 1)[:-1]
        self.histogram[month] = counted.reshape(self.histogram[month].shape)

    def history(self) -> History:
        """The finished record."""
        return History(self.staff, self.cases, self.ways, self.passed, self.holder_fte, self.bands, self.histogram)
