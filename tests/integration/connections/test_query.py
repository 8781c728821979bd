"""The rows of a query as a file, from a real database of each kind; watermarks in the repository."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap.breakers import reach_out
from loadstone.bootstrap.places import open_place
from loadstone.bootstrap.queries import StoredQueries
from loadstone.connections.model import Connection
from loadstone.connections.transports.query import QueryTransport, line_of, text_of
from loadstone.database.open import Database
from loadstone.errors import FixFile, FixSpec, LoadstoneError, Refused, Retry
from loadstone.targets.asked import asked, pieces_of
from loadstone.targets.urls import PREFIX
from tests.integration.connections.conftest import Examine, good
from tests.integration.output.rows import fill
from tests.repository import open_repository

COLUMNS = "id integer, amount decimal(12,2), booked date, note varchar(40)"
ROWS: tuple[tuple[object, ...], ...] = (
    (1, "1250.50", "2026-11-23", 'says "no", goes'),
    (2, "-0.07", "2026-11-24", ""),
    (10, None, None, None),
)
EXPECTED = '1,1250.50,2026-11-23,"says ""no"", goes"\n2,-0.07,2026-11-24,""\n10,,,\n'
QUERY = {
    "query": "SELECT id, amount, booked, note FROM payments WHERE id > :since AND id <= :until ORDER BY id",
    "watermark": "SELECT max(id) FROM payments",
    "file_name": "payments_{until}.csv",
    "start": "0",
}


@pytest.fixture(params=["sqlite", "duckdb", "postgresql", "sqlalchemy"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with three rows."""
    if request.param in ("sqlite", "duckdb"):
        found = str(tmp_path / {"sqlite": "bank.db", "duckdb": "bank.duckdb"}[request.param])
        fill(found, ROWS, COLUMNS)
        return found
    server = str(request.getfixturevalue("postgres_url"))
    fill(server, ROWS, COLUMNS)
    if request.param == "postgresql":
        return server
    return PREFIX + server.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A SQLite file with three rows."""
    found = str(tmp_path / "bank.db")
    fill(found, ROWS, COLUMNS)
    return found


def place(url: str, **options: Any) -> Connection:
    """A connection of kind query."""
    return Connection(name="place", kind="query", url=url, options={**QUERY, **options})


def add(url: str, number: int) -> None:
    """One row more."""
    import sqlite3

    with sqlite3.connect(url) as connection:
        connection.execute("INSERT INTO payments VALUES (?, 1, NULL, NULL)", (number,))


def code_of(act: Callable[[], object], kind: type[LoadstoneError]) -> str:
    """The code of what is raised."""
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def test_rows_are_a_file(url: str) -> None:
    """Exact, with a header, NULL told from the empty text; from any byte on, and the same each time."""
    transport = open_place(place(url), None)
    (entry,) = transport.list()
    assert ("payments_10.csv", "0..10") == (entry.name, entry.id)
    whole = "id,amount,booked,note\n" + EXPECTED.replace("1250.50", amount(url))
    for offset in (0, 5, 30, len(whole.encode()), 0):
        with transport.open(entry.name, offset=offset) as stream:
            assert whole.encode()[offset:] == stream.read()
    transport.close()


def amount(url: str) -> str:
    """SQLite keeps decimals as floats where a table says so."""
    return "1250.5" if url.endswith(".db") else "1250.50"


def test_a_query_may_hold_colons_and_percents(url: str) -> None:
    """In texts, names, comments and casts; only what stands for a value is one."""
    sql = "SELECT ':since 5%' AS \"a:until\", 7 % 4 /* :since */ AS b, '--' AS c -- :until\nWHERE 1 < 2;"
    if "postgresql" in url:
        sql = sql.replace("7 % 4", "(7 % 4)::int")
    with asked(url, sql, {"since": "1", "until": "2"}) as answered:
        assert (["a:until", "b", "c"], [(":since 5%", 3, "--")]) == (
            answered.columns,
            [tuple(row) for row in answered],
        )


def test_many_rows_come_in_flat_portions(url: str) -> None:
    """More than are fetched at once, in order; and nobody waits for the rest when reading ends."""
    head = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
    connection = place(url, query=f"{head} SELECT i FROM n", watermark=None, file_name="n.csv", header=False)
    transport = open_place(connection, None)
    (entry,) = transport.list()
    assert entry.id is None
    with transport.open("n.csv") as stream:
        assert "".join(f"{n}\n" for n in range(1, 5001)).encode() == stream.read()
    with transport.open("n.csv") as stream:
        assert b"1\n2\n" == stream.read(4)


def test_what_is_wrong_with_a_query_is_said(url: str, tmp_path: Path) -> None:
    """LS-3023 by the database; no file is made where there is no database."""
    wrong = open_place(place(url, query="SELECT nothing FROM payments WHERE 1 > :until"), None)
    wrong.list()
    assert "LS-3023" == code_of(lambda: wrong.open("payments_10.csv").read(), FixSpec)
    assert "LS-3010" == code_of(open_place(place(str(tmp_path / "none.db")), None).list, FixSpec)
    assert not (tmp_path / "none.db").exists()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A repository of each kind."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    yield opened
    opened.close()


def test_what_was_taken_does_not_come_again(file: str, database: Database) -> None:
    """To delete the file keeps its end, in the repository; the next file begins there."""
    transport = open_place(place(file), database)
    assert ["payments_10.csv"] == [one.name for one in transport.list()]
    add(file, 11)
    assert ["payments_11.csv"] == [one.name for one in transport.list()]
    for _ in range(2):
        transport.delete("payments_10.csv")
    again = open_place(place(file), database)
    assert ["payments_11.csv"] == [one.name for one in again.list()]
    with again.open("payments_11.csv") as stream:
        assert b"id,amount,booked,note\n11,1,,\n" == stream.read()
    again.delete("payments_11.csv")
    again.delete("payments_11.csv")
    assert [] == list(again.list())
    assert "LS-7415" == code_of(lambda: open_place(place(file), database).open("payments_10.csv"), FixFile)


def test_an_empty_table_has_no_file(tmp_path: Path) -> None:
    """Until there is a watermark."""
    url = str(tmp_path / "empty.db")
    fill(url, ROWS, COLUMNS)
    import sqlite3

    with sqlite3.connect(url) as connection:
        connection.execute("DELETE FROM payments")
    assert [] == list(open_place(place(url), None).list())


def test_a_query_takes_no_files(file: str) -> None:
    """It only reads; a watermark needs a repository, and it has no folders."""
    transport = QueryTransport(place(file), StoredQueries({}, None))
    acts: list[Callable[[], object]] = [lambda: transport.move("a", "b"), lambda: transport.put("a", None)]  # type: ignore[arg-type]
    assert ["LS-7416"] * 2 == [code_of(act, Refused) for act in acts]
    assert "LS-7404" == code_of(lambda: transport.delete("payments_10.csv"), FixSpec)
    assert "LS-7415" == code_of(lambda: transport.list("in"), FixFile)


def test_a_name_of_the_configuration_stands_for_a_database(file: str) -> None:
    """In any case; what else is given is a URL."""
    named = {"core": Connection(name="core", kind="database", url=file)}
    assert (file, "x.db") == tuple(StoredQueries(named, None).url_of(one) for one in ("CORE", "x.db"))


def test_the_probe_of_a_breaker_asks_the_database(url: str) -> None:
    """One row; where nobody listens that is an outage."""
    reach_out(place(url))
    gone = place("postgresql://nobody@127.0.0.1:1/x")
    assert "LS-7411" == code_of(lambda: reach_out(gone), Retry)


def test_a_query_is_tested_step_by_step(file: str, postgres_url: str, examine: Examine) -> None:
    """Its file is named; a wrong query, a wrong port and a wrong login are."""
    code, found, told = examine(place(file))
    assert (0, good("login", "path", "rights")) == (code, found) and "payments_10.csv may be read" in told
    assert ("query", False, "LS-3023") == examine(place(file, query="SELECT 1 FROM none WHERE :until"))[1][-1]
    away = examine(place("postgresql://nobody@127.0.0.1:1/x"))
    assert (2, [*good("DNS"), ("port", False, "LS-7411")]) == away[:2]
    stranger = postgres_url.replace("//postgres", "//no_such_user")
    assert ("login", False, "LS-7413") == examine(place(stranger))[1][-1]


def test_oracle_is_asked_by_its_own_marks(oracle_url: str) -> None:
    """Over the stand-in that the room ships; only the values that the query names are sent."""
    with asked(
        oracle_url, "SELECT :until AS a, ':since' AS b FROM dual", {"since": "1", "until": "2"}
    ) as found:
        assert [("2", ":since")] == [tuple(row) for row in found]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.070"), "-0.070"),
        (0.1, "0.1"),
        (datetime(2026, 11, 24, 2, 3, 4, 5000), "2026-11-24 02:03:04.005000"),
        (date(2026, 11, 24), "2026-11-24"),
        (time(2, 3), "02:03:00"),
        (b"\x00\xff", "00FF"),
        ("Zoë", "Zoë"),
    ],
    ids=["true", "false", "exponent", "decimals", "float", "moment", "date", "time", "bytes", "text"],
)
def test_values_are_written_exactly(value: object, text: str) -> None:
    """As loads read them without a mask."""
    assert text == text_of(value)


def test_a_line_quotes_what_needs_it() -> None:
    """Delimiters, quotes, line ends and the empty text; NULL is nothing."""
    assert 'a;"b;c";"d""e";"f\ng";"";;1,5\n' == line_of(["a", "b;c", 'd"e', "f\ng", "", None, "1,5"], ";")


def test_places_for_values_are_found() -> None:
    """Not within quotes, comments, casts, or names that are not known."""
    sql = "a = :x AND b = ':x' AND c::x = :y -- :x\n/* :x */ AND \":x\" = :xy"
    assert [("a = ", "x"), (" AND b = ':x' AND c::x = :y -- :x\n/* :x */ AND \":x\" = :xy", None)] == list(
        pieces_of(sql, {"x": ""})
    )
