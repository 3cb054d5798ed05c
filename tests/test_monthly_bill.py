"""The bill of a month: people priced by budget and kind, against sums by hand and a second plain route."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference_prices import THRESHOLD
from tests.toys import stated, toy
from workforce_model.basis.periods import financial_year_start
from workforce_model.inputs.doubt import draw_values
from workforce_model.inputs.scenario import Scenario
from workforce_model.money.agency import AGENCY_KINDS
from workforce_model.money.costs import KINDS, Values, monthly_prices
from workforce_model.money.funding import Budget, Funding, FundingLine, fund
from workforce_model.money.monthly_bill import People, by_budget, price


def values_of(scenario: Scenario) -> Values:
    """Every assumption at its value, in one draw."""
    return draw_values(scenario, 0, doubt=False)


def people(permanent: Any, agency: Any = 0, started: Any = 0, **groups: Any) -> People:
    """Counts by month, group and run; what is not given is nought, full time, in the toy's one grade and budget."""
    shape = np.shape(permanent)
    width = shape[1]
    return People(
        permanent=np.array(permanent, dtype=np.int16),
        agency=np.broadcast_to(agency, shape).astype(np.int16),
        started=np.broadcast_to(started, shape).astype(np.int16),
        converted=np.broadcast_to(groups.get("converted", 0), shape).astype(np.int16),
        fee_due=np.broadcast_to(groups.get("fee_due", groups.get("converted", 0)), shape).astype(np.int16),
        replaced=np.broadcast_to(groups.get("replaced", 0), shape).astype(np.int16),
        fte=np.array(groups.get("fte", [1.0] * width)),
        grade=groups.get("grade", ("social_worker",) * width),
        budget=groups.get("budget", ("existing",) * width),
        commissioned=groups.get("commissioned", (None,) * width),
        contract_months=groups.get("contract_months", (None,) * width),
    )


def from_april(years: tuple[str, ...]) -> pd.PeriodIndex:
    """The months of a toy: from April of the first year, each year's own months from its April."""
    seen = [financial_year_start(year) + years[:i].count(year) for i, year in enumerate(years)]
    return pd.PeriodIndex(seen)


def priced(
    scenario: Scenario, counted: People, years: tuple[str, ...], budgets: tuple[str, ...] = ("existing",)
) -> Any:
    runs = counted.permanent.shape[2]
    return price(
        counted, from_april(years), scenario.costs, values_of(scenario), np.zeros(runs, dtype=np.intp), budgets
    )


def test_a_36000_post_filled_in_december_has_cost_15000_by_march() -> None:
    # Assurance O7: 36,000 and a quarter on top is 45,000 a year, 3,750 a month; December to March is four.
    scenario = toy({"costs.pension_rate": 0.25})
    filled = people([[[int(month >= 8)]] for month in range(12)])

    cost = priced(scenario, filled, ("2019/20",) * 12)

    assert cost[:8].sum() == 0.0
    assert cost.sum() == 15_000.00


def test_one_months_bill_by_kind_written_out_by_hand() -> None:
    # Two permanent at 36,000: pay 6,000, NI 13.8% x (36,000 - 8,632) x 2 / 12 = 629.464, pension 20% 1,200, levy 0.5% 30,
    # non-pay 1,200 x 2 / 12 = 200. One agency at an umbrella 30 plus 2.50: 36 x 47 / 12 = 141 hours, 4,230 and 352.50.
    # One starter, 3,000 once.
    scenario = toy({
        "costs.employer_ni_rate": 0.138, "costs.pension_rate": 0.2, "costs.levy_rate": 0.005, "costs.non_pay": 1_200.0,
        "costs.agency_basis": "umbrella", "costs.agency_margin": 2.5, "costs.cost_per_start": 3_000.0,
    })  # fmt: skip

    cost = priced(scenario, people([[[2]]], agency=1, started=1), ("2019/20",))

    expected = [6_000, 629.464, 1_200, 30, 200, 4_230, 0, 352.50, 0, 3_000, 0, 0, 0]
    np.testing.assert_allclose(cost[0, 0, :, 0], expected, rtol=1e-12)
    assert len(expected) == len(KINDS)


