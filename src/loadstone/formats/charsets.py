"""Character sets of data: tables of their bytes, lead bytes, literals in them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from loadstone.errors import FixSpec
from loadstone.formats.ebcdic import DERIVED
from loadstone.spec.charsets import CODECS, UNICODE


@dataclass(frozen=True)
class Charset:
    """
    A character set of data.

    Attributes:
        name: Oracle's. codec: Python's. width: bytes of a code unit (2 for UTF-16).
        table: Text of each byte for single-byte sets, else None. ascii: bytes below 128 mean ASCII.
        leads: For sets whose later bytes may look like ASCII, 256 entries: 2, or 4 where a digit makes the
            character one of four bytes, for each byte that begins such a character; else empty.
    """

    name: str
    codec: str
    width: int
    table: tuple[str | None, ...] | None
    ascii: bool
    leads: bytes = b""

    def encode(self, text: str) -> bytes:
        """``text`` in this set, for literals of the spec."""
        if self.table is not None:
            codes = {char: code for code, char in enumerate(self.table) if char is not None}
            try:
                return bytes(codes[char] for char in text)
            except KeyError as error:
                raise FixSpec("LS-2011", f"{text!r} cannot be written in {self.name}") from error
        return text.encode("utf-8" if self.width == 2 else self.codec)

    def units(self, digits: str) -> bytes:
        """
        A hexadecimal literal as ``encode`` gives it.

        In a set of two bytes a character it names code units, the higher byte first whatever the data's order is.
        """
        data = bytes.fromhex(digits)
        if self.width == 2 and len(data) % 2 == 0:
            return data.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
        return data


def charset(name: str) -> Charset:
    """
    The character set of Oracle's ``name``.

    Raises:
        FixSpec: LS-2010 an unknown or unsupported name.
    """
    codec = CODECS.get(name.upper())
    if codec is None:
        codec = _python_name(name)
    if codec is None:
        raise FixSpec(
            "LS-2010",
            f"character set {name} is not known",
            hints=["common ones: AL32UTF8, WE8ISO8859P1, WE8MSWIN1252, WE8EBCDIC500."],
        )
    if codec in UNICODE.values():
        return Charset(name, codec, 2 if "16" in codec else 1, None, True)
    table = None if _several_bytes(codec) else _table(codec)
    plain = table is None or all(table[code] == chr(code) for code in range(0x20, 0x7F))
    return Charset(name, codec, 1, table, plain, _leads(codec) if table is None else b"")


# Private functions


def _python_name(name: str) -> str | None:
    """Python's codec of that name, if it is one of texts; of Unicode only those that records can be cut in."""
    try:
        codec = codecs.lookup(name).name
        b"0".decode(codec)
    except (LookupError, UnicodeDecodeError):
        return None
    return None if codec.startswith("utf") and codec not in UNICODE.values() else codec


def _leads(codec: str) -> bytes:
    """``Charset.leads`` of a set with characters of several bytes."""
    found = bytearray(256)
    for lead in range(0x80, 0x100):
        if _is_char(bytes([lead, 0x30, 0x81, 0x30]), codec):
            found[lead] = 4
        elif any(_is_char(bytes([lead, trail]), codec) for trail in range(0x40, 0x7F)):
            found[lead] = 2
    return bytes(found) if any(found) else b""


def _is_char(data: bytes, codec: str) -> bool:
    """Whether all of ``data`` is one character."""
    try:
        return len(data.decode(codec)) == 1
    except UnicodeDecodeError:
        return False


def _several_bytes(codec: str) -> bool:
    """Whether the set has characters of several bytes: then one of these signs is among them."""
    return codec not in DERIVED and any(
        len(sign.encode(codec, "ignore")) > 1 for sign in "\u4e00\u3042\uac00"
    )


def _table(codec: str) -> tuple[str | None, ...]:
    """The text of each byte; None where the set has none."""
    base, places, chars = DERIVED.get(codec, (codec, "", ""))
    found: list[str | None] = []
    for code in range(256):
        try:
            found.append(bytes([code]).decode(base))
        except UnicodeDecodeError:
            found.append(chr(code) if base == "cp1252" else None)
    for code, char in zip(bytes.fromhex(places), chars, strict=True):
        found[code] = char
    return tuple(found)
