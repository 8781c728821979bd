"""From seen to landed: files are taken when they are whole, once, with their hash, and none is lost or overwritten."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from loadstone.arrivals import fetch, repository, work
from loadstone.arrivals.model import Arrival, State, Step
from loadstone.arrivals.record import move
from loadstone.arrivals.surroundings import LEASE
from loadstone.connections.transports.model import Entry, Transport
from loadstone.errors import Refused, Retry
from loadstone.sources.model import Feed
from tests.arrivals import Bank
from tests.integration.arrivals.conftest import Make

STABLE = """
sources:
  - name: core
    feeds: [{name: GL, connection: in, patterns: [{glob: "gl_*.csv"}], complete: {stable_s: 10}%s}]
"""


def registry(more: str = "") -> str:
    """One feed, with more of YAML."""
    return STABLE % more


def landed(bank: Bank, name: str) -> Arrival:
    """A file comes, and lands."""
    bank.put(name, "1,a\n")
    bank.wait(60)
    bank.look()
    with bank.database.write() as connection:
        arrival = repository.claim(connection, "w", (State.COMPLETE,), LEASE)
    assert arrival is not None
    step = fetch.land(bank.around, arrival, lambda: None)
    with bank.database.write() as connection:
        return move(connection, arrival, step, actor="w", at=bank.around.now())


def test_a_file_lands_when_its_size_stands_still(make: Make) -> None:
    """It is seen, is whole after its time, and lands with its hash, readable by its owner only; each step is audited."""
    bank = make(registry())
    bank.put("gl_1.csv", "1,a\n2,b\n")
    look = bank.look()
    assert (1, 0, ["gl_1.csv"]) == (look.seen, look.completed, list(look.waiting))
    assert look.waiting["gl_1.csv"].endswith("not for 10 s")
    bank.wait(11)
    assert 1 == bank.look().completed
    assert work.take_on(bank.around)
    (one,) = bank.all()
    assert (State.LANDED, 8) == (one.state, one.size_bytes)
    assert hashlib.sha256(b"1,a\n2,b\n").hexdigest() == one.sha256
    path = Path(str(one.kept_at))
    assert b"1,a\n2,b\n" == path.read_bytes()
    assert 0o600 == path.stat().st_mode & 0o777
    assert ["file.seen", "file.complete", "file.landed"] == bank.told(one)[:3]


def test_a_file_that_grows_is_not_taken(make: Make) -> None:
    """Each change of it begins its time anew."""
    bank = make(registry())
    path = bank.put("gl_1.csv", "1,a\n")
    os.utime(path, (bank.clock.now().timestamp() - 5,) * 2)
    assert 0 == bank.look().completed
    bank.wait(8)
    path.write_text("1,a\n2,b\n")
    os.utime(path, (bank.clock.now().timestamp(),) * 2)
    assert 0 == bank.look().completed
    bank.wait(8)
    assert 0 == bank.look().completed
    bank.wait(8)
    assert 1 == bank.look().completed
    assert {"gl_1.csv": ["complete"]} == bank.states()


@pytest.mark.parametrize("name", ["gl_1.csv.part", "gl_1.csv.TMP", "gl_1.filepart", ".gl_1.csv"])
def test_names_of_files_being_written_are_left_alone(make_small: Make, name: str) -> None:
    """They are renamed when they are whole."""
    bank = make_small(registry())
    path = bank.put(name)
    bank.wait(60)
    assert 0 == bank.look().seen
    path.rename(bank.inbox / "gl_1.csv")
    assert 1 == bank.look().completed


@pytest.mark.parametrize(
    ("rule", "marker"),
    [("{name}.done", "gl_7.csv.done"), ("{stem}.ok", "gl_7.ok"), ("READY", "READY")],
    ids=["name", "stem", "one for all"],
)
def test_a_marker_says_that_a_file_is_whole(make_small: Make, rule: str, marker: str) -> None:
    """It is no data file itself."""
    bank = make_small(registry().replace("stable_s: 10", f'stable_s: 0, marker: "{rule}"'))
    bank.put("gl_7.csv")
    assert {"gl_7.csv": f"its marker {marker} is not there"} == bank.look().waiting
    bank.put(marker, "")
    assert 1 == bank.look().completed
    assert {"gl_7.csv": ["complete"]} == bank.states()


SUM = hashlib.sha256(b"1,a\n").hexdigest()
MD5 = hashlib.md5(b"1,a\n", usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("sha256sum", f"# made by hand\n{SUM} *out/gl_1.csv\n\n"),
        ("md5sum", f"{MD5}  gl_1.csv\n"),
        ("csv", f"name,size_bytes,sha256\ngl_1.csv,4,{SUM}\n"),
        ("csv", "name,size_bytes\ngl_1.csv,4\n"),
        ("json", f'{{"files": [{{"name": "gl_1.csv", "size_bytes": 4, "sha256": "{SUM}"}}]}}'),
        ("json", '[{"name": "gl_1.csv"}]'),
        ("json", '{"name": "gl_1.csv"}'),
    ],
    ids=["sha256sum", "md5sum", "csv", "csv without digest", "json", "json list", "json one"],
)
def test_a_manifest_vouches_for_a_file(make_small: Make, kind: str, text: str) -> None:
    """Of every kind."""
    bank = make_small(with_manifest(kind))
    bank.put("gl_1.csv")
    assert {"gl_1.csv": "its manifest gl_1.manifest is not there"} == bank.look().waiting
    bank.put("gl_1.manifest", text)
    assert 1 == bank.look().completed
    work.take_on(bank.around)
    assert ["landed"] == bank.states()["gl_1.csv"]


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("sha256sum", "no digest\n", "line 1 has no digest and name"),
        ("sha256sum", f"{SUM} other.csv\n", "does not list it"),
        ("csv", "name,size_bytes\ngl_1.csv,5\n", "says 5 bytes, and 4 are there"),
        ("csv", "name,size_bytes\ngl_1.csv,many\n", "cannot be read"),
        ("json", '{"files": 7}', "no list of files"),
        ("json", '[{"size_bytes": 4}]', "a file has no name"),
        ("json", "[", "cannot be read"),
    ],
    ids=["no digest", "not listed", "size", "no number", "no list", "no name", "half"],
)
def test_a_manifest_may_not_vouch_yet(make_small: Make, kind: str, text: str, told: str) -> None:
    """It may be half-written, too; the file waits, with the reason."""
    bank = make_small(with_manifest(kind))
    bank.put("gl_1.csv")
    bank.put("gl_1.manifest", text)
    assert told in bank.look().waiting["gl_1.csv"]
    assert ["seen"] == bank.states()["gl_1.csv"]


@pytest.mark.parametrize(("kind", "digest"), [("sha256sum", "0" * 64), ("md5sum", "0" * 32)])
def test_other_bytes_than_the_manifest_says_are_held(make: Make, kind: str, digest: str) -> None:
    """In quarantine, with the reason, and they are still there."""
    bank = make(with_manifest(kind))
    bank.put("gl_1.csv")
    bank.put("gl_1.manifest", f"{digest}  gl_1.csv\n")
    bank.look()
    work.take_on(bank.around)
    (one,) = bank.all()
    assert (State.QUARANTINED, "manifest", State.LANDED) == (one.state, one.reason, one.held_from)
    path = Path(str(one.kept_at))
    assert "1,a\n" == path.read_text()
    assert "quarantine" == path.parents[1].name
    assert "manifest" == one.findings[0]["kind"]


def with_manifest(kind: str) -> str:
    """A registry whose feed has one."""
    return registry().replace(
        "stable_s: 10", f'stable_s: 0, manifest: "{{stem}}.manifest", manifest_kind: {kind}'
    )


def test_a_file_that_never_becomes_whole_is_told_once(make: Make) -> None:
    """After its time, with the reason."""
    bank = make(registry().replace("stable_s: 10", 'stable_s: 0, marker: "{name}.done", wait_s_max: 100'))
    bank.put("gl_1.csv")
    for _ in range(4):
        bank.look()
        bank.wait(60)
    assert ["file.seen", "file.incomplete"] == bank.told(bank.all()[0])
    bank.put("gl_1.csv.done")
    assert 1 == bank.look().completed


def test_a_file_that_goes_away_may_come_again(make: Make) -> None:
    """Even if it is the same to the nanosecond, and whether it went before it was whole or after."""
    bank = make(registry())
    path = bank.put("gl_1.csv")
    bank.look()
    aside = path.rename(bank.folder / "aside")
    assert 1 == bank.look().gone
    bank.wait(60)
    aside.rename(path)
    assert 1 == bank.look().completed
    path.rename(aside)
    work.take_on(bank.around)
    aside.rename(path)
    assert 1 == bank.look().completed
    work.take_on(bank.around)
    assert {"gl_1.csv": ["gone", "gone", "landed"]} == bank.states()


def test_what_was_there_before_is_there_again(make_small: Make) -> None:
    """The version that grew in between is gone, and the old one is not taken twice."""
    bank = make_small(registry())
    path = bank.put("gl_1.csv")
    bank.wait(60)
    bank.look()
    aside = path.rename(bank.folder / "aside")
    bank.put("gl_1.csv", "1,b\n2,c\n")
    bank.look()
    os.replace(aside, path)
    assert 1 == bank.look().gone
    assert {"gl_1.csv": ["complete", "gone"]} == bank.states()


def test_a_file_that_changes_is_another_one(make: Make) -> None:
    """The bytes that were there first are taken, and so are those that came after."""
    bank = make(registry())
    landed(bank, "gl_1.csv")
    bank.put("gl_1.csv", "9,z\n")
    bank.wait(60)
    assert 1 == bank.look().completed
    work.take_on(bank.around)
    assert ["1,a\n", "9,z\n"] == [Path(path).read_text() for path in bank.column("kept_at")]


class Growing:
    """A transport under which a file changes once it has been opened."""

    def __init__(self, inner: Transport, path: Path) -> None:
        self._inner, self._path = inner, path

    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        stream = self._inner.open(path, offset=offset)
        self._path.write_text("9,changed\n")
        return stream

    def list(self, folder: str = "") -> Sequence[Entry]:
        return self._inner.list(folder)

    def close(self) -> None:
        self._inner.close()


def test_a_file_that_changes_while_it_is_fetched_is_fetched_anew(make: Make) -> None:
    """Not half of the one and half of the other."""
    bank = make(registry())
    path = bank.put("gl_1.csv")
    bank.wait(60)
    bank.look()
    bank.folders.wrap = lambda inner: Growing(inner, path)  # type: ignore[return-value,arg-type]
    work.take_on(bank.around)
    bank.folders.wrap = lambda inner: inner
    bank.wait(60)
    bank.look()
    work.take_on(bank.around)
    assert {"gl_1.csv": ["gone", "landed"]} == bank.states()
    assert "9,changed\n" == Path(str(bank.all()[-1].kept_at)).read_text()


def test_a_place_that_does_not_answer_lets_the_file_wait(make: Make) -> None:
    """It is told, and the file is not held for it."""
    bank = make(registry())
    bank.put("gl_1.csv")
    bank.wait(60)
    bank.look()

    def refuse(inner: Transport) -> Transport:
        raise Retry("LS-7411", "the place does not answer")

    bank.folders.wrap = refuse
    assert work.take_on(bank.around)
    assert not work.take_on(bank.around)
    (one,) = bank.all()
    assert (State.COMPLETE, "file.delayed") == (one.state, bank.told(one)[-1])
    assert [None] == bank.column("claimed_by")
    assert bank.column("not_before")[0] is not None


def test_a_worker_that_lost_a_file_records_nothing(make: Make) -> None:
    """Another one has it; and of two that look, one makes the row."""
    bank = make(registry())
    bank.put("gl_1.csv")
    bank.wait(60)
    bank.look()
    with bank.database.write() as connection:
        old = repository.claim(connection, "slow", (State.COMPLETE,), -LEASE)
    with bank.database.write() as connection:
        new = repository.claim(connection, "quick", (State.COMPLETE,), LEASE)
        assert old is not None and new is not None
        assert (old.id, old.fence + 1) == (new.id, new.fence)
        assert not repository.renew(connection, old, LEASE)
        assert repository.renew(connection, new, LEASE)
        assert repository.change(connection, old, {"state": State.GONE}) is None
        assert repository.claim(connection, "third", (State.COMPLETE,), LEASE) is None
        row = {name: getattr(new, name) for name in ("place", "path", "version", "name", "state")}
        assert repository.add(connection, {**row, **dict.fromkeys(_MOMENTS, new.seen_at)}) is None


_MOMENTS = ("seen_at", "stable_since", "changed_at")


def feed_of(bank: Bank) -> Feed:
    """The only one."""
    return next(iter(bank.around.registry().feeds.values()))


def test_a_file_is_left_where_it_was_unless_the_feed_says_else(make_small: Make) -> None:
    """And it is not seen a second time."""
    bank = make_small(registry())
    one = landed(bank, "gl_1.csv")
    assert not fetch.pick_up(bank.around, one, feed_of(bank))
    assert not fetch.pick_up(bank.around, one, None)
    assert 0 == bank.look().seen
    assert (bank.inbox / "gl_1.csv").exists()


def test_a_file_that_landed_is_deleted_with_its_marker(make_small: Make) -> None:
    """As the feed says; to do it again does no harm, and a file that came meanwhile stays."""
    text = registry(", pickup: {after: delete}").replace("stable_s: 10", 'stable_s: 0, marker: "{name}.ok"')
    bank = make_small(text)
    bank.put("gl_1.csv.ok")
    one = landed(bank, "gl_1.csv")
    assert fetch.pick_up(bank.around, one, feed_of(bank))
    assert [] == list(bank.inbox.iterdir())
    bank.put("gl_1.csv", "another\n")
    assert fetch.pick_up(bank.around, one, feed_of(bank))
    assert ["gl_1.csv"] == os.listdir(bank.inbox)


def test_a_file_that_landed_is_moved_beside_its_namesakes(make_small: Make) -> None:
    """None is overwritten."""
    bank = make_small(registry(", pickup: {after: move, folder: done}"))
    bank.put("gl_1.csv", "of yesterday\n", "done")
    one = landed(bank, "gl_1.csv")
    assert fetch.pick_up(bank.around, one, feed_of(bank))
    found = {path.name: path.read_text() for path in (bank.inbox / "done").iterdir()}
    assert {"gl_1.csv": "of yesterday\n", "gl_1.csv.2": "1,a\n"} == found


class Refusing:
    """A transport that may not move files."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.tried = 0

    def list(self, folder: str = "") -> Sequence[Entry]:
        return self._inner.list(folder)

    def move(self, path: str, to: str) -> None:
        self.tried += 1
        raise Refused("LS-7414", "no right to move")

    def close(self) -> None:
        self._inner.close()


