"""The ledger: approvals drawn in order, gaps and unspent money shown, and the plan lines they make."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from workforce_model.money.funding import Budget, Funding, FundingLine, Ledger, approved_amount, fund, fund_table

HALF_A_PENNY = 0.005
TWO_YEARS = ("2019/20",) * 12 + ("2020/21",) * 12


def line(
    amounts: dict[str, float], *, budget: str = "nine_posts", source: Any = "MTFP growth", order: int = 1, **more: Any
) -> FundingLine:
    """An approval, recurrent unless it is from the reserve."""
    label = more.pop("label", f"{source} {order}")
    return FundingLine(
        budget=budget, label=label, source=source, recurrent=more.pop("recurrent", source != "risk reserve"), order=order,
        amounts=amounts, approved_by=more.pop("approved_by", label), **more,
    )  # fmt: skip


def plan(**lines: FundingLine) -> Funding:
    """Funding with the budgets its lines are for."""
    return Funding(budgets={x.budget: Budget(label=x.budget) for x in lines.values()}, lines=lines)


def paper() -> Funding:
    """Report KD4913: £375k from the risk reserve in 2019/20, £375k growth from 2020/21."""
    reserve = line({"2019/20": 375_000.0}, source="risk reserve", label="Investment in 2019/20", order=1)
    return plan(reserve=reserve, growth=line({"2020/21": 375_000.0}, label="Permanent investment", order=2))


def funded(cost: Any, years: tuple[str, ...], funding: Funding, budgets: tuple[str, ...] = ("nine_posts",)) -> Ledger:
    """The ledger of a cost by month, budget and run, with what each line approves for each year."""
    distinct = list(dict.fromkeys(years))
    approved = {name: np.array([approved_amount(x, year) for year in distinct]) for name, x in funding.lines.items()}
    return fund(np.asarray(cost, dtype=float), years, budgets, funding, approved)


def by_month(cost: list[float]) -> Any:
    """One budget and one run."""
    return np.array(cost)[:, None, None]


# By hand -----------------------------------------------------------------------------------------


def test_an_approval_is_drawn_as_cost_falls_until_it_is_used_up() -> None:
    # 100 approved; 60 a month: 60 met, then the 40 left, then nothing. Gaps 0, 20, 60.
    funding = plan(only=line({"2019/20": 100.0}))

    ledger = funded(by_month([60, 60, 60]), ("2019/20",) * 3, funding)

    assert ledger.used[:, 0, 0].tolist() == [-60.0, -40.0, 0.0]
    assert ledger.gap[:, 0, 0].tolist() == [0.0, 20.0, 60.0]
    assert ledger.unspent[:, 0, 0].tolist() == [0.0]


def test_what_is_left_in_march_is_unspent_and_does_not_reach_april() -> None:
    # 2019/20: 100 approved, 30 spent, 70 unspent. 2020/21: 10 approved, 30 cost, gap 20.
    funding = plan(only=line({"2019/20": 100.0, "2020/21": 10.0}))

    ledger = funded(by_month([30, 30]), ("2019/20", "2020/21"), funding)

    assert ledger.unspent[:, 0, 0].tolist() == [70.0, 0.0]
    assert ledger.gap[:, 0, 0].tolist() == [0.0, 20.0]
    assert ledger.approved[:, 0].tolist() == [100.0, 10.0]


def test_nine_posts_from_october_leave_part_of_the_reserve_and_a_gap_the_year_after() -> None:
    # 474,246.58 a year is 39,520.5483 a month. Six months: 237,123.29, so 137,876.71 of the reserve is left.
    # 2020/21 at the same prices: 474,246.58 against 375,000 leaves 99,246.58, all of it after the ninth month.
    monthly = 474_246.58 / 12
    cost = by_month([0.0] * 6 + [monthly] * 18)

    ledger = funded(cost, TWO_YEARS, paper())

    reserve, growth = ledger.lines.index("reserve"), ledger.lines.index("growth")
    assert ledger.unspent[0, reserve, 0] == pytest.approx(137_876.71, abs=HALF_A_PENNY)
    assert ledger.gap[:12].sum() == 0.0
    assert ledger.gap[12:].sum() == pytest.approx(99_246.58, abs=HALF_A_PENNY)
    assert ledger.gap[12:21].sum() == 0.0
    assert ledger.used[12:, growth].sum() == pytest.approx(-375_000, abs=HALF_A_PENNY)


def test_a_36000_post_from_december_returns_what_it_did_not_use_and_leaves_next_years_gap() -> None:
    # Assurance O7: 45,000 a year from December is 15,000.00 by March; 20,000 approved returns 5,000.00.
    # Next year 45,000 against 30,000 of growth is a gap of 15,000.00.
    reserve = line({"2019/20": 20_000.0}, source="risk reserve", order=1)
    funding = plan(reserve=reserve, growth=line({"2020/21": 30_000.0}, order=2))

    ledger = funded(by_month([0.0] * 8 + [3_750.0] * 16), TWO_YEARS, funding)

    assert ledger.used[:12].sum() == -15_000.00
    assert ledger.unspent[0, ledger.lines.index("reserve"), 0] == 5_000.00
    assert ledger.gap.sum() == 15_000.00


def test_the_first_line_is_used_up_before_the_second_is_touched() -> None:
    # 50 then 100: a cost of 40 and 40 takes 40, then 10 and 30.
    funding = plan(second=line({"2019/20": 100.0}, order=2), first=line({"2019/20": 50.0}, order=1))

    ledger = funded(by_month([40, 40]), ("2019/20",) * 2, funding)

    assert ledger.lines == ("first", "second")
    assert ledger.used[:, :, 0].tolist() == [[-40.0, 0.0], [-10.0, -30.0]]
    assert ledger.unspent[0, :, 0].tolist() == [0.0, 70.0]


def test_one_budgets_money_never_meets_anothers_cost() -> None:
    funding = plan(rich=line({"2019/20": 500.0}, budget="existing"), poor=line({"2019/20": 10.0}))

    ledger = funded([[[100.0], [100.0]]], ("2019/20",), funding, budgets=("existing", "nine_posts"))

    assert ledger.gap[0, :, 0].tolist() == [0.0, 90.0]
    assert ledger.unspent[0, ledger.lines.index("rich"), 0] == 400.0


def test_a_budget_without_a_line_is_all_gap() -> None:
    funding = plan(rich=line({"2019/20": 500.0}, budget="existing"))

    ledger = funded([[[100.0], [40.0]]], ("2019/20",), funding, budgets=("existing", "temporary_agency"))

    assert ledger.gap[0, :, 0].tolist() == [0.0, 40.0]


def test_no_cost_uses_nothing_and_nothing_is_ever_minus_nought() -> None:
    funding = paper()

    ledger = funded(by_month([0.0] * 24), TWO_YEARS, funding)

    assert not ledger.used.any()
    assert not np.signbit(ledger.used).any()
    assert ledger.unspent[:, :, 0].tolist() == [[375_000.0, 0.0], [0.0, 375_000.0]]


def test_no_lines_at_all_leave_the_whole_cost_as_the_gap() -> None:
    funding = Funding(budgets={"nine_posts": Budget(label="Nine posts")}, lines={})

    ledger = funded(by_month([60, 70]), ("2019/20",) * 2, funding)

    assert ledger.gap[:, 0, 0].tolist() == [60.0, 70.0]
    assert ledger.used.shape == (2, 0, 1)
    assert ledger.approved.shape == (1, 0)


def test_the_reserve_is_drawn_in_2019_20_only_and_growth_recurs() -> None:
    funding = paper()
    years = (*TWO_YEARS, *["2021/22"] * 12)

    ledger = funded(by_month([50_000.0] * 36), years, funding)

    reserve, growth = ledger.lines.index("reserve"), ledger.lines.index("growth")
    assert ledger.approved[:, reserve].tolist() == [375_000.0, 0.0, 0.0]
    assert ledger.approved[:, growth].tolist() == [0.0, 375_000.0, 375_000.0]
    assert not ledger.used[12:, reserve].any()
    assert not ledger.used[:12, growth].any()


# Approvals ---------------------------------------------------------------------------------------


def test_recurrent_money_holds_its_last_amount_and_one_off_money_does_not() -> None:
    amounts = {"2018/19": 600_000.0, "2019/20": 1_000_000.0}
    recurrent, one_off = line(amounts), line(amounts, recurrent=False)

    years = ("2017/18", "2018/19", "2019/20", "2022/23")

    assert [approved_amount(recurrent, year) for year in years] == [0.0, 600_000.0, 1_000_000.0, 1_000_000.0]
    assert [approved_amount(one_off, year) for year in years] == [0.0, 600_000.0, 1_000_000.0, 0.0]


def test_recurrent_money_stops_when_nought_is_stated() -> None:
    ended = line({"2022/23": 0.0, "2020/21": 375_000.0})

    amounts = [approved_amount(ended, year) for year in ("2021/22", "2022/23", "2023/24")]

    assert amounts == [375_000.0, 0.0, 0.0]


# I7 and I10, on random costs ---------------------------------------------------------------------

MONTHS = ("2019/20",) * 3 + ("2020/21",) * 3
HEADS = ("existing", "nine_posts")
money = st.one_of(st.just(0.0), st.floats(0.01, 2e6))


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Any, Funding, Ledger]:
    """Random costs of two budgets over six months and three runs, and one to four random lines."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    cost = np.round(rng.gamma(0.7, 60_000.0, size=(6, 2, 3)), 2) * rng.integers(0, 2, size=(6, 2, 3))
    lines = {
        f"line_{i}": line({"2019/20": draw(money), "2020/21": draw(money)}, budget=draw(st.sampled_from(HEADS)), order=i, recurrent=False,
                          source=draw(st.sampled_from(["base budget", "risk reserve", "MTFP growth", "grant"])))
        for i in range(draw(st.integers(1, 4)))
    }  # fmt: skip
    funding = Funding(budgets={name: Budget(label=name) for name in HEADS}, lines=lines)
    return cost, funding, funded(cost, MONTHS, funding, budgets=HEADS)


