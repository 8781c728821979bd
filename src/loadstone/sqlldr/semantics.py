"""What SQL*Loader refuses in a table clause although its syntax is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loadstone.spec import TypeName
from loadstone.sqlldr.binds import binds
from loadstone.sqlldr.conditions import Reference
from loadstone.sqlldr.delimiters import Delimiters
from loadstone.sqlldr.findings import SqlString
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.reader import Reader
from loadstone.sqlldr.restrictions import check_ends, check_fillers, check_length, check_pieced
from loadstone.sqlldr.sources import GENERATED_ALONE

if TYPE_CHECKING:
    from loadstone.sqlldr.field import Site

_UNDELIMITED = frozenset(
    {
        *(TypeName.INTEGER, TypeName.SMALLINT, TypeName.BYTEINT, TypeName.FLOAT, TypeName.DOUBLE),
        *(TypeName.DECIMAL, TypeName.ZONED, TypeName.RAW, TypeName.VARCHAR, TypeName.VARGRAPHIC),
        *(TypeName.VARRAW, TypeName.LONG_VARRAW, TypeName.VARCHARC, TypeName.VARRAWC),
        *(TypeName.GRAPHIC, TypeName.GRAPHIC_EXTERNAL),
    }
)


@dataclass(frozen=True)
class TableSite:
    """
    A table clause with what is needed to judge it.

    Attributes:
        token: The table's name.
        sites: Its fields.
        references: Fields that WHEN and its like name.
        delimiters: Default delimiters.
        csv: The word CSV, where it stood.
    """

    token: Token
    sites: list[Site]
    references: list[Reference]
    delimiters: Delimiters
    csv: Token | None


def check_table(reader: Reader, table: TableSite) -> None:
    """Note every error of ``table``."""
    if not table.sites:
        return
    _duplicates(reader, table.sites)
    known = dict(_named(table.sites))
    _references(reader, table.references, known)
    for site in _every(table.sites):
        _references(reader, site.references, known)
        _expression(reader, site, known)
        _generated(reader, site)
        _lobfile(reader, site)
        _type(reader, site)
        _csv(reader, site, table)
        check_length(reader, site, table.delimiters, csv=table.csv is not None)
    _optional(reader, table)
    check_ends(reader, _every(table.sites), table.delimiters)
    check_fillers(reader, table.token, table.sites)
    check_pieced(reader, table.sites)


# Private functions


def _every(sites: list[Site]) -> Iterator[Site]:
    for site in sites:
        yield site
        yield from _every(site.children)


def _named(sites: list[Site], prefix: str = "") -> Iterator[tuple[str, Site]]:
    """Fields by name; an inner field by its own name, and behind those of the objects around it."""
    for site in sites:
        yield prefix + site.field.name, site
        for name, inner in _named(site.children):
            yield name, inner
            yield f"{site.field.name}.{name}", inner


def _duplicates(reader: Reader, sites: list[Site]) -> None:
    first: dict[str, Site] = {}
    for site in sites:
        _duplicates(reader, site.children)
        other = first.setdefault(site.field.name, site)
        if other is site:
            continue
        message = f"the field {site.field.name} stands in the list already, in line {other.token.line}"
        if site.field.filler and other.field.filler:
            reader.warn("LS-1064", site.token, message)
        else:
            reader.error("LS-1020", site.token, message, "name the fields of one table differently")


def _references(reader: Reader, references: list[Reference], known: dict[str, Site]) -> None:
    for name, token in references:
        if name not in known:
            message = f"the field {name} is not in this table's list"
            reader.error("LS-1021", token, message, *_similar(name, known))


def _similar(name: str, known: dict[str, Site]) -> list[str]:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1, 0.6)
    return [f"did you mean {close[0]}?"] if close else []


def _expression(reader: Reader, site: Site, known: dict[str, Site]) -> None:
    source = site.field.source
    if source is not None and source.kind == "expression":
        _binds(reader, site.source, source.sql, site, known)
    if site.sql is None:
        return
    if site.field.filler == "filler":
        message = f"the filler field {site.field.name} is not loaded; it takes no SQL expression"
        reader.error("LS-1024", site.sql, message, "drop the expression, or the word FILLER")
    elif source is not None:
        kind = source.kind.upper()
        message = f"{kind} takes no SQL expression"
        hint = 'use EXPRESSION "..." or a SQL expression alone'
        reader.error("LS-1024", site.sql, message, hint)
    _binds(reader, site.sql, site.sql.text, site, known)


def _binds(reader: Reader, token: Token | None, sql: str, site: Site, known: dict[str, Site]) -> None:
    reader.findings.expressions.append(_sql_string(reader, token or site.token, sql))
    for name, offset in binds(sql):
        found = known.get(name) or known.get(name.split(".")[0])
        place = _bind_place(reader, token or site.token, name, offset)
        if found is None:
            message = f"the SQL expression of {site.field.name} names :{name}, and there is no such field"
            reader.error("LS-1022", place, message, *_similar(name, known))
        elif found.field.filler == "filler":
            message = f"the SQL expression of {site.field.name} names :{name}, which is a FILLER field"
            reader.error("LS-1023", place, message, "write BOUNDFILLER instead of FILLER there")


def _sql_string(reader: Reader, token: Token, sql: str) -> SqlString:
    """The string ``sql``, which is ``token`` or stands next behind it."""
    place = reader.lexer.place(reader.lexer.text.find('"', token.start) + 1)
    return SqlString(sql, place.line or 1, place.column or 1)


def _bind_place(reader: Reader, token: Token, name: str, offset: int) -> Token:
    """A token at the bind: found in the text as written, where escapes may have moved it a little."""
    text = reader.lexer.text
    start = token.start + 1 + offset
    bare = name.split(".")[0]
    at = text.upper().find(":", max(start, 0))
    if at < 0 or bare.upper() not in text[at : at + len(bare) + 4].upper():
        at = token.start
    place = reader.lexer.place(at)
    return Token("word", name, at, at, place.line or 0, place.column or 0)


def _generated(reader: Reader, site: Site) -> None:
    if site.source is None or site.source.text.upper() not in GENERATED_ALONE:
        return
    field = site.field
    word = site.source.text.upper()
    parts = {
        "FILLER": field.filler,
        "POSITION": field.position,
        "a datatype": field.type,
        "TERMINATED BY": field.terminated,
        "ENCLOSED BY": field.enclosed,
        "NULLIF": field.nullif,
        "DEFAULTIF": field.defaultif,
    }
    for what, value in parts.items():
        if value is not None:
            message = f"{word} makes the value of {field.name}; {what} has no meaning there"
            reader.error("LS-1025", site.source, message, f"drop {word} or {what}")


def _lobfile(reader: Reader, site: Site) -> None:
    """A file of several values is read on from row to row, which no chunk can do by itself."""
    if site.source is not None and site.field.lobs_share_file:
        message = (
            f"the LOBFILE of {site.field.name} holds several values; each file is read as one value here"
        )
        reader.refuse("LS-1083", site.source, message, "write TERMINATED BY EOF, with a file for each value")


def _type(reader: Reader, site: Site) -> None:
    found = site.field.type
    if found is None or site.type is None or found.name not in (TypeName.DECIMAL, TypeName.ZONED):
        return
    position = site.field.position
    if found.precision is None and (position is None or position.end is None):
        word = site.type.text.upper()
        message = f"{word} is a {'packed' if word == 'DECIMAL' else 'zoned'} number and needs its digits"
        reader.error(
            "LS-1029", site.type, message, f"write {word}(precision, scale)", f"digits are {word} EXTERNAL"
        )


def _csv(reader: Reader, site: Site, table: TableSite) -> None:
    if table.csv is None:
        return
    lob = site.field.source is not None
    if site.delimiters.first is not None and not lob:
        message = "FIELDS CSV allows no TERMINATED BY and ENCLOSED BY in a field"
        reader.error("LS-1027", site.delimiters.first, message, "write them behind FIELDS CSV")
    if site.type is not None and site.field.type and site.field.type.name in _UNDELIMITED and not lob:
        message = f"FIELDS CSV allows only fields of characters, not {site.type.text.upper()}"
        reader.error("LS-1027", site.type, message, "write CHAR or a type EXTERNAL")


def _optional(reader: Reader, table: TableSite) -> None:
    """An enclosure may be missing only where a terminator ends the field."""
    hint = "write FIELDS TERMINATED BY ... OPTIONALLY ENCLOSED BY ..."
    message = "OPTIONALLY ENCLOSED BY needs TERMINATED BY"
    default = table.delimiters
    if default.unterminated and table.csv is None and default.optional:
        plain = [site for site in table.sites if site.field.source is None and site.field.terminated is None]
        if any(site.field.position is None or site.field.position.end is None for site in plain):
            reader.error("LS-1028", default.optional, message, hint)
    for site in _every(table.sites):
        if site.delimiters.unterminated and default.terminated is None and site.delimiters.optional:
            reader.error("LS-1028", site.delimiters.optional, message, hint)
