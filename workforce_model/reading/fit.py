"""How the simulated spread of caseloads compares with the published one, scaled to the council's own mean."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.cases.caseloads import BANDS
from workforce_model.engine.results import Results
from workforce_model.reading.tables import BAND_LABELS

PART_LOAD, PART_LOAD_MOST = 0.341, 19.40
"""Share of case holders with a part load, spread evenly up to so many cases. England, September 2021, our fit."""
FULL_LOAD = NormalDist(19.86, 5.75)
"""The others' cases; with the part loads the six published bands are met within 0.1 points."""
ENGLAND_MEAN, ENGLAND_VARIATION, WITHIN_COUNCIL = 16.39, 0.455, 0.42
"""Mean cases of the fit, and its coefficient of variation: between all workers, and within one council once the
spread between councils' means (2.6 cases) is taken out."""


def published_share_below(cases: float, mean: float) -> float:
    """Share of case holders with fewer cases than this, as published for England and scaled to a council's mean.

    Parameters
    ----------
    cases : float
        Whole cases are cut half way: 20.5 for 21 or more.
    mean : float
        The council's average caseload.

    Source: Department for Education, caseload groups, 30 September 2021; the spread within one council is the
    published one less that between councils.

    Examples
    --------
    >>> round(1 - published_share_below(20.5, 16.39), 2)
    0.28
    """
    within = 1 + (cases / mean - 1) * ENGLAND_VARIATION / WITHIN_COUNCIL
    standing = within * ENGLAND_MEAN
    return PART_LOAD * min(max(standing / PART_LOAD_MOST, 0.0), 1.0) + (1 - PART_LOAD) * FULL_LOAD.cdf(standing)


def caseload_fit(results: Results, month: str) -> pd.DataFrame:
    """Workers with a case by the Department's bands in one month: simulated beside published, at the same mean.

    Parameters
    ----------
    month : str
        A simulated month, "2019-09".

    Returns
    -------
    DataFrame
        Columns cases, simulated, published, difference (shares of workers with a case); the last two rows are the
        share at or over the caseload limit, and the coefficient of variation.

    Raises
    ------
    ValueError
        If the month is not simulated.
    """
    months = results.months.astype(str).tolist()
    if month not in months:
        raise ValueError(f"month = {month!r}: expected a simulated month, from {months[0]} to {months[-1]}")
    workers = results.history.histogram[months.index(month) + 1].sum(axis=0)[1:].astype(float)
    cases, share = np.arange(1, workers.size + 1), workers / workers.sum()
    mean = float(share @ cases)
    edges = [*BANDS[1:], np.inf]
    limit = results.scenario.caseloads.caseload_limit
    rows = [
        (label, _between(share, low, high), _published_between(low, high, mean))
        for label, low, high in zip(BAND_LABELS[1:], edges[:-1], edges[1:], strict=True)
    ]
    rows.append((f"{limit} or more", _between(share, limit, np.inf), 1 - published_share_below(limit - 0.5, mean)))
    variation = float(np.sqrt(share @ (cases - mean) ** 2) / mean)
    rows.append(("coefficient of variation", variation, WITHIN_COUNCIL))
    frame = pd.DataFrame(rows, columns=["cases", "simulated", "published"])
    frame["difference"] = frame["simulated"] - frame["published"]
    return frame


def _between(share: NDArray[np.float64], low: float, high: float) -> float:
    cases = np.arange(1, share.size + 1)
    return float(share[(cases >= low) & (cases < high)].sum())


def _published_between(low: float, high: float, mean: float) -> float:
    below = 0.0 if low <= 1 else published_share_below(low - 0.5, mean)
    return (1.0 if np.isinf(high) else published_share_below(high - 0.5, mean)) - below
