"""Which columns hold personal data."""

from __future__ import annotations

import pytest

from loadstone.detect.file import detect_bytes
from loadstone.detect.personal import masked, personal_kind

VALUES = {
    "iban": ["DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606"],
    "card_number": ["4111111111111111", "5500 0055 5555 5559", "3400-0000-0000-009"],
    "email": ["anna@bank.example", "j.doe+x@mail.example.org"],
    "phone": ["+49 30 1234567", "+1 (212) 555-0100", "+44 20 7946 0958"],
    "ip_address": ["10.0.0.1", "192.168.1.20"],
    "national_id:us": ["078-05-1120", "219-09-9999"],
    "national_id:gb": ["AB123456C", "QQ 12 34 56 A"],
    "national_id:pl": ["44051401359", "02070803628", "90090515836"],
    "national_id:it": ["RSSMRA85T10A562S", "RCCMNL83S18D969H", "VRDGPP13R10B293P"],
}


@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind not in ("national_id:gb", "national_id:it")])
def test_values_tell_what_they_are(kind: str) -> None:
    """Written forms and check digits are enough, whatever the column's name."""
    values = [value.replace(" ", "").replace("-", "") if kind == "card_number" else value for value in VALUES[kind]]
    assert kind == personal_kind("x", "string", values)


@pytest.mark.parametrize("kind", ["iban", "card_number", "national_id:pl"])
def test_a_wrong_check_digit_is_none(kind: str) -> None:
    """Numbers whose check digits are wrong are just numbers."""
    spoilt = [value[:-1] + str((int(value[-1]) + 1) % 10) for value in VALUES[kind] if value[-1].isdigit()]
    assert personal_kind("x", "string", spoilt) is None


@pytest.mark.parametrize(
    ("name", "type_name", "values", "kind"),
    [
        ("customer_name", "string", ["Anna Kowalska", "Jane Doe"], "name"), ("CUSTOMER_NAME", "string", ["Müller", "O'Brien"], "name"), ("Vorname", "string", ["Anna"], "name"),
        ("firstName", "string", ["Anna"], "name"), ("file_name", "string", ["a.csv"], None), ("name", "string", ["EUR", "USD"], None), ("date_of_birth", "date", ["1980-01-01"], "birth_date"),
        ("book_date", "date", ["1980-01-01"], None), ("street", "string", ["Main St 1"], "address"), ("phone_no", "integer", ["12345"], "phone"), ("ssn", "integer", ["123456789"], "national_id:us"),
        ("amount", "decimal", ["1.5"], None), ("id", "integer", ["1", "2", "3"], None), ("x", "string", [], None),
    ],
)  # fmt: skip
def test_names_of_columns_help(name: str, type_name: str, values: list[str], kind: str | None) -> None:
    """Where values alone cannot tell, the name does, if the values agree."""
    assert kind == personal_kind(name, type_name, values)


def test_few_numbers_are_no_proof() -> None:
    """One number with a right check digit may be chance."""
    assert personal_kind("x", "string", VALUES["national_id:pl"][:1]) is None


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [("anna@bank.example", "email", "a***@bank.example"), ("DE89370400440532013000", "iban", "DE89***3000"), ("Anna", "name", "A***"), ("Al", "name", "***")],
)
def test_values_are_masked(value: str, kind: str, shown: str) -> None:
    """Enough is left to tell records apart, not people."""
    assert shown == masked(value, kind)


def test_a_profile_shows_no_personal_value() -> None:
    """Columns of a file are flagged, and their examples masked."""
    found = detect_bytes(b"id;customer_name;iban\n1;Anna Kowalska;DE89370400440532013000\n2;Jane Doe;GB82WEST12345698765432\n3;Bo Li;FR1420041010050500013M02606\n")
    assert [None, "name", "iban"] == [column.personal for column in found.columns]
    assert ("1", "2", "3") == found.columns[0].examples
    assert "Kowalska" not in str(found)
