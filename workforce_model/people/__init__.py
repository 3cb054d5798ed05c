"""Posts and the people who hold them, one month at a time."""
