"""SWIFT MT940, MT942 and MT950: entries or balances of statements, and whether each statement adds up."""

from .reader import Mt940Reader

__all__ = ["Mt940Reader"]
