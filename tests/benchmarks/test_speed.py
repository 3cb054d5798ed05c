"""Runs a second, peak memory and the ratio to each yardstick, printed beside one another; no speed fails a test."""

from __future__ import annotations

from functools import partial

import pytest

pytest.importorskip("simpy", reason="the yardstick needs the benchmark extra")
pytest.importorskip("pytest_benchmark", reason="timing needs the benchmark extra")

from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks import measuring
from tests.benchmarks.cohorts import CohortOutcome, run_cohorts
from tests.benchmarks.problem import R1

pytestmark = pytest.mark.benchmark


def test_r1_by_itself(benchmark: BenchmarkFixture) -> None:
    outcome = benchmark.pedantic(measuring.r1, args=(None, 2_048), rounds=5, warmup_rounds=1)

    assert outcome.runs == 2_048


def test_r1u_by_itself(benchmark: BenchmarkFixture) -> None:
    outcome = benchmark.pedantic(measuring.r1u, args=(None, 2_048), rounds=5, warmup_rounds=1)

    assert outcome.runs == 2_048


def test_r0_by_itself(benchmark: BenchmarkFixture) -> None:
    outcome: CohortOutcome = benchmark.pedantic(run_cohorts, args=(R1, 2_048), rounds=5, warmup_rounds=1)

    assert outcome.cases.shape[-1] == 2_048


def test_every_ratio_is_measured_beside_its_yardstick(capsys: pytest.CaptureFixture[str]) -> None:
    engines = {name: (partial(play, None), 2_048) for name, play in (("R1", measuring.r1), ("R1u", measuring.r1u))}

    found, peak = measuring.interleaved(engines, rounds=3), measuring.peak_megabytes(runs=2_048)

    with capsys.disabled():
        for name, speed in found.items():
            ratios = ", ".join(f"{ratio:.1f} x {yardstick}" for yardstick, ratio in speed.ratio.items())
            print(f"\n{name}: {speed.runs_a_second:,.0f} runs a second; {ratios}", end="")
        print(f"\npeak memory of a process at 2,048 runs of R1: {peak:.0f} MB")
    assert found["SimPy"].ratio["SimPy"] == 1
    assert found.keys() >= {"SimPy", "loop", "R1", "R1u"}
