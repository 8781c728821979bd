"""Bytes of a field to exact text: characters, zoned, packed and binary numbers, and floating point."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from decimal import Decimal, localcontext

from ..figures import pointed
from .items import Item, Picture, Sign, Usage

Decode = Callable[[bytes], str]
"""Text of bytes; raises UnicodeDecodeError."""

_PLUS, _MINUS = frozenset("acef"), frozenset("bd")
_DIGITS = frozenset("0123456789")
_ASCII_ZONED = bytes.maketrans(
    b"0123456789{ABCDEFGHI}JKLMNOPQRpqrstuvwxy",
    bytes.fromhex("f0f1f2f3f4f5f6f7f8f9c0c1c2c3c4c5c6c7c8c9d0d1d2d3d4d5d6d7d8d9d0d1d2d3d4d5d6d7d8d9"),
)
"""Bytes of zoned numbers in ASCII to those of EBCDIC; signs over digits as translated files have them, and as compilers write them."""
_SIGNS = {0x4E: "", 0x40: "", 0x60: "-"}


class Malformed(ValueError):
    """Why bytes are no value of their field."""


def value_of(item: Item, raw: bytes, decode: Decode, *, little: bool) -> str | None:
    """
    The value of a field; text without blanks and NULs at its end, None where nothing is left.

    A number in characters that is all blanks or all NULs is None. ``little``: binary numbers have their lowest byte first, and floating
    point is that of IEEE 754, for the machines of that order have no other. Raises ``Malformed``.
    """
    usage, picture = item.usage, item.picture
    if usage in (Usage.FLOAT, Usage.DOUBLE):
        return _ieee_float(raw) if little else _hex_float(raw)
    assert picture is not None
    if usage is Usage.PACKED:
        return _packed(raw, picture)
    if usage is Usage.PACKED_UNSIGNED:
        return _placed(_digits_of(raw.hex(), raw), picture)
    if usage is Usage.BINARY:
        return _placed(int.from_bytes(raw, "little" if little else "big", signed=picture.signed), picture)
    if usage is Usage.NATIONAL:
        return _text(raw, lambda data: data.decode("utf-16-be"))
    if picture.numeric:
        return _zoned(raw, item, picture, decode)
    return _text(raw, decode)


# Private functions


def _text(raw: bytes, decode: Decode) -> str | None:
    try:
        text = decode(raw)
    except UnicodeDecodeError as error:
        raise Malformed(f"byte 0x{raw[error.start]:02X} is none of its character set") from None
    return text.rstrip(" \0") or None


def _zoned(raw: bytes, item: Item, picture: Picture, decode: Decode) -> str | None:
    """
    A number in characters: the sign is a matter of bytes, for x'C0' is a plus over a zero in every EBCDIC page, whichever letter it is there.
    """
    is_ascii = decode(b"0") == "0"
    if not raw.strip(b" \0" if is_ascii else b"\x40\0"):
        return None
    shown = f"x'{raw.hex().upper()}'"
    if is_ascii:
        raw = raw.translate(_ASCII_ZONED).replace(b"+", b"\x4e").replace(b"-", b"\x60").replace(b" ", b"\x40")
    sign, minus = item.sign or Sign.TRAILING, ""
    if sign in (Sign.LEADING_SEPARATE, Sign.TRAILING_SEPARATE):
        mark, raw = (raw[0], raw[1:]) if sign is Sign.LEADING_SEPARATE else (raw[-1], raw[:-1])
        if mark not in _SIGNS:
            raise Malformed(f"{shown} has no sign")
        minus = _SIGNS[mark]
        zones, digits = raw.hex()[::2], raw.hex()[1::2]
    else:
        zones, digits = raw.hex()[::2], raw.hex()[1::2]
        zone, zones = (zones[0], zones[1:]) if sign is Sign.LEADING else (zones[-1], zones[:-1])
        if zone in _MINUS:
            minus = "-"
        elif zone not in _PLUS:
            raise Malformed(f"{shown} is no zoned number")
        if minus and not picture.signed:
            raise Malformed(f"{shown} has a sign, and its PICTURE none")
    if zones.strip("f") or not set(digits) <= _DIGITS:
        raise Malformed(f"{shown} is no zoned number")
    return _placed(int(minus + digits), picture)


def _packed(raw: bytes, picture: Picture) -> str:
    nibbles = raw.hex()
    digits, sign = nibbles[:-1], nibbles[-1]
    if sign not in _PLUS and sign not in _MINUS:
        raise Malformed(f"x'{nibbles.upper()}' has no sign of a packed number")
    number = _digits_of(digits, raw)
    return _placed(-number if sign in _MINUS else number, picture)


def _digits_of(digits: str, raw: bytes) -> int:
    if not set(digits) <= _DIGITS:
        raise Malformed(f"x'{raw.hex().upper()}' is no packed number")
    return int(digits)


def _placed(number: int, picture: Picture) -> str:
    if picture.scale < 0:
        number *= 10**-picture.scale
        return str(number)
    return pointed(number, picture.scale)


def _ieee_float(raw: bytes) -> str:
    """The floating point of small machines, lowest byte first; exact."""
    (value,) = struct.unpack("<f" if len(raw) == 4 else "<d", raw)
    if not math.isfinite(value):
        raise Malformed(f"x'{raw.hex().upper()}' is no number")
    return f"{Decimal(value):f}" if value else "0"


def _hex_float(raw: bytes) -> str:
    """System/360 floating point: a sign, an exponent of 16 that counts from 64, a fraction; exact."""
    fraction = int.from_bytes(raw[1:], "big")
    if fraction == 0:
        return "0"
    exponent = 4 * ((raw[0] & 0x7F) - 64 - 2 * (len(raw) - 1))
    with localcontext(prec=400):
        value = Decimal(fraction) * Decimal(2) ** exponent
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"-{text}" if raw[0] & 0x80 else text
