"""``loadstone load``, ``target``, ``rejects``, ``sqlldr`` within this process: mistakes, masks, and what is printed."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from loadstone.cli.main import INTERRUPTED, main
from loadstone.cli.show import mask
from tests.runs import rows_of
from tests.terminal import Done, loadstone

CONTROL = "LOAD DATA INFILE 't.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL, b CHAR(20))\n"
DDL = "CREATE TABLE t (a NUMBER(9) PRIMARY KEY, b VARCHAR2(20));\n"


@pytest.fixture(autouse=True)
def files(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A control file, data with rejects, DDL, and a home without settings."""
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.delenv("LOADSTONE_TARGET", raising=False)
    Path("t.ctl").write_text(CONTROL)
    Path("t.dat").write_text("1,one\nsecret7,two\n3,three\n1,again\n")
    Path("t.sql").write_text(DDL)


def loaded(*options: str) -> Done:
    """The load of the files into a SQLite file."""
    return loadstone("load", "t.ctl", "--target", "bank.db", "--ddl", "t.sql", *options)


def test_a_receipt_tells_books_tables_and_files() -> None:
    """Exit code 2 for rejects; the same command again loads nothing, and says so."""
    done = loaded()
    assert 2 == done.code
    assert "read 4 = loaded 2 + rejected 2 + discarded 0" in done.out
    assert "  T: 2 rows\n  bad file t.bad\n  log t.log\n" in done.out
    assert "already loaded before; --again loads once more" in loaded().out
    assert "" == loaded("--quiet").out
    assert "loaded" in loaded("--again", "--errors", "-1").out
    assert "stopped: more rejects than ERRORS allows" in loaded("--run-id", "x", "--errors", "0").out
    assert "stopped: LOAD is reached" in loaded("--run-id", "y", "--load", "1", "--skip", "2").out


