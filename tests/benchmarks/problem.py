"""The reference problem in numbers: teams, rates and opening posts. Every engine reads it from here."""

from __future__ import annotations

from dataclasses import dataclass, replace

MONTHS = 36
TOP_BAND = 3
OPENING_CASELOAD = 16
HIGH_CASELOAD = 21
FREE_CASELOAD = 15
INVESTMENT_POSTS = 2
"""The last posts of each team, paid from the investment."""

BAND_COST_GBP = (3900, 4200, 4600, 5000)
AGENCY_COST_GBP = 7400

PERMANENT, AGENCY, EMPTY = 0, 4, 8
"""States 0 to 11: P(b) = 0 + b, A(l) = 4 + l, E(l) = 8 + l."""

OPENING_STATES = (0, 2, 3, 4, 1, 3, 2, 8, 1, 3, 0, 2)
"""P(0) P(2) P(3) A(0) P(1) P(3) P(2) E(0) P(1) P(3) P(0) P(2), repeated over a team's posts."""


@dataclass(frozen=True)
class Team:
    """A team: its posts, its monthly chance that a case closes, and its new cases a month."""

    name: str
    posts: int
    closing: float
    arrivals: float
    opening_caseload: int = OPENING_CASELOAD


def _team(name: str, posts: int, closing: float) -> Team:
    return Team(name, posts, closing, OPENING_CASELOAD * closing * posts)


TEAMS = (
    _team("Assessment A", 36, 0.30),
    _team("Assessment B", 30, 0.30),
    _team("Child Protection A", 36, 0.11),
    _team("Child Protection B", 30, 0.11),
    _team("Looked After A", 24, 0.045),
    _team("Looked After B", 24, 0.045),
)


@dataclass(frozen=True)
class Rates:
    """Monthly chances, the same in every team; :func:`uncertain` multiplies four of them."""

    leaving: tuple[float, ...] = (0.020, 0.016, 0.011, 0.007)
    agency_leaving: float = 0.06
    rising: tuple[float, ...] = (1 / 12, 1 / 12, 1 / 36, 0.0)
    converting: float = 0.04
    appointing: float = 0.08
    covering: float = 0.18
    direct_share: float = 0.8
    knee: int = FREE_CASELOAD
    slope: float = 0.06


@dataclass(frozen=True)
class Problem:
    """R1, or R1u where ``draws`` is not 0: so many draws of the rates, run i taking draw i mod draws."""

    teams: tuple[Team, ...] = TEAMS
    rates: Rates = Rates()
    months: int = MONTHS
    draws: int = 0

    def with_rates(self, **changes: object) -> Problem:
        """The same problem with some rates changed."""
        return replace(self, rates=replace(self.rates, **changes))  # type: ignore[arg-type]


SPREADS = {"leaving": 0.20, "arrivals": 0.10, "closing": 0.05, "appointing": 0.25}
"""R1u: each run's rates are multiplied by exp(spread x standard normal)."""

R1 = Problem()
R1U = Problem(draws=64)
"""A shared design of 64 draws, for speed; agreement is judged on as many draws as runs allow."""
