"""A JSON object on each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place
from loadstone.formats.content import Content
from loadstone.formats.readers.flat import Names, flat_values, parse_json
from loadstone.formats.readers.model import Row
from loadstone.spec import NdjsonReading

LINE_SIZE_MAX_BYTES = 64 << 20
"""The longest line; a longer one is surely no record."""

SAMPLE_SIZE_BYTES, SAMPLE_LINES = 16 << 20, 10_000
"""How much of a file is looked at for the names of its columns: the first lines, within so many bytes."""


def reader_of(content: Content, reading: NdjsonReading) -> NdjsonReader:
    """The reader of ``content``."""
    return NdjsonReader(content)


class NdjsonReader:
    """
    Rows of lines, each of which is an object; blank lines are passed over.

    ``texts`` are the columns that hold strings. A line that is no object is a row with a fault. ``FixFile``: LS-2021 a line beyond 64 MiB.
    """

    def __init__(self, content: Content) -> None:
        self._content, self._sampled = content, False
        self.columns, self.texts = self._columns(whole=False)

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        places = {name: number for number, name in enumerate(self.columns)}
        with self._content.open() as stream:
            for line_no, line in self._lines(stream):
                origin = f"line {line_no}"
                try:
                    value = parse_json(line)
                    if not isinstance(value, dict):
                        raise ValueError("it is no object")
                    yield Row(origin, flat_values(value, places))
                except ValueError as error:
                    yield Row(origin, (line.decode("utf-8", "replace"),), f"no record of JSON: {error}")

    def controls(self) -> tuple[ControlTotal, ...]:
        """A file of lines states no totals."""
        return ()

    def widen(self) -> None:
        """Take the names of all lines, where they are of the first ones alone."""
        if self._sampled:
            self.columns, self.texts = self._columns(whole=True)

    # Private methods

    def _columns(self, *, whole: bool) -> tuple[tuple[str, ...], frozenset[str]]:
        names = Names()
        seen_bytes = 0
        self._sampled = False
        with self._content.open() as stream:
            for line_no, line in self._lines(stream):
                seen_bytes += len(line)
                try:
                    value = parse_json(line)
                except ValueError:
                    continue
                if isinstance(value, dict):
                    names.add(value)
                if not whole and (line_no >= SAMPLE_LINES or seen_bytes >= SAMPLE_SIZE_BYTES):
                    self._sampled = True
                    break
        return names.columns, names.texts

    def _lines(self, stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
        """Lines that are not blank, with their numbers from 1."""
        line_no = 0
        while line := stream.readline(LINE_SIZE_MAX_BYTES + 1):
            line_no += 1
            if len(line) > LINE_SIZE_MAX_BYTES:
                raise FixFile(
                    "LS-2021",
                    f"line {line_no} is longer than {LINE_SIZE_MAX_BYTES >> 20} MiB",
                    Place(file=self._content.name, line=line_no),
                    hints=["is it one JSON document over several lines? then its kind is json."],
                )
            line = line.removeprefix(b"\xef\xbb\xbf") if line_no == 1 else line
            if text := line.strip():
                yield line_no, text
