"""The invariants every run must keep, evaluated in every run and stored with it.

Each check recounts from another side than the code it checks. One that has nothing to examine is
recorded as not applicable; one that fails stops every report.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workforce_model.engine.history import History
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.funding import Funding, Ledger
from workforce_model.money.funding_lines import moved_in
from workforce_model.money.reserve import roll_forward
from workforce_model.people.posts import Posts

HALF_A_PENNY = 0.005
"""Pounds."""


@dataclass(frozen=True)
class Check:
    """One invariant: its name, the rule, what was found, and the worst departure with its limit."""

    name: str
    rule: str
    status: Literal["passed", "failed", "not applicable"]
    worst: float
    limit: float
    note: str = ""


def check_block(
    scenario: Scenario, posts: Posts, history: History, cost: NDArray[np.float64], ledger: Ledger
) -> tuple[Check, ...]:
    """Evaluate I1 to I13 on a block of runs."""
    budgets = [scenario.funding.lines[name].budget for name in ledger.lines]
    first, played = _played_freely(scenario, history)
    months = scenario.periods.months()
    first_year = np.asarray(months.year - (months.month < 4))
    return (
        _posts_filled_once(posts, played, first),
        _people_balance(played),
        _whole_people(posts),
        _cover_within_vacancies(posts, played, first),
        _cases_balance(played),
        _shares_within(history),
        _pounds_balance(cost, ledger, budgets, sorted(scenario.funding.budgets)),
        _approvals_kept(ledger, first_year),
        _virements_balance(ledger),
        _reserve_rolls(scenario.funding, ledger, first_year),
        _used_once(ledger, first_year),
        _bands_add_up(played),
        *_known_months_kept(scenario, posts, history),
        _all_finite(history, cost, ledger),
    )


def _played_freely(scenario: Scenario, history: History) -> tuple[int, History]:
    """The months that follow by themselves, with the number of the first: all, or those after the first beyond a cut-off.

    Known months hold what was reported, whose stocks and flows need not reconcile, and the first month after them
    starts from whole people.
    """
    if scenario.actuals is None:
        return 0, history
    first = (scenario.actuals.cut_off - scenario.periods.start).n + 2
    return first, dataclasses.replace(
        history,
        staff={kind: counted[first:] for kind, counted in history.staff.items()},
        cases={kind: counted[first:] for kind, counted in history.cases.items()},
        passed=history.passed[first:],
        bands=history.bands[first:],
    )


def _known_months_kept(scenario: Scenario, posts: Posts, history: History) -> list[Check]:
    """The people and cases of known months, recounted from the posts, beside the figures reported."""
    actuals = scenario.actuals
    if actuals is None:
        return []
    opening = (actuals.opening - scenario.periods.start).n + 1
    fte = np.array([posts.fte[int(np.argmax(posts.group == g))] for g in range(len(posts.groups))])
    team = np.array([posts.team[int(np.argmax(posts.group == g))] for g in range(len(posts.groups))])
    known = slice(opening, opening + len(actuals.months) + 1)
    departures = [np.zeros(1)]
    for number, name in enumerate(posts.teams):
        held = np.einsum("g,mgr->mr", fte[team == number], history.staff["permanent"][known][:, team == number])
        departures.append(np.nan_to_num(held - actuals.series("in_post_fte", name)[:, None]).ravel())
    for number, name in enumerate(sorted(scenario.caseloads.teams)):
        open_cases = (history.cases["held"] + history.cases["waiting"])[known, number]
        departures.append(np.nan_to_num(open_cases - actuals.series("open_cases", name)[:, None]).ravel())
    rule = "known months in a forecast equal the actuals"
    return [_check("I12 actuals", rule, np.concatenate(departures), 1e-6)]


def _posts_filled_once(posts: Posts, history: History, first: int) -> Check:
    created, established = _created(posts, history, first)
    filled = history.staff["permanent"][:, established] + history.staff["agency"][:, established]
    over = np.bincount(posts.group[posts.over], minlength=len(posts.groups))[established]
    surplus = np.maximum(filled - (created[:, established] + over)[..., None], 0)
    rule = "a post exists once and is held, and paid, at most once a month; more are in post only where declared"
    return _check("I1 and I10 posts", rule, surplus, 0)


def _people_balance(history: History) -> Check:
    staff = history.staff
    came = staff["started"] + staff["converted"] + history.people("moved_in")
    permanent = np.diff(staff["permanent"], axis=0) - (came - staff["left"] - history.people("moved_out"))[1:]
    ended = staff["agency_left"] + staff["agency_ended"] + staff["agency_converted"]
    agency = np.diff(staff["agency"], axis=0) - (staff["agency_started"] - ended)[1:]
    between_groups = history.people("moved_in").sum(axis=1) - history.people("moved_out").sum(axis=1)
    rule = (
        "staff = last month's + starters + conversions + moves - leavers, permanent and agency apart; moves sum to zero"
    )
    departures = np.array([np.abs(x).max(initial=0) for x in (permanent, agency, between_groups)])
    return _check("I2 people", rule, departures, 0)


def _whole_people(posts: Posts) -> Check:
    outside = np.maximum(posts.fte - 1, 0) + (posts.fte <= 0)
    return _check("I3 FTE", "each person is above 0 and at most 1 FTE", outside, 1e-9)


def _cover_within_vacancies(posts: Posts, history: History, first: int) -> Check:
    created, established = _created(posts, history, first)
    cover = history.staff["agency"][:, established]
    coverable = np.array([bool(posts.coverable[posts.group == g].any()) for g in np.flatnonzero(established)])
    vacant = np.maximum(created[:, established, None] - history.staff["permanent"][:, established], 0)
    excess = np.maximum(cover - vacant * (coverable[:, None] | cover[0].any(axis=-1)[:, None]), 0)
    rule = "agency covering is at most the vacancies that may be covered"
    return _check("I4 agency", rule, excess, 0, applies=bool(cover.any()))


def _cases_balance(history: History) -> Check:
    cases = history.cases
    balance = np.diff(cases["held"] + cases["waiting"], axis=0)
    balance -= (cases["arrived"] - cases["closed"] + cases["passed_in"] - cases["passed_out"])[1:]
    between_teams = cases["passed_in"].sum(axis=1) - cases["passed_out"].sum(axis=1)
    named = cases["passed_out"].sum(axis=1) - history.passed.sum(axis=1)
    left_too_many = np.maximum((cases["closed"] + cases["passed_out"])[1:] - cases["held"][:-1], 0)
    kept_too_many = np.maximum(cases["kept"] - cases["held"] - cases["waiting"], 0)
    below_zero = [np.minimum(cases[name], 0) for name in ("held", "waiting", "closed")]
    found = (balance, between_teams, named, left_too_many, kept_too_many, *below_zero)
    departures = np.array([np.abs(x).max(initial=0) for x in found])
    rule = "open = last month's + arrived - closed + passed in - passed out; transfers sum to zero; none below zero"
    return _check("I5 cases", rule, departures, 0)


def _shares_within(history: History) -> Check:
    over, workers = history.cases["at_or_over"], history.cases["workers"]
    outside = np.maximum(over - workers, 0) + np.maximum(-over, 0)
    return _check("I6 shares", "workers at or over the limit lie between none and all", outside, 0)


def _pounds_balance(cost: NDArray[np.float64], ledger: Ledger, budgets: list[str], names: list[str]) -> Check:
    left = cost.sum(axis=2) - ledger.gap
    for index, budget in enumerate(budgets):
        left[:, names.index(budget)] += ledger.used[:, index]
    rule = "cost + funding = gap, each month and budget, to half a penny"
    return _check("I7 pounds", rule, left, HALF_A_PENNY)


def _approvals_kept(ledger: Ledger, first_year: NDArray[np.int64]) -> Check:
    used = np.stack([ledger.used[first_year == year].sum(axis=0) for year in dict.fromkeys(first_year.tolist())])
    available = ledger.approved[:, :, None] + ledger.vired[:, :, None] + ledger.brought_forward
    departures = np.maximum(np.abs(available + used - ledger.unspent), np.maximum(-ledger.unspent, 0))
    rule = "used + unspent = approved + vired + brought forward, each year and line; no approval is overdrawn"
    return _check("I7 approvals", rule, departures, HALF_A_PENNY, applies=bool(ledger.lines))


def _virements_balance(ledger: Ledger) -> Check:
    rule = "virements sum to zero, each year"
    return _check("I7 virements", rule, ledger.vired.sum(axis=1), HALF_A_PENNY, applies=bool(ledger.vired.any()))


def _reserve_rolls(funding: Funding, ledger: Ledger, first_year: NDArray[np.int64]) -> Check:
    """The closing balance again, from the approvals and what came back, beside the one rolled forward."""
    years = tuple(f"{year}/{(year + 1) % 100:02d}" for year in first_year.tolist())
    reserve = roll_forward(funding, ledger, years)
    rule = "reserve: opening + movements = closing" + ("" if funding.reserve_may_overdraw else ", not below zero")
    if reserve.opening is None or reserve.closing is None:
        return Check("I7 reserve", rule, "not applicable", 0.0, HALF_A_PENNY, "no balance is stated: movements only")
    mine = [i for i, name in enumerate(ledger.lines) if funding.lines[name].source == "risk reserve"]
    kept = [list(dict.fromkeys(years)).index(year) for year in reserve.years]
    given = (ledger.approved + ledger.vired)[:, :, None] + ledger.brought_forward - ledger.unspent
    stated = [sum(moved_in(move, year) for move in funding.reserve_movements.values()) for year in reserve.years]
    again = reserve.opening[0] + np.cumsum(np.array(stated)[:, None] - given[kept][:, mine].sum(axis=1), axis=0)
    below = np.zeros_like(again) if funding.reserve_may_overdraw else np.maximum(-reserve.closing, 0)
    return _check("I7 reserve", rule, np.maximum(np.abs(reserve.closing - again), below), HALF_A_PENNY)


def _used_once(ledger: Ledger, first_year: NDArray[np.int64]) -> Check:
    """Over its whole life a line gives no more than was approved for it, whatever is carried forward."""
    by_year = [ledger.used[first_year == year].sum(axis=0) for year in dict.fromkeys(first_year.tolist())]
    given = -np.cumsum(by_year, axis=0)
    ever = np.cumsum(ledger.approved + ledger.vired, axis=0)[:, :, None]
    rule = "a pound of funding is used once: money used to date is within all that was approved to date"
    return _check("I10 funding", rule, np.maximum(given - ever, 0), HALF_A_PENNY, applies=bool(ledger.lines))


def _bands_add_up(history: History) -> Check:
    departures = history.bands.sum(axis=1, dtype=np.int32) - history.cases["workers"]
    return _check("I9 addition", "caseload bands add up to workers", departures, 0)


def _all_finite(history: History, cost: NDArray[np.float64], ledger: Ledger) -> Check:
    arrays = (history.holder_fte, cost, ledger.used, ledger.gap, ledger.unspent, ledger.approved)
    missing = np.array([float(np.count_nonzero(~np.isfinite(x))) for x in arrays])
    return _check("I13 finite", "no figure is missing or infinite", missing, 0)


def _check(name: str, rule: str, departures: NDArray[np.generic], limit: float, *, applies: bool = True) -> Check:
    if not applies or departures.size == 0:
        return Check(name, rule, "not applicable", 0.0, limit, "nothing to examine")
    worst = float(np.abs(departures).max())
    return Check(name, rule, "passed" if worst <= limit else "failed", worst, limit)


def _created(posts: Posts, history: History, first: int) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Posts that exist at each month end from the first, shape (M + 1, G), and which groups are of the establishment."""
    member = posts.group[:, None] == np.arange(len(posts.groups))
    established = np.array([bool(posts.established[mine].any()) for mine in member.T])
    exists = posts.exists(first + np.arange(history.staff["permanent"].shape[0]))
    return (exists.astype(np.int64) @ member).astype(np.int16), established


