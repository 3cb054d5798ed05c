"""Financial implications: what the posts cost, whether the approval is enough, who pays, the plan and the reserve."""

from __future__ import annotations

from collections.abc import Iterator

from workforce_model.accounts.benefits import AVOIDED, CASHABLE, OVERSPEND
from workforce_model.accounts.statements import ALL_BUDGETS
from workforce_model.basis.formats import money, rounded, thousands
from workforce_model.paper.pages import Block, Heading, Paragraph, Table, ToWrite
from workforce_model.paper.proposal import MORE_LESS, Proposal, listed, short
from workforce_model.paper.quoting import Printer
from workforce_model.reading.envelope import envelopes
from workforce_model.reading.tables import ALL_ROLES

FULL_YEAR, APPROVAL, GAP = "full-year cost, all posts filled", "approval", "gap in a full year"
HALF_A_THOUSAND = 500.0
"""Pounds: less prints as less than £1k, and a paper does not dwell on it."""
POSTS, MONTHS = "posts affordable in a full year", "months affordable of all posts"


def tenth(value: float) -> str:
    """A figure to one decimal, as FTE, posts and months are printed."""
    return f"{rounded(value, 1):,}"


def envelope_sentences(p: Proposal) -> str:
    """Is the approval enough for the posts in a full year?"""
    year = year_tested(p)
    keys = {"scenario": p.scenario.name, "budget": p.budget, "period": year}

    def at(measure: str, column: str = "value", how: Printer = money) -> str:
        return p.quote(how, "envelope", column, measure=measure, **keys)

    over = p.quote.value("envelope", "value", measure=GAP, **keys) > 0
    pays_for = (
        f"{at(POSTS, how=tenth)} of {p.posts} posts, or for {at(MONTHS, how=tenth)} months of all {p.posts}"
        if over
        else f"all {p.posts} posts"
    )
    return (
        f"The full-year cost of {p.posts_named} is {at(FULL_YEAR)} at {year} prices ({at(FULL_YEAR, 'low')} with every "
        f"price at its low end, {at(FULL_YEAR, 'high')} with every price at its high end). That is {at(GAP)} "
        f"{'more' if over else 'less'} than the funding of {at(APPROVAL)}, which pays for {pays_for}."
    )


def year_tested(p: Proposal) -> str:
    """The year a full year's cost is held against: the first, or the next where only then the funding is whole."""
    test = envelopes(p.scenario, at="value")[p.budget or ""]
    return test.first_year if test.approved_first_year == test.approved_full_year else test.full_year


def first_year_sentences(p: Proposal) -> str:
    """What the posts cost as the council recruits, and what is left of the approval."""
    first, keys = p.years[0], {"scenario": p.scenario.name, "budget": p.budget}
    cost = p.quote.ranged(money, "ledger", period=first, entry="total cost", **keys)
    said = f"Filled as the council recruits, they cost {cost} in {first}"
    rows = [
        row
        for entry in ("unspent, stays in the reserve", "unspent, an underspend")
        for row in p.quote.rows("ledger", period=first, entry=entry, **keys)
        if p.quote.run.tables["ledger"]["mean"].iloc[row] > 0
    ]
    for row in rows:
        entry, line = (str(p.run.tables["ledger"][name].iloc[row]) for name in ("entry", "line"))
        left = p.quote.cell(money, "ledger", row, "mean", f"{p.scenario.name}, {first}, {entry}, {line}")
        kept = "stays in the reserve" if "reserve" in entry else "is an underspend"
        said += f"; {left} of the funding is not used on average and {kept}"
    return said + "."


def later_years_sentences(p: Proposal) -> str:
    """What the posts cost in each later year, and what the approval leaves unmet."""
    keys = {"scenario": p.scenario.name, "budget": p.budget}
    if len(p.years) == 1:
        return ""
    unmet = [y for y in p.years[1:] if p.quote.value("ledger", period=y, entry="gap", **keys) >= HALF_A_THOUSAND]
    cost, gap = (
        listed([f"{p.quote.ranged(money, 'ledger', period=y, entry=entry, **keys)} in {y}" for y in years])
        for entry, years in (("total cost", p.years[1:]), ("gap", unmet))
    )
    return f"In later years they cost {cost}. " + (
        f"The funding leaves {gap} unmet."
        if unmet
        else "The funding meets all of it on average, to the nearest thousand pounds."
    )


def approvals_sentences(p: Proposal) -> str:
    """What was approved, from which source, one-off or recurrent."""
    said = []
    for name, line in sorted(p.scenario.funding.lines.items(), key=lambda item: item[1].order):
        if line.budget == p.budget:
            amounts = _amounts(p, name, "approval", line.recurrent) or _amounts(p, name, "virement", line.recurrent)
            kind = "recurrent" if line.recurrent else "one-off"
            said.append(f"{listed(amounts) or money(0)}, {kind}, from {_source(line.source)} ({line.approved_by})")
    return f"The money is {'; and '.join(said)}."


