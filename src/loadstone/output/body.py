"""The records of a file as bytes, batch by batch in order; two are made while the source gives the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from loadstone.output.batches import Batch, refused
from loadstone.output.encode import Unencodable
from loadstone.output.job import Job

AHEAD = 2


def numbered(parts: Iterator[Sequence[Any]], records: int) -> Iterator[Batch]:
    """Batches behind ``records`` that stand there already."""
    for columns in parts:
        batch = Batch(record0=records, columns=columns)
        records += len(batch)
        yield batch


def counted(job: Job, batches: Iterator[Batch]) -> Iterator[Batch]:
    """Batches, each counted as it is given."""
    for batch in batches:
        job.totals.add(batch)
        yield batch


def encoded(job: Job, batches: Iterator[Batch]) -> Iterator[tuple[Batch, bytes | memoryview]]:
    """
    Batches with their bytes, each counted as it is given.

    Raises:
        FixFile: LS-8010 to LS-8013 a value cannot stand in the file.
    """
    if job.writer is not None:
        # Each record stands on those before it, so none is made ahead.
        for batch in batches:
            data = _encoded(job, batch, job.writer.add(batch))
            job.totals.add(batch)
            yield batch, data
        return
    with ThreadPoolExecutor(AHEAD) as pool:
        waiting: deque[tuple[Batch, Future[bytes | memoryview]]] = deque()
        for batch in batches:
            waiting.append((batch, pool.submit(_bytes, job, batch)))
            if len(waiting) > AHEAD:
                yield _next(job, waiting)
        while waiting:
            yield _next(job, waiting)


# Private functions


def _next(
    job: Job, waiting: deque[tuple[Batch, Future[bytes | memoryview]]]
) -> tuple[Batch, bytes | memoryview]:
    batch, made = waiting.popleft()
    data = made.result()
    job.totals.add(batch)
    return batch, data


def _bytes(job: Job, batch: Batch) -> bytes | memoryview:
    return _encoded(job, batch, job.records.text(batch))


def _encoded(job: Job, batch: Batch, text: str | memoryview) -> bytes | memoryview:
    try:
        return job.encode(memoryview(text.encode()) if isinstance(text, str) else text)
    except Unencodable as error:
        row, column = _blamed(job, batch, error.char)
        why = f"the value holds {error}, which {job.spec.encoding} does not have"
        raise refused("LS-8012", why, batch, row, column) from error


def _blamed(job: Job, batch: Batch, char: str) -> tuple[int, str]:
    """The first row that holds a character, and the column; the first one where the form itself holds it."""
    for row in range(len(batch)):
        for formatter, no in zip(job.records.formatters, job.records.places, strict=True):
            if char in (batch.columns[no][row].as_py() or ""):
                return row, formatter.column.name
    return 0, job.records.formatters[0].column.name
