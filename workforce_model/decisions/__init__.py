"""Compare, explain, stress, choose."""
