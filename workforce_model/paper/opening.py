"""The front of the paper: summary, recommendations, background, options, and the key risks with their numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from workforce_model.accounts.statements import ALL_BUDGETS
from workforce_model.basis.formats import fte, money, percent, points, thousands
from workforce_model.inputs.scenario import Scenario
from workforce_model.paper.money import (
    FULL_YEAR,
    GAP,
    HALF_A_THOUSAND,
    envelope_sentences,
    first_year_sentences,
    later_years_sentences,
    posts_sentence,
    year_tested,
)
from workforce_model.paper.pages import Block, Heading, Paragraph, Table, ToWrite
from workforce_model.paper.proposal import HIGHER_LOWER, MORE_LESS, Proposal, march, short
from workforce_model.paper.published import CHECKS_FAILED
from workforce_model.paper.reasons import movers_sentence
from workforce_model.paper.service import OVER, agency_sentences, caseload_sentence, turnover_sentence


def summary(p: Proposal) -> Iterator[Block]:
    """Section 1: the answer, in the order cost, funding, caseload, agency, and how sure it is."""
    yield Heading("1. Executive summary")
    if p.run.failed:
        yield Paragraph(f"{CHECKS_FAILED}: {', '.join(p.run.failed)}. No figure in this paper is to be relied on.")
    held = "luck and doubt about the assumptions" if "doubt" in p.run.record["ranges_hold"] else "luck alone"
    yield Paragraph(
        f"This report gives the cost, funding, staffing and caseloads of “{short(p.scenario)}” for {p.scenario.place}, as "
        f"seen from {p.scenario.seen_from:%-d %B %Y}. Its figures come from a simulation of the service, "
        f"{p.run.record['runs_done']:,} futures of each option. A range is the 10th to 90th percentile, so one future in five lies outside it; it allows for {held}."
    )
    if p.budget:
        yield Paragraph(envelope_sentences(p))
        yield Paragraph(f"{first_year_sentences(p)} {later_years_sentences(p)}")
        yield Paragraph(posts_sentence(p))
    yield Paragraph(caseload_sentence(p))
    if p.compared:
        yield Paragraph(agency_sentences(p))
    yield from movers_sentence(p)
    obtain = stand_ins(p)
    yield Paragraph(
        f"{obtain} assumptions are stand-ins for what only the council can supply (appendix B). Until they are replaced, "
        "read the ranges rather than the means."
        if p.scenario.to_obtain()
        else "Every assumption is the council's own or published (appendix A)."
    )


def stand_ins(p: Proposal) -> str:
    """How many assumptions are stand-ins."""
    return p.quote.count("to_obtain", p.quote.rows("to_obtain", scenario=p.scenario.name), "stand-ins")


def created(month: pd.Period | None) -> str:
    """The month in words in which a post is created."""
    return "from the start" if month is None else month.strftime("%B %Y")


def recommendations(p: Proposal) -> Iterator[Block]:
    """Section 2: what the figures ask to be noted; what is to be approved is the council's to write."""
    yield Heading("2. Recommendations")
    yield Paragraph("Cabinet is asked to note:")
    if p.budget:
        keys = {"scenario": p.scenario.name, "budget": p.budget, "period": year_tested(p)}
        cost = p.quote(money, "envelope", "value", measure=FULL_YEAR, **keys)
        gap = p.quote(money, "envelope", "value", measure=GAP, **keys)
        over = p.quote.value("envelope", "value", measure=GAP, **keys) > 0
        yield Paragraph(f"that the full-year cost of {p.posts_named} is {cost}, {gap} {'more' if over else 'less'} than its funding (6.1)", bullet=True)  # fmt: skip
        last = {"scenario": p.scenario.name, "budget": p.budget, "period": p.years[-1], "entry": "gap"}
        if p.quote.value("ledger", **last) >= HALF_A_THOUSAND:
            yield Paragraph(f"that in {p.years[-1]}, {p.quote.ranged(money, 'ledger', **last)} is not met by the funding", bullet=True)  # fmt: skip
    keys = {"scenario": p.scenario.name, "team": p.team, "measure": OVER, "period": p.second}
    yield Paragraph(
        f"that in {march(p.second)}, {p.quote.ranged(percent, 'annual', **keys)} of {p.team_label().lower()} workers would "
        f"hold {p.limit} cases or more (section 10)",
        bullet=True,
    )
    if p.scenario.to_obtain():
        yield Paragraph(f"that {stand_ins(p)} figures are to be obtained before the next report (appendix B)", bullet=True)  # fmt: skip
    yield ToWrite("what Cabinet is asked to approve")


