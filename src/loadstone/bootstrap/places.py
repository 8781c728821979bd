"""Places with files, put together: a connection's transport behind its breaker."""

from __future__ import annotations

from loadstone.connections.breaker import Breakers
from loadstone.connections.guarded import Guarded
from loadstone.connections.model import Connection
from loadstone.connections.transports.open import open_transport


def open_place(connection: Connection, breakers: Breakers | None = None, *, owner: str = "") -> Guarded:
    """
    A way to the files of a connection, opened when it is first needed.

    Args:
        breakers: Those of the repository, which all workers share; None where there is none. owner: who sends a probe.

    Raises:
        FixSpec: LS-7401 its options are wrong. Each call raises what ``Guarded`` says.
    """
    return Guarded(connection, lambda: open_transport(connection), breakers, owner=owner)


def reach_out(connection: Connection) -> None:
    """Log in and list the folder, as the probe of a breaker; errors are those of a transport."""
    transport = open_transport(connection)
    try:
        transport.list()
    finally:
        transport.close()
