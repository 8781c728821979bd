"""Chunks of whole logical records from a data source, in order."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO

from loadstone.errors import FixFile, Place
from loadstone.formats.assemble import Signs, assemble
from loadstone.formats.inputs import read_fully
from loadstone.formats.layout import Layout
from loadstone.formats.model import Chunk
from loadstone.formats.sources import Source, open_source
from loadstone.formats.split import Spans, Splitter, splitter_of
from loadstone.spec import FieldNames, InputFile, Literal, RecordFormat

CHUNK_SIZE_MAX_BYTES = 1 << 30
"""The longest record; beyond it the terminator is surely missing."""

SAMPLE_SIZE_BYTES = 1 << 20

UTF8_BOM = b"\xef\xbb\xbf"
WIDE_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def open_records(
    layout: Layout,
    clause: InputFile,
    source: Source,
    *,
    input_no: int,
    unit0: int,
    record0: int,
    chunk_size_bytes: int | Callable[[], int],
    compiled: bool,
) -> Iterator[Chunk]:
    """
    The chunks of one input from byte ``unit0`` of its decompressed stream on.

    Args:
        record0: Logical records of the whole load before ``unit0``. chunk_size_bytes: asked before each chunk
            where it is a function.

    Raises:
        FixFile: LS-2003 damaged compressed data; LS-2004 a record beyond 1 GiB.
    """
    form = stream_format(layout, clause.record_format, source)
    codec = wide_codec(layout, source)
    splitter = splitter_of(layout, form, codec=codec, compiled=compiled)
    encode = layout.charset.encode if layout.charset.width == 1 else partial(str.encode, encoding=codec)
    signs = Signs(encode, layout.charset.leads)
    size_of_next = chunk_size_bytes if callable(chunk_size_bytes) else lambda: chunk_size_bytes
    with open_source(source) as stream:
        skip_to(stream, unit0)
        pending, at = b"", unit0
        while True:
            data, last = _grow(stream, pending, size_of_next(), clause.path or "inline data")
            if not data:
                return
            raw_start, raw_end, start, end = splitter.split(data, last=last)
            if at == 0 and len(start):
                start[0] = min(start[0] + _mark_size(layout, data), end[0])
            parts = (raw_start, raw_end, start, end)
            spans = assemble(layout.assemble, data, parts, signs, last=last)
            consumed = int(spans.raw_end[-1]) if len(spans.raw_end) else 0
            if not consumed and not last:
                pending = data
                _check_size(data, clause)
                continue
            if last:
                consumed = len(data)
            chunk = _chunk(splitter, data, spans)
            chunk.input_no, chunk.unit0, chunk.unit1 = input_no, at, at + consumed
            chunk.record0, chunk.last, chunk.framed = record0, last, layout.framed
            chunk.plain = isinstance(stream, io.FileIO)
            if at == 0:
                _strip_names(layout, chunk, input_no)
            at, record0, pending = at + consumed, record0 + len(chunk), data[consumed:]
            given = [chunk]
            del (
                chunk,
                data,
                spans,
                parts,
                raw_start,
                raw_end,
                start,
                end,
            )  # else the next one is read beside it
            yield given.pop()
            if last:
                return


def stream_format(layout: Layout, form: RecordFormat, source: Source) -> RecordFormat:
    """
    The record format with its terminator: lines end as the first line of the input does, by LF or CR LF.

    SQL*Loader does so on Windows. A file with CR LF keeps single LFs as data, and no CR in its last fields.
    """
    if form.kind != "stream":
        return form
    sample = _head(source, SAMPLE_SIZE_BYTES)
    if layout.charset.width == 2:
        text = sample.decode(wide_codec(layout, source), "replace")
        first = text.find("\n")
        windows = first > 0 and text[first - 1] == "\r"
    else:
        first = sample.find(layout.charset.encode("\n"))
        windows = first > 0 and sample[first - 1 : first] == layout.charset.encode("\r")
    return RecordFormat(kind="str", terminator=Literal(text="\r\n" if windows else "\n"))


def skip_to(stream: IO[bytes], offset: int) -> None:
    """Go forward to a byte; streams that cannot seek are read through."""
    if not offset:
        return
    if stream.seekable():
        stream.seek(offset)
        return
    left = offset
    while left > 0 and (data := stream.read(min(left, 1 << 20))):
        left -= len(data)


def wide_codec(layout: Layout, source: Source) -> str:
    """The codec of UTF-16 data: by the byte order mark, else by the name of the set, else by BYTEORDER."""
    if layout.charset.width == 1:
        return layout.charset.codec
    head = _head(source, 2) if layout.bom else b""
    if head in WIDE_BOMS:
        return WIDE_BOMS[head]
    if layout.charset.codec != "utf-16":
        return layout.charset.codec
    return "utf-16-be" if layout.big else "utf-16-le"


def names_are_first(layout: Layout, input_no: int) -> bool:
    """Whether an input begins with a record of field names."""
    rule = layout.field_names
    return rule in (FieldNames.ALL_FILES, FieldNames.ALL_FILES_IGNORE) or (
        rule in (FieldNames.FIRST_FILE, FieldNames.FIRST_FILE_IGNORE) and input_no == 0
    )


# Private functions


def _grow(stream: IO[bytes], pending: bytes, size: int, name: str) -> tuple[bytes, bool]:
    """
    ``pending`` with at least as many new bytes; and whether the stream ends.

    A plain file is read again from where ``pending`` begins: that costs less than to join the two.
    """
    wanted = max(size, 2 * len(pending), 1)
    if isinstance(stream, io.FileIO):
        stream.seek(-len(pending), io.SEEK_CUR)
        data = read_fully(stream, wanted, name=name)
        return data, len(data) < wanted
    fresh = read_fully(stream, wanted - len(pending), name=name)
    return (pending + fresh if pending else fresh), len(pending) + len(fresh) < wanted


def _check_size(data: bytes, clause: InputFile) -> None:
    if len(data) > CHUNK_SIZE_MAX_BYTES:
        raise FixFile(
            "LS-2004",
            f"no record ends within {CHUNK_SIZE_MAX_BYTES} bytes",
            Place(file=clause.path),
            hints=['does the file end its records as the spec says (INFILE ... "str ...")?'],
        )


def _chunk(splitter: Splitter, data: bytes, spans: Spans) -> Chunk:
    text, start, end = splitter.text(data, spans)
    return Chunk(
        input_no=0,
        unit0=0,
        unit1=0,
        record0=0,
        data=data,
        raw_start=spans.raw_start,
        raw_end=spans.raw_end,
        start=start,
        end=end,
        text=text,
        last=False,
    )


def _head(source: Source, size: int) -> bytes:
    with open_source(source) as stream:
        return read_fully(stream, size, name=source if isinstance(source, str) else "the data")


def _mark_size(layout: Layout, data: bytes) -> int:
    """Bytes of the byte order mark that ``data`` begins with."""
    if not layout.bom:
        return 0
    if layout.charset.width == 2:
        return 2 if data[:2] in WIDE_BOMS else 0
    return len(UTF8_BOM) if data.startswith(UTF8_BOM) else 0


def _strip_names(layout: Layout, chunk: Chunk, input_no: int) -> None:
    """The record of field names is no record of the load."""
    if names_are_first(layout, input_no) and len(chunk):
        chunk.raw_start, chunk.raw_end = chunk.raw_start[1:], chunk.raw_end[1:]
        chunk.start, chunk.end = chunk.start[1:], chunk.end[1:]
