"""Amounts, dates and signs of ISO 20022, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

_AMOUNT = re.compile(r"[0-9]{0,30}(?:\.[0-9]{0,15})?")
_DAY = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]")


class Malformed(ValueError):
    """Why an element cannot be read."""


def amount_of(texts: Mapping[str, str], path: str) -> str | None:
    """An amount as written; None where there is none. Raises ``Malformed``."""
    text = texts.get(path)
    if text is None:
        return None
    if not _AMOUNT.fullmatch(text) or not any(letter.isdigit() for letter in text):
        raise Malformed(f"{path} {text!r} is no amount")
    return text


def needed_amount(texts: Mapping[str, str], path: str) -> tuple[str, str]:
    """An amount that must be there, and its currency. Raises ``Malformed``."""
    text, currency = amount_of(texts, path), texts.get(f"{path}@Ccy")
    if text is None or currency is None:
        raise Malformed(f"it has no {path} with a currency")
    return text, currency


def number_of(texts: Mapping[str, str], path: str) -> Decimal | None:
    """A count or a sum, which may be below zero; None where there is none or it is none."""
    text = texts.get(path, "")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not _AMOUNT.fullmatch(digits) or not any(letter.isdigit() for letter in digits):
        return None
    return Decimal(sign + digits)


def direction_of(texts: Mapping[str, str], path: str = "CdtDbtInd") -> str | None:
    """C or D; None where there is no sign. Raises ``Malformed``."""
    text = texts.get(path)
    if text is None:
        return None
    if text not in ("CRDT", "DBIT"):
        raise Malformed(f"{path} {text!r} is neither CRDT nor DBIT")
    return text[0]


def signed(amount: str, direction: str | None) -> str | None:
    """An amount below zero for a D; None where there is no sign."""
    if direction is None:
        return None
    return f"-{amount}" if direction == "D" else amount


def moment_of(texts: Mapping[str, str], path: str) -> tuple[str | None, str | None]:
    """Of a date or a moment: its day, and the moment as written where it is one. Raises ``Malformed``."""
    moment = texts.get(f"{path}/DtTm")
    day = (moment or texts.get(f"{path}/Dt") or texts.get(path) or "")[:10]
    if not day:
        return None, None
    if not is_day(day):
        raise Malformed(f"{path} {day!r} is no date")
    return day, moment


@lru_cache(4096)
def is_day(text: str) -> bool:
    """Whether a text is a day as ISO writes it."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class Texts:
    """
    Columns of the texts of an element, found by their paths.

    A message has a few of all texts that it may have; so they are looked up from what is there, not from what may be.
    """

    def __init__(self, columns: Sequence[Sequence[str]]) -> None:
        self._size = len(columns)
        self._places = {
            path: (number, rank) for number, paths in enumerate(columns) for rank, path in enumerate(paths)
        }

    def of(self, texts: Mapping[str, str]) -> tuple[str | None, ...]:
        """One value for each column: the text of the first of its paths that has one."""
        found: list[str | None] = [None] * self._size
        ranks: dict[int, int] = {}
        for path, text in texts.items():
            place = self._places.get(path)
            if place is not None and text and place[1] <= ranks.get(place[0], place[1]):
                found[place[0]], ranks[place[0]] = text, place[1]
        return tuple(found)


def first_of(texts: Mapping[str, str], *paths: str) -> str | None:
    """The text of the first path that has one."""
    for path in paths:
        if text := texts.get(path):
            return text
    return None
