"""What more than one test file reads: a Cabinet paper with its workbook and its run, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

import workforce_model as wm
from workforce_model.results import Results


@pytest.fixture(scope="session")
def options_run() -> list[Results]:
    """Do nothing, the nine posts, and agency workers instead, over two years with the same luck."""
    loaded = [wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved", "agency_continues")]
    return [wm.run(scenario.replace({"periods.end": "2021-03"}), 12) for scenario in loaded]


@pytest.fixture(scope="session")
def cabinet(options_run: list[Results], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the paper: Word document, workbook, charts, register, and the run within."""
    return wm.paper.write(options_run, tmp_path_factory.mktemp("paper") / "cabinet")
