"""All or nothing: what stands in the tables before, during and after, on every target."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from loadstone.books import Contribution
from loadstone.bootstrap import loads
from loadstone.bootstrap.targets import open_target
from loadstone.errors import Refused, Stop
from loadstone.spec import LoadRequest, Method
from loadstone.sqlldr.control import parse_control
from tests.runs import Undisturbed, load, rows_of

CONTROL = """LOAD DATA INFILE 'in.dat' REPLACE INTO TABLE emp FIELDS TERMINATED BY ','
(id INTEGER EXTERNAL, name CHAR(10))
"""
TABLE = "CREATE TABLE emp (id INTEGER PRIMARY KEY, name VARCHAR(10) CHECK (name <> 'bad'))"
DATA = "1,Ada\n2,Bob\nx,No\n1,Again\n3,bad\n4,Di\n2,Again\n"


def ids(url: str) -> list[tuple[int, str]]:
    """What stands in the table."""
    return [(int(one), name) for one, name in rows_of(url, "SELECT id, name FROM emp ORDER BY id")]


def staged_tables(url: str) -> list[str]:
    """Staged tables that are left."""
    catalogue = {
        "s": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "d": "SELECT table_name FROM duckdb_tables()",
        "p": "SELECT relname FROM pg_class WHERE relkind = 'r'",
    }
    kind = "p" if url.startswith("postgresql") else "d" if url.endswith(".duckdb") else "s"
    return [name for (name,) in rows_of(url, catalogue[kind]) if name.startswith("loadstone_stage_")]


def make(url: str, *statements: str) -> None:
    """Run statements that every target understands."""
    target = open_target(url)
    target.run_ddl(statements)
    target.close()


@pytest.fixture
def old(here: Path, target_url: str) -> str:
    """A target whose table has one row, and a data file with two bad records and three that the target refuses."""
    Path("in.dat").write_text("9,Old\n")
    make(target_url, TABLE)
    load(CONTROL, target_url)
    Path("in.dat").write_text(DATA)
    return target_url


def test_refused_rows_become_rejects_as_in_any_load(old: str) -> None:
    """Rows, rejects and bad file of an all-or-nothing load are those of an ordinary one."""
    ordinary = load(CONTROL, old, run_id="ordinary")
    rejects = [(r.record_no, r.byte_offset, r.rule, r.code, r.raw) for r in loads.rejects(old)[1]]
    bad, rows = Path("in.bad").read_bytes(), ids(old)
    receipt = load(CONTROL, old, run_id="atomic", atomic=True)
    assert receipt.counts == ordinary.counts
    assert [(r.record_no, r.byte_offset, r.rule, r.code, r.raw) for r in loads.rejects(old)[1]] == rejects
    assert (Path("in.bad").read_bytes(), ids(old)) == (bad, rows)
    assert rows == [(1, "Ada"), (2, "Bob"), (4, "Di")] and receipt.exit_code == 2
    assert staged_tables(old) == []


def test_beyond_errors_the_target_is_untouched(old: str) -> None:
    """One refused row too many: the old rows stay, the books say what waits; with more ERRORS it goes on."""
    receipt = load(CONTROL, old, atomic=True, errors=2)
    assert ids(old) == [(9, "Old")]
    assert (receipt.outcome, receipt.exit_code, receipt.tables) == ("errors", 1, {"EMP": 0})
    counts = receipt.counts
    assert (counts.read, counts.loaded, counts.rejected, counts.staged) == (7, 0, 3, 4)
    assert len(staged_tables(old)) == 1
    finished = load(CONTROL, old, atomic=True, errors=4)
    assert finished.resumed and finished.counts.loaded == 3 and finished.counts.rejected == 4
    assert [row[0] for row in ids(old)] == [1, 2, 4]


def test_errors_in_the_file_stop_before_anything_is_published(old: str) -> None:
    """The very first limit holds while rows are staged too."""
    receipt = load(CONTROL, old, atomic=True, errors=0)
    assert (receipt.counts.read, receipt.counts.staged, receipt.exit_code) == (3, 2, 1)
    assert ids(old) == [(9, "Old")]


def test_a_stop_leaves_the_target_alone_and_resumes(old: str) -> None:
    """A signal between two chunks: nothing is published; the next start needs no flag to stay all or nothing."""

    class Stopped(Undisturbed):
        seen = 0

        def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
            self.seen += 1

        def stop_requested(self) -> bool:
            return self.seen > 0

    spec = parse_control(CONTROL.encode(), "load.ctl")
    request = LoadRequest(spec=spec, spec_path="load.ctl", target=old, atomic=True, chunk_size_bytes=8)
    receipt = loads.load(request, Stopped())
    assert receipt.outcome == "stopped" and receipt.counts.staged >= 1 and receipt.exit_code == 2
    assert ids(old) == [(9, "Old")]
    finished = load(CONTROL, old)
    assert finished.resumed and [row[0] for row in ids(old)] == [1, 2, 4]


def test_load_publishes_what_it_reads_and_a_higher_one_adds(old: str) -> None:
    """LOAD ends a load, so its records appear; a later start with a higher LOAD adds the next ones."""
    first = load(CONTROL, old, atomic=True, load=2)
    assert first.outcome == "limit" and ids(old) == [(1, "Ada"), (2, "Bob")]
    second = load(CONTROL, old, atomic=True, load=6)
    assert second.counts.loaded == 3 and second.counts.rejected == 3
    assert ids(old) == [(1, "Ada"), (2, "Bob"), (4, "Di")]


def test_an_empty_file_replaces_all_rows_by_none(old: str) -> None:
    """REPLACE with an empty file empties the table, at the end."""
    Path("in.dat").write_text("")
    receipt = load(CONTROL, old, atomic=True)
    assert ids(old) == [] and receipt.exit_code == 0 and staged_tables(old) == []


def test_insert_into_a_table_with_rows_is_refused_before_a_row_is_read(old: str) -> None:
    """INSERT is refused early, and again where rows came in between."""
    with pytest.raises(Refused, match="LS-3005"):
        load(CONTROL.replace("REPLACE", "INSERT"), old, atomic=True)
    assert ids(old) == [(9, "Old")]


def test_a_load_that_began_row_by_row_cannot_become_atomic(old: str) -> None:
    """Its first rows are in the table already."""
    load(CONTROL, old, errors=0)
    with pytest.raises(Refused, match="LS-4006"):
        load(CONTROL, old, atomic=True)


def test_a_lost_staged_set_is_named(old: str) -> None:
    """Somebody dropped the staged table of a half-done load."""
    load(CONTROL, old, atomic=True, errors=0)
    make(old, f"DROP TABLE {staged_tables(old)[0]}")
    with pytest.raises(Stop, match="LS-4005"):
        load(CONTROL, old, atomic=True)


def test_rejects_are_found_again_in_a_compressed_file(old: str) -> None:
    """Records that the target refuses are read again from the source, chunk by chunk."""
    lines = [f"{n % 700},n{n % 7}" for n in range(1000)]
    Path("in.dat.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    receipt = load(
        CONTROL, old, atomic=True, errors=-1, data=("in.dat.gz",), chunk_size_bytes=900, bad="in.bad"
    )
    assert (receipt.counts.loaded, receipt.counts.rejected) == (700, 300)
    assert Path("in.bad").read_text() == "".join(f"{line}\n" for line in lines[700:])


PARENTS = """LOAD DATA INFILE 'in.dat' APPEND
INTO TABLE account WHEN kind = 'A' FIELDS TERMINATED BY ',' (kind FILLER POSITION(1), id INTEGER EXTERNAL, owner)
INTO TABLE booking WHEN kind = 'B' FIELDS TERMINATED BY ',' (kind FILLER POSITION(1), id INTEGER EXTERNAL, account INTEGER EXTERNAL)
"""
ACCOUNT = "CREATE TABLE account (id INTEGER PRIMARY KEY, owner VARCHAR(10))"
BOOKING = "CREATE TABLE booking (id INTEGER PRIMARY KEY, account INTEGER REFERENCES account (id))"


def test_keys_between_tables_of_one_file_hold(here: Path, target_url: str) -> None:
    """A booking of an account of the same file is taken; one without account, or of a refused one, is not."""
    Path("in.dat").write_text("A,1,Ada\nB,10,1\nB,11,7\nA,1,Eve\nA,2,Bob\nB,12,2\nB,12,1\n")
    make(target_url, ACCOUNT, BOOKING)
    receipt = load(PARENTS, target_url, atomic=True)
    assert [r.record_no for r in loads.rejects(target_url)[1]] == [3, 4, 7]
    assert receipt.tables == {"ACCOUNT": 2, "BOOKING": 2}
    assert len(rows_of(target_url, "SELECT 1 FROM booking")) == 2


def test_upsert_takes_the_last_row_of_a_key(old: str) -> None:
    """With method upsert the last record of a key wins over earlier ones and over the table."""
    Path("in.dat").write_text("9,New\n1,Ada\n9,Newer\n")
    spec = parse_control(CONTROL.encode(), "load.ctl")
    tables = tuple(t.model_copy(update={"method": Method.UPSERT, "key": ("ID",)}) for t in spec.tables)
    spec = spec.model_copy(update={"tables": tables, "method": None})
    request = LoadRequest(spec=spec, spec_path="load.ctl", target=old, atomic=True)
    loads.load(request, Undisturbed())
    assert ids(old) == [(1, "Ada"), (9, "Newer")]
