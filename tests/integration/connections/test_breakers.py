"""Breakers in the repository, before the engine, and on the command line; servers are real."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import insert, select

from loadstone.audit import trail
from loadstone.bootstrap import breakers as stored
from loadstone.bootstrap.configured import configured
from loadstone.bootstrap.handlers import handlers as all_handlers
from loadstone.cli.main import main
from loadstone.connections.breaker import Breakers, Pass, Wait
from loadstone.connections.model import BreakerRules, BreakerState, Connection
from loadstone.database import migrate, outbox
from loadstone.database.breakers import BREAKER
from loadstone.database.open import Database
from loadstone.errors import Retry
from loadstone.jobs import launch
from loadstone.jobs.engine import Engine, EngineSettings
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.model import Outcome, Status, Task
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.worker import Worker
from loadstone.telemetry import metrics
from tests.proxy import Proxy
from tests.repository import Doing, define, open_repository

BANK = Connection(
    name="bank",
    kind="database",
    url="postgresql://nobody@127.0.0.1:1/x",
    rules=BreakerRules(failures_max=2, cooldown_s=0.2, growth=1, probe_s=5),
)
JOB = "name: one\nparameters: {n: {type: integer}}\nsteps: {a: {handler: h, retry: {attempts: 3, pause_s: 0.01}}}\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty repository of each kind."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    yield opened
    opened.close()


class OnBank(Doing):
    """A handler whose tasks work on the bank."""

    def systems(self, task: Task) -> tuple[Connection, ...]:
        return (BANK,)


def test_all_workers_share_a_breaker(database: Database) -> None:
    """What one opens is open for another; each transition is an event of the repository."""
    up = [False]

    def probe(connection: Connection) -> None:
        if not up[0]:
            raise Retry("LS-3022", "still away")

    one, two = (Breakers(stored.StoredBreakers(database), probe) for _ in range(2))
    admitted = one.admit(BANK, "1")
    assert isinstance(admitted, Pass)
    one.failed(admitted, "refused")
    two.failed(admitted, "refused")
    for breakers in (one, two):
        assert isinstance(breakers.admit(BANK, "x"), Wait)
    time.sleep(0.25)
    again = two.admit(BANK, "2")
    assert isinstance(again, Wait) and again.reason == "still away"
    up[0] = True
    time.sleep(0.25)
    assert isinstance(one.admit(BANK, "1"), Pass)
    with database.read() as connection:
        topics = [event.topic.removeprefix("breaker.") for event in outbox.read(connection)]
    assert ["opened", "half_opened", "opened", "half_opened", "closed"] == topics


def test_the_migration_goes_down_and_up_with_data(database: Database) -> None:
    """A breaker with every column filled does not stand in the way; what others held stays."""
    breakers = Breakers(stored.StoredBreakers(database), stored.probe)
    for _ in range(2):
        admitted = breakers.admit(BANK, "1")
        assert isinstance(admitted, Pass)
        breakers.failed(admitted, "refused")
    migrate.downgrade(database, "0003")
    with database.read() as connection:
        assert ["breaker.opened"] == [event.topic for event in outbox.read(connection)]
    migrate.upgrade(database)
    with database.write() as connection:
        connection.execute(insert(BREAKER).values(system="x", state="closed", failures=0, trips=0))
        assert ["x"] == list(connection.execute(select(BREAKER.c.system)).scalars())


def test_tasks_wait_for_an_open_breaker_and_burn_no_attempt(database: Database) -> None:
    """
    Two outages open it; four jobs with three attempts each wait through it, and all end well.

    While it is open nothing reaches the handler, and a waiting task says what it waits for.
    """
    up, probes = [False], [0]

    def probe(connection: Connection) -> None:
        probes[0] += 1
        if not up[0]:
            raise Retry("LS-3022", "still away")
        assert probes[0] > 2

    def act(task: Task, run: TaskRun) -> Outcome:
        if not up[0]:
            raise Retry("LS-3022", "the connection is refused")
        return Outcome()

    handler = OnBank(act)
    define(database, JOB, {"h": handler})
    started = [launch.launch(database, "one", {"n": n}, actor="ann").execution_id or 0 for n in range(4)]
    engine = Engine(database, {"h": handler}, breakers=Breakers(stored.StoredBreakers(database), probe))
    while probes[0] < 3:
        if not engine.run_next("w"):
            time.sleep(0.02)
    ran = len(handler.ran)
    assert 2 <= ran <= 3
    with database.read() as connection:
        waits = [
            wait
            for one in started
            for step in executions.steps(connection, one)
            for wait in tasks.waits(connection, step.id)
        ]
    assert "LS-7403" in {wait["code"] for wait in waits}
    assert any("loadstone connections test bank" in wait["hints"][0] for wait in waits)
    up[0] = True
    Worker(engine, threads=2).run(until_idle=True)
    with database.read() as connection:
        found = [executions.by_id(connection, one) for one in started]
    assert [Status.COMPLETED] * 4 == [one.status for one in found if one is not None]
    assert 4 == len(handler.ran) - ran


def test_a_fault_that_is_no_outage_opens_nothing(database: Database) -> None:
    """Deadlocks are retried; the server is well."""
    left = [4]

    def act(task: Task, run: TaskRun) -> Outcome:
        if left[0]:
            left[0] -= 1
            raise Retry("LS-3024", "deadlock detected")
        return Outcome()

    define(database, JOB.replace("attempts: 3", "attempts: 9"), {"h": (handler := OnBank(act))})
    launch.launch(database, "one", {"n": 1}, actor="ann")
    breakers = Breakers(stored.StoredBreakers(database), stored.probe)
    Worker(Engine(database, {"h": handler}, breakers=breakers)).run(until_idle=True)
    assert 5 == len(handler.ran)
    assert [] == breakers.listed()


LOAD = """
name: load
parameters: {data: {type: file}}
steps:
  load:
    handler: load
    config: {control: t.ctl, target: bank, data: "{data}", create_tables: true}
    retry: {attempts: 4, pause_s: 0.05}
