"""Land a file: copy it from its place into our store, hash it on the way, and tidy up outside when that is recorded."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from typing import BinaryIO, cast

from loadstone.arrivals.complete import companion, groups_of
from loadstone.arrivals.model import Arrival, Finding, Hold, State, Step
from loadstone.arrivals.surroundings import RENEW_S, Surroundings, parts_of_place, version_of
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry, Transport
from loadstone.errors import FixFile, Refused
from loadstone.sources.model import Feed
from loadstone.sources.policies import Pickup, Policy
from loadstone.telemetry.points import reach

READ_SIZE_BYTES = 1 << 20

NAMESAKES_MAX = 1000
"""Files of one name that a folder of files taken away may hold."""


def land(around: Surroundings, arrival: Arrival, renew: Callable[[], None]) -> Step:
    """
    Copy and hash a file. One that is gone, or that changed meanwhile, is ``GONE``: its new version is seen as another one.

    Raises:
        Hold: Its bytes are not those that its manifest says. LoadstoneError: What the transport says; of a download that is cut
            again and again, ``Retry``.
    """
    connection, _ = parts_of_place(arrival.place)
    transport = around.outside.open(connection)
    md5 = hashlib.md5(usedforsecurity=False)
    try:
        before = _entry(transport, arrival)  # with its size a download that is cut shows, and goes on
        if before is None or version_of(before) != arrival.version:
            return _gone(arrival, "it went away, or changed, before it was fetched")
        with transport.open(arrival.path) as stream:
            kept = around.store.land(arrival, cast(BinaryIO, _Watched(stream, renew, md5.update)))
        if before.size_bytes is None:
            _read_again(transport, arrival, kept.sha256, renew)
        reach("arrival_copied")
        after = _entry(transport, arrival)
    except FixFile as error:
        if error.code not in ("LS-7415", "LS-7417"):
            raise
        return _gone(arrival, f"it went away, or changed, while it was fetched: {error.message}")
    finally:
        transport.close()
    if after is None or version_of(after) != arrival.version:
        return _gone(arrival, "it changed while it was fetched")
    values = {
        "sha256": kept.sha256,
        "size_bytes": kept.size_bytes,
        "kept_at": str(kept.path),
        "landed_at": around.now(),
    }
    kind, _, digest = (arrival.expected_digest or "").partition(":")
    if (
        digest
        and digest != {"md5": md5.hexdigest()}.get(kind, kept.sha256)
        and "manifest" not in arrival.waived
    ):
        raise Hold(_OTHER_DIGEST[kind], values={**values, "held_from": State.LANDED})
    return Step(state=State.LANDED, values=values)


def pick_up(around: Surroundings, arrival: Arrival, feed: Feed | None) -> bool:
    """
    Do outside what the feed says becomes of a file that landed; whether it is gone from there now.

    A file that has changed since is another one, and stays. Safe to repeat; the caller records that the version is retired.
    """
    pickup = feed.pickup if feed is not None else Pickup()
    if pickup.after == "leave":
        return False
    connection, _ = parts_of_place(arrival.place)
    transport = around.outside.open(connection)
    own = arrival.path.rpartition("/")[0]
    try:
        there = {one.name: one for one in transport.list(own)}
        entry = there.get(arrival.name)
        if entry is not None and version_of(entry) == arrival.version:
            _take_away(transport, arrival.path, pickup.folder)
        rule = feed.complete if feed is not None else None
        if rule is not None and rule.marker is not None:
            marker = companion(rule.marker, arrival.name, groups_of(feed, arrival.name))
            # A marker that is the same for all files vouches for those that are still to be fetched, too.
            if marker in there and "{" in rule.marker:
                _take_away(transport, f"{own}/{marker}" if own else marker, pickup.folder)
    finally:
        transport.close()
    reach("arrival_picked_up")
    return True


# Private functions

_OTHER_DIGEST = {
    kind: Finding(
        kind="manifest",
        told=f"its {kind} is not the one of its manifest",
        policy=Policy.HOLD,
        hints=("was the transfer complete? ask the sender to send it again.",),
    )
    for kind in ("sha256", "md5")
}


class _Watched(io.RawIOBase):
    """A stream that gives signs of life, and shows its bytes to others."""

    def __init__(self, stream: BinaryIO, renew: Callable[[], None], show: Callable[[bytes], None]) -> None:
        self._stream, self._renew, self._show = stream, renew, show
        self._due = time.monotonic() + RENEW_S

    def read(self, size: int = -1, /) -> bytes:
        if time.monotonic() > self._due:
            self._renew()
            self._due = time.monotonic() + RENEW_S
        data = self._stream.read(size)
        self._show(data)
        return data


def _read_again(transport: Transport, arrival: Arrival, sha256: str, renew: Callable[[], None]) -> None:
    """
    Where a place tells no size, a download that was cut looks like a whole one: only the same bytes twice are believed.

    Raises:
        Retry: LS-7411 other bytes came the second time.
    """
    digest = hashlib.sha256()
    with transport.open(arrival.path) as stream:
        watched = _Watched(stream, renew, digest.update)
        while watched.read(READ_SIZE_BYTES):
            pass
    if digest.hexdigest() != sha256:
        connection, _ = parts_of_place(arrival.place)
        raise faults.gone(connection, f"{arrival.path} came with other bytes each time, and it tells no size")


def _entry(transport: Transport, arrival: Arrival) -> Entry | None:
    found = transport.list(arrival.path.rpartition("/")[0])
    return next((one for one in found if one.name == arrival.name), None)


def _gone(arrival: Arrival, told: str) -> Step:
    return Step(state=State.GONE, values={"version": arrival.retired_version}, told={"message": told})


def _take_away(transport: Transport, path: str, folder: str | None) -> None:
    """Delete, or move into a folder where something of that name may stand from an earlier day."""
    if folder is None:
        transport.delete(path)
        return
    name = path.rpartition("/")[2]
    for number in range(1, NAMESAKES_MAX + 1):
        try:
            transport.move(path, f"{folder}/{name}" if number == 1 else f"{folder}/{name}.{number}")
            return
        except Refused as error:
            if error.code != "LS-7418":  # only a name that is taken lets another one be tried
                raise
        except FixFile as error:
            if error.code != "LS-7415":
                raise
            return  # somebody else took it away
    raise Refused("LS-7418", f"{folder} holds a thousand files named {name}", hints=["tidy it up."])
