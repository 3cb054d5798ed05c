"""The workbook holds the run's own figures, can be read by everybody, and runs nothing."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

import workforce_model as wm
from tests.office_files import S, as_pdf, cells, part, parts, place, shared, sheets
from tests.toys import KNOWN, toy
from workforce_model.basis.formats import money
from workforce_model.folders.run_folder import write_csv
from workforce_model.paper.published import Published, read_run
from workforce_model.paper.quoting import Quotes, numbers_of, quoted_table
from workforce_model.paper.workbook import _TITLES, NOT_DEFINED_MARK, _shown_in, _unit_of, write_workbook

FIRST = 4
"""The row of the heading of each sheet's table."""
HOSTILE = '=cmd|"/c calc"!A1 [here](https://example.org) $$note$$ <b>&'


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Published:
    loaded = [wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved")]
    together = [wm.run(scenario.replace({"periods.end": "2020-03"}), 90) for scenario in loaded]
    out = tmp_path_factory.mktemp("workbook") / "run"
    return read_run(wm.write_run(together, out, plan="scenarios/improvement_plan.toml"))


@pytest.fixture(scope="module")
def figures(run: Published) -> pd.DataFrame:
    quote = Quotes(run)
    cost = quote.ranged(money, "ledger", scenario="approved", period="2019/20", budget="nine_posts", entry="total cost")
    return quoted_table(quote.quoted, dict.fromkeys(numbers_of(cost), "6.1 Financial implications"))


@pytest.fixture(scope="module")
def book(run: Published, figures: pd.DataFrame) -> Path:
    write_csv(figures, run.folder.parent / "figures.csv")
    return write_workbook(run, run.folder.parent / "workbook.xlsx", figures)


def test_every_number_is_the_run_folders_own_read_without_the_library(run: Published, book: Path) -> None:
    compared = 0

    for stem, (label, _) in _TITLES.items():
        path = run.folder.parent / "figures.csv" if stem == "figures" else run.folder / f"{stem}.csv"
        if stem != "figures" and run.tables[stem].empty:
            continue
        found = cells(book, sheets(book)[label])
        with path.open(encoding="utf-8", newline="") as file:
            heading, *rows = csv.reader(file)
        assert [found[FIRST, i] for i in range(1, len(heading) + 1)] == heading, stem
        assert max(row for row, _ in found) == FIRST + len(rows), stem
        for number, row in enumerate(rows, FIRST + 1):
            for column, text in enumerate(row, 1):
                cell = found[number, column]
                if isinstance(cell, float):
                    assert cell == float(text), (stem, number, column)
                    compared += 1
                elif cell == NOT_DEFINED_MARK:
                    assert text in ("not defined", "none stated", "", "<NA>"), (stem, number, column)
                else:
                    assert cell == text.removeprefix("'"), (stem, number, column)

    assert compared > 5_000


def test_each_sheet_has_one_named_table_from_column_a_and_no_empty_cell(book: Path) -> None:
    for label, name in sheets(book).items():
        page = part(book, name)
        tables = page.findall(f"{S}tableParts/{S}tablePart")
        assert not [x for x in page.iter() if x.tag in (f"{S}f", f"{S}mergeCell") or x.get("hidden")], label
        assert (1, 1) in cells(book, name), label
        assert len(tables) == (label != "Cover"), label
    refs = {}
    for name in parts(book, r"xl/tables/table\d+\.xml"):
        table = part(book, name)
        refs[table.get("name")] = table.get("ref")
    assert len(refs) == len(sheets(book)) - 1
    for name, ref in refs.items():
        (top, left), (bottom, right) = (place(corner) for corner in ref.split(":"))
        label = next((_TITLES[s][0] for s in _TITLES if f"table_{s}" == name), None)
        if label is None:
            continue
        found = cells(book, sheets(book)[label])
        assert left == 1, name
        empty = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1) if (r, c) not in found]
        assert empty == [], name


