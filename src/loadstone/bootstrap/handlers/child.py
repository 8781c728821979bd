"""
Loads in processes of their own.

A child serves one load after the other, so that its start is paid once. It reports and is asked to
stop over a pipe; when the pipe ends because the worker died, it finishes its chunk and leaves.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from loadstone import errors
from loadstone.books import Contribution, Lease, LoadReceipt
from loadstone.errors import LoadstoneError, Place, Retry
from loadstone.jobs.handlers import TaskRun
from loadstone.spec import LoadRequest

POLL_S = 0.2
"""How often a worker looks whether its child should stop."""

REPORT_S = 0.5
"""Least time between two reports of a child."""


class Children:
    """The children of a worker: idle ones wait for the next load."""

    def __init__(self) -> None:
        self._idle: list[_Child] = []
        self._lock = threading.Lock()

    def load(self, request: LoadRequest, run: TaskRun) -> LoadReceipt:
        """
        Load in a child.

        Raises:
            Retry: LS-7118 the child died; what it committed stays, and the next attempt goes on behind it.
            LoadstoneError: The error of the load, as it was in the child.
        """
        with self._lock:
            child = self._idle.pop() if self._idle else _Child()
        try:
            answer = child.load(request, run)
        except BaseException:
            child.end()
            raise
        with self._lock:
            self._idle.append(child)
        if isinstance(answer, LoadReceipt):
            return answer
        raise _error_of(answer)


# Private functions


class _Child:
    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), daemon=True, name="loadstone load")
        self._process.start()
        there.close()

    def load(self, request: LoadRequest, run: TaskRun) -> Any:
        try:
            self._pipe.send((request, run.lease))
            asked = False
            while True:
                if self._pipe.poll(POLL_S):
                    kind, content = self._pipe.recv()
                    if kind != "report":
                        return content
                    run.report(*content)
                if not asked and run.stop_requested():
                    self._pipe.send("stop")
                    asked = True
        except (EOFError, OSError) as error:
            self._process.join(5)
            code = self._process.exitcode
            how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
            raise Retry(
                "LS-7118",
                f"the process of the load died ({how})",
                hints=[
                    "was it killed, by hand or for want of memory? what it committed stays, and a retry resumes."
                ],
            ) from error

    def end(self) -> None:
        self._pipe.close()
        self._process.join(1)
        self._process.kill()


class _ChildRun:
    """The run as the load in the child sees it."""

    def __init__(self, pipe: Connection, lease: Lease | None = None) -> None:
        self.lease = lease
        self._pipe, self._lock = pipe, threading.Lock()
        self.stop, self._last = threading.Event(), 0.0

    def stop_requested(self) -> bool:
        return self.stop.is_set()

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        if time.monotonic() - self._last >= REPORT_S:
            self._last = time.monotonic()
            self.send("report", (contribution, bytes_done, bytes_total))

    def send(self, kind: str, content: Any) -> None:
        with self._lock:
            self._pipe.send((kind, content))


def _serve(pipe: Connection) -> None:
    """
    Main function of a child. Only this loop reads the pipe: the next request may come as soon as a load has
    given its answer, before its thread has ended.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run, thread = _ChildRun(pipe), threading.Thread()
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            run.stop.set()
            return
        if message == "stop":
            run.stop.set()
            continue
        if thread.ident is not None:
            thread.join()
        request, lease = message
        run = _ChildRun(pipe, lease)
        thread = threading.Thread(target=_load, args=(request, run))
        thread.start()


def _load(request: LoadRequest, run: _ChildRun) -> None:
    from loadstone.bootstrap import loads

    try:
        receipt = loads.load(request, run)
    except LoadstoneError as error:
        answer: Any = (type(error).__name__, error.code, error.message, error.place, tuple(error.hints))
    except Exception as error:
        answer = (None, type(error).__name__, str(error), Place(), ())
    else:
        run.send("report", (receipt.counts, 0, None))
        answer = receipt
    try:
        run.send("end", answer)
    except OSError:
        return


def _error_of(answer: tuple[Any, ...]) -> Exception:
    name, code, message, place, hints = answer
    if name is None:
        return RuntimeError(f"{code}: {message}")
    made: LoadstoneError = getattr(errors, name, errors.Stop)(code, message, place, hints=list(hints))
    return made
