"""
Errors that stop a load, as SQL*Loader words them: scripts look for its numbers.

Source: the chapter on SQL*Loader of Oracle's Error Messages, and genuine logs.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from loadstone.errors import LoadstoneError

OS_ERROR_EXIT_CODE = 3
"""What SQL*Loader gives on Unix when a file cannot be opened."""

_OS_ERRORS = ("LS-1033", "LS-2001")
_SYNTAX = re.compile(r"LS-10\d\d")
_WORDINGS = (
    (r"^expected , or \) after the field .*?, found", 'Expecting "," or ")", found'),
    (r"^expected INFILE or INTO TABLE(?: after LOAD DATA)?, found", "Expecting keyword INTO, found"),
    (r"^expected ([A-Z_]+), found", r"Expecting keyword \1, found"),
    (r"^expected ([^\w\s]), found", r'Expecting "\1", found'),
    (r"^expected ", "Expecting "),
    (r"found the end of the file$", "found end of file"),
)
"""Our sentences in SQL*Loader's words, the first that fits, and the end."""


def loader_messages(error: LoadstoneError, control: str = "") -> list[str]:
    """The lines of SQL*Loader on ``error``; none where it has no number. ``control`` is the control file's text."""
    found = _MESSAGES.get(error.code)
    if found is not None:
        lines = found(error)
        if lines:
            return lines
    if _SYNTAX.fullmatch(error.code) and error.place.line is not None:
        return _syntax(error, control)
    return []


def loader_exit_code(error: LoadstoneError) -> int:
    """SQL*Loader's exit code: 3 for files that cannot be opened, else the error's own."""
    return OS_ERROR_EXIT_CODE if error.code in _OS_ERRORS else error.exit_code


# Private functions


def _syntax(error: LoadstoneError, control: str) -> list[str]:
    """The line of the control file, and a mark under the place."""
    number = error.place.line or 1
    text = error.message
    for pattern, wording in _WORDINGS:
        text = re.sub(pattern, wording, text)
    text = text[:1].upper() + text[1:]
    lines = [f"SQL*Loader-350: Syntax error at line {number}.", f"{text}."]
    source = control.splitlines()
    if number <= len(source):
        lines += [source[number - 1], " " * ((error.place.column or 1) - 1) + "^"]
    return lines


def _unopened(path: str) -> list[str]:
    return [
        f"SQL*Loader-500: Unable to open file ({path})",
        "SQL*Loader-553: file not found",
        "SQL*Loader-509: System error: No such file or directory",
    ]


def _control(error: LoadstoneError) -> list[str]:
    return _unopened(error.place.file or "")


def _data(error: LoadstoneError) -> list[str]:
    aborted = "SQL*Loader-2026: the load was aborted because SQL Loader cannot continue."
    return [*_unopened(error.place.file or ""), aborted]


def _table(error: LoadstoneError) -> list[str]:
    names = re.match(r"table (.*) does not exist", error.message)
    lines = []
    for name in names[1].split(", ") if names else []:
        lines += [
            f"SQL*Loader-941: Error during describe of table {name}",
            f"ORA-04043: object {name} does not exist",
        ]
    return lines


def _column(error: LoadstoneError) -> list[str]:
    found = re.findall(r"column (\S+) does not exist in table (\S+?)(?:;|$)", error.message)
    return [f"SQL*Loader-466: Column {column} does not exist in table {table}." for column, table in found]


def _twice(error: LoadstoneError) -> list[str]:
    found = re.match(r"the field (\S+) stands", error.message)
    return (
        [f"SQL*Loader-404: Column {found[1]} present more than once in one INTO TABLE block."]
        if found
        else []
    )


def _bind(error: LoadstoneError) -> list[str]:
    found = re.match(r"the SQL expression of (\S+) names :(\S+),", error.message)
    if found is None:
        return []
    return [f"SQL*Loader-291: Invalid bind variable {found[2]} in SQL string for column {found[1]}."]


def _reference(error: LoadstoneError) -> list[str]:
    found = re.match(r"the field (\S+) is not in", error.message)
    return [f"SQL*Loader-403: Referenced column {found[1]} not present in this table."] if found else []


def _no_length(error: LoadstoneError) -> list[str]:
    found = re.search(r"the length of the field (\S+)", error.message)
    return (
        [f"SQL*Loader-402: Unable to determine length of column {found[1]} from specification"]
        if found
        else []
    )


def _unended(error: LoadstoneError) -> list[str]:
    return ["SQL*Loader-649: Quoted string missing closing quote"]


def _said(error: LoadstoneError) -> list[str]:
    """Messages that begin with the number already."""
    return [error.message] if error.message.startswith("SQL*Loader-") else []


_MESSAGES: dict[str, Callable[[LoadstoneError], list[str]]] = {
    "LS-1005": _unended,
    "LS-1020": _twice,
    "LS-1021": _reference,
    "LS-1022": _bind,
    "LS-1023": _bind,
    "LS-1033": _control,
    "LS-1037": _no_length,
    "LS-2001": _data,
    "LS-3001": _table,
    "LS-3003": _column,
    "LS-3005": _said,
}
