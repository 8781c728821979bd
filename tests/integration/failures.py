"""Injections of failures, by their numbers in ``docs/reference/failures.md``; each gives the error that it met."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import active_children
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from loadstone.alerts.channels import channels_of
from loadstone.alerts.model import Message
from loadstone.books import Contribution
from loadstone.bootstrap import breakers as stored
from loadstone.bootstrap import repository, targets
from loadstone.bootstrap.configured import configured
from loadstone.bootstrap.handlers import handlers
from loadstone.bootstrap.handlers.child import Children
from loadstone.connections.breaker import Pass
from loadstone.database.open import Database
from loadstone.errors import LoadstoneError
from loadstone.jobs import launch
from loadstone.jobs.definition import parse_definition
from loadstone.jobs.engine import LOST_MAX, Engine
from loadstone.jobs.faults import FaultKind, rule_for
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.worker import Worker
from loadstone.load import lasting
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from loadstone.targets.sqlite.target import SqliteTarget
from tests.repository import define, put_repository
from tests.runs import Undisturbed, load

CONTROL = "LOAD DATA INFILE 't.dat' APPEND INTO TABLE paid FIELDS TERMINATED BY ',' (id INTEGER EXTERNAL, name CHAR)\n"
DDL = "CREATE TABLE paid (id NUMBER(9) PRIMARY KEY, name VARCHAR2(20));\n"
DATA = "1,one\n2,two\n3,three\n"
LOAD_STEP = "{{handler: load, config: {{control: t.ctl, ddl: t.sql, target: '{target}'{more}}}{limits}}}"


@dataclass(frozen=True)
class Met:
    """What an operator reads, and the kind that the engine makes of it."""

    text: str
    kind: FaultKind


@dataclass
class Place:
    """Where an injection works: an empty folder, which is the current one, and an empty PostgreSQL database."""

    folder: Path
    server: str
    monkeypatch: pytest.MonkeyPatch

    def write(self, name: str, text: str | bytes) -> None:
        """A file of the folder."""
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def database(self) -> Database:
        """The repository."""
        put_repository(self.folder / "repository.db")
        return repository.open_repository("repository.db")

    def ask(self, sql: str, url: str | None = None) -> None:
        """One statement on the server."""
        with psycopg.connect(url or self.server, autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[call-overload]

    def login(self, role: str) -> str:
        """The server's URL with another login."""
        with psycopg.connect(self.server) as connection:
            info = connection.info
            host, name = info.host, info.dbname
        if host.startswith("/"):
            return f"postgresql://{role}@/{name}?host={quote(host)}"
        return f"postgresql://{role}@{host}:{info.port}/{name}"

    def with_option(self, option: str) -> str:
        """The server's URL with a setting for the session."""
        sign = "&" if "?" in self.server else "?"
        return f"{self.server}{sign}options={quote('-c ' + option)}"


def met(act: Callable[[], object]) -> Met:
    """The error that ``act`` meets."""
    with pytest.raises(LoadstoneError) as caught:
        act()
    return Met(str(caught.value), rule_for(caught.value).kind)


def simple_load(target: str, control: str = CONTROL, **options: Any) -> object:
    """Load the three records."""
    if not Path("t.dat").exists():
        Path("t.dat").write_text(DATA)
    return load(control, target, **{"ddl": DDL, **options})


def job(place: Place, steps: str, parameters: str = "{}", **given: Any) -> Met:
    """Run a job; the fault of the step that failed."""
    place.write("t.ctl", CONTROL)
    place.write("t.sql", DDL)
    if not Path("t.dat").exists():
        place.write("t.dat", DATA)
    database = place.database()
    known = handlers(database)
    define(database, f"name: j\nparameters: {parameters}\nsteps: {steps}\n", known)
    started = launch.launch(database, "j", given, actor="ann")
    Worker(Engine(database, known)).run(until_idle=True)
    with database.read() as connection:
        found = executions.steps(connection, started.execution_id or 0)
    database.close()
    return of_values(next(step.error for step in found if step.error is not None))


def of_values(error: Any) -> Met:
    """An error as the repository has it."""
    hints = "\n".join(f"HINT: {hint}" for hint in error["hints"])
    return Met(f"[{error['code']}] {error['place'] or ''}: {error['message']}\n{hints}", error["kind"])


