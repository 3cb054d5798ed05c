"""A starting scenario for any council in England, from its row of the census.

What the row gives opens the scenario exactly: people and FTE in post, vacancies, agency covering and above
establishment, case-holding FTE, open cases. What it does not give, only the council can: each is a stand-in marked
``obtain``. The row knows no teams, so there is one, and every total can then be shared out by hand.
"""

from __future__ import annotations

import datetime
import math
import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import tomlkit

from workforce_model.basis.atomic_files import write_text_atomically
from workforce_model.basis.problems import Problem, ScenarioError
from workforce_model.councils.council_posts import TEAM, posts_of
from workforce_model.councils.indicators import indicators
from workforce_model.councils.peer_groups import peer_priors, peers
from workforce_model.councils.returns import Returns, published
from workforce_model.inputs.files import load_scenario, shipped_scenarios
from workforce_model.inputs.scenario import Scenario, as_tree, scenario_from

Table = dict[str, Any]

STARTS_TO_A_RANGE = 1.2816  # standard deviations from the middle to the 10th and 90th percentiles
CLOSED_A_MONTH = 0.072  # England, year to March 2018: 349,130 episodes of need ended over 404,710 open, a twelfth
_SHIPPED_DAY = datetime.date(2019, 6, 12)

# Evidence about every council, which one council could not supply: kept as the shipped scenario states it.
_NATIONAL = {
    *("year_shock", "national_swing", "tenure_ratio", "agency_displacement", "arrivals_growth", "arrivals_dispersion"),
    *("random_share", "newly_qualified_months", "employer_ni_rate", "employer_ni_threshold", "levy_rate"),
    *("checks_per_start", "parental_months", "sickness_months"),
}


def council_scenario(
    returns: Returns, council: str, year: int | None = None, demand: Returns | None = None
) -> Scenario:
    """The scenario a council's row opens, checked; its turnover and vacancies are drawn towards every council's.

    Parameters
    ----------
    year : int, optional
        Which row; the file's last by default. The clock starts in the October after that 30 September.
    demand : Returns, optional
        The demand file: how fast the council's own cases close. Without it the rate is England's.

    Raises
    ------
    ScenarioError
        If the council has no such row, or no figure in post, agency or vacancies to start from, or more agency above
        establishment than people who hold cases.

    Examples
    --------
    >>> leeds = council_scenario(returns, "Leeds", 2018)  # doctest: +SKIP
    >>> leeds.caseloads.teams["social_work"].open_cases.value  # doctest: +SKIP
    4205.0
    """
    return scenario_from(_tree(returns, council, year, demand), f"{returns.name}, {council}")


def write_council_scenario(
    path: str | os.PathLike[str],
    returns: Returns,
    council: str,
    year: int | None = None,
    demand: Returns | None = None,
    *,
    overwrite: bool = False,
) -> Path:
    """Write a council's starting scenario as a TOML file that ``load_scenario`` reads; an earlier one is kept.

    Raises
    ------
    FileExistsError
        If the file is there already and ``overwrite`` is not asked for: somebody may have filled it in.
    """
    target = Path(path)
    if target.exists() and not overwrite:
        raise FileExistsError(f"{target} exists; name another file, or ask for overwrite=True")
    tree = _tree(returns, council, year, demand)
    scenario_from(tree, f"{returns.name}, {council}")
    document = tomlkit.document()
    for line in _heading(tree, returns):
        document.add(tomlkit.comment(line) if line else tomlkit.nl())
    for key, value in _stated(tree).items():
        document[key] = value
    write_text_atomically(target, tomlkit.dumps(document))
    return target


def _heading(tree: Table, returns: Returns) -> list[str]:
    return [
        tree["question"],
        "",
        f"Written from {returns.name}, vintage {returns.release}. Totals are the Department's; what is marked obtain is a",
        "stand-in for what only the council can supply. `workforce-model check` lists it. Prices are of 2019/20. Share the posts out by team next.",
    ]


def _stated(value: Any) -> Any:
    """A tree as a file states it: empty tables and what is off by default are left out."""
    if not isinstance(value, dict):
        return value
    kept = {key: _stated(inner) for key, inner in value.items()}
    return {key: inner for key, inner in kept.items() if inner != {} and not (key == "obtain" and inner is False)}


