"""An answer: one figure with its range, one plain sentence, one table, and a chart where it helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from workforce_model.model import Results


@dataclass(frozen=True)
class Answer:
    """The answer to one of the twenty questions of a Cabinet Member, a finance or a service director.

    Attributes
    ----------
    number : int
        The question's number in the design.
    question : str
    figure, low, high : float
        The mean over the runs and the 10th to 90th percentile, in ``unit``; not a number where not defined.
    unit : str
    sentence : str
        What may be read aloud.
    table : DataFrame
    chart : callable, optional
        Draws the chart, taking an optional ``ax``, and returns the axes.
    """

    number: int
    question: str
    figure: float
    low: float
    high: float
    unit: str
    sentence: str
    table: pd.DataFrame
    chart: Callable[..., Any] | None = None

    def __str__(self) -> str:
        return f"{self.number}. {self.question}\n{self.sentence}"


def year_of_answer(results: Results, year: str | None = None) -> str:
    """The financial year a question is answered for: the one given, or the second reported, the first full one.

    Raises
    ------
    ValueError
        If the year is not reported.
    """
    years = list(dict.fromkeys(y for y, m in zip(results.years, results.months, strict=True) if m >= results.scenario.periods.report_from))  # fmt: skip
    chosen = year or years[min(1, len(years) - 1)]
    if chosen not in years:
        raise ValueError(f"year = {chosen!r}: expected one of the reported years, {', '.join(years)}")
    return chosen
