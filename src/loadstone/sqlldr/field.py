"""One field of a field list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from loadstone.spec import Field
from loadstone.sqlldr.conditions import Reference, condition
from loadstone.sqlldr.delimiters import STARTS, Delimiters, delimiters
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.names import folded, name
from loadstone.sqlldr.nested import NESTED_WORDS, nested
from loadstone.sqlldr.positions import position
from loadstone.sqlldr.reader import Reader
from loadstone.sqlldr.sources import GENERATED_ALONE, SOURCE_WORDS, source
from loadstone.sqlldr.types import TYPE_WORDS, field_type

_CONDITIONS = ("NULLIF", "DEFAULTIF")
_EXPRESSION = re.compile(r"\w\s*\([^)]*:\s*\w")
_STAGE_NAMES = {1: "FILLER", 2: "POSITION", 3: "the datatype"}


@dataclass
class Site:
    """
    A field with what is needed to judge it.

    Attributes:
        field: The field; set when it is read.
        token: Its name.
        values: What was read of it.
        references: Fields that its conditions and sources name.
        sql: The string of its SQL expression.
        delimiters: Its own delimiters.
        source: The word of its source.
        type: The first word of its datatype.
        children: Fields of the nested object.
        stage: How far reading has come: 0 name, 1 filler, 2 position, 3 type or source, 4 the rest.
    """

    token: Token
    values: dict[str, Any] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    sql: Token | None = None
    delimiters: Delimiters = field(default_factory=Delimiters)
    source: Token | None = None
    type: Token | None = None
    children: list[Site] = field(default_factory=list)
    stage: int = 0
    field: Field = field(init=False)


def field_list(reader: Reader) -> list[Site]:
    """Fields in parentheses, parted by commas."""
    opening = reader.expect_symbol("(")
    if reader.at_symbol(")"):
        reader.fail(
            "LS-1001", opening, "the field list is empty", "leave out () to load all columns of the table"
        )
    sites = []
    while True:
        sites.append(_field(reader))
        if reader.accept_symbol(")"):
            return sites
        if not reader.accept_symbol(","):
            _missing_comma(reader, sites[-1])
        if reader.at_symbol(")", ","):
            reader.unexpected("a field name")


# Private functions


def _field(reader: Reader) -> Site:
    token = name(reader, "a field name")
    if token.is_word("CONSTANT") and not reader.at("CHAR", "FILLER"):
        reader.error("LS-1018", token, "CONSTANT is a reserved word", 'write the name in quotes: "CONSTANT"')
    if token.kind == "string" and _EXPRESSION.search(token.text):
        reader.error(
            "LS-1001",
            token,
            f"expected a field name, found {token}",
            "is the name missing before its SQL expression?",
        )
    site = Site(token)
    site.values = {"name": folded(token), "quoted": token.kind == "string"}
    while not reader.at_symbol(",", ")") and _part(reader, site):
        pass
    site.values |= {"terminated": site.delimiters.terminated, "enclosed": site.delimiters.enclosed}
    if site.children:
        site.values["children"] = tuple(child.field for child in site.children)
    site.field = Field(**site.values)
    return site


def _part(reader: Reader, site: Site) -> bool:
    """Read the part that comes next; say whether one came."""
    token = reader.peek()
    if token.kind == "string":
        return _sql(reader, site)
    if token.kind != "word":
        return False
    return (
        _filler(reader, site)
        or _position(reader, site)
        or _source(reader, site)
        or _type(reader, site)
        or _nested(reader, site)
        or _condition(reader, site)
        or _blanks(reader, site)
        or _delimiter(reader, site)
    )


def _set(reader: Reader, site: Site, token: Token, key: str, value: object) -> None:
    if key in site.values:
        reader.error(
            "LS-1010", token, f"{token.text.upper()} is given twice for the field {site.values['name']}"
        )
    site.values[key] = value


def _stage(reader: Reader, site: Site, token: Token, stage: int) -> None:
    if stage < site.stage:
        message = f"{_STAGE_NAMES.get(stage, token.text.upper())} stands behind what it must precede"
        hint = "write: name FILLER POSITION(...) datatype delimiters conditions"
        reader.error("LS-1009", token, message, hint)
    site.stage = max(site.stage, stage)


def _filler(reader: Reader, site: Site) -> bool:
    token = reader.accept("FILLER", "BOUNDFILLER")
    if token is None:
        return False
    if site.stage == 2:
        reader.warn("LS-1061", token, f"{token.text.upper()} stands before POSITION in the manual")
    else:
        _stage(reader, site, token, 1)
    _set(reader, site, token, "filler", token.text.lower())
    return True


def _position(reader: Reader, site: Site) -> bool:
    token = reader.accept("POSITION")
    if token is None:
        return False
    _stage(reader, site, token, 2)
    _set(reader, site, token, "position", position(reader))
    return True


def _source(reader: Reader, site: Site) -> bool:
    token = reader.accept(*SOURCE_WORDS)
    if token is None:
        return False
    if site.source or (site.type and token.text.upper() in GENERATED_ALONE):
        already = "a source" if site.source else "a datatype"
        reader.error("LS-1025", token, f"the field {site.values['name']} has {already} already")
    _stage(reader, site, token, 3)
    site.source = token
    site.values["source"] = source(reader, token, site.references)
    return True


def _type(reader: Reader, site: Site) -> bool:
    token = reader.peek()
    if token.text.upper() not in TYPE_WORDS:
        return False
    if site.type:
        reader.error(
            "LS-1010", token, f"the field {site.values['name']} has the datatype {site.type.text} already"
        )
    _stage(reader, site, token, 3)
    site.type = token
    site.values["type"] = field_type(reader)
    return True


def _nested(reader: Reader, site: Site) -> bool:
    token = reader.accept(*NESTED_WORDS)
    if token is None:
        return False
    _stage(reader, site, token, 3)
    site.stage = 4
    nested(reader, token, site.values, site.references)
    if reader.at("NULLIF", "DEFAULTIF"):
        _condition(reader, site)
    site.children = field_list(reader)
    return True


def _condition(reader: Reader, site: Site) -> bool:
    if reader.at("NO") and reader.peek(1).is_word("NULLIF"):
        _set(reader, site, reader.take(), "no_nullif", True)
        reader.take()
        return True
    token = reader.accept(*_CONDITIONS)
    if token is None:
        return False
    site.stage = 4
    _set(reader, site, token, token.text.lower(), condition(reader, site.references))
    return True


def _blanks(reader: Reader, site: Site) -> bool:
    if reader.at("PIECED"):
        _set(reader, site, reader.take(), "pieced", True)
        return True
    if not (reader.at("PRESERVE") or (reader.at("NO") and reader.peek(1).is_word("PRESERVE"))):
        return False
    token = reader.take()
    if token.is_word("NO"):
        reader.expect("PRESERVE")
    reader.expect("BLANKS")
    _set(reader, site, token, "preserve_blanks", token.is_word("PRESERVE"))
    return True


def _delimiter(reader: Reader, site: Site) -> bool:
    if not delimiters(reader, site.delimiters):
        return False
    site.stage = 4
    return True


def _sql(reader: Reader, site: Site) -> bool:
    token = reader.peek()
    if token.quote == "'":
        reader.fail(
            "LS-1019", token, f"{token} stands where a SQL expression may stand", "write it in double quotes"
        )
    reader.take()
    if site.sql is not None:
        message = f"the field {site.values['name']} has a SQL expression already"
        reader.error("LS-1010", token, message, "write both in one string")
    if not token.text.strip():
        reader.error("LS-1014", token, "the SQL expression is empty")
    site.sql, site.stage = token, 4
    site.values["sql"] = token.text
    return True


_COLUMN_TYPES = {
    **dict.fromkeys(("BINARY_DOUBLE", "BINARY_FLOAT"), "FLOAT EXTERNAL for digits, DOUBLE for binary data"),
    **dict.fromkeys(
        ("CLOB", "NCLOB", "LONG", "JSON", "XMLTYPE", "VECTOR"), "CHAR(n), n being the longest value"
    ),
    **dict.fromkeys(("BLOB", "BFILE"), "RAW(n), or LOBFILE(field) TERMINATED BY EOF for files"),
    **dict.fromkeys(("CHARACTER", "NCHAR", "NVARCHAR2", "STRING", "TEXT", "ROWID", "UROWID"), "CHAR(n)"),
    **dict.fromkeys(("BOOLEAN", "BOOL"), "CHAR"),
    **dict.fromkeys(("NUMERIC", "INT", "BIGINT", "REAL"), "INTEGER EXTERNAL or DECIMAL EXTERNAL"),
    **dict.fromkeys(("DATETIME",), "DATE 'mask' or TIMESTAMP 'mask'"),
    "PACKED": "DECIMAL(precision, scale), which is packed",
}
"""Types of columns, or of other loaders, and what is written for them here."""


def _missing_comma(reader: Reader, site: Site) -> None:
    token = reader.peek()
    instead = _COLUMN_TYPES.get(token.text.upper()) if token.kind == "word" and not site.type else None
    if instead is not None and site.stage < 3:
        word = token.text.upper()
        message = f"{word} is not a type of fields; the field {site.values['name']} describes the data"
        reader.fail("LS-1001", token, message, f"write {instead}")
    known = (*TYPE_WORDS, *SOURCE_WORDS, *NESTED_WORDS, *STARTS, *_CONDITIONS)
    words = (*known, "FILLER", "BOUNDFILLER", "POSITION", "EXTERNAL", "PRESERVE", "PIECED")
    reader.unexpected_after(f"the field {site.values['name']}", (",", ")"), words, token)
