"""Sub-SELECTs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from loadstone.expressions.model import Term, Value
from loadstone.expressions.parse import Node
from loadstone.expressions.tokens import wrong

if TYPE_CHECKING:
    from loadstone.expressions.resolve import Resolver

TableFinder = Callable[[str | None, str], Any]


class Lookup:
    """Rows."""

    def find(self, values: tuple[Value, ...]) -> Value:
        """The value."""
        raise NotImplementedError


def lookup_term(resolver: Resolver, node: Node) -> Term:
    """The term of a sub-SELECT."""
    raise wrong(resolver.text, node.at, "a sub-SELECT from a table cannot be run", code="LS-5010")


def lookup_condition(resolver: Resolver, node: Node) -> Term:
    """The term of EXISTS or IN."""
    raise wrong(resolver.text, node.at, "a sub-SELECT from a table cannot be run", code="LS-5010")
