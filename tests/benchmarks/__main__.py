"""Print every goal of the speed problem with what was measured here: agreement first, same luck second, speed third."""

from __future__ import annotations

from functools import partial

from tests.benchmarks import measuring
from tests.benchmarks.agreement import (
    ENOUGH,
    Scores,
    batches_of,
    cohort_figures,
    figures,
    scores,
    scores_of_caseloads,
    uncertain_outcome,
    worst,
)  # fmt: skip
from tests.benchmarks.cohorts import run_cohorts
from tests.benchmarks.engine import run
from tests.benchmarks.luck import variance_ratios
from tests.benchmarks.problem import R1, joined, uncertain_apart


def say(goal: str, wanted: str, found: str, met: bool) -> None:
    """One line of the table."""
    print(f"{goal:<58} {wanted:<28} {found:<40} {'met' if met else 'NOT MET'}", flush=True)


def agreement() -> None:
    """Means and variances against the published ones."""
    batches = batches_of(R1, 20_480)
    z: dict[str, Scores] = {
        "R1": scores(figures(joined(batches)), "R1"),
        "R1, caseloads by month and team": scores_of_caseloads(batches),
        "R1u, 2,048 independent draws": scores(
            figures(uncertain_outcome(R1, uncertain_apart(2_048), 10_240)), "R1u", draws=2_048
        ),
        "R0": scores(cohort_figures(run_cohorts(R1, 20_480)), "R0"),
    }
    for name, found in z.items():
        figure, furthest = worst(found)
        say(
            f"agreement: {name}",
            f"|z| <= {ENOUGH}",
            f"worst of {len(found)}: {furthest:.1f} ({figure})",
            abs(furthest) <= ENOUGH,
        )


def same_luck() -> None:
    """The sixteen variance ratios."""
    for (change, figure), ratio in variance_ratios(4_096).items():
        say(f"same luck: {change}, {figure}", ">= 10", f"{ratio:.0f}", ratio >= 10)


def speed() -> None:
    """Runs a second beside the yardsticks."""
    with measuring.two_processes() as two:
        engines = {
            "R1, one core": (partial(measuring.r1, None), 4_096),
            "R1, two cores": (partial(measuring.r1, two), 8_192),
            "R1u, one core": (partial(measuring.r1u, None), 4_096),
            "R1u, two cores": (partial(measuring.r1u, two), 8_192),
        }
        found = measuring.interleaved(engines)
        for yardstick in ("SimPy", "loop"):
            print(f"{yardstick} yardstick: {found[yardstick].runs_a_second:,.0f} runs a second")
        for name, goal in zip(engines, (40, 75, 26, 55), strict=True):
            by = found[name]
            said = f"{by.ratio['SimPy']:.0f} x ({by.ratio['loop']:.0f} x loop; {by.runs_a_second:,.0f} runs/s)"
            say(name, f">= {goal} x SimPy", said, by.ratio["SimPy"] >= goal)
        ten = min(measuring.seconds(partial(run, R1, 10_000, executor=two, block=1_250)) for _ in range(3))
        say("10,000 runs of R1, two cores, warm", "<= 3 s", f"{ten:.1f} s", ten <= 3)
        gain, overhead = measuring.every_authority(two)
        found_here = f"{gain:.2f} x; {overhead:.2f} ms a task"
        say(
            "152 authorities x 1,000 runs, two cores",
            ">= 1.8 x; <= 1 ms a task",
            found_here,
            gain >= 1.8 and overhead <= 1,
        )
    ratio = measuring.cohorts_over_their_draws()
    say("R0 over its draws alone", "<= 1.5", f"{ratio:.2f}", ratio <= 1.5)
    ratio = measuring.time_by_size()
    say("time for a post and month, 1,080 posts over 180", "<= 1.2", f"{ratio:.2f}", ratio <= 1.2)


def starting_and_memory() -> None:
    """What a fresh process needs."""
    whole, pandas = measuring.importing()
    say("import workforce_model", "< 0.3 s", f"{whole:.2f} s (pandas alone {pandas:.2f} s)", whole < 0.3)
    more = measuring.modules_beyond_numpy_and_pandas()
    say("packages loaded beyond numpy's and pandas'", "none", ", ".join(more) or "none", not more)
    first = measuring.first_thousand_runs()
    say("first 1,000 runs in a fresh process, beyond pandas", "<= 0.5 s", f"{first:.2f} s", first <= 0.5)
    plain = measuring.lay_out_tables() * 1e3
    say("new scenario, R1", "<= 10 ms", f"{plain:.0f} ms", plain <= 10)
    doubtful = measuring.lay_out_tables(measuring.SHARED, measuring.MOST_R1U) * 1e3
    say("new scenario, R1u with 64 draws", "<= 100 ms", f"{doubtful:.0f} ms", doubtful <= 100)
    each = measuring.bytes_a_run(run(R1, 100))
    say("results kept of a run", "<= 2.5 kB", f"{each / 1e3:.2f} kB", each <= 2_500)
    peak = measuring.peak_megabytes()
    say("process peak at 10,000 runs, R1", "<= 100 MB", f"{peak:.0f} MB", peak <= 100)
    peak = measuring.peak_megabytes("uncertain(64)", measuring.MOST_R1U)
    say("process peak at 10,000 runs, R1u", "<= 200 MB", f"{peak:.0f} MB", peak <= 200)


if __name__ == "__main__":
    agreement()
    same_luck()
    speed()
    starting_and_memory()
