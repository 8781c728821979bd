"""Which data files a load reads, and the names of what it leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadstone.errors import FixFile, FixSpec, Stop
from loadstone.load.inputs import LoadInput, default_log, resolve_inputs
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control


def request(head: str, spec_path: str = "emp.ctl", **options: Any) -> LoadRequest:
    """A request by a control file that begins so."""
    spec = parse_control(f"{head} INTO TABLE t (a CHAR(1))".encode(), spec_path)
    return LoadRequest(spec=spec, spec_path=spec_path, **{"target": "x.db", **options})


def resolve(head: str, *files: str, **options: Any) -> list[LoadInput]:
    """The inputs, with these files in place."""
    for name in files:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("x\n")
    return resolve_inputs(request(head, **options))


def names(inputs: list[LoadInput]) -> list[str | None]:
    """Paths of the inputs."""
    return [one.path for one in inputs]


def test_outputs_may_go_to_the_null_device(here: Path) -> None:
    """``log=/dev/null bad=/dev/null`` stands in many scripts: no suffix is put behind it, and all may share it."""
    sent = {"bad": "/dev/null", "discard": "/dev/null", "log": "/dev/null"}
    [first, second] = resolve(
        "LOAD DATA INFILE 'a.dat' INFILE 'b.dat' BADFILE '/dev/null'", "a.dat", "b.dat", **sent
    )
    assert ["/dev/null"] * 4 == [
        first.bad,
        first.discard,
        second.bad,
        default_log(request("LOAD DATA", **sent)),
    ]


def test_without_infile_the_control_files_name_is_the_data_files(here: Path) -> None:
    """emp.ctl reads emp.dat; so SQL*Loader does."""
    [one] = resolve("LOAD DATA", "emp.dat")
    assert ("emp.dat", "emp.bad", None) == (one.path, one.bad, one.discard)


def test_infiles_come_in_order_with_bad_files_of_their_own(here: Path) -> None:
    """Default names, and those of the clauses; a name without a suffix gets it."""
    first, second, third = resolve(
        "LOAD DATA INFILE 'a.dat' INFILE 'b' BADFILE 'rejects' INFILE 'c.txt' BADFILE 'c.out' DISCARDFILE 'c.rest'",
        "a.dat", "b.dat", "c.txt",
    )  # fmt: skip
    assert ["a.bad", "rejects.bad", "c.out"] == [first.bad, second.bad, third.bad]
    assert [None, None, "c.rest"] == [first.discard, second.discard, third.discard]
    assert [0, 1, 2] == [one.input_no for one in (first, second, third)]


def test_a_name_without_a_suffix_may_mean_dat(here: Path) -> None:
    """INFILE 'b' is b where there is one, else b.dat."""
    assert ["b.dat"] == names(resolve("LOAD DATA INFILE 'b'", "b.dat"))
    assert ["b"] == names(resolve("LOAD DATA INFILE 'b'", "b"))


def test_data_of_the_command_line_replace_the_first_infile(here: Path) -> None:
    """The others follow; record format and discard clause of the first stay."""
    inputs = resolve(
        "LOAD DATA INFILE 'a.dat' \"fix 7\" DISCARDFILE 'a.dsc' INFILE 'b.dat'", "x.dat", "y.dat", "b.dat", data=("x.dat", "y.dat")
    )  # fmt: skip
    assert ["x.dat", "y.dat", "b.dat"] == names(inputs)
    assert ["fix", "fix", "stream"] == [one.spec.record_format.kind for one in inputs]


def test_no_two_inputs_share_an_output_file(here: Path) -> None:
    """A BADFILE of the replaced INFILE goes with the first file; the next ones derive theirs."""
    inputs = resolve(
        "LOAD DATA INFILE 'a.dat' BADFILE 'all.bad' DISCARDFILE 'all.dsc'",
        "x.dat",
        "y.dat",
        data=("x.dat", "y.dat"),
    )
    assert ["all.bad", "y.bad"] == [one.bad for one in inputs]
    assert ["all.dsc", "y.dsc"] == [one.discard for one in inputs]
    same = resolve("LOAD DATA INFILE 'z.dat' INFILE 'z.txt'", "z.dat", "z.txt")
    assert 2 == len({one.bad for one in same})


def test_wildcards_give_all_files_sorted(here: Path) -> None:
    """Each is an input, with files of its own."""
    inputs = resolve(
        "LOAD DATA INFILE 'in_*.dat' BADFILE 'in.bad'", "in_2.dat", "in_1.dat", "in_10.dat", "other.dat"
    )
    assert ["in_1.dat", "in_10.dat", "in_2.dat"] == names(inputs)
    assert 3 == len({one.bad for one in inputs})


def test_paths_count_from_here_and_then_from_the_control_files_folder(here: Path) -> None:
    """A file in both places is the one here."""
    assert ["etc/a.dat"] == names(resolve("LOAD DATA INFILE 'a.dat'", "etc/a.dat", spec_path="etc/emp.ctl"))
    assert ["a.dat"] == names(
        resolve("LOAD DATA INFILE 'a.dat'", "a.dat", "etc/a.dat", spec_path="etc/emp.ctl")
    )


def test_backslashes_of_windows_are_slashes(here: Path) -> None:
    """Where no file has that name."""
    assert ["data/a.dat"] == names(resolve("LOAD DATA INFILE 'data\\a.dat'", "data/a.dat"))


def test_all_missing_files_are_named_at_once(here: Path) -> None:
    """With two hints where to look."""
    with pytest.raises(FixFile, match=r"LS-2001.*data file not found: a\.dat, c\*\.dat") as caught:
        resolve("LOAD DATA INFILE 'a.dat' INFILE 'b.dat' INFILE 'c*.dat'", "b.dat")
    assert 2 == len(caught.value.hints) and "a.dat" == caught.value.place.file


def test_inline_data_are_an_input_without_a_path(here: Path) -> None:
    """INFILE * reads what stands after BEGINDATA; its bad file has the control file's name."""
    spec = parse_control(b"LOAD DATA INFILE * INTO TABLE t (a CHAR(1))\nBEGINDATA\n1\n2\n", "emp.ctl")
    [one] = resolve_inputs(LoadRequest(spec=spec, spec_path="emp.ctl", target="x.db"))
    assert (None, b"1\n2\n", "emp.bad", "emp.ctl") == (one.path, one.data, one.bad, one.name)


