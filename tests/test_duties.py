"""Duties as a scenario states them, played from who is in post: luck, conservation, and what is not defined."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import workforce_model as wm
from tests.toys import posts, stated, toy, toy_tree
from workforce_model.basis.problems import ScenarioError
from workforce_model.inputs.scenario import Scenario, scenario_from
from workforce_model.reading.duty_results import DutiesDone


def duty(**more: Any) -> dict[str, Any]:
    """Ten requests planned each month, an hour each, done within four weeks by the one team's officer."""
    return {
        "label": "Checks", "source": "stated for a test", "team": "team", "hours_each": stated(1.0, "hours"),
        "limit": {"within": 4, "unit": "weeks"}, "planned": {"first": "2019-04", "number": stated(10, "requests")},
        "done_by": {"officer": {"hours_a_week": stated(20.0, "hours a week")}}, **more,
    }  # fmt: skip


def stream(a_month: float = 20.0, **more: Any) -> dict[str, Any]:
    return {
        "a_month": stated(a_month, "requests a month"), "dispersion": stated(2.0, "variance over mean"),
        "offered": stated(0.9, "share"), "accepted": stated(0.6, "share"), **more,
    }  # fmt: skip


def with_duties(work: dict[str, Any], officer: dict[str, Any] | None = None, **more: Any) -> Scenario:
    """The toy with an officer who holds no cases, and these duties; nobody is ever away unless stated."""
    tree = toy_tree()
    group = {"holds_cases": False, "opening_over_five_years": 1, **(officer or {})}
    tree["workforce"]["posts"]["officer"] = posts(int(group.pop("number", 1)), **group)
    duties = {"absence_share": stated(0.0, "share"), "productive_hours": stated(1_200.0, "hours a year")}
    return scenario_from({**tree, "duties": {**duties, "work": work, **more}}, "a test")


def played(scenario: Scenario, runs: int = 200, **more: Any) -> DutiesDone:
    return wm.run(scenario, runs, **more).duties


def test_ten_checks_a_month_by_an_officer_in_post_are_all_done_in_the_month() -> None:
    done = played(with_duties({"checks": duty()}), runs=3)

    assert (done.measured("checks", "done") == 10).all()
    assert (done.measured("checks", "waiting") == 0).all()
    assert (done.measured("checks", "fte_required") == 0.1).all()  # ten hours of a hundred a month
    assert done.in_year("checks", "share_in_time", "2019/20").tolist() == [1.0] * 3


def test_an_empty_post_does_nothing_and_its_hours_are_lost() -> None:
    # The officer's post is created in June 2019 and filled in September: four hours of each working day are lost,
    # 20 in June, 23 in July and 21 in August (26 August was a bank holiday).
    scenario = with_duties({"checks": duty()}, {"opening_over_five_years": 0, "created": "2019-06", "starts_on": "2019-09"})  # fmt: skip

    done = played(scenario, runs=2)

    assert done.measured("checks", "hours_lost_vacant")[:6, 0].tolist() == [0, 0, 80, 92, 84, 0]
    assert done.measured("checks", "done")[:5, 0].tolist() == [0] * 5
    assert done.measured("checks", "waiting")[4, 0] == 50


def test_requests_of_themselves_are_conserved_from_asked_for_to_waiting() -> None:
    work = {"checks": duty(planned=None, requests={"home": stream(), "care": stream(8.0)}, lapses_after_days=60)}

    done = played(with_duties({"checks": {k: v for k, v in work["checks"].items() if v is not None}}))

    asked, offered, accepted, finished, lapsed = (
        done.measured("checks", x).sum(axis=0) for x in ("requested", "offered", "accepted", "done", "lapsed")
    )
    by_stream = sum(done.measured("checks", f"offered, {x}").sum(axis=0) for x in ("home", "care"))
    assert (accepted == finished + lapsed + done.measured("checks", "waiting")[-1]).all()
    assert (accepted <= offered).all()
    assert (offered <= asked).all()
    assert (offered == by_stream).all()
    assert abs(offered.sum() / asked.sum() - 0.9) < 4.42 * np.sqrt(0.09 / asked.sum())


def test_a_share_without_anything_under_it_is_not_defined() -> None:
    once = duty(planned={"first": "2019-06", "last": "2019-06", "number": stated(5, "requests")}, share_good=stated(0.5, "share"))  # fmt: skip

    done = played(with_duties({"audit": once}), runs=3)

    assert np.isnan(done.in_year("audit", "share_in_time", "2020/21")).all()
    assert np.isnan(done.in_year("audit", "share_good", "2020/21")).all()
    assert not np.isnan(done.in_year("audit", "share_good", "2019/20")).any()


