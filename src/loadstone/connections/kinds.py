"""What kinds of external systems there are, each with its own way of being tested; rooms above add theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from loadstone.connections.model import Connection, Finding
from loadstone.errors import FixSpec


@dataclass(frozen=True, kw_only=True)
class Kind:
    """
    A kind of external system.

    Attributes:
        name: As the configuration says it. tested: the steps of a test, each given as soon as it is done;
            the first bad one is the last.
    """

    name: str
    tested: Callable[[Connection], Iterator[Finding]]


class Kinds:
    """The kinds that this process knows."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def add(self, kind: Kind) -> None:
        """Make a kind known."""
        self._kinds[kind.name] = kind

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._kinds)

    def of(self, connection: Connection) -> Kind:
        """
        The kind of a connection.

        Raises:
            FixSpec: LS-7402 there is no such kind.
        """
        found = self._kinds.get(connection.kind)
        if found is None:
            raise FixSpec(
                "LS-7402",
                f"connection {connection.name}: there is no kind {connection.kind!r}",
                hints=[f"there are {', '.join(self.names())}."],
            )
        return found
