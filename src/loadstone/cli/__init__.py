"""Doors: parse the command line, call one function, show what it gives."""
