"""Any council's row opens a scenario on its published totals; what the row leaves out is marked to be obtained."""

from __future__ import annotations

from pathlib import Path

import pytest

import workforce_model as wm
from tests.published import DEMAND, beside, council, written
from workforce_model.councils.returns import Returns
from workforce_model.reading.measures import measured

FILE = "dfe_workforce_2017_2019.csv"
ROW = {
    **{"inpost_fte": "80.5", "inpost_headcount": "84", "leavers_fte": "12", "agency_fte": "12.5"},
    **{
        "agency_cover_fte": "10.2",
        "vacancy_fte": "14",
        "case_holders_fte": "50.5",
        "cases": "800",
        "caseload_fte": "15.8",
    },
    "absence_rate_fte": "3",
}
MEASURES = {
    **{"in_post_fte": "inpost_fte", "vacancy_fte": "vacancy_fte", "agency_cover_fte": "agency_cover_fte"},
    **{"case_holder_fte": "case_holders_fte", "open_cases": "cases"},
}


@pytest.fixture(scope="module")
def returns() -> Returns:
    return wm.read_returns(beside(FILE))


def made_up(tmp_path: Path, **changes: str) -> Returns:
    """A council beside nine like it, with some of its own figures changed."""
    rows = [council(0, 2018, **ROW) | changes, *(council(i, 2018, **ROW) for i in range(1, 10))]
    return wm.read_returns(written(tmp_path / "a.csv", rows))


@pytest.mark.parametrize(
    ("name", "year"), [("Enfield", 2018), ("Leeds", 2018), ("Rutland", 2018), ("Kent", 2019), ("Derby", 2019), ("City of London", 2019)]
)  # fmt: skip
def test_the_scenario_opens_on_the_councils_published_row(
    name: str, year: int, returns: Returns, tmp_path: Path
) -> None:
    row = returns.row(name, year)

    opened = wm.run(wm.load_scenario(wm.write_council_scenario(tmp_path / "a.toml", returns, name, year)), runs=2)

    for measure, column in MEASURES.items():
        assert measured(opened, measure, census=True)[0] == pytest.approx([row[column]] * 2, abs=1e-6), measure
    above = measured(opened, "agency_additional_fte", census=True)[0]
    assert above == pytest.approx([row["agency_fte"] - row["agency_cover_fte"]] * 2, abs=1e-6)


def test_as_many_people_are_in_post_as_were_counted(returns: Returns) -> None:
    # Enfield, 30 September 2018: 172 people in 166.3 FTE.
    groups = wm.council_scenario(returns, "Enfield", 2018).workforce.posts.values()

    assert sum(group.opening_under_five_years + group.opening_over_five_years for group in groups) == 172


def test_a_row_by_hand_becomes_these_posts(tmp_path: Path) -> None:
    # 50.5 hold cases: 12.5 of agency, so 38 of the 80.5 in post. 14 vacancies: 10.2 covered, 3.8 empty.
    scenario = wm.council_scenario(made_up(tmp_path), "Council 0")
    posts = {name: group.number * group.fte for name, group in scenario.workforce.posts.items()}

    assert posts["held_with_cases"] == pytest.approx(38.0)
    assert posts["held_without_cases"] == pytest.approx(42.5)
    assert posts["covered_with_cases"] == pytest.approx(10.2)
    assert posts["empty_with_cases"] + posts["empty_without_cases"] == pytest.approx(3.8)
    (above,) = scenario.workforce.agency.values()
    assert above.number.value * above.fte == pytest.approx(2.3)


def test_what_the_row_cannot_know_is_listed_to_be_obtained(tmp_path: Path) -> None:
    wanted = wm.council_scenario(made_up(tmp_path), "Council 0").to_obtain()

    for place in (
        *("workforce.recruitment_lead_months", "workforce.conversion_rate", "workforce.filling_probability"),
        *("costs.grades.social_worker.salary", "costs.grades.social_worker.agency_rate", "costs.pension_rate"),
        *("caseloads.teams.social_work.arrivals", "caseloads.teams.social_work.leaving_rate"),
    ):
        assert place in wanted
    assert "workforce.turnover_rate" not in wanted
    assert "caseloads.teams.social_work.open_cases" not in wanted
    assert all(
        "Stand-in" in stated.source for place, stated in wanted.items() if place.startswith(("costs", "workforce.co"))
    )


