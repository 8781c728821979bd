"""SQL*Loader itself as the engine, played by a small program that leaves genuine-shaped logs."""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from loadstone.books import Contribution
from loadstone.bootstrap import loads
from loadstone.cli.main import main
from loadstone.errors import FixSpec, Stop
from loadstone.load.original.binary import find_binary
from loadstone.load.original.parfile import connect_string, userid
from loadstone.spec import LoadRequest
from loadstone.spec.files import to_yaml
from loadstone.sqlldr.control import parse_control
from loadstone.targets.oracle.login import login_of
from tests.runs import Undisturbed

FAKE = Path(__file__).resolve().parents[1] / "fakes" / "sqlldr.py"
CONTROL = """-- fake: {words}
LOAD DATA INFILE 'emp.dat' APPEND INTO TABLE emp FIELDS TERMINATED BY ',' (empno)
"""
URL = "oracle://scott:t%24ger@db.example:1521/BANK"


@pytest.fixture
def binary(here: Path) -> str:
    """The stand-in, as a program; data with one bad record of five."""
    path = here / "bin" / "sqlldr"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    path.chmod(0o755)
    Path("emp.dat").write_text("1\n2\nx\n4\n5\n")
    return str(path)


def request(words: str = "", **options: object) -> LoadRequest:
    """A load whose control file tells the stand-in what to do."""
    text = CONTROL.format(words=words)
    Path("emp.ctl").write_text(text)
    spec = parse_control(text.encode(), "emp.ctl")
    return LoadRequest(spec=spec, spec_path="emp.ctl", target=URL, **options)  # type: ignore[arg-type]


def test_a_run_becomes_a_receipt(binary: str) -> None:
    """Counts, tables, files and exit code are those of the log; the parameters are those of the request."""
    receipt = loads.load_original(
        request(skip=1, errors=-1, rejects_jsonl="r.jsonl"), Undisturbed(), binary=binary
    )
    assert (4, 3, 1, 0, 1) == (
        receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected, receipt.counts.discarded, receipt.counts.skipped,
    )  # fmt: skip
    assert ({"EMP": 3}, 2, "complete") == (receipt.tables, receipt.exit_code, receipt.outcome)
    assert (("emp.bad",), "emp.log") == (receipt.bad_files, receipt.log_file)
    assert "x\n" == Path("emp.bad").read_text()
    seen = Path("seen.txt").read_text().splitlines()
    assert 'userid=scott/"t$ger"@//db.example:1521/BANK' in seen
    assert {"control=emp.ctl", "log=emp.log", "bad=emp.bad", "skip=1", "errors=2147483647"} <= set(seen)
    one = json.loads(Path("r.jsonl").read_text())
    assert (3, "EMP", "EMPNO", "ORA-01722", None) == tuple(
        one[key] for key in ("record", "table", "field", "code", "byte_offset")
    )
    assert "t$ger" not in repr(receipt)


def test_nothing_of_a_former_run_is_taken_for_this_one(binary: str) -> None:
    """Log and bad file of yesterday are there still; a clean run has no bad file."""
    Path("emp.bad").write_text("old\n")
    Path("emp.log").write_text("Total logical records read: 99\n")
    Path("emp.dat").write_text("1\n2\n")
    receipt = loads.load_original(request(), Undisturbed(), binary=binary)
    assert ((), 0, 2) == (receipt.bad_files, receipt.exit_code, receipt.counts.read)
    with pytest.raises(FixSpec, match="LS-3034"):
        loads.load_original(request("login"), Undisturbed(), binary=binary)


def test_a_spec_is_written_as_a_control_file(binary: str) -> None:
    """YAML in, a control file for SQL*Loader out, in a folder that is gone afterwards."""
    made = request()
    Path("emp.yaml").write_text(to_yaml(made.spec))
    receipt = loads.load_original(
        LoadRequest(spec=made.spec, spec_path="emp.yaml", target=URL, data=("emp.dat",)),
        Undisturbed(),
        binary=binary,
    )
    assert 5 == receipt.counts.read
    control = next(line for line in Path("seen.txt").read_text().splitlines() if line.startswith("control="))
    assert control.endswith("/emp.ctl") and not Path(control.removeprefix("control=")).exists()


def test_records_given_up_with_the_load_are_told(binary: str) -> None:
    """Past ERRORS, what was left of the bind array is read and has no fate: the books leave it out, a warning says so."""
    receipt = loads.load_original(request("exceeded"), Undisturbed(), binary=binary)
    assert receipt.counts.balanced and 5 == receipt.counts.read
    assert ("errors", 2) == (receipt.outcome, receipt.exit_code)
    assert any(warning.startswith("3 records were read and given up") for warning in receipt.warnings)


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        ("login", FixSpec, r"LS-3034[\s\S]*ORA-01017[\s\S]*password is wrong"),
        ("describe", FixSpec, r"LS-3034[\s\S]*SQL\*Loader-941.*ORA-04043"),
        ("crash", Stop, r"LS-3035[\s\S]*signal 11"),
    ],
)
def test_a_run_that_fails_says_why(binary: str, words: str, error: type[Exception], told: str) -> None:
    """Its own messages, with what to look at."""
    with pytest.raises(error, match=told):
        loads.load_original(request(words), Undisturbed(), binary=binary)


