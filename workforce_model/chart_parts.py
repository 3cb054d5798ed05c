"""What every chart is made of: its style, words wrapped to fit, direct labels, and the picture saved.

Text is measured from the font that matplotlib carries, so a chart is laid out the same way everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib import rc_context, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from workforce_model.measures import Figures, Spread, spread
from workforce_model.model import Results

COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
"""Analysis Function categories, in order; neighbours differ by 3:1. Two series take the first and the last."""
INK, QUIET, RULE = "#1A1A1A", "#595959", "#CCCCCC"
DASHES: tuple[str | tuple[float, tuple[float, ...]], ...] = ("-", (0, (5, 2)), (0, (1.5, 1.2)), (0, (6, 2, 1.5, 2)))
MARKERS = ("o", "s", "^", "D")
FONT = "DejaVu Sans"
SIZE = (6.3, 3.9)
"""Inches: the width of a page; at half of it the smallest text is still 4.5 points."""
DOTS_AN_INCH = 200

_HEADLINE, _SUBTITLE, _LABEL, _NOTE = 15.0, 11.0, 11.0, 9.0
_LINE, _EDGE, _GAP, _LEADER = 1.2, 8.0, 7.0, 16.0
_COLUMN = 0.29
"""The most of a chart's width that direct labels may take."""
_LEAST = 50.0
"""Points each way without which nothing can be read off the axes."""
_ALTERNATIVES: WeakKeyDictionary[Axes, tuple[str, str]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Words:
    """The words of a chart: headline, subtitle, what its text alternative states, and notes."""

    headline: str
    subtitle: str
    figures: tuple[str, ...]
    notes: str


@dataclass(frozen=True)
class Label:
    """A direct label: what it says, the height in data units it belongs to, and its colour."""

    text: str
    height: float
    colour: str


@dataclass(frozen=True)
class Ticks:
    """Where the labels under a chart stand, and their rows; rows are dropped from the last where room is short."""

    positions: Sequence[float]
    rows: Sequence[tuple[str, ...]]


@contextmanager
def drawing(ax: Axes | None) -> Iterator[Axes]:
    """Axes in the Analysis Function style: those given, or a figure's own. Nothing is set beyond them."""
    with style.context("afcharts.afcharts"), rc_context({"font.family": [FONT], "font.size": _LABEL}):
        axes = Figure(figsize=SIZE, facecolor="white").add_axes((0, 0, 1, 1)) if ax is None else ax
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set(color=QUIET, linewidth=1.0)
        axes.set_facecolor("white")
        axes.set_axisbelow(True)
        axes.grid(False)
        axes.grid(True, axis="y", color=RULE, linewidth=0.6, linestyle="-")
        axes.tick_params(axis="both", which="both", labelsize=_LABEL, labelcolor=INK, labelfontfamily=FONT, color=QUIET, length=0, pad=4)
        yield axes


def from_zero(ax: Axes, highest: float, form: Callable[[float], str]) -> None:
    """Start the height axis at zero and mark it in round steps."""
    steps = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, highest if highest > 0 else 1.0)
    steps = steps[steps >= 0]
    ax.set_ylim(0.0, float(steps[-1]))
    ax.set_yticks(steps, labels=[form(float(step)) for step in steps])


def spreads(results: Results, figures: Figures) -> list[Spread]:
    """The spread over the runs of each row of figures, shape (M, R)."""
    return [spread(row, results.draw) for row in figures]


def band(ax: Axes, x: Figures, over: Sequence[Spread], series: int, colour: str, *, shaded: bool = True) -> None:
    """A mean as a line, dashed and marked by series, in its band from the 10th to the 90th percentile."""
    low, high = [s.p10 for s in over], [s.p90 for s in over]
    dash = DASHES[series]
    if shaded:
        ax.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
        for edge in (low, high):
            ax.plot(x, edge, color=colour, linestyle=dash, linewidth=0.8, alpha=0.75)
    marks = [i for i, month in enumerate(x) if (x[-1] - month) % 12 == 0]
    ax.plot(x, [s.mean for s in over], color=colour, linestyle=dash, linewidth=2.4, marker=MARKERS[series], markersize=5.5, markevery=marks)


def whiskers(ax: Axes, x: Sequence[float], over: Sequence[Spread], colour: str = INK) -> None:
    """The 10th to the 90th percentile, cased in white so it shows on any colour."""
    cased = [Stroke(linewidth=3.4, foreground="white"), Normal()]
    low, high = [s.p10 for s in over], [s.p90 for s in over]
    ax.vlines(x, low, high, color=colour, linewidth=1.5, path_effects=cased, zorder=4)
    for ends in (low, high):
        ax.plot(x, ends, linestyle="none", marker="_", markersize=10, markeredgewidth=1.5, color=colour, zorder=4)


