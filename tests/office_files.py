"""Office files read by a zip and XML reader alone, as another program would."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
Cells = dict[tuple[int, int], float | str]


@cache
def part(path: Path, name: str) -> Any:
    with zipfile.ZipFile(path) as archive:
        return ElementTree.fromstring(archive.read(name))


def parts(path: Path, pattern: str) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return sorted(name for name in archive.namelist() if re.fullmatch(pattern, name))


def word_texts(path: Path, name: str = "word/document.xml") -> list[str]:
    """The text of every paragraph, those in tables too, in the order of the document."""
    return ["".join(_runs(p)) for p in part(path, name).iter(f"{W}p")]


def _runs(paragraph: Any) -> list[str]:
    return ["\t" if x.tag == f"{W}tab" else x.text or "" for x in paragraph.iter() if x.tag == f"{W}t" or (x.tag == f"{W}tab" and x.get(f"{W}val") is None)]  # fmt: skip


@cache
def sheets(path: Path) -> dict[str, str]:
    """The file of each sheet, by its label."""
    links = {x.get("Id"): x.get("Target") for x in part(path, "xl/_rels/workbook.xml.rels")}
    return {x.get("name"): f"xl/{links[x.get(f'{R}id')]}" for x in part(path, "xl/workbook.xml").iter(f"{S}sheet")}


@cache
def shared(path: Path) -> list[str]:
    return ["".join(t.text or "" for t in x.iter(f"{S}t")) for x in part(path, "xl/sharedStrings.xml").iter(f"{S}si")]


@cache
def cells(path: Path, name: str) -> Cells:
    """Every cell that holds something, by row and column from 1: a number, or text."""
    found: Cells = {}
    strings = shared(path)
    for cell in part(path, name).iter(f"{S}c"):
        value = cell.find(f"{S}v")
        if value is not None:
            row, column = place(cell.get("r"))
            found[row, column] = strings[int(value.text)] if cell.get("t") == "s" else float(value.text)
    return found


def place(reference: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(digits), column


def as_pdf(path: Path, folder: Path) -> str:
    """The text of a file as LibreOffice lays it out; skips where it is not installed."""
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("LibreOffice or pdftotext is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(command, capture_output=True, check=True, timeout=300)
    pdf = folder / f"{path.stem}.pdf"
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, text=True).stdout
