"""
Small jobs on a bad day: statements fail, connections are cut at COMMIT, the server is away now and then.

``make faults`` runs 2,000 of them, ``make test`` 60. What a load sends to its PostgreSQL target passes a proxy, which
cuts the connection so often that 5 % of the calls of the target fail: a load makes 20 calls in 73 exchanges with the
server. COMMITs are cut in 10 %, half of these behind them. The server is away for 5 to 40 s, 5 % of the time.
Transactions of the repository fail in 2 % before and in 0.5 % behind their commit. In ``make test`` pauses, cool-downs,
leases and outages are 50 times shorter than they are by default (``--fault-clock``), so the day is as bad as it would
be without that; ``make faults`` keeps to the clock.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection

from loadstone.bootstrap.breakers import breakers
from loadstone.bootstrap.handlers import handlers
from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.errors import Retry
from loadstone.jobs import launch
from loadstone.jobs.engine import Engine, EngineSettings
from loadstone.jobs.model import Status
from loadstone.jobs.repository import executions
from loadstone.jobs.worker import Tick, Worker
from loadstone.load import lasting
from tests.proxy import Proxy, spoiler
from tests.repository import define, open_repository

FAULTS = 0.05 * 20 / 73
"""Chance of a cut in one exchange with the server: 5 % in a call."""

AT_COMMIT = 0.10
ROWS = 20
TTL_S_MIN = 3.0
"""Leases are no shorter: a renewal needs its time also on a busy machine."""

FAILED_MAX = 1 / 1000
JOB = """
name: small
parameters: {n: {type: integer}}
steps:
  load:
    handler: load
    config: {control: t.ctl, target: bank, data: "f{n}.csv", log: "f{n}.log", bad: "f{n}.bad", workers: 1}
    retry: {attempts: 60, pause_s: PAUSE_S, pause_max_s: PAUSE_S_MAX}
"""
CONTROL = "LOAD DATA INFILE 'x' APPEND INTO TABLE paid FIELDS TERMINATED BY ',' (run INTEGER EXTERNAL, id INTEGER EXTERNAL)\n"


class Shaky(Database):
    """A repository whose transactions fail now and then while ``shaking``, before their work or behind their commit."""

    def __init__(self, inner: Database, seed: int) -> None:
        super().__init__(inner.engine, inner.path)
        self._rng, self._lock, self.failed = random.Random(seed), threading.Lock(), 0
        self.shaking = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        before, behind = self._drawn() < 0.02, self._drawn() < 0.005
        before, behind = before and self.shaking, behind and self.shaking
        if before:
            raise self._fault()
        with super().write() as connection:
            yield connection
        if behind:
            raise self._fault()

    def shake(self) -> None:
        """From now on; the start of a worker needs its repository."""
        self.shaking = True

    def _drawn(self) -> float:
        with self._lock:
            return self._rng.random()

    def _fault(self) -> Retry:
        self.failed += 1
        return Retry("LS-7002", "the repository does not answer: injected")


def outages(proxy: Proxy, over: threading.Event, clock: float, told: list[float]) -> None:
    """Take the server away, 5 % of the time, ``clock`` times faster than it says."""
    rng = random.Random(5)
    while True:
        away_s = rng.uniform(5, 40) / clock
        if over.wait(away_s * rng.uniform(12, 26)):
            return
        proxy.stop()
        over.wait(away_s)
        proxy.start()
        told.append(away_s)


def test_nearly_all_runs_end_well_and_none_loses_or_doubles_a_row(
    here: Path, postgres_url: str, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most one in a thousand may fail, and rows and rejects are those of an undisturbed day, each once."""
    runs, clock = int(pytestconfig.getoption("--fault-runs")), float(pytestconfig.getoption("--fault-clock"))
    monkeypatch.setattr(lasting, "RETRY_PAUSE_S", lasting.RETRY_PAUSE_S / clock)
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE TABLE paid (run integer NOT NULL, id integer NOT NULL)")
    proxy = Proxy(postgres_url, spoiler(FAULTS, AT_COMMIT, seed=7))
    Path("loadstone.toml").write_text(
        f'[targets.bank]\nurl = "{proxy.url}"\n'
        f"breaker = {{cooldown_s = {5 / clock}, cooldown_s_max = {30 / clock}, probe_s = {60 / clock}}}\n"
    )
    Path("t.ctl").write_text(CONTROL)
    database = open_repository("r.db")
    job = JOB.replace("PAUSE_S_MAX", str(30 / clock)).replace("PAUSE_S", str(1 / clock))
    define(database, job, handlers(database))
    started = []
    for number in range(runs):
        lines = [f"{number},{row}\n" for row in range(ROWS)] + [f"{number},bad\n"]
        Path(f"f{number}.csv").write_text("".join(lines))
        started.append(launch.launch(database, "small", {"n": number}, actor="ann").execution_id or 0)
    shaky = Shaky(database, seed=9)
    over, away = threading.Event(), list[float]()
    weather = threading.Thread(target=outages, args=(proxy, over, clock, away))
    begun = time.monotonic()
    weather.start()
    settings = EngineSettings(ttl=timedelta(seconds=max(TTL_S_MIN, 30 / clock)))
    engine = Engine(shaky, handlers(database), settings=settings, breakers=breakers(database))
    worker = Worker(engine, threads=8, ticks=[Tick("shake", 0.5, shaky.shake, apart=True)])
    try:
        worker.run(until_idle=True)
    finally:
        over.set()
        weather.join()
    took_s = time.monotonic() - begun
    with database.read() as connection:
        found = [executions.by_id(connection, one) for one in started]
        retried = len(outbox.read(connection, topics=["fault.retried"], limit=10**6))
        opened = len(outbox.read(connection, topics=["breaker.opened"], limit=10**6))
    failed = [one.error for one in found if one is None or one.status is not Status.COMPLETED]
    print(
        f"{runs} runs in {took_s:.0f} s: {len(failed)} failed; {proxy.cuts} connections cut, {len(away)} outages"
        f" ({sum(away) / took_s:.1%} of the time), {shaky.failed} faults of the repository, {retried} retries,"
        f" breaker opened {opened} times"
    )
    assert proxy.cuts > runs / 2 and retried > 0
    assert len(failed) <= runs * FAILED_MAX, failed
    _compare(postgres_url, runs - len(failed), runs)


# Private functions


def _compare(url: str, completed: int, runs: int) -> None:
    """Each row once, each reject once."""
    with psycopg.connect(url) as server:
        row = server.execute("SELECT count(*), count(DISTINCT (run, id)) FROM paid").fetchone()
        assert row is not None
        assert row[0] == row[1], "rows are double"
        whole = server.execute(
            "SELECT count(*) FROM (SELECT run FROM paid GROUP BY run HAVING count(*) = %s) x", [ROWS]
        ).fetchone()
        rejects = server.execute("SELECT count(*), count(DISTINCT load_id) FROM loadstone_reject").fetchone()
    assert whole is not None and completed <= whole[0] <= runs
    assert rejects is not None and rejects[0] == rejects[1] and completed <= rejects[1] <= runs
