"""Ranges of inputs that several processes load at once: cut where records end, each with its first record's number."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np

from loadstone.formats.reader import names_are_first, stream_format, wide_codec
from loadstone.formats.sources import open_source
from loadstone.formats.split import FixSplitter, Splitter, splitter_of
from loadstone.load.inputs import LoadInput
from loadstone.load.plan.model import LoadPlan
from loadstone.load.plan.refusals import why_staged_in_order
from loadstone.spec import Partition

READ_SIZE_BYTES = 8 << 20
"""Bytes that are counted at once."""

PARTITIONS_MAX = 1000
"""Partitions of one load at most."""

COUNTERS_MAX = 8
"""Threads that count records; more would only wait for the disk."""


def partitions_of(values: Sequence[dict[str, Any]]) -> list[Partition]:
    """Partitions as ``frozen_partitions`` kept them."""
    return [Partition(**value) for value in values]


def frozen_partitions(partitions: Sequence[Partition]) -> list[dict[str, Any]]:
    """Partitions as JSON values, to be kept with the load."""
    return [asdict(one) for one in partitions]


def why_whole(plan: LoadPlan) -> list[str]:
    """Why a load cannot be cut into partitions; empty when it can."""
    reasons = [reason for one in plan.inputs for reason in _input_reasons(plan, one)]
    if plan.request.parts is not None:
        reasons.append("its rows are computed in parts")
    if plan.target.sessions_max == 1:
        reasons.append(f"{plan.target.kind} takes one write transaction at a time")
    if any(column.source == "lobfile" for table in plan.tables for column in table.columns):
        reasons.append("LOBFILE fields are read by one process")
    if plan.request.atomic:
        reasons += why_staged_in_order(plan)
    return list(dict.fromkeys(reasons))


def cut(plan: LoadPlan, wanted: int) -> list[Partition]:
    """
    About ``wanted`` partitions of nearly equal size over all inputs that have records; the records of each are counted.

    Raises:
        FixFile: An input cannot be read.
    """
    wanted = max(1, min(wanted, PARTITIONS_MAX))
    sizes = [os.stat(one.path or "").st_size for one in plan.inputs]
    share = max(1, -(-sum(sizes) // wanted))
    ranges = [
        (one, unit0, unit1)
        for one, size in zip(plan.inputs, sizes, strict=True)
        for unit0, unit1 in pairwise(_bounds(plan, one, size, share))
    ]
    with ThreadPoolExecutor(min(COUNTERS_MAX, os.cpu_count() or 1)) as pool:
        counts = list(pool.map(lambda part: _count(plan, *part), ranges))
    partitions, record0 = [], 0
    for number, ((one, unit0, unit1), records) in enumerate(zip(ranges, counts, strict=True), 1):
        partitions.append(
            Partition(
                number=number,
                input_no=one.input_no,
                unit0=unit0,
                unit1=unit1,
                record0=record0,
                records=records,
            )
        )
        record0 += records
    return partitions


# Private functions


def _input_reasons(plan: LoadPlan, one: LoadInput) -> Iterator[str]:
    if one.path is None:
        yield "its data stand in the control file"
        return
    if one.spec.reading is not None:
        yield f"the rows of {one.name} are given by a reader"
        return
    with open_source(one.source) as stream:
        if not isinstance(stream, io.FileIO):
            yield f"{one.name} is compressed"
    layout = plan.layouts[plan.charsets[one.input_no]]
    if layout.assemble is not None:
        yield "records are assembled (CONTINUEIF, CONCATENATE)"
    splitter = _splitter(plan, one)
    if type(splitter) not in (Splitter, FixSplitter):
        yield "where its records end shows only from its beginning (var, EMBEDDED, UTF-16)"
    elif _overlaps(splitter.terminator):
        yield "its terminator can overlap itself"


def _splitter(plan: LoadPlan, one: LoadInput) -> Splitter:
    layout, source = plan.layouts[plan.charsets[one.input_no]], one.path or ""
    form = stream_format(layout, one.spec.record_format, source)
    return splitter_of(layout, form, codec=wide_codec(layout, source), compiled=plan.compiled)


def _overlaps(terminator: bytes) -> bool:
    """Whether an end of ``terminator`` is a beginning of it: then a place amid the file does not tell where records end."""
    return any(terminator.endswith(terminator[:size]) for size in range(1, len(terminator)))


def _bounds(plan: LoadPlan, one: LoadInput, size: int, share: int) -> list[int]:
    """Where the ranges of one input begin and end, ascending, from 0 to its end."""
    splitter, bounds = _splitter(plan, one), [0]
    with open(one.path or "", "rb") as file:
        while bounds[-1] < size:
            after = bounds[-1] + share
            if size - after < share // 2:
                bounds.append(size)
            elif isinstance(splitter, FixSplitter):
                bounds.append(min(size, -(-after // splitter.size) * splitter.size))
            else:
                bounds.append(_record_end(file, after, size, splitter.terminator))
    return bounds


def _record_end(file: Any, after: int, size: int, terminator: bytes) -> int:
    """End of the first record that ends at ``after`` or beyond; ``size`` where none does."""
    at = max(0, after - len(terminator))
    kept = b""
    while True:
        file.seek(at + len(kept))
        fresh = file.read(1 << 16)
        data = kept + fresh
        hit = data.find(terminator)
        if hit >= 0:
            return int(at + hit + len(terminator))
        if not fresh:
            return size
        passed = max(0, len(data) - len(terminator) + 1)
        at, kept = at + passed, data[passed:]


def _count(plan: LoadPlan, one: LoadInput, unit0: int, unit1: int) -> int:
    """Logical records in a range; the record of field names is none."""
    splitter = _splitter(plan, one)
    if isinstance(splitter, FixSplitter):
        records = -(-(unit1 - unit0) // splitter.size)
    else:
        records = _count_ends(one.path or "", unit0, unit1, splitter.terminator)
    layout = plan.layouts[plan.charsets[one.input_no]]
    return records - int(unit0 == 0 and records > 0 and names_are_first(layout, one.input_no))


def _count_ends(path: str, unit0: int, unit1: int, terminator: bytes) -> int:
    """Terminators in a range, and one more where its last record has none."""
    count, at, width, tail = 0, unit0, len(terminator), b""
    with open(path, "rb", buffering=0) as file:
        file.seek(max(unit0, unit1 - width))
        ended = file.read(min(width, unit1 - unit0)) == terminator
        file.seek(unit0)
        while at < unit1 and (data := file.read(min(READ_SIZE_BYTES, unit1 - at))):
            at += len(data)
            if width == 1:
                count += int(np.count_nonzero(np.frombuffer(data, np.uint8) == terminator[0]))
            else:
                data = tail + data
                count += data.count(terminator)
                tail = data[1 - width :]
    return count + int(unit1 > unit0 and not ended)
