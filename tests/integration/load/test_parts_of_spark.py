"""Rows computed in parts and taken in leave what a load in one leaves: tables, rejects, files and books."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import loadstone.load.plan.compile as compiling
from loadstone.books import Contribution
from loadstone.bootstrap import loads
from loadstone.errors import FixFile, FixSpec, LoadstoneError, Refused
from loadstone.load.spark import store
from loadstone.load.spark.testing import InProcess
from tests.parts import both, computed, left_by, request_of, taken_in
from tests.runs import Undisturbed, rows_of
from tests.targets import execute

CONTROL = """LOAD DATA INFILE 'data.dat' {more} APPEND INTO TABLE t FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(id INTEGER EXTERNAL, name "UPPER(TRIM(:name))", amount "TO_NUMBER(:amount)", booked DATE "YYYYMMDD", n RECNUM,
 half "ROUND(:amount / 3, 2)", kind CONSTANT 'k')
"""
DDL = """CREATE TABLE t (id INTEGER, name VARCHAR(8), amount NUMERIC(8,2), booked TIMESTAMP, n INTEGER,
half NUMERIC(8,2), kind VARCHAR(1))"""
ORACLE_DDL = (
    DDL.replace("INTEGER", "NUMBER(9)")
    .replace("VARCHAR", "VARCHAR2")
    .replace("NUMERIC", "NUMBER")
    .replace("TIMESTAMP", "DATE")
)
QUERY = "SELECT * FROM t ORDER BY n"


def ddl_of(target: str) -> list[str]:
    """The table in the target's own words."""
    return [ORACLE_DDL if target.startswith("oracle") else DDL]


def lines(count: int = 60, start: int = 1) -> str:
    """Records, a fifth of them bad in one way or another."""
    bad = {
        3: "x|a|1|20240101",
        7: "1|much too long|1|20240101",
        11: "2|b|1e99|20240101",
        13: "4|c|1|20240231",
    }
    good = (f"{n}| n{n}|{n}.25|202401{n % 28 + 1:02}" for n in range(start, start + count))
    return "".join(bad.get(n % 15, line) + "\n" for n, line in enumerate(good, start))


@pytest.mark.parametrize("from_bytes", [0, 1 << 20], ids=["compiled", "plain"])
@pytest.mark.parametrize("atomic", [False, True], ids=["chunks", "atomic"])
def test_parts_leave_the_same(
    target_url: str, here: Path, monkeypatch: pytest.MonkeyPatch, atomic: bool, from_bytes: int
) -> None:
    """On every target, by kernels or plain, chunk by chunk or all or nothing, with each task done twice."""
    monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", from_bytes)
    Path("data.dat").write_text(lines())
    cluster = InProcess(attempts=2)
    whole, parts = both(
        CONTROL.format(more=""),
        target_url,
        ddl_of(target_url),
        [QUERY],
        cluster=cluster,
        errors=-1,
        atomic=atomic,
    )
    assert whole == parts
    assert len(whole[0][0]) >= 44 and len(whole[1]) >= 12 and len(cluster.ran[0]) >= 3
    assert sorted(path.name for path in Path("parts").iterdir()) == [
        "manifest.json", *(f"part-{number:06}" for number in cluster.ran[0]), "run.json"
    ]  # fmt: skip


TWO = """LOAD DATA INFILE 'data.dat' {more} APPEND
INTO TABLE t WHEN (1:1) = 'T' (kind POSITION(1:1), id POSITION(2:4) INTEGER EXTERNAL, s SEQUENCE(10,5), n RECNUM)
INTO TABLE u WHEN (1:1) <> 'X' AND (1:1) <> 'D' (kind POSITION(1:1), name POSITION(2:4) "UPPER(:name)", s SEQUENCE(MAX,1), n RECNUM)
"""
TWO_DDL = [
    "CREATE TABLE t (kind VARCHAR(1), id INTEGER, s INTEGER, n INTEGER)",
    "CREATE TABLE u (kind VARCHAR(1), name VARCHAR(3) NOT NULL, s INTEGER, n INTEGER)",
]
TWO_QUERIES = ["SELECT * FROM t ORDER BY n", "SELECT * FROM u ORDER BY n"]


