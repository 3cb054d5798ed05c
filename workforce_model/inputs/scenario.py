"""A scenario: the rooms' decisions and assumptions gathered, checked, with their sources remembered.

An unchecked scenario cannot exist: it is checked when it is made, however it is made.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from workforce_model.basis.assumptions import (
    Assumption,
    Correlation,
    Day,
    Fault,
    Name,
    Text,
    record,
)
from workforce_model.basis.periods import Periods
from workforce_model.basis.problems import Problem, ScenarioError, in_short, nearest, problems_of, schema_at
from workforce_model.cases.casework import Caseloads
from workforce_model.duties.duties import Duties
from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.hidden_faults import hidden_faults
from workforce_model.inputs.inspection import Inspection
from workforce_model.money.costs import Costs
from workforce_model.money.funding import Funding
from workforce_model.people.establishment import Workforce


@dataclasses.dataclass(frozen=True)
class InputFile:
    """A file a scenario was read from: its name, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


@record
class Scenario:
    """A council, its decisions and its assumptions, as seen from a date.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> approved.periods.start
    Period('2018-10', 'M')
    """

    name: Name
    title: Text
    question: Text
    place: Text
    seen_from: Day
    periods: Periods
    workforce: Workforce
    caseloads: Caseloads
    costs: Costs
    funding: Funding
    correlations: dict[Name, Correlation] = dataclasses.field(default_factory=dict)
    duties: Duties | None = None
    inspection: Inspection | None = None
    actuals: Actuals | None = None

    def faults(self) -> list[Fault]:
        """What is wrong between the rooms, as (key, rule) pairs."""
        return [
            *self._unknown_names(),
            *self._teams_without_posts(),
            *self._hindsight(),
            *self._planned_conversions(),
            *self._correlations(),
            *self._paid_twice(),
            *self._unknown_to_duties(),
            *self._actuals_at_odds(),
        ]

    def _unknown_names(self) -> Iterator[Fault]:
        grades, budgets = self.costs.grades, self.funding.budgets
        for kind, groups in (("posts", self.workforce.posts), ("agency", self.workforce.agency)):
            for name, group in groups.items():
                place = f"workforce.{kind}.{name}"
                if group.grade not in grades:
                    yield f"{place}.grade", f"unknown grade {group.grade!r}; known: {', '.join(sorted(grades))}"
                elif self._may_be_agency(name) and grades[group.grade].agency_rate is None:
                    yield f"costs.grades.{group.grade}.agency_rate", f"missing: agency workers may hold {name}"
                if group.budget not in budgets:
                    yield f"{place}.budget", f"unknown budget {group.budget!r}; known: {', '.join(sorted(budgets))}"
        teams = {name for name, group in self.workforce.agency.items() if group.kind == "commissioned"}
        for name in sorted(teams ^ set(self.costs.commissioned_team_price)):
            yield (
                f"costs.commissioned_team_price.{name}",
                "missing"
                if name in teams
                else f"no commissioned team of that name; known: {', '.join(sorted(teams)) or 'none'}",
            )

    def _may_be_agency(self, name: str) -> bool:
        group = self.workforce.posts.get(name)
        if group is not None:
            return group.covered_by_agency or group.opening_agency > 0
        return self.workforce.agency[name].kind == "additional"

    def _teams_without_posts(self) -> Iterator[Fault]:
        if not {group.team for group in self.workforce.posts.values()} <= set(self.workforce.teams):
            return
        holding = {group.team for group in self.workforce.posts.values() if group.holds_cases and group.number}
        for team in sorted(set(self.caseloads.teams) - holding):
            yield (
                f"caseloads.teams.{team}",
                f"no post of the establishment holds cases there; teams that do: {', '.join(sorted(holding)) or 'none'}",
            )
        contracted = {group.team for group in self.workforce.agency.values()}
        for team in sorted((holding | contracted) - set(self.caseloads.teams)):
            yield f"caseloads.teams.{team}", "missing: posts in this team hold cases"

    def _hindsight(self) -> Iterator[Fault]:
        for path, assumption in self.assumptions().items():
            if assumption.date > self.seen_from and assumption.later_evidence is None:
                yield (
                    f"{path}.date",
                    f"{assumption.date} is hindsight: the scenario is seen from {self.seen_from}; use an earlier source, or say why in later_evidence",
                )

    def _planned_conversions(self) -> Iterator[Fault]:
        for name, group in self.workforce.posts.items():
            if not group.planned_conversions:
                continue
            when = group.starts_on or group.created or self.periods.start
            there = sum(
                int(extra.number.low if extra.number.low is not None else extra.number.value)
                for extra in self.workforce.agency.values()
                if extra.kind == "additional"
                and extra.team == group.team
                and extra.first_month < when <= extra.last_month
            )
            if group.planned_conversions > there:
                yield (
                    f"workforce.posts.{name}.planned_conversions",
                    f"only {there} agency workers above establishment are sure to be in {group.team} in {when}",
                )

    def _correlations(self) -> Iterator[Fault]:
        stated = self.assumptions()
        leads: dict[str, str] = {}
        for name, one in self.correlations.items():
            place = f"correlations.{name}"
            for key in ("assumption", "follows"):
                path = getattr(one, key)
                if path not in stated:
                    yield f"{place}.{key}", f"no such assumption{nearest(path, stated)}"
                elif not stated[path].uncertain:
                    yield f"{place}.{key}", "an assumption without a range has nothing to move with"
            if one.date > self.seen_from:
                yield f"{place}.date", f"{one.date} is hindsight: the scenario is seen from {self.seen_from}"
            if leads.setdefault(one.assumption, one.follows) != one.follows:
                yield f"{place}.assumption", f"follows {leads[one.assumption]} already; an assumption follows one other"
        for path in leads:
            after, seen = leads.get(path), {path}
            while after is not None and after not in seen:
                seen.add(after)
                after = leads.get(after)
            if after == path:
                yield "correlations", f"{path} comes to follow itself"

    def _paid_twice(self) -> Iterator[Fault]:
        if self.costs.agency_overlap and self.workforce.agency_notice_months:
            rule = "workforce.agency_notice_months pays for the same time beside the starter; state one of the two"
            yield "costs.agency_overlap", rule

    def _unknown_to_duties(self) -> Iterator[Fault]:
        teams, groups = self.workforce.teams, self.workforce.posts
        for name, duty in self.duties.work.items() if self.duties else ():
            for key, team in (("team", duty.team), ("moves_to", duty.moves_to)):
                if team is not None and team not in teams:
                    yield f"duties.work.{name}.{key}", f"unknown team {team!r}; known: {', '.join(sorted(teams))}"
            for group, doer in duty.done_by.items():
                place = f"duties.work.{name}.done_by.{group}"
                if group in groups and doer.outside is not None:
                    yield f"{place}.outside", "these posts are the establishment's own; the model counts who fills them"
                elif group not in groups and doer.outside is None:
                    hint = nearest(group, groups)
                    yield (
                        place,
                        f"unknown post group{hint}; people who are not posts state how many they are in outside",
                    )

    def _actuals_at_odds(self) -> Iterator[Fault]:
        if self.actuals is None:
            return
        for team in sorted(set(self.actuals.figures) ^ set(self.workforce.teams)):
            unknown = f"unknown team; known: {', '.join(sorted(self.workforce.teams))}"
            yield (
                f"actuals.figures.{team}",
                unknown if team in self.actuals.figures else "missing: a team without figures",
            )
        for team, columns in sorted(self.actuals.figures.items()):
            for name in ("in_post_fte", "open_cases")[: 1 + (team in self.caseloads.teams)]:
                if columns.get(name, (None,))[-1] is None:
                    rule = "not available at the cut-off: a forecast starts from it; choose a cut-off that has it"
                    yield f"actuals.figures.{team}.{name}", rule
        first, last = self.periods.start - 1, self.periods.end
        if not first <= self.actuals.opening <= self.actuals.cut_off <= last:
            yield (
                "actuals.cut_off",
                f"actuals from {self.actuals.opening} to {self.actuals.cut_off} lie outside {first} to {last}",
            )
        elif self.actuals.cut_off == last:
            yield (
                "actuals.cut_off",
                f"{last} is the scenario's last month: nothing is left to forecast; extend periods.end",
            )
        if self.actuals.cut_off.end_time.date() > self.seen_from:
            yield (
                "actuals.cut_off",
                f"{self.actuals.cut_off} is hindsight: the scenario is seen from {self.seen_from}; it is known at that month's end",
            )

    def assumptions(self) -> dict[str, Assumption]:
        """Every assumption by its dotted path, in order of path."""
        return dict(sorted(_walk(self, "")))

    def to_obtain(self) -> dict[str, Assumption]:
        """The assumptions that only the council can supply; their values are stand-ins."""
        return {path: a for path, a in self.assumptions().items() if a.obtain}

    def later_evidence(self) -> dict[str, Assumption]:
        """The assumptions that rest on something known only after ``seen_from``."""
        return {path: a for path, a in self.assumptions().items() if a.date > self.seen_from}

    def replace(self, changes: Mapping[str, Any]) -> Scenario:
        """A copy with some values changed, checked again.

        Parameters
        ----------
        changes : mapping
            Dotted path to new value. A bare number for an assumption replaces its value and drops its
            range, and its source becomes "what-if"; correlations it is part of go too, as what is known exactly
            moves with nothing.

        Raises
        ------
        ScenarioError
            If a path is unknown or the changed scenario breaks a rule.

        Examples
        --------
        >>> import workforce_model as wm
        >>> approved = wm.load_scenario("scenarios/approved.toml")
        >>> approved.replace({"workforce.recruitment_lead_months": 5}).workforce.recruitment_lead_months.value
        5.0
        """
        if not isinstance(changes, Mapping):
            rule = 'expected a mapping of dotted path to new value: {"workforce.recruitment_lead_months": 5}'
            raise ScenarioError("scenario.replace", [Problem("changes", in_short(changes), rule)])
        changes = {
            path: value.item() if isinstance(value, np.integer | np.bool_) else value for path, value in changes.items()
        }
        tree, known = as_tree(self), self.assumptions()
        problems = []
        exact = {path for path, value in changes.items() if path in known and _is_number(value)}
        kept = {name: one for name, one in self.correlations.items() if not exact & {one.assumption, one.follows}}
        tree["correlations"] = {name: one for name, one in tree.get("correlations", {}).items() if name in kept}
        for path, value in changes.items():
            if not isinstance(path, str):
                problems.append(Problem(in_short(path), "", "expected a dotted path as text"))
                continue
            if path in known and path not in exact and not isinstance(value, Mapping | Assumption | None):
                rule = f'expected a number without quotes, in "{known[path].unit}", or an assumption stated whole'
                problems.append(Problem(path, in_short(value), rule))
                continue
            if path in exact:
                value = {
                    "value": value,
                    "unit": known[path].unit,
                    "source": "what-if",
                    "date": self.seen_from,
                    "confidence": "low",
                }
            *parents, last = path.split(".")
            place: Any = tree
            for parent in parents:
                place = place.get(parent) if isinstance(place, dict) else None
            if not isinstance(place, dict) or not (
                last in place or last in schema_at(parents, _schema()).get("properties", ()) or _names(parents)
            ):
                problems.append(Problem(path, "", f"no such place in the scenario{nearest(path, known)}"))
            elif value is None:
                place.pop(last, None)
            else:
                place[last] = value
        if problems:
            raise ScenarioError("scenario.replace", problems)
        return scenario_from(tree, "scenario.replace")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _names(place: list[str]) -> bool:
    """Whether the keys of a table are names of the analyst's own, such as posts or funding lines."""
    return bool(place) and place[-1] in _NAMED


