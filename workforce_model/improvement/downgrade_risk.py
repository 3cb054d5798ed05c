"""The odds and the cost of a lower grade, with and without the money, from two runs with the same luck."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.draws import Words
from workforce_model.basis.formats import percent, thousands
from workforce_model.decisions.answers import Answer
from workforce_model.inputs.doubt import draw_values
from workforce_model.inputs.inspection import FINDINGS, Downgrade, Inspection, downgrade_costs, downgrades
from workforce_model.reading.measures import measured, spread
from workforce_model.reading.tables import STATISTICS, reported_years, tidy

if TYPE_CHECKING:
    from workforce_model.engine.model import Results

Figures = NDArray[np.float64]


def inspection_costs(results: Results, *, with_the_money: bool = False, switched_on: bool | None = None) -> Figures:
    """Pounds a month that a lower grade costs in each run; nought throughout where it is off.

    Parameters
    ----------
    with_the_money : bool
        Whether the stated effect of the money on the chance applies.
    switched_on : bool, optional
        Overrides the scenario's own switch.

    Returns
    -------
    array, shape (M, R)

    Raises
    ------
    ValueError
        If the scenario states nothing about inspection.
    """
    stated = _stated(results)
    if not (stated.on if switched_on is None else switched_on):
        return np.zeros((len(results.months), results.runs))
    at = _values(results)
    lost = _lost(results, stated, at, with_the_money)
    staff = sum(measured(results, x)[1:] for x in ("in_post_fte", "agency_cover_fte", "agency_additional_fte"))
    rises = at["agency_rise_requires_improvement"], at["agency_rise_inadequate"]
    return downgrade_costs(lost, np.asarray(staff), rises, at["agency_premium"], at["improvement_cost"])


def inspection_risk(without: Results, with_the_money: Results) -> Answer:
    """Odds and cost of a lower grade, with and without the money, each assumption with its evidence.

    Where the scenario has it off, as by default, this is a what-if that stands in no other figure.

    Parameters
    ----------
    without, with_the_money : Results
        Two runs of the same number and seed, so that they share their luck.

    Raises
    ------
    ValueError
        If the runs do not share their luck, or a scenario states nothing about inspection.

    Examples
    --------
    >>> import workforce_model as wm
    >>> runs = [wm.run(wm.load_scenario(f"scenarios/{x}.toml"), runs=4) for x in ("do_nothing", "approved")]
    >>> inspection_risk(*runs).number
    17
    """
    if without.seed != with_the_money.seed or without.runs != with_the_money.runs:
        raise ValueError("without, with_the_money: expected two runs with the same seed and number of runs")
    pair = {"without the money": (without, False), "with the money": (with_the_money, True)}
    costs = {name: inspection_costs(r, with_the_money=money, switched_on=True) for name, (r, money) in pair.items()}
    odds = {name: _lost(r, _stated(r), _values(r), money).month for name, (r, money) in pair.items()}
    total = {name: cost.sum(axis=0) for name, cost in costs.items()}
    table = pd.concat([_odds_and_costs(pair, odds, costs), _evidence(without)], ignore_index=True)
    s = spread(total["without the money"], without.draw)
    return Answer(17, "Odds and cost of a downgrade, with and without the money?", s.mean, s.p10, s.p90, "GBP to the last month",
                  _sentence(without, with_the_money, odds, total), table)  # fmt: skip


def _sentence(
    without: Results,
    with_the_money: Results,
    odds: dict[str, NDArray[np.intp]],
    total: dict[str, Figures],
) -> str:
    stated, months = _stated(without), len(without.months)
    lost = odds["without the money"] < months
    if_lost = total["without the money"][lost].mean() if lost.any() else math.nan
    effect = _stated(with_the_money).effect_of_the_money.value
    said = "no effect of the money on the chance is assumed" if effect == 0 else f"the money is assumed to lower the chance by {percent(effect)}"  # fmt: skip
    put = "" if stated.on else " This is a what-if: it is off, and stands in no other figure."
    price = f"about {_thousand(if_lost)} by then if it comes, " if lost.any() else ""
    return (
        f"At published rates the chance that the grade falls below {stated.grade} by {without.months[-1]:%B %Y} is "
        f"{percent(float(lost.mean()))}, at {price}so {_thousand(total['without the money'].mean())} in expectation; with the "
        f"money {percent(float((odds['with the money'] < months).mean()))} and {_thousand(total['with the money'].mean())}: "
        f"{said}, because a statement of risk is not evidence of one. Money that took the whole risk away would avoid "
        f"{_thousand(total['without the money'].mean())} by then.{put}"
    )


def _odds_and_costs(
    pair: dict[str, tuple[Results, bool]], odds: dict[str, NDArray[np.intp]], costs: dict[str, Figures]
) -> pd.DataFrame:
    parts = []
    for name, (r, _) in pair.items():
        rows = []
        for year, months in reported_years(r).items():
            by_then = (odds[name] <= months[-1]).astype(float)
            rows.append(("council", f"lost the grade by the end of the year, {name}", "share of runs", year, by_then))
            rows.append(("council", f"cost of a lower grade, {name}", "GBP", year, costs[name][months].sum(axis=0)))
        parts.append(tidy(r, rows))
    return pd.concat(parts, ignore_index=True)


def _evidence(results: Results) -> pd.DataFrame:
    """Each assumption of the risk, its value and range, and the grade of its evidence."""
    stated, rows = _stated(results), []
    for name in FINDINGS:
        a = getattr(stated, name)
        low, high = (a.value if x is None else x for x in (a.low, a.high))
        row = {"scenario": results.scenario.name, "period": "assumption", "team": "council", "unit": a.unit}
        measure = f"{name}: evidence {stated.evidence[name]}. {a.source}"
        rows.append({**row, "measure": measure, **dict.fromkeys(STATISTICS, math.nan), "mean": a.value, "p10": low, "p90": high})  # fmt: skip
    return pd.DataFrame(rows)


def _lost(results: Results, stated: Inspection, at: dict[str, Figures], with_the_money: bool) -> Downgrade:
    chance = at["hazard_a_year"] * (1 - at["effect_of_the_money"] * with_the_money)
    first = max(0, int((stated.first_month - results.months[0]).n))
    words = Words(results.seed, results.numbers)
    return downgrades(chance, at["inadequate_share"], at["lasting_months"], first, len(results.months), words)


def _stated(results: Results) -> Inspection:
    stated = results.scenario.inspection
    if stated is None:
        raise ValueError(f"{results.scenario.name} states nothing about inspection: add a table [inspection]")
    return stated


def _values(results: Results) -> dict[str, Figures]:
    values = draw_values(results.scenario, results.seed, results.doubt)
    return {name: values[f"inspection.{name}"][results.draw] for name in FINDINGS}


def _thousand(gbp: float) -> str:
    return f"£{thousands(gbp)}k"
