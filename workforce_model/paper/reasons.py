"""Why the figures are what they are: what makes up the difference in cost, what moves the answer most, the plan at work."""

from __future__ import annotations

import math
from collections.abc import Iterator

from workforce_model.basis.assumption_words import in_words, printed_in
from workforce_model.basis.formats import fte, money, percent, points, rounded, thousands
from workforce_model.decisions.ledger_steps import TOTAL
from workforce_model.improvement.plan_at_work import ALL, BROUGHT, WORK
from workforce_model.inputs.actions import NO_LEVER
from workforce_model.paper.pages import Block, Heading, Paragraph, Table, ToWrite
from workforce_model.paper.proposal import MORE_LESS, Proposal, listed, march, short
from workforce_model.paper.quoting import Printer
from workforce_model.paper.service import OVER
from workforce_model.reading.tables import COUNCIL

PLAN = "Appendix D: the improvement plan at work"
_MOST = 6
_NONE = "none"


def bridge(p: Proposal) -> Iterator[Block]:
    """From the baseline to the proposal, by budget and kind of cost, years across."""
    rows = p.quote.rows("bridge", scenario=p.scenario.name)
    if not rows or p.scenario is p.base:
        return
    frame, by_step = p.run.tables["bridge"], dict[str, dict[str, int]]()
    for row in rows:
        by_step.setdefault(str(frame["step"].iloc[row]), {})[str(frame["period"].iloc[row])] = row
    start, *steps, total, end = by_step
    differing = str(frame["differs_in"].iloc[rows[0]]).split(", ")
    yield Paragraph(
        f"“{short(p.scenario)}” differs from “{short(p.base)}” in {listed(differing)}, and in nothing else. In {p.second} this "
        f"makes up the difference in cost: {'; '.join(_step(p, step, by_step[step][p.second]) for step in steps)}; "
        f"in all, {_step(p, '', by_step[total][p.second])}."
    )
    labels = {start: f"“{short(p.base)}”", total: "Difference", end: f"“{short(p.scenario)}”"}
    printed = [
        [labels.get(step, step), *(p.quote.cell(thousands, "bridge", by_step[step][y], "mean", f"{step}, {y}") for y in p.years)]
        for step in by_step
    ]  # fmt: skip
    last = len(printed) - 1
    yield p.money_table(
        f"From “{short(p.base)}” to “{short(p.scenario)}”: cost of all budgets, cash prices, mean of the runs",
        p.years, printed, "bridge", sums=[(last - 1, range(1, last - 1)), (last, (0, last - 1))],
    )  # fmt: skip


def _step(p: Proposal, step: str, row: int) -> str:
    """A step in a sentence, with its direction only where it is clear of its error."""
    frame = p.run.tables["bridge"]
    name = f"{step[:1].lower()}{step[1:]}, " if step else ""
    mean = float(frame["mean"].iloc[row])
    if not mean:
        return f"{name}no different"
    if frame["clear"].iloc[row] != "yes":
        return f"{name}not clear of error"
    where = f"{p.scenario.name}, {step or TOTAL}, {p.second}"
    return f"{name}{p.quote.cell(money, 'bridge', row, 'mean', where)} {MORE_LESS[mean < 0]}"


def _share_and_cost(p: Proposal) -> tuple[dict[str, str], dict[str, str]]:
    """The keys of the two answers whose movers a paper shows: the share over the limit, and the cost of the decision."""
    share = {"scenario": p.scenario.name, "against": _NONE, "outcome": OVER, "team": p.team}
    against = p.base.name if p.compared else _NONE
    return share, {"scenario": p.scenario.name, "against": against, "outcome": "net_cost_gbp", "team": COUNCIL}


def movers_sentence(p: Proposal) -> Iterator[Block]:
    """The widest clear effect on each of the two answers, for the summary."""
    workers = f"the share of {p.team_label().lower()} workers with {p.limit} cases or more in {march(p.second)}"
    said, what = (
        [],
        (workers, f"{'the cost of the decision' if p.compared else 'the cost of the service'} in {p.second}"),
    )
    for keys, whose, how in zip(_share_and_cost(p), what, (points, money), strict=True):
        clear = p.quote.rows("movers", clear="yes", **keys)
        if clear:
            name = in_words(str(p.run.tables["movers"]["assumption"].iloc[clear[0]]))
            said.append(f"on {whose}, that of “{name}”, {_effect(p, clear[0], 'low', how, name)} at the low end of its range, {_effect(p, clear[0], 'high', how, name)} at the high")  # fmt: skip
    if said:
        yield Paragraph(f"The widest effect found of an assumption is {'; '.join(said)} (section 7).")


