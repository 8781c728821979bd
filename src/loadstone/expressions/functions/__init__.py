"""The functions that expressions may call, each with Oracle's semantics, by subject."""

from loadstone.expressions.functions import choices, conversions, moments, numbers, regexps, texts
from loadstone.expressions.functions.catalogue import FUNCTIONS, Function

__all__ = ["FUNCTIONS", "Function", "choices", "conversions", "moments", "numbers", "regexps", "texts"]
