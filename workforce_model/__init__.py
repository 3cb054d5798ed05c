"""People, cases and pounds in one honest model, for council finance analysts.

>>> import workforce_model as wm
>>> approved = wm.load_scenario("scenarios/approved.toml")
>>> result = wm.run(approved, runs=4)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workforce_model import charts, costs, funding, statements
    from workforce_model.agency_premium import agency_premium_table
    from workforce_model.apportionment import apportion
    from workforce_model.appraisal import appraise
    from workforce_model.envelope import envelope_table
    from workforce_model.files import load_scenario, shipped_scenarios
    from workforce_model.fit import caseload_fit
    from workforce_model.model import Interrupted, run
    from workforce_model.outturn import monitoring_form
    from workforce_model.problems import ScenarioError
    from workforce_model.results import Results
    from workforce_model.run_folder import write_run
    from workforce_model.scenario import Scenario
    from workforce_model.tables import annual_table, caseload_spread_table, ledger_table, monthly_table

_HOME = {
    "load_scenario": "files",
    "shipped_scenarios": "files",
    "agency_premium_table": "agency_premium",
    "apportion": "apportionment",
    "appraise": "appraisal",
    "envelope_table": "envelope",
    "monitoring_form": "outturn",
    "annual_table": "tables",
    "caseload_spread_table": "tables",
    "ledger_table": "tables",
    "monthly_table": "tables",
    "caseload_fit": "fit",
    "Interrupted": "model",
    "Results": "results",
    "run": "model",
    "write_run": "run_folder",
    "Scenario": "scenario",
    "ScenarioError": "problems",
}
_ROOMS = ("charts", "costs", "funding", "statements")

__version__ = "0.1.0"
__all__ = [
    "Interrupted",
    "Results",
    "Scenario",
    "ScenarioError",
    "agency_premium_table",
    "annual_table",
    "apportion",
    "appraise",
    "caseload_fit",
    "caseload_spread_table",
    "charts",
    "costs",
    "envelope_table",
    "funding",
    "ledger_table",
    "load_scenario",
    "monitoring_form",
    "monthly_table",
    "run",
    "shipped_scenarios",
    "statements",
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
