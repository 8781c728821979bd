"""The test of a connection with files: one finding a step, in the order in which somebody would look, up to the first bad one."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from loadstone.connections import addresses
from loadstone.connections.model import Connection, Finding
from loadstone.connections.options import OPTIONS, HttpOptions, Options, S3Options, options_of, shown_url
from loadstone.connections.reach import reach
from loadstone.connections.transports.model import Entry, Transport
from loadstone.connections.transports.open import open_transport
from loadstone.connections.transports.query import Queries
from loadstone.errors import LoadstoneError

PORTS = {"sftp": 22, "ftp": 21, "ftps": 21, "http": 80, "https": 443}
STEPS = {
    "LS-3023": "query",
    "LS-6040": "secret",
    "LS-7401": "options",
    "LS-7413": "login",
    "LS-7414": "rights",
    "LS-7415": "path",
    "LS-7417": "listing",
    "LS-7419": "library",
}
"""The step that an error is a fault of, by its code; another one is of the step at which it came."""

_EAGER = ("sftp", "ftp")
"""Kinds that log in when they are opened; others do so with each call."""


def examined(connection: Connection, queries: Queries | None = None) -> Iterator[Finding]:
    """
    Steps ``DNS``, ``address`` (HTTP), ``port``, ``login``, ``path`` and ``rights``, as far as the kind has them.

    A bad one may also be ``options``, ``secret``, ``library``, ``host key`` or ``certificate``, as its code says.
    """
    for finding in _reached(connection):
        yield finding
        if not finding.good:
            return
    try:
        transport = open_transport(connection, queries)
    except LoadstoneError as error:
        yield _bad(connection, error, "login")
        return
    try:
        yield from _used(connection, transport)
    finally:
        transport.close()


# Private functions


def _reached(connection: Connection) -> Iterator[Finding]:
    """The network's part; the address of HTTP is judged before anything is sent there."""
    place = _host_of(connection)
    if place is None:
        return
    host, port = place
    steps = reach(host, port)
    yield next(steps)
    if connection.kind == "http":
        try:
            addresses.checked(host, port, options_of(connection, HttpOptions).allow_private)
        except PermissionError as error:
            hint = f'allow_private = ["{host}"] allows it.'
            yield Finding(step="address", good=False, told=str(error), code="LS-7412", hint=hint)
            return
        except OSError:
            return
    yield from steps


def _host_of(connection: Connection) -> tuple[str, int] | None:
    url = connection.url
    if connection.kind == "s3":
        options = options_of(connection, S3Options)
        url = options.endpoint_url or f"https://s3.{options.region}.amazonaws.com"
    if connection.kind in ("directory", "query"):
        return None
    parts = urlsplit(url)
    implicit = connection.options.get("tls") == "implicit"
    return parts.hostname or "", parts.port or (990 if implicit else PORTS[parts.scheme.lower()])


def _used(connection: Connection, transport: Transport) -> Iterator[Finding]:
    told = shown_url(connection.url)
    if connection.kind in _EAGER:
        yield Finding(step="login", good=True, told=f"{told} lets this user in")
    late = connection.kind not in (*_EAGER, "directory")
    try:
        found = transport.list()
        if connection.kind == "query":
            _read_one(transport, found)  # only that asks the database
    except LoadstoneError as error:
        yield _bad(connection, error, "login" if late else "path")
        return
    if late:
        yield Finding(step="login", good=True, told=f"{_name(connection)} answers")
    yield Finding(step="path", good=True, told=f"{_name(connection)} has {len(found)} files")
    try:
        _read_one(transport, found)
        told = f"{found[0].name} may be read" if found else "there is no file yet that could be read"
        if options_of(connection, OPTIONS.get(connection.kind, Options)).access == "write":
            _write(transport)
            told += "; files may be written and removed"
    except LoadstoneError as error:
        yield _bad(connection, error, "rights")
        return
    yield Finding(step="rights", good=True, told=told)


def _read_one(transport: Transport, found: Sequence[Entry]) -> None:
    if found:
        with transport.open(found[0].name) as stream:
            stream.read(1)


def _write(transport: Transport) -> None:
    """Leave nothing behind, also where only the removal is refused."""
    name = f".loadstone-test-{secrets.token_hex(4)}"
    transport.put(name, io.BytesIO(b"a test of a connection; it may be removed\n"))
    try:
        transport.move(name, f"{name}-moved")
    except LoadstoneError:
        with suppress(LoadstoneError):
            transport.delete(name)
        raise
    transport.delete(f"{name}-moved")


def _bad(connection: Connection, error: LoadstoneError, step: str) -> Finding:
    """A fault is of the step that its code names, else of the one at which it came."""
    identity = "host key" if connection.kind == "sftp" else "certificate"
    return Finding(
        step=identity if error.code == "LS-7412" else STEPS.get(error.code, step),
        good=False,
        told=error.message,
        code=error.code,
        hint=" ".join(error.hints),
    )


def _name(connection: Connection) -> str:
    return shown_url(connection.url) if connection.kind != "query" else f"the database of {connection.name}"
