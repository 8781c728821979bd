"""
Field 86 taken apart: the forms with numbered parts (``166?00...?20...``) and with words (``/EREF/.../REMI/...``).

Banks wrap it at 65 characters and its parts at 27; so lines are joined without a blank, and a part that is not full ends in one.
"""

from __future__ import annotations

import re

from .layout import PARTS

NONE: tuple[str | None, ...] = (None,) * len(PARTS)
_NAMES = tuple(column.name for column in PARTS)
_FULL = 27

_NUMBERED = re.compile(r"(\d{3})([?<>^~|@])(?=\d\d)")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|PURP|RREF)\+")
_WORDED = re.compile(
    r"/(EREF|PREF|MARF|CSID|CNTP|REMI|IBAN|BIC|NAME|TRTP|BENM|ORDP|ISDT|RTRN|TRCD|PURP|ULTD|ULTC|ULTB|ADDR|OCMT|CHGS|EXCH)/"
)
_SEPA_COLUMNS = {
    "EREF": "end_to_end_reference",
    "MREF": "mandate_reference",
    "CRED": "creditor_id",
    "SVWZ": "remittance",
}
_WORD_COLUMNS = {
    "EREF": "end_to_end_reference",
    "MARF": "mandate_reference",
    "CSID": "creditor_id",
    "REMI": "remittance",
    "IBAN": "counterparty_account",
    "BIC": "counterparty_bank",
    "NAME": "counterparty_name",
}
_PURPOSE = frozenset([*(f"{part}" for part in range(20, 30)), *(f"{part}" for part in range(60, 64))])


def parts_of(text: str) -> tuple[str | None, ...]:
    """The columns of ``layout.PARTS``; all None for free text."""
    numbered = _NUMBERED.match(text)
    if numbered is not None:
        found = _numbered(text, numbered)
    elif "/" in text and _WORDED.search(text):
        found = _worded(text)
    elif "+" in text and _SEPA.match(text):
        found = _sepa(text.replace("\n", ""))
    else:
        return NONE
    return tuple((found.get(name) or "").strip() or None for name in _NAMES)


# Private functions


def _numbered(text: str, head: re.Match[str]) -> dict[str, str]:
    found = {"business_code": head[1]}
    pieces = re.split(rf"{re.escape(head[2])}(\d\d)", text[head.end(1) :].replace("\n", ""))
    parts = list(zip(pieces[1::2], pieces[2::2]))
    purpose = ""
    for number, piece in parts:
        if number in _PURPOSE:
            purpose += piece if len(piece) >= _FULL else f"{piece} "
        elif number in ("32", "33"):
            found["counterparty_name"] = found.get("counterparty_name", "") + piece
        elif column := {"00": "posting_text", "10": "prima_nota", "30": "counterparty_bank", "31": "counterparty_account", "34": "text_key"}.get(number):  # fmt: skip
            found.setdefault(column, piece)
    if purpose:
        found["purpose"] = purpose
        found.update(_sepa(purpose))
    return found


def _sepa(text: str) -> dict[str, str]:
    pieces = _SEPA.split(text)
    return {
        column: value
        for word, value in zip(pieces[1::2], pieces[2::2])
        if (column := _SEPA_COLUMNS.get(word)) is not None
    }


def _worded(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    pieces = _WORDED.split(text.replace("\n", ""))
    for word, value in zip(pieces[1::2], pieces[2::2]):
        if word == "CNTP":
            account, bank, name = (value.split("/") + ["", "", ""])[:3]
            found.update(counterparty_account=account, counterparty_bank=bank, counterparty_name=name)
        elif column := _WORD_COLUMNS.get(word):
            found.setdefault(column, value.strip("/"))
    return found
