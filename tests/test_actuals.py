"""What happened, as a table, as measures, and reconciled."""

from __future__ import annotations

import dataclasses

import pytest

import workforce_model as wm
from tests.forms import forecasted, shipped
from workforce_model.inputs.actuals import column


def test_measures_are_those_the_charts_and_the_boards_take() -> None:
    found = shipped().measures().set_index(["measure", "team", "period"])["value"]

    assert found["in_post_fte", "mash", "2019-06"] == shipped().series("in_post_fte", "mash")[3]
    assert found["open_cases", "council", "2019-09"] == shipped().closing("open_cases")
    over, workers = (shipped().closing(name, "assessment") for name in ("workers_at_or_over", "workers"))
    assert found["share_at_or_over", "assessment", "2019-09"] == pytest.approx(over / workers)
    assert found["practice_audits: done", "practice_and_quality", "2019-05"] == 10
    assert "2019-03" not in found.index.get_level_values("period")


def test_plan_actual_and_forecast_stand_on_one_chart() -> None:
    made = forecasted()

    ax = wm.charts.plan_against_actual(made.planned, made.actuals.measures(), "in_post_fte", forecast=made.results)

    assert "months outside plan" in wm.charts.text_alternative(ax)


def test_a_closing_stock_is_opening_and_came_less_went_and_other_movement() -> None:
    moved = shipped().other_movement()

    assert (moved["opening"] + moved["came"] - moved["went"] + moved["other_movement"]).tolist() == pytest.approx(moved["closing"].tolist())  # fmt: skip
    assert set(moved["of"]) == {"people", "cases"}


def test_the_table_marks_what_is_not_learnt_from_and_leaves_flows_of_the_opening_out() -> None:
    table = dataclasses.replace(shipped(), not_fitted=("mash.leavers_fte.2019-06",)).table()
    row = table.query("month == '2019-06' and team == 'mash' and column == 'leavers_fte'").iloc[0]

    assert not row["fitted"]
    assert table["fitted"].sum() == table["value"].notna().sum() - 1
    assert table.query("month == '2019-03' and column == 'leavers_fte'").empty


def test_a_column_named_after_a_budget_or_a_duty_says_what_it_holds() -> None:
    assert column("nine_posts_spend_gbp").unit == "GBP"
    assert column("lead_audits_in_time").label == "Done within the time limit"
    assert column("return_home_interviews_done").kind == "flow"
