"""The bridge from one scenario to another: what each driver adds, one at a time, exactly to the total.

Every place at which two scenarios differ belongs to one driver. Drivers are moved from the first scenario to
the second one at a time in the stated order, and again in the reverse of it. A driver's part is the mean of
its two steps; half their difference is its interaction with the drivers moved before and after it. Levels are
rounded to the penny once, so the parts add up exactly in every run, and swapping the scenarios changes every
sign and no figure.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.decisions.comparison import refuse_other_months, whole_numbers
from workforce_model.engine.model import RUNS, SEED
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario, as_tree, scenario_from
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import Outcome, all_settled
from workforce_model.reading.playing import play, versions_of

Tree = dict[str, Any]

DRIVERS: dict[str, str] = {
    "what happened": r"actuals\b",
    "posts": r"workforce\.(teams|posts|agency)\b|duties\b",
    "start and end dates": r"workforce\.(posts|agency)\.\w+\.(created|starts_on|first_month|last_month)$",
    "conversion": r"workforce\.(conversion\w*|campaigns\b|fee_free_months|posts\.\w+\.planned_conversions)",
    "recruitment and cover": r"workforce\.(posts\.\w+\.filling_probability|moves\b|(filling|recruit|market|newly|cover)\w*|agency_\w+)|correlations\.agency_as_learnt\b",
    "turnover": r"workforce\.((turnover|tenure|year|national|caseload|retention|absence)\w*|agency_share_effect|(teams|posts)\.\w+\.(leaving_multiplier|retention_\w+))",
    "demand": r"caseloads\b|duties\.work\.\w+\.requests\b",
    "prices": r"costs\b",
    "funding": r"funding\b",
    "everything else": r"",
}
"""Each driver and the places of a scenario that are its own, in the order the bridge takes them. Where several
match, the longest pattern has it; a post or contract that only one scenario has belongs whole to ``posts``."""


@dataclass(frozen=True)
class Bridge:
    """What each driver adds to an outcome on the way from one scenario to another.

    Attributes
    ----------
    start, end : Scenario
    outcome : Outcome
    drivers : tuple of str
        In the stated order; all of them, also those that do not differ.
    levels : array of int64, shape (2, R)
        The outcome in each scenario, in grains (pence).
    forward, backward : array of int64, shape (drivers, R)
        Each driver's step in grains, taken in the stated order and in its reverse.
    """

    start: Scenario
    end: Scenario
    outcome: Outcome
    drivers: tuple[str, ...]
    levels: NDArray[np.int64]
    forward: NDArray[np.int64]
    backward: NDArray[np.int64]
    seed: int
    doubt: bool

    @property
    def halves(self) -> NDArray[np.int64]:
        """Each driver's part in half grains (half pence), whole numbers: they add up exactly, shape (drivers, R)."""
        return self.forward + self.backward

    @property
    def parts(self) -> NDArray[np.float64]:
        """Each driver's part in every run, shape (drivers, R)."""
        return np.asarray(self.halves * (self.outcome.grain / 2))

    @property
    def total(self) -> NDArray[np.float64]:
        """The difference the parts add up to in every run, shape (R,)."""
        return np.asarray((self.levels[1] - self.levels[0]) * self.outcome.grain)

    def table(self) -> pd.DataFrame:
        """The bridge as a table, from the first scenario to the second.

        Returns
        -------
        DataFrame
            Columns step, mean, p10, p50, p90, mc_error, in_order, in_reverse, interaction. ``interaction`` is
            half of ``in_order`` less ``in_reverse``, so mean is in_reverse + interaction.
        """
        draw = np.arange(self.levels.shape[1]) % (DRAWS if self.doubt else 1)
        grain = self.outcome.grain
        rows: list[tuple[object, ...]] = []
        for name, figures, steps in (
            (self.start.name, self.levels[0] * grain, None),
            *((d, self.parts[i], (self.forward[i], self.backward[i])) for i, d in enumerate(self.drivers)),
            ("total", self.total, None),
            (self.end.name, self.levels[1] * grain, None),
        ):
            s = spread(figures, draw)
            first, last = (float(step.mean() * grain) for step in steps) if steps else (np.nan, np.nan)
            rows.append((name, s.mean, s.p10, s.p50, s.p90, s.error, first, last, (first - last) / 2))
        columns = ["step", "mean", "p10", "p50", "p90", "mc_error", "in_order", "in_reverse", "interaction"]
        return pd.DataFrame(rows, columns=columns)

    def text(self) -> str:
        """The bridge in words: the total with its Monte Carlo error, and its parts, largest first; what the error may explain is marked."""
        table = self.table().set_index("step")
        means, errors = table["mean"].to_dict(), table["mc_error"].to_dict()
        moved = sorted((d for d in self.drivers if means[d]), key=lambda d: -abs(means[d]))
        say = partial(self.outcome.printed, change=True)
        parts = [
            f"{d} {say(means[d])}{'' if abs(means[d]) > CLEAR * errors[d] else ' (not clear of its error)'}"
            for d in moved
        ]
        error = say(errors["total"]).lstrip("+")
        return (
            f"From {self.start.name} to {self.end.name}, {self.outcome.words(self.end)} changes by "
            f"{say(means['total'])} (error {error}): {', '.join(parts) or 'no driver moves it'}. Drivers in order: {', '.join(self.drivers)}; "
            "each part is the mean of its steps in that order and in its reverse."
        )


