"""How many conversions would meet what the posts cost beyond their approval, how soon one pays back, and at what rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.accounts.appraisal import conversion_payback_months
from workforce_model.basis.formats import NOT_DEFINED, percent, pounds, rounded, thousands
from workforce_model.basis.periods import financial_year_start, monthly_probability
from workforce_model.decisions.answers import QUESTIONS, Answer
from workforce_model.inputs.doubt import draw_values
from workforce_model.money.costs import break_even_rate, hourly_charge, permanent_price
from workforce_model.money.pay import latest_on
from workforce_model.reading.envelope import envelopes, gap_in, values_at
from workforce_model.reading.measures import Spread, measured, spread
from workforce_model.six_months.runs import Figures, ReviewRuns


def break_even_conversions(runs: ReviewRuns) -> Answer:
    """How many conversions would meet what the posts cost beyond the approval, how soon one pays back, and at what rate.

    Converting saves the premium: what an agency worker of the grade costs in a year less the matched post. It adds no
    capacity. The premium's sign is free; where it is nought or less no number of conversions breaks even.
    """
    scenario, year = runs.forecast.scenario, runs.next_year
    grade = _converted_grade(runs)
    drawn = draw_values(scenario, runs.forecast.seed, doubt=True)
    middle, tested = values_at(scenario, "value"), runs.budget in envelopes(scenario, at="value")
    central, premiums = _premium(runs, grade, middle), _premium(runs, grade, drawn)["premium"]
    gap = float(gap_in(scenario, middle, runs.budget, year)[0]) if tested else math.nan
    premium, rate, charge = (float(central[x][0]) for x in ("premium", "break_even", "charge"))
    needed = conversions_needed(gap, premium)
    high, low = (conversions_needed(gap, float(x)) for x in np.quantile(premiums, (0.1, 0.9)))
    covering = spread(measured(runs.forecast, "agency_cover_fte")[runs.at + 1], runs.forecast.draw)
    once, fee = _once(runs)
    months = _payback_months(runs, once, premium)
    rows = [
        ("premium, agency less the matched post", "GBP a year", premium, *np.quantile(premiums, (0.1, 0.9))),
        ("agency charge", "GBP an hour", charge, math.nan, math.nan),
        ("break-even charge", "GBP an hour", rate, math.nan, math.nan),
        ("gap in a full year", "GBP", gap, math.nan, math.nan),
        ("conversions that meet the gap", "conversions", *map(_finite, (needed, low, high))),
        ("months until a conversion has paid back", "months", _finite(months), math.nan, math.nan),
        ("agency covering vacancies", "FTE", covering.mean, covering.p10, covering.p90),
        (
            "share of futures in which agency costs more than the post",
            "share",
            float((premiums > 0).mean()),
            math.nan,
            math.nan,
        ),
    ]
    table = pd.DataFrame(rows, columns=["measure", "unit", "mean", "p10", "p90"])
    table.insert(0, "period", year)
    sentence = _conversions_said(
        runs, premium, premiums, (needed, low, high), gap, _paid_back(months, once, fee), rate, charge, covering
    )
    return Answer(6, QUESTIONS[6][1], _finite(needed), _finite(low), _finite(high), "conversions", sentence, table)


def conversions_needed(gap_gbp: float, premium_gbp: float) -> float:
    """Whole conversions whose premium meets a gap; infinite where no number does, none where there is no gap.

    Examples
    --------
    >>> conversions_needed(99_000, 10_000), conversions_needed(-5_000, 10_000), conversions_needed(99_000, -1)
    (10.0, 0.0, inf)
    """
    if math.isnan(gap_gbp):
        return math.nan
    if gap_gbp <= 0:
        return 0.0
    return float(math.ceil(gap_gbp / premium_gbp)) if premium_gbp > 0 else math.inf


def _finite(x: float) -> float:
    """Not a number for what is never reached: it is not defined."""
    return x if math.isfinite(x) else math.nan


def _converted_grade(runs: ReviewRuns) -> str:
    """The grade with an agency rate that holds most posts."""
    scenario = runs.forecast.scenario
    heads: dict[str, int] = {}
    for group in scenario.workforce.posts.values():
        if scenario.costs.grades[group.grade].agency_rate is not None:
            heads[group.grade] = heads.get(group.grade, 0) + group.number
    return max(sorted(heads), key=lambda grade: heads[grade])


def _premium(runs: ReviewRuns, grade: str, values: Any) -> dict[str, Figures]:
    """A year's premium, the charge for an hour, and the charge at which there is no premium, by draw."""
    costs, when = runs.forecast.scenario.costs, financial_year_start(runs.next_year)
    post = 12 * permanent_price(costs, values, when, grade, 1.0).sum(axis=0)
    charge = hourly_charge(costs, values, when, grade, 1.0).sum(axis=0)
    hours, weeks = values["costs.agency_hours"], values["costs.agency_weeks"]
    return {
        "premium": charge * hours * weeks - post,
        "charge": charge,
        "break_even": np.asarray(break_even_rate(post, hours, weeks)),
    }