def of_budget(funding: Funding, ledger: Ledger, head: str) -> list[int]:
    return [i for i, name in enumerate(ledger.lines) if funding.lines[name].budget == head]


@given(ledgers())
@settings(derandomize=True, deadline=None)
def test_cost_and_funding_make_the_gap_in_every_month_year_and_run(made: tuple[Any, Funding, Ledger]) -> None:
    cost, funding, ledger = made

    for b, head in enumerate(HEADS):
        met = ledger.used[:, of_budget(funding, ledger, head)].sum(axis=1)

        assert np.abs(cost[:, b] + met - ledger.gap[:, b]).max() < HALF_A_PENNY
        for year in (slice(0, 3), slice(3, 6)):
            assert np.abs((cost[year, b] + met[year] - ledger.gap[year, b]).sum(axis=0)).max() < HALF_A_PENNY


@given(ledgers())
@settings(derandomize=True, deadline=None)
def test_no_approval_is_overdrawn_and_unspent_is_what_was_not_used(made: tuple[Any, Funding, Ledger]) -> None:
    _, _, ledger = made

    drawn = -np.stack([ledger.used[0:3].sum(axis=0), ledger.used[3:6].sum(axis=0)])

    assert (ledger.used <= 0).all()
    assert (ledger.unspent >= 0).all()
    assert (drawn <= ledger.approved[:, :, None] + HALF_A_PENNY).all()
    assert np.abs(ledger.approved[:, :, None] - drawn - ledger.unspent).max() < HALF_A_PENNY


