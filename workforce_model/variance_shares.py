"""Which unknowns the spread of a figure comes from: Sobol shares of any function, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.draws import quantile_design

Quantiles = dict[str, NDArray[np.float64]]


def designs_of(factors: Sequence[str], points: int, seed: int) -> tuple[Quantiles, Quantiles]:
    """Two independent designs over the factors: one point in each stratum, each column keyed by its factor's name.

    Columns are shuffled strata and not a digital net: with a dimension picked by name, forty columns of 256
    points hold pairs of nets whose first digits agree (a correlation of 0.8 was seen), shuffles none beyond 0.25.
    """
    first, second = ({name: quantile_design(seed, f"{name}, {which}", points) for name in factors} for which in "AB")
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
    >>> table["first"].round(2).tolist()
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
    from scipy.stats import sobol_indices

    if not np.isfinite([f_a, f_b, *f_ab]).all():
        raise ValueError("Sobol shares: a figure is not defined in some runs; ask for one that is")
    if np.ptp(np.concatenate([f_a, f_b])) == 0:
        raise ValueError("Sobol shares: the figure is the same in every run, so no unknown has a share of its variance")
    middle = np.mean([f_a, f_b])
    figures = {"f_A": (f_a - middle)[None], "f_B": (f_b - middle)[None], "f_AB": (f_ab - middle)[:, None]}
    found = sobol_indices(func=figures, n=f_a.size, rng=np.random.default_rng(seed))
    around = found.bootstrap(confidence_level=0.95, n_resamples=resamples)
    columns = {
        "factor": list(factors),
        "first": np.ravel(found.first_order),
        "first_low": np.ravel(around.first_order.confidence_interval.low),
        "first_high": np.ravel(around.first_order.confidence_interval.high),
        "total": np.ravel(found.total_order),
        "total_low": np.ravel(around.total_order.confidence_interval.low),
        "total_high": np.ravel(around.total_order.confidence_interval.high),
    }
    return pd.DataFrame(columns)
