"""Dates as text by an Oracle mask: TO_CHAR, and DATE fields that go into text columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from loadstone.datatypes import spelled
from loadstone.datatypes.languages import DAYS, MONTHS, language_names
from loadstone.errors import FixSpec

_ROMAN = "I II III IV V VI VII VIII IX X XI XII".split()

_NUMBERS: dict[str, Callable[[datetime], tuple[int, int]]] = {
    "YYYY": lambda at: (at.year, 4),
    "RRRR": lambda at: (at.year, 4),
    "YYY": lambda at: (at.year % 1000, 3),
    "YY": lambda at: (at.year % 100, 2),
    "RR": lambda at: (at.year % 100, 2),
    "Y": lambda at: (at.year % 10, 1),
    "IYYY": lambda at: (at.isocalendar()[0], 4),
    "IYY": lambda at: (at.isocalendar()[0] % 1000, 3),
    "IY": lambda at: (at.isocalendar()[0] % 100, 2),
    "I": lambda at: (at.isocalendar()[0] % 10, 1),
    "CC": lambda at: ((at.year + 99) // 100, 2),
    "Q": lambda at: ((at.month + 2) // 3, 1),
    "MM": lambda at: (at.month, 2),
    "WW": lambda at: ((at.timetuple().tm_yday + 6) // 7, 2),
    "IW": lambda at: (at.isocalendar()[1], 2),
    "W": lambda at: ((at.day + 6) // 7, 1),
    "DDD": lambda at: (at.timetuple().tm_yday, 3),
    "DD": lambda at: (at.day, 2),
    "D": lambda at: ((at.weekday() + 1) % 7 + 1, 1),
    "J": lambda at: (at.toordinal() + 1721425, 7),
    "HH24": lambda at: (at.hour, 2),
    "HH12": lambda at: ((at.hour + 11) % 12 + 1, 2),
    "HH": lambda at: ((at.hour + 11) % 12 + 1, 2),
    "MI": lambda at: (at.minute, 2),
    "SSSSS": lambda at: (at.hour * 3600 + at.minute * 60 + at.second, 5),
    "SS": lambda at: (at.second, 2),
}
"""Value and width of elements that are numbers."""

_NAMES: dict[str, tuple[str, bool]] = {
    "MONTH": (MONTHS, False),
    "MON": (MONTHS, True),
    "DAY": (DAYS, False),
    "DY": (DAYS, True),
}
"""Elements that are names of the language, short ones flagged; padded to the longest name."""

_WORDS: dict[str, Callable[[datetime], tuple[str, int]]] = {
    "RM": lambda at: (_ROMAN[at.month - 1], 4),
    "AM": lambda at: ("AM" if at.hour < 12 else "PM", 2),
    "PM": lambda at: ("AM" if at.hour < 12 else "PM", 2),
    "A.M.": lambda at: ("A.M." if at.hour < 12 else "P.M.", 4),
    "P.M.": lambda at: ("A.M." if at.hour < 12 else "P.M.", 4),
    "AD": lambda at: ("AD", 2),
    "BC": lambda at: ("AD", 2),
    "A.D.": lambda at: ("A.D.", 4),
    "B.C.": lambda at: ("A.D.", 4),
}
"""Word and width of elements that are words; their case is that of the mask."""

_FIXED: dict[str, Callable[[datetime], str]] = {
    "SYYYY": lambda at: f" {at.year:04}",
    "SCC": lambda at: f" {(at.year + 99) // 100:02}",
    "Y,YYY": lambda at: f"{at.year // 1000},{at.year % 1000:03}",
    "X": lambda at: ".",
    "FF": lambda at: f"{at.microsecond:06}",
}

_SPELLINGS = ("SP", "SPTH", "THSP")
_ZONE = ("TZH", "TZM", "TZR", "TZD")
_EXPANSIONS = {"DS": "MM/DD/YYYY", "DL": "fmDay, Month DD, YYYY", "TS": "HH:MI:SS AM"}
_ELEMENTS = sorted(
    [
        *_NUMBERS,
        *_NAMES,
        *_WORDS,
        *_FIXED,
        *_ZONE,
        *_EXPANSIONS,
        *_SPELLINGS,
        "YEAR",
        "SYEAR",
        *(f"FF{n}" for n in range(1, 10)),
        "FM",
        "FX",
        "TH",
    ],
    key=len,
    reverse=True,
)
_PIECE = re.compile(
    r'"[^"]*"|' + "|".join(re.escape(name) for name in _ELEMENTS) + "|.", re.IGNORECASE | re.DOTALL
)


def show_date(micros: int, mask: str, language: str = "AMERICAN", offset_minutes: int = 0) -> str:
    """
    The time ``micros`` microseconds after 1970-01-01 by ``mask``, with the names of ``language``.

    FM toggles the leaving out of padding. ``offset_minutes`` is the zone of a time with one.

    Raises:
        FixSpec: LS-5102 a letter that is no element.
    """
    at = datetime(1970, 1, 1) + timedelta(microseconds=micros)
    shown: list[str] = []
    padded = True
    pieces, before = _PIECE.findall(mask), ""
    while pieces:
        piece = pieces.pop(0)
        name = piece.upper()
        if name == "FM":
            padded = not padded
        elif name == "FX":
            continue
        elif name in _EXPANSIONS:
            pieces = _PIECE.findall(_EXPANSIONS[name]) + pieces
        elif name == "TH":
            shown.append(_ordinal(shown[-1] if shown else "", piece))
        elif name in _SPELLINGS and shown and shown[-1].isdigit():
            number = int(shown.pop())
            words = spelled.cardinal(number) if name == "SP" else spelled.ordinal(number)
            shown.append(_cased(words.title(), before))
        elif name in ("YEAR", "SYEAR"):
            shown.append(_cased(spelled.year(at.year).title(), piece))
        elif name in _ZONE:
            shown.append(_zone(name, offset_minutes))
        elif name in _NAMES:
            shown.append(_name(at, piece, language, padded=padded))
        else:
            shown.append(_element(at, piece, mask, padded=padded))
        before = piece
    return "".join(shown)


def with_digits(mask: str, digits: int) -> str:
    """``mask`` with its FF written out, for a type with ``digits`` behind the second, 0 to 9."""
    written = f"FF{digits}" if digits else ""
    return "".join(written if piece.upper() == "FF" else piece for piece in _PIECE.findall(mask))


def pieces_of(mask: str) -> list[str]:
    """The elements of a mask, quoted texts and single characters, as written; FX is left out."""
    pieces = [piece for piece in _PIECE.findall(mask) if piece.upper() != "FX"]
    return [part for piece in pieces for part in _PIECE.findall(_EXPANSIONS.get(piece.upper(), piece))]


# Private functions


def _name(at: datetime, piece: str, language: str, *, padded: bool) -> str:
    """A month's or a day's name."""
    kind, short = _NAMES[piece.upper()]
    names = language_names(language, kind, short=short)
    word = names[at.month - 1 if kind == MONTHS else (at.weekday() + 1) % 7]
    return _cased(word.title(), piece).ljust(max(map(len, names)) if padded and not short else 0)


def _zone(name: str, offset_minutes: int) -> str:
    sign, minutes = "-" if offset_minutes < 0 else "+", abs(offset_minutes)
    if name == "TZM":
        return f"{minutes % 60:02}"
    hours = f"{sign}{minutes // 60:02}"
    return hours if name == "TZH" else f"{hours}:{minutes % 60:02}"


def _cased(word: str, piece: str) -> str:
    """The word in the case of the mask: MON, Mon or mon."""
    if piece[:2].isupper() or piece.isupper():
        return word.upper()
    return word.lower() if piece.islower() or piece[:1].islower() else word


def _element(at: datetime, piece: str, mask: str, *, padded: bool) -> str:
    name = piece.upper()
    if name in _NUMBERS:
        value, width = _NUMBERS[name](at)
        return f"{value:0{width}}" if padded else str(value)
    if name in _WORDS:
        word, width = _WORDS[name](at)
        cased = _cased(word, piece)
        return cased.ljust(width) if padded else cased
    if name in _FIXED:
        return _FIXED[name](at)
    if name.startswith("FF"):
        return f"{at.microsecond:06}000"[: int(name[2:])]
    if piece.startswith('"'):
        return piece.strip('"')
    if piece.isalpha():
        raise FixSpec("LS-5102", f"date mask {mask!r}: {piece!r} is no element (ORA-01821)")
    return piece


def _ordinal(number: str, piece: str) -> str:
    """The ending of an ordinal, in the case of the mask."""
    last = number.lstrip("0")[-2:]
    ending = (
        "th" if last[:1] == "1" and len(last) == 2 else {"1": "st", "2": "nd", "3": "rd"}.get(last[-1:], "th")
    )
    return ending.upper() if piece.isupper() else ending
