"""Charts of money: cost against approval, who met it, the plan's steps, the agency bill and its premium."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import StrMethodFormatter

from workforce_model.accounts.agency_premium import agency_premium_table
from workforce_model.accounts.statements import plan_statement
from workforce_model.basis.formats import thousands
from workforce_model.charts.page import (
    BLUE,
    BODY,
    DASHES,
    GREY,
    HATCHES,
    ORANGE,
    PALE,
    TEXT,
    Figures,
    axes_of,
    colours,
    figure_of,
    finished,
    label_ends,
    name_rows,
    named,
    place_of,
    pounds_k,
    titled,
    wrapped,
)
from workforce_model.engine.results import Results
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.envelope import budget_in_question
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import Spread, spread
from workforce_model.reading.outcomes import Outcome, asked
from workforce_model.reading.tables import reported_years

WHOLE = StrMethodFormatter("{x:,.0f}")


def cost_against_envelope(results: Results, budget: str | None = None, ax: Axes | None = None) -> Axes:
    """Does the approval meet the cost? A budget's posts by financial year, against what was approved for each."""
    budget = budget_in_question(results.scenario, budget)
    ax = axes_of(ax)
    years = list(reported_years(results))
    spends = [spread(results.cost_of(budget, year), results.draw) for year in years]
    approved = _approved(results, budget)
    _bars_with_ranges(ax, spends)
    for x, amount in enumerate(approved):
        ax.plot([x - 0.38, x + 0.38], [amount / 1000] * 2, color=ORANGE, linewidth=3, linestyle="--")
    label_ends(ax, [(len(years) - 0.62, approved[-1] / 1000, f"Approved {thousands(approved[-1])}", ORANGE)])
    ax.set_xticks(range(len(years)), years)
    ax.set_xlim(-0.5, len(years) - 0.6)
    ax.set_ylim(0, 1.18 * max([*approved / 1000, *(s.p90 / 1000 for s in spends), 1]))
    label = results.scenario.funding.budgets[budget].label
    over = [y for y, s, a in zip(years, spends, approved, strict=True) if s.mean - a > CLEAR * s.error]
    means = (f"{pounds_k(spends[i].mean)} in {years[i]}" for i in sorted({0, len(years) - 1}))
    headline = f"{label} cost {', '.join(means)}"
    if over:
        worst = years.index(over[-1])
        headline = f"{label}: {pounds_k(spends[worst].mean - approved[worst])} more than approved in {over[-1]}"
    detail = "; ".join(
        f"{year} £{thousands(s.mean)}k [{thousands(s.p10)} to {thousands(s.p90)}], approved £{thousands(amount)}k"
        for year, s, amount in zip(years, spends, approved, strict=True)
    )
    subtitle = (
        f"Cost (bars: mean, range) and approval (dashes) by financial year, {place_of(results)}, cash prices, £000"
    )
    return finished(ax, headline, subtitle, detail, [results])


