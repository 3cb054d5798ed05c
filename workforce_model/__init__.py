"""People, cases and pounds in one honest model, for council finance analysts.

>>> import workforce_model as wm
>>> approved = wm.load_scenario("scenarios/approved.toml")
>>> result = wm.run(approved, runs=4)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workforce_model import charts, charts_duties, costs, funding
    from workforce_model.actions import load_plan
    from workforce_model.audits import audit_change, audit_evidence
    from workforce_model.board_figures import board_pack
    from workforce_model.downgrade_risk import inspection_costs, inspection_risk
    from workforce_model.duty_answers import health_passports, private_fostering, return_home_interviews
    from workforce_model.envelope import envelope_table
    from workforce_model.files import load_scenario, shipped_scenarios
    from workforce_model.fit import caseload_fit
    from workforce_model.model import Interrupted, Results, run
    from workforce_model.plan_at_work import plan
    from workforce_model.practice_effects import practice_lead_effects
    from workforce_model.problems import ScenarioError
    from workforce_model.run_folder import write_run
    from workforce_model.scenario import Scenario
    from workforce_model.tables import annual_table, caseload_spread_table, ledger_table, monthly_table

_HOME = {
    "load_scenario": "files",
    "shipped_scenarios": "files",
    "audit_change": "audits",
    "audit_evidence": "audits",
    "envelope_table": "envelope",
    "health_passports": "duty_answers",
    "inspection_costs": "downgrade_risk",
    "inspection_risk": "downgrade_risk",
    "load_plan": "actions",
    "plan": "plan_at_work",
    "practice_lead_effects": "practice_effects",
    "board_pack": "board_figures",
    "private_fostering": "duty_answers",
    "return_home_interviews": "duty_answers",
    "annual_table": "tables",
    "caseload_spread_table": "tables",
    "ledger_table": "tables",
    "monthly_table": "tables",
    "caseload_fit": "fit",
    "Interrupted": "model",
    "Results": "model",
    "run": "model",
    "write_run": "run_folder",
    "Scenario": "scenario",
    "ScenarioError": "problems",
}
_ROOMS = ("charts", "charts_duties", "costs", "funding")

__version__ = "0.1.0"
__all__ = [
    "Interrupted",
    "Results",
    "Scenario",
    "ScenarioError",
    "annual_table",
    "audit_change",
    "audit_evidence",
    "board_pack",
    "caseload_fit",
    "caseload_spread_table",
    "charts",
    "charts_duties",
    "costs",
    "envelope_table",
    "funding",
    "health_passports",
    "inspection_costs",
    "inspection_risk",
    "ledger_table",
    "load_plan",
    "load_scenario",
    "monthly_table",
    "plan",
    "practice_lead_effects",
    "private_fostering",
    "return_home_interviews",
    "run",
    "shipped_scenarios",
    "write_run",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"workforce_model.{_HOME[name]}"), name)
    if name in _ROOMS:
        return import_module(f"workforce_model.{name}")
    raise AttributeError(f"module 'workforce_model' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
