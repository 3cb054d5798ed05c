"""One month of posts: leave, convert, start, appoint, cover.

A post is held by a permanent worker, by an agency worker, or by nobody, and carries a recruitment
clock. State is arrays over posts and runs, runs contiguous; a month touches only the posts that
change. Whole people: a post of 0.7 FTE is one person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.draws import Words
from workforce_model.establishment import AGENCY, EMPTY, NEVER, PERMANENT, Posts

FIVE_YEARS = 60
"""Months of service at which the second tenure band begins."""

Cells = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Chosen (post, run) cells: two index arrays of the same length."""

Limits = NDArray[np.uint32]
"""Word limits of chances (``draws.threshold``): an event happens where the word falls below."""


@dataclass
class Staff:
    """Who holds each post, by post and run.

    ``since`` is the month the holder came, or the month the post fell empty; ``clock`` the months
    until an appointed person starts, 0 where nobody is appointed; ``contracted`` whether a post
    outside the establishment is among those agreed in this run and not ended early.
    """

    holder: NDArray[np.int8]
    since: NDArray[np.int16]
    newly_qualified: NDArray[np.bool_]
    clock: NDArray[np.int8]
    contracted: NDArray[np.bool_]


def open_staff(posts: Posts, words: Words, agreed: dict[str, NDArray[np.float64]], newly_qualified: Limits) -> Staff:
    """The opening position: the stated people in post, their months of service drawn within their band.

    Parameters
    ----------
    agreed : dict of array, shape (R,)
        For each agency group, the number of its workers in each run.
    newly_qualified : array, shape (R,)
        Word limit of the share of those in their first year who are newly qualified.
    """
    shape = (posts.key.size, words.runs.size)
    holder = np.repeat(posts.opening[:, None], shape[1], axis=1)
    served = (
        words.of_posts(posts.key, "opening service").astype(np.uint64) * np.uint64(FIVE_YEARS) >> np.uint64(31)
    ).astype(np.int16)
    served[posts.opening_over_five] = FIVE_YEARS
    newly = words.of_posts(posts.key, "opening newly qualified") < newly_qualified
    newly &= (holder == PERMANENT) & (served < 12) & posts.qualified[:, None]
    contracted = np.zeros(shape, dtype=bool)
    for name, count in agreed.items():
        mine = posts.group == posts.groups.index(name)
        contracted[mine] = posts.number[mine][:, None] < count[None, :]
    holder[contracted & (posts.first <= 0)[:, None]] = AGENCY
    return Staff(
        holder=holder, since=-served, newly_qualified=newly, clock=np.zeros(shape, dtype=np.int8), contracted=contracted
    )


