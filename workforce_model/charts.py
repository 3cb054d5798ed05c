"""The charts of a run, each with a headline read off its figures and a text alternative.

A chart function takes Results, and axes if it is to share a figure, and returns the Axes. Nothing is shown,
and nothing is set beyond those axes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workforce_model.chart_parts import (
    COLOURS,
    DASHES,
    INK,
    Label,
    Ticks,
    Words,
    band,
    drawing,
    finish,
    from_zero,
    marked_line,
    save,
    spreads,
    text_alternative,
    whiskers,
    years_below,
)
from workforce_model.costs import AGENCY_KINDS, KINDS
from workforce_model.envelope import Envelope, envelopes
from workforce_model.formats import fte, percent, rounded, thousands
from workforce_model.measures import Figures, Spread, measured, spread
from workforce_model.model import Results, establishment_cost
from workforce_model.periods import financial_year_start
from workforce_model.tables import reported_years

__all__ = [
    "agency_bill", "caseload_spread", "cost_against_envelope", "cost_by_budget", "first_charts", "funding_statement",
    "permanent_staff", "posts_filled", "save", "share_at_or_over", "staffing", "text_alternative",
]  # fmt: skip

_TWO = (COLOURS[0], COLOURS[3])
_MOST = 4


# Words ------------------------------------------------------------------------------------------


def _notes(results: Sequence[Results], shown: str) -> str:
    first = results[0]
    names = ", ".join(dict.fromkeys(r.scenario.name for r in results))
    held = "luck and doubt about assumptions" if first.doubt else "luck only, assumptions at their values"
    ranged = f"{shown}: 10th to 90th percentile, {held}." if first.runs > 1 else "One run, so no range."
    runs = f"{first.runs:,} run{'s' * (first.runs > 1)}, seed {first.seed}"
    obtain = len({path for r in results for path in r.scenario.to_obtain()})
    wanted = f" {obtain} assumptions are stand-ins, to obtain from the council." if obtain else ""
    return f"Source: workforce_model, {'scenarios' if ',' in names else 'scenario'} {names}, {runs}. {ranged}{wanted}"


def _month(results: Results, index: int) -> str:
    """The month whose end is a position in a measure; the opening is the month before the clock starts."""
    when: pd.Period = results.scenario.periods.start + (index - 1)
    return when.strftime("%B %Y")


def _first(results: Results) -> int:
    """The position in a measure of the opening of the first reported month."""
    return int(next(iter(reported_years(results).values()))[0])


def _year_ends(results: Results) -> list[int]:
    """The positions in a measure of each reported year's last month."""
    return [int(months[-1]) + 1 for months in reported_years(results).values()]


def _ranged(s: Spread, form: Callable[[float], str]) -> str:
    """A mean with its range, as printed: ``166 (99 to 233)``."""
    mean, low, high = form(s.mean), form(s.p10), form(s.p90)
    return mean if low == high == mean else f"{mean} ({low} to {high})"


def _sign(change: Spread) -> int:
    """Whether a mean change is up (1), down (-1), or not told from chance (0)."""
    return int(np.sign(change.mean)) if abs(change.mean) > 2 * change.error else 0


def _sure(change: Spread) -> bool:
    """Whether nine runs in ten agree with the mean on which way a change goes."""
    return (change.p10 if change.mean > 0 else -change.p90) > 0


def _place(results: Results, team: str | None) -> str:
    return "all teams that hold cases" if team is None else results.scenario.workforce.teams[team].label


def _titles(results: Sequence[Results]) -> list[str]:
    """Each scenario's title up to its colon, or whole where that does not tell them apart, or with its name."""
    for titles in (
        [r.scenario.title.partition(":")[0] for r in results],
        [r.scenario.title for r in results],
        [f"{r.scenario.title} ({r.scenario.name})" for r in results],
    ):
        if len(set(titles)) == len(results):
            return titles
    return [f"{i + 1} {r.scenario.title}" for i, r in enumerate(results)]


def _colours(count: int) -> tuple[str, ...]:
    return _TWO[:count] if count <= 2 else COLOURS[:count]


