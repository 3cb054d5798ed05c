"""The way through the house for one block of runs: people, cases, pounds, funding, checks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Words
from workforce_model.basis.periods import financial_year
from workforce_model.engine.checks import Check, check_block
from workforce_model.engine.history import History
from workforce_model.engine.known_months import with_known_people, with_known_spend
from workforce_model.engine.results import Block
from workforce_model.engine.simulation import simulate
from workforce_model.inputs.doubt import draw_values
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.costs import Values, monthly_prices
from workforce_model.money.funding import Ledger, approved_amount, fund
from workforce_model.money.monthly_bill import People, by_budget, price
from workforce_model.people.posts import Posts, lay_out


def run_block(
    scenario: Scenario, values: Values, approved: dict[str, NDArray[np.float64]], seed: int, runs: NDArray[np.int64]
) -> Block:
    """Play, price, fund and check one block of runs."""
    draws = next(iter(values.values())).size
    mine, draw = np.unique(runs % draws, return_inverse=True)
    here = {path: value[mine] for path, value in values.items()}
    words = Words(seed, runs)
    played = simulate(
        scenario.place, scenario.periods, scenario.workforce, scenario.caseloads, here, draw, words, scenario.actuals
    )
    posts = lay_out(scenario.workforce, scenario.periods.start)
    history = with_known_people(scenario, posts, played)
    cost, ledger, checks = price_and_fund(scenario, posts, history, here, draw, approved)
    return Block(runs=runs, history=history, cost=cost, ledger=ledger, checks=checks)


def price_and_fund(
    scenario: Scenario, posts: Posts, history: History, values: Values, draw: NDArray[np.intp],
    approved: dict[str, NDArray[np.float64]],
) -> tuple[NDArray[np.float64], Ledger, tuple[Check, ...]]:  # fmt: skip
    """The pounds of people and cases already played: what they cost (in known months, as reported), who paid, and whether it all adds up."""
    months = scenario.periods.months()
    years = tuple(financial_year(month) for month in months)
    budgets = tuple(sorted(scenario.funding.budgets))
    people = people_of(scenario, posts, history)
    modelled = price(people, months, scenario.costs, values, draw, budgets)
    cost = with_known_spend(scenario, posts, people, modelled, values, draw)
    ledger = fund(by_budget(cost), years, budgets, scenario.funding, approved)
    return cost, ledger, check_block(scenario, posts, history, cost, ledger)


def people_of(scenario: Scenario, posts: Posts, history: History) -> People:
    """What the price of a month needs: the people in post, by group, with their grade and budget.

    A conversion has no gap, so it falls within eight weeks of the assignment's end and owes the agency a fee, unless
    the agency's terms free it after so many months of service (``workforce.fee_free_months``).
    """
    groups = [scenario.workforce.posts.get(name) or scenario.workforce.agency[name] for name in posts.groups]
    contracts = scenario.workforce.agency
    commissioned = {name for name, group in contracts.items() if group.kind == "commissioned"}
    established = np.array([name in scenario.workforce.posts for name in posts.groups])
    return People(
        permanent=_whole(history.staff["permanent"])[1:],
        agency=(_whole(history.staff["agency"]) + history.people("stand_in") + history.people("on_notice"))[1:],
        started=_whole(history.staff["started"])[1:],
        converted=_whole(history.staff["converted"])[1:],
        fee_due=_whole(
            history.people("converted_in_fee_period" if scenario.workforce.fee_free_months else "converted")
        )[1:],
        replaced=history.staff["agency_ended"][1:] * established[:, None],
        fte=np.array([group.fte for group in groups]),
        grade=tuple(group.grade for group in groups),
        budget=tuple(group.budget for group in groups),
        commissioned=tuple(name if name in commissioned else None for name in posts.groups),
        contract_months=tuple(
            (contracts[name].last_month - contracts[name].first_month).n + 1 if name in contracts else None
            for name in posts.groups
        ),
    )


def _whole(counted: NDArray[Any]) -> NDArray[np.int16]:
    """Whole people: a known month holds the reported FTE in parts of people, whose cost is the reported one."""
    return counted if counted.dtype == np.int16 else np.rint(counted).astype(np.int16)


def approvals(scenario: Scenario) -> dict[str, NDArray[np.float64]]:
    """Pounds approved in each simulated financial year, by funding line."""
    years = [financial_year(month) for month in scenario.periods.months()]
    distinct = list(dict.fromkeys(years))
    lines = scenario.funding.lines
    standing = (
        draw_values(scenario, 0, doubt=False) if any(line.at_establishment_cost for line in lines.values()) else {}
    )
    return {
        name: np.array(
            [
                establishment_cost(scenario, standing, line.budget, year)
                * (1 - line.vacancy_factor) * years.count(year) / 12
                if line.at_establishment_cost
                else approved_amount(line, year)
                for year in distinct
            ]
        )
        for name, line in lines.items()
    }  # fmt: skip


def establishment_cost(scenario: Scenario, values: Values, budget: str, year: str) -> float:
    """Full-year cost of a budget's posts, all filled by permanent staff, with each assumption at its value."""
    posts = [group for group in scenario.workforce.posts.values() if group.budget == budget]
    return float(
        sum(
            12 * group.number * monthly_prices(scenario.costs, values, year, group.grade, group.fte)[0].sum()
            for group in posts
        )
    )