@pytest.mark.parametrize(
    "limits",
    [{}, {"skip": 7, "load": 40}, {"discardmax": 4}, {"errors": 2}],
    ids=["all", "skip", "discardmax", "errors"],
)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_several_tables_and_limits(
    kind: str, here: Path, request: pytest.FixtureRequest, limits: dict[str, int]
) -> None:
    """Sequences go on over parts, discards and limits fall on the same records, in several tables."""
    target = "bank.db" if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))
    Path("data.dat").write_text("".join("TUXTDTU"[n % 7] + f"{n:03}"[: n % 5] + "\n" for n in range(80)))
    options: dict[str, Any] = {"errors": -1, "discard": "data.dsc", **limits}
    whole, parts = both(TWO.format(more=""), target, TWO_DDL, TWO_QUERIES, size_bytes=60, **options)
    assert whole == parts
    assert whole[0][0] and whole[0][1] and whole[1]


FORMS: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "crlf": ("", "id CHAR, name CHAR", lambda p: p.write_bytes(b"".join(b"%d,a\r\n" % n for n in range(90)))),
    "embedded": ("", "", lambda p: p.write_text("".join(f'{n},"a\n\n{"b" * (n % 9)}"\n' for n in range(90)))),
    "fix": ('"fix 7"', "id CHAR, name CHAR", lambda p: p.write_bytes(b"".join(b"%03d,ab\n" % n for n in range(90)))),
    "var": ('"var 3"', "id CHAR, name CHAR", lambda p: p.write_text("".join(f"{3 + n % 4:03}{n:02},{'abcd'[: n % 4]}" for n in range(90)))),
    "gz": ("", "id CHAR, name CHAR", lambda p: p.write_bytes(gzip.compress(b"".join(b"%d,a\n" % n for n in range(90))))),
    "continued": ("", "id CHAR, name CHAR", lambda p: p.write_text("".join(f"{n},a*\nb*\nc\n" for n in range(90)))),
    "no-end": ("", "id CHAR, name CHAR", lambda p: p.write_text("\n".join(f"{n},a" for n in range(90)))),
}  # fmt: skip


@pytest.mark.parametrize("form", list(FORMS))
def test_all_forms_of_records(here: Path, form: str) -> None:
    """Records that may hold line ends, of one length, with their length, packed, continued: each in one part, whole."""
    infile, _, write = FORMS[form]
    write(Path("data.dat"))
    fields = "FIELDS CSV WITH EMBEDDED" if form == "embedded" else "FIELDS TERMINATED BY ','"
    continued = "CONTINUEIF LAST = '*'" if form == "continued" else ""
    control = f"LOAD DATA INFILE 'data.dat' {infile} {continued} APPEND INTO TABLE t {fields} TRAILING NULLCOLS (id, name, n RECNUM)"
    ddl = ["CREATE TABLE t (id VARCHAR(9), name VARCHAR(40), n INTEGER)"]
    whole, parts = both(control, "bank.duckdb", ddl, [QUERY], size_bytes=97, errors=-1)
    assert whole == parts and len(whole[0][0]) >= 89
    assert len(list(Path("parts").glob("part-*"))) >= 4


def test_several_files(here: Path) -> None:
    """Record numbers go on from file to file; each has bad records of its own."""
    Path("one.dat").write_text(lines(30))
    Path("two.dat").write_text(lines(40, 31))
    Path("none.dat").write_text("")
    control = CONTROL.format(more="").replace(
        "INFILE 'data.dat'", "INFILE 'one.dat' INFILE 'none.dat' INFILE 'two.dat'"
    )
    whole, parts = both(control, "bank.db", [DDL], [QUERY], errors=-1)
    assert whole == parts and {"one.bad", "two.bad"} == set(whole[2])


def test_what_stops_amid_a_part_goes_on(here: Path, postgres_url: str) -> None:
    """ERRORS stops within a part; a start with more of them takes the rest of that part, and no row twice."""
    Path("data.dat").write_text(lines(200))
    request = request_of(CONTROL.format(more=""), postgres_url, errors=-1)
    execute(postgres_url, DDL)
    whole = left_by(loads.load(request, Undisturbed()), postgres_url, [QUERY])
    execute(postgres_url, "DELETE FROM t")
    computed(request, size_bytes=3000)
    outcomes = [taken_in(postgres_url, again=n == 0, errors=5 * n).outcome for n in (0, 1, 2)]
    assert ["errors"] * 3 == outcomes
    assert whole == left_by(taken_in(postgres_url, errors=-1), postgres_url, [QUERY])


