"""Generated loads against the reference reader: rows, rejects, discards, counts, files; every lane and target."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import loadstone.load.plan.compile as compiling
from loadstone.bootstrap import loads
from loadstone.datatypes.model import Kind
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from loadstone.sqlldr.write import control_bytes
from tests.reference.generate import generate
from tests.reference.reader import read_all
from tests.runs import Undisturbed, plain, rows_of

SEEDS = {"sqlite": range(120), "duckdb": range(120, 160), "postgresql": range(160, 280)}


def kind_of(url: str) -> str:
    """The kind of a test's target."""
    if url.startswith("postgresql"):
        return "postgresql"
    return "duckdb" if url.endswith(".duckdb") else "sqlite"


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
def test_a_generated_load_equals_the_reference(
    target_url: str, compiled: bool, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the tables, the bad and the discard file is what an obvious reader says, to the byte."""
    if compiled:
        monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", 0)
    seeds = SEEDS[kind_of(target_url)]
    for seed in list(seeds)[:: 3 if compiled else 2]:
        folder = here / f"seed{seed}"
        folder.mkdir()
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            for name, value in generate(seed).variables.items():
                patch.setenv(name, value)
            compare(seed, target_url, f"s{seed}_")


def compare(seed: int, url: str, prefix: str) -> None:
    """Load one generated load into tables of its own and compare all that it leaves."""
    made = generate(seed)
    tables = tuple(
        table.model_copy(
            update={"table": table.table.model_copy(update={"name": (prefix + table.table.name).upper()})}
        )
        for table in made.spec.tables
    )
    spec = made.spec.model_copy(update={"tables": tables})
    assert spec == parse_control(control_bytes(spec), "x.ctl"), seed
    if made.spec.inline_data is None:
        Path("data.dat").write_bytes(made.data)
    Path("tables.sql").write_text(made.ddl.replace("CREATE TABLE T", f"CREATE TABLE {prefix}T"))
    expected = read_all(made.spec, made.data, made.types, nls=made.variables, **made.options)
    request = LoadRequest(
        spec=spec,
        spec_path="x.ctl",
        target=url,
        ddl=("tables.sql",),
        errors=made.options.get("errors", -1),
        skip=made.options.get("skip"),
        load=made.options.get("load"),
        discard="x.dsc",
        chunk_size_bytes=300 if seed % 2 else 1 << 20,
    )
    receipt = loads.load(request, Undisturbed())
    counts = receipt.counts
    assert (counts.read, counts.rejected, counts.discarded) == (
        expected.read,
        len(expected.rejects),
        len(expected.discards),
    ), seed
    assert bytes_of("data.bad") == expected.bad, seed
    assert bytes_of("x.dsc") == expected.discard, seed
    for number, table in enumerate(spec.tables):
        columns = list(made.types[number])
        found = rows_of(url, f"SELECT {', '.join(columns)} FROM {table.table.name}")
        types = [made.types[number][name][0].kind for name in columns]
        got = [tuple(typed(value, kind) for value, kind in zip(row, types, strict=True)) for row in found]
        want = [tuple(plain(row[name]) for name in columns) for row in expected.rows[number]]
        assert sorted(got, key=repr) == sorted(want, key=repr), seed
    if not made.options:
        assert loads.load(replace(request, errors=None), Undisturbed()).repeated


def bytes_of(path: str) -> bytes:
    """The file's bytes; none where it was not written."""
    return Path(path).read_bytes() if Path(path).exists() else b""


def typed(value: Any, kind: Kind) -> Any:
    """SQLite keeps decimals and dates as text."""
    if isinstance(value, str) and kind is Kind.DECIMAL:
        return plain(Decimal(value))
    if isinstance(value, str) and kind is Kind.TIMESTAMP:
        return datetime.fromisoformat(value)
    return value
