"""Any database by its SQLAlchemy URL: PostgreSQL by the generic way, and MariaDB where its server is installed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from loadstone.bootstrap import loads
from loadstone.bootstrap.targets import init_sql, open_target
from loadstone.errors import FixSpec, Refused, Retry, Stop
from loadstone.spec import LoadRequest, Method
from loadstone.sqlldr.control import parse_control
from loadstone.targets.ddl import create_statements, read_ddl
from loadstone.targets.model import Claimant
from loadstone.targets.urls import PREFIX, kind_of
from tests.crash.processes import KILLED, Case, ended, finish, start
from tests.runs import Undisturbed, load

ROOT = Path(__file__).resolve().parents[3]
CONTROL = """LOAD DATA INFILE 'in.dat' APPEND INTO TABLE pay WHEN kind <> 'X' FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER CHAR(1), id INTEGER EXTERNAL, amount DECIMAL EXTERNAL, booked DATE "YYYY-MM-DD", note CHAR(40), step SEQUENCE(1,1))
"""
DDL = """CREATE TABLE pay (id NUMBER(9) PRIMARY KEY, amount NUMBER(12,2) NOT NULL, booked DATE, note VARCHAR2(20), step NUMBER(9));"""
RECORDS = 400


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """The URL of a MariaDB: LOADSTONE_TEST_MARIADB, else one that is started where its program is installed."""
    pytest.importorskip("pymysql", reason="the driver pymysql is not installed")
    given = os.environ.get("LOADSTONE_TEST_MARIADB")
    if given:
        yield given
        return
    program, maker = shutil.which("mariadbd") or "/usr/sbin/mariadbd", shutil.which("mariadb-install-db")
    if maker is None or not Path(program).exists():
        pytest.skip("no MariaDB server is installed")
    folder = Path(tempfile.mkdtemp(prefix="maria-"))
    user = ["--user=root"] if os.getuid() == 0 else []
    data, socket = f"--datadir={folder}/data", folder / "s"
    subprocess.run([maker, "--no-defaults", data, "--auth-root-authentication-method=normal", *user],
                   check=True, capture_output=True)  # fmt: skip
    server = subprocess.Popen([program, "--no-defaults", data, f"--socket={socket}", "--skip-networking", *user],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    deadline = time.monotonic() + 60
    while not socket.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    yield f"mysql+pymysql://root@localhost/mysql?unix_socket={socket}"
    server.terminate()
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["postgresql", "mariadb"])
def url(request: pytest.FixtureRequest, here: Path) -> Iterator[str]:
    """An empty database by SQLAlchemy."""
    if request.param == "postgresql":
        plain = str(request.getfixturevalue("postgres_url"))
        yield PREFIX + plain.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    server = str(request.getfixturevalue("mariadb_server"))
    name = f"t{uuid.uuid4().hex[:12]}"
    execute(server, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    yield server.replace("/mysql?", f"/{name}?")
    execute(server, f"DROP DATABASE {name}")


def execute(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements past the product; the rows of the last one."""
    engine = sa.create_engine(url.removeprefix(PREFIX), poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            result = connection.execute(sa.text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def data() -> bytes:
    """Records with bad numbers, duplicates, missing amounts, long notes and discards now and then."""
    lines = []
    for n in range(RECORDS):
        kind, key = "X" if n % 41 == 7 else "P", n - 3 if n % 53 == 20 else n
        amount = "" if n % 61 == 9 else "abc" if n % 37 == 5 else f"{n * 7 % 1000}.{n % 100:02}"
        lines.append(
            f"{kind}|{key}|{amount}|2026-{n % 12 + 1:02}-{n % 28 + 1:02}|{'long' * 6 if n % 97 == 3 else 'Ä'}"
        )
    return ("\n".join(lines) + "\n").encode()


def state(url: str, folder: Path) -> dict[str, Any]:
    """All that a load leaves, as it compares across targets."""
    rows = execute(url, "SELECT id, amount, booked, note, step FROM pay ORDER BY id")
    found = loads.rejects(url)[1]
    return {
        "rows": [
            (int(i), Decimal(str(a)), datetime.fromisoformat(str(b)), n, int(s)) for i, a, b, n, s in rows
        ],
        "rejects": [(r.record_no, r.byte_offset, r.rule, r.code) for r in found],
        "bad": (folder / "in.bad").read_bytes(),
    }


@pytest.fixture
def calm(here: Path) -> dict[str, Any]:
    """What an undisturbed load into SQLite's own target leaves."""
    Path("in.dat").write_bytes(data())
    load(CONTROL, "calm.db", ddl=DDL, errors=-1)
    import sqlite3

    rows = sqlite3.connect("calm.db").execute("SELECT id, amount, booked, note, step FROM pay ORDER BY id")
    found = loads.rejects("calm.db")[1]
    return {
        "rows": [(i, Decimal(a), datetime.fromisoformat(b), n, s) for i, a, b, n, s in rows],
        "rejects": [(r.record_no, r.byte_offset, r.rule, r.code) for r in found],
        "bad": Path("in.bad").read_bytes(),
    }


def test_a_load_leaves_what_any_other_target_has(calm: dict[str, Any], url: str) -> None:
    """Rows, rejects with their rules and codes, bad file; a second start loads nothing."""
    receipt = load(CONTROL, url, ddl=DDL, errors=-1, chunk_size_bytes=2000)
    assert receipt.counts.balanced and calm == state(url, Path())
    assert load(CONTROL, url, errors=-1).repeated


@pytest.mark.parametrize(
    "point", ["fence_raised", "prepared", "checkpoint_added:3", "rows_written:2", "isolated:1", "before_commit:2", "after_commit:2", "finished"]
)  # fmt: skip
def test_a_kill_loses_and_doubles_nothing(calm: dict[str, Any], url: str, point: str) -> None:
    """SIGKILL at a numbered place; the restart ends as the undisturbed load."""
    Path("tables.sql").write_text(DDL)
    Path("load.ctl").write_text(CONTROL)
    command = [sys.executable, "-m", "tests.crash.child", str(Path.cwd()), url, "2000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LOADSTONE_CRASH_AT": point}
    assert -signal.SIGKILL == subprocess.run(command, env=environment, capture_output=True).returncode
    del environment["LOADSTONE_CRASH_AT"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert 2 == done.returncode, done.stderr
    assert calm == state(url, Path())


def test_a_load_that_dies_again_and_again_loses_and_doubles_nothing(calm: dict[str, Any], url: str) -> None:
    """SIGKILL at one place after the other and then at random times, with other chunks each time."""
    case = Case(
        files={"load.ctl": CONTROL.encode(), "tables.sql": DDL.encode(), "in.dat": data()},
        tables=(),
        options={},
    )
    folder = case.lay_out(Path("killed").absolute())
    for point in (
        "fence_raised",
        "prepared",
        "fence_checked:1",
        "rejects_written:1",
        "checkpoint_updated:1",
        "before_commit:1:150",
        "after_commit:1",
    ):
        assert KILLED == ended(start(folder, url, case, crash_at=point, chunk_size_bytes=1200)), point
    rng = random.Random(11)
    for _ in range(4):
        process = start(folder, url, case, chunk_size_bytes=rng.randint(600, 3000))
        process.join(rng.uniform(0.2, 1.2))
        process.kill()
        assert ended(process) in (KILLED, 2)
    for point in ("file_part:1", "file_renamed:1", "finishing"):
        process = start(folder, url, case, crash_at=point, chunk_size_bytes=4000)
        assert ended(process) in (KILLED, 2), point
    finish(folder, url, case)
    assert calm == state(url, folder)


def test_a_control_schema_of_its_own(postgres_url: str, here: Path) -> None:
    """``--control-schema``: our tables stand there, and some of them alone are refused by name."""
    url = PREFIX + postgres_url.replace("postgresql://", "postgresql+psycopg://", 1)
    execute(url, "CREATE SCHEMA own", "CREATE TABLE t (a integer, b text)")
    Path("in.dat").write_text("1,x\n2,y\n")
    control = "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a, b)"
    assert 2 == load(control, url, control_schema="own").counts.loaded
    kept = execute(
        url, "SELECT table_schema FROM information_schema.tables WHERE table_name LIKE 'loadstone%'"
    )
    assert {("own",)} == set(kept)
    execute(url, "DROP TABLE own.loadstone_discard")
    with pytest.raises(Refused, match="LS-3008.*loadstone_discard"):
        load(control, url, control_schema="own", again=True)


def test_lookups_sequences_and_numbers_of_rows(url: str) -> None:
    """A sub-SELECT is read once, SEQUENCE goes on from COUNT and MAX, NEXTVAL from a table of ours."""
    execute(
        url,
        "CREATE TABLE rate (code varchar(3) PRIMARY KEY, eur numeric(9,4))",
        "INSERT INTO rate VALUES ('USD', 0.9), ('CHF', 1.05)",
        "CREATE TABLE t (id integer PRIMARY KEY, code varchar(3), eur numeric(9,4), n integer, ticket integer)",
        "INSERT INTO t VALUES (70, 'EUR', 1, 7, 0)",
    )
    Path("in.dat").write_text("USD\nCHF\nGBP\n")
    load(
        "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ','"
        ' (code, eur EXPRESSION "(SELECT eur FROM rate WHERE rate.code = :code)", id SEQUENCE(MAX,10), n SEQUENCE(COUNT), ticket EXPRESSION "s.NEXTVAL")',
        url,
    )
    found = execute(url, "SELECT id, code, eur, n, ticket FROM t WHERE id > 70 ORDER BY id")
    wanted = [(80, "USD", Decimal("0.9"), 2, 1), (90, "CHF", Decimal("1.05"), 3, 2), (100, "GBP", None, 4, 3)]
    assert wanted == [tuple(None if v is None else v for v in row) for row in found]


TYPES: dict[str, list[tuple[str, str, str, Any]]] = {
    "both": [
        ("smallint", "INTEGER EXTERNAL", "32767", 32767), ("smallint", "INTEGER EXTERNAL", "32768", "ORA-01438"), ("integer", "INTEGER EXTERNAL", "-2147483648", -(2**31)),
        ("integer", "INTEGER EXTERNAL", "2147483648", "ORA-01438"), ("bigint", "INTEGER EXTERNAL", "9223372036854775807", 2**63 - 1), ("numeric(5,2)", "DECIMAL EXTERNAL", "999.994", Decimal("999.99")),
        ("numeric(5,2)", "DECIMAL EXTERNAL", "999.995", "ORA-01438"), ("double precision", "FLOAT EXTERNAL", "0.1", 0.1), ("varchar(3)", "CHAR(9)", "äöü", "äöü"), ("varchar(3)", "CHAR(9)", "äöüx", "ORA-12899"),
        ("char(3)", "CHAR(9)", "abc", "abc"), ("date", 'DATE "YYYY-MM-DD"', "2024-02-29", date(2024, 2, 29)), ("date", 'DATE "YYYY-MM-DD"', "2023-02-29", "ORA-01839"),
        ("timestamp(6)", 'TIMESTAMP "YYYY-MM-DD HH24:MI:SS.FF"', "2024-02-29 12:30:00.123457", datetime(2024, 2, 29, 12, 30, 0, 123457)),
    ],
    "postgresql": [
        ("boolean", "CHAR(5)", "true", True), ("boolean", "CHAR(5)", "maybe", "boolean"),
        ("bytea", "RAW(3)", "abc", b"abc"), ("text", "CHAR(99)", "x" * 99, "x" * 99), ("real", "FLOAT EXTERNAL", "16777217", "range"), ("double precision", "FLOAT EXTERNAL", "-Infinity", float("-inf")),
        ("timestamp", 'TIMESTAMP "YYYY-MM-DD HH24:MI:SS.FF"', "2024-02-29 12:30:00.1234567", "range"), ("timestamptz", 'TIMESTAMP WITH TIME ZONE "YYYY-MM-DD HH24:MI:SS TZH:TZM"', "2024-02-29 12:30:00 +02:00", datetime(2024, 2, 29, 10, 30, tzinfo=UTC)),
        ("integer GENERATED ALWAYS AS IDENTITY", "", "", 1), ("integer DEFAULT 7", "", "", 7),
    ],
    "mariadb": [
        ("varbinary(3)", "RAW(3)", "abc", b"abc"), ("varbinary(2)", "RAW(3)", "abc", "ORA-12899"), ("longtext", "CHAR(99)", "x" * 99, "x" * 99), ("float", "FLOAT EXTERNAL", "16777217", "range"), ("double", "FLOAT EXTERNAL", "inf", "range"),
        ("datetime", 'DATE "YYYY-MM-DD HH24:MI:SS"', "2024-02-29 12:30:01", datetime(2024, 2, 29, 12, 30, 1)), ("datetime(3)", 'TIMESTAMP "YYYY-MM-DD HH24:MI:SS.FF"', "2024-02-29 12:30:01.1236", datetime(2024, 2, 29, 12, 30, 1, 124000)),
        ("enum('a','b')", "CHAR(1)", "b", "b"), ("integer unsigned", "INTEGER EXTERNAL", "4294967295", 2**32 - 1),
    ],
}  # fmt: skip


def test_each_type_keeps_a_value_or_refuses_it(url: str) -> None:
    """Bounds are kept, what lies beyond is a reject with its code; identity columns and defaults fill themselves."""
    own = TYPES["postgresql" if url.startswith(PREFIX) else "mariadb"]
    for number, (declared, field, text, expected) in enumerate(TYPES["both"] + own):
        execute(url, f"CREATE TABLE t{number} (id integer, v {declared})")
        Path("in.dat").write_text(f"1|{text}\n", encoding="utf-8")
        column = f", v {field}" if field else ", gone FILLER"
        control = f"LOAD DATA CHARACTERSET AL32UTF8 INFILE 'in.dat' APPEND INTO TABLE t{number} FIELDS TERMINATED BY '|' TRAILING NULLCOLS (id{column})"
        load(control, url, errors=-1)
        rejects = [one.code or one.rule for one in loads.rejects(url)[1]]
        rows = [row[0] for row in execute(url, f"SELECT v FROM t{number}")]
        found = (rejects or rows)[0]
        assert expected == (bytes(found) if isinstance(found, memoryview) else found), declared


def test_methods_empty_refuse_and_upsert(url: str) -> None:
    """INSERT wants an empty table, TRUNCATE and REPLACE empty it in the transaction, upsert needs a unique key."""
    control = "LOAD DATA INFILE 'in.dat' {} INTO TABLE pay FIELDS TERMINATED BY ',' (id, amount, note)"
    Path("in.dat").write_text("1,1.10,a\n2,2.20,b\n")
    assert 2 == load(control.format("INSERT"), url, ddl=DDL).counts.loaded
    with pytest.raises(Refused, match="LS-3005"):
        load(control.format("INSERT"), url, run_id="2")
    for method in ("TRUNCATE", "REPLACE"):
        load(control.format(method), url, run_id=method)
        assert [(2,)] == execute(url, "SELECT count(*) FROM pay")
    Path("in.dat").write_text("2,9.99,x\n3,3,y\n3,4,z\n")
    spec = parse_control(control.format("APPEND").encode(), "load.ctl")
    for key, run_id in (("ID", "u"), ("NOTE", "n")):
        table = spec.tables[0].model_copy(update={"method": Method.UPSERT, "key": (key,)})
        request = LoadRequest(
            spec=spec.model_copy(update={"tables": (table,), "method": None}), spec_path="load.ctl", target=url, run_id=run_id
        )  # fmt: skip
        if key == "NOTE":
            with pytest.raises(FixSpec, match="LS-3023"):
                loads.load(request, Undisturbed())
        else:
            loads.load(request, Undisturbed())
    found = execute(url, "SELECT id, amount, note FROM pay ORDER BY id")
    wanted = [(1, Decimal("1.10"), "a"), (2, Decimal("9.99"), "x"), (3, Decimal(4), "z")]
    assert wanted == [(int(i), Decimal(str(a)), n) for i, a, n in found]


def test_a_second_start_is_refused_and_an_older_fence_too(url: str) -> None:
    """A row lock on a connection of its own names the holder; the fence counts up and shuts old sessions out."""
    first, second = open_target(url), open_target(url)
    first.init_control()
    release = first.hold("ab" * 16)
    old = first.raise_fence("ab" * 16, Claimant.here())
    with pytest.raises(Refused, match=f"LS-3006.*pid {os.getpid()}"):
        second.hold("ab" * 16)
    release()
    second.hold("ab" * 16)
    new = second.raise_fence("ab" * 16, Claimant.here())
    assert old.number + 1 == new.number
    session = first.open()
    session.begin()
    assert not session.check_fence(old)
    session.rollback()
    with pytest.raises(Refused, match="LS-4003"):
        first.prepare(old, {}, [])
    session.close()
    first.close()
    second.close()


def test_sequences_run_on(url: str) -> None:
    """NEXTVAL comes from a table of ours."""
    target = open_target(url)
    target.init_control()
    assert [1, 2, 3] == target.next_values("S", 3)
    assert ([4], []) == (target.next_values('app."S"', 1), target.next_values("S", 0))
    assert [1] == target.next_values("OTHER", 1)
    target.close()


def test_all_or_nothing_is_refused(url: str) -> None:
    """Tables cannot be made inside a transaction everywhere."""
    Path("in.dat").write_bytes(data())
    with pytest.raises(FixSpec, match="LS-3016"):
        load(CONTROL, url, ddl=DDL, atomic=True)


def test_a_lost_connection_comes_back(url: str) -> None:
    """An ended session is a reason to try again; the fence waits for no ghost."""
    target = open_target(url)
    target.init_control()
    target.raise_fence("ab" * 16, Claimant.here())
    session: Any = target.open()
    session.begin()
    session.check_fence(target.raise_fence("ab" * 16, Claimant.here()))
    sql = "SELECT pg_backend_pid()" if url.startswith(PREFIX) else "SELECT connection_id()"
    number = session._execute(sql, [])[0][0]
    execute(url, f"SELECT pg_terminate_backend({number})" if url.startswith(PREFIX) else f"KILL {number}")
    with pytest.raises(Retry, match="LS-3022"):
        session._execute("SELECT 1", [])
    session.rollback()
    session.close()
    assert 3 == target.raise_fence("ab" * 16, Claimant.here()).number
    target.close()


def test_urls_lead_to_the_right_way(here: Path) -> None:
    """A dialect that has a way of its own takes it, unless the prefix says otherwise; unknown ones are named."""
    assert ["sqlalchemy", "sqlalchemy", "sqlite", "postgresql"] == [
        kind_of(one) for one in ("mysql+pymysql://u@h/d", "sqlalchemy+postgresql://h/d", "sqlite+pysqlite:///x.db", "postgresql://h/d")
    ]  # fmt: skip
    with pytest.raises(FixSpec, match="LS-3010"):
        open_target("nosuch+driver://u:secret@h/d")
    with pytest.raises(FixSpec, match="LS-3012"):
        open_target("postgresql+pg8000://u@h/d")
    for plain in ("sqlite:///x.db", "sqlite+pysqlite:///x.db", "duckdb:///x.duckdb"):
        with pytest.raises(FixSpec, match="LS-3010.*row locks"):
            open_target(f"{PREFIX}{plain}")
    with pytest.raises(Stop, match="LS-3020") as refused:
        open_target("sqlalchemy+postgresql+psycopg://u:secret@127.0.0.1:1/d")
    assert "secret" not in str(refused.value)


def test_statements_of_tables(postgres_url: str) -> None:
    """MySQL's types by hand; a dialect whose tables we do not make is refused; our own tables with grants."""
    ddl = """CREATE TABLE t (a NUMBER(9), b NUMBER(5,2), c NUMBER, d VARCHAR2(5), e VARCHAR2(5 CHAR), f DATE, g TIMESTAMP(3),
    h CLOB, i RAW(16), j BLOB, k BINARY_DOUBLE, l CHAR(2), m INTEGER, n FLOAT, o NUMBER(5,-2), p BOOLEAN, PRIMARY KEY (a));"""
    assert [
        'CREATE TABLE IF NOT EXISTS "t" ("a" DECIMAL(9,0) NOT NULL, "b" DECIMAL(5,2), "c" DECIMAL(65,30),'
        ' "d" VARCHAR(5) CHECK (octet_length("d") <= 5), "e" VARCHAR(5), "f" DATETIME, "g" DATETIME(3), "h" LONGTEXT,'
        ' "i" VARBINARY(16), "j" LONGBLOB, "k" DOUBLE, "l" VARCHAR(2) CHECK (octet_length("l") <= 2), "m" DECIMAL(38,0),'
        ' "n" DECIMAL(65,30), "o" DECIMAL(7,0), "p" BOOLEAN, PRIMARY KEY ("a"))'
    ] == create_statements(read_ddl(ddl), "mysql")
    with pytest.raises(FixSpec, match="LS-3017"):
        create_statements(read_ddl(ddl), "mssql")
    plain = postgres_url.replace("postgresql://", f"{PREFIX}postgresql+psycopg://", 1)
    made = init_sql(plain, role="loader")
    assert (
        "GRANT" in made[-1] and 'TO "loader"' in made[-1] and not any("IF NOT EXISTS" in one for one in made)
    )