class Impatient(Undisturbed):
    """A run that is stopped after its first chunk."""

    stop = False

    def stop_requested(self) -> bool:
        return self.stop

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        self.stop = True


def test_a_stopped_load_resumes_from_the_parts(here: Path) -> None:
    """What was committed stays, what is left comes from the parts, and then it is loaded: a third start says so."""
    Path("data.dat").write_text(lines())
    request = replace(request_of(CONTROL.format(more=""), "bank.db", errors=-1, workers=1), parts="parts")
    execute("bank.db", DDL)
    computed(request)
    first = loads.load(request, Impatient())
    assert "stopped" == first.outcome and 0 < first.counts.read < 60
    last = loads.load(request, Undisturbed())
    assert (60, 44, True) == (last.counts.read, last.counts.loaded, last.resumed)
    assert list(range(1, 61)) == sorted(
        [
            *(int(row[4]) for row in rows_of("bank.db", QUERY)),
            *(one.record_no for one in loads.rejects("bank.db")[1]),
        ]
    )
    assert taken_in("bank.db", errors=-1).repeated
    assert loads.load(replace(request, parts=None), Undisturbed()).repeated


def test_rows_that_the_target_refuses(here: Path, postgres_url: str) -> None:
    """A unique key refuses the same records, whoever computed the rows."""
    Path("data.dat").write_text(lines().replace("9|", "8|"))
    ddl = [DDL.replace("id INTEGER", "id INTEGER UNIQUE")]
    whole, parts = both(CONTROL.format(more=""), postgres_url, ddl, [QUERY], errors=-1)
    assert whole == parts
    assert {"unique", "number"} <= {one["rule"] for one in whole[1]}


def test_other_types_of_postgresql(here: Path, postgres_url: str) -> None:
    """Values that only PostgreSQL's own form checks: uuid, jsonb, bytes, floats, zones, numbers without a scale."""
    Path("data.dat").write_text(
        "".join(
            f"{n}|{n:032x}|{'[1, 2]' if n % 4 else 'no'}|{n:04x}|{n}.5e3|{n}.125|2024-01-02 03:04:05.25 +02:00|t\n".replace(
                "0005", "5" if n == 5 else "0005"
            )
            for n in range(1, 40)
        )
    )
    control = (
        "LOAD DATA INFILE 'data.dat' APPEND INTO TABLE t FIELDS TERMINATED BY '|'"
        " (n INTEGER EXTERNAL, u, j, b, f FLOAT EXTERNAL, d DECIMAL EXTERNAL,"
        ' z TIMESTAMP WITH TIME ZONE "YYYY-MM-DD HH24:MI:SS.FF TZH:TZM", ok)'
    )
    ddl = [
        "CREATE TABLE t (n INTEGER, u UUID, j JSONB, b BYTEA, f DOUBLE PRECISION, d NUMERIC, z TIMESTAMPTZ, ok BOOLEAN)"
    ]
    whole, parts = both(control, postgres_url, ddl, [QUERY], errors=-1)
    assert whole == parts and len(whole[0][0]) >= 20 and whole[1]


# What is refused


def made(control: str = CONTROL, **options: Any) -> Any:
    """A table, its data and their parts."""
    Path("data.dat").write_text(lines())
    execute("bank.db", DDL)
    return computed(request_of(control.format(more=""), "bank.db", errors=-1, **options))


def refusal(call: Callable[[], Any], code: str, kind: type[LoadstoneError] = FixFile) -> LoadstoneError:
    """The error that a call raises."""
    with pytest.raises(kind) as caught:
        call()
    assert code == caught.value.code
    return caught.value


def spoil_file() -> None:
    """Change the end of a file of rows."""
    path = Path("parts/part-000002/table-1.parquet")
    path.write_bytes(path.read_bytes()[:-9] + b"123456789")


def change_manifest(change: Callable[[dict[str, Any]], None]) -> None:
    """Write the manifest with something changed."""
    path = Path("parts/manifest.json")
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))


