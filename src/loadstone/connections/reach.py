"""The first two steps of every test over a network: is the name known, and does anybody listen?"""

from __future__ import annotations

import socket
from collections.abc import Iterator

from loadstone.connections.model import Finding

TIMEOUT_S = 5.0
"""How long a test waits for a connection."""

CODE = "LS-7411"
"""Of a place that does not answer."""


def reach(host: str, port: int, timeout_s: float = TIMEOUT_S) -> Iterator[Finding]:
    """Steps ``DNS`` and ``port``; no more after a bad one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        told = f"{host} is no known host: {error.strerror or error}"
        hint = "is the host's name right? `getent hosts` asks the same."
        yield Finding(step="DNS", good=False, told=told, code=CODE, hint=hint)
        return
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    yield Finding(step="DNS", good=True, told=f"{host} is {', '.join(addresses)}")
    try:
        socket.create_connection((host, port), timeout=timeout_s).close()
    except OSError as error:
        told = _told(host, port, error, timeout_s)
        yield Finding(step="port", good=False, told=told, code=CODE, hint=_hint(error))
        return
    yield Finding(step="port", good=True, told=f"{host} listens on port {port}")


# Private functions


def _told(host: str, port: int, error: OSError, timeout_s: float) -> str:
    if isinstance(error, TimeoutError):
        return f"{host} did not answer on port {port} within {timeout_s:g} s"
    return f"{host} does not listen on port {port}: {error.strerror or error}"


def _hint(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "does a firewall drop packets between here and there?"
    return "is the server up, and is the port right?"