_NAMED = {
    "posts", "agency", "lines", "teams", "grades", "budgets", "amounts", "virements", "reserve_movements", "spine",
    "pay_award", "employer_ni_threshold", "checks_per_start", "commissioned_team_price", "commissioned_team_weeks",
    "correlations", "work", "requests", "done_by", "campaigns", "moves", "surges", "season",
}  # fmt: skip


def _walk(value: Any, path: str) -> Iterator[tuple[str, Assumption]]:
    if isinstance(value, Assumption):
        yield path, value
        return
    if dataclasses.is_dataclass(value):
        items: Any = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
    elif isinstance(value, dict):
        items = value.items()
    else:
        return
    for key, inner in items:
        yield from _walk(inner, f"{path}.{key}" if path else key)


def refuse_all_but_scenarios(*given: object) -> None:
    """Refuse what is no scenario, with the likely slip.

    Examples
    --------
    >>> refuse_all_but_scenarios("scenarios/approved.toml")
    Traceback (most recent call last):
    ValueError: 'scenarios/approved.toml': expected a scenario; this is of type str: read a file with load_scenario(path) first
    """
    for one in given:
        if not isinstance(one, Scenario):
            slip = ": read a file with load_scenario(path) first" if isinstance(one, str | os.PathLike) else ""
            raise ValueError(f"{in_short(one)}: expected a scenario; this is of type {type(one).__name__}{slip}")


