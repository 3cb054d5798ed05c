"""Charts of decisions say what their tables say, keep their text on the page and carry a text alternative."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation, Text

import workforce_model as wm
from tests.toys import stated, toy
from workforce_model import charts as draw
from workforce_model.charts import figure_of, text_alternative

COST = wm.Outcome("net_cost_gbp", year="2019/20")
OVER = wm.Outcome("share_at_or_over", team="team")
PRICE = stated(500.0, "GBP a year", low=0.0, high=1_000.0, shape="uniform")
BASE = toy({"costs.non_pay": PRICE, "workforce.turnover_rate": 0.2, "workforce.filling_probability": 0.3, "caseloads.teams.team.arrivals": 20.0,
            "caseloads.teams.team.leaving_rate": 0.1})  # fmt: skip
DEARER = BASE.replace({"name": "dearer", "costs.grades.social_worker.salary": 39_600.0, "workforce.turnover_rate": 0.1})


def differences() -> Axes:
    return draw.differences(wm.compare([BASE, DEARER], [COST], runs=20), COST)


def waterfall() -> Axes:
    return draw.waterfall(wm.bridge(BASE, DEARER, COST, runs=8))


def tornado() -> Axes:
    return draw.tornado_bars(wm.tornado(BASE, COST, runs=4), BASE, COST, 4)


def shares() -> Axes:
    return draw.shares_explained(wm.sobol(BASE, COST, points=32), BASE, COST)


def heat_map() -> Axes:
    over = {"costs.levy_rate": [0.0, 0.01], "workforce.turnover_rate": [0.1, 0.2, 0.3]}
    table = wm.sweep(BASE, over, [OVER], runs=4, progress=lambda cells: None)
    return draw.heat_map(table, *over, BASE, OVER)


def turning_point() -> Axes:
    return draw.turning_point(
        wm.break_even(BASE, "costs.levy_rate", COST, target=340_000.0, between=(0, 0.2), runs=20), BASE, COST
    )


def options() -> Axes:
    return draw.bought(
        wm.options(BASE, [wm.further_posts(BASE, "team", start="2019-04")], [50_000, 100_000], runs=8), "team", BASE
    )


def frontier() -> Axes:
    table = wm.options(BASE, [wm.further_posts(BASE, "team", start="2019-04")], [50_000, 100_000], runs=8)
    return draw.frontier(wm.frontier_of(table, "net 2020/21", "share_over"), "net 2020/21", "share_over", BASE)


@pytest.mark.parametrize("drawn", [differences, waterfall, tornado, shares, heat_map, turning_point, options, frontier])
def test_a_chart_has_a_text_alternative_and_keeps_its_text_on_the_page(drawn: Callable[[], Axes]) -> None:
    ax = drawn()

    figure = figure_of(ax)
    renderer = FigureCanvasAgg(figure).get_renderer()
    page = figure.bbox
    assert len(text_alternative(ax)) > 80
    for text in [*figure.texts, *ax.texts, *ax.get_yticklabels()]:
        box = text.get_window_extent(renderer)
        if text.get_text():
            assert box.x0 >= page.x0 - 1, text.get_text()
            assert box.x1 <= page.x1 + 1, text.get_text()
    heads = sorted((text.get_window_extent(renderer) for text in figure.texts), key=lambda box: -box.y0)
    assert heads[0].y0 >= heads[1].y1 - 1


def test_the_words_of_a_waterfall_are_the_parts_of_its_bridge() -> None:
    found = wm.bridge(BASE, DEARER, COST, runs=8)

    said = text_alternative(draw.waterfall(found))

    for driver in ("prices", "turnover"):
        assert f"{driver} {COST.printed(float(found.parts[found.drivers.index(driver)].mean()), change=True)}" in said


def test_a_heat_map_of_shares_is_in_per_cent_and_a_change_in_percentage_points() -> None:
    assert "Toytown, per cent, mean, toy" in text_alternative(heat_map())
    change = draw.differences(wm.compare([BASE, DEARER], [OVER], runs=4), OVER)
    assert "Toytown, percentage points; dot: mean" in text_alternative(change)


def test_the_line_from_a_name_to_its_point_crosses_no_other_name() -> None:
    # Four options of long names that all end near 20%, so that their names stand far above their points.
    team = {"team": "team", "period": "2020/21", "keep": 0.9, "gbp_a_year": 250_000.0, "units": 4, "clear": False}
    names = {
        "further_family_support": 0.37,
        "further_assessment": 0.22,
        "further_looked_after": 0.2,
        "commissioned_team_longer": 0.2,
    }
    rows = [{**team, "investment": "nothing further", "gbp_a_year": 0.0, "units": 0, "chance": 0.2}]
    rows += [{**team, "investment": name, "chance": chance} for name, chance in names.items()]

    ax = draw.bought(pd.DataFrame(rows), "team", BASE)

    renderer = FigureCanvasAgg(figure_of(ax)).get_renderer()
    figure_of(ax).draw(renderer)
    notes = [text for text in ax.texts if isinstance(text, Annotation) and text.arrow_patch is not None]
    assert len(notes) == 4
    for note in notes:
        line = note.arrow_patch.get_transform().transform_path(note.arrow_patch.get_path())
        for other in notes:
            box = Text.get_window_extent(other, renderer)
            assert other is note or not line.intersects_bbox(box, filled=False), (note.get_text(), other.get_text())


def test_what_money_buys_is_drawn_with_the_share_kept_and_the_month_it_was_asked_about() -> None:
    table = wm.options(
        BASE, [wm.further_posts(BASE, "team", start="2019-04")], [50_000], keep=0.75, year="2019/20", runs=4
    )

    assert "Chance that at least 75% of the team workers are below 21 cases in March 2020, Toytown" in text_alternative(
        draw.bought(table, "team", BASE)
    )


def test_a_frontier_names_its_team_its_month_and_the_years_of_its_cost_and_takes_one_team() -> None:
    table = wm.options(
        BASE, [wm.further_posts(BASE, "team", start="2019-04")], [50_000, 100_000], year="2019/20", runs=8
    )
    whole = wm.frontier_of(table, "net all years", "share_over")

    said = text_alternative(draw.frontier(whole, "net all years", "share_over", BASE))

    assert "Share of the team workers with 21 or more cases in March 2020, Toytown" in said
    assert "all years" not in said
    two = pd.concat([whole, whole.assign(team="other")])
    with pytest.raises(ValueError, match="options of team, other; expected those of one team"):
        draw.frontier(two, "net all years", "share_over", BASE)


def test_a_frontier_whose_share_may_differ_by_luck_claims_no_fall() -> None:
    row = {"team": "team", "period": "2019/20", "chance": 0.5, "clear": True, "gbp": 1.0}
    table = pd.DataFrame([
        {**row, "investment": "nothing further", "net 2019/20": 0.0, "share_over": 0.30, "share_clear": False},
        {**row, "investment": "one_post", "net 2019/20": 50_000.0, "share_over": 0.29, "share_clear": False},
    ])  # fmt: skip

    said = text_alternative(
        draw.frontier(wm.frontier_of(table, "net 2019/20", "share_over"), "net 2019/20", "share_over", BASE)
    )

    assert said.startswith("No option is clearly better than nothing further.")


def test_an_option_that_another_beats_is_named_too_and_the_fall_is_from_doing_nothing() -> None:
    table = pd.DataFrame({
        "option": ["nothing", "dear", "cheap"], "net all years": [0.0, 2e5, -1e5], "share": [0.36, 0.1, 0.3],
        "on_frontier": [False, True, True],
    })  # fmt: skip

    ax = draw.frontier(table, "net all years", "share", BASE, "option")

    assert {t.get_text() for t in ax.texts if len(t.get_text()) == 1} == {"A", "B", "C"}
    assert text_alternative(ax).startswith("Dear: 36% falls to 10% for £200k net, 2019/20 to 2020/21. ")
