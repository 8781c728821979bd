"""An HTTP server of files that also behaves badly, where a test wants it."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from tests.integration.connections.servers import PASSWORD


@dataclass
class Web:
    """
    What it serves, and what it was asked.

    Attributes:
        files: Bytes by path. listings: JSON by path. moved: where a path redirects to. broken: how many bytes the next
            answers give before they break off. answers: statuses of paths. asked: method, path and headers of each request.
        ranges: whether it knows ranges, and by how many bytes (``shift``) it errs in them. head_status: what HEAD gets instead.
        tags: ETag by path; made from the bytes when absent, none when empty.
    """

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    listings: dict[str, object] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    shift: int = 0
    head_status: int | None = None


@contextlib.contextmanager
def web_server(context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A server in a thread."""
    web = Web()
    handler = type("Handler", (_Handler,), {"web": web})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield web
    server.shutdown()
    server.server_close()
    thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    web: Web
    timeout = 10

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told."""

    def do_HEAD(self) -> None:
        """As GET, without a body."""
        self.do_GET()

    def do_GET(self) -> None:
        """A file, a listing, or what the test said."""
        parts = urlsplit(self.path)
        path = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
        self.web.asked.append(
            (self.command, path, {name.lower(): value for name, value in self.headers.items()})
        )
        if self.command == "HEAD" and self.web.head_status is not None:
            self._answer(self.web.head_status, b"", {})
        elif path in self.web.moved:
            self._answer(302, b"", {"Location": self.web.moved[path]})
        elif path in self.web.answers:
            self._answer(self.web.answers[path], b"no", {})
        elif path.startswith("/private") and PASSWORD not in self.headers.get("Authorization", ""):
            self._answer(401, b"", {})
        elif path in self.web.listings:
            listing = self.web.listings[path]
            self._answer(200, listing if isinstance(listing, bytes) else json.dumps(listing).encode(), {})
        elif path in self.web.files:
            self._file(path)
        else:
            self._answer(404, b"", {})

    def _file(self, path: str) -> None:
        data = self.web.files[path]
        tag = self.web.tags.get(path, f'"{len(data)}-{hash(data):x}"')
        headers = {"ETag": tag, "Last-Modified": "Tue, 24 Nov 2026 02:00:00 GMT"}
        if not tag:
            del headers["ETag"]
        wanted = self.headers.get("Range")
        if wanted and self.web.ranges and self.headers.get("If-Range", tag) == tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-")) + self.web.shift
            if start >= len(data):
                self._answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
                return
            told = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
            self._answer(206, data[start:], {**headers, **told})
            return
        self._answer(200, data, headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.web.broken and status in (200, 206):
            body = body[: self.web.broken.pop(0)]
        with contextlib.suppress(OSError):
            self.wfile.write(body)
        self.close_connection = True
