"""The repository's tables, outbox, guard and stored responses on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import bindparam, insert, inspect, select, text, update

import loadstone.bootstrap.repository  # noqa: F401 - every room's tables
from loadstone.audit import trail
from loadstone.audit.tables import ENTRY
from loadstone.database import files, guard, migrate, outbox
from loadstone.database.guard import HOST, Host
from loadstone.database.metadata import METADATA, Instant, document
from loadstone.database.open import Database, now, open_database
from loadstone.errors import FixSpec, Refused, Retry
from loadstone.jobs import responses
from loadstone.schedule.tables import SCHEDULE
from tests.repository import open_repository
from tests.targets import execute


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty repository of each kind."""
    return (
        str(request.getfixturevalue("postgres_url"))
        if request.param == "postgresql"
        else str(tmp_path / "r.db")
    )


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty repository with its tables."""
    opened = open_repository(url)
    yield opened
    opened.close()


def test_the_migrations_make_the_tables_that_the_rooms_declare(url: str) -> None:
    """A table or column that has no migration, or the other way round, is a difference."""
    database = open_database(url)
    migrate.upgrade(database)
    assert_as_declared(database)
    database.close()


def test_repositories_of_tests_are_made_as_the_migrations_make_them(url: str) -> None:
    """The second one is not migrated any more, and there is no difference."""
    for _ in range(2):
        database = open_repository(url)
        assert_as_declared(database)
        database.close()
        if database.path:
            Path(database.path).unlink()
        else:
            execute(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")


def assert_as_declared(database: Database) -> None:
    """The tables are those of the metadata, and the version is the newest."""
    assert migrate.versions()[0] == migrate.current(database)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrations_go_up_and_down_with_data(database: Database) -> None:
    """A row of each kind does not stand in the way; up again gives the same tables."""
    with database.write() as connection:
        outbox.put(connection, "t", "k", {"n": 1})
        trail.record(connection, "ann", "a", "o", {})
    for version in [*migrate.versions()[1:], "base"]:
        migrate.downgrade(database, version)
    with database.read() as connection:
        assert {"alembic_version"} >= set(inspect(connection).get_table_names())
    migrate.upgrade(database)
    assert migrate.versions()[0] == migrate.current(database)


def test_schedules_of_before_know_when_to_be_looked_at(url: str) -> None:
    """Version 6 fills their kind, topic and next look from what they say."""
    opened, told = open_database(url), {"name": "s", "job": "j"}
    migrate.upgrade(opened, "0005")
    when = {
        "cron": {"cron": "0 * * * *"},
        "event": {"on_event": {"topic": "t"}},
        "after": {"after": {"jobs": ["a"]}},
    }
    when |= {"change": {"on_change": {"target": "t", "query": "q"}}}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    put = text(
        "INSERT INTO schedule (name, content, enabled, planned_until, changed_by) VALUES (:n, :c, true, :p, 'a')"
    )
    put = put.bindparams(bindparam("c", type_=document()), bindparam("p", type_=Instant))
    with opened.write() as connection:
        for name, one in when.items():
            connection.execute(put, {"n": name, "c": {**told, **one, "name": name}, "p": at})
    migrate.upgrade(opened)
    columns = (SCHEDULE.c.name, SCHEDULE.c.kind, SCHEDULE.c.look_at, SCHEDULE.c.topic)
    with opened.read() as connection:
        found = {row.name: tuple(row)[1:] for row in connection.execute(select(*columns))}
    expected = {"cron": ("cron", at, None), "change": ("change", at, None), "event": ("event", None, "t")}
    assert {**expected, "after": ("event", None, "execution.completed")} == found
    migrate.downgrade(opened, "0005")
    with opened.read() as connection:
        assert 4 == connection.execute(text("SELECT count(*) FROM schedule")).scalar()
    opened.close()


def test_two_processes_may_upgrade_at_once(url: str) -> None:
    """One makes the tables, the other finds them made."""
    with ThreadPoolExecutor(2) as crew:
        for done in [crew.submit(migrate.upgrade, open_database(url)) for _ in range(2)]:
            done.result(60)


def test_tables_of_a_newer_program_are_refused(database: Database) -> None:
    """Neither way is tried."""
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refused, match="LS-7004"):
        migrate.upgrade(database)


def test_events_exist_only_if_their_transaction_commits(database: Database) -> None:
    """A rollback takes its events with it."""
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        outbox.put(connection, "t", "lost", {})
        raise ZeroDivisionError
    with database.write() as connection:
        outbox.put(connection, "t", "kept", {"n": 1})
    with database.read() as connection:
        assert [(event.key, event.body) for event in outbox.read(connection)] == [("kept", {"n": 1})]


def test_each_reader_takes_each_event_once(database: Database) -> None:
    """A reader's place moves with its transaction; readers do not share one."""
    with database.write() as connection:
        for number in range(5):
            outbox.put(connection, "t", str(number), {})
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        assert len(outbox.take(connection, "a")) == 5
        raise ZeroDivisionError
    with database.write() as connection:
        assert [event.key for event in outbox.take(connection, "a", limit=3)] == ["0", "1", "2"]
    with database.write() as connection:
        assert [event.key for event in outbox.take(connection, "a")] == ["3", "4"]
        assert len(outbox.take(connection, "b")) == 5