@given(ledgers())
@settings(derandomize=True, deadline=None)
def test_a_later_line_or_a_gap_waits_until_earlier_lines_are_used_up(made: tuple[Any, Funding, Ledger]) -> None:
    _, funding, ledger = made

    for b, head in enumerate(HEADS):
        own = of_budget(funding, ledger, head)
        for y, year in enumerate((slice(0, 3), slice(3, 6))):
            left = ledger.approved[y][:, None] + np.cumsum(ledger.used[year], axis=0)
            for place, index in enumerate(own):
                later = ledger.used[year][:, own[place + 1 :]].sum(axis=1) < 0
                waited_for = later | (ledger.gap[year, b] > 0)
                assert (left[:, index][waited_for] < HALF_A_PENNY).all()


@given(ledgers())
@settings(derandomize=True, deadline=None)
def test_the_gap_is_what_the_cost_of_the_year_so_far_exceeds_all_approvals_by(
    made: tuple[Any, Funding, Ledger],
) -> None:
    # A second route, in closed form: the year's gap so far is its cost so far less the approvals, never below nought.
    cost, funding, ledger = made

    for b, head in enumerate(HEADS):
        for y, year in enumerate((slice(0, 3), slice(3, 6))):
            available = ledger.approved[y, of_budget(funding, ledger, head)].sum()
            expected = np.maximum(np.cumsum(cost[year, b], axis=0) - available, 0)
            assert np.abs(np.cumsum(ledger.gap[year, b], axis=0) - expected).max() < HALF_A_PENNY


