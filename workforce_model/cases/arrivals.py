"""Arrivals: how many cases come, by month and team, and how surges pass on.

A surge passes on by its own share, step by step: the referral surge of 2018-19 raised assessments by two
thirds and child protection plans by 3% (Department for Education, children in need 2018 and 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.assumptions import Fault, Multiplier, Name, ShareAssumption, Text, record
from workforce_model.basis.periods import Month

CalendarMonth = Literal[
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
CALENDAR: tuple[CalendarMonth, ...] = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

ByDraw = NDArray[np.float64]


@record
class Surge:
    """Arrivals of one team raised or lowered for some months.

    ``multiplier`` acts on the team's arrivals from ``first_month`` to ``last_month``. ``flow_through`` is how
    much of the usual share of the extra cases passes on to other teams: 1 as other cases do, 0 none.
    """

    team: Name
    first_month: Month
    last_month: Month
    multiplier: Multiplier
    flow_through: ShareAssumption
    source: Text

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        ends = self.last_month < self.first_month
        return [("last_month", f"ends before it starts ({self.first_month})")] if ends else []


@dataclass(frozen=True)
class SurgeRates:
    """A surge by draw: its team's number, first and last month, and its two rates, shape (D,)."""

    team: int
    first: int
    last: int
    multiplier: ByDraw
    flow_through: ByDraw


@dataclass(frozen=True)
class ExpectedArrivals:
    """Arrivals in expectation, by team that holds cases and draw.

    Attributes
    ----------
    arrivals, leaving, open_cases : array, shape (C, D)
        Cases a month at the start, the monthly chance that a case leaves, and cases open at the start.
    passing : array, shape (C, C, D)
        Share of the cases that leave each team that goes to each other: [from, to].
    growth : array, shape (D,)
    season : array, shape (12, D)
        Multiplier of each simulated month of the year, from the month the clock starts in.
    surges : tuple of SurgeRates
    months : int
        How many months are simulated.
    """

    arrivals: ByDraw
    leaving: ByDraw
    open_cases: ByDraw
    passing: ByDraw
    growth: ByDraw
    season: ByDraw
    surges: tuple[SurgeRates, ...]
    months: int

    def usual(self, month: int) -> ByDraw:
        """Cases a month without surges, shape (C, D)."""
        return np.asarray(self.arrivals * (1 + self.growth) ** ((month - 1) / 12) * self.season[(month - 1) % 12])

    def cases(self, month: int) -> ByDraw:
        """Cases a month, surges included, shape (C, D)."""
        arrivals = self.usual(month)
        return arrivals + sum(self._extra(month, arrivals))

    def _extra(self, month: int, usual: ByDraw) -> list[ByDraw]:
        """What each surge adds this month, shape (C, D) each; the multipliers act one after another."""
        found, base = [], usual.copy()
        for surge in self.surges:
            more = np.zeros_like(usual)
            if surge.first <= month <= surge.last:
                more[surge.team] = base[surge.team] * (surge.multiplier - 1)
            base = base + more
            found.append(more)
        return found

    def pass_on_times(self, month: int) -> ByDraw:
        """What a surge does to the share of cases passed on this month, shape (C, D): 1 without a surge.

        The cases that leave in a month hold the part of surge cases that the team's open cases hold in
        expectation, since all cases of a team leave alike.
        """
        return self._times[month] if self.surges else np.ones_like(self.arrivals)

    @cached_property
    def _times(self) -> list[ByDraw]:
        """For each month, one less the part of the open cases that are a surge's and do not pass on."""
        open_cases, surging = self.open_cases.copy(), [np.zeros_like(self.arrivals) for _ in self.surges]
        found = [np.ones_like(self.arrivals)]
        for month in range(1, self.months + 1):
            stays = sum(part * (1 - surge.flow_through) for part, surge in zip(surging, self.surges, strict=True))
            found.append(1 - np.divide(stays, open_cases, out=np.zeros_like(open_cases), where=open_cases > 0))
            usual = self.usual(month)
            extra = self._extra(month, usual)
            passed = np.einsum("id,ijd->jd", self.leaving * open_cases * found[-1], self.passing)
            surging = [part * (1 - self.leaving) + more for part, more in zip(surging, extra, strict=True)]
            open_cases = open_cases * (1 - self.leaving) + passed + usual + sum(extra)
        return found
