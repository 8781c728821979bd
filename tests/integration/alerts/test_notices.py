"""From events to messages over real repositories, with receivers that fail and come back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from loadstone.alerts import repository
from loadstone.alerts.collect import Pace, collect, escalate
from loadstone.alerts.deliver import ATTEMPTS_MAX, acknowledge, deliver
from loadstone.alerts.model import Message, NoticeState
from loadstone.alerts.rules import rules_of
from loadstone.alerts.tables import DELIVERY, NOTICE
from loadstone.audit import trail
from loadstone.cli.main import main
from loadstone.database import migrate, outbox
from loadstone.database.open import Database, now
from loadstone.errors import FixFile, FixSpec, Retry
from loadstone.jobs import deadlines, launch
from loadstone.jobs.engine import Engine
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.model import Outcome, Task
from loadstone.jobs.worker import Tick, Worker
from tests.integration.alerts.servers import web_server
from tests.repository import Doing, define, open_repository

RULES = rules_of(
    [
        {
            "name": "system",
            "topics": ["fault.system", "execution.late"],
            "severity": "critical",
            "tell": ["ops"],
            "escalate": [{"after_s": 900, "tell": ["boss"]}, {"after_s": 900, "tell": ["board"]}],
            "closed_by": ["execution.completed"],
        },
        {"name": "quality", "topics": ["fault.data_quality"], "tell": ["stewards"]},
        {"name": "outage", "topics": ["breaker.opened"], "tell": ["ops"], "closed_by": ["breaker.closed"]},
    ]
)
AT_ONCE = Pace(group_s=0, repeat_s=3600)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty repository of each kind."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    yield opened
    opened.close()


class Inbox:
    """A channel that keeps what it gets; ``fails`` are raised first."""

    def __init__(self, *fails: Exception) -> None:
        self.messages: list[Message] = []
        self.fails = list(fails)

    def __call__(self, message: Message) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.messages.append(message)


def put(database: Database, topic: str, key: str = "1", **body: Any) -> None:
    """One event."""
    with database.write() as connection:
        outbox.put(connection, topic, key, body)


def fault(database: Database, topic: str = "fault.system", job: str = "payments", **more: Any) -> None:
    """One fault of a job's step."""
    values = {"code": "LS-3021", "message": "full", "hints": ["free room."], "step": "load", **more}
    put(database, topic, job=job, **values)


def let_pass(database: Database, seconds: float) -> None:
    """As if all that stands in the tables had happened so long ago."""
    ago = timedelta(seconds=seconds)
    with database.write() as connection:
        for row in connection.execute(select(NOTICE)).all():
            names = ("escalate_at", "told_at", "acknowledged_at")
            moved = {name: getattr(row, name) - ago for name in names if getattr(row, name)}
            connection.execute(
                update(NOTICE).where(NOTICE.c.id == row.id).values(last_at=row.last_at - ago, **moved)
            )
        for row in connection.execute(select(DELIVERY)).all():
            moved = {"not_before": row.not_before - ago}
            connection.execute(update(DELIVERY).where(DELIVERY.c.id == row.id).values(moved))


def states(database: Database) -> list[tuple[str, int]]:
    """Notices with their counts."""
    with database.read() as connection:
        return [(row["state"], row["count"]) for row in reversed(repository.listed(connection, every=True))]


def test_a_storm_is_one_message_with_a_count(database: Database) -> None:
    """A thousand equal faults within the grouping time, and one of another step."""
    with database.write() as connection:
        for number in range(1000):
            body = {"job": "payments", "step": "load", "code": "LS-3021", "message": "full", "hints": []}
            outbox.put(connection, "fault.system", str(number), body)
        outbox.put(connection, "fault.system", "1", {**body, "step": "audit"})
    ops = Inbox()
    collect(database, RULES, Pace(group_s=60))
    assert 0 == deliver(database, {"ops": ops})
    let_pass(database, 61)
    assert 2 == deliver(database, {"ops": ops})
    assert "(1,000 times)" in ops.messages[0].subject
    assert 1000 == ops.messages[0].values["count"]
    assert len({message.key for message in ops.messages}) == 2
    fault(database)
    collect(database, RULES, AT_ONCE)
    assert 0 == deliver(database, {"ops": ops})
    assert [("open", 1001), ("open", 1)] == sorted(states(database), reverse=True)