def _effect(p: Proposal, row: int, end: str, how: Printer, name: str) -> str:
    size = float(p.run.tables["movers"][f"at_{end}"].iloc[row])
    return f"{p.quote.cell(how, 'movers', row, f'at_{end}', name)} {MORE_LESS[size < 0]}" if size else "no change"


def movers(p: Proposal) -> Iterator[Block]:
    """What moves caseloads most, and what moves the cost of the decision most."""
    share, cost = _share_and_cost(p)
    if not p.quote.rows("movers", **share):
        yield Paragraph("This run holds too few draws of its assumptions to tell which of them moves the answer most: play more runs, with doubt.")  # fmt: skip
        return
    yield Paragraph(
        "What moves the answer most is read off the runs themselves, as each drew its assumptions from their ranges. An effect is "
        "what one assumption does at the low or the high end of its range, on average over the others. Only effects clear of their "
        "error are listed, the widest first."
    )
    team = p.team_label().lower()
    yield _movers_table(p, share, _points_signed,
                        f"What moves the share of {team} workers with {p.limit} cases or more in {march(p.second)}, percentage points")  # fmt: skip
    what = f"the difference in cost from “{short(p.base)}”" if p.compared else "the cost of all budgets"
    yield _movers_table(p, cost, thousands, f"What moves {what} in {p.second}, £000")


def _movers_table(p: Proposal, keys: dict[str, str], how: Printer, title: str) -> Table:
    frame = p.run.tables["movers"]
    every = p.quote.rows("movers", **keys)
    rows = []
    for row in [row for row in every if frame["clear"].iloc[row] == "yes"][:_MOST]:
        path = str(frame["assumption"].iloc[row])
        shown, unit = printed_in(str(frame["assumption_unit"].iloc[row]))
        ends = [p.quote.cell(shown, "movers", row, end, path) for end in ("low", "high")]
        effects = [p.quote.cell(how, "movers", row, f"at_{end}", path) for end in ("low", "high")]
        obtain = ", to obtain" if frame["obtain"].iloc[row] == "yes" else ""
        rows.append(
            (
                in_words(path),
                f"{ends[0]} to {ends[1]} {unit}".strip(),
                f"{frame['confidence'].iloc[row]}{obtain}",
                *effects,
            )
        )
    explained = p.quote.cell(percent, "movers", every[0], "explained", ", ".join(keys.values()))
    if not rows:
        rows = [("no assumption's effect is clear of its error", *["none"] * 4)]
    return Table(
        title=title,
        columns=("Assumption", "Range", "Confidence in it", "At the low end", "At the high end"),
        rows=tuple(rows),
        note=f"Change in the mean; brackets or a minus sign: less. All assumptions together, as straight lines, explain {explained} of how the figure differs between draws of them; the rest is curves, what they do together, and luck. {p.source('movers')}",
        words=3,
        widths=(0.36, 0.26, 0.14, 0.12, 0.12),
    )  # fmt: skip


def _points_signed(share: float) -> str:
    """A change in a share in percentage points, with its sign."""
    size = rounded(100 * share, 1)
    return f"{size}" if size <= 0 else f"+{size}"


def plan_paragraph(p: Proposal) -> Iterator[Block]:
    """The improvement plan in a paragraph, or what to run for it."""
    if "plan" not in p.run.tables:
        yield ToWrite("progress of the improvement plan; run the scenarios with --plan FILE to show its actions, their work and what monitors them")  # fmt: skip
        return
    frame, firsts = p.run.tables["plan"], list(_by_action(p).values())
    played = [s for s in p.run.scenarios if s.name == frame["scenario"].iloc[0]]
    of = f" under “{short(played[0])}”" if played and played[0] is not p.scenario else ""
    late = [rows[0] for rows in firsts if "completion not reported" in str(frame["status"].iloc[rows[0]])]
    none = [rows[0] for rows in firsts if str(frame["lever"].iloc[rows[0]]).startswith(NO_LEVER)]
    work, brought = (_ranged(p, p.quote.rows("plan", action=label)[0], "fte", fte, " (range ", ")") for label in (WORK, BROUGHT))  # fmt: skip
    yield Paragraph(
        f"In {frame['period'].iloc[0]} the {p.quote.count('plan', [rows[0] for rows in firsts], 'actions')} actions of the improvement plan "
        f"create {work} FTE of work{of}; the posts they bring are {brought} FTE in post on average over the year. "
        f"Of the actions, {p.quote.count('plan', late, 'past their month')} are past the month they were due and their completion is not "
        f"reported to the model; {p.quote.count('plan', none, 'no lever')} move nothing that the model plays, so that only their time is counted. Each is in appendix D."
    )  # fmt: skip


