"""Bad, discard and log files: projections of what the target holds, written whole at the end."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import IO

from loadstone.books import Discard, LoadReceipt, Reject, reject_values
from loadstone.filestore.atomic import write_whole
from loadstone.formats.framing import unframed
from loadstone.formats.layout import Layout
from loadstone.formats.reader import stream_format
from loadstone.formats.sources import open_source
from loadstone.load.inputs import LoadInput, default_log
from loadstone.load.logs import log_parts
from loadstone.load.plan.model import LoadPlan
from loadstone.spec import RecordFormat
from loadstone.targets.model import RefusedRecords
from loadstone.targets.refused import RememberedRecords, all_discards, all_rejects

_COPY_SIZE_BYTES = 1 << 20

Times = tuple[datetime, datetime, float]
"""Begin and end by the clock, and the seconds between them."""


def write_files(
    plan: LoadPlan,
    receipt: LoadReceipt,
    refused: RefusedRecords | None,
    warnings: Sequence[str],
    times: Times,
) -> LoadReceipt:
    """
    Write the bad, discard and log files of a load, and give the receipt that names them.

    ``refused`` are all records that the target holds as such, where they are known; else it is asked.

    A file is written only if it has records; a crash here leaves old files or new ones, and
    the next start of the load writes them anew.
    """
    records, load_id = RememberedRecords(refused or plan.target.refused), receipt.load_id
    bad_files, discard_files = [], []
    for one, bad in _by_input(plan, all_rejects(records, load_id)):
        write_whole(one.bad, record_bytes(plan, one, bad))
        bad_files.append(one.bad)
    for one, kept in _by_input(plan, all_discards(records, load_id)):
        if one.discard is not None:
            write_whole(one.discard, record_bytes(plan, one, kept))
            discard_files.append(one.discard)
    receipt = replace(
        receipt,
        bad_files=tuple(bad_files),
        discard_files=tuple(discard_files),
        log_file=default_log(plan.request),
        started_at=times[0],
        duration_s=round(times[2], 3),
        warnings=tuple(warnings),
    )
    if plan.request.rejects_jsonl is not None:
        write_whole(plan.request.rejects_jsonl, _json_lines(plan, all_rejects(records, load_id), load_id))
    told = (all_rejects(records, load_id), all_discards(records, load_id))
    write_whole(receipt.log_file or "", log_parts(plan, receipt, told, times))
    return receipt


def record_bytes(plan: LoadPlan, one: LoadInput, records: Iterable[Reject | Discard]) -> Iterator[bytes]:
    """
    The records as they stand in the source, each with its terminator, in the order given.

    Those of a reader are saved rows, which load again under the same spec.
    """
    with open_source(one.source) as stream:
        if one.spec.reading is not None:
            from loadstone.formats.readers.saved import saved_head, saved_row

            yield saved_head(one.names)
            for record in records:
                yield saved_row(unframed(b"".join(_pieces(stream, record))))
            return
        layout = plan.layouts[plan.charsets[one.input_no]]
        ending = terminator_of(layout, stream_format(layout, one.spec.record_format, one.source))
        for record in records:
            last = b""
            for data in _pieces(stream, record):
                last = (last + data)[-len(ending) :] if ending else b""
                yield data
            if ending and not last.endswith(ending):
                yield ending


def terminator_of(layout: Layout, form: RecordFormat) -> bytes:
    """What ends a record that lost its terminator at the end of the file."""
    if form.kind != "str" or form.terminator is None:
        return b""
    if form.terminator.hex is not None:
        return bytes.fromhex(form.terminator.hex)
    text = form.terminator.text or ""
    if layout.charset.width == 2:
        return text.encode("utf-16-be" if layout.charset.codec == "utf-16-be" else "utf-16-le")
    return layout.charset.encode(text)


# Private functions


def _by_input(
    plan: LoadPlan, records: Iterator[Reject | Discard]
) -> Iterator[tuple[LoadInput, Iterator[Reject | Discard]]]:
    """The records of each input that has any; inputs and records are in one order."""
    for input_no, mine in groupby(records, key=lambda record: record.input_no):
        yield plan.inputs[input_no], mine


def _json_lines(plan: LoadPlan, rejects: Iterable[Reject], load_id: str) -> Iterator[bytes]:
    for one in rejects:
        values = reject_values(one, load_id, plan.inputs[one.input_no].name)
        yield json.dumps(values, ensure_ascii=False).encode(errors="backslashreplace") + b"\n"


def _pieces(stream: IO[bytes], record: Reject | Discard) -> Iterator[bytes]:
    """The bytes of one record."""
    _seek(stream, record.byte_offset)
    left = record.length_bytes
    while left > 0 and (data := stream.read(min(left, _COPY_SIZE_BYTES))):
        left -= len(data)
        yield data


def _seek(stream: IO[bytes], offset: int) -> None:
    """Go forward to ``offset``; streams that cannot seek are read through."""
    if stream.seekable():
        stream.seek(offset)
        return
    while (here := stream.tell()) < offset:
        if not stream.read(min(_COPY_SIZE_BYTES, offset - here)):
            raise io.UnsupportedOperation(f"the input ends before byte {offset}")
