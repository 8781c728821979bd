"""The SQL around a user's query: in the order of its key, behind one key, up to one key."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.targets.names import quote_name


def key_sql(query: str, order: Sequence[str]) -> str:
    """The query in the order of its key, which may be empty."""
    return f"SELECT * FROM ({query}) AS rows_ ORDER BY {_names(order)}" if order else query


def after_sql(query: str, order: Sequence[str], key: Sequence[str]) -> str:
    """The rows behind a key, whose parts are given as SQL."""
    return f"SELECT * FROM ({query}) AS rows_ WHERE ({_names(order)}) > ({', '.join(key)}) ORDER BY {_names(order)}"


def until_sql(query: str, order: Sequence[str], key: Sequence[str]) -> str:
    """How many rows are not behind a key, given so too."""
    return f"SELECT count(*) FROM ({query}) AS rows_ WHERE ({_names(order)}) <= ({', '.join(key)})"


# Private functions


def _names(order: Sequence[str]) -> str:
    return ", ".join(quote_name(name) for name in order)
