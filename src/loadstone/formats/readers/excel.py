"""Workbooks, in a process of their own: a damaged one can end it."""

from __future__ import annotations

import zipfile
from typing import IO

from loadstone.errors import FixFile, Place
from loadstone.formats.content import Content
from loadstone.formats.readers.child import ChildReader
from loadstone.formats.unpack import RATIO_MAX
from loadstone.spec.reading import ExcelReading

SIZE_MAX_BYTES = 4 << 30
"""All parts of a workbook together."""


def reader_of(content: Content, reading: ExcelReading) -> ChildReader:
    """
    The reader of ``content``.

    Raises:
        FixFile: LS-2023 a workbook that grows like a bomb; LS-2024 one that is too large; LS-2031 no workbook.
    """
    with content.open() as stream:
        check_parts(stream, content.name)
    return ChildReader("workbook", content, reading)


def check_parts(stream: IO[bytes], name: str) -> None:
    """The sizes of a workbook's parts, before anything is unpacked; other files pass."""
    if not stream.seekable():
        return  # it was counted when its container was
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return
    size, packed = (sum(getattr(info, part) for info in infos) for part in ("file_size", "compress_size"))
    if size > 1 << 20 and size > RATIO_MAX * packed:
        fact = f"more than {RATIO_MAX:,} bytes come out for each byte: this may be a bomb"
        raise FixFile("LS-2023", fact, Place(file=name))
    if size > SIZE_MAX_BYTES:
        raise FixFile("LS-2024", f"its parts have {size:,} bytes", Place(file=name))