def test_what_goes_on_is_told_again_after_a_while(database: Database) -> None:
    """With its count so far, and a key of its own."""
    ops = Inbox()
    for _ in range(2):
        fault(database)
        collect(database, RULES, AT_ONCE)
        deliver(database, {"ops": ops})
    let_pass(database, 3601)
    fault(database)
    collect(database, RULES, AT_ONCE)
    assert 1 == deliver(database, {"ops": ops})
    assert [1, 3] == [message.values["count"] for message in ops.messages]
    assert len({message.key for message in ops.messages}) == 2


def test_data_quality_tells_the_stewards_and_nobody_else(database: Database) -> None:
    """And is not escalated."""
    fault(database, "fault.data_quality")
    collect(database, RULES, AT_ONCE)
    boxes = {name: Inbox() for name in ("ops", "stewards", "boss")}
    deliver(database, boxes)
    let_pass(database, 10_000)
    escalate(database)
    deliver(database, boxes)
    assert {"ops": 0, "stewards": 1, "boss": 0} == {name: len(box.messages) for name, box in boxes.items()}


def test_a_system_fault_escalates_until_it_is_acknowledged(database: Database) -> None:
    """Level by level; an acknowledgement ends it, is audited, and is an event."""
    boxes = {name: Inbox() for name in ("ops", "boss", "board")}

    def round_() -> dict[str, int]:
        escalate(database)
        deliver(database, boxes)
        return {name: len(box.messages) for name, box in boxes.items()}

    fault(database)
    collect(database, RULES, AT_ONCE)
    assert {"ops": 1, "boss": 0, "board": 0} == round_()
    let_pass(database, 901)
    assert {"ops": 1, "boss": 1, "board": 0} == round_()
    assert boxes["boss"].messages[0].subject.startswith("[critical] escalated to level 2: [LS-3021] full")
    notice = boxes["boss"].messages[0].values["notice"]
    assert NoticeState.ACKNOWLEDGED is acknowledge(database, notice, actor="ann").state
    let_pass(database, 2000)
    assert {"ops": 1, "boss": 1, "board": 0} == round_()
    with database.read() as connection:
        topics = [event.topic for event in outbox.read(connection) if event.topic.startswith("notice.")]
        assert ["ann"] == [e.actor for e in trail.entries(connection) if e.action == "notice.acknowledge"]
    assert ["notice.opened", "notice.escalated", "notice.acknowledged"] == topics


def test_an_acknowledged_matter_stays_quiet_and_comes_back_as_a_new_one(database: Database) -> None:
    """Counted while somebody looks after it; after the repeat time it is news."""
    ops = Inbox()
    fault(database)
    collect(database, RULES, AT_ONCE)
    deliver(database, {"ops": ops})
    acknowledge(database, ops.messages[0].values["notice"], actor="ann")
    fault(database)
    collect(database, RULES, AT_ONCE)
    assert 0 == deliver(database, {"ops": ops})
    let_pass(database, 3601)
    fault(database)
    collect(database, RULES, AT_ONCE)
    assert 1 == deliver(database, {"ops": ops})
    assert [("closed", 2), ("open", 1)] == sorted(states(database))


def test_what_is_over_is_closed_and_not_escalated(database: Database) -> None:
    """A system that is back, a job that completed; another job's notice stays open."""
    put(database, "breaker.opened", "bank", reason="refused")
    fault(database)
    fault(database, job="other")
    put(database, "execution.completed", "9", job="payments")
    put(database, "breaker.closed", "bank")
    collect(database, RULES, AT_ONCE)
    with database.read() as connection:
        found = {row["about"]: row["state"] for row in repository.listed(connection, every=True)}
    assert {"system:bank": "closed", "job:payments": "closed", "job:other": "open"} == found
    let_pass(database, 901)
    assert 1 == escalate(database)
    put(database, "breaker.opened", "bank", reason="refused")
    collect(database, RULES, AT_ONCE)
    assert 2 == len([one for one in states(database) if one[0] == "open"])


