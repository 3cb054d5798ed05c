"""Whether a run folder is still what was written, and whether its run plays again to the same figures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from workforce_model.basis.problems import path_given
from workforce_model.engine.model import run
from workforce_model.engine.run_record import changed_files, other_build, read_record, recorded, recorded_plan, unlike
from workforce_model.folders.run_folder import write_run


@dataclass(frozen=True)
class Verification:
    """What came of checking a run folder.

    Attributes
    ----------
    changed : tuple of str
        Files that are not as the record says, each with what is wrong.
    played_again : tuple of str
        Files (on another build, figures) that came out otherwise when the run was played again.
    other_build : tuple of str
        What differs between the build that wrote the folder and this one.
    runs : int
        Runs played again for each scenario; 0 where they were not.
    """

    changed: tuple[str, ...]
    played_again: tuple[str, ...]
    other_build: tuple[str, ...]
    runs: int

    @property
    def agrees(self) -> bool:
        """Whether no difference was found."""
        return not (self.changed or self.played_again)

    def text(self) -> str:
        """The finding in sentences, a line for each difference."""
        lines = ["Every file is as its record says."] if not self.changed else ["Not as the record says:"]
        lines += [f"  {one}" for one in self.changed]
        if self.other_build:
            lines.append("Another build than the one that wrote it, so agreement is statistical and not to the bit:")
            lines += [f"  {one}" for one in self.other_build]
        if not self.runs:
            return "\n".join([*lines, "The run was not played again."])
        if self.played_again:
            return "\n".join(
                [*lines, "Played again, these come out otherwise:", *(f"  {x}" for x in self.played_again)]
            )
        how = "the figures agree within their Monte Carlo error" if self.other_build else "every file is the same to the bit"  # fmt: skip
        return "\n".join([*lines, f"Played again ({self.runs:,} runs a scenario), {how}."])


def verify(
    folder: str | os.PathLike[str], *, play_again: bool = True, executor: Executor | None = None,
    progress: Callable[[int], object] | None = None,
) -> Verification:  # fmt: skip
    """Check a run folder against its record, and play its run again from the scenarios the record holds.

    On the build that wrote it every file must come out the same to the bit. On another build the figures of
    ``summary.csv`` must agree within 4.42 standard errors, and what differs in the build is listed.

    Parameters
    ----------
    folder : path
        A folder :func:`write_run` made.
    play_again : bool
        Also play the run again; otherwise, and where it was interrupted or is a review, only the files are checked.

    Raises
    ------
    NotARun
        If the folder holds no finished run, or one written for another schema.
    ScenarioError
        If a scenario in the record breaks a rule.

    Examples
    --------
    >>> import tempfile
    >>> import workforce_model as wm
    >>> with tempfile.TemporaryDirectory() as place:
    ...     out = wm.write_run(wm.run(wm.load_scenario("scenarios/approved.toml"), runs=4), place + "/run")
    ...     verify(out, play_again=False).agrees
    True
    """
    place = Path(path_given(folder, "a run folder"))
    record = read_record(place)
    changed, another = changed_files(place, record), other_build(record)
    if not play_again or "review" in record or record.get("runs_done") != record.get("runs_asked"):
        return Verification(tuple(changed), (), tuple(another), 0)
    asked = recorded(record)
    with tempfile.TemporaryDirectory() as scratch:
        results = [
            run(one.scenario, one.runs, one.seed, doubt=one.doubt, executor=executor, progress=progress)
            for one in asked
        ]
        again = write_run(results, Path(scratch, "again"), plan=recorded_plan(record))
        if another:
            otherwise = unlike(place, again)
        else:
            fresh = read_record(again)["outputs"]
            otherwise = [name for name in sorted({*record["outputs"], *fresh}) if record["outputs"].get(name) != fresh.get(name)]  # fmt: skip
    return Verification(tuple(changed), tuple(otherwise), tuple(another), asked[0].runs)


__all__ = ["Verification", "verify"]
