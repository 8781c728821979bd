"""Kill a load anywhere and start it again: tables, rejects and files are those of an undisturbed run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap import loads
from loadstone.bootstrap.targets import open_target
from loadstone.errors import FixFile, Refused
from loadstone.targets.model import Target
from tests.runs import load, rows_of

CONTROL = """LOAD DATA
INFILE 'load.dat'
APPEND INTO TABLE payments
WHEN kind <> 'X'
FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER CHAR(1), id INTEGER EXTERNAL, amount DECIMAL EXTERNAL, booked DATE "YYYY-MM-DD", note, record RECNUM, step SEQUENCE(1,1))
"""
DDL = """CREATE TABLE payments (id NUMBER(9) PRIMARY KEY, amount NUMBER(12,2), booked DATE NOT NULL, note VARCHAR2(20),
record NUMBER(9), step NUMBER(9));"""
ROOT = Path(__file__).resolve().parents[2]
RECORDS = 15_000
"""Enough for a load of some seconds."""


def data_of(records: int) -> bytes:
    """Records with a bad number, a duplicate key, a missing date and a discard now and then."""
    lines = []
    for n in range(records):
        kind = "X" if n % 41 == 7 else "P"
        key = n - 3 if n % 53 == 20 else n
        amount = "abc" if n % 37 == 5 else f"{n * 7 % 1000}.{n % 100:02}"
        booked = "" if n % 61 == 9 else f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}"
        lines.append(f"{kind}|{key}|{amount}|{booked}|note {n % 13}")
    return ("\n".join(lines) + "\n").encode()


def lay_out(folder: Path, records: int) -> None:
    """Control file, DDL and data in a folder."""
    folder.mkdir()
    (folder / "load.ctl").write_text(CONTROL)
    (folder / "tables.sql").write_text(DDL)
    (folder / "load.dat").write_bytes(data_of(records))


def start(folder: Path, url: str, chunk: int, crash_at: str = "") -> subprocess.Popen[bytes]:
    """A load in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LOADSTONE_CRASH_AT": crash_at}
    if not crash_at:
        del environment["LOADSTONE_CRASH_AT"]
    command = [sys.executable, "-m", "tests.crash.child", str(folder), url, str(chunk)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def state(folder: Path, url: str) -> dict[str, Any]:
    """All that a load leaves, without ids and times."""
    found = loads.rejects(url)[1]
    return {
        "rows": sorted(rows_of(url, "SELECT id, amount, booked, note, record, step FROM payments")),
        "rejects": [(r.record_no, r.byte_offset, r.field, r.rule, r.code) for r in found],
        "bad": (folder / "load.bad").read_bytes(),
        "discard": (folder / "load.dsc").read_bytes(),
        "log": [
            line
            for line in (folder / "load.log").read_text().splitlines()
            if line.startswith(("Record", "Total", "  "))
        ],
    }


def undisturbed(folder: Path, records: int) -> dict[str, Any]:
    """The state after a load into SQLite that nothing disturbs."""
    lay_out(folder, records)
    process = start(folder, str(folder / "calm.db"), 1 << 20)
    _, errors = process.communicate()
    assert process.returncode == 2, errors.decode()
    return comparable(state(folder, str(folder / "calm.db")))


def comparable(found: dict[str, Any]) -> dict[str, Any]:
    """The state as it compares across targets: SQLite keeps amounts and dates as text."""
    from datetime import datetime
    from decimal import Decimal

    def same(value: Any) -> Any:
        if isinstance(value, str) and value[:4].isdigit() and "-" in value:
            return datetime.fromisoformat(value)
        if isinstance(value, str) and value.replace(".", "", 1).isdigit():
            return Decimal(value).normalize() + 0
        return value

    rows = sorted(tuple(same(value) for value in row) for row in found["rows"])
    return {**found, "rows": rows, "rejects": [r[:2] + r[3:] for r in found["rejects"]]}


def finish(folder: Path, url: str, chunk: int) -> None:
    """Start the load again; it ends with rejects."""
    process = start(folder, url, chunk)
    _, errors = process.communicate()
    assert process.returncode == 2, errors.decode()


def clear(url: str) -> None:
    """Forget all loads and rows."""
    target: Target = open_target(url)
    try:
        target.run_ddl(
            [
                "DROP TABLE payments",
                *[
                    f"DROP TABLE loadstone_{name}"
                    for name in ("load", "fence", "claim", "chunk", "reject", "discard")
                ],
            ]
        )
    finally:
        target.close()


def test_a_changed_file_is_refused_on_resume(target_url: str, tmp_path: Path) -> None:
    """A source file that changed under a half-done load is named, and no row moves."""
    folder = tmp_path / "changed"
    lay_out(folder, 300)
    start(folder, target_url, 2000, crash_at="before_commit:3").communicate()
    before = rows_of(target_url, "SELECT id FROM payments")
    data = (folder / "load.dat").read_bytes()
    (folder / "load.dat").write_bytes(data.replace(b"note 1", b"NOTE 1", 1))
    process = start(folder, target_url, 2000)
    _, errors = process.communicate()
    assert process.returncode == 1 and FixFile.__name__ in errors.decode() and "LS-4002" in errors.decode()
    assert rows_of(target_url, "SELECT id FROM payments") == before and before


@pytest.mark.parametrize("how", ["grown", "cut", "changed behind what is loaded"])
def test_a_file_that_was_written_to_is_refused(tmp_path: Path, how: str) -> None:
    """What is loaded is still the same; the rest is not, and is not loaded."""
    folder = tmp_path / "written"
    url = str(tmp_path / "bank.db")
    lay_out(folder, 300)
    start(folder, url, 2000, crash_at="before_commit:3").communicate()
    data = (folder / "load.dat").read_bytes()
    changed = {"grown": data + b"P|9|1|2026-01-01|x\n", "cut": data[:-30]}.get(how, data[:-3] + b"99\n")
    (folder / "load.dat").write_bytes(changed)
    process = start(folder, url, 2000)
    _, errors = process.communicate()
    assert process.returncode == 1 and "LS-4002" in errors.decode()
    (folder / "load.dat").write_bytes(data)
    hint = errors.decode().partition("touch -d ")[2].split()[:1]
    assert bool(hint) == how.startswith("changed")


def test_a_changed_file_is_refused_before_its_records_go_into_the_bad_file(
    target_url: str, tmp_path: Path
) -> None:
    """All rows were loaded when the process died; the bad file would be cut out of another file."""
    folder = tmp_path / "changed"
    lay_out(folder, 300)
    start(folder, target_url, 2000, crash_at="all_loaded").communicate()
    (folder / "load.dat").write_bytes((folder / "load.dat").read_bytes().replace(b"abc", b"xyz"))
    process = start(folder, target_url, 2000)
    _, errors = process.communicate()
    assert process.returncode == 1 and "LS-4002" in errors.decode()
    assert not (folder / "load.bad").exists()


def test_a_stopped_process_that_wakes_up_commits_nothing(postgres_url: str, tmp_path: Path) -> None:
    """SIGSTOP inside a load, its sessions are ended, a second process goes on, SIGCONT: the first is shut out."""
    calm = undisturbed(tmp_path / "calm", 3000)
    folder = tmp_path / "stopped"
    lay_out(folder, 3000)
    zombie = start(folder, postgres_url, 1500)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not committed(postgres_url):
        time.sleep(0.02)
    zombie.send_signal(signal.SIGSTOP)
    rows_of(
        postgres_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'loadstone-holder%'",
    )
    time.sleep(0.3)
    finish(folder, postgres_url, 4000)
    zombie.send_signal(signal.SIGCONT)
    zombie.communicate()
    assert comparable(state(folder, postgres_url)) == calm


def committed(url: str) -> bool:
    """Whether a chunk is committed."""
    try:
        return bool(rows_of(url, "SELECT 1 FROM loadstone_chunk LIMIT 1"))
    except Exception:
        return False


def test_a_second_start_is_refused_while_the_first_runs(target_url: str, tmp_path: Path, here: Path) -> None:
    """Two processes never load the same load at once."""
    (here / "load.dat").write_bytes(data_of(50))
    target = open_target(target_url)
    try:
        target.init_control()
        release = target.hold("0" * 32)
        if target.kind != "duckdb":
            other = open_target(target_url)
            with pytest.raises(Refused, match="LS-3006"):
                other.hold("0" * 32)
            other.close()
        release()
    finally:
        target.close()
    assert load(CONTROL, target_url, ddl=DDL).counts.balanced