SPOILT: dict[str, Callable[[], None]] = {
    "missing": lambda: shutil.rmtree("parts/part-000002"),
    "lacks-a-file": lambda: Path("parts/part-000002/rejects.parquet").unlink(),
    "changed": spoil_file,
    "exchanged": lambda: (
        shutil.rmtree("parts/part-000002"),
        shutil.copytree("parts/part-000003", "parts/part-000002"),
        None,
    )[2],
    "count": lambda: change_manifest(lambda v: v["parts"][1].update(rows=[99])),
    "sum": lambda: change_manifest(lambda v: v["parts"][1]["sums"][0].update(AMOUNT="1.00")),
    "books": lambda: change_manifest(lambda v: v["parts"][1].update(rejected=0)),
    "gap": lambda: change_manifest(lambda v: v["parts"].pop(1)),
    "records": lambda: change_manifest(lambda v: v["parts"][1]["range"]["partition"].update(records=3)),
}


@pytest.mark.parametrize("how", list(SPOILT))
def test_a_spoilt_part_is_refused_and_mended(here: Path, how: str) -> None:
    """A part that is missing, changed or counted wrongly stops the load there; a second run mends it, and the load goes on."""
    done = made()
    SPOILT[how]()
    refusal(lambda: taken_in("bank.db", errors=-1), "LS-4031")
    cluster = InProcess()
    again = computed(request_of(CONTROL.format(more=""), "bank.db"), cluster)
    spoilt = how in ("missing", "lacks-a-file", "changed", "exchanged")
    assert ([[2]] if spoilt else []) == cluster.ran
    assert done.manifest == again.manifest
    assert 44 == taken_in("bank.db", errors=-1).counts.loaded
    assert 44 == len(rows_of("bank.db", QUERY))


def test_no_manifest(here: Path) -> None:
    """Without a manifest, with another file of that name, or with a later form there is nothing to take in."""
    made()
    change_manifest(lambda values: values.update(format=2))
    refusal(lambda: taken_in("bank.db"), "LS-4030")
    Path("parts/manifest.json").write_text("[]")
    refusal(lambda: taken_in("bank.db"), "LS-4030")
    Path("parts/manifest.json").unlink()
    refusal(lambda: taken_in("bank.db"), "LS-4030")


OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "spec": (CONTROL.replace("'k'", "'l'"), {}),
    "skip": (CONTROL, {"skip": 2}),
    "load": (CONTROL, {"load": 2}),
    "selects": (CONTROL, {"selects": (":id > 5",)}),
    "inputs": (CONTROL, {"data": ("data.dat", "data.dat")}),
}


@pytest.mark.parametrize("how", [*OTHERS, "columns"])
def test_parts_of_another_load(here: Path, how: str) -> None:
    """Another spec, limit, number of files, or another type of a column: these rows are not those."""
    made()
    control, options = OTHERS.get(how, (CONTROL, {}))
    if how == "columns":
        execute("bank.db", "DROP TABLE t", DDL.replace("NUMERIC(8,2)", "NUMERIC(9,2)", 1))
    request = replace(request_of(control.format(more=""), "bank.db", **options), parts="parts")
    refusal(lambda: loads.load(request, Undisturbed()), "LS-4032", Refused)
    assert not rows_of("bank.db", QUERY)


def test_numbers_that_went_on(here: Path) -> None:
    """SEQUENCE(MAX) goes on from what the table holds; rows that came meanwhile make the computed numbers wrong."""
    Path("data.dat").write_text("".join(f"T{n:03}\n" for n in range(20)))
    execute("bank.db", *TWO_DDL)
    computed(request_of(TWO.format(more=""), "bank.db"))
    execute("bank.db", "INSERT INTO u VALUES ('T', 'x', 77, 0)")
    told = refusal(lambda: taken_in("bank.db"), "LS-4032", Refused)
    assert "SEQUENCE" in told.message


def test_numbers_that_others_took(here: Path) -> None:
    """Rows that came while the load was stopped moved its numbers on: the parts are refused, the control file finishes it."""
    Path("data.dat").write_text("".join(f"U{n:03}\n" for n in range(200)))
    execute("bank.db", *TWO_DDL)
    request = replace(request_of(TWO.format(more=""), "bank.db", workers=1), parts="parts")
    computed(request, size_bytes=60)
    assert "stopped" == loads.load(request, Impatient()).outcome
    execute("bank.db", "INSERT INTO u VALUES ('U', 'x', 777, 0)")
    told = refusal(lambda: loads.load(request, Undisturbed()), "LS-4032", Refused)
    assert "are taken" in told.message
    assert 200 == loads.load(replace(request, parts=None), Undisturbed()).counts.loaded


