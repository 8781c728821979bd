"""Real servers on loopback for the transports: SFTP, FTP and FTPS, S3 and HTTP, each on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import ThreadedFTPServer

PASSWORD = "correct-horse-7"
"""Of the user ``loader``, who may do everything, and of ``reader``, who may write nothing."""


@dataclass(frozen=True)
class Served:
    """
    A server.

    Attributes:
        port: Where it listens. folder: what it serves. host_key: fingerprint of SSH.
    """

    port: int
    folder: Path
    host_key: str = ""


class OneRoot(asyncssh.SFTPServer):
    """Serves one folder; what ``reader`` may not do is refused."""

    root = Path()

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        super().__init__(channel, chroot=str(self.root))
        self._may_write = channel.get_extra_info("username") != "reader"

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """For reading only, or at all."""
        if pflags & asyncssh.FXF_WRITE and not self._may_write:
            raise asyncssh.SFTPPermissionDenied("read only")
        return super().open(path, pflags, attrs)

    def scandir(self, path: bytes) -> Any:
        """A folder that nobody may list."""
        if path.endswith(b"/forbidden"):
            raise asyncssh.SFTPPermissionDenied("not yours")
        return super().scandir(path)


class Doorman(asyncssh.SSHServer):
    """Lets in who knows the password, or has the key."""

    key: asyncssh.SSHKey

    def begin_auth(self, username: str) -> bool:
        """Everybody needs to say who they are."""
        return True

    def password_auth_supported(self) -> bool:
        """It is."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Of two users."""
        return username in ("loader", "reader") and password == PASSWORD

    def public_key_auth_supported(self) -> bool:
        """It is."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Of one."""
        return username == "loader" and key == self.key


@contextlib.contextmanager
def sftp_server(folder: Path) -> Iterator[Served]:
    """
    An SFTP server in a thread; ``folder/client`` is the key of ``loader``.

    Its own key is made anew each time.
    """
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
    root = folder / "root"
    root.mkdir()
    host = asyncssh.generate_private_key("ssh-ed25519")
    client = asyncssh.generate_private_key("ssh-ed25519")
    client.write_private_key(folder / "client")
    (folder / "client").chmod(0o600)
    doorman = type("Doorman", (Doorman,), {"key": client.convert_to_public()})
    server = type("OneRoot", (OneRoot,), {"root": root})
    loop, ready, port = asyncio.new_event_loop(), threading.Event(), [0]

    async def serve() -> asyncssh.SSHAcceptor:
        listening = await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[host], server_factory=doorman, sftp_factory=server
        )
        port[0] = listening.get_port()
        ready.set()
        return listening

    def run() -> None:
        listening = loop.run_until_complete(serve())
        loop.run_forever()
        listening.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(60)
    yield Served(port[0], root, host.get_fingerprint())
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@contextlib.contextmanager
def ftp_server(
    folder: Path,
    certificate: tuple[str, str] | None = None,
    *,
    facts: bool = True,
    handler: Mapping[str, Any] | None = None,
) -> Iterator[Served]:
    """An FTP server in threads, with TLS demanded where it has a certificate; without MLSD where not ``facts``; more of its ``handler``."""
    logging.getLogger("pyftpdlib").setLevel(logging.CRITICAL)
    root = folder / "root"
    root.mkdir(exist_ok=True)
    authorizer = DummyAuthorizer()
    authorizer.add_user("loader", PASSWORD, str(root), perm="elradfmwMT")
    authorizer.add_user("reader", PASSWORD, str(root), perm="elr")
    values: dict[str, Any] = {"authorizer": authorizer, "auth_failed_timeout": 0, "use_sendfile": False}
    if certificate is not None:
        values |= {
            "certfile": certificate[0],
            "keyfile": certificate[1],
            "tls_control_required": True,
            "tls_data_required": True,
        }
    if not facts:
        base: dict[str, Any] = FTPHandler.proto_cmds
        values["proto_cmds"] = {name: told for name, told in base.items() if name not in ("MLSD", "MLST")}
    values |= handler or {}
    made = type("Handler", (FTPHandler if certificate is None else TLS_FTPHandler,), values)
    server = ThreadedFTPServer(("127.0.0.1", 0), made)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"timeout": 0.05, "handle_exit": False}, daemon=True
    )
    thread.start()
    yield Served(server.socket.getsockname()[1], root)
    server.close_all()
    thread.join(10)


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """The URL of a server that speaks S3."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
