"""Connections, put together: those of the configuration, their tests, their breakers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from loadstone.audit import trail
from loadstone.bootstrap.breakers import breakers
from loadstone.bootstrap.configured import configured
from loadstone.bootstrap.repository import open_repository
from loadstone.connections.configured import DATABASE, connections_of, system_of
from loadstone.connections.kinds import Kind, Kinds
from loadstone.connections.model import Breaker, Connection, Finding
from loadstone.connections.options import OPTIONS, kind_of, shown_url
from loadstone.connections.reach import reach
from loadstone.database.open import Database
from loadstone.errors import FixSpec, LoadstoneError

PORTS = {"postgresql": 5432, "postgres": 5432, "oracle": 1521, "mysql": 3306, "mariadb": 3306, "mssql": 1433}
"""Ports of servers whose URL has none."""


def systems_of(target: str | None) -> Sequence[Connection]:
    """The external system that a target of a step is, if it is one; LOADSTONE_TARGET for None."""
    wanted = target or os.environ.get("LOADSTONE_TARGET")
    found = system_of(wanted, configured()) if wanted else None
    return (found,) if found is not None else ()


def kinds() -> Kinds:
    """All kinds."""
    from loadstone.connections.examine import examined

    known = Kinds()
    known.add(Kind(name=DATABASE, tested=test_database))
    for name in OPTIONS:
        known.add(Kind(name=name, tested=test_query if name == "query" else examined))
    return known


def test_query(connection: Connection) -> Iterator[Finding]:
    """Steps ``DNS`` and ``port`` of its database, then ``login``, ``path`` and ``rights`` by its queries."""
    from loadstone.bootstrap.queries import StoredQueries
    from loadstone.connections.examine import examined

    queries = StoredQueries(configured(), None)
    for finding in _reached(queries.url_of(connection.url)):
        yield finding
        if not finding.good:
            return
    yield from examined(connection, queries)


def test_database(connection: Connection) -> Iterator[Finding]:
    """Steps ``DNS``, ``port``, ``login`` and ``rights``; a file has only the last two."""
    from loadstone.bootstrap.targets import open_target
    from loadstone.targets import urls

    for finding in _reached(connection.url):
        yield finding
        if not finding.good:
            return
    try:
        urls.kind_of(connection.url)
        target = open_target(connection.url)
    except LoadstoneError as error:
        yield _bad("login", error)
        return
    try:
        yield Finding(step="login", good=True, told=f"{urls.safe_url(connection.url)} lets this user in")
        try:
            target.init_control()
        except LoadstoneError as error:
            yield _bad("rights", error)
            return
        yield Finding(
            step="rights", good=True, told="the control tables of loads are there and may be written"
        )
    finally:
        target.close()


class Connections:
    """The connections of the configuration with their breakers, as one person (``actor``) sees and changes them."""

    def __init__(self, database: Database, actor: str) -> None:
        self._database, self._actor = database, actor
        self._breakers = breakers(database)

    def listed(self) -> list[dict[str, Any]]:
        """All that are configured, and those without a name whose breaker has ever been touched."""
        named = configured()
        stored = {one.system: one for one in self._breakers.listed()}
        rows = []
        for name in sorted({*named, *stored}):
            one, breaker = named.get(name), stored.get(name, Breaker(system=name))
            rows.append(
                {
                    "connection": name,
                    "kind": one.kind if one else DATABASE,
                    "url": _shown(one) if one else None,
                    "breaker": str(breaker.state),
                    "failures": breaker.failures,
                    "retry_at": breaker.retry_at,
                    "reason": breaker.reason,
                }
            )
        return rows

    def reset(self, name: str) -> Breaker:
        """Close a breaker by hand; audited. ``FixSpec`` LS-7404 when nothing has that name."""
        if name.lower() not in {row["connection"] for row in self.listed()}:
            raise unknown(name)
        with self._database.write() as connection:
            trail.record(connection, self._actor, "breaker.reset", f"connection:{name.lower()}", {})
        return self._breakers.reset(name.lower())

    def close(self) -> None:
        """Close the repository."""
        self._database.close()


def tested(name: str) -> Iterator[Finding]:
    """The steps of the test of a connection. ``FixSpec`` LS-7404 when nothing has that name."""
    connection = configured().get(name.lower()) or (_of_url(name) if "://" in name else None)
    if connection is None:
        raise unknown(name)
    return kinds().of(connection).tested(connection)


def open_connections(url: str, *, actor: str) -> Connections:
    """The connections, with the breakers of the repository at ``url``."""
    return Connections(open_repository(url), actor)


def unknown(name: str) -> FixSpec:
    """There is no such connection."""
    known = ", ".join(sorted(configured())) or "none"
    return FixSpec(
        "LS-7404", f"there is no connection {name}", hints=[f"the configuration names these: {known}."]
    )


# Private functions


def _reached(url: str) -> Iterator[Finding]:
    """Steps ``DNS`` and ``port`` of a database that is a server on the network."""
    parts = urlsplit(url)
    if parts.hostname and not parts.query.startswith("host="):
        yield from reach(parts.hostname, parts.port or PORTS.get(parts.scheme.partition("+")[0], 0))


def _of_url(url: str) -> Connection | None:
    """What a URL names by itself, with the options that its kind has without any."""
    if kind_of(url) is None:
        return system_of(url, {})
    return connections_of({"connections": {"url": {"url": url}}})["url"]


def _shown(connection: Connection) -> str:
    from loadstone.targets.urls import safe_url

    has_files = connection.kind in OPTIONS and connection.kind != "query"
    return shown_url(connection.url) if has_files else safe_url(connection.url)


def _bad(step: str, error: LoadstoneError) -> Finding:
    return Finding(step=step, good=False, told=error.message, code=error.code, hint=" ".join(error.hints))
