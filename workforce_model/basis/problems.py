"""What is wrong with an input, in the words of the scenario file: place, value given, rule, likely slip."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

Schema = dict[str, Any]

_SHOWN = 20


@dataclasses.dataclass(frozen=True)
class Problem:
    """One fault in an input: its place, the value given, the rule it breaks."""

    place: str
    given: str
    rule: str

    def __str__(self) -> str:
        return f"  {self.place}{' = ' + self.given if self.given else ''}   {self.rule}"


class ScenarioError(ValueError):
    """A scenario that cannot be used, with every problem found in it.

    Attributes
    ----------
    problems : tuple of Problem
    """

    def __init__(self, subject: str, problems: list[Problem]) -> None:
        self.subject, self.problems = subject, tuple(problems)
        count = f"{len(problems)} problem" + "s" * (len(problems) != 1)
        lines = [f"{subject}, {count}", *map(str, problems[:_SHOWN])]
        if len(problems) > _SHOWN:
            lines.append(f"  and {len(problems) - _SHOWN} more")
        super().__init__("\n".join(lines))


def in_short(value: object) -> str:
    """What a caller gave, as Python writes it: its first line, at most 40 characters.

    Examples
    --------
    >>> in_short("375k")
    "'375k'"
    """
    return repr(value).partition("\n")[0][:40]


def path_given(path: object, of: str = "a file") -> str:
    """A path as text; what is no path is refused, and text that may be a file's content is never read as if it were.

    Parameters
    ----------
    of : str
        What the path leads to, in words.

    Examples
    --------
    >>> path_given("scenarios/approved.toml")
    'scenarios/approved.toml'
    >>> path_given(375_000)
    Traceback (most recent call last):
    workforce_model.basis.problems.ScenarioError: a file, 1 problem
      path = 375000   expected the path of a file, such as "results/late"; this is of type int
    """
    if not isinstance(path, str | bytes | os.PathLike):
        rule = f'expected the path of {of}, such as "results/late"; this is of type {type(path).__name__}'
        raise ScenarioError(of, [Problem("path", in_short(path), rule)])
    text = os.fsdecode(path)
    if not text or re.search(r"[\x00-\x1f\x7f]", text):
        rule = f"expected the path of {of}; this is text, and a path is never read as if it were the content"
        raise ScenarioError(of, [Problem("path", json.dumps(text[:40], ensure_ascii=False), rule)])
    if text.startswith("~"):  # some libraries read it as a home folder and some do not
        rule = f"expected the path of {of} in full; ~ stands for a home folder in a shell only"
        raise ScenarioError(of, [Problem("path", json.dumps(text[:40], ensure_ascii=False), rule)])
    return text


def problems_of(error: ValidationError, tree: Mapping[str, Any], schema: Schema) -> list[Problem]:
    """What pydantic found, as one problem each, in the words of the scenario file."""
    problems = []
    for fault in error.errors():
        place = [str(part) for part in fault["loc"] if part != "[key]"]
        if fault["type"] == "faults":
            for key, rule in fault["ctx"]["faults"]:
                inner = [*place, *key.split(".")]
                problems.append(Problem(dotted(inner), given(tree, inner), rule))
        else:
            problems.append(Problem(dotted(place), given(tree, place), _rule(fault, place, schema)))
    return problems


def dotted(place: Iterable[str]) -> str:
    """A place as TOML writes it, its keys joined by points and quoted where they need it.

    Examples
    --------
    >>> dotted(["costs", "pay_award", "2019/20"])
    'costs.pay_award."2019/20"'
    """
    return ".".join(
        key if re.fullmatch("[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False) for key in place
    )


def given(tree: Any, place: list[str]) -> str:
    """The value a file gives at a place, as TOML writes it; nothing for a table or a missing key."""
    for part in place:
        if not isinstance(tree, Mapping) or part not in tree:
            return ""
        tree = tree[part]
    if isinstance(tree, Mapping | list):
        return ""
    text = json.dumps(tree, ensure_ascii=False) if isinstance(tree, str | bool) else str(tree)
    return text if len(text) <= 60 else text[:57] + "..."


def _rule(fault: Any, place: list[str], schema: Schema) -> str:
    kind, context = fault["type"], fault.get("ctx", {})
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return "unknown key" + nearest(place[-1], schema_at(place[:-1], schema).get("properties", ()))
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return f"missing: {_expected(place, schema)}"
    if kind in ("dataclass_type", "dict_type"):
        return f"expected {_expected(place, schema)}"
    if kind in ("float_type", "int_type", "int_from_float"):
        return f"expected {_expected(place, schema)}, without quotes, units or commas: 375000"
    if kind == "finite_number":
        return "expected a finite number, not nan, inf or 1e400"
    if kind == "bool_type":
        return "expected true or false, without quotes"
    if kind == "string_type":
        return "expected text in quotes"
    if kind == "date_type":
        return f"expected {_expected(place, schema)}"
    if kind == "literal_error":
        return f"expected {context['expected']}"
    if kind == "string_pattern_mismatch":
        return (
            "a name is small letters, digits and underscores, at most 48"
            if "[a-z]" in context["pattern"]
            else "control characters are refused"
        )
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return f"expected {_expected(place, schema)}"
    return str(fault["msg"]).removeprefix("Value error, ")


def _expected(place: list[str], schema: Schema) -> str:
    """What a scenario file states at a place, in words."""
    node = schema_at(place, schema)
    if "unit" in node.get("properties", {}):
        stated = node["properties"]["unit"].get("const")
        unit = f' in "{stated}"' if stated else ""
        return f"an assumption{unit}, stated whole: a table with value, unit, source, date and confidence"
    if "enum" in node:
        return "one of " + ", ".join(json.dumps(choice) for choice in node["enum"])
    if node.get("format") == "date":
        return "a date without quotes: 2019-06-12"
    if node.get("type") in ("number", "integer"):
        return ("a whole number" if node["type"] == "integer" else "a number") + _bounds(node)
    described = str(node.get("description", "")).partition("\n")[0].rstrip(".")
    plain = {"object": "a table", "string": "text in quotes", "boolean": "true or false"}.get(
        str(node.get("type")), "a value"
    )
    return f"{plain} ({described[0].lower()}{described[1:]})" if described else plain


def _bounds(node: Mapping[str, Any]) -> str:
    least, above, most = (node.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    low = f"above {above:g}" if above is not None else f"from {least:g}" if least is not None else ""
    high = f"to {most:,g}" if most is not None else "up"
    return f" {low} {high}" if low else ""


def schema_at(place: list[str], schema: Schema) -> Schema:
    """The schema of one place of a scenario file; empty where no such place exists."""
    node = schema
    for part in ["", *place]:
        if part:
            entries = [*node.get("patternProperties", {}).values(), node.get("additionalProperties") or {}]
            node = node.get("properties", {}).get(part) or entries[0]
        while "$ref" in node or "anyOf" in node:
            if "anyOf" in node:
                node = node["anyOf"][0]
                continue
            named = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
            node = {**named, "properties": {**named.get("properties", {}), **node.get("properties", {})}}
    return node


def nearest(given: str, known: Any) -> str:
    """A hint naming the nearest known name, or the known names where none is near."""
    names = list(known)
    close = difflib.get_close_matches(given, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(sorted(names))}" if 0 < len(names) <= 30 else ""
