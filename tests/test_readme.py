"""The README's figures are what the library gives."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import workforce_model as wm
from tests.shipped import SCENARIO_FILES
from workforce_model.reading.measures import measured, spread

README = Path("README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_honesty_table_is_the_do_nothing_forecast() -> None:
    r = wm.run(wm.load_scenario("scenarios/do_nothing.toml"))
    agency = measured(r, "agency_cover_fte", census=True) + measured(r, "agency_additional_fte", census=True)
    figures = {
        "in post, FTE": measured(r, "in_post_fte", census=True)[12],
        "starters in the year, FTE": measured(r, "starters_fte", census=True)[1:13].sum(axis=0),
        "leavers in the year, FTE": measured(r, "leavers_fte", census=True)[1:13].sum(axis=0),
        "agency, FTE": agency[12],
        "vacancies, FTE": measured(r, "vacancy_fte", census=True)[12],
        "average caseload": measured(r, "caseload")[12],
        "case holders, FTE": measured(r, "case_holder_fte")[12],
    }

    rows = re.findall(r"^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) to ([\d.]+) \| ([\d.]+) \| (\S+) \|$", README, re.MULTILINE)

    assert {row[0] for row in rows} == set(figures)
    for name, mean, low, high, census, inside in rows:
        s = spread(figures[name], r.draw)
        assert np.allclose([s.mean, s.p10, s.p90], [float(mean), float(low), float(high)], atol=0.0501), name
        assert (s.p10 <= float(census) <= s.p90) == (inside == "yes"), name


def test_every_scenario_of_the_readme_is_shipped_and_asks_the_question_it_is_said_to() -> None:
    named = dict(re.findall(r"^\| `(\w+\.toml)` \| (.+?) \|", README, re.MULTILINE))

    assert named == {path.name: wm.load_scenario(path).question for path in SCENARIO_FILES}
