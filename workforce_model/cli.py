"""The command line: a thin front over the public functions; it computes nothing.

Exit codes: 0 done, 2 bad input, 3 a check failed, 4 machine or environment, 130 interrupted, 1 a bug.
"""

from __future__ import annotations

import os
import sys
import warnings
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import click
from tqdm.auto import tqdm

from workforce_model import __version__
from workforce_model.basis.atomic_files import refuse_taken
from workforce_model.basis.problems import ScenarioError, path_given
from workforce_model.councils.census_report import census as council_census
from workforce_model.decisions.comparison import compare as compare_scenarios
from workforce_model.engine.model import RUNS, SEED, Interrupted, Results
from workforce_model.engine.model import run as run_scenario
from workforce_model.engine.run_record import input_file
from workforce_model.engine.workers import WorkerDied, worker_pool
from workforce_model.folders.comparison_folder import write_comparison
from workforce_model.folders.council_folder import write_census
from workforce_model.folders.run_folder import ChecksFailed, run_folder, write_run
from workforce_model.folders.verification import verify as verify_folder
from workforce_model.inputs.actions import load_plan
from workforce_model.inputs.files import load_scenario, read_alone, read_inputs
from workforce_model.monitoring.actuals_file import OTHER_MOVEMENT, load_actuals
from workforce_model.monitoring.actuals_template import write_template
from workforce_model.reading.summary import summary_text
from workforce_model.six_months.folder import write_review
from workforce_model.six_months.review import FEW, NOTHING, PLAN
from workforce_model.six_months.review import review as review_scenario

BAD_INPUT, CHECK_FAILED, ENVIRONMENT, INTERRUPTED = 2, 3, 4, 130
_WORTH_PROCESSES = 500


@click.group()
@click.version_option(__version__, prog_name="workforce-model")
def commands() -> None:
    """People, cases and pounds in one honest model, for council finance analysts."""


@commands.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO.toml...")
@click.option("--runs", default=RUNS, show_default=True, help="Futures to play for each scenario.")
@click.option("--seed", default=SEED, show_default=True, help="Root seed; the same seed is the same luck.")
@click.option("--out", type=click.Path(), help="Folder to write; by default a new one under results/.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier run in that folder.")
@click.option("--no-doubt", is_flag=True, help="Leave each assumption at its value: ranges then hold luck only.")
@click.option(
    "--plan", type=click.Path(), help="An improvement plan whose actions are played too; about one scenario more."
)
@click.option("--processes", type=click.IntRange(1, 256), help="Processes to use; the figures do not depend on it.")
@click.option(
    "--checkpoint", type=click.Path(), help="Folder that keeps finished blocks: the same command goes on from there."
)
def run(
    scenarios: tuple[str, ...],
    runs: int,
    seed: int,
    out: str | None,
    overwrite: bool,
    no_doubt: bool,
    plan: str | None,
    processes: int | None,
    checkpoint: str | None,
) -> None:
    """Simulate, price and fund scenarios; print the answer and write it to a folder.

    The first scenario is the baseline the others are shown beside.
    """
    loaded = [load_scenario(path) for path in scenarios]
    inputs = [file for path in scenarios for file in read_inputs(path)]
    stated = None if plan is None else load_plan(plan)
    inputs += [] if plan is None else [input_file(plan)]
    _refuse_same_names([scenario.name for scenario in loaded])
    if out is not None and checkpoint is not None and os.path.realpath(out) == os.path.realpath(checkpoint):
        raise ValueError(f"--out and --checkpoint are both {out}: expected a folder for each")
    wanted = processes or (min(2, os.cpu_count() or 1) if runs >= _WORTH_PROCESSES else 1)
    with run_folder(out, loaded[-1].name, overwrite=overwrite) as claim:
        results: list[Results] = []
        with _pool(wanted) as executor, _progress(runs * len(loaded)) as bar:
            block = -(-runs // wanted) if wanted > 1 and runs < 1_024 * wanted else 1_024
            for scenario in loaded:
                results.append(
                    run_scenario(
                        scenario, runs, seed, doubt=not no_doubt, executor=executor, block=block, progress=bar.update,
                        checkpoint=checkpoint,
                    )
                )  # fmt: skip
        _say(summary_text(results))
        folder = write_run(results, claim, overwrite=overwrite, inputs=inputs, plan=stated)
    _say(f"Written to {folder}")


@commands.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="BASE.toml OPTION.toml...")
@click.option("--runs", default=RUNS, show_default=True, help="Paired futures to play.")
@click.option("--seed", default=SEED, show_default=True, help="Root seed; the same seed is the same luck.")
@click.option("--out", type=click.Path(), help="New folder for the tables and charts; by default only the screen.")
@click.option("--no-doubt", is_flag=True, help="Leave each assumption at its value: ranges then hold luck only.")
@click.option("--processes", type=click.IntRange(1), help="Processes to use; the figures do not depend on it.")
def compare(
    scenarios: tuple[str, ...], runs: int, seed: int, out: str | None, no_doubt: bool, processes: int | None
) -> None:
    """Compare scenarios with the first, run by run with the same luck: what differs, by how much, and how surely."""
    loaded = [load_scenario(path) for path in scenarios]
    if out is not None:
        refuse_taken(path_given(out, "a folder"))  # before the runs are played
    wanted = processes or (min(2, os.cpu_count() or 1) if runs * len(loaded) >= _WORTH_PROCESSES else 1)
    with _pool(wanted) as executor, _progress(runs * len(loaded)) as bar:
        found = compare_scenarios(loaded, None, runs, seed, doubt=not no_doubt, executor=executor, progress=bar.update)
    _say(found.text())
    if out is not None:
        _say(f"Written to {write_comparison(found, out)}")
    if found.failed:
        sys.exit(CHECK_FAILED)