def background(p: Proposal) -> Iterator[Block]:
    """Section 3: the decision as it was put to the model."""
    yield Heading("3. Background")
    yield ToWrite("background")
    groups = [g for g in p.scenario.workforce.posts.values() if g.budget == p.budget]
    if groups:
        yield Paragraph("The posts of the decision as modelled, from the month each is created:")
        yield Table(
            title=f"{p.label}, as modelled",
            columns=("Role", "Team", "Posts", "Created", "Holds cases", "Source"),
            rows=tuple(
                (g.role, p.team_label(g.team), str(g.number), created(g.created), "yes" if g.holds_cases else "no", g.source)
                for g in groups
            ),
            note=f"A post created is filled through recruitment, so its start is uncertain. Scenario {p.scenario.name}.",
            words=6,
            widths=(0.2, 0.2, 0.08, 0.1, 0.1, 0.32),
        )  # fmt: skip


def options(p: Proposal) -> Iterator[Block]:
    """Section 4: every scenario of the run, the do-nothing and commissioned-team lines among them."""
    yield Heading("4. Alternative options considered")
    if len(p.run.scenarios) == 1:
        yield ToWrite("alternative options; run the do-nothing and commissioned-team scenarios beside this one to fill this section")  # fmt: skip
        return
    yield Paragraph(
        f"Each option was run with the same luck as “{short(p.base)}”, the do-nothing line, so that chance "
        "does not part them; a difference that the runs cannot tell from none is said to be one. The commissioned-team line shows what each option spends on it."
    )
    yield _options_money(p)
    for option in p.run.scenarios[1:]:
        if p.quote.rows("differences", scenario=option.name):
            yield Paragraph(_option_sentence(p, option))
    yield _options_service(p)
    if not any(_keeps_team(p, s) for s in p.run.scenarios[1:]):
        yield ToWrite(f"no option in this run keeps the commissioned team beyond {p.years[0]}; run one beside the others to show it")  # fmt: skip


def _keeps_team(p: Proposal, scenario: Scenario) -> bool:
    keys = {"scenario": scenario.name, "budget": ALL_BUDGETS, "part": "Cost", "row": "Commissioned team"}
    return any(p.quote.value("funding_statement", period=y, **keys) > 0 for y in p.years[1:])


def _options_money(p: Proposal) -> Table:
    rows: list[list[str]] = []
    strong: list[int] = []
    for s in p.run.scenarios:
        keys = {"scenario": s.name, "budget": ALL_BUDGETS, "part": "Cost"}
        for row, label in (("Total cost", short(s)), ("Agency", "of which agency"), ("Commissioned team", "of which commissioned team")):  # fmt: skip
            strong += [len(rows)] if row == "Total cost" else []
            rows.append([label, *(p.quote(thousands, "funding_statement", row=row, period=y, **keys) for y in p.years)])
        if p.quote.rows("differences", scenario=s.name):
            there = {"scenario": s.name, "outcome": "net_cost_gbp", "team": "council"}
            rows.append([f"difference from “{short(p.base)}”", *(p.quote(thousands, "differences", "difference", period=y, **there) for y in p.years)])  # fmt: skip
    table = p.money_table(
        "Options: cost of all budgets, cash prices, mean of the runs", p.years, rows, "funding_statement.csv and differences",
        note="Each figure is rounded once, so a difference shown may not be that of the rounded totals.",
    )  # fmt: skip
    return Table(table.title, table.columns, table.rows, table.note, frozenset(strong))


