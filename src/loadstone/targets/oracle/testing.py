"""
A stand-in for an Oracle server, over a SQLite file, for tests where no Oracle is to be had.

It knows the driver's calls that this room makes and the SQL that this room writes, and keeps what the exactly-once
protocol rests on: transactions, row locks that end with their session, DDL that commits by itself, batch errors,
sessions that are lost around a COMMIT. It does not know Oracle's types: values are kept as SQLite keeps them, and
names do not differ by case.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import oracledb

from loadstone.targets.oracle import connection as connections
from loadstone.targets.oracle.login import Login
from loadstone.targets.oracle.testing_dictionary import Dictionary, FakeError

PASSWORD = "tiger"
READER = "READER"
"""A user who may make nothing."""

BUSY_TIMEOUT_S = 30.0
_LOCKING = re.compile(r"\s+FOR UPDATE(?: (NOWAIT)| WAIT (\d+))?$")
_MERGE = re.compile(
    r"MERGE INTO (?P<table>\S+) t USING \((?P<source>.*)\) s ON \((?P<on>[^()]*)\)"
    r"(?: WHEN MATCHED THEN UPDATE SET (?P<update>.*?))? WHEN NOT MATCHED THEN INSERT \((?P<names>.*?)\) VALUES"
    r" \((?P<values>.*)\)$"
)
_FENCED = re.compile(
    r"DECLARE .* BEGIN SELECT fence_no INTO \w+ (FROM .*) FOR UPDATE; SELECT claim_no INTO \w+ (FROM .*);"
    r" EXECUTE IMMEDIATE '(.*)'; END;"
)
_ERRORS = (
    ("UNIQUE constraint failed", 1, "unique constraint ({where}) violated"),
    ("NOT NULL constraint failed", 1400, "cannot insert NULL into ({where})"),
    ("FOREIGN KEY constraint failed", 2291, "integrity constraint ({where}) violated - parent key not found"),
    ("CHECK constraint failed", 2290, "check constraint ({where}) violated"),
    ("already exists", 955, "name is already used by an existing object"),
    ("no such table", 942, "table or view does not exist"),
    ("no such column", 904, "invalid identifier"),
    ("has no column", 904, "invalid identifier"),
    ("locked", 54, "resource busy and acquire with NOWAIT specified or timeout expired"),
    ("full", 1653, "unable to extend table by 8 in tablespace USERS"),
)


@dataclass
class Trouble:
    """
    What goes wrong at the next COMMITs; tests set it.

    Attributes:
        commit: The connection is lost before or after the server has done the COMMIT; None = all goes well.
        countdown: Commits of sessions that write chunks until then.
    """

    commit: Literal["lost_before", "lost_after"] | None = None
    countdown: int = 0


trouble = Trouble()


def install() -> None:
    """From here on, this process reaches the stand-in under every ``oracle://`` URL."""
    connections.driver = FakeConnection


def fake_url(path: str | Path) -> str:
    """The URL under which the stand-in keeps its database in file ``path``."""
    return f"oracle://loader:{PASSWORD}@fake.example:1521/{str(path).lstrip('/')}"


def file_of(url: str) -> str:
    """The SQLite file behind a URL of ``fake_url``."""
    return "/" + url.partition("example:1521/")[2]


