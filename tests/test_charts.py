"""What is drawn is what was simulated, and can be read by everybody: every chart, on a whole page and on half."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from afcharts.af_colours import get_af_colours
from colorspacious import cspace_convert
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

import workforce_model as wm
from tests.toys import posts, stated, toy
from workforce_model import charts
from workforce_model.charts import gallery
from workforce_model.charts import page as charts_page
from workforce_model.engine.results import Results
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.measures import measured

GREYS = {"#3d3d3d", "#bfbfbf", "#ffffff", "#000000", "#262626", "#444444"}
STEPS = {colour.lower() for colour in charts_page.SEQUENCE}
ACROSS = {"differences", "waterfall", "tornado_bars", "shares_explained", "assumption_quality", "agency_premium",
          "work_by_action", "caseload_spread", "cost_bridge", "tornado_of_runs"}  # fmt: skip
"""Charts whose figures run along the horizontal axis; those of the others rise up the vertical one."""
NO_BASE = {"heat_map", "mtfp_steps"}
"""Cells have no baseline; each line of the plan has its own."""

BASE = toy({
    "workforce.turnover_rate": stated(0.2, "leavers a year over in post", low=0.1, high=0.3, shape="triangular"),
    "workforce.filling_probability": 0.3, "workforce.cover_probability": 0.5, "workforce.posts.worker": posts(10, covered_by_agency=True),
    "caseloads.teams.team.arrivals": stated(20.0, "cases a month", low=15.0, high=25.0, shape="triangular"),
    "caseloads.teams.team.leaving_rate": 0.1,
})  # fmt: skip
DEARER = BASE.replace({"name": "dearer", "costs.grades.social_worker.salary": 39_600.0})
ACTUALS = pd.DataFrame(
    [("2019-04", "council", "in_post_fte", 10.0), ("2019-05", "council", "in_post_fte", 2.0)],
    columns=["period", "team", "measure", "value"],
)


def shipped() -> list[Scenario]:
    return [wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved", "slow_recruitment")]


@pytest.fixture(scope="module", params=["toy", pytest.param("shipped", marks=pytest.mark.slow)])
def drawn(request: pytest.FixtureRequest) -> dict[str, Axes]:
    """Every chart, on a whole page and on half of one."""
    scenarios, team, runs = (
        ([BASE, DEARER], "team", 40) if request.param == "toy" else (shipped(), "family_support", 40)
    )
    before = dict(mpl.rcParams)
    every = wm.every_chart(scenarios, team, runs, actuals=ACTUALS)
    found = {name: draw() for name, draw in every.items()}
    with charts.half_page():
        found |= {f"{name}, half": draw() for name, draw in every.items()}
    assert dict(mpl.rcParams) == before
    return found


@pytest.fixture(scope="module")
def together() -> list[Results]:
    return [wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 40) for name in ("do_nothing", "approved")]


def boxes(ax: Axes) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every text that shows, with its box in dots: left, foot, right, top."""
    figure = charts.figure_of(ax)
    figure.draw_without_rendering()
    texts = [*figure.texts, *ax.texts, ax.xaxis.label, ax.yaxis.label]
    for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        texts += [t.label1 for t in axis.get_major_ticks() if min(limits) <= t.get_loc() <= max(limits)]
    # A text's own box: that of a note includes the line that joins it to its point.
    return [(t.get_text(), tuple(Text.get_window_extent(t).extents)) for t in texts if t.get_text()]


def inks(ax: Axes) -> Iterator[tuple[str, str]]:
    """The colours that carry meaning, each with what else tells it: a hatch, or a dash and a marker."""
    for patch in ax.patches:
        yield to_hex(patch.get_facecolor()), f"patch {patch.get_hatch() or ''}"
    for line in ax.lines:
        drawn = line.get_linestyle() != "None" or line.get_marker() not in "|_"
        yield (
            to_hex(line.get_color() if drawn else line.get_markeredgecolor()),
            f"line {line.get_linestyle()} {line.get_marker()}",
        )


def telling(ax: Axes) -> set[tuple[str, str]]:
    return {(colour, sign) for colour, sign in inks(ax) if colour not in GREYS}


def luminance(colour: str) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))


def test_the_palette_is_the_analysis_functions() -> None:
    assert [c.lower() for c in charts_page.COLOURS] == [
        c.lower() for c in get_af_colours("categorical", number_of_colours=4)
    ]
    assert [c.lower() for c in charts_page.colours(2)] == [c.lower() for c in get_af_colours("duo")]
    with pytest.raises(ValueError, match="at most 4"):
        charts_page.colours(5)


