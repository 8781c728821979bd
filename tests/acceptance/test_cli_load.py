"""``loadstone load``, ``explain`` and ``rejects``: every option does what its line of help says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.cli import DATA, Said, call, lay_out
from tests.runs import rows_of

Capture = pytest.CaptureFixture[str]
RECEIPT = {
    "load_id", "outcome", "exit_code", "rows_read", "rows_loaded", "rows_rejected", "rows_discarded", "rows_skipped", "tables",
    "bad_file", "discard_file", "bad_files", "discard_files", "log_file", "duration_s", "resumed", "repeated", "warnings",
}  # fmt: skip


@pytest.fixture(autouse=True)
def files(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the small load, and no target in the environment."""
    monkeypatch.delenv("LOADSTONE_TARGET", raising=False)
    monkeypatch.setenv("LOADSTONE_LANDING", str(here / "landing"))
    lay_out()
    return here


def load(capsys: Capture, *words: str) -> Said:
    """Load into a SQLite file with the DDL."""
    return call(capsys, "load", "emp.ctl", "--target", "b.db", "--ddl", "emp.sql", *words)


def counts(said: Said) -> tuple[int, ...]:
    """Read, loaded, rejected, discarded, skipped."""
    receipt = said.json()
    return tuple(receipt[f"rows_{part}"] for part in ("read", "loaded", "rejected", "discarded", "skipped"))


def test_the_receipt_has_the_keys_that_scripts_rely_on(capsys: Capture) -> None:
    """One JSON object on standard output, nothing on standard error, exit code 2 for a reject."""
    said = load(capsys, "--json")
    assert RECEIPT <= set(said.json()) and "" == said.err
    assert ((5, 3, 1, 1, 0), 2, "complete") == (counts(said), said.code, said.json()["outcome"])
    assert ({"EMP": 3}, "in.bad", None, "emp.log") == tuple(
        said.json()[key] for key in ("tables", "bad_file", "discard_file", "log_file")
    )


