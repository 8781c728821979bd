"""Launches, claims and restarts on real repositories: SQLite and PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from loadstone.audit import trail
from loadstone.books import Contribution
from loadstone.database import outbox
from loadstone.database.open import Database
from loadstone.errors import FixFile, Refused, Retry
from loadstone.jobs import launch, operate, registry
from loadstone.jobs.definition import parse_definition
from loadstone.jobs.engine import LOST_MAX, Engine, EngineSettings
from loadstone.jobs.handlers import Handler, TaskRun
from loadstone.jobs.model import Answer, Outcome, Request, Status, Task
from loadstone.jobs.repository import executions, tasks
from loadstone.jobs.tables import POOL
from loadstone.jobs.worker import Worker
from tests.repository import Doing, define, open_repository

ONE = "name: one\nparameters: {day: {type: date}}\nsteps: {a: {handler: h, retry: {pause_s: 0.01}}}\n"
DAY = {"day": "2026-11-24"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty repository of each kind."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    yield opened
    opened.close()


def run_all(database: Database, handlers: dict[str, Handler], **settings: object) -> None:
    """A worker of two threads, until nothing is left to do."""
    Worker(Engine(database, handlers, settings=EngineSettings(**settings)), threads=2).run(until_idle=True)  # type: ignore[arg-type]


def status_of(database: Database, execution_id: int | None) -> Status:
    """How an execution stands."""
    with database.read() as connection:
        execution = executions.by_id(connection, execution_id or 0)
        assert execution is not None
        return execution.status


def test_fifty_launches_of_one_instance_start_it_once(database: Database) -> None:
    """All others join it, and every answer is audited."""
    handler = Doing()
    define(database, ONE, {"h": handler})
    with ThreadPoolExecutor(50) as crew:
        answers = list(crew.map(lambda _: launch.launch(database, "one", DAY, actor="ann").answer, range(50)))
    assert {one: answers.count(one) for one in set(answers)} == {Answer.STARTED: 1, Answer.JOINED: 49}
    run_all(database, {"h": handler})
    assert len(handler.ran) == 1
    with database.read() as connection:
        launches = [one for one in trail.entries(connection) if one.action == "job.launch"]
    assert len(launches) == 50


def test_a_finished_instance_gives_its_result_again(database: Database) -> None:
    """The handler runs once; the second launch is answered from what is stored."""
    handler = Doing(lambda task, run: Outcome(result={"rows": 7}))
    define(database, ONE, {"h": handler})
    launch.launch(database, "one", DAY, actor="ann")
    run_all(database, {"h": handler})
    again = launch.launch(database, "one", DAY, actor="ann")
    assert Answer.CACHED is again.answer
    with database.read() as connection:
        assert executions.steps(connection, again.execution_id or 0)[0].result == {"rows": 7}
    assert len(handler.ran) == 1


def test_a_restart_repeats_no_completed_step_and_no_completed_partition(database: Database) -> None:
    """Two of three partitions are done before one fails; the restart runs that one and the step behind."""
    broken = threading.Event()
    broken.set()

    def act(task: Task, run: TaskRun) -> Outcome:
        if task.partition == 1 and broken.is_set():
            raise FixFile("LS-2003", "damaged")
        return Outcome(result={"p": task.partition})

    first, parts, last = Doing(), Doing(act, partitions=3), Doing()
    handlers: dict[str, Handler] = {"first": first, "parts": parts, "last": last}
    define(
        database,
        "name: j\nsteps:\n  a: {handler: first}\n  b: {handler: parts, needs: [a]}\n  c: {handler: last, needs: [b]}\n",
        handlers,
    )
    started = launch.launch(database, "j", {}, actor="ann")
    run_all(database, handlers)
    assert Status.FAILED is status_of(database, started.execution_id)
    broken.clear()
    restarted = launch.launch(database, "j", {}, actor="ann")
    run_all(database, handlers)
    assert (
        restarted.answer,
        status_of(database, restarted.execution_id),
    ) == (Answer.RESTARTED, Status.COMPLETED)
    assert (len(first.ran), parts.planned, len(parts.ran), len(last.ran)) == (1, 1, 4, 1)
    fences = [task.fence for task in parts.ran if task.partition == 1]
    assert fences == sorted(set(fences))
    with database.read() as connection:
        step = executions.steps(connection, restarted.execution_id or 0)[1]
    assert step.result == {"partitions": [{"p": 0}, {"p": 1}, {"p": 2}]}


def test_transient_faults_are_run_again_with_pauses(database: Database) -> None:
    """Two faults, then a good end; each retry is an event."""
    left = [2]

    def act(task: Task, run: TaskRun) -> Outcome:
        if left[0]:
            left[0] -= 1
            raise Retry("LS-3022", "the connection is lost")
        return Outcome()

    handler = Doing(act)
    define(database, ONE, {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    run_all(database, {"h": handler})
    assert Status.COMPLETED is status_of(database, started.execution_id)
    assert [task.attempt for task in handler.ran] == [1, 2, 3]
    with database.read() as connection:
        assert len(outbox.read(connection, topics=["fault.retried"])) == 2


def test_a_busy_target_is_waited_for_without_end(database: Database) -> None:
    """More refusals than attempts allowed: none of them counts, and the task runs in the end."""
    left = [4]

    def act(task: Task, run: TaskRun) -> Outcome:
        if left[0]:
            left[0] -= 1
            raise Refused("LS-3006", "bank.db is being loaded by another process")
        return Outcome()

    handler = Doing(act)
    define(database, ONE.replace("pause_s: 0.01", "attempts: 2"), {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    run_all(database, {"h": handler})
    assert (Status.COMPLETED, [1] * 5) == (
        status_of(database, started.execution_id),
        [task.attempt for task in handler.ran],
    )


def test_a_retry_after_a_stop_does_not_come(database: Database) -> None:
    """The fault comes after somebody stopped the execution: it is stopped, and nothing hangs."""
    running, go = threading.Event(), threading.Event()

    def act(task: Task, run: TaskRun) -> Outcome:
        running.set()
        go.wait(10)
        raise Retry("LS-3022", "the connection is lost")

    handler = Doing(act)
    define(database, ONE, {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    worker = threading.Thread(target=run_all, args=(database, {"h": handler}))
    worker.start()
    assert running.wait(60)
    operate.stop(database, started.execution_id or 0, actor="ann")
    go.set()
    worker.join(90)
    assert (Status.STOPPED, 1) == (status_of(database, started.execution_id), len(handler.ran))


def test_a_data_fault_fails_at_once_with_its_code(database: Database) -> None:
    """No retry helps; the execution says what is wrong."""

    def act(task: Task, run: TaskRun) -> Outcome:
        raise FixFile("LS-2003", "damaged", hints=["send it again."])

    handler = Doing(act)
    define(database, ONE, {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    run_all(database, {"h": handler})
    with database.read() as connection:
        execution = executions.by_id(connection, started.execution_id or 0)
        assert execution is not None and execution.error is not None
        assert (execution.error["kind"], execution.error["code"]) == ("data_quality", "LS-2003")
        assert len(outbox.read(connection, topics=["fault.data_quality"])) == 1
    assert len(handler.ran) == 1


def test_what_a_dead_worker_left_is_taken_over_soon(database: Database) -> None:
    """A claim without renewal is taken over soon after its lease, with a higher fence; the dead one's end is ignored."""
    ttl, handler = timedelta(seconds=3), Doing()
    define(database, ONE, {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    with database.write() as connection:
        dead = tasks.claim(connection, "dead", ttl)
    assert dead is not None
    begun = time.monotonic()
    run_all(database, {"h": handler}, ttl=ttl)
    assert time.monotonic() - begun < ttl.total_seconds() + 10  # of which a busy machine takes most
    assert Status.COMPLETED is status_of(database, started.execution_id)
    assert [dead[0].fence + 1] == [task.fence for task in handler.taken_over]
    with database.write() as connection:
        assert not tasks.end(connection, dead[0].id, dead[0].fence, status=Status.FAILED)
        assert tasks.beat(connection, dead[0].id, dead[0].fence, ttl, None) is None


def test_a_task_that_kills_workers_is_given_up(database: Database) -> None:
    """After so many deaths it fails with the number of workers it cost."""
    handler = Doing()
    define(database, ONE, {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    for _ in range(LOST_MAX + 1):
        with database.write() as connection:
            assert tasks.claim(connection, "dead", timedelta(seconds=-1)) is not None
    run_all(database, {"h": handler})
    with database.read() as connection:
        execution = executions.by_id(connection, started.execution_id or 0)
    assert execution is not None and execution.error is not None
    assert (execution.status, execution.error["code"], handler.ran) == (Status.FAILED, "LS-7109", [])


@pytest.mark.parametrize(
    ("ask", "expected"), [(operate.stop, Status.STOPPED), (operate.pause, Status.PAUSED)]
)
def test_a_running_task_stops_at_its_next_chunk(database: Database, ask: object, expected: Status) -> None:
    """The handler sees the request with the next heartbeat; what follows does not run."""
    running = threading.Event()

    def act(task: Task, run: TaskRun) -> Outcome:
        running.set()
        run.report(Contribution(read=5, loaded=5), 100, None)
        while not run.stop_requested():
            time.sleep(0.02)
        return Outcome(status=Status.STOPPED)

    handler, after = Doing(act), Doing()
    handlers: dict[str, Handler] = {"h": handler, "after": after}
    define(database, "name: one\nsteps:\n  a: {handler: h}\n  b: {handler: after, needs: [a]}\n", handlers)
    started = launch.launch(database, "one", {}, actor="ann")
    worker = threading.Thread(target=run_all, args=(database, handlers), kwargs={"ttl": timedelta(seconds=1)})
    worker.start()
    assert running.wait(60)
    ask(database, started.execution_id, actor="ann")  # type: ignore[operator]
    worker.join(90)
    assert (expected, []) == (status_of(database, started.execution_id), after.ran)
    with database.read() as connection:
        assert (
            executions.steps(connection, started.execution_id or 0)[0].loaded == 5
            or expected is Status.PAUSED
        )


def test_a_paused_execution_goes_on_where_it_stood(database: Database) -> None:
    """It refuses a launch while it is paused; resumed, it runs to its end."""
    handler = Doing()
    define(database, ONE, {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    operate.pause(database, started.execution_id or 0, actor="ann")
    run_all(database, {"h": handler})
    assert handler.ran == []
    assert Answer.REFUSED is launch.launch(database, "one", DAY, actor="ann").answer
    operate.resume(database, started.execution_id or 0, actor="ann")
    run_all(database, {"h": handler})
    assert (status_of(database, started.execution_id), len(handler.ran)) == (Status.COMPLETED, 1)


def test_an_abandoned_execution_is_final(database: Database) -> None:
    """It is neither run nor restarted, and a running one cannot be abandoned."""
    handler = Doing()
    define(database, ONE, {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    with pytest.raises(Refused, match="LS-7114"):
        operate.abandon(database, started.execution_id or 0, actor="ann", reason="x")
    operate.stop(database, started.execution_id or 0, actor="ann")
    operate.abandon(database, started.execution_id or 0, actor="ann", reason="wrong file")
    run_all(database, {"h": handler})
    assert (handler.ran, launch.launch(database, "one", DAY, actor="ann").answer) == ([], Answer.REFUSED)


def test_an_optional_parameter_that_is_not_given_is_nothing(database: Database) -> None:
    """Not its name in braces: a step takes it as it takes an option that is left out."""
    doing = Doing()
    text = 'name: j\nparameters: {a: {required: false}}\nsteps: {x: {handler: h, config: {data: "{a}", log: "in{a}.log"}}}\n'
    define(database, text, {"h": doing})
    launch.launch(database, "j", {}, actor="ann")
    engine = Engine(database, {"h": doing})
    assert engine.run_next("w")
    engine.close()
    assert {"data": None, "log": "in.log"} == doing.ran[0].config


def test_a_step_that_rejects_too_much_fails(database: Database) -> None:
    """The limit is on the records that the handler reports."""

    def act(task: Task, run: TaskRun) -> Outcome:
        run.report(Contribution(read=10, loaded=7, rejected=3), 100, None)
        return Outcome()

    handler = Doing(act)
    define(database, "name: one\nsteps: {a: {handler: h, limits: {rejects_max: 2}}}\n", {"h": handler})
    started = launch.launch(database, "one", {}, actor="ann")
    run_all(database, {"h": handler})
    with database.read() as connection:
        step = executions.steps(connection, started.execution_id or 0)[0]
    assert step.error is not None
    assert (step.status, step.error["code"], step.rejected) == (Status.FAILED, "LS-7111", 3)


def test_a_step_past_its_time_fails(database: Database) -> None:
    """The handler is asked to stop, and the step says which limit it passed."""

    def act(task: Task, run: TaskRun) -> Outcome:
        while not run.stop_requested():
            time.sleep(0.02)
        return Outcome(status=Status.STOPPED)

    handler = Doing(act)
    define(database, "name: one\nsteps: {a: {handler: h, limits: {timeout_s: 0.2}}}\n", {"h": handler})
    started = launch.launch(database, "one", {}, actor="ann")
    run_all(database, {"h": handler})
    with database.read() as connection:
        step = executions.steps(connection, started.execution_id or 0)[0]
    assert step.error is not None
    assert (step.status, step.error["code"]) == (Status.FAILED, "LS-7110")


def test_a_pool_bounds_how_many_run_at_once(database: Database) -> None:
    """Six partitions on six threads, two slots: never more than two together."""
    lock, running, most, together = threading.Lock(), [0], [0], threading.Event()

    def act(task: Task, run: TaskRun) -> Outcome:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
            if running[0] == 2:
                together.set()
        together.wait(60)  # the first one, for a second; however busy the machine is
        time.sleep(0.05)
        with lock:
            running[0] -= 1
        return Outcome()

    handler = Doing(act, partitions=6)
    define(database, "name: one\npool: slow\nsteps: {a: {handler: h}}\n", {"h": handler})
    with database.write() as connection:
        connection.execute(POOL.insert().values(name="slow", slots=2))
    launch.launch(database, "one", {}, actor="ann")
    Worker(Engine(database, {"h": handler}), threads=6).run(until_idle=True)
    assert (len(handler.ran), most[0]) == (6, 2)


def test_an_instance_stays_with_the_version_it_began_with(database: Database) -> None:
    """An edited definition does not change what a restart runs; a new instance runs the new one."""
    old, new = Doing(lambda task, run: Outcome(status=Status.STOPPED)), Doing()
    handlers: dict[str, Handler] = {"h": old, "new": new}
    define(database, ONE, handlers)
    launch.launch(database, "one", DAY, actor="ann")
    run_all(database, handlers)
    define(database, ONE.replace("handler: h", "handler: new"), handlers)
    launch.launch(database, "one", DAY, actor="ann")
    launch.launch(database, "one", {"day": "2026-11-25"}, actor="ann")
    run_all(database, handlers)
    assert (len(old.ran), len(new.ran)) == (2, 1)


def test_an_author_does_not_approve_the_own_version(database: Database) -> None:
    """And what is not approved is not launched."""
    registry.store(database, parse_definition(ONE), {"h": Doing()}, actor="ann")
    with pytest.raises(Refused, match="LS-7106"):
        launch.launch(database, "one", DAY, actor="ann")
    with pytest.raises(Refused, match="LS-7113"):
        registry.approve(database, "one", None, actor="ann")


def test_an_execution_without_open_tasks_is_healed(database: Database) -> None:
    """Whatever removed its tasks, it comes to an end; a second healing finds nothing."""
    handler = Doing()
    define(database, ONE, {"h": handler})
    started = launch.launch(database, "one", DAY, actor="ann")
    with database.write() as connection:
        tasks.hold(connection, started.execution_id or 0, Status.STOPPED)
        executions.change(connection, started.execution_id or 0, request=Request.NONE)
    assert [started.execution_id] == operate.heal(database, actor="test")
    assert Status.STOPPED is status_of(database, started.execution_id)
    assert operate.heal(database, actor="test") == []


def test_a_worker_outlasts_whatever_its_repository_answers(database: Database) -> None:
    """An error that nobody has foreseen ends no thread: the work is done by the same worker, a moment later."""
    handler = Doing()
    define(database, ONE, {"h": handler})
    execution = launch.launch(database, "one", DAY, actor="ann").execution_id
    engine = Engine(database, {"h": handler})
    answers = iter([ZeroDivisionError("never seen before"), Retry("LS-7002", "away")])
    run_next = engine.run_next

    def sometimes(worker_id: str, more: Callable[[], bool]) -> bool:
        for answer in answers:
            raise answer
        return run_next(worker_id, more)

    engine.run_next = sometimes  # type: ignore[method-assign]
    Worker(engine, threads=1).run(until_idle=True)
    assert Status.COMPLETED is status_of(database, execution)


def test_a_file_that_changed_since_the_launch_is_not_loaded(database: Database, tmp_path: Path) -> None:
    """A handler that pins the content does not run; one that does not, does."""
    text = "name: one\nparameters: {f: {type: file}}\nsteps: {a: {handler: free}, b: {handler: pinned, needs: [a]}}\n"
    free, pinned = Doing(), Doing()
    pinned.pins_content = True
    define(database, text, {"free": free, "pinned": pinned})
    path = tmp_path / "f.dat"
    path.write_bytes(b"1\n")
    started = launch.launch(database, "one", {"f": str(path)}, actor="ann")
    path.write_bytes(b"2\n")
    run_all(database, {"free": free, "pinned": pinned})
    with database.read() as connection:
        steps = executions.steps(connection, started.execution_id or 0)
    assert (1, 0) == (len(free.ran), len(pinned.ran))
    assert "LS-7130" == (steps[1].error or {})["code"]
    path.write_bytes(b"1\n")
    launch.launch(database, "one", {"f": str(path)}, actor="ann")
    run_all(database, {"free": free, "pinned": pinned})
    assert 1 == len(pinned.ran)


def test_a_read_sees_one_moment(database: Database) -> None:
    """What commits between two statements of a read is not seen by the second one."""
    define(database, ONE, {"h": Doing()})
    with database.read() as connection:
        before = executions.listed(connection)
        launch.launch(database, "one", DAY, actor="ann")
        assert before == executions.listed(connection)
    with database.read() as connection:
        assert 1 == len(executions.listed(connection))


def test_a_step_whose_lease_ran_out_for_a_while_goes_on(database: Database) -> None:
    """That stops the work, not the execution: nobody has asked for it."""

    def act(task: Task, run: TaskRun) -> Outcome:
        if task.attempt == 1:
            run._renewed -= 1e6  # type: ignore[attr-defined]
        return Outcome(status=Status.STOPPED if run.stop_requested() else Status.COMPLETED)

    handler = Doing(act)
    define(database, ONE, {"h": handler})
    execution = launch.launch(database, "one", DAY, actor="ann").execution_id
    run_all(database, {"h": handler})
    assert (Status.COMPLETED, 2) == (status_of(database, execution), len(handler.ran))
