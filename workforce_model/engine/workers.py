"""Work given to other processes, in turn: a dead one's work is given once more, and our own leave none behind.

Our own processes are deaf to the keyboard, which their parent hears, and go when it goes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from itertools import zip_longest
from multiprocessing.process import BaseProcess
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Task = TypeVar("Task")
Done = TypeVar("Done")


_PATIENCE = 5
"""Seconds after a worker's death for its pool to notice; where it has not by then, it never will."""


class WorkerDied(RuntimeError):
    """A worker process died twice on the same work: killed, or out of memory."""


def in_turn(
    play: Callable[[Task], Done], tasks: Sequence[Task], executor: Executor | None, name: Callable[[Task], str]
) -> Iterator[Done]:
    """What comes of each task, in their order; one whose process died is played once more, in a process of its own.

    Parameters
    ----------
    executor : concurrent.futures.Executor, optional
        Where to play them; here, if not given.
    name : callable
        Says in words which task it is.

    Raises
    ------
    WorkerDied
        Naming the task, if the second process died too.

    Examples
    --------
    >>> list(in_turn(abs, [-1, 2, -3], None, str))
    [1, 2, 3]
    """
    if executor is None:
        yield from map(play, tasks)
        return
    asked: list[Future[Done]] = []
    with suppress(BrokenExecutor):  # what is not asked for here is played once more below
        for task in tasks:
            asked.append(executor.submit(play, task))
    workers = _workers(executor)
    stuck = False
    try:
        for task, future in zip_longest(tasks, asked):
            if future is None or stuck or _died(future, workers):
                stuck = stuck or (future is not None and not future.done())
                yield _once_more(play, task, name)
            else:
                yield future.result()
    finally:
        if stuck and isinstance(executor, ProcessPoolExecutor):
            _end(executor)
        for future in asked:
            future.cancel()


def _died(future: Future[Done], workers: Sequence[BaseProcess]) -> bool:
    """Whether the process that played a task died, even half way through its answer, which its pool would wait for for ever."""
    patience = _PATIENCE
    while patience:
        try:
            return isinstance(future.exception(timeout=1), BrokenExecutor)
        except TimeoutError:
            patience -= any(worker.exitcode not in (None, 0) for worker in workers)
    return True


def _once_more(play: Callable[[Task], Done], task: Task, name: Callable[[Task], str]) -> Done:
    with worker_pool(1) as fresh:
        future = fresh.submit(play, task)
        if _died(future, _workers(fresh)):
            raise WorkerDied(
                f"the process playing {name(task)} died, and died again when they were played once more: killed, or out of "
                "memory; fewer runs at once need less"
            )
        return future.result()


def named(runs: NDArray[np.int64]) -> str:
    """Runs in words: how many, the first and the last.

    Examples
    --------
    >>> named(np.arange(256, 512))
    '256 runs (256 to 511)'
    """
    return f"{runs.size:,} runs ({runs.min():,} to {runs.max():,})"


@contextmanager
def worker_pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes; left by an error or the keyboard, it stops at once and leaves none behind.

    Examples
    --------
    >>> with worker_pool(1) as pool:
    ...     pool.submit(abs, -3).result()
    3
    """
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (os.getpid(),))
    try:
        yield pool
    except BaseException:
        _end(pool)
        raise
    finally:
        pool.shutdown()


def _workers(executor: Executor) -> list[BaseProcess]:
    """The processes of a pool, those of nobody else; none where it has none of its own."""
    return list((getattr(executor, "_processes", None) or {}).values())


def _end(pool: ProcessPoolExecutor) -> None:
    """End a pool and its processes at once, whatever they were in the middle of.

    What no worker has begun is taken back first, and the pool given time to take note: it may not find it undone when
    its workers end. A pool that does not end then waits for the rest of an answer cut short: our ends of its pipes are
    closed, and never before, for a pool that ends closes them itself.
    """
    answers, calls = pool._result_queue, pool._call_queue  # type: ignore[attr-defined]  # no public way
    manager: threading.Thread | None = pool._executor_manager_thread  # type: ignore[assignment]  # stated as None only
    if answers is None:  # ended already
        return
    workers = _workers(pool)
    with suppress(BrokenExecutor, RuntimeError):
        last = pool.submit(abs, 0)
        manager = pool._executor_manager_thread  # type: ignore[assignment]  # as above; a submission may have begun it
        pool.shutdown(wait=False, cancel_futures=True)
        waited = time.monotonic() + 2
        while not last.done() and time.monotonic() < waited:
            time.sleep(0.01)
    for worker in workers:
        worker.terminate()
    for end in (answers._writer, calls._reader):  # type: ignore[attr-defined]  # no public way to the pipes' ends
        if manager is not None:
            manager.join(2)
        if manager is not None and manager.is_alive():
            end.close()


def _begin(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process once its parent is no more."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
