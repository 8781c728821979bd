"""The express mode: a table's name instead of a control file."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.bootstrap.targets import open_target
from loadstone.cli.sqlldr import run_sqlldr
from tests.runs import rows_of

TABLE = """CREATE TABLE emp (id INTEGER PRIMARY KEY, name VARCHAR(80), hired {date}, note {text})"""


@pytest.fixture
def emp(here: Path, target_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A target with the table EMP, taken from the environment."""
    monkeypatch.setenv("LOADSTONE_TARGET", target_url)
    target = open_target(target_url)
    date, text = {"sqlite": ("DATE_TEXT", "TEXT"), "oracle": ("DATE", "VARCHAR2(99)")}.get(
        target.kind, ("TIMESTAMP(0)", "VARCHAR")
    )
    target.run_ddl([TABLE.format(date=date, text=text)])
    target.close()
    return target_url


def express(*words: str) -> int:
    """``sqlldr table=emp`` with these words; its exit code."""
    return run_sqlldr(["scott/tiger", "table=emp", *words])


def rows(url: str) -> list[tuple[object, ...]]:
    """What stands in the table, dates as YYYY-MM-DD."""
    found = rows_of(url, "SELECT id, name, hired, note FROM emp ORDER BY id")
    return [(int(one), name, str(day)[:10] if day else None, note) for one, name, day, note in found]


def test_defaults_are_commas_lines_and_trimmed_blanks(emp: str, capsys: pytest.CaptureFixture[str]) -> None:
    """emp.dat, all columns in order, APPEND, the session's date format; the log has the control file."""
    Path("emp.dat").write_text(" 1 ,  Ada ,01-JAN-20, x y \n2,Bob,, \nx,No,,?\n")
    assert express() == 2
    assert rows(emp) == [(1, "Ada", "2020-01-01", "x y"), (2, "Bob", None, None)]
    log = Path("emp.log").read_text()
    assert "Express Mode Load, Table: EMP" in log and "INFILE 'emp.dat'" in log and "Control File:" not in log
    assert Path("emp.bad").read_text() == "x,No,,?\n"
    assert "2 Rows successfully loaded" in capsys.readouterr().out


def test_the_generated_control_file_loads_the_same(emp: str) -> None:
    """What the log offers for reuse is a control file that loads the same rows."""
    Path("emp.dat").write_text("1,Ada,2020-01-02, z \n")
    assert express("date_format=YYYY-MM-DD") == 0
    first = rows(emp)
    log = Path("emp.log").read_text()
    text = log.split("for possible reuse:\n")[1].split("End of generated")[0]
    Path("again.ctl").write_text(text.replace("APPEND", "REPLACE"))
    assert run_sqlldr(["control=again.ctl"]) == 0
    assert rows(emp) == first == [(1, "Ada", "2020-01-02", "z")]


@pytest.mark.parametrize(
    ("trim", "name"),
    [("LRTRIM", "a b"), ("NOTRIM", "  a b "), ("LTRIM", "a b "), ("RTRIM", "  a b"), ("LDRTRIM", "  a b ")],
)
def test_trim_says_which_blanks_go(emp: str, trim: str, name: str) -> None:
    """Each word of TRIM; LDRTRIM keeps the blanks of delimited fields, as control files do."""
    Path("emp.dat").write_text("1,  a b ,,?\n")
    assert express(f"trim={trim}") == 0
    assert rows(emp)[0][1] == name


def test_delimiters_formats_and_nulls(emp: str) -> None:
    """Terminator in hexadecimal, optional enclosure, masks, NULLIF, character set."""
    Path("emp.dat").write_bytes(
        '1|"M\u00fc|ller"|2020/02/03|-\n2|-|2020/02/04|"say ""hi"""\n'.encode("latin-1")
    )
    words = ("terminated_by=x'7C'", "optionally_enclosed_by='\"'", "date_format='YYYY/MM/DD'", "nullif='-'")
    assert express(*words, "characterset=WE8ISO8859P1") == 0
    assert rows(emp) == [(1, "M\u00fc|ller", "2020-02-03", None), (2, None, "2020-02-04", 'say "hi"')]


def test_csv_with_names_in_another_order(emp: str) -> None:
    """CSV with record ends in fields; the file's own names say the order; a name without column is passed over."""
    Path("emp.dat").write_text('note,ID,extra,"Name",hired\n"two\nlines",1,?,Ada,01-JAN-20\n')
    assert express("csv=WITH_EMBEDDED", "field_names=FIRST_FILE") == 0
    assert rows(emp) == [(1, "Ada", "2020-01-01", "two\nlines")]


def test_several_files_and_wildcards(emp: str) -> None:
    """DATA names several files, with commas or by wildcard; IGNORE passes each file's first record over."""
    for number in (1, 2, 3):
        Path(f"p{number}.csv").write_text(f"a,b,c,d\n{number},n{number},,?\n")
    assert express("data='p1.csv','p2.csv'", "field_names=ALL_FILES_IGNORE", "load=1") == 0
    assert [row[0] for row in rows(emp)] == [1]
    assert express("data=p[23].csv", "field_names=ALL_IGNORE") == 3
    assert express("data=p?.csv", "field_names=ALL_IGNORE", "errors=5") == 2
    assert [row[0] for row in rows(emp)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["table=emp", "trim=SOME"], "LS-1102"),
        (["table=emp", "csv=YES"], "LS-1102"),
        (["table=emp", "field_names=LAST"], "LS-1102"),
        (["table=a b"], "LS-1102"),
        (["table=emp", "control=x.ctl"], "LS-1104"),
        (["csv=WITH_EMBEDDED"], "LS-1104"),
        (["control=x.ctl", "csv=WITH_EMBEDDED"], "LS-1104"),
        (["table=nothing"], "LS-3001"),
        (["table=emp", "silent=loud"], "LS-1102"),
        (["errors=3"], "LS-1103"),
    ],
)
def test_wrong_words_are_named(
    here: Path,
    words: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each wrong value and each mixture of modes has its code."""
    monkeypatch.setenv("LOADSTONE_TARGET", "bank.db")
    assert run_sqlldr(words) == 1
    assert told in capsys.readouterr().err
