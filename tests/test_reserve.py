"""Carry forward, virement and the reserve rolled forward, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.test_funding import balance, by_month, funded, line, paper
from workforce_model.money.funding import Budget, Funding, fund
from workforce_model.money.funding_lines import ReserveMovement, Virement, available_amount
from workforce_model.money.reserve import DRAWN, roll_forward

YEARS = ("2019/20", "2020/21", "2021/22")


def reserve_of(amount: float, **more: Any) -> Funding:
    lines = {"reserve": line({"2019/20": amount}, source="risk reserve", **more.pop("line", {}))}
    return Funding(budgets={"nine_posts": Budget(label="Nine posts")}, lines=lines, **more)


# Carry forward -----------------------------------------------------------------------------------


def test_unspent_one_off_money_goes_back_unless_a_carry_forward_is_approved() -> None:
    # 100 approved, 30 spent; next year 50 spent. Without: 70 goes back, a gap of 50. With: 70 carried, 20 left over.
    without = funded(by_month([30, 50, 10]), YEARS, reserve_of(100.0))
    carried = funded(by_month([30, 50, 10]), YEARS, reserve_of(100.0, line={"carry_forward_until": "2020/21"}))

    assert without.returned[:, 0, 0].tolist() == [70.0, 0.0, 0.0]
    assert without.gap.ravel().tolist() == [0.0, 50.0, 10.0]
    assert carried.brought_forward[:, 0, 0].tolist() == [0.0, 70.0, 0.0]
    assert carried.carried_forward[:, 0, 0].tolist() == [70.0, 0.0, 0.0]
    assert carried.returned[:, 0, 0].tolist() == [0.0, 20.0, 0.0]
    assert carried.gap.ravel().tolist() == [0.0, 0.0, 10.0]


def test_money_is_carried_only_as_far_as_was_approved() -> None:
    one, two = (reserve_of(100.0, line={"carry_forward_until": year}) for year in ("2020/21", "2021/22"))

    to_2020, to_2021 = (funded(by_month([0, 0, 60]), YEARS, funding) for funding in (one, two))

    assert to_2020.gap.ravel().tolist() == [0.0, 0.0, 60.0]
    assert to_2021.gap.ravel().tolist() == [0.0, 0.0, 0.0]
    assert to_2021.returned[:, 0, 0].tolist() == [0.0, 0.0, 40.0]


def test_the_papers_unspent_137876_71_pays_for_all_of_the_next_years_gap_if_carried() -> None:
    # Nine posts from October: 237,123.29 of 375,000; next year 474,246.58 against 375,000 of growth: 99,246.58 short.
    # Order matters: the carried money is first, so 137,876.71 is used and 336,369.87 of the growth.
    monthly, stated = 474_246.58 / 12, paper()
    carried = stated.lines["reserve"].__class__(**{**vars(stated.lines["reserve"]), "carry_forward_until": "2020/21"})
    funding = Funding(budgets=stated.budgets, lines={**stated.lines, "reserve": carried})

    ledger = funded(by_month([0.0] * 6 + [monthly] * 18), ("2019/20",) * 12 + ("2020/21",) * 12, funding)

    reserve, growth = ledger.lines.index("reserve"), ledger.lines.index("growth")
    assert ledger.carried_forward[0, reserve, 0] == pytest.approx(137_876.71, abs=0.005)
    assert ledger.used[12:, reserve].sum() == pytest.approx(-137_876.71, abs=0.005)
    assert ledger.used[12:, growth].sum() == pytest.approx(-336_369.87, abs=0.005)
    assert ledger.gap.sum() == pytest.approx(0.0, abs=0.005)


def test_recurrent_money_has_nothing_to_carry() -> None:
    with pytest.raises(ValidationError, match="recurrent money comes again"):
        line({"2020/21": 375_000.0}, carry_forward_until="2021/22")


def test_a_vacancy_factor_is_for_a_budget_that_stands_at_cost() -> None:
    with pytest.raises(ValidationError, match="has it taken off already"):
        line({"2020/21": 375_000.0}, vacancy_factor=0.05)


# Virement ----------------------------------------------------------------------------------------


def vired(amount: float, **more: Any) -> Funding:
    lines = {
        "agency": line({"2019/20": 500.0}, budget="agency", source="base budget"),
        "posts": line({"2019/20": 100.0}, budget="nine_posts"),
    }
    pair: dict[str, Any] = {
        "label": "Agency to posts", "from_line": "agency", "to_line": "posts", "amounts": {"2020/21": amount}, "recurrent": True,
        "approved_by": "a test", **more,
    }  # fmt: skip
    budgets = {name: Budget(label=name) for name in ("agency", "nine_posts")}
    return Funding(budgets=budgets, lines=lines, virements={"pair": Virement(**pair)})


def test_a_virement_takes_from_one_line_what_it_gives_to_another_and_sums_to_zero() -> None:
    # 200 moves from 2020/21 on: agency 500, 300, 300; posts 100, 300, 300. Costs 400 and 250 a year.
    cost = np.array([[[400.0], [250.0]]] * 3)

    ledger = funded(cost, YEARS, vired(200.0), budgets=("agency", "nine_posts"))

    agency, posts = ledger.lines.index("agency"), ledger.lines.index("posts")
    assert ledger.vired[:, agency].tolist() == [0.0, -200.0, -200.0]
    assert ledger.vired[:, posts].tolist() == [0.0, 200.0, 200.0]
    assert ledger.vired.sum(axis=1).tolist() == [0.0, 0.0, 0.0]
    assert ledger.gap[:, 0, 0].tolist() == [0.0, 100.0, 100.0]
    assert ledger.gap[:, 1, 0].tolist() == [150.0, 0.0, 0.0]
    assert ledger.unspent[:, posts, 0].tolist() == [0.0, 50.0, 50.0]


@pytest.mark.parametrize(
    ("giver", "taker"), [("risk reserve", "MTFP growth"), ("base budget", "risk reserve"), ("grant", "base budget")]
)
def test_a_virement_that_would_turn_money_of_one_source_into_another_is_refused(giver: str, taker: str) -> None:
    # £300,000 of reserve moved to growth and £30,000 of it spent: the reserve would still stand where it stood.
    with pytest.raises(ValidationError, match=f"to is {taker} and from is {giver}; money keeps its source"):
        between(giver, taker)


@pytest.mark.parametrize(
    ("giver", "taker"), [("base budget", "MTFP growth"), ("risk reserve", "risk reserve"), ("grant", "grant")]
)
def test_a_virement_within_a_source_and_between_base_and_growth_may_be_made(giver: str, taker: str) -> None:
    assert between(giver, taker).faults() == []


def between(giver: str, taker: str) -> Funding:
    lines = {
        "from": line({"2019/20": 500.0}, budget="from", source=giver, recurrent=False),
        "to": line({"2019/20": 100.0}, budget="to", source=taker, recurrent=False),
    }
    pair = Virement(
        label="Pair", from_line="from", to_line="to", amounts={"2019/20": 300.0}, recurrent=False, approved_by="a test"
    )
    return Funding(budgets={name: Budget(label=name) for name in lines}, lines=lines, virements={"pair": pair})


def test_a_virement_for_one_year_comes_back_the_next() -> None:
    ledger = funded(np.zeros((3, 2, 1)), YEARS, vired(200.0, recurrent=False), budgets=("agency", "nine_posts"))

    assert ledger.vired[:, ledger.lines.index("posts")].tolist() == [0.0, 200.0, 0.0]


@pytest.mark.parametrize(
    ("amount", "change", "rule"),
    [
        (600.0, {}, r"takes 100.00 more than agency has in 2020/21"),
        (1.0, {"to_line": "elsewhere"}, "unknown funding line 'elsewhere'; known: agency, posts"),
        (1.0, {"to_line": "agency"}, "moves budget to the line it came from"),
    ],
)
def test_a_virement_that_cannot_be_made_is_refused(amount: float, change: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        vired(amount, **change)


def test_a_virement_may_take_a_line_to_its_last_pound() -> None:
    assert vired(500.0).faults() == []
    assert [available_amount(vired(500.0), name, "2020/21") for name in ("agency", "posts")] == [0.0, 600.0]
    assert [available_amount(vired(500.0), name, "2019/20") for name in ("agency", "posts")] == [500.0, 100.0]


def test_a_virement_of_one_penny_too_much_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"takes 0.01 more than agency has in 2020/21"):
        vired(500.01)


def test_a_virement_above_what_an_unknown_budget_comes_to_is_refused_when_it_is_known() -> None:
    funding = vired(200.0)
    short = {"agency": np.array([150.0] * 3), "posts": np.array([100.0] * 3)}

    with pytest.raises(ValueError, match=r"they take 200.00 from agency in 2020/21, which has 150.00"):
        fund(np.zeros((3, 2, 1)), YEARS, ("agency", "nine_posts"), funding, short)


# The reserve -------------------------------------------------------------------------------------


def movement(direction: Any, **amounts: float) -> ReserveMovement:
    years = {f"20{key[1:]}": pounds for key, pounds in ((k.replace("_", "/"), v) for k, v in amounts.items())}
    return ReserveMovement(label=f"{direction} the reserve", direction=direction, amounts=years, source="a test")


def test_a_reserve_rolls_forward_from_what_was_spent_put_in_and_called_on() -> None:
    # 1,000 in hand. 2019/20: 100 approved, 30 spent; 200 called on elsewhere: 770. 2020/21: 50 put in: 820.
    funding = reserve_of(
        100.0, reserve_opening_balance=balance(1_000.0),
        reserve_movements={"calls": movement("out of", y19_20=200.0), "top_up": movement("into", y20_21=50.0)},
    )  # fmt: skip

    reserve = roll_forward(funding, funded(by_month([30, 0, 0]), YEARS, funding), YEARS)

    assert reserve.opening is not None
    assert reserve.closing is not None
    assert reserve.opening[:, 0].tolist() == [1_000.0, 770.0, 820.0]
    assert reserve.movements[DRAWN][:, 0].tolist() == [-30.0, 0.0, 0.0]
    assert reserve.closing[:, 0].tolist() == [770.0, 820.0, 820.0]


def test_what_is_carried_forward_is_still_in_the_reserve_and_committed() -> None:
    funding = reserve_of(100.0, line={"carry_forward_until": "2020/21"}, reserve_opening_balance=balance(150.0))

    reserve = roll_forward(funding, funded(by_month([30, 60, 0]), YEARS, funding), YEARS)

    assert reserve.closing is not None
    assert reserve.closing[:, 0].tolist() == [120.0, 60.0, 60.0]
    assert reserve.committed[:, 0].tolist() == [70.0, 0.0, 0.0]


def test_what_two_lines_carry_forward_is_committed_together() -> None:
    carried = {"source": "risk reserve", "carry_forward_until": "2020/21"}
    lines = {"one": line({"2019/20": 40.0}, order=1, **carried), "two": line({"2019/20": 25.0}, order=2, **carried)}
    funding = Funding(budgets={"nine_posts": Budget(label="Nine posts")}, lines=lines)

    reserve = roll_forward(funding, funded([[[30.0, 50.0]], [[0.0, 0.0]]], YEARS[:2], funding), YEARS[:2])

    # 65 approved: 35 left where 30 was spent, 15 where 50 was.
    assert reserve.committed.tolist() == [[35.0, 15.0], [0.0, 0.0]]


@pytest.mark.parametrize("label", ["into the reserve", "Drawn to meet these costs", "opening balance"])
def test_two_movements_under_one_label_are_refused_for_one_would_hide_the_other(label: str) -> None:
    one, other = (
        movement("into", y19_20=10.0),
        ReserveMovement(label=label, direction="into", amounts={"2019/20": 5.0}, source="a test"),
    )

    with pytest.raises(ValidationError, match="the same label as"):
        reserve_of(100.0, reserve_movements={"one": one, "other": other})


def test_the_reserve_shows_what_was_drawn_in_the_words_of_the_table() -> None:
    assert DRAWN == "Drawn to meet these costs"


def test_every_reserve_line_is_drawn_in_each_run_and_other_money_is_not() -> None:
    # Two approvals from the reserve and a growth line; two runs. 40 and 20 of reserve in the first, 10 in the second.
    lines = {
        "one": line({"2019/20": 40.0}, source="risk reserve", order=1),
        "two": line({"2019/20": 20.0}, source="risk reserve", order=2),
        "growth": line({"2019/20": 500.0}, order=3),
    }
    funding = Funding(
        budgets={"nine_posts": Budget(label="Nine posts")}, lines=lines, reserve_opening_balance=balance(100.0)
    )

    reserve = roll_forward(funding, funded([[[90.0, 10.0]]], ("2019/20",), funding), ("2019/20",))

    assert reserve.movements[DRAWN].tolist() == [[-60.0, -10.0]]
    assert reserve.closing is not None
    assert reserve.closing.tolist() == [[40.0, 90.0]]


def test_without_a_balance_only_movements_are_shown() -> None:
    funding = reserve_of(100.0)

    reserve = roll_forward(funding, funded(by_month([30, 0, 0]), YEARS, funding), YEARS)

    assert (reserve.opening, reserve.closing) == (None, None)
    assert reserve.movements[DRAWN][:, 0].tolist() == [-30.0, 0.0, 0.0]


def test_a_reserve_opens_in_its_own_year_and_earlier_years_are_not_its_own() -> None:
    funding = reserve_of(100.0, reserve_opening_balance=balance(500.0))

    reserve = roll_forward(
        funding,
        funded(by_month([0, 30, 0]), ("2018/19", "2019/20", "2020/21"), funding),
        ("2018/19", "2019/20", "2020/21"),
    )

    assert reserve.years == ("2019/20", "2020/21")


@pytest.mark.parametrize(("allowed", "refused"), [(False, True), (True, False)])
def test_a_reserve_may_not_be_drawn_below_nought_unless_the_scenario_says_so(allowed: bool, refused: bool) -> None:
    # 300,000 in hand and 200,000 called on elsewhere leave 100,000 for an approval of 375,000.
    def made() -> Funding:
        return reserve_of(
            375_000.0, reserve_opening_balance=balance(300_000.0), reserve_may_overdraw=allowed,
            reserve_movements={"calls": movement("out of", y19_20=200_000.0)},
        )  # fmt: skip

    if refused:
        with pytest.raises(ValidationError, match=r"draw 575,000.00 by 2019/20; the reserve opens at 300,000.00"):
            made()
    else:
        assert made().faults() == []


def test_a_reserve_used_before_it_opens_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"the reserve is used in 2019/20, before it opens"):
        reserve_of(100.0, reserve_opens_in="2020/21")