"""


def test_an_outage_of_a_real_server_trips_it_and_recovery_closes_it(
    here: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six loads over a proxy that is cut: they wait visibly, and all are loaded once when it is back."""
    metrics.enable()
    proxy = Proxy(postgres_url)
    (here / "loadstone.toml").write_text(
        f'[targets.bank]\nurl = "{proxy.url}"\nbreaker = {{failures_max = 2, cooldown_s = 0.3, growth = 1}}\n'
    )
    (here / "t.ctl").write_text(
        "LOAD DATA INFILE 'x' APPEND INTO TABLE paid FIELDS TERMINATED BY ',' (id INTEGER EXTERNAL, name CHAR)\n"
    )
    for number in range(6):
        (here / f"f{number}.csv").write_text(f"{number},x\n")
    assert ["bank"] == sorted(configured())
    database = open_repository(str(here / "r.db"))
    define(database, LOAD, all_handlers(database))
    proxy.stop()
    started = [
        launch.launch(database, "load", {"data": f"f{n}.csv"}, actor="ann").execution_id or 0
        for n in range(6)
    ]
    store = stored.StoredBreakers(database)
    engine = Engine(
        database, all_handlers(database), settings=EngineSettings(), breakers=stored.breakers(database)
    )
    deadline = time.monotonic() + 30
    while store.find("bank").state is not BreakerState.OPEN and time.monotonic() < deadline:
        engine.run_next("w") or time.sleep(0.02)
    assert BreakerState.OPEN is store.find("bank").state
    assert 'loadstone_breaker_state{system="bank"} 2.0' in metrics.exposed()
    proxy.start()
    Worker(engine, threads=2).run(until_idle=True)
    with database.read() as connection:
        found = [executions.by_id(connection, one) for one in started]
    assert [] == [one.error for one in found if one is not None and one.error is not None]
    assert [Status.COMPLETED] * 6 == [one.status for one in found if one is not None]
    assert BreakerState.CLOSED is store.find("bank").state
    assert 'loadstone_breaker_state{system="bank"} 0.0' in metrics.exposed()
    proxy.stop()
    with psycopg.connect(postgres_url) as direct:
        assert [(n,) for n in range(6)] == direct.execute("SELECT id FROM paid ORDER BY id").fetchall()
    metrics.disable()


