"""What the engine does about faults by itself: each action of the rules, with its event."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from loadstone.bootstrap.handlers import healing
from loadstone.bootstrap.handlers.healing import CHUNK_SIZE_BYTES_MIN, healed
from loadstone.bootstrap.handlers.load import LoadHandler
from loadstone.connections.breaker import Wait
from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.errors import FixFile, Refused, Retry, Stop
from loadstone.jobs import launch
from loadstone.jobs.definition import RetryRule
from loadstone.jobs.engine import LOST_MAX, Engine
from loadstone.jobs.faults import Action, FaultKind, Rule, rule_for
from loadstone.jobs.gate import HeldBack
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.healing import HEAL, HEALS_MAX, LOCK_WAITS_MAX, again, remedies_of
from loadstone.jobs.model import Outcome, Status, Task
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.worker import Worker
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from loadstone.telemetry import metrics
from tests.repository import Doing, define, open_repository
from tests.runs import load, rows_of

JOB = "name: one\nsteps: {a: {handler: h, retry: {attempts: 9, pause_s: 0.01, pause_max_s: 0.02}}}\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty repository of each kind."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    yield opened
    opened.close()


def run(database: Database, handler: Doing) -> Status:
    """Run the job once, to its end."""
    define(database, JOB, {"h": handler})
    started = launch.launch(database, "one", {}, actor="ann")
    Worker(Engine(database, {"h": handler}), threads=1).run(until_idle=True)
    with database.read() as connection:
        found = executions.by_id(connection, started.execution_id or 0)
    assert found is not None
    return found.status


def actions(database: Database, topic: str) -> list[str]:
    """Actions of the events of a topic."""
    with database.read() as connection:
        return [str(event.body.get("action")) for event in outbox.read(connection, topics=[topic])]


def failing(times: int, error: Callable[[], Exception]) -> Doing:
    """A handler that fails so often, and then does not."""
    left = [times]

    def act(task: Task, run: TaskRun) -> Outcome:
        if left[0]:
            left[0] -= 1
            raise error()
        return Outcome()

    return Doing(act)


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (lambda: Retry("LS-7118", "the process of the load died (signal 9)"), Action.SMALLER_CHUNKS),
        (lambda: MemoryError(), Action.SMALLER_CHUNKS),
        (lambda: Stop("LS-3021", "the server cannot store more: disk full"), Action.FREE_STAGING),
    ],
)
def test_a_remedy_is_handed_to_the_next_run(
    database: Database, error: Callable[[], Exception], action: Action
) -> None:
    """It stands in the task's plan, is counted, told in an event, and ends with the fault."""
    metrics.disable()
    metrics.enable()
    handler = failing(2, error)
    assert Status.COMPLETED is run(database, handler)
    assert [{}, {action: 1}, {action: 2}] == [remedies_of(task) for task in handler.ran]
    assert [action, action] == actions(database, "task.healed")
    assert f'loadstone_heals_total{{action="{action}"}} 2.0' in metrics.exposed()
    assert 'outcome="retried"} 2.0' in metrics.exposed()
    metrics.disable()


def test_a_remedy_that_does_not_help_is_given_up(database: Database) -> None:
    """After so many runs people must act, and are told."""
    handler = failing(99, lambda: Stop("LS-3021", "disk full"))
    assert Status.FAILED is run(database, handler)
    assert HEALS_MAX + 1 == len(handler.ran)
    with database.read() as connection:
        assert 1 == len(outbox.read(connection, topics=["fault.system"]))


def test_a_killed_process_is_started_again_at_once(database: Database) -> None:
    """The pause of the step's retry is for faults that pass with time."""
    handler = failing(2, lambda: Retry("LS-7118", "the process of the load died (exit code 1)"))
    assert Status.COMPLETED is run(database, handler)
    assert ["requeue", "requeue"] == actions(database, "fault.retried")


def test_a_lock_is_waited_for_without_using_up_attempts(database: Database) -> None:
    """More waits than attempts; each is counted for the handler, which takes the lock in the end."""
    handler = failing(3, lambda: Refused("LS-3006", "load ab is run by another process"))
    define(database, JOB.replace("attempts: 9", "attempts: 2"), {"h": handler})
    launch.launch(database, "one", {}, actor="ann")
    Worker(Engine(database, {"h": handler}), threads=1).run(until_idle=True)
    assert [0, 1, 2, 3] == [remedies_of(task).get(Action.RELEASE_LOCKS, 0) for task in handler.ran]
    assert {1} == {task.attempt for task in handler.ran}
    assert [] == actions(database, "task.healed")


