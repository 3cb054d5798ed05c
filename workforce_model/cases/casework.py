"""Cases as stated: those open, those that arrive, how long they last, where they go, how they are shared out."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from workforce_model.basis.assumptions import (
    LEAST_SHARE,
    CasesAMonth,
    Dispersion,
    Fault,
    Growth,
    MonthlyShare,
    Multiplier,
    Name,
    ShareAssumption,
    Whole,
    WholeCases,
    WholeMonths,
    record,
)
from workforce_model.basis.periods import Month
from workforce_model.cases.arrivals import CalendarMonth, Surge


@record
class StepDown:
    """Child-in-need plans kept open after a child protection plan ends (improvement plan, action 1.4).

    Of the cases that leave the team without passing on, ``ended_plans`` are children whose child protection plan
    has ended, and ``closed_early`` the part of those whose case would otherwise close at once. From
    ``from_month`` these stay open, with their worker, for ``kept_months`` more.
    """

    ended_plans: ShareAssumption
    closed_early: ShareAssumption
    kept_months: Whole
    from_month: Month

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        return [] if 1 <= self.kept_months <= 24 else [("kept_months", "from 1 to 24 months")]


@record
class TeamCases:
    """A team's cases: those open at the start, those that arrive, and where they go.

    ``leaving_rate`` is the share of open cases that close or pass on in a month; of those,
    ``passes_on`` states the share that goes to each named team.
    """

    open_cases: WholeCases
    arrivals: CasesAMonth
    leaving_rate: MonthlyShare
    passes_on: dict[Name, ShareAssumption] = field(default_factory=dict)
    step_down: StepDown | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        for end in ("value", "high"):
            total = sum(getattr(share, end) or share.value for share in self.passes_on.values())
            if total > 1 + 1e-12:
                return [("passes_on", f"the shares passed on add up to {total:.10g} at their {end}; at most 1")]
        return []


@record
class Caseloads:
    """How cases come, last and are shared out.

    ``settling``: for ``settling_months`` a starter takes ``settling_share`` of a caseload ("step"), or a share that
    rises from it to a full one ("ramp"). ``season`` states a multiplier for each of the twelve calendar months, or
    none. With ``most_cases`` a worker with a full caseload share takes no new case at or above that number; what
    nobody can take waits unallocated. Left out, there is no limit.
    """

    teams: dict[Name, TeamCases]
    arrivals_growth: Growth
    arrivals_dispersion: Dispersion
    season: dict[CalendarMonth, Multiplier] = field(default_factory=dict)
    surges: dict[Name, Surge] = field(default_factory=dict)
    random_share: ShareAssumption
    settling: Literal["step", "ramp"] = "step"
    settling_months: WholeMonths
    settling_share: ShareAssumption
    newly_qualified_months: WholeMonths
    newly_qualified_share: ShareAssumption
    caseload_limit: Whole
    most_cases: Whole | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        for name, team in self.teams.items():
            for other in team.passes_on:
                if other == name or other not in self.teams:
                    found.append(
                        (
                            f"teams.{name}.passes_on.{other}",
                            f"another team that holds cases; known: {', '.join(sorted(self.teams))}",
                        )
                    )
        for name, surge in self.surges.items():
            if surge.team not in self.teams:
                found.append(
                    (f"surges.{name}.team", f"a team that holds cases; known: {', '.join(sorted(self.teams))}")
                )
        if self.season and len(self.season) != 12:
            found.append(("season", f"states all twelve months or none; {len(self.season)} are stated"))
        elif self.season and abs(sum(month.value for month in self.season.values()) - 12) > 0.001:
            average = sum(month.value for month in self.season.values()) / 12
            found.append(("season", f"the twelve multipliers average to 1; these average to {average:.4f}"))
        found += [(key, "at least 1 case") for key in ("caseload_limit", "most_cases") if getattr(self, key) == 0]
        for key in ("settling_share", "newly_qualified_share"):
            share = getattr(self, key)
            if any(0 < x < LEAST_SHARE for x in (share.value, share.value if share.low is None else share.low)):
                found.append((key, f"0 for no case, or at least {LEAST_SHARE:g}"))
        if max(self.settling_months.value, self.settling_months.high or 0) > 24:
            found.append(("settling_months", "at most 24 months"))
        return found
