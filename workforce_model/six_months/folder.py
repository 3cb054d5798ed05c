"""Write a review to a folder, all or nothing: the answers, a table and a chart each, the text, and the record last."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from workforce_model.decisions.answers import Answer
from workforce_model.engine.run_record import write_record
from workforce_model.folders.claims import Claim
from workforce_model.folders.run_folder import write_csv
from workforce_model.folders.whole_folder import refuse_failed, run_folder, written_whole
from workforce_model.inputs.scenario import InputFile
from workforce_model.six_months.review import Review


def write_review(
    found: Review,
    out: str | os.PathLike[str] | Claim | None = None,
    *,
    overwrite: bool = False,
    inputs: Iterable[InputFile] = (),
) -> Path:
    """Write a review to a folder.

    Parameters
    ----------
    out : path or Claim, optional
        The folder, or the claim on it; by default a new one, ``results/review-<scenario>-<time>``.
    overwrite : bool
        Replace a folder that holds an earlier run or review, the whole of it at once.
    inputs : iterable of InputFile
        The files read, for the record.

    Returns
    -------
    Path
        The folder, complete: ``review.txt`` (one screen), ``review.md``, ``answers.csv``, a CSV for each answer's table,
        with actuals what they taught (``updates``, ``surprises``, ``power``, ``causes``), charts as PNG and SVG with a text alternative, ``run.json``.

    Raises
    ------
    ChecksFailed
        If a check failed in any of the runs; nothing is written.
    FileExistsError, OSError
        As :func:`workforce_model.folders.run_folder.write_run`.
    """
    runs = found.runs
    refuse_failed([runs.nothing, runs.plan, runs.forecast])
    if not isinstance(out, Claim):
        with run_folder(out, f"review-{runs.forecast.scenario.name}", overwrite=overwrite) as claim:
            return write_review(found, claim, overwrite=overwrite, inputs=inputs)
    return written_whole(out, partial(_write, found, list(inputs)), overwrite=overwrite)


def _write(found: Review, inputs: list[InputFile], folder: Path) -> None:
    from workforce_model.charts import figure_of, save

    runs = found.runs
    (folder / "review.txt").write_text(found.text() + "\n", encoding="utf-8")
    (folder / "review.md").write_text(found.markdown() + "\n", encoding="utf-8")
    write_csv(found.table(), folder / "answers.csv")
    for name, table in found.evidence.items():
        write_csv(table, folder / f"{name}.csv")
    for answer in found.answers:
        write_csv(answer.table, folder / f"{stem(answer)}.csv")
        if answer.chart is not None:
            save(figure_of(answer.chart()), folder / stem(answer))
    together = list({id(r): r for r in (runs.nothing, runs.plan, runs.forecast)}.values())
    checks = [(r.scenario.name, check) for r in together for check in r.checks]
    about = {
        "actuals": runs.mark,
        "month": str(runs.now),
        "illustrative": runs.illustrative,
        "runs_of_own_plays": found.few,
    }
    write_record(together, folder, inputs, checks, review=about)


def stem(answer: Answer) -> str:
    """The name of an answer's files: its number and the first words of its question.

    Examples
    --------
    >>> from workforce_model.decisions.answers import not_defined
    >>> stem(not_defined(2, "no approval"))
    '02_full_year_cost_is_the'
    """
    words = re.findall(r"[a-z0-9]+", answer.question.lower())
    return f"{answer.number:02d}_{'_'.join(words[:5])}"
