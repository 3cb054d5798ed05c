"""Which unknowns the spread of a figure comes from: Sobol shares of any function, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.decisions.designs import paired_design

Quantiles = dict[str, NDArray[np.float64]]


def designs_of(factors: Sequence[str], points: int, seed: int) -> tuple[Quantiles, Quantiles]:
    """Two designs over the factors, each factor's two columns keyed by its name."""
    columns = {name: paired_design(seed, name, points) for name in factors}
    first, second = ({name: pair[which] for name, pair in columns.items()} for which in (0, 1))
    return first, second


def shares_of(function: Callable[[Quantiles], NDArray[np.float64]], factors: Sequence[str], points: int = 1024,
              seed: int = 20190612, *, resamples: int = 999) -> pd.DataFrame:  # fmt: skip
    """First-order and total Sobol shares of a function of independent unknowns.

    Parameters
    ----------
    function : callable
        Takes each factor's quantiles, arrays of shape (n,), and returns the figures, shape (n,).
    points : int
        A power of two; the function is asked for points times (factors + 2) figures.

    Returns
    -------
    DataFrame
        As :func:`shares_table`.

    Examples
    --------
    Of x1 + 2 x2, one fifth of the variance is x1's and four fifths x2's.

    >>> table = shares_of(lambda q: q["x1"] + 2 * q["x2"], ["x1", "x2"])
    >>> table["total"].round(1).tolist()
    [0.2, 0.8]
    """
    first, second = designs_of(factors, points, seed)
    swapped = [function({**first, name: second[name]}) for name in factors]
    return shares_table(factors, function(first), function(second), np.stack(swapped), seed, resamples=resamples)


def shares_table(factors: Sequence[str], f_a: NDArray[np.float64], f_b: NDArray[np.float64], f_ab: NDArray[np.float64],
                 seed: int, *, resamples: int = 999) -> pd.DataFrame:  # fmt: skip
    """Sobol shares from the figures of the two designs and of the first with each factor taken from the second.

    Parameters
    ----------
    f_a, f_b : array, shape (n,)
    f_ab : array, shape (factors, n)

    Returns
    -------
    DataFrame
        Columns factor, first, first_low, first_high, total, total_low, total_high: shares of the variance with
        95% bootstrap intervals. First: the factor alone. Total: with all its interactions. A first share can come
        out below nought by sampling error and is shown as it comes.

    Raises
    ------
    ValueError
        If the figures do not vary, so there is nothing to share out.
    """
    if not np.isfinite([f_a, f_b, *f_ab]).all():
        raise ValueError("Sobol shares: a figure is not defined in some runs; ask for one that is")
    if np.ptp(np.concatenate([f_a, f_b])) == 0:
        raise ValueError("Sobol shares: the figure is the same in every run, so no unknown has a share of its variance")
    middle = np.mean([f_a, f_b])
    figures = np.stack([f_a, f_b, *f_ab]) - middle
    rng = np.random.default_rng(seed)
    again = np.stack([_shares(figures[:, rng.integers(f_a.size, size=f_a.size)]) for _ in range(resamples)])
    low, high = np.nanquantile(again, (0.025, 0.975), axis=0)
    columns: dict[str, object] = {"factor": list(factors)}
    for kind, here in (("first", 0), ("total", 1)):
        columns |= {kind: _shares(figures)[here], f"{kind}_low": low[here], f"{kind}_high": high[here]}
    return pd.DataFrame(columns)


def _shares(figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """First-order and total shares, shape (2, factors): Saltelli and others 2010, table 2, (b) and (f)."""
    f_a, f_b, *f_ab = figures
    swapped = np.stack(f_ab)
    variance = np.concatenate([f_a, f_b]).var()
    first = (f_b * (swapped - f_a)).mean(axis=1)
    total = ((f_a - swapped) ** 2).mean(axis=1) / 2
    return np.asarray(np.stack([first, total]) / variance)
