"""What further money buys: whole posts and other steps by the £50k, the smallest package, the frontier."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.formats import percent, points, thousands
from workforce_model.decisions.comparison import whole_numbers
from workforce_model.decisions.investments import Changes, Investment, further_posts, together
from workforce_model.engine.model import SEED
from workforce_model.inputs.doubt import DRAWS
from workforce_model.inputs.scenario import Scenario
from workforce_model.reading.luck import CLEAR
from workforce_model.reading.measures import spread
from workforce_model.reading.outcomes import ALL_YEARS, KEPT, Outcome, reported, settled_year
from workforce_model.reading.playing import play, versions_of
from workforce_model.reading.ranges import clear


def options(scenario: Scenario, investments: Sequence[Investment], amounts: Sequence[float] = (50_000, 100_000, 150_000, 200_000, 250_000),
            *, keep: float = 0.9, year: str | None = None, runs: int = 500, seed: int = SEED, executor: Executor | None = None,
            progress: Callable[[int], object] | None = None) -> pd.DataFrame:  # fmt: skip
    """What each further amount a year buys, in whole units, against doing nothing further.

    Parameters
    ----------
    amounts : sequence of float
        Pounds a year. Units are whole: £50,000 buys no post that costs £51,889.
    keep : float
        The share of workers to keep below the caseload limit.
    year : str, optional
        The March in which it is asked; by default the second reported year.

    Returns
    -------
    DataFrame
        One row for each amount, investment and team: investment, unit, gbp_a_year, units, team, period, keep, chance (of keeping
        that share below), chance_error, change (from buying nothing), error, clear, share_over, share_clear, then the cost less that of
        buying nothing in each reported year and its Monte Carlo error, ``net 2020/21`` and so on.
    """
    runs, seed = whole_numbers(runs, seed, scenario)
    bought = [(one, gbp, one.units_for(gbp)) for one in investments for gbp in amounts]
    packages = [one.buys(units) for one, _, units in bought]
    table = tried(
        scenario, [{}, *packages], keep=keep, year=year, runs=runs, seed=seed, executor=executor, progress=progress
    )
    names = pd.DataFrame(
        [("nothing further", "", 0.0, 0), *((one.name, one.unit, gbp, units) for one, gbp, units in bought)],
        columns=["investment", "unit", "gbp_a_year", "units"],
    )
    return names.join(table.set_index("package")).reset_index(drop=True)


def tried(scenario: Scenario, packages: Sequence[Changes], *, keep: float = 0.9, year: str | None = None, runs: int = 500,
          seed: int = SEED, executor: Executor | None = None, progress: Callable[[int], object] | None = None) -> pd.DataFrame:  # fmt: skip
    """Packages of changes to a scenario, each against the first: chances by team, and cost in each year.

    Returns
    -------
    DataFrame
        One row for each package and team: package (its position), team, period, keep, chance, chance_error, change, error, clear, share_over
        (at or over the limit), share_clear (whether its change is), ``net <year>`` and ``error <year>`` for each reported year and all of them.
    """
    teams, years = sorted(scenario.caseloads.teams), (*reported(scenario), ALL_YEARS)
    kept = {team: Outcome(KEPT, team=team, year=year, keep=keep) for team in teams}
    over = {team: Outcome("share_at_or_over", team=team, year=year) for team in teams}
    cost = {when: Outcome("net_cost_gbp", year=when) for when in years}
    distinct: dict[str, int] = {}
    place = [distinct.setdefault(repr(package), len(distinct)) for package in packages]
    scenarios = [scenario.replace(packages[place.index(i)]) for i in range(len(distinct))]
    played = play(versions_of(scenarios, seed, True), [*kept.values(), *over.values(), *cost.values()], np.arange(runs), seed,
                  executor=executor, told=progress)  # fmt: skip
    draw, base = np.arange(runs) % DRAWS, played[place[0]].figures
    rows = []
    for position, figures in enumerate(played[i].figures for i in place):
        spends = [spread(figures[one] - base[one], draw) for one in cost.values()]
        for team in teams:
            chance, change, less = (spread(x, draw) for x in (
                figures[kept[team]], figures[kept[team]] - base[kept[team]], figures[over[team]] - base[over[team]],
            ))  # fmt: skip
            rows.append((position, team, settled_year(kept[team], scenario), keep, chance.mean, chance.error, change.mean, change.error, clear(change),
                         float(np.nanmean(figures[over[team]])), clear(less), *(x for s in spends for x in (s.mean, s.error))))  # fmt: skip
    columns = [
        "package",
        "team",
        "period",
        "keep",
        "chance",
        "chance_error",
        "change",
        "error",
        "clear",
        "share_over",
        "share_clear",
    ]
    return pd.DataFrame(rows, columns=columns + [f"{name} {when}" for when in years for name in ("net", "error")])


@dataclass(frozen=True)
class Package:
    """The fewest further posts, team by team, that meet a stated chance; ``posts`` lacks a team that not even the most would.

    Attributes
    ----------
    posts : dict
        Further posts by team.
    unmet : tuple of str
        Teams in which the most posts tried do not reach the chance.
    table : DataFrame
        As :func:`tried`, of nothing further and of the package.
    sentence : str
    """

    posts: dict[str, int]
    unmet: tuple[str, ...]
    table: pd.DataFrame
    sentence: str


def smallest_package(scenario: Scenario, chance: float, *, start: str, keep: float = 0.9, most: int = 16, year: str | None = None,
                     teams: Sequence[str] | None = None, runs: int = 500, seed: int = SEED, executor: Executor | None = None) -> Package:  # fmt: skip
    """The fewest further case-holding posts that give every team the stated chance of keeping its workers below the limit.

    Every team's number is halved towards at once, so few plays are needed; the whole package is then played as one, and a
    team that falls short beside the others' numbers gets a post more until it does not.

    Parameters
    ----------
    chance : float
        Above 0, at most 1: 0.8 is four futures in five.
    start : str
        The month the posts are created.
    most : int
        The most posts tried in one team.

    Raises
    ------
    ValueError
        If the chance or runs make no sense, a team is unknown, or holds no cases.
    """
    runs, seed = whole_numbers(runs, seed, scenario, least=2)
    wanted = tuple(teams or sorted(scenario.caseloads.teams))
    unknown = [team for team in wanted if team not in scenario.caseloads.teams]
    if unknown or not 0 < chance <= 1:
        known = ", ".join(sorted(scenario.caseloads.teams))
        raise ValueError(
            f"smallest_package: chance = {chance!r}, teams {list(wanted)}; expected above 0, at most 1 (four in five is 0.8), of {known}"
        )
    buy = {team: further_posts(scenario, team, start=start) for team in wanted}

    def chances(posts: Mapping[str, int]) -> pd.DataFrame:
        return tried(scenario, [{}, together([(buy[team], n) for team, n in posts.items()])], keep=keep, year=year, runs=runs, seed=seed,
                     executor=executor)  # fmt: skip

    def short(table: pd.DataFrame, among: Iterable[str]) -> list[str]:
        found = table.query("package == 1").set_index("team")["chance"]
        return [team for team in among if not found[team] >= chance]

    unmet = short(chances(dict.fromkeys(wanted, most)), wanted)
    posts = _halved(lambda posts: short(chances(posts), posts), [team for team in wanted if team not in unmet], most)
    table = chances(posts)
    while missed := short(table, posts):
        unmet += [team for team in missed if posts[team] == most]
        posts = {team: n + (team in missed) for team, n in posts.items() if team not in unmet}
        table = chances(posts)
    return Package(posts, tuple(unmet), table, _said(scenario, posts, tuple(unmet), chance, keep, most, table))


def _halved(short: Callable[[Mapping[str, int]], list[str]], teams: Sequence[str], most: int) -> dict[str, int]:
    """The fewest posts of each team, all teams halved towards at once."""
    least, enough = dict.fromkeys(teams, -1), dict.fromkeys(teams, most)
    while any(enough[team] - least[team] > 1 for team in teams):
        middle = {team: max((least[team] + enough[team]) // 2, 0) for team in teams}
        missed = short(middle)
        for team in teams:
            (least if team in missed else enough)[team] = middle[team]
    return enough


def _said(
    scenario: Scenario,
    posts: Mapping[str, int],
    unmet: tuple[str, ...],
    chance: float,
    keep: float,
    most: int,
    table: pd.DataFrame,
) -> str:
    labels = {team: one.label.lower() for team, one in scenario.workforce.teams.items()}
    goal = f"a {percent(chance)} chance that {percent(keep)} of workers are below {scenario.caseloads.caseload_limit} cases"
    said = (
        [f"Not even {most} further posts give {goal} in {', '.join(labels[team] for team in unmet)}."] if unmet else []
    )
    if posts:
        mine, last = table.query("package == 1"), reported(scenario)[-1]
        bought = ", ".join(f"{n} in {labels[team]}" for team, n in posts.items() if n) or "none"
        error = CLEAR * float(mine[mine["team"].isin(list(posts))]["chance_error"].max())
        cost, about = mine[[f"net {last}", f"error {last}"]].iloc[0]
        said.append(
            f"For at least {goal} in every {'other ' if unmet else ''}team: {sum(posts.values())} further posts ({bought}), which cost "
            f"£{thousands(cost)}k net in {last} (error £{thousands(about)}k). With these runs a chance is known to {points(error)} either way."
        )
    return " ".join(said)


def frontier_of(table: pd.DataFrame, cost: str, share: str) -> pd.DataFrame:
    """Which rows no other row beats on both cost and share, added as a column ``on_frontier``.

    Examples
    --------
    >>> packages = pd.DataFrame({"cost": [0.0, 1.0, 2.0], "share": [0.3, 0.4, 0.1]})
    >>> frontier_of(packages, "cost", "share")["on_frontier"].tolist()
    [True, False, True]
    """
    costs, shares = table[cost].to_numpy(), table[share].to_numpy()
    no_worse = (costs[None] <= costs[:, None]) & (shares[None] <= shares[:, None])
    better = (costs[None] < costs[:, None]) | (shares[None] < shares[:, None])
    beaten: NDArray[np.bool_] = np.asarray((no_worse & better).any(axis=1))
    return table.assign(on_frontier=~beaten)
