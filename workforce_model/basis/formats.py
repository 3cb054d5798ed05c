"""How figures are printed: rounded once, here, the way a Cabinet paper prints them."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

NOT_DEFINED = "not defined"


def rounded(value: float, places: int = 0) -> Decimal:
    """A figure rounded half away from zero, as accountants round.

    Examples
    --------
    >>> rounded(2.675, 2), rounded(-0.5)
    (Decimal('2.68'), Decimal('-1'))
    """
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def thousands(gbp: float) -> str:
    """Pounds in £000, brackets for a saving, income or money that meets a cost.

    What is not nought never prints as nought.

    Examples
    --------
    >>> thousands(474_247), thousands(-375_000), thousands(120), thousands(0)
    ('474', '(375)', '<1', '0')
    """
    if math.isnan(gbp):
        return NOT_DEFINED
    whole = rounded(gbp / 1000)
    text = f"{abs(whole):,}" if whole or abs(gbp) < 0.005 else "<1"
    return f"({text})" if gbp <= -0.005 else text


def pounds(gbp: float) -> str:
    """Pounds to the nearest pound.

    Examples
    --------
    >>> pounds(474_246.6), pounds(-99_247)
    ('£474,247', '(£99,247)')
    """
    text = f"£{abs(rounded(gbp)):,}"
    return f"({text})" if rounded(gbp) < 0 else text


def fte(value: float) -> str:
    """FTE to one decimal; what is not nought never prints as nought.

    Examples
    --------
    >>> fte(172.55), fte(0.03), fte(-0.03), fte(0.0)
    ('172.6', '<0.1', '>-0.1', '0.0')
    """
    if math.isnan(value):
        return NOT_DEFINED
    if not rounded(value, 1) and abs(value) > 1e-9:
        return "<0.1" if value > 0 else ">-0.1"
    return f"{rounded(value, 1) + 0}"


def percent(share: float) -> str:
    """A share as a whole percentage; what is not nought never prints as nought, nor what is not all as all.

    Examples
    --------
    >>> percent(0.248), percent(0.002), percent(0.0), percent(0.998)
    ('25%', '<1%', '0%', '>99%')
    """
    if math.isnan(share):
        return NOT_DEFINED
    whole = rounded(100 * share)
    if whole == 0 and share > 0:
        return "<1%"
    if whole == 100 and share < 1:
        return ">99%"
    return f"{whole}%"


def capital(text: str) -> str:
    """Text with a capital first, the rest as it is.

    Examples
    --------
    >>> capital("the MTFP")
    'The MTFP'
    """
    return f"{text[:1].upper()}{text[1:]}"


def money(gbp: float) -> str:
    """Pounds in a sentence, without a sign: thousands, or millions to one decimal from a million up.

    What is not nought never prints as nought.

    Examples
    --------
    >>> money(474_247), money(-12_241_340), money(300), money(0)
    ('£474k', '£12.2m', 'less than £1k', 'nil')
    """
    if math.isnan(gbp):
        return NOT_DEFINED
    size = abs(gbp)
    if size < 0.005:
        return "nil"
    if rounded(size / 1000) >= 1000:
        return f"£{rounded(size / 1_000_000, 1):,}m"
    return f"£{rounded(size / 1000)}k" if rounded(size / 1000) else "less than £1k"


def points(share: float) -> str:
    """The size of a change in a share, in percentage points to one decimal.

    Examples
    --------
    >>> points(-0.0857), points(0.01), points(0.0001)
    ('8.6 points', '1.0 point', 'less than 0.1 points')
    """
    size = rounded(abs(100 * share), 1)
    if not size and abs(share) > 1e-12:
        return "less than 0.1 points"
    return f"{size} point{'' if size == 1 else 's'}"
