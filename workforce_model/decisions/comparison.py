"""Scenarios side by side under shared luck: paired differences, what differs in the inputs, and who comes first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.accounts.benefits import refuse_unpaired
from workforce_model.engine.model import RUNS, SEED, whole
from workforce_model.engine.results import Results
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario, as_tree, refuse_all_but_scenarios
from workforce_model.reading.luck import CLEAR, parts_of
from workforce_model.reading.measures import Spread, spread
from workforce_model.reading.outcomes import (
    Outcome,
    all_settled,
    asked,
    paper_outcomes,
    settled,
    settled_year,
    standard_outcomes,
)
from workforce_model.reading.playing import play, versions_of

Figures = NDArray[np.float64]

_NULL_RUNS = 256
_OWN = ("name", "title", "question")


@dataclass(frozen=True)
class Comparison:
    """Scenarios played with the same luck; the first is the base.

    Attributes
    ----------
    scenarios : tuple of Scenario
    outcomes : tuple of Outcome
    figures : tuple of dict
        For each scenario, each outcome in every run, shape (R,).
    seed : int
    doubt : bool
    null : float
        The largest difference between the base and the base played again, over all outcomes and runs tried; not a
        number where it was not.
    failed : tuple of str
        Checks that failed in any scenario.
    """

    scenarios: tuple[Scenario, ...]
    outcomes: tuple[Outcome, ...]
    figures: tuple[dict[Outcome, Figures], ...]
    seed: int
    doubt: bool
    null: float
    failed: tuple[str, ...]

    @property
    def runs(self) -> int:
        """How many runs were paired."""
        return int(next(iter(self.figures[0].values())).size)

    @property
    def draws(self) -> int:
        """Draws of the assumptions."""
        return DRAWS if self.doubt else 1

    @property
    def draw(self) -> NDArray[np.intp]:
        """Each run's draw of the assumptions."""
        return np.asarray(np.arange(self.runs) % self.draws)

    def difference(self, outcome: Outcome, option: int, base: int = 0) -> Figures:
        """An option's figure less the base's, run by run, shape (R,)."""
        return np.asarray(self.figures[option][outcome] - self.figures[base][outcome])

    def between(self, outcome: Outcome, option: int, base: int = 0) -> Spread:
        """The paired difference over the runs, with its own Monte Carlo error."""
        return spread(self.difference(outcome, option, base), self.draw)

    def clear(self, outcome: Outcome, option: int, base: int = 0) -> bool:
        """Whether the paired difference is more than its error can explain."""
        found = self.between(outcome, option, base)
        return bool(abs(found.mean) > CLEAR * (found.error if self.runs > 1 else np.inf))

    def runs_to_separate(self, outcome: Outcome, option: int, base: int = 0) -> int | None:
        """How many runs would make the difference clear; None where no number would, or these are too few to say.

        Until draws are shared by several runs, luck cannot be told from doubt, and so not what more runs would do.
        """
        parts = parts_of(self.difference(outcome, option, base), self.draw, self.draws)
        needed = parts.runs_for(abs(parts.mean) / CLEAR) if parts.mean else None
        return needed if needed is None or self.clear(outcome, option, base) else max(needed, self.runs + 1)

    def differences(self) -> pd.DataFrame:
        """Each option's paired difference from the base, outcome by outcome.

        Returns
        -------
        DataFrame
            Columns scenario, outcome, team, period, unit, base, option, difference, p10, p50, p90, mc_error,
            clear, runs_to_separate, defined. ``runs_to_separate`` is missing where no number of runs would,
            or these are too few to say.
        """
        rows = []
        for outcome in self.outcomes:
            base = spread(self.figures[0][outcome], self.draw).mean
            for option, scenario in enumerate(self.scenarios[1:], 1):
                found = self.between(outcome, option)
                mean = spread(self.figures[option][outcome], self.draw).mean
                rows.append((
                    scenario.name, outcome.measure, outcome.team or outcome.budget or "council", settled_year(outcome, scenario),
                    outcome.unit, base, mean, found.mean, found.p10, found.p50, found.p90, found.error,
                    self.clear(outcome, option), self.runs_to_separate(outcome, option), found.runs,
                ))  # fmt: skip
        columns = ["scenario", "outcome", "team", "period", "unit", "base", "option", "difference", "p10", "p50", "p90",
                   "mc_error", "clear", "runs_to_separate", "defined"]  # fmt: skip
        table = pd.DataFrame(rows, columns=columns)
        return table.astype({"runs_to_separate": "Int64"})

    def inputs(self) -> pd.DataFrame:
        """What differs in the inputs: one row for each place, one column for each scenario; "-" where it states nothing."""
        return inputs_that_differ(self.scenarios)

    def ranking(self, outcome: Outcome | str) -> pd.DataFrame:
        """The scenarios from least to most of an outcome, ranked only where the error can tell them apart.

        Returns
        -------
        DataFrame
            Columns scenario, mean, best_place, worst_place, place, runs_to_separate (from the next below, where
            it is not clear). A scenario whose best and worst place differ is not ranked.

        Raises
        ------
        ValueError
            If the outcome was not among those compared.
        """
        wanted = settled(outcome)
        if wanted not in self.outcomes:
            compared = "; ".join(each.words(self.scenarios[0]) for each in self.outcomes)
            raise ValueError(f"{wanted.words(self.scenarios[0])}: not compared here; expected one of: {compared}")
        means = [spread(figures[wanted], self.draw).mean for figures in self.figures]
        order = sorted(range(len(means)), key=lambda i: means[i])
        rows = []
        for seat, i in enumerate(order):
            others = [j for j in order if j != i]
            better = sum(self.clear(wanted, i, j) and means[j] < means[i] for j in others)
            worse = sum(self.clear(wanted, i, j) and means[j] > means[i] for j in others)
            best, worst = better + 1, len(order) - worse
            below = order[seat + 1] if seat + 1 < len(order) else None
            apart = below is None or self.clear(wanted, i, below)
            runs = None if below is None or apart else self.runs_to_separate(wanted, i, below)
            rows.append((self.scenarios[i].name, means[i], best, worst, _place(best, worst), runs))
        columns = ["scenario", "mean", "best_place", "worst_place", "place", "runs_to_separate"]
        return pd.DataFrame(rows, columns=columns).astype({"runs_to_separate": "Int64"})

    def text(self) -> str:
        """The comparison on a screen: what differs, the paired differences, the order, and the null comparison."""
        from workforce_model.decisions.comparison_text import comparison_text

        return comparison_text(self)


