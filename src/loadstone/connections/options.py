"""What a connection of the configuration may say beside its URL, kind by kind."""

from __future__ import annotations

import re
from typing import Any, Self, TypeVar
from typing import Literal as Only
from urllib.parse import urlsplit

from pydantic import Field as Doc
from pydantic import ValidationError, model_validator

from loadstone.connections.model import Connection
from loadstone.errors import FixSpec
from loadstone.spec.documents import fault_text
from loadstone.spec.fields import Part

T = TypeVar("T", bound="Options")
SECRET = r"^(env:.+|file:.+)$"
_POINTER = r"^(/[^\s]*)?$"


class Options(Part):
    """What every place with files may say."""

    timeout_s: float = Doc(30.0, gt=0, le=600, description="Longest wait for one answer.")
    attempts: int = Doc(
        4, ge=1, le=20, description="How often a call is tried while the place does not answer."
    )
    pause_s: float = Doc(
        1.0, gt=0, le=60, description="Pause before the second attempt; it doubles each time."
    )
    access: Only["read", "write"] = Doc(
        "read", description="write: files are moved, removed or put there, too."
    )


class DirectoryOptions(Options):
    """A folder of this machine: ``file:///data/in``, or a path."""


class LoginOptions(Options):
    """A user and a password."""

    user: str | None = Doc(None, description="User; that of the URL when absent.")
    password: str | None = Doc(None, pattern=SECRET, description="env:NAME or file:/path.")


class SftpOptions(LoginOptions):
    """``sftp://user@host:22/folder``; a folder that begins with ~/ is one of the user's home."""

    key_file: str | None = Doc(None, description="Private key.")
    key_passphrase: str | None = Doc(None, pattern=SECRET, description="env:NAME or file:/path.")
    host_key: tuple[str, ...] = Doc(
        (),
        description="SHA256:... fingerprints or public keys that the server may have; known_hosts when empty.",
    )
    known_hosts: str | None = Doc(None, description="File of known hosts; ~/.ssh/known_hosts when absent.")

    @model_validator(mode="after")
    def _some_login(self) -> Self:
        if self.password is None and self.key_file is None:
            raise ValueError("give password or key_file")
        return self


class FtpOptions(LoginOptions):
    """``ftp://user@host:21/folder`` in the clear, ``ftps://user@host/folder`` with TLS."""

    tls: Only["explicit", "implicit"] = Doc(
        "explicit", description="Of ftps: AUTH TLS, or TLS from the start."
    )
    ca_file: str | None = Doc(None, description="Certificates to trust; the system's when absent.")
    encoding: str = Doc("utf-8", description="Character set of names.")


class S3Options(Options):
    """``s3://bucket/prefix``, of any server that speaks S3."""

    endpoint_url: str | None = Doc(
        None, pattern=r"^https?://", description="The server; Amazon's when absent."
    )
    region: str = Doc("us-east-1", description="Region.")
    access_key: str | None = Doc(
        None, pattern=SECRET, description="env:NAME or file:/path; else the machine's own."
    )
    secret_key: str | None = Doc(None, pattern=SECRET, description="env:NAME or file:/path.")
    session_token: str | None = Doc(None, pattern=SECRET, description="env:NAME or file:/path.")
    addressing: Only["auto", "path", "virtual"] = Doc("auto", description="Where the bucket's name stands.")
    ca_file: str | None = Doc(None, description="Certificates to trust; the system's when absent.")

    @model_validator(mode="after")
    def _both_keys(self) -> Self:
        if (self.access_key is None) != (self.secret_key is None):
            raise ValueError("access_key and secret_key go together")
        return self


