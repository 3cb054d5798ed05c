"""The rows of an analyst's own table, each cell held to its rule before anything is added up: nothing missing becomes nought."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.basis.periods import financial_year_start, month

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
    found = row_faults(name, table, rules)
    if found:
        raise ValueError(listed(name, found))


def row_faults(name: str, table: pd.DataFrame, rules: Mapping[str, Rule]) -> list[str]:
    """Each cell that breaks its column's rule, by row (from 1), column, value and rule.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    missing = [column for column in rules if column not in table]
    if missing:
        raise ValueError(f"{name} has no column {', '.join(missing)}: expected {', '.join(rules)}")
    return [
        f"row {row}: {column} = {cell!r}   expected {words}"
        for row, cells in enumerate(table[list(rules)].itertuples(index=False), 1)
        for (column, (holds, words)), cell in zip(rules.items(), cells, strict=True)
        if not holds(cell)
    ]


def listed(name: str, faults: list[str]) -> str:
    """Faults as one message: how many, the first twenty, and a count of the rest.

    Examples
    --------
    >>> print(listed("claims", ["row 1: gbp = 5.0   expected pounds saved"]))
    claims, 1 problem
      row 1: gbp = 5.0   expected pounds saved
    """
    more = [f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    count = f"{len(faults)} problem" + "s" * (len(faults) != 1)
    return "\n  ".join([f"{name}, {count}", *faults[:_SHOWN], *more])


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


def one_of(*choices: str) -> Rule:
    """A rule that takes these texts alone."""
    return (lambda cell: isinstance(cell, str) and cell in choices, f"one of {', '.join(choices)}")


POUNDS: Rule = (lambda cell: _is_number(cell) and cell >= 0, "finite pounds, none below 0")
SAVING: Rule = (lambda cell: _is_number(cell) and cell <= 0, "finite pounds; a saving is negative")
MONTH: Rule = (_reads(month), 'a month written "2019-09"')
FINANCIAL_YEAR: Rule = (_reads(financial_year_start), 'a financial year written "2019/20"')
NAME: Rule = (_is_name, "a name of small letters, digits and underscores, at most 48")
TEXT: Rule = (lambda cell: isinstance(cell, str) and bool(cell.strip()), "text")
YES_OR_NO: Rule = (lambda cell: isinstance(cell, bool | np.bool_), "True or False")
WHOLE: Rule = (lambda cell: _is_number(cell) and cell >= 0 and cell == int(cell), "a whole number, 0 or more")
