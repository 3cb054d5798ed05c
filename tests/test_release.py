"""What is given out: a wheel and a source archive that build, hold what they should and no more, and work away from here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import workforce_model as wm
from tests.shipped import FOLDER, SCENARIO_FILES
from workforce_model.engine.run_record import read_record

PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The source archive of this checkout, and the wheel built from the archive alone."""
    pytest.importorskip("hatchling", reason="needs the build backend, which the dev extra installs")
    place = tmp_path_factory.mktemp("built")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(place)], check=True, capture_output=True)  # fmt: skip
    (archive,) = place.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(place, filter="data")
    unpacked = place / archive.name.removesuffix(".tar.gz")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)], cwd=unpacked, check=True, capture_output=True)  # fmt: skip
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        files.extractall(place / "installed")
    return {"archive": archive, "wheel": wheel, "installed": place / "installed"}


@pytest.mark.slow
def test_the_wheel_holds_the_rooms_the_scenarios_and_the_marker_of_types_and_no_more(built: dict[str, Path]) -> None:
    names = zipfile.ZipFile(built["wheel"]).namelist()

    rooms = {path.as_posix() for path in Path("workforce_model").rglob("*.py")}
    data = {f"workforce_model/_scenarios/{path.name}" for path in FOLDER.iterdir() if path.is_file()}
    inside = {name for name in names if not name.startswith("workforce_model-")}
    assert inside == rooms | data | {"workforce_model/py.typed"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.slow
def test_the_wheel_says_its_version_its_python_and_its_command(built: dict[str, Path]) -> None:
    (about,) = built["installed"].glob("*.dist-info")
    stated = Parser().parsestr((about / "METADATA").read_text(encoding="utf-8"))

    assert (stated["Name"], stated["Version"]) == ("workforce-model", wm.__version__)
    assert stated["Requires-Python"] == ">=3.11"
    assert "workforce-model = workforce_model.cli:main" in (about / "entry_points.txt").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_archive_holds_what_builds_and_tests_it_and_nothing_of_this_machine(built: dict[str, Path]) -> None:
    with tarfile.open(built["archive"]) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
        texts = [files.extractfile(one) for one in files.getmembers() if one.isfile() and one.name.endswith((".py", ".toml", ".txt", ".md"))]  # fmt: skip
        content = [text.read() for text in texts if text]

    assert {"pyproject.toml", "constraints.txt", "README.md", "LICENSE", "tests/test_release.py", "scenarios/approved.toml"} <= names  # fmt: skip
    assert not [name for name in names if name.startswith((".venv", "results", ".git/", "dist"))]
    assert not [text for text in content if bytes(Path.cwd()) in text]


@pytest.mark.slow
def test_the_installed_wheel_and_not_the_checkout_runs_the_main_job_and_finds_its_scenarios(
    built: dict[str, Path], tmp_path: Path
) -> None:
    away = {**os.environ, "PYTHONPATH": str(built["installed"]), "PYTHONSAFEPATH": "1"}
    code = "import sys, workforce_model; sys.stderr.write(workforce_model.__file__); from workforce_model.cli import main; main()"
    words = ["run", "scenarios/do_nothing.toml", "scenarios/approved.toml", "--runs", "4"]

    done = subprocess.run([sys.executable, "-c", code, *words], cwd=tmp_path, env=away, capture_output=True, text=True, check=True)  # fmt: skip

    assert done.stderr.startswith(str(built["installed"]))
    (out,) = (tmp_path / "results").iterdir()
    record = read_record(out)
    assert list(record["scenarios"]) == ["do_nothing", "approved"]
    here = wm.write_run([wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 4) for name in record["scenarios"]], tmp_path / "here")  # fmt: skip
    assert read_record(here)["outputs"] == record["outputs"]
    assert read_record(here)["build"] == record["build"]


def test_versions_are_pinned_one_each_without_an_address_and_for_every_dependency() -> None:
    lines = [line for line in Path("constraints.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    pinned = {line.partition("==")[0] for line in lines}
    wanted = [*PROJECT["dependencies"], *(x for extra in PROJECT["optional-dependencies"].values() for x in extra)]
    needed = {re.split(r"[><=\[; ]", one)[0].lower().replace("_", "-") for one in wanted} - {"workforce-model"}

    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9][\w.]*( ; [^/:@]+)?", line) for line in lines), lines
    assert needed <= pinned
    assert len({line.replace(" ", "") for line in lines}) == len(lines)


def test_the_package_states_one_version_its_oldest_python_and_that_it_is_typed() -> None:
    assert PROJECT["version"] == wm.__version__
    assert PROJECT["requires-python"] == ">=3.11"
    assert Path("workforce_model/py.typed").is_file()
    assert {path.name for path in SCENARIO_FILES} == {p.name for p in wm.shipped_scenarios().glob("*.toml")} - {"improvement_plan.toml"}  # fmt: skip
