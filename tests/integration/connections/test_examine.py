"""``loadstone connections test`` names the step that is wrong, with its code and what to do; servers are real."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadstone.cli.main import main
from loadstone.connections.model import Connection
from tests.integration.connections.conftest import Connect, Examine, good


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.mark.parametrize("kind", ["sftp", "ftp", "old_ftp", "ftps", "s3"])
def test_a_good_place_passes_every_step(request: pytest.FixtureRequest, examine: Examine, kind: str) -> None:
    """Files may be written and removed, and nothing is left behind."""
    connect: Connect = request.getfixturevalue(kind)
    for _ in range(2):
        code, found, told = examine(connect(access="write"))
        assert (0, good("DNS", "port", "login", "path", "rights")) == (code, found)
        assert "has 0 files" not in told and "files may be written and removed" in told


def test_a_folder_is_tested_too(tmp_path: Path, examine: Examine) -> None:
    """One that is there, with a file that may be read, and one that is not."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("1\n")
    folder = Connection(
        name="place", kind="directory", url=(tmp_path / "in").as_uri(), options={"access": "write"}
    )
    code, found, told = examine(folder)
    assert (0, good("path", "rights")) == (code, found) and "a.csv may be read" in told
    code, found, told = examine(Connection(name="place", kind="directory", url=str(tmp_path / "none")))
    assert (2, [("path", False, "LS-7415")]) == (code, found) and "file system mounted" in told


PLACE = good("DNS", "port")
FAULTS: dict[str, tuple[dict[str, Any], list[tuple[str, bool, str]], str]] = {
    "secret": ({"password": "env:NOT_THERE"}, [*PLACE, ("secret", False, "LS-6040")], "env:NAME"),
    "login": ({"password": "env:S3_SECRET"}, [*PLACE, ("login", False, "LS-7413")], "expired"),
    "user": ({"user": "stranger"}, [*PLACE, ("login", False, "LS-7413")], "stranger"),
    "path": ({"path": "nowhere"}, [*PLACE, *good("login"), ("path", False, "LS-7415")], "path right"),
    "rights": (
        {"user": "reader", "access": "write"},
        [*PLACE, *good("login", "path"), ("rights", False, "LS-7414")],
        "ask for the right",
    ),
}
"""Options of a connection, findings, and a word of the last one."""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["sftp", "ftp", "old_ftp", "ftps"])
def test_what_is_wrong_is_named(
    request: pytest.FixtureRequest, examine: Examine, kind: str, fault: str
) -> None:
    """Its step is the last one, with its code and a hint, and the exit code is 2."""
    connect: Connect = request.getfixturevalue(kind)
    options, expected, word = FAULTS[fault]
    code, found, told = examine(connect(**options))
    assert (2, expected) == (code, found)
    assert word in told


@pytest.mark.parametrize("kind", ["sftp", "ftp", "s3"])
def test_a_name_and_a_port_are_tried_first(examine: Examine, kind: str) -> None:
    """Neither needs a login."""
    for host, steps, hint in (
        ("no-such-host.invalid", [("DNS", False, "LS-7411")], "is the host's name right?"),
        ("127.0.0.1:1", [*good("DNS"), ("port", False, "LS-7411")], "is the server up"),
    ):
        if kind == "s3":
            place = Connection(
                name="place", kind=kind, url="s3://b", options={"endpoint_url": f"http://{host}"}
            )
        else:
            place = Connection(
                name="place", kind=kind, url=f"{kind}://{host}/in", options={"password": "env:P"}
            )
        code, found, told = examine(place)
        assert (2, steps) == (code, found)
        assert hint in told


@pytest.mark.parametrize("kind", ["sftp", "ftp", "s3"])
def test_a_server_that_says_nothing_does_not_answer(
    examine: Examine, silent: int, words: None, kind: str
) -> None:
    """After the connection's time-out."""
    place = f"127.0.0.1:{silent}"
    options: dict[str, Any] = {"timeout_s": 0.2}
    if kind == "s3":
        options |= {
            "endpoint_url": f"http://{place}",
            "access_key": "env:S3_KEY",
            "secret_key": "env:S3_SECRET",
        }
    else:
        options |= {"password": "env:PLACE_PASSWORD"}
    url = "s3://bucket" if kind == "s3" else f"{kind}://a@{place}/in"
    code, found, told = examine(Connection(name="place", kind=kind, url=url, options=options))
    assert (2, [*PLACE, ("login", False, "LS-7411")]) == (code, found), told


def test_another_host_key_is_named(sftp: Connect, examine: Examine, tmp_path: Path) -> None:
    """One that is pinned otherwise, and one that nobody knows; the hint says what would pin it."""
    (tmp_path / "known").write_text("")
    for options in ({"host_key": ["SHA256:other"]}, {"host_key": [], "known_hosts": str(tmp_path / "known")}):
        code, found, told = examine(sftp(**options))
        assert (2, [*PLACE, ("host key", False, "LS-7412")]) == (code, found)
        assert 'host_key = ["SHA256:' in told.replace("\\", "")


def test_a_key_that_others_may_read_is_refused(sftp: Connect, examine: Examine, tmp_path: Path) -> None:
    """LS-6040 with the command that mends it; one that is no key is LS-7413."""
    key = tmp_path / "key"
    key.write_text("no key at all")
    key.chmod(0o644)
    code, found, told = examine(sftp(password=None, key_file=str(key)))
    assert (2, ("secret", False, "LS-6040")) == (code, found[-1]) and f"chmod 600 {key}" in told
    key.chmod(0o600)
    assert ("login", False, "LS-7413") == examine(sftp(password=None, key_file=str(key)))[1][-1]


def test_a_certificate_that_nobody_trusts_is_named(ftps: Connect, ftp: Connect, examine: Examine) -> None:
    """So is a server that has no TLS."""
    code, found, told = examine(ftps(ca_file=None))
    assert (2, ("certificate", False, "LS-7412")) == (code, found[-1]) and "ca_file" in told
    plain = ftp()
    secure = Connection(
        name="place", kind="ftp", url=plain.url.replace("ftp://", "ftps://"), options=plain.options
    )
    code, found, told = examine(secure)
    assert (2, ("certificate", False, "LS-7412")) == (code, found[-1]) and "has no TLS" in told


def test_a_folder_that_nobody_may_list_is_one_of_rights(sftp: Connect, examine: Examine) -> None:
    """LS-7414, not a wrong path."""
    assert ("rights", False, "LS-7414") == examine(sftp(path="forbidden"))[1][-1]


def test_a_bucket_that_is_not_there_is_a_wrong_path(s3: Connect, examine: Examine) -> None:
    """With its name."""
    code, found, told = examine(s3(path="no-such-bucket"))
    assert (2, [*PLACE, ("path", False, "LS-7415")]) == (code, found) and "s3://no-such-bucket" in told


def test_a_url_is_tested_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a configuration; what it lacks is said, and a text for people has the step, the code and the hint."""
    assert 0 == main(["connections", "test", tmp_path.as_uri()])
    assert "path        ok " in capsys.readouterr().out
    assert 2 == main(["connections", "test", f"file://{tmp_path}/none"])
    shown = capsys.readouterr().out
    assert "path        BAD [LS-7415]" in shown and "HINT: is the path right" in shown
    assert 1 == main(["connections", "test", "sftp://a@h/in"])
    assert "[LS-7401]" in (told := capsys.readouterr().err) and "give password or key_file" in told
