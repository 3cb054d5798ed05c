"""A council in the Department's census: its years, beside its peers, what does not reconcile, and its next year."""

from __future__ import annotations

import dataclasses
import os
import textwrap
from collections.abc import Hashable
from typing import Any

import pandas as pd

from workforce_model.basis.formats import NOT_DEFINED, fte, rounded
from workforce_model.basis.problems import ScenarioError
from workforce_model.councils.indicators import INDICATORS, LEAST_FTE, not_credible, reproduced, stock_flow
from workforce_model.councils.outlook import outlooks
from workforce_model.councils.peer_groups import NEIGHBOURS, beside_peers
from workforce_model.councils.returns import CODES, Returns, published, read_returns
from workforce_model.councils.scores import WIDTH, BackTest, back_test

COUNTS = {
    "inpost_fte": "In post, FTE",
    "starters_fte": "Starters in the year, FTE",
    "leavers_fte": "Leavers in the year, FTE",
    "agency_fte": "Agency, FTE",
    "agency_cover_fte": "Agency covering a vacancy, FTE",
    "vacancy_fte": "Vacancies, FTE",
    "case_holders_fte": "Case holders, FTE, agency included",
    "cases": "Cases",
}
NEEDS = {
    "referral_count": "Referrals in the year",
    "Started_episodes": "Episodes of need started",
    "Ended_episodes": "Episodes of need ended",
    "At31_episodes": "Children in need on 31 March",
    "CPP_At31": "Child protection plans on 31 March",
    "CLA_At31": "Looked after on 31 March",
}
_GROUPS = {"neighbours": "statistical neighbours (2021 list)", "size": "ten nearest in size", "england": "England"}


