"""The command line as scripts and people use it, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.runs import rows_of

CONTROL = """LOAD DATA INFILE 'in.dat' APPEND INTO TABLE emp FIELDS TERMINATED BY ','
(empno INTEGER EXTERNAL, ename CHAR(10))
"""
DDL = "CREATE TABLE emp (empno NUMBER(6) PRIMARY KEY, ename VARCHAR2(10));"


def run(
    *words: str, environment: dict[str, str] | None = None, data: bytes | None = None
) -> subprocess.CompletedProcess[str]:
    """``loadstone`` with these words."""
    command = [sys.executable, "-m", "loadstone.cli.main", *words]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
        input=data and data.decode(),
    )


@pytest.fixture
def files(here: Path) -> Path:
    """A control file, data with one reject, and DDL."""
    (here / "emp.ctl").write_text(CONTROL)
    (here / "in.dat").write_text("1,Ada\n2,Bob\nx,Secretary\n")
    (here / "emp.sql").write_text(DDL)
    return here


def test_load_prints_one_receipt_as_json(files: Path) -> None:
    """The keys that scripts rely on, exit code 2 for a reject, and the bad file beside."""
    done = run("load", "emp.ctl", "--data", "in.dat", "--target", "b.db", "--ddl", "emp.sql", "--json")
    receipt = json.loads(done.stdout)
    assert done.returncode == 2, done.stderr
    assert {key: receipt[key] for key in ("rows_read", "rows_loaded", "rows_rejected", "rows_discarded", "rows_skipped")} == {
        "rows_read": 3, "rows_loaded": 2, "rows_rejected": 1, "rows_discarded": 0, "rows_skipped": 0,
    }  # fmt: skip
    assert receipt["tables"] == {"EMP": 2}
    assert Path(receipt["bad_file"]).read_text() == "x,Secretary\n"
    assert receipt["log_file"] == "emp.log" and receipt["duration_s"] > 0 and receipt["discard_file"] is None


def test_rejected_values_are_masked(files: Path) -> None:
    """Neither terminal nor log shows what was refused, unless it is asked for."""
    run("load", "emp.ctl", "--target", "b.db", "--ddl", "emp.sql")
    assert "Secretary" not in Path("emp.log").read_text()
    shown = run("rejects", "--target", "b.db")
    assert "'x'" in shown.stdout and "ORA-01722" in shown.stdout
    one = json.loads(run("rejects", "--target", "b.db", "--json").stdout)
    assert (one["record"], one["byte_offset"], one["field"], one["rule"]) == (3, 12, "EMPNO", "number")


def test_sqlldr_command_line_and_link(files: Path) -> None:
    """Keywords, positional values, PARFILE, exit codes and the log's name, also through a link named sqlldr."""
    run("load", "emp.ctl", "--target", "b.db", "--create-tables", "--load", "0")
    environment = {"LOADSTONE_TARGET": "b.db"}
    Path("p.par").write_text("# parameters\ncontrol=emp.ctl\nerrors=0\nlog=p.log\n")
    done = run("sqlldr", "scott/tiger", "parfile=p.par", environment=environment)
    assert done.returncode == 2 and "tiger" not in done.stdout + done.stderr
    log = Path("p.log").read_text()
    assert (
        "Errors allowed: 0" in log
        and "MAXIMUM ERROR COUNT EXCEEDED" in log
        and "Total logical records rejected:         1" in log
    )
    assert len(rows_of("b.db", "SELECT * FROM emp")) == 2
    wrong = run("sqlldr", "control=emp.ctl", "erors=1", environment=environment)
    assert wrong.returncode == 1 and "did you mean errors" in wrong.stderr


def test_sqlldr_tells_what_stops_it_in_its_own_words(files: Path) -> None:
    """A file that is not there, a wrong word: number and exit code of SQL*Loader, on the terminal and in the log."""
    environment = {"LOADSTONE_TARGET": "b.db"}
    done = run("sqlldr", "userid=scott/tiger", "control=nowhere.ctl", environment=environment)
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        3,
        "SQL*Loader-500: Unable to open file (nowhere.ctl)",
    )
    assert "SQL*Loader-553: file not found" in Path("nowhere.log").read_text()
    Path("wrong.ctl").write_text("LOAD DATA INFILE 'x'\nINTO TABLE t (a b)\n")
    done = run("sqlldr", "userid=scott/tiger", "control=wrong.ctl", "log=w.log", environment=environment)
    assert done.returncode == 1 and "SQL*Loader-350: Syntax error at line 2." in done.stdout
    assert "SQL*Loader-350: Syntax error at line 2." in Path("w.log").read_text()


