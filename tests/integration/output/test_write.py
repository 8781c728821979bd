"""A file is whole or not there; one that was cut off is gone on with; two never write at once."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap import loads
from loadstone.bootstrap.outputs import spec_at
from loadstone.cli.main import main
from loadstone.errors import FixSpec, LoadstoneError, Refused, Stop
from loadstone.output import write as writing
from loadstone.output.model import OutputSpec, Rows
from loadstone.output.sources.opening import open_source
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import read_control
from tests.integration.output.rows import fill, write, written
from tests.runs import Undisturbed, rows_of

KINDS = ("sqlite", "duckdb", "postgresql")
MANY: tuple[tuple[object, ...], ...] = tuple(
    (n, f"{n * 7 % 1000}.{n % 100:02}", "x" * (n % 9)) for n in range(1, 25_001)
)
COLUMNS = "id integer, amount decimal(12,2), note varchar(20)"
SPEC: dict[str, Any] = {
    "file": "out.txt",
    "rows": {"table": "payments", "order": ["id"]},
    "layout": {"kind": "delimited", "delimiter": "|"},
    "columns": [{"name": "id"}, {"name": "amount", "decimals": 2}, {"name": "note"}],
    "header": ["H|{count}|{sum(amount)}"],
    "footer": ["T|{count}|{sum(amount):.2}|{hash(id)}"],
    "checksum": "sha256",
}
EARLY = {**SPEC, "header": ["H"]}
POINTS = ("output_batch:2", "output_synced", "output_saved", "output_whole", "output_renamed")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with 25,000 rows."""
    if request.param == "postgresql":
        found = str(request.getfixturevalue("postgres_url"))
    else:
        found = str(tmp_path / {"sqlite": "bank.db", "duckdb": "bank.duckdb"}[request.param])
    fill(found, MANY, COLUMNS)
    return found


def killed_at(point: str, spec: dict[str, Any], url: str, folder: Path) -> None:
    """Write in a process that kills itself at a point; every batch is made durable."""

    def child() -> None:
        os.environ["LOADSTONE_CRASH_AT"] = point
        writing.CHECKPOINT_S = 0.0
        small_batches()
        write(spec, url, folder)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert -signal.SIGKILL == process.exitcode, point


def small_batches() -> None:
    """Several batches for few rows."""
    from loadstone.output.sources import copying, duckdb, sqlite

    duckdb.BATCH_ROWS, sqlite.BATCH_ROWS, copying.BLOCK_SIZE_BYTES = 2048, 4000, 60_000


@pytest.mark.parametrize("spec", [SPEC, EARLY], ids=["totals-in-header", "plain-header"])
def test_a_file_killed_anywhere_is_gone_on_with(url: str, tmp_path: Path, spec: dict[str, Any]) -> None:
    """Byte for byte as an undisturbed one, and nothing else is left beside it."""
    write(spec, url, tmp_path / "calm")
    calm = written(tmp_path / "calm")
    for point in POINTS:
        killed_at(point, spec, url, tmp_path)
        there = (tmp_path / "out" / "out.txt").exists()
        assert (point == "output_renamed") == there
        receipt = write(spec, url, tmp_path, replace=there)
        assert calm == written(tmp_path), point
        assert point not in ("output_saved", "output_whole") or receipt.resumed_at > 0
        assert len(MANY) == receipt.records and hashlib.sha256(calm).hexdigest() == receipt.sha256
        assert {"out.txt", "out.txt.sha256"} == {path.name for path in (tmp_path / "out").iterdir()}
        (tmp_path / "out" / "out.txt").unlink()


def test_rows_or_a_spec_that_changed_begin_anew(tmp_path: Path) -> None:
    """What is on the disk of another spec, or of fewer rows, is not gone on with."""
    url = str(tmp_path / "bank.db")
    fill(url, MANY, COLUMNS)
    killed_at("output_saved:3", EARLY, url, tmp_path)
    other = {**EARLY, "columns": [{"name": "id"}]}
    assert 0 == write(other, url, tmp_path).resumed_at
    (tmp_path / "out" / "out.txt").unlink()
    killed_at("output_saved:3", EARLY, url, tmp_path)
    import sqlite3

    with sqlite3.connect(url) as connection:
        connection.execute("DELETE FROM payments WHERE id = 7")
    receipt = write(EARLY, url, tmp_path)
    assert (0, len(MANY) - 1) == (receipt.resumed_at, receipt.records)
    assert b"\n7|" not in written(tmp_path)


