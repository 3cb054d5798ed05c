"""Money split to the penny, and rounded so that parts add up.

A split is by largest remainder: every part is rounded down to the penny, and the pennies left over go one each to
the largest fractions cut off. Ties go to the earlier part. A negative amount is the mirror of the positive one.
Pounds here are ``Decimal``, so that a sum is exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from workforce_model.basis.formats import rounded

_PENCE = 100


def apportion(amount_gbp: float | str | Decimal, weights: int | Sequence[float]) -> tuple[Decimal, ...]:
    """Split an amount in whole pennies over equal parts, or in proportion to weights; the parts add up exactly.

    Parameters
    ----------
    amount_gbp : float, str or Decimal
        Pounds and whole pence, of either sign.
    weights : int or sequence of float
        A number of equal parts, or a weight for each part: none negative, not all nought.

    Raises
    ------
    ValueError
        If the amount is not whole pennies, or the weights cannot share it.

    Examples
    --------
    £375,000 over nine posts: six at £41,666.67 and three at £41,666.66.

    >>> parts = apportion(375_000, 9)
    >>> str(parts[0]), str(parts[-1]), str(sum(parts))
    ('41666.67', '41666.66', '375000.00')
    """
    pence = _pence(amount_gbp)
    shares = _shares(weights)
    exact = [abs(pence) * share for share in shares]
    whole = [math.floor(part) for part in exact]
    over = abs(pence) - sum(whole)
    by_remainder = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for part in by_remainder[:over]:
        whole[part] += 1
    sign = -1 if pence < 0 else 1
    return tuple((Decimal(sign * part) / _PENCE).quantize(Decimal("0.01")) for part in whole)


def _pence(amount_gbp: float | str | Decimal) -> int:
    try:
        pence = Fraction(Decimal(str(amount_gbp))) * _PENCE
    except (ArithmeticError, ValueError):  # not a number, or not a finite one
        pence = Fraction(1, 2)
    if pence.denominator != 1:
        raise ValueError(f"amount_gbp = {amount_gbp!r}: expected a finite amount of pounds and whole pence")
    return pence.numerator


def _shares(weights: int | Sequence[float]) -> list[Fraction]:
    parts = [1.0] * weights if isinstance(weights, int) else list(weights)
    if not parts or not all(math.isfinite(w) and w >= 0 for w in parts) or not any(parts):
        raise ValueError(f"weights = {weights!r}: expected at least one part, none below 0, not all 0")
    exact = [Fraction(float(weight)) for weight in parts]
    total = sum(exact)
    return [weight / total for weight in exact]


def phased(amounts_gbp: Sequence[float], places: int = 2) -> tuple[Decimal, ...]:
    """Amounts rounded so that they add up to their rounded total: differences of rounded running totals.

    Parameters
    ----------
    places : int
        2 for pence, 0 for pounds, -3 for thousands.

    Examples
    --------
    Three equal months of £1,000 come to £1,000.00:

    >>> [str(x) for x in phased([1_000 / 3] * 3)]
    ['333.33', '333.34', '333.33']
    """
    running = [rounded(math.fsum(amounts_gbp[: n + 1]), places) for n in range(len(amounts_gbp))]
    return tuple(now - before for now, before in zip(running, [Decimal(0), *running], strict=False))


__all__ = ["apportion", "phased"]
