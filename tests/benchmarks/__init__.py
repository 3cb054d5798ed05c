"""The speed problem: three reference models, their yardstick, and the check that they agree."""
