"""The front door: blocks in any order, runs kept when stopped, and only what is asked for when there are many."""

from __future__ import annotations

import os

import numpy as np
import pytest

import workforce_model as wm
from tests.test_metamorphic import busy, figures, same
from workforce_model.engine.model import Results, keep


def agency_cost(results: Results) -> np.ndarray:
    return results.cost[:, :, 5:8].sum(axis=(0, 1, 2))


def stopped_after(blocks: int) -> wm.Interrupted:
    """Runs stopped by the keyboard once a number of blocks are complete."""
    heard: list[int] = []

    def press_the_key(runs: int) -> None:
        heard.append(runs)
        if len(heard) == blocks:
            raise KeyboardInterrupt

    with pytest.raises(wm.Interrupted) as caught:
        wm.run(busy(), 300, block=50, progress=press_the_key)
    return caught.value


def test_m3_stopped_runs_are_kept_and_resuming_gives_the_bits_of_the_unbroken_run() -> None:
    stopped = stopped_after(3)

    whole = wm.run(busy(), 300, resume=stopped.results)

    assert str(stopped) == "stopped: 150 of 300 runs are complete and kept"
    assert whole.numbers.tolist() == list(range(300))
    assert same(whole, wm.run(busy(), 300))
    assert whole.checks == wm.run(busy(), 300).checks


def test_runs_kept_when_stopped_are_those_of_the_unbroken_run() -> None:
    kept, whole = stopped_after(2).results, wm.run(busy(), 300)

    assert kept is not None
    assert np.array_equal(kept.history.cases["held"], whole.history.cases["held"][..., kept.numbers])
    assert np.array_equal(kept.draw, whole.draw[kept.numbers])


def test_a_few_runs_extended_are_the_many_runs() -> None:
    few = wm.run(busy(), 100)

    assert same(wm.run(busy(), 300, resume=few), wm.run(busy(), 300))


def test_resuming_refuses_runs_of_another_scenario_seed_or_length() -> None:
    few = wm.run(busy(), 20)

    with pytest.raises(ValueError, match="expected the same scenario"):
        wm.run(busy({"workforce.turnover_rate": 0.2}), 40, resume=few)
    with pytest.raises(ValueError, match="resume has seed = 20190612: expected 7, as asked now"):
        wm.run(busy(), 40, 7, resume=few)
    with pytest.raises(ValueError, match="resume has doubt = True: expected False, as asked now"):
        wm.run(busy(), 40, doubt=False, resume=few)
    with pytest.raises(ValueError, match="runs = 10: resume holds run 19 already"):
        wm.run(busy(), 10, resume=few)


def test_keeping_one_figure_gives_every_run_the_figure_it_has_in_the_whole() -> None:
    whole = wm.run(busy(), 300)

    found = np.full(300, np.nan)
    for runs, costs in keep(busy(), agency_cost, 300, block=70):
        found[runs] = costs

    assert np.array_equal(found, agency_cost(whole))
    assert figures(whole)["cost"].shape[-1] == 300


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int64, np.uint64])
def test_whole_numbers_of_numpy_are_plain_ones_in_the_results_and_overflow_nowhere(kind: type) -> None:
    plain = wm.run(busy(), 40, 7, block=30)

    found = wm.run(busy(), kind(40), kind(7), block=kind(30))

    assert same(found, plain)
    assert [type(x) for x in (found.seed, found.asked)] == [int, int]
    assert len(list(keep(busy(), agency_cost, kind(40), kind(7), block=kind(30)))) == 2
    assert wm.compare([busy(), busy({"name": "b"})], ["open_cases"], kind(40), kind(7)).seed == 7


@pytest.mark.skipif(not hasattr(os, "sysconf"), reason="where a machine says how much memory it has")
def test_results_larger_than_half_the_machines_memory_are_refused_before_they_are_played(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = {"SC_PAGE_SIZE": 4_096, "SC_PHYS_PAGES": 1_000}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)

    with pytest.raises(
        ValueError, match=r"runs = 2,000: the results would take about 0 GB; at most 5\d\d runs fit here"
    ):
        wm.run(busy(), 2_000)
    assert wm.run(busy(), 100).runs == 100