def test_turnover_is_drawn_towards_the_mean_council_by_the_stated_weight(returns: Returns) -> None:
    # Enfield 2018: 16.32% and three tenths of the way to 13.71%.
    turnover = wm.council_scenario(returns, "Enfield", 2018).workforce.turnover_rate

    prior = wm.peer_priors(returns.up_to(2018), "Enfield").loc["turnover_rate"]
    assert turnover.value == pytest.approx(prior["centre"])
    assert turnover.value == pytest.approx(0.155, abs=0.001)


def test_a_council_too_small_for_a_rate_takes_the_mean_councils_turnover_and_says_so(returns: Returns) -> None:
    # Rutland has 20.6 FTE in post; 16.3% is the mean of councils of 30 or more.
    turnover = wm.council_scenario(returns, "Rutland", 2018).workforce.turnover_rate

    assert turnover.value == pytest.approx(0.163, abs=0.001)
    assert "no turnover of its own to lean on" in turnover.source


def test_unpublished_cases_are_a_stand_in_with_a_range(tmp_path: Path) -> None:
    scenario = wm.council_scenario(made_up(tmp_path, cases="x", case_holders_fte="x"), "Council 0")

    opened = scenario.caseloads.teams["social_work"].open_cases
    assert opened.obtain
    assert opened.value == round(15.8415841584 * 50.5 / 93 * 93)  # nine councils alike: 800 cases over 50.5 holders


def test_more_cover_than_vacancies_stands_above_establishment_and_says_so(tmp_path: Path) -> None:
    scenario = wm.council_scenario(made_up(tmp_path, vacancy_fte="8"), "Council 0")

    (above,) = scenario.workforce.agency.values()
    assert above.number.value * above.fte == pytest.approx(4.5)
    assert "10.2 FTE are published as covering 8 FTE of vacancies" in above.source


def test_a_row_with_nothing_to_start_from_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(wm.ScenarioError) as said:
        wm.council_scenario(made_up(tmp_path, agency_fte="c", vacancy_fte="x"), "Council 0")

    assert "agency_fte   not published" in str(said.value)
    assert "vacancy_fte   not published" in str(said.value)


def test_cases_close_at_the_councils_own_pace_where_the_demand_file_is_given(tmp_path: Path) -> None:
    demand = wm.read_returns(
        written(tmp_path / "d.csv", [council(0, 2018, Ended_episodes="1200", At31_episodes="1000")], DEMAND)
    )

    team = wm.council_scenario(made_up(tmp_path), "Council 0", demand=demand).caseloads.teams["social_work"]

    assert team.leaving_rate.value == pytest.approx(0.1)
    assert team.arrivals.value == pytest.approx(800 * 0.1 * 0.97)  # steady, 3% of workers being off sick


def test_a_file_somebody_may_have_filled_in_is_kept(tmp_path: Path) -> None:
    returns = made_up(tmp_path)
    written_to = wm.write_council_scenario(tmp_path / "a.toml", returns, "Council 0")
    first = written_to.read_bytes()

    with pytest.raises(FileExistsError, match="exists"):
        wm.write_council_scenario(written_to, returns, "Council 0")

    assert written_to.read_bytes() == first
    wm.write_council_scenario(written_to, returns, "Council 0", overwrite=True)


@pytest.mark.slow
def test_rows_across_the_file_open_scenarios_and_one_that_contradicts_itself_is_refused(returns: Returns) -> None:
    rows = list(zip(returns.councils()["la_code"], returns.councils()["year"], strict=True))

    for code, year in rows[::6]:
        assert wm.council_scenario(returns, code, year).workforce.posts, (code, year)

    # Tower Hamlets 2017: 195.5 agency, 60.5 covering a vacancy, 117.9 holding cases.
    with pytest.raises(wm.ScenarioError, match=r"more than the 117\.9 FTE who hold cases"):
        wm.council_scenario(returns, "Tower Hamlets", 2017)