def test_inline_data_that_are_missing_are_asked_for(here: Path) -> None:
    """INFILE * without BEGINDATA."""
    with pytest.raises(FixSpec, match="LS-1090"):
        resolve("LOAD DATA INFILE *")
    assert ["x.dat"] == names(resolve("LOAD DATA INFILE *", "x.dat", data=("x.dat",)))


@pytest.mark.parametrize(
    ("head", "options", "expected"),
    [
        ("LOAD DATA INFILE 'a.dat'", {}, None),
        ("LOAD DATA INFILE 'a.dat' DISCARDMAX 5", {}, "a.dsc"),
        ("LOAD DATA INFILE 'a.dat'", {"discardmax": 5}, "a.dsc"),
        ("OPTIONS (DISCARDMAX=5) LOAD DATA INFILE 'a.dat'", {}, "a.dsc"),
        ("LOAD DATA INFILE 'a.dat' DISCARDFILE 'd'", {}, "d.dsc"),
        ("LOAD DATA INFILE 'a.dat' DISCARDFILE 'd'", {"discard": "e.rest"}, "e.rest"),
    ],
)
def test_discards_are_kept_only_where_somebody_asks(
    head: str, options: dict[str, Any], expected: str | None, here: Path
) -> None:
    """By a clause, by the command line, or by a limit on them."""
    assert expected == resolve(head, "a.dat", **options)[0].discard


@pytest.mark.parametrize(
    ("head", "options", "clash"),
    [
        ("LOAD DATA INFILE 'a.bad'", {}, "a.bad"),
        ("LOAD DATA INFILE 'a.dat'", {"bad": "a.dat"}, "a.dat"),
        ("LOAD DATA INFILE 'a.dat'", {"discard": "./a.dat"}, "a.dat"),
        ("LOAD DATA INFILE 'a.dat'", {"bad": "emp.ctl"}, "emp.ctl"),
        ("LOAD DATA INFILE 'a.dat'", {"log": "a.dat"}, "a.dat"),
        ("LOAD DATA INFILE 'a.dat'", {"log": "a.bad"}, "a.bad"),
        ("LOAD DATA INFILE 'a.dat'", {"rejects_jsonl": "a.dat"}, "the file of rejects a.dat .* data file"),
        ("LOAD DATA INFILE 'a.dat'", {"rejects_jsonl": "emp.ctl"}, "control file emp.ctl"),
        ("LOAD DATA INFILE 'a.dat'", {"rejects_jsonl": "a.bad"}, "bad file a.bad"),
        ("LOAD DATA INFILE 'a.dat'", {"bad": "t.sql", "ddl": ("s.sql", "./t.sql")}, "DDL file ./t.sql"),
        ("LOAD DATA INFILE 'a.dat'", {"log": "x.db"}, "target x.db"),
        ("LOAD DATA INFILE 'a.dat'", {"bad": "y.db", "target": "sqlite:///y.db"}, "target y.db"),
        ("LOAD DATA INFILE 'a.dat'", {"bad": "y.duckdb", "target": "y.duckdb"}, "target y.duckdb"),
    ],
)
def test_what_is_written_is_never_what_is_read(
    head: str, options: dict[str, Any], clash: str, here: Path
) -> None:
    """A file of a load that would overwrite a data file, the control file, DDL, the target or another output is refused."""
    Path("emp.ctl").write_text("x")
    with pytest.raises(FixSpec, match=rf"LS-1097.*{clash}"):
        resolve(head, "a.dat", "a.bad", **options)
    assert "x\n" == Path("a.dat").read_text()


@pytest.mark.parametrize(
    ("options", "fact"),
    [
        (
            {"bad": "no where/a.bad"},
            "the bad file no where/a.bad cannot be written: there is no folder no where",
        ),
        ({"discard": "nowhere/a.dsc"}, "the discard file"),
        ({"log": "nowhere/a.log"}, "the log file"),
        ({"rejects_jsonl": "nowhere/a.jsonl"}, "the file of rejects"),
        ({"log": "a.dat/a.log"}, "there is no folder a.dat"),
    ],
)
def test_an_output_without_a_folder_is_told_before_a_row_is_loaded(
    options: dict[str, Any], fact: str, here: Path
) -> None:
    """LS-4020 says how to make it."""
    with pytest.raises(Stop, match=f"LS-4020.*{fact}") as caught:
        resolve("LOAD DATA INFILE 'a.dat'", "a.dat", **options)
    assert caught.value.hints[0].startswith("make it: mkdir -p ")


@pytest.mark.parametrize(
    ("spec_path", "log", "expected"),
    [
        ("etc/emp.ctl", None, "emp.log"),
        ("emp", None, "emp.log"),
        ("emp.ctl", "run", "run.log"),
        ("emp.ctl", "logs/run.txt", "logs/run.txt"),
        ("my.emp.ctl", None, "my.emp.log"),
    ],
)
def test_the_log_has_the_control_files_name_here(spec_path: str, log: str | None, expected: str) -> None:
    """Or the one that was given, with .log where it has no suffix."""
    assert expected == default_log(request("LOAD DATA", spec_path, log=log))
