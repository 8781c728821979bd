"""Bounds of a process by made-up trees of proc and sys."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.telemetry import machine
from loadstone.telemetry.machine import measure

GIB = 1 << 30


def tree(root: Path, groups: str, files: dict[str, str]) -> Path:
    """A root with the groups of this process and files of the cgroup tree."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for name, text in files.items():
        path = root / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_without_groups_the_machine_bounds(tmp_path: Path) -> None:
    """Whole cores, and the memory that it has."""
    found = measure(tmp_path)
    assert found.cores >= 1
    assert found.cores == int(found.cores)
    assert (True, "machine") == (found.memory_bytes > 64 << 20, found.memory_by)


@pytest.mark.parametrize(
    ("groups", "files", "cores", "memory"),
    [
        ("0::/a/b\n", {"a/cpu.max": "50000 100000", "a/b/memory.max": "1048576"}, 0.5, 1 << 20),
        ("0::/host/path\n", {"cpu.max": "25000 100000", "memory.max": "2097152"}, 0.25, 2 << 20),
        ("0::/\n", {"cpu.max": "10000 100000", "memory.max": "max", "memory.high": "4194304"}, 0.1, 4 << 20),
        (
            "4:cpu,cpuacct:/x\n3:memory:/x\n",
            {
                "cpu/x/cpu.cfs_quota_us": "30000",
                "cpu/x/cpu.cfs_period_us": "100000",
                "memory/x/memory.limit_in_bytes": "8388608",
            },
            0.3,
            8 << 20,
        ),
    ],
    ids=["v2", "v2 in a container", "v2 high", "v1"],
)
def test_groups_bound_more(
    tmp_path: Path, groups: str, files: dict[str, str], cores: float, memory: int
) -> None:
    """Of either version, and of the groups above; their files are named."""
    found = measure(tree(tmp_path, groups, files))
    assert (cores, memory) == (found.cores, found.memory_bytes)
    assert "sys/fs/cgroup" in found.cores_by
    assert "sys/fs/cgroup" in found.memory_by


def test_unlimited_or_odd_groups_bound_nothing(tmp_path: Path) -> None:
    """A quota of -1, max, and files that say something else."""
    files = {"cpu.max": "max 100000", "memory.max": "max", "memory.high": "?"}
    found = measure(tree(tmp_path, "odd\n0::/\n", files))
    assert "sys" not in (found.cores_by, found.memory_by)
    assert machine.here() == machine.here()
    assert machine.memory_peak_bytes() > 1 << 20
