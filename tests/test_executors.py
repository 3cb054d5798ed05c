"""Any executor plays the same bits: one process, two processes, and a Dask cluster on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context

import numpy as np
import pytest

import workforce_model as wm
from workforce_model.engine.model import Results

THREE_YEARS = {"periods.end": "2021-09"}


def bits(results: Results) -> dict[str, str]:
    """The hash of every array kept of the runs, and of what each check found."""
    held = {}
    for part in ("history", "ledger"):
        for name, value in vars(getattr(results, part)).items():
            for key, each in (value if isinstance(value, dict) else {"": value}).items():
                if isinstance(each, np.ndarray):
                    held[f"{part} {name} {key}"] = sha256(np.ascontiguousarray(each).data).hexdigest()
    assert len(held) > 20
    return held | {"cost": sha256(np.ascontiguousarray(results.cost).data).hexdigest(), "checks": repr(results.checks)}


def played(runs: int, executor: Executor | None = None, block: int = 1_000) -> dict[str, str]:
    scenario = wm.load_scenario("scenarios/approved.toml").replace(THREE_YEARS)
    return bits(wm.run(scenario, runs, executor=executor, block=block))


@pytest.fixture(scope="module")
def ten_thousand_alone() -> dict[str, str]:
    return played(10_000)


@pytest.fixture
def two_processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.fixture
def dask() -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed", reason="needs the cluster extra")
    import dask

    patient = {f"distributed.comm.timeouts.{each}": "10 minutes" for each in ("connect", "tcp")}
    with (
        dask.config.set({**patient, "distributed.scheduler.worker-ttl": None}),  # a busy machine is no dead worker
        distributed.LocalCluster(
            2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor()


@pytest.mark.slow
def test_two_processes_give_the_same_bits_as_one_whatever_the_block(two_processes: Executor) -> None:
    assert played(60, two_processes, block=16) == played(60)


@pytest.mark.cluster
@pytest.mark.parametrize("executor", ["two_processes", "dask"])
def test_ten_thousand_runs_of_three_years_are_the_same_bits_on_any_executor(
    executor: str, ten_thousand_alone: dict[str, str], request: pytest.FixtureRequest
) -> None:
    assert played(10_000, request.getfixturevalue(executor), block=1_250) == ten_thousand_alone
