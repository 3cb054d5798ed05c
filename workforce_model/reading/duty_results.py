"""The duties of a run: what was asked for, offered, done, in time and waiting, by month and financial year.

Played from who is in post in each run, so a post that is empty, or an officer away, shows in the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.draws import Words
from workforce_model.duties.duties import Duty
from workforce_model.duties.rota import People
from workforce_model.duties.work_done import VISITS, Work, play_duties
from workforce_model.inputs.doubt import draw_values
from workforce_model.reading.tables import reported_years, tidy

if TYPE_CHECKING:
    from workforce_model.engine.model import Results

Figures = NDArray[np.float64]
_BLOCK = 1_024


@dataclass(frozen=True)
class DutyMeasure:
    """What can be read off a duty: its name on the page, unit and kind, and the parts of a rate."""

    label: str
    unit: str
    kind: Literal["stock", "flow", "rate"]
    parts: tuple[str, str] | None = None


def _rate(label: str, unit: str, over: str, under: str) -> DutyMeasure:
    return DutyMeasure(label, unit, "rate", (over, under))


DUTY_MEASURES: dict[str, DutyMeasure] = {
    "requested": DutyMeasure("Asked for", "requests", "flow"),
    "offered": DutyMeasure("Offered", "requests", "flow"),
    "accepted": DutyMeasure("Accepted", "requests", "flow"),
    "done": DutyMeasure("Done", "requests", "flow"),
    "lapsed": DutyMeasure("Given up after waiting too long, or left without", "requests", "flow"),
    "waiting": DutyMeasure("Waiting", "requests", "stock"),
    "oldest_days": DutyMeasure("Age of the oldest waiting", "days", "stock"),
    "due": DutyMeasure("Time limits that ended", "requests", "flow"),
    "in_time": DutyMeasure("Done within the time limit", "requests", "flow"),
    "good": DutyMeasure("Found good", "requests", "flow"),
    "open": DutyMeasure("Arrangements open", "arrangements", "stock"),
    "known": DutyMeasure("People known", "people", "stock"),
    "holding": DutyMeasure("People who hold the document", "people", "stock"),
    "lost": DutyMeasure("Documents lost", "people", "flow"),
    "hours_required": DutyMeasure("Hours of work accepted", "hours", "flow"),
    "hours_available": DutyMeasure("Hours available", "hours", "flow"),
    "hours_worked": DutyMeasure("Hours worked", "hours", "flow"),
    "hours_lost_vacant": DutyMeasure("Hours lost to empty posts", "hours", "flow"),
    "hours_lost_absent": DutyMeasure("Hours lost to people away", "hours", "flow"),
    "hours_per_fte": DutyMeasure("Hours an FTE gives", "hours", "flow"),
    "share_offered": _rate("Offered", "share of requests", "offered", "requested"),
    "share_done": _rate("Done of those accepted", "share of requests", "done", "accepted"),
    "share_in_time": _rate("Done within the time limit", "share of limits that ended", "in_time", "due"),
    "share_good": _rate("Found good", "share of those done", "good", "done"),
    "coverage": _rate("Hold the document", "share of people known", "holding", "known"),
    "fte_required": _rate("Work accepted", "FTE", "hours_required", "hours_per_fte"),
    "fte_worked": _rate("Work done", "FTE", "hours_worked", "hours_per_fte"),
}


@dataclass(frozen=True)
class DutiesDone:
    """The duties of a run, every run and month.

    Attributes
    ----------
    results : Results
    work : dict of dict of array, shape (M, R)
        By duty, then by figure; streams of requests apart as ``offered, <stream>``.
    """

    results: Results
    work: dict[str, Work]

    @property
    def names(self) -> tuple[str, ...]:
        """The duties, in order of name."""
        return tuple(self.work)

    def measured(self, duty: str, measure: str) -> Figures:
        """A measure of a duty in every month and run, shape (M, R).

        A rate with nothing under it is not a number: it is not defined, which is not nought.

        Raises
        ------
        KeyError
            If the duty or the measure is unknown, or the duty has no such measure.
        """
        work = self._work(duty)
        stated = DUTY_MEASURES.get(measure)
        if stated is not None and stated.parts:
            return _over(*(self.measured(duty, part) for part in stated.parts))
        if measure not in work:
            raise KeyError(f"{duty} has no measure {measure!r}; it has: {', '.join(self.measures(duty))}")
        return work[measure]

    def in_year(self, duty: str, measure: str, year: str) -> Figures:
        """A measure of a financial year in every run: flows added, stocks at its end, rates worked out again."""
        return self.over(duty, measure, np.flatnonzero(np.array(self.results.years) == year))

    def over(self, duty: str, measure: str, months: NDArray[np.intp]) -> Figures:
        """A measure of some months together in every run, shape (R,)."""
        stated = DUTY_MEASURES[measure.partition(",")[0]]
        if stated.parts:
            return _over(*(self.over(duty, part, months) for part in stated.parts))
        figures = self.measured(duty, measure)[months]
        return np.asarray(figures.sum(axis=0) if stated.kind == "flow" else figures[-1])

    def measures(self, duty: str) -> tuple[str, ...]:
        """The measures a duty has."""
        work = self._work(duty)
        rates = (name for name, m in DUTY_MEASURES.items() if m.parts and set(m.parts) <= work.keys())
        return (*work, *rates)

    def label(self, duty: str) -> str:
        """A duty's name on the page."""
        return self._stated(duty).label + (", visits" if duty not in self._stated_work else "")

    def team(self, duty: str, month: pd.Period) -> str:
        """The team that answers for a duty in a month."""
        stated = self._stated(duty)
        moved = stated.moves_in is not None and month >= stated.moves_in
        return str(stated.moves_to) if moved else stated.team

    def monthly(self) -> pd.DataFrame:
        """Every measure of every duty by month, tidy: columns as ``tables.TIDY``, the measure as "duty: measure"."""
        reported = np.concatenate(list(reported_years(self.results).values()))
        return self._table({str(self.results.months[m]): reported[i : i + 1] for i, m in enumerate(reported)})

    def annual(self) -> pd.DataFrame:
        """Every measure of every duty by financial year, tidy."""
        return self._table(reported_years(self.results))

    def _table(self, periods: dict[str, NDArray[np.intp]]) -> pd.DataFrame:
        rows = []
        for duty in self.names:
            for measure in self.measures(duty):
                unit = DUTY_MEASURES[measure.partition(",")[0]].unit
                for period, months in periods.items():
                    team = self.team(duty, self.results.months[months[-1]])
                    rows.append((team, f"{duty}: {measure}", unit, period, self.over(duty, measure, months)))
        return tidy(self.results, rows)

    @property
    def _stated_work(self) -> dict[str, Duty]:
        return self.results.scenario.duties.work if self.results.scenario.duties else {}

    def _stated(self, duty: str) -> Duty:
        return self._stated_work[duty if duty in self._stated_work else duty.removesuffix(VISITS)]

    def _work(self, duty: str) -> Work:
        if duty not in self.work:
            raise KeyError(f"unknown duty {duty!r}; known: {', '.join(self.names) or 'none: the scenario states none'}")
        return self.work[duty]