def test_the_award_and_the_threshold_change_in_april() -> None:
    # March 36,000: 3,000 and 13.8% x 27,368 / 12 = 314.732. April 36,720: 3,060 and 13.8% x (36,720 - 8,788) / 12 = 321.218.
    thresholds = {year: stated(x, "GBP a year") for year, x in THRESHOLD.items()}
    scenario = toy(
        {"costs.employer_ni_rate": 0.138, "costs.pay_award.2020/21": 0.02, "costs.employer_ni_threshold": thresholds}
    )

    march = pd.period_range("2020-03", "2020-04", freq="M")
    cost = price(people([[[1]], [[1]]]), march, scenario.costs, values_of(scenario), np.array([0]), ("existing",))

    np.testing.assert_allclose(cost[:, 0, :2, 0], [[3_000, 314.732], [3_060, 321.218]], rtol=1e-12)


def test_nobody_in_post_costs_nothing() -> None:
    scenario = toy({"costs.employer_ni_rate": 0.138, "costs.cost_per_start": 3_000.0})

    cost = priced(scenario, people(np.zeros((3, 2, 4))), ("2019/20",) * 3)

    assert not cost.any()


def test_each_budget_is_charged_only_for_its_own_people() -> None:
    scenario = toy()
    counted = people([[[1], [4]]], budget=("nine_posts", "existing"))

    cost = priced(scenario, counted, ("2019/20",), budgets=("existing", "nine_posts"))

    assert by_budget(cost)[0, :, 0].tolist() == [12_000.0, 3_000.0]


def test_a_commissioned_team_is_paid_by_the_month_whatever_its_size() -> None:
    contract = {"kind": "commissioned", "team": "team", "role": "Team", "grade": "social_worker", "budget": "existing",
                "first_month": "2019-04", "last_month": "2019-05", "number": stated(6, "posts"), "source": "a test"}  # fmt: skip
    scenario = toy(
        {
            "workforce.agency": {"contract": contract},
            "costs.commissioned_team_price": {"contract": stated(41_000.0, "GBP a month")},
        }
    )
    counted = people(np.zeros((3, 1, 2)), agency=[[[6, 4]], [[1, 6]], [[0, 0]]], commissioned=("contract",))

    cost = priced(scenario, counted, ("2019/20",) * 3)

    assert cost[:, 0, KINDS.index("commissioned team")].tolist() == [
        [41_000.0, 41_000.0],
        [41_000.0, 41_000.0],
        [0.0, 0.0],
    ]
    assert cost.sum() == 4 * 41_000.0


def some_people(months: int = 24, runs: int = 6) -> People:
    """Five groups of a few grades, hours and budgets, from a fixed seed."""
    counts = np.random.default_rng(1).integers(0, 9, size=(3, months, 5, runs))
    return people(
        counts[0], agency=counts[1], started=counts[2], fte=[1.0, 0.7, 1.0, 0.6, 1.0],
        grade=("social_worker", "social_worker", "manager", "social_worker", "social_worker"),
        budget=("existing", "existing", "existing", "nine_posts", "existing"),
    )  # fmt: skip


YEARS = ("2019/20",) * 12 + ("2020/21",) * 12
BUDGETS = ("existing", "nine_posts")


def prices(factor: float = 1.0, basis: str = "umbrella", **changes: Any) -> Scenario:
    """A scenario with every price in use, each in pounds times a factor."""
    pounds = {
        "grades.social_worker.salary": 37_705.0, "grades.social_worker.agency_rate": 32.17, "agency_margin": 2.57,
        "employer_ni_threshold.2019/20": 8_632.0, "non_pay": 1_501.0, "cost_per_start": 3_003.0,
    }  # fmt: skip
    manager = {"salary": stated(53_638.0 * factor, "GBP a year"), "agency_rate": stated(42.13 * factor, "GBP an hour")}
    return toy({
        **{f"costs.{path}": amount * factor for path, amount in pounds.items()},
        "costs.grades.manager": manager, "costs.agency_basis": basis, "costs.employer_ni_rate": 0.138, "costs.pension_rate": 0.225,
        "costs.levy_rate": 0.005, "costs.pay_award.2020/21": 0.02, **changes,
    })  # fmt: skip


