"""Addenda of ACH entries: what each type of the records 7 says, column by column."""

from __future__ import annotations

import pytest

from loadstone.formats.readers.nacha.addenda import addenda_values
from loadstone.formats.readers.nacha.layout import ADDENDA


def record(kind: str, *parts: tuple[int, str]) -> str:
    """A record 7 of 94 characters: texts at 0-based places, blanks between them."""
    text = list(f"7{kind}".ljust(94))
    for at, part in parts:
        text[at : at + len(part)] = part
    return "".join(text)


def values_of(*records: str) -> dict[str, str | None]:
    """The columns that are not NULL."""
    found = zip((column.name for column in ADDENDA), addenda_values(list(records)), strict=True)
    return {name: value for name, value in found if value is not None}


def test_an_entry_without_addenda_has_none() -> None:
    """Their number is 0, and all else is NULL."""
    assert {"addenda_count": "0"} == values_of()


RETURNED = record("99", (3, "R15"), (6, "091000010000001"), (21, "261124"), (27, "09100001"), (35, "AT PEACE"))
CHANGED = record("98", (3, "C01"), (6, "091000010000002"), (27, "09100001"), (35, "0042"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (record("05", (3, "INVOICE 17"), (83, "00010000001")), {"payment_information": "INVOICE 17"}),
        (record("17", (3, "REMITTANCE")), {"payment_information": "REMITTANCE"}),
        (record("05"), {}),
        (
            RETURNED,
            {
                "return_code": "R15",
                "original_trace_number": "091000010000001",
                "date_of_death": "2026-11-24",
                "original_receiving_bank": "09100001",
                "return_information": "AT PEACE",
            },
        ),
        (record("99", (3, "R01"), (21, "      ")), {"return_code": "R01"}),
        (record("99", (3, "R01"), (21, "261324")), {"return_code": "R01"}),
        (
            CHANGED,
            {
                "change_code": "C01",
                "original_trace_number": "091000010000002",
                "original_receiving_bank": "09100001",
                "corrected_data": "0042",
            },
        ),
        (
            record("10", (6, "000000000000123456"), (46, "ADA LOVELACE")),
            {"foreign_amount": "000000000000123456", "receiver_name": "ADA LOVELACE"},
        ),
        (record("11", (3, "ANALYTICAL ENGINES LTD")), {"originator_name": "ANALYTICAL ENGINES LTD"}),
        (record("18", (3, "A BANK BETWEEN")), {}),
    ],
    ids=[
        *("payment", "remittance", "blank", "return", "no day", "no such day", "change", "receiver"),
        *("originator", "kept as it stands"),
    ],
)
def test_each_type_says_its_own(text: str, expected: dict[str, str]) -> None:
    """Blank parts are NULL, a day that is none too; the record itself is kept whatever it is."""
    assert {"addenda_count": "1", "addenda": text, **expected} == values_of(text)


def test_several_addenda_are_joined_in_their_order() -> None:
    """Payment lines stand one below the other; what other types say is beside them."""
    first, second = record("05", (3, "LINE ONE")), record("05", (3, "LINE TWO"))
    found = values_of(first, CHANGED, second)
    assert ("3", "LINE ONE\nLINE TWO", "C01") == tuple(
        found[name] for name in ("addenda_count", "payment_information", "change_code")
    )
    assert f"{first}\n{CHANGED}\n{second}" == found["addenda"]
