"""An assumption: a value with its unit, range, shape, source, date and confidence.

The unit is the rule. A rate is a fraction, money is positive pounds, people and months are whole;
what a unit allows is written once, in :data:`UNITS`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, is_dataclass
from statistics import NormalDist
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import AfterValidator, ConfigDict, Field, GetPydanticSchema, Strict, StringConstraints
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import PydanticCustomError, core_schema

Fault = tuple[str, str]
"""A key inside a record, and the rule its value breaks."""

T = TypeVar("T")

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Share = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
LEAST_SHARE = 0.01
"""The least share of a caseload: dealing cases to shares much smaller would take for ever, and no worker holds so few."""
Fte = Annotated[float, Strict(), Field(gt=0, le=1, allow_inf_nan=False)]
Pounds = Annotated[float, Strict(), Field(ge=0, allow_inf_nan=False)]
Whole = Annotated[int, Strict(), Field(ge=0, le=10_000)]
Flag = Annotated[bool, Strict()]
Text = Annotated[
    str,
    Strict(),
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=600,
        pattern=r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]*$",
    ),
]  # fmt: skip
"""Words for a reader: no control characters, and none that turn the direction of what follows."""
Name = Annotated[str, Strict(), StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
"""The key of a team, post group, grade, budget or funding line: small letters, digits, underscores."""


def _of_our_time(day: datetime.date) -> datetime.date:
    if not 1900 <= day.year <= 2100:
        raise ValueError("expected a year from 1900 to 2100, in four figures: 2019-06-12")
    return day


Day = Annotated[datetime.date, Strict(), AfterValidator(_of_our_time)]


@dataclass_transform(kw_only_default=True, frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """A frozen, closed record, checked when it is made.

    A record that defines ``faults()`` lists there what is wrong between its fields; making such a
    record raises with all of them.
    """
    if hasattr(cls, "faults"):
        cls.__post_init__ = _refuse_faults  # type: ignore[attr-defined]  # the hook pydantic calls last
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    made: Any = pydantic_dataclass(frozen=True, kw_only=True, config=config)(cls)
    return made  # type: ignore[no-any-return]  # pydantic returns the class it was given


_GATHERED: ContextVar[bool] = ContextVar("faults are gathered once the whole is made", default=False)


@contextmanager
def faults_gathered() -> Iterator[None]:
    """Make records without refusing their faults; whoever made the whole asks for :func:`faults_within`."""
    before = _GATHERED.set(True)
    try:
        yield
    finally:
        _GATHERED.reset(before)


def faults_within(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong in a record and in every record inside it, as (place, rule) pairs."""
    if hasattr(value, "faults"):
        yield from (((*place, *key.split(".")), rule) for key, rule in value.faults())
    inner = value.items() if isinstance(value, dict) else vars(value).items() if is_dataclass(value) else ()
    for key, part in inner:
        yield from faults_within(part, (*place, key))


def _refuse_faults(self: Any) -> None:
    found = [] if _GATHERED.get() else self.faults()
    if found:
        raise PydanticCustomError(
            "faults", "{summary}", {"summary": "; ".join(f"{k}: {r}" for k, r in found), "faults": found}
        )


@dataclass(frozen=True)
class Unit:
    """What a unit allows: the least and greatest value, whether whole, and the likely slip."""

    least: float
    greatest: float
    whole: bool = False
    slip: str = ""


_FRACTION = "a fraction: 1.3% is written 0.013"
UNITS: dict[str, Unit] = {
    "share": Unit(0, 1, slip=_FRACTION),
    "share a month": Unit(0, 1, slip=_FRACTION),
    "hazard a year": Unit(0, 12, slip="events a year for each year at risk: 5.7% is written 0.057"),
    "leavers a year over in post": Unit(0, 1, slip=_FRACTION),
    "growth a year": Unit(-0.9, 1, slip=_FRACTION),
    "share of salary": Unit(0, 1, slip="the part added on top of salary: 0.275, not 1.275"),
    "multiplier": Unit(0, 100),
    "standard deviation of the logarithm": Unit(0, 2),
    "change in the logarithm": Unit(-5, 5, slip="0.01 is about one per cent more"),
    "variance over mean": Unit(1, 100),
    "months": Unit(0, 120, whole=True),
    "posts": Unit(0, 1_000, whole=True),
    "cases": Unit(0, 100_000, whole=True),
    "cases a month": Unit(0, 100_000),
    "hours": Unit(0, 1_000),
    "hours a week": Unit(0, 60),
    "hours a year": Unit(0, 2_500),
    "requests": Unit(0, 100_000, whole=True),
    "requests a month": Unit(0, 10_000),
    "weeks a year": Unit(0, 53),
    "days a year": Unit(0, 366),
    "weeks": Unit(0, 520),
    "GBP": Unit(0, 1e12),
    "GBP an hour": Unit(0, 1_000, slip="pounds and pence an hour"),
    "GBP a day": Unit(0, 100_000),
    "GBP a month": Unit(0, 1e10),
    "GBP a year": Unit(0, 1e12),
}

