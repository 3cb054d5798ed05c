"""Performance and staffing: who holds the limit or more, what becomes of duties, posts filled and agency."""

from __future__ import annotations

from collections.abc import Iterator

from workforce_model.basis.formats import fte, money, percent, points, rounded
from workforce_model.paper.money import counted, posts_sentence
from workforce_model.paper.pages import Block, Heading, Paragraph, Table, ToWrite
from workforce_model.paper.proposal import HIGHER_LOWER, MORE_FEWER, MORE_LESS, Proposal, listed, march, short, whole
from workforce_model.paper.quoting import Printer
from workforce_model.reading.tables import ALL_ROLES, BAND_LABELS, COUNCIL

OVER = "share_at_or_over"


def caseload_sentence(p: Proposal) -> str:
    """The share of workers at the limit or more in the team the proposal changes most, and against the baseline."""
    year, team = p.second, p.team_label().lower()
    keys = {"team": p.team, "measure": OVER, "period": year}
    said = (
        f"In {march(year)}, {p.quote.ranged(percent, 'annual', scenario=p.scenario.name, **keys)} of {team} workers hold "
        f"{p.limit} cases or more"
    )
    if not p.compared:
        return f"{said}."
    before = p.quote.ranged(percent, "annual", scenario=p.base.name, **keys)
    change = p.changed(OVER, HIGHER_LOWER, points, year, team=p.team)
    return f"{said}, against {before} under “{short(p.base)}”. Run by run with the same luck the share is {change}."


def performance(p: Proposal) -> Iterator[Block]:
    """Section 10: caseloads by team, the spread behind the average, and the duties of the improvement plan."""
    yield Heading("10. Performance and data implications")
    average = {"team": p.team, "measure": "caseload", "period": p.second, "scenario": p.scenario.name}
    yield Paragraph(
        f"{caseload_sentence(p)} The average there is {p.quote.ranged(tenth_of_a_case, 'annual', **average)} cases a worker: "
        f"an average below {p.limit} does not mean that every worker is below {p.limit}."
    )
    yield _team_table(p)
    if p.compared:
        yield Paragraph(_not_separated(p))
    yield _spread_table(p)
    yield from _duties(p)


def _team_table(p: Proposal) -> Table:
    """Each team's share, baseline and proposal, and their paired difference."""
    rows = []
    shown = [p.base, p.scenario] if p.compared else [p.scenario]
    for team in (*sorted(p.scenario.caseloads.teams), COUNCIL):
        label = "All teams" if team == COUNCIL else p.team_label(team)
        for year in p.years[:2]:
            keys = {"team": team, "measure": OVER, "period": year}
            cells = [p.quote.celled(percent, "annual", scenario=s.name, **keys) for s in shown]
            if p.compared:
                there = p.quote.has("differences", scenario=p.scenario.name, outcome=OVER, team=team, period=year)
                cells.append(
                    p.changed(OVER, HIGHER_LOWER, points, year, team=team, brief=True) if there else "not compared"
                )
            rows.append((label, march(year), *cells))
    return Table(
        title=f"Share of workers with {p.limit} cases or more, by team, per cent",
        columns=("Team", "Month end", *(short(s) for s in shown), *(["Difference, run by run"] if p.compared else [])),
        rows=tuple(rows),
        note=f"Mean of the runs; in square brackets the 10th to 90th percentile. Workers who take cases, agency workers included. {p.source('annual')}",
        words=2,
        widths=(0.24, 0.13, 0.18, 0.18, 0.27) if p.compared else (),
    )


def _not_separated(p: Proposal) -> str:
    teams = [t for t in sorted(p.scenario.caseloads.teams) if p.quote.has("differences", scenario=p.scenario.name, outcome=OVER, team=t, period=p.second)]  # fmt: skip
    clear = [p.team_label(t) for t in teams if p.is_clear(OVER, p.second, team=t)]
    if not clear:
        return f"In no team can these runs separate the share in {march(p.second)} from that under “{short(p.base)}”."
    rest = "; in the other teams none is claimed" if len(clear) < len(teams) else ""
    return f"A difference in {march(p.second)} is clear of error in {listed([team.lower() for team in clear])}{rest}."


def _spread_table(p: Proposal) -> Table:
    """How many workers lie in each band of caseload, in the team the proposal changes most."""
    period = f"{int(p.second[:4]) + 1}-03"
    shown = [p.base, p.scenario] if p.compared else [p.scenario]
    rows = [
        (
            f"{band[0].upper()}{band[1:]}",
            *(
                p.quote.celled(percent, "caseload_spread", scenario=s.name, period=period, team=p.team, measure=f"workers with {band}")
                for s in shown
            ),
        )
        for band in (*BAND_LABELS, f"{p.limit} or more")
    ]  # fmt: skip
    return Table(
        title=f"Workers by number of cases, {p.team_label().lower()}, {march(p.second)}, per cent of workers",
        columns=("Cases", *(short(s) for s in shown)),
        rows=tuple(rows),
        note=f"In square brackets the 10th to 90th percentile. The bands add up to all workers before rounding; the last row cuts across two of them. {p.source('caseload_spread')}",
    )


_DUTIES: dict[str, tuple[str, Printer]] = {
    "return_home_interviews: accepted": ("Return home interviews accepted", whole),
    "return_home_interviews: done": ("Return home interviews done", whole),
    "return_home_interviews: share_in_time": ("Return home interviews, within the time limit", percent),
    "return_home_interviews: waiting": ("Return home interviews waiting at the year's end", whole),
    "private_fostering_visits: due": ("Private fostering visits due", whole),
    "private_fostering_visits: done": ("Private fostering visits made", whole),
    "private_fostering_visits: share_in_time": ("Private fostering visits made by the day due", percent),
    "health_passports: known": ("Young people known, for a health passport", whole),
    "health_passports: coverage": ("Young people who hold their health passport", percent),
    "lead_audits: done": ("Audits by the practice leads", whole),
    "lead_audits: share_good": ("Audits by the practice leads, found good", percent),
}