@commands.command()
@click.argument("scenario", metavar="APPROVED.toml")
@click.option(
    "--actuals", type=click.Path(), help="What happened, as the template asks; without it, as the plan stands."
)
@click.option("--cut-off", help="The last month of actuals to read, such as 2019-09; by default the file's last.")
@click.option(
    "--leave-out-later", is_flag=True, help="Set months after the cut-off aside unread; otherwise they are refused."
)
@click.option(
    "--mark",
    "marks",
    multiple=True,
    help="A mark declared to stand for a figure not available, such as c. Repeat for more.",
)
@click.option(
    "--other-movement",
    default=OTHER_MOVEMENT,
    show_default=True,
    help="Most stock change that flows may leave unexplained, as a share of the opening stock.",
)
@click.option(
    "--not-fitted",
    multiple=True,
    help="A figure known to be bad, as assessment.cases_arrived.2019-06: shown, not learnt from. Repeat for more.",
)
@click.option("--baseline", type=click.Path(), default=str(NOTHING), help="Doing nothing; by default the shipped one.")
@click.option("--plan", type=click.Path(), default=str(PLAN), help="The improvement plan; by default the shipped one.")
@click.option("--runs", default=RUNS, show_default=True, help="Futures of the plan, of doing nothing, of the forecast.")
@click.option("--few", default=FEW, show_default=True, help="Futures of each play a question makes for itself.")
@click.option("--seed", default=SEED, show_default=True, help="Root seed; the same seed is the same luck.")
@click.option("--out", type=click.Path(), help="Folder to write; by default a new one under results/.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier review in that folder.")
@click.option("--processes", type=click.IntRange(1, 256), help="Processes to use; the figures do not depend on it.")
def review(
    scenario: str,
    actuals: str | None,
    cut_off: str | None,
    leave_out_later: bool,
    marks: tuple[str, ...],
    other_movement: float,
    not_fitted: tuple[str, ...],
    baseline: str,
    plan: str,
    runs: int,
    few: int,
    seed: int,
    out: str | None,
    overwrite: bool,
    processes: int | None,
) -> None:
    """Answer the twenty questions of a six-month review, and write them to a folder."""
    approved, nothing, stated = load_scenario(scenario), load_scenario(baseline), load_plan(plan)
    inputs = [file for path in (scenario, baseline) for file in read_inputs(path)]
    inputs += [input_file(path) for path in (plan, actuals) if path is not None]
    happened = None if actuals is None else load_actuals(
        actuals, approved, cut_off=cut_off, later_months="leave out" if leave_out_later else "refuse", marks=marks,
        other_movement=other_movement, not_fitted=not_fitted,
    )  # fmt: skip
    wanted = processes or (min(2, os.cpu_count() or 1) if runs >= _WORTH_PROCESSES else 1)
    with run_folder(out, f"review-{approved.name}", overwrite=overwrite) as claim:
        with _pool(wanted) as executor, tqdm(total=20, unit=" answers", disable=None, leave=False) as bar:
            found = review_scenario(
                approved, happened, runs, seed, baseline=nothing, actions=stated, few=few, executor=executor,
                progress=lambda _: bar.update(),
            )  # fmt: skip
        _say(found.text())
        _say(f"Written to {write_review(found, claim, overwrite=overwrite, inputs=inputs)}")


@commands.command()
@click.argument("run_folder", type=click.Path(), metavar="RUN_FOLDER")
@click.option("--out", type=click.Path(), required=True, help="Folder to make for the paper and the workbook.")
@click.option("--proposal", help="Scenario proposed; by default the first option with posts of its own, or the last.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier paper in that folder.")
@click.option("--force", is_flag=True, help="Write in spite of a failed check; every page says CHECKS FAILED.")
def paper(run_folder: str, out: str, proposal: str | None, overwrite: bool, force: bool) -> None:
    """Make the Cabinet paper and the workbook of a run from its folder; nothing is simulated again."""
    from workforce_model.paper import write

    _say(f"Written to {write(run_folder, out, proposal=proposal, overwrite=overwrite, force=force)}")


