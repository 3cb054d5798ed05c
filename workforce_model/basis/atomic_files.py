"""Files and folders written whole or not at all, whatever stops us."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_text_atomically(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file whole or not at all: UTF-8, lines ended as given.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text_atomically(Path(folder, "note.txt"), "£375k")
    ...     Path(folder, "note.txt").read_text(encoding="utf-8")
    '£375k'
    """
    write_atomically(path, text.encode())


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder, "block"), b"375")
    ...     Path(folder, "block").read_bytes()
    b'375'
    """
    target = Path(path)
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with open(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        os.replace(name, target)
    except BaseException:  # the half-written file goes whatever stopped us, Ctrl-C included
        os.unlink(name)
        raise


def folder_made(path: Path) -> Path:
    """A folder, made with those above it where it is not there.

    Raises
    ------
    FileExistsError
        Naming the file that stands in the way.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     folder_made(Path(place, "results", "late")).is_dir()
    True
    """
    for place in (path, *path.parents):
        if place.exists() and not place.is_dir():
            raise FileExistsError(f"{place} is a file; expected a folder")
    path.mkdir(parents=True, exist_ok=True)
    return path


def refuse_taken(path: str | os.PathLike[str]) -> None:
    """Refuse a place for a new folder where something stands already.

    Raises
    ------
    FileExistsError
        Naming it.

    Examples
    --------
    >>> refuse_taken(Path("/"))
    Traceback (most recent call last):
    FileExistsError: / is there already; name a new folder
    """
    if os.path.lexists(path):
        raise FileExistsError(f"{os.fsdecode(path)} is there already; name a new folder")


@contextmanager
def new_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A draft to fill, which becomes the new folder when all is written.

    Raises
    ------
    FileExistsError
        If the folder is there already.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with new_folder(Path(place, "tables")) as draft:
    ...         _ = (draft / "note.txt").write_text("375")
    ...     Path(place, "tables", "note.txt").read_text()
    '375'
    """
    target = Path(path)
    refuse_taken(target)
    folder_made(target.parent)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield draft
        draft.chmod(0o755)
        os.rename(draft, target)
    except BaseException:  # the half-filled draft goes whatever stopped us, Ctrl-C included
        shutil.rmtree(draft, ignore_errors=True)
        raise
