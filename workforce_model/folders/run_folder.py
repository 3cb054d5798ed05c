"""Write a run to a folder, all or nothing; ``run.json`` is written last, so its presence means complete."""

from __future__ import annotations

import csv
import dataclasses
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.accounts.agency_premium import agency_premium_table
from workforce_model.accounts.benefits import benefits, difference_check, paired
from workforce_model.accounts.statements import funding_statements_table
from workforce_model.basis.formats import NOT_DEFINED, rounded
from workforce_model.basis.problems import in_short
from workforce_model.decisions.comparison import of_results
from workforce_model.decisions.ledger_steps import ledger_bridge
from workforce_model.decisions.runs_tornado import movers_table
from workforce_model.engine.checks import Check
from workforce_model.engine.results import Results
from workforce_model.engine.run_record import read_record, write_record
from workforce_model.folders.claims import Claim
from workforce_model.folders.whole_folder import ChecksFailed, refuse_failed, run_folder, written_whole
from workforce_model.improvement.plan_at_work import plan_table
from workforce_model.inputs.actions import Plan, load_plan
from workforce_model.inputs.scenario import InputFile, as_tree
from workforce_model.money.costs import KINDS
from workforce_model.reading.envelope import about, envelope_table
from workforce_model.reading.measures import MEASURES, measured, teams_measured
from workforce_model.reading.summary import summary_table, summary_text
from workforce_model.reading.tables import (
    annual_table,
    assumptions_table,
    capacity_lost_table,
    caseload_spread_table,
    ledger_entries,
    ledger_table,
    monthly_table,
    mtfp,
    posts_filled_table,
    reported_years,
    reserve_table,
)


def write_run(
    results: Results | Sequence[Results],
    out: str | os.PathLike[str] | Claim | None = None,
    *,
    overwrite: bool = False,
    inputs: Iterable[InputFile] = (),
    plan: Plan | str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Path:
    """Write a run of one or more scenarios to a folder of tables, charts and every run's own figures.

    Parameters
    ----------
    results : Results or list of Results
        The first is the baseline of the charts and the screen.
    out : path or Claim, optional
        The folder, or the claim on it that :func:`run_folder` gave before the run; by default a new one,
        ``results/<scenario>-<time>``.
    overwrite : bool
        Replace a folder that holds an earlier run, the whole of it at once.
    inputs : iterable of InputFile
        The scenario files read, for the record.
    plan : Plan or path, optional
        An improvement plan, played with and without each of its actions in the scenario that the run is about
        (:func:`workforce_model.reading.envelope.proposed`): ``plan.csv`` and its chart. It takes about as long as one scenario.
    force : bool
        Write in spite of a failed check; whatever is then made of the folder says CHECKS FAILED.

    Returns
    -------
    Path
        The folder, complete.

    Raises
    ------
    ChecksFailed
        If a check failed; nothing is written.
    FileExistsError
        If the folder is there and ``overwrite`` is not given, what is there is not a run, or another run is
        writing it.
    ValueError
        If two scenarios have one name, or they do not share their runs, seed and doubt.
    OSError
        If the machine refuses, naming the folder and how much was written; an earlier run stands.
    """
    together = list(results) if isinstance(results, Iterable) else [results]
    _refuse_mixed(together)
    if not force:
        refuse_failed(together)
    if not isinstance(out, Claim):
        with run_folder(out, together[-1].scenario.name, overwrite=overwrite) as claim:
            return write_run(together, claim, overwrite=overwrite, inputs=inputs, plan=plan, force=force)
    stated = load_plan(plan) if isinstance(plan, str | os.PathLike) else plan
    return written_whole(
        out, lambda folder: _write_all(together, folder, list(inputs), stated, force), overwrite=overwrite
    )


def _refuse_mixed(together: list[Results]) -> None:
    """One record speaks for all: the scenarios have names of their own and share their runs, seed and doubt."""
    strange = [one for one in together if not isinstance(one, Results)]
    if strange or not together:
        given = f"{in_short(strange[0])} is of type {type(strange[0]).__name__}" if strange else "none are given"
        raise ValueError(f"results: expected what wm.run returns, one or a list; {given}")
    names = [r.scenario.name for r in together]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"scenarios are told apart by name; stated twice: {', '.join(twice)}")
    ways = sorted(
        {f"{r.runs:,} of {r.asked:,} runs, seed {r.seed}, {'with' if r.doubt else 'without'} doubt" for r in together}
    )
    if len(ways) > 1:
        raise ValueError(f"runs written together share their number, seed and doubt; these have {'; '.join(ways)}")