def _compared(results: Results | Sequence[Results]) -> list[Results]:
    """The results to compare, refused unless the same runs, seed, months and limit stand behind each."""
    together = [results] if isinstance(results, Results) else list(results)
    if not 1 <= len(together) <= _MOST:
        raise ValueError(f"{len(together)} results: expected one to {_MOST} scenarios on a chart")
    alike = {
        "runs": [r.runs for r in together],
        "seed": [r.seed for r in together],
        "doubt": [r.doubt for r in together],
        "months": [(str(r.months[0]), str(r.months[-1]), _first(r)) for r in together],
        "caseload_limit": [r.scenario.caseloads.caseload_limit for r in together],
    }
    for name, values in alike.items():
        if len(set(values)) > 1:
            raise ValueError(f"{name} = {values}: expected the same for every scenario on a chart")
    return together


# Money ------------------------------------------------------------------------------------------


def _spent(results: Results, months: np.ndarray, budget: str | None = None, kinds: Sequence[str] = KINDS) -> Figures:
    heads = list(range(len(results.budgets))) if budget is None else [results.budgets.index(budget)]
    chosen = results.cost[np.ix_(months, heads, [KINDS.index(kind) for kind in kinds])]
    return np.asarray(chosen.sum(axis=(0, 1, 2)))


def _known_budget(results: Results, budget: str) -> str:
    if budget not in results.budgets:
        raise ValueError(f"budget = {budget!r}: expected one of {', '.join(results.budgets)}")
    return results.scenario.funding.budgets[budget].label


def _by_year(results: Results, budget: str | None = None, kinds: Sequence[str] = KINDS) -> list[Spread]:
    return [spread(_spent(results, months, budget, kinds), results.draw) for months in reported_years(results).values()]


def _approved(results: Results, budget: str) -> list[float]:
    """Pounds approved for a budget in each reported year."""
    lines = [i for i, name in enumerate(results.ledger.lines) if results.scenario.funding.lines[name].budget == budget]
    rows = list(dict.fromkeys(results.years))
    return [float(results.ledger.approved[rows.index(year), lines].sum()) for year in reported_years(results)]


def _k(gbp: float) -> str:
    return f"£{thousands(gbp)}k"


def _year_rows(results: Results, cost: Sequence[Spread] | None = None) -> list[tuple[str, ...]]:
    """Rows under the bars: the year, and with costs the mean and its range in £000."""
    years = [f"{year}*" if months.size < 12 else year for year, months in reported_years(results).items()]
    if cost is None:
        return [(year,) for year in years]
    return [(year, thousands(s.mean), f"{thousands(s.p10)} to {thousands(s.p90)}") for year, s in zip(years, cost, strict=True)]


def _money_axis(ax: Axes, years: int, highest: float) -> None:
    from_zero(ax, highest, thousands)
    ax.set_xlim(-0.5, years - 0.5)
    ax.set_xticks([])


def _part_year(results: Results) -> str:
    return " * Part of a year." if any(months.size < 12 for months in reported_years(results).values()) else ""


def cost_against_envelope(results: Results, budget: str = "nine_posts", *, ax: Axes | None = None) -> Axes:
    """What a budget's posts cost each year, against that year's approval and the cost of all of them filled.

    Parameters
    ----------
    results : Results
    budget : str
        A budget head of the scenario.
    ax : Axes, optional
        Drawn in a figure of its own if not given.

    Returns
    -------
    Axes
        Heights in pounds, printed in £000.
    """
    label = _known_budget(results, budget)
    years, cost, approved = list(reported_years(results)), _by_year(results, budget), _approved(results, budget)
    posts = sum(group.number for group in results.scenario.workforce.posts.values() if group.budget == budget)
    filled = [establishment_cost(results.scenario, budget, year) for year in years] if posts else []
    with drawing(ax) as axes:
        axes.bar(range(len(years)), [s.mean for s in cost], width=0.62, color=_TWO[0])
        whiskers(axes, range(len(years)), cost)
        for colour, dash, levels in ((_TWO[1], "-", approved), (INK, DASHES[1], filled)):
            for x, level in enumerate(levels):
                marked_line(axes, (x - 0.42, x + 0.42), level, colour, dash, 3.2 if dash == "-" else 1.8)
        _money_axis(axes, len(years), max([*approved, *filled, *(s.p90 for s in cost)]))
        labels = [Label(f"Mean cost {thousands(cost[-1].mean)}", cost[-1].mean, _TWO[0]), Label(f"Approved {thousands(approved[-1])}", approved[-1], _TWO[1])]
        if filled:
            labels.append(Label(f"All {posts} filled {thousands(filled[-1])}", filled[-1], INK))
        words = Words(
            _envelope_headline(results, budget, cost, approved),
            f"{label}: cost by financial year against approval, £000, cash prices",
            _envelope_figures(years, cost, approved, filled, posts),
            _notes([results], "Whiskers and ranges") + _part_year(results),
        )
        return finish(axes, words, Ticks(range(len(years)), _year_rows(results, cost)), labels)