def bridge(start: Scenario, end: Scenario, outcome: Outcome | str, runs: int = RUNS, seed: int = SEED, *,
           order: Sequence[str] = tuple(DRIVERS), doubt: bool = True, executor: Executor | None = None,
           progress: Callable[[int], object] | None = None) -> Bridge:  # fmt: skip
    """The difference between two scenarios, driver by driver, adding up exactly in every run.

    Parameters
    ----------
    order : sequence of str
        Every name of :data:`DRIVERS`, in the order to take them.

    Raises
    ------
    ValueError
        If the order leaves a driver out, the scenarios are of other months, or runs or seed make no sense.
    ScenarioError
        If a scenario on the way would break a rule, which names the driver that cannot move alone.

    Examples
    --------
    >>> import workforce_model as wm
    >>> nothing, approved = (wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved"))
    >>> found = bridge(nothing, approved, "establishment_fte", runs=4)
    >>> found.table().query("step == 'posts'")["mean"].tolist()
    [9.0]
    """
    return bridges(start, end, [outcome], runs, seed, order=order, doubt=doubt, executor=executor, progress=progress)[0]


def bridges(start: Scenario, end: Scenario, outcomes: Sequence[Outcome | str], runs: int = RUNS, seed: int = SEED, *,
            order: Sequence[str] = tuple(DRIVERS), doubt: bool = True, executor: Executor | None = None,
            progress: Callable[[int], object] | None = None) -> tuple[Bridge, ...]:  # fmt: skip
    """Several outcomes driver by driver, each as :func:`bridge` gives it, from the same plays."""
    runs, seed = whole_numbers(runs, seed, start, end)
    refuse_other_months([start, end])
    if sorted(order) != sorted(DRIVERS):
        raise ValueError(f"order = {list(order)}: expected each of {', '.join(DRIVERS)} once")
    wanted, trees = all_settled(outcomes), (_tree(start), _tree(end))
    places = _differing(*trees)
    moving = [driver for driver in order if driver in places.values()]
    forward = [frozenset(moving[:n]) for n in range(len(moving) + 1)]
    backward = [frozenset(moving[len(moving) - n :]) for n in range(len(moving) + 1)]
    stops = list(dict.fromkeys([*forward, *backward]))
    scenarios = [_at_stop(start, end, trees, places, stop, moving) for stop in stops]
    played = play(versions_of(scenarios, seed, doubt), wanted, np.arange(runs), seed, executor=executor, told=progress)
    found = []
    for outcome in wanted:
        level = {stop: _grains(one.figures[outcome], outcome) for stop, one in zip(stops, played, strict=True)}
        steps = {driver: np.zeros((2, runs), dtype=np.int64) for driver in order}
        for n, driver in enumerate(moving):
            steps[driver][0] = level[forward[n + 1]] - level[forward[n]]
            steps[driver][1] = level[backward[len(moving) - n]] - level[backward[len(moving) - n - 1]]
        found.append(Bridge(
            start=start, end=end, outcome=outcome, drivers=tuple(order), seed=seed, doubt=doubt,
            levels=np.stack([level[forward[0]], level[forward[-1]]]),
            forward=np.stack([steps[driver][0] for driver in order]),
            backward=np.stack([steps[driver][1] for driver in order]),
        ))  # fmt: skip
    return tuple(found)


