"""Cutting inputs into partitions: at record ends, all bytes once, each with the number of its first record."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from loadstone.bootstrap.loads import surroundings
from loadstone.bootstrap.targets import open_target
from loadstone.formats.reader import open_records
from loadstone.load import partitions as cutting
from loadstone.load.inputs import resolve_inputs
from loadstone.load.partitions import cut, frozen_partitions, partitions_of, why_whole
from loadstone.load.plan.compile import compile_plan
from loadstone.load.plan.model import LoadPlan
from loadstone.spec import LoadRequest, Partition
from loadstone.sqlldr.control import parse_control

TABLE = "APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a, b)"


def plan_of(control: str, **options: object) -> LoadPlan:
    """The plan of a control file into a SQLite table."""
    target = open_target("plan.db")
    target.run_ddl(["CREATE TABLE IF NOT EXISTS t (a TEXT, b TEXT)"])
    spec = parse_control(control.encode("latin-1"), "x.ctl")
    request = LoadRequest(spec=spec, spec_path="x.ctl", target="plan.db", **options)  # type: ignore[arg-type]
    try:
        return compile_plan(request, target, surroundings(request).environment(), resolve_inputs(request))
    finally:
        target.close()


def records_from(plan: LoadPlan, one: Partition) -> list[tuple[int, bytes]]:
    """Records of a partition as the reader finds them from its first byte on: number in the load, and bytes."""
    source, found = plan.inputs[one.input_no], []
    for chunk in open_records(
        plan.layouts[plan.charsets[one.input_no]],
        source.spec,
        source.path or "",
        input_no=one.input_no,
        unit0=one.unit0,
        record0=one.record0,
        chunk_size_bytes=64,
        compiled=False,
    ):
        for number, (start, end) in enumerate(zip(chunk.start.tolist(), chunk.end.tolist(), strict=True), 1):
            if chunk.unit0 + int(chunk.raw_start[number - 1]) < one.unit1:
                found.append((chunk.record0 + number, bytes((chunk.text or chunk.data)[start:end])))
    return found


@pytest.mark.parametrize("wanted", [1, 2, 3, 7, 50])
@pytest.mark.parametrize(
    ("names", "infile", "ending"),
    [
        ("", "", b"\n"),
        ("", "", b"\r\n"),
        ("", " \"str '|;|\\n'\"", b"|;|\n"),
        ("", " \"str X'0102'\"", b"\x01\x02"),
        ("", ' "fix 9"', b""),
        ("FIELD NAMES FIRST FILE", "", b"\n"),
        ("FIELD NAMES ALL FILES", "", b"\n"),
    ],
    ids=["lf", "crlf", "str", "hex", "fix", "first-names", "all-names"],
)
@pytest.mark.parametrize("closed", [True, False])
def test_partitions_hold_each_record_once(
    here: Path,
    wanted: int,
    names: str,
    infile: str,
    ending: bytes,
    closed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the partitions hold, numbers included, is what one reader of the whole finds; counts agree."""
    monkeypatch.setattr(cutting, "READ_SIZE_BYTES", 37)
    chance = random.Random(wanted)
    for name in ("x.dat", "y.dat"):
        records = [b"%d,%s" % (n, b"x" * chance.randrange(30)) for n in range(60)]
        head = [b"A,B"] if "ALL" in names or names and name == "x.dat" else []
        whole = ending.join([*head, *records]) + (ending if closed else b"")
        fixed = b"".join(b"%04d,abcd" % n for n in range(60)) + (b"" if closed else b"12")
        Path(name).write_bytes(whole if ending else fixed)
    plan = plan_of(f"LOAD DATA {names} INFILE 'x.dat'{infile} INFILE 'y.dat'{infile} {TABLE}")
    found = cut(plan, wanted)
    expected: list[tuple[int, bytes]] = []
    for number, one in enumerate(plan.inputs):
        size = Path(one.path or "").stat().st_size
        everything = Partition(
            number=1, input_no=number, unit0=0, unit1=size, record0=len(expected), records=0
        )
        expected += records_from(plan, everything)
    assert [one for part in found for one in records_from(plan, part)] == expected
    assert [part.records for part in found] == [len(records_from(plan, part)) for part in found]
    assert [part.number for part in found] == list(range(1, len(found) + 1))
    assert len(found) >= min(wanted, 2)
    assert partitions_of(frozen_partitions(found)) == found


@pytest.mark.parametrize(
    ("control", "reason"),
    [
        (f"LOAD DATA INFILE 'x.gz' {TABLE}", "x.gz is compressed"),
        (f"LOAD DATA INFILE 'x.dat' \"var 3\" {TABLE}", "shows only from its beginning"),
        ("LOAD DATA INFILE 'x.dat' APPEND INTO TABLE t FIELDS CSV WITH EMBEDDED (a, b)", "shows only from"),
        (f"LOAD DATA CHARACTERSET UTF16 INFILE 'x.dat' {TABLE}", "shows only from its beginning"),
        (f"LOAD DATA INFILE 'x.dat' CONTINUEIF LAST = '-' {TABLE}", "records are assembled"),
        (f"LOAD DATA INFILE 'x.dat' CONCATENATE 2 {TABLE}", "records are assembled"),
        (f"LOAD DATA INFILE 'x.dat' \"str 'aba'\" {TABLE}", "its terminator can overlap itself"),
        (f"LOAD DATA INFILE * {TABLE} BEGINDATA\n1,2\n", "its data stand in the control file"),
        ("LOAD DATA INFILE 'x.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a, b LOBFILE(a))", "LOBFILE"),
        (f"LOAD DATA INFILE 'x.dat' {TABLE}", "sqlite takes one write transaction at a time"),
    ],
)  # fmt: skip
def test_what_cannot_be_cut_says_why(here: Path, control: str, reason: str) -> None:
    """Each kind of input that is one partition, by its reason."""
    Path("x.dat").write_text("1,2\n")
    Path("x.gz").write_bytes(gzip.compress(b"1,2\n"))
    assert any(reason in one for one in why_whole(plan_of(control)))


@pytest.mark.parametrize(
    ("control", "options", "reason"),
    [
        (f"LOAD DATA INFILE 'x.dat' {TABLE}", {"errors": 5}, "ERRORS=5 stops at a record"),
        (f"LOAD DATA INFILE 'x.dat' {TABLE}", {"errors": -1, "load": 5}, "LOAD=5 stops at a record"),
        (f"LOAD DATA INFILE 'x.dat' {TABLE.replace('b)', 'b SEQUENCE(1,1))')}", {}, "has a SEQUENCE column"),
    ],
)
def test_a_staged_load_with_an_order_of_its_own_is_one_piece(
    here: Path, control: str, options: dict[str, int], reason: str
) -> None:
    """Limits stop at a record, and ordinals count in order, also where rows are published at the end."""
    Path("x.dat").write_text("1,2\n")
    assert any(reason in one for one in why_whole(plan_of(control, atomic=True, **options)))
