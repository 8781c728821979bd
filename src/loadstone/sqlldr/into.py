"""One INTO TABLE clause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loadstone.spec import CsvFormat, Format, Method, TableLoad, Test
from loadstone.sqlldr.conditions import Reference, condition, operand, operator
from loadstone.sqlldr.delimiters import STARTS, Delimiters, csv, delimiters
from loadstone.sqlldr.field import Site, field_list
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.names import folded, full_name, name, table_name
from loadstone.sqlldr.reader import Reader
from loadstone.sqlldr.semantics import TableSite, check_table
from loadstone.sqlldr.types import TYPE_WORDS, time_zone

METHODS = ("INSERT", "APPEND", "REPLACE", "TRUNCATE")
_LOAD_WORDS = (
    *("INFILE", "INDDN", "BADFILE", "BADDN", "DISCARDFILE", "DISCARDDN", "DISCARDMAX", "DISCARDS"),
    *("CHARACTERSET", "LENGTH", "BYTEORDER", "BYTEORDERMARK", "READSIZE", "READBUFFERS"),
    *("CONCATENATE", "CONTINUEIF", "PRESERVE", "OPTIONS", "LOAD", "UNRECOVERABLE", "RECOVERABLE"),
)
_HEAD, _FIELDS, _TAIL = 1, 2, 3
_NO_TABLE_NAMES = (*METHODS, "FIELDS", "WHEN", "TRAILING", "REENABLE", "TERMINATED")
_AFTER_FIELDS = ("TRAILING", "DATE", "TIMESTAMP", "NULLIF", "NO", "TREAT", "SKIP", "INTO", "BEGINDATA")


class _Table:
    """What was read of a table clause so far."""

    def __init__(self, token: Token, *, continued: bool) -> None:
        self.token = token
        self.continued = continued
        self.values: dict[str, Any] = {"fields_clause": False}
        self.seen: set[str] = set()
        self.stage = _HEAD
        self.delimiters = Delimiters()
        self.references: list[Reference] = []
        self.csv: Token | None = None


def into(reader: Reader, *, continued: bool) -> TableLoad:
    """An INTO TABLE clause; ``continued`` says that it belongs to CONTINUE_LOAD."""
    reader.expect("INTO")
    reader.expect("TABLE")
    table = _Table(reader.peek(), continued=continued)
    if reader.at(*_NO_TABLE_NAMES):
        reader.unexpected("a table name")
    table.values["table"] = table_name(reader)
    _partition(reader, table)
    while _clause(reader, table):
        pass
    sites: list[Site] = field_list(reader) if reader.at_symbol("(") else []
    _follows(reader, table, bool(sites))
    table.values |= {
        "terminated": table.delimiters.terminated,
        "enclosed": table.delimiters.enclosed,
        "fields": tuple(site.field for site in sites),
    }
    check_table(reader, TableSite(table.token, sites, table.references, table.delimiters, table.csv))
    return TableLoad(**table.values)


# Private functions


def _partition(reader: Reader, table: _Table) -> None:
    """``(PARTITION name)``; a field list may begin the same way."""
    bracket = reader.at_symbol("(") and reader.peek(1).is_word("PARTITION", "SUBPARTITION")
    if bracket and not reader.peek(3).is_symbol(")"):
        return
    if bracket and reader.peek(2).is_word(*TYPE_WORDS, "FILLER", "RECNUM", "SYSDATE"):
        return
    if bracket:
        reader.take()
    word = reader.accept("PARTITION", "SUBPARTITION")
    if word is None:
        return
    inner = not bracket and reader.accept_symbol("(")
    partition = folded(name(reader, "a partition name"))
    if bracket or inner:
        reader.expect_symbol(")")
    found = table.values["table"].model_copy(update={word.text.lower(): partition})
    table.values["table"] = found
    table.seen.add("partition")


def _clause(reader: Reader, table: _Table) -> bool:
    """Read the clause that comes next; say whether one came."""
    token = reader.peek()
    word = token.text.upper() if token.kind == "word" else ""
    if word == "REPLACE" and reader.peek(1).is_word("USING"):
        word = "USING"
    if word in STARTS:
        reader.fail(
            "LS-1009", token, f"{word} without FIELDS in front of it", "write FIELDS TERMINATED BY ..."
        )
    clause = _CLAUSES.get(word)
    if clause is None:
        return False
    stage, key, read = clause
    _in_order(reader, table, token, stage)
    if key in table.seen:
        reader.error(
            "LS-1010", token, f"{token.text.upper()} is given twice for the table {table.values['table']}"
        )
    table.seen.add(key)
    reader.take()
    read(reader, table, token)
    return True


def _in_order(reader: Reader, table: _Table, token: Token, stage: int) -> None:
    word = token.text.upper()
    if stage >= table.stage:
        table.stage = stage
    elif word == "WHEN":
        message = "WHEN stands behind FIELDS: so writes gs_loader of openGauss, SQL*Loader wants it in front"
        reader.error("LS-1008", token, message, "move WHEN in front of FIELDS")
    elif stage == _FIELDS and "TRAILING" not in table.seen:
        reader.warn("LS-1061", token, f"{word} stands behind a clause that it precedes in the manual")
    else:
        where = "FIELDS" if stage == _HEAD else "TRAILING NULLCOLS"
        message = f"{word} stands behind {where}, and must stand in front of it"
        reader.error(
            "LS-1009",
            token,
            message,
            "the order is: INTO TABLE name, method, WHEN, FIELDS, TRAILING NULLCOLS",
        )


def _method(reader: Reader, table: _Table, token: Token) -> None:
    table.values["method"] = Method(token.text.lower())


def _using(reader: Reader, table: _Table, token: Token) -> None:
    reader.expect("USING")
    table.values["replace_using"] = reader.expect("DELETE", "TRUNCATE").text.lower()


def _resume(reader: Reader, table: _Table, token: Token) -> None:
    answer = reader.expect("YES", "NO")
    replace = answer.is_word("NO") and reader.at("REPLACE") and not reader.peek(1).is_word("USING")
    if replace:
        reader.take()
    table.values["resume"] = "no_replace" if replace else answer.text.lower()


def _sorted(reader: Reader, table: _Table, token: Token) -> None:
    reader.accept("INDEXES", "INDEX")
    reader.expect_symbol("(")
    names = [full_name(reader, "an index name")]
    while reader.accept_symbol(","):
        names.append(full_name(reader, "an index name"))
    reader.expect_symbol(")")
    table.values["sorted_indexes"] = tuple(names)


def _singlerow(reader: Reader, table: _Table, token: Token) -> None:
    table.values["singlerow"] = True


def _options(reader: Reader, table: _Table, token: Token) -> None:
    reader.expect_symbol("(")
    options = []
    while not reader.accept_symbol(")"):
        key = name(reader, "an option name").text.lower()
        reader.expect_symbol("=")
        options.append(f"{key}={reader.bare('(),', 'a value').text}")
        reader.accept_symbol(",")
    table.values["table_options"] = tuple(options)


def _evaluate(reader: Reader, table: _Table, token: Token) -> None:
    reader.expect("CHECK_CONSTRAINTS")
    table.values["evaluate_check_constraints"] = True


def _reenable(reader: Reader, table: _Table, token: Token) -> None:
    reader.accept("DISABLED_CONSTRAINTS")
    table.values["reenable"] = True
    if reader.accept("EXCEPTIONS"):
        table.values["exceptions"] = table_name(reader)


def _exceptions(reader: Reader, table: _Table, token: Token) -> None:
    table.values["exceptions"] = table_name(reader)


def _when(reader: Reader, table: _Table, token: Token) -> None:
    table.values["when"] = condition(reader, table.references)


def _object_id(reader: Reader, table: _Table, token: Token) -> None:
    word = token.text.upper()
    hint = "load it into Oracle, or load the document into a character column"
    reader.refuse("LS-1081", token, f"{word} belongs to objects of Oracle; no target of ours has them", hint)
    reader.expect_symbol("(")
    constant = reader.accept("CONSTANT") is not None
    argument = reader.peek()
    if constant or (argument.kind == "string" and argument.quote == "'"):
        text = "'" + reader.string("a constant").text.replace("'", "''") + "'"
    else:
        text = full_name(reader, "a field name")
        table.references.append((text, argument))
    reader.expect_symbol(")")
    table.values["object_id"] = (*table.values.get("object_id", ()), word.lower(), text)


def _fields(reader: Reader, table: _Table, token: Token) -> None:
    table.values["fields_clause"] = True
    if reader.at("CSV"):
        table.csv = reader.take()
        found: CsvFormat = csv(reader)
        table.values["csv"] = found
    elif not reader.at(*STARTS, *_AFTER_FIELDS) and not reader.at_symbol("("):
        reader.unexpected("TERMINATED", "ENCLOSED", "OPTIONALLY", "CSV", "(")
    while delimiters(reader, table.delimiters):
        pass


def _trailing(reader: Reader, table: _Table, token: Token) -> None:
    reader.expect("NULLCOLS", "NULLS")
    table.values["trailing_nullcols"] = True


def _format(reader: Reader, table: _Table, token: Token) -> None:
    kind = "date"
    if token.is_word("TIMESTAMP"):
        zone = time_zone(reader)
        kind = f"timestamp_{zone}" if zone else "timestamp"
    if kind in ("date", "timestamp"):
        reader.expect("FORMAT")
    else:
        reader.accept("FORMAT")
    found = Format.model_validate({"kind": kind, "mask": reader.string("a mask in quotes").text})
    formats = table.values.get("formats", ())
    if any(other.kind == kind for other in formats):
        reader.error("LS-1010", token, f"the format of {kind} fields is given twice")
    table.values["formats"] = (*formats, found)
    table.seen.discard("format")


def _nullif(reader: Reader, table: _Table, token: Token) -> None:
    bracket = reader.accept_symbol("(")
    equal = operator(reader)
    table.values["nullif"] = operand(reader, lambda **more: Test(equal=equal, **more))
    if bracket:
        reader.expect_symbol(")")


def _no(reader: Reader, table: _Table, token: Token) -> None:
    reader.expect("NULLIF")
    table.values["no_nullif"] = True


def _treat(reader: Reader, table: _Table, token: Token) -> None:
    reader.expect("AS")
    table.values["treat_as"] = full_name(reader, "a type name")
    reader.refuse("LS-1081", token, "TREAT AS belongs to objects of Oracle; no target of ours has them")


def _skip(reader: Reader, table: _Table, token: Token) -> None:
    if not table.continued:
        message = "SKIP of one table belongs to CONTINUE_LOAD; this is LOAD"
        reader.error("LS-1009", token, message, "write OPTIONS (SKIP=n) in front of LOAD DATA")
    table.values["skip"] = reader.integer("a number of records")


def _late_partition(reader: Reader, table: _Table, token: Token) -> None:
    """PARTITION behind SINGLEROW, where SQL*Loader takes it too."""
    reader.back(token)
    _partition(reader, table)


_Read = Callable[[Reader, _Table, Token], None]
_CLAUSES: dict[str, tuple[int, str, _Read]] = {
    **dict.fromkeys(("PARTITION", "SUBPARTITION"), (_HEAD, "partition", _late_partition)),
    **dict.fromkeys(METHODS, (_HEAD, "method", _method)),
    "USING": (_HEAD, "using", _using),
    "RESUME": (_HEAD, "resume", _resume),
    "SORTED": (_HEAD, "sorted", _sorted),
    "SINGLEROW": (_HEAD, "singlerow", _singlerow),
    "OPTIONS": (_HEAD, "options", _options),
    "EVALUATE": (_HEAD, "evaluate", _evaluate),
    "REENABLE": (_HEAD, "reenable", _reenable),
    "EXCEPTIONS": (_HEAD, "exceptions", _exceptions),
    "WHEN": (_HEAD, "when", _when),
    **{word: (_HEAD, word.lower(), _object_id) for word in ("OID", "SID", "XMLTYPE")},
    "FIELDS": (_FIELDS, "fields", _fields),
    "TRAILING": (_TAIL, "TRAILING", _trailing),
    "DATE": (_TAIL, "format", _format),
    "TIMESTAMP": (_TAIL, "format", _format),
    "NULLIF": (_TAIL, "nullif", _nullif),
    "NO": (_TAIL, "no_nullif", _no),
    "TREAT": (_TAIL, "treat", _treat),
    "SKIP": (_TAIL, "skip", _skip),
}


def _follows(reader: Reader, table: _Table, listed: bool) -> None:
    """Name a clause that stands behind the field list, or belongs to the LOAD statement."""
    token = reader.peek()
    word = token.text.upper() if token.kind == "word" else ""
    if word in _CLAUSES or word in STARTS:
        message = f"{word} stands behind the field list, and must stand in front of it"
        reader.fail(
            "LS-1009", token, message, "one table ends with its field list; INTO TABLE begins another"
        )
    if word in _LOAD_WORDS and word != "LOAD":
        reader.fail("LS-1009", token, f"{word} stands behind INTO TABLE, and must stand in front of it")
    if (
        not listed
        and not reader.at("INTO", "BEGINDATA", "LOAD")
        and not reader.at_symbol(";", "/")
        and token.kind != "end"
    ):
        after = f"the clauses of table {table.values['table']}"
        reader.unexpected_after(after, ("(",), (*_CLAUSES, *STARTS), token)