def test_progress_comes_from_its_messages(binary: str) -> None:
    """Records read from standard output, rejects from the growing log."""
    seen: list[Contribution] = []

    class Watching(Undisturbed):
        def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
            seen.append(contribution)

    Path("emp.dat").write_text("x\n" + "1\n" * 9)
    loads.load_original(request("slow"), Watching(), binary=binary)
    assert any(0 < one.read < 10 for one in seen) and 1 == seen[-1].rejected
    assert sorted(one.read for one in seen) == [one.read for one in seen]


def test_a_stop_is_passed_on(binary: str) -> None:
    """SIGTERM reaches SQL*Loader; a log without totals is no receipt."""
    began = time.monotonic()

    class Stopping(Undisturbed):
        def stop_requested(self) -> bool:
            return time.monotonic() > began + 1

    Path("emp.dat").write_text("1\n" * 1000)
    with pytest.raises(Stop, match=r"LS-3035[\s\S]*signal 15[\s\S]*SKIP"):
        loads.load_original(request("slow"), Stopping(), binary=binary)
    assert time.monotonic() - began < 20


def test_a_run_that_takes_too_long_is_ended(binary: str) -> None:
    """After --timeout."""
    Path("emp.dat").write_text("1\n" * 1000)
    with pytest.raises(Stop, match="LS-3033"):
        loads.load_original(request("slow"), Undisturbed(), binary=binary, timeout_s=0.5)


def test_the_command_prints_the_same_receipt(
    binary: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--json, exit code 2, the password from the environment and on no line."""
    request()
    monkeypatch.setenv("LOADSTONE_ORACLE_PASSWORD", "s3cret")
    monkeypatch.setenv("PATH", f"{Path(binary).parent}:{os.environ['PATH']}")
    words = ["original", "emp.ctl", "--target", "oracle://scott@BANKDB", "--json"]
    assert 2 == main(words)
    shown = capsys.readouterr().out
    receipt = json.loads(shown)
    assert (5, 4, 1, "emp.bad") == tuple(
        receipt[key] for key in ("rows_read", "rows_loaded", "rows_rejected", "bad_file")
    )
    assert "s3cret" not in shown and 'userid=scott/"s3cret"@BANKDB' in Path("seen.txt").read_text()
    assert 2 == main([*words[:-1]])
    assert "read 5 = loaded 4 + rejected 1" in capsys.readouterr().out


def test_our_own_link_is_not_taken_for_the_original(here: Path) -> None:
    """A link named sqlldr that leads to loadstone is passed over; ORACLE_HOME comes first."""
    for folder in ("ours", "theirs", "home/bin"):
        Path(folder).mkdir(parents=True)
    for name in ("loadstone", "theirs/sqlldr", "home/bin/sqlldr"):
        Path(name).write_text("")
        Path(name).chmod(stat.S_IRWXU)
    Path("ours/sqlldr").symlink_to(here / "loadstone")
    path = f"{here}/ours:{here}/theirs"
    assert f"{here}/theirs/sqlldr" == find_binary(None, {"PATH": path})
    assert f"{here}/home/bin/sqlldr" == find_binary(None, {"PATH": path, "ORACLE_HOME": f"{here}/home"})
    for given, variables in ((None, {"PATH": f"{here}/ours"}), ("/no/such", {"PATH": path})):
        with pytest.raises(FixSpec, match="LS-3030"):
            find_binary(given, variables)


def test_a_login_is_written_as_sqlldr_reads_it() -> None:
    """Alias, service, SID, TLS, wallet; a quote in the password is refused, unseen."""
    told = {
        "oracle://a:b@BANK": 'a/"b"@BANK',
        "oracle://a:b%2Fc@h:1/S": 'a/"b/c"@//h:1/S',
        "oracle://BANK": "/@BANK",
    }
    assert list(told.values()) == [userid(login_of(url)) for url in told]
    assert (
        "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=h)(PORT=1521))(CONNECT_DATA=(SID=XE)))"
        == connect_string(login_of("oracle://a@h?sid=XE"))
    )
    assert "(PROTOCOL=TCPS)" in connect_string(login_of("oracle://a@h:2484/S?protocol=tcps"))
    with pytest.raises(FixSpec, match="LS-3013") as refused:
        userid(login_of("oracle://a:b%22c@BANK"))
    assert 'b"c' not in str(refused.value)


def test_what_cannot_be_passed_on_is_refused(binary: str) -> None:
    """A target that is no Oracle, a path with a quote, a program that cannot be started."""
    made = request()
    with pytest.raises(FixSpec, match="LS-3036"):
        loads.load_original(
            LoadRequest(spec=made.spec, spec_path="emp.ctl", target="bank.db"), Undisturbed(), binary=binary
        )
    with pytest.raises(FixSpec, match="LS-3031"):
        loads.load_original(request(log="o'clock.log"), Undisturbed(), binary=binary)
    Path("text").write_text("no program")
    Path("text").chmod(0o755)
    with pytest.raises(Stop, match="LS-3032"):
        loads.load_original(request(), Undisturbed(), binary="./text")