@dataclasses.dataclass(frozen=True, eq=False)
class CouncilCensus:
    """One council as the census shows it up to a year, every table tidy.

    Attributes
    ----------
    history : DataFrame
        ``measure``, ``unit``, ``year``, ``value``, and ``code`` where the Department published one instead. Stocks are on
        30 September, flows over the year to it.
    needs : DataFrame
        The same of the demand file, on 31 March, the last five years; empty without one, or where it has no such council.
    beside : DataFrame
        Each indicator beside each group of peers (:func:`workforce_model.councils.peer_groups.beside_peers`).
    residuals : DataFrame
        Stocks against flows, year by year; what they leave unexplained.
    doubtful : DataFrame
        Pairs of years between which this council's recording, not its people, seems to have moved.
    next_year : DataFrame
        The seven measures a year on, from years up to this one only; empty where the census cannot say.
    back_tested : BackTest or None
        How such forecasts did in the last year of the file, if it holds three.
    """

    council: str
    region: str
    year: int
    returns: Returns
    demand: Returns | None
    history: pd.DataFrame
    needs: pd.DataFrame
    beside: pd.DataFrame
    residuals: pd.DataFrame
    doubtful: pd.DataFrame
    next_year: pd.DataFrame
    back_tested: BackTest | None
    reproduced: pd.DataFrame

    def text(self) -> str:
        """The screen: years side by side, sentences, the next year, and how such forecasts have done."""
        said = [textwrap.fill(sentence, WIDTH, subsequent_indent="  ") for sentence in self.sentences()]
        needs = (
            ["", "Years to 31 March; these overlap and are never added", *_years(self.needs)] if len(self.needs) else []
        )
        parts = [textwrap.fill(self._title(), WIDTH), *_years(self.history), *needs, "", *said, "", *self._next()]
        if self.back_tested is not None:
            parts += ["", self.back_tested.text()]
        return "\n".join(parts)

    def sentences(self) -> list[str]:
        """Where the council stands among its peers, what does not add up, and what not to lean on."""
        return [*self._standing(), *self._residuals(), *self._doubts(), self._definitions()]

    def _title(self) -> str:
        day = published("workforce", self.year)
        return (
            f"{self.council} ({self.region}), 30 September {self.year}; first published by {day}. Vintage: "
            f"{self.returns.release}. Children and family social workers."
        )

    def _standing(self) -> list[str]:
        said = []
        for name in ("turnover_rate", "agency_rate", "vacancy_rate", "caseload"):
            rows = self.beside[self.beside["indicator"] == name].set_index("group").to_dict("index")
            ours = rows["region"]["council_value"]
            if pd.isna(ours):
                said.append(f"{_label(name)}: not published for {self.council} in {self.year}.")
                continue
            places = [
                f"{_GROUPS.get(str(group), self.region)} {_value(name, row['median'])} ({_rank(row)})"
                for group, row in rows.items()
                if row["peers"]
            ]
            said.append(f"{_label(name)}: {_value(name, ours)}; middle of its peers: {', '.join(places)}.")
        return said

    def _residuals(self) -> list[str]:
        return [
            f"{row['year']}: {fte(row['opening_fte'])} + {fte(row['starters_fte'])} starters - {fte(row['leavers_fte'])} "
            f"leavers is {fte(row['expected_fte'])}; the census counts {fte(row['closing_fte'])}, a residual of "
            f"{_signed(row['residual_fte'])} FTE."
            for row in self.residuals.to_dict("records")
        ]

    def _doubts(self) -> list[str]:
        return [
            f"{_label(row['measure'])} went from {row['before']:g} to {row['after']:g} between {row['year'] - 1} and {row['year']}: "
            "not credible as people; no trend is fitted through it."
            for row in self.doubtful.to_dict("records")
        ]

    def _definitions(self) -> str:
        main = self.reproduced[
            self.reproduced["rate"].isin(["turnover_rate", "agency_rate", "vacancy_rate", "caseload"])
        ]
        share = (main["within"] * main["rows"]).sum() / main["rows"].sum()
        return (
            f"The Department's turnover, agency and vacancy rates and caseloads follow from its counts within 0.15 on "
            f"{rounded(100 * share, 1)}% of {main['rows'].sum():,} published figures."
        )

    def _next(self) -> list[str]:
        if self.next_year.empty:
            return [f"No forecast of {self.year + 1}: it needs {LEAST_FTE:.0f} FTE in post and two years before it."]
        lines = [f"{self.year + 1}, from {self.year} and before:  median [80% range]"]
        return lines + [
            f"  {row['measure']:<10} {fte(row['median']):>9} [{fte(row['p10'])} to {fte(row['p90'])}] {row['unit']}"
            for row in self.next_year.to_dict("records")
        ]


def census(
    file: str | os.PathLike[str] | Returns,
    council: str,
    year: int | None = None,
    release: str = "",
    demand: str | os.PathLike[str] | Returns | None = None,
) -> CouncilCensus:
    """A council in the census: its years, its peers, what does not reconcile, its next year, and a back-test.

    Parameters
    ----------
    file : path or Returns
        The Department's workforce file as published, or one already read.
    council : str
        A name or a three-digit code.
    year : int, optional
        The last year looked at, everything later being cut away; the file's last by default.
    release : str
        The vintage: the release the file is from.
    demand : path or Returns, optional
        The Department's demand file, shown beside it and used for the pace at which the council's cases close.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or has no row for the council and year.

    Examples
    --------
    >>> print(census("dfe_workforce_2017_2019.csv", "Enfield", 2018).text().splitlines()[3])  # doctest: +SKIP
    In post, FTE                                   158.9     166.3
    """
    returns = file if isinstance(file, Returns) else read_returns(file, release)
    needs = demand if demand is None or isinstance(demand, Returns) else read_returns(demand)
    seen = returns if year is None else returns.up_to(year)
    last = returns.years[-1] if year is None else year
    row = returns.row(council, last)
    code = row["la_code"]
    groups = (*(("neighbours",) if code in NEIGHBOURS else ()), "region", "size", "england")
    return CouncilCensus(
        council=str(row["council"]),
        region=str(row["region"]),
        year=last,
        returns=seen,
        demand=None if needs is None else needs.up_to(last),
        history=_history(seen, code),
        needs=pd.DataFrame() if needs is None else _needs(needs.up_to(last), code, last),
        beside=beside_peers(seen, code, last, groups),
        residuals=_of(stock_flow(seen), code),
        doubtful=_of(not_credible(seen), code),
        next_year=_next_year(seen, code),
        back_tested=back_test(seen) if len(seen.years) >= 3 else None,
        reproduced=reproduced(seen),
    )


