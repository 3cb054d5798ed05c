"""What every other room stands on: months, assumptions, random words, faults told clearly, how figures print."""
