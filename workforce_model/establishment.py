"""The establishment: teams, posts and agency contracts as stated, and as rows laid out for a simulation."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.assumptions import (
    Fault,
    Flag,
    Fte,
    LogDeviation,
    MonthlyShare,
    Multiplier,
    Name,
    Share,
    ShareAssumption,
    Text,
    TurnoverRate,
    Whole,
    WholeMonths,
    WholePosts,
    record,
)
from workforce_model.draws import Keys, name_key
from workforce_model.periods import Month, Reading

EMPTY, PERMANENT, AGENCY = np.int8(0), np.int8(1), np.int8(2)
"""Who holds a post: nobody, a permanent worker, an agency worker."""


@record
class Team:
    """A team: its name on the page, and how its leaving compares with the council's."""

    label: Text
    leaving_multiplier: Multiplier | None = None


@record
class PostGroup:
    """Posts of the establishment that are alike: same team, role, grade and hours.

    ``opening_*`` is who holds them when the clock starts; the rest are vacant. A group ``created``
    later is vacant from that month and recruited to, unless ``starts_on`` states that all arrive
    together; of those, ``planned_conversions`` are agency workers above establishment in the same
    team who take the post with their cases. ``displaces_agency``: a start may end agency above
    establishment in the same team.
    """

    team: Name
    role: Text
    grade: Name
    number: Whole
    fte: Fte = 1.0
    holds_cases: Flag
    caseload_share: Share = 1.0
    budget: Name
    qualified: Flag = True
    covered_by_agency: Flag = True
    displaces_agency: Flag = False
    opening_under_five_years: Whole = 0
    opening_over_five_years: Whole = 0
    opening_agency: Whole = 0
    created: Month | None = None
    starts_on: Month | None = None
    planned_conversions: Whole = 0
    filling_probability: MonthlyShare | None = None
    source: Text
    cost_centre: Text | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        held = self.opening_under_five_years + self.opening_over_five_years + self.opening_agency
        if held > self.number:
            found.append(("opening_under_five_years", f"{held} people open in {self.number} posts"))
        if held and self.created is not None:
            found.append(("created", "posts created later open empty; drop the opening_* keys"))
        if self.holds_cases and self.caseload_share == 0:
            found.append(("caseload_share", "a post that holds cases takes a share above 0"))
        if self.starts_on is not None and self.created is None:
            found.append(("starts_on", "needs a created month"))
        elif self.starts_on is not None and self.created is not None and self.starts_on < self.created:
            found.append(("starts_on", f"starts before the posts are created ({self.created})"))
        if self.planned_conversions and (self.starts_on is None or self.planned_conversions > self.number):
            found.append(("planned_conversions", f"needs starts_on, and at most the {self.number} posts of the group"))
        if not self.qualified and self.opening_agency:
            found.append(("opening_agency", "the census counts agency social workers; state qualified = true"))
        return found


@record
class AgencyGroup:
    """Workers outside the establishment: agency above establishment, or a commissioned team.

    They hold cases between ``first_month`` and ``last_month``; when they go, their cases pass on.
    A commissioned team keeps its number; an agency worker above establishment who leaves is
    replaced through the agency as a covered vacancy is.
    """

    kind: Literal["additional", "commissioned"]
    team: Name
    role: Text
    grade: Name
    number: WholePosts
    fte: Fte = 1.0
    caseload_share: Share = 1.0
    budget: Name
    first_month: Month
    last_month: Month
    source: Text
    cost_centre: Text | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if self.last_month < self.first_month:
            found.append(("last_month", f"ends before it starts ({self.first_month})"))
        if self.caseload_share == 0:
            found.append(("caseload_share", "an agency worker here holds cases: a share above 0"))
        return found


@record
class Workforce:
    """Who holds the posts at the start, and the rates at which they come and go."""

    teams: dict[Name, Team]
    posts: dict[Name, PostGroup]
    agency: dict[Name, AgencyGroup] = field(default_factory=dict)
    turnover_rate: TurnoverRate
    turnover_reading: Reading
    tenure_ratio: Multiplier
    year_shock: LogDeviation
    filling_probability: MonthlyShare
    recruitment_lead_months: WholeMonths
    newly_qualified_share: ShareAssumption
    conversion_rate: MonthlyShare
    conversion_from: Month | None = None
    conversion_until: Month | None = None
    cover_probability: MonthlyShare
    cover_same_month: Flag
    agency_leaving_rate: MonthlyShare
    agency_displacement: ShareAssumption

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        for kind, groups in (("posts", self.posts), ("agency", self.agency)):
            for name, group in groups.items():
                if group.team not in self.teams:
                    found.append(
                        (f"{kind}.{name}.team", f"unknown team {group.team!r}; known: {', '.join(sorted(self.teams))}")
                    )
        for name in sorted(set(self.posts) & set(self.agency)):
            found.append((f"agency.{name}", "a post group has this name already"))
        labels: dict[str, str] = {}
        for name, team in self.teams.items():
            other = labels.setdefault(_as_read(team.label), name)
            if other != name:
                found.append((f"teams.{name}.label", f"the same label as team {other}"))
        lead = self.recruitment_lead_months
        if min(x for x in (lead.value, lead.low) if x is not None) < 1:
            found.append(("recruitment_lead_months", "an emptied post waits at least one month for a starter"))
        if self.tenure_ratio.value <= 0 or (self.tenure_ratio.low is not None and self.tenure_ratio.low <= 0):
            found.append(("tenure_ratio", "must be above 0"))
        if (self.conversion_from and self.conversion_until) and self.conversion_until < self.conversion_from:
            found.append(("conversion_until", f"ends before it starts ({self.conversion_from})"))
        return found