def _duties(p: Proposal) -> Iterator[Block]:
    """The duties a run has, the baseline beside it; no difference is claimed, as none is taken run by run."""
    shown = [p.base, p.scenario] if p.compared else [p.scenario]
    rows = []
    for measure, (label, how) in _DUTIES.items():
        there = [{"scenario": s.name, "measure": measure, "period": p.second} for s in shown]
        if any(p.quote.has("duties", **keys) for keys in there):
            cells = [
                p.quote.celled(how, "duties", **keys) if p.quote.has("duties", **keys) else "not done" for keys in there
            ]
            rows.append((label, *cells))
    if not rows:
        return
    yield Paragraph(
        "The duties of the improvement plan are played from who is in post. Their volumes, hours and acceptance are "
        "stand-ins until the council supplies its own (appendix B), so these figures show how the work would behave "
        "and are not yet a forecast."
    )
    yield Table(
        title=f"Duties of the improvement plan in {p.second}",
        columns=("Duty", *(short(s) for s in shown)),
        rows=tuple(rows),
        note=f"Mean of the runs; in square brackets the 10th to 90th percentile. Options are shown side by side and not compared run by run. {p.source('duties')}",
    )  # fmt: skip


def tenth_of_a_case(value: float) -> str:
    """An average caseload, to one decimal."""
    return f"{rounded(value, 1)}"


def staffing(p: Proposal) -> Iterator[Block]:
    """Section 11: posts filled, starters and leavers, agency."""
    yield Heading("11. HR implications")
    if p.budget:
        yield Paragraph(posts_sentence(p))
        yield _posts_table(p)
    yield Paragraph(f"{turnover_sentence(p)} {agency_sentences(p)}")
    yield _staff_table(p)
    yield ToWrite("consultation, job evaluation and recruitment")


def turnover_sentence(p: Proposal) -> str:
    """How far leavers vary from year to year without any change in their cause."""
    keys = {"scenario": p.scenario.name, "period": p.second, "team": COUNCIL, "measure": "leavers_fte"}
    said = f"In {p.second}, {p.quote.ranged(fte, 'annual', **keys)} FTE leave."
    if not p.quote.value("annual", "p10", **keys) < p.quote.value("annual", "p90", **keys):
        return said
    return (
        f"{said} So wide a range holds with nothing done to turnover: one year's leavers, and still more six months', "
        "cannot show by themselves that turnover has changed."
    )


def agency_sentences(p: Proposal) -> str:
    """What becomes of agency workers and their bill."""
    if not p.compared:
        return ""
    year = p.second
    bill = p.changed("agency_cost_gbp", MORE_LESS, money, year)
    above = p.changed("agency_additional_fte", MORE_FEWER, fte_size, year)
    return (
        f"Against “{short(p.base)}” the agency bill of {year} is {bill}; agency workers above establishment in {march(year)} "
        f"are {above}, in FTE. A new post ends an agency worker's stay only with the stated chance, which is an assumption."
    )


def fte_size(value: float) -> str:
    """The size of a difference in FTE, to one decimal."""
    return f"{rounded(abs(value), 1)}"


def _posts_table(p: Proposal) -> Table:
    rows = []
    roles = dict.fromkeys(str(p.run.tables["posts_filled"]["role"].iloc[row]) for row in p.quote.rows("posts_filled", scenario=p.scenario.name, budget=p.budget))  # fmt: skip
    for role in [*(r for r in roles if r != ALL_ROLES), ALL_ROLES]:
        keys = {"scenario": p.scenario.name, "budget": p.budget, "role": role}
        cells = [p.quote.celled(counted, "posts_filled", period=year, **keys) for year in p.years]
        posts = p.quote(whole, "posts_filled", "posts", period=p.years[0], **keys)
        rows.append(("All roles" if role == ALL_ROLES else role, posts, *cells))
    return Table(
        title=f"{p.label}: filled by permanent staff, number of posts",
        columns=("Role", "Posts", *(march(year) for year in p.years)),
        rows=tuple(rows),
        note=f"Mean of the runs, rounded one by one, so roles may not add exactly to their total; in square brackets the 10th to 90th percentile. {p.source('posts_filled')}",
        strong=frozenset({len(rows) - 1}),
    )


_STAFF = {
    "establishment_fte": "Establishment, year end",
    "in_post_fte": "Permanent staff in post, year end",
    "vacancy_fte": "Vacancies, year end",
    "agency_cover_fte": "Agency covering a vacancy, year end",
    "agency_additional_fte": "Agency above establishment, year end",
    "commissioned_fte": "Commissioned team, year end",
    "starters_fte": "Starters in the year, conversions included",
    "leavers_fte": "Leavers in the year",
}


def _staff_table(p: Proposal) -> Table:
    rows = [
        (label, *(p.quote.celled(fte, "annual", scenario=p.scenario.name, period=y, team=COUNCIL, measure=m) for y in p.years))
        for m, label in _STAFF.items()
    ]  # fmt: skip
    return Table(
        title=f"Staff and vacancies: {short(p.scenario)}",
        columns=("FTE", *p.years),
        rows=tuple(rows),
        note=f"Mean of the runs; in square brackets the 10th to 90th percentile. Agency workers are not in post. {p.source('annual')}",
    )
