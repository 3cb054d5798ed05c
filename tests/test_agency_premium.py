"""Agency beside the matched post, from the scenario file to the reference's figures, with the sign of the premium free."""

from __future__ import annotations

import pytest

import workforce_model as wm
from tests.toys import stated, toy

approved = wm.load_scenario("scenarios/approved.toml")


def figures(grade: str, measure: str) -> list[float]:
    table = wm.agency_premium_table(approved).set_index(["grade", "measure"])
    return [float(x) for x in table.loc[(grade, measure), ["low", "value", "high"]]]


def test_the_break_even_rates_of_the_scenario_are_those_of_the_reference() -> None:
    assert [round(x, 2) for x in figures("social_worker", "break-even charge")] == [26.18, 30.67, 35.48]


def test_the_premium_is_positive_against_the_central_post_and_negative_against_the_top_of_scale() -> None:
    # 34.50 x 36 x 47 = 58,374 against 44,295, 51,889 and 60,026: +32%, +12%, -3%.
    permanent, premium = (
        figures("social_worker", "permanent post, full cost"),
        figures("social_worker", "premium, a year"),
    )

    assert [round(100 * p / cost) for p, cost in zip(premium, permanent, strict=True)] == [32, 12, -3]


def test_a_productive_week_of_the_two_costs_about_the_same() -> None:
    # 1,242 less 1,237.
    assert round(figures("social_worker", "premium, a productive week")[1]) == 5


def test_a_rate_above_the_agreed_cap_is_shown_and_not_refused() -> None:
    capped = toy(
        {"costs.grades.social_worker.agency_cap": stated(28.0, "GBP an hour"), "costs.agency_basis": "umbrella"}
    )

    table = wm.agency_premium_table(capped).set_index("measure")["value"]

    assert table["rate above cap, umbrella"] == pytest.approx(2.0)


def test_a_grade_no_agency_worker_is_in_has_no_row() -> None:
    assert "audit_officer" not in set(wm.agency_premium_table(approved)["grade"])


def test_without_the_days_away_no_productive_week_is_made_up() -> None:
    table = wm.agency_premium_table(toy())

    assert not table["measure"].str.contains("productive").any()
