"""A second reader of a run folder: the invariants recounted from the exported tables alone, with no library code.

It knows the column names, the record in ``run.json`` and the rules of a Cabinet table, nothing of how the figures came to be.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

PENNY, FTE = 0.005, 0.001
SOURCES = ("base budget", "risk reserve", "MTFP growth", "grant")
KEYS = ["scenario", "team", "run", "month"]
SPREAD = ["mean", "p10", "p50", "p90"]


def broken(folder: Path, scenarios: dict[str, Any]) -> list[str]:
    """Every rule a folder of tables breaks, in words; ``scenarios`` is what its record states, by name."""
    runs, ledger = pd.read_parquet(folder / "runs.parquet"), pd.read_parquet(folder / "runs_ledger.parquet")
    runs = runs.astype(dict.fromkeys(("scenario", "team", "month"), str)).sort_values(KEYS, ignore_index=True)
    ledger = ledger.astype(dict.fromkeys(("scenario", "budget", "month"), str))
    ledger["year"] = [financial_year(month) for month in ledger["month"]]
    runs["year"] = [financial_year(month) for month in runs["month"]]
    found = [*_finite(folder, runs, ledger), *_people(runs), *_cases(runs), *_pounds(ledger)]
    for name, stated in scenarios.items():
        mine, money = runs[runs["scenario"] == name], ledger[ledger["scenario"] == name]
        found += [*_posts(mine, stated), *_approvals(money, stated), *_reserve(folder, name, money, stated)]
        found += [*_one_ledger(folder, name, money), *_measures(folder, name, mine), *_shares(folder, name, mine)]
    return found


def stated_in(folder: Path) -> dict[str, Any]:
    """The resolved scenarios of a finished folder's record, by name."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return {name: scenario["resolved"] for name, scenario in record["scenarios"].items()}


def financial_year(month: str) -> str:
    year = int(month[:4]) - (int(month[5:7]) < 4)
    return f"{year}/{(year + 1) % 100:02d}"


def read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def _pence(value: float) -> str:
    return str(Decimal(repr(float(value))).quantize(Decimal("0.01"), ROUND_HALF_UP) + 0)


def _finite(folder: Path, *tables: pd.DataFrame) -> Iterator[str]:
    for table in tables:
        numbers = table.select_dtypes("number")
        if not np.isfinite(numbers.to_numpy(dtype=float)).all():
            yield "I13: a figure of a run is missing or infinite"
    for path in sorted(folder.glob("*.csv")):
        cells = read_csv(path).to_numpy().ravel().tolist()
        if any(
            cell.strip().lower() in ("", "nan", "inf", "-inf", "none", "-0", "-0.00")
            for cell in cells
            if cell == cell.strip()
        ):
            blank = [c for c in read_csv(path).columns if (read_csv(path)[c].str.strip() == "").any()]
            if blank != ["note"]:
                yield f"I13: {path.name} has a blank, a nan, an infinity or a minus nought"


def _people(runs: pd.DataFrame) -> Iterator[str]:
    before = runs.groupby(KEYS[:3]).shift(1)
    known = before["in_post_fte"].notna()
    came = runs["starters_fte"] - runs["leavers_fte"] + runs["moved_in_fte"] - runs["moved_out_fte"]
    if ((runs["in_post_fte"] - before["in_post_fte"] - came)[known].abs() > FTE).any():
        yield "I2: staff are not last month's, starters and movers in, less leavers and movers out"
    agency = before["agency_cover_fte"] + before["agency_additional_fte"]
    if (runs["conversions_fte"] > runs["starters_fte"] + FTE).any() or (runs["conversions_fte"] > agency + FTE)[
        known
    ].any():
        yield "I2: more conversions than starters, or than agency workers there were"
    if (runs["leavers_fte"] + runs["moved_out_fte"] > before["in_post_fte"] + FTE)[known].any():
        yield "I2: more left than were in post"
    fte = [column for column in runs if column.endswith("_fte") and column != "vacancy_fte"]
    if (runs[fte] < 0).any(axis=None):
        yield "I3: an FTE is below nought"
    if (runs["absent_fte"] > runs["in_post_fte"] + FTE).any():
        yield "I3: more are absent than are in post"
    if (runs["case_holder_fte"] > runs["workers"] + FTE).any():
        yield "I3: case holders' FTE is more than their number"