def years_below(ax: Axes, results: Results, first: int) -> Ticks:
    """Financial years under month ends from position ``first``; a mark stands where each year starts."""
    last = len(results.months)
    starts = [i for i in range(first, last) if results.months[i].month == 4]
    ax.set_xlim(first, last)
    ax.set_xticks(starts, labels=[""] * len(starts))
    ax.tick_params(axis="x", which="major", length=4)
    edges = sorted({first, *starts, last})
    spans = [(a, b) for a, b in zip(edges, edges[1:], strict=False) if b - a >= min(6, last - first)]
    return Ticks([(a + b) / 2 for a, b in spans], [(results.years[a],) for a, _ in spans])


def finish(ax: Axes, words: Words, ticks: Ticks, labels: Sequence[Label] = ()) -> Axes:
    """Fit words, axes and direct labels into the place the axes were given, and keep the text alternative.

    Raises
    ------
    ValueError
        If the place is too small for the words and the axes.
    """
    figure = ax.get_figure(root=False)
    assert figure is not None
    scale = 72.0 / figure.dpi
    wide, tall = figure.bbox.width * scale, figure.bbox.height * scale
    x0, y0, x1, y1 = ax.get_position(original=True).extents * np.array([wide, tall, wide, tall])
    left, right, top, bottom = x0 + _EDGE, x1 - _EDGE, y1 - _EDGE, y0 + _EDGE

    def put(text: str, height: float, size: float, colour: str, weight: str = "normal", va: str = "top") -> float:
        lines = wrapped(text, right - left, size, weight)
        ax.text(left / wide, height / tall, "\n".join(lines), transform=figure.transSubfigure, fontsize=size, color=colour,
                fontweight=weight, va=va, ha="left", parse_math=False, linespacing=_LINE, clip_on=False)  # fmt: skip
        return len(lines) * size * _LINE

    top -= put(words.headline, top, _HEADLINE, INK, "bold") + 3
    top -= put(words.subtitle, top, _SUBTITLE, INK) + _GAP + _LABEL / 2
    bottom += put(words.notes, bottom, _NOTE, QUIET, va="bottom") + _GAP
    column = [wrapped(label.text, _COLUMN * (x1 - x0), _LABEL, most=_most_lines(labels)) for label in labels]
    left += max(width_of(tick.get_text(), _LABEL) for tick in ax.get_yticklabels()) + 5
    right -= max((width_of(line, _LABEL) for lines in column for line in lines), default=-_LEADER) + _LEADER
    rows = _place_ticks(ax, ticks, right - left)
    bottom += rows * _LABEL * _LINE + 4
    if min(right - left, top - bottom) < _LEAST:
        raise ValueError(f"ax is {(x1 - x0) / 72:.1f} by {(y1 - y0) / 72:.1f} inches: too small for this chart's words; about {SIZE[0]} by {SIZE[1]} is wanted")
    ax.set_position((left / wide, bottom / tall, (right - left) / wide, (top - bottom) / tall))
    _place_labels(ax, labels, column, right - left, top - bottom)
    _ALTERNATIVES[ax] = (words.headline, " ".join([_sentence(words.headline), _sentence(words.subtitle), *words.figures, words.notes]))
    return ax


def _most_lines(labels: Sequence[Label]) -> int:
    return 4 if len(labels) <= 2 else 3 if len(labels) == 3 else 2


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _place_ticks(ax: Axes, ticks: Ticks, width: float) -> int:
    """Label the years as fully as there is room for; the number of rows used."""
    low, high = ax.get_xlim()
    apart = min(np.diff(ticks.positions), default=high - low) * width / (high - low) - 4
    rows = max(map(len, ticks.rows), default=0)
    while rows > 1 and max(width_of(row, _LABEL) for rowset in ticks.rows for row in rowset[:rows]) > apart:
        rows -= 1
    widest = max((width_of(rowset[0], _LABEL) for rowset in ticks.rows), default=0.0)
    every = max(1, int(np.ceil(widest / apart)))
    ax.set_xticks(list(ticks.positions)[::every], labels=["\n".join(r[:rows]) for r in ticks.rows][::every], minor=True, linespacing=_LINE, parse_math=False)
    return rows


def _place_labels(ax: Axes, labels: Sequence[Label], column: Sequence[list[str]], width: float, height: float) -> None:
    """Write each label beside its height, moved apart where they would meet, with a line back to what it names."""
    low, high = ax.get_ylim()
    wanted = np.array([(label.height - low) / (high - low) * height for label in labels])
    sizes = np.array([len(lines) * _LABEL * _LINE + 3 for lines in column])
    for label, lines, middle in zip(labels, column, moved_apart(wanted, sizes, height), strict=True):
        ax.annotate(
            "\n".join(lines), xy=(1.0, label.height), xycoords=("axes fraction", "data"),
            xytext=(1.0 + _LEADER / width, middle / height), textcoords="axes fraction", va="center", ha="left",
            fontsize=_LABEL, color=INK, parse_math=False, linespacing=_LINE, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": label.colour, "linewidth": 2.0, "relpos": (0.0, 0.5), "shrinkA": 2.0, "shrinkB": 2.0},
        )  # fmt: skip


