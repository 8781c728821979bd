"""``loadstone worker``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from types import FrameType

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
    worker = make_worker(
        resolve_repository(arguments.repository),
        threads=worker_threads(arguments.threads),
        lease_s=arguments.lease,
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


def _serve(address: str) -> Callable[[], None]:
    from loadstone.telemetry.serve import serve

    where, close = serve(address)
    print(f"metrics at http://{where}/metrics", file=sys.stderr, flush=True)
    return close
