"""Who holds the posts, and how they leave.

A post is held by a permanent worker, by an agency worker, or by nobody, and carries a recruitment
clock. State is arrays over posts and runs, runs contiguous; a month touches only the posts that
change. Whole people: a post of 0.7 FTE is one person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import WORD_RANGE, Words, threshold
from workforce_model.people.posts import AGENCY, EMPTY, PERMANENT, Cells, Posts, cells_where

FIVE_YEARS = 60
"""Months of service at which the second tenure band begins."""

Chances = NDArray[np.float64]
Limits = NDArray[np.uint32]
"""Word limits of chances (``draws.threshold``): an event happens where the word falls below."""


@dataclass
class Staff:
    """Who holds each post, by post and run: arrays of shape (P, R).

    ``since`` is the month the holder came, or the month the post fell empty; ``clock`` the months
    until an appointed person starts, 0 where nobody is appointed; ``contracted`` whether a post
    outside the establishment is among those agreed in this run and not ended early. ``away`` is how many
    months of absence are left, this one included, and ``stand_in`` whether an agency worker covers it.
    """

    holder: NDArray[np.int8]
    since: NDArray[np.int16]
    newly_qualified: NDArray[np.bool_]
    clock: NDArray[np.int8]
    contracted: NDArray[np.bool_]
    away: NDArray[np.int16]
    stand_in: NDArray[np.bool_]

    def fill(self, cells: Cells, holder: np.int8, month: int) -> None:
        """Put a new holder in these posts."""
        self.holder[cells] = holder
        self.since[cells] = month
        self.newly_qualified[cells] = False
        self.away[cells] = 0
        self.stand_in[cells] = False

    def vacate(self, cells: Cells, month: int) -> None:
        """Empty these posts."""
        self.fill(cells, EMPTY, month)


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
        holder=holder,
        since=-served,
        newly_qualified=newly,
        clock=np.zeros(shape, dtype=np.int8),
        contracted=contracted,
        away=np.zeros(shape, dtype=np.int16),
        stand_in=np.zeros(shape, dtype=bool),
    )


def leaving_chances(monthly: Chances, tenure_ratio: Chances, share_under: float) -> tuple[Chances, Chances]:
    """Monthly chances of leaving under and over five years' service that average to the stated one.

    Examples
    --------
    >>> under, over = leaving_chances(np.array([0.013]), np.array([1.36]), 0.59)
    >>> round(float(0.59 * under[0] + 0.41 * over[0]), 6), round(float(under[0] / over[0]), 2)
    (0.013, 1.36)
    """
    over = monthly / (share_under * tenure_ratio + 1 - share_under)
    return over * tenure_ratio, over


def shock(words: Words, purpose: str, name: str, year: int, deviation: Chances) -> Chances:
    """A year's common shock to leaving, by run: log-normal with mean one.

    The year's shock belongs to a council, by name; the national swing to all councils alike.

    Parameters
    ----------
    year : int
        Years since the clock started.
    deviation : array, shape (R,)
        Standard deviation of the logarithm; nought is no shock.
    """
    return np.asarray(np.exp(deviation * words.normal(purpose, name, year) - deviation**2 / 2))


def times_as_likely(chance: Chances, times: Chances) -> Chances:
    """A monthly chance whose hazard is so many times as high: never above one, nought stays nought.

    Examples
    --------
    >>> times_as_likely(np.array([0.013]), np.array([2.0])).round(6).tolist()
    [0.025831]
    """
    return np.asarray(1 - (1 - chance) ** times)


def pressure(
    staff: Staff, posts: Posts, held: NDArray[np.int16], knee: int, by_caseload: Chances, by_agency: Chances, retention: Chances
) -> Chances:  # fmt: skip
    """How many times as likely to leave caseloads, agency share and retention payments make each holder, (P, R).

    Parameters
    ----------
    held : array, shape (H, R)
        Cases at the end of last month.
    by_caseload : array, shape (R,)
        Change in the logarithm for each case over the knee.
    by_agency : array, shape (R,)
        Change in the logarithm, permanent workers only, since the council's agency share stood as it did at the start.
    retention : array, shape (R,)
        Multiplier for permanent workers in posts with a retention payment.
    """
    permanent = staff.holder == PERMANENT
    change = np.where(permanent, by_agency, 0.0)
    change[: held.shape[0]] += by_caseload * np.maximum(held - knee, 0)
    paid = permanent & posts.retained[:, None]
    return np.asarray(np.exp(change) * np.where(paid, retention, 1.0))


def agency_share(staff: Staff) -> Chances:
    """Agency workers over all workers in post, by run; nought where there is nobody."""
    agency = np.count_nonzero(staff.holder == AGENCY, axis=0)
    return np.asarray(agency / np.maximum(np.count_nonzero(staff.holder != EMPTY, axis=0), 1))


def leave(
    staff: Staff, posts: Posts, words: Words, month: int, chance: Chances, times: Chances | None = None
) -> tuple[Cells, Cells]:
    """Workers who leave this month: their posts fall empty. A commissioned team keeps its number.

    Parameters
    ----------
    chance : array, shape (4, T, R)
        Chances of leaving this month by team and run: for nobody (0), permanent workers under and over
        five years' service, and agency workers.
    times : array, shape (P, R), optional
        How many times as likely each holder is to leave; all alike if not given.

    Returns
    -------
    permanent, agency : cells
        The (post, run) cells whose worker left.
    """
    drawn = words.of_posts(posts.key, "leave", month)
    highest = np.full(drawn.shape[1], WORD_RANGE) if times is not None else threshold(chance.max(axis=(0, 1)))
    post, run = cells_where(drawn < highest)
    holder, served = staff.holder[post, run], month - staff.since[post, run]
    band = np.where(holder == PERMANENT, 1 + (served >= FIVE_YEARS), np.where(holder == AGENCY, 3, 0))
    band[posts.commissioned[post]] = 0
    mine = chance[band, posts.team[post], run]
    goes = drawn[post, run] < threshold(mine if times is None else times_as_likely(mine, times[post, run]))
    cells, was_permanent = (post[goes], run[goes]), holder[goes] == PERMANENT
    staff.vacate(cells, month)
    return (cells[0][was_permanent], cells[1][was_permanent]), (cells[0][~was_permanent], cells[1][~was_permanent])


def chosen(eligible: NDArray[np.bool_], posts: Posts, words: Words, purpose: str, month: int, limit: Limits) -> Cells:
    """The eligible cells whose word falls below the limit of the event.

    Parameters
    ----------
    eligible : array, shape (P, R)
    limit : array, shape (R,) or (G, R)
        By run, or by post group and run.
    """
    if np.count_nonzero(eligible) > eligible.size // 3:  # so many that every cell's word is had for less
        drawn = words.of_posts(posts.key, purpose, month)
        return cells_where(eligible & (drawn < (limit if limit.ndim == 1 else limit[posts.group])))
    post, run = cells_where(eligible)
    happens = words.of_cells(posts.key[post], run, purpose, month) < (
        limit[run] if limit.ndim == 1 else limit[posts.group[post], run]
    )
    return post[happens], run[happens]


def longest_first(staff: Staff, posts: Posts) -> Cells:
    """Agency workers above establishment, the longest in post first."""
    post, run = cells_where(posts.additional[:, None] & (staff.holder == AGENCY))
    order = np.lexsort((post, staff.since[post, run]))
    return post[order], run[order]
