"""Blocks of a paper as a Word document: real heading styles, repeated table headers, charts with their text.

The only room that imports python-docx. Equal blocks give equal bytes.
"""

from __future__ import annotations

import datetime
import io
import os
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from workforce_model import __version__
from workforce_model.inputs.scenario import Scenario
from workforce_model.paper.pages import Block, Heading, Paragraph, Picture, Table, ToWrite
from workforce_model.paper.published import CHECKS_FAILED, Published
from workforce_model.paper.quoting import plain

FONT, BLUE, GREY = "Arial", RGBColor(0x12, 0x43, 0x6D), RGBColor(0x3D, 0x3D, 0x3D)
TO_WRITE = "Council to write"
_LINE, _SHADE, _MARK = "BFBFBF", "E6EBF1", "FFF2CC"
_MARGIN = Cm(2)
_CAPTION = Cm(2)
"""Room for the caption of a picture on its page."""
_TOGETHER = 14
"""A table of at most so many rows is kept on one page."""
_FRONT = (
    ("Municipal year and report number", "[Council to write: municipal year, report number]"),
    ("Meeting title and date", "[Council to write: Cabinet, date]"),
    ("Report of", "[Council to write: Executive Director]"),
    ("Agenda part and item", "[Council to write: part, item]"),
    ("Wards", "[Council to write: wards]"),
    ("Key decision", "[Council to write: KD number]"),
    ("Cabinet Member consulted", "[Council to write: Cabinet Member]"),
    ("Contact officer", "[Council to write: name, telephone, e-mail]"),
)


def write_word(blocks: list[Block], run: Published, scenario: Scenario, path: str | os.PathLike[str]) -> Path:
    """Write a paper as DOCX.

    Parameters
    ----------
    blocks : list of Block
        As ``cabinet_paper`` makes them.
    scenario : Scenario
        The one proposed: it names the subject of the paper.
    """
    paper = Document()
    _styles(paper)
    _properties(paper, scenario)
    _page(paper, wide=False)
    _header_and_footer(paper, run, scenario)
    _front(paper, scenario)
    tables, charts = 0, 0
    for block in blocks:
        match block:
            case Heading():
                _heading(paper, block)
            case Paragraph():
                _paragraph(paper, block)
            case ToWrite():
                paper.add_paragraph(block.text, style=TO_WRITE)
            case Table():
                tables += 1
                _table(paper, block, tables)
            case Picture():
                charts += 1
                _picture(paper, run, block.chart, charts)
    return _saved(paper, Path(path))


def _styles(paper: Paper) -> None:
    styles: Any = paper.styles
    for name, size, bold, before, after in (
        ("Normal", 11, None, 0, 6),
        ("Title", 20, True, 0, 12),
        ("Heading 1", 13, True, 18, 6),
        ("Heading 2", 12, True, 12, 6),
        ("Caption", 10, True, 12, 4),
        ("List Bullet", 11, None, 0, 4),
    ):
        style = styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{key}"), None)
        fonts.set(qn("w:hAnsi"), FONT)
        style.font.color.rgb = RGBColor(0, 0, 0) if name in ("Normal", "List Bullet") else BLUE
        style.font.italic = False
        shape = style.paragraph_format
        shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), 1.1
    styles["Heading 1"].font.all_caps = True
    borders = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        styles["Title"].element.pPr.remove(borders)
    for name, points, parent in (
        ("Table text", 9, "Normal"),
        ("Small table text", 8, "Table text"),
        ("Table note", 8.5, "Normal"),
        (TO_WRITE, 11, "Normal"),
    ):
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style, made.font.size, made.font.name = styles[parent], Pt(points), FONT
    styles["Table text"].paragraph_format.space_after = Pt(0)
    styles["Table text"].paragraph_format.line_spacing = 1.0
    styles["Table note"].paragraph_format.space_before = Pt(3)
    styles["Table note"].paragraph_format.space_after = Pt(10)
    styles["Table note"].font.color.rgb = GREY
    styles[TO_WRITE].font.bold = True
    styles[TO_WRITE].element.get_or_add_pPr().append(_shading(_MARK))
    for lang in paper.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "en-GB")
    for lang in paper.settings.element.iter(qn("w:themeFontLang")):
        lang.set(qn("w:val"), "en-GB")


