"""What is read off a run, with its error: measures, tidy tables, outcomes, the envelope test, the screen."""
