"""Loadstone turns the files which banks' systems exchange into trustworthy rows."""

__version__ = "0.1.0"
