"""Records that the target refuses are found one by one: a kill at every step of that loses and doubles nothing."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from tests.crash.processes import KILLED, Case, clear, ended, errors_of, finish, start, state, undisturbed

KEYS = (*range(10), 3, 11, 12, 11, 13, 5, 14, 12, 15, 11)
"""Of the second ten, the first, the last and three between are taken already."""

CASE = Case(
    files={
        "load.ctl": b"""LOAD DATA INFILE 'load.dat' APPEND INTO TABLE t FIELDS TERMINATED BY '|'
(id INTEGER EXTERNAL, place INTEGER EXTERNAL, step SEQUENCE(1,1))""",
        "tables.sql": b"CREATE TABLE t (id NUMBER(9) PRIMARY KEY, place NUMBER(9), step NUMBER(9));",
        "load.dat": b"".join(b"%02d|%02d\n" % (key, place) for place, key in enumerate(KEYS)),
    },
    tables=("SELECT id, place, step FROM t",),
    options={"chunk_size_bytes": 60},
)
"""Two chunks of ten records."""

STEPS_MIN = {"sqlite": 12, "postgresql": 12, "duckdb": 1, "oracle": 1}
"""Least steps of the isolation: halves by savepoints, trials, batch errors."""


def test_a_kill_at_every_step_of_the_isolation(target_url: str, tmp_path: Path) -> None:
    """Good rows, rejects and checkpoint are one transaction, however many attempts came before its COMMIT."""
    calm, folder = undisturbed(tmp_path / "calm", CASE), CASE.lay_out(tmp_path / "killed")
    assert 5 == len(calm["rejects"]) and 15 == len(calm["rows"][0])
    named = [kind for kind in STEPS_MIN if target_url.startswith(kind) or target_url.endswith(f".{kind}")]
    kind = named[0] if named else "sqlite"
    for step in count(1):
        code = ended(start(folder, target_url, CASE, crash_at=f"isolating:{step}"))
        if code != KILLED:
            break
        finish(folder, target_url, CASE)
        assert calm == state(folder, target_url, CASE), f"step {step}"
        clear(target_url, CASE)
    assert 2 == code, errors_of(folder)
    assert calm == state(folder, target_url, CASE)
    assert step > STEPS_MIN[kind]
