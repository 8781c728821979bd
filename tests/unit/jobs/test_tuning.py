"""Recommendations by what stored executions measured."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.jobs.definition import parse_definition
from loadstone.jobs.tuning import Advice, StepRun, advise, threads_for
from loadstone.telemetry.machine import Machine

MIB = 1 << 20


def machine(cores: float = 4, memory_mib: int = 8192) -> Machine:
    """A machine of so much."""
    return Machine(cores=cores, memory_bytes=memory_mib * MIB, cores_by="machine", memory_by="machine")


def run(
    duration_s: float = 10, waited_s: float = 0, rates: dict[int, float] | None = None, peak_mib: int = 160
) -> StepRun:
    """A run of step ``a``; ``rates`` in MB/s by MiB."""
    pace: dict[str, Any] = {}
    if rates is not None:
        told = {str(size * MIB): rate * 1e6 for size, rate in rates.items()}
        pace = {"rates": told, "start_bytes": 8 * MIB, "memory_peak_bytes": peak_mib * MIB}
    return StepRun(step="a", duration_s=duration_s, waited_s=waited_s, pace=pace)


def advice(
    setting: str, runs: list[StepRun], more: str = "", slots: int | None = None, on: Machine | None = None
) -> Advice:
    """What is recommended for one setting of a job of one step."""
    definition = parse_definition(f"name: j\nsteps: {{a: {{handler: load{more}}}}}\n")
    return next(one for one in advise(definition, runs, on or machine(), slots) if one.setting == setting)


def test_a_size_that_was_faster_is_recommended_with_its_figures() -> None:
    """By the median of three runs at least."""
    one = advice("config.chunk_size_bytes", [run(rates={8: 40, 16: 52}) for _ in range(3)])
    assert ("adapts", str(16 * MIB), True) == (one.now, one.recommended, one.changes)
    assert "8 MiB: 40 MB/s in 3 runs; 16 MiB: 52 MB/s in 3 runs" == one.measured
    assert "30% faster than 8 MiB" in one.why


@pytest.mark.parametrize(
    ("rates", "times", "more"),
    [
        ({8: 40, 16: 43}, 9, ""),
        ({8: 40, 16: 80}, 2, ""),
        ({8: 40}, 9, ""),
        ({}, 9, ", config: {chunk_size_bytes: 4194304}"),
    ],
    ids=["no tenth faster", "too few runs", "one size", "pinned"],
)
def test_a_size_stays_without_better_figures(rates: dict[int, float], times: int, more: str) -> None:
    """And the reason is told."""
    one = advice("config.chunk_size_bytes", [run(rates=rates) for _ in range(times)], more)
    assert (one.now, False) == (one.recommended, one.changes)
    assert one.why


@pytest.mark.parametrize(
    ("limit", "durations", "expected"),
    [
        ("", [10, 12, 100], "300"),
        ("timeout_s: 60", [50, 55, 58], "180"),
        ("timeout_s: 90000", [10, 11, 12], "60"),
        ("timeout_s: 120", [50, 55, 58], "120"),
        ("", [10, 12], "none"),
    ],
    ids=["none", "close", "far", "right", "too few"],
)
def test_a_time_limit_is_some_times_what_runs_take(
    limit: str, durations: list[float], expected: str
) -> None:
    """Three times the longest of usual runs, in whole minutes."""
    more = f", limits: {{{limit}}}" if limit else ""
    assert expected == advice("limits.timeout_s", [run(one) for one in durations], more).recommended


@pytest.mark.parametrize(
    ("slots", "waited_s", "peak_mib", "on", "expected"),
    [
        (None, 100, 160, machine(), "no bound"),
        (2, 100, 160, machine(), "3"),
        (2, 4, 160, machine(), "2"),
        (4, 100, 160, machine(), "4"),
        (4, 0, 3000, machine(), "2"),
    ],
    ids=["no bound", "wait", "no wait", "no cores left", "memory"],
)
def test_slots_follow_waits_as_far_as_cores_and_memory_go(
    slots: int | None, waited_s: float, peak_mib: int, on: Machine, expected: str
) -> None:
    """Executions that wait half as long as they run get more; what does not fit the memory gets fewer."""
    runs = [run(waited_s=waited_s, rates={8: 40}, peak_mib=peak_mib) for _ in range(3)]
    assert expected == advice("pool slots", runs, slots=slots, on=on).recommended


def test_threads_follow_cores_and_memory() -> None:
    """A part of a core counts as one; there is always one thread."""
    assert [4, 1, 2, 1] == [
        threads_for(machine()),
        threads_for(machine(cores=0.5)),
        threads_for(machine(memory_mib=700)),
        threads_for(machine(memory_mib=64)),
    ]
    one = advice("worker --threads", [run(rates={8: 40}, peak_mib=4000)])
    assert ("4", "1") == (one.now, one.recommended)
    assert "4 cores" in one.measured
