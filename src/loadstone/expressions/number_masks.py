"""Numbers by Oracle's number masks, both ways."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from loadstone.expressions.model import OraError
from loadstone.expressions.values import WIDE, number_text


class Characters(NamedTuple):
    """What stands for the decimal character, between groups, and for the currency of L and U."""

    decimal: str
    group: str
    currency: str = "$"


_MASK = re.compile(
    r"(?P<fm>FM)?(?P<blank>B)?(?P<lead>[SLCU$]*)(?P<whole>[09G,]*)(?:(?P<point>[.D])(?P<fraction>[09]*))?(?P<tail>MI|PR|S|L|C|EEEE)?",
    re.IGNORECASE,
)


def format_number(value: Decimal, mask: str, characters: Characters) -> str:
    """
    ``value`` by ``mask``; ``#`` all over when it does not fit.

    Raises:
        OraError: ORA-01481 an element that is not known.
    """
    if _HEXADECIMAL.fullmatch(mask):
        return _shown_hexadecimal(value, mask)
    if mask.upper() in ("TM", "TM9", "TME"):
        text = _exponential(value) if mask.upper() == "TME" else number_text(value)
        return text.replace(".", characters[0])
    if _ROMAN.fullmatch(mask):
        return _roman(value, mask)
    if "V" in mask.upper():
        whole, _, behind = mask.upper().partition("V")
        places = len(re.findall("[09]", behind))
        return format_number(value.scaleb(places, WIDE), whole + behind, characters)
    parts = mask_parts(mask)
    decimal, group, currency = characters
    if parts["tail"] == "EEEE":
        return _scientific(value, parts, decimal)
    if parts["blank"] and value == 0:
        return " " * _width(mask)
    fraction = parts["fraction"] or ""
    amount = value.copy_abs().quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP, context=WIDE)
    whole, _, digits = f"{amount:f}".partition(".")
    shown = _whole(whole, parts["whole"] or "", group, whole_only=not parts["fraction"])
    if shown is None:
        return "#" * _width(mask)
    if parts["point"]:
        tail = digits
        if parts["fm"]:
            keep = len(fraction.rstrip("9"))
            tail = tail[:keep] + tail[keep:].rstrip("0")
        shown += ("." if parts["point"] == "." else decimal) + tail
    return _signed(shown, parts, currency, negative=value < 0)


def parse_masked(text: str, mask: str, characters: Characters) -> Decimal:
    """
    A number from text by ``mask``: group characters, currency and signs stand where the mask has them.

    Group characters and the currency may be left out; a sign that no element of the mask asks for is a leading one.

    Raises:
        OraError: ORA-01722 a text that does not fit; ORA-01481 an element that is not known.
    """
    if _HEXADECIMAL.fullmatch(mask):
        return _hexadecimal(text, mask)
    parts = mask_parts(mask)
    negative, bare = _unsigned(text.lstrip(" "), parts["tail"] or "")
    digits = _without_currency(bare, parts["lead"] or "", characters)
    power = "0"
    if parts["tail"] == "EEEE":
        digits, _, power = digits.upper().partition("E")
    whole, _, fraction = digits.partition(characters.decimal if parts["point"] == "D" else ".")
    mask_whole = parts["whole"] or ""
    whole = _ungrouped(whole, mask_whole, "," if "," in mask else characters.group)
    room = sum(char in "09" for char in mask_whole)
    if (
        not _DIGITS.fullmatch(whole + fraction)
        or not _POWER.fullmatch(power)
        or len(whole.lstrip("0")) > room
        or len(fraction) > len(parts["fraction"] or "")
        or "." in digits
        and not parts["point"]
    ):
        raise OraError(1722, "invalid number")
    value = Decimal(f"{whole}.{fraction}").scaleb(int(power), WIDE)
    return value.copy_negate() if negative else value


def mask_parts(mask: str) -> dict[str, str | None]:
    """
    The elements of a mask, in upper case, by the names of the pattern's groups.

    Raises:
        OraError: ORA-01481 an element that is not known.
    """
    match = _MASK.fullmatch(mask.strip())
    if match is None or _MIXED.search(mask):
        raise OraError(1481, "invalid number format model")
    return {name: value.upper() if value else value for name, value in match.groupdict().items()}


# Private functions


_MIXED = re.compile(r"G.*\.|,.*D|^[^09]*[,G]", re.IGNORECASE)
"""G goes with D and the comma with the point; neither of them begins a mask."""

_DIGITS = re.compile("[0-9]+")
_POWER = re.compile("[+-]?[0-9]{1,3}")
_HEXADECIMAL = re.compile("(FM)?(0*X+)", re.IGNORECASE)
_ROMAN = re.compile("(FM)?RN", re.IGNORECASE)
_ROMAN_WIDTH = 15
_ROMAN_DIGITS = tuple(
    zip("M CM D CD C XC L XL X IX V IV I".split(), (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1))
)


def _roman(value: Decimal, mask: str) -> str:
    """1 to 3999 in Roman digits, in the case of the mask."""
    number = int(value.to_integral_value(ROUND_HALF_UP))
    if not 1 <= number <= 3999:
        return "#" * _ROMAN_WIDTH
    shown = ""
    for digit, size in _ROMAN_DIGITS:
        shown += digit * (number // size)
        number %= size
    shown = shown if mask.endswith("N") else shown.lower()
    return shown if mask.upper().startswith("FM") else shown.rjust(_ROMAN_WIDTH)


def _exponential(value: Decimal) -> str:
    """All digits, with an exponent of two digits at least."""
    digits = "".join(map(str, value.normalize(WIDE).as_tuple().digits))
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    power = value.adjusted() if value else 0
    return f"{'-' if value < 0 else ''}{mantissa}E{'-' if power < 0 else '+'}{abs(power):02}"


def _shown_hexadecimal(value: Decimal, mask: str) -> str:
    """A number of hexadecimal digits, upper case unless the mask's are lower; zeros where the mask has them."""
    filled = mask.upper().startswith("FM")
    places = mask[2:] if filled else mask
    number = int(value.to_integral_value(ROUND_HALF_UP))
    digits = f"{number:X}" if "X" in places else f"{number:x}"
    if number < 0 or len(digits) > len(places):
        return "#" * (len(places) + (not filled))
    if places.startswith("0"):
        digits = digits.rjust(len(places), "0")
    return digits if filled else digits.rjust(len(places) + 1)