def test_a_run_is_funded_the_same_to_the_bit_whatever_runs_are_beside_it() -> None:
    cost = np.random.default_rng(3).gamma(2.0, 20_000.0, size=(24, 1, 7))

    together, alone = funded(cost, TWO_YEARS, paper()), funded(cost[..., 4:5], TWO_YEARS, paper())

    for name in ("used", "gap", "unspent"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(together, name)[..., 4:5])


def test_the_order_the_lines_are_written_in_does_not_matter() -> None:
    cost = np.random.default_rng(4).gamma(2.0, 20_000.0, size=(24, 1, 5))
    stated = paper()
    turned = Funding(budgets=stated.budgets, lines=dict(reversed(stated.lines.items())))

    one, other = funded(cost, TWO_YEARS, stated), funded(cost, TWO_YEARS, turned)

    assert one.lines == other.lines
    np.testing.assert_array_equal(one.used, other.used)
    np.testing.assert_array_equal(one.unspent, other.unspent)


# Refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"cost_gbp": np.ones((3, 1, 1))}, r"cost_gbp has shape \(3, 1, 1\): expected \(2, 1, runs\)"),
        ({"cost_gbp": np.ones((2, 2, 1))}, r"cost_gbp has shape \(2, 2, 1\): expected \(2, 1, runs\)"),
        ({"cost_gbp": np.ones((2, 1))}, r"cost_gbp has shape \(2, 1\)"),
        ({"cost_gbp": np.full((2, 1, 1), np.nan)}, "cost_gbp holds nan: expected finite pounds, none below 0"),
        ({"cost_gbp": np.full((2, 1, 1), -20.0)}, "cost_gbp holds -20.0: expected finite pounds, none below 0"),
        ({"years": ("2019/20", "2018/19")}, "in order"),
        ({"budgets": ("existing",)}, "expected 'nine_posts' too"),
        ({"approved": {}}, r"approved states \[\]: expected the funding lines, \['only'\]"),
        ({"approved": {"only": [1.0], "other": [1.0]}}, "expected the funding lines"),
        ({"approved": {"only": [1.0, 2.0]}}, r"approved\['only'\] has shape \(2,\): expected \(1,\), one a year"),
        ({"approved": {"only": [-1.0]}}, r"approved\['only'\] holds -1.0"),
        ({"approved": {"only": [float("inf")]}}, r"approved\['only'\] holds inf"),
    ],
)
def test_figures_that_do_not_fit_together_are_refused_by_name(change: dict[str, Any], rule: str) -> None:
    sound: dict[str, Any] = {
        "cost_gbp": np.ones((2, 1, 1)), "years": ("2019/20", "2019/20"), "budgets": ("nine_posts",),
        "funding": plan(only=line({"2019/20": 100.0})), "approved": {"only": np.array([100.0])},
    }  # fmt: skip

    with pytest.raises(ValueError, match=rule):
        fund(**{**sound, **change})


def test_what_is_given_is_never_changed_by_funding_it() -> None:
    cost = by_month([60.0, 60.0])

    funded(cost, ("2019/20",) * 2, plan(only=line({"2019/20": 100.0})))

    assert cost.ravel().tolist() == [60.0, 60.0]


