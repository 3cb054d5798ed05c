"""Each row of a table carries its own month, team and sum: read against the run's arrays, by the calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import workforce_model as wm
from tests.toys import posts, toy
from workforce_model.basis.formats import fte, percent
from workforce_model.engine.results import Results
from workforce_model.reading.summary import summary_table, summary_text
from workforce_model.reading.tables import capacity_lost_table, reported_years, reserve_table


@pytest.fixture(scope="module")
def approved() -> Results:
    return wm.run(wm.load_scenario("scenarios/approved.toml"), 40)


def months_since_september_2018(period: str) -> int:
    """The place of a month in the history, counted on the calendar: October 2018 is 1."""
    year, month = map(int, period.split("-"))
    return (year - 2018) * 12 + month - 9


@pytest.mark.parametrize("period", ["2019-04", "2019-09", "2020-03", "2023-03"])
def test_a_monthly_row_is_the_state_at_the_end_of_its_own_month(approved: Results, period: str) -> None:
    table = wm.monthly_table(approved).set_index(["period", "team", "measure"])["mean"]
    month, teams = months_since_september_2018(period), sorted(approved.scenario.caseloads.teams)

    held = approved.history.cases["held"][month, teams.index("family_support")]
    arrived = approved.history.cases["arrived"][month, teams.index("assessment")]

    assert table[period, "family_support", "cases_held"] == pytest.approx(held.mean())
    assert table[period, "assessment", "cases_arrived"] == pytest.approx(arrived.mean())
    assert table[period, "council", "open_cases"] == pytest.approx(
        (approved.history.cases["held"] + approved.history.cases["waiting"])[month].sum(axis=0).mean()
    )


def test_every_month_from_april_2019_to_march_2023_has_its_row_and_no_other(approved: Results) -> None:
    periods = wm.monthly_table(approved)["period"].unique().tolist()

    assert periods == [str(month) for month in pd.period_range("2019-04", "2023-03", freq="M")]


@pytest.mark.parametrize("period", ["2019-09", "2020-03", "2022-09"])
def test_a_row_of_the_caseload_spread_is_that_of_its_own_september_or_march(approved: Results, period: str) -> None:
    table = wm.caseload_spread_table(approved).set_index(["period", "team", "measure"])["mean"]
    month, team = months_since_september_2018(period), sorted(approved.scenario.caseloads.teams).index("family_support")
    bands, workers = approved.history.bands[month, :, team], approved.history.cases["workers"][month, team]

    assert table[period, "family_support", "workers"] == pytest.approx(workers.mean())
    assert table[period, "family_support", "workers with 15 to 19"] == pytest.approx((bands[4] / workers).mean())
    assert table[period, "family_support", "number with 21 or more"] == pytest.approx(
        approved.history.cases["at_or_over"][month, team].mean()
    )


def test_the_bands_of_a_team_add_up_to_all_its_workers(approved: Results) -> None:
    table = wm.caseload_spread_table(approved).query("period == '2020-03' and team == 'assessment'")
    bands = table[table["measure"].str.startswith("workers with ") & ~table["measure"].str.contains("21 or more")]

    assert len(bands) == 7
    assert bands["mean"].sum() == pytest.approx(1)


def test_a_year_adds_its_flows_and_reads_its_stocks_in_march(approved: Results) -> None:
    table = wm.annual_table(approved).set_index(["period", "team", "measure"])["mean"]
    april, march = months_since_september_2018("2020-04"), months_since_september_2018("2021-03")
    cases, assessment = approved.history.cases, sorted(approved.scenario.caseloads.teams).index("assessment")

    closed = cases["closed"][april : march + 1, assessment].sum(axis=0).mean()
    held, fte = cases["held"][march].sum(axis=0), approved.history.holder_fte[march].sum(axis=0)
    over = cases["at_or_over"][april : march + 1, assessment].sum(axis=0)
    workers = cases["workers"][april : march + 1, assessment].sum(axis=0)

    assert table["2020/21", "assessment", "cases_closed"] == pytest.approx(closed)
    assert table["2020/21", "council", "caseload"] == pytest.approx((held / fte).mean())
    assert table["2020/21", "assessment", "share_at_or_over_year_average"] == pytest.approx((over / workers).mean())


def test_ledger_rows_are_their_own_month_and_twelve_months_are_the_year(approved: Results) -> None:
    ledger = wm.ledger_table(approved)
    total = ledger[(ledger["budget"] == "nine_posts") & (ledger["entry"] == "total cost")].set_index("period")["mean"]
    nine = approved.budgets.index("nine_posts")

    november = months_since_september_2018("2019-11") - 1
    year = [str(month) for month in pd.period_range("2020-04", "2021-03", freq="M")]

    assert total["2019-11"] == pytest.approx(approved.cost[november, nine].sum(axis=0).mean())
    assert total[year].sum() == pytest.approx(total["2020/21"])


def test_percentiles_are_those_of_the_runs_and_not_of_the_mean(approved: Results) -> None:
    table = wm.annual_table(approved).set_index(["period", "team", "measure"])
    march = months_since_september_2018("2020-03")
    held = approved.history.cases["held"][march].sum(axis=0)

    row = table.loc[("2019/20", "council", "cases_held")]

    assert [row["p10"], row["p50"], row["p90"]] == pytest.approx(np.quantile(held, [0.1, 0.5, 0.9]).tolist())
    assert row["runs"] == 40


def test_the_summary_table_holds_only_the_reported_years_of_each_scenario(approved: Results) -> None:
    base = wm.run(wm.load_scenario("scenarios/do_nothing.toml"), 10)

    annual, ledger = (pd.concat([table(r) for r in (base, approved)]) for table in (wm.annual_table, wm.ledger_table))
    table = summary_table([base, approved], annual, ledger)

    assert set(table["scenario"]) == {"do_nothing", "approved"}
    assert set(table["period"]) == set(reported_years(approved)) == {"2019/20", "2020/21", "2021/22", "2022/23"}


@pytest.mark.parametrize(
    ("when", "team", "label"), [("2020-03", 0, "Assessment"), ("2021-03", 4, "Looked after children")]
)
def test_the_screen_shows_the_share_of_its_own_march(approved: Results, when: str, team: int, label: str) -> None:
    month = months_since_september_2018(when)
    share = approved.history.cases["at_or_over"][month, team] / approved.history.cases["workers"][month, team]
    expected = f"{percent(share.mean())} [{percent(np.quantile(share, 0.1))} to {percent(np.quantile(share, 0.9))}]"

    line = next(row for row in approved.summary().splitlines() if f"March {when[:4]}: {label}" in row)

    assert line.split(label)[1].strip() == expected


def test_the_screen_shows_the_staff_of_its_own_march(approved: Results) -> None:
    agency = approved.history.staff["agency"][months_since_september_2018("2021-03")]
    fte_of = {name: group.fte for name, group in approved.scenario.workforce.posts.items()}
    fte_of |= {name: group.fte for name, group in approved.scenario.workforce.agency.items()}
    by_run = sum(fte_of[name] * agency[i].astype(float) for i, name in enumerate(approved.posts.groups))

    line = next(row for row in approved.summary().splitlines() if "March 2021: agency" in row)

    assert f" {fte(float(np.mean(by_run)))} [" in line


def test_capacity_lost_is_each_starters_own_months_and_in_no_ledger_line(approved: Results) -> None:
    # A social worker of the nine in 2019/20 costs 51,889.224 a year: three months at half is 6,486.153 a starter.
    table = capacity_lost_table(approved).set_index(["period", "budget"])["mean"]
    year = np.flatnonzero(np.array(approved.years) == "2019/20") + 1
    each = {"nine_social_worker": 51_889.224, "nine_practice_and_audit_lead": 62_669.064,
            "nine_missing_debriefing_officer": 42_716.784, "nine_audit_tracking_officer": 46_745.544}  # fmt: skip

    expected = sum(
        approved.history.staff["started"][year, approved.posts.groups.index(name)].sum(axis=0).mean() * cost / 8
        for name, cost in each.items()
    )

    assert table["2019/20", "nine_posts"] == pytest.approx(expected, rel=1e-6)
    assert not wm.ledger_table(approved)["line"].str.contains("capacity").any()


def test_the_reserve_table_has_what_was_drawn_in_each_reported_year(approved: Results) -> None:
    table = reserve_table(approved).set_index(["period", "entry"])["mean"]
    year, line = np.array(approved.years) == "2019/20", approved.ledger.lines.index("reserve_2019")

    assert table["2019/20", "Drawn to meet these costs"] == pytest.approx(
        approved.ledger.used[year, line].sum(axis=0).mean()
    )
    assert table["2020/21", "Drawn to meet these costs"] == 0.0


def test_the_screen_never_calls_an_overspend_unspent_approval() -> None:
    # Ten posts filled from April 2019 cost £360,000 in the year; then 400,000 and 300,000 are approved for them.
    def said(approved_gbp: float) -> str:
        line = {"budget": "new", "label": "Growth", "source": "MTFP growth", "recurrent": True, "order": 1,
                "amounts": {"2019/20": approved_gbp}, "approved_by": "a test"}  # fmt: skip
        scenario = toy({
            "workforce.posts.new": posts(10, budget="new", created="2019-04", starts_on="2019-04"), "funding.budgets.new": {"label": "New posts"},
            "funding.lines.new": line,
        })  # fmt: skip
        return " ".join(wm.run(scenario, 2).summary().split())

    assert "cost £360k in 2019/20, and about £40k of the approval is unspent." in said(400_000.0)
    assert "cost £360k in 2019/20, about £60k more than was approved." in said(300_000.0)


def test_a_team_that_clearly_differs_is_named_though_another_differs_more_by_luck() -> None:
    # In March 2021 one more looked-after worker is over in every run; in one run alone all 400 of a huge leaving care team.
    base = wm.run(wm.load_scenario("scenarios/do_nothing.toml"), 20)
    teams, march = sorted(base.scenario.caseloads.teams), months_since_september_2018("2021-03")
    over = base.history.cases["at_or_over"].copy()
    over[march, teams.index("looked_after")] += 1
    over[march, teams.index("leaving_care"), 0] += 400
    cases = {**base.history.cases, "at_or_over": over}
    option = replace(base, history=replace(base.history, cases=cases))

    said = " ".join(summary_text([base, option]).split())

    assert "the share of looked after children workers with 21 or more cases in March 2021 is" in said
    assert "differs by more than chance" not in said
    assert "No team's share of workers with 21 or more cases differs by more than chance in March 2021." in " ".join(
        summary_text([base, base]).split()
    )