def _envelope_figures(years: Sequence[str], cost: Sequence[Spread], approved: Sequence[float], filled: Sequence[float], posts: int) -> tuple[str, ...]:
    sentences = [f"{year}: mean cost {_ranged(s, _k)}, approved {_k(a)}." for year, s, a in zip(years, cost, approved, strict=True)]
    return (*sentences, *(f"All {posts} posts filled for twelve months at {year} prices: {_k(full)}." for year, full in zip(years, filled, strict=False)))


def _envelope_headline(results: Results, budget: str, cost: Sequence[Spread], approved: Sequence[float]) -> str:
    at: Literal["value"] | None = None if results.doubt else "value"
    test = envelopes(results.scenario, at=at, seed=results.seed).get(budget)
    if test is None or not (test.approved_first_year or test.approved_full_year):
        return _spending_headline(results, cost, approved)
    central = envelopes(results.scenario, at="value")[budget]
    money, gbp, single = test.approved_first_year, test.cost_first_year, central.cost_first_year
    if not money:
        money, gbp, single = test.approved_full_year, test.cost_full_year, central.cost_full_year
    low, high = np.quantile(gbp, (0.1, 0.9))
    if high <= money:
        return f"All {test.posts} posts filled cost {_k(single[0])} a year, within {_k(money)}"
    if low > money:
        return f"All {test.posts} posts filled cost {_k(single[0])} a year; {_k(money)} approved"
    return f"{_k(money)} may not pay for all {test.posts} posts for a year"


def _spending_headline(results: Results, cost: Sequence[Spread], approved: Sequence[float]) -> str:
    years = list(reported_years(results))
    if not any(approved):
        return f"No approval meets the cost: {_k(cost[0].mean)} in {years[0]}"
    for verb, over in (("passes", [s.p10 > a for s, a in zip(cost, approved, strict=True)]), ("may pass", [s.p90 > a for s, a in zip(cost, approved, strict=True)])):
        if any(over):
            return f"Cost {verb} the approval in {years[over.index(True)]}"
    return "Cost stays within the approval in every year"


def cost_by_budget(results: Results, *, ax: Axes | None = None) -> Axes:
    """What each budget head costs a year, stacked; the smallest are added together beyond four.

    Parameters are those of :func:`cost_against_envelope`.
    """
    total = _by_year(results)
    means = {_known_budget(results, name): [s.mean for s in _by_year(results, name)] for name in results.budgets}
    layers = _largest(means, "Other budgets")
    with drawing(ax) as axes:
        labels = _stacked(axes, layers, COLOURS)
        whiskers(axes, range(len(total)), total)
        _money_axis(axes, len(total), max(s.p90 for s in total))
        years = list(reported_years(results))
        words = Words(
            _change_headline("Cost", spread(_spent(results, reported_years(results)[years[-1]]) - _spent(results, reported_years(results)[years[0]]), results.draw), total[0], total[-1], _k, years[-1]),
            "Mean cost of each budget by financial year, £000, cash prices; total beneath",
            tuple(f"{year}: total {_ranged(s, _k)}; " + ", ".join(f"{name} {_k(layer[i])}" for name, layer in layers.items()) + "." for i, (year, s) in enumerate(zip(years, total, strict=True))),
            _notes([results], "Whiskers and ranges of the total") + _part_year(results),
        )
        return finish(axes, words, Ticks(range(len(total)), _year_rows(results, total)), labels)


