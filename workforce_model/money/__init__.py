"""What people cost and which money meets it, to the penny."""
