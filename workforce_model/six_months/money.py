"""The finance officer's questions: outturn, the envelope, agency weeks ended, what is cashable, break-even conversions."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.accounts.benefits import (
    CASHABLE,
    OVERSPEND,
    benefits,
    cost_of_budget,
    difference_check,
    money_approved,
)
from workforce_model.basis.formats import capital, percent, pounds, thousands
from workforce_model.basis.periods import financial_year_start
from workforce_model.decisions.answers import QUESTIONS, Answer, not_defined
from workforce_model.engine.results import Results
from workforce_model.inputs.actuals import APART_SPEND
from workforce_model.reading.envelope import envelope_table, envelopes
from workforce_model.reading.measures import Spread, measured, spread
from workforce_model.reading.ranges import clear, count, money, negated
from workforce_model.reading.tables import reported_years
from workforce_model.six_months.runs import Figures, ReviewRuns

WEEKS_A_MONTH = 52 / 12
ALL = "all existing budgets"


def spend_and_outturn(runs: ReviewRuns) -> Answer:
    """Spend to date and forecast outturn of the year of the review, budget by budget, beside what was approved.

    The figure is the outturn of the budget under review. Variance is outturn less approval: positive is an overspend.
    """
    forecast, year = runs.forecast, runs.year
    months = runs.months_of(year)
    closed = months[np.isin(forecast.months[months], [] if runs.actuals is None else runs.actuals.months)]
    rows: list[tuple[object, ...]] = []
    totals = np.zeros((3, forecast.runs))
    for budget in forecast.budgets:
        spent, to_date = (cost_of_budget(forecast, budget, m) for m in (months, closed))
        approved = money_approved(forecast, budget, year)
        totals += np.array([spent, to_date, np.broadcast_to(approved, spent.shape)])
        rows.append(_outturn_row(runs, forecast.scenario.funding.budgets[budget].label, spent, to_date, approved))
    rows.append(_outturn_row(runs, "All budgets", *totals))
    columns = [
        "budget",
        "period",
        "unit",
        "approved",
        "spent_to_date",
        "still_to_come",
        "mean",
        "p10",
        "p90",
        "variance",
    ]
    table = pd.DataFrame(rows, columns=columns)
    mine = spread(cost_of_budget(forecast, runs.budget, months), forecast.draw)
    whole = spread(totals[0], forecast.draw)
    granted = float(money_approved(forecast, runs.budget, year).mean())
    spent_so_far = cost_of_budget(forecast, runs.budget, closed).mean()
    so_far = (
        _so_far(runs, year, float(spent_so_far)) if runs.through is not None else "what is spent to date is not known; "
    )
    left = granted - mine.mean
    sentence = (
        f"{capital(runs.budget_label)}: {so_far}the forecast outturn for {year} is {money(mine)}, against £{thousands(granted)}k approved: "
        f"{'£' + thousands(left) + 'k is left unspent' + _destination(runs, year) if left >= 0 else '£' + thousands(-left) + 'k more than approved'}, on average. "
        f"All budgets together: {money(whole)}."
    )
    return Answer(
        1, QUESTIONS[1][1], mine.mean, mine.p10, mine.p90, "GBP", sentence, table, partial(_outturn_chart, runs, table)
    )


def _so_far(runs: ReviewRuns, year: str, spent: float) -> str:
    """What the actuals say was spent, from when, and that what they do not have is modelled."""
    if runs.actuals is None:
        return ""
    months = runs.actuals.months
    since = "" if months[0] <= financial_year_start(year) else f"from {months[0]:%B %Y} on, "
    held_back = np.isnan(runs.actuals.series(f"{runs.budget}{APART_SPEND}")[1:]).any() and any(f"{runs.budget}{APART_SPEND}" in c for c in runs.actuals.figures.values())  # fmt: skip
    modelled = " (months not available as modelled)" if held_back else ""
    return f"{since}{pounds(spent)} was spent by the end of {runs.now:%B %Y}{modelled}; "


def _destination(runs: ReviewRuns, year: str) -> str:
    """What becomes of the money under review that is left at the year's end: carried forward, or given back."""
    ledger, stated = runs.forecast.ledger, runs.forecast.scenario.funding.lines
    y = list(dict.fromkeys(runs.forecast.years)).index(year)
    mine = [(i, stated[name]) for i, name in enumerate(ledger.lines) if stated[name].budget == runs.budget and ledger.unspent[y, i].any()]  # fmt: skip
    said = dict.fromkeys(
        "is carried forward" if ledger.carries[y, i] else "returns to the council as an underspend" if line.recurrent else f"goes back to the {line.source}"
        for i, line in mine
    )  # fmt: skip
    return f" and {' or '.join(said)}" if said else ""