def _write_all(together: list[Results], folder: Path, inputs: list[InputFile], plan: Plan | None, force: bool) -> None:
    from workforce_model.charts import first_charts, save

    played = plan_table(about(together), plan) if plan else None
    if played is not None:
        write_csv(played, folder / "plan.csv")
    checks = write_tables(together, folder, force=force)
    for name, figure in first_charts(together, played).items():
        save(figure, folder / name)
    write_record(together, folder, inputs, checks, **({"plan": as_tree(plan)} if plan else {}))


def write_tables(together: list[Results], folder: Path, *, force: bool = False) -> list[tuple[str, Check]]:
    """Write every table of a run to a folder, its checks and every run's own figures with them; the first is the baseline.

    Returns
    -------
    list of (str, Check)
        Each scenario's checks, those made on what was written among them.

    Raises
    ------
    ChecksFailed
        If a check made on what was written failed, unless ``force`` is given.
    """
    (folder / "summary.txt").write_text(summary_text(together) + "\n", encoding="utf-8")
    options = [option for option in together[1:] if paired(together[0], option)]
    for name, table in _tables(together, options).items():
        write_csv(table, folder / f"{name}.csv")
    _write_runs(together, folder)
    checks = [
        (r.scenario.name, check) for r in together for check in (*r.checks, _ledger_reread(r, folder / "ledger.csv"))
    ]
    checks += [(option.scenario.name, difference_check(together[0], option)) for option in options]
    made = _one_of_each(checks, force)
    rows = [(scenario, *dataclasses.astuple(check)) for scenario, check in made]
    write_csv(
        pd.DataFrame(rows, columns=["scenario", *(f.name for f in dataclasses.fields(Check))]), folder / "checks.csv"
    )
    return made


def _tables(together: list[Results], options: list[Results]) -> dict[str, pd.DataFrame]:
    annual, ledger = (_stacked(table, together) for table in (annual_table, ledger_table))
    tables = {
        "summary": summary_table(together, annual, ledger),
        "monthly": _stacked(monthly_table, together),
        "annual": annual,
        "ledger": ledger,
        "caseload_spread": _stacked(caseload_spread_table, together),
        "mtfp": _stacked(mtfp, together),
        "funding_statement": _stacked(funding_statements_table, together),
        "posts_filled": _stacked(posts_filled_table, together),
        "reserve": _stacked(reserve_table, together),
        "capacity_lost": _stacked(capacity_lost_table, together),
        "agency_premium": pd.concat([agency_premium_table(r.scenario) for r in together], ignore_index=True),
        "envelope": pd.concat([envelope_table(r.scenario, r.seed) for r in together], ignore_index=True),
        "assumptions": _stacked(assumptions_table, together),
    }
    if options:
        table = pd.concat([benefits(together[0], option, baseline="forecast") for option in options], ignore_index=True)
        tables["benefits"] = table
        pairs = [of_results([together[0], option]) for option in options]
        tables["differences"] = pd.concat([pair.differences() for pair in pairs], ignore_index=True)
        tables["bridge"] = pd.concat([ledger_bridge(together[0], option) for option in options], ignore_index=True)
    movers = movers_table(together)
    if len(movers):
        tables["movers"] = movers
    with_duties = [r.duties.annual() for r in together if r.duties.names]
    if with_duties:
        tables["duties"] = pd.concat(with_duties, ignore_index=True)
    tables["to_obtain"] = tables["assumptions"][tables["assumptions"]["obtain"]].drop(columns="obtain")
    return tables


def _one_of_each(checks: list[tuple[str, Check]], force: bool) -> list[tuple[str, Check]]:
    """The checks by scenario and name; one made while writing takes the place of its note."""
    latest = {(scenario, check.name): check for scenario, check in checks}
    failed = [name for (_, name), check in latest.items() if check.status == "failed"]
    if failed and not force:
        raise ChecksFailed(f"no report is written: these checks failed: {', '.join(failed)}")
    return [(scenario, check) for (scenario, _), check in latest.items()]


def _stacked(table: Callable[[Results], pd.DataFrame], together: list[Results]) -> pd.DataFrame:
    return pd.concat([table(r) for r in together], ignore_index=True)


