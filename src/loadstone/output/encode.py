"""Text into the file's character set, to the very character that it cannot hold."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from loadstone.errors import FixSpec
from loadstone.output.model import OutputSpec
from loadstone.output.packed import encoder, single_byte

Encode = Callable[[memoryview], "bytes | memoryview"]
"""From UTF-8; it raises ``Unencodable``."""


class Unencodable(Exception):
    """
    A character that the set does not have.

    Attributes:
        char: The character itself.
    """

    def __init__(self, char: str) -> None:
        super().__init__(f"U+{ord(char):04X}")
        self.char = char


def encode_of(spec: OutputSpec) -> Encode:
    """
    What encodes the texts of ``spec``.

    Raises:
        FixSpec: LS-8002 packed decimals in a character set of several bytes a character.
    """
    name, _ = _unmarked(spec.encoding)
    if not any(column.packed for column in spec.columns):
        return (lambda data: data) if name == "utf-8" else (lambda data: _encoded(str(data, "utf-8"), name))
    if not single_byte(name):
        raise FixSpec(
            "LS-8002", f"packed columns need a character set of single bytes, and {spec.encoding} is none"
        )
    table = encoder(name)
    return lambda data: _mapped(str(data, "utf-8"), table)


def mark_of(spec: OutputSpec) -> bytes:
    """The byte order mark that the file of ``spec`` begins with; empty where its character set has none."""
    return _unmarked(spec.encoding)[1]


# Private functions

_MARKED = {
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8),
    "utf-16": ("utf-16-le", codecs.BOM_UTF16_LE),
    "utf-32": ("utf-32-le", codecs.BOM_UTF32_LE),
}
"""Python puts the mark of these before every piece that it encodes; a file has it once."""


def _unmarked(encoding: str) -> tuple[str, bytes]:
    name = codecs.lookup(encoding).name
    return _MARKED.get(name, (name, b""))


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode(name)
    except UnicodeEncodeError as error:
        raise Unencodable(text[error.start]) from error


def _mapped(text: str, table: dict[int, int]) -> bytes:
    try:
        return codecs.charmap_encode(text, "strict", table)[0]
    except UnicodeEncodeError as error:
        raise Unencodable(text[error.start]) from error
