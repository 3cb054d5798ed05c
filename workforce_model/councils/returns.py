"""The Department for Education's files of council returns, read as published: codes kept, vintages apart.

One row is one area and one year. A code in place of a number (suppressed, not available) stays a code beside a
missing figure, never a nought; nothing is filled, rounded or dropped.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import hashlib
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from workforce_model.basis.problems import Problem, ScenarioError, nearest

CODES = {
    "c": "suppressed to protect confidentiality",
    "x": "not available",
    "z": "not applicable",
    "u": "low reliability",
    "low": "rounds to 0 and is not 0",
    ":": "not available",
    "k": "low value",
    ".": "not applicable",
    "..": "not available",
}
AREA: tuple[str, ...] = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
)
AREA += ("region_name", "old_la_code", "new_la_code", "la_name")
_BOTH = [f"{what}_{unit}" for what in ("inpost", "starters", "leavers") for unit in ("fte", "headcount")]
WORKFORCE = (
    *_BOTH,
    *("turnover_rate_fte", "turnover_rate_headcount", "agency_fte", "agency_headcount", "agency_rate_fte"),
    *("agency_rate_headcount", "agency_cover_fte", "agency_cover_rate_fte", "vacancy_fte", "vacancy_rate_fte"),
    *("vacancy_agency_cover_rate_fte", "case_holders_fte", "cases", "caseload_fte", "working_days_lost_fte"),
    "absence_rate_fte",
)
DEMAND = (
    *("Anypoint_episodes", "Anypoint_child", "Started_episodes", "Started_child", "Ended_episodes", "Ended_child"),
    *("At31_episodes", "awaiting_assessment", "referral_count", "rereferral_count", "rereferral_percent"),
    *("no_further_action_count", "not_in_need_count", "referral_child_count", "Section47", "ICPC", "CPP_start"),
    *("CPP_subsequent", "CPP_subsequent_percent", "CPP_At31", "3_months_or_less", "more_than_3_months_6_months"),
    *("more_than_6_months_less_than_1_year", "1_year_less_than_2_years", "2_years_or_more", "CLA_At31"),
    *("CLA_started", "CLA_ceased"),
)
LEVELS = ("National", "Regional", "Local authority")
KEY = {"year": int, "level": str, "region": str, "la_code": str, "council": str}
MAX_BYTES = 64 << 20

# First publication where the day is documented (title pages of SFR 09/2018 and of the 2018-19 release); every other
# year follows the series' annual pattern, the last day of the February or October after the reference date.
_FIRST_PUBLISHED = {("workforce", 2017): datetime.date(2018, 2, 15), ("workforce", 2019): datetime.date(2020, 2, 27)}


@dataclasses.dataclass(frozen=True, eq=False)
class Returns:
    """One file of returns: figures and codes by area and year, and which vintage they are.

    Attributes
    ----------
    figures : DataFrame
        ``year``, ``level``, ``region``, ``la_code`` (the three-digit code, the steadier key), ``council``, then the
        Department's columns under its own names as numbers, missing where a code stands. FTE, people, cases, per cent.
    codes : DataFrame
        Same rows and measures: the code that stands in place of the number, empty where there is a number.
    release : str
        The vintage: which release of the series the file is, as told by whoever read it.
    """

    name: str
    kind: str
    release: str
    fingerprint: str
    figures: pd.DataFrame
    codes: pd.DataFrame

    @property
    def measures(self) -> tuple[str, ...]:
        """The Department's columns, in its order."""
        return WORKFORCE if self.kind == "workforce" else DEMAND

    @property
    def years(self) -> tuple[int, ...]:
        """The years in the file, oldest first."""
        return tuple(sorted(set(self.figures["year"])))

    def councils(self) -> pd.DataFrame:
        """The rows of local authorities; national and regional rows are never added to them."""
        return self.figures[self.figures["level"] == "Local authority"]

    def known_by(self, day: datetime.date) -> Returns:
        """The years first published on or before a day: all that a forecast made that day could use.

        Examples
        --------
        >>> returns.known_by(datetime.date(2019, 6, 12)).years  # doctest: +SKIP
        (2017, 2018)
        """
        return self.keeping([year for year in self.years if published(self.kind, year) <= day])

    def up_to(self, year: int) -> Returns:
        """The years up to and including one."""
        return self.keeping([known for known in self.years if known <= year])

    def keeping(self, years: list[int]) -> Returns:
        """Only some years, of the same vintage."""
        kept = self.figures["year"].isin(years)
        return dataclasses.replace(self, figures=self.figures[kept], codes=self.codes[kept])

    def row(self, council: str, year: int) -> pd.Series:
        """One council's row of one year, found by name or by three-digit code.

        Raises
        ------
        ScenarioError
            If no council has that name or code, or it has no row that year.
        """
        rows = self.councils()
        wanted = council.strip().casefold()
        mine = rows[(rows["council"].str.casefold() == wanted) | (rows["la_code"] == council.strip())]
        if mine.empty:
            hint = nearest(council.strip().title(), sorted(set(rows["council"])))
            raise ScenarioError(self.name, [Problem("council", council, f"no such local authority in the file{hint}")])
        if year not in set(mine["year"]):
            years = ", ".join(str(known) for known in sorted(set(mine["year"])))
            raise ScenarioError(self.name, [Problem(f"{council}, year", str(year), f"not in the file; known: {years}")])
        return mine[mine["year"] == year].iloc[0]


