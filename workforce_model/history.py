"""What a block of runs did, month by month, and how it is written down while it happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.caseloads import BANDS, Cases, in_bands
from workforce_model.establishment import AGENCY, EMPTY, PERMANENT, Posts, TeamRows
from workforce_model.workforce import Cells, Staff

STAFF_STOCKS = ("permanent", "agency")
STAFF_FLOWS = ("started", "converted", "left", "agency_started", "agency_left", "agency_ended", "agency_converted")
CASE_STOCKS = ("held", "waiting", "workers", "at_or_over")
CASE_FLOWS = ("arrived", "closed", "passed_in", "passed_out", "handed_over")
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
        Cases and workers by team that holds cases.
    holder_fte : array, shape (M + 1, C, R)
        FTE of workers holding at least one case.
    bands : array, shape (M + 1, B, C, R)
        Workers by caseload band.
    histogram : array, shape (M + 1, C, 64)
        Workers by caseload, all runs of the block together.
    """

    staff: dict[str, NDArray[np.int16]]
    cases: dict[str, NDArray[np.int32]]
    holder_fte: NDArray[np.float64]
    bands: NDArray[np.int16]
    histogram: NDArray[np.int64]


class Recorder:
    """The arrays of a :class:`History` while they fill."""

    def __init__(self, posts: Posts, rows: TeamRows, months: int, runs: int, limit: int) -> None:
        groups, teams = len(posts.groups), len(rows.names)
        self.posts, self.rows, self.limit, self.runs = posts, rows, limit, runs
        self.case_fte = posts.fte[: posts.holding, None]
        self.first_row = np.flatnonzero(np.diff(posts.group, prepend=-1))
        self.staff = {name: np.zeros((months + 1, groups, runs), dtype=np.int16) for name in STAFF_STOCKS + STAFF_FLOWS}
        self.cases = {name: np.zeros((months + 1, teams, runs), dtype=np.int32) for name in CASE_STOCKS + CASE_FLOWS}
        self.holder_fte = np.zeros((months + 1, teams, runs))
        self.bands = np.zeros((months + 1, len(BANDS), teams, runs), dtype=np.int16)
        self.histogram = np.zeros((months + 1, teams, HISTOGRAM), dtype=np.int64)

    def count(self, name: str, month: int, cells: Cells) -> None:
        """Add the people in these cells to a flow of the month, by post group."""
        post, run = cells
        counted = np.bincount(self.posts.group[post] * self.runs + run, minlength=len(self.posts.groups) * self.runs)
        self.staff[name][month] += counted.reshape(-1, self.runs).astype(np.int16)

    def flows(self, month: int, **flows: NDArray[np.int32]) -> None:
        """Set the case flows of the month, by team."""
        for name, counted in flows.items():
            self.cases[name][month] = counted

    def measure(self, month: int, staff: Staff, cases: Cases) -> None:
        """Recount the stocks from the posts themselves."""
        for name, kind in (("permanent", PERMANENT), ("agency", AGENCY)):
            held_by = np.add.reduceat(staff.holder == kind, self.first_row, axis=0, dtype=np.int16)
            self.staff[name][month, self.posts.group[self.first_row]] = held_by
        held, team = cases.held, self.rows.team
        present = staff.holder[: held.shape[0]] != EMPTY
        self.cases["held"][month] = self.rows.totals(held)
        self.cases["waiting"][month] = cases.waiting
        self.cases["workers"][month] = self.rows.totals(present)
        self.cases["at_or_over"][month] = self.rows.totals(present & (held >= self.limit))
        self.holder_fte[month] = self.rows.sums((held > 0) * self.case_fte)
        self.bands[month] = in_bands(held, present, team, len(self.rows.names))
        cell = team[:, None] * HISTOGRAM + np.minimum(held, HISTOGRAM - 1)
        counted = np.bincount(cell[present], minlength=self.histogram[month].size)
        self.histogram[month] = counted.reshape(self.histogram[month].shape)

    def history(self) -> History:
        """The finished record."""
        return History(self.staff, self.cases, self.holder_fte, self.bands, self.histogram)
