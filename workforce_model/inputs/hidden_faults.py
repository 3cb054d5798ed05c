"""What a fault inside a record hides of the faults between records, so that all are listed at once.

A value that cannot be read is stood in for twice, from either end of what could stand there. What is wrong both times
is wrong whatever the value turns out to be; anything else may be a consequence of the stand-in and is left for later.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from workforce_model.basis.assumptions import faults_gathered, faults_within
from workforce_model.basis.problems import Problem, Schema, dotted, given, schema_at

_UNKNOWN = "unexpected_keyword_argument"
_LEAST, _MOST = 0, 1
_DAYS = (datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))


class _NoStandIn(Exception):
    """Nothing can stand in for a value: a whole table, or a name that others refer to."""


def hidden_faults(
    error: ValidationError, tree: Mapping[str, Any], found: list[Problem], schema: Schema, make: Callable[[Any], Any]
) -> list[Problem]:
    """The faults between records that hold whatever the values that cannot be read turn out to be.

    Parameters
    ----------
    found : list of Problem
        Those known already; nothing at, above or below their places is added.
    make : callable
        Makes the whole from plain tables, or raises.
    """
    try:
        one, other = (_faults(_mended(error, tree, schema, end), make) for end in (_LEAST, _MOST))
    except (_NoStandIn, ValidationError):
        return []
    sure = [fault for fault in one if fault in other]
    further = [Problem(dotted(place), given(tree, list(place)), rule) for place, rule in sure]
    return [new for new in further if not any(_related(new.place, old.place) for old in found)]


def _related(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _faults(tree: Any, make: Callable[[Any], Any]) -> list[tuple[tuple[str, ...], str]]:
    with faults_gathered():
        return list(faults_within(make(tree)))


def _mended(error: ValidationError, tree: Mapping[str, Any], schema: Schema, end: int) -> Any:
    """The tables with each unreadable value stood in for and each unknown key set aside."""
    mended: Any = copy.deepcopy(dict(tree))
    for fault in error.errors():
        place = [str(part) for part in fault["loc"]]
        node, kind = schema_at(place, schema), fault["type"]
        if kind == "faults":
            if any(key == "unit" for key, _ in fault["ctx"]["faults"]):
                _table(mended, place)["unit"] = _stand_in(node["properties"]["unit"], end)
        elif kind == _UNKNOWN:
            _table(mended, place[:-1]).pop(place[-1], None)
        else:
            _table(mended, place[:-1])[place[-1]] = _stand_in(node, end)
    return mended


def _table(tree: Any, place: Iterable[Any]) -> dict[str, Any]:
    for part in place:
        tree = tree.get(part) if isinstance(tree, dict) else None
    if not isinstance(tree, dict):
        raise _NoStandIn
    return tree


def _stand_in(node: Schema, end: int) -> Any:
    """A value that could stand at a place, from one end of what could."""
    if "const" in node:
        return node["const"]
    if "enum" in node:
        return node["enum"][-end]
    if node.get("type") in ("number", "integer"):
        most = node.get("maximum", 1)
        return (node.get("minimum", 0), most)[end] if "exclusiveMinimum" not in node else most
    if node.get("type") == "boolean":
        return bool(end)
    if node.get("format") == "date":
        return _DAYS[end]
    if "unit" in node.get("properties", {}) and "const" in node["properties"]["unit"]:
        stated = {"source": "to be mended", "date": _DAYS[_LEAST], "confidence": "low"}
        return {"value": float(end), "unit": node["properties"]["unit"]["const"], **stated}
    raise _NoStandIn
