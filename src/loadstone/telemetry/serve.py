"""Metrics over HTTP: ``/metrics`` for Prometheus."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from loadstone.errors import FixSpec
from loadstone.telemetry import metrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def serve(address: str) -> tuple[str, Callable[[], None]]:
    """
    Serve metrics at ``HOST:PORT`` from threads of their own; where it listens, and what ends it.

    ``:PORT`` listens on this machine only; port 0 is any free one.

    Raises:
        FixSpec: LS-6030 the address is none, or taken.
    """
    host, separator, port = address.rpartition(":")
    if not separator or not port.isdecimal() or int(port) > 65535:
        raise FixSpec(
            "LS-6030", f"{address!r} is no HOST:PORT", hints=["for example 127.0.0.1:9464 or :9464."]
        )
    metrics.enable()
    try:
        server = ThreadingHTTPServer((host or "127.0.0.1", int(port)), _Handler)
    except OSError as error:
        raise FixSpec(
            "LS-6030",
            f"cannot listen on {address}: {error.strerror or error}",
            hints=["does another process listen there? is it an address of this machine?"],
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return f"{server.server_address[0]!s}:{server.server_address[1]}", close


# Private functions


class _Handler(BaseHTTPRequestHandler):
    """Answers ``GET /metrics``."""

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404, "metrics are at /metrics")
            return
        text = metrics.exposed().encode()
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: a scrape each 15 s is no event."""
