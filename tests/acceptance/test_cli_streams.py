"""The command line where its streams are closed, full, or cannot say a name; in processes of its own, whose streams they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.cli import lay_out


@pytest.fixture(autouse=True)
def files(here: Path) -> Path:
    """The files of the small load."""
    lay_out()
    return here


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of a shell in which ``loadstone`` is the command; the exit code is that of ``loadstone``."""
    script = f'loadstone() {{ "{sys.executable}" -m loadstone.cli.main "$@"; }}\nset -o pipefail\n{line}'
    return subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        env={**os.environ, "LOADSTONE_REPOSITORY": "r.db", **environment},
    )


@pytest.mark.parametrize("command", ["errors", "errors --json", "convert emp.ctl"])
def test_a_full_disk_behind_standard_output_is_told(command: str) -> None:
    """By a code on standard error, once, also where JSON was asked for; no trace, no words of the interpreter."""
    done = shell(f"loadstone {command} > /dev/full")
    assert (3, b"") == (done.returncode, done.stdout)
    assert done.stderr.startswith(b"[LS-6050] standard output cannot be written: No space left on device\nHINT")
    assert 2 == done.stderr.count(b"\n")


@pytest.mark.parametrize("command", ["errors", "check emp.ctl"], ids=["much", "little"])
def test_a_reader_that_has_gone_is_no_fault(command: str) -> None:
    """Exit code 1 and no word, also where all fits into a buffer that the end of the process writes."""
    done = shell(f"{{ sleep 0.3; loadstone {command}; }} | true")
    assert (1, b"", b"") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("loadstone check emp.ctl >&-", 0, b""),
        ("loadstone convert emp.ctl >&-", 0, b""),
        ("loadstone check none.ctl 2>&-", 1, b""),
        ("loadstone deadletters correct 1 --file - <&-", 1, b"[LS-7301]"),
    ],
)
def test_closed_streams_are_empty_or_silent(line: str, code: int, told: bytes) -> None:
    """A shell's ``>&-`` and a daemon's closed input are no defect of the command."""
    done = shell(line)
    assert (code, told) == (done.returncode, done.stderr[: len(told)])
    assert b"LS-6099" not in done.stderr


def test_what_is_printed_never_stands_in_a_database() -> None:
    """With standard output closed the target would be descriptor 1, where what is printed goes."""
    done = shell("loadstone load emp.ctl --target b.db --ddl emp.sql >&- 2>&-")
    assert 2 == done.returncode
    assert b"SQLite format 3\0" == Path("b.db").read_bytes()[:16]
    assert b"rejected 1" not in Path("b.db").read_bytes()


def test_a_name_that_is_no_utf_8_goes_all_the_way() -> None:
    """From detection to the receipt, its log, its bad file and its rejects; JSON escapes it as JSON does."""
    name = os.fsdecode(b"caf\xe9.dat")
    os.rename("in.dat", name)
    found = shell(f"loadstone detect {name} --json")
    assert (0, name) == (found.returncode, json.loads(found.stdout)["path"])
    options = "--target b.db --ddl emp.sql --rejects-jsonl r.jsonl"
    done = shell(f"loadstone load emp.ctl --data {name} {options} --json")
    receipt = json.loads(done.stdout)
    assert (2, 3, b"") == (done.returncode, receipt["rows_loaded"], done.stderr)
    assert os.fsdecode(b"caf\xe9.bad") == receipt["bad_file"]
    assert b"x,Secretary\n" == Path(receipt["bad_file"]).read_bytes()
    assert b"caf\xe9.dat" in Path("emp.log").read_bytes()
    assert b"caf\\udce9.dat" in Path("r.jsonl").read_bytes()


def test_an_output_without_the_characters_escapes_them() -> None:
    """A locale of ASCII; JSON stays JSON, also beyond the basic plane."""
    name = "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n\N{SLIGHTLY SMILING FACE}.dat"
    os.rename("in.dat", name)
    done = shell("loadstone detect gr*.dat --json", PYTHONIOENCODING="ascii")
    assert (0, b"") == (done.returncode, done.stderr)
    assert b"gr\\u00fcn\\ud83d\\ude42.dat" in done.stdout
    assert name == json.loads(done.stdout)["path"]