def test_a_load_that_began_without(here: Path) -> None:
    """What this process computed itself and what was computed before are never mixed in one load."""
    made()
    request = request_of(CONTROL.format(more=""), "bank.db", errors=2)
    assert "errors" == loads.load(request, Undisturbed()).outcome
    refusal(lambda: taken_in("bank.db"), "LS-4033", Refused)
    assert 60 == taken_in("bank.db", errors=-1, again=True).counts.read


def test_a_changed_data_file(here: Path) -> None:
    """One byte of the data file is another one: the bad file would not be that of these rows."""
    made()
    Path("data.dat").write_text(lines().replace("n5|", "n6|"))
    refusal(lambda: taken_in("bank.db"), "LS-4002")
    Path("data.dat").write_text(lines(50))
    refusal(lambda: taken_in("bank.db"), "LS-4002")


def test_a_data_file_that_changes_under_the_tasks(here: Path) -> None:
    """A task refuses bytes that the driver has not seen; no manifest is written."""

    class Late(InProcess):
        def run(self, function: Any, task: Any, ranges: Any) -> Any:
            Path("data.dat").write_text(lines().replace("n5|", "n6|"))
            return super().run(function, task, ranges)

    Path("data.dat").write_text(lines())
    execute("bank.db", DDL)
    request = request_of(CONTROL.format(more=""), "bank.db")
    refusal(lambda: computed(request, Late()), "LS-4002")
    assert not Path("parts/manifest.json").exists()


def test_a_folder_of_others(here: Path) -> None:
    """Parts go into a folder of their own, never over those of another run."""
    made()
    Path("data.dat").write_text(lines(50))
    refusal(made_again, "LS-4035", Refused)
    Path("full").mkdir()
    Path("full/letter.txt").write_text("dear")
    request = request_of(CONTROL.format(more=""), "bank.db")
    refusal(lambda: computed(request, folder="full"), "LS-4035", Refused)


def made_again() -> None:
    """Compute into the same folder."""
    computed(request_of(CONTROL.format(more=""), "bank.db"))


BOUND = {
    "nextval": ("(id INTEGER EXTERNAL, name \"numbers.NEXTVAL\")", {}, "NEXTVAL"),
    "lobfile": ("(id INTEGER EXTERNAL, f FILLER CHAR, name LOBFILE(f) TERMINATED BY EOF)", {}, "LOBFILE"),
    "discardmax": ("(id INTEGER EXTERNAL, name)", {"discardmax": 3, "data": ("data.dat", "more.dat")}, "DISCARDMAX"),
}  # fmt: skip


@pytest.mark.parametrize("how", list(BOUND))
def test_rows_that_hang_on_the_load(here: Path, how: str) -> None:
    """What draws from the target, or depends on all records before, is refused by name before anything is computed."""
    fields, options, word = BOUND[how]
    Path("data.dat").write_text("1|a\n")
    Path("more.dat").write_text("2|b\n")
    execute("bank.db", DDL)
    request = request_of(
        f"LOAD DATA APPEND INTO TABLE t FIELDS TERMINATED BY '|' {fields}",
        "bank.db",
        **({"data": ("data.dat",)} | options),
    )
    told = refusal(lambda: computed(request), "LS-4034", FixSpec)
    assert word in told.message and not Path("parts").exists()


def test_a_run_that_died_goes_on(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that stand are kept, what a task left half-written is swept away, and SYSDATE is that of the first start."""

    class Dies(InProcess):
        def run(self, function: Any, task: Any, ranges: Any) -> Any:
            super().run(function, task, ranges[:2])
            (Path(task.folder) / f"{store.UNFINISHED}000003.dead").mkdir()
            raise KeyboardInterrupt

    Path("data.dat").write_text(lines())
    execute("bank.db", DDL)
    request = request_of(
        CONTROL.format(more="").replace("CONSTANT 'k'", '"SUBSTR(SYS_GUID(), 1, 1)"'), "bank.db"
    )
    with pytest.raises(KeyboardInterrupt):
        computed(request, Dies())
    before = json.loads(Path("parts/run.json").read_text())
    cluster = InProcess()
    done = computed(request, cluster)
    assert done.fresh == len(done.manifest.parts) - 2 and 1 not in cluster.ran[0] and 2 not in cluster.ran[0]
    assert before["frozen"] == done.manifest.frozen
    assert not list(Path("parts").glob(f"{store.UNFINISHED}*"))
    assert 44 == taken_in("bank.db", errors=-1).counts.loaded
