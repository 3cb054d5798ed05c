"""The Cabinet paper prints the run's own figures, claims no more than they support, and can be read by everybody."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

import workforce_model as wm
from tests.office_files import W, as_pdf, cells, part, parts, sheets, word_texts
from tests.toys import stated, toy
from workforce_model import paper
from workforce_model.basis.formats import money, points
from workforce_model.cli import commands
from workforce_model.folders.run_folder import ChecksFailed
from workforce_model.paper.appendices import in_words
from workforce_model.paper.contents import cabinet_paper, proposal_of
from workforce_model.paper.pages import Block, Heading, Picture, Table, ToWrite, texts
from workforce_model.paper.proposal import EXACT, HIGHER_LOWER, MORE_LESS, NOT_EXACT, Proposal, adds_up, short
from workforce_model.paper.published import CHECKS_FAILED, Published, read_run
from workforce_model.paper.quoting import COUNT, Quotes, plain, unquoted

ORDER = [
    "1. Executive summary", "2. Recommendations", "3. Background", "4. Alternative options considered",
    "5. Reasons for recommendations", "6. Comments from other departments", "7. Key risks",
    "8. Impact on council priorities", "9. Equalities impact implications", "10. Performance and data implications",
    "11. HR implications", "12. Public health implications", "Background papers", "Appendices",
]  # fmt: skip
"""The order of an Enfield Cabinet report of 2019."""


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do nothing, the nine posts, and agency workers instead, over two years with the same luck, as a paper."""
    loaded = [wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved", "agency_continues")]
    together = [wm.run(scenario.replace({"periods.end": "2021-03"}), 90) for scenario in loaded]
    return paper.write(together, tmp_path_factory.mktemp("paper") / "cabinet", plan="scenarios/improvement_plan.toml")


@pytest.fixture(scope="module")
def proposal(cabinet: Path) -> Proposal:
    run = read_run(cabinet / "run")
    return Proposal(run, proposal_of(run), Quotes(run))


@pytest.fixture(scope="module")
def blocks(proposal: Proposal) -> list[Block]:
    return cabinet_paper(proposal)


def test_the_folder_holds_paper_workbook_charts_register_figures_and_the_run_they_come_from(cabinet: Path) -> None:
    assert sorted(x.name for x in cabinet.iterdir()) == ["assumption_register.csv", "cabinet_paper.docx", "charts", "figures.csv", "run", "workbook.xlsx"]  # fmt: skip
    assert sorted(x.suffix for x in (cabinet / "charts").iterdir()).count(".png") >= 4


def test_every_figure_printed_is_in_the_run_folder_and_rounds_to_what_is_printed(
    proposal: Proposal, blocks: list[Block]
) -> None:
    files: dict[str, list[list[str]]] = {}

    for quoted in proposal.quote.quoted:
        if quoted.table not in files:
            with (proposal.run.folder / f"{quoted.table}.csv").open(encoding="utf-8", newline="") as file:
                files[quoted.table] = list(csv.reader(file))
        lines = [files[quoted.table][row - 1] for row in quoted.rows]
        if quoted.column == COUNT:
            assert quoted.printed == str(len(lines)), quoted
            continue
        column = files[quoted.table][0].index(quoted.column)
        assert within_rounding(quoted.printed, sum(float(line[column]) for line in lines)), quoted

    assert len(proposal.quote.quoted) > 800
    assert blocks


def within_rounding(printed: str, value: float) -> bool:
    """Whether a value may be printed so: rounded once, in brackets only if negative, a fraction as a percentage or points."""
    if printed in ("nil", "0"):
        return abs(value) < 0.005
    if printed.startswith(("less than", "<", ">", "(<")):
        return value != 0
    found = re.fullmatch(r"(\(?)£?([+-]?[\d,]+(?:\.(\d+))?)([km]?)(%| points?|)\)?", printed)
    assert found, printed
    bracket, number, decimals, size, unit = found.groups()
    step = {"": 1.0, "k": 1e3, "m": 1e6}[size]
    allowed = 0.5000001 * step * 10.0 ** -len(decimals or "")
    factors = (100.0,) if unit else (1.0,) if size or "£" in printed else (1.0, 0.001, 100.0)
    shown = step * float(number.replace(",", ""))
    rounds = any(abs(abs(factor * value) - abs(shown)) <= allowed for factor in factors)
    return rounds and not (bracket and value > 0)


def test_rounding_is_told_from_a_wrong_figure() -> None:
    assert within_rounding("£474k", 474_246.58)
    assert not within_rounding("£475k", 474_246.58)
    assert within_rounding("(97)", -96_581.37)
    assert not within_rounding("(97)", 96_581.37)
    assert not within_rounding("27%", 0.2761)


def test_no_digit_on_the_page_is_written_by_hand(proposal: Proposal, blocks: list[Block]) -> None:
    known = sorted({*known_words(proposal)}, key=len, reverse=True)
    numbers = {str(group.number) for group in proposal.scenario.workforce.posts.values()}

    for block in blocks:
        for text in texts(block):
            if isinstance(block, Table) and "as modelled" in block.title and text in numbers:
                continue
            left = unquoted(text)
            for word in known:
                left = left.replace(word, "")
            assert not re.search(r"\d", left), (left, text)


def known_words(p: Proposal) -> Iterator[str]:
    """Text with digits that is no figure of the run: what scenarios state in words, dates, and where things stand."""
    record = p.run.record
    yield "10th and 90th percentiles"
    yield from (
        "10th to 90th percentile",
        "10th percentile",
        "90th percentile",
        "SHA-256",
        "(6.1)",
        "(section 10)",
        "(section 7)",
        "[note 1]",
    )
    yield from (
        p.run.run_id,
        f"{record['runs_done']:,} runs",
        f"{record['runs_done']:,} futures",
        f"seed {record['seed']}",
    )
    yield from (file["sha256"][:12] for file in record["inputs"])
    yield from (file["name"] for file in record["inputs"])
    yield from (f"{name} {version}" for name, version in record["versions"].items())
    yield from (text for pair in record["conventions"].items() for text in pair)
    yield from (str(x) for column in ("name", "rule", "note") for x in p.run.tables["checks"][column] if x)
    yield from (p.run.record["scenarios"][p.scenario.name]["resolved"]["title"], "£000")
    for s in p.run.scenarios:
        yield from (s.title, short(s), f"{s.seen_from:%-d %B %Y}", s.question)
        yield from (f"{s.caseloads.caseload_limit} {x}" for x in ("cases", "or more"))
        yield from (f"below {s.caseloads.caseload_limit}",)
        for path, one in s.assumptions().items():
            yield from (
                in_words(path),
                one.source,
                f"{one.date:%-d %B %Y}",
                one.later_evidence or one.source,
            )
        for line in s.funding.lines.values():
            yield from (line.label, line.approved_by)
        yield from (group.source for group in s.workforce.posts.values())
        yield from (budget.label for budget in s.funding.budgets.values())
    plan = p.run.tables["plan"]
    yield from (
        str(x) for column in ("reference", "action", "lead", "status", "figure", "team") for x in plan[column] if x
    )
    yield from ("2018/19", "2019/20", "2020/21", "2021/22", "2022/23")
    months = pd.period_range("2019-04", "2023-03", freq="M")
    yield from (month.strftime("%B %Y") for month in months)
    yield from (f"{n}. " for n in range(1, 13))
    yield from ("6.1 ", "6.2 ", "151 officer")
    yield from ("1 to 4", "5 to 9", "10 to 14", "15 to 19", "20 to 24", "25 or more")


def test_the_document_says_what_the_blocks_say_in_their_order(cabinet: Path, blocks: list[Block]) -> None:
    wanted = [plain(text) for block in blocks for text in ordered(block)]
    said = [re.sub(r"^(Table \d+: |[\d.]+\t)", "", text) for text in word_texts(cabinet / paper.PAPER)]

    place = 0
    for text in wanted:
        place = said.index(text, place) + 1


def ordered(block: Block) -> list[str]:
    """The texts of a block as they stand on the page: a table's note after its rows."""
    if isinstance(block, Table):
        return [block.title, *block.columns, *(cell for row in block.rows for cell in row), block.note]
    return list(texts(block))


def test_the_sections_stand_in_the_order_of_an_enfield_report_with_real_heading_styles(cabinet: Path) -> None:
    styles = {}
    for paragraph in part(cabinet / paper.PAPER, "word/document.xml").iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val").startswith("Heading"):
            styles["".join(t.text for t in paragraph.iter(f"{W}t"))] = style.get(f"{W}val")

    assert [text for text, style in styles.items() if style == "Heading1"][: len(ORDER)] == ORDER
    assert [text for text, style in styles.items() if style == "Heading2"] == ["6.1 Financial implications", "6.2 Legal implications"]  # fmt: skip


def test_language_title_alternative_text_and_repeated_table_headings_are_in_the_file(cabinet: Path) -> None:
    document = part(cabinet / paper.PAPER, "word/document.xml")

    tables = list(document.iter(f"{W}tbl"))
    pictures = [x for x in document.iter() if x.tag.endswith("}docPr")]
    core = {x.tag.split("}")[1]: x.text for x in part(cabinet / paper.PAPER, "docProps/core.xml")}
    languages = {x.get(f"{W}val") for x in part(cabinet / paper.PAPER, "word/styles.xml").iter(f"{W}lang")}

    assert tables
    assert all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in tables)
    assert len(pictures) >= 4
    for picture in pictures:
        assert picture.get("descr") == (cabinet / "charts" / f"{picture.get('name')}.txt").read_text(encoding="utf-8").strip()  # fmt: skip
    assert core["title"] == "Enfield children's social care. Approved: nine posts, £375k"
    assert core["language"] == "en-GB"
    assert languages == {"en-GB"}


