"""The Cabinet paper as a list of blocks, in the order of an Enfield Cabinet report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workforce_model.inputs.scenario import Scenario
from workforce_model.paper.appendices import (
    FURTHER,
    appendices,
    background_papers,
    further_charts,
    record,
    register,
    to_obtain,
)
from workforce_model.paper.money import financial
from workforce_model.paper.opening import background, options, recommendations, risks, summary
from workforce_model.paper.pages import Block, Heading, Paragraph, Picture, Table, ToWrite, texts
from workforce_model.paper.proposal import Proposal
from workforce_model.paper.published import Published
from workforce_model.paper.quoting import numbers_of
from workforce_model.paper.reasons import PLAN, bridge, improvement_plan, movers, plan_paragraph
from workforce_model.paper.service import performance, staffing
from workforce_model.reading.envelope import proposed

CHARTS = {
    "options": ("bridge", "option_frontier"),
    "money": ("cost_against_envelope", "funding_statement", "mtfp_steps", "agency_bill", "agency_premium"),
    "risks": ("tornado_caseloads", "tornado_cost"),
    "performance": ("share_at_or_over", "caseload_spread", "return_home_interviews", "plan_against_actual"),
    "staff": ("posts_filled", "staffing"),
    "evidence": ("assumption_quality",),
    "plan": ("improvement_plan",),
}
"""Charts a section takes, by file name, where the run has them; any other goes to an appendix."""
OF_ALL = ("option_frontier", "agency_bill", "share_at_or_over", "improvement_plan")
"""Charts of all scenarios of a run, or that name theirs; the others are of the one the run is about."""


def proposal_of(run: Published, name: str | None = None) -> Scenario:
    """The scenario a paper proposes: the one named, or the first option with posts of its own, or the last.

    Raises
    ------
    ValueError
        If no scenario of the run has that name.
    """
    named = {scenario.name: scenario for scenario in run.scenarios}
    if name is None:
        return proposed(run.scenarios)
    if name not in named:
        raise ValueError(f"proposal = {name!r}: not in this run; known: {', '.join(named)}")
    return named[name]


def cabinet_paper(p: Proposal) -> list[Block]:
    """The whole paper, its paragraphs numbered within their sections."""
    mine = p.scenario.name == proposed(p.run.scenarios).name
    taken = {section: [chart for chart in names if chart in p.run.charts and (mine or chart in OF_ALL)] for section, names in CHARTS.items()}  # fmt: skip
    left = [chart for chart in p.run.charts if not any(chart in names for names in taken.values())]

    def charts(section: str) -> Iterator[Block]:
        yield from (Picture(chart) for chart in taken[section])

    blocks = [
        *summary(p),
        *recommendations(p),
        *background(p),
        *options(p), *bridge(p), *charts("options"),
        Heading("5. Reasons for recommendations"), ToWrite("reasons for recommendations"),
        Heading("6. Comments from other departments"),
        *financial(p), *charts("money"),
        Heading("6.2 Legal implications", 2), ToWrite("legal implications"),
        *risks(p), *movers(p),
        ToWrite("inspection, safeguarding and reputational risks, and the mitigation and owner of each risk"), *charts("risks"),
        Heading("8. Impact on council priorities"), ToWrite("impact on council priorities"),
        Heading("9. Equalities impact implications"), ToWrite("equalities impact implications"),
        *performance(p), *plan_paragraph(p),
        ToWrite("the indicators that will be reported, to which board and how often"), *charts("performance"),
        *staffing(p), *charts("staff"),
        Heading("12. Public health implications"), ToWrite("public health implications"),
        *background_papers(p),
        *appendices(PLAN if "plan" in p.run.tables else None, FURTHER if left else None),
        *register(p), *charts("evidence"),
        *to_obtain(p),
        *record(p),
        *improvement_plan(p), *charts("plan"),
        *further_charts(left),
    ]  # fmt: skip
    return numbered(blocks)


def numbered(blocks: list[Block]) -> list[Block]:
    """Paragraphs of the numbered sections take their numbers, as ``1.1`` or ``6.1.1``."""
    section, count, done = "", 0, list[Block]()
    for block in blocks:
        if isinstance(block, Heading):
            first = block.text.split(" ")[0]
            section, count = (first.rstrip(".") if first[0].isdigit() else ""), 0
        elif isinstance(block, Paragraph) and section and not block.bullet:
            count += 1
            block = replace(block, number=f"{section}.{count}")
        done.append(block)
    return done


def places(blocks: list[Block]) -> dict[int, str]:
    """The section or table in which each quoted figure is printed."""
    found: dict[int, str] = {}
    section = ""
    for block in blocks:
        section = block.text if isinstance(block, Heading) else section
        here = f"{section}: {block.title}" if isinstance(block, Table) else section
        found |= {number: here for text in texts(block) for number in numbers_of(text)}
    return found