def test_a_message_is_sent_again_until_it_is_taken_under_one_key(database: Database) -> None:
    """A receiver that is away, then takes it; and a sender that died behind the sending: at least once."""
    fault(database)
    collect(database, RULES, AT_ONCE)
    ops = Inbox(Retry("LS-7505", "away"), Retry("LS-7505", "away"))
    sent = []
    for _ in range(4):
        sent.append(deliver(database, {"ops": ops}))
        let_pass(database, 60)
    assert [0, 0, 1, 0] == sent
    with database.write() as connection:  # as if the process had died before it noted that
        connection.execute(update(DELIVERY).values(state="due", not_before=now(connection)))
    deliver(database, {"ops": ops})
    assert 2 == len(ops.messages) and len({message.key for message in ops.messages}) == 1


@pytest.mark.parametrize(
    ("fails", "attempts"),
    [
        ([FixSpec("LS-7506", "403")], 1),
        ([Retry("LS-7505", "away")] * ATTEMPTS_MAX, ATTEMPTS_MAX),
    ],
)
def test_a_message_that_never_goes_is_given_up(
    database: Database, fails: list[Exception], attempts: int
) -> None:
    """At once where the receiver refuses it, else after its attempts; an event tells it."""
    fault(database)
    collect(database, RULES, AT_ONCE)
    ops = Inbox(*fails)
    for _ in range(ATTEMPTS_MAX + 1):
        deliver(database, {"ops": ops})
        let_pass(database, 3600)
    with database.read() as connection:
        row = connection.execute(select(DELIVERY)).one()
        given_up = outbox.read(connection, topics=["notification.given_up"])
    assert ("given_up", attempts, 1) == (row.state, row.attempt, len(given_up))
    assert [] == ops.messages


