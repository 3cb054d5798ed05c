"""Tables that people fill in, read cell by cell: CSV and XLSX, nothing guessed and nothing run.

Files are data. A workbook is measured before it is parsed; formulas count by their stored values only, and what a
reader cannot see (hidden rows, columns or sheets) or cannot trust (merged cells, errors) is refused by its cell.
"""

from __future__ import annotations

import csv
import datetime
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workforce_model.basis.problems import Problem, ScenarioError

_MOST_BYTES, _MOST_EXPANDED, _MOST_RATIO, _MOST_ENTRIES = 20_000_000, 100_000_000, 200, 500
_MOST_CELLS = 200_000
"""Of a sheet, empty ones included, or of a merged range: a mark far from the table makes the sheet as large as the way to it."""
NOTES = "Notes"
"""The sheet of a workbook that says what the table is; in a CSV, lines at the top that begin with #."""


class Unreadable:
    """What stands in a cell that the table already names as a fault."""


@dataclass(frozen=True)
class Cell:
    """What stands at a place: text, a number, a date, a flag, or nothing; or what cannot be read, which is a fault by then."""

    place: str
    value: Any


@dataclass
class Table:
    """A table as it stands in a file: what it says of itself, its header and its rows; and what is wrong with the file."""

    subject: str
    notes: dict[str, str] = field(default_factory=dict)
    header: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)


def read_table(path: str | os.PathLike[str], sheet: str) -> Table:
    """The table of a CSV file, or of a named sheet of a workbook.

    Raises
    ------
    ScenarioError
        If the file is missing, is not what its name says, or cannot be read as a table at all.
    """
    subject = os.fsdecode(path)
    content = _content(Path(path), subject)
    ending = Path(path).suffix.lower()
    really = _really(content)
    if ending not in (".csv", ".xlsx"):
        raise _refused(subject, "", f"{ending or 'a file without an ending'}: expected .csv or .xlsx" + (f"; this is {really}" if really else ""))  # fmt: skip
    expected = "a workbook" if ending == ".xlsx" else None
    if really != expected:
        form = "CSV UTF-8" if ending == ".csv" else ending
        raise _refused(subject, "", f"the name says {ending}, and this is {really or 'text, such as a CSV file'}: save it again as {form}")  # fmt: skip
    return _of_workbook(subject, content, sheet) if ending == ".xlsx" else _of_csv(subject, content)


def _content(path: Path, subject: str) -> bytes:
    if any(len(os.fsencode(part)) > 255 for part in path.parts) or not path.exists():
        raise _refused(subject, "", "no such file")
    if path.is_dir():
        raise _refused(subject, "", "a folder: expected a file")
    if not path.is_file():
        raise _refused(subject, "", "not an ordinary file")
    if path.stat().st_size > _MOST_BYTES:
        raise _refused(subject, "", f"{path.stat().st_size:,} bytes: expected at most {_MOST_BYTES:,}")
    content = path.read_bytes()
    if not content.strip():
        raise _refused(subject, "", "an empty file")
    return content


def _really(content: bytes) -> str | None:
    """What a file is by its first bytes, where that is not plain text."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if content.startswith(b"PK"):
        return "a workbook"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "an old .xls workbook, or one locked with a password"
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        return "a web page"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text saved as UTF-16, or Unicode text"
    return "not text" if b"\0" in content[:4096] else None


def _of_csv(subject: str, content: bytes) -> Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refused(subject, f"line {line}", "not UTF-8: save it as CSV UTF-8") from None
    table = Table(subject)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for values in reader:
            line = reader.line_num
            if not table.header and values and values[0].startswith("#"):
                key, _, said = ",".join(values).lstrip("# ").partition(":")
                table.notes[key.strip().lower()] = said.strip()
            elif not any(values):
                continue
            elif not table.header:
                between = next((word for mark, word in ((";", "semicolons"), ("\t", "tabs")) if mark in values[0]), "")
                if len(values) == 1 and between:
                    raise _refused(subject, f"line {line}", f"{between} between the cells: save it as CSV, with commas")
                table.header = [Cell(f"line {line}", name) for name in values]
            elif len(values) != len(table.header):
                more = "longer" if len(values) > len(table.header) else "shorter"
                table.faults.append(Problem(f"line {line}", "", f"{len(values)} cells, {more} than the header's {len(table.header)}: a comma inside a cell, or one too many?"))  # fmt: skip
            else:
                named = zip(table.header, values, strict=True)
                table.rows.append([Cell(f"line {line}, {name.value}", value) for name, value in named])
    except csv.Error as error:
        raise _refused(subject, f"line {reader.line_num}", f"not a table: {error}") from None
    return table


def _of_workbook(subject: str, content: bytes, sheet: str) -> Table:
    import openpyxl

    _measured(subject, content)
    _plain(subject, content)
    try:
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever a damaged part makes it raise
        raise _refused(subject, "", f"a workbook that cannot be opened: {type(error).__name__}") from None
    of_cells = [one.title for one in values.worksheets]  # a chart may have a sheet to itself
    if sheet not in of_cells:
        raise _refused(subject, "", f"no sheet of cells called {sheet!r}; it has: {', '.join(of_cells)}")
    table = Table(subject)
    if NOTES in of_cells:
        rows = values[NOTES].iter_rows(max_row=200, max_col=2, values_only=True)
        table.notes = {str(row[0]).strip().lower(): str(row[1]).strip() for row in rows if len(row) > 1 and row[0] is not None and row[1] is not None}  # fmt: skip
    shown, stated = values[sheet], formulas[sheet]
    if shown.max_row * shown.max_column > _MOST_CELLS:
        far = f"{shown.max_row:,} rows of {shown.max_column:,} columns: expected at most {_MOST_CELLS:,} cells"
        raise _refused(subject, sheet, f"{far}; delete the rows and columns beyond the table")
    table.faults += _unseen(sheet, shown)
    for number, row in enumerate(shown.iter_rows(), 1):
        cells = [_cell(table, sheet, cell, stated[cell.coordinate]) for cell in row]
        if all(cell.value is None for cell in cells):
            continue
        if not table.header:
            while cells and cells[-1].value is None:
                cells.pop()
            table.header = cells
        else:
            if any(cell.value is not None for cell in cells[len(table.header) :]):
                table.faults.append(Problem(f"{sheet} row {number}", "", f"longer than the header's {len(table.header)} columns"))  # fmt: skip
            table.rows.append(cells[: len(table.header)])
    return table


def _measured(subject: str, content: bytes) -> None:
    """Refuse a workbook that would swell, before anything in it is parsed."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile:
        raise _refused(subject, "", "a workbook that is damaged or cut short") from None
    expanded = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or expanded > _MOST_EXPANDED or expanded > _MOST_RATIO * len(content):
        raise _refused(subject, "", f"expands to {expanded:,} bytes in {len(entries):,} parts: refused before parsing")
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise _refused(subject, "", "a zip file that is not a workbook, or one locked with a password")


