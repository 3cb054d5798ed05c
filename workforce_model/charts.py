"""Charts of a run, each answering one question: a headline with the finding, a subtitle with the measure.

Every chart function takes results and an optional ``ax`` and returns the axes, with a text alternative
written from the data. Nothing global is changed and nothing is shown. Colours are the Analysis Function
palette; lines also differ by dash, and are labelled where they end.
"""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from workforce_model.envelope import envelopes, newest_budget
from workforce_model.formats import fte, percent, rounded, thousands
from workforce_model.measures import Spread, measured, spread
from workforce_model.results import Results
from workforce_model.tables import reported_years

COLOURS = ("#12436D", "#F46A25", "#28A197", "#801650")
DASHES = ("-", "--", "-.", ":")
SIZE = (6.8, 4.4)
Figures = NDArray[np.float64]


def text_alternative(ax: Axes) -> str:
    """What the chart shows, in words, written from its data."""
    return str(ax.get_gid())


def cost_against_envelope(results: Results, budget: str | None = None, ax: Axes | None = None) -> Axes:
    """Cost of a budget's posts by financial year, against what was approved for each."""
    budget = budget or newest_budget(results.scenario)
    ax = axes_of(ax)
    years = reported_years(results)
    b = results.budgets.index(budget)
    spends = [spread(results.cost[months, b].sum(axis=(0, 1)), results.draw) for months in years.values()]
    approved = _approved(results, budget)
    place = np.arange(len(years))
    means = np.array([s.mean for s in spends]) / 1000
    whiskers = np.array([[s.mean - s.p10, s.p90 - s.mean] for s in spends]).T / 1000
    ax.bar(place, means, 0.55, color="#6BACE6", yerr=np.maximum(whiskers, 0), ecolor="#3D3D3D", capsize=4)
    for x, s in zip(place, spends, strict=True):
        ax.annotate(
            thousands(s.mean), (x, s.p90 / 1000), (0, 4), textcoords="offset points", ha="center", color=COLOURS[0]
        )
    for x, amount in zip(place, approved, strict=True):
        ax.plot([x - 0.4, x + 0.4], [amount / 1000] * 2, color=COLOURS[1], linewidth=3)
    ax.annotate(
        f"Approved {thousands(approved[0])}",
        (place[0] - 0.4, approved[0] / 1000),
        (0, 5),
        textcoords="offset points",
        color="#3D3D3D",
    )
    ax.set_xticks(place, list(years))
    ax.set_ylim(0, 1.25 * max([*approved / 1000, *(s.p90 / 1000 for s in spends), 1]))
    label = results.scenario.funding.budgets[budget].label
    first, *_, last = years
    headline = f"{label}: £{thousands(spends[0].mean)}k in {first}, £{thousands(spends[-1].mean)}k in {last}"
    detail = "; ".join(
        f"{year} £{thousands(s.mean)}k [{thousands(s.p10)} to {thousands(s.p90)}], approved £{thousands(amount)}k"
        for year, s, amount in zip(years, spends, approved, strict=True)
    )
    return finished(ax, headline, f"Cost and approval by financial year, {place_of(results)}, £000", detail, [results])


def posts_filled(results: Results, budget: str | None = None, ax: Axes | None = None) -> Axes:
    """A budget's posts filled by permanent staff, month by month."""
    budget = budget or newest_budget(results.scenario)
    ax = axes_of(ax)
    groups = [
        i
        for i, name in enumerate(results.posts.groups)
        if name in results.scenario.workforce.posts and results.scenario.workforce.posts[name].budget == budget
    ]
    filled = results.history.staff["permanent"][:, groups].sum(axis=1, dtype=float)[1:]
    total = sum(results.scenario.workforce.posts[results.posts.groups[i]].number for i in groups)
    months = reported(results)
    _band(ax, results, filled, COLOURS[0], "-", "")
    ax.axhline(total, color="#3D3D3D", linewidth=1, linestyle=":")
    ax.annotate(f"{total} posts", (0, total), (4, 4), textcoords="offset points", color="#3D3D3D")
    ax.set_ylim(0, total * 1.15)
    month_ticks(ax, results)
    marks = {year: spread(filled[m[-1]], results.draw) for year, m in reported_years(results).items()}
    label = results.scenario.funding.budgets[budget].label
    year, s = next(iter(marks.items()))
    headline = f"{label}: {rounded(s.mean, 1)} of {total} filled on average in March {_end(year)}"
    detail = "; ".join(
        f"March {_end(y)} {rounded(m.mean, 1)} [{rounded(m.p10)} to {rounded(m.p90)}]" for y, m in marks.items()
    )
    span = f"{results.months[months[0]]} to {results.months[-1]}"
    return finished(
        ax, headline, f"Posts filled by permanent staff, {place_of(results)}, {span}, number", detail, [results]
    )


