"""The worth of information in a choice whose closed form is known."""

from __future__ import annotations

import pytest

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model.reading.outcomes import Outcome

COST = Outcome("net_cost_gbp", year="2019/20")


def choice() -> list[wm.Scenario]:
    """Ten permanent posts at £36,000, or ten agency workers at an hourly rate of which only the range is known."""
    rate = stated(21.0, "GBP an hour", low=16.0, high=26.0, shape="uniform")
    idle = stated(500.0, "GBP", low=0.0, high=1_000.0, shape="uniform")
    change = {"costs.grades.social_worker.agency_rate": rate, "costs.cost_per_start": idle}
    agency = {"workforce.posts.worker": posts(10, opening_agency=10, covered_by_agency=True)}
    return [toy({**change, "name": "permanent"}), toy({**change, **agency, "name": "agency"})]


def test_knowing_the_rate_is_worth_what_integration_says_and_an_idle_price_nothing() -> None:
    table = wm.worth_of_information(choice(), {COST: 1.0}, points=512).set_index("assumption")

    # Agency is £16,920 x rate on average £355,320, against £360,000: chosen unless the rate is above 21.277 (47.2%).
    # Knowing it saves (26 - 21.277) / 2 x 16,920 x 0.4723 = £18,872 on average.
    found = table.loc["costs.grades.social_worker.agency_rate"]
    assert found["gain"] == pytest.approx(18_872, rel=0.05)
    assert found["change"] == pytest.approx(0.472, abs=0.03)
    assert (found["choice_low"], found["choice_high"]) == ("agency", "permanent")
    assert found["clear"]
    assert not table.loc["costs.cost_per_start", "clear"]


def test_one_scenario_or_no_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match="1 scenarios and 1 outcomes"):
        wm.worth_of_information(choice()[:1], {COST: 1.0})
    with pytest.raises(ValueError, match="0 outcomes"):
        wm.worth_of_information(choice(), {})


def test_fewer_futures_than_two_for_each_assumption_and_a_loss_that_is_not_defined_are_refused() -> None:
    nothing, approved = (wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved"))
    ranged = sum(a.uncertain for a in approved.assumptions().values())

    with pytest.raises(ValueError, match=f"points = 64: expected a whole number, at least {2 * ranged}"):
        wm.worth_of_information([nothing, approved], {COST: 1.0}, points=64)
    nobody = [toy({"workforce.posts.worker": posts(10), "name": name}) for name in ("one", "other")]
    with pytest.raises(ValueError, match="one: no assumption carries a range"):
        wm.worth_of_information(nobody, {COST: 1.0}, points=16)
    range_of_pay = {"costs.non_pay": stated(500.0, "GBP a year", low=0.0, high=1_000.0, shape="uniform")}
    nobody = [toy({"workforce.posts.worker": posts(10), "name": name, **range_of_pay}) for name in ("one", "other")]
    with pytest.raises(ValueError, match="caseload is not defined in every run"):
        wm.worth_of_information(nobody, {"caseload": 1.0}, points=16)
