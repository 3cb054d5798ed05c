"""Work that is not a case: how it comes, waits, is covered and done."""