@pytest.mark.parametrize("basis", ["umbrella", "charge"])
def test_doubling_every_agency_rate_with_no_margin_doubles_the_agency_bill_exactly_and_nothing_else(basis: str) -> None:
    # On a PAYE basis it would not: national insurance and pension have thresholds.
    single: dict[str, Any] = {"costs.agency_margin": 0.0}
    manager = {"salary": stated(53_638.0, "GBP a year"), "agency_rate": stated(2 * 42.13, "GBP an hour")}
    double = {**single, "costs.grades.social_worker.agency_rate": 2 * 32.17, "costs.grades.manager": manager}

    once = priced(prices(basis=basis, **single), some_people(), YEARS, BUDGETS)
    twice = priced(prices(basis=basis, **double), some_people(), YEARS, BUDGETS)

    agency = [KINDS.index(kind) for kind in AGENCY_KINDS]
    others = [i for i in range(len(KINDS)) if i not in agency]
    assert once[:, :, agency].any()
    np.testing.assert_array_equal(twice[:, :, agency], 2 * once[:, :, agency])
    np.testing.assert_array_equal(twice[:, :, others], once[:, :, others])


def base_of(name: str, pounds: float) -> FundingLine:
    return FundingLine(budget=name, label=name, source="base budget", recurrent=True, order=1,
                       amounts={"2019/20": pounds}, approved_by=name)  # fmt: skip


@pytest.mark.parametrize("basis", ["umbrella", "charge"])
def test_doubling_every_price_and_all_funding_doubles_every_pound_to_the_last_bit(basis: str) -> None:
    ledgers, costs = [], []
    for factor in (1.0, 2.0):
        lines = {name: base_of(name, factor * 1_234_567.89) for name in BUDGETS}
        funding = Funding(budgets={name: Budget(label=name) for name in BUDGETS}, lines=lines)
        approved = dict.fromkeys(BUDGETS, np.full(2, factor * 1_234_567.89))

        cost = priced(prices(factor, basis), some_people(), YEARS, BUDGETS)
        costs.append(cost)
        ledgers.append(fund(by_budget(cost), YEARS, BUDGETS, funding, approved))

    np.testing.assert_array_equal(costs[1], 2 * costs[0])
    for name in ("used", "gap", "unspent", "approved"):
        np.testing.assert_array_equal(getattr(ledgers[1], name), 2 * getattr(ledgers[0], name))


@given(st.floats(0.1, 10.0))
@settings(derandomize=True, deadline=None, max_examples=20)
def test_prices_times_anything_make_the_bill_times_that(factor: float) -> None:
    counted = some_people()

    scaled = priced(prices(factor), counted, YEARS, BUDGETS)

    np.testing.assert_allclose(scaled, factor * priced(prices(), counted, YEARS, BUDGETS), rtol=1e-12)


def test_the_pounds_of_a_run_are_the_same_to_the_bit_whatever_runs_are_beside_it() -> None:
    scenario, together = prices(), some_people(runs=9)
    uncertain = {path: np.linspace(0.9, 1.1, 3) * value for path, value in values_of(scenario).items()}
    draw = np.arange(9) % 3

    def block(runs: slice) -> Any:
        part = {
            name: getattr(together, name)[..., runs]
            for name in ("permanent", "agency", "started", "converted", "fee_due", "replaced")
        }
        return price(
            dataclasses.replace(together, **part), from_april(YEARS), scenario.costs, uncertain, draw[runs], BUDGETS
        )

    whole = block(slice(0, 9))
    for runs in (slice(0, 1), slice(4, 5), slice(2, 7)):
        alone = block(runs)

        np.testing.assert_array_equal(alone, whole[..., runs])
        np.testing.assert_array_equal(by_budget(alone), by_budget(whole)[..., runs])


@given(st.data())
@settings(derandomize=True, deadline=None, max_examples=25)
def test_the_bill_is_the_sum_over_people_of_their_own_price(data: st.DataObject) -> None:
    # A second plain route: one person at a time, one kind at a time, in pounds added by hand.
    count = st.integers(0, 4)
    scenario = prices()
    values = values_of(scenario)
    permanent, agency, started = (data.draw(st.lists(count, min_size=2, max_size=2)) for _ in range(3))
    fte = data.draw(st.lists(st.sampled_from([0.6, 1.0]), min_size=2, max_size=2))

    cost = priced(
        scenario,
        people([[[n] for n in permanent]], agency=[[[n] for n in agency]], started=[[[n] for n in started]], fte=fte),
        ("2020/21",),
    )

    expected = 0.0
    for group in range(2):
        each, each_agency = monthly_prices(scenario.costs, values, "2020/21", "social_worker", fte[group])
        assert each_agency is not None
        expected += permanent[group] * each.sum() + agency[group] * each_agency.sum() + started[group] * 3_003.0
    assert cost.sum() == pytest.approx(expected, abs=1e-6)


