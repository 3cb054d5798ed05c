"""Actuals in, rates that learn from them, a forecast, and which assumption failed."""
