"""The duties of a council played for a block of runs: from who is in post to what is done, in time and waiting.

A duty takes plain arrays (posts filled by month and run, words) and gives figures by month and run, so it can
be played after a simulation and knows nothing of it. The figures of a run depend on its own number only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.draws import Words, binomial_table, name_key, thin
from workforce_model.duties import demand, queues
from workforce_model.duties.duties import Duties, Duty, KnownGroup, Planned, Visits
from workforce_model.duties.passports import Chances, coverage
from workforce_model.duties.queues import NO_SHIFT, Queue
from workforce_model.duties.rota import Giving, People, Shifts, absence, at_work, shifts
from workforce_model.duties.working_days import Days, days_of, deadlines

Figures = NDArray[np.float64]
Values = dict[str, NDArray[np.float64]]
Work = dict[str, Figures]
"""What came of one duty: figures by month and run, shape (M, R), by name."""

VISITS = "_visits"
"""Added to a duty's name for the visits that follow it."""
_SHARE_TABLE = 63


@dataclass(frozen=True)
class Setting:
    """What every duty of a block shares: the months and days, the draws, the words, who is at work."""

    months: pd.PeriodIndex
    days: Days
    values: Values
    draw: NDArray[np.intp]
    words: Words
    people: dict[str, People]

    def by_draw(self, place: str) -> Figures:
        """An assumption's value in each draw, shape (D,)."""
        return self.values[f"duties.{place}"]

    def by_run(self, place: str) -> Figures:
        """An assumption's value in each run, shape (R,)."""
        return self.by_draw(place)[self.draw]

    def by_month(self, daily: NDArray[np.generic]) -> Figures:
        """Daily figures added up by month, shape (M, R)."""
        return queues.by_month(daily, self.days.month, len(self.months))

    def between(self, first: pd.Period | None, last: pd.Period | None) -> NDArray[np.bool_]:
        """The months from one to another, both counted, shape (M,)."""
        start, end = first or self.months[0], last or self.months[-1]
        return np.asarray((self.months >= start) & (self.months <= end))


def play_duties(
    duties: Duties,
    months: pd.PeriodIndex,
    people: dict[str, People],
    values: Values,
    draw: NDArray[np.intp],
    words: Words,
) -> dict[str, Work]:
    """Play every duty.

    Parameters
    ----------
    duties : Duties
    months : PeriodIndex
        The months played.
    people : dict of People
        Posts and people of each group that does a duty, by group.
    values : dict of array, shape (D,)
        Every assumption's value in each draw of the rates, by dotted path from the scenario.
    draw : array, shape (R,)
        Each run's draw.
    words : Words

    Returns
    -------
    dict of dict of array, shape (M, R)
        By duty, then by figure; visits that follow a duty are a duty of their own, named after it.
    """
    setting = Setting(months, days_of(months), values, draw, words, people)
    rota = _rota(duties, setting)
    played: dict[str, Work] = {}
    queue: dict[str, Queue] = {}
    for name in sorted(duties.work, key=lambda name: (duties.work[name].follows is not None, name)):
        duty = duties.work[name]
        hours = shifts(
            [_giving(setting, name, group, duty, rota) for group in sorted(duty.done_by)], draw, setting.days
        )
        if duty.group:
            played[name] = _group(name, duty, duty.group, hours, setting)
        else:
            played |= _queued(name, duty, hours, setting, queue)
    monthly = np.broadcast_to(setting.by_run("productive_hours") / 12, (len(months), draw.size))
    return {name: {**played[name], "hours_per_fte": monthly} for name in sorted(played)}


Rota = dict[tuple[str, int | None], tuple[People, NDArray[np.int64]]]


def _rota(duties: Duties, setting: Setting) -> Rota:
    """The people of each group, and how many are at work in each stretch."""
    table = absence(setting.by_draw("absence_share"))
    rota: Rota = {}
    for duty in duties.work.values():
        for group, doer in duty.done_by.items():
            if (group, doer.outside) not in rota:
                people = setting.people[group] if doer.outside is None else _outside(doer.outside, setting)
                rota[group, doer.outside] = (
                    people,
                    at_work(people, group, table, setting.draw, setting.words, setting.days),
                )
    return rota


def _outside(number: int, setting: Setting) -> People:
    months = len(setting.months)
    return People(np.full(months, number), np.full((months, setting.draw.size), number), 1.0)


