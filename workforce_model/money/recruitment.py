"""What it takes to bring somebody in: advert, checks, induction, the newly qualified grant, lost capacity.

Cash is one thing and capacity another: while starters settle the council pays them and gets part of their time.
That part is priced here and shown beside the cash, never in it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workforce_model.basis.assumptions import UNITS, figures
from workforce_model.basis.periods import month

ENHANCED_DBS_GBP = {"2013-04": 44.0, "2019-10": 40.0}
"""Pounds for an enhanced disclosure, by the month each fee began to hold. Source: DBS, 1 October 2019; the first
month stands for "before then"."""


def fee_on(fees_gbp: Mapping[str, float], when: pd.Period | str) -> float:
    """The fee in a month: the latest begun by then.

    Raises
    ------
    ValueError
        If no fee had begun.

    Examples
    --------
    >>> fee_on(ENHANCED_DBS_GBP, "2019-09"), fee_on(ENHANCED_DBS_GBP, "2019-10")
    (44.0, 40.0)
    """
    begun = [date for date in fees_gbp if month(date) <= month(when)]
    if not begun:
        raise ValueError(f"when = {when}: no fee is stated before {min(fees_gbp, key=month, default='any month')}")
    return float(fees_gbp[max(begun, key=month)])


def lost_capacity(
    post_cost_gbp: ArrayLike, settling_months: ArrayLike, settling_share: ArrayLike
) -> NDArray[np.float64] | float:
    """Value of the time not given while a starter settles: not cash, and in no budget.

    Parameters
    ----------
    post_cost_gbp : float or array
        Pounds a year.
    settling_months : float or array
        Months until full work.
    settling_share : float or array
        Share of full work done in them.

    Examples
    --------
    Three months at half the work of a £51,889.22 post:

    >>> round(lost_capacity(51_889.22, 3, 0.5), 2)
    6486.15
    """
    months = figures("settling_months", settling_months, UNITS["months"])
    share = figures("settling_share", settling_share, UNITS["share"])
    value = figures("post_cost_gbp", post_cost_gbp, UNITS["GBP a year"]) / 12 * months * (1 - share)
    return float(value) if value.ndim == 0 else value


def starter_cost(
    when: pd.Period | str, *, advert_and_panel_gbp: float, induction_gbp: float, newly_qualified: bool,
    newly_qualified_grant_gbp: float, post_cost_gbp: float, settling_months: float, settling_share: float,
    checks_gbp: Mapping[str, float] = ENHANCED_DBS_GBP,
) -> pd.DataFrame:  # fmt: skip
    """What one starter costs to bring in: cash lines, the grant that meets some of it, and the capacity lost.

    Returns
    -------
    DataFrame
        Columns line, gbp and cash. The grant is negative: money that meets a cost. Only rows where ``cash`` is
        true add up to what is paid.

    Examples
    --------
    An experienced social worker who starts in September 2019:

    >>> table = starter_cost("2019-09", advert_and_panel_gbp=2_956, induction_gbp=0, newly_qualified=False,
    ...                      newly_qualified_grant_gbp=2_000, post_cost_gbp=51_889.22, settling_months=3, settling_share=0.5)
    >>> float(table.loc[table["cash"], "gbp"].sum())
    3000.0
    """
    money = UNITS["GBP"]
    lines = [
        ("advert and panel", float(figures("advert_and_panel_gbp", advert_and_panel_gbp, money)), True),
        ("pre-employment checks", fee_on(checks_gbp, when), True),
        ("induction", float(figures("induction_gbp", induction_gbp, money)), True),
    ]
    if newly_qualified:
        grant = float(figures("newly_qualified_grant_gbp", newly_qualified_grant_gbp, money))
        lines.append(("newly qualified grant", 0.0 - grant, True))
    lost = lost_capacity(post_cost_gbp, settling_months, settling_share)
    lines.append(("capacity lost while settling, not cash", float(lost), False))
    return pd.DataFrame(lines, columns=["line", "gbp", "cash"])
