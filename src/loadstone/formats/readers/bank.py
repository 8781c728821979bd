"""The files of banks, as readings of a spec."""

from __future__ import annotations

from loadstone.errors import FixSpec
from loadstone.formats.content import Content
from loadstone.formats.readers.banks import BANKS, open_bank
from loadstone.formats.readers.model import Reader
from loadstone.spec.reading import BankReading


def reader_of(content: Content, reading: BankReading) -> Reader:
    """
    The reader of ``content``.

    Raises:
        FixSpec: LS-1113 the format has no such rows.
    """
    rows = BANKS[reading.kind].rows
    if reading.rows is not None and reading.rows not in rows:
        raise FixSpec(
            "LS-1113",
            f"{reading.kind} has no rows {reading.rows}",
            hints=[f"it has {', '.join(rows)}."],
        )
    return open_bank(
        reading.kind, content.open(), name=content.name, rows=reading.rows, encoding=reading.encoding
    )
