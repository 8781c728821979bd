"""Rows of the control tables: what goes in comes out, page by page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.books import Discard, Reject
from loadstone.errors import Refused
from loadstone.targets.control import (
    DISCARD_COLUMNS,
    REJECT_COLUMNS,
    TABLES,
    Execute,
    create_control,
    discard_of,
    discard_row,
    grant_control,
    reject_of,
    reject_row,
)
from loadstone.targets.holder_row import HolderRow
from loadstone.targets.model import ConstraintRefusal, Redo, RejectSum
from loadstone.targets.refused import RememberedRecords, StoredRecords, all_discards, all_rejects

TYPES = {"text": "VARCHAR(300)", "long": "TEXT", "int": "BIGINT", "bytes": "BLOB"}
LOAD = "ab" * 16


def reject(record: int, **changes: Any) -> Reject:
    """A reject of a record."""
    told: dict[str, Any] = {
        "input_no": 0, "byte_offset": 10 * record, "length_bytes": 9, "table": "T", "table_no": 0, "field": "A", "value": "x", "rule": "number",
        "code": "ORA-01722", "reason": "ORA-01722: invalid number", "raw": b"x,1\n",
    }  # fmt: skip
    return Reject(record_no=record, **(told | changes))


@pytest.fixture
def execute() -> Iterator[Execute]:
    """Runs statements on a database with empty control tables."""
    database = sqlite3.connect(":memory:")
    for statement in create_control(TYPES):
        database.execute(statement)

    def run(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return database.execute(sql, parameters).fetchall()

    yield run
    database.close()


def fill(execute: Execute, rejects: Sequence[Reject], discards: Sequence[Discard] = ()) -> None:
    """Insert rows past the targets."""
    for one in rejects:
        places = ", ".join("?" for _ in REJECT_COLUMNS)
        execute(f"INSERT INTO loadstone_reject ({', '.join(REJECT_COLUMNS)}) VALUES ({places})", reject_row(LOAD, one))  # fmt: skip
    for two in discards:
        places = ", ".join("?" for _ in DISCARD_COLUMNS)
        execute(f"INSERT INTO loadstone_discard ({', '.join(DISCARD_COLUMNS)}) VALUES ({places})", discard_row(LOAD, two))  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}), ({"field": None, "value": None, "code": None}, {}), ({"value": "ä€😀"}, {}), ({"raw": b"\0\xff"}, {}), ({"raw": b""}, {}), ({"record_no": 2**40, "byte_offset": 2**62}, {}),
    ],
)  # fmt: skip
def test_a_reject_comes_back(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    """All that a reject holds stands in its row."""
    one = reject(changes.pop("record_no", 7), **changes)
    assert one == reject_of(reject_row(LOAD, one)[1:])


@given(
    record=st.integers(1, 2**60), offset=st.integers(0, 2**62), reason=st.sampled_from(["when", "all_null"])
)
def test_a_discard_comes_back(record: int, offset: int, reason: str) -> None:
    """All that a discard holds stands in its row."""
    one = Discard(input_no=1, record_no=record, byte_offset=offset, length_bytes=3, reason=reason)
    assert one == discard_of(discard_row(LOAD, one)[1:])


def test_a_nul_in_a_value_can_be_stored(execute: Execute) -> None:
    """No text column takes a NUL on every target; the bytes keep it."""
    fill(execute, [reject(1, value="a\0b", raw=b"a\0b")])
    ((value, raw),) = execute("SELECT value, raw_bytes FROM loadstone_reject", [])
    assert "\0" not in value and value[0] == "a" and b"a\0b" == raw


@pytest.mark.parametrize(("prefix", "guarded"), [("", True), ('"own".', False)])
def test_statements_of_the_control_tables(prefix: str, guarded: bool) -> None:
    """A table each and their indexes; grants of what a load does."""
    made = create_control(TYPES, prefix, guarded=guarded)
    assert len(TABLES) == sum(one.startswith(f"CREATE TABLE {'IF NOT EXISTS ' if guarded else ''}{prefix}loadstone_") for one in made)  # fmt: skip
    assert not any("{" in one for one in made)
    grants = grant_control('"loader"', prefix)
    assert [f'GRANT SELECT, INSERT, UPDATE, DELETE ON {prefix}{name} TO "loader"' for name in TABLES] == grants  # fmt: skip


@pytest.mark.parametrize(("after", "limit", "expected"), [(0, 9, [1, 3, 5, 8]), (1, 2, [3, 5]), (8, 9, []), (0, 1, [1]), (4, 9, [5, 8])])  # fmt: skip
def test_refused_records_come_page_by_page(
    execute: Execute, after: int, limit: int, expected: list[int]
) -> None:
    """In record order behind a record; rejects without their bytes; those of other loads stay out."""
    discards = [Discard(input_no=0, record_no=n, byte_offset=0, length_bytes=1, reason="when") for n in (5, 1, 8, 3)]  # fmt: skip
    fill(execute, [reject(n) for n in (5, 1, 8, 3)], discards)
    records = StoredRecords(execute, dict)
    found = records.rejects(LOAD, after, limit)
    assert (expected, {b""} if expected else set()) == ([one.record_no for one in found], {one.raw for one in found})  # fmt: skip
    assert expected == [one.record_no for one in records.discards(LOAD, after, limit)]
    assert [] == records.rejects("another", 0, 9)


def test_all_pages_are_read(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every record once, whatever the page."""
    monkeypatch.setattr("loadstone.targets.refused.PAGE_ROWS", 3)
    discards = [Discard(input_no=0, record_no=n, byte_offset=0, length_bytes=1, reason="when") for n in range(1, 8)]  # fmt: skip
    fill(execute, [reject(n) for n in range(1, 11)], discards)
    records = StoredRecords(execute, dict)
    assert list(range(1, 11)) == [one.record_no for one in all_rejects(records, LOAD)]
    assert list(range(5, 11)) == [one.record_no for one in all_rejects(records, LOAD, after=4)]
    assert list(range(1, 8)) == [one.record_no for one in all_discards(records, LOAD)]


