"""
Files of fifteen types come to an SFTP server, an FTP server and a bucket, and their rows are in tables, with nobody touching them.

Everything is as a person would do it: a configuration, a registry document, and the command line; the servers and the database are real.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loadstone.bootstrap.places import open_place
from loadstone.connections.model import Connection
from tests.integration.arrivals.mixed_bag import (
    BOOK,
    CENTS,
    DAY,
    KINDS,
    PIPES,
    TABLES,
    TOTAL,
    mainframe,
    registry,
)
from tests.integration.connections.conftest import (
    Connect,
    ftp,
    ftp_served,
    s3,
    s3_url,
    sftp,
    sftp_served,
    words,
)
from tests.terminal import loadstone

__all__ = ["ftp", "ftp_served", "s3", "s3_url", "sftp", "sftp_served", "words"]
"""Servers of the tests of connections, which pytest finds here."""


def configured(connections: dict[str, Connection], target: str) -> str:
    """The configuration: each connection with its options, and the target."""
    lines = []
    for name, one in connections.items():
        values: dict[str, Any] = {"url": one.url, "kind": one.kind, **one.options}
        lines += [f"[connections.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    return "\n".join([*lines, "[targets.bank]", f"url = {json.dumps(target)}", ""])


@pytest.fixture
def put(
    here: Path, sftp: Connect, ftp: Connect, s3: Connect, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str, bytes], None]:
    """Everything that a person sets up; gives what puts a file into one of the places."""
    connections = {"branch": sftp(), "partner": ftp(), "lake": s3()}
    Path("loadstone.toml").write_text(configured(connections, postgres_url))
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    monkeypatch.setenv("LOADSTONE_LANDING", str(here / "landing"))
    monkeypatch.setenv("LOADSTONE_CONFIG", str(here / "loadstone.toml"))
    Path("pipes.ctl").write_text(PIPES)
    Path("host.cpy").write_text(BOOK)
    Path("host.dat").write_bytes(mainframe())
    made = loadstone("propose", "host.dat", "--copybook", "host.cpy", "--table", "HOST", "-o", "host.yaml")
    assert 0 == made.code, made.err
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TABLES)
    Path("registry.yaml").write_text(registry())
    made = loadstone("sources", "import", "registry.yaml")
    assert (0, "") == (made.code, made.err)

    def put_one(connection: str, name: str, data: bytes) -> None:
        place = open_place(connections[connection], None)
        place.put(name, io.BytesIO(data))
        place.close()

    return put_one


def test_fifteen_types_come_by_three_ways(put: Callable[[str, str, bytes], None], postgres_url: str) -> None:
    """All are loaded once, with their own totals right, and archived; a second look finds nothing to do."""
    for kind in KINDS:
        put(kind.connection, kind.name.format(DAY), kind.data())
    begun = loadstone("files", "poll", "--no-load", "--json")
    assert (0, "") == (begun.code, begun.err)
    assert [] == [one for one in begun.values() if one["state"] != "launched"]
    assert 0 == loadstone("worker", "--until-idle").code
    done = loadstone("files", "poll", "--json")
    assert (0, "") == (done.code, done.err)
    files = {one["feed"]: one for one in loadstone("files", "list", "--json").values()}
    assert {kind.feed: ("archived", len(CENTS), 0) for kind in KINDS} == {
        feed: (one["state"], one["loaded"], one["rejected"]) for feed, one in files.items()
    }
    with psycopg.connect(postgres_url) as connection:
        for kind in KINDS:
            query = f"SELECT count(*), sum({kind.amount}) FROM {kind.feed}"
            assert (len(CENTS), TOTAL) == connection.execute(query).fetchone(), kind.feed
    (pipes,) = loadstone("files", "show", str(files["PIPES"]["file"]), "--json").values()
    assert [(total["name"], total["agrees"]) for total in pipes["totals"]] == [
        ("records", True),
        ("amount", True),
        ("loaded and rejected", True),
        ("amount in column amount", True),
    ]
    assert "none\n" == loadstone("files", "poll").out
