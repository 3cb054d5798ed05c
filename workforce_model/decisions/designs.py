"""Quasi-random designs keyed by name: even in every assumption, and adding one moves no other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Words

Points = NDArray[np.float64]


def paired_design(seed: int, name: str, points: int) -> tuple[Points, Points]:
    """Two columns for one unknown: the first two dimensions of Sobol's sequence, scrambled and shuffled by its name.

    Together the two columns fill the square evenly (a net in base 2), so the change from one to the other is
    measured with little error; each alone has one point in every stratum. The order of the points is a shuffle
    of the name's own. (One net across all unknowns would need a dimension for each: with dimensions picked by
    name, forty columns of 256 points hold pairs that agree, to a correlation of 0.8.)

    Parameters
    ----------
    points : int
        A power of two.

    Returns
    -------
    first, second : array, shape (points,)
        Strictly between 0 and 1.

    Examples
    --------
    >>> first, second = paired_design(20190612, "workforce.turnover_rate", 4)
    >>> sorted(first.tolist()), sorted(second.tolist())
    ([0.125, 0.375, 0.625, 0.875], [0.125, 0.375, 0.625, 0.875])
    """
    digits = points.bit_length() - 1
    if points < 1 or points != 1 << digits:
        raise ValueError(f"points = {points!r}: expected a power of two, such as {1 << max(digits, 0)}")
    place = np.arange(digits)
    numbered = (np.arange(points)[None, :] >> place[:, None]) & 1
    pascal = (place[:, None] & place[None, :] == place[:, None]).astype(np.int64)  # binomials, odd or even
    shift = Words(seed, np.arange(2)).stream("scramble", name)
    shuffle = np.argsort(Words(seed, np.arange(points)).stream("order", name))
    columns = []
    for matrix, scrambled in zip((np.eye(digits, dtype=np.int64), pascal), shift, strict=True):
        flipped = (
            matrix @ numbered + ((scrambled >> place.astype(np.uint64)) & np.uint64(1)).astype(np.int64)[:, None]
        ) % 2
        columns.append(((flipped.T @ (1 << place[::-1]) + 0.5) / points)[shuffle])
    return columns[0], columns[1]
