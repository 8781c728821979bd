"""Staged sets: rows of an all-or-nothing load wait in tables of their own, and are published in one transaction."""
