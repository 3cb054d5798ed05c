"""What drives an answer: each assumption at its ends, and each one's share of the spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from workforce_model.basis.assumptions import sample
from workforce_model.basis.problems import nearest
from workforce_model.decisions.comparison import whole_numbers
from workforce_model.decisions.variance_shares import Quantiles, designs_of, shares_table
from workforce_model.engine.model import SEED
from workforce_model.inputs.doubt import correlated
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.costs import Values
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import Outcome, settled
from workforce_model.reading.playing import PLAYED, Version, at_values, play

LUCK, OTHERS = "luck", "all other assumptions"
FEWEST_POINTS = 16
"""Fewer points of a design tell nothing."""
_NAMED = 8


def uncertain(scenario: Scenario, assumptions: Sequence[str] | None = None) -> tuple[str, ...]:
    """The assumptions of people, cases, prices and funding that carry a range, or those named, refused where one is unknown or has none.

    Raises
    ------
    ValueError
        With every name that will not do.
    """
    stated = scenario.assumptions()
    ranged = [path for path, assumption in stated.items() if assumption.uncertain]
    if assumptions is None:
        return tuple(path for path in ranged if path.partition(".")[0] in (*PLAYED, "costs", "funding"))
    unknown = [f"{path}{nearest(path, ranged)}" for path in assumptions if path not in stated]
    exact = [f"{path} has no range" for path in assumptions if path in stated and path not in ranged]
    if unknown or exact:
        raise ValueError(f"assumptions: {'; '.join([*unknown, *exact])}")
    return tuple(assumptions)


def tornado(scenario: Scenario, outcome: Outcome | str, assumptions: Sequence[str] | None = None, runs: int = 500,
            seed: int = SEED, *, executor: Executor | None = None, progress: Callable[[int], object] | None = None) -> pd.DataFrame:  # fmt: skip
    """What the outcome does when one assumption at a time goes to the low and the high end of its range.

    All others stand at their value, and every bar shares the luck of the middle. Ends are those the scenario
    states: of a normal or lognormal range, its 10th and 90th percentiles.

    Returns
    -------
    DataFrame
        Columns assumption, unit, low, value, high, at_low, at_high, error_low, error_high, swing, clear, obtain,
        confidence; widest swing first. ``at_low`` and ``at_high`` are changes from the outcome with every
        assumption at its value, each with its Monte Carlo error; ``swing`` is from the least to the greatest of the two
        and nought, so that an assumption that moves the outcome the same way at both ends keeps its width.

    Examples
    --------
    >>> import workforce_model as wm
    >>> approved = wm.load_scenario("scenarios/approved.toml")
    >>> bars = tornado(approved, "net_cost_gbp", ["costs.cost_per_start"], runs=4)
    >>> bool(bars["at_low"][0] < 0 < bars["at_high"][0])
    True
    """
    runs, seed = whole_numbers(runs, seed, scenario)
    wanted, paths, stated = settled(outcome), uncertain(scenario, assumptions), scenario.assumptions()
    middle = at_values(scenario)
    ends = [(path, getattr(stated[path], end)) for path in paths for end in ("low", "high")]
    versions = [middle, *(Version(scenario, {**middle.drawn, path: np.array([float(x)])}) for path, x in ends)]
    played = play(versions, [wanted], np.arange(runs), seed, executor=executor, told=progress)
    centre, *others = (one.figures[wanted] for one in played)
    changes = [spread(figures - centre, np.zeros(runs, dtype=np.intp)) for figures in others]
    rows = []
    for path, at_low, at_high in zip(paths, changes[::2], changes[1::2], strict=True):
        a = stated[path]
        clear = any(abs(end.mean) > CLEAR * end.error for end in (at_low, at_high))
        rows.append((path, a.unit, a.low, a.value, a.high, at_low.mean, at_high.mean, at_low.error, at_high.error,
                     _swing(at_low.mean, at_high.mean), clear, a.obtain, a.confidence))  # fmt: skip
    columns = ["assumption", "unit", "low", "value", "high", "at_low", "at_high", "error_low", "error_high", "swing",
               "clear", "obtain", "confidence"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def _swing(at_low: float, at_high: float) -> float:
    """How wide a bar is, the middle with it.

    Examples
    --------
    >>> _swing(-3.0, 5.0), _swing(-3.0, -5.0)
    (8.0, 5.0)
    """
    return float(np.ptp([at_low, 0.0, at_high]))


def sobol(scenario: Scenario, outcome: Outcome | str, assumptions: Sequence[str] | None = None, points: int = 512,
          seed: int = SEED, *, executor: Executor | None = None, progress: Callable[[int], object] | None = None) -> pd.DataFrame:  # fmt: skip
    """Each unknown's share of the variance of one run's outcome, luck among them.

    Parameters
    ----------
    assumptions : sequence of str, optional
        Those with a share of their own; by default the eight widest bars of the tornado. The rest go together
        as one unknown. Correlated assumptions: a follower's share is of its own part, its leader's includes
        what the follower does with it.
    points : int
        A power of two. Runs: points times (unknowns + 2), fewer where prices alone change.

    Returns
    -------
    DataFrame
        As :func:`workforce_model.decisions.variance_shares.shares_table`, largest total first.
    """
    points, seed = whole_numbers(points, seed, scenario, name="points", least=FEWEST_POINTS)
    wanted = settled(outcome)
    if assumptions is None:
        widest = tornado(scenario, wanted, None, min(points, 200), seed, executor=executor)
        assumptions = widest["assumption"].head(_NAMED).tolist()
    named = uncertain(scenario, assumptions)
    everything = tuple(dict.fromkeys([*uncertain(scenario), *named]))
    rest = tuple(path for path in everything if path not in named)
    first, second = designs_of(everything, points, seed)
    moves = [((path,), first, second) for path in named] + ([(rest, first, second)] if rest else [])
    mixed = [{**first, **{path: second[path] for path in paths}} for paths, _, _ in moves]
    versions = [Version(scenario, _values(scenario, q)) for q in (first, *mixed)]
    here, elsewhere = np.arange(points), np.arange(points, 2 * points)
    f_a, *f_ab = (one.figures[wanted] for one in play(versions, [wanted], here, seed, executor=executor, told=progress))
    other_luck = [versions[0], Version(scenario, _values(scenario, second))]
    swapped, f_b = (
        one.figures[wanted] for one in play(other_luck, [wanted], elsewhere, seed, executor=executor, told=progress)
    )
    factors = [*named, *([OTHERS] if rest else []), LUCK]
    table = shares_table(factors, f_a, f_b, np.stack([*f_ab, swapped]), seed)
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def _values(scenario: Scenario, quantiles: Quantiles) -> Values:
    """Every assumption's value at the points of a design.

    Raises
    ------
    ValueError
        If no assumption carries a range.
    """
    if not quantiles:
        raise ValueError(
            f"{scenario.name}: no assumption carries a range, so there is nothing to draw; state low, high and shape"
        )
    points = next(iter(quantiles.values())).size
    at = correlated(scenario, quantiles)
    middle = np.full(points, 0.5)
    return {path: sample(stated, at.get(path, middle)) for path, stated in scenario.assumptions().items()}


def design_values(scenario: Scenario, points: int, seed: int) -> Values:
    """Every assumption's value at the points of one quasi-random design over all that are uncertain."""
    return _values(scenario, designs_of(uncertain(scenario), points, seed)[0])
