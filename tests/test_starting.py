"""The window in which posts can start, against the envelope worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.toys import posts, toy
from workforce_model.decisions.starting import latest_start
from workforce_model.reading.outcomes import Outcome


def nine() -> dict[str, object]:
    line = {"budget": "new", "label": "Growth", "source": "MTFP growth", "recurrent": True, "order": 1,
            "amounts": {"2019/20": 190_000.0}, "approved_by": "a test"}  # fmt: skip
    return {"workforce.posts.new": posts(10, budget="new", created="2019-04"), "funding.budgets.new": {"label": "New posts"},
            "funding.lines.new": line}  # fmt: skip


def test_ten_posts_at_30000_a_month_fit_190000_from_october() -> None:
    window = latest_start(toy(nine()), "new", runs=2)

    assert window.earliest == "2019-10"
    assert window.latest == "2020-03"
    assert window.table["cost"].tolist() == pytest.approx([30_000 * months for months in range(12, 0, -1)])
    assert window.sentence == (
        "All of new posts can start from October 2019 on with at least 80% assurance of staying inside £190,000 in 2019/20; "
        "a later start costs less, so the money sets no latest month."
    )


def test_the_latest_start_is_the_last_that_meets_the_outcome() -> None:
    scenario = toy({**nine(), "caseloads.teams.team.open_cases": 300, "caseloads.random_share": 0.0})

    window = latest_start(scenario, "new", outcome=Outcome("vacancy_fte", year="2019/20"), at_most=0.0, runs=2)

    assert (window.earliest, window.latest) == ("2019-10", "2020-03")
    never = latest_start(scenario, "new", outcome=Outcome("caseload", year="2019/20"), at_most=1.0, runs=2)
    assert (never.earliest, never.latest) == (None, None)
    assert "no such start" in never.sentence


def test_a_budget_without_new_posts_is_refused() -> None:
    with pytest.raises(ValueError, match="needs posts created"):
        latest_start(toy(), "existing")
    with pytest.raises(ValueError, match=r"sure = 80: expected a chance"):
        latest_start(toy(nine()), "new", sure=80)
    with pytest.raises(ValueError, match="budget 'new' has no approval to stay inside"):
        latest_start(toy({**nine(), "funding.lines.new": None}), "new")


def test_money_vired_to_the_posts_is_money_they_may_start_on() -> None:
    # £60,000 from a spare line makes 250,000: eight months of £30,000, from August.
    line = {"budget": "spare", "label": "Spare", "source": "base budget", "recurrent": True, "order": 1, "amounts": {"2019/20": 60_000.0},
            "approved_by": "a test"}  # fmt: skip
    moved = {"label": "Spare to new", "from_line": "spare", "to_line": "new", "amounts": {"2019/20": 60_000.0}, "recurrent": False,
             "approved_by": "a test"}  # fmt: skip
    scenario = toy(
        {
            **nine(),
            "funding.budgets.spare": {"label": "Spare"},
            "funding.lines.spare": line,
            "funding.virements": {"move": moved},
        }
    )

    window = latest_start(scenario, "new", runs=2)

    assert window.earliest == "2019-08"
    assert window.table["approval"].unique().tolist() == [250_000.0]


def test_starts_that_the_error_cannot_tell_from_the_mark_are_named() -> None:
    lucky = toy({**nine(), "workforce.turnover_rate": 0.3, "workforce.filling_probability": 0.1})
    posts_empty = Outcome("vacancy_fte", year="2019/20")
    table = latest_start(lucky, "new", outcome=posts_empty, at_most=3.0, runs=30).table
    close = table[(table["outcome"] - table["outcome"].iloc[0]).abs() <= 2 * table["error"]]["month"]

    window = latest_start(lucky, "new", outcome=posts_empty, at_most=float(table["outcome"].iloc[0]), runs=30)

    assert f"{pd.Period(close.iloc[0], 'M'):%B %Y}" in window.sentence
    assert "cannot be told from that mark" in window.sentence
    many = latest_start(lucky, "new", outcome=posts_empty, at_most=float(table["outcome"].median()), runs=30)
    rows = many.table.index[(many.table["outcome"] - table["outcome"].median()).abs() <= 2 * many.table["error"]]
    assert len(rows) > 2
    first, last = (f"{pd.Period(many.table.loc[row, 'month'], 'M'):%B %Y}" for row in (rows[0], rows[-1]))
    assert f"(with these runs {first} to {last} cannot be told from that mark)" in many.sentence
    sure = latest_start(lucky, "new", outcome=posts_empty, at_most=19.0, runs=30)
    assert (
        "every start up to March 2020, the last tried, keeps vacancies (all teams) in March 2020 at most 19.0."
        in sure.sentence
    )
