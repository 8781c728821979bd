"""Records that need a person: kept with their bytes and reason, corrected, replayed exactly once, or dropped."""
