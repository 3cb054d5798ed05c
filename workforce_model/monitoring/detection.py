"""What so many months can show: the smallest change they would have detected, and their chance of detecting a stated one.

A test at 5%, one-sided. Leavers vary more than luck alone: between years of one council by 1.6 times what chance gives
without the wildest 5% of councils, 2.5 times with them (Department for Education, 2017 to 2019).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workforce_model.basis.formats import percent, points, rounded
from workforce_model.reading.measures import MEASURES, measured

if TYPE_CHECKING:
    from workforce_model.monitoring.forecasting import Forecast

RISK, POWER = 0.05, 0.80
TRIMMED, UNTRIMMED = 1.6, 2.5
"""How many times a Poisson count's variance the leavers of one council vary by, without and with the wildest 5%."""
_CRITICAL, _WANTED = NormalDist().inv_cdf(1 - RISK), NormalDist().inv_cdf(POWER)
AUDIT_CHANGE = 0.10
"""A change in the share of audits found good that a board would act on: ten points."""


def turnover_power(before: float, after: float, in_post_fte: float, months: int = 12, *, dispersion: float = TRIMMED) -> float:  # fmt: skip
    """The chance that so many months show a change of turnover, at 5% one-sided.

    Parameters
    ----------
    before, after : float
        Leavers a year over staff in post: 0.189 is 18.9%.
    in_post_fte : float
    months : int
    dispersion : float
        Variance over mean of the count of leavers.

    Raises
    ------
    ValueError
        If a rate, the staff or the months are not above nought.

    Examples
    --------
    A fall from 18.9% to 15% among 172.6 FTE is detected about one time in five over a year, one in eight over six months:

    >>> round(turnover_power(0.189, 0.15, 172.6), 2), round(turnover_power(0.189, 0.15, 172.6, 6), 2)
    (0.21, 0.13)
    """
    if min(before, after, in_post_fte, months) <= 0:
        raise ValueError(f"before = {before}, after = {after}, in_post_fte = {in_post_fte}, months = {months}: expected all above 0")  # fmt: skip
    usual, changed = (rate * in_post_fte * months / 12 for rate in (before, after))
    margin = _CRITICAL * math.sqrt(dispersion * usual)
    return NormalDist().cdf((abs(usual - changed) - margin) / math.sqrt(dispersion * changed))


def detectable_turnover(before: float, in_post_fte: float, months: int = 12, *, dispersion: float = TRIMMED) -> float:
    """The turnover that a fall must reach for so many months to show it four times in five; nought if none is enough.

    Examples
    --------
    >>> round(detectable_turnover(0.189, 172.6), 3), round(detectable_turnover(0.189, 172.6, 6), 3)
    (0.095, 0.063)
    """
    expected = before * in_post_fte * months / 12
    room = expected - _CRITICAL * math.sqrt(dispersion * expected)
    if room <= 0:
        return 0.0
    root = (-_WANTED * math.sqrt(dispersion) + math.sqrt(_WANTED**2 * dispersion + 4 * room)) / 2
    return root**2 / (in_post_fte * months / 12)


def power(forecast: Forecast, *, turnover_to: float = 0.15, turnover_from: float = 0.189, audits: str = "practice_audits") -> pd.DataFrame:  # fmt: skip
    """What the months that happened could have shown, for turnover, agency, caseload, the share over the limit and audits.

    For stocks the noise is how the plan's own runs differ at the cut-off. A change smaller than ``detectable_change`` may
    be there and not show.

    Parameters
    ----------
    turnover_from, turnover_to : float
        The change of turnover whose chance of showing is asked for.
    audits : str
        The duty whose share found good is asked about: half of the audits before a change, half after.

    Returns
    -------
    DataFrame
        Columns what, unit, months, usual, noise (standard deviation), detectable_change (four times in five, at 5%
        one-sided), asked_change, chance_of_showing, sentence.
    """
    months = len(forecast.actuals.months)
    rows = [*_turnover(forecast, turnover_from, turnover_to, months), *_stocks(forecast, months)]
    rows += _audits(forecast, audits, months)
    columns = [
        "what",
        "unit",
        "months",
        "usual",
        "noise",
        "detectable_change",
        "asked_change",
        "chance_of_showing",
        "sentence",
    ]
    return pd.DataFrame(rows, columns=columns)