def test_every_page_carries_the_run_and_what_the_checks_came_to(cabinet: Path, proposal: Proposal) -> None:
    (footer,) = parts(cabinet / paper.PAPER, r"word/footer\d*\.xml")

    (said,) = word_texts(cabinet / paper.PAPER, footer)

    assert said.startswith(f"Run {proposal.run.run_id}, 90 runs, seed 20190612. Checks: all ")
    assert "passed in every run" in said


def test_what_the_council_must_write_is_marked(blocks: list[Block]) -> None:
    markers = [block.text for block in blocks if isinstance(block, ToWrite)]

    assert "[Council to write: legal implications]" in markers
    assert all(text.startswith("[Council to write: ") and text.endswith("]") for text in markers)
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    for section in ("5. ", "8. ", "9. ", "12. "):
        assert any(heading.startswith(section) for heading in headings)


def test_each_total_is_the_sum_of_its_parts_as_printed_or_carries_the_note(blocks: list[Block]) -> None:
    money_tables = [b for b in blocks if isinstance(b, Table) and b.columns[0] == "£000" and b.strong and "Options" not in b.title]  # fmt: skip

    assert len(money_tables) >= 4
    for table in money_tables:
        assert (EXACT in table.note) != (NOT_EXACT in table.note), table.title
        if EXACT in table.note:
            figures = [[int(plain(c).replace(",", "").replace("(", "-").replace(")", "")) for c in row[1:]] for row in table.rows]  # fmt: skip
            first, last = min(table.strong), max(table.strong)
            for column in zip(*figures, strict=True):
                assert column[first] == sum(column[:first]), table.title
                assert first == last or column[last] == sum(column[first:last]), table.title


