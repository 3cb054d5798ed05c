"""Quasi-random designs keyed by name: even in every assumption, and adding one moves no other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workforce_model.draws import Words


def net_quantiles(seed: int, name: str, points: int) -> NDArray[np.float64]:
    """The points of one dimension of a random digital net, addressed by its name.

    The name alone picks the dimension (a random invertible matrix over two elements) and its scramble (a
    digital shift). Every dimension puts one point in each of ``points`` equal strata, and any run of points
    that is a power of two long and starts at a multiple of it is spread as evenly. Fully random matrices
    do nearly as well as the best built ones (Goda and L'Ecuyer 2022, "Construction-free median quasi-Monte
    Carlo rules").

    Parameters
    ----------
    points : int
        A power of two.

    Returns
    -------
    array, shape (points,)
        Strictly between 0 and 1.

    Examples
    --------
    >>> sorted(net_quantiles(20190612, "workforce.turnover_rate", 4).tolist())
    [0.125, 0.375, 0.625, 0.875]
    """
    digits = points.bit_length() - 1
    if points < 1 or points != 1 << digits:
        raise ValueError(f"points = {points!r}: expected a power of two, such as {1 << max(digits, 0)}")
    words = Words(seed, np.arange(2 * digits + 1)).stream("net", name)
    bits = ((words[:, None] >> np.arange(digits, dtype=np.uint64)) & np.uint64(1)).astype(np.int64)
    one = np.eye(digits, dtype=np.int64)
    matrix = (np.tril(bits[:digits], -1) + one) @ (np.triu(bits[digits : 2 * digits], 1) + one) % 2
    numbered = (np.arange(points)[None, :] >> np.arange(digits)[:, None]) & 1
    shifted = (matrix @ numbered + bits[-1][:, None]) % 2
    return np.asarray((shifted.T @ (1 << np.arange(digits)[::-1]) + 0.5) / points)
