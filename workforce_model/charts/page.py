"""The page a chart stands on: palette, frame, headline, subtitle, source, labels at the ends of lines, words.

Text is wrapped by its measured width and the plot fills what is left, so nothing overlaps or leaves the page
at any size. Nothing global is changed.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Annotation
from matplotlib.textpath import text_to_path
from numpy.typing import NDArray

from workforce_model.basis.formats import capital, thousands
from workforce_model.engine.results import Results
from workforce_model.reading.measures import spread
from workforce_model.reading.tables import reported_years

Figures = NDArray[np.float64]

BLUE, TEAL, PURPLE, ORANGE = COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
"""The Analysis Function's categorical palette in its order: dark and light by turns, so that it reads in grey."""
SEQUENCE = PALE, _, _ = ("#6BACE6", "#2073BC", BLUE)
GREY, TEXT = "#BFBFBF", "#3D3D3D"
DASHES = ("-", "--", "-.", ":")
HATCHES = ("", "////", "....", "xx")
FULL, HALF = 6.8, 3.35
"""Inches: the width of a page's text, and half of it."""
SMALL, BODY, HEADLINE = 8.0, 9.0, 13.0
_WIDTH: ContextVar[float] = ContextVar("the width of new pages, in inches", default=FULL)
_EDGE = 0.12
_TO_SPARE = 1.1
"""Letters are set to whole dots, so that small text at few dots an inch is wider than its outlines."""


@contextmanager
def half_page() -> Iterator[None]:
    """Charts drawn inside are made for half the width of a page: 3.35 inches, with text to match.

    Examples
    --------
    >>> with half_page():
    ...     ax = axes_of(None)
    >>> float(figure_of(ax).get_figwidth())
    3.35
    """
    before = _WIDTH.set(HALF)
    try:
        yield
    finally:
        _WIDTH.reset(before)


def colours(number: int) -> tuple[str, ...]:
    """The palette for so many series: blue and orange for two, else the categorical colours in order.

    Raises
    ------
    ValueError
        If there are more than four: split the chart.
    """
    if number > len(COLOURS):
        raise ValueError(f"{number} series on one chart: expected at most {len(COLOURS)}; split it or choose some")
    return (BLUE, ORANGE) if number == 2 else COLOURS[:number]


def axes_of(ax: Axes | None, rows: int = 0) -> Axes:
    """The axes given, or new ones on a page of their own, tall enough for so many rows of labels; the frame is plain."""
    if ax is None:
        width = _WIDTH.get()
        height = (
            (4.4 if not rows else max(3.2, 2.4 + 0.34 * rows))
            if width == FULL
            else (3.2 if not rows else 2.3 + 0.26 * rows)
        )
        figure = Figure(figsize=(width, height))
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
    ax.spines[["top", "right", *(["left"] if rows else [])]].set_visible(False)
    ax.grid(axis="x" if rows else "y", color=GREY, linewidth=0.5)
    ax.set_axisbelow(True)
    return ax


