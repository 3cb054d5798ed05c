"""The speed problem as stated: six teams, 180 posts, 36 months; its rates, its variants, and what is recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Words, name_key, quantile_design

MONTHS, SEED = 36, 20190612
BANDS, CLOCKS = 4, 4
PERMANENT, AGENCY, EMPTY = 0, 4, 8
"""States of a post: P(band) is 0 to 3, A(clock) 4 to 7, E(clock) 8 to 11."""
START = (0, 2, 3, AGENCY, 1, 3, 2, EMPTY, 1, 3, 0, 2)
CASES_AT_START, INVESTED, OVER = 16, 2, 21
PAY = np.array([3_900.0, 4_200.0, 4_600.0, 5_000.0, 7_400.0])
"""Pounds a month for bands 0 to 3 and for agency."""


@dataclass(frozen=True)
class Team:
    """A team: its posts, and the cases that come and close in a month."""

    name: str
    posts: int
    closing: float
    arrivals: float
    cases_at_start: int = CASES_AT_START

    def start(self) -> NDArray[np.int8]:
        """The state of each post in month 0."""
        return np.array([START[post % len(START)] for post in range(self.posts)], dtype=np.int8)

    def keys(self) -> NDArray[np.uint64]:
        """The name keys of the posts; a post's luck stays its own when posts or teams are added."""
        return np.array([name_key("post", self.name, post) for post in range(self.posts)], dtype=np.uint64)


def a_team(name: str, posts: int, closing: float) -> Team:
    """A team in balance at sixteen cases a post."""
    return Team(name, posts, closing, arrivals=16 * closing * posts)


@dataclass(frozen=True)
class Problem:
    """The rates of R1; variants replace a few of them."""

    teams: tuple[Team, ...]
    leaving: tuple[float, ...] = (0.020, 0.016, 0.011, 0.007)
    rising: tuple[float, ...] = (1 / 12, 1 / 12, 1 / 36, 0.0)
    agency_leaving: float = 0.06
    converting: float = 0.04
    appointing: float = 0.08
    covering: float = 0.18
    knee: int = 15
    slope: float = 0.06
    direct: float = 0.80
    months: int = MONTHS


R1 = Problem(
    teams=(
        a_team("Assessment A", 36, 0.30),
        a_team("Assessment B", 30, 0.30),
        a_team("Child Protection A", 36, 0.11),
        a_team("Child Protection B", 30, 0.11),
        a_team("Looked After A", 24, 0.045),
        a_team("Looked After B", 24, 0.045),
    )
)


LESS_LEAVING = replace(R1, leaving=tuple(0.9 * h for h in R1.leaving), agency_leaving=0.9 * R1.agency_leaving)
MORE_APPOINTING = replace(R1, appointing=1.25 * R1.appointing)
SIX_MORE_POSTS = replace(
    R1, teams=tuple(replace(t, posts=t.posts + 6) if t.name == "Child Protection A" else t for t in R1.teams)
)
"""Six more posts to share the same arrivals, opening by the same rule."""
A_SEVENTH_TEAM = replace(R1, teams=(*R1.teams, Team("Without Cases", 24, 0.1, arrivals=0.0, cases_at_start=0)))


@dataclass(frozen=True)
class Rates:
    """What multiplies the rates in each draw, shape (D,): leaving, arrivals, closing and appointing."""

    leaving: NDArray[np.float64]
    arrivals: NDArray[np.float64]
    closing: NDArray[np.float64]
    appointing: NDArray[np.float64]

    def of(self, draws: NDArray[np.intp]) -> Rates:
        """The multipliers of some draws only."""
        return Rates(self.leaving[draws], self.arrivals[draws], self.closing[draws], self.appointing[draws])


CERTAIN = Rates(*np.ones((4, 1)))


DOUBT = {"leaving": 0.20, "arrivals": 0.10, "closing": 0.05, "appointing": 0.25}
"""R1u: standard deviation of the logarithm of each multiplier."""


def uncertain(draws: int, seed: int = SEED) -> Rates:
    """The shared design of R1u: each rate's normal at the midpoints of equal strata, shuffled by its name."""
    strata = {name: quantile_design(seed, name, draws) for name in DOUBT}
    normal = {name: np.array([NormalDist().inv_cdf(q) for q in strata[name]]) for name in DOUBT}
    return Rates(**{name: np.exp(deviation * normal[name]) for name, deviation in DOUBT.items()})


def uncertain_apart(draws: int, seed: int = SEED) -> Rates:
    """The same with independent normals, so that figures by draw are independent of one another."""
    words = Words(seed, np.arange(draws))
    return Rates(**{name: np.exp(deviation * words.normal("doubt", name)) for name, deviation in DOUBT.items()})


@dataclass(frozen=True)
class Outcome:
    """What a block of runs did.

    Attributes
    ----------
    leavers, agency, empty, over : array of int16 or int8, shape (M, T, R)
        By month and team.
    paid : array of int16, shape (M, 5, 2, R)
        Workers by band, agency last, and by funding: base, investment. Priced afterwards.
    histogram : array, shape (M, 64)
        Workers by caseload, all runs; 63 or more last.
    """

    leavers: NDArray[np.int8]
    agency: NDArray[np.int8]
    empty: NDArray[np.int8]
    over: NDArray[np.int8]
    paid: NDArray[np.int16]
    histogram: NDArray[np.int64]

    @property
    def runs(self) -> int:
        """The number of runs."""
        return int(self.paid.shape[-1])

    def cost(self) -> NDArray[np.float64]:
        """Pounds by month, pay type (permanent, agency), funding (base, investment) and run: counts times prices."""
        priced = self.paid * PAY[:, None, None]
        return np.stack([priced[:, :BANDS].sum(axis=1), priced[:, BANDS]], axis=1)


def joined(parts: list[Outcome]) -> Outcome:
    """The outcomes of several blocks side by side, in the order given."""
    counts = ("leavers", "agency", "empty", "over", "paid")
    return Outcome(
        **{name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in counts},
        histogram=np.sum([part.histogram for part in parts], axis=0),
    )
