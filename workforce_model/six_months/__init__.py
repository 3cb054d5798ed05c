"""The six-month review: its twenty answers, triggers and folder."""
