"""Write a run to a folder, all or nothing; ``run.json`` is written last, so its presence means complete."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workforce_model import __version__
from workforce_model.agency_premium import agency_premium_table
from workforce_model.benefits import benefits, difference_check, paired
from workforce_model.checks import Check
from workforce_model.costs import KINDS
from workforce_model.envelope import envelope_table
from workforce_model.formats import NOT_DEFINED, rounded
from workforce_model.measures import MEASURES, measured, teams_measured
from workforce_model.results import Results
from workforce_model.scenario import InputFile, as_tree
from workforce_model.summary import summary_table, summary_text
from workforce_model.tables import (
    annual_table,
    assumptions_table,
    capacity_lost_table,
    caseload_spread_table,
    ledger_entries,
    ledger_table,
    monthly_table,
    mtfp,
    reported_years,
    reserve_table,
)

SCHEMA_VERSION = 1
RECORD = "run.json"
CONVENTIONS = {
    "C1": "Monthly steps, financial year April to March. A flow belongs to its month, a stock is its value at month end, a rate is worked out again from its parts.",
    "C2": "In a month: leavers, conversions, starters, agency cover, cases close, pass on, arrive and are shared out, caseloads measured; pay covers those in post after these.",
    "C3": "A rate names its reading.",
    "C4": "Pounds in double precision, unrounded until the page, then rounded once, half away from zero. A month counts whole for those in post at its end. A split to the penny is by largest remainder, ties to the earlier part.",
    "C5": "A worker is over the limit at the limit or more: below 21 means 20 or fewer.",
    "C6": "Quantiles are linear between order statistics; a quantile of a total comes from the total's own runs.",
    "C7": "Cash prices with each pay award explicit, from the month it begins. Tables are not discounted; a present value leaves the first year as it is, real flows at the real rate, cash flows at (1+r)(1+g)-1.",
    "C8": "A draw belongs to the root seed, the run, the process and the name, never to a position or the order of calls.",
    "C9": "Cost positive, money that meets it negative; a funded year sums to zero and what is left is the gap.",
}
"""What the numbers follow; printed in every run record."""


class ChecksFailed(ValueError):
    """A run that broke an invariant: no report of it is written."""


def write_run(
    results: Results | Sequence[Results],
    out: str | os.PathLike[str] | None = None,
    *,
    overwrite: bool = False,
    inputs: Iterable[InputFile] = (),
) -> Path:
    """Write a run of one or more scenarios to a folder of tables, charts and every run's own figures.

    Parameters
    ----------
    results : Results or list of Results
        The first is the baseline of the charts and the screen.
    out : path, optional
        The folder; by default a new one, ``results/<scenario>-<time>``.
    overwrite : bool
        Replace a folder that holds an earlier run, the whole of it at once.
    inputs : iterable of InputFile
        The scenario files read, for the record.

    Returns
    -------
    Path
        The folder, complete.

    Raises
    ------
    ChecksFailed
        If a check failed; nothing is written.
    FileExistsError
        If the folder is there and ``overwrite`` is not given, or what is there is not a run.
    """
    together = [results] if isinstance(results, Results) else list(results)
    refuse_failed(together)
    target = (
        Path(out)
        if out is not None
        else Path("results") / f"{together[-1].scenario.name}-{time.strftime('%Y%m%d-%H%M%S')}"
    )
    return written_whole(target, lambda folder: _write_all(together, folder, list(inputs)), overwrite=overwrite)


def refuse_failed(together: Sequence[Results]) -> None:
    """Refuse to report runs that broke an invariant.

    Raises
    ------
    ChecksFailed
        Naming the checks.
    """
    failed = sorted({check.name for r in together for check in r.checks if check.status == "failed"})
    if failed:
        raise ChecksFailed(f"no report is written: these checks failed: {', '.join(failed)}")


def written_whole(target: Path, write: Callable[[Path], None], *, overwrite: bool) -> Path:
    """A folder written by a function, put in its place only once it is complete.

    Parameters
    ----------
    write : callable
        Takes the folder to write into; it writes ``run.json`` last.

    Raises
    ------
    FileExistsError
        If the folder is there and ``overwrite`` is not given, or what is there is not a run.
    """
    _refuse_existing(target, overwrite)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        write(draft)
        draft.chmod(0o755)
        _put_in_place(draft, target, overwrite)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target


def _refuse_existing(target: Path, overwrite: bool) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise FileExistsError(f"{target} is a file; expected a folder for the run")
    empty = not any(target.iterdir())
    if not empty and not overwrite:
        raise FileExistsError(f"{target} is not empty; name another folder, or replace the run in it with --overwrite")
    if not empty and not (target / RECORD).exists():
        raise FileExistsError(f"{target} holds something other than a run (it has no {RECORD}); it is not replaced")


def _put_in_place(draft: Path, target: Path, overwrite: bool) -> None:
    """Move the finished folder to its name; an earlier run goes only once the new one stands."""
    if not target.exists():
        os.rename(draft, target)
        return
    _refuse_existing(target, overwrite)
    away = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    os.rename(target, away / "run")
    try:
        os.rename(draft, target)
    except BaseException:
        os.rename(away / "run", target)
        raise
    finally:
        shutil.rmtree(away, ignore_errors=True)


def _write_all(together: list[Results], folder: Path, inputs: list[InputFile]) -> None:
    from workforce_model.charts import first_charts, save

    (folder / "summary.txt").write_text(summary_text(together) + "\n", encoding="utf-8")
    tables = {
        "summary": summary_table(together),
        "monthly": _stacked(monthly_table, together),
        "annual": _stacked(annual_table, together),
        "ledger": _stacked(ledger_table, together),
        "caseload_spread": _stacked(caseload_spread_table, together),
        "mtfp": _stacked(mtfp, together),
        "reserve": _stacked(reserve_table, together),
        "capacity_lost": _stacked(capacity_lost_table, together),
        "agency_premium": pd.concat([agency_premium_table(r.scenario) for r in together], ignore_index=True),
        "envelope": pd.concat([envelope_table(r.scenario, r.seed) for r in together], ignore_index=True),
        "assumptions": _stacked(assumptions_table, together),
    }
    options = [option for option in together[1:] if paired(together[0], option)]
    if options:
        table = pd.concat([benefits(together[0], option, baseline="forecast") for option in options], ignore_index=True)
        tables["benefits"] = table
    with_duties = [r.duties.annual() for r in together if r.duties.names]
    if with_duties:
        tables["duties"] = pd.concat(with_duties, ignore_index=True)
    tables["to_obtain"] = tables["assumptions"][tables["assumptions"]["obtain"]].drop(columns="obtain")
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv")
    _write_runs(together, folder)
    for name, figure in first_charts(together).items():
        save(figure, folder / name)
    checks = [
        (r.scenario.name, check) for r in together for check in (*r.checks, _ledger_reread(r, folder / "ledger.csv"))
    ]
    checks += [(option.scenario.name, difference_check(together[0], option)) for option in options]
    rows = [(scenario, *dataclasses.astuple(check)) for scenario, check in _one_of_each(checks)]
    write_csv(
        pd.DataFrame(rows, columns=["scenario", *(f.name for f in dataclasses.fields(Check))]), folder / "checks.csv"
    )
    write_record(together, folder, inputs)


def _one_of_each(checks: list[tuple[str, Check]]) -> list[tuple[str, Check]]:
    """The checks by scenario and name; one made while writing takes the place of its note."""
    latest = {(scenario, check.name): check for scenario, check in checks}
    failed = [name for (_, name), check in latest.items() if check.status == "failed"]
    if failed:
        raise ChecksFailed(f"no report is written: these checks failed: {', '.join(failed)}")
    return [(scenario, check) for (scenario, _), check in latest.items()]


def _stacked(table: Callable[[Results], pd.DataFrame], together: list[Results]) -> pd.DataFrame:
    return pd.concat([table(r) for r in together], ignore_index=True)


_RISKY = ("=", "+", "-", "@", "\t", "\r")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV: text stays text in a spreadsheet, money to the penny, what is not defined says so."""
    money = (table["unit"] == "GBP").tolist() if "unit" in table else [False] * len(table)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        for in_pounds, row in zip(money, table.itertuples(index=False), strict=True):
            writer.writerow([_cell(value, in_pounds) for value in row])


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
    run = np.tile(np.arange(r.runs, dtype=np.int32), len(months))
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


