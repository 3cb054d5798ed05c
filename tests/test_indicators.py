"""The Department's rates follow from its counts; what does not reconcile is shown, not hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

import workforce_model as wm
from tests.published import beside, written
from workforce_model.councils.indicators import indicators, not_credible
from workforce_model.councils.returns import Returns


@pytest.fixture(scope="module")
def returns() -> Returns:
    return wm.read_returns(beside("dfe_workforce_2017_2019.csv"))


def test_published_rates_are_reproduced_within_015_on_at_least_99_percent_of_rows(returns: Returns) -> None:
    found = wm.reproduced(returns).set_index("rate")

    for rate in ("turnover_rate", "agency_rate", "vacancy_rate", "caseload"):
        assert found["within"][rate] >= 0.99, rate
        assert found["rows"][rate] >= 486, rate


def test_a_row_worked_out_by_hand(tmp_path: Path) -> None:
    # 20 leavers over 160 in post; 40 agency over 200; 40 vacancies over 200; 30 of 40 covering; 1,500 over 100.
    row = {
        **{"inpost_fte": "160", "leavers_fte": "20", "agency_fte": "40", "agency_cover_fte": "30"},
        **{"vacancy_fte": "40", "cases": "1500", "case_holders_fte": "100"},
    }

    rates = indicators(wm.read_returns(written(tmp_path / "a.csv", [row]))).iloc[0]

    assert rates[["turnover_rate", "agency_rate", "vacancy_rate"]].to_list() == [0.125, 0.2, 0.2]
    assert rates[["cover_rate", "vacancy_cover_rate", "caseload"]].to_list() == [0.75, 0.75, 15.0]


def test_a_rate_on_a_code_or_on_nothing_is_missing(tmp_path: Path) -> None:
    row = {"inpost_fte": "160", "leavers_fte": "c", "agency_fte": "0", "agency_cover_fte": "0", "vacancy_fte": "0"}

    rates = indicators(wm.read_returns(written(tmp_path / "a.csv", [row]))).iloc[0]

    assert rates[["agency_rate", "vacancy_rate"]].to_list() == [0.0, 0.0]
    assert rates[["turnover_rate", "cover_rate", "vacancy_cover_rate", "caseload"]].isna().all()


def test_stocks_and_flows_leave_enfields_residuals_and_the_sizes_the_readme_of_the_data_states(
    returns: Returns,
) -> None:
    # 158.9 + 44.1 - 22.8 is 180.2 and 166.3 is counted; 166.3 + 57.2 - 32.6 is 190.9 and 172.6 is counted.
    found = wm.stock_flow(returns)
    enfield = found[found["council"] == "Enfield"]
    sized = found["residual_share"].abs()

    assert enfield["residual_fte"].round(1).to_list() == [-13.9, -18.3]
    assert round(float(sized.mean()), 3) == 0.044
    assert round(float((sized > 0.05).mean()), 2) in (0.27, 0.28)
    widest = found.loc[sized.nlargest(2).index, ["council", "year"]].to_numpy().tolist()
    assert widest == [["Southampton", 2018], ["Merton", 2019]]


def test_stocks_flows_and_the_residual_close_to_the_last_digit(returns: Returns) -> None:
    found = wm.stock_flow(returns)

    closing = found["opening_fte"] + found["starters_fte"] - found["leavers_fte"] + found["residual_fte"]

    assert (closing - found["closing_fte"]).abs().max() < 1e-9


def test_the_eleven_jumps_in_vacancies_are_found_and_enfields_is_one(returns: Returns) -> None:
    # The data's README: 11 authorities with over 20 vacancies saw them fall below a third or more than treble.
    jumps = not_credible(returns).query("measure == 'vacancy_fte'").set_index("council")

    assert len(jumps) == 11
    assert jumps.loc["Enfield", ["year", "before", "after"]].to_list() == [2018, 79.0, 20.0]
    assert {"Derby", "Trafford", "Swindon", "Waltham Forest"} <= set(jumps.index)
    assert ("Cumbria", 2018) in set(zip(*not_credible(returns).query("measure == 'cases'")[["council", "year"]].T.to_numpy(), strict=True))  # fmt: skip
