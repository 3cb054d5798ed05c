"""Words belong to their address, and tables to their laws: checked against scipy and by counting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workforce_model.basis.draws import (
    WORD_RANGE,
    Table,
    Words,
    arrivals_table,
    binomial_counts,
    binomial_table,
    closures_and_arrivals_table,
    name_key,
)

KEYS = np.array([name_key("post", "team", number) for number in range(40)], dtype=np.uint64)


def test_a_word_is_its_own_whatever_is_drawn_beside_it() -> None:
    # More cells than are mixed at a time, so that the joins are crossed.
    many = Words(7, np.arange(3_000)).of_posts(KEYS, "leave", 5)

    few = Words(7, np.array([2_999, 4])).of_posts(KEYS[[39, 11]], "leave", 5)
    cells = Words(7, np.arange(3_000)).of_cells(KEYS[[39, 11]], np.array([2_999, 4]), "leave", 5)

    assert few.tolist() == [[many[39, 2_999], many[39, 4]], [many[11, 2_999], many[11, 4]]]
    assert cells.tolist() == [many[39, 2_999], many[11, 4]]


def test_the_two_words_of_a_pair_are_uniform_and_independent() -> None:
    words = Words(20190612, np.arange(5_000))

    first, second = words.pairs_of_posts(KEYS, "month", 1)

    # Two hundred thousand pairs over an eight by eight square: chi-squared on 63 degrees of freedom.
    square = np.histogram2d(first.ravel(), second.ravel(), bins=8, range=[[0, WORD_RANGE]] * 2)[0]
    assert np.array_equal(first, words.of_posts(KEYS, "month", 1))
    assert stats.chisquare(square.ravel()).pvalue > 0.001


@pytest.mark.parametrize("bits", [1, 4, 6, 10])
def test_a_guide_of_any_size_finds_the_same_counts_as_a_plain_search(bits: int) -> None:
    table = Table(binomial_table([0.3, 0.04], 30).cumulative, guide_bits=bits)
    made = np.random.default_rng(bits)
    row, words = made.integers(0, 62, (20, 1_500)), made.integers(0, WORD_RANGE, (20, 1_500)).astype(np.uint32)
    words[0, :4] = 0, WORD_RANGE - 1, *table.cumulative[3, :2]

    found = table.invert(row, words)

    plain = [np.searchsorted(table.cumulative[r], w, side="right") for r, w in zip(row.flat, words.flat, strict=True)]
    assert found.ravel().tolist() == plain


@pytest.mark.parametrize(("closing", "arrivals"), [(0.3, 4.8), (0.045, 0.72), (0.0, 2.0), (1.0, 2.0), (0.2, 0.0)])
def test_closures_and_arrivals_together_are_a_binomial_and_a_poisson_added(closing: float, arrivals: float) -> None:
    table = closures_and_arrivals_table([closing], [arrivals], 20)

    for cases in (0, 1, 7, 20):
        stay = stats.binom.pmf(np.arange(cases + 1), cases, 1 - closing)
        come = stats.poisson.pmf(np.arange(table.width), arrivals)
        expected = np.convolve(stay, come)[: table.width].cumsum()
        assert np.abs(table.cumulative[cases] / WORD_RANGE - expected).max() < 2 / WORD_RANGE


def test_each_kind_of_post_has_its_own_rows() -> None:
    together = closures_and_arrivals_table([0.3, 0.1], [4.0, 1.0], 10)
    apart = closures_and_arrivals_table([0.1], [1.0], 10)

    assert np.array_equal(together.cumulative[11:, : apart.width], apart.cumulative)
    assert np.all(together.cumulative[11:, apart.width :] == WORD_RANGE)


def test_counts_of_few_trials_are_those_of_the_table() -> None:
    made = np.random.default_rng(3)
    trials, words = made.integers(0, 37, 20_000), made.integers(0, WORD_RANGE, 20_000).astype(np.uint32)
    table = binomial_table([0.06], 36)

    counts = binomial_counts(trials, 0.06, words)

    assert np.array_equal(counts, table.invert(trials, words))


def test_a_chance_of_one_or_more_is_refused_and_not_clipped() -> None:
    with pytest.raises(ValueError, match="from 0 to below 1"):
        binomial_counts(np.array([3]), 1.02, np.array([5], dtype=np.uint32))


def test_arrivals_too_many_for_a_table_are_refused() -> None:
    with pytest.raises(ValueError, match="501 arrivals"):
        arrivals_table(np.array([501.0]), np.array([1.0]))
