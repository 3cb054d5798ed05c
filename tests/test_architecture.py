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
ROOMS = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "__init__.py"
}

CALCULATING = {"people", "cases", "duties", "money"}
STATED = {"basis", *CALCULATING, "inputs"}
PLAYED = STATED | {"engine", "reading"}
FLOORS = {
    "basis": set(),
    "people": {"basis"},
    "cases": {"basis", "people"},
    "duties": {"basis"},
    "money": {"basis"},
    "inputs": {"basis", *CALCULATING},
    "engine": STATED,
    "reading": STATED | {"engine"},
    "accounts": PLAYED,
    "decisions": PLAYED | {"accounts"},
    "improvement": PLAYED | {"decisions"},
    "councils": {"basis", "inputs"},
    "monitoring": PLAYED | {"decisions"},
    "folders": PLAYED | {"accounts", "decisions", "improvement", "councils"},
    "six_months": PLAYED | {"accounts", "decisions", "improvement", "monitoring", "folders"},
    "charts": PLAYED | {"accounts", "decisions", "improvement", "councils", "monitoring", "six_months"},
    "paper": PLAYED | {"accounts", "decisions", "improvement", "folders"},
    "cli": PLAYED
    | {"accounts", "decisions", "improvement", "councils", "monitoring", "folders", "six_months", "paper"},
}
"""What each folder may import as it is loaded. What a run can be asked for later (its tables, its charts) is
imported inside the function that makes it."""
NEIGHBOURS = {
    "basis.assumption_words": {"formats"},
    "basis.draws": {"distributions"},
    "basis.periods": {"assumptions"},
    "people.posts": {"establishment"},
    "people.workforce": {"posts"},
    "people.absence": {"posts", "workforce"},
    "people.conversion": {"posts", "workforce"},
    "people.filling": {"posts", "workforce"},
    "people.staff_rates": {"establishment", "posts", "workforce", "absence", "conversion", "filling"},
    "cases.casework": {"arrivals"},
    "cases.case_rates": {"arrivals", "casework"},
    "cases.caseloads": {"case_rates", "allocation"},
    "duties.duties": {"working_days"},
    "duties.rota": {"queues", "working_days"},
    "duties.work_done": {"demand", "duties", "passports", "queues", "rota", "working_days"},
    "money.post_schedule": {"pay", "increments", "part_year"},
    "money.costs": {"pay", "increments", "post_schedule", "agency", "recruitment"},
    "money.monthly_bill": {"costs", "pay", "increments", "agency"},
    "money.funding": {"funding_lines", "table_rows"},
    "money.reserve": {"funding", "funding_lines"},
    "money.medium_term_plan": {"funding"},
}
"""The rooms beside it that a calculating room may import; one not named imports none."""


@cache
def imported(room: str, *, at_top: bool = False) -> set[str]:
    """The rooms, by folder and name, and the libraries a room imports."""
    tree = ast.parse(ROOMS[room].read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body if at_top else ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            library, _, inside = node.module.partition(".")
            if library != PACKAGE.name:
                found.add(library)
                continue
            names = {f"{inside}.{alias.name}".removeprefix(".") for alias in node.names}
            found |= {name if name in ROOMS else inside for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found


def folders(rooms: set[str]) -> set[str]:
    return {room.partition(".")[0] for room in rooms & ROOMS.keys()}


def test_every_folder_has_a_floor_and_the_readme_names_every_room() -> None:
    _, _, table = Path("README.md").read_text(encoding="utf-8").partition("| folder | its rooms |")
    rows = [line for line in table.partition("\n\n")[0].splitlines() if line.startswith("| `")]
    named = {row.split("`")[1]: row for row in rows}

    assert folders(set(ROOMS)) == set(FLOORS) == set(named)
    for room in ROOMS:
        folder, _, name = room.partition(".")
        assert folder == "charts" or not name or f"`{name}`" in named[folder], room


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_lies_inward(room: str) -> None:
    (folder,) = folders({room})

    assert folders(imported(room, at_top=True)) <= FLOORS[folder] | {folder}


def test_the_floors_rest_on_one_another_without_a_circle() -> None:
    inwards_first = list(TopologicalSorter(FLOORS).static_order())

    assert inwards_first[0] == "basis"
    assert inwards_first[-1] in ("charts", "cli")


@pytest.mark.parametrize("room", [room for room in ROOMS if folders({room}) & {"basis", *CALCULATING}])
def test_a_calculating_room_imports_only_the_neighbours_it_needs(room: str) -> None:
    (folder,) = folders({room})
    beside = {other.partition(".")[2] for other in imported(room) & ROOMS.keys() if folders({other}) == {folder}}

    assert folders(imported(room)) <= FLOORS[folder] | {folder}
    assert beside <= NEIGHBOURS.get(room, set())


def test_no_room_imports_the_command_line_and_only_charts_imports_matplotlib() -> None:
    assert not [room for room in ROOMS if "cli" in imported(room)]
    drawing = [room for room in ROOMS if "matplotlib" in imported(room, at_top=True)]
    assert folders(set(drawing)) == {"charts"}


def test_only_the_workbook_and_the_word_paper_import_the_libraries_of_office_files() -> None:
    assert [room for room in ROOMS if "docx" in imported(room)] == ["paper.word"]
    assert [room for room in ROOMS if "gptables" in imported(room)] == ["paper.workbook"]


def test_a_paper_is_made_from_the_files_of_a_run_and_never_from_its_simulation() -> None:
    playing = {"engine.model", "engine.simulation", "engine.blocks", "decisions.playing"}

    for room in ROOMS:
        assert room == "paper" or folders({room}) != {"paper"} or not imported(room) & playing, room


def test_no_two_rooms_import_each_other_at_the_top() -> None:
    rooms = {room: imported(room, at_top=True) & ROOMS.keys() for room in ROOMS}

    inwards_first = list(TopologicalSorter(rooms).static_order())  # refuses a circle, naming its rooms

    assert set(inwards_first) == set(ROOMS)


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
    assert len(ROOMS[room].read_text(encoding="utf-8").splitlines()) <= 400
