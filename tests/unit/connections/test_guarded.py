"""A transport behind its breaker, over the transport and the store in memory that the room ships."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO, cast

import pytest

from loadstone.connections.breaker import Breakers, Pass
from loadstone.connections.guarded import Guarded
from loadstone.connections.model import BreakerRules, BreakerState, Connection
from loadstone.connections.testing import MemoryStore, MemoryTransport
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry
from loadstone.connections.transports.streams import Pulled
from loadstone.errors import FixFile, FixSpec, LoadstoneError, Refused, Retry

DATA = bytes(range(256)) * 40
GONE = faults.gone("place", "it went away")


class Flaky(MemoryTransport):
    """Breaks off downloads after so many bytes each (``broken``), and may forget to answer moves it has done."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self.broken: list[int] = []
        self.lost_answers = 0

    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """Until it breaks off."""
        data = super().open(path, offset=offset)
        left = self.broken.pop(0) if self.broken else None

        def pull(size: int) -> bytes:
            nonlocal left
            if left is None:
                return data.read(size)
            if not left:
                raise faults.gone("place", "it broke off")
            found = data.read(min(size, left))
            left -= len(found)
            return found

        return cast(BinaryIO, Pulled(pull))

    def move(self, path: str, to: str) -> None:
        """Done, and then no answer."""
        super().move(path, to)
        if self.lost_answers:
            self.lost_answers -= 1
            raise GONE


class Guard:
    """A guarded place, what it waited, and how often it was opened."""

    def __init__(self, **options: Any) -> None:
        self.store, self.flaky = MemoryStore(), Flaky({"a": DATA})
        self.pauses: list[float] = []
        self.opened = 0
        self.connection = Connection(
            name="place",
            kind="directory",
            url="/in",
            rules=BreakerRules(failures_max=3, cooldown_s=10),
            options=options,
        )
        self.breakers = Breakers(self.store, lambda connection: None)
        self.guarded = Guarded(self.connection, self._open, self.breakers, pause=self.pauses.append)

    def _open(self) -> Flaky:
        self.opened += 1
        return self.flaky

    def state(self) -> BreakerState:
        """Of the breaker."""
        return self.store.find("place").state


def told(act: Callable[[], object], kind: type[LoadstoneError]) -> str:
    """The code of what is raised."""
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def test_a_call_is_tried_again_with_growing_pauses() -> None:
    """Twice as long each time, give or take a quarter; the way is opened anew; then all is forgotten."""
    guard = Guard(pause_s=2)
    guard.flaky.failing = [GONE, GONE]
    assert ["a"] == [one.name for one in guard.guarded.list()]
    first, second = guard.pauses
    assert 1.5 <= first <= 2.5 and 3 <= second <= 5 and 3 == guard.opened
    assert guard.store.find("place").clean
    guard.guarded.close()
    assert guard.flaky.closed


def test_only_outages_are_tried_again() -> None:
    """A missing file stays missing, and is no fault of the place."""
    guard = Guard()
    assert "LS-7415" == told(lambda: guard.guarded.open("none"), FixFile)
    guard.flaky.failing = [faults.login_refused("place", "no")]
    assert "LS-7413" == told(guard.guarded.list, FixSpec)
    assert [] == guard.pauses and guard.store.find("place").clean


def test_outages_open_the_breaker_and_nothing_passes() -> None:
    """The last error is told; until the cool-down is over nobody asks the place; then one probe does."""
    guard = Guard(attempts=3)
    guard.flaky.failing = [GONE] * 3
    assert "LS-7411" == told(guard.guarded.list, Retry)
    assert BreakerState.OPEN is guard.state()
    asked = len(guard.flaky.calls)
    assert "LS-7403" == told(guard.guarded.list, Retry)
    assert asked == len(guard.flaky.calls)
    guard.store.pass_s(11)
    assert ["a"] == [one.name for one in guard.guarded.list()]


