"""Figures quoted from a run: printed once, with the table, row and column each came from.

A quoted figure travels through the text between marks that no reader sees, so that every digit on the page can be
walked back to its row; what is written to a file has the marks taken off.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workforce_model.paper.published import Published

_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKED = re.compile(f"{_OPEN}(\\d+){_MIDDLE}(.*?){_CLOSE}")
COUNT = "(number of lines)"
Printer = Callable[[float], str]


@dataclass(frozen=True)
class Quoted:
    """One figure as printed, and where it stands in the run folder.

    Attributes
    ----------
    rows : tuple of int
        Lines of the CSV file, its heading being line 1; a figure of more than one is their sum, or their number.
    where : str
        The row in words: the keys it was found by.
    """

    number: int
    printed: str
    value: float
    table: str
    rows: tuple[int, ...]
    column: str
    where: str


class Quotes:
    """Quotes figures of a run and remembers each.

    Examples
    --------
    >>> marked = Quotes.marked(7, "£474k")
    >>> plain(f"They cost {marked}."), numbers_of(marked)
    ('They cost £474k.', [7])
    """

    def __init__(self, run: Published) -> None:
        self.run = run
        self.quoted: list[Quoted] = []

    def has(self, table: str, **keys: object) -> bool:
        """Whether the run folder holds exactly one such row."""
        return table in self.run.tables and self._rows(table, keys).size == 1

    def value(self, table: str, column: str = "mean", /, **keys: object) -> float:
        """A figure, for a decision about the text; it is not printed."""
        return float(self.run.tables[table][column].iloc[self._row(table, keys)])

    def word(self, table: str, column: str, **keys: object) -> str:
        """A text cell."""
        return str(self.run.tables[table][column].iloc[self._row(table, keys)])

    def __call__(self, how: Printer, table: str, column: str = "mean", /, **keys: object) -> str:
        """A figure as printed, marked."""
        where = ", ".join(str(value) for value in keys.values())
        return self.cell(how, table, self._row(table, keys), column, where)

    def cell(self, how: Printer, table: str, row: int, column: str, where: str) -> str:
        """The figure of a known row (from 0), as printed, marked."""
        return self.total(how, table, [row], column, where)

    def total(self, how: Printer, table: str, rows: list[int], column: str, where: str) -> str:
        """The sum of known rows (from 0), as printed, marked."""
        value = float(self.run.tables[table][column].iloc[rows].sum(skipna=False))
        lines = tuple(row + 2 for row in rows)
        found = Quoted(len(self.quoted), how(value), value, table, lines, column, where)
        self.quoted.append(found)
        return self.marked(found.number, found.printed)

    def count(self, table: str, rows: list[int], where: str) -> str:
        """How many rows there are of a kind, marked."""
        lines = tuple(row + 2 for row in rows)
        found = Quoted(len(self.quoted), f"{len(rows):,}", float(len(rows)), table, lines, COUNT, where)
        self.quoted.append(found)
        return self.marked(found.number, found.printed)

    def rows(self, table: str, **keys: object) -> list[int]:
        """The positions of the rows with these keys, from 0, in the order of the file."""
        return [int(row) for row in self._rows(table, keys)] if table in self.run.tables else []

    def ranged(self, how: Printer, table: str, /, **keys: object) -> str:
        """The mean with its range in a sentence, 10th to 90th percentile; the mean alone where there is no range."""
        mean, ends = self._mean_and_ends(how, table, keys)
        return f"{mean} (range {ends[0]} to {ends[1]})" if ends else mean

    def celled(self, how: Printer, table: str, /, **keys: object) -> str:
        """The mean with its range in square brackets, for a table: it breaks, if it must, before the bracket."""
        mean, ends = self._mean_and_ends(how, table, keys)
        return f"{mean} [{ends[0]}\u00a0to\u00a0{ends[1]}]" if ends else mean

    def _mean_and_ends(self, how: Printer, table: str, keys: dict[str, object]) -> tuple[str, list[str]]:
        mean = self(how, table, **keys)
        low, high = self.value(table, "p10", **keys), self.value(table, "p90", **keys)
        if not low < high or how(low) == how(high):
            return mean, []
        ends = [self(how, table, column, **keys) for column in ("p10", "p90")]
        unsigned = high <= 0 and not how(low).startswith("(")
        return mean, ends[::-1] if unsigned else ends

    @staticmethod
    def marked(number: int, printed: str) -> str:
        """Text between the marks of a figure."""
        return f"{_OPEN}{number}{_MIDDLE}{printed}{_CLOSE}"

    def _row(self, table: str, keys: dict[str, object]) -> int:
        found = self._rows(table, keys)
        if found.size != 1:
            raise KeyError(f"{table}.csv: {found.size} rows with {keys}; expected one")
        return int(found[0])

    def _rows(self, table: str, keys: dict[str, object]) -> np.ndarray:
        frame = self.run.tables[table]
        mask = np.ones(len(frame), dtype=bool)
        for column, value in keys.items():
            mask &= (frame[column] == value).to_numpy()
        return np.flatnonzero(mask)


def plain(text: str) -> str:
    """Text as a reader sees it, without the marks."""
    return _MARKED.sub(r"\2", text)


def numbers_of(text: str) -> list[int]:
    """The numbers of the figures quoted in a text."""
    return [int(number) for number, _ in _MARKED.findall(text)]


def unquoted(text: str) -> str:
    """Text with the quoted figures left out: any digit in it is not a figure of the run."""
    return _MARKED.sub("", text)


def quoted_table(quoted: list[Quoted], places: dict[int, str]) -> pd.DataFrame:
    """Every figure printed, in the order of the paper, with the line of the run folder it is."""
    shown = ((place, quoted[number]) for number, place in places.items())
    rows = [(place, q.printed, q.value, f"{q.table}.csv", _lines(q), q.column, q.where) for place, q in shown]
    return pd.DataFrame(rows, columns=["section", "printed", "value", "file", "line", "column", "row"])


def _lines(quoted: Quoted) -> str:
    if quoted.column == COUNT:
        return f"{len(quoted.rows)} lines"
    return " + ".join(map(str, quoted.rows))
