"""What a paper is about: one scenario beside the baseline, and how differences between them are put into words.

A difference is called one only where its Monte Carlo error lets it be; otherwise the words say so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from workforce_model.accounts.statements import SIGNS
from workforce_model.basis.formats import rounded
from workforce_model.inputs.scenario import Scenario
from workforce_model.paper.pages import Table
from workforce_model.paper.published import Published
from workforce_model.paper.quoting import Printer, Quotes, plain
from workforce_model.reading.envelope import proposed_budget
from workforce_model.reading.outcomes import reported
from workforce_model.reading.tables import ALL_ROLES

MORE_LESS, HIGHER_LOWER, MORE_FEWER = ("more", "less"), ("higher", "lower"), ("more", "fewer")
EXACT = "Shown parts add to every total."
NOT_EXACT = "Each figure is rounded once from the ledger, so shown parts may not add exactly to a total."
Sum = tuple[int, Sequence[int]]
"""A total's row and the rows of its parts, in a table of the page."""


@dataclass(frozen=True)
class Proposal:
    """A run, the scenario proposed, and the figures quoted so far."""

    run: Published
    scenario: Scenario
    quote: Quotes

    @property
    def base(self) -> Scenario:
        """The baseline."""
        return self.run.base

    @property
    def compared(self) -> bool:
        """Whether the proposal stands beside another baseline, run by run."""
        return bool(self.quote.rows("differences", scenario=self.scenario.name))

    @cached_property
    def budget(self) -> str | None:
        """The budget whose posts are proposed, where there is one that the baseline lacks."""
        return proposed_budget(self.scenario, self.base)

    @property
    def label(self) -> str:
        """The proposed posts, as the budget names them."""
        return self.scenario.funding.budgets[self.budget].label if self.budget else ""

    @property
    def posts_named(self) -> str:
        """The proposed posts within a sentence."""
        return f"{self.label[:1].lower()}{self.label[1:]}{',' if ',' in self.label else ''}"

    @property
    def posts(self) -> str:
        """How many posts are proposed."""
        keys = {"scenario": self.scenario.name, "budget": self.budget, "role": ALL_ROLES, "period": self.years[0]}
        return self.quote(whole, "posts_filled", "posts", **keys)

    @cached_property
    def years(self) -> tuple[str, ...]:
        """The financial years reported."""
        return reported(self.scenario)

    @property
    def second(self) -> str:
        """The second reported year, the first full one."""
        return self.years[min(1, len(self.years) - 1)]

    @property
    def limit(self) -> int:
        """The caseload that is over."""
        return self.scenario.caseloads.caseload_limit

    @cached_property
    def team(self) -> str:
        """The team whose share over the limit the proposal changes most; alone, the team with the most over."""
        teams = sorted(self.scenario.caseloads.teams)
        keys = {"measure": "share_at_or_over", "period": self.second}

        def size(team: str) -> float:
            there = {"outcome": "share_at_or_over", "team": team, "period": self.second, "scenario": self.scenario.name}
            if self.quote.has("differences", **there):
                return abs(self.quote.value("differences", "difference", **there))
            return 0.0 if self.compared else self.quote.value("annual", scenario=self.scenario.name, team=team, **keys)

        return max(teams, key=size)

    def team_label(self, team: str | None = None) -> str:
        """A team's name; the proposal's own team if not given."""
        return self.scenario.workforce.teams[team or self.team].label

    def changed(
        self, outcome: str, words: tuple[str, str], how: Printer, period: str, *, team: str = "council",
        scenario: str | None = None, brief: bool = False,
    ) -> str:  # fmt: skip
        """How an option differs from the baseline: ``£85k more (range £42k to £133k)``, or that these runs cannot tell.

        ``brief``: as a cell of a table, ``£85k more [£42k to £133k]``.
        """
        keys = {"scenario": scenario or self.scenario.name, "outcome": outcome, "team": team, "period": period}
        size, error = (self.quote.value("differences", column, **keys) for column in ("difference", "mc_error"))
        if not size and not error:
            return "none" if brief else "no different"
        if brief and self.quote.word("differences", "clear", **keys) != "yes":
            return "not clear of error"
        if self.quote.word("differences", "clear", **keys) != "yes":
            runs = self.quote.value("differences", "runs_to_separate", **keys)
            enough = (
                "more runs alone would not settle it"
                if runs != runs
                else f"about {self.quote(whole, 'differences', 'runs_to_separate', **keys)} runs would be needed"
            )
            return f"not clearly different: these runs cannot separate it from no change ({enough})"
        mean = f"{self.quote(how, 'differences', 'difference', **keys)} {words[size < 0]}"
        low, high = (self.quote.value("differences", column, **keys) for column in ("p10", "p90"))
        if low == high:
            return mean
        if low > 0 or high < 0:
            near, far = ("p10", "p90") if low > 0 else ("p90", "p10")
            ends = [self.quote(_bare(how), "differences", near, **keys), self.quote(how, "differences", far, **keys)]
            return f"{mean} [{ends[0]} to {ends[1]}]" if brief else f"{mean} (range {ends[0]} to {ends[1]})"
        ends = [self.quote(how, "differences", column, **keys) for column in ("p10", "p90")]
        said = [f"{end} {words[x < 0]}" if x else "no change" for end, x in zip(ends, (low, high), strict=True)]
        return f"{mean} [{said[0]} to {said[1]}]" if brief else f"{mean} (range {said[0]} to {said[1]})"

    def is_clear(self, outcome: str, period: str, *, team: str = "council", scenario: str | None = None) -> bool:
        """Whether the difference is more than its error can explain."""
        keys = {"scenario": scenario or self.scenario.name, "outcome": outcome, "team": team, "period": period}
        return self.quote.has("differences", **keys) and self.quote.word("differences", "clear", **keys) == "yes"

    def source(self, table: str) -> str:
        """The last words of a table's note: the run and the file."""
        return f"Source: workforce_model, run {self.run.run_id}, {table}.csv; seen from {self.scenario.seen_from:%-d %B %Y}."

    def money_table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], file: str, *, sums: Sequence[Sum] = (),
        note: str = "",
    ) -> Table:  # fmt: skip
        """A table in £000 with its sign rule, whether its parts add up as printed, and its source."""
        adding = [] if not sums else [EXACT if adds_up(rows, sums) else NOT_EXACT]
        return Table(
            title=title,
            columns=("£000", *columns),
            rows=tuple(tuple(row) for row in rows),
            note=" ".join([SIGNS, *adding, *([note] if note else []), self.source(file)]),
            strong=frozenset(total for total, _ in sums),
        )


