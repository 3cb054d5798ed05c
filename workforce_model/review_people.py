"""Questions of people and cases: posts filled, who is over the limit, the agency team's end, changes of worker, turnover."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.answers import QUESTIONS, Answer
from workforce_model.formats import NOT_DEFINED, fte, percent, rounded
from workforce_model.measures import measured, spread
from workforce_model.ranges import clear, count, people, points, share
from workforce_model.results import Results
from workforce_model.review_runs import Figures, ReviewRuns, march
from workforce_model.tables import reported_years

ALL_GRADES, ALL_TEAMS = "all grades", "all teams"
SETTLED = 3
"""Months after the agency team ends at which its absence is read."""
FALL = 15.0 / 18.9
"""A fall in turnover from 18.9% to 15%, about one in five, as asked of the library's design."""
FALSE_ALARM = 0.05


def posts_filled(runs: ReviewRuns) -> Answer:
    """The posts of the budget under review filled by permanent staff, by what route, and when the rest will be."""
    forecast, at = runs.forecast, runs.at + 1
    groups = {name: forecast.posts.groups.index(name) for name in runs.groups}
    total = sum(forecast.scenario.workforce.posts[name].number for name in groups)
    filled = _heads(forecast, "permanent", groups.values())
    rows = [row for name, g in groups.items() for row in _posts_rows(runs, name, [g])]
    rows += _posts_rows(runs, "all posts", groups.values())
    table = pd.DataFrame(rows, columns=["posts", "measure", "period", "unit", "mean", "p10", "p90"])
    now, ends = spread(filled[at], forecast.draw), [spread(filled[runs.months_of(y)[-1] + 1], forecast.draw) for y in (runs.year, runs.next_year)]
    recruited, converted, gone = (_heads(forecast, x, groups.values())[1 : at + 1].sum(axis=0).mean() for x in ("started", "converted", "left"))
    route = f"{fte(recruited)} recruited, {fte(converted)} converted from agency" + (f", {fte(gone)} of them gone again" if gone else "")
    later = dict.fromkeys([f"{people(s)} by {march(y)}" for y, s in zip((runs.year, runs.next_year), ends, strict=True)])
    sentence = f"{people(now)} of the {total} posts are filled at the end of {runs.now}: {route}. Expected: {', '.join(later)}. {_all_filled(runs, filled, total)}"
    return Answer(3, QUESTIONS[3][1], now.mean, now.p10, now.p90, "posts", sentence, table, partial(_filled_chart, forecast, runs.budget))


def _heads(results: Results, name: str, groups: Any) -> Figures:
    return np.asarray(results.history.staff[name][:, list(groups)].sum(axis=1, dtype=float))


def _posts_rows(runs: ReviewRuns, name: str, groups: Any) -> list[tuple[object, ...]]:
    forecast, rows = runs.forecast, []
    places = {str(runs.now): runs.at, march(runs.year): runs.months_of(runs.year)[-1], march(runs.next_year): runs.months_of(runs.next_year)[-1]}
    for measure, kind in (("filled", "permanent"), ("recruited so far", "started"), ("converted so far", "converted"), ("left so far", "left")):
        figures = _heads(forecast, kind, groups)
        for period, place in places.items():
            figure = figures[place + 1] if kind == "permanent" else figures[1 : place + 2].sum(axis=0)
            s = spread(figure, forecast.draw)
            rows.append((name, measure, period, "posts", s.mean, s.p10, s.p90))
    return rows


def _all_filled(runs: ReviewRuns, filled: Figures, total: int) -> str:
    """When all posts are first filled at once, from the review on; "never" is an answer."""
    ahead = filled[runs.at + 1 :] >= total
    if ahead[0].all():
        return "All are filled."
    never = ~ahead.any(axis=0)
    last = runs.forecast.months[-1]
    if never.all():
        return f"All at once: never by {last} in any future played."
    first = np.where(never, len(ahead), ahead.argmax(axis=0))
    middle = int(np.quantile(first, 0.5, method="higher"))
    when = f"in half of futures by {runs.now + middle}" if middle < len(ahead) else f"in more than half of futures never by {last}"
    return f"All at once for the first time: {when}; never by then in {percent(float(never.mean()))}." if middle < len(ahead) else f"All at once: {when} ({percent(float(never.mean()))})."


