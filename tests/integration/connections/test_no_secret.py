"""No secret ever leaves the process: places that repeat what they were told, and a search through everything that is written."""

from __future__ import annotations

import base64
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from loadstone.bootstrap.repository import open_repository
from loadstone.cli.main import main
from loadstone.connections.options import OPTIONS, SECRET
from loadstone.database.metadata import METADATA
from tests.integration.connections.conftest import Connect
from tests.integration.output.rows import fill

PASSWORD = "gr\u00fcn/Kuh+77@secret"
KEY, SECRET_KEY, TOKEN = "AKIAWORDOFMINE00", "wJalr/XUtnFEMI+bPxRfi", "tok-5f3a-9d21-77"
FORMS = [
    *(PASSWORD, KEY, SECRET_KEY, TOKEN),
    *(quote(word, safe="") for word in (PASSWORD, SECRET_KEY)),
    *(base64.b64encode(word.encode()).decode() for word in (PASSWORD, f"loader:{PASSWORD}")),
]
"""Each secret, as it is, in a URL, and in a header."""


class EchoFtp(socketserver.StreamRequestHandler):
    """Refuses each password, and says which one it was."""

    def handle(self) -> None:
        """A session."""
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word, _, rest = line.partition(" ")
            self._say({"USER": "331 and?", "PASS": f"530 {rest} is wrong for {rest}"}.get(word, "221 bye"))
            if word not in ("USER", "PASS"):
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class EchoWeb(BaseHTTPRequestHandler):
    """Refuses each request, and says in its first line and in its body how it was asked."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told."""

    def do_GET(self) -> None:
        """401 for HTTP; for S3 an error in XML."""
        told = f"{self.headers.get('Authorization', '')} {self.headers.get('X-Key', '')}"
        status = 503 if self.path.startswith("/away") else 401
        if self.path.startswith("/bucket"):
            status, told = 403, f"the key {KEY} and {SECRET_KEY} do not match"
        code = "SignatureDoesNotMatch"
        body = f"<Error><Code>{code}</Code><Message>{told}</Message></Error>".encode()
        self.send_response(status, told.encode("latin-1", "replace").decode("latin-1"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_PUT = do_GET


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    """A server in a thread, and its port."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Of an FTP server and a web server that repeat what they are told."""
    for name, word in (("PW", PASSWORD), ("KEY", KEY), ("SKEY", SECRET_KEY), ("TOKEN", TOKEN)):
        monkeypatch.setenv(name, word)
    ftp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), EchoFtp)
    ftp.daemon_threads = True
    web = ThreadingHTTPServer(("127.0.0.1", 0), EchoWeb)
    web.daemon_threads = True
    with serving(ftp) as one, serving(web) as two:
        yield one, two


def places(ports: tuple[int, int], sftp: Connect) -> dict[str, dict[str, Any]]:
    """One place of each kind, whose login is refused or which is away."""
    ftp, web = ports
    other = sftp()
    quick: dict[str, Any] = {
        "attempts": 3,
        "pause_s": 0.001,
        "timeout_s": 5,
        "access": "write",
        "breaker": {"failures_max": 2},
    }
    open_to = {"file_name": "a", "allow_http": True, "allow_private": ["127.0.0.1"]}
    found: dict[str, dict[str, Any]] = {
        "ftp": {"url": f"ftp://loader@127.0.0.1:{ftp}/in", "password": "env:PW"},
        "sftp": {"url": other.url, "password": "env:PW", "host_key": other.options["host_key"]},
        "basic": {"url": f"http://127.0.0.1:{web}/a", "user": "loader", "password": "env:PW", **open_to},
        "token": {"url": f"http://127.0.0.1:{web}/a", "token": "env:TOKEN", **open_to},
        "header": {"url": f"http://127.0.0.1:{web}/a", "headers": {"X-Key": "env:TOKEN"}, **open_to},
        "away": {"url": f"http://127.0.0.1:{web}/away", "token": "env:TOKEN", **open_to},
        "s3": {
            "url": "s3://bucket/in",
            "endpoint_url": f"http://127.0.0.1:{web}",
            "access_key": "env:KEY",
            "secret_key": "env:SKEY",
            "addressing": "path",
        },
        "db": {"kind": "query", "url": f"postgresql://loader:{quote(PASSWORD, safe='')}@127.0.0.1:1/x"}
        | {"query": "SELECT 1", "file_name": "a"},
    }
    return {name: {**quick, **values} for name, values in found.items()}