def funding_statement(results: Results, budget: str | None = None, ax: Axes | None = None) -> Axes:
    """Who met the cost? Reserve, growth, base budget, grants and the gap, stacked to the cost of each year."""
    budget = budget_in_question(results.scenario, budget)
    ax = axes_of(ax)
    years, parts = list(reported_years(results)), _met_by(results, budget)
    total = np.sum([*parts.values()], axis=0)
    foot, ends = np.zeros(len(years)), []
    for (name, figures), colour, hatch in zip(parts.items(), colours(len(parts)), HATCHES, strict=False):
        ax.bar(range(len(years)), figures / 1000, 0.55, foot / 1000, color=colour, hatch=hatch, edgecolor="white")
        shown = int(np.abs(figures).nonzero()[0][-1])
        ends.append((shown + 0.275, (foot + figures / 2)[shown] / 1000, _source_name(name), colour))
        foot = foot + figures
    label_ends(ax, [end for end in ends if end[0] > len(years) - 1])
    earlier = {int(x): name for x, _, name, _ in ends if x < len(years) - 1}
    for x, amount in enumerate(total):
        over = wrapped(earlier.get(x, ""), 0.13 * figure_of(ax).get_figwidth(), BODY)
        _above(ax, x, amount / 1000, f"{over}\n{thousands(amount)}".strip())
    ax.set_xticks(range(len(years)), years)
    ax.set_xlim(-0.5, len(years) - 0.6)
    ax.set_ylim(0, 1.18 * max(total.max() / 1000, 1))
    ax.yaxis.set_major_formatter(WHOLE)
    label = results.scenario.funding.budgets[budget].label
    left = asked(results, Outcome("gap_gbp", budget=budget, year=years[-1]))
    s = spread(left, results.draw)
    headline = f"{label}: {pounds_k(s.mean)} of the {years[-1]} cost has no funding"
    if not s.mean > CLEAR * s.error:
        headline = f"{label}: approved money meets the cost in {years[-1]}"
    detail = "; ".join(
        f"{year} cost {thousands(t)}: "
        + ", ".join(
            f"{_source_name(name).lower()} {thousands(figures[i])}"
            for name, figures in parts.items()
            if round(figures[i])
        )
        for i, (year, t) in enumerate(zip(years, total, strict=True))
    )
    detail += f"; gap in {years[-1]} {thousands(s.mean)} [{thousands(s.p10)} to {thousands(s.p90)}]"
    subtitle = f"How the cost of each financial year is met, {place_of(results)}, mean of the runs, cash prices, £000"
    return finished(ax, headline, subtitle, detail, [results])


def mtfp_steps(results: Results, ax: Axes | None = None) -> Axes:
    """What changes in the medium-term plan each year? Each line's step up or down, reversals on lines of their own."""
    table = plan_statement(results, "incremental").droplevel("part")
    years, names = list(table.columns), [str(name) for name in table.index]
    ax = axes_of(ax, rows=2 * len(names))
    ax.grid(visible=False)
    most = float(table.abs().to_numpy().max()) or 1.0
    for row, figures in enumerate(table.to_numpy()):
        ax.axhline(row, color=GREY, linewidth=0.8)
        for x, gbp in enumerate(figures):
            if gbp:
                colour, hatch = (BLUE, "") if gbp > 0 else (ORANGE, "////")
                ax.bar(x, -0.28 * gbp / most, 0.5, row, color=colour, hatch=hatch, edgecolor="white")
                side, lift = ("bottom", 2) if gbp > 0 else ("top", -2)
                ax.annotate(thousands(gbp), (x, row - 0.28 * gbp / most), (0, lift), textcoords="offset points", ha="center",
                            va=side, fontsize=BODY, color=TEXT)  # fmt: skip
    name_rows(ax, names, lines=3)
    ax.set_ylim(len(names) - 0.4, -0.7)
    ax.set_xticks(range(len(years)), years)
    ax.set_xlim(-0.5, len(years) - 0.5)
    net = table.iloc[-1]
    last = str(net[net != 0].index[-1]) if net.any() else ""
    headline = "Nothing changes in the plan"
    if last:
        headline = f"The plan {'grows' if net[last] > 0 else 'shrinks'} by {pounds_k(abs(net[last]))} in {last}"
        headline += ", then stays" if last != years[-1] else ""
    detail = "; ".join(
        f"{year}: " + (", ".join(f"{name} {thousands(x)}" for name, x in table[year].items() if x) or "no change")
        for year in years
    )
    subtitle = f"Change from the year before in each line of the medium-term plan, {place_of(results)}, £000; hatched, in brackets: money in or spending reversed"  # fmt: skip
    source = f"Source: workforce_model, {results.scenario.name}; approvals as stated, not simulated."
    return titled(ax, headline, subtitle, detail, source)