def test_every_chart_has_a_headline_a_subtitle_with_its_place_and_words(drawn: dict[str, Axes]) -> None:
    for name, ax in drawn.items():
        headline, subtitle, source = (text.get_text().replace("\n", " ") for text in charts.figure_of(ax).texts)
        words = charts.text_alternative(ax)
        assert words.startswith(f"{headline}. {subtitle}. "), name
        assert words.endswith(source), name
        assert len(words) > len(f"{headline}. {subtitle}. . {source}") + 10, (name, "the words hold no figures")
        assert len(headline.split()) <= 14, (name, headline)
        assert "Toytown" in subtitle or "Enfield" in subtitle, (name, subtitle)


def test_no_words_of_a_chart_hold_a_dotted_path_or_a_name_as_a_file_writes_it(drawn: dict[str, Axes]) -> None:
    """A screen reader spells out caseloads.teams.team.arrivals; the picture beside it says Cases arriving, team."""
    for name, ax in drawn.items():
        words = charts.text_alternative(ax).rpartition("Source: ")[0]
        found = re.search(r"\b(workforce|caseloads|costs|duties|funding)\.\w+|\w_\w|\.\.(?!\.)", words)
        assert not found, (name, found)


def test_every_chart_uses_few_colours_that_stand_out_and_never_colour_alone(drawn: dict[str, Axes]) -> None:
    for name, ax in drawn.items():
        signs = telling(ax)
        used = {colour for colour, _ in signs}
        assert len(used) <= 4, (name, used)
        assert used <= {c.lower() for c in charts_page.COLOURS} | STEPS, (name, used)
        for (one, how), (other, way) in itertools.combinations(signs, 2):
            if one != other and how == way:
                raise AssertionError(f"{name}: {one} and {other} differ by colour alone ({how})")


def test_colours_beside_each_other_differ_in_grey() -> None:
    light = {c: cspace_convert(to_rgb(c), "sRGB1", "CAM02-UCS")[0] for c in charts_page.COLOURS}

    for number in (2, 3, 4):
        for one, other in itertools.pairwise(charts_page.colours(number)):
            assert abs(light[one] - light[other]) > 20, (one, other)


def test_colours_can_be_told_apart_whatever_the_eye() -> None:
    for kind in ("protanomaly", "deuteranomaly", "tritanomaly"):
        eye = {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100}
        seen = [
            cspace_convert(np.clip(cspace_convert(to_rgb(c), eye, "sRGB1"), 0, 1), "sRGB1", "CAM02-UCS")
            for c in charts_page.COLOURS
        ]
        for one, other in itertools.combinations(seen, 2):
            assert np.linalg.norm(one - other) > 7, kind


def test_every_colour_of_the_palette_stands_out_from_the_page() -> None:
    for colour in charts_page.COLOURS:
        assert 1.05 / (luminance(colour) + 0.05) >= 2.99, colour


def test_every_chart_starts_at_nought(drawn: dict[str, Axes]) -> None:
    for name, ax in drawn.items():
        kind = name.removesuffix(", half")
        if kind not in NO_BASE:
            low, high = sorted(ax.get_xlim() if kind in ACROSS else ax.get_ylim())
            assert low <= 0 <= high, (name, low, high)


def test_no_text_leaves_the_page_or_overlaps_another(drawn: dict[str, Axes]) -> None:
    for name, ax in drawn.items():
        page, found = charts.figure_of(ax).bbox, boxes(ax)
        for text, (left, foot, right, top) in found:
            assert left >= -1, (name, text)
            assert foot >= -1, (name, text)
            assert right <= page.x1 + 1, (name, text)
            assert top <= page.y1 + 1, (name, text)
        for (one, a), (other, b) in itertools.combinations(found, 2):
            across, up = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert across < 1.5 or up < 1.5, (name, one, other)


def test_half_a_page_is_half_as_wide_and_its_text_still_readable(drawn: dict[str, Axes]) -> None:
    for name, ax in drawn.items():
        if name.endswith(", half"):
            figure = charts.figure_of(ax)
            assert figure.get_figwidth() == charts_page.HALF
            assert min(text.get_fontsize() for text in [*figure.texts, *ax.texts]) >= 4.9, name


def test_bars_are_the_mean_cost(together: list[Results]) -> None:
    approved = together[1]

    ax = charts.cost_against_envelope(approved, "nine_posts")

    year = np.array(approved.years) == "2020/21"
    mean = approved.cost[year, approved.budgets.index("nine_posts")].sum(axis=(0, 1)).mean() / 1000
    assert ax.patches[1].get_height() == pytest.approx(mean)


def test_what_met_the_cost_stacks_up_to_it(together: list[Results]) -> None:
    ax = charts.funding_statement(together[1], "nine_posts")

    cost = together[1].cost_of("nine_posts", "2021/22").mean() / 1000
    assert sum(p.get_height() for p in ax.patches if abs(p.get_x() + p.get_width() / 2 - 2) < 0.01) == pytest.approx(
        cost
    )