def test_a_reserve_cannot_recur() -> None:
    amounts = {"2019/20": 375_000.0}

    with pytest.raises(ValidationError, match="a reserve is one-off money"):
        line(amounts, source="risk reserve", recurrent=True)


@pytest.mark.parametrize(("amounts", "at_cost"), [({}, False), ({"2019/20": 1.0}, True)])
def test_a_line_states_amounts_or_stands_at_cost_and_never_both_or_neither(
    amounts: dict[str, float], at_cost: bool
) -> None:
    with pytest.raises(ValidationError, match="one of the two"):
        line(amounts, source="base budget", at_establishment_cost=at_cost)


@pytest.mark.parametrize("source", ["risk reserve", "MTFP growth", "grant"])
def test_only_a_base_budget_may_stand_at_the_cost_of_its_posts(source: str) -> None:
    with pytest.raises(ValidationError, match="only a base budget"):
        line({}, source=source, at_establishment_cost=True)


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf"), "375k"])
def test_an_approval_is_a_finite_amount_of_nought_or_more(amount: Any) -> None:
    with pytest.raises(ValidationError):
        line({"2019/20": amount})


def test_two_lines_cannot_both_use_one_approval() -> None:
    one, other = (line({"2019/20": 375_000.0}, order=n, approved_by="KD4913") for n in (1, 2))

    with pytest.raises(
        ValidationError, match=r"lines.second: the same approval and amounts as first: a pound is used once"
    ):
        plan(first=one, second=other)


def test_two_lines_of_a_budget_cannot_share_a_place_in_the_order() -> None:
    one, other = line({"2019/20": 1.0}, label="One"), line({"2019/20": 2.0}, label="Other")

    with pytest.raises(ValidationError, match=r"lines.second.order: first already has order 1 for nine_posts"):
        plan(first=one, second=other)


def test_a_line_for_a_budget_that_is_not_there_is_refused() -> None:
    budgets = {"existing": Budget(label="Existing posts")}

    with pytest.raises(ValidationError, match=r"lines.only.budget: unknown budget 'nine_posts'; known: existing"):
        Funding(budgets=budgets, lines={"only": line({"2019/20": 1.0})})


def balance(pounds: float) -> Any:
    return {
        "value": pounds,
        "unit": "GBP",
        "source": "stated for a test",
        "date": pd.Timestamp("2019-03-31").date(),
        "confidence": "high",
    }


def test_approvals_cannot_draw_the_reserve_below_nought() -> None:
    # 300,000 in hand; 200,000 in each of two years is 400,000 by the second.
    drawn = line({"2019/20": 200_000.0, "2020/21": 200_000.0}, source="risk reserve")

    with pytest.raises(ValidationError, match=r"approvals draw 400,000.00 by 2020/21; the reserve opens at 300,000.00"):
        Funding(
            budgets={"nine_posts": Budget(label="Nine posts")},
            lines={"reserve": drawn},
            reserve_opening_balance=balance(300_000.0),
        )


def test_approvals_may_draw_the_reserve_to_its_last_pound() -> None:
    drawn = line({"2019/20": 375_000.0}, source="risk reserve")

    funding = Funding(
        budgets={"nine_posts": Budget(label="Nine posts")},
        lines={"reserve": drawn},
        reserve_opening_balance=balance(375_000.0),
    )

    assert funding.faults() == []


# An analyst's own tables -------------------------------------------------------------------------


def own_lines(**changes: Any) -> pd.DataFrame:
    rows = [
        ("reserve", "nine_posts", "risk reserve", "2019/20", 375_000.0, False, 1, "KD4913"),
        ("growth", "nine_posts", "MTFP growth", "2020/21", 375_000.0, True, 2, "KD4913, permanent"),
    ]
    columns = ["line", "budget", "source", "financial_year", "gbp", "recurrent", "order", "approved_by"]
    return pd.DataFrame(rows, columns=columns).assign(**changes)