def _turnover(forecast: Forecast, before: float, after: float, months: int) -> list[tuple[object, ...]]:
    staff = float(np.nanmean(forecast.actuals.series("in_post_fte")))
    rows: list[tuple[object, ...]] = []
    for over in (months, 12):
        seen = turnover_power(before, after, staff, over)
        reach = detectable_turnover(before, staff, over)
        noise = math.sqrt(TRIMMED * before / (staff * over / 12))
        least = turnover_power(before, after, staff, over, dispersion=UNTRIMMED)
        sentence = f"In {_months(over)} a change of turnover from {before:.1%} to {after:.1%} shows with a chance of {percent(least)} to {percent(seen)}; only a fall to {reach:.1%} would show four times in five."  # fmt: skip
        rows.append(("turnover", "leavers a year over in post", over, before, noise, before - reach, before - after, seen, sentence))  # fmt: skip
    return rows


def _size(x: float, unit: str) -> str:
    """The size of a difference in words: a share's in percentage points.

    Examples
    --------
    >>> _size(0.0734, "share of workers"), _size(5.87, "FTE")
    ('7.3 points', '5.9 FTE')
    """
    return points(x) if unit.startswith("share") else f"{rounded(x, 1)} {unit}"


def _months(number: int) -> str:
    return f"{number} month{'' if number == 1 else 's'}"


def _stocks(forecast: Forecast, months: int) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    at = forecast.at_cut_off
    for name in ("agency_cover_fte", "caseload", "share_at_or_over"):
        figures = measured(forecast.planned, name)[at]
        noise, usual = float(figures.std(ddof=1)), float(figures.mean())
        moved = abs(_reported(forecast, name) - usual)
        told = (
            "is not available" if math.isnan(moved) else f"is {_size(moved, MEASURES[name].unit)} from the plan's mean"
        )
        chance = NormalDist().cdf(moved / noise - _CRITICAL) if noise > 0 else math.nan
        label, least = MEASURES[name].label, (_CRITICAL + _WANTED) * noise
        said = [_size(x, MEASURES[name].unit) for x in (noise, least)]
        sentence = (
            f"{label}: the plan's runs differ by {said[0]} either way after {_months(months)}; a change below {said[1]} would often not show. "
            f"The figure reported {told}."
        )
        rows.append((name, MEASURES[name].unit, months, usual, noise, least, moved, chance, sentence))
    return rows


def _reported(forecast: Forecast, name: str) -> float:
    parts = MEASURES[name].parts
    if parts is None:
        return forecast.actuals.closing(name)
    if name == "caseload":
        held = forecast.actuals.closing("open_cases") - forecast.actuals.closing("unallocated_cases")
        return held / forecast.actuals.closing("case_holder_fte")
    return forecast.actuals.closing(parts[0]) / forecast.actuals.closing(parts[1])


def _audits(forecast: Forecast, duty: str, months: int) -> list[tuple[object, ...]]:
    team = next((t for t in forecast.actuals.teams if f"{duty}_good" in forecast.actuals.figures[t]), None)
    if team is None:
        return []
    done, good = (float(np.nansum(forecast.actuals.series(f"{duty}_{kind}", team)[1:])) for kind in ("done", "good"))
    if done < 2:
        return []
    share, each = good / done, done / 2
    noise = math.sqrt(2 * share * (1 - share) / each)
    chance = NormalDist().cdf(AUDIT_CHANGE / noise - _CRITICAL) if noise > 0 else math.nan
    least = (_CRITICAL + _WANTED) * noise
    sentence = f"{done:.0f} audits, half before a change and half after, show a change of {100 * AUDIT_CHANGE:.0f} points in the share found good with a chance of {percent(chance)}; it takes {100 * least:.0f} points to show four times in five."  # fmt: skip
    return [(f"{duty}, share found good", "share of those done", months, share, noise, least, AUDIT_CHANGE, chance, sentence)]  # fmt: skip
