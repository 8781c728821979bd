"""Dead letters on real targets: collected, corrected, replayed exactly once, dropped; audited."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadstone.audit import trail
from loadstone.bootstrap.deadletters import DeadLetters, collect_rejects
from loadstone.bootstrap.handlers import handlers
from loadstone.database.open import Database
from loadstone.deadletters.model import LetterState
from loadstone.errors import FixSpec, Refused
from loadstone.jobs import launch
from loadstone.jobs.engine import Engine
from loadstone.jobs.worker import Worker
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from tests.packed import zipped
from tests.repository import define, open_repository
from tests.runs import load, rows_of
from tests.structured import load_spec, spec_of

CONTROL = (
    "OPTIONS (SKIP=1) LOAD DATA INFILE 't.dat' TRUNCATE INTO TABLE t FIELDS TERMINATED BY ','"
    " (a INTEGER EXTERNAL, b CHAR(20))\n"
)
DDL = "CREATE TABLE t (a NUMBER(9) NOT NULL PRIMARY KEY, b VARCHAR2(20));\n"
DATA = "a,b\n1,one\nx2,two\n3,three\ny4,four\n"


@pytest.fixture
def database(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A SQLite repository, and a landing folder of its own."""
    monkeypatch.setenv("LOADSTONE_LANDING", str(here / "landing"))
    opened = open_repository("repository.db")
    yield opened
    opened.close()


def collected(database: Database, target_url: str) -> DeadLetters:
    """The letters of a load with two bad records."""
    Path("t.dat").write_text(DATA)
    receipt = load(CONTROL, target_url, ddl=DDL)
    spec = parse_control(CONTROL.encode(), "load.ctl")
    request = LoadRequest(spec=spec, spec_path="load.ctl", target=target_url)
    assert 2 == collect_rejects(database, request, target_url, receipt.load_id, None)
    assert 0 == collect_rejects(database, request, target_url, receipt.load_id, None)
    return DeadLetters(database, "ann")


def rows(target_url: str) -> list[tuple[object, ...]]:
    """The rows of the table."""
    return [(int(a), b) for a, b in rows_of(target_url, "SELECT a, b FROM t ORDER BY a")]


def test_fields_of_every_kind_are_replayed(database: Database) -> None:
    """A letter's spec keeps what makes values without a field: numbers of records, constants, sequences."""
    control = (
        "LOAD DATA INFILE 't.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ','\n"
        "(a INTEGER EXTERNAL, n RECNUM, c CONSTANT 'x', s SEQUENCE(MAX, 1), e EXPRESSION \"UPPER('y')\")\n"
    )
    Path("t.dat").write_text("1\nz\n")
    ddl = "CREATE TABLE t (a NUMBER(9), n NUMBER(9), c VARCHAR2(1), s NUMBER(9), e VARCHAR2(1));\n"
    receipt = load(control, "bank.db", ddl=ddl)
    spec = parse_control(control.encode(), "load.ctl")
    request = LoadRequest(spec=spec, spec_path="load.ctl", target="bank.db")
    assert 1 == collect_rejects(database, request, "bank.db", receipt.load_id, None)
    letters = DeadLetters(database, "ann")
    letters.correct(1, b"2")
    assert [1] == [one.loaded for one in letters.replay([1])]
    expected = [(1, 1, "x", 1, "Y"), (2, 1, "x", 2, "Y")]
    assert expected == rows_of("bank.db", "SELECT a, n, c, s, e FROM t ORDER BY a")


def test_a_corrected_letter_is_replayed_once(database: Database, target_url: str) -> None:
    """On every target: rows of the first load stay though its method was TRUNCATE; the file may be gone."""
    letters = collected(database, target_url)
    Path("t.dat").unlink()
    first, second = letters.listed(state="open", load=None)
    assert (3, b"x2,two\n", "ORA-01722") == (first.record_no, first.raw, first.code)
    letters.correct(first.id, b"2,two")
    (done,) = letters.replay([first.id, second.id])
    assert (1, 1) == (done.loaded, len(done.refused))
    assert [(1, "one"), (2, "two"), (3, "three")] == rows(target_url)
    again = letters.show(second.id)
    assert (LetterState.REPLAYED, LetterState.OPEN, 1) == (
        letters.show(first.id).state,
        again.state,
        again.attempts,
    )
    with pytest.raises(Refused, match="LS-7302"):
        letters.replay([first.id])
    letters.correct(second.id, b"4,four\n")
    letters.replay([second.id])
    assert (4, "four") == rows(target_url)[-1]