class HttpOptions(LoginOptions):
    """``https://host/folder``: files below a URL, with a listing in JSON, or the one file that the URL is."""

    token: str | None = Doc(None, pattern=SECRET, description="Bearer token: env:NAME or file:/path.")
    headers: dict[str, str] = Doc({}, description="Further headers; values are env:NAME or file:/path.")
    file_name: str | None = Doc(None, description="Name of the one file that the URL is.")
    listing: str | None = Doc(
        None, description="URL of a listing in JSON, may be relative to the connection's."
    )
    items: str = Doc("", pattern=_POINTER, description="JSON pointer to the list in it.")
    item_name: str = Doc("/name", pattern=_POINTER, description="JSON pointer to the name in an item.")
    item_href: str | None = Doc(None, pattern=_POINTER, description="To its URL; the name when absent.")
    item_size: str | None = Doc(None, pattern=_POINTER, description="To its size in bytes.")
    item_modified: str | None = Doc(
        None, pattern=_POINTER, description="To the time it was changed, ISO 8601."
    )
    item_id: str | None = Doc(None, pattern=_POINTER, description="To its ETag or version.")
    item_sha256: str | None = Doc(None, pattern=_POINTER, description="To its digest.")
    next_page: str | None = Doc(None, pattern=_POINTER, description="To the URL of the next page.")
    allow_private: tuple[str, ...] = Doc((), description="Hosts that may have a private or loopback address.")
    allow_http: bool = Doc(False, description="Whether it may go without TLS.")
    ca_file: str | None = Doc(None, description="Certificates to trust; the system's when absent.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.listing is None) == (self.file_name is None):
            raise ValueError("give either listing or file_name")
        if self.token is not None and self.password is not None:
            raise ValueError("give either token or password")
        wrong = [name for name, value in self.headers.items() if not re.match(SECRET, value)]
        if wrong:
            raise ValueError(f"headers.{wrong[0]} must be env:NAME or file:/path")
        return self


class QueryOptions(Options):
    """The rows of a query as a delimited file; the URL is that of the database, or a target's name."""

    query: str = Doc(min_length=1, description="SELECT; :since and :until stand for the watermarks.")
    file_name: str = Doc(
        min_length=1, max_length=200, description="Name of the file; {since} and {until} are filled."
    )
    watermark: str | None = Doc(None, min_length=1, description="Query of one value: how far rows go now.")
    start: str = Doc("", description="Watermark before the first file.")
    delimiter: str = Doc(",", min_length=1, max_length=1, description="Between values.")
    header: bool = Doc(True, description="Whether names of columns stand first.")

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.watermark is not None and ":until" not in self.query:
            raise ValueError("a query with a watermark needs :until, so that a file is the same each time")
        if (self.watermark is not None) != ("{until}" in self.file_name):
            raise ValueError("file_name holds {until} where there is a watermark, and only there")
        return self


OPTIONS: dict[str, type[Options]] = {
    "directory": DirectoryOptions,
    "sftp": SftpOptions,
    "ftp": FtpOptions,
    "s3": S3Options,
    "http": HttpOptions,
    "query": QueryOptions,
}
"""By kind."""

SCHEMES = {
    "file": "directory",
    "sftp": "sftp",
    "ftp": "ftp",
    "ftps": "ftp",
    "s3": "s3",
    "http": "http",
    "https": "http",
}
"""Kinds of connections that say none, by the scheme of their URL."""


def kind_of(url: str) -> str | None:
    """The kind of place with files that a URL names; None for what a database may be."""
    return SCHEMES.get(urlsplit(url).scheme.lower())


def faults_of(kind: str, url: str, values: dict[str, Any], told: str) -> list[str]:
    """What is wrong with the options of a connection named ``told``; never a value that may be a secret."""
    model = OPTIONS.get(kind)
    if model is None:
        return [f"{told}: unknown keys {', '.join(sorted(values))}"] if values else []
    faults = _faults_of_url(kind, url, told) if kind != "query" else []
    try:
        model.model_validate(values)
    except ValidationError as error:
        faults += [f"{told}.{_told(one)}" for one in error.errors()]
    return faults


def options_of(connection: Connection, model: type[T]) -> T:
    """The options of a connection as its kind's model; what ``connections_of`` let pass is right."""
    try:
        return model.model_validate(dict(connection.options))
    except ValidationError as error:
        faults = "; ".join(_told(one) for one in error.errors())
        raise FixSpec("LS-7401", f"connection {connection.name}: {faults}") from error


def shown_url(url: str) -> str:
    """A URL of a place with files without password, query and fragment: these may hold a token."""
    parts = urlsplit(url)
    if not parts.scheme:
        return url
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    return f"{parts.scheme}://{user}{host}{parts.path}"


# Private functions


def _faults_of_url(kind: str, url: str, told: str) -> list[str]:
    """Of a place with files."""
    try:
        parts = urlsplit(url)
        scheme, host, password, _ = parts.scheme.lower(), parts.hostname, parts.password, parts.port
    except ValueError as error:
        return [f"{told}.url is no URL: {error}"]
    schemes = [name for name, of in SCHEMES.items() if of == kind]
    if scheme not in schemes and not (kind == "directory" and not scheme):
        return [f"{told}.url of kind {kind} must begin with {' or '.join(f'{name}:' for name in schemes)}"]
    if kind != "directory" and not host:
        return [f"{told}.url names no {'bucket' if kind == 's3' else 'host'}"]
    if password is not None:
        return [f'{told}.url holds a password; give it as password = "env:NAME"']
    return []


def _told(error: Any) -> str:
    """A fault of one key; of a secret its pattern says enough."""
    text = fault_text(error["loc"], error["type"], error["msg"])
    if error["type"] == "string_pattern_mismatch" and error["ctx"]["pattern"] == SECRET:
        return f"{'.'.join(map(str, error['loc']))}: must be env:NAME or file:/path, never the secret itself"
    return text
