"""Every notebook is stored without outputs, reads well, and runs from top to bottom."""

from __future__ import annotations

import itertools
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

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


@pytest.mark.slow
@each
def test_a_notebook_runs_from_top_to_bottom(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)

    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()

    assert any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")
