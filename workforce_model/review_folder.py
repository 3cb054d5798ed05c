"""Write a review to a folder, all or nothing: the answers, a table and a chart each, the text, and the record last."""

from __future__ import annotations

import os
import re
import time
from functools import partial
from pathlib import Path

from workforce_model.answers import Answer
from workforce_model.run_folder import refuse_failed, write_csv, write_record, written_whole
from workforce_model.scenario import InputFile
from workforce_model.six_month_review import Review


def write_review(
    found: Review,
    out: str | os.PathLike[str] | None = None,
    *,
    overwrite: bool = False,
    inputs: tuple[InputFile, ...] = (),
) -> Path:
    """Write a review to a folder.

    Parameters
    ----------
    out : path, optional
        The folder; by default a new one, ``results/review-<scenario>-<time>``.
    overwrite : bool
        Replace a folder that holds an earlier run or review, the whole of it at once.
    inputs : tuple of InputFile
        The files read, for the record.

    Returns
    -------
    Path
        The folder, complete: ``review.txt`` (one screen), ``review.md``, ``answers.csv``, a CSV for each answer's table,
        charts as PNG and SVG with a text alternative, ``run.json``.

    Raises
    ------
    ChecksFailed
        If a check failed in any of the runs; nothing is written.
    FileExistsError
        If the folder is there and ``overwrite`` is not given, or what is there is not a run.
    """
    runs = found.runs
    refuse_failed([runs.nothing, runs.plan, runs.forecast])
    name = f"review-{runs.forecast.scenario.name}-{time.strftime('%Y%m%d-%H%M%S')}"
    target = Path(out) if out is not None else Path("results") / name
    return written_whole(target, partial(_write, found, inputs), overwrite=overwrite)


def _write(found: Review, inputs: tuple[InputFile, ...], folder: Path) -> None:
    from workforce_model.charts import figure_of, save
    from workforce_model.charts_review import marked

    runs = found.runs
    (folder / "review.txt").write_text(found.text() + "\n", encoding="utf-8")
    (folder / "review.md").write_text(found.markdown() + "\n", encoding="utf-8")
    write_csv(found.table(), folder / "answers.csv")
    for answer in found.answers:
        write_csv(answer.table.assign(actuals=runs.mark), folder / f"{stem(answer)}.csv")
        if answer.chart is not None:
            save(figure_of(marked(answer.chart(), runs.mark)), folder / stem(answer))
    together = list({id(r): r for r in (runs.nothing, runs.plan, runs.forecast)}.values())
    write_record(
        together,
        folder,
        list(inputs),
        review={
            "actuals": runs.mark,
            "month": str(runs.now),
            "illustrative": runs.illustrative,
            "runs_of_own_plays": found.few,
        },
    )


def stem(answer: Answer) -> str:
    """The name of an answer's files: its number and the first words of its question.

    Examples
    --------
    >>>     >>> stem(not_defined(2, "no approval"))
    '02_full_year_cost_is_the'
    """
    words = re.findall(r"[a-z0-9]+", answer.question.lower())
    return f"{answer.number:02d}_{'_'.join(words[:5])}"