def _plain(subject: str, content: bytes) -> None:
    """Refuse a workbook whose parts declare entities or document types, or that reads from other files."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    archive = zipfile.ZipFile(io.BytesIO(content))
    for name in archive.namelist():
        if name.startswith("xl/externalLinks/"):
            raise _refused(subject, name, "reads from other files, which is never followed: paste the values")
        try:
            part = archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
            raise _refused(subject, name, "a part that is damaged, or locked with a password") from None
        if not name.endswith((".xml", ".rels")):  # whatever it is called, the workbook may read it
            if b"<!doctype" in part.replace(b"\0", b"").lower():
                raise _refused(subject, name, "declares entities or a document type, which are never read")
        else:
            try:
                for _, element in iterparse(io.BytesIO(part), forbid_dtd=True):
                    if element.tag.endswith("}mergeCell") and _size(element.get("ref", "")) > _MOST_CELLS:
                        raise _refused(subject, f"{name} {element.get('ref')}", f"merges more than {_MOST_CELLS:,} cells")  # fmt: skip
                    element.clear()
            except DefusedXmlException:
                raise _refused(subject, name, "declares entities or a document type, which are never read") from None
            except ParseError:
                raise _refused(subject, name, "a part that is damaged") from None


def _size(merged: str) -> int:
    """The cells of a merged range; none where it is no range."""
    from openpyxl.utils import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(merged)
        return int((right - left + 1) * (bottom - top + 1))
    except (ValueError, TypeError):
        return 0


def _unseen(sheet: str, shown: Any) -> Iterator[Problem]:
    if shown.sheet_state != "visible":
        yield Problem(sheet, "", "a hidden sheet: show it, so that what is read is what is seen")
    for number, row in shown.row_dimensions.items():
        if row.hidden and number <= shown.max_row:
            yield Problem(f"{sheet} row {number}", "", "hidden: show it or remove it")
    for name, column in shown.column_dimensions.items():
        if column.hidden:
            yield Problem(f"{sheet} column {name}", "", "hidden: show it or remove it")
    for cells in shown.merged_cells.ranges:
        yield Problem(f"{sheet}!{cells.coord}", "", "merged cells: one figure, one cell")


def _cell(table: Table, sheet: str, shown: Any, stated: Any) -> Cell:
    place, value = f"{sheet}!{shown.coordinate}", shown.value
    if stated.data_type == "f" and value is None:
        table.faults.append(Problem(place, str(stated.value), "a formula without a stored value: open it in the spreadsheet program and save"))  # fmt: skip
        return Cell(place, Unreadable())
    if shown.data_type == "e":
        table.faults.append(Problem(place, str(value), "an error in the spreadsheet"))
        return Cell(place, Unreadable())
    if isinstance(value, int | float) and "%" in shown.number_format:
        table.faults.append(Problem(place, f"{100 * value:g}%", "a percentage: format the cell as a number"))
        return Cell(place, Unreadable())
    if isinstance(value, datetime.datetime):
        value = value.date()
    return Cell(place, None if value == "" else value)


def _refused(subject: str, place: str, rule: str) -> ScenarioError:
    return ScenarioError(subject, [Problem(place or "file", "", rule)])
