"""What makes a load the same load, what it keeps of its beginning, and what a second start does."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from loadstone.books import Contribution, LoadReceipt
from loadstone.bootstrap import loads
from loadstone.errors import FixFile
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from tests.runs import load, rows_of

DDL = "CREATE TABLE t (id NUMBER(9), note VARCHAR2(30), made DATE);"
CONTROL = (
    "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS (id, note)"
)


class StopsAfter:
    """A run that asks to stop when so many chunks are reported."""

    lease = None

    def __init__(self, chunks: int) -> None:
        self.chunks, self.seen = chunks, 0

    def stop_requested(self) -> bool:
        return self.seen >= self.chunks

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        self.seen += 1


def stopped(control: str, url: str, chunks: int, **options: Any) -> LoadReceipt:
    """A load that is asked to stop after some chunks."""
    Path("tables.sql").write_text(DDL)
    spec = parse_control(control.encode(), "load.ctl")
    request = LoadRequest(spec=spec, spec_path="load.ctl", target=url, ddl=("tables.sql",), **options)
    return loads.load(request, StopsAfter(chunks))


def count(url: str) -> int:
    """Rows of the table."""
    return int(rows_of(url, "SELECT count(*) FROM t")[0][0])


@pytest.fixture
def url(tmp_path: Path, here: Path) -> str:
    """A SQLite file into which two records are loaded."""
    made = str(tmp_path / "bank.db")
    Path("in.dat").write_text("1,a\n2,b\n")
    load(CONTROL, made, ddl=DDL)
    return made


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"errors": 5, "skip": 0, "load": 99, "discardmax": 3, "rows": 7},
        {"bad": "x.bad", "discard": "x.dsc", "log": "x.log"},
        {"workers": 3, "chunk_size_bytes": 5, "show_values": True},
    ],
    ids=["nothing", "limits", "outputs", "workers"],
)
def test_the_same_load_is_not_loaded_twice(changed: dict[str, Any], url: str) -> None:
    """Limits, output paths and workers do not make another load: the receipt is the first one's."""
    again = load(CONTROL, url, **changed)
    assert (True, 2, 0) == (again.repeated, again.counts.loaded, again.exit_code)
    assert 2 == count(url)


@pytest.mark.parametrize(
    "changed",
    [{"run_id": "2"}, {"business_date": "2026-01-01"}, {"again": True}, {"schema_map": {"A": "B"}}],
    ids=lambda value: next(iter(value)),
)
def test_another_run_of_the_same_files(changed: dict[str, Any], url: str) -> None:
    """A run id, a business date, or the wish to load again; each is then a load of its own, once."""
    assert not load(CONTROL, url, **changed).repeated
    assert 4 == count(url)
    if "again" not in changed:
        assert load(CONTROL, url, **changed).repeated


def test_other_contents_under_the_same_name_are_another_load(url: str) -> None:
    """Also when a single byte behind the last record differs."""
    first = load(CONTROL, url)
    Path("in.dat").write_text("1,a\n2,c\n")
    second = load(CONTROL, url)
    assert not second.repeated and first.load_id != second.load_id
    Path("in.dat").write_text("1,a\n2,c\n3,d\n")
    assert not load(CONTROL, url).repeated
    assert 7 == count(url)


def test_another_name_another_spec_or_another_target_are_other_loads(url: str, tmp_path: Path) -> None:
    """The name of the file counts, as do the fields and the database."""
    Path("copy.dat").write_text("1,a\n2,b\n")
    assert not load(CONTROL, url, data=("copy.dat",)).repeated
    assert not load(CONTROL.replace("note)", "note CHAR(20))"), url).repeated
    assert not load(CONTROL, str(tmp_path / "other.db"), ddl=DDL).repeated
    assert 6 == count(url)


def test_whitespace_and_options_of_the_control_file_make_no_other_load(url: str) -> None:
    """The spec counts, not its text."""
    again = "OPTIONS (ERRORS=7, ROWS=3)\n-- a comment\n" + CONTROL.replace(" (", "\n(\n").replace(
        "LOAD DATA", "load  data"
    )
    assert load(again, url).repeated