def test_poison_is_put_in_quarantine(database: Database) -> None:
    """Workers die with it again and again: it is run no more by itself, and that is an event."""
    define(database, JOB, {"h": (handler := Doing())})
    started = launch.launch(database, "one", {}, actor="ann")
    for number in range(LOST_MAX + 1):
        with database.write() as connection:
            assert tasks.claim(connection, f"dead{number}", timedelta(seconds=-1)) is not None
    Worker(Engine(database, {"h": handler}), threads=1).run(until_idle=True)
    with database.read() as connection:
        found = executions.by_id(connection, started.execution_id or 0)
        event = outbox.read(connection, topics=["task.quarantined"])[0]
    assert found is not None and Status.FAILED is found.status
    assert ("LS-7109", "one", "a") == tuple(event.body[name] for name in ("code", "job", "step"))
    assert [] == handler.ran


def a_task(attempt: int = 1, **remedies: int) -> Task:
    """A task in one of its runs."""
    return Task(
        id=1,
        step_id=1,
        execution_id=1,
        instance_id=1,
        content_key="k",
        job="j",
        step="a",
        handler="h",
        partition=0,
        plan={HEAL: remedies},
        config={},
        parameters={},
        results={},
        fence=1,
        attempt=attempt,
        taken_over=False,
        lost=0,
        repository_id="r",
    )


@pytest.mark.parametrize(
    ("action", "attempt", "pause"),
    [
        (Action.RETRY, 1, (0.5, 1.0)),
        (Action.RECONNECT, 1, (0.5, 1.0)),
        (Action.REQUEUE, 1, (0.0, 0.0)),
        (Action.WAIT, 0, (0.5, 1.5)),
        (Action.RELEASE_LOCKS, 0, (0.5, 1.5)),
        (Action.SMALLER_CHUNKS, 1, (0.5, 1.0)),
        (Action.FREE_STAGING, 1, (0.5, 1.0)),
    ],
)
def test_each_action_has_its_pause_and_its_attempts(
    action: Action, attempt: int, pause: tuple[float, float]
) -> None:
    """Waiting uses up no attempt."""
    rule = Rule(kind=FaultKind.TRANSIENT, action=action)
    next_ = again(rule, RetryRule(), a_task(), Retry("LS-3022", "x"), random.Random(1))
    assert next_ is not None
    assert (attempt, action) == (next_.attempt, next_.action)
    assert pause[0] <= next_.pause_s <= pause[1]


def test_taking_a_lock_is_told_once() -> None:
    """Not at each wait before it, nor behind it."""
    rule = Rule(kind=FaultKind.TRANSIENT, action=Action.RELEASE_LOCKS)
    told = []
    for waits in (0, LOCK_WAITS_MAX - 2, LOCK_WAITS_MAX - 1, LOCK_WAITS_MAX):
        task = a_task(release_locks=waits)
        next_ = again(rule, RetryRule(), task, Refused("LS-3006", "x"), random.Random(1))
        assert next_ is not None
        told.append(next_.heals)
    assert [False, False, True, False] == told


@pytest.mark.parametrize("action", [Action.FAIL, Action.QUARANTINE])
def test_an_end_is_an_end(action: Action) -> None:
    """However many attempts are left."""
    rule = Rule(kind=FaultKind.SYSTEM, action=action)
    assert again(rule, RetryRule(), a_task(), Stop("LS-3020", "x"), random.Random(1)) is None


def test_attempts_end_for_every_action_but_waiting() -> None:
    """The last one is the last; a task held back by a breaker waits as long as that says."""
    last, chance = a_task(attempt=5), random.Random(1)
    for action in (Action.RETRY, Action.RECONNECT, Action.REQUEUE, Action.SMALLER_CHUNKS):
        rule = Rule(kind=FaultKind.TRANSIENT, action=action)
        assert again(rule, RetryRule(), last, Retry("LS-3022", "x"), chance) is None
    held = HeldBack(Wait("bank", 30.0, "refused"))
    assert Action.WAIT is rule_for(held).action
    next_ = again(rule_for(held), RetryRule(), last, held, chance)
    assert next_ is not None and 30 <= next_.pause_s <= 36 and next_.attempt == 4


