"""Write an outgoing file: all of it or none, gone on with after a crash, its totals in the receipt."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedRandom
from pathlib import Path
from typing import IO

from loadstone.errors import Place, Refused, Stop
from loadstone.filestore.atomic import sync_folder, write_whole
from loadstone.output.batches import Batch, Source, column_no
from loadstone.output.body import counted, encoded, numbered
from loadstone.output.deliver import Open, deliver, plan, waiting
from loadstone.output.job import Job, job_of
from loadstone.output.model import Excel, OutputReceipt, Request, receipt_of
from loadstone.output.sink import Sink
from loadstone.output.state import Progress, forget, resumed_hash, store, stored
from loadstone.telemetry.points import reach

CHECKPOINT_S = 10.0
"""How much work a crash may cost."""

Report = Callable[[int, int], None]
"""Told the records and bytes that are written."""


@dataclass(frozen=True)
class Outside:
    """
    What a file needs of others.

    Attributes:
        opened: Gives the place of a connection. settled: told when the file is where it is to be.
    """

    opened: Open
    settled: Callable[[OutputReceipt], object]


def write_file(
    request: Request, source: Source, outside: Outside, report: Report = lambda records, size: None
) -> OutputReceipt:
    """
    Write the file of ``request`` from ``source``, and deliver it where its spec says so.

    One that is whole but not delivered yet is not written again.

    Raises:
        FixSpec: LS-8002 to LS-8005 the spec does not fit the rows, or a template cannot be filled.
        FixFile: LS-8010 to LS-8013 a value cannot stand in the file; nothing is put in its place.
        Refused: LS-8014 there is such a file, here; LS-8016 there is another one where it goes; LS-8020 another process
            writes it. Stop: LS-4020 the folder cannot be written. And what transports raise.
    """
    begun = time.monotonic()
    job = job_of(request, source)
    before = None if request.replace else waiting(job)
    receipt = receipt_of(before.receipt) if before is not None else _written(request, job, source, report)
    delivered = deliver(job, outside.opened, outside.settled, over=request.replace)
    return replace(receipt, delivered=delivered, duration_s=time.monotonic() - begun)


# Private functions


def _written(request: Request, job: Job, source: Source, report: Report) -> OutputReceipt:
    begun = time.monotonic()
    if job.path.exists() and not request.replace:
        raise Refused(
            "LS-8014",
            f"{job.path} is there already",
            Place(file=str(job.path)),
            hints=["--replace writes it anew."],
        )
    try:
        job.path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(job) as body:
            made = (
                _sheet(job, source, body)
                if isinstance(job.spec.layout, Excel)
                else _text(job, source, body, report)
            )
            receipt = OutputReceipt(
                path=str(job.path),
                records=made.records,
                size_bytes=made.path.stat().st_size,
                sha256=made.sha256,
                totals=job.totals.figures(),
                resumed_at=made.resumed_at,
                duration_s=time.monotonic() - begun,
            )
            plan(job, receipt)
            _publish(job, made)
    except OSError as error:
        raise Stop(
            "LS-4020",
            f"cannot write {job.path}: {error.strerror}",
            Place(file=str(job.path)),
            hints=["is the disk full, and may this user write in the folder?"],
        ) from error
    return receipt


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A file that is whole and on the disk, under its passing name."""

    path: Path
    records: int
    sha256: str
    resumed_at: int = 0


