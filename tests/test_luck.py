"""How much is luck and how much doubt, and how many runs are enough, held to sums that can be done by hand."""

from __future__ import annotations

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import stated, toy
from workforce_model.reading.luck import Parts, enough_runs, parts_of, ratio_of_means


def test_variances_of_a_made_up_figure_are_told_apart() -> None:
    rng, draws = np.random.default_rng(3), 256
    draw = np.arange(draws * 40) % draws
    figures = 3.0 * rng.standard_normal(draws)[draw] + 2.0 * rng.standard_normal(draw.size)

    parts = parts_of(figures, draw, draws)

    assert parts.luck == pytest.approx(4.0, rel=0.05)
    assert parts.doubt == pytest.approx(9.0, rel=0.25)


def test_runs_enough_are_luck_over_what_the_draws_leave_and_none_where_the_draws_alone_are_too_few() -> None:
    parts = Parts(mean=0.0, luck=4.0, doubt=2.56, draws=256)

    # The draws leave an error of 0.1: for 0.2, luck may add 0.04 - 0.01 = 0.03, which takes 134 runs; but up to 256
    # runs each has a draw of its own, and (4 + 2.56) / 0.04 = 164 of them do.
    assert parts.runs_for(0.2) == 164
    assert parts.error_at(164) == pytest.approx(0.2)
    # For 0.11: 0.0121 - 0.01 = 0.0021 is left to luck, 4 / 0.0021 = 1,905 runs.
    assert parts.runs_for(0.11) == 1_905
    assert parts.runs_for(0.1) is None


def test_a_figure_that_never_varies_needs_one_run() -> None:
    assert enough_runs(np.ones(10), np.arange(10) % 2, 2, within=0.1) == 1


def test_with_no_ranges_all_is_luck_and_with_nothing_random_all_is_doubt() -> None:
    lucky = toy({"workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.2})
    doubtful = toy({"costs.non_pay": stated(500.0, "GBP a year", low=0.0, high=1_000.0, shape="uniform")})

    shares = [
        wm.uncertainty(scenario, ["net_cost_gbp"], runs=2_048).set_index("holds")["share_of_variance"]
        for scenario in (lucky, doubtful)
    ]

    assert shares[0]["luck"] > 0.85
    assert shares[1]["doubt"] == pytest.approx(1.0)


def test_the_range_from_doubt_is_the_stated_range_of_a_price() -> None:
    scenario = toy({"costs.non_pay": stated(500.0, "GBP a year", low=0.0, high=1_000.0, shape="uniform")})

    doubt = wm.uncertainty(scenario, ["net_cost_gbp"], runs=512).set_index("holds").loc["doubt"]

    assert doubt["p10"] == pytest.approx(360_000 + 10 * 100, abs=60)
    assert doubt["p90"] == pytest.approx(360_000 + 10 * 900, abs=60)


def test_from_a_single_run_no_error_and_no_number_of_runs_is_known() -> None:
    one = wm.uncertainty(toy(), ["net_cost_gbp"], runs=1, within=10.0)

    assert one["mc_error"].isna().all()
    assert one["runs_enough"].isna().all()
    assert one["period"].tolist() == ["2020/21"] * 3
    assert enough_runs(np.ones(1), np.zeros(1, dtype=np.intp), 1, within=0.1) is None


def test_the_error_of_a_ratio_is_that_of_many_ratios_drawn_again() -> None:
    rng, runs = np.random.default_rng(5), 400

    def drawn(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        workers = 2.0 + rng.standard_normal(shape)
        return 1_000.0 * workers + 500.0 * rng.standard_normal(shape), workers

    over, under = drawn((4_000, runs))
    ratio, error = ratio_of_means(*(x[0] for x in (over, under)), np.arange(runs))

    # The luck of the workers is in both and goes out: 500 / sqrt(400) / 2 = 12.5 is left.
    assert ratio == pytest.approx(1_000.0, abs=40.0)
    assert error == pytest.approx(12.5, rel=0.15)
    assert (over.mean(axis=1) / under.mean(axis=1)).std() == pytest.approx(12.5, rel=0.05)