def share_at_or_over(results: Results | list[Results], team: str | None = None, ax: Axes | None = None) -> Axes:
    """Share of workers at or over the caseload limit, month by month, scenarios compared."""
    together = [results] if isinstance(results, Results) else results[:4]
    ax = axes_of(ax)
    first, limit = together[0], together[0].scenario.caseloads.caseload_limit
    where = "all teams" if team is None else first.scenario.workforce.teams[team].label
    ends, details = [], []
    for r, colour, dash in zip(together, COLOURS, DASHES, strict=False):
        share = measured(r, "share_at_or_over", team)[1:]
        _band(ax, r, share, colour, dash, r.scenario.name, fill=len(together) <= 2)
        ends.append((float(np.nanmean(share[-1])), _label(r), colour))
        marks = {y: spread(share[m[-1]], r.draw) for y, m in reported_years(r).items()}
        details.append(
            f"{_label(r)}: "
            + ", ".join(
                f"March {_end(y)} {percent(s.mean)} [{percent(s.p10)} to {percent(s.p90)}]" for y, s in marks.items()
            )
        )
    _end_labels(ax, first, ends)
    ax.set_ylim(0, max(ax.get_ylim()[1], 0.05))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    month_ticks(ax, first)
    when = list(reported_years(first))[min(1, len(reported_years(first)) - 1)]
    headline = f"{percent(_at(first, team, when).mean)} of workers hold {limit} or more cases in March {_end(when)}"
    if len(together) > 1:
        headline = _compared(together[0], together[-1], team, when, limit)
    subtitle = f"Share of workers with {limit} or more cases, {where}, {place_of(first)}, month end, per cent"
    return finished(ax, headline, subtitle, "; ".join(details), together)


def staffing(results: Results, ax: Axes | None = None) -> Axes:
    """Permanent, agency and vacant FTE, month by month."""
    ax = axes_of(ax)
    series = {
        "Permanent": measured(results, "in_post_fte"),
        "Vacant": measured(results, "vacancy_fte"),
        "Agency": measured(results, "agency_cover_fte") + measured(results, "agency_additional_fte"),
    }
    ends, details = [], []
    for (name, figures), colour, dash in zip(series.items(), COLOURS, DASHES, strict=False):
        _band(ax, results, figures[1:], colour, dash, name)
        ends.append((float(figures[-1].mean()), name, colour))
        marks = {y: spread(figures[m[-1] + 1], results.draw) for y, m in reported_years(results).items()}
        details.append(
            f"{name}: "
            + ", ".join(f"March {_end(y)} {fte(s.mean)} [{fte(s.p10)} to {fte(s.p90)}]" for y, s in marks.items())
        )
    _end_labels(ax, results, ends)
    ax.set_ylim(0, None)
    month_ticks(ax, results)
    year = next(iter(reported_years(results)))
    last = reported_years(results)[year][-1] + 1
    headline = f"{fte(series['Permanent'][last].mean())} FTE permanent, {fte(series['Vacant'][last].mean())} vacant in March {_end(year)}"
    return finished(
        ax, headline, f"Staff and vacancies, {place_of(results)}, month end, FTE", "; ".join(details), [results]
    )


def first_charts(results: list[Results]) -> dict[str, Figure]:
    """The four charts of a run folder, by name."""
    focus = next(
        (r for r in reversed(results) if envelopes(r.scenario, at="value").keys() - {"november_2018"}), results[-1]
    )
    charts = {
        "cost_against_envelope": cost_against_envelope(focus),
        "posts_filled": posts_filled(focus),
        "share_at_or_over": share_at_or_over(results, team=_busiest(results)),
        "staffing": staffing(focus),
    }
    return {name: figure_of(ax) for name, ax in charts.items()}


def save(figure: Figure, stem: str | os.PathLike[str]) -> None:
    """Write a chart as PNG and SVG, with its text alternative inside and beside them; same chart, same bytes."""
    words = text_alternative(figure.axes[0])
    path = Path(stem)
    with matplotlib.rc_context({"svg.hashsalt": "workforce_model", "svg.fonttype": "path"}):
        figure.savefig(path.with_suffix(".png"), dpi=200, metadata={"Description": words, "Software": None})
        figure.savefig(path.with_suffix(".svg"), metadata={"Description": words, "Date": None, "Creator": None})
    path.with_suffix(".txt").write_text(words + "\n", encoding="utf-8")


def _busiest(results: list[Results]) -> str:
    """The team whose share over the limit the scenarios change most; of one scenario, the one with the most over."""
    first, last = results[0], results[-1]
    teams = sorted(set(first.scenario.caseloads.teams) & set(last.scenario.caseloads.teams))
    year = list(reported_years(first))[min(1, len(reported_years(first)) - 1)]
    if len(results) == 1:
        return max(teams, key=lambda team: _at(first, team, year).mean)
    return max(teams, key=lambda team: abs(_at(last, team, year).mean - _at(first, team, year).mean))


def _at(r: Results, team: str | None, year: str) -> Spread:
    return spread(measured(r, "share_at_or_over", team)[reported_years(r)[year][-1] + 1], r.draw)


