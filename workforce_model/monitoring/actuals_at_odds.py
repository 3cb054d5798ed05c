"""Figures of a form that cannot all be right: more than there is, stocks that flows do not explain, amounts in thousands.

Each is a fault at its cell. A figure that is not available, or could not be read, is at odds with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from workforce_model.basis.periods import month
from workforce_model.basis.problems import Problem
from workforce_model.inputs.actuals import APART_IN_POST, APART_SPEND, COLUMNS, STOCK_FLOW, Actuals
from workforce_model.monitoring.actuals_form import Form

A_MONTH_GBP = (400, 40_000)
"""What an FTE can cost in a month, pounds: a tenth, and ten times, of what a social worker does."""
_PAID_FOR = {"permanent_pay_gbp": ("in_post_fte",), "agency_gbp": ("agency_cover_fte", "agency_additional_fte")}
"""Spend, and the people it is spent on."""
_AT_MOST = (
    (("leavers_fte",), ("in_post_fte",), 1),
    (("conversions_fte",), ("starters_fte",), 0),
    (("conversions_fte",), ("agency_cover_fte", "agency_additional_fte"), 1),
    (("cases_closed", "cases_passed_out"), ("open_cases",), 1),
    (("workers_at_or_over",), ("workers",), 0),
    (("case_holder_fte",), ("workers",), 0),
    (("unallocated_cases",), ("open_cases",), 0),
)
"""What cannot be more than what, this month or the month before."""


@dataclass(frozen=True)
class Reported:
    """The figures of a form, by team and column, with the cell of each by team, column and month, and the cells that cannot be read."""

    form: Form
    figures: dict[str, dict[str, tuple[float | None, ...]]]
    places: dict[tuple[str, str, int], str]
    unread: frozenset[str]

    def at_odds(self) -> Iterator[Problem]:
        """Figures that cannot all be right."""
        form = self.form
        for team in form.teams:
            for i, when in enumerate(form.months):
                yield from self._establishment_at_odds(team, when, i)
                yield from self._without_places(team, when, i)
                yield from self._nobody_with_cases(team, i)
                yield from self._priced_strangely(team, i)
                for less, more, ago in (*_AT_MOST, *self._of_duties(team)):
                    yield from self._more_than(team, less, more, i, ago)
                for name in self.figures[team]:
                    if name.endswith(APART_IN_POST):
                        yield from self._not_told_apart(team, name, i)
                        yield from self._more_than(team, (name,), ("in_post_fte",), i, 0)
                    elif name.endswith(APART_SPEND):
                        spent = tuple(n for n, c in COLUMNS.items() if c.of == "spend")
                        yield from self._more_than(team, (name,), spent, i, 0)

    def unexplained(self, limit: float) -> Iterator[Problem]:
        """Stock change that the flows do not explain, above the declared limit."""
        form = self.form
        found = Actuals(
            opening=form.opening, cut_off=form.cut_off, figures=self.figures, source="read"
        ).other_movement()
        for row in found.itertuples(index=False):
            allowed = max(limit * float(row.opening), 1.0)  # type: ignore[arg-type]  # a column of numbers
            if abs(float(row.other_movement)) > allowed + 1e-9:  # type: ignore[arg-type]  # a column of numbers
                stock, i = STOCK_FLOW[str(row.of)][0], int((month(str(row.month)) - form.opening).n)
                sums = f"{row.opening:g} + {row.came:g} - {row.went:g} is not {row.closing:g}"
                yield Problem(self.places[str(row.team), stock, i], f"{row.closing:g}", f"{sums}: other movement of {row.other_movement:g} is above the declared limit of {allowed:.3g}")  # fmt: skip

    def not_there(self, not_fitted: tuple[str, ...]) -> Iterator[Problem]:
        """Figures declared bad that the form does not have."""
        for place in not_fitted:
            team, name, when = [*place.split("."), "", ""][:3]
            if name not in self.figures.get(team, {}) or when not in map(str, self.form.months):
                yield Problem("not_fitted", place, "no such figure: team.column.2019-06")

    def _establishment_at_odds(self, team: str, when: pd.Period, i: int) -> Iterator[Problem]:
        held, vacant = (self._value(team, name, i) for name in ("in_post_fte", "vacancy_fte"))
        posts = float(self.form.establishment[team][i])
        if held is not None and vacant is not None and abs(held + vacant - posts) > 0.05:
            given = f"{held:g} in post + {vacant:g} vacant = {held + vacant:g}"
            yield Problem(self.places[team, "vacancy_fte", i], given, f"the scenario has {posts:g} FTE of posts in {team} in {when}: bring the posts or the figures into line")  # fmt: skip

    def _without_places(self, team: str, when: pd.Period, i: int) -> Iterator[Problem]:
        for name, places in self.form.places.items():
            value, there = self._value(team, name, i), float(places[team][i])
            if value is not None and value > there + 0.5:
                label = self.form.columns[name].label[0].lower() + self.form.columns[name].label[1:]
                rule = f"the scenario has places for {there:g} FTE of {label} in {team} in {when}: add them to the scenario"
                yield Problem(self.places[team, name, i], f"{value:g}", rule)

    def _nobody_with_cases(self, team: str, i: int) -> Iterator[Problem]:
        workers, held, waiting = (self._value(team, name, i) for name in ("workers", "open_cases", "unallocated_cases"))
        if workers == 0 and held is not None and waiting is not None and held > waiting:
            rule = f"nobody takes cases, and {held - waiting:g} of {held:g} open cases are allocated: with nobody there they are unallocated"
            yield Problem(self.places[team, "workers", i], "0", rule)

    def _priced_strangely(self, team: str, i: int) -> Iterator[Problem]:
        """Pay and charges in thousands, or of another team, are found by what they make an FTE cost."""
        low, high = A_MONTH_GBP
        for spend, stocks in _PAID_FOR.items():
            value = self._value(team, spend, i)
            there = (
                [[self._value(team, name, at) for name in stocks if name in self.figures[team]] for at in (i - 1, i)]
                if i
                else []
            )
            if value is None or not there or any(x is None for month in there for x in month):
                continue
            fte = [sum(x for x in month if x is not None) for month in there]
            if min(fte) >= 1 and not low * min(fte) <= value <= high * max(fte):
                rule = f"{value / max(fte):,.0f} an FTE in the month: expected {low:,} to {high:,}; amounts are pounds, not thousands, of this team and month"
                yield Problem(self.places[team, spend, i], f"{value:g}", rule)

    def _of_duties(self, team: str) -> Iterator[tuple[tuple[str], tuple[str], int]]:
        """No more can be found good than were done; those in time are counted when their limit ends, which may be a month later."""
        for name in self.figures[team]:
            if name.endswith("_good") and (done := f"{name.removesuffix('_good')}_done") in self.figures[team]:
                yield (name,), (done,), 0

    def _not_told_apart(self, team: str, name: str, i: int) -> Iterator[Problem]:
        if self.places.get((team, name, i)) in self.unread:
            return
        if self._value(team, name, i) is None and self._value(team, "in_post_fte", i) is not None:
            rule = "not available where in_post_fte is: nobody can tell which of the team's people are paid from this budget; give it, or declare both not available"
            yield Problem(self.places[team, name, i], "", rule)

    def _more_than(
        self, team: str, less: tuple[str, ...], more: tuple[str, ...], i: int, ago: int
    ) -> Iterator[Problem]:
        if i < ago:
            return
        one = [self._value(team, name, i) for name in less]
        other = [self._value(team, name, i - ago) for name in more if name in self.figures[team]]
        if not other or any(x is None for x in (*one, *other)):
            return
        over, limit = sum(x for x in one if x is not None), sum(x for x in other if x is not None)
        if over > limit + 0.05:
            before = f" of the month before ({limit:g})" if ago else f" ({limit:g})"
            yield Problem(self.places[team, less[0], i], f"{over:g}", f"{' + '.join(less)} cannot be more than {' + '.join(more) if len(more) < 3 else 'all the spend'}{before}")  # fmt: skip

    def _value(self, team: str, name: str, i: int) -> float | None:
        series = self.figures[team].get(name)
        return None if series is None else series[i]
