"""Servers for a session of tests, and connections to a folder of their own for one test."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from loadstone.cli.main import main
from loadstone.connections.model import Connection
from tests.integration.alerts.servers import certificate
from tests.integration.connections.servers import PASSWORD, Served, ftp_server, s3_server, sftp_server

Connect = Callable[..., Connection]
"""Gives a connection to an empty folder of a server; keywords replace its options."""

Told = tuple[int, list[tuple[str, bool, str]], str]
"""Exit code; step, goodness and code of each finding; all that was printed."""

Examine = Callable[[Connection], Told]


@pytest.fixture(scope="session")
def certificate_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for localhost and its key."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def sftp_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An SFTP server."""
    with sftp_server(tmp_path_factory.mktemp("sftp")) as served:
        yield served


@pytest.fixture(scope="session")
def ftp_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An FTP server without TLS."""
    with ftp_server(tmp_path_factory.mktemp("ftp")) as served:
        yield served


@pytest.fixture(scope="session")
def old_ftp_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An FTP server that does not know MLSD."""
    with ftp_server(tmp_path_factory.mktemp("ftp"), facts=False) as served:
        yield served


@pytest.fixture(scope="session")
def ftps_served(
    tmp_path_factory: pytest.TempPathFactory, certificate_files: tuple[str, str]
) -> Iterator[Served]:
    """An FTP server that demands TLS."""
    with ftp_server(tmp_path_factory.mktemp("ftps"), certificate_files) as served:
        yield served


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """A server that speaks S3."""
    with s3_server() as url:
        yield url


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secrets that connections refer to."""
    monkeypatch.setenv("PLACE_PASSWORD", PASSWORD)
    monkeypatch.setenv("S3_KEY", "AKIAEXAMPLE00000")
    monkeypatch.setenv("S3_SECRET", "kept-from-all-eyes-1")


def of_server(kind: str, scheme: str, host: str, served: Served, **options: Any) -> Connect:
    """Connections to a folder of a server that serves files of this machine."""
    folder = uuid.uuid4().hex
    (served.folder / folder).mkdir()

    def connect(*, user: str = "loader", path: str = folder, **further: Any) -> Connection:
        values = {"password": "env:PLACE_PASSWORD", "timeout_s": 10, **options, **further}
        known = {name: value for name, value in values.items() if value is not None}
        return Connection(
            name="place", kind=kind, url=f"{scheme}://{user}@{host}:{served.port}/{path}", options=known
        )

    return connect


@pytest.fixture
def sftp(sftp_served: Served, words: None) -> Connect:
    """Connections to an empty folder of an SFTP server."""
    return of_server("sftp", "sftp", "127.0.0.1", sftp_served, host_key=[sftp_served.host_key])


@pytest.fixture
def ftp(ftp_served: Served, words: None) -> Connect:
    """Connections to an empty folder of an FTP server."""
    return of_server("ftp", "ftp", "127.0.0.1", ftp_served)


@pytest.fixture
def old_ftp(old_ftp_served: Served, words: None) -> Connect:
    """Connections to an empty folder of an FTP server without MLSD."""
    return of_server("ftp", "ftp", "127.0.0.1", old_ftp_served)


@pytest.fixture
def ftps(ftps_served: Served, certificate_files: tuple[str, str], words: None) -> Connect:
    """Connections to an empty folder of an FTP server with TLS."""
    return of_server("ftp", "ftps", "localhost", ftps_served, ca_file=certificate_files[0])


@pytest.fixture
def s3(s3_url: str, words: None) -> Connect:
    """Connections to an empty bucket."""
    import boto3

    bucket = f"b{uuid.uuid4().hex}"
    boto3.client(
        "s3", endpoint_url=s3_url, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
    ).create_bucket(Bucket=bucket)

    def connect(*, path: str = bucket, **further: Any) -> Connection:
        values = {
            "endpoint_url": s3_url,
            "access_key": "env:S3_KEY",
            "secret_key": "env:S3_SECRET",
            "addressing": "path",
            "timeout_s": 10,
            **further,
        }
        known = {name: value for name, value in values.items() if value is not None}
        return Connection(name="place", kind="s3", url=f"s3://{path}", options=known)

    return connect


@pytest.fixture
def examine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Examine:
    """Tests a connection by the command line, from a configuration file."""

    def run(connection: Connection) -> Told:
        values: dict[str, Any] = {"url": connection.url, "kind": connection.kind, **connection.options}
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        config = tmp_path / "loadstone.toml"
        config.write_text("\n".join(["[connections.place]", *lines]))
        monkeypatch.setenv("LOADSTONE_CONFIG", str(config))
        code = main(["connections", "test", "place", "--json"])
        shown = capsys.readouterr()
        found = [json.loads(line) for line in shown.out.splitlines()]
        assert PASSWORD not in shown.out + shown.err
        return (
            code,
            [(one["step"], one["good"], one["code"]) for one in found],
            shown.err + str(found[-1:] or ""),
        )

    return run


def good(*steps: str) -> list[tuple[str, bool, str]]:
    """Findings of steps that went well."""
    return [(step, True, "") for step in steps]