def drivers_between(start: Scenario, end: Scenario) -> list[str]:
    """The drivers in which two scenarios differ, in the order the bridge takes them; nothing is played.

    Examples
    --------
    >>> import workforce_model as wm
    >>> drivers_between(*(wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "agency_continues")))
    ['start and end dates']
    """
    moved = set(_differing(_tree(start), _tree(end)).values())
    return [driver for driver in DRIVERS if driver in moved]


def _grains(figures: NDArray[np.float64], outcome: Outcome) -> NDArray[np.int64]:
    if np.isnan(figures).any():
        raise ValueError(f"bridge: {outcome.measure} is not defined in every run; choose a figure that is")
    return np.asarray(np.rint(figures / outcome.grain)).astype(np.int64)


def driver_of(place: str) -> str:
    """The driver a place of a scenario belongs to.

    Examples
    --------
    >>> driver_of("workforce.posts.nine_social_worker.number"), driver_of("workforce.posts.nine_social_worker.created")
    ('posts', 'start and end dates')
    """
    matches = {driver: found.end() for driver, rule in DRIVERS.items() if (found := re.match(rule, place))}
    return max(matches, key=lambda driver: (matches[driver], list(DRIVERS).index(driver)))


def _tree(scenario: Scenario) -> Tree:
    return {key: part for key, part in as_tree(scenario).items() if key not in ("name", "title", "question")}


_WHOLE = (
    r"workforce\.(posts|agency|teams)\.\w+$",
    r"costs\.(commissioned_team_price|grades)\.\w+$",
    r"funding\.(lines|budgets)\.\w+$",
    r"actuals$",
)
"""Tables that move whole where only one scenario has them."""


def _differing(one: Tree, other: Tree, place: str = "") -> dict[str, str]:
    """The places at which two trees differ, each with its driver."""
    found: dict[str, str] = {}
    for key in sorted({*one, *other}):
        here = f"{place}.{key}" if place else key
        a, b = one.get(key), other.get(key)
        if a == b:
            continue
        both = isinstance(a, dict) and isinstance(b, dict)
        if both and not _assumption(a) and not _assumption(b):
            found |= _differing(a or {}, b or {}, here)
        elif not both and (isinstance(a or b, dict)) and any(re.match(rule, here) for rule in _WHOLE):
            found[here] = (
                "posts" if here.startswith(("workforce", "costs.commissioned_team_price")) else driver_of(here)
            )
        else:
            found[here] = driver_of(here)
    return found


def _assumption(tree: Any) -> bool:
    return isinstance(tree, dict) and "value" in tree and "unit" in tree


def _at_stop(start: Scenario, end: Scenario, trees: tuple[Tree, Tree], places: dict[str, str], stop: frozenset[str], moving: list[str]) -> Scenario:  # fmt: skip
    """The scenario on the way at which these drivers have moved."""
    if not stop or len(stop) == len(moving):
        return end if stop else start
    tree = copy.deepcopy(trees[0])
    for place, driver in places.items():
        keys = place.split(".")
        before, after = (_get(one, keys) for one in trees)
        named_in_one = re.match(_NAMES, place) and (before is None or after is None)
        if named_in_one or driver in stop:
            _set(tree, keys, (before or after) if named_in_one else after)
    tree |= {"name": "on_the_way", "title": f"With {', '.join(sorted(stop))} moved", "question": end.question}
    return scenario_from(tree, f"the bridge from {start.name} to {end.name}, with {', '.join(sorted(stop))} moved")


_NAMES = r"((funding\.budgets|costs\.grades|workforce\.teams)\.\w+|workforce\.retention_effect)$"
"""What only one scenario names and is there all the way: a budget, grade or team without posts, and an effect of
payments that nobody gets, change nothing."""


def _get(tree: Tree, keys: list[str]) -> Any:
    for key in keys:
        tree = tree.get(key, {}) if isinstance(tree, dict) else {}
    return None if tree == {} else tree


def _set(tree: Tree, keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
    if value is None:
        tree.pop(keys[-1], None)
    else:
        tree[keys[-1]] = copy.deepcopy(value)
