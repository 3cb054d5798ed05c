"""The invariants every run must keep, evaluated in every run and stored with it.

Each check recounts from another side than the code it checks. One that has nothing to examine is
recorded as not applicable; one that fails stops every report.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workforce_model.funding import Ledger
from workforce_model.scenario import Scenario
from workforce_model.simulation import History
from workforce_model.workforce import Posts

HALF_A_PENNY = 0.005
_FTE = 1e-9


@dataclass(frozen=True)
class Check:
    """One invariant: its name, the rule, what was found, and the worst departure with its limit."""

    name: str
    rule: str
    status: Literal["passed", "failed", "not applicable"]
    worst: float
    limit: float
    note: str = ""


def check_block(scenario: Scenario, posts: Posts, history: History, cost: NDArray[np.float64], ledger: Ledger) -> tuple[Check, ...]:
    """Evaluate I1 to I13 on a block of runs."""
    staff, cases = history.staff, history.cases
    flow = {name: array[1:].astype(np.int64) for name, array in staff.items()}
    was = {name: staff[name][:-1].astype(np.int64) for name in ("permanent", "agency")}
    people = flow["permanent"] - was["permanent"] - flow["started"] - flow["converted"] + flow["left"]
    agency = flow["agency"] - was["agency"] - flow["agency_started"] + flow["agency_left"] + flow["agency_ended"] + flow["agency_converted"]
    created = _created(posts, staff["permanent"].shape[0])
    established = np.array([bool(posts.established[posts.group == g].any()) for g in range(len(posts.groups))])
    filled = (staff["permanent"] + staff["agency"]).astype(np.int64)
    over = np.maximum(staff["permanent"].astype(np.int64) - created[:, :, None], 0)[:, established]
    open_now = cases["held"].astype(np.int64) + cases["waiting"]
    expected = open_now[:-1] + cases["arrived"][1:] - cases["closed"][1:] + cases["passed_in"][1:] - cases["passed_out"][1:]
    spent = cost.sum(axis=2)
    met = _by_budget(scenario, ledger, spent.shape)
    coverable = np.array([bool((posts.coverable & posts.established)[posts.group == g].any()) for g in range(len(posts.groups))])
    vacant = np.where(established[:, None], created[:, :, None] - staff["permanent"], 0)
    cover = np.where(established[:, None], staff["agency"], 0)
    opening = cover[:1] > 0
    excess = np.maximum(cover - vacant * (coverable[:, None] | opening.any(axis=(0, 2))[:, None]), 0)
    fte_high = max((float(posts.fte.max(initial=0)) - 1.0), -float(posts.fte.min(initial=1)))
    shares = np.stack([np.minimum(cases["at_or_over"], 0), np.minimum(cases["workers"] - cases["at_or_over"], 0)])
    drawn = -ledger.used.sum(axis=0)
    over_approval = np.maximum(drawn.sum(axis=1) - ledger.approved.sum(axis=0) * drawn.shape[1], 0) if drawn.size else np.zeros(1)
    finite = [*cases.values(), cost, ledger.used, ledger.gap, ledger.unspent, history.holder_fte]
    return (
        _check("I1 posts", "filled and vacant posts make up the establishment; nobody surplus", np.maximum(filled - created[:, :, None], 0)[:, established] + over, 0),
        _check("I2 people", "staff = last month's + starters + conversions - leavers, permanent and agency apart", np.stack([people, agency]), 0),
        _check("I3 FTE", "each person is above 0 and at most 1 FTE", np.array([max(fte_high, 0.0)]), _FTE),
        _check("I4 agency", "agency covering is at most the vacancies that may be covered", excess, 0, applies=bool(cover.any())),
        _check("I5 cases", "open = last month's + arrived - closed + passed in - passed out; none below zero",
               np.concatenate([np.abs(open_now[1:] - expected).ravel(), np.maximum(-cases["waiting"], 0).ravel(),
                               np.abs(cases["passed_in"].sum(axis=1) - cases["passed_out"].sum(axis=1)).ravel(),
                               np.maximum(cases["closed"][1:] + cases["passed_out"][1:] - cases["held"][:-1], 0).ravel()]), 0),
        _check("I6 shares", "workers at or over the limit lie between none and all", shares, 0),
        _check("I7 pounds", "cost + funding = gap, each month and budget, to half a penny", spent + met - ledger.gap, HALF_A_PENNY),
        _check("I7 approvals", "no approval is drawn beyond its amount; used + unspent = approved",
               np.concatenate([_unused(scenario, ledger).ravel(), over_approval.ravel()]), HALF_A_PENNY, applies=bool(ledger.lines)),
        _check("I9 addition", "caseload bands add up to workers", history.bands.sum(axis=1) - cases["workers"], 0),
        _check("I10 once only", "no post is paid twice in a month", np.maximum(filled[:, established] - created[:, established, None], 0), 0),
        _check("I13 finite", "no figure is missing or infinite", np.array([sum(float((~np.isfinite(x)).sum()) for x in finite)]), 0),
    )  # fmt: skip


def checks_elsewhere() -> tuple[Check, ...]:
    """The invariants with nothing to examine in one run, recorded as such."""
    return (
        Check("I8 one ledger", "every figure shown is the ledger value rounded once", "not applicable", 0, 0, "examined when the folder is written"),
        Check("I11 difference", "option less baseline is the increment shown, run by run", "not applicable", 0, 0, "one scenario has no difference"),
        Check("I12 actuals", "known months in a forecast equal the actuals", "not applicable", 0, 0, "no actuals were given"),
    )


def joined_checks(blocks: list[tuple[Check, ...]]) -> tuple[Check, ...]:
    """The checks of all blocks together: each at its worst."""
    joined = []
    for same in zip(*blocks, strict=True):
        worst = max(same, key=lambda check: (check.status == "failed", check.worst if math.isfinite(check.worst) else math.inf))
        applies = [check for check in same if check.status != "not applicable"]
        joined.append(worst if applies else replace(worst, status="not applicable"))
    return tuple(sorted([*joined, *checks_elsewhere()], key=lambda check: int(check.name.split()[0][1:])))


def _check(name: str, rule: str, departures: NDArray[np.generic], limit: float, *, applies: bool = True) -> Check:
    if not applies or departures.size == 0:
        return Check(name, rule, "not applicable", 0.0, limit, "nothing to examine")
    worst = float(np.max(np.abs(departures.astype(float))))
    return Check(name, rule, "passed" if worst <= limit else "failed", worst, limit)


def _created(posts: Posts, months: int) -> NDArray[np.int64]:
    """Posts that exist at each month end, by group, shape (M + 1, G)."""
    month = np.arange(months)[:, None]
    exists = (posts.first[None, :] <= month) & (month <= posts.last[None, :])
    return np.stack([exists[:, posts.group == g].sum(axis=1) for g in range(len(posts.groups))], axis=1)


def _by_budget(scenario: Scenario, ledger: Ledger, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Funding used by month, budget and run."""
    budgets = sorted(scenario.funding.budgets)
    met = np.zeros(shape)
    for index, name in enumerate(ledger.lines):
        met[:, budgets.index(scenario.funding.lines[name].budget)] += ledger.used[:, index]
    return met


def _unused(scenario: Scenario, ledger: Ledger) -> NDArray[np.float64]:
    """Approval less what was used and what was left, by year, line and run: nil when all is accounted for."""
    months = scenario.periods.months()
    start_year = months.year - (months.month < 4)
    used = np.stack([ledger.used[start_year == year].sum(axis=0) for year in dict.fromkeys(start_year)])
    return ledger.approved[:, :, None] + used - ledger.unspent
