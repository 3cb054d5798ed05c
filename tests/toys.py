"""The smallest scenario: one team, round numbers, everything optional switched off.

Tests change the few lines they are about, so each can be read alone.
"""

from __future__ import annotations

import copy
import datetime
from typing import Any

from workforce_model.inputs.scenario import Scenario, scenario_from

KNOWN = datetime.date(2019, 3, 31)


def stated(value: float, unit: str, **more: Any) -> dict[str, Any]:
    """An assumption as a file states it, exactly known unless a range is given."""
    return {"value": value, "unit": unit, "source": "stated for a test", "date": KNOWN, "confidence": "high", **more}


def posts(number: int, **more: Any) -> dict[str, Any]:
    """A group of full-time social worker posts in the one team, vacant unless stated."""
    return {
        "team": "team", "role": "Social worker", "grade": "social_worker", "number": number, "holds_cases": True,
        "budget": "existing", "covered_by_agency": False, "source": "stated for a test", **more,
    }  # fmt: skip


TOY: dict[str, Any] = {
    "name": "toy",
    "title": "Ten posts, one team, nothing happens",
    "question": "What stays the same?",
    "place": "Toytown",
    "seen_from": datetime.date(2019, 6, 12),
    "periods": {"start": "2019-04", "end": "2021-03", "report_from": "2019-04"},
    "workforce": {
        "teams": {"team": {"label": "The team"}},
        "posts": {"worker": posts(10, opening_over_five_years=10)},
        "turnover_rate": stated(0.0, "leavers a year over in post"),
        "turnover_reading": "annual_probability",
        "tenure_ratio": stated(1.0, "multiplier"),
        "year_shock": stated(0.0, "standard deviation of the logarithm"),
        "filling_probability": stated(0.0, "share a month"),
        "recruitment_lead_months": stated(1, "months"),
        "newly_qualified_share": stated(0.0, "share"),
        "conversion_rate": stated(0.0, "share a month"),
        "cover_probability": stated(0.0, "share a month"),
        "cover_same_month": False,
        "agency_leaving_rate": stated(0.0, "share a month"),
        "agency_displacement": stated(0.0, "share"),
    },
    "caseloads": {
        "teams": {"team": {"open_cases": stated(100, "cases"), "arrivals": stated(0.0, "cases a month"), "leaving_rate": stated(0.0, "share a month")}},
        "arrivals_growth": stated(0.0, "growth a year"),
        "arrivals_dispersion": stated(1.0, "variance over mean"),
        "random_share": stated(1.0, "share"),
        "settling_months": stated(0, "months"),
        "settling_share": stated(1.0, "share"),
        "newly_qualified_months": stated(0, "months"),
        "newly_qualified_share": stated(1.0, "share"),
        "caseload_limit": 21,
    },
    "costs": {
        "price_base": "2019/20",
        "grades": {"social_worker": {"salary": stated(36_000.0, "GBP a year"), "agency_rate": stated(30.0, "GBP an hour")}},
        "pay_award": {"2020/21": stated(0.0, "growth a year")},
        "employer_ni_rate": stated(0.0, "share of salary"),
        "employer_ni_threshold": {"2019/20": stated(8_632.0, "GBP a year")},
        "pension_rate": stated(0.0, "share of salary"),
        "levy_rate": stated(0.0, "share of salary"),
        "non_pay": stated(0.0, "GBP a year"),
        "agency_basis": "charge",
        "agency_margin": stated(0.0, "GBP an hour"),
        "agency_hours": stated(36.0, "hours a week"),
        "agency_weeks": stated(47.0, "weeks a year"),
        "cost_per_start": stated(0.0, "GBP"),
    },
    "funding": {
        "budgets": {"existing": {"label": "Existing posts"}},
        "lines": {
            "base": {"budget": "existing", "label": "Base budget", "source": "base budget", "recurrent": True, "order": 1,
                     "amounts": {"2019/20": 360_000.0}, "approved_by": "a test"},
        },
    },
}  # fmt: skip


def toy_tree(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The toy scenario as plain tables, with the values at some dotted paths set; None removes a key."""
    tree = copy.deepcopy(TOY)
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        if isinstance(place.get(last), dict) and "unit" in place[last] and isinstance(value, int | float):
            place[last] = {**place[last], "value": value}
        elif value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return tree


def toy(changes: dict[str, Any] | None = None) -> Scenario:
    """The toy scenario, checked, with the values at some dotted paths set."""
    return scenario_from(toy_tree(changes), "a toy")
