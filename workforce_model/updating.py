"""Rates learn from what happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Updates:
    """Each rate's prior, data and posterior."""
