"""
Control files of our own with what SQL*Loader is documented to do: rows, bad file, discard file and log.

A folder of ``tests/golden/sqlldr`` holds ``load.ctl``, its data, ``tables.sql`` and ``expected``: ``rows.json``
(rows of each table, as texts), and the bad, discard and log file, where there are any. ``request.json`` may hold
arguments of the load.
"""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap import loads
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import read_control
from tests.runs import Undisturbed, rows_of

CASES = sorted((Path(__file__).parents[1] / "golden" / "sqlldr").iterdir())
_VARYING = r"(?m)^(Run began|Run ended|Elapsed|CPU time|Loadstone:).*\n"


@pytest.mark.parametrize("target", ["x.db", "x.duckdb"])
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_load_leaves_what_is_documented(
    case: Path, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, bad file, discard file and log are the expected ones, to the byte."""
    shutil.copytree(case, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    arguments = json.loads(Path("request.json").read_text()) if Path("request.json").exists() else {}
    request = LoadRequest(
        spec=read_control("load.ctl"), spec_path="load.ctl", target=target, ddl=("tables.sql",), **arguments
    )
    loads.load(request, Undisturbed())
    rows: dict[str, list[list[Any]]] = json.loads(Path("expected/rows.json").read_text())
    for table, expected in rows.items():
        found = [[shown(value) for value in row] for row in rows_of(target, f"SELECT * FROM {table}")]
        assert sorted(found, key=str) == sorted(expected, key=str)
    for name in ("load.bad", "load.dsc"):
        assert bytes_of(Path(name)) == bytes_of(Path("expected") / name)
    assert masked(Path("load.log").read_text()) == masked(Path("expected/load.log").read_text())


def shown(value: object) -> str | None:
    """A value as ``rows.json`` has it; decimals, which SQLite keeps as texts, without zeros at their end."""
    if value is None:
        return None
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"-?\d+\.\d+", text) else text


def bytes_of(path: Path) -> bytes | None:
    """The bytes of a file; None where it is not there."""
    return path.read_bytes() if path.exists() else None


def masked(log: str) -> str:
    """A log from its ``Control File:`` line on, without what differs from run to run, and DuckDB's schema."""
    return re.sub(_VARYING, "", log[log.index("Control File:") :])
