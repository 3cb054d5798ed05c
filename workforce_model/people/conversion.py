"""Conversion: the same person, with the same cases, moves from agency to a permanent post."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Words
from workforce_model.people.posts import AGENCY, EMPTY, PERMANENT, Cells, Posts, cells_where, paired, some
from workforce_model.people.workforce import Limits, Staff, chosen, longest_first

NOBODY: Cells = (np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))


def convert(staff: Staff, posts: Posts, words: Words, month: int, limit: Limits) -> Cells:
    """Agency workers covering a vacancy who take the post: same person, same cases.

    A post to which somebody is already appointed is not open to conversion.
    """
    cells = chosen(_covering(staff, posts), posts, words, "convert", month, limit)
    staff.fill(cells, PERMANENT, month)
    return cells


def _covering(staff: Staff, posts: Posts) -> NDArray[np.bool_]:
    """Agency workers covering a vacancy to which nobody is appointed, shape (P, R)."""
    return np.asarray((staff.holder == AGENCY) & (staff.clock == 0) & posts.established[:, None])


def convert_planned(staff: Staff, posts: Posts, month: int) -> tuple[Cells, Cells]:
    """Agency workers above establishment who take up newly created posts: same person, same cases.

    The longest in post goes first; where none is left in the team, the post starts as recruited.

    Returns
    -------
    taken, given_up : cells
        The established posts taken, and the contracts given up for them, in step.
    """
    due = (posts.converted & (posts.starts == month))[:, None] & (staff.holder == EMPTY)
    return _take_up(staff, posts, cells_where(due), longest_first(staff, posts), month)


@dataclass(frozen=True)
class CampaignMonth:
    """A conversion campaign as it stands this month: its name, the teams asked, and its terms by run.

    ``teams`` is an array of flags, shape (T,); ``least_months`` and ``accepting``, shape (R,).
    """

    name: str
    teams: NDArray[np.bool_]
    least_months: NDArray[np.float64]
    accepting: Limits
    above_establishment: bool


def campaign(staff: Staff, posts: Posts, words: Words, month: int, plan: CampaignMonth) -> tuple[Cells, Cells, Cells]:
    """Agency workers with long enough service who accept a permanent post: same person, same cases.

    Returns
    -------
    converted : cells
        Posts whose covering agency worker became permanent.
    taken, given_up : cells
        Empty posts taken by agency workers above establishment of the same team, and the contracts given up.
    """
    asked = plan.teams[posts.team][:, None] & (month - staff.since >= plan.least_months)
    accepts = chosen(asked & _covering(staff, posts), posts, words, f"campaign {plan.name}", month, plan.accepting)
    staff.fill(accepts, PERMANENT, month)
    if not plan.above_establishment:
        return accepts, NOBODY, NOBODY
    extra = asked & posts.additional[:, None] & (staff.holder == AGENCY)
    coming = chosen(extra, posts, words, f"campaign {plan.name}", month, plan.accepting)
    empty = (staff.holder == EMPTY) & (staff.clock == 0) & (staff.since < month)
    vacant = cells_where(empty & posts.filled_one_by_one(month)[:, None])
    return accepts, *_take_up(staff, posts, vacant, coming, month)


def _take_up(staff: Staff, posts: Posts, places: Cells, people: Cells, month: int) -> tuple[Cells, Cells]:
    """Agency workers above establishment take posts of their own team, in order, as far as both go."""
    post, person = paired(posts.team_and_run(places), posts.team_and_run(people))
    taken, given_up = some(places, post), some(people, person)
    staff.fill(taken, PERMANENT, month)
    staff.contracted[given_up] = False
    staff.vacate(given_up, month)
    return taken, given_up
