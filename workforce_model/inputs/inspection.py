"""An inspection that lowers the grade: a yearly chance, read from published transitions, and what follows.

Off by default: nothing here enters a ledger unless the scenario switches it on. That the money lowers the
chance is an assumption, nil unless stated; a paper that says so is not evidence that it does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.assumptions import (
    Fault,
    Flag,
    HazardAYear,
    PoundsAYear,
    ShareAssumption,
    WholeMonths,
    record,
)
from workforce_model.basis.draws import WORD_RANGE, Words
from workforce_model.basis.periods import Month

Figures = NDArray[np.float64]
Grade = Literal["Outstanding", "Good", "Requires improvement", "Inadequate"]
FINDINGS = (
    "hazard_a_year", "inadequate_share", "lasting_months", "agency_rise_requires_improvement",
    "agency_rise_inadequate", "agency_premium", "improvement_cost", "effect_of_the_money",
)  # fmt: skip


@record
class Inspection:
    """The grade held, the chance of losing it, and the cost while it is lost.

    ``evidence`` grades each assumption: A a published count or experiment, B a published association,
    C one reported case, D a judgement. ``effect_of_the_money`` is the share by which the chance falls with
    the investment.
    """

    on: Flag = False
    grade: Grade
    first_month: Month
    hazard_a_year: HazardAYear
    inadequate_share: ShareAssumption
    lasting_months: WholeMonths
    agency_rise_requires_improvement: ShareAssumption
    agency_rise_inadequate: ShareAssumption
    agency_premium: PoundsAYear
    improvement_cost: PoundsAYear
    effect_of_the_money: ShareAssumption
    evidence: dict[str, Literal["A", "B", "C", "D"]]

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = [(f"evidence.{name}", "missing: grade its evidence A, B, C or D") for name in FINDINGS if name not in self.evidence]  # fmt: skip
        unknown = sorted(set(self.evidence) - set(FINDINGS))
        return found + [(f"evidence.{name}", f"no such assumption; known: {', '.join(FINDINGS)}") for name in unknown]


def yearly_hazard(lower: int, graded: int, median_years: float, level: float = 0.95) -> tuple[float, float, float]:
    """The yearly hazard of losing a grade from published transitions, with its exact binomial interval.

    A share p that lost the grade over some years is a steady hazard of -log(1 - p) / years.

    Parameters
    ----------
    lower, graded : int
        Next graded reports that were lower, and all next graded reports, from one grade.
    median_years : float
        Median years between the two reports, taken as the years at risk of each.
    level : float
        Of the interval (Clopper and Pearson 1934).

    Raises
    ------
    ValueError
        If the counts or years make no sense.

    Examples
    --------
    21 of 91 Good authorities were lower at the next graded report, 4.6 years later (Ofsted reports 2013 to
    2025); by June 2019, 2 of 18, 4.1 years later.

    >>> [round(x, 3) for x in yearly_hazard(21, 91, 4.6)]
    [0.057, 0.035, 0.087]
    >>> [round(x, 3) for x in yearly_hazard(2, 18, 4.1)]
    [0.029, 0.003, 0.104]
    """
    from scipy.stats import binomtest

    if not 0 <= lower < graded or not median_years > 0:
        raise ValueError(f"lower = {lower} of graded = {graded}, median_years = {median_years}: expected fewer lower than graded, and years above 0")  # fmt: skip
    interval = binomtest(lower, graded).proportion_ci(level, method="exact")
    low, share, high = (-math.log1p(-x) / median_years for x in (interval.low, lower / graded, interval.high))
    return share, low, high


@dataclass(frozen=True)
class Downgrade:
    """What happened to the grade in each run.

    Attributes
    ----------
    month : array of int, shape (R,)
        The month the grade is lost, from 0; the number of months where it is kept.
    inadequate : array of bool, shape (R,)
        Whether it falls to Inadequate rather than Requires improvement.
    below : array of bool, shape (M, R)
        Whether the grade is below what it was.
    """

    month: NDArray[np.intp]
    inadequate: NDArray[np.bool_]
    below: NDArray[np.bool_]


def downgrades(
    hazard_a_year: Figures, inadequate_share: Figures, lasting_months: Figures, first: int, months: int, words: Words
) -> Downgrade:
    """The month each run loses its grade, if it does, and for how long.

    One word a run decides when: a lower chance loses the grade later or not at all, never sooner.

    Parameters
    ----------
    hazard_a_year, inadequate_share, lasting_months : array, shape (R,)
    first : int
        The first month at risk, from 0.
    months : int
        Months in all.
    """
    kept = np.exp(-hazard_a_year / 12)
    place = (words.of_runs("downgrade", "council") + 0.5) / WORD_RANGE
    after = np.arange(1, months - first + 1)[:, None]
    month = first + (place[None, :] >= 1 - kept**after).sum(axis=0)
    inadequate = (words.of_runs("downgrade to inadequate", "council") + 0.5) / WORD_RANGE < inadequate_share
    since = np.arange(months)[:, None] - month
    return Downgrade(month, inadequate, (since >= 0) & (since < lasting_months))


def downgrade_costs(
    lost: Downgrade, staff_fte: Figures, rises: tuple[Figures, Figures], premium: Figures, improvement: Figures
) -> Figures:
    """Pounds of each month below the grade: more agency at a premium, and the cost of improvement.

    Parameters
    ----------
    staff_fte : array, shape (M, R)
        Permanent and agency FTE.
    rises : pair of array, shape (R,)
        Rise of the agency share at Requires improvement, and at Inadequate.
    premium, improvement : array, shape (R,)
        Pounds a year: an agency worker above a permanent one, and an improvement programme.

    Returns
    -------
    array, shape (M, R)
    """
    rise = np.where(lost.inadequate, rises[1], rises[0])
    return np.asarray(lost.below * (staff_fte * rise * premium + improvement) / 12)
