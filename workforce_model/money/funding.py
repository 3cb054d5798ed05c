"""The ledger: what was approved, from which source, how it was used, and the gap that is left.

One sign rule: cost positive, money that meets it negative; a funded month sums to zero and what is
left is the gap. An approval is drawn as cost falls, in the stated order, until it is used up;
what is not used is shown on its own line: it goes back, unless a carry forward is approved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workforce_model.basis.periods import financial_year, financial_year_start, month, months_by_year
from workforce_model.money.funding_lines import Budget, Funding, FundingLine, amount_in, approved_amount
from workforce_model.money.table_rows import FINANCIAL_YEAR, MONTH, NAME, POUNDS, TEXT, WHOLE, YES_OR_NO, refuse_rows


@dataclass(frozen=True)
class Ledger:
    """Every month's funding, by line, budget and run. Pounds; cost positive, funding negative.

    ``used`` (M, L, R) is the money that met the cost; ``gap`` (M, B, R) the cost left unmet;
    ``unspent`` (Y, L, R) what an approval had left at the year end; ``approved`` (Y, L) the approval,
    ``vired`` (Y, L) what virements added to it or took away, and ``carries`` (Y, L) whether what is
    unspent may be used next year.
    """

    lines: tuple[str, ...]
    used: NDArray[np.float64]
    gap: NDArray[np.float64]
    unspent: NDArray[np.float64]
    approved: NDArray[np.float64]
    vired: NDArray[np.float64]
    carries: NDArray[np.bool_]

    @property
    def carried_forward(self) -> NDArray[np.float64]:
        """Unspent money each line takes into the next year, shape (Y, L, R)."""
        return np.where(self.carries[:, :, None], self.unspent, 0.0)

    @property
    def brought_forward(self) -> NDArray[np.float64]:
        """Money each line has from the year before, shape (Y, L, R); none in the first year."""
        return np.concatenate([np.zeros_like(self.unspent[:1]), self.carried_forward[:-1]])

    @property
    def returned(self) -> NDArray[np.float64]:
        """Unspent money that goes back: to the reserve, or to the council as an underspend, shape (Y, L, R)."""
        return self.unspent - self.carried_forward


def fund(
    cost_gbp: NDArray[np.float64],
    years: tuple[str, ...],
    budgets: tuple[str, ...],
    funding: Funding,
    approved: dict[str, NDArray[np.float64]],
) -> Ledger:
    """Meet each month's cost from the funding lines of its budget, in their stated order.

    Parameters
    ----------
    cost_gbp : array, shape (M, B, R)
        Pounds by month, budget and run, none negative.
    years : tuple of str
        The financial year of each month, in order.
    budgets : tuple of str
        The budget heads, in the order of ``cost_gbp``.
    approved : dict of array, shape (Y,)
        Pounds approved in each distinct year, by funding line, before virements.

    Returns
    -------
    Ledger
        Cost plus used equals gap, in every month, budget and run.

    Raises
    ------
    ValueError
        If shapes do not match, a budget or line is unknown, an amount is negative, missing or infinite, or a
        virement takes more than its line has.

    Examples
    --------
    Two months of nine posts at £39,520.58, with £60,000 approved from the reserve:

    >>> nine = Funding(
    ...     budgets={"nine_posts": Budget(label="Nine posts")},
    ...     lines={"reserve": FundingLine(budget="nine_posts", label="Reserve", source="risk reserve", recurrent=False,
    ...                                   order=1, amounts={"2019/20": 60_000.0}, approved_by="KD4913")},
    ... )
    >>> ledger = fund(np.full((2, 1, 1), 39_520.58), ("2019/20", "2019/20"), ("nine_posts",), nine,
    ...               {"reserve": np.array([60_000.0])})
    >>> ledger.used.ravel().round(2).tolist(), ledger.gap.ravel().round(2).tolist()
    ([-39520.58, -20479.42], [0.0, 19041.16])
    """
    cost = np.asarray(cost_gbp, dtype=float)
    spans = months_by_year(years)
    _refuse_mismatch(cost, years, budgets, funding, approved)
    lines = tuple(sorted(funding.lines, key=lambda name: (funding.lines[name].budget, funding.lines[name].order)))
    by_year = np.array([approved[name] for name in lines], dtype=float).reshape(len(lines), len(spans)).T
    vired, carries = _vired(funding, lines, tuple(spans), by_year), _carries(funding, lines, tuple(spans))
    used = np.zeros((len(years), len(lines), cost.shape[2]))
    unspent = np.zeros((len(spans), len(lines), cost.shape[2]))
    gap = cost.copy()
    for index, name in enumerate(lines):
        budget = budgets.index(funding.lines[name].budget)
        brought = np.zeros(cost.shape[2])
        for year, span in enumerate(spans.values()):
            left = brought + (by_year[year, index] + vired[year, index])
            for at in range(span.start, span.stop):
                met = np.minimum(gap[at, budget], left)
                used[at, index] -= met
                gap[at, budget] -= met
                left -= met
            unspent[year, index] = left
            brought = left if carries[year, index] else np.zeros_like(left)
    return Ledger(lines=lines, used=used, gap=gap, unspent=unspent, approved=by_year, vired=vired, carries=carries)


def _vired(
    funding: Funding, lines: tuple[str, ...], years: tuple[str, ...], approved: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What virements add to each line in each year, shape (Y, L); each gives one line what it takes from another."""
    vired = np.zeros_like(approved)
    for virement in funding.virements.values():
        moved = [amount_in(virement.amounts, virement.recurrent, year) for year in years]
        vired[:, lines.index(virement.to_line)] += moved
        vired[:, lines.index(virement.from_line)] -= moved
    short = np.argwhere(approved + vired < 0)
    if short.size:
        year, line = short[0]
        raise ValueError(
            f"funding.virements: they take {-vired[year, line]:,.2f} from {lines[line]} in {years[year]}, "
            f"which has {approved[year, line]:,.2f}"
        )
    return vired