def _outturn_chart(runs: ReviewRuns, table: pd.DataFrame, ax: Any = None) -> Any:
    from workforce_model.charts.review import outturn_of_budgets

    return outturn_of_budgets(runs, table, ax=ax)


def _outturn_row(
    runs: ReviewRuns, label: str, spent: Figures, to_date: Figures, approved: Figures
) -> tuple[object, ...]:
    s, known = spread(spent, runs.forecast.draw), runs.through is not None
    paid = float(to_date.mean()) if known else math.nan
    granted = float(approved.mean())
    return label, runs.year, "GBP", granted, paid, s.mean - paid, s.mean, s.p10, s.p90, s.mean - granted


def full_year_cost(runs: ReviewRuns) -> Answer:
    """What the posts cost in a full year, all filled, and whether the approval is enough for them."""
    scenario, budget = runs.forecast.scenario, runs.budget
    if budget not in envelopes(scenario, at="value"):
        return not_defined(2, "no budget has both posts created while the clock runs and an approval")
    low, central, high = (envelopes(scenario, at=end)[budget] for end in ("low", "value", "high"))
    drawn = envelopes(scenario, seed=runs.forecast.seed)[budget]
    cost, approved = float(central.cost_first_year[0]), central.approved_first_year
    p10, p90 = (float(x) for x in np.quantile(drawn.cost_first_year, (0.1, 0.9)))
    enough = float((drawn.cost_first_year <= approved).mean())
    verdict = (
        f"more than the £{thousands(approved)}k approved, by £{thousands(cost - approved)}k"
        if cost > approved
        else f"within the £{thousands(approved)}k approved"
    )
    sentence = (
        f"All {central.posts} posts filled for twelve months cost £{thousands(cost)}k at central prices [{thousands(p10)} to {thousands(p90)}; "
        f"{thousands(float(low.cost_first_year[0]))} with every price at its low end, {thousands(float(high.cost_first_year[0]))} at its high], {verdict}; "
        f"{central.pays_for()}. "
        f"The chance that it is enough for a full year is {percent(enough)}."
    )
    table = envelope_table(scenario, runs.forecast.seed)
    return Answer(
        2,
        QUESTIONS[2][1],
        cost,
        p10,
        p90,
        "GBP a year",
        sentence,
        table,
        partial(_envelope_chart, runs.forecast, budget),
    )


def _envelope_chart(results: Results, budget: str, ax: Any = None) -> Any:
    from workforce_model.charts import cost_against_envelope

    return cost_against_envelope(results, budget, ax=ax)


def agency_weeks_ended(runs: ReviewRuns) -> Answer:
    """Weeks of agency above establishment that new posts ended, and how much agency of every kind fell against doing nothing.

    Gross counts every week of a contract left when a starter took its work over; net is all agency weeks less those
    of doing nothing with the same luck, where some of those workers would have left anyway and cover goes on.
    """
    base, option = runs.nothing, runs.plan
    gross = _displaced_fte(option) - _displaced_fte(base)
    fewer = _agency_fte(base) - _agency_fte(option)
    rows, found = [], {}
    for year, months in reported_years(option).items():
        weeks = [spread(WEEKS_A_MONTH * fte[months + 1].sum(axis=0), option.draw) for fte in (gross, fewer)]
        found[year] = weeks
        rows += [
            (year, what, "FTE weeks", s.mean, s.p10, s.p90, s.error)
            for what, s in zip(("gross", "net"), weeks, strict=True)
        ]
    table = pd.DataFrame(rows, columns=["period", "measure", "unit", "mean", "p10", "p90", "mc_error"])
    ended, net = found[runs.next_year]
    net_words = (
        f"net of those who would have gone anyway, and with all cover counted, {count(net)} fewer"
        if net.mean >= 0
        else f"but with all cover counted {count(net)} fewer, which is more agency, not less"
    )
    if not clear(net):
        net_words = (
            f"net, with all cover counted, the {count(net)} fewer cannot be told from no difference with these runs"
        )
    sentence = (
        f"In {runs.next_year} the posts end {count(ended)} FTE weeks of agency above establishment, gross; {net_words}. "
        f"{_counted_from(runs)}How far a starter ends agency is an assumption, not a finding."
    )
    return Answer(4, QUESTIONS[4][1], net.mean, net.p10, net.p90, "FTE weeks a year", sentence, table)


