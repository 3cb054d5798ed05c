"""The six-month review: twenty questions answered from the plan, doing nothing, and the forecast with actuals in."""

from __future__ import annotations

import dataclasses
import math
import os
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from workforce_model.basis.formats import NOT_DEFINED, percent, rounded, thousands
from workforce_model.decisions.answers import QUESTIONS, Answer
from workforce_model.decisions.bridging import Bridge
from workforce_model.engine.model import RUNS, SEED, run
from workforce_model.engine.results import Results
from workforce_model.inputs.actions import Plan
from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.files import load_scenario, shipped_scenarios
from workforce_model.inputs.scenario import Scenario, refuse_all_but_scenarios
from workforce_model.monitoring.actuals_file import load_actuals
from workforce_model.monitoring.actuals_without import undone_from
from workforce_model.monitoring.detection import power
from workforce_model.monitoring.forecasting import Forecast, forecast
from workforce_model.monitoring.surprise import caused, causes_of_both, surprises
from workforce_model.monitoring.updating import SURPRISING
from workforce_model.six_months.caseloads import over_the_limit, when_the_agency_team_ends
from workforce_model.six_months.choices import breaking_arrivals, what_drives_the_answer, what_money_buys
from workforce_model.six_months.conversions import break_even_conversions
from workforce_model.six_months.duties import action_work, audits, downgrade, fostering_visits, interviews, passports
from workforce_model.six_months.money import (
    agency_weeks_ended,
    full_year_cost,
    spend_and_outturn,
    what_is_cashable,
)
from workforce_model.six_months.people import (
    changes_of_worker,
    posts_filled,
)
from workforce_model.six_months.runs import ReviewRuns
from workforce_model.six_months.triggers import set_triggers
from workforce_model.six_months.turnover import turnover_or_luck

FEW = 128
"""Runs of each value, option or end that an answer plays for itself."""
PLAN = shipped_scenarios() / "improvement_plan.toml"
NOTHING = shipped_scenarios() / "do_nothing.toml"
WIDTH = 100


