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

import numpy as np
from numpy.typing import NDArray

from workforce_model import caseloads as cl
from workforce_model import workforce as wf
from workforce_model.allocation import share_out
from workforce_model.caseloads import Arrivals, Caseloads, CaseRates, Cases
from workforce_model.draws import Words, name_key, thin, threshold
from workforce_model.establishment import EMPTY, PERMANENT, Posts, Workforce, case_rows, lay_out
from workforce_model.history import History, Recorder
from workforce_model.periods import Periods, monthly_probability
from workforce_model.workforce import Cells, Staff

Values = dict[str, NDArray[np.float64]]


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
    people = _StaffSteps(workforce, posts, values, draw, periods, words)
    work = _CaseSteps(workforce, caseloads, posts, values, draw, words)
    agreed = {name: values[f"workforce.agency.{name}.number"][draw] for name in workforce.agency}
    staff = wf.open_staff(posts, words, agreed, people.newly_qualified)
    cases = work.opening(staff)
    record = Recorder(posts, work.rows, months, words.runs.size, caseloads.caseload_limit)
    record.measure(0, staff, cases)
    for month in range(1, months + 1):
        gone = people.leave_and_end(staff, month, record)
        moved = people.convert(staff, month, record)
        gone += people.start(staff, month, record)
        people.cover_and_appoint(staff, month, record)
        handed_over = work.hand_over(cases, gone, moved)
        record.flows(month, handed_over=handed_over, **work.close_arrive_share(staff, cases, month))
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


class _StaffSteps:
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

    def leave_and_end(self, staff: Staff, month: int, record: Recorder) -> list[Cells]:
        if month % 12 == 1:
            self.leaving = self._leaving_in(month // 12)
        left, agency_left = wf.leave(staff, self.posts, self.words, month, self.leaving)
        ended = wf.end_contracts(staff, self.posts, month)
        record.count("left", month, left)
        record.count("agency_left", month, agency_left)
        record.count("agency_ended", month, ended)
        return [left, agency_left, ended]

    def convert(self, staff: Staff, month: int, record: Recorder) -> tuple[Cells, Cells]:
        taken, given_up = wf.convert_planned(staff, self.posts, month)
        record.count("converted", month, taken)
        record.count("agency_converted", month, given_up)
        if self.converting[month - 1]:
            converted = wf.convert(staff, self.posts, self.words, month, self.conversion)
            record.count("converted", month, converted)
            record.count("agency_converted", month, converted)
        return taken, given_up

    def start(self, staff: Staff, month: int, record: Recorder) -> list[Cells]:
        started, replaced = wf.start(staff, self.posts, self.words, month, self.newly_qualified)
        displaced = wf.displace(staff, self.posts, self.words, month, started, self.displacement)
        record.count("started", month, started)
        record.count("agency_ended", month, replaced)
        record.count("agency_ended", month, displaced)
        return [replaced, displaced]

    def cover_and_appoint(self, staff: Staff, month: int, record: Recorder) -> None:
        record.count("agency_started", month, wf.open_contracts(staff, self.posts, month))
        record.count(
            "agency_started", month, wf.cover(staff, self.posts, self.words, month, self.covering, self.same_month)
        )
        wf.appoint(staff, self.posts, self.words, month, self.filling, self.lead)


class _CaseSteps:
    """The posts that hold cases, their teams, and the month's steps on cases."""

    def __init__(
        self,
        workforce: Workforce,
        caseloads: Caseloads,
        posts: Posts,
        values: Values,
        draw: NDArray[np.intp],
        words: Words,
    ) -> None:
        teams = tuple(sorted(caseloads.teams))
        self.posts, self.words = posts, words
        self.rows = case_rows(posts, teams)
        self.rates = case_rates(caseloads, values, draw)
        self.key = posts.key[: posts.holding]
        self.team_key = np.array([name_key("team", name) for name in teams], dtype=np.uint64)
        self.share = posts.share[: posts.holding] * posts.fte[: posts.holding]
        self.load_share = cl.shares_of_load(self.rates)[:, draw]
        self.open_cases = np.stack([values[f"caseloads.teams.{t}.open_cases"] for t in teams])[:, draw]
        self.agreed = np.ones((posts.holding, self.rates.growth.size), dtype=bool)
        for name in workforce.agency:
            mine = posts.group[: posts.holding] == posts.groups.index(name)
            self.agreed[mine] = posts.number[: posts.holding][mine][:, None] < values[f"workforce.agency.{name}.number"]

    def opening(self, staff: Staff) -> Cases:
        """The open cases at the start, shared out among those who hold the posts."""
        waiting = self.open_cases.astype(np.int32)
        cases = Cases(held=np.zeros((self.key.size, self.words.runs.size), dtype=np.int16), waiting=waiting)
        nothing = np.zeros_like(waiting)
        self._share_out(cases, self._load(staff, 0), Arrivals(nothing, nothing, nothing), 0)
        return cases

    def hand_over(self, cases: Cases, gone: list[Cells], moved: tuple[Cells, Cells]) -> NDArray[np.int32]:
        """Cases follow a worker who converted into another post; those of workers who went wait for a new one."""
        taken, given_up = moved
        cases.held[taken] = cases.held[given_up]
        cases.held[given_up] = 0
        handed_over = np.zeros_like(cases.waiting)
        for post, run in gone:
            holding = post < self.key.size
            post, run = post[holding], run[holding]
            np.add.at(handed_over, (self.rows.team[post], run), cases.held[post, run])
            cases.held[post, run] = 0
        cases.waiting += handed_over
        return handed_over

    def close_arrive_share(self, staff: Staff, cases: Cases, month: int) -> dict[str, NDArray[np.int32]]:
        """Cases close, pass to other teams, arrive, and are shared out; the month's flows by team."""
        leaving = self.rows.totals(cl.close(cases, self.rows.team, self.rates, self.words, self.key, month))
        passed = cl.pass_on(leaving, self.rates, self.words, self.team_key, month)
        cases.waiting += passed.sum(axis=0)
        load = self._load(staff, month)
        here = slice(0, self.key.size)
        share = self.share * ((self.posts.first[here] <= month) & (month <= self.posts.last[here]))
        slot_share = self.rows.sums(self.agreed * share[:, None])
        dealt = cl.arrive(cases, share, self.rows, slot_share, load, self.rates, self.words, self.key, month)
        self._share_out(cases, load, dealt, month)
        out = passed.sum(axis=1)
        return {
            "arrived": dealt.arrived, "closed": leaving - out, "passed_in": passed.sum(axis=0), "passed_out": out,
        }  # fmt: skip

    def _load(self, staff: Staff, month: int) -> NDArray[np.intp]:
        here = slice(0, self.key.size)
        holder, served = staff.holder[here], month - staff.since[here]
        return cl.load_of(holder != EMPTY, holder == PERMANENT, served, staff.newly_qualified[here], self.rates)

    def _share_out(self, cases: Cases, load: NDArray[np.intp], dealt: Arrivals, month: int) -> None:
        weight = np.take_along_axis(self.load_share, load, axis=0) * self.share[:, None]
        row = np.broadcast_to(self.rates.draw * self.rates.dealing.width, cases.waiting.shape)
        purpose = "waiting dealt at random"
        at_random = thin(cases.waiting, self.rates.dealing, row, self.words, self.team_key, purpose, month)
        evenly = cases.waiting - at_random + dealt.evenly
        at_random = at_random + dealt.at_random
        cases.waiting = share_out(cases.held, weight, at_random, evenly, self.rows, self.words, self.key, month)