def _giving(setting: Setting, name: str, group: str, duty: Duty, rota: Rota) -> Giving:
    stated = duty.done_by[group]
    people, there = rota[group, stated.outside]
    return Giving(
        people=people,
        at_work=there,
        hours_a_week=setting.by_draw(f"work.{name}.done_by.{group}.hours_a_week"),
        months=setting.between(stated.first_month, stated.last_month),
        steps_in=stated.steps_in,
    )


def _queued(name: str, duty: Duty, hours: Shifts, setting: Setting, queue: dict[str, Queue]) -> dict[str, Work]:
    """Work done one by one, and the visits that follow it with the hours it leaves."""
    days, each = setting.days, setting.by_run(f"work.{name}.hours_each")
    came: Work = {}
    confirmed: list[demand.Requests] = []
    if duty.requests:
        accepted, came, confirmed = _of_themselves(name, duty, setting)
    elif duty.planned:
        accepted = _planned(setting.by_run(f"work.{name}.planned.number"), duty.planned, setting)
    else:
        accepted = queue[str(duty.follows)].done
    shift = np.where(days.working, days.stretch, NO_SHIFT)
    queue[name] = queues.serve(accepted, hours.hours, each, shift, duty.lapses_after_days)
    work = {**_line(queue[name], _deadlines(duty, days), each, setting), **came, **_hours(hours, queue[name], setting)}
    if duty.share_good is not None:
        work["good"] = _good(name, work["done"], setting)
    if not duty.visits:
        return {name: work}
    return {name: work, name + VISITS: _visits(name, duty.visits, confirmed, hours, queue[name], setting)}


def _deadlines(duty: Duty, days: Days) -> NDArray[np.intp]:
    if duty.limit is None:
        raise ValueError(f"{duty.label}: work done one by one has a time limit")
    return deadlines(days, duty.limit.within, duty.limit.unit)


def _of_themselves(name: str, duty: Duty, setting: Setting) -> tuple[queues.Counts, Work, list[demand.Requests]]:
    """What comes of every stream together: accepted by day, the figures by stream, and the requests accepted."""
    days, runs = setting.days, setting.draw.size
    accepted = np.zeros((days.date.size, runs), dtype=np.int32)
    work: Work = {key: np.zeros((len(setting.months), runs)) for key in ("requested", "offered")}
    taken = []
    for stream in sorted(duty.requests):
        place = f"work.{name}.requests.{stream}"
        came = demand.requests(
            f"{name}/{stream}", setting.by_draw(f"{place}.a_month"), setting.by_draw(f"{place}.dispersion"),
            setting.draw, setting.words, days.first_of_month, days.date.size,
        )  # fmt: skip
        offered = came.those(demand.kept(came, setting.words, "offered", _offered(place, duty, stream, setting)))
        agreed = np.broadcast_to(setting.by_run(f"{place}.accepted"), (days.date.size, runs))
        yes = offered.those(demand.kept(offered, setting.words, "accepted", agreed))
        for key, those in (("requested", came), ("offered", offered)):
            counted = setting.by_month(those.by_day(days.date.size, runs))
            work[f"{key}, {stream}"] = counted
            work[key] = work[key] + counted
        if duty.visits:  # every notification is acted on; those accepted become arrangements
            accepted += offered.by_day(days.date.size, runs)
        else:
            accepted += yes.by_day(days.date.size, runs)
        taken.append(yes)
    return accepted, work, taken


def _offered(place: str, duty: Duty, stream: str, setting: Setting) -> Figures:
    """The share offered, by day and run."""
    stated, now = duty.requests[stream], setting.by_run(f"{place}.offered")
    if stated.offered_from is None:
        return np.broadcast_to(now, (setting.days.date.size, now.size))
    before = setting.by_run(f"{place}.offered_before")
    changed = setting.between(stated.offered_from, None)[setting.days.month]
    return np.where(changed[:, None], now, before)


def _planned(number: Figures, stated: Planned, setting: Setting) -> queues.Counts:
    """Work on its schedule, on the first day of its month or of its week."""
    days, there = setting.days, setting.between(stated.first, stated.last)
    if stated.every_weeks is None:
        begins = days.first_of_month[there]
    else:
        first = np.datetime64(str(stated.first), "D")
        every = (days.date - first).astype(np.int64) % (7 * stated.every_weeks) == 0
        begins = np.flatnonzero(every & there[days.month])
    accepted = np.zeros((days.date.size, number.size), dtype=np.int32)
    accepted[begins] = number.astype(np.int32)
    return accepted