@contextmanager
def file_size_max(size_bytes: int) -> Iterator[None]:
    """As if the disk were full for every file that would grow beyond it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)


# Transient


def t1(place: Place) -> Met:
    """Nobody listens at port 1."""
    return met(lambda: simple_load("postgresql://ann@127.0.0.1:1/bank"))


def t2(place: Place) -> Met:
    """All sessions are ended, again and again."""
    place.monkeypatch.setattr(lasting, "RETRY_MAX", 1)
    place.monkeypatch.setattr(lasting, "RETRY_PAUSE_S", 0.01)
    place.write("t.dat", "".join(f"{n},{n}\n" for n in range(30_000)))
    over = threading.Event()

    def end() -> None:
        with psycopg.connect(place.server, autocommit=True) as connection:
            while not over.wait(0.002):
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND application_name LIKE 'loadstone:%'"
                )

    thread = threading.Thread(target=end)
    thread.start()
    try:
        return met(lambda: simple_load(place.server, chunk_size_bytes=4000))
    finally:
        over.set()
        thread.join()


def t3(place: Place) -> Met:
    """Five outages open the breaker; the task waits."""
    place.write("loadstone.toml", '[targets.bank]\nurl = "postgresql://ann@127.0.0.1:1/bank"\n')
    place.write("t.ctl", CONTROL)
    database = place.database()
    breakers = stored.breakers(database)
    for _ in range(5):
        admitted = breakers.admit(configured()["bank"], "x")
        assert isinstance(admitted, Pass)
        breakers.failed(admitted, "cannot connect: connection refused")
    known = handlers(database)
    define(database, "name: j\nsteps: {a: {handler: load, config: {control: t.ctl, target: bank}}}\n", known)
    started = launch.launch(database, "j", {}, actor="ann")
    engine = Engine(database, known, breakers=breakers)
    engine.run_next("w")
    engine.close()
    with database.read() as connection:
        step = executions.steps(connection, started.execution_id or 0)[0]
        wait = tasks.waits(connection, step.id)[0]
    database.close()
    return of_values(wait)


def t4(place: Place) -> Met:
    """Another session holds the table."""
    place.monkeypatch.setattr(lasting, "RETRY_MAX", 0)
    simple_load(place.server)
    place.write("t.dat", "7,seven\n")
    with psycopg.connect(place.server) as connection:
        connection.execute("LOCK TABLE paid IN ACCESS EXCLUSIVE MODE")
        return met(lambda: simple_load(place.with_option("lock_timeout=100"), run_id="2"))


def t5(place: Place) -> Met:
    """Another program has begun to write."""
    simple_load("bank.db")
    place.monkeypatch.setattr(lasting, "RETRY_MAX", 0)
    real = sqlite3.connect

    def impatient(*words: Any, **more: Any) -> sqlite3.Connection:
        return real(*words, **{**more, "timeout": 0.1})

    place.monkeypatch.setattr(sqlite3, "connect", impatient)
    other = real("bank.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        return met(lambda: simple_load("bank.db", run_id="2"))
    finally:
        other.close()


def t6(place: Place) -> Met:
    """Another load holds the file."""
    simple_load("bank.db")
    other = SqliteTarget("bank.db")
    release = other.hold("f" * 64, take_over=False)
    try:
        return met(lambda: simple_load("bank.db", run_id="2"))
    finally:
        release()
        other.close()


class _Killing(Undisturbed):
    """Kills the process of the load as soon as somebody looks whether it should stop."""

    def stop_requested(self) -> bool:
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
        return False


def t7(place: Place) -> Met:
    """The child of a worker is killed."""
    place.write("t.dat", "".join(f"{n},{n}\n" for n in range(300_000)))
    spec = parse_control(CONTROL.encode(), "t.ctl")
    place.write("t.sql", DDL)
    request = LoadRequest(spec=spec, spec_path="t.ctl", target="bank.db", ddl=("t.sql",))
    return met(lambda: Children().load(request, _Killing()))  # type: ignore[arg-type]


def t8(place: Place) -> Met:
    """Nobody listens where the repository should be."""
    return met(lambda: repository.open_repository("postgresql+psycopg://ann@127.0.0.1:1/jobs"))


def t9(place: Place) -> Met:
    """The role may have no session at all."""
    place.ask("DROP ROLE IF EXISTS few")
    place.ask("CREATE ROLE few LOGIN CONNECTION LIMIT 0")
    try:
        return met(lambda: simple_load(place.login("few")))
    finally:
        place.ask("DROP ROLE few")


def t10(place: Place) -> Met:
    """A port that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    channel = {
        "kind": "smtp",
        "host": "127.0.0.1",
        "port": port,
        "sender": "a@b.example",
        "to": ["c@d.example"],
    }
    return met(lambda: channels_of({"mail": channel})["mail"](Message(key="k", subject="s", text="t")))


# Data quality


def d1(place: Place) -> Met:
    """A file that nobody has sent."""
    return met(lambda: simple_load("bank.db", CONTROL.replace("t.dat", "gone.dat")))


def d2(place: Place) -> Met:
    """A file of no bytes before the step ``validate``."""
    place.write("t.dat", "")
    return job(place, "{v: {handler: validate, config: {control: t.ctl, target: bank.db}}}")


