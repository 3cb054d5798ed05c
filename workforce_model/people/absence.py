"""Sickness and parental leave: capacity lost from a filled post, and who stands in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import WORD_RANGE, Words, threshold
from workforce_model.people.posts import PERMANENT, Cells, Posts
from workforce_model.people.workforce import Chances, Limits, Staff, chosen


@dataclass(frozen=True)
class AbsenceRates:
    """Absence by run, arrays of shape (R,): monthly chances of a spell, its length, and the share covered.

    ``sickness_months`` is the mean of a geometric length; ``parental_months`` is exact.
    """

    sickness: Chances
    sickness_months: Chances
    parental: Chances
    parental_months: NDArray[np.int16]
    covered: Limits


def sickness_chance(share: Chances, months: Chances) -> Chances:
    """Monthly chance that a worker at work goes off sick, so that the stated share of time is lost.

    Spells last ``months`` on average and may follow one another, so the share lost is
    a m / (a m + 1 - a) for a chance a and m months.

    Examples
    --------
    >>> sickness_chance(np.array([0.031]), np.array([1.0])).round(6).tolist()
    [0.031]
    """
    return np.asarray(share / (months * (1 - share) + share))


def go_away(staff: Staff, posts: Posts, words: Words, month: int, rates: AbsenceRates) -> Cells:
    """Absences of permanent workers end and begin; stand-ins come and go with them.

    Only posts that agency may cover have a stand-in.

    Returns
    -------
    cells
        Those who start parental leave: their cases are handed over. Nobody goes away in the month they start.
    """
    staff.away -= staff.away > 0
    staff.stand_in &= staff.away > 0
    at_work = (staff.holder == PERMANENT) & (staff.away == 0) & (staff.since < month)
    parental = chosen(at_work, posts, words, "parental leave", month, threshold(rates.parental))
    staff.away[parental] = rates.parental_months[parental[1]]
    sick = chosen(at_work & (staff.away == 0), posts, words, "sickness", month, threshold(rates.sickness))
    staff.away[sick] = _spell(
        words.of_cells(posts.key[sick[0]], sick[1], "months off sick", month), rates.sickness_months[sick[1]]
    )
    for cells in (parental, sick):
        drawn = words.of_cells(posts.key[cells[0]], cells[1], "stand in", month)
        staff.stand_in[cells] = (drawn < rates.covered[cells[1]]) & posts.coverable[cells[0]]
    return parental


def _spell(drawn: NDArray[np.uint32], mean: Chances) -> NDArray[np.int16]:
    """Whole months off sick, at least one, from the geometric law with this mean (at most 12 months)."""
    stays = np.log1p(-1 / np.maximum(mean, 1 + 1e-12))
    months = 1 + np.floor(np.log((drawn + 0.5) / WORD_RANGE) / stays)
    return months.astype(np.int16)
