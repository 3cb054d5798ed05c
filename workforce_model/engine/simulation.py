"""The only clock. Each month, in this order, for a block of runs at once:

1. leavers go, contracts end, and their cases pass on;
2. agency workers convert; workers move between teams;
3. appointed starters arrive, and agency cover for their posts goes;
4. agency cover is arranged for what is empty, and vacancies are recruited to; absences end and begin;
5. cases close, pass to other teams, arrive, and are shared out;
6. staff and caseloads are measured.

Nobody leaves in the month they start, no case closes in the month it opens, an emptied post waits
at least a month for a starter. Month 0 is the opening position. Where actuals are given, people and cases are
held to them at the end of each known month, before they are measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Words, name_key, thin
from workforce_model.basis.periods import Periods
from workforce_model.cases import caseloads as cl
from workforce_model.cases.case_rates import case_rates
from workforce_model.cases.casework import Caseloads
from workforce_model.engine import history as hs
from workforce_model.engine.history import History, Recorder
from workforce_model.engine.position import Position
from workforce_model.inputs.actuals import Actuals
from workforce_model.people import conversion as cv
from workforce_model.people import filling as fl
from workforce_model.people import workforce as wf
from workforce_model.people.absence import go_away
from workforce_model.people.establishment import Workforce
from workforce_model.people.posts import EMPTY, PERMANENT, Cells, Posts, case_rows, joined, lay_out
from workforce_model.people.staff_rates import StaffRates, Values, staff_rates
from workforce_model.people.workforce import Staff

YEAR = 12


def simulate(
    council: str, periods: Periods, workforce: Workforce, caseloads: Caseloads, values: Values, draw: NDArray[np.intp], words: Words,
    actuals: Actuals | None = None,
) -> History:  # fmt: skip
    """Play every month for a block of runs.

    Parameters
    ----------
    council : str
        Whose year's shock it is; the national swing is every council's.
    values : dict of array, shape (D,)
        Every assumption's value in each draw of the rates, by dotted path.
    draw : array, shape (R,)
        Each run's draw.
    words : Words
        The random words of these runs.
    actuals : Actuals, optional
        What happened: known month ends are held to it.
    """
    posts, months = lay_out(workforce, periods.start), len(periods.months())
    work = _Casework(periods, workforce, caseloads, posts, values, draw, words)
    record = Recorder(
        posts, work.rows, months, words.runs.size, caseloads.caseload_limit, work.ways, _switched_on(workforce)
    )
    people = _People(council, workforce, posts, staff_rates(workforce, posts, values, draw, periods), words, record)
    agreed = {name: values[f"workforce.agency.{name}.number"][draw] for name in workforce.agency}
    staff = wf.open_staff(posts, words, agreed, people.rates.newly_qualified)
    people.opening_agency_share = wf.agency_share(staff)
    cases = work.opening(staff)
    position = actuals and Position(workforce, posts, work.rows.names, caseloads.caseload_limit, periods.start, actuals)
    if position and position.known(0):
        people.are_held_to(position, staff, 0)
        position.hold_cases(staff, cases, words, 0)
    record.measure(0, staff, cases)
    for month in range(1, months + 1):
        handed_over = work.hand_over(
            cases, *people.leavers_go(staff, cases.held, month), people.contracts_end(staff, month)
        )
        work.follow(cases, *people.agency_workers_convert(staff, month))
        handed_over += work.hand_over(cases, *people.workers_move(staff, month))
        handed_over += work.hand_over(cases, *people.starters_arrive(staff, month))
        people.cover_is_arranged_and_vacancies_recruited_to(staff, month)
        handed_over += work.hand_over(cases, *people.absences_end_and_begin(staff, month))
        flows = work.cases_close_and_pass_on(staff, cases, month)
        flows |= work.cases_arrive_and_are_shared_out(staff, cases, month)
        if position and position.known(month):
            people.are_held_to(position, staff, month)
            position.hold_cases(staff, cases, words, month)
        record.flows(month, handed_over=handed_over, **flows)
        record.measure(month, staff, cases)
    return record.history()


def _switched_on(workforce: Workforce) -> tuple[str, ...]:
    """The figures of people to record besides the usual ones."""
    return (
        *(hs.STAFF_AWAY if workforce.absence else ()),
        *(hs.STAFF_NOTICE if workforce.agency_notice_months else ()),
        *(hs.STAFF_MOVES if workforce.moves else ()),
        *(hs.STAFF_FEES if workforce.fee_free_months else ()),
    )


class _People:
    """The month's steps on posts, with the rates of these runs; each says whose cases are to be handed over."""

    def __init__(
        self, council: str, workforce: Workforce, posts: Posts, rates: StaffRates, words: Words, record: Recorder
    ) -> None:
        self.council, self.posts, self.rates, self.words, self.record = council, posts, rates, words, record
        self.same_month = workforce.cover_same_month
        groups = [workforce.posts.get(name) or workforce.agency[name] for name in posts.groups]
        self.grade = np.unique([group.grade for group in groups], return_inverse=True)[1][posts.group]
        longest = 1 if rates.notice is None else max(1, int(rates.notice.max()))
        self.notice = fl.Notice(np.zeros((longest, len(posts.groups), words.runs.size), dtype=np.int16))
        self.opening_agency_share = np.zeros(words.runs.size)
        self.chance = self._leaving_in(0)

    def _leaving_in(self, year: int) -> wf.Chances:
        """Chances of leaving in a year from the start: nobody, under and over five years, agency; shape (4, T, R)."""
        rates = self.rates
        shock = wf.shock(self.words, "year shock", self.council, year, rates.year_shock)
        shock *= wf.shock(self.words, "national swing", "England", year, rates.national_swing)
        under, over = rates.under * shock, rates.over * shock
        worst = max(float(under.max()), float(over.max()))
        if worst > 1:
            raise ValueError(
                f"workforce.turnover_rate: a month's chance of leaving came out at {worst:.3g} once the year's shock, the team and "
                "the length of service were taken in; at most 1, so state a lower rate or less of those"
            )
        return np.stack([np.zeros_like(under), under, over, np.broadcast_to(rates.agency_leaving, under.shape)])

    def leavers_go(self, staff: Staff, held: NDArray[np.int16], month: int) -> tuple[Cells, Cells]:
        """Permanent workers, then agency workers, who leave."""
        if month % YEAR == 1:
            self.chance = self._leaving_in(month // YEAR)
        times, effects = None, self.rates.effects
        if effects:
            since_start = effects.by_agency * (wf.agency_share(staff) - self.opening_agency_share)
            times = wf.pressure(
                staff, self.posts, held, effects.knee, effects.by_caseload, since_start, effects.retention
            )
        left, agency_left = wf.leave(staff, self.posts, self.words, month, self.chance, times)
        self.record.count("left", month, left)
        self.record.count("agency_left", month, agency_left)
        return left, agency_left

    def contracts_end(self, staff: Staff, month: int) -> Cells:
        """Agency workers above establishment and commissioned workers whose contract is over."""
        ended = fl.end_contracts(staff, self.posts, month)
        self.record.count("agency_ended", month, ended)
        return ended

    def agency_workers_convert(self, staff: Staff, month: int) -> tuple[Cells, Cells]:
        """By plan, as a matter of course, and in campaigns; the posts taken from above establishment, and given up."""
        came, rates = staff.since.copy(), self.rates
        taken, given_up = cv.convert_planned(staff, self.posts, month)
        self._converted(month, taken, given_up, came)
        if rates.converting[month - 1]:
            covering = cv.convert(staff, self.posts, self.words, month, rates.conversion)
            self._converted(month, covering, covering, came)
        for months, plan in rates.campaigns:
            if month in months:
                covering, more, left = cv.campaign(staff, self.posts, self.words, month, plan)
                self._converted(month, covering, covering, came)
                self._converted(month, more, left, came)
                taken, given_up = joined(taken, more), joined(given_up, left)
        return taken, given_up

    def _converted(self, month: int, taken: Cells, given_up: Cells, came: NDArray[np.int16]) -> None:
        self.record.count("converted", month, taken)
        self.record.count("agency_converted", month, given_up)
        if self.rates.fee_free is not None:
            early = np.flatnonzero(month - came[given_up] < self.rates.fee_free[given_up[1]])
            self.record.count("converted_in_fee_period", month, (taken[0][early], taken[1][early]))

    def workers_move(self, staff: Staff, month: int) -> list[Cells]:
        """Permanent workers who move to another team, leaving their cases."""
        gone = []
        for rate in self.rates.moves:
            taken, left = fl.move(staff, self.posts, self.grade, self.words, month, rate)
            self.record.count("moved_in", month, taken)
            self.record.count("moved_out", month, left)
            gone.append(left)
        return gone

    def starters_arrive(self, staff: Staff, month: int) -> tuple[Cells, Cells]:
        """Agency workers replaced by a starter, and those above establishment whose work a new post takes over."""
        started, replaced = fl.start(staff, self.posts, self.words, month, self.rates.newly_qualified)
        if self.posts.over.any():
            replaced = joined(replaced, fl.surplus_cover(staff, self.posts, month))
        displaced = fl.displace(staff, self.posts, self.words, month, started, self.rates.displacement)
        self.record.count("started", month, started)
        self.record.count("agency_ended", month, replaced)
        self.record.count("agency_ended", month, displaced)
        if self.rates.notice is not None:
            self.notice.give(self.record.group_counts(replaced), self.rates.notice)
            self.record.staff["on_notice"][month] = self.notice.served()
        return replaced, displaced

    def cover_is_arranged_and_vacancies_recruited_to(self, staff: Staff, month: int) -> None:
        """Contracts begin, agency workers come to cover what is empty, and people are appointed."""
        posts, words, rates = self.posts, self.words, self.rates
        began = fl.open_contracts(staff, posts, month)
        covered = fl.cover(staff, posts, words, month, rates.covering, self.same_month, rates.cover_limit)
        self.record.count("agency_started", month, began)
        self.record.count("agency_started", month, covered)
        fl.appoint(staff, posts, words, month, rates.filling, rates.lead, rates.market)

    def absences_end_and_begin(self, staff: Staff, month: int) -> list[Cells]:
        """Those who start parental leave hand over their cases."""
        return [go_away(staff, self.posts, self.words, month, self.rates.absence)] if self.rates.absence else []

    def are_held_to(self, position: Position, staff: Staff, month: int) -> None:
        """People in post as known at the end of a month that happened."""
        position.hold_people(staff, self.words, month, self.rates.newly_qualified, self.rates.lead)


class _Casework:
    """The posts that hold cases, their teams, and the month's steps on cases."""

    def __init__(
        self, periods: Periods, workforce: Workforce, caseloads: Caseloads, posts: Posts, values: Values, draw: NDArray[np.intp], words: Words
    ) -> None:  # fmt: skip
        teams = tuple(sorted(caseloads.teams))
        self.posts, self.words, self.most = posts, words, caseloads.most_cases
        self.rows = case_rows(posts, teams)
        self.rates = case_rates(caseloads, periods, values, draw)
        self.key = posts.key[: posts.holding]
        self.team_key = np.array([name_key("team", name) for name in teams], dtype=np.uint64)
        self.share = posts.share[: posts.holding] * posts.fte[: posts.holding]
        self.ways = tuple((i, j) for i, to in enumerate(self.rates.passes_on) for j, _ in to)
        self.agreed = np.ones((posts.holding, self.rates.draws), dtype=bool)
        for name in workforce.agency:
            mine = posts.group[: posts.holding] == posts.groups.index(name)
            self.agreed[mine] = posts.number[: posts.holding][mine][:, None] < values[f"workforce.agency.{name}.number"]

    def opening(self, staff: Staff) -> cl.Cases:
        """The open cases at the start, shared out among those who hold the posts."""
        waiting = self.rates.expected.open_cases[:, self.rates.draw].astype(np.int32)
        months, runs = int(self.rates.step_down.months.max(initial=0)), self.words.runs.size
        cases = cl.Cases(
            held=np.zeros((self.key.size, runs), dtype=np.int16), waiting=waiting,
            kept=np.zeros((months, self.key.size, runs), dtype=np.int16),
            kept_waiting=np.zeros((months, *waiting.shape), dtype=np.int32),
        )  # fmt: skip
        nothing = np.zeros_like(waiting)
        self._share_out(cases, cases.held.copy(), self._load(staff, 0), cl.Arrivals(nothing, nothing, nothing), 0)
        return cases

    def hand_over(self, cases: cl.Cases, *gone: Cells) -> NDArray[np.int32]:
        """Cases of workers who went wait for a new one; how many, by team and run."""
        total = np.zeros_like(cases.waiting)
        for post, run in gone:
            holding = post < self.key.size
            total += cases.hand_over((post[holding], run[holding]), self.rows.team)
        return total

    def follow(self, cases: cl.Cases, taken: Cells, given_up: Cells) -> None:
        """Cases follow a worker who converted into another post, where that post holds cases; else they wait."""
        follows = np.flatnonzero(taken[0] < self.key.size)
        cases.follow((taken[0][follows], taken[1][follows]), (given_up[0][follows], given_up[1][follows]))
        self.hand_over(cases, given_up)

    def cases_close_and_pass_on(self, staff: Staff, cases: cl.Cases, month: int) -> dict[str, NDArray[np.int32]]:
        """Cases close, pass to other teams, or are kept open after step-down."""
        here = slice(0, self.key.size)
        at_work = (staff.away[here] == 0) | staff.stand_in[here] if staff.away.any() else None
        leaving = cl.close(cases, at_work, self.rows, self.rates, self.words, self.key, month)
        over = np.zeros_like(cases.waiting)
        if cases.kept.size:
            leaving, over = cl.keep_after_step_down(cases, leaving, self.rows, self.rates, self.words, self.key, month)
        left = self.rows.totals(leaving)
        passed = cl.pass_on(left, self.rates, self.words, self.team_key, month)
        cases.waiting += passed.sum(axis=0)
        return {"closed": left - passed.sum(axis=1) + over, "passed": passed}

    def cases_arrive_and_are_shared_out(
        self, staff: Staff, cases: cl.Cases, month: int
    ) -> dict[str, NDArray[np.int32]]:
        """New cases come; they and the waiting ones go to workers, as far as anybody can take them."""
        load, here = self._load(staff, month), slice(0, self.key.size)
        share = self.share * ((self.posts.first[here] <= month) & (month <= self.posts.last[here]))
        before = cases.held.copy()
        dealt = cl.arrive(cases, share, self.rows, self.agreed, load, self.rates, self.words, self.key, month)
        pooled = cases.waiting + dealt.at_random + dealt.evenly
        self._share_out(cases, before, load, dealt, month)
        return {"arrived": dealt.arrived, "pooled": pooled}

    def _load(self, staff: Staff, month: int) -> NDArray[np.intp]:
        here = slice(0, self.key.size)
        holder, served = staff.holder[here], month - staff.since[here]
        able = (holder != EMPTY) & ((staff.away[here] == 0) | staff.stand_in[here])
        return cl.load_of(able, holder == PERMANENT, served, staff.newly_qualified[here], self.rates)

    def _share_out(
        self, cases: cl.Cases, before: NDArray[np.int16], load: NDArray[np.intp], dealt: cl.Arrivals, month: int
    ) -> None:
        weight = self.rates.load_shares[load, self.rates.draw] * self.share[:, None]
        row = np.broadcast_to(self.rates.draw * self.rates.dealing.width, cases.waiting.shape)
        waiting = cases.waiting - cases.kept_waiting.sum(axis=0, dtype=np.int32)
        at_random = thin(waiting, self.rates.dealing, row, self.words, self.team_key, "waiting dealt at random", month)
        cl.allocate(
            cases, weight, at_random + dealt.at_random, waiting - at_random + dealt.evenly, self.most, before,
            self.rows, self.words, self.key, month,
        )  # fmt: skip
