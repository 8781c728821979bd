"""What the crash tests did, added up over the session and printed at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.crash.crew import Crew, Start, crew_of
from tests.crash.job_cases import Bench, undisturbed

Calm = Callable[..., dict[str, Any]]
"""Takes the number of files, and what ``undisturbed`` takes."""

_MARK = "crash"
"""Name of the property in which a test says what it did."""

PARTS = ("kills", "cuts", "points", "stops", "restarts", "full", "lost", "double")
"""Columns of the summary."""


class Tally:
    """What one test did to one target, and what it found lost or double there."""

    def __init__(self, record: Callable[[str, Any], None]) -> None:
        self._record = record

    def add(self, target: str, **parts: int) -> None:
        """Count; ``parts`` are of ``PARTS``."""
        assert set(parts) <= set(PARTS)
        self._record(_MARK, [target, parts])

    def same(self, target: str, calm: dict[str, Any], found: dict[str, Any], told: str = "") -> None:
        """``found`` must be as ``calm``; rows that are missing or too many are counted first."""
        expected, there = _rows(calm), _rows(found)
        self.add(target, lost=(expected - there).total(), double=(there - expected).total())
        for part, value in calm.items():
            if isinstance(value, dict):
                for name, one in value.items():
                    assert one == found[part].get(name), f"{told} {part} {name}"
            assert value == found[part], f"{told} {part}"


@pytest.fixture
def tally(record_property: Callable[[str, Any], None]) -> Tally:
    """The tally of this test."""
    return Tally(record_property)


SLOW_ON_SQLITE = pytest.mark.parametrize(
    "bench", [pytest.param("sqlite", marks=pytest.mark.slow), "postgresql"], indirect=True
)
"""For tests that `make test` does on PostgreSQL alone: with a target that is a file, each worker begins a process for its load."""


@pytest.fixture(scope="session")
def calm_of(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """What an undisturbed run of so many files leaves; computed once."""
    return cache(
        lambda files, **more: undisturbed(tmp_path_factory.mktemp("calm") / "job", range(files), **more)
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest, here: Path) -> Iterator[Bench]:
    """A repository and a target of each kind; on PostgreSQL a load runs in the worker itself, else in its child."""
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""
    made = Bench.make(here, url or "repository.db", url or "bank.db")
    yield made
    made.database.close()


@pytest.fixture
def crew(bench: Bench) -> Iterator[Crew]:
    """Workers of the bench's repository."""
    with crew_of(Start(folder=bench.folder, repository=bench.repository)) as made:
        yield made


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A line for each target."""
    sums: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == _MARK and report.when == "call":
                    sums.setdefault(value[0], Counter()).update(value[1])
    if not sums:
        return
    terminalreporter.section("crash tests")
    width = max(map(len, sums))
    terminalreporter.line(" ".join([" " * width, *(part.rjust(8) for part in PARTS)]))
    for target, parts in sorted(sums.items()):
        terminalreporter.line(" ".join([target.ljust(width), *(str(parts[part]).rjust(8) for part in PARTS)]))


# Private functions


def _rows(state: dict[str, Any]) -> Counter[str]:
    """The rows of one table, or of a list of tables."""
    rows = state["rows"]
    if rows and isinstance(rows[0], list):
        rows = [row for table in rows for row in table]
    return Counter(map(repr, rows))
