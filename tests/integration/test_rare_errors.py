"""Errors that few people ever see, raised by what would raise them in production."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadstone.bootstrap import deadletters
from loadstone.bootstrap.deadletters import DeadLetters
from loadstone.bootstrap.handlers import handlers
from loadstone.bootstrap.partitions import load_partition
from loadstone.database.open import Database
from loadstone.deadletters import mend
from loadstone.errors import FixFile, FixSpec, Refused
from loadstone.formats import reader
from loadstone.jobs import launch
from loadstone.jobs.engine import Engine
from loadstone.jobs.repository import executions
from loadstone.jobs.worker import Worker
from loadstone.spec import LoadRequest, LobFile
from loadstone.spec.files import read_spec, to_yaml
from loadstone.sqlldr.control import parse_control
from loadstone.sqlldr.testing import HEAD, error_of
from tests.repository import define, open_repository
from tests.runs import Undisturbed, load
from tests.terminal import loadstone

CONTROL = "LOAD DATA INFILE 't.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL, b CHAR(20))\n"
DDL = "CREATE TABLE t (a NUMBER(9), b VARCHAR2(20));\n"


@pytest.fixture
def database(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A SQLite repository, and a landing folder of its own."""
    monkeypatch.setenv("LOADSTONE_LANDING", str(here / "landing"))
    opened = open_repository("repository.db")
    yield opened
    opened.close()


@pytest.mark.parametrize(("size", "code"), [(128, None), (129, "LS-1015")])
def test_names_have_a_limit(size: int, code: str | None) -> None:
    """LS-1015: 128 bytes, as Oracle's."""
    text = f"{HEAD}({'n' * size} CHAR)"
    if code is None:
        parse_control(text.encode(), "x.ctl")
        return
    assert (code, 5, 2) == error_of(text)


def test_a_lobfile_names_a_field_of_the_list(here: Path) -> None:
    """LS-1091: a spec may name one that is not there, which a control file cannot."""
    spec = parse_control(CONTROL.encode(), "x.ctl")
    table = spec.tables[0]
    wrong = table.fields[1].model_copy(update={"source": LobFile(field="NAME"), "type": None})
    table = table.model_copy(update={"fields": (table.fields[0], wrong)})
    Path("x.yaml").write_text(to_yaml(spec.model_copy(update={"tables": (table,)})))
    assert LobFile(field="NAME") == read_spec("x.yaml").tables[0].fields[1].source
    Path("t.dat").write_text("1,x\n")
    Path("t.sql").write_text(DDL)
    done = loadstone("load", "x.yaml", "--target", "bank.db", "--ddl", "t.sql")
    assert (1, True) == (done.code, done.err.startswith("[LS-1091]"))


@pytest.mark.parametrize("packed", [False, True])
def test_a_record_without_an_end_is_refused(here: Path, packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """LS-2004: a file whose records end otherwise is not read into memory whole."""
    monkeypatch.setattr(reader, "CHUNK_SIZE_MAX_BYTES", 1 << 16)
    data = b"x" * (1 << 18)
    Path("t.dat").write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(FixFile, match="LS-2004") as caught:
        load(CONTROL, "bank.db", ddl=DDL, chunk_size_bytes=1 << 14)
    assert "t.dat" == caught.value.place.file and "end its records" in caught.value.hints[0]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("b,a\n1,2\n", "a,b\n1,2\n", "names its fields in another order"),
        ("a\n1\n", "a\n1\n", "does not name B"),
        ("a,b,a\n1,2,3\n", "a,b\n1,2\n", "names a twice"),
    ],
)
def test_names_of_fields_must_agree(here: Path, first: str, second: str, told: str) -> None:
    """LS-2006: a header that does not fit the field list is told, before a row moves."""
    control = CONTROL.replace("INFILE 't.dat'", "FIELD NAMES ALL FILES INFILE 't.dat' INFILE 'u.dat'")
    Path("t.dat").write_text(first)
    Path("u.dat").write_text(second)
    with pytest.raises(FixFile, match="LS-2006") as caught:
        load(control, "bank.db", ddl=DDL)
    assert told in caught.value.message