def test_no_event_appears_behind_a_readers_place(postgres_url: str) -> None:
    """A transaction that wrote first and commits last is not missed (PostgreSQL; SQLite has one writer)."""
    database = open_repository(postgres_url)
    wrote, go = threading.Event(), threading.Event()

    def slow() -> None:
        with database.write() as connection:
            outbox.put(connection, "t", "slow", {})
            wrote.set()
            go.wait(60)

    thread = threading.Thread(target=slow)
    thread.start()
    assert wrote.wait(60)
    with database.write() as connection:
        outbox.put(connection, "t", "quick", {})
    with database.write() as connection:
        early = [event.key for event in outbox.take(connection, "a")]
    go.set()
    thread.join()
    with database.write() as connection:
        late = [event.key for event in outbox.take(connection, "a")]
    assert early + late == ["slow", "quick"]
    database.close()


@pytest.mark.parametrize("rows", [1, 2])
def test_a_stopped_writer_loses_its_locks(rows: int, postgres_url: str) -> None:
    """The server ends a transaction that stands still, also behind several rows that were sent together."""
    joint = "&" if "?" in postgres_url else "?"
    idle = open_database(f"{postgres_url}{joint}options=-c%20idle_in_transaction_session_timeout%3D200")
    execute(postgres_url, "CREATE TABLE kept (id integer)")
    with pytest.raises(Retry, match="LS-7002"), idle.write() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        connection.execute(text("INSERT INTO kept VALUES (:id)"), [{"id": one} for one in range(rows)])
        ended = text("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = :pid")
        other = open_database(postgres_url)
        tries = iter(range(300))
        while not _answer(other, ended, pid=pid) and next(tries, None) is not None:
            time.sleep(0.1)
        other.close()
    assert 0 == _answer(idle, text("SELECT count(*) FROM kept"))
    idle.close()


def _answer(database: Database, query: Any, **values: Any) -> Any:
    with database.read() as connection:
        return connection.execute(query, values).scalar_one()


def test_moments_come_back_in_utc(database: Database) -> None:
    """Whatever offset they went in with; a naive one is refused."""
    at = datetime(2026, 3, 29, 2, 30, tzinfo=UTC)
    with database.write() as connection:
        connection.execute(insert(HOST).values(id="x", name="x", beat_at=at.astimezone()))
        assert at == connection.execute(select(HOST.c.beat_at)).scalar_one()
        assert abs(now(connection) - datetime.now(UTC)) < timedelta(minutes=1)
        with pytest.raises(Exception, match="offset"):
            connection.execute(update(HOST).values(beat_at=datetime(2026, 1, 1)))


