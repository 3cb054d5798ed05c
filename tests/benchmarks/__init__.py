"""The speed problem: posts, people and cases of six teams, built from the library's parts beside plain yardsticks.

``python -m tests.benchmarks`` prints every goal with what was measured here.
"""
