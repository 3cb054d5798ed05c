"""One month of posts: leave, convert, start, appoint, cover.

A post is held by a permanent worker, by an agency worker, or by nobody, and carries a recruitment
clock. State is arrays over posts and runs, runs contiguous; a month touches only the posts that
change. Whole people: a post of 0.7 FTE is one person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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
from workforce_model.draws import Keys, Words, name_key, threshold
from workforce_model.periods import Month, Reading

EMPTY, PERMANENT, AGENCY = np.int8(0), np.int8(1), np.int8(2)
FIVE_YEARS = 60

Cells = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Chosen (post, run) cells: two index arrays of the same length."""


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
                    found.append((f"{kind}.{name}.team", f"unknown team {group.team!r}; known: {', '.join(sorted(self.teams))}"))
        for name in sorted(set(self.posts) & set(self.agency)):
            found.append((f"agency.{name}", "a post group has this name already"))
        labels: dict[str, str] = {}
        for name, team in self.teams.items():
            other = labels.setdefault(" ".join(team.label.casefold().split()), name)
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


@dataclass
class Staff:
    """Who holds each post, by post and run.

    ``since`` is the month the holder came, or the month the post fell empty; ``clock`` the months
    until an appointed person starts, 0 where nobody is appointed; ``contracted`` whether a post
    outside the establishment is among those agreed in this run and not ended early.
    """

    holder: NDArray[np.int8]
    since: NDArray[np.int16]
    newly_qualified: NDArray[np.bool_]
    clock: NDArray[np.int8]
    contracted: NDArray[np.bool_]


def open_staff(posts: Posts, words: Words, agreed: dict[str, NDArray[np.float64]], newly_qualified_share: NDArray[np.float64]) -> Staff:
    """The opening position: the stated people in post, their months of service drawn within their band.

    Parameters
    ----------
    agreed : dict of array, shape (R,)
        For each agency group, the number of its workers in each run.
    newly_qualified_share : array, shape (R,)
        Share of those in their first year who are newly qualified.
    """
    shape = (posts.key.size, words.runs.size)
    holder = np.repeat(posts.opening[:, None], shape[1], axis=1)
    served = (words.of_posts(posts.key, "opening service").astype(np.uint64) * np.uint64(FIVE_YEARS) >> np.uint64(31)).astype(np.int16)
    served[posts.opening_over_five] = FIVE_YEARS
    newly = words.of_posts(posts.key, "opening newly qualified") < threshold(newly_qualified_share)
    newly &= (holder == PERMANENT) & (served < 12) & posts.qualified[:, None]
    contracted = np.zeros(shape, dtype=bool)
    for name, count in agreed.items():
        mine = posts.group == posts.groups.index(name)
        contracted[mine] = posts.number[mine][:, None] < count[None, :]
    holder[contracted & (posts.first <= 0)[:, None]] = AGENCY
    return Staff(holder=holder, since=-served, newly_qualified=newly, clock=np.zeros(shape, dtype=np.int8), contracted=contracted)


