"""Files are data: what a file is, how far it may swell, and what in it is never read."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.chart import BarChart, Reference

from tests.forms import book_at, book_of, rows
from workforce_model.basis.problems import ScenarioError
from workforce_model.monitoring.sheets import read_table


def refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as error:
        read_table(path, "Actuals")
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("form.xlsx", b"month,team\n2019-04,mash\n", "this is text, such as a CSV file"),
        ("form.xlsx", b"<html><table></table></html>", "this is a web page"),
        ("form.csv", b"<!DOCTYPE html><html></html>", "this is a web page"),
        ("form.csv", b"PK\x03\x04rest", "this is a workbook"),
        ("form.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "an old .xls workbook, or one locked with a password"),
        ("form.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "expected .csv or .xlsx; this is an old .xls workbook"),
        ("form.csv", b"\0\1\2\3", "this is not text"),
        ("form.csv", "month,team\n2019-04,mash\n".encode("utf-16"), "text saved as UTF-16"),
        ("form.csv", b"month;team;open_cases\n2019-04;mash;12,5\n", "line 1   semicolons between the cells: save it as CSV, with commas"),
        ("form.csv", b"month\tteam\n2019-04\tmash\n", "line 1   tabs between the cells"),
        ("form.csv", b"", "an empty file"),
        ("form.csv", "month,team\n2019-04,caf\xe9\n".encode("latin-1"), "line 2   not UTF-8"),
    ],
)  # fmt: skip
def test_b30_a_file_that_is_not_what_its_name_says_is_told_what_it_is(tmp_path: Path, name: str, content: bytes, word: str) -> None:  # fmt: skip
    path = tmp_path / name
    path.write_bytes(content)

    assert word in refused(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "form.csv")
    assert "a folder" in refused(tmp_path)


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_workbook_that_would_swell_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(zipped({"xl/workbook.xml": b"0" * 30_000_000}))

    assert "expands to 30,000,000 bytes" in refused(path)


def test_a_damaged_workbook_and_a_plain_zip_are_refused(tmp_path: Path) -> None:
    whole = book_at(tmp_path, book_of(rows())).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "zip.xlsx").write_bytes(zipped({"letter.txt": b"hello"}))

    assert "damaged or cut short" in refused(tmp_path / "cut.xlsx")
    assert "not a workbook" in refused(tmp_path / "zip.xlsx")


@pytest.mark.parametrize(("chart", "rule"), [("Actuals", "no sheet of cells called 'Actuals'; it has: Figures"), ("Notes", "")])  # fmt: skip
def test_a_chart_on_a_sheet_of_its_own_is_no_table_and_no_notes(tmp_path: Path, chart: str, rule: str) -> None:
    book = book_of(rows())
    figures = book.active
    figures.title = "Figures" if chart == "Actuals" else "Actuals"
    bars = BarChart()
    bars.add_data(Reference(figures, min_col=3, min_row=1, max_row=5))
    book.create_chartsheet(chart).add_chart(bars)
    path = book_at(tmp_path, book)

    if rule:
        assert rule in refused(path)
    else:
        assert read_table(path, "Actuals").notes == {}


def test_entities_in_a_workbook_are_never_expanded(tmp_path: Path) -> None:
    with zipfile.ZipFile(book_at(tmp_path, book_of(rows()))) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    entries["xl/workbook.xml"] = bomb + entries["xl/workbook.xml"].split(b"?>", 1)[-1]
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(zipped(entries))

    assert "entities" in refused(path)


def test_notes_at_the_top_say_what_the_table_is(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text("# illustrative: yes\n# source: one run, of two\nmonth,team\n2019-04,mash\n", encoding="utf-8")

    table = read_table(path, "Actuals")

    assert table.notes == {"illustrative": "yes", "source": "one run, of two"}
    assert [cell.value for cell in table.rows[0]] == ["2019-04", "mash"]
    assert table.rows[0][1].place == "line 4, team"


def changed(folder: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A sound workbook with some of its parts changed."""
    with zipfile.ZipFile(book_at(folder, book_of(rows()))) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    path = folder / "changed.xlsx"
    path.write_bytes(zipped(entries))
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("stray", "rule"),
    [
        (b'<row r="19000"><c r="XFD19000"><v>1</v></c></row>', "19,000 rows of 16,384 columns: expected at most 200,000 cells"),
        (b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "1,048,576 rows of"),
    ],
)  # fmt: skip
def test_a_mark_far_from_the_table_is_refused_and_not_walked_to(tmp_path: Path, stray: bytes, rule: str) -> None:
    def put(entries: dict[str, bytes]) -> None:
        entries[SHEET] = entries[SHEET].replace(b"</sheetData>", stray + b"</sheetData>")

    said = refused(changed(tmp_path, put))

    assert rule in said
    assert "delete the rows and columns beyond the table" in said


def test_a_merged_range_as_large_as_a_sheet_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    def merge(entries: dict[str, bytes]) -> None:
        merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        entries[SHEET] = entries[SHEET].replace(b"</sheetData>", merged)

    assert f"{SHEET} A1:XFD1048576   merges more than 200,000 cells" in refused(changed(tmp_path, merge))


def test_a_document_type_is_refused_whatever_its_part_is_called(tmp_path: Path) -> None:
    def rename(entries: dict[str, bytes]) -> None:
        declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        entries["xl/worksheets/sheet1.dat"] = declared + entries.pop(SHEET).split(b"?>", 1)[-1]
        for name, old, new in (("[Content_Types].xml", b"sheet1.xml", b"sheet1.dat"), ("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet1.dat")):  # fmt: skip
            entries[name] = entries[name].replace(old, new)

    assert "xl/worksheets/sheet1.dat   declares entities or a document type" in refused(changed(tmp_path, rename))


def test_a_workbook_with_a_spoilt_or_locked_part_is_refused_in_words(tmp_path: Path) -> None:
    whole = book_at(tmp_path, book_of(rows())).read_bytes()
    at = whole.index(b"xl/worksheets/sheet1.xml") + 200
    (tmp_path / "spoilt.xlsx").write_bytes(whole[:at] + b"\0" * 40 + whole[at + 40 :])
    locked = whole.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")  # fmt: skip
    (tmp_path / "locked.xlsx").write_bytes(locked)

    assert locked != whole
    for name in ("spoilt", "locked"):
        assert "a part that is damaged, or locked with a password" in refused(tmp_path / f"{name}.xlsx")


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices as POSIX has them")
def test_what_never_ends_is_no_ordinary_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")

    for name in ("pipe.csv", "zero.csv"):
        assert "not an ordinary file" in refused(tmp_path / name)
    assert "no such file" in refused(tmp_path / ("x" * 300 + ".csv"))