def _compared(base: Results, option: Results, team: str | None, year: str, limit: int) -> str:
    month = reported_years(base)[year][-1] + 1
    runs = min(base.runs, option.runs)
    change = (
        measured(option, "share_at_or_over", team)[month, :runs]
        - measured(base, "share_at_or_over", team)[month, :runs]
    )
    s = spread(change, base.draw[:runs])
    if not abs(s.mean) > 2 * s.error:
        return f"No clear change in workers with {limit} or more cases"
    return f"{'Fewer' if s.mean < 0 else 'More'} workers hold {limit} or more: {rounded(abs(100 * s.mean), 1)} points by March {_end(year)}"


def _approved(results: Results, budget: str) -> Figures:
    distinct = list(dict.fromkeys(results.years))
    mine = [i for i, name in enumerate(results.ledger.lines) if results.scenario.funding.lines[name].budget == budget]
    available = (results.ledger.approved + results.ledger.vired)[:, mine].sum(axis=1)
    return np.array([available[distinct.index(year)] for year in reported_years(results)])


def reported(results: Results) -> NDArray[np.int64]:
    """The positions of the months reported."""
    return np.concatenate(list(reported_years(results).values()))


def axes_of(ax: Axes | None) -> Axes:
    """The axes given, or new ones on a page with room for a headline and a source; the frame is plain."""
    if ax is None:
        ax = Figure(figsize=SIZE).add_axes((0.1, 0.2, 0.74, 0.56))
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="#BFBFBF", linewidth=0.5)
    ax.set_axisbelow(True)
    return ax


def figure_of(ax: Axes) -> Figure:
    """The page that axes stand on."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("the chart has no figure")
    return figure


def _band(ax: Axes, r: Results, figures: Figures, colour: str, dash: str, name: str, *, fill: bool = True) -> None:
    months = reported(r)
    x = np.arange(months.size)
    if fill:
        low, high = np.nanquantile(figures[months], (0.1, 0.9), axis=1)
        ax.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
    ax.plot(
        x, np.nanmean(figures[months], axis=1), color=colour, linestyle=dash, linewidth=2.2, label=plain(name) or None
    )


def _end_labels(ax: Axes, r: Results, ends: list[tuple[float, str, str]]) -> None:
    """Names at the ends of lines, nudged apart."""
    top = ax.get_ylim()[1]
    below = -np.inf
    for height, name, colour in sorted(ends):
        below = max(height, below + 0.1 * top)
        text = "\n".join(textwrap.wrap(plain(name), 14))
        ax.annotate(
            text,
            (reported(r).size - 1, below),
            (6, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            fontsize=9,
            annotation_clip=False,
        )


def _label(r: Results) -> str:
    return r.scenario.name.replace("_", " ").capitalize()


def plain(text: str) -> str:
    """Text that cannot be taken for mathematics, nor vanish for starting with an underscore."""
    return text.replace("$", r"\$").lstrip("_")


def month_ticks(ax: Axes, r: Results) -> None:
    """Marks each March and September along the months reported."""
    months = reported(r)
    marks = [i for i, m in enumerate(months) if r.months[m].month in (3, 9)]
    names = [f"{'Mar' if r.months[months[i]].month == 3 else 'Sep'}\n{r.months[months[i]].year}" for i in marks]
    ax.set_xticks(marks, names)


def place_of(r: Results) -> str:
    """The council, as a subtitle names it."""
    return r.scenario.place


def _end(year: str) -> int:
    return int(year[:4]) + 1


def finished(ax: Axes, headline: str, subtitle: str, detail: str, together: list[Results]) -> Axes:
    """Headline, subtitle and source, and the text alternative."""
    first = together[0]
    held = "luck and doubt about assumptions" if first.doubt else "luck only"
    names = ", ".join(r.scenario.name for r in together)
    source = f"Source: workforce_model, {names}; {first.runs:,} runs, seed {first.seed}. Ranges: 10th to 90th percentile, {held}."
    return titled(ax, headline, subtitle, detail, source)


def titled(ax: Axes, headline: str, subtitle: str, detail: str, source: str) -> Axes:
    """A chart with its headline, subtitle and source on the page, and its text alternative."""
    figure = figure_of(ax)
    figure.text(
        0.03,
        0.955,
        plain("\n".join(textwrap.wrap(headline, 62))),
        fontsize=13,
        fontweight="bold",
        va="top",
        color="#12436D",
    )
    figure.text(
        0.03,
        0.885 if len(headline) <= 62 else 0.845,
        plain("\n".join(textwrap.wrap(subtitle, 92))),
        fontsize=9.5,
        va="top",
        color="#3D3D3D",
    )
    figure.text(0.03, 0.025, plain("\n".join(textwrap.wrap(source, 112))), fontsize=7.5, va="bottom", color="#3D3D3D")
    ax.set_gid(f"{headline}. {subtitle}. {detail}. {source}")
    return ax
