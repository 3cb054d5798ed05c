"""Peers are named by a stated rule, and say what the published panel says of them."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

import workforce_model as wm
from tests.published import beside, council, written
from workforce_model.councils.peer_groups import peers
from workforce_model.councils.returns import Returns

DECISION = datetime.date(2019, 6, 12)


@pytest.fixture(scope="module")
def returns() -> Returns:
    return wm.read_returns(beside("dfe_workforce_2017_2019.csv"))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Returns:
    sizes = (100, 20, 150, 95, 210, 104, 300, 29, 60, 110, 120, 130, 140, 160)
    rows = [council(i, 2018, inpost_fte=size, leavers_fte=size / 10) for i, size in enumerate(sizes)]
    return wm.read_returns(written(tmp_path_factory.mktemp("toy") / "a.csv", rows))


def test_peers_of_the_region_are_those_filed_under_it_and_never_the_council_itself(toy: Returns) -> None:
    assert peers(toy, "Council 0", 2018, "region") == ("102", "104", "106", "108", "110", "112")


def test_councils_too_small_for_a_rate_are_nobodys_peer(toy: Returns) -> None:
    assert {"101", "107"}.isdisjoint(peers(toy, "Council 0", 2018, "england"))


def test_peers_of_size_are_the_ten_nearest_by_ratio(toy: Returns) -> None:
    # Eleven are left beside it, of which the one of 300 lies furthest from 100.
    nearest = peers(toy, "Council 0", 2018, "size")

    assert len(nearest) == 10
    assert "106" not in nearest


def test_without_a_stated_list_neighbours_are_asked_for_by_name(toy: Returns) -> None:
    with pytest.raises(wm.ScenarioError, match="no list of statistical neighbours is stated"):
        peers(toy, "Council 0", 2018, "neighbours")

    assert peers(toy, "Council 0", 2018, "neighbours", ("Council 3", "Council 5")) == ("103", "105")


def test_enfields_places_in_outer_london_are_those_known_in_june_2019(returns: Returns) -> None:
    # Evidence, section 2: of 18, the agency rate was 17th highest, vacancies 17th, turnover 16th, caseload 6th.
    beside_it = wm.beside_peers(returns.known_by(DECISION), "Enfield", 2018, ("region",)).set_index("indicator")

    from_highest = beside_it["peers"] + 2 - beside_it["rank_from_lowest"]

    wanted = {"agency_rate": 17, "vacancy_rate": 17, "turnover_rate": 16, "caseload": 6}
    assert {name: int(from_highest[name]) for name in wanted} == wanted


def test_priors_are_the_published_panels_means_slopes_and_lasting_spread(returns: Returns) -> None:
    # Evidence, sections 1 and 3: mean 16.3%, lasting spread about 3.5 points; slopes 17-18 .29, .85, .55.
    prior = wm.peer_priors(returns, "Enfield", DECISION)

    assert round(prior["mean"]["turnover_rate"], 3) == 0.163
    assert round(prior["lasting_sd"]["turnover_rate"], 3) == 0.035
    slopes = prior["slope"].round(2).to_dict()
    assert [slopes[name] for name in ("agency_rate", "caseload")] == [0.85, 0.55]
    assert abs(prior["slope"]["turnover_rate"] - 0.29) < 0.01
    assert abs(prior["slope"]["vacancy_rate"] - 0.73) < 0.05  # eight councils whose recording jumped are left out


def test_a_prior_worked_out_by_hand() -> None:
    # Enfield 2018: 22.8 over 166.3 is 13.71%; three tenths of the way from 16.32% is 15.54%.
    prior = wm.peer_priors(wm.read_returns(beside("dfe_workforce_2017_2019.csv")), "Enfield", DECISION).loc[
        "turnover_rate"
    ]

    assert prior["centre"] == pytest.approx(prior["mean"] + 0.3 * (22.8 / 166.3 - prior["mean"]))
    assert prior["sd"] == pytest.approx(prior["lasting_sd"] * np.sqrt(0.7))


def test_priors_do_not_move_when_a_year_not_yet_published_does(returns: Returns, tmp_path: Path) -> None:
    text = beside("dfe_workforce_2017_2019.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "a.csv").write_text("\n".join(line for line in text if not line.startswith("2019")), encoding="utf-8")

    without = wm.peer_priors(wm.read_returns(tmp_path / "a.csv"), "Enfield", DECISION)

    assert without.equals(wm.peer_priors(returns, "Enfield", DECISION))


def test_a_council_without_a_last_return_has_its_peers_mean(tmp_path: Path) -> None:
    rows = [council(i, year, inpost_fte=100, leavers_fte=10 + i + (year - 2017)) for i in range(5) for year in (2017, 2018)]  # fmt: skip
    rows[1] |= {"leavers_fte": "c"}

    prior = wm.peer_priors(wm.read_returns(written(tmp_path / "a.csv", rows)), "Council 0").loc["turnover_rate"]

    assert np.isnan(prior["own"])
    assert prior["centre"] == prior["mean"] == pytest.approx((12 + 13 + 14 + 15) / 400)