def _carries(funding: Funding, lines: tuple[str, ...], years: tuple[str, ...]) -> NDArray[np.bool_]:
    """Whether what a line leaves unspent in a year may be used in the next, shape (Y, L)."""
    until = [funding.lines[name].carry_forward_until for name in lines]
    carried = [
        [last is not None and financial_year_start(year) < financial_year_start(last) for last in until]
        for year in years
    ]
    return np.array(carried, dtype=bool).reshape(len(years), len(lines))


def _refuse_mismatch(
    cost: NDArray[np.float64],
    years: tuple[str, ...],
    budgets: tuple[str, ...],
    funding: Funding,
    approved: dict[str, NDArray[np.float64]],
) -> None:
    """Refuse figures that do not fit together, or are not finite pounds of nought or more."""
    if cost.ndim != 3 or cost.shape[:2] != (len(years), len(budgets)):
        raise ValueError(
            f"cost_gbp has shape {cost.shape}: expected ({len(years)}, {len(budgets)}, runs), by month and budget"
        )
    unknown = sorted({line.budget for line in funding.lines.values()} - set(budgets))
    if unknown:
        raise ValueError(f"budgets = {list(budgets)}: expected {unknown[0]!r} too, which a funding line is for")
    if set(approved) != set(funding.lines):
        raise ValueError(f"approved states {sorted(approved)}: expected the funding lines, {sorted(funding.lines)}")
    count = len(set(years))
    for name, amounts in approved.items():
        if np.shape(amounts) != (count,):
            raise ValueError(f"approved[{name!r}] has shape {np.shape(amounts)}: expected ({count},), one a year")
    for name, pounds in (("cost_gbp", cost), *((f"approved[{name!r}]", np.asarray(x)) for name, x in approved.items())):
        wrong = ~((pounds >= 0) & (pounds < np.inf))
        if wrong.any():
            raise ValueError(f"{name} holds {pounds[wrong][0]}: expected finite pounds, none below 0")


_COST_RULES = {"month": MONTH, "budget": NAME, "gbp": POUNDS}
_LINE_RULES = {
    "line": NAME, "budget": NAME, "source": TEXT, "financial_year": FINANCIAL_YEAR, "gbp": POUNDS, "recurrent": YES_OR_NO,
    "order": WHOLE, "approved_by": TEXT,
}  # fmt: skip


