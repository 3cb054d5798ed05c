"""The chart of how it is going: a measure as planned, as reported, and as now forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter, StrMethodFormatter

from workforce_model.basis.formats import percent, pounds, rounded
from workforce_model.charts.page import BLUE, BODY, ORANGE, TEAL, TEXT, axes_of, label_ends, named, period_ticks, titled
from workforce_model.engine.results import Results
from workforce_model.inputs.actuals import Actuals
from workforce_model.reading.measures import MEASURES
from workforce_model.reading.tables import COUNCIL, monthly_table

SHOWN_AFTER = 12
"""Months shown after the last report."""


def plan_against_actual(plan: Results | pd.DataFrame, actuals: Actuals | pd.DataFrame, measure: str, team: str | None = None,
                        forecast: Results | pd.DataFrame | None = None, ax: Axes | None = None) -> Axes:  # fmt: skip
    """Is it going to plan? A measure as planned, with its range, as reported, and as now forecast.

    Parameters
    ----------
    plan, forecast : Results or DataFrame
        A run, or a tidy table like that of ``Results.monthly()``: scenario, period, team, measure, unit, mean, p10, p90.
    actuals : Actuals or DataFrame
        A filled-in form; or columns period (``2019-07``), team, measure and value, as ``board_pack`` takes them; a month without a
        report has no row.

    Raises
    ------
    ValueError
        If the plan or the actuals hold no figure of this measure and team, or an actual lies outside the plan's months.
    """
    where = team or COUNCIL
    planned = _months(plan, measure, where, "the plan")
    reports = _reports(actuals.measures() if isinstance(actuals, Actuals) else actuals, measure, where, planned)
    given = (
        "ILLUSTRATIVE actuals, reported by no council"
        if isinstance(actuals, Actuals) and actuals.illustrative
        else "actuals as given"
    )
    ax = axes_of(ax)
    shown = planned.iloc[: list(planned.index).index(reports.index[-1]) + 1 + SHOWN_AFTER]
    ax.fill_between(range(len(shown)), shown["p10"], shown["p90"], color=BLUE, alpha=0.18, linewidth=0)
    ax.plot(shown["mean"].to_numpy(), color=BLUE, linewidth=2.2)
    ends = [(len(shown) - 1.0, float(shown["mean"].iloc[-1]), "Plan", BLUE)]
    if forecast is not None:
        later = _months(forecast, measure, where, "the forecast")
        later = later[later.index.isin(shown.index)]
        places = shown.index.get_indexer(later.index)
        ax.plot(places, later["mean"], color=TEAL, linestyle="--", linewidth=2.2)
        ends.append((float(places[-1]), float(later["mean"].iloc[-1]), "Forecast", TEAL))
    _diamonds(ax, reports, shown)
    label_ends(ax, ends)
    unit = str(planned["unit"].iloc[0])
    ax.set_ylim(0, None)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0) if "share" in unit else StrMethodFormatter("{x:,.0f}"))
    period_ticks(ax, pd.PeriodIndex(shown.index, freq="M"))
    return _said(ax, plan, planned, reports, measure, where, unit, given)


def _said(ax: Axes, plan: Results | pd.DataFrame, planned: pd.DataFrame, reports: pd.Series[float], measure: str, where: str,
          unit: str, given: str) -> Axes:  # fmt: skip
    beside = planned.loc[reports.index]
    outside = int(((reports < beside["p10"]) | (reports > beside["p90"])).sum())
    label = MEASURES[measure].label if measure in MEASURES else named(measure.replace(":", ","))
    headline = f"{label}: {outside} of {len(reports)} months outside plan"
    place = f", {plan.scenario.place}" if isinstance(plan, Results) else ""
    subtitle = f"{label}, {where.replace('_', ' ')}{place}, {unit}, month by month; line and band: plan and its 10th to 90th percentile; diamonds: actual"
    figures = zip(reports.items(), beside["mean"], beside["p10"], beside["p90"], strict=True)
    detail = "; ".join(
        f"{month} actual {_printed(float(value), unit)}, planned {_printed(mean, unit)} [{_printed(low, unit)} to {_printed(high, unit)}]"
        for (month, value), mean, low, high in figures
    )
    source = f"Source: workforce_model, {planned['scenario'].iloc[0]}; {given}. By chance alone one month in five lies outside."
    return titled(ax, headline, subtitle, detail, source)


def _diamonds(ax: Axes, reports: pd.Series[float], shown: pd.DataFrame) -> None:
    """The reports, the last of them named on the side away from the plan's line and the axis."""
    places = shown.index.get_indexer(reports.index)
    ax.plot(places, reports, "D", color=ORANGE, markeredgecolor=TEXT, markersize=6)
    last, middle = float(reports.iloc[-1]), float(shown["mean"].iloc[places[-1]])
    lift = -8 if 0.2 * middle < last < middle else 8
    ax.annotate("Actual", (places[-1], last), (0, lift), textcoords="offset points", ha="center",
                va="bottom" if lift > 0 else "top", fontsize=BODY, color=TEXT)  # fmt: skip


def _reports(actuals: pd.DataFrame, measure: str, where: str, planned: pd.DataFrame) -> pd.Series[float]:
    """The reports of one measure and team by month, in order."""
    told = actuals[(actuals["measure"] == measure) & (actuals["team"] == where)]
    reports = pd.Series(told["value"].to_numpy(dtype=float), index=told["period"].astype(str)).sort_index()
    strange = sorted(set(reports.index) - set(planned.index))
    faults = {
        "no row of it": reports.empty,
        f"months the plan lacks: {', '.join(strange)}": bool(strange),
        "a month twice": reports.index.has_duplicates,
        "a value that is no number": not np.isfinite(reports.to_numpy()).all(),
    }
    found = [fault for fault, there in faults.items() if there]
    if found:
        raise ValueError(f"actuals of {measure}, {where}: {'; '.join(found)}")
    return reports


def _months(given: Results | pd.DataFrame, measure: str, where: str, whose: str) -> pd.DataFrame:
    """One measure of one team by month, in order."""
    table = monthly_table(given) if isinstance(given, Results) else given
    mine = table[(table["measure"] == measure) & (table["team"] == where)]
    if mine.empty:
        raise ValueError(f"{whose} holds no {measure} of {where}")
    return mine.assign(period=mine["period"].astype(str)).set_index("period").sort_index()


def _printed(value: float, unit: str) -> str:
    return percent(value) if "share" in unit else pounds(value) if unit == "GBP" else str(rounded(value, 1))
