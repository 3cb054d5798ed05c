"""Worker processes of our own: deaf to the keyboard, which their parent hears, and gone when it is gone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager, suppress


@contextmanager
def worker_pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes; left by an error or the keyboard, it stops at once and leaves none behind.

    Examples
    --------
    >>> with worker_pool(1) as pool:
    ...     pool.submit(abs, -3).result()
    3
    """
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin, (os.getpid(),))
    try:
        yield pool
    except BaseException:
        _withdraw(pool)
        for worker in set(multiprocessing.active_children()) - before:
            worker.terminate()
        raise
    finally:
        pool.shutdown()


def _withdraw(pool: ProcessPoolExecutor) -> None:
    """Take back what no worker has begun, and wait until the pool has: it may not find it undone when its workers end."""
    with suppress(BrokenExecutor):
        last = pool.submit(abs, 0)
        pool.shutdown(wait=False, cancel_futures=True)
        waited = time.monotonic() + 2
        while not last.done() and time.monotonic() < waited:
            time.sleep(0.01)


def _begin(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process once its parent is no more."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
