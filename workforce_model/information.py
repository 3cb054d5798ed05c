"""The worth of information: which unknown, measured before the choice is made, would most change it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.comparison import Comparison
from workforce_model.doubt import draw_values
from workforce_model.outcomes import Outcome, settled

Figures = NDArray[np.float64]
_DEGREE = 3
_SHUFFLES = 200


def worth_of_information(
    found: Comparison, loss: Mapping[Outcome | str, float], *, shuffles: int = _SHUFFLES
) -> pd.DataFrame:
    """What it would be worth to know each assumption exactly before choosing between the scenarios compared.

    The choice is the scenario with the least expected loss. Knowing an assumption lets the choice follow it; the
    gain is how far the expected loss falls (the expected value of partial perfect information). The loss given
    an assumption is fitted to the means of the draws (Strong, Oakley and Brennan 2014). Knowing exactly is more
    than measuring, so it is an upper bound on what a survey of it could be worth.

    Parameters
    ----------
    loss : mapping
        What makes a scenario bad: outcomes compared, each with its weight. ``{"net_cost_gbp": 1}`` is pounds;
        add ``{"workers_at_or_over": 5_000}`` where a worker over the limit is thought as bad as £5,000.

    Returns
    -------
    DataFrame
        Columns assumption, gain, noise, clear, change, choice_low, choice_high, obtain, confidence; largest gain
        first. ``noise``: the gain that 95% of shuffled assumptions stay below, so a gain below it is none.
        ``change``: the share of futures in which knowing it changes the choice. ``choice_low`` and
        ``choice_high``: the scenario chosen when it is known to be low or high (10th, 90th percentile).

    Raises
    ------
    ValueError
        If the comparison holds no doubt about assumptions, or an outcome was not compared.
    """
    if not found.doubt:
        raise ValueError("worth_of_information: the comparison was run without doubt, so nothing is unknown in it")
    weights = {settled(outcome): weight for outcome, weight in loss.items()}
    missing = [outcome.measure for outcome in weights if outcome not in found.outcomes]
    if missing or not weights:
        raise ValueError(
            f"worth_of_information: {missing or 'no outcome'} was not compared; give compare the same outcomes"
        )
    losses = np.stack([sum(w * one[outcome] for outcome, w in weights.items()) for one in found.figures])
    used = min(found.runs, found.draws)
    counts = np.bincount(found.draw)
    means = np.stack([np.bincount(found.draw, one) / counts for one in losses])[:, :used]
    chosen = int(means.mean(axis=1).argmin())
    ranks = _ranks(found, used)
    rows = []
    for path, rank in ranks.items():
        others = (
            np.stack([other for name, other in ranks.items() if name != path], axis=1)
            if len(ranks) > 1
            else rank[:, None] * 0
        )
        given = _fitted(means, rank, others)
        best = given.argmin(axis=0)
        shuffled = (_gain(_fitted(means, rank[order], others)) for order in _orders(found.seed, used, shuffles))
        noise = np.quantile(list(shuffled), 0.95)
        stated = next(s.assumptions()[path] for s in found.scenarios if path in s.assumptions())
        low, high = (found.scenarios[best[np.abs(rank - q).argmin()]].name for q in (0.1, 0.9))
        gain = _gain(given)
        rows.append(
            (
                path,
                gain,
                float(noise),
                gain > noise,
                float((best != chosen).mean()),
                low,
                high,
                stated.obtain,
                stated.confidence,
            )
        )
    columns = ["assumption", "gain", "noise", "clear", "change", "choice_low", "choice_high", "obtain", "confidence"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["clear", "gain"], ascending=False, kind="stable", ignore_index=True
    )


def _ranks(found: Comparison, used: int) -> dict[str, Figures]:
    """Each uncertain assumption's rank in each draw, from 0 to 1; a scenario's own range keeps the order of draws."""
    ranks: dict[str, Figures] = {}
    for scenario in found.scenarios:
        values = draw_values(scenario, found.seed, doubt=True)
        for path, assumption in scenario.assumptions().items():
            if assumption.uncertain and path not in ranks and np.ptp(values[path][:used]) > 0:
                ranks[path] = (np.argsort(np.argsort(values[path][:used], kind="stable"), kind="stable") + 0.5) / used
    return dict(sorted(ranks.items()))


def _fitted(means: Figures, rank: Figures, others: Figures) -> Figures:
    """The expected loss of each scenario given the assumption, shape (scenarios, draws).

    A cubic of its rank, beside a straight line for every other assumption: in a few hundred draws two
    assumptions agree by chance, and one would be credited with what the other does.
    """
    cubic = np.polynomial.legendre.legvander(2 * rank - 1, _DEGREE)
    lines = 2 * others[:, others.any(axis=0)] - 1
    if 2 * (lines.shape[1] + _DEGREE) > rank.size:
        lines = lines[:, :0]
    weights, *_ = np.linalg.lstsq(np.hstack([cubic, lines]), means.T, rcond=None)
    return np.asarray((cubic @ weights[: _DEGREE + 1]).T)


def _gain(given: Figures) -> float:
    return float(given.mean(axis=1).min() - given.min(axis=0).mean())


def _orders(seed: int, size: int, shuffles: int) -> list[NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    return [rng.permutation(size) for _ in range(shuffles)]