def _history(returns: Returns, code: str) -> pd.DataFrame:
    """The Department's own figures of one council, rates as it published them, made fractions."""
    columns = {measure: (measure, 1.0, "cases" if measure == "cases" else "FTE") for measure in COUNTS}
    for name, stated in INDICATORS.items():
        columns[name] = (stated.published, 100.0 if stated.per_cent else 1.0, "share" if stated.per_cent else "cases")
    return _stacked(returns, code, columns)


def _needs(demand: Returns, code: str, last: int) -> pd.DataFrame:
    table = _stacked(demand, code, {measure: (measure, 1.0, "number") for measure in NEEDS})
    return table[table["year"] > last - 5].reset_index(drop=True)


def _stacked(returns: Returns, code: str, columns: dict[str, tuple[str, float, str]]) -> pd.DataFrame:
    """One row for each measure and year; ``columns``: the column, what it is divided by, the unit."""
    rows, codes = _of(returns.figures, code), _of(returns.codes, code)
    parts = [
        pd.DataFrame(
            {"measure": name, "unit": unit, "year": rows["year"], "value": rows[column] / over, "code": codes[column]}
        )
        for name, (column, over, unit) in columns.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _next_year(returns: Returns, code: str) -> pd.DataFrame:
    try:
        forecasts = outlooks(returns)
    except ScenarioError:  # a single year has no pair to learn from
        return pd.DataFrame()
    return pd.concat([_of(outlook.table(), code) for outlook in forecasts.values()], ignore_index=True)


def _years(history: pd.DataFrame) -> list[str]:
    """Measures down, years across."""
    years = sorted(set(history["year"]))
    lines = [f"{'':<42}" + "".join(f"{year:>10}" for year in years)]
    for measure, rows in history.groupby("measure", sort=False):
        cells = [_shown(row) for row in rows.sort_values("year").to_dict("records")]
        lines.append(f"{_label(str(measure)):<42}" + "".join(f"{cell:>10}" for cell in cells))
    return lines


def _of(table: pd.DataFrame, code: str) -> pd.DataFrame:
    return table[table["la_code"] == code].reset_index(drop=True)


def _label(measure: str) -> str:
    return COUNTS.get(measure) or NEEDS.get(measure) or INDICATORS[measure].label


def _shown(row: dict[Hashable, Any]) -> str:
    """A figure of the table of years, or the code published in its place."""
    if row["code"]:
        return str(row["code"]) if row["code"] in CODES else NOT_DEFINED
    return _value(str(row["measure"]), float(row["value"]))


def _value(measure: str, value: float) -> str:
    if pd.isna(value):
        return NOT_DEFINED
    if measure == "cases" or measure in NEEDS:
        return f"{value:,.0f}"
    return f"{rounded(100 * value, 1)}%" if measure in INDICATORS and INDICATORS[measure].per_cent else fte(value)


def _rank(row: dict[Hashable, Any]) -> str:
    """The council's place from whichever end is nearer, itself counted."""
    place, of = int(row["rank_from_lowest"]), int(row["peers"]) + 1
    from_top = of + 1 - place
    end, number = ("lowest", place) if place <= from_top else ("highest", from_top)
    return f"{_ordinal(number)} {end} of {of}" if number > 1 else f"{end} of {of}"


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _signed(value: float) -> str:
    return f"({fte(abs(value))})" if value < 0 else fte(value)
