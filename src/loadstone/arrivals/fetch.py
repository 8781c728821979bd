"""Land a file: copy it from its place into our store, hash it on the way, and tidy up outside when that is recorded."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, cast

from loadstone.arrivals.complete import companion, groups_of
from loadstone.arrivals.model import Arrival, Finding, Hold, State, Step
from loadstone.arrivals.surroundings import LEASE, Surroundings, parts_of_place, pickup_of
from loadstone.connections.transports.model import Transport
from loadstone.errors import FixFile, Refused
from loadstone.sources.model import Feed
from loadstone.sources.policies import Policy
from loadstone.telemetry.points import reach

RENEW_S = LEASE.total_seconds() / 5
"""Seconds between two signs of life while a file is copied."""


def land(around: Surroundings, arrival: Arrival, renew: Callable[[], None]) -> Step:
    """
    Copy and hash a file; one that is gone is ``GONE``, one that changed meanwhile is looked at anew.

    Raises:
        Hold: Its bytes are not those that its manifest says. LoadstoneError: What the transport says.
    """
    connection, _ = parts_of_place(arrival.place)
    transport = around.outside.open(connection)
    md5 = hashlib.md5(usedforsecurity=False)
    try:
        with transport.open(arrival.path) as stream:
            watched = _Watched(stream, renew, md5.update)
            kept = around.store.land(arrival, cast(BinaryIO, watched))
    except FixFile as error:
        return _not_there(around, arrival, error)
    finally:
        transport.close()
    reach("arrival_landed")
    if arrival.size_bytes is not None and kept.size_bytes != arrival.size_bytes:
        told = {"message": f"{arrival.size_bytes} bytes were seen, and {kept.size_bytes} came: it is still written"}
        return _seen_again(around, told)
    values = {
        "sha256": kept.sha256,
        "size_bytes": kept.size_bytes,
        "kept_at": str(kept.path),
        "landed_at": around.now(),
    }
    kind, _, digest = (arrival.expected_sha256 or "").partition(":")
    if digest and digest != {"md5": md5.hexdigest()}.get(kind, kept.sha256):
        finding = Finding(
            kind="manifest",
            told=f"its {kind} is not the one of its manifest",
            policy=Policy.HOLD,
            hints=("was the transfer complete? ask the sender to send it again.",),
        )
        if "manifest" not in arrival.waived:
            raise Hold(finding, values=values)
    return Step(state=State.LANDED, values=values)


def pick_up(around: Surroundings, arrival: Arrival, feed: Feed | None) -> bool:
    """
    Do outside what the feed says becomes of a file that landed; whether anything is to be done at all.

    A file that has changed since is another one, and stays. Safe to repeat.
    """
    pickup = pickup_of(arrival.place, feed)
    if pickup.after == "leave":
        return False
    connection, folder = parts_of_place(arrival.place)
    transport = around.outside.open(connection)
    try:
        own = arrival.path.rpartition("/")[0]
        there = {one.name: one for one in transport.list(own)}
        entry = there.get(arrival.name if connection != "upload" else arrival.path.rpartition("/")[2])
        if entry is not None and _is_same(arrival, entry.id, entry.size_bytes):
            _take_away(transport, arrival.path, pickup.folder)
        rule = feed.complete if feed is not None else None
        if rule is not None and rule.marker is not None:
            marker = companion(rule.marker, arrival.name, groups_of(feed, arrival.name))
            if marker in there and companion(rule.marker, "", {}) != marker:
                _take_away(transport, f"{own}/{marker}" if own else marker, pickup.folder)
    except FixFile:
        return True  # its folder is gone, as that of an upload that was tidied up
    finally:
        transport.close()
    reach("arrival_picked_up")
    return True


# Private functions


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


def _not_there(around: Surroundings, arrival: Arrival, error: FixFile) -> Step:
    if error.code == "LS-7417":
        return _seen_again(around, {"message": error.message})
    if error.code != "LS-7415":
        raise error
    return Step(state=State.GONE, told={"message": "it went away before it was fetched", "code": error.code})


def _seen_again(around: Surroundings, told: dict[str, str]) -> Step:
    return Step(state=State.SEEN, values={"stable_since": around.now()}, told=told)


def _is_same(arrival: Arrival, version: str | None, size_bytes: int | None) -> bool:
    if version is not None and not arrival.place.startswith("upload:"):
        return version == arrival.version
    return size_bytes is None or size_bytes == arrival.size_bytes


def _take_away(transport: Transport, path: str, folder: str | None) -> None:
    """Delete, or move into a folder where something of that name may stand from an earlier day."""
    if folder is None:
        transport.delete(path)
        return
    own, _, name = path.rpartition("/")
    for number in range(1, 1000):
        target = f"{folder}/{name}" if number == 1 else f"{folder}/{name}.{number}"
        with suppress(Refused):
            transport.move(path, target)
            return
    raise Refused("LS-7418", f"{folder} holds a thousand files named {name}", hints=["tidy it up."])
