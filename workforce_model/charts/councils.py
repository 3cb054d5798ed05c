"""The chart of a council in the census: its rates beside its peers'."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from workforce_model.basis.formats import percent
from workforce_model.charts.page import BLUE, BODY, ORANGE, PALE, TEXT, axes_of, name_rows, titled
from workforce_model.councils.census_report import CouncilCensus
from workforce_model.councils.indicators import indicators
from workforce_model.councils.peer_groups import peers

RATES = {"turnover_rate": "Turnover", "agency_rate": "Agency", "vacancy_rate": "Vacancies"}


def rates_beside_peers(found: CouncilCensus, ax: Axes | None = None) -> Axes:
    """A council's turnover, agency and vacancy rates among its region's, with the middle of the region and of England."""
    ax = axes_of(ax, rows=2 * len(RATES))
    rates = indicators(found.returns).query("year == @found.year and level == 'Local authority'").set_index("la_code")
    theirs = rates.loc[list(peers(found.returns, found.council, found.year, "region"))]
    details = []
    for y, (name, label) in enumerate(RATES.items()):
        rows = found.beside[found.beside["indicator"] == name].set_index("group")
        own = float(rows["council_value"]["region"])
        middle = {group: float(rows["median"][group]) for group in ("region", "england")}
        ax.plot(theirs[name], [y] * len(theirs), "o", markersize=6, color=PALE, clip_on=False)
        ax.plot([middle["region"]] * 2, [y - 0.24, y + 0.24], color=BLUE, linewidth=2.5)
        ax.plot([middle["england"]] * 2, [y - 0.24, y + 0.24], color=TEXT, linewidth=1.6, linestyle=":")
        ax.plot([own], [y], "D", markersize=9, color=ORANGE, clip_on=False)
        ax.annotate(percent(own), (own, y), (0, 9), textcoords="offset points", ha="center", fontsize=BODY, color=TEXT)
        beside = f"middle of {found.region} {percent(middle['region'])}, of England {percent(middle['england'])}"
        details.append(f"{label}: {found.council} {percent(own)}, {beside}")
    name_rows(ax, list(RATES.values()))
    ax.tick_params(axis="y", pad=8)  # clear of a council at nought
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    subtitle = (
        f"Per cent, 30 September {found.year}: {found.council} (diamond), other councils of {found.region} (dots), "
        f"their middle (line) and the middle council of England (dotted)"
    )
    source = f"Source: Department for Education, children's social work workforce, vintage {found.returns.release}. Councils of 30 FTE or more."
    return titled(ax, _headline(found), subtitle, "; ".join(details), source)


def _headline(found: CouncilCensus) -> str:
    """The finding: on which of the three rates the council lies below the middle of its region."""
    rows = found.beside[(found.beside["group"] == "region") & found.beside["indicator"].isin(list(RATES))]
    known = rows.dropna(subset=["council_value", "median"])
    below = [RATES[name].lower() for name in known.loc[known["council_value"] < known["median"], "indicator"]]
    if not below:
        return f"{found.council} is at or above the middle of {found.region} on every rate"
    if len(below) == len(known):
        return f"{found.council} is below the middle of {found.region} on every rate"
    return f"{found.council} is below the middle of {found.region} on {' and '.join(below)}"
