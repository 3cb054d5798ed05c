"""The questions that take plays of their own, on fewer runs: what breaks the plan, what more money buys, what drives the answer."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workforce_model.basis.assumption_words import assumption_name
from workforce_model.basis.assumptions import Assumption
from workforce_model.basis.formats import capital, percent, pounds, rounded
from workforce_model.basis.periods import march
from workforce_model.decisions.answers import QUESTIONS, Answer, not_defined
from workforce_model.decisions.choices import options
from workforce_model.decisions.investments import Investment, further_posts
from workforce_model.decisions.sensitivity import tornado, uncertain
from workforce_model.decisions.turning_points import TurningPoint, arrivals_that_break
from workforce_model.inputs.doubt import DRAWS, draw_values
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import KEPT, Outcome, asked, reported
from workforce_model.six_months.runs import Figures, ReviewRuns

KEEP = 0.9
"""The share of a team's workers to be below the limit."""
NEEDED = 0.8
"""A team with at least this chance of keeping that share below needs no further posts for it."""
STEPS = (50_000.0, 100_000.0, 150_000.0, 200_000.0, 250_000.0)
STEP = 50_000
"""Pounds a year; further money is tried by this much at a time."""
MONTHS_TO_CREATE = 3
"""Months from the review's figures until Cabinet has decided and a further post exists."""
NO_NEED, NO_GAIN = "not needed", "no gain beyond the error"
WIDEST = 6
"""Assumptions of each outcome whose ends are played."""


def breaking_arrivals(runs: ReviewRuns, few: int, executor: Executor | None = None) -> Answer:
    """The monthly arrivals at which as many workers are at or over the limit as if nothing had been done.

    Parameters
    ----------
    few : int
        Runs of each value tried.
    """
    scenario, team, year = runs.plan.scenario, runs.team, runs.next_year
    undone = spread(
        asked(runs.nothing, Outcome("share_at_or_over", team=team, year=year))[:few], runs.nothing.draw[:few]
    )
    if not any(stated.arrivals.value for stated in scenario.caseloads.teams.values()):
        return not_defined(9, "no cases arrive in this scenario")
    found = arrivals_that_break(
        scenario, team, undone.mean, year=year, runs=few, seed=runs.forecast.seed, doubt=True, executor=executor
    )
    table = pd.DataFrame(found.tried, columns=["arrivals_a_month", "share_less_target", "mc_error"])
    table.insert(0, "assumption", found.assumption)
    table.insert(1, "target_share", undone.mean)
    sentence = (
        f"The plan is broken when as many {runs.team_label(team)} workers hold {scenario.caseloads.caseload_limit} or more cases in {march(year)} as if nothing "
        f"had been done, {percent(undone.mean)}. {found.sentence} ({few} runs a value.)"
    )
    value, low, high = (math.nan if x is None else x for x in (found.value, found.low, found.high))
    return Answer(
        9,
        QUESTIONS[9][1],
        value,
        low,
        high,
        "cases a month",
        sentence,
        table,
        partial(_turning_chart, found, scenario, team, year),
    )


def _turning_chart(found: TurningPoint, scenario: Scenario, team: str, year: str, ax: Any = None) -> Any:
    from workforce_model.charts.decisions import turning_point

    return turning_point(found, scenario, Outcome("share_at_or_over", team=team, year=year), ax=ax)


def what_money_buys(runs: ReviewRuns, few: int, executor: Executor | None = None) -> Answer:
    """What further permanent posts buy in each team, ranked by the gain in the chance of being below the limit per £50k.

    The chance is that at least nine in ten of a team's workers are below the limit in the March of the second year after
    the review's. Posts are bought whole; the gain is that of the most money tried, divided by what the posts cost.
    """
    scenario, year = runs.forecast.scenario, _later_year(runs)
    start = str(runs.now + MONTHS_TO_CREATE)
    teams = sorted(scenario.caseloads.teams)
    bought = {team: further_posts(scenario, team, start=start) for team in teams}
    table = options(
        scenario,
        list(bought.values()),
        STEPS,
        keep=KEEP,
        year=year,
        runs=few,
        seed=runs.forecast.seed,
        executor=executor,
    )
    ranked = ranked_by_gain(table, bought)
    kept = [
        [asked(r, Outcome(KEPT, team=team, year=year, keep=KEEP)) for r in (runs.nothing, runs.plan)]
        for team in ranked["team"]
    ]
    money = [spread(with_it - without, runs.plan.draw) for without, with_it in kept]
    ranked["chance_do_nothing"] = [float(np.nanmean(without)) for without, _ in kept]
    ranked["chance_from_the_money"], ranked["error_from_the_money"] = [s.mean for s in money], [s.error for s in money]
    best = ranked.iloc[0]
    sentence = _bought_said(runs, ranked, bought, year, few)
    return Answer(18, QUESTIONS[18][1], best["gain_per_50k"], best["gain_per_50k"] - CLEAR * best["error_per_50k"], best["gain_per_50k"] + CLEAR * best["error_per_50k"],
                  "chance per £50k a year", sentence, ranked, partial(_gain_chart, ranked, scenario, year, few))  # fmt: skip


