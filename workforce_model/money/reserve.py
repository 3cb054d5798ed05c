"""The reserve rolled forward: opening balance, what comes in, what is taken, closing balance.

A reserve is a balance, so it reads the other way from a cost: into it is positive, out of it negative, in
brackets. An approval leaves the reserve when it is spent; what is unspent never left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.periods import financial_year_start, months_by_year
from workforce_model.money.funding import Funding, Ledger
from workforce_model.money.funding_lines import DRAWN, moved_in

Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Reserve:
    """The reserve by financial year and run; arrays of shape (Y, R), pounds.

    ``movements`` are by name: what is drawn for these budgets, then each stated movement. ``opening`` and
    ``closing`` are None where no balance is stated. ``committed`` is the part of the closing balance that an
    approved carry forward may still use.
    """

    years: tuple[str, ...]
    movements: dict[str, Figures]
    committed: Figures
    opening: Figures | None
    closing: Figures | None


def roll_forward(funding: Funding, ledger: Ledger, years: tuple[str, ...]) -> Reserve:
    """The reserve of a ledger, year by year.

    Parameters
    ----------
    years : tuple of str
        The financial year of each month, as given to ``fund``.

    Returns
    -------
    Reserve
        From the year the reserve opens in.

    Examples
    --------
    £500,000 in hand, £375,000 approved, and £237,123.29 spent of it in 2019/20:

    >>> import datetime
    >>> from workforce_model.basis.assumptions import Assumption
    >>> from workforce_model.money.funding import Budget, FundingLine, fund
    >>> balance = Assumption(value=500_000, unit="GBP", source="example", date=datetime.date(2019, 3, 31), confidence="low")
    >>> line = FundingLine(budget="nine", label="Reserve", source="risk reserve", recurrent=False, order=1,
    ...                    amounts={"2019/20": 375_000.0}, approved_by="KD4913")
    >>> funding = Funding(budgets={"nine": Budget(label="Nine")}, lines={"reserve": line}, reserve_opening_balance=balance)
    >>> ledger = fund(np.full((1, 1, 1), 237_123.29), ("2019/20",), ("nine",), funding, {"reserve": np.array([375_000.0])})
    >>> roll_forward(funding, ledger, ("2019/20",)).closing.round(2).tolist()
    [[262876.71]]
    """
    spans = months_by_year(years)
    first = opening_year(funding)
    kept = {y: s for y, s in spans.items() if first is None or financial_year_start(y) >= financial_year_start(first)}
    rows = [list(spans).index(year) for year in kept]
    mine = [i for i, name in enumerate(ledger.lines) if funding.lines[name].source == "risk reserve"]
    runs = ledger.used.shape[2]
    drawn = np.array([ledger.used[span][:, mine].sum(axis=(0, 1)) for span in kept.values()]).reshape(len(kept), runs)
    movements = {DRAWN: drawn}
    for move in funding.reserve_movements.values():
        by_year = np.array([moved_in(move, year) for year in kept])
        movements[move.label] = np.repeat(by_year[:, None], runs, axis=1)
    committed = ledger.carried_forward[rows][:, mine].sum(axis=1)
    if funding.reserve_opening_balance is None:
        return Reserve(tuple(kept), movements, committed, None, None)
    closing = funding.reserve_opening_balance.value + np.cumsum(sum(movements.values()), axis=0)
    opening = np.concatenate([np.full((1, runs), float(funding.reserve_opening_balance.value)), closing[:-1]])
    return Reserve(tuple(kept), movements, committed, opening, closing)


def opening_year(funding: Funding) -> str | None:
    """The year the reserve opens in: as stated, or else the first in which anything touches it."""
    return funding.reserve_opens_in or next(iter(funding.reserve_years()), None)