def _largest(means: dict[str, list[float]], rest: str) -> dict[str, list[float]]:
    """The largest series in order, at most four, the others added together."""
    order = sorted((name for name in means if any(means[name])), key=lambda name: -sum(means[name]))
    if len(order) <= _MOST:
        return {name: means[name] for name in order}
    others = [means[name] for name in order[_MOST - 1 :]]
    return {name: means[name] for name in order[: _MOST - 1]} | {rest: [float(sum(each)) for each in zip(*others, strict=True)]}


def _stacked(ax: Axes, layers: dict[str, list[float]], colours: Sequence[str], hatched: str = "") -> list[Label]:
    """Bars one on another, parted by white; a label for each at its middle in the last year."""
    labels, under = [], np.zeros(len(next(iter(layers.values()), [])))
    for (name, heights), colour in zip(layers.items(), colours, strict=False):
        look = {"color": "white", "edgecolor": INK, "hatch": "///"} if name == hatched else {"color": colour, "edgecolor": "white"}
        ax.bar(range(under.size), heights, bottom=under, width=0.62, linewidth=1.0, **look)  # type: ignore[arg-type]  # the look is text
        labels.append(Label(f"{name} {thousands(heights[-1])}", float(under[-1] + heights[-1] / 2), look["edgecolor"] if name == hatched else colour))
        under = under + np.array(heights)
    return labels


def _change_headline(what: str, change: Spread, before: Spread, after: Spread, form: Callable[[float], str], when: str) -> str:
    if not _sign(change):
        return f"{what}: no change beyond chance from {form(before.mean)}"
    verb = "rises" if change.mean > 0 else "falls"
    on_average = "" if _sure(change) else " on average"
    return f"{what} {verb}{on_average} from {form(before.mean)} to {form(after.mean)} by {when}"


