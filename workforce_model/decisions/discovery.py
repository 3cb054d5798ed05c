"""Which conditions lead to trouble: boxes of assumptions in which an outcome is past what was stated."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.assumption_words import assumption_name, in_unit
from workforce_model.basis.formats import percent
from workforce_model.decisions.comparison import whole_numbers
from workforce_model.decisions.sensitivity import FEWEST_POINTS, design_values, uncertain
from workforce_model.engine.model import SEED
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.outcomes import Outcome, settled
from workforce_model.reading.playing import PLAYED, Version, play

Figures = NDArray[np.float64]
_PEELED, _LEAST = 0.05, 0.1


@dataclass(frozen=True)
class Conditions:
    """A box of assumptions, found on half the runs and tried on the other half.

    Attributes
    ----------
    box : DataFrame
        Columns assumption, unit, at_least, at_most; missing where the range is not cut.
    inside, overall : float
        The share of runs past the stated outcome, inside the box and in all, in the half not used to find it.
    coverage : float
        The share of the runs past it that the box holds.
    sentence : str
    """

    box: pd.DataFrame
    inside: float
    overall: float
    coverage: float
    sentence: str


def discover(scenario: Scenario, outcome: Outcome | str, above: float, points: int = 1024, seed: int = SEED, *,
             executor: Executor | None = None, progress: Callable[[int], object] | None = None) -> Conditions:  # fmt: skip
    """The conditions that put an outcome above a stated figure, found by peeling (Friedman and Fisher 1999).

    Parameters
    ----------
    above : float
        In the outcome's unit: 0.25 of workers.
    points : int
        Futures to play, each with its own draw of the assumptions; a power of two, at least 16.

    Raises
    ------
    ValueError
        If points make no sense, no assumption carries a range, or the outcome is not defined in every run.
    """
    points, seed = whole_numbers(points, seed, scenario, name="points", least=FEWEST_POINTS)
    wanted = settled(outcome)
    wanted.mark("above", above)
    names = [name for name in uncertain(scenario) if wanted.unit == "GBP" or name.partition(".")[0] in PLAYED]
    values = design_values(scenario, points, seed)
    (played,) = play([Version(scenario, values)], [wanted], np.arange(points), seed, executor=executor, told=progress)
    if np.isnan(played.figures[wanted]).any():
        raise ValueError(f"discover: {wanted.measure} is not defined in every run; choose a figure that is")
    past = played.figures[wanted] > above
    table = np.array([values[name] for name in names]).reshape(-1, points).T
    half = np.arange(points) % 2 == 0
    low, high = peel(table[half], past[half], _that_matter(table[half], past[half]))
    other = ~half
    within = ((table[other] >= low) & (table[other] <= high)).all(axis=1)
    overall, caught = float(past[other].mean()), int((past[other] & within).sum())
    inside = caught / max(int(within.sum()), 1)
    coverage = caught / max(int(past[other].sum()), 1)
    stated = scenario.assumptions()
    cut = [i for i in range(len(names)) if np.isfinite(low[i]) or np.isfinite(high[i])]
    rows = [
        (names[i], stated[names[i]].unit, *(x if np.isfinite(x) else np.nan for x in (low[i], high[i]))) for i in cut
    ]
    box = pd.DataFrame(rows, columns=["assumption", "unit", "at_least", "at_most"])
    return Conditions(box, inside, overall, coverage, _said(scenario, wanted, above, box, inside, overall, coverage))


def _that_matter(table: Figures, past: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The columns that rise or fall with being past the mark by more than chance among this many columns would.

    Without this, peeling forty columns finds a box in pure noise.
    """
    rank = np.argsort(np.argsort(table, axis=0), axis=0) - (table.shape[0] - 1) / 2
    spread = np.sqrt((rank**2).mean(axis=0) * past.var() / past.size)
    steps = np.divide(
        (rank * (past - past.mean())[:, None]).mean(axis=0), spread, out=np.zeros(table.shape[1]), where=spread > 0
    )
    if not steps.size:
        return np.arange(0)
    return np.flatnonzero(np.abs(steps) > NormalDist().inv_cdf(1 - 0.025 / table.shape[1]))