def agency_bill(results: Results | Sequence[Results], ax: Axes | None = None) -> Axes:
    """What becomes of the agency bill? Agency cost of all budgets by financial year, scenarios compared."""
    together = [results] if isinstance(results, Results) else list(results)
    ax = axes_of(ax)
    years = list(reported_years(together[0]))
    ends, details, means = [], [], []
    for r, colour, dash, mark in zip(together, colours(len(together)), DASHES, "osD^", strict=False):
        spends = [spread(asked(r, Outcome("agency_cost_gbp", year=year)) / 1000, r.draw) for year in years]
        if len(together) <= 2:
            ax.fill_between(
                range(len(years)),
                [s.p10 for s in spends],
                [s.p90 for s in spends],
                color=colour,
                alpha=0.18,
                linewidth=0,
            )
        ax.plot([s.mean for s in spends], color=colour, linestyle=dash, marker=mark, linewidth=2.2)
        ends.append(
            (len(years) - 1, spends[-1].mean, f"{named(r.scenario.name)} {thousands(1000 * spends[-1].mean)}", colour)
        )
        means.append(1000 * spends[0].mean)
        said = (f"{y} {thousands(1000 * s.mean)} [{thousands(1000 * s.p10)} to {thousands(1000 * s.p90)}]" for y, s in zip(years, spends, strict=True))  # fmt: skip
        details.append(f"{named(r.scenario.name)}: {', '.join(said)}")
    label_ends(ax, ends)
    ax.set_xticks(range(len(years)), years)
    ax.set_ylim(0, None)
    ax.yaxis.set_major_formatter(WHOLE)
    last = spread(asked(together[0], Outcome("agency_cost_gbp", year=years[-1])), together[0].draw)
    headline = f"The agency bill goes from {pounds_k(means[0])} in {years[0]} to {pounds_k(last.mean)} in {years[-1]}"
    if len(years) == 1:
        headline = f"The agency bill is {pounds_k(last.mean)} in {years[0]}"
    if len(together) > 1:
        headline = _bill_compared(together[0], together[-1], years[-1])
    subtitle = f"Agency cost, all budgets, without the commissioned team, {place_of(together[0])}, by financial year, cash prices, £000"
    return finished(ax, headline, subtitle, "; ".join(details), together)


def _bill_compared(base: Results, option: Results, year: str) -> str:
    runs = min(base.runs, option.runs)
    wanted = Outcome("agency_cost_gbp", year=year)
    s = spread(asked(option, wanted)[:runs] - asked(base, wanted)[:runs], base.draw[:runs])
    if not abs(s.mean) > CLEAR * s.error:
        return f"No clear change in the agency bill of {year}"
    return f"{named(option.scenario.name)}: the {year} agency bill is {pounds_k(abs(s.mean))} {'lower' if s.mean < 0 else 'higher'}"