@pytest.mark.parametrize("target", ["b.db", "b.duckdb"])
def test_a_process_says_nothing_on_standard_error_when_all_is_well(target: str) -> None:
    """Not even at its end, where libraries tell what they find left over."""
    words = [sys.executable, "-m", "loadstone.cli.main", "load", "emp.ctl", "--target", target, "--ddl", "emp.sql", "--json"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (2, "") == (ended.returncode, ended.stderr)


@pytest.mark.parametrize(
    ("words", "expected", "code"),
    [
        (["--skip", "4"], (1, 1, 0, 0, 4), 0),
        (["--load", "1"], (1, 1, 0, 0, 0), 0),
        (["--skip", "2", "--load", "2"], (2, 1, 1, 0, 2), 2),
        (["--errors", "0"], (4, 2, 1, 1, 0), 2),
        (["--errors", "-1"], (5, 3, 1, 1, 0), 2),
        (["--discardmax", "0"], (2, 1, 0, 1, 0), 2),
        (["--workers", "2", "--chunk-size", "8"], (5, 3, 1, 1, 0), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_limits_of_the_command_line(
    words: list[str], expected: tuple[int, ...], code: int, capsys: Capture
) -> None:
    """Books and exit code of each."""
    said = load(capsys, "--json", *words)
    assert (expected, code) == (counts(said), said.code)


def test_outputs_have_the_names_that_are_given(capsys: Capture) -> None:
    """``--bad``, ``--discard`` and ``--log``; with their suffix where none is given."""
    said = load(capsys, "--json", "--bad", "b", "--discard", "d.rest", "--log", "l.txt").json()
    assert ("b.bad", "d.rest", "l.txt") == (said["bad_file"], said["discard_file"], said["log_file"])
    assert "x,Secretary\n" == Path("b.bad").read_text() and "2,skip\n" == Path("d.rest").read_text()
    assert "Control File:" in Path("l.txt").read_text()


def test_a_person_reads_a_sum_and_where_the_files_are(capsys: Capture) -> None:
    """Without --json; a second start says that it is done already, and how to do it again."""
    said = load(capsys)
    assert "read 5 = loaded 3 + rejected 1 + discarded 1" in said.out and "bad file in.bad" in said.out
    assert "EMP: 3 rows" in said.out and "log emp.log" in said.out
    assert "--again loads once more" in load(capsys).out
    assert "Secretary" not in said.out + said.err + Path("emp.log").read_text()


def test_quiet_prints_nothing(capsys: Capture) -> None:
    """The exit code says it all."""
    assert Said(2, "", "") == load(capsys, "--quiet")


def test_several_data_files_and_a_run_id(capsys: Capture) -> None:
    """``--data`` twice reads both; ``--run-id`` and ``--business-date`` make loads of their own; ``--again`` too."""
    Path("a.dat").write_text("10,a\n")
    Path("b.dat").write_text("11,b\n")
    words = ["--json", "--data", "a.dat", "--data", "b.dat"]
    assert 2 == load(capsys, *words).json()["rows_loaded"]
    assert load(capsys, *words).json()["repeated"]
    for more in (["--run-id", "2"], ["--business-date", "2026-01-01"], ["--again"]):
        said = load(capsys, *words, *more).json()
        assert (False, 2) == (said["repeated"], said["rows_rejected"]), more


def test_a_dry_run_shows_rows_and_refusals_and_loads_none(capsys: Capture) -> None:
    """First rows as they would be loaded, with ``--rows-shown``; values of refused records are masked."""
    said = load(capsys, "--dry-run", "--rows-shown", "1")
    assert "EMPNO | ENAME" in said.out and "1 | Ada" in said.out and "Bob" not in said.out
    assert "record 4 would be refused: EMPNO 'x'" in said.err and 0 == said.code
    assert [] == rows_of("b.db", "SELECT 1 FROM sqlite_master WHERE name = 'EMP'")
    shape = load(capsys, "--dry-run", "--json").json()
    assert (5, [[1, "Ada"], [3, "Bob"], [4, "Cyd"]]) == (shape["records"], shape["tables"][0]["rows"])
    assert [
        {
            "record": 4,
            "field": "EMPNO",
            "rule": "number",
            "code": "ORA-01722",
            "reason": "ORA-01722: invalid number",
        }
    ] == shape["rejects"]


@pytest.mark.parametrize(
    ("options", "words", "shown"),
    [
        ("", ["--load", "0"], []),
        ("", ["--load", "1"], [1]),
        ("OPTIONS (LOAD=1)", [], [1]),
        ("OPTIONS (LOAD=1)", ["--load", "3"], [1, 3]),
        ("OPTIONS (SKIP=2)", [], [3, 4]),
    ],
)
def test_a_dry_run_keeps_to_the_limits(
    options: str, words: list[str], shown: list[int], capsys: Capture
) -> None:
    """SKIP and LOAD of the control file and of the command line."""
    Path("emp.ctl").write_text(f"{options}\n" + Path("emp.ctl").read_text())
    said = load(capsys, "--dry-run", "--json", *words).json()
    assert shown == [row[0] for table in said["tables"] for row in table["rows"]]


def test_a_dry_run_looks_behind_what_is_skipped(capsys: Capture) -> None:
    """Also where that fills the first chunk."""
    Path("in.dat").write_text("".join(f"{n},{'x' * 10}\n" for n in range(100_000)))
    said = load(capsys, "--dry-run", "--json", "--skip", "99990").json()
    assert [99_990, 99_991] == [row[0] for row in said["tables"][0]["rows"][:2]]


def test_the_plan_is_explained(capsys: Capture) -> None:
    """As YAML for people and as JSON: target, inputs, limits, and what each column is made of."""
    words = ["explain", "emp.ctl", "--target", "b.db", "--ddl", "emp.sql"]
    plan = call(capsys, *words, "--json").json()
    [table] = plan["tables"]
    assert ("EMP", "append", ["EMPNO", "ENAME"]) == (
        table["table"],
        table["method"],
        [c["column"] for c in table["columns"]],
    )
    assert not Path("b.db").exists()
    assert ("sqlite", "b.db", "in.dat", 50) == (
        plan["target"]["kind"],
        plan["target"]["url"],
        plan["inputs"][0]["name"],
        plan["limits"]["errors"],
    )
    said = call(capsys, *words)
    assert "kind: sqlite" in said.out and 0 == said.code
    assert [] == rows_of("b.db", "SELECT 1 FROM sqlite_master WHERE name = 'EMP'")


def test_rejects_are_shown_masked_or_open(capsys: Capture) -> None:
    """Of the latest load or of the one whose id begins so; as text and as one JSON object a line."""
    first = load(capsys, "--json").json()["load_id"]
    Path("in.dat").write_text("Zoe7,Zed\n")
    load(capsys, "--json")
    shown = call(capsys, "rejects", "--target", "b.db")
    assert "'xxx9'" in shown.out and "Zoe7" not in shown.out + shown.err and 0 == shown.code
    assert "'Zoe7'" in call(capsys, "rejects", "--target", "b.db", "--show-values").out
    [line] = call(capsys, "rejects", first[:6], "--target", "b.db", "--json").out.splitlines()
    told = json.loads(line)
    assert (first, 4, 19, "EMP", "EMPNO", "x", "number", "ORA-01722") == tuple(
        told[key] for key in ("load_id", "record", "byte_offset", "table", "field", "value", "rule", "code")
    )
    missing = call(capsys, "rejects", "ffffffffff", "--target", "b.db")
    assert 1 == missing.code and "LS-6004" in missing.err and "HINT" in missing.err


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (["--skip", "-1"], "LS-", 1),
        (["--load", "-1"], "LS-", 1),
        (["--errors", "-2"], "LS-", 1),
        (["--chunk-size", "0"], "LS-", 1),
        (["--workers", "0"], "LS-", 1),
        (["--schema-map", "HR"], "LS-6003", 1),
        (["--data", "none.dat"], "LS-2001", 1),
        (["--data", "in.dat", "--bad", "in.dat"], "LS-1097", 1),
        (["--bad", "none/x.bad"], "LS-4020", 3),
        (["--ddl", "none.sql", "--run-id", "x"], "", 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_options_are_named(words: list[str], code: str, status: int, capsys: Capture) -> None:
    """A code and a hint; no traceback."""
    said = load(capsys, *words)
    assert status == said.code, said
    assert code in said.err and "Traceback" not in said.err and (not code or "HINT" in said.err)


def test_a_bad_file_that_cannot_be_written_is_written_by_the_next_start(capsys: Capture) -> None:
    """Rows and rejects stand in the target already: nothing is lost, nothing doubled."""
    Path("x.bad").mkdir()
    assert 3 == load(capsys, "--bad", "x.bad").code
    Path("x.bad").rmdir()
    said = load(capsys, "--json", "--bad", "x.bad")
    assert ((5, 3, 1, 1, 0), True) == (counts(said), said.json()["resumed"])
    assert "x,Secretary\n" == Path("x.bad").read_text()
    assert 3 == len(rows_of("b.db", "SELECT * FROM emp"))


def test_errors_as_json_are_one_object(capsys: Capture) -> None:
    """With code, place and hints, on standard output."""
    said = call(capsys, "load", "emp.ctl", "--target", "b.db", "--json")
    told: dict[str, Any] = said.json()
    assert (1, False, "LS-3001") == (said.code, told["ok"], told["errors"][0]["code"])
    assert {"code", "message", "file", "line", "column", "record", "field", "hints"} == set(told["errors"][0])


def test_a_named_target_of_the_configuration(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--target bank`` is what loadstone.toml says; LOADSTONE_TARGET stands in where none is given."""
    Path("loadstone.toml").write_text('[targets.bank]\nurl = "named.db"\n')
    words = ["load", "emp.ctl", "--ddl", "emp.sql", "--json"]
    assert 3 == call(capsys, *words, "--target", "bank").json()["rows_loaded"]
    monkeypatch.setenv("LOADSTONE_TARGET", "BANK")
    assert call(capsys, *words).json()["repeated"]
    assert 3 == len(rows_of("named.db", "SELECT * FROM emp"))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_data_leave_the_same_files(suffix: str, capsys: Capture) -> None:
    """Bad and discard files hold the decompressed records."""
    import gzip

    import zstandard

    squeeze = gzip.compress if suffix == ".gz" else zstandard.compress
    Path(f"in.dat{suffix}").write_bytes(squeeze(DATA.encode()))
    said = load(
        capsys,
        "--json",
        "--data",
        f"in.dat{suffix}",
        "--bad",
        "b.bad",
        "--discard",
        "d.dsc",
        "--chunk-size",
        "7",
    )
    assert (5, 3, 1, 1, 0) == counts(said)
    assert ("x,Secretary\n", "2,skip\n") == (Path("b.bad").read_text(), Path("d.dsc").read_text())
