"""Audits as evidence: how well a number of audits tells the share that is good, and whether a change is noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.formats import NOT_DEFINED, percent, rounded
from workforce_model.decisions.answers import Answer
from workforce_model.reading.measures import Spread, spread
from workforce_model.reading.tables import tidy

if TYPE_CHECKING:
    from workforce_model.engine.model import Results

Figures = NDArray[np.float64]
LEVEL, POWER, RISK = 0.95, 0.80, 0.05
WORTH_TELLING = 0.10
"""A change in the share that is good which a board would act on: ten points."""


def half_width(share: float, audits: int, population: int | None = None) -> float:
    """Half the width of the 95% interval of a share found by a number of audits; at most 0.98 / sqrt(audits).

    Parameters
    ----------
    share : float
        The share found good, 0 to 1.
    audits : int
        Files audited, drawn at random; with none the half-width is not defined and comes back not a number.
    population : int, optional
        Files there are; auditing a good part of a small number tells more than the number audited says.

    Raises
    ------
    ValueError
        If the share lies outside 0 to 1, or more files are audited than there are.

    Examples
    --------
    >>> round(half_width(0.5, 96), 3), round(half_width(0.5, 96, population=200), 3)
    (0.1, 0.072)
    """
    _refuse_share("share", share)
    if population is not None and audits > population:
        raise ValueError(f"audits = {audits}: expected at most the {population} files there are")
    if audits < 1:
        return math.nan
    left = 1.0 if population is None or population == 1 else (population - audits) / (population - 1)
    return _normal(0.5 + LEVEL / 2) * math.sqrt(share * (1 - share) / audits * left)


def share_interval(good: int, audits: int) -> tuple[float, float]:
    """The 95% interval of the share that is good (Wilson 1927); not defined without an audit.

    Examples
    --------
    >>> low, high = share_interval(45, 100)
    >>> round(low, 3), round(high, 3)
    (0.356, 0.548)
    """
    _refuse_counts("good", good, audits)
    if audits == 0:
        return math.nan, math.nan
    z, share = _normal(0.5 + LEVEL / 2), good / audits
    middle = (share + z**2 / (2 * audits)) / (1 + z**2 / audits)
    width = z / (1 + z**2 / audits) * math.sqrt(share * (1 - share) / audits + z**2 / (4 * audits**2))
    return max(0.0, middle - width), min(1.0, middle + width)  # rounding only: the interval lies in 0 to 1


@dataclass(frozen=True)
class Change:
    """A change between two rounds of audits: the shares, the change with its 95% interval, and the verdict."""

    before: float
    after: float
    change: float
    low: float
    high: float
    chance_of_as_much: float
    more_than_noise: bool
    sentence: str


def audit_change(good_before: int, audits_before: int, good_after: int, audits_after: int) -> Change:
    """Whether the share found good changed by more than sampling noise between two rounds of audits.

    The test is Fisher's exact test, two-sided at 5%; the interval is Newcombe's (1998), from Wilson's.

    Raises
    ------
    ValueError
        If a count is negative, more are good than were audited, or a round has no audit.

    Examples
    --------
    >>> audit_change(27, 60, 34, 60).sentence
    'The share found good went from 45% to 57%, 12 points [-6 to 28]: no more than sampling noise.'
    """
    from scipy.stats import fisher_exact

    for name, good, audits in (("before", good_before, audits_before), ("after", good_after, audits_after)):
        _refuse_counts(f"good_{name}", good, audits)
        if audits < 1:
            raise ValueError(f"audits_{name} = 0: with no audit a share, and so a change, is not defined")
    before, after = good_before / audits_before, good_after / audits_after
    (low_b, high_b), (low_a, high_a) = share_interval(good_before, audits_before), share_interval(good_after, audits_after)  # fmt: skip
    low = after - before - math.hypot(after - low_a, high_b - before)
    high = after - before + math.hypot(high_a - after, before - low_b)
    table = [[good_before, audits_before - good_before], [good_after, audits_after - good_after]]
    chance = float(fisher_exact(table).pvalue)
    verdict = "more than sampling noise" if chance < RISK else "no more than sampling noise"
    sentence = (
        f"The share found good went from {percent(before)} to {percent(after)}, {rounded(100 * (after - before))} points "
        f"[{rounded(100 * low)} to {rounded(100 * high)}]: {verdict}."
    )
    return Change(before, after, after - before, low, high, chance, chance < RISK, sentence)


def least_rise_told(share: float, audits_before: float, audits_after: float) -> float:
    """The least rise in the share good that two rounds of audits tell from noise four times in five.

    One-sided test at 5%, normal approximation. Not a number where no rise up to all good could be told.

    Examples
    --------
    >>> round(least_rise_told(0.45, 100, 100), 2)
    0.17
    """
    _refuse_share("share", share)
    if min(audits_before, audits_after) < 1:
        return math.nan
    rises = np.arange(1, int(1000 * (1 - share)) + 1) / 1000
    told = np.array([_power(share, share + rise, audits_before, audits_after) for rise in rises])
    enough = np.flatnonzero(told >= POWER)
    return float(rises[enough[0]]) if enough.size else math.nan


def _power(before: float, after: float, n_before: float, n_after: float) -> float:
    pooled = (before * n_before + after * n_after) / (n_before + n_after)
    noise = math.sqrt(pooled * (1 - pooled) * (1 / n_before + 1 / n_after))
    spread_of = math.sqrt(before * (1 - before) / n_before + after * (1 - after) / n_after)
    short = _normal(1 - RISK) * noise - (after - before)
    return 1.0 if spread_of == 0 and short < 0 else NormalDist().cdf(-short / spread_of) if spread_of else 0.0


def audit_evidence(results: Results, duty: str = "plan_reviews", months: int = 6) -> Answer:
    """What a stretch of audits can show: the share good with its half-width, and the least change told from noise.

    Nothing in the model improves the share unless the scenario says so; what moves here is sampling noise.

    Parameters
    ----------
    duty : str
        A duty with audits or reviews: one that states ``share_good``.
    months : int
        Months audited, from the first month planned, and again as many after.

    Raises
    ------
    KeyError
        If the duty is unknown or finds no share good.

    Examples
    --------
    >>> import workforce_model as wm
    >>> audit_evidence(wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4)).number
    15
    """
    done, good = results.duties.measured(duty, "done"), results.duties.measured(duty, "good")
    reported = int((results.scenario.periods.report_from - results.months[0]).n)
    first = reported + int(results.duties.measured(duty, "requested")[reported:].any(axis=1).argmax())
    rounds = [slice(first, first + months), slice(first + months, first + 2 * months)]
    audits, found = ([figures[r].sum(axis=0) for r in rounds] for figures in (done, good))
    share = _over(found[0], audits[0])
    widths = np.array([half_width(s if n else 0.5, int(n)) for s, n in zip(share, audits[0], strict=True)])
    width, number, seen = (spread(x, results.draw) for x in (widths, audits[0], share))
    least = least_rise_told(seen.mean, audits[0].mean(), audits[1].mean()) if seen.runs else math.nan
    moved = _over(found[1], audits[1]) - share
    by_luck = float(np.mean(np.abs(moved[~np.isnan(moved)]) >= WORTH_TELLING)) if (~np.isnan(moved)).any() else math.nan
    label = results.duties.label(duty)
    sentence = (
        f"{label}: {months} months from {results.months[first]:%B %Y} give {_count(number)} audits, which tell the share good "
        f"({_percent(seen)}) to within {_points(width.mean)} either way. Two such rounds tell a rise of {_points(least)} "
        f"or more from noise four times in five; with nothing changed they differ by ten points or more in "
        f"{percent(by_luck)} of runs."
    )
    rows = [("practice", f"{duty}: {name}", unit, f"{months} months from {results.months[first]}", figures) for name, unit, figures in (
        ("audits done", "audits", audits[0]), ("share found good", "share of audits", share), ("half-width of the share, 95%", "share of audits", widths),
        ("audits done, next round", "audits", audits[1]), ("change in the share, next round", "share of audits", moved),
    )]  # fmt: skip
    return Answer(15, "Audits: change or sampling noise?", width.mean, width.p10, width.p90, "share of audits, half-width",
                  sentence, _yearly(results, rows))  # fmt: skip


def _yearly(results: Results, rows: list[tuple[str, str, str, str, Figures]]) -> pd.DataFrame:
    """The rounds of audits, then every duty with a share good by financial year."""
    annual = results.duties.annual()
    wanted = [f"{d}: {x}" for d in results.duties.names if "good" in results.duties.work[d] for x in ("done", "share_good")]  # fmt: skip
    return pd.concat([tidy(results, rows), annual[annual["measure"].isin(wanted)]], ignore_index=True)


def _over(above: Figures, below: Figures) -> Figures:
    return np.asarray(np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0))


def _count(s: Spread) -> str:
    return f"{rounded(s.mean)} [{rounded(s.p10)} to {rounded(s.p90)}]"


def _percent(s: Spread) -> str:
    return NOT_DEFINED if math.isnan(s.mean) else f"{percent(s.mean)} [{percent(s.p10)} to {percent(s.p90)}]"


def _points(share: float) -> str:
    return NOT_DEFINED if math.isnan(share) else f"{rounded(100 * share)} points"


def _normal(place: float) -> float:
    return NormalDist().inv_cdf(place)


def _refuse_share(name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"{name} = {share}: expected a share from 0 to 1; 45% is written 0.45")


def _refuse_counts(name: str, good: int, audits: int) -> None:
    if not 0 <= good <= audits:
        raise ValueError(f"{name} = {good}: expected from 0 to the {audits} audited")
