"""SFTP, by asyncssh; the server's key must be one that is pinned or known."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import unquote, urlsplit

import asyncssh

from loadstone.connections.model import Connection
from loadstone.connections.options import SftpOptions, options_of, shown_url
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry
from loadstone.connections.transports.paths import is_plain_name, joined, part_name
from loadstone.connections.transports.streams import CHUNK_SIZE_BYTES, Pulled
from loadstone.connections.transports.translate import translating
from loadstone.errors import FixSpec, LoadstoneError
from loadstone.secrets.providers import secret

PORT = 22
list_ = list
"""The type; the transport's own ``list`` hides it in the class."""
_R = TypeVar("_R")
ERRORS = (asyncssh.Error, OSError)


class SftpTransport:
    """
    Files of an SFTP server (``transports.model.Transport``).

    Its event loop is its own, and runs only while a call does.

    Raises:
        As every call of a transport does, and ``FixSpec`` LS-6040 for a secret that cannot be had.
    """

    def __init__(self, connection: Connection) -> None:
        self._options = options_of(connection, SftpOptions)
        self.shown = shown_url(connection.url)
        self._url = urlsplit(connection.url)
        self._base = base_of(unquote(self._url.path))
        self._host_key = HostKey(self._options)
        self._loop = asyncio.new_event_loop()
        try:
            self._ssh = self._run(self._connect())
            self._sftp = self._run(self._ssh.start_sftp_client())
        except ERRORS as error:
            self._loop.close()
            raise self._refused(error) from error
        except BaseException:
            self._loop.close()
            raise

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def list(self, folder: str = "") -> Sequence[Entry]:
        """Plain files only; links are left out."""
        found = self._run(self._scan(joined(self._base, folder)))
        return sorted(found, key=lambda entry: entry.name)

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """Several requests are on their way at once."""
        where = joined(self._base, path)
        told = self._run(self._sftp.stat(where))
        if told.permissions is not None and stat.S_ISDIR(told.permissions):
            raise faults.no_file(path)
        file = self._run(self._sftp.open(where, "rb"))
        position = offset

        def pull(size: int) -> bytes:
            nonlocal position
            try:
                data = cast(bytes, self._run(file.read(size, position)))
            except ERRORS as error:
                raise error_of(error, self.shown, path) from error
            position += len(data)
            return data

        def done(ended: bool) -> None:
            with suppress(*ERRORS):
                self._run(file.close())

        return cast(BinaryIO, Pulled(pull, done))

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def move(self, path: str, to: str) -> None:
        """Version 3 of the protocol does not overwrite, but not every server obeys, so it is asked first."""
        old, new = joined(self._base, path), joined(self._base, to)
        self._run(self._sftp.lstat(old))
        if self._run(self._sftp.lexists(new)):
            raise faults.exists(to)
        self._make_folder(new)
        self._run(self._sftp.rename(old, new))

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def delete(self, path: str) -> None:
        """Remove it."""
        with suppress(asyncssh.SFTPNoSuchFile):
            self._run(self._sftp.remove(joined(self._base, path)))

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def put(self, path: str, stream: BinaryIO) -> int:
        """Through a temporary name and a rename that replaces."""
        final = joined(self._base, path)
        self._make_folder(final)
        folder, _, name = final.rpartition("/")
        part = f"{folder}/{part_name(name)}" if folder or final.startswith("/") else part_name(name)
        try:
            written = self._write(part, stream)
            self._replace(part, final)
        except BaseException:
            with suppress(*ERRORS):
                self._run(self._sftp.remove(part))
            raise
        return written

    def close(self) -> None:
        """Say goodbye, without waiting long for an answer."""
        if self._loop.is_closed():
            return
        self._ssh.close()
        with suppress(*ERRORS):
            self._loop.run_until_complete(asyncio.wait_for(self._ssh.wait_closed(), 2.0))
        self._loop.close()

    # Private methods

    def _run(self, work: Awaitable[_R]) -> _R:
        """The result of one call, within the connection's time-out (``TimeoutError`` is an ``OSError``)."""
        return self._loop.run_until_complete(asyncio.wait_for(work, self._options.timeout_s))

    async def _connect(self) -> asyncssh.SSHClientConnection:
        options, url = self._options, self._url
        found: dict[str, Any] = {"client_keys": None, "password": None}
        if options.key_file is not None:
            found["client_keys"] = [key_of(options)]
        if options.password is not None:
            found["password"] = secret(options.password, "the password of the connection")
        return await asyncssh.connect(
            url.hostname or "",
            url.port or PORT,
            username=options.user or unquote(url.username or ""),
            client_factory=lambda: self._host_key,
            known_hosts=self._host_key.known(url.hostname or "", url.port or PORT),
            config=None,
            agent_path=None,
            gss_host=None,
            connect_timeout=options.timeout_s,
            login_timeout=options.timeout_s,
            keepalive_interval=max(1.0, options.timeout_s / 3),
            **found,
        )

    def _refused(self, error: Exception) -> LoadstoneError:
        """Why no connection came about."""
        match error:
            case asyncssh.HostKeyNotVerifiable():
                return self._host_key.refused(self.shown)
            case asyncssh.PermissionDenied():
                return faults.login_refused(self.shown, error.reason)
            case asyncssh.KeyExchangeFailed():
                return faults.not_the_one(self.shown, f"no way of encryption that both know: {error.reason}")
            case _:
                return error_of(error, self.shown, "")

    async def _scan(self, folder: str) -> list_[Entry]:
        """The time-out is for each answer of the server, however many there are."""
        found, wait_s = [], self._options.timeout_s
        async with asyncio.timeout(wait_s) as limit:
            async for one in self._sftp.scandir(folder):
                limit.reschedule(self._loop.time() + wait_s)
                name, told = str(one.filename), one.attrs
                if is_plain_name(name) and (told.permissions is None or stat.S_ISREG(told.permissions)):
                    found.append(_entry(name, told))
        return found

    def _write(self, part: str, stream: BinaryIO) -> int:
        file = self._run(self._sftp.open(part, "wb"))
        written = 0
        try:
            while data := stream.read(CHUNK_SIZE_BYTES):
                written += self._run(file.write(data, written))
            with suppress(asyncssh.SFTPOpUnsupported):
                self._run(file.fsync())
        finally:
            self._run(file.close())
        return written

    def _replace(self, part: str, final: str) -> None:
        try:
            self._run(self._sftp.posix_rename(part, final))
        except asyncssh.SFTPOpUnsupported:
            with suppress(asyncssh.SFTPNoSuchFile):
                self._run(self._sftp.remove(final))
            self._run(self._sftp.rename(part, final))

    def _make_folder(self, path: str) -> None:
        """The folders of a path below the connection's own."""
        folder = path.rpartition("/")[0]
        if not folder or folder == self._base or self._run(self._sftp.isdir(folder)):
            return
        self._make_folder(folder)
        self._run(self._sftp.mkdir(folder))