def _amounts(p: Proposal, line: str, entry: str, recurrent: bool) -> list[str]:
    """An approval's amounts, a recurrent one from each year in which it changes."""
    said, before = [], 0.0
    for year in p.years:
        keys = {"scenario": p.scenario.name, "period": year, "entry": entry, "line": line}
        amount = p.quote.value("ledger", **keys) if p.quote.has("ledger", **keys) else 0.0
        if amount and (amount != before or not recurrent):
            said.append(f"{p.quote(money, 'ledger', **keys)} {'a year from' if recurrent else 'in'} {year}")
        before = amount
    return said


def _source(source: str) -> str:
    return {"MTFP growth": "growth in the medium-term financial plan", "risk reserve": "the risk reserve"}.get(
        source, f"the {source}"
    )


def financial(p: Proposal) -> Iterator[Block]:
    """Section 6.1, paragraph by paragraph."""
    yield Heading("6.1 Financial implications", 2)
    if p.budget:
        yield Paragraph(f"{approvals_sentences(p)} {envelope_sentences(p)}")
        yield _envelope_table(p)
        yield Paragraph(
            "The month of the start decides the part-year effect: the table shows the cost in the first year if all the "
            "posts were filled from one month, and what the approval would then leave."
        )
        yield _part_year_table(p)
        yield Paragraph(f"{first_year_sentences(p)} {later_years_sentences(p)}")
        yield _statement(p, p.budget, f"Funding statement: {p.label}, cash prices, mean of the runs")
        yield Paragraph(
            "What was approved and not used is a statement beside the sum, not part of it. One-off money that is not "
            "spent returns to where it came from unless a carry forward is approved. The gap and what is not used are both means: some "
            "futures overspend the approval and others do not use it all, so mean cost less approval is the gap less what is not used."
        )
        yield _approvals_table(p)
        yield Paragraph(
            "In the medium-term financial plan growth is a pressure on the council and so positive. The incremental table "
            "shows what each year changes; the cumulative table shows what stands in each year. The reversal of one-off "
            "money is a line of its own and is never netted against growth."
        )
        yield from (_plan_table(p, basis) for basis in ("incremental", "cumulative"))
    yield Paragraph(_reserve_sentences(p))
    yield Paragraph(_service_sentences(p))
    yield _statement(p, ALL_BUDGETS, "Funding statement: all budgets of the service, cash prices, mean of the runs")
    yield from _benefits(p)
    yield Paragraph(
        "All figures are in cash prices with each pay award stated, and no table is discounted. "
        "What starters cannot yet do while they settle is not cash and is in no table above."
    )
    yield ToWrite("the section 151 officer's comments on affordability, virement and the adequacy of the reserve")


def _envelope_table(p: Proposal) -> Table:
    test, keys = envelopes(p.scenario, at="value")[p.budget or ""], {"scenario": p.scenario.name, "budget": p.budget}
    rows = []
    for measure, label, how in (
        (FULL_YEAR, "Full-year cost, all {n} posts filled, £000", thousands),
        (APPROVAL, "Approved, £000", thousands),
        (GAP, "Cost less approval, £000", thousands),
        (POSTS, "Posts the approval pays for", tenth),
        (MONTHS, "Months of all {n} posts it pays for", tenth),
    ):
        for year in (test.first_year, test.full_year):
            cells = [
                p.quote(how, "envelope", column, measure=measure, period=year, **keys)
                for column in ("value", "low", "high", "p10", "p90")
            ]
            rows.append((label.format(n=p.posts), year, *cells))
    return Table(
        title=f"Envelope test: {p.label}, at the prices of each year",
        columns=(
            "Measure",
            "Year",
            "Central prices",
            "All prices low",
            "All prices high",
            "10th percentile",
            "90th percentile",
        ),
        rows=tuple(rows),
        note=f"Cost less approval: positive is more than was approved, brackets less. Percentiles are over the stated ranges of the prices, each drawn by itself. {p.source('envelope')}",
        words=2,
    )


