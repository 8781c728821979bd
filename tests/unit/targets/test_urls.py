"""Target URLs: what they name, and that no password is ever shown."""

from __future__ import annotations

import pytest

from loadstone.errors import FixSpec
from loadstone.targets.urls import file_of, kind_of, safe_url


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("postgresql://me@host/db", "postgresql"),
        ("postgres://me@host/db", "postgresql"),
        ("postgresql+psycopg://me@host/db", "postgresql"),
        ("POSTGRESQL://me@host/db", "postgresql"),
        ("sqlite:///bank.db", "sqlite"),
        ("duckdb:///bank.duckdb", "duckdb"),
        ("oracle://me@host:1521/service", "oracle"),
        ("bank.db", "sqlite"),
        ("data/BANK.SQLITE3", "sqlite"),
        ("bank.sqlite", "sqlite"),
        ("bank.duckdb", "duckdb"),
        ("C:\\data\\bank.ddb", "duckdb"),
        ("sqlite:///named.duckdb", "sqlite"),
    ],
)
def test_a_url_or_a_file_name_tells_the_kind(url: str, kind: str) -> None:
    """The scheme first, then the ending, in any case."""
    assert kind == kind_of(url)


@pytest.mark.parametrize("url", ["", "bank", "bank.csv", "postgresql"])
def test_what_names_no_target_is_refused_with_examples(url: str) -> None:
    """Also what is no URL at all."""
    with pytest.raises(FixSpec, match="LS-3010") as caught:
        kind_of(url)
    assert 5 == len(caught.value.hints)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me:secret@host:5432/db?sslmode=require", "postgresql://me@host:5432/db?sslmode=require"),
        ("postgresql://me:se%40cret@host/db", "postgresql://me@host/db"),
        ("postgresql://:secret@host/db", "postgresql://host/db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("postgresql://host/db?user=me&password=secret", "postgresql://host/db?user=me"),
        ("postgresql://host/db?password=secret&user=me", "postgresql://host/db?user=me"),
        ("postgresql://host/db?PASSWORD=secret", "postgresql://host/db"),
        ("postgresql://host/db?sslpassword=secret", "postgresql://host/db"),
        ("oracle://scott:secret@host:1521/x", "oracle://scott@host:1521/x"),
        ("bank.db", "bank.db"),
    ],
)  # fmt: skip
def test_a_url_is_shown_without_its_password(url: str, expected: str) -> None:
    """Wherever the password stands; all else stays."""
    assert expected == safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "host=db password=secret user=me",
        "postgresql//me:secret@host",
    ],
)
def test_even_what_is_no_target_is_named_without_its_password(url: str) -> None:
    """The message shows what was typed, but not the secret in it."""
    with pytest.raises(FixSpec, match="LS-3010") as caught:
        kind_of(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("bank.db", "bank.db"),
        ("sqlite:///bank.db", "bank.db"),
        ("sqlite:////data/bank.db", "/data/bank.db"),
        ("duckdb:///x/y.duckdb", "x/y.duckdb"),
        ("/abs/bank.duckdb", "/abs/bank.duckdb"),
        ("sqlite:///name with blank.db", "name with blank.db"),
    ],
)
def test_three_slashes_are_relative_and_four_absolute(url: str, path: str) -> None:
    """As SQLAlchemy reads them."""
    assert path == file_of(url)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "duckdb:///:memory:", ":memory:"]
)
def test_a_database_without_a_file_is_refused(url: str) -> None:
    """Nothing of it would outlive the load."""
    with pytest.raises(FixSpec, match="LS-3011"):
        file_of(url)
