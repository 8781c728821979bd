"""OFX 1 (SGML) and 2 (XML): transactions and balances of bank, card and investment cash accounts."""

from .reader import OfxReader

__all__ = ["OfxReader"]
