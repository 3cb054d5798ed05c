"""What an analyst states: scenario files read and checked, every fault at once, and the draws of what is in doubt."""