def published(kind: str, year: int) -> datetime.date:
    """The day a year's figures were first published; the end of the usual month where the day is not documented.

    Examples
    --------
    >>> published("workforce", 2019), published("workforce", 2018), published("demand", 2019)
    (datetime.date(2020, 2, 27), datetime.date(2019, 2, 28), datetime.date(2019, 10, 31))
    """
    usual = (
        datetime.date(year + 1, 3, 1) - datetime.timedelta(1) if kind == "workforce" else datetime.date(year, 10, 31)
    )
    return _FIRST_PUBLISHED.get((kind, year), usual)


def read_returns(path: str | os.PathLike[str], release: str = "") -> Returns:
    """A workforce or demand file of the Department for Education, read strictly.

    Which of the two it is, is told from its columns. Columns the series gained later are left out; rows keep their
    order. ``release`` names the vintage ("30 September 2025"); without it the file's name stands.

    Raises
    ------
    ScenarioError
        With every fault at once: the line, the column, what stands there and the rule it breaks.
    OSError
        If the file is there but the machine refuses to read it.

    Examples
    --------
    >>> returns = read_returns("dfe_workforce_2017_2019.csv")  # doctest: +SKIP
    >>> float(returns.row("Enfield", 2018)["inpost_fte"])  # doctest: +SKIP
    166.3
    """
    target = Path(path)
    content = _content(target)
    header, lines = _rows(target.name, content)
    kind, measures = _kind(target.name, header)
    problems: list[Problem] = []
    numbers: list[list[float]] = []
    marks: list[list[str]] = []
    keys: list[tuple[int, dict[str, str]]] = []
    for line, cells in lines:
        if len(cells) != len(header):
            rule = f"{len(cells)} cells where the header has {len(header)}; a comma too many or too few shifts columns"
            problems.append(Problem(f"line {line}", "", rule))
            continue
        row = dict(zip(header, cells, strict=True))
        keys.append((line, row))
        problems += _area_faults(line, row)
        row_numbers, row_codes, faults = _figures(line, row, measures)
        numbers.append(row_numbers)
        marks.append(row_codes)
        problems += faults
    problems += _twice(keys)
    if problems:
        raise ScenarioError(target.name, problems)
    area = pd.DataFrame([_key(row) for _, row in keys]).astype(KEY)
    figures = pd.concat([area, pd.DataFrame(numbers, columns=list(measures), dtype=float)], axis=1)
    codes = pd.concat([area, pd.DataFrame(marks, columns=list(measures), dtype=str)], axis=1)
    return Returns(target.name, kind, release or target.stem, hashlib.sha256(content).hexdigest(), figures, codes)


def revisions(earlier: Returns, later: Returns) -> pd.DataFrame:
    """Every cell that a later vintage changed: area, year, measure, both figures and both codes.

    Vintages are compared and never mixed: a figure of one is never put beside a count of another.

    Returns
    -------
    DataFrame
        Area and ``year``, ``measure``, ``figure_earlier``, ``code_earlier``, ``figure_later``, ``code_later``, ``change``.
    """
    if earlier.kind != later.kind:
        raise ValueError(f"a {earlier.kind} file and a {later.kind} file are not vintages of one series")
    both = _long(earlier).merge(_long(later), on=[*KEY, "measure"], suffixes=("_earlier", "_later"))
    figures = both[["figure_earlier", "figure_later"]]
    same = (both["figure_earlier"] == both["figure_later"]) | figures.isna().all(axis=1)
    changed = both[~(same & (both["code_earlier"] == both["code_later"]))].reset_index(drop=True)
    return changed.assign(change=changed["figure_later"] - changed["figure_earlier"])


def _long(returns: Returns) -> pd.DataFrame:
    """One row for each cell: its area, year and measure, the figure and the code."""

    def tall(table: pd.DataFrame, what: str) -> pd.DataFrame:
        return table.melt(list(KEY), list(returns.measures), "measure", what)

    return tall(returns.figures, "figure").assign(code=tall(returns.codes, "code")["code"])


