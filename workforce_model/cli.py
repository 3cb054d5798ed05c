"""The command line: a thin front over the public functions; it computes nothing.

Exit codes: 0 done, 2 bad input, 3 a check failed, 4 machine or environment, 130 interrupted, 1 a bug.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import click
from tqdm.auto import tqdm

from workforce_model import __version__
from workforce_model.actions import load_plan
from workforce_model.comparison import compare as compare_scenarios
from workforce_model.comparison_folder import write_comparison
from workforce_model.files import load_scenario, read_alone, read_inputs
from workforce_model.model import RUNS, SEED, Results
from workforce_model.model import run as run_scenario
from workforce_model.problems import ScenarioError
from workforce_model.review_folder import write_review
from workforce_model.run_folder import ChecksFailed, write_run
from workforce_model.six_month_review import FEW, NOTHING, PLAN
from workforce_model.six_month_review import review as review_scenario
from workforce_model.summary import summary_text

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
@click.option("--processes", type=click.IntRange(1), help="Processes to use; the figures do not depend on it.")
def run(
    scenarios: tuple[str, ...],
    runs: int,
    seed: int,
    out: str | None,
    overwrite: bool,
    no_doubt: bool,
    processes: int | None,
) -> None:
    """Simulate, price and fund scenarios; print the answer and write it to a folder.

    The first scenario is the baseline the others are shown beside.
    """
    loaded = [load_scenario(path) for path in scenarios]
    inputs = [file for path in scenarios for file in read_inputs(path)]
    _refuse_same_names([scenario.name for scenario in loaded])
    wanted = processes or (min(2, os.cpu_count() or 1) if runs >= _WORTH_PROCESSES else 1)
    results: list[Results] = []
    with _pool(wanted) as executor, _progress(runs * len(loaded)) as bar:
        block = -(-runs // wanted) if wanted > 1 and runs < 1_024 * wanted else 1_024
        for scenario in loaded:
            results.append(
                run_scenario(
                    scenario, runs, seed, doubt=not no_doubt, executor=executor, block=block, progress=bar.update
                )
            )
    _say(summary_text(results))
    folder = write_run(results, out, overwrite=overwrite, inputs=inputs)
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
    "--actuals",
    type=click.Path(),
    help="What happened, as the template gives it; without it the review stands before any actuals.",
)
@click.option(
    "--baseline", type=click.Path(), default=str(NOTHING), help="Doing nothing; by default the scenario shipped."
)
@click.option("--plan", type=click.Path(), default=str(PLAN), help="The improvement plan; by default the one shipped.")
@click.option(
    "--runs", default=RUNS, show_default=True, help="Futures to play of the plan, of doing nothing and of the forecast."
)
@click.option("--few", default=FEW, show_default=True, help="Futures of each play that a question makes for itself.")
@click.option("--seed", default=SEED, show_default=True, help="Root seed; the same seed is the same luck.")
@click.option("--out", type=click.Path(), help="Folder to write; by default a new one under results/.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier review in that folder.")
@click.option("--processes", type=click.IntRange(1), help="Processes to use; the figures do not depend on it.")
def review(scenario: str, actuals: str | None, baseline: str, plan: str, runs: int, few: int, seed: int, out: str | None, overwrite: bool,
           processes: int | None) -> None:  # fmt: skip
    """Answer the twenty questions of a six-month review, and write them to a folder."""
    approved, nothing, stated = load_scenario(scenario), load_scenario(baseline), load_plan(plan)
    wanted = processes or (min(2, os.cpu_count() or 1) if runs >= _WORTH_PROCESSES else 1)
    with _pool(wanted) as executor, tqdm(total=20, unit=" answers", disable=None, leave=False) as bar:
        found = review_scenario(
            approved,
            actuals,
            runs,
            seed,
            baseline=nothing,
            actions=stated,
            few=few,
            executor=executor,
            progress=lambda _: bar.update(),
        )
    _say(found.text())
    inputs = tuple(file for path in (scenario, baseline) for file in read_inputs(path))
    _say(f"Written to {write_review(found, out, overwrite=overwrite, inputs=inputs)}")


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


def _refuse_same_names(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"scenarios are told apart by name; stated twice: {', '.join(twice)}")


def _pool(processes: int) -> AbstractContextManager[Executor | None]:
    return ProcessPoolExecutor(processes) if processes > 1 else nullcontext()


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
    click.echo(text, err=err)


def main() -> None:
    """The program: run a command and turn what went wrong into one message and an exit code."""
    try:
        commands.main(standalone_mode=False)
    except click.exceptions.Abort:
        _stop("interrupted: nothing was written", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        _stop("interrupted: nothing was written", INTERRUPTED)
    except ChecksFailed as error:
        _stop(str(error), CHECK_FAILED)
    except FileExistsError as error:
        _stop(str(error), BAD_INPUT)
    except ValueError as error:
        _stop(str(error), BAD_INPUT)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (OSError, MemoryError) as error:
        _stop(f"the machine refused: {error}", ENVIRONMENT)


def _stop(message: str, code: int) -> None:
    _say(message, err=True)
    sys.exit(code)
