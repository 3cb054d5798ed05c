"""Assumptions in words: what one is called, and its values with their unit, as a sentence says them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workforce_model.basis.formats import capital

_FRACTIONS = ("share", "growth", "hazard", "leavers a year")


_MISREAD = {
    "leaving_rate": "cases leaving",
    "arrivals": "cases arriving",
    "arrivals_growth": "growth in cases arriving",
    "arrivals_dispersion": "spread of cases arriving",
    "passes_on": "passed on to",
    "random_share": "cases given out whatever the caseload",
}
"""Keys of caseloads that would be read as of staff, or not at all."""
_LEVELS = ("work", "teams")
"""Levels of a scenario that say nothing of an assumption."""


def key_words(path: str) -> list[str]:
    """The keys of a place in a scenario in words, those of caseloads said so that none is taken for one of staff.

    Examples
    --------
    >>> key_words("caseloads.teams.family_support.leaving_rate"), key_words("workforce.turnover_rate")
    (['caseloads', 'teams', 'family support', 'cases leaving'], ['workforce', 'turnover rate'])
    """
    keys = path.split(".")
    said = [_MISREAD.get(key, key) if keys[0] == "caseloads" else key for key in keys]
    return [key.replace("_", " ").replace(" ni ", " NI ") for key in said]


def assumption_name(path: str) -> str:
    """An assumption's place as a label: its last two keys in words, what it is before whose it is.

    Examples
    --------
    >>> assumption_name("caseloads.teams.assessment.arrivals"), assumption_name("costs.grades.social_worker.salary")
    ('Cases arriving, assessment', 'Salary, social worker')
    """
    keys = key_words(path)
    whose, what = keys[-2] if len(keys) > 2 else "", keys[-1]
    if whose == "passed on to":
        return capital(f"cases {whose} {what}")
    return capital(f"{what}, {whose}" if whose else what)


def in_words(path: str) -> str:
    """An assumption's place in the scenario, in words.

    Examples
    --------
    >>> in_words("costs.grades.social_worker.salary"), in_words("caseloads.teams.assessment.arrivals")
    ('Grades: social worker: salary', 'Assessment: cases arriving')
    """
    keys = key_words(path)[1:]
    keys = keys[1:] if keys[0] in _LEVELS and len(keys) > 1 else keys
    text = ": ".join(keys).replace("passed on to:", "cases passed on to")
    return capital(text)


def named_together(paths: Iterable[str]) -> list[str]:
    """Many assumptions in few words: a text for each section of the scenario, what they share said once.

    Examples
    --------
    >>> named_together(["costs.agency_margin", "costs.grades.manager.salary", "costs.grades.manager.agency_rate", "duties.work.audits.hours_each"])
    ['costs: agency margin, grades manager (salary, agency rate)', 'duties: audits hours each']
    """
    sections: dict[str, list[list[str]]] = {}
    for path in paths:
        first, *rest = key_words(path)
        sections.setdefault(first, []).append(rest[1:] if rest[0] in _LEVELS and len(rest) > 1 else rest)
    return [f"{section}: {', '.join(_said_once(keys))}" for section, keys in sections.items()]


def _said_once(places: list[list[str]]) -> list[str]:
    under: dict[str, list[list[str]]] = {}
    for key, *rest in places:
        under.setdefault(key, []).extend([rest] if rest else [])
    said = []
    for key, parts in ((key, _said_once(rest)) for key, rest in under.items()):
        more = f"({', '.join(parts)})" if len(parts) > 1 else "".join(parts)
        said.append(f"{key} {more}".strip())
    return said


def amount_of(value: float, unit: str) -> str:
    """A value to four figures without the rest of its unit: pounds with their sign, fractions as percentages.

    Examples
    --------
    >>> amount_of(30.672, "GBP an hour"), amount_of(0.24291, "share of salary"), amount_of(3, "months")
    ('£30.67', '24.29%', '3')
    """
    if unit.startswith("GBP"):
        return f"£{value:,.2f}".removesuffix(".00") if abs(value) < 1_000 else f"£{value:,.0f}"
    return (
        f"{100 * value:.4g}%"
        if unit.startswith(_FRACTIONS)
        else f"{value:,.0f}"
        if abs(value) >= 1_000
        else f"{value:.4g}"
    )


def in_unit(value: float, unit: str) -> str:
    """A value to four figures with its unit.

    Examples
    --------
    >>> in_unit(30.672, "GBP an hour"), in_unit(0.24291, "share of salary"), in_unit(347.23, "cases a month"), in_unit(1, "months")
    ('£30.67 an hour', '24.29% of salary', '347.2 cases a month', '1 month')
    >>> in_unit(-0.02115, "growth a year"), in_unit(0.5, "share"), in_unit(1_250_000, "GBP")
    ('-2.115% a year', '50%', '£1,250,000')
    """
    amount = amount_of(value, unit)
    first, _, more = unit.partition(" ")
    rest = (more if first in ("GBP", "share", "growth") else unit).split()
    if amount == "1" and rest:
        rest[0] = rest[0].removesuffix("s")
    return " ".join([amount, *rest])


def printed_in(unit: str) -> tuple[Callable[[float], str], str]:
    """How a unit's values are printed, and the unit as the page names it: fractions become percentages, GBP pounds.

    Examples
    --------
    >>> how, shown = printed_in("share of salary")
    >>> how(0.225), shown
    ('22.5%', 'of salary')
    >>> how, shown = printed_in("GBP a year")
    >>> how(37_705), shown
    ('£37,705', 'a year')
    """
    if unit.startswith("GBP"):
        return (lambda x: f"£{x:,.2f}".removesuffix(".00")), unit.removeprefix("GBP").strip()
    if unit.startswith(_FRACTIONS):
        shown = {"share": "", "share a month": "a month", "share of salary": "of salary"}.get(unit, unit)
        return (lambda x: f"{100 * x:.6g}%"), shown
    return (lambda x: f"{x:,.6g}" if abs(x) < 1e6 else f"{x:,.0f}"), unit
