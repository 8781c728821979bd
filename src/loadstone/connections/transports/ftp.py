"""FTP, and FTP over TLS (RFC 4217) with a certificate that is checked; by the standard library's client."""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from loadstone.connections.model import Connection
from loadstone.connections.options import FtpOptions, options_of, shown_url
from loadstone.connections.transports import faults
from loadstone.connections.transports.model import Entry
from loadstone.connections.transports.paths import is_plain_name, joined, part_name
from loadstone.connections.transports.streams import CHUNK_SIZE_BYTES, Pulled
from loadstone.connections.transports.translate import translating
from loadstone.connections.transports.trust import trusting
from loadstone.errors import LoadstoneError
from loadstone.secrets.providers import secret

PORT, PORT_IMPLICIT = 21, 990
ERRORS = (ftplib.Error, OSError, EOFError)


class FtpTransport:
    """
    Files of an FTP server (``transports.model.Transport``), in passive mode and binary.

    Raises:
        As every call of a transport does, and ``FixSpec`` LS-6040 for a secret that cannot be had.
    """

    def __init__(self, connection: Connection) -> None:
        self._options = options_of(connection, FtpOptions)
        self.shown = shown_url(connection.url)
        url = urlsplit(connection.url)
        self._base = unquote(url.path).rstrip("/") or "/"
        self._ftp = client_of(url.scheme.lower() == "ftps", self._options)
        try:
            self._log_in(url.hostname or "", url.port, unquote(url.username or ""))
        except BaseException:
            self._ftp.close()
            raise
        self._facts, self._sizes = "MLST" in self._features(), True

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def list(self, folder: str = "") -> Sequence[Entry]:
        """By MLSD where the server knows it; else names, then size and time of each."""
        where = joined(self._base, folder)
        found = self._by_facts(where) if self._facts else self._by_names(where)
        return sorted(found, key=lambda entry: entry.name)

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """Until the server has said that all was sent."""
        where = joined(self._base, path)
        self._ftp.voidcmd("TYPE I")
        if offset and offset == self._size(where):
            return cast(BinaryIO, Pulled(lambda size: b""))  # servers differ on what a restart at the end is
        data, passed_over = self._retrieve(where, offset)

        def pull(size: int) -> bytes:
            nonlocal passed_over
            try:
                received = data.recv(size)
                while passed_over and received:
                    received, passed_over = received[passed_over:], max(0, passed_over - len(received))
                    received = received or data.recv(size)
                if not received:
                    _say_goodbye(data)
                    self._ftp.voidresp()
                return received
            except ERRORS as error:
                raise error_of(error, self.shown, path) from error

        def done(ended: bool) -> None:
            data.close()
            if not ended:
                with suppress(*ERRORS):
                    self._ftp.voidresp()  # 426: it noticed that nobody reads on

        return cast(BinaryIO, Pulled(pull, done))

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def move(self, path: str, to: str) -> None:
        """Servers overwrite on a rename, so it is asked first; that there is no such file is for the rename to say."""
        old, new = joined(self._base, path), joined(self._base, to)
        if self._is_there(new):
            raise faults.exists(to) if self._is_there(old) else faults.no_file(path)
        self._make_folder(new)
        self._ftp.rename(old, new)

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def delete(self, path: str) -> None:
        """Remove it; where that is refused it is looked whether there is such a file at all."""
        where = joined(self._base, path)
        try:
            self._ftp.delete(where)
        except ftplib.error_perm:
            if self._is_there(where):
                raise

    @translating(ERRORS, lambda error, shown, path: error_of(error, shown, path))
    def put(self, path: str, stream: BinaryIO) -> int:
        """Through a temporary name and a rename."""
        final = joined(self._base, path)
        self._make_folder(final)
        folder, _, name = final.rpartition("/")
        part = f"{folder}/{part_name(name)}"
        try:
            written = self._write(part, stream)
            self._replace(part, final)
        except BaseException:
            with suppress(*ERRORS):
                self._ftp.delete(part)
            raise
        return written

    def close(self) -> None:
        """Say goodbye, without waiting long for an answer."""
        with suppress(*ERRORS):
            if self._ftp.sock is not None:
                self._ftp.sock.settimeout(2.0)
                self._ftp.quit()
        self._ftp.close()

    # Private methods

    def _log_in(self, host: str, port: int | None, user: str) -> None:
        options, implicit = self._options, isinstance(self._ftp, ImplicitTls)
        try:
            self._ftp.connect(host, port or (PORT_IMPLICIT if implicit else PORT), timeout=options.timeout_s)
            if isinstance(self._ftp, ftplib.FTP_TLS) and not implicit:
                self._ftp.auth()
        except ssl.SSLCertVerificationError as error:
            raise faults.not_the_one(
                self.shown,
                f"its certificate is not trusted: {error.verify_message}",
                "ca_file names certificates to trust.",
            ) from error
        except ftplib.error_perm as error:
            raise faults.not_the_one(
                self.shown, f"it has no TLS: {error}", "ftp:// goes in the clear."
            ) from error
        except ERRORS as error:
            raise error_of(error, self.shown, "") from error
        word = secret(options.password, "the password of the connection") if options.password else ""
        try:
            self._ftp.login(options.user or user or "anonymous", word)
            if isinstance(self._ftp, ftplib.FTP_TLS):
                self._ftp.prot_p()
        except ftplib.error_perm as error:
            raise faults.login_refused(self.shown, error) from error
        except ERRORS as error:
            raise error_of(error, self.shown, "") from error

    def _features(self) -> str:
        with suppress(ftplib.Error):
            return self._ftp.sendcmd("FEAT").upper()
        return ""

    def _by_facts(self, where: str) -> list_[Entry]:
        found = []
        try:
            told = [*self._ftp.mlsd(where, ["type", "size", "modify", "unique"])]
        except ftplib.error_perm as error:
            if str(error).startswith("501"):  # no folder (RFC 3659, 7.2.1)
                raise faults.no_file(where) from error
            raise
        for name, facts in told:
            if facts.get("type", "file").lower() == "file" and is_plain_name(name):
                size, modified = facts.get("size"), facts.get("modify")
                found.append(_entry(name, int(size) if size else None, modified, facts.get("unique", "")))
        return found

    def _by_names(self, where: str) -> list_[Entry]:
        """A folder has no size, which tells it from a file."""
        try:
            told = self._ftp.nlst(where)
        except ftplib.error_perm as error:
            # Some servers answer 550 for an empty folder; this tells it from a missing one.
            self._ftp.cwd(where)
            if not str(error).startswith("550"):
                raise
            return []
        found = []
        self._ftp.voidcmd("TYPE I")
        for name in {one.rpartition("/")[2] for one in told}:
            path = f"{where.rstrip('/')}/{name}"
            if is_plain_name(name):
                size = self._size(path)
                if size is not None or not self._sizes and not self._is_folder(path):
                    found.append(_entry(name, size, self._modified(path), ""))
        return found

    def _retrieve(self, where: str, offset: int) -> tuple[socket.socket, int]:
        """A data connection, and how many bytes at its start are none of those asked for: not every server starts in the middle."""
        try:
            return self._ftp.transfercmd(f"RETR {where}", offset or None), 0
        except ftplib.error_perm as error:
            if not offset or str(error)[:3] not in _UNKNOWN:
                raise
        return self._ftp.transfercmd(f"RETR {where}"), offset

    def _size(self, where: str) -> int | None:
        """Bytes of a file; None where there is none, it is a folder, or the server does not know SIZE."""
        self._ftp.voidcmd("TYPE I")
        try:
            return self._ftp.size(where) if self._sizes else None
        except ftplib.error_perm as error:
            self._sizes = str(error)[:3] not in _UNKNOWN
            return None

    def _is_there(self, where: str) -> bool:
        """Whether there is such a file; by its size, else by the names of its folder."""
        if self._size(where) is not None:
            return True
        folder, _, name = where.rpartition("/")
        if self._sizes:
            return False
        with suppress(ftplib.error_perm):
            return name in {one.rpartition("/")[2] for one in self._ftp.nlst(folder or "/")}
        return False

    def _is_folder(self, where: str) -> bool:
        here = self._ftp.pwd()
        try:
            self._ftp.cwd(where)
        except ftplib.error_perm:
            return False
        self._ftp.cwd(here)
        return True

    def _modified(self, where: str) -> str | None:
        with suppress(ftplib.Error):
            return self._ftp.sendcmd(f"MDTM {where}").partition(" ")[2]
        return None

    def _write(self, part: str, stream: BinaryIO) -> int:
        written = 0
        data = self._ftp.transfercmd(f"STOR {part}")
        try:
            while block := stream.read(CHUNK_SIZE_BYTES):
                data.sendall(block)
                written += len(block)
            _say_goodbye(data)
        finally:
            data.close()
        self._ftp.voidresp()
        stored = self._size(part)
        if stored is not None and stored != written:
            raise faults.gone(self.shown, f"it kept {stored:,} of {written:,} bytes")
        return written

    def _replace(self, part: str, final: str) -> None:
        try:
            self._ftp.rename(part, final)
        except ftplib.error_perm:
            if not self._is_there(final):
                raise
            self._ftp.delete(final)  # this server does not overwrite; a reader sees nothing for a moment
            self._ftp.rename(part, final)

    def _make_folder(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        if len(folder) <= len(self._base):
            return
        here = self._ftp.pwd()
        try:
            self._ftp.cwd(folder)
        except ftplib.error_perm:
            self._make_folder(folder)
            self._ftp.mkd(folder)
        finally:
            self._ftp.cwd(here)


class SessionTls(ftplib.FTP_TLS):
    """Data connections go on with the TLS session of the control connection, which many servers demand."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """As the base class does, with the session."""
        plain, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        session = cast(ssl.SSLSocket, self.sock).session
        try:
            return self.context.wrap_socket(plain, server_hostname=self.host, session=session), size
        except BaseException:
            plain.close()
            raise


class ImplicitTls(SessionTls):
    """TLS from the first byte."""

    def connect(self, host: str = "", port: int = 0, timeout: float = -999, *args: Any) -> str:
        """Wrap the connection before the server's greeting is read."""
        self.host, self.port, self.timeout = host, port, timeout
        plain = socket.create_connection((host, port), timeout)
        self.af = plain.family
        try:
            self.sock = self.context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome


def client_of(tls: bool, options: FtpOptions) -> ftplib.FTP:
    """A client that is not connected yet."""
    if not tls:
        return ftplib.FTP(encoding=options.encoding)
    context = trusting(options.ca_file)
    kind = ImplicitTls if options.tls == "implicit" else SessionTls
    return kind(context=context, encoding=options.encoding)


def error_of(error: Exception, shown: str, path: str) -> LoadstoneError:
    """An error by the server's code (RFC 959), or of the network."""
    code = str(error)[:3] if isinstance(error, ftplib.Error) else ""
    match code:
        case "550":
            denied = _DENIED.search(str(error))
            return faults.no_rights(shown, path or "the folder", error) if denied else faults.no_file(path)
        case "530" | "532" | "533" | "534" | "535":
            return faults.login_refused(shown, error)
        case "553":
            return faults.no_rights(shown, path, error)
        case "500" | "501" | "502" | "504":
            return faults.cannot(shown, f"do that: {error}")
        case _:
            return faults.gone(shown, error if str(error) else type(error).__name__)


# Private functions

list_ = list
_UNKNOWN = ("500", "502", "504")
"""A command that the server does not know (RFC 959)."""

_DENIED = re.compile(
    "denied|not permitted|privilege|not allowed|read-only|forbidden|not enough", re.IGNORECASE
)
"""550 is both no such file and no right to it (RFC 959), so its words have to tell."""


def _say_goodbye(data: socket.socket) -> None:
    """End TLS on a data connection, so that the other side knows that nothing was cut off."""
    if isinstance(data, ssl.SSLSocket):
        with suppress(OSError):
            data.unwrap()


def _entry(name: str, size: int | None, modified: str | None, unique: str) -> Entry:
    at = None
    with suppress(ValueError, TypeError):
        at = datetime.strptime(str(modified)[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return Entry(
        name=name,
        size_bytes=size,
        modified_at=at,
        id=f"{size}-{modified}-{unique}" if modified else None,
    )