def leaving_chances(
    monthly: NDArray[np.float64], tenure_ratio: NDArray[np.float64], share_under: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Monthly chances of leaving under and over five years' service that average to the stated one.

    Examples
    --------
    >>> under, over = leaving_chances(np.array([0.013]), np.array([1.36]), 0.59)
    >>> round(float(0.59 * under[0] + 0.41 * over[0]), 6), round(float(under[0] / over[0]), 2)
    (0.013, 1.36)
    """
    over = monthly / (share_under * tenure_ratio + 1 - share_under)
    return over * tenure_ratio, over


def leave(staff: Staff, posts: Posts, words: Words, month: int, limits: Limits) -> tuple[Cells, Cells]:
    """Workers who leave this month: their posts fall empty. A commissioned team keeps its number.

    Parameters
    ----------
    limits : array, shape (4, T, R)
        Word limits of leaving this month by team and run: for nobody (0), permanent workers under and
        over five years' service, and agency workers.

    Returns
    -------
    permanent, agency : cells
        The (post, run) cells whose worker left.
    """
    drawn = words.of_posts(posts.key, "leave", month)
    post, run = np.nonzero(drawn < limits.max(axis=(0, 1)))
    holder, served = staff.holder[post, run], month - staff.since[post, run]
    band = np.where(holder == PERMANENT, 1 + (served >= FIVE_YEARS), np.where(holder == AGENCY, 3, 0))
    band[posts.commissioned[post]] = 0
    goes = drawn[post, run] < limits[band, posts.team[post], run]
    post, run, was_permanent = post[goes], run[goes], holder[goes] == PERMANENT
    vacate(staff, (post, run), month)
    return (post[was_permanent], run[was_permanent]), (post[~was_permanent], run[~was_permanent])


def vacate(staff: Staff, cells: Cells, month: int) -> None:
    """Empty these posts."""
    staff.holder[cells] = EMPTY
    staff.since[cells] = month
    staff.newly_qualified[cells] = False


def convert(staff: Staff, posts: Posts, words: Words, month: int, limit: Limits) -> Cells:
    """Agency workers covering a vacancy who take the post: same person, same cases.

    A post to which somebody is already appointed is not open to conversion.
    """
    eligible = (staff.holder == AGENCY) & (staff.clock == 0) & posts.established[:, None]
    cells = _chosen(eligible, posts, words, "convert", month, limit)
    staff.holder[cells] = PERMANENT
    staff.since[cells] = month
    return cells


def convert_planned(staff: Staff, posts: Posts, month: int) -> tuple[Cells, Cells]:
    """Agency workers above establishment who take up newly created posts: same person, same cases.

    The longest in post goes first; where none is left in the team, the post starts as recruited.

    Returns
    -------
    taken, given_up : cells
        The established posts taken, and the contracts given up for them, in step.
    """
    extra = np.flatnonzero(~posts.established & ~posts.commissioned)
    taken: list[Cells] = []
    given_up: list[Cells] = []
    for post in np.flatnonzero(posts.converted & (posts.starts == month)):
        mine = extra[posts.team[extra] == posts.team[post]]
        there = staff.holder[mine] == AGENCY
        run = np.flatnonzero(there.any(axis=0))
        contract = mine[np.where(there, staff.since[mine], np.iinfo(np.int16).max).argmin(axis=0)[run]]
        staff.holder[post, run], staff.since[post, run] = PERMANENT, month
        staff.contracted[contract, run] = False
        vacate(staff, (contract, run), month)
        taken.append((np.full(run.size, post), run))
        given_up.append((contract, run))
    return _joined(taken), _joined(given_up)


def _joined(cells: list[Cells]) -> Cells:
    none = np.zeros(0, dtype=np.intp)
    return np.concatenate([none, *(post for post, _ in cells)]), np.concatenate([none, *(run for _, run in cells)])


def start(staff: Staff, posts: Posts, words: Words, month: int, newly_qualified: Limits) -> tuple[Cells, Cells]:
    """Appointed people who start this month; an agency worker covering the post goes.

    Returns
    -------
    started, replaced : cells
        Posts whose appointed person started, and those among them that agency had covered.
    """
    due = staff.clock == 1
    staff.clock -= staff.clock > 0
    planned = (posts.starts == month)[:, None] & (staff.holder != PERMANENT)
    post, run = np.nonzero(due | planned)
    covered = staff.holder[post, run] == AGENCY
    staff.clock[post, run] = 0
    staff.holder[post, run] = PERMANENT
    staff.since[post, run] = month
    drawn = words.of_cells(posts.key[post], run, "newly qualified", month)
    staff.newly_qualified[post, run] = (drawn < newly_qualified[run]) & posts.qualified[post]
    return (post, run), (post[covered], run[covered])


def appoint(
    staff: Staff, posts: Posts, words: Words, month: int, limit: Limits, lead_months: NDArray[np.int8]
) -> Cells:
    """Posts without a permanent holder to which somebody is appointed this month, to start after the lead.

    Parameters
    ----------
    limit : array, shape (G, R)
        Word limit of the monthly probability that a vacancy is filled, by post group.
    lead_months : array, shape (R,)
        Whole months from appointment to start, at least one.
    """
    open_to = posts.established & (posts.first <= month) & (posts.starts == NEVER)
    vacant = (staff.holder != PERMANENT) & (staff.clock == 0) & open_to[:, None]
    post, run = _chosen(vacant, posts, words, "appoint", month, limit)
    staff.clock[post, run] = lead_months[run]
    return post, run


def cover(staff: Staff, posts: Posts, words: Words, month: int, limit: Limits, same_month: bool) -> Cells:
    """Empty posts that an agency worker comes to cover, and agency posts above establishment refilled.

    A post that fell empty this month is covered at once only if ``same_month``.
    """
    active = posts.coverable & (posts.first <= month) & (month <= posts.last) & ~posts.commissioned
    waiting = (staff.holder == EMPTY) & active[:, None] & (staff.contracted | posts.established[:, None])
    if not same_month:
        waiting &= staff.since < month
    cells = _chosen(waiting, posts, words, "cover", month, limit)
    staff.holder[cells] = AGENCY
    staff.since[cells] = month
    return cells


def open_contracts(staff: Staff, posts: Posts, month: int) -> Cells:
    """Agency workers above establishment and commissioned workers whose first month this is."""
    post, run = np.nonzero((~posts.established & (posts.first == month))[:, None] & staff.contracted)
    staff.holder[post, run] = AGENCY
    staff.since[post, run] = month
    return post, run


def end_contracts(staff: Staff, posts: Posts, month: int) -> Cells:
    """Agency workers above establishment and commissioned workers whose last month has passed."""
    ended = ~posts.established & (posts.last == month - 1)
    post, run = np.nonzero(ended[:, None] & (staff.holder == AGENCY))
    staff.contracted[ended] = False
    vacate(staff, (post, run), month)
    return post, run


def displace(staff: Staff, posts: Posts, words: Words, month: int, started: Cells, limit: Limits) -> Cells:
    """Agency workers above establishment whose work a newly created post has taken over.

    Each start in a post that ``displaces_agency`` ends, with the stated chance, one contract above
    establishment in the same team, longest in post first.
    """
    post, run = started
    counts = posts.displaces[post]
    post, run = post[counts], run[counts]
    taken = words.of_cells(posts.key[post], run, "displace", month) < limit[run]
    post, run = post[taken], run[taken]
    ended_posts, ended_runs = [], []
    for row, column in zip(post.tolist(), run.tolist(), strict=True):
        mine = np.flatnonzero(
            (posts.team == posts.team[row])
            & ~posts.established
            & ~posts.commissioned
            & (staff.holder[:, column] == AGENCY)
        )
        if mine.size:
            longest = int(mine[np.argmin(staff.since[mine, column])])
            staff.contracted[longest, column] = False
            vacate(staff, (np.array([longest]), np.array([column])), month)
            ended_posts.append(longest)
            ended_runs.append(column)
    return np.array(ended_posts, dtype=np.intp), np.array(ended_runs, dtype=np.intp)


def _chosen(eligible: NDArray[np.bool_], posts: Posts, words: Words, purpose: str, month: int, limit: Limits) -> Cells:
    """The eligible cells whose word falls below the limit of the event."""
    post, run = np.nonzero(eligible)
    drawn = words.of_cells(posts.key[post], run, purpose, month)
    happens = drawn < (limit[run] if limit.ndim == 1 else limit[posts.group[post], run])
    return post[happens], run[happens]
