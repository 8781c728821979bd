"""Names, strings and literals as a control file writes them."""

from __future__ import annotations

import re

from loadstone.errors import FixSpec
from loadstone.spec import Delimiter, Literal, Position, TableName, Test
from loadstone.sqlldr.placeholders import placeholder_of_path

_PLAIN_NAME = re.compile(r"[^\W\d][\w$#]*")
_BARE = re.compile(r"(?!.*--)[\w.+:/-]+")
_BARE_VALUE = re.compile(r"(?!--|\ufeff)[^\s,()'\"\x00\x1a]+")
_CONTROLS = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\f": r"\f", "\v": r"\v", "\\": "\\\\"}


def quoted(text: str, quote: str = "'") -> str:
    """``text`` in quotes, on one line."""
    if "\n" in text:
        raise unwritable(f"the text {text!r} runs over several lines")
    return long_quoted(text, quote)


def long_quoted(text: str, quote: str = '"') -> str:
    """``text`` in quotes; backslashes are doubled before a quote and at the end."""
    # A backslash before an inner quote could end a path (see Lexer.bare), so single quotes are doubled.
    inner = quote * 2 if quote == "'" else "\\" + quote
    body = re.sub(rf"(\\*)({quote}|\Z)", lambda found: found[1] * 2 + (inner if found[2] else ""), text)
    return quote + body + quote


def name(text: str, *, is_quoted: bool = False) -> str:
    """A name; one that folding would change is quoted."""
    return text if not is_quoted and _plain(text) else quoted(text, '"')


def reference(text: str) -> str:
    """The name of a field, perhaps with the names of objects around it."""
    parts = text.split(".")
    if all(_plain(part) for part in parts):
        return text
    return ".".join(quoted(part, '"') for part in parts) if all(parts) else quoted(text, '"')


def bare(text: str) -> str:
    """``text`` without quotes where it may stand so."""
    return text if _BARE.fullmatch(text) else quoted(text)


def bare_value(text: str) -> str:
    """A constant without quotes, where it may stand so."""
    return text if _BARE_VALUE.fullmatch(text) and not placeholder_of_path(text) else quoted(text)


def table(found: TableName) -> str:
    """``schema.table``."""
    own = name(found.name, is_quoted=found.name_quoted)
    if found.schema_name is None:
        return own
    return f"{name(found.schema_name, is_quoted=found.schema_quoted)}.{own}"


def literal(found: Literal) -> str:
    """A literal of a condition."""
    return f"X'{found.hex}'" if found.hex is not None else quoted(found.text or "")


def delimiter_text(text: str, quote: str = "'") -> str:
    r"""``text`` with \t and its like for control characters, without the quotes around it."""
    return "".join(_CONTROLS.get(char, "\\" + char if char == quote else char) for char in text)


def delimiter_literal(found: Literal) -> str:
    """A literal of a delimiter."""
    return f"X'{found.hex}'" if found.hex is not None else f"'{delimiter_text(found.text or '')}'"


def terminator(found: Delimiter) -> str:
    """``TERMINATED BY ...``."""
    if found.literal is not None:
        return f"TERMINATED BY {delimiter_literal(found.literal)}"
    return "TERMINATED BY " + ("WHITESPACE" if found.whitespace else "EOF")


def position(found: Position) -> str:
    """``(start:end)``."""
    start = str(found.start)
    if found.relative:
        start = f"*+{found.start}" if found.start else "*"
    return f"({start}:{found.end})" if found.end is not None else f"({start})"


def test(found: Test) -> str:
    """One comparison; what stands left of the operator may be missing."""
    left = position(found.position) if found.position else reference(found.field) if found.field else ""
    right = literal(found.literal) if found.literal is not None else "BLANKS"
    return f"{left} {'=' if found.equal else '!='} {right}".strip()


def unwritable(what: str) -> FixSpec:
    """The error on a spec that says more than a control file can."""
    return FixSpec(
        "LS-1035", f"{what}; a control file cannot say that", hints=["keep the spec as YAML or JSON"]
    )


# Private functions


def _plain(text: str) -> bool:
    return text == text.upper() and _PLAIN_NAME.fullmatch(text) is not None