def _properties(paper: Paper, scenario: Scenario) -> None:
    """Title and language; the dates are that of ``seen_from``, so that the same run gives the same file."""
    seen = datetime.datetime.combine(scenario.seen_from, datetime.time())
    properties = paper.core_properties
    properties.title, properties.subject = _title(scenario), scenario.question
    properties.language, properties.category = "en-GB", "Cabinet report"
    properties.author = properties.last_modified_by = f"workforce_model {__version__}"
    properties.created, properties.modified, properties.revision = seen, seen, 1
    properties.comments = ""
    relations: Any = paper.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]


def _title(scenario: Scenario) -> str:
    return f"{scenario.place}. {scenario.title}"


def _page(paper: Paper, *, wide: bool) -> None:
    section: Any = paper.sections[-1]
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if wide else (Cm(21), Cm(29.7))
    section.left_margin = section.right_margin = section.bottom_margin = _MARGIN
    section.top_margin = Cm(2.2)
    section.header_distance = section.footer_distance = Cm(0.9)


def _width(paper: Paper) -> int:
    section: Any = paper.sections[-1]
    return int(section.page_width - section.left_margin - section.right_margin)


def _height(paper: Paper) -> int:
    section: Any = paper.sections[-1]
    return int(section.page_height - section.top_margin - section.bottom_margin)


def _header_and_footer(paper: Paper, run: Published, scenario: Scenario) -> None:
    """On every page: the subject, the run, what the checks came to, and the page's number."""
    header, footer = paper.sections[0].header.paragraphs[0], paper.sections[0].footer.paragraphs[0]
    header.style = footer.style = paper.styles["Table note"]
    if run.failed:
        header.add_run(f"{CHECKS_FAILED}: {', '.join(run.failed)}. Not to be relied on. ").bold = True
    header.add_run(_title(scenario))
    footer.add_run(f"{run.run_line}. {run.checks_line}. Page ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph: WordParagraph, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    shown, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    shown.append(text)
    field.append(shown)
    paragraph._p.append(field)


def _front(paper: Paper, scenario: Scenario) -> None:
    """The head of the report: what the council fills in, and the subject."""
    paper.add_paragraph(scenario.place, style="Title")
    for label, text in (*_FRONT[:4], ("Subject", scenario.title), *_FRONT[4:]):
        paragraph = paper.add_paragraph(style=TO_WRITE if text.startswith("[") else "Normal")
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(text)


def _heading(paper: Paper, block: Heading) -> None:
    lies = paper.sections[-1].orientation == WD_ORIENT.LANDSCAPE
    if block.level == 1 and block.wide != lies:
        paper.add_section(WD_SECTION.NEW_PAGE)
        _page(paper, wide=block.wide)
    heading = paper.add_heading(plain(block.text), block.level)
    heading.paragraph_format.page_break_before = bool(block.wide and lies)


def _paragraph(paper: Paper, block: Paragraph) -> None:
    paragraph = paper.add_paragraph(style="List Bullet" if block.bullet else "Normal")
    if block.number:
        paragraph.paragraph_format.left_indent = Cm(1.3)
        paragraph.paragraph_format.first_line_indent = Cm(-1.3)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(1.3))
        paragraph.add_run(f"{block.number}\t")
    elif block.bullet:
        paragraph.paragraph_format.left_indent = Cm(1.9)
    paragraph.add_run(plain(block.text))
    paragraph.paragraph_format.widow_control = True
    paragraph.paragraph_format.keep_with_next = block.bullet or block.text.endswith(":")