def test_a_replay_refused_by_a_key_says_so(database: Database, target_url: str) -> None:
    """The new reason stands with the letter, which is open again."""
    letters = collected(database, target_url)
    first = letters.listed(state="open", load=None)[0]
    letters.correct(first.id, b"1,again")
    letters.replay([first.id])
    found = letters.show(first.id)
    assert (LetterState.OPEN, "unique") == (found.state, found.rule)
    assert [(1, "one"), (3, "three")] == rows(target_url)


def test_a_dropped_letter_is_final_and_every_action_is_audited(database: Database) -> None:
    """Who did what, and why."""
    letters = collected(database, "bank.db")
    first, second = letters.listed(state=None, load=None)
    assert 1 == letters.drop([first.id], "test record")
    with pytest.raises(Refused, match="LS-7302"):
        letters.correct(first.id, b"x")
    with pytest.raises(FixSpec, match="LS-7301"):
        letters.drop([first.id, 99], "x")
    letters.correct(second.id, b"4,four")
    letters.replay([second.id])
    with database.read() as connection:
        actions = [one.action for one in trail.entries(connection)]
    assert ["letter.drop", "letter.correct", "letter.replay"] == actions


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "file_part", "files_written", "finished"])
def test_a_replay_that_dies_is_finished_by_the_next(database: Database, point: str) -> None:
    """Wherever it dies, its letters are loaded once and settled once."""
    letters = collected(database, "bank.db")
    first = letters.listed(state="open", load=None)[0]
    letters.correct(first.id, b"2,two")
    script = (
        "from loadstone.bootstrap.deadletters import open_dead_letters\n"
        f"open_dead_letters('repository.db', actor='ann').replay([{first.id}])"
    )
    environment = {**os.environ, "LOADSTONE_CRASH_AT": f"{point}:1"}
    died = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, timeout=120)
    assert -signal.SIGKILL == died.returncode, died.stderr
    assert LetterState.REPLAYING is letters.show(first.id).state
    assert 1 == letters.replay([])[0].loaded
    assert LetterState.REPLAYED is letters.show(first.id).state
    assert [(1, "one"), (2, "two"), (3, "three")] == rows("bank.db")
    assert [] == letters.replay([])


def test_a_job_collects_the_rejects_of_its_load(database: Database) -> None:
    """The step behind the load; letters tell the execution they come from."""
    Path("t.ctl").write_text(CONTROL)
    Path("t.sql").write_text(DDL)
    Path("t.dat").write_text(DATA)
    job = """
name: daily
steps:
  load: {handler: load, config: {control: t.ctl, ddl: t.sql, target: bank.db}}
  letters: {handler: deadletters, needs: [load], config: {control: t.ctl, target: bank.db}}
"""
    define(database, job, handlers(database))
    launch.launch(database, "daily", {}, actor="ann")
    Worker(Engine(database, handlers(database)), threads=1).run(until_idle=True)
    assert [3, 5] == [one.record_no for one in DeadLetters(database, "ann").listed(state="open", load=None)]


def test_rows_of_readers_are_replayed_as_saved_rows(database: Database) -> None:
    """A letter names its columns and is mended as a bad file is; the container of the first file is none of the replay's."""
    lines = "".join(f'{{"id": {n}, "who": "w{n}", "amount": {"1x" if n in (3, 5) else n}}}\n' for n in range(9))
    Path("day.zip").write_bytes(zipped({"day.ndjson": lines.replace("1x", '"1x"').encode(), "other": b"x"}))
    spec = spec_of("day.zip", {"kind": "ndjson", "missing": "null"})
    spec = spec.model_copy(update={"inputs": (spec.inputs[0].model_copy(update={"member": "day.*"}),)})
    receipt = load_spec(spec, "bank.db")
    request = LoadRequest(spec=spec, spec_path="load.yaml", target="bank.db")
    assert 2 == collect_rejects(database, request, "bank.db", receipt.load_id, None)
    letters = DeadLetters(database, "ann")
    first, second = letters.listed(state=None, load=None)
    assert b"loadstone:origin,AMOUNT,ID,BOOKED,WHO\nline 4,1x,3,,w3\n" == first.content
    letters.correct(first.id, first.content.replace(b"1x", b"3"))
    assert [1] == [one.loaded for one in letters.replay([first.id, second.id])]
    found = rows_of("bank.db", "SELECT id, amount FROM pay")
    assert [0, 1, 2, 3, 4, 6, 7, 8] == sorted(int(n) for n, amount in found if int(n) == float(amount))
