"""The Department's indicators by its own definitions, worked out from its counts and checked against its rates.

Stocks are on 30 September, flows over the twelve months to it. A rate here is a fraction; the Department prints per
cent. Where a part is a code, so is not known, the rate is missing; a rate on nothing is missing too.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from workforce_model.councils.returns import KEY, Returns

TOLERANCE = 0.15  # percentage points or cases: the Department rounds counts and rates to one decimal
LEAST_FTE = 30.0  # below this a council is too small for a rate: City of London and Scilly have 1 to 9 FTE


@dataclasses.dataclass(frozen=True)
class Indicator:
    """A rate of the census: what is divided by what, and the column it is published in."""

    label: str
    part: str
    whole: tuple[str, ...]
    published: str
    per_cent: bool = True


INDICATORS = {
    "turnover_rate": Indicator("Turnover (leavers over in post)", "leavers_fte", ("inpost_fte",), "turnover_rate_fte"),
    "agency_rate": Indicator(
        "Agency (over agency and in post)", "agency_fte", ("agency_fte", "inpost_fte"), "agency_rate_fte"
    ),
    "vacancy_rate": Indicator(
        "Vacancies (over vacancies and in post)", "vacancy_fte", ("vacancy_fte", "inpost_fte"), "vacancy_rate_fte"
    ),
    "cover_rate": Indicator(
        "Agency covering a vacancy (over agency)", "agency_cover_fte", ("agency_fte",), "agency_cover_rate_fte"
    ),
    "vacancy_cover_rate": Indicator(
        "Vacancies covered (over vacancies)",
        "agency_cover_fte",
        ("vacancy_fte",),
        "vacancy_agency_cover_rate_fte",
    ),
    "caseload": Indicator("Caseload (cases over holders)", "cases", ("case_holders_fte",), "caseload_fte", False),
}


def indicators(returns: Returns) -> pd.DataFrame:
    """Each area's indicators, year by year, worked out from its counts.

    Returns
    -------
    DataFrame
        The area and ``year``, then turnover, agency, vacancy and cover rates as fractions and the average caseload in
        cases per case-holding FTE.

    Examples
    --------
    >>> indicators(returns).query("council == 'Enfield'").set_index("year")["turnover_rate"].round(4).to_dict()  # doctest: +SKIP
    {2017: 0.2253, 2018: 0.1371, 2019: 0.1889}
    """
    rows = returns.figures
    rates = {name: _ratio(rows, stated) for name, stated in INDICATORS.items()}
    return rows[list(KEY)].assign(**rates)


def reproduced(returns: Returns) -> pd.DataFrame:
    """Whether the Department's published rates follow from its published counts, rate by rate.

    Returns
    -------
    DataFrame
        One row for each rate: ``rows`` where both are published, ``within`` (share no more than 0.15 away, in the
        rate's own unit), ``widest`` difference and ``where``. Every row of the file counts, tiny councils too.

    Notes
    -----
    In the file for 2017 to 2019 the widest difference is 0.10: Isle of Wight's turnover in 2018.
    """
    rows, rates = returns.figures, indicators(returns)
    found = []
    for name, stated in INDICATORS.items():
        gap = (rates[name] * (100 if stated.per_cent else 1) - rows[stated.published]).abs().dropna()
        row = {"rate": name, "rows": len(gap), "within": np.nan, "widest": np.nan, "where": ""}
        if len(gap):
            there = rows.loc[[gap.idxmax()]].iloc[0]
            named = there["council"] or there["region"] or there["level"]
            row |= {
                "within": float((gap <= TOLERANCE).mean()),
                "widest": gap.max(),
                "where": f"{named} {there['year']}",
            }
        found.append(row)
    return pd.DataFrame(found)


def stock_flow(returns: Returns) -> pd.DataFrame:
    """Where in post at year end is not the year before plus starters less leavers: the residual, never hidden.

    Returns
    -------
    DataFrame
        One row for each council and year with all four published: ``opening_fte``, ``starters_fte``, ``leavers_fte``,
        ``expected_fte``, ``closing_fte``, ``residual_fte`` (closing less expected) and ``residual_share`` of opening.

    Examples
    --------
    >>> stock_flow(returns).query("council == 'Enfield'")["residual_fte"].round(1).tolist()  # doctest: +SKIP
    [-13.9, -18.3]
    """
    rows = returns.councils()[[*KEY, "inpost_fte", "starters_fte", "leavers_fte"]]
    before = rows[["la_code", "year", "inpost_fte"]].assign(year=rows["year"] + 1)
    joined = rows.merge(before.rename(columns={"inpost_fte": "opening_fte"}), on=["la_code", "year"])
    joined = joined.rename(columns={"inpost_fte": "closing_fte"}).dropna().reset_index(drop=True)
    expected = joined["opening_fte"] + joined["starters_fte"] - joined["leavers_fte"]
    residual = joined["closing_fte"] - expected
    share = (residual / joined["opening_fte"]).where(joined["opening_fte"] > 0)
    columns = [*KEY, "opening_fte", "starters_fte", "leavers_fte", "closing_fte"]
    return joined[columns].assign(expected_fte=expected, residual_fte=residual, residual_share=share)


def not_credible(returns: Returns) -> pd.DataFrame:
    """Pairs of years between which a council's count moved as recording moves, not as people do.

    Vacancies of more than 20 FTE that fall below a third or more than treble within a year; cases that fall below
    half or more than double. Which of the two years is at fault cannot be told from the file, so nothing is fitted
    through either of them; both stay in every table.

    Returns
    -------
    DataFrame
        ``la_code``, ``council``, ``year`` (the later of the two), ``measure``, ``before``, ``after``.

    Examples
    --------
    >>> not_credible(returns).query("council == 'Enfield'").iloc[:, 1:]  # doctest: +SKIP
       council  year      measure  before  after
    7  Enfield  2018  vacancy_fte    79.0   20.0
    """
    rules = {"vacancy_fte": (20.0, 3.0), "cases": (0.0, 2.0)}
    rows = returns.councils()
    found = []
    for measure, (least, factor) in rules.items():
        after = rows[["la_code", "council", "year", measure]].rename(columns={measure: "after"})
        before = after[["la_code", "year", "after"]].assign(year=after["year"] + 1)
        pairs = after.merge(before.rename(columns={"after": "before"}), on=["la_code", "year"])
        jumped = (pairs["after"] < pairs["before"] / factor) | (pairs["after"] > pairs["before"] * factor)
        kept = pairs[jumped & (pairs["before"] > least)]
        found.append(kept.assign(measure=measure)[["la_code", "council", "year", "measure", "before", "after"]])
    return pd.concat(found, ignore_index=True)


def _ratio(rows: pd.DataFrame, stated: Indicator) -> pd.Series:
    whole = rows[list(stated.whole)].sum(axis=1, skipna=False)
    return (rows[stated.part] / whole).where(whole > 0)
