"""A mail server and a receiver of webhooks on loopback, over TLS where a test wants it."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certificate(folder: Path) -> tuple[str, str]:
    """Paths of a certificate for localhost that signs itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day - datetime.timedelta(days=1))
        .not_valid_after(day + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(paths[0]), str(paths[1])


def context_of(files: tuple[str, str]) -> ssl.SSLContext:
    """A server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


@dataclass
class Received:
    """
    What came in.

    Attributes:
        answers: what to say to the next messages; afterwards all are taken.
    """

    port: int = 0
    messages: list[Any] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Received]:
    """An SMTP server: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA."""
    received = Received()

    class Session(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connection = self.request
            if at_once and tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            _mail_session(connection, received, None if at_once else tls, at_once)

    with _running(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as port:
        received.port = port
        yield received


@contextmanager
def web_server(tls: ssl.SSLContext | None = None) -> Iterator[Received]:
    """A receiver of webhooks; ``answers`` are statuses, or ``(status, headers)``."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.messages.append((self.path, dict(self.headers), body))
            answer = received.answers.pop(0) if received.answers else 204
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    with _running(server) as port:
        received.port = port
        yield received


# Private functions


@contextmanager
def _running(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def _mail_session(
    connection: socket.socket, received: Received, tls: ssl.SSLContext | None, encrypted: bool
) -> None:
    import base64

    stream = connection.makefile("rb")

    def say(text: str) -> None:
        connection.sendall(text.encode() + b"\r\n")

    say("220 test")
    while line := stream.readline():
        verb = line.decode().strip()
        head = verb.upper()
        if head.startswith("EHLO"):
            say(
                "250-test\r\n250-AUTH PLAIN"
                + ("\r\n250-STARTTLS" if tls and not encrypted else "")
                + "\r\n250 8BITMIME"
            )
        elif head == "STARTTLS" and tls is not None:
            say("220 go")
            connection = tls.wrap_socket(connection, server_side=True)
            stream, encrypted = connection.makefile("rb"), True
        elif head.startswith("AUTH PLAIN"):
            login = base64.b64decode(verb.split()[2]).decode().split("\0")
            received.logins.append(login[1])
            say("235 in" if login[2] == "geheim" else "535 wrong")
        elif head.startswith("RCPT") and "nobody@" in verb:
            say("550 no such user")
        elif head == "DATA":
            say("354 go on")
            lines = []
            while (part := stream.readline()) != b".\r\n":
                lines.append(part)
            answer = received.answers.pop(0) if received.answers else "250 taken"
            if answer.startswith("250"):
                received.messages.append(b"".join(lines))
                received.encrypted.append(encrypted)
            say(answer)
        elif head == "QUIT":
            say("221 bye")
            return
        else:
            say("250 ok")
