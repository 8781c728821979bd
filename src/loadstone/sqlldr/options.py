"""OPTIONS (name=value, ...): the command line's words in the control file."""

from __future__ import annotations

import re
from typing import Any

from loadstone.spec import Options
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.reader import Reader, did_you_mean

_NUMBERS = (
    "SKIP LOAD ERRORS ROWS BINDSIZE READSIZE STREAMSIZE COLUMNARRAYROWS DATE_CACHE"
    " RESUMABLE_TIMEOUT DISCARDMAX DNFS_READBUFFERS PARTITION_MEMORY"
)
NUMBERS = frozenset(_NUMBERS.split())
_SWITCHES = (
    "DIRECT PARALLEL MULTITHREADING SKIP_INDEX_MAINTENANCE SKIP_UNUSABLE_INDEXES RESUMABLE"
    " DIRECT_PATH_LOCK_WAIT EMPTY_LOBS_ARE_NULL DNFS_ENABLE NO_INDEX_ERRORS OPTIMIZE_PARALLEL"
)
SWITCHES = frozenset(_SWITCHES.split())
_TEXTS = "RESUMABLE_NAME DEFAULTS FILE DEGREE_OF_PARALLELISM SDF_PREFIX"
TEXTS = frozenset(_TEXTS.split())
CHOICES = {
    "EXTERNAL_TABLE": ("NOT_USED", "GENERATE_ONLY", "EXECUTE"),
    "TRIM": ("LRTRIM", "NOTRIM", "LTRIM", "RTRIM", "LDRTRIM"),
}
SILENCES = ("HEADER", "FEEDBACK", "ERRORS", "DISCARDS", "PARTITIONS", "ALL")
ALL_NAMES = tuple(sorted(NUMBERS | SWITCHES | TEXTS | set(CHOICES) | {"SILENT"}))
_COMMAND_LINE_ONLY = (
    "USERID CONTROL LOG BAD DATA DISCARD PARFILE HELP TABLE CREDENTIAL CSV FIELD_NAMES TERMINATED_BY"
    " ENCLOSED_BY OPTIONALLY_ENCLOSED_BY DATE_FORMAT TIMESTAMP_FORMAT NULLIF CHARACTERSET"
)
COMMAND_LINE_ONLY = frozenset(_COMMAND_LINE_ONLY.split())
TRUE = ("TRUE", "YES", "Y", "T", "ON")
FALSE = ("FALSE", "NO", "N", "F", "OFF")
_SIZE = re.compile(r"(-?\d{1,18})([KMG]?)", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def options(reader: Reader) -> Options:
    """The OPTIONS clause, whose first word is taken; commas between options may be missing."""
    reader.expect_symbol("(")
    values: dict[str, Any] = {}
    while True:
        _option(reader, values)
        comma = reader.accept_symbol(",")
        if not comma and reader.accept_symbol(")"):
            return Options(**values)
        if reader.peek().kind != "word":
            reader.unexpected("an option name") if comma else reader.unexpected(",", ")")
        if not comma and not reader.peek(1).is_symbol("="):
            reader.unexpected(",", ")")


# Private functions


def _option(reader: Reader, values: dict[str, Any]) -> None:
    token = reader.peek()
    if token.kind != "word":
        reader.unexpected("an option name")
    reader.take()
    name = token.text.upper()
    known = _known(reader, token, name)
    reader.expect_symbol("=")
    if known and name.lower() in values:
        reader.error("LS-1010", token, f"the option {name} is given twice")
    value = _value(reader, name)
    if known and value is not None:
        values[name.lower()] = value


def _known(reader: Reader, token: Token, name: str) -> bool:
    if name in ALL_NAMES:
        return True
    if name in COMMAND_LINE_ONLY:
        message = f"{name} may stand on the command line, not in OPTIONS"
        reader.error("LS-1013", token, message)
        return False
    hints = did_you_mean(name, ALL_NAMES)
    reader.error(
        "LS-1003", token, f"unknown option {token.text}", *hints, "options are " + ", ".join(ALL_NAMES)
    )
    return False


def _value(reader: Reader, name: str) -> Any:
    if name == "SILENT" and reader.at_symbol("("):
        return _silences(reader)
    token = reader.bare("(),=", f"a value for {name}")
    if name in NUMBERS:
        return _number(reader, token, name)
    if name in SWITCHES:
        return _switch(reader, token, name)
    if name == "SILENT":
        return tuple(filter(None, [_choice(reader, token, name, SILENCES)]))
    if name in CHOICES:
        return _choice(reader, token, name, CHOICES[name])
    return token.text


def _number(reader: Reader, token: Token, name: str) -> int | None:
    found = _SIZE.fullmatch(token.text)
    least = -1 if name == "ERRORS" else 0
    if name == "LOAD" and token.text.upper() == "ALL":
        return None
    if not found or int(found.group(1)) < least:
        message = f"{name} is {token.text}; it must be a number of at least {least}"
        reader.error("LS-1004", token, message)
        return None
    return int(found.group(1)) * _UNITS[found.group(2).upper()]


def _switch(reader: Reader, token: Token, name: str) -> bool | None:
    if token.text.upper() in TRUE + FALSE:
        return token.text.upper() in TRUE
    reader.error("LS-1004", token, f"{name} is {token.text}; it must be TRUE or FALSE")
    return None


def _choice(reader: Reader, token: Token, name: str, choices: tuple[str, ...]) -> str | None:
    if token.text.upper() in choices:
        return token.text.lower()
    message = f"{name} is {token.text}; it must be one of {', '.join(choices)}"
    reader.error("LS-1004", token, message, *did_you_mean(token.text, choices))
    return None


def _silences(reader: Reader) -> tuple[str, ...]:
    reader.expect_symbol("(")
    words: list[str] = []
    while True:
        token = reader.peek()
        if token.kind != "word":
            reader.unexpected(*SILENCES)
        reader.take()
        word = _choice(reader, token, "SILENT", SILENCES)
        if word and word not in words:
            words.append(word)
        reader.accept_symbol(",")
        if reader.accept_symbol(")"):
            return tuple(words)