def moved_apart(wanted: Figures, sizes: Figures, room: float) -> Figures:
    """Middles as near as may be to those wanted, so that labels of these sizes do not meet.

    Examples
    --------
    >>> moved_apart(np.array([10.0, 12.0, 60.0]), np.array([10.0, 10.0, 10.0]), 100.0).tolist()
    [6.0, 16.0, 60.0]
    """
    order = np.argsort(wanted, kind="stable")
    above = np.concatenate([[0.0], np.cumsum(sizes[order])])[:-1] + sizes[order] / 2
    level = wanted[order] - above
    groups: list[list[float]] = []
    for each in level:
        groups.append([float(each)])
        while len(groups) > 1 and np.mean(groups[-2]) > np.mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    settled = np.concatenate([np.full(len(group), np.mean(group)) for group in groups] or [np.zeros(0)])
    settled = np.clip(settled, -_LABEL / 2, max(room + _LABEL / 2 - sizes.sum(), -_LABEL / 2))
    middles = np.empty_like(wanted)
    middles[order] = settled + above
    return middles


def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Width in points of one line of text."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(family=FONT, size=size, weight=weight), ismath=False)  # type: ignore[arg-type]  # False is taken, and means no mathematics
    return float(width) * 1.01


def wrapped(text: str, width: float, size: float, weight: str = "normal", most: int = 9) -> list[str]:
    """Text in lines no wider than ``width`` points, cut with an ellipsis after the most lines allowed.

    Examples
    --------
    >>> wrapped("Nine posts cost more", 80.0, 11.0)
    ['Nine posts', 'cost more']
    """
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
            continue
        while width_of(word, size, weight) > width and len(word) > 1:
            fits = max(i for i in range(1, len(word)) if i == 1 or width_of(word[:i], size, weight) <= width)
            lines.append(word[:fits])
            word = word[fits:]
        lines.append(word)
    if len(lines) > most:
        last = lines[most - 1]
        while len(last) > 1 and width_of(last + "…", size, weight) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + "…"]
    return lines or [""]


def text_alternative(ax: Axes) -> str:
    """What a chart shows, in sentences with its figures, for a reader who cannot see it.

    Raises
    ------
    ValueError
        If the axes are not a chart drawn by this package.
    """
    if ax not in _ALTERNATIVES:
        raise ValueError("ax holds no chart of workforce_model: expected the Axes that a chart function returned")
    return _ALTERNATIVES[ax][1]


def save(chart: Axes | Figure, path_stem: str | os.PathLike[str]) -> tuple[Path, Path, Path]:
    """Write a chart as PNG and SVG, with its text alternative inside each and beside them.

    The same picture is the same bytes, whenever it is written.

    Parameters
    ----------
    chart : Axes or Figure
    path_stem : path
        Folder and name without an ending: ``cabinet/posts_filled``.

    Returns
    -------
    tuple of Path
        The ``.png`` (200 dots an inch), ``.svg`` and ``.txt`` files.
    """
    figure = chart if isinstance(chart, Figure) else chart.get_figure(root=True)
    drawn = [_ALTERNATIVES[ax] for ax in figure.axes if ax in _ALTERNATIVES] if figure is not None else []
    if figure is None or not drawn:
        raise ValueError("nothing to save: expected a chart that a function of workforce_model.charts drew")
    title, text = drawn[0][0], "\n\n".join(text for _, text in drawn)
    stem = Path(path_stem)
    png, svg, txt = (stem.with_name(stem.name + ending) for ending in (".png", ".svg", ".txt"))
    with rc_context({"svg.hashsalt": "workforce_model", "svg.fonttype": "path", "savefig.bbox": None}):
        figure.savefig(png, dpi=DOTS_AN_INCH, metadata={"Title": title, "Description": text})
        figure.savefig(svg, metadata={"Title": title, "Description": text, "Date": None})
    txt.write_text(text + "\n", encoding="utf-8")
    return png, svg, txt


def marked_line(ax: Axes, x: Sequence[float], y: float, colour: str, dash: str | tuple[float, tuple[float, ...]] = "-", width: float = 2.4) -> None:
    """A level marked across part of a chart, cased in white where it crosses a bar."""
    line = Line2D(list(x), [y, y], color=colour, linestyle=dash, linewidth=width, zorder=5, solid_capstyle="butt")  # type: ignore[arg-type]  # dash patterns are taken
    if dash == "-":
        line.set_path_effects([Stroke(linewidth=width + 1.6, foreground="white"), Normal()])
    ax.add_line(line)