def figure_of(ax: Axes) -> Figure:
    """The page that axes stand on."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("the chart has no figure")
    return figure


def text_alternative(ax: Axes) -> str:
    """What the chart shows, in words, written from its data."""
    return str(ax.get_label())


def save(figure: Figure, stem: str | os.PathLike[str]) -> None:
    """Write a chart as PNG and SVG, with its text alternative inside and beside them; same chart, same bytes."""
    words = text_alternative(figure.axes[0])
    path = Path(stem)
    with matplotlib.rc_context({"svg.hashsalt": "workforce_model", "svg.fonttype": "path"}):
        figure.savefig(path.with_suffix(".png"), dpi=200, metadata={"Description": words, "Software": None})
        figure.savefig(path.with_suffix(".svg"), metadata={"Description": words, "Date": None, "Creator": None})
    path.with_suffix(".txt").write_text(words + "\n", encoding="utf-8")


def finished(ax: Axes, headline: str, subtitle: str, detail: str, together: Sequence[Results]) -> Axes:
    """A chart of runs, with its headline, subtitle, source and text alternative."""
    first = together[0]
    held = "luck and doubt about assumptions" if first.doubt else "luck only"
    names = ", ".join(r.scenario.name for r in together)
    source = f"Source: workforce_model, {names}; {first.runs:,} runs, seed {first.seed}. Ranges: 10th to 90th percentile, {held}."
    return titled(ax, headline, subtitle, detail, source)


def titled(ax: Axes, headline: str, subtitle: str, detail: str, source: str) -> Axes:
    """A chart with its headline, subtitle and source on the page, and its text alternative.

    On a figure that holds other axes too, headline and subtitle stand above these axes and the source only in
    the words, so that charts can be put side by side.
    """
    figure = figure_of(ax)
    ax.set_label(f"{headline}. {subtitle}. {detail}. {source}")
    if figure.axes != [ax]:
        width = int(ax.get_position().width * figure.get_figwidth() * 14)
        ax.set_title(plain("\n".join(textwrap.wrap(f"{headline}. {subtitle}", width))), fontsize=BODY, loc="left")
        return ax
    size = _size(figure)
    _scaled(ax, size)
    left, right = _EDGE / figure.get_figwidth(), 1 - _EDGE / figure.get_figwidth()
    inch = 1 / figure.get_figheight()
    top = _written(figure, headline, 1 - _EDGE * inch, HEADLINE * size, BLUE, weight="bold")
    top = _written(figure, subtitle, top - 0.07 * inch, BODY * size, TEXT)
    foot = _written(figure, source, _EDGE * inch, SMALL * size * 0.92, TEXT, va="bottom")
    _fitted(ax, (left, foot + 0.1 * inch, right, top - 0.14 * inch))
    _spread_out(ax)
    return ax


def label_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Names in a column right of the axes, each joined to its point, as (x, y, name, colour), left out where y
    is not defined; the page moves them apart."""
    inches = column_of(ax)
    for x, y, name, colour in (end for end in ends if np.isfinite(end[1])):
        line = {"arrowstyle": "-", "color": colour, "linewidth": 1.0, "shrinkA": 1, "shrinkB": 2, "relpos": (0, 0.5)}
        note = ax.annotate(wrapped(name, inches, BODY), (x, y), (1.03, y), textcoords=("axes fraction", "data"),
                           color=TEXT, va="center", fontsize=BODY, annotation_clip=False, arrowprops=line)  # fmt: skip
        note.set_label(_END)


def column_of(ax: Axes) -> float:
    """The width of the column right of the axes, in inches of full-size text."""
    return 0.19 * figure_of(ax).get_figwidth() / _size(figure_of(ax))


def name_rows(ax: Axes, names: Sequence[str], lines: int = 2) -> None:
    """Names of horizontal rows, the first on top, wrapped to two fifths of the page and cut after so many lines."""
    figure = figure_of(ax)
    inches = 0.36 * figure.get_figwidth() / _size(figure)
    shown = [wrapped(name, inches, BODY).split("\n") for name in names]
    cut = ["\n".join(name[:lines]) + "..." * (len(name) > lines) for name in shown]
    ax.set_yticks(range(len(names)), cut, fontsize=BODY)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.4, -0.6)


def wrapped(text: str, inches: float, size: float, weight: str = "normal") -> str:
    """Text in lines no wider than so many inches, by its outlines and a little to spare, ready to print."""
    font = FontProperties(size=size, weight=weight)
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        wide = text_to_path.get_text_width_height_descent(longer, font, ismath=False)[0] / 72
        lines[-1:] = [longer] if wide * _TO_SPARE <= inches or not lines else [lines[-1], word]
    return plain("\n".join(lines))


def plain(text: str) -> str:
    """Text that cannot be taken for mathematics, nor vanish for starting with an underscore."""
    return text.replace("$", r"\$").lstrip("_")


def band(ax: Axes, r: Results, figures: Figures, colour: str, dash: str = "-", *, fill: bool = True) -> None:
    """The mean of a figure in each reported month as a line, and its 10th to 90th percentile as a band; figures (M, R)."""
    months = reported(r)
    x = np.arange(months.size)
    shown = [spread(figures[m], r.draw) for m in months]
    if fill:
        ax.fill_between(x, [s.p10 for s in shown], [s.p90 for s in shown], color=colour, alpha=0.18, linewidth=0)
    ax.plot(x, [s.mean for s in shown], color=colour, linestyle=dash, linewidth=2.2)


def reported(results: Results) -> NDArray[np.int64]:
    """The positions of the months reported."""
    return np.concatenate(list(reported_years(results).values()))


def month_ticks(ax: Axes, r: Results) -> None:
    """Marks quarters, halves or ends of the financial years along the months reported, as many as there is room for."""
    period_ticks(ax, r.months[reported(r)])