@pytest.mark.parametrize(
    ("error", "kind", "action"),
    [
        (Stop("LS-3020", "cannot connect: Connection refused"), FaultKind.TRANSIENT, Action.RECONNECT),
        (Stop("LS-3020", "cannot connect: role x does not exist"), FaultKind.CONFIGURATION, Action.FAIL),
        (Stop("LS-3020", "FATAL: password authentication failed"), FaultKind.CONFIGURATION, Action.FAIL),
        (Retry("LS-3024", "deadlock detected"), FaultKind.TRANSIENT, Action.RETRY),
        (Retry("LS-7002", "the repository does not answer: refused"), FaultKind.TRANSIENT, Action.RETRY),
        (FixFile("LS-2003", "damaged", hints=["a timeout?"]), FaultKind.DATA_QUALITY, Action.FAIL),
        (RuntimeError("ORA-04031: unable to allocate"), FaultKind.SYSTEM, Action.SMALLER_CHUNKS),
        (RuntimeError("ORA-12541: TNS:no listener"), FaultKind.TRANSIENT, Action.RECONNECT),
    ],
)
def test_each_fault_has_its_action(error: Exception, kind: FaultKind, action: Action) -> None:
    """Outages reconnect and count for the breaker; a deadlock and the repository do not; hints decide nothing."""
    rule = rule_for(error)
    assert (kind, action) == (rule.kind, rule.action)


def request(target: str) -> LoadRequest:
    """A load into ``target``."""
    spec = parse_control(b"LOAD DATA INFILE 'x' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a)", "t.ctl")
    return LoadRequest(spec=spec, spec_path="t.ctl", target=target)


def test_a_load_halves_its_chunks_and_takes_a_lock_in_the_end() -> None:
    """Down to a bound; the lock only after two leases of waiting."""
    plain = request("bank.db")
    sizes = [healed(plain, {Action.SMALLER_CHUNKS: n}).chunk_size_bytes for n in (0, 1, 2, 30)]
    assert [None, 4 << 20, 2 << 20, CHUNK_SIZE_BYTES_MIN] == sizes
    locks = [
        healed(plain, {Action.RELEASE_LOCKS: n}).take_over for n in (0, LOCK_WAITS_MAX - 1, LOCK_WAITS_MAX)
    ]
    assert [False, False, True] == locks


def test_a_full_target_is_cleared_of_what_dead_loads_left(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staged sets of loads that ended a week ago go; younger ones stay."""
    Path("x").write_text("1\nno number\n")
    control = "LOAD DATA INFILE 'x' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL)\n"
    load(control, "bank.db", ddl="CREATE TABLE t (a NUMBER(9));", atomic=True, errors=0)
    for days, left in ((healing.STAGING_DAYS, 1), (0, 0)):
        monkeypatch.setattr(healing, "STAGING_DAYS", days)
        assert request("bank.db") == healed(request("bank.db"), {Action.FREE_STAGING: 1})
        assert left == len(rows_of("bank.db", "SELECT 1 FROM loadstone_stage"))


class FullAtFirst(LoadHandler):
    """Loads into a target whose disk is full in the first run."""

    runs = 0

    def run(self, task: Task, run: TaskRun) -> Outcome:
        self.runs += 1
        if self.runs == 1:
            raise Stop("LS-3021", "the target cannot store more: database or disk is full")
        return super().run(task, run)


def test_a_job_clears_a_full_target_and_completes(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the fault by its rule and the task's plan to the target, without a hand."""
    monkeypatch.setattr(healing, "STAGING_DAYS", 0)
    Path("x").write_text("1\nno number\n")
    control = "LOAD DATA INFILE 'x' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL)\n"
    load(control, "bank.db", ddl="CREATE TABLE t (a NUMBER(9));", atomic=True, errors=0)
    assert 1 == len(rows_of("bank.db", "SELECT 1 FROM loadstone_stage"))
    Path("y").write_text("7\n8\n")
    Path("y.ctl").write_text(control.replace("'x'", "'y'"))
    job = (
        "name: one\nsteps: {load: {handler: load, config: {control: y.ctl, target: bank.db},"
        " retry: {attempts: 3, pause_s: 0.01}}}\n"
    )
    database = open_repository("r.db")
    known = {"load": FullAtFirst("r.db")}
    define(database, job, known)
    launched = launch.launch(database, "one", {}, actor="ann").execution_id or 0
    Worker(Engine(database, known), threads=1).run(until_idle=True)
    with database.read() as connection:
        found = executions.by_id(connection, launched)
    assert found is not None and Status.COMPLETED is found.status
    assert [Action.FREE_STAGING] == actions(database, "task.healed")
    assert [] == rows_of("bank.db", "SELECT 1 FROM loadstone_stage")
    assert [(7,), (8,)] == sorted(rows_of("bank.db", "SELECT a FROM t"))
    database.close()
