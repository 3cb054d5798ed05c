"""What the months that happened count for each rate: events, the trials they came from, and how likely each value makes them.

Nobody is counted before the window opens or after it closes: people in post at the opening position have served
already, and are at risk only while they are seen (left truncation). Figures not available or known to be bad are left
out, with the trials that belong to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.assumptions import Assumption
from workforce_model.basis.periods import annual_rate, monthly_probability
from workforce_model.cases.arrivals import CALENDAR
from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.scenario import Scenario
from workforce_model.monitoring.expected_posts import expected_posts
from workforce_model.monitoring.learning import (
    arrivals_tail,
    events_tail,
    of_arrivals,
    of_events,
    passing_shock,
    prior_of,
    shock_points,
    ways,
)
from workforce_model.people.workforce import FIVE_YEARS

Array = NDArray[np.float64]
YEAR = 12
OWN_HISTORY = {"turnover": 0.3, "agency": 0.8, "vacancy": 0.7, "caseload": 0.6}
"""How much of a council's figure of one year comes back in the next (Department for Education, 2017 to 2019)."""

_UNEVEN = 1.2
"""One more than the square of the spread of caseloads within a council (0.42): cases come to workers in clumps."""


@dataclass(frozen=True)
class Counted:
    """What was counted of one rate.

    Attributes
    ----------
    events, trials : float
        Such as FTE who left, and FTE-months in post.
    of : str
        What they are, in words: "FTE left, of FTE-months in post".
    rate : float
        What they say alone, in the assumption's unit.
    log_likelihood, tail : callable
        By value of the rate: how likely it makes the counts, and the chance it gives to more events than came (half of
        as many among them).
    """

    events: float
    trials: float
    of: str
    rate: float
    log_likelihood: Callable[[Array], Array]
    tail: Callable[[Array], Array]


def leaving(scenario: Scenario, actuals: Actuals, lasting: float | None) -> Counted:
    """Leavers, of the permanent staff in post a month before, by the years that share a shock.

    The shock is the scenario's for the year, with the national swing; or more, where less of a year's figure lasts.
    """
    workforce, values = scenario.workforce, _central(scenario)
    left, there = np.zeros((2, len(actuals.months)))
    at_risk = np.zeros(len(actuals.months))
    for team in actuals.teams:
        events, staff = _seen(actuals, "leavers_fte", "in_post_fte", team)
        multiplier = workforce.teams[team].leaving_multiplier
        left, there = left + events, there + staff
        at_risk = at_risk + staff * (1.0 if multiplier is None else multiplier.value)
    times = np.divide(at_risk, there, out=np.ones_like(there), where=there > 0) * tenure_mix(scenario, actuals)
    year = (np.arange(len(actuals.months)) + (actuals.opening - scenario.periods.start).n + 1) // YEAR
    prior, usual = prior_of(workforce.turnover_rate), annual_rate(float(left.sum() / max((there * times).sum(), 1e-9)), workforce.turnover_reading)  # fmt: skip
    stated = np.hypot(values["year_shock"], values["national_swing"])
    a_year = max(prior.mean * there.mean(), 1e-9)
    shock = max(float(stated), passing_shock(prior, lasting, 1 / a_year))

    def chance(rate: Array) -> Array:
        return monthly_probability(rate, workforce.turnover_reading)

    def likely(rate: Array) -> Array:
        by_year = [of_events(chance(rate), times[year == y], left[year == y], there[year == y], shock) for y in np.unique(year)]  # fmt: skip
        return np.asarray(np.sum(by_year, axis=0))

    def tail(rate: Array) -> Array:
        part = np.array([there[year == y].sum() for y in np.unique(year)]) / max(there.sum(), 1e-9)
        together = shock * float(np.sqrt((part**2).sum()))
        return events_tail(
            chance(rate), float(times @ there / max(there.sum(), 1e-9)), left.sum(), there.sum(), together
        )

    return Counted(left.sum(), there.sum(), "FTE left, of FTE-months in post", usual, likely, tail)


