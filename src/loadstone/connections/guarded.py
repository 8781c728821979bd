"""
A transport behind its breaker: calls are tried again while the place does not answer, downloads go on where they broke off,
and what was read is compared with what the place said of it.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BufferedIOBase
from typing import BinaryIO, TypeVar, cast

from loadstone.connections.breaker import Breakers, Pass, Wait
from loadstone.connections.model import Connection
from loadstone.connections.options import OPTIONS, Options, options_of
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry, Transport
from loadstone.connections.transports.paths import parts_of
from loadstone.connections.transports.streams import Pulled
from loadstone.errors import FixFile, LoadstoneError, Retry

R = TypeVar("R")


class Guarded:
    """
    A ``Transport`` that opens another one when it is first needed, and anew when that has failed.

    Beside what ``Transport`` says, calls may raise ``Retry`` LS-7403: the breaker is open, and work has to wait.

    Args:
        opened: Gives a transport that is logged in. owner: who sends a probe, as the breaker tells it.
        breakers: None where there is no repository to keep them. pause: how to wait.
    """

    def __init__(
        self,
        connection: Connection,
        opened: Callable[[], Transport],
        breakers: Breakers | None = None,
        *,
        owner: str = "",
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._connection, self._opened, self._breakers = connection, opened, breakers
        self._owner, self._pause = owner, pause
        self._options = options_of(connection, OPTIONS.get(connection.kind, Options))
        self._inner: Transport | None = None
        self._pass: Pass | None = None
        self._seen: dict[str, Entry] = {}

    def list(self, folder: str = "") -> Sequence[Entry]:
        """Remembers what was told, to compare with what is read."""
        found = self._call(lambda inner: inner.list(folder))
        head = "".join(f"{part}/" for part in parts_of(folder))
        self._seen |= {head + entry.name: entry for entry in found}
        return found

    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """
        A stream that goes on where it broke off, and ends well only with the bytes that were listed.

        Raises:
            FixFile: LS-7417, also from reading: another size or digest than was listed, or another file on going on.
        """
        plain = "/".join(parts_of(path))
        inner = self._call(lambda transport: transport.open(path, offset=offset))
        reading = _Reading(self, plain, cast(BufferedIOBase, inner), offset, self._seen.get(plain))
        return cast(BinaryIO, Pulled(reading.pull, reading.done))

    def move(self, path: str, to: str) -> None:
        """Tried again after an answer was lost, it may have been done: then it is found there."""
        tried = False

        def act(inner: Transport) -> None:
            nonlocal tried
            again, tried = tried, True
            try:
                inner.move(path, to)
            except FixFile:
                if not (again and _is_there(inner, to)):
                    raise

        self._call(act)

    def delete(self, path: str) -> None:
        """Remove it."""
        self._call(lambda inner: inner.delete(path))

    def put(self, path: str, stream: BinaryIO) -> int:
        """Tried again from where the stream stood, if it can go back."""
        start = stream.tell() if stream.seekable() else None

        def act(inner: Transport) -> int:
            if start is not None:
                stream.seek(start)
            return inner.put(path, stream)

        return self._call(act, attempts=None if start is not None else 1)

    def close(self) -> None:
        """Let go."""
        inner, self._inner = self._inner, None
        if inner is not None:
            with suppress(LoadstoneError):
                inner.close()

    # Private methods

    def _call(self, act: Callable[[Transport], R], attempts: int | None = None) -> R:
        attempts = attempts or self._options.attempts
        for attempt in range(1, attempts + 1):
            admitted = self._admitted()
            try:
                if self._inner is None:
                    self._inner = self._opened()
                done = act(self._inner)
            except Retry as error:
                self._lost(error, admitted)
                if attempt == attempts:
                    raise
                self._wait(attempt)
            else:
                if self._breakers is not None:
                    self._breakers.succeeded(self._connection)
                return done
        raise AssertionError("unreachable")

    def _admitted(self) -> Pass | None:
        if self._breakers is None:
            return None
        admitted = self._breakers.admit(self._connection, self._owner)
        if isinstance(admitted, Wait):
            raise Retry(
                "LS-7403",
                f"the breaker of {self._connection.name} is open for {admitted.pause_s:.0f} s more: {admitted.reason}",
                hints=[f"`loadstone connections test {self._connection.name}` says what is wrong."],
            )
        self._pass = admitted  # under which a file is read that breaks off later
        return admitted

    def _lost(self, error: Retry, admitted: Pass | None) -> None:
        """Count an outage of work that was let in; the way to the place is opened anew next time."""
        self.close()
        if self._breakers is not None and admitted is not None:
            self._breakers.failed(admitted, error.message)

    def _wait(self, attempt: int) -> None:
        """Twice as long each time, give or take a quarter, so that many workers do not come back at once."""
        longest = self._options.pause_s * 2 ** (attempt - 1)
        self._pause(min(longest, 60.0) * random.uniform(0.75, 1.25))


class _Reading:
    """One file while it is read."""

    def __init__(
        self, place: Guarded, path: str, inner: BufferedIOBase, offset: int, entry: Entry | None
    ) -> None:
        self._place, self._path, self._inner, self._entry = place, path, inner, entry
        self._position, self._fruitless = offset, 0
        kind, _, self._digest = (entry.digest or "").partition(":") if entry and not offset else ("", "", "")
        self._hash = hashlib.new(kind, usedforsecurity=False) if kind else None

    def pull(self, size: int) -> bytes:
        while True:
            try:
                data: bytes = self._inner.read1(size)
            except Retry as error:
                self._go_on(error)
                continue
            self._position += len(data)
            if self._hash is not None:
                self._hash.update(data)
            if not data:
                if self._missing_bytes:
                    told = f"{self._path} ended {self._missing_bytes:,} bytes before its end"
                    self._go_on(faults.gone(self._place._connection.name, told))
                    continue
                self._compare()
            self._fruitless = 0
            return data

    def done(self, ended: bool) -> None:
        with suppress(LoadstoneError):
            self._inner.close()

    # Private methods

    @property
    def _missing_bytes(self) -> int:
        """How much less came than was listed: a place may say that all was sent when a connection was cut."""
        size = self._entry.size_bytes if self._entry is not None else None
        return max(0, size - self._position) if size is not None else 0

    def _go_on(self, error: Retry) -> None:
        """Open it again where it broke off, if it is still the same file."""
        self._fruitless += 1
        self.done(False)
        self._place._lost(error, self._place._pass)
        if self._fruitless > self._place._options.attempts:
            raise error
        self._place._wait(self._fruitless)
        position, path = self._position, self._path
        if self._entry is not None:
            self._same()
        self._inner = cast(BufferedIOBase, self._place._call(lambda inner: inner.open(path, offset=position)))

    def _same(self) -> None:
        folder, _, name = self._path.rpartition("/")
        now = next(
            (one for one in self._place._call(lambda inner: inner.list(folder)) if one.name == name), None
        )
        if now is None:
            raise faults.changed(self._path, "it is gone")
        if now != self._entry:
            raise faults.changed(self._path, "another file stands there now")

    def _compare(self) -> None:
        if self._entry is None:
            return
        size = self._entry.size_bytes
        if size is not None and size != self._position:
            raise faults.changed(self._path, f"{self._position:,} bytes came, {size:,} were listed")
        if self._hash is not None and self._hash.hexdigest() != self._digest:
            raise faults.changed(self._path, f"its digest is {self._hash.hexdigest()}, not {self._digest}")


# Private functions


def _is_there(transport: Transport, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return any(entry.name == name for entry in transport.list(folder))