def test_two_workers_send_each_message_once(database: Database) -> None:
    """Both collect and deliver at the same time."""
    for number in range(40):
        fault(database, job=f"job{number}")
    ops = Inbox()

    def work() -> None:
        for _ in range(3):
            try:
                collect(database, RULES, AT_ONCE)
                deliver(database, {"ops": ops})
            except Exception:  # the very first read of two readers: one of them comes again
                time.sleep(0.05)

    crew = [threading.Thread(target=work) for _ in range(2)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert 40 == len(ops.messages) == len({message.key for message in ops.messages})


def test_a_recipient_without_a_channel_hinders_nobody(database: Database) -> None:
    """The notice stands in the list, with what became of its message."""
    fault(database)
    collect(database, RULES, AT_ONCE)
    assert 0 == deliver(database, {})
    with database.read() as connection:
        assert "ops (given up)" == repository.listed(connection)[0]["told"]


def test_migrations_keep_what_is_older(database: Database) -> None:
    """Down and up with notices and deliveries in the tables."""
    fault(database)
    collect(database, RULES, AT_ONCE)
    migrate.downgrade(database, "0004")
    migrate.upgrade(database)
    with database.read() as connection:
        assert 0 == connection.execute(select(func.count()).select_from(NOTICE)).scalar()
        assert "fault.system" in [event.topic for event in outbox.read(connection)]


def test_a_job_behind_its_deadline_is_told_once(database: Database) -> None:
    """While it is under way; what ended in time is not."""
    text = "name: {}\ndue_within_s: 0.05\nsteps: {{a: {{handler: h}}}}\n"
    handlers = {"h": Doing()}
    for name in ("slow", "quick"):
        define(database, text.format(name), handlers)
    launch.launch(database, "quick", {}, actor="ann")
    Worker(Engine(database, handlers)).run(until_idle=True)
    slow = launch.launch(database, "slow", {}, actor="ann")
    time.sleep(0.1)
    assert [1, 0] == [deadlines.tell_late(database) for _ in range(2)]
    with database.read() as connection:
        late = outbox.read(connection, topics=["execution.late"])
    assert [(str(slow.execution_id), "slow")] == [(event.key, event.body["job"]) for event in late]


def test_a_mail_server_that_hangs_holds_up_no_job(database: Database) -> None:
    """The worker tells people from a thread of its own; jobs and schedules go on meanwhile."""
    begun, over = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        over.wait(120)

    def act(task: Task, run: TaskRun) -> Outcome:
        begun.wait(60)
        raise FixFile("LS-2003", "damaged")

    handlers = {"h": Doing(act)}
    define(database, "name: one\nparameters: {n: {type: integer}}\nsteps: {a: {handler: h}}\n", handlers)
    for number in range(5):
        launch.launch(database, "one", {"n": number}, actor="ann")
    ticks: list[int] = []
    crew = [Tick("tell", 0.01, hang, apart=True, at_start=False), Tick("other", 0.01, lambda: ticks.append(1))]
    at = time.monotonic()
    Worker(Engine(database, handlers), ticks=crew).run(until_idle=True)
    over.set()
    assert time.monotonic() - at < 90
    assert 5 == len(handlers["h"].ran) and len(ticks) > 1


def test_a_worker_tells_a_receiver_of_a_fault(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a failing job over the outbox to a webhook; then list, acknowledge, rules and test on the command line."""
    monkeypatch.setenv("HOOK_SECRET", "hook-secret")
    with web_server() as server:
        (here / "loadstone.toml").write_text(
            "[notifications]\ngroup_s = 0\n"
            '[notifications.channels.engineers]\nkind = "webhook"\nsecret = "env:HOOK_SECRET"\n'
            f'url = "http://127.0.0.1:{server.port}/in"\nallow_private = true\nallow_http = true\n'
        )
        (here / "j.yaml").write_text(
            "name: nightly\nsteps: {go: {handler: command, config: {run: [/no/such/program]}}}\n"
        )
        repository_ = ["--repository", str(here / "r.db")]
        assert 0 == main(["jobs", "store", "j.yaml", *repository_, "--as", "ann"])
        assert 0 == main(["jobs", "approve", "nightly", *repository_, "--as", "bob"])
        assert 0 == main(["jobs", "launch", "nightly", *repository_])
        from loadstone.bootstrap.jobs import make_worker

        worker = make_worker(str(here / "r.db"), threads=1, lease_s=30)
        worker.run(until=lambda: bool(server.messages))
        told = json.loads(server.messages[0][2])
        assert "LS-7126" in told["fact"] and "job nightly, step go" in told["place"]
        assert "PATH" in told["next_steps"][0]
        capsys.readouterr()
        assert 0 == main(["notifications", "list", *repository_])
        assert "engineers" in capsys.readouterr().out
        number = str(told["notice"])
        assert 0 == main(["notifications", "acknowledge", number, *repository_, "--as", "ann"])
        assert "acknowledged" in capsys.readouterr().out
        assert 1 == main(["notifications", "acknowledge", "99", *repository_])
        assert "LS-7503" in capsys.readouterr().err
        assert 0 == main(["notifications", "rules", *repository_])
        out = capsys.readouterr().out
        assert "stewards (no channel)" in out and "engineers (no channel)" not in out
        assert 0 == main(["notifications", "test", "engineers", *repository_])
        assert json.loads(server.messages[-1][2])["test"] is True
        assert 1 == main(["notifications", "test", "pager", *repository_])
        assert "LS-7504" in capsys.readouterr().err
    (here / "loadstone.toml").write_text('[notifications]\ngroup_s = "soon"\n')
    with pytest.raises(FixSpec, match="LS-7501"):
        make_worker(str(here / "r.db"), threads=1, lease_s=30)
