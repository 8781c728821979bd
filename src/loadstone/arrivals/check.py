"""Whether a file is what its feed sends: readable, of its format and form, with new records, and with the totals that it states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from loadstone.arrivals import repository
from loadstone.arrivals.content import digest_of
from loadstone.arrivals.findings import sorted_out
from loadstone.arrivals.model import Arrival, Finding, Hold, State, Step
from loadstone.arrivals.recognise import came_before
from loadstone.arrivals.surroundings import Surroundings
from loadstone.arrivals.totals import before_load, totals_of, values_of
from loadstone.detect.drift import drift_of
from loadstone.detect.file import detect_file
from loadstone.detect.model import Detection
from loadstone.detect.shape import Shape, shape_from, shape_of, widened
from loadstone.errors import FixFile, Stop
from loadstone.formats.readers.banks import BANKS
from loadstone.sources.model import Feed
from loadstone.sources.policies import Policy

TEXT = ("csv", "tsv", "fwf", "text")
"""What detection may take delimited and fixed-width text for; small files of one may look like the other."""

VOLUMES_MAX = 10
"""Files whose numbers of records are what is usual."""

FAMILIES = {"delimited": TEXT, "fixed": TEXT, "csv": TEXT, "tsv": TEXT, "fwf": TEXT, "text": TEXT}
"""What detection may say of a file of a format; of those that are not here, their own name."""

UNDECIDED = ("unknown",)
"""Where detection says so, a feed that names a format is believed."""


def check(around: Surroundings, arrival: Arrival, renew: Callable[[], None]) -> Step:
    """
    Look into a file that was recognised.

    Raises:
        Hold: It cannot be read, is empty, is of another format or form, its records came before, or are not those that its totals tell of; or there
            are more files of its day than the feed sends.
    """
    feed = feed_of(around, arrival)
    path = kept(around, arrival)
    try:
        digest, size_bytes = digest_of(path, renew)
    except FixFile as error:
        raise Hold(_unreadable(error)) from error
    renew()
    detected = detect_file(path)
    before, volumes = _accepted(around, feed)
    shape = _form(detected)
    counted = totals_of(path, detected, feed.controls.trailer, renew)
    values: dict[str, Any] = {
        "content_sha256": digest,
        "shape": widened(before, shape).to_json(),
        "totals": [values_of(one) for one in counted.totals],
    }
    found = [*_format(feed, detected, size_bytes)]
    found += came_before(around, arrival, feed, ("content", digest))
    found += _drift(feed, before, shape, volumes)
    found += before_load(counted, feed.controls) if size_bytes else []
    found += _surplus(around, arrival, feed)
    return Step(state=State.CHECKED, values=sorted_out(arrival, found, values))


def feed_of(around: Surroundings, arrival: Arrival) -> Feed:
    """
    The feed of a file that was recognised, as the registry has it now.

    Raises:
        Hold: It has been removed meanwhile.
    """
    feed = around.registry().feeds.get(str(arrival.feed))
    if feed is None:
        told = f"feed {arrival.feed} is no longer in the registry"
        raise Hold(
            Finding(kind="unknown_feed", told=told, policy=Policy.HOLD, hints=_FEED_GONE),
            values={"held_from": State.LANDED},
        )
    return feed


def kept(around: Surroundings, arrival: Arrival) -> Path:
    """Our copy of a file; ``Stop`` LS-7704 when somebody took it away."""
    path = around.store.find(arrival)
    if path is None:
        raise Stop(
            "LS-7704",
            f"our copy of file {arrival.id}, {arrival.name}, is gone from {arrival.kept_at}",
            hints=["bring it back from a backup; it goes on by itself then.", _REJECT],
        )
    return path


# Private functions

_REJECT = "`loadstone files reject` takes the file out."
_FEED_GONE = ("register the feed again, and release the file.", _REJECT)


def _unreadable(error: FixFile) -> Finding:
    return Finding(
        kind="unreadable",
        told=error.message,
        policy=Policy.HOLD,
        hints=(*error.hints, _REJECT),
        code=error.code,
    )


def _accepted(around: Surroundings, feed: Feed) -> tuple[Shape | None, list[int]]:
    """The form of the last file of a feed that was loaded, and how many records the last ones had."""
    with around.database.read() as connection:
        kept = repository.accepted_shapes(connection, feed.name, VOLUMES_MAX)
    volumes = [int(one["records"]) for one in kept if one.get("records") is not None]
    return (shape_from(kept[0]) if kept else None), volumes


def _form(found: Detection) -> Shape:
    """What is compared: of a format of banks no columns, for those that plain text would seem to have are chance."""
    shape = shape_of(found)
    if found.format not in BANKS:
        return shape
    return replace(shape, columns=(), has_header=None, delimiter=None, quotechar=None, width=None)


def _surplus(around: Surroundings, arrival: Arrival, feed: Feed) -> list[Finding]:
    """Whether as many files of the day came before it as there are at most."""
    files_max = feed.sla.files_max if feed.sla is not None else None
    if files_max is None or arrival.business_date is None:
        return []
    with around.database.read() as connection:
        files = repository.others_of_its_day(connection, arrival)
    if files < files_max:
        return []
    told = f"{files:,} files for {arrival.business_date} came before it, and its feed sends {files_max:,} at most"
    hints = (
        f"`loadstone files list --feed {feed.name}` shows them: was one sent again under another name?",
        "`loadstone files release` loads this one, too.",
        _REJECT,
    )
    return [Finding(kind="surplus", told=told, policy=Policy.HOLD, hints=hints)]


def _drift(feed: Feed, before: Shape | None, shape: Shape, volumes: list[int]) -> list[Finding]:
    if before is None:
        return []
    found = drift_of(before, shape, volumes=volumes, volume_ratio=feed.drift.volume_ratio)
    return [
        Finding(kind=f"drift.{one.kind}", told=one.told, policy=feed.drift.of(one.kind), hints=_ANNOUNCED)
        for one in found
    ]


def _format(feed: Feed, shape: Detection, size_bytes: int) -> list[Finding]:
    if not size_bytes:
        told = "there is not one byte in it"
        return [Finding(kind="empty", told=told, policy=Policy.HOLD, hints=_WAS_IT_WHOLE)]
    wanted = feed.format.lower() if feed.format is not None else None
    if wanted is None or shape.format in (*FAMILIES.get(wanted, (wanted,)), *UNDECIDED):
        return []
    evidence = "; ".join(shape.evidence[:2])
    told = f"it is {shape.format}, and its feed sends {wanted}: {evidence}"
    return [Finding(kind="format", told=told, policy=Policy.HOLD, hints=_WAS_IT_WHOLE)]


_ANNOUNCED = ("was the change announced? then mend the layout of the feed, and release the file.", _REJECT)
_WAS_IT_WHOLE = ("was the right file sent, and all of it? ask the sender.", _REJECT)