def d3(place: Place) -> Met:
    """Bytes in the middle are others."""
    packed = bytearray(gzip.compress(os.urandom(3000)))
    packed[1500:1520] = b"x" * 20
    place.write("t.dat.gz", bytes(packed))
    return met(lambda: simple_load("bank.db", CONTROL.replace("t.dat", "t.dat.gz")))


def d4(place: Place) -> Met:
    """The last bytes are missing."""
    place.write("t.dat.gz", gzip.compress(DATA.encode() * 500)[:-12])
    return met(lambda: simple_load("bank.db", CONTROL.replace("t.dat", "t.dat.gz")))


def d5(place: Place) -> Met:
    """Two bad records, none allowed."""
    place.write("t.dat", "x,bad\ny,bad\n3,three\n")
    return job(place, "{a: " + LOAD_STEP.format(target=place.server, more=", errors: 0", limits="") + "}")


def d6(place: Place) -> Met:
    """Two bad records, one allowed by the step."""
    place.write("t.dat", "x,bad\ny,bad\n3,three\n")
    limits = ", limits: {rejects_max: 1}"
    return job(place, "{a: " + LOAD_STEP.format(target=place.server, more="", limits=limits) + "}")


class _StopsAtOnce(Undisturbed):
    """Asks the load to stop behind its first chunk."""

    asked = False

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        self.asked = True

    def stop_requested(self) -> bool:
        return self.asked


def d7(place: Place) -> Met:
    """The first half is loaded when the file is sent again, with another beginning."""
    from loadstone.bootstrap import loads

    place.write("t.dat", "".join(f"{n},one\n" for n in range(2000)))
    place.write("t.sql", DDL)
    spec = parse_control(CONTROL.encode(), "t.ctl")
    request = LoadRequest(
        spec=spec, spec_path="t.ctl", target="bank.db", ddl=("t.sql",), chunk_size_bytes=4000, workers=1
    )
    assert "stopped" == loads.load(request, _StopsAtOnce()).outcome
    place.write("t.dat", "".join(f"{n},two\n" for n in range(2000)))
    return met(lambda: loads.load(request, Undisturbed()))


def d8(place: Place) -> Met:
    """A header of another file."""
    place.write("t.dat", "colour,shape\n1,one\n")
    named = CONTROL.replace("FIELDS TERMINATED", "FIELDS CSV WITHOUT EMBEDDED TERMINATED")
    control = named.replace("LOAD DATA INFILE", "LOAD DATA FIELD NAMES ALL FILES INFILE")
    return met(lambda: simple_load("bank.db", control))


def d9(place: Place) -> Met:
    """Lines where records with lengths are expected."""
    place.write("t.dat", "hello,world\n")
    return met(lambda: simple_load("bank.db", CONTROL.replace("'t.dat'", "'t.dat' \"var 5\"")))


def d10(place: Place) -> Met:
    """The file is part of what is launched."""
    database = place.database()
    define(
        database,
        "name: j\nparameters: {data: {type: file}}\nsteps: {a: {handler: command, config: {run: [ls]}}}\n",
        handlers(database),
    )
    found = met(lambda: launch.launch(database, "j", {"data": "missing.dat"}, actor="ann"))
    database.close()
    return found


# Configuration


def c1(place: Place) -> Met:
    """No DDL, no table."""
    return met(lambda: simple_load("bank.db", ddl=""))


def c2(place: Place) -> Met:
    """A field for a column that is not there."""
    return met(lambda: simple_load("bank.db", CONTROL.replace("name CHAR", "colour CHAR")))


def c3(place: Place) -> Met:
    """A login that the server does not know."""
    return met(lambda: simple_load(place.login("nobody_here")))


def c4(place: Place) -> Met:
    """A database that the server does not have."""
    with psycopg.connect(place.server) as connection:
        name = connection.info.dbname
    return met(lambda: simple_load(place.server.replace(f"/{name}", "/no_such_db", 1)))


def c5(place: Place) -> Met:
    """A login that may read the table alone."""
    simple_load(place.server)
    place.ask("DROP ROLE IF EXISTS reader_only")
    place.ask("CREATE ROLE reader_only LOGIN")
    try:
        targets.init(place.server, role="reader_only")
        place.ask("GRANT SELECT ON paid TO reader_only")
        return met(lambda: simple_load(place.login("reader_only"), ddl="", run_id="2"))
    finally:
        place.ask("DROP OWNED BY reader_only")
        place.ask("DROP ROLE reader_only")


def c6(place: Place) -> Met:
    """SQL*Loader's usual method, and rows in the table."""
    simple_load("bank.db")
    return met(lambda: simple_load("bank.db", CONTROL.replace("APPEND ", ""), run_id="2"))