def fund_table(costs: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The ledger of an analyst's own tables, with no scenario: who meets what, and what is left.

    Parameters
    ----------
    costs : DataFrame
        Columns month (``2019-09``), budget and gbp, none negative; rows of the same month and budget are added.
    lines : DataFrame
        Columns line, budget, source, financial_year, gbp, recurrent, order and approved_by; one row a line and
        year. Names of budgets and lines are small letters, digits and underscores.

    Returns
    -------
    DataFrame
        Columns financial_year, budget, entry (cost, funding, gap, unspent), line, gbp; every year from the first to the
        last with a cost or a stated approval. Cost, funding and gap obey the one sign rule; unspent stands beside them.

    Raises
    ------
    ValueError
        If a column is missing, any cell of it is missing or not what it should be (every one at once, by row), or the
        lines break a rule of :class:`FundingLine`.

    Examples
    --------
    Nine posts from October 2019, against £375,000 of reserve: £137,876.71 is not used.

    >>> costs = pd.DataFrame({"month": [f"2019-{m}" for m in (10, 11, 12)] + [f"2020-0{m}" for m in (1, 2, 3)],
    ...                       "budget": "nine_posts", "gbp": 474_246.58 / 12})
    >>> lines = pd.DataFrame([{"line": "reserve", "budget": "nine_posts", "source": "risk reserve", "financial_year": "2019/20",
    ...                        "gbp": 375_000.0, "recurrent": False, "order": 1, "approved_by": "KD4913"}])
    >>> fund_table(costs, lines).set_index("entry")["gbp"].round(2).to_dict()
    {'cost': 237123.29, 'funding': -237123.29, 'gap': 0.0, 'unspent': 137876.71}
    """
    refuse_rows("costs", costs, _COST_RULES)
    refuse_rows("lines", lines, _LINE_RULES)
    budgets = tuple(sorted({*costs["budget"], *lines["budget"]}))
    made = {str(name): _line_of(str(name), rows) for name, rows in lines.groupby("line", sort=False)}
    funding = Funding(budgets={budget: Budget(label=budget) for budget in budgets}, lines=made)
    spent = costs.pivot_table(index="month", columns="budget", values="gbp", aggfunc="sum", fill_value=0.0)
    at = [*spent.index, *_without_cost(spent.index, lines["financial_year"])]
    spent = spent.reindex(index=sorted(at), columns=list(budgets), fill_value=0.0)
    years = tuple(financial_year(month(str(when))) for when in spent.index)
    distinct = list(dict.fromkeys(years))
    approved = {name: np.array([approved_amount(line, year) for year in distinct]) for name, line in made.items()}
    ledger = fund(spent.to_numpy(dtype=float)[:, :, None], years, budgets, funding, approved)
    rows: list[tuple[str, str, str, str, float]] = []
    for y, (year, span) in enumerate(months_by_year(years).items()):
        for b, budget in enumerate(budgets):
            mine = [i for i, name in enumerate(ledger.lines) if made[name].budget == budget]
            rows.append((year, budget, "cost", "all", float(spent.to_numpy()[span, b].sum())))
            rows += [(year, budget, "funding", ledger.lines[i], float(ledger.used[span, i].sum())) for i in mine]
            rows.append((year, budget, "gap", "cost + funding", float(ledger.gap[span, b].sum())))
            rows += [(year, budget, "unspent", ledger.lines[i], float(ledger.unspent[y, i, 0])) for i in mine]
    return pd.DataFrame(rows, columns=["financial_year", "budget", "entry", "line", "gbp"])


def _without_cost(months: pd.Index, approved_in: pd.Series) -> list[str]:
    """April of each year in which nothing is spent, from the first to the last with a cost or an approval: its money is unspent."""
    spent_in = {financial_year(month(str(when))) for when in months}
    aprils = sorted(financial_year_start(str(year)) for year in {*spent_in, *approved_in})
    years = (aprils[-1] - aprils[0]).n // 12 + 1 if aprils else 0
    return [str(aprils[0] + 12 * y) for y in range(years) if financial_year(aprils[0] + 12 * y) not in spent_in]


def _line_of(name: str, rows: pd.DataFrame) -> FundingLine:
    """A funding line from its rows of a table; what must be the same in each year is taken once."""
    fixed = rows[["budget", "source", "recurrent", "order", "approved_by"]].drop_duplicates()
    if len(fixed) > 1 or rows["financial_year"].duplicated().any():
        raise ValueError(
            f"lines: {name} has two budgets, sources or orders, or a financial year twice; expected one row a year"
        )
    first = fixed.iloc[0]
    return FundingLine(
        budget=str(first["budget"]), label=name, source=first["source"], recurrent=bool(first["recurrent"]),
        order=int(first["order"]), approved_by=str(first["approved_by"]),
        amounts={str(year): float(gbp) for year, gbp in zip(rows["financial_year"], rows["gbp"], strict=True)},
    )  # fmt: skip


__all__ = ["Budget", "Funding", "FundingLine", "Ledger", "approved_amount", "fund", "fund_table"]
