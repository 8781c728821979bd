"""Which reader serves which kind of reading. A new kind is a file here, a line below, and its options in ``spec/reading.py``."""

from __future__ import annotations

from importlib import import_module

from loadstone.formats.content import Content
from loadstone.formats.readers.banks import BANKS
from loadstone.formats.readers.model import Reader
from loadstone.formats.readers.saved import SavedReader, are_saved
from loadstone.spec import Reading

KINDS = {
    "ndjson": "ndjson",
    "copybook": "copybook.reader",
    "json": "json_array",
    "xml": "xml",
    "excel": "excel",
    "parquet": "parquet",
    **dict.fromkeys(BANKS, "bank"),
}
"""Kind of reading to the module of this room whose ``reader_of(content, reading)`` opens it; it is imported when it is used."""


def open_reader(content: Content, reading: Reading) -> Reader:
    """
    The rows of ``content``; saved rows of a load are read as such, whatever kind they came from.

    Raises:
        FixFile: LS-2xxx: it is no file of this kind, or it is cut off, or beyond a limit.
    """
    if are_saved(content):
        return SavedReader(content)
    module = import_module(f"loadstone.formats.readers.{KINDS[reading.kind]}")
    reader: Reader = module.reader_of(content, reading)
    return reader
