"""Wall and CPU seconds of whole processes, with those of a server that works for them."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")

BACKENDS_END_S = 0.3
"""Time for the backends of a client that has left to end, and to be counted with the postmaster's children."""


@dataclass(frozen=True)
class Cost:
    """Seconds of one run, client and server together in ``cpu_s``; peak memory of the client."""

    wall_s: float
    cpu_s: float
    memory_mb: float


def run(command: Sequence[str], *, postmaster: int | None = None, accept: tuple[int, ...] = (0,)) -> Cost:
    """
    Run a command to its end; raises RuntimeError with its output where the exit code is another.

    Python may keep its bytecode, as it does for an installed package.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    server = server_cpu_s(postmaster)
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accept:
        raise RuntimeError(f"{' '.join(command)}: {process.returncode}\n{output.decode()}")
    client = usage.ru_utime + usage.ru_stime
    if postmaster is not None:
        time.sleep(BACKENDS_END_S)
    return Cost(wall, client + server_cpu_s(postmaster) - server, usage.ru_maxrss / 1024)


def server_cpu_s(postmaster: int | None) -> float:
    """CPU seconds of a PostgreSQL server: its processes, and those that have ended."""
    if postmaster is None:
        return 0.0
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == postmaster:
            total += sum(int(fields[n]) for n in (11, 12, 13, 14))
        elif int(fields[1]) == postmaster:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def spread(values: Sequence[float]) -> str:
    """Median, least and greatest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"