def _option_sentence(p: Proposal, option: Scenario) -> str:
    year, team = p.second, p.team_label().lower()
    cost = p.changed("net_cost_gbp", MORE_LESS, money, year, scenario=option.name)
    text = f"{option.title}: in {year} the cost of the service, against “{short(p.base)}”, is {cost}"
    if p.quote.has("differences", scenario=option.name, outcome=OVER, team=p.team, period=year):
        share = p.changed(OVER, HIGHER_LOWER, points, year, team=p.team, scenario=option.name)
        text += f"; the share of {team} workers with {p.limit} cases or more in {march(year)} is {share}"
    return f"{text}."


def _options_service(p: Proposal) -> Table:
    measures = {
        "Permanent FTE": "in_post_fte",
        "Agency above establishment, FTE": "agency_additional_fte",
        "Commissioned team, FTE": "commissioned_fte",
    }
    rows = []
    for s in p.run.scenarios:
        keys = {"scenario": s.name, "period": p.second}
        cells = [p.quote.celled(fte, "annual", team="council", measure=name, **keys) for name in measures.values()]
        for team in (p.team, "council"):
            share = {"team": team, "measure": OVER, **keys}
            cells.append(p.quote.celled(percent, "annual", **share) if p.quote.has("annual", **share) else "not run")
        rows.append((short(s), *cells))
    return Table(
        title=f"Options: staff and caseloads in {march(p.second)}",
        columns=("Option", *measures, f"{p.team_label()}: {p.limit} cases or more", f"All teams: {p.limit} cases or more"),
        rows=tuple(rows),
        note=f"Mean of the runs; in square brackets the 10th to 90th percentile. Ranges of options overlap because they share the same doubt: read differences from the sentences above. {p.source('annual')}",
        widths=(0.16, 0.18, 0.17, 0.16, 0.17, 0.16),
    )  # fmt: skip


def risks(p: Proposal) -> Iterator[Block]:
    """Section 7: what could go otherwise, each with its number."""
    yield Heading("7. Key risks")
    yield Paragraph("Each risk is put with the figure of the run that measures it.")
    rows = list(_risk_rows(p))
    yield Table(
        title="Key risks",
        columns=("Risk", "What the run shows"),
        rows=tuple(rows),
        note=f"Ranges: 10th to 90th percentile. {p.source('ledger, envelope, annual and differences')}",
        words=2,
        widths=(0.25, 0.75),
    )


def _risk_rows(p: Proposal) -> Iterator[tuple[str, str]]:
    if p.budget:
        keys, year = {"scenario": p.scenario.name, "budget": p.budget}, year_tested(p)
        low, high = (p.quote(money, "envelope", end, measure=FULL_YEAR, period=year, **keys) for end in ("low", "high"))  # fmt: skip
        yield (
            "Prices",
            f"The full-year cost of {p.posts_named} is from {low} to {high}, with every price at one end of its range.",
        )
        yield "Recruitment", posts_sentence(p)
        gap = p.quote.ranged(money, "ledger", period=p.years[-1], entry="gap", **keys)
        yield "Unfunded cost", f"In {p.years[-1]}, {gap} of the posts' cost is not met by their funding."
    yield "Caseloads", caseload_sentence(p)
    yield "Turnover", turnover_sentence(p)
    for option in p.run.scenarios[1:]:
        if option is not p.scenario and p.quote.rows("differences", scenario=option.name):
            yield f"If instead: {short(option)}", _option_sentence(p, option)
    if p.scenario.funding.reserve_opening_balance is None:
        yield "Reserve", "The balance of the reserve is not known to the model; its adequacy is not tested here."
    paths, later = p.run.tables["assumptions"]["assumption"], p.scenario.later_evidence()
    every = p.quote.rows("assumptions", scenario=p.scenario.name)
    low = p.quote.count(
        "assumptions", p.quote.rows("assumptions", scenario=p.scenario.name, confidence="low"), "low confidence"
    )
    late = p.quote.count("assumptions", [row for row in every if paths.iloc[row] in later], "later evidence")
    total = p.quote.count("assumptions", every, "all assumptions")
    yield (
        "Evidence",
        f"{low} of {total} assumptions have low confidence and {stand_ins(p)} are stand-ins; {late} rest on evidence later than "
        f"{p.scenario.seen_from:%-d %B %Y}, each with its reason (appendix A).",
    )
