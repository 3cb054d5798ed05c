"""The one-screen answer: cost, funding, staff and caseload of compared scenarios, each with its range."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.assumption_words import named_together
from workforce_model.basis.formats import fte, percent, rounded, thousands
from workforce_model.basis.periods import march
from workforce_model.engine.results import Results
from workforce_model.money.costs import AGENCY_KINDS, KINDS, PAY_KINDS
from workforce_model.reading.envelope import envelopes
from workforce_model.reading.measures import Spread, measured_in_year, spread
from workforce_model.reading.ranges import clear, money
from workforce_model.reading.tables import TIDY, reported_years

Figures = NDArray[np.float64]
LABEL, WIDTH = 46, 100
_KINDS: dict[str, tuple[str, ...]] = {
    "Permanent pay and on-costs": (*PAY_KINDS,),
    "Agency": (*AGENCY_KINDS,),
    "Commissioned team": ("commissioned team",),
    "Recruitment, induction and fees": ("recruitment", "induction", "conversion fee"),
}


def summary_text(results: list[Results]) -> str:
    """The answer on one screen, at most 100 columns wide, the scenarios side by side.

    Parameters
    ----------
    results : list of Results
        The first is the baseline: each of the others is shown beside it.
    """
    parts = [_heading(results), _answer(results), _envelope(results)]
    for pair in [results] if len(results) == 1 else [[results[0], option] for option in results[1:]]:
        parts += [_cost(pair), _funding(pair), _staff(pair), _caseload(pair)]
    return "\n".join(line for part in [*parts, _provenance(results)] for line in part)


def _heading(results: list[Results]) -> list[str]:
    first = results[0]
    held = "luck and doubt about the assumptions" if first.doubt else "luck only"
    titles = [
        f"  {'ABCDEFGH'[i] if i < 8 else '-'}  {r.scenario.title} ({r.scenario.name})" for i, r in enumerate(results)
    ]
    note = (
        f"{first.runs:,} runs, seed {first.seed}, seen from {first.scenario.seen_from}. "
        f"Ranges in [ ]: 10th to 90th percentile, {held}."
    )
    return [*titles, *textwrap.wrap(note, WIDTH), ""]


def _answer(results: list[Results]) -> list[str]:
    sentences = []
    for r in results:
        for budget, test in envelopes(r.scenario, at="value").items():
            if test.first_year in reported_years(r):
                sentences.append(_envelope_sentence(r, budget))
    sentences += [_difference_sentence(results[0], option) for option in results[1:]]
    return [*textwrap.wrap(" ".join(sentences), WIDTH), ""] if sentences else []


def _envelope_sentence(r: Results, budget: str) -> str:
    test = envelopes(r.scenario, at="value")[budget]
    label = r.scenario.funding.budgets[budget].label
    label = label[0].upper() + label[1:]
    cost, approved = float(test.cost_first_year[0]), test.approved_first_year
    verdict = "more than" if cost > approved else "within"
    text = (
        f"{label} cost £{thousands(cost)}k in a full year at central prices, {verdict} the £{thousands(approved)}k "
        f"approved; {test.pays_for()}."
    )
    spent = spread(_spent(r, test.first_year, budget), r.draw)
    left = test.approved_first_year - spent.mean
    rest = f"£{thousands(abs(left))}k {'of the approval is unspent' if left >= 0 else 'more than was approved'}"
    return f"{text} Filled as the council recruits they cost {money(spent)} in {test.first_year}, {'and ' * (left >= 0)}about {rest}."


def _difference_sentence(base: Results, option: Results) -> str:
    year = list(reported_years(base))[1] if len(reported_years(base)) > 1 else next(iter(reported_years(base)))
    teams = set(base.scenario.caseloads.teams) & set(option.scenario.caseloads.teams)
    limit = option.scenario.caseloads.caseload_limit
    changes = {
        t: _paired(base, option, partial(measured_in_year, name="share_at_or_over", year=year, team=t))
        for t in sorted(teams)
    }
    told = {team: change for team, change in changes.items() if clear(change)}
    if not told:
        return f"No team's share of workers with {limit} or more cases differs by more than chance in {march(year)}."
    team = max(told, key=lambda t: abs(told[t].mean))
    change, label = told[team], option.scenario.workforce.teams[team].label
    return (
        f"Against {base.scenario.name}, with the same luck, the share of {label.lower()} workers with {limit} or more "
        f"cases in {march(year)} is {_points(change.mean)} under {option.scenario.name} "
        f"[{_points(change.p10)} to {_points(change.p90)}]."
    )


def _points(change: float) -> str:
    """A change in a share, in percentage points and words."""
    size = rounded(abs(100 * change), 1)
    return f"{size} points {'lower' if change < 0 else 'higher'}" if size else "unchanged"


def _paired(base: Results, option: Results, figure: Callable[[Results], Figures]) -> Spread:
    runs = min(base.runs, option.runs)
    return spread(figure(option)[:runs] - figure(base)[:runs], option.draw[:runs])


def _spent(r: Results, year: str, budget: str | None = None, kinds: tuple[str, ...] = KINDS) -> Figures:
    months = reported_years(r)[year]
    chosen = r.cost[months][:, :, [KINDS.index(kind) for kind in kinds]]
    if budget is not None:
        chosen = chosen[:, [r.budgets.index(budget)]]
    return np.asarray(chosen.sum(axis=(0, 1, 2)))


def _money(r: Results, figures: Figures) -> str:
    s = spread(figures, r.draw)
    if s.p10 == s.p90:
        return thousands(s.mean)
    return f"{thousands(s.mean)} [{thousands(s.p10)} to {thousands(s.p90)}]"


def _rows(label: str, cells: list[str], width: int) -> str:
    return f"{label:<{LABEL}}" + "".join(f"{cell:>{width}}" for cell in cells)


def _column(results: list[Results]) -> int:
    return (WIDTH - LABEL) // max(2, len(results))


def _section(title: str, results: list[Results]) -> str:
    return _rows(title, [r.scenario.name for r in results], _column(results))


def _cost(results: list[Results]) -> list[str]:
    years = list(reported_years(results[0]))[:2]
    lines = []
    for year in years:
        lines.append(_section(f"COST {year}, £000", results))
        for label, kinds in _KINDS.items():
            cells = [_money(r, _spent(r, year, kinds=kinds)) for r in results]
            lines.append(_rows(f"  {label}", cells, _column(results)))
        lines.append(_rows("  Total", [_money(r, _spent(r, year)) for r in results], _column(results)))
    return [*lines, ""]


def _envelope(results: list[Results]) -> list[str]:
    lines = []
    for r in results:
        for budget, test in envelopes(r.scenario, seed=r.seed).items():
            if test.first_year not in reported_years(r):
                continue
            central = envelopes(r.scenario, at="value")[budget]
            lines.append(
                f"ENVELOPE TEST, {r.scenario.name}: {r.scenario.funding.budgets[budget].label.lower()}, £000, all {test.posts} filled by permanent staff"
            )
            for year, cost, single, approved in (
                (test.first_year, test.cost_first_year, central.cost_first_year, test.approved_first_year),
                (test.full_year, test.cost_full_year, central.cost_full_year, test.approved_full_year),
            ):
                p10, p90 = np.quantile(cost, (0.1, 0.9))
                lines.append(
                    f"  Twelve months at {year} prices {thousands(single[0])} [{thousands(p10)} to {thousands(p90)}], approved "
                    f"{thousands(approved)}, gap {thousands(single[0] - approved)} "
                    f"[{thousands(p10 - approved)} to {thousands(p90 - approved)}]"
                )
            low, high = (envelopes(r.scenario, at=end)[budget].cost_first_year[0] for end in ("low", "high"))
            lines.append(f"  With every price at its low end {thousands(low)}, at its high end {thousands(high)}")
    return [*lines, ""] if lines else []


def _funding(results: list[Results]) -> list[str]:
    years = list(reported_years(results[0]))[:2]
    lines = [_section("FUNDING, £000, mean of the runs", results)]
    for year in years:
        lines.append(_rows(f"  {year}: cost", [thousands(_spent(r, year).mean()) for r in results], _column(results)))
        for source, label in (
            ("base budget", "base budget (stand-in)"),
            ("MTFP growth", "MTFP growth"),
            ("risk reserve", "risk reserve"),
            ("grant", "grants"),
        ):
            used = [_used(r, year, source) for r in results]
            if any(x.any() for x in used):
                lines.append(_rows(f"    met by {label}", [thousands(x.mean()) for x in used], _column(results)))
        gaps = [r.ledger.gap[reported_years(r)[year]].sum(axis=(0, 1)) for r in results]
        lines.append(
            _rows("    left as a gap", [_money(r, g) for r, g in zip(results, gaps, strict=True)], _column(results))
        )
        nil = [_spent(r, year) + _used(r, year, None) - g for r, g in zip(results, gaps, strict=True)]
        lines.append(
            _rows(
                "    cost + funding - gap", [thousands(float(np.abs(x).max().round(2))) for x in nil], _column(results)
            )
        )
    return [
        *lines,
        "  Brackets: money that meets a cost. Figures are rounded one by one; parts may not add to totals.",
        "",
    ]


def _used(r: Results, year: str, source: str | None) -> Figures:
    months = reported_years(r)[year]
    chosen = [i for i, name in enumerate(r.ledger.lines) if source in (None, r.scenario.funding.lines[name].source)]
    return np.asarray(r.ledger.used[months][:, chosen].sum(axis=(0, 1)))


def _staff(results: list[Results]) -> list[str]:
    lines = [_section("STAFF, FTE", results)]
    for year in list(reported_years(results[0]))[:2]:
        for label, names in (
            ("permanent", ("in_post_fte",)),
            ("agency", ("agency_cover_fte", "agency_additional_fte")),
            ("vacant", ("vacancy_fte",)),
        ):
            cells = []
            for r in results:
                s = spread(np.sum([measured_in_year(r, name, year) for name in names], axis=0), r.draw)
                cells.append(f"{fte(s.mean)} [{fte(s.p10)} to {fte(s.p90)}]")
            lines.append(_rows(f"  {march(year)}: {label}", cells, _column(results)))
    return [*lines, ""]


def _caseload(results: list[Results]) -> list[str]:
    first = results[0]
    limit = first.scenario.caseloads.caseload_limit
    years = list(reported_years(first))[:2]
    lines = [_section(f"WORKERS WITH {limit} OR MORE CASES", results)]
    for year in years:
        when = march(year)
        for team in (*sorted(first.scenario.caseloads.teams), None):
            cells = []
            for r in results:
                s = spread(measured_in_year(r, "share_at_or_over", year, team), r.draw)
                cells.append(f"{percent(s.mean)} [{percent(s.p10)} to {percent(s.p90)}]")
            label = "all teams" if team is None else first.scenario.workforce.teams[team].label
            lines.append(_rows(f"  {when}: {_short(label)}", cells, _column(results)))
    return [*lines, ""]


def _short(label: str) -> str:
    room = LABEL - 15
    return label if len(label) <= room else label[: room - 2].rstrip() + ".."


def _provenance(results: list[Results]) -> list[str]:
    obtain: dict[str, None] = {}
    later: dict[str, None] = {}
    for r in results:
        obtain |= dict.fromkeys(r.scenario.to_obtain())
        later |= dict.fromkeys(r.scenario.later_evidence())
    lines = []
    if obtain:
        lines += _listed(f"To obtain from the council ({len(obtain)} stand-ins in use):", obtain)
    if later:
        lines += _listed(f"Later evidence used, with a reason ({len(later)}):", later)
    unknown = [
        r.scenario.name for r in results if any(x.at_establishment_cost for x in r.scenario.funding.lines.values())
    ]
    if unknown:
        lines += textwrap.wrap(
            "The base budget is not known: it stands at the full cost of the existing posts.",
            WIDTH,
        )
    if all(r.scenario.funding.reserve_opening_balance is None for r in results):
        lines.append("No reserve balance is stated: the reserve shows movements only.")
    failed = sorted({check.name for r in results for check in r.checks if check.status == "failed"})
    passed = sum(check.status == "passed" for check in results[0].checks)
    lines.append(
        "CHECKS FAILED: " + ", ".join(failed) if failed else f"Checks: all {passed} that apply passed in every run."
    )
    return lines


def _listed(start: str, paths: Iterable[str]) -> list[str]:
    texts = (
        textwrap.wrap(text, WIDTH - 2, subsequent_indent="  ", break_on_hyphens=False) for text in named_together(paths)
    )
    return [start, *("  " + line for text in texts for line in text)]


def summary_table(results: list[Results], annual: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """The figures of the screen, and their like for every reported year, tidy.

    Parameters
    ----------
    annual, ledger : DataFrame
        The scenarios' :func:`workforce_model.annual_table` and :func:`workforce_model.ledger_table`, one below the other.

    Returns
    -------
    DataFrame
        Columns as :data:`workforce_model.reading.tables.TIDY`; money is by budget head, named in ``team``.
    """
    wanted = ["in_post_fte", "agency_cover_fte", "agency_additional_fte", "vacancy_fte", "caseload", "share_at_or_over"]
    parts = []
    for r in results:
        mine, money = (table[table["scenario"] == r.scenario.name] for table in (annual, ledger))
        parts.append(mine[mine["measure"].isin(wanted)])
        yearly = money[money["period"].isin(list(reported_years(r)))]
        money = yearly.assign(team=yearly["budget"], measure=yearly["entry"] + ": " + yearly["line"])
        parts.append(money[TIDY])
    return pd.concat(parts, ignore_index=True)