def _later_year(runs: ReviewRuns) -> str:
    years = reported(runs.forecast.scenario)
    return years[min(years.index(runs.year) + 2, len(years) - 1)]


def ranked_by_gain(table: pd.DataFrame, bought: dict[str, Investment]) -> pd.DataFrame:
    """Teams ranked by the gain in their own chance per £50k, only where the error can tell them apart.

    Parameters
    ----------
    table : DataFrame
        As :func:`workforce_model.decisions.choices.options` gives it, of the posts in ``bought``.

    Returns
    -------
    DataFrame
        One row a team: team, posts, gbp_a_year, chance_now, chance_with, gain_per_50k, error_per_50k, clear, share_over_now, share_over_with,
        needed, place. A gain that its error cannot tell from nought has no place; teams that cannot be told from the first of
        a place share it.
    """
    rows = []
    for team, one in bought.items():
        mine = table[table["team"] == team]
        now = mine[mine["investment"] == "nothing further"].iloc[0]
        most = mine[mine["investment"] == one.name].sort_values("units").iloc[-1]
        steps = most["units"] * one.each_gbp / STEP
        gain, error = (most[x] / steps if steps else math.nan for x in ("change", "error"))
        rows.append((team, int(most["units"]), most["units"] * one.each_gbp, now["chance"], most["chance"], gain, error, bool(most["clear"]),
                     now["share_over"], most["share_over"], bool(now["chance"] < NEEDED)))  # fmt: skip
    columns = [
        "team",
        "posts",
        "gbp_a_year",
        "chance_now",
        "chance_with",
        "gain_per_50k",
        "error_per_50k",
        "clear",
        "share_over_now",
        "share_over_with",
        "needed",
    ]
    ranked = pd.DataFrame(rows, columns=columns)
    ranked = ranked.sort_values(["needed", "clear", "gain_per_50k"], ascending=False, kind="stable", ignore_index=True)
    return ranked.assign(place=_places(ranked))


def _places(ranked: pd.DataFrame) -> list[str]:
    """1, 2 and so on, ``=`` where teams share a place; none where there is no need or no clear gain."""
    places, first = [""] * len(ranked), 0
    gains, errors = ranked["gain_per_50k"].tolist(), ranked["error_per_50k"].tolist()
    for i, (needed, clear) in enumerate(zip(ranked["needed"], ranked["clear"], strict=True)):
        if not (needed and clear):
            places[i] = NO_GAIN if needed else NO_NEED
            continue
        told = gains[first] - gains[i] > CLEAR * math.hypot(errors[first], errors[i])
        first = i if told else first
        places[i] = f"{first + 1}" if i == first else f"{first + 1}="
        if i > first:
            places[first] = places[i]
    return places


def _bought_said(runs: ReviewRuns, ranked: pd.DataFrame, bought: dict[str, Investment], year: str, few: int) -> str:
    each = next(iter(bought.values())).each_gbp
    limit = runs.forecast.scenario.caseloads.caseload_limit
    whole = f"£50k buys no whole post, which costs {pounds(each)}; " if each > STEP else ""
    parts = []
    for row in ranked[ranked["place"].str[0].str.isdigit()].to_dict("records"):
        parts.append(f"{runs.team_label(row['team'])} ({row['place']}: {rounded(100 * row['gain_per_50k'], 1)} points per £50k, error {rounded(100 * row['error_per_50k'], 1)}; "
                     f"{percent(row['chance_now'])} now, {percent(row['chance_with'])} with {row['posts']} posts)")  # fmt: skip
    unclear = [runs.team_label(t) for t in ranked[ranked["place"] == NO_GAIN]["team"]]
    enough = [runs.team_label(t) for t in ranked[ranked["place"] == NO_NEED]["team"]]
    said = (
        f"further permanent posts raise it most in {', '.join(parts)}"
        if parts
        else "up to £250k of further permanent posts raises it clearly in no team"
    )
    said += f"; no gain beyond the error in {', '.join(unclear)}" if unclear else ""
    said += f"; no need in {', '.join(enough)}, where it is {percent(NEEDED)} or more already" if enough else ""
    made = [
        f"{runs.team_label(t)} by {rounded(100 * c, 1)} points from {percent(n)}"
        for t, n, c, e in ranked[
            ["team", "chance_do_nothing", "chance_from_the_money", "error_from_the_money"]
        ].itertuples(index=False)
        if abs(c) > CLEAR * e
    ]
    undone = (
        f"against doing nothing at all, {runs.budget_label.lower()} change the chance in {', '.join(made)}"
        if made
        else f"against doing nothing at all, {runs.budget_label.lower()} change it clearly in no team"
    )
    worst = ranked.sort_values("share_over_now").iloc[-1]
    return (
        f"The chance that nine in ten workers are below {limit} in {march(year)}: {whole}{said}. Most are at {limit} or more in {runs.team_label(worst['team'])}: "
        f"{percent(worst['share_over_now'])}, and {percent(worst['share_over_with'])} with {worst['posts']} more posts. {capital(undone)}. ({few} runs an option.)"
    )


