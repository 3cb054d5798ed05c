"""The actions of an improvement plan, as its paper states them and as the model moves with them.

A plan file is read as strictly as a scenario: every fault at once, each with its file, line, value and rule.
"""

from __future__ import annotations

import os
from dataclasses import field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Strict, StringConstraints, TypeAdapter, ValidationError

from workforce_model.basis.assumptions import (
    Day,
    Fault,
    Flag,
    HoursEach,
    Name,
    Text,
    record,
)
from workforce_model.basis.periods import Month
from workforce_model.basis.problems import ScenarioError, problems_of
from workforce_model.inputs.files import read_alone

Reference = Annotated[str, Strict(), StringConstraints(pattern=r"^[1-9]\.[1-9][0-9]?$")]
NO_LEVER = "no lever in this model"


def _plain(value: Any) -> Any:
    if not isinstance(value, str | int | float | bool):
        raise ValueError("expected a number, a month in quotes, or true or false: the value without the action")
    return value


Setting = Annotated[Any, BeforeValidator(_plain)]
"""A scenario's value at a path: a number, a month in quotes, true or false."""


@record
class OwnWork:
    """Work of an action that the model does not play: hours once, or every month, in a team."""

    team: Name
    hours: HoursEach
    every: Literal["once", "month"]


@record
class Action:
    """One action: what the paper says of it, what it moves in the model, and the figure that monitors it.

    ``duty`` is a duty that is all its work; ``moves_team`` where that duty passes from one team to another;
    ``own_work`` work that no duty plays; ``budget`` posts that it brings; ``without`` the scenario as it would
    be without the action, by dotted path, and ``adds`` a table of the scenario that is the action; either is then
    played, with and without, with the same luck. ``no_lever`` says why the model has none. ``figure`` is a measure
    ("share_at_or_over") or a duty's ("return_home_interviews: share_in_time"); ``outside_figure`` names one
    that the model does not have.
    """

    action: Text
    lead: Text
    timescale: Text
    due: Month | None = None
    starts: Month | None = None
    ongoing: Flag = False
    done_in: Month | None = None
    measure: Text | None = None
    duty: Name | None = None
    moves_team: Flag = False
    own_work: OwnWork | None = None
    budget: Name | None = None
    without: dict[Text, Setting] = field(default_factory=dict)
    adds: dict[Text, dict[Text, Any]] = field(default_factory=dict)
    no_lever: Text | None = None
    moves: Text
    basis: Text
    figure: Text | None = None
    figure_team: Name | None = None
    outside_figure: Text | None = None

    @property
    def has_lever(self) -> bool:
        """Whether the action moves something that the model plays."""
        return bool(self.duty or self.budget or self.without or self.adds)

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if sum([self.due is not None, self.starts is not None, self.ongoing]) != 1:
            found.append(("due", "one of a due month, a month it starts from, or ongoing = true"))
        if self.has_lever == (self.no_lever is not None):
            rule = "an action with a lever cannot also have none" if self.has_lever else f"missing: say why there is {NO_LEVER}, or state a duty, a budget or what the scenario is without it"  # fmt: skip
            found.append(("no_lever", rule))
        if (self.figure is None) == (self.outside_figure is None):
            found.append(("figure", "one figure that monitors it: of the model, or outside_figure"))
        if self.figure_team is not None and (self.figure is None or ":" in self.figure):
            found.append(("figure_team", "goes with a measure of teams; a duty has its own"))
        if self.without and self.adds:
            found.append(("adds", "either what the scenario is without the action, or what the action adds to it"))
        if self.moves_team and self.duty is None:
            found.append(("moves_team", "needs the duty that passes from team to team"))
        return found


@record
class Plan:
    """An improvement plan: its areas and its actions, by reference, in the paper's order.

    ``boards`` are the bodies that monitor it.
    """

    kind: Literal["plan"]
    name: Name
    title: Text
    question: Text
    source: Text
    date: Day
    boards: dict[Name, Text]
    areas: dict[str, Text]
    actions: dict[Reference, Action]

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        areas = {reference.partition(".")[0] for reference in self.actions}
        return [(f"areas.{area}", "missing: an action belongs to it") for area in sorted(areas - set(self.areas))]


_ADAPTER: TypeAdapter[Plan] = TypeAdapter(Plan)


def plan_schema() -> dict[str, Any]:
    """The JSON Schema of a plan file, for editors that show faults as you type.

    Examples
    --------
    >>> plan_schema()["title"]
    'Plan'
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_ADAPTER.json_schema()}


def load_plan(path: str | os.PathLike[str]) -> Plan:
    """The improvement plan a TOML file states, checked.

    Parameters
    ----------
    path : str or path
        A ``.toml`` file with ``kind = "plan"``; one that comes with the library is found by its name, as a
        scenario is.

    Raises
    ------
    ScenarioError
        With every problem found: its file, line, key, the value given and the rule it breaks.

    Examples
    --------
    >>> list(load_plan("scenarios/improvement_plan.toml").actions)[:3]
    ['1.1', '1.2', '1.3']
    """
    tables, placed = read_alone(path)
    stated = {key: value for key, value in tables.items() if key != "schema_version"}
    try:
        return plan_from(stated, os.fsdecode(path))
    except ScenarioError as error:
        raise ScenarioError(os.fsdecode(path), [placed(problem) for problem in error.problems]) from None


def plan_from(tree: dict[str, Any], subject: str) -> Plan:
    """An improvement plan from plain tables, checked; ``subject`` is where they are, for an error.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    try:
        return _ADAPTER.validate_python(tree)
    except ValidationError as error:
        raise ScenarioError(subject, problems_of(error, tree, _ADAPTER.json_schema())) from None
