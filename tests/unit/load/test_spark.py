"""Parts by themselves: sums, files, the start of Spark, and what each has to say when it cannot."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from loadstone.bootstrap import spark
from loadstone.cli.main import main
from loadstone.datatypes.model import ColumnType, Conversion, Kind
from loadstone.errors import FixSpec, Stop
from loadstone.load.spark import cluster
from loadstone.load.spark.model import Part, Range, part_of, part_values
from loadstone.load.spark.store import facts_of, write_part
from loadstone.load.spark.sums import sums_of
from loadstone.spec import LoadRequest, Partition
from loadstone.sqlldr.control import parse_control

DECIMAL = Kind.DECIMAL
COLUMNS: dict[str, tuple[Any, Kind, str | None]] = {
    "whole": (pa.array([1, None, 2**63 - 1, 2**63 - 1]), Kind.INT8, str(2**64 - 1)),
    "scaled": (pa.array(["1.10", "-0.1", None]).cast(pa.decimal128(38, 2)), DECIMAL, "1"),
    "text": (pa.array(["1e20", "0.1", "0.1", "-5", None]), DECIMAL, "99999999999999999995.2"),
    "float": (pa.array([0.1] * 10), Kind.FLOAT8, "1.0"),
    "infinite": (pa.array([1.0, float("inf"), float("-inf")]), Kind.FLOAT8, "nan"),
    "none": (pa.array([], pa.int64()), Kind.INT8, "0"),
    "words": (pa.array(["1", "2"]), Kind.TEXT, None),
}


@pytest.mark.parametrize("name", list(COLUMNS))
def test_sums_are_exact(name: str) -> None:
    """No sum overflows, rounds, or depends on the order of its rows; texts have none."""
    column, kind, expected = COLUMNS[name]
    conversion = Conversion(column="C", type=ColumnType(kind=kind))
    assert ({} if expected is None else {"C": expected}) == sums_of(pa.table({"c": column}), [conversion])


def part(run: str = "a") -> Part:
    """A part of two records."""
    place = Partition(number=3, input_no=0, unit0=5, unit1=9, record0=2, records=2)
    range_ = Range(partition=place, sha256="s", prefix_sha256="p", before=(1,))
    return Part(
        run=run, range=range_, read=2, loaded=1, rejected=1, discarded=0, skipped=0, rows=(1,), sums=({"C": "4"},), files={"f": "x"}
    )  # fmt: skip


def test_a_part_reads_back() -> None:
    """What is written as JSON is the part."""
    assert part() == part_of(part_values(part()))


def test_the_first_attempt_stands(tmp_path: Path) -> None:
    """A second attempt of a task leaves the first one's part, and nothing of its own."""
    assert "a" == write_part(tmp_path, part("a"), {"f": b"1"}).run
    assert "a" == write_part(tmp_path, part("b"), {"f": b"2"}).run
    assert b"1" == (tmp_path / "part-000003" / "f").read_bytes()
    assert ["part-000003"] == [one.name for one in tmp_path.iterdir()]
    assert part("a") == facts_of(tmp_path, 3) and facts_of(tmp_path, 4) is None


def test_a_folder_that_takes_nothing(tmp_path: Path) -> None:
    """A folder that is not there is named, with what to look at."""
    with pytest.raises(Stop) as caught:
        write_part(tmp_path / "gone", part(), {})
    assert "LS-4020" == caught.value.code


def java(folder: Path, version: str) -> None:
    """A program that says it is Java of this version."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025' >&2\n")
    os.chmod(folder / "bin" / "java", 0o755)


@pytest.mark.parametrize(
    ("version", "expected"), [("17.0.15", 17), ("1.8.0_412", 8), ("25", 25), ("odd", None)]
)
def test_the_version_of_java(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, expected: int
) -> None:
    """As Java itself says it, in the old way and the new one."""
    java(tmp_path / "jdk", version)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert expected == cluster.java_version()


def test_no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Java, or with one that is too old, Spark is not even imported."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Stop) as caught, cluster.started("local[2]", {}):
        pass
    assert "LS-4036" == caught.value.code and "there is none" in caught.value.message
    java(tmp_path / "old", "11.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    with pytest.raises(Stop) as caught, cluster.started("local[2]", {}):
        pass
    assert "this one is 11" in caught.value.message
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    assert cluster.java_version() is None


def test_no_pyspark(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the extra the command names it, and makes no target."""
    monkeypatch.setattr("loadstone.bootstrap.targets.find_spec", lambda name: None)
    Path("load.ctl").write_text("LOAD DATA INFILE 'data.dat' INTO TABLE t (a)")
    Path("data.dat").write_text("1\n")
    code = main(
        ["spark", "run", "load.ctl", "--target", "bank.db", "--parts", "parts", "--schema-map", "a=b"]
    )
    assert FixSpec.exit_code == code and not Path("bank.db").exists()
    told = capsys.readouterr().err
    assert "LS-3012" in told and "loadstone[spark]" in told


def test_properties() -> None:
    """Each has a name and a value, which may hold another sign."""
    assert {"a": "b=c"} == spark.settings_of(["a=b=c"])
    with pytest.raises(FixSpec) as caught:
        spark.settings_of(["a"])
    assert "LS-6003" == caught.value.code


def test_a_load_in_parts_is_one_piece(here: Path) -> None:
    """Workers do not cut a load whose rows are computed: its parts are its chunks."""
    from loadstone.bootstrap.loads import surroundings
    from loadstone.bootstrap.targets import open_target
    from loadstone.load.inputs import resolve_inputs
    from loadstone.load.partitions import why_whole
    from loadstone.load.plan.compile import compile_plan

    Path("data.dat").write_text("1\n")
    spec = parse_control(b"LOAD DATA INFILE 'data.dat' INTO TABLE t (a)", "x.ctl")
    request = LoadRequest(spec=spec, spec_path="x.ctl", target="b.db", create_tables=True, parts="parts")
    target = open_target("b.db")
    plan = compile_plan(request, target, surroundings(request).environment(), resolve_inputs(request))
    target.close()
    assert "its rows are computed in parts" in why_whole(plan)
