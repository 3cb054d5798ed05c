"""The window in which posts can start, against the envelope worked out by hand."""

from __future__ import annotations

import pytest

from tests.toys import posts, toy
from workforce_model.outcomes import Outcome
from workforce_model.starting import latest_start


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
    assert "sets no latest month" in window.sentence


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
