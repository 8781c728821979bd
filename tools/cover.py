"""
Coverage with branches, room by room; exits 1 where a room is below the bar.

The tests run twice: with kernels as plain Python, so that their lines count, and compiled, for what
leads up to them. Run it from the root of the checkout: ``python tools/cover.py [pytest arguments]``;
``coverage report -m`` then lists the lines that no test reached.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import coverage

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("src", "loadstone")
BAR = 95.0
"""Per cent of lines and branches that the tests of each room must reach."""

RUNS = {
    "plain": ({"LOADSTONE_PLAIN_KERNELS": "1"}, ["tests/unit", "tests/property"]),
    "compiled": ({"LOADSTONE_PLAIN_KERNELS": "0"}, ["tests"]),
}
"""Environment and tests of each run."""


def main(arguments: list[str]) -> int:
    """Run the tests, print the table; 1 if a test failed or a room is below the bar."""
    failed = False
    for name, (environment, tests) in RUNS.items():
        print(f"{name} kernels:", flush=True)
        failed = not run(name, environment, arguments or ["-n", "2", "-m", "not slow", *tests]) or failed
    for room, (done, total) in measure([str(ROOT / f".coverage.{name}") for name in RUNS]).items():
        share = 100 * done / total if total else 100.0
        failed = failed or share < BAR
        print(
            f"{room:<20}{done:>7} of {total:>6}{share:>8.1f} %{'' if share >= BAR else '  <-- below the bar'}"
        )
    return int(failed)


def run(name: str, environment: dict[str, str], arguments: list[str]) -> bool:
    """One run of the tests into ``.coverage.NAME``; whether no test failed (none found is no failure)."""
    command = [sys.executable, "-m", "pytest", "--cov", "--cov-branch", "--cov-report=", *arguments]
    settings = {**os.environ, **environment, "COVERAGE_FILE": str(ROOT / f".coverage.{name}")}
    return subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode in (0, 5)


def measure(files: list[str]) -> dict[str, tuple[int, int]]:
    """Lines and branches reached, and all there are, of each room and of all rooms together."""
    both = coverage.Coverage(data_file=str(ROOT / ".coverage"), config_file=str(ROOT / "pyproject.toml"))
    both.combine(files, strict=True)
    both.save()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        both.json_report(outfile=str(report))
        summaries = json.loads(report.read_text())["files"]
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path, entry in sorted(summaries.items()):
        inside = Path(path).relative_to(SOURCE).parts
        summary = entry["summary"]
        for row in (found[inside[0]], found["all rooms"]) if len(inside) > 1 else (found["all rooms"],):
            row[0] += summary["covered_lines"] + summary["covered_branches"]
            row[1] += summary["num_statements"] + summary["num_branches"]
    return {room: (done, total) for room, (done, total) in sorted(found.items(), key=_all_last)}


def _all_last(entry: tuple[str, list[int]]) -> tuple[bool, str]:
    return entry[0] == "all rooms", entry[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