def test_a_damaged_part_or_state_begins_anew(tmp_path: Path) -> None:
    """Bytes that are not those that were made durable, and a state that is none."""
    url = str(tmp_path / "bank.db")
    fill(url, MANY, COLUMNS)
    for damage in ("part", "part.json"):
        killed_at("output_saved:2", EARLY, url, tmp_path)
        path = tmp_path / "out" / f"out.txt.{damage}"
        data = bytearray(path.read_bytes())
        data[3] ^= 1
        path.write_bytes(data)
        assert 0 == write(EARLY, url, tmp_path).resumed_at
        (tmp_path / "out" / "out.txt").unlink()


def test_our_own_loader_reads_the_same_totals(url: str, tmp_path: Path) -> None:
    """What was written is loaded again: count and sum are those of the footer."""
    receipt = write(EARLY, url, tmp_path)
    control = tmp_path / "in.ctl"
    control.write_text(
        "LOAD DATA INFILE 'out.txt' APPEND INTO TABLE payments WHEN (1:1) <> 'T' FIELDS TERMINATED BY '|'"
        " OPTIONALLY ENCLOSED BY '\"' TRAILING NULLCOLS (id INTEGER EXTERNAL, amount DECIMAL EXTERNAL, note)\n"
    )
    target = str(tmp_path / "again.duckdb")
    spec = read_control(str(control))
    data = (str(tmp_path / "out" / "out.txt"),)
    request = LoadRequest(
        spec=spec,
        spec_path=str(control),
        target=target,
        data=data,
        create_tables=True,
        skip=1,
        log=str(tmp_path / "x.log"),
    )
    loaded = loads.load(request, Undisturbed())
    assert receipt.records == loaded.counts.loaded
    assert [(len(MANY), receipt.totals["sum(amount)"])] == [
        (count, total)
        for count, total in rows_of(
            target, "SELECT count(*), sum(CAST(amount AS DECIMAL(18,2))) FROM payments"
        )
    ]


def test_an_existing_file_is_replaced_only_on_demand(tmp_path: Path) -> None:
    """LS-8014; the old file stays as it is until the new one is whole."""
    url = str(tmp_path / "bank.db")
    fill(url)
    spec = {"file": "out.txt", "rows": {"table": "payments"}, "layout": {"kind": "json_lines"}}
    write(spec, url, tmp_path)
    before = written(tmp_path)
    with pytest.raises(Refused, match="LS-8014"):
        write(spec, url, tmp_path)
    with pytest.raises(LoadstoneError):
        write({**spec, "columns": [{"name": "note", "decimals": 1}]}, url, tmp_path, replace=True)
    assert before == written(tmp_path)