def _tree(returns: Returns, council: str, year: int | None, demand: Returns | None) -> Table:
    year = returns.years[-1] if year is None else year
    row = returns.row(council, year)
    middle = _peers_middle(returns, council, year)
    missing = [
        Problem(f"{row['council']} {year}, {name}", "", "not published: nothing to start from")
        for name in ("inpost_fte", "inpost_headcount", "agency_fte", "vacancy_fte")
        if math.isnan(row[name]) or (name.startswith("inpost") and row[name] == 0)
    ]
    missing += [
        Problem(f"{row['council']} {year}, {name}", "", "not published, nor by any council big enough to stand in")
        for name, stand_in in (("agency_cover_fte", "cover"), ("case_holders_fte", "holding"), ("cases", "caseload"))
        if math.isnan(row[name]) and math.isnan(middle[stand_in])
    ]
    if missing:
        raise ScenarioError(returns.name, missing)
    shipped = as_tree(load_scenario(shipped_scenarios() / "enfield_2019.toml"))
    start, known = pd.Period(f"{year}-10", "M"), published("workforce", year)
    said = f"DfE census {year}, {row['council']}"
    workforce = _workforce(shipped["workforce"], returns, council, row, middle, said)
    sick = workforce["absence"]["sickness_share"]["value"]
    return {
        "name": f"{re.sub('[^a-z0-9]+', '_', str(row['council']).lower()).strip('_')[:34]}_census_{year}",
        "title": f"{row['council']}, children's social care as the census of {year} shows it",
        "question": f"What is {row['council']}'s position, before anything is decided?",
        "place": f"{row['council']} children's social care",
        "seen_from": max(known, _SHIPPED_DAY),
        "periods": {"start": str(start), "end": f"{year + 5}-03", "report_from": f"{year + 1}-04"},
        "workforce": workforce,
        "caseloads": _caseloads(shipped["caseloads"], row, middle, said, sick, demand, known),
        "costs": _costs(shipped["costs"]),
        "funding": _funding(shipped["funding"]),
    }


def _peers_middle(returns: Returns, council: str, year: int) -> dict[str, float]:
    """The middle council's cover of agency, case-holding share and caseload, for what a row leaves out."""
    rates = indicators(returns).join(returns.figures[["case_holders_fte", "inpost_fte", "agency_fte"]])
    rates = rates[(rates["year"] == year) & rates["la_code"].isin(peers(returns, council, year, "england"))]
    holding = rates["case_holders_fte"] / (rates["inpost_fte"] + rates["agency_fte"])
    return {"cover": rates["cover_rate"].median(), "holding": holding.median(), "caseload": rates["caseload"].median()}


def _workforce(
    shipped: Table, returns: Returns, council: str, row: pd.Series, middle: dict[str, float], said: str
) -> Table:
    year, known = int(row["year"]), published("workforce", int(row["year"]))
    priors = peer_priors(returns.up_to(year), council)
    turnover: dict[str, Any] = dict(priors.loc["turnover_rate"])
    vacancy: dict[str, Any] = dict(priors.loc["vacancy_rate"])
    lead = float(shipped["recruitment_lead_months"]["value"])
    months_empty = 12 * vacancy["centre"] / (1 - vacancy["centre"]) / turnover["centre"]
    filling = 1 / max(months_empty - lead, 1.0)
    reach = STARTS_TO_A_RANGE * (0.0 if math.isnan(turnover["sd"]) else turnover["sd"])
    absence = float(row["absence_rate_fte"]) / 100
    borrowed = {
        name: value for name, value in shipped.items() if name not in ("teams", "posts", "agency", "campaigns", "moves")
    }
    rates = _borrowed(borrowed)
    if not math.isnan(absence):
        rates["absence"]["sickness_share"] = _given(
            *(absence, "share", f"{said}: share of working days lost to sickness", known), 0.7 * absence, 1.3 * absence
        )
    return {
        **rates,
        "turnover_rate": _given(
            turnover["centre"],
            "leavers a year over in post",
            f"{said}: {_drawn(turnover)}; range from the lasting spread between councils",
            known,
            max(turnover["centre"] - reach, 0.01),
            turnover["centre"] + reach,
        ),
        "filling_probability": _given(
            filling,
            "share a month",
            f"A post stays empty {months_empty:.0f} months at the council's vacancy rate and turnover, each drawn towards its peers, less a lead time of {lead:.0f}; the council knows its own",
            known,
            0.65 * filling,
            min(1.5 * filling, 1.0),
            obtain=True,
        ),
        "teams": {TEAM: {"label": "Children's social work"}},
        **posts_of(row, middle, said, known),
    }


