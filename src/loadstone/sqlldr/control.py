"""A control file to a load spec."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loadstone.errors import FixSpec, Place
from loadstone.spec import InlineData, LoadSpec
from loadstone.sqlldr.encoding import PLAIN, Locale, Source, decoded
from loadstone.sqlldr.findings import Finding, Findings, Report
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.load import load
from loadstone.sqlldr.placeholders import fill
from loadstone.sqlldr.reader import Reader

_BEGINDATA = re.compile(r"^[ \t]*BEGINDATA[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_LINE_END = re.compile(r"[ \t\f\v]*(?:\r\n|\n|\r|\Z)")


def read_control(path: str, defines: Mapping[str, str] | None = None, locale: Locale = PLAIN) -> LoadSpec:
    """
    Read the control file ``path``; ``defines`` are values of its placeholders, by name.

    Raises:
        FixSpec: LS-1033 it cannot be read; the first error of its language.
    """
    return parse_control(filled(control_file(path), path, defines or {}, locale), path, locale)


def control_file(path: str) -> bytes:
    """The bytes of the control file ``path``; ``FixSpec`` LS-1033 where it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        message = f"the control file cannot be read: {error.strerror}"
        raise FixSpec(
            "LS-1033", message, Place(file=path), hints=["check the path and its rights"]
        ) from error


def filled(data: bytes, path: str, defines: Mapping[str, str], locale: Locale = PLAIN) -> bytes:
    """
    The control file with its placeholders filled in, its statements in UTF-8 with a mark.

    Data after BEGINDATA stay as they are; so does a file without placeholders to fill.
    """
    if not defines:
        return data
    source = decoded(data, path, locale)
    found = _BEGINDATA.search(source.text)
    stop = found.start() if found else len(source.text)
    return codecs.BOM_UTF8 + fill(source.text[:stop], defines).encode() + source.tail(stop)


def parse_control(data: bytes, path: str, locale: Locale = PLAIN) -> LoadSpec:
    """
    The load spec that the control file ``data`` describes; ``path`` is its name for messages.

    Raises:
        FixSpec: The first error in the file.
    """
    spec, findings = examine(data, path, locale)
    if spec is None:
        raise Report.of(findings).errors[0].error(path)
    return spec


def examine(data: bytes, path: str, locale: Locale = PLAIN) -> tuple[LoadSpec | None, Findings]:
    """The spec, None if there are errors, and everything found on the way."""
    findings = Findings()
    try:
        source = decoded(data, path, locale)
        values = _statements(source, path, findings)
    except FixSpec as error:
        # A list that ended too early makes fields unknown; the syntax error is the cause.
        findings.errors = [found for found in findings.errors if found.code not in ("LS-1021", "LS-1022")]
        findings.errors.append(Finding.of(error))
        return None, findings
    except RecursionError:
        message = "parentheses or objects stand within each other too deeply"
        findings.errors.append(Finding(code="LS-1001", line=1, column=1, message=message))
    if findings.errors:
        return None, findings
    return LoadSpec(**values), findings


# Private functions


def _statements(source: Source, path: str, findings: Findings) -> dict[str, Any]:
    reader = Reader(source.text, path, findings)
    values = load(reader, str(Path(path).with_suffix(".dat")))
    _tail(reader)
    inline = any(item.path is None for item in values["inputs"])
    token = reader.peek()
    if reader.accept("BEGINDATA"):
        if not inline:
            reader.warn("LS-1066", token, "data follow BEGINDATA, and there is no INFILE * to read them")
        values["inline_data"] = InlineData.of(source.tail(_data_offset(reader, token)))
    elif inline:
        reader.warn(
            "LS-1065", token, "INFILE * is given without BEGINDATA: the data must come from the command line"
        )
    return values


def _tail(reader: Reader) -> None:
    """What may stand behind the last table: a semicolon, a slash, or a string, which is skipped."""
    while reader.accept_symbol(";", "/"):
        pass
    token = reader.peek()
    if token.kind == "string" and token.quote == '"':
        message = f"{token} stands behind the last field list and is not read"
        reader.warn("LS-1062", token, message, "was it meant to stand before the closing parenthesis?")
        while reader.peek().kind == "string" or reader.at_symbol(")", ";", "/"):
            reader.take()
        token = reader.peek()
    if token.kind == "end" or token.is_word("BEGINDATA"):
        return
    if token.is_word("LOAD", "OPTIONS", "UNRECOVERABLE", "RECOVERABLE", "CONTINUE_LOAD"):
        message = "a second LOAD statement begins here; a control file holds one"
        reader.fail("LS-1034", token, message, "make one file of each statement, or write INTO TABLE alone")
    reader.unexpected("INTO", "BEGINDATA", "the end of the file")


def _data_offset(reader: Reader, token: Token) -> int:
    """Where the data begin: behind the line of BEGINDATA; with it where it holds more, as the manual says."""
    found = _LINE_END.match(reader.lexer.text, token.stop)
    if found is None:
        message = "BEGINDATA does not stand alone: its line is the first line of data"
        reader.warn("LS-1031", token, message, "begin the data on the next line")
        return token.start
    return found.end()
