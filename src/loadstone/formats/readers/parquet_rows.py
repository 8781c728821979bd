"""
Rows of a Parquet file, a batch at a time; runs in the process of ``child``.

Decimals are exact, floats the shortest digits that are them, timestamps ISO with their zone (UTC) where they have one, bytes hexadecimal,
lists, maps and structures JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place
from loadstone.formats.framing import FIELD, RECORD, framed, unframed_rows
from loadstone.formats.readers.flat import Number, json_text
from loadstone.formats.readers.model import Row
from loadstone.spec.reading import ParquetReading

BATCH_ROWS = 4096
GROUP_SIZE_MAX_BYTES = 2 << 30
"""The largest row group, decompressed: one column of it may have to be in memory as a whole."""


def reader_of(path: str, name: str, reading: ParquetReading) -> ParquetReader:
    """The reader of a file."""
    try:
        return ParquetReader(pq.ParquetFile(path, memory_map=False), name)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(name, error) from error


class ParquetReader:
    """
    Rows in the file's order.

    Raises:
        FixFile: LS-2032 damaged, or a page says another size than it has; LS-2024 a row group beyond 2 GiB; LS-2020 two columns of one name.
    """

    def __init__(self, file: Any, name: str) -> None:
        self._file, self._name = file, name
        self.columns = tuple(file.schema_arrow.names)
        self.texts = frozenset(one.name for one in file.schema_arrow if _is_text(one.type))
        twice = sorted({one for one in self.columns if self.columns.count(one) > 1})
        if twice:
            raise FixFile("LS-2020", f"it has the columns {', '.join(twice)} twice", Place(file=name))
        for number in range(file.num_row_groups):
            size = file.metadata.row_group(number).total_byte_size
            if size > GROUP_SIZE_MAX_BYTES:
                fact = f"row group {number} has {size:,} bytes; {GROUP_SIZE_MAX_BYTES:,} are allowed"
                raise FixFile("LS-2024", fact, Place(file=name), hints=["write it with smaller row groups."])

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        return unframed_rows(self.framed(range(len(self.columns))))

    def framed(self, chosen: Sequence[int | None]) -> Iterator[bytes]:
        """Framed records, a batch at a time and without a loop over values."""
        wanted = list(dict.fromkeys(self.columns[place] for place in chosen if place is not None))
        row_no = 0
        for batch in self._batches(wanted or self.columns[:1]):
            rows = len(batch)
            nothing = pa.nulls(rows, pa.string())
            texts = {name: text_column(batch.column(name)) for name in wanted}
            columns = [nothing if place is None else texts[self.columns[place]] for place in chosen]
            yield _block(columns, row_no, rows)
            row_no += rows

    def controls(self) -> tuple[ControlTotal, ...]:
        """A Parquet file states no totals but its rows, which its library checks."""
        return ()

    # Private methods

    def _batches(self, names: Sequence[str]) -> Iterator[Any]:
        try:
            yield from self._file.iter_batches(BATCH_ROWS, columns=list(names), use_threads=False)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _damaged(self._name, error) from error


def text_column(column: Any) -> Any:
    """An array as strings."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return text_column(column.dictionary_decode())
    if isinstance(kind, pa.BaseExtensionType):
        return text_column(column.storage)
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        text = pc.cast(column.cast(pa.timestamp(kind.unit, "UTC")), pa.string())
        return pc.replace_substring_regex(text, "Z$", "+00:00")
    if pa.types.is_nested(kind) or pa.types.is_duration(kind) or _is_bytes(kind):
        return pa.array([_text(value) for value in column.to_pylist()], pa.string())
    return pc.cast(column, pa.string())


# Private functions


def _is_text(kind: Any) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_bytes(kind: Any) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _block(columns: Sequence[Any], row_no: int, rows: int) -> bytes:
    numbers = pc.cast(pa.array(range(row_no + 1, row_no + rows + 1), pa.int64()), pa.string())
    origins = pc.binary_join_element_wise("row", numbers, " ")
    try:
        for column in columns:
            column.validate(full=True)
    except pa.ArrowInvalid:
        # Bytes that are no text stand in some row: it is refused by itself.
        return b"".join(framed(_rows(columns, origins), range(len(columns))))
    parts = [origins, *columns, pa.scalar(RECORD)]
    cells = [pc.cast(part, pa.large_binary()) for part in parts]
    joined = pc.binary_join_element_wise(
        *cells, pa.scalar(FIELD, pa.large_binary()), null_handling="replace", null_replacement=b""
    )
    return b"".join(joined.to_pylist())


def _rows(columns: Sequence[Any], origins: Any) -> Iterator[Row]:
    lists = [column.cast(pa.binary()).to_pylist() for column in columns]
    for origin, values in zip(origins.to_pylist(), zip(*lists, strict=True), strict=True):
        try:
            yield Row(origin, tuple(None if value is None else value.decode() for value in values))
        except UnicodeDecodeError as error:
            text = " ".join((value or b"").decode("utf-8", "replace") for value in values)
            yield Row(origin, (text,), f"a value is no text of UTF-8: {error.reason}")


def _text(value: Any) -> str | None:
    if value is None:
        return None
    plain = _plain(value)
    return plain if isinstance(plain, str) else json_text(plain)


def _plain(value: Any) -> Any:
    """A value of Arrow as one of JSON."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | Decimal):
        return Number(value)
    if isinstance(value, float):
        return Number(json.dumps(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return Number(value.total_seconds())
    return str(value)


def _damaged(name: str, error: Exception) -> FixFile:
    return FixFile(
        "LS-2032",
        f"cannot be read as Parquet: {error}",
        Place(file=name),
        hints=["was the transfer complete?", "`loadstone detect FILE` says what it is."],
    )
