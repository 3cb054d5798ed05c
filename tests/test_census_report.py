"""One council in the census, on screen, in a folder, in a chart and from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import workforce_model as wm
from tests.published import beside, simulated, written
from tests.test_cli import said
from workforce_model.charts import figure_of, half_page, rates_beside_peers, text_alternative
from workforce_model.councils.census_report import CouncilCensus

FILE = "dfe_workforce_2017_2019.csv"


@pytest.fixture(scope="module")
def enfield() -> CouncilCensus:
    return wm.census(beside(FILE), "Enfield", release="30 September 2025")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> CouncilCensus:
    file = written(tmp_path_factory.mktemp("made") / "a.csv", simulated(40, 3))
    return wm.census(wm.read_returns(file), "Council 1")


def test_the_screen_shows_enfields_published_years_and_its_vintage(enfield: CouncilCensus) -> None:
    # Evidence, section 2.
    lines = enfield.text().splitlines()
    shown = {line[:42].strip(): line[42:].split() for line in lines if line[42:].strip()}

    assert "30 September 2025" in lines[0]
    assert shown["In post, FTE"] == ["158.9", "166.3", "172.6"]
    assert shown["Turnover (leavers over in post)"] == ["22.5%", "13.7%", "18.9%"]
    assert shown["Agency (over agency and in post)"] == ["12.0%", "10.5%", "15.4%"]
    assert shown["Agency covering a vacancy (over agency)"] == ["81.1%", "85.2%", "89.2%"]
    assert shown["Cases"] == ["1,768", "1,699", "1,583"]
    assert shown["Caseload (cases over holders)"] == ["18.1", "16.9", "15.8"]


def test_the_screen_says_what_does_not_add_up_and_what_is_not_credible(enfield: CouncilCensus) -> None:
    text = " ".join(enfield.sentences())

    assert "158.9 + 44.1 starters - 22.8 leavers is 180.2; the census counts 166.3, a residual of (13.9) FTE" in text
    assert "a residual of (18.3) FTE" in text
    assert "Vacancies, FTE went from 79 to 20 between 2017 and 2018: not credible" in text


def test_a_code_is_shown_as_published_and_never_as_a_nought() -> None:
    redbridge = wm.census(beside(FILE), "Redbridge", 2018)

    line = next(line for line in redbridge.text().splitlines() if line.startswith("Agency covering a vacancy, FTE"))

    assert line.split()[-1] == "x"


def test_a_year_asked_for_shows_nothing_published_later() -> None:
    then = wm.census(beside(FILE), "Enfield", 2018)

    assert set(then.history["year"]) == {2017, 2018}
    assert set(then.next_year["year"]) == {2019}
    assert then.back_tested is None
    assert "2019-02-28" in then.text()
    assert "172.6" not in then.text()


def test_need_stands_beside_staff_and_a_council_the_demand_file_does_not_have_is_left_without() -> None:
    # Evidence, section 2: referrals 4,110, 4,618, 7,704; looked after 325, 330, 374. BCP was new in April 2019.
    needs = wm.read_returns(beside("dfe_demand_2013_2019.csv"))
    enfield = wm.census(beside(FILE), "Enfield", demand=needs)
    new = wm.census(beside(FILE), "Bournemouth, Christchurch and Poole", demand=needs)

    shown = {line[:42].strip(): line[42:].split() for line in enfield.text().splitlines()}

    assert shown["Referrals in the year"][-3:] == ["4,110", "4,618", "7,704"]
    assert shown["Looked after on 31 March"][-3:] == ["325", "330", "374"]
    assert new.needs.empty
    assert "31 March" not in new.text()


def test_a_council_too_small_for_a_rate_has_no_forecast_and_says_so() -> None:
    assert "No forecast of 2020: it needs 30 FTE in post" in wm.census(beside(FILE), "Isles of Scilly").text()


def test_the_forecast_of_enfield_for_2019_holds_what_came_in_its_80_percent_ranges_but_for_starters() -> None:
    # Published for 2019: 32.6, 57.2, 172.6, 31.3, 36, 1,583, 15.8.
    table = wm.census(beside(FILE), "Enfield", 2018).next_year.set_index("measure")
    came = {"leavers": 32.6, "starters": 57.2, "in_post": 172.6, "agency": 31.3, "vacancies": 36.0, "cases": 1_583.0, "caseload": 15.8}  # fmt: skip

    outside = [name for name, value in came.items() if not table["p10"][name] <= value <= table["p90"][name]]

    assert outside == ["starters"]


def test_the_screen_fits_the_page_and_scores_its_own_forecasts(made_up: CouncilCensus) -> None:
    text = made_up.text()

    assert max(map(len, text.splitlines())) <= 110
    assert "2019 forecast from 2018 and before" in text
    assert "No forecast" not in text


def test_the_folder_holds_tables_chart_and_a_scenario_that_loads(made_up: CouncilCensus, tmp_path: Path) -> None:
    folder = wm.write_census(made_up, tmp_path / "out")

    names = {path.name for path in folder.iterdir()}
    assert {"census.txt", "history.csv", "beside.csv", "residuals.csv", "next_year.csv", "back_test.csv"} <= names
    assert {"rates_beside_peers.png", "rates_beside_peers.svg", "rates_beside_peers.txt", "start.toml"} <= names
    assert wm.load_scenario(folder / "start.toml").place == "Council 1 children's social care"
    with pytest.raises(FileExistsError, match="name a new folder"):
        wm.write_census(made_up, folder)


def test_a_row_from_which_nothing_can_start_says_why_and_the_rest_is_written(tmp_path: Path) -> None:
    # Tower Hamlets 2017: 195.5 agency, 60.5 of them covering a vacancy, 117.9 holding cases.
    folder = wm.write_census(wm.census(beside(FILE), "Tower Hamlets", 2017), tmp_path / "out")

    assert "more than the 117.9 FTE who hold cases" in (folder / "start_refused.txt").read_text(encoding="utf-8")
    assert (folder / "history.csv").exists()
    assert not (folder / "start.toml").exists()


def test_the_chart_says_what_its_table_says_and_keeps_on_its_page(made_up: CouncilCensus) -> None:
    rows = made_up.beside[made_up.beside["group"] == "region"].set_index("indicator")
    whole = rates_beside_peers(made_up)
    with half_page():
        half = rates_beside_peers(made_up)

    for name in ("turnover_rate", "agency_rate", "vacancy_rate"):
        assert f"{rows['council_value'][name]:.0%}" in text_alternative(whole)
        assert f"{rows['median'][name]:.0%}" in text_alternative(whole)
    for ax in (whole, half):
        figure = figure_of(ax)
        renderer = FigureCanvasAgg(figure).get_renderer()
        for text in [*figure.texts, *ax.texts]:
            box = text.get_window_extent(renderer)
            assert 0 <= box.x0 <= box.x1 <= figure.bbox.width, text.get_text()
            assert 0 <= box.y0 <= box.y1 <= figure.bbox.height, text.get_text()


def test_the_headline_names_where_enfield_is_below_outer_london(enfield: CouncilCensus) -> None:
    # 2019: turnover 18.9% against 17.5%; agency 15.4% against 23.9%; vacancies 17.3% against 21.9%.
    assert "Enfield is below the middle of Outer London on agency and vacancies" in text_alternative(
        rates_beside_peers(enfield)
    )


def test_the_command_shows_a_council_and_refuses_a_slip_with_the_nearest_name(tmp_path: Path) -> None:
    file = str(written(tmp_path / "a.csv", simulated(40, 3)))

    shown = said("census", file, "--council", "Council 7", "--out", str(tmp_path / "out"))
    slip = said("census", file, "--council", "Councill 7")

    assert shown.returncode == 0, shown.stderr
    assert "Council 7 (South), 30 September 2019" in shown.stdout
    assert f"Written to {tmp_path / 'out'}" in shown.stdout
    assert slip.returncode == 2
    assert "did you mean Council 7" in slip.stderr
