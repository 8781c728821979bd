"""Who sends, which files come from whom, and what becomes of each: source systems and their feeds."""