def checks_elsewhere() -> tuple[Check, ...]:
    """The invariants with nothing to examine in one run, recorded as such."""
    waiting = (
        ("I8 one ledger", "every figure shown is the ledger value rounded once", "examined when a folder is written"),
        ("I11 difference", "option less baseline is the increment shown, run by run", "one scenario is no difference"),
        ("I12 actuals", "known months in a forecast equal the actuals", "no actuals were given"),
    )
    return tuple(Check(name, rule, "not applicable", 0.0, 0.0, note) for name, rule, note in waiting)


def joined_checks(blocks: list[tuple[Check, ...]]) -> tuple[Check, ...]:
    """The checks of all blocks together: each at its worst."""
    found: dict[str, list[Check]] = {check.name: [] for check in blocks[0]}
    for check in (check for block in blocks for check in block):
        found[check.name].append(check)
    elsewhere = [check for check in checks_elsewhere() if check.name not in found or check.name != "I12 actuals"]
    joined = [_worst(same) for name, same in found.items() if name not in {check.name for check in elsewhere}]
    return tuple(sorted([*joined, *elsewhere], key=lambda check: int(check.name.split()[0][1:])))


def _worst(same: list[Check]) -> Check:
    applies = [check for check in same if check.status != "not applicable"]
    return max(
        applies or same,
        key=lambda check: (check.status == "failed", check.worst if math.isfinite(check.worst) else math.inf),
    )