def _bare(how: Printer) -> Printer:
    """A printer without its unit in words, for the first end of a range."""
    return lambda value: how(value).removesuffix("s").removesuffix(" point")


def adds_up(rows: Sequence[Sequence[str]], sums: Sequence[Sum]) -> bool:
    """Whether every total, as printed, is the sum of its parts as printed, in every column of figures.

    Examples
    --------
    >>> adds_up([["Pay", "77"], ["Fees", "20"], ["Total", "97"]], [(2, (0, 1))])
    True
    >>> adds_up([["Pay", "<1"], ["Fees", "20"], ["Total", "20"]], [(1, (0,))])
    False
    """
    figures = [[_printed(cell) for cell in row[1:]] for row in rows]
    for total, parts in sums:
        for column, expected in enumerate(figures[total]):
            found = [figures[part][column] for part in parts]
            if expected is None or None in found or sum(x for x in found if x is not None) != expected:
                return False
    return True


def _printed(cell: str) -> int | None:
    """A whole number as printed, brackets negative; None where it is not one, such as ``<1``."""
    text = plain(cell).replace(",", "")
    if re.fullmatch(r"\(\d+\)", text):
        return -int(text[1:-1])
    return int(text) if text.isdecimal() else None


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def whole(value: float) -> str:
    """A figure without decimals."""
    return f"{rounded(value):,}"


def march(year: str) -> str:
    """The month at the end of a financial year.

    Examples
    --------
    >>> march("2020/21")
    'March 2021'
    """
    return f"March {int(year[:4]) + 1}"


def short(scenario: Scenario) -> str:
    """A scenario's name in words, as charts label it."""
    words = scenario.name.replace("_", " ")
    return words[0].upper() + words[1:]
