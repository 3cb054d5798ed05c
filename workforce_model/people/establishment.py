"""The establishment as stated: teams, posts, agency contracts, and the rates at which people come and go.

What a scenario leaves out is switched off: a table or key that may be absent says what its absence means.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from workforce_model.basis.assumptions import (
    LEAST_SHARE,
    Fault,
    Flag,
    Fte,
    LogChange,
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
from workforce_model.basis.periods import Month, Reading


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
    establishment in the same team. ``over_establishment`` is how many more people than posts may be
    in post. ``retention_payment``: the holders are paid to stay, with ``retention_effect``.
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
    over_establishment: Whole = 0
    retention_payment: Flag = False
    filling_probability: MonthlyShare | None = None
    source: Text
    cost_centre: Text | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        held = self.opening_under_five_years + self.opening_over_five_years + self.opening_agency
        if held > self.number + self.over_establishment:
            more = f" and {self.over_establishment} over establishment" if self.over_establishment else ""
            found.append(("opening_under_five_years", f"{held} people open in {self.number} posts{more}"))
        elif self.opening_agency and held > self.number:
            found.append(("opening_agency", f"agency covers vacancies, and {held} people open in {self.number} posts"))
        if held and self.created is not None:
            found.append(("created", "posts created later open empty; drop the opening_* keys"))
        if self.holds_cases and self.caseload_share < LEAST_SHARE:
            found.append(("caseload_share", f"a post that holds cases takes a share of at least {LEAST_SHARE:g}"))
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
        if self.caseload_share < LEAST_SHARE:
            found.append(("caseload_share", f"an agency worker here holds cases: a share of at least {LEAST_SHARE:g}"))
        return found


@record
class Absence:
    """Sickness and parental leave: capacity lost from a filled post.

    ``sickness_share`` is the share of working time lost, in spells of ``sickness_months`` on average; a
    worker off sick keeps the cases, which wait. ``parental_rate`` is the share of permanent workers who
    start parental leave in a year, for ``parental_months``; their cases are handed over. ``covered`` is the
    share of absences, in posts that agency may cover, for which an agency worker stands in from the first month to
    the last.
    """

    sickness_share: ShareAssumption
    sickness_months: WholeMonths
    parental_rate: ShareAssumption
    parental_months: WholeMonths
    covered: ShareAssumption

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        for key, months, most in (
            ("sickness_months", self.sickness_months, 12),
            ("parental_months", self.parental_months, 24),
        ):
            stated = [x for x in (months.low, months.value, months.high) if x is not None]
            if not 1 <= min(stated) <= max(stated) <= most:
                found.append((key, f"from 1 to {most} months"))
        if max(self.sickness_share.value, self.sickness_share.high or 0) > 0.5:
            found.append(("sickness_share", "at most half of working time"))
        return found


@record
class Campaign:
    """A conversion campaign: agency workers asked, in stated months, to take a permanent post.

    Those covering a vacancy take the post they cover; those above establishment (where
    ``above_establishment``) take an empty post of their team. Only workers with ``least_months`` of service
    are asked, and each accepts with a monthly probability.
    """

    first_month: Month
    last_month: Month
    teams: tuple[Name, ...]
    least_months: WholeMonths
    acceptance: MonthlyShare
    above_establishment: Flag
    source: Text

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if self.last_month < self.first_month:
            found.append(("last_month", f"ends before it starts ({self.first_month})"))
        if not self.teams:
            found.append(("teams", "names the teams whose agency workers are asked"))
        return found


@record
class Move:
    """Permanent workers who move from one team to a vacant post of the same grade in another."""

    from_team: Name
    to_team: Name
    rate: MonthlyShare
    source: Text

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        return [("to_team", "another team than the one they leave")] if self.from_team == self.to_team else []


@record
class Workforce:
    """Who holds the posts at the start, and the rates at which they come and go.

    What may be left out is switched off when it is: the national swing, the effects of caseload (for each case
    over ``caseload_knee``), of the council's agency share and of retention payments on leaving, absence,
    campaigns, moves, limits on appointments under way (``market_limit``) and on posts covered at once
    (``cover_limit``), the month or more for which a replaced agency worker is still paid
    (``agency_notice_months``) and the months of service below which a conversion owes a fee
    (``fee_free_months``).
    """

    teams: dict[Name, Team]
    posts: dict[Name, PostGroup]
    agency: dict[Name, AgencyGroup] = field(default_factory=dict)
    campaigns: dict[Name, Campaign] = field(default_factory=dict)
    moves: dict[Name, Move] = field(default_factory=dict)
    absence: Absence | None = None
    turnover_rate: TurnoverRate
    turnover_reading: Reading
    tenure_ratio: Multiplier
    year_shock: LogDeviation
    national_swing: LogDeviation | None = None
    caseload_effect: LogChange | None = None
    caseload_knee: Whole = 15
    agency_share_effect: LogChange | None = None
    retention_effect: Multiplier | None = None
    filling_probability: MonthlyShare
    recruitment_lead_months: WholeMonths
    market_limit: WholePosts | None = None
    newly_qualified_share: ShareAssumption
    conversion_rate: MonthlyShare
    conversion_from: Month | None = None
    conversion_until: Month | None = None
    cover_probability: MonthlyShare
    cover_same_month: Flag
    cover_limit: WholePosts | None = None
    agency_leaving_rate: MonthlyShare
    agency_notice_months: WholeMonths | None = None
    fee_free_months: WholeMonths | None = None
    agency_displacement: ShareAssumption

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        return [*self._unknown_teams(), *self._same_names(), *self._rates_at_odds()]

    def _unknown_teams(self) -> Iterator[Fault]:
        named = [
            *((f"posts.{name}.team", group.team) for name, group in self.posts.items()),
            *((f"agency.{name}.team", group.team) for name, group in self.agency.items()),
            *((f"campaigns.{name}.teams", team) for name, plan in self.campaigns.items() for team in plan.teams),
            *(
                (f"moves.{name}.{end}", getattr(move, end))
                for name, move in self.moves.items()
                for end in ("from_team", "to_team")
            ),
        ]
        for key, team in named:
            if team not in self.teams:
                yield key, f"unknown team {team!r}; known: {', '.join(sorted(self.teams))}"

    def _same_names(self) -> Iterator[Fault]:
        for name in sorted(set(self.posts) & set(self.agency)):
            yield f"agency.{name}", "a post group has this name already"
        labels: dict[str, str] = {}
        for name, team in self.teams.items():
            other = labels.setdefault(_as_read(team.label), name)
            if other != name:
                yield f"teams.{name}.label", f"the same label as team {other}"

    def _rates_at_odds(self) -> Iterator[Fault]:
        lead = self.recruitment_lead_months
        if min(x for x in (lead.value, lead.low) if x is not None) < 1:
            yield "recruitment_lead_months", "an emptied post waits at least one month for a starter"
        if self.tenure_ratio.value <= 0 or (self.tenure_ratio.low is not None and self.tenure_ratio.low <= 0):
            yield "tenure_ratio", "must be above 0"
        if (self.conversion_from and self.conversion_until) and self.conversion_until < self.conversion_from:
            yield "conversion_until", f"ends before it starts ({self.conversion_from})"
        paid = [name for name, group in self.posts.items() if group.retention_payment]
        if paid and self.retention_effect is None:
            yield "retention_effect", f"missing: {paid[0]} has retention payments; state 1.0 for no effect"
        notice = self.agency_notice_months
        if notice is not None and max(notice.value, notice.high or 0) > 12:
            yield "agency_notice_months", "at most 12 months"


def _as_read(label: str) -> str:
    """A label as a reader takes it in: Unicode form, case and spacing aside."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())
