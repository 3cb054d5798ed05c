"""Sobol shares against functions whose shares are known, and against SALib."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import sobol_indices

from workforce_model.decisions.designs import paired_design
from workforce_model.decisions.variance_shares import designs_of, shares_of, shares_table

Quantiles = dict[str, NDArray[np.float64]]


def ishigami(quantiles: Quantiles) -> NDArray[np.float64]:
    """Ishigami and Homma 1990, a = 7, b = 0.1, each unknown uniform from -pi to pi."""
    x1, x2, x3 = ((2 * quantiles[name] - 1) * np.pi for name in ("x1", "x2", "x3"))
    return np.asarray(np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ishigamis_function_has_its_published_shares_within_their_intervals(seed: int) -> None:
    table = shares_of(ishigami, ["x1", "x2", "x3"], points=4096, seed=seed).set_index("factor")

    for factor, first, total in (("x1", 0.3139, 0.5576), ("x2", 0.4424, 0.4424), ("x3", 0.0, 0.2437)):
        row = table.loc[factor]
        slack = 0.01  # a 95% interval misses one time in twenty; eighteen are tried
        assert row["first_low"] - slack <= first <= row["first_high"] + slack
        assert row["total_low"] - slack <= total <= row["total_high"] + slack
        assert row["first_high"] - row["first_low"] < 0.15


def test_an_additive_function_has_its_closed_form_shares_and_nothing_from_interactions() -> None:
    weights = {"a": 1.0, "b": 2.0, "c": 3.0}

    table = shares_of(
        lambda q: np.asarray(sum(w * q[n] for n, w in weights.items())), list(weights), points=2048
    ).set_index("factor")

    for name, weight in weights.items():
        assert table.loc[name, "first"] == pytest.approx(weight**2 / 14, abs=0.02)
        assert table.loc[name, "total"] == pytest.approx(weight**2 / 14, abs=0.02)


def test_shares_are_those_scipy_and_salib_find_in_the_same_figures() -> None:
    analyze = pytest.importorskip("SALib.analyze.sobol", reason="the other library is in the dev extra")
    factors, points = ["x1", "x2", "x3"], 1024
    first, second = designs_of(factors, points, 5)
    f_a, f_b = ishigami(first), ishigami(second)
    f_ab = np.stack([ishigami({**first, name: second[name]}) for name in factors])

    ours = shares_table(factors, f_a, f_b, f_ab, seed=5, resamples=10)
    woven = np.column_stack([f_a, *f_ab, f_b]).ravel()
    theirs = analyze.analyze(
        {"num_vars": 3, "names": factors, "bounds": [[0, 1]] * 3},
        woven,
        calc_second_order=False,
        num_resamples=10,
        seed=1,
    )

    scipys = sobol_indices(func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None]}, n=points)

    assert ours["first"].to_numpy() == pytest.approx(np.ravel(scipys.first_order), abs=0.01)
    assert ours["total"].to_numpy() == pytest.approx(np.ravel(scipys.total_order), abs=0.01)
    assert ours["first"].to_numpy() == pytest.approx(theirs["S1"], abs=0.02)
    assert ours["total"].to_numpy() == pytest.approx(theirs["ST"], abs=0.02)


def test_a_factor_added_moves_no_other_column_and_columns_are_evenly_filled() -> None:
    before, _ = designs_of(["a", "b"], 64, 9)
    after, other = designs_of(["a", "a_new_one", "b"], 64, 9)

    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert np.array_equal(np.sort(after["b"]), (np.arange(64) + 0.5) / 64)
    assert not np.array_equal(after["a"], other["a"])


def test_a_figure_that_never_varies_or_is_not_defined_is_refused() -> None:
    with pytest.raises(ValueError, match="the same in every run"):
        shares_of(lambda q: np.ones_like(q["a"]), ["a"], points=8)
    with pytest.raises(ValueError, match="not defined"):
        shares_of(lambda q: q["a"] * np.nan, ["a"], points=8)


def test_a_factors_two_columns_fill_the_square_evenly() -> None:
    first, second = paired_design(7, "a", 64)

    for across, down in ((2, 32), (4, 16), (8, 8), (16, 4), (32, 2)):
        counted = np.bincount((first * across).astype(int) * down + (second * down).astype(int), minlength=64)
        assert (counted == 1).all()


def test_points_that_are_no_power_of_two_are_refused() -> None:
    with pytest.raises(ValueError, match="a power of two"):
        paired_design(7, "a", 100)
