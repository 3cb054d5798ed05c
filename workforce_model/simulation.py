"""The only clock. Each month, in this order, for a block of runs at once:

1. leavers go, contracts end, and their cases pass on;
2. agency workers convert;
3. appointed starters arrive, and agency cover for their posts goes;
4. agency cover is arranged for what is empty, and vacancies are recruited to;
5. cases close, pass to other teams, arrive, and are shared out;
6. staff and caseloads are measured.

Nobody leaves in the month they start, no case closes in the month it opens, an emptied post waits
at least a month for a starter. Month 0 is the opening position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model import caseloads as cl
from workforce_model import workforce as wf
from workforce_model.allocation import Waiting, share_out
from workforce_model.caseloads import Arrivals, Caseloads, CaseRates, Cases
from workforce_model.draws import Words, name_key, thin, threshold
from workforce_model.establishment import AGENCY, EMPTY, PERMANENT, Posts, Workforce, lay_out
from workforce_model.periods import Periods, monthly_probability
from workforce_model.workforce import Cells, Staff

STAFF_STOCKS = ("permanent", "agency")
STAFF_FLOWS = ("started", "converted", "left", "agency_started", "agency_left", "agency_ended", "agency_converted")
CASE_STOCKS = ("held", "waiting", "workers", "at_or_over")
CASE_FLOWS = ("arrived", "closed", "passed_in", "passed_out", "handed_over")
HISTOGRAM = 64
"""Caseloads counted one by one up to 62, then 63 or more."""

Values = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class History:
    """What a block of runs did, month by month; month 0 is the opening position.

    Attributes
    ----------
    staff : dict of array, shape (M + 1, G, R)
        Headcounts by post group: the stocks and flows named above.
    cases : dict of array, shape (M + 1, C, R)
        Cases and workers by team that holds cases.
    holder_fte : array, shape (M + 1, C, R)
        FTE of workers holding at least one case.
    bands : array, shape (M + 1, B, C, R)
        Workers by caseload band.
    histogram : array, shape (M + 1, C, 64)
        Workers by caseload, all runs of the block together.
    """

    staff: dict[str, NDArray[np.int16]]
    cases: dict[str, NDArray[np.int32]]
    holder_fte: NDArray[np.float64]
    bands: NDArray[np.int16]
    histogram: NDArray[np.int64]


def simulate(
    periods: Periods, workforce: Workforce, caseloads: Caseloads, values: Values, draw: NDArray[np.intp], words: Words
) -> History:
    """Play every month for a block of runs.

    Parameters
    ----------
    values : dict of array, shape (D,)
        Every assumption's value in each draw of the rates, by dotted path.
    draw : array, shape (R,)
        Each run's draw.
    words : Words
        The random words of these runs.
    """
    posts = lay_out(workforce, periods.start)
    months = len(periods.months())
    flow = _StaffRates(workforce, posts, values, draw, periods, words)
    rates = case_rates(caseloads, values, draw)
    service = _CaseService(posts, caseloads, values, rates, words)
    agreed = {name: values[f"workforce.agency.{name}.number"][draw] for name in workforce.agency}
    staff = wf.open_staff(posts, words, agreed, flow.newly_qualified)
    cases = service.opening(staff)
    record = _Record(posts, service.teams, months, words.runs.size, caseloads.caseload_limit)
    record.measure(0, staff, cases)
    for month in range(1, months + 1):
        gone = flow.leave_and_end(staff, month, record)
        arrived_by_move = flow.convert(staff, month, record)
        gone += flow.start(staff, month, record)
        flow.cover_and_appoint(staff, month, record)
        service.month(staff, cases, month, gone, arrived_by_move, record)
        record.measure(month, staff, cases)
    return record.history()


def case_rates(caseloads: Caseloads, values: Values, draw: NDArray[np.intp]) -> CaseRates:
    """The case rates of a block, by team in name order."""
    teams = sorted(caseloads.teams)
    at = {name: values[f"caseloads.{name}"] for name in (
        "arrivals_growth", "arrivals_dispersion", "random_share", "settling_months", "settling_share", "newly_qualified_months", "newly_qualified_share",
    )}  # fmt: skip
    return CaseRates(
        draw=draw,
        arrivals=np.stack([values[f"caseloads.teams.{t}.arrivals"] for t in teams]),
        leaving=np.stack([values[f"caseloads.teams.{t}.leaving_rate"] for t in teams]),
        passes_on=tuple(
            tuple(
                (teams.index(to), values[f"caseloads.teams.{t}.passes_on.{to}"])
                for to in sorted(caseloads.teams[t].passes_on)
            )
            for t in teams
        ),
        growth=at["arrivals_growth"],
        dispersion=at["arrivals_dispersion"],
        random_share=at["random_share"],
        settling_months=at["settling_months"],
        settling_share=at["settling_share"],
        newly_qualified_months=at["newly_qualified_months"],
        newly_qualified_share=at["newly_qualified_share"],
    )


class _StaffRates:
    """The month's chances for posts, by run, and the steps that use them."""

    def __init__(
        self, workforce: Workforce, posts: Posts, values: Values, draw: NDArray[np.intp], periods: Periods, words: Words
    ) -> None:
        def by_run(name: str) -> NDArray[np.float64]:
            return values[f"workforce.{name}"][draw]

        self.posts, self.words = posts, words
        self.monthly = monthly_probability(values["workforce.turnover_rate"], workforce.turnover_reading)[draw]
        opening = posts.opening == PERMANENT
        share_under = float(1 - posts.opening_over_five[opening].mean()) if opening.any() else 0.5
        self.under, self.over = wf.leaving_chances(self.monthly, by_run("tenure_ratio"), share_under)
        self.team_multiplier = np.stack([
            by_run(f"teams.{name}.leaving_multiplier") if workforce.teams[name].leaving_multiplier else np.ones(draw.size) for name in posts.teams
        ])  # fmt: skip
        self.year_shock = by_run("year_shock")
        self.agency_leaving = by_run("agency_leaving_rate")
        self.newly_qualified = threshold(by_run("newly_qualified_share"))
        self.displacement = threshold(by_run("agency_displacement"))
        self.covering = threshold(by_run("cover_probability"))
        self.same_month = workforce.cover_same_month
        self.lead = by_run("recruitment_lead_months").astype(np.int8)
        self.conversion = threshold(by_run("conversion_rate"))
        calendar = periods.months()
        first, last = workforce.conversion_from or periods.start, workforce.conversion_until or periods.end
        self.converting = [first <= when <= last for when in calendar]
        self.filling = threshold(np.stack([
            by_run(f"posts.{name}.filling_probability")
            if name in workforce.posts and workforce.posts[name].filling_probability else by_run("filling_probability")
            for name in posts.groups
        ]))  # fmt: skip
        self.leaving = self._leaving_in(0)

    def _leaving_in(self, year: int) -> NDArray[np.uint32]:
        """Word limits of leaving in a year from the start: nobody, under and over five years, agency; shape (4, T, R)."""
        shock = np.exp(self.year_shock * self.words.normal("year shock", "council", year) - self.year_shock**2 / 2)
        under, over = (self.team_multiplier * (chance * shock) for chance in (self.under, self.over))
        return threshold(
            np.stack([np.zeros_like(under), under, over, np.broadcast_to(self.agency_leaving, under.shape)])
        )

    def leave_and_end(self, staff: Staff, month: int, record: _Record) -> list[Cells]:
        if month % 12 == 1:
            self.leaving = self._leaving_in(month // 12)
        left, agency_left = wf.leave(staff, self.posts, self.words, month, self.leaving)
        ended = wf.end_contracts(staff, self.posts, month)
        record.count("left", month, left)
        record.count("agency_left", month, agency_left)
        record.count("agency_ended", month, ended)
        return [left, agency_left, ended]

    def convert(self, staff: Staff, month: int, record: _Record) -> tuple[Cells, Cells]:
        taken, given_up = wf.convert_planned(staff, self.posts, month)
        record.count("converted", month, taken)
        record.count("agency_converted", month, given_up)
        if self.converting[month - 1]:
            converted = wf.convert(staff, self.posts, self.words, month, self.conversion)
            record.count("converted", month, converted)
            record.count("agency_converted", month, converted)
        return taken, given_up

    def start(self, staff: Staff, month: int, record: _Record) -> list[Cells]:
        started, replaced = wf.start(staff, self.posts, self.words, month, self.newly_qualified)
        displaced = wf.displace(staff, self.posts, self.words, month, started, self.displacement)
        record.count("started", month, started)
        record.count("agency_ended", month, replaced)
        record.count("agency_ended", month, displaced)
        return [replaced, displaced]

    def cover_and_appoint(self, staff: Staff, month: int, record: _Record) -> None:
        record.count("agency_started", month, wf.open_contracts(staff, self.posts, month))
        record.count(
            "agency_started", month, wf.cover(staff, self.posts, self.words, month, self.covering, self.same_month)
        )
        wf.appoint(staff, self.posts, self.words, month, self.filling, self.lead)


class _CaseService:
    """The posts that hold cases, their teams, and the month's steps on cases."""

    def __init__(self, posts: Posts, caseloads: Caseloads, values: Values, rates: CaseRates, words: Words) -> None:
        self.teams = tuple(sorted(caseloads.teams))
        self.rows = slice(0, posts.holding)
        self.team = np.array([self.teams.index(posts.teams[t]) for t in posts.team[self.rows]], dtype=np.intp)
        self.key, self.share = posts.key[self.rows], posts.share[self.rows] * posts.fte[self.rows]
        self.team_rows = [slice(*np.searchsorted(self.team, [i, i + 1])) for i in range(len(self.teams))]
        self.posts, self.rates, self.words = posts, rates, words
        self.shares = cl.shares_of_load(rates)[:, rates.draw]
        self.team_key = np.array([name_key("team", name) for name in self.teams], dtype=np.uint64)
        self.open_cases = np.stack([values[f"caseloads.teams.{t}.open_cases"] for t in self.teams])
        extra = ~posts.established[self.rows]
        number = np.stack([values[f"workforce.agency.{posts.groups[g]}.number"] if e else np.full(rates.growth.size, np.inf)
                           for g, e in zip(posts.group[self.rows], extra, strict=True)])  # fmt: skip
        self.agreed = posts.number[self.rows][:, None] < number

    def opening(self, staff: Staff) -> Cases:
        waiting = self.open_cases[:, self.rates.draw].astype(np.int32)
        cases = Cases(held=np.zeros((self.team.size, self.words.runs.size), dtype=np.int16), waiting=waiting)
        nothing = np.zeros_like(waiting)
        self._share_out(cases, self._load(staff, 0), Arrivals(nothing, nothing, nothing), 0)
        return cases

    def month(
        self, staff: Staff, cases: Cases, month: int, gone: list[Cells], moved: tuple[Cells, Cells], record: _Record
    ) -> None:
        taken, given_up = moved
        cases.held[taken] = cases.held[given_up]
        cases.held[given_up] = 0
        handed_over = np.zeros_like(cases.waiting)
        for post, run in gone:
            holding = post < self.team.size
            post, run = post[holding], run[holding]
            np.add.at(handed_over, (self.team[post], run), cases.held[post, run])
            cases.held[post, run] = 0
        cases.waiting += handed_over
        leaving = cl.close(cases, self.team, self.rates, self.words, self.key, month)
        passed = cl.pass_on(leaving, self.rates, self.words, self.team_key, month)
        cases.waiting += passed.sum(axis=0)
        load = self._load(staff, month)
        active = (self.posts.first <= month)[self.rows] & (month <= self.posts.last)[self.rows]
        slots = self.agreed * (active * self.share)[:, None]
        slot_share = np.add.reduceat(slots, np.searchsorted(self.team, np.arange(len(self.teams))), axis=0)
        dealt = cl.arrive(
            cases, self.share * active, self.team, slot_share, load, self.rates, self.words, self.key, month
        )
        self._share_out(cases, load, dealt, month)
        record.flows(
            month,
            arrived=dealt.arrived,
            closed=leaving - passed.sum(axis=1),
            passed_in=passed.sum(axis=0),
            passed_out=passed.sum(axis=1),
            handed_over=handed_over,
        )

    def _load(self, staff: Staff, month: int) -> NDArray[np.intp]:
        holder = staff.holder[self.rows]
        return cl.load_of(
            holder != EMPTY,
            holder == PERMANENT,
            month - staff.since[self.rows],
            staff.newly_qualified[self.rows],
            self.rates,
        )

    def _share_out(self, cases: Cases, load: NDArray[np.intp], dealt: Arrivals, month: int) -> None:
        weight = np.take_along_axis(self.shares, load, axis=0) * self.share[:, None]
        row = np.broadcast_to(self.rates.draw * self.rates.dealing.width, cases.waiting.shape)
        at_random = thin(
            cases.waiting, self.rates.dealing, row, self.words, self.team_key, "waiting dealt at random", month
        )
        evenly = cases.waiting - at_random + dealt.evenly
        at_random = at_random + dealt.at_random
        for index, (name, rows) in enumerate(zip(self.teams, self.team_rows, strict=True)):
            waiting = Waiting(at_random[index], evenly[index])
            cases.waiting[index] = share_out(
                cases.held[rows], weight[rows], waiting, self.words, self.key[rows], name, month
            )


class _Record:
    """The arrays of a :class:`History` while they fill."""

    def __init__(self, posts: Posts, teams: tuple[str, ...], months: int, runs: int, limit: int) -> None:
        groups, case_teams = len(posts.groups), len(teams)
        self.posts, self.limit, self.runs = posts, limit, runs
        self.case_team = np.array([teams.index(posts.teams[t]) for t in posts.team[: posts.holding]], dtype=np.intp)
        self.case_fte = posts.fte[: posts.holding]
        self.first_row = np.flatnonzero(np.diff(posts.group, prepend=-1))
        self.staff = {name: np.zeros((months + 1, groups, runs), dtype=np.int16) for name in STAFF_STOCKS + STAFF_FLOWS}
        self.cases = {
            name: np.zeros((months + 1, case_teams, runs), dtype=np.int32) for name in CASE_STOCKS + CASE_FLOWS
        }
        self.holder_fte = np.zeros((months + 1, case_teams, runs))
        self.bands = np.zeros((months + 1, len(cl.BANDS), case_teams, runs), dtype=np.int16)
        self.histogram = np.zeros((months + 1, case_teams, HISTOGRAM), dtype=np.int64)

    def count(self, name: str, month: int, cells: Cells) -> None:
        """Add the people in these cells to a flow of the month, by post group."""
        post, run = cells
        counted = np.bincount(self.posts.group[post] * self.runs + run, minlength=len(self.posts.groups) * self.runs)
        self.staff[name][month] += counted.reshape(-1, self.runs).astype(np.int16)

    def flows(self, month: int, **flows: NDArray[np.int32]) -> None:
        """Set the case flows of the month, by team."""
        for name, counted in flows.items():
            self.cases[name][month] = counted

    def measure(self, month: int, staff: Staff, cases: Cases) -> None:
        """Recount the stocks from the posts themselves."""
        for name, kind in (("permanent", PERMANENT), ("agency", AGENCY)):
            rows = np.add.reduceat(staff.holder == kind, self.first_row, axis=0, dtype=np.int16)
            self.staff[name][month, self.posts.group[self.first_row]] = rows
        teams, held = self.holder_fte.shape[1], cases.held
        present = staff.holder[: held.shape[0]] != EMPTY
        self.cases["held"][month] = cl.team_totals(held, self.case_team, teams)
        self.cases["waiting"][month] = cases.waiting
        self.cases["workers"][month] = cl.team_totals(present, self.case_team, teams)
        self.cases["at_or_over"][month] = cl.team_totals(present & (held >= self.limit), self.case_team, teams)
        first = np.searchsorted(self.case_team, np.arange(teams))
        self.holder_fte[month] = np.add.reduceat((held > 0) * self.case_fte[:, None], first, axis=0)
        self.bands[month] = cl.in_bands(held, present, self.case_team, teams)
        counted = np.bincount(
            (self.case_team[:, None] * HISTOGRAM + np.minimum(held, HISTOGRAM - 1))[present],
            minlength=teams * HISTOGRAM,
        )
        self.histogram[month] = counted.reshape(teams, HISTOGRAM)

    def history(self) -> History:
        """The finished record."""
        return History(
            staff=self.staff, cases=self.cases, holder_fte=self.holder_fte, bands=self.bands, histogram=self.histogram
        )
