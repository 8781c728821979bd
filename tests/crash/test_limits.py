"""ERRORS, DISCARDMAX, several files and several tables come out to the very record, however often the load died."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.crash.processes import KILLED, Case, clear, ended, errors_of, start, state

CONTROL = b"""LOAD DATA
INFILE 'a.dat' BADFILE 'a.bad' DISCARDFILE 'a.dsc' DISCARDMAX 4
INFILE 'b.dat' BADFILE 'b.bad' DISCARDFILE 'b.dsc'
INFILE 'c.dat' BADFILE 'c.bad' DISCARDFILE 'c.dsc'
APPEND
INTO TABLE one WHEN kind = 'A' FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind CHAR(1), id INTEGER EXTERNAL, record RECNUM, step SEQUENCE(1,1))
INTO TABLE two WHEN kind = 'B' FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind POSITION(1) CHAR(1), id INTEGER EXTERNAL, record RECNUM, step SEQUENCE(100,5))
"""
TABLES = b"""CREATE TABLE one (kind CHAR(1), id NUMBER(9) PRIMARY KEY, record NUMBER(9), step NUMBER(9));
CREATE TABLE two (kind CHAR(1), id NUMBER(9) PRIMARY KEY, record NUMBER(9), step NUMBER(9));"""


def data_of(first: int, records: int, *, discards: int) -> bytes:
    """Records for both tables; each ninth has a bad number, each seventh a key that is taken, some are discarded."""
    lines = []
    for n in range(first, first + records):
        kind = "X" if n % discards == 3 else "AB"[n % 2]
        key = "x" if n % 9 == 4 else str(n - 2) if n % 7 == 5 else str(n)
        lines.append(f"{kind}|{key}\n")
    return "".join(lines).encode()


def case(errors: int) -> Case:
    """Three files: DISCARDMAX ends the first one; ERRORS may end the load in the third."""
    files = {"load.ctl": CONTROL, "tables.sql": TABLES}
    files |= {"a.dat": data_of(0, 60, discards=6), "b.dat": data_of(100, 40, discards=20)}
    return Case(
        files={**files, "c.dat": data_of(200, 60, discards=20)},
        tables=("SELECT kind, id, record, step FROM one", "SELECT kind, id, record, step FROM two"),
        options={"errors": errors, "discard": None},
    )


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("sqlite", 22),
        ("postgresql", -1),
        pytest.param("sqlite", -1, marks=pytest.mark.slow),
        pytest.param("postgresql", 22, marks=pytest.mark.slow),
    ],
)
def test_limits_hold_across_kills(
    request: pytest.FixtureRequest, tmp_path: Path, name: str, errors: int
) -> None:
    """Killed before and behind the COMMIT of every chunk in turn, and started again with other chunks."""
    url = str(tmp_path / "bank.db") if name == "sqlite" else request.getfixturevalue("postgres_url")
    one = case(errors)
    calm = undisturbed(tmp_path / "calm", one)
    folder = one.lay_out(tmp_path / "killed")
    for number in count(1):
        point = f"{'before' if number % 2 else 'after'}_commit:{number}"
        code = ended(start(folder, url, one, crash_at=point, chunk_size_bytes=90))
        if code != KILLED:
            break
        code = ended(start(folder, url, one, chunk_size_bytes=140))
        assert calm["code"] == code, errors_of(folder)
        assert calm == {**state(folder, url, one), "code": code}, point
        clear(url, one)
        for path in [*folder.glob("*.bad"), *folder.glob("*.dsc"), *folder.glob("*.log")]:
            path.unlink()
    assert number > 7
    assert calm == {**state(folder, url, one), "code": code}


def undisturbed(folder: Path, one: Case) -> dict[str, Any]:
    """The state after a load that nothing disturbs, and its exit code; the limits have made a difference."""
    one.lay_out(folder)
    url = str(folder / "calm.db")
    code = ended(start(folder, url, one, chunk_size_bytes=1 << 20))
    found = state(folder, url, one)
    assert {"a.bad", "a.dsc", "b.bad", "c.bad"} <= set(found["files"]), errors_of(folder)
    assert 4 <= len(found["files"]["a.dsc"].splitlines()) <= 5
    return {**found, "code": code}
