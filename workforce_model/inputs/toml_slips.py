"""Where things stand in a TOML text, and the usual slips when it cannot be read.

``tomllib`` keeps no line numbers and stops at the first fault; here each statement is read again by itself.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from workforce_model.basis.problems import dotted

Path = tuple[str, ...]
"""A place in a file: its keys, outermost first."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]', re.DOTALL
)
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*[=:]""")
_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_MOST = 50

_POUNDS = "a number without £, commas or letters: 375000"
_HINTS = [
    (r"[“”‘’„]", "straight quotes, \" or ', not curly ones"),
    (r"[-+]?[\d.,]+\s*%", "a fraction without %: 35% is written 0.35"),
    (r"[-+]?£\s*[\d.,]*\s*[kKmM]?(?:bn)?|\d[\d.,]*\s*(?:[kKmM]|bn)\b|\d{1,3}(?:,\d{3})+(?![\d/-])(?:\.\d+)?", _POUNDS),
    (r"\(\s*[\d.,]+\s*\)", "no brackets: amounts are stated as positive"),
    (r"\b\d{1,2}/\d{1,2}/\d{2,4}\b", "a date is year-month-day, without quotes: 2019-04-01"),
    (r"\b\d{2,4}/\d{2,4}\b", 'a financial year is text, in quotes: "2019/20"'),
    (r"\b\d{4}-\d{1,2}\b(?!-)", 'a month is text, in quotes: "2019-04"'),
    (r"(?<==)\s*[-+]?\.\d+", "a zero before the point: 0.35"),
    (r"(?<==)\s*[-+]?\d+\.(?!\d)", "a digit after the point: 1.0"),
    (r"(?<==)\s*[-+]?0\d+", "no zero in front of a whole number: 10"),
    (r"(?i:(?<==)\s*(?:yes|no|on|off|true|false)\b)", "true or false, in small letters without quotes"),
    (r"(?i:(?<==)\s*(?:none|null|nil|na|n/a)\b)", "leave out a key that has no value"),
    (r"(?<==)\s*[-+]?\d[\d.]*[ \t]*[A-Za-z]+\b(?![ \t]*[=.])", "a number alone; its unit goes in the key unit"),
    (r"^\s*[\w.\"'-]+\s*:(?!=).*", "= between a key and its value, not :"),
    (r"(?<==)\s*(?!(?:true|false|inf|nan)\b)[A-Za-z][^,}\]#]*", "text goes in quotes"),
]
_DATE = re.compile(r"(?<==)\s*\d{1,4}-\d{1,2}-\d{1,4}\b")
_DOUBLED = ("Cannot overwrite", "Cannot declare", "Duplicate", "Cannot mutate")
_PLAIN = {
    "Expected newline or end of document after a statement": "one key = value on a line; text goes in quotes",
    "Invalid initial character for a key part": "a table { } is closed on the line it opens, no comma after its last key",
    "Invalid statement": "expected key = value, a [table] or a # comment",
    'Expected "\'"': "text is not closed by its quotes",
    "Expected \"'''\"": "text is not closed by its quotes",
    "Invalid value": "a value is missing or is not TOML; text goes in quotes",
    "Expected '=' after a key in a key/value pair": "expected key = value; a key is one word, or in quotes",
    "Unclosed array": "an array [ ] is not closed",
    "Unclosed inline table": "a table { } is closed on the line it opens, commas between its keys",
    "Unterminated string": "text is not closed by its quotes",
    "Illegal character '\\n'": "text is not closed by its quotes",
    "Unescaped '\\' in a string": "a backslash in text is written twice, or the text put in single quotes",
    "Expected ']' at the end of a table declaration": "a table is [name.name]; other characters in quotes",
}


class Slip(NamedTuple):
    """A syntax fault: its line, the key there, what was written, and the form expected."""

    line: int
    key: str
    given: str
    rule: str


def stated_lines(text: str) -> dict[Path, int]:
    """The line on which each table and key of a sound TOML text is stated.

    Examples
    --------
    >>> stated_lines('[periods]\\nstart = "2019-04"')
    {('periods',): 1, ('periods', 'start'): 2}
    """
    lines: dict[Path, int] = {}
    table: Path = ()
    for number, statement in _statements(text):
        tree = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _header(tree)
            lines[table] = number
            for depth in range(1, len(table)):
                lines.setdefault(table[:depth], number)
        else:
            for path in _paths(tree, table):
                lines.setdefault(path, number)
    return lines


def keys_of(place: str) -> Path:
    """The keys of a place written as TOML writes it.

    Examples
    --------
    >>> keys_of('costs.pay_award."2019/20"')
    ('costs', 'pay_award', '2019/20')
    """
    return _header(tomllib.loads(f"[{place}]"))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement with the line it starts on: line ends inside text and brackets do not count."""
    begin = number = depth = 0
    for token in _TOKEN.finditer(text + "\n"):
        mark = token[0]
        depth += (mark in "[{") - (mark in "]}")
        if mark == "\n" and depth <= 0:
            yield number + 1, text[begin : token.end()]
            number += text.count("\n", begin, token.end())
            begin, depth = token.end(), 0
    if begin < len(text):
        yield number + 1, text[begin:]