def test_coverage_is_not_defined_before_the_number_is_known() -> None:
    group = {
        "number": stated(100, "requests"), "holding": stated(0.5, "share"), "joins": stated(0.0, "requests a month"),
        "leaves": stated(0.0, "share a month"), "loses": stated(0.0, "share a month"), "known_from": "2019-06",
    }  # fmt: skip
    passports = {k: v for k, v in duty(group=group).items() if k not in ("limit", "planned")}

    done = played(with_duties({"passports": passports}), runs=2)

    coverage = done.measured("passports", "coverage")
    assert np.isnan(coverage[:2]).all()
    assert (coverage[2:] == 1.0).all()  # 80 hours in the first month hand over the 50 that are missing


def test_offers_change_in_the_stated_month() -> None:
    changed = stream(300.0, offered=stated(1.0, "share"), offered_before=stated(0.0, "share"), offered_from="2019-10")
    checks = {k: v for k, v in duty(requests={"home": changed}).items() if k != "planned"}

    share = played(with_duties({"checks": checks}), runs=5).measured("checks", "share_offered")

    assert (share[:6] == 0.0).all()
    assert (share[6:] == 1.0).all()


def test_work_that_follows_is_what_the_other_duty_did() -> None:
    follows = {k: v for k, v in duty(follows="audits", label="Tracking").items() if k != "planned"}

    done = played(with_duties({"audits": duty(), "tracking": follows}), runs=3)

    assert (done.measured("tracking", "accepted") == done.measured("audits", "done")).all()


def test_a_duty_is_answered_for_by_the_team_it_moved_to() -> None:
    tree = toy_tree()
    tree["workforce"]["teams"]["other"] = {"label": "The other team"}
    tree["workforce"]["posts"]["officer"] = posts(1, holds_cases=False)
    tree["duties"] = {
        "absence_share": stated(0.0, "share"), "productive_hours": stated(1_200.0, "hours a year"),
        "work": {"checks": duty(moves_to="other", moves_in="2019-06")},
    }  # fmt: skip

    done = wm.run(scenario_from(tree, "a test"), 1).duties

    assert [done.team("checks", month) for month in done.results.months[:3]] == ["team", "team", "other"]


# The same luck ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def approved() -> Scenario:
    return wm.load_scenario("scenarios/approved.toml")


def same(first: DutiesDone, second: DutiesDone, runs: int | None = None) -> bool:
    return all(
        np.array_equal(figures[:, :runs], second.work[name][x][:, :runs], equal_nan=True)
        for name, work in first.work.items()
        for x, figures in work.items()
    )