def _filled_chart(results: Results, budget: str, ax: Any = None) -> Any:
    from workforce_model.charts import posts_filled as draw

    return draw(results, budget, ax=ax)


def over_the_limit(runs: ReviewRuns) -> Answer:
    """Workers at or over the caseload limit, by team and grade, now and at each March to come."""
    forecast, limit = runs.forecast, runs.forecast.scenario.caseloads.caseload_limit
    places = dict.fromkeys((runs.at, runs.months_of(runs.year)[-1], runs.months_of(runs.next_year)[-1]))
    rows = []
    for place in places:
        for team in (None, *sorted(forecast.scenario.caseloads.teams)):
            rows += _over_rows(forecast, team, place)
    columns = ["period", "team", "grade", "unit", "workers", "at_or_over", "mean", "p10", "p90"]
    table = pd.DataFrame(rows, columns=columns)
    now, later = (spread(measured(forecast, "share_at_or_over")[place + 1], forecast.draw) for place in (runs.at, [*places][-1]))
    by_team = table[(table["period"] == str(runs.now)) & (table["grade"] == ALL_GRADES) & (table["team"] != ALL_TEAMS)].sort_values("mean", ascending=False)
    said = ", ".join(f"{runs.team_label(str(t))} {percent(m)}" for t, m in zip(by_team["team"], by_team["mean"], strict=True))
    sentence = (
        f"At the end of {runs.now} {share(now)} of workers hold {limit} or more cases ({said}); forecast for "
        f"{march(runs.next_year)}: {share(later)}. {_by_grade_said(table, runs)}"
    )
    return Answer(7, QUESTIONS[7][1], now.mean, now.p10, now.p90, "share of workers", sentence, table, partial(_over_chart, runs, None))


def _over_rows(results: Results, team: str | None, place: int) -> list[tuple[object, ...]]:
    """One row for all grades and one for each; a grade's is not defined where only the team's count is known."""
    label, month = team or ALL_TEAMS, place + 1
    workers, over = (measured(results, x, team)[month] for x in ("workers", "workers_at_or_over"))
    parts = {grade: _of_grade(results, team, grade, month) for grade in _grades(results, team)}
    known = np.array_equal(sum(part[1] for part in parts.values()), over)
    rows = []
    for grade, (heads, heavy) in {ALL_GRADES: (workers, over), **parts}.items():
        known_here = known or grade == ALL_GRADES
        rate = np.divide(heavy, heads, out=np.full(heads.shape, np.nan), where=(heads > 0) & known_here)
        s = spread(rate, results.draw)
        rows.append((str(results.months[place]), label, grade, "share of workers", float(heads.mean()), float(heavy.mean()) if known_here else math.nan, s.mean, s.p10, s.p90))
    return rows


def _holders(results: Results, team: str | None) -> dict[str, str]:
    """The groups whose posts hold cases, each with its grade."""
    workforce, teams = results.scenario.workforce, results.scenario.caseloads.teams
    posts = {name: group for name, group in workforce.posts.items() if group.holds_cases}
    return {name: group.grade for name, group in {**posts, **workforce.agency}.items() if group.team in teams and team in (None, group.team)}


def _grades(results: Results, team: str | None) -> list[str]:
    return sorted(set(_holders(results, team).values()))


def _of_grade(results: Results, team: str | None, grade: str, month: int) -> tuple[Figures, Figures]:
    """Workers who take cases, and those at or over the limit, of a grade, by run."""
    mine = [results.posts.groups.index(name) for name, g in _holders(results, team).items() if g == grade]
    staff = results.history.staff
    heads = (staff["permanent"] + staff["agency"])[month, mine].sum(axis=0, dtype=float)
    return heads, staff["over_limit"][month, mine].sum(axis=0, dtype=float)


def _by_grade_said(table: pd.DataFrame, runs: ReviewRuns) -> str:
    mine = table[(table["team"] == ALL_TEAMS) & (table["grade"] != ALL_GRADES) & table["mean"].notna()]
    if mine.empty:
        return f"By grade: {NOT_DEFINED}."
    when = str(mine["period"].iloc[0] if str(runs.now) not in set(mine["period"]) else runs.now)
    parts = [f"{str(g).replace('_', ' ')} {percent(m)}" for g, m in mine[mine["period"] == when][["grade", "mean"]].itertuples(index=False)]
    return f"By grade in {when}: {', '.join(parts)}."


