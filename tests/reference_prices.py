"""The inputs of the finance reference, section 5, and what it says they give; shared by tests of pay and agency."""

from __future__ import annotations

import math

from workforce_model.money.pay import post_cost

CASES = ("low", "central", "high")

# Finance reference, section 5: inputs and what they must give.
ON_COSTS: dict[str, dict[str, float]] = {
    "low": {"ni_rate": 0.138, "pension_rate": 0.197, "levy_rate": 0.005, "non_pay_gbp": 0},
    "central": {"ni_rate": 0.138, "pension_rate": 0.225, "levy_rate": 0.005, "non_pay_gbp": 1_500},
    "high": {"ni_rate": 0.138, "pension_rate": 0.261, "levy_rate": 0.005, "non_pay_gbp": 3_000},
}
NUMBER = {"lead": 2, "social worker": 5, "missing officer": 1, "audit officer": 1}
SALARY = {
    "lead": {"low": 43_815, "central": 45_585, "high": 53_638},
    "social worker": {"low": 33_945, "central": 37_705, "high": 41_465},
    "missing officer": {"low": 28_000, "central": 31_000, "high": 33_945},
    "audit officer": {"low": 30_000, "central": 33_945, "high": 36_711},
}
COST_EACH = {
    "lead": {"low": 57_521, "central": 62_669, "high": 77_117},
    "social worker": {"low": 44_295, "central": 51_889, "high": 60_026},
    "missing officer": {"low": 36_329, "central": 42_717, "high": 49_468},
    "audit officer": {"low": 39_009, "central": 46_746, "high": 53_351},
}
THRESHOLD = {"2019/20": 8_632, "2020/21": 8_788}
APPROVED = 375_000


def cost_of(role: str, case: str, year: str = "2019/20", award: float = 0.0) -> float:
    """One post of section 5, full time for a year."""
    cost = post_cost(SALARY[role][case] * (1 + award), ni_threshold_gbp=THRESHOLD[year], **ON_COSTS[case])
    assert isinstance(cost, float)
    return cost


def nine_posts(case: str, year: str = "2019/20", award: float = 0.0) -> float:
    return math.fsum(number * cost_of(role, case, year, award) for role, number in NUMBER.items())