def agency_premium(scenario: Scenario, year: str | None = None, ax: Axes | None = None) -> Axes:
    """Does an agency worker cost more? The yearly charge beside the full cost of the same post, grade by grade."""
    table = agency_premium_table(scenario, year)
    table = table.set_index(["grade", "measure"])[["low", "value", "high"]]
    grades = list(dict.fromkeys(table.index.get_level_values("grade")))
    ax = axes_of(ax, rows=2 * len(grades))
    premiums: dict[str, list[float]] = {}
    for place, grade in enumerate(grades):
        post, charge, premium = ([float(x) for x in table.loc[(grade, name)].to_numpy()] for name in ("permanent post, full cost", "agency, a year", "premium, a year"))  # fmt: skip
        premiums[named(grade)] = premium
        ax.barh(place - 0.2, post[1] / 1000, 0.36, color=BLUE)
        for ink, width in (("white", 4.0), (TEXT, 1.5)):
            ax.plot([post[0] / 1000, post[2] / 1000], [place - 0.2] * 2, color=ink, linewidth=width)
        ax.barh(place + 0.2, charge[1] / 1000, 0.36, color=ORANGE, hatch="////", edgecolor="white")
        _beside(ax, max(post) / 1000, place - 0.2, f"post {thousands(post[1])}")
        _beside(ax, charge[1] / 1000, place + 0.2, f"agency {thousands(charge[1])}")
    said = [
        f"{name}: premium {thousands(p[1])} [{thousands(min(p))}\u00a0to\u00a0{thousands(max(p))}]"
        for name, p in premiums.items()
    ]
    name_rows(ax, said)
    ax.set_xlim(0, None)
    ax.margins(x=0.2)
    first, p = next(iter(premiums.items()))
    headline = f"{first}: agency costs {pounds_k(abs(p[1]))} a year {'more' if p[1] > 0 else 'less'} than the post"
    if min(p) < 0 < max(p):
        headline = f"{first}: the agency premium, {pounds_k(p[1])}, can be of either sign"
    subtitle = f"Full cost of a permanent post (line: low to high end of its prices) and of an agency worker, {scenario.place}, a year at {year or scenario.costs.price_base} prices, £000"
    source = f"Source: workforce_model, {scenario.name}; prices as stated, not simulated."
    return titled(ax, headline, subtitle, "; ".join(said), source)


def _met_by(results: Results, budget: str) -> dict[str, Figures]:
    """What each source met of a budget's cost and what is left as a gap, by reported year, mean of the runs; none that is nil."""
    lines, years, ledger = results.scenario.funding.lines, reported_years(results).values(), results.ledger
    parts: dict[str, Figures] = {}
    for i, name in enumerate(ledger.lines):
        if lines[name].budget == budget:
            used = np.array([-ledger.used[m, i].sum(axis=0).mean() for m in years])
            parts[lines[name].source] = parts.get(lines[name].source, 0.0) + used
    b = results.budgets.index(budget)
    parts["gap"] = np.array([ledger.gap[m, b].sum(axis=0).mean() for m in years])
    return {name: figures for name, figures in parts.items() if np.abs(figures).max() >= 0.005}


def _approved(results: Results, budget: str) -> Figures:
    distinct = list(dict.fromkeys(results.years))
    mine = [i for i, name in enumerate(results.ledger.lines) if results.scenario.funding.lines[name].budget == budget]
    available = (results.ledger.approved + results.ledger.vired)[:, mine].sum(axis=1)
    return np.array([available[distinct.index(year)] for year in reported_years(results)])


def _bars_with_ranges(ax: Axes, spends: Sequence[Spread]) -> None:
    """A bar of the mean in £000 at 0, 1, 2 and so on, each with its 10th to 90th percentile."""
    place, means = range(len(spends)), np.array([s.mean for s in spends]) / 1000
    whiskers = np.maximum(np.array([[s.mean - s.p10, s.p90 - s.mean] for s in spends]).T / 1000, 0)
    ax.bar(place, means, 0.55, color=PALE, edgecolor=BLUE)
    ax.errorbar(place, means, whiskers, fmt="none", ecolor="white", elinewidth=4)
    ax.errorbar(place, means, whiskers, fmt="none", ecolor=TEXT, elinewidth=1.3, capsize=3)
    for x, s in zip(place, spends, strict=True):
        _above(ax, x, max(s.p90, s.mean) / 1000, thousands(s.mean))


def _above(ax: Axes, x: float, y: float, text: str) -> None:
    ax.annotate(text, (x, y), (0, 4), textcoords="offset points", ha="center", fontsize=BODY, color=TEXT)


def _beside(ax: Axes, x: float, y: float, text: str) -> None:
    ax.annotate(text, (x, y), (5, 0), textcoords="offset points", va="center", fontsize=BODY, color=TEXT)


def _source_name(source: str) -> str:
    return "Gap" if source == "gap" else source if source.startswith("MTFP") else named(source)
