"""Oracle's own ways, on the stand-in: locks, lost commits, TRUNCATE, sequences, synonyms, what cannot be kept."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

import loadstone.targets.oracle.target as oracle
from loadstone.books import Checkpoint, Contribution
from loadstone.bootstrap import loads, targets
from loadstone.errors import FixSpec, Refused, Retry
from loadstone.spec import LoadRequest, Method, TableName
from loadstone.sqlldr.control import parse_control
from loadstone.targets.model import Claimant
from loadstone.targets.oracle import testing
from loadstone.targets.oracle.login import login_of
from loadstone.targets.oracle.target import OracleTarget
from tests.columns import RANGE, check
from tests.runs import Undisturbed, load, rows_of
from tests.targets import execute

ROOT = Path(__file__).resolve().parents[3]
CONTROL = """LOAD DATA INFILE 'in.dat' {method} INTO TABLE t{where} FIELDS TERMINATED BY ',' TRAILING NULLCOLS
(id INTEGER EXTERNAL, name CHAR(10))
"""
TABLE = "CREATE TABLE t (id NUMBER(9) PRIMARY KEY, name VARCHAR2(10))"


@pytest.fixture
def table(here: Path, oracle_url: str) -> str:
    """A table T with one row, and a file of 300 records, each third a duplicate."""
    execute(oracle_url, TABLE, "INSERT INTO t (id, name) VALUES (9000, 'Old')")
    Path("in.dat").write_text("".join(f"{n - 1 if n % 3 == 2 else n},N{n}\n" for n in range(300)))
    return oracle_url


@pytest.mark.parametrize("when", ["lost_before", "lost_after"])
@pytest.mark.parametrize("at", [0, 1, 4])
def test_a_connection_lost_at_commit_neither_loses_nor_doubles(
    table: str, when: Literal["lost_before", "lost_after"], at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the server had done the COMMIT or not, the checkpoints tell, and the load goes on."""
    monkeypatch.setattr(testing, "trouble", testing.Trouble(commit=when, countdown=at))
    receipt = load(CONTROL.format(method="APPEND", where=""), table, errors=-1, chunk_size_bytes=500)
    assert testing.trouble.commit is None
    assert (receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected) == (300, 200, 100)
    assert rows_of(table, "SELECT count(*), count(DISTINCT id) FROM t") == [(201, 201)]
    fences = rows_of(table, "SELECT fence_no FROM loadstone_fence")
    assert fences == [(2,)]


def test_the_holder_is_named_and_its_lock_ends_with_it(table: str) -> None:
    """A second process is told who loads; when the first one's session is gone, the next may."""
    first, second = OracleTarget(table), OracleTarget(table)
    first.init_control()
    first.hold("ab" * 16)
    with pytest.raises(Refused, match=f"LS-3006.*pid {os.getpid()}"):
        second.hold("ab" * 16)
    second.hold("cd" * 16)()
    first._lock.close()
    second.hold("ab" * 16)()
    first.close()
    second.close()


