"""A real Spark on this machine: what it computes and a load takes in is what a load in one leaves."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap import loads
from loadstone.cli.main import main
from loadstone.clock import FixedClock
from loadstone.errors import FixFile, Stop
from loadstone.load.spark.cluster import JAVA_LEAST, SparkCluster, java_version, started
from loadstone.load.spark.compute import Task
from loadstone.load.spark.model import Range
from tests.integration.test_expressions import CONTROL, DDL, data
from tests.parts import both, computed, request_of, taken_in
from tests.runs import rows_of
from tests.targets import execute

needs_pyspark = pytest.mark.skipif(
    find_spec("pyspark") is None, reason="pyspark is not installed: `make spark`"
)
needs_java = pytest.mark.skipif(
    (java_version() or 0) < JAVA_LEAST, reason=f"no Java of version {JAVA_LEAST} or later"
)
pytestmark = [needs_pyspark, needs_java]

TABLE = Path(__file__).resolve().parents[1] / "golden" / "expressions.tsv"
AT_ONCE = 60
"""Expressions of one load."""


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both loads of a test begin at the same time."""
    around, clock = loads.surroundings, FixedClock(datetime(2024, 2, 29, 13, 5, 9, tzinfo=UTC))
    monkeypatch.setattr(loads, "surroundings", lambda request: replace(around(request), clock=clock))


@pytest.fixture(scope="session")
def cluster() -> Iterator[SparkCluster]:
    """Spark on two cores, started once."""
    with started("local[2,3]", {"spark.speculation": "true"}) as found:
        yield found


def test_expressions_of_a_load(target_url: str, here: Path, cluster: SparkCluster) -> None:
    """Rows, rejects and the bad file of 400 records of expressions, on every target."""
    Path("data.dat").write_text(data(), encoding="utf-8")
    ddl = DDL.format(table="t").rstrip(";")
    if not target_url.startswith("oracle"):
        ddl = ddl.replace("NUMBER", "NUMERIC").replace("VARCHAR2", "VARCHAR").replace("DATE", "TIMESTAMP")
    whole, parts = both(
        CONTROL.format(table="t"), target_url, [ddl], ["SELECT * FROM t ORDER BY id"], cluster=cluster, size_bytes=2000, errors=-1
    )  # fmt: skip
    assert whole == parts and len(whole[0][0]) > 50 and len(whole[1]) > 50


def groups() -> list[list[list[str]]]:
    """The table of expressions, cut into loads; NEXTVAL is drawn with a load and has no place here."""
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:] if line]
    rows = [row for row in rows if "NEXTVAL" not in row[1] and "\\" not in row[2]]
    return [rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE)]


def quoted(expression: str) -> str:
    """An expression within the double quotes of a control file."""
    return expression.replace('"', '\\"')


@pytest.mark.parametrize("number", range(len(groups())))
def test_the_table_of_expressions(here: Path, cluster: SparkCluster, one_moment: None, number: int) -> None:
    """Each documented answer, value or ORA code, comes out of Spark's tasks as it comes out of this process."""
    rows = groups()[number]
    fields = [
        "k FILLER INTEGER EXTERNAL",
        "a BOUNDFILLER CHAR(4000)",
        "b BOUNDFILLER CHAR(4000)",
        "fill FILLER CHAR(30000)",
    ]
    cases = [f'"CASE WHEN :k = {n} THEN {quoted(row[1])}\n END"' for n, row in enumerate(rows)]
    fields[0] = "k INTEGER EXTERNAL"
    made = [f"c{n} {case}" for n, case in enumerate(cases)]
    control = (
        "LOAD DATA CHARACTERSET UTF8 INFILE 'data.dat' APPEND INTO TABLE t FIELDS TERMINATED BY X'01' TRAILING NULLCOLS ("
        + ",\n".join([*fields, *made, "n RECNUM"])
        + ")"
    )
    padding = "x" * (1_200_000 // len(rows))
    Path("data.dat").write_text(
        "".join(f"{n}\x01{row[2]}\x01{row[2]}\x01{padding[:30000]}\n" for n, row in enumerate(rows)),
        encoding="utf-8",
    )
    columns = ", ".join(["k INTEGER", *(f"c{n} TEXT" for n in range(len(rows))), "n INTEGER"])
    whole, parts = both(
        control, "bank.duckdb", [f"CREATE TABLE t ({columns})"], ["SELECT * FROM t ORDER BY n"], cluster=cluster,
        size_bytes=300_000, errors=-1,
    )  # fmt: skip
    assert whole == parts
    errors = sum(row[3].startswith("ORA-") for row in rows)
    assert len(rows) == len(whole[0][0]) + len(whole[1]) and len(whole[1]) >= errors


class Flaky(SparkCluster):
    """A cluster whose tasks die once each, after they have put their part in place."""

    def run(self, function: Any, task: Task, ranges: Any) -> list[Any]:
        def once(given: Task, one: Range) -> Any:
            import os

            found = function(given, one)
            mark = Path(given.folder).parent / f"died-{one.partition.number}"
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), 9)
            return found

        return super().run(once, task, ranges)