def test_several_files_are_made_of_pages_that_are_read_once(
    execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to a number of rows; pages beyond it are read each time."""
    monkeypatch.setattr("loadstone.targets.refused.PAGE_ROWS", 3)
    monkeypatch.setattr("loadstone.targets.refused.KEPT_ROWS_MAX", 7)
    discards = [Discard(input_no=0, record_no=n, byte_offset=0, length_bytes=1, reason="when") for n in (11, 12)]  # fmt: skip
    fill(execute, [reject(n) for n in range(1, 9)], discards)
    asked: list[str] = []

    def counting(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return execute(sql, parameters)

    records = RememberedRecords(StoredRecords(counting, dict))
    assert list(range(1, 9)) == [one.record_no for one in all_rejects(records, LOAD)]
    assert [11, 12] == [one.record_no for one in all_discards(records, LOAD)]
    assert 4 == len(asked)
    assert list(range(1, 9)) == [one.record_no for one in all_rejects(records, LOAD)]
    assert [11, 12] == [one.record_no for one in all_discards(records, LOAD)]
    assert 6 == len(asked), "the third page of rejects and the one of discards, which 7 rows have no room for"
    assert 8 == sum(one.count for one in records.sums(LOAD))


def test_rejects_are_summed_by_their_kind(execute: Execute) -> None:
    """The most frequent first, then by the first record."""
    fill(execute, [reject(1), reject(2, field="B"), reject(3, field="B"), reject(9, field=None, code=None, rule="length")])  # fmt: skip
    wanted = [("B", "number", "ORA-01722", 2, 2), ("A", "number", "ORA-01722", 1, 1), (None, "length", None, 1, 9)]  # fmt: skip
    assert [
        RejectSum(table="T", field=f, rule=r, code=c, count=n, first=first) for f, r, c, n, first in wanted
    ] == StoredRecords(execute, dict).sums(LOAD)


class Session:
    """A session that says what was done with it; FOR UPDATE fails where ``locked``."""

    def __init__(self, *, rows: int, locked: bool, raced: bool = False) -> None:
        self.rows, self.locked, self.raced, self.did = rows, locked, raced, []  # type: ignore[var-annotated]

    def run(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Note the verb."""
        verb = "LOCK" if "FOR UPDATE" in sql else sql.split()[0]
        self.did.append(verb)
        if verb == "LOCK" and self.locked:
            raise Redo("LS-3021", "locked")
        if verb == "INSERT" and self.raced:
            raise ConstraintRefusal("there already")
        return [(1,)] * self.rows

    def commit(self) -> None:
        """Note it."""
        self.did.append("commit")

    def close(self) -> None:
        """Note it."""
        self.did.append("close")


@pytest.mark.parametrize(
    ("session", "did"),
    [
        (Session(rows=1, locked=False), ["SELECT", "LOCK", "UPDATE", "commit", "LOCK"]),
        (Session(rows=0, locked=False), ["SELECT", "INSERT", "commit", "LOCK", "UPDATE", "commit", "LOCK"]),
        (Session(rows=0, locked=False, raced=True), ["SELECT", "INSERT", "commit", "LOCK", "UPDATE", "commit", "LOCK"]),
    ],
)  # fmt: skip
def test_a_holders_row_is_made_locked_and_signed(session: Session, did: list[str]) -> None:
    """The name is committed and the lock taken again; a row that another start makes meanwhile is as good."""
    HolderRow("loadstone_holder", LOAD, session.run).lock(session, session.run, "NOWAIT")
    assert did == session.did


@pytest.mark.parametrize(("rows", "told"), [([("host pid 7",)], "run by another process: host pid 7"), ([], "run by another process\n")])  # fmt: skip
def test_a_locked_row_names_its_holder(rows: list[tuple[str]], told: str) -> None:
    """The session is closed, and another one reads who has the lock."""
    session = Session(rows=1, locked=True)
    with pytest.raises(Refused, match=told):
        HolderRow("loadstone_holder", LOAD, lambda sql, parameters: list(rows)).lock(session, session.run, "NOWAIT")  # fmt: skip
    assert ["SELECT", "LOCK", "close"] == session.did
