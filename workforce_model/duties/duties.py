"""Duties: work that is not an allocated case, as a scenario states it.

Return home interviews, private fostering, health passports, audits and plan reviews: what is asked for, how
long each takes, how soon it must be done, and which posts do it. ``work_done`` plays them.
"""

from __future__ import annotations

from dataclasses import field

from workforce_model.basis.assumptions import (
    Dispersion,
    Fault,
    Flag,
    HoursAWeek,
    HoursAYear,
    HoursEach,
    MonthlyShare,
    Name,
    RequestsAMonth,
    ShareAssumption,
    Text,
    Whole,
    WholeRequests,
    record,
)
from workforce_model.basis.periods import Month
from workforce_model.duties.working_days import LimitUnit


@record
class Stream:
    """Requests of one kind that come of themselves: how many, what share is offered, what share accepts.

    ``offered_before`` is the share offered before ``offered_from``, where practice changed in a month.
    """

    a_month: RequestsAMonth
    dispersion: Dispersion
    offered: ShareAssumption
    accepted: ShareAssumption
    offered_before: ShareAssumption | None = None
    offered_from: Month | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        if (self.offered_before is None) != (self.offered_from is None):
            return [("offered_from", "a share offered before and the month it changed are stated together")]
        return []


@record
class Planned:
    """Work on a fixed schedule: a number each month, or each so many weeks, between two months."""

    number: WholeRequests
    every_weeks: Whole | None = None
    first: Month
    last: Month | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if self.every_weeks == 0:
            found.append(("every_weeks", "at least 1 week; leave it out for every month"))
        if self.last is not None and self.last < self.first:
            found.append(("last", f"ends before it starts ({self.first})"))
        return found


@record
class Visits:
    """Visits that follow while an arrangement lasts; those accepted among the requests become arrangements.

    ``notice_weeks`` is how long before it falls due a visit can be made.
    """

    open_at_start: WholeRequests
    ends: MonthlyShare
    first_year_every_weeks: Whole
    later_every_weeks: Whole
    notice_weeks: Whole
    hours_each: HoursEach

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        intervals = ("first_year_every_weeks", "later_every_weeks")
        found = [(key, "at least 1 week") for key in intervals if getattr(self, key) < 1]
        if not found and self.notice_weeks > min(self.first_year_every_weeks, self.later_every_weeks):
            found.append(("notice_weeks", "no longer than the interval between visits"))
        return found + _above_nought(self.hours_each, "hours_each")


@record
class KnownGroup:
    """People who should each hold a document: how many are known, how many hold it, and how that changes.

    ``known_from`` is the month in which the number is established; before it no share can be stated.
    ``copies_kept_from`` is the month after which lost papers are replaced from a copy at once.
    """

    number: WholeRequests
    holding: ShareAssumption
    joins: RequestsAMonth
    leaves: MonthlyShare
    loses: MonthlyShare
    known_from: Month | None = None
    copies_kept_from: Month | None = None


@record
class TimeLimit:
    """How soon it must be done."""

    within: Whole
    unit: LimitUnit

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        if self.unit == "hours" and self.within % 24:
            return [("within", "hours are counted in whole days: a multiple of 24")]
        return []


@record
class Doer:
    """A post group that does a duty, and the hours a week each FTE at work gives to it.

    ``steps_in``: only on days when none of the others is at work. ``outside``: the number of people, where
    they are not posts of this establishment (a nurse, personal advisers).
    """

    hours_a_week: HoursAWeek
    steps_in: Flag = False
    outside: Whole | None = None
    first_month: Month | None = None
    last_month: Month | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        if self.first_month and self.last_month and self.last_month < self.first_month:
            return [("last_month", f"ends before it starts ({self.first_month})")]
        return []


KINDS = ("requests", "planned", "follows", "group")


@record
class Duty:
    """One duty: what there is to do, how long it takes, how soon it must be done, and who does it.

    Its work comes of itself (``requests``), on a schedule (``planned``), from another duty's work done
    (``follows``), or from a known ``group``; one of these.

    ``team`` answers for it, and from ``moves_in`` the team it ``moves_to``. A request still not done
    ``lapses_after_days`` days is given up. ``share_good`` is for audits and reviews: the share found good.
    """

    label: Text
    source: Text
    team: Name
    moves_to: Name | None = None
    moves_in: Month | None = None
    requests: dict[Name, Stream] = field(default_factory=dict)
    planned: Planned | None = None
    follows: Name | None = None
    group: KnownGroup | None = None
    visits: Visits | None = None
    hours_each: HoursEach
    limit: TimeLimit | None = None
    lapses_after_days: Whole | None = None
    share_good: ShareAssumption | None = None
    done_by: dict[Name, Doer] = field(default_factory=dict)

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = _above_nought(self.hours_each, "hours_each")
        stated = [kind for kind in KINDS if getattr(self, kind)]
        if len(stated) != 1:
            found.append((stated[1] if stated else "requests", f"one of {', '.join(KINDS)}, not {len(stated)} of them"))
        if self.visits and not self.requests:
            found.append(("visits", "visits follow requests"))
        if (self.moves_to is None) != (self.moves_in is None):
            found.append(("moves_in", "a team it moves to and the month are stated together"))
        if (self.limit is None) != (self.group is not None):
            rule = "missing: a time limit" if self.limit is None else "a known group has no time limit but leaving it"
            found.append(("limit", rule))
        elif self.limit and self.lapses_after_days is not None and self.lapses_after_days <= _longest(self.limit):
            found.append(("lapses_after_days", "longer than the time limit"))
        return found


def _longest(limit: TimeLimit) -> int:
    """The most calendar days a limit can last; bank holidays and weekends allow for four days in ten."""
    return {"hours": limit.within // 24, "days": limit.within, "weeks": 7 * limit.within}.get(
        limit.unit, 2 * limit.within + 7
    )


def _above_nought(stated: HoursEach, key: str) -> list[Fault]:
    least = min(x for x in (stated.value, stated.low) if x is not None)
    return [] if least > 0 else [(key, "takes some time: above 0 hours")]


@record
class PracticeLeads:
    """What practice and audit leads might change: nil unless stated, and never a finding.

    The value is what is assumed, the range what is shown beside it: points by which the share of plans found
    good rises, and shares by which re-referred cases and turnover fall. No ordinary run takes it from here;
    ``wm.practice_lead_effects`` plays it as a what-if.
    """

    plan_quality: ShareAssumption
    re_referral: ShareAssumption
    retention: ShareAssumption

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        rule = "nil, with a range from nil: an effect is played as a what-if, never assumed unseen"
        return [(key, rule) for key, a in vars(self).items() if a.value != 0 or a.low != 0 or a.high is None]


@record
class Duties:
    """The duties of a council, and what an FTE gives in a year.

    ``absence_share`` is the share of working days an FTE is away: leave, training and sickness, in whole
    weeks. ``productive_hours`` turn hours of work into FTE.
    """

    absence_share: ShareAssumption
    productive_hours: HoursAYear
    practice_leads: PracticeLeads | None = None
    work: dict[Name, Duty]

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = _above_nought(self.productive_hours, "productive_hours")
        for name, duty in self.work.items():
            other = self.work.get(duty.follows) if duty.follows else None
            if duty.follows and (other is None or other.follows or other.group):
                known = ", ".join(sorted(x for x, d in self.work.items() if not (d.follows or d.group)))
                found.append((f"work.{name}.follows", f"a duty done one by one, not itself following; known: {known}"))
        return found