def test_a_rounding_note_is_given_when_parts_and_total_part_ways() -> None:
    assert adds_up([["Pay", "1"], ["Fees", "1"], ["Total", "3"]], [(2, (0, 1))]) is False
    assert adds_up([["Cost", "97"], ["Reserve", "(97)"], ["Gap", "0"]], [(2, (0, 1))])


def difference(**changes: object) -> Proposal:
    """A proposal whose only difference is the one stated."""
    row = {"scenario": "option", "outcome": "x", "team": "council", "period": "2020/21", "difference": -0.05, "p10": -0.1, "p90": 0.02,
           "mc_error": 0.001, "clear": "yes", "runs_to_separate": 3.0}  # fmt: skip
    frame = pd.DataFrame([row | changes])
    run = SimpleNamespace(tables={"differences": frame}, scenarios=(SimpleNamespace(name="base"),))
    return Proposal(run, SimpleNamespace(name="option"), Quotes(run))


def test_a_difference_the_error_cannot_support_is_not_claimed() -> None:
    unclear = difference(clear="no", runs_to_separate=4_000.0)
    never = difference(clear="no", runs_to_separate=float("nan"))

    said = plain(unclear.changed("x", HIGHER_LOWER, points, "2020/21"))

    assert (
        said == "not clearly different: these runs cannot separate it from no change (about 4,000 runs would be needed)"
    )
    assert "more runs alone would not settle it" in never.changed("x", HIGHER_LOWER, points, "2020/21")
    assert unclear.changed("x", HIGHER_LOWER, points, "2020/21", brief=True) == "not clear of error"


