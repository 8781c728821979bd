"""Text into the file's character set, to the very character that it cannot hold."""

from __future__ import annotations

import codecs
from collections.abc import Callable

from loadstone.errors import FixSpec
from loadstone.output.model import OutputSpec
from loadstone.output.packed import encoder, single_byte

Encode = Callable[[str], bytes]


class Unencodable(Exception):
    """
    A character that the set does not have.

    Attributes:
        at: Its 0-based place in the text.
    """

    def __init__(self, at: int, char: str) -> None:
        super().__init__(f"U+{ord(char):04X}")
        self.at = at


def encode_of(spec: OutputSpec) -> Encode:
    """
    What encodes the texts of ``spec``; it raises ``Unencodable``.

    Raises:
        FixSpec: LS-8002 packed decimals in a character set of several bytes a character.
    """
    name = codecs.lookup(spec.encoding).name
    if not any(column.packed for column in spec.columns):
        return lambda text: _encoded(text, name)
    if not single_byte(name):
        raise FixSpec(
            "LS-8002", f"packed columns need a character set of single bytes, and {spec.encoding} is none"
        )
    table = encoder(name)
    return lambda text: _mapped(text, table)


# Private functions


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode(name)
    except UnicodeEncodeError as error:
        raise Unencodable(error.start, text[error.start]) from error


def _mapped(text: str, table: dict[int, int]) -> bytes:
    try:
        return codecs.charmap_encode(text, "strict", table)[0]
    except UnicodeEncodeError as error:
        raise Unencodable(error.start, text[error.start]) from error
