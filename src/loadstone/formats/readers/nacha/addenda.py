"""Addenda joined to their entry: what the records 7 say, by their type."""

from __future__ import annotations

from ..figures import iso_date
from .layout import ADDENDA

NONE: tuple[str | None, ...] = ("0",) + (None,) * (len(ADDENDA) - 1)


def addenda_values(records: list[str]) -> tuple[str | None, ...]:
    """The columns of ``layout.ADDENDA`` for the addenda of one entry, in their order; texts of 94 characters."""
    if not records:
        return NONE
    found: dict[str, str | None] = {}
    paid: list[str] = []
    for text in records:
        kind = text[1:3]
        if kind in ("05", "17"):
            paid.append(text[3:83].rstrip())
        elif kind == "99":
            found.update(_returned(text))
        elif kind == "98":
            found.update(_changed(text))
        elif kind == "10":
            found["foreign_amount"] = text[6:24].strip() or None
            found["receiver_name"] = text[46:81].strip() or None
        elif kind == "11":
            found["originator_name"] = text[3:38].strip() or None
    found["addenda_count"] = str(len(records))
    found["payment_information"] = "\n".join(paid) or None
    found["addenda"] = "\n".join(records)
    return tuple(found.get(column.name) for column in ADDENDA)


# Private functions


def _returned(text: str) -> dict[str, str | None]:
    return {
        "return_code": text[3:6].strip() or None,
        "original_trace_number": text[6:21].strip() or None,
        "date_of_death": iso_date(text[21:27]),
        "original_receiving_bank": text[27:35].strip() or None,
        "return_information": text[35:79].strip() or None,
    }


def _changed(text: str) -> dict[str, str | None]:
    return {
        "change_code": text[3:6].strip() or None,
        "original_trace_number": text[6:21].strip() or None,
        "original_receiving_bank": text[27:35].strip() or None,
        "corrected_data": text[35:64].strip() or None,
    }