def test_missing_rights_are_told_and_not_tried_a_thousand_times(make_small: Make) -> None:
    """Only a name that is taken lets another one be tried."""
    bank = make_small(registry(", pickup: {after: move, folder: done}"))
    one = landed(bank, "gl_1.csv")
    refusing = Refusing(bank.folders.open("in"))
    bank.folders.wrap = lambda inner: refusing  # type: ignore[return-value]
    with pytest.raises(Refused, match="LS-7414"):
        fetch.pick_up(bank.around, one, feed_of(bank))
    assert 1 == refusing.tried


def test_disabled_feeds_and_sources_are_not_looked_at(make_small: Make) -> None:
    """Nor are those that have no connection."""
    from loadstone.arrivals.watch import places

    bank = make_small(
        """
sources:
  - {name: a, enabled: false, feeds: [{name: A, connection: in, patterns: [{glob: "a*"}]}]}
  - name: b
    feeds:
      - {name: B, connection: in, folder: x/./y, patterns: [{glob: "b*"}]}
      - {name: C, connection: in, enabled: false, patterns: [{glob: "c*"}]}
      - {name: D, patterns: [{glob: "d*"}]}
"""
    )
    assert [("in", "x/y")] == list(places(bank.around.registry()))
    bank.put("b1", folder="x/y")
    bank.wait(60)
    assert ("in:x/y", 1) == (bank.look().place, len(bank.all()))
    work.take_on(bank.around)
    assert {"b1": ["landed"]} == bank.states()


def test_a_step_has_its_event_with_it(make: Make) -> None:
    """What others act on is told in the transaction of the step, and never a value of a record."""
    from loadstone.database import outbox

    bank = make(registry())
    one = landed(bank, "gl_1.csv")
    with bank.database.read() as connection:
        events = outbox.read(connection, topics=["file.seen", "file.complete", "file.arrived"])
    assert ["file.seen", "file.complete", "file.arrived"] == [event.topic for event in events]
    assert {"file": one.id, "name": "gl_1.csv", "sha256": one.sha256}.items() <= events[-1].body.items()
    with bank.database.write() as connection:
        gone = move(connection, one, Step(state=State.GONE), actor="w", at=bank.around.now())
    assert gone.settled_at is not None
