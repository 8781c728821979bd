"""What the stored executions of a job say about its settings: figures, what is recommended, and why."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.jobs.definition import Definition
from loadstone.telemetry.machine import Machine

RUNS_LEAST = 3
"""Measurements of a size, or runs of a step, below which nothing is recommended."""

GAIN = 1.10
"""How much faster another setting must have been: less is noise."""

TIMEOUT_FACTOR = 3.0
"""Times the longest of usual runs after which a step may be given up; changed where it is off by half, or by ten."""

WAIT_S = 5.0
"""Seconds that executions may wait for a slot; longer, and half as long as they run, is worth a change."""

TASK_BYTES = 256 << 20
"""Memory that a task is given where none was measured: a load with chunks of 8 MiB takes about 160 MiB."""

MEMORY_SHARE = 0.8
"""Part of the memory that tasks may take."""


@dataclass(frozen=True, kw_only=True)
class StepRun:
    """
    One step of an execution that completed.

    Attributes:
        waited_s: From the launch to the execution's first task. pace: what its load told, empty for other steps.
    """

    step: str
    duration_s: float
    waited_s: float
    pace: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Advice:
    """
    What is recommended for one setting.

    Attributes:
        step: None where it is a setting of the job or the machine. setting: as the definition or the command line
            names it. now, recommended: equal where it is right as it is. measured: the figures behind it.
    """

    step: str | None
    setting: str
    now: str
    recommended: str
    measured: str
    why: str

    @property
    def changes(self) -> bool:
        """Whether something is to be changed."""
        return self.now != self.recommended


def advise(
    definition: Definition, runs: Sequence[StepRun], machine: Machine, slots: int | None
) -> list[Advice]:
    """
    Recommendations for a job, steps in the order of the definition, those of the machine last.

    Args:
        runs: Of executions that completed. slots: those of the job's pool, None without bound.
    """
    found = []
    for name, step in definition.steps.items():
        mine = [run for run in runs if run.step == name]
        if any(run.pace for run in mine):
            found.append(_chunk_size(name, step.config.get("chunk_size_bytes"), mine))
        found.append(_timeout(name, step.limits.timeout_s, mine))
    first = next(iter(definition.steps))
    found.append(_slots(slots, [run for run in runs if run.step == first], _peak_bytes(runs), machine))
    found.append(_threads(_peak_bytes(runs), machine))
    return found


def threads_for(machine: Machine, task_bytes: int = TASK_BYTES) -> int:
    """Tasks that a worker process runs at once: one for each core, as far as memory goes; at least one."""
    by_memory = int(machine.memory_bytes * MEMORY_SHARE) // max(1, task_bytes)
    return max(1, min(math.ceil(machine.cores), by_memory))


# Private functions


def _chunk_size(name: str, pin: int | None, runs: Sequence[StepRun]) -> Advice:
    rates: dict[int, list[float]] = {}
    for run in runs:
        for size, rate in run.pace.get("rates", {}).items():
            rates.setdefault(int(size), []).append(float(rate))
    known = {size: statistics.median(some) for size, some in rates.items() if len(some) >= RUNS_LEAST}
    now = "adapts" if pin is None else str(pin)
    told = "; ".join(
        f"{_mib(size)}: {statistics.median(some) / 1e6:.0f} MB/s in {len(some)} runs"
        for size, some in sorted(rates.items())
    )
    starts = [int(run.pace["start_bytes"]) for run in runs if run.pace]
    start = int(statistics.median_low(starts)) if starts else 0
    advice: dict[str, Any] = {"step": name, "setting": "config.chunk_size_bytes", "now": now}
    if start not in known or len(known) < 2:
        why = "no two sizes were measured often enough: loads are short, or the size is pinned"
        return Advice(**advice, recommended=now, measured=told or "no size by itself", why=why)
    best = max(known, key=lambda size: known[size])
    if best == start or known[best] < known[start] * GAIN:
        why = f"no size was {GAIN - 1:.0%} faster than {_mib(start)}, with which loads start"
        return Advice(**advice, recommended=now, measured=told, why=why)
    why = f"{_mib(best)} was {known[best] / known[start] - 1:.0%} faster than {_mib(start)}; pinned, no trial is needed"
    return Advice(**advice, recommended=str(best), measured=told, why=why)


def _timeout(name: str, timeout_s: float | None, runs: Sequence[StepRun]) -> Advice:
    now = "none" if timeout_s is None else f"{timeout_s:g}"
    advice: dict[str, Any] = {"step": name, "setting": "limits.timeout_s", "now": now}
    if len(runs) < RUNS_LEAST:
        return Advice(
            **advice, recommended=now, measured=f"{len(runs)} runs", why=f"{RUNS_LEAST} runs are needed"
        )
    durations = sorted(run.duration_s for run in runs)
    usual, longest = statistics.median(durations), _percentile(durations, 0.95)
    told = f"median {usual:.1f} s, 95 % under {longest:.1f} s in {len(runs)} runs"
    wanted = math.ceil(TIMEOUT_FACTOR * longest / 60) * 60
    if timeout_s is None:
        why = f"a step that hangs is given up after {TIMEOUT_FACTOR:g} times its usual longest"
    elif timeout_s < TIMEOUT_FACTOR / 2 * longest:
        why = "runs come close to their limit"
    elif timeout_s > 10 * wanted:
        why = "a step that hangs would be noticed late"
    else:
        return Advice(**advice, recommended=now, measured=told, why="far enough from what runs take")
    return Advice(**advice, recommended=str(wanted), measured=told, why=why)


def _slots(slots: int | None, runs: Sequence[StepRun], peak_bytes: int, machine: Machine) -> Advice:
    now = "no bound" if slots is None else str(slots)
    advice: dict[str, Any] = {"step": None, "setting": "pool slots", "now": now}
    if len(runs) < RUNS_LEAST:
        return Advice(
            **advice, recommended=now, measured=f"{len(runs)} runs", why=f"{RUNS_LEAST} runs are needed"
        )
    waited = _percentile(sorted(run.waited_s for run in runs), 0.95)
    usual = statistics.median(run.duration_s for run in runs)
    told = f"95 % wait under {waited:.1f} s, the first step takes {usual:.1f} s, in {len(runs)} runs"
    most = threads_for(machine, peak_bytes)
    if slots is not None and slots > most:
        why = f"{peak_bytes >> 20} MiB a task: more than {most} at once do not fit this machine"
        return Advice(**advice, recommended=str(most), measured=told, why=why)
    if slots is None or waited <= max(WAIT_S, usual / 2) or slots >= most:
        return Advice(**advice, recommended=now, measured=told, why="executions do not wait for slots")
    wanted = min(most, slots + max(1, slots // 2))
    return Advice(
        **advice, recommended=str(wanted), measured=told, why="executions wait for slots, and cores are left"
    )


def _threads(peak_bytes: int, machine: Machine) -> Advice:
    here, wanted = threads_for(machine), threads_for(machine, peak_bytes)
    told = (
        f"{machine.cores:g} cores ({machine.cores_by}), {machine.memory_bytes >> 20} MiB ({machine.memory_by}),"
        f" {peak_bytes >> 20} MiB a task"
    )
    why = "one for each core" if wanted >= machine.cores else "memory for no more of them"
    return Advice(
        step=None,
        setting="worker --threads",
        now=str(here),
        recommended=str(wanted),
        measured=told,
        why=f"{why}, on the machine that says so",
    )


def _peak_bytes(runs: Sequence[StepRun]) -> int:
    """The most memory that a process held that ran one of these."""
    return max((int(run.pace.get("memory_peak_bytes", 0)) for run in runs), default=0) or TASK_BYTES


def _percentile(ascending: Sequence[float], part: float) -> float:
    return ascending[min(len(ascending) - 1, math.ceil(part * len(ascending)) - 1)]


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):g} MiB"