def test_check_answers_fast_and_needs_no_engine(files: Path) -> None:
    """``check`` imports no engine; valid is 0, broken is 1 with line and column."""
    Path("bad.ctl").write_text("OPTIONS (ERROS=1)\nLOAD DATA INFILE 'x' INTO TABLE t (a)\n")
    code = "import sys; from loadstone.cli.main import main; code = main(sys.argv[1:]); heavy = {'llvmlite', 'pyarrow', 'duckdb', 'polars', 'sqlalchemy', 'numpy'} & set(sys.modules); sys.exit(9 if heavy else code)"
    assert (
        subprocess.run([sys.executable, "-c", code, "check", "emp.ctl"], capture_output=True).returncode == 0
    )
    done = run("check", "bad.ctl", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1 and not report["ok"]
    assert (report["errors"][0]["line"], report["errors"][0]["column"]) == (1, 10)
    assert any("ERRORS" in hint for hint in report["errors"][0]["hints"])


def test_convert_goes_there_and_back(files: Path) -> None:
    """Control file to YAML to control file means the same."""
    run("convert", "emp.ctl", "-o", "emp.yaml")
    assert "INFILE" not in Path("emp.yaml").read_text()
    run("convert", "emp.yaml", "-o", "back.ctl")
    assert run("convert", "back.ctl").stdout == Path("emp.yaml").read_text()


def test_a_pipe_and_compressed_files_load(files: Path) -> None:
    """Standard input, gzip and zstd give the rows of the plain file."""
    import gzip

    import zstandard

    data = Path("in.dat").read_bytes()
    Path("a.gz").write_bytes(gzip.compress(data))
    Path("a.zst").write_bytes(zstandard.compress(data))
    for number, name in enumerate(("in.dat", "a.gz", "a.zst", "-")):
        words = (
            "load",
            "emp.ctl",
            "--data",
            name,
            "--target",
            f"{number}.db",
            "--ddl",
            "emp.sql",
            "--json",
            "--bad",
            f"{number}.bad",
        )
        done = run(*words, data=data, environment={"LOADSTONE_LANDING": str(files / "landing")})
        assert json.loads(done.stdout)["rows_loaded"] == 2, done.stderr
        assert Path(f"{number}.bad").read_bytes() == b"x,Secretary\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("load", "missing.ctl", "--target", "b.db"), "LS-"),
        (("load", "emp.ctl", "--data", "missing.dat", "--target", "b.db"), "LS-2001"),
        (("load", "emp.ctl", "--target", "b.db"), "LS-3001"),
        (("load", "emp.ctl", "--target", "what"), "LS-3010"),
        (("load", "emp.ctl", "--target", "postgresql://nobody:secret@127.0.0.1:1/x"), "LS-3020"),
        (("load", "emp.ctl"), "LS-6001"),
        (("load", "emp.ctl", "--target", "/nowhere/b.db"), "LS-3020"),
    ],
)
def test_bad_input_is_named_with_code_and_hint(files: Path, words: tuple[str, ...], code: str) -> None:
    """A code, the fact and a hint; no traceback, no password, exit code 1 or 3."""
    done = run(*words, environment={"LOADSTONE_TARGET": ""})
    assert done.returncode in (1, 3)
    assert code in done.stderr and "HINT" in done.stderr
    assert "Traceback" not in done.stderr and "secret" not in done.stderr


def test_sigterm_finishes_the_chunk_and_the_next_start_goes_on(files: Path) -> None:
    """A stopped load exits 2, leaves whole files, and resumes to the same rows."""
    Path("in.dat").write_text("".join(f"{n},name {n % 10}\n" for n in range(60_000)))
    words = [
        sys.executable,
        "-m",
        "loadstone.cli.main",
        "load",
        "emp.ctl",
        "--target",
        "b.db",
        "--ddl",
        "emp.sql",
        "--chunk-size",
        "20000",
        "--json",
    ]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and not Path("b.db-wal").exists():
        time.sleep(0.05)
    time.sleep(0.4)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate()
    stopped = json.loads(out)
    assert process.returncode == 2 and stopped["outcome"] == "stopped" and 0 < stopped["rows_loaded"] < 60_000
    done = run("load", "emp.ctl", "--target", "b.db", "--json")
    finished = json.loads(done.stdout)
    assert finished["resumed"] and finished["rows_loaded"] == 60_000 and done.returncode == 0
    assert rows_of("b.db", "SELECT count(*), count(DISTINCT empno) FROM emp") == [(60_000, 60_000)]