def test_duties_do_not_depend_on_blocks_nor_on_how_many_runs_there_are(approved: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    whole, more = played(approved, 24, block=7), played(approved, 30)
    monkeypatch.setattr("workforce_model.reading.duty_results._BLOCK", 5)
    in_parts = played(approved, 24)

    assert same(whole, in_parts)
    assert same(whole, more, runs=24)


def test_the_order_of_names_in_a_file_changes_nothing() -> None:
    work = {"one": duty(), "two": duty(follows="one")}
    del work["two"]["planned"]
    work["one"]["done_by"] = {x: {"hours_a_week": stated(3.3, "hours a week")} for x in ("officer", "worker")}
    backwards = {"two": work["two"], "one": {**work["one"], "done_by": dict(reversed(work["one"]["done_by"].items()))}}

    assert same(played(with_duties(work)), played(with_duties(backwards)))


def test_a_further_duty_changes_no_other_nor_any_person_case_or_pound(approved: Scenario) -> None:
    without = dataclasses.replace(approved, duties=dataclasses.replace(approved.duties, work={x: d for x, d in approved.duties.work.items() if x == "plan_reviews"}))  # fmt: skip

    some, every = wm.run(without, 8), wm.run(approved, 8)

    assert same(some.duties, every.duties)
    assert np.array_equal(some.cost, every.cost)


def test_more_hours_leave_no_run_with_fewer_done_by_any_month(approved: Scenario) -> None:
    path = "duties.work.return_home_interviews.done_by.nine_missing_debriefing_officer.hours_a_week"

    few, more = (played(approved.replace({path: hours}), 20).measured("return_home_interviews", "done").cumsum(axis=0) for hours in (20, 30))  # fmt: skip

    assert (few <= more).all()


# Enfield ------------------------------------------------------------------------------------------


def test_every_duty_of_enfield_conserves_its_requests(approved: Scenario) -> None:
    done = played(approved, 30)

    for name in done.names:
        if "accepted" not in done.work[name]:
            continue
        accepted, finished, lapsed = (done.measured(name, x).sum(axis=0) for x in ("accepted", "done", "lapsed"))
        assert (accepted == finished + lapsed + done.measured(name, "waiting")[-1]).all(), name
        assert (done.measured(name, "hours_worked") <= done.measured(name, "hours_available") + 1e-6).all(), name


@pytest.fixture(scope="module")
def central(approved: Scenario) -> DutiesDone:
    """Enfield at each assumption's value: luck alone."""
    return played(approved, 150, doubt=False)


@pytest.mark.parametrize(
    ("duty", "measure", "year", "expected"),
    [
        ("return_home_interviews", "offered", "2020/21", 36 * 12),  # 10 + 13 + 13 a month, all offered
        ("return_home_interviews", "accepted", "2020/21", 36 * 12 * 0.55),
        ("private_fostering", "requested", "2020/21", 0.6 * 12),
        ("plan_reviews", "requested", "2019/20", 20 * 10),  # from June
        ("lead_audits", "requested", "2019/20", 16 * 7),  # from September
        ("review_audits", "requested", "2019/20", 30),  # July alone
        ("health_workshops", "requested", "2019/20", 8),  # 1 May, 12 June, 24 July, 4 September, 16 October, ...
        ("health_passports", "requested", "2020/21", 4.5 * 12),  # joiners; none lost since copies are kept
    ],
)
def test_each_instance_has_the_work_its_inputs_add_up_to(
    duty: str, measure: str, year: str, expected: float, central: DutiesDone
) -> None:
    figures = central.in_year(duty, measure, year)

    assert abs(figures.mean() - expected) <= 4.42 * figures.std(ddof=1) / np.sqrt(figures.size) + 1e-9


def test_visits_settle_at_what_starts_endings_and_the_schedule_give(central: DutiesDone) -> None:
    # 0.6 notifications a month, 60% confirmed; an arrangement lasts a whole number of months, each the last with
    # chance 0.09, so a visit due d days after the start is made by 0.91 ** (d // 30.4) of them.
    due = np.concatenate([np.arange(42, 379, 42), np.arange(462, 5_000, 84)])
    expected = 0.6 * 0.6 * 12 * (0.91 ** (due // 30.4375)).sum()

    figures = central.in_year("private_fostering_visits", "requested", "2022/23")

    assert abs(figures.mean() - expected) < 4.42 * figures.std(ddof=1) / np.sqrt(figures.size)


def test_the_share_of_audits_found_good_is_the_stated_one(central: DutiesDone) -> None:
    good, done = (central.in_year("lead_audits", x, "2021/22") for x in ("good", "done"))

    assert abs(good.sum() / done.sum() - 0.45) < 4.42 * np.sqrt(0.45 * 0.55 / done.sum())


def test_interviews_in_time_lie_where_published_councils_lie(approved: Scenario) -> None:
    # Ofsted reports: 29% to 92% within 72 hours; one council in all, no other evidence on Enfield.
    in_time = played(approved, 150).in_year("return_home_interviews", "share_in_time", "2020/21")

    assert 0.29 < np.nanmean(in_time) < 0.92


def test_without_duties_a_scenario_has_none_and_says_so() -> None:
    done = wm.run(toy(), 2).duties

    assert done.names == ()
    with pytest.raises(KeyError, match="the scenario states none"):
        done.measured("checks", "done")


# Bad inputs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"follows": "audits"}, "one of requests, planned, follows, group, not 2 of them"),
        ({"planned": None}, "not 0 of them"),
        ({"limit": None}, "missing: a time limit"),
        ({"limit": {"within": 70, "unit": "hours"}}, "a multiple of 24"),
        ({"lapses_after_days": 20}, "longer than the time limit"),
        ({"hours_each": stated(0.0, "hours")}, "above 0 hours"),
        ({"hours_each": stated(0.5, "share")}, '"hours"'),
        ({"team": "teem"}, "unknown team 'teem'"),
        ({"moves_to": "team"}, "stated together"),
        ({"done_by": {"oficer": {"hours_a_week": stated(1.0, "hours a week")}}}, "did you mean officer?"),
        ({"done_by": {"officer": {"hours_a_week": stated(1.0, "hours a week"), "outside": 2}}}, "the establishment's own"),
        ({"planned": {"first": "2019-06", "last": "2019-04", "number": stated(1, "requests")}}, "ends before it starts"),
        ({"planned": {"first": "2019-06", "number": stated(1.5, "requests")}}, "whole"),
        ({"labell": "x"}, "did you mean label?"),
    ],
)  # fmt: skip
def test_a_duty_that_makes_no_sense_is_refused_with_its_place_and_rule(change: dict[str, Any], rule: str) -> None:
    checks = {k: v for k, v in duty(**change).items() if v is not None}

    with pytest.raises(ScenarioError) as refused:
        with_duties({"checks": checks})

    assert "duties.work.checks" in str(refused.value)
    assert rule in str(refused.value), refused.value


def test_a_practice_effect_that_is_assumed_unseen_is_refused() -> None:
    effect = stated(0.05, "share", low=0.0, high=0.1, shape="uniform")

    with pytest.raises(ScenarioError, match="never assumed unseen"):
        with_duties({}, practice_leads={"plan_quality": effect, "re_referral": effect, "retention": effect})
