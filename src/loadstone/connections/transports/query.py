"""The rows of a query as a delimited file: what a database has gained since the last file was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, Protocol, cast

from loadstone.connections.model import Connection
from loadstone.connections.options import QueryOptions, options_of
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry
from loadstone.connections.transports.paths import parts_of
from loadstone.connections.transports.streams import Pulled
from loadstone.errors import FixFile


class Answered(Protocol):
    """The rows of a query: names of columns, and rows as the driver gives them, in flat memory."""

    columns: Sequence[str]

    def __iter__(self) -> Iterator[Sequence[Any]]:
        """The rows."""
        ...


class Queries(Protocol):
    """
    What ``bootstrap`` gives: databases, and where watermarks are kept.

    ``asked`` may raise errors of a transport (LS-7411, LS-7413, LS-7416).
    """

    def asked(self, url: str, sql: str, values: Mapping[str, str]) -> AbstractContextManager[Answered]:
        """The answer of one query; ``:name`` stands for a value. Reads only."""
        ...

    def watermark(self, connection: str) -> str | None:
        """How far the files that were taken go; None before the first."""
        ...

    def advance(self, connection: str, value: str) -> None:
        """Keep a watermark."""
        ...


class QueryTransport:
    """
    One file at a time (``transports.model.Transport``): rows behind the last watermark, up to the one of now.

    A file is the same each time it is read, as long as the rows between its two watermarks stay as they are. To delete it
    is to say that it was taken: the watermark goes to its end. Moves and writes are refused.
    """

    def __init__(self, connection: Connection, queries: Queries) -> None:
        self._options = options_of(connection, QueryOptions)
        self._connection, self._queries = connection, queries
        self.shown = f"query {connection.name}"
        self._bounds: dict[str, dict[str, str]] = {}

    def list(self, folder: str = "") -> Sequence[Entry]:
        """The file of now; none where the watermark has not moved."""
        if parts_of(folder):
            raise faults.no_file(folder)
        bounds: dict[str, str] = {}
        if self._options.watermark is not None:
            since = self._queries.watermark(self._connection.name) or self._options.start
            until = self._now()
            if until is None or until == since:
                return []
            bounds = {"since": since, "until": until}
        name = self._options.file_name
        for key, value in bounds.items():
            name = name.replace(f"{{{key}}}", _in_name(value))
        self._bounds[name] = bounds
        return [Entry(name=name, id="..".join(bounds.values()) or None)]

    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """The rows, written while they are read."""
        parts = self._parts(self._of(path), offset)
        waiting = b""

        def pull(size: int) -> bytes:
            nonlocal waiting
            waiting = waiting or next(parts, b"")
            data, waiting = waiting[:size], waiting[size:]
            return data

        return cast(BinaryIO, Pulled(pull, lambda ended: parts.close()))

    def delete(self, path: str) -> None:
        """The watermark goes to the end of that file; one that is not the present one was taken already."""
        with suppress(FixFile):
            bounds = self._of(path)
            if bounds:
                self._queries.advance(self._connection.name, bounds["until"])

    def move(self, path: str, to: str) -> None:
        """There is no such thing."""
        raise faults.cannot(self.shown, "move files")

    def put(self, path: str, stream: BinaryIO) -> int:
        """There is no such thing."""
        raise faults.cannot(self.shown, "take files")

    def close(self) -> None:
        """Each query closes its own connection."""

    # Private methods

    def _now(self) -> str | None:
        with self._queries.asked(self._connection.url, str(self._options.watermark), {}) as answered:
            row = next(iter(answered), None)
        return None if row is None or row[0] is None else text_of(row[0])

    def _of(self, path: str) -> dict[str, str]:
        name = "/".join(parts_of(path))
        if name not in self._bounds:
            self.list()
        if name not in self._bounds:
            raise faults.no_file(path)
        return self._bounds[name]

    def _parts(self, bounds: Mapping[str, str], offset: int) -> Any:
        """Blocks of lines, without the first ``offset`` bytes."""
        options = self._options
        with self._queries.asked(self._connection.url, options.query, bounds) as answered:
            lines: list_[str] = []
            if options.header:
                lines.append(line_of(answered.columns, options.delimiter))
            for row in answered:
                lines.append(line_of(row, options.delimiter))
                if len(lines) == _LINES:
                    data = "".join(lines).encode()
                    lines = []
                    yield from _behind(data, offset)
                    offset = max(0, offset - len(data))
            yield from _behind("".join(lines).encode(), offset)


def line_of(values: Sequence[Any], delimiter: str) -> str:
    """One record: NULL is nothing, an empty text is two quotes, so that both come back as they were."""
    return (
        delimiter.join("" if value is None else _quoted(text_of(value), delimiter) for value in values) + "\n"
    )


def text_of(value: Any) -> str:
    """A value of a driver, exactly, in the form that loads read without a mask."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case float():
            return repr(value)
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex().upper()
        case _:
            return str(value)


# Private functions

list_ = list
_LINES = 1_000


def _behind(data: bytes, offset: int) -> Iterator[bytes]:
    if len(data) > offset:
        yield data[offset:]


def _quoted(text: str, delimiter: str) -> str:
    if text and not any(char in text for char in (delimiter, '"', "\n", "\r")):
        return text
    return '"' + text.replace('"', '""') + '"'


def _in_name(value: str) -> str:
    """A watermark as part of a name: 2026-11-24 02:00:00 is 20261124T020000."""
    plain = value.replace(" ", "T")
    return "".join(char for char in plain if char.isalnum() or char in "._")
