"""Agency beside the matched permanent post, grade by grade: the premium, the break-even rate, and the agreed cap."""

from __future__ import annotations

import pandas as pd

from workforce_model.basis.periods import financial_year_start
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.agency import break_even_rate, matched_comparison
from workforce_model.money.costs import Values, hourly_charge, permanent_price
from workforce_model.reading.envelope import End, values_at

_ENDS: tuple[End, ...] = ("low", "value", "high")
COLUMNS = ["scenario", "grade", "measure", "unit", "low", "value", "high"]


def agency_premium_table(scenario: Scenario, year: str | None = None) -> pd.DataFrame:
    """Each grade with an agency rate beside its post, at April prices of a year.

    Parameters
    ----------
    year : str, optional
        Financial year of the prices; the price base if not given.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`. ``low`` and ``high`` put the permanent post at the end of its ranges while
        the agency worker stays at its value, so each break-even rate is against that post. The premium is
        agency less permanent, of either sign. Rate above cap compares rates on the same basis.

    Examples
    --------
    >>> import workforce_model as wm
    >>> table = agency_premium_table(wm.load_scenario("scenarios/approved.toml"))
    >>> mine = table.query("grade == 'social_worker' and measure == 'break-even charge'")
    >>> mine[["low", "value", "high"]].round(2).to_numpy().tolist()
    [[26.18, 30.67, 35.48]]
    """
    ends = [values_at(scenario, end) for end in _ENDS]
    rows = []
    for grade, stated in scenario.costs.grades.items():
        if stated.agency_rate is not None:
            columns = [_measures(scenario, permanent, ends[1], grade, year) for permanent in ends]
            for measures in zip(*columns, strict=True):
                rows.append((scenario.name, grade, *measures[0][:2], *(m[2] for m in measures)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _measures(
    scenario: Scenario, permanent: Values, agency: Values, grade: str, year: str | None
) -> list[tuple[str, str, float]]:
    costs = scenario.costs
    when = financial_year_start(year or costs.price_base)
    post = 12 * float(permanent_price(costs, permanent, when, grade, 1.0).sum(axis=0)[0])
    charge = float(hourly_charge(costs, agency, when, grade, 1.0).sum(axis=0)[0])
    hours, weeks = (float(agency[f"costs.agency_{name}"][0]) for name in ("hours", "weeks"))
    rows = [
        ("permanent post, full cost", "GBP a year", post),
        ("agency charge", "GBP an hour", charge),
        ("break-even charge", "GBP an hour", float(break_even_rate(post, hours, weeks))),
    ]
    away = float(agency["costs.permanent_days_away"][0]) if costs.permanent_days_away is not None else 0.0
    table = matched_comparison(post, charge, hours_a_week=hours, weeks_billed=weeks, days_away=away)
    for per in ["year", "paid week", *(["productive week"] if costs.permanent_days_away is not None else [])]:
        rows.append((f"agency, a {per}", "GBP", float(table.loc[per, "agency_gbp"])))  # type: ignore[arg-type]  # a column of numbers
        rows.append((f"premium, a {per}", "GBP", float(table.loc[per, "premium_gbp"])))  # type: ignore[arg-type]  # likewise
    if costs.grades[grade].agency_cap is not None:
        rate, cap = (float(agency[f"costs.grades.{grade}.agency_{name}"][0]) for name in ("rate", "cap"))
        rows.append((f"rate above cap, {costs.agency_basis}", "GBP an hour", rate - cap))
    return rows
