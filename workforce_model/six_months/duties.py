"""Questions of duties, the improvement plan, audits and inspection, read at the review; not defined where a scenario states none."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Callable

import numpy as np

from workforce_model.basis.formats import rounded
from workforce_model.decisions.answers import Answer, not_defined
from workforce_model.duties.work_done import VISITS
from workforce_model.engine.results import Results
from workforce_model.improvement.audits import audit_change, audit_evidence
from workforce_model.improvement.downgrade_risk import inspection_risk
from workforce_model.improvement.duty_answers import health_passports, private_fostering, return_home_interviews
from workforce_model.improvement.plan_at_work import plan
from workforce_model.inputs.actions import Plan
from workforce_model.inputs.actuals import ASKED
from workforce_model.six_months.runs import ReviewRuns

INTERVIEWS, FOSTERING, PASSPORTS = "return_home_interviews", "private_fostering", "health_passports"


def action_work(few: Results, runs: ReviewRuns, actions: Plan | str | os.PathLike[str] | None) -> Answer:
    """The work that each action of the improvement plan creates, as it stands at the review.

    Parameters
    ----------
    few : Results
        Runs of the plan at the rates believed now: each action is played with and without, so fewer will do.
    """
    if actions is None:
        return not_defined(10, "no improvement plan is given")
    return plan(few, actions, runs.year, as_at=runs.now)


def interviews(runs: ReviewRuns) -> Answer:
    """Return home interviews in the first full year after the review."""
    return _of_duty(12, runs, (INTERVIEWS,), return_home_interviews)


def fostering_visits(runs: ReviewRuns) -> Answer:
    """Private fostering visits in the first full year after the review."""
    return _of_duty(13, runs, (FOSTERING, FOSTERING + VISITS), private_fostering)


def passports(runs: ReviewRuns) -> Answer:
    """Health passport coverage at the end of the first full year after the review."""
    return _of_duty(14, runs, (PASSPORTS,), health_passports)


def _of_duty(
    number: int, runs: ReviewRuns, duties: tuple[str, ...], answered: Callable[[Results, str], Answer]
) -> Answer:
    missing = [duty for duty in duties if duty not in runs.forecast.duties.names]
    if missing:
        return not_defined(
            number, f"the scenario states no {' and no '.join(name.replace('_', ' ') for name in missing)}"
        )
    answer = answered(runs.forecast, runs.next_year)
    return dataclasses.replace(answer, sentence=f"{answer.sentence}{_reported(runs, duties[0])}")


def _reported(runs: ReviewRuns, duty: str) -> str:
    """What the actuals say was done, beside what the answer forecasts."""
    counts = {
        name: math.nan if runs.actuals is None else runs.actuals.total(f"{duty}_{name}") for name in ("done", "in_time")
    }
    if math.isnan(counts["done"]):
        return ""
    in_time = "" if math.isnan(counts["in_time"]) else f", {rounded(counts['in_time'])} within the limit"
    return f" Reported to {runs.now:%B %Y}: {_asked_for(runs, duty)}{rounded(counts['done'])} done{in_time}."


def _asked_for(runs: ReviewRuns, duty: str) -> str:
    """How many requests the actuals report, all streams together; empty where any is not reported."""
    told = [] if runs.actuals is None else [
        runs.actuals.total(name, team) for team, columns in runs.actuals.figures.items() for name in columns if name.startswith(f"{duty}{ASKED}")
    ]  # fmt: skip
    return "" if not told or any(map(math.isnan, told)) else f"{rounded(sum(told))} asked for, "


def audits(runs: ReviewRuns) -> Answer:
    """What audits can tell from noise: those of the posts under review where they do any, else those of existing staff.

    Where the actuals report audits and how many were found good, their first half is tested against their second.
    """
    done = runs.forecast.duties
    stated = runs.forecast.scenario.duties.work if runs.forecast.scenario.duties else {}
    judged = sorted(
        (name for name in done.names if "good" in done.work[name]),
        key=lambda name: not set(stated[name].done_by) & set(runs.groups),
    )
    if not judged:
        return not_defined(15, "the scenario states no audits with a share found good")
    answer = audit_evidence(runs.forecast, judged[0])
    found = [_halves_told(runs, name) for name in judged]
    return dataclasses.replace(answer, sentence=" ".join([answer.sentence, *filter(None, found)]))


def _halves_told(runs: ReviewRuns, duty: str) -> str:
    """Whether the share found good moved between the first and the second half of the months reported; empty where it cannot be asked."""
    if runs.actuals is None:
        return ""
    months = len(runs.actuals.months)
    counts = np.stack([runs.actuals.series(f"{duty}_{name}")[1:] for name in ("good", "done")])
    (good_before, before), (good_after, after) = (
        part.sum(axis=1) for part in (counts[:, : months // 2], counts[:, months // 2 :])
    )
    if np.isnan(counts).any() or not before or not after:
        return ""
    told = audit_change(int(good_before), int(before), int(good_after), int(after))
    return f"{runs.forecast.duties.label(duty)}, reported, {runs.actuals.months[0]:%B %Y} to {runs.now:%B %Y}, first half against second: {told.sentence[0].lower()}{told.sentence[1:]}"


def downgrade(runs: ReviewRuns) -> Answer:
    """Odds and cost of a lower grade, with and without the money."""
    if runs.plan.scenario.inspection is None or runs.nothing.scenario.inspection is None:
        return not_defined(17, "the scenario states nothing about inspection")
    return inspection_risk(runs.nothing, runs.plan)