def _over_chart(runs: ReviewRuns, team: str | None, ax: Any = None) -> Any:
    from workforce_model.charts import share_at_or_over

    return share_at_or_over(runs.forecast, team, ax=ax)


def when_the_agency_team_ends(runs: ReviewRuns) -> Answer:
    """Caseloads of the team that an agency team stands in, before and after it ends.

    The agency team is the commissioned team that ends last, or agency above establishment where none is commissioned.
    """
    forecast = runs.forecast
    ending = _agency_team(forecast)
    if ending is None:
        table = pd.DataFrame(columns=["period", "team", "measure", "unit", "mean", "p10", "p90"])
        sentence = "No agency team ends while the clock runs, so what happens then is not defined."
        return Answer(8, QUESTIONS[8][1], math.nan, math.nan, math.nan, "share of workers", sentence, table)
    contract = forecast.scenario.workforce.agency[ending]
    last = int((contract.last_month - forecast.months[0]).n)
    after = min(last + SETTLED, len(forecast.months) - 1)
    over = measured(forecast, "share_at_or_over", contract.team)
    rows = [
        (str(forecast.months[m]), contract.team, name, unit, s.mean, s.p10, s.p90)
        for m in range(last, min(last + 2 * SETTLED, len(forecast.months) - 1) + 1)
        for name, unit in (("share_at_or_over", "share of workers"), ("caseload", "cases per FTE"), ("workers", "workers"), ("unallocated_cases", "cases"))
        for s in [spread(measured(forecast, name, contract.team)[m + 1], forecast.draw)]
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["period", "team", "measure", "unit", "mean", "p10", "p90"])
    before, then = (spread(over[m + 1], forecast.draw) for m in (last, after))
    change = spread(over[after + 1] - over[last + 1], forecast.draw)
    paired = measured(runs.plan, "share_at_or_over", contract.team)[after + 1] - measured(runs.nothing, "share_at_or_over", contract.team)[after + 1]
    money = spread(paired, runs.plan.draw)
    moved = points(change) if clear(change) else f"no change that the error can tell from nought ({points(change)})"
    effect = f"The posts make {points(money)} of difference by then." if clear(money) else "By then the posts make no difference beyond the Monte Carlo error."
    limit = forecast.scenario.caseloads.caseload_limit
    sentence = (
        f"{contract.role} ends after {contract.last_month}: of {runs.team_label(contract.team)} workers {share(before)} hold {limit} or more cases then and "
        f"{share(then)} in {forecast.months[after]}, {moved}. {effect}"
    )
    return Answer(8, QUESTIONS[8][1], then.mean, then.p10, then.p90, "share of workers", sentence, table, partial(_over_chart, runs, contract.team))


def _agency_team(results: Results) -> str | None:
    """The commissioned team that ends last before the last month, or the agency above establishment that does."""
    contracts = results.scenario.workforce.agency
    ending = {name: c for name, c in contracts.items() if results.months[0] <= c.last_month < results.months[-1]}
    return max(sorted(ending), key=lambda name: (ending[name].kind == "commissioned", str(ending[name].last_month)), default=None)


def changes_of_worker(runs: ReviewRuns) -> Answer:
    """Cases that changed worker because a worker went, and how many the money causes or avoids."""
    rows, found = [], {}
    for year, months in reported_years(runs.plan).items():
        pair = [measured(r, "changes_of_worker")[months + 1].sum(axis=0) for r in (runs.nothing, runs.plan)]
        expected = measured(runs.forecast, "changes_of_worker")[months + 1].sum(axis=0)
        found[year] = spread(expected, runs.forecast.draw), spread(pair[1] - pair[0], runs.plan.draw)
        for name, s in (("forecast", found[year][0]), ("do nothing", spread(pair[0], runs.plan.draw)), ("caused by the money, avoided if negative", found[year][1])):
            rows.append((year, name, "changes of worker", s.mean, s.p10, s.p90, s.error))
    table = pd.DataFrame(rows, columns=["period", "measure", "unit", "mean", "p10", "p90", "mc_error"])
    expected, money = found[runs.next_year]
    size = count(money if money.mean > 0 else type(money)(-money.mean, -money.p90, -money.p50, -money.p10, money.error, money.runs))
    said = f"the money {'causes' if money.mean > 0 else 'avoids'} {size} of them" if clear(money) else f"the money makes no difference beyond the Monte Carlo error ({count(money)})"
    why = " More workers are more who may go, and agency workers ended pass their cases on." if clear(money) and money.mean > 0 else ""
    sentence = f"In {runs.next_year} {count(expected)} cases change worker because a worker goes; against doing nothing {said}.{why}"
    return Answer(11, QUESTIONS[11][1], money.mean, money.p10, money.p90, "changes of worker a year", sentence, table)