def improvement_plan(p: Proposal) -> Iterator[Block]:
    """Appendix D: each action with its lead, status, work and the figure that monitors it."""
    if "plan" not in p.run.tables:
        return
    frame = p.run.tables["plan"]
    year = str(frame["period"].iloc[0])
    yield Heading(PLAN, wide=True)
    yield Paragraph(
        "Each action of the plan as the model plays it. Work is positive; people brought and work freed are in brackets. An action whose "
        "effect no evidence supports has no effect here and only its time is counted."
    )
    rows = []
    for reference, mine in _by_action(p).items():
        first = mine[0]
        said = [str(frame[column].iloc[first]) for column in ("action", "lead", "status", "figure")]
        work = "; ".join(
            f"{frame['team'].iloc[row]} {_ranged(p, row, 'fte', work_fte)}" for row in mine if frame["team"].iloc[row]
        )
        value = _ranged(p, first, "figure", printed_as(str(frame["figure_unit"].iloc[first])))
        rows.append((reference, *said[:3], work or "not defined in this scenario", said[3], value))
    for label in (WORK, BROUGHT):
        row = p.quote.rows("plan", action=label)[0]
        rows.append((ALL, label, "all leads", "the year as a whole", _ranged(p, row, "fte", fte), "none", "none"))
    yield Table(
        title=f"Actions of the improvement plan, {year}",
        columns=(
            "Action",
            "What it is",
            "Lead",
            "Status",
            "FTE of work, by team",
            "Figure that monitors it",
            f"Its value, {year}",
        ),
        rows=tuple(rows),
        note=f"Mean of the runs; in square brackets the 10th to 90th percentile. Status: as the plan states it; whether an action is done is the council's to report. {p.source('plan')}",
        strong=frozenset({len(rows) - 2, len(rows) - 1}),
        words=7,
        widths=(0.05, 0.25, 0.14, 0.12, 0.2, 0.14, 0.1),
    )


def _by_action(p: Proposal) -> dict[str, list[int]]:
    """The rows of each action, by its reference, in the plan's order."""
    found: dict[str, list[int]] = {}
    for row, reference in enumerate(p.run.tables["plan"]["reference"].astype(str)):
        if reference != ALL:
            found.setdefault(reference, []).append(row)
    return found


def _ranged(p: Proposal, row: int, what: str, how: Printer, opening: str = " [", closing: str = "]") -> str:
    """A mean of a plan's row with its 10th to 90th percentile."""
    frame, ends = p.run.tables["plan"], (f"{what}_p10", f"{what}_p90")
    mean, low, high = (float(frame[column].iloc[row]) for column in (f"{what}_mean", *ends))
    if math.isnan(mean):
        return "not in this model"
    where = f"{frame['reference'].iloc[row]}, {frame['team'].iloc[row]}"
    shown = p.quote.cell(how, "plan", row, f"{what}_mean", where)
    if how(low) == how(high):
        return shown
    first, last = (p.quote.cell(how, "plan", row, end, where) for end in ends)
    return f"{shown}{opening}{first}\u00a0to\u00a0{last}{closing}"


def work_fte(value: float) -> str:
    """FTE of work to one decimal, in brackets where people are brought or work is freed.

    Examples
    --------
    >>> work_fte(1.66), work_fte(-0.55), work_fte(-0.03)
    ('1.7', '(0.6)', '(<0.1)')
    """
    return f"({fte(-value)})" if value < -1e-9 else fte(value)


def printed_as(unit: str) -> Printer:
    """How a monitored figure is printed: shares as percentages, the rest without decimals."""
    return percent if unit.startswith("share") else lambda value: f"{rounded(value):,}"
