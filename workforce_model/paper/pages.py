"""What a paper is made of: headings, paragraphs, tables, pictures, and text that the council must write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

COUNCIL = "Council to write"


@dataclass(frozen=True)
class Heading:
    """A heading; ``level`` 1 is a section of the paper. ``wide`` starts a page lying on its side."""

    text: str
    level: int = 1
    wide: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, with its number in the paper where it has one."""

    text: str
    number: str = ""
    bullet: bool = False


@dataclass(frozen=True)
class ToWrite:
    """Where the council must write: the model has nothing to say here."""

    what: str

    @property
    def text(self) -> str:
        """The marker on the page."""
        return f"[{COUNCIL}: {self.what}]"


@dataclass(frozen=True)
class Table:
    """A table: its title, columns, rows of text and note. Numbered when it is placed.

    Attributes
    ----------
    strong : frozenset of int
        Rows set in bold: totals.
    words : int
        Columns from the left that hold words, not figures.
    widths : tuple of float
        Share of the page's width of each column; even if empty.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    strong: frozenset[int] = frozenset()
    words: int = 1
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A chart of the run, by its file name without ending."""

    chart: str


Block = Heading | Paragraph | ToWrite | Table | Picture


def texts(block: Block) -> Iterator[str]:
    """Every text of a block that a reader sees."""
    if isinstance(block, Table):
        yield from (block.title, *block.columns, block.note)
        yield from (cell for row in block.rows for cell in row)
    elif not isinstance(block, Picture):
        yield block.text