def _part_year_table(p: Proposal) -> Table:
    test, keys = envelopes(p.scenario, at="value")[p.budget or ""], {"scenario": p.scenario.name, "budget": p.budget}
    created = [g.created for g in p.scenario.workforce.posts.values() if g.budget == p.budget and g.created]
    rows = []
    for row in p.quote.rows("envelope", period=test.first_year, **keys):
        measure = str(p.run.tables["envelope"]["measure"].iloc[row])
        month = measure.removeprefix("part-year cost if all start in ")
        if month == measure or month < str(min(created)):
            continue
        left = {"measure": f"unspent if all start in {month}", "period": test.first_year, **keys}
        cells = [p.quote.cell(thousands, "envelope", row, column, measure) for column in ("value", "low", "high")]
        cells += [p.quote(thousands, "envelope", column, **left) for column in ("value", "low", "high")]
        rows.append((_month(month), *cells))
    return Table(
        title=f"Part-year effect in {test.first_year} if all {p.posts} posts start together, £000",
        columns=(
            "All start in", "Cost, central prices", "Cost, prices low", "Cost, prices high",
            "Left, central prices", "Left, prices low", "Left, prices high",
        ),
        rows=tuple(rows),
        note=f"Left: what the approval leaves; brackets: the cost is more than the approval. The full-year effect is in the table above. {p.source('envelope')}",
    )  # fmt: skip


def _month(month: str) -> str:
    names = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip
    return f"{names[int(month[5:]) - 1]} {month[:4]}"


def _statement(p: Proposal, budget: str, title: str) -> Table:
    """Cost, who met it and what is left, years across."""
    frame, lines = p.run.tables["funding_statement"], p.scenario.funding.lines
    recurrent = {f"{x.label} ({x.source})": "recurrent" if x.recurrent else "one-off" for x in lines.values()}
    known: dict[tuple[str, str], dict[str, int]] = {}
    for row in p.quote.rows("funding_statement", scenario=p.scenario.name, budget=budget):
        part, name, year = (str(frame[column].iloc[row]) for column in ("part", "row", "period"))
        if part != "Approvals":
            known.setdefault((part, name), {})[year] = row
    rows: list[list[str]] = []
    cost: list[int] = []
    funding: list[int] = []
    totals: dict[str, int] = {}
    for (part, name), by_year in known.items():
        if not any(abs(frame["mean"].iloc[row]) >= 0.005 for row in by_year.values()) and part != "Gap":
            continue
        label = f"Met by: {name[:-1]}, {recurrent[name]})" if part == "Funding" else name
        label = "Cost less funding: gap" if part == "Gap" else label
        if name == "Total cost" or part == "Gap":
            totals[part] = len(rows)
        else:
            (cost if part == "Cost" else funding).append(len(rows))
        where = f"{p.scenario.name}, {budget}, {name}"
        rows.append([label, *(p.quote.cell(thousands, "funding_statement", by_year[y], "mean", f"{where}, {y}") for y in p.years)])  # fmt: skip
    sums = [(totals["Cost"], cost), (totals["Gap"], [totals["Cost"], *funding])]
    return p.money_table(title, p.years, rows, "funding_statement", sums=sums)


def _approvals_table(p: Proposal) -> Table:
    frame = p.run.tables["funding_statement"]
    known: dict[str, dict[str, int]] = {}
    for row in p.quote.rows("funding_statement", scenario=p.scenario.name, budget=p.budget, part="Approvals"):
        known.setdefault(str(frame["row"].iloc[row]), {})[str(frame["period"].iloc[row])] = row
    rows = [
        [name, *(p.quote.cell(thousands, "funding_statement", by_year[y], "mean", f"{name}, {y}") for y in p.years)]
        for name, by_year in known.items()
        if any(abs(frame["mean"].iloc[row]) >= 0.005 for row in by_year.values())
    ]
    return p.money_table(f"What became of each approval: {p.label}", p.years, rows, "funding_statement",
                         note="Approved and not used are amounts of money, shown positive.")  # fmt: skip


def _plan_table(p: Proposal, basis: str) -> Table:
    """The plan's lines of the proposed posts, and what they come to."""
    frame, lines = p.run.tables["mtfp"], p.scenario.funding.lines
    known: dict[str, dict[str, int]] = {}
    for name in (name for name, line in lines.items() if line.budget == p.budget):
        for row in p.quote.rows("mtfp", scenario=p.scenario.name, line=name, basis=basis):
            known.setdefault(str(frame["label"].iloc[row]), {})[str(frame["financial_year"].iloc[row])] = row
    known = {name: rows for name, rows in known.items() if any(frame["gbp"].iloc[row] for row in rows.values())}
    rows = [
        [name, *(p.quote.cell(thousands, "mtfp", by_year[y], "gbp", f"{basis}, {name}, {y}") for y in p.years)]
        for name, by_year in known.items()
    ]
    label = "Net change to the plan" if basis == "incremental" else "Net plan"
    every = [[by_year[y] for by_year in known.values()] for y in p.years]
    rows.append([label, *(p.quote.total(thousands, "mtfp", at, "gbp", f"{basis}, {label}, {y}") for at, y in zip(every, p.years, strict=True))])  # fmt: skip
    title = f"Medium-term financial plan, {basis}: {p.label}"
    return p.money_table(title, p.years, rows, "mtfp", sums=[(len(rows) - 1, range(len(rows) - 1))])


