"""Oracle's errors as ours: what a code means for the load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import oracledb

from loadstone.errors import FixSpec, LoadstoneError, Refused, Retry, Stop
from loadstone.targets.model import ConstraintRefusal, Redo, TableRows


def _codes(numbers: str) -> frozenset[int]:
    return frozenset(int(number) for number in numbers.split())


REDO = _codes("54 60 4068 8177 30006")
"""A busy resource, a deadlock, discarded package state, a conflict of serializable transactions, a lock waited for."""

LOST = _codes("28 1012 1041 1089 1092 2396 2399 3113 3114 3135 25402 25408 28547")
LOST_DRIVER = frozenset({"DPY-1001", "DPY-4005", "DPY-4011", "DPY-4024", "DPY-6000", "DPY-6005"})
"""Killed, idle for too long, shut down, end of file on the channel; the driver's words for the same."""

FULL = _codes(
    "257 1536 1628 1631 1632 1650 1651 1652 1653 1654 1655 1658 1659 1683 1688 1691 1692 4030 4031 16014 19502 19504"
    " 19809 30036 64307"
)
"""Tablespaces, quotas, undo, archive log, memory."""

BROKEN = _codes("600 1033 1034 1109 1110 1578 7445 16000 16456")
"""Internal errors, a database that is down, damaged or open for reading only."""

RIGHTS = _codes("1031 1950 1952 1720 41900")

ROW = _codes(
    "1 1400 1401 1402 1403 1407 1410 1422 1426 1427 1438 1455 1456 1457 1465 1476 1481 1482 1489 1722 2290 2291 2292"
    " 4088 4091 6502 6503 12899 14400 14401 14402 22835 28115 28138 29532 29875 29877 40441 40442 40478 40798"
)
"""What is wrong with one row: constraints, values, partitions, triggers, policies, JSON."""

_RULES = {
    1: "unique",
    1400: "not_null",
    1407: "not_null",
    2290: "check",
    2291: "foreign_key",
    2292: "foreign_key",
    1438: "precision",
    12899: "length",
    1401: "length",
    1722: "number",
    1465: "hex",
    14400: "partition",
    14401: "partition",
    14402: "partition",
    1402: "check",
    28115: "policy",
    4088: "trigger",
    4091: "trigger",
}
_CODE = re.compile(r"(ORA|DPY|DPI)-(\d{4,5})")
_COLUMN = re.compile(r'"([^"]+)"\s*(?:\)|\()')


def code_of(error: Any) -> str:
    """``ORA-00001``, ``DPY-4011``; empty when the driver tells none. ``error`` is an exception or a batch error."""
    told = error.args[0] if isinstance(error, BaseException) and error.args else error
    full = str(getattr(told, "full_code", "") or "")
    found = _CODE.search(full) or _CODE.search(str(told))
    if found is None:
        return ""
    return f"{found[1]}-{int(found[2]):05}" if found[1] == "ORA" else found[0]


def number_of(error: Any) -> int:
    """The number of an ORA- code; 0 for the driver's own errors."""
    code = code_of(error)
    return int(code[4:]) if code.startswith("ORA-") else 0


def text_of(error: Any) -> str:
    """The first line of the message: later ones point to help pages."""
    told = error.args[0] if isinstance(error, BaseException) and error.args else error
    text = str(getattr(told, "message", None) or told).strip()
    return text.splitlines()[0] if text else "no message"


def is_refusal(error: Any) -> bool:
    """Whether the row is to blame, and not the statement, the rights or the server."""
    number = number_of(error)
    return number in ROW or 20000 <= number <= 20999 or 1801 <= number <= 1899


@contextmanager
def translate(rows: TableRows | None = None) -> Iterator[None]:
    """Turn the driver's errors into classes of ``errors``; with ``rows``, those of a row into ``ConstraintRefusal``."""
    try:
        yield
    except oracledb.Error as error:
        if rows is not None and is_refusal(error):
            raise refusal_of(error, rows) from error
        raise error_of(error) from error


def error_of(error: Any) -> LoadstoneError:
    """The class that tells what to do next."""
    text, number, code = text_of(error), number_of(error), code_of(error)
    if number in REDO:
        return Redo("LS-3024", f"the server asks to run the transaction again: {text}")
    if number in LOST or 12150 <= number <= 12699 or code in LOST_DRIVER:
        return Retry("LS-3022", f"the connection is lost: {text}", hints=["is the server up?"])
    if number in FULL:
        return Stop(
            "LS-3021",
            f"the server cannot store more: {text}",
            hints=["add room or quota in the tablespace and start the load again; it resumes."],
        )
    if number in BROKEN:
        return Stop("LS-3020", f"the database cannot be used: {text}", hints=["look at its alert log."])
    if number in RIGHTS:
        return Refused(
            "LS-3008",
            f"a right is missing: {text}",
            hints=["`loadstone target init --sql` prints the tables and grants that a load needs."],
        )
    hints = ["does it exist, and may this user see it?"] if number == 942 else []
    return FixSpec("LS-3023", f"Oracle refuses: {text}", hints=hints)


def refusal_of(error: Any, rows: TableRows | None) -> ConstraintRefusal:
    """The refusal in Oracle's own words; of a COMMIT, the constraint that rolled it back."""
    text, code = text_of(error), code_of(error)
    if number_of(error) == 2091:
        told = error.args[0] if isinstance(error, BaseException) else error
        lines = str(getattr(told, "message", told)).splitlines()
        text = next((line for line in lines[1:] if line.startswith("ORA-")), text)
        code = code_of(text)
    number = int(code[4:]) if code.startswith("ORA-") else 0
    rule = _RULES.get(number, "date" if 1801 <= number <= 1899 else "value")
    columns = _COLUMN.findall(text) if number in (1400, 1407, 12899) else []
    return ConstraintRefusal(
        text,
        code=code or None,
        rule=rule,
        field=columns[-1] if columns else None,
        table_no=rows.table_no if rows is not None else 0,
    )
