"""What pays: budgets, approvals from each source, virements between them, and the reserve's other movements.

Amounts are positive here; the ledger gives the sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from workforce_model.basis.assumptions import Fault, Flag, Name, Pounds, PoundsEach, Share, Text, Whole, record
from workforce_model.basis.periods import FinancialYear, financial_year_start

DRAWN = "Drawn to meet these costs"
RESERVE_ENTRIES = (DRAWN, "opening balance", "closing balance", "committed, carried forward")
"""What every reserve table shows beside the stated movements."""

Source = Literal["base budget", "risk reserve", "MTFP growth", "grant"]
_BASE = ("base budget", "MTFP growth")
"""Growth is base budget once it is agreed: a virement moves money freely between the two."""


@record
class Budget:
    """A budget head: the posts and contracts charged to it, by name on the page."""

    label: Text
    cost_centre: Text | None = None


@record
class FundingLine:
    """An approval: so much a year from one source, for one budget.

    ``recurrent``: the last amount stated holds in every later year. ``at_establishment_cost``: the
    council's budget is not known and stands at the full cost of the budget's posts, vacancies
    included, less ``vacancy_factor`` for expected turnover; this must be obtained.
    ``carry_forward_until``: the last year that may still use what is unspent; without it, unspent
    one-off money goes back to where it came from at the year end.
    """

    budget: Name
    label: Text
    source: Source
    recurrent: Flag
    order: Whole
    amounts: dict[FinancialYear, Pounds] = field(default_factory=dict)
    at_establishment_cost: Flag = False
    vacancy_factor: Share = 0.0
    carry_forward_until: FinancialYear | None = None
    cost_centre: Text | None = None
    subjective_code: Text | None = None
    approved_by: Text

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        found = []
        if self.at_establishment_cost == bool(self.amounts):
            found.append(("amounts", "state amounts by year, or at_establishment_cost = true, one of the two"))
        if self.source == "risk reserve" and self.recurrent:
            found.append(("recurrent", "a reserve is one-off money; it cannot be recurrent"))
        if self.at_establishment_cost and self.source != "base budget":
            found.append(("at_establishment_cost", "only a base budget may stand at the cost of its posts"))
        if self.vacancy_factor and not self.at_establishment_cost:
            found.append(("vacancy_factor", "an amount stated in pounds has it taken off already"))
        if self.carry_forward_until is not None and self.recurrent:
            found.append(("carry_forward_until", "recurrent money comes again each year; only one-off money carries"))
        return found


@record
class Virement:
    """Approved budget moved from one funding line to another: a pair that sums to zero.

    Money keeps its source as it moves: reserve and grant are vired only to a line of the same source, so that what is
    spent of them is drawn from them and what is not goes back to them.
    ``recurrent``: the last amount stated moves in every later year too.
    """

    label: Text
    from_line: Name
    to_line: Name
    amounts: dict[FinancialYear, Pounds]
    recurrent: Flag
    approved_by: Text


@record
class ReserveMovement:
    """Money put into the reserve, or taken out of it for something outside this model."""

    label: Text
    direction: Literal["into", "out of"]
    amounts: dict[FinancialYear, Pounds]
    source: Text


@record
class Funding:
    """Budgets, their funding lines, virements between lines, and the reserve.

    ``reserve_opening_balance`` is that of 1 April of ``reserve_opens_in``, or of the first year in which an
    approval or a movement touches the reserve. Without it the reserve shows movements only.
    """

    budgets: dict[Name, Budget]
    lines: dict[Name, FundingLine]
    virements: dict[Name, Virement] = field(default_factory=dict)
    reserve_opening_balance: PoundsEach | None = None
    reserve_opens_in: FinancialYear | None = None
    reserve_movements: dict[Name, ReserveMovement] = field(default_factory=dict)
    reserve_may_overdraw: Flag = False

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        return [*self._lines_apart(), *self._virements_possible(), *self._movements_apart(), *self._reserve_holds()]

    def reserve_years(self) -> list[str]:
        """The years in which an approval or a stated movement touches the reserve, in order."""
        drawn = [line.amounts for line in self.lines.values() if line.source == "risk reserve"]
        stated = [*drawn, *(move.amounts for move in self.reserve_movements.values())]
        return sorted({year for amounts in stated for year in amounts}, key=financial_year_start)

    def _lines_apart(self) -> list[Fault]:
        found = []
        orders: dict[tuple[str, int], str] = {}
        for name, line in self.lines.items():
            if line.budget not in self.budgets:
                known = ", ".join(sorted(self.budgets))
                found.append((f"lines.{name}.budget", f"unknown budget {line.budget!r}; known: {known}"))
            first = orders.setdefault((line.budget, line.order), name)
            if first != name:
                found.append((f"lines.{name}.order", f"{first} already has order {line.order} for {line.budget}"))
        approvals: dict[tuple[str, str, str], str] = {}
        for name, line in self.lines.items():
            first = approvals.setdefault((line.source, line.approved_by, str(sorted(line.amounts.items()))), name)
            if first != name and line.amounts:
                rule = f"the same approval and amounts as {first}: a pound is used once"
                found.append((f"lines.{name}", f"{rule}; if it is a second approval, approved_by says which"))
        return found

    def _virements_possible(self) -> Iterator[Fault]:
        left = {
            (name, year): approved_amount(line, year) for name, line in self.lines.items() for year in self._years()
        }
        for name, virement in self.virements.items():
            place, known = f"virements.{name}", ", ".join(sorted(self.lines))
            for key in ("from_line", "to_line"):
                if getattr(virement, key) not in self.lines:
                    yield f"{place}.{key}", f"unknown funding line {getattr(virement, key)!r}; known: {known}"
            if virement.from_line == virement.to_line:
                yield f"{place}.to_line", "moves budget to the line it came from"
            giver, taker = self.lines.get(virement.from_line), self.lines.get(virement.to_line)
            if giver and taker and giver.source != taker.source and not {giver.source, taker.source} <= {*_BASE}:
                rule = f"{virement.to_line} is {taker.source} and {virement.from_line} is {giver.source}; money keeps its source"
                yield f"{place}.to_line", f"{rule}: give the budget a {giver.source} line"
            if giver is None or giver.at_establishment_cost:
                continue
            for year in self._years():
                left[virement.from_line, year] -= amount_in(virement.amounts, virement.recurrent, year)
                if left[virement.from_line, year] < 0:
                    short = -left[virement.from_line, year]
                    yield f"{place}.amounts", f"takes {short:,.2f} more than {virement.from_line} has in {year}"
                    break

    def _years(self) -> list[str]:
        """Every year an approval or a virement states, in order."""
        stated = [*(x.amounts for x in self.lines.values()), *(x.amounts for x in self.virements.values())]
        return sorted({year for amounts in stated for year in amounts}, key=financial_year_start)

    def _movements_apart(self) -> Iterator[Fault]:
        """Each movement is an entry of the reserve's table under its label, so no label may stand for two."""
        labels = dict.fromkeys(RESERVE_ENTRIES, "an entry of every reserve table")
        for name, movement in self.reserve_movements.items():
            first = labels.setdefault(movement.label, name)
            if first != name:
                yield f"reserve_movements.{name}.label", f"the same label as {first}"

    def _reserve_holds(self) -> Iterator[Fault]:
        years, opens = self.reserve_years(), self.reserve_opens_in
        if opens is not None and years and financial_year_start(years[0]) < financial_year_start(opens):
            yield "reserve_opens_in", f"the reserve is used in {years[0]}, before it opens"
        if self.reserve_opening_balance is None or self.reserve_may_overdraw:
            return
        drawn, opening = 0.0, self.reserve_opening_balance.value
        for year in years:
            drawn += sum(x.amounts.get(year, 0.0) for x in self.lines.values() if x.source == "risk reserve")
            drawn -= sum(moved_in(move, year) for move in self.reserve_movements.values())
            if drawn > opening:
                yield (
                    "reserve_opening_balance",
                    f"approvals draw {drawn:,.2f} by {year}; the reserve opens at {opening:,.2f}",
                )
                return