def _unsigned(text: str, tail: str) -> tuple[bool, str]:
    """Whether a number is below zero, and its text without the sign: MI needs its minus or its blank, PR knows no other sign than its brackets."""
    if tail == "MI":
        if text[-1:] not in ("-", " "):
            raise OraError(1722, "invalid number")
        return text[-1] == "-", text[:-1]
    text = text.rstrip(" ")
    if tail == "PR":
        bracketed = text.startswith("<") and text.endswith(">")
        return bracketed, text[1:-1] if bracketed else text
    sign = text[-1:] if tail == "S" else text[:1]
    if sign not in ("+", "-"):
        return False, text
    return sign == "-", text[:-1] if tail == "S" else text[1:]


def _without_currency(text: str, lead: str, characters: Characters) -> str:
    symbol = next((char for char in "$LUC" if char in lead), "")
    return text.removeprefix({"": "", "$": "$", "C": "USD"}.get(symbol, characters.currency))


def _ungrouped(whole: str, mask: str, group: str) -> str:
    """Digits without group characters; these stand where the mask has them, or not at all."""
    if group not in whole or not set(mask) & set(",G"):
        return whole
    digits = whole.replace(group, "")
    places = {len(re.findall("[09]", mask[at:])) for at, char in enumerate(mask) if char in ",G"}
    found = [len(part) for part in whole.split(group)]
    behind = {sum(found[at:]) for at in range(1, len(found))}
    if len(found) != len(behind) + 1 or behind != {place for place in places if place < len(digits)}:
        raise OraError(1722, "invalid number")
    return digits


def _hexadecimal(text: str, mask: str) -> Decimal:
    digits = text.strip()
    if not re.fullmatch(f"[0-9A-Fa-f]{{1,{len(mask)}}}", digits):
        raise OraError(1722, "invalid number")
    return Decimal(int(digits, 16))


def _width(mask: str) -> int:
    """Characters of a number by the mask, its sign included."""
    bare = mask.upper().removeprefix("FM").removeprefix("B")
    signed = bare.startswith("S") or bare.endswith(("S", "PR"))
    return len(bare) - bare.endswith("MI") + (not signed)


def _scientific(value: Decimal, parts: dict[str, str | None], decimal: str) -> str:
    """Digits, ``E``, and an exponent of two digits at least."""
    digits = len(parts["fraction"] or "")
    power = value.adjusted() if value else 0
    amount = value.scaleb(-power, WIDE).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, context=WIDE)
    if abs(amount) >= 10:  # rounded up
        amount, power = amount / 10, power + 1
    mantissa = f"{amount:.{digits}f}"
    if digits and parts["point"] != ".":
        mantissa = mantissa.replace(".", decimal)
    text = f"{mantissa}E{'-' if power < 0 else '+'}{abs(power):02}"
    return text if value < 0 or parts["fm"] else f" {text}"


def _whole(digits: str, mask: str, group: str, *, whole_only: bool) -> str | None:
    """The integer part under its mask: leading zeros from the first 0 on, groups between digits."""
    places = re.findall("[09]", mask)
    if digits == "0" and "0" not in places and not whole_only:
        digits = ""
    if len(digits) > len(places):
        return None
    first_zero = places.index("0") if "0" in places else len(places)
    padded = digits.rjust(len(places))
    padded = "".join(
        "0" if char == " " and number >= first_zero else char for number, char in enumerate(padded)
    )
    out, number = "", 0
    for char in mask:
        if char in "09":
            out += padded[number]
            number += 1
        elif char in ",G":
            out += ("," if char == "," else group) if out.strip() else " "
    return out


def _signed(shown: str, parts: dict[str, str | None], currency: str, *, negative: bool) -> str:
    """With its sign, one of a number that is rounded to zero too, and its currency."""
    lead, tail = parts["lead"] or "", parts["tail"] or ""
    text = shown.lstrip(" ")
    blanks = len(shown) - len(text)
    symbol = next((char for char in "$LUC" if char in lead), "")
    if symbol:
        sign = {"$": "$", "C": "USD"}.get(symbol, currency)
        text = sign + text
        blanks += {"$": 1, "C": 7}.get(symbol, 10) - len(sign)
    if tail == "MI":
        text += "-" if negative else " "
    elif tail == "PR":
        text = f"<{text}>" if negative else f" {text} "
    elif tail == "S":
        text += "-" if negative else "+"
    elif "S" in lead:
        text = ("-" if negative else "+") + text
    else:
        text = ("-" if negative else " ") + text
    return text.strip() if parts["fm"] else " " * blanks + text
