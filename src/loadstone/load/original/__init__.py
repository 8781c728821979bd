"""The original SQL*Loader as the engine of a load, where it is installed: run it, watch it, read what it leaves."""
