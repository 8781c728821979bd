"""Fields of SWIFT statements: what a balance, an entry and a sum say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..figures import iso_date

_AMOUNT = r"[0-9]{1,30}(?:,[0-9]{0,15})?"
_BALANCE = re.compile(rf"([CD])([0-9]{{6}})([A-Z]{{3}})?({_AMOUNT})\s*")
_SUM = re.compile(rf"([0-9]{{1,9}})([A-Z]{{3}})({_AMOUNT})\s*")
_ENTRY = re.compile(
    rf"([0-9]{{6}})([0-9]{{4}})?(R[CD]|E[CD]|C|D)([A-Z])?({_AMOUNT})([A-Z][A-Z0-9 ]{{3}})?(.*)", re.DOTALL
)


class Malformed(ValueError):
    """Why a field cannot be read."""


@dataclass(frozen=True)
class Balance:
    """A balance: its day, currency (None where the field leaves it out), and amount, below zero for D."""

    mark: str
    day: str
    currency: str | None
    text: str
    signed: Decimal


@dataclass
class Entry:
    """
    Field 61.

    Attributes:
        text: The amount. signed: the same, below zero for what lessens the balance.
        fault: Why it is no good entry though its amount is; None for a good one.
    """

    value_date: str | None
    entry_date: str | None
    mark: str
    funds_code: str | None
    text: str
    signed: Decimal
    kind: str | None
    reference: str | None
    bank_reference: str | None
    details: str | None
    fault: str | None

    @property
    def direction(self) -> str:
        """C or D: what it does to the balance."""
        return "C" if self.mark in ("C", "EC", "RD") else "D"


def balance_of(text: str) -> Balance:
    """Fields 60, 62, 64 and 65. Raises ``Malformed``."""
    found = _BALANCE.fullmatch(text)
    if found is None:
        raise Malformed(f"{text!r} is no balance: C or D, YYMMDD, currency, amount")
    mark, day, currency, amount = found.groups()
    iso = iso_date(day)
    if iso is None:
        raise Malformed(f"the date {day!r} of the balance is none")
    figure = amount_text(amount)
    return Balance(mark, iso, currency, figure, Decimal(figure) if mark == "C" else -Decimal(figure))


def sum_of(text: str) -> tuple[int, Decimal]:
    """Fields 90C and 90D: how many entries, and their sum. Raises ``Malformed``."""
    found = _SUM.fullmatch(text)
    if found is None:
        raise Malformed(f"{text!r} is no sum: number, currency, amount")
    return int(found[1]), Decimal(amount_text(found[3]))


def entry_of(text: str) -> Entry:
    """Field 61 with its further lines. Raises ``Malformed`` where not even its amount can be read."""
    first, _, details = text.partition("\n")
    found = _ENTRY.fullmatch(first)
    if found is None:
        raise Malformed("field 61 is no value date, mark, amount, type and reference")
    value, booked, mark, funds, amount, kind, references = found.groups()
    if kind is None and "," not in amount:
        # Banks leave the comma out of whole amounts; where no type follows, the amount may be cut off or spoilt.
        raise Malformed(
            f"field 61 has neither a comma in its amount nor a type behind it: {amount}{references[:8]!r}"
        )
    figure = amount_text(amount)
    day = iso_date(value)
    fault = None if day else f"the value date {value!r} is none"
    entry_day = _entry_day(day, booked) if day and booked else None
    if day and booked and entry_day is None:
        fault = f"the entry date {booked!r} is none"
    own, _, bank = references.partition("//")
    signed = Decimal(figure)
    return Entry(
        day, entry_day, mark, funds, figure, signed if mark in ("C", "EC", "RD") else -signed,
        (kind or "").strip() or None, own.strip() or None, bank.strip() or None, details.strip() or None, fault,
    )  # fmt: skip


def amount_text(amount: str) -> str:
    """``000012,30`` as ``12.30``: its decimals stay, a bare comma goes."""
    whole, _, cents = amount.partition(",")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{cents}" if cents else whole


# Private functions


def _entry_day(value: str, booked: str) -> str | None:
    """Month and day in the year that brings them nearest to the value date: 0102 after 2012-12-31 is in 2013."""
    if value[5:7] == booked[:2]:
        return iso_date(f"{value[:4]}{booked}")
    day = date.fromisoformat(value)
    near = [
        found for year in (day.year - 1, day.year, day.year + 1) if (found := iso_date(f"{year}{booked}"))
    ]
    return min(near, key=lambda iso: abs(date.fromisoformat(iso) - day), default=None)
