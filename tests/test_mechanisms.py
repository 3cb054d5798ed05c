"""Each mechanism of the month on a toy of its own, worked by hand, and nothing moved where it is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import workforce_model as wm
from tests.test_simulation import agency, group
from tests.toys import posts, stated, toy, toy_tree
from workforce_model.basis.problems import ScenarioError
from workforce_model.cases.case_rates import case_rates
from workforce_model.cases.caseloads import load_of
from workforce_model.engine.results import Results
from workforce_model.inputs.doubt import draw_values
from workforce_model.money.costs import KINDS
from workforce_model.reading.measures import measured

RUNS = 10_000


def played(changes: dict[str, Any], runs: int = 200, seed: int = 20190612) -> Results:
    result = wm.run(toy(changes), runs, seed, doubt=False)
    assert result.passed, [c for c in result.checks if c.status == "failed"]
    return result


def agrees(sample: np.ndarray, mean: float, variance: float) -> bool:
    return abs(sample.mean() - mean) <= 4.42 * np.sqrt(variance / sample.size)


def absence(**changes: Any) -> dict[str, Any]:
    usual = {
        "sickness_share": stated(0.0, "share"),
        "sickness_months": stated(1, "months"),
        "parental_rate": stated(0.0, "share"),
        "parental_months": stated(9, "months"),
        "covered": stated(0.0, "share"),
    }
    return {"workforce.absence": usual | changes}


# Absence ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("months", [1, 3])
def test_sickness_loses_the_stated_share_of_working_time(months: int) -> None:
    spells = {"sickness_share": stated(0.2, "share"), "sickness_months": stated(months, "months")}

    result = played({**absence(**spells)}, RUNS)

    away = group(result, "worker", "absent")[24].astype(float)
    assert agrees(away, 10 * 0.2, 10 * 0.2 * 0.8)


def test_a_worker_off_sick_takes_no_new_case_and_closes_none() -> None:
    one = {
        "workforce.posts.worker": posts(1, opening_over_five_years=1),
        "caseloads.teams.team.leaving_rate": 1.0,
        "caseloads.teams.team.arrivals": 8.0,
    }

    result = played({**one, **absence(sickness_share=stated(0.4, "share"), sickness_months=stated(2, "months"))}, 500)

    away = group(result, "worker", "absent")[1:].astype(bool)
    assert 0.3 < away.mean() < 0.5
    assert (result.history.cases["closed"][1:, 0][away] == 0).all()
    assert (result.history.cases["held"][1:, 0][away] == result.history.cases["held"][:-1, 0][away]).all()
    assert (
        result.history.cases["held"][1:, 0][~away]
        == result.history.cases["arrived"][1:, 0][~away] + _waited(result, away)
    ).all()


def _waited(result: Results, away: np.ndarray) -> np.ndarray:
    """Cases that waited while the only worker was away, given out on the return."""
    return result.history.cases["waiting"][:-1, 0][~away]


def test_parental_leave_lasts_its_months_and_hands_the_cases_over() -> None:
    leave = absence(parental_rate=stated(1.0, "share"), parental_months=stated(4, "months"))

    result = played({**leave, "caseloads.teams.team.open_cases": 200}, RUNS)

    # A twelfth start each month once back at work: away a m / (a m + 1 - a) of the time.
    started, months = 1 / 12, 4
    share = started * months / (started * months + 1 - started)
    away = group(result, "worker", "absent")[24].astype(float)
    assert agrees(away, 10 * share, 10 * share * (1 - share) * 2)
    first = group(result, "worker", "absent")[1].astype(float)
    assert agrees(first, 10 / 12, 10 / 12 * 11 / 12)
    assert agrees(result.history.cases["handed_over"][1, 0].astype(float), 200 / 12, 20**2 * 10 / 12 * 11 / 12 + 200)


def test_absence_that_is_covered_costs_an_agency_worker_and_moves_no_case() -> None:
    covered = {
        **absence(sickness_share=stated(0.2, "share"), covered=stated(1.0, "share")),
        "workforce.posts.worker": posts(10, opening_over_five_years=10, covered_by_agency=True),
        "caseloads.teams.team.leaving_rate": 0.1,
    }
    absent = played(covered)
    present = played({**covered, "workforce.absence": None})

    stand_in = group(absent, "worker", "stand_in")
    assert np.array_equal(stand_in, group(absent, "worker", "absent"))
    assert np.array_equal(absent.history.cases["closed"], present.history.cases["closed"])
    # 30 an hour, 36 hours, 47 weeks a year: 4,230 a month for each stand-in.
    extra = (absent.cost - present.cost).sum(axis=(1, 2))
    assert extra == pytest.approx(4_230.0 * stand_in[1:])


# Who leaves, by service, team and year -------------------------------------------------------------


def test_those_under_five_years_leave_so_many_times_as_often_and_all_together_at_the_stated_rate() -> None:
    bands = {
        "workforce.turnover_rate": 0.6, "workforce.turnover_reading": "replaced", "workforce.tenure_ratio": 2.0, "periods.end": "2019-04",
        "workforce.posts.worker": posts(30, opening_under_five_years=30), "workforce.posts.long": posts(10, opening_over_five_years=10),
    }  # fmt: skip

    result = played(bands, RUNS)

    # 5% a month over the forty: 2x for thirty and x for ten make 0.05 x 40, x = 2/70.
    over = 2 / 70
    assert agrees(group(result, "worker", "left")[1].astype(float), 30 * 2 * over, 30 * 2 * over * (1 - 2 * over))
    assert agrees(group(result, "long", "left")[1].astype(float), 10 * over, 10 * over * (1 - over))


def test_a_worker_passes_five_years_and_then_leaves_as_those_over_five_do() -> None:
    passing = {
        "workforce.turnover_rate": 0.06, "workforce.turnover_reading": "replaced", "workforce.tenure_ratio": 3.0,
        "workforce.posts.worker": posts(200, opening_under_five_years=200), "periods.start": "2018-04", "periods.end": "2024-03",
        "caseloads.teams.team.open_cases": 0, "funding.lines.base.amounts": {"2018/19": 1.0}, "costs.price_base": "2018/19",
        "costs.pay_award": {}, "costs.employer_ni_threshold": {"2018/19": stated(8_632.0, "GBP a year")},
    }  # fmt: skip

    left = group(played(passing, 200), "worker", "left").astype(float)
    there = group(played(passing, 200), "worker", "permanent").astype(float)

    # Service is spread evenly over five years: 0.5% a month at first, and a third of it once all have passed sixty months.
    first, last = left[1].mean() / there[0].mean(), left[62:72].sum() / there[61:71].sum()
    assert first == pytest.approx(0.005, abs=4.42 * np.sqrt(0.005 / (200 * 200)))
    assert last == pytest.approx(0.005 / 3, abs=4.42 * np.sqrt(0.005 / 3 / there[61:71].sum()))


def test_a_teams_effect_on_leaving_is_its_own() -> None:
    teams = {
        "workforce.turnover_rate": 0.6, "workforce.turnover_reading": "replaced", "periods.end": "2019-04",
        "workforce.teams.other": {"label": "Other", "leaving_multiplier": stated(1.6, "multiplier")},
        "workforce.posts.worker": posts(20, opening_over_five_years=20),
        "workforce.posts.other": posts(20, team="other", opening_over_five_years=20, holds_cases=False),
    }  # fmt: skip

    result = played(teams, RUNS)

    assert agrees(group(result, "worker", "left")[1].astype(float), 20 * 0.05, 20 * 0.05 * 0.95)
    assert agrees(group(result, "other", "left")[1].astype(float), 20 * 0.08, 20 * 0.08 * 0.92)


@pytest.mark.parametrize("kind", ["workforce.year_shock", "workforce.national_swing"])
def test_a_years_shock_is_shared_by_all_teams_and_months_of_the_year_and_another_year_has_another(kind: str) -> None:
    shared = {
        kind: stated(0.5, "standard deviation of the logarithm"), "workforce.turnover_rate": 0.12, "workforce.turnover_reading": "replaced",
        "workforce.filling_probability": 1.0, "workforce.teams.other": {"label": "Other"}, "caseloads.teams.team.open_cases": 0,
        "workforce.posts.worker": posts(400, opening_over_five_years=400),
        "workforce.posts.other": posts(400, team="other", opening_over_five_years=400, holds_cases=False),
    }  # fmt: skip

    result = played(shared, 2_000)
    mine, other = (group(result, name, "left").astype(float) for name in ("worker", "other"))

    # Four leavers a month on average, each year's all multiplied by one log-normal: alike in teams and months, apart in years.
    shock = 4.0**2 * (np.exp(0.5**2) - 1)
    together = shock / (4 + shock)
    assert np.corrcoef(mine[1], other[1])[0, 1] == pytest.approx(together, abs=0.08)
    assert np.corrcoef(mine[2], other[11])[0, 1] == pytest.approx(together, abs=0.08)
    assert abs(np.corrcoef(mine[12], other[13])[0, 1]) < 0.1


# Effects on leaving -------------------------------------------------------------------------------


def test_a_caseload_effect_raises_the_hazard_by_so_much_for_each_case_over_the_knee() -> None:
    heavy = {
        "workforce.turnover_rate": 0.6,
        "workforce.turnover_reading": "replaced",
        "caseloads.teams.team.open_cases": 200,
        "caseloads.random_share": 0.0,
        "workforce.caseload_effect": stated(np.log(2) / 5, "change in the logarithm"),
        "periods.end": "2019-04",
    }

    left = group(played(heavy, RUNS), "worker", "left")[1].astype(float)

    # Twenty cases each, five over the knee of 15: the hazard doubles, 1 - (1 - 0.05)^2.
    assert agrees(left, 10 * 0.0975, 10 * 0.0975 * 0.9025)


def test_a_nil_effect_is_no_effect_to_the_bit() -> None:
    leaving = {"workforce.turnover_rate": 0.3, "caseloads.teams.team.open_cases": 250}
    nil = {
        "workforce.caseload_effect": stated(0.0, "change in the logarithm"),
        "workforce.agency_share_effect": stated(0.0, "change in the logarithm"),
        "workforce.retention_effect": stated(1.0, "multiplier"),
    }

    off, on = played(leaving, 500), played({**leaving, **nil}, 500)

    assert np.array_equal(off.history.staff["left"], on.history.staff["left"])


def test_a_retention_payment_moves_only_those_who_are_paid_it() -> None:
    paid = {
        "workforce.turnover_rate": 0.6,
        "workforce.turnover_reading": "replaced",
        "workforce.retention_effect": stated(0.5, "multiplier"),
        "workforce.posts.worker": posts(20, opening_over_five_years=20, retention_payment=True),
        "workforce.posts.unpaid": posts(20, opening_over_five_years=20),
        "periods.end": "2019-04",
    }

    result = played(paid, RUNS)

    halved = 1 - 0.95**0.5
    assert agrees(group(result, "worker", "left")[1].astype(float), 20 * halved, 20 * halved)
    assert agrees(group(result, "unpaid", "left")[1].astype(float), 20 * 0.05, 20 * 0.05)


def test_agency_share_moves_permanent_leaving_as_it_departs_from_the_start() -> None:
    shared = {
        "workforce.turnover_rate": 0.6,
        "workforce.turnover_reading": "replaced",
        "workforce.agency_share_effect": stated(2.0, "change in the logarithm"),
        "workforce.agency.extra": agency(10, last_month="2019-03"),
        "periods.end": "2019-05",
    }

    result = played(shared, RUNS)

    # Half are agency at the start and none after April: the hazard in May is exp(2 (0 - 0.5)) times 0.05.
    before, after = 0.05, 1 - 0.95 ** np.exp(-1.0)
    left = group(result, "worker", "left").astype(float)
    assert agrees(left[1], 10 * before, 10 * before)
    assert agrees(left[2], 10 * (1 - before) * after, 10 * after)


def test_the_national_swing_is_shared_by_councils_and_the_years_shock_is_each_councils_own() -> None:
    leaving = {"workforce.turnover_rate": 0.5, "workforce.posts.worker": posts(100, opening_over_five_years=100)}
    swing = {**leaving, "workforce.national_swing": stated(0.5, "standard deviation of the logarithm")}
    shock = {**leaving, "workforce.year_shock": 0.5}

    def left(changes: dict[str, Any], place: str) -> np.ndarray:
        return played({**changes, "place": place}, 500).history.staff["left"]

    assert np.array_equal(left(swing, "Toytown"), left(swing, "Elsewhere"))
    assert not np.array_equal(left(shock, "Toytown"), left(shock, "Elsewhere"))


def test_enfields_leavers_vary_as_councils_leavers_did() -> None:
    result = wm.run(
        wm.load_scenario("scenarios/do_nothing.toml").replace({"periods.end": "2019-09"}), 4_000, doubt=False
    )

    left = result.history.staff["left"][1:13].sum(axis=(0, 1)).astype(float)

    # Within a council the changes of leavers vary 2.5 times as Poisson, 1.6 without the wildest 5%.
    assert 1.6 <= left.var() / left.mean() <= 2.5


# Recruitment, cover, notice -----------------------------------------------------------------------


def test_a_market_limit_holds_the_appointments_under_way() -> None:
    vacant = {
        "workforce.posts.worker": posts(10),
        "workforce.filling_probability": 1.0,
        "workforce.recruitment_lead_months": 3,
        "caseloads.teams.team.open_cases": 0,
    }

    result = played({**vacant, "workforce.market_limit": stated(2, "posts")})

    # Two are appointed in month 1 and start in month 4, when two more are appointed, and so on.
    assert (group(result, "worker", "started")[:14, 0] == [0, 0, 0, 0, 2, 0, 0, 2, 0, 0, 2, 0, 0, 2]).all()
    assert (group(played(vacant), "worker", "started")[4] == 10).all()


def test_officers_posts_are_outside_the_market_for_social_workers() -> None:
    officers = {
        "workforce.posts.officer": posts(5, qualified=False, holds_cases=False),
        "workforce.filling_probability": 1.0,
        "workforce.market_limit": stated(0, "posts"),
    }

    result = played({**officers, "workforce.posts.vacant": posts(3)})

    assert (group(result, "officer", "permanent")[2] == 5).all()
    assert (group(result, "vacant", "permanent") == 0).all()


def test_no_more_vacancies_are_covered_than_the_limit() -> None:
    empty = {
        "workforce.posts.worker": posts(10, opening_over_five_years=2, covered_by_agency=True),
        "workforce.cover_probability": 1.0,
    }

    limited = played({**empty, "workforce.cover_limit": stated(3, "posts")})

    assert (group(limited, "worker", "agency")[1:] == 3).all()
    assert (group(played(empty), "worker", "agency")[1:] == 8).all()


def test_a_replaced_agency_worker_is_paid_for_the_notice_and_holds_no_case() -> None:
    covered = {
        "workforce.posts.worker": posts(4, opening_agency=4, covered_by_agency=True),
        "workforce.filling_probability": 1.0,
        "workforce.recruitment_lead_months": 1,
    }
    without = played(covered)
    with_notice = played({**covered, "workforce.agency_notice_months": stated(2, "months")})

    assert (group(with_notice, "worker", "on_notice")[:6, 0] == [0, 0, 4, 4, 0, 0]).all()
    assert np.array_equal(with_notice.history.cases["held"], without.history.cases["held"])
    extra = (with_notice.cost - without.cost).sum(axis=(1, 2))[:, 0]
    assert extra[:5] == pytest.approx([0.0, 4 * 4_230.0, 4 * 4_230.0, 0.0, 0.0])


# Conversion campaigns and moves -------------------------------------------------------------------


def campaign(**changes: Any) -> dict[str, Any]:
    usual = {
        "first_month": "2019-06", "last_month": "2019-07", "teams": ["team"], "least_months": stated(0, "months"),
        "acceptance": stated(1.0, "share a month"), "above_establishment": False, "source": "a test",
    }  # fmt: skip
    return {"workforce.campaigns": {"summer": usual | changes}}


COVERED: dict[str, Any] = {"workforce.posts.worker": posts(10, opening_agency=10, covered_by_agency=True)}


def test_a_campaign_converts_in_its_months_and_the_workers_keep_their_cases() -> None:
    result = played({**COVERED, **campaign()})

    assert (group(result, "worker", "converted")[:5, 0] == [0, 0, 0, 10, 0]).all()
    assert (result.history.cases["handed_over"] == 0).all()


def test_a_campaign_asks_only_its_teams_and_those_with_service_enough() -> None:
    elsewhere = {"workforce.teams.other": {"label": "Other"}}
    new = {**COVERED, "workforce.posts.worker": posts(10, covered_by_agency=True), "workforce.cover_probability": 1.0}

    other = played({**COVERED, **elsewhere, **campaign(teams=["other"])})
    patient = played({**new, **campaign(least_months=stated(2, "months"))})

    assert (other.history.staff["converted"] == 0).all()
    # Cover comes in month 1: in June, month 3, the workers have two months' service and may be asked.
    assert (group(patient, "worker", "converted")[:5, 0] == [0, 0, 0, 10, 0]).all()
    assert (group(played({**new, **campaign(least_months=stated(4, "months"))}), "worker", "converted") == 0).all()


def test_those_above_establishment_take_empty_posts_with_their_cases() -> None:
    above = {"workforce.agency.extra": agency(3), "workforce.posts.vacant": posts(2)}

    result = played({**above, **campaign(above_establishment=True, last_month="2019-06")})

    assert (group(result, "vacant", "converted")[3] == 2).all()
    assert (group(result, "extra", "agency")[3:, 0] == 1).all()
    assert (result.history.cases["handed_over"] == 0).all()


def test_conversions_in_the_fee_period_are_counted_apart() -> None:
    new = {"workforce.posts.worker": posts(10, covered_by_agency=True), "workforce.cover_probability": 1.0}
    short = {"workforce.fee_free_months": stated(4, "months"), **campaign()}
    long = {"workforce.fee_free_months": stated(2, "months"), **campaign()}

    assert (group(played({**new, **short}), "worker", "converted_in_fee_period")[3] == 10).all()
    assert (group(played({**new, **long}), "worker", "converted_in_fee_period")[3] == 0).all()


def test_a_worker_who_moves_leaves_the_cases_and_fills_the_vacancy() -> None:
    moving = {
        "workforce.teams.other": {"label": "Other"},
        "workforce.posts.vacant": posts(3, team="other", holds_cases=False),
        "workforce.moves": {
            "across": {
                "from_team": "team",
                "to_team": "other",
                "rate": stated(1.0, "share a month"),
                "source": "a test",
            }
        },
    }

    result = played(moving)

    assert (group(result, "worker", "moved_out")[1] == 3).all()
    assert (group(result, "vacant", "permanent")[1:] == 3).all()
    assert (group(result, "worker", "permanent")[1:] == 7).all()
    assert (result.history.cases["held"] == 100).all()
    assert 10 <= result.history.cases["handed_over"][1].mean() <= 50
    assert (measured(result, "starters_fte") == 0).all()


def test_a_mover_takes_a_post_of_the_same_grade_only() -> None:
    moving = {
        "workforce.teams.other": {"label": "Other"},
        "workforce.posts.vacant": posts(3, team="other", grade="manager", holds_cases=False),
        "costs.grades.manager": {"salary": stated(50_000.0, "GBP a year")},
        "workforce.moves": {
            "across": {
                "from_team": "team",
                "to_team": "other",
                "rate": stated(1.0, "share a month"),
                "source": "a test",
            }
        },
    }

    assert (group(played(moving), "vacant", "permanent") == 0).all()


def test_over_establishment_is_in_post_beyond_the_posts_where_it_is_declared() -> None:
    over = {"workforce.posts.worker": posts(10, opening_over_five_years=12, over_establishment=2)}

    result = played(over)

    assert (measured(result, "establishment_fte") == 10).all()
    assert (measured(result, "in_post_fte") == 12).all()
    assert (measured(result, "vacancy_fte") == -2).all()
    with pytest.raises(ScenarioError, match="12 people open in 10 posts"):
        toy({"workforce.posts.worker": posts(10, opening_over_five_years=12)})


def test_a_notice_of_no_months_is_no_notice() -> None:
    covered = {
        "workforce.posts.worker": posts(10, opening_over_five_years=5, opening_agency=5, covered_by_agency=True),
        "workforce.filling_probability": 0.5,
    }

    none, nil = played(covered), played({**covered, "workforce.agency_notice_months": stated(0, "months")})

    assert (measured(nil, "agency_on_notice_fte") == 0).all()
    assert np.array_equal(none.cost, nil.cost)


def test_a_chance_of_leaving_above_one_is_refused_in_words_and_never_clipped() -> None:
    certain = {
        "workforce.turnover_rate": 1.0,
        "workforce.year_shock": stated(0.5, "standard deviation of the logarithm"),
    }

    with pytest.raises(ValueError, match=r"workforce\.turnover_rate: a month's chance of leaving came out at"):
        played(certain)


def test_agency_never_covers_a_vacancy_that_people_over_establishment_have_filled() -> None:
    over = {
        "workforce.posts.worker": posts(10, opening_over_five_years=6, over_establishment=3, covered_by_agency=True),
        "workforce.turnover_rate": 0.4, "workforce.filling_probability": 0.6, "workforce.cover_probability": 1.0,
        "workforce.agency_notice_months": stated(1, "months"),
    }  # fmt: skip

    result = played(over, 300)

    vacant = np.maximum(measured(result, "vacancy_fte"), 0)
    assert (measured(result, "agency_cover_fte") <= vacant).all()
    assert (measured(result, "vacancy_fte") < 0).any()
    assert (measured(result, "agency_cover_fte")[1:] > 0).any()
    assert result.passed


def test_agency_workers_who_would_open_in_posts_already_held_are_refused_and_not_dropped() -> None:
    with pytest.raises(ScenarioError, match="11 people open in 10 posts"):
        toy({"workforce.posts.worker": posts(10, opening_over_five_years=10, opening_agency=1, over_establishment=1)})


# Cases --------------------------------------------------------------------------------------------


def test_a_settling_ramp_rises_in_even_steps_to_a_full_caseload() -> None:
    scenario = toy({"caseloads.settling": "ramp", "caseloads.settling_months": 3, "caseloads.settling_share": 0.4})

    rates = case_rates(
        scenario.caseloads, scenario.periods, draw_values(scenario, 1, False), np.zeros(1, dtype=np.intp)
    )

    # Nobody, three months from 0.4 in steps of a third of 0.6, the same for the newly qualified (1 here), who then take 1, full.
    assert rates.load_shares[:, 0].tolist() == pytest.approx([0.0, 0.4, 0.6, 0.8, 0.4, 0.6, 0.8, 1.0, 1.0])


def test_a_newly_qualified_starter_takes_the_lower_of_the_settling_and_the_protected_share() -> None:
    ramp = {
        "settling": "ramp",
        "settling_months": 3,
        "settling_share": 0.4,
        "newly_qualified_months": 5,
        "newly_qualified_share": 0.7,
    }
    scenario = toy({f"caseloads.{key}": value for key, value in ramp.items()})
    rates = case_rates(
        scenario.caseloads, scenario.periods, draw_values(scenario, 1, False), np.zeros(1, dtype=np.intp)
    )
    served, yes = np.arange(7, dtype=np.int16)[:, None], np.ones((7, 1), dtype=bool)

    shares = {
        new: rates.load_shares[load_of(yes, yes, served, yes & new, rates)[:, 0], 0].tolist() for new in (False, True)
    }

    assert shares[False] == pytest.approx([0.4, 0.6, 0.8, 1, 1, 1, 1])
    assert shares[True] == pytest.approx([0.4, 0.6, 0.7, 0.7, 0.7, 1, 1])


def test_a_newly_qualified_worker_takes_a_protected_share_for_so_many_months() -> None:
    new = {
        "workforce.posts.old": posts(4, opening_over_five_years=4),
        "workforce.posts.worker": posts(4, created="2019-04", starts_on="2019-04"),
        "workforce.filling_probability": 1.0, "workforce.newly_qualified_share": 1.0, "caseloads.teams.team.open_cases": 0,
        "caseloads.newly_qualified_months": 3, "caseloads.newly_qualified_share": 0.5, "caseloads.teams.team.arrivals": 60.0,
        "caseloads.teams.team.leaving_rate": 1.0,
    }  # fmt: skip

    result = played(new, 2_000)

    # Each month's sixty cases are new: 10 for each of four and 5 for each protected one; later 7.5 each.
    weights = np.arange(64)
    shared = [result.history.histogram[month, 0] for month in (1, 4, 12)]
    spread = [float(counts @ (weights - 7.5) ** 2 / counts.sum()) for counts in shared]
    assert (group(result, "worker", "permanent")[1:4] == 4).all()
    assert spread[0] == pytest.approx(7.5 + 2.5**2, rel=0.05)
    assert spread[2] == pytest.approx(7.5, rel=0.05)


def test_part_time_posts_are_whole_people_at_part_of_the_hours_and_the_cost() -> None:
    half = {"workforce.posts.worker": posts(10, opening_over_five_years=10, fte=0.5)}

    whole, part = played({}), played(half)

    assert (measured(part, "in_post_fte") == 5).all()
    assert (part.history.cases["workers"] == whole.history.cases["workers"]).all()
    assert part.cost.sum(axis=(1, 2)) == pytest.approx(whole.cost.sum(axis=(1, 2)) / 2)
    assert np.array_equal(part.history.cases["held"], whole.history.cases["held"])


@pytest.mark.parametrize("growth", [0.21, -0.19])
def test_arrivals_grow_by_the_stated_share_a_year(growth: float) -> None:
    result = played({"caseloads.arrivals_growth": growth, "caseloads.teams.team.arrivals": 40.0}, RUNS)

    arrived = result.history.cases["arrived"][:, 0].astype(float)
    for month, times in ((1, 1.0), (7, (1 + growth) ** 0.5), (13, 1 + growth)):
        assert agrees(arrived[month], 40 * times, 40 * times)


def test_a_season_moves_arrivals_between_months_and_not_their_yearly_number() -> None:
    flat, months = 1.0, wm.load_scenario("scenarios/enfield_2019.toml").periods.months()
    season = {month: stated(flat, "multiplier") for month in (
        "january", "february", "march", "may", "june", "july", "september", "october", "november", "december",
    )} | {"april": stated(1.5, "multiplier"), "august": stated(0.5, "multiplier")}  # fmt: skip

    result = played({"caseloads.season": season, "caseloads.teams.team.arrivals": 40.0}, RUNS)

    arrived = result.history.cases["arrived"][:, 0].astype(float)
    assert len(months) == 54
    assert agrees(arrived[1], 60, 60)
    assert agrees(arrived[2], 40, 40)
    assert agrees(arrived[5], 20, 20)
    assert agrees(arrived[1:13].sum(axis=0), 480, 480)


@pytest.mark.parametrize(("flow_through", "times"), [(0.0, 1.0), (1.0, 2.0), (0.25, 1.25)])
def test_a_surge_passes_on_by_its_own_share_in_the_long_run(flow_through: float, times: float) -> None:
    surge = {
        "team": "team", "first_month": "2019-04", "last_month": "2021-03", "multiplier": stated(2.0, "multiplier"),
        "flow_through": stated(flow_through, "share"), "source": "a test",
    }  # fmt: skip
    two_teams = {
        "workforce.teams.other": {"label": "Other"},
        "workforce.posts.other": posts(5, team="other", opening_over_five_years=5),
        "caseloads.teams.other": toy_tree()["caseloads"]["teams"]["team"],
        "caseloads.teams.team.arrivals": 40.0,
        "caseloads.teams.team.leaving_rate": 0.5,
        "caseloads.teams.team.open_cases": 80,
        "caseloads.teams.team.passes_on": {"other": stated(0.2, "share")},
    }

    result = played({**two_teams, "caseloads.surges": {"wave": surge}}, RUNS)

    # Eighty cases leave a month once settled, twice the usual forty, of which a fifth pass on: 8, or 8 to 16.
    passed = result.history.cases["passed_in"][24, 0].astype(float)
    assert agrees(result.history.cases["arrived"][24, 1].astype(float), 80, 80)
    assert agrees(passed, 8 * times, 8 * times)


def step_down(months: int, from_month: str = "2019-04") -> dict[str, Any]:
    kept = {
        "ended_plans": stated(1.0, "share"),
        "closed_early": stated(1.0, "share"),
        "kept_months": months,
        "from_month": from_month,
    }
    return {"caseloads.teams.team.step_down": kept}


@pytest.mark.parametrize("months", [1, 3])
def test_a_case_kept_after_step_down_closes_so_many_months_later_and_not_before(months: int) -> None:
    result = played({**step_down(months), "caseloads.teams.team.leaving_rate": 1.0})

    closed = result.history.cases["closed"][:, 0]
    assert (closed[1 : months + 1] == 0).all()
    assert (closed[months + 1] == 100).all()
    assert (result.history.cases["kept"][1 : months + 1, 0] == 100).all()


def test_keeping_cases_begins_in_its_month_and_takes_workers() -> None:
    steady = {
        "caseloads.teams.team.arrivals": 20.0,
        "caseloads.teams.team.leaving_rate": 0.2,
        "caseloads.teams.team.step_down": {
            "ended_plans": stated(0.5, "share"), "closed_early": stated(0.5, "share"), "kept_months": 3, "from_month": "2019-06",
        },
    }  # fmt: skip

    result = played(steady, RUNS)

    # A quarter of the 20 cases that leave each month stay three months more: 15 kept, and 115 open in all.
    kept = result.history.cases["kept"][:, 0].astype(float)
    assert (kept[:3] == 0).all()
    assert agrees(kept[24], 15, 15)
    assert agrees((result.history.cases["held"] + result.history.cases["waiting"])[24, 0].astype(float), 115, 115)
    fte = measured(result, "step_down_fte")[24]
    assert float(np.nanmean(fte)) == pytest.approx(15 / 11.5, rel=0.03)


def test_kept_cases_go_with_the_worker_and_still_keep_their_months() -> None:
    leaving = {
        **step_down(3, "2019-04"), "caseloads.teams.team.leaving_rate": 1.0, "workforce.turnover_rate": 0.9,
        "workforce.posts.worker": posts(10, opening_over_five_years=10), "workforce.filling_probability": 1.0,
    }  # fmt: skip

    result = played(leaving, 500)

    closed = result.history.cases["closed"][:, 0]
    assert (closed[1:4] == 0).all()
    assert (result.history.cases["handed_over"][2:4, 0].sum(axis=0) > 0).any()
    assert closed[4:].sum(axis=0).mean() == pytest.approx(100)


def test_above_the_greatest_caseload_cases_wait_and_are_counted_with_their_age() -> None:
    full = {"caseloads.teams.team.open_cases": 250, "caseloads.most_cases": 20}

    result = played(full)

    assert (result.history.cases["held"] == 200).all()
    assert (result.history.cases["waiting"] == 50).all()
    assert (measured(result, "oldest_unallocated_months")[:4, 0] == [0, 1, 2, 3]).all()
    assert (result.history.cases["at_or_over"] == 0).all()


@pytest.mark.parametrize("random_share", [0.0, 0.5, 1.0])
def test_nobody_is_given_more_than_the_greatest_caseload_while_others_have_room(random_share: float) -> None:
    busy = {
        "caseloads.teams.team.open_cases": 150, "caseloads.teams.team.arrivals": 40.0, "caseloads.most_cases": 20,
        "caseloads.teams.team.leaving_rate": 0.25, "caseloads.random_share": random_share,
        "workforce.posts.senior": posts(2, opening_over_five_years=2, caseload_share=0.5),
    }  # fmt: skip

    result = played(busy, 500)

    assert result.history.histogram[:, 0, 21:].sum() == 0
    room = 220 - result.history.cases["held"][1:, 0]
    assert (np.minimum(room, result.history.cases["waiting"][1:, 0]) == 0).all()


def test_kept_cases_that_nobody_has_room_for_wait_as_what_they_are() -> None:
    tight = {
        **step_down(3), "caseloads.teams.team.open_cases": 40, "caseloads.teams.team.arrivals": 20.0,
        "caseloads.teams.team.leaving_rate": 0.5, "caseloads.most_cases": 2, "workforce.turnover_rate": 0.6,
        "workforce.filling_probability": 0.5, "workforce.posts.worker": posts(10, opening_over_five_years=10),
    }  # fmt: skip

    result = played(tight, 500)  # cases balance in every run, so that none is counted with a worker and waiting too

    assert result.history.histogram[1:, 0, 3:].sum() == 0


def test_what_is_passed_is_named_from_and_to() -> None:
    result = wm.run(wm.load_scenario("scenarios/do_nothing.toml"), 50)
    teams = sorted(result.scenario.caseloads.teams)

    named = {(teams[a], teams[b]) for a, b in result.history.ways}

    assert named == {
        ("assessment", "family_support"), ("assessment", "looked_after"),
        ("family_support", "looked_after"), ("looked_after", "leaving_care"),
    }  # fmt: skip
    assert np.array_equal(result.history.passed.sum(axis=1), result.history.cases["passed_in"].sum(axis=1))


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (absence(sickness_months=stated(13, "months")), "workforce.absence.sickness_months"),
        (absence(sickness_share=stated(0.6, "share")), "at most half of working time"),
        (campaign(last_month="2019-05"), "ends before it starts"),
        (campaign(teams=["teem"]), "unknown team 'teem'"),
        (campaign(teams=[]), "names the teams whose agency workers are asked"),
        ({"workforce.posts.worker": posts(10, retention_payment=True)}, "state 1.0 for no effect"),
        ({"caseloads.season": {"april": stated(1.0, "multiplier")}}, "all twelve months or none; 1 are stated"),
        ({"caseloads.most_cases": 0}, "at least 1 case"),
        ({"workforce.posts.worker.caseload_share": 1e-12}, "takes a share of at least 0.01"),
        ({"workforce.agency.extra": agency(3, caseload_share=0.009)}, "holds cases: a share of at least 0.01"),
        ({"caseloads.settling_share": 1e-12}, "0 for no case, or at least 0.01"),
        (
            {"caseloads.newly_qualified_share": stated(0.6, "share", low=0.001, high=0.9, shape="triangular")},
            "0 for no case, or at least 0.01",
        ),
        ({**step_down(25)}, "from 1 to 24 months"),
        ({"workforce.agency_notice_months": stated(13, "months")}, "at most 12 months"),
        ({"workforce.caseload_effect": stated(6.0, "change in the logarithm")}, "from -5 to 5"),
    ],
)
def test_a_mechanism_stated_wrongly_is_refused_with_its_place(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        toy(changes)

    assert said in str(refused.value)


def test_a_fee_is_owed_for_every_conversion_unless_the_agencys_terms_free_it_in_time() -> None:
    new = {
        "workforce.posts.worker": posts(10, covered_by_agency=True), "workforce.cover_probability": 1.0,
        "costs.conversion_fee": stated(4_000.0, "GBP"), **campaign(),
    }  # fmt: skip

    def fees(changes: dict[str, Any]) -> float:
        return float(played({**new, **changes}).cost[2, 0, KINDS.index("conversion fee"), 0])

    # Cover came in month 1: in month 3 the ten have two months' service.
    assert fees({}) == 40_000.0
    assert fees({"workforce.fee_free_months": stated(4, "months")}) == 40_000.0
    assert fees({"workforce.fee_free_months": stated(2, "months")}) == 0.0


def test_notice_and_overlap_do_not_both_pay_for_the_same_time() -> None:
    twice = {"workforce.agency_notice_months": stated(1, "months"), "costs.agency_overlap": stated(2.0, "weeks")}

    with pytest.raises(ScenarioError, match="state one of the two"):
        toy(twice)


def test_before_keeping_begins_as_many_pass_on_as_ever() -> None:
    two_teams = {
        "workforce.teams.other": {"label": "Other"},
        "workforce.posts.other": posts(5, team="other", opening_over_five_years=5),
        "caseloads.teams.other": toy_tree()["caseloads"]["teams"]["team"],
        "caseloads.teams.team.arrivals": 40.0,
        "caseloads.teams.team.leaving_rate": 0.4,
        "caseloads.teams.team.passes_on": {"other": stated(0.3, "share")},
    }

    without, later = played(two_teams, 500), played({**two_teams, **step_down(3, "2020-04")}, 500)

    for name in ("passed_in", "closed", "held"):
        assert np.array_equal(without.history.cases[name][:13], later.history.cases[name][:13]), name
    passed = later.history.cases["passed_in"][13:, 0].sum(axis=0)
    assert passed.mean() == pytest.approx(without.history.cases["passed_in"][13:, 0].sum(axis=0).mean(), rel=0.02)
