"""What this process may use of the machine: cores and memory, within the limits of its container."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Machine:
    """
    Bounds of this process.

    Attributes:
        cores: More than 0, with a part of one where a quota says so. memory_bytes: what it may hold at most.
        cores_by, memory_by: What sets the bound: ``machine``, ``affinity``, or the file of a cgroup.
    """

    cores: float
    memory_bytes: int
    cores_by: str
    memory_by: str


def measure(root: Path = Path("/")) -> Machine:
    """The bounds of this process now; ``root`` is where ``proc`` and ``sys`` are found."""
    cores: list[tuple[float, str]] = [(float(os.cpu_count() or 1), "machine")]
    if hasattr(os, "sched_getaffinity"):
        cores.append((float(len(os.sched_getaffinity(0))), "affinity"))
    memory = [(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), "machine")]
    for folder in _cgroups(root):
        cores += _quotas(folder)
        for name in ("memory.max", "memory.high", "memory.limit_in_bytes"):
            memory += [(number, str(folder / name)) for number in _numbers(folder / name)[:1]]
    core, cores_by = min(cores, key=lambda one: one[0])
    most, memory_by = min(memory, key=lambda one: one[0])
    return Machine(cores=core, memory_bytes=most, cores_by=cores_by, memory_by=memory_by)


@cache
def here() -> Machine:
    """The bounds of this process, as they were when it first asked."""
    return measure()


def memory_peak_bytes() -> int:
    """The most memory that this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


# Private functions


def _cgroups(root: Path) -> Iterator[Path]:
    """Folders of the groups that hold this process, of either version; of each the ones above it as well."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    top = root / "sys/fs/cgroup"
    for line in lines:
        _, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        for base in [top / name for name in controllers.split(",") if name in ("cpu", "memory")] or [top]:
            # Within a container the path may be that of the host, of which only the top is seen.
            folder = base / path.lstrip("/")
            while folder != base:
                yield folder
                folder = folder.parent
            yield base


def _quotas(folder: Path) -> Iterator[tuple[float, str]]:
    """Cores by the time that a group may use in each period."""
    both = _numbers(folder / "cpu.max")
    if len(both) == 2:
        yield both[0] / both[1], str(folder / "cpu.max")
    quota, period = _numbers(folder / "cpu.cfs_quota_us"), _numbers(folder / "cpu.cfs_period_us")
    if quota and period and quota[0] > 0:
        yield quota[0] / period[0], str(folder / "cpu.cfs_quota_us")


def _numbers(path: Path) -> list[int]:
    """The numbers of a file; none where it is missing, or says ``max``."""
    try:
        words = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return []
    return [int(word) for word in words] if words and all(w.lstrip("-").isdigit() for w in words) else []