def test_an_agency_worker_in_a_grade_without_a_rate_is_refused_and_never_priced_as_missing() -> None:
    scenario = toy({"costs.grades.officer": {"salary": stated(31_000.0, "GBP a year")}})
    counted = people([[[1]]], agency=1, grade=("officer",))

    with pytest.raises(ValueError, match=r"costs.grades.officer.agency_rate: missing"):
        priced(scenario, counted, ("2019/20",))


def test_a_grade_without_a_rate_costs_its_pay_while_no_agency_worker_is_in_it() -> None:
    scenario = toy({"costs.grades.officer": {"salary": stated(31_000.0, "GBP a year")}})

    cost = priced(scenario, people([[[12]]], grade=("officer",)), ("2019/20",))

    assert cost.sum() == 31_000.0


def test_people_and_months_that_do_not_match_are_refused() -> None:
    counted = people(np.ones((2, 1, 3)))

    with pytest.raises(ValueError, match=r"people.permanent has shape \(2, 1, 3\): expected \(3, 1, 3\)"):
        priced(toy(), counted, ("2019/20",) * 3)


def test_months_out_of_order_are_refused_and_never_priced_as_others() -> None:
    counted = people(np.ones((3, 1, 1)))

    with pytest.raises(ValueError, match="one after another"):
        priced(toy(), counted, ("2019/20", "2020/21", "2019/20"))


def test_a_budget_nobody_named_is_refused() -> None:
    counted = people([[[1]]], budget=("nine_posts",))

    with pytest.raises(ValueError, match=r"people.budget = 'nine_posts': expected one of existing"):
        priced(toy(), counted, ("2019/20",))


def test_what_is_given_is_never_changed() -> None:
    counted, scenario = some_people(), prices()
    values, people_before = values_of(scenario), counted.permanent.copy()

    price(counted, from_april(YEARS), scenario.costs, values, np.zeros(6, dtype=np.intp), BUDGETS)

    np.testing.assert_array_equal(counted.permanent, people_before)
    assert values == values_of(scenario)


# Recruitment, conversion, overlap, retention -------------------------------------------------------


def kinds(cost: Any, kind: str) -> list[float]:
    """One kind's pounds by month, of the one budget and run."""
    return [float(x) for x in cost[:, 0, KINDS.index(kind), 0]]


def test_a_starter_pays_the_check_of_the_day_and_a_conversion_the_check_and_the_fee() -> None:
    # September 2019: 2 starters, advert 2,956 and check 44 each: 6,000. October: 1 starter and 1 conversion: 2,956 and
    # two checks of 40: 3,036, and one fee of 4,000. Induction 250 for each starter.
    scenario = toy({
        "costs.cost_per_start": 2_956.0, "costs.checks_per_start": {"2018/19": stated(44.0, "GBP"), "2019-10": stated(40.0, "GBP")},
        "costs.induction_per_start": stated(250.0, "GBP"), "costs.conversion_fee": stated(4_000.0, "GBP"),
    })  # fmt: skip
    counted = people([[[2]], [[4]]], started=[[[2]], [[1]]], converted=[[[0]], [[1]]])
    months = pd.period_range("2019-09", "2019-10", freq="M")

    cost = price(counted, months, scenario.costs, values_of(scenario), np.array([0]), ("existing",))

    assert kinds(cost, "recruitment") == [6_000.0, 3_036.0]
    assert kinds(cost, "induction") == [500.0, 250.0]
    assert kinds(cost, "conversion fee") == [0.0, 4_000.0]


def test_an_agency_worker_stays_two_weeks_beside_the_starter_who_takes_the_post() -> None:
    # Charge 30 an hour, 36 hours: 1,080 a week. One replaced, two weeks: 2,160, in the month of the start.
    scenario = toy({"costs.agency_overlap": stated(2, "weeks")})
    counted = people([[[0]], [[1]]], started=[[[0]], [[1]]], replaced=[[[0]], [[1]]])

    cost = priced(scenario, counted, ("2019/20",) * 2)

    assert kinds(cost, "agency pay") == [0.0, 2_160.0]
    assert not priced(toy(), counted, ("2019/20",) * 2)[:, :, 5:8].any()