def _reserve_sentences(p: Proposal) -> str:
    keys = {"scenario": p.scenario.name, "entry": "Drawn to meet these costs"}
    drawn = [y for y in p.years if p.quote.has("reserve", period=y, **keys) and p.quote.value("reserve", period=y, **keys)]  # fmt: skip
    said = [f"{p.quote.ranged(money, 'reserve', period=y, **keys)} in {y}" for y in drawn]
    text = f"The risk reserve meets {' and '.join(said)}. " if said else "Nothing is drawn from the risk reserve. "
    if p.scenario.funding.reserve_opening_balance is None:
        return text + "The reserve's balance is not known to the model, which therefore shows movements only."
    for entry in ("opening balance", "closing balance"):
        at = p.years[0] if entry.startswith("opening") else p.years[-1]
        balance = {"scenario": p.scenario.name, "entry": entry, "period": at}
        if p.quote.has("reserve", **balance):
            text += f"Its {entry} in {at} is {p.quote.ranged(money, 'reserve', **balance)}. "
    return text.strip()


def _service_sentences(p: Proposal) -> str:
    """The whole service, all budgets together, and how it differs from the baseline."""
    keys = {"scenario": p.scenario.name, "budget": ALL_BUDGETS, "part": "Cost", "row": "Total cost"}
    cost = " and ".join(f"{p.quote(money, 'funding_statement', period=y, **keys)} in {y}" for y in p.years[:2])
    text = f"All budgets of the service together cost {cost}."
    if p.compared:
        base = short(p.base)
        change = listed([f"{p.changed('net_cost_gbp', MORE_LESS, money, y)} in {y}" for y in p.years])
        text += f" Against “{base}”, run by run with the same luck, the cost of the service is {change}."
        repaid = [y for y in p.years if not p.is_clear("net_cost_gbp", y) or p.quote.value("differences", "difference", scenario=p.scenario.name, outcome="net_cost_gbp", team="council", period=y) <= 0]  # fmt: skip
        if not repaid:
            text += " It costs more in every year shown, so it is not repaid within them: there is no payback."
    if any(line.at_establishment_cost for line in p.scenario.funding.lines.values()):
        text += " The base budget was not published: it stands at the full cost of the existing posts, so the gap of the whole service is not a forecast overspend."
    return text


def _benefits(p: Proposal) -> Iterator[Block]:
    """Cashable, reduces an overspend, avoided: three lines, never added together."""
    frame = p.run.tables.get("benefits")
    if frame is None or not p.compared:
        return
    known: dict[tuple[str, str], dict[str, int]] = {}
    for row in p.quote.rows("benefits", scenario=p.scenario.name):
        kind, whose, year = (str(frame[column].iloc[row]) for column in ("kind", "whose", "financial_year"))
        known.setdefault((kind, whose), {})[year] = row
    missing = [kind for kind in (CASHABLE, OVERSPEND, AVOIDED) if kind not in {kind for kind, _ in known}]
    text = f"Savings against “{short(p.base)}” stand on three lines that are never added together: cashable, reduces a forecast overspend, avoided."
    if CASHABLE in missing:
        text += " Nothing is cashable: no existing budget can be cut because of this decision."
    if AVOIDED in missing:
        text += " No avoided cost is claimed."
    yield Paragraph(text)
    if known:
        rows = [
            [f"{kind[0].upper()}{kind[1:]}: {whose}", *(_saving(p, by_year.get(y), f"{kind}, {whose}, {y}") for y in p.years)]
            for (kind, whose), by_year in known.items()
        ]  # fmt: skip
        yield p.money_table(f"Benefits against “{short(p.base)}”, mean of the runs", p.years, rows, "benefits",
                            note="The lines are not added together.")  # fmt: skip


def _saving(p: Proposal, row: int | None, where: str) -> str:
    if row is None:
        return "none"
    mean, error = (float(p.run.tables["benefits"][column].iloc[row]) for column in ("mean", "mc_error"))
    printed = p.quote.cell(thousands, "benefits", row, "mean", where)
    return printed if abs(mean) > 2 * error else f"{printed}, not clear of error"


def posts_sentence(p: Proposal) -> str:
    """How many of the proposed posts are filled at each of two year ends."""
    keys = {"scenario": p.scenario.name, "budget": p.budget, "role": ALL_ROLES}
    filled = " and ".join(
        f"{p.quote.ranged(counted, 'posts_filled', period=y, **keys)} at the end of {y}" for y in p.years[:2]
    )
    return f"Of the {p.posts} posts, {filled} are filled by permanent staff on average."


def counted(value: float) -> str:
    """Things that are whole: without decimals where the figure is whole, a mean to one decimal.

    Examples
    --------
    >>> counted(7.0), counted(7.3)
    ('7', '7.3')
    """
    return f"{rounded(value):,}" if float(value).is_integer() else tenth(value)