def test_a_difference_is_put_with_the_direction_of_each_end_of_its_range() -> None:
    fall = difference()
    dearer = difference(difference=85_000.0, p10=42_000.0, p90=133_000.0)
    cheaper = difference(difference=-46_000.0, p10=-104_000.0, p90=0.0)
    same = difference(difference=0.0, p10=0.0, p90=0.0, mc_error=0.0, clear="no")

    assert plain(fall.changed("x", HIGHER_LOWER, points, "2020/21")) == "5.0 points lower (range 10.0 points lower to 2.0 points higher)"  # fmt: skip
    assert plain(dearer.changed("x", MORE_LESS, money, "2020/21")) == "£85k more (range £42k to £133k)"
    assert plain(cheaper.changed("x", MORE_LESS, money, "2020/21")) == "£46k less (range £104k less to no change)"
    assert same.changed("x", MORE_LESS, money, "2020/21") == "no different"


def test_the_papers_own_hand_worked_figures_are_on_the_page(blocks: list[Block]) -> None:
    page = said(blocks)

    assert (
        "The full-year cost of the nine posts is £474k at 2019/20 prices (£412k with every price at its low end" in page
    )
    assert "£99k more than the funding of £375k, which pays for 7.1 of 9 posts, or for 9.5 months of all 9." in page
    for row in ("July 2019 356 309 418 19 66 (43)", "October 2019 237 206 279 138 169 96"):
        assert row in page


def test_a_failed_check_stops_the_paper_and_a_forced_one_says_so_on_every_page_and_sheet(
    tmp_path: Path,
) -> None:
    sound = wm.run(toy(), 4)
    broken = replace(sound, checks=(replace(sound.checks[0], status="failed"), *sound.checks[1:]))

    with pytest.raises(ChecksFailed, match="I1"):
        paper.write(broken, tmp_path / "cabinet")
    assert list(tmp_path.iterdir()) == []

    forced = paper.write(broken, tmp_path / "cabinet", force=True)
    with pytest.raises(ChecksFailed, match="I1"):
        paper.write(forced / "run", tmp_path / "other")
    for kind in ("header", "footer"):
        for name in parts(forced / paper.PAPER, rf"word/{kind}\d*\.xml"):
            assert CHECKS_FAILED in word_texts(forced / paper.PAPER, name)[0]
    for label, name in sheets(forced / paper.WORKBOOK).items():
        assert str(cells(forced / paper.WORKBOOK, name)[1, 1]).startswith(CHECKS_FAILED), label


def test_a_run_folder_that_was_changed_or_not_finished_is_refused(cabinet: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "run"
    shutil.copytree(cabinet / "run", copy)
    ledger = copy / "ledger.csv"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("375000.00", "374000.00"), encoding="utf-8")

    with pytest.raises(ValueError, match=r"ledger\.csv: changed"):
        paper.write(copy, tmp_path / "cabinet")
    with pytest.raises(ValueError, match="no finished run"):
        paper.write(cabinet / "charts", tmp_path / "cabinet")
    with pytest.raises(ValueError, match="lies inside the run folder"):
        paper.write(copy, copy / "cabinet")
    assert [x.name for x in tmp_path.iterdir()] == ["run"]


