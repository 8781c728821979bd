"""Worker processes to disturb: forked from a server that has imported everything, each in a session of its own."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import loadstone
import loadstone.bootstrap.jobs
import loadstone.load.pipeline
import loadstone.targets.postgresql.target
import loadstone.targets.sqlite.target
from loadstone.bootstrap.jobs import make_worker
from loadstone.bootstrap.repository import open_repository
from loadstone.bootstrap.targets import keep_connections
from loadstone.clock import SystemClock
from loadstone.errors import LoadstoneError
from loadstone.jobs import launch
from loadstone.telemetry.logs import log_to_stderr
from loadstone.telemetry.points import VARIABLE
from tests.crash.processes import wait_for

LEASE_S = 2.0
"""Lease of the workers under test: take-overs come soon, and a starved worker loses one now and then, which is a test too."""

LASTS_MAX_S = 240.0
"""Longest that a worker of these tests may take to its end."""

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__, "tests.crash.forked"])


@dataclass(frozen=True, kw_only=True)
class Start:
    """
    One start of a worker.

    Attributes:
        folder: Working directory. repository: its URL. crash_at: value of the crash variable.
        file_size_max: bytes that a file of it may have, as a disk that is full.
        skew_s: how far its clock is ahead. zone: its time zone. version: of its software; as it is when empty.
    """

    folder: Path
    repository: str
    lease_s: float = LEASE_S
    threads: int = 2
    until_idle: bool = True
    crash_at: str = ""
    file_size_max: int | None = None
    skew_s: float = 0.0
    zone: str = ""
    version: str = ""


def serve(start: Start) -> None:
    """Main function of a worker process."""
    _settle_in(start.folder, f"worker-{os.getpid()}.err")
    if start.crash_at:
        os.environ[VARIABLE] = start.crash_at
    if start.zone:
        os.environ["TZ"] = start.zone
        time.tzset()
    if start.skew_s:
        told = timedelta(seconds=start.skew_s)
        SystemClock.now = lambda clock: datetime.now().astimezone() + told  # type: ignore[method-assign]
    if start.version:
        loadstone.__version__ = start.version
    if start.file_size_max is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (start.file_size_max, resource.RLIM_INFINITY))
    keep_connections()
    worker = make_worker(start.repository, threads=start.threads, lease_s=start.lease_s)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stop())
    worker.run(until_idle=start.until_idle)


def launch_at(folder: Path, repository: str, data: str, at: float) -> None:
    """Main function of a process that launches at a moment (``time.time()``), and exits with the answer's place."""
    _settle_in(folder, f"launch-{os.getpid()}.out")
    database = open_repository(repository)
    time.sleep(max(0.0, at - time.time()))
    try:
        answer = launch.launch(database, "daily", {"data": data}, actor="ann").answer
    except LoadstoneError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
    print(answer, file=sys.stderr)
    database.close()


class Crew:
    """Workers of one repository; all that still live are killed at the end."""

    def __init__(self, start: Start) -> None:
        root = Path(__file__).resolve().parents[2]
        os.environ["PYTHONPATH"] = os.pathsep.join((str(root), str(root / "src")))
        self.start_as, self.members = start, list[BaseProcess]()

    def hire(self, **changes: object) -> BaseProcess:
        """One more worker."""
        return self._begin(serve, replace(self.start_as, **changes))  # type: ignore[arg-type]

    def launch_at(self, data: str, at: float) -> BaseProcess:
        """A process that launches ``data`` at a moment."""
        return self._begin(launch_at, self.start_as.folder, self.start_as.repository, data, at)

    def send(self, one: BaseProcess, number: signal.Signals) -> None:
        """A signal to a worker and the children of it."""
        if one.pid is not None and one.exitcode is None:
            try:
                os.killpg(one.pid, number)
            except ProcessLookupError:  # it has not yet made its session
                os.kill(one.pid, number)

    def kill(self, one: BaseProcess) -> None:
        """SIGKILL to a worker and its children, and wait for the end."""
        self.send(one, signal.SIGKILL)
        one.join()

    def end(self, *members: BaseProcess) -> list[int]:
        """Exit codes of members that come to their end by themselves."""
        deadline = time.monotonic() + LASTS_MAX_S
        for one in members:
            one.join(max(0.1, deadline - time.monotonic()))
            if one.exitcode is None:
                raise AssertionError(f"a worker hung for {LASTS_MAX_S} s: {self.said(one)}")
        return [one.exitcode or 0 for one in members]

    def finish(self, **changes: object) -> None:
        """One more worker, which runs until nothing is left to do."""
        one = self.hire(**changes)
        assert [0] == self.end(one), self.said(one)

    def said(self, one: BaseProcess) -> str:
        """The end of what a member wrote to standard error."""
        path = self.start_as.folder / f"worker-{one.pid}.err"
        return path.read_text()[-3000:] if path.exists() else ""

    # Private methods

    def _begin(self, main: Callable[..., None], *given: object) -> BaseProcess:
        # Not a daemon: it has children of its own.
        one = _SERVER.Process(target=main, args=given)
        one.start()
        self.members.append(one)
        return one


@contextmanager
def crew_of(start: Start) -> Iterator[Crew]:
    """A crew, none of which outlives the block."""
    crew = Crew(start)
    try:
        yield crew
    finally:
        for one in crew.members:
            crew.kill(one)


def is_stopped_at(one: BaseProcess, *, at_most_s: float = 60.0) -> bool:
    """Whether SIGSTOP stops a process in time."""
    return wait_for(
        lambda: Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T",
        at_most_s=at_most_s,
    )


# Private functions


def _settle_in(folder: Path, log: str) -> None:
    os.setsid()
    os.chdir(folder)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 2)
    sys.stderr = os.fdopen(descriptor, "w", buffering=1)
    # The children of a worker are spawned, and would import the main module of the test run.
    sys.modules["__main__"] = types.ModuleType("__main__")
    log_to_stderr(as_json=False)