_TENTH = NormalDist().inv_cdf(0.9)


@record
class Assumption:
    """A number we do not choose and do not know exactly, with where it comes from.

    Parameters
    ----------
    value : float
        The best single value, in ``unit``.
    unit : str
        One of :data:`UNITS`; it decides which values are allowed.
    source, date, confidence : str, date, str
        Where it comes from, the day that became known, and ``high``, ``medium`` or ``low``.
    low, high, shape : float, float, str
        The range, stated together. ``uniform`` and ``triangular``: the ends. ``normal`` and
        ``lognormal``: the 10th and 90th percentiles either side of the value, which is the median.
    obtain : bool
        Only the council can supply it; the value is a stand-in and must carry a range.
    later_evidence : str
        Why a source later than the scenario's ``seen_from`` date may be used.

    Examples
    --------
    >>> lead = Assumption(value=3, low=2, high=6, shape="triangular", unit="months",
    ...                   source="judgement", date=datetime.date(2019, 6, 12), confidence="low")
    >>> lead.faults()
    []
    """

    value: Number
    unit: Text
    source: Text
    date: Day
    confidence: Literal["high", "medium", "low"]
    low: Number | None = None
    high: Number | None = None
    shape: Literal["uniform", "triangular", "normal", "lognormal"] | None = None
    obtain: Flag = False
    later_evidence: Text | None = None

    @property
    def uncertain(self) -> bool:
        """Whether it carries a range that is wider than a point."""
        return self.low is not None and self.low != self.high

    def faults(self) -> list[Fault]:
        """What is wrong between the fields, as (key, rule) pairs."""
        if self.unit not in UNITS:
            return [("unit", f"unknown unit {self.unit!r}; one of: {', '.join(UNITS)}")]
        rule = UNITS[self.unit]
        stated = {key: x for key in ("value", "low", "high") if (x := getattr(self, key)) is not None}
        found = [(key, _allowed(rule, self.unit)) for key, x in stated.items() if not _fits(x, rule)]
        if len({x is None for x in (self.low, self.high, self.shape)}) > 1:
            found.append(("low", "low, high and shape are stated together or not at all"))
        elif self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            found.append(("low", f"low, value and high must rise: {self.low:g}, {self.value:g}, {self.high:g}"))
        elif self.shape == "lognormal" and self.low is not None and self.low <= 0:
            found.append(("low", "a lognormal range lies above 0"))
        elif not found and self.uncertain and not _fits(_sampled(self, np.array([0.001, 0.999])), rule):
            found.append(("shape", f"{self.shape} can leave what {self.unit!r} allows; use triangular or uniform"))
        if self.obtain and self.low is None:
            found.append(("obtain", "a stand-in for what the council must supply carries low, high and shape"))
        return found


@record
class Correlation:
    """One assumption that tends to be high or low with another: a tight labour market moves both.

    ``assumption`` follows ``follows``; the rank correlation lies between -1 and 1, the ends left out.
    """

    assumption: Text
    follows: Text
    rank_correlation: Annotated[float, Strict(), Field(gt=-1, lt=1, allow_inf_nan=False)]
    source: Text
    date: Day
    confidence: Literal["high", "medium", "low"]


def _fits(x: Any, rule: Unit) -> bool:
    inside = np.all((np.asarray(x) >= rule.least) & (np.asarray(x) <= rule.greatest))
    return bool(inside and (not rule.whole or np.all(np.asarray(x) == np.round(x))))


def _allowed(rule: Unit, unit: str) -> str:
    kind = "a whole number" if rule.whole else "a number"
    return f"expected {kind} from {rule.least:g} to {rule.greatest:,.13g} ({rule.slip or unit})"


def _in_unit(*units: str) -> GetPydanticSchema:
    """An assumption in one of these units; where there are several, the unit says which price it is."""
    named = " or ".join(f'"{unit}"' for unit in units)

    def check(assumption: Assumption) -> Assumption:
        if assumption.unit not in units:
            raise PydanticCustomError(
                "faults", "{summary}", {"summary": f"expected unit {named}", "faults": [("unit", f"must be {named}")]}
            )
        return assumption

    allowed = {"const": units[0]} if len(units) == 1 else {"enum": list(units)}
    return GetPydanticSchema(
        lambda kind, handler: core_schema.no_info_after_validator_function(check, handler(kind)),
        lambda kind, handler: {**handler(kind), "properties": {"unit": allowed}},
    )