def test_a_directory_makes_no_other_load(url: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is the one that its path leads to, wherever one stands."""
    (here / "sub").mkdir()
    monkeypatch.chdir(here / "sub")
    assert load(CONTROL.replace("in.dat", "../in.dat"), url, ddl="", data=(str(here / "in.dat"),)).load_id


def test_compressed_contents_are_compared_decompressed(tmp_path: Path, here: Path) -> None:
    """The same file compressed anew, with another time in its head, is the same file."""
    url = str(tmp_path / "bank.db")
    Path("in.gz").write_bytes(gzip.compress(b"1,a\n2,b\n", mtime=1))
    load(CONTROL, url, ddl=DDL, data=("in.gz",))
    Path("in.gz").write_bytes(gzip.compress(b"1,a\n2,b\n", 1, mtime=2))
    assert load(CONTROL, url, data=("in.gz",)).repeated


def test_sqlldr_loads_again_unless_its_last_run_is_unfinished(url: str) -> None:
    """As SQL*Loader does: no memory of what was loaded, but a load that died is gone on with."""
    spec = parse_control(CONTROL.encode(), "load.ctl")
    request = LoadRequest(spec=spec, spec_path="load.ctl", target=url)
    assert not loads.load_anew(request, StopsAfter(99)).repeated
    assert 4 == count(url)


def test_a_stopped_load_exits_2_and_goes_on(target_url: str, here: Path) -> None:
    """The chunk is finished, the files are whole, and the next start adds the rest alone."""
    Path("in.dat").write_text("".join(f"{n},x\n" for n in range(100)))
    first = stopped(CONTROL, target_url, 2, chunk_size_bytes=100)
    assert ("stopped", 2, False) == (first.outcome, first.exit_code, first.resumed)
    assert 0 < first.counts.read < 100 and first.counts.read == count(target_url)
    second = load(CONTROL, target_url)
    assert ("complete", 0, True, 100) == (
        second.outcome,
        second.exit_code,
        second.resumed,
        second.counts.read,
    )
    assert first.load_id == second.load_id
    assert [(100, 100)] == rows_of(target_url, "SELECT count(*), count(DISTINCT id) FROM t")


def test_a_load_that_has_not_begun_to_read_can_stop(target_url: str, here: Path) -> None:
    """Asked to stop before the first chunk: nothing is loaded, and the next start loads all."""
    Path("in.dat").write_text("1,a\n2,b\n")
    assert ("stopped", 0) == (lambda r: (r.outcome, r.counts.read))(stopped(CONTROL, target_url, 0))
    assert 2 == load(CONTROL, target_url).counts.loaded


@pytest.mark.parametrize("change", ["shorter", "other"])
def test_a_changed_file_is_refused_on_resume_and_goes_on_when_it_is_back(change: str, url: str) -> None:
    """What was loaded from it must still stand at its beginning, and nothing behind may have changed."""
    data = "".join(f"{n},x\n" for n in range(50, 100))
    Path("in.dat").write_text(data)
    written = Path("in.dat").stat().st_mtime_ns
    first = stopped(CONTROL, url, 2, chunk_size_bytes=40)
    Path("in.dat").write_text(data[:10] if change == "shorter" else data.replace("51,x", "51,y"))
    with pytest.raises(FixFile, match=r"LS-4002.*in\.dat") as caught:
        load(CONTROL, url)
    assert "put the original file back" in caught.value.hints[0] and 2 + first.counts.read == count(url)
    Path("in.dat").write_text(data)
    os.utime("in.dat", ns=(written, written))
    assert 50 == load(CONTROL, url).counts.read
    assert 52 == count(url)


def test_sysdate_and_formats_are_frozen_with_the_load(
    target_url: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resume under other NLS settings reads the rest as the beginning was read, at the same moment."""
    control = "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ';' (id, made SYSDATE, note EXPRESSION \"to_char(sysdate, 'SSSSS')\")"
    Path("in.dat").write_text("1,5\n2,5\n3,5\n4,5\n")
    monkeypatch.setenv("NLS_NUMERIC_CHARACTERS", ",.")
    stopped(control, target_url, 1, chunk_size_bytes=4, workers=1)
    assert 0 < count(target_url) < 4
    monkeypatch.setenv("NLS_NUMERIC_CHARACTERS", ".,")
    receipt = load(control, target_url)
    assert (4, 0) == (receipt.counts.loaded, receipt.counts.rejected)
    assert 1 == len(set(rows_of(target_url, "SELECT made, note FROM t")))
    assert [2, 3, 4, 5] == [int(row[0]) for row in rows_of(target_url, "SELECT id FROM t ORDER BY id")]


def test_a_guessed_character_set_is_frozen_with_the_load(target_url: str, here: Path) -> None:
    """Guessed from the whole beginning once; a resume does not guess anew."""
    Path("in.dat").write_bytes("".join(f"{n},caf\xe9\n" for n in range(9)).encode("cp1252"))
    first = stopped(CONTROL, target_url, 1, chunk_size_bytes=8, workers=1)
    assert any("WE8MSWIN1252" in warning for warning in first.warnings)
    load(CONTROL, target_url)
    assert [("caf\xe9", 9)] == rows_of(target_url, "SELECT note, count(*) FROM t GROUP BY note")


@pytest.mark.parametrize(
    ("name", "expression", "repeated"),
    [
        ("clean", "UPPER(TRIM(:1))", True),
        ("clean", "LOWER(TRIM(:1))", False),
        ("other", "'x'", True),
        ("inner", "'y'", False),
    ],
    ids=["the same", "another text", "one that is not used", "one that is used by it"],
)
def test_user_functions_belong_to_a_load(name: str, expression: str, repeated: bool, here: Path) -> None:
    """A changed function is another load; one that the spec does not name, nor another for it, changes nothing."""
    Path("in.dat").write_text("1,a\n")
    Path("t.sql").write_text(DDL)
    functions = {"clean": "UPPER(TRIM(:1))", "outer": "inner", "inner": "'x'", "other": "NULL"}
    control = CONTROL.replace("note)", 'note "clean(:note) || outer")')
    spec = parse_control(control.encode(), "load.ctl")
    request = LoadRequest(spec=spec, spec_path="load.ctl", target="bank.db", ddl=("t.sql",))
    for changed in ({}, {name: expression}):
        lines = "".join(f'{key} = "{value}"\n' for key, value in {**functions, **changed}.items())
        Path("loadstone.toml").write_text(f"[functions]\n{lines}")
        receipt = loads.load(request, StopsAfter(99))
    assert repeated == receipt.repeated
    assert (1 if repeated else 2) == count("bank.db")
