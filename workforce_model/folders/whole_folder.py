"""A folder claimed before the work begins, and put in its place only once it is complete."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workforce_model.basis.problems import path_given
from workforce_model.engine.results import Results
from workforce_model.engine.run_record import RECORD
from workforce_model.folders.claims import Claim, claimed


@dataclass(frozen=True)
class Kind:
    """What a finished folder holds, by name, and the file in it that says so."""

    name: str
    mark: str


RUN = Kind("run", RECORD)


class ChecksFailed(ValueError):
    """A run that broke an invariant: no report of it is written."""


def refuse_failed(together: Sequence[Results]) -> None:
    """Refuse to report runs that broke an invariant.

    Raises
    ------
    ChecksFailed
        Naming the checks.
    """
    failed = sorted({check.name for r in together for check in r.checks if check.status == "failed"})
    if failed:
        raise ChecksFailed(f"no report is written: these checks failed: {', '.join(failed)}")


@contextmanager
def run_folder(out: str | os.PathLike[str] | None, name: str, *, overwrite: bool = False) -> Iterator[Claim]:
    """Claim the folder of a run before it is played, so that what would stop it being written stops it at once.

    Parameters
    ----------
    out : path, optional
        The folder; by default a new one, ``results/<name>-<time>``.

    Raises
    ------
    FileExistsError
        As :func:`workforce_model.folders.run_folder.write_run`; also if another run is writing the folder, naming it.
    OSError
        If nothing can be written there.
    """
    target = (
        Path(path_given(out, "a folder"))
        if out is not None
        else Path("results") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    )
    with folder_of(RUN, target, overwrite=overwrite) as claim:
        yield claim


@contextmanager
def folder_of(kind: Kind, target: Path, *, overwrite: bool = False) -> Iterator[Claim]:
    """Claim a folder of some kind, refused if it holds anything that may not be replaced; as :func:`run_folder`."""
    if target.is_symlink():
        target = Path(os.path.realpath(target))  # the folder is written where the link leads, and the link stays
    _refuse_existing(target, overwrite, kind)
    with claimed(target) as claim:
        _refuse_existing(target, overwrite, kind)
        yield claim


def written_whole(claim: Claim, write: Callable[[Path], None], *, overwrite: bool, kind: Kind = RUN) -> Path:
    """A claimed folder written by a function, put in its place only once it is complete.

    Parameters
    ----------
    write : callable
        Takes the folder to write into; it writes the mark of its kind, ``run.json`` of a run, last.

    Raises
    ------
    OSError
        If the machine refuses, naming the folder and how much was written; an earlier run stands.
    """
    target = claim.path
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        write(draft)
        draft.chmod(0o755)
        _put_in_place(draft, target, overwrite, kind)
    except OSError as error:
        raise _not_written(error, draft, target, kind) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _not_written(error: OSError, draft: Path, target: Path, kind: Kind) -> OSError:
    """The machine's refusal with the folder, how far it got, and what became of what was there."""
    if isinstance(error, FileExistsError):
        return error
    size = sum(path.stat().st_size for path in draft.glob("*")) / 1e6
    kept = f"the earlier {kind.name} in it stands" if target.exists() else "nothing was left there"
    reason = error.strerror or str(error)
    return OSError(
        error.errno,
        f"{target} was not written: {reason} after {size:,.1f} MB; {kept}, and the results can be written again",
    )


def _refuse_existing(target: Path, overwrite: bool, kind: Kind) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise FileExistsError(f"{target} is a file; expected a folder for the {kind.name}")
    empty = not any(target.iterdir())
    if not empty and not overwrite:
        raise FileExistsError(
            f"{target} is not empty; name another folder, or replace the {kind.name} in it with --overwrite"
        )
    if not empty and not (target / kind.mark).exists():
        raise FileExistsError(
            f"{target} holds something other than a {kind.name} (it has no {kind.mark}); it is not replaced"
        )


def _put_in_place(draft: Path, target: Path, overwrite: bool, kind: Kind) -> None:
    """Move the finished folder to its name; an earlier one goes only once the new one stands."""
    if not target.exists():
        os.rename(draft, target)
        return
    _refuse_existing(target, overwrite, kind)
    away = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    os.rename(target, away / kind.name)
    try:
        os.rename(draft, target)
    except BaseException:
        os.rename(away / kind.name, target)
        raise
    finally:
        shutil.rmtree(away, ignore_errors=True)