def compare(scenarios: Sequence[Scenario], outcomes: Sequence[Outcome | str] | None = None, runs: int = RUNS, seed: int = SEED,
            *, doubt: bool = True, executor: Executor | None = None, progress: Callable[[int], object] | None = None) -> Comparison:  # fmt: skip
    """Play scenarios with the same luck and draws, and take their differences run by run.

    Parameters
    ----------
    scenarios : sequence of Scenario
        At least two, of different names; the first is the base.
    outcomes : sequence of Outcome or str, optional
        Pounds by year, the gap, FTE, and the share at or over the limit by team, unless stated.
    progress : callable, optional
        Told the number of runs finished after each part.

    Raises
    ------
    ValueError
        If there are fewer than two scenarios, two of one name, or of other months, or runs or seed make no sense.

    Examples
    --------
    >>> import workforce_model as wm
    >>> nothing, approved = (wm.load_scenario(f"scenarios/{name}.toml") for name in ("do_nothing", "approved"))
    >>> wm.compare([nothing, approved], ["establishment_fte"], runs=4).differences()["difference"].tolist()
    [9.0]
    """
    scenarios = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    runs, seed = whole_numbers(runs, seed, *scenarios)
    names = [scenario.name for scenario in scenarios]
    twice = sorted({name for name in names if names.count(name) > 1})
    if len(names) < 2 or twice:
        raise ValueError(
            f"compare: {len(names)} scenarios{f', stated twice: {twice}' if twice else ''}; expected two or more, told apart by name"
        )
    refuse_other_months(scenarios)
    wanted = standard_outcomes(scenarios[0]) if outcomes is None else all_settled(outcomes)
    numbers = np.arange(runs)
    versions = versions_of(scenarios, seed, doubt)
    played = play(versions, wanted, numbers, seed, executor=executor, told=progress)
    few = numbers[: min(runs, _NULL_RUNS)]
    (again,) = play(versions[:1], wanted, few, seed, executor=executor, chunk=_NULL_RUNS // 2)
    gaps = [np.nan_to_num(again.figures[o] - played[0].figures[o][few], nan=0.0) for o in wanted]
    return Comparison(
        scenarios=tuple(scenarios),
        outcomes=tuple(wanted),
        figures=tuple(one.figures for one in played),
        seed=seed,
        doubt=doubt,
        null=float(max(np.abs(gap).max() for gap in gaps)),
        failed=tuple(sorted({name for one in played for name in one.failed})),
    )


def of_results(together: Sequence[Results]) -> Comparison:
    """The comparison of runs already played alike: same seed, number of runs, doubt and months.

    The outcomes are those a paper prints; the base is not played again, so ``null`` is not a number.

    Raises
    ------
    ValueError
        Naming what differs, if the runs are not paired.
    """
    base, *options = together
    for option in options:
        refuse_unpaired(base, option)
    outcomes = paper_outcomes(base.scenario, [option.scenario for option in options])
    return Comparison(
        scenarios=tuple(r.scenario for r in together),
        outcomes=outcomes,
        figures=tuple({outcome: asked(r, outcome) for outcome in outcomes} for r in together),
        seed=base.seed,
        doubt=base.doubt,
        null=math.nan,
        failed=tuple(sorted({check.name for r in together for check in r.checks if check.status == "failed"})),
    )


def whole_numbers(runs: int, seed: int, *scenarios: Scenario, name: str = "runs", least: int = 1) -> tuple[int, int]:
    """Runs and seed as plain whole numbers; refused where they make no sense, and so is what is no scenario.

    ``name`` is what the runs are called, and ``least`` the fewest.
    """
    refuse_all_but_scenarios(*scenarios)
    return whole(name, runs, least), whole("seed", seed, 0)


def refuse_other_months(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios that do not run and report over the same months: a year of one could be half a year of another."""
    base, *others = scenarios
    for other in others:
        if other.periods != base.periods:
            spans = [
                f"{one.name} {one.periods.start} to {one.periods.end}, reported from {one.periods.report_from}"
                for one in (base, other)
            ]
            raise ValueError(f"scenarios of other months: {'; '.join(spans)}; give both the same periods")


def inputs_that_differ(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """The places at which scenarios state different things; an assumption is one place, with its range."""
    stated = [dict(leaves(as_tree(scenario), "")) for scenario in scenarios]
    places = sorted({place for one in stated for place in one})
    rows = []
    for place in places:
        given = [one.get(place, "-") for one in stated]
        if len(set(given)) > 1 and place not in _OWN:
            rows.append((place, *given))
    return pd.DataFrame(rows, columns=["input", *(scenario.name for scenario in scenarios)])


def leaves(tree: Any, place: str) -> list[tuple[str, str]]:
    """Every value a scenario's tables state, by its dotted place; an assumption is one value, words are left out."""
    if isinstance(tree, dict) and "value" in tree and "unit" in tree:
        span = f" [{tree['low']:g} to {tree['high']:g}]" if "low" in tree else ""
        return [(place, f"{tree['value']:g}{span} {tree['unit']}")]
    if isinstance(tree, dict):
        return [leaf for key, part in tree.items() for leaf in leaves(part, f"{place}.{key}" if place else key)]
    if place.endswith((".source", ".label", ".approved_by", ".role", ".cost_centre")):
        return []
    return [(place, str(tree))]


def _place(best: int, worst: int) -> str:
    return str(best) if best == worst else f"not ranked: {best} to {worst}"
