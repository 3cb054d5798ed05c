"""What is drawn is what was simulated, and can be read by everybody."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

import workforce_model as wm
from workforce_model import charts
from workforce_model.measures import measured
from workforce_model.results import Results


@pytest.fixture(scope="module")
def together() -> list[Results]:
    return [wm.run(wm.load_scenario(f"scenarios/{name}.toml"), 60) for name in ("do_nothing", "approved")]


def every_chart(together: list[Results]) -> list[Axes]:
    return [figure.axes[0] for figure in charts.first_charts(together).values()]


def test_bars_are_the_mean_cost_and_start_at_nought(together: list[Results]) -> None:
    approved = together[1]

    ax = charts.cost_against_envelope(approved, "nine_posts")

    year = np.array(approved.years) == "2020/21"
    mean = approved.cost[year, approved.budgets.index("nine_posts")].sum(axis=(0, 1)).mean() / 1000
    assert ax.patches[1].get_height() == pytest.approx(mean)
    assert ax.get_ylim()[0] == 0


def test_lines_are_the_mean_share_of_each_scenario(together: list[Results]) -> None:
    ax = charts.share_at_or_over(together, team="family_support")

    for line, result in zip(ax.lines, together, strict=False):
        expected = measured(result, "share_at_or_over", "family_support")[7:].mean(axis=1)
        assert np.allclose(line.get_ydata(), expected)
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    assert ax.get_ylim()[0] == 0


def test_every_chart_has_a_text_alternative_with_its_figures(together: list[Results]) -> None:
    for ax in every_chart(together):
        words = charts.text_alternative(ax)
        assert "2020" in words
        assert "10th to 90th percentile" in words


def test_no_text_leaves_the_page_and_titles_do_not_overlap(together: list[Results]) -> None:
    for ax in every_chart(together):
        figure = ax.get_figure(root=True)
        assert figure is not None
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        page = figure.bbox
        boxes = [text.get_window_extent(canvas.get_renderer()) for text in figure.texts]
        labels = [
            t.get_window_extent(canvas.get_renderer()) for t in [*ax.texts, *ax.get_xticklabels()] if t.get_text()
        ]
        for box in [*boxes, *labels]:
            assert box.x0 >= 0, box
            assert box.x1 <= page.x1, box
        for one, other in ((boxes[0], boxes[1]), (boxes[1], boxes[2])):
            assert not one.overlaps(other)


def test_the_same_chart_is_the_same_bytes_and_nothing_global_changes(together: list[Results], tmp_path: Path) -> None:
    before = dict(mpl.rcParams)

    for name in ("one", "two"):
        charts.save(charts.first_charts(together)["staffing"], tmp_path / name)

    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert dict(mpl.rcParams) == before


def test_a_run_without_new_posts_still_has_four_charts(together: list[Results]) -> None:
    assert len(charts.first_charts(together[:1])) == 4
