"""
Deliver a file that is whole on the disk: to a place outside, once, whatever crashes in between.

    planned ──send under a hidden name──> moving ──move to its name──> marked ──settle its number──> nothing is kept

The state beside the file says how far it is. A move may have been done without its answer having come, and the receiver may
have taken the file since; but nobody else touches the hidden name. So while the state says ``moving``, a hidden name that is
gone means that the file has been delivered, and it is not sent a second time.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from loadstone.connections.transports.model import Entry, Transport
from loadstone.errors import FixFile, LoadstoneError, Place, Refused
from loadstone.filestore.atomic import write_whole
from loadstone.output.job import Job
from loadstone.output.model import OutputReceipt, receipt_of, receipt_values
from loadstone.output.state import forget
from loadstone.output.templates import parse
from loadstone.telemetry.points import reach

Open = Callable[[str], Transport]
"""The place that a connection's name stands for; it tries again by itself, and whoever gives it closes it."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """
    A file that waits for its delivery, or is on its way.

    Attributes:
        made_from: As of its job. receipt: of its writing. connection: where it goes; None for nowhere, when only its
            number is to be settled. path: there, with its folder. hidden: path under which it is sent.
        marker, checksum: paths of files beside it; None for none. phase: how far it is.
    """

    made_from: str
    receipt: dict[str, Any]
    connection: str | None = None
    path: str = ""
    hidden: str = ""
    marker: str | None = None
    checksum: str | None = None
    phase: Literal["planned", "moving", "marked"] = "planned"

    @property
    def name(self) -> str:
        """As people read it."""
        return f"{self.connection}:{self.path}"


def plan(job: Job, receipt: OutputReceipt) -> None:
    """Keep that a file has further to go, before it gets its name; ``FixSpec`` as templates raise."""
    wanted = job.spec.deliver
    if not job.tracked:
        return
    delivery = Delivery(made_from=job.made_from, receipt=receipt_values(receipt))
    if wanted is not None:
        folder = parse(wanted.folder).filled(job.variables, {}).strip("/")
        head = f"{folder}/" if folder else ""
        marker = parse(wanted.marker).filled(job.variables, {}) if wanted.marker else None
        delivery = replace(
            delivery,
            connection=wanted.connection,
            path=f"{head}{job.path.name}",
            hidden=f"{head}.{job.path.name}.{receipt.sha256[:8]}.sending",
            marker=f"{head}{marker}" if marker else None,
            checksum=f"{head}{job.path.name}.sha256" if job.spec.checksum == "sha256" else None,
        )
    _store(job, delivery)


def waiting(job: Job) -> Delivery | None:
    """The delivery of a file that was made from the same and is still the one that was written; None for all else."""
    found = _stored(job)
    if found is None or found.made_from != job.made_from or not job.path.exists():
        return None
    with open(job.path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return found if digest == found.receipt["sha256"] else None


def deliver(job: Job, opened: Open, settled: Callable[[OutputReceipt], object], *, over: bool) -> str | None:
    """
    Deliver the file of a job, or go on with it where a run was cut off.

    Args:
        settled: Told when it is there, before the state goes; it may be told twice. over: whether a file of that name may be
            replaced there.

    Returns:
        ``connection:path``; None where it goes nowhere.

    Raises:
        Refused: LS-8016 another file of that name is there; LS-8020 another process delivers it. Else what transports
            raise; the file then waits, and the same command goes on.
    """
    if _stored(job) is None:
        return None
    with _alone(job.path):
        delivery = _stored(job)
        if delivery is None:
            return None
        if delivery.connection is not None:
            _deliver(job, delivery, opened(delivery.connection), over)
        name = delivery.name if delivery.connection is not None else None
        settled(replace(receipt_of(delivery.receipt), delivered=name))
        reach("delivery_settled")
        forget(_state(job))
        return name


# Private functions


def _deliver(job: Job, delivery: Delivery, place: Transport, over: bool) -> None:
    try:
        _go_on(job, delivery, place, over)
    except LoadstoneError as error:
        raise _with_hint(error, job.path) from error


def _go_on(job: Job, delivery: Delivery, place: Transport, over: bool) -> None:
    if delivery.phase == "planned":
        if not _is_free(job, delivery, place, over):
            delivery = _now(job, delivery, "marked")
        else:
            _send(job, delivery, place)
            reach("delivery_sent")
            delivery = _now(job, delivery, "moving")
            reach("delivery_moving")
    if delivery.phase == "moving":
        _move(delivery, place, over)
        reach("delivery_moved")
        delivery = _now(job, delivery, "marked")
    if delivery.marker is not None:
        place.put(delivery.marker, io.BytesIO())
    reach("delivery_marked")


def _send(job: Job, delivery: Delivery, place: Transport) -> None:
    """The file under its hidden name, then its checksum, so that a reader of the file finds that."""
    size = delivery.receipt["size_bytes"]
    with open(job.path, "rb") as stream:
        place.put(delivery.hidden, stream)
    there = _entry(place, delivery.hidden)
    if there is not None and there.size_bytes not in (None, size):
        place.delete(delivery.hidden)
        raise FixFile("LS-7417", f"{delivery.name} has {there.size_bytes:,} bytes there, {size:,} were sent")
    if delivery.checksum is not None:
        line = f"{delivery.receipt['sha256']}  {job.path.name}\n"
        place.put(delivery.checksum, io.BytesIO(line.encode()))


def _move(delivery: Delivery, place: Transport, over: bool) -> None:
    for _ in range(2):
        try:
            place.move(delivery.hidden, delivery.path)
            return
        except FixFile:
            return  # moved by an earlier attempt, whose answer never came; it may even have been taken since
        except Refused as error:
            if error.code != "LS-7418":
                raise
            if not over:
                raise _taken(delivery) from error
            place.delete(delivery.path)
    raise _taken(delivery)


def _is_free(job: Job, delivery: Delivery, place: Transport, over: bool) -> bool:
    """
    Whether it is to be sent; not where the same bytes stand there already.

    Raises:
        Refused: LS-8016 another file stands there.
    """
    there = _entry(place, delivery.path)
    if there is None or over:
        return True
    if there.size_bytes == delivery.receipt["size_bytes"]:
        with place.open(delivery.path) as stream:
            digest = hashlib.sha256()
            while data := stream.read(1 << 20):
                digest.update(data)
        if digest.hexdigest() == delivery.receipt["sha256"]:
            return False
    raise _taken(delivery)


def _entry(place: Transport, path: str) -> Entry | None:
    """A file there; None where there is none, no such folder yet, or a place that lets nobody look."""
    folder, _, name = path.rpartition("/")
    with suppress(FixFile, Refused):
        return next((one for one in place.list(folder) if one.name == name), None)
    return None


def _taken(delivery: Delivery) -> Refused:
    return Refused(
        "LS-8016",
        f"another file is {delivery.name} already",
        hints=["was it delivered before, with other rows?", "--replace replaces it, here and there."],
    )


def _with_hint(error: LoadstoneError, path: Path) -> LoadstoneError:
    """The error, with what becomes of the file."""
    told = f"{path} is written and waits; the same command delivers it."
    return type(error)(error.code, error.message, error.place, hints=[*error.hints, told])


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """A lock on the file itself, that dies with the process."""
    with open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(
                "LS-8020",
                f"another process delivers {path}",
                Place(file=str(path)),
                hints=["wait for it."],
            ) from None
        yield


def _state(job: Job) -> Path:
    return job.path.with_name(job.path.name + ".delivery.json")


def _store(job: Job, delivery: Delivery) -> None:
    write_whole(_state(job), [json.dumps(asdict(delivery)).encode()])


def _now(job: Job, delivery: Delivery, phase: Literal["moving", "marked"]) -> Delivery:
    """Keep how far it is."""
    further = replace(delivery, phase=phase)
    _store(job, further)
    return further


def _stored(job: Job) -> Delivery | None:
    try:
        return Delivery(**json.loads(_state(job).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
