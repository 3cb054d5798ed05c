"""Actuals read from a filled-in form: every fault at once with its line or cell, and nothing tidied.

A blank is not nought. Marks for figures held back count only where they are declared. Stock change that flows do not
explain is shown as other movement, and refused above the declared limit. Nothing after the cut-off is read.
"""

from __future__ import annotations

import datetime
import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from workforce_model.basis.periods import month
from workforce_model.basis.problems import Problem, ScenarioError, nearest, path_given
from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.files import found_or_shipped
from workforce_model.inputs.scenario import Scenario, refuse_all_but_scenarios
from workforce_model.monitoring.actuals_at_odds import Reported
from workforce_model.monitoring.actuals_form import Form, form_of
from workforce_model.monitoring.sheets import Cell, Table, Unreadable, read_table

SHEET = "Actuals"
KEYS = ("month", "team")
OTHER_MOVEMENT = 0.05
"""The most other movement of a month, as a share of the team's opening stock, and never less than one person or case."""
MARKS = ("c", "x", "z", "u", "k", "low", ":", "..", "-", "n/a")
"""Marks that publishers use for figures held back or not available; refused unless declared."""
_LINE_OF_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,600}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SLIPS = (
    (r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", "without commas: 1234"),
    (r"-?[0-9]+,[0-9]+", "with a point for its decimals: 12.5"),
    (r"-?[0-9]{1,3}([ '\u00a0\u2009\u202f][0-9]{3})+([.,][0-9]+)?", "without spaces: 1234"),
    (r"[\u2010-\u2015\u2212][0-9.]+", "with a plain minus: -5"),
    (r"[£$€].*", "without a currency sign: 375000"),
    (r"\(.*\)", "no brackets: a negative is written -20"),
    (r".*%", "a number, not a percentage: this form asks for counts, FTE and pounds"),
    (r"[0-9.]+k", "in full: 375000"),
    (r"-?[0-9.]+e[+-]?[0-9]+", "written out, without an exponent"),
    (r"nan|inf|-inf|none|null|#n/a", "a number; leave blank what an optional column does not have"),
)


def load_actuals(
    path: str | os.PathLike[str], scenario: Scenario, *, cut_off: str | None = None,
    later_months: Literal["refuse", "leave out"] = "refuse", marks: Sequence[str] = (),
    other_movement: float = OTHER_MOVEMENT, not_fitted: Sequence[str] = (),
) -> Actuals:  # fmt: skip
    """The months that happened, from a filled-in form (``workforce-model template``).

    Parameters
    ----------
    path : str or path
        A ``.csv`` or ``.xlsx`` file. Its earliest month is the opening position.
    scenario : Scenario
        Whose teams and posts the figures are of.
    cut_off : str, optional
        The last month to read, ``2019-09``; the last in the file if not given.
    later_months : str
        ``leave out`` sets months after the cut-off aside unread and counts them; otherwise they are refused.
    marks : sequence of str
        Marks declared to stand for a figure that is not available, such as ``c``.
    other_movement : float
        The declared limit of stock change that flows do not explain, as a share of the team's opening stock.
    not_fitted : sequence of str
        Figures known to be bad, as ``assessment.cases_arrived.2019-06``: shown, and not learnt from.

    Raises
    ------
    ScenarioError
        With every fault: its line or cell, the value, the rule and the likely slip.

    Examples
    --------
    >>> import workforce_model as wm
    >>> plan = wm.load_scenario("scenarios/approved.toml")
    >>> actuals = load_actuals("scenarios/illustrative_actuals.csv", plan)
    >>> str(actuals.cut_off), actuals.illustrative
    ('2019-09', True)
    """
    refuse_all_but_scenarios(scenario)
    _refuse_unclear(marks, other_movement, not_fitted)
    if later_months not in ("refuse", "leave out"):
        raise ValueError(f"later_months = {later_months!r}: expected 'refuse' or 'leave out'")
    table = read_table(found_or_shipped(path_given(path)), SHEET)
    where = _columns(table)
    found = _Read(table, scenario, where, tuple(marks), later_months, None if cut_off is None else month(cut_off))
    found.read(other_movement, tuple(not_fitted))
    source = table.notes.get("source") or os.path.basename(table.subject)
    illustrative = table.notes.get("illustrative", "no").lower()
    if illustrative not in ("yes", "no"):
        found.faults.append(Problem("illustrative", illustrative, "expected yes or no, at the top of the file"))
    if not _LINE_OF_TEXT.fullmatch(source):
        found.faults.append(Problem("source", ascii(source[:40]), "expected a line of text of at most 600 characters"))
    if found.faults or found.form is None:
        raise ScenarioError(table.subject, found.faults)
    return Actuals(
        opening=found.form.opening, cut_off=found.form.cut_off, figures=found.figures, illustrative=illustrative == "yes",
        source=source, not_fitted=tuple(not_fitted), left_out=found.left_out,
    )  # fmt: skip


def _refuse_unclear(marks: Sequence[str], other_movement: float, not_fitted: Sequence[str]) -> None:
    """Refuse what is declared of a form where it could be read in two ways, or would switch a check off."""
    for name, stated in (("marks", marks), ("not_fitted", not_fitted)):
        if isinstance(stated, str):
            raise ValueError(f"{name} = {stated!r}: expected a list, even of one: [{stated!r}]")
    for mark in marks:
        if not isinstance(mark, str) or not mark.strip() or _NUMBER.fullmatch(mark.strip()):
            raise ValueError(f"marks: {mark!r} is blank or a number; expected what stands for a figure not available, such as 'c'")  # fmt: skip
    if isinstance(other_movement, bool) or not isinstance(other_movement, int | float) or not 0 <= other_movement <= 1:
        raise ValueError(f"other_movement = {other_movement!r}: expected a share of the opening stock from 0 to 1; 5% is written 0.05")  # fmt: skip


def _columns(table: Table) -> dict[str, int]:
    """Where each column stands; a repeated or missing one is refused."""
    names = ["" if cell.value is None or isinstance(cell.value, Unreadable) else str(cell.value).strip() for cell in table.header]  # fmt: skip
    for i, name in enumerate(names):
        if not name and not isinstance(table.header[i].value, Unreadable):
            table.faults.append(Problem(table.header[i].place, "", "a column without a name"))
        elif name in names[:i]:
            table.faults.append(Problem(table.header[i].place, name, "this column stands twice"))
    missing = [key for key in KEYS if key not in names]
    if missing:
        raise ScenarioError(table.subject, [*table.faults, Problem("header", "", f"no column {' and '.join(missing)}: begin from the template")])  # fmt: skip
    return {name: i for i, name in enumerate(names) if name}


@dataclass
class _Read:
    """A form while it is read: its rows placed by month and team, then its figures, then what must reconcile."""

    table: Table
    scenario: Scenario
    where: dict[str, int]
    marks: tuple[str, ...]
    later_months: str
    cut_off: pd.Period | None
    form: Form | None = None
    left_out: int = 0

    def __post_init__(self) -> None:
        self.faults: list[Problem] = list(self.table.faults)
        self.figures: dict[str, dict[str, tuple[float | None, ...]]] = {}
        self.places: dict[tuple[str, str, int], str] = {}
        self.unplaced: set[pd.Period | str] = set()

    def read(self, other_movement: float, not_fitted: tuple[str, ...]) -> None:
        """Every fault of the file, and the figures where there are none in their cells."""
        rows = self._placed()
        months = sorted({when for when, _ in rows})
        if not months or (self.faults and not rows):
            self.faults += [] if self.faults else [Problem("file", "", "no rows of figures")]
            return
        last = self.cut_off or months[-1]
        if last not in months or last == months[0]:
            self._say("month", str(last), f"the cut-off needs rows of its own, after the opening position; the file has {months[0]} to {months[-1]}")  # fmt: skip
            return
        try:
            self.form = form_of(self.scenario, months[0], last)
        except ValueError as error:
            self._say("month", "", str(error))
            return
        self._header()
        self._cells(rows)
        unread = frozenset(fault.place for fault in self.faults)
        reported = Reported(self.form, self.figures, self.places, unread)
        self.faults += [*reported.at_odds(), *reported.unexplained(other_movement), *reported.not_there(not_fitted)]

    def _say(self, place: str, given: str, rule: str) -> None:
        self.faults.append(Problem(place, given, rule))

    def _placed(self) -> dict[tuple[pd.Period, str], list[Cell]]:
        """The rows by month and team: one each; months after the cut-off refused, or left out and counted."""
        rows: dict[tuple[pd.Period, str], list[Cell]] = {}
        later: set[pd.Period] = set()
        known = self.scenario.workforce.teams
        for row in self.table.rows:
            when, team = self._month(row[self.where["month"]]), row[self.where["team"]]
            if when is not None and self.cut_off is not None and when > self.cut_off:
                later.add(when)
                if self.later_months == "refuse":
                    self._say(row[self.where["month"]].place, str(when), f'after the cut-off {self.cut_off}; later_months="leave out" (--leave-out-later) sets it aside')  # fmt: skip
                continue
            if not isinstance(team.value, str) or team.value not in known:
                if when is not None:
                    self.unplaced.add(when)
                if not isinstance(team.value, Unreadable):
                    self._say(team.place, repr(team.value), _unknown_team(str(team.value), {n: t.label for n, t in known.items()}))  # fmt: skip
                continue
            if when is None:
                self.unplaced.add(team.value)
                continue
            if (when, team.value) in rows:
                first = rows[when, team.value][self.where["team"]].place
                self._say(team.place, f"{when} {team.value}", f"stands twice; the first is at {first}")
            else:
                rows[when, team.value] = row
        self.left_out = len(later) if self.later_months == "leave out" else 0
        return rows

    def _month(self, cell: Cell) -> pd.Period | None:
        if isinstance(cell.value, datetime.date) and cell.value.day == 1:
            return pd.Period(cell.value, "M")
        try:
            return month(cell.value)
        except ValueError:
            if not isinstance(cell.value, Unreadable):
                self._say(cell.place, str(cell.value), f'expected year and month, "2019-09"{_month_slip(cell.value)}')
            return None

    def _header(self) -> None:
        form = self._form
        for name in self.where:
            if name not in form.answers and name not in KEYS:
                self._say(self.table.header[self.where[name]].place, name, f"unknown column{nearest(name, [*KEYS, *form.answers])}")  # fmt: skip
        for name, stated in form.columns.items():
            if stated.required and name not in self.where:
                self._say("header", "", f"no column {name} ({stated.label}, {stated.unit})")

    @property
    def _form(self) -> Form:
        if self.form is None:
            raise ValueError("no form before the months are known")
        return self.form

    def _cells(self, rows: dict[tuple[pd.Period, str], list[Cell]]) -> None:
        form = self._form
        for team in form.teams:
            mine = {name: at for name, at in self.where.items() if name in form.answers}
            series: dict[str, list[float | None]] = {name: [] for name in mine if team in form.answers[name]}
            for i, when in enumerate(form.months):
                row = rows.get((when, team))
                if row is None:
                    if not self.unplaced & {when, team}:  # its row may be one that could not be placed
                        self._say("file", f"{when} {team}", "no row: every team has one for every month; nothing is filled in")  # fmt: skip
                    for known in series.values():
                        known.append(None)
                    continue
                for name, at in mine.items():
                    value = self._figure(row[at], name, team, opening=not i)
                    if name in series:
                        series[name].append(value)
                        self.places[team, name, i] = row[at].place
            self.figures[team] = {name: tuple(values) for name, values in series.items()}

    def _figure(self, cell: Cell, name: str, team: str, *, opening: bool) -> float | None:
        form, stated = self._form, self._form.columns[name]
        value = cell.value.strip() if isinstance(cell.value, str) else cell.value
        blank = value is None or value == ""
        if team not in form.answers[name] or (opening and stated.kind == "flow"):
            if not blank and not isinstance(value, Unreadable):
                why = f"{team} does not answer this" if team not in form.answers[name] else f"{form.opening} is the opening position: stocks only; give the month before the first a row of its own"  # fmt: skip
                self._say(cell.place, str(value), f"{why}; leave it blank")
            return None
        if blank:
            if stated.required:
                self._say(cell.place, "", "blank, which is not nought: write 0, or declare a mark for what is not available")  # fmt: skip
            return None
        if isinstance(value, str) and value in self.marks:
            return None
        return self._number(cell.place, value, stated.unit)

    def _number(self, place: str, value: object, unit: str) -> float | None:
        if isinstance(value, Unreadable):
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self._say(place, str(value), "expected a number")
            return None
        if isinstance(value, str):
            if not _NUMBER.fullmatch(value) or not place.startswith("line"):
                self._say(place, value, _slip(value))
                return None
            value = float(value)
        found = float(value)
        if not math.isfinite(found) or not 0 <= found <= 1e9:
            self._say(place, f"{value:g}", "expected a number from 0 up: flows out are positive too, and a credit is set against the month it belongs to")  # fmt: skip
            return None
        if unit in ("cases", "workers", "requests") and found != round(found):
            self._say(place, f"{value:g}", f"expected a whole number of {unit}")
            return None
        return found


def _unknown_team(given: str, labels: dict[str, str]) -> str:
    if given.strip().lower() in ("total", "all", "council", "all teams"):
        return "no team: leave out totals, they are added up from the teams"
    for name, label in labels.items():
        if given.strip().casefold() in (name, label.casefold()):
            return f"unknown team: write {name}"
    hint = nearest(given, labels)
    return f"unknown team{hint}" + ("" if hint.startswith("; known") else f"; known: {', '.join(sorted(labels))}")


def _month_slip(value: object) -> str:
    """How the slip of a month that cannot be read may have come about."""
    if isinstance(value, datetime.date):
        return ": this is a day within a month"
    if isinstance(value, int | float) and 30_000 < value < 60_000:
        return ": this is a date kept as a number; format the cell as a date, the first of the month"
    return ": day-first and month-first dates cannot be told apart"


def _slip(value: str) -> str:
    if value in MARKS:
        return f'a mark, not a number, and never nought: declare it, marks=("{value}",) (--mark {value}), if it stands for "not available"'
    if _NUMBER.fullmatch(value):
        return "a number kept as text: format the cell as a number"
    for pattern, rule in _SLIPS:
        if re.fullmatch(pattern, value, re.IGNORECASE):
            return f"expected a plain number, {rule}"
    return "expected a plain number, such as 12 or 12.6"