@commands.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO.toml...")
def check(scenarios: tuple[str, ...]) -> None:
    """Check scenario files; list what is still to be obtained and what rests on later evidence."""
    faults = 0
    for path in scenarios:
        try:
            if read_alone(path)[0].get("kind") == "plan":
                _say(f"{path}: sound. An improvement plan of {len(load_plan(path).actions)} actions.")
                continue
            scenario = load_scenario(path)
        except ScenarioError as error:
            _say(str(error), err=True)
            faults += 1
            continue
        _say(f"{path}: sound. {len(scenario.assumptions())} assumptions, seen from {scenario.seen_from}.")
        for heading, found in (
            ("To obtain from the council", scenario.to_obtain()),
            ("Later evidence used", scenario.later_evidence()),
        ):
            if found:
                _say(f"  {heading} ({len(found)}):")
            for place, stated in found.items():
                reason = (
                    f" because {stated.later_evidence}" if stated.later_evidence and heading.startswith("Later") else ""
                )
                spread = (
                    f" [{stated.low:g} to {stated.high:g}]"
                    if stated.low is not None and stated.high is not None
                    else ""
                )
                _say(f"    {place}: {stated.value:g}{spread} {stated.unit}{reason}")
    if faults:
        sys.exit(BAD_INPUT)


@commands.command()
@click.option(
    "--scenario",
    default="scenarios/approved.toml",
    show_default=True,
    help="Whose teams, posts and months it asks for.",
)
@click.option("--out", required=True, type=click.Path(), help="Folder to write the form to.")
@click.option("--first", help="First month that happened, 2019-04; by default the first reported.")
@click.option("--last", help="Last month that happened, 2019-09; by default six months.")
def template(scenario: str, out: str, first: str | None, last: str | None) -> None:
    """Write the form for monthly actuals, CSV and XLSX, headed by a scenario's teams and months."""
    for path in write_template(out, load_scenario(scenario), first=first, last=last):
        _say(f"Written to {path}")


@commands.command()
@click.argument("file", metavar="FILE.csv")
@click.option("--council", required=True, help="A council's name, or its three-digit code.")
@click.option("--year", type=int, help="The last year looked at; by default the file's last.")
@click.option(
    "--demand",
    type=click.Path(),
    help="The Department's demand file: need beside staff, and the pace of closing cases.",
)
@click.option("--release", default="", help="The release the file is from: its vintage, shown with every figure.")
@click.option("--out", type=click.Path(), help="New folder for tables, chart and a starting scenario.")
def census(file: str, council: str, year: int | None, demand: str | None, release: str, out: str | None) -> None:
    """Show a council in the Department's workforce census: years, peers, next year, and how such forecasts have done."""
    found = council_census(file, council, year, release, demand)
    _say(found.text())
    if out is not None:
        _say(f"Written to {write_census(found, out)}")


@commands.command()
@click.argument("folder", metavar="RUN_FOLDER", type=click.Path())
@click.option("--files-only", is_flag=True, help="Check the files alone; do not play the run again.")
@click.option("--processes", type=click.IntRange(1, 256), help="Processes to use; the figures do not depend on it.")
def verify(folder: str, files_only: bool, processes: int | None) -> None:
    """Check a run folder against its record, and play its run again: the same build gives the same bits."""
    with _pool(processes or 1) as executor:
        found = verify_folder(folder, play_again=not files_only, executor=executor)
    _say(found.text())
    if not found.agrees:
        sys.exit(CHECK_FAILED)


def _refuse_same_names(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"scenarios are told apart by name; stated twice: {', '.join(twice)}")


def _pool(processes: int) -> AbstractContextManager[Executor | None]:
    return worker_pool(processes) if processes > 1 else nullcontext()


def _progress(total: int) -> tqdm[Any]:
    return tqdm(total=total, unit=" runs", disable=None, leave=False)


def _say(text: str, *, err: bool = False) -> None:
    """Print, spelling out what the terminal cannot show."""
    stream = sys.stderr if err else sys.stdout
    encoding = stream.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.replace("£000", "GBP 000").replace("£", "GBP ").encode(encoding, "replace").decode(encoding)
    try:
        click.echo(text, err=err)
    except BrokenPipeError:  # whoever read the screen has gone; the work goes on
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def main() -> None:
    """The program: run a command and turn what went wrong into one message and an exit code."""
    warnings.showwarning = _warned  # type: ignore[assignment]  # takes what is shown and no more
    try:
        commands.main(standalone_mode=False)
    except click.exceptions.Abort as error:
        _stop(_interrupted(error.__cause__), INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt as error:
        _stop(_interrupted(error), INTERRUPTED)
    except ChecksFailed as error:
        _stop(str(error), CHECK_FAILED)
    except FileExistsError as error:
        _stop(str(error), BAD_INPUT)
    except ValueError as error:
        _stop(str(error), BAD_INPUT)
    except (OSError, MemoryError, WorkerDied) as error:
        _stop(f"the machine refused: {error}", ENVIRONMENT)


def _interrupted(error: BaseException | None) -> str:
    if not isinstance(error, Interrupted):
        return "interrupted: nothing was written"
    if error.checkpoint is None:
        return "interrupted: nothing was written; --checkpoint FOLDER keeps the blocks that are finished"
    return f"interrupted: {error}, in {error.checkpoint}; the same command goes on from there"


def _warned(message: Warning | str, *_: object) -> None:
    _say(f"note: {message}", err=True)


def _stop(message: str, code: int) -> None:
    _say(message, err=True)
    sys.exit(code)