def _counted_from(runs: ReviewRuns) -> str:
    """That what was ended before the cut-off is not told, where posts were filled by then."""
    if (
        runs.through is None
        or not measured(runs.plan, "in_post_fte")[runs.at + 1].sum()
        > measured(runs.nothing, "in_post_fte")[runs.at + 1].sum()
    ):
        return ""
    return f"Counted from {runs.now + 1:%B %Y} on: what the posts filled by then had ended is in the agency reported, not told apart. "


def _agency_fte(results: Results) -> Figures:
    """Agency of every kind but commissioned teams, FTE by month and run."""
    return measured(results, "agency_cover_fte") + measured(results, "agency_additional_fte")


def _displaced_fte(results: Results) -> Figures:
    """FTE of contracts above establishment ended before their last month, for as long as they would have run."""
    fte = np.zeros((len(results.months) + 1, results.runs))
    for name, contract in results.scenario.workforce.agency.items():
        if contract.kind == "additional":
            last = int((contract.last_month - results.months[0]).n) + 1
            ended = results.history.staff["agency_ended"][:, results.posts.groups.index(name)].astype(float)
            ended[last + 1 :] = 0.0
            running = ended.cumsum(axis=0)
            running[last + 1 :] = 0.0
            fte += contract.fte * running
    return fte


def what_is_cashable(runs: ReviewRuns) -> Answer:
    """What each existing budget no longer spends, in lines that are never added together."""
    lines = benefits(runs.nothing, runs.plan, baseline="forecast")
    mine = lines[lines["financial_year"] == runs.next_year]
    months = runs.months_of(runs.next_year)
    cashable = _line(runs, months, within=True)
    reduces = _line(runs, months, within=False)
    totals = [(runs.plan.scenario.name, runs.next_year, ALL, ALL, kind, "GBP", s.mean, s.p10, s.p50, s.p90, s.error) for kind, s in ((CASHABLE, cashable), (OVERSPEND, reduces))]  # fmt: skip
    together = pd.DataFrame(totals, columns=lines.columns)
    table = together if lines.empty else pd.concat([together, lines], ignore_index=True)
    whose = ", ".join(dict.fromkeys(mine[mine["kind"] == CASHABLE]["whose"])) or "no budget"
    check = difference_check(runs.nothing, runs.plan)
    twice = (
        "nothing is counted twice: each pound lies in one line, and in every run the change in cost is the change in money used and in the gap"
        if check.status == "passed"
        else "the check that nothing is counted twice FAILED"
    )
    said = (
        f"{money(negated(cashable))} is cashable in {runs.next_year} (in: {whose.lower()})"
        if clear(cashable)
        else f"nothing is cashable in {runs.next_year} beyond the Monte Carlo error"
    )
    if clear(cashable) and cashable.mean > 0:
        said = f"nothing is cashable in {runs.next_year}: existing budgets spend {money(cashable)} more"
    over = ", ".join(dict.fromkeys(mine[(mine["kind"] == OVERSPEND) & (mine["mean"] < 0)]["whose"]))
    other = (
        f"{money(negated(reduces))} only reduces a forecast overspend (in: {over.lower()})"
        if clear(reduces) and reduces.mean < 0
        else "no forecast overspend is reduced beyond the Monte Carlo error"
    )
    sentence = f"{capital(said)}; {other}; {twice}. The lines are never added together."
    return Answer(
        5,
        QUESTIONS[5][1],
        -cashable.mean + 0.0,
        -cashable.p90 + 0.0,
        -cashable.p10 + 0.0,
        "GBP saved a year",
        sentence,
        table,
    )


def _line(runs: ReviewRuns, months: Any, *, within: bool) -> Spread:
    """The change, within or above the money approved, of all the budgets that do nothing has; savings negative."""
    change = np.zeros(runs.plan.runs)
    for budget in runs.nothing.budgets:
        approved = money_approved(runs.nothing, budget, runs.next_year)
        before, after = (cost_of_budget(r, budget, months) for r in (runs.nothing, runs.plan))
        change += (
            np.minimum(after, approved) - np.minimum(before, approved)
            if within
            else np.maximum(after - approved, 0) - np.maximum(before - approved, 0)
        )
    return spread(change, runs.plan.draw)
