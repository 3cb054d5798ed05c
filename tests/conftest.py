"""Searches look somewhere new each time; a check of a release looks where every other one looked."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("release", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("release")
