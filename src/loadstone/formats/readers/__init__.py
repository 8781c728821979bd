"""Files that are no lines of text: each reader gives their rows as text, with the place where each stood."""
