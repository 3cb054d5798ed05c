"""An assumption's unit is its rule, and its range is met at the stated quantiles."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from workforce_model.basis.assumptions import Assumption, sample
from workforce_model.basis.draws import Words, arrivals_table, binomial_table, quantile_design, threshold


def assumed(value: float, unit: str, **more: Any) -> Assumption:
    return Assumption(
        value=value, unit=unit, source="a test", date=datetime.date(2019, 6, 12), confidence="low", **more
    )


def test_lognormal_and_normal_ranges_are_the_tenth_and_ninetieth_percentiles() -> None:
    for shape in ("lognormal", "normal"):
        rate = assumed(0.16, "multiplier", low=0.115, high=0.205, shape=shape)

        assert sample(rate, np.array([0.1, 0.5, 0.9])) == pytest.approx([0.115, 0.16, 0.205])


def test_a_triangular_range_is_scipys_triangle() -> None:
    pay = assumed(37_705, "GBP a year", low=33_945, high=41_465, shape="triangular")
    at = np.linspace(0.01, 0.99, 9)

    exact = stats.triang((37_705 - 33_945) / 7_520, loc=33_945, scale=7_520).ppf(at)

    assert sample(pay, at) == pytest.approx(exact)


def test_whole_months_come_back_whole_and_reach_both_ends() -> None:
    lead = assumed(3, "months", low=2, high=6, shape="triangular")

    drawn = sample(lead, (np.arange(1_000) + 0.5) / 1_000)

    assert set(drawn.tolist()) == {2.0, 3.0, 4.0, 5.0, 6.0}


@pytest.mark.parametrize(
    ("unit", "more", "word"),
    [
        ("share a mnth", {}, "unknown unit"),
        ("share", {"low": 0.1}, "together"),
        ("share", {"low": 0.6, "high": 0.7, "shape": "uniform"}, "rise"),
        ("share", {"low": 0.05, "high": 0.95, "shape": "normal"}, "can leave"),
        ("share", {"obtain": True}, "stand-in"),
    ],
)
def test_an_assumption_that_breaks_its_rule_cannot_be_made(unit: str, more: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        assumed(0.5, unit, **more)


def test_adding_an_assumption_moves_no_others_draws_and_every_stratum_is_met_once() -> None:
    design = quantile_design(7, "workforce.turnover_rate", 256)

    assert np.array_equal(np.sort(design), (np.arange(256) + 0.5) / 256)
    assert np.array_equal(design, quantile_design(7, "workforce.turnover_rate", 256))
    other = quantile_design(7, "costs.non_pay", 256)
    assert abs(np.corrcoef(design, other)[0, 1]) < 4.42 / 16


def test_words_are_uniform_and_unrelated_between_months_posts_and_runs() -> None:
    words = Words(2**70 + 5, np.arange(4_000))
    keys = np.arange(50, dtype=np.uint64)

    one, next_month = words.of_posts(keys, "leave", 3), words.of_posts(keys, "leave", 4)

    counted = np.bincount((one.reshape(-1) >> np.uint32(23)).astype(int), minlength=256)
    assert stats.chisquare(counted).pvalue > 1e-4
    assert abs(np.corrcoef(one.reshape(-1), next_month.reshape(-1))[0, 1]) < 0.01
    assert abs(np.corrcoef(one[0], one[1])[0, 1]) < 0.07
    assert not np.array_equal(one, Words(5, np.arange(4_000)).of_posts(keys, "leave", 3))


def test_tables_are_the_exact_laws_to_a_word_and_invert_as_scipy_does() -> None:
    word = np.linspace(1, 2**31 - 2, 997).astype(np.uint32)
    at = (word + 0.5) / 2**31

    closing = binomial_table(np.array([0.148]), 63)
    families = arrivals_table(np.array([12.0, 9.0]), np.array([2.4, 1.0]))

    kept = closing.invert(np.full(word.size, 40), word)
    assert np.array_equal(kept, stats.binom.ppf(at, 40, 0.148))
    assert np.array_equal(
        families.invert(np.zeros(word.size, dtype=np.intp), word), stats.nbinom.ppf(at, 12 / 1.4, 1 / 2.4)
    )
    assert np.array_equal(families.invert(np.ones(word.size, dtype=np.intp), word), stats.poisson.ppf(at, 9.0))


def test_a_chance_outside_nought_to_one_is_refused_and_never_clipped() -> None:
    assert threshold([0.0, 1.0]).tolist() == [0, 2**31]
    with pytest.raises(ValueError, match=r"1\.2"):
        threshold([0.5, 1.2])
