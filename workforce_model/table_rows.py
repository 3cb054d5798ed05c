"""The rows of an analyst's own table, each cell held to its rule before anything is added up: nothing missing becomes nought."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.periods import financial_year_start, month

Rule = tuple[Callable[[Any], bool], str]
"""Whether a cell may stand, and what is expected of it in words."""
_SHOWN = 20


def refuse_rows(name: str, table: pd.DataFrame, rules: Mapping[str, Rule]) -> None:
    """Refuse a table with a column missing or a cell that breaks its column's rule, every fault at once.

    Raises
    ------
    ValueError
        Naming the table, and each row (from 1), column, value and rule.

    Examples
    --------
    >>> refuse_rows("costs", pd.DataFrame({"gbp": [10.0, float("nan")]}), {"gbp": POUNDS})
    Traceback (most recent call last):
    ValueError: costs, 1 problem
      row 2: gbp = nan   expected finite pounds, none below 0
    """
    missing = [column for column in rules if column not in table]
    if missing:
        raise ValueError(f"{name} has no column {', '.join(missing)}: expected {', '.join(rules)}")
    found = [
        f"  row {row}: {column} = {cell!r}   expected {words}"
        for row, cells in enumerate(table[list(rules)].itertuples(index=False), 1)
        for (column, (holds, words)), cell in zip(rules.items(), cells, strict=True)
        if not holds(cell)
    ]
    if found:
        more = [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        count = f"{len(found)} problem" + "s" * (len(found) != 1)
        raise ValueError("\n".join([f"{name}, {count}", *found[:_SHOWN], *more]))


def _is_number(cell: Any) -> bool:
    return isinstance(cell, numbers.Real) and not isinstance(cell, bool | np.bool_) and math.isfinite(cell)


def _reads(read: Callable[[str], object]) -> Callable[[Any], bool]:
    def holds(cell: Any) -> bool:
        try:
            read(str(cell))
        except ValueError:
            return False
        return True

    return holds


def _is_name(cell: Any) -> bool:
    return isinstance(cell, str) and re.fullmatch("[a-z][a-z0-9_]{0,47}", cell) is not None


POUNDS: Rule = (lambda cell: _is_number(cell) and cell >= 0, "finite pounds, none below 0")
MONTH: Rule = (_reads(month), 'a month written "2019-09"')
FINANCIAL_YEAR: Rule = (_reads(financial_year_start), 'a financial year written "2019/20"')
NAME: Rule = (_is_name, "a name of small letters, digits and underscores, at most 48")
TEXT: Rule = (lambda cell: isinstance(cell, str) and bool(cell.strip()), "text")
YES_OR_NO: Rule = (lambda cell: isinstance(cell, bool | np.bool_), "True or False")
WHOLE: Rule = (lambda cell: _is_number(cell) and cell >= 0 and cell == int(cell), "a whole number, 0 or more")