_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV: text stays text in a spreadsheet, money to the penny, what is not defined says so."""
    money = (table["unit"] == "GBP").tolist() if "unit" in table else [False] * len(table)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        for in_pounds, row in zip(money, table.itertuples(index=False), strict=True):
            writer.writerow(
                [_cell(value, in_pounds and name != "runs") for name, value in zip(table, row, strict=True)]
            )


def _cell(value: Any, in_pounds: bool) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if value is None:
        return "none stated"
    if isinstance(value, float | np.floating):
        if np.isnan(value):
            return NOT_DEFINED
        if in_pounds:
            return str(rounded(float(value), 2) + 0)
        return f"{float(value) + 0.0:.10g}"
    text = str(value)
    return "'" + text if text.startswith(_RISKY) and not isinstance(value, int | np.integer) else text


def _write_runs(together: list[Results], folder: Path) -> None:
    """Every run's own figures: people and cases by team, and the ledger by budget, month by month."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name, rows_of in (("runs", _team_rows), ("runs_ledger", _ledger_rows)):
        writer = None
        for r in together:
            for columns in rows_of(r):
                table = pa.table(columns)
                writer = writer or pq.ParquetWriter(folder / f"{name}.parquet", table.schema, compression="zstd")
                writer.write_table(table)
        if writer:
            writer.close()


def _keys(r: Results, first: int, label: str, value: str) -> dict[str, Any]:
    """The columns that say whose figures these are: scenario, month, run, and the team or budget."""
    import pyarrow as pa

    opening = r.scenario.periods.start - 1
    months = [str(opening + m) for m in range(first, len(r.months) + 1)]
    size = len(months) * r.runs

    def repeated(text: str) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(size, dtype=np.int8)), pa.array([text]))

    month = pa.DictionaryArray.from_arrays(
        pa.array(np.repeat(np.arange(len(months), dtype=np.int16), r.runs)), pa.array(months)
    )
    run = np.tile(r.numbers.astype(np.int32), len(months))
    return {"scenario": repeated(r.scenario.name), label: repeated(value), "month": month, "run": run}


def _team_rows(r: Results) -> Iterable[dict[str, Any]]:
    """One table for each team; month 0, the opening position, is the month before the clock starts."""
    names = [name for name, measure in MEASURES.items() if measure.kind != "rate"]
    empty = np.zeros((len(r.months) + 1) * r.runs)
    for team in r.posts.teams:
        columns = _keys(r, 0, "team", team)
        for name in names:
            figures = measured(r, name, team).reshape(-1) if team in teams_measured(r, name) else empty
            whole = MEASURES[name].unit in ("cases", "workers")
            columns[name] = figures.astype(np.int32) if whole else figures.astype(np.float32).round(4)
        yield columns


def _ledger_rows(r: Results) -> Iterable[dict[str, Any]]:
    lines = r.scenario.funding.lines
    for b, budget in enumerate(r.budgets):
        columns = _keys(r, 1, "budget", budget)
        for k, kind in enumerate(KINDS):
            columns[f"cost: {kind}"] = r.cost[:, b, k].reshape(-1)
        for source in ("base budget", "risk reserve", "MTFP growth", "grant"):
            mine = [
                i
                for i, name in enumerate(r.ledger.lines)
                if (lines[name].budget, lines[name].source) == (budget, source)
            ]
            columns[f"funding: {source}"] = r.ledger.used[:, mine].sum(axis=1).reshape(-1)
        columns["gap"] = r.ledger.gap[:, b].reshape(-1)
        yield columns


def _ledger_reread(r: Results, path: Path) -> Check:
    """I8: the ledger's yearly lines, read back from the file, are the run's own figures rounded once."""
    with path.open(encoding="utf-8", newline="") as file:
        written = {
            (row["scenario"], row["period"], row["budget"], row["entry"], row["line"]): row["mean"]
            for row in csv.DictReader(file)
        }
    wrong = 0
    for year, months in reported_years(r).items():
        for budget, entry, line, figures in ledger_entries(r, months):
            expected = str(rounded(float(figures.mean()), 2) + 0)
            wrong += written.get((r.scenario.name, year, budget, entry, line)) != expected
    return Check(
        "I8 one ledger",
        "every figure shown is the ledger value rounded once",
        "failed" if wrong else "passed",
        float(wrong),
        0.0,
        "the ledger read back",
    )


__all__ = ["ChecksFailed", "read_record", "run_folder", "write_csv", "write_run", "write_tables"]