def write_record(together: list[Results], folder: Path, inputs: list[InputFile], **more: object) -> None:
    """Write ``run.json``, the record of a folder's runs and files, last; ``more`` goes into it by name."""
    first = together[0]
    outputs = {
        p.name: {"size": p.stat().st_size, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()}
        for p in sorted(folder.iterdir())
    }
    record = {
        "schema_version": SCHEMA_VERSION,
        "complete": True,
        "versions": {
            "workforce_model": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
        },
        "platform": f"{platform.system()} {platform.machine()}",
        "seed": first.seed,
        "runs_asked": first.runs,
        "runs_done": first.runs,
        "ranges_hold": "luck and doubt about assumptions" if first.doubt else "luck only",
        "inputs": [dataclasses.asdict(x) for x in dict.fromkeys(inputs)],
        "conventions": CONVENTIONS,
        "scenarios": {
            r.scenario.name: {
                "resolved": as_tree(r.scenario),
                "to_obtain": sorted(r.scenario.to_obtain()),
                "later_evidence": {path: a.later_evidence for path, a in r.scenario.later_evidence().items()},
                "checks": [dataclasses.asdict(check) for check in r.checks],
            }
            for r in together
        },
        **more,
        "outputs": outputs,
    }
    draft = folder / f".{RECORD}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(record, file, ensure_ascii=False, indent=1, default=str, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, folder / RECORD)


def read_record(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """The run record of a finished folder.

    Raises
    ------
    FileNotFoundError
        If the folder holds no finished run.
    """
    found: dict[str, Any] = json.loads((Path(folder) / RECORD).read_text(encoding="utf-8"))
    return found


__all__ = ["ChecksFailed", "read_record", "refuse_failed", "write_csv", "write_record", "write_run", "written_whole"]
