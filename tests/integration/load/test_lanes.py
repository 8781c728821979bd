"""One answer, whichever way a record goes: direct or through expressions, compiled or plain, alone or with others."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import loadstone.load.plan.compile as compiling
from loadstone.bootstrap import loads
from tests.runs import load, rows_of

DDL = """CREATE TABLE t (id NUMBER(6) PRIMARY KEY, amount NUMBER(9,2), day DATE, name VARCHAR2(8) NOT NULL, code CHAR(3), n NUMBER(9));"""
FIELDS = [
    "id INTEGER EXTERNAL",
    "amount DECIMAL EXTERNAL NULLIF amount = BLANKS",
    'day DATE "YYYY-MM-DD"',
    "name CHAR(20)",
    "code CHAR(3)",
]


def any_data(rng: random.Random, records: int) -> str:
    """Good records, and such as are wrong in every way that the table knows."""
    lines = []
    for n in range(records):
        amount = rng.choice(
            [f"{rng.uniform(-1e6, 1e6):.2f}", "1e3", "   ", "", "9999999.994", "99999999", "12x", " 7 "]
        )
        day = rng.choice(["2024-02-29", "2023-2-28", "", "2023-02-29", "someday", "20240131"])
        name = rng.choice(["Ada", "", "Jörg", "much too long", "  x  ", '"quoted, name"', "a\tb"])
        key = rng.choice([n, n, n, n, max(n - 3, 0)])
        lines.append(f"{key},{amount},{day},{name},{rng.choice(['abc', 'a', '', 'äb'])}")
    return "\n".join(lines) + "\n"


def control(fields: list[str]) -> str:
    """The control file with these fields."""
    return (
        "LOAD DATA CHARACTERSET AL32UTF8 INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"'"
        f" TRAILING NULLCOLS ({', '.join(fields)})"
    )


def outcome(url: str, fields: list[str], columns: str, **options: Any) -> dict[str, Any]:
    """Everything that a load leaves, the wording of a reject aside."""
    receipt = load(control(fields), url, ddl=DDL, errors=-1, **options)
    counts = receipt.counts
    assert counts.read == counts.loaded + counts.rejected + counts.discarded
    assert counts.loaded == counts.tables[0].loaded == receipt.tables["T"]
    return {
        "books": (counts.read, counts.loaded, counts.rejected),
        "rows": rows_of(url, f"SELECT {columns} FROM t ORDER BY id"),
        "rejects": [
            (one.record_no, one.byte_offset, one.length_bytes, one.rule, one.code)
            for one in loads.rejects(url)[1]
        ],
        "bad": Path("in.bad").read_bytes() if Path("in.bad").exists() else b"",
    }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["db", "duckdb"])
def test_every_way_gives_the_same(seed: int, kind: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Direct, columnar (a RECNUM beside), compiled, in small chunks, with several workers."""
    Path("in.dat").write_text(any_data(random.Random(seed), 120))
    columns = "id, amount, day, name, code"
    expected = outcome(f"direct.{kind}", FIELDS, columns)
    assert expected["rejects"] and expected["rows"]
    assert expected == outcome(f"columnar.{kind}", [*FIELDS, "n RECNUM"], columns)
    assert expected == outcome(f"chunks.{kind}", FIELDS, columns, chunk_size_bytes=200, workers=3)
    monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", 0)
    assert expected == outcome(f"compiled.{kind}", FIELDS, columns)
    assert expected == outcome(
        f"both.{kind}", [*FIELDS, "n RECNUM"], columns, chunk_size_bytes=500, workers=2
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_target_gives_the_same(seed: int, postgres_url: str, here: Path) -> None:
    """PostgreSQL's own rows against SQLite's, as numbers and dates."""
    Path("in.dat").write_text(any_data(random.Random(100 + seed), 120))
    one = outcome("other.db", FIELDS, "id, name")
    two = outcome(postgres_url, FIELDS, "id, name", workers=3, chunk_size_bytes=300)
    assert one == two


def test_an_expression_that_changes_nothing_changes_nothing(here: Path) -> None:
    """The same values through Oracle's functions."""
    Path("in.dat").write_text(any_data(random.Random(7), 80))
    plain = outcome("plain.db", FIELDS, "id, amount, name")
    dressed = [field.replace("name CHAR(20)", 'name CHAR(20) "nvl(:name, null)"') for field in FIELDS]
    assert plain == outcome("dressed.db", dressed, "id, amount, name")


@pytest.mark.parametrize("workers", [1, 4])
def test_unique_keys_and_workers_agree(workers: int, postgres_url: str, here: Path) -> None:
    """Duplicates spread over chunks that are sent at once: the first one in the file wins, each time."""
    rng = random.Random(3)
    keys = [rng.randint(0, 300) for _ in range(600)]
    Path("in.dat").write_text("".join(f"{key},{n}\n" for n, key in enumerate(keys)))
    first: dict[int, int] = {}
    for n, key in enumerate(keys):
        first.setdefault(key, n)
    text = "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (id, n)"
    receipt = load(
        text,
        postgres_url,
        ddl="CREATE TABLE t (id NUMBER(6) PRIMARY KEY, n NUMBER(9));",
        errors=-1,
        workers=workers,
        chunk_size_bytes=400,
    )
    assert sorted(first.items()) == [
        (int(a), int(b)) for a, b in rows_of(postgres_url, "SELECT id, n FROM t ORDER BY id")
    ]
    assert 600 - len(first) == receipt.counts.rejected
