"""One council's census in a folder: text, tables, chart and a starting scenario, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from workforce_model.basis.atomic_files import new_folder
from workforce_model.basis.problems import ScenarioError
from workforce_model.councils.census_report import CouncilCensus
from workforce_model.councils.council_start import write_council_scenario
from workforce_model.councils.returns import Returns
from workforce_model.folders.run_folder import write_csv

_TABLES = ("history", "needs", "beside", "residuals", "doubtful", "next_year", "reproduced")


def write_census(found: CouncilCensus, out: str | os.PathLike[str]) -> Path:
    """Write a council's census to a new folder, whole or not at all: text, tables, chart and a starting scenario.

    A row from which no scenario can start leaves ``start_refused.txt``, which says why, in place of ``start.toml``.

    Raises
    ------
    FileExistsError
        If the folder is there already.
    """
    from workforce_model.charts import figure_of, rates_beside_peers, save

    tables = {name: getattr(found, name) for name in _TABLES}
    if found.back_tested is not None:
        tables |= {"back_test": found.back_tested.table, "back_test_councils": found.back_tested.councils}
        tables |= {"back_test_pit": found.back_tested.pit.reset_index()}
    with new_folder(out) as draft:
        (draft / "census.txt").write_text(found.text() + "\n", encoding="utf-8")
        for name, table in tables.items():
            write_csv(table, draft / f"{name}.csv")
        save(figure_of(rates_beside_peers(found)), draft / "rates_beside_peers")
        try:
            write_council_scenario(draft / "start.toml", found.returns, found.council, found.year, _with_row(found))
        except ScenarioError as refused:  # the row opens no scenario, and the rest of the folder still stands
            (draft / "start_refused.txt").write_text(f"{refused}\n", encoding="utf-8")
    return Path(out)


def _with_row(found: CouncilCensus) -> Returns | None:
    """The demand file, where it has the council's row of the year."""
    return found.demand if len(found.needs) and found.year in set(found.needs["year"]) else None
