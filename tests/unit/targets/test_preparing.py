"""What INSERT, REPLACE and TRUNCATE do before the first row, and the statements of lookups."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import pytest

from loadstone.errors import Refused
from loadstone.spec import Method
from loadstone.targets.lookups import LookupQuery, lookup_sql
from loadstone.targets.model import TableInfo
from loadstone.targets.names import quote_name
from loadstone.targets.preparing import distinct_tables, empty_tables, refuse_filled

FILLED, EMPTY = TableInfo(schema=None, name="filled", columns=()), TableInfo(schema=None, name="empty", columns=())  # fmt: skip


def named(table: TableInfo) -> str:
    """The table's name, quoted."""
    return quote_name(table.name)


def after(tables: Sequence[tuple[int, TableInfo, Method]]) -> tuple[list[str], int]:
    """The statements that run, and the rows that are left in table FILLED."""
    database = sqlite3.connect(":memory:")
    database.executescript("CREATE TABLE filled (a); CREATE TABLE empty (a); INSERT INTO filled VALUES (1)")
    ran: list[str] = []

    def execute(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        ran.append(sql)
        return database.execute(sql, parameters).fetchall()

    empty_tables(tables, execute, quoted=named, truncate="DELETE FROM {} WHERE 1 = 1")
    return ran, int(database.execute("SELECT count(*) FROM filled").fetchone()[0])


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ([], ([], 1)), ([Method.APPEND], ([], 1)), ([Method.REPLACE], (['DELETE FROM "filled"'], 0)), ([Method.TRUNCATE], (['DELETE FROM "filled" WHERE 1 = 1'], 0)), ([Method.UPSERT], ([], 1)),
        ([Method.APPEND, Method.REPLACE], ([], 1)), ([Method.REPLACE, Method.INSERT], (['DELETE FROM "filled"'], 0)),
    ],
)  # fmt: skip
def test_a_table_is_prepared_once_by_its_first_clause(
    methods: list[Method], expected: tuple[list[str], int]
) -> None:
    """Several clauses on one table empty it once."""
    assert expected == after([(number, FILLED, method) for number, method in enumerate(methods)])


def test_insert_wants_an_empty_table() -> None:
    """A filled one is refused in SQL*Loader's words, an empty one is left alone."""
    assert (['SELECT 1 FROM "empty" LIMIT 1'], 1) == after([(0, EMPTY, Method.INSERT)])
    with pytest.raises(Refused, match=r"LS-3005.*SQL\*Loader-601: .*Error on table FILLED"):
        after([(0, EMPTY, Method.INSERT), (1, FILLED, Method.INSERT)])
    refuse_filled(FILLED, [])


def test_tables_are_told_apart_by_their_names_in_sql() -> None:
    """The first method of each counts; the order is that of the clauses."""
    found = distinct_tables([(0, FILLED, Method.APPEND), (1, EMPTY, Method.INSERT), (2, FILLED, Method.REPLACE)], named)  # fmt: skip
    assert [('"filled"', FILLED, Method.APPEND), ('"empty"', EMPTY, Method.INSERT)] == found


@pytest.mark.parametrize(
    ("columns", "joins", "limit", "expected"),
    [
        (((0, "a"),), (), "LIMIT {}", 'SELECT t0."a" FROM "filled" t0, "empty" t1 LIMIT 9'),
        (((0, "a"), (1, "B c")), ((0, 1),), "FETCH FIRST {} ROWS ONLY", 'SELECT t0."a", t1."B c" FROM "filled" t0, "empty" t1 WHERE t0."a" = t1."B c" FETCH FIRST 9 ROWS ONLY'),
        (((0, "a"), (1, "b"), (1, "c")), ((0, 1), (0, 2)), "LIMIT {}", 'SELECT t0."a", t1."b", t1."c" FROM "filled" t0, "empty" t1 WHERE t0."a" = t1."b" AND t0."a" = t1."c" LIMIT 9'),
        ((), (), "LIMIT {}", 'SELECT 1 FROM "filled" t0, "empty" t1 LIMIT 9'),
    ],
)  # fmt: skip
def test_the_select_of_a_lookup(columns: Any, joins: Any, limit: str, expected: str) -> None:
    """Columns by their table's number, joins as equalities, the limit in the target's words."""
    query = LookupQuery(tables=(FILLED, EMPTY), columns=columns, joins=joins, limit=9)
    assert expected == lookup_sql(query, named, limit=limit)
