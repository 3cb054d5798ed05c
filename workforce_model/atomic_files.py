"""Files written whole or not at all, whatever stops us."""

from __future__ import annotations

import os
import tempfile
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