def tenure_mix(scenario: Scenario, actuals: Actuals) -> Array:
    """How many times the stated leaving rate the staff in post each month run, for their service, shape (M,).

    The rate is that of the staff at the start of the clock. Since then some passed five years, some left and others
    came; those who came before the window opens are told from the stocks, since then from the flows reported.
    """
    workforce = scenario.workforce
    ratio = workforce.tenure_ratio.value
    under = float(sum(g.opening_under_five_years * g.fte for g in workforce.posts.values()))
    over = float(sum(g.opening_over_five_years * g.fte for g in workforce.posts.values()))
    share = under / (under + over) if under + over else 0.5
    usual = share * ratio + 1 - share
    chance = float(monthly_probability(workforce.turnover_rate.value, workforce.turnover_reading)) / usual
    before, there = (actuals.opening - scenario.periods.start).n + 1, actuals.series("in_post_fte")
    coming = (there[0] - under - over) / before if before and not np.isnan(there[0]) else 0.0
    mix = []
    for month in range(1 - before, len(actuals.months) + 1):
        going = chance * (under * ratio + over)
        came = max(coming + going, 0.0)
        if month > 0:
            mix.append((under * ratio + over) / max(under + over, 1e-9) / usual)
            reported = actuals.series("leavers_fte")[month], actuals.series("starters_fte")[month]
            going, came = (model if np.isnan(x) else float(x) for x, model in zip(reported, (going, came), strict=True))
        from_under = going * under * ratio / max(under * ratio + over, 1e-9)
        older = under / FIVE_YEARS
        under, over = max(under - from_under - older + came, 0.0), max(over - going + from_under + older, 0.0)
    return np.array(mix)


def filling(scenario: Scenario, actuals: Actuals, lasting: float | None) -> Counted:
    """Starters who were not conversions, of the vacancies nobody had been appointed to, a lead time before.

    Appointments made before the window are told by its starters; vacancies before it run to those at its opening as
    expected at the central rates. Posts that fill at a rate of their own are left out: wholly where they are all of a
    team's. The lead time is averaged over its range.
    """
    groups = scenario.workforce.posts
    own = {t for t in actuals.teams if all(g.filling_probability for g in groups.values() if g.team == t)}
    teams = [team for team in actuals.teams if team not in own]
    before = (actuals.opening - scenario.periods.start).n + 1
    expected, coming = expected_posts(scenario, before).of({name for name, g in groups.items() if g.team in teams})
    came = np.sum([actuals.series("starters_fte", t, fitted=True) - actuals.series("conversions_fte", t, fitted=True) for t in teams], axis=0)  # fmt: skip
    vacant = np.sum([actuals.series("vacancy_fte", t, fitted=True) for t in teams], axis=0)
    vacant = np.concatenate([expected[:-1] * vacant[0] / max(float(expected[-1]), 1e-9), vacant])
    started = np.concatenate([coming, came[1:]])
    leads, counts = np.unique(prior_of(scenario.workforce.recruitment_lead_months, 101).values.astype(int), return_counts=True)  # fmt: skip
    open_to = [_open_to(vacant, started, int(lead), before) for lead in leads]
    known = [~np.isnan(came[1:] + trials) for trials in open_to]
    prior, middle = prior_of(scenario.workforce.filling_probability), int(np.argmax(np.cumsum(counts) >= counts.sum() / 2))  # fmt: skip
    events, trials = float(came[1:][known[middle]].sum()), float(open_to[middle][known[middle]].sum())
    a_year = YEAR * max(trials, 1e-9) / max(int(known[middle].sum()), 1) * prior.mean
    shock = passing_shock(prior, lasting, (1 - prior.mean) / a_year)

    def likely(rate: Array) -> Array:
        by_lead = np.stack([
            of_events(rate, np.ones(k.sum()), came[1:][k], np.maximum(n[k], came[1:][k]), shock) + ways(came[1:][k], np.maximum(n[k], came[1:][k]))
            for n, k in zip(open_to, known, strict=True)
        ])  # fmt: skip
        most = by_lead.max(axis=0)
        return np.asarray(most + np.log(np.exp(by_lead - most).T @ (counts / counts.sum())))

    def tail(rate: Array) -> Array:
        by_lead = [events_tail(rate, 1.0, float(came[1:][k].sum()), float(max(n[k].sum(), came[1:][k].sum())), shock) for n, k in zip(open_to, known, strict=True)]  # fmt: skip
        return np.asarray(np.average(by_lead, axis=0, weights=counts))

    return Counted(events, trials, "FTE started, of FTE-months vacant with nobody appointed", events / max(trials, 1e-9), likely, tail)  # fmt: skip


def _open_to(vacant: Array, started: Array, lead: int, before: int) -> Array:
    """Vacancies open to appointment a lead time before each month of the window: less those appointed and still to come.

    ``vacant`` and ``started`` begin with the clock, ``before`` months before the first of the window.
    """
    found = []
    for month in range(before + 1, started.size):
        when = max(month - lead, 0)
        found.append(vacant[when] - started[when + 1 : month].sum())
    return np.asarray(np.maximum(found, 0.0))


