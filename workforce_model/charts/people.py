"""Charts of people and cases: posts filled, staffing, the spread of caseloads, the share at the limit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from workforce_model.basis.formats import fte, percent, rounded
from workforce_model.basis.periods import march
from workforce_model.charts.page import (
    BLUE,
    BODY,
    DASHES,
    GREY,
    ORANGE,
    TEXT,
    Figures,
    axes_of,
    band,
    colours,
    finished,
    label_ends,
    month_ticks,
    name_rows,
    named,
    place_of,
    reported,
)
from workforce_model.engine.history import HISTOGRAM
from workforce_model.engine.results import Results
from workforce_model.reading.envelope import budget_in_question
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import Spread, measured, measured_in_year, spread
from workforce_model.reading.tables import reported_years


def posts_filled(results: Results, budget: str | None = None, ax: Axes | None = None) -> Axes:
    """How soon are the posts filled? A budget's posts held by permanent staff, month by month."""
    budget = budget_in_question(results.scenario, budget)
    ax = axes_of(ax)
    stated = results.scenario.workforce.posts
    groups = [i for i, name in enumerate(results.posts.groups) if name in stated and stated[name].budget == budget]
    filled = results.history.staff["permanent"][:, groups].sum(axis=1, dtype=float)[1:]
    total = sum(stated[results.posts.groups[i]].number for i in groups)
    months = reported(results)
    band(ax, results, filled, BLUE)
    ax.axhline(total, color=TEXT, linewidth=1.2, linestyle=":")
    ax.annotate(f"{total} posts", (0, total), (4, 4), textcoords="offset points", fontsize=BODY, color=TEXT)
    label_ends(ax, [(months.size - 1, float(filled[-1].mean()), f"Filled {rounded(filled[-1].mean(), 1)}", BLUE)])
    ax.set_ylim(0, total * 1.15)
    month_ticks(ax, results)
    marks = {year: spread(filled[m[-1]], results.draw) for year, m in reported_years(results).items()}
    label = results.scenario.funding.budgets[budget].label
    year, s = next(iter(marks.items()))
    headline = f"{label}: {rounded(s.mean, 1)} of {total} filled on average in {march(year)}"
    detail = "; ".join(
        f"{march(y)} {rounded(m.mean, 1)} [{rounded(m.p10)} to {rounded(m.p90)}]" for y, m in marks.items()
    )
    span = f"{results.months[months[0]]:%B %Y} to {results.months[-1]:%B %Y}"
    subtitle = (
        f"Posts filled by permanent staff, {place_of(results)}, month end, {span}, number; line: mean, band: range"
    )
    return finished(ax, headline, subtitle, detail, [results])


def staffing(results: Results, ax: Axes | None = None) -> Axes:
    """Who is in post? Permanent, agency and vacant FTE, month by month."""
    ax = axes_of(ax)
    series = {
        "Permanent": measured(results, "in_post_fte"),
        "Agency": measured(results, "agency_cover_fte") + measured(results, "agency_additional_fte"),
        "Vacant": measured(results, "vacancy_fte"),
    }
    ends, details = [], []
    for (name, figures), colour, dash in zip(series.items(), colours(len(series)), DASHES, strict=False):
        band(ax, results, figures[1:], colour, dash)
        marks = {y: spread(figures[m[-1] + 1], results.draw) for y, m in reported_years(results).items()}
        said = (f"{march(y)} {fte(s.mean)} [{fte(s.p10)} to {fte(s.p90)}]" for y, s in marks.items())
        ends.append(
            (reported(results).size - 1, float(figures[-1].mean()), f"{name} {fte(figures[-1].mean())}", colour)
        )
        details.append(f"{name}: {', '.join(said)}")
    label_ends(ax, ends)
    ax.set_ylim(0, None)
    month_ticks(ax, results)
    year, months = next(iter(reported_years(results).items()))
    at = {name: fte(figures[months[-1] + 1].mean()) for name, figures in series.items()}
    headline = f"{at['Permanent']} FTE permanent, {at['Agency']} agency, {at['Vacant']} vacant in {march(year)}"
    subtitle = (
        f"Staff and vacancies, {place_of(results)}, month end, FTE; agency covers vacancies or is above establishment"
    )
    return finished(ax, headline, subtitle, "; ".join(details), [results])


