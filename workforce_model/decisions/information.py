"""The worth of information: which unknown, measured before the choice is made, would most change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.decisions.comparison import refuse_other_months, whole_numbers
from workforce_model.decisions.sensitivity import FEWEST_POINTS, design_values
from workforce_model.engine.model import SEED
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.outcomes import Outcome, settled
from workforce_model.reading.playing import Version, play

Figures = NDArray[np.float64]
_DEGREE, _SHUFFLES = 3, 400
_FUTURES_EACH = 2
"""The fewest futures for each assumption whose slope is fitted beside all others."""


def worth_of_information(scenarios: Sequence[Scenario], loss: Mapping[Outcome | str, float], points: int = 1024, seed: int = SEED, *,
                         executor: Executor | None = None, progress: Callable[[int], object] | None = None) -> pd.DataFrame:  # fmt: skip
    """What it would be worth to know each assumption exactly before choosing between scenarios.

    The choice is the scenario with the least expected loss. Knowing an assumption lets the choice follow it; the
    gain is how far the expected loss falls (the expected value of partial perfect information). The loss given
    an assumption is fitted to the futures (Strong, Oakley and Brennan 2014). Knowing exactly is more than
    measuring, so a gain is the most that a survey or a phone call could be worth.

    Parameters
    ----------
    loss : mapping
        What makes a scenario bad: outcomes, each with its weight. ``{"net_cost_gbp": 1}`` is pounds; add
        ``{"workers_at_or_over": 5_000}`` where a worker over the limit is thought as bad as £5,000.
    points : int
        Futures to play of each scenario, each with its own draw of the assumptions: a power of two, at least twice as
        many as there are assumptions with a range, whose parts of the loss are told apart.

    Returns
    -------
    DataFrame
        Columns assumption, gain, noise, clear, change, choice_low, choice_high, obtain, confidence; largest gain
        first. ``noise``: the gain that shuffled assumptions stay below, so a gain below it is none. ``change``:
        the share of futures in which knowing it changes the choice. ``choice_low`` and ``choice_high``: the
        scenario chosen when it is known to be low or high (10th, 90th percentile).

    Raises
    ------
    ValueError
        If there are fewer than two scenarios, or of other months, no outcome, too few points, or an outcome is not defined in every run.
    """
    weights = {settled(outcome): weight for outcome, weight in loss.items()}
    if len(scenarios) < 2 or not weights:
        raise ValueError(
            f"worth_of_information: {len(scenarios)} scenarios and {len(weights)} outcomes; expected two or more, and one or more"
        )
    refuse_other_months(scenarios)
    ranged = {path for scenario in scenarios for path, stated in scenario.assumptions().items() if stated.uncertain}
    points, seed = whole_numbers(points, seed, name="points", least=max(FEWEST_POINTS, _FUTURES_EACH * len(ranged)))
    versions = [Version(scenario, design_values(scenario, points, seed)) for scenario in scenarios]
    played = play(versions, list(weights), np.arange(points), seed, executor=executor, told=progress)
    for outcome in weights:
        if np.isnan([one.figures[outcome] for one in played]).any():
            raise ValueError(
                f"worth_of_information: {outcome.measure} is not defined in every run; choose a figure that is"
            )
    losses = np.stack([np.sum([w * one.figures[outcome] for outcome, w in weights.items()], axis=0) for one in played])
    ranks = _ranks(versions, points)
    rows = []
    for path, gain, noise, best in _gains(losses, ranks, seed):
        stated = next(s.assumptions()[path] for s in scenarios if path in s.assumptions())
        low, high = (scenarios[best[np.abs(ranks[path] - q).argmin()]].name for q in (0.1, 0.9))
        change = float((best != losses.mean(axis=1).argmin()).mean())
        rows.append((path, gain, noise, gain > noise, change, low, high, stated.obtain, stated.confidence))
    columns = ["assumption", "gain", "noise", "clear", "change", "choice_low", "choice_high", "obtain", "confidence"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["clear", "gain"], ascending=False, kind="stable", ignore_index=True
    )


def _ranks(versions: Sequence[Version], points: int) -> dict[str, Figures]:
    """Each uncertain assumption's rank in each future, from 0 to 1; the same in every scenario that has it."""
    ranks: dict[str, Figures] = {}
    for version in versions:
        for path, assumption in version.scenario.assumptions().items():
            values = version.drawn[path]
            if assumption.uncertain and path not in ranks:
                ranks[path] = (np.argsort(np.argsort(values, kind="stable"), kind="stable") + 0.5) / points
    return dict(sorted(ranks.items()))


def _gains(
    losses: Figures, ranks: Mapping[str, Figures], seed: int
) -> list[tuple[str, float, float, NDArray[np.intp]]]:
    """Each assumption with its gain, the gain of noise, and the best scenario in each future once it is known.

    A cubic of its rank, beside a straight line for every other assumption: in a thousand futures two assumptions
    agree a little by chance, and one would be credited with what the other does. The noise level is that of
    the most any one assumption of so many gains by chance, in 19 of 20 shuffles.
    """
    middle = losses.mean(axis=1, keepdims=True)
    names, lines = list(ranks), 2 * np.stack(list(ranks.values()), axis=1) - 1
    slopes, *_ = np.linalg.lstsq(lines, (losses - middle).T, rcond=None)
    level = 1 - 0.05 / len(names)
    rng, found = np.random.default_rng(seed), []
    for i, path in enumerate(names):
        others = np.delete(lines, i, axis=1) @ np.delete(slopes, i, axis=0)
        left = losses - middle - others.T
        terms = np.linalg.qr(np.polynomial.legendre.legvander(lines[:, i], _DEGREE))[0]
        given = middle + (terms @ (terms.T @ left.T)).T
        by_chance = [
            _gain(middle + (terms @ (terms.T @ left[:, rng.permutation(left.shape[1])].T)).T) for _ in range(_SHUFFLES)
        ]
        found.append((path, _gain(given), float(np.quantile(by_chance, level)), given.argmin(axis=0)))
    return found


def _gain(given: Figures) -> float:
    return float(given.mean(axis=1).min() - given.min(axis=0).mean())
