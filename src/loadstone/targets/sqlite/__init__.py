"""SQLite: an embedded target for small and middle-sized tables."""
