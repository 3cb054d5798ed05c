"""The files shipped under scenarios/: scenarios, and the improvement plan, which is not one."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "scenarios"
PLAN_FILE = FOLDER / "improvement_plan.toml"
SCENARIO_FILES = sorted(set(FOLDER.glob("*.toml")) - {PLAN_FILE})