def test_lines_are_the_mean_share_of_each_scenario(together: list[Results]) -> None:
    ax = charts.share_at_or_over(together, team="family_support")

    for line, result in zip(ax.lines, together, strict=False):
        expected = measured(result, "share_at_or_over", "family_support")[7:].mean(axis=1)
        assert np.allclose(line.get_ydata(), expected)


def test_the_spread_of_caseloads_is_orange_from_the_limit_on(together: list[Results]) -> None:
    ax = charts.caseload_spread(together[1], "2021-03")

    orange = [p.get_x() + 0.5 for p in ax.patches if to_hex(p.get_facecolor()) == charts_page.ORANGE.lower()]
    blue = [p.get_x() + 0.5 for p in ax.patches if to_hex(p.get_facecolor()) == charts_page.BLUE.lower()]
    assert min(orange) == 21
    assert max(blue) == 20


def test_a_headline_claims_no_change_that_the_error_does_not_support(together: list[Results]) -> None:
    same = [together[0], together[0]]

    assert "No clear change" in charts.text_alternative(charts.share_at_or_over(same, team="family_support"))
    assert "No clear change" in charts.text_alternative(charts.agency_bill(same))


def test_actuals_outside_the_plan_are_counted_and_strange_ones_refused() -> None:
    plan = wm.run(BASE, 16)

    said = charts.text_alternative(charts.plan_against_actual(plan, ACTUALS, "in_post_fte"))

    assert "1 of 2 months outside plan" in said
    with pytest.raises(ValueError, match="months the plan lacks: 2031-01"):
        charts.plan_against_actual(plan, ACTUALS.assign(period=["2019-04", "2031-01"]), "in_post_fte")
    with pytest.raises(ValueError, match="no row of it"):
        charts.plan_against_actual(plan, ACTUALS, "vacancy_fte")


def test_a_plan_may_be_a_table_and_a_share_prints_as_one() -> None:
    plan = wm.run(BASE, 16)
    shares = ACTUALS.assign(measure="share_at_or_over", value=[0.5, 0.25])

    ax = charts.plan_against_actual(plan.monthly(), shares, "share_at_or_over", forecast=plan)

    assert "2019-05 actual 25%" in charts.text_alternative(ax)
    assert [note.get_text() for note in ax.texts] == ["Actual", "Plan", "Forecast"]


def test_a_month_outside_the_run_is_refused_by_its_name(together: list[Results]) -> None:
    with pytest.raises(ValueError, match=r"month = '2031-03': expected one from 2018-10 to 2023-03"):
        charts.caseload_spread(together[0], "2031-03")


def test_charts_can_stand_side_by_side_on_one_figure(together: list[Results]) -> None:
    left, right = Figure(figsize=(12, 4)).subplots(1, 2)

    charts.staffing(together[0], ax=left)
    charts.staffing(together[1], ax=right)

    assert not charts.figure_of(left).texts
    assert "FTE permanent" in left.get_title(loc="left")
    assert left.get_position().x1 < right.get_position().x0


def test_the_same_chart_is_the_same_bytes(together: list[Results], tmp_path: Path) -> None:
    for name in ("one", "two"):
        charts.save(charts.figure_of(charts.staffing(together[1])), tmp_path / name)

    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_the_pictures_of_the_readme_are_those_the_gallery_draws_and_carry_their_words() -> None:
    pictures = sorted(Path(".readme").glob("*.png"))

    assert {path.stem for path in pictures} == set(gallery.README)
    for path in pictures:
        assert path.stat().st_size < 100_000
        with Image.open(path) as picture:
            assert "Source: workforce_model" in picture.text["Description"]


def test_the_headline_of_the_share_names_each_option_and_what_it_does(together: list[Results]) -> None:
    """It gave the last scenario's change and named none, in a paper about another."""
    third = wm.run(wm.load_scenario("scenarios/agency_continues.toml"), 40)

    said = charts.text_alternative(charts.share_at_or_over([*together, third], team="family_support"))

    found = re.match(r"21 cases or more, March 2021: approved ([\d.]+) points lower, agency continues ([\d.]+) points lower\. ", said)  # fmt: skip
    assert found, said
    for result, points in zip((together[1], third), found.groups(), strict=True):
        shares = [
            float(np.nanmean(measured(r, "share_at_or_over", "family_support")[30])) for r in (together[0], result)
        ]
        assert float(points) == pytest.approx(100 * (shares[0] - shares[1]), abs=0.051)


def test_a_run_without_new_posts_still_has_every_chart_of_a_folder(together: list[Results]) -> None:
    assert charts.first_charts(together[:1]).keys() == charts.first_charts(together).keys() - {"bridge"}