def leaving_chances(monthly: NDArray[np.float64], tenure_ratio: NDArray[np.float64], share_under: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Monthly chances of leaving under and over five years' service that average to the stated one.

    Examples
    --------
    >>> under, over = leaving_chances(np.array([0.013]), np.array([1.36]), 0.59)
    >>> round(float(0.59 * under[0] + 0.41 * over[0]), 6), round(float(under[0] / over[0]), 2)
    (0.013, 1.36)
    """
    over = monthly / (share_under * tenure_ratio + 1 - share_under)
    return over * tenure_ratio, over


def leave(staff: Staff, posts: Posts, words: Words, month: int, under: NDArray[np.float64], over: NDArray[np.float64], agency: NDArray[np.float64]) -> tuple[Cells, Cells]:
    """Workers who leave this month: their posts fall empty.

    Parameters
    ----------
    under, over : array, shape (T, R)
        Chance this month for permanent workers under and over five years' service, by team and run.
    agency : array, shape (R,)
        Chance this month for an agency worker. A commissioned team keeps its number.

    Returns
    -------
    permanent, agency : cells
        The (post, run) cells whose worker left.
    """
    chances = threshold(np.stack([np.zeros_like(under), under, over, np.broadcast_to(agency, under.shape)]))
    drawn = words.of_posts(posts.key, "leave", month)
    post, run = np.nonzero(drawn < chances.max(axis=(0, 1)))
    holder, served = staff.holder[post, run], month - staff.since[post, run]
    band = np.where(holder == PERMANENT, 1 + (served >= FIVE_YEARS), np.where(holder == AGENCY, 3, 0))
    band[posts.commissioned[post]] = 0
    goes = drawn[post, run] < chances[band, posts.team[post], run]
    post, run, was_permanent = post[goes], run[goes], holder[goes] == PERMANENT
    vacate(staff, (post, run), month)
    return (post[was_permanent], run[was_permanent]), (post[~was_permanent], run[~was_permanent])


def vacate(staff: Staff, cells: Cells, month: int) -> None:
    """Empty these posts."""
    staff.holder[cells] = EMPTY
    staff.since[cells] = month
    staff.newly_qualified[cells] = False


def convert(staff: Staff, posts: Posts, words: Words, month: int, chance: NDArray[np.float64]) -> Cells:
    """Agency workers covering a vacancy who take the post: same person, same cases.

    A post to which somebody is already appointed is not open to conversion.
    """
    eligible = (staff.holder == AGENCY) & (staff.clock == 0) & posts.established[:, None]
    cells = _chosen(eligible, posts, words, "convert", month, chance)
    staff.holder[cells] = PERMANENT
    staff.since[cells] = month
    return cells


def convert_planned(staff: Staff, posts: Posts, month: int) -> tuple[Cells, Cells]:
    """Agency workers above establishment who take up newly created posts: same person, same cases.

    The longest in post goes first; where none is left in the team, the post starts as recruited.

    Returns
    -------
    taken, given_up : cells
        The established posts taken, and the contracts given up for them, in step.
    """
    extra = np.flatnonzero(~posts.established & ~posts.commissioned)
    taken: list[Cells] = []
    given_up: list[Cells] = []
    for post in np.flatnonzero(posts.converted & (posts.starts == month)):
        mine = extra[posts.team[extra] == posts.team[post]]
        there = staff.holder[mine] == AGENCY
        run = np.flatnonzero(there.any(axis=0))
        contract = mine[np.where(there, staff.since[mine], np.iinfo(np.int16).max).argmin(axis=0)[run]]
        staff.holder[post, run], staff.since[post, run] = PERMANENT, month
        staff.contracted[contract, run] = False
        vacate(staff, (contract, run), month)
        taken.append((np.full(run.size, post), run))
        given_up.append((contract, run))
    return _joined(taken), _joined(given_up)


def _joined(cells: list[Cells]) -> Cells:
    none = np.zeros(0, dtype=np.intp)
    return np.concatenate([none, *(post for post, _ in cells)]), np.concatenate([none, *(run for _, run in cells)])


def start(staff: Staff, posts: Posts, words: Words, month: int, newly_qualified_share: NDArray[np.float64]) -> tuple[Cells, Cells]:
    """Appointed people who start this month; an agency worker covering the post goes.

    Returns
    -------
    started, replaced : cells
        Posts whose appointed person started, and those among them that agency had covered.
    """
    due = staff.clock == 1
    staff.clock -= staff.clock > 0
    planned = (posts.starts == month)[:, None] & (staff.holder != PERMANENT)
    post, run = np.nonzero(due | planned)
    covered = staff.holder[post, run] == AGENCY
    staff.clock[post, run] = 0
    staff.holder[post, run] = PERMANENT
    staff.since[post, run] = month
    drawn = words.of_cells(posts.key[post], run, "newly qualified", month)
    staff.newly_qualified[post, run] = (drawn < threshold(newly_qualified_share)[run]) & posts.qualified[post]
    return (post, run), (post[covered], run[covered])


def appoint(staff: Staff, posts: Posts, words: Words, month: int, chance: NDArray[np.float64], lead_months: NDArray[np.float64]) -> Cells:
    """Posts without a permanent holder to which somebody is appointed this month, to start after the lead.

    Parameters
    ----------
    chance : array, shape (G, R)
        Monthly probability that a vacancy is filled, by post group.
    lead_months : array, shape (R,)
        Whole months from appointment to start, at least one.
    """
    open_to = posts.established & (posts.first <= month) & (posts.starts == NEVER)
    vacant = (staff.holder != PERMANENT) & (staff.clock == 0) & open_to[:, None]
    post, run = _chosen(vacant, posts, words, "appoint", month, chance)
    staff.clock[post, run] = lead_months[run]
    return post, run


def cover(staff: Staff, posts: Posts, words: Words, month: int, chance: NDArray[np.float64], same_month: bool) -> Cells:
    """Empty posts that an agency worker comes to cover, and agency posts above establishment refilled.

    A post that fell empty this month is covered at once only if ``same_month``.
    """
    active = posts.coverable & (posts.first <= month) & (month <= posts.last) & ~posts.commissioned
    waiting = (staff.holder == EMPTY) & active[:, None] & (staff.contracted | posts.established[:, None])
    if not same_month:
        waiting &= staff.since < month
    cells = _chosen(waiting, posts, words, "cover", month, chance)
    staff.holder[cells] = AGENCY
    staff.since[cells] = month
    return cells


def open_contracts(staff: Staff, posts: Posts, month: int) -> Cells:
    """Agency workers above establishment and commissioned workers whose first month this is."""
    post, run = np.nonzero((~posts.established & (posts.first == month))[:, None] & staff.contracted)
    staff.holder[post, run] = AGENCY
    staff.since[post, run] = month
    return post, run


def end_contracts(staff: Staff, posts: Posts, month: int) -> Cells:
    """Agency workers above establishment and commissioned workers whose last month has passed."""
    ended = ~posts.established & (posts.last == month - 1)
    cells = np.nonzero(ended[:, None] & (staff.holder == AGENCY))
    staff.contracted[ended] = False
    vacate(staff, cells, month)
    return cells


def displace(staff: Staff, posts: Posts, words: Words, month: int, started: Cells, chance: NDArray[np.float64]) -> Cells:
    """Agency workers above establishment whose work a newly created post has taken over.

    Each start in a post that ``displaces_agency`` ends, with the stated chance, one contract above
    establishment in the same team, longest in post first.
    """
    post, run = started
    counts = posts.displaces[post]
    post, run = post[counts], run[counts]
    taken = words.of_cells(posts.key[post], run, "displace", month) < threshold(chance)[run]
    post, run = post[taken], run[taken]
    ended_posts, ended_runs = [], []
    for row, column in zip(post.tolist(), run.tolist(), strict=True):
        mine = np.flatnonzero((posts.team == posts.team[row]) & ~posts.established & ~posts.commissioned & (staff.holder[:, column] == AGENCY))
        if mine.size:
            longest = int(mine[np.argmin(staff.since[mine, column])])
            staff.contracted[longest, column] = False
            vacate(staff, (np.array([longest]), np.array([column])), month)
            ended_posts.append(longest)
            ended_runs.append(column)
    return np.array(ended_posts, dtype=np.intp), np.array(ended_runs, dtype=np.intp)


def _chosen(eligible: NDArray[np.bool_], posts: Posts, words: Words, purpose: str, month: int, chance: NDArray[np.float64]) -> Cells:
    """The eligible cells whose word falls below the chance of the event."""
    post, run = np.nonzero(eligible)
    limit = threshold(chance)
    drawn = words.of_cells(posts.key[post], run, purpose, month)
    happens = drawn < (limit[run] if limit.ndim == 1 else limit[posts.group[post], run])
    return post[happens], run[happens]