def amount_in(amounts: Mapping[str, float], recurrent: bool, year: str) -> float:
    """Pounds stated for a year; recurrent amounts repeat the last one stated."""
    if year in amounts:
        return amounts[year]
    before = [y for y in amounts if financial_year_start(y) < financial_year_start(year)]
    return amounts[max(before, key=financial_year_start)] if recurrent and before else 0.0


def moved_in(movement: ReserveMovement, year: str) -> float:
    """Pounds a stated movement puts into the reserve in a year; negative for what it takes out."""
    amount = movement.amounts.get(year, 0.0)
    return amount if movement.direction == "into" else 0.0 - amount


def approved_amount(line: FundingLine, year: str) -> float:
    """Pounds a funding line approves for a year; recurrent lines repeat their last stated amount.

    Examples
    --------
    >>> growth = FundingLine(budget="nine_posts", label="Growth", source="MTFP growth", recurrent=True, order=2,
    ...                      amounts={"2020/21": 375_000.0}, approved_by="KD4913")
    >>> [approved_amount(growth, year) for year in ("2019/20", "2020/21", "2022/23")]
    [0.0, 375000.0, 375000.0]
    """
    return amount_in(line.amounts, line.recurrent, year)


def available_amount(funding: Funding, name: str, year: str) -> float:
    """Pounds a line has for a year: what was approved, and what virements add to it or take from it."""
    moved = [(v, amount_in(v.amounts, v.recurrent, year)) for v in funding.virements.values()]
    return approved_amount(funding.lines[name], year) + sum(
        amount * ((v.to_line == name) - (v.from_line == name)) for v, amount in moved
    )