ShareAssumption = Annotated[Assumption, _in_unit("share")]
MonthlyShare = Annotated[Assumption, _in_unit("share a month")]
HazardAYear = Annotated[Assumption, _in_unit("hazard a year")]
TurnoverRate = Annotated[Assumption, _in_unit("leavers a year over in post")]
Growth = Annotated[Assumption, _in_unit("growth a year")]
ShareOfSalary = Annotated[Assumption, _in_unit("share of salary")]
Multiplier = Annotated[Assumption, _in_unit("multiplier")]
LogChange = Annotated[Assumption, _in_unit("change in the logarithm")]
LogDeviation = Annotated[Assumption, _in_unit("standard deviation of the logarithm")]
Dispersion = Annotated[Assumption, _in_unit("variance over mean")]
WholeMonths = Annotated[Assumption, _in_unit("months")]
WholePosts = Annotated[Assumption, _in_unit("posts")]
WholeCases = Annotated[Assumption, _in_unit("cases")]
CasesAMonth = Annotated[Assumption, _in_unit("cases a month")]
HoursEach = Annotated[Assumption, _in_unit("hours")]
HoursAWeek = Annotated[Assumption, _in_unit("hours a week")]
HoursAYear = Annotated[Assumption, _in_unit("hours a year")]
WholeRequests = Annotated[Assumption, _in_unit("requests")]
RequestsAMonth = Annotated[Assumption, _in_unit("requests a month")]
WeeksAYear = Annotated[Assumption, _in_unit("weeks a year")]
PoundsEach = Annotated[Assumption, _in_unit("GBP")]
PoundsAnHour = Annotated[Assumption, _in_unit("GBP an hour")]
PoundsAMonth = Annotated[Assumption, _in_unit("GBP a month")]
PoundsAYear = Annotated[Assumption, _in_unit("GBP a year")]
DaysAYear = Annotated[Assumption, _in_unit("days a year")]
Weeks = Annotated[Assumption, _in_unit("weeks")]
TeamPrice = Annotated[Assumption, _in_unit("GBP a month", "GBP", "GBP a day")]


def figures(name: str, given: ArrayLike, rule: Unit, *, above_nil: bool = False) -> NDArray[np.float64]:
    """The figures given for an argument, refused unless every one is what its unit allows.

    Raises
    ------
    ValueError
        Naming the argument, the first figure that is wrong, and the rule.

    Examples
    --------
    >>> figures("salary_gbp", [37_705, 45_585], UNITS["GBP a year"]).tolist()
    [37705.0, 45585.0]
    """
    stated = np.asarray(given)
    if stated.dtype.kind not in "iuf":
        raise ValueError(f"{name} = {given!r}: expected numbers without quotes, units or commas")
    wrong = ~((stated >= rule.least) & (stated <= rule.greatest)) | (above_nil & (stated == 0))
    if wrong.any():
        least = f"above {rule.least:g}, at most" if above_nil else f"from {rule.least:g} to"
        slip = rule.slip and f" ({rule.slip})"
        raise ValueError(f"{name} = {stated[wrong][0]}: expected {least} {rule.greatest:,.0f}{slip}")
    return stated.astype(float)


def sample(assumption: Assumption, quantile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of an uncertain assumption at stated quantiles of its range.

    Parameters
    ----------
    assumption : Assumption
    quantile : array, shape (n,)
        Strictly between 0 and 1.

    Returns
    -------
    array, shape (n,)
        In the assumption's unit and rising with the quantile; the value itself where there is no range.
        Whole units come back whole, the ends as likely as their neighbours allow.

    Examples
    --------
    >>> pay_award = Assumption(value=0.02, low=0.01, high=0.03, shape="uniform", unit="growth a year",
    ...                        source="judgement", date=datetime.date(2019, 6, 12), confidence="low")
    >>> sample(pay_award, np.array([0.25])).tolist()
    [0.015]
    """
    if not assumption.uncertain:
        return np.full(quantile.shape, float(assumption.value))
    return _sampled(assumption, quantile)


def _sampled(assumption: Assumption, quantile: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = assumption.low, assumption.high
    if low is None or high is None:
        raise ValueError("an assumption without a range has no quantiles")
    whole = UNITS[assumption.unit].whole
    if whole and assumption.shape in ("uniform", "triangular"):
        low, high = low - 0.5 + 1e-9, high + 0.5 - 1e-9
    value = float(assumption.value)
    if assumption.shape == "uniform":
        drawn = low + quantile * (high - low)
    elif assumption.shape == "triangular":
        turn = (value - low) / (high - low)
        rising = low + np.sqrt(quantile * (high - low) * (value - low))
        falling = high - np.sqrt((1 - quantile) * (high - low) * (high - value))
        drawn = np.where(quantile < turn, rising, falling)
    else:
        steps = np.array([NormalDist().inv_cdf(q) for q in quantile]) / _TENTH
        if assumption.shape == "normal":
            drawn = value + steps * np.where(steps < 0, value - low, high - value)
        else:
            drawn = value * np.where(steps < 0, value / low, high / value) ** steps
    return np.round(drawn) if whole else drawn