class HostKey(asyncssh.SSHClient):
    """Judges the key that a server shows, and remembers it for the message."""

    def __init__(self, options: SftpOptions) -> None:
        self._options = options
        self._seen: asyncssh.SSHKey | None = None

    def known(self, host: str, port: int) -> Any:
        """What asyncssh trusts by itself: nothing where keys are pinned."""
        nothing: tuple[list_[Any], ...] = ([], [], [])
        if self._options.host_key:
            return nothing
        path = Path(self._options.known_hosts or "~/.ssh/known_hosts").expanduser()
        try:
            data = path.read_bytes()
            return asyncssh.import_known_hosts(data.decode()) if data.strip() else nothing
        except FileNotFoundError:
            if self._options.known_hosts is None:
                return nothing
            raise FixSpec("LS-7401", f"known_hosts: there is no file {path}") from None
        except (OSError, ValueError) as error:
            raise FixSpec("LS-7401", f"known_hosts: {path} cannot be read: {error}") from error

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Whether it is one of those that are pinned."""
        self._seen = key
        pins = {one.strip() for one in self._options.host_key}
        line = key.export_public_key("openssh").decode().split()
        return key.get_fingerprint() in pins or any(pin.split()[:2] == line[:2] for pin in pins)

    def refused(self, shown: str) -> FixSpec:
        """Whose key it is that was not taken."""
        told = self._seen.get_fingerprint() if self._seen is not None else "a revoked or unreadable key"
        if self._options.host_key:
            why = f"the server has the host key {told}, not {' or '.join(self._options.host_key)}"
        else:
            where = self._options.known_hosts or "~/.ssh/known_hosts"
            why = f"the server has the host key {told}, which {where} does not know for it"
        return faults.not_the_one(
            shown,
            why,
            "ask its owner on another way than this one whether that is its key.",
            f'if it is: host_key = ["{told}"] pins it.',
        )


def base_of(path: str) -> str:
    """The folder that a URL's path names: absolute, or below the user's home where it begins with ``~/``."""
    if path in ("", "/~", "/~/"):
        return "."
    return path[3:].rstrip("/") if path.startswith("/~/") else path


def key_of(options: SftpOptions) -> asyncssh.SSHKey:
    """The private key. ``FixSpec`` LS-6040 where others may read it, LS-7413 where it cannot be read."""
    path = Path(options.key_file or "").expanduser()
    phrase = options.key_passphrase and secret(options.key_passphrase, "the passphrase of the key")
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            told = f"others than its owner may use the key {path}"
            raise FixSpec("LS-6040", told, hints=[f"chmod 600 {path}"])
        return asyncssh.read_private_key(path, phrase)
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise FixSpec("LS-7413", f"the key {path} cannot be read: {why}") from error


def error_of(error: Exception, shown: str, path: str) -> LoadstoneError:
    """An error of a call, by its class and never by its words."""
    match error:
        case asyncssh.SFTPNoSuchFile() | asyncssh.SFTPNoSuchPath() | asyncssh.SFTPNotADirectory():
            return faults.no_file(path)
        case asyncssh.SFTPPermissionDenied() | asyncssh.SFTPWriteProtect() | asyncssh.SFTPCannotDelete():
            return faults.no_rights(shown, path or "the folder", error.reason)
        case asyncssh.SFTPOpUnsupported():
            return faults.cannot(shown, f"do that: {error.reason}")
        case asyncssh.SFTPConnectionLost() | asyncssh.SFTPNoConnection() | TimeoutError():
            return faults.gone(shown, "the connection was lost" if str(error) else "no answer in time")
        case asyncssh.Error():
            return faults.gone(shown, error.reason or type(error).__name__)
        case _:
            return faults.gone(shown, getattr(error, "strerror", None) or error or type(error).__name__)


# Private functions


def _entry(name: str, told: asyncssh.SFTPAttrs) -> Entry:
    modified = datetime.fromtimestamp(told.mtime, UTC) if told.mtime is not None else None
    return Entry(
        name=name,
        size_bytes=told.size,
        modified_at=modified,
        id=f"{told.size}-{told.mtime}" if told.mtime is not None else None,
    )
