"""The Department's files beside the project, and small files of the same layout for tests that need none."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workforce_model.councils.returns import AREA, DEMAND, WORKFORCE

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def beside(name: str) -> Path:
    """A file of the Department's; without it the test is skipped here and fails where everything must run."""
    path = DATA / name
    if not path.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            f"not beside the project: ../shared/data/{name}"
        )
    return path


def written(path: Path, rows: list[dict[str, object]], columns: tuple[str, ...] = WORKFORCE) -> Path:
    """A file of the workforce or demand layout with these rows; what a row leaves out is the code for not available."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*AREA, *columns])
        for row in rows:
            area = {
                **{"time_period": 2018, "time_identifier": "Reporting year", "geographic_level": "Local authority"},
                **{"country_code": "E92000001", "country_name": "England", "region_code": "E1", "region_name": "North"},
                **{"old_la_code": "101", "new_la_code": "E1", "la_name": "Alpha"},
            }
            writer.writerow([{**area, **row}.get(column, "x") for column in (*AREA, *columns)])
    return path


def council(number: int, year: int, **figures: object) -> dict[str, object]:
    """A row of one of many made-up councils."""
    region = ("North", "South")[number % 2]
    area = {"time_period": year, "old_la_code": f"{100 + number}", "la_name": f"Council {number}"}
    return {**area, "region_code": region, "region_name": region, **figures}


def simulated(councils: int, years: int, seed: int = 1, *, weight: float = 0.3) -> list[dict[str, object]]:
    """Rows in which a council's turnover is a lasting part and a year's own, in the ratio a weight states."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(80, 400, councils)
    rows: list[dict[str, object]] = []
    draws: dict[str, Callable[[], np.ndarray]] = {}
    for name, mean, sd in (
        ("leavers", 0.4, 0.08),
        ("starters", 0.42, 0.08),
        ("agency", 0.4, 0.1),
        ("vacancy", 0.4, 0.1),
    ):
        lasting = rng.normal(0, sd * np.sqrt(weight), councils)
        draws[name] = lambda mean=mean, sd=sd, lasting=lasting: (
            (mean + lasting + rng.normal(0, sd * np.sqrt(1 - weight), councils)) ** 2
        )
    for year in range(2019 - years + 1, 2020):
        size = size * rng.normal(1.02, 0.06, councils)
        figures = {f"{name}_fte": draw() * size for name, draw in draws.items()}
        holders, load = size * 0.55, rng.normal(17, 2, councils)
        for i in range(councils):
            shown = {name: f"{figure[i]:.3f}" for name, figure in figures.items()}
            leavers, agency, vacancy = (figures[f"{name}_fte"][i] for name in ("leavers", "agency", "vacancy"))
            shown |= {"inpost_fte": f"{size[i]:.3f}", "inpost_headcount": f"{size[i] + 5:.0f}"}
            shown |= {"agency_cover_fte": f"{agency / 2:.3f}", "turnover_rate_fte": f"{100 * leavers / size[i]:.1f}"}
            shown |= {"agency_rate_fte": f"{100 * agency / (agency + size[i]):.1f}"}
            shown |= {"vacancy_rate_fte": f"{100 * vacancy / (vacancy + size[i]):.1f}"}
            shown |= {"case_holders_fte": f"{holders[i]:.3f}", "cases": f"{holders[i] * load[i]:.0f}"}
            rows.append(council(i, year, **shown, caseload_fte=f"{load[i]:.3f}"))
    return rows


__all__ = ["DEMAND", "beside", "council", "simulated", "written"]
