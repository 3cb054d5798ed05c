"""A run as a Cabinet paper: the Word document, the workbook, the charts, the register, and where each figure is.

>>> import tempfile, workforce_model as wm
>>> result = wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4)
>>> with tempfile.TemporaryDirectory() as place:
...     sorted(path.name for path in wm.paper.write(result, place + "/cabinet").iterdir())
['assumption_register.csv', 'cabinet_paper.docx', 'charts', 'figures.csv', 'run', 'workbook.xlsx']
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from workforce_model.basis.problems import path_given
from workforce_model.engine.results import Results
from workforce_model.folders.run_folder import write_csv, write_run
from workforce_model.folders.whole_folder import ChecksFailed, Kind, folder_of, written_whole
from workforce_model.paper.contents import cabinet_paper, places, proposal_of
from workforce_model.paper.proposal import Proposal
from workforce_model.paper.published import read_run
from workforce_model.paper.quoting import Quotes, quoted_table

PAPER, WORKBOOK, FIGURES, REGISTER = "cabinet_paper.docx", "workbook.xlsx", "figures.csv", "assumption_register.csv"
KIND = Kind("paper", PAPER)


def write(
    run: Results | Sequence[Results] | str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    proposal: str | None = None,
    plan: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    force: bool = False,
) -> Path:
    """Write a run as a Cabinet paper to a new folder.

    Parameters
    ----------
    run : Results, list of Results, or path
        Of several scenarios the first is the baseline. Results are written to a run folder, ``run``, within
        ``out`` first; a path is a run folder there already. Either way the paper is made from its files.
    out : path
        The folder to make.
    proposal : str, optional
        The name of the scenario proposed; by default the first option with posts of its own, or the last.
    plan : path, optional
        The improvement plan to play with Results given; a run folder there already has its own or none.
    overwrite : bool
        Replace an earlier paper there, the whole of it at once.
    force : bool
        Write in spite of a failed check: every page and sheet then says CHECKS FAILED.

    Returns
    -------
    Path
        The folder: the Word paper, the workbook, ``charts``, the assumption register, and ``figures.csv``, which
        names the file and line of every figure the paper prints.

    Raises
    ------
    ChecksFailed
        If a check failed and ``force`` is not given; nothing is written.
    FileExistsError
        If the folder is there with something in it, and ``overwrite`` is not given or what is there is not a paper.
    ValueError
        If the run folder is not finished, a file in it has changed since the run, or ``out`` lies inside it.
    """
    target = Path(path_given(out, "a folder"))
    if isinstance(run, str | os.PathLike) and plan is not None:
        raise ValueError(f"plan = {os.fsdecode(plan)!r}: a run folder is not played again; write {run} with its plan")
    if isinstance(run, str | os.PathLike) and Path(run).resolve() in target.resolve().parents:
        raise ValueError(
            f"{target} lies inside the run folder {run}, which stays as the run wrote it; name another place"
        )
    with folder_of(KIND, target, overwrite=overwrite) as claim:
        return written_whole(claim, partial(_write_all, run, proposal, plan, force), overwrite=overwrite, kind=KIND)


def _write_all(
    given: Results | Sequence[Results] | str | os.PathLike[str], name: str | None,
    plan: str | os.PathLike[str] | None, force: bool, folder: Path,
) -> None:  # fmt: skip
    """The run folder first where results are given; the Word paper last, as the mark that the folder is complete."""
    from workforce_model.paper.word import write_word
    from workforce_model.paper.workbook import write_workbook

    run = read_run(
        given if isinstance(given, str | os.PathLike) else write_run(given, folder / "run", plan=plan, force=force)
    )
    if run.failed and not force:
        raise ChecksFailed(f"no paper is written: these checks failed: {', '.join(run.failed)}")
    scenario = proposal_of(run, name)
    proposal = Proposal(run, scenario, Quotes(run))
    blocks = cabinet_paper(proposal)
    figures = quoted_table(proposal.quote.quoted, places(blocks))
    write_workbook(run, folder / WORKBOOK, figures)
    write_csv(figures, folder / FIGURES)
    shutil.copyfile(run.folder / "assumptions.csv", folder / REGISTER)
    (folder / "charts").mkdir()
    for chart in run.charts:
        for ending in ("png", "svg", "txt"):
            shutil.copyfile(run.folder / f"{chart}.{ending}", folder / "charts" / f"{chart}.{ending}")
    write_word(blocks, run, scenario, folder / PAPER)


__all__ = ["write"]
