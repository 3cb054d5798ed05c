"""An answer: one figure with its range, one plain sentence, one table, and a chart where it helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workforce_model.basis.formats import NOT_DEFINED

if TYPE_CHECKING:
    from workforce_model.engine.model import Results


QUESTIONS: dict[int, tuple[str, str]] = {
    1: ("finance", "Spend to date and forecast outturn?"),
    2: ("finance", "Full-year cost: is the approval enough for the posts?"),
    3: ("member", "Posts filled, by what route, and the rest when?"),
    4: ("finance", "Agency weeks ended because of the posts, gross and net?"),
    5: ("finance", "What is cashable, in whose budget, and is anything counted twice?"),
    6: ("finance", "Break-even conversions, month and premium?"),
    7: ("director", "Who is at or over the caseload limit, by team and grade, now and forecast?"),
    8: ("director", "What happens to caseloads when the agency team ends?"),
    9: ("director", "The arrival rate that breaks the plan?"),
    10: ("director", "FTE of work created by each action of the plan?"),
    11: ("member", "Changes of worker caused or avoided?"),
    12: ("member", "Return home interviews offered, done, within 72 hours and waiting, and cover for the officer?"),
    13: ("director", "Private fostering visits due and done?"),
    14: ("director", "Health passport coverage, with a known denominator?"),
    15: ("director", "Audits: change or sampling noise?"),
    16: ("member", "Is lower turnover more than luck?"),
    17: ("member", "Odds and cost of a downgrade, with and without the money?"),
    18: ("finance", "What does each further £50k buy, by team, beside doing nothing?"),
    19: ("finance", "Which assumptions drive the answer, and is each evidence or judgement?"),
    20: ("finance and member", "Triggers and dates to stop, slow or reverse?"),
}
"""The twenty questions: who asks (the Cabinet Member, the section 151 officer, the Director of Children's Services), and what."""


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

    @property
    def who(self) -> str:
        """Who asks: the member, finance or the director."""
        return QUESTIONS[self.number][0]

    def __str__(self) -> str:
        return f"{self.number}. {self.question}\n{self.sentence}"


def not_defined(number: int, why: str) -> Answer:
    """The answer to a question that a scenario gives nothing to answer with.

    Examples
    --------
    >>> not_defined(17, "the scenario states nothing about inspection").sentence
    'Not defined: the scenario states nothing about inspection.'
    """
    nothing, table = float("nan"), pd.DataFrame({"why": [why]})
    return Answer(number, QUESTIONS[number][1], nothing, nothing, nothing, NOT_DEFINED, f"Not defined: {why}.", table)


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