def funding_statement(results: Results, budget: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Who meets the cost each year: money used by source, and the gap left, stacked.

    Parameters
    ----------
    results : Results
    budget : str, optional
        One budget head; every budget if not given.
    ax : Axes, optional
    """
    place = "All budgets" if budget is None else _known_budget(results, budget)
    heads = [i for i, name in enumerate(results.budgets) if budget in (None, name)]
    years = reported_years(results)
    gaps = [spread(results.ledger.gap[np.ix_(m, heads)].sum(axis=(0, 1)), results.draw) for m in years.values()]
    layers = _largest(_used_by_source(results, budget), "Other sources") | {"Gap": [s.mean for s in gaps]}
    with drawing(ax) as axes:
        labels = _stacked(axes, layers, (*COLOURS[: len(layers) - 1], "white"), hatched="Gap")
        _money_axis(axes, len(years), float(np.sum(list(layers.values()), axis=0).max()))
        worst = int(np.argmax([s.mean for s in gaps]))
        when, most = list(years)[worst], gaps[worst]
        words = Words(
            f"Approved money leaves a gap of {_k(most.mean)} in {when}" if most.mean >= 500 else "Approved money meets the cost in every year",
            f"{place}: cost by source of funding and financial year, mean, £000; the gap, with its range, beneath",
            tuple(f"{year}: " + ", ".join(f"{name} {_k(layer[i])}" for name, layer in layers.items()) + f"; gap {_ranged(gaps[i], _k)}." for i, year in enumerate(years)),
            _notes([results], "Ranges") + _part_year(results),
        )
        rows = [(row[0], f"gap {thousands(s.mean)}", f"{thousands(s.p10)} to {thousands(s.p90)}") for row, s in zip(_year_rows(results), gaps, strict=True)]
        return finish(axes, words, Ticks(range(len(years)), rows), labels)


def _used_by_source(results: Results, budget: str | None) -> dict[str, list[float]]:
    """Mean pounds of each source that met cost, by reported year, positive."""
    used: dict[str, list[float]] = {}
    for index, name in enumerate(results.ledger.lines):
        line = results.scenario.funding.lines[name]
        if budget in (None, line.budget):
            source = ("Base (stand-in)" if line.at_establishment_cost else line.source[0].upper() + line.source[1:])
            met = [-float(results.ledger.used[months, index].sum(axis=0).mean()) for months in reported_years(results).values()]
            used[source] = [a + b for a, b in zip(used.get(source, [0.0] * len(met)), met, strict=True)]
    return used


def agency_bill(results: Results | Sequence[Results], *, ax: Axes | None = None) -> Axes:
    """What agency workers cost each year, the scenarios side by side.

    Parameters
    ----------
    results : Results or list of Results
        At most four; the first is the baseline.
    ax : Axes, optional
    """
    together = _compared(results)
    bills, names, years = [_by_year(r, kinds=AGENCY_KINDS) for r in together], _titles(together), list(reported_years(together[0]))
    width = 0.8 / len(together)
    with drawing(ax) as axes:
        for i, (bill, colour) in enumerate(zip(bills, _colours(len(bills)), strict=True)):
            x = np.arange(len(years)) + (i - (len(bills) - 1) / 2) * width
            axes.bar(x, [s.mean for s in bill], width=width, color=colour, edgecolor="white", hatch=("", "//", "..", "xx")[i])
            whiskers(axes, x.tolist(), bill)
        _money_axis(axes, len(years), max(s.p90 for bill in bills for s in bill))
        labels = [Label(f"{name} {thousands(bill[-1].mean)}", bill[-1].mean, colour) for name, bill, colour in zip(names, bills, _colours(len(bills)), strict=True)]
        first, last = (reported_years(together[-1])[year] for year in (years[0], years[-1]))
        change = spread(_spent(together[-1], last, kinds=AGENCY_KINDS) - _spent(together[-1], first, kinds=AGENCY_KINDS), together[-1].draw)
        words = Words(
            _change_headline("Agency bill", change, bills[-1][0], bills[-1][-1], _k, years[-1]),
            f"Agency workers, pay, on-costs and margin, by financial year, £000{_headline_scenario(names)}",
            tuple(f"{name}, {year}: mean {_ranged(s, _k)}." for name, bill in zip(names, bills, strict=True) for year, s in zip(years, bill, strict=True)),
            _notes(together, "Whiskers") + _part_year(together[0]),
        )
        return finish(axes, words, Ticks(range(len(years)), _year_rows(together[0])), labels)


def _headline_scenario(names: Sequence[str]) -> str:
    return f"; headline: {names[-1]}" if len(names) > 1 else ""


# People -----------------------------------------------------------------------------------------


def posts_filled(results: Results, budget: str = "nine_posts", *, ax: Axes | None = None) -> Axes:
    """Posts of a budget held by permanent staff, month by month, against the posts there are to fill.

    Parameters are those of :func:`cost_against_envelope`. Heights are whole posts, not FTE.
    """
    label = _known_budget(results, budget)
    groups = {name: group for name, group in results.scenario.workforce.posts.items() if group.budget == budget and group.number}
    if not groups:
        raise ValueError(f"budget = {budget!r} has no posts to fill")
    target = sum(group.number for group in groups.values())
    rows = [results.posts.groups.index(name) for name in groups]
    over = spreads(results, np.asarray(results.history.staff["permanent"][:, rows].sum(axis=1), dtype=float))
    first, last = _first(results), len(results.months)
    with drawing(ax) as axes:
        ticks = years_below(axes, results, first)
        marked_line(axes, (first, last), target, INK, DASHES[1], 1.8)
        band(axes, np.arange(first, last + 1), over[first:], 0, COLOURS[0])
        from_zero(axes, 1.05 * target, lambda x: f"{x:g}")
        labels = [Label(f"{target} posts", target, INK), Label(f"Mean {_ranged(over[last], fte)}", over[last].mean, COLOURS[0])]
        words = Words(
            _filled_headline(results, budget, over, target),
            f"{label}: posts held by permanent staff, month ends, {_month(results, first)} to {_month(results, last)}",
            tuple(f"{_month(results, m)}: mean {_ranged(over[m], fte)} of {target} posts." for m in _year_ends(results)),
            _notes([results], "Band and range"),
        )
        return finish(axes, words, ticks, labels)


def _filled_headline(results: Results, budget: str, over: Sequence[Spread], target: int) -> str:
    test = envelopes(results.scenario, at="value").get(budget)
    years = list(reported_years(results))
    at = _year_ends(results)[years.index(test.first_year) if test and test.first_year in years else 0]
    low, high = rounded(over[at].p10), rounded(over[at].p90)
    filled = f"{low}" if low == high else f"Expect {low} to {high}"
    return f"{filled} of {target} posts filled by {_month(results, at)}"


def permanent_staff(results: Results, *, ax: Axes | None = None) -> Axes:
    """Permanent staff in post, month by month, against the establishment.

    Parameters are those of :func:`cost_against_envelope`.
    """
    figures, posts = measured(results, "in_post_fte"), measured(results, "establishment_fte").mean(axis=1)
    over, first, last = spreads(results, figures), _first(results), len(results.months)
    with drawing(ax) as axes:
        ticks = years_below(axes, results, first)
        x = np.arange(first, last + 1)
        axes.plot(x, posts[first:], color=INK, linestyle=DASHES[1], linewidth=1.8)
        band(axes, x, over[first:], 0, COLOURS[0])
        from_zero(axes, max(float(posts[first:].max()), *(s.p90 for s in over[first:])), lambda x: f"{x:g}")
        labels = [Label(f"Establishment {fte(posts[last])}", posts[last], INK), Label(f"In post {_ranged(over[last], _whole)}", over[last].mean, COLOURS[0])]
        words = Words(
            _staff_headline(results, figures, over),
            f"Permanent staff in post, FTE, all teams, month ends, {_month(results, first)} to {_month(results, last)}",
            tuple(f"{_month(results, m)}: mean {_ranged(over[m], fte)} FTE in {fte(posts[m])} FTE of posts." for m in _year_ends(results)),
            _notes([results], "Band and range"),
        )
        return finish(axes, words, ticks, labels)


def _whole(value: float) -> str:
    return f"{rounded(value)}"


def _staff_headline(results: Results, figures: Figures, over: Sequence[Spread]) -> str:
    first, last = _first(results), len(results.months)
    change = spread(figures[last] - figures[first], results.draw)
    if not _sign(change):
        return f"No change beyond chance from {_whole(over[first].mean)} FTE of permanent staff"
    verb = "rise" if change.mean > 0 else "fall"
    on_average = "" if _sure(change) else " on average"
    return f"Permanent staff {verb}{on_average} from {_whole(over[first].mean)} to {_whole(over[last].mean)} FTE"


def staffing(results: Results, *, ax: Axes | None = None) -> Axes:
    """Permanent staff, agency workers and vacant posts, month by month, in FTE.

    Agency is cover and agency above establishment; a commissioned team is not in it. A vacant post may be
    covered. Parameters are those of :func:`cost_against_envelope`.
    """
    figures = {
        "Permanent": measured(results, "in_post_fte"),
        "Agency": measured(results, "agency_cover_fte") + measured(results, "agency_additional_fte"),
        "Vacant": measured(results, "vacancy_fte"),
    }
    over = {name: spreads(results, each) for name, each in figures.items()}
    first, last = _first(results), len(results.months)
    with drawing(ax) as axes:
        ticks = years_below(axes, results, first)
        for i, each in enumerate(over.values()):
            band(axes, np.arange(first, last + 1), each[first:], i, COLOURS[i])
        from_zero(axes, max(s.p90 for each in over.values() for s in each[first:]), lambda x: f"{x:g}")
        labels = [Label(f"{name} {_ranged(each[last], _whole)}", each[last].mean, COLOURS[i]) for i, (name, each) in enumerate(over.items())]
        words = Words(
            _staff_headline(results, figures["Permanent"], over["Permanent"]),
            f"FTE, all teams, month ends, {_month(results, first)} to {_month(results, last)}; vacant posts may have agency cover",
            tuple(f"{_month(results, m)}: " + ", ".join(f"{name.lower()} {_ranged(each[m], fte)} FTE" for name, each in over.items()) + "." for m in (first, *_year_ends(results))),
            _notes([results], "Bands and ranges"),
        )
        return finish(axes, words, ticks, labels)


# Caseloads --------------------------------------------------------------------------------------


def share_at_or_over(results: Results | Sequence[Results], team: str | None = None, *, ax: Axes | None = None) -> Axes:
    """The share of workers at or over the caseload limit, month by month, scenarios compared.

    Parameters
    ----------
    results : Results or list of Results
        At most four, of the same runs and seed; the first is the baseline.
    team : str, optional
        A team's name; every team that holds cases if not given.
    ax : Axes, optional

    Raises
    ------
    KeyError
        If the team is unknown.
    ValueError
        If the results cannot be compared.
    """
    together = _compared(results)
    names, colours = _titles(together), _colours(len(together))
    over = [spreads(r, measured(r, "share_at_or_over", team)) for r in together]
    first, last = _first(together[0]), len(together[0].months)
    limit = together[0].scenario.caseloads.caseload_limit
    with drawing(ax) as axes:
        ticks = years_below(axes, together[0], first)
        for i, each in enumerate(over):
            band(axes, np.arange(first, last + 1), each[first:], i, colours[i], shaded=len(together) <= 2)
        if len(together) > 2:
            axes.set_xlim(first, last + 1.5 * len(together))
            for i, each in enumerate(over):
                whiskers(axes, [last + 1.5 * (i + 0.5)], each[last:], colours[i])
        shown = [s.p90 for each in over for s in each[first:]]
        from_zero(axes, min(1.0, 1.05 * float(np.nanmax(shown))) if np.isfinite(shown).any() else 1.0, percent)
        labels = [Label(f"{name} {_ranged(each[last], percent)}", each[last].mean, colour) for name, each, colour in zip(names, over, colours, strict=True) if np.isfinite(each[last].mean)]
        headline, beside = _share_words(together, names, over, team)
        words = Words(
            headline,
            f"Share of workers with {limit} or more cases, {_place(together[0], team)}, {_month(together[0], first)} to {_month(together[0], last)}{beside}",
            tuple(f"{name}, {_month(together[0], m)}: mean {_ranged(each[m], percent)}." for name, each in zip(names, over, strict=True) for m in _year_ends(together[0])),
            _notes(together, "Bands and ranges" if len(together) <= 2 else "Whiskers (at the end) and ranges"),
        )
        return finish(axes, words, ticks, labels)


def _share_words(together: list[Results], names: list[str], over: list[list[Spread]], team: str | None) -> tuple[str, str]:
    """The headline, and what is added to the subtitle: the paired difference it rests on."""
    ends, limit = _year_ends(together[0]), together[0].scenario.caseloads.caseload_limit
    at = ends[1] if len(ends) > 1 else ends[0]
    when = _month(together[0], at)
    if len(together) == 1:
        s = over[0][at]
        low, high = percent(s.p10), percent(s.p90)
        return f"{low if low == high else f'{low} to {high}'} of workers at {limit} or more, {when}", ""
    share = [measured(r, "share_at_or_over", team)[at] for r in together]
    changes = [spread(each - share[0], together[0].draw) for each in share[1:]]
    told = [i for i, change in enumerate(changes) if _sign(change) and rounded(abs(100 * change.mean), 1)]
    if not told:
        return f"No difference beyond chance in workers at {limit} or more", ""
    pick = max(told, key=lambda i: abs(changes[i].mean))
    change, name = changes[pick], names[pick + 1]
    points = f"{rounded(abs(100 * change.mean), 1)} in 100 {'fewer' if change.mean < 0 else 'more'} workers at {limit}+"
    start = "" if _sure(change) else "on average "
    headline = f"{name}: {start}{points}" if len(name.split()) <= 2 and len(name) <= 24 else f"{start}{points}"
    p10, p90 = (f"{rounded(100 * x):+}" for x in (change.p10, change.p90))
    return headline[0].upper() + headline[1:], f". {name} less {names[0]}, {when}: {rounded(100 * change.mean, 1):+} points ({p10} to {p90})"


_TAIL = 40
"""Caseloads of this many or more share a bar."""


def caseload_spread(results: Results, month: str | pd.Period | None = None, team: str | None = None, *, ax: Axes | None = None) -> Axes:
    """How caseloads spread over workers at a month's end, with those at or over the limit marked.

    Parameters
    ----------
    results : Results
    month : str or Period, optional
        ``2020-03``; the end of the first reported year if not given.
    team : str, optional
        A team's name; every team that holds cases if not given.
    ax : Axes, optional

    Raises
    ------
    ValueError
        If the month is not simulated or nobody was there to take cases.
    """
    at = _position(results, month)
    over = spread(measured(results, "share_at_or_over", team)[at], results.draw)
    teams, limit = sorted(results.scenario.caseloads.teams), results.scenario.caseloads.caseload_limit
    counted = results.history.histogram[at][slice(None) if team is None else [teams.index(team)]].sum(axis=0)
    if not counted.sum():
        raise ValueError(f"no worker of {_place(results, team)} takes cases in {_month(results, at)}")
    share = np.append(counted[:_TAIL], counted[_TAIL:].sum()) / counted.sum()
    with drawing(ax) as axes:
        x = np.arange(_TAIL + 1)
        for chosen, colour, hatch in ((x < limit, _TWO[0], ""), (x >= limit, _TWO[1], "////")):
            axes.bar(x[chosen], share[chosen], width=1.0, color=colour, edgecolor="white", linewidth=0.6, hatch=hatch)
        axes.axvline(limit - 0.5, color=INK, linestyle=DASHES[1], linewidth=1.8)
        from_zero(axes, 1.05 * float(share.max()), lambda y: f"{rounded(100 * y, 1).normalize():f}%")
        axes.set_xlim(-0.5, _TAIL + 0.5)
        axes.set_xticks([])
        marks = [*range(0, limit, 5), *range(-(-(limit + 1) // 5) * 5, _TAIL + 1, 5)]
        words = Words(
            f"{percent(over.mean)} of workers hold {limit} or more cases, {_month(results, at)}",
            f"Share of workers by cases held, {_place(results, team)}, {_month(results, at)}; {limit} or more hatched: {_ranged(over, percent)}",
            _spread_figures(share, limit),
            _notes([results], "Bars: all runs together. Range"),
        )
        return finish(axes, words, Ticks(marks, [(f"{m}+" if m == _TAIL else str(m),) for m in marks]))


def _position(results: Results, month: str | pd.Period | None) -> int:
    if month is None:
        return _year_ends(results)[0]
    wanted = pd.Period(month, "M")
    if wanted not in results.months:
        raise ValueError(f"month = {month}: expected one from {results.months[0]} to {results.months[-1]}")
    return int(results.months.get_loc(wanted)) + 1


def _spread_figures(share: Figures, limit: int) -> tuple[str, ...]:
    edges = sorted({0, 1, 5, 10, 15, limit, 25, 30, 35, _TAIL})
    spans = [(a, b) for a, b in zip(edges, [*edges[1:], _TAIL + 1], strict=True) if b > a]
    named = [f"{a} or more" if a == _TAIL else f"{a}" if b - a == 1 else f"{a} to {b - 1}" for a, b in spans]
    return tuple(f"{name} cases: {percent(float(share[a:b].sum()))} of workers." for name, (a, b) in zip(named, spans, strict=True))


# The first screen -------------------------------------------------------------------------------


def first_charts(results: Sequence[Results]) -> dict[str, Figure]:
    """The four charts of the first screen: cost against approval, posts filled, caseloads, staffing.

    Where no scenario has new posts with an approval, cost by budget and permanent staff stand in.

    Parameters
    ----------
    results : list of Results
        The first is the baseline; the last is the one whose staffing is shown.
    """
    together = list(results)
    invested = next(((r, budget) for r in together for budget in _invested(r)), None)
    last = together[-1]
    axes = {
        "cost_against_envelope": cost_against_envelope(*invested) if invested else cost_by_budget(last),
        "posts_filled": posts_filled(*invested) if invested else permanent_staff(last),
        "share_at_or_over": share_at_or_over(together[:_MOST]),
        "staffing": staffing(last),
    }
    figures = {name: ax.get_figure(root=True) for name, ax in axes.items()}
    return {name: figure for name, figure in figures.items() if figure is not None}


def _invested(results: Results) -> list[str]:
    """Budgets whose posts are created in a reported year, with a reserve or growth line."""
    paid = {line.budget for line in results.scenario.funding.lines.values() if line.source in ("risk reserve", "MTFP growth")}
    tests: dict[str, Envelope] = envelopes(results.scenario, at="value")
    return [name for name, test in tests.items() if name in paid and financial_year_start(test.first_year) >= financial_year_start(next(iter(reported_years(results))))]
