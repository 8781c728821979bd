"""``--order free``: any order of commits, the same result; gaps are filled on resume; refused where order shows."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

import loadstone.load.plan.compile as compiling
from loadstone.bootstrap.targets import open_target
from loadstone.errors import FixFile, FixSpec
from loadstone.spec import OrderPolicy
from tests.runs import load, rows_of

DDL = "CREATE TABLE t (a NUMBER(9), b VARCHAR2(20), c NUMBER(9));"
CONTROL = "LOAD DATA INFILE 'x.dat' INFILE 'y.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a, b)"
FREE: dict[str, Any] = {"order": OrderPolicy.FREE, "errors": -1, "workers": 3, "chunk_size_bytes": 300}


def lines(first: int, stop: int) -> bytes:
    """Records with a bad number now and then."""
    return b"".join(b"%s,row %d\n" % (b"bad" if n % 37 == 5 else b"%d" % n, n) for n in range(first, stop))


def state(url: str) -> tuple[list[Any], list[Any]]:
    """Rows and rejects of the latest load."""
    rejects = rows_of(url, "SELECT record_no, input_no, byte_offset FROM loadstone_reject ORDER BY record_no")
    return sorted(rows_of(url, "SELECT a, b FROM t")), rejects


def forget(url: str, *ranges: int) -> None:
    """Make committed chunks undone: their checkpoints, rows and rejects go, as if they had never been committed."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT input_no, unit0, record0, records FROM loadstone_chunk ORDER BY record0"
        ).fetchall()
        for number in ranges:
            input_no, unit0, record0, records = found[number]
            first, stop = record0, record0 + records
            connection.execute(
                "DELETE FROM loadstone_chunk WHERE input_no = %s AND unit0 = %s", [input_no, unit0]
            )
            connection.execute(
                "DELETE FROM loadstone_reject WHERE record_no > %s AND record_no <= %s", [first, stop]
            )
            connection.execute("DELETE FROM t WHERE a >= %s AND a < %s", [first, stop])
        connection.execute("UPDATE loadstone_load SET status = 'running', receipt = NULL")