@dataclass(frozen=True)
class Review:
    """The answers to the twenty questions, and the runs they are read from.

    Attributes
    ----------
    answers : tuple of Answer
        In the order of their numbers, 1 to 20.
    runs : ReviewRuns
    few : int
        Runs of each play that questions 9, 10, 18, 19 and 20 make for themselves.
    forecast : Forecast, optional
        The forecast with actuals in, its updated rates and its surprises; None before any actuals.
    bridges : tuple of Bridge
        What the months that happened, and the rates learnt, did to cost and to caseload; none before any actuals.
    """

    answers: tuple[Answer, ...]
    runs: ReviewRuns
    few: int
    forecast: Forecast | None = None
    bridges: tuple[Bridge, ...] = ()

    def answer(self, number: int) -> Answer:
        """The answer to one question, 1 to 20.

        Raises
        ------
        ValueError
            If there is no such question.
        """
        if number not in QUESTIONS:
            raise ValueError(f"question {number!r}: expected a whole number from 1 to {len(QUESTIONS)}")
        return self.answers[number - 1]

    def table(self) -> pd.DataFrame:
        """Every answer in a row: number, who, question, figure, low, high, unit, sentence, actuals."""
        rows = [
            (a.number, a.who, a.question, a.figure, a.low, a.high, a.unit, a.sentence, self.runs.mark)
            for a in self.answers
        ]
        return pd.DataFrame(
            rows, columns=["number", "who", "question", "figure", "low", "high", "unit", "sentence", "actuals"]
        )

    @cached_property
    def evidence(self) -> dict[str, pd.DataFrame]:
        """What the actuals taught, by name: the rates before and after, what was surprising, what could have been seen."""
        if self.forecast is None:
            return {}
        found = {
            "updates": self.forecast.updates.table(),
            "surprises": surprises(self.forecast),
            "power": power(self.forecast),
        }
        if self.bridges:
            parts = [b.table().assign(outcome=b.outcome.words(b.end), unit=b.outcome.unit) for b in self.bridges]
            found["causes"] = pd.concat(parts, ignore_index=True)
        return {name: table.assign(actuals=self.runs.mark) for name, table in found.items()}

    @cached_property
    def surprised(self) -> str:
        """Which assumptions and outcomes were surprising, in words; empty before any actuals."""
        table = self.evidence.get("surprises")
        if table is None:
            return ""
        out = table[table["verdict"] != "as expected"]["sentence"].tolist()
        if not out:
            return "No rate and no outcome was surprising under the plan."
        by_luck = rounded(SURPRISING * len(table))
        return f"{' '.join(out)} Of the {len(table)} figures judged, about {by_luck} would be surprising by luck alone."

    @cached_property
    def caused(self) -> str:
        """What the months that happened, and the rates learnt, did to cost and to caseload, in words; empty before any actuals."""
        return " ".join(caused(bridge) for bridge in self.bridges)

    @cached_property
    def notes(self) -> list[str]:
        """What a reader of the figures should know, in sentences: what the actuals leave unexplained or out, and where the forecast starts."""
        return [] if self.forecast is None else self.forecast.notes()

    def text(self) -> str:
        """The review on one screen: every figure in a line, then where to invest and the triggers in full."""
        r = self.runs.forecast
        heading = f"SIX-MONTH REVIEW: {r.scenario.title}"
        note = (
            f"{self.runs.mark} {r.runs:,} runs, seed {r.seed}; {self.few} where a question plays its own. Ranges in [ ]: 10th to 90th percentile, "
            "luck and doubt about the assumptions."
        )
        lines = [heading, *textwrap.wrap(note, WIDTH), ""]
        for answer in self.answers:
            asked = textwrap.shorten(answer.question, 58, placeholder="...")
            lines.append(f"{answer.number:>2} {answer.who[:1].upper()} {asked:<58} {_figure(answer)}")
        for said in (
            " ".join(self.notes),
            self.surprised,
            self.caused,
            self.answer(18).sentence,
            self.answer(20).sentence,
        ):
            lines += ["", *textwrap.wrap(said, WIDTH)] if said else []
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def markdown(self) -> str:
        """Every answer in full, for a report: the question, who asks, and the sentence."""
        lines = [f"# Six-month review: {self.runs.forecast.scenario.title}", "", self.runs.mark, ""]
        for a in self.answers:
            lines += [
                f"## {a.number}. {a.question}",
                "",
                f"*Asked by: {a.who}. {_figure(a)}*",
                "",
                a.sentence.replace("$", "\\$"),
                "",
            ]
        surprised = self.surprised
        lines += ["## What was surprising", "", f"{self.runs.lead} {surprised}", ""] if surprised else []
        caused_so = self.caused.replace("$", "\\$")
        lines += ["## What it did to cost and caseload", "", f"{self.runs.lead} {caused_so}", ""] if caused_so else []
        lines += ["## What these figures rest on", "", *(f"- {note}" for note in self.notes), ""] if self.notes else []
        return "\n".join(lines)

    def write(self, out: str | os.PathLike[str] | None = None, *, overwrite: bool = False) -> Path:
        """Write the review to a folder, as :func:`workforce_model.six_months.folder.write_review`."""
        from workforce_model.six_months.folder import write_review

        return write_review(self, out, overwrite=overwrite)


def review(scenario: Scenario, actuals: Actuals | str | os.PathLike[str] | None = None, runs: int = RUNS, seed: int = SEED, *, baseline: Scenario | None = None,
           actions: Plan | str | os.PathLike[str] | None = PLAN, few: int = FEW, executor: Executor | None = None,
           progress: Callable[[int], object] | None = None) -> Review:  # fmt: skip
    """Answer the twenty questions of a six-month review.

    Parameters
    ----------
    scenario : Scenario
        The plan as it was approved.
    actuals : Actuals or path, optional
        What happened; without it the review is as the plan stands before any actuals, and every answer says so.
    runs : int
        Futures of each of the large runs.
    baseline : Scenario, optional
        Doing nothing; by default the shipped one. With actuals it goes on from them, without the posts and the spend of
        budgets that only the plan has.
    actions : Plan or path, optional
        The improvement plan; None where there is none.
    few : int
        Futures of each play that a question makes for itself; at most ``runs``.
    executor : concurrent.futures.Executor, optional
        Where to play; the figures are the same to the bit.
    progress : callable, optional
        Told, after each answer, its number.

    Returns
    -------
    Review

    Raises
    ------
    ValueError
        If runs or seed make no sense, the baseline is of another place, or the plan holds actuals already.
    ScenarioError
        If the actuals are at fault, every fault at once.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> review = wm.review(approved, "scenarios/illustrative_actuals.csv")  # doctest: +SKIP
    >>> print(review.answer(2).sentence[:108])  # doctest: +SKIP
    On ILLUSTRATIVE actuals to September 2019: All 9 posts filled for twelve months cost £474k at central prices
    """
    undone = load_scenario(NOTHING) if baseline is None else baseline
    refuse_all_but_scenarios(scenario, undone)
    if scenario.actuals is not None:
        raise ValueError(f"{scenario.name} holds actuals to {scenario.actuals.cut_off} already: give the plan as approved, and the actuals apart")  # fmt: skip
    if undone.place != scenario.place:
        raise ValueError(
            f"baseline {undone.name} is of {undone.place!r}: expected one of {scenario.place!r}, as {scenario.name}; name it with baseline="
        )
    gathered, found = gather(scenario, undone, actuals, runs, seed, executor)
    answers = []
    for answer in answered(gathered, actions, min(few, runs), executor):
        answers.append(marked(answer, gathered))
        if progress:
            progress(answer.number)
    bridges = causes_of_both(found, runs=min(few, runs), executor=executor) if found else ()
    return Review(tuple(answers), gathered, min(few, runs), found, bridges)


