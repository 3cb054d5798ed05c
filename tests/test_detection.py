"""What so many months can show, by closed form and by counting: six months cannot show a change in turnover."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from tests.forms import forecasted, shipped
from workforce_model.monitoring.detection import TRIMMED, UNTRIMMED, detectable_turnover, power, turnover_power


@pytest.mark.parametrize("dispersion", [1.0, TRIMMED, UNTRIMMED])
@pytest.mark.parametrize("months", [6, 12])
def test_the_closed_form_agrees_with_counting_simulated_leavers(months: int, dispersion: float) -> None:
    before, after = (rate * 172.6 * months / 12 for rate in (0.189, 0.15))

    def clumped(mean: float) -> object:
        return stats.poisson(mean) if dispersion == 1 else stats.nbinom(mean / (dispersion - 1), 1 / dispersion)

    counts = clumped(after).rvs(size=200_000, random_state=20190612)
    margin = before - stats.norm.ppf(0.95) * np.sqrt(dispersion * before)
    found = float(np.mean(counts + np.random.default_rng(1).uniform(-0.5, 0.5, counts.size) < margin))

    assert turnover_power(0.189, 0.15, 172.6, months, dispersion=dispersion) == pytest.approx(found, abs=0.025)


def test_a_fall_from_18_9_to_15_per_cent_is_detected_about_one_time_in_five_over_a_year() -> None:
    assert turnover_power(0.189, 0.15, 172.6) == pytest.approx(0.2, abs=0.02)
    assert turnover_power(0.189, 0.15, 172.6, 6) < 0.15
    assert turnover_power(0.189, 0.15, 172.6, dispersion=UNTRIMMED) < turnover_power(0.189, 0.15, 172.6)


@pytest.mark.parametrize("months", [6, 12, 24])
def test_the_detectable_turnover_is_detected_four_times_in_five(months: int) -> None:
    reach = detectable_turnover(0.189, 172.6, months)

    assert turnover_power(0.189, reach, 172.6, months) == pytest.approx(0.8)


def test_no_change_is_found_one_time_in_twenty_and_no_fall_is_enough_for_very_few_staff() -> None:
    assert turnover_power(0.189, 0.189, 172.6) == pytest.approx(0.05)
    assert detectable_turnover(0.189, 10, 6) == 0
    with pytest.raises(ValueError, match="expected all above 0"):
        turnover_power(0.189, 0.15, 0)


def test_a_figure_that_is_not_reported_is_said_to_be_not_available() -> None:
    made = forecasted()
    hidden = {**made.actuals.figures["assessment"], "workers": (None,) * 7}
    blind = dataclasses.replace(made, actuals=dataclasses.replace(made.actuals, figures={**made.actuals.figures, "assessment": hidden}))  # fmt: skip

    said = power(blind).set_index("what")["sentence"]

    assert said["share_at_or_over"].endswith("The figure reported is not available.")
    assert not said.str.contains("nan", case=False).any()


def test_the_table_says_what_six_months_could_have_shown_of_each_question() -> None:
    table = power(forecasted()).set_index("what")

    assert {"turnover", "agency_cover_fte", "caseload", "share_at_or_over", "practice_audits, share found good"} == set(table.index)  # fmt: skip
    assert table.loc["turnover", "months"].tolist() == [6, 12]
    assert table.loc["turnover", "chance_of_showing"].max() < 0.25
    assert ((table["chance_of_showing"] > 0) & (table["chance_of_showing"] < 1)).all()
    over = table.loc["share_at_or_over"]
    assert f"a change below {100 * over['detectable_change']:.1f} points would often not show" in over["sentence"]
    audits = table.loc["practice_audits, share found good"]
    each = shipped().total("practice_audits_done", "practice_and_quality") / 2
    share = shipped().total("practice_audits_good", "practice_and_quality") / each / 2
    assert audits["noise"] == pytest.approx(np.sqrt(2 * share * (1 - share) / each))
