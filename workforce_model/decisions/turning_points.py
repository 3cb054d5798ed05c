"""What would have to be true: the value at which an answer turns, how sure that value is, or that there is none."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from workforce_model.basis.assumption_words import amount_of, assumption_name, in_unit
from workforce_model.basis.assumptions import UNITS, Assumption
from workforce_model.basis.formats import capital, percent
from workforce_model.basis.problems import nearest
from workforce_model.decisions.comparison import refuse_other_months, whole_numbers
from workforce_model.engine.model import SEED
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import Outcome, settled
from workforce_model.reading.playing import at_values, play, versions_of

_STEPS = 40
_FINE = 1e-3
"""A bracket this small beside the range searched is a point."""


@dataclass(frozen=True)
class TurningPoint:
    """The value of an assumption at which an outcome reaches its target.

    Attributes
    ----------
    status : str
        ``found``; ``never``, the outcome stays clearly on one side over the whole range searched; ``cannot tell``,
        the whole range is within the error of the target.
    value : float or None
        None unless found.
    low, high : float or None
        Between these the outcome cannot be told from its target with these runs.
    tried : tuple of (value, mean less target, error)
        Every value tried, in rising order.
    sentence : str
    """

    status: Literal["found", "never", "cannot tell"]
    assumption: str
    value: float | None
    low: float | None
    high: float | None
    tried: tuple[tuple[float, float, float], ...]
    sentence: str


def break_even(scenario: Scenario, assumption: str, outcome: Outcome | str, *, target: float | None = None,
               against: Scenario | None = None, between: tuple[float, float] | None = None, runs: int = 500, seed: int = SEED,
               doubt: bool = False, executor: Executor | None = None) -> TurningPoint:  # fmt: skip
    """The value of an assumption at which an outcome meets a target, or is the same in two scenarios.

    The outcome is taken to rise or fall throughout with the assumption; every value is tried with the same luck,
    so it moves smoothly. The search ends when what is left is within the Monte Carlo error: more digits would
    mean nothing.

    Parameters
    ----------
    target : float, optional
        The figure to meet, in the outcome's unit.
    against : Scenario, optional
        The scenario to be the same as, with the same value of the assumption where it has it; one of the two is given.
    between : (float, float), optional
        The range to search; by default from half the assumption's low to twice its high, as far as its unit allows.
    doubt : bool
        Whether the other assumptions vary over their ranges.

    Raises
    ------
    ValueError
        If the assumption is unknown, the range or target makes no sense, both or neither of target and against are given, or
        the two scenarios are of other months.

    Examples
    --------
    The nine posts' own budget spends £300,000 in 2020/21 at some price of non-pay, or at none:

    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> cost = Outcome("net_cost_gbp", budget="nine_posts", year="2020/21")
    >>> break_even(approved, "costs.non_pay", cost, target=5_000_000, between=(0, 3_000), runs=20).status
    'never'
    """
    runs, seed = whole_numbers(runs, seed, scenario)
    wanted, stated = settled(outcome), scenario.assumptions()
    if assumption not in stated:
        raise ValueError(f"assumption {assumption!r}: no such assumption{nearest(assumption, stated)}")
    if (target is None) == (against is None):
        raise ValueError("break_even: state a target, or a scenario to be the same as; one of the two")
    if target is not None:
        wanted.mark("target", target)
    refuse_other_months([scenario, *([] if against is None else [against])])
    ends = _range_searched(stated[assumption], assumption, between)
    also = [] if against is None or assumption not in against.assumptions() else [against]
    fixed = [] if against is None or also else [against]
    draw = np.asarray(np.arange(runs) % (DRAWS if doubt else 1))
    (still,) = _figures(fixed, wanted, runs, seed, doubt, executor) or (
        [np.full(runs, 0.0 if target is None else target)] if not also else [None]
    )

    def tried(x: float) -> tuple[float, float]:
        changed = [one.replace({assumption: x}) for one in (scenario, *also)]
        first, *second = _figures(changed, wanted, runs, seed, doubt, executor)
        found = spread(first - (second[0] if second else still), draw)
        return found.mean, found.error if runs > 1 else np.inf

    whole = UNITS[stated[assumption].unit].whole
    return _said(_searched(tried, *ends, whole=whole), scenario, assumption, wanted, target, against, ends)


def _figures(
    scenarios: list[Scenario], wanted: Outcome, runs: int, seed: int, doubt: bool, executor: Executor | None
) -> list[Any]:
    versions = versions_of(scenarios, seed, True) if doubt else [at_values(one) for one in scenarios]
    return [one.figures[wanted] for one in play(versions, [wanted], np.arange(runs), seed, executor=executor)]


def _range_searched(stated: Assumption, assumption: str, between: tuple[float, float] | None) -> tuple[float, float]:
    rule = UNITS[stated.unit]
    if between is None:
        low = stated.value if stated.low is None else stated.low
        high = stated.value if stated.high is None else stated.high
        between = (
            max(rule.least, low / 2 if low > 0 else 2 * low),
            min(rule.greatest, 2 * high if high > 0 else high / 2),
        )
    low, high = between
    if not rule.least <= low < high <= rule.greatest:
        raise ValueError(
            f"between = {between}: expected two rising values from {rule.least:g} to {rule.greatest:,g} for {assumption}"
        )
    return (float(np.ceil(low)), float(np.floor(high))) if rule.whole else (float(low), float(high))


Tried = dict[float, tuple[float, float]]


def _searched(tried: Callable[[float], tuple[float, float]], low: float, high: float, *, whole: bool) -> Tried:
    """Values tried, narrowing on the one at which the mean is nought, until the error or the width ends it."""
    at: Tried = {low: tried(low), high: tried(high)}
    if not (_side(at[low]) * _side(at[high]) < 0):
        return at
    width, weight = high - low, [1.0, 1.0]
    for _ in range(_STEPS):
        a, b = at[low][0] * weight[0], at[high][0] * weight[1]
        x = low - a * (high - low) / (b - a)
        x = float(np.clip(np.round(x), low + 1, high - 1)) if whole else x
        if high - low <= (1 if whole else _FINE * width):
            break
        at[x] = tried(x)
        if not whole and (abs(at[x][0]) <= at[x][1] / 2 or at[x][0] == 0):
            break
        if (at[x][0] > 0) == (at[low][0] > 0):
            low, weight = x, [1.0, weight[1] / 2]
        else:
            high, weight = x, [weight[0] / 2, 1.0]
    return at


def _side(found: tuple[float, float]) -> int:
    """-1 or 1 where the mean is clearly on one side of nought, else 0."""
    mean, error = found
    return int(np.sign(mean)) if abs(mean) > CLEAR * error else 0


def _said(at: Tried, scenario: Scenario, assumption: str, wanted: Outcome, target: float | None, against: Scenario | None,
          ends: tuple[float, float]) -> TurningPoint:  # fmt: skip
    unit, xs = scenario.assumptions()[assumption].unit, sorted(at)
    history = tuple((x, *at[x]) for x in xs)
    name, words = assumption_name(assumption), wanted.words(scenario)
    span = f"from {amount_of(ends[0], unit)} to {in_unit(ends[1], unit)}"
    goal = wanted.printed(target) if against is None and target is not None else f"what it is under {_named(against)}"
    first, last = _side(at[xs[0]]), _side(at[xs[-1]])
    if first * last < 0:
        return _found(at, scenario, assumption, words, goal, ends)
    if not first and not last:
        said = f"{name}: {span}, {words} cannot be told from {goal} with these runs."
        return TurningPoint("cannot tell", assumption, None, None, None, history, said)
    nearer = min(xs, key=lambda x: abs(at[x][0]))
    side = "above" if first + last > 0 else "below"
    if first and last:
        gap = wanted.printed(abs(at[nearer][0]), change=True).lstrip("+")
        said = f"{name}: never. {capital(span)}, {words} stays {side} {goal}, by {gap} at the nearest ({amount_of(nearer, unit)})."
        return TurningPoint("never", assumption, None, None, None, history, said)
    said = f"{name}: only at the end of the range, near {in_unit(nearer, unit)}, could {words} reach {goal}; elsewhere it is {side}."
    return TurningPoint("cannot tell", assumption, None, None, None, history, said)


def _named(against: Scenario | None) -> str:
    return against.name.replace("_", " ") if against else ""


def _found(
    at: Tried, scenario: Scenario, assumption: str, words: str, goal: str, ends: tuple[float, float]
) -> TurningPoint:
    """Where the mean crosses nought, between the two values tried on either side of it."""
    xs, stated = sorted(at), scenario.assumptions()[assumption]
    history = tuple((x, *at[x]) for x in xs)
    first = _side(at[xs[0]])
    below = max(x for x in xs if np.sign(at[x][0]) == first)
    above = min(x for x in xs if x > below)
    (y0, e0), (y1, e1) = at[below], at[above]
    value = below if y0 == y1 else below - y0 * (above - below) / (y1 - y0)
    reach = CLEAR * max(e0, e1) * (above - below) / abs(y1 - y0) if y0 != y1 else 0.0
    low, high = max(ends[0], value - reach), min(ends[1], value + reach)
    way = ("above", "below") if first < 0 else ("below", "above")
    name, now = assumption_name(assumption), in_unit(stated.value, stated.unit)
    if UNITS[stated.unit].whole:
        value = float(above)
        said = f"{name}: from {in_unit(above, stated.unit)} ({now} stated), {words} is {way[0]} {goal}; up to {amount_of(below, stated.unit)} it is {way[1]}."
        close = [amount_of(x, stated.unit) for x in xs if not _side(at[x])]
        said += f" With these runs {' and '.join(close)} cannot be told from it." if close else ""
        return TurningPoint("found", assumption, value, low, high, history, said)
    beside = f"{now} stated"
    if stated.value > 0:
        beside = f"{percent(abs(value / stated.value - 1))} {'above' if value > stated.value else 'below'} the {beside}"
    said = f"{name}: at {in_unit(value, stated.unit)} ({beside}), {words} is {goal}; past it, it is {way[0]}."
    if low < high:
        said += (
            f" With these runs it cannot be told from {amount_of(low, stated.unit)} to {in_unit(high, stated.unit)}."
        )
    return TurningPoint("found", assumption, value, low, high, history, said)


def arrivals_that_break(scenario: Scenario, team: str, share: float, *, arrivals: str | None = None, year: str | None = None,
                        runs: int = 500, seed: int = SEED, doubt: bool = False, executor: Executor | None = None) -> TurningPoint:  # fmt: skip
    """The monthly arrivals at which a team has more than a stated share of its workers at or over the limit.

    Parameters
    ----------
    team : str
        The team whose caseloads are watched.
    arrivals : str, optional
        The team whose arrivals move: the one with most arrivals, unless stated (cases pass on from there).
    """
    watched = Outcome("share_at_or_over", team=team, year=year)
    watched.mark("share", share)
    runs, seed = whole_numbers(runs, seed, scenario)
    stated = {name: one.arrivals.value for name, one in scenario.caseloads.teams.items()}
    door = arrivals or max(stated, key=lambda name: stated[name])
    if door not in stated or not stated[door]:
        raise ValueError(
            f"arrivals = {door!r}: expected a team that cases come to; one of {', '.join(t for t in stated if stated[t]) or 'none'}"
        )
    path = f"caseloads.teams.{door}.arrivals"
    return break_even(scenario, path, watched, target=share, between=(stated[door] / 4, 2 * stated[door]), runs=runs, seed=seed,
                      doubt=doubt, executor=executor)  # fmt: skip
