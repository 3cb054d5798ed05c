"""Rates learn from what happened: prior, data and posterior side by side, and a scenario that believes the posterior.

A prior is the scenario's own assumption. How little a few months teach comes out of the sums: the shock of the year
and luck for leavers, clumping for arrivals, and the share of a year's figure that lasts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Any

import pandas as pd

from workforce_model.basis.assumptions import Assumption
from workforce_model.inputs.actuals import Actuals
from workforce_model.inputs.scenario import Scenario, as_tree
from workforce_model.monitoring import counting, duty_counts
from workforce_model.monitoring.agency_counts import covering
from workforce_model.monitoring.counting import OWN_HISTORY, Counted
from workforce_model.monitoring.learning import Belief, prior_of

SURPRISING, FAILED = 0.10, 0.02
"""Chances, under the plan, of a figure at least as far out on either side: below these it is surprising, or has failed."""
_TAIL_STEPS = 51
"""Equal steps of probability over which a tail is averaged."""
_TOGETHER = 0.05
"""The least rank correlation worth stating."""

AS_LEARNT = "correlations.agency_as_learnt"
"""Where a scenario states how the coming and the going of agency workers hang together, as learnt."""

Count = Callable[[Scenario, Actuals, float | None], Counted]


@dataclass(frozen=True)
class Learnt:
    """One rate: what was believed, what was counted, what is believed now.

    Attributes
    ----------
    path, label : str
        The assumption, and what it is called on the page.
    before : Assumption
    prior, posterior : Belief
    events, trials, of, rate
        As :class:`workforce_model.monitoring.counting.Counted`.
    lasting : float or None
        The share of a year's figure that lasts into the next, as taken.
    tail : float
        The chance, under the prior, of more events than came (half of as many among them).
    """

    path: str
    label: str
    before: Assumption
    prior: Belief
    posterior: Belief
    events: float
    trials: float
    of: str
    rate: float
    lasting: float | None
    tail: float

    @property
    def weight_on_data(self) -> float:
        """How much of the doubt the months that happened took away: 0 none, 1 all of it."""
        return max(1 - self.posterior.variance / self.prior.variance, 0.0)

    @property
    def as_far_out(self) -> float:
        """The chance, under the prior, of a count at least as far out on either side."""
        return min(1.0, 2 * min(self.tail, 1 - self.tail))

    def stated(self, actuals: Actuals) -> dict[str, Any]:
        """The posterior as a scenario states it: the median, with the 10th and 90th percentiles as a log-normal range.

        Where that would leave what the unit allows, a normal range; and else a triangular one over all that is believed.
        """
        was = f"{self.before.value:g} [{self.before.low:g} to {self.before.high:g}]"
        kind = "illustrative actuals" if actuals.illustrative else "actuals"
        counted = f"{self.events:,.4g} {self.of.replace(', of ', f', of {self.trials:,.5g} ')}"
        tree = {
            "unit": self.before.unit, "date": actuals.cut_off.end_time.date(), "confidence": self.before.confidence,
            "source": f"Learnt from {kind} to {actuals.cut_off} ({counted}) and what was believed before, {was}",
            "obtain": self.before.obtain,
        }  # fmt: skip
        low, value, high = (float(x) for x in self.posterior.quantile([0.1, 0.5, 0.9]))
        for shape in ("lognormal", "normal"):
            stated = {**tree, "value": value, "low": low, "high": high, "shape": shape}
            with suppress(ValueError):
                Assumption(**stated)  # type: ignore[arg-type]  # the record checks them
                return stated
        ends = self.posterior.quantile([0.0, 1.0]).tolist()
        return {**tree, "value": value, "low": ends[0], "high": ends[1], "shape": "triangular"}


@dataclass(frozen=True)
class Updates:
    """Every rate that learnt, and those that did not.

    Attributes
    ----------
    scenario : Scenario
        What was believed before.
    actuals : Actuals
    rates : tuple of Learnt
    agency_together : float
        Rank correlation of how soon agency workers come and how soon they go, as learnt.
    not_learnt : dict of str
        By assumption, why nothing was learnt.
    """

    scenario: Scenario
    actuals: Actuals
    rates: tuple[Learnt, ...]
    agency_together: float
    not_learnt: dict[str, str]

    def one(self, path: str) -> Learnt:
        """The update of one assumption.

        Raises
        ------
        KeyError
            If nothing was learnt about it.
        """
        found = {rate.path: rate for rate in self.rates}
        if path not in found:
            raise KeyError(f"nothing was learnt about {path!r}; learnt: {', '.join(found)}")
        return found[path]

    def table(self) -> pd.DataFrame:
        """Prior, data and posterior side by side.

        Returns
        -------
        DataFrame
            Columns assumption, label, unit, prior_p10, prior_p50, prior_p90, events, trials, of, data, posterior_p10,
            posterior_p50, posterior_p90, weight_on_data, lasting_share, chance_as_far_out, illustrative.
        """
        rows = []
        for rate in self.rates:
            prior, posterior = (belief.quantile([0.1, 0.5, 0.9]).tolist() for belief in (rate.prior, rate.posterior))
            rows.append((
                rate.path, rate.label, rate.before.unit, *prior, rate.events, rate.trials, rate.of, rate.rate, *posterior,
                rate.weight_on_data, rate.lasting, rate.as_far_out, self.actuals.illustrative,
            ))  # fmt: skip
        columns = ["assumption", "label", "unit", "prior_p10", "prior_p50", "prior_p90", "events", "trials", "of", "data",
                   "posterior_p10", "posterior_p50", "posterior_p90", "weight_on_data", "lasting_share",
                   "chance_as_far_out", "illustrative"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def unlearnt(self) -> list[str]:
        """Why nothing was learnt about the other rates, a sentence a reason.

        Examples
        --------
        >>> import workforce_model as wm
        >>> plan = wm.load_scenario("scenarios/approved.toml")
        >>> update_rates(plan, wm.load_actuals("scenarios/illustrative_actuals.csv", plan)).unlearnt()[-1]
        'Nothing was learnt about duties.work.lead_audits.share_good: what it is counted from is not available.'
        """
        reasons: dict[str, list[str]] = {}
        for path, reason in self.not_learnt.items():
            reasons.setdefault(reason, []).append(path)
        return [f"Nothing was learnt about {', '.join(paths)}: {reason}." for reason, paths in reasons.items()]

    def changes(self) -> dict[str, Any]:
        """What the scenario states differently now, for :meth:`Scenario.replace`: actuals, rates and the date seen from."""
        changed: dict[str, Any] = {rate.path: rate.stated(self.actuals) for rate in self.rates}
        known = self.actuals.cut_off.end_time.date()
        changed |= {"actuals": as_tree(self.actuals), "seen_from": max(known, self.scenario.seen_from)}
        coming, going = "workforce.cover_probability", "workforce.agency_leaving_rate"
        free = not {coming, going} & {c.assumption for c in self.scenario.correlations.values()}
        if free and {coming, going} <= changed.keys() and abs(self.agency_together) >= _TOGETHER:
            changed[AS_LEARNT] = {
                "assumption": coming, "follows": going, "rank_correlation": self.agency_together, "date": known,
                "confidence": "medium", "source": f"Stocks of agency workers to {self.actuals.cut_off} tell coming and going together",
            }  # fmt: skip
        return changed


def update_rates(scenario: Scenario, actuals: Actuals, *, lasting: Mapping[str, float | None] | None = None) -> Updates:
    """What the months that happened teach about the rates.

    Parameters
    ----------
    scenario : Scenario
        Its uncertain assumptions are the priors.
    lasting : mapping, optional
        How much of a council's figure of one year comes back in the next, by ``turnover``, ``agency``, ``vacancy`` and
        ``caseload``; by default :data:`workforce_model.monitoring.counting.OWN_HISTORY`. None: the figure is the lasting rate,
        but for the shock the scenario itself states.

    Returns
    -------
    Updates

    Examples
    --------
    >>> import workforce_model as wm
    >>> plan = wm.load_scenario("scenarios/approved.toml")
    >>> updates = update_rates(plan, wm.load_actuals("scenarios/illustrative_actuals.csv", plan))
    >>> updates.one("workforce.turnover_rate").weight_on_data < 0.35  # six months teach little about turnover
    True
    """
    lasts = {**OWN_HISTORY, "quality": 1.0, **(lasting or {})}
    rates: list[Learnt] = []
    not_learnt: dict[str, str] = {}
    known = scenario.assumptions()
    for path, label, kind, count in _wanted(scenario):
        before = known[path]
        reason = _cannot_learn(scenario, path, before)
        if reason is None:
            counted, prior = count(scenario, actuals, lasts[kind]), prior_of(before)
            if counted.trials <= 0:
                reason = "what it is counted from is not available"
        if reason is not None:
            not_learnt[path] = reason
            continue
        tail = float(counted.tail(prior_of(before, _TAIL_STEPS).values).mean())
        posterior = prior.given(counted.log_likelihood(prior.values))
        rates.append(Learnt(path, label, before, prior, posterior, counted.events, counted.trials, counted.of, counted.rate, lasts[kind], tail))  # fmt: skip
    agency, together = _agency(scenario, actuals, lasts["agency"], not_learnt)
    return Updates(scenario, actuals, (*rates[:2], *agency, *rates[2:]), together, not_learnt)


def with_peer_priors(scenario: Scenario, priors: pd.DataFrame) -> tuple[Scenario, dict[str, float]]:
    """The scenario believing of turnover what peer councils say, and how much of each figure lasts among them.

    Parameters
    ----------
    priors : DataFrame
        From :func:`workforce_model.peer_priors`: ``centre``, ``sd`` and ``own_weight`` by rate.

    Returns
    -------
    Scenario
        Its turnover is centred where the peers and the council's own last return put it, with the spread that lasts.
    dict of float
        What :func:`update_rates` and :func:`workforce_model.forecast` take as ``lasting``.

    Examples
    --------
    >>> import workforce_model as wm
    >>> priors = pd.DataFrame({"centre": [0.155, 0.12], "sd": [0.029, 0.05], "own_weight": [0.3, 0.8]},
    ...                       index=["turnover_rate", "agency_rate"])
    >>> plan, lasting = with_peer_priors(wm.load_scenario("scenarios/approved.toml"), priors)
    >>> plan.workforce.turnover_rate.value, lasting
    (0.155, {'turnover': 0.3, 'agency': 0.8})
    """
    centre, spread = float(priors.loc["turnover_rate", "centre"]), float(priors.loc["turnover_rate", "sd"])  # type: ignore[arg-type]  # columns of numbers
    reach = math.exp(NormalDist().inv_cdf(0.9) * math.sqrt(math.log1p((spread / centre) ** 2)))
    stated = {
        "value": centre, "low": centre / reach, "high": centre * reach, "shape": "lognormal", "confidence": "medium",
        "unit": scenario.workforce.turnover_rate.unit, "date": scenario.seen_from,
        "source": "Peer councils' returns, drawn towards the council's own last; range from the spread that lasts between councils",
    }  # fmt: skip
    lasting = {kind: float(priors.loc[f"{kind}_rate" if kind != "caseload" else kind, "own_weight"]) for kind in OWN_HISTORY if f"{kind}_rate" in priors.index or kind in priors.index}  # type: ignore[arg-type]  # columns of numbers  # fmt: skip
    return scenario.replace({"workforce.turnover_rate": stated}), lasting


def _wanted(scenario: Scenario) -> Iterator[tuple[str, str, str, Count]]:
    """Each assumption counts can teach about: its path, label, whose history it has, and how it is counted."""
    yield "workforce.turnover_rate", "Turnover", "turnover", counting.leaving
    yield "workforce.filling_probability", "Vacancies filled", "vacancy", counting.filling
    yield "workforce.conversion_rate", "Conversion", "agency", counting.conversion
    for team, cases in sorted(scenario.caseloads.teams.items()):
        label, place = scenario.workforce.teams[team].label, f"caseloads.teams.{team}"
        if cases.arrivals.value > 0:
            yield f"{place}.arrivals", f"New cases, {label}", "caseload", partial(_of_team, counting.arriving, team)
        yield (
            f"{place}.leaving_rate",
            f"Cases leaving, {label}",
            "caseload",
            partial(_of_team, counting.cases_leaving, team),
        )
        for to in sorted(cases.passes_on):
            named = f"Passed on, {label} to {scenario.workforce.teams[to].label}"
            yield f"{place}.passes_on.{to}", named, "caseload", partial(_passed, team, to)
    yield from _of_duties(scenario)


def _of_duties(scenario: Scenario) -> Iterator[tuple[str, str, str, Count]]:
    for name, duty in sorted(scenario.duties.work.items()) if scenario.duties else ():
        place = f"duties.work.{name}"
        for stream in sorted(duty.requests):
            whose = f"{duty.label}, {stream.replace('_', ' ')}"
            yield (
                f"{place}.requests.{stream}.a_month",
                f"Asked for, {whose}",
                "caseload",
                partial(_asked_for, name, stream),
            )
        if duty.share_good is not None:
            yield f"{place}.share_good", f"Found good, {duty.label}", "quality", partial(_found_good, name)


def _asked_for(duty: str, stream: str, scenario: Scenario, actuals: Actuals, lasting: float | None) -> Counted:
    return duty_counts.asked_for(scenario, actuals, duty, stream, lasting)


def _found_good(duty: str, scenario: Scenario, actuals: Actuals, _: float | None) -> Counted:
    return duty_counts.found_good(scenario, actuals, duty)


def _of_team(count: Callable[..., Counted], team: str, scenario: Scenario, actuals: Actuals, lasting: float | None) -> Counted:  # fmt: skip
    return count(scenario, actuals, team, lasting)


def _passed(team: str, to: str, scenario: Scenario, actuals: Actuals, lasting: float | None) -> Counted:
    return counting.passing(scenario, actuals, team, to, lasting)


def _cannot_learn(scenario: Scenario, path: str, stated: Assumption) -> str | None:
    workforce = scenario.workforce
    if not stated.uncertain:
        return "stated without a range: taken as known"
    if path == "workforce.filling_probability" and any(g.starts_on for g in workforce.posts.values()):
        return "some posts start together by plan, and the form cannot tell their starters apart"
    if path == "workforce.conversion_rate" and (workforce.campaigns or any(g.planned_conversions for g in workforce.posts.values())):  # fmt: skip
        return "conversions in campaigns or by plan cannot be told apart in the form"
    if ".passes_on." in path:
        siblings = scenario.caseloads.teams[path.split(".")[2]].passes_on
        if sum(share.uncertain for share in siblings.values()) > 1:
            return "the form does not say which team cases went to"
    return None


def _agency(
    scenario: Scenario, actuals: Actuals, lasting: float | None, not_learnt: dict[str, str]
) -> tuple[list[Learnt], float]:
    """How soon agency workers come to cover a vacancy and how soon they go, learnt together from the stocks."""
    stated = {"workforce.cover_probability": "Agency cover coming", "workforce.agency_leaving_rate": "Agency workers leaving"}  # fmt: skip
    known = scenario.assumptions()
    if not all(known[path].uncertain for path in stated) or scenario.workforce.cover_limit is not None:
        not_learnt |= dict.fromkeys(stated, "coming and going are learnt together, without a limit, where both are uncertain")  # fmt: skip
        return [], 0.0
    found = covering(scenario, actuals)
    if found.empty <= 0:
        not_learnt |= dict.fromkeys(stated, "no vacancy stood empty long enough to count")
        return [], 0.0
    rates = []
    for (path, label), belief, events, trials, of in zip(
        stated.items(), (found.coming, found.going), (found.came, found.went), (found.empty, found.there),
        ("FTE came as the stocks imply, of FTE-months standing empty", "FTE went as the stocks imply, of FTE-months covering"),
        strict=True,
    ):  # fmt: skip
        prior = prior_of(known[path])
        alone = (
            events / trials if trials and 0 <= events <= trials else math.nan
        )  # stocks can move by more than either rate alone makes them
        rates.append(Learnt(path, label, known[path], prior, belief, events, trials, of, alone, lasting, found.tail))
    return rates, found.rank_correlation