def peel(table: Figures, past: NDArray[np.bool_], columns: NDArray[np.intp]) -> tuple[Figures, Figures]:
    """The box in which most cases are past the mark: bounds by column, infinite where a range is not cut.

    One twentieth of the cases is taken off the end that raises the share most, while a tenth of all cases is
    left; of the boxes on the way the one with the best balance of share and coverage is kept, and bounds that
    do not earn their place (two standard errors of the share) are let go.

    Parameters
    ----------
    table : array, shape (cases, columns)
    past : array of bool, shape (cases,)
    columns : array
        The columns that may be cut.
    """
    low, high = np.full(table.shape[1], -np.inf), np.full(table.shape[1], np.inf)
    best, score = (low.copy(), high.copy()), _balance(past, np.ones_like(past))
    inside: NDArray[np.bool_] = np.ones(past.size, dtype=bool)
    while past.any() and inside.sum() > _LEAST * past.size:
        step = _next_cut(table, past, inside, columns)
        if step is None:
            break
        column, side, bound = step
        (low if side == "low" else high)[column] = bound
        inside = np.asarray(((table >= low) & (table <= high)).all(axis=1))
        if (now := _balance(past, inside)) > score:
            best, score = (low.copy(), high.copy()), now
    return _earned(table, past, *best)


def _balance(past: NDArray[np.bool_], inside: NDArray[np.bool_]) -> float:
    """The harmonic mean of the share past the mark inside the box and the part of all such cases it holds."""
    caught = float((past & inside).sum())
    return 2 * caught / (inside.sum() + past.sum()) if past.any() else 0.0


def _next_cut(
    table: Figures, past: NDArray[np.bool_], inside: NDArray[np.bool_], columns: NDArray[np.intp]
) -> tuple[int, str, float] | None:
    found, best = None, float(past[inside].mean())
    for column in columns.tolist():
        mine = table[inside, column]
        for side, bound in (("low", np.quantile(mine, _PEELED)), ("high", np.quantile(mine, 1 - _PEELED))):
            kept = mine > bound if side == "low" else mine < bound
            if 0 < kept.sum() < kept.size and (share := float(past[inside][kept].mean())) > best:
                edge = mine[kept].min() if side == "low" else mine[kept].max()
                found, best = (column, side, float(edge)), share
    return found


def _earned(table: Figures, past: NDArray[np.bool_], low: Figures, high: Figures) -> tuple[Figures, Figures]:
    low, high = low.copy(), high.copy()
    for bounds, open_end in ((low, -np.inf), (high, np.inf)):
        for column in np.flatnonzero(np.isfinite(bounds)):
            with_it = ((table >= low) & (table <= high)).all(axis=1)
            bound, bounds[column] = bounds[column], open_end
            without = ((table >= low) & (table <= high)).all(axis=1)
            share, rest = past[with_it].mean(), past[without & ~with_it]
            error = (
                np.sqrt(share * (1 - share) / with_it.sum() + rest.mean() * (1 - rest.mean()) / rest.size)
                if rest.size
                else 0
            )
            if rest.size and share - rest.mean() > 2 * error:
                bounds[column] = bound
    return low, high


def _said(
    scenario: Scenario,
    outcome: Outcome,
    above: float,
    box: pd.DataFrame,
    inside: float,
    overall: float,
    coverage: float,
) -> str:
    words = outcome.words(scenario)
    start = f"{words[0].upper()}{words[1:]} is above {outcome.printed(above)} in {percent(overall)} of futures"
    if box.empty:
        return f"{start}; no condition on the assumptions sets those futures apart."
    said = []
    for name, unit, at_least, at_most in box.itertuples(index=False):
        ends = [f"at least {in_unit(at_least, unit)}"] if not np.isnan(at_least) else []
        ends += [f"at most {in_unit(at_most, unit)}"] if not np.isnan(at_most) else []
        said.append(f"{assumption_name(name)} {' and '.join(ends)}")
    return (
        f"{start}, and in {percent(inside)} of those that meet every condition below; they hold {percent(coverage)} of all such futures. "
        f"{'; '.join(said)}."
    )
