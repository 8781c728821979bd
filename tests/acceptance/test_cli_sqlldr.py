"""``loadstone sqlldr``: SQL*Loader's own command line, as scripts write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.cli import Said, call, lay_out
from tests.runs import rows_of
from tests.targets import execute

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def files(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the small load, and a target whose table is there."""
    lay_out()
    monkeypatch.setenv("LOADSTONE_TARGET", "b.db")
    execute("b.db", "CREATE TABLE emp (empno INTEGER PRIMARY KEY, ename VARCHAR(10))")
    return here


def sqlldr(capsys: Capture, *words: str) -> Said:
    """SQL*Loader with these words."""
    return call(capsys, "sqlldr", *words)


def total(path: str, what: str) -> int:
    """A sum of the log, as scripts grep it."""
    [line] = [
        line
        for line in Path(path).read_text().splitlines()
        if line.startswith(f"Total logical records {what}:")
    ]
    return int(line.rpartition(":")[2])


@pytest.mark.parametrize(
    "words",
    [
        ["scott/tiger", "control=emp.ctl", "log=x.log"],
        ["userid=scott/tiger", "control=emp.ctl", "log=x.log"],
        ["USERID=scott/tiger", "CONTROL=emp.ctl", "LOG=x"],
        ["scott/tiger", "emp.ctl", "x.log"],
        ["scott/tiger", "emp", "x"],
        ["scott/tiger,", "control=emp.ctl,", "log=x.log"],
        ["scott/tiger", "control=emp.ctl,log=x.log"],
        ["control", "=", "emp.ctl", "log=", "x.log", "userid=scott/tiger"],
        ["control='emp.ctl'", 'log="x.log"', "scott/tiger"],
    ],
    ids=" ".join,
)
def test_every_way_to_write_the_command_line(words: list[str], capsys: Capture) -> None:
    """Keywords in any case, values in their places, commas, blanks and quotes."""
    said = sqlldr(capsys, *words)
    assert 2 == said.code, said.err
    assert (5, 1, 1) == (total("x.log", "read"), total("x.log", "rejected"), total("x.log", "discarded"))
    assert "tiger" not in said.out + said.err + Path("x.log").read_text()
    assert 3 == len(rows_of("b.db", "SELECT * FROM emp"))


def test_a_parfile_is_read_and_the_command_line_beats_it(capsys: Capture) -> None:
    """Comments, blank lines, several pairs a line; OPTIONS of the control file come last."""
    Path("emp.ctl").write_text("OPTIONS (ERRORS=7, SKIP=0)\n" + Path("emp.ctl").read_text())
    Path("p.par").write_text(
        "# who\nuserid=scott/tiger\n\ncontrol=emp.ctl, log=p.log\nerrors=5 skip=1\n-- end\n"
    )
    sqlldr(capsys, "parfile=p.par", "skip=3")
    log = Path("p.log").read_text()
    assert "Errors allowed: 5" in log and "Number to skip: 3" in log
    assert (3, 2) == (total("p.log", "skipped"), total("p.log", "read"))


