"""Open the transport of a connection; libraries of a protocol are imported when it is used."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from loadstone.connections.model import Connection
from loadstone.connections.transports.model import Transport
from loadstone.connections.transports.query import Queries, QueryTransport
from loadstone.errors import FixSpec


def open_transport(connection: Connection, queries: Queries | None = None) -> Transport:
    """
    A way to the files of a connection, which is logged in.

    Raises:
        FixSpec: LS-7402 its kind has no files, LS-7419 a library is missing; and what ``Transport`` says.
    """
    match connection.kind:
        case "directory":
            from loadstone.connections.transports.directory import DirectoryTransport

            return DirectoryTransport(folder_of(connection.url))
        case "sftp":
            from loadstone.connections.transports.sftp import SftpTransport

            return SftpTransport(connection)
        case "ftp":
            from loadstone.connections.transports.ftp import FtpTransport

            return FtpTransport(connection)
        case "s3":
            return _open_s3(connection)
        case "http":
            from loadstone.connections.transports.http import HttpTransport

            return HttpTransport(connection)
        case "query" if queries is not None:
            return QueryTransport(connection, queries)
        case kind:
            raise FixSpec(
                "LS-7402",
                f"connection {connection.name}: {kind} has no files",
                hints=["there are directory, sftp, ftp, s3, http and query."],
            )


def folder_of(url: str) -> str:
    """The path of ``file:///path``, or a path as it is."""
    return unquote(urlsplit(url).path) if url.lower().startswith("file:") else url


# Private functions


def _open_s3(connection: Connection) -> Transport:
    try:
        from loadstone.connections.transports.s3 import S3Transport
    except ModuleNotFoundError as error:
        raise FixSpec(
            "LS-7419",
            f"connection {connection.name}: S3 needs {error.name}, which is not installed",
            hints=["pip install 'loadstone[s3]'"],
        ) from error
    return S3Transport(connection)
