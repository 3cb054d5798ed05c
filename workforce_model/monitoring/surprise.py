"""Which assumption failed: how surprising, under the plan, what was observed is; and what each did to cost and caseload."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from workforce_model.basis.formats import NOT_DEFINED, percent, rounded
from workforce_model.basis.periods import financial_year
from workforce_model.decisions.bridging import Bridge, bridges
from workforce_model.inputs.doubt import DRAWS
from workforce_model.monitoring.forecasting import Forecast
from workforce_model.monitoring.updating import FAILED, SURPRISING, Learnt
from workforce_model.reading.measures import MEASURES, measured, spread
from workforce_model.reading.outcomes import Outcome, asked, reported
from workforce_model.reading.ranges import clear

COLUMNS = [
    "what",
    "kind",
    "team",
    "unit",
    "observed",
    "expected",
    "p10",
    "p90",
    "chance_as_far_out",
    "verdict",
    "sentence",
]
OUTCOMES = (
    "in_post_fte", "vacancy_fte", "agency_cover_fte", "agency_additional_fte", "starters_fte", "leavers_fte",
    "open_cases", "cases_arrived", "share_at_or_over",
)  # fmt: skip
"""Figures of the plan's own runs set beside what was reported: flows added over the months, stocks at the cut-off."""


def verdict(chance: float) -> str:
    """A chance of being as far out, in words.

    Examples
    --------
    >>> verdict(0.4), verdict(0.05), verdict(0.001)
    ('as expected', 'surprising', 'failed')
    """
    return "failed" if chance < FAILED else "surprising" if chance < SURPRISING else "as expected"


def surprises(forecast: Forecast) -> pd.DataFrame:
    """How surprising each rate and each outcome is under the plan, most surprising first.

    A rate is judged by its own counts, given who was in post and what was open: the chance, under the range believed,
    of a count at least as far out on either side. An outcome is judged by the plan's own runs; it may be out because
    of several rates. With many figures some are surprising by luck: of fifty as expected, five fall below one in ten.

    Returns
    -------
    DataFrame
        Columns what, kind (rate or outcome), team, unit, observed, expected, p10, p90 (under the plan), chance_as_far_out,
        verdict, sentence.
    """
    rows = [_of_rate(rate) for rate in forecast.updates.rates]
    teams = [None, *forecast.actuals.teams]
    rows += [row for name in OUTCOMES for team in teams if (row := _of_outcome(forecast, name, team)) is not None]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values("chance_as_far_out", kind="stable").reset_index(drop=True)


def _of_rate(rate: Learnt) -> tuple[object, ...]:
    low, middle, high = rate.prior.quantile([0.1, 0.5, 0.9]).tolist()
    said = verdict(rate.as_far_out)
    between = f"{_printed(middle, rate.before.unit)} [{_printed(low, rate.before.unit)} to {_printed(high, rate.before.unit)}]"
    sentence = (
        f"{rate.label}: {said}; counted alone {_printed(rate.rate, rate.before.unit)} ({rate.before.unit}), where the plan believed {between}; it gives "
        f"a chance of {percent(rate.as_far_out)} to a count as far from what it expected."
    )
    return (
        rate.path,
        "rate",
        _team_of(rate.path),
        rate.before.unit,
        rate.rate,
        middle,
        low,
        high,
        rate.as_far_out,
        said,
        sentence,
    )


def _of_outcome(forecast: Forecast, name: str, team: str | None) -> tuple[object, ...] | None:
    actuals, planned = forecast.actuals, forecast.planned
    last = forecast.at_cut_off
    first = last - len(actuals.months) + 1
    try:
        expected = measured(planned, name, team)
    except KeyError:
        return None
    if MEASURES[name].kind == "flow":
        under, seen = expected[first : last + 1].sum(axis=0), actuals.series(name, team)[1:].sum()
    elif name == "share_at_or_over":
        workers = actuals.series("workers", team)[-1]
        under, seen = expected[last], actuals.series("workers_at_or_over", team)[-1] / workers if workers else np.nan
    else:
        under, seen = expected[last], actuals.series(name, team)[-1]
    if np.isnan(seen) or np.isnan(under).all() or not (under.any() or seen):
        return None
    under = under[~np.isnan(under)]
    above = (np.count_nonzero(under > seen) + np.count_nonzero(under == seen) / 2 + 0.5) / (under.size + 1)
    chance = min(1.0, 2 * min(above, 1 - above))
    low, middle, high = np.quantile(under, (0.1, 0.5, 0.9)).tolist()
    label, said = MEASURES[name].label, verdict(chance)
    whose = forecast.plan.workforce.teams[team].label if team else "council"
    unit = MEASURES[name].unit
    side = "above" if seen > middle else "below" if seen < middle else "at"
    sentence = (
        f"{label}, {whose}: {said}; {_printed(float(seen), unit)} {unit}, {side} the {_printed(middle, unit)} [{_printed(low, unit)} to {_printed(high, unit)}] "
        f"of the plan's runs, {percent(chance)} of which are as far out on either side."
    )
    return (
        name,
        "outcome",
        team or "council",
        MEASURES[name].unit,
        float(seen),
        middle,
        low,
        high,
        chance,
        said,
        sentence,
    )


