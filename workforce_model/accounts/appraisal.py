"""Decision figures: present value, payback, what a case-holding worker and a point of caseload cost.

Discounting follows one convention: the first year is not discounted; real flows take a real rate, cash flows
``(1 + r)(1 + g) - 1``. Medium-term plan tables are in cash and are never discounted. "None" is an answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workforce_model.accounts.benefits import cost_of_budget, refuse_unpaired
from workforce_model.basis.assumptions import UNITS, figures
from workforce_model.basis.periods import years_named
from workforce_model.engine.results import Results
from workforce_model.reading.luck import CLEAR, ratio_of_means
from workforce_model.reading.measures import measured, spread
from workforce_model.reading.tables import reported_years

DISCOUNT_RATE = 0.035
"""Real, a year, for years 0 to 30. Source: HM Treasury, Green Book."""
OPTIMISM_BIAS = {1: 0.0, 2: 0.05, 3: 0.10, 4: 0.15, 5: 0.25, 6: 0.40}
"""Added to costs and taken from benefits, by grade of evidence from 1 (best) to 6 (worst). Source: HM Treasury and
New Economy (2014), cost benefit analysis guidance for local partnerships; from general knowledge, to check before use."""


def present_value(
    flows_gbp: ArrayLike, *, prices: Literal["real", "cash"], inflation: float | None = None, rate: float = DISCOUNT_RATE
) -> NDArray[np.float64] | float:  # fmt: skip
    """Value today of yearly pounds, the first year not discounted.

    Parameters
    ----------
    flows_gbp : array, shape (Y,) or (Y, R)
        Pounds by year, of either sign.
    prices : str
        ``real``: at the first year's prices, discounted at ``rate``. ``cash``: with inflation in them, which is
        then stated, and discounted at ``(1 + rate)(1 + inflation) - 1``.
    inflation : float
        General inflation a year; with cash flows only.

    Raises
    ------
    ValueError
        If the flows are not finite, a rate is out of bounds, or inflation is stated with real flows or missing with cash ones.

    Examples
    --------
    >>> round(present_value([100_000] * 3, prices="real"), 2)
    289969.43
    """
    flows = np.asarray(flows_gbp, dtype=float)
    if not np.isfinite(flows).all():
        raise ValueError("flows_gbp: expected finite pounds, one a year")
    if prices not in ("real", "cash") or (inflation is None) == (prices == "cash"):
        raise ValueError(f"prices = {prices!r}, inflation = {inflation}: expected real without inflation, or cash with")
    for name, growth in (("rate", rate), ("inflation", inflation or 0.0)):
        figures(name, growth, UNITS["growth a year"])
    yearly = (1 + rate) * (1 + (inflation or 0.0))
    value = np.tensordot(yearly ** -np.arange(len(flows)), flows, axes=1)
    return float(value) if value.ndim == 0 else value


def payback_years(one_off_gbp: float, annual_saving_gbp: float) -> float | None:
    """Years until a yearly net saving has repaid a one-off cost; None where it never does.

    Examples
    --------
    >>> payback_years(27_000, 6_513), payback_years(27_000, -247)
    (4.145555043758637, None)
    """
    if one_off_gbp <= 0:
        return 0.0
    return one_off_gbp / annual_saving_gbp if annual_saving_gbp > 0 else None


def discounted_payback_years(
    one_off_gbp: float, savings_gbp: Sequence[float], rate: float = DISCOUNT_RATE
) -> float | None:
    """Years until discounted savings, real, have repaid a one-off cost; None within the years given.

    Parameters
    ----------
    savings_gbp : sequence of float
        Net saving of each year, the first not discounted, spread evenly over its year.

    Examples
    --------
    >>> discounted_payback_years(150_000, [100_000] * 3)
    1.5175
    """
    if one_off_gbp <= 0:
        return 0.0
    return _repaid(one_off_gbp, [-saving / (1 + rate) ** year for year, saving in enumerate(savings_gbp)])


def years_to_repay(net_gbp: ArrayLike) -> float | None:
    """Years until yearly net costs, then savings, have come back to nothing for good; None where they do not in the years given.

    Parameters
    ----------
    net_gbp : array, shape (Y,)
        Pounds by year, cost positive and saving negative, spread evenly over the year.

    Examples
    --------
    £60,000 in the first year, then £40,000 saved a year: halfway through the third. A saving that a later cost outruns
    has paid nothing back.

    >>> years_to_repay([60_000, -40_000, -40_000]), years_to_repay([-5_000, 60_000, -10_000])
    (2.5, None)
    """
    return _repaid(0.0, np.asarray(net_gbp, dtype=float).tolist())


def _repaid(spent: float, flows: Sequence[float]) -> float | None:
    """Years until what was spent and the flows after it come to nothing or less, and stay there."""
    found = None
    for year, net in enumerate(flows):
        if spent + net > 0:
            found = None
        elif net < 0 and found is None:
            found = year + max(spent, 0.0) / -net
        spent += net
    return found


def conversion_payback_months(cost_gbp: float, saving_gbp_a_month: float, leaving_rate: float) -> int | None:
    """Months until a conversion has repaid its cost, given that the worker may leave; None if it never does.

    The saving lasts while the worker stays, so in T months it comes to s(1 - (1 - p)^T) / p: at most s / p.

    Parameters
    ----------
    leaving_rate : float
        Chance of leaving in a month.

    Examples
    --------
    £1,000 a month against £10,500, leaving 15% a year: a year. Nothing above £74,338.68 is ever repaid.

    >>> conversion_payback_months(10_500, 1_000, 1 - 0.85 ** (1 / 12)), most_repayable(1_000, 1 - 0.85 ** (1 / 12))
    (12, 74338.68)
    """
    if cost_gbp <= 0:
        return 0
    if saving_gbp_a_month <= 0:
        return None
    if leaving_rate == 0:
        return math.ceil(cost_gbp / saving_gbp_a_month)
    kept = 1 - cost_gbp * leaving_rate / saving_gbp_a_month
    return math.ceil(math.log(kept) / math.log1p(-leaving_rate)) if kept > 0 else None


def most_repayable(saving_gbp_a_month: float, leaving_rate: float) -> float:
    """The most a conversion can ever repay, to the penny: the monthly saving over the monthly chance of leaving."""
    if not 0 < leaving_rate <= 1:
        raise ValueError(f"leaving_rate = {leaving_rate}: expected above 0, at most 1 a month")
    return round(max(saving_gbp_a_month, 0.0) / leaving_rate, 2)


def optimism_bias(evidence: int) -> float:
    """The share added to costs and taken from benefits for a grade of evidence, 1 (best) to 6 (worst)."""
    if evidence not in OPTIMISM_BIAS:
        raise ValueError(f"evidence = {evidence}: expected a grade from 1 (best) to 6 (worst)")
    return OPTIMISM_BIAS[evidence]


def with_optimism_bias(cost_gbp: float, benefit_gbp: float, evidence: int) -> tuple[float, float]:
    """Cost raised and benefit lowered for the quality of the evidence, 1 (best) to 6 (worst).

    Examples
    --------
    >>> with_optimism_bias(100_000, 50_000, evidence=5)
    (125000.0, 37500.0)
    """
    bias = optimism_bias(evidence)
    return cost_gbp * (1 + bias), benefit_gbp * (1 - bias)


def appraise(
    base: Results, option: Results, *, inflation: float, evidence: int | None = None, team: str | None = None
) -> pd.DataFrame:
    """An option against a baseline in decision figures: net cost, its present value, and what it buys.

    Parameters
    ----------
    inflation : float
        General inflation a year, to bring cash to real terms; the runs are in cash.
    evidence : int, optional
        Grade of the evidence, for optimism bias: added to what each budget spends more on average, taken from what it
        spends less. Nil if not given.
    team : str, optional
        The team whose workers are counted; the whole council if not given.

    Returns
    -------
    DataFrame
        Columns measure, period, unit, value, p10, p90, mc_error. A value is the word ``none`` where nothing is
        paid back or bought that chance alone could not explain. What a pound buys is a ratio of means: it has
        an error and no percentiles.
    """
    refuse_unpaired(base, option)
    years = reported_years(option)
    bias = 0.0 if evidence is None else optimism_bias(evidence)
    net = np.array([_net_cost(base, option, months, bias) for months in years.values()])
    rows: list[tuple[str, str, str, object, object, object, object]] = []

    def add(measure: str, period: str, unit: str, figure: NDArray[np.float64]) -> None:
        s = spread(figure, option.draw)
        rows.append((measure, period, unit, s.mean, s.p10, s.p90, s.error))

    for year, figure in zip(years, net, strict=True):
        add("net cost", year, "GBP", figure)
    whole = years_named(list(years))
    add(
        "present value of net cost, real",
        whole,
        "GBP",
        np.asarray(present_value(net, prices="cash", inflation=inflation)),
    )
    mean = net.mean(axis=1)
    real = mean / ((1 + DISCOUNT_RATE) * (1 + inflation)) ** np.arange(mean.size)
    saved = spread(net.sum(axis=0), option.draw)
    told = saved.mean < -CLEAR * saved.error
    for name, flows in (("payback", mean), ("discounted payback", real)):
        rows.append((name, whole, "years", years_to_repay(flows) if told else None, None, None, None))
    for year, months, cost in zip(years, years.values(), net, strict=True):
        _bought(rows, base, option, year, months, cost, team)
    table = pd.DataFrame(rows, columns=["measure", "period", "unit", "value", "p10", "p90", "mc_error"], dtype=object)
    table["value"] = ["none" if value is None else value for value in table["value"]]
    return table


def _net_cost(base: Results, option: Results, months: NDArray[np.int64], bias: float) -> NDArray[np.float64]:
    """What the option costs more than the baseline over some months, all budgets together, in each run.

    Bias is that of an estimate: whether a budget spends more or less is judged by its mean, so luck alone costs nothing.
    """
    net = np.zeros(option.runs)
    for budget in dict.fromkeys([*base.budgets, *option.budgets]):
        change = cost_of_budget(option, budget, months) - cost_of_budget(base, budget, months)
        net += change * (1 + bias if change.mean() > 0 else 1 - bias)
    return net


def _bought(
    rows: list[tuple[str, str, str, object, object, object, object]], base: Results, option: Results, year: str,
    months: NDArray[np.int64], cost: NDArray[np.float64], team: str | None,
) -> None:  # fmt: skip
    """Net cost of a year over the case-holding FTE it added, and over the points of workers brought below the limit."""
    limit = option.scenario.caseloads.caseload_limit
    holders = _change(base, option, "case_holder_fte", months, team)
    over = -_change(base, option, "share_at_or_over", months, team)
    for measure, gained, per in (
        ("net cost per case-holding FTE added", holders, 1.0),
        (f"net cost per percentage point of workers brought below {limit}", over, 0.01),
    ):
        s = spread(gained, option.draw)
        value, error = (None, None) if not s.mean > CLEAR * s.error else ratio_of_means(cost, gained / per, option.draw)
        rows.append((measure, year, "GBP", value, None, None, error))


def _change(
    base: Results, option: Results, measure: str, months: NDArray[np.int64], team: str | None
) -> NDArray[np.float64]:
    """Option less baseline of a measure, averaged over the months of a year, in each run."""
    change = measured(option, measure, team)[months + 1] - measured(base, measure, team)[months + 1]
    return np.asarray(change.mean(axis=0))
