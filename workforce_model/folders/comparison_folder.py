"""Write a comparison to a folder, all or nothing: the screen, the differences, the inputs and the charts."""

from __future__ import annotations

import os
from pathlib import Path

from workforce_model.basis.atomic_files import new_folder
from workforce_model.decisions.comparison import Comparison
from workforce_model.folders.run_folder import ChecksFailed, write_csv


def write_comparison(found: Comparison, out: str | os.PathLike[str]) -> Path:
    """Write a comparison as text, tables and charts to a new folder.

    Raises
    ------
    ChecksFailed
        If a check failed in any scenario; nothing is written.
    FileExistsError
        If the folder is there already.
    """
    from workforce_model.charts import figure_of, save
    from workforce_model.charts.decisions import differences

    if found.failed:
        raise ChecksFailed(f"no comparison is written: these checks failed: {', '.join(found.failed)}")
    with new_folder(out) as draft:
        (draft / "comparison.txt").write_text(found.text() + "\n", encoding="utf-8")
        write_csv(found.differences(), draft / "differences.csv")
        write_csv(found.inputs(), draft / "inputs.csv")
        for number, outcome in enumerate(found.outcomes, 1):
            where = outcome.team or outcome.budget or "council"
            save(figure_of(differences(found, outcome)), draft / f"{number:02d}_{outcome.measure}_{where}")
    return Path(out)