def marked(answer: Answer, runs: ReviewRuns) -> Answer:
    """An answer whose sentence, table and chart say what actuals they rest on."""
    chart = None if answer.chart is None else partial(_marked_chart, answer.chart, runs)
    return dataclasses.replace(
        answer, sentence=f"{runs.lead} {answer.sentence}", table=answer.table.assign(actuals=runs.mark), chart=chart
    )


def _marked_chart(chart: Callable[..., Any], runs: ReviewRuns, ax: Any = None) -> Any:
    from workforce_model.charts.review import with_mark

    return with_mark(chart(ax=ax), runs)


def gather(scenario: Scenario, undone: Scenario, actuals: Actuals | str | os.PathLike[str] | None, runs: int, seed: int,
           executor: Executor | None) -> tuple[ReviewRuns, Forecast | None]:  # fmt: skip
    """The runs that a review is read from, and the forecast: with actuals, the plan and doing nothing both go on from them."""
    if actuals is None:
        plan = run(scenario, runs, seed, executor=executor)
        return ReviewRuns(run(undone, runs, seed, executor=executor), plan, plan, plan), None
    happened = actuals if isinstance(actuals, Actuals) else load_actuals(actuals, scenario)
    now = forecast(scenario, happened, runs=runs, seed=seed, executor=executor)
    nothing = run(undone_from(undone, now.updates), runs, seed, executor=executor)
    return ReviewRuns(nothing, now.results, now.results, now.planned, happened), now


def answered(
    runs: ReviewRuns, actions: Plan | str | os.PathLike[str] | None, few: int, executor: Executor | None = None
) -> Iterator[Answer]:
    """The twenty answers, one at a time, in order."""
    yield from (spend_and_outturn(runs), full_year_cost(runs), posts_filled(runs), agency_weeks_ended(runs))
    yield from (
        what_is_cashable(runs),
        break_even_conversions(runs),
        over_the_limit(runs),
        when_the_agency_team_ends(runs),
    )
    yield breaking_arrivals(runs, few, executor)
    yield action_work(_fewer(runs, few, executor), runs, actions)
    yield from (changes_of_worker(runs), interviews(runs), fostering_visits(runs), passports(runs), audits(runs))
    yield from (turnover_or_luck(runs), downgrade(runs))
    yield what_money_buys(runs, few, executor)
    yield what_drives_the_answer(runs, few, executor)
    yield set_triggers(runs, few, executor=executor)


def _fewer(runs: ReviewRuns, few: int, executor: Executor | None) -> Results:
    return run(runs.plan.scenario, few, runs.plan.seed, executor=executor)


def _figure(answer: Answer) -> str:
    """An answer's figure with its range, as its unit is printed."""
    if math.isnan(answer.figure):
        return NOT_DEFINED
    unit, said = _printer(answer.unit)
    if answer.low == answer.high or math.isnan(answer.low + answer.high):
        return f"{said(answer.figure)}{unit}"
    return f"{said(answer.figure)} [{said(answer.low)} to {said(answer.high)}]{unit}"


def _printer(unit: str) -> tuple[str, Callable[[float], str]]:
    if unit.startswith("GBP"):
        return f" £000{unit.removeprefix('GBP')}", thousands
    if unit.startswith(("change in the share", "chance per")):
        return " points" + unit.removeprefix("chance").removeprefix(
            "change in the share of workers"
        ), lambda x: f"{rounded(100 * x, 1)}"
    if unit.startswith(("share", "chance")):
        return "", percent
    return f" {unit}", lambda x: f"{rounded(x, 1)}"