def caseload_spread(results: Results, month: str | None = None, ax: Axes | None = None) -> Axes:
    """Who holds too many? Workers by number of cases, team by team, with the limit marked.

    Parameters
    ----------
    month : str, optional
        Month whose end is shown, ``2021-03``; by default the March of the second reported year.

    Raises
    ------
    ValueError
        If it is not a month of the run.
    """
    last = _month_of(results, month)
    when, limit = results.months[last], results.scenario.caseloads.caseload_limit
    labels = {team: results.scenario.workforce.teams[team].label for team in sorted(results.scenario.caseloads.teams)}
    over = {team: spread(measured(results, "share_at_or_over", team)[last + 1], results.draw) for team in labels}
    counts = results.history.histogram[last + 1].astype(float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    widest = min(HISTOGRAM - 1, int(np.flatnonzero((shares > 0.002).any(axis=0))[-1]) + 1)
    ax = axes_of(ax, rows=2 * len(labels) - 2)
    _spread_rows(ax, shares[:, : widest + 1], limit)
    name_rows(ax, list(labels.values()))
    ax.set_ylim(len(labels) - 0.9, -1.15)
    ax.set_xlim(-0.6, widest + 0.6)
    ax.set_xlabel("Cases held by a worker")
    said = [f"{percent(s.mean)} [{percent(s.p10)} to {percent(s.p90)}]" for s in over.values()]
    label_ends(ax, [(widest + 0.6, row - 0.2, text, GREY) for row, text in enumerate(said)])
    worst = max(over, key=lambda team: over[team].mean)
    headline = f"{labels[worst]}: {percent(over[worst].mean)} of workers hold {limit} or more"
    detail = "; ".join(f"{label} {text}" for label, text in zip(labels.values(), said, strict=True))
    subtitle = f"Workers by number of cases, each team to the same scale, {place_of(results)}, end of {when:%B %Y}; per cent with {limit} or more, and its range"
    return finished(ax, headline, subtitle, f"Share with {limit} or more: {detail}", [results])


def _month_of(results: Results, month: str | None) -> int:
    """The position of a month, or of the March of the second reported year."""
    if month is None:
        years = list(reported_years(results).values())
        return int(years[min(1, len(years) - 1)][-1])
    known = list(results.months.astype(str))
    if month not in known:
        raise ValueError(f"month = {month!r}: expected one from {known[0]} to {known[-1]}, written 2019-07")
    return known.index(month)


def _spread_rows(ax: Axes, shares: Figures, limit: int) -> None:
    """Shares of workers by number of cases, shape (teams, cases), each team standing on its own line."""
    ax.grid(visible=False)
    cases = np.arange(shares.shape[1])
    for row, heights in enumerate(-0.8 * shares / shares.max()):
        for chosen, colour, hatch in ((cases < limit, BLUE, ""), (cases >= limit, ORANGE, "//////")):
            ax.bar(
                cases[chosen], heights[chosen], 1.0, row, color=colour, hatch=hatch, edgecolor="white", linewidth=0.3
            )
        ax.axhline(row, color=TEXT, linewidth=0.8)
    ax.axvline(limit - 0.5, color=TEXT, linewidth=1.2, linestyle="--")
    ax.annotate(
        f"{limit} or more", (limit, -0.95), (2, 0), textcoords="offset points", va="center", fontsize=BODY, color=TEXT
    )


def share_at_or_over(results: Results | Sequence[Results], team: str | None = None, target: float | None = 0.0, ax: Axes | None = None) -> Axes:  # fmt: skip
    """Do caseloads come down? Share of workers at or over the limit, month by month, scenarios compared.

    Parameters
    ----------
    target : float, optional
        The share aimed at, drawn as a line: by default nobody, as "below 21" asks; None leaves it out.
    """
    together = [results] if isinstance(results, Results) else list(results)[:4]
    ax = axes_of(ax)
    first, limit = together[0], together[0].scenario.caseloads.caseload_limit
    ends, details = [], []
    for r, colour, dash in zip(together, colours(len(together)), DASHES, strict=False):
        share = measured(r, "share_at_or_over", team)[1:]
        band(ax, r, share, colour, dash, fill=len(together) <= 2)
        ends.append((reported(r).size - 1, float(np.nanmean(share[-1])), named(r.scenario.name), colour))
        marks = {y: spread(share[m[-1]], r.draw) for y, m in reported_years(r).items()}
        said = (f"{march(y)} {percent(s.mean)} [{percent(s.p10)} to {percent(s.p90)}]" for y, s in marks.items())
        details.append(f"{named(r.scenario.name)}: {', '.join(said)}")
    label_ends(ax, ends)
    ax.set_ylim(0, max(ax.get_ylim()[1], 0.05))
    if target is not None:
        ax.axhline(target, color=TEXT, linewidth=2.5, linestyle=":", clip_on=False)
        ax.annotate(
            f"Target {percent(target)}", (0, target), (4, 5), textcoords="offset points", fontsize=BODY, color=TEXT
        )
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    month_ticks(ax, first)
    years = list(reported_years(first))
    when = years[min(1, len(years) - 1)]
    s = _at(first, team, when)
    headline = f"{percent(s.mean)} of workers hold {limit} or more cases in {march(when)}"
    if len(together) > 1:
        headline = _compared(together, team, when, limit)
    where = "all teams" if team is None else first.scenario.workforce.teams[team].label.lower()
    subtitle = f"Share of workers with {limit} or more cases, {where}, {place_of(first)}, month end, per cent; lines: mean" + ", bands: range" * (len(together) <= 2)  # fmt: skip
    return finished(ax, headline, subtitle, "; ".join(details), together)


def busiest(results: Sequence[Results]) -> str:
    """The team whose share over the limit the scenarios change most; of one scenario, the one with the most over."""
    first, last = results[0], results[-1]
    teams = sorted(set(first.scenario.caseloads.teams) & set(last.scenario.caseloads.teams))
    year = list(reported_years(first))[min(1, len(reported_years(first)) - 1)]
    if len(results) == 1:
        return max(teams, key=lambda team: _at(first, team, year).mean)
    return max(teams, key=lambda team: abs(_at(last, team, year).mean - _at(first, team, year).mean))


def _at(r: Results, team: str | None, year: str) -> Spread:
    return spread(measured_in_year(r, "share_at_or_over", year, team), r.draw)


def _compared(together: Sequence[Results], team: str | None, year: str, limit: int) -> str:
    """What each of one or two options clearly does to the share; of more, only the one that does most."""
    base, said = together[0], []
    for option in together[1:]:
        runs = min(base.runs, option.runs)
        before, after = (measured_in_year(r, "share_at_or_over", year, team)[:runs] for r in (base, option))
        s = spread(after - before, base.draw[:runs])
        if abs(s.mean) > CLEAR * s.error:
            said.append((s.mean, named(option.scenario.name).lower()))
    if not said:
        return f"No clear change in workers with {limit} or more cases"
    kept = said if len(together) <= 3 else [max(said, key=lambda one: abs(one[0]))]
    changes = (
        f"{name} {rounded(abs(100 * mean), 1)} points {'lower' if mean < 0 else 'higher'}" for mean, name in kept
    )
    return f"{limit} cases or more, {march(year)}: {', '.join(changes)}"
