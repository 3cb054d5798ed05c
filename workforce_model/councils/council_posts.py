"""The posts a council's census row describes: who holds them, who covers them, and which are empty.

Whole posts at the published FTE exactly. Agency holds cases; what is left of the case holders is in post. An empty
post holds cases as often as a held one does.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from typing import Any

import pandas as pd

from workforce_model.basis.problems import Problem, ScenarioError

Table = dict[str, Any]

TEAM = "social_work"
UNDER_FIVE_YEARS = 0.59  # England, 30 September 2018: social workers under five years with their council


def posts_of(row: pd.Series, middle: dict[str, float], said: str, known: datetime.date) -> Table:
    """Posts held, posts agency covers, posts empty, and agency above establishment, each exactly its published FTE.

    Parameters
    ----------
    row : Series
        The council's row of the census.
    middle : dict
        The middle council's ``cover`` of agency and ``holding`` share, for what the row does not publish.
    said : str
        How each group's source begins.
    known : date
        The day the row was published.

    Raises
    ------
    ScenarioError
        If more agency stands above establishment than people hold cases.
    """
    totals = _totals(row, middle, said)
    share = totals.own_holding / totals.in_post
    other = totals.in_post - totals.own_holding
    people = max(int(row["inpost_headcount"]), _whole(totals.own_holding) + _whole(other))
    holding = min(max(round(people * share), _whole(totals.own_holding)), people - _whole(other))
    posts: Table = {}
    for cases, held, heads, covered, part in (
        (True, totals.own_holding, holding, totals.cover_holding, share),
        (False, other, people - holding, totals.covering - totals.cover_holding, 1 - share),
    ):
        kind, under, number = (
            "with_cases" if cases else "without_cases",
            round(UNDER_FIVE_YEARS * heads),
            _whole(covered),
        )
        tenure = {"opening_under_five_years": under, "opening_over_five_years": heads - under}
        source = f"{totals.said}: in post; tenure as England's stock"
        posts |= _group(f"held_{kind}", held, heads, cases, tenure, source)
        source = f"{totals.said}: agency covering a vacancy"
        posts |= _group(f"covered_{kind}", covered, number, cases, {"opening_agency": number}, source)
        empty = part * (totals.vacancies - totals.covering)
        posts |= _group(f"empty_{kind}", empty, _whole(empty), cases, {}, f"{totals.said}: vacancies without cover")
    return {"posts": posts, "agency": _above(totals.above, totals.said, known, row)}


@dataclasses.dataclass(frozen=True)
class _Totals:
    """A row's FTE, made to fit together, and what was said of it where it did not."""

    in_post: float
    vacancies: float
    covering: float
    above: float
    cover_holding: float
    own_holding: float
    said: str


def _totals(row: pd.Series, middle: dict[str, float], said: str) -> _Totals:
    in_post, agency, vacancies = (float(row[name]) for name in ("inpost_fte", "agency_fte", "vacancy_fte"))
    covering, holders = float(row["agency_cover_fte"]), float(row["case_holders_fte"])
    if math.isnan(covering):
        covering, said = middle["cover"] * agency, f"{said}; agency covering a vacancy is not published, so as peers"
    elif covering > vacancies:
        said += f"; {covering:g} FTE are published as covering {vacancies:g} FTE of vacancies, the rest stand above establishment"
    covering = min(covering, vacancies, agency)
    if math.isnan(holders):
        holders, said = middle["holding"] * (in_post + agency), f"{said}; case holders are not published, so as peers"
    above = agency - covering
    if holders < above:
        rule = f"more than the {holders:g} FTE who hold cases: agency above establishment holds cases here"
        raise ScenarioError(said, [Problem("agency above establishment", f"{above:.1f} FTE", rule)])
    cover_holding = covering if holders >= agency else (holders - above) * covering / (covering + in_post)
    return _Totals(
        in_post, vacancies, covering, above, cover_holding, min(holders - above - cover_holding, in_post), said
    )


def _group(name: str, fte: float, number: int, cases: bool, opening: Table, source: str) -> Table:
    """A group of posts of one FTE between them, or none."""
    if number == 0 or fte <= 1e-9:
        return {}
    group = {"team": TEAM, "role": "Social worker", "grade": "social_worker", "number": number}
    group |= {"fte": _each(fte, number)}
    return {name: {**group, "holds_cases": cases, "budget": "existing", **opening, "source": source}}


def _above(fte: float, stated: str, known: datetime.date, row: pd.Series) -> Table:
    number = _whole(fte)
    if number == 0:
        return {}
    source = f"{stated}: {fte:.1f} FTE of agency above establishment"
    contract = {
        **{"kind": "additional", "team": TEAM, "role": "Agency above establishment", "grade": "social_worker"},
        **{"fte": _each(fte, number), "budget": "temporary_agency", "source": source},
        **{"first_month": f"{row['year']}-09", "last_month": f"{row['year'] + 5}-03"},
        "number": {"value": number, "unit": "posts", "source": source, "date": known, "confidence": "high"},
    }
    return {"agency_above_establishment": contract}


def _whole(fte: float) -> int:
    """The fewest whole posts that hold so many FTE."""
    return math.ceil(fte - 1e-9)


def _each(fte: float, number: int) -> float:
    """Each post's FTE; the last binary digit never makes a full-time post more than full time."""
    return min(fte / number, 1.0)
