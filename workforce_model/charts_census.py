"""The chart of a council in the census: its rates beside its peers'."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from workforce_model.census_report import CouncilCensus
from workforce_model.charts_page import BLUE, ORANGE, PALE, TEXT, axes_of, titled
from workforce_model.formats import percent
from workforce_model.indicators import indicators
from workforce_model.peer_groups import peers

RATES = {"turnover_rate": "Turnover", "agency_rate": "Agency", "vacancy_rate": "Vacancies"}


def rates_beside_peers(found: CouncilCensus, ax: Axes | None = None) -> Axes:
    """A council's turnover, agency and vacancy rates among its region's, with the middle of the region and of England."""
    ax = axes_of(ax, rows=len(RATES) + 2)
    rates = indicators(found.returns).query("year == @found.year and level == 'Local authority'").set_index("la_code")
    theirs = rates.loc[list(peers(found.returns, found.council, found.year, "region"))]
    details = []
    for y, (name, label) in zip(range(len(RATES), 0, -1), RATES.items(), strict=True):
        rows = found.beside[found.beside["indicator"] == name].set_index("group")
        own, region, england = (
            float(rows["council_value"]["region"]),
            float(rows["median"]["region"]),
            float(rows["median"]["england"]),
        )
        ax.scatter(theirs[name], [y] * len(theirs), s=36, color=PALE, alpha=0.7, zorder=2, linewidths=0, clip_on=False)
        ax.plot([region] * 2, [y - 0.24, y + 0.24], color=BLUE, linewidth=2.5, zorder=3)
        ax.plot([england] * 2, [y - 0.24, y + 0.24], color=TEXT, linewidth=1.6, linestyle=":", zorder=3)
        ax.scatter([own], [y], s=90, color=ORANGE, marker="D", zorder=4, clip_on=False)
        ax.annotate(
            percent(own), (own, y), (0, 11), textcoords="offset points", ha="center", color="#A8410F", fontsize=10
        )
        details.append(
            f"{label}: {found.council} {percent(own)}, middle of {found.region} {percent(region)}, of England {percent(england)}"
        )
    ax.set_yticks(range(len(RATES), 0, -1), list(RATES.values()))
    ax.set_ylim(0.5, len(RATES) + 0.6)
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    subtitle = (
        f"Per cent, 30 September {found.year}: {found.council} (orange diamond), other councils of {found.region} (dots), "
        f"their middle (blue line) and the middle council of England (dotted)"
    )
    source = f"Source: Department for Education, children's social work workforce, vintage {found.returns.release}. Councils of 30 FTE or more."
    return titled(ax, _headline(found), subtitle, "; ".join(details), source)


def _headline(found: CouncilCensus) -> str:
    """The finding: on how many of the three rates the council lies below the middle of its region."""
    rows = found.beside[(found.beside["group"] == "region") & found.beside["indicator"].isin(list(RATES))]
    known = rows.dropna(subset=["council_value", "median"])
    below = [RATES[name].lower() for name in known.loc[known["council_value"] < known["median"], "indicator"]]
    if not below:
        return f"{found.council} is at or above the middle of {found.region} on every rate"
    if len(below) == len(known):
        return f"{found.council} is below the middle of {found.region} on every rate"
    return f"{found.council} is below the middle of {found.region} on {' and '.join(below)}"