def conversion(scenario: Scenario, actuals: Actuals, lasting: float | None) -> Counted:
    """Conversions, of agency workers covering a vacancy a month before to which nobody was appointed."""
    del lasting
    converted, cover = np.zeros((2, len(actuals.months)))
    for team in actuals.teams:
        events, agency = _seen(actuals, "conversions_fte", "agency_cover_fte", team)
        converted, cover = converted + events, cover + agency
    leaving_first = float(scenario.workforce.agency_leaving_rate.value)
    started = actuals.series("starters_fte")[1:] - actuals.series("conversions_fte")[1:]
    vacant = actuals.series("vacancy_fte")[:-1]
    started_of_vacant = _usual(started) / max(_usual(vacant), 1e-9)
    appointed = scenario.workforce.recruitment_lead_months.value * started_of_vacant
    open_to = cover * (1 - leaving_first) * max(1 - appointed, 0.1)
    first, last = scenario.workforce.conversion_from, scenario.workforce.conversion_until
    on = np.array([(first is None or first <= m) and (last is None or m <= last) for m in actuals.months])
    count = float(converted[on].sum())
    trials = max(float(open_to[on].sum()), count)

    def likely(rate: Array) -> Array:
        return of_events(rate, [1.0], np.array([count]), np.array([trials]), 0.0)

    def tail(rate: Array) -> Array:
        return events_tail(rate, 1.0, count, trials, 0.0)

    return Counted(count, trials, "FTE converted, of FTE-months covering a vacancy", count / max(trials, 1e-9), likely, tail)  # fmt: skip


def cases_leaving(scenario: Scenario, actuals: Actuals, team: str, lasting: float | None) -> Counted:
    """Cases closed or passed on, of those held a month before by workers who were at work and stayed the month.

    A case that changes worker does not leave in that month, nor one whose worker is off sick.
    """
    closed, passed, open_cases, waiting = (
        actuals.series(name, team, fitted=True)
        for name in ("cases_closed", "cases_passed_out", "open_cases", "unallocated_cases")
    )
    at_work, unsure = _workers_at_work(scenario, actuals, team)
    rate, held = scenario.caseloads.teams[team].leaving_rate, (open_cases - waiting)[:-1]
    return shares(rate, (closed + passed)[1:], held * at_work, "cases left, of case-months held", lasting, unsure)


def _workers_at_work(scenario: Scenario, actuals: Actuals, team: str) -> tuple[Array, float]:
    """The part of a team's case holders who stayed the month and were at work, and how unsure it is over the window.

    Permanent workers go as reported, agency workers at their stated rate or when a starter takes the post they cover.
    A month without one of these figures is not a number, and left out. Unsure: the rates at which agency workers go and people are sick are not known, and few workers are counted, some
    with more cases than others.
    """
    names = ("in_post_fte", "vacancy_fte", "agency_cover_fte", "agency_additional_fte", "workers")
    in_post, vacant, cover, extra, workers = (actuals.series(name, team)[:-1] for name in names)
    left, came = actuals.series("leavers_fte", team)[1:], actuals.series("starters_fte", team)[1:]
    agency, workers = cover + extra, np.maximum(workers, 1e-9)
    permanent = np.maximum(workers - agency - np.nan_to_num(actuals.series("commissioned_fte", team)[:-1]), 0.0)
    vacancies, starters = _parts_to_cover(scenario, actuals, team)
    covered = np.minimum(cover / np.maximum(vacant * vacancies[:-1], 1e-9), 1.0)
    replaced = (came - actuals.series("conversions_fte", team)[1:]) * starters[1:] * covered
    leaves, months = prior_of(scenario.workforce.agency_leaving_rate, 51), left.size
    gone = left * np.minimum(permanent / np.maximum(in_post, 1e-9), 1.0) + agency * leaves.mean + replaced
    part = _usual(np.minimum(agency / workers, 1.0))
    lucky, doubt, sick = part * leaves.mean * (1 - leaves.mean), part**2 * leaves.variance, 0.0
    if absence := scenario.workforce.absence:
        off = prior_of(absence.sickness_share, 51)
        sick = off.mean * (1 - absence.covered.value)
        gone = gone + permanent * monthly_probability(absence.parental_rate.value, "replaced")
        lucky, doubt = lucky + (1 - part) * off.mean * (1 - off.mean), doubt + (1 - part) ** 2 * off.variance
    away = np.minimum((gone + permanent * sick) / workers, 1.0)
    return 1 - away, float(np.sqrt(doubt + lucky * _UNEVEN / (max(_usual(workers), 1e-9) * months)))


def _parts_to_cover(scenario: Scenario, actuals: Actuals, team: str) -> tuple[Array, Array]:
    """Of a team's vacancies, the part expected to be in posts that agency may cover; and of starters, in those with cases."""
    before, stated = (actuals.opening - scenario.periods.start).n + 1, scenario.workforce.posts
    course = expected_posts(scenario, before + len(actuals.months))
    mine = {name for name, g in stated.items() if g.team == team}
    some = {name for name in mine if stated[name].covered_by_agency}
    vacancies = course.of(some)[0], course.of(mine)[0]
    starters = course.of({name for name in some if stated[name].holds_cases})[1], course.of(mine)[1]
    parts = [np.divide(x, y, out=np.zeros_like(y), where=y > 0)[before:] for x, y in (vacancies, starters)]
    return parts[0], parts[1]


