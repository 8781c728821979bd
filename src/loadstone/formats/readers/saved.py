"""
Rows that a load refused or filtered out, as its bad and discard files hold them: readable, and loaded again by the same spec.

They are CSV in UTF-8. A line that begins with ``loadstone:origin`` names the columns of those behind it, and
may stand anywhere, so files of rows can be joined. The first column says where the row came from.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import IO

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place
from loadstone.formats.content import Content
from loadstone.formats.framing import Frame
from loadstone.formats.readers.model import Row

MARK = "loadstone:origin"
UNREAD = "loadstone:unread"
"""Stands before the text of a row that its reader could not read."""

VALUE_CHARS_MAX = 64 << 20
_HEAD_SIZE_BYTES = len(MARK) + 3


def saved_head(names: Sequence[str]) -> bytes:
    """The line that names the columns."""
    return _line([MARK, *names])


def saved_row(frame: Frame) -> bytes:
    """One row."""
    if frame.fault is not None:
        return _line([frame.origin, UNREAD, *frame.values, frame.fault])
    return _line([frame.origin, *frame.values])


def are_saved(content: Content) -> bool:
    """Whether a file holds saved rows, whatever its spec says."""
    with content.open() as stream:
        return stream.read(_HEAD_SIZE_BYTES).removeprefix(b"\xef\xbb\xbf").startswith(MARK.encode())


class SavedReader:
    """Saved rows; an empty value is NULL. A line that is not as wide as its head is a row with a fault."""

    def __init__(self, content: Content) -> None:
        self._content = content
        names: dict[str, None] = {}
        with content.open() as stream:
            for line in _lines(stream, content.name):
                if line[0] == MARK:
                    names.update(dict.fromkeys(line[1:]))
        self.columns = tuple(names)

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        places: list[int] = []
        with self._content.open() as stream:
            for line in _lines(stream, self._content.name):
                if line[0] == MARK:
                    places = [self.columns.index(name) for name in line[1:]]
                elif line[1:2] == [UNREAD]:
                    yield Row(line[0], tuple(line[2:3]), "it was not mended: " + " ".join(line[3:]))
                elif len(line) != len(places) + 1:
                    told = f"{len(line) - 1} values stand where the head names {len(places)} columns"
                    yield Row(line[0], (",".join(line[1:]),), told)
                else:
                    values: list[str | None] = [None] * len(self.columns)
                    for place, value in zip(places, line[1:], strict=True):
                        values[place] = value or None
                    yield Row(line[0], tuple(values))

    def controls(self) -> tuple[ControlTotal, ...]:
        """Saved rows state no totals."""
        return ()


# Private functions


def _lines(stream: IO[bytes], name: str) -> Iterator[list[str]]:
    text = io.TextIOWrapper(stream, "utf-8-sig", "replace", newline="")
    csv.field_size_limit(VALUE_CHARS_MAX)
    lines = csv.reader(text)
    try:
        yield from (line for line in lines if line)
    except csv.Error as error:
        raise FixFile(
            "LS-2021", f"line {lines.line_num}: {error}", Place(file=name, line=lines.line_num)
        ) from error


def _line(cells: Sequence[str]) -> bytes:
    return (",".join(map(_cell, cells)) + "\n").encode()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


_SPECIAL = re.compile('[",\r\n]')