def period_ticks(ax: Axes, months: pd.PeriodIndex) -> None:
    """Marks quarters, halves or ends of the financial years along months drawn at 0, 1, 2 and so on."""
    room = 2.3 * figure_of(ax).get_figwidth()
    every = next(n for n in (3, 6, 12) if len(months) / n <= room or n == 12)
    marks = [i for i, m in enumerate(months) if m.month % every == 3 % every]
    ax.set_xticks(marks, [months[i].strftime("%b\n%Y") for i in marks])


def place_of(r: Results) -> str:
    """The council, as a subtitle names it."""
    return r.scenario.place


def pounds_k(gbp: float) -> str:
    """Pounds in thousands for a headline, in brackets below nought.

    Examples
    --------
    >>> pounds_k(474_247), pounds_k(-99_247)
    ('£474k', '(£99k)')
    """
    text = thousands(gbp)
    return f"(£{text[1:-1]}k)" if text.startswith("(") else f"£{text}k"


def named(text: str) -> str:
    """A name from a scenario file as words with a capital.

    Examples
    --------
    >>> named("do_nothing")
    'Do nothing'
    """
    return capital(text.replace("_", " "))


_END = "names the end of a line"


def _size(figure: Figure) -> float:
    """The share of its full size that text has on a narrower page."""
    return float(min(1.0, max(0.76, figure.get_figwidth() / FULL)))


def _written(
    figure: Figure, text: str, y: float, size: float, colour: str, *, va: str = "top", weight: str = "normal"
) -> float:
    """Text across the page from a height down, or up from the foot; returns the height it reaches."""
    inches = figure.get_figwidth() - 2 * _EDGE
    shown = wrapped(text, inches, size, weight)
    placed = figure.text(_EDGE / figure.get_figwidth(), y, shown, fontsize=size, fontweight=weight, va=va, color=colour)
    box = placed.get_window_extent().transformed(figure.transFigure.inverted())
    return float(box.y0 if va == "top" else box.y1)


def _scaled(ax: Axes, size: float) -> None:
    """Every text of the axes at a share of its size, its ticks too."""
    for text in [*ax.texts, ax.xaxis.label, ax.yaxis.label]:
        text.set_fontsize(float(text.get_fontsize()) * size)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_tick_params(labelsize=BODY * size, labelcolor=TEXT)
        axis.offsetText.set_fontsize(BODY * size)
        axis.label.set_fontsize(BODY * size)
        axis.label.set_color(TEXT)


def _fitted(ax: Axes, room: tuple[float, float, float, float]) -> None:
    """Place the axes so that they and all their text fill a room of the page: left, foot, right, top."""
    figure, (left, foot, right, top) = figure_of(ax), room
    ax.set_position((left, foot, right - left, top - foot))
    for _ in range(4):
        box = ax.get_tightbbox()
        if box is None:
            return
        took, at = box.transformed(figure.transFigure.inverted()), ax.get_position()
        if np.allclose(took.extents, room, atol=0.001):
            return
        x0, y0 = at.x0 + left - took.x0, at.y0 + foot - took.y0
        x1, y1 = at.x1 + right - took.x1, at.y1 + top - took.y1
        ax.set_position((x0, y0, max(x1 - x0, 0.1), max(y1 - y0, 0.1)))


def _spread_out(ax: Axes) -> None:
    """Move the names at the ends of lines apart, up from the lowest, then back below the top of the axes."""
    notes = [t for t in ax.texts if isinstance(t, Annotation) and t.get_label() == _END]
    at = {id(t): float(ax.transData.transform(t.xy)[1]) for t in notes}
    notes.sort(key=lambda t: at[id(t)])
    tall = [t.get_window_extent().height + 2 for t in notes]
    middles: list[float] = []
    for note, height in zip(notes, tall, strict=True):
        lowest = middles[-1] + (tall[len(middles) - 1] + height) / 2 if middles else ax.bbox.y0
        middles.append(max(at[id(note)], lowest))
    ceiling = ax.bbox.y1
    for i in reversed(range(len(notes))):
        middles[i] = min(middles[i], ceiling - tall[i] / 2)
        ceiling = middles[i] - tall[i] / 2
    for note, middle in zip(notes, middles, strict=True):
        note.set_position((1.03, float(ax.transData.inverted().transform((0, middle))[1])))
