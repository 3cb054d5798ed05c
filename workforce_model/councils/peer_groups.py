"""A council's peers, and what they say about it: side by side, and as a prior for its own rates."""

from __future__ import annotations

import datetime
import itertools

import numpy as np
import pandas as pd

from workforce_model.basis.problems import Problem, ScenarioError
from workforce_model.councils.indicators import INDICATORS, LEAST_FTE, indicators, not_credible
from workforce_model.councils.returns import Returns

AMONG = ("england", "region", "size", "neighbours")
NEAREST = 10
LEAST_PAIRS = 3  # councils with both years: fewer show no slope

# The ten statistical neighbours listed for Enfield in 2021: later than June 2019, so a comparison and never a forecast.
NEIGHBOURS = {
    "308": (
        *("Waltham Forest", "Croydon", "Greenwich", "Haringey", "Birmingham", "Barking and Dagenham", "Luton"),
        *("Reading", "Hillingdon", "Ealing"),
    )
}

# The weight of a council's own last year against its peers, in the census of 2017 to 2019: year-to-year slopes.
OWN_WEIGHT = {"turnover_rate": 0.3, "agency_rate": 0.8, "vacancy_rate": 0.7, "caseload": 0.6}


def peers(
    returns: Returns, council: str, year: int, among: str = "region", named: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The three-digit codes of a council's peers in a year, itself left out; councils under 30 FTE are nobody's peer.

    Parameters
    ----------
    among : {"england", "region", "size", "neighbours"}
        Every council; those of its region as the Department files it (Outer London for Enfield); the ten nearest in
        FTE in post, by ratio; statistical neighbours, from the list stated here or the names given in ``named``.

    Raises
    ------
    ScenarioError
        If the council or a named neighbour is not in the file, or no list of neighbours is stated for it.

    Examples
    --------
    >>> len(peers(returns, "Enfield", 2018))  # doctest: +SKIP
    17
    """
    own = returns.row(council, year)
    rows = returns.councils()
    rows = rows[(rows["year"] == year) & (rows["inpost_fte"] >= LEAST_FTE) & (rows["la_code"] != own["la_code"])]
    if among == "neighbours":
        stated = named or NEIGHBOURS.get(own["la_code"], ())
        if not stated:
            rule = "no list of statistical neighbours is stated for it; give their names, or take region or size"
            raise ScenarioError(returns.name, [Problem("among", f"neighbours of {own['council']}", rule)])
        return tuple(str(returns.row(name, year)["la_code"]) for name in stated)
    if among == "region":
        rows = rows[rows["region"] == own["region"]]
    elif among == "size":
        rows = rows.loc[np.log(rows["inpost_fte"] / own["inpost_fte"]).abs().nsmallest(NEAREST, keep="all").index]
    elif among != "england":
        raise ScenarioError(returns.name, [Problem("among", among, f"expected one of {', '.join(AMONG)}")])
    return tuple(rows["la_code"])


def beside_peers(
    returns: Returns, council: str, year: int, among: tuple[str, ...] = ("neighbours", "region", "size", "england")
) -> pd.DataFrame:
    """A council's indicators beside each group of peers: its rank, and the middle and range of the group.

    Returns
    -------
    DataFrame
        One row for each indicator and group: ``council_value``, ``peers`` with a figure, ``p10``, ``median``, ``p90`` of the
        peers, ``rank_from_lowest`` of the council among them and itself (of ``peers + 1``), in the indicator's unit. A
        group for which no list is stated is left out.
    """
    rates = indicators(returns)
    rates = rates[(rates["level"] == "Local authority") & (rates["year"] == year)].set_index("la_code")
    own_code = returns.row(council, year)["la_code"]
    found = []
    for group in among:
        if group == "neighbours" and own_code not in NEIGHBOURS:
            continue
        codes = list(peers(returns, council, year, group))
        for name, stated in INDICATORS.items():
            own, theirs = float(rates[name][own_code]), rates.loc[codes, name].dropna()
            p10, median, p90 = np.quantile(theirs, [0.1, 0.5, 0.9]) if len(theirs) else (np.nan,) * 3
            found.append(
                {
                    **{"indicator": name, "unit": "share" if stated.per_cent else "cases", "group": group},
                    **{"council_value": own, "peers": len(theirs), "p10": p10, "median": median, "p90": p90},
                    "rank_from_lowest": np.nan if np.isnan(own) else 1 + int((theirs < own).sum()),
                }
            )
    return pd.DataFrame(found)


def peer_priors(
    returns: Returns, council: str, known_by: datetime.date | None = None, among: str = "england"
) -> pd.DataFrame:
    """What peers say a council's rates are before its own actuals speak: a centre and a spread for each rate.

    The peers' mean is drawn towards the council's own last return by ``own_weight``. The spread that lasts is the
    covariance of councils' rates between successive years; what is left of one year's spread is that year's shock
    and counting, which an update should meet as noise and not as prior.

    Parameters
    ----------
    known_by : date, optional
        Only returns first published by that day are used; a forecast states the day it is made.
    among : {"england", "region", "size", "neighbours"}
        Whose rates are the prior, in the last year known. Enfield's neighbours are a list of 2021.

    Returns
    -------
    DataFrame
        Indexed by rate: ``unit``; ``peers``; ``mean`` and ``between_sd`` over peers in the last year; ``lasting_sd`` and
        ``one_year_sd``; ``slope`` of a rate on its own last year, here; ``own_weight`` stated; ``own`` value and ``own_year``;
        ``centre`` and ``sd``, the prior. Fractions, or cases. Pairs of years between which vacancies moved as recording
        does are left out of what lasts; a council without a last return has its peers' mean for a centre.

    Examples
    --------
    >>> peer_priors(returns, "Enfield", datetime.date(2019, 6, 12))[["centre", "sd"]].round(3)  # doctest: +SKIP
                   centre     sd
    turnover_rate   0.155  0.030
    agency_rate     0.115  0.047
    vacancy_rate    0.125  0.052
    caseload       17.177  1.352
    """
    seen = returns if known_by is None else returns.known_by(known_by)
    if not seen.years:
        raise ScenarioError(returns.name, [Problem("known_by", str(known_by), "nothing was published by then")])
    last, own_code = seen.years[-1], seen.row(council, seen.years[-1])["la_code"]
    codes = peers(seen, council, last, among)
    rates = indicators(seen).assign(inpost=seen.figures["inpost_fte"])
    rates = rates[(rates["level"] == "Local authority") & (rates["inpost"] >= LEAST_FTE)]
    jumps = not_credible(seen).query("measure == 'vacancy_fte'")
    found = []
    for name in OWN_WEIGHT:
        table = rates.pivot_table(index="la_code", columns="year", values=name, dropna=False)
        left_out = jumps if name == "vacancy_rate" else jumps[:0]
        found.append(_prior(table, name, own_code, codes, left_out))
    return pd.DataFrame(found, index=list(OWN_WEIGHT))


def _prior(
    table: pd.DataFrame, name: str, own_code: str, codes: tuple[str, ...], jumps: pd.DataFrame
) -> dict[str, object]:
    """One rate's prior from its table of councils by years, nothing fitted through a council's jump."""
    last = table.columns[-1]
    theirs, others = table.loc[table.index.isin(codes), last].dropna(), table[table.index != own_code]
    pairs = [
        others.loc[~others.index.isin(jumps.loc[jumps["year"] == after, "la_code"]), [before, after]].dropna()
        for before, after in itertools.pairwise(table.columns)
    ]
    matrices = [np.cov(pair.to_numpy().T) for pair in pairs if len(pair) >= LEAST_PAIRS]
    lasting = max(0.0, float(np.mean([matrix[0, 1] for matrix in matrices]))) if matrices else np.nan
    slope = float(np.mean([matrix[0, 1] / matrix[0, 0] for matrix in matrices])) if matrices else np.nan
    own, mean = float(table[last].get(own_code, np.nan)), float(theirs.mean())
    weight = 0.0 if np.isnan(own) else OWN_WEIGHT[name]
    return {
        "unit": "share" if INDICATORS[name].per_cent else "cases",
        "peers": len(theirs),
        "mean": mean,
        "between_sd": float(theirs.std()),
        "lasting_sd": np.sqrt(lasting),
        "one_year_sd": np.sqrt(max(0.0, float(others.var().mean()) - lasting)),
        "slope": slope,
        "own_weight": OWN_WEIGHT[name],
        "own": own,
        "own_year": last,
        "centre": mean if weight == 0 else mean + weight * (own - mean),
        "sd": np.sqrt(lasting * (1 - weight)),
    }