def test_a_folder_with_something_else_in_it_is_never_replaced(cabinet: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")

    for overwrite in (False, True):
        with pytest.raises(FileExistsError):
            paper.write(cabinet / "run", tmp_path / "letters", overwrite=overwrite)

    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep me"


def test_another_scenario_may_be_proposed_and_one_alone_says_what_is_missing(cabinet: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="known: do_nothing, approved, agency_continues"):
        paper.write(cabinet / "run", tmp_path / "no", proposal="nonsense")
    run = read_run(cabinet / "run")
    only = Published(run.folder, run.record, run.run_id, run.scenarios[:1], {k: v for k, v in run.tables.items() if k not in ("differences", "benefits")}, run.charts)  # fmt: skip

    other = cabinet_paper(Proposal(run, proposal_of(run, "agency_continues"), Quotes(run)))
    alone = cabinet_paper(Proposal(only, only.base, Quotes(only)))

    assert "“Agency continues”" in other[1].text
    assert any("run the do-nothing and commissioned-team scenarios" in text for b in alone for text in texts(b))
    assert [b.text for b in alone if isinstance(b, Heading)][:3] == ORDER[:3]


def test_every_chart_of_the_run_is_placed_once(proposal: Proposal, blocks: list[Block]) -> None:
    placed = [block.chart for block in blocks if isinstance(block, Picture)]

    assert sorted(placed) == sorted(proposal.run.charts)


@pytest.mark.slow
def test_libreoffice_lays_the_paper_out_with_the_run_on_every_page(cabinet: Path, tmp_path: Path) -> None:
    pages = as_pdf(cabinet / paper.PAPER, tmp_path).split("\f")[:-1]

    assert len(pages) > 10
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "passed in every run" in page
    assert "1. EXECUTIVE SUMMARY" in pages[0]


def test_the_command_makes_the_same_paper_of_the_run_folder_and_refuses_what_is_no_run(
    cabinet: Path, tmp_path: Path
) -> None:
    out = str(tmp_path / "made")

    done = CliRunner().invoke(commands, ["paper", str(cabinet / "run"), "--out", out])
    no_run = subprocess.run(
        [sys.executable, "-c", "from workforce_model.cli import main; main()", "paper", str(cabinet / "charts"), "--out", out + "2"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    for name in (paper.PAPER, paper.WORKBOOK, paper.FIGURES, paper.REGISTER):
        assert (tmp_path / "made" / name).read_bytes() == (cabinet / name).read_bytes(), name
    assert no_run.returncode == 2
    assert "no finished run" in no_run.stderr
    assert "Traceback" not in no_run.stderr


def altered(p: Proposal, table: str, column: str, value: object, **keys: object) -> str:
    """The whole paper's text if some rows of a table said otherwise."""
    frame = p.run.tables[table].copy()
    mask = pd.Series(data=True, index=frame.index)
    for key, wanted in ({"scenario": p.scenario.name} | keys).items():
        mask &= frame[key] == wanted
    assert mask.any()
    frame.loc[mask, column] = value
    run = replace(p.run, tables={**p.run.tables, table: frame})
    return plain(
        " ".join(text for block in cabinet_paper(Proposal(run, p.scenario, Quotes(run))) for text in texts(block))
    )


def test_no_payback_is_said_only_where_every_year_clearly_costs_more(proposal: Proposal, blocks: list[Block]) -> None:
    page = said(blocks)
    one_year = {"outcome": "net_cost_gbp", "team": "council", "period": "2020/21"}

    assert "there is no payback" in page
    assert "there is no payback" not in altered(proposal, "differences", "clear", "no", **one_year)
    assert "there is no payback" not in altered(proposal, "differences", "difference", -5_000.0, **one_year)


def test_nothing_is_called_not_cashable_where_a_line_is(proposal: Proposal, blocks: list[Block]) -> None:
    page = said(blocks)

    assert "Nothing is cashable" in page
    assert "Nothing is cashable" not in altered(proposal, "benefits", "kind", "cashable")


def test_posts_within_their_funding_are_not_said_to_exceed_it(proposal: Proposal) -> None:
    gap = {"measure": "gap in a full year", "period": "2019/20", "budget": "nine_posts"}

    said = altered(proposal, "envelope", "value", -17_000.0, **gap)

    assert "That is £17k less than the funding of £375k, which pays for all 9 posts." in said


def test_a_run_without_a_commissioned_team_line_says_what_to_run(proposal: Proposal) -> None:
    run = replace(proposal.run, scenarios=proposal.run.scenarios[:2])

    markers = [b.text for b in cabinet_paper(Proposal(run, proposal.scenario, Quotes(run))) if isinstance(b, ToWrite)]

    assert any("no option in this run keeps the commissioned team beyond 2019/20" in text for text in markers)
    assert not any("commissioned team" in b.text for b in cabinet_paper(proposal) if isinstance(b, ToWrite))


def said(blocks: list[Block]) -> str:
    """All that a reader sees of a paper."""
    return plain(" ".join(text for block in blocks for text in texts(block)))


def test_the_paper_says_what_makes_up_the_difference_what_moves_it_and_how_the_plan_stands(
    proposal: Proposal, blocks: list[Block]
) -> None:
    titles = [block.title for block in blocks if isinstance(block, Table)]
    placed = [block.chart for block in blocks if isinstance(block, Picture)]
    from_tables = {quoted.table for quoted in proposal.quote.quoted}

    assert "From “Do nothing” to “Approved”: cost of all budgets, cash prices, mean of the runs" in titles
    assert sum(title.startswith("What moves ") for title in titles) == 2
    (actions,) = (b for b in blocks if isinstance(b, Table) and b.title.startswith("Actions of the improvement plan"))
    assert [row[0] for row in actions.rows] == [*wm.load_plan("scenarios/improvement_plan.toml").actions, "all", "all"]
    assert dict(zip([row[0] for row in actions.rows], [row[3] for row in actions.rows], strict=True))["1.1"] == "due May 2019, passed; completion not reported"  # fmt: skip
    assert {"bridge", "tornado_caseloads", "tornado_cost", "option_frontier", "improvement_plan"} < set(placed)
    assert {"bridge", "movers", "plan"} < from_tables


def test_a_step_or_an_assumption_that_error_may_explain_is_not_given_a_figure(proposal: Proposal) -> None:
    step = "The nine posts: recruitment, induction and fees"

    assert f"{step[0].lower()}{step[1:]}, not clear of error" in altered(proposal, "bridge", "clear", "no", step=step)
    unmoved = altered(proposal, "movers", "clear", "no")
    assert "no assumption's effect is clear of its error" in unmoved
    assert "The widest effect found" not in unmoved
    assert "The widest effect found" in altered(proposal, "movers", "clear", "yes")


def test_a_run_without_plan_or_draws_says_what_to_run(proposal: Proposal) -> None:
    less = {name: table for name, table in proposal.run.tables.items() if name not in ("plan", "movers", "bridge")}
    run = replace(proposal.run, tables=less)

    blocks = cabinet_paper(Proposal(run, proposal.scenario, Quotes(run)))

    assert "run the scenarios with --plan FILE" in said(blocks)
    assert "too few draws of its assumptions" in said(blocks)
    assert not any(isinstance(b, Heading) and b.text.startswith("Appendix D") for b in blocks)


def test_charts_of_another_scenario_than_the_one_proposed_stand_in_no_section(proposal: Proposal) -> None:
    run = proposal.run
    other = cabinet_paper(Proposal(run, proposal_of(run, "agency_continues"), Quotes(run)))

    appendix = next(i for i, b in enumerate(other) if isinstance(b, Heading) and b.text.startswith("Appendix E"))
    before = [b.chart for b in other[:appendix] if isinstance(b, Picture)]
    for chart in before:
        assert {"do_nothing", "agency_continues"} <= set(re.split(r"[ ,;]+", run.charts[chart])) or "improvement_plan" in chart, chart  # fmt: skip
    assert "posts_filled" in [b.chart for b in other[appendix:] if isinstance(b, Picture)]
    assert any("Appendix E: further charts" in text for b in other[:appendix] for text in texts(b))


def test_a_run_is_about_its_first_option_with_posts_of_its_own_in_paper_and_charts() -> None:
    loaded = [wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved", "nine_months")]
    together = [wm.run(scenario.replace({"periods.end": "2020-03"}), 4) for scenario in loaded]

    drawn = wm.charts.first_charts(together)

    for name in ("cost_against_envelope", "posts_filled", "funding_statement", "staffing"):
        assert "Source: workforce_model, approved;" in wm.charts.text_alternative(drawn[name].axes[0]), name


def test_no_picture_is_taller_or_wider_than_the_page_it_stands_on(cabinet: Path) -> None:
    """A tall chart in a section that lies on its side lost its caption and its last rows."""
    document = part(cabinet / paper.PAPER, "word/document.xml")
    body = document.find(f"{W}body")
    assert body is not None
    waiting: list[tuple[int, int]] = []
    seen = 0

    for element in body:
        waiting += [(int(x.get("cx")), int(x.get("cy"))) for x in element.iter() if x.tag.endswith("wordprocessingDrawing}extent")]  # fmt: skip
        for section in element.iter(f"{W}sectPr"):
            size, margin = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
            assert size is not None
            assert margin is not None
            wide = int(size.get(f"{W}w")) - int(margin.get(f"{W}left")) - int(margin.get(f"{W}right"))
            tall = int(size.get(f"{W}h")) - int(margin.get(f"{W}top")) - int(margin.get(f"{W}bottom"))
            for cx, cy in waiting:
                assert cx <= wide * 635, "wider than the page"
                assert cy <= (tall - 1_000) * 635, "no room for the caption"
            seen += len(waiting)
            waiting = []
    assert seen >= 10


def test_no_assumption_of_cases_is_named_as_one_of_staff(blocks: list[Block]) -> None:
    page = said(blocks)

    assert "Family support: cases leaving" in page
    assert "Assessment: cases passed on to family support" in page
    assert "family support: leaving rate" not in page.lower()


def test_what_only_the_council_knows_is_asked_for_though_no_assumption_stands_in_for_it(
    proposal: Proposal, blocks: list[Block]
) -> None:
    page = said(blocks)

    assert proposal.scenario.funding.reserve_opening_balance is None
    assert "the balance of the risk reserve and the other calls on it" in page
    assert "the base budget of the existing establishment" in page
    assert "which actions of the improvement plan are complete" in page
    known = proposal.scenario.replace({"funding.reserve_opening_balance": stated(9e6, "GBP")})
    assert "balance of the risk reserve and" not in said(cabinet_paper(replace(proposal, scenario=known)))


def test_those_to_replace_first_are_stand_ins_whose_effect_on_a_figure_of_the_paper_is_clear(
    proposal: Proposal,
) -> None:
    start = {"assumption": "costs.cost_per_start", "outcome": "net_cost_gbp"}
    mine = "Those to replace first, as their range clearly moves the cost or the caseloads of this paper (section 7):"

    assert re.search(rf"{re.escape(mine)} [^.]*Cost per start", altered(proposal, "movers", "clear", "yes", **start))
    assert not re.search(r"replace first[^.]*Cost per start", altered(proposal, "movers", "clear", "no", **start))
    assert not re.search(r"replace first[^.]*Turnover rate", altered(proposal, "movers", "clear", "yes"))


def test_one_of_a_thing_is_not_put_in_the_plural(blocks: list[Block]) -> None:
    cells_of = [plain(cell) for b in blocks if isinstance(b, Table) for row in b.rows for cell in row]

    assert "1 post" in cells_of
    assert not [cell for cell in cells_of if re.fullmatch(r"1 (months|posts|hours|requests|cases)\b.*", cell)]


def test_a_list_stays_with_the_line_that_opens_it(cabinet: Path) -> None:
    paragraphs = list(part(cabinet / paper.PAPER, "word/document.xml").iter(f"{W}p"))
    texts_of = ["".join(t.text or "" for t in x.iter(f"{W}t")) for x in paragraphs]

    opening = next(i for i, text in enumerate(texts_of) if text.endswith("Cabinet is asked to note:"))

    for paragraph in paragraphs[opening : opening + 4]:
        assert paragraph.find(f"{W}pPr/{W}keepNext") is not None
