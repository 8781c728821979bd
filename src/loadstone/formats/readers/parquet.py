"""Parquet files, in a process of their own: a damaged one can end it."""

from __future__ import annotations

from loadstone.formats.content import Content
from loadstone.formats.readers.child import ChildReader
from loadstone.spec.reading import ParquetReading


def reader_of(content: Content, reading: ParquetReading) -> ChildReader:
    """The reader of ``content``; ``FixFile`` LS-2032 it is no Parquet file, or damaged."""
    return ChildReader("parquet_rows", content, reading)