def test_it_loads_again_each_time(capsys: Capture) -> None:
    """No memory of what was loaded: the second run meets its own rows."""
    assert 2 == sqlldr(capsys, "x/y", "control=emp.ctl").code
    Path("in.bad").unlink()
    assert 2 == sqlldr(capsys, "x/y", "control=emp.ctl").code
    assert 4 == total("emp.log", "rejected")
    assert "1,Ada\n3,Bob\nx,Secretary\n4,Cyd\n" == Path("in.bad").read_text()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["errors=0"], 2),
        (["load=1"], 0),
        (["skip=4"], 0),
        (["data=none.dat"], 3),
        (["control=none.ctl"], 3),
        (["erors=1"], 1),
        (["errors=many"], 1),
        (["skip=-1"], 1),
        (["direct=maybe"], 1),
        (["silent=(everything)"], 1),
        (
            [
                "bindsize=20000",
                "rows=10",
                "readsize=1M",
                "direct=true",
                "parallel=false",
                "multithreading=true",
            ],
            2,
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_exit_codes(words: list[str], code: int, capsys: Capture) -> None:
    """0 all loaded, 2 rejects or discards, 1 a wrong command, 3 a file that cannot be opened; with a code of ours and a hint."""
    said = sqlldr(capsys, "scott/tiger", "control=emp.ctl", *words)
    assert code == said.code, said
    if code in (1, 3):
        assert "LS-" in said.err and "HINT" in said.err and "Traceback" not in said.err
        assert "LS-6099" not in said.err, "an error that is foreseen"


@pytest.mark.parametrize(
    ("silent", "shown", "hidden"),
    [
        ("header", ["Commit point"], ["Release", "successfully loaded"]),
        ("feedback", ["Release", "successfully loaded"], ["Commit point"]),
        ("(header,feedback)", [], ["Release", "Commit point", "successfully loaded"]),
        ("all", [], ["Release", "Commit point", "successfully loaded"]),
        ("errors", ["Release", "Commit point"], []),
    ],
)
def test_silent_leaves_out_what_it_names(
    silent: str, shown: list[str], hidden: list[str], capsys: Capture
) -> None:
    """On the terminal; counts stay in the log."""
    out = sqlldr(capsys, "scott/tiger", "control=emp.ctl", f"silent={silent}").out
    assert all(text in out for text in shown) and not any(text in out for text in hidden)
    assert 1 == total("emp.log", "rejected")


def test_errors_and_discards_can_be_silent_in_the_log(capsys: Capture) -> None:
    """Messages of records go, sums stay."""
    sqlldr(capsys, "scott/tiger", "control=emp.ctl", "log=a.log")
    assert (
        "Record 4: Rejected" in Path("a.log").read_text()
        and "Record 2: Discarded" in Path("a.log").read_text()
    )
    execute("b.db", "DELETE FROM emp")
    sqlldr(capsys, "scott/tiger", "control=emp.ctl", "log=b.log", "silent=(errors,discards)")
    assert "Record" not in Path("b.log").read_text() and 1 == total("b.log", "discarded")


def test_data_bad_and_discard_belong_to_the_first_file(capsys: Capture) -> None:
    """``data=`` replaces the INFILE; a list in parentheses is several files."""
    Path("a.dat").write_text("7,Eva\ny,Tim\n")
    Path("b.dat").write_text("8,skip\n")
    said = sqlldr(capsys, "x/y", "emp.ctl", "data=(a.dat,b.dat)", "bad=rej", "discard=rest.txt")
    assert ("y,Tim\n", 2) == (Path("rej.bad").read_text(), said.code)
    assert 3 == total("emp.log", "read")


def test_a_login_names_a_target_by_its_alias(capsys: Capture) -> None:
    """``userid=user/password@alias`` is looked up in the configuration; an unknown alias is told."""
    execute("named.db", "CREATE TABLE emp (empno INTEGER PRIMARY KEY, ename VARCHAR(10))")
    Path("loadstone.toml").write_text('[targets.PROD]\nurl = "named.db"\n')
    sqlldr(capsys, "scott/tiger@prod", "emp.ctl")
    assert 3 == len(rows_of("named.db", "SELECT * FROM emp")) and [] == rows_of("b.db", "SELECT * FROM emp")
    said = sqlldr(capsys, "scott/tiger@other", "emp.ctl")
    assert "other" in said.err and "tiger" not in said.err
    assert 3 == len(rows_of("b.db", "SELECT * FROM emp"))


@pytest.mark.parametrize(("words", "code"), [((), 1), (("-h",), 0), (("--help",), 0), (("help=y",), 0)])
def test_help_lists_the_keywords(words: tuple[str, ...], code: int, capsys: Capture) -> None:
    """As SQL*Loader does when it is called without any."""
    said = sqlldr(capsys, *words)
    assert code == said.code
    assert all(word in said.out for word in ("userid", "control", "parfile", "discardmax", "silent"))
