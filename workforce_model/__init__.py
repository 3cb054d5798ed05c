"""People, cases and pounds in one honest model, for council finance analysts.

>>> import workforce_model as wm
>>> approved = wm.load_scenario("scenarios/approved.toml")
>>> result = wm.run(approved, runs=4)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workforce_model import charts, paper
    from workforce_model.accounts import statements
    from workforce_model.accounts.agency_premium import agency_premium_table
    from workforce_model.accounts.appraisal import appraise
    from workforce_model.accounts.outturn import monitoring_form
    from workforce_model.basis.problems import ScenarioError
    from workforce_model.charts.gallery import every_chart, write_gallery
    from workforce_model.councils.census_report import CouncilCensus, census
    from workforce_model.councils.council_start import council_scenario, write_council_scenario
    from workforce_model.councils.indicators import reproduced, stock_flow
    from workforce_model.councils.outlook import Outlook, outlooks
    from workforce_model.councils.peer_groups import beside_peers, peer_priors
    from workforce_model.councils.returns import Returns, read_returns, revisions
    from workforce_model.councils.scores import BackTest, back_test
    from workforce_model.decisions.bridging import Bridge, bridge
    from workforce_model.decisions.choices import frontier_of, options, smallest_package
    from workforce_model.decisions.comparison import Comparison, compare
    from workforce_model.decisions.discovery import discover
    from workforce_model.decisions.exploring import explorer, what_changes, what_if
    from workforce_model.decisions.grids import SweepStopped, sweep
    from workforce_model.decisions.information import worth_of_information
    from workforce_model.decisions.investments import (
        Investment,
        conversion_campaign,
        further_commissioned_months,
        further_posts,
        retention_payments,
    )
    from workforce_model.decisions.ledger_steps import ledger_bridge
    from workforce_model.decisions.runs_tornado import tornado_of_runs
    from workforce_model.decisions.sensitivity import sobol, tornado
    from workforce_model.decisions.starting import latest_start
    from workforce_model.decisions.turning_points import arrivals_that_break, break_even
    from workforce_model.engine.model import Interrupted, run
    from workforce_model.engine.results import Results
    from workforce_model.engine.workers import WorkerDied
    from workforce_model.folders.council_folder import write_census
    from workforce_model.folders.run_folder import write_run
    from workforce_model.folders.verification import Verification, verify
    from workforce_model.improvement.audits import audit_change, audit_evidence
    from workforce_model.improvement.board_figures import board_pack
    from workforce_model.improvement.downgrade_risk import inspection_costs, inspection_risk
    from workforce_model.improvement.duty_answers import health_passports, private_fostering, return_home_interviews
    from workforce_model.improvement.plan_at_work import plan
    from workforce_model.improvement.practice_effects import practice_lead_effects
    from workforce_model.inputs.actions import load_plan
    from workforce_model.inputs.actuals import Actuals
    from workforce_model.inputs.files import load_scenario, shipped_scenarios
    from workforce_model.inputs.scenario import Scenario
    from workforce_model.money import costs, funding
    from workforce_model.money.apportionment import apportion
    from workforce_model.monitoring.actuals_file import load_actuals
    from workforce_model.monitoring.actuals_template import write_template
    from workforce_model.monitoring.detection import power
    from workforce_model.monitoring.forecasting import Forecast, forecast
    from workforce_model.monitoring.surprise import causes, surprises
    from workforce_model.monitoring.updating import Updates, update_rates, with_peer_priors
    from workforce_model.reading.envelope import envelope_table
    from workforce_model.reading.fit import caseload_fit
    from workforce_model.reading.luck import enough_runs, uncertainty
    from workforce_model.reading.outcomes import Outcome
    from workforce_model.reading.tables import annual_table, caseload_spread_table, ledger_table, monthly_table
    from workforce_model.six_months.folder import write_review
    from workforce_model.six_months.review import Review, review


_HOME = {
    "Actuals": "inputs.actuals",
    "BackTest": "councils.scores",
    "Bridge": "decisions.bridging",
    "Comparison": "decisions.comparison",
    "CouncilCensus": "councils.census_report",
    "Forecast": "monitoring.forecasting",
    "Interrupted": "engine.model",
    "Investment": "decisions.investments",
    "Outcome": "reading.outcomes",
    "Outlook": "councils.outlook",
    "Results": "engine.results",
    "Returns": "councils.returns",
    "Review": "six_months.review",
    "Scenario": "inputs.scenario",
    "ScenarioError": "basis.problems",
    "SweepStopped": "decisions.grids",
    "Updates": "monitoring.updating",
    "Verification": "folders.verification",
    "WorkerDied": "engine.workers",
    "agency_premium_table": "accounts.agency_premium",
    "annual_table": "reading.tables",
    "apportion": "money.apportionment",
    "appraise": "accounts.appraisal",
    "arrivals_that_break": "decisions.turning_points",
    "audit_change": "improvement.audits",
    "audit_evidence": "improvement.audits",
    "back_test": "councils.scores",
    "beside_peers": "councils.peer_groups",
    "board_pack": "improvement.board_figures",
    "break_even": "decisions.turning_points",
    "bridge": "decisions.bridging",
    "caseload_fit": "reading.fit",
    "caseload_spread_table": "reading.tables",
    "causes": "monitoring.surprise",
    "census": "councils.census_report",
    "compare": "decisions.comparison",
    "conversion_campaign": "decisions.investments",
    "council_scenario": "councils.council_start",
    "discover": "decisions.discovery",
    "enough_runs": "reading.luck",
    "envelope_table": "reading.envelope",
    "every_chart": "charts.gallery",
    "explorer": "decisions.exploring",
    "forecast": "monitoring.forecasting",
    "frontier_of": "decisions.choices",
    "further_commissioned_months": "decisions.investments",
    "further_posts": "decisions.investments",
    "health_passports": "improvement.duty_answers",
    "inspection_costs": "improvement.downgrade_risk",
    "inspection_risk": "improvement.downgrade_risk",
    "latest_start": "decisions.starting",
    "ledger_bridge": "decisions.ledger_steps",
    "ledger_table": "reading.tables",
    "load_actuals": "monitoring.actuals_file",
    "load_plan": "inputs.actions",
    "load_scenario": "inputs.files",
    "monitoring_form": "accounts.outturn",
    "monthly_table": "reading.tables",
    "options": "decisions.choices",
    "outlooks": "councils.outlook",
    "peer_priors": "councils.peer_groups",
    "plan": "improvement.plan_at_work",
    "power": "monitoring.detection",
    "practice_lead_effects": "improvement.practice_effects",
    "private_fostering": "improvement.duty_answers",
    "read_returns": "councils.returns",
    "reproduced": "councils.indicators",
    "retention_payments": "decisions.investments",
    "return_home_interviews": "improvement.duty_answers",
    "review": "six_months.review",
    "revisions": "councils.returns",
    "run": "engine.model",
    "shipped_scenarios": "inputs.files",
    "smallest_package": "decisions.choices",
    "sobol": "decisions.sensitivity",
    "stock_flow": "councils.indicators",
    "surprises": "monitoring.surprise",
    "sweep": "decisions.grids",
    "tornado": "decisions.sensitivity",
    "tornado_of_runs": "decisions.runs_tornado",
    "uncertainty": "reading.luck",
    "update_rates": "monitoring.updating",
    "verify": "folders.verification",
    "what_changes": "decisions.exploring",
    "what_if": "decisions.exploring",
    "with_peer_priors": "monitoring.updating",
    "worth_of_information": "decisions.information",
    "write_census": "folders.council_folder",
    "write_council_scenario": "councils.council_start",
    "write_gallery": "charts.gallery",
    "write_review": "six_months.folder",
    "write_run": "folders.run_folder",
    "write_template": "monitoring.actuals_template",
}
_ROOMS = {
    "charts": "charts",
    "costs": "money.costs",
    "funding": "money.funding",
    "paper": "paper",
    "statements": "accounts.statements",
}

__version__ = "0.1.0"
__all__ = [
    "Actuals",
    "BackTest",
    "Bridge",
    "Comparison",
    "CouncilCensus",
    "Forecast",
    "Interrupted",
    "Investment",
    "Outcome",
    "Outlook",
    "Results",
    "Returns",
    "Review",
    "Scenario",
    "ScenarioError",
    "SweepStopped",
    "Updates",
    "Verification",
    "WorkerDied",
    "agency_premium_table",
    "annual_table",
    "apportion",
    "appraise",
    "arrivals_that_break",
    "audit_change",
    "audit_evidence",
    "back_test",
    "beside_peers",
    "board_pack",
    "break_even",
    "bridge",
    "caseload_fit",
    "caseload_spread_table",
    "causes",
    "census",
    "charts",
    "compare",
    "conversion_campaign",
    "costs",
    "council_scenario",
    "discover",
    "enough_runs",
    "envelope_table",
    "every_chart",
    "explorer",
    "forecast",
    "frontier_of",
    "funding",
    "further_commissioned_months",
    "further_posts",
    "health_passports",
    "inspection_costs",
    "inspection_risk",
    "latest_start",
    "ledger_bridge",
    "ledger_table",
    "load_actuals",
    "load_plan",
    "load_scenario",
    "monitoring_form",
    "monthly_table",
    "options",
    "outlooks",
    "paper",
    "peer_priors",
    "plan",
    "power",
    "practice_lead_effects",
    "private_fostering",
    "read_returns",
    "reproduced",
    "retention_payments",
    "return_home_interviews",
    "review",
    "revisions",
    "run",
    "shipped_scenarios",
    "smallest_package",
    "sobol",
    "statements",
    "stock_flow",
    "surprises",
    "sweep",
    "tornado",
    "tornado_of_runs",
    "uncertainty",
    "update_rates",
    "verify",
    "what_changes",
    "what_if",
    "with_peer_priors",
    "worth_of_information",
    "write_census",
    "write_council_scenario",
    "write_gallery",
    "write_review",
    "write_run",
    "write_template",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"workforce_model.{_HOME[name]}"), name)
    if name in _ROOMS:
        return import_module(f"workforce_model.{_ROOMS[name]}")
    raise AttributeError(f"module 'workforce_model' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
