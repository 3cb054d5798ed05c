"""Examples in the docstrings that need the Department's files are what those files give."""

from __future__ import annotations

import datetime
import doctest
import importlib

import pytest

from tests.published import beside
from workforce_model.councils.returns import read_returns

FILE = "dfe_workforce_2017_2019.csv"
ROOMS = (
    "census_report", "council_start", "indicators", "naive", "outlook", "peer_groups", "returns", "scores",
)  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
def test_examples_that_need_the_departments_file_are_what_it_gives(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = beside(FILE)
    monkeypatch.chdir(path.parent)
    found = doctest.DocTestFinder().find(importlib.import_module(f"workforce_model.councils.{room}"))
    skipped = [test for test in found if any(doctest.SKIP in example.options for example in test.examples)]
    said: list[str] = []

    for test in skipped:
        for example in test.examples:
            example.options.pop(doctest.SKIP, None)
        test.globs |= {"returns": read_returns(path), "datetime": datetime}
        doctest.DocTestRunner().run(test, out=said.append)

    assert skipped
    assert not said, "".join(said)