def own_costs() -> pd.DataFrame:
    months = [str(when) for when in pd.period_range("2019-10", "2021-03", freq="M")]
    return pd.DataFrame({"month": months, "budget": "nine_posts", "gbp": 474_246.58 / 12})


def test_an_analysts_own_tables_are_funded_without_a_scenario() -> None:
    # As for the nine posts from October: 137,876.71 of the reserve not used, 99,246.58 not funded the year after.
    table = fund_table(own_costs(), own_lines()).set_index(["financial_year", "entry", "line"])["gbp"].round(2)

    assert table["2019/20", "unspent", "reserve"] == 137_876.71
    assert table["2020/21", "gap", "cost + funding"] == 99_246.58
    assert table["2020/21", "funding", "growth"] == -375_000.00


def test_months_in_any_order_and_a_month_in_two_rows_make_the_same_ledger() -> None:
    half = own_costs().assign(gbp=474_246.58 / 24)
    turned = pd.concat([half, half]).sample(frac=1, random_state=1)

    pd.testing.assert_frame_equal(fund_table(turned, own_lines()), fund_table(own_costs(), own_lines()))


@pytest.mark.parametrize(
    ("costs", "lines", "rule"),
    [
        (own_costs().drop(columns="gbp"), own_lines(), "costs has no column gbp"),
        (own_costs(), own_lines().drop(columns="order"), "lines has no column order"),
        (own_costs(), own_lines(line="one"), "one row a year"),
        (own_costs().assign(gbp=-1.0), own_lines(), "none below 0"),
        (own_costs().assign(month="09/2019"), own_lines(), "2019-09"),
    ],
)
def test_tables_that_cannot_be_funded_are_refused(costs: pd.DataFrame, lines: pd.DataFrame, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        fund_table(costs, lines)


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("gbp", float("nan"), "row 2: gbp = nan   expected finite pounds, none below 0"),
        ("gbp", None, "expected finite pounds"),
        ("gbp", "39,520", "expected finite pounds"),
        ("gbp", True, "expected finite pounds"),
        ("gbp", float("inf"), "expected finite pounds"),
        ("gbp", -5.0, "expected finite pounds, none below 0"),
        ("month", None, "expected a month written"),
        ("month", "Sept 2019", "expected a month written"),
        ("budget", None, "expected a name"),
        ("budget", "Nine Posts", "expected a name"),
    ],
)
def test_a_cost_that_is_missing_or_no_number_is_refused_by_its_row_and_never_counted_as_nought(
    column: str, cell: Any, rule: str
) -> None:
    costs = own_costs().astype(object)
    costs.loc[1, column] = cell

    with pytest.raises(ValueError, match="costs, 1 problem") as refused:
        fund_table(costs, own_lines())

    assert rule in str(refused.value)


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("gbp", float("nan"), "expected finite pounds"),
        ("recurrent", "no", "expected True or False"),
        ("order", 2.7, "expected a whole number"),
        ("financial_year", "2019/21", "expected a financial year"),
        ("approved_by", float("nan"), "expected text"),
        ("line", "The reserve", "expected a name"),
    ],
)
def test_a_line_stated_wrongly_is_refused_by_its_row_and_never_read_as_something_else(
    column: str, cell: Any, rule: str
) -> None:
    lines = own_lines().astype(object)
    lines.loc[0, column] = cell

    with pytest.raises(ValueError, match=rf"lines, 1 problem\n  row 1: {column} = .* {rule}"):
        fund_table(own_costs(), lines)


def test_every_cell_that_is_wrong_is_listed_at_once_to_twenty_and_a_count() -> None:
    costs = pd.concat([own_costs()] * 5, ignore_index=True).assign(gbp=-1.0)

    with pytest.raises(ValueError, match=f"costs, {len(costs)} problems") as refused:
        fund_table(costs, own_lines())

    assert len(str(refused.value).splitlines()) == 22
    assert str(refused.value).endswith(f"and {len(costs) - 20} more")


