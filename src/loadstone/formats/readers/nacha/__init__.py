"""NACHA ACH files: the entries of all standard entry classes with their addenda, and the totals that each batch and the file state."""

from .reader import NachaReader

__all__ = ["NachaReader"]