@pytest.fixture
def data(here: Path) -> Path:
    """Two inputs of 400 and 100 records, numbered through."""
    (here / "x.dat").write_bytes(lines(0, 400))
    (here / "y.dat").write_bytes(lines(400, 500))
    return here


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
def test_free_order_gives_what_file_order_gives(
    postgres_url: str, data: Path, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, rejects, bad files, counts and digests are the same."""
    if compiled:
        monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", 0)
    free = load(CONTROL, postgres_url, ddl=DDL, **FREE)
    found = state(postgres_url)
    bad = [(data / name).read_bytes() for name in ("x.bad", "y.bad")]
    assert free.counts.read == 500 and free.outcome == "complete"
    assert len(found[0]) == free.counts.loaded
    assert bad[0].count(b"bad") + bad[1].count(b"bad") == free.counts.rejected == 14
    digests = [(len(d), hashlib.sha256(d).hexdigest()) for d in (lines(0, 400), lines(400, 500))]
    assert list(free.inputs) == digests
    with psycopg.connect(postgres_url) as connection:
        connection.execute("TRUNCATE t, loadstone_reject")
    file = load(CONTROL, postgres_url, ddl=DDL, **{**FREE, "order": OrderPolicy.FILE}, again=True)
    assert file.counts == free.counts
    assert state(postgres_url) == found
    assert [(data / name).read_bytes() for name in ("x.bad", "y.bad")] == bad


@pytest.mark.parametrize("order", list(OrderPolicy))
@pytest.mark.parametrize("gaps", [(0,), (1, 2), (3, -1), (0, 4, -2), (-1, -2, -3, -4, -5, -6, -7)])
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
def test_a_resume_fills_the_gaps(
    postgres_url: str, data: Path, order: OrderPolicy, gaps: tuple[int, ...], zipped: bool
) -> None:
    """Chunks that were not committed when the load died are read, those ahead of them are not; in either order."""
    if zipped:
        for name in ("x.dat", "y.dat"):
            (data / name).write_bytes(gzip.compress((data / name).read_bytes()))
    whole = load(CONTROL, postgres_url, ddl=DDL, **FREE)
    found = state(postgres_url)
    forget(postgres_url, *gaps)
    assert state(postgres_url) != found
    again = load(CONTROL, postgres_url, ddl=DDL, **{**FREE, "order": order, "chunk_size_bytes": 170})
    assert again.resumed
    assert state(postgres_url) == found
    assert (again.counts, again.inputs) == (whole.counts, whole.inputs)
    assert load(CONTROL, postgres_url, ddl=DDL, **FREE).repeated


def test_a_file_that_changed_in_a_gap_is_refused(postgres_url: str, data: Path) -> None:
    """The digest of the last chunk covers the gaps before it."""
    load(CONTROL, postgres_url, ddl=DDL, **FREE)
    forget(postgres_url, 2)
    text = (data / "x.dat").read_bytes()
    (data / "x.dat").write_bytes(text.replace(b"row 60\n", b"ROW 60\n"))
    with pytest.raises(FixFile, match="LS-4002"):
        load(CONTROL, postgres_url, ddl=DDL, **FREE)


def test_a_check_refuses_records_in_any_order(postgres_url: str, data: Path) -> None:
    """Records that the target refuses are found chunk by chunk, as in file order."""
    target = open_target(postgres_url)
    target.run_ddl(["CREATE TABLE t (a integer CHECK (a % 10 <> 3), b varchar(20), c integer)"])
    target.close()
    receipt = load(CONTROL, postgres_url, **FREE)
    refused = {n for n in range(500) if n % 37 == 5 or n % 10 == 3}
    assert receipt.counts.rejected == len(refused)
    assert [row[0] for row in state(postgres_url)[0]] == [n for n in range(500) if n not in refused]


@pytest.mark.parametrize(
    ("control", "options", "reason"),
    [
        (CONTROL, {"errors": 50}, "ERRORS=50 stops at a record"),
        (CONTROL, {"load": 10}, "LOAD=10 stops at a record"),
        (CONTROL, {"discardmax": 3}, "DISCARDMAX stops at a record"),
        (CONTROL, {"atomic": True}, "--atomic publishes in record order"),
        (CONTROL.replace("(a, b)", "(a, b, c SEQUENCE(1,1))"), {}, "has a SEQUENCE column"),
        (CONTROL.replace("(a, b)", '(a, b, c EXPRESSION "s.NEXTVAL")'), {}, "draws from a sequence"),
        (CONTROL.replace("TABLE t", "TABLE k"), {}, "table K has a unique key"),
        (CONTROL.replace("TABLE t", "TABLE s"), {}, "table S has triggers, or defaults"),
    ],
)  # fmt: skip
def test_what_depends_on_the_order_is_refused(
    control: str, options: dict[str, Any], reason: str, postgres_url: str, data: Path
) -> None:
    """Limits, keys, sequences and triggers, each by its name; nothing is loaded."""
    target = open_target(postgres_url)
    target.run_ddl(
        [
            "CREATE TABLE t (a integer, b varchar(20), c integer)",
            "CREATE TABLE k (a integer PRIMARY KEY, b varchar(20))",
            "CREATE TABLE s (a integer, b varchar(20), c serial)",
        ]
    )
    target.close()
    with pytest.raises(FixSpec, match=reason) as caught:
        load(control, postgres_url, **{**FREE, **options})
    assert caught.value.code == "LS-1099"
    assert rows_of(postgres_url, "SELECT a FROM t") == []


def test_other_targets_keep_file_order(here: Path, data: Path) -> None:
    """One write transaction at a time: there is no other order to commit in."""
    receipt = load(CONTROL, str(here / "bank.db"), ddl=DDL, **FREE)
    assert receipt.counts.read == 500 and receipt.outcome == "complete"


def test_kills_in_free_order_lose_and_double_nothing(postgres_url: str, data: Path) -> None:
    """SIGKILL again and again, while chunks commit in any order; the last start ends as an undisturbed run."""
    load(CONTROL, postgres_url, ddl=DDL, **FREE)
    found = state(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "DROP TABLE t, loadstone_load, loadstone_chunk, loadstone_reject, loadstone_fence, loadstone_claim"
        )
    (data / "x.ctl").write_text(CONTROL)
    (data / "t.sql").write_text(DDL)
    command = [
        sys.executable,
        "-m",
        "loadstone.cli.main",
        "load",
        "x.ctl",
        "--target",
        postgres_url,
        "--ddl",
        "t.sql",
    ]
    command += ["--order", "free", "--errors", "-1", "--workers", "3"]
    for kill, point in enumerate(
        ("after_commit:3", "before_commit:4", "rows_written:2", "checkpoint_added:6")
    ):
        environment = {**os.environ, "LOADSTONE_CRASH_AT": point}
        words = [*command, "--chunk-size", str(250 + 30 * kill)]
        assert subprocess.run(words, env=environment).returncode == -signal.SIGKILL, point
    assert subprocess.run([*command, "--chunk-size", "400"]).returncode == 2
    assert state(postgres_url) == found
