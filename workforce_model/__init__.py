"""People, cases and pounds in one honest model, for council finance analysts.

>>> import workforce_model as wm
>>> approved = wm.load_scenario("scenarios/approved.toml")
>>> result = wm.run(approved, runs=4)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workforce_model import charts, costs, funding, paper, statements
    from workforce_model.actions import load_plan
    from workforce_model.actuals import Actuals
    from workforce_model.actuals_file import load_actuals
    from workforce_model.actuals_template import write_template
    from workforce_model.agency_premium import agency_premium_table
    from workforce_model.apportionment import apportion
    from workforce_model.appraisal import appraise
    from workforce_model.audits import audit_change, audit_evidence
    from workforce_model.board_figures import board_pack
    from workforce_model.bridging import Bridge, bridge
    from workforce_model.census_report import CouncilCensus, census, write_census
    from workforce_model.choices import frontier_of, options, smallest_package
    from workforce_model.comparison import Comparison, compare
    from workforce_model.council_start import council_scenario, write_council_scenario
    from workforce_model.detection import power
    from workforce_model.discovery import discover
    from workforce_model.downgrade_risk import inspection_costs, inspection_risk
    from workforce_model.duty_answers import health_passports, private_fostering, return_home_interviews
    from workforce_model.envelope import envelope_table
    from workforce_model.exploring import explorer, what_changes, what_if
    from workforce_model.files import load_scenario, shipped_scenarios
    from workforce_model.fit import caseload_fit
    from workforce_model.forecasting import Forecast, forecast
    from workforce_model.gallery import every_chart, write_gallery
    from workforce_model.grids import SweepStopped, sweep
    from workforce_model.indicators import reproduced, stock_flow
    from workforce_model.information import worth_of_information
    from workforce_model.investments import (
        Investment,
        conversion_campaign,
        further_commissioned_months,
        further_posts,
        retention_payments,
    )
    from workforce_model.ledger_steps import ledger_bridge
    from workforce_model.luck import enough_runs, uncertainty
    from workforce_model.model import Interrupted, run
    from workforce_model.outcomes import Outcome
    from workforce_model.outlook import Outlook, outlooks
    from workforce_model.outturn import monitoring_form
    from workforce_model.peer_groups import beside_peers, peer_priors
    from workforce_model.plan_at_work import plan
    from workforce_model.practice_effects import practice_lead_effects
    from workforce_model.problems import ScenarioError
    from workforce_model.results import Results
    from workforce_model.returns import Returns, read_returns, revisions
    from workforce_model.review_folder import write_review
    from workforce_model.run_folder import write_run
    from workforce_model.runs_tornado import tornado_of_runs
    from workforce_model.scenario import Scenario
    from workforce_model.scores import BackTest, back_test
    from workforce_model.sensitivity import sobol, tornado
    from workforce_model.six_month_review import Review, review
    from workforce_model.starting import latest_start
    from workforce_model.surprise import causes, surprises
    from workforce_model.tables import annual_table, caseload_spread_table, ledger_table, monthly_table
    from workforce_model.turning_points import arrivals_that_break, break_even
    from workforce_model.updating import Updates, update_rates, with_peer_priors
    from workforce_model.verification import Verification, verify
    from workforce_model.workers import WorkerDied


_HOME = {
    "Actuals": "actuals",
    "BackTest": "scores",
    "Bridge": "bridging",
    "Comparison": "comparison",
    "CouncilCensus": "census_report",
    "Forecast": "forecasting",
    "Interrupted": "model",
    "Investment": "investments",
    "Outcome": "outcomes",
    "Outlook": "outlook",
    "Results": "results",
    "Returns": "returns",
    "Review": "six_month_review",
    "Scenario": "scenario",
    "ScenarioError": "problems",
    "SweepStopped": "grids",
    "Updates": "updating",
    "Verification": "verification",
    "WorkerDied": "workers",
    "agency_premium_table": "agency_premium",
    "annual_table": "tables",
    "apportion": "apportionment",
    "appraise": "appraisal",
    "arrivals_that_break": "turning_points",
    "audit_change": "audits",
    "audit_evidence": "audits",
    "back_test": "scores",
    "beside_peers": "peer_groups",
    "board_pack": "board_figures",
    "break_even": "turning_points",
    "bridge": "bridging",
    "caseload_fit": "fit",
    "caseload_spread_table": "tables",
    "causes": "surprise",
    "census": "census_report",
    "compare": "comparison",
    "conversion_campaign": "investments",
    "council_scenario": "council_start",
    "discover": "discovery",
    "enough_runs": "luck",
    "envelope_table": "envelope",
    "every_chart": "gallery",
    "explorer": "exploring",
    "forecast": "forecasting",
    "frontier_of": "choices",
    "further_commissioned_months": "investments",
    "further_posts": "investments",
    "health_passports": "duty_answers",
    "inspection_costs": "downgrade_risk",
    "inspection_risk": "downgrade_risk",
    "latest_start": "starting",
    "ledger_bridge": "ledger_steps",
    "ledger_table": "tables",
    "load_actuals": "actuals_file",
    "load_plan": "actions",
    "load_scenario": "files",
    "monitoring_form": "outturn",
    "monthly_table": "tables",
    "options": "choices",
    "outlooks": "outlook",
    "peer_priors": "peer_groups",
    "plan": "plan_at_work",
    "power": "detection",
    "practice_lead_effects": "practice_effects",
    "private_fostering": "duty_answers",
    "read_returns": "returns",
    "reproduced": "indicators",
    "retention_payments": "investments",
    "return_home_interviews": "duty_answers",
    "review": "six_month_review",
    "revisions": "returns",
    "run": "model",
    "shipped_scenarios": "files",
    "smallest_package": "choices",
    "sobol": "sensitivity",
    "stock_flow": "indicators",
    "surprises": "surprise",
    "sweep": "grids",
    "tornado": "sensitivity",
    "tornado_of_runs": "runs_tornado",
    "uncertainty": "luck",
    "update_rates": "updating",
    "verify": "verification",
    "what_changes": "exploring",
    "what_if": "exploring",
    "with_peer_priors": "updating",
    "worth_of_information": "information",
    "write_census": "census_report",
    "write_council_scenario": "council_start",
    "write_gallery": "gallery",
    "write_review": "review_folder",
    "write_run": "run_folder",
    "write_template": "actuals_template",
}
_ROOMS = ("charts", "costs", "funding", "paper", "statements")

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
        return import_module(f"workforce_model.{name}")
    raise AttributeError(f"module 'workforce_model' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