@contextmanager
def _locked(job: Job) -> Iterator[BufferedRandom]:
    """The body, with a lock that dies with the process."""
    while True:
        body = open(os.open(job.part, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        try:
            fcntl.flock(body, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            body.close()
            raise Refused(
                "LS-8020",
                f"another process writes {job.path}",
                Place(file=str(job.path)),
                hints=["wait for it."],
            ) from None
        if job.part.exists() and os.path.samestat(os.fstat(body.fileno()), os.stat(job.part)):
            break
        body.close()  # the one before us has renamed it
    with body:
        yield body


def _text(job: Job, source: Source, body: BufferedRandom, report: Report) -> _Made:
    before = _resumable(job, source)
    if before is None:
        body.truncate(0)
        forget(job.state)
        head = job.head() if job.early else b""
        size, records = body.write(head), 0
        digest = hashlib.sha256(head)
    else:
        body.truncate(before.size_bytes)
        body.seek(before.size_bytes)
        size, records = before.size_bytes, before.records
        digest = resumed_hash(job.part, size)
        job.totals.restored(before.totals)
        if job.writer is not None:
            job.writer.restored(before.writer)
    resumed_at, saved = records, time.monotonic()
    with Sink(body, digest) as sink:
        for batch, data in encoded(job, numbered(source.batches(before.key if before else None), records)):
            sink.put(data)
            records, size = records + len(batch), size + len(data)
            reach("output_batch")
            if job.spec.rows.order and time.monotonic() - saved >= CHECKPOINT_S:
                sink.settle()
                key = _key(job, source, batch)
                done = Progress(
                    made_from=job.made_from,
                    size_bytes=size,
                    sha256=digest.hexdigest(),
                    records=records,
                    key=key,
                    totals=job.totals.stored(),
                    writer=job.writer.stored() if job.writer is not None else {},
                )
                _save(job, body, done)
                saved = time.monotonic()
            report(records, size)
    foot = job.foot()
    if not job.early:
        body.flush()
        return _assembled(job, body, foot, records, resumed_at)
    body.write(foot)
    digest.update(foot)
    _sync(body)
    return _Made(path=job.part, records=records, sha256=digest.hexdigest(), resumed_at=resumed_at)


def _sheet(job: Job, source: Source, body: BufferedRandom) -> _Made:
    from loadstone.output.excel import write_sheet

    body.truncate(0)
    records = write_sheet(body, job, counted(job, numbered(source.batches(None), 0)))
    _sync(body)
    body.seek(0)
    return _Made(path=job.part, records=records, sha256=hashlib.file_digest(body, "sha256").hexdigest())


def _resumable(job: Job, source: Source) -> Progress | None:
    """
    The progress of a run that was cut off, where the rows up to there still are as many as they were.

    That rows keep their values while a file is written from them is for the caller to see to; staged sets do.
    """
    if not job.spec.rows.order:
        return None
    before = stored(job.state, job.part, job.made_from)
    if before is None or source.count_until(before.key) != before.records:
        return None
    return before


def _key(job: Job, source: Source, batch: Batch) -> tuple[str, ...]:
    places = [column_no(source.columns, name) for name in job.spec.rows.order]
    return tuple(str(batch.columns[no][len(batch) - 1].as_py()) for no in places)


def _save(job: Job, body: BufferedRandom, progress: Progress) -> None:
    _sync(body)
    reach("output_synced")
    store(job.state, progress)
    reach("output_saved")


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _assembled(job: Job, body: BufferedRandom, foot: bytes, records: int, resumed_at: int) -> _Made:
    """Header, body and footer in a file of their own, where the header shows totals of the body."""
    head = job.head()
    digest = hashlib.sha256(head)
    with open(os.open(job.whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(head)
        body.seek(0)
        while data := body.read(1 << 20):
            file.write(data)
            digest.update(data)
        file.write(foot)
        digest.update(foot)
        _sync(file)
    return _Made(path=job.whole, records=records, sha256=digest.hexdigest(), resumed_at=resumed_at)


def _publish(job: Job, made: _Made) -> None:
    reach("output_whole")
    if job.spec.checksum == "sha256":
        write_whole(f"{job.path}.sha256", [f"{made.sha256}  {job.path.name}\n".encode()])
    os.replace(made.path, job.path)
    reach("output_renamed")
    sync_folder(job.path.parent)
    forget(job.state, job.part, job.whole)
