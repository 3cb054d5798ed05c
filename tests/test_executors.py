"""Any executor plays the same figures: one process, two processes, and a cluster on this machine."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import workforce_model as wm
from workforce_model.model import Results

RUNS, BLOCK = 60, 16


@pytest.fixture(scope="module")
def played() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), RUNS, block=BLOCK)


def arrays(record: object) -> dict[str, np.ndarray]:
    """Every array of a record, by name."""
    found = {}
    for name, value in vars(record).items():
        if isinstance(value, np.ndarray):
            found[name] = value
        elif isinstance(value, dict):
            found |= {f"{name}.{key}": each for key, each in value.items()}
    return found


def assert_same_bits(one: Results, other: Results) -> None:
    for part in ("history", "ledger"):
        first, second = arrays(getattr(one, part)), arrays(getattr(other, part))
        assert first
        assert first.keys() == second.keys()
        assert all(np.array_equal(first[name], second[name]) for name in first), part
    assert np.array_equal(one.cost, other.cost)
    assert [dataclasses.astuple(check) for check in one.checks] == [dataclasses.astuple(c) for c in other.checks]


@pytest.mark.slow
def test_two_processes_give_the_same_bits_as_one(played: Results) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        again = wm.run(played.scenario, RUNS, block=BLOCK, executor=executor)

    assert_same_bits(played, again)


@pytest.mark.cluster
def test_a_dask_cluster_on_this_machine_gives_the_same_bits(played: Results) -> None:
    distributed = pytest.importorskip("distributed", reason="needs the cluster extra")

    with (
        distributed.LocalCluster(2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        again = wm.run(played.scenario, RUNS, block=BLOCK, executor=client.get_executor())

    assert_same_bits(played, again)
