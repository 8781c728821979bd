"""
What SQL*Loader refuses of a field although its syntax is right: ends, lengths and fillers.

Source: the chapter on SQL*Loader of Oracle's Error Messages (numbers 257 to 270, 402, 413, 414).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from loadstone.spec import LobFile, TypeName
from loadstone.sqlldr.delimiters import Delimiters
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.reader import Reader

if TYPE_CHECKING:
    from loadstone.sqlldr.field import Site

_DIGITS = frozenset(
    {
        *(TypeName.INTEGER_EXTERNAL, TypeName.FLOAT_EXTERNAL),
        *(TypeName.DECIMAL_EXTERNAL, TypeName.ZONED_EXTERNAL),
    }
)


def check_ends(reader: Reader, sites: Iterable[Site], default: Delimiters) -> None:
    """Note each terminator that its field, or the table, cannot have."""
    if default.terminated is not None and default.terminated.eof and default.first is not None:
        message = "TERMINATED BY EOF ends the file of one LOB, and stands here for all fields"
        reader.error("LS-1036", default.first, message, "write it behind LOBFILE(field)")
    for site in sites:
        fault = _end_fault(site)
        if fault is not None and site.delimiters.first is not None:
            reader.error("LS-1036", site.delimiters.first, *fault)


def check_length(reader: Reader, site: Site, default: Delimiters, *, csv: bool) -> None:
    """Note a field whose length nothing tells: digits and RAW have none of their own."""
    field = site.field
    kind = field.type
    if kind is None or site.type is None or field.source is not None:
        return
    told = kind.length is not None or (field.position is not None and field.position.end is not None)
    delimited = csv or any((field.terminated, field.enclosed, default.terminated, default.enclosed))
    if kind.name in (*_DIGITS, TypeName.RAW) and not told and not delimited:
        message = f"nothing tells the length of the field {field.name}"
        hint = "write a length behind the datatype, POSITION(start:end), or TERMINATED BY"
        reader.error("LS-1037", site.type, message, hint)


def check_fillers(reader: Reader, table: Token, sites: list[Site]) -> None:
    """Note fillers with a condition, and a table whose fields are all fillers."""
    for site in sites:
        conditions = {"NULLIF": site.field.nullif, "DEFAULTIF": site.field.defaultif}
        for word, condition in conditions.items():
            if site.field.filler == "filler" and condition is not None:
                message = f"the filler field {site.field.name} is not loaded; it takes no {word}"
                reader.error("LS-1038", site.token, message, f"drop {word}, or the word FILLER")
    # Another error may be the reason that a field is a filler, or is none.
    if all(site.field.filler is not None for site in sites) and not reader.findings.errors:
        reader.error("LS-1039", table, "all fields are fillers: there is no column to load")


def check_pieced(reader: Reader, sites: list[Site]) -> None:
    """Note a field in pieces that others follow."""
    for site in sites[:-1]:
        if site.field.pieced:
            message = f"the field {site.field.name} is PIECED, and must be the last one"
            reader.error("LS-1009", site.token, message)


# Private functions


def _end_fault(site: Site) -> tuple[str, ...] | None:
    """Message and hint on the field's own terminator, if it cannot have it."""
    field = site.field
    ended = field.terminated
    lob = isinstance(field.source, LobFile)
    if ended is None or (field.source is not None and not lob):
        return None
    if not ended.eof:
        raw = field.type is not None and field.type.name is TypeName.RAW and not lob
        return (f"the field {field.name} is RAW, which no terminator ends", "write RAW(n)") if raw else None
    if not lob:
        hint = "write LOBFILE(field) in front of it, or another terminator"
        return f"TERMINATED BY EOF ends a LOBFILE; {field.name} is read from the record", hint
    if field.enclosed is not None:
        return "TERMINATED BY EOF and ENCLOSED BY exclude each other", "drop one of them"
    if field.type is not None and field.type.name not in (TypeName.CHAR, TypeName.RAW):
        return "TERMINATED BY EOF belongs to CHAR and RAW alone", "write CHAR or RAW"
    return None