def test_a_second_host_is_refused_on_sqlite_alone(database: Database) -> None:
    """While the first one lives; two minutes after its last beat it has left."""
    guard.register_host(database, Host("one", "first"))
    if database.kind == "postgresql":
        guard.register_host(database, Host("two", "second"))
        return
    with pytest.raises(Refused, match="LS-7006.*first"):
        guard.register_host(database, Host("two", "second"))
    with database.write() as connection:
        connection.execute(update(HOST).values(beat_at=now(connection) - guard.HOST_TTL))
    guard.register_host(database, Host("two", "second"))


@pytest.mark.parametrize(("kind", "refused"), [("nfs4", True), ("cifs", True), ("ext4", False)])
def test_a_network_file_system_is_refused(kind: str, refused: bool) -> None:
    """The longest mount point above the path decides."""
    mounts = f"/dev/sda / ext4 rw 0 0\nserver:/x /mnt/my\\040share {kind} rw 0 0\n"
    if refused:
        with pytest.raises(Refused, match="LS-7005"):
            guard.refuse_network_file_system("/mnt/my share/r.db", mounts)
    else:
        guard.refuse_network_file_system("/mnt/my share/r.db", mounts)
    guard.refuse_network_file_system("/mnt/my", mounts)


def test_a_repository_is_no_target(tmp_path: Path) -> None:
    """Compared by inode, not by name."""
    path, link = tmp_path / "r.db", tmp_path / "link.db"
    path.touch()
    link.symlink_to(path)
    with pytest.raises(Refused, match="LS-7007"):
        files.refuse_same_file(str(path), str(link))
    files.refuse_same_file(str(path), str(tmp_path / "other.db"))


@pytest.mark.parametrize("wrong", ["mysql://x/y", "sqlite://", "://"])
def test_a_url_that_names_no_repository_is_refused(wrong: str) -> None:
    """With examples of what does."""
    with pytest.raises(FixSpec, match="LS-7001"):
        open_database(wrong)


def test_a_changed_entry_breaks_the_chain(database: Database) -> None:
    """As does a removed one; an untouched trail verifies."""
    with database.write() as connection:
        for number in range(4):
            trail.record(connection, "ann", "a.b", f"o:{number}", {"n": number})
    assert (trail.seal(database), trail.seal(database)) == (4, 0)
    with database.read() as connection:
        assert trail.broken(connection) == []
        assert trail.root(connection)[0] == 4
    with database.write() as connection:
        connection.execute(update(ENTRY).where(ENTRY.c.object == "o:1").values(actor="bob"))
    with database.read() as connection:
        assert trail.broken(connection) == [2]
    with database.write() as connection:
        connection.execute(ENTRY.delete().where(ENTRY.c.object == "o:3"))
    with database.read() as connection:
        assert trail.broken(connection) == [2, 4]


def test_a_repeated_request_gets_the_stored_response(database: Database) -> None:
    """Errors too; another request with the key is refused; an expired key is free."""
    calls: list[int] = []

    def answer() -> dict[str, Any]:
        calls.append(1)
        return {"status": 409, "n": len(calls)}

    first = responses.once(database, "ann", "k", {"a": 1}, answer)
    second = responses.once(database, "ann", "k", {"a": 1}, answer)
    assert (False, True, first.response) == (first.replayed, second.replayed, second.response)
    assert len(calls) == 1
    with pytest.raises(Refused, match="LS-7116"):
        responses.once(database, "ann", "k", {"a": 2}, answer)
    assert not responses.once(database, "bob", "k", {"a": 2}, answer).replayed
    with database.write() as connection:
        connection.execute(text("UPDATE stored_response SET expires_at = created_at"))
    assert responses.expire(database) == 2
    assert not responses.once(database, "ann", "k", {"a": 1}, answer).replayed


def test_a_request_at_work_blocks_its_repeats_and_a_failed_one_does_not(database: Database) -> None:
    """The key is free again when the first request raises."""

    def inner() -> dict[str, Any]:
        with pytest.raises(Refused, match="LS-7117"):
            responses.once(database, "ann", "k", {}, dict)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        responses.once(database, "ann", "k", {}, inner)
    assert not responses.once(database, "ann", "k", {}, dict).replayed
