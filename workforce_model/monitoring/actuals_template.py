"""The form written out, blank to fill in or filled with actuals: CSV and XLSX, headed by the scenario's teams and months."""

from __future__ import annotations

import csv
import datetime
import io
import os
from pathlib import Path
from typing import Any

import pandas as pd

from workforce_model.basis.atomic_files import folder_made, write_atomically, write_text_atomically
from workforce_model.basis.periods import month
from workforce_model.basis.problems import path_given
from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.scenario import Scenario, refuse_all_but_scenarios
from workforce_model.monitoring.actuals_file import KEYS, SHEET
from workforce_model.monitoring.actuals_form import Form, form_of
from workforce_model.monitoring.sheets import NOTES

_BLANK = "leave blank"
_MADE = datetime.datetime(2019, 6, 12)
"""The date a workbook says it was made: the same form is the same file."""


def write_template(folder: str | os.PathLike[str], scenario: Scenario, *, first: str | None = None, last: str | None = None) -> tuple[Path, Path]:  # fmt: skip
    """Write the form a scenario needs filled in, as ``actuals.csv`` and ``actuals.xlsx``.

    Parameters
    ----------
    folder : str or path
        Made if it is not there; a form already in it is never overwritten.
    first, last : str, optional
        The first and last month that happened, ``2019-04`` and ``2019-09``; by default the first six reported. The
        month before the first is the opening position.

    Returns
    -------
    tuple of Path
        The CSV file and the workbook.

    Raises
    ------
    FileExistsError
        If the folder holds a form already.
    ValueError
        If the months lie outside the scenario's.
    """
    refuse_all_but_scenarios(scenario)
    begin = scenario.periods.report_from if first is None else month(first)
    form = form_of(scenario, begin - 1, begin + 5 if last is None else month(last))
    notes = {"form": "workforce_model actuals", "scenario": scenario.name, "illustrative": "no", "source": ""}
    return write_form(folder, form, notes, None)


def write_form(folder: str | os.PathLike[str], form: Form, notes: dict[str, str], actuals: Actuals | None, name: str = "actuals") -> tuple[Path, Path]:  # fmt: skip
    """Write a form, blank or with the figures of actuals, as CSV and XLSX of that name."""
    place = Path(path_given(folder, "a folder"))
    paths = place / f"{name}.csv", place / f"{name}.xlsx"
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path} is there already: choose another folder, so that no filled-in form is lost")
    folder_made(place)
    rows = [_row(form, team, i, actuals) for i in range(len(form.months)) for team in form.teams]
    write_text_atomically(paths[0], as_csv(form, notes, rows))
    write_atomically(paths[1], _as_workbook(form, notes, rows))
    return paths


def rows_of(form: Form, actuals: Actuals) -> list[list[Any]]:
    """The rows of a filled form, by month and then team."""
    return [_row(form, team, i, actuals) for i in range(len(form.months)) for team in form.teams]


def _row(form: Form, team: str, i: int, actuals: Actuals | None) -> list[Any]:
    row: list[Any] = [str(form.months[i]), team]
    for name in form.answers:
        asked = _asked(form, name, team, i)
        value = actuals.figures[team].get(name, (None,) * (i + 1))[i] if actuals and asked else None
        row.append(None if value is None else int(value) if value == int(value) else round(value, 6))
    return row


def _asked(form: Form, name: str, team: str, i: int) -> bool:
    return team in form.answers[name] and (i > 0 or form.columns[name].kind == "stock")


def as_csv(form: Form, notes: dict[str, str], rows: list[list[Any]]) -> str:
    """The form as text: what it says of itself in lines that begin with #, then the table."""
    out = io.StringIO()
    out.writelines(f"# {key}: {said}\n" for key, said in notes.items())
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*KEYS, *form.answers])
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return out.getvalue()


def guidance(form: Form) -> pd.DataFrame:
    """What each column asks: its name, label, unit, kind, and which teams answer it."""
    everyone = len(form.teams)
    rows = [
        (name, stated.label, stated.unit, "at the month's end" if stated.kind == "stock" else "in the month",
         "every team" if len(form.answers[name]) == everyone else ", ".join(sorted(form.answers[name])),
         "" if stated.required else "may be left blank")
        for name, stated in form.columns.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["column", "label", "unit", "counted", "answered by", "needed"])


def _as_workbook(form: Form, notes: dict[str, str], rows: list[list[Any]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill

    book = Workbook()
    book.properties.created = book.properties.modified = _MADE
    sheet, told = book.active, book.create_sheet(NOTES)
    sheet.title = SHEET
    sheet.append([*KEYS, *form.answers])
    grey, bold = PatternFill("solid", fgColor="DDDDDD"), Font(bold=True)
    for cell in sheet[1]:
        cell.font, cell.alignment = bold, Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[cell.column_letter].width = 16
    for number, row in enumerate(rows, 2):
        sheet.append(row)
        i, team = (number - 2) // len(form.teams), row[1]
        for at, name in enumerate(form.answers, 3):
            if not _asked(form, name, team, i):
                sheet.cell(number, at).fill = grey
    sheet.freeze_panes = "C2"
    for pair in notes.items():
        told.append(pair)
    told.append(["to fill in", f"white cells of the sheet {SHEET}; grey cells stay blank. {form.opening} is the opening position: stocks only."])  # fmt: skip
    told.append(["not available", 'leave no needed cell blank and write no 0: write a mark, such as "c", and declare it when reading'])  # fmt: skip
    told.append([])
    table = guidance(form)
    told.append(list(table.columns))
    for line in table.itertuples(index=False):
        told.append(list(line))
    for letter, width in zip("ABCDEF", (34, 60, 12, 20, 40, 20), strict=True):
        told.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
