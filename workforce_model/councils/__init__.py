"""The Department's files, every council's own figures, and its next year from them alone."""
