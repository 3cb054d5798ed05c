"""Who may write a folder: one run at a time, the second told at once who the first is; what a killed run left is tidied.

The claim is a lock the operating system lets go of when its holder ends, however it ends, so a lock file that a
killed run left behind is stale and is taken over.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workforce_model.basis.atomic_files import folder_made

_FAR = 1 << 20
"""The byte that is locked: beyond the holder's note, which stays readable where locks are mandatory."""


class FolderInUse(FileExistsError):
    """Another run is writing the folder."""


@dataclass(frozen=True)
class Claim:
    """A folder that this run alone may write, until it is done."""

    path: Path


@contextmanager
def claimed(folder: str | os.PathLike[str]) -> Iterator[Claim]:
    """Claim a folder for as long as the block lasts; the folder need not exist yet.

    Raises
    ------
    FolderInUse
        If another run has it, naming the process, the machine and since when.
    OSError
        If nothing can be written beside it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, claimed(Path(place, "run")) as claim:
    ...     claim.path.name
    'run'
    """
    target = Path(folder)
    folder_made(target.parent)
    note = target.parent / f".{target.name}.lock"
    file = _locked(note, target)
    try:
        file.write(json.dumps({"process": os.getpid(), "machine": platform.node(), "since": time.strftime("%H:%M:%S on %Y-%m-%d")}))  # fmt: skip
        file.flush()
        _tidy(target)
        yield Claim(target)
    finally:
        with suppress(OSError):  # Windows removes no open file; the next run takes an unlocked one over
            note.unlink()
        file.close()


def _locked(note: Path, target: Path) -> IO[str]:
    """The lock file, open and locked; tried again where its last holder removed it in between."""
    while True:
        file = open(note, "a+", encoding="utf-8")  # noqa: SIM115  # open for as long as the claim
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):
            file.seek(0)
            held = file.read()
            file.close()
            raise FolderInUse(f"{target} is being written by {_holder(held)}; wait for it, or name another folder") from None  # fmt: skip
        except OSError as error:
            file.close()
            raise OSError(
                error.errno, f"{note} cannot be locked ({error.strerror}); write to a folder on this machine"
            ) from error
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), note.stat()):
                file.truncate(0)
                return file
        file.close()


def _lock(file: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows only
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _holder(note: str) -> str:
    try:
        held = json.loads(note)
        return f"process {held['process']} on {held['machine']} since {held['since']}"
    except (ValueError, KeyError, TypeError):
        return "another run that has just begun"


def _tidy(target: Path) -> None:
    """Put back an earlier run that a killed one had moved aside, and remove the drafts of killed runs."""
    ours = re.compile(re.escape(f".{target.name}-") + r"(old-)?[a-z0-9_]{8}")
    for left in sorted(path for path in target.parent.iterdir() if ours.fullmatch(path.name) and path.is_dir()):
        if (left / "run").is_dir() and not target.exists():
            os.rename(left / "run", target)
        shutil.rmtree(left, ignore_errors=True)