def _team_of(path: str) -> str:
    """The team whose rate it is, or the council."""
    parts = path.split(".")
    return parts[2] if parts[:2] == ["caseloads", "teams"] else "council"


def _printed(x: float, unit: str) -> str:
    """A figure as a sentence says it: shares and turnover as percentages, the rest to one decimal, or not defined.

    Examples
    --------
    >>> _printed(0.1754, "leavers a year over in post"), _printed(15.3, "FTE"), _printed(1887.0, "cases")
    ('17.5%', '15.3', '1,887')
    """
    if math.isnan(x):
        return NOT_DEFINED
    if unit.startswith(("share", "leavers a year over")):
        return f"{rounded(100 * x, 1)}%"
    return f"{rounded(x, 0 if x == round(x) else 1):,}"


def causes(forecast: Forecast, outcome: Outcome | str, *, runs: int | None = None, executor: Executor | None = None) -> Bridge:  # fmt: skip
    """The bridge from plan to forecast: what happened so far, and what each group of rates learnt adds to an outcome.

    Parameters
    ----------
    outcome : Outcome or str
        Such as ``Outcome("net_cost_gbp", year="2019/20")`` or ``Outcome("share_at_or_over", year="2020/21")``.
    runs : int, optional
        By default as many as the forecast has.

    Examples
    --------
    >>> import workforce_model as wm
    >>> plan = wm.load_scenario("scenarios/approved.toml")
    >>> found = wm.forecast(plan, wm.load_actuals("scenarios/illustrative_actuals.csv", plan), runs=4)
    >>> steps = causes(found, Outcome("net_cost_gbp", year="2019/20")).table()["step"].tolist()
    >>> "what happened" in steps, "turnover" in steps
    (True, True)
    """
    return _bridged(forecast, [outcome], runs, executor)[0]


def causes_of_both(forecast: Forecast, *, runs: int | None = None, executor: Executor | None = None) -> tuple[Bridge, ...]:  # fmt: skip
    """What happened so far, and what was learnt, did to cost in the year of the cut-off and to caseload a year later.

    One of the two that is not defined in every run is left out: where nobody takes cases there is no share of workers.
    """
    year, years = financial_year(forecast.cut_off), reported(forecast.plan)
    later = years[min(years.index(year) + 1, len(years) - 1)]
    both = Outcome("net_cost_gbp", year=year), Outcome("share_at_or_over", year=later)
    defined = [
        one for one in both if not any(np.isnan(asked(r, one)).any() for r in (forecast.results, forecast.planned))
    ]
    return _bridged(forecast, defined, runs, executor)


def _bridged(forecast: Forecast, outcomes: Sequence[Outcome | str], runs: int | None, executor: Executor | None) -> tuple[Bridge, ...]:  # fmt: skip
    start = forecast.plan.replace({"seen_from": forecast.scenario.seen_from})
    return bridges(start, forecast.scenario, outcomes, runs or forecast.results.runs, forecast.results.seed, executor=executor)  # fmt: skip


def caused(bridge: Bridge) -> str:
    """A bridge from plan to forecast as a sentence: the total, and the parts that are more than the Monte Carlo error.

    Examples
    --------
    >>> import workforce_model as wm
    >>> plan = wm.load_scenario("scenarios/approved.toml")
    >>> found = wm.forecast(plan, wm.load_actuals("scenarios/illustrative_actuals.csv", plan), runs=4)
    >>> print(caused(causes(found, Outcome("net_cost_gbp", year="2019/20")))[:56])
    From plan to forecast the net cost in 2019/20 changes by
    """
    draw, say = np.arange(bridge.levels.shape[1]) % (DRAWS if bridge.doubt else 1), bridge.outcome
    total = spread(bridge.total, draw)
    parts = {driver: spread(figures, draw) for driver, figures in zip(bridge.drivers, bridge.parts, strict=True) if figures.any()}  # fmt: skip
    shown = [driver for driver, part in parts.items() if clear(part) and re.search("[1-9]", say.printed(part.mean, change=True))]  # fmt: skip
    told = sorted(shown, key=lambda driver: -abs(parts[driver].mean))
    rest = [driver for driver in parts if driver not in told]
    said = ", ".join(f"{driver} {say.ranged(parts[driver].mean, parts[driver].p10, parts[driver].p90)}" for driver in told)  # fmt: skip
    unclear = f"{' and '.join(rest)}: no part that shows beyond the error" if rest else ""
    changes = f"changes by {say.ranged(total.mean, total.p10, total.p90)}"
    if not clear(total):
        changes = f"does not change beyond the error ({say.ranged(total.mean, total.p10, total.p90)})"
    return f"From plan to forecast {say.words(bridge.end)} {changes}: {'; '.join(x for x in (said, unclear) if x) or 'nothing differs'}."