def test_a_retention_payment_is_its_own_kind_and_bears_insurance_and_levy_but_no_pension() -> None:
    # 2,000 a year: 166.67 a month; insurance 13.8% and levy 0.5% of it: 23.00 and 0.83. Pension stays 20% of 3,000.
    rates = {"costs.employer_ni_rate": 0.138, "costs.pension_rate": 0.2, "costs.levy_rate": 0.005}
    without = priced(toy(rates), people([[[1]]]), ("2019/20",))
    retention = {"costs.grades.social_worker.retention": stated(2_000.0, "GBP a year")}

    with_it = priced(toy({**rates, **retention}), people([[[1]]]), ("2019/20",))

    change = {kind: float(x) for kind, x in zip(KINDS, (with_it - without)[0, 0, :, 0], strict=True) if x}
    assert change == pytest.approx(
        {
            "employer national insurance": 23.0,
            "apprenticeship levy": 2_000 * 0.005 / 12,
            "retention payment": 2_000 / 12,
        }
    )


def contract(unit: str, amount: float, first: str, last: str, number: int, **more: Any) -> Scenario:
    group = {"kind": "commissioned", "team": "team", "role": "Team", "grade": "social_worker", "budget": "existing",
             "first_month": first, "last_month": last, "number": stated(number, "posts"), "source": "a test"}  # fmt: skip
    price_of = {"costs.commissioned_team_price": {"contract": stated(amount, unit)}}
    return toy({"workforce.agency": {"contract": group}, **price_of, **more})


def test_a_team_for_a_lump_sum_is_paid_in_equal_months_of_its_contract() -> None:
    scenario = contract("GBP", 925_000.0, "2019-07", "2020-03", 14)
    counted = people(
        np.zeros((12, 1, 1)), agency=[[[0]]] * 3 + [[[14]]] * 9, commissioned=("contract",), contract_months=(9,)
    )

    cost = priced(scenario, counted, ("2019/20",) * 12)

    assert kinds(cost, "commissioned team")[2:4] == pytest.approx([0.0, 925_000 / 9])
    assert cost.sum() == pytest.approx(925_000.00, abs=0.005)


def test_the_published_sheffield_team_by_the_day_is_925000_over_its_nine_months() -> None:
    # 12 at 350 and 2 at 400 a day, 37 five-day weeks, July to March: 777,000 and 148,000.
    bills = []
    for number, rate in ((12, 350.0), (2, 400.0)):
        weeks = {"costs.commissioned_team_weeks": {"contract": stated(37, "weeks")}}
        scenario = contract("GBP a day", rate, "2019-07", "2020-03", number, **weeks)
        counted = people(np.zeros((9, 1, 1)), agency=number, commissioned=("contract",), contract_months=(9,))
        bills.append(price(counted, pd.period_range("2019-07", "2020-03", freq="M"), scenario.costs, values_of(scenario),
                           np.array([0]), ("existing",)).sum())  # fmt: skip

    assert bills == pytest.approx([777_000.00, 148_000.00], abs=0.005)
    assert sum(bills) == pytest.approx(925_000.00, abs=0.005)


def test_a_sum_for_a_contract_of_no_stated_length_is_refused() -> None:
    scenario = contract("GBP", 925_000.0, "2019-07", "2020-03", 14)
    counted = people(np.zeros((1, 1, 1)), agency=14, commissioned=("contract",))

    with pytest.raises(ValueError, match=r"people\.contract_months: none for contract"):
        priced(scenario, counted, ("2019/20",))


def test_an_award_in_the_middle_of_a_year_is_paid_from_its_month() -> None:
    scenario = toy({"costs.pay_award": {"2020-01": stated(0.10, "growth a year")}})

    cost = priced(scenario, people([[[1]]] * 12), ("2019/20",) * 12)

    assert cost.sum(axis=(1, 2, 3)).tolist() == pytest.approx([3_000.0] * 9 + [3_300.0] * 3)
    assert monthly_prices(scenario.costs, values_of(scenario), "2019/20", "social_worker", 1.0)[
        0
    ].sum() == pytest.approx(3_075.0)
