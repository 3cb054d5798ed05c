"""Appendices: the assumption register, what is to be obtained, the checks and the record of the run."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator

from workforce_model.basis.assumption_words import in_words, printed_in
from workforce_model.paper.pages import Block, Heading, Paragraph, Picture, Table, ToWrite
from workforce_model.paper.proposal import Proposal
from workforce_model.paper.published import CHECKS_FAILED

REGISTER = "Appendix A: assumption register"
OBTAIN = "Appendix B: figures to obtain from the council"
RECORD = "Appendix C: checks, conventions and the record of the run"
FURTHER = "Appendix E: further charts"
_PARTS = {
    "workforce": "Workforce",
    "caseloads": "Caseloads",
    "costs": "Costs",
    "funding": "Funding",
    "duties": "Duties",
    "inspection": "Inspection",
}


def register(p: Proposal) -> Iterator[Block]:
    """Appendix A: every assumption of the proposal with its value, range, source, date and confidence."""
    yield Heading(REGISTER, wide=True)
    yield Paragraph(
        f"Every assumption of “{p.scenario.title}”. S: a stand-in for what only the council can supply. "
        "L: rests on evidence later than the date the scenario is seen from, with the reason given after its source. "
        "Ranges of triangular and uniform shape are the ends; of normal and lognormal shape, the 10th and 90th percentiles."
    )
    for part, label in _PARTS.items():
        rows = [row for row in _stated(p) if _path(p, row).split(".")[0] == part]
        if rows:
            yield _assumptions(p, f"Assumptions: {label.lower()}", rows)


def to_obtain(p: Proposal) -> Iterator[Block]:
    """Appendix B: what the council is asked to supply, with the stand-in in use meanwhile."""
    yield Heading(OBTAIN, wide=True)
    frame = p.run.tables["assumptions"]
    rows = [row for row in _stated(p) if frame["obtain"].iloc[row] == "yes"]
    if not rows:
        yield Paragraph("Nothing is to be obtained: no assumption is a stand-in.")
        return
    yield Paragraph(
        f"{p.quote.count('assumptions', rows, 'stand-ins')} stand-ins are in use. Each is to be replaced by the council's own figure before the paper is relied on."
    )
    yield from _first_of_all(p)
    yield from _not_stood_in_for(p)
    yield Table(
        title="To obtain",
        columns=("Figure", "Stand-in", "Range", "Why this stand-in", "Council's figure"),
        rows=tuple((*_value_cells(p, row), str(frame["source"].iloc[row]), "to supply") for row in rows),
        note=p.source("to_obtain"),
        words=5,
        widths=(0.24, 0.15, 0.15, 0.32, 0.14),
    )


def _first_of_all(p: Proposal) -> Iterator[Block]:
    """Which stand-ins to replace first: those whose effect on a figure of this paper is clear, the widest first."""
    frame = p.run.tables.get("movers")
    if frame is None:
        return
    against = p.base.name if p.compared else "none"
    found: list[str] = []
    for keys in (
        {"outcome": "net_cost_gbp", "against": against},
        {"outcome": "share_at_or_over", "team": p.team, "against": "none"},
    ):
        rows = p.quote.rows("movers", scenario=p.scenario.name, obtain="yes", clear="yes", **keys)
        found += [in_words(str(frame["assumption"].iloc[row])) for row in rows]
    if found:
        yield Paragraph(f"Those to replace first, as their range clearly moves the cost or the caseloads of this paper (section 7): {'; '.join(dict.fromkeys(found))}.")  # fmt: skip


def _not_stood_in_for(p: Proposal) -> Iterator[Block]:
    """What only the council can supply and no assumption stands in for."""
    funding, wanted = p.scenario.funding, list[str]()
    if funding.reserve_opening_balance is None:
        wanted.append(
            "the balance of the risk reserve and the other calls on it: without it the paper shows movements only"
        )
    if any(line.at_establishment_cost for line in funding.lines.values()):
        wanted.append(
            "the base budget of the existing establishment: meanwhile it stands at the full cost of its posts"
        )
    statuses = p.run.tables["plan"]["status"] if "plan" in p.run.tables else ()
    if any("completion not reported" in str(status) for status in statuses):
        wanted.append("which actions of the improvement plan are complete, and when each was")
    if wanted:
        yield Paragraph("Besides these, the council is asked for:")
        yield from (Paragraph(one, bullet=True) for one in wanted)


def record(p: Proposal) -> Iterator[Block]:
    """Appendix C: the checks, what the numbers follow, and the run itself."""
    yield Heading(RECORD, wide=True)
    checks = p.run.tables["checks"]
    rows = []
    for name in dict.fromkeys(checks["name"].tolist()):
        mine = checks[checks["name"] == name]
        status = mine["status"].tolist()
        worst = next((s for s in ("failed", "passed") if s in status), "not applicable")
        note = next((str(n) for n, s in zip(mine["note"], mine["status"], strict=True) if s == worst and n), "")
        said = {"failed": CHECKS_FAILED, "passed": "passed in every run", "not applicable": "does not apply"}[worst]
        rows.append((str(name), str(mine["rule"].iloc[0]), f"{said}: {note}" if note and worst != "passed" else said))
    yield Table(
        title="Checks, over all scenarios of the run",
        columns=("Check", "Rule", "Result"),
        rows=tuple(rows),
        note=p.source("checks"),
        words=3,
        widths=(0.18, 0.57, 0.25),
    )
    yield Table(
        title="Conventions the numbers follow",
        columns=("Code", "Convention"),
        rows=tuple((str(k), str(v)) for k, v in p.run.record["conventions"].items()),
        note="From the run record, run.json.",
        words=2,
        widths=(0.08, 0.92),
    )
    versions = ", ".join(f"{name} {version}" for name, version in p.run.record["versions"].items())
    yield Paragraph(
        f"{p.run.run_line}. Made with {versions}. The run's number is the start of the SHA-256 of run.json, which holds "
        "the hash of every table, chart and input, so a changed file is found out."
    )
    yield ToWrite("the analyst, the assurer and the approver, and the date each signed")


def background_papers(p: Proposal) -> Iterator[Block]:
    """The files the figures come from."""
    yield Heading("Background papers")
    yield Paragraph(f"The run folder {p.run.run_id}: tables, charts, every run's own figures, and the scenarios resolved.", bullet=True)  # fmt: skip
    for file in p.run.record["inputs"]:
        yield Paragraph(f"Scenario file {file['name']}, SHA-256 {file['sha256'][:12]}", bullet=True)


def appendices(*further: str | None) -> Iterator[Block]:
    """What follows the paper; the further appendices are those that the run fills."""
    yield Heading("Appendices")
    for title in (REGISTER, OBTAIN, RECORD, *filter(None, further)):
        yield Paragraph(title, bullet=True)


def further_charts(left: list[str]) -> Iterator[Block]:
    """Appendix E: charts of the run that no section has taken, those of a scenario other than the one proposed among them."""
    if left:
        yield Heading(FURTHER)
        yield Paragraph("Charts of the run that no section has taken. Each names the scenario it is of in its source.")
        yield from (Picture(chart) for chart in left)


def _stated(p: Proposal) -> list[int]:
    return p.quote.rows("assumptions", scenario=p.scenario.name)


def _path(p: Proposal, row: int) -> str:
    return str(p.run.tables["assumptions"]["assumption"].iloc[row])


def _assumptions(p: Proposal, title: str, rows: list[int]) -> Table:
    frame = p.run.tables["assumptions"]
    later = p.scenario.later_evidence()
    cells = []
    for row in rows:
        path = _path(p, row)
        source = str(frame["source"].iloc[row])
        marks = "".join((("S" if frame["obtain"].iloc[row] == "yes" else ""), ("L" if path in later else "")))
        if path in later:
            source = f"{source}. Later evidence: {later[path].later_evidence}"
        known = (
            f"{datetime.date.fromisoformat(str(frame['date'].iloc[row])):%-d %B %Y}, {frame['confidence'].iloc[row]}"
        )
        cells.append((*_value_cells(p, row), known, marks or "none", source))
    return Table(
        title=title,
        columns=("Assumption", "Value", "Range", "Known, confidence", "Marks", "Source"),
        rows=tuple(cells),
        note=p.source("assumptions"),
        words=6,
        widths=(0.22, 0.14, 0.14, 0.1, 0.05, 0.35),
    )


def _value_cells(p: Proposal, row: int) -> tuple[str, str, str]:
    """An assumption in words, its value with its unit, and its range."""
    frame = p.run.tables["assumptions"]
    path, unit = _path(p, row), str(frame["unit"].iloc[row])
    how, shown = printed_in(unit)
    if how(float(frame["value"].iloc[row])) == "1":
        shown = re.sub(r"^(\w+)s\b", r"\1", shown)
    value = p.quote.cell(how, "assumptions", row, "value", path)
    if math.isnan(float(frame["low"].iloc[row])):
        return (in_words(path), f"{value} {shown}".strip(), "stated exactly")
    ends = [p.quote.cell(how, "assumptions", row, end, path) for end in ("low", "high")]
    return (in_words(path), f"{value} {shown}".strip(), f"{ends[0]} to {ends[1]}, {frame['shape'].iloc[row]}")