def test_two_processes_do_not_write_one_file(tmp_path: Path) -> None:
    """LS-8020 while the first one has its part; a folder that cannot be made is LS-4020."""
    import fcntl

    url = str(tmp_path / "bank.db")
    fill(url)
    (tmp_path / "out").mkdir()
    spec = {"file": "out.txt", "rows": {"table": "payments"}, "layout": {"kind": "json_lines"}}
    with open(tmp_path / "out" / "out.txt.part", "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="LS-8020"):
            write(spec, url, tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(Stop, match="LS-4020"):
        write(spec, url, tmp_path / "file")


def test_an_empty_table_gives_lines_alone(url: str, tmp_path: Path) -> None:
    """Header and footer with zeros."""
    spec = {**SPEC, "rows": {"query": "SELECT * FROM payments WHERE id < 0;", "order": ["id"]}}
    write(spec, url, tmp_path)
    assert b"H|0|0\nT|0|0.00|0\n" == written(tmp_path)


def test_a_source_that_is_none_is_refused(tmp_path: Path) -> None:
    """No URL, a kind that rows are not taken from, a file that is not there, SQL that is wrong."""
    for url, told in ((None, "LS-8006"), ("mysql://u@h/d", "LS-8006"), (str(tmp_path / "no.db"), "LS-3010")):
        with pytest.raises(FixSpec, match=told):
            open_source(url, Rows(table="payments"))
    url = str(tmp_path / "bank.db")
    fill(url)
    with pytest.raises(LoadstoneError, match="LS-3"):
        open_source(url, Rows(query="SELECT nothing FROM payments"))


def test_wrong_sql_of_a_server_is_told(postgres_url: str) -> None:
    """At once, and while the rows come."""
    with pytest.raises(LoadstoneError, match="LS-3"):
        open_source(postgres_url, Rows(query="SELECT nothing"))
    source = open_source(
        postgres_url, Rows(query="SELECT 1 / (n - 900) AS x FROM generate_series(1, 1000) n")
    )
    with pytest.raises(LoadstoneError, match="division by zero"):
        list(source.batches(None))
    source.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rows": {"table": "t", "query": "SELECT 1"}}, "exactly one of query, table and parquet"),
        ({"encoding": "klingon"}, "no character set"),
        ({"layout": {"kind": "fixed"}}, "needs a width"),
        ({"layout": {"kind": "fixed"}, "columns": [{"name": "a"}]}, "needs a width: a"),
        ({"layout": {"kind": "fixed", "record_size": 2}, "columns": [{"name": "a", "width": 3}]}, "more than the 2"),
        ({"layout": {"kind": "fixed"}, "columns": [{"name": "a", "width": 3}], "header": [{"fields": [{"value": "x"}]}]}, "field of a line"),
        ({"columns": [{"name": "a", "packed": True}]}, "width in bytes"),
        ({"columns": [{"name": "a", "packed": True, "width": 3}]}, "need a fixed layout"),
        ({"columns": [{"name": "a", "mask": "YYYY", "decimals": 2}]}, "a mask is for dates"),
        ({"header": [{"text": "a", "names": True}]}, "exactly one of text, fields and names"),
        ({"layout": {"kind": "json_lines"}, "header": [{"fields": [{"value": "x"}]}]}, "they have no fields"),
    ],
)  # fmt: skip
def test_a_spec_that_contradicts_itself_is_refused(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    """LS-8002, with its place in the file."""
    spec = {"file": "x", "rows": {"table": "t"}, "layout": {"kind": "delimited"}, **change}
    path = tmp_path / "out.yaml"
    path.write_text(json.dumps(spec))
    with pytest.raises(FixSpec, match=told) as error:
        spec_at(str(path))
    assert "LS-8002" == error.value.code and str(path) == error.value.place.file
    path.write_text("file: [")
    with pytest.raises(FixSpec, match="LS-8001"):
        spec_at(str(path))


def test_the_command_writes_and_tells(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As text and as JSON; the schema; words that are no variables."""
    fill("bank.db")
    Path("out.yaml").write_text(
        json.dumps(
            {
                **EARLY,
                "file": "{business_date:YYMMDD}-{n}.txt",
                "rows": {"table": "payments"},
                "footer": ["{sum(amount)}"],
            }
        )
    )
    words = ["write", "out.yaml", "--source", "bank.db", "--define", "n=7"]
    assert 0 == main([*words, "--business-date", "2026-11-25"])
    told = capsys.readouterr().out
    assert "261125-7.txt: 5 records" in told and "sum(amount) = 1000001250.42" in told
    assert 0 == main([*words, "--define", "business_date=2026-11-26", "--json"])
    values = json.loads(capsys.readouterr().out)
    assert (5, "1000001250.42", "./261126-7.txt") == (
        values["records"],
        values["totals"]["sum(amount)"],
        f"./{values['path']}",
    )
    assert 0 == main(["write", "--schema"])
    assert OutputSpec.model_json_schema() == json.loads(capsys.readouterr().out)
    for wrong in (["--define", "n"], ["--define", "business_date=soon"]):
        assert 1 == main([*words, *wrong])
        assert "LS-8005" in capsys.readouterr().err
    assert 1 == main(["write"])
    assert 1 == main([*words, "--business-date", "2026-11-25"])
    assert "LS-8014" in capsys.readouterr().err
    assert 0 == main([*words, "--business-date", "2026-11-25", "--replace", "--quiet"])
    assert ("", "") == tuple(capsys.readouterr())