def toml_of(found: dict[str, dict[str, Any]]) -> str:
    """The configuration."""
    lines = []
    for name, values in found.items():
        lines.append(f"[connections.{name}]")
        for key, value in values.items():
            told = (
                "{" + ", ".join(f'"{a}" = {json.dumps(b)}' for a, b in value.items()) + "}"
                if isinstance(value, dict)
                else json.dumps(value)
            )
            lines.append(f"{key} = {told}")
    return "\n".join(lines)


def test_no_secret_is_written_anywhere(
    tmp_path: Path,
    ports: tuple[int, int],
    sftp: Connect,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """
    Each place is tested, listed and delivered to, with all that can be shown switched on; then it is searched for in what was
    printed, in every file that was written, in every table of the repository, and in every event.
    """
    found = places(ports, sftp)
    settings = tmp_path / "settings"
    settings.mkdir()
    (settings / "loadstone.toml").write_text(toml_of(found))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    repository = f"sqlite:///{work / 'r.db'}"
    for name, value in {
        "LOADSTONE_CONFIG": str(settings / "loadstone.toml"),
        "LOADSTONE_REPOSITORY": repository,
        "LOADSTONE_DEBUG": "1",
    }.items():
        monkeypatch.setenv(name, value)
    fill("bank.db")
    printed = ""

    def run(*words: str) -> int:
        nonlocal printed
        code = main([*words])
        shown = capsys.readouterr()
        printed += shown.out + shown.err
        return code

    for name in found:
        spec = {"file": f"{name}.txt", "rows": {"table": "payments"}, "layout": {"kind": "json_lines"}}
        Path(f"{name}.yaml").write_text(json.dumps({**spec, "deliver": {"connection": name}}))
        for more in ([], ["--json"]):
            assert 2 == run("connections", "test", name, *more), name
        assert run("write", f"{name}.yaml", "--source", "bank.db", "--folder", "out") in (1, 3), name
        run("connections", "list", "--json")
    assert 0 == run("connections", "reset", "away") == run("repository", "audit", "--json")
    assert "***" in printed and "LS-7413" in printed
    database = open_repository(repository)
    with database.read() as connection:
        rows = {
            table.name: [repr(tuple(row)) for row in connection.execute(table.select())]
            for table in METADATA.sorted_tables
        }
    database.close()
    assert rows["connection_breaker"] and rows["outbox"]
    files = {str(path): path.read_bytes() for path in work.rglob("*") if path.is_file()}
    assert any(path.endswith("r.db") for path in files)
    for form in FORMS:
        assert form not in printed
        assert [] == [name for name, told in rows.items() if any(form in row for row in told)]
        assert [] == [
            path for path, data in files.items() if form.encode() in data and not path.endswith(".toml")
        ]


def test_every_option_that_holds_a_secret_takes_a_reference_only() -> None:
    """By its name or its description: a password, key or token that is no file's path has the pattern of a reference."""
    words = ("password", "secret", "token", "passphrase", "access_key")
    held = {
        (kind, name): field
        for kind, model in OPTIONS.items()
        for name, field in model.model_fields.items()
        if any(word in name for word in words)
    }
    assert len(held) >= 8

    def patterns(field: Any) -> list[Any]:
        return [getattr(one, "pattern", None) for one in field.metadata]

    assert [] == [where for where, field in held.items() if SECRET not in patterns(field)]
