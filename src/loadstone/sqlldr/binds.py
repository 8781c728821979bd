"""Names of fields after colons in SQL expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PARTS = re.compile(
    r"""
      '(?:[^']|'')*'                                    # a literal
    | --[^\n]*                                          # a comment
    | /\*.*?\*/                                         # a comment
    | :\s*(?P<name>(?:"[^"]*"|[^\W\d][\w$#]*)(?:\.(?:"[^"]*"|[^\W\d][\w$#]*))*)
    | "[^"]*"                                           # a quoted name
    """,
    re.VERBOSE | re.DOTALL,
)
_NAME = re.compile(r'"([^"]*)"|([^."]+)')


def binds(sql: str) -> Iterator[tuple[str, int]]:
    """
    Bind names of ``sql`` in order, each with its offset (of the colon).

    Unquoted names are in upper case; names with dots keep the dots. Colons in
    literals, comments and quoted names count as text.
    """
    for found in _PARTS.finditer(sql):
        text = found.group("name")
        if text:
            yield ".".join(quoted or plain.upper() for quoted, plain in _NAME.findall(text)), found.start()
