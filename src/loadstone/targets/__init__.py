"""Databases that rows go into: one adapter a database, one protocol, one test suite."""
