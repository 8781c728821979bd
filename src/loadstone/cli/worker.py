"""``loadstone worker``."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from loadstone.config import resolve_repository


def run_worker(arguments: argparse.Namespace) -> int:
    """Work until a signal, or until idle. The first signal finishes the tasks' chunks; the second one kills."""
    from loadstone.bootstrap.jobs import make_worker
    from loadstone.bootstrap.targets import keep_connections
    from loadstone.bootstrap.tuning import worker_threads
    from loadstone.telemetry.logs import log_to_stderr

    log_to_stderr(as_json=arguments.json_log)
    close = _serve(arguments.metrics) if arguments.metrics else None
    keep_connections()
    url, threads = resolve_repository(arguments.repository), worker_threads(arguments.threads)
    worker = _patiently(
        lambda: make_worker(url, threads=threads, lease_s=arguments.lease), forever=not arguments.until_idle
    )

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        worker.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    worker.run(until_idle=arguments.until_idle)
    if close is not None:
        close()
    return 0


# Private functions

_PAUSE_S, _PAUSE_S_MAX = 1.0, 30.0
"""Between two tries to open a repository that does not answer, the first and the longest."""

T = TypeVar("T")


def _patiently(make: Callable[[], T], *, forever: bool) -> T:
    """What ``make`` gives; a worker that starts before its repository does, or finds it busy, says so and waits for it."""
    import structlog

    from loadstone.errors import Retry

    pause_s = _PAUSE_S
    while True:
        try:
            return make()
        except Retry as error:
            if not forever:
                raise
            structlog.get_logger("loadstone.jobs").warning(
                "worker.trouble", code=error.code, error=error.message, hint=next(iter(error.hints), None)
            )
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, _PAUSE_S_MAX)


def _serve(address: str) -> Callable[[], None]:
    from loadstone.telemetry.serve import serve

    where, close = serve(address)
    print(f"metrics at http://{where}/metrics", file=sys.stderr, flush=True)
    return close