@pytest.fixture
def server(postgres_url: str) -> Iterator[str]:
    """The test's database over TCP, with a login ``clerk`` that may make nothing."""
    proxy = Proxy(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS clerk")
        connection.execute("CREATE ROLE clerk LOGIN")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    yield proxy.url
    proxy.stop()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE clerk")


def steps_of(out: str) -> list[tuple[str, bool]]:
    """Steps of a test, and whether they were good."""
    return [(one["step"], one["good"]) for one in map(json.loads, out.splitlines())]


def test_a_test_names_what_is_wrong(here: Path, server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """DNS, port, login, rights: the first that is wrong is the last line, with a hint."""
    parts = urlsplit(server)
    port, path = parts.port, parts.path
    (here / "loadstone.toml").write_text(
        f'[targets.good]\nurl = "{server}"\n'
        f'[targets.name]\nurl = "postgresql://ann@no-such-host.invalid:{port}{path}"\n'
        f'[targets.port]\nurl = "postgresql://ann@127.0.0.1:1{path}"\n'
        f'[targets.login]\nurl = "postgresql://nobody_here@127.0.0.1:{port}{path}"\n'
        f'[targets.rights]\nurl = "postgresql://clerk@127.0.0.1:{port}{path}"\n'
        '[connections.file]\nurl = "bank.db"\n'
    )
    wanted = {
        "good": [("DNS", True), ("port", True), ("login", True), ("rights", True)],
        "name": [("DNS", False)],
        "port": [("DNS", True), ("port", False)],
        "login": [("DNS", True), ("port", True), ("login", False)],
        "rights": [("DNS", True), ("port", True), ("login", True), ("rights", False)],
        "file": [("login", True), ("rights", True)],
    }
    for name, steps in wanted.items():
        code = main(["connections", "test", name, "--json", "--repository", str(here / "r.db")])
        out = capsys.readouterr().out
        assert steps == steps_of(out), name
        assert (0 if steps[-1][1] else 2) == code
        if not steps[-1][1]:
            assert json.loads(out.splitlines()[-1])["hint"]


def test_a_list_shows_breakers_and_a_reset_closes_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Passwords are not shown; the reset is audited; unknown names are refused."""
    (here / "loadstone.toml").write_text('[targets.bank]\nurl = "postgresql://ann:geheim@127.0.0.1:1/x"\n')
    repository = ["--repository", str(here / "r.db")]
    database = open_repository(str(here / "r.db"))
    breakers = stored.breakers(database)
    for _ in range(5):
        admitted = breakers.admit(configured()["bank"], "1")
        assert isinstance(admitted, Pass)
        breakers.failed(admitted, "refused")
    assert 0 == main(["connections", "list", *repository])
    told = capsys.readouterr().out
    assert "open" in told and "refused" in told and "geheim" not in told
    assert 0 == main(["connections", "reset", "BANK", *repository, "--as", "ann"])
    assert "closed" in capsys.readouterr().out
    with database.read() as connection:
        assert ["ann"] == [
            entry.actor for entry in trail.entries(connection) if entry.action == "breaker.reset"
        ]
    for action in ("reset", "test"):
        assert 1 == main(["connections", action, "nobody", *repository])
        assert "LS-7404" in capsys.readouterr().err
    database.close()