def test_a_session_of_a_dead_run_is_waited_for(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fence is not raised while a chunk of the old run may still commit; the hint says which session."""
    monkeypatch.setattr(oracle, "WAIT_S", 1)
    target = OracleTarget(table)
    target.init_control()
    target.hold("ab" * 16)
    fence = target.raise_fence("ab" * 16, Claimant.here())
    session = target.open()
    assert session.check_fence(fence)
    with pytest.raises(Retry, match=r"LS-3025[\s\S]*MODULE = 'loadstone:abababababababab'"):
        target.raise_fence("ab" * 16, Claimant.here())
    session.rollback()
    assert target.raise_fence("ab" * 16, Claimant.here()).number > fence.number
    assert not session.check_fence(fence)
    session.close()
    target.close()


def test_sessions_of_a_dead_run_are_killed_where_rights_allow(table: str) -> None:
    """With V$SESSION in sight, those of this load alone are ended."""
    target = OracleTarget(table)
    target.init_control()
    target.hold("ab" * 16)
    target.raise_fence("ab" * 16, Claimant.here())
    with sqlite3.connect(testing.file_of(table)) as database:
        database.execute('CREATE TABLE "v$session" (sid, "serial#", module, status)')
        database.executemany(
            'INSERT INTO "v$session" VALUES (?, ?, ?, ?)',
            [(7, 1, "loadstone:abababababababab", "ACTIVE"), (8, 1, "loadstone:cd", "ACTIVE")],
        )
    target.raise_fence("ab" * 16, Claimant.here())
    assert rows_of(table, 'SELECT sid FROM "v$session"') == [(Decimal(8),)]
    target.close()


def test_a_lost_control_session_and_its_lock_come_back(table: str) -> None:
    """Both are made anew before the fence is raised."""
    target = OracleTarget(table)
    target.init_control()
    release = target.hold("ab" * 16)
    target.raise_fence("ab" * 16, Claimant.here())
    target._connection.close()
    target._lock.close()
    assert target.raise_fence("ab" * 16, Claimant.here()).number == 2
    with pytest.raises(Refused, match="LS-3006"):
        OracleTarget(table).hold("ab" * 16)
    release()
    target.close()


@pytest.mark.parametrize("point", ["preparing", "truncated", "prepared", "after_commit:1"])
def test_a_kill_around_truncate_empties_once_and_keeps_what_is_loaded(table: str, point: str) -> None:
    """TRUNCATE commits by itself; killed before or after it, the restart ends as it should."""
    Path("load.ctl").write_text(CONTROL.format(method="TRUNCATE", where=""))
    Path("tables.sql").write_text("")
    command = [sys.executable, "-m", "tests.crash.child", str(Path.cwd()), table, "500"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LOADSTONE_CRASH_AT": point}
    assert subprocess.run(command, env=environment).returncode == -signal.SIGKILL
    del environment["LOADSTONE_CRASH_AT"]
    assert subprocess.run(command, env=environment).returncode == 2
    assert rows_of(table, "SELECT count(*), max(id) FROM t") == [(200, 298)]


def test_a_process_that_was_overtaken_empties_nothing(table: str) -> None:
    """The server checks the fence in the call that truncates."""
    target = OracleTarget(table)
    target.init_control()
    target.hold("ab" * 16)
    old = target.raise_fence("ab" * 16, Claimant.here())
    target.raise_fence("ab" * 16, Claimant.here())
    info = target.find_table(TableName(name="T"), {})
    assert info is not None
    with pytest.raises(Refused, match="LS-4003"):
        target._truncate(old, info)
    with pytest.raises(Refused, match="LS-4003"):
        target.prepare(old, {}, [(0, info, Method.TRUNCATE)])
    assert rows_of(table, "SELECT id FROM t") == [(9000,)]
    target.close()


def test_truncate_under_foreign_keys_is_refused_with_the_way_out(table: str) -> None:
    """ORA-02266, and REPLACE as the hint; nothing is emptied."""
    execute(table, "CREATE TABLE child (id NUMBER(9) REFERENCES t (id))")
    with pytest.raises(Refused, match=r"LS-3015[\s\S]*say REPLACE"):
        load(CONTROL.format(method="TRUNCATE", where=""), table)
    assert rows_of(table, "SELECT id FROM t") == [(9000,)]


def test_insert_replace_and_upsert(table: str) -> None:
    """INSERT wants an empty table, REPLACE deletes, upsert changes what is there."""
    with pytest.raises(Refused, match="SQL\\*Loader-601"):
        load(CONTROL.format(method="INSERT", where=""), table)
    assert load(CONTROL.format(method="REPLACE", where=""), table, errors=-1).counts.loaded == 200
    Path("in.dat").write_text("0,Changed\n500,New\n500,Last\n")
    spec = parse_control(CONTROL.format(method="APPEND", where="").encode(), "load.ctl")
    one = spec.tables[0].model_copy(update={"method": Method.UPSERT, "key": ("ID",)})
    spec = spec.model_copy(update={"tables": (one,), "method": None})
    loads.load(LoadRequest(spec=spec, spec_path="load.ctl", target=table), Undisturbed())
    assert rows_of(table, "SELECT name FROM t WHERE id IN (0, 500) ORDER BY id") == [("Changed",), ("Last",)]
    request = LoadRequest(spec=spec, spec_path="load.ctl", target=table, atomic=True, run_id="2")
    Path("in.dat").write_text("0,Again\n600,New\n600,Newer\n")
    loads.load(request, Undisturbed())
    found = rows_of(table, "SELECT name FROM t WHERE id IN (0, 600) ORDER BY id")
    assert found == [("Again",), ("Newer",)]


def test_a_partition_is_named_in_the_insert(table: str) -> None:
    """PARTITION is passed over, with a warning, by the other targets, and written to here."""
    receipt = load(CONTROL.format(method="APPEND", where=" PARTITION (p1)"), table, errors=-1)
    assert receipt.counts.loaded == 200
    target = OracleTarget(table)
    info = target.find_table(TableName(name="T", subpartition="P2"), {})
    assert info is not None and info.partition == 'SUBPARTITION ("P2")'
    target.close()


def test_sequences_are_drawn_from_and_missing_ones_named(table: str) -> None:
    """NEXTVAL takes the database's own values, in steps; no sequence is made in secret."""
    execute(table, "CREATE SEQUENCE ids START WITH 100 INCREMENT BY 10")
    control = CONTROL.replace("id INTEGER EXTERNAL", 'id EXPRESSION "{name}.NEXTVAL"')
    Path("in.dat").write_text("Ada\nBob\n")
    load(control.format(method="APPEND", where="", name="ids"), table)
    assert rows_of(table, "SELECT id FROM t ORDER BY id") == [(100,), (110,), (9000,)]
    with pytest.raises(FixSpec, match=r"LS-3014[\s\S]*CREATE SEQUENCE NO_SUCH"):
        load(control.format(method="APPEND", where="", name="no_such"), table, run_id="2")
    target = OracleTarget(table)
    with pytest.raises(FixSpec, match="LS-3014"):
        target.next_values("x; DROP TABLE t", 1)
    target.close()


def test_names_lead_to_tables_views_and_synonyms(table: str) -> None:
    """In the schema named, else the current one; synonyms of one's own before public ones; a quoted name as it is."""
    execute(table, 'CREATE TABLE "Mixed" (id NUMBER(9))')
    target = OracleTarget(table)
    for row in (("PUBLIC", "TT", "LOADER", "T", None), ("LOADER", "TT", "LOADER", "Mixed", None)):
        target._execute("INSERT INTO all_synonyms VALUES (?, ?, ?, ?, ?)", row)
    target._execute("INSERT INTO all_synonyms VALUES ('PUBLIC', 'PT', 'LOADER', 'T', NULL)", [])
    target._execute("INSERT INTO all_synonyms VALUES ('PUBLIC', 'FAR', 'LOADER', 'T', 'LINK')", [])
    target._connection.commit()

    def found(name: str, schema: str | None = None, quoted: bool = False) -> str | None:
        info = target.find_table(
            TableName(name=name, schema_name=schema, name_quoted=quoted), {"OLD": "LOADER"}
        )
        return info.name if info is not None else None

    assert [found("T"), found("t"), found("T", "LOADER"), found("T", "OLD"), found("T", "NOWHERE")] == [
        "T"
    ] * 5
    assert (found("MIXED"), found("Mixed", quoted=True)) == ("Mixed", "Mixed")
    assert (found("TT"), found("PT"), found("FAR"), found("NONE")) == ("Mixed", "T", None, None)
    target.close()


def test_numbers_beyond_what_oracle_keeps_are_refused(oracle_url: str, here: Path) -> None:
    """38 digits are kept exactly; more would be rounded in silence, and are not."""
    digits = "1234567890" * 4
    cases = [
        (digits[:38], Decimal(digits[:38])),
        (digits[:39], RANGE),
        ("0." + "0" * 20 + "1", Decimal("1E-21")),
    ]
    check(oracle_url, "v DECIMAL EXTERNAL", cases, ddl="CREATE TABLE t (id NUMBER(9), v NUMBER);")


def test_text_that_the_database_cannot_hold_is_refused(table: str) -> None:
    """In a database of WE8MSWIN1252, é is one byte and kept; Ж would become a question mark, and is refused."""
    execute(table, "UPDATE nls_database_parameters SET value = 'WE8MSWIN1252'", "DELETE FROM t")
    Path("in.dat").write_text("1,éééééééééé\n2,Ж\n3,plain\n", encoding="utf-8")
    control = CONTROL.replace("LOAD DATA", "LOAD DATA CHARACTERSET AL32UTF8").replace("CHAR(10)", "CHAR(40)")
    load(control.format(method="APPEND", where=""), table)
    assert rows_of(table, "SELECT id, name FROM t ORDER BY id") == [(1, "é" * 10), (3, "plain")]
    one = loads.rejects(table)[1][0]
    assert (one.record_no, one.rule, one.field) == (2, "encoding", "NAME") and "WE8MSWIN1252" in one.reason


def test_missing_rights_are_named_before_a_row_moves(table: str) -> None:
    """A user who may make no tables is told what to run; with the tables there, all is well."""
    with pytest.raises(Refused, match=r"LS-3008[\s\S]*target init --sql"):
        load(CONTROL.format(method="APPEND", where=""), table.replace("loader", "reader"))


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra to install is the hint."""
    monkeypatch.setattr(targets, "find_spec", lambda name: None)
    with pytest.raises(FixSpec, match=r"LS-3012[\s\S]*loadstone\[oracle\]"):
        targets.open_target("oracle://scott@db/BANK")


def test_a_taken_checkpoint_is_not_written_twice(table: str) -> None:
    """The key of a chunk exists once."""
    target = OracleTarget(table)
    target.init_control()
    session = target.open()
    one = Checkpoint(
        input_no=0, unit0=0, unit1=9, record0=0, records=1, sha256="0", counts=Contribution(read=1, loaded=1)
    )
    session.add_checkpoint("ab", one)
    with pytest.raises(Refused, match="LS-4003"):
        session.add_checkpoint("ab", one)
    session.rollback()
    assert target.checkpoints("ab") == []
    session.close()
    target.close()


def test_the_stand_in_keeps_its_urls(oracle_url: str) -> None:
    """A file's path goes into a URL and comes out again."""
    assert testing.fake_url(testing.file_of(oracle_url)) == oracle_url
    assert login_of(oracle_url).user == "loader"
