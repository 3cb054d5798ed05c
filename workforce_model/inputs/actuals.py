"""What happened: monthly figures by team up to a cut-off, as a council reports them.

The first month is the opening position: stocks only. Nothing here is modelled; a figure that is not available
is missing, which is not nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.assumptions import Fault, Flag, Name, Number, Text, Whole, record
from workforce_model.basis.periods import Month, month


@dataclass(frozen=True)
class Column:
    """A column of the form: its label, unit and kind, and whose it is.

    ``of``: every team (people, spend), teams that hold cases, the team that answers for a duty, or teams with posts
    of a budget that is reported apart.
    """

    label: str
    unit: str
    kind: Literal["stock", "flow"]
    of: Literal["people", "spend", "cases", "duty", "apart"] = "people"
    required: bool = True


COLUMNS: dict[str, Column] = {
    "in_post_fte": Column("Permanent staff in post", "FTE", "stock"),
    "vacancy_fte": Column("Vacancies", "FTE", "stock"),
    "starters_fte": Column("Starters, conversions included", "FTE", "flow"),
    "conversions_fte": Column("Agency workers converted", "FTE", "flow"),
    "leavers_fte": Column("Leavers", "FTE", "flow"),
    "agency_cover_fte": Column("Agency covering a vacancy", "FTE", "stock"),
    "agency_additional_fte": Column("Agency above establishment", "FTE", "stock"),
    "commissioned_fte": Column("Commissioned team", "FTE", "stock"),
    "appointed_fte": Column("Appointed, not yet started", "FTE", "stock", required=False),
    "open_cases": Column("Open cases, unallocated included", "cases", "stock", "cases"),
    "unallocated_cases": Column("Unallocated cases", "cases", "stock", "cases"),
    "cases_arrived": Column("New cases", "cases", "flow", "cases"),
    "cases_closed": Column("Cases closed", "cases", "flow", "cases"),
    "cases_passed_in": Column("Cases passed in from other teams", "cases", "flow", "cases"),
    "cases_passed_out": Column("Cases passed to other teams", "cases", "flow", "cases"),
    "case_holder_fte": Column("Workers holding a case", "FTE", "stock", "cases"),
    "workers": Column("Workers who take cases", "workers", "stock", "cases"),
    "workers_at_or_over": Column("Workers at or over the caseload limit", "workers", "stock", "cases"),
    "permanent_pay_gbp": Column("Pay of permanent staff, on-costs and non-pay included", "GBP", "flow", "spend"),
    "agency_gbp": Column("Agency charges", "GBP", "flow", "spend"),
    "commissioned_team_gbp": Column("Commissioned team", "GBP", "flow", "spend"),
    "recruitment_gbp": Column("Recruitment, induction and conversion fees", "GBP", "flow", "spend"),
}
"""The columns of every form, named as the library's measures where the two are the same. A form has besides, for each
budget whose posts are created later, ``<budget>_in_post_fte`` and ``<budget>_spend_gbp`` (both also counted in the
team's own columns), and for each duty ``<duty>_done``, ``<duty>_in_time`` and ``<duty>_good`` where these can be told; where it is asked for,
``<duty>_asked_<stream>``."""
APART_IN_POST, APART_SPEND = "_in_post_fte", "_spend_gbp"
ASKED = "_asked_"
"""Between a duty and one stream of its requests: the column of those asked for."""
DUTIES = {"_done": "done", "_in_time": "in_time", "_good": "good"}
"""How a column of a duty ends, and the measure of the duty it is."""
_DUTY_LABELS = {"_done": "Done", "_in_time": "Done within the time limit", "_good": "Found good"}

Series = tuple[Number | None, ...]
STOCK_FLOW = {
    "people": ("in_post_fte", ("starters_fte",), ("leavers_fte",)),
    "cases": ("open_cases", ("cases_arrived", "cases_passed_in"), ("cases_closed", "cases_passed_out")),
}
"""Stocks and the flows that explain them: what comes in and what goes out."""


def column(name: str) -> Column:
    """What a column of the form holds, those named after a budget or duty included."""
    if name in COLUMNS:
        return COLUMNS[name]
    if name.endswith(APART_IN_POST):
        return Column("Of those in post, paid from this budget", "FTE", "stock", "apart")
    if name.endswith(APART_SPEND):
        return Column("Of the spend, from this budget", "GBP", "flow", "apart")
    if ASKED in name:
        return Column(
            f"Asked for, {name.partition(ASKED)[2].replace('_', ' ')}", "requests", "flow", "duty", required=False
        )
    label = next((label for ending, label in _DUTY_LABELS.items() if name.endswith(ending)), name)
    return Column(label, "requests", "flow", "duty", required=False)


def measure_of(name: str) -> str:
    """What a column is called among the measures: its own name, or a duty's."""
    duty, found, stream = name.partition(ASKED)
    if found:
        return f"{duty}: requested, {stream}"
    ending = next((one for one in DUTIES if column(name).of == "duty" and name.endswith(one)), None)
    return name if ending is None else f"{name.removesuffix(ending)}: {DUTIES[ending]}"


def _over(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


@record
class Actuals:
    """Monthly figures by team up to a cut-off.

    ``figures`` holds, by team and column, one figure for each month from ``opening`` (the position the first month
    starts from: stocks only) to ``cut_off``; None is not available. ``not_fitted`` names figures known to be bad,
    as ``team.column.2019-06``: they are shown, and no rate learns from them. ``left_out`` counts the months after
    the cut-off that the file had and nobody read.
    """

    opening: Month
    cut_off: Month
    figures: dict[Name, dict[Name, Series]]
    source: Text
    illustrative: Flag = False
    not_fitted: tuple[Text, ...] = ()
    left_out: Whole = 0

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        if self.cut_off <= self.opening:
            return [("cut_off", f"no month after the opening position ({self.opening})")]
        count = len(self.months) + 1
        found = []
        for team, columns in self.figures.items():
            for name, series in columns.items():
                if len(series) != count:
                    rule = f"{len(series)} figures: expected {count}, {self.opening} to {self.cut_off}"
                    found.append((f"figures.{team}.{name}", rule))
                if any(x is not None and x < 0 for x in series):
                    found.append((f"figures.{team}.{name}", "a figure below 0: flows out are positive too"))
        return found

    @property
    def months(self) -> pd.PeriodIndex:
        """The months that happened, the opening position left out."""
        return pd.period_range(self.opening + 1, self.cut_off, freq="M")

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams, in order of name."""
        return tuple(sorted(self.figures))

    def series(self, name: str, team: str | None = None, *, fitted: bool = False) -> NDArray[np.float64]:
        """A column by month, the opening position first, shape (M + 1,); not a number where it is not available.

        Parameters
        ----------
        team : str, optional
            One team; the council's total if not given.
        fitted : bool
            Leave out figures known to be bad as well.
        """
        if team is None:
            teams = [one for one in self.teams if name in self.figures[one]]
            return np.sum([self.series(name, one, fitted=fitted) for one in teams], axis=0, dtype=float) if teams else np.full(len(self.months) + 1, np.nan)  # fmt: skip
        stated = self.figures[team].get(name, (None,) * (len(self.months) + 1))
        found = np.array([np.nan if x is None else x for x in stated], dtype=float)
        for place in self.not_fitted if fitted else ():
            bad_team, bad_name, when = place.split(".")
            if (bad_team, bad_name) == (team, name):
                found[(month(when) - self.opening).n] = np.nan
        return found

    def total(self, name: str, team: str | None = None) -> float:
        """A flow added up over the months that happened."""
        return float(self.series(name, team)[1:].sum())

    def closing(self, name: str, team: str | None = None) -> float:
        """A stock at the cut-off."""
        return float(self.series(name, team)[-1])

    def table(self) -> pd.DataFrame:
        """Every figure, tidy: month, team, column, label, unit, value (missing where not available), fitted."""
        rows = []
        for team in self.teams:
            for name in self.figures[team]:
                kind, fitted = column(name), self.series(name, team, fitted=True)
                for i, when in enumerate([self.opening, *self.months]):
                    value = self.figures[team][name][i]
                    if i or kind.kind == "stock":
                        rows.append((str(when), team, name, kind.label, kind.unit, value, not np.isnan(fitted[i])))
        return pd.DataFrame(rows, columns=["month", "team", "column", "label", "unit", "value", "fitted"])

    def measures(self) -> pd.DataFrame:
        """The figures as measures, as ``charts.plan_against_actual`` takes them.

        Returns
        -------
        DataFrame
            Columns period (``2019-07``), team (or council), measure and value; duties as ``practice_audits: done``. A
            figure not available has no row, nor a council's total without all of its teams.
        """
        rows = []
        for team in (None, *self.teams):
            told = {name for one in self.teams if team in (None, one) for name in self.figures[one]}
            found = {measure_of(name): self.series(name, team) for name in sorted(told) if column(name).unit != "GBP"}
            if "workers" in found:
                held = found["open_cases"] - found["unallocated_cases"]
                found["share_at_or_over"] = _over(found["workers_at_or_over"], found["workers"])
                found["caseload"] = _over(held, found["case_holder_fte"])
            for name, series in found.items():
                known = np.flatnonzero(~np.isnan(series[1:]))
                rows += [(str(self.months[int(i)]), team or "council", name, float(series[1 + i])) for i in known]
        return pd.DataFrame(rows, columns=["period", "team", "measure", "value"])

    def other_movement(self) -> pd.DataFrame:
        """Stock change that the reported flows do not explain, by month and team.

        Returns
        -------
        DataFrame
            Columns month, team, of (people or cases), opening, came, went, closing, other_movement; one row where all
            figures are there. Closing is opening + came - went + other movement.
        """
        rows = []
        for team in self.teams:
            for of, (stock, into, out) in STOCK_FLOW.items():
                if stock not in self.figures[team]:
                    continue
                held = self.series(stock, team)
                came, went = (np.sum([self.series(name, team) for name in names], axis=0) for names in (into, out))
                for i, when in enumerate(self.months, 1):
                    left = held[i] - held[i - 1] - came[i] + went[i]
                    if not np.isnan(left):
                        rows.append((str(when), team, of, held[i - 1], came[i], went[i], held[i], round(left, 6)))
        columns = ["month", "team", "of", "opening", "came", "went", "closing", "other_movement"]
        return pd.DataFrame(rows, columns=columns)

    def findings(self) -> list[str]:
        """What a reader of these figures should know, in sentences."""
        said = ["These actuals are illustrative: made by the model, not reported by a council."] if self.illustrative else []  # fmt: skip
        moved = self.other_movement()
        for of, unit in (("people", "FTE"), ("cases", "cases")):
            unexplained = moved.loc[moved["of"] == of, "other_movement"]
            size = float(unexplained.abs().sum())
            if size >= 0.05:
                said.append(f"Other movement of {of}: {size:.1f} {unit} in all that starters, leavers, openings and closures do not explain.")  # fmt: skip
        missing = sum(value is None for team in self.figures.values() for name, s in team.items() if column(name).required for value in (s if column(name).kind == "stock" else s[1:]))  # fmt: skip
        if missing:
            said.append(f"Not available: {missing} figures. They are left out, never taken as nought.")
        if self.not_fitted:
            said.append(f"Known to be bad, shown and not learnt from: {', '.join(self.not_fitted)}.")
        if self.left_out:
            said.append(f"Left out: {self.left_out} months after the cut-off {self.cut_off:%B %Y}.")
        return said