def _gain_chart(ranked: pd.DataFrame, scenario: Scenario, year: str, few: int, ax: Any = None) -> Any:
    from workforce_model.charts.review import gain_by_team

    return gain_by_team(ranked, scenario, year, few, ax=ax)


def what_drives_the_answer(runs: ReviewRuns, few: int, executor: Executor | None = None) -> Answer:
    """The assumptions that move the caseload and the cost most, each with whether it is evidence or judgement.

    Those to play are found in the forecast's own runs, by the rank correlation of outcome and assumption; their ends are
    then played one at a time, all others at their values.
    """
    forecast, year = runs.forecast, runs.next_year
    scenario = forecast.scenario
    over, cost = Outcome("share_at_or_over", team=runs.team, year=year), Outcome("net_cost_gbp", year=year)
    parts = {}
    for outcome in (over, cost):
        names = widest(scenario, asked(forecast, outcome), forecast.draw, forecast.seed)
        if not names:
            return not_defined(19, "no assumption of this scenario carries a range")
        bars = tornado(scenario, outcome, names, few, forecast.seed, executor=executor)
        bars.insert(0, "outcome", outcome.words(scenario))
        bars.insert(2, "rests_on", [rests_on(scenario.assumptions()[path]) for path in bars["assumption"]])
        parts[outcome] = bars
    table = pd.concat(parts.values(), ignore_index=True)
    first = parts[over].iloc[0]
    said = ". ".join(_driver_said(outcome, bars, scenario) for outcome, bars in parts.items())
    held = table[table["clear"]].drop_duplicates("assumption")["rests_on"].value_counts()
    sentence = f"{said}. Of the {held.sum()} that clearly move either: {', '.join(f'{n} {kind}' for kind, n in held.items()) or 'none'}. ({few} runs an end.)"
    low, high = sorted((first["at_low"], first["at_high"]))
    return Answer(19, QUESTIONS[19][1], max(low, high, key=abs), low, high, "change in the share of workers", sentence, table,
                  partial(_tornado_chart, parts[over], scenario, over, few))  # fmt: skip


def widest(scenario: Scenario, figures: Figures, draw: Any, seed: int, most: int = WIDEST) -> list[str]:
    """The assumptions whose rank goes most with that of the outcome, over the draws of a run.

    Parameters
    ----------
    figures : array, shape (R,)
        The outcome in each run; runs that share a draw are averaged.
    """
    from scipy.stats import rankdata

    defined = ~np.isnan(figures)
    counts = np.bincount(draw[defined], minlength=DRAWS)
    means = np.bincount(draw[defined], figures[defined], minlength=DRAWS)[counts > 0] / counts[counts > 0]
    ranks, values = rankdata(means), draw_values(scenario, seed, doubt=True)
    if ranks.std() == 0:
        return list(uncertain(scenario))[:most]
    strength = {}
    for path in uncertain(scenario):
        mine = rankdata(values[path][counts > 0])
        strength[path] = abs(float(np.corrcoef(mine, ranks)[0, 1])) if mine.std() else 0.0
    return sorted(strength, key=lambda path: -strength[path])[:most]


def rests_on(assumption: Assumption) -> str:
    """Evidence or judgement: a stand-in and what says it is a judgement are not evidence."""
    if assumption.obtain:
        return "a stand-in the council can replace"
    return "judgement" if "judgement" in assumption.source.lower() else "evidence"


def _driver_said(outcome: Outcome, bars: pd.DataFrame, scenario: Scenario) -> str:
    shown = bars[bars["clear"]].head(3).to_dict("records")
    words = outcome.words(scenario)
    if not shown:
        return f"Nothing tried moves {words} beyond the Monte Carlo error"
    parts = [
        f"{assumption_name(r['assumption'])}: {outcome.printed(r['at_low'], change=True)} to {outcome.printed(r['at_high'], change=True)} ({r['rests_on']})"
        for r in shown
    ]
    return f"{words[:1].upper()}{words[1:]} moves most with {'; '.join(parts)}"


def _tornado_chart(bars: pd.DataFrame, scenario: Scenario, outcome: Outcome, few: int, ax: Any = None) -> Any:
    from workforce_model.charts.assumptions import tornado_bars

    return tornado_bars(bars, scenario, outcome, few, ax=ax)
