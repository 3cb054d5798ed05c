"""Sliders over the main decisions and rates: one changed scenario, few runs, a short span, redrawn in about a second.

``what_if`` makes the scenario, ``what_changes`` plays it beside a base and says and draws what changes, and
``explorer`` puts sliders before the two in a notebook.
"""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from workforce_model.basis.formats import percent, thousands
from workforce_model.basis.periods import march
from workforce_model.engine.model import SEED, run
from workforce_model.engine.results import Results
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.envelope import budget_in_question
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import Outcome, asked, reported

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RUNS, UNTIL = 100, "2021-03"
"""Few runs and the first two reported years: enough to see the way things go, not for a paper."""
RATES = {
    "turnover": "workforce.turnover_rate",
    "filling": "workforce.filling_probability",
    "conversion": "workforce.conversion_rate",
}

CONDITIONS = ("demand", "turnover", "filling")
"""What nobody decides: it is the same in the base. Posts, their start and conversion are the option's alone."""


def what_if(
    scenario: Scenario,
    *,
    posts: int | None = None,
    start: str | None = None,
    demand: float = 1.0,
    turnover: float | None = None,
    filling: float | None = None,
    conversion: float | None = None,
    until: str | None = None,
) -> Scenario:
    """A scenario with its main decisions and rates changed, checked again; what is not given stays.

    A rate that is given is taken as known: it loses its range.

    Parameters
    ----------
    posts : int
        How many case-holding posts are created, in the group of them created last; their budget is named by all it then has.
    start : str
        The month those posts, and all others of their budget, are created: ``2019-10``.
    demand : float
        Arrivals of every team, over those stated: 1.1 is a tenth more.
    turnover : float
        Leavers a year over in post.
    filling, conversion : float
        Chance a month that a vacant post is filled, and that an agency worker takes a permanent post.
    until : str
        The last month simulated.

    Raises
    ------
    ScenarioError
        If the changed scenario breaks a rule.
    ValueError
        If posts are asked for and the scenario creates none.

    Examples
    --------
    >>> import workforce_model as wm
    >>> changed = what_if(wm.load_scenario("scenarios/approved.toml"), posts=7, start="2019-10", demand=1.1)
    >>> changed.workforce.posts["nine_social_worker"].number, changed.caseloads.teams["assessment"].arrivals.value
    (7, 369.16)
    """
    if isinstance(demand, bool) or not isinstance(demand, int | float):
        raise ValueError(f"demand = {demand!r}: expected a number, arrivals over those stated; 1.1 is a tenth more")
    changes: dict[str, Any] = {}
    if posts is not None or start is not None:
        name = new_posts(scenario)
        budget = scenario.workforce.posts[name].budget
        if posts is not None and posts != scenario.workforce.posts[name].number:
            others = sum(g.number for n, g in scenario.workforce.posts.items() if g.budget == budget and n != name)
            changes[f"workforce.posts.{name}.number"] = posts
            changes[f"funding.budgets.{budget}.label"] = f"The {posts + others} posts"
        if start is not None:
            mine = [n for n, group in scenario.workforce.posts.items() if group.budget == budget and group.created]
            changes |= {f"workforce.posts.{n}.created": start for n in mine}
    for key, rate in (("turnover", turnover), ("filling", filling), ("conversion", conversion)):
        if rate is not None:
            changes[RATES[key]] = rate
    if demand != 1.0:
        for team, stated in scenario.caseloads.teams.items():
            if stated.arrivals.value:
                changes[f"caseloads.teams.{team}.arrivals"] = round(stated.arrivals.value * demand, 6)
    if until is not None:
        changes["periods.end"] = until
    return scenario.replace(changes)


def new_posts(scenario: Scenario) -> str:
    """The group of case-holding posts created last.

    Raises
    ------
    ValueError
        If none is created while the clock runs.
    """
    created = {
        name: str(group.created)
        for name, group in scenario.workforce.posts.items()
        if group.created and group.holds_cases and group.number
    }
    if not created:
        raise ValueError(f"{scenario.name} creates no case-holding posts to change")
    return max(created, key=lambda name: created[name])


@dataclass(frozen=True)
class WhatChanges:
    """What a changed scenario does beside a base: in words, and drawn."""

    sentence: str
    caseloads: Figure
    cost: Figure


