"""DuckDB: an embedded analytical target."""
