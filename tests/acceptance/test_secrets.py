"""Passwords are never printed, whatever goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loadstone.cli import load as load_command
from loadstone.cli.main import main
from loadstone.secrets.passwords import password_of_userid, passwords_in, without_passwords
from loadstone.targets.urls import safe_url

SECRET = "tops3cret"


@pytest.fixture
def control(here: Path) -> Path:
    """A control file and its data."""
    Path("in.dat").write_text("1\n")
    path = here / "emp.ctl"
    path.write_text("LOAD DATA INFILE 'in.dat' INTO TABLE emp FIELDS TERMINATED BY ',' (id)")
    return path


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@127.0.0.1:1/x",
        f"postgresql://127.0.0.1:1/x?user=u&password={SECRET}",
        f"postgresql://u:{SECRET}@127.0.0.1:none/x",
        f"postgresql://u:{SECRET}%zz@127.0.0.1/x",
        f"postgresql://u:{SECRET}@127.0.0.1/x?nonsense=1",
        f"mysql://u:{SECRET}@host/x",
        f"host=127.0.0.1 password={SECRET}",
        f"duckdb://u:{SECRET}@/nowhere/x",
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_message_shows_a_password(
    control: Path, url: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every way in which a URL can be wrong: a code and a hint, without the password."""
    code = main(["load", "emp.ctl", "--target", url, *(["--json"] if form == "json" else [])])
    shown = capsys.readouterr()
    assert code in (1, 3) and "LS-30" in shown.out + shown.err
    assert SECRET not in shown.out + shown.err


def test_the_environment_and_sqlldr_show_none(control: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A login before the errors of the command line, and one in a PARFILE without its keyword."""
    Path("p.par").write_text(f"scott/{SECRET}\ncontrol=emp.ctl\n")
    for words in (["sqlldr", f"scott/{SECRET}", "erors=3"], ["sqlldr", "parfile=p.par"]):
        assert main(words) == 1
        shown = capsys.readouterr()
        assert SECRET not in shown.out + shown.err and "LS-1101" in shown.err


def test_an_unexpected_error_is_no_traceback(
    control: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect: code, class, words and place; the trace only on demand; never a password."""

    def broken(arguments: object) -> int:
        raise RuntimeError(f"odd {SECRET}")

    monkeypatch.setattr(load_command, "run_load", broken)
    words = ["load", "emp.ctl", "--target", f"postgresql://u:{SECRET}@h/x"]
    assert main(words) == 3
    shown = capsys.readouterr().err
    assert "[LS-6099] RuntimeError: odd ***" in shown and "HINT" in shown and "Traceback" not in shown
    monkeypatch.setenv("LOADSTONE_DEBUG", "1")
    assert main(words) == 3
    shown = capsys.readouterr().err
    assert "Traceback" in shown and SECRET not in shown


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="only Linux lets a process change its arguments"
)
@pytest.mark.parametrize(
    "words",
    [
        ["load", "x.ctl", "--target", f"postgresql://u:{SECRET}@h/x"],
        ["sqlldr", f"scott/{SECRET}@DB", "silent=all"],
    ],
)
def test_ps_shows_asterisks(words: list[str]) -> None:
    """The arguments of the process, as others see them, have no password."""
    code = (
        "import sys; from pathlib import Path; from loadstone.cli.main import keep_passwords_secret;"
        "keep_passwords_secret(sys.argv[1:], shown=True); print(Path('/proc/self/cmdline').read_bytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, env={**os.environ}
    )
    assert SECRET not in done.stdout and "*" * len(SECRET) in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("postgresql://u:a@b@host/x", ["a@b"]),
        ("postgresql://host/x?password=abc&x=1", ["abc"]),
        ("host=h password='a b' user=u", ["a b"]),
        ("postgresql://u@host/x", []),
        ("nothing here", []),
    ],
)
def test_passwords_are_found(text: str, found: list[str]) -> None:
    """In URLs, in their queries, in connection strings."""
    assert passwords_in(text) == found
    assert all(one not in without_passwords(text) for one in found)


@pytest.mark.parametrize(
    ("word", "password"),
    [("scott/tiger", "tiger"), ("userid=scott/tiger@db", "tiger"), ("scott", None), ("control=a/b", None)],
)
def test_logins_are_understood(word: str, password: str | None) -> None:
    """``user/password@alias``, with its keyword or without."""
    assert password_of_userid(word) == password


def test_a_safe_url_keeps_the_rest() -> None:
    """Host, port, database and other parameters stay."""
    url = f"postgresql://u:{SECRET}@h:5/x?sslmode=require&password={SECRET}"
    assert safe_url(url) == "postgresql://u@h:5/x?sslmode=require"