def _over(above: Figures, below: Figures) -> Figures:
    return np.asarray(np.divide(above, below, out=np.full_like(above, np.nan, dtype=float), where=below > 0))


def duties_done(results: Results) -> DutiesDone:
    """The duties of a run, played from who is in post.

    Examples
    --------
    >>> import workforce_model as wm
    >>> result = wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4)
    >>> result.duties.in_year("return_home_interviews", "done", "2019/20").shape
    (4,)
    """
    duties = results.scenario.duties
    if duties is None:
        return DutiesDone(results, {})
    values = draw_values(results.scenario, results.seed, results.doubt)
    parts = []
    for runs in np.array_split(np.arange(results.runs), -(-results.runs // _BLOCK)):
        people = {group: _people(results, group, runs) for group in _groups(results)}
        words = Words(results.seed, results.numbers[runs])
        parts.append(play_duties(duties, results.months, people, values, results.draw[runs], words))
    first = parts[0]
    joined = {d: {x: np.concatenate([p[d][x] for p in parts], axis=1) for x in first[d]} for d in first}
    return DutiesDone(results, joined)


def _groups(results: Results) -> set[str]:
    duties = results.scenario.duties
    groups = {group for duty in duties.work.values() for group in duty.done_by} if duties else set()
    return groups & results.scenario.workforce.posts.keys()


def _people(results: Results, group: str, runs: NDArray[np.intp]) -> People:
    """The posts of a group and who holds them, by month."""
    posts = results.posts
    index = posts.groups.index(group)
    mine = posts.group == index
    months = np.arange(1, len(results.months) + 1)[:, None]
    staff = results.history.staff
    return People(
        posts=((posts.first[mine] <= months) & (months <= posts.last[mine])).sum(axis=1),
        filled=np.rint((staff["permanent"][1:, index] + staff["agency"][1:, index])[:, runs]).astype(np.int64),
        fte=results.scenario.workforce.posts[group].fte,
    )
