"""One post month by month, exactly: from its first day, with spine points, increments, awards and thresholds by date.

No scenario and no simulation: the analyst's own scale and dates go in, a tidy table of pounds comes out.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from workforce_model.basis.assumptions import UNITS, Unit, figures
from workforce_model.basis.periods import financial_year, from_month
from workforce_model.money.increments import increments_due
from workforce_model.money.part_year import Convention, share_of_pay
from workforce_model.money.pay import PAY_KINDS, latest_on


def post_schedule(
    first_day: datetime.date, last_month: str, *, scale_gbp: Mapping[str, Sequence[float]], awards: Mapping[str, float],
    ni_rate: float, ni_threshold_gbp: Mapping[str, float], pension_rate: float, levy_rate: float, non_pay_gbp: float,
    convention: Convention, last_day: datetime.date | None = None, start_step: int = 0, fte: float = 1.0,
    retention_gbp: float = 0.0, retention_pensionable: bool = False, vacancy_factor: float = 0.0,
) -> pd.DataFrame:  # fmt: skip
    """The cost of one post, each month from its first day, by kind of pay.

    Parameters
    ----------
    first_day, last_day : date
        In post; ``last_day`` None while the post stays filled.
    last_month : str
        The last month wanted, ``2021-03``.
    scale_gbp : mapping of str to sequence of float
        Full-time salaries from the bottom of the grade up, by the date the scale begins: ``2019/20`` or
        ``2019-04``. One salary is a grade without increments. A later scale holds from its own month.
    awards : mapping of str to float
        Growth from a financial year or a month on; only awards after the scale in force begins are added.
    ni_threshold_gbp : mapping of str to float
        Pounds a year, by financial year. Each month has a twelfth of it, whole, whatever part of it is worked.
    convention : str
        How part of a month is paid: ``day``, ``month`` or ``whole_month``; see ``part_year.share_of_pay``.
    start_step : int
        Step of the scale at the start, from the bottom as 0.
    vacancy_factor : float
        Share taken off for expected turnover when the schedule is a budget; nil for a post that is filled.

    Returns
    -------
    DataFrame
        Columns month, financial_year, step, kind, gbp: six kinds a month.

    Raises
    ------
    ValueError
        If an amount, share or award is out of bounds, no scale or threshold is given, the start step is not on the scale, or
        the last month wanted is before the first day.

    Examples
    --------
    £36,000 and a quarter on top, from 1 December 2019: £15,000.00 by March.

    >>> table = post_schedule(datetime.date(2019, 12, 1), "2020-03", scale_gbp={"2019/20": [36_000]}, awards={}, ni_rate=0,
    ...                       ni_threshold_gbp={"2019/20": 8_632}, pension_rate=0.25, levy_rate=0, non_pay_gbp=0,
    ...                       convention="month")
    >>> round(float(table["gbp"].sum()), 2)
    15000.0
    """
    _refuse(scale_gbp, ni_threshold_gbp, start_step, vacancy_factor)
    if pd.Period(last_month, "M") < pd.Period(first_day, "M"):
        raise ValueError(
            f"last_month = {last_month}: expected a month from {pd.Period(first_day, 'M')}, the first in post, on"
        )
    for date, rate in awards.items():
        figures(f"awards[{date!r}]", rate, UNITS["growth a year"])
    figures("fte", fte, Unit(0, 1, slip="contracted hours over full-time hours"), above_nil=True)
    rows: list[tuple[str, str, int, str, float]] = []
    for when in pd.period_range(pd.Period(first_day, "M"), last_month, freq="M"):
        share = share_of_pay(when, first_day, last_day, convention)
        scale_date = latest_on(list(scale_gbp), when)
        scale = scale_gbp[scale_date]
        step = min(start_step + increments_due(pd.Period(first_day, "M"), when), len(scale) - 1)
        growth = [1 + rate for date, rate in awards.items() if from_month(scale_date) < from_month(date) <= when]
        pounds = _month(
            float(figures("scale_gbp", scale[step], UNITS["GBP a year"])) * float(np.prod(growth)) / 12 * share * fte,
            retention_gbp / 12 * share * fte, non_pay_gbp / 12 * share * fte,
            ni_threshold_gbp[latest_on(list(ni_threshold_gbp), when)] / 12,
            (ni_rate, pension_rate, levy_rate), retention_pensionable,
        )  # fmt: skip
        at = (str(when), financial_year(when), step)
        rows += [(*at, kind, x * (1 - vacancy_factor)) for kind, x in zip(PAY_KINDS, pounds, strict=True)]
    return pd.DataFrame(rows, columns=["month", "financial_year", "step", "kind", "gbp"])


def _month(
    pay: float, retention: float, non_pay: float, threshold: float, rates: tuple[float, float, float], pensionable: bool
) -> tuple[float, ...]:
    """A month's pounds in the order of ``PAY_KINDS``; the threshold is the pay period's own."""
    insured, pension, levied = (float(figures("rates", rate, UNITS["share of salary"])) for rate in rates)
    for name, amount in (("retention_gbp", retention), ("non_pay_gbp", non_pay), ("ni_threshold_gbp", threshold)):
        figures(name, amount, UNITS["GBP a year"])
    earned = pay + retention
    pensioned = earned if pensionable else pay
    return (pay, insured * max(earned - threshold, 0.0), pension * pensioned, levied * earned, non_pay, retention)


def _refuse(
    scale_gbp: Mapping[str, Sequence[float]], thresholds: Mapping[str, float], start_step: int, vacancy_factor: float
) -> None:
    figures("vacancy_factor", vacancy_factor, UNITS["share"])
    if not scale_gbp or not thresholds:
        raise ValueError("scale_gbp and ni_threshold_gbp: each states at least one date")
    for date, scale in scale_gbp.items():
        figures(f"scale_gbp[{date!r}]", list(scale), Unit(0, 1e12))
        if not 0 <= start_step < len(scale):
            raise ValueError(
                f"start_step = {start_step}: expected a step of the scale of {date}, 0 to {len(scale) - 1}"
            )
