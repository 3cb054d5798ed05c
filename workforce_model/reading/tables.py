"""Tidy tables of a run: by month, by financial year, the ledger, the caseload spread, the envelope test.

Every table has scenario, period, measure and unit, and for simulated figures the mean, the 10th, 50th and
90th percentiles over the runs, the Monte Carlo error of the mean, and the number of runs in which the
figure is defined. Nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from workforce_model.engine.results import Results
from workforce_model.inputs.doubt import draw_values
from workforce_model.money.costs import KINDS, monthly_prices
from workforce_model.money.medium_term_plan import mtfp_table
from workforce_model.money.recruitment import lost_capacity
from workforce_model.money.reserve import roll_forward
from workforce_model.reading.measures import MEASURES, Figures, measured, spreads, teams_measured

STATISTICS = ["mean", "p10", "p50", "p90", "mc_error", "runs"]
TIDY = ["scenario", "period", "team", "measure", "unit", *STATISTICS]
COUNCIL = "council"
ALL_ROLES = "all roles"
CENSUS = {
    "census_in_post_fte": ("in_post_fte",),
    "census_vacancy_fte": ("vacancy_fte",),
    "census_agency_fte": ("agency_cover_fte", "agency_additional_fte"),
    "census_starters_fte": ("starters_fte",),
    "census_leavers_fte": ("leavers_fte",),
}
"""What the Department's census would show: qualified social workers only."""
BAND_LABELS = ("no cases", "1 to 4", "5 to 9", "10 to 14", "15 to 19", "20 to 24", "25 or more")


def monthly_table(results: Results) -> pd.DataFrame:
    """Every measure by month and team.

    Returns
    -------
    DataFrame
        Columns :data:`TIDY`; period is the month, ``2019-04``.
    """
    first = _first_reported(results)
    rows = []
    for team, name, unit, figures in _all_measures(results):
        for index in range(first, len(results.months)):
            rows.append((team, name, unit, str(results.months[index]), figures[index + 1]))
    return tidy(results, rows)


def annual_table(results: Results) -> pd.DataFrame:
    """Every measure by financial year: flows added, stocks at the year end, rates worked out again.

    A rate is that of the year's last month; ``..._year_average`` is the rate of the year's parts added up.
    """
    rows = []
    for team, name, unit, figures in _all_measures(results):
        kind = MEASURES[CENSUS[name][0] if name in CENSUS else name].kind
        for year, months in reported_years(results).items():
            value = figures[months + 1].sum(axis=0) if kind == "flow" else figures[months[-1] + 1]
            rows.append((team, name, unit, year, value))
    for name in ("caseload", "share_at_or_over"):
        for chosen in (None, *teams_measured(results, name)):
            over, under = (measured(results, part, chosen) for part in MEASURES[name].parts or ())
            for year, months in reported_years(results).items():
                below = under[months + 1].sum(axis=0)
                above = over[months + 1].sum(axis=0)
                rate = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
                rows.append((chosen or COUNCIL, f"{name}_year_average", MEASURES[name].unit, year, rate))
    return tidy(results, rows)


def ledger_table(results: Results) -> pd.DataFrame:
    """The ledger by month and financial year: cost by kind, money that met it, the gap, and what was unspent.

    Cost is positive, money that meets it negative; cost and funding add up to the gap. ``approval``,
    ``virement``, ``brought forward``, ``carried forward`` and ``unspent`` are statements beside the sum, not
    part of it. Funding lines carry their own cost centre and code; costs carry their budget's cost centre and
    their kind's code.

    Returns
    -------
    DataFrame
        Columns scenario, period, budget, entry, line, unit, statistics, cost_centre, subjective_code.
    """
    rows = []
    years = reported_years(results)
    periods = {str(results.months[m]): np.array([m]) for months in years.values() for m in months} | years
    for period, months in periods.items():
        for budget, entry, line, figures in ledger_entries(results, months):
            rows.append((period, budget, entry, line, figures))
    distinct = list(dict.fromkeys(results.years))
    for year in years:
        y = distinct.index(year)
        for index, name in enumerate(results.ledger.lines):
            stated = results.scenario.funding.lines[name]
            ledger, runs = results.ledger, results.runs
            rows.append((year, stated.budget, "approval", name, np.full(runs, ledger.approved[y, index])))
            if ledger.vired[:, index].any():
                rows.append((year, stated.budget, "virement", name, np.full(runs, ledger.vired[y, index])))
            if ledger.carries[:, index].any():
                rows.append((year, stated.budget, "brought forward", name, ledger.brought_forward[y, index]))
                rows.append((year, stated.budget, "carried forward", name, ledger.carried_forward[y, index]))
            rows.append((year, stated.budget, _unspent_entry(stated.source), name, ledger.returned[y, index]))
    frame = pd.DataFrame([row[:4] for row in rows], columns=["period", "budget", "entry", "line"])
    frame.insert(0, "scenario", results.scenario.name)
    frame["unit"] = "GBP"
    frame[STATISTICS] = _statistics(results, [row[4] for row in rows])
    coded = [_codes(results, budget, line) for budget, line in zip(frame["budget"], frame["line"], strict=True)]
    frame["cost_centre"], frame["subjective_code"] = zip(*coded, strict=True)
    return frame


