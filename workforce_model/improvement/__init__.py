"""The improvement plan at work: its actions, audits as evidence, inspection, the boards' figures."""
