"""Expected vacancies and starters are the means of the simulation's own."""

from __future__ import annotations

import numpy as np

from tests.forms import plan
from workforce_model.engine.model import run
from workforce_model.monitoring.expected_posts import expected_posts
from workforce_model.reading.measures import measured


def test_expected_vacancies_and_starters_meet_the_mean_of_the_runs() -> None:
    quiet = plan().replace({
        "workforce.conversion_rate": 0.0, "workforce.year_shock": 0.0, "workforce.national_swing": 0.0, "periods.end": "2019-12",
    })  # fmt: skip
    played = run(quiet, runs=150, doubt=False)
    expected = expected_posts(quiet, 15)

    for name, figures in (("vacancy_fte", expected.vacant), ("starters_fte", expected.started)):
        simulated = measured(played, name)
        error = np.maximum(simulated.std(axis=1, ddof=1) / np.sqrt(150), 0.02)
        assert np.all(np.abs(figures.sum(axis=1) - simulated.mean(axis=1)) < 4.42 * error), name


def test_a_group_created_later_is_vacant_from_then_on() -> None:
    expected = expected_posts(plan(), 12)
    vacant, started = expected.of({"nine_social_worker"})

    assert vacant[:10].tolist() == [0.0] * 10
    assert vacant[10] == 5.0
    assert started.sum() == 0