def _codes(results: Results, budget: str, line: str) -> tuple[str, str]:
    """Cost centre and subjective code of a ledger line, where the council has given them."""
    funding = results.scenario.funding
    stated, centre = funding.lines.get(line), funding.budgets[budget].cost_centre
    if stated is not None:
        return stated.cost_centre or centre or "to obtain", stated.subjective_code or "to obtain"
    return centre or "to obtain", results.scenario.costs.subjective_codes.get(line, "to obtain")


def _unspent_entry(source: str) -> str:
    return "unspent, stays in the reserve" if source == "risk reserve" else "unspent, an underspend"


def ledger_entries(results: Results, months: np.ndarray) -> Iterator[tuple[str, str, str, Figures]]:
    """The entries of some months together: (budget, entry, line, pounds by run), cost, funding and gap."""
    ledger = results.ledger
    for b, budget in enumerate(results.budgets):
        for k in np.flatnonzero(results.kinds_spent[b]):
            yield budget, "cost", KINDS[k], results.cost[months, b, k].sum(axis=0)
        yield budget, "total cost", "all kinds", results.cost[months, b].sum(axis=(0, 1))
        for index, name in enumerate(ledger.lines):
            if results.scenario.funding.lines[name].budget == budget:
                yield budget, "funding", name, ledger.used[months, index].sum(axis=0)
        yield budget, "gap", "cost + funding", ledger.gap[months, b].sum(axis=0)


def caseload_spread_table(results: Results) -> pd.DataFrame:
    """The share of workers in each caseload band, by team, each September and March.

    Bands are the Department's; workers with no cases are a band of their own. ``share at N or more`` has
    its numerator and denominator beside it.
    """
    teams = sorted(results.scenario.caseloads.teams)
    limit = results.scenario.caseloads.caseload_limit
    rows = []
    for index in range(_first_reported(results), len(results.months)):
        if results.months[index].month not in (3, 9):
            continue
        for team in (None, *teams):
            chosen = slice(None) if team is None else slice(teams.index(team), teams.index(team) + 1)
            bands = results.history.bands[index + 1][:, chosen].sum(axis=1, dtype=float)
            workers = bands.sum(axis=0)
            period, label = str(results.months[index]), team or COUNCIL
            for band, name in zip(bands, BAND_LABELS, strict=True):
                share = np.divide(band, workers, out=np.full_like(workers, np.nan), where=workers > 0)
                rows.append((label, f"workers with {name}", "share of workers", period, share))
            over = measured(results, "workers_at_or_over", team)[index + 1]
            share = measured(results, "share_at_or_over", team)[index + 1]
            rows.append((label, f"workers with {limit} or more", "share of workers", period, share))
            rows.append((label, f"number with {limit} or more", "workers", period, over))
            rows.append((label, "workers", "workers", period, workers))
    return tidy(results, rows)


def mtfp(results: Results) -> pd.DataFrame:
    """The medium-term financial plan lines, incremental and cumulative, of the reported years."""
    table = mtfp_table(results.scenario.funding, tuple(dict.fromkeys(results.years)))
    table.insert(0, "scenario", results.scenario.name)
    return table[table["financial_year"].isin(list(reported_years(results)))].reset_index(drop=True)


def reserve_table(results: Results) -> pd.DataFrame:
    """The reserve by reported year: opening, each movement, closing, and what is committed to be carried forward.

    A balance, not a cost: what is put in is positive, what is taken out negative. Opening and closing are left
    out where no balance is stated.

    Returns
    -------
    DataFrame
        Columns scenario, period, entry, unit, statistics.
    """
    reserve = roll_forward(results.scenario.funding, results.ledger, results.years)
    entries = {**({} if reserve.opening is None else {"opening balance": reserve.opening}), **reserve.movements}
    entries |= {} if reserve.closing is None else {"closing balance": reserve.closing}
    entries["committed, carried forward"] = reserve.committed
    wanted = [year for year in reserve.years if year in reported_years(results)]
    rows = [(year, entry, x[reserve.years.index(year)]) for year in wanted for entry, x in entries.items()]
    frame = pd.DataFrame([row[:2] for row in rows], columns=["period", "entry"])
    frame.insert(0, "scenario", results.scenario.name)
    frame["unit"] = "GBP"
    frame[STATISTICS] = _statistics(results, [row[2] for row in rows]) if rows else np.empty((0, len(STATISTICS)))
    return frame