def test_money_that_meets_a_cost_is_stored_as_a_negative_number(run: Published, book: Path) -> None:
    found = cells(book, sheets(book)["Ledger"])
    heading = {found[FIRST, c]: c for r, c in found if r == FIRST}

    funding = [found[r, heading["mean"]] for r, c in found if c == heading["entry"] and found[r, c] == "funding"]

    assert min(x for x in funding if isinstance(x, float)) < -100_000


def test_the_workbook_says_which_run_it_is_and_what_the_checks_came_to_on_every_sheet(
    run: Published, book: Path
) -> None:
    for label, name in sheets(book).items():
        said = " ".join(x for x in cells(book, name).values() if isinstance(x, str))
        assert label == "Contents" or run.run_id in said, label
        footer = part(book, name).findtext(f"{S}headerFooter/{S}oddFooter")
        assert run.run_id in footer, label
        assert "passed in every run" in footer, label


def test_text_a_council_typed_becomes_no_formula_and_no_link(tmp_path: Path) -> None:
    scenario = toy({"title": HOSTILE, "workforce.turnover_rate": {
        "value": 0.1, "unit": "leavers a year over in post", "source": HOSTILE, "date": KNOWN, "confidence": "low"}})  # fmt: skip
    run = read_run(wm.write_run(wm.run(scenario, 4), tmp_path / "run"))

    book = write_workbook(run, tmp_path / "workbook.xlsx")

    strings = shared(book)
    assert HOSTILE in strings
    for label, name in sheets(book).items():
        page = part(book, name)
        assert not list(page.iter(f"{S}f")), label
        links = [x.get("location") or x.get("ref") for x in page.iter(f"{S}hyperlink")]
        assert not links or label == "Contents", label
    assert not parts(book, r"xl/(externalLinks|vbaProject).*")


@pytest.mark.slow
def test_libreoffice_opens_the_workbook_and_shows_its_figures(tmp_path: Path) -> None:
    run = read_run(wm.write_run(wm.run(toy(), 4), tmp_path / "run"))

    text = as_pdf(write_workbook(run, tmp_path / "workbook.xlsx"), tmp_path)

    assert run.run_id in text
    assert "Funding" in text
    assert "(360,000.00)" in text


def test_the_notes_explain_every_column_that_does_not_explain_itself(run: Published, book: Path) -> None:
    notes = " ".join(str(x) for x in cells(book, sheets(book)["Notes"]).values())
    page = cells(book, sheets(book)["Bridge"])

    for table in ("bridge", "movers", "plan"):
        telling = {c for c in run.tables[table] if "_" in c} | {
            "against",
            "step",
            "explained",
            "swing",
            "clear",
            "lever",
            "basis",
        }
        for column in telling & set(run.tables[table]) - {"assumption_unit"}:
            assert re.search(rf"\b({column}|{column.replace('figure_', '')})\b", notes), (table, column)
    last = re.search(r"\[note (\d+)\]\.$", str(page[3, 1]))
    assert last is not None
    assert f"note {last[1]}" in cells(book, sheets(book)["Notes"]).values()
    assert f"note {int(last[1]) + 1}" not in cells(book, sheets(book)["Notes"]).values()


def test_figures_of_a_plan_and_of_what_moves_the_answer_are_shown_in_their_units() -> None:
    action = {"figure_unit": "share of workers", "fte_mean": 0.5, "figure_mean": 0.3}
    mover = {"outcome": "net_cost_gbp", "assumption_unit": "share a month"}

    assert _shown_in("fte_mean", _unit_of("fte_mean", action)) == "#,##0.00##_)"
    assert _shown_in("figure_mean", _unit_of("figure_mean", action)) == "0.0##%_)"
    assert _shown_in("at_low", _unit_of("at_low", mover)) == "#,##0.00_);(#,##0.00)"
    assert _shown_in("low", _unit_of("low", mover)) == "0.0##%_)"
    assert _shown_in("explained", _unit_of("explained", mover)) == "0.0##%_)"
    assert _unit_of("mean", {"unit": "GBP"}) == "GBP"