def _content(path: Path) -> bytes:
    if not path.exists():
        raise ScenarioError(str(path), [Problem("path", path.name, "no such file")])
    if path.is_dir():
        raise ScenarioError(str(path), [Problem("path", path.name, "a folder; expected a CSV file in it")])
    if not path.is_file():
        raise ScenarioError(str(path), [Problem("path", path.name, "not an ordinary file")])
    with open(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    rule = ""
    if not content.strip():
        rule = "the file is empty"
    elif len(content) > MAX_BYTES:
        rule = f"larger than {MAX_BYTES >> 20} MB, the most a file of returns may be"
    elif content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        rule = "a workbook or an archive, not a CSV file; take the CSV from the publication's page"
    elif content.lstrip()[:1] == b"<":
        rule = "a web page, not a CSV file; the download went wrong"
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        rule = "not UTF-8 text; save it as CSV, UTF-8"
    if rule:
        raise ScenarioError(path.name, [Problem("file", "", rule)])
    return content


def _rows(name: str, content: bytes) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header, and each later row with its line number."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ScenarioError(name, [Problem(f"line {line}", "", "a character is not UTF-8")]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise ScenarioError(name, [Problem(f"line {reader.line_num}", "", f"not CSV: {error}")]) from None
    return [cell.strip() for cell in rows[0][1]], iter(rows[1:])


def _kind(name: str, header: list[str]) -> tuple[str, tuple[str, ...]]:
    """Which of the two files has this header, and its measures."""
    kinds = {"workforce": WORKFORCE, "demand": DEMAND}
    kind = max(kinds, key=lambda known: len(set(kinds[known]) & set(header)))
    expected = (*AREA, *kinds[kind])
    problems = [
        Problem("line 1", column, f"missing: the {kind} file has this column{nearest(column, header)}")
        for column in expected
        if column not in header
    ]
    twice = sorted({column for column in header if header.count(column) > 1})
    problems += [Problem("line 1", column, "stated twice") for column in twice]
    if problems:
        raise ScenarioError(name, problems)
    return kind, kinds[kind]


def _area_faults(line: int, row: dict[str, str]) -> Iterator[Problem]:
    if not re.fullmatch("20[0-9]{2}", row["time_period"]):
        yield Problem(f"line {line}, time_period", row["time_period"], "expected a year: 2019")
    level = row["geographic_level"]
    if level not in LEVELS:
        yield Problem(f"line {line}, geographic_level", level, f"expected one of {', '.join(LEVELS)}")
    elif level == "Local authority":
        if not re.fullmatch("[0-9]{3}( / [0-9]{3})*", row["old_la_code"]):
            yield Problem(f"line {line}, old_la_code", row["old_la_code"], "expected three digits, as 308")
        if not row["la_name"].strip():
            yield Problem(f"line {line}, la_name", "", "a local authority has a name")
    elif level == "Regional" and not row["region_name"].strip():
        yield Problem(f"line {line}, region_name", "", "a region has a name")


def _figures(line: int, row: dict[str, str], measures: tuple[str, ...]) -> tuple[list[float], list[str], list[Problem]]:
    """A row's numbers, the codes that stand in their place, and what is neither."""
    numbers, codes, problems = [], [], []
    for measure in measures:
        given = row[measure]
        is_number = re.fullmatch(r"[0-9]+(\.[0-9]+)?", given) is not None
        numbers.append(float(given) if is_number else float("nan"))
        codes.append("" if is_number else given)
        if not is_number and given not in CODES:
            problems.append(Problem(f"line {line}, {measure}", given, _slip(given)))
    return numbers, codes, problems


def _slip(given: str) -> str:
    if not given.strip():
        return "blank; a figure not returned is published as a code, and 0 is a figure"
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", given):
        return "expected a number without commas"
    if given.endswith("%"):
        return "expected a number without the per cent sign"
    if re.fullmatch(r"-[0-9.]+|\([0-9.]+\)", given):
        return "a count or rate is never below 0"
    return f"expected a number or one of the Department's codes {' '.join(CODES)}"


def _twice(keys: list[tuple[int, dict[str, str]]]) -> Iterator[Problem]:
    """Rows that state an area's year again; two vintages in one file look like this."""
    first: dict[tuple[str, ...], int] = {}
    for line, row in keys:
        key = tuple(row[part] for part in ("time_period", "geographic_level", "region_code", "old_la_code"))
        if key in first:
            where = row["la_name"] or row["region_name"] or row["country_name"]
            rule = f"{where} has a row for {key[0]} on line {first[key]}; vintages are read from files of their own"
            yield Problem(f"line {line}", "", rule)
        first.setdefault(key, line)


def _key(row: dict[str, str]) -> dict[str, object]:
    return {
        "year": row["time_period"] if row["time_period"].isdigit() else 0,
        "level": row["geographic_level"],
        "region": row["region_name"],
        "la_code": row["old_la_code"],
        "council": row["la_name"],
    }
