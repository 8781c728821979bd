"""The connections of the configuration."""

from __future__ import annotations

from loadstone.config import section
from loadstone.connections.configured import connections_of
from loadstone.connections.model import Connection


def configured() -> dict[str, Connection]:
    """All connections of the configuration by name (lower case); ``FixSpec`` LS-7401 as ``connections_of``."""
    return connections_of({name: section(name) for name in ("targets", "connections")})