def test_killed_tasks_double_nothing(here: Path, cluster: SparkCluster) -> None:
    """Every worker is killed once behind its part; Spark does the task again, and the part is still one."""
    Path("data.dat").write_text("".join(f"{n}\n" for n in range(300)))
    control = "LOAD DATA INFILE 'data.dat' APPEND INTO TABLE t FIELDS TERMINATED BY '|' (id INTEGER EXTERNAL)"
    whole, parts = both(
        control, "bank.db", ["CREATE TABLE t (id INTEGER)"], ["SELECT * FROM t ORDER BY id"],
        cluster=Flaky(cluster._context), size_bytes=400,
    )  # fmt: skip
    assert whole == parts and 300 == len(whole[0][0])
    assert len(list(here.glob("died-*"))) == len(list(Path("parts").glob("part-*"))) >= 3


def test_a_task_that_cannot_be_done(here: Path, cluster: SparkCluster) -> None:
    """An error of ours comes back with its code; any other one is Spark's, and says what to look at."""

    class Broken(SparkCluster):
        def run(self, function: Any, task: Task, ranges: Any) -> list[Any]:
            return super().run(lambda task, one: 1 // 0, task, ranges)

    class Changed(SparkCluster):
        def run(self, function: Any, task: Task, ranges: Any) -> list[Any]:
            Path("data.dat").write_text("1\n2\n4\n")
            return super().run(function, task, ranges)

    Path("data.dat").write_text("1\n2\n3\n")
    execute("bank.db", "CREATE TABLE t (id INTEGER)")
    request = request_of(
        "LOAD DATA INFILE 'data.dat' APPEND INTO TABLE t FIELDS TERMINATED BY '|' (id INTEGER EXTERNAL)",
        "bank.db",
    )
    with pytest.raises(Stop) as stopped:
        computed(request, Broken(cluster._context))
    assert "LS-4037" == stopped.value.code and "ZeroDivisionError" in stopped.value.message
    with pytest.raises(FixFile) as refused:
        computed(request, Changed(cluster._context))
    assert "LS-4002" == refused.value.code


def test_the_commands(here: Path, cluster: SparkCluster, capsys: pytest.CaptureFixture[str]) -> None:
    """Computed and loaded by the command line; a second load gives the receipt of the first."""
    Path("data.dat").write_text("".join(f"{n}\n" for n in range(300)) + "x\n")
    Path("load.ctl").write_text(
        "LOAD DATA INFILE 'data.dat' APPEND INTO TABLE t FIELDS TERMINATED BY '|' (id INTEGER EXTERNAL)"
    )
    execute("bank.db", "CREATE TABLE t (id INTEGER)")
    words = ["spark", "run", "load.ctl", "--target", "bank.db", "--parts", "parts", "--part-size", "400"]
    assert 0 == main([*words, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (301, 300, 1, 3) == (told["read"], told["loaded"], told["rejected"], told["parts"])
    assert 0 == main(words)
    assert "3 parts (0 computed now), 301 records: 300 to load, 1 refused" in capsys.readouterr().out
    assert 2 == main(["load", told["manifest"], "--target", "bank.db"])
    assert 2 == main(["load", told["manifest"], "--target", "bank.db"])
    assert [(n,) for n in range(300)] == rows_of("bank.db", "SELECT id FROM t ORDER BY id")


@pytest.mark.slow
def test_a_million_rows(here: Path, postgres_url: str, cluster: SparkCluster) -> None:
    """1,000,000 generated records: tables in record order, rejects and bad file are equal to the byte."""
    chance = random.Random(6)
    with open("data.dat", "w", encoding="utf-8") as file:
        for n in range(1_000_000):
            amount = f"{chance.randrange(10**7)}.{n % 100:02}" if n % 997 else "1.2.3"
            file.write(f"{n}|{'abcdefgh'[: n % 9]}é|{amount}|{20200101 + n % 28}|{n % 7}\n")
    control = """LOAD DATA CHARACTERSET UTF8 INFILE 'data.dat' APPEND INTO TABLE t WHEN kind <> '6' FIELDS TERMINATED BY '|'
    (id INTEGER EXTERNAL, name "UPPER(TRIM(:name))", amount DECIMAL EXTERNAL, booked DATE "YYYYMMDD", kind, n RECNUM)"""
    ddl = [
        "CREATE TABLE t (id INTEGER, name VARCHAR(9), amount NUMERIC(12,2), booked TIMESTAMP, kind CHAR(1), n INTEGER)"
    ]
    whole, parts = both(
        control, postgres_url, ddl, ["SELECT * FROM t ORDER BY n"], cluster=cluster, size_bytes=8 << 20, errors=-1, discard="data.dsc"
    )  # fmt: skip
    assert whole == parts
    assert 1_000_000 == whole[3].read and len(whole[1]) > 800 and 142_000 < whole[3].discarded < 143_000
    assert taken_in(postgres_url, errors=-1, discard="data.dsc").repeated