class FakeConnection:
    """A session; its locks and its transaction end with it."""

    def __init__(self, login: Login) -> None:
        if login.password != PASSWORD:
            raise oracledb.DatabaseError(
                FakeError("ORA-01017", "ORA-01017: invalid username/password; logon denied")
            )
        self.path = "/" + str(login.options["service_name"]).lstrip("/")
        self.user = (login.user or "").upper()
        self.outputtypehandler: Any = None
        self.module = ""
        self.lost = False
        self.locks: dict[str, int] = {}
        self.sqlite = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_S
        )
        self.sqlite.execute("PRAGMA journal_mode = WAL")
        self.sqlite.execute("PRAGMA foreign_keys = ON")
        self.sqlite.create_function("sys_context", 2, lambda *_: self.user)
        self.sqlite.create_function("from_tz", 2, lambda value, _: value and f"{value}+00:00")
        for name in ("to_yminterval", "to_dsinterval"):
            self.sqlite.create_function(name, 1, lambda value: value)
        self.dictionary = Dictionary(self.sqlite, self.user)

    def cursor(self) -> FakeCursor:
        """A new cursor."""
        self.check()
        return FakeCursor(self)

    def commit(self) -> None:
        """Commit and free the locks; ``trouble`` may come before or after."""
        self.check()
        wanted = trouble.commit if self.module.count(":") == 1 and self.sqlite.in_transaction else None
        if wanted is not None and trouble.countdown > 0:
            trouble.countdown -= 1
            wanted = None
        if wanted == "lost_before":
            self.lose()
        if self.sqlite.in_transaction:
            self.sqlite.execute("COMMIT")
        self.free()
        if wanted == "lost_after":
            self.lose()

    def rollback(self) -> None:
        """Roll back and free the locks."""
        self.check()
        if self.sqlite.in_transaction:
            self.sqlite.execute("ROLLBACK")
        self.free()

    def close(self) -> None:
        """End the session."""
        self.free()
        self.sqlite.close()
        self.lost = True

    def check(self) -> None:
        """Raise when the session is lost."""
        if self.lost:
            raise oracledb.InterfaceError(FakeError("DPY-1001", "DPY-1001: not connected to database"))

    def lose(self) -> None:
        """The network goes; the server rolls back what is open."""
        trouble.commit = None
        self.close()
        raise oracledb.OperationalError(
            FakeError("DPY-4011", "DPY-4011: the database or network closed the connection")
        )

    def begin(self) -> None:
        """Open the transaction of the first statement that changes something."""
        if not self.sqlite.in_transaction:
            self.sqlite.execute("BEGIN IMMEDIATE")

    def lock(self, row: str, wait_s: float | None) -> None:
        """Lock a row until the transaction ends; ORA-00054 at once, or ORA-30006 after ``wait_s``."""
        if row in self.locks:
            return
        folder = Path(self.path + ".rows")
        folder.mkdir(exist_ok=True)
        file = os.open(folder / hashlib.sha256(row.encode()).hexdigest()[:24], os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + (wait_s if wait_s is not None else 600)
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() < deadline:
                    time.sleep(0.01)
                    continue
                os.close(file)
                code = 30006 if wait_s else 54
                text = f"ORA-{code:05}: resource busy; acquire with WAIT timeout expired"
                raise oracledb.DatabaseError(FakeError(f"ORA-{code:05}", text)) from None
        self.locks[row] = file

    def free(self) -> None:
        """Free all row locks."""
        for file in self.locks.values():
            os.close(file)
        self.locks.clear()


class FakeCursor:
    """Runs the SQL that this room writes."""

    def __init__(self, connection: FakeConnection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self._errors: list[FakeError] = []
        self.description: Any = None
        self.rowcount = 0

    def __enter__(self) -> FakeCursor:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def setinputsizes(self, *_: Any) -> None:
        """SQLite takes every value as it is."""

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> None:
        """Run one statement."""
        self._connection.check()
        try:
            self._run(sql, parameters)
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]], *, batcherrors: bool = False) -> None:
        """Run a statement for each row; those before a refused one stay."""
        self._errors = []
        for offset, row in enumerate(rows):
            try:
                self.execute(sql, row)
            except oracledb.IntegrityError as error:
                if not batcherrors:
                    raise
                told = error.args[0]
                self._errors.append(FakeError(told.full_code, told.message, offset))

    def getbatcherrors(self) -> list[FakeError]:
        """The refused rows of the last ``executemany``."""
        return self._errors

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows of the last query."""
        return self._rows

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        """The next rows of the last query."""
        found, self._rows = self._rows[:size], self._rows[size:]
        return found

    # Private methods

    def _run(self, sql: str, parameters: Sequence[Any] | dict[str, Any]) -> None:
        word = sql.split(None, 1)[0].upper()
        if word in ("CREATE", "DROP", "TRUNCATE") or sql.startswith("ALTER TABLE"):
            self._define(sql)
        elif word == "DECLARE":
            self._fenced(sql, parameters)
        elif word == "SELECT":
            self._query(sql, parameters)
        elif word == "MERGE":
            self._merge(sql, parameters)
        elif sql.startswith("ALTER SYSTEM KILL SESSION"):
            sid = sql.split("'")[1].split(",")[0]
            self._send('DELETE FROM "v$session" WHERE sid = :1', [int(sid)])
        elif word not in ("ALTER", "SET"):
            self._connection.begin()
            self._send(sql.replace("TO SAVEPOINT", "TO"), parameters)

    def _send(self, sql: str, parameters: Sequence[Any] | dict[str, Any]) -> int:
        connection = self._connection
        text = re.sub(r":(\d+)\b", r"?\1", sql.replace(f'"{connection.user}".', ""))
        text = re.sub(r' (?:SUB)?PARTITION \("\w+"\)', "", text)
        text = text.replace("ROWNUM = 1", "1 = 1 LIMIT 1").replace("serial#", '"serial#"')
        text = re.sub(r"FETCH FIRST (\d+) ROWS ONLY", r"LIMIT \1", text)
        values: Any = (
            {k: _adapted(v) for k, v in parameters.items()}
            if isinstance(parameters, dict)
            else [_adapted(v) for v in parameters]
        )
        cursor = connection.sqlite.execute(text, values)
        self.description, self._rows = cursor.description, cursor.fetchall()
        self.rowcount = cursor.rowcount
        return self.rowcount

    def _query(self, sql: str, parameters: Sequence[Any] | dict[str, Any]) -> None:
        locking = _LOCKING.search(sql)
        if locking is not None:
            wait_s = 0.0 if locking[1] else float(locking[2]) if locking[2] else None
            sql = sql[: locking.start()]
            table = re.search(r"FROM (\S+)", sql)
            self._connection.lock(f"{table and table[1]} {list(parameters)[0]}", wait_s)
        sequence = re.match(r"SELECT (\S+)\.NEXTVAL FROM dual", sql)
        if sequence is not None:
            first, step = self._connection.dictionary.draw(sequence[1], int(list(parameters)[0]))
            self._rows = [(first + n * step,) for n in range(int(list(parameters)[0]))]
            self.description = ("NEXTVAL",)
            return
        self._send(sql, parameters)

    def _define(self, sql: str) -> None:
        """DDL: what is open is committed before, and so is the statement."""
        self._connection.commit()
        if self._connection.user == READER:
            raise oracledb.DatabaseError(FakeError("ORA-01031", "ORA-01031: insufficient privileges"))
        emptied = re.match(r"TRUNCATE TABLE (\S+)|ALTER TABLE (\S+) TRUNCATE", sql)
        if emptied is not None:
            if self._connection.dictionary.is_referred_to(emptied[1] or emptied[2]):
                text = "ORA-02266: unique/primary keys in table referenced by enabled foreign keys"
                raise oracledb.DatabaseError(FakeError("ORA-02266", text))
            self._send(f"DELETE FROM {emptied[1] or emptied[2]}", [])
            return
        for statement in self._connection.dictionary.define(sql.replace(f'"{self._connection.user}".', "")):
            self._send(statement, [])

    def _fenced(self, sql: str, parameters: Sequence[Any] | dict[str, Any]) -> None:
        found = _FENCED.fullmatch(sql)
        if found is None or not isinstance(parameters, dict):
            raise sqlite3.OperationalError(f"not understood: {sql}")
        self._connection.lock(f"{found[1].split()[1]} {parameters['load_id']}", None)
        for query in (f"SELECT fence_no {found[1]}", f"SELECT claim_no {found[2]}"):
            self._send(query, parameters)
            if not self._rows:
                raise oracledb.DatabaseError(FakeError("ORA-01403", "ORA-01403: no data found"))
        self._define(found[3].replace("''", "'"))

    def _merge(self, sql: str, parameters: Sequence[Any] | dict[str, Any]) -> None:
        found = _MERGE.fullmatch(sql)
        if found is None:
            raise sqlite3.OperationalError(f"not understood: {sql}")
        table, source, on = found["table"], f"({found['source']}) AS s", found["on"]
        self._connection.begin()
        updated = 0
        if found["update"]:
            changed = re.sub(r"\bt\.", "", found["update"])
            updated = self._send(f"UPDATE {table} AS t SET {changed} FROM {source} WHERE {on}", parameters)
        self._send(
            f"INSERT INTO {table} ({found['names']}) SELECT {found['values']} FROM {source}"
            f" WHERE NOT EXISTS (SELECT 1 FROM {table} AS t WHERE {on})",
            parameters,
        )
        self.rowcount += updated

    def _translated(self, error: sqlite3.Error) -> oracledb.Error:
        text = str(error)
        for part, code, sentence in _ERRORS:
            if part in text:
                place = text.partition(": ")[2].split(",")[0].upper().split(".")
                named = [self._connection.user, *place] if place != [""] else [self._connection.user]
                where = ".".join(f'"{name}"' for name in named) if code == 1400 else ".".join(named)
                message = f"ORA-{code:05}: {sentence.format(where=where)}"
                kind = oracledb.IntegrityError if part.endswith("failed") else oracledb.DatabaseError
                return kind(FakeError(f"ORA-{code:05}", message))
        return oracledb.DatabaseError(FakeError("ORA-00900", f"ORA-00900: invalid SQL statement: {text}"))


# Private functions


def _adapted(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return value