def _header(tree: Any) -> Path:
    path: list[str] = []
    while tree:
        ((key, tree),) = tree.items()
        path.append(key)
        tree = tree[0] if isinstance(tree, list) else tree
    return tuple(path)


def _paths(tree: Any, above: Path) -> Iterator[Path]:
    if isinstance(tree, dict):
        for key, inner in tree.items():
            yield (*above, key)
            yield from _paths(inner, (*above, key))
    elif isinstance(tree, list):
        for inner in tree:
            yield from _paths(inner, above)


def slips(text: str) -> list[Slip]:
    """The syntax faults of a text that is not TOML, at most 50, each with the likely slip.

    A line with a known slip is set aside and the rest read on; any other fault is the last one listed.

    Examples
    --------
    >>> slips("rate = 35%")[0].rule
    'a fraction without %: 35% is written 0.35'
    """
    lines = text.split("\n")
    found: list[Slip] = []
    while len(found) < _MOST:
        try:
            tomllib.loads("\n".join(lines) + "\n")
        except tomllib.TOMLDecodeError as error:
            slip, known = _slip(str(error), lines)
            found.append(slip)
            if not known:
                break
            lines[slip.line - 1] = ""
        else:
            break
    return found


def _slip(message: str, lines: list[str]) -> tuple[Slip, bool]:
    """The fault a message of ``tomllib`` is about, and whether the line can be set aside."""
    where = _WHERE.search(message)
    plain = message[: where.start()] if where else message
    number = int(where[1]) if where and where[1] else _never_closed("\n".join(lines), plain)
    line, before = lines[number - 1], "\n".join(lines[: number - 1])
    key, table = _KEY.match(line), _table_at(before)
    place = _place(table, key[1]) if key else line.strip()[:60] if line.lstrip().startswith("[") else dotted(table)
    if plain.startswith(_DOUBLED):
        return _doubled(number, line, before, table, place)
    for span, rule in _hints(line):
        return Slip(number, place, line[slice(*span)].strip(), rule), True
    given = line[key.end() :].strip() if key else line.strip()
    return Slip(number, place, given[:60], _PLAIN.get(plain, plain)), False


def _never_closed(text: str, plain: str) -> int:
    """The line where what is still open at the end of the text was opened."""
    if plain.startswith(("Unterminated", "Expected")):
        return text.count("\n", 0, max(text.rfind('"""'), text.rfind("'''"), 0)) + 1
    return max((number for number, statement in _statements(text) if statement.strip()), default=1)


def _hints(line: str) -> Iterator[tuple[tuple[int, int], str]]:
    masked = _TOKEN.sub(lambda token: token[0] if len(token[0]) == 1 else '"' + "_" * (len(token[0]) - 2) + '"', line)
    for day in _DATE.finditer(masked):
        try:
            datetime.date.fromisoformat(day[0].strip())
        except ValueError:
            yield day.span(), "no such day in the calendar; a date is year-month-day: 2019-04-01"
    for pattern, rule in _HINTS:
        found = re.search(pattern, masked)
        if found:
            yield found.span(), rule


def _doubled(number: int, line: str, before: str, table: Path, place: str) -> tuple[Slip, bool]:
    """A key or table stated twice; a doubled table is not set aside, for its keys would fall to another."""
    heads = line.lstrip().startswith("[")
    try:
        tree = tomllib.loads(line)
        paths = [_header(tree)] if heads else [*_paths(tree, table)]
        path, first = next(((path, at) for path in paths if (at := _first_stated(before, path))), ((), None))
    except tomllib.TOMLDecodeError:
        path, first = (), None
    rule = f"stated already in line {first}; state it once" if first else "stated already; state it once"
    given = "" if heads else line.partition("=")[2].strip()[:60]
    return Slip(number, dotted(path) if path else place, given, rule), not heads and line.count("=") > 0


def _first_stated(text: str, wanted: Path) -> int | None:
    """The line on which a text first states a place; None where it does not."""
    table: Path = ()
    for number, statement in _statements(text):
        heads = statement.lstrip().startswith("[")
        if heads or wanted[-1] in statement:  # other statements are not read: a long file has many
            tree = tomllib.loads(statement)
            table = _header(tree) if heads else table
            if table[: len(wanted)] == wanted if heads else wanted in _paths(tree, table):
                return number
    return None


def _place(table: Path, key: str) -> str:
    try:
        return dotted((*table, *keys_of(key)))
    except tomllib.TOMLDecodeError:
        return dotted((*table, key))


def _table_at(before: str) -> Path:
    """The table that is open at the end of a text."""
    heads = [statement for _, statement in _statements(before) if statement.lstrip().startswith("[")]
    try:
        return _header(tomllib.loads(heads[-1])) if heads else ()
    except tomllib.TOMLDecodeError:
        return ()
