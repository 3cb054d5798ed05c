"""Doing nothing from the actual position: what would have been reported without the posts under review, as far as a form can tell."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import numpy as np

from workforce_model.basis.problems import Problem, ScenarioError
from workforce_model.inputs.actuals import APART_IN_POST, APART_SPEND, Actuals, Series
from workforce_model.inputs.scenario import Scenario, as_tree
from workforce_model.monitoring.actuals_form import form_of
from workforce_model.monitoring.updating import AS_LEARNT, Updates

_TOLD_TOGETHER = ("vacancy_fte", "starters_fte", "conversions_fte", "leavers_fte", "workers", "workers_at_or_over", "case_holder_fte")  # fmt: skip
"""Columns of a team that count the people of such posts without telling them apart."""
_PAID_FROM = ("permanent_pay_gbp", "recruitment_gbp", "agency_gbp", "commissioned_team_gbp")
"""Columns of spend, in the order in which what was spent on such posts is taken out of them."""


def undone_from(undone: Scenario, updates: Updates) -> Scenario:
    """Doing nothing from the actual position: the rates that actuals taught, where it has them, and the actuals without
    the posts and teams it has not.

    Raises
    ------
    ScenarioError
        If more staff are reported than doing nothing has posts for, and the form does not tell the posts under review apart.
    """
    known, budgets = undone.assumptions(), set(updates.scenario.funding.budgets) - set(undone.funding.budgets)
    changes = {path: change for path, change in updates.changes().items() if path in known or path in ("seen_from", AS_LEARNT)}  # fmt: skip
    left = without_budgets(updates.actuals, budgets)
    there = {team: figures for team, figures in left.figures.items() if team in undone.workforce.teams}
    left = dataclasses.replace(left, figures=there)
    _refuse_without_posts(undone, left)
    return undone.replace({**changes, "actuals": as_tree(left)})


def _refuse_without_posts(undone: Scenario, left: Actuals) -> None:
    posts = form_of(undone, left.opening, left.cut_off).establishment
    faults = []
    for team in left.teams:
        over = np.nan_to_num(left.series("in_post_fte", team) - posts[team])
        if over.max() > 0.5:
            at = int(over.argmax())
            rule = f"doing nothing has {posts[team][at]:g} FTE of posts in {team} in {left.opening + at}: give the posts under review a budget of their own, and the form reports them apart"
            faults.append(Problem(f"{team}.in_post_fte", f"{left.series('in_post_fte', team)[at]:g}", rule))
    if faults:
        raise ScenarioError(undone.name, faults)


def without_budgets(actuals: Actuals, budgets: Collection[str]) -> Actuals:
    """The actuals of a council without the posts of some budgets: their people and spend taken out, their cases and agency kept.

    Open cases, new cases and agency stay as reported: doing nothing starts from the same cases with fewer people. Where
    such posts were filled, what else the form tells of their team (its workers, its starters and leavers) is not known
    without them, and left to the run.

    Parameters
    ----------
    budgets : collection of str
        Those reported apart and others; others change nothing.

    Examples
    --------
    >>> import workforce_model as wm
    >>> plan = wm.load_scenario("scenarios/approved.toml")
    >>> actuals = wm.load_actuals("scenarios/illustrative_actuals.csv", plan)
    >>> "nine_posts_in_post_fte" in without_budgets(actuals, {"nine_posts"}).figures["family_support"]
    False
    """
    return dataclasses.replace(actuals, figures={team: _without(columns, budgets) for team, columns in actuals.figures.items()})  # fmt: skip


def _without(columns: dict[str, Series], budgets: Collection[str]) -> dict[str, Series]:
    """One team's columns without the posts of some budgets."""
    people = [columns[name] for budget in sorted(budgets) if (name := f"{budget}{APART_IN_POST}") in columns]
    spend = [columns[name] for budget in sorted(budgets) if (name := f"{budget}{APART_SPEND}") in columns]
    gone = {f"{budget}{ending}" for budget in budgets for ending in (APART_IN_POST, APART_SPEND)}
    found = {name: series for name, series in columns.items() if name not in gone}
    if not people:
        return found
    found["in_post_fte"] = tuple(
        _less(all_of, mine) for all_of, *mine in zip(found["in_post_fte"], *people, strict=True)
    )
    found["vacancy_fte"] = (None,) * len(found["in_post_fte"])
    if any(x != 0 for series in people for x in series):
        found |= {name: (None,) * len(found[name]) for name in _TOLD_TOGETHER if name in found}
    for mine in spend:
        left: list[float | None] = list(mine)
        for name in (name for name in _PAID_FROM if name in found):
            taken = [None if x is None or y is None else min(x, y) for x, y in zip(found[name], left, strict=True)]
            found[name] = tuple(_less(x, [y]) for x, y in zip(found[name], taken, strict=True))
            left = [_less(x, [y]) for x, y in zip(left, taken, strict=True)]
    return found


def _less(figure: float | None, taken: Collection[float | None]) -> float | None:
    """A figure less others, to a millionth; not available where any is not."""
    if figure is None or any(x is None for x in taken):
        return None
    return max(round(figure - sum(x for x in taken if x is not None), 6), 0.0)
