"""A forecast from the census looks at nothing after its origin, learns what is true, and covers as it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.published import beside, council, simulated, written
from workforce_model.councils.outlook import DEGREES, MEASURES, Outlook
from workforce_model.councils.returns import Returns


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Returns:
    """Two hundred and fifty made-up councils over three years, whose flows are three tenths lasting."""
    return wm.read_returns(written(tmp_path_factory.mktemp("known") / "a.csv", simulated(250, 3)))


@pytest.fixture(scope="module")
def forecasts(known: Returns) -> dict[str, Outlook]:
    return wm.outlooks(known, 2018)


def test_the_weight_of_a_councils_own_past_is_recovered_from_known_truth(forecasts: dict[str, Outlook]) -> None:
    # A slope over 250 councils has a standard error of about 0.09; the mean of four, half that.
    weights = [forecasts[name].own_weight for name in ("leavers", "starters", "agency", "vacancies")]

    assert np.mean(weights) == pytest.approx(0.3, abs=0.12)


def test_ranges_cover_as_they_say_on_known_truth(known: Returns, forecasts: dict[str, Outlook]) -> None:
    for name in ("leavers", "starters", "agency", "vacancies"):
        outlook = forecasts[name]
        actual = known.figures.query("year == 2019").set_index("la_code")[MEASURES[name].column]
        low, high = outlook.quantiles([0.1, 0.9]).T

        inside = actual.reindex(outlook.councils["la_code"]).between(low, high)

        # 80% of 250 councils has a standard error of 2.5 points; the tails hold doubt about the spread besides.
        assert 0.74 <= inside.mean() <= 0.88, name


def test_changing_every_figure_after_the_origin_changes_no_bit(forecasts: dict[str, Outlook], tmp_path: Path) -> None:
    rows = [row if row["time_period"] < 2019 else {**row, "leavers_fte": "999", "inpost_fte": "31", "cases": "1"} for row in simulated(250, 3)]  # fmt: skip

    changed = wm.outlooks(wm.read_returns(written(tmp_path / "a.csv", rows)), 2018)

    for name, outlook in forecasts.items():
        pd.testing.assert_frame_equal(outlook.table(), changed[name].table(), check_exact=True)


def test_quantiles_and_chances_are_each_others_inverse(forecasts: dict[str, Outlook]) -> None:
    outlook = forecasts["agency"]

    for level in (0.05, 0.5, 0.9):
        assert np.allclose(outlook.chance_below(outlook.quantiles(level)[:, 0]), level)


def test_the_next_year_of_a_file_is_forecast_for_every_council_big_enough(known: Returns, tmp_path: Path) -> None:
    rows = [*simulated(10, 2), *(council(90, year, inpost_fte="9", leavers_fte="2") for year in (2018, 2019))]
    rows += [council(91, year, inpost_fte="90", leavers_fte="c" if year == 2019 else "9") for year in (2018, 2019)]

    table = wm.outlooks(wm.read_returns(written(tmp_path / "a.csv", rows)))["leavers"].table()

    assert set(table["year"]) == {2020}
    assert {"190", "191"}.isdisjoint(table["la_code"])
    assert len(table) == 10


def test_steady_councils_are_forecast_steady(tmp_path: Path) -> None:
    # Ten councils, each the same three years running: nothing was ever missed, so the range is a point.
    rows = [council(i, year, inpost_fte=100 + i, inpost_headcount=110, leavers_fte=10 + i, starters_fte=12 + i, agency_fte=20 + i, vacancy_fte=15 + i,
                    cases=1_000 + i, case_holders_fte=60, caseload_fte=15 + i) for i in range(10) for year in (2017, 2018, 2019)]  # fmt: skip

    forecasts = wm.outlooks(wm.read_returns(written(tmp_path / "a.csv", rows)))

    for name, outlook in forecasts.items():
        table = outlook.table()
        assert np.allclose(table["median"], table["last"]), name
        assert np.allclose(table["p90"] - table["p10"], 0, atol=1e-4), name


def test_the_national_swing_of_starters_and_leavers_is_learnt_from_both(tmp_path: Path) -> None:
    # Roots of starters rise by 0.2 in every council, those of leavers stay; nothing else was missed. The middle council has
    # roots of 3.65 and 2.45, so the swings are 0.2/3.65 and nought of the middle, 0.0387 together: root mean square of the two.
    rows = [council(i, year, inpost_fte=100, inpost_headcount=110, leavers_fte=(2 + 0.1 * i) ** 2, starters_fte=(3 + 0.1 * i + 0.2 * (year == 2018)) ** 2,
                    agency_fte=20 + i, vacancy_fte=15 + i, cases=1_000 + i, case_holders_fte=60, caseload_fte=15 + i)
            for i in range(10) for year in (2017, 2018)]  # fmt: skip

    forecasts = wm.outlooks(wm.read_returns(written(tmp_path / "a.csv", rows)))

    together = 0.2 / 3.65 / np.sqrt(2)
    assert forecasts["starters"].spread == pytest.approx(np.full(10, 0.365 * together), rel=1e-6)
    assert forecasts["leavers"].spread == pytest.approx(np.full(10, 0.245 * together), rel=1e-6)
    assert np.allclose(forecasts["agency"].spread, 0, atol=1e-6)  # a stock's changes are its own


def test_a_single_year_or_a_gap_between_years_is_refused(tmp_path: Path) -> None:
    rows = simulated(10, 3)
    gap = wm.read_returns(written(tmp_path / "a.csv", [row for row in rows if row["time_period"] != 2018]))

    with pytest.raises(wm.ScenarioError, match="two successive years"):
        wm.outlooks(gap)
    with pytest.raises(wm.ScenarioError, match="two successive years"):
        wm.outlooks(gap, 2017)


def test_a_measure_nobody_published_is_named(tmp_path: Path) -> None:
    rows = [{**row, "cases": "x"} for row in simulated(10, 2)]

    with pytest.raises(wm.ScenarioError, match="cases   fewer than 3 councils of 30 FTE published it"):
        wm.outlooks(wm.read_returns(written(tmp_path / "a.csv", rows)))


def test_doubt_about_a_new_years_spread_is_what_the_demand_files_show_before_the_decision() -> None:
    # Spread between councils of the yearly log change, 80% range over 2.56; how its logarithm moves between years.
    demand = wm.read_returns(beside("dfe_demand_2013_2019.csv")).up_to(2018).councils()
    moved = []
    for column in ("At31_episodes", "referral_count", "CPP_At31", "CLA_At31", "Started_episodes", "Ended_episodes", "CPP_start", "Section47", "ICPC",
                   "CLA_started", "CLA_ceased"):  # fmt: skip
        table = demand.pivot_table(index="la_code", columns="year", values=column)
        change = np.log(table.where(table > 0)).diff(axis=1).iloc[:, 1:]
        spread = np.log((change.quantile(0.9) - change.quantile(0.1)) / 2.563)
        moved.append(float(spread.diff().std()))

    assert np.sqrt(np.mean(np.square(moved))) == pytest.approx(np.sqrt(1 / (2 * DEGREES)), abs=0.005)
