"""
Which columns hold personal data: names, mail, telephone, addresses, birth dates, IBAN, card and national numbers with right check digits.

A column is flagged by its values, or by its name where values alone cannot tell (names, addresses, birth dates). Check digits are a
library's; a number that has none must have its written form (``123-45-6789``) to count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module

SHARE = 0.9
"""At least this share of the values looked at must fit."""

VALUES_MAX = 200
LEAST = 3
"""Numbers with check digits need so many different values: fewer may be chance."""

_MAIL = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?:\+|00)\d{1,3}[ ./()-]?(?:\(?\d{1,5}\)?[ ./-]?){2,5}\d{2,}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,4}"
)
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}", re.IGNORECASE)
_WRITTEN = {
    "national_id:us": re.compile(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}"),
    "national_id:gb": re.compile(
        r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]", re.IGNORECASE
    ),
    "national_id:in": re.compile(r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]"),
}
_CHECKED = {
    "de": "de.idnr", "fr": "fr.nir", "es": "es.dni", "it": "it.codicefiscale", "pl": "pl.pesel", "br": "br.cpf", "nl": "nl.bsn", "se": "se.personnummer", "no": "no.fodselsnummer",
    "fi": "fi.hetu", "dk": "dk.cpr", "cz": "cz.rc", "be": "be.nn", "ch": "ch.ssn", "ro": "ro.cnp", "bg": "bg.egn", "hr": "hr.oib", "tr": "tr.tckimlik", "ca": "ca.sin", "mx": "mx.curp",
    "cl": "cl.rut", "za": "za.idnr", "cn": "cn.ric", "kr": "kr.rrn", "gr": "gr.amka", "ee": "ee.ik", "lt": "lt.asmens", "si": "si.emso",
}  # fmt: skip
"""Countries whose national numbers have check digits, and the library's module of each."""

_BY_NAME = (
    ("birth_date", r"birth|dob|geburt|naissance|nacimiento|nascimento|nascita|urodz|naroz", ("date",)),
    ("name", r"(?:first|last|given|family|middle|full|sur|maiden)_?name|(?:customer|client|cust|holder|owner|payer|payee|beneficiary|debtor|creditor|contact|employee|patient)_?name|surname|nachname|vorname|(?:pre)?nom$|apellido|nombre$|cognome|nazwisko|prijmeni|jmeno", ("string",)),
    ("address", r"(?:street|address|addr_?line|strasse|adresse|direccion|indirizzo|endereco|rue)(?:$|_)", ("string",)),
    ("phone", r"(?:^|_)(?:phone|tel|telephone|mobile|fax|handy|telefon|telefono)(?:$|_|no|nr)", ("string", "integer")),
    ("national_id:us", r"(?:^|_)ssn(?:$|_)|social_?security", ("string", "integer")),
    ("passport", r"passport|reisepass|pasaporte", ("string",)),
)  # fmt: skip
_NAME_VALUE = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’-])*(?:[ ,]+[^\W\d_][\w.'’-]*){0,4}")


def personal_kind(name: str, type_name: str, values: Iterable[str]) -> str | None:
    """What kind of personal data a column holds; None for none. ``values`` are different ones, without blanks around."""
    some = sorted(set(values))[:VALUES_MAX]
    if not some:
        return None
    for kind, pattern in (("email", _MAIL), ("ip_address", _ADDRESS), *_WRITTEN.items()):
        if _most(some, lambda value, pattern=pattern: bool(pattern.fullmatch(value))):  # type: ignore[misc]
            return kind
    if type_name in ("string", "integer") and len(some) >= LEAST:
        found = _by_check_digits(some)
        if found:
            return found
    if type_name == "string" and _most(some, lambda value: bool(_PHONE.fullmatch(value))):
        return "phone"
    plain = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).lower()
    for kind, heads, types in _BY_NAME:
        if (
            type_name in types
            and re.search(heads, plain)
            and (kind != "name" or _most(some, lambda value: bool(_NAME_VALUE.fullmatch(value))))
        ):
            return kind
    return None


def masked(value: str, kind: str) -> str:
    """The value with all but its ends hidden: what may be shown of personal data."""
    if kind == "email":
        head, _, domain = value.partition("@")
        return f"{head[:1]}***@{domain}"
    if kind in ("iban", "card_number") and len(value) > 8:
        return f"{value[:4]}***{value[-4:]}"
    return f"{value[:1]}***" if len(value) > 2 else "***"


# Private functions


def _most(values: list[str], fits: Callable[[str], bool]) -> bool:
    return sum(fits(value) for value in values) >= SHARE * len(values)


def _by_check_digits(values: list[str]) -> str | None:
    probe = values[0]
    digits = sum(letter.isdigit() for letter in probe)
    if not 7 <= digits <= 34 or len(probe) > 42:
        return None
    for kind, module in (
        ("iban", "iban"),
        *((f"national_id:{country}", path) for country, path in _CHECKED.items()),
    ):
        check = _checker(module)
        if check(probe) and all(check(value) for value in values[1:3]) and _most(values, check):
            return kind
    return "card_number" if _most(values, _is_card) else None


def _is_card(value: str) -> bool:
    """13 to 19 digits of a card issuer's range with a right Luhn digit."""
    plain = re.sub(r"[ -]", "", value)
    return bool(
        re.fullmatch(
            r"(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12,15})",
            plain,
        )
    ) and _checker("luhn")(plain)


@cache
def _checker(path: str) -> Callable[[str], bool]:
    return import_module(f"stdnum.{path}").is_valid  # type: ignore[no-any-return]