def what_changes(base: Results, option: Results, team: str) -> WhatChanges:
    """What an option costs and does to a team's caseloads beside a base played with the same luck.

    Examples
    --------
    >>> import workforce_model as wm
    >>> nothing, approved = (what_if(wm.load_scenario(f"scenarios/{n}.toml"), until="2021-03") for n in ("do_nothing", "approved"))
    >>> print(what_changes(wm.run(nothing, 20), wm.run(approved, 20), "family_support").sentence[:18])
    The nine posts cos
    """
    from workforce_model.charts import cost_against_envelope, figure_of, share_at_or_over

    budget = budget_in_question(option.scenario)
    years = reported(option.scenario)
    spends = [spread(option.cost_of(budget, year), option.draw) for year in years]
    cost = ", ".join(
        f"£{thousands(s.mean)}k [{thousands(s.p10)} to {thousands(s.p90)}] in {year}"
        for year, s in zip(years, spends, strict=True)
    )
    wanted = Outcome("share_at_or_over", team=team, year=years[-1])
    share, before = asked(option, wanted), asked(base, wanted)
    s, change = spread(share, option.draw), spread(share - before, option.draw)
    limit = option.scenario.caseloads.caseload_limit
    told = (
        f"{wanted.ranged(change.mean, change.p10, change.p90)} against {base.scenario.name.replace('_', ' ')}"
        if abs(change.mean) > CLEAR * change.error
        else "no clear change with so few runs"
    )
    sentence = (
        f"{option.scenario.funding.budgets[budget].label} cost {cost}. {percent(s.mean)} of "
        f"{option.scenario.workforce.teams[team].label.lower()} workers hold {limit} or more cases in {march(years[-1])}: {told}."
    )
    return WhatChanges(
        sentence,
        figure_of(share_at_or_over([base, option], team=team)),
        figure_of(cost_against_envelope(option, budget)),
    )


def explorer(
    option: Scenario, base: Scenario, team: str, runs: int = RUNS, until: str = UNTIL, seed: int = SEED
) -> Any:
    """Sliders for a notebook: posts, start and conversion of an option; demand, turnover and filling of it and of its base.

    A slider that has not been moved leaves its assumption with its range; one that has takes its value as known.

    Returns
    -------
    ipywidgets.VBox
        Needs the ``notebooks`` extra. Each move plays ``runs`` runs to ``until``, about a second.
    """
    import ipywidgets as widgets

    from workforce_model.charts import half_page

    sliders = _sliders(option, until)
    stood = {name: slider.value for name, slider in sliders.items()}
    answer, pictures = widgets.HTML(), widgets.HBox()

    @lru_cache(maxsize=8)
    def beside(conditions: tuple[tuple[str, Any], ...]) -> Results:
        return run(what_if(base, until=until, **dict(conditions)), runs, seed)

    def redraw(_: object = None) -> None:
        moved = {name: slider.value for name, slider in sliders.items() if slider.value != stood[name]}
        same = beside(tuple((name, x) for name, x in moved.items() if name in CONDITIONS))
        with half_page():
            found = what_changes(same, run(what_if(option, until=until, **moved), runs, seed), team)
        answer.value = f"<p><b>{html.escape(found.sentence)}</b></p><p>{runs} runs to {until}; for a paper take 2,000 and the whole span.</p>"
        pictures.children = [widgets.HTML(_picture(figure)) for figure in (found.caseloads, found.cost)]

    for slider in sliders.values():
        slider.observe(redraw, names="value")
    redraw()
    return widgets.VBox([widgets.VBox(list(sliders.values())), answer, pictures])


def _sliders(option: Scenario, until: str) -> dict[str, Any]:
    """One slider for each thing that can be changed, standing where the scenario does."""
    import ipywidgets as widgets

    group = option.workforce.posts[new_posts(option)]
    months = [str(m) for m in pd.period_range(option.seen_from, until, freq="M")]
    look: dict[str, Any] = {
        "continuous_update": False,
        "style": {"description_width": "16em"},
        "layout": {"width": "40em"},
    }
    rates = {name: option.assumptions()[path] for name, path in RATES.items()}
    words = {
        "turnover": "Turnover a year",
        "filling": "Chance a month a post is filled",
        "conversion": "Agency converted a month",
    }
    return {
        "posts": widgets.IntSlider(group.number, 0, 20, description="New social worker posts", **look),
        "start": widgets.SelectionSlider(
            options=months, value=str(group.created), description="Posts created in", **look
        ),
        "demand": widgets.FloatSlider(
            1.0, min=0.8, max=1.3, step=0.05, readout_format=".0%", description="Referrals, of those planned", **look
        ),
        **{
            name: widgets.FloatSlider(
                rate.value,
                min=0.0,
                max=round(2.5 * float(rate.high or rate.value), 2),
                step=0.005,
                readout_format=".1%",
                description=words[name],
                **look,
            )
            for name, rate in rates.items()
        },
    }


def _picture(figure: Figure) -> str:
    """A figure as a picture for a page, with its words."""
    from workforce_model.charts import text_alternative

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=140)
    data = base64.b64encode(drawn.getvalue()).decode("ascii")
    return f'<img alt="{html.escape(text_alternative(figure.axes[0]), quote=True)}" src="data:image/png;base64,{data}">'