def c7(place: Place) -> Met:
    """A word is missing in the second line."""
    text = "LOAD DATA INFILE 't.dat'\nAPPEND INTO paid FIELDS TERMINATED BY ','\n(id INTEGER EXTERNAL)\n"
    return met(lambda: parse_control(text.encode(), "bad.ctl"))


def c8(place: Place) -> Met:
    """Stored, and seen by nobody else."""
    from loadstone.jobs import registry

    database = place.database()
    text = "name: j\nsteps: {a: {handler: command, config: {run: [ls]}}}\n"
    registry.store(database, parse_definition(text), handlers(database), actor="ann")
    found = met(lambda: launch.launch(database, "j", {}, actor="ann"))
    database.close()
    return found


def c9(place: Place) -> Met:
    """A word where a date belongs."""
    database = place.database()
    text = "name: j\nparameters: {business_date: {type: date}}\nsteps: {a: {handler: command, config: {run: [ls]}}}\n"
    define(database, text, handlers(database))
    found = met(lambda: launch.launch(database, "j", {"business_date": "tomorrow"}, actor="ann"))
    database.close()
    return found


def c10(place: Place) -> Met:
    """No such file."""
    return job(place, "{a: {handler: command, config: {run: [/no/such/program]}}}")


# System


def s1(place: Place) -> Met:
    """No file may grow beyond 96 KiB."""
    place.write("t.dat", "".join(f"{n},{'x' * 20}\n" for n in range(20_000)))
    with file_size_max(96 * 1024):
        return met(lambda: simple_load("bank.db"))


def s2(place: Place) -> Met:
    """The bad file goes to a device without room."""
    place.write("t.dat", "x,bad\n1,one\n")
    (place.folder / "t.bad.part").symlink_to("/dev/full")
    return met(lambda: simple_load("bank.db"))


def s3(place: Place) -> Met:
    """Nobody has made the folder."""
    return met(lambda: simple_load("bank.db", log="no/such/folder/t.log"))


def s4(place: Place) -> Met:
    """Other bytes than SQLite's."""
    place.write("bank.db", b"no database at all" * 500)
    return met(lambda: simple_load("bank.db"))


def s5(place: Place) -> Met:
    """As a standby is."""
    simple_load(place.server)
    return met(lambda: simple_load(place.with_option("default_transaction_read_only=on"), run_id="2"))


def s6(place: Place) -> Met:
    """Workers claim the task and are never heard of again."""
    database = place.database()
    known = handlers(database)
    define(database, "name: j\nsteps: {a: {handler: command, config: {run: [ls]}}}\n", known)
    started = launch.launch(database, "j", {}, actor="ann")
    for number in range(LOST_MAX + 1):
        with database.write() as connection:
            assert tasks.claim(connection, f"dead{number}", timedelta(seconds=-1)) is not None
    Worker(Engine(database, known)).run(until_idle=True)
    with database.read() as connection:
        error = executions.steps(connection, started.execution_id or 0)[0].error
    database.close()
    return of_values(error)


def s7(place: Place) -> Met:
    """Longer than it may."""
    return job(place, "{a: {handler: command, config: {run: [sleep, '20']}, limits: {timeout_s: 0.2}}}")


def s8(place: Place) -> Met:
    """A program of the house has its own trouble."""
    run = '[sh, "-c", "echo no space on device >&2; exit 3"]'
    return job(place, "{a: {handler: command, config: {run: " + run + "}}}")


def s9(place: Place) -> Met:
    """Somebody takes a chunk out of the books of a load that is done."""
    place.write(
        "tamper.py",
        f"import psycopg\nwith psycopg.connect({place.server!r}) as c: c.execute('DELETE FROM loadstone_chunk')\n",
    )
    steps = (
        "{load: "
        + LOAD_STEP.format(target=place.server, more="", limits="")
        + ", tamper: {handler: command, needs:"
        f" [load], config: {{run: [{sys.executable}, tamper.py]}}}}, audit: {{handler: audit, needs: [tamper, load],"
        f" config: {{target: '{place.server}'}}}}}}"
    )
    return job(place, steps)


def s10(place: Place) -> Met:
    """The repository may not grow."""
    database = place.database()

    def fill() -> None:
        from loadstone.database import outbox

        with suppress(ZeroDivisionError):
            for _ in range(2000):
                with database.write() as connection:
                    outbox.put(connection, "t", "k", {"text": "x" * 2000})

    with file_size_max(300 * 1024):
        found = met(fill)
    database.close()
    return found


INJECTIONS: dict[str, Callable[[Place], Met]] = {
    name.upper(): act
    for name, act in list(globals().items())
    if callable(act) and name[0] in "tdcs" and name[1:].isdigit()
}
"""All injections by number."""
