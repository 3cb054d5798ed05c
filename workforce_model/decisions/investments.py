"""What further money can buy, as changes to a scenario by the whole unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workforce_model.basis.assumptions import UNITS, figures
from workforce_model.basis.periods import financial_year, month
from workforce_model.basis.problems import nearest
from workforce_model.inputs.doubt import draw_values
from workforce_model.inputs.scenario import Scenario, changed_throughout
from workforce_model.money.agency import WORKING_DAYS
from workforce_model.money.costs import monthly_prices

BUDGET = "further"
Changes = dict[str, Any]


@dataclass(frozen=True)
class Investment:
    """Something further money can buy, in whole units.

    Parameters
    ----------
    name : str
    unit : str
        What one unit is, in words.
    each_gbp : float
        Planned cost of one unit in a full year, at each price's value.
    buys : callable
        Takes a whole number of units and returns the changes to the scenario, as :meth:`Scenario.replace` takes them.
    most : int
        The most units that make sense.
    """

    name: str
    unit: str
    each_gbp: float
    buys: Callable[[int], Changes] = field(repr=False)
    most: int = 20

    def units_for(self, gbp: float) -> int:
        """How many whole units an amount a year pays for.

        Raises
        ------
        ValueError
            If the amount is negative, missing or infinite.

        Examples
        --------
        >>> Investment("post", "post", 51_889.22, lambda n: {}).units_for(150_000)
        2
        """
        amount = float(figures("gbp", gbp, UNITS["GBP"]))
        return self.most if self.each_gbp == 0 else min(int(amount // self.each_gbp), self.most)


def further_posts(scenario: Scenario, team: str, *, start: str, grade: str = "social_worker", role: str = "Social worker",
                  holds_cases: bool = True, fte: float = 1.0, name: str | None = None) -> Investment:  # fmt: skip
    """Further permanent posts in a team, created in a month and recruited to as others are.

    Raises
    ------
    ValueError
        If the scenario has no such team or grade, or its clock ends before the start.
    """
    for what, name_given, known in (("team", team, scenario.workforce.teams), ("grade", grade, scenario.costs.grades)):
        if name_given not in known:
            raise ValueError(f"further_posts: no {what} {name_given!r}{nearest(name_given, known)}")
    _refuse_after_the_clock(scenario, start)
    key = name or f"further_{team}"
    qualified = grade in {group.grade for group in scenario.workforce.posts.values() if group.qualified}
    values = draw_values(scenario, 0, doubt=False)
    each = 12 * float(monthly_prices(scenario.costs, values, financial_year(month(start)), grade, fte)[0].sum())

    def buys(units: int) -> Changes:
        if not units:
            return {}
        group = {"team": team, "role": role, "grade": grade, "number": units, "fte": fte, "holds_cases": holds_cases, "budget": BUDGET,
                 "qualified": qualified, "covered_by_agency": False, "created": start, "source": "Option for the review"}  # fmt: skip
        return {**_budget(), f"workforce.posts.{key}": group}

    label = scenario.workforce.teams[team].label
    return Investment(key, f"{role.lower()} post, {label.lower()}" + ("" if fte == 1 else f", {fte:g} FTE"), each, buys)


def further_commissioned_months(scenario: Scenario, contract: str) -> Investment:
    """Further months of a commissioned team after its last month, at what a month of its contract costs.

    A price by the day or a lump sum is for the whole contract, so its weeks, or the sum, grow with its months.

    Raises
    ------
    ValueError
        If the scenario has no commissioned team of that name with a price.
    """
    prices = scenario.costs.commissioned_team_price
    if contract not in prices or contract not in scenario.workforce.agency:
        raise ValueError(
            f"further_commissioned_months: no commissioned team {contract!r} with a price; known: {', '.join(sorted(prices))}"
        )
    stated, price = scenario.workforce.agency[contract], prices[contract]
    months = (stated.last_month - stated.first_month).n + 1
    whole, weeks = f"costs.commissioned_team_price.{contract}", f"costs.commissioned_team_weeks.{contract}"
    grows = {"GBP": whole, "GBP a day": weeks}.get(price.unit)
    each = price.value / (months if price.unit == "GBP" else 1)
    if price.unit == "GBP a day":
        days = WORKING_DAYS * scenario.costs.commissioned_team_weeks[contract].value
        each = stated.number.value * price.value * days / months

    def buys(units: int) -> Changes:
        if not units:
            return {}
        longer = (
            {}
            if grows is None
            else {grows: changed_throughout(scenario.assumptions()[grows], lambda x: x * (months + units) / months)}
        )
        return {**longer, f"workforce.agency.{contract}.last_month": str(stated.last_month + units)}

    return Investment(f"{contract}_longer", "further month of the commissioned team", each, buys,
                      int((scenario.periods.end - stated.last_month).n))  # fmt: skip


def conversion_campaign(scenario: Scenario, start: str, *, months: int = 6, acceptance: float = 0.05) -> Investment:
    """Asking agency workers of every team that has some to take permanent posts, for some months.

    It has no price of its own here: what it costs or saves is the premium of each worker who converts.

    Parameters
    ----------
    acceptance : float
        The share of those asked who accept in a month: a judgement, until a campaign has been tried.
    """
    _refuse_after_the_clock(scenario, start)
    covered = {group.team for group in scenario.workforce.posts.values() if group.covered_by_agency}
    teams = sorted(covered | {group.team for group in scenario.workforce.agency.values()})
    judged = {"source": "Option for the review: a judgement", "date": scenario.seen_from, "confidence": "low"}

    def buys(units: int) -> Changes:
        plan = {"first_month": start, "last_month": str(month(start) + months - 1), "teams": teams, "above_establishment": True,
                "least_months": {"value": 3.0, "unit": "months", **judged}, "source": "Option for the review",
                "acceptance": {"value": acceptance, "unit": "share a month", **judged}}  # fmt: skip
        return {"workforce.campaigns.further": plan} if units else {}

    return Investment("conversion_campaign", f"campaign of {months} months", 0.0, buys, most=1)


def retention_payments(scenario: Scenario, *, grade: str = "social_worker", each_head_gbp: float = 500.0,
                       effect_each: float = 0.025) -> Investment:  # fmt: skip
    """Paying every holder of a grade to stay, by so many pounds a head a year at a time, on top of what they are paid already.

    Parameters
    ----------
    each_head_gbp : float
        Pounds a year for each full-time holder, in one unit.
    effect_each : float
        How much of leaving one unit stops: a judgement. No trial was found, so nought is as defensible.

    Raises
    ------
    ValueError
        If no post is of that grade, or the effect is not a share below 1.
    """
    groups = {name: group for name, group in scenario.workforce.posts.items() if group.grade == grade}
    if not groups:
        held = {group.grade for group in scenario.workforce.posts.values()}
        raise ValueError(f"retention_payments: no posts of grade {grade!r}{nearest(grade, held)}")
    if not 0 <= effect_each < 1:
        raise ValueError(
            f"effect_each = {effect_each!r}: expected a share of leaving, from 0 to below 1 (2.5% is 0.025)"
        )
    costs, paid, stays = scenario.costs, scenario.costs.grades[grade].retention, scenario.workforce.retention_effect
    on_cost = 1 + costs.employer_ni_rate.value + costs.levy_rate.value
    on_cost += costs.pension_rate.value if costs.grades[grade].retention_pensionable else 0.0
    heads = sum(group.number * group.fte for group in groups.values())
    judged = {"source": "Option for the review: a judgement", "date": scenario.seen_from, "confidence": "low"}

    def buys(units: int) -> Changes:
        if not units:
            return {}
        effect = (stays.value if stays else 1.0) * (1 - units * effect_each)
        more = (paid.value if paid else 0.0) + units * each_head_gbp
        return {
            **{f"workforce.posts.{name}.retention_payment": True for name in groups},
            "workforce.retention_effect": {"value": effect, "unit": "multiplier", **judged},
            f"costs.grades.{grade}.retention": {"value": more, "unit": "GBP a year", **judged},
        }

    label = f"£{each_head_gbp:,.0f} a year to each {grade.replace('_', ' ')}"
    most = int(0.5 / effect_each) if effect_each else 20
    return Investment(f"retention_{grade}", label, heads * each_head_gbp * on_cost, buys, most=most)


def _refuse_after_the_clock(scenario: Scenario, start: str) -> None:
    if month(start) > scenario.periods.end:
        raise ValueError(
            f"start = {start}: expected a month up to {scenario.periods.end}, the last this scenario plays"
        )


def together(bought: Sequence[tuple[Investment, int]]) -> Changes:
    """The changes of several investments as one package."""
    return {path: value for one, units in bought for path, value in one.buys(units).items()}


def _budget() -> Changes:
    """A budget head for what is bought further, with no approval yet: its whole cost is a gap."""
    return {f"funding.budgets.{BUDGET}": {"label": "Further investment, not approved"}}