def _as_read(label: str) -> str:
    """A label as a reader takes it in: Unicode form, case and spacing aside."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())


@dataclass(frozen=True)
class Posts:
    """The posts laid out: one row each, those that hold cases first, then by team, group and number.

    Rows are sorted by name, so the order of keys in a file cannot matter.
    """

    teams: tuple[str, ...]
    groups: tuple[str, ...]
    key: Keys
    team: NDArray[np.intp]
    group: NDArray[np.intp]
    number: NDArray[np.int64]
    fte: NDArray[np.float64]
    share: NDArray[np.float64]
    holding: int
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    starts: NDArray[np.int64]
    opening: NDArray[np.int8]
    opening_over_five: NDArray[np.bool_]
    established: NDArray[np.bool_]
    coverable: NDArray[np.bool_]
    commissioned: NDArray[np.bool_]
    displaces: NDArray[np.bool_]
    qualified: NDArray[np.bool_]
    converted: NDArray[np.bool_]


NEVER = np.int64(100_000)


def lay_out(workforce: Workforce, start: pd.Period) -> Posts:
    """One row for each post, with its team, its months and who holds it when the clock starts.

    Months are numbered from 1, the first simulated month; 0 is the opening position.
    """

    def number_of(when: pd.Period | None, otherwise: np.int64) -> int:
        return int(otherwise) if when is None else (when - start).n + 1

    rows: list[tuple[object, ...]] = []
    for name, group in workforce.posts.items():
        over, under = group.opening_over_five_years, group.opening_under_five_years
        for i in range(group.number):
            holder = PERMANENT if i < over + under else AGENCY if i < over + under + group.opening_agency else EMPTY
            rows.append(
                (not group.holds_cases, group.team, name, i, group.fte, group.caseload_share if group.holds_cases else 0.0,
                 number_of(group.created, np.int64(0)), int(NEVER), number_of(group.starts_on, NEVER), holder, i < over,
                 True, group.covered_by_agency, False, group.displaces_agency, group.qualified, i < group.planned_conversions)
            )  # fmt: skip
    for name, extra in workforce.agency.items():
        most = int(max(x for x in (extra.number.value, extra.number.high) if x is not None))
        first, last = number_of(extra.first_month, NEVER), number_of(extra.last_month, NEVER)
        commissioned = extra.kind == "commissioned"
        for i in range(most):
            rows.append(
                (False, extra.team, name, i, extra.fte, extra.caseload_share, first, last, int(NEVER), EMPTY, False,
                 False, True, commissioned, False, not commissioned, False)
            )  # fmt: skip
    rows.sort(key=lambda row: row[:4])
    teams = tuple(sorted(workforce.teams))
    groups = tuple(sorted([*workforce.posts, *workforce.agency]))
    column = list(zip(*rows, strict=True))
    return Posts(
        teams=teams,
        groups=groups,
        key=np.array([name_key("post", row[2], row[3]) for row in rows], dtype=np.uint64),
        team=np.array([teams.index(str(x)) for x in column[1]], dtype=np.intp),
        group=np.array([groups.index(str(x)) for x in column[2]], dtype=np.intp),
        number=np.array(column[3], dtype=np.int64),
        fte=np.array(column[4], dtype=float),
        share=np.array(column[5], dtype=float),
        holding=sum(not x for x in column[0]),
        first=np.array(column[6], dtype=np.int64),
        last=np.array(column[7], dtype=np.int64),
        starts=np.array(column[8], dtype=np.int64),
        opening=np.array(column[9], dtype=np.int8),
        opening_over_five=np.array(column[10], dtype=bool),
        established=np.array(column[11], dtype=bool),
        coverable=np.array(column[12], dtype=bool),
        commissioned=np.array(column[13], dtype=bool),
        displaces=np.array(column[14], dtype=bool),
        qualified=np.array(column[15], dtype=bool),
        converted=np.array(column[16], dtype=bool),
    )


@dataclass(frozen=True)
class TeamRows:
    """Which rows of the case-holding posts belong to which team: sorted by team, every team present.

    Parameters
    ----------
    names : tuple of str
        Teams, in the order of ``team``'s numbers.
    team : array, shape (H,)
        Each post's team number, never falling.
    """

    names: tuple[str, ...]
    team: NDArray[np.intp]

    @cached_property
    def first(self) -> NDArray[np.intp]:
        """The first row of each team."""
        return np.searchsorted(self.team, np.arange(len(self.names)))

    @cached_property
    def size(self) -> NDArray[np.intp]:
        """The number of rows of each team."""
        return np.bincount(self.team, minlength=len(self.names))

    def totals(self, values: NDArray[np.generic]) -> NDArray[np.int32]:
        """Whole-number sums over the posts of each team, shape (C, R)."""
        return np.asarray(np.add.reduceat(values, self.first, axis=0, dtype=np.int32))

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the posts of each team, shape (C, R)."""
        return np.asarray(np.add.reduceat(values, self.first, axis=0))


def case_rows(posts: Posts, teams: tuple[str, ...]) -> TeamRows:
    """The rows that hold cases, by team; ``teams`` are those that hold cases, in name order."""
    return TeamRows(teams, np.array([teams.index(posts.teams[t]) for t in posts.team[: posts.holding]], dtype=np.intp))
