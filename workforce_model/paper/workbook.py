"""A run as an accessible workbook: cover, contents, notes, then one named table a sheet, every figure unrounded.

Cover, contents and notes are gptables'. Sheets of the run are written cell by cell, so that text a council has typed
never becomes a formula or a link, a negative number stays a number, and each figure is shown in its unit.
"""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from gptables import Cover, GPTable, GPWorkbook
from pandas.api.types import is_numeric_dtype

from workforce_model import __version__
from workforce_model.decisions.comparison import leaves
from workforce_model.inputs.scenario import as_tree
from workforce_model.paper.published import CHECKS_FAILED, Published

NOT_DEFINED_MARK = "[x]"
_LEFT_OUT = ("summary", "monthly")
"""Tables of a run folder with no sheet: one repeats others, one is the months of the annual table."""
_MOST_ROWS = 60_000
_WIDEST, _LINE, _FONT = 70, 15.0, {"font_name": "Arial", "font_size": 11}
_TITLES = {
    "funding_statement": ("Funding statement", "Cost, who met it, what is left as a gap, and each approval, by budget and year"),
    "mtfp": ("MTFP", "Medium-term financial plan lines, incremental and cumulative"),
    "reserve": ("Reserve", "The risk reserve: movements and what is carried forward, by year"),
    "envelope": ("Envelope test", "What the posts of a budget cost when all are filled, against what was approved"),
    "differences": ("Differences", "Each option less the baseline, run by run, with its error and whether it is clear"),
    "bridge": ("Bridge", "What makes up each option's difference in cost from the baseline, by budget and kind of cost"),
    "benefits": ("Benefits", "What each budget no longer spends: three lines, never added together"),
    "agency_premium": ("Agency premium", "Agency beside the matched permanent post, and the rate at which they break even"),
    "capacity_lost": ("Capacity lost", "The value of time that starters do not give while they settle, which is not cash"),
    "posts_filled": ("Posts filled", "Posts filled by permanent staff at each year end, by budget and role"),
    "annual": ("Annual", "Every measure by financial year and team"),
    "caseload_spread": ("Caseload spread", "Share of workers in each band of caseload, each September and March"),
    "duties": ("Duties", "Work that is not a case: asked for, done, in time, waiting"),
    "movers": ("What moves the answer", "What each assumption does to cost and caseloads at each end of its range, read off the runs"),
    "plan": ("Improvement plan", "Each action of the plan: lead, status, the work it creates, and the figure that monitors it"),
    "ledger": ("Ledger", "The ledger by month and year: cost by kind, money that met it, gap, and what was unspent"),
    "assumptions": ("Assumptions", "The assumption register: every assumption as resolved for each scenario"),
    "to_obtain": ("To obtain", "Assumptions that only the council can supply; their values are stand-ins"),
    "checks": ("Checks", "The invariants of the run, as evaluated in every run"),
    "figures": ("Figures in the paper", "Every figure printed in the Word paper, and the line of the run it is"),
}  # fmt: skip
_NOTES = (
    "Signs: cost or pressure is positive; saving, income and money that meets a cost is negative, shown in brackets. A reserve is a balance: what is put in is positive.",
    "Figures are stored unrounded, or to the penny where they are pounds, and shown rounded: parts as shown may not add exactly to totals as shown.",
    "mean, p10, p50, p90: the mean and the 10th, 50th and 90th percentiles over the runs. runs (or defined): the runs in which the figure is defined.",
    "mc_error: the Monte Carlo error of the mean. A difference is called clear where it is more than twice its error; what moves the answer only where that holds allowing for the number of assumptions looked at.",
    f"{NOT_DEFINED_MARK}: not defined, or none stated. No cell of a table is empty.",
    "Financial years run from April to March and are written 2019/20. A stock is its value at the month or year end, a flow is added up, a rate is worked out again from its parts. FTE is full-time equivalent.",
    "value, low, high of an assumption are in its unit; shares are fractions, shown as percentages.",
    "Bridge: against is the baseline, differs_in what the two scenarios state differently, step a budget and kind of cost; the steps add to the whole difference.",
    "What moves the answer: against is none where the outcome is the scenario's own, else the baseline it is the difference from. at_low and at_high are what an assumption does at each end of its range, on average over the others, error_low and error_high their errors, swing the distance between them, and explained the share of the variance between draws that all assumptions explain as straight lines.",
    "Improvement plan: fte_mean, fte_p10 and fte_p90 are work created, negative where people are brought or work is freed; figure is what monitors the action, in its figure_unit; moves is what it changes in the model, basis the evidence for that, lever the same or why there is none.",
    "Figures by month other than the ledger's are in monthly.csv of the run folder, and every run's own figures in its two Parquet files.",
)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its label, title, the name of its table, and the table."""

    label: str
    title: str
    name: str
    table: pd.DataFrame


def write_workbook(run: Published, path: str | os.PathLike[str], figures: pd.DataFrame | None = None) -> Path:
    """Write a run as XLSX.

    Parameters
    ----------
    figures : DataFrame, optional
        The figures printed in the Word paper, as a sheet of their own.

    Raises
    ------
    ValueError
        If a table is too long for a sheet.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Any = GPWorkbook(str(path), options=options)
    sheets = list(_sheets(run, figures))
    banner = f"{CHECKS_FAILED}. " if run.failed else ""
    _properties(book, run)
    book.add_worksheet("Cover").write_cover(_cover(run, banner))
    book.add_worksheet("Contents").write_gptable(_contents(sheets, banner), True, [])
    for sheet in sheets:
        _write(book, run, sheet, banner)
    for page in book.worksheets():
        _printed(page, run)
    book.close()
    return Path(path)


