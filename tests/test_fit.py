"""The spread of caseloads between workers: the published bands, our fit of them, and the simulation beside them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import workforce_model as wm
from workforce_model.reading.fit import FULL_LOAD, PART_LOAD, PART_LOAD_MOST, caseload_fit, published_share_below

PUBLISHED = {5: 0.0917, 10: 0.1117, 15: 0.1918, 20: 0.2822, 25: 0.2002}
"""England, 30 September 2021: share of case-holding FTE in the band that ends here; the rest hold 25 to 50."""


def test_two_kinds_of_worker_meet_the_published_bands() -> None:
    def below(cases: float) -> float:
        return PART_LOAD * min(cases / PART_LOAD_MOST, 1) + (1 - PART_LOAD) * FULL_LOAD.cdf(cases)

    shares = np.diff([0.0, *(below(edge) for edge in PUBLISHED)])

    assert shares == pytest.approx(list(PUBLISHED.values()), abs=0.0025)


def test_the_published_spread_is_scaled_to_a_councils_mean() -> None:
    at_most_nothing, at_double, at_once = (
        published_share_below(x, m) for x, m in ((0.0, 16.0), (40.0, 32.0), (20.0, 16.0))
    )

    assert at_double == pytest.approx(at_once)
    assert at_most_nothing < 0.01
    assert published_share_below(100.0, 16.0) == pytest.approx(1.0)


@pytest.mark.parametrize("month", ["2019-09", "2020-09"])
def test_the_base_reproduces_the_published_spread_within_one_council(month: str) -> None:
    result = wm.run(wm.load_scenario("scenarios/do_nothing.toml").replace({"periods.end": "2020-09"}), 500, doubt=False)

    fit = caseload_fit(result, month).set_index("cases")

    assert fit.loc["coefficient of variation", "simulated"] == pytest.approx(0.42, abs=0.02)
    assert fit.loc["21 or more", "difference"] == pytest.approx(0, abs=0.02)
    assert fit["difference"].abs().max() < 0.1
    assert fit["simulated"].iloc[:6].sum() == pytest.approx(1.0)
    assert fit["published"].iloc[:6].sum() == pytest.approx(1.0)


def test_a_month_that_is_not_simulated_is_refused() -> None:
    result = wm.run(wm.load_scenario("scenarios/do_nothing.toml").replace({"periods.end": "2019-05"}), 4)

    with pytest.raises(ValueError, match="month = '2031-01': expected a simulated month, from 2018-10 to 2019-05"):
        caseload_fit(result, "2031-01")


@pytest.mark.slow
def test_the_fit_in_the_readme_is_what_the_library_gives() -> None:
    result = wm.run(wm.load_scenario("scenarios/do_nothing.toml").replace({"periods.end": "2020-09"}), doubt=False)
    readme = Path("README.md").read_text(encoding="utf-8")

    rows = re.findall(r"^\| ([\w ]+) \| ([\d.]+)%? \| ([\d.]+)%? \|$", readme, re.MULTILINE)
    given = {name: (float(a), float(b)) for name, a, b in rows}

    for row in caseload_fit(result, "2020-09").itertuples():
        scale = 1 if row.cases == "coefficient of variation" else 100
        assert given[row.cases] == pytest.approx(
            (scale * row.simulated, scale * row.published), abs=0.051 if scale == 100 else 0.0051
        ), row.cases