def test_a_download_goes_on_and_counts_one_outage_each() -> None:
    """Bytes that came are not asked for again, and the breaker is asked once a way, not once more for the outage."""
    guard = Guard(attempts=3)
    guard.flaky.broken = [100, 5_000]
    guard.guarded.list()
    with guard.guarded.open("a") as stream:
        assert DATA == stream.read()
    assert ["open a"] * 3 == [call for call in guard.flaky.calls if call.startswith("open")]
    assert BreakerState.CLOSED is guard.state() and 2 == len(guard.pauses)


def test_a_download_that_others_cut_off_tells_its_own_outage() -> None:
    """The breaker was opened by other work while it ran: the pause is waited, then the breaker's word ends it."""
    guard = Guard()
    guard.flaky.broken = [100]
    stream = guard.guarded.open("a")
    for _ in range(3):
        guard.breakers.failed(cast(Pass, guard.breakers.admit(guard.connection, "x")), "gone")
    assert BreakerState.OPEN is guard.state()
    assert "LS-7403" == told(stream.read, Retry)
    assert 1 == len(guard.pauses)


def test_a_download_that_gets_nowhere_ends() -> None:
    """With the outage itself, after as many attempts as a call has."""
    guard = Guard(attempts=2)
    guard.flaky.broken = [0] * 9
    assert "LS-7411" == told(guard.guarded.open("a").read, Retry)


@pytest.mark.parametrize("change", ["gone", "replaced"])
def test_another_file_is_not_gone_on_with(change: str) -> None:
    """The listing tells."""
    guard = Guard()
    guard.flaky.broken = [100]
    guard.guarded.list()
    stream = guard.guarded.open("a")
    assert DATA[:100] == stream.read(100)
    guard.flaky.files = {} if change == "gone" else {"a": DATA[::-1]}
    assert "LS-7417" == told(stream.read, FixFile)


@pytest.mark.parametrize("fault", ["size", "digest"])
def test_what_came_is_compared_with_the_listing(fault: str) -> None:
    """Bytes and digest, at the end."""
    guard = Guard()
    guard.guarded.list()
    guard.flaky.files["a"] = DATA[:-1] if fault == "size" else DATA[::-1]
    assert "LS-7417" == told(guard.guarded.open("a").read, FixFile)


def test_a_move_that_was_done_is_not_done_twice() -> None:
    """Its answer was lost; it is found at its new place. One that never was is missing."""
    guard = Guard()
    guard.flaky.lost_answers = 1
    guard.guarded.move("a", "done/a")
    assert ["done/a"] == [*guard.flaky.files]
    assert "LS-7415" == told(lambda: guard.guarded.move("none", "done/b"), FixFile)
    guard.flaky.failing = [GONE]
    assert "LS-7415" == told(lambda: guard.guarded.move("none", "done/b"), FixFile)


def test_a_put_begins_again_where_the_stream_stood() -> None:
    """All of it each time; a stream that cannot go back is tried once."""
    guard = Guard()
    stream = io.BytesIO(b"headbody")
    stream.read(4)
    guard.flaky.failing = [GONE]
    assert 4 == guard.guarded.put("b", stream)
    assert b"body" == guard.flaky.files["b"]
    guard.flaky.failing = [GONE]
    piped = cast(BinaryIO, Pulled(io.BytesIO(b"x").read))
    assert "LS-7411" == told(lambda: guard.guarded.put("c", piped), Retry)
    guard.guarded.delete("b")
    assert ["a"] == [*guard.flaky.files]


def test_without_a_repository_there_is_no_breaker() -> None:
    """Calls are tried again all the same."""
    flaky = Flaky({"a": DATA})
    flaky.failing = [GONE]
    connection = Connection(name="place", kind="directory", url="/in")
    found = Guarded(connection, lambda: flaky, pause=lambda pause_s: None).list()
    assert [Entry] == [type(one) for one in found]


def test_a_refusal_is_handed_on() -> None:
    """As the transport says it."""
    guard = Guard()
    guard.flaky.files["b"] = b"1"
    assert "LS-7418" == told(lambda: guard.guarded.move("a", "b"), Refused)