def _posts(runs: pd.DataFrame, stated: dict[str, Any]) -> Iterator[str]:
    groups = list(stated["workforce"]["posts"].values())
    over = {team: sum(g.get("over_establishment", 0) * g.get("fte", 1) for g in groups if g["team"] == team) for team in set(runs["team"])}  # fmt: skip
    moved = runs.groupby(["run", "month"])[["moved_in_fte", "moved_out_fte"]].sum()
    alike = len({g.get("fte", 1.0) for g in groups}) == 1  # a mover takes the hours of the new post
    if alike and ((moved["moved_in_fte"] - moved["moved_out_fte"]).abs() > FTE).any():
        yield "I2: those who moved in are not those who moved out"
    if ((moved["moved_in_fte"] > 0) != (moved["moved_out_fte"] > 0)).any():
        yield "I2: somebody moved in whom no team lost"
    if ((runs["establishment_fte"] - runs["in_post_fte"] - runs["vacancy_fte"]).abs() > FTE).any():
        yield "I1: establishment is not in post and vacant"
    if (runs["vacancy_fte"] < -runs["team"].map(over) - FTE).any():
        yield "I1: vacancies are below nought where nobody over establishment is declared"
    for (team, month), there in runs.groupby(["team", "month"])["establishment_fte"]:
        made = sum(
            g["number"] * g.get("fte", 1.0) for g in groups if g["team"] == team and g.get("created", "0") <= month
        )
        if (there - made).abs().max() > FTE:
            yield f"I1: {team} in {month} has {there.iloc[0]} FTE of posts, and the scenario creates {made}"
    if (runs["agency_cover_fte"] > np.maximum(runs["vacancy_fte"], 0) + runs["team"].map(over) + FTE).any():
        yield "I4 and I10: more agency workers cover vacancies than there are"


def _cases(runs: pd.DataFrame) -> Iterator[str]:
    before = runs.groupby(KEYS[:3]).shift(1)
    known = before["open_cases"].notna()
    moved = runs["cases_arrived"] - runs["cases_closed"] + runs["cases_passed_in"] - runs["cases_passed_out"]
    if (runs["open_cases"] - before["open_cases"] - moved)[known].any():
        yield "I5: open cases are not last month's and what came and went"
    if (runs["open_cases"] != runs["cases_held"] + runs["unallocated_cases"]).any():
        yield "I5: workers' cases and unallocated cases are not the open ones"
    between = runs.groupby(["scenario", "run", "month"])[["cases_passed_in", "cases_passed_out"]].sum()
    if (between["cases_passed_in"] != between["cases_passed_out"]).any():
        yield "I5: cases passed in are not those passed out"
    if (runs["cases_closed"] + runs["cases_passed_out"] > before["cases_held"])[known].any():
        yield "I5: more cases closed or passed on than were held at the start"
    whole = [c for c in runs if "cases" in c or c in ("workers", "workers_at_or_over", "changes_of_worker")]
    if (runs[whole] < 0).any(axis=None) or not all(runs[c].dtype.kind == "i" for c in whole):
        yield "I5: cases or workers are below nought or not whole"
    if (runs["workers_at_or_over"] > runs["workers"]).any():
        yield "I6: more workers at or over the limit than workers"


def _shares(folder: Path, name: str, runs: pd.DataFrame) -> Iterator[str]:
    monthly = read_csv(folder / "monthly.csv")
    monthly = monthly[(monthly["scenario"] == name) & (monthly["measure"] == "share_at_or_over")]
    everyone = pd.concat([runs, runs.assign(team="council")])
    parts = everyone.groupby(["team", "month", "run"])[["workers_at_or_over", "workers"]].sum()
    shares = {key: (mine["workers_at_or_over"] / mine["workers"])[mine["workers"] > 0] for key, mine in parts.groupby(level=[0, 1])}  # fmt: skip
    for row in monthly.to_dict("records"):
        share = shares[row["team"], row["period"]]
        shown = math.nan if row["mean"] == "not defined" else float(row["mean"])
        same = math.isclose(shown, share.mean(), abs_tol=1e-9) if len(share) else math.isnan(shown)
        if not same or int(row["runs"]) != len(share):
            yield f"I6: share at or over the limit, {row['team']} {row['period']}: {row['mean']}, recounted {share.mean()}"


def _pounds(ledger: pd.DataFrame) -> Iterator[str]:
    cost, funding = ledger.filter(like="cost: "), ledger.filter(like="funding: ")
    if ((cost.sum(axis=1) + funding.sum(axis=1) - ledger["gap"]).abs() > PENNY).any():
        yield "I7: cost and funding are not the gap"
    if (cost < 0).any(axis=None) or (funding > 0).any(axis=None) or (ledger["gap"] < -PENNY).any():
        yield "I7: a cost or gap below nought, or funding above it"


def _approvals(ledger: pd.DataFrame, stated: dict[str, Any]) -> Iterator[str]:
    """I10: to date, a budget's money from a source is within what was approved for it to date, virements with it."""
    lines, years = stated["funding"]["lines"], sorted(set(ledger["year"]))
    moves = stated["funding"].get("virements", {}).values()
    if any(line.get("at_establishment_cost") for line in lines.values()):
        lines = {key: line for key, line in lines.items() if not line.get("at_establishment_cost")}
    for budget, source in {(line["budget"], line["source"]) for line in lines.values()}:
        mine = {key: line for key, line in lines.items() if (line["budget"], line["source"]) == (budget, source)}
        given = -ledger[ledger["budget"] == budget].groupby(["year", "run"])[f"funding: {source}"].sum()
        ever, used = 0.0, 0.0
        for year in years:
            ever += sum(_amount(line["amounts"], line["recurrent"], year) for line in mine.values())
            ever += sum(_amount(m["amounts"], m["recurrent"], year) * ((m["to_line"] in mine) - (m["from_line"] in mine)) for m in moves)  # fmt: skip
            used = used + given[year]
            if (used > ever + PENNY).any():
                yield f"I10: {source} for {budget} gave more by {year} than the {ever:,.2f} approved"


