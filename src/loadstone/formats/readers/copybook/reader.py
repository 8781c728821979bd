"""
Reads records by their copybook. A field that cannot be read makes its record one bad row, whose text is its bytes in hexadecimal.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping

from loadstone.books import ControlTotal
from loadstone.formats.charsets import charset
from loadstone.formats.content import Content
from loadstone.spec import CopybookReading

from ..model import Readable, Row
from .frames import Framing, frames_of
from .items import Item
from .layout import Choice, Layout
from .parse import parse_copybook
from .values import Decode, Malformed, value_of


def reader_of(content: Content, reading: CopybookReading) -> CopybookReader:
    """The reader of ``content``."""
    return CopybookReader(
        content.open(),
        name=content.name,
        copybook=reading.copybook,
        encoding=reading.encoding,
        framing=reading.records,
        choices={name: Choice(one.field, frozenset(one.values)) for name, one in reading.choices.items()},
        skip_bytes=reading.skip_bytes,
        little_endian=reading.byte_order == "little",
    )


class CopybookReader:
    """
    The records of a file, a row each.

    ``encoding`` is Python's or Oracle's name of the character set. ``choices`` say by name of an item when its view of shared bytes is taken.

    Raises:
        FixSpec: LS-1120, LS-1121 the copybook, or what is said of it. LS-2010 an unknown character set.
        FixFile: LS-2051 the file ends within a record; LS-2052 a length that cannot be.
    """

    def __init__(
        self,
        stream: Readable,
        *,
        name: str,
        copybook: str,
        encoding: str = "cp037",
        framing: Framing | str = Framing.FIXED,
        choices: Mapping[str, Choice] | None = None,
        skip_bytes: int = 0,
        little_endian: bool = False,
    ) -> None:
        self._layout = Layout(parse_copybook(copybook), choices)
        self.columns = self._layout.columns
        self._stream, self._name, self._skip_bytes = stream, name, skip_bytes
        self._framing, self._little = Framing(framing), little_endian
        self._decode = decoder_of(encoding)

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        frames = frames_of(
            self._stream, self._framing, size=self._layout.size, skip_bytes=self._skip_bytes, name=self._name
        )
        for number, record in enumerate(frames, 1):
            try:
                yield Row(f"record {number}", self._values(record))
            except ValueError as error:
                yield Row(f"record {number}", (record.hex().upper(),), str(error))

    def controls(self) -> tuple[ControlTotal, ...]:
        """A copybook says nothing of totals."""
        return ()

    # Private methods

    def _values(self, record: bytes) -> tuple[str | None, ...]:
        def read(item: Item, offset: int) -> str | None:
            raw = record[offset : offset + item.single_size]
            if not raw:
                return None
            if len(raw) < item.single_size:
                raise Malformed(f"{item.name}: the record ends within it")
            try:
                return value_of(item, raw, self._decode, little=self._little)
            except Malformed as error:
                raise Malformed(f"{item.name}: {error}") from None

        values: list[str | None] = [None] * len(self.columns)
        for place in self._layout.places(read):
            values[place.column] = read(place.item, place.offset)
        return tuple(values)


def decoder_of(encoding: str) -> Decode:
    """What decodes bytes of a character set. Raises ``FixSpec`` LS-2010 for an unknown one."""
    found = charset(encoding)
    if found.table is None:
        return lambda raw: raw.decode(found.codec)
    table = "".join("\ufffe" if char is None else char for char in found.table)
    return lambda raw: codecs.charmap_decode(raw, "strict", table)[0]