def _line(queue: Queue, deadline: NDArray[np.intp], each: Figures, setting: Setting) -> Work:
    """The figures of one line of work, by month."""
    days, months = setting.days, len(setting.months)
    due, met = queues.in_time(queue, deadline, days.month, months)
    accepted = setting.by_month(queue.accepted)
    return {
        "requested": accepted,
        "accepted": accepted,
        "done": setting.by_month(queue.done),
        "lapsed": setting.by_month(queue.lapsed),
        "waiting": (queue.come - queue.gone)[days.last_of_month].astype(float),
        "due": due,
        "in_time": met,
        "oldest_days": queues.oldest(queue, days.last_of_month),
        "hours_required": accepted * each,
    }


def _hours(hours: Shifts, queue: Queue, setting: Setting) -> Work:
    return {
        "hours_worked": setting.by_month(queue.worked),
        "hours_available": hours.offered,
        "hours_lost_vacant": hours.lost_vacant,
        "hours_lost_absent": hours.lost_absent,
    }


def _good(name: str, done: Figures, setting: Setting) -> Figures:
    """Of those done, how many are found good."""
    table = binomial_table(setting.by_draw(f"work.{name}.share_good"), _SHARE_TABLE)
    row, key = (setting.draw * table.width)[None, :], np.array([name_key("good", name)])
    counts = done.astype(np.int64)
    return np.stack(
        [thin(counts[m][None, :], table, row, setting.words, key, "good", m + 1)[0] for m in range(counts.shape[0])]
    ).astype(float)


def _visits(
    name: str, visits: Visits, confirmed: list[demand.Requests], hours: Shifts, first: Queue, setting: Setting
) -> Work:
    """Visits while arrangements last, made with the hours that first actions leave."""
    days, runs, place = setting.days, setting.draw.size, f"work.{name}.visits"
    already = demand.open_already(setting.by_run(f"{place}.open_at_start").astype(np.int64), name, setting.words)
    lasting = demand.arrangements(demand.joined([*confirmed, already]), setting.by_run(f"{place}.ends"), setting.words)
    after = demand.visit_days(
        visits.first_year_every_weeks, visits.later_every_weeks, days.date.size + demand.YEAR_DAYS
    )
    notice = 7 * visits.notice_weeks
    accepted = lasting.visits(after, notice, days.date.size, runs)
    left = np.where(days.working[:, None], hours.hours[days.stretch], 0.0) - first.worked
    each = setting.by_run(f"{place}.hours_each")
    shift = np.where(days.working, np.arange(days.date.size), NO_SHIFT)
    queue = queues.serve(accepted, left, each, shift)
    work = _line(queue, deadlines(days, notice, "days"), each, setting)
    available = setting.by_month(left)
    nothing = np.zeros_like(available)
    return {
        **work,
        "open": lasting.open_at(days.last_of_month, runs),
        "hours_worked": setting.by_month(queue.worked),
        "hours_available": available,
        "hours_lost_vacant": nothing,
        "hours_lost_absent": nothing,
    }


def _group(name: str, duty: Duty, group: KnownGroup, hours: Shifts, setting: Setting) -> Work:
    """A document that everybody in a known group should hold."""
    place, each = f"work.{name}.group", setting.by_run(f"work.{name}.hours_each")
    known = setting.by_run(f"{place}.number").astype(np.int64)
    holding = np.round(known * setting.by_run(f"{place}.holding")).astype(np.int64)
    chances = Chances(*(setting.by_draw(f"{place}.{x}") for x in ("joins", "leaves", "loses")))
    no_copies = (
        ~setting.between(group.copies_kept_from, None) if group.copies_kept_from else setting.between(None, None)
    )
    came = coverage(known, holding, chances, no_copies, hours.offered, each, setting.draw, setting.words, name)
    counted = setting.between(group.known_from, None)[:, None]
    asked = (came.joined + came.lost).astype(float)
    return {
        "requested": asked, "done": came.issued.astype(float),
        "lapsed": came.left_without.astype(float), "waiting": (came.known - came.holding).astype(float),
        "known": came.known * counted * 1.0, "holding": came.holding * counted * 1.0, "lost": came.lost.astype(float),
        "hours_required": asked * each, "hours_worked": came.worked, "hours_available": hours.offered,
        "hours_lost_vacant": hours.lost_vacant, "hours_lost_absent": hours.lost_absent,
    }  # fmt: skip