def posts_filled_table(results: Results) -> pd.DataFrame:
    """Posts filled by permanent staff at each year end, by budget and role, for the budgets whose posts are created in the run.

    Returns
    -------
    DataFrame
        Columns scenario, period, budget, role (``all roles`` for the sum), measure, unit, posts (how many there are),
        statistics.
    """
    stated = results.scenario.workforce.posts
    filled = results.history.staff["permanent"]
    groups = {i: stated[name] for i, name in enumerate(results.posts.groups) if name in stated and stated[name].created}
    rows = []
    for budget in sorted({group.budget for group in groups.values()}):
        mine = [i for i, group in groups.items() if group.budget == budget]
        roles = {ALL_ROLES: mine} | {
            groups[i].role: [j for j in mine if groups[j].role == groups[i].role] for i in mine
        }
        for year, months in reported_years(results).items():
            for role, chosen in roles.items():
                number = sum(groups[i].number for i in chosen)
                rows.append((year, budget, role, number, filled[months[-1] + 1, chosen].sum(axis=0, dtype=float)))
    frame = pd.DataFrame([row[:4] for row in rows], columns=["period", "budget", "role", "posts"])
    frame.insert(0, "scenario", results.scenario.name)
    frame.insert(4, "measure", "filled by permanent staff at year end")
    frame.insert(5, "unit", "posts")
    frame[STATISTICS] = _statistics(results, [row[4] for row in rows]) if rows else np.empty((0, len(STATISTICS)))
    return frame


def capacity_lost_table(results: Results) -> pd.DataFrame:
    """The value of the time starters do not give while they settle, by year and budget: not cash, in no ledger line.

    Each starter's full cost of the first months, at central prices, times the share of work not done; counted
    in the year of starting.
    """
    scenario, rows = results.scenario, []
    values = draw_values(scenario, 0, doubt=False)
    settling, share = (float(values[f"caseloads.settling_{name}"][0]) for name in ("months", "share"))
    for year, months in reported_years(results).items():
        lost = {budget: np.zeros(results.runs) for budget in results.budgets}
        for i, name in enumerate(results.posts.groups):
            group = scenario.workforce.posts.get(name)
            if group is not None:
                month = float(monthly_prices(scenario.costs, values, year, group.grade, group.fte)[0].sum())
                started = results.history.staff["started"][months + 1, i].sum(axis=0)
                lost[group.budget] += started * float(lost_capacity(12 * month, settling, share))
        rows += [(year, budget, figures) for budget, figures in lost.items() if figures.any()]
    frame = pd.DataFrame([row[:2] for row in rows], columns=["period", "budget"])
    frame.insert(0, "scenario", scenario.name)
    frame.insert(3, "measure", "capacity lost while starters settle, not cash")
    frame["unit"] = "GBP"
    frame[STATISTICS] = _statistics(results, [row[2] for row in rows]) if rows else np.empty((0, len(STATISTICS)))
    return frame


def assumptions_table(results: Results) -> pd.DataFrame:
    """The assumption register: every assumption with its value, range, source, date and confidence."""
    columns = ["value", "unit", "low", "high", "shape", "confidence", "date", "source", "obtain", "later_evidence"]
    rows = [
        (results.scenario.name, path, *(getattr(stated, column) for column in columns))
        for path, stated in results.scenario.assumptions().items()
    ]
    return pd.DataFrame(rows, columns=["scenario", "assumption", *columns])


def reported_years(results: Results) -> dict[str, np.ndarray]:
    """The reported financial years and the positions of their months."""
    years, first = np.array(results.years), _first_reported(results)
    found = {year: np.flatnonzero(years == year) for year in dict.fromkeys(years[first:].tolist())}
    return {year: months[months >= first] for year, months in found.items()}


def _first_reported(results: Results) -> int:
    return int((results.scenario.periods.report_from - results.scenario.periods.start).n)


def _all_measures(results: Results) -> Iterator[tuple[str, str, str, Figures]]:
    for name, measure in MEASURES.items():
        for team in (None, *teams_measured(results, name)):
            yield team or COUNCIL, name, measure.unit, measured(results, name, team)
    for name, parts in CENSUS.items():
        total = sum(measured(results, part, census=True) for part in parts)
        yield COUNCIL, name, MEASURES[parts[0]].unit, np.asarray(total)


def tidy(results: Results, rows: list[tuple[str, str, str, str, Figures]]) -> pd.DataFrame:
    """A tidy table of figures: (team, measure, unit, period, figure by run) in, columns :data:`TIDY` out."""
    frame = pd.DataFrame([row[:4] for row in rows], columns=["team", "measure", "unit", "period"])
    frame.insert(0, "scenario", results.scenario.name)
    frame[STATISTICS] = _statistics(results, [row[4] for row in rows])
    return frame[TIDY]


def _statistics(results: Results, figures: Sequence[Figures]) -> np.ndarray:
    """Mean, percentiles, Monte Carlo error and defined runs of each figure, one row each."""
    parts = [figures[some : some + _TOGETHER] for some in range(0, len(figures), _TOGETHER)]
    return np.concatenate([spreads(np.stack(part), results.draw) for part in parts])


_TOGETHER = 64
"""Figures summed up at a time: a copy of them all would double the memory a table takes."""
