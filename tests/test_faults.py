"""Faults made for real: kill -9, the keyboard, a dead worker, a full disk, a read-only folder, two runs into one folder,
a damaged checkpoint, a closed pipe, no home folder. Outputs are complete or absent, and nothing hangs."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomlkit

import workforce_model as wm
from tests.test_cli import PROGRAM, said
from tests.test_metamorphic import BUSY, busy, same
from tests.toys import toy_tree
from workforce_model.engine.checkpoints import NotKept, NotUsed
from workforce_model.engine.model import Results, keep
from workforce_model.engine.run_record import changed_files, read_record
from workforce_model.engine.workers import WorkerDied, in_turn, worker_pool
from workforce_model.folders.claims import FolderInUse, claimed

posix = pytest.mark.skipif(os.name != "posix", reason="signals and users as POSIX has them")


@contextmanager
def started(code: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process of its own, running some code; gone by the end of the block, however that ends."""
    child = subprocess.Popen([sys.executable, "-c", code, *words], stdout=subprocess.PIPE, text=True)
    with child:
        try:
            yield child
        finally:
            child.kill()


def heard_from(child: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert child.stdout is not None
    return child.stdout.readline()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done in the block takes no longer than this on an idle machine; a busy one is given as much longer as it is busy."""
    before, began = slowness(), time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < seconds * max(before, slowness()), f"took {took:.1f} seconds"


def slowness() -> float:
    """How many times as long as on an idle machine the same work takes here and now, at least 1."""
    began, work = time.monotonic(), time.process_time()
    while time.process_time() - work < 0.3:
        pass
    return max(1.0, (time.monotonic() - began) / 0.3)


def complete(folder: Path) -> bool:
    return changed_files(folder, read_record(folder)) == []


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "busy.toml"
    path.write_text(tomlkit.dumps(toy_tree(BUSY)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def ten() -> Results:
    return wm.run(busy(), 10)


# Killed -------------------------------------------------------------------------------------------

WRITES_FOR_EVER = """
import sys, workforce_model as wm
from tests.test_metamorphic import busy
result = wm.run(busy(), 10)
print("writing", flush=True)
while True:
    wm.write_run(result, sys.argv[1], overwrite=True)
"""


def killed_while_writing(folder: Path, times: int) -> None:
    moments = random.Random(20190612)
    for _ in range(times):
        with started(WRITES_FOR_EVER, str(folder)) as child:
            assert heard_from(child) == "writing\n"
            time.sleep(moments.uniform(0.0, 1.5))  # whatever it is in the middle of by then
        with claimed(folder):
            assert not folder.exists() or complete(folder)


@posix
def test_killed_while_writing_the_folder_is_complete_or_absent(tmp_path: Path) -> None:
    killed_while_writing(tmp_path / "run", 2)

    assert {path.name for path in tmp_path.iterdir()} <= {"run"}


@posix
@pytest.mark.slow
def test_killed_again_and_again_while_writing_the_folder_stays_complete_and_nothing_is_left_beside_it(
    tmp_path: Path, ten: Results
) -> None:
    wm.write_run(ten, tmp_path / "run")

    killed_while_writing(tmp_path / "run", 8)

    assert complete(tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_moved_aside_by_a_killed_one_is_put_back_and_its_draft_removed(tmp_path: Path, ten: Results) -> None:
    out = wm.write_run(ten, tmp_path / "run")
    aside = tmp_path / ".run-old-0a1b2c3d"
    aside.mkdir()
    os.rename(out, aside / "run")
    (tmp_path / ".run-abcd_123").mkdir()
    (tmp_path / ".run-of-somebody-else").mkdir()

    with claimed(out):
        pass

    assert complete(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".run-of-somebody-else", "run"]


KEEPS_BLOCKS = """
import sys, workforce_model as wm
from tests.test_metamorphic import busy
wm.run(busy(), 600, block=20, checkpoint=sys.argv[1], progress=lambda runs: print("finished", flush=True))
"""


@posix
def test_m3_a_killed_run_goes_on_from_its_checkpoint_to_the_same_bits_and_loses_at_most_one_block(
    tmp_path: Path,
) -> None:
    with started(KEEPS_BLOCKS, str(tmp_path)) as child:
        assert [heard_from(child) for _ in range(1 + 5)][-1] == "finished\n"
        child.kill()
        finished = 5 + child.communicate()[0].count("finished\n")
    heard: list[int] = []

    whole = wm.run(busy(), 600, block=20, checkpoint=tmp_path, progress=heard.append)

    assert heard[0] >= 20 * finished
    assert heard == [heard[0]] + [20] * (30 - heard[0] // 20)
    assert same(whole, wm.run(busy(), 600))


# Stopped by the keyboard --------------------------------------------------------------------------


HEARS_THE_KEYBOARD = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a script starts what runs in its background deaf to it
from workforce_model.cli import main
main()
"""


@posix
def test_ctrl_c_stops_within_five_seconds_says_what_is_kept_and_leaves_no_process(town: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    words = ("run", str(town), "--runs", "400000", "--processes", "2", "--checkpoint", str(kept), "--out", str(tmp_path / "run"))  # fmt: skip
    child = subprocess.Popen([sys.executable, "-c", HEARS_THE_KEYBOARD, *words], stderr=subprocess.PIPE, text=True, start_new_session=True)  # fmt: skip
    with whole_session(child):
        while not (kept.is_dir() and any(path.suffix == ".block" for path in kept.iterdir())):
            assert child.poll() is None, child.communicate()[1]
            time.sleep(0.05)

        with within(5):
            os.kill(child.pid, signal.SIGINT)
            _, errors = child.communicate(timeout=600)

        assert child.returncode == 130
        assert f"of 400,000 runs are complete and kept, in {kept}; the same command goes on from there" in errors
        assert "Traceback" not in errors
        assert living(child.pid) == []
        assert sorted(path.name for path in tmp_path.iterdir()) == ["kept"]


@contextmanager
def whole_session(leader: subprocess.Popen[str]) -> Iterator[None]:
    """A process and all it started, gone by the end of the block, however that ends."""
    try:
        yield
    finally:
        for process in living(leader.pid, moments=1):
            os.kill(process, signal.SIGKILL)


def living(session: int, moments: int = 600) -> list[int]:
    """The processes of a session that still run, given time to end."""
    left: list[int] = []
    for _ in range(moments):
        left = []
        for place in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, _, mine = place.read_text().rpartition(")")[2].split()[:4]
            except OSError:
                continue
            left += [int(place.parent.name)] if int(mine) == session and state != "Z" else []
        if not left:
            break
        time.sleep(0.1)
    return left


# Workers ------------------------------------------------------------------------------------------


@posix
def test_a_dead_workers_block_is_played_once_more_and_no_run_is_missing(ten: Results) -> None:
    heard: list[int] = []

    def kill_one(runs: int) -> None:
        heard.append(runs)
        if len(heard) == 1:
            os.kill(active_children()[0].pid or 0, signal.SIGKILL)

    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        whole = wm.run(busy(), 90, block=30, executor=pool, progress=kill_one)

    assert heard == [30, 30, 30]
    assert same(whole, wm.run(busy(), 90))


def die_the_first_time(mark: Path, results: Results) -> np.ndarray:
    """Die in the middle of a block, once: the process that is given it again finds the mark and finishes."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return results.cost.sum(axis=(0, 1, 2))


@posix
def test_the_block_in_hand_when_a_worker_dies_is_played_once_more_and_every_run_has_its_figure(tmp_path: Path) -> None:
    whole = wm.run(busy(), 90).cost.sum(axis=(0, 1, 2))
    found = np.full(90, np.nan)

    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        for runs, costs in keep(busy(), partial(die_the_first_time, tmp_path / "died"), 90, block=30, executor=pool):
            found[runs] = costs

    assert (tmp_path / "died").exists()
    assert np.array_equal(found, whole)


@posix
def test_a_comparison_goes_on_past_a_dead_worker_to_the_same_figures() -> None:
    heard: list[int] = []
    scenarios = [busy({"name": "one"}), busy({"name": "other", "workforce.turnover_rate": 0.2})]

    def kill_one(runs: int) -> None:
        heard.append(runs)
        if len(heard) == 1:
            os.kill(active_children()[0].pid or 0, signal.SIGKILL)

    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        past = wm.compare(scenarios, ["open_cases"], 300, executor=pool, progress=kill_one)

    plain = wm.compare(scenarios, ["open_cases"], 300)
    assert len(heard) > 2
    assert past.differences().equals(plain.differences())


def look_up(nothing: dict[str, int]) -> int:
    return nothing["not there"]


def test_an_error_of_the_work_itself_is_passed_on_and_the_work_not_given_again() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(KeyError, match="not there"):
        list(in_turn(look_up, [{}], pool, str))


def die(results: Results) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@posix
def test_a_worker_that_dies_twice_on_a_block_is_an_error_that_names_its_runs_and_never_a_hang() -> None:
    with (
        within(60),
        ProcessPoolExecutor(1, get_context("spawn")) as pool,
        pytest.raises(WorkerDied, match=r"the process playing 7 runs \(0 to 6\) died, and died again"),
    ):
        list(keep(busy(), die, 21, block=7, executor=pool))


def die_half_way(results: Results) -> np.ndarray:
    """Die half way through the answer: the pool has begun to read it and waits for the rest."""
    import multiprocessing.connection as pipes

    def half(self: Any, content: Any, write: Any = os.write) -> None:
        write(self._handle, bytes(content)[:1_000])
        os.kill(os.getpid(), signal.SIGKILL)

    pipes.Connection._send = half  # in a worker that has a moment to live
    return np.zeros(100_000)


@posix
@pytest.mark.parametrize(
    ("pool_of_one", "patience"),
    [(partial(ProcessPoolExecutor, 1, get_context("spawn")), 5), (partial(worker_pool, 1), 1)],
    ids=["anybody's", "ours"],
)
def test_a_worker_that_dies_half_way_through_its_answer_is_noticed_and_the_pool_is_not_left_waiting(
    pool_of_one: Any, patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workforce_model.engine.workers._PATIENCE", patience)
    before = set(active_children())

    with within(90), pytest.raises(WorkerDied, match="died again"), pool_of_one() as pool:
        list(keep(busy(), die_half_way, 8, executor=pool))

    assert set(active_children()) <= before


# Disk and folders ---------------------------------------------------------------------------------


@posix
def test_on_a_full_disk_the_error_names_folder_and_size_the_old_run_stands_and_the_results_survive(
    tmp_path: Path, ten: Results
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not shutil.which("mount"):
        pytest.skip("no program here mounts a small disk")
    size = sum(path.stat().st_size for path in wm.write_run(ten, tmp_path / "elsewhere").iterdir())
    room = f"size={3 * size // 2 // 1_024}k"  # one run fits, and two do not
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", room, "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"mounting a small disk is not permitted here: {mounted.stderr.decode().strip()}")
    try:
        out = wm.write_run(ten, disk / "run")
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        (disk / "filler").write_bytes(b"x" * (free - size // 4))

        with pytest.raises(OSError, match=r"disk/run was not written: No space left on device after [\d.]+ MB; the earlier run in it stands"):  # fmt: skip
            wm.write_run(ten, out, overwrite=True)

        assert complete(out)
        assert sorted(path.name for path in disk.iterdir()) == ["filler", "run"]
        assert complete(wm.write_run(ten, tmp_path / "elsewhere", overwrite=True))
        (disk / "filler").write_bytes(b"x" * (free - 1_000))
        with pytest.warns(NotKept, match=r"MB\) is not kept: No space left on device; the run goes on"):
            past = wm.run(busy(), 60, block=30, checkpoint=disk / "kept")
        assert same(past, wm.run(busy(), 60))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def as_a_user(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The program with an ordinary user's rights and no home folder: root gives up its right to write anywhere."""
    plain: list[str] = []
    if os.getuid() == 0:
        if not (setpriv := shutil.which("setpriv")):
            pytest.skip("root may write anywhere, and setpriv is not here to give that up")
        plain = [setpriv, "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
        if subprocess.run([*plain, "true"], capture_output=True, check=False).returncode:
            pytest.skip("root may write anywhere, and may not give that up here")
    return subprocess.run(
        [*plain, *PROGRAM, *words], capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"},
    )  # fmt: skip


@posix
def test_a_read_only_folder_is_refused_at_once_with_its_path_and_exit_code_four(tmp_path: Path, town: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)

    named = as_a_user("run", str(town), "--runs", "100000", "--out", str(locked / "run"), cwd=tmp_path)
    unnamed = as_a_user("run", str(town), "--runs", "100000", cwd=locked)

    assert (named.returncode, unnamed.returncode) == (4, 4), named.stderr + unnamed.stderr
    assert "the machine refused" in named.stderr
    assert str(locked) in named.stderr
    assert "results" in unnamed.stderr
    assert "Traceback" not in named.stderr + unnamed.stderr
    assert list(locked.iterdir()) == []


@posix
def test_without_a_home_folder_and_from_a_read_only_one_the_numbers_are_the_same(
    tmp_path: Path, town: Path, ten: Results
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "locked").mkdir(mode=0o555)

    done = as_a_user("run", str(town), "--runs", "10", "--out", str(tmp_path / "out" / "run"), cwd=tmp_path / "locked")  # fmt: skip

    assert done.returncode == 0, done.stderr
    expected = read_record(wm.write_run(ten, tmp_path / "here"))["outputs"]
    assert read_record(tmp_path / "out" / "run")["outputs"] == expected


@posix
def test_a_closed_pipe_stops_no_run_and_shows_no_traceback(town: Path, tmp_path: Path) -> None:
    words = ("run", str(town), "--runs", "10", "--out", str(tmp_path / "run"))
    child = subprocess.Popen([*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    errors = child.stderr.read()

    assert child.wait() == 0, errors
    assert "Traceback" not in errors
    assert complete(tmp_path / "run")


# Two runs, one folder -----------------------------------------------------------------------------

HOLDS = """
import sys, time
from workforce_model.folders.claims import claimed
with claimed(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""


@posix
def test_a_second_run_into_a_folder_is_refused_at_once_naming_the_holder_and_a_stale_lock_is_taken_over(
    town: Path, tmp_path: Path, ten: Results
) -> None:
    with started(HOLDS, str(tmp_path / "run")) as holder:
        assert heard_from(holder) == "held\n"
        second = said("run", str(town), "--runs", "100000", "--out", str(tmp_path / "run"))
        with pytest.raises(FolderInUse, match=f"process {holder.pid} on"):
            wm.write_run(ten, tmp_path / "run")
    left = [path.name for path in tmp_path.iterdir()]
    wm.write_run(ten, tmp_path / "run")

    assert second.returncode == 2
    assert f"run is being written by process {holder.pid} on" in second.stderr
    assert left == [".run.lock"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_may_not_be_written_is_refused_before_the_run_is_played(town: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")

    with within(30):
        refused = said("run", str(town), "--runs", "3000000", "--out", str(tmp_path / "letters"))

    assert refused.returncode == 2
    assert "is not empty" in refused.stderr


# Checkpoints --------------------------------------------------------------------------------------


def test_m3_blocks_kept_on_disk_give_the_bits_of_the_unbroken_run_and_are_not_played_again(tmp_path: Path) -> None:
    wm.run(busy(), 100, block=40, checkpoint=tmp_path)
    heard: list[int] = []

    more = wm.run(busy(), 200, block=50, checkpoint=tmp_path, progress=heard.append)

    assert heard == [100, 50, 50]
    assert same(more, wm.run(busy(), 200))
    assert more.checks == wm.run(busy(), 200).checks


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-100]), "damaged or cut short"),
        (lambda path: path.write_bytes(path.read_bytes()[:40] + b"\0" + path.read_bytes()[41:]), "damaged or cut short"),
        (lambda path: path.write_bytes(b""), "damaged or cut short"),
        (lambda path: path.write_bytes(resealed(b"not an archive")), "is no kept block"),
    ],
    ids=["cut", "one byte", "empty", "other content"],
)  # fmt: skip
def test_a_damaged_block_is_named_and_played_again_and_never_used(tmp_path: Path, harm: Any, words: str) -> None:
    wm.run(busy(), 100, block=50, checkpoint=tmp_path)
    harmed = sorted(tmp_path.iterdir())[0]
    harm(harmed)

    with pytest.warns(NotUsed, match=rf"{harmed.name} is not used: it .*") as warned:
        whole = wm.run(busy(), 100, block=50, checkpoint=tmp_path)

    assert words in str(warned[0].message)
    assert same(whole, wm.run(busy(), 100))


def resealed(content: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(content).digest() + content


def test_a_block_of_other_inputs_or_another_seed_is_named_and_never_used(tmp_path: Path) -> None:
    wm.run(busy({"workforce.turnover_rate": 0.9}), 50, checkpoint=tmp_path)
    wm.run(busy({"name": "another"}), 50, checkpoint=tmp_path)
    with pytest.warns(NotUsed, match="another seed"):
        wm.run(busy(), 50, 7, checkpoint=tmp_path)

    with pytest.warns(NotUsed, match="kept for other inputs, another seed or another build") as warned:
        whole = wm.run(busy(), 50, checkpoint=tmp_path)

    assert len(warned) == 2
    assert same(whole, wm.run(busy(), 50))


def test_a_block_kept_by_another_build_is_named_and_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wm.run(busy(), 30, checkpoint=tmp_path)
    monkeypatch.setattr("workforce_model.engine.run_record._versions", lambda: {"scipy": "1.0.0"})

    with pytest.warns(NotUsed, match="another build"):
        whole = wm.run(busy(), 30, checkpoint=tmp_path)

    assert same(whole, wm.run(busy(), 30))


# Memory -------------------------------------------------------------------------------------------


def cost_of_all(results: Results) -> np.ndarray:
    return results.cost.sum(axis=(0, 1, 2))


def test_peak_memory_does_not_grow_with_the_number_of_runs_beyond_what_is_kept() -> None:
    def peak(runs: int) -> int:
        tracemalloc.start()
        list(keep(busy(), cost_of_all, runs, doubt=False, block=100))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(100)

    assert peak(1_200) < 1.3 * peak(200)


def test_b31_an_impossible_size_is_refused_at_once_with_an_estimate(town: Path, tmp_path: Path) -> None:
    done = said("run", str(town), "--runs", "1000000000000", "--out", str(tmp_path / "run"))

    assert done.returncode == 2
    assert "the results would take about" in done.stderr
    assert "GB; at most" in done.stderr
    assert list(tmp_path.iterdir()) == []