def passing(scenario: Scenario, actuals: Actuals, team: str, to: str, lasting: float | None) -> Counted:
    """Cases passed to other teams, of those that left; the team's other destinations take their stated share of these."""
    out = actuals.series("cases_passed_out", team, fitted=True)[1:]
    gone = out + actuals.series("cases_closed", team, fitted=True)[1:]
    stated = scenario.caseloads.teams[team].passes_on
    others = sum(share.value for name, share in stated.items() if name != to)
    return shares(stated[to], out, gone, "cases passed on to any team, of those that left", lasting, others=others)


def shares(
    stated: Assumption, events: Array, trials: Array, of: str, lasting: float | None, unsure: float = 0.0, others: float = 0.0,
) -> Counted:  # fmt: skip
    """Events of so many trials, which may be out by a share that is ``unsure``; ``others`` is the chance of events that
    are counted with them and are not this rate's.
    """
    known = ~np.isnan(events) & ~np.isnan(trials)
    count = events[known].sum(keepdims=True)
    among = np.maximum(trials[known].sum(keepdims=True), count)
    prior = prior_of(stated)
    a_year = max(YEAR * float(among[0]) / max(int(known.sum()), 1) * prior.mean, 1e-9)
    shock = float(np.hypot(passing_shock(prior, lasting, (1 - prior.mean) / a_year), unsure))

    def likely(rate: Array) -> Array:
        return of_events(rate + others, [1.0], count, among, shock)

    def tail(rate: Array) -> Array:
        return events_tail(rate + others, 1.0, float(count[0]), float(among[0]), shock)

    alone = float(count[0]) / max(float(among[0]), 1e-9) - others
    return Counted(float(count[0]), float(among[0]), of, alone, likely, tail)


def arriving(scenario: Scenario, actuals: Actuals, team: str, lasting: float | None) -> Counted:
    """New cases, of the months they came in; growth since the start of the clock and clumping are averaged over."""
    loads = scenario.caseloads
    came = actuals.series("cases_arrived", team, fitted=True)[1:]
    known = ~np.isnan(came)
    at = np.arange(came.size) + (actuals.opening - scenario.periods.start).n + 1
    season = np.array([loads.season[CALENDAR[m.month - 1]].value if loads.season else 1.0 for m in actuals.months])
    for surge in loads.surges.values():
        on = np.array([surge.team == team and surge.first_month <= m <= surge.last_month for m in actuals.months])
        season = np.where(on, season * surge.multiplier.value, season)
    growth = prior_of(loads.arrivals_growth, 9).values
    months = ((1 + growth)[:, None] ** (at / YEAR) * season)[:, known].sum(axis=1)
    clumping = prior_of(loads.arrivals_dispersion, 5).values
    prior, count = prior_of(loads.teams[team].arrivals), float(came[known].sum())
    shock = passing_shock(prior, lasting, float(clumping.mean()) / (YEAR * prior.mean))
    points, weight = shock_points(shock)
    usual = max(float(months.mean()), 1e-9)
    times = (np.outer(points, months / usual).ravel(), np.outer(weight, np.full(months.size, 1 / months.size)).ravel())

    def likely(rate: Array) -> Array:
        by_clumping = np.stack([of_arrivals(rate * usual, count, float(c), times) for c in clumping])
        return np.asarray(by_clumping.max(axis=0) + np.log(np.exp(by_clumping - by_clumping.max(axis=0)).mean(axis=0)))

    def tail(rate: Array) -> Array:
        return np.asarray(np.mean([arrivals_tail(rate * usual, count, float(c), times) for c in clumping], axis=0))

    return Counted(count, float(known.sum()), "new cases, of months", count / usual, likely, tail)


def _usual(series: Array) -> float:
    """The mean of what is available; nought where nothing is."""
    known = series[~np.isnan(series)]
    return float(known.mean()) if known.size else 0.0


def _seen(actuals: Actuals, events: str, stock: str, team: str) -> tuple[Array, Array]:
    """A month's events and the stock they come from, of a team; nought of both where either is not to be learnt from."""
    counted = actuals.series(events, team, fitted=True)[1:]
    held = actuals.series(stock, team, fitted=True)[:-1]
    known = ~np.isnan(counted) & ~np.isnan(held)
    return np.where(known, counted, 0.0), np.where(known, held, 0.0)


def _central(scenario: Scenario) -> dict[str, float]:
    workforce = scenario.workforce
    swing = workforce.national_swing
    return {"year_shock": workforce.year_shock.value, "national_swing": swing.value if swing else 0.0}
