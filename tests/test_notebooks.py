"""Every notebook is stored without outputs, reads well, and runs from top to bottom."""

from __future__ import annotations

import itertools
import os
import re
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

GIVEN = {
    "£375k", "£375,000", "£50k", "£250,000", "£100,000",  # what Cabinet approved, and amounts a cell asks about
    "£125k",  # £500k, one reading of the report, less the £375k approved
    "£5m", "£1m", "£500", "2%", "3.5%",  # inputs stated in the cell below
}  # fmt: skip
"""Money and percentages that prose may state, because they are given; what a run finds comes from a cell."""
NOTEBOOKS = sorted(Path("notebooks").glob("*.ipynb"))
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


@each
def test_a_notebook_is_stored_without_outputs_with_prose_above_short_cells(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells

    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    for before, cell in itertools.pairwise(cells):
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None
            assert before.cell_type == "markdown"
            assert len([line for line in cell.source.splitlines() if line.strip()]) <= 10


def test_the_notebooks_are_a_course_in_order() -> None:
    numbers = [path.stem[:3] for path in NOTEBOOKS]

    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"\d\d_", number) for number in numbers)
    assert numbers[0] == "00_"


@each
def test_a_notebook_asks_a_question_and_its_prose_states_no_figure_of_a_run(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells

    assert cells[0].source.splitlines()[0].endswith("?")
    prose = " ".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert set(re.findall(r"£\d(?:[\d,.]*\d)?[km]?|\d(?:[\d,.]*\d)?%|[\d.]+ points", prose)) - {"£000"} <= GIVEN


@each
def test_a_notebook_that_draws_says_that_pictures_stand_in_the_page(path: Path) -> None:
    code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]

    if any(".figure" in source for source in code):
        assert code[0].startswith("%matplotlib inline\n")


@pytest.mark.slow
@each
def test_a_notebook_runs_from_top_to_bottom(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)

    with tempfile.TemporaryDirectory() as sockets:  # files: kernels that start at once never choose the same port
        apart = Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/k"} if os.name == "posix" else {})
        NotebookClient(notebook, kernel_name="python3", timeout=1_800, startup_timeout=600, config=apart).execute()

    assert any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")
