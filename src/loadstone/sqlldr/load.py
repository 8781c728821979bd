"""The LOAD statement: everything before INTO TABLE, then the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loadstone.spec import FieldNames, Method
from loadstone.sqlldr.assemble import concatenate, continue_if
from loadstone.sqlldr.infile import INFILES, OUTPUTS, input_file, outputs_alone
from loadstone.sqlldr.into import METHODS, into
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.options import ALL_NAMES, options
from loadstone.sqlldr.reader import Reader

_TABLE_WORDS = (
    "FIELDS",
    "TERMINATED",
    "ENCLOSED",
    "OPTIONALLY",
    "WHEN",
    "TRAILING",
    "SORTED",
    "SINGLEROW",
    "REENABLE",
)
_INFILE_RANK = 7


class _Load:
    """What was read of the statement so far."""

    def __init__(self, default_path: str) -> None:
        self.default_path = default_path
        self.values: dict[str, Any] = {"inputs": ()}
        self.seen: set[str] = set()
        self.rank = 0
        self.names: Token | None = None


def load(reader: Reader, default_path: str) -> dict[str, Any]:
    """
    The parts of a ``LoadSpec``, but for the data after BEGINDATA.

    ``default_path`` is the data file where none is named.
    """
    statement = _Load(default_path)
    _front(reader, statement)
    while not reader.at("INTO"):
        _clause(reader, statement)
    continued = "continue_load" in statement.values
    tables = [into(reader, continued=continued)]
    while reader.at("INTO"):
        tables.append(into(reader, continued=continued))
    statement.values["tables"] = tuple(tables)
    _csv_inline(reader, statement)
    _named_order(reader, statement)
    return statement.values


# Private functions


def _front(reader: Reader, statement: _Load) -> None:
    """OPTIONS, RECOVERABLE, LOAD DATA."""
    values = statement.values
    while not reader.at("LOAD", "CONTINUE_LOAD"):
        token = reader.peek()
        if token.is_word("OPTIONS"):
            if "options" in values:
                reader.error("LS-1010", token, "OPTIONS is given twice", "write all options in one list")
            if "recoverable" in values:
                reader.warn("LS-1061", token, "OPTIONS stands at the head of the file in the manual")
            reader.take()
            values["options"] = options(reader)
        elif token.is_word("UNRECOVERABLE", "RECOVERABLE"):
            if "recoverable" in values:
                reader.error("LS-1010", token, "UNRECOVERABLE or RECOVERABLE is given twice")
            values["recoverable"] = reader.take().is_word("RECOVERABLE")
        else:
            _not_in_front(reader, token)
    if reader.take().is_word("CONTINUE_LOAD"):
        values["continue_load"] = True
    reader.accept("DATA")


def _not_in_front(reader: Reader, token: Token) -> None:
    word = token.text.upper()
    if token.is_word(*OUTPUTS, *INFILES, "CHARACTERSET"):
        message = (
            f"{word} stands in front of LOAD: so writes gs_loader of openGauss, SQL*Loader wants it behind"
        )
        reader.fail("LS-1008", token, message, f"move {word} behind LOAD DATA and INFILE")
    if token.is_word(*METHODS, "INTO"):
        reader.fail("LS-1009", token, f"{word} stands in front of LOAD DATA", "begin with LOAD DATA")
    reader.unexpected("LOAD", "OPTIONS", "UNRECOVERABLE", "RECOVERABLE", "CONTINUE_LOAD")


def _clause(reader: Reader, statement: _Load) -> None:
    token = reader.peek()
    clause = _CLAUSES.get(token.text.upper()) if token.kind == "word" else None
    if clause is None:
        _no_clause(reader, token)
        return
    rank, key, read = clause
    _in_order(reader, statement, token, rank)
    if key in statement.seen and key not in ("infile", "outputs"):
        reader.error("LS-1010", token, f"{token.text.upper()} is a second {key} clause")
    statement.seen.add(key)
    reader.take()
    read(reader, statement, token)


def _no_clause(reader: Reader, token: Token) -> None:
    word = token.text.upper()
    if token.is_word(*_TABLE_WORDS):
        message = f"{word} belongs to a table, and INTO TABLE has not come yet"
        reader.fail("LS-1009", token, message, "write INTO TABLE name in front of it")
    if token.is_word("OPTIONS"):
        reader.fail("LS-1009", token, "OPTIONS stands behind LOAD DATA, and must stand in front of it")
    if token.is_word(*ALL_NAMES):
        hint = f"write OPTIONS ({word}=...) in front of LOAD DATA"
        reader.fail("LS-1009", token, f"{word} is an option, not a clause of LOAD DATA", hint)
    if token.is_word("BEGINDATA") or token.is_symbol("("):
        reader.fail(
            "LS-1009", token, f"found {token} before any INTO TABLE", "write INTO TABLE name in front of it"
        )
    reader.unexpected_after("LOAD DATA", ("INFILE", "INTO TABLE"), ("INTO", *_CLAUSES), token)


def _in_order(reader: Reader, statement: _Load, token: Token, rank: int) -> None:
    word = token.text.upper()
    if token.is_word("CHARACTERSET") and rank < statement.rank >= _INFILE_RANK:
        message = f"{word} stands behind INFILE: so takes it gs_loader of openGauss, not SQL*Loader"
        reader.error("LS-1008", token, message, f"move {word} in front of INFILE")
    elif token.is_word(*INFILES) and rank < statement.rank:
        message = f"{word} stands behind the method or what follows it, and must stand in front of it"
        reader.error(
            "LS-1009", token, message, "the order is: LOAD DATA, CHARACTERSET, INFILE, method, INTO TABLE"
        )
    elif rank < statement.rank:
        reader.warn("LS-1061", token, f"{word} stands behind a clause that it precedes in the manual")
    statement.rank = max(statement.rank, rank)


def _default(reader: Reader, statement: _Load, token: Token) -> None:
    reader.expect("EXPRESSION")
    reader.expect("CACHE")
    statement.values["default_expression_cache"] = reader.integer("a number of values")


def _charset(reader: Reader, statement: _Load, token: Token) -> None:
    statement.values["charset"] = reader.bare("(),='\"", "the name of a character set").text


def _length(reader: Reader, statement: _Load, token: Token) -> None:
    reader.accept("SEMANTICS")
    unit = reader.expect("BYTE", "CHAR", "CHARACTER")
    statement.values["length_semantics"] = "byte" if unit.is_word("BYTE") else "char"


def _byte_order(reader: Reader, statement: _Load, token: Token) -> None:
    statement.values["byte_order"] = reader.expect("BIG", "LITTLE").text.lower()
    reader.accept("ENDIAN")


def _byte_order_mark(reader: Reader, statement: _Load, token: Token) -> None:
    statement.values["byte_order_mark"] = reader.expect("CHECK", "NOCHECK").text.lower()


def _field_names(reader: Reader, statement: _Load, token: Token) -> None:
    reader.expect("NAMES")
    which = reader.expect("FIRST", "ALL", "NONE")
    if which.is_word("NONE"):
        statement.values["field_names"] = FieldNames.NONE
        return
    files = reader.expect("FILE") if which.is_word("FIRST") else reader.expect("FILES")
    ignore = "_ignore" if reader.accept("IGNORE") else ""
    statement.names = None if ignore else token
    statement.values["field_names"] = FieldNames(f"{which.text}_{files.text}".lower() + ignore)


def _infile(reader: Reader, statement: _Load, token: Token) -> None:
    found = input_file(reader)
    if found.path is None and statement.values["inputs"]:
        reader.error("LS-1009", token, "INFILE * must stand in front of other INFILE clauses")
    statement.values["inputs"] += (found,)


def _outputs(reader: Reader, statement: _Load, token: Token) -> None:
    """BADFILE and its like, apart from an INFILE: they belong to the data file of the command line."""
    reader.back(token)
    if statement.values["inputs"]:
        reader.fail("LS-1009", token, f"{token.text.upper()} must follow the INFILE that it belongs to")
    reader.warn("LS-1061", token, f"{token.text.upper()} stands alone; in the manual it follows INFILE")
    found = outputs_alone(reader, statement.default_path)
    if reader.at(*INFILES):
        reader.take()
        named = input_file(reader)
        own = {
            key: value for key, value in named.model_dump().items() if key in ("bad", "discard", "discardmax")
        }
        kept = {key: getattr(found, key) for key, value in own.items() if value is None}
        found = named.model_copy(update=kept)
    statement.values["inputs"] += (found,)


def _read_size(reader: Reader, statement: _Load, token: Token) -> None:
    statement.values["readsize"] = reader.integer("a size")


def _read_buffers(reader: Reader, statement: _Load, token: Token) -> None:
    statement.values["readbuffers"] = reader.integer("a number of buffers")


def _method(reader: Reader, statement: _Load, token: Token) -> None:
    statement.values["method"] = Method(token.text.lower())


def _concatenate(reader: Reader, statement: _Load, token: Token) -> None:
    statement.values["assemble"] = concatenate(reader)


def _continue_if(reader: Reader, statement: _Load, token: Token) -> None:
    statement.values["assemble"] = continue_if(reader)


def _preserve(reader: Reader, statement: _Load, token: Token) -> None:
    reader.expect("BLANKS")
    statement.values["preserve_blanks"] = True


_Read = Callable[[Reader, _Load, Token], None]
_CLAUSES: dict[str, tuple[int, str, _Read]] = {
    "DEFAULT": (1, "DEFAULT EXPRESSION CACHE", _default),
    "CHARACTERSET": (2, "CHARACTERSET", _charset),
    "LENGTH": (3, "LENGTH", _length),
    "BYTEORDER": (4, "BYTEORDER", _byte_order),
    "BYTEORDERMARK": (5, "BYTEORDERMARK", _byte_order_mark),
    "FIELD": (6, "FIELD NAMES", _field_names),
    **dict.fromkeys(INFILES, (7, "infile", _infile)),
    **dict.fromkeys(OUTPUTS, (7, "outputs", _outputs)),
    "READSIZE": (8, "READSIZE", _read_size),
    "READBUFFERS": (9, "READBUFFERS", _read_buffers),
    **dict.fromkeys(METHODS, (10, "method", _method)),
    "CONCATENATE": (11, "CONCATENATE or CONTINUEIF", _concatenate),
    "CONTINUEIF": (11, "CONCATENATE or CONTINUEIF", _continue_if),
    "PRESERVE": (12, "PRESERVE BLANKS", _preserve),
}


def _csv_inline(reader: Reader, statement: _Load) -> None:
    inputs = statement.values["inputs"]
    tables = statement.values["tables"]
    if any(table.csv for table in tables) and any(item.path is None for item in inputs):
        token = reader.first_word("CSV")
        message = "FIELDS CSV reads data files; INFILE * is not allowed with it"
        reader.error("LS-1027", token, message, "put the data into a file, or write FIELDS TERMINATED BY")


def _named_order(reader: Reader, statement: _Load) -> None:
    """FIELD NAMES gives the fields the data's own order, which one table of delimited fields can take."""
    tables = statement.values["tables"]
    if statement.names is not None and (len(tables) > 1 or not tables[0].delimited):
        message = "FIELD NAMES orders the delimited fields of one table, and this control file has others"
        hint = "FIELD NAMES ... IGNORE passes the record over and keeps the order of the control file"
        reader.refuse("LS-1096", statement.names, message, hint)
