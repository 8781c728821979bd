"""Texts loaded into one column, and what became of each: the stored value, or the refusal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from loadstone.bootstrap import loads
from tests.runs import load, rows_of
from tests.targets import execute


@dataclass(frozen=True)
class Refused:
    """A text that the column refuses; ``code`` is Oracle's, or the rule where Oracle has none."""

    code: str


NUMBER, PRECISION, LENGTH, NOT_NULL = (
    Refused(code) for code in ("ORA-01722", "ORA-01438", "ORA-12899", "ORA-01400")
)
RANGE, HEX, ENCODING = Refused("range"), Refused("ORA-01465"), Refused("ORA-29275")


def outcomes(
    url: str,
    field: str,
    texts: list[str | bytes],
    *,
    ddl: str = "",
    table: str = "",
    into: str = "t",
    **options: Any,
) -> list[Any]:
    """
    Load each text into column V of table T by field ``field``, and give what stands there afterwards.

    Args:
        ddl: Oracle's DDL of the table. table: the same in the target's dialect, run before.
    """
    if table:
        execute(url, table)
    lines = [
        f"{n}|".encode() + (text.encode() if isinstance(text, str) else text) for n, text in enumerate(texts)
    ]
    Path("in.dat").write_bytes(b"".join(line + b"\n" for line in lines))
    control = (
        f"LOAD DATA CHARACTERSET AL32UTF8 INFILE 'in.dat' APPEND INTO TABLE {into} FIELDS TERMINATED BY '|' TRAILING NULLCOLS"
        f" (id INTEGER EXTERNAL, {field})"
    )
    receipt = load(control, url, ddl=ddl, errors=-1, **options)
    assert receipt.counts.read == len(texts)
    found: dict[int, Any] = {int(row[0]): stored(row[1]) for row in rows_of(url, select(url, into))}
    for one in loads.rejects(url)[1]:
        assert one.field == "V", one
        found[one.record_no - 1] = Refused(one.code or one.rule)
    return [found[n] for n in range(len(texts))]


def select(url: str, table: str) -> str:
    """The query for the table; zoned timestamps of DuckDB come as UTC."""
    if url.endswith(".duckdb"):
        zoned = rows_of(
            url,
            f"SELECT 1 FROM duckdb_columns() WHERE lower(table_name) = '{table}' AND data_type LIKE '%TIME ZONE'",
        )
        if zoned:
            return f"SELECT id, epoch_us(v)::VARCHAR || ' us' FROM {table}"
    return f"SELECT id, v FROM {table}"


def stored(value: Any) -> Any:
    """A value as it compares: bytes as bytes, blanks of CHAR(n) kept."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, str) and value.endswith(" us"):
        return datetime.fromtimestamp(int(value[:-3]) / 1e6, UTC).replace(tzinfo=None)
    return value


def like(expected: Any, found: Any) -> Any:
    """``found`` in the type of ``expected``, for targets that keep decimals and dates as text."""
    if isinstance(found, Refused) or found is None:
        return found
    if isinstance(expected, Decimal):
        return Decimal(str(found)) if not isinstance(found, float) else Decimal(repr(found))
    if isinstance(expected, datetime):
        moment = datetime.fromisoformat(found) if isinstance(found, str) else found
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    if isinstance(expected, float):
        return float(found)
    if expected == "nan":
        return str(found)  # NaN equals nothing, itself included
    if isinstance(expected, bool):
        return bool(found)
    return found


def check(url: str, field: str, cases: list[tuple[str | bytes, Any]], **options: Any) -> None:
    """Load the texts of ``cases`` and compare what became of each with what is expected."""
    found = outcomes(url, field, [text for text, _ in cases], **options)
    wanted = [expected for _, expected in cases]
    seen = [like(expected, value) for expected, value in zip(wanted, found, strict=True)]
    told = [
        (text, expected, value)
        for (text, expected), value in zip(cases, seen, strict=True)
        if expected != value
    ]
    assert told == []