def test_the_table_of_two_budgets_has_each_its_own_cost_lines_gap_and_what_is_unspent() -> None:
    costs = pd.DataFrame(
        [("2020-04", "nine", 5.0), ("2019-04", "nine", 7.0), ("2019-05", "base", 3.0), ("2019-04", "nine", 1.0)],
        columns=["month", "budget", "gbp"],
    )
    line = {"recurrent": False, "order": 1, "approved_by": "K"}
    lines = pd.DataFrame([
        {"line": "reserve", "budget": "nine", "source": "risk reserve", "financial_year": "2019/20", "gbp": 6.0, **line},
        {"line": "standing", "budget": "base", "source": "base budget", "financial_year": "2019/20", "gbp": 10.0, **line},
        {"line": "standing", "budget": "base", "source": "base budget", "financial_year": "2020/21", "gbp": 4.0, **line},
    ])  # fmt: skip

    table = fund_table(costs, lines)

    assert table.columns.tolist() == ["financial_year", "budget", "entry", "line", "gbp"]
    assert table.to_numpy().tolist() == [
        ["2019/20", "base", "cost", "all", 3.0], ["2019/20", "base", "funding", "standing", -3.0],
        ["2019/20", "base", "gap", "cost + funding", 0.0], ["2019/20", "base", "unspent", "standing", 7.0],
        ["2019/20", "nine", "cost", "all", 8.0], ["2019/20", "nine", "funding", "reserve", -6.0],
        ["2019/20", "nine", "gap", "cost + funding", 2.0], ["2019/20", "nine", "unspent", "reserve", 0.0],
        ["2020/21", "base", "cost", "all", 0.0], ["2020/21", "base", "funding", "standing", 0.0],
        ["2020/21", "base", "gap", "cost + funding", 0.0], ["2020/21", "base", "unspent", "standing", 4.0],
        ["2020/21", "nine", "cost", "all", 5.0], ["2020/21", "nine", "funding", "reserve", 0.0],
        ["2020/21", "nine", "gap", "cost + funding", 5.0], ["2020/21", "nine", "unspent", "reserve", 0.0],
    ]  # fmt: skip


def test_an_approval_for_a_year_without_costs_is_shown_unspent_and_not_left_out() -> None:
    # 5 spent in 2019/20 and again in 2021/22; 50 approved in 2018/19, and 8 a year from 2020/21.
    costs = pd.DataFrame([("2019-09", "b", 5.0), ("2021-09", "b", 5.0)], columns=["month", "budget", "gbp"])
    lines = own_lines(budget="b").assign(financial_year=["2018/19", "2020/21"], gbp=[50.0, 8.0])

    table = fund_table(costs, lines).set_index(["line", "entry", "financial_year"])["gbp"].sort_index()

    assert table["reserve", "unspent"].to_dict() == {"2018/19": 50.0, "2019/20": 0.0, "2020/21": 0.0, "2021/22": 0.0}
    assert table["growth", "unspent"].to_dict() == {"2018/19": 0.0, "2019/20": 0.0, "2020/21": 8.0, "2021/22": 3.0}
    assert table["cost + funding", "gap"].to_dict() == {"2018/19": 0.0, "2019/20": 5.0, "2020/21": 0.0, "2021/22": 0.0}


def test_one_financial_year_of_three_stated_twice_is_refused() -> None:
    once = own_lines().iloc[:1]
    lines = pd.concat([once, once.assign(financial_year="2020/21"), once])

    with pytest.raises(ValueError, match="a financial year twice"):
        fund_table(own_costs(), lines)


def test_one_wrong_figure_among_many_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cost_gbp holds -1\.0"):
        funded([[[5.0, -1.0, 5.0]]], ("2019/20",), paper())


def test_a_budget_with_money_and_no_cost_spends_nothing_and_leaves_all_of_it() -> None:
    lines = pd.concat([own_lines(), own_lines().assign(line="spare", budget="spare", source="grant", recurrent=False, approved_by="x").iloc[:1]])  # fmt: skip

    table = fund_table(own_costs(), lines).set_index(["financial_year", "budget", "entry"])["gbp"]

    assert table["2019/20", "spare", "cost"] == 0.0
    assert table["2019/20", "spare", "gap"] == 0.0
    assert table["2019/20", "spare", "unspent"] == lines["gbp"].iloc[-1]
