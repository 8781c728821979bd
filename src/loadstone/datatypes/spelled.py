"""Numbers in English words, as TO_CHAR spells them with SP, SPTH and YEAR."""

from __future__ import annotations

_ONES = (
    "ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN FIFTEEN SIXTEEN"
    " SEVENTEEN EIGHTEEN NINETEEN"
).split()
_TENS = "- - TWENTY THIRTY FORTY FIFTY SIXTY SEVENTY EIGHTY NINETY".split()
_ORDINALS = {"ONE": "FIRST", "TWO": "SECOND", "THREE": "THIRD", "FIVE": "FIFTH", "EIGHT": "EIGHTH"}
_ORDINALS |= {"NINE": "NINTH", "TWELVE": "TWELFTH"}
_SCALES = ((1_000_000, "MILLION"), (1000, "THOUSAND"), (100, "HUNDRED"))


def cardinal(number: int) -> str:
    """The words of a number from 0 on: ``TWO THOUSAND TWENTY-FOUR``."""
    for scale, word in _SCALES:
        if number >= scale:
            rest = f" {cardinal(number % scale)}" if number % scale else ""
            return f"{cardinal(number // scale)} {word}{rest}"
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")


def ordinal(number: int) -> str:
    """The words of an ordinal: ``TWENTY-NINTH``."""
    words = cardinal(number)
    last = words.replace("-", " ").rpartition(" ")[2]
    head = words[: len(words) - len(last)]
    if last in _ORDINALS:
        return head + _ORDINALS[last]
    return head + (f"{last[:-1]}IETH" if last.endswith("Y") else f"{last}TH")


def year(number: int) -> str:
    """The words of a year: ``NINETEEN NINETY-NINE``, ``TWO THOUSAND FIVE``."""
    century, rest = divmod(number, 100)
    if century == 0 or century % 10 == 0 and rest < 10:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} HUNDRED"
    return f"{cardinal(century)} {'OH-' if rest < 10 else ''}{cardinal(rest)}"