def _sheets(run: Published, figures: pd.DataFrame | None) -> Iterator[Sheet]:
    yield Sheet(
        "Notes",
        "How to read the tables",
        "notes",
        pd.DataFrame([(f"note {i}", text) for i, text in enumerate(_NOTES, 1)], columns=["note", "text"]),
    )
    yield Sheet("Run", "Which run this is, what made it and what it read", "run", _run_table(run))
    yield Sheet("Decisions", "Inputs chosen: posts, months, funding and rules, as resolved for each scenario", "decisions", _decisions(run))  # fmt: skip
    tables = {"figures": figures, **run.tables} if figures is not None else run.tables
    known = [name for name in _TITLES if name in tables]
    for name in [*known, *(n for n in tables if n not in (*known, *_LEFT_OUT))]:
        table = tables[name]
        if len(table) > _MOST_ROWS:
            raise ValueError(f"{name}: {len(table):,} rows, more than a sheet takes; run fewer scenarios together")
        label, title = _TITLES.get(name, (name.replace("_", " ").capitalize()[:31], f"Table {name} of the run"))
        if len(table):
            yield Sheet(label, title, name, table)


def _run_table(run: Published) -> pd.DataFrame:
    rows = [
        ("run", run.run_id),
        ("checks", run.checks_line),
        ("runs", run.record["runs_done"]),
        ("seed", run.record["seed"]),
        ("ranges hold", run.record["ranges_hold"]),
        *((f"scenario {s.name}", s.title) for s in run.scenarios),
        *((f"seen from, {s.name}", str(s.seen_from)) for s in run.scenarios),
        *((f"version of {name}", version) for name, version in run.record["versions"].items()),
        *((f"input {file['name']}", f"{file['size']} bytes, SHA-256 {file['sha256']}") for file in run.record["inputs"]),
        *((f"convention {code}", text) for code, text in run.record["conventions"].items()),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["item", "value"], dtype=object)


def _decisions(run: Published) -> pd.DataFrame:
    """One row a place that a scenario states and is not an assumption, one column a scenario."""
    stated = []
    for s in run.scenarios:
        assumed = s.assumptions()
        stated.append({place: value for place, value in leaves(as_tree(s), "") if place not in assumed})
    every = dict.fromkeys(place for one in stated for place in one)
    words = {"True": "yes", "False": "no"}
    rows = [(place, *(words.get(one.get(place, ""), one.get(place, "")) for one in stated)) for place in every]
    return pd.DataFrame(rows, columns=["input", *(s.name for s in run.scenarios)])


def _cover(run: Published, banner: str) -> Any:
    said = [run.checks_line + ".", f"{run.run_line}.", *(f"Scenario {s.name}: {s.title}" for s in run.scenarios)]
    about = [
        "Every figure is the run's own. The sheets are tables of the run folder; its number is the start of the SHA-256 of run.json.",
        "Signs, ranges and the mark for what is not defined are explained on the sheet Notes.",
        f"{sum(len(s.to_obtain()) > 0 for s in run.scenarios)} of {len(run.scenarios)} scenarios rest on stand-ins: see the sheet To obtain.",
        "Contains public sector information licensed under the Open Government Licence v3.0.",
    ]
    return Cover(
        title=_quiet(f"{banner}{run.base.place}: workforce, caseloads and cost"),
        intro=[_quiet(text) for text in said],
        about=about,
        width=130,
        contact=["[Council to write: name, telephone, e-mail]"],
    )


def _quiet(text: str) -> str:
    """Text that gptables will not take for a link or a note."""
    return text.replace("](", "] (").replace("$$", "$ $")


def _contents(sheets: list[Sheet], banner: str) -> Any:
    rows = [({label: f"internal:'{label}'!A1"}, title) for label, title in [(s.label, s.title) for s in sheets]]  # fmt: skip
    table = pd.DataFrame(rows, columns=["Sheet name", "What it holds"])
    return GPTable(table=table, table_name="contents", title=f"{banner}Contents", instructions="This sheet contains one table.", index_columns={2: 0})  # fmt: skip


