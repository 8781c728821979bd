"""Workers take chunks, prepare them in parallel and commit them in order."""

from __future__ import annotations

import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from loadstone.books import Run
from loadstone.compiler.objects import release_pages
from loadstone.compiler.pages import keep_freed, release
from loadstone.load.atomic import Publisher, PublishWhole
from loadstone.load.columnar import Columnar
from loadstone.load.commit import Committer
from loadstone.load.lasting import Lasting
from loadstone.load.pace import Pace, pinned, sizes_of
from loadstone.load.plan.model import LoadPlan
from loadstone.load.prepare import Lanes, prepare
from loadstone.load.reading import ChunkSource
from loadstone.load.remembered import Remembered
from loadstone.load.resume import Progress, progress_of, verify_inputs
from loadstone.load.sequences import Steps
from loadstone.load.tickets import Closed
from loadstone.load.watch import watch_locks
from loadstone.spec import OrderPolicy, Partition
from loadstone.telemetry.machine import here

if TYPE_CHECKING:
    from loadstone.targets.model import Session


WORKERS_MAX = 8
"""No more workers than that without being asked: one target's log or disk is busy by then."""

LIBRARIES = ("_duckdb", "libarrow", "libparquet")
"""What comes with Arrow: a load reads tens of megabytes of it while it starts, and a part again for its chunks."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How far one attempt came, and which limit ended it (``errors``, ``discardmax``, None)."""

    progress: Progress
    cut: str | None


@dataclass(frozen=True)
class Work:
    """A plan with what its values need, the fence it runs under, who runs it, its chunks' size, what publishes them, and what was refused."""

    plan: LoadPlan
    columnar: Columnar
    lasting: Lasting
    run: Run
    pace: Pace
    publish: Publisher = PublishWhole()
    remembered: Remembered = field(default_factory=Remembered)

    def of(self, partition: Partition) -> Work:
        """The same for one partition."""
        return replace(self, plan=replace(self.plan, partition=partition))


def run_workers(work: Work, progress: Progress) -> Attempt:
    """
    Load from ``progress`` until the end, a limit, or a stop request.

    Raises:
        LoadstoneError: The first error of any worker; what was committed stays.
    """
    plan, fence = work.plan, work.lasting.fence
    if plan.compiled and plan.target.form == "pgcopy":
        keep_freed()  # DuckDB's larger chunks would keep 40 MB, and gain nothing
    crew = _Crew(work, progress)
    crew.work()
    if crew.error is not None:
        raise crew.error
    reached = crew.committer.progress
    if plan.request.order is OrderPolicy.FREE or progress.ahead:
        reached = progress_of(plan.target.checkpoints(fence.load_id), plan.partition)
    return Attempt(progress=reached, cut=crew.committer.cut)


def workers_of(plan: LoadPlan) -> int:
    """Workers by the request, else one for a partition or for inputs too small to gain, else by the cores."""
    if plan.request.workers is not None:
        return max(1, plan.request.workers)
    if not plan.compiled or plan.partition is not None:
        return 1
    # The server's side of a worker takes about as much of a core as the worker itself.
    return max(2, min(WORKERS_MAX, int(here().cores / 2)))


def threads_of(plan: LoadPlan) -> int:
    """One for each worker; over one session a second one prepares the next chunk meanwhile."""
    number = workers_of(plan)
    return number if sends_early(plan) or not plan.compiled else max(2, number)


def pace_of(plan: LoadPlan) -> Pace:
    """The size of the chunks: pinned by the request, else around what suits the target."""
    threads, request = threads_of(plan), plan.request
    if request.chunk_size_bytes is not None:
        return Pace(pinned(request.chunk_size_bytes, "pinned"), threads)
    sizes = sizes_of(plan.chunk_size_bytes, threads, here())
    if request.adapt and plan.compiled:
        return Pace(sizes, threads)
    return Pace(pinned(sizes.start, sizes.why), threads)


def sends_early(plan: LoadPlan) -> bool:
    """Whether rows may be sent over several connections before their turn."""
    tables_agree = all((table.staged or table.info).parallel_safe for table in plan.tables)
    return plan.target.sessions_max > 1 and workers_of(plan) > 1 and tables_agree


# Private functions


class _Crew:
    def __init__(self, work: Work, progress: Progress) -> None:
        plan = work.plan
        self.plan, self.lanes, self.run, self.pace = plan, Lanes.of(plan, work.columnar), work.run, work.pace
        self.early = sends_early(plan)
        self.committer = Committer(plan, work.lasting.fence, progress, work.remembered, early=self.early)
        verified = verify_inputs(plan.inputs, progress)
        self.source = ChunkSource(plan, progress, verified, lambda: self.pace.size_bytes)
        self.steps = Steps(plan, progress.sequences)
        self.error: BaseException | None = None
        self._lock = threading.Lock()
        self.sessions: list[Session] = []
        self._started = False

    def work(self) -> None:
        """All workers, to the end; a single one runs in this thread."""
        number = threads_of(self.plan)
        shared = None if self.early else self._open()
        try:
            if number == 1:
                self._worker(shared)
                return
            threads = [
                threading.Thread(target=self._worker, args=(shared,), daemon=True) for _ in range(number)
            ]
            with self._watched():
                for thread in threads:
                    thread.start()
                _join(threads)
        finally:
            for session in self.sessions:
                session.close()

    def _open(self) -> Session:
        session = self.plan.target.open()
        with self._lock:
            self.sessions.append(session)
        return session

    def _worker(self, shared: Session | None) -> None:
        try:
            session = shared if shared is not None else self._open()
            while not self.run.stop_requested() and self._load_next(session):
                self.run.report(
                    self.committer.progress.counts, self.source.bytes_done, self.source.bytes_total
                )
        except Closed:
            pass
        except BaseException as error:
            self._fail(error)
        finally:
            self._leave()

    def _watched(self) -> AbstractContextManager[None]:
        """Sessions that send before their turn may wait for each other's locks."""
        if not self.early:
            return nullcontext()
        return watch_locks(self.plan, self.committer.tickets, self.sessions, self._lost_watch)

    def _lost_watch(self, error: BaseException) -> None:
        self._fail(error)
        self._leave()

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self.error = self.error or error

    def _load_next(self, session: Session) -> bool:
        """The next chunk from the source into the target, nothing of which is kept; False at the end."""
        read = self.source.next()
        if read is None:
            return False
        batch = prepare(self.lanes, read, partial(self.steps.before, read.number))
        read.chunk.forget()
        release_pages()
        apart_s = self.committer.submit(session, read, batch)
        self.pace.committed(read.chunk.size_bytes, self.source.bytes_left, apart_s)
        self.lanes.give_back(batch)
        self._end_start()
        return True

    def _end_start(self) -> None:
        """The first chunk is in: let go of what libraries read only while they started."""
        with self._lock:
            started, self._started = self._started, True
        if not started and "pyarrow" in sys.modules:
            for name in LIBRARIES:
                release(name)

    def _leave(self) -> None:
        """When one worker fails or a limit ends the load, the others leave too."""
        if self.error is not None or self.committer.cut is not None:
            self.source.close()
            self.steps.close()
            self.committer.tickets.close()


def _join(threads: list[threading.Thread]) -> None:
    """Wait in short steps, so that signals are handled meanwhile."""
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)
