"""Charts of duties and of the plan say in words what they show, and leave blank what is not defined."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import workforce_model as wm
from workforce_model.basis.formats import fte, percent
from workforce_model.charts import text_alternative
from workforce_model.charts.duties import duty_share
from workforce_model.engine.model import Results
from workforce_model.reading.measures import spread


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 40)


def test_a_share_of_a_duty_is_drawn_over_the_twelve_months_to_each_month(approved: Results) -> None:
    ax = duty_share(approved, "return_home_interviews")

    year = spread(approved.duties.in_year("return_home_interviews", "share_in_time", "2020/21"), approved.draw)
    march_2021 = list(approved.months.astype(str)).index("2021-03") - list(approved.months.astype(str)).index("2019-04")
    assert ax.lines[0].get_ydata()[march_2021] == pytest.approx(year.mean)
    assert f"2020/21 {percent(year.mean)}" in text_alternative(ax)
    assert "twelve months to each month" in text_alternative(ax)


def test_a_month_without_a_denominator_is_left_blank(approved: Results) -> None:
    ax = duty_share(approved, "health_passports", "coverage")

    assert np.isnan(ax.lines[0].get_ydata()[0])  # April 2019: the number is not known before May
    assert not np.isnan(np.asarray(ax.lines[0].get_ydata()[1:], dtype=float)).any()


def test_the_work_of_the_plan_is_drawn_action_by_action(approved: Results) -> None:
    answer = wm.plan(approved)
    assert answer.chart is not None

    ax = answer.chart()

    labels = [tick.get_text().split()[0] for tick in ax.get_yticklabels()]
    assert labels == list(dict.fromkeys(answer.table["reference"]))
    assert f"The plan's actions create {fte(answer.figure)} FTE of work" in text_alternative(ax)


def test_a_chart_is_drawn_where_it_is_told(approved: Results) -> None:
    mine = Figure().add_subplot()

    assert duty_share(approved, "plan_reviews", "share_good", ax=mine) is mine
