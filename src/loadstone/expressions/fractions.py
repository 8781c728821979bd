"""How many digits FF shows: as many as the type of the moment has, which only the expression tells."""

from __future__ import annotations

from loadstone.datatypes.model import Nls
from loadstone.datatypes.show import with_digits
from loadstone.expressions.model import ResultType, Term
from loadstone.expressions.values import session_mask

CLOCK_DIGITS = 6
"""Digits of SYSTIMESTAMP, and of a TIMESTAMP whose precision is not given."""

_DIGITS_MAX = 9


def fraction_digits(term: Term) -> int:
    """Digits behind the second, 0 to 9: of a CAST or a clock as they say, else 9, as TO_TIMESTAMP and literals have."""
    if term.digits is not None:
        return term.digits
    reads = term.op == "convert" or term.name.startswith("TO_")
    digits = [fraction_digits(part) for part in term.parts if part.type is term.type and not reads]
    return max(digits, default=_DIGITS_MAX)


def session_text(term: Term, nls: Nls) -> Term:
    """A timestamp as text by the session's mask."""
    return masked_text(term, Term("literal", ResultType.TEXT, value=session_mask(term.type, nls)))


def masked_text(term: Term, mask: Term, *more: Term) -> Term:
    """TO_CHAR of a timestamp, with the digits of FF written out where the mask is known."""
    if mask.op == "literal" and isinstance(mask.value, str):
        mask = Term("literal", mask.type, value=with_digits(mask.value, fraction_digits(term)), at=mask.at)
    return Term("call", ResultType.TEXT, (term, mask, *more), "TO_CHAR")
