"""Values of mainframe and binary types as text, by the documented forms alone, in plain Python."""

from __future__ import annotations

import struct
import sys

from loadstone.spec import Field, LoadSpec, TypeName
from tests.reference.records import codec_of

RAW = {TypeName.RAW, TypeName.VARRAW, TypeName.LONG_VARRAW, TypeName.VARRAWC}
SIZES = {
    TypeName.INTEGER: 4,
    TypeName.SMALLINT: 2,
    TypeName.BYTEINT: 1,
    TypeName.FLOAT: 4,
    TypeName.DOUBLE: 8,
}
PREFIXES = {TypeName.VARCHAR: 2, TypeName.VARGRAPHIC: 2, TypeName.VARRAW: 2, TypeName.LONG_VARRAW: 4}
"""Bytes of the binary length before a value."""


class Unreadable(Exception):
    """A value that is none of its type; the argument is the rule broken."""


def order_of(spec: LoadSpec) -> str:
    """Byte order of binary numbers: as said, else this machine's."""
    return spec.byte_order or sys.byteorder


def size_of(one: Field) -> int | None:
    """Bytes of a binary field of predetermined size; None for all others."""
    kind = one.type
    if kind is None:
        return None
    if kind.name in SIZES:
        return kind.length or SIZES[kind.name]
    if kind.name is TypeName.DECIMAL:
        return (kind.precision or 1) // 2 + 1
    if kind.name is TypeName.ZONED:
        return kind.precision or 1
    return kind.length if kind.name is TypeName.RAW else None


def text_of(spec: LoadSpec, one: Field, value: bytes) -> bytes:
    """
    A field's bytes as UTF-8 text; RAW stays as it is.

    Raises:
        Unreadable: They are no number of that form, or no text of the character set.
    """
    name = one.type.name if one.type is not None else TypeName.CHAR
    scale = (one.type.scale if one.type is not None else None) or 0
    if name in RAW:
        return value
    if name in (TypeName.INTEGER, TypeName.SMALLINT, TypeName.BYTEINT):
        signed = one.type is None or one.type.unsigned is not True
        return str(int.from_bytes(value, order_of(spec), signed=signed)).encode()  # type: ignore[arg-type]
    if name in (TypeName.FLOAT, TypeName.DOUBLE):
        form = (">" if order_of(spec) == "big" else "<") + ("f" if len(value) == 4 else "d")
        return repr(struct.unpack(form, value)[0]).encode()
    if name is TypeName.DECIMAL:
        return _packed(value, scale)
    if name is TypeName.ZONED:
        return _zoned(value, scale)
    try:
        return value.decode(codec_of(spec)).encode()
    except UnicodeDecodeError as error:
        raise Unreadable("encoding") from error


def _packed(value: bytes, scale: int) -> bytes:
    """Two digits a byte; the last half byte is the sign, D and B negative, the other letters positive."""
    shown = value.hex()
    digits, sign = shown[:-1], shown[-1]
    if not digits.isdigit() or sign.isdigit():
        raise Unreadable("packed")
    return f"{'-' if sign in 'db' else ''}{digits}E{-scale}".encode()


def _zoned(value: bytes, scale: int) -> bytes:
    """A digit a byte, in ASCII or EBCDIC; the last one holds the sign as well."""
    last = {ord("{"): "0+", ord("}"): "0-"}
    last |= {ord("A") + i: f"{i + 1}+" for i in range(9)} | {ord("J") + i: f"{i + 1}-" for i in range(9)}
    for zone, sign in (
        (0x30, "+"),
        (0xF0, "+"),
        (0xC0, "+"),
        (0xA0, "+"),
        (0xE0, "+"),
        (0xD0, "-"),
        (0x70, "-"),
        (0xB0, "-"),
    ):
        last |= {zone + i: f"{i}{sign}" for i in range(10)}
    plain = {zone + i: str(i) for zone in (0x30, 0xF0) for i in range(10)}
    if value[-1] not in last or any(byte not in plain for byte in value[:-1]):
        raise Unreadable("zoned")
    digits = "".join(plain[byte] for byte in value[:-1]) + last[value[-1]][0]
    return f"{'-' if last[value[-1]][1] == '-' else ''}{digits}E{-scale}".encode()