def _drawn(turnover: dict[str, Any]) -> str:
    """How a turnover came from the council's own and its peers', in words."""
    mean = f"the mean council ({100 * turnover['mean']:.1f}%)"
    if math.isnan(turnover["own"]):
        return f"no turnover of its own to lean on, so that of {mean}"
    return f"{100 * turnover['own']:.1f}% drawn towards {mean}, own weight {turnover['own_weight']}"


def _caseloads(
    shipped: Table,
    row: pd.Series,
    middle: dict[str, float],
    said: str,
    sick: float,
    demand: Returns | None,
    known: datetime.date,
) -> Table:
    """The council's open cases, closing at its own or England's pace, arriving so that the opening is steady."""
    closing, source = CLOSED_A_MONTH, "England, year to March 2018: 349,130 episodes of need ended over 404,710 open"
    year = int(row["year"])
    if demand is not None:
        need = demand.row(str(row["council"]), year)
        if need["Ended_episodes"] > 0 and need["At31_episodes"] > 0:
            closing = need["Ended_episodes"] / need["At31_episodes"] / 12
            source = f"DfE children in need {year}, {row['council']}: {need['Ended_episodes']:,.0f} episodes ended over {need['At31_episodes']:,.0f} open"
    cases = float(row["cases"])
    opened = _given(cases, "cases", f"{said}: cases held on 30 September", known)
    if math.isnan(cases):
        cases = float(round(middle["caseload"] * middle["holding"] * (row["inpost_fte"] + row["agency_fte"])))
        opened = _given(
            *(cases, "cases", f"{said}: cases are not published; as peers", known),
            *(float(round(0.8 * cases)), float(round(1.2 * cases))),
            obtain=True,
        )
    arrivals = cases * closing * (1 - sick)
    team = {
        "open_cases": opened,
        "arrivals": _given(
            *(arrivals, "cases a month", "Keeps the opening position steady", known),
            *(0.85 * arrivals, 1.15 * arrivals),
            obtain=True,
        ),
        "leaving_rate": _given(
            *(closing, "share a month", f"{source}, a twelfth", known),
            *(0.75 * closing, min(1.3 * closing, 1.0)),
            obtain=True,
        ),
    }
    return {**_borrowed({name: value for name, value in shipped.items() if name != "teams"}), "teams": {TEAM: team}}


def _costs(shipped: Table) -> Table:
    """Enfield's stand-in prices for one grade: what every council has to put its own in place of."""
    grade = {name: value for name, value in shipped["grades"]["social_worker"].items() if name != "agency_cap"}
    kept = {name: value for name, value in shipped.items() if name not in ("grades", "commissioned_team_price")}
    return {**_borrowed(kept), "grades": {"social_worker": _borrowed(grade)}}


def _funding(shipped: Table) -> Table:
    """A base budget at the cost of the posts; agency above establishment is charged apart, with nothing to pay it."""
    budgets = {
        "existing": {"label": "Existing establishment"},
        "temporary_agency": {"label": "Agency above establishment"},
    }
    return {"budgets": budgets, "lines": {"existing_base": shipped["lines"]["existing_base"]}}


def _borrowed(tree: Table, name: str = "") -> Table:
    """Assumptions as the shipped scenario states them: what a council has of its own is marked to be obtained."""
    if "value" in tree and "unit" in tree:
        if name in _NATIONAL or "low" not in tree:
            return tree
        return {**tree, "source": f"Stand-in, as stated for Enfield: {tree['source']}"[:600], "obtain": True}
    return {
        key: (tree[key] if key in _NATIONAL else _borrowed(tree[key], key))
        if isinstance(tree[key], dict)
        else tree[key]
        for key in tree
    }


def _given(
    value: float,
    unit: str,
    source: str,
    date: datetime.date,
    low: float | None = None,
    high: float | None = None,
    obtain: bool = False,
) -> Table:
    """An assumption from the row, or worked out from it; with a range where it is not a count."""
    stated = {"value": float(value), "unit": unit, "source": source, "date": date}
    if low is None or high is None:
        return {**stated, "confidence": "high"}
    return {
        **stated,
        "confidence": "low" if obtain else "medium",
        "low": float(low),
        "high": float(high),
        "shape": "triangular",
        "obtain": obtain,
    }
