"""Questions of people and cases: posts filled, who is over the limit, the agency team's end, changes of worker, turnover."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.basis.formats import fte, percent
from workforce_model.basis.periods import march
from workforce_model.decisions.answers import QUESTIONS, Answer
from workforce_model.engine.results import Results
from workforce_model.reading.measures import measured, spread
from workforce_model.reading.ranges import clear, count, negated, people
from workforce_model.reading.tables import reported_years
from workforce_model.six_months.runs import Figures, ReviewRuns


def posts_filled(runs: ReviewRuns) -> Answer:
    """The posts of the budget under review filled by permanent staff, by what route, and when the rest will be."""
    forecast, at = runs.forecast, runs.at + 1
    groups = {name: forecast.posts.groups.index(name) for name in runs.groups}
    total = sum(forecast.scenario.workforce.posts[name].number for name in groups)
    filled = people_of(forecast, "permanent", groups.values())
    rows = [row for name, g in groups.items() for row in _posts_rows(runs, name, [g])]
    rows += _posts_rows(runs, "all posts", groups.values())
    table = pd.DataFrame(rows, columns=["posts", "measure", "period", "unit", "mean", "p10", "p90"])
    now, ends = (
        spread(filled[at], forecast.draw),
        [spread(filled[runs.months_of(y)[-1] + 1], forecast.draw) for y in (runs.year, runs.next_year)],
    )
    route = _route_said(forecast, groups.values(), runs.at)
    later = dict.fromkeys(
        [f"{people(s)} by {march(y)}" for y, s in zip((runs.year, runs.next_year), ends, strict=True)]
    )
    there = (
        f"{people(now)} of the {total} posts are filled at the end of {runs.now:%B %Y}: {route}"
        if now.p90 or now.mean
        else f"None of the {total} posts is filled at the end of {runs.now:%B %Y}"
    )
    sentence = f"{there}. Expected: {', '.join(later)}. {_all_filled(runs, filled, total)}"
    return Answer(
        3,
        QUESTIONS[3][1],
        now.mean,
        now.p10,
        now.p90,
        "posts",
        sentence,
        table,
        partial(_filled_chart, forecast, runs.budget),
    )


def people_of(results: Results, name: str, groups: Any) -> Figures:
    """People of some post groups by month and run: who holds the posts, who started, converted or left."""
    return np.asarray(results.history.people(name)[:, list(groups)].sum(axis=1, dtype=float))


def _posts_rows(runs: ReviewRuns, name: str, groups: Any) -> list[tuple[object, ...]]:
    forecast = runs.forecast
    rows: list[tuple[object, ...]] = []
    places = {
        f"{runs.now:%B %Y}": runs.at,
        march(runs.year): runs.months_of(runs.year)[-1],
        march(runs.next_year): runs.months_of(runs.next_year)[-1],
    }
    for measure, kind in (
        ("filled", "permanent"),
        ("recruited so far", "started"),
        ("converted so far", "converted"),
        ("left so far", "left"),
    ):
        figures = people_of(forecast, kind, groups)
        for period, place in places.items():
            figure = figures[place + 1] if kind == "permanent" else figures[1 : place + 2].sum(axis=0)
            told = kind == "permanent" or _route_told(forecast, groups, place)
            s = spread(figure if told else np.full(forecast.runs, np.nan), forecast.draw)
            rows.append((name, measure, period, "posts", s.mean, s.p10, s.p90))
    return rows


def _route_told(results: Results, groups: Any, place: int) -> bool:
    """Whether those who came and went make up who is there: not where actuals report a budget's posts and not their starters."""
    came, went = (sum(people_of(results, x, groups)[1 : place + 2].sum(axis=0) for x in names) for names in (("started", "converted", "moved_in"), ("left", "moved_out")))  # fmt: skip
    filled = people_of(results, "permanent", groups)
    return np.array_equal(filled[place + 1] - filled[0], np.asarray(came - went))


def _route_said(results: Results, groups: Any, place: int) -> str:
    if not _route_told(results, groups, place):
        return "by what route is not reported for these posts apart"
    recruited, converted, gone = (people_of(results, x, groups)[1 : place + 2].sum(axis=0).mean() for x in ("started", "converted", "left"))  # fmt: skip
    left = f", {fte(gone)} of them gone again" if gone else ""
    return f"{fte(recruited)} recruited, {fte(converted)} converted from agency{left}"


def _all_filled(runs: ReviewRuns, filled: Figures, total: int) -> str:
    """When all posts are first filled at once, from the review on; "never" is an answer."""
    ahead = filled[runs.at + 1 :] >= total
    if ahead[0].all():
        return "All are filled."
    never = ~ahead.any(axis=0)
    last = runs.forecast.months[-1]
    if never.all():
        return f"All at once: never by {last:%B %Y} in any future played."
    first = np.where(never, len(ahead), ahead.argmax(axis=0))
    middle = int(np.quantile(first, 0.5, method="higher"))
    share = percent(float(never.mean()))
    if middle == len(ahead):
        return f"All at once: in more than half of futures never by {last:%B %Y} ({share})."
    return f"All at once for the first time: in half of futures by {runs.now + middle:%B %Y}; never by {last:%B %Y} in {share}."


def _filled_chart(results: Results, budget: str, ax: Any = None) -> Any:
    from workforce_model.charts import posts_filled as draw

    return draw(results, budget, ax=ax)


def changes_of_worker(runs: ReviewRuns) -> Answer:
    """Cases that changed worker because a worker went, and how many the money causes or avoids."""
    rows, found = [], {}
    for year, months in reported_years(runs.plan).items():
        pair = [measured(r, "changes_of_worker")[months + 1].sum(axis=0) for r in (runs.nothing, runs.plan)]
        expected = measured(runs.forecast, "changes_of_worker")[months + 1].sum(axis=0)
        found[year] = spread(expected, runs.forecast.draw), spread(pair[1] - pair[0], runs.plan.draw)
        for name, s in (
            ("forecast", found[year][0]),
            ("do nothing", spread(pair[0], runs.plan.draw)),
            ("caused by the money, avoided if negative", found[year][1]),
        ):
            rows.append((year, name, "changes of worker", s.mean, s.p10, s.p90, s.error))
    table = pd.DataFrame(rows, columns=["period", "measure", "unit", "mean", "p10", "p90", "mc_error"])
    expected, money = found[runs.next_year]
    said, why = f"the money makes no difference beyond the Monte Carlo error ({count(money)})", ""
    if clear(money) and money.mean > 0:
        said, why = (
            f"the money causes {count(money)} of them",
            " More workers are more who may go, and agency workers ended pass their cases on.",
        )
    elif clear(money):
        said = f"the money avoids {count(negated(money))} of them"
    sentence = f"In {runs.next_year} {count(expected)} cases change worker because a worker goes; against doing nothing {said}.{why}"
    return Answer(11, QUESTIONS[11][1], money.mean, money.p10, money.p90, "changes of worker a year", sentence, table)