def _once(runs: ReviewRuns) -> tuple[float, str]:
    """What a conversion costs once, its checks and at most its fee; and in words whether a fee is among it."""
    costs, when = runs.forecast.scenario.costs, financial_year_start(runs.next_year)
    dates = list(costs.checks_per_start)
    checks = costs.checks_per_start[latest_on(dates, when)].value if dates else 0.0
    if costs.conversion_fee is None:
        return checks, "its checks; the scenario states no fee"
    return checks + costs.conversion_fee.value, "its checks and its fee"


def _payback_months(runs: ReviewRuns, once: float, premium: float) -> float:
    """Months of premium that pay for what a conversion costs once, as workers leave; infinite where they never do."""
    workforce = runs.forecast.scenario.workforce
    leaving = float(monthly_probability(workforce.turnover_rate.value, workforce.turnover_reading))
    months = conversion_payback_months(once, premium / 12, leaving) if premium > 0 else None
    return math.inf if months is None else float(months)


def _paid_back(months: float, once: float, fee: str) -> str:
    """How soon one conversion has paid for itself, in words."""
    if not once:
        return "Each costs nothing to make"
    if math.isinf(months):
        return f"Each costs {pounds(once)} once ({fee}), more than it ever pays back, as people leave,"
    return f"Each pays back the {pounds(once)} it costs once ({fee}) in its {_nth(int(months))} month"


def _conversions_said(runs: ReviewRuns, premium: float, premiums: Figures, conversions: tuple[float, float, float], gap: float, pays: str, rate: float,
                      charge: float, covering: Spread) -> str:  # fmt: skip
    needed, fewest, most = conversions
    low, high = np.quantile(premiums, (0.1, 0.9))
    more = "more" if premium > 0 else "less"
    start = (
        f"An agency worker costs {pounds(abs(premium))} a year {more} than the matched post at central prices [{pounds(low)} to {pounds(high)}; more in "
        f"{percent(float((premiums > 0).mean()))} of futures]: the charge of £{rounded(charge, 2)} an hour is level with the post at £{rounded(rate, 2)}."
    )
    if math.isnan(gap):
        return f"{start} No approval stands against posts, so how many conversions break even is {NOT_DEFINED}."
    if needed == 0:
        return f"{start} The posts fit their approval of {runs.next_year}, so no conversion is needed to meet a gap."
    if math.isinf(needed):
        return f"{start} So no number of conversions meets the £{thousands(gap)}k by which a full year of the posts exceeds the approval of {runs.next_year}."
    enough = (
        f"only {rounded(covering.mean, 1)} FTE of agency cover vacancies, so conversion alone cannot"
        if needed > covering.mean
        else f"{rounded(covering.mean, 1)} FTE of agency cover vacancies"
    )
    span = f" [{rounded(fewest)} to {rounded(most) if math.isfinite(most) else 'no number'}]"
    return (
        f"{start} {rounded(needed)} conversions{span} would meet the £{thousands(gap)}k by which the posts exceed the approval in a full year at prices of "
        f"{runs.next_year}; {enough}. {pays} and adds no capacity."
    )


def _nth(n: int) -> str:
    """A number as a place in order: 1st, 2nd, 3rd, 4th.

    Examples
    --------
    >>> _nth(1), _nth(12), _nth(23)
    ('1st', '12th', '23rd')
    """
    return f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
