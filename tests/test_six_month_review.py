"""The whole review: twenty answers, in words that say what they rest on, and a folder that is complete or not there."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import workforce_model as wm
from tests.review_town import AGENCY, LUCK, reviewed, town
from tests.test_cli import said
from workforce_model.charts import text_alternative
from workforce_model.decisions.answers import QUESTIONS, not_defined
from workforce_model.inputs.actuals import column
from workforce_model.monitoring.surprise import causes_of_both
from workforce_model.reading.measures import measured
from workforce_model.six_months import folder as review_folder
from workforce_model.six_months.caseloads import over_the_limit
from workforce_model.six_months.conversions import break_even_conversions
from workforce_model.six_months.duties import audits, interviews
from workforce_model.six_months.money import full_year_cost, spend_and_outturn
from workforce_model.six_months.people import changes_of_worker
from workforce_model.six_months.review import answered, gather, marked
from workforce_model.six_months.runs import ReviewRuns
from workforce_model.six_months.turnover import turnover_or_luck

BUSY = {**LUCK, **AGENCY, "workforce.posts.more.starts_on": None}


@pytest.fixture(scope="module")
def found() -> wm.Review:
    nothing, plan = town(BUSY)
    return wm.review(plan, runs=40, seed=3, baseline=nothing, actions=None, few=6)


def test_all_twenty_questions_are_answered_in_order_each_with_who_asks_a_sentence_and_a_table(found: wm.Review) -> None:
    assert [a.number for a in found.answers] == list(range(1, 21))
    assert {a.who for a in found.answers} == {"finance", "member", "director", "finance and member"}
    for answer in found.answers:
        assert answer.sentence.endswith((".", ")"))
        assert len(answer.table)
        assert np.isnan(answer.figure) or answer.low <= answer.figure + 1e-9


def test_before_actuals_every_answer_says_so(found: wm.Review) -> None:
    assert all(a.sentence.startswith("Before any actuals: ") for a in found.answers)
    assert set(found.table()["actuals"]) == {"No actuals yet: the plan as it stands before any."}


def test_what_the_scenario_gives_nothing_for_is_not_defined_rather_than_nought(found: wm.Review) -> None:
    undefined = [a.number for a in found.answers if np.isnan(a.figure)]

    assert {10, 12, 13, 14, 15, 17} <= set(undefined)
    assert all("not defined" in a.sentence.lower() or a.number == 9 for a in found.answers if np.isnan(a.figure))


def test_the_screen_has_every_figure_in_a_line_then_where_to_invest_and_the_triggers(found: wm.Review) -> None:
    lines = found.text().splitlines()

    assert max(map(len, lines)) <= 120
    for number in QUESTIONS:
        assert sum(line.startswith(f"{number:>2} ") for line in lines) == 1
    assert "At the end of December 2019" in found.text()


def test_an_answer_is_asked_for_by_its_number(found: wm.Review) -> None:
    assert found.answer(18).number == 18
    with pytest.raises(ValueError, match="from 1 to 20"):
        found.answer(21)


def test_doing_nothing_in_another_place_is_refused() -> None:
    _, plan = town(BUSY)

    with pytest.raises(ValueError, match="name it with baseline="):
        wm.review(plan, runs=2)


def test_a_plan_that_holds_actuals_already_is_refused_rather_than_called_before_any(with_actuals: ReviewRuns) -> None:
    with pytest.raises(ValueError, match="give the plan as approved"):
        wm.review(with_actuals.forecast.scenario, runs=2)


def test_the_same_seed_gives_the_same_review(found: wm.Review) -> None:
    nothing, plan = town(BUSY)
    again = wm.review(plan, runs=40, seed=3, baseline=nothing, actions=None, few=6)

    assert again.text() == found.text()
    assert [a.figure for a in answered(again.runs, None, 6)] == pytest.approx(
        [a.figure for a in found.answers], nan_ok=True
    )


@pytest.fixture(scope="module")
def folder(found: wm.Review, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found.write(tmp_path_factory.mktemp("written") / "review")


def test_a_folder_has_every_table_every_chart_with_words_and_the_record_last(found: wm.Review, folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    rows = list(csv.DictReader((folder / "answers.csv").open(encoding="utf-8")))
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))

    assert [int(row["number"]) for row in rows] == list(range(1, 21))
    assert {"review.txt", "review.md"} <= names
    for answer in found.answers:
        stem = review_folder.stem(answer)
        endings = {".csv", ".png", ".svg", ".txt"} if answer.chart else {".csv"}
        assert {stem + ending for ending in endings} <= names
    assert set(record["outputs"]) == names - {"run.json"}
    assert record["review"]["month"] == "2019-09"


def test_a_review_is_verified_by_its_files(folder: Path, tmp_path: Path) -> None:
    spoilt = Path(shutil.copytree(folder, tmp_path / "spoilt"))
    (spoilt / "answers.csv").write_text("a forecast nobody made\n")

    assert wm.verify(folder).agrees
    assert any("answers.csv: changed" in line for line in wm.verify(spoilt).changed)


def test_a_folder_is_written_whole_or_not_at_all(found: wm.Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def fails(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(review_folder, "write_csv", fails)
    with pytest.raises(OSError, match="disk full"):
        found.write(tmp_path / "review")

    assert not [path for path in tmp_path.iterdir() if not path.name.endswith(".lock")]


def test_an_earlier_review_is_kept_unless_it_is_to_be_replaced(found: wm.Review, folder: Path) -> None:
    before = (folder / "run.json").read_bytes()

    with pytest.raises(FileExistsError, match="--overwrite"):
        found.write(folder)

    assert (folder / "run.json").read_bytes() == before


def test_illustrative_actuals_are_marked_in_every_answer_table_and_chart(tmp_path: Path) -> None:
    runs = reviewed(BUSY, 12, "2019-09", illustrative=True)
    made_up = wm.Review(tuple(marked(answer, runs) for answer in answered(runs, None, 4)), runs, 4)

    out = made_up.write(tmp_path / "review")

    for path in sorted(out.iterdir()):
        if path.suffix in (".csv", ".txt", ".md", ".svg", ".json"):
            assert "ILLUSTRATIVE" in path.read_text(encoding="utf-8"), path.name
    assert "ILLUSTRATIVE" in runs.lead


def test_the_charts_of_a_review_say_in_words_what_their_tables_say(found: wm.Review) -> None:
    charted = {number: found.answer(number) for number in (1, 18, 20)}
    words = {n: text_alternative(a.chart()) for n, a in charted.items() if a.chart is not None}

    assert all(budget in words[1] for budget in charted[1].table["budget"])
    assert f"place {charted[18].table['place'].iloc[0]}" in words[18]
    assert charted[20].table.query("action == 'reverse'")["printed"].iloc[0] in words[20]


def test_runs_that_do_not_share_their_luck_are_refused() -> None:
    nothing, plan = town()

    with pytest.raises(ValueError, match="run them alike"):
        ReviewRuns(wm.run(nothing, 2, 1), *[wm.run(plan, 2, 2)] * 3)


FORM = Path("scenarios/illustrative_actuals.csv")


def reported(column: str, *, month: str | None = None) -> float:
    """A column of the form added up over its teams, of one month or of all that happened, read without the library."""
    lines = [line for line in FORM.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [row for row in csv.DictReader(lines) if row["month"] in (month, *(m for m in MONTHS if month is None))]
    return sum(float(row[column]) for row in rows if row[column])


MONTHS = ("2019-04", "2019-05", "2019-06", "2019-07", "2019-08", "2019-09")


@pytest.fixture(scope="module")
def gathered() -> tuple[ReviewRuns, wm.Forecast | None]:
    approved, nothing = (wm.load_scenario(f"scenarios/{name}.toml") for name in ("approved", "do_nothing"))
    return gather(approved, nothing, str(FORM), 6, 1, None)


@pytest.fixture(scope="module")
def with_actuals(gathered: tuple[ReviewRuns, wm.Forecast | None]) -> ReviewRuns:
    return gathered[0]


def test_up_to_the_cut_off_the_answers_are_the_figures_of_the_form(with_actuals: ReviewRuns) -> None:
    spent, over, turnover = (answer(with_actuals) for answer in (spend_and_outturn, over_the_limit, turnover_or_luck))

    assert "is left unspent and goes back to the risk reserve, on average" in spent.sentence
    everything = spent.table.set_index("budget").loc["All budgets"]
    kinds = ("permanent_pay_gbp", "agency_gbp", "commissioned_team_gbp", "recruitment_gbp")
    assert everything["spent_to_date"] == pytest.approx(sum(map(reported, kinds)), abs=0.05)
    assert (over.low, over.high) == pytest.approx((over.figure, over.figure))
    assert over.figure == pytest.approx(
        reported("workers_at_or_over", month="2019-09") / reported("workers", month="2019-09")
    )
    assert turnover.figure == pytest.approx(reported("leavers_fte"), abs=1e-6)


def test_what_the_form_says_was_done_stands_beside_the_forecast_of_a_duty(with_actuals: ReviewRuns) -> None:
    answer = interviews(with_actuals)

    done, in_time = (reported(f"return_home_interviews_{x}") for x in ("done", "in_time"))
    asked = sum(
        reported(f"return_home_interviews_asked_{x}") for x in ("from_care", "from_home_known", "from_home_unknown")
    )
    assert (
        f"Reported to September 2019: {asked:.0f} asked for, {done:.0f} done, {in_time:.0f} within the limit."
        in answer.sentence
    )


def test_audits_reported_are_tested_first_half_against_second(with_actuals: ReviewRuns) -> None:
    answer = audits(with_actuals)

    halves = [sum(reported(f"plan_reviews_{x}", month=m) for m in part) for part in (MONTHS[:3], MONTHS[3:]) for x in ("good", "done")]  # fmt: skip
    said = wm.audit_change(*map(int, halves)).sentence
    assert f"first half against second: t{said[1:]}" in answer.sentence


def test_doing_nothing_goes_on_from_the_actual_position_at_the_rates_learnt(with_actuals: ReviewRuns) -> None:
    rates = [
        r.scenario.workforce.turnover_rate for r in (with_actuals.nothing, with_actuals.plan, with_actuals.forecast)
    ]

    assert rates[0] == rates[1] == rates[2] != with_actuals.foreseen.scenario.workforce.turnover_rate
    assert with_actuals.plan is with_actuals.forecast
    for name in ("open_cases", "in_post_fte", "agency_cover_fte"):
        at_cut_off = [measured(r, name)[with_actuals.at + 1] for r in (with_actuals.nothing, with_actuals.plan)]
        assert at_cut_off[0] == pytest.approx(at_cut_off[1]), name  # none of the nine posts is filled in this form
    assert with_actuals.mark == "ILLUSTRATIVE ACTUALS, made up to show the form, to September 2019."


def test_what_the_money_does_is_the_forecast_less_doing_nothing(with_actuals: ReviewRuns) -> None:
    table = changes_of_worker(with_actuals).table.set_index(["period", "measure"])["mean"]

    for year in ("2020/21", "2021/22"):
        money = table[year, "caused by the money, avoided if negative"]
        assert table[year, "forecast"] - table[year, "do nothing"] == pytest.approx(money)


def held_back(runs: ReviewRuns, *columns: str, team: str = "assessment", months: slice = slice(1, None)) -> ReviewRuns:
    """The same review with some columns of a team not available."""
    assert runs.actuals is not None
    mine = {n: tuple(None if n in columns and i in range(*months.indices(7)) else x for i, x in enumerate(s)) for n, s in runs.actuals.figures[team].items()}  # fmt: skip
    figures = {**runs.actuals.figures, team: mine}
    return dataclasses.replace(runs, actuals=dataclasses.replace(runs.actuals, figures=figures))


def test_leavers_of_a_team_that_are_not_available_are_never_told_as_reported(with_actuals: ReviewRuns) -> None:
    whole, part = turnover_or_luck(with_actuals), turnover_or_luck(held_back(with_actuals, "leavers_fte"))

    assert with_actuals.actuals is not None
    assert whole.figure - part.figure == pytest.approx(
        with_actuals.actuals.total("leavers_fte", "assessment"), abs=1e-6
    )
    assert part.low < whole.low
    assert "Without assessment, whose leavers are not available in every month." in part.sentence
    assert "Without" not in whole.sentence


def test_what_is_modelled_in_a_known_month_is_said_to_be(with_actuals: ReviewRuns) -> None:
    over = over_the_limit(held_back(with_actuals, "workers_at_or_over", months=slice(6, 7))).sentence
    spent = spend_and_outturn(held_back(with_actuals, "nine_posts_spend_gbp", team="family_support")).sentence

    assert re.search(r"assessment \d+% as modelled, ", over)
    assert over.count("as modelled") == 1
    assert "(months not available as modelled)" in spent
    assert "as modelled" not in over_the_limit(with_actuals).sentence + spend_and_outturn(with_actuals).sentence


def test_actuals_that_begin_late_in_the_year_are_told_from_their_first_month(with_actuals: ReviewRuns) -> None:
    actuals = with_actuals.actuals
    assert actuals is not None
    figures = {t: {n: (None if column(n).kind == "flow" else s[2], *s[3:]) for n, s in f.items()} for t, f in actuals.figures.items()}  # fmt: skip
    late = dataclasses.replace(with_actuals, actuals=dataclasses.replace(actuals, opening=actuals.opening + 2, figures=figures))  # fmt: skip

    assert "from June 2019 on, £0 was spent by the end of September 2019" in spend_and_outturn(late).sentence
    turnover = turnover_or_luck(late)
    assert "left from June 2019 to September 2019" in turnover.sentence
    assert turnover.figure == pytest.approx(actuals.series("leavers_fte")[3:].sum(), abs=1e-6)


def test_the_chance_that_a_fall_in_turnover_shows_is_one_figure_wherever_it_is_said(gathered: tuple[ReviewRuns, wm.Forecast]) -> None:  # fmt: skip
    runs, found = gathered
    power = wm.power(found).query("what == 'turnover'")["sentence"].tolist()

    said = turnover_or_luck(runs).sentence.rpartition("would show ")[2].rstrip(".")
    assert said == " and ".join(f"in {x.partition('In ')[2].partition(' a change')[0]} with a chance of {x.partition('with a chance of ')[2].partition(';')[0]}" for x in power)  # fmt: skip


def test_a_review_with_actuals_says_what_was_surprising_what_it_did_and_what_the_figures_leave_unexplained(gathered: tuple[ReviewRuns, wm.Forecast]) -> None:  # fmt: skip
    runs, found = gathered
    moved = {**found.actuals.figures, "assessment": {**found.actuals.figures["assessment"], "open_cases": (679.0, 716, 692, 694, 689, 721, 699)}}  # fmt: skip
    found = dataclasses.replace(found, actuals=dataclasses.replace(found.actuals, figures=moved))
    whole = wm.Review(tuple(not_defined(n, "a test") for n in QUESTIONS), runs, 2, found, causes_of_both(found, runs=2))

    for page in (whole.text(), whole.markdown()):
        said = " ".join(page.split())
        assert "Other movement of cases: 10.0 cases in all" in said
        assert "From plan to forecast the net cost in 2019/20" in said
        assert "From plan to forecast the share of all workers with 21 or more cases in March 2021" in said
    assert whole.evidence["causes"]["outcome"].nunique() == 2
    assert set(whole.evidence["causes"]["actuals"]) == {runs.mark}


def test_the_gap_that_conversions_are_to_meet_is_that_of_the_same_year_in_the_envelope(
    with_actuals: ReviewRuns,
) -> None:
    conversions = break_even_conversions(with_actuals).table.set_index("measure")
    envelope = full_year_cost(with_actuals).table.query("budget == 'nine_posts' and measure == 'gap in a full year'")

    gap = conversions.loc["gap in a full year"]
    assert gap["period"] == "2020/21"
    assert gap["mean"] == pytest.approx(envelope.set_index("period").loc["2020/21", "value"])
    needed = conversions.loc["conversions that meet the gap"]
    said = break_even_conversions(with_actuals).sentence
    assert f"{needed['mean']:.0f} conversions [{needed['p10']:.0f} to {needed['p90']:.0f}] would meet" in said
    assert "its checks; the scenario states no fee" in said


def test_actuals_at_fault_are_refused_with_their_cell(tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.csv"
    spoilt.write_text(FORM.read_text(encoding="utf-8").replace("2019-09,assessment,", "2019-09,assessment,minus"), encoding="utf-8")  # fmt: skip
    approved = wm.load_scenario("scenarios/approved.toml")

    with pytest.raises(wm.ScenarioError, match=r"spoilt\.csv"):
        wm.review(approved, spoilt, runs=2)


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--actuals", str(FORM))], ids=["before actuals", "with actuals"])
def test_the_terminal_reviews_the_shipped_plan_from_end_to_end(words: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "review"
    command = ("review", "scenarios/approved.toml", *words, "--runs", "12", "--few", "2", "--processes", "1", "--out", str(out))  # fmt: skip

    done, again = said(*command), said(*command)

    assert done.returncode == 0, done.stderr
    assert "SIX-MONTH REVIEW" in done.stdout
    assert f"Written to {out}" in done.stdout
    assert ("ILLUSTRATIVE" in done.stdout) == bool(words)
    assert again.returncode == 2
    assert (out / "run.json").exists()
    assert (out / "surprises.csv").exists() == (out / "causes.csv").exists() == bool(words)
    answers = list(csv.DictReader((out / "answers.csv").open(encoding="utf-8")))
    assert all(row["figure"] != "not defined" for row in answers)


def test_a_form_with_marks_and_later_months_is_read_from_the_terminal_as_declared(tmp_path: Path) -> None:
    text = FORM.read_text(encoding="utf-8").replace("2019-05,assessment,27.4,10,0", "2019-05,assessment,27.4,10,c")
    held_back = tmp_path / "form.csv"
    held_back.write_text(text, encoding="utf-8")
    command = ("review", "scenarios/approved.toml", "--actuals", str(held_back), "--cut-off", "2019-08")

    undeclared = said(*command)
    unread = said(*command, "--leave-out-later", "--mark", "c", "--not-fitted", "assessment.cases.2019-06")

    assert (undeclared.returncode, unread.returncode) == (2, 2)
    assert "after the cut-off 2019-08" in undeclared.stderr
    assert "--leave-out-later" in undeclared.stderr
    assert "--mark c" in undeclared.stderr
    assert "1 problem" in unread.stderr
    assert "not_fitted = assessment.cases.2019-06" in unread.stderr


def test_a_review_of_a_file_that_is_not_there_is_one_message_and_exit_code_two(tmp_path: Path) -> None:
    done = said("review", str(tmp_path / "gone.toml"))

    assert done.returncode == 2
    assert "gone.toml" in done.stderr
    assert "Traceback" not in done.stderr