def test_rejects_are_paged_masked_and_written() -> None:
    """Sums first, then a page, then the way to the next one; files hold all of them."""
    loaded()
    text = loadstone("rejects", "--target", "bank.db").out
    assert ": 2 rejects\n" in text and "secret7" not in text and "'xxxxxx9'" in text
    assert "secret7" in loadstone("rejects", "--target", "bank.db", "--show-values").out
    first = loadstone("rejects", "--target", "bank.db", "--limit", "1").out
    assert "--after 2;" in first.splitlines()[-1]
    assert "record 4" in loadstone("rejects", "--target", "bank.db", "--after", "2").out
    assert [2, 4] == [one["record"] for one in loadstone("rejects", "--target", "bank.db", "--json").values()]
    for name in ("r.csv", "r.jsonl"):
        assert 0 == loadstone("rejects", "--target", "bank.db", "-o", name).code
    assert [2, 4] == [json.loads(line)["record"] for line in Path("r.jsonl").read_text().splitlines()]
    with open("r.csv") as file:
        assert ["2", "4"] == [row["record"] for row in csv.DictReader(file)]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["rejects", "--target", "none.db"], "LS-6004", "there is no database none.db"),
        (["rejects", "ffffffff", "--target", "bank.db"], "LS-6004", "has an id that begins with ffffffff"),
        (["rejects", "--target", "empty.db"], "LS-6004", "nothing was ever loaded"),
        (["rejects"], "LS-6001", "no target"),
        (["load", "t.ctl"], "LS-6001", "no target"),
        (["load", "no.ctl", "--target", "bank.db"], "LS-1033", "No such file"),
        (["load", "t.ctl", "--target", "bank.db", "--data", "no.dat"], "LS-2001", "no.dat"),
        (["load", "t.ctl", "--target", "new.db"], "LS-3001", "table T does not exist"),
        (["load", "t.ctl", "--target", "t.dat"], "LS-3010", "names no target"),
        (["load", "t.ctl", "--target", "bank.db", "--schema-map", "x"], "LS-6003", "OLD=NEW"),
        (["load", "t.ctl", "--target", "bank.db", "--no-resume", "--atomic"], "LS-6008", "--atomic"),
        (["load", "t.ctl", "--target", "bank.db", "--no-resume", "--take-over"], "LS-6008", "--take-over"),
        (["load", "t.ctl", "--target", "bank.db", "--define", "X"], "LS-6007", "--define X"),
        (["convert", "no.yaml"], "LS-6020", "no.yaml"),
        (["explain", "no.ctl", "--target", "bank.db"], "LS-1033", "no.ctl"),
    ],
)  # fmt: skip
def test_mistakes_are_answered_with_code_fact_and_hints(words: list[str], code: str, told: str) -> None:
    """Exit code 1, nothing on standard output; the same as JSON; no file of the mistake is left."""
    loaded()
    Path("empty.db").write_bytes(b"")
    done = loadstone(*words)
    assert (1, "") == (done.code, done.out)
    assert done.err.startswith(f"[{code}]") and told in done.err and "\nHINT: " in done.err
    assert not Path("none.db").exists()


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_wrong_logins_are_told_without_their_passwords(postgres_url: str, form: tuple[str, ...]) -> None:
    """No server, no such database, no such user, no rights: each with its place and a hint."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        host = connection.info.host
        connection.execute("CREATE TABLE t (a numeric(9), b varchar(20))")
    base = f"postgresql://%s:hunter22@/%s?host={host}"
    for url in (
        "postgresql://ann:hunter22@127.0.0.1:1/bank",
        base % ("nobody", postgres_url.rpartition("/")[2].partition("?")[0]),
        base % ("postgres", "nowhere"),
    ):
        done = loadstone("load", "t.ctl", "--target", url, *form)
        assert done.code in (1, 3)
        assert "LS-30" in done.out + done.err and "hunter22" not in done.out + done.err
        assert ("HINT" if not form else '"hints": ["') in done.out + done.err
    assert not Path("t.bad").exists() and not Path("t.log").exists()


def test_control_tables_are_made_printed_and_tidied() -> None:
    """With grants for a role; a tidy-up says how much went."""
    text = loadstone("target", "init", "bank.db", "--sql").out
    assert "CREATE TABLE" in text and text.endswith(";\n") and not rows_of("bank.db", "SELECT * FROM sqlite_master")
    assert "the control tables are ready.\n" == loadstone("target", "init", "bank.db").out
    loaded()
    assert "0 chunk rows, 0 rows" in loadstone("target", "prune", "bank.db").out
    assert "1 chunk rows, 2 rows" in loadstone("target", "prune", "bank.db", "--days", "0", "--rejects-days", "0").out
    assert "already loaded before" in loaded().out


def test_grants_are_given_to_a_role(postgres_url: str) -> None:
    """``--role``: printed, and given."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS night_loader")
        connection.execute("CREATE ROLE night_loader")
    assert "GRANT" in loadstone("target", "init", postgres_url, "--sql", "--role", "night_loader").out
    assert 0 == loadstone("target", "init", postgres_url, "--role", "night_loader").code
    query = "SELECT has_table_privilege('night_loader', 'loadstone_load', 'INSERT')"
    assert [(True,)] == rows_of(postgres_url, query)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY night_loader")
        connection.execute("DROP ROLE night_loader")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("", 1, "Valid keywords"),
        ("-h", 0, "Valid keywords"),
        ("control=no.ctl userid=a/hunter22", 3, "SQL*Loader-500"),
        ("control=t.ctl erors=1", 1, "did you mean errors"),
        ("control=t.ctl errors=many", 1, "LS-1102"),
        ("userid=a/hunter22", 1, "LS-1103"),
        ("control=t.ctl userid=a/hunter22@nowhere", 1, "the configuration has no target nowhere"),
        ("table=nothing userid=a/hunter22", 1, "LS-"),
    ],
)
def test_sqlldr_answers_mistakes_as_scripts_expect(
    words: str, code: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its exit codes; no password comes back."""
    monkeypatch.setenv("LOADSTONE_TARGET", "bank.db")
    done = loadstone("sqlldr", *words.split())
    assert (code, True) == (done.code, told in done.out + done.err)
    assert "hunter22" not in done.out + done.err


def test_sqlldr_says_what_was_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Header, feedback and tables, as far as SILENT lets them; a name of the configuration as alias."""
    loaded("--load", "0")
    Path("loadstone.toml").write_text('[targets.bank]\nurl = "bank.db"\n')
    done = loadstone("sqlldr", "scott/tiger@bank", "control=t.ctl", "bad=x.bad")
    assert 2 == done.code
    assert "Path used:      Conventional" in done.out and "Commit point reached - logical record count 4" in done.out
    assert "Table T:\n  2 Rows successfully loaded." in done.out and "  t.log\n" in done.out
    silent = loadstone("sqlldr", "scott/tiger@bank", "control=t.ctl", "bad=x.bad", "silent=all")
    assert (2, "") == (silent.code, silent.out)


def test_the_original_must_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not, the hint says how it is found."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("ORACLE_HOME", raising=False)
    done = loadstone("original", "t.ctl", "--target", "oracle://scott@db:1521/bank")
    assert done.code in (1, 3)
    assert "LS-" in done.err and "HINT: " in done.err


@pytest.mark.parametrize(
    ("value", "expected"), [(None, None), ("", ""), ("Zoë 42", "xxx 99"), ("a-b_1", "x-x_9"), ("٣", "9")]
)
def test_masks_keep_the_shape(value: str | None, expected: str | None) -> None:
    """Letters and digits of any script go; what separates them stays."""
    assert expected == mask(value)


def test_ctrl_c_has_the_exit_code_of_shells(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """130, a word, and no trace; here it comes while standard input is read."""

    class Interrupting:
        def read(self) -> bytes:
            signal.raise_signal(signal.SIGINT)
            return b""

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=Interrupting()))
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "r.db")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        assert INTERRUPTED == 130 == main(["jobs", "store", "-"])
    finally:
        signal.signal(signal.SIGINT, before)
    assert "interrupted\n" == capsys.readouterr().err


def test_a_defect_is_told_with_its_place_and_traced_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    """LS-6099: one line; the trace only with LOADSTONE_DEBUG, without passwords."""

    class Broken:
        def read(self) -> str:
            raise ValueError("postgresql://u:hunter22@h/d")

    monkeypatch.setenv("LOADSTONE_REPOSITORY", "r.db")
    for debug in (False, True):
        if debug:
            monkeypatch.setenv("LOADSTONE_DEBUG", "1")
        monkeypatch.setattr("loadstone.cli.texts.file_bytes", lambda path: Broken().read())
        done = loadstone("jobs", "store", "x.yaml")
        assert 3 == done.code and "[LS-6099] ValueError: postgresql://u:***@h/d" in done.err
        assert debug == ("Traceback" in done.err) and "hunter22" not in done.err
