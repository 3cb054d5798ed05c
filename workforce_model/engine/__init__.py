"""The only clock, and a run on its way through the house."""
