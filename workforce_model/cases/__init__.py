"""Open cases and who holds them, one month at a time."""