def _table(paper: Paper, block: Table, number: int) -> None:
    caption = paper.add_paragraph(f"Table {number}: {plain(block.title)}", style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = paper.add_table(rows=0, cols=len(block.columns))
    table.autofit = False
    _frame(table, plain(block.title))
    widths = [int(share * _width(paper)) for share in block.widths or _shares(block)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    wide = paper.sections[-1].orientation == WD_ORIENT.LANDSCAPE
    style = paper.styles["Small table text" if wide else "Table text"].style_id
    together = len(block.rows) <= _TOGETHER
    for place, row in enumerate([block.columns, *block.rows]):
        line: Any = table.add_row()
        _row_rules(line, heading=place == 0)
        last = place == len(block.rows)
        for column, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
            cell.width = widths[column]
            paragraph = cell.paragraphs[0]
            paragraph._p.style = style
            paragraph.paragraph_format.keep_with_next = place == 0 or (together and not last)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if column >= block.words else WD_ALIGN_PARAGRAPH.LEFT
            paragraph.add_run(plain(text)).bold = place == 0 or (place - 1) in block.strong or None
            if place == 0:
                cell._tc.get_or_add_tcPr().append(_shading(_SHADE))
    paper.add_paragraph(plain(block.note), style="Table note")


def _shares(block: Table) -> list[float]:
    """Room for words first, and for ranges on one line: figures share what is left equally."""
    columns, words = len(block.columns), block.words
    figures = columns - words
    if not figures:
        return [1 / columns] * columns
    ranged = any("[" in cell for row in block.rows for cell in row)
    wordy = min(0.5, max(0.22 * words, 1 - (0.175 if ranged else 0.13) * figures))
    first = [wordy * 0.7, *[wordy * 0.3 / (words - 1)] * (words - 1)] if words > 1 else [wordy]
    return [*first, *[(1 - wordy) / figures] * figures]


def _frame(table: Any, description: str) -> None:
    """Thin lines between rows, none between columns, fixed widths, and the description for a screen reader."""
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _LINE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", "30"), ("left", "70"), ("bottom", "30"), ("right", "70")):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), width)
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.append(margins)
    for look in properties.findall(qn("w:tblLook")):
        properties.remove(look)
        properties.append(look)
        for key, value in (("firstRow", "1"), ("firstColumn", "0"), ("noHBand", "1"), ("noVBand", "1"), ("lastRow", "0"), ("lastColumn", "0")):  # fmt: skip
            look.set(qn(f"w:{key}"), value)
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), description)
    properties.append(caption)


def _row_rules(row: Any, *, heading: bool) -> None:
    rules = row._tr.get_or_add_trPr()
    rules.append(OxmlElement("w:cantSplit"))
    if heading:
        rules.append(OxmlElement("w:tblHeader"))


def _shading(colour: str) -> Any:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    return shade


def _picture(paper: Paper, run: Published, chart: str, number: int) -> None:
    """A chart with its text alternative in the file, under a caption that says what it measures."""
    words = run.charts[chart]
    headline, measure, *_ = words.split(". ")
    caption = paper.add_paragraph(f"Figure {number}: {measure.partition(';')[0]}", style="Caption")
    caption.paragraph_format.keep_with_next = True
    shape: Any = paper.add_picture(str(run.picture(chart)), width=min(_width(paper), Cm(16)))
    tall = _height(paper) - _CAPTION
    if shape.height > tall:
        shape.width, shape.height = int(shape.width * tall / shape.height), tall
    properties = shape._inline.docPr
    properties.set("descr", words)
    properties.set("title", headline)
    properties.set("name", chart)


def _saved(paper: Paper, path: Path) -> Path:
    """Written with one fixed time for every part, so that equal papers are equal files."""
    draft = io.BytesIO()
    paper.save(draft)
    with zipfile.ZipFile(draft) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            kept.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), made.read(name), zipfile.ZIP_DEFLATED)
    return path
