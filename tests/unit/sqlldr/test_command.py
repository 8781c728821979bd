"""SQL*Loader's command line and PARFILE."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.errors import FixSpec
from loadstone.sqlldr.command import POSITIONS, Login, help_text, parse_command


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scott/tiger@bank", Login("scott", "tiger", "bank")), ("scott/tiger", Login("scott", "tiger", "")), ("scott@bank", Login("scott", "", "bank")),
        ("/@bank", Login("", "", "bank")), ("/", Login()), ("scott/t@ger@bank", Login("scott", "t@ger", "bank")), ("scott/ti/ger@b", Login("scott", "ti/ger", "b")),
        ("sys/tiger as sysdba", Login("sys", "tiger", "")), ("sys/tiger@bank AS SYSOPER", Login("sys", "tiger", "bank")),
    ],
)  # fmt: skip
def test_logins(text: str, expected: Login) -> None:
    """User, password and alias; the last @ parts the alias, the first slash the password."""
    assert expected == parse_command(["control=x", f"userid={text}"]).login


def test_a_login_never_shows_its_password() -> None:
    """Neither the login nor the command that holds it."""
    command = parse_command(["control=x.ctl", "userid=scott/tiger@bank"])
    assert "tiger" not in repr(command) and "tiger" not in str(command.login)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["control=x.ctl", "log=a.log"], ("x.ctl", "a.log")), (["CONTROL=x.ctl", "Log=a.log"], ("x.ctl", "a.log")), (["control=x"], ("x.ctl", None)),
        (["control=x.ctl,log=a.log"], ("x.ctl", "a.log")), (["control=x.ctl,", "log=a.log"], ("x.ctl", "a.log")), (["control=", "x.ctl", "log", "=", "a.log"], ("x.ctl", "a.log")),
        (["scott/tiger", "x.ctl", "a.log"], ("x.ctl", "a.log")), (["scott/tiger", "control=x.ctl", "log=a.log"], ("x.ctl", "a.log")),
        (["control='x y.ctl'", 'log="a b.log"'], ("x y.ctl", "a b.log")), (["control=a/b.c/x.ctl"], ("a/b.c/x.ctl", None)),
        (["s/t", "-control=x.ctl", "-log=a.log"], ("x.ctl", "a.log")), (['control="my', 'file.ctl"', "log=a.log"], ("my file.ctl", "a.log")),
        (["control=x.ctl", "log='a", " b", "c.log'"], ("x.ctl", "a  b c.log")), (["control=x.ctl", "s/t"], ("x.ctl", None)),
    ],
)  # fmt: skip
def test_forms_of_pairs(words: list[str], expected: tuple[str, str | None]) -> None:
    """Any case, blanks around the sign, commas, quotes, values in their documented order; .ctl may be left out."""
    command = parse_command(words)
    assert expected == (command.control, command.log)


def test_values_alone_follow_the_documented_order() -> None:
    """The first eleven positions of the manual."""
    command = parse_command("s/t x.ctl x.log x.bad x.dat x.dsc 1 2 3 4 5".split())
    assert ("x.ctl", "x.log", "x.bad", ("x.dat",), "x.dsc") == (
        command.control,
        command.log,
        command.bad,
        command.data,
        command.discard,
    )
    options = command.options
    assert (1, 2, 3, 4, 5) == (options.discardmax, options.skip, options.load, options.errors, options.rows)
    assert (
        "userid",
        "control",
        "log",
        "bad",
        "data",
        "discard",
        "discardmax",
        "skip",
        "load",
        "errors",
        "rows",
    ) == POSITIONS[:11]


@pytest.mark.parametrize(
    ("word", "name", "expected"),
    [
        ("errors=10", "errors", 10), ("errors=-1", "errors", -1), ("skip=0", "skip", 0), ("readsize=20m", "readsize", 20 << 20), ("bindsize=512K", "bindsize", 512 << 10),
        ("streamsize=1G", "streamsize", 1 << 30), ("direct=true", "direct", True), ("direct=Y", "direct", True), ("parallel=FALSE", "parallel", False), ("direct=no", "direct", False),
        ("silent=(header,feedback)", "silent", ("header", "feedback")), ("silent=ALL", "silent", ("all",)),
    ],
)  # fmt: skip
def test_options_of_the_command_line(word: str, name: str, expected: object) -> None:
    """Numbers with units, switches, lists."""
    assert expected == getattr(parse_command(["control=x", word]).options, name)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("data=a.dat", ("a.dat",)),
        ("data=(a.dat,b.dat)", ("a.dat", "b.dat")),
        ("data=('a b.dat', \"c\")", ("a b.dat", "c")),
    ],
)
def test_several_data_files(word: str, expected: tuple[str, ...]) -> None:
    """Parted by commas in parentheses."""
    assert expected == parse_command(["control=x", word]).data


@pytest.mark.parametrize(
    ("word", "name", "expected"),
    [
        ("trim=LRTRIM", "trim", "lrtrim"),
        ("direct=ON", "direct", True),
        ("parallel=f", "parallel", False),
        ("silent=(header feedback)", "silent", ("header", "feedback")),
    ],
)
def test_rare_spellings_of_values(word: str, name: str, expected: object) -> None:
    """As OPTIONS takes them; TRIM, beside a control file, is for loads through external tables."""
    command = parse_command(["control=x", word])
    assert expected == getattr(command.options, name)
    assert {} == command.express


def test_a_parfile_may_begin_with_a_byte_order_mark(here: Path) -> None:
    """Editors of Windows write one."""
    Path("load.par").write_bytes(b"\xef\xbb\xbfcontrol=x.ctl\r\nsilent=(header, feedback)\r\nskip=1\r\n")
    command = parse_command(["parfile=load.par"])
    assert ("x.ctl", 1, ("header", "feedback")) == (command.control, command.options.skip, command.options.silent)


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["control=x", "erors=5"], "LS-1101", "did you mean errors?"), (["control=x", "xyzzy=5"], "LS-1101", None), (["control=x", "errors=many"], "LS-1102", None),
        (["control=x", "direct=maybe"], "LS-1102", None), ([], "LS-1103", "sqlldr control=load.ctl userid=..."), (["userid=s/t"], "LS-1103", "sqlldr control=load.ctl userid=..."),
        (["x"] * 40, "LS-1101", None), (["control=x", "table=emp"], "LS-1104", None), (["csv=with_embedded"], "LS-1104", None), (["parfile=missing.par"], "LS-6020", None),
        (["control=x", "rows="], "LS-1102", None), (["s/t", "control=x", "rows"], "LS-1101", None),
    ],
)  # fmt: skip
def test_wrong_words_are_named(here: Path, words: list[str], code: str, hint: str | None) -> None:
    """Each with its code, and a suggestion where one is near."""
    with pytest.raises(FixSpec) as caught:
        parse_command(words)
    assert code == caught.value.code
    assert hint is None or hint == caught.value.hints[0]


def test_a_parameter_file_is_beaten_by_the_command_line(here: Path) -> None:
    """Pairs over any lines, comments, quotes; what the command line says counts."""
    (here / "load.par").write_text(
        "# night\n-- of the bank\nuserid=scott/tiger@bank\ncontrol = load.ctl, errors=10\nskip=\n3\ndata='a b.dat'\nsilent=(header)\n"
    )
    command = parse_command(["parfile=load.par", "errors=20"])
    assert ("load.ctl", ("a b.dat",), "bank") == (command.control, command.data, command.login.alias)
    assert (20, 3, ("header",)) == (command.options.errors, command.options.skip, command.options.silent)


@pytest.mark.parametrize(("text", "line"), [("control=x\nerors=5\n", 2), ("control=x\n\n\norphan\n", 4)])
def test_errors_of_a_parameter_file_have_a_line(here: Path, text: str, line: int) -> None:
    """The file and the line where the word stands."""
    (here / "load.par").write_text(text)
    with pytest.raises(FixSpec) as caught:
        parse_command(["parfile=load.par"])
    assert ("load.par", line) == (caught.value.place.file, caught.value.place.line)


def test_help_lists_every_keyword() -> None:
    """What sqlldr prints without arguments."""
    assert all(f"  {name}\n" in help_text() for name in POSITIONS)
