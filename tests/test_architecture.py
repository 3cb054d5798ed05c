"""The direction of imports, the lightness of importing, and the size of the rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path("workforce_model")
ROOMS = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")
FOUNDATION = {"periods", "assumptions", "draws"}
PEOPLE = {"posts", "workforce", "absence", "conversion", "filling", "staff_rates"}
CASES = {"posts", "arrivals", "casework", "case_rates", "allocation", "caseloads"}
ALLOWED = {
    "assumptions": set(),
    "distributions": set(),
    "draws": {"distributions"},
    "periods": {"assumptions"},
    "establishment": FOUNDATION,
    "posts": FOUNDATION | {"establishment"},
    "workforce": FOUNDATION | {"posts"},
    "absence": FOUNDATION | {"posts", "workforce"},
    "conversion": FOUNDATION | {"posts", "workforce"},
    "filling": FOUNDATION | {"posts", "workforce"},
    "staff_rates": FOUNDATION | PEOPLE | {"establishment"},
    "arrivals": FOUNDATION,
    "casework": FOUNDATION | {"arrivals"},
    "case_rates": FOUNDATION | {"arrivals", "casework"},
    "allocation": FOUNDATION | {"posts"},
    "caseloads": FOUNDATION | {"posts", "case_rates", "allocation"},
    "working_days": set(),
    "queues": set(),
    "demand": {"draws"},
    "passports": {"draws"},
    "rota": {"draws", "queues", "working_days"},
    "duties": FOUNDATION | {"working_days"},
    "work_done": FOUNDATION | {"demand", "duties", "passports", "queues", "rota", "working_days"},
    "inspection": FOUNDATION,
    "history": FOUNDATION | {"posts", "workforce", "caseloads"},
    "actuals": FOUNDATION,
    "position": FOUNDATION | {"actuals", "caseloads", "establishment", "posts", "workforce"},
    "simulation": FOUNDATION | PEOPLE | CASES | {"actuals", "establishment", "history", "position"},
    "pay": FOUNDATION,
    "increments": FOUNDATION,
    "post_schedule": FOUNDATION | {"pay", "increments", "part_year"},
    "agency": FOUNDATION,
    "recruitment": FOUNDATION,
    "costs": FOUNDATION | {"pay", "increments", "post_schedule", "agency", "recruitment"},
    "monthly_bill": FOUNDATION | {"costs", "pay", "increments", "agency"},
    "part_year": FOUNDATION,
    "funding_lines": FOUNDATION,
    "table_rows": FOUNDATION,
    "funding": FOUNDATION | {"funding_lines", "table_rows"},
    "reserve": FOUNDATION | {"funding", "funding_lines"},
    "medium_term_plan": FOUNDATION | {"funding"},
    "apportionment": {"formats"},
    "problems": set(),
    "learning": FOUNDATION,
    "sheets": {"problems"},
    "known_months": FOUNDATION
    | {"actuals", "agency", "costs", "history", "monthly_bill", "pay", "position", "posts", "scenario"},
    "expected_posts": FOUNDATION | {"scenario"},
    "returns": {"problems"},
    "indicators": {"returns"},
    "peer_groups": {"indicators", "problems", "returns"},
    "outlook": {"indicators", "problems", "returns"},
    "naive": {"indicators", "outlook", "returns"},
    "council_posts": {"problems"},
    "scores": {"formats", "indicators", "naive", "outlook", "problems", "returns"},
    "hidden_faults": {"assumptions", "problems"},
    "scenario": FOUNDATION
    | {"problems", "actuals", "hidden_faults", "establishment", "casework", "costs", "funding", "duties", "inspection"},
}


@cache
def imported(room: str, *, at_top: bool = False) -> set[str]:
    """The rooms and libraries a room imports."""
    tree = ast.parse((PACKAGE / f"{room}.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body if at_top else ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            inside = parts[0] == "workforce_model"
            found |= {parts[1]} if inside and len(parts) > 1 else {a.name for a in node.names} if inside else {parts[0]}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_calculating_room_imports_only_what_lies_inward(room: str) -> None:
    assert imported(room) & set(ROOMS) <= ALLOWED[room]


def test_no_room_imports_the_command_line_and_only_charts_imports_matplotlib() -> None:
    assert not [room for room in ROOMS if "cli" in imported(room)]
    drawing = [room for room in ROOMS if "matplotlib" in imported(room, at_top=True)]
    assert all(room.startswith("charts") for room in drawing)
    assert "charts_page" in drawing


def test_only_the_workbook_and_the_word_paper_import_the_libraries_of_office_files() -> None:
    assert [room for room in ROOMS if "docx" in imported(room)] == ["word_paper"]
    assert [room for room in ROOMS if "gptables" in imported(room)] == ["workbook"]


def test_a_paper_is_made_from_the_files_of_a_run_and_never_from_its_simulation() -> None:
    made_of = {"published", "quoting", "pages", "proposal", "paper_money", "paper_service", "paper_opening",
               "paper_appendices", "cabinet_paper", "word_paper", "workbook"}  # fmt: skip

    for room in made_of:
        assert not imported(room) & {"model", "simulation", "blocks", "playing"}, room


def test_no_two_rooms_import_each_other_at_the_top() -> None:
    rooms = {room: imported(room, at_top=True) & set(ROOMS) for room in ROOMS}

    inwards_first = list(TopologicalSorter(rooms).static_order())  # refuses a circle, naming its rooms

    assert sorted(inwards_first) == ROOMS


def test_importing_the_package_loads_no_heavy_library_and_reads_no_file() -> None:
    code = (
        "import sys, builtins, io; real = io.open; opened = []\n"
        "import numpy, pandas\n"
        "builtins.open = lambda *a, **k: opened.append(a) or real(*a, **k)\n"
        "import workforce_model\n"
        "heavy = [m for m in ('matplotlib','scipy.stats','docx','openpyxl','pyarrow.parquet','gptables') "
        "if m in sys.modules]\n"
        "print(heavy, opened)"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.strip() == "[] []"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_stays_under_four_hundred_lines(room: str) -> None:
    assert len((PACKAGE / f"{room}.py").read_text(encoding="utf-8").splitlines()) <= 400
