"""INFILE with its record format, and the BADFILE, DISCARDFILE and DISCARDMAX that follow it."""

from __future__ import annotations

import re
from typing import Any

from loadstone.spec import InputFile, Literal, RecordFormat
from loadstone.sqlldr.lexer import Token, unescaped
from loadstone.sqlldr.placeholders import placeholder_in_string
from loadstone.sqlldr.reader import Reader

OUTPUTS = ("BADFILE", "BADDN", "DISCARDFILE", "DISCARDDN", "DISCARDMAX", "DISCARDS")
INFILES = ("INFILE", "INDDN")
_CLAUSES = (
    "INTO BADFILE BADDN DISCARDFILE DISCARDDN DISCARDMAX DISCARDS INFILE INDDN APPEND REPLACE TRUNCATE INSERT"
    " FIELDS CONTINUEIF CONCATENATE"
)
_NOT_A_PATH = frozenset(_CLAUSES.split())
_FIX = re.compile(r"\s*FIX\s+(\d{1,9})\s*", re.IGNORECASE)
_VAR = re.compile(r"\s*VAR(?:\s+(\d{1,9}))?\s*", re.IGNORECASE)
_STR = re.compile(r"""\s*STR\s*(?:(X)?(['"])(.*)\2)\s*""", re.IGNORECASE | re.DOTALL)
_STR_HEAD = re.compile(r"""\s*STR\s*(X)?(['"])((?:\\.|(?!\2)[^\\])*)\2""", re.IGNORECASE | re.DOTALL)
_STR_WORD = re.compile(r"\s*STR\b", re.IGNORECASE)
_OS_OPTIONS = re.compile(r"\s*(?:(?:RECSIZE|BUFFERS|BLOCKSIZE|BUFSIZE)\s+\d+\s*)+", re.IGNORECASE)
_VAR_DIGITS_MAX = 40


def input_file(reader: Reader) -> InputFile:
    """An INFILE clause, whose first word is taken."""
    values: dict[str, Any] = {"path": _path(reader)}
    if reader.peek().kind == "string":
        values |= _system_clause(reader, reader.string("a record format"))
    elif reader.at("STREAM", "RECORD", "FIXED", "VARIABLE"):
        values |= _record_words(reader)
    _outputs(reader, values)
    return InputFile(**values)


def outputs_alone(reader: Reader, path: str) -> InputFile:
    """BADFILE, DISCARDFILE and DISCARDMAX without INFILE: they belong to the default data file ``path``."""
    values: dict[str, Any] = {"path": path}
    _outputs(reader, values)
    return InputFile(**values)


# Private functions


def _path(reader: Reader) -> str | None:
    token = _file_name(reader, "a file name", "*")
    return None if token.text == "*" else token.text


def _file_name(reader: Reader, *expected: str) -> Token:
    token = reader.bare("'\"", *expected)
    if token.kind == "path" and token.text.upper() in _NOT_A_PATH:
        reader.fail(
            "LS-1001", token, f'expected {expected[0]}, found "{token.text}"', "quote a file that is named so"
        )
    found = placeholder_in_string(token.text)
    if found:
        message = f"the file name has {found}, which looks like a placeholder of a template"
        reader.warn(
            "LS-1067", token, message, f"replace {found} by its value, or give the file on the command line"
        )
    if not token.text:
        reader.error("LS-1014", token, f"{expected[0]} is empty")
    return token


def _outputs(reader: Reader, values: dict[str, Any]) -> None:
    while True:
        token = reader.accept(*OUTPUTS)
        if token is None:
            return
        word = token.text.upper()
        if word in ("BADFILE", "BADDN"):
            _once(reader, token, values, "bad", _file_name(reader, "a file name").text)
        elif word in ("DISCARDMAX", "DISCARDS"):
            _once(reader, token, values, "discardmax", reader.integer("a number of discards"))
        elif not reader.at("DISCARDMAX", "DISCARDS"):
            _once(reader, token, values, "discard", _file_name(reader, "a file name").text)


def _once(reader: Reader, token: Token, values: dict[str, Any], key: str, value: object) -> None:
    if key in values:
        reader.error("LS-1010", token, f"{token.text.upper()} is given twice for one INFILE")
    values[key] = value


def _system_clause(reader: Reader, token: Token) -> dict[str, Any]:
    text = token.text
    found = _FIX.fullmatch(text)
    if found:
        return {"record_format": _sized(reader, token, "fix", found.group(1))}
    found = _VAR.fullmatch(text)
    if found:
        return {"record_format": _sized(reader, token, "var", found.group(1))}
    found = _STR.fullmatch(text)
    if found:
        return {"record_format": _terminated(reader, token, found)}
    found = _STR_HEAD.match(text)
    if found:
        rest = text[found.end() :]
        reader.warn("LS-1062", token, f"{rest!r} behind the record terminator is not read")
        return {"record_format": _terminated(reader, token, found)}
    if _STR_WORD.match(text):
        hint = "write \"str '\\n'\" or \"str X'0A'\""
        reader.error("LS-1016", token, f"the record format {token.raw!r} has no quoted terminator", hint)
    elif not text.strip():
        return {}
    elif not _OS_OPTIONS.fullmatch(text):
        hints = ['record formats are "fix n", "var n" and "str \'...\'"']
        if token.quote == "'":
            hints.append(f"is a comma, or the word BADFILE, missing before {token}?")
        reader.error("LS-1016", token, f"{token} is no record format", *hints)
    return {"os_options": text}


def _record_words(reader: Reader) -> dict[str, Any]:
    """STREAM, RECORD, FIXED n and VARIABLE [n]: the record formats of release 6, still understood."""
    token = reader.take()
    if token.is_word("STREAM", "RECORD"):
        return {}
    if token.is_word("FIXED"):
        return {"record_format": _sized(reader, token, "fix", str(reader.integer("a record length", 1)))}
    digits = str(reader.integer("a number of digits", 1)) if reader.peek().kind == "number" else None
    return {"record_format": _sized(reader, token, "var", digits)}


def _sized(reader: Reader, token: Token, kind: str, digits: str | None) -> RecordFormat:
    size = int(digits) if digits else 5
    if size < 1 or (kind == "var" and size > _VAR_DIGITS_MAX):
        limit = f"1 to {_VAR_DIGITS_MAX}" if kind == "var" else "at least 1"
        reader.error("LS-1016", token, f"the record format {kind} has the size {size}; it must be {limit}")
        size = 5
    return RecordFormat.model_validate({"kind": kind, "size": size})


def _terminated(reader: Reader, token: Token, found: re.Match[str]) -> RecordFormat:
    is_hex, quote, body = found.groups()
    if not body:
        reader.error("LS-1016", token, "the record terminator is empty")
        return RecordFormat()
    if not is_hex:
        return RecordFormat(kind="str", terminator=Literal(text=unescaped(body, quote)))
    if not re.fullmatch(r"[0-9A-Fa-f]+", body):
        reader.error(
            "LS-1012", token, f"the record terminator X'{body}' has characters that are no hexadecimal digits"
        )
        return RecordFormat()
    # The log shows the digits as they are written.
    digits = body if len(body) % 2 == 0 else "0" + body
    return RecordFormat(kind="str", terminator=Literal(hex=digits))
