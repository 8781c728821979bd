"""Amounts and dates as banks write them: digits without a point, years of two digits; exact, or refused."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

_NO_PLACES = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_PLACES = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_FOUR_PLACES = frozenset("CLF UYW".split())


def places_of(currency: str) -> int:
    """Decimal places of a currency by ISO 4217: 2 unless the list says otherwise."""
    if currency in _NO_PLACES:
        return 0
    if currency in _THREE_PLACES:
        return 3
    return 4 if currency in _FOUR_PLACES else 2


def pointed(units: int, places: int) -> str:
    """An amount of the smallest units as text with its point: 100000 with two places is ``1000.00``."""
    if places == 0:
        return str(units)
    digits = f"{abs(units):0{places + 1}}"
    return f"{'-' if units < 0 else ''}{digits[:-places]}.{digits[-places:]}"


@lru_cache(4096)
def iso_date(text: str) -> str | None:
    """A date ``YYMMDD`` or ``YYYYMMDD`` as ISO writes it, 80 to 99 being of the last century; None where it is none."""
    if len(text) == 6:
        text = ("19" if text >= "80" else "20") + text
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return None


def iso_time(text: str) -> str | None:
    """A time ``HHMM``, which may be 2400, as ISO writes it; None where it is none."""
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        return None
    return f"{text[:2]}:{text[2:]}" if text <= "2359" and text[2:] <= "59" or text == "2400" else None
