"""The rates at which people come and go, laid out by run for a block: what each run's draw of the assumptions says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.assumptions import Assumption
from workforce_model.basis.draws import threshold
from workforce_model.basis.periods import Periods, monthly_probability
from workforce_model.people.absence import AbsenceRates, sickness_chance
from workforce_model.people.conversion import CampaignMonth
from workforce_model.people.establishment import Workforce
from workforce_model.people.filling import MoveRate
from workforce_model.people.posts import PERMANENT, Posts
from workforce_model.people.workforce import Chances, Limits, leaving_chances

Values = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Effects:
    """What makes leaving more or less likely, by run: see ``workforce.pressure``."""

    knee: int
    by_caseload: Chances
    by_agency: Chances
    retention: Chances


@dataclass(frozen=True)
class StaffRates:
    """Chances and limits by run, arrays of shape (R,) unless said; None is switched off.

    ``under`` and ``over``: monthly chances of leaving under and over five years, team effect included, (T, R).
    ``filling``: word limits by post group, (G, R). ``converting``: the months in which conversion goes on.
    """

    under: Chances
    over: Chances
    year_shock: Chances
    national_swing: Chances
    agency_leaving: Chances
    effects: Effects | None
    newly_qualified: Limits
    displacement: Limits
    conversion: Limits
    converting: tuple[bool, ...]
    campaigns: tuple[tuple[range, CampaignMonth], ...]
    moves: tuple[MoveRate, ...]
    filling: Limits
    lead: NDArray[np.int8]
    market: Chances | None
    covering: Limits
    cover_limit: Chances | None
    notice: NDArray[np.int8] | None
    fee_free: Chances | None
    absence: AbsenceRates | None


def staff_rates(
    workforce: Workforce, posts: Posts, values: Values, draw: NDArray[np.intp], periods: Periods
) -> StaffRates:
    """The rates of a block of runs.

    Parameters
    ----------
    values : dict of array, shape (D,)
        Every assumption's value in each draw, by dotted path.
    draw : array, shape (R,)
        Each run's draw.
    """

    def by_run(name: str) -> Chances:
        return values[f"workforce.{name}"][draw]

    def where_stated(name: str, stated: Assumption | None, otherwise: float) -> Chances:
        return by_run(name) if stated else np.full(draw.size, otherwise)

    def if_stated(name: str, stated: Assumption | None) -> Chances | None:
        return by_run(name) if stated else None

    under, over = _leaving(workforce, posts, values, draw)
    team_effect = np.stack([
        where_stated(f"teams.{name}.leaving_multiplier", workforce.teams[name].leaving_multiplier, 1.0) for name in posts.teams
    ])  # fmt: skip
    caseload, agency, retention = workforce.caseload_effect, workforce.agency_share_effect, workforce.retention_effect
    effects = Effects(
        workforce.caseload_knee, where_stated("caseload_effect", caseload, 0.0),
        where_stated("agency_share_effect", agency, 0.0), where_stated("retention_effect", retention, 1.0),
    )  # fmt: skip
    first, last = workforce.conversion_from or periods.start, workforce.conversion_until or periods.end
    notice = if_stated("agency_notice_months", workforce.agency_notice_months)
    return StaffRates(
        under=under * team_effect,
        over=over * team_effect,
        year_shock=by_run("year_shock"),
        national_swing=where_stated("national_swing", workforce.national_swing, 0.0),
        agency_leaving=by_run("agency_leaving_rate"),
        effects=effects if caseload or agency or retention else None,
        newly_qualified=threshold(by_run("newly_qualified_share")),
        displacement=threshold(by_run("agency_displacement")),
        conversion=threshold(by_run("conversion_rate")),
        converting=tuple(first <= when <= last for when in periods.months()),
        campaigns=tuple(_campaigns(workforce, posts, values, draw, periods)),
        moves=tuple(
            MoveRate(
                name,
                posts.teams.index(m.from_team),
                posts.teams.index(m.to_team),
                threshold(by_run(f"moves.{name}.rate")),
            )
            for name, m in sorted(workforce.moves.items())
        ),
        filling=threshold(np.stack([_filling(workforce, name, values)[draw] for name in posts.groups])),
        lead=by_run("recruitment_lead_months").astype(np.int8),
        market=if_stated("market_limit", workforce.market_limit),
        covering=threshold(by_run("cover_probability")),
        cover_limit=if_stated("cover_limit", workforce.cover_limit),
        notice=None if notice is None else notice.astype(np.int8),
        fee_free=if_stated("fee_free_months", workforce.fee_free_months),
        absence=_absence(values, draw) if workforce.absence else None,
    )


def _leaving(workforce: Workforce, posts: Posts, values: Values, draw: NDArray[np.intp]) -> tuple[Chances, Chances]:
    """Monthly chances under and over five years, which average to the stated rate over the opening staff, (R,)."""
    monthly = monthly_probability(values["workforce.turnover_rate"], workforce.turnover_reading)[draw]
    opening = posts.opening == PERMANENT
    share_under = float(1 - posts.opening_over_five[opening].mean()) if opening.any() else 0.5
    return leaving_chances(monthly, values["workforce.tenure_ratio"][draw], share_under)


def _filling(workforce: Workforce, group: str, values: Values) -> Chances:
    """Monthly probability that a vacancy of a group is filled: its own where stated, else the council's, (D,)."""
    own = group in workforce.posts and workforce.posts[group].filling_probability
    return values[f"workforce.posts.{group}.filling_probability" if own else "workforce.filling_probability"]


def _campaigns(
    workforce: Workforce, posts: Posts, values: Values, draw: NDArray[np.intp], periods: Periods
) -> list[tuple[range, CampaignMonth]]:
    """Each campaign with the numbers of its months."""
    found = []
    for name, plan in sorted(workforce.campaigns.items()):
        months = range((plan.first_month - periods.start).n + 1, (plan.last_month - periods.start).n + 2)
        least, accepting = (values[f"workforce.campaigns.{name}.{key}"][draw] for key in ("least_months", "acceptance"))
        teams = np.isin(posts.teams, plan.teams)
        found.append((months, CampaignMonth(name, teams, least, threshold(accepting), plan.above_establishment)))
    return found


def _absence(values: Values, draw: NDArray[np.intp]) -> AbsenceRates:
    share, length, parental, months, covered = (
        values[f"workforce.absence.{key}"][draw]
        for key in ("sickness_share", "sickness_months", "parental_rate", "parental_months", "covered")
    )
    return AbsenceRates(
        sickness=sickness_chance(share, length),
        sickness_months=length,
        parental=monthly_probability(parental, "replaced"),
        parental_months=months.astype(np.int16),
        covered=threshold(covered),
    )
