"""Expressions as SQL of DuckDB with Oracle's semantics, over a chunk at once."""
