"""The illustrative form as text that tests change cell by cell, and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.files import load_scenario
from workforce_model.inputs.scenario import Scenario
from workforce_model.monitoring.actuals_file import load_actuals
from workforce_model.monitoring.forecasting import Forecast, forecast

FORM = Path("scenarios/illustrative_actuals.csv")
RUNS = 16
Rows = list[list[str]]


@cache
def whole_plan() -> Scenario:
    """The approved plan, read once."""
    return load_scenario("scenarios/approved.toml")


@cache
def plan() -> Scenario:
    """The approved plan, to March 2021."""
    return whole_plan().replace({"periods.end": "2021-03"})


@cache
def forecasted() -> Forecast:
    """A forecast of a few runs from the illustrative actuals, made once."""
    return forecast(plan(), shipped(), runs=RUNS)


@cache
def shipped() -> Actuals:
    """The illustrative actuals, read once."""
    return load_actuals(FORM, plan())


def rows() -> Rows:
    """The header and rows of the illustrative form."""
    text = "".join(line for line in FORM.read_text(encoding="utf-8").splitlines(True) if not line.startswith("#"))
    return list(csv.reader(io.StringIO(text)))


def at(table: Rows, month: str, team: str) -> int:
    """The row of a month and team."""
    return next(i for i, row in enumerate(table) if row[:2] == [month, team])


def with_cells(changes: Mapping[tuple[str, str, str], str]) -> Rows:
    """The illustrative form with some cells, by month, team and column, changed."""
    table = rows()
    for (month, team, name), value in changes.items():
        table[at(table, month, team)][table[0].index(name)] = value
    return table


def csv_at(folder: Path, table: Rows, name: str = "form.csv", top: str = "") -> Path:
    """A table written as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    path = folder / name
    path.write_text(top + out.getvalue(), encoding="utf-8")
    return path


def number(text: str) -> Any:
    """A cell as a workbook would hold it."""
    if not text:
        return None
    return float(text) if text.replace(".", "", 1).isdigit() else text


def book_of(table: Rows) -> Workbook:
    """A table as a workbook."""
    book = Workbook()
    book.active.title = "Actuals"
    for row in table:
        book.active.append([number(cell) for cell in row])
    return book


def book_at(folder: Path, book: Workbook, name: str = "form.xlsx") -> Path:
    """A workbook saved."""
    path = folder / name
    book.save(path)
    return path