def _properties(book: Any, run: Published) -> None:
    """The date is that of ``seen_from``, so that the same run gives the same file."""
    seen = datetime.datetime.combine(run.base.seen_from, datetime.time())
    book.set_properties({
        "title": f"{run.base.place}: workforce, caseloads and cost, run {run.run_id}",
        "subject": "; ".join(s.title for s in run.scenarios)[:250],
        "author": f"workforce_model {__version__}",
        "comments": f"{run.run_line}. {run.checks_line}.",
        "created": seen,
    })  # fmt: skip


def _write(book: Any, run: Published, sheet: Sheet, banner: str) -> None:
    """One sheet: title in A1, what it is, then its one table from column A."""
    page, table = book.add_worksheet(sheet.label), sheet.table
    page.write_string(0, 0, f"{banner}{sheet.title}", book.add_format({**_FONT, "bold": True, "font_size": 14}))
    page.write_string(1, 0, f"{run.run_line}. {run.checks_line}.", book.add_format(_FONT))
    page.write_string(2, 0, f"This sheet contains one table. Signs, ranges and marks: see Notes [note 1] to [note {len(_NOTES)}].", book.add_format(_FONT))  # fmt: skip
    first, columns = 3, list(table.columns)
    style = {**_FONT, "bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    headings = [
        {
            "header": name,
            "header_format": book.add_format(style | ({"align": "right"} if is_numeric_dtype(table[name]) else {})),
        }
        for name in columns
    ]
    page.add_table(first, 0, first + len(table), len(columns) - 1, {
        "name": f"table_{sheet.name}", "style": None, "autofilter": False,
        "columns": headings,
    })  # fmt: skip
    widths = [len(name) + 2 for name in columns]
    for number, row in enumerate(table.itertuples(index=False), first + 1):
        stated = dict(zip(columns, row, strict=True))
        sizes = [_write_cell(book, page, number, i, x, _shown_in(columns[i], _unit_of(columns[i], stated))) for i, x in enumerate(row)]  # fmt: skip
        widths = [max(width, min(_WIDEST, size + 2)) for width, size in zip(widths, sizes, strict=True)]
        page.set_row(number, _LINE * max(1, -(-max(sizes) // (_WIDEST - 4))))
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.repeat_rows(first)


def _write_cell(book: Any, page: Any, row: int, column: int, value: object, shown: str) -> int:
    """A number as a number in its unit, anything else as text; returns how many characters it takes."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value):
            page.write_number(row, column, value, book.add_format({**_FONT, "num_format": shown, "valign": "top"}))
            return max(len(f"{value:,.2f}"), len(f"{value:.10g}")) + 1
        page.write_string(row, column, NOT_DEFINED_MARK, book.add_format({**_FONT, "align": "right", "valign": "top"}))
        return len(NOT_DEFINED_MARK)
    text = str(value)
    text = NOT_DEFINED_MARK if text in ("", "not defined", "none stated") else text
    page.write_string(
        row, column, text, book.add_format({**_FONT, "text_wrap": len(text) > _WIDEST - 4, "valign": "top"})
    )
    return len(text)


def _unit_of(column: str, row: dict[str, object]) -> str:
    """The unit of a cell, from its row: that of an assumption's values, of an action's figure, or of the row as a whole."""
    if column.startswith("fte_"):
        return "FTE"
    if column.startswith("figure_"):
        return str(row.get("figure_unit", ""))
    if "assumption_unit" in row and column not in ("low", "value", "high"):
        return "GBP" if str(row["outcome"]).endswith("_gbp") and column != "explained" else "share"
    return str(row.get("assumption_unit", row.get("unit", "GBP" if "gbp" in row else "")))


def _shown_in(column: str, unit: str) -> str:
    """The number format of a cell: pounds with brackets, shares as percentages, FTE to two places."""
    if column in ("runs", "defined", "line", "posts", "runs_to_separate", "size"):
        return "#,##0_)"
    if not unit:
        return "General_)"
    if unit.startswith("GBP"):
        return "#,##0.00_);(#,##0.00)"
    if unit.startswith(("share", "growth", "hazard")):
        return "0.0##%_)"
    return "#,##0.00##_)"


def _printed(page: Any, run: Published) -> None:
    """On paper: lying, one page wide, with the run, the checks and the page's number."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    line = f"{run.run_line}. {run.checks_line}".replace("&", "&&")
    page.set_footer(f"&L&8{line[:200]}&R&8Page &P of &N")
    if run.failed:
        page.set_header(f"&C&B{CHECKS_FAILED}")
