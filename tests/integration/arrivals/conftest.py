"""A bank with a repository of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loadstone.database.open import Database
from tests.arrivals import Bank
from tests.repository import open_repository

Make = Callable[[str], Bank]
"""Makes the bank with a registry of YAML."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty repository of each kind."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    yield opened
    opened.close()


@pytest.fixture
def make(database: Database, tmp_path: Path) -> Make:
    """Of each kind of repository."""
    return lambda registry: Bank(database, tmp_path / "bank", registry)


@pytest.fixture
def make_small(tmp_path: Path) -> Iterator[Make]:
    """With SQLite only, where the kind of repository does not matter."""
    opened = open_repository(str(tmp_path / "r.db"))
    yield lambda registry: Bank(opened, tmp_path / "bank", registry)
    opened.close()