def as_tree(value: Any) -> Any:
    """A scenario as plain tables, the way a file states it; what is not stated is left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {key: as_tree(inner) for key, inner in pairs if inner is not None}
    if isinstance(value, dict):
        return {key: as_tree(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_tree(inner) for inner in value]
    if value is None or isinstance(value, str | bool | int | float | datetime.date):
        return value
    return str(value)


def changed_throughout(stated: Assumption, change: Callable[[float], float]) -> dict[str, Any]:
    """An assumption moved along its whole range, as :meth:`Scenario.replace` takes it: its doubt stays."""
    moved = {key: change(x) for key in ("value", "low", "high") if (x := getattr(stated, key)) is not None}
    return {**as_tree(stated), **moved}


_ADAPTER: TypeAdapter[Scenario] = TypeAdapter(Scenario)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors; a derived file may leave out any table."""
    return _ADAPTER.json_schema()


@functools.cache
def _schema() -> dict[str, Any]:
    return json_schema()


def scenario_from(tree: Mapping[str, Any], subject: str) -> Scenario:
    """The scenario stated by plain tables.

    Raises
    ------
    ScenarioError
        Naming ``subject`` and every problem, each by its dotted place.
    """
    try:
        return _ADAPTER.validate_python(dict(tree))
    except ValidationError as error:
        found = problems_of(error, tree, _schema())
        hidden = hidden_faults(error, tree, found, _schema(), _ADAPTER.validate_python)
        raise ScenarioError(subject, [*found, *hidden]) from None