def _amount(amounts: dict[str, float], recurrent: bool, year: str) -> float:
    if year in amounts:
        return amounts[year]
    earlier = [y for y in amounts if y < year]
    return amounts[max(earlier)] if recurrent and earlier else 0.0


def _reserve(folder: Path, name: str, ledger: pd.DataFrame, stated: dict[str, Any]) -> Iterator[str]:
    table = read_csv(folder / "reserve.csv")
    table = table[table["scenario"] == name]
    balance = stated["funding"].get("reserve_opening_balance")
    drawn = ledger.groupby(["run", "year"])["funding: risk reserve"].sum().groupby("year").mean()
    closing = None
    for year, rows in table.groupby("period"):
        shown = {row["entry"]: float(row["mean"]) for row in rows.to_dict("records")}
        if abs(shown["Drawn to meet these costs"] - drawn.get(year, 0.0)) > 0.0051:
            yield f"I7: the reserve's drawing in {year} is not the ledger's"
        if balance is None:
            continue
        if closing is not None and abs(shown["opening balance"] - closing) > 0.0051:
            yield f"I7: the reserve does not open {year} where it closed"
        moved = sum(x for entry, x in shown.items() if entry not in ("opening balance", "closing balance", "committed, carried forward"))  # fmt: skip
        closing = shown["closing balance"]
        if abs(shown["opening balance"] + moved - closing) > 0.0051 * len(shown):
            yield f"I7: opening and movements are not the reserve's closing in {year}"
        if closing < -PENNY and not stated["funding"].get("reserve_may_overdraw"):
            yield f"I7: the reserve is below nought in {year}"


def _one_ledger(folder: Path, name: str, ledger: pd.DataFrame) -> Iterator[str]:
    """I8 and I9: each yearly and monthly figure of the ledger is the runs' own, rounded once; months make the year."""
    table = read_csv(folder / "ledger.csv")
    table = table[(table["scenario"] == name) & table["entry"].isin(["cost", "total cost", "gap"])]
    costs = [column for column in ledger if column.startswith("cost: ")]
    sums = ledger.assign(total=ledger[costs].sum(axis=1))
    by_period = pd.concat([sums.assign(period=sums["month"]), sums.assign(period=sums["year"])])
    totals = by_period.groupby(["period", "budget", "run"])[[*costs, "total", "gap"]].sum()
    figures = {key: mine.to_dict("list") for key, mine in totals.groupby(level=[0, 1])}
    for row in table.to_dict("records"):
        column = {"cost": f"cost: {row['line']}", "total cost": "total", "gap": "gap"}[row["entry"]]
        mine = figures[row["period"], row["budget"]][column]
        expected = [sum(mine) / len(mine), *(_quantile(mine, q) for q in (0.1, 0.5, 0.9))]
        wrong = [
            (s, row[s], _pence(x)) for s, x in zip(SPREAD, expected, strict=True) if abs(float(row[s]) - x) > 0.0051
        ]
        if wrong:
            yield f"I8: ledger {row['period']} {row['budget']} {row['line']}: shown and recounted {wrong}"


def _quantile(values: list[float], share: float) -> float:
    """Linear between order statistics, by hand (C6)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def _measures(folder: Path, name: str, runs: pd.DataFrame) -> Iterator[str]:
    """I8 and I9: teams add up to the council and months to years, run by run, for what may be added."""
    columns = [c for c in runs.select_dtypes("number") if c not in ("run", "oldest_unallocated_months")]
    flows = [c for c in columns if c in ("starters_fte", "conversions_fte", "leavers_fte", "agency_leavers_fte", "moved_in_fte",
             "moved_out_fte", "fee_due_conversions_fte", "changes_of_worker") or (c.startswith("cases_") and c != "cases_held")]  # fmt: skip
    council = runs.groupby(["month", "year", "run"])[columns].sum().reset_index().assign(team="council")
    everyone = pd.concat([runs[["month", "year", "run", "team", *columns]], council])
    monthly = everyone.groupby(["team", "month"])[columns].mean()
    closing = everyone[everyone["month"].str.endswith("-03")]
    yearly = closing.groupby(["team", "year"])[columns].mean()
    yearly[flows] = everyone.groupby(["team", "year", "run"])[flows].sum().groupby(["team", "year"]).mean()
    for file, by_place in (("monthly", monthly), ("annual", yearly)):
        means = {(*place, measure): x for measure, column in by_place.items() for place, x in column.items()}
        table = read_csv(folder / f"{file}.csv")
        table = table[(table["scenario"] == name) & table["measure"].isin(columns)]
        for row in table.to_dict("records"):
            recounted = means.get((row["team"], row["period"], row["measure"]))
            if recounted is not None and abs(float(row["mean"]) - recounted) > 0.001:
                yield f"I9: {file} {row['team']} {row['period']} {row['measure']}: {row['mean']}, recounted {recounted}"
