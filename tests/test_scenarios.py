"""The scenario library: at least twelve files, a screen each, a question on the first line, every one sound and able to run."""

from __future__ import annotations

from pathlib import Path

import pytest

import workforce_model as wm
from workforce_model.decisions.bridging import bridge

FILES = sorted(
    path for path in Path("scenarios").glob("*.toml") if path.stem not in ("enfield_2019", "improvement_plan")
)
each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_there_are_at_least_twelve() -> None:
    assert len(FILES) >= 12


@each
def test_a_file_asks_its_question_first_and_fits_a_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    scenario = wm.load_scenario(path)

    assert lines[0] == "#:schema ./scenario.schema.json"
    assert lines[1] == f"# {scenario.question}"
    assert scenario.question.endswith("?")
    assert scenario.name == path.stem
    assert len(lines) <= 60 or path.stem == "approved"


@each
def test_a_scenario_runs_and_keeps_every_check(path: Path) -> None:
    result = wm.run(wm.load_scenario(path), runs=3)

    assert result.passed


@pytest.mark.slow
@each
def test_a_bridge_leads_from_doing_nothing_to_a_scenario_and_adds_up(path: Path) -> None:
    found = bridge(wm.load_scenario("scenarios/do_nothing.toml"), wm.load_scenario(path), "net_cost_gbp", runs=3)

    assert (found.halves.sum(axis=0) == 2 * (found.levels[1] - found.levels[0])).all()


def test_conversion_saves_more_the_dearer_agency_is() -> None:
    """The same campaign at three prices: what a worker who converts saves is the premium, whose sign is free."""
    names = ("conversion_capped_rates", "conversion_paye_rates", "conversion_managed_team_rates")
    saved = []
    for name in names:
        campaign = wm.load_scenario(f"scenarios/{name}.toml").replace(
            {"workforce.campaigns.autumn_2019.acceptance": 0.15}
        )
        without = campaign.replace({"name": "without", "workforce.campaigns.autumn_2019.acceptance": 0.0})
        found = wm.compare([without, campaign], [wm.Outcome("net_cost_gbp", year="2020/21")], runs=60, doubt=False)
        saved.append(-found.between(found.outcomes[0], 1).mean)

    assert saved[0] < saved[1] < saved[2]
    assert saved[2] > 0
