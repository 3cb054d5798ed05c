"""Searches look somewhere new each time; a check of a release looks where every other one looked.

Tests name files from the project's own folder, wherever they are started.
"""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import settings

os.chdir(Path(__file__).resolve().parent.parent)
settings.register_profile("release", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("release")