def turnover_or_luck(runs: ReviewRuns) -> Answer:
    """Leavers to date beside what luck and doubt alone give, and how large a fall these months could have shown."""
    plan, first = runs.plan, int((runs.plan.scenario.periods.report_from - runs.plan.months[0]).n)
    window = np.arange(first, runs.at + 1) + 1
    foreseen = _leavers(plan)[window].sum(axis=0)
    by_luck = spread(foreseen, plan.draw)
    power = chance_of_telling(foreseen, FALL)
    span = f"{plan.months[first]} to {runs.now}"
    teller = f"A fall of one in five (18.9% to 15%) would be told from luck in {percent(power)} of such histories, at a false alarm rate of {percent(FALSE_ALARM)}."
    if runs.through is None:
        figure, said = by_luck.mean, f"From {span} luck and doubt alone give {count(by_luck)} leavers."
    else:
        figure = float(_leavers(runs.forecast)[window].sum(axis=0).mean())
        as_few = float((foreseen <= figure + 0.5).mean())
        verdict = "fewer than luck and doubt explain" if as_few <= FALSE_ALARM else "no more than luck and doubt explain" if figure < by_luck.mean else "not fewer than expected"
        said = f"{rounded(figure)} left from {span}, where the plan foresaw {count(by_luck)}: as few or fewer come in {percent(as_few)} of its futures, so this is {verdict}."
    low = least_told(foreseen)
    least = f"Only {low} leavers or fewer would be." if low >= 0 else "Not even none at all would be."
    table = pd.DataFrame(
        [
            (span, "leavers", "people", figure, math.nan, math.nan),
            (span, "leavers by luck and doubt alone", "people", by_luck.mean, by_luck.p10, by_luck.p90),
            (span, "most leavers that are fewer than luck explains", "people", low if low >= 0 else math.nan, math.nan, math.nan),
            (span, "chance of telling a fall from 18.9% to 15%", "chance", power, math.nan, math.nan),
        ],
        columns=["period", "measure", "unit", "mean", "p10", "p90"],
    )
    return Answer(16, QUESTIONS[16][1], figure, by_luck.p10, by_luck.p90, "leavers", f"{said} {least} {teller}", table)


def _leavers(results: Results) -> Figures:
    """Permanent staff who left, people by month and run."""
    established = [i for i, name in enumerate(results.posts.groups) if name in results.scenario.workforce.posts]
    return _heads(results, "left", established)


def least_told(leavers: Figures, false_alarm: float = FALSE_ALARM) -> int:
    """The most leavers that luck alone gives, or fewer, no oftener than the false alarm rate; -1 where none are.

    Examples
    --------
    >>> least_told(np.array([4.0] * 5 + [10.0] * 95)), least_told(np.array([0.0] * 10 + [10.0] * 90))
    (9, -1)
    """
    counts = np.arange(-1, int(leavers.max(initial=0)) + 1)
    chances = (leavers[None] <= counts[:, None]).mean(axis=1)
    return int(counts[np.flatnonzero(chances <= false_alarm)[-1]])


def chance_of_telling(leavers: Figures, ratio: float, false_alarm: float = FALSE_ALARM) -> float:
    """The chance that leavers cut to a ratio fall where luck alone would put them no oftener than the false alarm rate.

    Parameters
    ----------
    leavers : array, shape (R,)
        Leavers in each future with turnover as it was. Each stays away from leaving with chance one less the ratio.
    ratio : float
        Turnover after over turnover before.
    """
    from scipy.stats import binom

    return float(binom.cdf(least_told(leavers, false_alarm), np.rint(leavers).astype(int), ratio).mean())
