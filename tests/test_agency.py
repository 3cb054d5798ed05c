"""The price of an agency worker and of a commissioned team, against the published tables and sums by hand."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest

from tests.reference_prices import cost_of
from workforce_model.money.agency import (
    agency_charge_by_part,
    break_even_rate,
    cheaper_way_to_employ,
    fee_free_from,
    matched_comparison,
    productive_weeks,
    team_by_the_day,
)

HOURS, MARGIN = 36, 2.50


def charge(rate: float, basis: Any, margin: float = MARGIN) -> float:
    """Pounds an hour at the 2019/20 threshold, 36 hours a week."""
    parts = agency_charge_by_part(rate, basis, margin_gbp_an_hour=margin, hours_a_week=HOURS, ni_rate=0.138,
                                  ni_threshold_gbp=8_632, levy_rate=0.005)  # fmt: skip
    return float(parts.sum())


@pytest.mark.parametrize(
    ("cap", "basis", "hourly", "weeks_47", "weeks_52", "against", "percent"),
    [
        (28, "umbrella", 30.50, 51.6, 57.1, ("social worker", "central"), -1),
        (32, "umbrella", 34.50, 58.4, 64.6, ("social worker", "central"), 12),
        (32, "umbrella", 34.50, 58.4, 64.6, ("social worker", "high"), -3),
        (35, "umbrella", 37.50, 63.5, 70.2, ("lead", "central"), 1),
        (28, "paye", 38.40, 65.0, 71.9, ("social worker", "central"), 25),
    ],
)
def test_at_the_london_caps_an_agency_worker_costs_about_what_a_matched_post_does(
    cap: float, basis: str, hourly: float, weeks_47: float, weeks_52: float, against: tuple[str, str], percent: int
) -> None:
    permanent = cost_of(*against)

    rate = charge(cap, basis)
    short, whole = rate * HOURS * 47, rate * HOURS * 52

    assert rate == pytest.approx(hourly, abs=1e-9 if basis == "umbrella" else 0.05)  # "about 38.40" is published
    assert (short / 1_000, whole / 1_000) == pytest.approx((weeks_47, weeks_52), abs=0.0501)
    assert round(100 * (short / permanent - 1)) == percent


@pytest.mark.parametrize(("case", "expected"), [("low", 26.18), ("central", 30.67), ("high", 35.48)])
def test_conversion_breaks_even_at_the_published_hourly_charge(case: str, expected: float) -> None:
    permanent = cost_of("social worker", case)

    rate = break_even_rate(permanent, HOURS, 47)

    assert round(float(rate), 2) == expected


def test_an_agency_worker_at_the_break_even_rate_costs_what_the_post_does() -> None:
    permanent = cost_of("social worker", "central")

    rate = break_even_rate(permanent, HOURS, 47)

    assert rate * HOURS * 47 == pytest.approx(permanent, abs=0.005)


def test_a_paye_rate_of_28_is_charged_at_38_43_by_hand() -> None:
    # Gross 28 x 1.1207 = 31.3796, weekly 1,129.6656. NI 13.8% x (1,129.6656 - 166) = 132.98585; pension 3% x (962 - 118)
    # = 25.32; levy 0.5% x 31.3796 = 0.156898. On-costs: 3.3796 + 0.156898 + (132.98585 + 25.32) / 36 = 7.933883.
    rate = 28.0

    parts = agency_charge_by_part(
        rate, "paye", margin_gbp_an_hour=2.50, hours_a_week=36, ni_rate=0.138, ni_threshold_gbp=8_632, levy_rate=0.005
    )

    np.testing.assert_allclose(parts, [28.0, 7.933883, 2.50], atol=5e-7)


def test_a_few_hours_a_week_bear_no_insurance_and_no_pension() -> None:
    # 3 hours at 30 x 1.1207 is 100.86 a week: below 166 and below 118. On-costs: 3.621 + 0.5% x 33.621 = 3.789105.
    hours = 3

    parts = agency_charge_by_part(
        30.0, "paye", margin_gbp_an_hour=0, hours_a_week=hours, ni_rate=0.138, ni_threshold_gbp=8_632, levy_rate=0.005
    )

    np.testing.assert_allclose(parts, [30.0, 3.789105, 0.0], atol=1e-9)


def test_a_charge_holds_the_margin_and_an_umbrella_rate_does_not() -> None:
    rate, prices = (
        34.50,
        {
            "margin_gbp_an_hour": 2.50,
            "hours_a_week": 36,
            "ni_rate": 0.138,
            "ni_threshold_gbp": 8_632,
            "levy_rate": 0.005,
        },
    )

    as_charge = agency_charge_by_part(rate, "charge", **prices)
    as_umbrella = agency_charge_by_part(rate, "umbrella", **prices)

    assert as_charge.tolist() == [32.0, 0.0, 2.5]
    assert as_umbrella.tolist() == [34.5, 0.0, 2.5]


# Refused ------------------------------------------------------------------------------------------

AGENCY = {
    "rate_gbp_an_hour": 32.0,
    "margin_gbp_an_hour": 2.5,
    "hours_a_week": 36.0,
    "ni_rate": 0.138,
    "ni_threshold_gbp": 8_632.0,
    "levy_rate": 0.005,
}


@pytest.mark.parametrize(
    ("name", "given_value", "rule"),
    [
        ("rate_gbp_an_hour", -1.0, r"rate_gbp_an_hour = -1.0: expected from 0 to 1,000 .*pounds and pence an hour"),
        ("rate_gbp_an_hour", 32_000.0, r"rate_gbp_an_hour = 32000.0: expected from 0 to 1,000"),
        ("margin_gbp_an_hour", float("nan"), r"margin_gbp_an_hour = nan"),
        ("hours_a_week", 0.0, r"hours_a_week = 0.0: expected above 0, at most 60"),
        ("hours_a_week", 61.0, r"hours_a_week = 61.0: expected above 0, at most 60"),
        ("ni_rate", 1.138, r"ni_rate = 1.138: expected from 0 to 1 "),
        ("levy_rate", 5.0, r"levy_rate = 5.0: expected from 0 to 1 "),
    ],
)
@pytest.mark.parametrize("basis", ["paye", "umbrella", "charge"])
def test_an_agency_worker_who_cannot_be_priced_is_refused_by_name(
    basis: Any, name: str, given_value: float, rule: str
) -> None:
    arguments: dict[str, Any] = {**AGENCY, name: given_value}

    with pytest.raises(ValueError, match=rule):
        agency_charge_by_part(basis=basis, **arguments)


def test_an_unknown_rate_basis_is_refused_and_never_read_as_paye() -> None:
    basis: Any = "PAYE"

    with pytest.raises(ValueError, match="basis = 'PAYE': expected one of paye, umbrella, charge"):
        agency_charge_by_part(basis=basis, **AGENCY)


def test_a_charge_below_the_margin_in_it_is_refused() -> None:
    rate = 2.0

    with pytest.raises(ValueError, match=r"rate_gbp_an_hour less margin_gbp_an_hour = -0.5"):
        agency_charge_by_part(basis="charge", **{**AGENCY, "rate_gbp_an_hour": rate})


@pytest.mark.parametrize(
    ("hours", "weeks", "name"), [(0, 47, "hours_a_week"), (36, 0, "weeks_billed"), (36, 54, "weeks_billed")]
)
def test_a_break_even_rate_needs_hours_and_weeks(hours: float, weeks: float, name: str) -> None:
    cost = 51_889.22

    with pytest.raises(ValueError, match=f"{name} = .*expected above 0"):
        break_even_rate(cost, hours, weeks)


# The rest of section 6 -----------------------------------------------------------------------------


def test_central_permanent_and_agency_cost_the_same_a_productive_week_and_not_a_paid_one() -> None:
    # 365/7 less (28 + 8 + 5 + 10)/5 is 41.943 weeks: 51,889.22 / 41.943 = 1,237; agency 34.50 x 36 = 1,242 for each week worked.
    permanent = cost_of("social worker", "central")

    table = matched_comparison(permanent, 34.50, hours_a_week=36, weeks_billed=47, days_away=28 + 8 + 5 + 10)

    assert round(float(productive_weeks(51)), 1) == 41.9
    assert table.loc["productive week"].round(2)[["permanent_gbp", "agency_gbp"]].round().tolist() == [1_237, 1_242]
    assert table.loc["paid week", "permanent_gbp"] == pytest.approx(permanent * 7 / 365)
    assert round(100 * table.loc["year", "premium_share"], 1) == 12.5


def test_the_premium_may_be_of_either_sign() -> None:
    permanent = cost_of("social worker", "high")

    table = matched_comparison(permanent, 34.50, hours_a_week=36, weeks_billed=47, days_away=51)

    assert table.loc["year", "premium_gbp"] == pytest.approx(58_374.00 - permanent)
    assert table.loc["year", "premium_gbp"] < 0


def test_the_published_sheffield_team_is_925000_to_the_penny_and_82000_to_91000_a_worker() -> None:
    members = [(12, 350.0), (2, 400.0)]

    price = team_by_the_day(members, weeks=37)

    assert price == 925_000.00
    assert [round(350 * 5 * weeks / 1_000) for weeks in (47, 52)] == [82, 91]


@pytest.mark.parametrize(
    ("price", "teams", "over", "each", "yearly"),
    [(1_600_000, 3, 36 / 52, 533, 770), (205_000, 1, 5 / 12, 205, 492)],
    ids=["Croydon: three teams, 36 weeks on average", "Wokingham: one team for five months"],
)
def test_other_published_teams_by_the_year(price: float, teams: int, over: float, each: int, yearly: int) -> None:
    a_team = price / teams

    assert round(a_team / 1_000) == each
    assert round(a_team / over / 1_000) == yearly


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        (
            "2019-04-01",
            "2019-04-26",
            "2019-07-08",
        ),  # 14 weeks begin on 1 April, the last day is 7 July; 8 weeks end 21 June
        ("2019-04-01", "2019-09-30", "2019-11-26"),  # 8 weeks begin on 1 October, the last day is 25 November
        ("2019-04-01", "2019-05-12", "2019-07-08"),  # six weeks worked: both periods end on 7 July
        ("2019-04-01", "2019-05-13", "2019-07-09"),  # a day more, and the 8 weeks decide
    ],
)
def test_no_fee_is_due_after_the_later_of_14_weeks_from_the_start_and_8_from_the_end(
    start: str, end: str, free: str
) -> None:
    first_day, last_day = (datetime.date.fromisoformat(day) for day in (start, end))

    day = fee_free_from(first_day, last_day)

    assert day == datetime.date.fromisoformat(free)
    assert day > last_day  # so a worker who converts without a gap always bears a fee or an extended hire


@pytest.mark.parametrize(
    ("fee", "weeks", "premium", "cheaper"),
    [
        (4_000, 8, 247, ("extended hire", 1_976)),
        (1_500, 8, 247, ("fee", 1_500)),
        (1_500, 8, -50, ("extended hire", -400)),
    ],
)
def test_the_council_may_choose_the_cheaper_of_a_fee_and_an_extended_hire(
    fee: float, weeks: float, premium: float, cheaper: tuple[str, float]
) -> None:
    assert cheaper_way_to_employ(fee, weeks, premium) == cheaper


def test_a_premium_over_a_post_that_costs_nothing_is_no_share_of_it() -> None:
    table = matched_comparison(0, 34.5, hours_a_week=36, weeks_billed=47, days_away=51)

    assert table.loc["year", "premium_gbp"] == 34.5 * 36 * 47
    assert table["premium_share"].isna().all()


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="days_away"):
        matched_comparison(50_000, 34.5, hours_a_week=36, weeks_billed=47, days_away=261)
    with pytest.raises(ValueError, match="permanent_cost_gbp"):
        matched_comparison(-1, 34.5, hours_a_week=36, weeks_billed=47, days_away=51)
    with pytest.raises(ValueError, match="charge_gbp_an_hour"):
        matched_comparison(50_000, -34.5, hours_a_week=36, weeks_billed=47, days_away=51)
    with pytest.raises(ValueError, match="weeks"):
        team_by_the_day([(12, 350)], weeks=-1)
    with pytest.raises(ValueError, match="assignment_end"):
        fee_free_from(datetime.date(2019, 4, 2), datetime.date(2019, 4, 1))


def test_a_published_premium_of_1800_against_1280_a_week_is_41_per_cent() -> None:
    # St Helens, 2025: 1,280 a week is 1,280 x 365/7 a year of paid weeks.
    table = matched_comparison(1_280 * 365 / 7, 50.0, hours_a_week=36, weeks_billed=47, days_away=51)

    assert table.loc["paid week", "agency_gbp"] == 1_800.0
    assert round(100 * table.loc["paid week", "premium_share"]) == 41