def test_a_partition_that_the_target_does_not_know_is_refused(here: Path) -> None:
    """LS-4010: its control tables were changed behind the job that planned it."""
    Path("t.dat").write_text("1,x\n")
    load(CONTROL, "bank.db", ddl=DDL)
    spec = parse_control(CONTROL.encode(), "x.ctl")
    request = LoadRequest(spec=spec, spec_path="x.ctl", target="bank.db", run_id="another")
    with pytest.raises(Refused, match="LS-4010") as caught:
        load_partition(request, Undisturbed(), 3)
    assert "no partition 3" in caught.value.message


def step_error(database: Database, job: str) -> dict[str, object]:
    """The error of the job's last step that failed."""
    define(database, job, handlers(database))
    started = launch.launch(database, "x", {}, actor="ann")
    Worker(Engine(database, handlers(database)), threads=1).run(until_idle=True)
    with database.read() as connection:
        steps = executions.steps(connection, started.execution_id or 0)
    return next(dict(step.error) for step in reversed(steps) if step.error)


@pytest.mark.parametrize(
    "step",
    ["audit, needs: [a], config: {step: a, target: bank.db}", "deadletters, needs: [a], config: {step: a, control: t.ctl, target: bank.db}"],
    ids=["audit", "deadletters"],
)
def test_a_step_without_receipt_cannot_be_followed(database: Database, step: str) -> None:
    """LS-7124: the hint names the key to set."""
    Path("t.ctl").write_text(CONTROL)
    error = step_error(database, f"name: x\nsteps: {{a: {{handler: command, config: {{run: ['true']}}}}, b: {{handler: {step}}}}}\n")
    assert ("LS-7124", True) == (error["code"], "step:" in str(error["hints"]))


def test_what_a_target_refuses_stops_at_the_validation(database: Database) -> None:
    """LS-7122: with the place in the control file, before a row moves."""
    Path("t.ctl").write_text("LOAD DATA INFILE 't.dat'\nINTO TABLE t (a BFILE(CONSTANT 'd', b), b FILLER CHAR)\n")
    Path("t.dat").write_text("x\n")
    error = step_error(database, "name: x\nsteps: {a: {handler: validate, config: {control: t.ctl, target: bank.db}}}\n")
    assert "LS-7122" == error["code"]
    assert not Path("bank.db").exists()


def test_replays_have_a_size(database: Database) -> None:
    """LS-7303: ten thousand letters at once, and not one more."""
    with pytest.raises(Refused, match="LS-7303"):
        DeadLetters(database, "ann").replay(range(mend.LETTERS_MAX + 1))
    with pytest.raises(FixSpec, match="LS-7301"):
        DeadLetters(database, "ann").replay(range(1, mend.LETTERS_MAX + 1))


def test_a_long_record_needs_its_file(database: Database) -> None:
    """The target keeps the first bytes of a reject; the rest must still be there when it is collected."""
    Path("t.dat").write_text(f"x,{'long ' * 20_000}\n1,short\n")
    receipt = load(CONTROL.replace("CHAR(20)", "CHAR(200000)"), "bank.db", ddl=DDL)
    spec = parse_control(CONTROL.encode(), "load.ctl")
    request = LoadRequest(spec=spec, spec_path="load.ctl", target="bank.db")
    Path("t.dat").rename("gone.dat")
    Path("t.dat").mkdir()
    with pytest.raises(FixFile, match="LS-2002"):
        deadletters.collect_rejects(database, request, "bank.db", receipt.load_id, None)
    Path("t.dat").rmdir()
    with pytest.raises(FixFile, match="LS-2001"):
        deadletters.collect_rejects(database, request, "bank.db", receipt.load_id, None)
    Path("gone.dat").rename("t.dat")
    assert 1 == deadletters.collect_rejects(database, request, "bank.db", receipt.load_id, None)
    assert 100_003 == len(DeadLetters(database, "ann").show(1).raw)

